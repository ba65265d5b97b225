// double_text: on top of <charconv>, whose conversions are exact.
#include "base/double_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/copy.h"

namespace adder {
namespace {
// No double has more significant or fractional digits than this: what lies beyond is zeros.
constexpr int kMaxDigits = 1100;

// Decimal digits of |value| with the point after the first one times 10**exponent.
struct Decimal {
  char digits[kMaxDigits + 16];
  int count;
  int exponent;
};

// precision < 0: shortest.
void to_decimal(double value, int precision, Decimal& out) {
  char text[kMaxDigits + 32];
  std::to_chars_result result =
      precision < 0 ? std::to_chars(text, text + sizeof text, value, std::chars_format::scientific)
                    : std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, precision);
  out.count = 0;
  char* p = text;
  for (; p < result.ptr && *p != 'e'; ++p) {
    if (*p != '.') out.digits[out.count++] = *p;
  }
  int exponent = 0;
  bool negative = p[1] == '-';
  for (p += 2; p < result.ptr; ++p) exponent = exponent * 10 + (*p - '0');
  out.exponent = negative ? -exponent : exponent;
}

bool equals_ignoring_case(const char* text, isize size, const char* lower) {
  for (isize i = 0; i < size; ++i) {
    if ((text[i] | 0x20) != lower[i] || !lower[i]) return false;
  }
  return lower[size] == 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

DoubleText::~DoubleText() {
  if (data_ != small_) std::free(data_);
}

bool DoubleText::reserve(isize size) {
  size_ = 0;
  if (size <= capacity_) return true;
  auto* data = static_cast<char*>(std::malloc(static_cast<usize>(size)));
  if (!data) return false;
  if (data_ != small_) std::free(data_);
  data_ = data;
  capacity_ = size;
  return true;
}

void DoubleText::append(const char* text, isize size) {
  copy_bytes(data_ + size_, text, static_cast<usize>(size));
  size_ += size;
}

void DoubleText::append_repeated(char c, isize count) {
  if (count <= 0) return;
  std::memset(data_ + size_, c, static_cast<usize>(count));
  size_ += count;
}

bool double_to_text(double value, char code, int precision, int flags, DoubleText& out) {
  bool upper = code == 'E' || code == 'F' || code == 'G';
  char kind = upper ? static_cast<char>(code | 0x20) : code;
  if (precision < 0) precision = 0;
  if (!out.reserve(static_cast<isize>(precision) + 350)) return false;
  bool negative = std::signbit(value);
  if (std::isnan(value)) {
    if (flags & kDoubleSign) out.append('+');
    out.append(upper ? "NAN" : "nan", 3);
    return true;
  }
  if (std::isinf(value)) {
    if (negative)
      out.append('-');
    else if (flags & kDoubleSign)
      out.append('+');
    out.append(upper ? "INF" : "inf", 3);
    return true;
  }
  double magnitude = std::fabs(value);
  bool alternate = flags & kDoubleAlternate;

  if (kind == 'f') {
    char text[kMaxDigits + 350];
    int exact = precision < kMaxDigits ? precision : kMaxDigits;
    std::to_chars_result result = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::fixed, exact);
    if (negative && (flags & kDoubleNoNegativeZero)) {
      negative = false;
      for (char* p = text; p < result.ptr; ++p) negative = negative || (*p != '0' && *p != '.');
    }
    if (negative)
      out.append('-');
    else if (flags & kDoubleSign)
      out.append('+');
    out.append(text, result.ptr - text);
    out.append_repeated('0', precision - exact);
    if (precision == 0) {
      if (flags & kDoubleAddDot0)
        out.append(".0", 2);
      else if (alternate)
        out.append('.');
    }
    return true;
  }

  if (negative && magnitude == 0 && (flags & kDoubleNoNegativeZero)) negative = false;
  if (negative)
    out.append('-');
  else if (flags & kDoubleSign)
    out.append('+');
  Decimal decimal;
  bool exponent_form;
  isize zeros = 0;  // significant ones behind the digits
  if (kind == 'r') {
    to_decimal(magnitude, -1, decimal);
    exponent_form = decimal.exponent < -4 || decimal.exponent >= 16;
  } else if (kind == 'e') {
    int exact = precision < kMaxDigits ? precision : kMaxDigits;
    to_decimal(magnitude, exact, decimal);
    zeros = precision - exact;
    exponent_form = true;
  } else {
    int significant = precision == 0 ? 1 : precision;
    int exact = significant - 1 < kMaxDigits ? significant - 1 : kMaxDigits;
    to_decimal(magnitude, exact, decimal);
    zeros = significant - 1 - exact;
    exponent_form = decimal.exponent < -4 || decimal.exponent >= significant - ((flags & kDoubleAddDot0) ? 1 : 0);
    if (!alternate) {
      zeros = 0;
      while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0') --decimal.count;
    }
  }

  if (exponent_form) {
    out.append(decimal.digits[0]);
    if (decimal.count > 1 || zeros > 0 || alternate) out.append('.');
    out.append(decimal.digits + 1, decimal.count - 1);
    out.append_repeated('0', zeros);
    out.append(upper ? 'E' : 'e');
    int exponent = decimal.exponent;
    out.append(exponent < 0 ? '-' : '+');
    if (exponent < 0) exponent = -exponent;
    if (exponent >= 100) out.append(static_cast<char>('0' + exponent / 100));
    out.append(static_cast<char>('0' + exponent / 10 % 10));
    out.append(static_cast<char>('0' + exponent % 10));
    return true;
  }
  int point = decimal.exponent + 1;  // digits in front of it
  if (point <= 0) {
    out.append("0.", 2);
    out.append_repeated('0', -point);
    out.append(decimal.digits, decimal.count);
    out.append_repeated('0', zeros);
  } else if (point >= decimal.count + zeros) {
    out.append(decimal.digits, decimal.count);
    out.append_repeated('0', point - decimal.count);
    if (flags & kDoubleAddDot0)
      out.append(".0", 2);
    else if (alternate)
      out.append('.');
  } else {
    out.append(decimal.digits, point);
    out.append('.');
    out.append(decimal.digits + point, decimal.count - point);
    out.append_repeated('0', zeros);
  }
  return true;
}

bool double_from_text(const char* text, isize size, double* value) {
  const char* p = text;
  const char* end = text + size;
  bool negative = false;
  if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
  auto give = [&](double magnitude) {
    *value = negative ? -magnitude : magnitude;
    return true;
  };
  if (equals_ignoring_case(p, end - p, "inf") || equals_ignoring_case(p, end - p, "infinity")) {
    return give(std::numeric_limits<double>::infinity());
  }
  if (equals_ignoring_case(p, end - p, "nan")) return give(std::numeric_limits<double>::quiet_NaN());
  const char* start = p;
  // Where the first digit that is not 0 stands, in powers of ten, tells overflow from underflow.
  isize leading = 0;
  bool significant = false, digits = false;
  for (; p < end && is_digit(*p); ++p) {
    digits = true;
    significant = significant || *p != '0';
    if (significant) ++leading;
  }
  if (p < end && *p == '.') {
    for (++p; p < end && is_digit(*p); ++p) {
      digits = true;
      if (*p != '0') significant = true;
      if (!significant) --leading;
    }
  }
  if (!digits) return false;
  isize exponent = 0;
  if (p < end && (*p == 'e' || *p == 'E')) {
    ++p;
    bool exponent_negative = false;
    if (p < end && (*p == '+' || *p == '-')) exponent_negative = *p++ == '-';
    if (p == end) return false;
    for (; p < end && is_digit(*p); ++p) {
      if (exponent < isize{1} << 50) exponent = exponent * 10 + (*p - '0');
    }
    if (exponent_negative) exponent = -exponent;
  }
  if (p != end) return false;
  double magnitude = 0.0;
  std::from_chars_result result = std::from_chars(start, end, magnitude);
  if (result.ec == std::errc::result_out_of_range) {
    magnitude = significant && leading + exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  }
  return give(magnitude);
}
}  // namespace adder
