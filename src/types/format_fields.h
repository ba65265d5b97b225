// format_fields: the parts of a str.format() template; for str.format and the module _string.
#pragma once
#include "types/str.h"

namespace adder {
// A range of the template.
struct TextRange {
  isize start = 0, end = 0;
  bool empty() const { return start >= end; }
};
// Literal text, and the replacement field after it if `has_field`.
struct FormatPart {
  TextRange literal;
  bool has_field = false;
  TextRange name;
  Py_UCS4 conversion = 0;  // 'r', 's', 'a' …, 0: none
  bool has_spec = false;
  TextRange spec;
  bool spec_has_fields = false;
};
// Reads the parts of text[range], one after the other. No Python code runs.
class FormatParser {
 public:
  FormatParser(Str* text, TextRange range) : text_(text), at_(range.start), end_(range.end) {}
  // False at the end. ValueError for bad templates.
  Result<bool> next(FormatPart& part);

 private:
  Result<void> read_field(FormatPart& part);
  Str* text_;
  isize at_, end_;
};
// The name of a field: "0.name[key]".
class FieldName {
 public:
  FieldName(Str* text, TextRange range) : text_(text), at_(range.start), end_(range.end) {}
  // What stands before the first '.' or '[': its range, and its value if it is a number (else -1).
  Result<isize> read_first(TextRange& first);
  // One accessor: false at the end. `index` is -1 where the key is no number.
  Result<bool> next(bool& is_attribute, TextRange& name, isize& index);
  TextRange rest() const { return {at_, end_}; }

 private:
  Str* text_;
  isize at_, end_;
};
}  // namespace adder
