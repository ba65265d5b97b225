// list_iterator: forward and reverse iterators over lists.
//
// Both read the list's size at every step: a list that grows is followed, one that shrinks ends the iteration for good.
#include "types/list_iterator.h"

#include "bind/bind.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
Result<Object> iterator_new(Type* type, List* list, isize index) {
  Ref<ListIterator> iterator = TRY(object_new<ListIterator>(type));
  iterator->index = index;
  iterator->list = new_ref(list).release();
  gc::track(iterator);
  return iterator;
}

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(as<ListIterator>(self)->list);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(as<ListIterator>(self)->list);
  return 0;
}

Maybe<Object> forward_next(ListIterator* self) {
  if (!self->list) return nullptr;
  if (self->index < self->list->ob_size) return new_ref(self->list->ob_item[self->index++]);
  clear_field(self->list);
  return nullptr;
}

Maybe<Object> reverse_next(ListIterator* self) {
  if (!self->list) return nullptr;
  if (self->index >= 0 && self->index < self->list->ob_size) return new_ref(self->list->ob_item[self->index--]);
  self->index = -1;
  clear_field(self->list);
  return nullptr;
}

constexpr Doc length_hint_doc = "__length_hint__($self, /)";
constexpr const char* length_hint_text = "Private method returning an estimate of len(list(it)).";
Result<isize> forward_length_hint(ListIterator* self) {
  isize left = self->list ? self->list->ob_size - self->index : 0;
  return left < 0 ? 0 : left;
}
Result<isize> reverse_length_hint(ListIterator* self) {
  isize left = self->index + 1;
  return self->list && self->list->ob_size >= left ? left : 0;
}

constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = "Return state information for pickling.";
Result<Object> reduce(ListIterator* self, Object* function) {
  if (!self->list) {
    Ref<Object> iter = TRY(builtins_get(id::iter));
    Ref<List> empty = TRY(list_new());
    return tuple_pack(iter.get(), TRY(tuple_pack(empty.get())).get());
  }
  Ref<Int> index = TRY(int_from_ssize_t(self->index));
  return tuple_pack(function, TRY(tuple_pack(self->list)).get(), index.get());
}
Result<Object> forward_reduce(ListIterator* self) { return reduce(self, TRY(builtins_get(id::iter)).get()); }
Result<Object> reverse_reduce(ListIterator* self) { return reduce(self, TRY(builtins_get(id::reversed)).get()); }

constexpr Doc setstate_doc = "__setstate__($self, state, /)";
constexpr const char* setstate_text = "Set state information for unpickling.";
Result<void> forward_setstate(ListIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->list) self->index = index < 0 ? 0 : index > self->list->ob_size ? self->list->ob_size : index;
  return {};
}
Result<void> reverse_setstate(ListIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->list) self->index = index < -1 ? -1 : index > self->list->ob_size - 1 ? self->list->ob_size - 1 : index;
  return {};
}

constinit PyMethodDef forward_methods[] = {
    with_text(method<forward_length_hint, length_hint_doc>(), length_hint_text),
    with_text(method<forward_reduce, reduce_doc>(), reduce_text),
    with_text(method<forward_setstate, setstate_doc>(), setstate_text),
    {},
};
constinit PyMethodDef reverse_methods[] = {
    with_text(method<reverse_length_hint, length_hint_doc>(), length_hint_text),
    with_text(method<reverse_reduce, reduce_doc>(), reduce_text),
    with_text(method<reverse_setstate, setstate_doc>(), setstate_text),
    {},
};
}  // namespace

Result<Object> list_iterator_new(List* list) { return iterator_new(&PyListIter_Type, list, 0); }
Result<Object> list_reverse_iterator_new(List* list) {
  return iterator_new(&PyListRevIter_Type, list, list->ob_size - 1);
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyListIter_Type = {
    .tp_name = "list_iterator",
    .tp_basicsize = sizeof(ListIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<forward_next>,
    .tp_methods = forward_methods,
};
constinit PyTypeObject PyListRevIter_Type = {
    .tp_name = "list_reverseiterator",
    .tp_basicsize = sizeof(ListIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<reverse_next>,
    .tp_methods = reverse_methods,
};
