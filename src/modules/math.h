// math: what the two files of the module math share.
#pragma once
#include "import/import.h"
#include "object/object.h"

namespace adder {
Error raise_math_domain();
Error raise_math_range();
// fsum, hypot, dist, prod and the functions of ints.
extern PyMethodDef math_exact_functions[];
}  // namespace adder
