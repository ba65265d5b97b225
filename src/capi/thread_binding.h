// thread_binding: which thread state belongs to this operating-system thread while it does not hold the GIL.
#pragma once
#include "runtime/thread.h"

namespace adder::capi {
// Set when C code gives the GIL away or PyGILState_Ensure makes a state; null: this thread has none yet.
extern thread_local constinit ThreadState* bound_thread;
}  // namespace adder::capi
