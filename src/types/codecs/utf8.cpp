// codecs: UTF-8, ASCII, Latin-1, and the file system's encoding.
//
// Decoding reads the bytes twice: once to validate, count and find the widest character, once to fill a string of
// exactly the right shape. Only text with errors goes the slow way through a StrWriter.
#include "memory/allocator.h"
#include "object/file_descriptor.h"
#include "types/codecs.h"
#include "types/codecs/filesystem.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

namespace {
// What stands at `p`: a whole character (size > 0), or an error of `bad` bytes (size 0), or an incomplete end (size
// -1).
struct Utf8Character {
  int size;
  int bad;
  Py_UCS4 value;
  const char* reason;
};
inline bool is_continuation(u8 byte) { return (byte & 0xc0) == 0x80; }

Utf8Character utf8_at(const u8* p, const u8* end) {
  constexpr const char* kStart = "invalid start byte";
  constexpr const char* kContinuation = "invalid continuation byte";
  isize left = end - p;
  Py_UCS4 c = p[0];
  if (c < 0x80) return {1, 0, c, nullptr};
  if (c < 0xc2) return {0, 1, 0, kStart};
  if (c < 0xe0) {
    if (left < 2) return {-1, 1, 0, nullptr};
    if (!is_continuation(p[1])) return {0, 1, 0, kContinuation};
    return {2, 0, (c & 0x1f) << 6 | (p[1] & 0x3fu), nullptr};
  }
  if (c < 0xf0) {
    if (left < 2) return {-1, 1, 0, nullptr};
    if (!is_continuation(p[1]) || (p[1] < 0xa0 ? c == 0xe0 : c == 0xed)) return {0, 1, 0, kContinuation};
    if (left < 3) return {-1, 2, 0, nullptr};
    if (!is_continuation(p[2])) return {0, 2, 0, kContinuation};
    return {3, 0, (c & 0xf) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu), nullptr};
  }
  if (c < 0xf5) {
    if (left < 2) return {-1, 1, 0, nullptr};
    if (!is_continuation(p[1]) || (p[1] < 0x90 ? c == 0xf0 : c == 0xf4)) return {0, 1, 0, kContinuation};
    if (left < 3) return {-1, 2, 0, nullptr};
    if (!is_continuation(p[2])) return {0, 2, 0, kContinuation};
    if (left < 4) return {-1, 3, 0, nullptr};
    if (!is_continuation(p[3])) return {0, 3, 0, kContinuation};
    return {4, 0, (c & 7) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu), nullptr};
  }
  return {0, 1, 0, kStart};
}

// The start of a surrogate at the end of what has come so far: with more to come, an error handler may want it whole.
inline bool is_cut_surrogate(const u8* p, const u8* end) {
  return end - p == 2 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf;
}

// Decodes valid text into its string.
template <class C>
void fill_from_utf8(const u8* p, const u8* end, C* out) {
  while (p < end) {
    u32 c = *p;
    if (c < 0x80) {
      if constexpr (sizeof(C) == 1) {
        u64 word;
        if (end - p >= 8 && (std::memcpy(&word, p, 8), (word & 0x8080808080808080u) == 0)) {
          std::memcpy(out, &word, 8);
          out += 8;
          p += 8;
          continue;
        }
      }
      *out++ = static_cast<C>(c);
      ++p;
    } else if (c < 0xe0) {
      *out++ = static_cast<C>((c & 0x1f) << 6 | (p[1] & 0x3fu));
      p += 2;
    } else if (c < 0xf0) {
      *out++ = static_cast<C>((c & 0xf) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu));
      p += 3;
    } else {
      *out++ = static_cast<C>((c & 7) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu));
      p += 4;
    }
  }
}

Result<Str> decode_utf8_with_errors(const char* data, isize size, const char* errors, isize* consumed) {
  DecodeInput input("utf-8", {data, static_cast<usize>(size)}, errors);
  StrWriter out(size);
  isize at = 0;
  while (at < input.size()) {
    const u8* p = input.data() + at;
    const u8* end = input.data() + input.size();
    isize run = ascii_prefix(p, end - p);
    if (run) {
      TRY(out.write_ascii({reinterpret_cast<const char*>(p), static_cast<usize>(run)}));
      at += run;
      continue;
    }
    Utf8Character c = utf8_at(p, end);
    if (c.size > 0) {
      TRY(out.write_char(c.value));
      at += c.size;
    } else if (consumed && (c.size < 0 || is_cut_surrogate(p, end))) {
      break;
    } else {
      at = TRY(input.handle(at, c.size < 0 ? input.size() : at + c.bad,
                            c.size < 0 ? "unexpected end of data" : c.reason, out));
    }
  }
  if (consumed) *consumed = at;
  return out.finish();
}
}  // namespace

Result<Str> str_decode_utf8_stateful(const char* data, isize size, const char* errors, isize* consumed) {
  const u8* start = reinterpret_cast<const u8*>(data);
  isize prefix = ascii_prefix(start, size);
  if (prefix == size) {
    if (consumed) *consumed = size;
    if (size == 1) return str_from_ordinal(start[0]);
    Ref<Str> s = TRY(str_new(size, 0x7f));
    if (size) std::memcpy(str_data(s), data, static_cast<usize>(size));
    return s;
  }
  const u8 *p = start + prefix, *end = start + size;
  isize length = prefix;
  Py_UCS4 bits = 0;
  while (p < end) {
    if (*p < 0x80) {
      // Runs are looked for where words are aligned, so that the next place does not wait for what a word holds.
      if ((reinterpret_cast<uintptr_t>(p) & 7) == 0) {
        isize run = ascii_prefix(p, end - p);
        p += run;
        length += run;
        continue;
      }
      ++p;
      ++length;
      continue;
    }
    if (*p < 0xe0 && *p >= 0xc2 && end - p >= 2 && is_continuation(p[1])) {
      bits |= (*p & 0x1fu) << 6 | (p[1] & 0x3fu);
      p += 2;
      ++length;
      continue;
    }
    if (*p >= 0xe1 && *p < 0xed && end - p >= 3 && is_continuation(p[1]) && is_continuation(p[2])) {
      bits |= (*p & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
      p += 3;
      ++length;
      continue;
    }
    Utf8Character c = utf8_at(p, end);
    if (c.size <= 0) {
      if (consumed && (c.size < 0 || is_cut_surrogate(p, end))) break;
      return decode_utf8_with_errors(data, size, errors, consumed);
    }
    bits |= c.value;
    p += c.size;
    ++length;
  }
  if (consumed) *consumed = p - start;
  if (length == 1 && bits < 0x100) return str_from_ordinal(bits ? bits : start[0]);
  Py_UCS4 max_char = bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
  Ref<Str> s = TRY(str_new(length, max_char));
  if (str_kind(s) == 1)
    fill_from_utf8(start, p, str_data_1(s));
  else if (str_kind(s) == 2)
    fill_from_utf8(start, p, str_data_2(s));
  else
    fill_from_utf8(start, p, str_data_4(s));
  return s;
}
Result<Str> str_decode_utf8(const char* data, isize size, const char* errors) {
  return str_decode_utf8_stateful(data, size, errors, nullptr);
}

// == Encoding UTF-8 ==

namespace {
inline char* put_utf8(char* out, Py_UCS4 c) {
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xc0 | c >> 6);
    *out++ = static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xe0 | c >> 12);
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (c & 0x3f));
  } else {
    *out++ = static_cast<char>(0xf0 | c >> 18);
    *out++ = static_cast<char>(0x80 | (c >> 12 & 0x3f));
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (c & 0x3f));
  }
  return out;
}
inline bool is_surrogate(Py_UCS4 c) { return c >= 0xd800 && c < 0xe000; }
// Bytes of the UTF-8 form; -1 - index of the first surrogate if there is one.
isize utf8_size(Str* s) {
  return with_kind(str_kind(s), str_data(s), [&](auto* text) -> isize {
    isize size = 0, length = str_length(s);
    for (isize i = 0; i < length; ++i) {
      Py_UCS4 c = text[i];
      if (c < 0x80)
        size += 1;
      else if (c < 0x800)
        size += 2;
      else if (is_surrogate(c))
        return -1 - i;
      else
        size += c < 0x10000 ? 3 : 4;
    }
    return size;
  });
}
void fill_utf8(Str* s, char* out) {
  with_kind(str_kind(s), str_data(s), [&](auto* text) {
    for (isize i = 0, length = str_length(s); i < length; ++i) out = put_utf8(out, text[i]);
  });
}
Result<Object> encode_utf8_with_errors(Str* s, const char* errors) {
  EncodeInput input("utf-8", s, errors);
  isize length = str_length(s);
  BytesWriter out(length + length / 2);
  for (isize i = 0; i < length;) {
    if (!out.reserve(4)) return raise_no_memory();
    Py_UCS4 c = str_read_char(s, i);
    if (!is_surrogate(c) || input.handler() == ErrorHandler::kSurrogatePass) {
      out.advance(put_utf8(out.end(), c) - out.end());
      ++i;
      continue;
    }
    isize end = i + 1;
    while (end < length && is_surrogate(str_read_char(s, end))) ++end;
    isize escaped_end = end;
    if (input.handler() == ErrorHandler::kSurrogateEscape) {
      // The escaped ones are fine; the error, if any, is the rest.
      escaped_end = i;
      while (escaped_end < end && str_read_char(s, escaped_end) >= 0xdc80 && str_read_char(s, escaped_end) <= 0xdcff)
        ++escaped_end;
    }
    if (escaped_end > i && TRY(input.handle_quickly(i, escaped_end, out))) {
      i = escaped_end;
      continue;
    }
    isize position;
    Ref<Object> replacement = TRY(input.handle(i, end, "surrogates not allowed", position));
    if (is_bytes(replacement)) {
      TRY(out.write(bytes_view(as<Bytes>(replacement.get()))));
    } else {
      Str* text = as<Str>(replacement.get());
      if (!str_is_ascii(text)) return input.fail(i, end, "surrogates not allowed");
      TRY(out.write({static_cast<char*>(str_data(text)), static_cast<usize>(str_length(text))}));
    }
    i = position;
  }
  return out.finish();
}
}  // namespace

Utf8 str_as_utf8(Str* s) {
  if (str_is_ascii(s) && s->state.compact) return {static_cast<char*>(str_data(s)), str_length(s)};
  if (!s->utf8) {
    isize size = utf8_size(s);
    if (size < 0) {
      isize start = -1 - size, end = start + 1;
      while (end < str_length(s) && is_surrogate(str_read_char(s, end))) ++end;
      (void)raise_encode_error("utf-8", s, start, end, "surrogates not allowed");
      return {nullptr, 0};
    }
    char* text = static_cast<char*>(memory::allocate(static_cast<usize>(size + 1)));
    if (!text) {
      (void)raise_no_memory();
      return {nullptr, 0};
    }
    fill_utf8(s, text);
    text[size] = 0;
    s->utf8 = text;
    s->utf8_length = size;
  }
  return {s->utf8, s->utf8_length};
}
Result<Object> str_as_utf8_bytes(Str* s, const char* errors) {
  if (str_is_ascii(s)) return bytes_from_view({static_cast<char*>(str_data(s)), static_cast<usize>(str_length(s))});
  if (s->utf8) return bytes_from_view({s->utf8, static_cast<usize>(s->utf8_length)});
  isize size = utf8_size(s);
  if (size < 0) return encode_utf8_with_errors(s, errors);
  Ref<Bytes> bytes = TRY(bytes_new(size));
  fill_utf8(s, bytes_data(bytes));
  return bytes;
}

// == ASCII and Latin-1 ==

Result<Str> str_decode_latin1(const char* data, isize size, const char*) {
  return str_from_latin1({data, static_cast<usize>(size)});
}
Result<Str> str_decode_ascii(const char* data, isize size, const char* errors) {
  if (all_ascii(data, size)) return str_from_latin1({data, static_cast<usize>(size)});
  DecodeInput input("ascii", {data, static_cast<usize>(size)}, errors);
  StrWriter out(size);
  for (isize at = 0; at < input.size();) {
    const u8* p = input.data() + at;
    isize run = ascii_prefix(p, input.size() - at);
    if (run) {
      TRY(out.write_ascii({reinterpret_cast<const char*>(p), static_cast<usize>(run)}));
      at += run;
    } else {
      at = TRY(input.handle(at, at + 1, "ordinal not in range(128)", out));
    }
  }
  return out.finish();
}

namespace {
Result<Object> encode_narrow(Str* s, const char* errors, Py_UCS4 limit, const char* encoding, const char* reason) {
  EncodeInput input(encoding, s, errors);
  isize length = str_length(s);
  BytesWriter out(length);
  for (isize i = 0; i < length;) {
    Py_UCS4 c = str_read_char(s, i);
    if (c < limit) {
      TRY(out.write_byte(static_cast<char>(c)));
      ++i;
      continue;
    }
    isize end = i + 1;
    while (end < length && str_read_char(s, end) >= limit) ++end;
    isize quick_end = end;
    if (input.handler() == ErrorHandler::kSurrogateEscape) {
      quick_end = i;
      while (quick_end < end && str_read_char(s, quick_end) >= 0xdc80 && str_read_char(s, quick_end) <= 0xdcff)
        ++quick_end;
    }
    if (quick_end > i && TRY(input.handle_quickly(i, quick_end, out))) {
      i = quick_end;
      continue;
    }
    isize position;
    Ref<Object> replacement = TRY(input.handle(i, end, reason, position));
    if (is_bytes(replacement)) {
      TRY(out.write(bytes_view(as<Bytes>(replacement.get()))));
    } else {
      Str* text = as<Str>(replacement.get());
      for (isize j = 0; j < str_length(text); ++j) {
        Py_UCS4 r = str_read_char(text, j);
        if (r >= limit) return input.fail(i, end, reason);
        TRY(out.write_byte(static_cast<char>(r)));
      }
    }
    i = position;
  }
  return out.finish();
}
}  // namespace

Result<Object> encode_latin1(Str* s, const char* errors) {
  if (str_kind(s) == 1) return bytes_from_view({static_cast<char*>(str_data(s)), static_cast<usize>(str_length(s))});
  return encode_narrow(s, errors, 256, "latin-1", "ordinal not in range(256)");
}
Result<Object> encode_ascii(Str* s, const char* errors) {
  if (str_is_ascii(s)) return bytes_from_view({static_cast<char*>(str_data(s)), static_cast<usize>(str_length(s))});
  return encode_narrow(s, errors, 128, "ascii", "ordinal not in range(128)");
}

// == The file system ==

constinit bool filesystem_is_ascii = false;

Result<Str> str_decode_fs_default(std::string_view bytes) {
  if (filesystem_is_ascii) return str_decode_ascii(bytes.data(), static_cast<isize>(bytes.size()), "surrogateescape");
  return str_decode_utf8(bytes.data(), static_cast<isize>(bytes.size()), "surrogateescape");
}
Result<Object> str_encode_fs_default(Str* s) {
  if (filesystem_is_ascii) return str_as_encoded_string(s, "ascii", "surrogateescape");
  return str_as_utf8_bytes(s, "surrogateescape");
}

Result<Object> os_fs_path(Object* path) {
  if (is_str(path) || is_bytes(path)) return Result<Object>::share(path);
  Ref<Object> method = TRY(object_lookup_special(path, id::__fspath__));
  if (!method) {
    return raise(TypeError, "expected str, bytes or os.PathLike object, not %.200s", type_of(path)->tp_name);
  }
  Ref<Object> text = TRY(object_call_no_args(method));
  if (!is_str(text) && !is_bytes(text)) {
    return raise(TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s", type_of(path)->tp_name,
                 type_of(text)->tp_name);
  }
  return text;
}
Result<Object> fs_converter(Object* path) {
  Ref<Object> text = TRY(os_fs_path(path));
  if (is_str(text)) text = TRY(str_encode_fs_default(as<Str>(text.get())));
  Bytes* bytes = as<Bytes>(text.get());
  if (std::memchr(bytes_data(bytes), 0, static_cast<usize>(bytes_size(bytes)))) {
    return raise(ValueError, "embedded null byte");
  }
  return text;
}
Result<Object> fs_decoder(Object* path) {
  Ref<Object> text;
  if (check_buffer(path) && !is_bytes(path)) {
    // Compiled code still passes such names.
    TRY(warn(DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s",
             type_of(path)->tp_name));
    text = TRY(bytes_from_object(path));
  } else {
    text = TRY(os_fs_path(path));
  }
  if (is_bytes(text)) text = TRY(str_decode_fs_default(bytes_view(as<Bytes>(text.get()))));
  if (str_find_char(as<Str>(text.get()), 0, 0, kMaxSize, 1) >= 0) return raise(ValueError, "embedded null character");
  return text;
}
}  // namespace adder
