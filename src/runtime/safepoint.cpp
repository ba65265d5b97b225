// safepoint: what threads do when the eval breaker is set: signals, pending calls, GIL hand-over, asynchronous exceptions.
#include "runtime/safepoint.h"

#include <pthread.h>

#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "runtime/gil.h"

namespace adder {
namespace {
// Calls that other threads want made in the main thread (Py_AddPendingCall); a ring.
struct PendingCall {
  int (*function)(void*);
  void* argument;
};
constexpr int kMaxPendingCalls = 32;
pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;
constinit PendingCall pending_calls[kMaxPendingCalls]{};
constinit int pending_first = 0, pending_count = 0;
constinit bool pending_running = false;

Result<void> run_pending_calls() {
  if (!is_main_thread() || pending_running) return {};
  pending_running = true;
  for (int i = 0; i < kMaxPendingCalls; ++i) {
    pthread_mutex_lock(&pending_lock);
    if (!pending_count) {
      pthread_mutex_unlock(&pending_lock);
      break;
    }
    PendingCall call = pending_calls[pending_first];
    pending_first = (pending_first + 1) % kMaxPendingCalls;
    __atomic_store_n(&pending_count, pending_count - 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&pending_lock);
    if (call.function(call.argument) != 0) {
      pending_running = false;
      safepoint_request(interpreter());
      return Error{};
    }
  }
  pending_running = false;
  return {};
}
}  // namespace

void safepoint_request(Interpreter* owner) { __atomic_store_n(&owner->eval_breaker, u8{1}, __ATOMIC_RELEASE); }
void eval_request_break() { safepoint_request(interpreter()); }

Result<void> eval_add_pending_call(int (*function)(void*), void* argument) {
  pthread_mutex_lock(&pending_lock);
  bool full = pending_count == kMaxPendingCalls;
  if (!full) {
    pending_calls[(pending_first + pending_count) % kMaxPendingCalls] = {function, argument};
    __atomic_store_n(&pending_count, pending_count + 1, __ATOMIC_RELAXED);
  }
  pthread_mutex_unlock(&pending_lock);
  safepoint_request(&main_interpreter);
  if (full) return Error{};
  return {};
}

Result<void> safepoint_slow() {
  ThreadState* state = thread();
  Interpreter* owner = interpreter_of(state);
  __atomic_store_n(&owner->eval_breaker, u8{0}, __ATOMIC_RELAXED);
  bool main_thread = is_main_thread();
  if (signals_pending()) {
    if (main_thread) TRY(signals_run_handlers());
    else safepoint_request(owner);
  }
  if (__atomic_load_n(&pending_count, __ATOMIC_RELAXED)) {
    if (main_thread) TRY(run_pending_calls());
    else safepoint_request(owner);
  }
  if (__atomic_load_n(&owner->gil->request, __ATOMIC_RELAXED)) {
    thread_state_swap(nullptr);
    gil_drop(state, true);
    gil_take(state);
    thread_state_swap(state);
    // What is still pending was maybe seen, and put aside, by the other thread.
  }
  if (state->async_exc) {
    Ref<Object> exception = Ref<Object>::steal(state->async_exc);
    state->async_exc = nullptr;
    return raise_object(reinterpret_cast<Type*>(exception.get()), None);
  }
  for (ThreadState* other = owner->threads; other; other = other->next)
    if (other->async_exc) safepoint_request(owner);
  return {};
}

Result<void> eval_make_pending_calls() {
  TRY(check_signals());
  if (!__atomic_load_n(&pending_count, __ATOMIC_RELAXED)) return {};
  return run_pending_calls();
}

Result<void> check_signals() {
  if (!signals_pending() || !is_main_thread()) return {};
  return signals_run_handlers();
}
}  // namespace adder
