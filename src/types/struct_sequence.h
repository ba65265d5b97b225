// struct_sequence: types of tuples with named fields; the common functions are in types/module.h.
#pragma once
#include "types/module.h"

namespace adder {
// With more type flags; Py_TPFLAGS_DISALLOW_INSTANTIATION leaves the constructor out.
Result<Type> struct_sequence_new_type(PyStructSequence_Desc* description, unsigned long flags);
Result<void> struct_sequence_init_type(Type* type, PyStructSequence_Desc* description, unsigned long flags);
}  // namespace adder
