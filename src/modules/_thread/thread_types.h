// thread_types: the types of _thread.
#pragma once
#include "object/protocol.h"

namespace adder {
extern PyTypeObject thread_lock_type, thread_rlock_type, thread_local_type;
Result<Object> thread_lock_new();
// Releases a lock if it is held.
void thread_lock_release_if_locked(Object* lock);
// Nanoseconds from the `timeout` of acquire(); -1: for ever.
Result<i64> parse_lock_timeout(bool blocking, Object* timeout);
// Drops what thread-local objects keep for a thread that ends.
void thread_locals_forget(ThreadState* state);
}  // namespace adder
