// safepoint: the places where a thread lets others in: signals, GIL hand-over, pending calls, asynchronous exceptions,
// limits.
//
// The interpreter tests `safepoint_wanted(state)` at calls and back edges (one byte) and then calls safepoint_slow().
#pragma once
#include "runtime/runtime.h"

namespace adder {
inline bool safepoint_wanted(const ThreadState* state) {
  return __atomic_load_n(&reinterpret_cast<const Interpreter*>(state->interp)->eval_breaker, __ATOMIC_RELAXED) != 0;
}
// Does what is wanted. May run Python code and raise.
Result<void> safepoint_slow();
inline Result<void> safepoint(ThreadState* state) {
  if (ADDER_LIKELY(!safepoint_wanted(state))) return {};
  return safepoint_slow();
}
// Any thread, also signal handlers: asks the threads of the interpreter to look at their next safepoint.
void safepoint_request(Interpreter* owner);
// Signals: a C signal handler has noted a signal (modules/_signal.cpp). Runs the Python handlers in the main thread.
void signals_note_pending();
Result<void> signals_run_handlers();
bool signals_pending();
// Runs signal handlers and pending calls now, if this is the main thread (Py_MakePendingCalls).
Result<void> eval_make_pending_calls();
bool is_main_thread();
// This thread is it from now on: it starts the runtime.
void become_main_thread();
}  // namespace adder
