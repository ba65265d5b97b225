// pyexpat: the module: making parsers, error and content model constants, the capsule for C.
//
// See        library reference "xml.parsers.expat", tests/python/test_xml_modules.py
#include "types/module.h"

#include "bind/bind.h"
#include "import/import.h"
#include "modules/exception_class.h"
#include "modules/pyexpat/pyexpat.h"
#include "types/capsule.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

// What other modules in C find in the capsule pyexpat.expat_CAPI (CPython's pyexpat.h).
struct PyExpat_CAPI {
  const char* magic;
  int size;
  int MAJOR_VERSION, MINOR_VERSION, MICRO_VERSION;
  const XML_LChar* (*ErrorString)(XML_Error);
  XML_Error (*GetErrorCode)(XML_Parser);
  XML_Size (*GetErrorColumnNumber)(XML_Parser);
  XML_Size (*GetErrorLineNumber)(XML_Parser);
  XML_Status (*Parse)(XML_Parser, const char*, int, int);
  XML_Parser (*ParserCreate_MM)(const XML_Char*, const XML_Memory_Handling_Suite*, const XML_Char*);
  void (*ParserFree)(XML_Parser);
  void (*SetCharacterDataHandler)(XML_Parser, XML_CharacterDataHandler);
  void (*SetCommentHandler)(XML_Parser, XML_CommentHandler);
  void (*SetDefaultHandlerExpand)(XML_Parser, XML_DefaultHandler);
  void (*SetElementHandler)(XML_Parser, XML_StartElementHandler, XML_EndElementHandler);
  void (*SetNamespaceDeclHandler)(XML_Parser, XML_StartNamespaceDeclHandler, XML_EndNamespaceDeclHandler);
  void (*SetProcessingInstructionHandler)(XML_Parser, XML_ProcessingInstructionHandler);
  void (*SetUnknownEncodingHandler)(XML_Parser, XML_UnknownEncodingHandler, void*);
  void (*SetUserData)(XML_Parser, void*);
  void (*SetStartDoctypeDeclHandler)(XML_Parser, XML_StartDoctypeDeclHandler);
  XML_Status (*SetEncoding)(XML_Parser, const XML_Char*);
  int (*DefaultUnknownEncodingHandler)(void*, const XML_Char*, XML_Encoding*);
  int (*SetHashSalt)(XML_Parser, unsigned long);
};
static_assert(sizeof(PyExpat_CAPI) == 176);

namespace adder::expat {
constinit Object* error_class = nullptr;

namespace {
constexpr const char* kCapsuleName = "pyexpat.expat_CAPI";
constinit PyExpat_CAPI interface = {
    .magic = "pyexpat.expat_CAPI 1.1",
    .size = sizeof(PyExpat_CAPI),
    .MAJOR_VERSION = XML_MAJOR_VERSION,
    .MINOR_VERSION = XML_MINOR_VERSION,
    .MICRO_VERSION = XML_MICRO_VERSION,
    .ErrorString = XML_ErrorString,
    .GetErrorCode = XML_GetErrorCode,
    .GetErrorColumnNumber = XML_GetErrorColumnNumber,
    .GetErrorLineNumber = XML_GetErrorLineNumber,
    .Parse = XML_Parse,
    .ParserCreate_MM = XML_ParserCreate_MM,
    .ParserFree = XML_ParserFree,
    .SetCharacterDataHandler = XML_SetCharacterDataHandler,
    .SetCommentHandler = XML_SetCommentHandler,
    .SetDefaultHandlerExpand = XML_SetDefaultHandlerExpand,
    .SetElementHandler = XML_SetElementHandler,
    .SetNamespaceDeclHandler = XML_SetNamespaceDeclHandler,
    .SetProcessingInstructionHandler = XML_SetProcessingInstructionHandler,
    .SetUnknownEncodingHandler = XML_SetUnknownEncodingHandler,
    .SetUserData = XML_SetUserData,
    .SetStartDoctypeDeclHandler = XML_SetStartDoctypeDeclHandler,
    .SetEncoding = XML_SetEncoding,
    .DefaultUnknownEncodingHandler = unknown_encoding,
    .SetHashSalt = XML_SetHashSalt,
};

// == Functions ==

constexpr Doc parser_create_doc =
    "ParserCreate($module, /, encoding=None, namespace_separator=None,\n             "
    "intern=<unrepresentable>)\n--\n\nReturn a new "
    "XML parser object.";
Result<Object> parser_create(Module*, Opt<Str*> encoding, Opt<Str*> separator, Opt<Object*> intern) {
  auto c_string = [](Opt<Str*> text, const char*& out) -> Result<void> {
    if (!text) return {};
    Utf8 utf8 = str_as_utf8(text.get());
    if (!utf8) return Error{};
    if (__builtin_strlen(utf8.data) != static_cast<usize>(utf8.size))
      return raise(ValueError, "embedded null character");
    out = utf8.data;
    return {};
  };
  const char *encoding_text = nullptr, *separator_text = nullptr;
  TRY(c_string(encoding, encoding_text));
  TRY(c_string(separator, separator_text));
  if (separator_text && __builtin_strlen(separator_text) > 1)
    return raise(ValueError, "namespace_separator must be at most one character, omitted, or None");
  Ref<Dict> names;
  if (!intern) {
    names = TRY(dict_new());
  } else if (intern.get() != None) {
    if (!is_dict(intern.get())) return raise(TypeError, "intern must be a dictionary");
    names = new_ref(as<Dict>(intern.get()));
  }
  return parser_new(encoding_text, separator_text, names.get());
}
constexpr Doc error_string_doc = "ErrorString($module, code, /)\n--\n\nGives the text for an error number, or None.";
Result<Object> error_string(Module*, Object* code) {
  const char* text = XML_ErrorString(static_cast<XML_Error>(TRY(int_as_long(code))));
  return text ? Result<Object>(str_from_string(text)) : none_result();
}
constinit PyMethodDef functions[] = {
    method<parser_create, parser_create_doc>(),
    method<error_string, error_string_doc>(),
    {},
};

// == Submodules ==

// The names of expat's errors, from number 1.
constexpr const char* error_names[] = {
    "NO_MEMORY",
    "SYNTAX",
    "NO_ELEMENTS",
    "INVALID_TOKEN",
    "UNCLOSED_TOKEN",
    "PARTIAL_CHAR",
    "TAG_MISMATCH",
    "DUPLICATE_ATTRIBUTE",
    "JUNK_AFTER_DOC_ELEMENT",
    "PARAM_ENTITY_REF",
    "UNDEFINED_ENTITY",
    "RECURSIVE_ENTITY_REF",
    "ASYNC_ENTITY",
    "BAD_CHAR_REF",
    "BINARY_ENTITY_REF",
    "ATTRIBUTE_EXTERNAL_ENTITY_REF",
    "MISPLACED_XML_PI",
    "UNKNOWN_ENCODING",
    "INCORRECT_ENCODING",
    "UNCLOSED_CDATA_SECTION",
    "EXTERNAL_ENTITY_HANDLING",
    "NOT_STANDALONE",
    "UNEXPECTED_STATE",
    "ENTITY_DECLARED_IN_PE",
    "FEATURE_REQUIRES_XML_DTD",
    "CANT_CHANGE_FEATURE_ONCE_PARSING",
    "UNBOUND_PREFIX",
    "UNDECLARING_PREFIX",
    "INCOMPLETE_PE",
    "XML_DECL",
    "TEXT_DECL",
    "PUBLICID",
    "SUSPENDED",
    "NOT_SUSPENDED",
    "ABORTED",
    "FINISHED",
    "SUSPEND_PE",
    "RESERVED_PREFIX_XML",
    "RESERVED_PREFIX_XMLNS",
    "RESERVED_NAMESPACE_URI",
    "INVALID_ARGUMENT",
    "NO_BUFFER",
    "AMPLIFICATION_LIMIT_BREACH",
};
static_assert(sizeof(error_names) / sizeof(*error_names) == XML_ERROR_AMPLIFICATION_LIMIT_BREACH);

Result<Module> add_submodule(Module* parent, const char* attribute, const char* full_name, const char* doc) {
  Ref<Module> made = TRY(import_add_module(full_name));
  TRY(module_add_string(made, "__doc__", doc));
  TRY(module_add_object(parent, attribute, made));
  return made;
}
Result<void> add_errors(Module* module) {
  Ref<Module> errors =
      TRY(add_submodule(module, "errors", "pyexpat.errors", "Constants used to describe error conditions."));
  Ref<Dict> codes = TRY(dict_new())
  , messages = TRY(dict_new());
  int number = 0;
  for (const char* name : error_names) {
    ++number;
    const char* text = XML_ErrorString(static_cast<XML_Error>(number));
    if (!text) text = "";
    Ref<Str> full_name = TRY(str_from_format("XML_ERROR_%s", name))
    , message = TRY(str_from_string(text));
    Ref<Int> code = TRY(int_from_i64(number));
    TRY(dict_set_item(module_dict(errors), full_name, message));
    TRY(dict_set_item(codes, message, code));
    TRY(dict_set_item(messages, code, message));
  }
  TRY(module_add_object(errors, "codes", codes));
  return module_add_object(errors, "messages", messages);
}
Result<void> add_model(Module* module) {
  Ref<Module> model =
      TRY(add_submodule(module, "model", "pyexpat.model", "Constants used to interpret content model information."));
  constexpr struct {
    const char* name;
    int value;
  } constants[] = {
      {"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY},   {"XML_CTYPE_ANY", XML_CTYPE_ANY},
      {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},   {"XML_CTYPE_NAME", XML_CTYPE_NAME},
      {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
      {"XML_CQUANT_NONE", XML_CQUANT_NONE},   {"XML_CQUANT_OPT", XML_CQUANT_OPT},
      {"XML_CQUANT_REP", XML_CQUANT_REP},     {"XML_CQUANT_PLUS", XML_CQUANT_PLUS},
  };
  for (auto& constant : constants) TRY(module_add_int(model, constant.name, constant.value));
  return {};
}

// == Module ==

Result<Object> features() {
  Ref<List> list = TRY(list_new());
  for (const XML_Feature* feature = XML_GetFeatureList(); feature && feature->feature != XML_FEATURE_END; ++feature) {
    Ref<Str> name = TRY(str_from_string(feature->name));
    Ref<Int> value = TRY(int_from_i64(feature->value));
    TRY(list_append(list, TRY(tuple_pack(static_cast<Object*>(name), static_cast<Object*>(value))).get()));
  }
  return list;
}
Result<void> exec(Module* module) {
  TRY(type_ready(&xml_parser_type));
  if (!error_class)
    error_class = TRY(make_exception_class("xml.parsers.expat", "ExpatError", as<Type>(PyExc_Exception)))
  .release();
  TRY(module_add_object(module, "error", error_class));
  TRY(module_add_object(module, "ExpatError", error_class));
  TRY(module_add_object(module, "XMLParserType", &xml_parser_type));
  TRY(module_add_string(module, "EXPAT_VERSION", XML_ExpatVersion()));
  XML_Expat_Version version = XML_ExpatVersionInfo();
  Ref<Int> major = TRY(int_from_i64(version.major))
  , minor = TRY(int_from_i64(version.minor))
  , micro = TRY(int_from_i64(version.micro));
  TRY(module_add_object(module, "version_info", TRY(tuple_pack(major.get(), minor.get(), micro.get())).get()));
  TRY(module_add_string(module, "native_encoding", "UTF-8"));
  TRY(add_errors(module));
  TRY(add_model(module));
  TRY(module_add_object(module, "features", TRY(features()).get()));
  TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER));
  TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE));
  TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS));
  return module_add_object(module, "expat_CAPI", TRY(capsule_new(&interface, kCapsuleName, nullptr)).get());
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("pyexpat", "Python wrapper for Expat parser.", functions, slots);
}  // namespace
}  // namespace adder::expat

ADDER_EXPORT PyObject* PyInit_pyexpat() { return adder::module_def_init(&adder::expat::definition); }
