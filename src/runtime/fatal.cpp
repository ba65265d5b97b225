// fatal: what is printed before the process aborts.
#include "runtime/fatal.h"

#include <cstdio>
#include <cstdlib>

#include "interpreter/traceback_dump.h"
#include "object/protocol.h"
#include "runtime/gil.h"
#include "runtime/lifecycle.h"
#include "runtime/traceback_print.h"
#include "types/exception.h"

namespace adder {
namespace {
void put_runtime_state(int fd) {
  char text[64] = "unknown";
  if (runtime_is_finalizing()) {
    std::snprintf(text, sizeof text, "finalizing (tstate=0x%016lx)",
                  reinterpret_cast<unsigned long>(runtime_finalizing_thread()));
  } else if (main_interpreter.config) {
    std::snprintf(text, sizeof text, main_interpreter.initialized ? "initialized" : "core initialized");
  }
  dump_text(fd, "Python runtime state: ");
  dump_text(fd, text);
  dump_text(fd, "\n");
}

// The set exception with its traceback; false if there is none.
bool print_exception(ThreadState* state) {
  Object* type = state->curexc_type;
  if (!type) return false;
  Ref<Object> file = Ref<Object>::share_or_empty(sys_get_object("stderr").get());
  if (!file || file.get() == None) return false;
  Ref<Object> exception = error_take();
  if (!exception) return false;
  bool has_traceback = static_cast<bool>(exception_get_traceback(exception));
  error_display(file, exception);
  Result<Object> flushed = call_method(file.get(), id::flush);
  if (flushed.failed())
    error_clear();
  else
    flushed.take().reset();
  return has_traceback;
}

void report(const char* function, const char* message) {
  constexpr int fd = 2;
  static constinit bool inside = false;
  std::fflush(stdout);
  std::fflush(stderr);
  dump_text(fd, "Fatal Python error: ");
  if (function) dump_text(fd, function), dump_text(fd, ": ");
  dump_text(fd, message ? message : "<message not set>");
  dump_text(fd, "\n");
  // A fatal error while one is reported.
  if (std::exchange(inside, true)) return;
  put_runtime_state(fd);
  // With the GIL this thread is the current one; without, there may be none.
  ThreadState* state = current_thread_;
  if (!state || !print_exception(state)) {
    dump_text(fd, "\n");
    if (main_interpreter.initialized) dump_traceback_of_all_threads(fd, state ? state : bound_thread_);
  }
  dump_extension_modules(fd);
  faulthandler_restore();
  if (state && main_interpreter.initialized && !flush_standard_streams()) error_clear();
  std::fflush(stdout);
}
}  // namespace

void fatal_error(const char* function, const char* message) {
  report(function, message);
  std::abort();
}
void fatal_install_hook() {
  fatal_hook = [](const char* message) { report(nullptr, message); };
}
}  // namespace adder
