// pycore_hashtable: the hash table of pointers that CPython offers its own extension modules.
//
// Layout     Table and Entry are CPython 3.11's: compiled code calls get_entry through the struct and reads the entry's
// value. Buckets    a power of two, singly linked; between a tenth and half as many entries as buckets.
#include <cstdlib>

#include "capi/capi.h"
#include "memory/allocator.h"

using namespace adder;

namespace {
struct Entry {
  Entry* next;
  usize hash;
  void* key;
  void* value;
};
struct Allocator {
  void* (*allocate)(size_t size);
  void (*release)(void* block);
};
using Destroy = void (*)(void*);
struct Table {
  usize entry_count, bucket_count;
  Entry** buckets;
  Entry* (*get_entry)(Table* table, const void* key);
  usize (*hash)(const void* key);
  int (*equal)(const void* left, const void* right);
  Destroy destroy_key, destroy_value;
  Allocator allocator;
};
constexpr usize kFewestBuckets = 16;
constexpr usize kMostPart = 2, kFewestPart = 10;  // entries are at most 1/2, at least 1/10 of the buckets

void* allocate_default(size_t size) { return memory::allocate(size); }
void release_default(void* block) { memory::release(block); }

Entry*& bucket_of(Table* table, usize hash) { return table->buckets[hash & (table->bucket_count - 1)]; }

Entry* find(Table* table, const void* key) {
  usize hash = table->hash(key);
  for (Entry* entry = bucket_of(table, hash); entry; entry = entry->next) {
    if (entry->hash == hash && table->equal(key, entry->key)) return entry;
  }
  return nullptr;
}

bool set_bucket_count(Table* table, usize count) {
  Entry** fresh = static_cast<Entry**>(table->allocator.allocate(count * sizeof(Entry*)));
  if (!fresh) return false;
  for (usize i = 0; i < count; ++i) fresh[i] = nullptr;
  Entry** old = table->buckets;
  usize old_count = old ? table->bucket_count : 0;
  table->buckets = fresh;
  table->bucket_count = count;
  for (usize i = 0; i < old_count; ++i) {
    for (Entry* entry = old[i]; entry;) {
      Entry* next = entry->next;
      Entry*& bucket = bucket_of(table, entry->hash);
      entry->next = bucket;
      bucket = entry;
      entry = next;
    }
  }
  if (old) table->allocator.release(old);
  return true;
}

void shrink(Table* table) {
  if (table->bucket_count <= kFewestBuckets || table->entry_count * kFewestPart >= table->bucket_count) return;
  usize count = kFewestBuckets;
  while (count < table->entry_count * kMostPart * 2) count *= 2;
  static_cast<void>(set_bucket_count(table, count));  // a table that stays too large is still right
}

void destroy_entries(Table* table) {
  for (usize i = 0; i < table->bucket_count; ++i) {
    for (Entry* entry = table->buckets[i]; entry;) {
      Entry* next = entry->next;
      if (table->destroy_key) table->destroy_key(entry->key);
      if (table->destroy_value) table->destroy_value(entry->value);
      table->allocator.release(entry);
      entry = next;
    }
    table->buckets[i] = nullptr;
  }
  table->entry_count = 0;
}
}  // namespace

ADDER_EXPORT size_t _Py_hashtable_hash_ptr(const void* key) { return static_cast<usize>(hash_pointer(key)); }
ADDER_EXPORT int _Py_hashtable_compare_direct(const void* left, const void* right) { return left == right; }

ADDER_EXPORT Table* _Py_hashtable_new_full(usize (*hash)(const void*), int (*equal)(const void*, const void*),
                                           Destroy destroy_key, Destroy destroy_value, Allocator* allocator) {
  Allocator used = allocator ? *allocator : Allocator{allocate_default, release_default};
  Table* table = static_cast<Table*>(used.allocate(sizeof(Table)));
  if (!table) return nullptr;
  *table = {0, 0, nullptr, find, hash, equal, destroy_key, destroy_value, used};
  if (!set_bucket_count(table, kFewestBuckets)) {
    used.release(table);
    return nullptr;
  }
  return table;
}
ADDER_EXPORT Table* _Py_hashtable_new(usize (*hash)(const void*), int (*equal)(const void*, const void*)) {
  return _Py_hashtable_new_full(hash, equal, nullptr, nullptr, nullptr);
}
ADDER_EXPORT void _Py_hashtable_clear(Table* table) {
  destroy_entries(table);
  shrink(table);
}
ADDER_EXPORT void _Py_hashtable_destroy(Table* table) {
  destroy_entries(table);
  table->allocator.release(table->buckets);
  table->allocator.release(table);
}
ADDER_EXPORT size_t _Py_hashtable_size(const Table* table) { return table->entry_count; }
// The key is not in the table yet. -1: no memory.
ADDER_EXPORT int _Py_hashtable_set(Table* table, const void* key, void* value) {
  Entry* entry = static_cast<Entry*>(table->allocator.allocate(sizeof(Entry)));
  if (!entry) return -1;
  *entry = {nullptr, table->hash(key), const_cast<void*>(key), value};
  if ((table->entry_count + 1) * kMostPart > table->bucket_count) {
    if (!set_bucket_count(table, table->bucket_count * 4)) {
      table->allocator.release(entry);
      return -1;
    }
  }
  Entry*& bucket = bucket_of(table, entry->hash);
  entry->next = bucket;
  bucket = entry;
  ++table->entry_count;
  return 0;
}
ADDER_EXPORT void* _Py_hashtable_get(Table* table, const void* key) {
  Entry* entry = table->get_entry(table, key);
  return entry ? entry->value : nullptr;
}
// Takes the entry out without destroying key and value.
ADDER_EXPORT void* _Py_hashtable_steal(Table* table, const void* key) {
  Entry* found = table->get_entry(table, key);
  if (!found) return nullptr;
  Entry** link = &bucket_of(table, found->hash);
  while (*link != found) link = &(*link)->next;
  *link = found->next;
  --table->entry_count;
  void* value = found->value;
  table->allocator.release(found);
  shrink(table);
  return value;
}
// Calls `function` for each entry until it gives something else than 0.
ADDER_EXPORT int _Py_hashtable_foreach(Table* table,
                                       int (*function)(Table*, const void* key, const void* value, void* data),
                                       void* data) {
  for (usize i = 0; i < table->bucket_count; ++i) {
    for (Entry* entry = table->buckets[i]; entry; entry = entry->next) {
      if (int status = function(table, entry->key, entry->value, data)) return status;
    }
  }
  return 0;
}
