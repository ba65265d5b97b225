// Record types of the Unicode tables that only the functions behind base/unicode.h read.
#pragma once

#include "base/unicode.h"

namespace adder::unicode::tables {

// What Unicode 3.2.0 said otherwise; 255: nothing.
struct ChangeRecord {
  uint8_t category, bidirectional, decimal, mirrored, width;
};

// A canonical mapping of 3.2.0 that was corrected later.
struct Correction {
  char32_t code, original;
};

// Sorted by (first, second).
struct Composition {
  char32_t first, second, result;
};

extern const ChangeRecord change_records[];
extern const Correction corrections_3_2[];

// The record of `c` in 3.2.0.
inline const ChangeRecord& change(char32_t c) { return change_records[change_index(c)]; }
// Whether the character was unassigned in 3.2.0 but is not now.
inline bool is_later_than_3_2(char32_t c) { return change(c).category == 0; }

}  // namespace adder::unicode::tables
