// format_fields: str.format() and str.format_map(): templates with replacement fields (PEP 3101).
#include "types/format_fields.h"

#include "base/unicode.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/format.h"
#include "types/int.h"
#include "types/str/internal.h"
#include "types/tuple.h"

namespace adder {
using namespace str_detail;

// == Reading templates ==

Result<bool> FormatParser::next(FormatPart& part) {
  part = {};
  if (at_ >= end_) return false;
  int kind = str_kind(text_);
  const void* data = str_data(text_);
  isize start = at_;
  Py_UCS4 c = 0;
  bool markup = false;
  while (at_ < end_) {
    c = str_read(kind, data, at_++);
    if (c == '{' || c == '}') {
      markup = true;
      break;
    }
  }
  part.literal = {start, at_};
  if (!markup) return true;
  bool at_end = at_ >= end_;
  if (c == '}' && (at_end || str_read(kind, data, at_) != '}')) {
    return raise(ValueError, "Single '}' encountered in format string");
  }
  if (at_end) return raise(ValueError, "Single '{' encountered in format string");
  if (str_read(kind, data, at_) == c) {  // doubled: the literal ends with one of them
    ++at_;
    return true;
  }
  --part.literal.end;
  part.has_field = true;
  TRY(read_field(part));
  return true;
}

Result<void> FormatParser::read_field(FormatPart& part) {
  int kind = str_kind(text_);
  const void* data = str_data(text_);
  part.name = {at_, at_};
  bool in_brackets = false;
  Py_UCS4 c = 0;
  while (at_ < end_) {
    c = str_read(kind, data, at_++);
    if (c == '{' && !in_brackets) return raise(ValueError, "unexpected '{' in field name");
    if (c == '[')
      in_brackets = true;
    else if (c == ']')
      in_brackets = false;
    else if ((c == '}' || c == ':' || c == '!') && !in_brackets)
      break;
    c = 0;
  }
  if (c != '}' && c != ':' && c != '!') return raise(ValueError, "expected '}' before end of string");
  part.name.end = at_ - 1;
  if (c == '}') return {};
  if (c == '!') {
    if (at_ >= end_) return raise(ValueError, "end of string while looking for conversion specifier");
    part.conversion = str_read(kind, data, at_++);
    if (at_ < end_) {
      c = str_read(kind, data, at_++);
      if (c == '}') return {};
      if (c != ':') return raise(ValueError, "expected ':' after conversion specifier");
    }
  }
  part.has_spec = true;
  part.spec = {at_, end_};
  int depth = 1;
  while (at_ < end_) {
    c = str_read(kind, data, at_++);
    if (c == '{') {
      part.spec_has_fields = true;
      ++depth;
    } else if (c == '}' && --depth == 0) {
      part.spec.end = at_ - 1;
      return {};
    }
  }
  return raise(ValueError, "unmatched '{' in format spec");
}

namespace {
// The number that a text is, or -1.
Result<isize> number_in(Str* text, TextRange range) {
  if (range.empty()) return isize{-1};
  isize value = 0;
  for (isize i = range.start; i < range.end; ++i) {
    int digit = unicode::decimal_value(str_read_char(text, i));
    if (digit < 0) return isize{-1};
    if (value > (kMaxSize - digit) / 10) return raise(ValueError, "Too many decimal digits in format string");
    value = value * 10 + digit;
  }
  return value;
}
}  // namespace

Result<isize> FieldName::read_first(TextRange& first) {
  first = {at_, at_};
  while (at_ < end_) {
    Py_UCS4 c = str_read_char(text_, at_);
    if (c == '.' || c == '[') break;
    ++at_;
  }
  first.end = at_;
  return number_in(text_, first);
}
Result<bool> FieldName::next(bool& is_attribute, TextRange& name, isize& index) {
  if (at_ >= end_) return false;
  Py_UCS4 c = str_read_char(text_, at_++);
  index = -1;
  name = {at_, at_};
  if (c == '.') {
    is_attribute = true;
    while (at_ < end_) {
      c = str_read_char(text_, at_);
      if (c == '.' || c == '[') break;
      ++at_;
    }
    name.end = at_;
  } else if (c == '[') {
    is_attribute = false;
    while (at_ < end_ && str_read_char(text_, at_) != ']') ++at_;
    if (at_ >= end_) return raise(ValueError, "Missing ']' in format string");
    name.end = at_++;
    index = TRY(number_in(text_, name));
  } else {
    return raise(ValueError, "Only '.' or '[' may follow ']' in format field specifier");
  }
  if (name.empty()) return raise(ValueError, "Empty attribute in format string");
  return true;
}

// == Filling in ==

namespace {
class Formatter {
 public:
  Formatter(Str* text, Opt<Tuple*> args, Opt<Object*> kwargs) : text_(text), args_(args), kwargs_(kwargs) {}

  Result<void> write(TextRange range, int depth, StrWriter& out) {
    if (depth < 0) return raise(ValueError, "Max string recursion exceeded");
    FormatParser parser(text_, range);
    FormatPart part;
    while (TRY(parser.next(part))) {
      TRY(out.write_substring(text_, part.literal.start, part.literal.end));
      if (part.has_field) TRY(write_field(part, depth, out));
    }
    return {};
  }

 private:
  enum class Numbering { kUnknown, kAutomatic, kManual };

  Result<void> write_field(const FormatPart& part, int depth, StrWriter& out) {
    Ref<Object> value = TRY(look_up(part.name));
    if (part.conversion) {
      switch (part.conversion) {
        case 'r':
          value = TRY(object_repr(value));
          break;
        case 's':
          value = TRY(object_str(value));
          break;
        case 'a':
          value = TRY(object_ascii(value));
          break;
        default:
          if (part.conversion > 32 && part.conversion < 127) {
            return raise(ValueError, "Unknown conversion specifier %c", static_cast<int>(part.conversion));
          }
          return raise(ValueError, "Unknown conversion specifier \\x%x", part.conversion);
      }
    }
    Ref<Str> spec;
    if (part.spec_has_fields) {
      StrWriter expanded;
      TRY(write(part.spec, depth - 1, expanded));
      spec = TRY(expanded.finish());
    } else if (part.spec.empty()) {
      if (is_str_exact(value)) return out.write_str(as<Str>(value.get()));
      spec = Ref<Str>::share(str_empty());
    } else {
      spec = TRY(str_substring(text_, part.spec.start, part.spec.end));
    }
    Ref<Object> formatted;
    if (is_str_exact(value))
      formatted = TRY(format_str(as<Str>(value.get()), spec));
    else if (is_int_exact(value))
      formatted = TRY(format_int(value, spec));
    else if (is_float_exact(value))
      formatted = TRY(format_float(value, spec));
    else
      formatted = TRY(object_format(value, spec.get()));
    return out.write_str(as<Str>(formatted.get()));
  }

  Result<Object> look_up(TextRange range) {
    FieldName name(text_, range);
    TextRange first;
    isize index = TRY(name.read_first(first));
    if (first.empty() || index >= 0) {
      Numbering wanted = first.empty() ? Numbering::kAutomatic : Numbering::kManual;
      if (numbering_ == Numbering::kUnknown) numbering_ = wanted;
      if (numbering_ != wanted) {
        return raise(ValueError, wanted == Numbering::kAutomatic
                                     ? "cannot switch from manual field specification to automatic field numbering"
                                     : "cannot switch from automatic field numbering to manual field specification");
      }
      if (first.empty()) index = next_index_++;
    }
    Ref<Object> value;
    if (index >= 0) {
      if (!args_) return raise(ValueError, "Format string contains positional fields");
      if (index >= tuple_size(args_.get())) {
        return raise(IndexError, "Replacement index %zd out of range for positional args tuple", index);
      }
      value = Ref<Object>::share(tuple_item(args_.get(), index));
    } else {
      Ref<Str> key = TRY(str_substring(text_, first.start, first.end));
      if (!kwargs_) return raise_key_error(key);
      if (is_dict(kwargs_.get()) && is_dict_exact(kwargs_.get())) {
        value = TRY(dict_get_item(as<Dict>(kwargs_.get()), key));
        if (!value) return raise_key_error(key);
      } else {
        value = TRY(object_get_item(kwargs_.get(), key));
      }
    }
    bool is_attribute;
    TextRange part;
    while (TRY(name.next(is_attribute, part, index))) {
      if (!is_attribute && index >= 0) {
        if (sequence_check(value)) {
          value = TRY(sequence_get_item(value, index));
        } else {
          Ref<Int> number = TRY(int_from_ssize_t(index));
          value = TRY(object_get_item(value, number));
        }
        continue;
      }
      Ref<Str> key = TRY(str_substring(text_, part.start, part.end));
      value = TRY(is_attribute ? object_get_attr(value, static_cast<Object*>(key.get())) : object_get_item(value, key));
    }
    return value;
  }

  Str* text_;
  Opt<Tuple*> args_;
  Opt<Object*> kwargs_;
  Numbering numbering_ = Numbering::kUnknown;
  isize next_index_ = 0;
};
Result<Str> format_with(Str* format, Opt<Tuple*> args, Opt<Object*> kwargs) {
  Formatter formatter(format, args, kwargs);
  StrWriter out(str_length(format) + 100);
  // Fields may be nested in specifications, one level deep.
  TRY(formatter.write({0, str_length(format)}, 1, out));
  return out.finish();
}
}  // namespace

Result<Str> str_format(Str* format, Tuple* args, Opt<Object*> kwargs) { return format_with(format, args, kwargs); }
Result<Str> str_format_map(Str* format, Object* mapping) { return format_with(format, {}, mapping); }
}  // namespace adder
