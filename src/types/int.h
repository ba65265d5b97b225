// int: integers of any size (30-bit digits), and bool.
#pragma once
#include <string_view>

#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyLong_Type, PyBool_Type;

namespace adder {
inline bool is_int(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_LONG_SUBCLASS); }
inline bool is_int_exact(const Object* o) { return o->ob_type == &PyLong_Type; }
inline bool is_bool(const Object* o) { return o->ob_type == &PyBool_Type; }
// At most one digit: the value fits int_single_value.
inline bool int_is_single(const Int* v) { return static_cast<usize>(v->ob_size + 1) <= 2; }
inline isize int_single_value(const Int* v) { return v->ob_size * static_cast<isize>(v->ob_digit[0]); }
inline int int_sign(const Int* v) { return v->ob_size == 0 ? 0 : v->ob_size < 0 ? -1 : 1; }
inline constexpr int kSmallIntMin = -5, kSmallIntMax = 256;
inline Int* small_int(int value) { return reinterpret_cast<Int*>(&_PyRuntime.small_ints[value - kSmallIntMin]); }

Result<Int> int_from_i64(i64 value);
Result<Int> int_from_u64(u64 value);
inline Result<Int> int_from_ssize_t(isize value) { return int_from_i64(value); }
inline Result<Int> int_from_size_t(usize value) { return int_from_u64(value); }
Result<Int> int_from_void_ptr(void* pointer);
Result<Int> int_from_double(double value);  // OverflowError/ValueError for inf and nan
// Text as the source language and int() write it; base 0 or 2..36. ValueError "invalid literal for int() with base …".
Result<Int> int_from_string(std::string_view text, int base);
Result<Int> int_from_str(Str* text, int base);
Result<Int> int_from_byte_array(const u8* bytes, usize size, bool little_endian, bool is_signed);
Result<void> int_as_byte_array(Int* value, u8* bytes, usize size, bool little_endian, bool is_signed);
// Through __index__; OverflowError "Python int too large to convert to C …".
Result<isize> int_as_ssize_t(Object* object);
Result<long> int_as_long(Object* object);
Result<int> int_as_int(Object* object);
Result<u64> int_as_u64(Object* object);
u64 int_as_u64_mask(Int* value);  // the low 64 bits of the two's complement
// Value, or overflow = -1/1 when out of range. No exception for an int.
i64 int_as_i64_and_overflow(Int* value, int* overflow);
double int_as_double_raw(Int* value, bool* overflow);
Result<double> int_as_double(Object* object);  // OverflowError "int too large to convert to float"
// value = result * 2**exponent, 0.5 <= |result| < 1.
double int_frexp(Int* value, isize* exponent);
usize int_num_bits(Int* value);
Result<Str> int_to_string(Int* value, int base);  // with prefix for 2, 8, 16; 4300-digit limit for 10
int int_compare(Int* left, Int* right);
Result<Object> int_add(Int* left, Int* right);
Result<Object> int_subtract(Int* left, Int* right);
Result<Object> int_multiply(Int* left, Int* right);
Result<Object> int_floor_divide(Int* left, Int* right);
Result<Object> int_remainder(Int* left, Int* right);
Result<Object> int_divmod_near(Int* left, Int* right);
Result<Object> int_gcd(Int* left, Int* right);
Result<Object> int_lshift(Int* value, isize count);
Result<Object> int_rshift(Int* value, isize count);
Result<Object> int_negative(Int* value);
Result<Object> int_divmod(Int* left, Int* right);
// For math: the root rounded down of a value that is not negative; n!; n over k.
Result<Object> int_square_root(Int* value);
Result<Object> int_factorial(u64 n);
Result<Object> int_binomial(u64 n, u64 k);
// Fills the shared small ints of _PyRuntime. Start-up, before any object is made.
void int_init();
Py_hash_t int_hash(Int* value);
}  // namespace adder
