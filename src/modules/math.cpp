// math: functions of the C library on doubles, and exact ones on ints.
//
// Errors     a NaN that no argument brought in is a domain error (ValueError); an infinity out of finite arguments is a
//            range error (OverflowError), or a domain error at a pole.
// See        modules/math_exact.cpp for sums, distances and the functions of ints, tests/python/test_math.py
#include "modules/math.h"

#include <cmath>
#include <limits>

#include "bind/bind.h"
#include "types/float.h"
#include "types/int/digits.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
Error raise_math_domain() { return raise(ValueError, "math domain error"); }
Error raise_math_range() { return raise(OverflowError, "math range error"); }

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// == One argument ==

using Function = double (*)(double);

template <Function function, bool can_overflow>
Result<double> evaluate(double x) {
  double result = function(x);
  if (std::isnan(result) && !std::isnan(x)) return raise_math_domain();
  if (std::isinf(result) && std::isfinite(x)) return can_overflow ? raise_math_range() : raise_math_domain();
  return result;
}

double gamma_of(double x) {
  if (x == -kInfinity || (x == std::floor(x) && x <= 0.0)) return std::nan("");
  return std::tgamma(x);
}

// The functions of <cmath> that have one argument; the flag says that they can overflow.
#define MATH_FUNCTIONS(F)                                                                                           \
  F(acos, std::acos, false, "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi.") \
  F(acosh, std::acosh, false, "Return the inverse hyperbolic cosine of x.")                                         \
  F(asin, std::asin, false,                                                                                         \
    "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.")                     \
  F(asinh, std::asinh, false, "Return the inverse hyperbolic sine of x.")                                           \
  F(atan, std::atan, false,                                                                                         \
    "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2.")                  \
  F(atanh, std::atanh, false, "Return the inverse hyperbolic tangent of x.")                                        \
  F(cbrt, std::cbrt, false, "Return the cube root of x.")                                                           \
  F(cos, std::cos, false, "Return the cosine of x (measured in radians).")                                          \
  F(cosh, std::cosh, true, "Return the hyperbolic cosine of x.")                                                    \
  F(erf, std::erf, false, "Error function at x.")                                                                   \
  F(erfc, std::erfc, false, "Complementary error function at x.")                                                   \
  F(exp, std::exp, true, "Return e raised to the power of x.")                                                      \
  F(exp2, std::exp2, true, "Return 2 raised to the power of x.")                                                    \
  F(expm1, std::expm1, true, "Return exp(x)-1, also precise for small x.")                                          \
  F(fabs, std::fabs, false, "Return the absolute value of the float x.")                                            \
  F(gamma, gamma_of, true, "Gamma function at x.")                                                                  \
  F(log1p, std::log1p, false, "Return the natural logarithm of 1+x (base e), also precise for x near zero.")        \
  F(sin, std::sin, false, "Return the sine of x (measured in radians).")                                            \
  F(sinh, std::sinh, true, "Return the hyperbolic sine of x.")                                                      \
  F(sqrt, std::sqrt, false, "Return the square root of x.")                                                         \
  F(tan, std::tan, false, "Return the tangent of x (measured in radians).")                                         \
  F(tanh, std::tanh, false, "Return the hyperbolic tangent of x.")

#define DEFINE(name, function, can_overflow, text)                 \
  constexpr Doc name##_doc = #name "($module, x, /)\n--\n\n" text; \
  double name##_of_x(double x) { return function(x); }             \
  Result<double> math_##name(Module*, double x) { return evaluate<name##_of_x, can_overflow>(x); }
MATH_FUNCTIONS(DEFINE)
#undef DEFINE

constexpr Doc lgamma_doc = "lgamma($module, x, /)\n--\n\nNatural logarithm of absolute value of Gamma function at x.";
Result<double> math_lgamma(Module*, double x) {
  if (std::isinf(x)) return kInfinity;
  if (x == std::floor(x) && x <= 0.0) return raise_math_domain();
  int sign;
  double result = lgamma_r(x, &sign);
  if (std::isinf(result) && std::isfinite(x)) return raise_math_range();
  return result;
}

constexpr Doc degrees_doc = "degrees($module, x, /)\n--\n\nConvert angle x from radians to degrees.";
Result<double> math_degrees(Module*, double x) { return x * (180.0 / M_PI); }
constexpr Doc radians_doc = "radians($module, x, /)\n--\n\nConvert angle x from degrees to radians.";
Result<double> math_radians(Module*, double x) { return x * (M_PI / 180.0); }
constexpr Doc isfinite_doc = "isfinite($module, x, /)\n--\n\nReturn True if x is neither an infinity nor a NaN.";
Result<bool> math_isfinite(Module*, double x) { return static_cast<bool>(std::isfinite(x)); }
constexpr Doc isinf_doc = "isinf($module, x, /)\n--\n\nReturn True if x is a positive or negative infinity.";
Result<bool> math_isinf(Module*, double x) { return static_cast<bool>(std::isinf(x)); }
constexpr Doc isnan_doc = "isnan($module, x, /)\n--\n\nReturn True if x is a NaN (not a number).";
Result<bool> math_isnan(Module*, double x) { return static_cast<bool>(std::isnan(x)); }

constexpr Doc ulp_doc = "ulp($module, x, /)\n--\n\nReturn the value of the least significant bit of the float x.";
Result<double> math_ulp(Module*, double x) {
  if (std::isnan(x)) return x;
  x = std::fabs(x);
  if (std::isinf(x)) return x;
  double above = std::nextafter(x, kInfinity);
  return std::isinf(above) ? x - std::nextafter(x, -kInfinity) : above - x;
}

constexpr Doc frexp_doc =
    "frexp($module, x, /)\n--\n\n"
    "Return the mantissa and exponent of x, as pair (m, e).\n\n"
    "m is a float and e is an int, such that x = m * 2.**e; 0.5 <= abs(m) < 1.0, or both are 0.";
Result<Tuple> math_frexp(Module*, double x) {
  int exponent = 0;
  double mantissa = std::isfinite(x) ? std::frexp(x, &exponent) : x;
  Ref<Float> first = TRY(float_from_double(mantissa));
  Ref<Int> second = TRY(int_from_i64(exponent));
  return tuple_pack(static_cast<Object*>(first), static_cast<Object*>(second));
}

constexpr Doc modf_doc =
    "modf($module, x, /)\n--\n\n"
    "Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats.";
Result<Tuple> math_modf(Module*, double x) {
  double whole;
  double fraction = std::modf(x, &whole);
  Ref<Float> first = TRY(float_from_double(fraction));
  Ref<Float> second = TRY(float_from_double(whole));
  return tuple_pack(first.get(), second.get());
}

// == Two arguments ==

constexpr Doc atan2_doc =
    "atan2($module, y, x, /)\n--\n\n"
    "Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are "
    "considered.";
Result<double> math_atan2(Module*, double y, double x) { return std::atan2(y, x); }
constexpr Doc copysign_doc =
    "copysign($module, x, y, /)\n--\n\nReturn a float with the magnitude (absolute value) of x but the sign of y.";
Result<double> math_copysign(Module*, double x, double y) { return std::copysign(x, y); }
constexpr Doc nextafter_doc =
    "nextafter($module, x, y, /)\n--\n\nReturn the next floating-point value after x towards y.";
Result<double> math_nextafter(Module*, double x, double y) { return std::nextafter(x, y); }

constexpr Doc fmod_doc =
    "fmod($module, x, y, /)\n--\n\nReturn fmod(x, y), according to platform C.\n\nx % y may differ.";
Result<double> math_fmod(Module*, double x, double y) {
  if (std::isinf(y) && std::isfinite(x)) return x;
  double result = std::fmod(x, y);
  if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return raise_math_domain();
  return result;
}

constexpr Doc remainder_doc =
    "remainder($module, x, y, /)\n--\n\n"
    "Difference between x and the closest integer multiple of y.\n\nOf two closest multiples, the even one is taken.";
Result<double> math_remainder(Module*, double x, double y) {
  if (std::isnan(x)) return x;
  if (std::isnan(y)) return y;
  if (std::isinf(x) || y == 0.0) return raise_math_domain();
  return std::remainder(x, y);
}

constexpr Doc pow_doc = "pow($module, x, y, /)\n--\n\nReturn x**y (x to the power of y).";
Result<double> math_pow(Module*, double x, double y) {
  double result = std::pow(x, y);
  if (!std::isfinite(x) || !std::isfinite(y)) return result;
  if (std::isnan(result)) return raise_math_domain();
  if (std::isinf(result)) {
    if (x == 0.0) return raise_math_domain();
    return raise_math_range();
  }
  return result;
}

constexpr Doc ldexp_doc =
    "ldexp($module, x, i, /)\n--\n\nReturn x * (2**i).\n\nThis is essentially the inverse of frexp().";
Result<double> math_ldexp(Module*, double x, Object* exponent) {
  if (!is_int(exponent)) return raise(TypeError, "Expected an int as second argument to ldexp.");
  int overflow;
  i64 shift = int_as_i64_and_overflow(as<Int>(exponent), &overflow);
  if (overflow) shift = overflow < 0 ? INT64_MIN : INT64_MAX;
  if (x == 0.0 || !std::isfinite(x)) return x;
  if (shift > 10000) return raise_math_range();
  if (shift < -10000) return std::copysign(0.0, x);
  double result = std::ldexp(x, static_cast<int>(shift));
  if (std::isinf(result)) return raise_math_range();
  return result;
}

constexpr Doc isclose_doc =
    "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)\n--\n\n"
    "Determine whether two floating point numbers are close in value.\n\n"
    "  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input "
    "values\n"
    "  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input "
    "values\n\n"
    "NaN is close to nothing, infinities only to themselves.";
Result<bool> math_isclose(Module*, double a, double b, Opt<Object*> rel_tol, Opt<Object*> abs_tol) {
  double relative = rel_tol ? TRY(float_as_double(rel_tol.get())) : 1e-09;
  double absolute = abs_tol ? TRY(float_as_double(abs_tol.get())) : 0.0;
  if (relative < 0.0 || absolute < 0.0) return raise(ValueError, "tolerances must be non-negative");
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  double difference = std::fabs(b - a);
  return difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) || difference <= absolute;
}

// == Logarithms: of ints of any size too ==

double log_of(double x) { return std::log(x); }
double log2_of(double x) { return std::log2(x); }
double log10_of(double x) { return std::log10(x); }

template <Function function>
Result<double> logarithm(Object* x) {
  double value;
  if (is_int(x)) {
    Int* v = as<Int>(x);
    if (v->ob_size <= 0) return raise_math_domain();
    bool overflow;
    value = int_as_double_raw(v, &overflow);
    if (overflow) {
      isize exponent;
      double fraction = int_frexp(v, &exponent);
      return function(fraction) + static_cast<double>(exponent) * function(2.0);
    }
  } else {
    value = TRY(float_as_double(x));
  }
  if (value <= 0.0) return raise_math_domain();
  return function(value);
}

constexpr const char* log_text =
    "log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\n"
    "If the base not specified, returns the natural logarithm (base e) of x.";
PyObject* math_log(PyObject*, PyObject* const* args, Py_ssize_t count) {
  auto compute = [&]() -> Result<Object> {
    if (count < 1 || count > 2) return raise(TypeError, "math.log requires 1 to 2 arguments");
    double numerator = TRY(logarithm<log_of>(args[0]));
    if (count == 1) return float_from_double(numerator);
    double denominator = TRY(logarithm<log_of>(args[1]));
    if (denominator == 0.0) return raise(ZeroDivisionError, "float division by zero");
    return float_from_double(numerator / denominator);
  };
  return compute().to_c();
}
constexpr Doc log2_doc = "log2($module, x, /)\n--\n\nReturn the base 2 logarithm of x.";
Result<double> math_log2(Module*, Object* x) { return logarithm<log2_of>(x); }
constexpr Doc log10_doc = "log10($module, x, /)\n--\n\nReturn the base 10 logarithm of x.";
Result<double> math_log10(Module*, Object* x) { return logarithm<log10_of>(x); }

// == To integers ==

template <double (*function)(double)>
Result<Object> rounded(Object* x, Str* special_name) {
  if (!is_float_exact(x)) {
    Ref<Object> special = TRY(object_lookup_special(x, special_name));
    if (special) return object_call_no_args(special);
  }
  return int_from_double(function(TRY(float_as_double(x))));
}
double floor_of(double x) { return std::floor(x); }
double ceil_of(double x) { return std::ceil(x); }

constexpr Doc floor_doc =
    "floor($module, x, /)\n--\n\nReturn the floor of x as an Integral.\n\nThis is the largest integer <= x.";
Result<Object> math_floor(Module*, Object* x) { return rounded<floor_of>(x, id::__floor__); }
constexpr Doc ceil_doc =
    "ceil($module, x, /)\n--\n\nReturn the ceiling of x as an Integral.\n\nThis is the smallest integer >= x.";
Result<Object> math_ceil(Module*, Object* x) { return rounded<ceil_of>(x, id::__ceil__); }
constexpr Doc trunc_doc =
    "trunc($module, x, /)\n--\n\nTruncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic "
    "method.";
Result<Object> math_trunc(Module*, Object* x) {
  if (is_float_exact(x)) return int_from_double(float_value(as<Float>(x)));
  Ref<Object> special = TRY(object_lookup_special(x, id::__trunc__));
  if (!special) return raise(TypeError, "type %.100s doesn't define __trunc__ method", x->ob_type->tp_name);
  return object_call_no_args(special);
}

// == The module ==

constinit PyMethodDef functions[] = {
#define ENTRY(name, function, can_overflow, text) method<math_##name, name##_doc>(),
    MATH_FUNCTIONS(ENTRY)
#undef ENTRY
        method<math_lgamma, lgamma_doc>(),
    method<math_degrees, degrees_doc>(),
    method<math_radians, radians_doc>(),
    method<math_isfinite, isfinite_doc>(),
    method<math_isinf, isinf_doc>(),
    method<math_isnan, isnan_doc>(),
    method<math_ulp, ulp_doc>(),
    method<math_frexp, frexp_doc>(),
    method<math_modf, modf_doc>(),
    method<math_atan2, atan2_doc>(),
    method<math_copysign, copysign_doc>(),
    method<math_nextafter, nextafter_doc>(),
    method<math_fmod, fmod_doc>(),
    method<math_remainder, remainder_doc>(),
    method<math_pow, pow_doc>(),
    method<math_ldexp, ldexp_doc>(),
    method<math_isclose, isclose_doc>(),
    raw_method("log", &math_log, METH_FASTCALL, log_text),
    method<math_log2, log2_doc>(),
    method<math_log10, log10_doc>(),
    method<math_floor, floor_doc>(),
    method<math_ceil, ceil_doc>(),
    method<math_trunc, trunc_doc>(),
    {},
};

Result<void> exec(Module* module) {
  auto add = [&](const char* name, double value) -> Result<void> {
    Ref<Float> constant = TRY(float_from_double(value));
    return module_add_object(module, name, constant);
  };
  TRY(module_add_functions(module, math_exact_functions));
  TRY(add("pi", M_PI));
  TRY(add("e", M_E));
  TRY(add("tau", 2 * M_PI));
  TRY(add("inf", kInfinity));
  TRY(add("nan", std::numeric_limits<double>::quiet_NaN()));
  return {};
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "math", "This module provides access to the mathematical functions\ndefined by the C standard.", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_math() { return adder::module_def_init(&adder::definition); }
