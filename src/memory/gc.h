// gc: allocation of objects, and the cycle collector.
//
// Layout     a collected object has a GcHead of 16 bytes directly in front of its PyObject. Tracked objects are in the
//            doubly linked list of their generation. Types with Py_TPFLAGS_HAVE_GC are collected.
// Law        an object is tracked only when all fields that tp_traverse visits are valid; it is untracked first thing
//            in its tp_dealloc.
#pragma once
#include "abi/names.h"
#include "base/result.h"

namespace adder {
struct GcHead {
  GcHead* next;   // null: not tracked
  uintptr_t prev;  // pointer, low bits are the collector's flags (finalized, collecting)
};

// Allocates an instance of `type` with `items` variable items (tp_basicsize + items * tp_itemsize, rounded up to 8), with
// a GcHead if the type is collected (not tracked yet). Head initialised (count 1, type; heap types get a reference), rest NOT
// zeroed. Sets MemoryError. `T` is the struct. Does not run Python code, except that it may start a collection.
Object* object_allocate(Type* type, isize items = 0);
template <class T>
Result<T> object_new(Type* type, isize items = 0) {
  return Result<T>::from_c(static_cast<T*>(object_allocate(type, items)));
}
// The same with the rest zeroed (PyType_GenericAlloc), tracked if collected.
Result<Object> object_new_zeroed(Type* type, isize items = 0);
// Gives the memory back (not the fields): the last step of a tp_dealloc. Releases the type of heap types' instances if
// `release_type`. Knows by the type whether there is a GcHead.
void object_free(Object* object);

namespace gc {
// Puts a finished object under the collector's eyes / takes it away. `is_tracked` as gc.is_tracked().
void track(Object* object);
void untrack(Object* object);
bool is_tracked(const Object* object);
inline GcHead* head_of(Object* object) { return reinterpret_cast<GcHead*>(object) - 1; }
inline const GcHead* head_of(const Object* object) { return reinterpret_cast<const GcHead*>(object) - 1; }
inline Object* object_of(GcHead* head) { return reinterpret_cast<Object*>(head + 1); }
// True if instances of the type (and this object, tp_is_gc) have a GcHead.
bool is_collected(const Object* object);
// Collects generations 0..generation; gives the number of unreachable objects. Runs finalizers.
isize collect(int generation);
}  // namespace gc

// For tp_traverse: visits a field that may be null. `if (int stop = visit_field(f->x, visit, arg)) return stop;`
inline int visit_field(Object* field, visitproc visit, void* arg) { return field ? visit(field, arg) : 0; }
#define VISIT(field)                                                           \
  do {                                                                         \
    if (int stop_ = ::adder::visit_field((field), visit, arg)) return stop_;   \
  } while (0)

// Deep containers: a tp_dealloc of a container brackets its work with a Trashcan, so that a list nested a million deep
// dies without recursion: `Trashcan trashcan(self); if (trashcan.deferred()) return;`
class Trashcan {
 public:
  explicit Trashcan(Object* object);
  ~Trashcan();
  bool deferred() const { return deferred_; }

 private:
  bool deferred_;
};
}  // namespace adder
