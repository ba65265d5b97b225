// builtins: access to the current interpreter's builtins from C++.
#include "runtime/builtins.h"

#include "runtime/runtime.h"
#include "types/dict.h"

namespace adder {
Result<Object> builtins_get(Object* name) {
  Ref<Object> value = TRY(dict_get_item(interpreter()->builtins, name));
  if (!value) return raise(AttributeError, "module 'builtins' has no attribute '%U'", name);
  return value;
}
}  // namespace adder
