// set, frozenset.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PySet_Type, PyFrozenSet_Type, PySetIter_Type;

namespace adder {
inline bool is_set(const Object* o) { return type_check(o, &PySet_Type); }
inline bool is_frozenset(const Object* o) { return type_check(o, &PyFrozenSet_Type); }
inline bool is_any_set(const Object* o) { return is_set(o) || is_frozenset(o); }
inline isize set_size(const Set* s) { return s->used; }
Result<Set> set_new(Opt<Object*> iterable = {});
Result<Set> frozenset_new(Opt<Object*> iterable = {});
Result<void> set_add(Set* s, Object* key);
Result<bool> set_discard(Set* s, Object* key);  // whether it was there
Result<bool> set_contains(Set* s, Object* key);
Result<void> set_update(Set* s, Object* iterable);
Result<void> set_difference_update(Set* s, Object* iterable);
Result<void> set_symmetric_difference_update(Set* s, Object* iterable);
Maybe<Object> set_pop(Set* s);  // KeyError when empty
void set_clear(Set* s);
// Walks the entries; borrowed.
bool set_next(Set* s, isize& position, Object*& key, Py_hash_t& hash);
}  // namespace adder
