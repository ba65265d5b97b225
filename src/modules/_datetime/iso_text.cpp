// _datetime/iso_text: reading ISO 8601: what fromisoformat() takes.
//
// See        library reference "datetime.fromisoformat"; ISO 8601-1:2019
#include "modules/_datetime/operations.h"

namespace adder::datetimes {
namespace {
constexpr char kForeign = static_cast<char>(0xff);  // stands for what is not ASCII
}

Result<void> read_iso_text(Str* source, IsoText& text) {
  isize size = str_length(source);
  if (str_is_ascii(source)) {
    text.begin = reinterpret_cast<const char*>(str_data_1(source));
  } else {
    text.copy = TRY(bytes_new(size));
    char* bytes = bytes_data(text.copy);
    for (isize i = 0; i < size; ++i) {
      Py_UCS4 character = str_read_char(source, i);
      bytes[i] = character < 0x80 ? static_cast<char>(character) : kForeign;
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

// How a time was read: not at all, as a whole, or with one character too many at the end.
enum class Reading { kInvalid, kWhole, kTooLong };

// HH[:MM[:SS[.ffffff…]]] with or without colons, up to `end`, behind which a character can be read. More lenient than
// the standard, as CPython 3.11: the fraction needs no decimal sign, and what closes the time may stand before the
// zone.
Reading parse_clock(const char* place, const char* end, Clock& clock) {
  int* const parts[] = {&clock.hour, &clock.minute, &clock.second};
  bool separated = false;
  for (int i = 0; i < 3; ++i) {
    if (!take_digits(place, end, 2, *parts[i])) return Reading::kInvalid;
    if (place == end) return Reading::kWhole;
    char next = *place++;
    if (i == 0) separated = next == ':';
    if (place == end) return next == kForeign ? Reading::kInvalid : Reading::kTooLong;
    if (next == '.' || next == ',') break;
    if (separated && next != ':') return Reading::kInvalid;
    if (!separated) --place;
  }
  int digits = end - place < 6 ? static_cast<int>(end - place) : 6;
  if (!take_digits(place, end, digits, clock.microsecond)) return Reading::kInvalid;
  for (; digits < 6; ++digits) clock.microsecond *= 10;
  while (place != end && is_digit(*place)) ++place;  // finer than we keep
  return place == end ? Reading::kWhole : Reading::kTooLong;
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
    return iso.year >= kMinYear && from_iso(iso, day) == IsoProblem::kNone;
  }
  if (!take_digits(place, end, 2, day.month)) return false;
  if (separated && !take(place, end, '-')) return false;
  return take_digits(place, end, 2, day.day);
}

bool parse_iso_time(const char* begin, const char* end, IsoTime& time) {
  const char* zone = begin;
  while (zone != end && *zone != '+' && *zone != '-' && *zone != 'Z') ++zone;
  Reading reading = parse_clock(begin, zone, time.clock);
  if (reading == Reading::kInvalid) return false;
  if (zone == end) return reading == Reading::kWhole;
  time.has_zone = true;
  if (*zone == 'Z') return zone + 1 == end;
  Clock offset{};
  if (parse_clock(zone + 1, end, offset) != Reading::kWhole) return false;
  time.offset =
      (offset.hour * i64{3600} + offset.minute * 60 + offset.second) * kMicrosecondsPerSecond + offset.microsecond;
  if (*zone == '-') time.offset = -time.offset;
  return true;
}

Result<Object> iso_zone(const IsoTime& time) {
  if (!time.has_zone) return none_result();
  if (time.offset == 0) return new_ref<Object>(&utc);
  Ref<Object> offset = TRY(delta_from_microseconds(time.offset));
  return timezone_new(offset, nullptr);
}

// Dates have 7, 8 or 10 characters. "YYYYWww" may be followed by a day or by a separator that is a digit: an even
// number of characters up to the end of the digits means that the time has whole pairs after "YYYYWww" and a separator.
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
