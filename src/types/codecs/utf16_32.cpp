// codecs: UTF-16 and UTF-32 in either byte order.
#include <bit>
#include <cstring>

#include "types/codecs.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

static_assert(std::endian::native == std::endian::little, "byte order 0 (native) is written as little-endian");

namespace {
inline u32 read_unit(const u8* p, int width, bool big) {
  if (width == 2) return big ? static_cast<u32>(p[0]) << 8 | p[1] : static_cast<u32>(p[1]) << 8 | p[0];
  return big ? static_cast<u32>(p[0]) << 24 | static_cast<u32>(p[1]) << 16 | static_cast<u32>(p[2]) << 8 | p[3]
             : static_cast<u32>(p[3]) << 24 | static_cast<u32>(p[2]) << 16 | static_cast<u32>(p[1]) << 8 | p[0];
}
inline bool is_surrogate(u32 c) { return c >= 0xd800 && c < 0xe000; }

struct UnitWriter {
  BytesWriter& out;
  int width;
  bool big;
  Result<void> unit(u32 value) {
    if (!out.reserve(4)) return raise_no_memory();
    char* p = out.end();
    for (int b = 0; b < width; ++b) p[big ? width - 1 - b : b] = static_cast<char>(value >> (8 * b));
    out.advance(width);
    return {};
  }
  Result<void> character(Py_UCS4 c) {
    if (width == 4 || c < 0x10000) return unit(c);
    TRY(unit(0xd800 + ((c - 0x10000) >> 10)));
    return unit(0xdc00 + ((c - 0x10000) & 0x3ff));
  }
};

Result<Object> encode_units(Str* s, const char* errors, int byte_order, int width) {
  isize length = str_length(s);
  const char* name = width == 2 ? (byte_order < 0   ? "utf-16-le"
                                   : byte_order > 0 ? "utf-16-be"
                                                    : "utf-16")
                                : (byte_order < 0   ? "utf-32-le"
                                   : byte_order > 0 ? "utf-32-be"
                                                    : "utf-32");
  if (length > kMaxSize / 8) return raise_no_memory();
  EncodeInput input(name, s, errors);
  BytesWriter out((length + 1) * width);
  UnitWriter writer{out, width, byte_order > 0};
  if (byte_order == 0) TRY(writer.unit(0xfeff));
  int kind = str_kind(s);
  const void* data = str_data(s);
  if (kind == 1 && width == 2 && byte_order <= 0) {
    if (!out.reserve(length * 2)) return raise_no_memory();
    char* p = out.end();
    for (isize i = 0; i < length; ++i) {
      p[2 * i] = static_cast<char>(static_cast<const u8*>(data)[i]);
      p[2 * i + 1] = 0;
    }
    out.advance(length * 2);
    return out.finish();
  }
  for (isize i = 0; i < length;) {
    Py_UCS4 c = str_read(kind, data, i);
    if (!is_surrogate(c)) {
      TRY(writer.character(c));
      ++i;
      continue;
    }
    isize end = i + 1;
    while (end < length && is_surrogate(str_read(kind, data, end))) ++end;
    if (input.handler() == ErrorHandler::kSurrogatePass) {
      for (; i < end; ++i) TRY(writer.unit(str_read(kind, data, i)));
      continue;
    }
    isize position;
    Ref<Object> replacement = TRY(input.handle(i, end, "surrogates not allowed", position));
    if (is_bytes(replacement)) {
      std::string_view bytes = bytes_view(as<Bytes>(replacement.get()));
      if (bytes.size() % static_cast<usize>(width)) return input.fail(i, end, "surrogates not allowed");
      TRY(out.write(bytes));
    } else {
      Str* text = as<Str>(replacement.get());
      if (!str_is_ascii(text)) return input.fail(i, end, "surrogates not allowed");
      for (isize j = 0; j < str_length(text); ++j) TRY(writer.unit(str_read_char(text, j)));
    }
    i = position;
  }
  return out.finish();
}

Result<Str> decode_units(std::string_view bytes, const char* errors, int* byte_order, isize* consumed, int width) {
  const u8* start = reinterpret_cast<const u8*>(bytes.data());
  isize at = 0;
  int order = byte_order ? *byte_order : 0;
  if (order == 0 && static_cast<isize>(bytes.size()) >= width) {
    u32 little = read_unit(start, width, false), big = read_unit(start, width, true);
    if (little == 0xfeff)
      order = -1;
    else if (big == 0xfeff)
      order = 1;
    if (order) at = width;
    if (byte_order) *byte_order = order;
  }
  bool big = order > 0;
  const char* name = width == 2 ? (big ? "utf-16-be" : "utf-16-le") : (big ? "utf-32-be" : "utf-32-le");
  DecodeInput input(name, bytes, errors);
  StrWriter out(static_cast<isize>(bytes.size()) / width);
  bool pass = error_handler_of(errors) == ErrorHandler::kSurrogatePass;
  while (at < input.size()) {
    isize left = input.size() - at;
    const u8* p = input.data() + at;
    if (left < width) {
      if (consumed) break;
      at = TRY(input.handle(at, input.size(), "truncated data", out));
      continue;
    }
    u32 c = read_unit(p, width, big);
    if (width == 4) {
      if (c > 0x10ffff) {
        at = TRY(input.handle(at, at + 4, "code point not in range(0x110000)", out));
      } else if (is_surrogate(c) && !pass) {
        at = TRY(input.handle(at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)", out));
      } else {
        TRY(out.write_char(c));
        at += 4;
      }
      continue;
    }
    if (!is_surrogate(c)) {
      TRY(out.write_char(c));
      at += 2;
      continue;
    }
    if (c >= 0xdc00) {
      at = TRY(input.handle(at, at + 2, "illegal encoding", out));
      continue;
    }
    if (left < 4) {
      if (consumed) break;
      at = TRY(input.handle(at, input.size(), "unexpected end of data", out));
      continue;
    }
    u32 second = read_unit(p + 2, 2, big);
    if (second < 0xdc00 || second > 0xdfff) {
      at = TRY(input.handle(at, at + 2, "illegal UTF-16 surrogate", out));
      continue;
    }
    TRY(out.write_char(0x10000 + ((c - 0xd800) << 10) + (second - 0xdc00)));
    at += 4;
  }
  if (consumed) *consumed = at;
  return out.finish();
}
}  // namespace

Result<Object> encode_utf16(Str* s, const char* errors, int byte_order) {
  return encode_units(s, errors, byte_order, 2);
}
Result<Object> encode_utf32(Str* s, const char* errors, int byte_order) {
  return encode_units(s, errors, byte_order, 4);
}
Result<Str> decode_utf16(std::string_view input, const char* errors, int* byte_order, isize* consumed) {
  return decode_units(input, errors, byte_order, consumed, 2);
}
Result<Str> decode_utf32(std::string_view input, const char* errors, int* byte_order, isize* consumed) {
  return decode_units(input, errors, byte_order, consumed, 4);
}
}  // namespace adder
