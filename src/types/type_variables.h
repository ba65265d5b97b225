// type_variables: parameters of generic aliases and unions: finding type variables and putting types in their places
// (PEP 585, 604, 646).
#pragma once
#include "object/object.h"

namespace adder {
// The type variables in `args`, each once, as a tuple.
Result<Tuple> find_type_parameters(Tuple* args);
// `args` with `parameters` replaced by `item` (one argument or a tuple of them). `self` serves the error texts.
Result<Tuple> substitute_type_parameters(Object* self, Tuple* args, Tuple* parameters, Object* item);
// repr() of a type as annotations show it: the bare name of built-in types, module.qualname of others.
class StrWriter;
Result<void> write_type_repr(StrWriter& writer, Object* type);
}  // namespace adder
