// cmath: elementary functions of complex numbers.
//
// Values     the C library's functions have annex G's special values and branch cuts, as Python's documentation wants
// them. Errors     an infinite or undefined result of finite arguments: a domain error at poles, else a range error.
// See        tests/python/test_math.py
#include <complex.h>
#undef I  // a macro of <complex.h>, and a common name

#include <cmath>
#include <limits>

#include "bind/bind.h"
#include "import/import.h"
#include "modules/math.h"
#include "types/complex.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
using LibraryFunction = double _Complex (*)(double _Complex);

double _Complex to_library(Py_complex z) {
  double _Complex result;
  __real__ result = z.real;
  __imag__ result = z.imag;
  return result;
}
Py_complex from_library(double _Complex z) { return {__real__ z, __imag__ z}; }

bool is_finite(Py_complex z) { return std::isfinite(z.real) && std::isfinite(z.imag); }
bool is_nan(Py_complex z) { return std::isnan(z.real) || std::isnan(z.imag); }
bool is_infinite(Py_complex z) { return std::isinf(z.real) || std::isinf(z.imag); }

// Annex G leaves open what acosh(0 + i nan) is; Python's documentation wants no known part.
double _Complex acosh_of(double _Complex z) {
  if (__real__ z == 0.0 && std::isnan(__imag__ z)) return to_library({__imag__ z, __imag__ z});
  return cacosh(z);
}

// Which special arguments are errors.
enum class Rule {
  kNone,
  kOverflow,       // finite arguments with an infinite result: range error
  kExponential,    // and an infinite exponent with an infinite phase: domain error
  kTrigonometric,  // the same, the parts exchanged
};

template <LibraryFunction function, Rule rule>
Result<Complex> evaluate(Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  Py_complex result = from_library(function(to_library(z)));
  if constexpr (rule == Rule::kExponential || rule == Rule::kTrigonometric) {
    double growth = rule == Rule::kExponential ? z.real : z.imag;
    double phase = rule == Rule::kExponential ? z.imag : z.real;
    bool decays = function == &cexp && growth == -kInfinity;
    if (std::isinf(phase) && !std::isnan(growth) && !decays) return raise_math_domain();
  }
  if constexpr (rule != Rule::kNone) {
    if (is_finite(z) && (is_infinite(result) || is_nan(result))) return raise_math_range();
  }
  return complex_from_doubles(result.real, result.imag);
}

#define CMATH_FUNCTIONS(F)                                                      \
  F(acos, cacos, Rule::kNone, "Return the arc cosine of z.")                    \
  F(acosh, acosh_of, Rule::kNone, "Return the inverse hyperbolic cosine of z.") \
  F(asin, casin, Rule::kNone, "Return the arc sine of z.")                      \
  F(asinh, casinh, Rule::kNone, "Return the inverse hyperbolic sine of z.")     \
  F(cos, ccos, Rule::kTrigonometric, "Return the cosine of z.")                 \
  F(cosh, ccosh, Rule::kExponential, "Return the hyperbolic cosine of z.")      \
  F(exp, cexp, Rule::kExponential, "Return the exponential value e**z.")        \
  F(sin, csin, Rule::kTrigonometric, "Return the sine of z.")                   \
  F(sinh, csinh, Rule::kExponential, "Return the hyperbolic sine of z.")        \
  F(sqrt, csqrt, Rule::kNone, "Return the square root of z.")

#define DEFINE(name, function, rule, text)                         \
  constexpr Doc name##_doc = #name "($module, z, /)\n--\n\n" text; \
  Result<Complex> cmath_##name(Module*, Object* z) { return evaluate<function, rule>(z); }
CMATH_FUNCTIONS(DEFINE)
#undef DEFINE

// The poles ±1 (of atanh) and ±1j (of atan).
constexpr Doc atan_doc = "atan($module, z, /)\n--\n\nReturn the arc tangent of z.";
Result<Complex> cmath_atan(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  if (z.real == 0.0 && std::fabs(z.imag) == 1.0) return raise_math_domain();
  Py_complex result = from_library(catan(to_library(z)));
  return complex_from_doubles(result.real, result.imag);
}
constexpr Doc atanh_doc = "atanh($module, z, /)\n--\n\nReturn the inverse hyperbolic tangent of z.";
Result<Complex> cmath_atanh(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  if (z.imag == 0.0 && std::fabs(z.real) == 1.0) return raise_math_domain();
  Py_complex result = from_library(catanh(to_library(z)));
  return complex_from_doubles(result.real, result.imag);
}

// tan and tanh are finite where sin and cos are not; only an infinite phase is an error.
constexpr Doc tan_doc = "tan($module, z, /)\n--\n\nReturn the tangent of z.";
Result<Complex> cmath_tan(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  if (std::isinf(z.real) && std::isfinite(z.imag)) return raise_math_domain();
  // Annex G leaves the imaginary part open; Python wants no known part.
  if (std::isnan(z.real) && z.imag == 0.0) return complex_from_doubles(z.real, z.real);
  Py_complex result = from_library(ctan(to_library(z)));
  return complex_from_doubles(result.real, result.imag);
}
constexpr Doc tanh_doc = "tanh($module, z, /)\n--\n\nReturn the hyperbolic tangent of z.";
Result<Complex> cmath_tanh(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  if (std::isinf(z.imag) && std::isfinite(z.real)) return raise_math_domain();
  if (std::isnan(z.imag) && z.real == 0.0) return complex_from_doubles(z.imag, z.imag);
  Py_complex result = from_library(ctanh(to_library(z)));
  return complex_from_doubles(result.real, result.imag);
}

// == Logarithms ==

// log(hypot(x, y)), precise near the unit circle, and without overflow or underflow elsewhere.
double log_of_magnitude(Py_complex z) {
  double x = std::fabs(z.real), y = std::fabs(z.imag);
  if (std::isinf(x) || std::isinf(y)) return kInfinity;
  if (std::isnan(x) || std::isnan(y)) return std::numeric_limits<double>::quiet_NaN();
  if (x > 0x1p1022 || y > 0x1p1022) return std::log(std::hypot(x / 2, y / 2)) + M_LN2;
  if (x < 0x1p-1022 && y < 0x1p-1022) {
    return std::log(std::hypot(std::ldexp(x, 53), std::ldexp(y, 53))) - 53 * M_LN2;
  }
  double magnitude = std::hypot(x, y);
  if (0.71 <= magnitude && magnitude <= 1.73) {
    double larger = x > y ? x : y, smaller = x > y ? y : x;
    return std::log1p((larger - 1) * (larger + 1) + smaller * smaller) / 2;
  }
  return std::log(magnitude);
}

Result<Py_complex> natural_log(Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  if (z.real == 0.0 && z.imag == 0.0) return raise_math_domain();
  return Py_complex{log_of_magnitude(z), std::atan2(z.imag, z.real)};
}

constexpr Doc log_doc =
    "log($module, z, base=<unrepresentable>, /)\n--\n\n"
    "log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural "
    "logarithm "
    "(base e) of z.";
Result<Complex> cmath_log(Module*, Object* z, Opt<Object*> base) {
  Py_complex result = TRY(natural_log(z));
  if (base) {
    Py_complex divisor = TRY(natural_log(base.get()));
    if (!complex_divide(result, divisor, result)) return raise(ZeroDivisionError, "complex division by zero");
  }
  return complex_from_doubles(result.real, result.imag);
}

constexpr Doc log10_doc = "log10($module, z, /)\n--\n\nReturn the base-10 logarithm of z.";
Result<Complex> cmath_log10(Module*, Object* z) {
  Py_complex result = TRY(natural_log(z));
  return complex_from_doubles(result.real / M_LN10, result.imag / M_LN10);
}

// == Polar coordinates ==

constexpr Doc phase_doc = "phase($module, z, /)\n--\n\nReturn argument, also known as the phase angle, of a complex.";
Result<double> cmath_phase(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  return std::atan2(z.imag, z.real);
}

constexpr Doc polar_doc =
    "polar($module, z, /)\n--\n\n"
    "Convert a complex from rectangular coordinates to polar coordinates.\n\n"
    "r is the distance from 0 and phi the phase angle.";
Result<Tuple> cmath_polar(Module*, Object* argument) {
  Py_complex z = TRY(complex_as_complex(argument));
  double length = std::hypot(z.real, z.imag);
  if (std::isinf(length) && is_finite(z)) return raise_math_range();
  Ref<Float> r = TRY(float_from_double(length));
  Ref<Float> phi = TRY(float_from_double(std::atan2(z.imag, z.real)));
  return tuple_pack(r.get(), phi.get());
}

constexpr Doc rect_doc = "rect($module, r, phi, /)\n--\n\nConvert from polar coordinates to rectangular coordinates.";
Result<Complex> cmath_rect(Module*, double r, double phi) {
  if (!std::isfinite(r) || !std::isfinite(phi)) {
    if (std::isinf(phi) && r != 0.0 && !std::isnan(r)) return raise_math_domain();
    if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
      if (r > 0)
        return complex_from_doubles(std::copysign(kInfinity, std::cos(phi)), std::copysign(kInfinity, std::sin(phi)));
      return complex_from_doubles(-std::copysign(kInfinity, std::cos(phi)), -std::copysign(kInfinity, std::sin(phi)));
    }
    if (r == 0.0) return complex_from_doubles(0.0, 0.0);
    if (phi == 0.0) return complex_from_doubles(r, std::isnan(r) ? 0.0 : std::copysign(0.0, r > 0 ? phi : -phi));
    if (std::isinf(r)) return complex_from_doubles(kInfinity, phi);  // phi is a NaN
  }
  if (phi == 0.0) return complex_from_doubles(r, r * phi);
  return complex_from_doubles(r * std::cos(phi), r * std::sin(phi));
}

// == Classification ==

constexpr Doc isfinite_doc =
    "isfinite($module, z, /)\n--\n\nReturn True if both the real and imaginary parts of z are finite.";
Result<bool> cmath_isfinite(Module*, Object* z) { return is_finite(TRY(complex_as_complex(z))); }
constexpr Doc isnan_doc = "isnan($module, z, /)\n--\n\nChecks if the real or imaginary part of z not a number (NaN).";
Result<bool> cmath_isnan(Module*, Object* z) { return is_nan(TRY(complex_as_complex(z))); }
constexpr Doc isinf_doc = "isinf($module, z, /)\n--\n\nChecks if the real or imaginary part of z is infinite.";
Result<bool> cmath_isinf(Module*, Object* z) { return is_infinite(TRY(complex_as_complex(z))); }

constexpr Doc isclose_doc =
    "isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)\n--\n\n"
    "Determine whether two complex numbers are close in value.\n\n"
    "  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input "
    "values\n"
    "  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input "
    "values\n\n"
    "NaN is close to nothing, infinities only to themselves.";
Result<bool> cmath_isclose(Module*, Object* first, Object* second, Opt<Object*> rel_tol, Opt<Object*> abs_tol) {
  Py_complex a = TRY(complex_as_complex(first));
  Py_complex b = TRY(complex_as_complex(second));
  double relative = rel_tol ? TRY(float_as_double(rel_tol.get())) : 1e-09;
  double absolute = abs_tol ? TRY(float_as_double(abs_tol.get())) : 0.0;
  if (relative < 0.0 || absolute < 0.0) return raise(ValueError, "tolerances must be non-negative");
  if (a.real == b.real && a.imag == b.imag) return true;
  if (is_infinite(a) || is_infinite(b)) return false;
  double difference = std::hypot(a.real - b.real, a.imag - b.imag);
  return difference <= relative * std::hypot(b.real, b.imag) || difference <= relative * std::hypot(a.real, a.imag) ||
         difference <= absolute;
}

// == The module ==

constinit PyMethodDef functions[] = {
#define ENTRY(name, function, rule, text) method<cmath_##name, name##_doc>(),
    CMATH_FUNCTIONS(ENTRY)
#undef ENTRY
        method<cmath_atan, atan_doc>(),
    method<cmath_atanh, atanh_doc>(),
    method<cmath_tan, tan_doc>(),
    method<cmath_tanh, tanh_doc>(),
    method<cmath_log, log_doc>(),
    method<cmath_log10, log10_doc>(),
    method<cmath_phase, phase_doc>(),
    method<cmath_polar, polar_doc>(),
    method<cmath_rect, rect_doc>(),
    method<cmath_isfinite, isfinite_doc>(),
    method<cmath_isnan, isnan_doc>(),
    method<cmath_isinf, isinf_doc>(),
    method<cmath_isclose, isclose_doc>(),
    {},
};

Result<void> exec(Module* module) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  auto add = [&](const char* name, double value) -> Result<void> {
    Ref<Float> constant = TRY(float_from_double(value));
    return module_add_object(module, name, constant);
  };
  TRY(add("pi", M_PI));
  TRY(add("e", M_E));
  TRY(add("tau", 2 * M_PI));
  TRY(add("inf", kInfinity));
  TRY(add("nan", nan));
  Ref<Complex> infinite = TRY(complex_from_doubles(0.0, kInfinity));
  TRY(module_add_object(module, "infj", infinite));
  Ref<Complex> undefined = TRY(complex_from_doubles(0.0, nan));
  return module_add_object(module, "nanj", undefined);
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "cmath", "This module provides access to mathematical functions for complex\nnumbers.", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_cmath() { return adder::module_def_init(&adder::definition); }
