// _datetime/local_time: the system's clock and its time zone.
//
// Folds      PEP 495: a local time that occurs twice has fold 1 the second time. The C library is asked a day before:
// no zone
//            has ever turned its clocks back by more.
#include <cerrno>
#include <cmath>
#include <ctime>

#include "modules/_datetime/operations.h"
#include "types/float.h"

namespace adder::datetimes {
namespace {
constexpr i64 kLongestFold = kSecondsPerDay;

Result<void> fill(tm* (*convert)(const time_t*, tm*), i64 timestamp, tm& fields) {
  time_t when = timestamp;
  errno = 0;
  if (convert(&when, &fields)) return {};
  if (errno == 0) errno = EINVAL;
  return raise_errno(OSError);
}
Day day_of(const tm& time) { return {time.tm_year + 1900, time.tm_mon + 1, time.tm_mday}; }
Clock clock_of(const tm& time) { return {time.tm_hour, time.tm_min, time.tm_sec, 0}; }
}  // namespace

Result<void> local_tm(i64 timestamp, tm& fields) { return fill(::localtime_r, timestamp, fields); }
Result<void> utc_tm(i64 timestamp, tm& fields) { return fill(::gmtime_r, timestamp, fields); }

void now(i64& seconds, int& microseconds) {
  timespec time;
  ::clock_gettime(CLOCK_REALTIME, &time);
  seconds = time.tv_sec;
  microseconds = static_cast<int>(time.tv_nsec / 1000);
}

Result<i64> to_local_seconds(i64 timestamp) {
  tm fields;
  TRY(local_tm(timestamp, fields));
  Day day = day_of(fields);
  if (day.year < kMinYear || day.year > kMaxYear) return raise(ValueError, "year %i is out of range", day.year);
  return to_seconds(day, clock_of(fields));
}

// Looks for the u with local(u) = wall: guesses with the offset at the wall time taken as UTC, then with the offset on
// the other side of a possible transition.
Result<i64> from_local_seconds(const Day& day, const Clock& clock, int fold) {
  i64 wall = to_seconds(day, clock) - kEpochSeconds;
  auto local = [](i64 u) -> Result<i64> {
    return TRY(to_local_seconds(u))
    -kEpochSeconds;
  };
  i64 offset = TRY(local(wall))
  -wall;
  i64 first = wall - offset;
  i64 first_wall = TRY(local(first));
  i64 other_offset;
  if (first_wall == wall) {
    i64 probe = first + (fold ? kLongestFold : -kLongestFold);
    other_offset = TRY(local(probe))
    -probe;
    if (other_offset == offset) return first;
  } else {
    other_offset = first_wall - first;
  }
  i64 second = wall - other_offset;
  if (TRY(local(second)) == wall) return second;
  if (first_wall == wall) return first;
  // A wall time that the clocks skipped: fold tells which of both offsets to extend.
  return fold ? (first < second ? first : second) : (first < second ? second : first);
}

Result<void> split_timestamp(Object* timestamp, Rounding rounding, i64& seconds, int& microseconds) {
  constexpr const char* kOutOfRange = "timestamp out of range for platform time_t";
  if (is_float(timestamp)) {
    double value = float_value(as<Float>(timestamp)), whole;
    if (std::isnan(value)) return raise(ValueError, "Invalid value NaN (not a number)");
    double part = std::modf(value, &whole) * kMicrosecondsPerSecond;
    part = rounding == Rounding::kFloor ? std::floor(part) : std::nearbyint(part);
    if (part >= kMicrosecondsPerSecond)
      part -= kMicrosecondsPerSecond, whole += 1;
    else if (part < 0)
      part += kMicrosecondsPerSecond, whole -= 1;
    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) return raise(OverflowError, kOutOfRange);
    seconds = static_cast<i64>(whole);
    microseconds = static_cast<int>(part);
    return {};
  }
  Ref<Object> index = TRY(number_index(timestamp));
  int overflow = 0;
  seconds = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow) return raise(OverflowError, kOutOfRange);
  microseconds = 0;
  return {};
}

Result<Object> datetime_from_seconds(Object* cls, bool utc_time, i64 seconds, int microseconds, Object* zone) {
  tm fields;
  TRY(utc_time ? utc_tm(seconds, fields) : local_tm(seconds, fields));
  Day day = day_of(fields);
  Clock clock = clock_of(fields);
  if (clock.second > 59) clock.second = 59;  // a leap second
  clock.microsecond = microseconds;
  int fold = 0;
  if (!utc_time && zone == None) {
    TRY(check_day(day));
    i64 wall = to_seconds(day, clock) - kEpochSeconds;
    i64 before = TRY(to_local_seconds(seconds - kLongestFold))
    -kEpochSeconds;
    i64 jump = wall - before - kLongestFold;
    if (jump < 0) fold = TRY(to_local_seconds(seconds + jump))
    -kEpochSeconds == wall;
  }
  return datetime_new_for(cls, day, clock, zone, fold);
}

Result<Object> datetime_from_timestamp(Object* cls, Object* timestamp, Object* zone) {
  TRY(check_zone(zone));
  i64 seconds;
  int microseconds;
  TRY(split_timestamp(timestamp, Rounding::kHalfEven, seconds, microseconds));
  Ref<Object> datetime = TRY(datetime_from_seconds(cls, zone != None, seconds, microseconds, zone));
  if (zone == None) return datetime;
  return call_method<Object>(zone, names.fromutc, datetime);
}

Result<Object> local_zone(i64 timestamp) {
  tm fields;
  TRY(local_tm(timestamp, fields));
  Ref<Object> offset = TRY(delta_from_microseconds(static_cast<i128>(fields.tm_gmtoff) * kMicrosecondsPerSecond));
  const char* text = fields.tm_zone ? fields.tm_zone : "";
  Ref<Object> name = TRY(str_decode(text, static_cast<isize>(__builtin_strlen(text)), "utf-8", "surrogateescape"));
  return timezone_new(offset, name);
}
}  // namespace adder::datetimes
