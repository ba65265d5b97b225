// warnings: what C asks of the module _warnings beyond runtime/error.h.
#pragma once
#include "runtime/error.h"

namespace adder {
// A warning about a place that is given (warnings.warn_explicit); module (absent: from the file's name) and registry (a
// dict, or absent) may be left out. Fails if a filter makes it an exception.
Result<void> warn_explicit_in(Type* category, Object* message, Object* filename, int line, Opt<Object*> module,
                              Opt<Object*> registry);
}  // namespace adder
