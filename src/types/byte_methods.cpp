// byte_methods: letter case, padding, hexadecimal, slices, comparison and % of bytes and bytearray.
#include "types/byte_methods.h"

#include "base/copy.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/codecs.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str/internal.h"
#include "types/str/percent.h"
#include "types/tuple.h"

namespace adder::byte_methods {
namespace {
inline isize length(std::string_view text) { return static_cast<isize>(text.size()); }
inline bool lower_letter(char c) { return c >= 'a' && c <= 'z'; }
inline bool upper_letter(char c) { return c >= 'A' && c <= 'Z'; }
inline bool letter(char c) { return lower_letter(c) || upper_letter(c); }
inline bool decimal_digit(char c) { return c >= '0' && c <= '9'; }
inline char to_lower(char c) { return static_cast<char>(upper_letter(c) ? c + 32 : c); }
inline char to_upper(char c) { return static_cast<char>(lower_letter(c) ? c - 32 : c); }

// == Letter case and predicates ==

template <class Map>
Result<Object> map_bytes(const Receiver& self, Map&& map) {
  char* out;
  Ref<Object> result = TRY(self.allocate(self.size(), out));
  for (char c : self.text()) *out++ = map(c);
  return result;
}
template <class Test>
Result<bool> not_empty_and_all(const Receiver& self, Test&& test) {
  std::string_view text = self.text();
  for (char c : text) {
    if (!test(c)) return false;
  }
  return !text.empty();
}
}  // namespace

Result<Object> lower(const Receiver& self) { return map_bytes(self, to_lower); }
Result<Object> upper(const Receiver& self) { return map_bytes(self, to_upper); }
Result<Object> swapcase(const Receiver& self) {
  return map_bytes(self, [](char c) { return static_cast<char>(letter(c) ? c ^ 32 : c); });
}
Result<Object> capitalize(const Receiver& self) {
  bool first = true;
  return map_bytes(self, [&](char c) { return std::exchange(first, false) ? to_upper(c) : to_lower(c); });
}
Result<Object> title(const Receiver& self) {
  bool after_letter = false;
  return map_bytes(self, [&](char c) {
    char mapped = after_letter ? to_lower(c) : to_upper(c);
    after_letter = letter(c);
    return mapped;
  });
}
Result<bool> isalnum(const Receiver& self) {
  return not_empty_and_all(self, [](char c) { return letter(c) || decimal_digit(c); });
}
Result<bool> isalpha(const Receiver& self) { return not_empty_and_all(self, letter); }
Result<bool> isdigit(const Receiver& self) { return not_empty_and_all(self, decimal_digit); }
Result<bool> isspace(const Receiver& self) {
  return not_empty_and_all(self, [](char c) { return c == ' ' || (c >= 9 && c <= 13); });
}
Result<bool> isascii(const Receiver& self) { return str_detail::all_ascii(self.text().data(), self.size()); }
Result<bool> islower(const Receiver& self) {
  bool found = false;
  for (char c : self.text()) {
    if (upper_letter(c)) return false;
    found |= lower_letter(c);
  }
  return found;
}
Result<bool> isupper(const Receiver& self) {
  bool found = false;
  for (char c : self.text()) {
    if (lower_letter(c)) return false;
    found |= upper_letter(c);
  }
  return found;
}
Result<bool> istitle(const Receiver& self) {
  bool found = false, after_letter = false;
  for (char c : self.text()) {
    if (upper_letter(c) && after_letter) return false;
    if (lower_letter(c) && !after_letter) return false;
    found |= letter(c);
    after_letter = letter(c);
  }
  return found;
}

// == Padding ==

namespace {
Result<char> fill_byte(const char* name, Opt<Object*> fill) {
  if (!fill) return ' ';
  if (is_bytes(fill.get()) && bytes_size(as<Bytes>(fill.get())) == 1) return bytes_data(as<Bytes>(fill.get()))[0];
  if (is_bytearray(fill.get()) && bytearray_size(as<ByteArray>(fill.get())) == 1) {
    return bytearray_data(as<ByteArray>(fill.get()))[0];
  }
  return raise(TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", name,
               type_of(fill.get())->tp_name);
}
Result<Object> pad(const Receiver& self, isize left, isize right, char fill) {
  if (left < 0) left = 0;
  if (right < 0) right = 0;
  if (left == 0 && right == 0) return self.unchanged();
  std::string_view text = self.text();
  if (left > kMaxSize - length(text) || right > kMaxSize - left - length(text)) return raise_no_memory();
  char* out;
  Ref<Object> result = TRY(self.allocate(left + length(text) + right, out));
  std::memset(out, fill, static_cast<usize>(left));
  copy_bytes(out + left, text.data(), text.size());
  std::memset(out + left + length(text), fill, static_cast<usize>(right));
  return result;
}
}  // namespace

Result<Object> center(const Receiver& self, isize width, Opt<Object*> fill) {
  char byte = TRY(fill_byte("center", fill));
  isize margin = width - self.size();
  if (margin <= 0) return self.unchanged();
  isize left = margin / 2 + (margin & width & 1);
  return pad(self, left, margin - left, byte);
}
Result<Object> ljust(const Receiver& self, isize width, Opt<Object*> fill) {
  char byte = TRY(fill_byte("ljust", fill));
  return pad(self, 0, width - self.size(), byte);
}
Result<Object> rjust(const Receiver& self, isize width, Opt<Object*> fill) {
  char byte = TRY(fill_byte("rjust", fill));
  return pad(self, width - self.size(), 0, byte);
}
Result<Object> zfill(const Receiver& self, isize width) {
  std::string_view text = self.text();
  isize zeros = width - length(text);
  if (zeros <= 0) return self.unchanged();
  char* out;
  Ref<Object> result = TRY(self.allocate(width, out));
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    *out++ = text[0];
    text.remove_prefix(1);
  }
  std::memset(out, '0', static_cast<usize>(zeros));
  copy_bytes(out + zeros, text.data(), text.size());
  return result;
}
Result<Object> expandtabs(const Receiver& self, int tab_size) {
  std::string_view text = self.text();
  isize total = 0, column = 0;
  auto step_of = [&](char c) -> isize { return c != '\t' ? 1 : tab_size > 0 ? tab_size - column % tab_size : 0; };
  for (char c : text) {
    isize step = step_of(c);
    if (step > kMaxSize - total) return raise(OverflowError, "result too long");
    total += step;
    column = c == '\n' || c == '\r' ? 0 : column + step;
  }
  char* out;
  Ref<Object> result = TRY(self.allocate(total, out));
  column = 0;
  for (char c : text) {
    isize step = step_of(c);
    if (c == '\t')
      std::memset(out, ' ', static_cast<usize>(step));
    else
      *out = c;
    out += step;
    column = c == '\n' || c == '\r' ? 0 : column + step;
  }
  return result;
}

// == Translation ==

Result<Object> translate(const Receiver& self, Object* table, Opt<Object*> deleted) {
  ByteArgument table_argument, delete_argument;
  if (table != None) {
    TRY(table_argument.acquire(table));
    if (table_argument.text().size() != 256) return raise(ValueError, "translation table must be 256 characters long");
  }
  bool drop[256] = {};
  if (deleted) {
    TRY(delete_argument.acquire(deleted.get()));
    for (char c : delete_argument.text()) drop[static_cast<u8>(c)] = true;
  }
  std::string_view text = self.text();
  isize kept = 0;
  bool changed = false;
  auto map = [&](char c) { return table == None ? c : table_argument.text()[static_cast<u8>(c)]; };
  for (char c : text) {
    if (drop[static_cast<u8>(c)]) {
      changed = true;
      continue;
    }
    ++kept;
    changed |= map(c) != c;
  }
  if (!changed) return self.unchanged();
  char* out;
  Ref<Object> result = TRY(self.allocate(kept, out));
  for (char c : text) {
    if (!drop[static_cast<u8>(c)]) *out++ = map(c);
  }
  return result;
}
Result<Object> maketrans(Object* from, Object* to) {
  ByteArgument from_argument, to_argument;
  TRY(from_argument.acquire(from));
  TRY(to_argument.acquire(to));
  if (from_argument.text().size() != to_argument.text().size()) {
    return raise(ValueError, "maketrans arguments must have same length");
  }
  char table[256];
  for (int i = 0; i < 256; ++i) table[i] = static_cast<char>(i);
  for (usize i = 0; i < from_argument.text().size(); ++i)
    table[static_cast<u8>(from_argument.text()[i])] = to_argument.text()[i];
  return bytes_from_view({table, 256});
}

// == Text ==

Result<Object> decode(const Receiver& self, Opt<Str*> encoding, Opt<Str*> errors) {
  Utf8 encoding_text{nullptr, 0}, errors_text{nullptr, 0};
  if (encoding && !(encoding_text = str_as_utf8(encoding.get()))) return Error{};
  if (errors && !(errors_text = str_as_utf8(errors.get()))) return Error{};
  for (const Utf8& text : {encoding_text, errors_text}) {
    if (text.data && static_cast<isize>(std::strlen(text.data)) != text.size)
      return raise(ValueError, "embedded null character");
  }
  if (self.size() == 0) {
    TRY(codec_check_names(encoding_text.data, errors_text.data));
    return Result<Object>::share(str_empty());
  }
  if (!self.is_array()) return str_decode(self.text().data(), self.size(), encoding_text.data, errors_text.data);
  BufferView view;  // an export keeps the array from changing its size while Python code decodes
  TRY(view.acquire(self.self()));
  return str_decode(view.data(), view.size(), encoding_text.data, errors_text.data);
}

Result<Str> hex_of(std::string_view data, Opt<Object*> separator, int group) {
  char mark = 0;
  if (separator) {
    Object* object = separator.get();
    isize size = TRY(object_size(object));
    if (size != 1) return raise(ValueError, "sep must be length 1.");
    if (is_str(object)) {
      Py_UCS4 c = str_read_char(as<Str>(object), 0);
      if (c > 127) return raise(ValueError, "sep must be ASCII.");
      mark = static_cast<char>(c);
    } else if (is_bytes(object)) {
      mark = bytes_data(as<Bytes>(object))[0];
      if (static_cast<u8>(mark) > 127) return raise(ValueError, "sep must be ASCII.");
    } else {
      return raise(TypeError, "sep must be str or bytes.");
    }
  } else {
    group = 0;
  }
  isize size = length(data);
  isize step = group < 0 ? -static_cast<isize>(group) : group;
  isize marks = step && size ? (size - 1) / step : 0;
  if (size > (kMaxSize - marks) / 2) return raise_no_memory();
  Ref<Str> result = TRY(str_new(size * 2 + marks, 0x7f));
  if (!size) return result;
  char* out = static_cast<char*>(str_data(result));
  for (isize i = 0; i < size; ++i) {
    if (i && step && (group > 0 ? (size - i) % step == 0 : i % step == 0)) *out++ = mark;
    u8 byte = static_cast<u8>(data[static_cast<usize>(i)]);
    *out++ = "0123456789abcdef"[byte >> 4];
    *out++ = "0123456789abcdef"[byte & 15];
  }
  return result;
}
Result<Object> hex(const Receiver& self, Opt<Object*> separator, int group) {
  if (!self.is_array()) return hex_of(self.text(), separator, group);
  BufferView view;
  TRY(view.acquire(self.self()));
  return hex_of({view.data(), static_cast<usize>(view.size())}, separator, group);
}
Result<Bytes> bytes_of_hex(Object* object) {
  if (!is_str(object)) return raise(TypeError, "fromhex() argument must be str, not %.50s", type_of(object)->tp_name);
  Str* text = as<Str>(object);
  isize size = str_length(text);
  BytesWriter out(size / 2);
  auto digit = [&](isize i) -> int {
    if (i >= size) return -1;
    Py_UCS4 c = str_read_char(text, i);
    return c >= '0' && c <= '9'   ? static_cast<int>(c - '0')
           : c >= 'a' && c <= 'f' ? static_cast<int>(c - 'a' + 10)
           : c >= 'A' && c <= 'F' ? static_cast<int>(c - 'A' + 10)
                                  : -1;
  };
  auto space = [&](isize i) {
    Py_UCS4 c = str_read_char(text, i);
    return c == ' ' || (c >= 9 && c <= 13);
  };
  for (isize i = 0; i < size;) {
    if (space(i)) {
      ++i;
      continue;
    }
    int high = digit(i), low = high < 0 ? -1 : digit(i + 1);
    if (low < 0) {
      return raise(ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", high < 0 ? i : i + 1);
    }
    TRY(out.write_byte(static_cast<char>(high << 4 | low)));
    i += 2;
  }
  return out.finish();
}
Result<Str> repr_of(std::string_view text, bool smart_quotes, std::string_view prefix, std::string_view suffix) {
  bool has_single = text.find('\'') != std::string_view::npos, has_double = text.find('"') != std::string_view::npos;
  char quote = smart_quotes && has_single && !has_double ? '"' : '\'';
  StrWriter out(length(text) + 3 + length(prefix) + length(suffix));
  TRY(out.write_ascii(prefix));
  TRY(out.write_char('b'));
  TRY(out.write_char(static_cast<u8>(quote)));
  for (char c : text) {
    // bytearray escapes the single quote even between double quotes.
    if (c == quote || c == '\\' || (c == '\'' && !prefix.empty())) {
      TRY(out.write_char('\\'));
      TRY(out.write_char(static_cast<u8>(c)));
    } else if (c == '\t' || c == '\n' || c == '\r') {
      TRY(out.write_ascii(c == '\t' ? "\\t" : c == '\n' ? "\\n" : "\\r"));
    } else if (c < ' ' || c == 0x7f) {  // a signed char: bytes from 128 too
      char escaped[4] = {'\\', 'x', "0123456789abcdef"[static_cast<u8>(c) >> 4], "0123456789abcdef"[c & 15]};
      TRY(out.write_ascii({escaped, 4}));
    } else {
      TRY(out.write_char(static_cast<u8>(c)));
    }
  }
  TRY(out.write_char(static_cast<u8>(quote)));
  TRY(out.write_ascii(suffix));
  return out.finish();
}

// == Sequence ==

Result<Object> repeat(const Receiver& self, isize count) {
  if (count < 0) count = 0;
  isize size = self.size();
  if (count == 1) return self.unchanged();
  if (size && count > kMaxSize / size) return raise_no_memory();
  if (count && size && size * count > kMaxSize - 64) {
    return raise(OverflowError, "repeated bytes are too long");
  }
  char* out;
  Ref<Object> result = TRY(self.allocate(size * count, out));
  usize total = static_cast<usize>(size * count);
  if (!total) return result;
  std::string_view text = self.text();
  if (size == 1) {
    std::memset(out, text[0], total);
    return result;
  }
  copy_bytes(out, text.data(), text.size());
  for (usize done = text.size(); done < total;) {
    usize step = done < total - done ? done : total - done;
    std::memcpy(out + done, out, step);
    done += step;
  }
  return result;
}
Result<Object> subscript_slice(const Receiver& self, Object* slice) {
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(slice), start, stop, step));
  isize size = slice_adjust_indices(self.size(), start, stop, step);
  std::string_view text = self.text();
  if (size <= 0) return self.make({});
  if (step == 1) {
    if (size == length(text)) return self.unchanged();
    return self.make(text.substr(static_cast<usize>(start), static_cast<usize>(size)));
  }
  char* out;
  Ref<Object> result = TRY(self.allocate(size, out));
  for (isize i = 0; i < size; ++i) out[i] = text[static_cast<usize>(start + i * step)];
  return result;
}
Result<Object> concat(Object* left, Object* right, bool as_array) {
  if (!check_buffer(left) || !check_buffer(right)) {
    return raise(TypeError, "can't concat %.100s to %.100s", type_of(right)->tp_name, type_of(left)->tp_name);
  }
  BufferView left_view, right_view;
  if (left_view.acquire(left).failed() || right_view.acquire(right).failed()) {
    error_clear();
    return raise(TypeError, "can't concat %.100s to %.100s", type_of(right)->tp_name, type_of(left)->tp_name);
  }
  if (!as_array) {
    if (left_view.size() == 0 && is_bytes_exact(right)) return Result<Object>::share(right);
    if (right_view.size() == 0 && is_bytes_exact(left)) return Result<Object>::share(left);
  }
  if (left_view.size() > kMaxSize - right_view.size()) return raise_no_memory();
  isize size = left_view.size() + right_view.size();
  char* out;
  Ref<Object> result;
  if (as_array) {
    Ref<ByteArray> array = TRY(bytearray_from_view({}));
    TRY(bytearray_resize(array, size));
    out = bytearray_data(array);
    result = std::move(array);
  } else {
    Ref<Bytes> bytes = TRY(bytes_new(size));
    out = bytes_data(bytes);
    result = std::move(bytes);
  }
  copy_bytes(out, left_view.data(), static_cast<usize>(left_view.size()));
  copy_bytes(out + left_view.size(), right_view.data(), static_cast<usize>(right_view.size()));
  return result;
}
Result<Object> rich_compare(Object* self, Object* other, int op) {
  if (is_bytes(self) && is_bytes(other)) {
    std::string_view a = bytes_view(as<Bytes>(self)), b = bytes_view(as<Bytes>(other));
    if (op == Py_EQ || op == Py_NE) return bool_result((a == b) == (op == Py_EQ));
    return bool_result(compare_values(a.compare(b), 0, op));
  }
  bool bytes_like = is_bytearray(self) ? check_buffer(other) : is_bytes(other);
  if (!bytes_like) {
    if ((op == Py_EQ || op == Py_NE) && interpreter()->config->bytes_warning) {
      if (is_str(other))
        TRY(warn(
            BytesWarning, 1,
            is_bytearray(self) ? "Comparison between bytearray and string" : "Comparison between bytes and string"));
      else if (is_int(other) && is_bytes(self))
        TRY(warn(BytesWarning, 1, "Comparison between bytes and int"));
    }
    return not_implemented();
  }
  BufferView left, right;
  if (left.acquire(self).failed() || right.acquire(other).failed()) {
    error_clear();
    return not_implemented();
  }
  std::string_view a(left.data(), static_cast<usize>(left.size())), b(right.data(), static_cast<usize>(right.size()));
  return bool_result(compare_values(a.compare(b), 0, op));
}

// == From objects ==

Result<Object> bytes_of_iterable(Object* source) {
  BytesWriter out(64);
  auto append = [&](Object* item) -> Result<void> {
    isize value;
    if (is_int_exact(item) && int_is_single(as<Int>(item))) {
      value = int_single_value(as<Int>(item));
    } else {
      value = TRY(number_as_ssize_t(item, nullptr));
    }
    if (value < 0 || value > 255) return raise(ValueError, "bytes must be in range(0, 256)");
    return out.write_byte(static_cast<char>(value));
  };
  if (is_list_exact(source)) {
    for (isize i = 0; i < list_size(as<List>(source)); ++i) {
      Ref<Object> item = Ref<Object>::share(list_item(as<List>(source), i));
      TRY(append(item));
    }
  } else if (is_tuple_exact(source)) {
    for (isize i = 0; i < tuple_size(as<Tuple>(source)); ++i) TRY(append(tuple_item(as<Tuple>(source), i)));
  } else {
    TRY(for_each(source, append));
  }
  return out.finish();
}

// == Percent ==

namespace {
Result<Object> key_of_bytes(const void* format, int, isize start, isize end) {
  return bytes_from_view({static_cast<const char*>(format) + start, static_cast<usize>(end - start)});
}
std::string_view ascii_view(Str* text) {
  return {static_cast<char*>(str_data(text)), static_cast<usize>(str_length(text))};
}
Result<void> write_field(BytesWriter& out, std::string_view text, const percent::Conversion& conversion, bool cut) {
  if (cut && conversion.precision >= 0 && length(text) > conversion.precision) {
    text = text.substr(0, static_cast<usize>(conversion.precision));
  }
  isize padding = std::max<isize>(conversion.width - length(text), 0);
  if (padding > kMaxSize - out.size() - length(text) || !out.reserve(padding + length(text))) return raise_no_memory();
  auto pad = [&] {
    std::memset(out.end(), ' ', static_cast<usize>(padding));
    out.advance(padding);
  };
  if (!conversion.left) pad();
  TRY(out.write(text));
  if (conversion.left) pad();
  return {};
}
Result<int> byte_of(Object* value) {
  if (is_bytes(value) && bytes_size(as<Bytes>(value)) == 1)
    return static_cast<int>(static_cast<u8>(bytes_data(as<Bytes>(value))[0]));
  if (is_bytearray(value) && bytearray_size(as<ByteArray>(value)) == 1) {
    return static_cast<int>(static_cast<u8>(bytearray_data(as<ByteArray>(value))[0]));
  }
  if (is_int(value)) {
    int overflow = 0;
    i64 number = int_as_i64_and_overflow(as<Int>(value), &overflow);
    if (overflow || number < 0 || number > 255) return raise(OverflowError, "%%c arg not in range(256)");
    return static_cast<int>(number);
  }
  return raise(TypeError, "%%c requires an integer in range(256) or a single byte");
}
Result<void> write_bytes_field(BytesWriter& out, Object* value, const percent::Conversion& conversion) {
  if (is_bytes(value)) return write_field(out, bytes_view(as<Bytes>(value)), conversion, true);
  Ref<Object> method = TRY(object_lookup_special(value, id::__bytes__));
  if (method) {
    Ref<Object> bytes = TRY(object_call_no_args(method));
    if (!is_bytes(bytes)) {
      return raise(TypeError, "__bytes__ returned non-bytes (type %.200s)", type_of(bytes)->tp_name);
    }
    return write_field(out, bytes_view(as<Bytes>(bytes.get())), conversion, true);
  }
  if (!check_buffer(value)) {
    return raise(TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                 type_of(value)->tp_name);
  }
  BufferView view;
  TRY(view.acquire(value));
  return write_field(out, {view.data(), static_cast<usize>(view.size())}, conversion, true);
}
}  // namespace

Result<Object> remainder(const Receiver& self, Object* operand) {
  return bytes_format_percent(self.self(), self.size(), self.text().data(), operand, self.is_array());
}
}  // namespace adder::byte_methods

namespace adder {
using namespace byte_methods;

Result<Object> bytes_format_percent(Object* format, isize size, const char* data, Object* operand, bool as_bytearray) {
  BufferView export_guard;  // while Python code runs, a bytearray must stay as it is
  if (as_bytearray) TRY(export_guard.acquire(format));
  percent::Arguments arguments(operand, true);
  BytesWriter out(size + 100);
  for (isize at = 0; at < size;) {
    const void* hit = std::memchr(data + at, '%', static_cast<usize>(size - at));
    isize next = hit ? static_cast<const char*>(hit) - data : size;
    TRY(out.write({data + at, static_cast<usize>(next - at)}));
    at = next + 1;
    if (next == size) break;
    if (at < size && data[at] == '%') {
      TRY(out.write_byte('%'));
      ++at;
      continue;
    }
    percent::Conversion conversion;
    TRY(percent::read_conversion(1, data, size, at, arguments, key_of_bytes, conversion, true));
    Py_UCS4 type = conversion.type;
    Ref<Object> value = TRY(arguments.next());
    if (type == 's' || type == 'b') {
      TRY(write_bytes_field(out, value, conversion));
    } else if (type == 'r' || type == 'a') {
      Ref<Str> text = TRY(object_ascii(value));
      TRY(write_field(out, ascii_view(text), conversion, true));
    } else if (percent::is_integer_type(type) || percent::is_real_type(type)) {
      Ref<Str> text;
      if (percent::is_integer_type(type)) {
        text = TRY(percent::format_integer(value, conversion));
      } else {
        Result<Str> real = percent::format_real(value, conversion);
        if (real.failed()) {
          if (!error_matches(TypeError)) return Error{};
          error_clear();
          return raise(TypeError, "float argument required, not %.200s", type_of(value)->tp_name);
        }
        text = real.take();
      }
      StrWriter field;
      TRY(percent::write_number(field, text, conversion));
      Ref<Str> finished = TRY(field.finish());
      TRY(out.write(ascii_view(finished)));
    } else if (type == 'c') {
      char byte = static_cast<char>(TRY(byte_of(value)));
      TRY(write_field(out, {&byte, 1}, conversion, false));
    } else {
      return raise(ValueError, "unsupported format character '%c' (0x%x) at index %zd", static_cast<int>(type),
                   static_cast<int>(type), conversion.type_index);
    }
  }
  if (!arguments.exhausted()) return raise(TypeError, "not all arguments converted during bytes formatting");
  if (as_bytearray) return bytearray_from_view({out.data(), static_cast<usize>(out.size())});
  return out.finish();
}
}  // namespace adder
