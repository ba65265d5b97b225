// codecs: the standard error handlers, as functions on exceptions.
#include <cstdio>
#include <cstring>

#include "base/unicode.h"
#include "types/codecs.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/tuple.h"

namespace adder {
namespace {
// The fields of a UnicodeError, checked as they are read: Python code may have set anything.
struct Fault {
  enum Kind { kEncode, kDecode, kTranslate } kind;
  Ref<Object> object;  // str or, decoding, bytes
  isize start, end, size;
  Py_UCS4 character(isize i) const { return str_read_char(as<Str>(object.get()), i); }
};
Error unknown_error(Object* exception) {
  return raise(TypeError, "don't know how to handle %.200s in error callback", type_of(exception)->tp_name);
}
Result<void> read_fault(Object* exception, Fault& fault) {
  if (type_check(exception, UnicodeEncodeError))
    fault.kind = Fault::kEncode;
  else if (type_check(exception, UnicodeDecodeError))
    fault.kind = Fault::kDecode;
  else if (type_check(exception, UnicodeTranslateError))
    fault.kind = Fault::kTranslate;
  else
    return unknown_error(exception);
  auto* fields = static_cast<PyUnicodeErrorObject*>(exception);
  if (!fields->object) return raise(TypeError, "object attribute not set");
  fault.object = Ref<Object>::share(fields->object);
  if (fault.kind == Fault::kDecode) {
    if (!is_bytes(fault.object)) return raise(TypeError, "object attribute must be bytes");
    fault.size = bytes_size(as<Bytes>(fault.object.get()));
  } else {
    if (!is_str(fault.object)) return raise(TypeError, "object attribute must be unicode");
    fault.size = str_length(as<Str>(fault.object.get()));
  }
  fault.start = fields->start < 0 ? 0 : fields->start;
  if (fault.start >= fault.size) fault.start = fault.size - 1;
  fault.end = fields->end < 1 ? 1 : fields->end;
  if (fault.end > fault.size) fault.end = fault.size;
  return {};
}
Result<Object> answer(Ref<Object>&& replacement, isize position) {
  Ref<Int> index = TRY(int_from_ssize_t(position));
  return tuple_pack(replacement.get(), static_cast<Object*>(index.get()));
}
Result<void> write_backslash(StrWriter& out, Py_UCS4 c) {
  char buffer[16];
  int size = std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
  return out.write_ascii({buffer, static_cast<usize>(size)});
}

// The standard encodings that have surrogates.
enum class Standard { kNone, kUtf8, kUtf16Little, kUtf16Big, kUtf32Little, kUtf32Big };
Result<Standard> standard_encoding(Object* exception, int& width) {
  Object* encoding = static_cast<PyUnicodeErrorObject*>(exception)->encoding;
  if (!encoding) return raise(TypeError, "encoding attribute not set");
  if (!is_str(encoding)) return raise(TypeError, "encoding attribute must be unicode");
  Utf8 text = str_as_utf8(as<Str>(encoding));
  if (!text) return Error{};
  const char* s = text.data;
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  width = 0;
  if (lower(s[0]) == 'u' && lower(s[1]) == 't' && lower(s[2]) == 'f') {
    s += 3;
    if (*s == '-' || *s == '_') ++s;
    if (s[0] == '8' && !s[1]) {
      width = 3;
      return Standard::kUtf8;
    }
    bool is16 = s[0] == '1' && s[1] == '6', is32 = s[0] == '3' && s[1] == '2';
    if (!is16 && !is32) return Standard::kNone;
    width = is16 ? 2 : 4;
    s += 2;
    if (!*s) return is16 ? Standard::kUtf16Little : Standard::kUtf32Little;
    if (*s == '-' || *s == '_') ++s;
    if (lower(s[1]) == 'e' && !s[2]) {
      if (lower(s[0]) == 'b') return is16 ? Standard::kUtf16Big : Standard::kUtf32Big;
      if (lower(s[0]) == 'l') return is16 ? Standard::kUtf16Little : Standard::kUtf32Little;
    }
    return Standard::kNone;
  }
  if (std::strcmp(s, "CP_UTF8") == 0) {
    width = 3;
    return Standard::kUtf8;
  }
  return Standard::kNone;
}
}  // namespace

Result<Object> codec_strict_errors(Object* exception) {
  if (!is_exception_instance(exception)) return raise(TypeError, "codec must pass exception instance");
  return raise_instance(exception);
}
Result<Object> codec_ignore_errors(Object* exception) {
  Fault fault;
  TRY(read_fault(exception, fault));
  return answer(Ref<Object>::share(str_empty()), fault.end);
}
Result<Object> codec_replace_errors(Object* exception) {
  Fault fault;
  TRY(read_fault(exception, fault));
  if (fault.kind == Fault::kDecode) {
    Ref<Str> mark = TRY(str_from_ordinal(0xfffd));
    return answer(std::move(mark), fault.end);
  }
  StrWriter out;
  TRY(out.write_repeated(fault.kind == Fault::kEncode ? '?' : 0xfffd, fault.end - fault.start));
  Ref<Str> text = TRY(out.finish());
  return answer(std::move(text), fault.end);
}
Result<Object> codec_xmlcharrefreplace_errors(Object* exception) {
  if (!type_check(exception, UnicodeEncodeError)) return unknown_error(exception);
  Fault fault;
  TRY(read_fault(exception, fault));
  StrWriter out;
  for (isize i = fault.start; i < fault.end; ++i) {
    char buffer[16];
    int size = std::snprintf(buffer, sizeof buffer, "&#%u;", fault.character(i));
    TRY(out.write_ascii({buffer, static_cast<usize>(size)}));
  }
  Ref<Str> text = TRY(out.finish());
  return answer(std::move(text), fault.end);
}
Result<Object> codec_backslashreplace_errors(Object* exception) {
  Fault fault;
  TRY(read_fault(exception, fault));
  StrWriter out;
  for (isize i = fault.start; i < fault.end; ++i) {
    TRY(write_backslash(out, fault.kind == Fault::kDecode
                                 ? static_cast<u8>(bytes_data(as<Bytes>(fault.object.get()))[i])
                                 : fault.character(i)));
  }
  Ref<Str> text = TRY(out.finish());
  return answer(std::move(text), fault.end);
}
Result<Object> codec_namereplace_errors(Object* exception) {
  if (!type_check(exception, UnicodeEncodeError)) return unknown_error(exception);
  Fault fault;
  TRY(read_fault(exception, fault));
  StrWriter out;
  for (isize i = fault.start; i < fault.end; ++i) {
    char name[unicode::kNameBufferSize];
    usize size = unicode::name_of(fault.character(i), name);
    if (!size) {
      TRY(write_backslash(out, fault.character(i)));
      continue;
    }
    TRY(out.write_ascii("\\N{"));
    TRY(out.write_ascii({name, size}));
    TRY(out.write_char('}'));
  }
  Ref<Str> text = TRY(out.finish());
  return answer(std::move(text), fault.end);
}
Result<Object> codec_surrogatepass_errors(Object* exception) {
  bool encoding = type_check(exception, UnicodeEncodeError);
  if (!encoding && !type_check(exception, UnicodeDecodeError)) return unknown_error(exception);
  Fault fault;
  TRY(read_fault(exception, fault));
  int width;
  Standard standard = TRY(standard_encoding(exception, width));
  if (standard == Standard::kNone) return raise_instance(exception);
  bool big = standard == Standard::kUtf16Big || standard == Standard::kUtf32Big;
  if (encoding) {
    BytesWriter out((fault.end - fault.start) * width);
    for (isize i = fault.start; i < fault.end; ++i) {
      Py_UCS4 c = fault.character(i);
      if (c < 0xd800 || c > 0xdfff) return raise_instance(exception);
      if (!out.reserve(4)) return raise_no_memory();
      char* p = out.end();
      if (standard == Standard::kUtf8) {
        p[0] = static_cast<char>(0xe0 | c >> 12);
        p[1] = static_cast<char>(0x80 | (c >> 6 & 0x3f));
        p[2] = static_cast<char>(0x80 | (c & 0x3f));
      } else {
        for (int b = 0; b < width; ++b) p[big ? width - 1 - b : b] = static_cast<char>(c >> (8 * b));
      }
      out.advance(width);
    }
    Ref<Bytes> bytes = TRY(out.finish());
    return answer(std::move(bytes), fault.end);
  }
  // One surrogate at the start of what could not be decoded.
  const u8* p = reinterpret_cast<const u8*>(bytes_data(as<Bytes>(fault.object.get()))) + fault.start;
  Py_UCS4 c = 0;
  if (fault.size - fault.start >= width) {
    if (standard == Standard::kUtf8) {
      if ((p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        c = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
      }
    } else {
      for (int b = 0; b < width; ++b) c |= static_cast<Py_UCS4>(p[big ? width - 1 - b : b]) << (8 * b);
    }
  }
  if (c < 0xd800 || c > 0xdfff) return raise_instance(exception);
  Ref<Str> text = TRY(str_from_ordinal(c));
  return answer(std::move(text), fault.start + width);
}
Result<Object> codec_surrogateescape_errors(Object* exception) {
  bool encoding = type_check(exception, UnicodeEncodeError);
  if (!encoding && !type_check(exception, UnicodeDecodeError)) return unknown_error(exception);
  Fault fault;
  TRY(read_fault(exception, fault));
  if (encoding) {
    BytesWriter out(fault.end - fault.start);
    for (isize i = fault.start; i < fault.end; ++i) {
      Py_UCS4 c = fault.character(i);
      if (c < 0xdc80 || c > 0xdcff) return raise_instance(exception);
      TRY(out.write_byte(static_cast<char>(c - 0xdc00)));
    }
    Ref<Bytes> bytes = TRY(out.finish());
    return answer(std::move(bytes), fault.end);
  }
  StrWriter out;
  isize consumed = 0;
  const u8* p = reinterpret_cast<const u8*>(bytes_data(as<Bytes>(fault.object.get()))) + fault.start;
  while (consumed < 4 && consumed < fault.end - fault.start && p[consumed] >= 0x80) {
    TRY(out.write_char(0xdc00u + p[consumed]));
    ++consumed;
  }
  if (!consumed) return raise_instance(exception);
  Ref<Str> text = TRY(out.finish());
  return answer(std::move(text), fault.start + consumed);
}
}  // namespace adder
