// thread_types: the types of _thread.
#pragma once
#include <pthread.h>

#include "object/protocol.h"

namespace adder {
extern PyTypeObject thread_lock_type, thread_rlock_type, thread_local_type;
Result<Object> thread_lock_new();
// Releases a lock if it is held.
void thread_lock_release_if_locked(Object* lock);
// Nanoseconds from the `timeout` of acquire(); -1: for ever.
Result<i64> parse_lock_timeout(bool blocking, Object* timeout);
// The stack size of new threads in bytes, 0: the default. Setting gives false if the system cannot have so little.
usize thread_stack_size();
bool thread_set_stack_size(usize size);
// Attributes with that stack size, for a thread that nobody joins; the caller destroys them.
void thread_attributes(pthread_attr_t* attributes);
// Drops what thread-local objects keep for a thread that ends.
void thread_locals_forget(ThreadState* state);
}  // namespace adder
