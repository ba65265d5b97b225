// _datetime/datetime_methods: the methods of datetime.
//
// See        library reference "datetime Objects"
#include "modules/_datetime/datetime_methods.h"

#include "import/import.h"
#include "modules/_datetime/zoned.h"
#include "types/float.h"

namespace adder::datetimes {
Result<Object> datetime_iso_text(DateTime* self, Py_UCS4 separator, Precision precision) {
  char text[kMaxText];
  char* place = put_day(text, day_of(self));
  *place++ = static_cast<char>(separator);
  char* end = place;
  TRY(put_zoned_clock(end, self, precision));
  if (separator < 0x100) return str_from_latin1({text, static_cast<usize>(end - text)});
  StrWriter writer(end - text);
  TRY(writer.write_ascii({text, static_cast<usize>(place - 1 - text)}));
  TRY(writer.write_char(separator));
  TRY(writer.write_ascii({place, static_cast<usize>(end - place)}));
  return writer.finish();
}

namespace {
// == Class methods ==

Result<Object> in_zone(Ref<Object>&& datetime, Object* zone) {
  if (zone == None) return std::move(datetime);
  return call_method<Object>(zone, names.fromutc, datetime);
}

constexpr Doc now_doc =
    "now($type, /, tz=None)\n--\n\nReturns new datetime object representing current time local to tz.\n\n  tz\n    "
    "Timezone "
    "object.\n\nIf no tz is specified, uses local timezone.";
Result<Object> datetime_now(Type* cls, Object* zone) {
  TRY(check_zone(zone));
  i64 seconds;
  int microseconds;
  now(seconds, microseconds);
  return in_zone(TRY(datetime_from_seconds(cls, zone != None, seconds, microseconds, zone)), zone);
}
constexpr Doc utcnow_doc = "utcnow($type, /)\n--\n\n";
Result<Object> datetime_utcnow(Type* cls) {
  i64 seconds;
  int microseconds;
  now(seconds, microseconds);
  return datetime_from_seconds(cls, true, seconds, microseconds, None);
}
constexpr Doc fromtimestamp_doc = "fromtimestamp($type, /, timestamp, tz=None)\n--\n\n";
Result<Object> datetime_fromtimestamp(Type* cls, Object* timestamp, Object* zone) {
  return datetime_from_timestamp(cls, timestamp, zone);
}
}  // namespace
Result<Object> datetime_fromtimestamp_call(Object* cls, Object* args, Object* kwargs) {
  Object* values[2] = {};
  if (!parse_arguments(fromtimestamp_doc, as<Tuple>(args), static_cast<Dict*>(kwargs), values, nullptr, nullptr))
    return Error{};
  return datetime_from_timestamp(cls, values[0], values[1] ? values[1] : None);
}
namespace {
PyObject* datetime_utcfromtimestamp(PyObject* cls, PyObject* const* args, Py_ssize_t nargs) {
  if (nargs != 1) {
    (void)raise(TypeError, "utcfromtimestamp() takes exactly 1 argument (%zd given)", nargs);
    return nullptr;
  }
  i64 seconds;
  int microseconds;
  TRY_C(nullptr, split_timestamp(args[0], Rounding::kHalfEven, seconds, microseconds));
  return datetime_from_seconds(cls, true, seconds, microseconds, None).to_c();
}

Result<Object> parse_with_strptime(Object* cls, PyObject* const* args, isize nargs) {
  if (nargs != 2) return raise(TypeError, "strptime() takes exactly 2 arguments (%zd given)", nargs);
  Ref<Str> text = TRY(str_argument(args[0], "strptime", 1))
  , format = TRY(str_argument(args[1], "strptime", 2));
  Ref<Object> function = TRY(import_attribute("_strptime", "_strptime_datetime"));
  return call<Object, Object, Object>(function, cls, text, format);
}
PyObject* datetime_strptime(PyObject* cls, PyObject* const* args, Py_ssize_t nargs) {
  return parse_with_strptime(cls, args, nargs).to_c();
}

constexpr Doc combine_doc = "combine($type, /, date, time, tzinfo=None)\n--\n\n";
Result<Object> datetime_combine(Type* cls, Object* date, Object* time, Opt<Object*> zone) {
  auto given = [](Object* o) { return o == None ? "None" : type_of(o)->tp_name; };
  if (!is_date(date)) return raise(TypeError, "combine() argument 1 must be datetime.date, not %.50s", given(date));
  if (!is_time(time)) return raise(TypeError, "combine() argument 2 must be datetime.time, not %.50s", given(time));
  Time* clock = as<Time>(time);
  return datetime_new_for(cls, day_of(date), clock_of(clock), zone.value_or(zone_of(clock)), clock->fold);
}

constexpr Doc fromisoformat_doc = "fromisoformat($type, date_string, /)\n--\n\n";
Result<Object> datetime_fromisoformat(Type* cls, Object* string) {
  if (!is_str(string)) return raise(TypeError, "fromisoformat: argument must be str");
  IsoText text;
  TRY(read_iso_text(as<Str>(string), text));
  if (text.size() < 7) return raise_invalid_iso(string);
  Day day;
  IsoTime time;
  isize separator = find_iso_separator(text.begin, text.size());
  if (!parse_iso_day(text.begin, text.begin + separator, day)) return raise_invalid_iso(string);
  if (text.size() > separator && !parse_iso_time(text.begin + separator + 1, text.end, time))
    return raise_invalid_iso(string);
  Ref<Object> zone = TRY(iso_zone(time));
  return datetime_new_for(cls, day, time.clock, zone, 0);
}

// == Parts ==

constexpr Doc date_doc = "date($self, /)\n--\n\n";
Result<Object> datetime_date(DateTime* self) { return date_new(day_of(self)); }
constexpr Doc time_doc = "time($self, /)\n--\n\n";
Result<Object> datetime_time(DateTime* self) { return time_new(clock_of(self), None, self->fold); }
constexpr Doc timetz_doc = "timetz($self, /)\n--\n\n";
Result<Object> datetime_timetz(DateTime* self) { return time_new(clock_of(self), zone_of(self), self->fold); }
constexpr Doc ctime_doc = "ctime($self, /)\n--\n\n";
Result<Str> datetime_ctime(DateTime* self) { return ctime_text(day_of(self), clock_of(self)); }

constexpr Doc timetuple_doc = "timetuple($self, /)\n--\n\n";
Result<Object> datetime_timetuple(DateTime* self) {
  Ref<Object> dst = TRY(call_dst(zone_of(self), self));
  return make_struct_time(day_of(self), clock_of(self), dst == None ? -1 : !delta_is_zero(dst));
}
constexpr Doc utctimetuple_doc = "utctimetuple($self, /)\n--\n\n";
Result<Object> datetime_utctimetuple(DateTime* self) {
  Ref<Object> offset = TRY(call_utcoffset(zone_of(self), self));
  if (offset == None) return make_struct_time(day_of(self), clock_of(self), 0);
  Ref<Object> shifted = TRY(datetime_shift(self, as<Delta>(offset.get()), -1));
  if (!is_datetime(shifted)) return raise(TypeError, "datetime expected, not %.200s", type_of(shifted)->tp_name);
  return make_struct_time(day_of(shifted), clock_of(as<DateTime>(shifted.get())), 0);
}

constexpr Doc timestamp_doc = "timestamp($self, /)\n--\n\n";
Result<Object> datetime_timestamp(DateTime* self) {
  if (!self->hastzinfo) {
    Clock clock = clock_of(self);
    i64 seconds = TRY(from_local_seconds(day_of(self), clock, self->fold));
    return float_from_double(static_cast<double>(seconds) + clock.microsecond / 1e6);
  }
  Ref<Object> since = TRY(datetime_difference(self, &datetime_epoch));
  return delta_total_seconds(as<Delta>(since.get()));
}

// == Text ==

constexpr Doc isoformat_doc = "isoformat($self, /, sep='T', timespec=None)\n--\n\n";
Result<Object> datetime_isoformat(DateTime* self, Opt<Object*> separator, Opt<Object*> timespec) {
  Py_UCS4 character = 'T';
  if (separator) {
    Object* given = *separator;
    if (!is_str(given) || str_length(as<Str>(given)) != 1)
      return raise(TypeError, "isoformat() argument 1 must be a unicode character, not %.50s",
                   given == None ? "None" : type_of(given)->tp_name);
    character = str_read_char(as<Str>(given), 0);
  }
  Precision precision = TRY(precision_argument(timespec, "isoformat", 2));
  return datetime_iso_text(self, character, precision);
}

// == Zones ==

constexpr Doc replace_doc =
    "replace($self, /, year=-1, month=-1, day=-1, hour=-1, minute=-1, second=-1, microsecond=-1, tzinfo=None, *, "
    "fold=-1)\n--\n\n";
Result<Object> datetime_replace(DateTime* self, Opt<Object*> year, Opt<Object*> month, Opt<Object*> day,
                                Opt<Object*> hour, Opt<Object*> minute, Opt<Object*> second, Opt<Object*> microsecond,
                                Opt<Object*> zone, Opt<Object*> fold) {
  Day new_day = day_of(self);
  Clock clock = clock_of(self);
  int new_fold = self->fold;
  if (year) new_day.year = TRY(int_argument(*year));
  if (month) new_day.month = TRY(int_argument(*month));
  if (day) new_day.day = TRY(int_argument(*day));
  TRY(replace_clock(hour, minute, second, microsecond, fold, clock, new_fold));
  return datetime_new(new_day, clock, zone.value_or(zone_of(self)), new_fold, type_of(self));
}

// The system's zone at a local time without zone.
Result<Object> zone_of_local(DateTime* self) {
  return local_zone(TRY(from_local_seconds(day_of(self), clock_of(self), self->fold)));
}

constexpr Doc astimezone_doc = "astimezone($self, /, tz=None)\n--\n\n";
Result<Object> datetime_astimezone(DateTime* self, Object* zone) {
  TRY(check_zone(zone));
  Ref<Object> own = self->hastzinfo ? new_ref(self->tzinfo) : TRY(zone_of_local(self));
  if (own == zone) return new_ref<Object>(self);
  Ref<Object> offset = TRY(call_utcoffset(own, self));
  if (offset == None) {
    own = TRY(zone_of_local(self));
    if (own == zone) return new_ref<Object>(self);
    offset = TRY(call_utcoffset(own, self));
  }
  Ref<Object> shifted = TRY(datetime_shift(self, as<Delta>(offset.get()), -1));
  if (!is_datetime(shifted)) return raise(TypeError, "datetime expected, not %.200s", type_of(shifted)->tp_name);
  DateTime* in_utc = as<DateTime>(shifted.get());
  Ref<Object> target = new_ref(zone);
  if (zone == None) {
    i64 since = to_seconds(day_of(in_utc), clock_of(in_utc)) - kEpochSeconds;
    target = TRY(local_zone(since));
  }
  Ref<Object> result = TRY(datetime_new(day_of(in_utc), clock_of(in_utc), target, in_utc->fold, type_of(in_utc)));
  return call_method<Object>(target, names.fromutc, result);
}
}  // namespace

constinit PyMethodDef datetime_methods[] = {
    class_method<datetime_now, now_doc>(),
    with_text(class_method<datetime_utcnow, utcnow_doc>(), "Return a new datetime representing UTC day and time."),
    with_text(class_method<datetime_fromtimestamp, fromtimestamp_doc>(),
              "timestamp[, tz] -> tz's local time from POSIX timestamp."),
    raw_method("utcfromtimestamp", datetime_utcfromtimestamp, METH_FASTCALL | METH_CLASS,
               "Construct a naive UTC datetime from a POSIX timestamp."),
    raw_method("strptime", datetime_strptime, METH_FASTCALL | METH_CLASS,
               "string, format -> new datetime parsed from a string (like time.strptime())."),
    with_text(class_method<datetime_combine, combine_doc>(), "date, time -> datetime with same date and time fields"),
    with_text(class_method<datetime_fromisoformat, fromisoformat_doc>(),
              "string -> datetime from a string in most ISO 8601 formats"),
    with_text(method<datetime_date, date_doc>(), "Return date object with same year, month and day."),
    with_text(method<datetime_time, time_doc>(), "Return time object with same time but with tzinfo=None."),
    with_text(method<datetime_timetz, timetz_doc>(), "Return time object with same time and tzinfo."),
    with_text(method<datetime_ctime, ctime_doc>(), "Return ctime() style string."),
    with_text(method<datetime_timetuple, timetuple_doc>(), "Return time tuple, compatible with time.localtime()."),
    with_text(method<datetime_timestamp, timestamp_doc>(), "Return POSIX timestamp as float."),
    with_text(method<datetime_utctimetuple, utctimetuple_doc>(),
              "Return UTC time tuple, compatible with time.localtime()."),
    with_text(
        method<datetime_isoformat, isoformat_doc>(),
        "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate "
        "the year from "
        "the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof "
        "the time to "
        "include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n"),
    with_text(method<zoned_utcoffset<DateTime>, utcoffset_doc>(), "Return self.tzinfo.utcoffset(self)."),
    with_text(method<zoned_tzname<DateTime>, tzname_doc>(), "Return self.tzinfo.tzname(self)."),
    with_text(method<zoned_dst<DateTime>, dst_doc>(), "Return self.tzinfo.dst(self)."),
    with_text(method<datetime_replace, replace_doc>(), "Return datetime with new specified fields."),
    with_text(method<datetime_astimezone, astimezone_doc>(), "tz -> convert to local time in new timezone tz\n"),
    raw_method("__reduce_ex__", zoned_reduce_ex<DateTime>, METH_FASTCALL, "__reduce_ex__(proto) -> (cls, state)"),
    with_text(method<zoned_reduce<DateTime>, zoned_reduce_doc>(), "__reduce__() -> (cls, state)"),
    {},
};
}  // namespace adder::datetimes
