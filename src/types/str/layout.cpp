// str: padding, tabs, repetition, and the representation in quotes.
#include "base/unicode.h"
#include "types/str/internal.h"
#include "types/str/methods.h"

namespace adder {
using namespace str_detail;

namespace str_detail {
namespace {
inline bool is_plain(Py_UCS4 c) { return c >= 0x80 ? unicode::is_printable(c) : c >= ' ' && c != 0x7f && c != '\\'; }
inline Py_UCS4 hex_digit(Py_UCS4 value) { return static_cast<Py_UCS4>("0123456789abcdef"[value & 15]); }
}  // namespace

Result<Str> repr_of(Str* s) {
  isize length = str_length(s);
  int kind = str_kind(s);
  const void* data = str_data(s);
  isize size = 2;
  Py_UCS4 max_char = 0x7f;
  isize single_quotes = 0, double_quotes = 0;
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read(kind, data, i);
    single_quotes += c == '\'';
    double_quotes += c == '"';
    if (is_plain(c)) {
      size += 1;
      if (c > max_char) max_char = c;
    } else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
      size += 2;
    } else {
      size += c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
    }
  }
  bool use_double = single_quotes && !double_quotes;
  Py_UCS4 quote = use_double ? '"' : '\'';
  if (!use_double) size += single_quotes;
  Ref<Str> result = TRY(str_new(size, max_char));
  int out_kind = str_kind(result);
  void* out = str_data(result);
  isize at = 0;
  auto put = [&](Py_UCS4 c) { str_write(out_kind, out, at++, c); };
  put(quote);
  if (size == length + 2) {
    copy_characters(out_kind, out, 1, kind, data, 0, length);
    at += length;
  } else {
    for (isize i = 0; i < length; ++i) {
      Py_UCS4 c = str_read(kind, data, i);
      if (is_plain(c)) {
        if (c == quote) put('\\');
        put(c);
        continue;
      }
      put('\\');
      if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
        put(c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
        continue;
      }
      int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
      put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
      while (digits-- > 0) put(hex_digit(c >> (4 * digits)));
    }
  }
  put(quote);
  return result;
}
}  // namespace str_detail

namespace str_methods {
namespace {
Result<Py_UCS4> fill_character(Opt<Object*> fill) {
  if (!fill) return Py_UCS4{' '};
  if (!is_str(fill.get())) {
    return raise(TypeError, "The fill character must be a unicode character, not %.100s", type_of(fill.get())->tp_name);
  }
  Str* text = as<Str>(fill.get());
  if (str_length(text) != 1) return raise(TypeError, "The fill character must be exactly one character long");
  return str_read_char(text, 0);
}
Result<Str> pad(Str* self, isize left, isize right, Py_UCS4 fill) {
  if (left < 0) left = 0;
  if (right < 0) right = 0;
  if (left == 0 && right == 0) return share_exact(self);
  isize length = str_length(self);
  if (left > kMaxSize - length || right > kMaxSize - left - length) {
    return raise(OverflowError, "padded string is too long");
  }
  Py_UCS4 widest = str_max_char_value(self);
  Ref<Str> result = TRY(str_new(left + length + right, fill > widest ? fill : widest));
  fill_characters(str_kind(result), str_data(result), 0, left, fill);
  copy_from(result, left, self, 0, length);
  fill_characters(str_kind(result), str_data(result), left + length, right, fill);
  return result;
}
}  // namespace

Result<Str> center(Str* self, isize width, Opt<Object*> fill) {
  Py_UCS4 character = TRY(fill_character(fill));
  isize length = str_length(self);
  if (length >= width) return share_exact(self);
  isize margin = width - length;
  isize left = margin / 2 + (margin & width & 1);
  return pad(self, left, margin - left, character);
}
Result<Str> ljust(Str* self, isize width, Opt<Object*> fill) {
  Py_UCS4 character = TRY(fill_character(fill));
  return pad(self, 0, width - str_length(self), character);
}
Result<Str> rjust(Str* self, isize width, Opt<Object*> fill) {
  Py_UCS4 character = TRY(fill_character(fill));
  return pad(self, width - str_length(self), 0, character);
}
Result<Str> zfill(Str* self, isize width) {
  isize zeros = width - str_length(self);
  if (zeros <= 0) return share_exact(self);
  Ref<Str> result = TRY(pad(self, zeros, 0, '0'));
  if (str_length(self) == 0) return result;
  Py_UCS4 sign = str_read_char(result, zeros);
  if (sign == '+' || sign == '-') {
    str_write(str_kind(result), str_data(result), 0, sign);
    str_write(str_kind(result), str_data(result), zeros, '0');
  }
  return result;
}
Result<Str> expandtabs(Str* self, int tab_size) {
  if (str_find_char(self, '\t', 0, kMaxSize, 1) < 0) return share_exact(self);
  isize length = str_length(self), column = 0, total = 0;
  int kind = str_kind(self);
  const void* data = str_data(self);
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read(kind, data, i);
    isize step = 1;
    if (c == '\t') step = tab_size > 0 ? tab_size - column % tab_size : 0;
    if (step > kMaxSize - total) return raise(OverflowError, "new string is too long");
    total += step;
    column = c == '\n' || c == '\r' ? 0 : column + step;
  }
  StrWriter out(total);
  TRY(out.prepare(total, str_max_char_value(self)));
  column = 0;
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 c = str_read(kind, data, i);
    if (c == '\t') {
      isize step = tab_size > 0 ? tab_size - column % tab_size : 0;
      TRY(out.write_repeated(' ', step));
      column += step;
    } else {
      TRY(out.write_char(c));
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
  }
  return out.finish();
}
Result<Str> repeat(Str* self, isize count) {
  isize length = str_length(self);
  if (count <= 0 || length == 0) return Result<Str>::share(str_empty());
  if (count == 1) return share_exact(self);
  if (length > kMaxSize / count) return raise(OverflowError, "repeated string is too long");
  Ref<Str> result = TRY(str_new(length * count, str_max_char_value(self)));
  int kind = str_kind(result);
  if (length == 1) {
    fill_characters(kind, str_data(result), 0, count, str_read_char(self, 0));
    return result;
  }
  // Copies what is there already: the number of copies grows with the logarithm of the count.
  char* out = static_cast<char*>(str_data(result));
  usize size = static_cast<usize>(length * kind), total = size * static_cast<usize>(count);
  std::memcpy(out, str_data(self), size);
  for (usize done = size; done < total;) {
    usize step = done < total - done ? done : total - done;
    std::memcpy(out + done, out, step);
    done += step;
  }
  return result;
}
}  // namespace str_methods
}  // namespace adder
