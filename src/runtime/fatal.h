// fatal: the end of the process after an error that nothing can recover from.
#pragma once
#include "runtime/runtime.h"

namespace adder {
// "Fatal Python error: function: message" (`function` may be null), the state of the runtime, the set exception or what
// the threads are doing; aborts.
[[noreturn]] void fatal_error(const char* function, const char* message);
// The fatal error of a function that needs a thread state and has none.
[[noreturn]] void fatal_no_thread(const char* function);
// The thread that shuts the runtime down, or null (thread.cpp).
ThreadState* runtime_finalizing_thread();
// base/assert.cpp: what fatal() does before it aborts.
extern void (*fatal_hook)(const char* message);
// Makes fatal() tell what the threads are doing.
void fatal_install_hook();
}  // namespace adder
