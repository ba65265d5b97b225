// safepoint: what threads do when the eval breaker is set: signals, pending calls, GIL hand-over, asynchronous
// exceptions.
#include "runtime/safepoint.h"

#include <pthread.h>

#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"

namespace adder {
namespace {
pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;

bool has_pending_calls(const PendingCalls& pending) { return __atomic_load_n(&pending.count, __ATOMIC_RELAXED) != 0; }

Result<void> run_pending_calls(Interpreter* owner) {
  PendingCalls& pending = interpreter_record(owner)->pending;
  if (!is_main_thread() || pending.running) return {};
  pending.running = true;
  for (int i = 0; i < PendingCalls::kCapacity; ++i) {
    pthread_mutex_lock(&pending_lock);
    if (!pending.count) {
      pthread_mutex_unlock(&pending_lock);
      break;
    }
    PendingCalls::Call call = pending.calls[pending.first];
    pending.first = (pending.first + 1) % PendingCalls::kCapacity;
    __atomic_store_n(&pending.count, pending.count - 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&pending_lock);
    if (call.function(call.argument) != 0) {
      pending.running = false;
      safepoint_request(owner);
      return Error{};
    }
  }
  pending.running = false;
  return {};
}
}  // namespace

void safepoint_request(Interpreter* owner) { __atomic_store_n(&owner->eval_breaker, u8{1}, __ATOMIC_RELEASE); }
void eval_request_break() { safepoint_request(interpreter()); }

Result<void> interpreter_add_pending_call(Interpreter* owner, int (*function)(void*), void* argument) {
  PendingCalls& pending = interpreter_record(owner)->pending;
  pthread_mutex_lock(&pending_lock);
  bool full = pending.count == PendingCalls::kCapacity;
  if (!full) {
    pending.calls[(pending.first + pending.count) % PendingCalls::kCapacity] = {function, argument};
    __atomic_store_n(&pending.count, pending.count + 1, __ATOMIC_RELAXED);
  }
  pthread_mutex_unlock(&pending_lock);
  safepoint_request(owner);
  if (full) return Error{};
  return {};
}
// Threads without the GIL, and without a state, may ask.
Result<void> eval_add_pending_call(int (*function)(void*), void* argument) {
  ThreadState* state = thread() ? thread() : bound_thread_;
  return interpreter_add_pending_call(state ? interpreter_of(state) : &main_interpreter, function, argument);
}
Result<void> eval_make_pending_calls() {
  if (signals_pending() && signals_may_run()) TRY(signals_run_handlers());
  return run_pending_calls(interpreter());
}
void pending_calls_after_fork() { pthread_mutex_init(&pending_lock, nullptr); }

bool signals_may_run() { return is_main_thread() && interpreter() == &main_interpreter; }

Result<void> safepoint_slow() {
  ThreadState* state = thread();
  Interpreter* owner = interpreter_of(state);
  __atomic_store_n(&owner->eval_breaker, u8{0}, __ATOMIC_RELAXED);
  bool main_thread = is_main_thread();
  if (signals_pending()) {
    if (main_thread && owner == &main_interpreter)
      TRY(signals_run_handlers());
    else
      safepoint_request(&main_interpreter);
  }
  if (has_pending_calls(interpreter_record(owner)->pending)) {
    if (main_thread)
      TRY(run_pending_calls(owner));
    else
      safepoint_request(owner);
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

Result<void> check_signals() {
  if (!signals_pending() || !signals_may_run()) return {};
  return signals_run_handlers();
}
}  // namespace adder
