// _datetime/operations: what the files of the module share.
#pragma once
#include <ctime>

#include "modules/_datetime/calendar.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace adder::datetimes {
using i128 = __int128;

// Names of methods and modules that are looked up often; filled in when the module is first loaded, immutable
// afterwards.
struct Names {
  Str *utcoffset, *dst, *tzname, *fromutc, *fromtimestamp, *isoformat, *strftime, *timetuple, *toordinal, *getinitargs,
      *time, *struct_time;
};
extern Names names;

// == Arguments ==

// An __index__ in the range of int: what the format "i" of the C API takes.
Result<int> int_argument(Object* object);
// TypeError "f() argument 1 must be str, not int" unless it is a str.
Result<Str> str_argument(Object* object, const char* function, int position);
// None or an instance of tzinfo; TypeError.
Result<void> check_zone(Object* zone);
// The arguments of a constructor, with the texts of functions without a name. `out` gets borrowed objects; converts the
// first `integers` of them and `fold` (the last, keyword-only, if has_fold).
struct ConstructorSpec {
  const char* const* names;
  int count, required, positional;
};
Result<void> parse_constructor(const ConstructorSpec& spec, Object* const* args, isize nargs, Opt<Tuple*> keyword_names,
                               int* numbers, Object** zone);
// tp_new from the same function that serves vector calls.
using VectorConstructor = Result<Object> (*)(Type* type, Object* const* args, isize nargs, Opt<Tuple*> keyword_names);
Result<Object> construct_from_tuple(VectorConstructor function, Type* type, Object* args, Object* kwargs);

// == timedelta ==

// OverflowError "days=…; must have magnitude <= 999999999". The parts are in their ranges but for days.
Result<Object> delta_new(int days, int seconds, int microseconds, Type* type = &delta_type);
Result<Object> delta_from_microseconds(i128 microseconds, Type* type = &delta_type);
inline i128 delta_microseconds(const Delta* d) {
  return (static_cast<i128>(d->days) * kSecondsPerDay + d->seconds) * kMicrosecondsPerSecond + d->microseconds;
}
inline i128 delta_microseconds(const Object* d) { return delta_microseconds(static_cast<const Delta*>(d)); }
inline bool delta_is_zero(const Object* o) {
  const Delta* d = static_cast<const Delta*>(o);
  return d->days == 0 && d->seconds == 0 && d->microseconds == 0;
}
Py_hash_t delta_hash(Delta* d);
Result<Object> delta_total_seconds(Delta* d);
// Strictly within a day: what offsets from UTC may be.
inline bool delta_within_day(const Object* o) {
  const Delta* d = static_cast<const Delta*>(o);
  return d->days == 0 || (d->days == -1 && (d->seconds > 0 || d->microseconds > 0));
}

// == date ==

Result<void> check_day(const Day& day);
Result<void> check_clock(const Clock& clock, int fold);
Result<Object> date_new(const Day& day, Type* type = &date_type);
// cls(year, month, day), with the constructor of subclasses; also for datetime.
Result<Object> date_new_for(Object* cls, const Day& day);
Result<Object> date_from_timestamp(Object* cls, Object* timestamp);
Result<Object> date_isoformat(Object* date);

// == time and datetime ==

Result<Object> time_new(const Clock& clock, Object* zone, int fold, Type* type = &time_type);
Result<Object> datetime_new(const Day& day, const Clock& clock, Object* zone, int fold, Type* type = &datetime_type);
// cls(year, …, tzinfo) with the constructor of subclasses; the fold is put in afterwards.
Result<Object> datetime_new_for(Object* cls, const Day& day, const Clock& clock, Object* zone, int fold);
// `sign` 1 or -1. OverflowError "date value out of range". The result has the type of `self`.
Result<Object> datetime_shift(DateTime* self, const Delta* delta, int sign);
// Seconds since the start of ordinal 0, without zone.
inline i64 to_seconds(const Day& day, const Clock& clock) {
  return i64{to_ordinal(day)} * kSecondsPerDay + clock.hour * 3600 + clock.minute * 60 + clock.second;
}
inline constexpr i64 kEpochSeconds = i64{kEpochOrdinal} * kSecondsPerDay;
// The difference of two datetimes, zones regarded (TypeError if only one has an offset).
Result<Object> datetime_difference(DateTime* left, DateTime* right);

Py_hash_t hash_packed(const u8* data, usize size);
Result<Object> compare_result(int order, int op);
// The bytes of a pickled date, time or datetime (`kind`), or a str of them from Python 2: `size` of them, of which
// number `at` passes `check`. Absent if the argument is something else.
Maybe<Bytes> pickled_state(Object* state, isize size, isize at, bool (*check)(unsigned byte), const char* kind);

// == Zones ==

// zone.utcoffset(argument) or zone.dst(argument): a timedelta within a day, or None. `zone` may be None.
Result<Object> call_utcoffset(Object* zone, Object* argument);
Result<Object> call_dst(Object* zone, Object* argument);
// A str or None.
Result<Object> call_tzname(Object* zone, Object* argument);
// `name` may be null; then a zero offset gives utc itself.
Result<Object> timezone_new(Object* offset, Object* name);
Result<Object> tzinfo_getinitargs(Object* self);

// == Clocks and local time (local_time.cpp) ==

Result<void> local_tm(i64 timestamp, tm& fields);
Result<void> utc_tm(i64 timestamp, tm& fields);
// The local time's seconds since the start of ordinal 0. ValueError "year … is out of range".
Result<i64> to_local_seconds(i64 timestamp);
// Of a local time without zone: seconds since the epoch, by the rules of PEP 495.
Result<i64> from_local_seconds(const Day& day, const Clock& clock, int fold);
enum class Rounding { kFloor, kHalfEven };
// A number as seconds and microseconds since the epoch.
Result<void> split_timestamp(Object* timestamp, Rounding rounding, i64& seconds, int& microseconds);
// cls(…) of a time in UTC (`utc`) or local time; finds the fold of local times.
Result<Object> datetime_from_seconds(Object* cls, bool utc, i64 seconds, int microseconds, Object* zone);
Result<Object> datetime_from_timestamp(Object* cls, Object* timestamp, Object* zone);
// The zone that the system has at that time.
Result<Object> local_zone(i64 timestamp);
void now(i64& seconds, int& microseconds);

// == Text (text.cpp, iso_text.cpp) ==

// Writes `value` with exactly `width` digits, gives the place behind.
char* put_digits(char* place, int value, int width);
char* put_day(char* place, const Day& day);
enum class Precision { kAuto, kHours, kMinutes, kSeconds, kMilliseconds, kMicroseconds };
Result<Precision> precision_argument(Opt<Object*> timespec, const char* function, int position);
char* put_clock(char* place, const Clock& clock, Precision precision);
// "+HH:MM[:SS[.ffffff]]" with `separator` instead of the colons (0: none).
char* put_offset(char* place, const Object* delta, const char* separator);
inline constexpr int kMaxOffsetText = 32, kMaxText = 80;
// "Thu Jan  2 03:04:05 2020"
Result<Str> ctime_text(const Day& day, const Clock& clock);
// The C library's strftime with %z, %Z and %f of the object; `time_tuple` is passed to time.strftime.
Result<Object> format_time(Object* self, Str* format, Object* time_tuple, Object* zone, Object* argument,
                           int microsecond);
// time.struct_time of these fields.
Result<Object> make_struct_time(const Day& day, const Clock& clock, int is_dst);
// format(self, spec) of date, time and datetime.
Result<Object> format_with_strftime(Object* self, Object* spec);

// Characters of an ISO text, one byte each; what is not ASCII is a byte that fits nowhere.
struct IsoText {
  const char *begin, *end;
  Ref<Bytes> copy;  // of texts that are not ASCII
  isize size() const { return end - begin; }
};
Result<void> read_iso_text(Str* source, IsoText& text);
// YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D]; false if it is none of them.
bool parse_iso_day(const char* begin, const char* end, Day& day);
struct IsoTime {
  Clock clock{};
  bool has_zone = false;
  i64 offset = 0;  // microseconds
};
bool parse_iso_time(const char* begin, const char* end, IsoTime& time);
// Index of the character between the date and the time.
isize find_iso_separator(const char* text, isize size);
Result<Object> iso_zone(const IsoTime& time);
Error raise_invalid_iso(Object* text);

Result<Object> iso_calendar_new(const IsoDay& day);
}  // namespace adder::datetimes
