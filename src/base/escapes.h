// escapes: what string literals, codecs and numbers read behind a backslash or 0x.
#pragma once
#include "base/config.h"

namespace adder {
// 0 to 15, or -1.
constexpr int hex_value(u32 c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  u32 lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? static_cast<int>(lower - 'a' + 10) : -1;
}
// The character of an escape of one letter (n of "\n"), or -1.
constexpr int simple_escape(u32 c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"':
      return static_cast<int>(c);
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    default:
      return -1;
  }
}
constexpr bool is_octal(u32 c) { return c >= '0' && c <= '7'; }
// The number of an octal escape whose first digit is `first`; up to two more are taken from `at`, which moves behind
// them.
template <class Char>
constexpr u32 read_octal(Char first, const Char*& at, const Char* end) {
  u32 value = static_cast<u32>(first - '0');
  for (int i = 0; i < 2 && at < end && is_octal(static_cast<u32>(*at)); ++i)
    value = value * 8 + static_cast<u32>(*at++ - '0');
  return value;
}
}  // namespace adder
