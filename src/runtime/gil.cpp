// gil: taking, giving, and asking for the interpreter lock.
#include "runtime/gil.h"

#include <cerrno>
#include <ctime>
#include <unistd.h>

#include "runtime/interpreters.h"
#include "runtime/safepoint.h"

namespace adder {
constinit Gil main_gil{};

void gil_init(Gil* gil) {
  pthread_mutex_init(&gil->mutex, nullptr);
  pthread_mutex_init(&gil->switch_mutex, nullptr);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&gil->condition, &attributes);
  pthread_cond_init(&gil->switched, &attributes);
  pthread_condattr_destroy(&attributes);
  gil->locked = gil->request = false;
  gil->last_holder = nullptr;
  if (!gil->interval) gil->interval = 5000;
}

void gil_take(ThreadState* state) {
  int saved_errno = errno;
  Gil* gil = interpreter_of(state)->gil;
  pthread_mutex_lock(&gil->mutex);
  while (gil->locked) {
    unsigned long before = gil->switches;
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += static_cast<long>(gil->interval % 1000000) * 1000;
    until.tv_sec += static_cast<time_t>(gil->interval / 1000000) + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int status = pthread_cond_timedwait(&gil->condition, &gil->mutex, &until);
    if (status == ETIMEDOUT && gil->locked && gil->switches == before) {
      __atomic_store_n(&gil->request, true, __ATOMIC_RELAXED);
      // The holder may be a thread of any interpreter.
      interpreters_request_break();
    }
  }
  // After finalisation has begun, other threads never run again, not even if the runtime starts anew.
  if (!state->_initialized || (runtime_is_finalizing() && !thread_may_run(state))) {
    pthread_cond_signal(&gil->condition);
    // Whoever gave way because of this thread's request must not wait for it.
    pthread_mutex_lock(&gil->switch_mutex);
    __atomic_store_n(&gil->request, false, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&gil->switched);
    pthread_mutex_unlock(&gil->switch_mutex);
    pthread_mutex_unlock(&gil->mutex);
    for (;;) pause();
  }
  gil->locked = true;
  pthread_mutex_lock(&gil->switch_mutex);
  if (gil->last_holder != state) {
    gil->last_holder = state;
    ++gil->switches;
  }
  pthread_cond_signal(&gil->switched);
  pthread_mutex_unlock(&gil->switch_mutex);
  __atomic_store_n(&gil->request, false, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&gil->mutex);
  errno = saved_errno;
}

void gil_drop(ThreadState* state, bool forced) {
  Gil* gil = interpreter_of(state)->gil;
  pthread_mutex_lock(&gil->mutex);
  gil->last_holder = state;
  gil->locked = false;
  pthread_cond_signal(&gil->condition);
  pthread_mutex_unlock(&gil->mutex);
  if (!forced || !__atomic_load_n(&gil->request, __ATOMIC_RELAXED)) return;
  pthread_mutex_lock(&gil->switch_mutex);
  while (gil->last_holder == state && __atomic_load_n(&gil->request, __ATOMIC_RELAXED)) {
    __atomic_store_n(&gil->request, false, __ATOMIC_RELAXED);
    pthread_cond_wait(&gil->switched, &gil->switch_mutex);
  }
  pthread_mutex_unlock(&gil->switch_mutex);
}
}  // namespace adder
