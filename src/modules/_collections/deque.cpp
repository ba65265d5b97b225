// deque: a double-ended queue on a ring buffer.
//
// Layout     `capacity` slots, a power of two (or none); item i stands in slot (head + i) & (capacity - 1).
// Mutation   `state` changes with every change of length or order, so that iterators and searches notice.
// See        tests/python/test_collections.py
#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_collections/collections.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Deque : PyObject {
  Object** slots;
  isize capacity, head, size;
  isize maximum;  // -1: unbounded
  usize state;
  Object* weakreflist;

  Object*& at(isize index) { return slots[(head + index) & (capacity - 1)]; }
};

bool is_deque(const Object* o) { return type_check(o, &deque_type); }

// == Storage ==

Result<void> reserve(Deque* d, isize size) {
  if (size <= d->capacity) return {};
  isize capacity = d->capacity ? d->capacity * 2 : 8;
  while (capacity < size) {
    if (capacity > kMaxSize / 32) return raise_no_memory();
    capacity *= 2;
  }
  auto** slots = static_cast<Object**>(memory::allocate(static_cast<usize>(capacity) * sizeof(Object*)));
  if (!slots) return raise_no_memory();
  for (isize i = 0; i < d->size; ++i) slots[i] = d->at(i);
  if (d->slots) memory::release(d->slots);
  d->slots = slots;
  d->capacity = capacity;
  d->head = 0;
  return {};
}

Ref<Object> take_first(Deque* d) {
  Ref<Object> item = Ref<Object>::steal(d->at(0));
  d->head = (d->head + 1) & (d->capacity - 1);
  d->size--;
  d->state++;
  return item;
}

Ref<Object> take_last(Deque* d) {
  Ref<Object> item = Ref<Object>::steal(d->at(d->size - 1));
  d->size--;
  d->state++;
  return item;
}

// The item that falls out at the other end when the deque is full is released last.
Result<void> append_last(Deque* d, Ref<Object>&& item) {
  if (d->maximum == 0) return {};
  TRY(reserve(d, d->size + 1));
  d->size++;
  d->at(d->size - 1) = item.release();
  d->state++;
  if (d->maximum >= 0 && d->size > d->maximum) Ref<Object> dropped = take_first(d);
  return {};
}

Result<void> append_first(Deque* d, Ref<Object>&& item) {
  if (d->maximum == 0) return {};
  TRY(reserve(d, d->size + 1));
  d->head = (d->head - 1) & (d->capacity - 1);
  d->size++;
  d->at(0) = item.release();
  d->state++;
  if (d->maximum >= 0 && d->size > d->maximum) Ref<Object> dropped = take_last(d);
  return {};
}

void clear(Deque* d) {
  Object** slots = d->slots;
  isize capacity = d->capacity, head = d->head, size = d->size;
  d->slots = nullptr;
  d->capacity = d->head = d->size = 0;
  d->state++;
  for (isize i = 0; i < size; ++i) decref(slots[(head + i) & (capacity - 1)]);
  if (slots) memory::release(slots);
}

template <Result<void> (*append)(Deque*, Ref<Object>&&)>
Result<void> extend_by(Deque* d, Object* iterable) {
  Ref<Object> source = new_ref(iterable);
  if (iterable == d) source = TRY(sequence_list(iterable));
  return for_each(source, [&](Object* item) { return append(d, new_ref(item)); });
}

void rotate_by(Deque* d, isize count) {
  isize size = d->size;
  if (size <= 1) return;
  count %= size;
  if (count < 0) count += size;
  if (count == 0) return;
  // The shorter way round.
  if (count <= size / 2) {
    for (; count > 0; --count) {
      Object* item = d->at(size - 1);
      d->head = (d->head - 1) & (d->capacity - 1);
      d->at(0) = item;
    }
  } else {
    for (count = size - count; count > 0; --count) {
      Object* item = d->at(0);
      d->head = (d->head + 1) & (d->capacity - 1);
      d->at(size - 1) = item;
    }
  }
  d->state++;
}

Ref<Object> remove_at(Deque* d, isize index) {
  Ref<Object> item = Ref<Object>::steal(d->at(index));
  if (index < d->size / 2) {
    for (isize i = index; i > 0; --i) d->at(i) = d->at(i - 1);
    d->head = (d->head + 1) & (d->capacity - 1);
  } else {
    for (isize i = index; i < d->size - 1; ++i) d->at(i) = d->at(i + 1);
  }
  d->size--;
  d->state++;
  return item;
}

Result<Deque> make(Type* type) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Deque* d = static_cast<Deque*>(object.get());
  d->maximum = -1;
  return Ref<Deque>::steal(static_cast<Deque*>(object.release()));
}

// A copy of the same class: through the class if it is a subclass.
Result<Object> copy(Deque* d) {
  if (d->ob_type == &deque_type) {
    Ref<Deque> result = TRY(make(&deque_type));
    result->maximum = d->maximum;
    TRY(extend_by<append_last>(result, d));
    return result;
  }
  Ref<Object> result;
  if (d->maximum < 0) {
    result = TRY(call(d->ob_type, static_cast<Object*>(d)));
  } else {
    Ref<Int> maximum = TRY(int_from_i64(d->maximum));
    result = TRY(call(d->ob_type, static_cast<Object*>(d), static_cast<Object*>(maximum)));
  }
  if (!is_deque(result)) {
    return raise(TypeError, "%.200s() must return a deque, not %.200s", d->ob_type->tp_name, result->ob_type->tp_name);
  }
  return result;
}

Error raise_mutated(Type* type) { return raise(type, "deque mutated during iteration"); }

// Position of the first equal item in [start, stop), or -1.
Result<isize> find(Deque* d, Object* value, isize start, isize stop, Type* mutated_error) {
  usize state = d->state;
  for (isize i = start; i < stop && i < d->size; ++i) {
    Ref<Object> item = new_ref(d->at(i));
    bool equal = TRY(object_rich_compare_bool(item, value, Py_EQ));
    if (d->state != state) return raise_mutated(mutated_error);
    if (equal) return i;
  }
  return isize{-1};
}

// == Slots ==

void deque_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  auto* d = static_cast<Deque*>(self);
  if (d->weakreflist) weakref_clear_all(self);
  clear(d);
  self->ob_type->tp_free(self);
}

int deque_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* d = static_cast<Deque*>(self);
  for (isize i = 0; i < d->size; ++i) VISIT(d->at(i));
  return 0;
}

int deque_tp_clear(PyObject* self) {
  clear(static_cast<Deque*>(self));
  return 0;
}

PyObject* deque_new(PyTypeObject* type, PyObject*, PyObject*) { return make(type).to_c(); }

constexpr Doc init_doc =
    "deque(iterable=<unrepresentable>, maxlen=None)\n--\n\n"
    "A list-like sequence optimized for data accesses near its endpoints.";

Result<void> deque_init(Deque* d, Opt<Object*> iterable, Opt<Object*> maxlen) {
  isize maximum = -1;
  if (maxlen && maxlen.get() != None) {
    if (!is_int(maxlen.get())) return raise(TypeError, "an integer is required");
    maximum = TRY(int_as_ssize_t(maxlen.get()));
    if (maximum < 0) return raise(ValueError, "maxlen must be non-negative");
  }
  d->maximum = maximum;
  if (d->size > 0) clear(d);
  if (iterable) TRY(extend_by<append_last>(d, iterable.get()));
  return {};
}

Result<Str> deque_repr(Deque* d) {
  if (TRY(repr_enter(d))) return str_from_string("[...]");
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{d};
  Ref<List> items = TRY(sequence_list(d));
  const char* name = type_short_name(d->ob_type);
  if (d->maximum >= 0) return str_from_format("%s(%R, maxlen=%zd)", name, static_cast<Object*>(items), d->maximum);
  return str_from_format("%s(%R)", name, static_cast<Object*>(items));
}

Result<Object> deque_rich_compare(Deque* d, Object* object, int op) {
  if (!is_deque(object)) return not_implemented();
  auto* other = static_cast<Deque*>(object);
  if (op == Py_EQ || op == Py_NE) {
    if (d == other) return bool_result(op == Py_EQ);
    if (d->size != other->size) return bool_result(op == Py_NE);
  }
  Ref<Object> left = TRY(object_get_iter(d));
  Ref<Object> right = TRY(object_get_iter(other));
  for (;;) {
    Ref<Object> x = TRY(iter_next(left));
    Ref<Object> y = TRY(iter_next(right));
    if (!x || !y) return bool_result(compare_values(x ? 1 : 0, y ? 1 : 0, op));
    if (!TRY(object_rich_compare_bool(x, y, Py_EQ))) {
      if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
      return object_rich_compare(x, y, op);
    }
  }
}

Result<isize> deque_length(Deque* d) { return d->size; }

Result<Object> deque_item(Deque* d, isize index) {
  if (index < 0 || index >= d->size) return raise(IndexError, "deque index out of range");
  return Result<Object>::share(d->at(index));
}

Result<void> deque_assign_item(Deque* d, isize index, Opt<Object*> value) {
  if (index < 0 || index >= d->size) return raise(IndexError, "deque index out of range");
  if (!value) {
    Ref<Object> dropped = remove_at(d, index);
    return {};
  }
  Ref<Object> old = Ref<Object>::steal(d->at(index));
  d->at(index) = new_ref(value.get()).release();
  return {};
}

Result<bool> deque_contains(Deque* d, Object* value) {
  return TRY(find(d, value, 0, kMaxSize, RuntimeError))
  >= 0;
}

Result<Object> deque_concat(Deque* d, Object* other) {
  if (!is_deque(other)) {
    return raise(TypeError, "can only concatenate deque (not \"%.200s\") to deque", other->ob_type->tp_name);
  }
  Ref<Object> result = TRY(copy(d));
  TRY(extend_by<append_last>(static_cast<Deque*>(result.get()), other));
  return result;
}

Result<Object> deque_in_place_concat(Deque* d, Object* other) {
  TRY(extend_by<append_last>(d, other));
  return Result<Object>::share(d);
}

Result<Object> deque_in_place_repeat(Deque* d, isize count) {
  isize size = d->size;
  if (size == 0 || count == 1) return Result<Object>::share(d);
  if (count <= 0) {
    clear(d);
    return Result<Object>::share(d);
  }
  // Of a bounded deque only the last copies survive.
  if (d->maximum >= 0 && count > d->maximum / size + 2) count = d->maximum / size + 2;
  if (size > kMaxSize / 16 / count) return raise_no_memory();
  if (d->maximum < 0) TRY(reserve(d, size * count));
  Ref<List> items = TRY(sequence_list(d));
  for (isize round = 1; round < count; ++round) {
    for (isize i = 0; i < size; ++i) TRY(append_last(d, new_ref(list_item(items, i))));
  }
  return Result<Object>::share(d);
}

Result<Object> deque_repeat(Deque* d, isize count) {
  Ref<Object> result = TRY(copy(d));
  return deque_in_place_repeat(static_cast<Deque*>(result.get()), count);
}

// == Iterators ==

struct DequeIterator : PyObject {
  Deque* deque;  // owned
  usize state;
  isize index;      // steps made
  isize remaining;  // 0: exhausted
};

Result<Object> make_iterator(Deque* d, Type* type, isize skip) {
  auto* it = static_cast<DequeIterator*>(object_allocate(type));
  if (!it) return Error{};
  incref(d);
  it->deque = d;
  it->state = d->state;
  it->index = skip < 0 ? 0 : skip > d->size ? d->size : skip;
  it->remaining = d->size - it->index;
  gc::track(it);
  return Ref<Object>::steal(it);
}

Result<Object> deque_iter(Deque* d) { return make_iterator(d, &deque_iterator_type, 0); }
Result<Object> deque_reversed(Deque* d) { return make_iterator(d, &deque_reverse_iterator_type, 0); }

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  if (Deque* d = static_cast<DequeIterator*>(self)->deque) decref(d);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<DequeIterator*>(self)->deque);
  return 0;
}

template <bool reverse>
Maybe<Object> iterator_next(DequeIterator* it) {
  Deque* d = it->deque;
  if (it->state != d->state) {
    it->remaining = 0;
    return raise_mutated(RuntimeError);
  }
  if (it->remaining == 0) return nullptr;
  isize i = reverse ? d->size - 1 - it->index : it->index;
  it->index++;
  it->remaining--;
  return Maybe<Object>::share(d->at(i));
}

constexpr Doc iterator_new_doc = "_deque_iterator(deque, index=0, /)\n--\n\n";
template <bool reverse>
Result<Object> iterator_new(Type* type, Object* deque, isize index) {
  if (!is_deque(deque))
    return raise(TypeError, "argument 1 must be collections.deque, not %.50s", deque->ob_type->tp_name);
  return make_iterator(static_cast<Deque*>(deque), type, index);
}

constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
Result<isize> iterator_length_hint(DequeIterator* it) { return it->remaining; }
Result<Object> iterator_reduce(DequeIterator* it) {
  Ref<Int> index = TRY(int_from_i64(it->deque->size - it->remaining));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(it->deque), static_cast<Object*>(index)));
  return tuple_pack(static_cast<Object*>(it->ob_type), static_cast<Object*>(arguments));
}

constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(), method<iterator_reduce, reduce_doc>(), {}};

// == Methods ==

constexpr Doc append_doc = "append($self, item, /)\n--\n\nAdd an element to the right side of the deque.";
constexpr Doc appendleft_doc = "appendleft($self, item, /)\n--\n\nAdd an element to the left side of the deque.";
constexpr Doc clear_doc = "clear($self, /)\n--\n\nRemove all elements from the deque.";
constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a shallow copy of a deque.";
constexpr Doc dunder_copy_doc = "__copy__($self, /)\n--\n\nReturn a shallow copy of a deque.";
constexpr Doc count_doc = "count($self, value, /)\n--\n\nReturn number of occurrences of value.";
constexpr Doc extend_doc =
    "extend($self, iterable, /)\n--\n\nExtend the right side of the deque with elements from the iterable.";
constexpr Doc extendleft_doc =
    "extendleft($self, iterable, /)\n--\n\nExtend the left side of the deque with elements from the iterable.";
constexpr Doc index_doc =
    "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n"
    "Return first index of value.\nRaises ValueError if the value is not present.";
constexpr Doc insert_doc = "insert($self, index, item, /)\n--\n\nInsert item before index.";
constexpr Doc pop_doc = "pop($self, /)\n--\n\nRemove and return the rightmost element.";
constexpr Doc popleft_doc = "popleft($self, /)\n--\n\nRemove and return the leftmost element.";
constexpr Doc remove_doc =
    "remove($self, value, /)\n--\n\nRemove first occurrence of value; ValueError if it is not present.";
constexpr Doc reverse_doc = "reverse($self, /)\n--\n\nReverse *IN PLACE*.";
constexpr Doc reversed_doc = "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the deque.";
constexpr const char* rotate_text =
    "Rotate the deque n steps to the right (default n=1).  If n is negative, rotates left.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)\n--\n\nSee PEP 585";

Result<void> deque_append(Deque* d, Object* item) { return append_last(d, new_ref(item)); }
Result<void> deque_appendleft(Deque* d, Object* item) { return append_first(d, new_ref(item)); }
Result<void> deque_clear(Deque* d) {
  clear(d);
  return {};
}

Result<isize> deque_count(Deque* d, Object* value) {
  usize state = d->state;
  isize count = 0;
  for (isize i = 0; i < d->size; ++i) {
    Ref<Object> item = new_ref(d->at(i));
    if (TRY(object_rich_compare_bool(item, value, Py_EQ))) ++count;
    if (d->state != state) return raise_mutated(RuntimeError);
  }
  return count;
}

// A bound of index(): any int, clipped.
Result<isize> bound(Opt<Object*> object, isize missing, isize size) {
  if (!object) return missing;
  if (!index_check(object.get())) {
    return raise(TypeError, "slice indices must be integers or have an __index__ method");
  }
  isize value = TRY(number_as_ssize_t(object.get(), nullptr));
  if (value < 0) value = value + size < 0 ? 0 : value + size;
  return value;
}

Result<isize> deque_index(Deque* d, Object* value, Opt<Object*> start, Opt<Object*> stop) {
  isize first = TRY(bound(start, 0, d->size));
  isize last = TRY(bound(stop, kMaxSize, d->size));
  isize position = TRY(find(d, value, first, last, RuntimeError));
  if (position < 0) return raise(ValueError, "%R is not in deque", value);
  return position;
}

Result<void> deque_insert(Deque* d, isize index, Object* item) {
  if (d->maximum == d->size) return raise(IndexError, "deque already at its maximum size");
  if (index >= d->size) return append_last(d, new_ref(item));
  if (index <= -d->size || index == 0) return append_first(d, new_ref(item));
  if (index < 0) index += d->size;
  // Make room at the nearer end and move what lies between.
  TRY(reserve(d, d->size + 1));
  d->size++;
  if (index < d->size / 2) {
    d->head = (d->head - 1) & (d->capacity - 1);
    for (isize i = 0; i < index; ++i) d->at(i) = d->at(i + 1);
  } else {
    for (isize i = d->size - 1; i > index; --i) d->at(i) = d->at(i - 1);
  }
  d->at(index) = new_ref(item).release();
  d->state++;
  return {};
}

Result<Object> deque_pop(Deque* d) {
  if (d->size == 0) return raise(IndexError, "pop from an empty deque");
  return take_last(d);
}

Result<Object> deque_popleft(Deque* d) {
  if (d->size == 0) return raise(IndexError, "pop from an empty deque");
  return take_first(d);
}

Result<void> deque_remove(Deque* d, Object* value) {
  isize position = TRY(find(d, value, 0, kMaxSize, IndexError));
  if (position < 0) return raise(ValueError, "%R is not in deque", value);
  Ref<Object> dropped = remove_at(d, position);
  return {};
}

Result<void> deque_reverse(Deque* d) {
  for (isize i = 0, j = d->size - 1; i < j; ++i, --j) std::swap(d->at(i), d->at(j));
  return {};
}

PyObject* deque_rotate(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  auto rotate = [&]() -> Result<void> {
    if (count > 1) return raise(TypeError, "deque.rotate expected at most 1 argument, got %zd", count);
    isize steps = 1;
    if (count) {
      Ref<Object> index = TRY(number_index(args[0]));
      steps = TRY(int_as_ssize_t(index));
    }
    rotate_by(static_cast<Deque*>(self), steps);
    return {};
  };
  return result_to_c(rotate());
}

Result<Object> deque_reduce(Deque* d) {
  Ref<Object> state = TRY(call_method(d, id::__getstate__));
  Ref<Object> iterator = TRY(object_get_iter(d));
  Ref<Tuple> arguments;
  if (d->maximum < 0) {
    arguments = new_ref(tuple_empty());
  } else {
    Ref<Int> maximum = TRY(int_from_i64(d->maximum));
    arguments = TRY(tuple_pack(static_cast<Object*>(tuple_empty()), static_cast<Object*>(maximum)));
  }
  return tuple_pack(static_cast<Object*>(d->ob_type), static_cast<Object*>(arguments), state.get(), iterator.get());
}

Result<isize> deque_sizeof(Deque* d) {
  return d->ob_type->tp_basicsize + d->capacity * static_cast<isize>(sizeof(Object*));
}

Result<Object> deque_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

Result<Object> get_maxlen(Deque* d) {
  if (d->maximum < 0) return none_result();
  return int_from_i64(d->maximum);
}

constinit PyMethodDef deque_methods[] = {
    method<deque_append, append_doc>(),
    method<deque_appendleft, appendleft_doc>(),
    method<deque_clear, clear_doc>(),
    method<copy, copy_doc>(),
    method<copy, dunder_copy_doc>(),
    method<deque_count, count_doc>(),
    method<extend_by<append_last>, extend_doc>(),
    method<extend_by<append_first>, extendleft_doc>(),
    method<deque_index, index_doc>(),
    method<deque_insert, insert_doc>(),
    method<deque_pop, pop_doc>(),
    method<deque_popleft, popleft_doc>(),
    method<deque_remove, remove_doc>(),
    method<deque_reverse, reverse_doc>(),
    method<deque_reversed, reversed_doc>(),
    raw_method("rotate", &deque_rotate, METH_FASTCALL, rotate_text),
    method<deque_reduce, reduce_doc>(),
    method<deque_sizeof, sizeof_doc>(),
    class_method<deque_class_getitem, class_getitem_doc>(),
    {},
};
constinit PyGetSetDef deque_get_set[] = {get_set<get_maxlen>("maxlen", "maximum size of a deque or None if unbounded"),
                                         {}};

// == Type objects ==

constinit PySequenceMethods deque_as_sequence = {
    .sq_length = slot<deque_length>,
    .sq_concat = slot<deque_concat>,
    .sq_repeat = slot<deque_repeat>,
    .sq_item = slot<deque_item>,
    .sq_ass_item = slot<deque_assign_item>,
    .sq_contains = slot<deque_contains>,
    .sq_inplace_concat = slot<deque_in_place_concat>,
    .sq_inplace_repeat = slot<deque_in_place_repeat>,
};
}  // namespace

constinit PyTypeObject deque_type = {
    .tp_name = "collections.deque",
    .tp_basicsize = sizeof(Deque),
    .tp_dealloc = &deque_dealloc,
    .tp_repr = slot<deque_repr>,
    .tp_as_sequence = &deque_as_sequence,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
    .tp_doc =
        "deque([iterable[, maxlen]]) --> deque object\n\n"
        "A list-like sequence optimized for data accesses near its endpoints.",
    .tp_traverse = &deque_traverse,
    .tp_clear = &deque_tp_clear,
    .tp_richcompare = slot<deque_rich_compare>,
    .tp_weaklistoffset = offsetof(Deque, weakreflist),
    .tp_iter = slot<deque_iter>,
    .tp_methods = deque_methods,
    .tp_getset = deque_get_set,
    .tp_init = initializer<deque_init, init_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = &deque_new,
    .tp_free = object_gc_del,
};
constinit PyTypeObject deque_iterator_type = {
    .tp_name = "_collections._deque_iterator",
    .tp_basicsize = sizeof(DequeIterator),
    .tp_dealloc = &iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next<false>>,
    .tp_methods = iterator_methods,
    .tp_new = constructor<iterator_new<false>, iterator_new_doc>,
};
constinit PyTypeObject deque_reverse_iterator_type = {
    .tp_name = "_collections._deque_reverse_iterator",
    .tp_basicsize = sizeof(DequeIterator),
    .tp_dealloc = &iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next<true>>,
    .tp_methods = iterator_methods,
    .tp_new = constructor<iterator_new<true>, iterator_new_doc>,
};
}  // namespace adder
