// list_iterator: forward and reverse iterators over lists.
#pragma once
#include "types/list.h"

namespace adder {
// The interpreter reads and writes it directly in FOR_ITER.
struct ListIterator : PyObject {
  isize index;
  List* list;  // null once exhausted
};
Result<Object> list_iterator_new(List* list);
Result<Object> list_reverse_iterator_new(List* list);
}  // namespace adder
