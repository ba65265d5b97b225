// _datetime/text: dates, times and offsets as text, strftime, time tuples.
#include <string_view>

#include "import/import.h"
#include "modules/_datetime/operations.h"
#include "types/tuple.h"

namespace adder::datetimes {
char* put_digits(char* place, int value, int width) {
  for (int i = width; --i >= 0; value /= 10) place[i] = static_cast<char>('0' + value % 10);
  return place + width;
}
char* put_day(char* place, const Day& day) {
  place = put_digits(place, day.year, 4);
  *place++ = '-';
  place = put_digits(place, day.month, 2);
  *place++ = '-';
  return put_digits(place, day.day, 2);
}
char* put_clock(char* place, const Clock& clock, Precision precision) {
  if (precision == Precision::kAuto) precision = clock.microsecond ? Precision::kMicroseconds : Precision::kSeconds;
  place = put_digits(place, clock.hour, 2);
  if (precision == Precision::kHours) return place;
  *place++ = ':';
  place = put_digits(place, clock.minute, 2);
  if (precision == Precision::kMinutes) return place;
  *place++ = ':';
  place = put_digits(place, clock.second, 2);
  if (precision == Precision::kSeconds) return place;
  *place++ = '.';
  if (precision == Precision::kMilliseconds) return put_digits(place, clock.microsecond / 1000, 3);
  return put_digits(place, clock.microsecond, 6);
}
char* put_offset(char* place, const Object* delta, const char* separator) {
  i64 value = static_cast<i64>(delta_microseconds(delta));
  *place++ = value < 0 ? '-' : '+';
  if (value < 0) value = -value;
  int seconds = static_cast<int>(value / kMicrosecondsPerSecond),
      microseconds = static_cast<int>(value % kMicrosecondsPerSecond);
  place = put_digits(place, seconds / 3600, 2);
  if (*separator) *place++ = *separator;
  place = put_digits(place, seconds / 60 % 60, 2);
  if (seconds % 60 == 0 && microseconds == 0) return place;
  if (*separator) *place++ = *separator;
  place = put_digits(place, seconds % 60, 2);
  if (microseconds == 0) return place;
  *place++ = '.';
  return put_digits(place, microseconds, 6);
}

Result<Precision> precision_argument(Opt<Object*> timespec, const char* function, int position) {
  if (!timespec) return Precision::kAuto;
  Ref<Str> text = TRY(str_argument(*timespec, function, position));
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return Error{};
  std::string_view given = utf8;
  if (given.find('\0') != given.npos) return raise(ValueError, "embedded null character");
  static constexpr struct {
    std::string_view name;
    Precision precision;
  } precisions[] = {
      {"auto", Precision::kAuto},
      {"hours", Precision::kHours},
      {"minutes", Precision::kMinutes},
      {"seconds", Precision::kSeconds},
      {"milliseconds", Precision::kMilliseconds},
      {"microseconds", Precision::kMicroseconds},
  };
  for (const auto& candidate : precisions) {
    if (given == candidate.name) return candidate.precision;
  }
  return raise(ValueError, "Unknown timespec value");
}

Result<Str> ctime_text(const Day& day, const Clock& clock) {
  static constexpr char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static constexpr char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return str_from_format("%s %s %2d %02d:%02d:%02d %04d", days[weekday_of(day)], months[day.month - 1], day.day,
                         clock.hour, clock.minute, clock.second, day.year);
}

namespace {
// What stands for %z and %Z.
Result<Str> offset_text(Object* zone, Object* argument) {
  Ref<Object> offset = TRY(call_utcoffset(zone, argument));
  if (offset == None) return new_ref(str_empty());
  char text[kMaxOffsetText];
  return str_from_latin1({text, static_cast<usize>(put_offset(text, offset, "") - text)});
}
Result<Str> name_text(Object* zone, Object* argument) {
  Ref<Object> name = TRY(call_tzname(zone, argument));
  if (name == None) return new_ref(str_empty());
  // The C library reads it once more.
  Ref<Str> percent = TRY(str_from_ordinal('%'))
  , escaped = TRY(str_from_latin1("%%"));
  if (is_str_exact(name)) return str_replace(as<Str>(name.get()), percent, escaped, -1);
  Ref<Str> method = TRY(str_from_latin1("replace"));
  Ref<Object> replaced = TRY(call_method<Object, Object>(name, method, percent, escaped));
  if (!is_str(replaced)) return raise(TypeError, "tzname.replace() did not return a string");
  return as<Str>(std::move(replaced));
}

// The format with %z, %Z and %f replaced.
Result<Str> expand(Str* format, Object* zone, Object* argument, int microsecond) {
  Utf8 text = str_as_utf8(format);
  if (!text) return Error{};
  std::string_view rest = text;
  StrWriter writer(str_length(format) + 16);
  Ref<Str> offset, name;  // asked for once at most
  for (;;) {
    usize percent = rest.find('%');
    if (percent == rest.npos || percent + 1 == rest.size()) {
      TRY(writer.write_utf8(rest));
      return writer.finish();
    }
    char code = rest[percent + 1];
    bool known = code == 'z' || code == 'Z' || code == 'f';
    // A code that is not ours may be the first byte of a longer character: only the percent sign is passed over then.
    usize taken = code == '%' || known ? 2 : 1;
    TRY(writer.write_utf8(rest.substr(0, known ? percent : percent + taken)));
    rest.remove_prefix(percent + taken);
    if (code == 'z') {
      if (!offset) offset = TRY(offset_text(zone, argument));
      TRY(writer.write_str(offset));
    } else if (code == 'Z') {
      if (!name) name = TRY(name_text(zone, argument));
      TRY(writer.write_str(name));
    } else if (code == 'f') {
      char digits[6];
      put_digits(digits, microsecond, 6);
      TRY(writer.write_ascii({digits, sizeof digits}));
    }
  }
}
}  // namespace

Result<Object> format_time(Object*, Str* format, Object* time_tuple, Object* zone, Object* argument, int microsecond) {
  Ref<Str> expanded = TRY(expand(format, zone, argument, microsecond));
  Ref<Object> module = TRY(import_module(names.time));
  return call_method<Object, Object>(module, names.strftime, expanded, time_tuple);
}

Result<Object> format_with_strftime(Object* self, Object* spec) {
  Ref<Str> text = TRY(str_argument(spec, "__format__", 1));
  if (str_length(text) == 0) return object_str(self);
  return call_method<Object>(self, names.strftime, text);
}

Result<Object> make_struct_time(const Day& day, const Clock& clock, int is_dst) {
  const int fields[] = {day.year,     day.month,    day.day,         clock.hour,
                        clock.minute, clock.second, weekday_of(day), days_before_month(day.year, day.month) + day.day,
                        is_dst};
  Ref<Tuple> tuple = TRY(tuple_new(9));
  for (isize i = 0; i < 9; ++i) tuple_init_item(tuple, i, TRY(int_from_i64(fields[i])));
  Ref<Object> module = TRY(import_module(names.time));
  return call_method<Object>(module, names.struct_time, tuple);
}
}  // namespace adder::datetimes
