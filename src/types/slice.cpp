// slice: start, stop, step.
//
// See        language reference 3.2 "Slice objects"; tests/python/test_slice_range.py
#include "types/slice.h"

#include "base/hot.h"
#include "bind/bind.h"
#include "object/fields.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
ADDER_HOT Result<Slice> slice_new(Object* start, Object* stop, Object* step) {
  Ref<Slice> slice = TRY(object_new<Slice>(&PySlice_Type));
  slice->start = new_ref(start).release();
  slice->stop = new_ref(stop).release();
  slice->step = new_ref(step).release();
  gc::track(slice);
  return slice;
}

namespace {
// One of the three as isize: clipped, None gives `missing`.
Result<isize> evaluate(Object* value, isize missing) {
  if (value == None) return missing;
  if (!index_check(value)) {
    return raise(TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  return number_as_ssize_t(value, nullptr);
}
}  // namespace

Result<void> slice_unpack(Slice* slice, isize& start, isize& stop, isize& step) {
  // __index__ may replace anything but not the slice's own fields; still each is kept alive.
  step = TRY(evaluate(slice->step, 1));
  if (step == 0) return raise(ValueError, "slice step cannot be zero");
  if (step < -kMaxSize) step = -kMaxSize;  // so that -step is a valid size
  start = TRY(evaluate(slice->start, step < 0 ? kMaxSize : 0));
  stop = TRY(evaluate(slice->stop, step < 0 ? PTRDIFF_MIN : kMaxSize));
  return {};
}

isize slice_adjust_indices(isize length, isize& start, isize& stop, isize step) {
  auto fit = [length, step](isize& index) {
    if (index < 0) {
      index += length;
      if (index < 0) index = step < 0 ? -1 : 0;
    } else if (index >= length) {
      index = step < 0 ? length - 1 : length;
    }
  };
  fit(start);
  fit(stop);
  if (step < 0) return stop < start ? (start - stop - 1) / -step + 1 : 0;
  return start < stop ? (stop - start - 1) / step + 1 : 0;
}

namespace {
Result<Object> evaluate_long(Object* value) {
  if (!index_check(value)) {
    return raise(TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  return number_index(value);
}
Result<bool> less(Object* left, Object* right) { return object_rich_compare_bool(left, right, Py_LT); }

// An index of any size fitted to `length`, as slice_adjust_indices does with C integers.
Result<Object> fit_long(Object* value, Object* length, Object* lower, Object* upper) {
  Ref<Object> index = TRY(evaluate_long(value));
  if (TRY(less(index, small_int(0)))) {
    index = TRY(number_add(index, length));
    if (TRY(less(index, lower))) return new_ref(lower);
    return index;
  }
  if (TRY(less(upper, index))) return new_ref(upper);
  return index;
}
}  // namespace

Result<void> slice_get_long_indices(Slice* slice, Object* length, Ref<Object>& start, Ref<Object>& stop,
                                    Ref<Object>& step) {
  step = slice->step == None ? new_ref<Object>(small_int(1)) : TRY(evaluate_long(slice->step));
  int sign = int_sign(as<Int>(step.get()));
  if (sign == 0) return raise(ValueError, "slice step cannot be zero");
  bool backwards = sign < 0;
  Ref<Object> lower = new_ref<Object>(small_int(backwards ? -1 : 0));
  Ref<Object> upper = backwards ? TRY(number_subtract(length, small_int(1))) : new_ref(length);
  start =
      slice->start == None ? (backwards ? upper : lower).share() : TRY(fit_long(slice->start, length, lower, upper));
  stop = slice->stop == None ? (backwards ? lower : upper).share() : TRY(fit_long(slice->stop, length, lower, upper));
  return {};
}

namespace {
using SliceFields = OwnedFields<&Slice::start, &Slice::stop, &Slice::step>;
Result<Str> slice_repr(Slice* slice) {
  return str_from_format("slice(%R, %R, %R)", slice->start, slice->stop, slice->step);
}

Result<Object> slice_compare(Slice* left, Object* other, int op) {
  if (!is_slice(other)) return not_implemented();
  if (left == other) return bool_result(op == Py_EQ || op == Py_LE || op == Py_GE);
  Slice* right = as<Slice>(other);
  Ref<Tuple> a = TRY(tuple_pack(left->start, left->stop, left->step));
  Ref<Tuple> b = TRY(tuple_pack(right->start, right->stop, right->step));
  return object_rich_compare(a, b, op);
}

constexpr const char* slice_text =
    "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.  This is used for extended slicing (e.g. "
    "a[0:10:2]).";
constexpr Doc slice_arguments = "slice(start, stop=None, step=None, /)\n--\n\n";
Result<Object> slice_make(Type*, Object* start, Opt<Object*> stop, Opt<Object*> step) {
  if (!stop) return slice_new(None, start, None);
  return slice_new(start, stop.get(), step.value_or(None));
}

constexpr Doc indices_doc = "indices($self, len, /)\n--\n\n";
constexpr const char* indices_text =
    "S.indices(len) -> (start, stop, stride)\n\nAssuming a sequence of length len, calculate the start and "
    "stop\nindices, and the "
    "stride length of the extended slice described by\nS. Out of bounds indices are clipped in a manner consistent "
    "with the\n"
    "handling of normal slices.";
Result<Object> slice_indices(Slice* self, Object* length_object) {
  Ref<Object> length = TRY(number_index(length_object));
  if (int_sign(as<Int>(length.get())) < 0) return raise(ValueError, "length should not be negative");
  Ref<Object> start, stop, step;
  TRY(slice_get_long_indices(self, length, start, stop, step));
  return tuple_pack(start.get(), stop.get(), step.get());
}
constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = "Return state information for pickling.";
Result<Object> slice_reduce(Slice* self) {
  return tuple_pack(static_cast<Object*>(type_of(self)), TRY(tuple_pack(self->start, self->stop, self->step)).get());
}
constinit PyMethodDef slice_methods[] = {
    with_text(method<slice_indices, indices_doc>(), indices_text),
    with_text(method<slice_reduce, reduce_doc>(), reduce_text),
    {},
};
constinit PyMemberDef slice_members[] = {
    member("start", T_OBJECT, offsetof(Slice, start), READONLY),
    member("stop", T_OBJECT, offsetof(Slice, stop), READONLY),
    member("step", T_OBJECT, offsetof(Slice, step), READONLY),
    {},
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PySlice_Type = {
    .tp_name = "slice",
    .tp_basicsize = sizeof(Slice),
    .tp_dealloc = SliceFields::dealloc,
    .tp_repr = slot<slice_repr>,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = slice_text,
    .tp_traverse = SliceFields::traverse,
    .tp_richcompare = slot<slice_compare>,
    .tp_methods = slice_methods,
    .tp_members = slice_members,
    .tp_new = constructor<slice_make, slice_arguments>,
};
