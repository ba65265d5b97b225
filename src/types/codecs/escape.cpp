// codecs: escapes: unicode_escape, raw_unicode_escape, and the escapes of bytes literals.
#include <cstdio>
#include <cstring>

#include "base/escapes.h"
#include "base/unicode.h"
#include "types/codecs.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

// == unicode_escape ==

Result<Str> decode_unicode_escape_internal(std::string_view bytes, const char* errors, isize* consumed,
                                           const char** first_invalid) {
  DecodeInput input("unicodeescape", bytes, errors);
  StrWriter out(static_cast<isize>(bytes.size()));
  if (first_invalid) *first_invalid = nullptr;
  isize at = 0;
  auto note_invalid = [&](isize position) {
    if (first_invalid && !*first_invalid) *first_invalid = reinterpret_cast<const char*>(input.data()) + position;
  };
  while (at < input.size()) {
    const u8* data = input.data();
    isize size = input.size();
    const void* hit = std::memchr(data + at, '\\', static_cast<usize>(size - at));
    isize backslash = hit ? static_cast<const u8*>(hit) - data : size;
    if (backslash > at) {
      TRY(out.write_latin1({reinterpret_cast<const char*>(data + at), static_cast<usize>(backslash - at)}));
      at = backslash;
      continue;
    }
    isize start = at++;
    const char* message = "\\ at end of string";
    bool incomplete = at >= size;
    if (!incomplete) {
      u8 c = data[at++];
      int simple = simple_escape(c);
      if (simple >= 0) {
        TRY(out.write_char(static_cast<Py_UCS4>(simple)));
        continue;
      }
      if (c == '\n') continue;
      if (c >= '0' && c <= '7') {
        const u8* next = data + at;
        u32 value = read_octal(c, next, data + size);
        at = next - data;
        if (value > 0377) note_invalid(start + 1);
        TRY(out.write_char(value));
        continue;
      }
      if (c == 'x' || c == 'u' || c == 'U') {
        int count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
        message = c == 'x'   ? "truncated \\xXX escape"
                  : c == 'u' ? "truncated \\uXXXX escape"
                             : "truncated \\UXXXXXXXX escape";
        Py_UCS4 value = 0;
        int read = 0;
        while (read < count && at < size && hex_value(data[at]) >= 0) {
          value = value << 4 | static_cast<Py_UCS4>(hex_value(data[at]));
          ++at;
          ++read;
        }
        if (read == count) {
          if (value <= 0x10ffff) {
            TRY(out.write_char(value));
            continue;
          }
          message = "illegal Unicode character";
        } else {
          incomplete = at >= size;
        }
      } else if (c == 'N') {
        message = "malformed \\N character escape";
        incomplete = at >= size;
        if (!incomplete && data[at] == '{') {
          isize name = ++at;
          while (at < size && data[at] != '}') ++at;
          incomplete = at >= size;
          if (!incomplete && at > name) {
            char32_t code =
                unicode::code_of_name(reinterpret_cast<const char*>(data + name), static_cast<usize>(at - name), true);
            ++at;
            if (code != unicode::kNoCode) {
              TRY(out.write_char(code));
              continue;
            }
            message = "unknown Unicode character name";
          }
        }
      } else {
        note_invalid(start + 1);
        TRY(out.write_char('\\'));
        TRY(out.write_char(c));
        continue;
      }
    }
    if (incomplete && consumed) {
      at = start;
      break;
    }
    at = TRY(input.handle(start, at, message, out));
  }
  if (consumed) *consumed = at;
  return out.finish();
}
namespace {
Result<void> warn_invalid_escape(const char* invalid) {
  if (!invalid) return {};
  if (*invalid >= '4' && *invalid <= '7') {
    return warn(DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", invalid);
  }
  return warn(DeprecationWarning, 1, "invalid escape sequence '\\%c'", static_cast<u8>(*invalid));
}
}  // namespace
Result<Str> decode_unicode_escape(std::string_view input, const char* errors, isize* consumed) {
  const char* invalid;
  Ref<Str> text = TRY(decode_unicode_escape_internal(input, errors, consumed, &invalid));
  TRY(warn_invalid_escape(invalid));
  return text;
}
Result<Object> encode_unicode_escape(Str* s) {
  isize length = str_length(s);
  BytesWriter out(length + 16);
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read_char(s, i);
    if (c >= ' ' && c < 127 && c != '\\') {
      TRY(out.write_byte(static_cast<char>(c)));
    } else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
      TRY(out.write(c == '\\' ? "\\\\" : c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r"));
    } else {
      char buffer[16];
      int size = std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
      TRY(out.write({buffer, static_cast<usize>(size)}));
    }
  }
  return out.finish();
}

// == raw_unicode_escape ==

Result<Str> decode_raw_unicode_escape(std::string_view bytes, const char* errors, isize* consumed) {
  DecodeInput input("rawunicodeescape", bytes, errors);
  StrWriter out(static_cast<isize>(bytes.size()));
  isize at = 0;
  while (at < input.size()) {
    const u8* data = input.data();
    isize size = input.size();
    if (data[at] != '\\') {
      TRY(out.write_char(data[at++]));
      continue;
    }
    isize start = at++;
    if (at >= size) {
      if (consumed) {
        at = start;
        break;
      }
      TRY(out.write_char('\\'));
      break;
    }
    u8 c = data[at++];
    if (c != 'u' && c != 'U') {
      TRY(out.write_char('\\'));
      TRY(out.write_char(c));
      continue;
    }
    int count = c == 'u' ? 4 : 8, read = 0;
    Py_UCS4 value = 0;
    while (read < count && at < size && hex_value(data[at]) >= 0) {
      value = value << 4 | static_cast<Py_UCS4>(hex_value(data[at]));
      ++at;
      ++read;
    }
    const char* message = c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
    if (read == count) {
      if (value <= 0x10ffff) {
        TRY(out.write_char(value));
        continue;
      }
      message = "\\Uxxxxxxxx out of range";
    } else if (at >= size && consumed) {
      at = start;
      break;
    }
    at = TRY(input.handle(start, at, message, out));
  }
  if (consumed) *consumed = at;
  return out.finish();
}
Result<Object> encode_raw_unicode_escape(Str* s) {
  if (str_kind(s) == 1) return bytes_from_view({static_cast<char*>(str_data(s)), static_cast<usize>(str_length(s))});
  BytesWriter out(str_length(s) * 2);
  for (isize i = 0; i < str_length(s); ++i) {
    Py_UCS4 c = str_read_char(s, i);
    if (c < 0x100) {
      TRY(out.write_byte(static_cast<char>(c)));
      continue;
    }
    char buffer[16];
    int size = std::snprintf(buffer, sizeof buffer, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    TRY(out.write({buffer, static_cast<usize>(size)}));
  }
  return out.finish();
}

// == bytes ==

Result<Bytes> decode_bytes_escape(std::string_view input, const char* errors, const char** first_invalid) {
  const u8* data = reinterpret_cast<const u8*>(input.data());
  isize size = static_cast<isize>(input.size());
  BytesWriter out(size);
  const char* invalid = nullptr;
  for (isize at = 0; at < size;) {
    u8 c = data[at++];
    if (c != '\\') {
      TRY(out.write_byte(static_cast<char>(c)));
      continue;
    }
    if (at >= size) return raise(ValueError, "Trailing \\ in string");
    c = data[at++];
    int simple = simple_escape(c);
    if (simple >= 0) {
      TRY(out.write_byte(static_cast<char>(simple)));
    } else if (c == '\n') {
    } else if (c >= '0' && c <= '7') {
      isize start = at - 1;
      const u8* next = data + at;
      u32 value = read_octal(c, next, data + size);
      at = next - data;
      if (value > 0377 && !invalid) invalid = input.data() + start;
      TRY(out.write_byte(static_cast<char>(value)));
    } else if (c == 'x') {
      if (at + 1 < size && hex_value(data[at]) >= 0 && hex_value(data[at + 1]) >= 0) {
        TRY(out.write_byte(static_cast<char>(hex_value(data[at]) << 4 | hex_value(data[at + 1]))));
        at += 2;
        continue;
      }
      isize position = at - 2;
      if (at < size && hex_value(data[at]) >= 0) ++at;
      if (!errors || std::strcmp(errors, "strict") == 0) {
        return raise(ValueError, "invalid \\x escape at position %zd", position);
      }
      if (std::strcmp(errors, "replace") == 0)
        TRY(out.write_byte('?'));
      else if (std::strcmp(errors, "ignore") != 0) {
        return raise(ValueError, "decoding error; unknown error handling code: %.400s", errors);
      }
    } else {
      if (!invalid) invalid = input.data() + at - 1;
      TRY(out.write_byte('\\'));
      TRY(out.write_byte(static_cast<char>(c)));
    }
  }
  if (first_invalid)
    *first_invalid = invalid;
  else
    TRY(warn_invalid_escape(invalid));
  return out.finish();
}
}  // namespace adder
