// enumerate, reversed: iterators over any iterable with positions, over any sequence backwards.
//
// Reuse      enumerate keeps its last result tuple and fills it anew if nobody else holds it.
// See        tests/python/test_iterators.py
#include "bind/bind.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/module.h"
#include "types/result_tuple.h"
#include "types/slice.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == enumerate ==

struct Enumerate : PyObject {
  isize index;
  Object* iterator;
  Tuple* result;      // the tuple to reuse
  Object* big_index;  // takes over when index reaches the largest isize; else null
};

constexpr Doc enumerate_doc =
    "enumerate(iterable, start=0)\n--\n\nReturn an enumerate object.\n\n  iterable\n    an object supporting "
    "iteration\n\nThe enumerate "
    "object yields pairs containing a count (from start, which\ndefaults to zero) and a value yielded by the iterable "
    "argument.\n\n"
    "enumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...";
Result<Object> enumerate_make(Type* type, Object* iterable, Opt<Object*> start) {
  isize index = 0;
  Ref<Object> big_index;
  if (start) {
    Ref<Object> first = TRY(number_index(start.get()));
    int overflow = 0;
    index = int_as_i64_and_overflow(as<Int>(first.get()), &overflow);
    if (overflow) {
      big_index = std::move(first);
      index = kMaxSize;
    }
  }
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  Ref<Tuple> result = TRY(tuple_pack(None, None));
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  Enumerate* self = as<Enumerate>(object.get());
  self->index = index;
  self->iterator = iterator.release();
  self->result = result.release();
  self->big_index = big_index.release();
  return object;
}
PyObject* enumerate_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Object* out[2] = {};
  if (!parse_arguments(enumerate_doc, args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       reinterpret_cast<Tuple*>(keyword_names), out, nullptr, nullptr)) {
    return nullptr;
  }
  return enumerate_make(reinterpret_cast<Type*>(type), out[0], out[1]).to_c();
}
using EnumerateFields = OwnedFields<&Enumerate::iterator, &Enumerate::result, &Enumerate::big_index>;
Result<Object> next_index(Enumerate* self) {
  if (self->index < kMaxSize) return int_from_ssize_t(self->index++);
  Ref<Object> current = self->big_index ? new_ref(self->big_index) : TRY(Result<Object>(int_from_ssize_t(kMaxSize)));
  set_field(self->big_index, TRY(number_add(current, small_int(1))));
  return current;
}
Maybe<Object> enumerate_next(Enumerate* self) {
  Ref<Object> item = TRY(iter_next(self->iterator));
  if (!item) return nullptr;
  Ref<Object> index = TRY(next_index(self));
  if (Ref<Tuple> reused = result_tuple_take(self->result)) {
    result_tuple_set(reused, 0, std::move(index));
    result_tuple_set(reused, 1, std::move(item));
    return reused;
  }
  return tuple_pack(index.get(), item.get());
}
constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = "Return state information for pickling.";
Result<Object> enumerate_reduce(Enumerate* self) {
  Ref<Object> index = self->big_index ? new_ref(self->big_index) : TRY(Result<Object>(int_from_ssize_t(self->index)));
  return tuple_pack(static_cast<Object*>(type_of(self)), TRY(tuple_pack(self->iterator, index.get())).get());
}
constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)";
constexpr const char* class_getitem_text = "See PEP 585";
constinit PyMethodDef enumerate_methods[] = {
    with_text(method<enumerate_reduce, reduce_doc>(), reduce_text),
    with_text(class_method<generic_alias_new, class_getitem_doc>(), class_getitem_text),
    {},
};

// == reversed ==

struct Reversed : PyObject {
  isize index;       // of the next item; -1 at the end
  Object* sequence;  // null at the end
};

constexpr Doc reversed_doc =
    "reversed(sequence, /)\n--\n\nReturn a reverse iterator over the values of the given sequence.";
Result<Object> reversed_make(Type* type, Object* sequence) {
  Ref<Object> hook = TRY(object_lookup_special(sequence, id::__reversed__));
  if (hook) {
    if (hook.get() == None) return raise(TypeError, "'%.200s' object is not reversible", type_of(sequence)->tp_name);
    return object_call_no_args(hook);
  }
  if (!sequence_check(sequence))
    return raise(TypeError, "'%.200s' object is not reversible", type_of(sequence)->tp_name);
  isize size = TRY(sequence_size(sequence));
  Ref<Object> object = Ref<Object>::steal(type->tp_alloc(type, 0));
  if (!object) return Error{};
  as<Reversed>(object.get())->index = size - 1;
  as<Reversed>(object.get())->sequence = new_ref(sequence).release();
  return object;
}
PyObject* reversed_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Object* out[1] = {};
  if (!parse_arguments(reversed_doc, args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       reinterpret_cast<Tuple*>(keyword_names), out, nullptr, nullptr)) {
    return nullptr;
  }
  return reversed_make(reinterpret_cast<Type*>(type), out[0]).to_c();
}
using ReversedFields = OwnedFields<&Reversed::sequence>;
Maybe<Object> reversed_next(Reversed* self) {
  if (self->index >= 0 && self->sequence) {
    Ref<Object> sequence = new_ref(self->sequence);
    auto item = sequence_get_item(sequence, self->index);
    if (!item.failed()) {
      --self->index;
      return item;
    }
    if (!error_matches(IndexError) && !error_matches(StopIteration)) return Error{};
    error_clear();
  }
  self->index = -1;
  clear_field(self->sequence);
  return nullptr;
}
constexpr Doc length_hint_doc = "__length_hint__($self, /)";
constexpr const char* length_hint_text = "Private method returning an estimate of len(list(it)).";
Result<isize> reversed_length_hint(Reversed* self) {
  if (!self->sequence) return isize{0};
  isize size = TRY(sequence_size(self->sequence));
  return size < self->index + 1 ? isize{0} : self->index + 1;
}
Result<Object> reversed_reduce(Reversed* self) {
  Object* type = type_of(self);
  if (!self->sequence) return tuple_pack(type, TRY(tuple_pack(tuple_empty())).get());
  Ref<Int> index = TRY(int_from_ssize_t(self->index));
  return tuple_pack(type, TRY(tuple_pack(self->sequence)).get(), index.get());
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)";
constexpr const char* setstate_text = "Set state information for unpickling.";
Result<void> reversed_setstate(Reversed* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (!self->sequence) return {};
  isize size = TRY(sequence_size(self->sequence));
  self->index = index < -1 ? -1 : index > size - 1 ? size - 1 : index;
  return {};
}
constinit PyMethodDef reversed_methods[] = {
    with_text(method<reversed_length_hint, length_hint_doc>(), length_hint_text),
    with_text(method<reversed_reduce, reduce_doc>(), reduce_text),
    with_text(method<reversed_setstate, setstate_doc>(), setstate_text),
    {},
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyEnum_Type = {
    .tp_name = "enumerate",
    .tp_basicsize = sizeof(Enumerate),
    .tp_dealloc = EnumerateFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = enumerate_doc.text,
    .tp_traverse = EnumerateFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<enumerate_next>,
    .tp_methods = enumerate_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<enumerate_make, enumerate_doc>,
    .tp_free = object_gc_del,
    .tp_vectorcall = enumerate_vectorcall,
};
constinit PyTypeObject PyReversed_Type = {
    .tp_name = "reversed",
    .tp_basicsize = sizeof(Reversed),
    .tp_dealloc = ReversedFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = reversed_doc.text,
    .tp_traverse = ReversedFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<reversed_next>,
    .tp_methods = reversed_methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<reversed_make, reversed_doc>,
    .tp_free = object_gc_del,
    .tp_vectorcall = reversed_vectorcall,
};
