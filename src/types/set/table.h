// set/table: the open-addressing hash table behind set and frozenset.
//
// Layout     PySetObject (ABI): 2**n entries of key and hash; a small table of 8 lies in the object. An entry is unused
//            (key null), deleted (key is the dummy, hash -1, which no object has) or active. `fill` counts the last two
//            kinds, `used` the active ones.
// Probing    up to 10 neighbouring entries (one or two cache lines), then a jump that uses more bits of the hash; at
//            most three fifths are filled, so unused entries end every search.
// Law        comparing keys may run Python code that changes the set: after each comparison the table is looked at
//            again.
#pragma once
#include "types/set.h"

namespace adder {
inline constexpr isize kSetMinimum = 8, kSetNeighbours = 9;
extern PyObject set_dummy;

inline bool set_entry_is_active(const setentry& entry) { return entry.key && entry.key != &set_dummy; }
inline bool is_set_exact(const Object* o) { return o->ob_type == &PySet_Type; }
inline bool is_frozenset_exact(const Object* o) { return o->ob_type == &PyFrozenSet_Type; }
inline bool is_any_set_exact(const Object* o) { return is_set_exact(o) || is_frozenset_exact(o); }

void set_init_empty(Set* s);
// Index of the entry of a key, or -1. May run __eq__.
Result<isize> set_find(Set* s, Object* key, Py_hash_t hash);
// Whether `matches(key)` of a key with this hash. Neither runs Python code.
template <class Matches>
bool set_contains_matching(Set* s, Py_hash_t hash, Matches&& matches) {
  auto mask = static_cast<usize>(s->mask);
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    usize last = i + kSetNeighbours <= mask ? i + kSetNeighbours : i;
    for (usize j = i; j <= last; ++j) {
      const setentry& entry = s->table[j];
      if (!entry.key) return false;
      if (entry.hash == hash && matches(entry.key)) return true;
    }
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}
Result<void> set_add_entry(Set* s, Object* key, Py_hash_t hash);
Result<bool> set_discard_entry(Set* s, Object* key, Py_hash_t hash);
Result<bool> set_contains_entry(Set* s, Object* key, Py_hash_t hash);
// Room for at least `minimum` active entries. Fails only for memory.
Result<void> set_resize(Set* s, isize minimum);
// Adds all of another set.
Result<void> set_merge(Set* s, Set* other);
// Exchanges the contents of two sets of the same kind.
void set_swap_contents(Set* a, Set* b);
// A new empty set or frozenset of that type (or subclass).
Result<Set> set_make(Type* type, Opt<Object*> iterable);
inline Type* set_base_type(const Object* s) { return is_set(s) ? &PySet_Type : &PyFrozenSet_Type; }

// The operations; results are exact sets or frozensets, as the left operand is a set or a frozenset.
Result<Set> set_copy(Set* s);
Result<Set> set_intersection(Set* s, Object* other);
Result<Set> set_difference(Set* s, Object* other);
Result<Set> set_symmetric_difference(Set* s, Object* other);
Result<bool> set_is_subset(Set* s, Object* other);
Result<bool> set_is_superset(Set* s, Object* other);
Result<bool> set_is_disjoint(Set* s, Object* other);
Result<bool> set_equal(Set* left, Set* right);
Py_hash_t frozenset_hash(Set* s);
// A key that may be a set itself stands for a frozenset with its content (remove, discard, in).
Result<Py_hash_t> set_hash_key(Object* key, Ref<Object>& replacement);
}  // namespace adder
