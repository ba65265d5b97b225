// float_hex: hexadecimal text of floats (C99's %a), both ways.
//
// Format     [sign] ["0x"] integer ["." fraction] ["p" exponent], or inf, infinity, nan; rounding is half to even.
// See        tests/python/test_float.py
#include <cmath>
#include <cstdio>
#include <cstring>

#include "types/float_internal.h"
#include "types/str.h"

namespace adder {
Result<Str> float_hex(Float* f) {
  double value = f->ob_fval;
  if (!std::isfinite(value)) return double_repr(value);
  const char* sign = std::signbit(value) ? "-" : "";
  char text[64];
  if (value == 0.0) {
    std::snprintf(text, sizeof text, "%s0x0.0p+0", sign);
    return str_from_string(text);
  }
  int exponent;
  double mantissa = std::frexp(std::fabs(value), &exponent);
  // One bit in front of the point, but subnormal values keep the smallest exponent.
  int shift = 1 - std::max(-1021 - exponent, 0);
  mantissa = std::ldexp(mantissa, shift);
  exponent -= shift;
  auto leading = static_cast<int>(mantissa);
  mantissa -= leading;
  int used = std::snprintf(text, sizeof text, "%s0x%d.", sign, leading);
  for (int i = 0; i < 13; ++i) {
    mantissa *= 16.0;
    int value_of_digit = static_cast<int>(mantissa);
    mantissa -= value_of_digit;
    text[used++] = "0123456789abcdef"[value_of_digit];
  }
  std::snprintf(text + used, sizeof text - static_cast<usize>(used), "p%+d", exponent);
  return str_from_string(text);
}

namespace {
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Consumes `word` in any letter case.
bool take_word(const char*& p, const char* end, const char* word) {
  const char* q = p;
  for (; *word; ++word, ++q) {
    if (q == end || (*q | 0x20) != *word) return false;
  }
  p = q;
  return true;
}

Error raise_invalid() { return raise(ValueError, "invalid hexadecimal floating-point string"); }
Error raise_too_large() { return raise(OverflowError, "hexadecimal value too large to represent as a float"); }

Result<double> parse(const char* p, const char* end) {
  while (p < end && is_space(*p)) ++p;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  double magnitude = 0.0;
  if (take_word(p, end, "inf")) {
    take_word(p, end, "inity");
    magnitude = HUGE_VAL;
  } else if (take_word(p, end, "nan")) {
    magnitude = std::nan("");
  } else {
    if (end - p >= 2 && *p == '0' && (p[1] | 0x20) == 'x') p += 2;
    // The first 16 significant digits; what follows only counts as "there is more".
    u64 bits = 0;
    int taken = 0;
    bool sticky = false, any = false, point = false;
    i64 exponent = 0;  // of the last digit taken
    for (; p < end; ++p) {
      if (*p == '.' && !point) {
        point = true;
        continue;
      }
      int value = hex_value(*p);
      if (value < 0) break;
      any = true;
      if (taken < 15) {
        bits = bits << 4 | static_cast<u64>(value);
        if (bits) ++taken;
        if (point) exponent -= 4;
      } else {
        sticky = sticky || value != 0;
        if (!point) exponent += 4;
      }
    }
    if (!any) return raise_invalid();
    if (p < end && (*p | 0x20) == 'p') {
      ++p;
      bool exponent_negative = false;
      if (p < end && (*p == '-' || *p == '+')) exponent_negative = *p++ == '-';
      if (p == end || *p < '0' || *p > '9') return raise_invalid();
      i64 written = 0;
      for (; p < end && *p >= '0' && *p <= '9'; ++p) {
        if (written < i64{1} << 52) written = written * 10 + (*p - '0');
      }
      exponent += exponent_negative ? -written : written;
    }
    while (p < end && is_space(*p)) ++p;
    if (p != end) return raise_invalid();
    if (bits != 0) {
      int bit_count = 64 - __builtin_clzll(bits);
      if (exponent + bit_count > 1024) return raise_too_large();
      if (exponent + bit_count < -1080) return negative ? -0.0 : 0.0;
      i64 unit = exponent + bit_count - 53;
      if (unit < -1074) unit = -1074;
      i64 drop = unit - exponent;
      u64 kept = bits;
      if (drop > 0) {
        u64 half = drop > 63 ? 0 : u64{1} << (drop - 1);
        u64 lost = drop > 63 ? bits : bits & ((u64{1} << drop) - 1);
        kept = drop > 63 ? 0 : bits >> drop;
        if (drop <= 63 && (lost > half || (lost == half && (sticky || (kept & 1))))) ++kept;
        exponent = unit;
      }
      magnitude = std::ldexp(static_cast<double>(kept), static_cast<int>(exponent));
      if (std::isinf(magnitude)) return raise_too_large();
    }
    return negative ? -magnitude : magnitude;
  }
  while (p < end && is_space(*p)) ++p;
  if (p != end) return raise_invalid();
  return negative ? -magnitude : magnitude;
}
}  // namespace

Result<Object> float_from_hex(Type* type, Object* text) {
  if (!is_str(text)) return raise(TypeError, "bad argument type for built-in operation");
  Utf8 utf8 = str_as_utf8(as<Str>(text));
  if (!utf8) return Error{};
  double value = TRY(parse(utf8.data, utf8.data + utf8.size));
  Ref<Float> result = TRY(float_from_double(value));
  if (type == &PyFloat_Type) return result;
  return call(type, static_cast<Object*>(result));
}
}  // namespace adder
