// float_internal: what the files of float and complex share.
#pragma once
#include "types/float.h"

namespace adder {
// Decimal digits and spaces of all scripts as their ASCII relatives; anything else beyond ASCII as '?'.
char str_char_as_ascii(Py_UCS4 c);
// Shortest text, ".0" added to what looks like an int.
Result<Str> double_repr(double value);
// value op other for a float or int; NotImplemented for others. Exact.
Result<Object> double_compare(double value, Object* other, int op);
Result<Str> float_hex(Float* f);
Result<Object> float_from_hex(Type* type, Object* text);
}  // namespace adder
