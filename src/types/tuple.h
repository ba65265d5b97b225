// tuple: the immutable sequence.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyTuple_Type, PyTupleIter_Type;

namespace adder {
inline bool is_tuple(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_TUPLE_SUBCLASS); }
inline bool is_tuple_exact(const Object* o) { return o->ob_type == &PyTuple_Type; }
inline isize tuple_size(const Tuple* t) { return t->ob_size; }
inline Object* tuple_item(const Tuple* t, isize index) { return t->ob_item[index]; }  // borrowed
inline Object** tuple_items(Tuple* t) { return t->ob_item; }
Tuple* tuple_empty();
// `size` empty slots (null), tracked: fill every one with tuple_init_item before anyone else sees it.
Result<Tuple> tuple_new(isize size);
inline void tuple_init_item(Tuple* t, isize index, Ref<Object>&& item) { t->ob_item[index] = item.release(); }
Result<Tuple> tuple_from_array(Object* const* items, isize size);        // adds references
Result<Tuple> tuple_from_array_steal(Object** items, isize size);        // takes the references, also on failure
// tuple_pack(a, b, c): borrowed items.
template <class... Items>
Result<Tuple> tuple_pack(Items*... items) {
  Object* const array[] = {items...};
  return tuple_from_array(array, sizeof...(Items));
}
Result<Tuple> tuple_get_slice(Tuple* t, isize low, isize high);
Result<Tuple> tuple_resize(Ref<Tuple>&& t, isize size);
}  // namespace adder
