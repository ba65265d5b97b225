// _functools: the types of the module.
#pragma once
#include "object/object.h"

namespace adder {
extern PyTypeObject partial_type, key_wrapper_type, lru_cache_type, lru_entry_type;
}  // namespace adder
