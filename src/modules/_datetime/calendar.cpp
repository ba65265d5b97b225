// _datetime/calendar: days, ordinals, ISO weeks.
//
// Method     years are counted from March, so that the leap day is the last of its year and the lengths of months
// follow the
//            line (153 m + 2) / 5 (E. M. Reingold, N. Dershowitz, "Calendrical Calculations").
#include "modules/_datetime/calendar.h"

namespace adder::datetimes {
namespace {
constexpr i16 kBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
constexpr i8 kLength[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int kDaysPer400Years = 146097, kMarchOffset = 306;  // March 1 of year 0 is ordinal -305

// The ordinal of the Monday of week 1: the week with the year's first Thursday.
int first_monday(int year) {
  int first = to_ordinal({year, 1, 1});
  int weekday = (first + 6) % 7;
  return first - weekday + (weekday > 3 ? 7 : 0);
}
}  // namespace

int days_in_month(int year, int month) { return kLength[month] + (month == 2 && is_leap(year)); }
int days_before_month(int year, int month) { return kBefore[month] + (month > 2 && is_leap(year)); }
int days_before_year(int year) {
  int past = year - 1;
  return past * 365 + past / 4 - past / 100 + past / 400;
}
int to_ordinal(Day day) { return days_before_year(day.year) + days_before_month(day.year, day.month) + day.day; }

Day from_ordinal(int ordinal) {
  i64 since = i64{ordinal} + kMarchOffset - 1;  // days since March 1 of year 0
  int era = static_cast<int>(since / kDaysPer400Years), rest = static_cast<int>(since % kDaysPer400Years);
  int year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
  int day = rest - (365 * year + year / 4 - year / 100);
  int month = (5 * day + 2) / 153;  // 0 is March
  day -= (153 * month + 2) / 5;
  year += era * 400 + (month >= 10);
  return {year, month < 10 ? month + 3 : month - 9, day + 1};
}

IsoDay to_iso(Day day) {
  int ordinal = to_ordinal(day), year = day.year;
  int monday = first_monday(year);
  if (ordinal < monday) {
    // Years before 1 are only needed for January 1 to 3 of year 1, which is a Monday: never.
    monday = first_monday(--year);
  } else if (ordinal - monday >= 52 * 7 && ordinal >= first_monday(year + 1)) {
    monday = first_monday(++year);
  }
  int since = ordinal - monday;
  return {year, since / 7 + 1, since % 7 + 1};
}

IsoProblem from_iso(IsoDay iso, Day& day) {
  if (iso.week < 1 || iso.week > 53) return IsoProblem::kWeek;
  if (iso.week == 53 && first_monday(iso.year + 1) - first_monday(iso.year) != 53 * 7) return IsoProblem::kWeek;
  if (iso.weekday < 1 || iso.weekday > 7) return IsoProblem::kWeekday;
  day = from_ordinal(first_monday(iso.year) + (iso.week - 1) * 7 + iso.weekday - 1);
  return IsoProblem::kNone;
}
}  // namespace adder::datetimes
