// _datetime/zone: tzinfo, the abstract base of time zones, and timezone, a fixed distance from UTC.
//
// See        library reference "tzinfo Objects"; PEP 495
#include "bind/bind.h"
#include "modules/_datetime/operations.h"
#include "types/tuple.h"

namespace adder::datetimes {
namespace {
constinit Delta negative_limit{{kImmortalRefcnt, &delta_type}, -1, -1, 60, 0},
    positive_limit{{kImmortalRefcnt, &delta_type}, -1, 0, 86340, 0};
}  // namespace
constinit TimeZone utc{{kImmortalRefcnt, &timezone_type}, &delta_zero, nullptr};
constinit TimeZone timezone_minimum{{kImmortalRefcnt, &timezone_type}, &negative_limit, nullptr};
constinit TimeZone timezone_maximum{{kImmortalRefcnt, &timezone_type}, &positive_limit, nullptr};

namespace {
constexpr const char* kOffsetRange =
    "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)";

// What a timezone's methods take: a datetime or None.
Result<void> check_argument(Object* argument, const char* function) {
  if (argument == None || is_datetime(argument)) return {};
  return raise(TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s", function,
               type_of(argument)->tp_name);
}

Result<Object> call_offset(Object* zone, Str* name, const char* text, Object* argument) {
  Ref<Object> offset = TRY(call_method(zone, name, argument));
  if (offset == None) return offset;
  if (!is_delta(offset))
    return raise(TypeError, "tzinfo.%s() must return None or timedelta, not '%.200s'", text, type_of(offset)->tp_name);
  if (!delta_within_day(offset)) return raise(ValueError, "%s.", kOffsetRange);
  return offset;
}

// "UTC", "UTC+HH:MM"
Result<Object> offset_name(Object* offset) {
  if (delta_is_zero(offset)) return str_from_latin1("UTC");
  char text[kMaxOffsetText + 3] = "UTC";
  char* end = put_offset(text + 3, offset, ":");
  return str_from_latin1({text, static_cast<usize>(end - text)});
}
Result<Object> name_of(TimeZone* zone) {
  if (zone->name) return new_ref(zone->name);
  return offset_name(zone->offset);
}
}  // namespace

Result<Object> call_utcoffset(Object* zone, Object* argument) {
  if (zone == None) return none_result();
  if (is_timezone(zone)) {
    TRY(check_argument(argument, "utcoffset"));
    return new_ref(as<TimeZone>(zone)->offset);
  }
  return call_offset(zone, names.utcoffset, "utcoffset", argument);
}
Result<Object> call_dst(Object* zone, Object* argument) {
  if (zone == None) return none_result();
  return call_offset(zone, names.dst, "dst", argument);
}
Result<Object> call_tzname(Object* zone, Object* argument) {
  if (zone == None) return none_result();
  Ref<Object> name = TRY(call_method(zone, names.tzname, argument));
  if (name == None || is_str(name)) return name;
  return raise(TypeError, "tzinfo.tzname() must return None or a string, not '%s'", type_of(name)->tp_name);
}

Result<Object> timezone_new(Object* offset, Object* name) {
  if (!name && delta_is_zero(offset)) return new_ref<Object>(&utc);
  if (!delta_within_day(offset)) return raise(ValueError, "%s, not %R.", kOffsetRange, offset);
  Ref<TimeZone> zone = TRY(object_new<TimeZone>(&timezone_type));
  zone->offset = new_ref(offset).release();
  zone->name = name ? new_ref(name).release() : nullptr;
  return zone;
}

namespace {
// == tzinfo ==

Error raise_abstract(const char* method) {
  return raise(NotImplementedError, "a tzinfo subclass must implement %s()", method);
}
constexpr Doc tzname_doc = "tzname($self, dt, /)\n--\n\n";
Result<Object> tzinfo_tzname(Object*, Object*) { return raise_abstract("tzname"); }
constexpr Doc utcoffset_doc = "utcoffset($self, dt, /)\n--\n\n";
Result<Object> tzinfo_utcoffset(Object*, Object*) { return raise_abstract("utcoffset"); }
constexpr Doc dst_doc = "dst($self, dt, /)\n--\n\n";
Result<Object> tzinfo_dst(Object*, Object*) { return raise_abstract("dst"); }

Result<void> check_own_datetime(Object* self, Object* argument) {
  if (!is_datetime(argument)) return raise(TypeError, "fromutc: argument must be a datetime");
  if (zone_of(as<DateTime>(argument)) != self) return raise(ValueError, "fromutc: dt.tzinfo is not self");
  return {};
}

// The wall clock is UTC shifted by the zone's standard offset, and then by what dst() says at that time.
constexpr Doc fromutc_doc = "fromutc($self, dt, /)\n--\n\n";
Result<Object> tzinfo_fromutc(Object* self, Object* argument) {
  TRY(check_own_datetime(self, argument));
  DateTime* datetime = as<DateTime>(argument);
  Ref<Object> offset = TRY(call_utcoffset(self, datetime));
  if (offset == None) return raise(ValueError, "fromutc: non-None utcoffset() result required");
  Ref<Object> dst = TRY(call_dst(self, datetime));
  if (dst == None) return raise(ValueError, "fromutc: non-None dst() result required");
  Ref<Object> standard = TRY(delta_from_microseconds(delta_microseconds(offset) - delta_microseconds(dst)));
  Ref<Object> result = TRY(datetime_shift(datetime, as<Delta>(standard.get()), 1));
  dst = TRY(call_dst(self, result));
  if (dst == None) return raise(ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
  if (delta_is_zero(dst) || !is_datetime(result)) return result;
  return datetime_shift(as<DateTime>(result.get()), as<Delta>(dst.get()), 1);
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Object> tzinfo_reduce(Object* self) {
  Ref<Object> function = TRY(object_lookup_attr(self, names.getinitargs))
  , args = function ? TRY(object_call_no_args(function)) : new_ref<Object>(tuple_empty());
  Ref<Object> state = TRY(call_method(self, id::__getstate__));
  return tuple_pack<Object, Object, Object>(type_of(self), args, state);
}

constinit PyMethodDef tzinfo_methods[] = {
    with_text(method<tzinfo_tzname, tzname_doc>(), "datetime -> string name of time zone."),
    with_text(method<tzinfo_utcoffset, utcoffset_doc>(),
              "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"),
    with_text(method<tzinfo_dst, dst_doc>(), "datetime -> DST offset as timedelta positive east of UTC."),
    with_text(method<tzinfo_fromutc, fromutc_doc>(), "datetime in UTC -> datetime in local time."),
    with_text(method<tzinfo_reduce, reduce_doc>(), "-> (cls, state)"),
    {},
};

// == timezone ==

constexpr Doc timezone_doc = "timezone($type, /, offset, name=None)\n--\n\n";
Result<Object> timezone_make(Type*, Object* offset, Opt<Object*> name) {
  auto given = [](Object* o) { return o == None ? "None" : type_of(o)->tp_name; };
  if (!is_delta(offset))
    return raise(TypeError, "timezone() argument 1 must be datetime.timedelta, not %.50s", given(offset));
  if (name && !is_str(*name)) return raise(TypeError, "timezone() argument 2 must be str, not %.50s", given(*name));
  return timezone_new(offset, name.get());
}
void timezone_dealloc(PyObject* self) {
  TimeZone* zone = as<TimeZone>(self);
  decref_or_null(zone->offset);
  decref_or_null(zone->name);
  object_free(self);
}
Result<Str> timezone_repr(TimeZone* self) {
  if (self == &utc) return str_from_latin1("datetime.timezone.utc");
  const char* name = type_of(self)->tp_name;
  if (!self->name) return str_from_format("%s(%R)", name, self->offset);
  return str_from_format("%s(%R, %R)", name, self->offset, self->name);
}
Result<Object> timezone_str(TimeZone* self) { return name_of(self); }
Result<isize> timezone_hash(TimeZone* self) { return isize{delta_hash(as<Delta>(self->offset))}; }
Result<Object> timezone_compare(Object* left, Object* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !is_timezone(right)) return not_implemented();
  bool equal = delta_microseconds(as<TimeZone>(left)->offset) == delta_microseconds(as<TimeZone>(right)->offset);
  return bool_result(equal == (op == Py_EQ));
}

Result<Object> timezone_tzname(TimeZone* self, Object* argument) {
  TRY(check_argument(argument, "tzname"));
  return name_of(self);
}
Result<Object> timezone_utcoffset(TimeZone* self, Object* argument) {
  TRY(check_argument(argument, "utcoffset"));
  return new_ref(self->offset);
}
Result<Object> timezone_dst(TimeZone*, Object* argument) {
  TRY(check_argument(argument, "dst"));
  return none_result();
}
Result<Object> timezone_fromutc(TimeZone* self, Object* argument) {
  TRY(check_own_datetime(self, argument));
  return datetime_shift(as<DateTime>(argument), as<Delta>(self->offset), 1);
}
constexpr Doc getinitargs_doc = "__getinitargs__($self, /)\n--\n\n";
Result<Object> timezone_getinitargs(TimeZone* self) {
  if (!self->name) return tuple_pack(self->offset);
  return tuple_pack(self->offset, self->name);
}
constinit PyMethodDef timezone_methods[] = {
    with_text(method<timezone_tzname, tzname_doc>(),
              "If name is specified when timezone is created, returns the name.  Otherwise returns offset as "
              "'UTC(+|-)HH:MM'."),
    with_text(method<timezone_utcoffset, utcoffset_doc>(), "Return fixed offset."),
    with_text(method<timezone_dst, dst_doc>(), "Return None."),
    with_text(method<timezone_fromutc, fromutc_doc>(), "datetime in UTC -> datetime in local time."),
    with_text(method<timezone_getinitargs, getinitargs_doc>(), "pickle support"),
    {},
};
}  // namespace

// == Type objects ==

constinit Type tzinfo_type = {
    .tp_name = "datetime.tzinfo",
    .tp_basicsize = sizeof(PyObject),
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Abstract base class for time zone info objects.",
    .tp_methods = tzinfo_methods,
    .tp_new = PyType_GenericNew,
};
constinit Type timezone_type = {
    .tp_name = "datetime.timezone",
    .tp_basicsize = sizeof(TimeZone),
    .tp_dealloc = timezone_dealloc,
    .tp_repr = slot<timezone_repr>,
    .tp_hash = slot<timezone_hash>,
    .tp_str = slot<timezone_str>,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Fixed offset from UTC implementation of tzinfo.",
    .tp_richcompare = slot<timezone_compare>,
    .tp_methods = timezone_methods,
    .tp_base = &tzinfo_type,
    .tp_new = constructor<timezone_make, timezone_doc>,
};
}  // namespace adder::datetimes
