// _datetime/calendar: the proleptic Gregorian calendar in numbers. Ordinal 1 is January 1 of year 1.
#pragma once
#include "modules/_datetime/layout.h"

namespace adder::datetimes {
inline constexpr int kMinYear = 1, kMaxYear = 9999, kMaxOrdinal = 3652059;
inline constexpr int kSecondsPerDay = 86400, kMicrosecondsPerSecond = 1000000;
inline constexpr i64 kMicrosecondsPerDay = i64{kSecondsPerDay} * kMicrosecondsPerSecond;
inline constexpr int kEpochOrdinal = 719163;  // 1970-01-01

inline bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
namespace calendar_detail {
inline constexpr i16 kBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
inline constexpr i8 kLength[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
}  // namespace calendar_detail
inline int days_in_month(int year, int month) {
  return calendar_detail::kLength[month] + (month == 2 && is_leap(year));
}
// Days of the year before the month's first.
inline int days_before_month(int year, int month) {
  return calendar_detail::kBefore[month] + (month > 2 && is_leap(year));
}
inline int days_before_year(int year) {
  int past = year - 1;
  return past * 365 + past / 4 - past / 100 + past / 400;
}
// Inline, because a struct of three ints that travels by value goes through memory.
inline int to_ordinal(const Day& day) {
  return days_before_year(day.year) + days_before_month(day.year, day.month) + day.day;
}
// For ordinals from 1 on; the year may lie beyond kMaxYear. Years are counted from March here, so that the leap day is
// the last of its year and the lengths of months follow the line (153 m + 2) / 5 (E. M. Reingold, N. Dershowitz,
// "Calendrical Calculations").
inline Day from_ordinal(int ordinal) {
  constexpr int kDaysPer400Years = 146097, kMarchOffset = 306;  // March 1 of year 0 is ordinal -305
  u32 since = static_cast<u32>(ordinal) + kMarchOffset - 1;
  u32 era = since / kDaysPer400Years, rest = since % kDaysPer400Years;
  u32 year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
  u32 day = rest - (365 * year + year / 4 - year / 100);
  u32 month = (5 * day + 2) / 153;  // 0 is March
  day -= (153 * month + 2) / 5;
  year += era * 400 + (month >= 10);
  return {static_cast<int>(year), static_cast<int>(month < 10 ? month + 3 : month - 9), static_cast<int>(day + 1)};
}
// 0 is Monday.
inline int weekday_of(const Day& day) { return (to_ordinal(day) + 6) % 7; }

struct IsoDay {
  int year, week, weekday;  // weekday 1 is Monday
};
IsoDay to_iso(const Day& day);
enum class IsoProblem { kNone, kWeek, kWeekday };
// The day may lie outside the years that dates have.
IsoProblem from_iso(const IsoDay& iso, Day& day);

// Floor division with a positive divisor; the rest is what stays in `value`.
template <class T>
T take_quotient(T& value, T divisor) {
  T quotient = value / divisor;
  value -= quotient * divisor;
  if (value < 0) value += divisor, --quotient;
  return quotient;
}
}  // namespace adder::datetimes
