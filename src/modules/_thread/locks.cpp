// locks: _thread.lock and _thread.RLock.
#include <new>

#include "bind/bind.h"
#include "modules/_thread/thread_types.h"
#include "object/object.h"
#include "runtime/lock.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
Result<i64> parse_lock_timeout(bool blocking, Object* timeout) {
  constexpr i64 kMaxNanoseconds = INT64_MAX / 1000 * 1000;
  i64 nanoseconds = -1000000000;
  if (timeout) {
    if (is_float(timeout)) {
      double seconds = float_value(as<Float>(timeout));
      if (seconds != seconds) return raise(ValueError, "Invalid value NaN (not a number)");
      if (seconds * 1e9 > static_cast<double>(kMaxNanoseconds) || seconds * 1e9 < -9.3e18)
        return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
      double exact = seconds * 1e9;
      nanoseconds = static_cast<i64>(exact);
      if (exact > 0 && static_cast<double>(nanoseconds) < exact) ++nanoseconds;
    } else {
      Ref<Object> number = TRY(number_index(timeout));
      int overflow;
      i64 seconds = int_as_i64_and_overflow(as<Int>(number.get()), &overflow);
      if (overflow || __builtin_mul_overflow(seconds, i64{1000000000}, &nanoseconds))
        return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
    }
  }
  bool forever = nanoseconds == -1000000000;
  if (!blocking && !forever) return raise(ValueError, "can't specify a timeout for a non-blocking call");
  if (nanoseconds < 0 && !forever) return raise(ValueError, "timeout value must be a non-negative number");
  if (!blocking) return i64{0};
  if (forever) return i64{-1};
  if (nanoseconds > kMaxNanoseconds) return raise(OverflowError, "timeout value is too large");
  return nanoseconds;
}

namespace {
// == lock ==

struct Lock : PyObject {
  BinaryLock lock;
  PyObject* weaklist;
  bool locked;
};

constexpr Doc acquire_doc =
    "acquire($self, /, blocking=True, timeout=-1)\n--\n\nLock the lock; whether that worked is returned. timeout is in seconds.";
Result<bool> lock_acquire(Lock* self, bool blocking, Opt<Object*> timeout) {
  i64 nanoseconds = TRY(parse_lock_timeout(blocking, timeout.get()));
  Ref<Object> alive = new_ref<Object>(self);
  bool acquired = TRY(self->lock.acquire(nanoseconds));
  if (acquired) self->locked = true;
  return acquired;
}
constexpr Doc release_doc = "release($self, /)\n--\n\nRelease the lock.";
Result<void> lock_release(Lock* self) {
  if (!self->locked) return raise(RuntimeError, "release unlocked lock");
  self->locked = false;
  self->lock.release();
  return {};
}
constexpr Doc locked_doc = "locked($self, /)\n--\n\nWhether the lock is locked.";
Result<bool> lock_locked(Lock* self) { return self->locked; }
constexpr Doc enter_doc = "__enter__($self, /)\n--\n\nLock the lock.";
Result<bool> lock_enter(Lock* self) { return lock_acquire(self, true, {}); }
// Takes its arguments as they stand: a tuple of them might not fit into memory, and the lock would stay locked.
constexpr const char* exit_text = "__exit__($self, /, *args)\n--\n\nRelease the lock.";
PyObject* lock_exit(PyObject* self, PyObject* const*, Py_ssize_t) {
  return lock_release(static_cast<Lock*>(self)).failed() ? nullptr : None;
}
constexpr Doc at_fork_doc = "_at_fork_reinit($self, /)\n--\n\nA new, unlocked lock in the child of a fork.";
Result<void> lock_at_fork(Lock* self) {
  self->lock.reset();
  self->locked = false;
  return {};
}
Result<Str> lock_repr(Lock* self) {
  return str_from_format("<%s %s object at %p>", self->locked ? "locked" : "unlocked", self->ob_type->tp_name, self);
}
void lock_dealloc(PyObject* object) {
  Lock* self = static_cast<Lock*>(object);
  weakref_clear_all(self);
  if (self->locked) self->lock.release();
  self->lock.~BinaryLock();
  object_free(self);
}

constinit PyMethodDef lock_methods[] = {
    method<lock_acquire, acquire_doc>(),
    {.ml_name = "acquire_lock", .ml_fast_keywords = method<lock_acquire, acquire_doc>().ml_fast_keywords,
     .ml_flags = METH_FASTCALL | METH_KEYWORDS, .ml_doc = nullptr},
    method<lock_release, release_doc>(),
    {.ml_name = "release_lock", .ml_meth = method<lock_release, release_doc>().ml_meth, .ml_flags = METH_NOARGS, .ml_doc = nullptr},
    method<lock_locked, locked_doc>(),
    {.ml_name = "locked_lock", .ml_meth = method<lock_locked, locked_doc>().ml_meth, .ml_flags = METH_NOARGS, .ml_doc = nullptr},
    method<lock_enter, enter_doc>(),
    raw_method("__exit__", &lock_exit, METH_FASTCALL, exit_text),
    method<lock_at_fork, at_fork_doc>(),
    {}};

// == RLock ==

struct RLock : PyObject {
  BinaryLock lock;
  PyObject* weaklist;
  unsigned long owner, count;
};
bool is_mine(const RLock* self) { return self->count > 0 && self->owner == thread()->thread_id; }

constexpr Doc racquire_doc =
    "acquire($self, /, blocking=True, timeout=-1)\n--\n\nLock the lock, once more if this thread has it. timeout is in seconds.";
Result<bool> rlock_acquire(RLock* self, bool blocking, Opt<Object*> timeout) {
  i64 nanoseconds = TRY(parse_lock_timeout(blocking, timeout.get()));
  if (is_mine(self)) {
    ++self->count;
    return true;
  }
  Ref<Object> alive = new_ref<Object>(self);
  bool acquired = TRY(self->lock.acquire(nanoseconds));
  if (acquired) {
    self->owner = thread()->thread_id;
    self->count = 1;
  }
  return acquired;
}
Result<void> rlock_release(RLock* self) {
  if (!is_mine(self)) return raise(RuntimeError, "cannot release un-acquired lock");
  if (--self->count) return {};
  self->owner = 0;
  self->lock.release();
  return {};
}
Result<bool> rlock_enter(RLock* self) { return rlock_acquire(self, true, {}); }
PyObject* rlock_exit(PyObject* self, PyObject* const*, Py_ssize_t) {
  return rlock_release(static_cast<RLock*>(self)).failed() ? nullptr : None;
}
constexpr Doc is_owned_doc = "_is_owned($self, /)\n--\n\nFor Condition: whether this thread has the lock.";
Result<bool> rlock_is_owned(RLock* self) { return is_mine(self); }
constexpr Doc acquire_restore_doc = "_acquire_restore($self, state, /)\n--\n\nFor Condition: lock again as _release_save() found it.";
Result<void> rlock_acquire_restore(RLock* self, Object* state) {
  if (!is_tuple(state) || as<Tuple>(state)->ob_size != 2) return raise(TypeError, "function takes exactly 2 arguments (%zd given)", is_tuple(state) ? as<Tuple>(state)->ob_size : 1);
  u64 count = TRY(int_as_u64(as<Tuple>(state)->ob_item[0])), owner = TRY(int_as_u64(as<Tuple>(state)->ob_item[1]));
  while (!self->lock.try_acquire()) {
    // Not interruptible: the state must be restored.
    Result<bool> acquired = self->lock.acquire(-1);
    if (!acquired.failed() && acquired.take()) break;
    if (error_occurred()) error_write_unraisable(self);
  }
  self->owner = owner;
  self->count = count;
  return {};
}
constexpr Doc release_save_doc = "_release_save($self, /)\n--\n\nFor Condition: release completely; what to restore is returned.";
Result<Object> rlock_release_save(RLock* self) {
  if (self->count == 0) return raise(RuntimeError, "cannot release un-acquired lock");
  Ref<Int> count = TRY(int_from_u64(self->count)), owner = TRY(int_from_u64(self->owner));
  Ref<Tuple> state = TRY(tuple_pack(count.get(), owner.get()));
  self->count = self->owner = 0;
  self->lock.release();
  return state;
}
Result<void> rlock_at_fork(RLock* self) {
  self->lock.reset();
  self->owner = self->count = 0;
  return {};
}
Result<Str> rlock_repr(RLock* self) {
  return str_from_format("<%s %s object owner=%ld count=%lu at %p>", self->count ? "locked" : "unlocked", self->ob_type->tp_name,
                         self->owner, self->count, self);
}
void rlock_dealloc(PyObject* object) {
  RLock* self = static_cast<RLock*>(object);
  weakref_clear_all(self);
  self->lock.~BinaryLock();
  Type* type = self->ob_type;
  object_free(self);
  (void)type;
}
PyObject* rlock_new(PyTypeObject* type, PyObject*, PyObject*) {
  Object* object = type->tp_alloc(type, 0);
  if (!object) return nullptr;
  new (&static_cast<RLock*>(object)->lock) BinaryLock();
  return object;
}

constinit PyMethodDef rlock_methods[] = {
    method<rlock_acquire, racquire_doc>(), method<rlock_release, release_doc>(),
    method<rlock_is_owned, is_owned_doc>(), method<rlock_acquire_restore, acquire_restore_doc>(),
    method<rlock_release_save, release_save_doc>(), method<rlock_enter, enter_doc>(),
    raw_method("__exit__", &rlock_exit, METH_FASTCALL, exit_text), method<rlock_at_fork, at_fork_doc>(), {}};
}  // namespace

constinit PyTypeObject thread_lock_type = {
    .tp_name = "_thread.lock",
    .tp_basicsize = sizeof(Lock),
    .tp_dealloc = lock_dealloc,
    .tp_repr = slot<lock_repr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "A lock object is a synchronization primitive.",
    .tp_weaklistoffset = offsetof(Lock, weaklist),
    .tp_methods = lock_methods,
};
constinit PyTypeObject thread_rlock_type = {
    .tp_name = "_thread.RLock",
    .tp_basicsize = sizeof(RLock),
    .tp_dealloc = rlock_dealloc,
    .tp_repr = slot<rlock_repr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(RLock, weaklist),
    .tp_methods = rlock_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = rlock_new,
};

Result<Object> thread_lock_new() {
  Ref<Lock> lock = TRY(object_new<Lock>(&thread_lock_type));
  new (&lock->lock) BinaryLock();
  lock->weaklist = nullptr;
  lock->locked = false;
  return lock;
}
void thread_lock_release_if_locked(Object* object) {
  Lock* lock = static_cast<Lock*>(object);
  if (!lock->locked) return;
  lock->locked = false;
  lock->lock.release();
}
}  // namespace adder
