// iterators: over anything with __getitem__, and over a callable until it gives a sentinel.
#include "bind/bind.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct SequenceIterator : PyObject {
  isize index;
  Object* sequence;  // null once exhausted
};
struct CallIterator : PyObject {
  Object *callable, *sentinel;  // both null once exhausted
};
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSet state information for unpickling.";
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";

using SequenceFields = OwnedFields<&SequenceIterator::sequence>;
// Sequences written in C say by their length where the end is: cheaper than an IndexError that nobody sees.
bool is_past_end(Object* sequence, isize index) {
  const PySequenceMethods* methods = type_of(sequence)->tp_as_sequence;
  if (is_heap_type(type_of(sequence)) || !methods || !methods->sq_length || !methods->sq_item) return false;
  isize size = methods->sq_length(sequence);
  if (size < 0) error_clear();
  return size >= 0 && index >= size;
}
Maybe<Object> sequence_next(SequenceIterator* self) {
  if (!self->sequence) return nullptr;
  if (self->index == kMaxSize) return raise(OverflowError, "iter index too large");
  Ref<Object> sequence = new_ref(self->sequence);
  if (is_past_end(sequence, self->index)) {
    clear_field(self->sequence);
    return nullptr;
  }
  auto item = sequence_get_item(sequence, self->index);
  if (!item.failed()) {
    ++self->index;
    return item;
  }
  if (!error_matches(IndexError) && !error_matches(StopIteration)) return Error{};
  error_clear();
  clear_field(self->sequence);
  return nullptr;
}
Result<Object> sequence_length_hint(SequenceIterator* self) {
  if (!self->sequence) return new_ref<Object>(small_int(0));
  auto size = sequence_size(self->sequence);
  if (size.failed()) {
    if (!error_matches(TypeError)) return Error{};
    error_clear();
    return not_implemented();
  }
  isize left = size.take() - self->index;
  return int_from_ssize_t(left < 0 ? 0 : left);
}
Result<Object> sequence_reduce(SequenceIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (!self->sequence) return tuple_pack(iter.get(), TRY(tuple_pack(tuple_empty())).get());
  Ref<Int> index = TRY(int_from_ssize_t(self->index));
  return tuple_pack(iter.get(), TRY(tuple_pack(self->sequence)).get(), index.get());
}
Result<void> sequence_setstate(SequenceIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->sequence) self->index = index < 0 ? 0 : index;
  return {};
}
constinit PyMethodDef sequence_methods[] = {
    method<sequence_length_hint, length_hint_doc>(),
    method<sequence_reduce, reduce_doc>(),
    method<sequence_setstate, setstate_doc>(),
    {},
};

using CallFields = OwnedFields<&CallIterator::callable, &CallIterator::sentinel>;
Maybe<Object> call_next(CallIterator* self) {
  if (!self->callable) return nullptr;
  Ref<Object> callable = new_ref(self->callable), sentinel = new_ref(self->sentinel);
  auto answer = object_call_no_args(callable);
  if (answer.failed()) {
    if (!error_matches(StopIteration)) return Error{};
    error_clear();
  } else {
    Ref<Object> item = answer.take();
    if (!TRY(object_equal(sentinel, item))) return item;
  }
  clear_field(self->callable);
  clear_field(self->sentinel);
  return nullptr;
}
Result<Object> call_reduce(CallIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (!self->callable) return tuple_pack(iter.get(), TRY(tuple_pack(tuple_empty())).get());
  return tuple_pack(iter.get(), TRY(tuple_pack(self->callable, self->sentinel)).get());
}
constinit PyMethodDef call_methods[] = {method<call_reduce, reduce_doc>(), {}};
}  // namespace

Result<Object> seq_iter_new(Object* sequence) {
  Ref<SequenceIterator> iterator = TRY(object_new<SequenceIterator>(&PySeqIter_Type));
  iterator->index = 0;
  iterator->sequence = new_ref(sequence).release();
  gc::track(iterator);
  return iterator;
}
Result<Object> call_iter_new(Object* callable, Object* sentinel) {
  Ref<CallIterator> iterator = TRY(object_new<CallIterator>(&PyCallIter_Type));
  iterator->callable = new_ref(callable).release();
  iterator->sentinel = new_ref(sentinel).release();
  gc::track(iterator);
  return iterator;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PySeqIter_Type = {
    .tp_name = "iterator",
    .tp_basicsize = sizeof(SequenceIterator),
    .tp_dealloc = SequenceFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = SequenceFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<sequence_next>,
    .tp_methods = sequence_methods,
};
constinit PyTypeObject PyCallIter_Type = {
    .tp_name = "callable_iterator",
    .tp_basicsize = sizeof(CallIterator),
    .tp_dealloc = CallFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = CallFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<call_next>,
    .tp_methods = call_methods,
};
