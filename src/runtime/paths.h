// paths: fills in the paths of a Config.
#pragma once
#include "runtime/config.h"

namespace adder {
// Computes what is not set yet: executable, prefixes, stdlib_dir, module_search_paths.
void compute_paths(Config& config);
// Whether there is a standard library in stdlib_dir.
bool library_found(const Config& config);
}  // namespace adder
