// hamt: persistent mappings as hash tries of immutable nodes; what contexts are made of.
//
// A mapping is its root node, null when it is empty: whoever has the root has the mapping. Setting and deleting give a
// new root, which shares what did not change. Keys are compared by identity first, then by ==; a caller whose keys have
// an __eq__ of their own keeps the root alive during a call.
#pragma once
#include <bit>

#include "object/protocol.h"

ADDER_EXPORT PyTypeObject _PyHamt_BitmapNode_Type;

namespace adder {
struct HamtEntry {
  Object *key, *value;  // a binding; with a null key, `value` is the node for the next bits of the hash
};
struct HamtNode : PyVarObject {
  u32 bitmap;  // bit i: there is an entry for the five bits of the hash that are i; 0: all entries have the same hash
  u32 count;   // bindings in this node and below
  HamtEntry entries[1];
};
constexpr int kHamtBits = 5, kHamtDepth = 64 / kHamtBits + 2;

inline isize hamt_length(const HamtNode* root) { return root ? root->count : 0; }
constexpr u32 hamt_bit(u64 hash, int shift) { return 1u << (hash >> shift & 31); }
inline isize hamt_index(const HamtNode* node, u32 bit) { return std::popcount(node->bitmap & (bit - 1)); }

// The value of this very key, borrowed, or null; for keys that equal nothing but themselves. No Python code.
inline Object* hamt_find_same(const HamtNode* node, const Object* key, u64 hash) {
  for (int shift = 0; node; shift += kHamtBits) {
    if (ADDER_UNLIKELY(!node->bitmap)) {
      for (isize i = 0; i < node->ob_size; ++i)
        if (node->entries[i].key == key) return node->entries[i].value;
      return nullptr;
    }
    u32 bit = hamt_bit(hash, shift);
    if (!(node->bitmap & bit)) return nullptr;
    const HamtEntry& entry = node->entries[hamt_index(node, bit)];
    if (entry.key) return entry.key == key ? entry.value : nullptr;
    node = static_cast<HamtNode*>(entry.value);
  }
  return nullptr;
}
// The value of a key, whose hash is given.
Maybe<Object> hamt_find(HamtNode* root, Object* key, u64 hash);
// The mapping with one binding added or changed; the same if it is there already.
Result<HamtNode> hamt_assoc(HamtNode* root, Object* key, Object* value, u64 hash);
// The mapping without the key: the same if it is not there, absent if nothing is left.
Maybe<HamtNode> hamt_without(HamtNode* root, Object* key, u64 hash);

// Walks over all bindings: for (HamtWalk walk(root); const HamtEntry* entry = walk.next();). The caller keeps the root.
class HamtWalk {
 public:
  explicit HamtWalk(HamtNode* root) : depth_(root ? 0 : -1) { path_[0] = {root, 0}; }
  const HamtEntry* next() {
    while (depth_ >= 0) {
      Level& level = path_[depth_];
      if (level.next == level.node->ob_size) {
        --depth_;
        continue;
      }
      const HamtEntry& entry = level.node->entries[level.next++];
      if (entry.key) return &entry;
      path_[++depth_] = {static_cast<HamtNode*>(entry.value), 0};
    }
    return nullptr;
  }

 private:
  struct Level {
    HamtNode* node;
    isize next;
  };
  int depth_;  // -1: at the end
  Level path_[kHamtDepth];
};

// An empty mapping as an object with set(), get(), delete() …: _PyContext_NewHamtForTests.
Result<Object> hamt_new();
}  // namespace adder
