// set/table: look-up, insertion, growth and the set operations.
//
// See        types/set/table.h
#include "types/set/table.h"

#include <cstring>

#include "base/hot.h"
#include "memory/collected.h"
#include "types/dict.h"
#include "types/keys.h"
#include "types/str.h"

namespace adder {
constinit PyObject set_dummy = {};
}
// What stands in the table of a set for a key that was taken out.
ADDER_EXPORT PyObject* _PySet_Dummy;
constinit PyObject* _PySet_Dummy = &adder::set_dummy;

namespace adder {

void set_init_empty(Set* s) {
  static_assert(sizeof(setentry) == 2 * sizeof(Object*));
  clear_fields(reinterpret_cast<Object**>(s->smalltable), kSetMinimum * 2);
  s->fill = s->used = 0;
  s->mask = kSetMinimum - 1;
  s->table = s->smalltable;
  s->hash = -1;
  s->finger = 0;
  s->weakreflist = nullptr;
}

namespace {
inline Result<Py_hash_t> hash_of(Object* key) { return key_hash(key); }

// Where a key that is not in the table goes; the table has no deleted entries.
void insert_clean(setentry* table, usize mask, Object* key, Py_hash_t hash) {
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    usize last = i + kSetNeighbours <= mask ? i + kSetNeighbours : i;
    for (usize j = i; j <= last; ++j) {
      if (!table[j].key) {
        table[j] = {key, hash};
        return;
      }
    }
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

bool is_crowded(const Set* s, isize more) { return (s->fill + more) * 5 >= s->mask * 3; }
}  // namespace

ADDER_HOT Result<isize> set_find(Set* s, Object* key, Py_hash_t hash) {
restart:
  setentry* table = s->table;
  auto mask = static_cast<usize>(s->mask);
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    usize last = i + kSetNeighbours <= mask ? i + kSetNeighbours : i;
    for (usize j = i; j <= last; ++j) {
      setentry& entry = table[j];
      if (!entry.key) return isize{-1};
      if (entry.hash != hash) continue;
      Object* found = entry.key;
      if (found == key) return static_cast<isize>(j);
      KeyEquality equality = compare_keys(found, key);
      if (equality == KeyEquality::kEqual) return static_cast<isize>(j);
      if (equality == KeyEquality::kUnequal) continue;
      Ref<Object> held = new_ref(found);
      Ref<Object> held_key = new_ref(key);
      bool equal = TRY(object_rich_compare_bool(found, key, Py_EQ));
      if (s->table != table || static_cast<usize>(s->mask) != mask || table[j].key != found) goto restart;
      if (equal) return static_cast<isize>(j);
    }
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

Result<void> set_resize(Set* s, isize minimum) {
  usize size = kSetMinimum;
  while (size <= static_cast<usize>(minimum)) size <<= 1;
  setentry* old = s->table;
  isize old_mask = s->mask;
  bool old_is_small = old == s->smalltable;
  setentry small_copy[kSetMinimum];
  setentry* table;
  if (size == kSetMinimum) {
    if (old_is_small) {
      if (s->fill == s->used) return {};
      std::memcpy(small_copy, old, sizeof small_copy);
      old = small_copy;
    }
    table = s->smalltable;
  } else {
    if (size > static_cast<usize>(kMaxSize) / sizeof(setentry)) return raise_no_memory();
    table = static_cast<setentry*>(memory::allocate(size * sizeof(setentry)));
    if (!table) return raise_no_memory();
  }
  std::memset(static_cast<void*>(table), 0, size * sizeof(setentry));
  s->mask = static_cast<isize>(size) - 1;
  s->table = table;
  s->fill = s->used;
  for (isize i = 0; i <= old_mask; ++i) {
    if (set_entry_is_active(old[i])) insert_clean(table, size - 1, old[i].key, old[i].hash);
  }
  if (!old_is_small) memory::release(old);
  return {};
}

ADDER_HOT Result<void> set_add_entry(Set* s, Object* key, Py_hash_t hash) {
  Ref<Object> held = new_ref(key);
  if (TRY(set_find(s, key, hash)) >= 0) return {};
  // The first place that is free or was deleted, on the way of the search.
  auto mask = static_cast<usize>(s->mask);
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    usize last = i + kSetNeighbours <= mask ? i + kSetNeighbours : i;
    for (usize j = i; j <= last; ++j) {
      setentry& entry = s->table[j];
      if (entry.key) continue;
      entry = {held.release(), hash};
      s->fill++;
      s->used++;
      if (!is_crowded(s, 0)) return {};
      return set_resize(s, s->used > 50000 ? s->used * 2 : s->used * 4);
    }
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

ADDER_HOT Result<bool> set_contains_entry(Set* s, Object* key, Py_hash_t hash) {
  return TRY(set_find(s, key, hash))
  >= 0;
}

Result<bool> set_discard_entry(Set* s, Object* key, Py_hash_t hash) {
  isize index = TRY(set_find(s, key, hash));
  if (index < 0) return false;
  Ref<Object> old = Ref<Object>::steal(s->table[index].key);
  s->table[index] = {&set_dummy, -1};
  s->used--;
  return true;
}

// == The interface for C++ ==

Result<void> set_add(Set* s, Object* key) { return set_add_entry(s, key, TRY(hash_of(key))); }
Result<bool> set_contains(Set* s, Object* key) { return set_contains_entry(s, key, TRY(hash_of(key))); }
Result<bool> set_discard(Set* s, Object* key) { return set_discard_entry(s, key, TRY(hash_of(key))); }

Result<Py_hash_t> set_hash_key(Object* key, Ref<Object>& replacement) {
  Result<Py_hash_t> hash = hash_of(key);
  if (!hash.failed()) return hash.take();
  if (!is_set(key) || !error_matches(TypeError)) return Error{};
  error_clear();
  Ref<Set> frozen = TRY(set_make(&PyFrozenSet_Type, key));
  Py_hash_t frozen_value = frozenset_hash(frozen);
  replacement = std::move(frozen);
  return frozen_value;
}

ADDER_HOT bool set_next(Set* s, isize& position, Object*& key, Py_hash_t& hash) {
  isize i = position;
  while (i <= s->mask && !set_entry_is_active(s->table[i])) ++i;
  position = i + 1;
  if (i > s->mask) return false;
  key = s->table[i].key;
  hash = s->table[i].hash;
  return true;
}

Maybe<Object> set_pop(Set* s) {
  if (s->used == 0) return raise(KeyError, "pop from an empty set");
  // Going on where the last pop stopped keeps popping everything linear.
  isize i = s->finger & s->mask;
  while (!set_entry_is_active(s->table[i])) i = i == s->mask ? 0 : i + 1;
  Ref<Object> key = Ref<Object>::steal(s->table[i].key);
  s->table[i] = {&set_dummy, -1};
  s->used--;
  s->finger = i + 1;
  return key;
}

void set_clear(Set* s) {
  if (s->fill == 0) return;
  setentry small_copy[kSetMinimum];
  setentry* table = s->table;
  isize mask = s->mask;
  bool is_small = table == s->smalltable;
  if (is_small) {
    for (isize i = 0; i < kSetMinimum; ++i) {
      asm("" : "+r"(i));  // a few words: no string instruction
      small_copy[i] = table[i];
    }
    table = small_copy;
  }
  Object* weak = s->weakreflist;
  Py_hash_t hash = s->hash;
  set_init_empty(s);
  s->weakreflist = weak;
  s->hash = hash;
  for (isize i = 0; i <= mask; ++i) {
    if (set_entry_is_active(table[i])) decref(table[i].key);
  }
  if (!is_small) memory::release(table);
}

Result<void> set_merge(Set* s, Set* other) {
  if (other == s || other->used == 0) return {};
  if (is_crowded(s, other->used)) TRY(set_resize(s, (s->used + other->used) * 2));
  if (s->fill == 0) {
    if (s->mask == other->mask && other->fill == other->used) {
      for (isize i = 0; i <= other->mask; ++i) {
        if (Object* key = other->table[i].key) {
          incref(key);
          s->table[i] = other->table[i];
        }
      }
    } else {
      for (isize i = 0; i <= other->mask; ++i) {
        setentry& entry = other->table[i];
        if (!set_entry_is_active(entry)) continue;
        incref(entry.key);
        insert_clean(s->table, static_cast<usize>(s->mask), entry.key, entry.hash);
      }
    }
    s->fill = s->used = other->used;
    return {};
  }
  isize position = 0;
  Object* key;
  Py_hash_t hash;
  while (set_next(other, position, key, hash)) TRY(set_add_entry(s, key, hash));
  return {};
}

Result<void> set_update(Set* s, Object* iterable) {
  if (is_any_set(iterable)) return set_merge(s, as<Set>(iterable));
  if (is_dict_exact(iterable)) {
    Dict* d = as<Dict>(iterable);
    if (is_crowded(s, dict_size(d))) TRY(set_resize(s, (s->used + dict_size(d)) * 2));
    isize position = 0;
    Object *key, *value;
    Py_hash_t hash;
    while (dict_next_hash(d, position, key, value, hash)) TRY(set_add_entry(s, key, hash));
    return {};
  }
  return for_each(iterable, [&](Object* key) { return set_add(s, key); });
}

void set_swap_contents(Set* a, Set* b) {
  bool a_small = a->table == a->smalltable, b_small = b->table == b->smalltable;
  std::swap(a->fill, b->fill);
  std::swap(a->used, b->used);
  std::swap(a->mask, b->mask);
  std::swap(a->table, b->table);
  if (a_small || b_small) {
    setentry saved[kSetMinimum];
    std::memcpy(saved, a->smalltable, sizeof saved);
    std::memcpy(a->smalltable, b->smalltable, sizeof saved);
    std::memcpy(b->smalltable, saved, sizeof saved);
    if (b_small) a->table = a->smalltable;
    if (a_small) b->table = b->smalltable;
  }
  bool frozen = is_frozenset(a) && is_frozenset(b);
  Py_hash_t a_hash = a->hash;
  a->hash = frozen ? b->hash : -1;
  b->hash = frozen ? a_hash : -1;
}

// == Operations ==

Result<Set> set_copy(Set* s) { return set_make(set_base_type(s), s); }

Result<Set> set_intersection(Set* s, Object* other) {
  if (static_cast<Object*>(s) == other) return set_copy(s);
  Ref<Set> result = TRY(set_make(set_base_type(s), {}));
  if (is_any_set(other)) {
    Set* walked = as<Set>(other);
    Set* asked = s;
    if (walked->used > asked->used) std::swap(walked, asked);
    isize position = 0;
    Object* key;
    Py_hash_t hash;
    while (set_next(walked, position, key, hash)) {
      Ref<Object> held = new_ref(key);
      if (TRY(set_contains_entry(asked, held, hash))) TRY(set_add_entry(result, held, hash));
    }
    return result;
  }
  TRY(for_each(other, [&](Object* key) -> Result<void> {
    Py_hash_t hash = TRY(hash_of(key));
    if (TRY(set_contains_entry(s, key, hash))) TRY(set_add_entry(result, key, hash));
    return {};
  }));
  return result;
}

Result<void> set_difference_update(Set* s, Object* other) {
  if (static_cast<Object*>(s) == other) {
    set_clear(s);
    return {};
  }
  if (is_any_set(other)) {
    Set* walked = as<Set>(other);
    isize position = 0;
    Object* key;
    Py_hash_t hash;
    // Removing from a set that is much smaller: walk that one.
    if (s->used < walked->used / 8) {
      Ref<Set> kept = TRY(set_difference(s, other));
      set_swap_contents(s, kept);
      return {};
    }
    while (set_next(walked, position, key, hash)) {
      Ref<Object> held = new_ref(key);
      TRY(set_discard_entry(s, held, hash));
    }
  } else {
    TRY(for_each(other, [&](Object* key) -> Result<void> {
      TRY(set_discard_entry(s, key, TRY(hash_of(key))));
      return {};
    }));
  }
  if ((s->fill - s->used) * 4 > s->mask) return set_resize(s, s->used > 50000 ? s->used * 2 : s->used * 4);
  return {};
}

Result<Set> set_difference(Set* s, Object* other) {
  bool is_dictionary = is_dict_exact(other);
  if (!is_any_set(other) && !is_dictionary) {
    Ref<Set> result = TRY(set_copy(s));
    TRY(set_difference_update(result, other));
    return result;
  }
  isize other_size = is_dictionary ? dict_size(as<Dict>(other)) : set_size(as<Set>(other));
  if (s->used / 4 > other_size) {
    Ref<Set> result = TRY(set_copy(s));
    TRY(set_difference_update(result, other));
    return result;
  }
  Ref<Set> result = TRY(set_make(set_base_type(s), {}));
  isize position = 0;
  Object* key;
  Py_hash_t hash;
  while (set_next(s, position, key, hash)) {
    Ref<Object> held = new_ref(key);
    bool common;
    if (is_dictionary) {
      Ref<Object> found = TRY(dict_get_item_known_hash(as<Dict>(other), held, hash));
      common = static_cast<bool>(found);
    } else {
      common = TRY(set_contains_entry(as<Set>(other), held, hash));
    }
    if (!common) TRY(set_add_entry(result, held, hash));
  }
  return result;
}

Result<void> set_symmetric_difference_update(Set* s, Object* other) {
  if (static_cast<Object*>(s) == other) {
    set_clear(s);
    return {};
  }
  auto toggle = [&](Object* key, Py_hash_t hash) -> Result<void> {
    if (!TRY(set_discard_entry(s, key, hash))) TRY(set_add_entry(s, key, hash));
    return {};
  };
  if (is_dict_exact(other)) {
    isize position = 0;
    Object *key, *value;
    Py_hash_t hash;
    while (dict_next_hash(as<Dict>(other), position, key, value, hash)) {
      Ref<Object> held = new_ref(key);
      TRY(toggle(held, hash));
    }
    return {};
  }
  Ref<Set> others = is_any_set(other) ? new_ref(as<Set>(other)) : TRY(set_make(set_base_type(s), other));
  isize position = 0;
  Object* key;
  Py_hash_t hash;
  while (set_next(others, position, key, hash)) {
    Ref<Object> held = new_ref(key);
    TRY(toggle(held, hash));
  }
  return {};
}

Result<Set> set_symmetric_difference(Set* s, Object* other) {
  Ref<Set> result = TRY(set_make(set_base_type(s), other));
  TRY(set_symmetric_difference_update(result, s));
  return result;
}

Result<bool> set_is_subset(Set* s, Object* other) {
  if (!is_any_set(other)) {
    Ref<Set> others = TRY(set_intersection(s, other));
    return others->used == s->used;
  }
  Set* whole = as<Set>(other);
  if (s->used > whole->used) return false;
  isize position = 0;
  Object* key;
  Py_hash_t hash;
  while (set_next(s, position, key, hash)) {
    Ref<Object> held = new_ref(key);
    if (!TRY(set_contains_entry(whole, held, hash))) return false;
  }
  return true;
}

Result<bool> set_is_superset(Set* s, Object* other) {
  if (is_any_set(other)) return set_is_subset(as<Set>(other), s);
  Ref<Object> iterator = TRY(object_get_iter(other));
  for (;;) {
    Ref<Object> key = TRY(iter_next(iterator));
    if (!key) return true;
    if (!TRY(set_contains(s, key))) return false;
  }
}

Result<bool> set_is_disjoint(Set* s, Object* other) {
  if (static_cast<Object*>(s) == other) return s->used == 0;
  if (is_any_set_exact(other)) {
    Set* walked = as<Set>(other);
    Set* asked = s;
    if (walked->used > asked->used) std::swap(walked, asked);
    isize position = 0;
    Object* key;
    Py_hash_t hash;
    while (set_next(walked, position, key, hash)) {
      Ref<Object> held = new_ref(key);
      if (TRY(set_contains_entry(asked, held, hash))) return false;
    }
    return true;
  }
  Ref<Object> iterator = TRY(object_get_iter(other));
  for (;;) {
    Ref<Object> key = TRY(iter_next(iterator));
    if (!key) return true;
    if (TRY(set_contains(s, key))) return false;
  }
}

Result<bool> set_equal(Set* left, Set* right) {
  if (left->used != right->used) return false;
  if (left->hash != -1 && right->hash != -1 && left->hash != right->hash) return false;
  return set_is_subset(left, right);
}

// The algorithm of collections.abc.Set._hash, so that any Set may hash like a frozenset: the order does not count.
Py_hash_t frozenset_hash(Set* s) {
  if (s->hash != -1) return s->hash;
  u64 mixed = 1927868237 * static_cast<u64>(s->used + 1);
  isize position = 0;
  Object* key;
  Py_hash_t hash;
  while (set_next(s, position, key, hash)) {
    auto bits = static_cast<u64>(hash);
    mixed ^= (bits ^ (bits << 16) ^ 89869747) * 3644798167;
  }
  mixed ^= (mixed >> 11) ^ (mixed >> 25);
  mixed = mixed * 69069 + 907133923;
  auto result = static_cast<Py_hash_t>(mixed);
  if (result == -1) result = 590923713;
  return s->hash = result;
}
}  // namespace adder
