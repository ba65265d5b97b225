// numbers_internal: rarely used and internal parts of longobject.h, floatobject.h, complexobject.h, and text of numbers
// written through the C API's writers.
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sys/types.h>

#include "capi/capi.h"
#include "runtime/runtime.h"
#include "types/complex.h"
#include "types/format.h"

struct _PyUnicodeWriter;
struct _PyBytesWriter;
ADDER_EXPORT int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter* writer, PyObject* text);
ADDER_EXPORT void* _PyBytesWriter_WriteBytes(_PyBytesWriter* writer, void* at, const void* data, Py_ssize_t size);

using namespace adder;
using adder::capi::bad_call_int;
using adder::capi::minus_one;
using adder::capi::null;

// == Information ==

namespace {
PyObject* sys_object(const char* name) {
  Object* object = sys_get_object(name).get();
  return object ? new_ref(object).release() : null(raise(RuntimeError, "lost sys.%s", name));
}
struct DigitValues {
  unsigned char values[256];
  constexpr DigitValues() : values{} {
    for (int i = 0; i < 256; ++i) {
      values[i] = i >= '0' && i <= '9'   ? static_cast<unsigned char>(i - '0')
                  : i >= 'a' && i <= 'z' ? static_cast<unsigned char>(i - 'a' + 10)
                  : i >= 'A' && i <= 'Z' ? static_cast<unsigned char>(i - 'A' + 10)
                                         : static_cast<unsigned char>(37);
    }
  }
};
}  // namespace

ADDER_EXPORT PyObject* PyLong_GetInfo() { return sys_object("int_info"); }
ADDER_EXPORT PyObject* PyFloat_GetInfo() { return sys_object("float_info"); }
// What an ASCII character is worth as a digit; 37: nothing.
ADDER_EXPORT const DigitValues _PyLong_DigitValue;
constinit const DigitValues _PyLong_DigitValue;

// == int ==

ADDER_EXPORT PyObject* _PyLong_FromBytes(const char* text, Py_ssize_t size, int base) {
  std::string_view view(text, static_cast<usize>(size));
  Result<Int> made = int_from_string(view, base);
  if (made.failed() && error_matches(ValueError)) {
    error_clear();
    Ref<Bytes> bytes = TRY_C(nullptr, bytes_from_view(view));
    return null(raise(ValueError, "invalid literal for int() with base %d: %.200R", base, bytes.get()));
  }
  return made.to_c();
}

namespace {
// User and group ids: -1 stands for "no change" and is the largest value of the type.
PyObject* from_id(u32 id) { return id == static_cast<u32>(-1) ? int_from_i64(-1).to_c() : int_from_u64(id).to_c(); }
int convert_id(PyObject* object, u32* out, const char* name) {
  if (!index_check(object)) {
    return capi::zero(raise(TypeError, "%s should be integer, not %.200s", name, object->ob_type->tp_name));
  }
  Ref<Object> number = TRY_C(0, number_index(object));
  int overflow;
  i64 value = int_as_i64_and_overflow(as<Int>(number.get()), &overflow);
  if (overflow > 0) return capi::zero(raise(OverflowError, "%s is greater than maximum", name));
  // Also for what is too large for the type but not for a long.
  if (overflow < 0 || value < -1 || value > static_cast<i64>(UINT32_MAX)) {
    return capi::zero(raise(OverflowError, "%s is less than minimum", name));
  }
  *out = static_cast<u32>(value);
  return 1;
}
}  // namespace
ADDER_EXPORT PyObject* _PyLong_FromUid(uid_t id) { return from_id(id); }
ADDER_EXPORT PyObject* _PyLong_FromGid(gid_t id) { return from_id(id); }
ADDER_EXPORT int _Py_Uid_Converter(PyObject* object, uid_t* out) { return convert_id(object, out, "uid"); }
ADDER_EXPORT int _Py_Gid_Converter(PyObject* object, gid_t* out) { return convert_id(object, out, "gid"); }

// == Writers ==

namespace {
// The text in base 2, 8, 10 or 16; `alternate` keeps the prefix.
Result<Str> digits_of(Object* value, int base, bool alternate) {
  if (!is_int(value)) return raise_bad_internal_call();
  Ref<Str> text = TRY(int_to_string(as<Int>(value), base));
  if (alternate || base == 10) return text;
  constexpr isize kPrefixSize = 2;
  bool negative = int_sign(as<Int>(value)) < 0;
  Ref<Str> digits = TRY(str_substring(text, negative + kPrefixSize, str_length(text)));
  if (!negative) return digits;
  Ref<Str> minus = TRY(str_from_ordinal('-'));
  return str_concat(minus, digits);
}
int write_text(_PyUnicodeWriter* writer, Result<Str> result) {
  Ref<Str> text = TRY_C(-1, result);
  return _PyUnicodeWriter_WriteStr(writer, text);
}
template <auto format>
int write_formatted(_PyUnicodeWriter* writer, PyObject* value, PyObject* spec, isize start, isize end) {
  Ref<Str> part = TRY_C(-1, str_substring(as<Str>(spec), start, end));
  return write_text(writer, format(value, part));
}
Result<Str> format_text(Object* value, Str* spec) { return format_str(as<Str>(value), spec); }
}  // namespace

ADDER_EXPORT int _PyLong_FormatWriter(_PyUnicodeWriter* writer, PyObject* value, int base, int alternate) {
  return write_text(writer, digits_of(value, base, alternate != 0));
}
ADDER_EXPORT char* _PyLong_FormatBytesWriter(_PyBytesWriter* writer, char* at, PyObject* value, int base,
                                             int alternate) {
  Ref<Str> text = TRY_C(nullptr, digits_of(value, base, alternate != 0));
  return static_cast<char*>(_PyBytesWriter_WriteBytes(writer, at, str_data(text), str_length(text)));
}
// value.__format__(spec[start:end])
#define FORMAT_WRITER(capi_name, format)                                                                  \
  ADDER_EXPORT int capi_name(_PyUnicodeWriter* writer, PyObject* value, PyObject* spec, Py_ssize_t start, \
                             Py_ssize_t end) {                                                            \
    return write_formatted<format>(writer, value, spec, start, end);                                      \
  }
FORMAT_WRITER(_PyLong_FormatAdvancedWriter, format_int)
FORMAT_WRITER(_PyFloat_FormatAdvancedWriter, format_float)
FORMAT_WRITER(_PyUnicode_FormatAdvancedWriter, format_text)
#undef FORMAT_WRITER

// Removes the underscores of a number like 1_000 and hands it to `parse`; ValueError where they are misplaced.
ADDER_EXPORT PyObject* _Py_string_to_number_with_underscores(const char* text, Py_ssize_t size, const char* what,
                                                             PyObject* object, void* argument,
                                                             PyObject* (*parse)(const char*, Py_ssize_t, void*)) {
  std::string_view view(text, static_cast<usize>(size));
  if (view.find('_') == view.npos) return parse(text, size, argument);
  Ref<Bytes> plain = TRY_C(nullptr, bytes_new(size));
  char* out = bytes_data(plain);
  char before = 0;
  bool right = true;
  for (char c : view) {
    bool digit = c >= '0' && c <= '9';
    if (c == '_') {
      right = right && before >= '0' && before <= '9';
    } else {
      right = right && (before != '_' || digit);
      *out++ = c;
    }
    before = c;
  }
  if (right && before != '_' && view.find('\0') == view.npos) {
    *out = 0;
    return parse(bytes_data(plain), out - bytes_data(plain), argument);
  }
  return null(raise(ValueError, "could not convert string to %s: %R", what, object));
}

// == complex: errno tells what went wrong ==

ADDER_EXPORT double _Py_c_abs(Py_complex value) {
  errno = 0;
  double result = std::hypot(value.real, value.imag);
  if (std::isfinite(value.real) && std::isfinite(value.imag) && !std::isfinite(result)) errno = ERANGE;
  return result;
}
ADDER_EXPORT Py_complex _Py_c_quot(Py_complex left, Py_complex right) {
  Py_complex result = {0, 0};
  if (!complex_divide(left, right, result)) errno = EDOM;
  return result;
}
ADDER_EXPORT Py_complex _Py_c_pow(Py_complex base, Py_complex exponent) {
  Py_complex result = {0, 0};
  if (!complex_power(base, exponent, result)) errno = EDOM;
  return result;
}

// == Comparison ==

// The operation with the operands exchanged, by number: < <= == != > >=.
extern "C" {
__attribute__((visibility("default"))) extern const int _Py_SwappedOp[6];
constinit const int _Py_SwappedOp[6] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
}
