// text: repr(), str(), ascii(), bytes() and format() of any object.
//
// See        docs/objects.md
#include "object/object.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {

Result<Str> object_repr(Object* object) {
  if (!object) return str_from_string("<NULL>");
  Type* type = object->ob_type;
  if (!type->tp_repr) return str_from_format("<%s object at %p>", type->tp_name, static_cast<void*>(object));
  RecursionGuard guard(" while getting the repr of an object");
  if (guard.failed()) return Error{};
  Ref<Object> result = TRY(Result<Object>::from_c(type->tp_repr(object)));
  if (!is_str(result)) {
    return raise(TypeError, "__repr__ returned non-string (type %.200s)", result->ob_type->tp_name);
  }
  return as<Str>(std::move(result));
}

Result<Str> object_str(Object* object) {
  if (!object) return str_from_string("<NULL>");
  if (is_str_exact(object)) return Result<Str>::share(as<Str>(object));
  Type* type = object->ob_type;
  if (!type->tp_str) return object_repr(object);
  RecursionGuard guard(" while getting the str of an object");
  if (guard.failed()) return Error{};
  Ref<Object> result = TRY(Result<Object>::from_c(type->tp_str(object)));
  if (!is_str(result)) return raise(TypeError, "__str__ returned non-string (type %.200s)", result->ob_type->tp_name);
  return as<Str>(std::move(result));
}

Result<Str> object_ascii(Object* object) {
  Ref<Str> text = TRY(object_repr(object));
  if (str_is_ascii(text)) return text;
  Ref<Object> encoded = TRY(str_as_encoded_string(text, "ascii", "backslashreplace"));
  return str_decode_ascii(bytes_data(as<Bytes>(encoded)), bytes_size(as<Bytes>(encoded)), "");
}

Result<Object> object_bytes(Object* object) {
  if (is_bytes_exact(object)) return Result<Object>::share(object);
  Ref<Object> method = TRY(object_lookup_special(object, id::__bytes__));
  if (method) {
    Ref<Object> result = TRY(object_call_no_args(method));
    if (!is_bytes(result)) {
      return raise(TypeError, "__bytes__ returned non-bytes (type %.200s)", result->ob_type->tp_name);
    }
    return result;
  }
  return bytes_from_object(object);
}

Result<Object> object_format(Object* object, Opt<Object*> spec) {
  if (spec && !is_str(*spec)) {
    return raise(SystemError, "Format specifier must be a string, not %.200s", spec->ob_type->tp_name);
  }
  if (!spec || str_length(as<Str>(*spec)) == 0) {  // the common case needs no method call
    if (is_str_exact(object)) return Result<Object>::share(object);
    if (object->ob_type == &PyLong_Type || object->ob_type == &PyFloat_Type) return object_str(object);
  }
  bool unbound;
  Ref<Object> method = TRY(object_lookup_special_method(object, id::__format__, unbound));
  if (!method) return raise(TypeError, "Type %.100s doesn't define __format__", object->ob_type->tp_name);
  Object* text = spec.value_or(id::empty);
  Ref<Object> result = unbound ? TRY(call(method, object, text)) : TRY(call(method, text));
  if (!is_str(result)) {
    return raise(TypeError, "__format__ must return a str, not %.200s", result->ob_type->tp_name);
  }
  return result;
}
}  // namespace adder
