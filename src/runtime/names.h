// names: interned strings that C++ code uses, as constants: id::append, id::__init__.
//
// Each is a constant-initialised, immortal, interned ASCII str; start-up only enters them into the interned table.
// To add one: runtime/names.def, your room's section: NAME(identifier) or TEXT(identifier, "text").
#pragma once
#include "abi/names.h"

ADDER_EXPORT PyTypeObject PyUnicode_Type;

namespace adder {
template <usize N>
struct StaticStr : PyASCIIObject {
  char text[N];
  constexpr StaticStr(const char (&source)[N])
      : PyASCIIObject{{kImmortalRefcnt, &PyUnicode_Type},
                      N - 1,
                      -1,
                      {.interned = SSTATE_INTERNED_IMMORTAL, .kind = 1, .compact = 1, .ascii = 1, .ready = 1},
                      nullptr} {
    for (usize i = 0; i < N; ++i) text[i] = source[i];
  }
};
namespace names_detail {
#define NAME(identifier) extern StaticStr<sizeof(#identifier)> identifier;
#define TEXT(identifier, text) extern StaticStr<sizeof(text)> identifier;
#include "runtime/names.def"
#undef NAME
#undef TEXT
}  // namespace names_detail
// Statically known address, dynamic hash (filled in at start-up).
struct NameHandle {
  PyASCIIObject* pointer;
  operator Str*() const { return static_cast<Str*>(static_cast<PyCompactUnicodeObject*>(pointer)); }
  constexpr operator Object*() const { return pointer; }
  Str* operator->() const { return *this; }
  Str* get() const { return *this; }
};
namespace id {
#define NAME(identifier) inline constexpr NameHandle identifier{&names_detail::identifier};
#define TEXT(identifier, text) inline constexpr NameHandle identifier{&names_detail::identifier};
#include "runtime/names.def"
#undef NAME
#undef TEXT
}  // namespace id
// Enters all of them into the interned table. Start-up, once per process.
void names_intern_all();
}  // namespace adder
