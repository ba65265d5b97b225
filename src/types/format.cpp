// format: the format specifications of str, int, float and complex.
//
// Grammar    [[fill]align][sign][z][#][0][width][grouping][.precision][type] (library reference, "Format Specification
//            Mini-Language")
// Numbers    their text is made first, then laid out: padding, sign, prefix, zeros and grouped digits, the rest,
// padding. See        tests/python/test_format_.py; replacement fields are in format_fields.cpp
#include "types/format.h"

#include <climits>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cwchar>

#include "base/unicode.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str/internal.h"

namespace adder {
using namespace str_detail;

namespace {
// == Parsing ==

struct Spec {
  Py_UCS4 fill = ' ';
  Py_UCS4 align;
  bool alternate = false, no_negative_zero = false;
  Py_UCS4 sign = 0;
  isize width = -1, precision = -1;
  Py_UCS4 grouping = 0;  // ',' or '_'
  Py_UCS4 type;
};
inline bool is_align(Py_UCS4 c) { return c == '<' || c == '>' || c == '=' || c == '^'; }
inline bool is_printable_ascii(Py_UCS4 c) { return c > 32 && c < 128; }

Error unknown_type(Py_UCS4 type, Object* value) {
  if (is_printable_ascii(type)) {
    return raise(ValueError, "Unknown format code '%c' for object of type '%.200s'", static_cast<int>(type),
                 type_of(value)->tp_name);
  }
  return raise(ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", type, type_of(value)->tp_name);
}
Error bad_grouping(Py_UCS4 grouping, Py_UCS4 type) {
  if (is_printable_ascii(type)) {
    return raise(ValueError, "Cannot specify '%c' with '%c'.", static_cast<int>(grouping), static_cast<int>(type));
  }
  return raise(ValueError, "Cannot specify '%c' with '\\x%x'.", static_cast<int>(grouping), type);
}
// Digits (of any script) at `at`; false if there are none.
Result<bool> read_number(Str* text, isize& at, isize& value) {
  isize length = str_length(text), start = at;
  value = 0;
  for (; at < length; ++at) {
    int digit = unicode::decimal_value(str_read_char(text, at));
    if (digit < 0) break;
    if (value > (kMaxSize - digit) / 10) return raise(ValueError, "Too many decimal digits in format string");
    value = value * 10 + digit;
  }
  return at > start;
}
Result<void> parse(Str* text, Object* value, Py_UCS4 default_type, Py_UCS4 default_align, Spec& spec) {
  spec.align = default_align;
  spec.type = default_type;
  isize at = 0, length = str_length(text);
  auto peek = [&](isize ahead = 0) -> Py_UCS4 { return at + ahead < length ? str_read_char(text, at + ahead) : 0; };
  bool fill_given = false, align_given = false;
  if (length - at >= 2 && is_align(peek(1))) {
    spec.fill = peek();
    spec.align = peek(1);
    fill_given = align_given = true;
    at += 2;
  } else if (at < length && is_align(peek())) {
    spec.align = peek();
    align_given = true;
    ++at;
  }
  if (at < length && (peek() == ' ' || peek() == '+' || peek() == '-')) {
    spec.sign = peek();
    ++at;
  }
  if (at < length && peek() == 'z') {
    spec.no_negative_zero = true;
    ++at;
  }
  if (at < length && peek() == '#') {
    spec.alternate = true;
    ++at;
  }
  if (!fill_given && at < length && peek() == '0') {
    spec.fill = '0';
    if (!align_given && default_align == '>') spec.align = '=';
    ++at;
  }
  isize number;
  if (TRY(read_number(text, at, number))) spec.width = number;
  if (at < length && peek() == ',') {
    spec.grouping = ',';
    ++at;
  }
  if (at < length && peek() == '_') {
    if (spec.grouping) return raise(ValueError, "Cannot specify both ',' and '_'.");
    spec.grouping = '_';
    ++at;
  }
  if (at < length && peek() == ',' && spec.grouping == '_')
    return raise(ValueError, "Cannot specify both ',' and '_'.");
  if (at < length && peek() == '.') {
    ++at;
    if (!TRY(read_number(text, at, number))) return raise(ValueError, "Format specifier missing precision");
    spec.precision = number;
  }
  if (length - at > 1) {
    return raise(ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text,
                 type_of(value)->tp_name);
  }
  if (length - at == 1) spec.type = peek();
  if (spec.grouping) {
    switch (spec.type) {
      case 'd':
      case 'e':
      case 'f':
      case 'g':
      case 'E':
      case 'G':
      case '%':
      case 'F':
      case 0:
        break;
      case 'b':
      case 'o':
      case 'x':
      case 'X':
        if (spec.grouping == '_') break;
        [[fallthrough]];
      default:
        return bad_grouping(spec.grouping, spec.type);
    }
  }
  return {};
}

// == Padding ==

struct Padding {
  isize left, right;
};
Padding padding_of(isize size, const Spec& spec) {
  isize total = spec.width > size ? spec.width - size : 0;
  if (spec.align == '>') return {total, 0};
  if (spec.align == '^') return {total / 2, total - total / 2};
  return {0, total};  // '<', and '=' for those without digits
}

// == Digits in groups ==

// What separates groups and the fraction. `sizes` as in localeconv(): bytes, the last repeats, CHAR_MAX ends.
struct Punctuation {
  Ref<Str> point, separator;
  char sizes[16] = {CHAR_MAX};
};
Result<Str> from_locale(const char* text) {
  wchar_t wide[32];
  usize size = std::mbstowcs(wide, text, 31);
  if (size == static_cast<usize>(-1)) return str_from_latin1(text);
  return str_from_wide_char(wide, static_cast<isize>(size));
}
Result<void> choose_punctuation(const Spec& spec, Punctuation& out) {
  if (spec.type == 'n') {
    lconv* locale = localeconv();
    out.point = TRY(from_locale(locale->decimal_point));
    out.separator = TRY(from_locale(locale->thousands_sep));
    usize i = 0;
    for (; i < sizeof out.sizes - 1 && locale->grouping[i]; ++i) out.sizes[i] = locale->grouping[i];
    out.sizes[i] = i ? 0 : CHAR_MAX;
    return {};
  }
  out.point = TRY(str_from_ordinal('.'));
  if (!spec.grouping) {
    out.separator = Ref<Str>::share(str_empty());
    return {};
  }
  out.separator = TRY(str_from_ordinal(spec.grouping));
  bool fours = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
  out.sizes[0] = fours ? 4 : 3;
  out.sizes[1] = 0;
  return {};
}
// Appends `count` digits, digit(i) the i-th, in groups to `out`, from right to left; zeros fill up to min_width
// characters.
template <class Digit>
Result<void> group_digits(isize count, Digit digit, isize min_width, const char* sizes, Str* separator,
                          unicode::CodePoints& out) {
  isize left = count;
  isize separator_size = str_length(separator);
  int size = 0;
  bool first = true, ended = false;
  auto put = [&](Py_UCS4 c) -> Result<void> {
    if (!out.append(c)) return raise_no_memory();
    return {};
  };
  for (;;) {
    isize group;
    if (*sizes == CHAR_MAX) {
      ended = true;
    } else if (*sizes != 0) {
      size = *sizes++;
    }
    isize rest = left > min_width ? left : min_width;
    if (rest < 1) rest = 1;
    group = ended || !size ? rest : size < rest ? size : rest;
    if (!first) {
      for (isize i = separator_size; i-- > 0;) TRY(put(str_read_char(separator, i)));
    }
    for (isize i = 0; i < group; ++i) TRY(put(left > 0 ? digit(--left) : Py_UCS4{'0'}));
    first = false;
    min_width -= group;
    if (left <= 0 && min_width <= 0) break;
    min_width -= separator_size;
    if (ended) break;
  }
  return {};
}

// A number's text, taken apart.
struct NumberText {
  Py_UCS4 sign = 0;         // '-' or none
  std::string_view prefix;  // 0x
  std::string_view digits;  // to be grouped
  bool has_point = false;
  std::string_view rest;  // fraction, exponent, %
};
// Lays a number out in its field; `extra` (j of complex) follows the rest.
Result<void> write_number(StrWriter& out, const NumberText& number, const Spec& spec, const Punctuation& punctuation,
                          bool upper_prefix) {
  Py_UCS4 sign = number.sign;
  if (!sign && (spec.sign == '+' || spec.sign == ' ')) sign = spec.sign;
  isize fixed = (sign != 0) + static_cast<isize>(number.prefix.size()) + static_cast<isize>(number.rest.size()) +
                (number.has_point ? str_length(punctuation.point) : 0);
  isize min_width = spec.fill == '0' && spec.align == '=' ? spec.width - fixed : 0;
  unicode::CodePoints grouped;
  bool plain = punctuation.sizes[0] == CHAR_MAX && min_width <= static_cast<isize>(number.digits.size());
  isize digits_size = static_cast<isize>(number.digits.size());
  if (!plain && digits_size) {
    auto digit = [&](isize i) -> Py_UCS4 { return static_cast<u8>(number.digits[static_cast<usize>(i)]); };
    TRY(group_digits(digits_size, digit, min_width, punctuation.sizes, punctuation.separator, grouped));
    digits_size = static_cast<isize>(grouped.size());
  }
  isize size = fixed + digits_size;
  isize total = spec.width > size ? spec.width - size : 0;
  isize left = 0, inner = 0, right = 0;
  switch (spec.align) {
    case '<':
      right = total;
      break;
    case '^':
      left = total / 2;
      right = total - left;
      break;
    case '=':
      inner = total;
      break;
    default:
      left = total;
      break;
  }
  TRY(out.write_repeated(spec.fill, left));
  if (sign) TRY(out.write_char(sign));
  for (char c : number.prefix) TRY(out.write_char(static_cast<u8>(upper_prefix && c >= 'a' && c <= 'z' ? c - 32 : c)));
  TRY(out.write_repeated(spec.fill, inner));
  if (plain || !number.digits.size()) {
    TRY(out.write_ascii(number.digits));
  } else {
    for (usize i = grouped.size(); i-- > 0;) TRY(out.write_char(grouped.data()[i]));
  }
  if (number.has_point) TRY(out.write_str(punctuation.point));
  TRY(out.write_ascii(number.rest));
  return out.write_repeated(spec.fill, right);
}
std::string_view ascii_view(Str* text) {
  return {static_cast<char*>(str_data(text)), static_cast<usize>(str_length(text))};
}

// Takes "-12.5e3" apart.
NumberText split_real(std::string_view text) {
  NumberText number;
  if (text.starts_with('-')) {
    number.sign = '-';
    text.remove_prefix(1);
  }
  usize digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  number.digits = text.substr(0, digits);
  text.remove_prefix(digits);
  if (text.starts_with('.')) {
    number.has_point = true;
    text.remove_prefix(1);
  }
  number.rest = text;
  return number;
}
}  // namespace

Result<Str> str_group_digits(Opt<Str*> digits, isize start, isize count, isize min_width, const char* sizes,
                             Str* separator) {
  unicode::CodePoints grouped;
  auto digit = [&](isize i) -> Py_UCS4 { return digits ? str_read_char(digits.get(), start + i) : Py_UCS4{'0'}; };
  TRY(group_digits(count, digit, min_width, sizes, separator, grouped));
  StrWriter out;
  for (usize i = grouped.size(); i-- > 0;) TRY(out.write_char(grouped.data()[i]));
  return out.finish();
}

// == str ==

Result<Str> format_str(Str* value, Str* text) {
  if (str_length(text) == 0) return is_str_exact(value) ? Result<Str>::share(value) : object_str(value);
  Spec spec;
  TRY(parse(text, value, 's', '<', spec));
  if (spec.type != 's') return unknown_type(spec.type, value);
  if (spec.sign) {
    return raise(ValueError, spec.sign == ' ' ? "Space not allowed in string format specifier"
                                              : "Sign not allowed in string format specifier");
  }
  if (spec.no_negative_zero)
    return raise(ValueError, "Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) return raise(ValueError, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') return raise(ValueError, "'=' alignment not allowed in string format specifier");
  isize size = str_length(value);
  if (spec.precision >= 0 && size > spec.precision) size = spec.precision;
  Padding padding = padding_of(size, spec);
  StrWriter out(size + padding.left + padding.right);
  TRY(out.write_repeated(spec.fill, padding.left));
  TRY(out.write_substring(value, 0, size));
  TRY(out.write_repeated(spec.fill, padding.right));
  return out.finish();
}

// == float ==

namespace {
// The text of one real under the spec: kind 'r' for no type. With `dot`, integral values without type get ".0".
Result<void> real_text(double value, const Spec& spec, bool dot, StrWriter& out) {
  if (spec.precision > INT_MAX) return raise(ValueError, "precision too big");
  Py_UCS4 type = spec.type;
  int precision = static_cast<int>(spec.precision);
  int flags = 0;
  if (spec.alternate) flags |= Py_DTSF_ALT;
  if (spec.no_negative_zero) flags |= Py_DTSF_NO_NEG_0;
  if (type == 0) {
    if (dot) flags |= Py_DTSF_ADD_DOT_0;
    type = precision < 0 ? 'r' : 'g';
    if (precision < 0) precision = 0;
  }
  if (type == 'n') type = 'g';
  if (precision < 0) precision = 6;
  if (type == '%') {
    value *= 100;
    type = 'f';
  }
  TRY(double_format(value, static_cast<char>(type), precision, flags, out));
  if (spec.type == '%') TRY(out.write_char('%'));
  return {};
}
bool is_real_type(Py_UCS4 type) {
  return type == 0 || type == 'e' || type == 'E' || type == 'f' || type == 'F' || type == 'g' || type == 'G' ||
         type == 'n' || type == '%';
}
Result<Str> format_double(double value, const Spec& spec) {
  StrWriter text(32);
  TRY(real_text(value, spec, true, text));
  Ref<Str> plain = TRY(text.finish());
  if (spec.width < 0 && !spec.sign && !spec.grouping && spec.type != 'n') return plain;
  Punctuation punctuation;
  TRY(choose_punctuation(spec, punctuation));
  NumberText number = split_real(ascii_view(plain));
  StrWriter out(spec.width);
  // nan and inf have no digits: zeros are padding there.
  TRY(write_number(out, number, spec, punctuation, false));
  return out.finish();
}
}  // namespace

Result<Str> format_float(Object* value, Str* text) {
  if (str_length(text) == 0) return object_str(value);
  Spec spec;
  TRY(parse(text, value, 0, '>', spec));
  if (!is_real_type(spec.type)) return unknown_type(spec.type, value);
  return format_double(float_value(as<Float>(value)), spec);
}

// == int ==

Result<Str> format_int(Object* value, Str* text) {
  if (str_length(text) == 0) return object_str(value);
  Spec spec;
  TRY(parse(text, value, 'd', '>', spec));
  int base = 10;
  switch (spec.type) {
    case 'b':
      base = 2;
      break;
    case 'o':
      base = 8;
      break;
    case 'x':
    case 'X':
      base = 16;
      break;
    case 'd':
    case 'n':
    case 'c':
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%':
      return format_double(TRY(int_as_double(value)), spec);
    default:
      return unknown_type(spec.type, value);
  }
  if (spec.no_negative_zero)
    return raise(ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
  if (spec.precision >= 0) return raise(ValueError, "Precision not allowed in integer format specifier");
  Punctuation punctuation;
  TRY(choose_punctuation(spec, punctuation));
  NumberText number;
  StrWriter out(spec.width > 0 ? spec.width : 16);
  if (spec.type == 'c') {
    if (spec.sign) return raise(ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) return raise(ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    int overflow = 0;
    i64 code = int_as_i64_and_overflow(as<Int>(value), &overflow);
    if (overflow || code < 0 || code > 0x10ffff) return raise(OverflowError, "%%c arg not in range(0x110000)");
    Padding padding = spec.align == '=' ? Padding{spec.width > 1 ? spec.width - 1 : 0, 0} : padding_of(1, spec);
    TRY(out.write_repeated(spec.fill, padding.left));
    TRY(out.write_char(static_cast<Py_UCS4>(code)));
    TRY(out.write_repeated(spec.fill, padding.right));
    return out.finish();
  }
  Ref<Str> plain = TRY(int_to_string(as<Int>(value), base));
  std::string_view digits = ascii_view(plain);
  if (digits.starts_with('-')) {
    number.sign = '-';
    digits.remove_prefix(1);
  }
  if (base != 10) {
    if (spec.alternate) number.prefix = digits.substr(0, 2);
    digits.remove_prefix(2);
  }
  Ref<Str> upper;
  if (spec.type == 'X') {
    upper = TRY(str_new(static_cast<isize>(digits.size()), 0x7f));
    char* p = static_cast<char*>(str_data(upper));
    for (char c : digits) *p++ = static_cast<char>(c >= 'a' ? c - 32 : c);
    digits = ascii_view(upper);
  }
  number.digits = digits;
  TRY(write_number(out, number, spec, punctuation, spec.type == 'X'));
  return out.finish();
}

// == complex ==

Result<Str> format_complex(Object* value, Str* text) {
  if (str_length(text) == 0) return object_str(value);
  Spec spec;
  TRY(parse(text, value, 0, '>', spec));
  if (!is_real_type(spec.type) || spec.type == '%') return unknown_type(spec.type, value);
  if (spec.fill == '0') return raise(ValueError, "Zero padding is not allowed in complex format specifier");
  if (spec.align == '=') return raise(ValueError, "'=' alignment flag is not allowed in complex format specifier");
  Py_complex number = as<Complex>(value)->cval;
  bool skip_real = false, parentheses = false;
  if (spec.type == 0) {
    if (number.real == 0.0 && !std::signbit(number.real))
      skip_real = true;
    else
      parentheses = true;
  }
  Punctuation punctuation;
  TRY(choose_punctuation(spec, punctuation));
  Spec part = spec;
  part.width = -1;
  StrWriter whole(32);
  if (parentheses) TRY(whole.write_char('('));
  if (!skip_real) {
    StrWriter real(32);
    TRY(real_text(number.real, spec, false, real));
    Ref<Str> plain = TRY(real.finish());
    TRY(write_number(whole, split_real(ascii_view(plain)), part, punctuation, false));
    part.sign = '+';
  }
  StrWriter imaginary(32);
  TRY(real_text(number.imag, spec, false, imaginary));
  Ref<Str> plain = TRY(imaginary.finish());
  TRY(write_number(whole, split_real(ascii_view(plain)), part, punctuation, false));
  TRY(whole.write_char('j'));
  if (parentheses) TRY(whole.write_char(')'));
  Ref<Str> unpadded = TRY(whole.finish());
  Padding padding = padding_of(str_length(unpadded), spec);
  StrWriter out(str_length(unpadded) + padding.left + padding.right);
  TRY(out.write_repeated(spec.fill, padding.left));
  TRY(out.write_str(unpadded));
  TRY(out.write_repeated(spec.fill, padding.right));
  return out.finish();
}
}  // namespace adder
