// paths: fills in the paths of a Config.
#pragma once
#include "runtime/config.h"

namespace adder {
// Computes what is not set yet: executable, prefixes, stdlib_dir, module_search_paths. False if there is no standard library in
// stdlib_dir.
bool compute_paths(Config& config);
}  // namespace adder
