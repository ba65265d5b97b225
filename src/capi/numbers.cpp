// numbers: the C API's int, bool, float and complex (longobject.h, boolobject.h, floatobject.h, complexobject.h).
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstring>

#include "base/half_float.h"
#include "base/hot.h"
#include "capi/capi.h"
#include "types/complex.h"
#include "types/int/short_text.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::minus_one;
using adder::capi::null;
using adder::capi::zero;

// == int from C ==

ADDER_EXPORT ADDER_HOT PyObject* PyLong_FromLong(long value) { return int_from_i64(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromLongLong(long long value) { return int_from_i64(value).to_c(); }
ADDER_EXPORT ADDER_HOT PyObject* PyLong_FromSsize_t(Py_ssize_t value) { return int_from_i64(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromUnsignedLong(unsigned long value) { return int_from_u64(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromUnsignedLongLong(unsigned long long value) { return int_from_u64(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromSize_t(size_t value) { return int_from_u64(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromVoidPtr(void* value) { return int_from_void_ptr(value).to_c(); }
ADDER_EXPORT PyObject* PyLong_FromDouble(double value) { return int_from_double(value).to_c(); }
static Result<Int> int_from_text_in_base(Str* text, int base) {
  if ((base != 0 && base < 2) || base > 36) return raise(ValueError, "int() arg 2 must be >= 2 and <= 36");
  return int_from_str(text, base);
}
ADDER_EXPORT PyObject* PyLong_FromUnicodeObject(PyObject* text, int base) {
  return int_from_text_in_base(as<Str>(text), base).to_c();
}
ADDER_EXPORT PyObject* PyLong_FromString(const char* text, char** end, int base) {
  usize size = strlen(text);
  if (end) *end = const_cast<char*>(text) + size;
  i64 number;
  if (base == 10 && read_short_decimal({text, size}, number)) return int_from_i64(number).to_c();
  for (usize i = 0; i < size; ++i) {
    if (text[i] & 0x80) return int_from_string({text, size}, base).to_c();  // digits of other scripts are none here
  }
  Ref<Str> copy = TRY_C(nullptr, str_from_string(text));
  return int_from_text_in_base(copy, base).to_c();
}
ADDER_EXPORT PyObject* _PyLong_FromByteArray(const unsigned char* bytes, size_t size, int little_endian,
                                             int is_signed) {
  return int_from_byte_array(bytes, size, little_endian != 0, is_signed != 0).to_c();
}
ADDER_EXPORT PyLongObject* _PyLong_New(Py_ssize_t digits) {
  PyLongObject* made = object_new<Int>(&PyLong_Type, digits).to_c();
  if (made) made->ob_size = digits;
  return made;
}
ADDER_EXPORT PyObject* _PyLong_Copy(PyLongObject* value) {
  if (int_is_single(value)) return int_from_i64(int_single_value(value)).to_c();
  isize digits = value->ob_size < 0 ? -value->ob_size : value->ob_size;
  Int* made = _PyLong_New(digits);
  if (!made) return nullptr;
  memcpy(made->ob_digit, value->ob_digit, sizeof(value->ob_digit[0]) * static_cast<usize>(digits));
  made->ob_size = value->ob_size;
  return made;
}

// == int to C ==

namespace {
// The int that `object` is or gives by __index__; empty with an exception.
Ref<Object> as_index(Object* object) {
  if (!object) {
    bad_call();
    return {};
  }
  if (is_int(object)) return new_ref(object);
  return Ref<Object>::steal(number_index(object).to_c());
}
// The common case of all conversions to C: an int of one digit.
inline bool is_single(Object* object) { return object && is_int(object) && int_is_single(as<Int>(object)); }
i64 as_i64(Object* object, int* overflow) {
  *overflow = 0;
  if (ADDER_LIKELY(is_single(object))) return int_single_value(as<Int>(object));
  Ref<Object> value = as_index(object);
  if (!value) return -1;
  return int_as_i64_and_overflow(as<Int>(value.get()), overflow);
}
u64 as_u64_mask(Object* object) {
  Ref<Object> value = as_index(object);
  if (!value) return static_cast<u64>(-1);
  return int_as_u64_mask(as<Int>(value.get()));
}
// An int of 64 bits without sign; no __index__, as the C API has it.
u64 as_u64(Object* object, const char* type_name) {
  if (!object) return bad_call(), static_cast<u64>(-1);
  if (!is_int(object)) return static_cast<void>(raise(TypeError, "an integer is required")), static_cast<u64>(-1);
  Int* value = as<Int>(object);
  if (int_sign(value) < 0) {
    static_cast<void>(strcmp(type_name, "int") == 0
                          ? raise(OverflowError, "can't convert negative int to unsigned")
                          : raise(OverflowError, "can't convert negative value to %s", type_name));
    return static_cast<u64>(-1);
  }
  if (int_num_bits(value) > 64) {
    static_cast<void>(strcmp(type_name, "int") == 0
                          ? raise(OverflowError, "int too big to convert")
                          : raise(OverflowError, "Python int too large to convert to C %s", type_name));
    return static_cast<u64>(-1);
  }
  return int_as_u64_mask(value);
}
}  // namespace

ADDER_EXPORT long PyLong_AsLongAndOverflow(PyObject* object, int* overflow) { return as_i64(object, overflow); }
ADDER_EXPORT long long PyLong_AsLongLongAndOverflow(PyObject* object, int* overflow) {
  return as_i64(object, overflow);
}
ADDER_EXPORT long PyLong_AsLong(PyObject* object) {
  if (ADDER_LIKELY(is_single(object))) return int_single_value(as<Int>(object));
  int overflow;
  i64 value = as_i64(object, &overflow);
  if (overflow) return minus_one(raise(OverflowError, "Python int too large to convert to C long"));
  return value;
}
ADDER_EXPORT long long PyLong_AsLongLong(PyObject* object) {
  if (ADDER_LIKELY(is_single(object))) return int_single_value(as<Int>(object));
  int overflow;
  i64 value = as_i64(object, &overflow);
  if (overflow) return minus_one(raise(OverflowError, "int too big to convert"));
  return value;
}
ADDER_EXPORT int _PyLong_AsInt(PyObject* object) {
  if (ADDER_LIKELY(is_single(object))) return static_cast<int>(int_single_value(as<Int>(object)));
  int overflow;
  i64 value = as_i64(object, &overflow);
  if (overflow || value > INT_MAX || value < INT_MIN) {
    return minus_one(raise(OverflowError, "Python int too large to convert to C int"));
  }
  return static_cast<int>(value);
}
ADDER_EXPORT Py_ssize_t PyLong_AsSsize_t(PyObject* object) {
  if (ADDER_LIKELY(is_single(object))) return int_single_value(as<Int>(object));
  if (!object) return bad_call(), -1;
  if (!is_int(object)) return minus_one(raise(TypeError, "an integer is required"));
  int overflow;
  i64 value = int_as_i64_and_overflow(as<Int>(object), &overflow);
  if (overflow) return minus_one(raise(OverflowError, "Python int too large to convert to C ssize_t"));
  return value;
}
ADDER_EXPORT unsigned long PyLong_AsUnsignedLong(PyObject* object) {
  if (object && is_int(object) && int_sign(as<Int>(object)) < 0) {
    return static_cast<unsigned long>(minus_one(raise(OverflowError, "can't convert negative value to unsigned int")));
  }
  return as_u64(object, "unsigned long");
}
ADDER_EXPORT size_t PyLong_AsSize_t(PyObject* object) { return as_u64(object, "size_t"); }
ADDER_EXPORT unsigned long long PyLong_AsUnsignedLongLong(PyObject* object) { return as_u64(object, "int"); }
ADDER_EXPORT unsigned long PyLong_AsUnsignedLongMask(PyObject* object) { return as_u64_mask(object); }
ADDER_EXPORT unsigned long long PyLong_AsUnsignedLongLongMask(PyObject* object) { return as_u64_mask(object); }
ADDER_EXPORT void* PyLong_AsVoidPtr(PyObject* object) {
  if (object && is_int(object) && int_sign(as<Int>(object)) < 0) {
    long value = PyLong_AsLong(object);
    return value == -1 && error_occurred() ? nullptr : reinterpret_cast<void*>(value);
  }
  u64 value = as_u64(object, "unsigned long");
  return value == static_cast<u64>(-1) && error_occurred() ? nullptr : reinterpret_cast<void*>(value);
}
ADDER_EXPORT double PyLong_AsDouble(PyObject* object) {
  if (!object) return bad_call(), -1.0;
  if (!is_int(object)) return minus_one(raise(TypeError, "an integer is required"));
  return int_as_double(object).to_c();
}
ADDER_EXPORT int _PyLong_AsByteArray(PyLongObject* value, unsigned char* bytes, size_t size, int little_endian,
                                     int is_signed) {
  return int_as_byte_array(value, bytes, size, little_endian != 0, is_signed != 0).to_c();
}
ADDER_EXPORT int _PyLong_Sign(PyObject* object) { return int_sign(as<Int>(object)); }
ADDER_EXPORT size_t _PyLong_NumBits(PyObject* object) { return int_num_bits(as<Int>(object)); }
ADDER_EXPORT double _PyLong_Frexp(PyLongObject* value, Py_ssize_t* exponent) { return int_frexp(value, exponent); }
ADDER_EXPORT PyObject* _PyLong_Format(PyObject* object, int base) {
  return int_to_string(as<Int>(object), base).to_c();
}
ADDER_EXPORT PyObject* _PyLong_GCD(PyObject* left, PyObject* right) {
  return int_gcd(as<Int>(left), as<Int>(right)).to_c();
}
ADDER_EXPORT PyObject* _PyLong_DivmodNear(PyObject* left, PyObject* right) {
  return int_divmod_near(as<Int>(left), as<Int>(right)).to_c();
}
ADDER_EXPORT PyObject* _PyLong_Lshift(PyObject* value, size_t count) {
  return int_lshift(as<Int>(value), static_cast<isize>(count)).to_c();
}
ADDER_EXPORT PyObject* _PyLong_Rshift(PyObject* value, size_t count) {
  return int_rshift(as<Int>(value), static_cast<isize>(count)).to_c();
}
// `wide_text` names the type in the error about ints beyond 64 bits.
#define UNSIGNED_CONVERTER(capi_name, c_type, type_text, wide_text)               \
  ADDER_EXPORT int capi_name(PyObject* object, void* result) {                    \
    if (is_int(object) && int_sign(as<Int>(object)) < 0) {                        \
      return zero(raise(ValueError, "value must be positive"));                   \
    }                                                                             \
    u64 value = as_u64(object, wide_text);                                        \
    if (value == static_cast<u64>(-1) && error_occurred()) return 0;              \
    if (value > static_cast<c_type>(-1)) {                                        \
      return zero(raise(OverflowError, "Python int too large for C " type_text)); \
    }                                                                             \
    *static_cast<c_type*>(result) = static_cast<c_type>(value);                   \
    return 1;                                                                     \
  }
UNSIGNED_CONVERTER(_PyLong_UnsignedShort_Converter, unsigned short, "unsigned short", "unsigned long")
UNSIGNED_CONVERTER(_PyLong_UnsignedInt_Converter, unsigned, "unsigned int", "unsigned long")
UNSIGNED_CONVERTER(_PyLong_UnsignedLong_Converter, unsigned long, "unsigned long", "unsigned long")
UNSIGNED_CONVERTER(_PyLong_UnsignedLongLong_Converter, unsigned long long, "unsigned long long", "int")
UNSIGNED_CONVERTER(_PyLong_Size_t_Converter, size_t, "size_t", "size_t")
#undef UNSIGNED_CONVERTER
ADDER_EXPORT PyObject* PyBool_FromLong(long value) { return new_ref(bool_object(value != 0)).release(); }

// == float ==

ADDER_EXPORT PyObject* PyFloat_FromDouble(double value) { return float_from_double(value).to_c(); }
ADDER_EXPORT PyObject* PyFloat_FromString(PyObject* text) { return float_from_string(text).to_c(); }
ADDER_EXPORT double PyFloat_AsDouble(PyObject* object) {
  if (!object) return minus_one(raise(TypeError, "bad argument type for built-in operation"));
  return float_as_double(object).to_c();
}
ADDER_EXPORT double PyFloat_GetMax() { return DBL_MAX; }
ADDER_EXPORT double PyFloat_GetMin() { return DBL_MIN; }

namespace {
template <class T>
void store(T value, char* data, bool little_endian) {
  char bytes[sizeof value];
  memcpy(bytes, &value, sizeof value);
  for (usize i = 0; i < sizeof value; ++i) data[i] = bytes[little_endian ? i : sizeof value - 1 - i];
}
template <class T>
T load(const char* data, bool little_endian) {
  char bytes[sizeof(T)];
  for (usize i = 0; i < sizeof(T); ++i) bytes[i] = data[little_endian ? i : sizeof(T) - 1 - i];
  T value;
  memcpy(&value, bytes, sizeof value);
  return value;
}
}  // namespace

ADDER_EXPORT int PyFloat_Pack8(double value, char* data, int little_endian) {
  store(value, data, little_endian != 0);
  return 0;
}
ADDER_EXPORT int PyFloat_Pack4(double value, char* data, int little_endian) {
  float narrow = static_cast<float>(value);
  if (std::isinf(narrow) && !std::isinf(value)) {
    return minus_one(raise(OverflowError, "float too large to pack with f format"));
  }
  store(narrow, data, little_endian != 0);
  return 0;
}
ADDER_EXPORT double PyFloat_Unpack8(const char* data, int little_endian) {
  return load<double>(data, little_endian != 0);
}
ADDER_EXPORT double PyFloat_Unpack4(const char* data, int little_endian) {
  return load<float>(data, little_endian != 0);
}

// == complex ==

ADDER_EXPORT PyObject* PyComplex_FromDoubles(double real, double imag) {
  return complex_from_doubles(real, imag).to_c();
}
ADDER_EXPORT PyObject* PyComplex_FromCComplex(Py_complex value) {
  return complex_from_doubles(value.real, value.imag).to_c();
}
ADDER_EXPORT Py_complex PyComplex_AsCComplex(PyObject* object) {
  Result<Py_complex> value = complex_as_complex(object);
  return value.failed() ? Py_complex{-1.0, 0.0} : value.take();
}
ADDER_EXPORT double PyComplex_RealAsDouble(PyObject* object) {
  if (is_complex(object)) return as<Complex>(object)->cval.real;
  return float_as_double(object).to_c();
}
ADDER_EXPORT double PyComplex_ImagAsDouble(PyObject* object) {
  return is_complex(object) ? as<Complex>(object)->cval.imag : 0.0;
}
ADDER_EXPORT Py_complex _Py_c_sum(Py_complex a, Py_complex b) { return {a.real + b.real, a.imag + b.imag}; }
ADDER_EXPORT Py_complex _Py_c_diff(Py_complex a, Py_complex b) { return {a.real - b.real, a.imag - b.imag}; }
ADDER_EXPORT Py_complex _Py_c_neg(Py_complex a) { return {-a.real, -a.imag}; }
ADDER_EXPORT Py_complex _Py_c_prod(Py_complex a, Py_complex b) { return complex_multiply(a, b); }
