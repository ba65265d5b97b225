// codecs: the registry: search functions, the cache of codecs, error handlers by name; encoding and decoding by name.
#include <cstring>

#include "bind/bind.h"
#include "import/import.h"
#include "runtime/runtime.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace adder {
namespace {
// "UTF-8" -> "utf_8": lower case, runs of other characters than letters, digits and dots become one underscore. False:
// too long.
bool normalize_name(const char* name, char* out, usize room) {
  bool pending = false;
  char *start = out, *end = out + room - 1;
  for (; *name; ++name) {
    char c = *name;
    bool upper = c >= 'A' && c <= 'Z';
    if (!(upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.')) {
      pending = true;
      continue;
    }
    if (pending && out != start) {
      if (out == end) return false;
      *out++ = '_';
    }
    pending = false;
    if (out == end) return false;
    *out++ = static_cast<char>(upper ? c + 32 : c);
  }
  *out = 0;
  return true;
}

enum class Known { kNone, kUtf8, kUtf16, kUtf32, kAscii, kLatin1 };
Known known_encoding(const char* name) {
  if (!name) return Known::kUtf8;
  char text[16];
  if (!normalize_name(name, text, sizeof text)) return Known::kNone;
  if (std::strncmp(text, "utf", 3) == 0) {
    const char* rest = text + 3 + (text[3] == '_');
    if (std::strcmp(rest, "8") == 0) return Known::kUtf8;
    if (std::strcmp(rest, "16") == 0) return Known::kUtf16;
    if (std::strcmp(rest, "32") == 0) return Known::kUtf32;
    return Known::kNone;
  }
  for (const char* ascii : {"ascii", "us_ascii"}) {
    if (std::strcmp(text, ascii) == 0) return Known::kAscii;
  }
  for (const char* latin1 : {"latin1", "latin_1", "iso_8859_1", "iso8859_1"}) {
    if (std::strcmp(text, latin1) == 0) return Known::kLatin1;
  }
  return Known::kNone;
}

Result<void> ensure_registry() {
  if (interpreter()->codec_search_path) return {};
  return codec_registry_init();
}
}  // namespace

// == Text by the name of the encoding ==

Result<void> codec_check_names(const char* encoding, const char* errors) {
  Interpreter* self = interpreter();
  if (ADDER_LIKELY(!self->config->dev_mode) || !self->initialized || runtime_is_finalizing()) return {};
  if (errors) {
    bool known = false;
    for (const char* name : {"strict", "ignore", "replace", "surrogateescape", "surrogatepass"}) {
      known = known || std::strcmp(errors, name) == 0;
    }
    if (!known) Ref<Object> handler = TRY(codec_lookup_error(errors));
  }
  if (encoding && known_encoding(encoding) == Known::kNone) Ref<Object> codec = TRY(codec_lookup(encoding));
  return {};
}

Result<Object> str_as_encoded_string(Str* s, const char* encoding, const char* errors) {
  TRY(codec_check_names(encoding, errors));
  switch (known_encoding(encoding)) {
    case Known::kUtf8:
      return str_as_utf8_bytes(s, errors);
    case Known::kUtf16:
      return encode_utf16(s, errors, 0);
    case Known::kUtf32:
      return encode_utf32(s, errors, 0);
    case Known::kAscii:
      return encode_ascii(s, errors);
    case Known::kLatin1:
      return encode_latin1(s, errors);
    case Known::kNone:
      break;
  }
  Ref<Object> result = TRY(codec_encode_text(s, encoding, errors));
  if (is_bytes(result)) return result;
  if (is_bytearray(result)) {
    TRY(warn(RuntimeWarning, 1,
             "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types",
             encoding));
    ByteArray* array = as<ByteArray>(result.get());
    return bytes_from_view({bytearray_data(array), static_cast<usize>(bytearray_size(array))});
  }
  return raise(
      TypeError,
      "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
      encoding, type_of(result)->tp_name);
}
Result<Object> str_decode(const char* data, isize size, const char* encoding, const char* errors) {
  TRY(codec_check_names(encoding, errors));
  switch (known_encoding(encoding)) {
    case Known::kUtf8:
      return str_decode_utf8(data, size, errors);
    case Known::kUtf16: {
      int order = 0;
      return decode_utf16({data, static_cast<usize>(size)}, errors, &order, nullptr);
    }
    case Known::kUtf32: {
      int order = 0;
      return decode_utf32({data, static_cast<usize>(size)}, errors, &order, nullptr);
    }
    case Known::kAscii:
      return str_decode_ascii(data, size, errors);
    case Known::kLatin1:
      return str_decode_latin1(data, size, errors);
    case Known::kNone:
      break;
  }
  Ref<Bytes> bytes = TRY(bytes_from_view({data, static_cast<usize>(size)}));
  // The codec sees a view that nobody can write through.
  Ref<Object> view = TRY(memoryview_from_object(bytes));
  Ref<Object> result = TRY(codec_decode_text(view, encoding, errors));
  if (!is_str(result)) {
    return raise(
        TypeError,
        "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        encoding, type_of(result)->tp_name);
  }
  return result;
}

// == Codecs ==

Result<void> codec_register(Object* search_function) {
  TRY(ensure_registry());
  if (!is_callable(search_function)) return raise(TypeError, "argument must be callable");
  return list_append(interpreter()->codec_search_path, search_function);
}
Result<void> codec_unregister(Object* search_function) {
  Interpreter* state = interpreter();
  if (!state->codec_search_path) return {};
  List* path = state->codec_search_path;
  for (isize i = 0; i < list_size(path); ++i) {
    if (list_item(path, i) == search_function) {
      dict_clear(state->codec_search_cache);
      return list_set_slice(path, i, i + 1, {});
    }
  }
  return {};
}
Result<Object> codec_lookup(const char* encoding) {
  TRY(ensure_registry());
  Interpreter* state = interpreter();
  usize room = std::strlen(encoding) + 1;
  BytesWriter name(static_cast<isize>(room));
  if (!name.reserve(static_cast<isize>(room))) return raise_no_memory();
  normalize_name(encoding, name.data(), room);
  Ref<Str> key = TRY(str_intern_from_string(name.data()));
  Ref<Object> known = TRY(dict_get_item(state->codec_search_cache, key));
  if (known) return known;
  List* path = state->codec_search_path;
  if (list_size(path) == 0) return raise(LookupError, "no codec search functions registered: can't find encoding");
  for (isize i = 0; i < list_size(path); ++i) {
    Ref<Object> function = Ref<Object>::share(list_item(path, i));
    Ref<Object> codec = TRY(object_call_one_arg(function, key));
    if (codec.get() == None) continue;
    if (!is_tuple(codec) || tuple_size(as<Tuple>(codec.get())) != 4) {
      return raise(TypeError, "codec search functions must return 4-tuples");
    }
    TRY(dict_set_item(state->codec_search_cache, key, codec));
    return codec;
  }
  return raise(LookupError, "unknown encoding: %s", encoding);
}
Result<bool> codec_known_encoding(const char* encoding) {
  Result<Object> codec = codec_lookup(encoding);
  if (codec.failed()) {
    error_clear();
    return false;
  }
  Ref<Object> found = codec.take();
  return true;
}
namespace {
Result<Object> codec_item(const char* encoding, isize index) {
  Ref<Object> codec = TRY(codec_lookup(encoding));
  return Result<Object>::share(tuple_item(as<Tuple>(codec.get()), index));
}
Result<Object> with_errors(Object* factory, const char* errors) {
  if (!errors) return object_call_no_args(factory);
  Ref<Str> text = TRY(str_from_string(errors));
  return object_call_one_arg(factory, text);
}
Result<Object> stream_of(const char* encoding, Object* stream, const char* errors, isize index) {
  Ref<Object> factory = TRY(codec_item(encoding, index));
  if (!errors) return object_call_one_arg(factory, stream);
  Ref<Str> text = TRY(str_from_string(errors));
  return call(factory.get(), stream, static_cast<Object*>(text.get()));
}
}  // namespace
Result<Object> codec_encoder(const char* encoding) { return codec_item(encoding, 0); }
Result<Object> codec_decoder(const char* encoding) { return codec_item(encoding, 1); }
Result<Object> codec_stream_reader(const char* encoding, Object* stream, const char* errors) {
  return stream_of(encoding, stream, errors, 2);
}
Result<Object> codec_stream_writer(const char* encoding, Object* stream, const char* errors) {
  return stream_of(encoding, stream, errors, 3);
}
Result<Object> codec_incremental_encoder(Object* codec_info, const char* errors) {
  Ref<Object> factory = TRY(object_get_attr(codec_info, "incrementalencoder"));
  return with_errors(factory, errors);
}
Result<Object> codec_incremental_decoder(Object* codec_info, const char* errors) {
  Ref<Object> factory = TRY(object_get_attr(codec_info, "incrementaldecoder"));
  return with_errors(factory, errors);
}

// == Coding through the registry ==

namespace {
// A plain exception gets the codec's name into its message; the original becomes the cause.
Error name_codec_in_error(const char* operation, const char* encoding) {
  Object* type_object = error_occurred();
  if (!type_object || !is_exception_class(type_object)) return Error{};
  Type* type = as<Type>(type_object);
  // Room for weak references is all that a class may add: others may need arguments that a message is not.
  isize size = BaseExceptionType->tp_basicsize;
  if (type->tp_basicsize != size && !(type->tp_weaklistoffset && type->tp_basicsize == size + 8)) return Error{};
  if (type->tp_init != BaseExceptionType->tp_init || type->tp_new != BaseExceptionType->tp_new) return Error{};
  Ref<Object> original = error_take();
  auto* fields = static_cast<PyBaseExceptionObject*>(original.get());
  Tuple* arguments = fields->args ? as<Tuple>(fields->args) : nullptr;
  bool plain = type_of(original) == type && arguments && tuple_size(arguments) <= 1 &&
               (tuple_size(arguments) == 0 || is_str_exact(tuple_item(arguments, 0))) &&
               (!fields->dict || dict_size(as<Dict>(fields->dict)) == 0);
  if (!plain) {
    error_set(std::move(original));
    return Error{};
  }
  (void)raise(type, "%s with '%s' codec failed (%s: %S)", operation, encoding, type_short_name(type), original.get());
  Ref<Object> renamed = error_take();
  if (renamed && is_exception_instance(renamed)) {
    exception_set_context(renamed, original.share());
    exception_set_cause(renamed, std::move(original));
  }
  error_set(std::move(renamed));
  return Error{};
}
Result<Object> run_codec(Object* function, Object* object, const char* encoding, const char* errors,
                         bool encoding_direction) {
  Ref<Object> answer;
  Result<Object> result = Error{};
  if (errors) {
    Ref<Str> text = TRY(str_from_string(errors));
    result = call(function, object, static_cast<Object*>(text.get()));
  } else {
    result = object_call_one_arg(function, object);
  }
  if (result.failed()) return name_codec_in_error(encoding_direction ? "encoding" : "decoding", encoding);
  answer = result.take();
  if (!is_tuple(answer) || tuple_size(as<Tuple>(answer.get())) != 2) {
    return raise(TypeError, encoding_direction ? "encoder must return a tuple (object, integer)"
                                               : "decoder must return a tuple (object,integer)");
  }
  return Result<Object>::share(tuple_item(as<Tuple>(answer.get()), 0));
}
}  // namespace

Result<Object> codec_encode(Object* object, const char* encoding, const char* errors) {
  Ref<Object> encoder = TRY(codec_encoder(encoding));
  return run_codec(encoder, object, encoding, errors, true);
}
Result<Object> codec_decode(Object* object, const char* encoding, const char* errors) {
  Ref<Object> decoder = TRY(codec_decoder(encoding));
  return run_codec(decoder, object, encoding, errors, false);
}
Result<Object> codec_lookup_text_encoding(const char* encoding, const char* alternate) {
  Ref<Object> codec = TRY(codec_lookup(encoding));
  if (!is_tuple_exact(codec)) {
    Ref<Str> name = TRY(str_intern_from_string("_is_text_encoding"));
    Ref<Object> flag = TRY(object_lookup_attr(codec, name));
    if (flag && !TRY(object_is_true(flag))) {
      return raise(LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding,
                   alternate);
    }
  }
  return codec;
}
Result<Object> codec_encode_text(Object* object, const char* encoding, const char* errors) {
  Ref<Object> codec = TRY(codec_lookup_text_encoding(encoding, "codecs.encode()"));
  Ref<Object> encoder = Ref<Object>::share(tuple_item(as<Tuple>(codec.get()), 0));
  return run_codec(encoder, object, encoding, errors, true);
}
Result<Object> codec_decode_text(Object* object, const char* encoding, const char* errors) {
  Ref<Object> codec = TRY(codec_lookup_text_encoding(encoding, "codecs.decode()"));
  Ref<Object> decoder = Ref<Object>::share(tuple_item(as<Tuple>(codec.get()), 1));
  return run_codec(decoder, object, encoding, errors, false);
}

// == Error handlers by name ==

Result<void> codec_register_error(const char* name, Object* handler) {
  TRY(ensure_registry());
  if (!is_callable(handler)) return raise(TypeError, "handler must be callable");
  return dict_set_item_string(interpreter()->codec_error_registry, name, handler);
}
Result<Object> codec_lookup_error(const char* name) {
  TRY(ensure_registry());
  Ref<Str> key = TRY(str_from_string(name ? name : "strict"));
  Ref<Object> handler = TRY(dict_get_item(interpreter()->codec_error_registry, key));
  if (!handler) return raise(LookupError, "unknown error handler name '%.400s'", name ? name : "strict");
  return handler;
}

namespace {
template <Result<Object> (*Handler)(Object*)>
PyObject* handler_function(PyObject*, PyObject* exception) {
  return Handler(exception).to_c();
}
constinit PyMethodDef handlers[] = {
    raw_method("strict_errors", handler_function<codec_strict_errors>, METH_O,
               "Raises the exception: the handler 'strict'."),
    raw_method("ignore_errors", handler_function<codec_ignore_errors>, METH_O,
               "Goes on without the malformed data: the handler 'ignore'."),
    raw_method("replace_errors", handler_function<codec_replace_errors>, METH_O,
               "Puts a replacement mark: the handler 'replace'."),
    raw_method("xmlcharrefreplace_errors", handler_function<codec_xmlcharrefreplace_errors>, METH_O,
               "Puts XML character references: the handler 'xmlcharrefreplace'."),
    raw_method("backslashreplace_errors", handler_function<codec_backslashreplace_errors>, METH_O,
               "Puts escapes with backslashes: the handler 'backslashreplace'."),
    raw_method("namereplace_errors", handler_function<codec_namereplace_errors>, METH_O,
               "Puts \\N{...} escapes: the handler 'namereplace'."),
    raw_method("surrogatepass", handler_function<codec_surrogatepass_errors>, METH_O,
               "Codes surrogates like other code points: the handler 'surrogatepass'."),
    raw_method("surrogateescape", handler_function<codec_surrogateescape_errors>, METH_O,
               "Carries bytes through text as lone surrogates: the handler 'surrogateescape'."),
};
constexpr const char* kHandlerNames[] = {"strict",           "ignore",      "replace",       "xmlcharrefreplace",
                                         "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};
}  // namespace

Result<void> codec_registry_init() {
  Interpreter* state = interpreter();
  if (state->codec_search_path) return {};
  Ref<List> path = TRY(list_new());
  Ref<Dict> cache = TRY(dict_new());
  Ref<Dict> errors = TRY(dict_new());
  for (usize i = 0; i < sizeof kHandlerNames / sizeof *kHandlerNames; ++i) {
    Ref<Object> function = TRY(cfunction_new(&handlers[i], {}));
    TRY(dict_set_item_string(errors, kHandlerNames[i], function));
  }
  state->codec_search_path = path.release();
  state->codec_search_cache = cache.release();
  state->codec_error_registry = errors.release();
  Ref<Object> module = TRY(import_module("encodings"));
  return {};
}
}  // namespace adder
