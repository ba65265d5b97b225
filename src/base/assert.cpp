// assert: the fatal exit.
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace adder {
// Set at start-up: reports where the threads are (runtime/thread_dump.cpp).
extern void (*fatal_hook)(const char* message);
void (*fatal_hook)(const char* message) = nullptr;

void fatal(const char* message, const char* file, int line) {
  std::fflush(stdout);
  if (fatal_hook) {
    fatal_hook(message);
    std::fprintf(stderr, "  at %s:%d\n", file, line);
  } else {
    std::fprintf(stderr, "Fatal Python error: %s\n  at %s:%d\n", message, file, line);
  }
  std::abort();
}
}  // namespace adder
