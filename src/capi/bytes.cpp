// bytes: the C API's bytes, bytearray and memoryview (bytesobject.h, bytearrayobject.h, memoryobject.h).
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "capi/capi.h"
#include "types/byte_methods.h"
#include "types/codecs.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::minus_one;
using adder::capi::null;

ADDER_EXPORT PyObject* PyBytes_FromStringAndSize(const char* data, Py_ssize_t size) {
  if (size < 0) return null(raise(SystemError, "Negative size passed to PyBytes_FromStringAndSize"));
  if (!data) return bytes_new(size).to_c();
  return bytes_from_view({data, static_cast<usize>(size)}).to_c();
}
ADDER_EXPORT PyObject* PyBytes_FromString(const char* text) { return bytes_from_string(text).to_c(); }
ADDER_EXPORT PyObject* PyBytes_FromObject(PyObject* object) {
  return object ? static_cast<PyObject*>(bytes_from_object(object).to_c()) : bad_call();
}
ADDER_EXPORT Py_ssize_t PyBytes_Size(PyObject* bytes) {
  if (!is_bytes(bytes)) return minus_one(raise(TypeError, "expected bytes, %.200s found", bytes->ob_type->tp_name));
  return bytes_size(as<Bytes>(bytes));
}
ADDER_EXPORT char* PyBytes_AsString(PyObject* bytes) {
  if (!is_bytes(bytes)) return null(raise(TypeError, "expected bytes, %.200s found", bytes->ob_type->tp_name));
  return bytes_data(as<Bytes>(bytes));
}
ADDER_EXPORT int PyBytes_AsStringAndSize(PyObject* bytes, char** data, Py_ssize_t* size) {
  if (!data) return bad_call_int();
  if (!is_bytes(bytes)) return minus_one(raise(TypeError, "expected bytes, %.200s found", bytes->ob_type->tp_name));
  *data = bytes_data(as<Bytes>(bytes));
  if (size) {
    *size = bytes_size(as<Bytes>(bytes));
  } else if (strlen(*data) != static_cast<usize>(bytes_size(as<Bytes>(bytes)))) {
    return minus_one(raise(ValueError, "embedded null byte"));
  }
  return 0;
}
ADDER_EXPORT PyObject* PyBytes_Repr(PyObject* bytes, int smart_quotes) {
  return bytes_repr(as<Bytes>(bytes), smart_quotes != 0).to_c();
}
ADDER_EXPORT void PyBytes_Concat(PyObject** left, PyObject* right) {
  PyObject* old = *left;
  if (!old) return;
  *left = right ? bytes_concat(old, right).to_c() : nullptr;
  decref(old);
}
ADDER_EXPORT void PyBytes_ConcatAndDel(PyObject** left, PyObject* right) {
  PyBytes_Concat(left, right);
  decref_or_null(right);
}
ADDER_EXPORT PyObject* _PyBytes_Join(PyObject* separator, PyObject* iterable) {
  return bytes_join(as<Bytes>(separator), iterable).to_c();
}
// The object is gone after a failure.
ADDER_EXPORT int _PyBytes_Resize(PyObject** place, Py_ssize_t size) {
  PyObject* old = *place;
  *place = nullptr;
  if (!is_bytes(old) || size < 0) {
    decref(old);
    return bad_call_int();
  }
  isize old_size = bytes_size(as<Bytes>(old));
  if (old_size == size) {
    *place = old;
    return 0;
  }
  if (old_size == 0 || size == 0) {
    decref(old);
    *place = bytes_new(size).to_c();
    return *place ? 0 : -1;
  }
  if (old->ob_refcnt != 1) {
    decref(old);
    return bad_call_int();
  }
  *place = bytes_resize(Ref<Bytes>::steal(as<Bytes>(old)), size).to_c();
  return *place ? 0 : -1;
}
namespace {
// Writes what the format says to `out`, unless that is null, and gives its length. Widths and flags are passed over;
// what is no format ends it: the rest is copied as it stands.
Result<isize> write_format(const char* format, va_list arguments, char* out) {
  isize length = 0;
  auto put = [&](const char* text, usize size) {
    if (out) std::memcpy(out + length, text, size);
    length += static_cast<isize>(size);
  };
  for (const char* at = format; *at; ++at) {
    if (*at != '%') {
      put(at, 1);
      continue;
    }
    const char* start = at++;
    while (*at >= '0' && *at <= '9') ++at;
    usize precision = static_cast<usize>(-1);
    if (*at == '.') {
      precision = 0;
      for (++at; *at >= '0' && *at <= '9'; ++at) precision = precision * 10 + static_cast<usize>(*at - '0');
    }
    while (*at && *at != '%' && !((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'))) ++at;
    bool is_long = false, is_size = false;
    if (*at == 'l' && (at[1] == 'd' || at[1] == 'u'))
      is_long = true, ++at;
    else if (*at == 'z' && (at[1] == 'd' || at[1] == 'u'))
      is_size = true, ++at;
    char text[40];
    switch (*at) {
      case '%':
        put("%", 1);
        continue;
      case 'c': {
        int c = va_arg(arguments, int);
        if (c < 0 || c > 255) {
          return raise(OverflowError, "PyBytes_FromFormatV(): %%c format expects an integer in range [0; 255]");
        }
        text[0] = static_cast<char>(c);
        put(text, 1);
        continue;
      }
      case 'd':
        if (is_long)
          std::snprintf(text, sizeof text, "%ld", va_arg(arguments, long));
        else if (is_size)
          std::snprintf(text, sizeof text, "%zd", va_arg(arguments, isize));
        else
          std::snprintf(text, sizeof text, "%d", va_arg(arguments, int));
        break;
      case 'u':
        if (is_long)
          std::snprintf(text, sizeof text, "%lu", va_arg(arguments, unsigned long));
        else if (is_size)
          std::snprintf(text, sizeof text, "%zu", va_arg(arguments, usize));
        else
          std::snprintf(text, sizeof text, "%u", va_arg(arguments, unsigned));
        break;
      case 'i':
        std::snprintf(text, sizeof text, "%i", va_arg(arguments, int));
        break;
      case 'x':
        std::snprintf(text, sizeof text, "%x", va_arg(arguments, int));
        break;
      case 's': {
        const char* given = va_arg(arguments, const char*);
        put(given, strnlen(given, precision));
        continue;
      }
      case 'p':
        std::snprintf(text, sizeof text, "0x%lx", reinterpret_cast<unsigned long>(va_arg(arguments, void*)));
        break;
      default:
        put(start, std::strlen(start));
        return length;
    }
    put(text, std::strlen(text));
  }
  return length;
}
}  // namespace

ADDER_EXPORT PyObject* PyBytes_FromFormatV(const char* format, va_list arguments) {
  // Twice: for the length, then for the bytes.
  va_list again;
  va_copy(again, arguments);
  Result<isize> length = write_format(format, arguments, nullptr);
  if (length.failed()) {
    va_end(again);
    return nullptr;
  }
  auto made = bytes_new(length.take());
  PyObject* result = made.to_c();
  if (result) static_cast<void>(write_format(format, again, bytes_data(as<Bytes>(result))).take());
  va_end(again);
  return result;
}
ADDER_EXPORT PyObject* PyBytes_FromFormat(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyObject* result = PyBytes_FromFormatV(format, arguments);
  va_end(arguments);
  return result;
}
ADDER_EXPORT PyObject* PyBytes_DecodeEscape(const char* body, Py_ssize_t size, const char* errors, Py_ssize_t,
                                            const char*) {
  return bytes_decode_escape({body, static_cast<usize>(size)}, errors).to_c();
}
ADDER_EXPORT PyObject* _PyBytes_DecodeEscape(const char* body, Py_ssize_t size, const char* errors,
                                             const char** first_invalid) {
  return decode_bytes_escape({body, static_cast<usize>(size)}, errors, first_invalid).to_c();
}
// The character of the first unknown escape, or -1, apart from its place.
ADDER_EXPORT PyObject* _PyBytes_DecodeEscape2(const char* body, Py_ssize_t size, const char* errors,
                                              int* invalid_character, const char** invalid_place) {
  const char* first = nullptr;
  PyObject* bytes = decode_bytes_escape({body, static_cast<usize>(size)}, errors, &first).to_c();
  *invalid_character = first ? static_cast<unsigned char>(*first) : -1;
  *invalid_place = first;
  return bytes;
}
ADDER_EXPORT PyObject* _PyBytes_FormatEx(const char* format, Py_ssize_t size, PyObject* arguments, int as_array) {
  Ref<Bytes> owner = TRY_C(nullptr, bytes_from_view({format, static_cast<usize>(size)}));
  return bytes_format_percent(owner, size, bytes_data(owner), arguments, as_array != 0).to_c();
}
ADDER_EXPORT PyObject* _PyBytes_FromHex(PyObject* text, int as_array) {
  Ref<Bytes> bytes = TRY_C(nullptr, byte_methods::bytes_of_hex(text));
  if (as_array) return bytearray_from_view(bytes_view(bytes)).to_c();
  return bytes.release();
}
// Fills `to` with copies of `from`, cut off at the end.
ADDER_EXPORT void _PyBytes_Repeat(char* to, Py_ssize_t to_size, const char* from, Py_ssize_t from_size) {
  if (to_size <= 0 || from_size <= 0) return;
  isize done = from_size < to_size ? from_size : to_size;
  memcpy(to, from, static_cast<usize>(done));
  while (done < to_size) {
    isize count = done < to_size - done ? done : to_size - done;
    memcpy(to + done, to, static_cast<usize>(count));
    done += count;
  }
}
ADDER_EXPORT Py_ssize_t _PyBytes_Find(const char* data, Py_ssize_t size, const char* pattern, Py_ssize_t pattern_size,
                                      Py_ssize_t offset) {
  usize place = std::string_view(data, static_cast<usize>(size)).find({pattern, static_cast<usize>(pattern_size)});
  return place == std::string_view::npos ? -1 : static_cast<isize>(place) + offset;
}
ADDER_EXPORT Py_ssize_t _PyBytes_ReverseFind(const char* data, Py_ssize_t size, const char* pattern,
                                             Py_ssize_t pattern_size, Py_ssize_t offset) {
  usize place = std::string_view(data, static_cast<usize>(size)).rfind({pattern, static_cast<usize>(pattern_size)});
  return place == std::string_view::npos ? -1 : static_cast<isize>(place) + offset;
}

// == bytearray ==

ADDER_EXPORT PyObject* PyByteArray_FromStringAndSize(const char* data, Py_ssize_t size) {
  if (size < 0) return null(raise(SystemError, "Negative size passed to PyByteArray_FromStringAndSize"));
  if (data) return bytearray_from_view({data, static_cast<usize>(size)}).to_c();
  Ref<ByteArray> made = TRY_C(nullptr, bytearray_from_view({}));
  if (size && bytearray_resize(made, size).failed()) return nullptr;
  return made.release();
}
ADDER_EXPORT PyObject* PyByteArray_FromObject(PyObject* object) {
  return object_call_one_arg(&PyByteArray_Type, object).to_c();
}
ADDER_EXPORT PyObject* PyByteArray_Concat(PyObject* left, PyObject* right) {
  Ref<Object> copy = TRY_C(nullptr, object_call_one_arg(&PyByteArray_Type, left));
  return number_in_place_add(copy, right).to_c();
}
ADDER_EXPORT int PyByteArray_Resize(PyObject* array, Py_ssize_t size) {
  return bytearray_resize(as<ByteArray>(array), size).to_c();
}
ADDER_EXPORT Py_ssize_t PyByteArray_Size(PyObject* array) { return bytearray_size(as<ByteArray>(array)); }
// An empty array has no storage of its own.
extern "C" {
__attribute__((visibility("default"))) char _PyByteArray_empty_string[1] = {0};
}
ADDER_EXPORT char* PyByteArray_AsString(PyObject* array) {
  char* data = bytearray_data(as<ByteArray>(array));
  return bytearray_size(as<ByteArray>(array)) && data ? data : _PyByteArray_empty_string;
}

// == memoryview ==

ADDER_EXPORT PyObject* PyMemoryView_FromObject(PyObject* object) { return memoryview_from_object(object).to_c(); }
ADDER_EXPORT PyObject* PyMemoryView_FromMemory(char* data, Py_ssize_t size, int flags) {
  return memoryview_from_memory(data, size, flags == PyBUF_WRITE).to_c();
}
ADDER_EXPORT PyObject* PyMemoryView_FromBuffer(const Py_buffer* view) { return memoryview_from_buffer(view).to_c(); }
ADDER_EXPORT PyObject* PyMemoryView_GetContiguous(PyObject* object, int buffer_type, char order) {
  return memoryview_get_contiguous(object, buffer_type, order).to_c();
}
