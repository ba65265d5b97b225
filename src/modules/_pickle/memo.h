// memo: which objects a pickler has written, by identity, and under which number.
//
// Layout     open addressing; 2**n entries of 16 bytes, at most two thirds of them in use. Nothing is ever removed but
// all.
#pragma once
#include "object/object.h"

namespace adder::pickle {
struct MemoEntry {
  Object* key;  // owned; null: free
  isize index;
};
struct MemoTable {
  usize mask;  // entries - 1
  usize used;
  MemoEntry* entries;
};
// An entry costs this much, and a table this much besides (__sizeof__).
inline constexpr isize kMemoTableSize = 32;

// Null: no memory, without an exception.
MemoTable* memo_new();
MemoTable* memo_copy(const MemoTable* table);
void memo_clear(MemoTable* table);  // runs destructors
void memo_delete(MemoTable* table);
// False: no memory, without an exception. A known key gets the new index.
bool memo_set(MemoTable* table, Object* key, isize index);
// The entry of an object, or the free one where it belongs.
inline MemoEntry* memo_find(const MemoTable* table, Object* key) {
  usize perturb = reinterpret_cast<usize>(key) >> 4;
  usize at = perturb;
  for (;;) {
    MemoEntry* entry = &table->entries[at & table->mask];
    if (!entry->key || entry->key == key) return entry;
    perturb >>= 5;
    at = at * 5 + perturb + 1;
  }
}
}  // namespace adder::pickle
