// line_input: reading lines from terminals.
//
// One thread at a time waits in the line editor: others wait for `editor_lock`. The editor calls back into Python with
// the GIL that its thread takes again, so a second call from the same thread can happen and is refused.
#include "runtime/line_input.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <unistd.h>

#include "memory/allocator_hooks.h"
#include "runtime/error.h"
#include "runtime/thread.h"

ADDER_EXPORT PyThreadState* PyEval_SaveThread();
ADDER_EXPORT void PyEval_RestoreThread(PyThreadState* state);

extern "C" {
char* (*PyOS_ReadlineFunctionPointer)(FILE*, FILE*, const char*) = nullptr;
int (*PyOS_InputHook)(void) = nullptr;
PyThreadState* _PyOS_ReadlineTState = nullptr;
}

namespace adder {
namespace {
pthread_mutex_t editor_lock = PTHREAD_MUTEX_INITIALIZER;

// Whether a signal handler raised. Called without the GIL.
bool signal_raised() {
  PyEval_RestoreThread(_PyOS_ReadlineTState);
  bool raised = check_signals().failed();
  PyEval_SaveThread();
  return raised;
}

enum class Reading { kDone, kEnd, kInterrupted };

Reading read_part(FILE* input, char* buffer, int size) {
  for (;;) {
    if (PyOS_InputHook) static_cast<void>(PyOS_InputHook());
    errno = 0;
    std::clearerr(input);
    if (std::fgets(buffer, size, input)) return Reading::kDone;
    if (std::feof(input)) {
      std::clearerr(input);
      return Reading::kEnd;
    }
    if (errno != EINTR) return Reading::kEnd;
    if (signal_raised()) return Reading::kInterrupted;
  }
}

// Without an editor: the C library's stream, the prompt on stderr. Gives malloc'd memory.
char* read_plainly(FILE* input, FILE* output, const char* prompt) {
  std::fflush(output);
  if (prompt) std::fputs(prompt, stderr);
  std::fflush(stderr);
  usize capacity = 256, size = 0;
  char* line = static_cast<char*>(std::malloc(capacity));
  if (!line) return nullptr;
  for (;;) {
    line[size] = 0;
    Reading outcome = read_part(input, line + size, static_cast<int>(capacity - size));
    if (outcome == Reading::kInterrupted) {
      std::free(line);
      return nullptr;
    }
    size += std::strlen(line + size);
    if (outcome == Reading::kEnd || (size && line[size - 1] == '\n')) return line;
    char* larger = static_cast<char*>(std::realloc(line, capacity *= 2));
    if (!larger) {
      std::free(line);
      return nullptr;
    }
    line = larger;
  }
}
}  // namespace

char* line_input(FILE* input, FILE* output, const char* prompt) {
  if (_PyOS_ReadlineTState == thread()) {
    static_cast<void>(raise(RuntimeError, "can't re-enter readline"));
    return nullptr;
  }
  PyThreadState* state = PyEval_SaveThread();
  pthread_mutex_lock(&editor_lock);
  _PyOS_ReadlineTState = state;
  bool terminal = ::isatty(fileno(input)) && ::isatty(fileno(output));
  char* line = terminal && PyOS_ReadlineFunctionPointer ? PyOS_ReadlineFunctionPointer(input, output, prompt)
                                                        : read_plainly(input, output, prompt);
  _PyOS_ReadlineTState = nullptr;
  pthread_mutex_unlock(&editor_lock);
  PyEval_RestoreThread(state);
  if (!line) return nullptr;
  usize size = std::strlen(line) + 1;
  char* copy = static_cast<char*>(memory::mem_allocate(size));
  if (copy)
    std::memcpy(copy, line, size);
  else
    static_cast<void>(raise_no_memory());
  std::free(line);
  return copy;
}
}  // namespace adder
