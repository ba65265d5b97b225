// pycore_dtoa: doubles as decimal digits and back, under the names of David Gay's interface.
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <strings.h>

#include "base/double_text.h"
#include "memory/allocator.h"

using namespace adder;

namespace {
constexpr int kNoDecimalPoint = 9999;  // infinities and NaN

struct Digits {
  char text[1200];
  isize size = 0;
  int point = 1;  // how many digits stand before the decimal point
};

// The digits and the exponent of what double_to_text wrote.
bool read_digits(double value, char code, int precision, Digits& out) {
  DoubleText text;
  if (!double_to_text(value, code, precision, 0, text)) return false;
  const char *at = text.data(), *end = at + text.size();
  isize before = -1;
  for (; at < end && *at != 'e'; ++at) {
    if (*at == '.')
      before = out.size;
    else if (out.size < static_cast<isize>(sizeof out.text) - 1)
      out.text[out.size++] = *at;
  }
  if (before < 0) before = out.size;
  int exponent = 0;
  bool negative = at < end && at[1] == '-';
  for (++at; at < end; ++at) {
    if (*at >= '0' && *at <= '9') exponent = exponent * 10 + (*at - '0');
  }
  out.point = static_cast<int>(before) + (negative ? -exponent : exponent);
  isize zeros = 0;
  while (zeros < out.size && out.text[zeros] == '0') ++zeros;
  std::memmove(out.text, out.text + zeros, static_cast<usize>(out.size - zeros));
  out.size -= zeros;
  out.point -= static_cast<int>(zeros);
  while (out.size && out.text[out.size - 1] == '0') --out.size;
  return true;
}

// Rounded to a power of ten: `places` < 0 digits after the point.
bool read_rounded(double value, int places, Digits& out) {
  if (!read_digits(value, 'e', 900, out)) return false;  // every digit there is, near enough
  int kept = out.point + places;
  if (kept < 0) {
    out.size = 0;
    return true;
  }
  bool up = kept < out.size && (out.text[kept] > '5' || (out.text[kept] == '5' && kept + 1 < out.size) ||
                                (out.text[kept] == '5' && kept > 0 && (out.text[kept - 1] & 1)));
  if (kept < out.size) out.size = kept;
  if (up) {
    isize i = out.size;
    while (i > 0 && out.text[i - 1] == '9') --i;
    if (i > 0) {
      ++out.text[i - 1];
      out.size = i;
    } else {
      out.text[0] = '1';
      out.size = 1;
      ++out.point;
    }
  }
  while (out.size && out.text[out.size - 1] == '0') --out.size;
  return true;
}

char* copy_text(const char* text, isize size, char** end) {
  char* copy = static_cast<char*>(memory::allocate(static_cast<usize>(size) + 1));
  if (!copy) return nullptr;
  std::memcpy(copy, text, static_cast<usize>(size));
  copy[size] = 0;
  if (end) *end = copy + size;
  return copy;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

// mode 0: the shortest digits that read back as the value; 2: at most `count` digits; 3: up to `count` digits behind
// the point. Without trailing zeros.
ADDER_EXPORT char* _Py_dg_dtoa(double value, int mode, int count, int* point, int* negative, char** end) {
  *negative = std::signbit(value);
  *point = kNoDecimalPoint;
  if (std::isinf(value)) return copy_text("Infinity", 8, end);
  if (std::isnan(value)) return copy_text("NaN", 3, end);
  value = std::fabs(value);
  *point = 1;
  if (value == 0) return copy_text("0", 1, end);
  Digits digits;
  bool done = mode < 2    ? read_digits(value, 'r', 0, digits)
              : mode == 2 ? read_digits(value, 'e', count < 1 ? 0 : count - 1, digits)
              : count < 0 ? read_rounded(value, count, digits)
                          : read_digits(value, 'f', count, digits);
  if (!done) return nullptr;
  *point = digits.size ? digits.point : -count;
  return copy_text(digits.text, digits.size, end);
}
ADDER_EXPORT void _Py_dg_freedtoa(char* text) { memory::release(text); }
ADDER_EXPORT double _Py_dg_infinity(int negative) {
  double value = std::numeric_limits<double>::infinity();
  return negative ? -value : value;
}
ADDER_EXPORT double _Py_dg_stdnan(int negative) {
  return std::copysign(std::numeric_limits<double>::quiet_NaN(), negative ? -1.0 : 1.0);
}
// A number in decimal at the start of the text, no spaces, no names; ERANGE and an infinity if it is too large.
ADDER_EXPORT double _Py_dg_strtod(const char* text, char** end) {
  const char* at = text;
  if (*at == '+' || *at == '-') ++at;
  const char* first = at;
  while (is_digit(*at)) ++at;
  isize count = at - first;
  if (*at == '.') {
    const char* fraction = ++at;
    while (is_digit(*at)) ++at;
    count += at - fraction;
    if (at == fraction && count == 0) at = text;
  }
  if (count == 0) {
    if (end) *end = const_cast<char*>(text);
    return 0;
  }
  if (*at == 'e' || *at == 'E') {
    const char* exponent = at + 1;
    if (*exponent == '+' || *exponent == '-') ++exponent;
    if (is_digit(*exponent)) {
      while (is_digit(*exponent)) ++exponent;
      at = exponent;
    }
  }
  if (end) *end = const_cast<char*>(at);
  double value = 0;
  static_cast<void>(double_from_text(text, at - text, &value));
  if (std::isinf(value)) errno = ERANGE;
  return value;
}
// inf, infinity or nan with a sign, in any letter case; -1.0 and *end = text otherwise.
ADDER_EXPORT double _Py_parse_inf_or_nan(const char* text, char** end) {
  const char* at = text;
  bool negative = *at == '-';
  if (*at == '+' || *at == '-') ++at;
  for (const char* name : {"infinity", "inf", "nan"}) {
    usize size = std::strlen(name);
    if (strncasecmp(at, name, size) != 0) continue;
    if (end) *end = const_cast<char*>(at) + size;
    return *name == 'n' ? _Py_dg_stdnan(negative) : _Py_dg_infinity(negative);
  }
  if (end) *end = const_cast<char*>(text);
  return -1.0;
}
