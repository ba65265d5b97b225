// pyexpat: what the files of the module pyexpat share, and what _elementtree takes from it.
#pragma once
#include <expat.h>

#include "object/protocol.h"
#include "types/dict.h"
#include "types/module.h"

namespace adder::expat {
enum Handler {
#define HANDLER(attribute, event) k##attribute,
#include "modules/pyexpat/handlers.def"
#undef HANDLER
  kHandlers
};

struct XmlParser : PyObject {
  XML_Parser parser;
  XmlParser* parent;  // of a parser for an external entity: expat's two share memory
  Dict* intern;       // every name by itself, or null
  bool ordered_attributes, specified_attributes, namespace_prefixes;
  bool in_callback;
  char* buffer;  // character data that waits for more, or null (buffer_text off)
  int buffer_size, buffer_used;
  Object* handlers[kHandlers];  // null where there is none
};
extern Type xml_parser_type;
// Made by exec, once: ExpatError.
extern Object* error_class;
// Puts expat's memory into the interpreter's heap.
extern const XML_Memory_Handling_Suite memory_suite;

// == handlers.cpp ==

struct HandlerInfo {
  const char *attribute, *event;
  void (*install)(XML_Parser parser, bool on);
};
extern const HandlerInfo handler_table[kHandlers];
// Sets or (absent) takes away one handler.
Result<void> set_handler(XmlParser* self, Handler which, Opt<Object*> handler);
// Takes all handlers away: after an exception, and in tp_clear. No Python code but destructors.
void clear_handlers(XmlParser* self);
// Gives the buffered character data to its handler.
Result<void> flush_buffer(XmlParser* self);
// For encodings that expat does not know: asks the codecs for a table of 256 characters. Sets exceptions: the caller of
// XML_Parse looks for one.
int XMLCALL unknown_encoding(void*, const XML_Char* name, XML_Encoding* encoding);

// == parser.cpp ==

// `separator` and `encoding` may be null. Absent intern: no interning.
Result<Object> parser_new(const char* encoding, const char* separator, Opt<Dict*> intern);
// ExpatError for the parser's state, with code, lineno and offset.
Error raise_expat_error(XmlParser* self, XML_Error code);
}  // namespace adder::expat
