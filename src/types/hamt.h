// hamt: a persistent mapping: setting and deleting give a new mapping that shares what did not change.
//
// Contexts have a trie of their own, whose keys are compared by identity (types/context.cpp); this one takes any hashable key.
// No Python code reaches it but through the C API (_PyContext_NewHamtForTests).
#pragma once
#include "object/protocol.h"

namespace adder {
// An empty mapping.
Result<Object> hamt_new();
}  // namespace adder
