// object_memory: memory of objects: allocation with and without a GcHead, deallocation, the trashcan.
#include <cstring>

#include "base/hot.h"
#include "memory/collected.h"
#include "memory/refcount.h"
#include "runtime/error.h"
#include "runtime/thread.h"

ADDER_EXPORT PyTypeObject PyBytes_Type;

ADDER_EXPORT void _Py_Dealloc(PyObject* object) { object->ob_type->tp_dealloc(object); }

namespace adder {
namespace {
// Bytes of an instance, rounded up to 8; -1 on overflow.
inline isize instance_size(Type* type, isize items) {
  isize size = type->tp_basicsize;
  if (items) {
    isize variable;
    if (__builtin_mul_overflow(items, type->tp_itemsize, &variable) || __builtin_add_overflow(size, variable, &size)) return -1;
  }
  if (size > kMaxSize - 64) return -1;
  return (size + 7) & ~isize{7};
}

}  // namespace

constinit KeptObjects kept_objects = {};

Object* no_memory_for_object() {
  (void)raise_no_memory();
  return nullptr;
}

void gc::collect_if_due() {
  GcState* state = gc::state_;
  GcGeneration& young = state->generations[0];
  if (!state->enabled || !young.threshold || state->collecting || !current_thread_ || error_occurred()) return;
  int generation = 0;
  for (int i = 2; i > 0; --i) {
    if (state->generations[i].count <= state->generations[i].threshold) continue;
    // A full collection only when the old generation has grown by a quarter: linear cost in all.
    if (i == 2 && state->long_lived_pending < state->long_lived_total / 4) continue;
    generation = i;
    break;
  }
  gc::collect(generation);
}

ADDER_HOT Object* object_allocate(Type* type, isize items) {
  isize size = instance_size(type, items);
  if (ADDER_UNLIKELY(size < 0)) {
    (void)raise_no_memory();
    return nullptr;
  }
  Object* object;
  if (type->tp_flags & Py_TPFLAGS_HAVE_GC) {
    gc::count_allocation();
    GcHead* head = static_cast<GcHead*>(memory::allocate(static_cast<usize>(size) + sizeof(GcHead)));
    if (ADDER_UNLIKELY(!head)) {
      (void)raise_no_memory();
      return nullptr;
    }
    head->next = nullptr;
    head->prev = 0;
    object = gc::object_of(head);
  } else {
    // tracemalloc shows the size of a bytes object as it is.
    if (type == &PyBytes_Type) size = type->tp_basicsize + items;
    object = static_cast<Object*>(memory::allocate(static_cast<usize>(size)));
    if (ADDER_UNLIKELY(!object)) {
      (void)raise_no_memory();
      return nullptr;
    }
  }
  object->ob_refcnt = 1;
  object->ob_type = type;
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) incref(type);
  if (type->tp_itemsize) static_cast<VarObject*>(object)->ob_size = items;
  return object;
}

ADDER_HOT Result<Object> object_new_zeroed(Type* type, isize items) {
  if (ADDER_LIKELY(type->tp_itemsize == 0 && (type->tp_flags & Py_TPFLAGS_HAVE_GC))) {
    isize size = instance_size(type, 0);
    gc::count_allocation();
    auto* head = size < 0 ? nullptr : static_cast<GcHead*>(memory::allocate(static_cast<usize>(size) + sizeof(GcHead)));
    if (ADDER_UNLIKELY(!head)) return Result<Object>::from_c(no_memory_for_object());
    head->next = nullptr;
    head->prev = 0;
    Object* object = gc::object_of(head);
    clear_fields(reinterpret_cast<Object**>(object + 1), (size - static_cast<isize>(sizeof(Object))) / 8);
    object->ob_refcnt = 1;
    object->ob_type = type;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) incref(type);
    gc::track(object);
    return Result<Object>::from_c(object);
  }
  // One more item than asked for, as CPython allocates: extensions keep a terminator there.
  Object* object = object_allocate(type, type->tp_itemsize ? items + 1 : 0);
  if (!object) return Error{};
  isize head = type->tp_itemsize ? sizeof(VarObject) : sizeof(Object);
  if (type->tp_itemsize) static_cast<VarObject*>(object)->ob_size = items;
  isize size = instance_size(type, type->tp_itemsize ? items + 1 : 0);
  if (size > head) std::memset(reinterpret_cast<char*>(object) + head, 0, size - head);
  if (type->tp_flags & Py_TPFLAGS_HAVE_GC) gc::track(object);
  return Result<Object>::from_c(object);
}

Object* object_resize(Object* object, isize items) {
  Type* type = object->ob_type;
  isize size = instance_size(type, items);
  bool collected = type->tp_flags & Py_TPFLAGS_HAVE_GC;
  void* block = collected ? static_cast<void*>(gc::head_of(object)) : object;
  void* moved = size < 0 ? nullptr : memory::reallocate(block, size + (collected ? sizeof(GcHead) : 0));
  if (!moved) {
    (void)raise_no_memory();
    return nullptr;
  }
  object = collected ? gc::object_of(static_cast<GcHead*>(moved)) : static_cast<Object*>(moved);
  static_cast<VarObject*>(object)->ob_size = items;
  return object;
}

ADDER_HOT void object_free(Object* object) {
  if (object->ob_type->tp_flags & Py_TPFLAGS_HAVE_GC) {
    gc::untrack(object);
    GcGeneration& young = gc::state_->generations[0];
    if (young.count > 0) --young.count;
    memory::release(gc::head_of(object));
  } else {
    memory::release(object);
  }
}

// == Trashcan ==

thread_local constinit int Trashcan::depth_ = 0;
thread_local constinit Object* Trashcan::current_object_ = nullptr;
thread_local constinit GcHead* Trashcan::later_ = nullptr;

// Deferred objects are linked through their GcHead: untracked, count 0.
bool Trashcan::defer(Object* object) {
  if (!gc::is_collected(object)) return false;
  gc::untrack(object);
  GcHead* head = gc::head_of(object);
  head->prev = reinterpret_cast<uintptr_t>(later_) | (head->prev & kGcFinalized);
  later_ = head;
  return true;
}

void Trashcan::destroy_chain() {
  Object* outer = current_object_;
  while (GcHead* head = later_) {
    later_ = reinterpret_cast<GcHead*>(head->prev & ~kGcFlags);
    head->prev &= kGcFinalized;
    Object* object = gc::object_of(head);
    current_object_ = nullptr;
    // Deferring goes on at depth 1, so that this loop, not recursion, empties the chain.
    ++depth_;
    _Py_Dealloc(object);
    --depth_;
  }
  current_object_ = outer;
}
}  // namespace adder
