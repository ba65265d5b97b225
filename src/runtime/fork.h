// fork: what runs around a fork: the callables of os.register_at_fork() and this machine's own repairs.
#pragma once
#include "abi/names.h"
#include "base/result.h"

namespace adder {
// Adds callables; absent ones are left out.
Result<void> fork_register(Opt<Object*> before, Opt<Object*> after_in_child, Opt<Object*> after_in_parent);
// Errors of the callables are reported, not raised.
void fork_before();
void fork_after_in_parent();
// Only the calling thread is left. Fails when the machine cannot go on.
Result<void> fork_after_in_child();
}  // namespace adder
