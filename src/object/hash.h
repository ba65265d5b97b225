// hash: the key of string hashing.
#pragma once
#include "base/config.h"

namespace adder {
// Chooses the key of hash_bytes: first thing at start-up, before any string is hashed. `fixed`: derived from `seed`
// (PYTHONHASHSEED; 0 makes a zero key), else random.
void hash_initialize(bool fixed, u64 seed);
}  // namespace adder
