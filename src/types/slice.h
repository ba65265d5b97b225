// slice, range, Ellipsis, enumerate, zip, map, filter, reversed, iterators over sequences and callables.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PySlice_Type, PyEllipsis_Type, PyRange_Type, PyRangeIter_Type, PyLongRangeIter_Type, PyEnum_Type,
    PyReversed_Type, PyZip_Type, PyMap_Type, PyFilter_Type, PySeqIter_Type, PyCallIter_Type;

namespace adder {
inline bool is_slice(const Object* o) { return o->ob_type == &PySlice_Type; }
Result<Slice> slice_new(Object* start, Object* stop, Object* step);
// start, stop, step as C integers, not yet fitted to a length; ValueError "slice step cannot be zero".
Result<void> slice_unpack(Slice* slice, isize& start, isize& stop, isize& step);
// Fits them to `length`; gives the number of items. No Python code.
isize slice_adjust_indices(isize length, isize& start, isize& stop, isize step);
// slice.indices(length) as exact int objects.
Result<void> slice_get_long_indices(Slice* slice, Object* length, Ref<Object>& start, Ref<Object>& stop, Ref<Object>& step);
// Layout of the fast range iterator, for the interpreter.
struct RangeIterator : PyObject {
  isize next, step, remaining;
  isize length;  // how many values there were at first
};
Result<Object> seq_iter_new(Object* sequence);
Result<Object> call_iter_new(Object* callable, Object* sentinel);
}  // namespace adder
