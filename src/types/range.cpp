// range: arithmetic progressions, and their iterators.
//
// Layout     start, stop, step and length are int objects of any size, computed once.
// Fast path  progressions whose values fit isize iterate with RangeIterator (C integers, read by the interpreter's
// FOR_ITER);
//            others with LongRangeIterator (int objects).
// See        tests/python/test_slice_range.py
#include "bind/bind.h"
#include "runtime/builtins.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Range : PyObject {
  Object *start, *stop, *step, *length;
};
struct LongRangeIterator : PyObject {
  Object *start, *step, *remaining;  // the next value, the step, how many are left
  Object* length;                    // how many there were at first
};

Int* zero() { return small_int(0); }
Int* one() { return small_int(1); }
bool fits(Object* value, isize& out) {
  int overflow = 0;
  out = int_as_i64_and_overflow(as<Int>(value), &overflow);
  return overflow == 0;
}

// Number of values of the progression: max(0, ceil((stop - start) / step)).
Result<Object> compute_length(Object* start, Object* stop, Object* step) {
  isize first, last, by;
  if (fits(start, first) && fits(stop, last) && fits(step, by)) {
    if (by > 0 ? first >= last : first <= last) return new_ref<Object>(zero());
    usize distance = by > 0 ? static_cast<usize>(last) - static_cast<usize>(first)
                            : static_cast<usize>(first) - static_cast<usize>(last);
    usize stride = by > 0 ? static_cast<usize>(by) : 0 - static_cast<usize>(by);
    return int_from_u64((distance - 1) / stride + 1);
  }
  bool up = int_sign(as<Int>(step)) > 0;
  Object *low = up ? start : stop, *high = up ? stop : start;
  if (TRY(object_rich_compare_bool(low, high, Py_GE))) return new_ref<Object>(zero());
  Ref<Object> stride = up ? new_ref(step) : TRY(number_negative(step));
  Ref<Object> distance = TRY(number_subtract(high, low));
  Ref<Object> before = TRY(number_subtract(distance, one()));
  Ref<Object> count = TRY(number_floor_divide(before, stride));
  return number_add(count, one());
}

// Takes the three over.
Result<Object> range_new(Type* type, Ref<Object>&& start, Ref<Object>&& stop, Ref<Object>&& step) {
  Ref<Object> length = TRY(compute_length(start, stop, step));
  Ref<Range> range = TRY(object_new<Range>(type));
  range->start = start.release();
  range->stop = stop.release();
  range->step = step.release();
  range->length = length.release();
  return range;
}

constexpr const char* range_text =
    "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a "
    "sequence of "
    "integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart "
    "defaults to "
    "0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 "
    "elements.\nWhen "
    "step is given, it specifies the increment (or decrement).";
constexpr Doc range_arguments = "range(start, stop=None, step=None, /)\n--\n\n";
Result<Object> range_make(Type* type, Object* start, Opt<Object*> stop, Opt<Object*> step) {
  if (!stop) {
    Ref<Object> end = TRY(number_index(start));
    return range_new(type, new_ref<Object>(zero()), std::move(end), new_ref<Object>(one()));
  }
  Ref<Object> first = TRY(number_index(start))
  , last = TRY(number_index(stop.get()));
  Ref<Object> by = step ? TRY(number_index(step.get())) : new_ref<Object>(one());
  if (int_sign(as<Int>(by.get())) == 0) return raise(ValueError, "range() arg 3 must not be zero");
  return range_new(type, std::move(first), std::move(last), std::move(by));
}
PyObject* range_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Object* out[3] = {};
  if (!parse_arguments(range_arguments, args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       reinterpret_cast<Tuple*>(keyword_names), out, nullptr, nullptr)) {
    return nullptr;
  }
  return range_make(reinterpret_cast<Type*>(type), out[0], out[1], out[2]).to_c();
}

void range_dealloc(PyObject* self) {
  Range* range = as<Range>(self);
  decref(range->start);
  decref(range->stop);
  decref(range->step);
  decref(range->length);
  object_free(self);
}

Result<Str> range_repr(Range* range) {
  if (TRY(object_equal(range->step, one()))) return str_from_format("range(%R, %R)", range->start, range->stop);
  return str_from_format("range(%R, %R, %R)", range->start, range->stop, range->step);
}
Result<isize> range_length(Range* range) { return int_as_ssize_t(range->length); }
Result<bool> range_bool(Range* range) { return int_sign(as<Int>(range->length)) != 0; }

// start + index * step, for an index that is in range.
Result<Object> value_at(Range* range, Object* index) {
  Ref<Object> offset = TRY(number_multiply(index, range->step));
  return number_add(range->start, offset);
}
Result<Object> item_at(Range* range, Object* index_object) {
  Ref<Object> index = TRY(number_index(index_object));
  if (int_sign(as<Int>(index.get())) < 0) index = TRY(number_add(index, range->length));
  if (int_sign(as<Int>(index.get())) < 0 || TRY(object_rich_compare_bool(index, range->length, Py_GE))) {
    return raise(IndexError, "range object index out of range");
  }
  return value_at(range, index);
}
Result<Object> range_item(Range* range, isize index) {
  Ref<Int> boxed = TRY(int_from_ssize_t(index));
  if (index < 0 || TRY(object_rich_compare_bool(boxed, range->length, Py_GE))) {
    return raise(IndexError, "range object index out of range");
  }
  return value_at(range, boxed);
}
Result<Object> range_subscript(Range* range, Object* key) {
  if (index_check(key)) return item_at(range, key);
  if (!is_slice(key)) {
    return raise(TypeError, "range indices must be integers or slices, not %.200s", type_of(key)->tp_name);
  }
  Ref<Object> start, stop, step;
  TRY(slice_get_long_indices(as<Slice>(key), range->length, start, stop, step));
  Ref<Object> by = TRY(number_multiply(step, range->step));
  Ref<Object> first = TRY(value_at(range, start))
  , last = TRY(value_at(range, stop));
  return range_new(&PyRange_Type, std::move(first), std::move(last), std::move(by));
}

Result<bool> contains_int(Range* range, Object* value) {
  bool up = int_sign(as<Int>(range->step)) > 0;
  if (TRY(object_rich_compare_bool(value, range->start, up ? Py_LT : Py_GT))) return false;
  if (TRY(object_rich_compare_bool(value, range->stop, up ? Py_GE : Py_LE))) return false;
  Ref<Object> offset = TRY(number_subtract(value, range->start));
  Ref<Object> rest = TRY(number_remainder(offset, range->step));
  return int_sign(as<Int>(rest.get())) == 0;
}
bool is_plain_int(Object* value) { return is_int_exact(value) || is_bool(value); }
Result<bool> range_contains(Range* range, Object* value) {
  if (is_plain_int(value)) return contains_int(range, value);
  Ref<Object> iterator = TRY(object_get_iter(range));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return false;
    if (TRY(object_equal(item, value))) return true;
  }
}

// Equal ranges are equal as sequences: same length, then same first value, then same step.
Result<bool> ranges_equal(Range* left, Range* right) {
  if (left == right) return true;
  if (!TRY(object_equal(left->length, right->length))) return false;
  if (int_sign(as<Int>(left->length)) == 0) return true;
  if (!TRY(object_equal(left->start, right->start))) return false;
  if (TRY(object_equal(left->length, one()))) return true;
  return object_equal(left->step, right->step);
}
Result<Object> range_compare(Range* left, Object* right, int op) {
  if (type_of(right) != &PyRange_Type || (op != Py_EQ && op != Py_NE)) return not_implemented();
  return bool_result(TRY(ranges_equal(left, as<Range>(right))) == (op == Py_EQ));
}
Result<isize> range_hash(Range* range) {
  bool empty = int_sign(as<Int>(range->length)) == 0;
  bool single = TRY(object_equal(range->length, one()));
  Ref<Tuple> key = TRY(tuple_pack(range->length, empty ? None : range->start, empty || single ? None : range->step));
  return object_hash(key);
}

// == Methods ==

constexpr Doc count_doc = "count($self, value, /)";
constexpr const char* count_text = "rangeobject.count(value) -> integer -- return number of occurrences of value";
Result<Object> range_count(Range* self, Object* value) {
  if (is_plain_int(value)) return new_ref<Object>(small_int(TRY(contains_int(self, value))));
  return int_from_ssize_t(TRY(sequence_count(self, value)));
}
constexpr Doc index_doc = "index($self, value, /)";
constexpr const char* index_text =
    "rangeobject.index(value) -> integer -- return index of value.\n"
    "Raise ValueError if the value is not present.";
Result<Object> range_index(Range* self, Object* value) {
  if (is_plain_int(value)) {
    if (TRY(contains_int(self, value))) {
      Ref<Object> offset = TRY(number_subtract(value, self->start));
      return number_floor_divide(offset, self->step);
    }
    return raise(ValueError, "%R is not in range", value);
  }
  return int_from_ssize_t(TRY(sequence_index(self, value)));
}
constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = nullptr;
Result<Object> range_reduce(Range* self) {
  return tuple_pack(static_cast<Object*>(type_of(self)), TRY(tuple_pack(self->start, self->stop, self->step)).get());
}

Result<Object> fast_iterator(isize first, isize step, isize count) {
  Ref<RangeIterator> iterator = TRY(object_new<RangeIterator>(&PyRangeIter_Type));
  iterator->next = first;
  iterator->step = step;
  iterator->remaining = iterator->length = count;
  return iterator;
}
Result<Object> long_iterator(Object* start, Object* step, Object* count) {
  Ref<LongRangeIterator> iterator = TRY(object_new<LongRangeIterator>(&PyLongRangeIter_Type));
  iterator->start = new_ref(start).release();
  iterator->step = new_ref(step).release();
  iterator->remaining = new_ref(count).release();
  iterator->length = new_ref(count).release();
  return iterator;
}
// Whether all values first, first + step, … (count of them) and one more fit isize.
bool stays_small(isize first, isize step, isize count) {
  isize span, end;
  return !__builtin_mul_overflow(count, step, &span) && !__builtin_add_overflow(first, span, &end);
}
Result<Object> range_iter(Range* range) {
  isize first, step, count;
  if (fits(range->start, first) && fits(range->step, step) && fits(range->length, count) &&
      stays_small(first, step, count)) {
    return fast_iterator(first, step, count);
  }
  return long_iterator(range->start, range->step, range->length);
}
constexpr Doc reversed_doc = "__reversed__($self, /)";
constexpr const char* reversed_text = "Return a reverse iterator.";
Result<Object> range_reversed(Range* self) {
  isize first, step, count;
  if (fits(self->start, first) && fits(self->step, step) && fits(self->length, count) &&
      stays_small(first, step, count) && step != PTRDIFF_MIN &&
      stays_small(first + (count ? (count - 1) * step : 0), -step, count)) {
    return fast_iterator(count ? first + (count - 1) * step : first, -step, count);
  }
  Ref<Object> before = TRY(number_subtract(self->length, one()));
  Ref<Object> last = TRY(value_at(self, before));
  Ref<Object> back = TRY(number_negative(self->step));
  return long_iterator(last, back, self->length);
}

constinit PyMethodDef range_methods[] = {
    with_text(method<range_reversed, reversed_doc>(), reversed_text),
    with_text(method<range_reduce, reduce_doc>(), reduce_text),
    with_text(method<range_count, count_doc>(), count_text),
    with_text(method<range_index, index_doc>(), index_text),
    {},
};
constinit PyMemberDef range_members[] = {
    member("start", T_OBJECT_EX, offsetof(Range, start), READONLY),
    member("stop", T_OBJECT_EX, offsetof(Range, stop), READONLY),
    member("step", T_OBJECT_EX, offsetof(Range, step), READONLY),
    {},
};
constinit PySequenceMethods range_as_sequence = {
    .sq_length = slot<range_length>,
    .sq_item = slot<range_item>,
    .sq_contains = slot<range_contains>,
};
constinit PyMappingMethods range_as_mapping = {.mp_length = slot<range_length>, .mp_subscript = slot<range_subscript>};
constinit PyNumberMethods range_as_number = {.nb_bool = slot<range_bool>};

// == Iterators ==

Maybe<Object> fast_next(RangeIterator* self) {
  if (self->remaining <= 0) return nullptr;
  isize value = self->next;
  self->next = value + self->step;
  --self->remaining;
  return int_from_ssize_t(value);
}
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";
Result<isize> fast_length_hint(RangeIterator* self) { return self->remaining; }
// (iter, (range,), index): the whole progression, and how many of its values are gone.
Result<Object> pickled(Object* next, Object* step, Object* length, Object* remaining) {
  Ref<Object> index = TRY(number_subtract(length, remaining));
  Ref<Object> behind = TRY(number_multiply(index, step));
  Ref<Object> start = TRY(number_subtract(next, behind));
  Ref<Object> span = TRY(number_multiply(length, step));
  Ref<Object> stop = TRY(number_add(start, span));
  Ref<Object> range = TRY(range_new(&PyRange_Type, std::move(start), std::move(stop), new_ref(step)));
  Ref<Object> iter = TRY(builtins_get(id::iter));
  return tuple_pack(iter.get(), TRY(tuple_pack(range.get())).get(), index.get());
}
constexpr Doc iterator_reduce_doc = "__reduce__($self, /)";
constexpr const char* iterator_reduce_text = "Return state information for pickling.";
Result<Object> fast_reduce(RangeIterator* self) {
  Ref<Int> next = TRY(int_from_ssize_t(self->next))
  , step = TRY(int_from_ssize_t(self->step))
  , length = TRY(int_from_ssize_t(self->length))
  , remaining = TRY(int_from_ssize_t(self->remaining));
  return pickled(next, step, length, remaining);
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSet state information for unpickling.";
Result<void> fast_setstate(RangeIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  index = index < 0 ? 0 : index > self->length ? self->length : index;
  self->next += (index - (self->length - self->remaining)) * self->step;
  self->remaining = self->length - index;
  return {};
}
void long_dealloc(PyObject* self) {
  LongRangeIterator* iterator = as<LongRangeIterator>(self);
  decref(iterator->start);
  decref(iterator->step);
  decref(iterator->remaining);
  decref(iterator->length);
  object_free(self);
}
Maybe<Object> long_next(LongRangeIterator* self) {
  if (int_sign(as<Int>(self->remaining)) <= 0) return nullptr;
  Ref<Object> after = TRY(number_add(self->start, self->step));
  Ref<Object> left = TRY(number_subtract(self->remaining, one()));
  Ref<Object> value = Ref<Object>::steal(std::exchange(self->start, after.release()));
  set_field(self->remaining, std::move(left));
  return value;
}
Result<Object> long_length_hint(LongRangeIterator* self) { return new_ref(self->remaining); }
Result<Object> long_reduce(LongRangeIterator* self) {
  return pickled(self->start, self->step, self->length, self->remaining);
}
Result<void> long_setstate(LongRangeIterator* self, Object* state) {
  if (!is_int(state)) return raise(TypeError, "state must be an int, not %.200s", type_of(state)->tp_name);
  Ref<Object> index = new_ref(state);
  if (int_sign(as<Int>(state)) < 0) {
    index = new_ref<Object>(zero());
  } else if (TRY(object_rich_compare_bool(state, self->length, Py_GT))) {
    index = new_ref(self->length);
  }
  Ref<Object> gone = TRY(number_subtract(self->length, self->remaining));
  Ref<Object> skip = TRY(number_subtract(index, gone));
  Ref<Object> span = TRY(number_multiply(skip, self->step));
  Ref<Object> start = TRY(number_add(self->start, span));
  Ref<Object> left = TRY(number_subtract(self->length, index));
  set_field(self->start, std::move(start));
  set_field(self->remaining, std::move(left));
  return {};
}
constinit PyMethodDef fast_methods[] = {
    method<fast_length_hint, length_hint_doc>(),
    with_text(method<fast_reduce, iterator_reduce_doc>(), iterator_reduce_text),
    method<fast_setstate, setstate_doc>(),
    {},
};
constinit PyMethodDef long_methods[] = {
    method<long_length_hint, length_hint_doc>(),
    with_text(method<long_reduce, iterator_reduce_doc>(), iterator_reduce_text),
    method<long_setstate, setstate_doc>(),
    {},
};
void plain_dealloc(PyObject* self) { object_free(self); }
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyRange_Type = {
    .tp_name = "range",
    .tp_basicsize = sizeof(Range),
    .tp_dealloc = range_dealloc,
    .tp_repr = slot<range_repr>,
    .tp_as_number = &range_as_number,
    .tp_as_sequence = &range_as_sequence,
    .tp_as_mapping = &range_as_mapping,
    .tp_hash = slot<range_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_SEQUENCE,
    .tp_doc = range_text,
    .tp_richcompare = slot<range_compare>,
    .tp_iter = slot<range_iter>,
    .tp_methods = range_methods,
    .tp_members = range_members,
    .tp_new = constructor<range_make, range_arguments>,
    .tp_vectorcall = range_vectorcall,
};
constinit PyTypeObject PyRangeIter_Type = {
    .tp_name = "range_iterator",
    .tp_basicsize = sizeof(RangeIterator),
    .tp_dealloc = plain_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = self_iter,
    .tp_iternext = slot<fast_next>,
    .tp_methods = fast_methods,
};
constinit PyTypeObject PyLongRangeIter_Type = {
    .tp_name = "longrange_iterator",
    .tp_basicsize = sizeof(LongRangeIterator),
    .tp_dealloc = long_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = self_iter,
    .tp_iternext = slot<long_next>,
    .tp_methods = long_methods,
};
