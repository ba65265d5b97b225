// _datetime/datetime: datetime: construction, arithmetic, comparison. Its methods stand in datetime_methods.cpp.
//
// Folds      PEP 495: a time whose offset depends on its fold equals no time of another zone (fold_matters).
// See        library reference "datetime Objects"
#include "modules/_datetime/datetime_methods.h"
#include "modules/_datetime/zoned.h"

namespace adder::datetimes {
constinit DateTime datetime_minimum{{kImmortalRefcnt, &datetime_type}, -1, 0,
                                    {0, 1, 1, 1, 0, 0, 0, 0, 0, 0},    0,  nullptr};
constinit DateTime datetime_maximum{
    {kImmortalRefcnt, &datetime_type},
    -1,
    0,
    {9999 >> 8, 9999 & 255, 12, 31, 23, 59, 59, 999999 >> 16, (999999 >> 8) & 255, 999999 & 255},
    0,
    nullptr};
constinit DateTime datetime_epoch{
    {kImmortalRefcnt, &datetime_type}, -1, 1, {1970 >> 8, 1970 & 255, 1, 1, 0, 0, 0, 0, 0, 0}, 0, &utc};

namespace {
Result<Object> make_unchecked(const Day& day, const Clock& clock, Object* zone, int fold, Type* type) {
  Ref<DateTime> datetime = TRY(zoned_allocate<DateTime>(type, zone));
  pack_day(datetime->data, day);
  pack_clock(datetime->data + 4, clock);
  datetime->fold = static_cast<u8>(fold);
  return datetime;
}
}  // namespace

Result<Object> datetime_new(const Day& day, const Clock& clock, Object* zone, int fold, Type* type) {
  TRY(check_day(day));
  TRY(check_clock(clock, fold));
  TRY(check_zone(zone));
  return make_unchecked(day, clock, zone, fold, type);
}

Result<Object> datetime_new_for(Object* cls, const Day& day, const Clock& clock, Object* zone, int fold) {
  if (cls == &datetime_type) return datetime_new(day, clock, zone, fold);
  const int fields[] = {day.year, day.month, day.day, clock.hour, clock.minute, clock.second, clock.microsecond};
  Ref<Object> held[7];
  Object* window[9];
  for (int i = 0; i < 7; ++i) {
    held[i] = TRY(int_from_i64(fields[i]));
    window[i + 1] = held[i];
  }
  window[8] = zone;
  Ref<Object> result = TRY(object_vectorcall(cls, window + 1, 8 | PY_VECTORCALL_ARGUMENTS_OFFSET));
  if (is_datetime(result)) as<DateTime>(result.get())->fold = static_cast<u8>(fold);
  return result;
}

Result<Object> datetime_shift(DateTime* self, const Delta* delta, int sign) {
  Clock clock = clock_of(self);
  int microsecond = clock.microsecond + sign * delta->microseconds;
  int second = clock.hour * 3600 + clock.minute * 60 + clock.second + sign * delta->seconds;
  i64 ordinal = to_ordinal(day_of(self)) + i64{sign} * delta->days;
  second += take_quotient(microsecond, kMicrosecondsPerSecond);
  ordinal += take_quotient(second, kSecondsPerDay);
  if (ordinal < 1 || ordinal > kMaxOrdinal) return raise(OverflowError, "date value out of range");
  return datetime_new_for(type_of(self), from_ordinal(static_cast<int>(ordinal)),
                          {second / 3600, second / 60 % 60, second % 60, microsecond}, zone_of(self), 0);
}

namespace {
// The difference of the wall clocks in microseconds.
i64 clock_difference(DateTime* left, DateTime* right) {
  Clock a = clock_of(left), b = clock_of(right);
  return (to_seconds(day_of(left), a) - to_seconds(day_of(right), b)) * kMicrosecondsPerSecond + a.microsecond -
         b.microsecond;
}
// None counts as 0: the caller has seen that both or none have an offset.
i64 offset_microseconds(Object* offset) { return offset == None ? 0 : static_cast<i64>(delta_microseconds(offset)); }

// The difference in microseconds, offsets regarded.
Result<i64> difference(DateTime* left, DateTime* right) {
  i64 clocks = clock_difference(left, right);
  if (zone_of(left) == zone_of(right)) return clocks;
  Ref<Object> offset_left = TRY(call_utcoffset(zone_of(left), left))
  , offset_right = TRY(call_utcoffset(zone_of(right), right));
  if ((offset_left == None) != (offset_right == None))
    return raise(TypeError, "can't subtract offset-naive and offset-aware datetimes");
  return clocks - offset_microseconds(offset_left) + offset_microseconds(offset_right);
}
}  // namespace

Result<Object> datetime_difference(DateTime* left, DateTime* right) {
  return delta_from_microseconds(TRY(difference(left, right)));
}

namespace {
// == Construction ==

bool is_month(unsigned value) { return (value & 0x7f) - 1 < 12; }

constexpr const char* kNames[] = {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"};
Result<Object> datetime_make(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names) {
  if (nargs == 1 || nargs == 2) {
    Ref<Bytes> state = TRY(pickled_state(args[0], sizeof(DateTime::data), 2, is_month, "datetime"));
    if (state) return zoned_from_pickle<DateTime>(type, state, nargs == 2 ? args[1] : None);
  }
  int fields[9] = {};
  Object* zone = None;
  TRY(parse_constructor({kNames, 9, 3, 8}, args, nargs, keyword_names, fields, &zone));
  return datetime_new({fields[0], fields[1], fields[2]}, {fields[3], fields[4], fields[5], fields[6]}, zone, fields[8],
                      type);
}
PyObject* datetime_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return construct_from_tuple(datetime_make, type, args, kwargs).to_c();
}
PyObject* datetime_vectorcall(PyObject* type, PyObject* const* args, usize nargsf, PyObject* keyword_names) {
  return datetime_make(reinterpret_cast<Type*>(type), args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       static_cast<Tuple*>(keyword_names))
      .to_c();
}

// == Text ==

Result<Str> datetime_repr(DateTime* self) {
  Day day = day_of(self);
  Clock clock = clock_of(self);
  StrWriter writer(60);
  TRY(writer.write_utf8(type_of(self)->tp_name));
  char text[100];
  int size =
      std::snprintf(text, sizeof text, "(%d, %d, %d, %d, %d", day.year, day.month, day.day, clock.hour, clock.minute);
  size += put_short_seconds(text + size, clock);
  TRY(writer.write_ascii({text, static_cast<usize>(size)}));
  if (self->fold) TRY(writer.write_ascii(", fold=1"));
  TRY(write_zone(writer, self));
  TRY(writer.write_char(')'));
  return writer.finish();
}
Result<Object> datetime_str(DateTime* self) {
  if (type_of(self) == &datetime_type) return datetime_iso_text(self, ' ', Precision::kAuto);
  Ref<Str> separator = TRY(str_from_ordinal(' '));
  return call_method<Object>(self, names.isoformat, separator);
}

// == Arithmetic ==

Result<Object> datetime_add(Object* left, Object* right) {
  if (is_datetime(left) && is_delta(right)) return datetime_shift(as<DateTime>(left), as<Delta>(right), 1);
  if (is_datetime(right) && is_delta(left)) return datetime_shift(as<DateTime>(right), as<Delta>(left), 1);
  return not_implemented();
}
Result<Object> datetime_subtract(Object* left, Object* right) {
  if (!is_datetime(left)) return not_implemented();
  if (is_datetime(right)) return datetime_difference(as<DateTime>(left), as<DateTime>(right));
  if (is_delta(right)) return datetime_shift(as<DateTime>(left), as<Delta>(right), -1);
  return not_implemented();
}

// == Comparison and hash ==

// The same time with another fold, as a plain datetime or an instance of the subclass.
Result<Object> with_fold(DateTime* self, int fold) {
  return make_unchecked(day_of(self), clock_of(self), zone_of(self), fold, type_of(self));
}

// Whether the offset would be another with the other fold.
Result<bool> fold_matters(DateTime* self, Object* offset) {
  if (zone_of(self) == None || is_timezone(zone_of(self))) return false;
  Ref<Object> flipped = TRY(with_fold(self, !self->fold))
  , other = TRY(call_utcoffset(zone_of(self), flipped));
  if (other == offset) return false;
  return other == None || offset == None || delta_microseconds(other) != delta_microseconds(offset);
}

Result<Object> datetime_compare(Object* left_object, Object* right_object, int op) {
  if (!is_datetime(right_object)) {
    if (!is_date(right_object)) return not_implemented();
    if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
    return raise(TypeError, "can't compare %s to %s", type_of(left_object)->tp_name, type_of(right_object)->tp_name);
  }
  DateTime *left = as<DateTime>(left_object), *right = as<DateTime>(right_object);
  bool equality = op == Py_EQ || op == Py_NE;
  int order = std::memcmp(left->data, right->data, sizeof left->data);
  if (zone_of(left) == zone_of(right)) return compare_result(order, op);

  Ref<Object> offset_left = TRY(call_utcoffset(zone_of(left), left))
  , offset_right = TRY(call_utcoffset(zone_of(right), right));
  if ((offset_left == None) != (offset_right == None)) {
    if (equality) return bool_result(op == Py_NE);
    return raise(TypeError, "can't compare offset-naive and offset-aware datetimes");
  }
  i64 shift = offset_microseconds(offset_right) - offset_microseconds(offset_left);
  if (shift != 0) {
    i64 distance = clock_difference(left, right) + shift;
    order = distance < 0 ? -1 : distance > 0;
  }
  if (equality && order == 0) {
    if (TRY(fold_matters(left, offset_left)) || TRY(fold_matters(right, offset_right))) order = 1;
  }
  return compare_result(order, op);
}

Result<isize> datetime_hash(DateTime* self) {
  if (self->hashcode != -1) return isize{self->hashcode};
  // Times that differ in the fold alone are equal: the hash is that of fold 0.
  Ref<Object> offset;
  if (self->fold && self->hastzinfo) {
    Ref<Object> unfolded = TRY(with_fold(self, 0));
    offset = TRY(call_utcoffset(self->tzinfo, unfolded));
  } else {
    offset = TRY(call_utcoffset(zone_of(self), self));
  }
  if (offset == None) {
    self->hashcode = hash_packed(self->data, sizeof self->data);
  } else {
    Clock clock = clock_of(self);
    i128 position = static_cast<i128>(to_seconds(day_of(self), clock)) * kMicrosecondsPerSecond + clock.microsecond;
    Ref<Object> delta = TRY(delta_from_microseconds(position - delta_microseconds(offset)));
    self->hashcode = delta_hash(as<Delta>(delta.get()));
  }
  return isize{self->hashcode};
}

constinit PyNumberMethods as_number = {.nb_add = slot<datetime_add>, .nb_subtract = slot<datetime_subtract>};
}  // namespace

// == Type object ==

constinit Type datetime_type = {
    .tp_name = "datetime.datetime",
    .tp_basicsize = sizeof(DateTime),
    .tp_dealloc = zoned_dealloc<DateTime>,
    .tp_repr = slot<datetime_repr>,
    .tp_as_number = &as_number,
    .tp_hash = slot<datetime_hash>,
    .tp_str = slot<datetime_str>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day "
        "arguments are "
        "required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
    .tp_richcompare = slot<datetime_compare>,
    .tp_methods = datetime_methods,
    .tp_getset = zoned_getters<DateTime>,
    .tp_base = &date_type,
    .tp_alloc = zoned_alloc<DateTime>,
    .tp_new = datetime_tp_new,
    .tp_vectorcall = datetime_vectorcall,
};
}  // namespace adder::datetimes
