// assert: the fatal exit.
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace adder {
void fatal(const char* message, const char* file, int line) {
  std::fflush(stdout);
  std::fprintf(stderr, "Fatal Python error: %s\n  at %s:%d\n", message, file, line);
  std::abort();
}
}  // namespace adder
