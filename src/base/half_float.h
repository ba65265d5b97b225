// half_float: IEEE 754 binary16 from and to double.
#pragma once
#include <bit>
#include <cmath>

#include "base/config.h"

namespace adder {
inline double half_to_double(u16 half) {
  int exponent = half >> 10 & 0x1f;
  int fraction = half & 0x3ff;
  double magnitude;
  if (exponent == 0x1f) {
    u64 bits = u64{0x7ff} << 52 | static_cast<u64>(fraction) << 42;
    magnitude = std::bit_cast<double>(bits);
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(fraction + 1024, exponent - 25);
  }
  return half & 0x8000 ? -magnitude : magnitude;
}

// Rounds half to even; false if the value is finite and too large.
[[nodiscard]] inline bool double_to_half(double value, u16& half) {
  u16 sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(value);
  if (std::isnan(value)) {
    half = static_cast<u16>(sign | 0x7e00);
  } else if (std::isinf(value)) {
    half = static_cast<u16>(sign | 0x7c00);
  } else if (magnitude < 0x1p-14) {
    // Subnormal: multiples of 2**-24. Rounding up to 1024 gives the smallest normal number, as it should.
    half = static_cast<u16>(sign | static_cast<int>(std::nearbyint(std::ldexp(magnitude, 24))));
  } else {
    int exponent;
    double fraction = std::frexp(magnitude, &exponent);                     // 0.5 <= fraction < 1
    int bits = static_cast<int>(std::nearbyint(std::ldexp(fraction, 11)));  // 1024 … 2048
    if (bits == 2048) {
      bits = 1024;
      ++exponent;
    }
    if (exponent > 16) return false;
    half = static_cast<u16>(sign | (exponent + 14) << 10 | (bits - 1024));
  }
  return true;
}
}  // namespace adder
