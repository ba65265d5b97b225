// characters: categories and cases as the regular expression language sees them.
#pragma once
#include <cctype>

#include "base/unicode.h"
#include "modules/_sre/opcodes.h"

namespace adder::sre {
// The characters of words below 256, one bit each.
struct Latin1Words {
  u32 bits[8] = {};
  constexpr Latin1Words() {
    auto add = [this](u32 first, u32 last) {
      for (u32 c = first; c <= last; ++c) bits[c / 32] |= u32{1} << (c & 31);
    };
    add('0', '9'), add('A', 'Z'), add('a', 'z'), add('_', '_');
    add(0xaa, 0xaa), add(0xb2, 0xb3), add(0xb5, 0xb5), add(0xb9, 0xba), add(0xbc, 0xbe);
    add(0xc0, 0xd6), add(0xd8, 0xf6), add(0xf8, 0xff);
  }
};
inline constexpr Latin1Words kLatin1Words;

inline bool ascii_word(u32 c) { return c < 128 && (kLatin1Words.bits[c / 32] >> (c & 31) & 1); }
inline bool locale_word(u32 c) { return c < 256 && (std::isalnum(static_cast<int>(c)) || c == '_'); }
inline bool unicode_word(u32 c) {
  return c < 256 ? kLatin1Words.bits[c / 32] >> (c & 31) & 1 : unicode::is_alphanumeric(c);
}
inline bool ascii_space(u32 c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline u32 lower_ascii(u32 c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
inline u32 lower_locale(u32 c) { return c < 256 ? static_cast<u32>(std::tolower(static_cast<int>(c))) : c; }
inline u32 upper_locale(u32 c) { return c < 256 ? static_cast<u32>(std::toupper(static_cast<int>(c))) : c; }
inline u32 lower_unicode(u32 c) { return unicode::to_lower(c); }
inline u32 upper_unicode(u32 c) { return unicode::to_upper(c); }

inline bool in_category(u32 category, u32 c) {
  switch (category) {
    case kCategoryDigit:
      return c - '0' < 10;
    case kCategoryNotDigit:
      return !(c - '0' < 10);
    case kCategorySpace:
      return ascii_space(c);
    case kCategoryNotSpace:
      return !ascii_space(c);
    case kCategoryWord:
      return ascii_word(c);
    case kCategoryNotWord:
      return !ascii_word(c);
    case kCategoryLineBreak:
      return c == '\n';
    case kCategoryNotLineBreak:
      return c != '\n';
    case kCategoryLocWord:
      return locale_word(c);
    case kCategoryLocNotWord:
      return !locale_word(c);
    case kCategoryUniDigit:
      return unicode::is_decimal(c);
    case kCategoryUniNotDigit:
      return !unicode::is_decimal(c);
    case kCategoryUniSpace:
      return unicode::is_space(c);
    case kCategoryUniNotSpace:
      return !unicode::is_space(c);
    case kCategoryUniWord:
      return unicode_word(c);
    case kCategoryUniNotWord:
      return !unicode_word(c);
    case kCategoryUniLineBreak:
      return unicode::is_line_break(c);
    case kCategoryUniNotLineBreak:
      return !unicode::is_line_break(c);
    default:
      return false;
  }
}

// Whether `c` is in the set whose code starts at `set`.
inline bool in_set(const u32* set, u32 c) {
  bool ok = true;
  for (;;) {
    switch (*set++) {
      case kFailure:
        return !ok;
      case kLiteral:
        if (c == *set++) return ok;
        break;
      case kCategory:
        if (in_category(*set++, c)) return ok;
        break;
      case kCharset:
        if (c < 256 && (set[c / 32] >> (c & 31) & 1)) return ok;
        set += 8;
        break;
      case kRange:
        if (set[0] <= c && c <= set[1]) return ok;
        set += 2;
        break;
      case kRangeUniIgnore: {
        if (set[0] <= c && c <= set[1]) return ok;
        u32 upper = upper_unicode(c);
        if (set[0] <= upper && upper <= set[1]) return ok;
        set += 2;
        break;
      }
      case kNegate:
        ok = !ok;
        break;
      case kBigCharset: {
        u32 blocks = *set++;
        if (c < 65536) {
          u32 block = reinterpret_cast<const u8*>(set)[c >> 8];
          const u32* bits = set + 64 + block * 8;
          if (bits[(c & 255) / 32] >> (c & 31) & 1) return ok;
        }
        set += 64 + blocks * 8;
        break;
      }
      default:
        return false;  // the code was checked when it was compiled
    }
  }
}
}  // namespace adder::sre
