// gil: the lock that lets one thread of an interpreter run Python code at a time.
//
// A thread that waits longer than the switch interval asks the holder to give way at its next safepoint, and the holder
// then waits until somebody else has had the lock (no convoy of one thread).
#pragma once
#include <pthread.h>

#include "runtime/runtime.h"

namespace adder {
struct Gil {
  pthread_mutex_t mutex;
  pthread_cond_t condition;  // the lock was released
  pthread_mutex_t switch_mutex;
  pthread_cond_t switched;  // somebody else took it
  bool locked, request;     // request: atomic
  ThreadState* last_holder;
  unsigned long switches;
  unsigned long interval;  // microseconds
};
extern Gil main_gil;
// The state that belongs to this operating-system thread while it does not hold the GIL (PyGILState): the first one
// that was current on it.
extern thread_local constinit ThreadState* bound_thread_ __attribute__((tls_model("initial-exec")));
void gil_init(Gil* gil);
void gil_take(ThreadState* state);
// `forced`: wait until another thread has had it, because one asked.
void gil_drop(ThreadState* state, bool forced);
}  // namespace adder
