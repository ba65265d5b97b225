// bignum: the door to GMP.
#include "base/bignum.h"

#include <cstdlib>
#include <cstring>
#include <gmp.h>
#include <utility>

namespace adder::bignum {
static_assert(sizeof(mp_limb_t) == sizeof(u64) && GMP_NAIL_BITS == 0);

namespace {
constexpr int kDigitBits = 30;
constexpr u32 kDigitMask = (u32{1} << kDigitBits) - 1;

mp_limb_t* limbs_of(Natural& value) { return reinterpret_cast<mp_limb_t*>(value.limbs()); }
const mp_limb_t* limbs_of(const Natural& value) { return reinterpret_cast<const mp_limb_t*>(value.limbs()); }

// A read-only view of a Natural for the mpz functions.
class View {
 public:
  explicit View(const Natural& value) { mpz_roinit_n(view_, limbs_of(value), value.size()); }
  operator mpz_srcptr() const { return view_; }

 private:
  mpz_t view_;
};

class Integer {
 public:
  Integer() { mpz_init(value_); }
  ~Integer() { mpz_clear(value_); }
  Integer(const Integer&) = delete;
  operator mpz_ptr() { return value_; }
  bool copy_to(Natural& result) {
    isize size = static_cast<isize>(mpz_size(value_));
    if (!result.allocate(size)) return false;
    std::memcpy(result.limbs(), mpz_limbs_read(value_), static_cast<usize>(size) * sizeof(u64));
    return true;
  }

 private:
  mpz_t value_;
};
}  // namespace

Natural::~Natural() {
  if (limbs_ != inline_) std::free(limbs_);
}

bool Natural::allocate(isize size) {
  if (size > capacity_) {
    auto* limbs = static_cast<u64*>(std::malloc(static_cast<usize>(size) * sizeof(u64)));
    if (!limbs) return false;
    if (limbs_ != inline_) std::free(limbs_);
    limbs_ = limbs;
    capacity_ = size;
  }
  size_ = size;
  return true;
}

void Natural::normalize() {
  while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
}

void Natural::swap(Natural& other) {
  bool mine = limbs_ == inline_, its = other.limbs_ == other.inline_;
  if (mine || its) {
    u64 saved[kInline];
    std::memcpy(saved, inline_, sizeof saved);
    std::memcpy(inline_, other.inline_, sizeof saved);
    std::memcpy(other.inline_, saved, sizeof saved);
  }
  std::swap(limbs_, other.limbs_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  if (its) limbs_ = inline_;
  if (mine) other.limbs_ = other.inline_;
}

bool Natural::set_digits(const u32* digits, isize count) {
  if (!allocate((count * kDigitBits + 63) / 64)) return false;
  unsigned __int128 pending = 0;
  int bits = 0;
  isize size = 0;
  for (isize i = 0; i < count; ++i) {
    pending |= static_cast<unsigned __int128>(digits[i]) << bits;
    bits += kDigitBits;
    if (bits >= 64) {
      limbs_[size++] = static_cast<u64>(pending);
      pending >>= 64;
      bits -= 64;
    }
  }
  if (bits > 0) limbs_[size++] = static_cast<u64>(pending);
  size_ = size;
  normalize();
  return true;
}

bool Natural::set_u64(u64 value) {
  if (!allocate(1)) return false;
  limbs_[0] = value;
  normalize();
  return true;
}

usize Natural::bits() const {
  if (size_ == 0) return 0;
  return static_cast<usize>(size_) * 64 - static_cast<usize>(__builtin_clzll(limbs_[size_ - 1]));
}

isize Natural::digit_count() const { return static_cast<isize>((bits() + kDigitBits - 1) / kDigitBits); }

void Natural::get_digits(u32* digits) const {
  isize count = digit_count();
  unsigned __int128 pending = 0;
  int bits = 0;
  isize next = 0;
  for (isize i = 0; i < count; ++i) {
    if (bits < kDigitBits && next < size_) {
      pending |= static_cast<unsigned __int128>(limbs_[next++]) << bits;
      bits += 64;
    }
    digits[i] = static_cast<u32>(pending) & kDigitMask;
    pending >>= kDigitBits;
    bits -= kDigitBits;
  }
}

bool multiply(const Natural& left, const Natural& right, Natural& result) {
  const Natural* longer = &left;
  const Natural* shorter = &right;
  if (longer->size() < shorter->size()) std::swap(longer, shorter);
  if (shorter->is_zero()) return result.allocate(0);
  if (!result.allocate(longer->size() + shorter->size())) return false;
  if (longer == shorter)
    mpn_sqr(limbs_of(result), limbs_of(*longer), longer->size());
  else
    mpn_mul(limbs_of(result), limbs_of(*longer), longer->size(), limbs_of(*shorter), shorter->size());
  result.normalize();
  return true;
}

bool divide(const Natural& left, const Natural& right, Natural& quotient, Natural& remainder) {
  if (left.size() < right.size()) {
    if (!quotient.allocate(0) || !remainder.allocate(left.size())) return false;
    if (left.size()) std::memcpy(remainder.limbs(), left.limbs(), static_cast<usize>(left.size()) * sizeof(u64));
    return true;
  }
  if (!quotient.allocate(left.size() - right.size() + 1) || !remainder.allocate(right.size())) return false;
  mpn_tdiv_qr(limbs_of(quotient), limbs_of(remainder), 0, limbs_of(left), left.size(), limbs_of(right), right.size());
  quotient.normalize();
  remainder.normalize();
  return true;
}

bool power(const Natural& base, u64 exponent, Natural& result) {
  if (!result.set_u64(1)) return false;
  if (exponent == 0) return true;
  Natural scratch;
  for (int bit = 63 - __builtin_clzll(exponent); bit >= 0; --bit) {
    if (!multiply(result, result, scratch)) return false;
    result.swap(scratch);
    if (exponent >> bit & 1) {
      if (!multiply(result, base, scratch)) return false;
      result.swap(scratch);
    }
  }
  return true;
}

bool power_modulo(const Natural& base, const Natural& exponent, const Natural& modulus, Natural& result) {
  Integer answer;
  mpz_powm(answer, View(base), View(exponent), View(modulus));
  return answer.copy_to(result);
}

bool invert(const Natural& value, const Natural& modulus, Natural& result, bool& exists) {
  Integer answer;
  exists = mpz_invert(answer, View(value), View(modulus)) != 0;
  return !exists || answer.copy_to(result);
}

bool gcd(const Natural& left, const Natural& right, Natural& result) {
  Integer answer;
  mpz_gcd(answer, View(left), View(right));
  return answer.copy_to(result);
}

bool square_root(const Natural& value, Natural& result) {
  if (value.is_zero()) return result.allocate(0);
  if (!result.allocate((value.size() + 1) / 2)) return false;
  mpn_sqrtrem(limbs_of(result), nullptr, limbs_of(value), value.size());
  result.normalize();
  return true;
}

bool factorial(u64 n, Natural& result) {
  Integer answer;
  mpz_fac_ui(answer, n);
  return answer.copy_to(result);
}

bool binomial(u64 n, u64 k, Natural& result) {
  Integer answer;
  mpz_bin_uiui(answer, n, k);
  return answer.copy_to(result);
}

bool from_text(const u8* values, isize count, int base, Natural& result) {
  // mpn_set_str wants no leading zeros and room for as many limbs as the digits could fill.
  while (count > 0 && *values == 0) ++values, --count;
  if (count == 0) return result.allocate(0);
  int bits_per_digit = 32 - __builtin_clz(static_cast<unsigned>(base - 1));
  if (!result.allocate(count / 64 * bits_per_digit + bits_per_digit + 2)) return false;
  result.set_size(mpn_set_str(limbs_of(result), values, static_cast<usize>(count), base));
  result.normalize();
  return true;
}

isize text_bound(const Natural& value, int base) {
  return value.is_zero() ? 1 : static_cast<isize>(mpn_sizeinbase(limbs_of(value), value.size(), base)) + 2;
}

isize to_text(Natural& value, int base, u8* values) {
  if (value.is_zero()) {
    values[0] = 0;
    return 1;
  }
  auto count = static_cast<isize>(mpn_get_str(values, base, limbs_of(value), value.size()));
  isize zeros = 0;
  while (zeros < count - 1 && values[zeros] == 0) ++zeros;
  if (zeros) std::memmove(values, values + zeros, static_cast<usize>(count - zeros));
  return count - zeros;
}
}  // namespace adder::bignum
