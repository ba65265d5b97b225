// time: clocks, sleeping, calendar times.
//
// See        library reference "time"; tests/python/test_time_.py
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr i64 kBillion = 1000000000;

// == Clocks ==

Result<i64> read_clock(clockid_t clock) {
  timespec time;
  if (::clock_gettime(clock, &time) != 0) return raise_errno(OSError);
  return static_cast<i64>(time.tv_sec) * kBillion + time.tv_nsec;
}
Result<Object> as_seconds(clockid_t clock) {
  i64 nanoseconds = TRY(read_clock(clock));
  return float_from_double(static_cast<double>(nanoseconds) / 1e9);
}
Result<Object> as_nanoseconds(clockid_t clock) { return int_from_i64(TRY(read_clock(clock))); }

#define CLOCK(name, id, text)                                                            \
  constexpr Doc name##_doc = #name "($module, /)\n--\n\n" text;                          \
  Result<Object> name##_seconds(Module*) { return as_seconds(id); }                      \
  constexpr Doc name##_ns_doc = #name "_ns($module, /)\n--\n\n" text " In nanoseconds."; \
  Result<Object> name##_nanoseconds(Module*) { return as_nanoseconds(id); }
CLOCK(time, CLOCK_REALTIME,
      "Return the current time in seconds since the Epoch.\nFractions of a second may be present if the system clock "
      "provides them.")
CLOCK(monotonic, CLOCK_MONOTONIC, "Monotonic clock, cannot go backward.")
CLOCK(perf_counter, CLOCK_MONOTONIC, "Performance counter for benchmarking.")
CLOCK(process_time, CLOCK_PROCESS_CPUTIME_ID, "Process time for profiling: sum of the kernel and user-space CPU time.")
CLOCK(thread_time, CLOCK_THREAD_CPUTIME_ID, "Thread time for profiling: sum of the kernel and user-space CPU time.")

constexpr Doc clock_gettime_doc =
    "clock_gettime($module, clk_id, /)\n--\n\nReturn the time of the specified clock clk_id as a float.";
Result<Object> clock_gettime_function(Module*, int clock) { return as_seconds(clock); }
constexpr Doc clock_gettime_ns_doc =
    "clock_gettime_ns($module, clk_id, /)\n--\n\nReturn the time of the specified clock clk_id as nanoseconds (int).";
Result<Object> clock_gettime_ns_function(Module*, int clock) { return as_nanoseconds(clock); }
constexpr Doc clock_getres_doc =
    "clock_getres($module, clk_id, /)\n--\n\nReturn the resolution (precision) of the specified clock clk_id.";
Result<double> clock_getres_function(Module*, int clock) {
  timespec resolution;
  if (::clock_getres(clock, &resolution) != 0) return raise_errno(OSError);
  return static_cast<double>(resolution.tv_sec) + 1e-9 * static_cast<double>(resolution.tv_nsec);
}

enum class Rounding { kFloor, kCeiling };
// Seconds (float, int or index) to nanoseconds.
Result<i64> nanoseconds_of(Object* seconds, Rounding rounding) {
  if (is_float(seconds)) {
    double value = float_value(as<Float>(seconds));
    if (std::isnan(value)) return raise(ValueError, "Invalid value NaN (not a number)");
    value *= 1e9;
    value = rounding == Rounding::kFloor ? std::floor(value) : std::ceil(value);
    if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0))
      return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
    return static_cast<i64>(value);
  }
  Ref<Object> index = TRY(number_index(seconds));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  i64 scaled;
  if (overflow || __builtin_mul_overflow(value, kBillion, &scaled))
    return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
  return scaled;
}
timespec to_timespec(i64 nanoseconds) {
  i64 seconds = nanoseconds / kBillion, rest = nanoseconds % kBillion;
  if (rest < 0) --seconds, rest += kBillion;
  timespec time;
  time.tv_sec = seconds;
  time.tv_nsec = rest;
  return time;
}
constexpr Doc clock_settime_doc =
    "clock_settime($module, clk_id, time, /)\n--\n\nSet the time of the specified clock clk_id.";
Result<void> clock_settime_function(Module*, int clock, Object* seconds) {
  timespec time = to_timespec(TRY(nanoseconds_of(seconds, Rounding::kFloor)));
  if (::clock_settime(clock, &time) != 0) return raise_errno(OSError);
  return {};
}
constexpr Doc clock_settime_ns_doc =
    "clock_settime_ns($module, clk_id, time, /)\n--\n\nSet the time of the specified clock clk_id with nanoseconds.";
Result<void> clock_settime_ns_function(Module*, int clock, isize nanoseconds) {
  timespec time = to_timespec(nanoseconds);
  if (::clock_settime(clock, &time) != 0) return raise_errno(OSError);
  return {};
}
constexpr Doc getcpuclockid_doc =
    "pthread_getcpuclockid($module, thread_id, /)\n--\n\nReturn the clk_id of a thread's CPU time clock.";
Result<int> getcpuclockid(Module*, u64 thread_id) {
  clockid_t clock;
  errno = ::pthread_getcpuclockid(thread_id, &clock);
  if (errno) return raise_errno(OSError);
  return static_cast<int>(clock);
}

constexpr Doc sleep_doc =
    "sleep($module, seconds, /)\n--\n\nDelay execution for a given number of seconds.  The argument may be\na floating "
    "point number for subsecond precision.";
Result<void> sleep(Module*, Object* seconds) {
  i64 delay = TRY(nanoseconds_of(seconds, Rounding::kCeiling));
  if (delay < 0) return raise(ValueError, "sleep length must be non-negative");
  i64 now = TRY(read_clock(CLOCK_MONOTONIC))
  , end;
  if (__builtin_add_overflow(now, delay, &end))
    return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
  timespec deadline = to_timespec(end);
  for (;;) {
    int error;
    {
      WithoutGil released;
      error = ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr);
    }
    if (error == 0) return {};
    if (error != EINTR) {
      errno = error;
      return raise_errno(OSError);
    }
    TRY(check_signals());
  }
}

constexpr Doc clock_info_doc = "get_clock_info($module, name, /)\n--\n\nGet information of the specified clock.";
Result<Object> get_clock_info(Module*, Str* name) {
  struct Clock {
    const char *name, *implementation;
    clockid_t id;
    bool monotonic, adjustable;
  };
  static constexpr Clock clocks[] = {
      {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
      {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
      {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
      {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
      {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false},
  };
  for (const Clock& clock : clocks) {
    if (!str_equals(name, clock.name)) continue;
    timespec resolution;
    if (::clock_getres(clock.id, &resolution) != 0) return raise_errno(OSError);
    Ref<Object> info = TRY(namespace_new({}));
    Ref<Object> text = TRY(Result<Object>(str_from_string(clock.implementation)));
    Ref<Object> value = TRY(Result<Object>(
        float_from_double(static_cast<double>(resolution.tv_sec) + 1e-9 * static_cast<double>(resolution.tv_nsec))));
    TRY(object_set_attr(info, "implementation", text));
    TRY(object_set_attr(info, "monotonic", bool_object(clock.monotonic)));
    TRY(object_set_attr(info, "adjustable", bool_object(clock.adjustable)));
    TRY(object_set_attr(info, "resolution", value));
    return info;
  }
  return raise(ValueError, "unknown clock");
}

// == Calendar times ==

Type* struct_time_type;  // made when the module is first loaded; immutable afterwards
PyStructSequence_Field time_fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
    {nullptr, nullptr},
};
PyStructSequence_Desc time_description = {
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and "
    "strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the "
    "same as those defined by\n the C language standard for struct tm.  For example, the value of "
    "the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details.",
    time_fields, 9};

Result<Object> to_struct_time(const tm& time) {
  Ref<Object> result = TRY(struct_sequence_new(struct_time_type));
  const int values[] = {time.tm_year + 1900, time.tm_mon + 1,        time.tm_mday,     time.tm_hour, time.tm_min,
                        time.tm_sec,         (time.tm_wday + 6) % 7, time.tm_yday + 1, time.tm_isdst};
  for (isize i = 0; i < 9; ++i) struct_sequence_set(result, i, TRY(int_from_i64(values[i])));
  struct_sequence_set(result, 9, TRY(str_from_string(time.tm_zone ? time.tm_zone : "")));
  struct_sequence_set(result, 10, TRY(int_from_i64(time.tm_gmtoff)));
  return result;
}
// None is now.
Result<i64> seconds_or_now(Object* seconds) {
  if (seconds == None) return static_cast<i64>(::time(nullptr));
  if (is_float(seconds)) {
    double value = float_value(as<Float>(seconds));
    if (std::isnan(value)) return raise(ValueError, "Invalid value NaN (not a number)");
    value = std::floor(value);
    if (!(value >= -9.2e18 && value <= 9.2e18))
      return raise(OverflowError, "timestamp out of range for platform time_t");
    return static_cast<i64>(value);
  }
  Ref<Object> index = TRY(number_index(seconds));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow) return raise(OverflowError, "timestamp out of range for platform time_t");
  return value;
}
Result<void> local_time(time_t when, tm& time) {
  errno = 0;
  if (!::localtime_r(&when, &time)) return raise_errno(OSError);
  return {};
}
constexpr Doc gmtime_doc = "gmtime($module, seconds=None, /)\n--\n\n";
constexpr const char* gmtime_text =
    "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n                       tm_sec, tm_wday, "
    "tm_yday, tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\nGMT).  When "
    "'seconds' is not passed in, convert the current time instead.\n\nIf the platform supports the "
    "tm_gmtoff and tm_zone, they are available as\nattributes only.";
Result<Object> gmtime_function(Module*, Object* seconds) {
  time_t when = TRY(seconds_or_now(seconds));
  tm time;
  errno = 0;
  if (!::gmtime_r(&when, &time)) return raise_errno(OSError);
  time.tm_zone = "UTC";
  return to_struct_time(time);
}
constexpr Doc localtime_doc = "localtime($module, seconds=None, /)\n--\n\n";
constexpr const char* localtime_text =
    "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n                          "
    "tm_sec,tm_wday,tm_yday,tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing local time.\nWhen "
    "'seconds' is not passed in, convert the current time instead.";
Result<Object> localtime_function(Module*, Object* seconds) {
  tm time;
  TRY(local_time(TRY(seconds_or_now(seconds)), time));
  return to_struct_time(time);
}

// A time tuple's nine integers; `zone` keeps the text of tm_zone alive.
Result<void> from_tuple(Object* object, tm& time, Ref<Object>& zone, const char* function) {
  if (!is_tuple(object)) return raise(TypeError, "Tuple or struct_time argument required");
  Tuple* tuple = as<Tuple>(object);
  std::memset(&time, 0, sizeof time);
  if (tuple_size(tuple) != 9) return raise(TypeError, "%s(): illegal time tuple argument", function);
  int values[9];
  for (isize i = 0; i < 9; ++i) values[i] = TRY(int_as_int(tuple_item(tuple, i)));
  if (values[0] < INT32_MIN + 1900) return raise(OverflowError, "year out of range");
  time.tm_year = values[0] - 1900;
  time.tm_mon = values[1] - 1;
  time.tm_mday = values[2];
  time.tm_hour = values[3];
  time.tm_min = values[4];
  time.tm_sec = values[5];
  time.tm_wday = (values[6] + 1) % 7;
  time.tm_yday = values[7] - 1;
  time.tm_isdst = values[8];
  if (type_of(object) == struct_time_type) {
    Object* name = tuple->ob_item[9];
    if (name && name != None) {
      if (!is_str(name)) return raise(TypeError, "an str is required");
      Utf8 text = str_as_utf8(as<Str>(name));
      if (!text) return Error{};
      time.tm_zone = text.data;
      zone = new_ref(name);
    }
    if (tuple->ob_item[10] && tuple->ob_item[10] != None) time.tm_gmtoff = TRY(int_as_long(tuple->ob_item[10]));
  }
  return {};
}
// Zeros for month and days are taken as ones, as many programs give them.
Result<void> check_time(tm& time) {
  if (time.tm_mon == -1)
    time.tm_mon = 0;
  else if (time.tm_mon < 0 || time.tm_mon > 11)
    return raise(ValueError, "month out of range");
  if (time.tm_mday == 0)
    time.tm_mday = 1;
  else if (time.tm_mday < 0 || time.tm_mday > 31)
    return raise(ValueError, "day of month out of range");
  if (time.tm_hour < 0 || time.tm_hour > 23) return raise(ValueError, "hour out of range");
  if (time.tm_min < 0 || time.tm_min > 59) return raise(ValueError, "minute out of range");
  if (time.tm_sec < 0 || time.tm_sec > 61) return raise(ValueError, "seconds out of range");
  if (time.tm_wday < 0) return raise(ValueError, "day of week out of range");
  if (time.tm_yday == -1)
    time.tm_yday = 0;
  else if (time.tm_yday < 0 || time.tm_yday > 365)
    return raise(ValueError, "day of year out of range");
  return {};
}

constexpr Doc strftime_doc = "strftime($module, format, time_tuple=NULL, /)\n--\n\n";
constexpr const char* strftime_text =
    "strftime(format[, tuple]) -> string\n\nConvert a time tuple to a string according to a format specification.\nSee "
    "the library reference manual for formatting codes. When the time tuple\nis not present, current time as returned "
    "by localtime() is used.";
Result<Object> strftime_function(Module*, Str* format, Opt<Object*> tuple) {
  tm time;
  Ref<Object> zone;
  if (tuple) {
    TRY(from_tuple(tuple.get(), time, zone, "strftime"));
    TRY(check_time(time));
  } else {
    TRY(local_time(::time(nullptr), time));
  }
  if (time.tm_isdst < -1)
    time.tm_isdst = -1;
  else if (time.tm_isdst > 1)
    time.tm_isdst = 1;
  Ref<Object> encoded = TRY(str_as_encoded_string(format, "utf-8", "surrogateescape"));
  Bytes* text = as<Bytes>(encoded.get());
  if (bytes_size(text) == 0) return new_ref(str_empty());
  if (std::strlen(bytes_data(text)) != static_cast<usize>(bytes_size(text)))
    return raise(ValueError, "embedded null character");
  // strftime says nothing about how much it needs; an empty result is one when even much room does not help.
  for (usize room = 1024;; room *= 2) {
    char* buffer = static_cast<char*>(memory::allocate(room));
    if (!buffer) return raise_no_memory();
    usize size = ::strftime(buffer, room, bytes_data(text), &time);
    if (size > 0 || room >= 256 * static_cast<usize>(bytes_size(text))) {
      Result<Object> result = str_decode(buffer, static_cast<isize>(size), "utf-8", "surrogateescape");
      memory::release(buffer);
      return result;
    }
    memory::release(buffer);
  }
}
constexpr Doc strptime_doc = "strptime($module, /, *args)\n--\n\n";
constexpr const char* strptime_text =
    "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format "
    "specification.\nSee the library reference manual for formatting codes (same as\nstrftime()).";
Result<Object> strptime_function(Module*, Tuple* args) {
  Ref<Object> function = TRY(import_attribute("_strptime", "_strptime_time"));
  return object_call(function, args);
}
Result<Object> ascii_time(const tm& time) {
  static constexpr char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return str_from_format("%s %s%3d %02d:%02d:%02d %d", days[time.tm_wday], months[time.tm_mon], time.tm_mday,
                         time.tm_hour, time.tm_min, time.tm_sec, 1900 + time.tm_year);
}
constexpr Doc asctime_doc = "asctime($module, time_tuple=NULL, /)\n--\n\n";
constexpr const char* asctime_text =
    "asctime([tuple]) -> string\n\nConvert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.\nWhen the time "
    "tuple is not present, current time as returned by localtime()\nis used.";
Result<Object> asctime_function(Module*, Opt<Object*> tuple) {
  tm time;
  Ref<Object> zone;
  if (tuple) {
    TRY(from_tuple(tuple.get(), time, zone, "asctime"));
    TRY(check_time(time));
  } else {
    TRY(local_time(::time(nullptr), time));
  }
  return ascii_time(time);
}
constexpr Doc ctime_doc = "ctime($module, seconds=None, /)\n--\n\n";
constexpr const char* ctime_text =
    "ctime(seconds) -> string\n\nConvert a time in seconds since the Epoch to a string in local time.\nThis is "
    "equivalent to asctime(localtime(seconds)). When the time tuple is\nnot present, current time as returned by "
    "localtime() is used.";
Result<Object> ctime_function(Module*, Object* seconds) {
  tm time;
  TRY(local_time(TRY(seconds_or_now(seconds)), time));
  return ascii_time(time);
}
constexpr Doc mktime_doc = "mktime($module, time_tuple, /)\n--\n\n";
constexpr const char* mktime_text =
    "mktime(tuple) -> floating point number\n\nConvert a time tuple in local time to seconds since the Epoch.\nNote "
    "that mktime(gmtime(0)) will not generally return zero for most\ntime zones; instead the returned value will "
    "either be equal to that\nof the timezone or altzone attributes on the time module.";
Result<Object> mktime_function(Module*, Object* tuple) {
  tm time;
  Ref<Object> zone;
  TRY(from_tuple(tuple, time, zone, "mktime"));
  time.tm_wday = -1;
  time_t when = ::mktime(&time);
  if (when == static_cast<time_t>(-1) && time.tm_wday == -1)
    return raise(OverflowError, "mktime argument out of range");
  return float_from_double(static_cast<double>(when));
}

// timezone, altzone, daylight, tzname from what January and July of this year say.
Result<void> set_zone_constants(Module* module) {
  time_t now = (::time(nullptr) / 31536000) * 31536000;
  tm winter, summer;
  char names[2][32];
  auto look = [](time_t when, tm& time, char(&name)[32]) {
    ::localtime_r(&when, &time);
    std::strncpy(name, time.tm_zone ? time.tm_zone : "   ", sizeof name - 1);
    name[sizeof name - 1] = 0;
    return -time.tm_gmtoff;
  };
  long january = look(now, winter, names[0]), july = look(now + 31536000 / 2, summer, names[1]);
  bool southern = january < july;
  TRY(module_add_int(module, "timezone", southern ? july : january));
  TRY(module_add_int(module, "altzone", southern ? january : july));
  TRY(module_add_int(module, "daylight", january != july));
  Ref<Str> first = TRY(str_from_string(names[southern]))
  , second = TRY(str_from_string(names[!southern]));
  return module_add_object(module, "tzname", TRY(tuple_pack(first.get(), second.get())).get());
}
constexpr Doc tzset_doc = "tzset($module, /)\n--\n\n";
constexpr const char* tzset_text =
    "tzset()\n\nInitialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']. The TZ "
    "environment variable should be specified in\nstandard Unix timezone format as documented in the tzset man "
    "page\n(eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently\nfall back to "
    "UTC. If the TZ environment variable is not set, the local\ntimezone is set to the systems best guess of wallclock "
    "time.\nChanging the TZ environment variable without calling tzset *may* change\nthe local timezone used by "
    "methods such as localtime, but this behaviour\nshould not be relied on.";
Result<void> tzset_function(Module* module) {
  ::tzset();
  return set_zone_constants(module);
}

constinit PyMethodDef functions[] = {
    method<time_seconds, time_doc>(),
    method<time_nanoseconds, time_ns_doc>(),
    method<monotonic_seconds, monotonic_doc>(),
    method<monotonic_nanoseconds, monotonic_ns_doc>(),
    method<perf_counter_seconds, perf_counter_doc>(),
    method<perf_counter_nanoseconds, perf_counter_ns_doc>(),
    method<process_time_seconds, process_time_doc>(),
    method<process_time_nanoseconds, process_time_ns_doc>(),
    method<thread_time_seconds, thread_time_doc>(),
    method<thread_time_nanoseconds, thread_time_ns_doc>(),
    method<clock_gettime_function, clock_gettime_doc>(),
    method<clock_gettime_ns_function, clock_gettime_ns_doc>(),
    method<clock_settime_function, clock_settime_doc>(),
    method<clock_settime_ns_function, clock_settime_ns_doc>(),
    method<clock_getres_function, clock_getres_doc>(),
    method<getcpuclockid, getcpuclockid_doc>(),
    method<sleep, sleep_doc>(),
    method<get_clock_info, clock_info_doc>(),
    with_text(method<gmtime_function, gmtime_doc>(), gmtime_text),
    with_text(method<localtime_function, localtime_doc>(), localtime_text),
    with_text(method<asctime_function, asctime_doc>(), asctime_text),
    with_text(method<ctime_function, ctime_doc>(), ctime_text),
    with_text(method<mktime_function, mktime_doc>(), mktime_text),
    with_text(method<strftime_function, strftime_doc>(), strftime_text),
    with_text(method<strptime_function, strptime_doc>(), strptime_text),
    with_text(method<tzset_function, tzset_doc>(), tzset_text),
    {},
};

Result<void> exec(Module* module) {
  if (!struct_time_type) struct_time_type = TRY(struct_sequence_new_type(&time_description))
  .release();
  TRY(module_add_object(module, "struct_time", struct_time_type));
  TRY(set_zone_constants(module));
  struct {
    const char* name;
    int value;
  } constexpr constants[] = {
      {"CLOCK_REALTIME", CLOCK_REALTIME},
      {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
      {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
      {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
      {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
      {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
      {"CLOCK_TAI", CLOCK_TAI},
      {"_STRUCT_TM_ITEMS", 11},
  };
  for (const auto& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "time",
    "This module provides various functions to manipulate time values.\n\nThere are two standard representations of "
    "time.  One is the number\nof seconds since the Epoch, in UTC (a.k.a. GMT).  It may be an integer\nor a floating "
    "point number (to represent fractions of seconds).\nThe epoch is the point where the time "
    "starts, the return value of time.gmtime(0).\nIt is January 1, 1970, 00:00:00 (UTC) on all platforms.\n\nThe other "
    "representation is a tuple of 9 integers giving local time.",
    functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_time() { return adder::module_def_init(&adder::definition); }
