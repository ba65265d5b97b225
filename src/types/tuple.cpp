// tuple: the immutable sequence.
//
// Layout     PyTupleObject (ABI): items follow the head.
// Invariant  a tuple that Python code can see has no empty slot and never changes.
// Tracking   tuples are tracked when made; the collector untracks those that cannot be part of a cycle.
// See        docs/objects.md, tests/python/test_tuple.py
#include "types/tuple.h"

#include "base/hot.h"
#include "bind/bind.h"
#include "memory/collected.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/keys.h"
#include "types/list.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple_iterator.h"

namespace adder {
namespace {
// The collector looks at the GcHead in front of every tuple, so this one has its own, which says "not tracked".
struct EmptyTuple {
  GcHead head;
  PyTupleObject tuple;
};
constinit EmptyTuple empty_tuple = {{nullptr, 0}, {{{kImmortalRefcnt, &PyTuple_Type}, 0}, {nullptr}}};

constexpr isize kMaxItems = (kMaxSize - static_cast<isize>(sizeof(Tuple))) / static_cast<isize>(sizeof(Object*));
}  // namespace

namespace {
// An exact tuple without items yet, not tracked; 0 < size <= kMaxItems. Null: MemoryError is set.
inline Tuple* allocate(isize size) {
  u32 none = 0;
  auto* tuple = static_cast<Tuple*>(
      collected_allocate(&PyTuple_Type, offsetof(Tuple, ob_item) + static_cast<usize>(size) * sizeof(Object*),
                         size <= KeptObjects::kLongestTuple ? kept_objects.tuples[size] : none));
  if (ADDER_LIKELY(tuple != nullptr)) tuple->ob_size = size;
  return tuple;
}
}  // namespace

// == Operations for other rooms ==

Tuple* tuple_empty() { return &empty_tuple.tuple; }

ADDER_HOT Result<Tuple> tuple_new(isize size) {
  if (size == 0) return new_ref(tuple_empty());
  if (size < 0) return raise_bad_internal_call();
  if (size > kMaxItems) return raise_no_memory();
  Tuple* tuple = allocate(size);
  if (ADDER_UNLIKELY(!tuple)) return Error{};
  clear_fields(tuple->ob_item, size);
  gc::track(tuple);
  return Ref<Tuple>::steal(tuple);
}

ADDER_HOT Result<Tuple> tuple_from_array(Object* const* items, isize size) {
  if (size == 0) return new_ref(tuple_empty());
  if (size > kMaxItems) return raise_no_memory();
  Tuple* tuple = allocate(size);
  if (ADDER_UNLIKELY(!tuple)) return Error{};
  for (isize i = 0; i < size; ++i) tuple->ob_item[i] = new_ref(items[i]).release();
  gc::track(tuple);
  return Ref<Tuple>::steal(tuple);
}

ADDER_HOT Result<Tuple> tuple_from_array_steal(Object** items, isize size) {
  if (size == 0) return new_ref(tuple_empty());
  Tuple* tuple = allocate(size);
  if (ADDER_UNLIKELY(!tuple)) {
    for (isize i = 0; i < size; ++i) decref(items[i]);
    return Error{};
  }
  for (isize i = 0; i < size; ++i) {
    asm("" : "+r"(i));  // a few words: no call of memcpy
    tuple->ob_item[i] = items[i];
  }
  gc::track(tuple);
  return Ref<Tuple>::steal(tuple);
}

Result<Tuple> tuple_get_slice(Tuple* tuple, isize low, isize high) {
  if (low < 0) low = 0;
  if (high > tuple->ob_size) high = tuple->ob_size;
  if (high < low) high = low;
  if (low == 0 && high == tuple->ob_size && is_tuple_exact(tuple)) return new_ref(tuple);
  return tuple_from_array(tuple->ob_item + low, high - low);
}

Result<Tuple> tuple_resize(Ref<Tuple>&& source, isize size) {
  Ref<Tuple> tuple = std::move(source);
  if (tuple->ob_size == size) return tuple;
  Ref<Tuple> result = TRY(tuple_new(size));
  isize kept = size < tuple->ob_size ? size : tuple->ob_size;
  for (isize i = 0; i < kept; ++i) result->ob_item[i] = Ref<Object>::share_or_empty(tuple->ob_item[i]).release();
  return result;
}

namespace {
// == Slots ==

ADDER_HOT void tuple_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  Tuple* tuple = as<Tuple>(self);
  for (isize i = tuple->ob_size; --i >= 0;) decref_or_null(tuple->ob_item[i]);
  if (ADDER_LIKELY(is_tuple_exact(self) && static_cast<usize>(tuple->ob_size) <= KeptObjects::kLongestTuple))
    collected_free(self, kept_objects.tuples[tuple->ob_size], KeptObjects::kMostTuples);
  else
    object_free(self);
}

int tuple_traverse(PyObject* self, visitproc visit, void* arg) {
  Tuple* tuple = as<Tuple>(self);
  for (isize i = tuple->ob_size; --i >= 0;) VISIT(tuple->ob_item[i]);
  return 0;
}

Result<Str> tuple_repr(Tuple* tuple) {
  if (tuple->ob_size == 0) return str_from_latin1("()");
  if (TRY(repr_enter(tuple))) return str_from_latin1("(...)");
  auto body = [tuple]() -> Result<Str> {
    StrWriter writer(tuple->ob_size * 3);
    TRY(writer.write_char('('));
    for (isize i = 0; i < tuple->ob_size; ++i) {
      if (i > 0) TRY(writer.write_ascii(", "));
      TRY(writer.write_repr(tuple->ob_item[i]));
    }
    TRY(writer.write_ascii(tuple->ob_size == 1 ? ",)" : ")"));
    return writer.finish();
  };
  Result<Str> text = body();
  repr_leave(tuple);
  return text;
}

// xxHash's accumulation over the hashes of the items (Y. Collet, XXH64), as 3.8 and later have it.
ADDER_HOT Result<isize> tuple_hash(Tuple* tuple) {
  constexpr u64 kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u, kPrime5 = 2870177450012600261u;
  u64 accumulator = kPrime5;
  for (isize i = 0; i < tuple->ob_size; ++i) {
    u64 lane = static_cast<u64>(TRY(key_hash(tuple->ob_item[i])));
    accumulator += lane * kPrime2;
    accumulator = (accumulator << 31) | (accumulator >> 33);
    accumulator *= kPrime1;
  }
  accumulator += static_cast<u64>(tuple->ob_size) ^ (kPrime5 ^ 3527539u);
  if (accumulator == static_cast<u64>(-1)) return isize{1546275796};
  return static_cast<isize>(accumulator);
}

Result<isize> tuple_length(Tuple* tuple) { return tuple->ob_size; }

Result<bool> tuple_contains(Tuple* tuple, Object* value) {
  for (isize i = 0; i < tuple->ob_size; ++i) {
    if (TRY(object_equal(tuple->ob_item[i], value))) return true;
  }
  return false;
}

Result<Object> tuple_get_item(Tuple* tuple, isize index) {
  if (static_cast<usize>(index) >= static_cast<usize>(tuple->ob_size))
    return raise(IndexError, "tuple index out of range");
  return new_ref(tuple->ob_item[index]);
}

Result<Object> tuple_concat(Tuple* tuple, Object* other) {
  if (tuple->ob_size == 0 && is_tuple_exact(other)) return new_ref(other);
  if (!is_tuple(other)) {
    return raise(TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", type_of(other)->tp_name);
  }
  Tuple* right = as<Tuple>(other);
  if (right->ob_size == 0 && is_tuple_exact(tuple)) return new_ref<Object>(tuple);
  if (tuple->ob_size > kMaxItems - right->ob_size) return raise_no_memory();
  Ref<Tuple> result = TRY(tuple_new(tuple->ob_size + right->ob_size));
  for (isize i = 0; i < tuple->ob_size; ++i) tuple_init_item(result, i, new_ref(tuple->ob_item[i]));
  for (isize i = 0; i < right->ob_size; ++i) tuple_init_item(result, tuple->ob_size + i, new_ref(right->ob_item[i]));
  return result;
}

Result<Object> tuple_repeat(Tuple* tuple, isize count) {
  isize size = tuple->ob_size;
  if ((size == 0 || count == 1) && is_tuple_exact(tuple)) return new_ref<Object>(tuple);
  if (size == 0 || count <= 0) return new_ref<Object>(tuple_empty());
  if (size > kMaxItems / count) return raise_no_memory();
  Ref<Tuple> result = TRY(tuple_new(size * count));
  for (isize i = 0; i < size * count; ++i) tuple_init_item(result, i, new_ref(tuple->ob_item[i % size]));
  return result;
}

Result<Object> tuple_subscript(Tuple* tuple, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    if (index < 0) index += tuple->ob_size;
    return tuple_get_item(tuple, index);
  }
  if (!is_slice(key)) {
    return raise(TypeError, "tuple indices must be integers or slices, not %.200s", type_of(key)->tp_name);
  }
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  isize count = slice_adjust_indices(tuple->ob_size, start, stop, step);
  if (step == 1) return tuple_get_slice(tuple, start, start + count);
  Ref<Tuple> result = TRY(tuple_new(count));
  for (isize i = 0; i < count; ++i) tuple_init_item(result, i, new_ref(tuple->ob_item[start + i * step]));
  return result;
}

Result<Object> tuple_compare(Tuple* tuple, Object* other_object, int op) {
  if (!is_tuple(other_object)) return not_implemented();
  Tuple* other = as<Tuple>(other_object);
  for (isize i = 0; i < tuple->ob_size && i < other->ob_size; ++i) {
    Object *left = tuple->ob_item[i], *right = other->ob_item[i];
    if (left == right || TRY(object_equal(left, right))) continue;
    if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
    return object_rich_compare(left, right, op);
  }
  return bool_result(compare_values(tuple->ob_size, other->ob_size, op));
}

// == Methods ==

constexpr Doc tuple_doc =
    "tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\nIf no argument is given, the constructor returns an "
    "empty "
    "tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, "
    "the return "
    "value is the same object.";
Result<Object> tuple_make(Type* type, Opt<Object*> iterable) {
  Ref<Tuple> items = iterable ? TRY(sequence_tuple(iterable.get())) : new_ref(tuple_empty());
  if (type == &PyTuple_Type) return items;
  Ref<Object> result = Ref<Object>::steal(type->tp_alloc(type, items->ob_size));
  if (!result) return Error{};
  for (isize i = 0; i < items->ob_size; ++i) tuple_init_item(as<Tuple>(result.get()), i, new_ref(items->ob_item[i]));
  return result;
}

PyObject* tuple_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Object* iterable = nullptr;
  if (!parse_arguments(tuple_doc, args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       reinterpret_cast<Tuple*>(keyword_names), &iterable, nullptr, nullptr)) {
    return nullptr;
  }
  return tuple_make(reinterpret_cast<Type*>(type), iterable).to_c();
}

constexpr Doc getnewargs_doc = "__getnewargs__($self, /)\n--\n\n";
Result<Object> tuple_getnewargs(Tuple* self) {
  Ref<Tuple> exact = TRY(tuple_from_array(self->ob_item, self->ob_size));
  return tuple_pack(exact.get());
}

constexpr Doc index_doc =
    "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\n"
    "Raises ValueError if the value is not present.";
Result<isize> tuple_index(Tuple* self, Object* value, SliceIndex start, SliceIndex stop) {
  isize low = start.fitted(self->ob_size), high = stop.fitted(self->ob_size);
  for (isize i = low; i < high && i < self->ob_size; ++i) {
    if (TRY(object_equal(self->ob_item[i], value))) return i;
  }
  return raise(ValueError, "tuple.index(x): x not in tuple");
}

constexpr Doc count_doc = "count($self, value, /)\n--\n\nReturn number of occurrences of value.";
Result<isize> tuple_count(Tuple* self, Object* value) {
  isize count = 0;
  for (isize i = 0; i < self->ob_size; ++i) {
    if (TRY(object_equal(self->ob_item[i], value))) ++count;
  }
  return count;
}

constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)";
constexpr const char* class_getitem_text = "See PEP 585";

constinit PyMethodDef tuple_methods[] = {
    method<tuple_getnewargs, getnewargs_doc>(),
    method<tuple_index, index_doc>(),
    method<tuple_count, count_doc>(),
    with_text(class_method<generic_alias_new, class_getitem_doc>(), class_getitem_text),
    {},
};

// == Iterator ==

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(as<TupleIterator>(self)->tuple);
  object_free(self);
}
int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(as<TupleIterator>(self)->tuple);
  return 0;
}
Maybe<Object> iterator_next(TupleIterator* self) {
  if (!self->tuple) return nullptr;
  if (self->index < self->tuple->ob_size) return new_ref(self->tuple->ob_item[self->index++]);
  clear_field(self->tuple);
  return nullptr;
}
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";
Result<isize> iterator_length_hint(TupleIterator* self) { return self->tuple ? self->tuple->ob_size - self->index : 0; }

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
Result<Object> iterator_reduce(TupleIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (!self->tuple) return tuple_pack(iter.get(), TRY(tuple_pack(tuple_empty())).get());
  Ref<Int> index = TRY(int_from_ssize_t(self->index));
  return tuple_pack(iter.get(), TRY(tuple_pack(self->tuple)).get(), index.get());
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSet state information for unpickling.";
Result<void> iterator_setstate(TupleIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->tuple) self->index = index < 0 ? 0 : index > self->tuple->ob_size ? self->tuple->ob_size : index;
  return {};
}
constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(),
    method<iterator_reduce, reduce_doc>(),
    method<iterator_setstate, setstate_doc>(),
    {},
};
Result<Object> tuple_iter(Tuple* tuple) { return tuple_iterator_new(tuple); }

// == Type objects ==

constinit PySequenceMethods tuple_as_sequence = {
    .sq_length = slot<tuple_length>,
    .sq_concat = slot<tuple_concat>,
    .sq_repeat = slot<tuple_repeat>,
    .sq_item = slot<tuple_get_item>,
    .sq_contains = slot<tuple_contains>,
};
constinit PyMappingMethods tuple_as_mapping = {.mp_length = slot<tuple_length>, .mp_subscript = slot<tuple_subscript>};
}  // namespace

Result<Object> tuple_iterator_new(Tuple* tuple) {
  Ref<TupleIterator> iterator = TRY(object_new<TupleIterator>(&PyTupleIter_Type));
  iterator->index = 0;
  iterator->tuple = new_ref(tuple).release();
  gc::track(iterator);
  return iterator;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyTuple_Type = {
    .tp_name = "tuple",
    .tp_basicsize = offsetof(Tuple, ob_item),
    .tp_itemsize = sizeof(Object*),
    .tp_dealloc = tuple_dealloc,
    .tp_repr = slot<tuple_repr>,
    .tp_as_sequence = &tuple_as_sequence,
    .tp_as_mapping = &tuple_as_mapping,
    .tp_hash = slot<tuple_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_doc = tuple_doc.text,
    .tp_traverse = tuple_traverse,
    .tp_richcompare = slot<tuple_compare>,
    .tp_iter = slot<tuple_iter>,
    .tp_methods = tuple_methods,
    .tp_new = constructor<tuple_make, tuple_doc>,
    .tp_free = object_gc_del,
    .tp_vectorcall = tuple_vectorcall,
};
constinit PyTypeObject PyTupleIter_Type = {
    .tp_name = "tuple_iterator",
    .tp_basicsize = sizeof(TupleIterator),
    .tp_dealloc = iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
