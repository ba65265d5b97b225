// thread: the current thread state, recursion limits, safepoints.
#pragma once
#include "abi/names.h"
#include "runtime/error.h"

namespace adder {
// One C++ variable a thread; _PyRuntime.tstate_current mirrors it for the holder of the main GIL.
extern thread_local constinit ThreadState* current_thread_ __attribute__((tls_model("initial-exec")));
inline ThreadState* thread() { return current_thread_; }

// What a thread keeps beyond the ABI's struct; every PyThreadState is the head of one.
struct ThreadRecord : PyThreadState {
  Object** represented;  // objects whose repr() is running (repr_enter); owned references
  int represented_count, represented_capacity;
  Object* sentinel;      // weak reference to the lock that thread_delete releases (_thread._set_sentinel), or null
  u8 gil_waiting;
  int thread_index;
};
inline ThreadRecord* thread_record(ThreadState* state) { return static_cast<ThreadRecord*>(state); }

// Makes a thread state of an interpreter and enters it into its list. Null when memory is used up.
struct Interpreter;
ThreadState* thread_state_new(Interpreter* owner);
// Releases all objects the state holds; the GIL is held. Runs destructors.
void thread_state_clear(ThreadState* state);
// Unlinks and frees it. Not the current one's: thread_state_delete_current also releases the GIL.
void thread_state_delete(ThreadState* state);
void thread_state_delete_current();
// Makes `state` (or nothing) the current thread's, without touching the GIL; gives the former (PyThreadState_Swap).
ThreadState* thread_state_swap(ThreadState* state);
// Gives the GIL away and the state back to take it again (PyEval_SaveThread, PyEval_RestoreThread).
ThreadState* eval_save_thread();
void eval_restore_thread(ThreadState* state);
// Sets an exception to be raised in the thread with this id; null withdraws it. Number of threads found.
int thread_state_set_async_exc(unsigned long id, Object* exception);
// Once finalisation has begun only the thread that finalises may run.
bool thread_may_run(const ThreadState* state);
// Measures this thread's C stack and sets the limit for RecursionGuard.
void measure_stack();

// Bounds C recursion in natively written code that calls back (repr, compare, call, parser): counts against
// sys.getrecursionlimit() and checks the real C stack. `where` completes "maximum recursion depth exceeded%s".
//   RecursionGuard guard(" in comparison"); if (guard.failed()) return Error{};
class RecursionGuard {
 public:
  explicit RecursionGuard(const char* where) {
    ThreadState* state = thread();
    failed_ = --state->recursion_remaining < 0 || stack_low() ? !enter_slowly(where) : false;
  }
  ~RecursionGuard() {
    if (!failed_) ++thread()->recursion_remaining;
  }
  RecursionGuard(const RecursionGuard&) = delete;
  bool failed() const { return failed_; }

 private:
  static bool stack_low() { return reinterpret_cast<char*>(__builtin_frame_address(0)) < stack_limit_; }
  static bool enter_slowly(const char* where);
  static thread_local constinit char* stack_limit_ __attribute__((tls_model("initial-exec")));
  friend void set_stack_limit(char* limit);
  bool failed_;
};
// Lowest address that C recursion may reach on this thread; set when a thread starts.
void set_stack_limit(char* limit);

// repr() of containers that hold themselves: true = already being represented (print "..."). Pair with repr_leave.
Result<bool> repr_enter(Object* object);
void repr_leave(Object* object);

// Releases the GIL around a blocking call: { WithoutGil released; read(…); }
class WithoutGil {
 public:
  WithoutGil();
  ~WithoutGil();
  WithoutGil(const WithoutGil&) = delete;

 private:
  ThreadState* state_;
};
// Runs pending signal handlers (main thread). A handler may raise. For loops around system calls (EINTR) and long loops.
Result<void> check_signals();
}  // namespace adder
