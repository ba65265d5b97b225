// search: finding and counting patterns in arrays of characters, for str, bytes and bytearray.
//
// Never quadratic: bytes go to memchr and memmem (two-way in the C library); wider characters and searches from the end
// are looked for naively while that is cheap, and by Knuth-Morris-Pratt once the comparisons outgrow a multiple of the
// text.
#pragma once
#include <cstring>

#include "base/config.h"
#include "memory/allocator.h"

namespace adder::search {
// One character; -1 if absent.
template <class C>
isize find_char(const C* text, isize size, C character) {
  if (size <= 0) return -1;
  if constexpr (sizeof(C) == 1) {
    const void* hit = std::memchr(text, character, static_cast<usize>(size));
    return hit ? static_cast<const C*>(hit) - text : -1;
  } else {
    // Blocks of eight without a branch inside: the compiler makes vector code of them.
    isize i = 0;
    for (; i + 8 <= size; i += 8) {
      bool any = false;
      for (int j = 0; j < 8; ++j) any |= text[i + j] == character;
      if (any) break;
    }
    for (; i < size; ++i) {
      if (text[i] == character) return i;
    }
    return -1;
  }
}
template <class C>
isize rfind_char(const C* text, isize size, C character) {
  if (size <= 0) return -1;
  if constexpr (sizeof(C) == 1) {
    const void* hit = memrchr(text, character, static_cast<usize>(size));
    return hit ? static_cast<const C*>(hit) - text : -1;
  } else {
    for (isize i = size; i-- > 0;) {
      if (text[i] == character) return i;
    }
    return -1;
  }
}

// An array seen from either end.
template <class C, bool kReverse>
struct View {
  const C* data;
  isize size;
  C operator[](isize i) const { return kReverse ? data[size - 1 - i] : data[i]; }
};

// Knuth-Morris-Pratt from position `from`; -1 if absent, -2 if there is no memory for the table.
template <class Text, class Pattern>
isize kmp_find(Text text, Pattern pattern, isize from) {
  isize m = pattern.size;
  isize* failure = static_cast<isize*>(memory::allocate(static_cast<usize>(m) * sizeof(isize)));
  if (!failure) return -2;
  failure[0] = 0;
  for (isize i = 1, k = 0; i < m; ++i) {
    while (k && pattern[i] != pattern[k]) k = failure[k - 1];
    if (pattern[i] == pattern[k]) ++k;
    failure[i] = k;
  }
  isize result = -1;
  for (isize i = from, k = 0; i < text.size; ++i) {
    while (k && text[i] != pattern[k]) k = failure[k - 1];
    if (text[i] == pattern[k] && ++k == m) {
      result = i - m + 1;
      break;
    }
  }
  memory::release(failure);
  return result;
}

template <class Text, class Pattern>
isize budgeted_find(Text text, Pattern pattern) {
  isize last = text.size - pattern.size, m = pattern.size;
  isize budget = 4 * text.size + 64;
  auto first = pattern[0], end = pattern[m - 1];
  for (isize i = 0; i <= last; ++i) {
    if (text[i] != first || text[i + m - 1] != end) continue;
    isize j = 1;
    while (j < m && text[i + j] == pattern[j]) ++j;
    if (j >= m) return i;
    if ((budget -= j) < 0) {
      isize found = kmp_find(text, pattern, i + 1);
      if (found != -2) return found;
      budget = kMaxSize;  // no memory: slow but right
    }
  }
  return -1;
}

// First occurrence of pattern, or -1. The empty pattern is at 0.
template <class C, class P>
isize find(const C* text, isize size, const P* pattern, isize pattern_size) {
  static_assert(sizeof(P) <= sizeof(C));
  if (pattern_size > size) return -1;
  if (pattern_size == 0) return 0;
  if (pattern_size == 1) return find_char(text, size, static_cast<C>(pattern[0]));
  if constexpr (sizeof(C) == 1) {
    const void* hit = memmem(text, static_cast<usize>(size), pattern, static_cast<usize>(pattern_size));
    return hit ? static_cast<const C*>(hit) - text : -1;
  } else {
    return budgeted_find(View<C, false>{text, size}, View<P, false>{pattern, pattern_size});
  }
}
// Last occurrence, or -1. The empty pattern is at the end.
template <class C, class P>
isize rfind(const C* text, isize size, const P* pattern, isize pattern_size) {
  if (pattern_size > size) return -1;
  if (pattern_size == 0) return size;
  if (pattern_size == 1) return rfind_char(text, size, static_cast<C>(pattern[0]));
  isize from_end = budgeted_find(View<C, true>{text, size}, View<P, true>{pattern, pattern_size});
  return from_end < 0 ? -1 : size - from_end - pattern_size;
}
// Occurrences that do not overlap, at most `limit`. The empty pattern occurs size + 1 times.
template <class C, class P>
isize count(const C* text, isize size, const P* pattern, isize pattern_size, isize limit = kMaxSize) {
  if (pattern_size == 0) return size < 0 ? 0 : size + 1 < limit ? size + 1 : limit;
  isize found = 0;
  if (pattern_size == 1) {
    C character = static_cast<C>(pattern[0]);
    if (limit == kMaxSize) {
      for (isize i = 0; i < size; ++i) found += text[i] == character;
      return found;
    }
  }
  while (found < limit) {
    isize at = find(text, size, pattern, pattern_size);
    if (at < 0) break;
    ++found;
    text += at + pattern_size;
    size -= at + pattern_size;
  }
  return found;
}
}  // namespace adder::search
