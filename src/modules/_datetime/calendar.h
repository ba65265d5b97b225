// _datetime/calendar: the proleptic Gregorian calendar in numbers. Ordinal 1 is January 1 of year 1.
#pragma once
#include "modules/_datetime/layout.h"

namespace adder::datetimes {
inline constexpr int kMinYear = 1, kMaxYear = 9999, kMaxOrdinal = 3652059;
inline constexpr int kSecondsPerDay = 86400, kMicrosecondsPerSecond = 1000000;
inline constexpr i64 kMicrosecondsPerDay = i64{kSecondsPerDay} * kMicrosecondsPerSecond;
inline constexpr int kEpochOrdinal = 719163;  // 1970-01-01

inline bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in_month(int year, int month);
// Days of the year before the month's first.
int days_before_month(int year, int month);
int days_before_year(int year);
int to_ordinal(Day day);
// For ordinals from 1 on; the year may lie beyond kMaxYear.
Day from_ordinal(int ordinal);
// 0 is Monday.
inline int weekday_of(Day day) { return (to_ordinal(day) + 6) % 7; }

struct IsoDay {
  int year, week, weekday;  // weekday 1 is Monday
};
IsoDay to_iso(Day day);
enum class IsoProblem { kNone, kWeek, kWeekday };
// The day may lie outside the years that dates have.
IsoProblem from_iso(IsoDay iso, Day& day);

// Floor division with a positive divisor; the rest is what stays in `value`.
template <class T>
T take_quotient(T& value, T divisor) {
  T quotient = value / divisor;
  value -= quotient * divisor;
  if (value < 0) value += divisor, --quotient;
  return quotient;
}
}  // namespace adder::datetimes
