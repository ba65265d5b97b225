// format: format() specifications for str, int, float, complex; str.format's fields (PEP 3101).
#pragma once
#include "object/protocol.h"

namespace adder {
// Each gives the text of `value` under `spec` (int.__format__ …). ValueError for bad specs, CPython's texts.
Result<Str> format_str(Str* value, Str* spec);
Result<Str> format_int(Object* value, Str* spec);
Result<Str> format_float(Object* value, Str* spec);
Result<Str> format_complex(Object* value, Str* spec);
// `count` digits of a str from `start` on (zeros for a null `digits`), in groups, filled up with zeros to `min_width`
// characters. `sizes` as in localeconv(): bytes, the last repeats, CHAR_MAX ends.
Result<Str> str_group_digits(Opt<Str*> digits, isize start, isize count, isize min_width, const char* sizes,
                             Str* separator);
// format.format(*args, **kwargs); kwargs a mapping or null.
Result<Str> str_format(Str* format, Tuple* args, Opt<Object*> kwargs);
// format.format_map(mapping).
Result<Str> str_format_map(Str* format, Object* mapping);
}  // namespace adder
