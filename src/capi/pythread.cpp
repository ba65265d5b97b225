// pythread: pythread.h of the C API: locks, thread-local slots, new threads.
#include <cstdlib>
#include <new>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory/refcount.h"
#include "modules/_thread/thread_types.h"
#include "object/protocol.h"
#include "runtime/lock.h"
#include "runtime/runtime.h"
#include "runtime/thread.h"

using namespace adder;

struct Py_tss_t {
  int is_initialized;
  pthread_key_t key;
};

// == Locks ==

namespace {
// A lock that needs no interpreter: taken and given with or without the GIL.
struct RawLock {
  sem_t semaphore;
};
enum LockStatus { kFailure = 0, kAcquired = 1, kInterrupted = 2 };
}  // namespace
ADDER_EXPORT void* PyThread_allocate_lock() {
  RawLock* lock = static_cast<RawLock*>(std::malloc(sizeof(RawLock)));
  if (lock) sem_init(&lock->semaphore, 0, 1);
  return lock;
}
ADDER_EXPORT void PyThread_free_lock(void* lock) {
  if (!lock) return;
  sem_destroy(&static_cast<RawLock*>(lock)->semaphore);
  std::free(lock);
}
ADDER_EXPORT int PyThread_acquire_lock_timed(void* lock, long long microseconds, int may_interrupt) {
  sem_t* semaphore = &static_cast<RawLock*>(lock)->semaphore;
  timespec until{};
  if (microseconds > 0) {
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += microseconds / 1000000;
    until.tv_nsec += microseconds % 1000000 * 1000;
    if (until.tv_nsec >= 1000000000) {
      until.tv_nsec -= 1000000000;
      ++until.tv_sec;
    }
  }
  for (;;) {
    int status = microseconds > 0    ? sem_clockwait(semaphore, CLOCK_MONOTONIC, &until)
                 : microseconds == 0 ? sem_trywait(semaphore)
                                     : sem_wait(semaphore);
    if (status == 0) return kAcquired;
    if (errno != EINTR) return kFailure;
    if (may_interrupt) return kInterrupted;
  }
}
ADDER_EXPORT int PyThread_acquire_lock(void* lock, int wait) {
  return PyThread_acquire_lock_timed(lock, wait ? -1 : 0, 0);
}
ADDER_EXPORT void PyThread_release_lock(void* lock) { sem_post(&static_cast<RawLock*>(lock)->semaphore); }

// In the child of a fork: a lock that is free, whatever its state was.
ADDER_EXPORT int _PyThread_at_fork_reinit(void** lock) {
  void* fresh = PyThread_allocate_lock();
  if (!fresh) return -1;
  // The old one may be held by a thread that is not there any more: it is left alone.
  *lock = fresh;
  return 0;
}

// == Threads ==

ADDER_EXPORT void PyThread_init_thread() {}
ADDER_EXPORT unsigned long PyThread_get_thread_ident() { return static_cast<unsigned long>(pthread_self()); }
ADDER_EXPORT unsigned long PyThread_get_thread_native_id() { return static_cast<unsigned long>(syscall(SYS_gettid)); }
ADDER_EXPORT size_t PyThread_get_stacksize() { return thread_stack_size(); }
ADDER_EXPORT int PyThread_set_stacksize(size_t size) { return thread_set_stack_size(size) ? 0 : -1; }
// sys.thread_info as it was made at start-up.
ADDER_EXPORT PyObject* PyThread_GetInfo() {
  Object* info = sys_get_object("thread_info").get();
  if (!info) {
    (void)raise(RuntimeError, "lost sys.thread_info");
    return nullptr;
  }
  return new_ref(info).release();
}
ADDER_EXPORT [[noreturn]] void PyThread_exit_thread() { pthread_exit(nullptr); }
namespace {
struct Start {
  void (*function)(void*);
  void* argument;
};
void* run_thread(void* pointer) {
  Start start = *static_cast<Start*>(pointer);
  std::free(pointer);
  start.function(start.argument);
  return nullptr;
}
}  // namespace
ADDER_EXPORT unsigned long PyThread_start_new_thread(void (*function)(void*), void* argument) {
  Start* start = static_cast<Start*>(std::malloc(sizeof(Start)));
  if (!start) return static_cast<unsigned long>(-1);
  *start = {function, argument};
  pthread_t id;
  pthread_attr_t attributes;
  thread_attributes(&attributes);
  int status = pthread_create(&id, &attributes, run_thread, start);
  pthread_attr_destroy(&attributes);
  if (status != 0) {
    std::free(start);
    return static_cast<unsigned long>(-1);
  }
  return static_cast<unsigned long>(id);
}

// == Thread-local slots ==

ADDER_EXPORT Py_tss_t* PyThread_tss_alloc() { return static_cast<Py_tss_t*>(std::calloc(1, sizeof(Py_tss_t))); }
ADDER_EXPORT int PyThread_tss_is_created(Py_tss_t* slot) { return slot->is_initialized; }
ADDER_EXPORT int PyThread_tss_create(Py_tss_t* slot) {
  if (slot->is_initialized) return 0;
  if (pthread_key_create(&slot->key, nullptr) != 0) return -1;
  slot->is_initialized = 1;
  return 0;
}
ADDER_EXPORT void PyThread_tss_delete(Py_tss_t* slot) {
  if (!slot->is_initialized) return;
  pthread_key_delete(slot->key);
  slot->is_initialized = 0;
}
ADDER_EXPORT void PyThread_tss_free(Py_tss_t* slot) {
  if (!slot) return;
  PyThread_tss_delete(slot);
  std::free(slot);
}
ADDER_EXPORT int PyThread_tss_set(Py_tss_t* slot, void* value) {
  return pthread_setspecific(slot->key, value) ? -1 : 0;
}
ADDER_EXPORT void* PyThread_tss_get(Py_tss_t* slot) { return pthread_getspecific(slot->key); }
ADDER_EXPORT int PyThread_create_key() {
  pthread_key_t key;
  return pthread_key_create(&key, nullptr) ? -1 : static_cast<int>(key);
}
ADDER_EXPORT void PyThread_delete_key(int key) { pthread_key_delete(static_cast<pthread_key_t>(key)); }
ADDER_EXPORT void PyThread_delete_key_value(int key) { pthread_setspecific(static_cast<pthread_key_t>(key), nullptr); }
ADDER_EXPORT int PyThread_set_key_value(int key, void* value) {
  return pthread_setspecific(static_cast<pthread_key_t>(key), value) ? -1 : 0;
}
ADDER_EXPORT void* PyThread_get_key_value(int key) { return pthread_getspecific(static_cast<pthread_key_t>(key)); }
ADDER_EXPORT void PyThread_ReInitTLS() {}
