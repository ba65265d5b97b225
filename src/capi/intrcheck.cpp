// intrcheck: intrcheck.h of the C API: interrupts, and what runs around a fork.
#include "runtime/fork.h"
#include "runtime/interpreters.h"
#include "runtime/safepoint.h"

using namespace adder;

// == Interrupts ==

ADDER_EXPORT int PyOS_InterruptOccurred() { return signals_take_interrupt(); }
ADDER_EXPORT int _PyOS_InterruptOccurred(PyThreadState*) { return signals_take_interrupt(); }
ADDER_EXPORT int _PyOS_IsMainThread() { return signals_may_run(); }
ADDER_EXPORT void _Py_RestoreSignals() { signals_restore_ignored(); }

// == Forking ==

ADDER_EXPORT void PyOS_BeforeFork() { fork_before(); }
ADDER_EXPORT void PyOS_AfterFork_Parent() { fork_after_in_parent(); }
ADDER_EXPORT void PyOS_AfterFork_Child() {
  if (fork_after_in_child().failed()) error_write_unraisable({});
}
ADDER_EXPORT void PyOS_AfterFork() { PyOS_AfterFork_Child(); }
