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
  GcHead* next;    // null: not tracked
  uintptr_t prev;  // pointer; the low bits are kGcFinalized and flags that only live while collecting
};
inline constexpr uintptr_t kGcFinalized = 1, kGcCollecting = 2, kGcUnreachable = 4, kGcFlags = 7;

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
// Changes the number of items of an untracked object that nobody else refers to (_PyObject_GC_Resize); null: MemoryError is
// set and the old object is as it was.
Object* object_resize(Object* object, isize items);
// Gives the memory back (not the fields): the last step of a tp_dealloc. Knows by the type whether there is a GcHead. The
// reference to a heap type is released by subtype_dealloc (or by the type's own tp_dealloc, after this).
void object_free(Object* object);

// The collector's state of one interpreter.
struct GcGeneration {
  GcHead head;
  int threshold;
  int count;
};
struct GcStats {
  isize collections, collected, uncollectable;
};
struct GcState {
  GcGeneration generations[3];
  GcGeneration permanent;
  GcStats stats[3];
  bool enabled, collecting;
  int debug;
  isize long_lived_total, long_lived_pending;
  List* garbage;    // gc.garbage
  List* callbacks;  // gc.callbacks
};

namespace gc {
inline constexpr int kDebugStats = 1, kDebugCollectable = 2, kDebugUncollectable = 4, kDebugSaveAll = 32;
inline constexpr int kDebugLeak = kDebugCollectable | kDebugUncollectable | kDebugSaveAll;
// The state of the current thread's interpreter; its first member is the young generation's list.
extern thread_local constinit GcState* state_ __attribute__((tls_model("initial-exec")));
extern GcState main_state;
void state_init(GcState* state);

inline GcHead* head_of(Object* object) { return reinterpret_cast<GcHead*>(object) - 1; }
inline const GcHead* head_of(const Object* object) { return reinterpret_cast<const GcHead*>(object) - 1; }
inline Object* object_of(GcHead* head) { return reinterpret_cast<Object*>(head + 1); }
// Puts a finished object under the collector's eyes / takes it away. `is_tracked` as gc.is_tracked(): only for collected objects.
inline void track(Object* object) {
  GcHead* head = head_of(object);
  check(head->next == nullptr, "object is tracked already");
  GcHead* young = &state_->generations[0].head;
  GcHead* last = reinterpret_cast<GcHead*>(young->prev);
  last->next = head;
  head->prev = reinterpret_cast<uintptr_t>(last) | (head->prev & kGcFinalized);
  head->next = young;
  young->prev = reinterpret_cast<uintptr_t>(head);
}
// Nothing happens if it is not tracked.
inline void untrack(Object* object) {
  GcHead* head = head_of(object);
  GcHead* next = head->next;
  if (!next) return;
  GcHead* previous = reinterpret_cast<GcHead*>(head->prev & ~kGcFlags);
  previous->next = next;
  next->prev = reinterpret_cast<uintptr_t>(previous) | (next->prev & kGcFlags);
  head->next = nullptr;
  head->prev &= kGcFinalized;
}
inline bool is_tracked(const Object* object) { return head_of(object)->next != nullptr; }
// True if instances of the type (and this object, tp_is_gc) have a GcHead.
inline bool is_collected(const Object* object) {
  const Type* type = object->ob_type;
  return (type->tp_flags & Py_TPFLAGS_HAVE_GC) && (!type->tp_is_gc || type->tp_is_gc(const_cast<Object*>(object)));
}
// PEP 442: tp_finalize runs at most once for an object.
inline bool is_finalized(const Object* object) { return (head_of(object)->prev & kGcFinalized) != 0; }
inline void set_finalized(Object* object) { head_of(object)->prev |= kGcFinalized; }
// Collects generations 0..generation; gives the number of unreachable objects. Runs finalizers and gc.callbacks.
isize collect(int generation);
// At exit: no callbacks, no garbage report.
isize collect_quietly();
// Reports gc.garbage at exit, as gc.set_debug() asks.
void report_garbage();
}  // namespace gc

// For tp_traverse: visits a field that may be null. `if (int stop = visit_field(f->x, visit, arg)) return stop;`
inline int visit_field(Object* field, visitproc visit, void* arg) { return field ? visit(field, arg) : 0; }
#define VISIT(field)                                                         \
  do {                                                                       \
    if (int stop_ = ::adder::visit_field((field), visit, arg)) return stop_; \
  } while (0)

// Deep containers: a tp_dealloc of a container brackets its work with a Trashcan, so that a list nested a million deep
// dies without recursion: `Trashcan trashcan(self); if (trashcan.deferred()) return;` A base's tp_dealloc that runs inside the
// Trashcan of the same object goes on at once.
class Trashcan {
 public:
  explicit Trashcan(Object* object) : outer_(current_object_) {
    deferred_ = false;
    if (object != outer_ && ADDER_UNLIKELY(depth_ >= kMaxDepth) && defer(object)) {
      deferred_ = true;
      return;
    }
    ++depth_;
    current_object_ = object;
  }
  ~Trashcan() {
    if (deferred_) return;
    current_object_ = outer_;
    if (--depth_ == 0 && ADDER_UNLIKELY(later_ != nullptr)) destroy_chain();
  }
  Trashcan(const Trashcan&) = delete;
  bool deferred() const { return deferred_; }

 private:
  static constexpr int kMaxDepth = 50;
  static bool defer(Object* object);
  static void destroy_chain();
  static thread_local constinit int depth_ __attribute__((tls_model("initial-exec")));
  static thread_local constinit Object* current_object_ __attribute__((tls_model("initial-exec")));
  static thread_local constinit GcHead* later_ __attribute__((tls_model("initial-exec")));
  Object* outer_;
  bool deferred_;
};
}  // namespace adder
