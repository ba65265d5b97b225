// collected: object_allocate and object_free, inline, for the few types that programs make and drop all the time.
//
// Law        as in gc.h. The type is a static one without tp_is_gc, its size is known where this is called.
#pragma once
#include <cstring>

#include "memory/allocator.h"
#include "memory/gc.h"

namespace adder {
namespace gc {
// Starts the collection that the generations ask for, unless an exception is set or one is running already.
void collect_if_due();

// To be called for each new collected object, before its memory is taken: a young generation over its threshold starts a
// collection.
inline void count_allocation() {
  GcGeneration& young = state_->generations[0];
  if (ADDER_UNLIKELY(++young.count > young.threshold)) collect_if_due();
}
}  // namespace gc

// When the collector runs is part of what programs see (gc.get_count(), callbacks, finalizers of cycles). CPython keeps
// some dead lists, dicts and tuples for the next ones; an object that comes from there is not counted as allocated, nor one
// that goes there as freed. Here the allocator is as quick as such a list, so that there is only the number of the objects
// that would be kept.
struct KeptObjects {
  static constexpr u32 kMostLists = 80, kMostDicts = 80, kMostTuples = 2000;
  static constexpr isize kLongestTuple = 20;
  u32 lists, dicts;
  u32 tuples[kLongestTuple + 1];  // by length
};
extern KeptObjects kept_objects;

// Sets MemoryError; null.
Object* no_memory_for_object();

// object_allocate for a collected static type: `bytes` without the GcHead, a multiple of 8. ob_size is not set. `kept` is the
// number of its kind in kept_objects.
inline Object* collected_allocate(Type* type, usize bytes, u32& kept) {
  if (ADDER_LIKELY(kept > 0))
    --kept;
  else
    gc::count_allocation();
  GcHead* head = static_cast<GcHead*>(memory::allocate(bytes + sizeof(GcHead)));
  if (ADDER_UNLIKELY(!head)) return no_memory_for_object();
  head->next = nullptr;
  head->prev = 0;
  Object* object = gc::object_of(head);
  object->ob_refcnt = 1;
  object->ob_type = type;
  return object;
}

// object_free for a collected object that is untracked already.
inline void collected_free(Object* object, u32& kept, u32 most) {
  if (ADDER_LIKELY(kept < most)) {
    ++kept;
  } else {
    GcGeneration& young = gc::state_->generations[0];
    if (young.count > 0) --young.count;
  }
  memory::release(gc::head_of(object));
}

// Sets the fields of a new array to null: short ones by a loop, which the compiler would turn into a call.
inline void clear_fields(Object** fields, isize count) {
  if (ADDER_UNLIKELY(count > 16)) {
    std::memset(static_cast<void*>(fields), 0, static_cast<usize>(count) * sizeof(Object*));
    return;
  }
  for (isize i = 0; i < count; ++i) {
    asm("" : "+r"(i));
    fields[i] = nullptr;
  }
}
}  // namespace adder
