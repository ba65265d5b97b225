// format: format() specifications for str, int, float, complex; str.format's fields (PEP 3101).
#pragma once
#include "object/protocol.h"

namespace adder {
// Each gives the text of `value` under `spec` (int.__format__ …). ValueError for bad specs, CPython's texts.
Result<Str> format_str(Str* value, Str* spec);
Result<Str> format_int(Object* value, Str* spec);
Result<Str> format_float(Object* value, Str* spec);
Result<Str> format_complex(Object* value, Str* spec);
// format.format(*args, **kwargs); kwargs a mapping or null.
Result<Str> str_format(Str* format, Tuple* args, Opt<Object*> kwargs);
// format.format_map(mapping).
Result<Str> str_format_map(Str* format, Object* mapping);
}  // namespace adder
