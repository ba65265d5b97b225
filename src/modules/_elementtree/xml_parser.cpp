// xml_parser: XMLParser: expat's events for a target, a TreeBuilder for most.
//
// Target     an exact TreeBuilder is called directly; any other object through the methods that it had when the parser
// was made. Failure    an exception stays set, the events after it do nothing, and who called XML_Parse finds it. See
// library reference "xml.etree.ElementTree", tests/python/test_xml_modules.py
#include "bind/bind.h"
#include "modules/_elementtree/elementtree.h"
#include "modules/_elementtree/name_table.h"
#include "modules/pyexpat/pyexpat.h"
#include "object/buffer.h"
#include "object/sequence.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder::elementtree {
namespace {
struct XmlParser : PyObject {
  XML_Parser parser;  // null before __init__
  Object* target;
  Dict* entity;  // values of the entities that expat does not know
  NameTable names;
  bool parsing;
  Object *handle_start, *handle_data, *handle_end, *handle_start_ns, *handle_end_ns;  // the target's methods, or null
  Object *handle_comment, *handle_pi, *handle_doctype, *handle_close;
};
constexpr isize kFileChunk = 64 * 1024;

// == Errors ==

Error raise_parse_error(XML_Error code, u64 line, u64 column, const char* message) {
  Ref<Str> text =
      TRY(str_from_format("%s: line %zu, column %zu", message ? message : XML_ErrorString(code), line, column));
  Ref<Object> error = TRY(object_call_one_arg(state().parse_error, text));
  TRY(object_set_attr(error, id::code, TRY(int_from_i64(code)).get()));
  Ref<Int> line_object = TRY(int_from_u64(line))
  , column_object = TRY(int_from_u64(column));
  TRY(object_set_attr(error, "position", TRY(tuple_pack(line_object.get(), column_object.get())).get()));
  return raise_instance(error);
}
Error raise_parse_error(XmlParser* self, XML_Error code, const char* message = nullptr) {
  return raise_parse_error(code, XML_GetErrorLineNumber(self->parser), XML_GetErrorColumnNumber(self->parser), message);
}

// == Events ==

XmlParser* parser_of(void* data) { return static_cast<XmlParser*>(data); }
TreeBuilder* builder_of(XmlParser* self) {
  return is_tree_builder_exact(self->target) ? static_cast<TreeBuilder*>(self->target) : nullptr;
}
Result<Object> text_or_none(const XML_Char* text) {
  return text ? Result<Object>(str_from_string(text)) : none_result();
}
Result<Str> text_or_empty(const XML_Char* text) { return str_from_string(text ? text : ""); }

template <class... Arguments>
Result<void> tell(Object* handler, Arguments*... arguments) {
  Ref<Object> callable = new_ref(handler);
  TRY(call(callable, arguments...));
  return {};
}

Result<void> start_element(XmlParser* self, const XML_Char* name, const XML_Char** attributes) {
  TreeBuilder* builder = builder_of(self);
  if (!builder && !self->handle_start) return {};
  Ref<Str> tag = TRY(self->names.find_or_make(name));
  Ref<Dict> attrib;
  if (attributes[0] || !builder) attrib = TRY(dict_new());
  for (; attributes[0]; attributes += 2) {
    Ref<Str> key = TRY(self->names.find_or_make(attributes[0]));
    Ref<Str> value = TRY(str_from_string(attributes[1]));
    TRY(dict_set_item(attrib, key, value));
  }
  if (!builder) return tell(self->handle_start, static_cast<Object*>(tag), static_cast<Object*>(attrib));
  TRY(tree_builder_start(builder, tag, attrib.get()));
  return {};
}
Result<void> end_element(XmlParser* self, const XML_Char* name) {
  if (TreeBuilder* builder = builder_of(self)) {
    TRY(tree_builder_end(builder));
    return {};
  }
  if (!self->handle_end) return {};
  Ref<Str> tag = TRY(self->names.find_or_make(name));
  return tell(self->handle_end, static_cast<Object*>(tag));
}
Result<void> give_data(XmlParser* self, Object* data) {
  if (TreeBuilder* builder = builder_of(self)) return tree_builder_data(builder, data);
  return self->handle_data ? tell(self->handle_data, data) : Result<void>();
}
Result<void> character_data(XmlParser* self, const XML_Char* data, int size) {
  if (!builder_of(self) && !self->handle_data) return {};
  Ref<Str> text = TRY(str_from_utf8({data, static_cast<usize>(size)}));
  return give_data(self, text);
}
// What no other handler wants; of interest are references to entities that expat does not know.
Result<void> default_event(XmlParser* self, const XML_Char* data, int size) {
  if (size < 2 || data[0] != '&') return {};
  Ref<Str> key = TRY(str_from_utf8({data + 1, static_cast<usize>(size - 2)}));
  Ref<Object> value = TRY(dict_get_item(self->entity, key));
  if (value) return give_data(self, value);
  constexpr int kMost = 100;
  char message[kMost + 32] = "undefined entity ";
  __builtin_strncat(message, data, static_cast<usize>(size < kMost ? size : kMost));
  return raise_parse_error(self, XML_ERROR_UNDEFINED_ENTITY, message);
}
Result<void> start_namespace(XmlParser* self, const XML_Char* prefix, const XML_Char* uri) {
  TreeBuilder* builder = builder_of(self);
  if (builder ? !builder->events_append || !builder->start_ns_event : !self->handle_start_ns) return {};
  Ref<Str> prefix_text = TRY(text_or_empty(prefix))
  , uri_text = TRY(text_or_empty(uri));
  Object *first = prefix_text, *second = uri_text;
  if (!builder) return tell(self->handle_start_ns, first, second);
  return tree_builder_event(builder, builder->start_ns_event, TRY(tuple_pack(first, second)).get());
}
Result<void> end_namespace(XmlParser* self, const XML_Char* prefix) {
  if (TreeBuilder* builder = builder_of(self)) return tree_builder_event(builder, builder->end_ns_event, None);
  if (!self->handle_end_ns) return {};
  Ref<Str> text = TRY(text_or_empty(prefix));
  return tell(self->handle_end_ns, static_cast<Object*>(text));
}
Result<void> comment(XmlParser* self, const XML_Char* content) {
  TreeBuilder* builder = builder_of(self);
  if (!builder && !self->handle_comment) return {};
  Ref<Str> text = TRY(str_from_string(content));
  if (!builder) return tell(self->handle_comment, static_cast<Object*>(text));
  TRY(tree_builder_comment(builder, text));
  return {};
}
Result<void> instruction(XmlParser* self, const XML_Char* target, const XML_Char* content) {
  TreeBuilder* builder = builder_of(self);
  bool wanted =
      builder ? (builder->events_append && builder->pi_event) || builder->insert_pis : self->handle_pi != nullptr;
  if (!wanted) return {};
  Ref<Str> target_text = TRY(str_from_string(target))
  , content_text = TRY(text_or_empty(content));
  Object *first = target_text, *second = content_text;
  if (!builder) return tell(self->handle_pi, first, second);
  TRY(tree_builder_pi(builder, first, second));
  return {};
}
Result<void> start_doctype(XmlParser* self, const XML_Char* name, const XML_Char* system_id,
                           const XML_Char* public_id) {
  if (self->handle_doctype) {
    Ref<Str> name_text = TRY(self->names.find_or_make(name));
    Ref<Object> public_text = TRY(text_or_none(public_id))
    , system_text = TRY(text_or_none(system_id));
    return tell(self->handle_doctype, static_cast<Object*>(name_text), public_text.get(), system_text.get());
  }
  Ref<Str> attribute = TRY(str_intern_from_string("doctype"));
  Ref<Object> own = TRY(object_lookup_attr(self, attribute));
  if (!own) return {};
  return warn(RuntimeWarning, 1,
              "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
}

// From expat's shape to ours; nothing happens after an exception.
template <auto Fn>
struct Callback;
template <class... P, Result<void> (*Fn)(XmlParser*, P...)>
struct Callback<Fn> {
  static void XMLCALL call(void* data, P... arguments) {
    if (error_occurred()) return;
    (void)Fn(parser_of(data), arguments...);
  }
};
template <auto Fn>
constexpr auto callback = &Callback<Fn>::call;
void XMLCALL on_start_doctype(void* data, const XML_Char* name, const XML_Char* system_id, const XML_Char* public_id,
                              int) {
  callback<start_doctype>(data, name, system_id, public_id);
}

// == Life ==

struct HandlerName {
  const char* name;
  Object* XmlParser::*field;
};
constexpr HandlerName handler_names[] = {
    {"start", &XmlParser::handle_start},   {"data", &XmlParser::handle_data},
    {"end", &XmlParser::handle_end},       {"start_ns", &XmlParser::handle_start_ns},
    {"end_ns", &XmlParser::handle_end_ns}, {"comment", &XmlParser::handle_comment},
    {"pi", &XmlParser::handle_pi},         {"doctype", &XmlParser::handle_doctype},
    {"close", &XmlParser::handle_close},
};

int parser_traverse(PyObject* object, visitproc visit, void* arg) {
  XmlParser* self = static_cast<XmlParser*>(object);
  VISIT(self->target);
  VISIT(self->entity);
  for (auto& handler : handler_names) VISIT(self->*handler.field);
  return 0;
}
int parser_clear(PyObject* object) {
  XmlParser* self = static_cast<XmlParser*>(object);
  if (XML_Parser parser = std::exchange(self->parser, nullptr)) XML_ParserFree(parser);
  for (auto& handler : handler_names) clear_field(self->*handler.field);
  clear_field(self->target);
  clear_field(self->entity);
  self->names.clear();
  return 0;
}
void parser_dealloc(PyObject* object) {
  gc::untrack(object);
  parser_clear(object);
  object_free(object);
}

// Expat's buffers do not survive a second call from inside the first.
Result<void> check_ready(XmlParser* self) {
  if (!self->parser) return raise(ValueError, "XMLParser.__init__() wasn't called");
  if (self->parsing) return raise(RuntimeError, "a target cannot feed the parser that called it");
  return {};
}

constexpr Doc init_doc = "XMLParser(*, target=None, encoding=None)";
Result<void> init(XmlParser* self, Object* target, Opt<Str*> encoding) {
  const char* encoding_text = nullptr;
  if (encoding) {
    Utf8 utf8 = str_as_utf8(encoding.get());
    if (!utf8) return Error{};
    if (__builtin_strlen(utf8.data) != static_cast<usize>(utf8.size))
      return raise(ValueError, "embedded null character");
    encoding_text = utf8.data;
  }
  if (self->parser) TRY(check_ready(self));
  Ref<Object> receiver = target == None ? TRY(tree_builder_new()) : new_ref(target);
  Ref<Dict> entity = TRY(dict_new());
  constexpr usize kCount = sizeof(handler_names) / sizeof(*handler_names);
  Ref<Object> handlers[kCount];
  for (usize i = 0; i < kCount; ++i) {
    Ref<Str> name = TRY(str_intern_from_string(handler_names[i].name));
    handlers[i] = TRY(object_lookup_attr(receiver, name));
  }
  XML_Parser parser = XML_ParserCreate_MM(encoding_text, &expat::memory_suite, "}");
  if (!parser) return raise_no_memory();
  XML_SetHashSalt(parser, static_cast<unsigned long>(hash_bytes("expat", 5)));
  parser_clear(self);
  self->parser = parser;
  self->target = receiver.release();
  self->entity = entity.release();
  for (usize i = 0; i < kCount; ++i) self->*handler_names[i].field = handlers[i].release();

  XML_SetUserData(parser, self);
  XML_SetElementHandler(parser, callback<start_element>, callback<end_element>);
  XML_SetDefaultHandlerExpand(parser, callback<default_event>);
  XML_SetCharacterDataHandler(parser, callback<character_data>);
  if (self->handle_start_ns || self->handle_end_ns)
    XML_SetNamespaceDeclHandler(parser, callback<start_namespace>, callback<end_namespace>);
  if (self->handle_comment) XML_SetCommentHandler(parser, callback<comment>);
  if (self->handle_pi) XML_SetProcessingInstructionHandler(parser, callback<instruction>);
  XML_SetStartDoctypeDeclHandler(parser, on_start_doctype);
  XML_SetUnknownEncodingHandler(parser, expat::unknown_encoding, nullptr);
  return {};
}

// == Parsing ==

Result<void> parse(XmlParser* self, const char* data, isize size, bool is_final) {
  if (size > __INT_MAX__) return raise(OverflowError, "size does not fit in an int");
  self->parsing = true;
  XML_Status status = XML_Parse(self->parser, data, static_cast<int>(size), is_final);
  self->parsing = false;
  if (error_occurred()) return Error{};
  if (status == XML_STATUS_ERROR) return raise_parse_error(self, XML_GetErrorCode(self->parser));
  return {};
}

constexpr Doc feed_doc = "feed($self, data, /)\n--\n\n";
Result<void> feed(XmlParser* self, Object* data) {
  TRY(check_ready(self));
  if (is_str(data)) {
    Utf8 utf8 = str_as_utf8(as<Str>(data));
    if (!utf8) return Error{};
    if (utf8.size > __INT_MAX__) return raise(OverflowError, "size does not fit in an int");
    (void)XML_SetEncoding(self->parser, "utf-8");  // what the document says does not hold for decoded text
    return parse(self, utf8.data, utf8.size, false);
  }
  BufferView view;
  TRY(view.acquire(data));
  return parse(self, view.data(), view.size(), false);
}

constexpr Doc close_doc = "close($self, /)\n--\n\n";
Result<Object> close(XmlParser* self) {
  TRY(check_ready(self));
  TRY(parse(self, "", 0, true));
  if (TreeBuilder* builder = builder_of(self)) return tree_builder_close(builder);
  if (self->handle_close) return object_call_no_args(new_ref(self->handle_close).get());
  return none_result();
}

constexpr Doc parse_whole_doc = "_parse_whole($self, file, /)\n--\n\n";
Result<Object> parse_whole(XmlParser* self, Object* file) {
  TRY(check_ready(self));
  Ref<Object> read = TRY(object_get_attr(file, id::read));
  for (;;) {
    Ref<Object> piece = TRY(call(read, TRY(int_from_i64(kFileChunk)).get()));
    if (is_str(piece)) {
      if (str_length(as<Str>(piece.get())) == 0) break;
      piece = TRY(str_as_utf8_bytes(as<Str>(piece.get()), "surrogatepass"));
    } else if (!is_bytes_exact(piece) || bytes_size(as<Bytes>(piece.get())) == 0) {
      break;
    }
    TRY(check_ready(self));
    TRY(parse(self, bytes_data(as<Bytes>(piece.get())), bytes_size(as<Bytes>(piece.get())), false));
  }
  TRY(check_ready(self));
  TRY(parse(self, "", 0, true));
  if (TreeBuilder* builder = builder_of(self)) return tree_builder_close(builder);
  return none_result();
}

// == Events for a queue ==

struct EventName {
  const char* name;
  Object* TreeBuilder::*field;
};
constexpr EventName event_names[] = {
    {"start", &TreeBuilder::start_event},       {"end", &TreeBuilder::end_event},
    {"start-ns", &TreeBuilder::start_ns_event}, {"end-ns", &TreeBuilder::end_ns_event},
    {"comment", &TreeBuilder::comment_event},   {"pi", &TreeBuilder::pi_event},
};
Result<void> want_event(XmlParser* self, TreeBuilder* builder, Object* name) {
  std::string_view text;
  if (is_str(name)) {
    Utf8 utf8 = str_as_utf8(as<Str>(name));
    if (!utf8)
      error_clear();
    else
      text = utf8;
  } else if (is_bytes(name)) {
    text = bytes_view(as<Bytes>(name));
  }
  if (!text.data()) return raise(ValueError, "invalid events sequence");
  for (auto& event : event_names) {
    if (text != event.name) continue;
    set_field(builder->*event.field, new_ref(name));
    if (event.field == &TreeBuilder::start_ns_event || event.field == &TreeBuilder::end_ns_event)
      XML_SetNamespaceDeclHandler(self->parser, callback<start_namespace>, callback<end_namespace>);
    else if (event.field == &TreeBuilder::comment_event)
      XML_SetCommentHandler(self->parser, callback<comment>);
    else if (event.field == &TreeBuilder::pi_event)
      XML_SetProcessingInstructionHandler(self->parser, callback<instruction>);
    return {};
  }
  return raise(ValueError, "unknown event '%s'", text.data());
}
constexpr Doc set_events_doc = "_setevents($self, events_queue, events_to_report=None, /)\n--\n\n";
Result<void> set_events(XmlParser* self, Object* queue, Object* events) {
  TRY(check_ready(self));
  if (!builder_of(self)) return raise(TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
  Ref<Object> append = TRY(object_get_attr(queue, id::append));
  Ref<TreeBuilder> builder = new_ref(builder_of(self));
  set_field(builder->events_append, std::move(append));
  for (auto& event : event_names) clear_field(builder->*event.field);
  if (events == None) {
    set_field(builder->end_event, TRY(str_intern_from_string("end")));
    return {};
  }
  Ref<Object> sequence = TRY(sequence_fast(events, "events must be a sequence"));
  for (isize i = 0; i < sequence_fast_size(sequence); ++i) {
    Ref<Object> name = new_ref(sequence_fast_items(sequence)[i]);
    TRY(want_event(self, builder, name));
  }
  return {};
}

constinit PyMethodDef methods[] = {
    method<feed, feed_doc>(),
    method<close, close_doc>(),
    method<parse_whole, parse_whole_doc>(),
    method<set_events, set_events_doc>(),
    {},
};
constinit PyMemberDef members[] = {
    member("entity", T_OBJECT, offsetof(XmlParser, entity), READONLY),
    member("target", T_OBJECT, offsetof(XmlParser, target), READONLY),
    {},
};
Result<Str> get_version(XmlParser*) {
  return str_from_format("Expat %d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION);
}
constinit PyGetSetDef attributes[] = {get_set<get_version>("version"), {}};
}  // namespace

constinit Type xml_parser_type = {
    .tp_name = "xml.etree.ElementTree.XMLParser",
    .tp_basicsize = sizeof(XmlParser),
    .tp_dealloc = parser_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = parser_traverse,
    .tp_clear = parser_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = attributes,
    .tp_init = initializer<init, init_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_gc_del,
};
}  // namespace adder::elementtree
