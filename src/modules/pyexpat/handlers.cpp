// handlers: expat's callbacks, each of which calls a Python function.
//
// Failure    the first exception stays set, takes all handlers away and stops the parser; who called XML_Parse finds
// it. Text       character data may wait in a buffer (buffer_text), which every other event empties first. See library
// reference "xml.parsers.expat", tests/python/test_xml_modules.py
#include <cstring>
#include <initializer_list>

#include "interpreter/interpreter.h"
#include "modules/pyexpat/pyexpat.h"
#include "types/code.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::expat {
namespace {
// == Calling ==

// An entry of the traceback stands for the callback, under the file name that programs look for.
Result<void> add_traceback(const char* event) {
  Ref<Object> raised = error_take();
  auto make_frame = [&]() -> Result<Frame> {
    Ref<Dict> globals = TRY(dict_new());
    Ref<Str> file = TRY(str_from_string("../Modules/pyexpat.c"));
    Ref<Str> name = TRY(str_from_string(event));
    Ref<Code> code = TRY(code_new_empty(file, name, 1));
    Ref<Frame> frame = TRY(frame_new(code, globals, nullptr));
    frame->f_lineno = 1;
    return frame;
  };
  Result<Frame> made = make_frame();
  if (made.failed()) error_clear();
  Ref<Frame> frame = made.take();
  error_set(std::move(raised));
  return frame ? traceback_here(frame) : Result<void>();
}

// An external entity is not read after an exception.
int XMLCALL refuse_external_entity(XML_Parser, const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
  return 0;
}
void stop(XmlParser* self) {
  clear_handlers(self);
  XML_SetExternalEntityRefHandler(self->parser, refuse_external_entity);
}

// Calls a handler with arguments of which some may have failed.
Result<Object> call_handler(XmlParser* self, Handler which, std::initializer_list<Result<Object>> made) {
  constexpr usize kMost = 7;
  Ref<Object> owned[kMost];
  Object* window[kMost + 1] = {};
  usize count = 0;
  bool failed = false;
  for (Result<Object> argument : made) {
    failed |= argument.failed();
    owned[count] = argument.take();
    window[count + 1] = owned[count];
    ++count;
  }
  if (failed) {
    stop(self);
    XML_StopParser(self->parser, XML_FALSE);
    return Error{};
  }
  Ref<Object> handler = Ref<Object>::share_or_empty(self->handlers[which]);
  if (!handler) return none_result();
  bool nested = std::exchange(self->in_callback, true);
  Result<Object> result = object_vectorcall(handler, window + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET);
  self->in_callback = nested;
  if (result.failed()) {
    (void)add_traceback(handler_table[which].event);
    stop(self);
    XML_StopParser(self->parser, XML_FALSE);
  }
  return result;
}

// Whether the event goes to Python; empties the buffer before it.
bool wanted(XmlParser* self, Handler which) {
  return self->handlers[which] && !error_occurred() && !flush_buffer(self).failed() && self->handlers[which];
}
void report(XmlParser* self, Handler which, std::initializer_list<Result<Object>> arguments) {
  Ref<Object> result = call_handler(self, which, arguments).take();
}

// == Arguments ==

// Text of expat, which is UTF-8; None for null.
Result<Object> text(const XML_Char* data) { return data ? Result<Object>(str_from_string(data)) : none_result(); }
Result<Object> text(const XML_Char* data, int size) { return str_from_utf8({data, static_cast<usize>(size)}); }
Result<Object> number(long value) { return int_from_i64(value); }
// The same, but one object for each name.
Result<Object> name_text(XmlParser* self, const XML_Char* data) {
  if (!data) return none_result();
  Ref<Str> made = TRY(str_from_string(data));
  if (!self->intern) return made;
  return dict_set_default(self->intern, made, made);
}
Result<Object> attribute_list(XmlParser* self, const XML_Char** attributes, int count) {
  Ref<List> list = TRY(list_new());
  for (int i = 0; i < count; i += 2) {
    TRY(list_append(list, TRY(name_text(self, attributes[i])).get()));
    TRY(list_append(list, TRY(text(attributes[i + 1])).get()));
  }
  return list;
}
Result<Object> attribute_dict(XmlParser* self, const XML_Char** attributes, int count) {
  Ref<Dict> dict = TRY(dict_new());
  for (int i = 0; i < count; i += 2) {
    Ref<Object> name = TRY(name_text(self, attributes[i]))
    , value = TRY(text(attributes[i + 1]));
    TRY(dict_set_item(dict, name, value));
  }
  return dict;
}
Result<Object> attributes_of(XmlParser* self, const XML_Char** attributes) {
  int count = 0;
  if (self->specified_attributes)
    count = XML_GetSpecifiedAttributeCount(self->parser);
  else
    while (attributes[count]) count += 2;
  return self->ordered_attributes ? attribute_list(self, attributes, count) : attribute_dict(self, attributes, count);
}
// (type, quantifier, name, children) of an element's declared content.
Result<Object> content_model(XmlParser* self, const XML_Content* model) {
  RecursionGuard guard(" in conv_content_model");
  if (guard.failed()) return Error{};
  Ref<Tuple> children = TRY(tuple_new(model->numchildren));
  for (unsigned i = 0; i < model->numchildren; ++i)
    tuple_init_item(children, i, TRY(content_model(self, &model->children[i])));
  Ref<Object> type = TRY(number(model->type))
  , quantifier = TRY(number(model->quant))
  , name = TRY(name_text(self, model->name));
  return tuple_pack(type.get(), quantifier.get(), name.get(), static_cast<Object*>(children.get()));
}

XmlParser* parser_of(void* data) { return static_cast<XmlParser*>(data); }

// == Elements and text ==

void XMLCALL on_StartElementHandler(void* data, const XML_Char* name, const XML_Char** attributes) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kStartElementHandler)) return;
  report(self, kStartElementHandler, {name_text(self, name), attributes_of(self, attributes)});
}
void XMLCALL on_EndElementHandler(void* data, const XML_Char* name) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kEndElementHandler)) report(self, kEndElementHandler, {name_text(self, name)});
}
void XMLCALL on_CharacterDataHandler(void* data, const XML_Char* characters, int size) {
  XmlParser* self = parser_of(data);
  if (error_occurred()) return;
  if (self->buffer && size <= self->buffer_size) {
    if (size > self->buffer_size - self->buffer_used && flush_buffer(self).failed()) return;
    // The handler may have switched the buffer off, made it smaller, or taken itself away.
    if (self->buffer && size <= self->buffer_size - self->buffer_used) {
      std::memcpy(self->buffer + self->buffer_used, characters, static_cast<usize>(size));
      self->buffer_used += size;
      return;
    }
  }
  if (wanted(self, kCharacterDataHandler)) report(self, kCharacterDataHandler, {text(characters, size)});
}
// While a handler runs, expat must not lose the one for character data: the rest of the text would go to the default
// handler.
void XMLCALL ignore_character_data(void*, const XML_Char*, int) {}

void XMLCALL on_ProcessingInstructionHandler(void* data, const XML_Char* target, const XML_Char* content) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kProcessingInstructionHandler)) return;
  report(self, kProcessingInstructionHandler, {name_text(self, target), text(content)});
}
void XMLCALL on_CommentHandler(void* data, const XML_Char* content) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kCommentHandler)) report(self, kCommentHandler, {text(content)});
}
void XMLCALL on_StartCdataSectionHandler(void* data) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kStartCdataSectionHandler)) report(self, kStartCdataSectionHandler, {});
}
void XMLCALL on_EndCdataSectionHandler(void* data) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kEndCdataSectionHandler)) report(self, kEndCdataSectionHandler, {});
}
void XMLCALL on_DefaultHandler(void* data, const XML_Char* characters, int size) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kDefaultHandler)) report(self, kDefaultHandler, {text(characters, size)});
}
void XMLCALL on_DefaultHandlerExpand(void* data, const XML_Char* characters, int size) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kDefaultHandlerExpand)) report(self, kDefaultHandlerExpand, {text(characters, size)});
}
void XMLCALL on_StartNamespaceDeclHandler(void* data, const XML_Char* prefix, const XML_Char* uri) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kStartNamespaceDeclHandler)) return;
  report(self, kStartNamespaceDeclHandler, {name_text(self, prefix), name_text(self, uri)});
}
void XMLCALL on_EndNamespaceDeclHandler(void* data, const XML_Char* prefix) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kEndNamespaceDeclHandler)) report(self, kEndNamespaceDeclHandler, {name_text(self, prefix)});
}

// == Declarations ==

void XMLCALL on_XmlDeclHandler(void* data, const XML_Char* version, const XML_Char* encoding, int standalone) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kXmlDeclHandler)) report(self, kXmlDeclHandler, {text(version), text(encoding), number(standalone)});
}
void XMLCALL on_StartDoctypeDeclHandler(void* data, const XML_Char* name, const XML_Char* system_id,
                                        const XML_Char* public_id, int has_internal_subset) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kStartDoctypeDeclHandler)) return;
  report(self, kStartDoctypeDeclHandler,
         {name_text(self, name), name_text(self, system_id), name_text(self, public_id), number(has_internal_subset)});
}
void XMLCALL on_EndDoctypeDeclHandler(void* data) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kEndDoctypeDeclHandler)) report(self, kEndDoctypeDeclHandler, {});
}
void XMLCALL on_ElementDeclHandler(void* data, const XML_Char* name, XML_Content* model) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kElementDeclHandler))
    report(self, kElementDeclHandler, {name_text(self, name), content_model(self, model)});
  XML_FreeContentModel(self->parser, model);
}
void XMLCALL on_AttlistDeclHandler(void* data, const XML_Char* element, const XML_Char* attribute, const XML_Char* type,
                                   const XML_Char* default_value, int is_required) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kAttlistDeclHandler)) return;
  report(self, kAttlistDeclHandler,
         {name_text(self, element), name_text(self, attribute), text(type), text(default_value), number(is_required)});
}
void XMLCALL on_EntityDeclHandler(void* data, const XML_Char* name, int is_parameter, const XML_Char* value, int size,
                                  const XML_Char* base, const XML_Char* system_id, const XML_Char* public_id,
                                  const XML_Char* notation) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kEntityDeclHandler)) return;
  report(self, kEntityDeclHandler,
         {name_text(self, name), number(is_parameter), value ? text(value, size) : none_result(), name_text(self, base),
          name_text(self, system_id), name_text(self, public_id), name_text(self, notation)});
}
void XMLCALL on_UnparsedEntityDeclHandler(void* data, const XML_Char* name, const XML_Char* base,
                                          const XML_Char* system_id, const XML_Char* public_id,
                                          const XML_Char* notation) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kUnparsedEntityDeclHandler)) return;
  report(self, kUnparsedEntityDeclHandler,
         {name_text(self, name), name_text(self, base), name_text(self, system_id), name_text(self, public_id),
          name_text(self, notation)});
}
void XMLCALL on_NotationDeclHandler(void* data, const XML_Char* name, const XML_Char* base, const XML_Char* system_id,
                                    const XML_Char* public_id) {
  XmlParser* self = parser_of(data);
  if (!wanted(self, kNotationDeclHandler)) return;
  report(self, kNotationDeclHandler,
         {name_text(self, name), name_text(self, base), name_text(self, system_id), name_text(self, public_id)});
}
void XMLCALL on_SkippedEntityHandler(void* data, const XML_Char* name, int is_parameter) {
  XmlParser* self = parser_of(data);
  if (wanted(self, kSkippedEntityHandler))
    report(self, kSkippedEntityHandler, {name_text(self, name), number(is_parameter)});
}

// == Handlers that answer: 0 makes the parser fail ==

int ask(XmlParser* self, Handler which, std::initializer_list<Result<Object>> arguments) {
  auto answer = [&]() -> Result<int> {
    Ref<Object> result = TRY(call_handler(self, which, arguments));
    long value = TRY(int_as_long(result));
    return static_cast<int>(value);
  };
  Result<int> value = answer();
  if (value.failed()) {
    stop(self);
    return 0;
  }
  return value.take();
}
int XMLCALL on_NotStandaloneHandler(void* data) {
  XmlParser* self = parser_of(data);
  return wanted(self, kNotStandaloneHandler) ? ask(self, kNotStandaloneHandler, {}) : 0;
}
int XMLCALL on_ExternalEntityRefHandler(XML_Parser parser, const XML_Char* context, const XML_Char* base,
                                        const XML_Char* system_id, const XML_Char* public_id) {
  XmlParser* self = parser_of(XML_GetUserData(parser));
  if (!wanted(self, kExternalEntityRefHandler)) return 0;
  return ask(self, kExternalEntityRefHandler,
             {text(context), name_text(self, base), name_text(self, system_id), name_text(self, public_id)});
}
}  // namespace

const HandlerInfo handler_table[kHandlers] = {
#define HANDLER(attribute, event) \
  {#attribute, #event, [](XML_Parser parser, bool on) { XML_Set##attribute(parser, on ? on_##attribute : nullptr); }},
#include "modules/pyexpat/handlers.def"
#undef HANDLER
};

// == For the parser ==

Result<void> flush_buffer(XmlParser* self) {
  if (!self->buffer || self->buffer_used == 0) return {};
  int used = self->buffer_used;
  self->buffer_used = 0;
  if (!self->handlers[kCharacterDataHandler]) return {};
  TRY(call_handler(self, kCharacterDataHandler, {text(self->buffer, used)}));
  return {};
}

Result<void> set_handler(XmlParser* self, Handler which, Opt<Object*> handler) {
  if (which == kCharacterDataHandler) TRY(flush_buffer(self));
  if (!handler && which == kCharacterDataHandler && self->in_callback)
    XML_SetCharacterDataHandler(self->parser, ignore_character_data);
  else
    handler_table[which].install(self->parser, static_cast<bool>(handler));
  set_field(self->handlers[which], Ref<Object>::share_or_empty(handler.get()));
  return {};
}

void clear_handlers(XmlParser* self) {
  for (int i = 0; i < kHandlers; ++i) {
    if (!self->handlers[i]) continue;
    handler_table[i].install(self->parser, false);
    clear_field(self->handlers[i]);
  }
}

int XMLCALL unknown_encoding(void*, const XML_Char* name, XML_Encoding* encoding) {
  if (error_occurred()) return XML_STATUS_ERROR;
  char bytes[256];
  for (int i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
  auto fill = [&]() -> Result<void> {
    Ref<Object> decoded = TRY(str_decode(bytes, 256, name, "replace"));
    Str* characters = as<Str>(decoded.get());
    if (str_length(characters) != 256) return raise(ValueError, "multi-byte encodings are not supported");
    for (int i = 0; i < 256; ++i) {
      Py_UCS4 character = str_read_char(characters, i);
      encoding->map[i] = character == 0xfffd ? -1 : static_cast<int>(character);
    }
    return {};
  };
  if (fill().failed()) return XML_STATUS_ERROR;
  encoding->data = nullptr;
  encoding->convert = nullptr;
  encoding->release = nullptr;
  return XML_STATUS_OK;
}
}  // namespace adder::expat
