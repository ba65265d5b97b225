// bignum: natural numbers of any size in 64-bit limbs, for operations where schoolbook on 30-bit digits is too slow.
//
// A Natural owns its limbs (little-endian, no leading zero limb; zero has size 0). GMP stands behind it and nowhere
// else. Every function returns false if memory runs out, and then leaves its results unusable; none has other errors.
#pragma once
#include "base/config.h"

namespace adder::bignum {
class Natural {
 public:
  Natural() = default;
  Natural(const Natural&) = delete;
  Natural& operator=(const Natural&) = delete;
  ~Natural();

  // Room for `size` limbs; the content is lost. Sets size().
  [[nodiscard]] bool allocate(isize size);
  // From `count` digits of 30 bits.
  [[nodiscard]] bool set_digits(const u32* digits, isize count);
  [[nodiscard]] bool set_u64(u64 value);
  // How many 30-bit digits the number has, and the digits.
  isize digit_count() const;
  void get_digits(u32* digits) const;

  u64* limbs() { return limbs_; }
  const u64* limbs() const { return limbs_; }
  isize size() const { return size_; }
  void set_size(isize size) { size_ = size; }
  // Drops leading zero limbs.
  void normalize();
  bool is_zero() const { return size_ == 0; }
  usize bits() const;
  void swap(Natural& other);

 private:
  static constexpr isize kInline = 16;
  u64 inline_[kInline];
  u64* limbs_ = inline_;
  isize size_ = 0;
  isize capacity_ = kInline;
};

// result must be another object than the operands.
[[nodiscard]] bool multiply(const Natural& left, const Natural& right, Natural& result);
// left = quotient * right + remainder; right is not zero.
[[nodiscard]] bool divide(const Natural& left, const Natural& right, Natural& quotient, Natural& remainder);
[[nodiscard]] bool power(const Natural& base, u64 exponent, Natural& result);
// base ** exponent % modulus, modulus not zero.
[[nodiscard]] bool power_modulo(const Natural& base, const Natural& exponent, const Natural& modulus, Natural& result);
// The x with value * x = 1 modulo `modulus`, 0 <= x < modulus; `exists` false if there is none.
[[nodiscard]] bool invert(const Natural& value, const Natural& modulus, Natural& result, bool& exists);
[[nodiscard]] bool gcd(const Natural& left, const Natural& right, Natural& result);
// The root rounded down.
[[nodiscard]] bool square_root(const Natural& value, Natural& result);
[[nodiscard]] bool factorial(u64 n, Natural& result);
[[nodiscard]] bool binomial(u64 n, u64 k, Natural& result);

// From `count` values of digits, most significant first, each below `base` (2 … 36).
[[nodiscard]] bool from_text(const u8* values, isize count, int base, Natural& result);
// Room for the text in `base`; to_text writes digit values, most significant first, without leading zeros, and gives
// their number. It destroys `value`.
isize text_bound(const Natural& value, int base);
isize to_text(Natural& value, int base, u8* values);
}  // namespace adder::bignum
