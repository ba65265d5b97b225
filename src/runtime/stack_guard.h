// stack_guard: the end of the C stack, for recursion that has no limit of its own: hashes of nested tuples, iterators
// over iterators. Where Python counts levels, use RecursionGuard (runtime/thread.h), which looks at the stack as well.
#pragma once
#include "base/result.h"

namespace adder {
// Lowest address that C recursion may reach on this thread.
extern thread_local constinit char* c_stack_limit_ __attribute__((tls_model("initial-exec")));

// True when the C stack is nearly used up: raise_stack_overflow() then, instead of going deeper.
inline bool stack_is_low() {
  return ADDER_UNLIKELY(reinterpret_cast<char*>(__builtin_frame_address(0)) < c_stack_limit_);
}
// RecursionError "maximum recursion depth exceeded" and `where` (" while ...").
Error raise_stack_overflow(const char* where);
}  // namespace adder
