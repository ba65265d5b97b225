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
// memcpy of what is a few bytes as a rule, without a call and without the string instructions of the processor, which the
// compiler likes for sizes that it can bound, and which take a long time to start.
inline void copy_short(void* to, const void* from, usize size) {
  using Vector [[gnu::vector_size(16)]] = u64;
  char* out = static_cast<char*>(to);
  const char* in = static_cast<const char*>(from);
  auto move = [&]<class Word>(Word, usize at) {
    Word word;
    __builtin_memcpy(&word, in + at, sizeof word);
    __builtin_memcpy(out + at, &word, sizeof word);
  };
  // The two words may overlap.
  if (size >= 16) {
    if (size > 32) {
      asm("" : "+r"(size));
      __builtin_memcpy(to, from, size);
      return;
    }
    Vector first, last;
    __builtin_memcpy(&first, in, 16);
    __builtin_memcpy(&last, in + size - 16, 16);
    __builtin_memcpy(out, &first, 16);
    __builtin_memcpy(out + size - 16, &last, 16);
    return;
  }
  if (size >= 8) {
    move(u64{}, 0);
    move(u64{}, size - 8);
  } else if (size >= 4) {
    move(u32{}, 0);
    move(u32{}, size - 4);
  } else if (size) {
    out[0] = in[0];
    if (size > 1) {
      out[size - 1] = in[size - 1];
      out[1] = in[1];
    }
  }
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
