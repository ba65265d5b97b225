// int/short_text: the shortest way from a few decimal digits to a number.
#pragma once
#include <string_view>

#include "base/config.h"

namespace adder {
// True if `text` is nothing but digits, at most 18, maybe behind a minus: then `value` has the number.
inline bool read_short_decimal(std::string_view text, i64& value) {
  const char* p = text.data();
  const char* end = p + text.size();
  bool negative = p < end && *p == '-';
  p += negative;
  if (p == end || end - p > 18) return false;
  i64 number = 0;
  do {
    unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
    if (digit > 9) return false;
    number = number * 10 + digit;
  } while (++p < end);
  value = negative ? -number : number;
  return true;
}
}  // namespace adder
