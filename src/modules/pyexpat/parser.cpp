// parser: pyexpat.xmlparser, an expat parser as an object.
//
// Life       a parser for an external entity keeps the one it was made from: expat's two share tables.
// Threads    the GIL is held while expat runs: nearly every event calls Python.
// See        library reference "xml.parsers.expat", tests/python/test_xml_modules.py
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/pyexpat/pyexpat.h"
#include "object/buffer.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::expat {
const XML_Memory_Handling_Suite memory_suite = {memory::allocate, memory::reallocate, memory::release};

namespace {
constexpr int kDefaultBufferSize = 8192;
constexpr isize kChunk = 1 << 20;  // XML_Parse counts in ints
constexpr int kFileChunk = 2048;

// A C string that lives as long as `text`; null with the exception set.
const char* c_string(Str* text) {
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return nullptr;
  if (__builtin_strlen(utf8.data) != static_cast<usize>(utf8.size)) {
    (void)raise(ValueError, "embedded null character");
    return nullptr;
  }
  return utf8.data;
}

// == Life ==

Result<XmlParser> allocate_parser() {
  Ref<Object> made = TRY(object_new_zeroed(&xml_parser_type));
  Ref<XmlParser> self = as<XmlParser>(std::move(made));
  self->buffer_size = kDefaultBufferSize;
  return self;
}
int parser_traverse(PyObject* object, visitproc visit, void* arg) {
  XmlParser* self = static_cast<XmlParser*>(object);
  VISIT(self->intern);
  VISIT(self->parent);
  for (Object* handler : self->handlers) VISIT(handler);
  return 0;
}
int parser_clear(PyObject* object) {
  XmlParser* self = static_cast<XmlParser*>(object);
  clear_handlers(self);
  clear_field(self->intern);
  return 0;
}
void parser_dealloc(PyObject* object) {
  gc::untrack(object);
  XmlParser* self = static_cast<XmlParser*>(object);
  if (self->parser) {
    parser_clear(self);
    XML_ParserFree(self->parser);
  }
  memory::release(self->buffer);
  clear_field(self->intern);
  clear_field(self->parent);
  object_free(self);
}

// == Parsing ==

// Expat's buffers do not survive a second call from inside the first.
Result<void> check_not_parsing(XmlParser* self) {
  if (self->in_callback) return raise(RuntimeError, "a handler cannot feed the parser that called it");
  return {};
}

Result<int> parse_result(XmlParser* self, XML_Status status) {
  if (error_occurred()) return Error{};
  if (status == XML_STATUS_ERROR) return raise_expat_error(self, XML_GetErrorCode(self->parser));
  TRY(flush_buffer(self));
  return static_cast<int>(status);
}

constexpr Doc parse_doc =
    "Parse($self, data, isfinal=False, /)\n--\n\nParses a piece of a document; `isfinal' says that it is the last one.";
Result<int> parse(XmlParser* self, Object* data, int is_final) {
  TRY(check_not_parsing(self));
  BufferView view;
  const char* bytes;
  isize size;
  if (is_str(data)) {
    Utf8 utf8 = str_as_utf8(as<Str>(data));
    if (!utf8) return Error{};
    bytes = utf8.data;
    size = utf8.size;
    (void)XML_SetEncoding(self->parser, "utf-8");  // what the document says does not hold for decoded text
  } else {
    TRY(view.acquire(data));
    bytes = view.data();
    size = view.size();
  }
  XML_Status status = XML_STATUS_OK;
  for (; size > kChunk && status != XML_STATUS_ERROR; bytes += kChunk, size -= kChunk)
    status = XML_Parse(self->parser, bytes, kChunk, 0);
  if (status != XML_STATUS_ERROR) status = XML_Parse(self->parser, bytes, static_cast<int>(size), is_final);
  view.release();
  return parse_result(self, status);
}

// One read() of at most kFileChunk bytes, given to expat; the number of bytes.
Result<isize> parse_piece(XmlParser* self, Object* read, XML_Status& status) {
  Ref<Object> piece = TRY(call(read, TRY(int_from_i64(kFileChunk)).get()));
  const char* bytes;
  isize size;
  if (is_bytes(piece)) {
    bytes = bytes_data(as<Bytes>(piece.get()));
    size = bytes_size(as<Bytes>(piece.get()));
  } else if (is_bytearray(piece)) {
    bytes = bytearray_data(as<ByteArray>(piece.get()));
    size = bytearray_size(as<ByteArray>(piece.get()));
  } else {
    return raise(TypeError, "read() did not return a bytes object (type=%.400s)", type_of(piece)->tp_name);
  }
  if (size > kFileChunk)
    return raise(ValueError, "read() returned too much data: %i bytes requested, %zd returned", kFileChunk, size);
  TRY(check_not_parsing(self));
  void* buffer = XML_GetBuffer(self->parser, kFileChunk);
  if (!buffer) {
    status = XML_STATUS_ERROR;
    return size;
  }
  if (size) __builtin_memcpy(buffer, bytes, static_cast<usize>(size));
  status = XML_ParseBuffer(self->parser, static_cast<int>(size), size == 0);
  if (error_occurred()) return Error{};
  return size;
}
constexpr Doc parse_file_doc = "ParseFile($self, file, /)\n--\n\nParses what the file's read() gives, up to its end.";
Result<int> parse_file(XmlParser* self, Object* file) {
  Ref<Object> read = TRY(object_lookup_attr(file, id::read));
  if (!read) return raise(TypeError, "argument must have 'read' attribute");
  XML_Status status = XML_STATUS_OK;
  for (;;) {
    isize size = TRY(parse_piece(self, read, status));
    if (status == XML_STATUS_ERROR || size == 0) break;
  }
  return parse_result(self, status);
}

// == Settings ==

constexpr Doc set_base_doc = "SetBase($self, base, /)\n--\n\nSets the base that relative system identifiers refer to.";
Result<void> set_base(XmlParser* self, Str* base) {
  const char* text = c_string(base);
  if (!text) return Error{};
  if (XML_SetBase(self->parser, text) == XML_STATUS_ERROR) return raise_no_memory();
  return {};
}
constexpr Doc get_base_doc = "GetBase($self, /)\n--\n\nGives the base that SetBase() set, or None.";
Result<Object> get_base(XmlParser* self) {
  const char* base = XML_GetBase(self->parser);
  return base ? Result<Object>(str_from_string(base)) : none_result();
}
constexpr Doc get_input_context_doc =
    "GetInputContext($self, /)\n--\n\nGives, inside a handler, the bytes of the input from the current event "
    "on.\n\nThey end where "
    "the buffer ends, which can be before the end of the event.";
Result<Object> get_input_context(XmlParser* self) {
  if (!self->in_callback) return none_result();
  int offset, size;
  const char* buffer = XML_GetInputContext(self->parser, &offset, &size);
  if (!buffer) return none_result();
  return bytes_from_view({buffer + offset, static_cast<usize>(size - offset)});
}
constexpr Doc set_param_entity_parsing_doc =
    "SetParamEntityParsing($self, flag, /)\n--\n\nSays whether parameter entities are parsed, the external DTD subset "
    "among "
    "them.\n\nThe flag is one of the XML_PARAM_ENTITY_PARSING constants. True if the parser took it.";
Result<int> set_param_entity_parsing(XmlParser* self, int flag) {
  return XML_SetParamEntityParsing(self->parser, static_cast<XML_ParamEntityParsing>(flag));
}
constexpr Doc use_foreign_dtd_doc =
    "UseForeignDTD($self, flag=True, /)\n--\n\nLets the application give an external subset to a document that names "
    "none.";
Result<void> use_foreign_dtd(XmlParser* self, bool flag) {
  XML_Error code = XML_UseForeignDTD(self->parser, flag ? XML_TRUE : XML_FALSE);
  if (code != XML_ERROR_NONE) return raise_expat_error(self, code);
  return {};
}

constexpr Doc create_external_doc =
    "ExternalEntityParserCreate($self, context, encoding=<unrepresentable>,\n                           "
    "/)\n--\n\nMakes a parser "
    "for the external entity that the ExternalEntityRefHandler was told about.";
Result<Object> create_external(XmlParser* self, Object* context, Opt<Object*> encoding) {
  const char *context_text = nullptr, *encoding_text = nullptr;
  if (context != None) {
    if (!is_str(context))
      return raise(TypeError, "ExternalEntityParserCreate() argument 1 must be str or None, not %.50s",
                   type_of(context)->tp_name);
    context_text = c_string(as<Str>(context));
    if (!context_text) return Error{};
  }
  if (encoding) {
    Object* given = encoding.get();
    if (!is_str(given))
      return raise(TypeError, "ExternalEntityParserCreate() argument 2 must be str, not %.50s",
                   given == None ? "None" : type_of(given)->tp_name);
    encoding_text = c_string(as<Str>(given));
    if (!encoding_text) return Error{};
  }
  Ref<XmlParser> made = TRY(allocate_parser());
  made->buffer_size = self->buffer_size;
  made->ordered_attributes = self->ordered_attributes;
  made->specified_attributes = self->specified_attributes;
  made->namespace_prefixes = self->namespace_prefixes;
  made->intern = Ref<Dict>::share_or_empty(self->intern).release();
  if (self->buffer) {
    made->buffer = static_cast<char*>(memory::allocate(static_cast<usize>(made->buffer_size)));
    if (!made->buffer) return raise_no_memory();
  }
  made->parser = XML_ExternalEntityParserCreate(self->parser, context_text, encoding_text);
  if (!made->parser) return raise_no_memory();
  made->parent = new_ref(self).release();
  XML_SetUserData(made->parser, made.get());
  for (int i = 0; i < kHandlers; ++i) {
    if (self->handlers[i]) TRY(set_handler(made, static_cast<Handler>(i), self->handlers[i]));
  }
  return made;
}

constinit PyMethodDef methods[] = {
    method<parse, parse_doc>(),
    method<parse_file, parse_file_doc>(),
    method<set_base, set_base_doc>(),
    method<get_base, get_base_doc>(),
    method<get_input_context, get_input_context_doc>(),
    method<create_external, create_external_doc>(),
    method<set_param_entity_parsing, set_param_entity_parsing_doc>(),
    method<use_foreign_dtd, use_foreign_dtd_doc>(),
    {},
};

// == Attributes ==

Error raise_cannot_delete() { return raise(RuntimeError, "Cannot delete attribute"); }

template <auto Get>
Result<Object> position(XmlParser* self) {
  return int_from_i64(static_cast<i64>(Get(self->parser)));
}
template <bool XmlParser::*Flag>
Result<bool> get_flag(XmlParser* self) {
  return self->*Flag;
}
template <bool XmlParser::*Flag>
Result<void> set_flag(XmlParser* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  self->*Flag = TRY(object_is_true(value.get()));
  if (Flag == &XmlParser::namespace_prefixes) XML_SetReturnNSTriplet(self->parser, self->namespace_prefixes);
  return {};
}

Result<bool> get_buffer_text(XmlParser* self) { return self->buffer != nullptr; }
Result<void> set_buffer_text(XmlParser* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  bool on = TRY(object_is_true(value.get()));
  if (on == (self->buffer != nullptr)) return {};
  if (on) {
    self->buffer = static_cast<char*>(memory::allocate(static_cast<usize>(self->buffer_size)));
    if (!self->buffer) return raise_no_memory();
    self->buffer_used = 0;
    return {};
  }
  TRY(flush_buffer(self));
  memory::release(std::exchange(self->buffer, nullptr));
  return {};
}
Result<int> get_buffer_size(XmlParser* self) { return self->buffer_size; }
Result<void> set_buffer_size(XmlParser* self, Opt<Object*> value) {
  if (!value) return raise_cannot_delete();
  if (!is_int(value.get())) return raise(TypeError, "buffer_size must be an integer");
  long size = TRY(int_as_long(value.get()));
  if (size <= 0) return raise(ValueError, "buffer_size must be greater than zero");
  if (size > __INT_MAX__) return raise(ValueError, "buffer_size must not be greater than %i", __INT_MAX__);
  if (size == self->buffer_size) return {};
  if (self->buffer) {
    TRY(flush_buffer(self));
    void* buffer = memory::allocate(static_cast<usize>(size));
    if (!buffer) return raise_no_memory();
    memory::release(std::exchange(self->buffer, static_cast<char*>(buffer)));
    self->buffer_used = 0;
  }
  self->buffer_size = static_cast<int>(size);
  return {};
}
Result<int> get_buffer_used(XmlParser* self) { return self->buffer_used; }

// The closure of a handler's attribute points at its place in `handler_numbers`.
constexpr Handler handler_numbers[] = {
#define HANDLER(attribute, event) k##attribute,
#include "modules/pyexpat/handlers.def"
#undef HANDLER
};
PyObject* get_handler(PyObject* object, void* which) {
  Object* handler = static_cast<XmlParser*>(object)->handlers[*static_cast<const Handler*>(which)];
  return Ref<Object>::share(handler ? handler : None).release();
}
int set_handler_attribute(PyObject* object, PyObject* value, void* which) {
  if (!value) return Result<void>(raise_cannot_delete()).to_c();
  return set_handler(static_cast<XmlParser*>(object), *static_cast<const Handler*>(which),
                     value == None ? Opt<Object*>() : Opt<Object*>(value))
      .to_c();
}

constinit PyMemberDef members[] = {
    member("intern", T_OBJECT, offsetof(XmlParser, intern), READONLY),
    {},
};
constinit PyGetSetDef attributes[] = {
    get_set<position<XML_GetErrorCode>>("ErrorCode"),
    get_set<position<XML_GetErrorLineNumber>>("ErrorLineNumber"),
    get_set<position<XML_GetErrorColumnNumber>>("ErrorColumnNumber"),
    get_set<position<XML_GetErrorByteIndex>>("ErrorByteIndex"),
    get_set<position<XML_GetCurrentLineNumber>>("CurrentLineNumber"),
    get_set<position<XML_GetCurrentColumnNumber>>("CurrentColumnNumber"),
    get_set<position<XML_GetCurrentByteIndex>>("CurrentByteIndex"),
    get_set<get_buffer_size, set_buffer_size>("buffer_size"),
    get_set<get_buffer_text, set_buffer_text>("buffer_text"),
    get_set<get_buffer_used>("buffer_used"),
    get_set<get_flag<&XmlParser::namespace_prefixes>, set_flag<&XmlParser::namespace_prefixes>>("namespace_prefixes"),
    get_set<get_flag<&XmlParser::ordered_attributes>, set_flag<&XmlParser::ordered_attributes>>("ordered_attributes"),
    get_set<get_flag<&XmlParser::specified_attributes>, set_flag<&XmlParser::specified_attributes>>(
        "specified_attributes"),
#define HANDLER(attribute, event) \
  {#attribute, get_handler, set_handler_attribute, nullptr, const_cast<Handler*>(&handler_numbers[k##attribute])},
#include "modules/pyexpat/handlers.def"
#undef HANDLER
    {},
};
}  // namespace

// == For the module ==

Result<Object> parser_new(const char* encoding, const char* separator, Opt<Dict*> intern) {
  Ref<XmlParser> self = TRY(allocate_parser());
  self->intern = Ref<Dict>::share_or_empty(intern.get()).release();
  self->parser = XML_ParserCreate_MM(encoding, &memory_suite, separator);
  if (!self->parser) return raise(RuntimeError, "XML_ParserCreate failed");
  XML_SetHashSalt(self->parser, static_cast<unsigned long>(hash_bytes("expat", 5)));
  XML_SetUserData(self->parser, self.get());
  XML_SetUnknownEncodingHandler(self->parser, unknown_encoding, nullptr);
  return self;
}

Error raise_expat_error(XmlParser* self, XML_Error code) {
  u64 line = XML_GetErrorLineNumber(self->parser), column = XML_GetErrorColumnNumber(self->parser);
  Ref<Str> message = TRY(str_from_format("%s: line %zu, column %zu", XML_ErrorString(code), line, column));
  Ref<Object> error = TRY(object_call_one_arg(error_class, message));
  TRY(object_set_attr(error, id::code, TRY(int_from_i64(code)).get()));
  TRY(object_set_attr(error, id::offset, TRY(int_from_u64(column)).get()));
  TRY(object_set_attr(error, id::lineno, TRY(int_from_u64(line)).get()));
  return raise_instance(error);
}

constinit Type xml_parser_type = {
    .tp_name = "pyexpat.xmlparser",
    .tp_basicsize = sizeof(XmlParser),
    .tp_dealloc = parser_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "XML parser",
    .tp_traverse = parser_traverse,
    .tp_clear = parser_clear,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = attributes,
    .tp_free = object_gc_del,
};
}  // namespace adder::expat
