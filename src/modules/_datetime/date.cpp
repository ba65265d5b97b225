// _datetime/date: date.
//
// See        library reference "date Objects"
#include <cstring>

#include "bind/bind.h"
#include "import/import.h"
#include "modules/_datetime/operations.h"
#include "types/tuple.h"

namespace adder::datetimes {
constinit Date date_minimum{{kImmortalRefcnt, &date_type}, -1, 0, {0, 1, 1, 1}};
constinit Date date_maximum{{kImmortalRefcnt, &date_type}, -1, 0, {9999 >> 8, 9999 & 255, 12, 31}};

Result<Object> date_new(const Day& day, Type* type) {
  TRY(check_day(day));
  Ref<Object> object = type == &date_type ? TRY(object_new<Object>(type)) : TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Date* date = as<Date>(object.get());
  date->hashcode = -1;
  date->hastzinfo = 0;
  pack_day(date->data, day);
  return object;
}

Result<Object> date_new_for(Object* cls, const Day& day) {
  if (cls == &date_type) return date_new(day);
  if (cls == &datetime_type) return datetime_new(day, {}, None, 0);
  Ref<Int> year = TRY(int_from_i64(day.year))
  , month = TRY(int_from_i64(day.month))
  , number = TRY(int_from_i64(day.day));
  return call<Object, Object, Object>(cls, year, month, number);
}

Result<Object> date_isoformat(Object* date) {
  char text[16];
  return str_from_latin1({text, static_cast<usize>(put_day(text, day_of(date)) - text)});
}

Result<Object> date_from_timestamp(Object* cls, Object* timestamp) {
  i64 seconds;
  int microseconds;
  TRY(split_timestamp(timestamp, Rounding::kFloor, seconds, microseconds));
  tm time;
  TRY(local_tm(seconds, time));
  return date_new_for(cls, {time.tm_year + 1900, time.tm_mon + 1, time.tm_mday});
}

namespace {
// == Construction ==

bool is_month(unsigned value) { return value - 1 < 12; }

constexpr const char* kNames[] = {"year", "month", "day"};
Result<Object> date_make(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names) {
  if (nargs == 1) {
    if (Ref<Bytes> state = TRY(pickled_state(args[0], sizeof(Date::data), 2, is_month, "date"))) {
      Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
      as<Date>(object.get())->hashcode = -1;
      std::memcpy(as<Date>(object.get())->data, bytes_data(state), 4);
      return object;
    }
  }
  int fields[3];
  TRY(parse_constructor({kNames, 3, 3, 3}, args, nargs, keyword_names, fields, nullptr));
  return date_new({fields[0], fields[1], fields[2]}, type);
}
PyObject* date_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return construct_from_tuple(date_make, type, args, kwargs).to_c();
}
PyObject* date_vectorcall(PyObject* type, PyObject* const* args, usize nargsf, PyObject* keyword_names) {
  return date_make(reinterpret_cast<Type*>(type), args, static_cast<isize>(vectorcall_nargs(nargsf)),
                   static_cast<Tuple*>(keyword_names))
      .to_c();
}

// == Class methods ==

// For functions whose wrong number of arguments is told as the format language of the C API tells it.
Result<void> check_one_argument(const char* function, isize nargs) {
  if (nargs != 1) return raise(TypeError, "%s() takes exactly 1 argument (%zd given)", function, nargs);
  return {};
}

constexpr Doc fromtimestamp_doc =
    "fromtimestamp($type, timestamp, /)\n--\n\nCreate a date from a POSIX timestamp.\n\nThe timestamp is a number, "
    "e.g. created via "
    "time.time(), that is interpreted\nas local time.";
Result<Object> date_fromtimestamp(Type* cls, Object* timestamp) { return date_from_timestamp(cls, timestamp); }

constexpr Doc today_doc = "today($type, /)\n--\n\n";
Result<Object> date_today(Type* cls) {
  Ref<Object> module = TRY(import_module(names.time))
  , now = TRY(call_method(module, names.time));
  if (cls == &date_type) return date_from_timestamp(cls, now);
  return call_method<Object>(cls, names.fromtimestamp, now);
}

Result<Object> from_ordinal_arguments(Object* cls, PyObject* const* args, isize nargs) {
  TRY(check_one_argument("fromordinal", nargs));
  int ordinal = TRY(int_argument(args[0]));
  if (ordinal < 1) return raise(ValueError, "ordinal must be >= 1");
  return date_new_for(cls, from_ordinal(ordinal));
}
PyObject* date_fromordinal(PyObject* cls, PyObject* const* args, Py_ssize_t nargs) {
  return from_ordinal_arguments(cls, args, nargs).to_c();
}

constexpr Doc fromisoformat_doc = "fromisoformat($type, date_string, /)\n--\n\n";
Result<Object> date_fromisoformat(Type* cls, Object* string) {
  if (!is_str(string)) return raise(TypeError, "fromisoformat: argument must be str");
  IsoText text;
  TRY(read_iso_text(as<Str>(string), text));
  Day day;
  isize size = text.size();
  if ((size != 7 && size != 8 && size != 10) || text.copy || !parse_iso_day(text.begin, text.end, day))
    return raise_invalid_iso(string);
  return date_new_for(cls, day);
}

constexpr Doc fromisocalendar_doc = "fromisocalendar($type, /, year, week, day)\n--\n\n";
Result<int> iso_argument(Object* object) {
  Result<int> value = int_argument(object);
  if (value.failed() && error_matches(OverflowError)) {
    error_clear();
    return raise(ValueError, "ISO calendar component out of range");
  }
  return value;
}
Result<Object> date_fromisocalendar(Type* cls, Object* year_object, Object* week_object, Object* day_object) {
  int year = TRY(iso_argument(year_object))
  , week = TRY(iso_argument(week_object))
  , weekday = TRY(iso_argument(day_object));
  if (year < kMinYear || year > kMaxYear) return raise(ValueError, "Year is out of range: %d", year);
  Day day;
  switch (from_iso({year, week, weekday}, day)) {
    case IsoProblem::kWeek:
      return raise(ValueError, "Invalid week: %d", week);
    case IsoProblem::kWeekday:
      return raise(ValueError, "Invalid day: %d (range is [1, 7])", weekday);
    case IsoProblem::kNone:
      return date_new_for(cls, day);
  }
  __builtin_unreachable();
}

// == Methods ==

constexpr Doc ctime_doc = "ctime($self, /)\n--\n\n";
Result<Str> date_ctime(Date* self) { return ctime_text(day_of(self), {}); }

constexpr Doc strftime_doc = "strftime($self, /, format)\n--\n\n";
Result<Object> date_strftime(Date* self, Object* format) {
  Ref<Str> text = TRY(str_argument(format, "strftime", 1));
  Ref<Object> fields = TRY(call_method(self, names.timetuple));
  if (!is_datetime(self)) return format_time(self, text, fields, None, None, 0);
  DateTime* datetime = as<DateTime>(static_cast<Object*>(self));
  return format_time(self, text, fields, zone_of(datetime), datetime, clock_of(datetime).microsecond);
}

PyObject* date_format(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
  TRY_C(nullptr, check_one_argument("__format__", nargs));
  return format_with_strftime(self, args[0]).to_c();
}

constexpr Doc timetuple_doc = "timetuple($self, /)\n--\n\n";
Result<Object> date_timetuple(Date* self) { return make_struct_time(day_of(self), {}, -1); }
constexpr Doc isocalendar_doc = "isocalendar($self, /)\n--\n\n";
Result<Object> date_isocalendar(Date* self) { return iso_calendar_new(to_iso(day_of(self))); }
constexpr Doc isoformat_doc = "isoformat($self, /)\n--\n\n";
Result<Object> date_isoformat_method(Date* self) { return date_isoformat(self); }
constexpr Doc isoweekday_doc = "isoweekday($self, /)\n--\n\n";
Result<int> date_isoweekday(Date* self) { return weekday_of(day_of(self)) + 1; }
constexpr Doc weekday_doc = "weekday($self, /)\n--\n\n";
Result<int> date_weekday(Date* self) { return weekday_of(day_of(self)); }
constexpr Doc toordinal_doc = "toordinal($self, /)\n--\n\n";
Result<int> date_toordinal(Date* self) { return to_ordinal(day_of(self)); }

constexpr Doc replace_doc = "replace($self, /, year=-1, month=-1, day=-1)\n--\n\n";
Result<Object> date_replace(Date* self, Opt<Object*> year, Opt<Object*> month, Opt<Object*> day) {
  Day fields = day_of(self);
  if (year) fields.year = TRY(int_argument(*year));
  if (month) fields.month = TRY(int_argument(*month));
  if (day) fields.day = TRY(int_argument(*day));
  return date_new(fields, type_of(self));
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Object> date_reduce(Date* self) {
  Ref<Bytes> state = TRY(bytes_from_view({reinterpret_cast<const char*>(self->data), 4}));
  Ref<Tuple> args = TRY(tuple_pack<Object>(state));
  return tuple_pack<Object, Object>(type_of(self), args);
}

constinit PyMethodDef methods[] = {
    class_method<date_fromtimestamp, fromtimestamp_doc>(),
    raw_method("fromordinal", date_fromordinal, METH_FASTCALL | METH_CLASS,
               "int -> date corresponding to a proleptic Gregorian ordinal."),
    with_text(class_method<date_fromisoformat, fromisoformat_doc>(),
              "str -> Construct a date from a string in ISO 8601 format."),
    with_text(
        class_method<date_fromisocalendar, fromisocalendar_doc>(),
        "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the "
        "date.isocalendar() function"),
    with_text(class_method<date_today, today_doc>(),
              "Current date or datetime:  same as self.__class__.fromtimestamp(time.time())."),
    with_text(method<date_ctime, ctime_doc>(), "Return ctime() style string."),
    with_text(method<date_strftime, strftime_doc>(), "format -> strftime() style string."),
    raw_method("__format__", date_format, METH_FASTCALL, "Formats self with strftime."),
    with_text(method<date_timetuple, timetuple_doc>(), "Return time tuple, compatible with time.localtime()."),
    with_text(method<date_isocalendar, isocalendar_doc>(),
              "Return a named tuple containing ISO year, week number, and weekday."),
    with_text(method<date_isoformat_method, isoformat_doc>(), "Return string in ISO 8601 format, YYYY-MM-DD."),
    with_text(method<date_isoweekday, isoweekday_doc>(),
              "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"),
    with_text(method<date_toordinal, toordinal_doc>(),
              "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."),
    with_text(method<date_weekday, weekday_doc>(),
              "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"),
    with_text(method<date_replace, replace_doc>(), "Return date with new specified fields."),
    with_text(method<date_reduce, reduce_doc>(), "__reduce__() -> (cls, state)"),
    {},
};

Result<Object> date_year(Date* self) { return int_from_i64(day_of(self).year); }
Result<Object> date_month(Date* self) { return new_ref<Object>(small_int(day_of(self).month)); }
Result<Object> date_day(Date* self) { return new_ref<Object>(small_int(day_of(self).day)); }
constinit PyGetSetDef getters[] = {
    get_set<date_year>("year"), get_set<date_month>("month"), get_set<date_day>("day"), {}};

// == Slots ==

Result<Str> date_repr(Date* self) {
  Day day = day_of(self);
  return str_from_format("%s(%d, %d, %d)", type_of(self)->tp_name, day.year, day.month, day.day);
}
Result<Object> date_str(Date* self) {
  if (type_of(self) == &date_type) return date_isoformat(self);
  return call_method(self, names.isoformat);
}
Result<isize> date_hash(Date* self) {
  if (self->hashcode == -1) self->hashcode = hash_packed(self->data, sizeof self->data);
  return isize{self->hashcode};
}
Result<Object> date_compare(Object* left, Object* right, int op) {
  if (!is_date(right)) return not_implemented();
  return compare_result(std::memcmp(as<Date>(left)->data, as<Date>(right)->data, 4), op);
}
Result<Object> date_shift(Object* date, Object* delta, int sign) {
  i64 ordinal = to_ordinal(day_of(date)) + i64{sign} * as<Delta>(delta)->days;
  if (ordinal < 1 || ordinal > kMaxOrdinal) return raise(OverflowError, "date value out of range");
  return date_new_for(type_of(date), from_ordinal(static_cast<int>(ordinal)));
}
Result<Object> date_add(Object* left, Object* right) {
  if (is_datetime(left) || is_datetime(right)) return not_implemented();
  if (is_date(left) && is_delta(right)) return date_shift(left, right, 1);
  if (is_date(right) && is_delta(left)) return date_shift(right, left, 1);
  return not_implemented();
}
Result<Object> date_subtract(Object* left, Object* right) {
  if (is_datetime(left) || is_datetime(right) || !is_date(left)) return not_implemented();
  if (is_date(right)) return delta_new(to_ordinal(day_of(left)) - to_ordinal(day_of(right)), 0, 0);
  if (is_delta(right)) return date_shift(left, right, -1);
  return not_implemented();
}
constinit PyNumberMethods as_number = {.nb_add = slot<date_add>, .nb_subtract = slot<date_subtract>};
}  // namespace

// == Type object ==

constinit Type date_type = {
    .tp_name = "datetime.date",
    .tp_basicsize = sizeof(Date),
    .tp_repr = slot<date_repr>,
    .tp_as_number = &as_number,
    .tp_hash = slot<date_hash>,
    .tp_str = slot<date_str>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "date(year, month, day) --> date object",
    .tp_richcompare = slot<date_compare>,
    .tp_methods = methods,
    .tp_getset = getters,
    .tp_new = date_tp_new,
    .tp_vectorcall = date_vectorcall,
};
}  // namespace adder::datetimes
