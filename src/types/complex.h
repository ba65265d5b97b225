// complex: arithmetic on pairs of doubles, for the modules that need it (the type's interface is in types/float.h).
#pragma once
#include "types/float.h"

namespace adder {
Py_complex complex_multiply(Py_complex a, Py_complex b);
// False if b is zero.
[[nodiscard]] bool complex_divide(Py_complex a, Py_complex b, Py_complex& quotient);
// False for zero to a negative or complex power.
[[nodiscard]] bool complex_power(Py_complex base, Py_complex exponent, Py_complex& result);
}  // namespace adder
