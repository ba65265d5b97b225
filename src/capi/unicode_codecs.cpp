// unicode_codecs: encodings of str in the C API beyond the common ones: stateful decoding, character maps, the locale,
// and the deprecated wchar_t form.
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "memory/allocator_hooks.h"
#include "runtime/locale_text.h"
#include "types/codecs.h"

ADDER_EXPORT void PyMem_RawFree(void* block);
ADDER_EXPORT wchar_t* PyUnicode_AsWideCharString(PyObject* object, Py_ssize_t* size);
ADDER_EXPORT Py_ssize_t PyUnicode_AsWideChar(PyObject* object, wchar_t* buffer, Py_ssize_t size);

using namespace adder;
using adder::capi::bad_call;
using adder::capi::minus_one;
using adder::capi::null;

namespace {
std::string_view view_of(const char* data, isize size) { return {data, static_cast<usize>(size)}; }
PyObject* bad_argument() { return null(raise(TypeError, "bad argument type for built-in operation")); }
}  // namespace

// == Stateful decoding ==

ADDER_EXPORT PyObject* PyUnicode_DecodeUTF7(const char* data, Py_ssize_t size, const char* errors) {
  return decode_utf7(view_of(data, size), errors, nullptr).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF7Stateful(const char* data, Py_ssize_t size, const char* errors,
                                                    Py_ssize_t* consumed) {
  return decode_utf7(view_of(data, size), errors, consumed).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF16Stateful(const char* data, Py_ssize_t size, const char* errors,
                                                     int* byte_order, Py_ssize_t* consumed) {
  return decode_utf16(view_of(data, size), errors, byte_order, consumed).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_DecodeUTF32Stateful(const char* data, Py_ssize_t size, const char* errors,
                                                     int* byte_order, Py_ssize_t* consumed) {
  return decode_utf32(view_of(data, size), errors, byte_order, consumed).to_c();
}
ADDER_EXPORT PyObject* _PyUnicode_DecodeUnicodeEscapeStateful(const char* data, Py_ssize_t size, const char* errors,
                                                              Py_ssize_t* consumed) {
  return decode_unicode_escape(view_of(data, size), errors, consumed).to_c();
}
ADDER_EXPORT PyObject* _PyUnicode_DecodeUnicodeEscapeInternal(const char* data, Py_ssize_t size, const char* errors,
                                                              Py_ssize_t* consumed, const char** first_invalid) {
  return decode_unicode_escape_internal(view_of(data, size), errors, consumed, first_invalid).to_c();
}
// The character of the first unknown escape, or -1, apart from its place.
ADDER_EXPORT PyObject* _PyUnicode_DecodeUnicodeEscapeInternal2(const char* data, Py_ssize_t size, const char* errors,
                                                               Py_ssize_t* consumed, int* invalid_character,
                                                               const char** invalid_place) {
  const char* first = nullptr;
  PyObject* text = decode_unicode_escape_internal(view_of(data, size), errors, consumed, &first).to_c();
  *invalid_character = first ? static_cast<unsigned char>(*first) : -1;
  *invalid_place = first;
  return text;
}
ADDER_EXPORT PyObject* _PyUnicode_DecodeRawUnicodeEscapeStateful(const char* data, Py_ssize_t size, const char* errors,
                                                                 Py_ssize_t* consumed) {
  return decode_raw_unicode_escape(view_of(data, size), errors, consumed).to_c();
}

// == Encoding ==

ADDER_EXPORT PyObject* _PyUnicode_EncodeUTF7(PyObject* text, int set_o, int white_space, const char* errors) {
  return is_str(text) ? encode_utf7(as<Str>(text), set_o != 0, white_space != 0, errors).to_c() : bad_argument();
}
ADDER_EXPORT PyObject* _PyUnicode_EncodeUTF16(PyObject* text, const char* errors, int byte_order) {
  return is_str(text) ? encode_utf16(as<Str>(text), errors, byte_order).to_c() : bad_argument();
}
ADDER_EXPORT PyObject* _PyUnicode_EncodeUTF32(PyObject* text, const char* errors, int byte_order) {
  return is_str(text) ? encode_utf32(as<Str>(text), errors, byte_order).to_c() : bad_argument();
}

// == Character maps ==

ADDER_EXPORT PyObject* PyUnicode_DecodeCharmap(const char* data, Py_ssize_t size, PyObject* mapping,
                                               const char* errors) {
  if (!mapping) return str_decode_latin1(data, size, errors).to_c();
  return decode_charmap(view_of(data, size), mapping, errors).to_c();
}
ADDER_EXPORT PyObject* _PyUnicode_EncodeCharmap(PyObject* text, PyObject* mapping, const char* errors) {
  if (!is_str(text)) return bad_argument();
  if (!mapping) return encode_latin1(as<Str>(text), errors).to_c();
  return encode_charmap(as<Str>(text), mapping, errors).to_c();
}
ADDER_EXPORT PyObject* PyUnicode_AsCharmapString(PyObject* text, PyObject* mapping) {
  if (!is_str(text) || !mapping) return bad_argument();
  return _PyUnicode_EncodeCharmap(text, mapping, nullptr);
}
ADDER_EXPORT PyObject* PyUnicode_BuildEncodingMap(PyObject* map) {
  if (!is_str(map) || !str_length(as<Str>(map))) return bad_argument();
  return charmap_build(as<Str>(map)).to_c();
}

// == Any codec ==

namespace {
// The deprecated functions that are twice what codecs.h has.
template <class Function>
PyObject* with_codec(PyObject* text, const char* warning, Function&& function) {
  if (!is_str(text)) return bad_argument();
  TRY_C(nullptr, warn(DeprecationWarning, 1, "%s", warning));
  return function().to_c();
}
Result<Object> require_str(Result<Object> result, const char* encoding, const char* wrong) {
  Ref<Object> made = TRY(result);
  if (!is_str(made)) return raise(TypeError, wrong, encoding, made->ob_type->tp_name);
  return made;
}
}  // namespace

ADDER_EXPORT PyObject* PyUnicode_AsDecodedObject(PyObject* text, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  return with_codec(text, "PyUnicode_AsDecodedObject() is deprecated; use PyCodec_Decode() to decode from str",
                    [&] { return codec_decode(text, encoding, errors); });
}
ADDER_EXPORT PyObject* PyUnicode_AsDecodedUnicode(PyObject* text, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  return with_codec(text, "PyUnicode_AsDecodedUnicode() is deprecated; use PyCodec_Decode() to decode from str to str",
                    [&] {
                      return require_str(codec_decode(text, encoding, errors), encoding,
                                         "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to "
                                         "decode to arbitrary types");
                    });
}
ADDER_EXPORT PyObject* PyUnicode_AsEncodedObject(PyObject* text, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  return with_codec(text,
                    "PyUnicode_AsEncodedObject() is deprecated; use PyUnicode_AsEncodedString() to encode from str to "
                    "bytes or PyCodec_Encode() for generic encoding",
                    [&] { return codec_encode(text, encoding, errors); });
}
ADDER_EXPORT PyObject* PyUnicode_AsEncodedUnicode(PyObject* text, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  return with_codec(text, "PyUnicode_AsEncodedUnicode() is deprecated; use PyCodec_Encode() to encode from str to str",
                    [&] {
                      return require_str(codec_encode(text, encoding, errors), encoding,
                                         "'%.400s' encoder returned '%.400s' instead of 'str'; use codecs.encode() to "
                                         "encode to arbitrary types");
                    });
}

// == The C library's locale as it is now ==

ADDER_EXPORT PyObject* PyUnicode_DecodeLocaleAndSize(const char* data, Py_ssize_t size, const char* errors) {
  if (data[size] != 0 || std::strlen(data) != static_cast<usize>(size))
    return null(raise(ValueError, "embedded null byte"));
  wchar_t* wide;
  usize length;
  const char* reason;
  switch (text_decode_locale(data, &wide, &length, &reason, true, text_errors_of(errors))) {
    case kTextDone: {
      PyObject* text = str_from_wide_char(wide, static_cast<isize>(length)).to_c();
      PyMem_RawFree(wide);
      return text;
    }
    case kTextInvalid: {
      isize at = static_cast<isize>(length);
      return null(raise_decode_error("locale", view_of(data, size), at, at + 1, reason));
    }
    case kTextUnsupportedErrors:
      return null(raise(ValueError, "unsupported error handler"));
    default:
      return null(raise_no_memory());
  }
}
ADDER_EXPORT PyObject* PyUnicode_DecodeLocale(const char* text, const char* errors) {
  return PyUnicode_DecodeLocaleAndSize(text, static_cast<isize>(std::strlen(text)), errors);
}
ADDER_EXPORT PyObject* PyUnicode_EncodeLocale(PyObject* object, const char* errors) {
  if (!is_str(object)) return bad_argument();
  isize length;
  wchar_t* wide = PyUnicode_AsWideCharString(object, &length);
  if (!wide) return nullptr;
  PyObject* result = nullptr;
  if (std::wcslen(wide) != static_cast<usize>(length)) {
    static_cast<void>(raise(ValueError, "embedded null character"));
  } else {
    char* bytes;
    usize position;
    const char* reason;
    switch (text_encode_locale(wide, &bytes, &position, &reason, false, true, text_errors_of(errors))) {
      case kTextDone:
        result = bytes_from_string(bytes).to_c();
        memory::mem_release(bytes);
        break;
      case kTextInvalid: {
        isize at = static_cast<isize>(position);
        static_cast<void>(raise_encode_error("locale", as<Str>(object), at, at + 1, reason));
        break;
      }
      case kTextUnsupportedErrors:
        static_cast<void>(raise(ValueError, "unsupported error handler"));
        break;
      default:
        static_cast<void>(raise_no_memory());
    }
  }
  memory::mem_release(wide);
  return result;
}

// == wchar_t ==

// The string keeps the copy; it dies with the string.
ADDER_EXPORT wchar_t* PyUnicode_AsUnicodeAndSize(PyObject* object, Py_ssize_t* size) {
  if (!is_str(object)) return reinterpret_cast<wchar_t*>(bad_argument());
  Str* text = as<Str>(object);
  isize length = str_length(text);
  if (!text->wstr) {
    wchar_t* wide = static_cast<wchar_t*>(memory::allocate(sizeof(wchar_t) * static_cast<usize>(length + 1)));
    if (!wide) return null(raise_no_memory());
    PyUnicode_AsWideChar(object, wide, length + 1);
    text->wstr = wide;
    if (!str_is_ascii(text) || !text->state.compact) text->wstr_length = length;
  }
  if (size) *size = length;
  return text->wstr;
}
ADDER_EXPORT wchar_t* PyUnicode_AsUnicode(PyObject* text) { return PyUnicode_AsUnicodeAndSize(text, nullptr); }
ADDER_EXPORT const wchar_t* _PyUnicode_AsUnicode(PyObject* text) {
  Py_ssize_t size;
  const wchar_t* wide = PyUnicode_AsUnicodeAndSize(text, &size);
  if (wide && std::wcslen(wide) != static_cast<usize>(size)) return null(raise(ValueError, "embedded null character"));
  return wide;
}

namespace {
constexpr int kCleanupSupported = 0x20000;
// For "O&": a copy that the caller frees with PyMem_Free; called with null to free it after an error.
int convert_wide(PyObject* object, void* out, const char* expected, bool none) {
  wchar_t** place = static_cast<wchar_t**>(out);
  if (!object) {
    memory::mem_release(*place);
    *place = nullptr;
    return 1;
  }
  if (none && object == None) {
    *place = nullptr;
    return 1;
  }
  if (!is_str(object))
    return capi::zero(raise(TypeError, "argument must be %s, not %.50s", expected, object->ob_type->tp_name));
  *place = PyUnicode_AsWideCharString(object, nullptr);
  return *place ? kCleanupSupported : 0;
}
}  // namespace
ADDER_EXPORT int _PyUnicode_WideCharString_Converter(PyObject* object, void* out) {
  return convert_wide(object, out, "str", false);
}
ADDER_EXPORT int _PyUnicode_WideCharString_Opt_Converter(PyObject* object, void* out) {
  return convert_wide(object, out, "str or None", true);
}
