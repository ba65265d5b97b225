// ast_base: what the generated node classes (parser/ast_nodes.h) stand on.
#pragma once
#include "abi/names.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/config.h"

namespace adder::ast {
// Where a node stands in the source: lines count from 1, columns are offsets in UTF-8 bytes from 0; the end is the
// place after the last byte.
struct Position {
  int lineno = 0;
  int col_offset = 0;
  int end_lineno = 0;
  int end_col_offset = 0;
};

// A sequence in the arena. Elements may be null where the grammar says so (keys of Dict, kw_defaults of Arguments).
template <class T>
struct Seq {
  T* data = nullptr;
  int size = 0;

  T* begin() const { return data; }
  T* end() const { return data + size; }
  bool empty() const { return size == 0; }
  T& operator[](int index) const {
    check(index >= 0 && index < size, "Seq index out of range");
    return data[index];
  }
  T& back() const { return (*this)[size - 1]; }
};

// A new sequence of `size` uninitialised elements.
template <class T>
Seq<T> make_seq(Arena& arena, int size) {
  return {arena.make_array<T>(static_cast<usize>(size)), size};
}
// A new sequence of the given elements.
template <class T, class... Rest>
Seq<T> make_seq_of(Arena& arena, T first, Rest... rest) {
  Seq<T> seq = make_seq<T>(arena, 1 + static_cast<int>(sizeof...(rest)));
  T* out = seq.data;
  *out++ = first;
  ((*out++ = rest), ...);
  return seq;
}
}  // namespace adder::ast
