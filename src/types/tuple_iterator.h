// tuple_iterator: the iterator over tuples.
#pragma once
#include "types/tuple.h"

namespace adder {
// The interpreter reads and writes it directly in FOR_ITER.
struct TupleIterator : PyObject {
  isize index;
  Tuple* tuple;  // null once exhausted
};
Result<Object> tuple_iterator_new(Tuple* tuple);
}  // namespace adder
