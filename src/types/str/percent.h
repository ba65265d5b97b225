// str/percent: what text % arguments and bytes % arguments share: reading conversions, taking arguments, numbers.
//
// See        the library reference, "printf-style String Formatting"
#pragma once
#include "types/str/internal.h"
#include "types/tuple.h"

namespace adder::percent {
// One conversion specification: %(key)-+ #0width.precision type.
struct Conversion {
  bool left = false, sign = false, blank = false, alternate = false, zero = false;
  bool no_negative_zero = false;  // the flag z, which only bytes know
  isize width = -1, precision = -1;
  Py_UCS4 type = 0;
  isize type_index = 0;
};

// The right operand: a tuple, one object, or a mapping.
class Arguments {
 public:
  explicit Arguments(Object* arguments, bool for_bytes = false);
  // The next one, borrowed; TypeError "not enough arguments for format string".
  Result<Object> next();
  // All taken, or the operand is a mapping.
  bool exhausted() const { return index_ >= size_ || is_mapping_; }
  Result<void> select_key(Object* key);  // %(key)
  bool is_mapping() const { return is_mapping_; }

 private:
  Object* arguments_;
  isize size_, index_;
  bool is_mapping_;
  Ref<Object> selected_;
};

// Reads the specification after a '%' at `at` (which moves behind it). make_key makes the key's object of a range of
// the text.
Result<void> read_conversion(int kind, const void* format, isize length, isize& at, Arguments& arguments,
                             Result<Object> (*make_key)(const void* format, int kind, isize start, isize end),
                             Conversion& conversion, bool allow_z = false);
// Text of %d %i %u %o %x %X with sign, prefix and precision, but not padded to the width; `numeric` digits may be
// padded with 0 behind `prefix_size` characters of sign and prefix.
Result<Str> format_integer(Object* value, const Conversion& conversion);
// Text of %e %E %f %F %g %G.
Result<Str> format_real(Object* value, const Conversion& conversion);
// Puts a number's text into the field: sign, zeros, blanks.
Result<void> write_number(StrWriter& out, Str* text, const Conversion& conversion);
inline bool is_integer_type(Py_UCS4 c) { return c == 'd' || c == 'i' || c == 'u' || c == 'o' || c == 'x' || c == 'X'; }
inline bool is_real_type(Py_UCS4 c) { return c == 'e' || c == 'E' || c == 'f' || c == 'F' || c == 'g' || c == 'G'; }
}  // namespace adder::percent
