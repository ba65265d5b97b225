// pytime: pytime.h of the C API: times in nanoseconds, and rounding.
#include <cerrno>
#include <climits>
#include <cmath>
#include <sys/time.h>
#include <time.h>

#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"
#include "types/float.h"
#include "types/int.h"

using namespace adder;

using Time = int64_t;
enum Rounding { kFloor = 0, kCeiling = 1, kHalfEven = 2, kUp = 3 };

namespace {
constexpr Time kSecond = 1000000000, kMicrosecond = 1000;

int too_large() {
  (void)raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
  return -1;
}
int out_of_range() {
  (void)raise(OverflowError, "timestamp out of range for platform time_t");
  return -1;
}
double round_double(double value, int rounding) {
  switch (rounding) {
    case kHalfEven:
      return std::nearbyint(value);
    case kCeiling:
      return std::ceil(value);
    case kFloor:
      return std::floor(value);
    default:
      return value >= 0 ? std::ceil(value) : std::floor(value);
  }
}
Time divide(Time value, Time divisor, int rounding) {
  Time quotient = value / divisor, remainder = value % divisor;
  switch (rounding) {
    case kHalfEven: {
      Time magnitude = remainder < 0 ? -remainder : remainder;
      if (magnitude > divisor / 2 || (magnitude == divisor / 2 && (quotient & 1))) quotient += value >= 0 ? 1 : -1;
      return quotient;
    }
    case kCeiling:
      return quotient + (remainder > 0);
    case kFloor:
      return quotient - (remainder < 0);
    default:
      return quotient + (remainder > 0) - (remainder < 0);
  }
}
Time multiply(Time value, Time factor) {
  Time result;
  if (!__builtin_mul_overflow(value, factor, &result)) return result;
  return value < 0 ? INT64_MIN : INT64_MAX;
}
int from_object(Time* out, PyObject* object, int rounding, Time unit) {
  if (is_float(object)) {
    double value = float_value(as<Float>(object));
    if (std::isnan(value)) {
      (void)raise(ValueError, "Invalid value NaN (not a number)");
      return -1;
    }
    value = round_double(value * static_cast<double>(unit), rounding);
    if (!(value >= -0x1p63 && value < 0x1p63)) return too_large();
    *out = static_cast<Time>(value);
    return 0;
  }
  auto number = int_as_long(object);
  if (number.failed()) {
    return error_matches(reinterpret_cast<Object*>(OverflowError)) ? (error_clear(), too_large()) : -1;
  }
  return __builtin_mul_overflow(number.take(), unit, out) ? too_large() : 0;
}
// Whole seconds and the rest in `denominator`ths.
int split_object(PyObject* object, time_t* seconds, long* rest, Time denominator, int rounding) {
  if (!is_float(object)) {
    auto number = int_as_long(object);
    *rest = 0;
    if (number.failed()) {
      return error_matches(reinterpret_cast<Object*>(OverflowError)) ? (error_clear(), out_of_range()) : -1;
    }
    *seconds = number.take();
    return 0;
  }
  double value = float_value(as<Float>(object)), whole;
  if (std::isnan(value)) {
    (void)raise(ValueError, "Invalid value NaN (not a number)");
    return -1;
  }
  double fraction = round_double(std::modf(value, &whole) * static_cast<double>(denominator), rounding);
  if (fraction >= static_cast<double>(denominator)) {
    fraction -= static_cast<double>(denominator);
    whole += 1;
  } else if (fraction < 0) {
    fraction += static_cast<double>(denominator);
    whole -= 1;
  }
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return out_of_range();
  *seconds = static_cast<time_t>(whole);
  *rest = static_cast<long>(fraction);
  return 0;
}
Time clock_now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}
// Seconds and a rest that is not negative.
void split(Time value, Time unit, Time* seconds, Time* rest) {
  *seconds = value / unit;
  *rest = value % unit;
  if (*rest < 0) {
    *rest += unit;
    --*seconds;
  }
}
Time saturated_add(Time left, Time right) {
  Time result;
  if (!__builtin_add_overflow(left, right, &result)) return result;
  return left < 0 ? INT64_MIN : INT64_MAX;
}
}  // namespace

// == Making times ==

ADDER_EXPORT Time _PyTime_FromSeconds(int seconds) { return seconds * kSecond; }
ADDER_EXPORT Time _PyTime_FromNanoseconds(Time value) { return value; }
ADDER_EXPORT int _PyTime_FromNanosecondsObject(Time* out, PyObject* object) {
  if (!is_int(object)) {
    (void)raise(TypeError, "expect int, got %s", object->ob_type->tp_name);
    return -1;
  }
  return from_object(out, object, kFloor, 1);
}
ADDER_EXPORT int _PyTime_FromSecondsObject(Time* out, PyObject* object, int rounding) {
  return from_object(out, object, rounding, kSecond);
}
ADDER_EXPORT int _PyTime_FromMillisecondsObject(Time* out, PyObject* object, int rounding) {
  return from_object(out, object, rounding, 1000000);
}
ADDER_EXPORT int _PyTime_FromTimespec(Time* out, timespec* value) {
  *out = saturated_add(multiply(value->tv_sec, kSecond), value->tv_nsec);
  return 0;
}
ADDER_EXPORT int _PyTime_FromTimeval(Time* out, timeval* value) {
  *out = saturated_add(multiply(value->tv_sec, kSecond), value->tv_usec * kMicrosecond);
  return 0;
}
ADDER_EXPORT int _PyTime_ObjectToTime_t(PyObject* object, time_t* seconds, int rounding) {
  if (!is_float(object)) {
    long rest;
    return split_object(object, seconds, &rest, 1, rounding);
  }
  double value = float_value(as<Float>(object));
  if (std::isnan(value)) {
    (void)raise(ValueError, "Invalid value NaN (not a number)");
    return -1;
  }
  value = round_double(value, rounding);
  if (!(value >= -0x1p63 && value < 0x1p63)) return out_of_range();
  *seconds = static_cast<time_t>(value);
  return 0;
}
ADDER_EXPORT int _PyTime_ObjectToTimespec(PyObject* object, time_t* seconds, long* nanoseconds, int rounding) {
  return split_object(object, seconds, nanoseconds, kSecond, rounding);
}
ADDER_EXPORT int _PyTime_ObjectToTimeval(PyObject* object, time_t* seconds, long* microseconds, int rounding) {
  return split_object(object, seconds, microseconds, 1000000, rounding);
}

// == Reading times ==

ADDER_EXPORT double _PyTime_AsSecondsDouble(Time value) {
  if (value % kSecond == 0) return static_cast<double>(value / kSecond);
  return static_cast<double>(value) / 1e9;
}
ADDER_EXPORT Time _PyTime_AsMilliseconds(Time value, int rounding) { return divide(value, 1000000, rounding); }
ADDER_EXPORT Time _PyTime_AsMicroseconds(Time value, int rounding) { return divide(value, kMicrosecond, rounding); }
ADDER_EXPORT Time _PyTime_AsNanoseconds(Time value) { return value; }
ADDER_EXPORT PyObject* _PyTime_AsNanosecondsObject(Time value) { return int_from_i64(value).to_c(); }
ADDER_EXPORT void _PyTime_AsTimespec_clamp(Time value, timespec* out) {
  Time seconds, rest;
  split(value, kSecond, &seconds, &rest);
  out->tv_sec = seconds;
  out->tv_nsec = rest;
}
ADDER_EXPORT int _PyTime_AsTimespec(Time value, timespec* out) {
  _PyTime_AsTimespec_clamp(value, out);
  return 0;
}
ADDER_EXPORT void _PyTime_AsTimeval_clamp(Time value, timeval* out, int rounding) {
  Time seconds, rest;
  split(divide(value, kMicrosecond, rounding), 1000000, &seconds, &rest);
  out->tv_sec = seconds;
  out->tv_usec = rest;
}
ADDER_EXPORT int _PyTime_AsTimeval(Time value, timeval* out, int rounding) {
  _PyTime_AsTimeval_clamp(value, out, rounding);
  return 0;
}
ADDER_EXPORT int _PyTime_AsTimevalTime_t(Time value, time_t* seconds, int* microseconds, int rounding) {
  timeval result;
  _PyTime_AsTimeval_clamp(value, &result, rounding);
  *seconds = result.tv_sec;
  *microseconds = static_cast<int>(result.tv_usec);
  return 0;
}
ADDER_EXPORT PyObject* _PyLong_FromTime_t(time_t value) { return int_from_i64(value).to_c(); }
ADDER_EXPORT time_t _PyLong_AsTime_t(PyObject* object) {
  auto value = int_as_long(object);
  if (value.failed() && error_matches(reinterpret_cast<Object*>(OverflowError))) {
    error_clear();
    return out_of_range();
  }
  return value.to_c();
}
ADDER_EXPORT Time _PyTime_Add(Time left, Time right) { return saturated_add(left, right); }
ADDER_EXPORT Time _PyTime_MulDiv(Time value, Time multiplier, Time divisor) {
  return saturated_add(multiply(value / divisor, multiplier), multiply(value % divisor, multiplier) / divisor);
}

// == Clocks ==

namespace {
// CPython 3.11's layout: what time.get_clock_info() tells.
struct ClockInfo {
  const char* implementation;
  int monotonic, adjustable;
  double resolution;
};
int read_clock(clockid_t clock, const char* implementation, Time* out, ClockInfo* info) {
  timespec now;
  if (clock_gettime(clock, &now) != 0) {
    (void)raise_errno();
    return -1;
  }
  *out = now.tv_sec * kSecond + now.tv_nsec;
  if (!info) return 0;
  bool monotonic = clock != CLOCK_REALTIME;
  timespec resolution{};
  clock_getres(clock, &resolution);
  *info = {implementation, monotonic, !monotonic,
           static_cast<double>(resolution.tv_sec) + static_cast<double>(resolution.tv_nsec) * 1e-9};
  return 0;
}
}  // namespace
ADDER_EXPORT int _PyTime_GetSystemClockWithInfo(Time* out, ClockInfo* info) {
  return read_clock(CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", out, info);
}
ADDER_EXPORT int _PyTime_GetMonotonicClockWithInfo(Time* out, ClockInfo* info) {
  return read_clock(CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", out, info);
}
ADDER_EXPORT int _PyTime_GetPerfCounterWithInfo(Time* out, ClockInfo* info) {
  return _PyTime_GetMonotonicClockWithInfo(out, info);
}
ADDER_EXPORT Time _PyTime_GetSystemClock() { return clock_now(CLOCK_REALTIME); }
ADDER_EXPORT Time _PyTime_GetMonotonicClock() { return clock_now(CLOCK_MONOTONIC); }
ADDER_EXPORT Time _PyTime_GetPerfCounter() { return clock_now(CLOCK_MONOTONIC); }
ADDER_EXPORT Time _PyDeadline_Init(Time timeout) { return saturated_add(clock_now(CLOCK_MONOTONIC), timeout); }
ADDER_EXPORT Time _PyDeadline_Get(Time deadline) { return deadline - clock_now(CLOCK_MONOTONIC); }
ADDER_EXPORT int _PyTime_localtime(time_t value, tm* out) {
  errno = 0;
  if (localtime_r(&value, out)) return 0;
  if (errno == 0) errno = EINVAL;
  (void)raise_errno(OSError);
  return -1;
}
ADDER_EXPORT int _PyTime_gmtime(time_t value, tm* out) {
  errno = 0;
  if (gmtime_r(&value, out)) return 0;
  if (errno == 0) errno = EINVAL;
  (void)raise_errno(OSError);
  return -1;
}
