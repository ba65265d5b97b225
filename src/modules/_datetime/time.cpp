// _datetime/time: time.
//
// See        library reference "time Objects"
#include "modules/_datetime/zoned.h"

namespace adder::datetimes {
constinit Time time_minimum{{kImmortalRefcnt, &time_type}, -1, 0, {0, 0, 0, 0, 0, 0}, 0, nullptr};
constinit Time time_maximum{
    {kImmortalRefcnt, &time_type}, -1, 0, {23, 59, 59, 999999 >> 16, (999999 >> 8) & 255, 999999 & 255}, 0, nullptr};

Result<Object> time_new(const Clock& clock, Object* zone, int fold, Type* type) {
  TRY(check_clock(clock, fold));
  TRY(check_zone(zone));
  Ref<Time> time = TRY(zoned_allocate<Time>(type, zone));
  pack_clock(time->data, clock);
  time->fold = static_cast<u8>(fold);
  return time;
}

namespace {
// == Construction ==

bool is_hour(unsigned value) { return (value & 0x7f) < 24; }

constexpr const char* kNames[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold"};
Result<Object> time_make(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names) {
  if (nargs == 1 || nargs == 2) {
    Ref<Bytes> state = TRY(pickled_state(args[0], sizeof(Time::data), 0, is_hour, "time"));
    if (state) return zoned_from_pickle<Time>(type, state, nargs == 2 ? args[1] : None);
  }
  int fields[6] = {};
  Object* zone = None;
  TRY(parse_constructor({kNames, 6, 0, 5}, args, nargs, keyword_names, fields, &zone));
  return time_new({fields[0], fields[1], fields[2], fields[3]}, zone, fields[5], type);
}
PyObject* time_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return construct_from_tuple(time_make, type, args, kwargs).to_c();
}
PyObject* time_vectorcall(PyObject* type, PyObject* const* args, usize nargsf, PyObject* keyword_names) {
  return time_make(reinterpret_cast<Type*>(type), args, static_cast<isize>(vectorcall_nargs(nargsf)),
                   static_cast<Tuple*>(keyword_names))
      .to_c();
}
constexpr Doc fromisoformat_doc = "fromisoformat($type, time_string, /)\n--\n\n";
Result<Object> time_fromisoformat(Type* cls, Object* string) {
  if (!is_str(string)) return raise(TypeError, "fromisoformat: argument must be str");
  IsoText text;
  TRY(read_iso_text(as<Str>(string), text));
  if (text.size() > 0 && *text.begin == 'T') ++text.begin;  // required by ISO 8601 where a date could be meant
  IsoTime fields;
  if (!parse_iso_time(text.begin, text.end, fields)) return raise_invalid_iso(string);
  Ref<Object> zone = TRY(iso_zone(fields));
  if (cls == &time_type) return time_new(fields.clock, zone, 0);
  Ref<Int> hour = TRY(int_from_i64(fields.clock.hour))
  , minute = TRY(int_from_i64(fields.clock.minute))
  , second = TRY(int_from_i64(fields.clock.second))
  , microsecond = TRY(int_from_i64(fields.clock.microsecond));
  return call<Object, Object, Object, Object, Object>(cls, hour, minute, second, microsecond, zone);
}

// == Methods ==

constexpr Doc isoformat_doc = "isoformat($self, /, timespec=None)\n--\n\n";
Result<Object> time_isoformat(Time* self, Opt<Object*> timespec) {
  Precision precision = TRY(precision_argument(timespec, "isoformat", 1));
  char text[kMaxText];
  char* end = text;
  TRY(put_zoned_clock(end, self, precision));
  return str_from_latin1({text, static_cast<usize>(end - text)});
}

constexpr Doc strftime_doc = "strftime($self, /, format)\n--\n\n";
Result<Object> time_strftime(Time* self, Object* format) {
  Ref<Str> text = TRY(str_argument(format, "strftime", 1));
  // The day is fictive: time.strftime wants a year from 1900 on.
  Clock clock = clock_of(self);
  const int fields[] = {1900, 1, 1, clock.hour, clock.minute, clock.second, 0, 1, -1};
  Ref<Tuple> tuple = TRY(tuple_new(9));
  for (isize i = 0; i < 9; ++i) tuple_init_item(tuple, i, TRY(int_from_i64(fields[i])));
  return format_time(self, text, tuple, zone_of(self), None, clock.microsecond);
}
PyObject* time_format(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
  if (nargs != 1) {
    (void)raise(TypeError, "__format__() takes exactly 1 argument (%zd given)", nargs);
    return nullptr;
  }
  return format_with_strftime(self, args[0]).to_c();
}

constexpr Doc replace_doc =
    "replace($self, /, hour=-1, minute=-1, second=-1, microsecond=-1, tzinfo=None, *, fold=-1)\n--\n\n";
Result<Object> time_replace(Time* self, Opt<Object*> hour, Opt<Object*> minute, Opt<Object*> second,
                            Opt<Object*> microsecond, Opt<Object*> zone, Opt<Object*> fold) {
  Clock clock = clock_of(self);
  int new_fold = self->fold;
  TRY(replace_clock(hour, minute, second, microsecond, fold, clock, new_fold));
  return time_new(clock, zone.value_or(zone_of(self)), new_fold, type_of(self));
}

constinit PyMethodDef methods[] = {
    with_text(
        method<time_isoformat, isoformat_doc>(),
        "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec "
        "specifies the "
        "number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', "
        "'milliseconds' and 'microseconds'.\n"),
    with_text(method<time_strftime, strftime_doc>(), "format -> strftime() style string."),
    raw_method("__format__", time_format, METH_FASTCALL, "Formats self with strftime."),
    with_text(method<zoned_utcoffset<Time>, utcoffset_doc>(), "Return self.tzinfo.utcoffset(self)."),
    with_text(method<zoned_tzname<Time>, tzname_doc>(), "Return self.tzinfo.tzname(self)."),
    with_text(method<zoned_dst<Time>, dst_doc>(), "Return self.tzinfo.dst(self)."),
    with_text(method<time_replace, replace_doc>(), "Return time with new specified fields."),
    with_text(class_method<time_fromisoformat, fromisoformat_doc>(), "string -> time from a string in ISO 8601 format"),
    raw_method("__reduce_ex__", zoned_reduce_ex<Time>, METH_FASTCALL, "__reduce_ex__(proto) -> (cls, state)"),
    with_text(method<zoned_reduce<Time>, zoned_reduce_doc>(), "__reduce__() -> (cls, state)"),
    {},
};

// == Slots ==

Result<Str> time_repr(Time* self) {
  Clock clock = clock_of(self);
  StrWriter writer(40);
  TRY(writer.write_utf8(type_of(self)->tp_name));
  char text[60];
  int size = std::snprintf(text, sizeof text, "(%d, %d", clock.hour, clock.minute);
  size += put_short_seconds(text + size, clock);
  TRY(writer.write_ascii({text, static_cast<usize>(size)}));
  TRY(write_zone(writer, self));
  TRY(writer.write_ascii(self->fold ? ", fold=1)" : ")"));
  return writer.finish();
}
Result<Object> time_str(Time* self) {
  if (type_of(self) == &time_type) return time_isoformat(self, {});
  return call_method(self, names.isoformat);
}

// Microseconds since midnight in UTC.
i64 utc_position(Time* time, Object* offset) {
  Clock clock = clock_of(time);
  i64 seconds = clock.hour * 3600 + clock.minute * 60 + clock.second;
  return seconds * kMicrosecondsPerSecond + clock.microsecond - static_cast<i64>(delta_microseconds(offset));
}

Result<isize> time_hash(Time* self) {
  if (self->hashcode != -1) return isize{self->hashcode};
  Ref<Object> offset = TRY(call_utcoffset(zone_of(self), None));
  if (offset == None) {
    self->hashcode = hash_packed(self->data, sizeof self->data);
  } else {
    Ref<Object> position = TRY(delta_from_microseconds(utc_position(self, offset)));
    self->hashcode = delta_hash(as<Delta>(position.get()));
  }
  return isize{self->hashcode};
}

Result<Object> time_compare(Object* left, Object* right, int op) {
  if (!is_time(right)) return not_implemented();
  Time *a = as<Time>(left), *b = as<Time>(right);
  int order = std::memcmp(a->data, b->data, sizeof a->data);
  if (zone_of(a) == zone_of(b)) return compare_result(order, op);
  Ref<Object> offset_a = TRY(call_utcoffset(zone_of(a), None))
  , offset_b = TRY(call_utcoffset(zone_of(b), None));
  if (offset_a == None && offset_b == None) return compare_result(order, op);
  if (offset_a != None && offset_b != None) {
    if (delta_microseconds(offset_a) == delta_microseconds(offset_b)) return compare_result(order, op);
    i64 position_a = utc_position(a, offset_a), position_b = utc_position(b, offset_b);
    return bool_result(compare_values(position_a, position_b, op));
  }
  if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
  return raise(TypeError, "can't compare offset-naive and offset-aware times");
}
}  // namespace

// == Type object ==

constinit Type time_type = {
    .tp_name = "datetime.time",
    .tp_basicsize = sizeof(Time),
    .tp_dealloc = zoned_dealloc<Time>,
    .tp_repr = slot<time_repr>,
    .tp_hash = slot<time_hash>,
    .tp_str = slot<time_str>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. "
        "tzinfo may be "
        "None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
    .tp_richcompare = slot<time_compare>,
    .tp_methods = methods,
    .tp_getset = zoned_getters<Time>,
    .tp_alloc = zoned_alloc<Time>,
    .tp_new = time_tp_new,
    .tp_vectorcall = time_vectorcall,
};
}  // namespace adder::datetimes
