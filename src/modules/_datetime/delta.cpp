// _datetime/delta: timedelta.
//
// Arithmetic in microseconds, as 128-bit integers: the largest timedelta has 67 bits, so products with machine integers
// and
//            with the 53 bits of a float are exact or out of range.
// See        library reference "timedelta Objects"
#include <cmath>
#include <cstdio>
#include <cstring>

#include "bind/bind.h"
#include "modules/_datetime/operations.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/tuple.h"

namespace adder::datetimes {
constinit Delta delta_zero{{kImmortalRefcnt, &delta_type}, -1, 0, 0, 0};
constinit Delta delta_minimum{{kImmortalRefcnt, &delta_type}, -1, -999999999, 0, 0};
constinit Delta delta_maximum{{kImmortalRefcnt, &delta_type}, -1, 999999999, 86399, 999999};
constinit Delta delta_microsecond{{kImmortalRefcnt, &delta_type}, -1, 0, 0, 1};
constinit Delta delta_day{{kImmortalRefcnt, &delta_type}, -1, 1, 0, 0};

Result<Object> delta_new(int days, int seconds, int microseconds, Type* type) {
  constexpr int kMaxDays = 999999999;
  if (days < -kMaxDays || days > kMaxDays)
    return raise(OverflowError, "days=%d; must have magnitude <= %d", days, kMaxDays);
  Ref<Object> object = type == &delta_type ? TRY(object_new<Object>(type)) : TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  Delta* delta = as<Delta>(object.get());
  delta->hashcode = -1;
  delta->days = days;
  delta->seconds = seconds;
  delta->microseconds = microseconds;
  return object;
}

Result<Object> delta_from_microseconds(i128 microseconds, Type* type) {
  i64 days, rest;
  if (microseconds >= INT64_MIN && microseconds <= INT64_MAX) {
    rest = static_cast<i64>(microseconds);  // division in 128 bits is many times slower
    days = take_quotient(rest, kMicrosecondsPerDay);
  } else {
    i128 wide_rest = microseconds, wide_days = take_quotient<i128>(wide_rest, kMicrosecondsPerDay);
    if (wide_days < INT32_MIN || wide_days > INT32_MAX)
      return raise(OverflowError, "Python int too large to convert to C int");
    days = static_cast<i64>(wide_days);
    rest = static_cast<i64>(wide_rest);
  }
  return delta_new(static_cast<int>(days), static_cast<int>(rest / kMicrosecondsPerSecond),
                   static_cast<int>(rest % kMicrosecondsPerSecond), type);
}

// The hash of the tuple (days, seconds, microseconds).
Py_hash_t delta_hash(Delta* delta) {
  if (delta->hashcode != -1) return delta->hashcode;
  constexpr u64 kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u, kPrime5 = 2870177450012600261u;
  u64 sum = kPrime5;
  for (i64 value : {i64{delta->days}, i64{delta->seconds}, i64{delta->microseconds}}) {
    sum += static_cast<u64>(value == -1 ? -2 : value) * kPrime2;
    sum = (sum << 31 | sum >> 33) * kPrime1;
  }
  sum += 3 ^ (kPrime5 ^ 3527539u);
  delta->hashcode = sum == static_cast<u64>(-1) ? 1546275796 : static_cast<Py_hash_t>(sum);
  return delta->hashcode;
}

namespace {
// == Conversions ==

Error raise_too_large() { return raise(OverflowError, "Python int too large to convert to C int"); }

bool fits(Int* value) { return int_num_bits(value) < 127; }
i128 wide_value(Int* value) {
  if (int_is_single(value)) return int_single_value(value);
  i128 result = 0;
  isize count = value->ob_size < 0 ? -value->ob_size : value->ob_size;
  for (isize i = count; --i >= 0;) result = (result << 30) | value->ob_digit[i];
  return value->ob_size < 0 ? -result : result;
}
Result<Object> int_from_wide(i128 value) {
  if (value >= INT64_MIN && value <= INT64_MAX) return int_from_i64(static_cast<i64>(value));
  u8 bytes[16];
  std::memcpy(bytes, &value, sizeof bytes);
  return int_from_byte_array(bytes, sizeof bytes, true, true);
}
// value / 10**6 or left / right, rounded once.
Result<Object> true_ratio(i128 left, i128 right) {
  constexpr i64 kExact = i64{1} << 53;
  if (left >= -kExact && left <= kExact && right >= -kExact && right <= kExact && right != 0)
    return float_from_double(static_cast<double>(left) / static_cast<double>(right));
  Ref<Object> numerator = TRY(int_from_wide(left))
  , denominator = TRY(int_from_wide(right));
  return number_true_divide(numerator, denominator);
}

// left / right rounded to the nearest, ties to even; right is not 0.
i128 divide_nearest(i128 left, i128 right) {
  if (right < 0) left = -left, right = -right;
  i128 rest = left;
  i128 quotient = take_quotient<i128>(rest, right);
  i128 distance = rest - (right - rest);  // twice the rest against the divisor
  return quotient + (distance > 0 || (distance == 0 && (quotient & 1)));
}
i128 divide_floor(i128 left, i128 right) {
  if (right < 0) left = -left, right = -right;
  return take_quotient<i128>(left, right);
}

// A finite float as mantissa * 2**exponent with an odd mantissa (or 0).
Result<void> split_float(double value, i64& mantissa, int& exponent) {
  if (std::isnan(value)) return raise(ValueError, "cannot convert NaN to integer ratio");
  if (std::isinf(value)) return raise(OverflowError, "cannot convert Infinity to integer ratio");
  mantissa = static_cast<i64>(std::ldexp(std::frexp(value, &exponent), 53));
  exponent -= 53;
  if (mantissa == 0) {
    exponent = 0;
    return {};
  }
  int zeros = __builtin_ctzll(static_cast<u64>(mantissa));
  mantissa >>= zeros;
  exponent += zeros;
  return {};
}
// value * 2**count; false if it does not fit.
bool shift_left(i128& value, int count) {
  if (value == 0 || count == 0) return true;
  if (count > 126) return false;
  i128 shifted = static_cast<i128>(static_cast<unsigned __int128>(value) << count);
  if (shifted >> count != value) return false;
  value = shifted;
  return true;
}

// == Construction ==

// The sum of the arguments in microseconds. Whole parts are added exactly, in `overflow` cases as Python ints;
// fractions of a microsecond are gathered in `fraction`.
class Sum {
 public:
  Result<void> add(const char* name, Object* value, i64 factor) {
    if (is_int(value)) return add_whole(as<Int>(value), factor);
    if (!is_float(value))
      return raise(TypeError, "unsupported type for timedelta %s component: %s", name, type_of(value)->tp_name);
    double whole;
    double part = std::modf(float_value(as<Float>(value)), &whole);
    Ref<Int> integer = TRY(int_from_double(whole));
    TRY(add_whole(integer, factor));
    if (part == 0) return {};
    part = std::modf(part * static_cast<double>(factor), &whole);
    fraction_ += part;
    Ref<Int> rest = TRY(int_from_double(whole));
    return add_whole(rest, 1);
  }
  Result<Object> finish(Type* type) {
    if (large_) {
      if (!is_int(large_) || !fits(as<Int>(large_.get()))) return raise_too_large();
      total_ = wide_value(as<Int>(large_.get()));
    }
    if (fraction_ != 0) {
      // To the nearest; a tie goes to the even sum, not to the even fraction.
      double whole = std::round(fraction_);
      if (std::fabs(whole - fraction_) == 0.5) {
        double odd = static_cast<double>(total_ & 1);
        whole = 2.0 * std::round((fraction_ + odd) * 0.5) - odd;
      }
      total_ += static_cast<i128>(whole);
    }
    return delta_from_microseconds(total_, type);
  }

 private:
  Result<void> add_whole(Int* value, i64 factor) {
    i128 product, sum;
    if (!large_ && fits(value) && !__builtin_mul_overflow(wide_value(value), static_cast<i128>(factor), &product) &&
        !__builtin_add_overflow(total_, product, &sum) && sum >> 120 == sum >> 126) {
      total_ = sum;
      return {};
    }
    if (!large_) large_ = TRY(int_from_wide(total_));
    Ref<Int> multiplier = TRY(int_from_i64(factor));
    Ref<Object> part = TRY(int_multiply(value, multiplier));
    large_ = TRY(int_add(as<Int>(large_.get()), as<Int>(part.get())));
    return {};
  }
  i128 total_ = 0;
  double fraction_ = 0;
  Ref<Object> large_;  // the sum so far, once it has outgrown total_
};

constexpr Doc new_doc =
    "__new__($type, /, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)";
enum { kDays, kSeconds, kMicroseconds, kMilliseconds, kMinutes, kHours, kWeeks };
Result<Object> delta_make(Type* type, Object* const* args) {
  // Fractions are added from the smallest unit up.
  static constexpr struct {
    int parameter;
    const char* name;
    i64 factor;
  } units[] = {
      {kMicroseconds, "microseconds", 1},      {kMilliseconds, "milliseconds", 1000}, {kSeconds, "seconds", 1000000},
      {kMinutes, "minutes", 60000000},         {kHours, "hours", 3600000000},         {kDays, "days", 86400000000},
      {kWeeks, "weeks", i64{7} * 86400000000},
  };
  Sum sum;
  for (const auto& unit : units) {
    if (args[unit.parameter]) TRY(sum.add(unit.name, args[unit.parameter], unit.factor));
  }
  return sum.finish(type);
}
PyObject* delta_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  Object* values[7] = {};
  if (!parse_arguments(new_doc, as<Tuple>(args), static_cast<Dict*>(kwargs), values, nullptr, nullptr)) return nullptr;
  return delta_make(type, values).to_c();
}
PyObject* delta_vectorcall(PyObject* type, PyObject* const* args, usize nargsf, PyObject* keyword_names) {
  Object* values[7] = {};
  if (!parse_arguments(new_doc, args, static_cast<isize>(vectorcall_nargs(nargsf)), static_cast<Tuple*>(keyword_names),
                       values, nullptr, nullptr))
    return nullptr;
  return delta_make(reinterpret_cast<Type*>(type), values).to_c();
}

// == Text ==

Result<Str> delta_repr(Delta* self) {
  char parts[100], *place = parts;
  auto add = [&](const char* name, int value) {
    if (value) place += std::snprintf(place, 40, "%s%s=%d", place == parts ? "" : ", ", name, value);
  };
  add("days", self->days);
  add("seconds", self->seconds);
  add("microseconds", self->microseconds);
  if (place == parts) *place++ = '0';
  *place = 0;
  return str_from_format("%s(%s)", type_of(self)->tp_name, parts);
}

Result<Str> delta_str(Delta* self) {
  char text[kMaxText], *place = text;
  if (self->days)
    place += std::snprintf(place, 30, "%d day%s, ", self->days, self->days == 1 || self->days == -1 ? "" : "s");
  place += std::snprintf(place, 20, "%d:", self->seconds / 3600);
  place = put_digits(place, self->seconds / 60 % 60, 2);
  *place++ = ':';
  place = put_digits(place, self->seconds % 60, 2);
  if (self->microseconds) {
    *place++ = '.';
    place = put_digits(place, self->microseconds, 6);
  }
  return str_from_latin1({text, static_cast<usize>(place - text)});
}

// == Slots ==

Result<Object> combine(const Delta* left, const Delta* right, int sign) {
  int microseconds = left->microseconds + sign * right->microseconds, seconds = left->seconds + sign * right->seconds;
  int days = left->days + sign * right->days;
  seconds += take_quotient(microseconds, kMicrosecondsPerSecond);
  days += take_quotient(seconds, kSecondsPerDay);
  return delta_new(days, seconds, microseconds);
}
Result<Object> delta_add(Object* left, Object* right) {
  if (!is_delta(left) || !is_delta(right)) return not_implemented();
  return combine(as<Delta>(left), as<Delta>(right), 1);
}
Result<Object> delta_subtract(Object* left, Object* right) {
  if (!is_delta(left) || !is_delta(right)) return not_implemented();
  return combine(as<Delta>(left), as<Delta>(right), -1);
}
Result<Object> delta_negative(Delta* self) { return combine(&delta_zero, self, -1); }
Result<Object> delta_positive(Delta* self) { return delta_new(self->days, self->seconds, self->microseconds); }
Result<Object> delta_absolute(Delta* self) { return self->days < 0 ? delta_negative(self) : delta_positive(self); }
Result<bool> delta_bool(Delta* self) { return !delta_is_zero(self); }

Result<Object> multiply_int(i128 value, Int* factor) {
  if (value == 0) return delta_from_microseconds(0);
  i128 product;
  if (!fits(factor) || __builtin_mul_overflow(value, wide_value(factor), &product)) return raise_too_large();
  return delta_from_microseconds(product);
}
// A subclass may say what its ratio is: then in Python's own integers. `inverse` divides.
Result<Object> scale_by_ratio(i128 value, Object* number, bool inverse) {
  Ref<Object> name = TRY(Result<Object>(str_from_latin1("as_integer_ratio")))
  , ratio = TRY(call_method(number, name));
  if (!is_tuple(ratio))
    return raise(TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                 type_of(ratio)->tp_name);
  Tuple* pair = as<Tuple>(ratio.get());
  if (tuple_size(pair) != 2)
    return raise(ValueError, "unexpected return type from as_integer_ratio(): expected 2-tuple, got %zd-tuple",
                 tuple_size(pair));
  Object *factor = tuple_item(pair, inverse), *divisor = tuple_item(pair, !inverse);
  if (!is_int(factor) || !is_int(divisor))
    return raise(TypeError, "unsupported operand type(s) for divmod(): '%.200s' and '%.200s'", type_of(factor)->tp_name,
                 type_of(divisor)->tp_name);
  Ref<Object> whole = TRY(int_from_wide(value))
  , product = TRY(int_multiply(as<Int>(whole.get()), as<Int>(factor)));
  Ref<Object> nearest = TRY(int_divmod_near(as<Int>(product.get()), as<Int>(divisor)));
  Object* quotient = tuple_item(as<Tuple>(nearest.get()), 0);
  if (!fits(as<Int>(quotient))) return raise_too_large();
  return delta_from_microseconds(wide_value(as<Int>(quotient)));
}

Result<Object> multiply_float(i128 value, Object* number) {
  if (!is_float_exact(number)) return scale_by_ratio(value, number, false);
  double factor = float_value(as<Float>(number));
  i64 mantissa;
  int exponent;
  TRY(split_float(factor, mantissa, exponent));
  value *= mantissa;  // 67 + 53 bits
  if (exponent >= 0) {
    if (!shift_left(value, exponent)) return raise_too_large();
    return delta_from_microseconds(value);
  }
  // A product of at most 120 bits: below one half from there on.
  if (exponent < -125) return delta_from_microseconds(0);
  return delta_from_microseconds(divide_nearest(value, i128{1} << -exponent));
}
Result<Object> delta_multiply(Object* left, Object* right) {
  if (!is_delta(left)) std::swap(left, right);
  if (!is_delta(left)) return not_implemented();
  i128 value = delta_microseconds(left);
  if (is_int(right)) return multiply_int(value, as<Int>(right));
  if (is_float(right)) return multiply_float(value, right);
  return not_implemented();
}

Error raise_zero_division() { return raise(ZeroDivisionError, "integer division or modulo by zero"); }

Result<Object> delta_floor_divide(Object* left, Object* right) {
  if (!is_delta(left)) return not_implemented();
  i128 value = delta_microseconds(left);
  if (is_delta(right)) {
    i128 divisor = delta_microseconds(right);
    if (divisor == 0) return raise_zero_division();
    return int_from_wide(divide_floor(value, divisor));
  }
  if (!is_int(right)) return not_implemented();
  Int* divisor = as<Int>(right);
  if (int_sign(divisor) == 0) return raise_zero_division();
  if (!fits(divisor)) return delta_from_microseconds(value == 0 || (value < 0) == (int_sign(divisor) < 0) ? 0 : -1);
  return delta_from_microseconds(divide_floor(value, wide_value(divisor)));
}

Result<Object> divide_float(i128 value, Object* number) {
  if (!is_float_exact(number)) return scale_by_ratio(value, number, true);
  double divisor = float_value(as<Float>(number));
  i64 mantissa;
  int exponent;
  TRY(split_float(divisor, mantissa, exponent));
  if (mantissa == 0) return raise_zero_division();
  if (exponent <= 0) {
    // A quotient that fits has 67 bits, its product with the mantissa 120.
    if (!shift_left(value, -exponent)) return raise_too_large();
    return delta_from_microseconds(divide_nearest(value, mantissa));
  }
  i128 denominator = mantissa;
  if (!shift_left(denominator, exponent)) return delta_from_microseconds(0);
  return delta_from_microseconds(divide_nearest(value, denominator));
}
Result<Object> delta_true_divide(Object* left, Object* right) {
  if (!is_delta(left)) return not_implemented();
  i128 value = delta_microseconds(left);
  if (is_delta(right)) return true_ratio(value, delta_microseconds(right));
  if (is_float(right)) return divide_float(value, right);
  if (!is_int(right)) return not_implemented();
  Int* divisor = as<Int>(right);
  if (int_sign(divisor) == 0) return raise_zero_division();
  if (!fits(divisor)) return delta_from_microseconds(0);
  return delta_from_microseconds(divide_nearest(value, wide_value(divisor)));
}
Result<Object> delta_remainder(Object* left, Object* right) {
  if (!is_delta(left) || !is_delta(right)) return not_implemented();
  i128 value = delta_microseconds(left), divisor = delta_microseconds(right);
  if (divisor == 0) return raise(ZeroDivisionError, "integer modulo by zero");
  return delta_from_microseconds(value - divide_floor(value, divisor) * divisor);
}
Result<Object> delta_divmod(Object* left, Object* right) {
  if (!is_delta(left) || !is_delta(right)) return not_implemented();
  i128 value = delta_microseconds(left), divisor = delta_microseconds(right);
  if (divisor == 0) return raise_zero_division();
  i128 quotient = divide_floor(value, divisor);
  Ref<Object> first = TRY(int_from_wide(quotient))
  , second = TRY(delta_from_microseconds(value - quotient * divisor));
  return tuple_pack(first.get(), second.get());
}

Result<Object> delta_compare(Object* left, Object* right, int op) {
  if (!is_delta(right)) return not_implemented();
  Delta *a = as<Delta>(left), *b = as<Delta>(right);
  int order = a->days != b->days         ? (a->days < b->days ? -1 : 1)
              : a->seconds != b->seconds ? (a->seconds < b->seconds ? -1 : 1)
                                         : a->microseconds - b->microseconds;
  return compare_result(order, op);
}
Result<isize> delta_hash_slot(Delta* self) { return isize{delta_hash(self)}; }

// == Methods ==

constexpr Doc total_seconds_doc = "total_seconds($self, /)\n--\n\nTotal seconds in the duration.";
}  // namespace
Result<Object> delta_total_seconds(Delta* self) { return true_ratio(delta_microseconds(self), kMicrosecondsPerSecond); }
namespace {

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n__reduce__() -> (cls, state)";
Result<Object> delta_reduce(Delta* self) {
  Ref<Int> days = TRY(int_from_i64(self->days))
  , seconds = TRY(int_from_i64(self->seconds))
  , microseconds = TRY(int_from_i64(self->microseconds));
  Ref<Tuple> state = TRY(tuple_pack<Object, Object, Object>(days, seconds, microseconds));
  return tuple_pack<Object, Object>(type_of(self), state);
}

constinit PyMethodDef methods[] = {
    with_text(method<delta_total_seconds, total_seconds_doc>(), "Total seconds in the duration."),
    with_text(method<delta_reduce, reduce_doc>(), "__reduce__() -> (cls, state)"),
    {},
};
constinit PyMemberDef members[] = {
    member("days", T_INT, offsetof(Delta, days), READONLY, "Number of days."),
    member("seconds", T_INT, offsetof(Delta, seconds), READONLY, "Number of seconds (>= 0 and less than 1 day)."),
    member("microseconds", T_INT, offsetof(Delta, microseconds), READONLY,
           "Number of microseconds (>= 0 and less than 1 second)."),
    {},
};
constinit PyNumberMethods as_number = {
    .nb_add = slot<delta_add>,
    .nb_subtract = slot<delta_subtract>,
    .nb_multiply = slot<delta_multiply>,
    .nb_remainder = slot<delta_remainder>,
    .nb_divmod = slot<delta_divmod>,
    .nb_negative = slot<delta_negative>,
    .nb_positive = slot<delta_positive>,
    .nb_absolute = slot<delta_absolute>,
    .nb_bool = slot<delta_bool>,
    .nb_floor_divide = slot<delta_floor_divide>,
    .nb_true_divide = slot<delta_true_divide>,
};
}  // namespace

// == Type object ==

constinit Type delta_type = {
    .tp_name = "datetime.timedelta",
    .tp_basicsize = sizeof(Delta),
    .tp_repr = slot<delta_repr>,
    .tp_as_number = &as_number,
    .tp_hash = slot<delta_hash_slot>,
    .tp_str = slot<delta_str>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, "
        "minutes=0, "
        "hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and "
        "may be "
        "positive or negative.",
    .tp_richcompare = slot<delta_compare>,
    .tp_methods = methods,
    .tp_members = members,
    .tp_new = delta_tp_new,
    .tp_vectorcall = delta_vectorcall,
};
}  // namespace adder::datetimes
