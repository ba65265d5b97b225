// copy: memory operations on pieces that may be empty.
//
// The pointer of an empty view, vector of arguments or buffer may be null, and memcpy(to, nullptr, 0) is undefined: the
// compiler takes it as a proof that the pointer is not null, and drops later checks of it. Where a piece may be empty,
// use these.
#pragma once
#include "base/config.h"

namespace adder {
// memcpy; the pointers may be null if `size` is 0.
inline void copy_bytes(void* to, const void* from, usize size) {
  if (size) __builtin_memcpy(to, from, size);
}
// memmove, likewise.
inline void move_bytes(void* to, const void* from, usize size) {
  if (size) __builtin_memmove(to, from, size);
}
// memchr, likewise: null if `byte` is not there.
inline const void* find_byte(const void* from, int byte, usize size) {
  return size ? __builtin_memchr(from, byte, size) : nullptr;
}
// memcmp(...) == 0, likewise.
inline bool same_bytes(const void* left, const void* right, usize size) {
  return !size || __builtin_memcmp(left, right, size) == 0;
}
}  // namespace adder
