// build_class: what a class statement does.
#pragma once
#include "object/protocol.h"

namespace adder {
// `bases` are those of the statement; `keywords` its keyword arguments, from which "metaclass" is taken out.
Result<Object> build_class(Object* function, Object* name, Tuple* bases, Opt<Dict*> keywords);
}  // namespace adder
