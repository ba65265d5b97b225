// types_init: readies all built-in types at start-up.
#include "object/object.h"

#define STATIC_TYPE(symbol) ADDER_EXPORT PyTypeObject symbol;
#include "object/static_types.def"
#undef STATIC_TYPE

namespace adder {
// Called once by start-up, after the interned names are known and before anything runs.
Result<void> types_init() {
  Type* const all[] = {
#define STATIC_TYPE(symbol) &symbol,
#include "object/static_types.def"
#undef STATIC_TYPE
  };
  // Descriptors are made for the first types already: their own types must be known before they are ready.
  for (Type* type : all) {
    if (!type->ob_type) type->ob_type = &PyType_Type;
  }
  for (Type* type : all) TRY(type_ready(type));
  return {};
}
}  // namespace adder
