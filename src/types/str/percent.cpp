// str: printf-style formatting, text % arguments.
#include "types/str/percent.h"

#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"

namespace adder {
using namespace str_detail;

namespace percent {
// == Arguments ==

Arguments::Arguments(Object* arguments, bool for_bytes)
    : arguments_(arguments), size_(-1), index_(-2), is_mapping_(false) {
  if (is_tuple(arguments)) {
    size_ = tuple_size(as<Tuple>(arguments));
    index_ = 0;
  }
  is_mapping_ = mapping_check(arguments) && !is_tuple(arguments) && !is_str(arguments) &&
                !(for_bytes && (is_bytes(arguments) || is_bytearray(arguments)));
}
Result<Object> Arguments::next() {
  if (index_ < size_) {
    isize at = index_++;
    if (size_ < 0) return Result<Object>::share(selected_ ? selected_.get() : arguments_);
    return Result<Object>::share(tuple_item(as<Tuple>(arguments_), at));
  }
  return raise(TypeError, "not enough arguments for format string");
}
Result<void> Arguments::select_key(Object* key) {
  if (!is_mapping_) return raise(TypeError, "format requires a mapping");
  selected_ = TRY(object_get_item(arguments_, key));
  size_ = -1;
  index_ = -2;
  return {};
}

// == Specifications ==

Result<void> read_conversion(int kind, const void* format, isize length, isize& at, Arguments& arguments,
                             Result<Object> (*make_key)(const void*, int, isize, isize), Conversion& conversion,
                             bool allow_z) {
  auto incomplete = [] { return raise(ValueError, "incomplete format"); };
  auto peek = [&] { return str_read(kind, format, at); };
  if (at >= length) return incomplete();
  if (peek() == '(') {
    if (!arguments.is_mapping()) return raise(TypeError, "format requires a mapping");
    isize start = ++at;
    int depth = 1;
    for (; at < length; ++at) {
      Py_UCS4 c = peek();
      if (c == '(')
        ++depth;
      else if (c == ')' && --depth == 0)
        break;
    }
    if (at >= length) return raise(ValueError, "incomplete format key");
    Ref<Object> key = TRY(make_key(format, kind, start, at));
    ++at;
    TRY(arguments.select_key(key));
  }
  for (; at < length; ++at) {
    Py_UCS4 c = peek();
    if (c == '-')
      conversion.left = true;
    else if (c == '+')
      conversion.sign = true;
    else if (c == ' ')
      conversion.blank = true;
    else if (c == '#')
      conversion.alternate = true;
    else if (c == '0')
      conversion.zero = true;
    else if (c == 'z' && allow_z)
      conversion.no_negative_zero = true;
    else
      break;
  }
  auto read_size = [&](bool is_width, isize& out) -> Result<void> {
    if (at < length && peek() == '*') {
      ++at;
      Ref<Object> value = TRY(arguments.next());
      if (!is_int(value)) return raise(TypeError, "* wants int");
      if (is_width) {
        out = TRY(number_as_ssize_t(value, OverflowError));
        if (out < 0) {
          conversion.left = true;
          out = -out;
        }
      } else {
        int overflow = 0;
        i64 precision = int_as_i64_and_overflow(as<Int>(value.get()), &overflow);
        if (overflow || precision > INT32_MAX || precision < INT32_MIN) {
          return raise(OverflowError, "Python int too large to convert to C int");
        }
        out = precision < 0 ? 0 : precision;
      }
      return {};
    }
    if (at < length && peek() >= '0' && peek() <= '9') {
      isize value = 0;
      isize limit = is_width ? kMaxSize : INT32_MAX;
      for (; at < length && peek() >= '0' && peek() <= '9'; ++at) {
        isize next_digit = static_cast<isize>(peek() - '0');
        if (value > (limit - next_digit) / 10)
          return raise(ValueError, is_width ? "width too big" : "precision too big");
        value = value * 10 + next_digit;
      }
      out = value;
    }
    return {};
  };
  TRY(read_size(true, conversion.width));
  if (at < length && peek() == '.') {
    ++at;
    conversion.precision = 0;
    TRY(read_size(false, conversion.precision));
  }
  if (at < length && (peek() == 'h' || peek() == 'l' || peek() == 'L')) ++at;
  if (at >= length) return incomplete();
  conversion.type_index = at;
  conversion.type = peek();
  ++at;
  return {};
}

// == Numbers ==

Result<Str> format_integer(Object* value, const Conversion& conversion) {
  Py_UCS4 type = conversion.type;
  bool decimal = type == 'd' || type == 'i' || type == 'u';
  Ref<Object> integer;
  if (is_int(value)) {
    integer = Ref<Object>::share(value);
  } else {
    bool numeric = number_check(value);
    if (numeric) {
      Result<Object> converted = decimal ? number_long(value) : number_index(value);
      if (!converted.failed())
        integer = converted.take();
      else if (!error_matches(TypeError))
        return Error{};
      else
        error_clear();
    }
    if (!integer) {
      return decimal ? raise(TypeError, "%%%c format: a real number is required, not %.200s", static_cast<int>(type),
                             type_of(value)->tp_name)
                     : raise(TypeError, "%%%c format: an integer is required, not %.200s", static_cast<int>(type),
                             type_of(value)->tp_name);
    }
  }
  int base = decimal ? 10 : type == 'o' ? 8 : 16;
  Ref<Str> digits = TRY(int_to_string(as<Int>(integer.get()), base));
  std::string_view text(static_cast<char*>(str_data(digits)), static_cast<usize>(str_length(digits)));
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (base != 10) text.remove_prefix(2);
  if (!negative && conversion.precision <= static_cast<isize>(text.size()) && base == 10) return digits;
  StrWriter out(static_cast<isize>(text.size()) + 3);
  if (negative) TRY(out.write_char('-'));
  if (conversion.alternate && base != 10) {
    TRY(out.write_char('0'));
    TRY(out.write_char(type));
  }
  isize zeros = conversion.precision - static_cast<isize>(text.size());
  if (zeros > 0) TRY(out.write_repeated('0', zeros));
  if (type == 'X') {
    for (char c : text) TRY(out.write_char(static_cast<u8>(c >= 'a' && c <= 'f' ? c - 32 : c)));
  } else {
    TRY(out.write_ascii(text));
  }
  return out.finish();
}
Result<Str> format_real(Object* value, const Conversion& conversion) {
  double number = TRY(float_as_double(value));
  StrWriter out(32);
  TRY(double_format(
      number, static_cast<char>(conversion.type), static_cast<int>(conversion.precision < 0 ? 6 : conversion.precision),
      (conversion.alternate ? Py_DTSF_ALT : 0) | (conversion.no_negative_zero ? Py_DTSF_NO_NEG_0 : 0), out));
  return out.finish();
}
Result<void> write_number(StrWriter& out, Str* text, const Conversion& conversion) {
  isize length = str_length(text), start = 0;
  Py_UCS4 sign = 0;
  Py_UCS4 first = length ? str_read_char(text, 0) : 0;
  if (first == '-' || first == '+') {
    sign = first;
    start = 1;
  } else if (conversion.sign) {
    sign = '+';
  } else if (conversion.blank) {
    sign = ' ';
  }
  isize prefix = 0;
  if (conversion.alternate && (conversion.type == 'x' || conversion.type == 'X' || conversion.type == 'o')) prefix = 2;
  isize padding = conversion.width - (length - start) - (sign != 0);
  bool zeros = conversion.zero && !conversion.left;
  if (padding > 0 && !zeros && !conversion.left) TRY(out.write_repeated(' ', padding));
  if (sign) TRY(out.write_char(sign));
  if (prefix) TRY(out.write_substring(text, start, start + prefix));
  if (padding > 0 && zeros) TRY(out.write_repeated('0', padding));
  TRY(out.write_substring(text, start + prefix, length));
  if (padding > 0 && conversion.left) TRY(out.write_repeated(' ', padding));
  return {};
}
}  // namespace percent

namespace {
Result<Object> key_of_text(const void* format, int kind, isize start, isize end) {
  return str_from_kind_and_data(kind, static_cast<const char*>(format) + start * kind, end - start);
}
Result<Py_UCS4> character_of(Object* value) {
  if (is_str(value)) {
    if (str_length(as<Str>(value)) == 1) return str_read_char(as<Str>(value), 0);
    return raise(TypeError, "%%c requires int or char");
  }
  Result<Object> index = number_index(value);
  if (index.failed()) {
    if (!error_matches(TypeError)) return Error{};
    error_clear();
    return raise(TypeError, "%%c requires int or char");
  }
  Ref<Object> integer = index.take();
  int overflow = 0;
  i64 code = int_as_i64_and_overflow(as<Int>(integer.get()), &overflow);
  if (overflow || code < 0 || code > 0x10ffff) return raise(OverflowError, "%%c arg not in range(0x110000)");
  return static_cast<Py_UCS4>(code);
}
}  // namespace

Result<Str> str_format_percent(Str* format, Object* operand) {
  percent::Arguments arguments(operand);
  int kind = str_kind(format);
  const void* data = str_data(format);
  isize length = str_length(format);
  StrWriter out(length + 100);
  for (isize at = 0; at < length;) {
    isize next = str_find_char(format, '%', at, length, 1);
    if (next < 0) next = length;
    if (next > at) TRY(out.write_substring(format, at, next));
    at = next + 1;
    if (next == length) break;
    percent::Conversion conversion;
    if (at < length && str_read(kind, data, at) == '%') {
      TRY(out.write_char('%'));
      ++at;
      continue;
    }
    if (at < length && str_read(kind, data, at) == 's') {
      // The commonest, without reading a specification.
      conversion.type = 's';
      ++at;
    } else {
      TRY(percent::read_conversion(kind, data, length, at, arguments, key_of_text, conversion));
    }
    Py_UCS4 type = conversion.type;
    Ref<Object> value = TRY(arguments.next());
    if (type == 's' || type == 'r' || type == 'a') {
      Ref<Str> text;
      if (type == 's' && is_str_exact(value))
        text = as<Str>(std::move(value));
      else
        text = TRY(type == 's' ? object_str(value) : type == 'r' ? object_repr(value) : object_ascii(value));
      isize size = str_length(text);
      if (conversion.precision >= 0 && size > conversion.precision) size = conversion.precision;
      isize padding = conversion.width - size;
      if (padding > 0 && !conversion.left) TRY(out.write_repeated(' ', padding));
      TRY(out.write_substring(text, 0, size));
      if (padding > 0 && conversion.left) TRY(out.write_repeated(' ', padding));
    } else if (percent::is_integer_type(type)) {
      Ref<Str> text = TRY(percent::format_integer(value, conversion));
      TRY(percent::write_number(out, text, conversion));
    } else if (percent::is_real_type(type)) {
      Ref<Str> text = TRY(percent::format_real(value, conversion));
      TRY(percent::write_number(out, text, conversion));
    } else if (type == 'c') {
      Py_UCS4 character = TRY(character_of(value));
      if (conversion.width > 1 && !conversion.left) TRY(out.write_repeated(' ', conversion.width - 1));
      TRY(out.write_char(character));
      if (conversion.width > 1 && conversion.left) TRY(out.write_repeated(' ', conversion.width - 1));
    } else {
      return raise(ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                   type > 31 && type < 127 ? static_cast<int>(type) : '?', static_cast<int>(type),
                   conversion.type_index);
    }
  }
  if (!arguments.exhausted()) return raise(TypeError, "not all arguments converted during string formatting");
  return out.finish();
}
}  // namespace adder
