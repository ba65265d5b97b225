// names: storage of the constant interned strings.
#include "runtime/names.h"

#include "types/str.h"

namespace adder {
namespace names_detail {
#define NAME(identifier) constinit StaticStr<sizeof(#identifier)> identifier(#identifier);
#define TEXT(identifier, text) constinit StaticStr<sizeof(text)> identifier(text);
#include "runtime/names.def"
#undef NAME
#undef TEXT
}  // namespace names_detail

void names_intern_all() {
  PyASCIIObject* const all[] = {
#define NAME(identifier) &names_detail::identifier,
#define TEXT(identifier, text) &names_detail::identifier,
#include "runtime/names.def"
#undef NAME
#undef TEXT
  };
  for (PyASCIIObject* name : all) str_intern_static(static_cast<Str*>(static_cast<PyCompactUnicodeObject*>(name)));
}
}  // namespace adder
