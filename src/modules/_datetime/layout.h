// _datetime/layout: the objects of the module as the ABI has them.
//
// Bytes      dates and times are packed big-endian into `data`: year (2), month, day, hour, minute, second, microsecond
// (3). Zone       `fold` and `tzinfo` of time and datetime: an object without a zone may be allocated without room for
// `tzinfo`, so
//            read it through zone_of() only. `fold` lies within the shorter size too.
// See        docs/modules.md, tests/python/test_datetime_.py
#pragma once
#include <cstddef>

#include "object/object.h"

namespace adder::datetimes {
// days from -999999999 to 999999999, 0 <= seconds < 86400, 0 <= microseconds < 1000000.
struct Delta : PyObject {
  Py_hash_t hashcode;  // -1: not computed yet
  int days, seconds, microseconds;
};
struct Date : PyObject {
  Py_hash_t hashcode;
  char hastzinfo;  // meaningless here: datetime, which has it, is a subclass
  u8 data[4];
};
struct Time : PyObject {
  Py_hash_t hashcode;
  char hastzinfo;
  u8 data[6];
  u8 fold;
  Object* tzinfo;  // only if hastzinfo
};
struct DateTime : PyObject {
  Py_hash_t hashcode;
  char hastzinfo;
  u8 data[10];
  u8 fold;
  Object* tzinfo;  // only if hastzinfo
};
// A fixed distance from UTC.
struct TimeZone : PyObject {
  Object* offset;  // a Delta
  Object* name;    // a str, or null
};
// Sizes of objects without a zone: up to `tzinfo`.
inline constexpr usize kShortTime = 32, kShortDateTime = 40;
static_assert(offsetof(Delta, days) == 24 && sizeof(Delta) == 40);
static_assert(offsetof(Date, data) == 25 && sizeof(Date) == 32);
static_assert(offsetof(Time, data) == 25 && offsetof(Time, fold) == 31 && offsetof(Time, tzinfo) == kShortTime &&
              sizeof(Time) == 40);
static_assert(offsetof(DateTime, data) == 25 && offsetof(DateTime, fold) == 35 &&
              offsetof(DateTime, tzinfo) == kShortDateTime && sizeof(DateTime) == 48);

extern Type delta_type, date_type, time_type, datetime_type, tzinfo_type, timezone_type, iso_calendar_type;
// Values that live as long as the process.
extern Delta delta_zero, delta_minimum, delta_maximum, delta_microsecond, delta_day;
extern Date date_minimum, date_maximum;
extern Time time_minimum, time_maximum;
extern DateTime datetime_minimum, datetime_maximum, datetime_epoch;
extern TimeZone utc, timezone_minimum, timezone_maximum;

inline bool is_delta(const Object* o) { return type_check(o, &delta_type); }
inline bool is_date(const Object* o) { return type_check(o, &date_type); }
inline bool is_time(const Object* o) { return type_check(o, &time_type); }
inline bool is_datetime(const Object* o) { return type_check(o, &datetime_type); }
inline bool is_tzinfo(const Object* o) { return type_check(o, &tzinfo_type); }
inline bool is_timezone(const Object* o) { return o->ob_type == &timezone_type; }

// A calendar day, a time of day, and both.
struct Day {
  int year, month, day;
};
struct Clock {
  int hour, minute, second, microsecond;
};
inline Day day_of(const u8* data) { return {data[0] << 8 | data[1], data[2], data[3]}; }
inline Clock clock_of(const u8* data) { return {data[0], data[1], data[2], data[3] << 16 | data[4] << 8 | data[5]}; }
// Of dates and datetimes.
inline Day day_of(const Object* o) { return day_of(static_cast<const Date*>(o)->data); }
inline Clock clock_of(const Time* t) { return clock_of(t->data); }
inline Clock clock_of(const DateTime* t) { return clock_of(t->data + 4); }
inline void pack_day(u8* data, const Day& d) {
  data[0] = static_cast<u8>(d.year >> 8);
  data[1] = static_cast<u8>(d.year);
  data[2] = static_cast<u8>(d.month);
  data[3] = static_cast<u8>(d.day);
}
inline void pack_clock(u8* data, const Clock& c) {
  data[0] = static_cast<u8>(c.hour);
  data[1] = static_cast<u8>(c.minute);
  data[2] = static_cast<u8>(c.second);
  data[3] = static_cast<u8>(c.microsecond >> 16);
  data[4] = static_cast<u8>(c.microsecond >> 8);
  data[5] = static_cast<u8>(c.microsecond);
}
// The zone or None; borrowed.
inline Object* zone_of(const Time* t) { return t->hastzinfo ? t->tzinfo : None; }
inline Object* zone_of(const DateTime* t) { return t->hastzinfo ? t->tzinfo : None; }
}  // namespace adder::datetimes
