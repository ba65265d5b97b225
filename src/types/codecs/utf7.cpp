// codecs: UTF-7 (RFC 2152).
//
// Text is ASCII, with runs of other characters as '+', the UTF-16 form in base 64 without padding, '-'.
#include <cstring>

#include "types/codecs.h"

namespace adder {
namespace {
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
int base64_value(u8 c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}
enum class Class { kDirect, kEncoded, kWhiteSpace, kOptional };
Class class_of(Py_UCS4 c) {
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return Class::kWhiteSpace;
  if (c <= ' ' || c >= 127 || c == '\\' || c == '~' || c == '+') return Class::kEncoded;
  return std::strchr("!\"#$%&*;<=>@[]^_`{|}", static_cast<int>(c)) ? Class::kOptional : Class::kDirect;
}
inline bool is_high(u32 c) { return c >= 0xd800 && c < 0xdc00; }
inline bool is_low(u32 c) { return c >= 0xdc00 && c < 0xe000; }
}  // namespace

Result<Object> encode_utf7(Str* s, bool base64_set_o, bool base64_white_space, const char*) {
  isize length = str_length(s);
  BytesWriter out(length + length / 2);
  auto direct = [&](Py_UCS4 c) {
    Class k = class_of(c);
    return k == Class::kDirect || (k == Class::kWhiteSpace && !base64_white_space) ||
           (k == Class::kOptional && !base64_set_o);
  };
  bool shifted = false;
  u64 buffer = 0;
  int bits = 0;
  auto put_unit = [&](u32 unit) -> Result<void> {
    buffer = buffer << 16 | unit;
    for (bits += 16; bits >= 6; bits -= 6) TRY(out.write_byte(kBase64[buffer >> (bits - 6) & 63]));
    return {};
  };
  auto flush = [&]() -> Result<void> {
    if (bits) TRY(out.write_byte(kBase64[buffer << (6 - bits) & 63]));
    buffer = 0;
    bits = 0;
    return {};
  };
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read_char(s, i);
    if (direct(c)) {
      if (shifted) {
        TRY(flush());
        shifted = false;
        if (base64_value(static_cast<u8>(c)) >= 0 || c == '-') TRY(out.write_byte('-'));
      }
      TRY(out.write_byte(static_cast<char>(c)));
      continue;
    }
    if (!shifted) {
      if (c == '+') {
        TRY(out.write("+-"));
        continue;
      }
      TRY(out.write_byte('+'));
      shifted = true;
    }
    if (c >= 0x10000) {
      TRY(put_unit(0xd800 + ((c - 0x10000) >> 10)));
      c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    TRY(put_unit(c));
  }
  TRY(flush());
  if (shifted) TRY(out.write_byte('-'));
  return out.finish();
}

Result<Str> decode_utf7(std::string_view bytes, const char* errors, isize* consumed) {
  DecodeInput input("utf7", bytes, errors);
  StrWriter out(static_cast<isize>(bytes.size()));
  isize at = 0, start = 0, shift_out_start = 0;
  bool shifted = false;
  u32 buffer = 0, surrogate = 0;
  int bits = 0;
  for (;;) {
    while (at < input.size()) {
      u8 c = input.data()[at];
      if (shifted) {
        int value = base64_value(c);
        if (value >= 0) {
          ++at;
          buffer = buffer << 6 | static_cast<u32>(value);
          if ((bits += 6) < 16) continue;
          u32 unit = buffer >> (bits - 16) & 0xffff;
          bits -= 16;
          buffer &= (1u << bits) - 1;
          if (surrogate) {
            u32 high = std::exchange(surrogate, 0);
            if (is_low(unit)) {
              TRY(out.write_char(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)));
              continue;
            }
            TRY(out.write_char(high));
          }
          if (is_high(unit))
            surrogate = unit;
          else
            TRY(out.write_char(unit));
          continue;
        }
        shifted = false;
        const char* problem = nullptr;
        if (bits >= 6)
          problem = "partial character in shift sequence";
        else if (bits > 0 && buffer != 0)
          problem = "non-zero padding bits in shift sequence";
        if (problem) {
          ++at;
          at = TRY(input.handle(start, at, problem, out));
          surrogate = 0;
          continue;
        }
        if (surrogate && c <= 127 && c != '+') TRY(out.write_char(surrogate));
        surrogate = 0;
        if (c == '-') ++at;
      } else if (c == '+') {
        start = at++;
        if (at < input.size() && input.data()[at] == '-') {
          ++at;
          TRY(out.write_char('+'));
        } else if (at < input.size() && base64_value(input.data()[at]) < 0) {
          ++at;
          at = TRY(input.handle(start, at, "ill-formed sequence", out));
        } else {
          shifted = true;
          surrogate = 0;
          shift_out_start = out.size();
          bits = 0;
          buffer = 0;
        }
      } else if (c <= 127) {
        ++at;
        TRY(out.write_char(c));
      } else {
        start = at;
        at = TRY(input.handle(start, at + 1, "unexpected special character", out));
      }
    }
    if (!shifted || consumed) break;
    shifted = false;
    if (!surrogate && bits < 6 && !(bits > 0 && buffer != 0)) break;
    at = TRY(input.handle(start, input.size(), "unterminated shift sequence", out));
    if (at >= input.size()) break;
  }
  if (consumed) {
    if (shifted) {
      *consumed = start;
      out.truncate(shift_out_start);
    } else {
      *consumed = at;
    }
  }
  return out.finish();
}
}  // namespace adder
