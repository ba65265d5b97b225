// memo: which objects a pickler has written, by identity, and under which number.
#include "modules/_pickle/memo.h"

#include <cstring>

#include "memory/allocator.h"

namespace adder::pickle {
namespace {
constexpr usize kMinimumEntries = 8;

bool set_size(MemoTable* table, usize minimum) {
  usize size = kMinimumEntries;
  while (size < minimum) {
    if (size > kMaxSize / 2 / sizeof(MemoEntry)) return false;
    size <<= 1;
  }
  auto* entries = static_cast<MemoEntry*>(memory::allocate_zeroed(size, sizeof(MemoEntry)));
  if (!entries) return false;
  MemoTable old = *table;
  table->entries = entries;
  table->mask = size - 1;
  for (usize i = 0; old.entries && i <= old.mask; ++i) {
    if (old.entries[i].key) *memo_find(table, old.entries[i].key) = old.entries[i];
  }
  memory::release(old.entries);
  return true;
}
}  // namespace

MemoTable* memo_new() {
  auto* table = static_cast<MemoTable*>(memory::allocate(sizeof(MemoTable)));
  if (!table) return nullptr;
  *table = {};
  if (set_size(table, kMinimumEntries)) return table;
  memory::release(table);
  return nullptr;
}
MemoTable* memo_copy(const MemoTable* table) {
  auto* copy = static_cast<MemoTable*>(memory::allocate(sizeof(MemoTable)));
  if (!copy) return nullptr;
  *copy = *table;
  usize bytes = (table->mask + 1) * sizeof(MemoEntry);
  copy->entries = static_cast<MemoEntry*>(memory::allocate(bytes));
  if (!copy->entries) {
    memory::release(copy);
    return nullptr;
  }
  std::memcpy(copy->entries, table->entries, bytes);
  for (usize i = 0; i <= copy->mask; ++i) {
    if (Object* key = copy->entries[i].key) (void)Ref<Object>::share(key).release();
  }
  return copy;
}
void memo_clear(MemoTable* table) {
  // Destructors may come back here, so the table is empty before the first runs.
  MemoTable old = *table;
  table->entries = nullptr;
  table->used = 0;
  if (!set_size(table, kMinimumEntries)) {
    // No memory for an empty table: keep the old one's and empty it entry by entry.
    table->entries = old.entries;
    for (usize i = 0; i <= table->mask; ++i) clear_field(table->entries[i].key);
    return;
  }
  for (usize i = 0; i <= old.mask; ++i) {
    if (old.entries[i].key) Ref<Object>::steal(old.entries[i].key).reset();
  }
  memory::release(old.entries);
}
void memo_delete(MemoTable* table) {
  for (usize i = 0; i <= table->mask; ++i) {
    if (table->entries[i].key) Ref<Object>::steal(table->entries[i].key).reset();
  }
  memory::release(table->entries);
  memory::release(table);
}
bool memo_set(MemoTable* table, Object* key, isize index) {
  MemoEntry* entry = memo_find(table, key);
  if (entry->key) {
    entry->index = index;
    return true;
  }
  // The growth first: a failure leaves the table as it was. Quadruple, double when large; 8 -> 32 at the sixth entry.
  if ((table->used + 1) * 3 >= (table->mask + 1) * 2) {
    usize used = table->used + 1;
    if (!set_size(table, used * (used > 50000 ? 2 : 4))) return false;
    entry = memo_find(table, key);
  }
  entry->key = Ref<Object>::share(key).release();
  entry->index = index;
  ++table->used;
  return true;
}
}  // namespace adder::pickle
