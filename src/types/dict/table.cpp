// dict/table: look-up, insertion, growth and removal in the compact ordered hash table.
//
// Law        comparing keys may run Python code that changes the dict: after each comparison the table is looked at
// again,
//            and the search starts over if it is another one. Growing never compares.
// See        types/dict/table.h for the layout
#include "types/dict/table.h"

#include <atomic>
#include <cstring>

#include "base/hot.h"
#include "memory/collected.h"

namespace adder {
namespace {
// Shared tables stop taking keys here: 64 indices of one byte.
constexpr isize kSharedKeysMax = 30;
constexpr u8 kSharedKeysLog2Size = 6;
constexpr u8 kMinimumLog2Size = 3;
constexpr u64 kVersionBlock = 1 << 16;

std::atomic<u64> version_blocks{1};
// 1 is the version of the empty table.
std::atomic<u32> keys_versions{2};
}  // namespace

constinit EmptyDictKeys empty_dict_keys = {{kImmortalRefcnt, 0, 3, KeysKind::kStr, 1, 0, 0},
                                           {-1, -1, -1, -1, -1, -1, -1, -1}};
thread_local constinit DictVersions dict_versions = {0, 0};

u64 dict_versions_refill() {
  u64 start = version_blocks.fetch_add(1, std::memory_order_relaxed) * kVersionBlock;
  dict_versions = {start + 1, start + kVersionBlock};
  return start;
}

// == Storage ==

namespace {
usize keys_bytes(u8 log2_size, u8 log2_index_bytes, KeysKind kind, isize entries) {
  return sizeof(DictKeys) + (usize{1} << log2_index_bytes) +
         static_cast<usize>(entries) * (kind == KeysKind::kGeneral ? sizeof(DictEntry) : sizeof(DictStrEntry));
}

// An empty table, or null without an exception. `room`: entries it can take.
DictKeys* keys_new(u8 log2_size, KeysKind kind, isize room) {
  // Entry numbers must fit a signed index: one byte serves up to 128 indices, of which two thirds are entries.
  u8 width = log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3;
  u8 log2_index_bytes = static_cast<u8>(log2_size + width);
  auto* keys = static_cast<DictKeys*>(memory::allocate(keys_bytes(log2_size, log2_index_bytes, kind, room)));
  if (!keys) return nullptr;
  keys->refcount = 1;
  keys->log2_size = log2_size;
  keys->log2_index_bytes = log2_index_bytes;
  keys->kind = kind;
  keys->version = 0;
  keys->usable = room;
  keys->entry_count = 0;
  std::memset(keys->indices(), 0xff, usize{1} << log2_index_bytes);
  return keys;
}

// The same for the smallest table, which most dicts have.
DictKeys* keys_new_smallest(KeysKind kind) {
  constexpr isize kRoom = 5;
  auto* keys = static_cast<DictKeys*>(memory::allocate(
      sizeof(DictKeys) + 8 + kRoom * (kind == KeysKind::kGeneral ? sizeof(DictEntry) : sizeof(DictStrEntry))));
  if (!keys) return nullptr;
  keys->refcount = 1;
  keys->log2_size = kMinimumLog2Size;
  keys->log2_index_bytes = kMinimumLog2Size;
  keys->kind = kind;
  keys->version = 0;
  keys->usable = kRoom;
  keys->entry_count = 0;
  std::memset(keys->indices(), 0xff, 8);
  return keys;
}

inline isize& values_capacity(Object** values) { return reinterpret_cast<isize*>(values)[-1]; }

Object** values_new(isize capacity) {
  auto* block = static_cast<isize*>(memory::allocate(static_cast<usize>(capacity + 1) * sizeof(Object*)));
  if (!block) return nullptr;
  block[0] = capacity;
  return reinterpret_cast<Object**>(block + 1);
}

usize find_empty_index(const DictKeys* keys, Py_hash_t hash) {
  usize mask = keys->mask();
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  while (keys->index_at(i) >= 0) {
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
  return i;
}

// Enters a slot under a hash that the table does not hold yet.
inline void put_index(DictKeys* keys, Py_hash_t hash, isize slot) {
  if (ADDER_LIKELY(keys->index_width() == 0)) {
    i8* indices = static_cast<i8*>(keys->indices());
    usize mask = keys->mask();
    usize perturb = static_cast<usize>(hash);
    usize i = perturb & mask;
    while (indices[i] >= 0) {
      perturb >>= 5;
      i = (i * 5 + perturb + 1) & mask;
    }
    indices[i] = static_cast<i8>(slot);
    return;
  }
  keys->set_index(find_empty_index(keys, hash), slot);
}

// Enters all slots of a table that has no holes and no index yet.
template <class Index>
void put_all_indices(DictKeys* keys) {
  Index* indices = static_cast<Index*>(keys->indices());
  usize mask = keys->mask();
  isize count = keys->entry_count;
  bool general = keys->is_general();
  for (isize slot = 0; slot < count; ++slot) {
    usize perturb =
        static_cast<usize>(general ? keys->entries()[slot].hash : as<Str>(keys->str_entries()[slot].key)->hash);
    usize i = perturb & mask;
    while (indices[i] >= 0) {
      perturb >>= 5;
      i = (i * 5 + perturb + 1) & mask;
    }
    indices[i] = static_cast<Index>(slot);
  }
}
void put_all_indices(DictKeys* keys) {
  switch (keys->index_width()) {
    case 0:
      return put_all_indices<i8>(keys);
    case 1:
      return put_all_indices<i16>(keys);
    case 2:
      return put_all_indices<i32>(keys);
    default:
      return put_all_indices<i64>(keys);
  }
}

// Where the index of an existing slot stands.
usize find_index_of_slot(const DictKeys* keys, Py_hash_t hash, isize slot) {
  usize mask = keys->mask();
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  while (keys->index_at(i) != slot) {
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
  return i;
}

// Room for one more value of a split dict.
bool values_reserve(Dict* d) {
  isize capacity = values_capacity(d->ma_values);
  if (d->ma_used < capacity) return true;
  isize wanted = capacity * 2 < kSharedKeysMax ? capacity * 2 : kSharedKeysMax;
  auto* block = static_cast<isize*>(
      memory::reallocate(reinterpret_cast<isize*>(d->ma_values) - 1, static_cast<usize>(wanted + 1) * sizeof(Object*)));
  if (!block) return false;
  block[0] = wanted;
  d->ma_values = reinterpret_cast<Object**>(block + 1);
  return true;
}
}  // namespace

void dict_values_free(Object** values) { memory::release(reinterpret_cast<isize*>(values) - 1); }

ADDER_HOT void dict_keys_release(DictKeys* keys) {
  if (keys->refcount >= kImmortalRefcnt || --keys->refcount > 0) return;
  isize count = keys->entry_count;
  if (keys->is_general()) {
    DictEntry* entries = keys->entries();
    for (isize i = 0; i < count; ++i) {
      decref_or_null(entries[i].key);
      decref_or_null(entries[i].value);
    }
  } else {
    DictStrEntry* entries = keys->str_entries();
    for (isize i = 0; i < count; ++i) {
      decref_or_null(entries[i].key);
      decref_or_null(entries[i].value);
    }
  }
  memory::release(keys);
}

isize dict_table_bytes(const Dict* d) {
  isize bytes = 0;
  if (d->ma_values) bytes += (values_capacity(d->ma_values) + 1) * static_cast<isize>(sizeof(Object*));
  const DictKeys* keys = d->ma_keys;
  if (keys->refcount == 1) {
    bytes += static_cast<isize>(
        keys_bytes(keys->log2_size, keys->log2_index_bytes, keys->kind, dict_usable_fraction(keys->size())));
  }
  return bytes;
}

// == Looking up ==

namespace dict_detail {
ADDER_HOT isize find_str_in_large(const DictKeys* keys, Str* key, Py_hash_t hash) {
  usize end;
  switch (keys->index_width()) {
    case 1:
      return find_str<i16>(keys, key, hash, end);
    case 2:
      return find_str<i32>(keys, key, hash, end);
    default:
      return find_str<i64>(keys, key, hash, end);
  }
}
}  // namespace dict_detail

namespace {
// How a search among keys of all types ended, if not at a slot.
constexpr isize kAbsent = -1, kFailed = -2, kChanged = -3;

// Asks the keys themselves: 1, 0, kFailed with an exception, or kChanged if the table is another one now.
__attribute__((noinline)) isize ask_keys(Dict* d, DictKeys* keys, isize slot, Object* found, Object* key) {
  bool general = keys->is_general();
  Ref<Object> held = new_ref(found);
  Ref<Object> held_key = new_ref(key);
  Result<bool> compared = object_rich_compare_bool(found, key, Py_EQ);
  if (compared.failed()) return kFailed;
  if (d->ma_keys != keys || keys->is_general() != general || slot >= keys->entry_count || keys->key_at(slot) != found) {
    return kChanged;
  }
  return compared.take();
}

template <class Index>
ADDER_ALWAYS_INLINE isize find_general_as(Dict* d, DictKeys* keys, Object* key, Py_hash_t hash) {
  const Index* indices = static_cast<const Index*>(keys->indices());
  const DictEntry* entries = keys->entries();
  usize mask = keys->mask();
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    isize slot = indices[i];
    if (slot >= 0) {
      Object* found = entries[slot].key;
      if (found == key) return slot;
      if (entries[slot].hash == hash) {
        KeyEquality equality = compare_keys(found, key);
        if (equality == KeyEquality::kEqual) return slot;
        if (equality == KeyEquality::kUnknown) {
          isize answer = ask_keys(d, keys, slot, found, key);
          if (answer < 0) return answer;
          if (answer == 1) return slot;
        }
      }
    } else if (slot == DictKeys::kEmpty) {
      return kAbsent;
    }
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
}

// A key that is no exact str, in a table of str.
isize find_other_among_str(Dict* d, DictKeys* keys, Object* key, Py_hash_t hash) {
  isize end = dict_slot_end(d);  // shared keys that this dict does not have are not asked
  usize mask = keys->mask();
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    isize slot = keys->index_at(i);
    if (slot >= 0) {
      Object* found = keys->str_entries()[slot].key;
      if (as<Str>(found)->hash == hash && slot < end) {
        isize answer = ask_keys(d, keys, slot, found, key);
        if (answer < 0) return answer;
        if (answer == 1) return slot;
      }
    } else if (slot == DictKeys::kEmpty) {
      return kAbsent;
    }
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
}

ADDER_HOT Result<isize> find_comparing(Dict* d, Object* key, Py_hash_t hash) {
  for (;;) {
    DictKeys* keys = d->ma_keys;
    isize slot;
    if (!keys->is_general()) {
      slot = is_str_exact(key) ? dict_keys_find_str(keys, as<Str>(key), hash) : find_other_among_str(d, keys, key, hash);
    } else {
      switch (keys->index_width()) {
        case 0:
          slot = find_general_as<i8>(d, keys, key, hash);
          break;
        case 1:
          slot = find_general_as<i16>(d, keys, key, hash);
          break;
        case 2:
          slot = find_general_as<i32>(d, keys, key, hash);
          break;
        default:
          slot = find_general_as<i64>(d, keys, key, hash);
      }
    }
    if (ADDER_LIKELY(slot >= kAbsent)) return slot;
    if (slot == kFailed) return Error{};
  }
}
}  // namespace

ADDER_HOT Result<isize> dict_find(Dict* d, Object* key, Py_hash_t hash) {
  DictKeys* keys = d->ma_keys;
  if (ADDER_LIKELY(!keys->is_general() && is_str_exact(key))) {
    isize slot = dict_keys_find_str(keys, as<Str>(key), hash);
    if (ADDER_UNLIKELY(d->ma_values != nullptr) && slot >= d->ma_used) return isize{-1};
    return slot;
  }
  isize slot = TRY(find_comparing(d, key, hash));
  if (d->ma_values && slot >= d->ma_used) return isize{-1};
  return slot;
}

u32 dict_keys_version(Dict* d) {
  DictKeys* keys = d->ma_keys;
  if (keys->version) return keys->version;
  if (keys->is_general()) return 0;
  // At the end of the numbers nothing can be cached any more.
  u32 version = keys_versions.load(std::memory_order_relaxed);
  do {
    if (version == 0) return 0;
  } while (!keys_versions.compare_exchange_weak(version, version + 1, std::memory_order_relaxed));
  return keys->version = version;
}

ADDER_HOT isize dict_slot_of_str(Dict* d, Str* key) {
  if (d->ma_keys->is_general()) return -1;
  return dict_keys_find_str(d->ma_keys, key, str_hash_of(key));
}

ADDER_HOT Object* dict_value_at(Dict* d, isize slot) {
  if (d->ma_values) return slot < d->ma_used ? d->ma_values[slot] : nullptr;
  return dict_value_field(d, slot);
}

ADDER_HOT void dict_set_value_at(Dict* d, isize slot, Object* value) {
  Object*& field = dict_value_field(d, slot);
  Object* old = field;
  incref(value);
  field = value;
  if (may_be_tracked(value) && !gc::is_tracked(d)) gc::track(d);
  dict_notify(d);
  decref(old);
}

// == Changing ==

u8 dict_log2_size_for(isize entries) {
  usize wanted = (static_cast<usize>(entries) * 3 + 1) / 2;
  u8 log2_size = kMinimumLog2Size;
  while ((usize{1} << log2_size) < wanted) ++log2_size;
  return log2_size;
}

Result<void> dict_resize(Dict* d, usize log2_size, bool general) {
  DictKeys* old = d->ma_keys;
  isize used = d->ma_used;
  KeysKind kind = general || old->is_general() ? KeysKind::kGeneral : KeysKind::kStr;
  if (log2_size > 60) return raise_no_memory();
  while (dict_usable_fraction(isize{1} << log2_size) < used) ++log2_size;
  DictKeys* keys = keys_new(static_cast<u8>(log2_size), kind, dict_usable_fraction(isize{1} << log2_size));
  if (!keys) return raise_no_memory();

  // The entries move without their holes; then the indices are made.
  isize count = 0;
  if (d->ma_values) {
    for (isize i = 0; i < used; ++i) {
      Object* key = old->str_entries()[i].key;
      incref(key);
      if (kind == KeysKind::kGeneral)
        keys->entries()[i] = {as<Str>(key)->hash, key, d->ma_values[i]};
      else
        keys->str_entries()[i] = {key, d->ma_values[i]};
    }
    count = used;
  } else if (old->is_general()) {
    const DictEntry* from = old->entries();
    DictEntry* to = keys->entries();
    if (old->entry_count == used) {
      if (used) std::memcpy(to, from, static_cast<usize>(used) * sizeof(DictEntry));
      count = used;
    } else {
      for (isize i = 0; i < old->entry_count; ++i) {
        if (from[i].value) to[count++] = from[i];
      }
    }
  } else if (kind == KeysKind::kGeneral) {
    const DictStrEntry* from = old->str_entries();
    for (isize i = 0; i < old->entry_count; ++i) {
      if (from[i].value) keys->entries()[count++] = {as<Str>(from[i].key)->hash, from[i].key, from[i].value};
    }
  } else {
    const DictStrEntry* from = old->str_entries();
    DictStrEntry* to = keys->str_entries();
    if (old->entry_count == used) {
      if (used) std::memcpy(to, from, static_cast<usize>(used) * sizeof(DictStrEntry));
      count = used;
    } else {
      for (isize i = 0; i < old->entry_count; ++i) {
        if (from[i].value) to[count++] = from[i];
      }
    }
  }
  keys->entry_count = count;
  put_all_indices(keys);
  keys->usable -= count;
  d->ma_keys = keys;
  if (d->ma_values) {
    dict_values_free(d->ma_values);
    d->ma_values = nullptr;
    dict_keys_release(old);  // the class or other dicts still use it
  } else if (old->refcount < kImmortalRefcnt) {
    memory::release(old);  // its references moved
  }
  return {};
}

Result<void> dict_make_combined(Dict* d) {
  if (!d->ma_values) return {};
  return dict_resize(d, dict_log2_size_for(d->ma_used + 1), false);
}

namespace {
// Appends to a split dict if that keeps it a prefix of the shared keys; false if it must become combined first (or
// memory ran out, which that will notice).
ADDER_HOT bool insert_shared(Dict* d, Str* key, Py_hash_t hash, Object* value) {
  DictKeys* keys = d->ma_keys;
  isize slot = dict_keys_find_str(keys, key, hash);
  if (slot >= 0 ? slot != d->ma_used : (keys->usable <= 0 || keys->entry_count != d->ma_used)) return false;
  if (!values_reserve(d)) return false;
  if (slot < 0) {
    slot = keys->entry_count;
    incref(key);
    keys->str_entries()[slot] = {key, nullptr};
    put_index(keys, hash, slot);
    keys->entry_count++;
    keys->usable--;
    keys->version = 0;
  }
  incref(value);
  d->ma_values[slot] = value;
  d->ma_used++;
  dict_maintain_tracking(d, key, value);
  dict_notify(d);
  return true;
}
}  // namespace

namespace {
// Puts a new item behind the others: its index has been written already.
inline void append_entry(Dict* d, DictKeys* keys, Object* key, Py_hash_t hash, Object* value) {
  isize slot = keys->entry_count;
  incref(key);
  incref(value);
  if (keys->is_general()) {
    keys->entries()[slot] = {hash, key, value};
  } else {
    keys->str_entries()[slot] = {key, value};
  }
  keys->entry_count = slot + 1;
  keys->usable--;
  keys->version = 0;
  d->ma_used++;
  dict_maintain_tracking(d, key, value);
  dict_notify(d);
}

// The first item of a dict without a table.
ADDER_HOT Result<void> insert_first(Dict* d, Object* key, Py_hash_t hash, Object* value) {
  DictKeys* keys = keys_new_smallest(is_str_exact(key) ? KeysKind::kStr : KeysKind::kGeneral);
  if (ADDER_UNLIKELY(!keys)) return raise_no_memory();
  d->ma_keys = keys;
  static_cast<i8*>(keys->indices())[static_cast<usize>(hash) & 7] = 0;
  append_entry(d, keys, key, hash, value);
  return {};
}

// Makes room for one more item.
__attribute__((noinline)) Result<void> make_room(Dict* d, bool is_str_key) {
  DictKeys* keys = d->ma_keys;
  bool full = keys->usable <= 0;
  // Three times the items in use: rarely grows twice in a row, shrinks after many deletions.
  usize wanted = static_cast<usize>(d->ma_used) * 3;
  usize log2_size = full ? kMinimumLog2Size : keys->log2_size;
  if (full) {
    while ((usize{1} << log2_size) < wanted) ++log2_size;
  }
  TRY(dict_resize(d, log2_size, !is_str_key));
  if (d->ma_keys->usable <= 0) TRY(dict_resize(d, log2_size + 1, !is_str_key));  // converted without growing, and full
  return {};
}
}  // namespace

ADDER_HOT bool dict_append_value(Dict* d, isize slot, Object* value) {
  if (!d->ma_values || slot != d->ma_used || slot >= d->ma_keys->entry_count || !values_reserve(d)) return false;
  incref(value);
  d->ma_values[slot] = value;
  d->ma_used = slot + 1;
  if (may_be_tracked(value) && !gc::is_tracked(d)) gc::track(d);
  dict_notify(d);
  return true;
}

ADDER_HOT Result<void> dict_insert_new(Dict* d, Object* key, Py_hash_t hash, Object* value) {
  bool is_str_key = is_str_exact(key);
  if (is_str_key) hash = str_hash_of(as<Str>(key));  // tables of str rely on the cached hash
  if (ADDER_UNLIKELY(d->ma_values != nullptr)) {
    if (is_str_key && insert_shared(d, as<Str>(key), hash, value)) return {};
    TRY(dict_make_combined(d));
  }
  DictKeys* keys = d->ma_keys;
  if (keys == &empty_dict_keys) return insert_first(d, key, hash, value);
  if (ADDER_UNLIKELY(keys->usable <= 0 || (!is_str_key && !keys->is_general()))) {
    TRY(make_room(d, is_str_key));
    keys = d->ma_keys;
  }
  put_index(keys, hash, keys->entry_count);
  append_entry(d, keys, key, hash, value);
  return {};
}

namespace {
// The common case in one go: a str in a small table of str. The field that holds its value, or null: it was added with
// this value, or `done` is false, and it has to be searched for otherwise.
ADDER_ALWAYS_INLINE Object** find_or_append(Dict* d, Object* key, Py_hash_t hash, Object* value, bool& done) {
  done = true;
  DictKeys* keys = d->ma_keys;
  if (ADDER_LIKELY(keys->kind == KeysKind::kStr && is_str_exact(key) && keys->index_width() == 0)) {
    usize end;
    isize slot = dict_detail::find_str<i8>(keys, as<Str>(key), hash, end);
    if (slot >= 0) return &keys->str_entries()[slot].value;
    if (ADDER_LIKELY(keys->usable > 0 && as<Str>(key)->hash == hash)) {
      static_cast<i8*>(keys->indices())[end] = static_cast<i8>(keys->entry_count);
      append_entry(d, keys, key, hash, value);
      return nullptr;
    }
  }
  done = false;
  return nullptr;
}

inline void replace_value(Dict* d, Object*& field, Object* key, Object* value) {
  Object* old = field;
  if (old == value) return;
  incref(value);
  field = value;
  dict_maintain_tracking(d, key, value);
  dict_notify(d);
  decref(old);
}
}  // namespace

ADDER_HOT Result<void> dict_insert(Dict* d, Object* key, Py_hash_t hash, Object* value) {
  if (d->ma_keys == &empty_dict_keys && (!is_str_exact(key) || as<Str>(key)->hash == hash)) {
    return insert_first(d, key, hash, value);
  }
  bool done;
  if (Object** field = find_or_append(d, key, hash, value, done)) {
    replace_value(d, *field, key, value);
    return {};
  }
  if (done) return {};
  isize slot = TRY(dict_find(d, key, hash));
  if (slot < 0) return dict_insert_new(d, key, hash, value);
  replace_value(d, dict_value_field(d, slot), key, value);
  return {};
}

ADDER_HOT Result<Object> dict_set_default(Dict* d, Object* key, Object* default_value) {
  Py_hash_t hash = TRY(dict_hash_key(key));
  bool done;
  if (Object** field = find_or_append(d, key, hash, default_value, done)) return Result<Object>::share(*field);
  if (!done) {
    isize slot = TRY(dict_find(d, key, hash));
    if (slot >= 0) return Result<Object>::share(dict_value_field(d, slot));
    TRY(dict_insert_new(d, key, hash, default_value));
  }
  return Result<Object>::share(default_value);
}

ADDER_HOT Ref<Object> dict_remove_slot(Dict* d, isize slot, Py_hash_t hash) {
  DictKeys* keys = d->ma_keys;
  keys->set_index(find_index_of_slot(keys, hash, slot), DictKeys::kDummy);
  Object *key, *value;
  if (keys->is_general()) {
    DictEntry& entry = keys->entries()[slot];
    key = std::exchange(entry.key, nullptr);
    value = std::exchange(entry.value, nullptr);
    entry.hash = 0;
  } else {
    DictStrEntry& entry = keys->str_entries()[slot];
    key = std::exchange(entry.key, nullptr);
    value = std::exchange(entry.value, nullptr);
  }
  keys->version = 0;
  d->ma_used--;
  dict_notify(d);
  Ref<Object> result = Ref<Object>::steal(value);
  decref(key);
  return result;
}

// == Dicts of instances ==

ADDER_HOT Result<Dict> dict_new_for_instance(Type* type) {
  if (!is_heap_type(type)) return dict_new();
  auto* heap_type = static_cast<HeapType*>(type);
  auto* keys = static_cast<DictKeys*>(heap_type->ht_cached_keys);
  if (!keys) {
    keys = keys_new(kSharedKeysLog2Size, KeysKind::kShared, kSharedKeysMax);
    if (!keys) return raise_no_memory();
    heap_type->ht_cached_keys = keys;
  }
  isize capacity = keys->entry_count + (keys->entry_count == 0 ? 3 : 0);
  Object** values = values_new(capacity);
  if (!values) return raise_no_memory();
  u32 uncounted = 1;  // part of the instance: in CPython it is no object of its own before somebody asks for it
  Object* object = collected_allocate(&PyDict_Type, sizeof(Dict), uncounted);
  if (!object) {
    dict_values_free(values);
    return Error{};
  }
  Dict* d = as<Dict>(object);
  d->ma_used = 0;
  d->ma_keys = keys;
  d->ma_values = values;
  keys->refcount++;
  dict_notify(d);
  return Ref<Dict>::steal(d);
}

u32 dict_shared_version(Type* type) {
  if (!is_heap_type(type)) return 0;
  auto* keys = static_cast<DictKeys*>(static_cast<HeapType*>(type)->ht_cached_keys);
  return keys ? keys->version : 0;
}

void dict_free_shared_keys(HeapType* type) {
  if (auto* keys = static_cast<DictKeys*>(std::exchange(type->ht_cached_keys, nullptr))) dict_keys_release(keys);
}

void dict_maybe_untrack(Dict* d) {
  if (!is_dict_exact(d) || !gc::is_tracked(d)) return;
  isize position = 0;
  Object *key, *value;
  while (dict_next(d, position, key, value)) {
    if (may_be_tracked(key) || may_be_tracked(value)) return;
  }
  gc::untrack(d);
}
}  // namespace adder
