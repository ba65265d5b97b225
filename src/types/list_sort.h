// list_sort: the sort of lists.
#pragma once
#include "types/list.h"

namespace adder {
struct SortEntry {
  Object* key;    // what is compared, borrowed
  Object* value;  // what is sorted, owned by the caller
};
// Sorts stably by `<` of the keys. On failure the entries are some permutation of what they were. Runs Python code
// unless all keys are exact ints, floats or strs.
Result<void> sort_entries(SortEntry* entries, isize count);
}  // namespace adder
