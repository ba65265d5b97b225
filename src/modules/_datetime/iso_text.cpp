// _datetime/iso_text: reading ISO 8601: what fromisoformat() takes.
//
// See        library reference "datetime.fromisoformat"; ISO 8601-1:2019
#include "modules/_datetime/operations.h"

namespace adder::datetimes {
Result<void> read_iso_text(Str* source, IsoText& text) {
  isize size = str_length(source);
  if (str_is_ascii(source)) {
    text.begin = reinterpret_cast<const char*>(str_data_1(source));
  } else {
    text.copy = TRY(bytes_new(size));
    char* bytes = bytes_data(text.copy);
    for (isize i = 0; i < size; ++i) {
      Py_UCS4 character = str_read_char(source, i);
      bytes[i] = static_cast<char>(character < 0x80 ? character : 0xff);
    }
    text.begin = bytes;
  }
  text.end = text.begin + size;
  return {};
}

Error raise_invalid_iso(Object* text) { return raise(ValueError, "Invalid isoformat string: %R", text); }

namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `count` digits; false if there are not so many.
bool take_digits(const char*& place, const char* end, int count, int& value) {
  if (end - place < count) return false;
  value = 0;
  for (; count > 0; --count, ++place) {
    if (!is_digit(*place)) return false;
    value = value * 10 + (*place - '0');
  }
  return true;
}
bool take(const char*& place, const char* end, char expected) {
  if (place == end || *place != expected) return false;
  ++place;
  return true;
}

// HH[:MM[:SS[.ffffff…]]] with or without colons, up to `end`.
bool parse_clock(const char* place, const char* end, Clock& clock) {
  int* const parts[] = {&clock.hour, &clock.minute, &clock.second};
  bool separated = false;
  for (int i = 0; i < 3; ++i) {
    if (!take_digits(place, end, 2, *parts[i])) return false;
    if (place == end) return true;
    if (i == 0) separated = *place == ':';
    if (*place == '.' || *place == ',') break;
    if (i == 2) return false;
    if (separated && !take(place, end, ':')) return false;
  }
  ++place;  // the decimal sign
  int digits = end - place < 6 ? static_cast<int>(end - place) : 6;
  if (!take_digits(place, end, digits, clock.microsecond)) return false;
  for (; digits < 6; ++digits) clock.microsecond *= 10;
  while (place != end && is_digit(*place)) ++place;  // finer than we keep
  return place == end;
}
}  // namespace

bool parse_iso_day(const char* place, const char* end, Day& day) {
  if (!take_digits(place, end, 4, day.year)) return false;
  bool separated = take(place, end, '-');
  if (take(place, end, 'W')) {
    IsoDay iso{day.year, 0, 1};
    if (!take_digits(place, end, 2, iso.week)) return false;
    if (place != end) {
      if (separated && !take(place, end, '-')) return false;
      if (!take_digits(place, end, 1, iso.weekday)) return false;
    }
    return place == end && iso.year >= kMinYear && from_iso(iso, day) == IsoProblem::kNone;
  }
  if (!take_digits(place, end, 2, day.month)) return false;
  if (separated && !take(place, end, '-')) return false;
  return take_digits(place, end, 2, day.day) && place == end;
}

bool parse_iso_time(const char* begin, const char* end, IsoTime& time) {
  const char* zone = begin;
  while (zone != end && *zone != '+' && *zone != '-' && *zone != 'Z') ++zone;
  if (!parse_clock(begin, zone, time.clock)) return false;
  if (zone == end) return true;
  time.has_zone = true;
  if (*zone == 'Z') return zone + 1 == end;
  Clock offset{};
  if (!parse_clock(zone + 1, end, offset)) return false;
  time.offset = (offset.hour * i64{3600} + offset.minute * 60 + offset.second) * kMicrosecondsPerSecond + offset.microsecond;
  if (*zone == '-') time.offset = -time.offset;
  return true;
}

Result<Object> iso_zone(const IsoTime& time) {
  if (!time.has_zone) return none_result();
  if (time.offset == 0) return new_ref<Object>(&utc);
  Ref<Object> offset = TRY(delta_from_microseconds(time.offset));
  return timezone_new(offset, nullptr);
}

// Dates have 7, 8 or 10 characters. "YYYYWww" may be followed by a day or by a separator that is a digit: an even number of
// characters up to the end of the digits means that the time has whole pairs after "YYYYWww" and a separator.
isize find_iso_separator(const char* text, isize size) {
  if (size == 7) return 7;
  if (text[4] == '-') {
    if (text[5] != 'W') return 10;
    if (size > 8 && text[8] == '-') {
      // "YYYY-Www-##": the hyphen is more likely the separator than a digit.
      return size > 10 && is_digit(text[10]) ? 8 : 10;
    }
    return 8;
  }
  if (text[4] != 'W') return 8;
  isize digits = 7;
  while (digits < size && is_digit(text[digits])) ++digits;
  if (digits < 9) return digits;
  return digits % 2 == 0 ? 7 : 8;
}
}  // namespace adder::datetimes
