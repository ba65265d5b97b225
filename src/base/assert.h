// assert: checks that only the checked build makes, and the fatal exit for broken invariants.
#pragma once
#include "base/config.h"

namespace adder {
// Prints `Fatal Python error: message` with the place to stderr and aborts. For broken invariants only, never for bad input.
[[noreturn]] void fatal(const char* message, const char* file = __builtin_FILE(), int line = __builtin_LINE());
#ifdef ADDER_CHECKED
inline constexpr bool kChecked = true;
#else
inline constexpr bool kChecked = false;
#endif
// Asserts an invariant in checked builds; costs nothing elsewhere.
inline void check(bool condition, const char* message = "invariant broken", const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if constexpr (kChecked) {
    if (!condition) fatal(message, file, line);
  }
}
}  // namespace adder
