// thread: the current thread state, recursion limits, safepoints.
#pragma once
#include "abi/names.h"
#include "runtime/error.h"

namespace adder {
// One C++ variable a thread; _PyRuntime.tstate_current mirrors it for the holder of the main GIL.
extern thread_local constinit ThreadState* current_thread_ __attribute__((tls_model("initial-exec")));
inline ThreadState* thread() { return current_thread_; }

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
