// _datetime/calendar: ISO weeks.
#include "modules/_datetime/calendar.h"

namespace adder::datetimes {
namespace {
// The ordinal of the Monday of week 1: the week with the year's first Thursday.
int first_monday(int year) {
  int first = to_ordinal({year, 1, 1});
  int weekday = (first + 6) % 7;
  return first - weekday + (weekday > 3 ? 7 : 0);
}
}  // namespace

IsoDay to_iso(const Day& day) {
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

IsoProblem from_iso(const IsoDay& iso, Day& day) {
  if (iso.week < 1 || iso.week > 53) return IsoProblem::kWeek;
  if (iso.week == 53 && first_monday(iso.year + 1) - first_monday(iso.year) != 53 * 7) return IsoProblem::kWeek;
  if (iso.weekday < 1 || iso.weekday > 7) return IsoProblem::kWeekday;
  day = from_ordinal(first_monday(iso.year) + (iso.week - 1) * 7 + iso.weekday - 1);
  return IsoProblem::kNone;
}
}  // namespace adder::datetimes
