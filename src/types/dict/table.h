// dict/table: the compact ordered hash table behind dict.
//
// Layout     a DictKeys block is its head, then 2**log2_size indices of 1, 2, 4 or 8 bytes, then the entries in
//            insertion order. An index is the number of an entry, kEmpty or kDummy (deleted). Open addressing: the
//            probe sequence is i = 5i + perturb + 1, perturb >>= 5, which visits every slot and uses all bits of the
//            hash.
// Kinds      kGeneral: entries with hash, key and value. kStr: all keys are exact str, whose hash is cached in the
//            string; entries of two words. kShared: as kStr, but the values stand in the dicts (PEP 412), the block
//            belongs to a class and to all dicts that use it.
// Split      a dict on shared keys owns values[0 .. ma_used), none of them null: it always holds a prefix of the shared
//            keys. Whatever would break that (another order, a deletion, a key that is no str) makes it an ordinary
//            table first.
// Version    DictKeys::version names the sequence of keys. Adding or removing a key resets it to 0; it is given out on
//            demand from a counter that never repeats.
#pragma once
#include "types/dict.h"
#include "types/keys.h"
#include "types/str.h"

namespace adder {
enum class KeysKind : u8 { kGeneral = 0, kStr = 1, kShared = 2 };

struct DictEntry {
  Py_hash_t hash;
  Object* key;    // owned; null: deleted
  Object* value;  // owned; null: deleted
};
struct DictStrEntry {
  Object* key;
  Object* value;  // kShared: always null
};

struct DictKeys {
  static constexpr isize kEmpty = -1, kDummy = -2;
  isize refcount;       // kImmortalRefcnt for the empty table
  u8 log2_size;         // number of indices
  u8 log2_index_bytes;  // of all indices together
  KeysKind kind;
  u32 version;        // 0: none yet
  isize usable;       // entries that may still be added
  isize entry_count;  // entries used, deleted ones included

  usize size() const { return usize{1} << log2_size; }
  usize mask() const { return size() - 1; }
  const void* indices() const { return this + 1; }
  void* indices() { return this + 1; }
  char* entries_start() const {
    return const_cast<char*>(reinterpret_cast<const char*>(this + 1)) + (usize{1} << log2_index_bytes);
  }
  DictEntry* entries() const { return reinterpret_cast<DictEntry*>(entries_start()); }
  DictStrEntry* str_entries() const { return reinterpret_cast<DictStrEntry*>(entries_start()); }
  bool is_general() const { return kind == KeysKind::kGeneral; }
  int index_width() const { return log2_index_bytes - log2_size; }  // 0, 1, 2, 3: 1, 2, 4, 8 bytes
  isize index_at(usize position) const {
    switch (index_width()) {
      case 0:
        return static_cast<const i8*>(indices())[position];
      case 1:
        return static_cast<const i16*>(indices())[position];
      case 2:
        return static_cast<const i32*>(indices())[position];
      default:
        return static_cast<const i64*>(indices())[position];
    }
  }
  void set_index(usize position, isize value) {
    switch (index_width()) {
      case 0:
        static_cast<i8*>(indices())[position] = static_cast<i8>(value);
        break;
      case 1:
        static_cast<i16*>(indices())[position] = static_cast<i16>(value);
        break;
      case 2:
        static_cast<i32*>(indices())[position] = static_cast<i32>(value);
        break;
      default:
        static_cast<i64*>(indices())[position] = value;
    }
  }
  Object* key_at(isize slot) const { return is_general() ? entries()[slot].key : str_entries()[slot].key; }
  Py_hash_t hash_at(isize slot) const {
    return is_general() ? entries()[slot].hash : as<Str>(str_entries()[slot].key)->hash;
  }
};
static_assert(sizeof(DictKeys) == 32);

// The table of every empty dict: one index, no room. Never written.
struct EmptyDictKeys : DictKeys {
  i8 indices_[8];
};
extern constinit EmptyDictKeys empty_dict_keys;

// == Versions ==

// A number that no dict had before (ma_version_tag). Threads take them in blocks.
struct DictVersions {
  u64 next, limit;
};
extern thread_local constinit DictVersions dict_versions __attribute__((tls_model("initial-exec")));
u64 dict_versions_refill();
inline u64 dict_next_version() {
  if (ADDER_LIKELY(dict_versions.next < dict_versions.limit)) return dict_versions.next++;
  return dict_versions_refill();
}
// The one function through which every mutation of a dict goes.
inline void dict_notify(Dict* d) { d->ma_version_tag = dict_next_version(); }

// == Looking up ==

namespace dict_detail {
// `end` gets the place of the empty index where a search in vain ended.
template <class Index>
ADDER_ALWAYS_INLINE isize find_str(const DictKeys* keys, Str* key, Py_hash_t hash, usize& end) {
  const Index* indices = static_cast<const Index*>(keys->indices());
  const DictStrEntry* entries = keys->str_entries();
  usize mask = keys->mask();
  usize perturb = static_cast<usize>(hash);
  usize i = perturb & mask;
  for (;;) {
    isize slot = indices[i];
    if (slot >= 0) {
      Object* found = entries[slot].key;
      if (found == key || (as<Str>(found)->hash == hash && equal_hashed_str(as<Str>(found), key))) return slot;
    } else if (slot == DictKeys::kEmpty) {
      end = i;
      return -1;
    }
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
}
isize find_str_in_large(const DictKeys* keys, Str* key, Py_hash_t hash);
}  // namespace dict_detail

inline Py_hash_t str_hash_of(Str* key) { return key->hash != -1 ? key->hash : str_hash(key); }

// The slot of an exact str in a table of str keys, or -1. No Python code.
inline isize dict_keys_find_str(const DictKeys* keys, Str* key, Py_hash_t hash) {
  if (ADDER_UNLIKELY(keys->index_width() != 0)) return dict_detail::find_str_in_large(keys, key, hash);
  usize end;
  return dict_detail::find_str<i8>(keys, key, hash, end);
}
// The slot of any key whose value is present, or -1. May run __eq__; the answer holds for the table as it is at return.
Result<isize> dict_find(Dict* d, Object* key, Py_hash_t hash);

// The field that holds the value of an existing slot.
inline Object*& dict_value_field(Dict* d, isize slot) {
  if (d->ma_values) return d->ma_values[slot];
  DictKeys* keys = d->ma_keys;
  return keys->is_general() ? keys->entries()[slot].value : keys->str_entries()[slot].value;
}
// One past the last slot that can hold a value.
inline isize dict_slot_end(const Dict* d) { return d->ma_values ? d->ma_used : d->ma_keys->entry_count; }

// == Changing ==

// Rebuilds the table with room for at least `minimum` indices; `general`: entries of the general kind. Fails only for
// memory.
Result<void> dict_resize(Dict* d, usize log2_size, bool general);
// Makes an ordinary table of a split one. Fails only for memory.
Result<void> dict_make_combined(Dict* d);
u8 dict_log2_size_for(isize entries);
inline isize dict_usable_fraction(isize size) { return (size << 1) / 3; }
// Sets key to value; both borrowed.
Result<void> dict_insert(Dict* d, Object* key, Py_hash_t hash, Object* value);
// Adds a key that is not there, without look-up. Fails only for memory.
Result<void> dict_insert_new(Dict* d, Object* key, Py_hash_t hash, Object* value);
// Takes the item in `slot` out: the value to the caller; the key is released. The dict must be combined.
Ref<Object> dict_remove_slot(Dict* d, isize slot, Py_hash_t hash);
// Gives back the block and, with the last reference, its keys and values.
void dict_keys_release(DictKeys* keys);
void dict_values_free(Object** values);
// sys.getsizeof's part outside of the object.
isize dict_table_bytes(const Dict* d);

inline Result<Py_hash_t> dict_hash_key(Object* key) { return key_hash(key); }
// A dict is under the collector's eyes once it holds something that could be part of a cycle.
inline bool may_be_tracked(Object* object) {
  Type* type = object->ob_type;
  if (!has_flag(type, Py_TPFLAGS_HAVE_GC)) return false;
  if (ADDER_UNLIKELY(type->tp_is_gc != nullptr) && !type->tp_is_gc(object)) return false;  // static types
  return !has_flag(type, Py_TPFLAGS_TUPLE_SUBCLASS) || gc::is_tracked(object);
}
inline void dict_maintain_tracking(Dict* d, Object* key, Object* value) {
  if (!gc::is_tracked(d) && (may_be_tracked(value) || may_be_tracked(key))) gc::track(d);
}

// Views and iterators (views.cpp, iterators.cpp).
Result<Object> dict_iter_new(Dict* d, Type* iterator_type);
Result<Object> dict_iterator_of_keys(Dict* d);
}  // namespace adder
