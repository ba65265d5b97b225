// frozen: code objects that the build has compiled into the executable, in marshal's form.
//
// The executable is linked twice: the first one compiles importlib's bootstrap (tools/freeze.py), the second one
// carries it. A file that has changed since (size or time) is compiled from source at start-up.
#pragma once
#include "abi/names.h"
#include "base/result.h"

namespace adder {
struct FrozenCode {
  const char* path;  // below the library's folder
  const unsigned char* data;
  isize size;
  i64 source_size, source_time;  // of the file that was compiled; time in seconds
};
// Ends with a null path. Absent in the first executable.
extern const FrozenCode frozen_code[] __attribute__((weak));
}  // namespace adder
