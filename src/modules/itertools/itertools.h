// itertools: what the parts of module itertools share.
//
// Files      chains.cpp (chain, cycle, repeat, count, islice …), filters.cpp (filterfalse, takewhile, groupby …),
// combinatorics.cpp
//            (product, permutations, combinations …), tee.cpp, module.cpp
#pragma once
#include "bind/bind.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/result_tuple.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::itertools {
// An iterator whose first N fields are objects (owned, maybe null).
template <int N>
struct Iterator : PyObject {
  static constexpr int kFields = N;
  Object* field[N];
};
template <int N>
void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  for (Object*& field : as<Iterator<N>>(self)->field) clear_field(field);
  object_free(self);
}
template <int N>
int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  for (Object* field : as<Iterator<N>>(self)->field) VISIT(field);
  return 0;
}
template <int N>
int iterator_clear(PyObject* self) {
  for (Object*& field : as<Iterator<N>>(self)->field) clear_field(field);
  return 0;
}
// A zeroed instance of `type`, which may be a subclass.
template <class T>
Result<T> make(Type* type) {
  return Result<T>::from_c(static_cast<T*>(type->tp_alloc(type, 0)));
}
inline Tuple* tuple_field(Object* field) { return as<Tuple>(field); }
inline Object* type_object(Object* self) { return type_of(self); }
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSet state information for unpickling.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturns size in memory, in bytes.";
// An iterator over nothing, for exhausted objects' __reduce__.
Result<Object> empty_iterator();
// Tuple of the types and of the functions of the parts.
template <int N, class... Slots>
constexpr PyTypeObject iterator_type(const char* name, isize size, const char* doc, newfunc make_new, iternextfunc next,
                                     PyMethodDef* methods) {
  PyTypeObject type;
  type.tp_name = name;
  type.tp_basicsize = size;
  type.tp_dealloc = iterator_dealloc<N>;
  type.tp_getattro = object_generic_get_attr_slot;
  type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE;
  type.tp_doc = doc;
  type.tp_traverse = iterator_traverse<N>;
  type.tp_clear = iterator_clear<N>;
  type.tp_iter = self_iter;
  type.tp_iternext = next;
  type.tp_methods = methods;
  type.tp_alloc = type_generic_alloc;
  type.tp_new = make_new;
  type.tp_free = object_gc_del;
  return type;
}
extern PyTypeObject chain_type, cycle_type, repeat_type, count_type, islice_type, zip_longest_type, pairwise_type,
    accumulate_type;
extern PyTypeObject starmap_type, compress_type, filterfalse_type, takewhile_type, dropwhile_type, groupby_type,
    grouper_type;
extern PyTypeObject product_type, permutations_type, combinations_type, replacement_type;
extern PyTypeObject tee_type, tee_data_type;
extern PyMethodDef tee_functions[];
}  // namespace adder::itertools
