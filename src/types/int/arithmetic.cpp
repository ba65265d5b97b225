// int/arithmetic: the operators of int.
//
// Sizes      values of at most two digits are computed in machine words; sums, differences and short products on
// digits;
//            longer products, quotients and roots in bignum.
// Division   rounds towards minus infinity, and the remainder has the divisor's sign (language reference, 6.7).
#include <cmath>
#include <cstring>

#include "base/hot.h"
#include "object/number.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/tuple.h"

namespace adder {
using bignum::Natural;

namespace {
// Products with a shorter factor of up to this many digits stay on digits.
constexpr isize kSchoolbookShorter = 6, kSchoolbookLonger = 16;

Result<Int> add_magnitudes(const Int* a, const Int* b, bool negative) {
  isize m = digit_count(a), n = digit_count(b);
  if (m < n) {
    std::swap(a, b);
    std::swap(m, n);
  }
  Int* sum = int_allocate(m + 1);
  if (!sum) return Error{};
  digit carry = 0;
  isize i = 0;
  for (; i < n; ++i) {
    carry += a->ob_digit[i] + b->ob_digit[i];
    sum->ob_digit[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  for (; i < m; ++i) {
    carry += a->ob_digit[i];
    sum->ob_digit[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  sum->ob_digit[i] = carry;
  return int_finish(sum, negative);
}

// |a| - |b|, with the sign turned if `negative`.
Result<Int> subtract_magnitudes(const Int* a, const Int* b, bool negative) {
  int order = int_compare_magnitude(a, b);
  if (order == 0) return Result<Int>::share(small_int(0));
  if (order < 0) {
    std::swap(a, b);
    negative = !negative;
  }
  isize m = digit_count(a), n = digit_count(b);
  Int* difference = int_allocate(m);
  if (!difference) return Error{};
  sdigit borrow = 0;
  isize i = 0;
  for (; i < n; ++i) {
    borrow += static_cast<sdigit>(a->ob_digit[i]) - static_cast<sdigit>(b->ob_digit[i]);
    difference->ob_digit[i] = static_cast<digit>(borrow) & kDigitMask;
    borrow >>= kDigitBits;
  }
  for (; i < m; ++i) {
    borrow += static_cast<sdigit>(a->ob_digit[i]);
    difference->ob_digit[i] = static_cast<digit>(borrow) & kDigitMask;
    borrow >>= kDigitBits;
  }
  return int_finish(difference, negative);
}

Result<Int> multiply_magnitudes(const Int* a, const Int* b, bool negative) {
  isize m = digit_count(a), n = digit_count(b);
  if (m < n) {
    std::swap(a, b);
    std::swap(m, n);
  }
  if (n == 0) return Result<Int>::share(small_int(0));
  if (n <= kSchoolbookShorter || m <= kSchoolbookLonger) {
    Int* product = int_allocate(m + n);
    if (!product) return Error{};
    std::memset(product->ob_digit, 0, static_cast<usize>(m + n) * sizeof(digit));
    for (isize i = 0; i < n; ++i) {
      twodigits factor = b->ob_digit[i], carry = 0;
      digit* out = product->ob_digit + i;
      for (isize j = 0; j < m; ++j) {
        carry += out[j] + factor * a->ob_digit[j];
        out[j] = static_cast<digit>(carry & kDigitMask);
        carry >>= kDigitBits;
      }
      out[m] = static_cast<digit>(carry);
    }
    return int_finish(product, negative);
  }
  Natural left, result;
  TRY_BIGNUM(set_natural(left, a));
  if (a == b) {
    TRY_BIGNUM(bignum::multiply(left, left, result));
  } else {
    Natural right;
    TRY_BIGNUM(set_natural(right, b));
    TRY_BIGNUM(bignum::multiply(left, right, result));
  }
  return int_from_natural(result, negative);
}

// Truncating division of magnitudes; either result may be left out. The signs are those of C.
Result<void> divide_truncating(const Int* a, const Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
  isize n = digit_count(b);
  bool quotient_negative = is_negative(a) != is_negative(b);
  if (n == 1) {
    isize m = digit_count(a);
    digit divisor = b->ob_digit[0];
    Int* result = quotient ? int_allocate(m) : nullptr;
    if (quotient && !result) return Error{};
    twodigits rest = 0;
    for (isize i = m; i-- > 0;) {
      rest = rest << kDigitBits | a->ob_digit[i];
      if (quotient) result->ob_digit[i] = static_cast<digit>(rest / divisor);
      rest %= divisor;
    }
    if (quotient) *quotient = int_finish(result, quotient_negative);
    if (remainder) *remainder = TRY(int_from_i64(is_negative(a) ? -static_cast<i64>(rest) : static_cast<i64>(rest)));
    return {};
  }
  Natural left, right, natural_quotient, natural_remainder;
  TRY_BIGNUM(set_natural(left, a));
  TRY_BIGNUM(set_natural(right, b));
  TRY_BIGNUM(bignum::divide(left, right, natural_quotient, natural_remainder));
  if (quotient) *quotient = TRY(int_from_natural(natural_quotient, quotient_negative));
  if (remainder) *remainder = TRY(int_from_natural(natural_remainder, is_negative(a)));
  return {};
}

Result<void> divide_flooring(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
  Ref<Int> rest;
  TRY(divide_truncating(a, b, quotient, &rest));
  if (rest->ob_size != 0 && is_negative(rest) != is_negative(b)) {
    if (remainder) rest = as<Int>(TRY(int_add(rest, b)));
    if (quotient) *quotient = as<Int>(TRY(int_subtract(*quotient, small_int(1))));
  }
  if (remainder) *remainder = std::move(rest);
  return {};
}

i64 floor_quotient(i64 a, i64 b) {
  i64 quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

i64 floor_remainder(i64 a, i64 b) {
  i64 rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
}  // namespace

int int_compare_magnitude(const Int* left, const Int* right) {
  isize m = digit_count(left), n = digit_count(right);
  if (m != n) return m < n ? -1 : 1;
  for (isize i = m; i-- > 0;) {
    if (left->ob_digit[i] != right->ob_digit[i]) return left->ob_digit[i] < right->ob_digit[i] ? -1 : 1;
  }
  return 0;
}

int int_compare(Int* left, Int* right) {
  if (left->ob_size != right->ob_size) return left->ob_size < right->ob_size ? -1 : 1;
  int order = int_compare_magnitude(left, right);
  return is_negative(left) ? -order : order;
}

// == Sums and products ==

ADDER_HOT Result<Object> int_add(Int* left, Int* right) {
  if (ADDER_LIKELY(is_short(left) && is_short(right))) return int_from_i64(short_value(left) + short_value(right));
  if (is_negative(left) == is_negative(right)) return add_magnitudes(left, right, is_negative(left));
  return subtract_magnitudes(left, right, is_negative(left));
}

ADDER_HOT Result<Object> int_subtract(Int* left, Int* right) {
  if (ADDER_LIKELY(is_short(left) && is_short(right))) return int_from_i64(short_value(left) - short_value(right));
  if (is_negative(left) != is_negative(right)) return add_magnitudes(left, right, is_negative(left));
  return subtract_magnitudes(left, right, is_negative(left));
}

ADDER_HOT Result<Object> int_multiply(Int* left, Int* right) {
  if (ADDER_LIKELY(int_is_single(left) && int_is_single(right))) {
    return int_from_i64(int_single_value(left) * int_single_value(right));
  }
  if (is_short(left) && is_short(right)) {
    return int_from_i128(static_cast<__int128>(short_value(left)) * short_value(right));
  }
  return multiply_magnitudes(left, right, is_negative(left) != is_negative(right));
}

Result<Object> int_negative(Int* value) {
  if (is_short(value)) return int_from_i64(-short_value(value));
  isize count = digit_count(value);
  Int* result = int_allocate(count);
  if (!result) return Error{};
  std::memcpy(result->ob_digit, value->ob_digit, static_cast<usize>(count) * sizeof(digit));
  return int_finish(result, !is_negative(value));
}

// == Division ==

Result<Object> int_floor_divide(Int* left, Int* right) {
  if (right->ob_size == 0) return raise(ZeroDivisionError, "integer division or modulo by zero");
  if (ADDER_LIKELY(is_short(left) && is_short(right))) {
    return int_from_i64(floor_quotient(short_value(left), short_value(right)));
  }
  Ref<Int> quotient;
  TRY(divide_flooring(left, right, &quotient, nullptr));
  return quotient;
}

Result<Object> int_remainder(Int* left, Int* right) {
  if (right->ob_size == 0) return raise(ZeroDivisionError, "integer modulo by zero");
  if (ADDER_LIKELY(is_short(left) && is_short(right))) {
    return int_from_i64(floor_remainder(short_value(left), short_value(right)));
  }
  Ref<Int> remainder;
  TRY(divide_flooring(left, right, nullptr, &remainder));
  return remainder;
}

Result<Object> int_divmod(Int* left, Int* right) {
  if (right->ob_size == 0) return raise(ZeroDivisionError, "integer division or modulo by zero");
  Ref<Int> quotient, remainder;
  if (is_short(left) && is_short(right)) {
    quotient = TRY(int_from_i64(floor_quotient(short_value(left), short_value(right))));
    remainder = TRY(int_from_i64(floor_remainder(short_value(left), short_value(right))));
  } else {
    TRY(divide_flooring(left, right, &quotient, &remainder));
  }
  return tuple_pack(quotient.get(), remainder.get());
}

// (q, r) with left = q * right + r and r nearest to zero; of two, the even q.
Result<Object> int_divmod_near(Int* left, Int* right) {
  if (right->ob_size == 0) return raise(ZeroDivisionError, "integer division or modulo by zero");
  bool quotient_negative = is_negative(left) != is_negative(right);
  Ref<Int> quotient, remainder;
  TRY(divide_truncating(left, right, &quotient, &remainder));
  Ref<Object> twice = TRY(int_lshift(remainder, 1));
  int order = int_compare_magnitude(as<Int>(twice), right);
  bool odd = quotient->ob_size != 0 && (quotient->ob_digit[0] & 1);
  if (order > 0 || (order == 0 && odd)) {
    quotient = as<Int>(TRY(quotient_negative ? int_subtract(quotient, small_int(1)) : int_add(quotient, small_int(1))));
    remainder = as<Int>(TRY(quotient_negative ? int_add(remainder, right) : int_subtract(remainder, right)));
  }
  return tuple_pack(quotient.get(), remainder.get());
}

namespace {
bool fits_double_exactly(const Int* v) {
  isize count = digit_count(v);
  return count <= 1 || (count == 2 && v->ob_digit[1] >> (53 - kDigitBits) == 0);
}

// value * 2**shift for shift >= 0, value // 2**-shift else; `inexact` is set if bits were lost.
Result<Object> scaled_magnitude(Int* value, isize shift, bool& inexact) {
  Ref<Object> magnitude = TRY(is_negative(value) ? int_negative(value) : int_exact(value));
  if (shift >= 0) return int_lshift(as<Int>(magnitude), shift);
  Ref<Object> result = TRY(int_rshift(as<Int>(magnitude), -shift));
  Ref<Object> back = TRY(int_lshift(as<Int>(result), -shift));
  if (int_compare(as<Int>(back), as<Int>(magnitude)) != 0) inexact = true;
  return result;
}
}  // namespace

// Correctly rounded: the quotient is computed to at least 55 bits with a sticky bit, then rounded once, half to even,
// to the precision that a double of its size has.
Result<Object> int_true_divide(Int* left, Int* right) {
  if (right->ob_size == 0) return raise(ZeroDivisionError, "division by zero");
  bool negative = is_negative(left) != is_negative(right);
  if (left->ob_size == 0) return float_from_double(negative ? -0.0 : 0.0);
  if (fits_double_exactly(left) && fits_double_exactly(right)) {
    return float_from_double(static_cast<double>(short_value(left)) / static_cast<double>(short_value(right)));
  }
  auto left_bits = static_cast<isize>(int_num_bits(left)), right_bits = static_cast<isize>(int_num_bits(right));
  isize difference = left_bits - right_bits;
  if (difference > 1024) return raise(OverflowError, "integer division result too large for a float");
  if (difference < -1076) return float_from_double(negative ? -0.0 : 0.0);
  // quotient * 2**exponent, with a quotient of 57 or 58 bits
  isize exponent = difference - 57;
  bool inexact = false;
  Ref<Object> dividend = TRY(scaled_magnitude(left, -exponent, inexact));
  Ref<Object> divisor = TRY(is_negative(right) ? int_negative(right) : int_exact(right));
  Ref<Int> quotient, remainder;
  TRY(divide_truncating(as<Int>(dividend), as<Int>(divisor), &quotient, &remainder));
  if (remainder->ob_size != 0) inexact = true;
  auto bits = static_cast<u64>(int_as_u64_mask(quotient));
  isize bit_count = 64 - __builtin_clzll(bits);
  // The unit of the last place of the result; drop whatever lies below it: 4 to 60 bits.
  isize unit = std::max<isize>(bit_count + exponent - 53, -1074);
  isize drop = unit - exponent;
  u64 kept = bits >> drop;
  u64 half = u64{1} << (drop - 1);
  u64 lost = bits & ((u64{1} << drop) - 1);
  if (lost > half || (lost == half && (inexact || (kept & 1)))) ++kept;
  double result = std::ldexp(static_cast<double>(kept), static_cast<int>(unit));
  if (std::isinf(result)) return raise(OverflowError, "integer division result too large for a float");
  return float_from_double(negative ? -result : result);
}

// == Shifts ==

Result<Object> int_lshift(Int* value, isize count) {
  if (count < 0) return raise(ValueError, "negative shift count");
  if (value->ob_size == 0) return Result<Object>::share(small_int(0));
  if (int_is_single(value) && count <= 32) return int_from_i64(int_single_value(value) * (i64{1} << count));
  isize words = count / kDigitBits;
  int bits = static_cast<int>(count % kDigitBits);
  isize size = digit_count(value);
  Int* result = int_allocate(size + words + 1);
  if (!result) return Error{};
  std::memset(result->ob_digit, 0, static_cast<usize>(words) * sizeof(digit));
  twodigits carry = 0;
  for (isize i = 0; i < size; ++i) {
    carry |= static_cast<twodigits>(value->ob_digit[i]) << bits;
    result->ob_digit[words + i] = static_cast<digit>(carry & kDigitMask);
    carry >>= kDigitBits;
  }
  result->ob_digit[words + size] = static_cast<digit>(carry);
  return int_finish(result, is_negative(value));
}

Result<Object> int_rshift(Int* value, isize count) {
  if (count < 0) return raise(ValueError, "negative shift count");
  if (is_short(value)) return int_from_i64(short_value(value) >> (count < 63 ? count : 63));
  isize words = count / kDigitBits;
  int bits = static_cast<int>(count % kDigitBits);
  isize size = digit_count(value) - words;
  bool negative = is_negative(value);
  if (size <= 0) return Result<Object>::share(small_int(negative ? -1 : 0));
  // Rounds towards minus infinity: for negative values up in magnitude, if any bit is lost.
  bool round_up = false;
  if (negative) {
    for (isize i = 0; i < words && !round_up; ++i) round_up = value->ob_digit[i] != 0;
    round_up = round_up || (value->ob_digit[words] & ((digit{1} << bits) - 1)) != 0;
  }
  Int* result = int_allocate(size + 1);
  if (!result) return Error{};
  for (isize i = 0; i < size; ++i) {
    digit high = i + 1 < size ? value->ob_digit[words + i + 1] : 0;
    result->ob_digit[i] = (value->ob_digit[words + i] >> bits | high << (kDigitBits - bits)) & kDigitMask;
  }
  result->ob_digit[size] = 0;
  for (isize i = 0; round_up && i <= size; ++i) {
    result->ob_digit[i] = (result->ob_digit[i] + 1) & kDigitMask;
    round_up = result->ob_digit[i] == 0;
  }
  return int_finish(result, negative);
}

Result<Object> int_lshift_object(Int* value, Int* count) {
  if (is_negative(count)) return raise(ValueError, "negative shift count");
  if (value->ob_size == 0) return Result<Object>::share(small_int(0));
  if (digit_count(count) > 2) {
    // A result that an int could hold but no memory can, or one that is past what an int can hold.
    constexpr unsigned __int128 kMaxBits = static_cast<unsigned __int128>(kMaxDigits) * kDigitBits;
    unsigned __int128 bits = 0;
    for (isize i = 2; i >= 0; --i) bits = bits << kDigitBits | count->ob_digit[i];
    if (digit_count(count) == 3 && bits < kMaxBits) return raise_no_memory();
    return raise(OverflowError, "too many digits in integer");
  }
  return int_lshift(value, short_value(count));
}

Result<Object> int_rshift_object(Int* value, Int* count) {
  if (is_negative(count)) return raise(ValueError, "negative shift count");
  if (digit_count(count) > 2) return Result<Object>::share(small_int(is_negative(value) ? -1 : 0));
  return int_rshift(value, short_value(count));
}

// == Bitwise: two's complement of unlimited width ==

namespace {
// The i-th digit of the two's complement; `carry` goes from digit to digit and starts as 1.
digit complement_digit(const Int* v, isize i, digit& carry) {
  isize count = digit_count(v);
  digit d = i < count ? v->ob_digit[i] : 0;
  if (!is_negative(v)) return d;
  d = (~d & kDigitMask) + carry;
  carry = d >> kDigitBits;
  return d & kDigitMask;
}

template <class Operation>
Result<Object> bitwise(Int* left, Int* right, Operation operation) {
  if (is_short(left) && is_short(right)) return int_from_i64(operation(short_value(left), short_value(right)));
  isize size = std::max(digit_count(left), digit_count(right)) + 1;
  Int* result = int_allocate(size);
  if (!result) return Error{};
  digit left_carry = 1, right_carry = 1;
  for (isize i = 0; i < size; ++i) {
    digit a = complement_digit(left, i, left_carry);
    digit b = complement_digit(right, i, right_carry);
    result->ob_digit[i] = operation(a, b);
  }
  bool negative = operation(i64{is_negative(left) ? -1 : 0}, i64{is_negative(right) ? -1 : 0}) < 0;
  if (negative) {
    digit carry = 1;
    for (isize i = 0; i < size; ++i) {
      digit d = (~result->ob_digit[i] & kDigitMask) + carry;
      carry = d >> kDigitBits;
      result->ob_digit[i] = d & kDigitMask;
    }
  }
  return int_finish(result, negative);
}
}  // namespace

Result<Object> int_and(Int* left, Int* right) {
  return bitwise(left, right, [](auto a, auto b) { return a & b; });
}
Result<Object> int_or(Int* left, Int* right) {
  return bitwise(left, right, [](auto a, auto b) { return a | b; });
}
Result<Object> int_xor(Int* left, Int* right) {
  return bitwise(left, right, [](auto a, auto b) { return a ^ b; });
}
Result<Object> int_invert(Int* v) {
  if (is_short(v)) return int_from_i64(~short_value(v));
  Ref<Object> successor = TRY(int_add(v, small_int(1)));
  return int_negative(as<Int>(successor));
}

// == Powers and divisors ==

namespace {
Result<Object> power_without_modulus(Int* base, Int* exponent) {
  if (exponent->ob_size == 0) return Result<Object>::share(small_int(1));
  if (base->ob_size == 0) return Result<Object>::share(small_int(0));
  bool odd = exponent->ob_digit[0] & 1;
  if (int_is_single(base) && base->ob_digit[0] == 1) {
    return Result<Object>::share(small_int(is_negative(base) && odd ? -1 : 1));
  }
  // The result has about bits * exponent bits: refuse what no memory holds, before the work.
  if (digit_count(exponent) > 2 ||
      static_cast<double>(int_num_bits(base) - 1) * static_cast<double>(short_value(exponent)) > 0x1p40) {
    return raise_no_memory();
  }
  auto count = static_cast<u64>(short_value(exponent));
  if (int_is_single(base)) {
    // By machine words as long as it fits.
    u64 magnitude = base->ob_digit[0];
    if (static_cast<u64>(int_num_bits(base)) * count <= 63) {
      u64 result = 1;
      for (u64 n = count, square = magnitude; n; n >>= 1, square *= square) {
        if (n & 1) result *= square;
      }
      return int_from_i64(is_negative(base) && odd ? -static_cast<i64>(result) : static_cast<i64>(result));
    }
    // A power of two is a shift.
    if ((magnitude & (magnitude - 1)) == 0) {
      isize shift = static_cast<isize>(static_cast<u64>(__builtin_ctzll(magnitude)) * count);
      return int_lshift(small_int(is_negative(base) && odd ? -1 : 1), shift);
    }
  }
  Natural natural, result;
  TRY_BIGNUM(set_natural(natural, base));
  TRY_BIGNUM(bignum::power(natural, count, result));
  return int_from_natural(result, is_negative(base) && odd);
}

Result<Object> power_with_modulus(Int* base, Int* exponent, Int* modulus) {
  if (modulus->ob_size == 0) return raise(ValueError, "pow() 3rd argument cannot be 0");
  // Computed modulo |modulus|; for a negative modulus the result then moves below zero.
  Natural m, b, e, result;
  TRY_BIGNUM(set_natural(m, modulus));
  if (digit_count(modulus) == 1 && modulus->ob_digit[0] == 1) return Result<Object>::share(small_int(0));
  Ref<Object> positive_modulus = TRY(is_negative(modulus) ? int_negative(modulus) : int_exact(modulus));
  Ref<Object> reduced = TRY(int_remainder(base, as<Int>(positive_modulus)));
  if (is_negative(exponent)) {
    bool exists = false;
    TRY_BIGNUM(set_natural(b, as<Int>(reduced)));
    TRY_BIGNUM(bignum::invert(b, m, result, exists));
    if (!exists) return raise(ValueError, "base is not invertible for the given modulus");
    reduced = TRY(int_from_natural(result, false));
  }
  Ref<Object> answer;
  if (int_is_single(modulus) && digit_count(exponent) <= 2) {
    u64 n = static_cast<u64>(short_value(exponent) < 0 ? -short_value(exponent) : short_value(exponent));
    u64 divisor = modulus->ob_digit[0], power = 1, square = static_cast<u64>(short_value(as<Int>(reduced)));
    for (; n; n >>= 1) {
      if (n & 1) power = power * square % divisor;
      square = square * square % divisor;
    }
    answer = TRY(int_from_i64(static_cast<i64>(power)));
  } else {
    TRY_BIGNUM(set_natural(b, as<Int>(reduced)));
    TRY_BIGNUM(set_natural(e, exponent));
    TRY_BIGNUM(bignum::power_modulo(b, e, m, result));
    answer = TRY(int_from_natural(result, false));
  }
  if (is_negative(modulus) && as<Int>(answer)->ob_size != 0) return int_add(as<Int>(answer), modulus);
  return answer;
}
}  // namespace

Result<Object> int_power(Object* base, Object* exponent, Object* modulus) {
  if (!is_int(base) || !is_int(exponent) || (modulus != None && !is_int(modulus))) return not_implemented();
  if (modulus != None) return power_with_modulus(as<Int>(base), as<Int>(exponent), as<Int>(modulus));
  if (is_negative(as<Int>(exponent))) {
    Ref<Object> float_base = TRY(float_from_double(TRY(int_as_double(base))));
    Ref<Object> float_exponent = TRY(float_from_double(TRY(int_as_double(exponent))));
    return number_power(float_base, float_exponent, None);
  }
  return power_without_modulus(as<Int>(base), as<Int>(exponent));
}

Result<Object> int_gcd(Int* left, Int* right) {
  if (is_short(left) && is_short(right)) {
    i64 a = short_value(left), b = short_value(right);
    auto x = static_cast<u64>(a < 0 ? -a : a), y = static_cast<u64>(b < 0 ? -b : b);
    while (y) {
      u64 rest = x % y;
      x = y;
      y = rest;
    }
    return int_from_u64(x);
  }
  Natural a, b, result;
  TRY_BIGNUM(set_natural(a, left));
  TRY_BIGNUM(set_natural(b, right));
  TRY_BIGNUM(bignum::gcd(a, b, result));
  return int_from_natural(result, false);
}

Result<Object> int_square_root(Int* value) {
  Natural natural, root;
  TRY_BIGNUM(set_natural(natural, value));
  TRY_BIGNUM(bignum::square_root(natural, root));
  return int_from_natural(root, false);
}

Result<Object> int_factorial(u64 n) {
  Natural result;
  TRY_BIGNUM(bignum::factorial(n, result));
  return int_from_natural(result, false);
}

Result<Object> int_binomial(u64 n, u64 k) {
  Natural result;
  TRY_BIGNUM(bignum::binomial(n, k, result));
  return int_from_natural(result, false);
}
}  // namespace adder
