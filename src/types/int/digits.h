// int/digits: what the files of int share: access to digits, allocation and normal form.
//
// Normal form   no leading zero digit; values from -5 to 256 are the shared objects. int_finish brings any result into
// it.
#pragma once
#include "base/bignum.h"
#include "memory/allocator.h"
#include "types/int.h"

namespace adder {
inline constexpr int kDigitBits = PyLong_SHIFT;
inline constexpr digit kDigitBase = digit{1} << kDigitBits;
inline constexpr digit kDigitMask = kDigitBase - 1;
inline constexpr isize kMaxDigits = kMaxSize / 32;

inline isize digit_count(const Int* v) { return v->ob_size < 0 ? -v->ob_size : v->ob_size; }
inline bool is_negative(const Int* v) { return v->ob_size < 0; }
// At most two digits: the value of 60 bits fits i64, and so do sums and differences.
inline bool is_short(const Int* v) { return static_cast<usize>(v->ob_size + 2) <= 4; }
inline i64 short_value(const Int* v) {
  i64 magnitude = 0;
  switch (digit_count(v)) {
    case 2:
      magnitude = static_cast<i64>(v->ob_digit[1]) << kDigitBits;
      [[fallthrough]];
    case 1:
      magnitude |= v->ob_digit[0];
  }
  return v->ob_size < 0 ? -magnitude : magnitude;
}

// An int of `count` uninitialised digits (room for at least one), or null with MemoryError.
inline Int* int_allocate(isize count) {
  if (ADDER_UNLIKELY(count > kMaxDigits)) {
    (void)raise(OverflowError, "too many digits in integer");
    return nullptr;
  }
  usize bytes = offsetof(Int, ob_digit) + static_cast<usize>(count > 1 ? count : 1) * sizeof(digit);
  auto* v = static_cast<Int*>(memory::allocate(bytes));
  if (ADDER_UNLIKELY(!v)) {
    (void)raise_no_memory();
    return nullptr;
  }
  v->ob_refcnt = 1;
  v->ob_type = &PyLong_Type;
  v->ob_size = count;
  return v;
}

// Brings a fresh int with ob_size = digit count into normal form with the sign.
inline Ref<Int> int_finish(Int* v, bool negative) {
  isize count = v->ob_size;
  while (count > 0 && v->ob_digit[count - 1] == 0) --count;
  if (count <= 1) {
    int value = count ? static_cast<int>(v->ob_digit[0]) : 0;
    if (negative) value = -value;
    if (value >= kSmallIntMin && value <= kSmallIntMax) {
      memory::release(v);
      return Ref<Int>::steal(small_int(value));
    }
  }
  v->ob_size = negative ? -count : count;
  return Ref<Int>::steal(v);
}

inline Result<Int> int_from_natural(const bignum::Natural& value, bool negative) {
  Int* v = int_allocate(value.digit_count());
  if (!v) return Error{};
  value.get_digits(v->ob_digit);
  return int_finish(v, negative);
}
// Unwraps the bool of a bignum function: MemoryError when false.
#define TRY_BIGNUM(...) \
  if (!(__VA_ARGS__)) return ::adder::raise_no_memory()

inline bool set_natural(bignum::Natural& result, const Int* v) {
  return result.set_digits(v->ob_digit, digit_count(v));
}

Result<Int> int_from_i128(__int128 value);
// Compares absolute values: -1, 0, 1.
int int_compare_magnitude(const Int* left, const Int* right);
// An exact int with the value of any int.
Result<Object> int_exact(Int* v);
Result<Object> int_power(Object* base, Object* exponent, Object* modulus);
Result<Object> int_and(Int* left, Int* right);
Result<Object> int_or(Int* left, Int* right);
Result<Object> int_xor(Int* left, Int* right);
Result<Object> int_invert(Int* v);
Result<Object> int_true_divide(Int* left, Int* right);
Result<Object> int_lshift_object(Int* value, Int* count);
Result<Object> int_rshift_object(Int* value, Int* count);
}  // namespace adder
