// builtins: access to the current interpreter's builtins from C++.
#pragma once
#include "object/protocol.h"

namespace adder {
// builtins.name, as the running interpreter has it now; AttributeError if it was deleted.
Result<Object> builtins_get(Object* name);
}  // namespace adder
