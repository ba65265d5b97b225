// binascii: conversions between bytes and ASCII text: uuencode, base64, hex, quoted-printable, and checksums.
//
// Sources    RFC 4648 (base64), RFC 2045 (quoted-printable), POSIX uuencode; CRC-32 is zlib's, CRC-CCITT (polynomial
// 0x1021)
//            is computed here.
// See        library reference "binascii"; tests/python/test_binascii.py
#include <cstring>
#include <zlib.h>

#include "base/escapes.h"
#include "bind/bind.h"
#include "import/import.h"
#include "modules/exception_class.h"
#include "types/byte_methods.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
struct State {
  Object *error, *incomplete;
};
template <class... Args>
Error raise_error(Module* module, const char* format, Args... args) {
  return raise(reinterpret_cast<Type*>(module_state<State>(module)->error), format, args...);
}

// == Input and output ==

// What the decoding functions take: bytes-like objects and ASCII strings.
class AsciiInput {
 public:
  Result<void> acquire(Object* object) {
    if (is_str(object)) {
      Str* text = as<Str>(object);
      if (!str_is_ascii(text)) return raise(ValueError, "string argument should contain only ASCII characters");
      data_ = static_cast<const u8*>(str_data(text));
      size_ = str_length(text);
      return {};
    }
    if (!type_of(object)->tp_as_buffer || !type_of(object)->tp_as_buffer->bf_getbuffer) {
      return raise(TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'",
                   type_of(object)->tp_name);
    }
    TRY(view_.acquire(object));
    data_ = reinterpret_cast<const u8*>(view_.data());
    size_ = view_.size();
    return {};
  }
  const u8* data() const { return data_; }
  isize size() const { return size_; }

 private:
  BufferView view_;
  const u8* data_ = nullptr;
  isize size_ = 0;
};

// Bytes of a size known only at the end.
class Output {
 public:
  Result<void> reserve(isize capacity) {
    bytes_ = TRY(bytes_new(capacity));
    next_ = bytes_data(bytes_);
    return {};
  }
  void put(int byte) { *next_++ = static_cast<char>(byte); }
  isize size() { return next_ - bytes_data(bytes_); }
  char* end() { return next_; }
  Result<Bytes> finish() {
    isize used = size();
    return bytes_resize(std::move(bytes_), used);
  }

 private:
  Ref<Bytes> bytes_;
  char* next_ = nullptr;
};

// The low 32 bits of a number given as an int or through __index__.
Result<u32> masked_u32(Object* number) {
  Ref<Object> value = TRY(number_index(number));
  return static_cast<u32>(int_as_u64_mask(as<Int>(value.get())));
}

// == uuencode ==

constexpr Doc a2b_uu_doc = "a2b_uu($module, data, /)\n--\n\nDecode a line of uuencoded data.";
Result<Bytes> a2b_uu(Module* module, Object* data) {
  AsciiInput in;
  TRY(in.acquire(data));
  const u8 *p = in.data(), *end = p + in.size();
  isize wanted = (((p < end ? *p : 0) - ' ') & 077);
  if (p < end) ++p;
  Output out;
  TRY(out.reserve(wanted));
  u32 bits = 0;
  int count = 0;
  // A line that is too short is read as if it went on with zeros: mailers strip trailing blanks.
  for (; wanted > 0; ++p) {
    int value = 0;
    if (p < end && *p != '\n' && *p != '\r') {
      if (*p < ' ' || *p > ' ' + 64) return raise_error(module, "Illegal char");
      value = (*p - ' ') & 077;
    }
    bits = (bits << 6 | static_cast<u32>(value)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.put(static_cast<int>(bits >> count & 0xff));
      bits &= (1u << count) - 1;
      --wanted;
    }
  }
  for (; p < end; ++p) {
    // Some encoders pad with a backquote.
    if (*p != ' ' && *p != ' ' + 64 && *p != '\n' && *p != '\r') return raise_error(module, "Trailing garbage");
  }
  return out.finish();
}

constexpr Doc b2a_uu_doc = "b2a_uu($module, data, /, *, backtick=False)\n--\n\nUuencode line of data.";
Result<Bytes> b2a_uu(Module* module, Object* data, bool backtick) {
  BufferView in;
  TRY(in.acquire(data));
  if (in.size() > 45) return raise_error(module, "At most 45 bytes at once");
  auto digit = [backtick](u32 value) { return backtick && !value ? '`' : static_cast<int>(value) + ' '; };
  const u8* p = reinterpret_cast<const u8*>(in.data());
  Output out;
  TRY(out.reserve(2 + (in.size() + 2) / 3 * 4));
  out.put(digit(static_cast<u32>(in.size())));
  for (isize i = 0; i < in.size(); i += 3) {
    u32 group = 0;
    for (isize k = i; k < i + 3; ++k) group = group << 8 | (k < in.size() ? p[k] : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) out.put(digit(group >> shift & 077));
  }
  out.put('\n');
  return out.finish();
}

// == base64 ==

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
struct Base64Values {
  u8 value[256];  // 64: not a digit
  consteval Base64Values() {
    for (int i = 0; i < 256; ++i) value[i] = 64;
    for (u8 i = 0; i < 64; ++i) value[static_cast<u8>(kBase64[i])] = i;
  }
};
constexpr Base64Values base64_values;

constexpr Doc a2b_base64_doc =
    "a2b_base64($module, data, /, *, strict_mode=False)\n--\n\nDecode a line of base64 data.\n\n  strict_mode\n    "
    "When set to "
    "True, bytes that are not in the base64 standard are not allowed.\n    The same applies to excess data after "
    "padding (= / ==).";
Result<Bytes> a2b_base64(Module* module, Object* data, bool strict) {
  AsciiInput in;
  TRY(in.acquire(data));
  const u8 *p = in.data(), *end = p + in.size();
  Output out;
  TRY(out.reserve((in.size() + 3) / 4 * 3));
  if (strict && p < end && *p == '=') return raise_error(module, "Leading padding not allowed");
  int position = 0;  // of the next digit in its group of four
  int pads = 0;
  bool padding_started = false;
  u32 left = 0;
  for (; p < end; ++p) {
    if (*p == '=') {
      padding_started = true;
      if (position >= 2 && position + ++pads >= 4) {
        if (strict && p + 1 < end) return raise_error(module, "Excess data after padding");
        return out.finish();
      }
      continue;
    }
    u32 value = base64_values.value[*p];
    if (value >= 64) {
      if (strict) return raise_error(module, "Only base64 data is allowed");
      continue;
    }
    if (strict && padding_started) return raise_error(module, "Discontinuous padding not allowed");
    pads = 0;
    if (position > 0) out.put(static_cast<int>((left << 6 | value) >> (6 - 2 * position) & 0xff));
    left = value;
    position = (position + 1) & 3;
  }
  if (position == 1) {
    return raise_error(
        module, "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple of 4",
        out.size() / 3 * 4 + 1);
  }
  if (position != 0) return raise_error(module, "Incorrect padding");
  return out.finish();
}

constexpr Doc b2a_base64_doc = "b2a_base64($module, data, /, *, newline=True)\n--\n\nBase64-code line of data.";
Result<Bytes> b2a_base64(Module* module, Object* data, bool newline) {
  BufferView in;
  TRY(in.acquire(data));
  isize size = in.size();
  if (size > (kMaxSize - 3) / 2) return raise_error(module, "Too much data for base64 line");
  const u8* p = reinterpret_cast<const u8*>(in.data());
  Output out;
  TRY(out.reserve((size + 2) / 3 * 4 + newline));
  isize i = 0;
  for (; i + 3 <= size; i += 3) {
    u32 group = static_cast<u32>(p[i] << 16 | p[i + 1] << 8 | p[i + 2]);
    out.put(kBase64[group >> 18]);
    out.put(kBase64[group >> 12 & 63]);
    out.put(kBase64[group >> 6 & 63]);
    out.put(kBase64[group & 63]);
  }
  if (i < size) {
    bool two = i + 2 == size;
    u32 group = static_cast<u32>(p[i] << 16 | (two ? p[i + 1] << 8 : 0));
    out.put(kBase64[group >> 18]);
    out.put(kBase64[group >> 12 & 63]);
    out.put(two ? kBase64[group >> 6 & 63] : '=');
    out.put('=');
  }
  if (newline) out.put('\n');
  return out.finish();
}

// == Hexadecimal ==

#define HEX_TEXT                                                                                                       \
  "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nHexadecimal representation of binary data.\n\n  " \
  "sep\n"                                                                                                              \
  "    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between "      \
  "separators. "                                                                                                       \
  " Positive values count from the\n    right, negative values count from the left.\n\nThe return value is a bytes "   \
  "object."
constexpr Doc b2a_hex_doc = "b2a_hex" HEX_TEXT;
constexpr Doc hexlify_doc = "hexlify" HEX_TEXT;
Result<Bytes> b2a_hex(Module*, Object* data, Opt<Object*> separator, Opt<Object*> group_object) {
  int group = group_object ? TRY(int_as_int(group_object.get())) : 1;
  BufferView in;
  TRY(in.acquire(data));
  Ref<Str> digits = TRY(byte_methods::hex_of({in.data(), static_cast<usize>(in.size())}, separator, group));
  return bytes_from_view({static_cast<const char*>(str_data(digits)), static_cast<usize>(str_length(digits))});
}

constexpr Doc a2b_hex_doc =
    "a2b_hex($module, hexstr, /)\n--\n\nBinary data of hexadecimal representation.\n\nhexstr must contain an even "
    "number of hex "
    "digits (upper or lower case).\nThis function is also available as \"unhexlify()\".";
constexpr Doc unhexlify_doc =
    "unhexlify($module, hexstr, /)\n--\n\nBinary data of hexadecimal representation.\n\nhexstr must contain an even "
    "number of hex "
    "digits (upper or lower case).";
Result<Bytes> a2b_hex(Module* module, Object* text) {
  AsciiInput in;
  TRY(in.acquire(text));
  if (in.size() % 2) return raise_error(module, "Odd-length string");
  Ref<Bytes> result = TRY(bytes_new(in.size() / 2));
  for (isize i = 0; i < in.size(); i += 2) {
    int high = hex_value(in.data()[i]), low = hex_value(in.data()[i + 1]);
    if (high < 0 || low < 0) return raise_error(module, "Non-hexadecimal digit found");
    bytes_data(result)[i / 2] = static_cast<char>(high << 4 | low);
  }
  return result;
}

// == Quoted-printable ==

constexpr Doc a2b_qp_doc = "a2b_qp($module, /, data, header=False)\n--\n\nDecode a string of qp-encoded data.";
Result<Bytes> a2b_qp(Module*, Object* data, bool header) {
  AsciiInput in;
  TRY(in.acquire(data));
  const u8 *p = in.data(), *end = p + in.size();
  Output out;
  TRY(out.reserve(in.size()));
  while (p < end) {
    if (*p != '=') {
      out.put(header && *p == '_' ? ' ' : *p);
      ++p;
      continue;
    }
    if (++p == end) break;
    if (*p == '\n' || *p == '\r') {  // soft line break
      while (p < end && *p != '\n') ++p;
      if (p < end) ++p;
    } else if (*p == '=') {  // an encoder's mistake that is common
      out.put('=');
      ++p;
    } else if (p + 1 < end && hex_value(p[0]) >= 0 && hex_value(p[1]) >= 0) {
      out.put(hex_value(p[0]) << 4 | hex_value(p[1]));
      p += 2;
    } else {
      out.put('=');
    }
  }
  return out.finish();
}

constexpr Doc b2a_qp_doc =
    "b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)\n--\n\nEncode a string using "
    "quoted-printable "
    "encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and white\nspace at end of lines is.  "
    "When istext is "
    "not set, \\r and \\n (CR/LF)\nare both encoded.  When quotetabs is set, space and tabs are encoded.";
Result<Bytes> b2a_qp(Module*, Object* data, bool quote_tabs, bool is_text, bool header) {
  BufferView view;
  TRY(view.acquire(data));
  constexpr isize kMaxLine = 76;
  const u8* in = reinterpret_cast<const u8*>(view.data());
  isize size = view.size();
  // The text keeps the kind of line end that its first line has.
  const void* first_newline = size ? std::memchr(in, '\n', static_cast<usize>(size)) : nullptr;
  bool crlf = first_newline && first_newline != in && static_cast<const u8*>(first_newline)[-1] == '\r';
  if (size > (kMaxSize - 16) / 4) return raise_no_memory();
  Output out;
  TRY(out.reserve(size * 4 + 16));  // "=XX" for each byte, and a soft break of at most three bytes every 72
  constexpr char digits[] = "0123456789ABCDEF";
  auto newline = [&] {
    if (crlf) out.put('\r');
    out.put('\n');
  };
  auto escape = [&](int c) {
    out.put('=');
    out.put(digits[c >> 4]);
    out.put(digits[c & 15]);
  };
  isize line = 0;
  for (isize i = 0; i < size;) {
    u8 c = in[i];
    bool last = i + 1 == size;
    bool line_end = c == '\r' || c == '\n', blank = c == ' ' || c == '\t';
    bool lone_dot = c == '.' && line == 0 && (last || in[i + 1] == '\n' || in[i + 1] == '\r' || in[i + 1] == 0);
    if (c > 126 || c == '=' || (header && c == '_') || lone_dot || (!is_text && line_end) || (blank && last) ||
        (c < 33 && !line_end && (quote_tabs || !blank))) {
      if (line + 3 >= kMaxLine) {
        out.put('=');
        newline();
        line = 0;
      }
      escape(c);
      ++i;
      line += 3;
    } else if (is_text && (c == '\n' || (c == '\r' && !last && in[i + 1] == '\n'))) {
      line = 0;
      if (out.size() > 0 && (out.end()[-1] == ' ' || out.end()[-1] == '\t')) {  // no blank at the end of a line
        int blank_before = out.end()[-1];
        out.end()[-1] = '=';
        out.put(digits[blank_before >> 4]);
        out.put(digits[blank_before & 15]);
      }
      newline();
      i += c == '\r' ? 2 : 1;
    } else {
      if (!last && in[i + 1] != '\n' && line + 1 >= kMaxLine) {
        out.put('=');
        newline();
        line = 0;
      }
      ++line;
      out.put(header && c == ' ' ? '_' : c);
      ++i;
    }
  }
  return out.finish();
}

// == Checksums ==

constexpr Doc crc_hqx_doc = "crc_hqx($module, data, crc, /)\n--\n\nCompute CRC-CCITT incrementally.";
Result<u64> crc_hqx(Module*, Object* data, Object* start) {
  BufferView in;
  TRY(in.acquire(data));
  u32 crc = TRY(masked_u32(start))
  &0xffff;
  for (isize i = 0; i < in.size(); ++i) {
    crc ^= static_cast<u32>(static_cast<u8>(in.data()[i])) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1;
  }
  return static_cast<u64>(crc);
}

constexpr Doc crc32_doc = "crc32($module, data, crc=0, /)\n--\n\nCompute CRC-32 incrementally.";
Result<u64> crc32_checksum(Module*, Object* data, Opt<Object*> start) {
  BufferView in;
  TRY(in.acquire(data));
  u32 value = start ? TRY(masked_u32(start.get())) : 0;
  return static_cast<u64>(crc32_z(value, reinterpret_cast<const u8*>(in.data()), static_cast<usize>(in.size())) &
                          0xffffffff);
}

// == Module ==

constinit PyMethodDef functions[] = {
    method<a2b_uu, a2b_uu_doc>(),
    method<b2a_uu, b2a_uu_doc>(),
    method<a2b_base64, a2b_base64_doc>(),
    method<b2a_base64, b2a_base64_doc>(),
    method<a2b_hex, a2b_hex_doc>(),
    method<b2a_hex, b2a_hex_doc>(),
    method<b2a_hex, hexlify_doc>(),
    method<a2b_hex, unhexlify_doc>(),
    method<crc_hqx, crc_hqx_doc>(),
    method<crc32_checksum, crc32_doc>(),
    method<a2b_qp, a2b_qp_doc>(),
    method<b2a_qp, b2a_qp_doc>(),
    {},
};

Result<void> exec(Module* module) {
  State* state = module_state<State>(module);
  state->error = TRY(make_exception_class("binascii", "Error", ValueError))
  .release();
  TRY(module_add_object(module, "Error", state->error));
  state->incomplete = TRY(make_exception_class("binascii", "Incomplete", as<Type>(PyExc_Exception)))
  .release();
  return module_add_object(module, "Incomplete", state->incomplete);
}
int traverse(PyObject* module, visitproc visit, void* arg) {
  if (State* state = module_state<State>(as<Module>(module))) {
    VISIT(state->error);
    VISIT(state->incomplete);
  }
  return 0;
}
int clear(PyObject* module) {
  if (State* state = module_state<State>(as<Module>(module))) {
    clear_field(state->error);
    clear_field(state->incomplete);
  }
  return 0;
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("binascii", "Conversion between binary data and ASCII", functions,
                                                   slots, sizeof(State), traverse, clear);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_binascii() { return adder::module_def_init(&adder::definition); }
