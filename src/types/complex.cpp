// complex: complex numbers as pairs of doubles.
//
// See        C99 annex G for the special values of division and powers, tests/python/test_float.py
#include "types/complex.h"

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/double_text.h"
#include "bind/bind.h"
#include "memory/allocator.h"
#include "types/float_internal.h"
#include "types/format.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// == Arithmetic ==

Py_complex complex_multiply(Py_complex a, Py_complex b) {
  return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

bool complex_divide(Py_complex a, Py_complex b, Py_complex& quotient) {
  // Smith's method: scale by the larger part of the divisor.
  double abs_real = std::fabs(b.real), abs_imag = std::fabs(b.imag);
  if (abs_real >= abs_imag) {
    if (abs_real == 0.0) return false;
    double ratio = b.imag / b.real, denominator = b.real + b.imag * ratio;
    quotient = {(a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator};
  } else if (abs_imag >= abs_real) {
    double ratio = b.real / b.imag, denominator = b.real * ratio + b.imag;
    quotient = {(a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator};
  } else {
    quotient = {std::nan(""), std::nan("")};
  }
  return true;
}

namespace {
Py_complex power_of_integer(Py_complex base, long exponent) {
  bool inverse = exponent < 0;
  unsigned long n = inverse ? -static_cast<unsigned long>(exponent) : static_cast<unsigned long>(exponent);
  Py_complex result = {1, 0}, square = base;
  for (; n; n >>= 1) {
    if (n & 1) result = complex_multiply(result, square);
    square = complex_multiply(square, square);
  }
  if (inverse) (void)complex_divide({1, 0}, result, result);
  return result;
}

}  // namespace

bool complex_power(Py_complex base, Py_complex exponent, Py_complex& result) {
  if (exponent.real == 0 && exponent.imag == 0) {
    result = {1, 0};
    return true;
  }
  if (base.real == 0 && base.imag == 0) {
    result = {0, 0};
    return exponent.imag == 0 && exponent.real >= 0;
  }
  double magnitude = std::hypot(base.real, base.imag);
  double length = std::pow(magnitude, exponent.real);
  double angle = std::atan2(base.imag, base.real);
  double phase = angle * exponent.real;
  if (exponent.imag != 0.0) {
    length /= std::exp(angle * exponent.imag);
    phase += exponent.imag * std::log(magnitude);
  }
  result = {length * std::cos(phase), length * std::sin(phase)};
  return true;
}

// == Making and reading ==

Result<Complex> complex_from_doubles(double real, double imag) {
  auto* c = static_cast<Complex*>(memory::allocate(sizeof(Complex)));
  if (!c) return raise_no_memory();
  c->ob_refcnt = 1;
  c->ob_type = &PyComplex_Type;
  c->cval = {real, imag};
  return Ref<Complex>::steal(c);
}

namespace {
// What __complex__ gives, if the type has it.
Maybe<Object> try_special(Object* object) {
  Ref<Object> special = TRY(object_lookup_special(object, id::dunder_complex));
  if (!special) return nullptr;
  Ref<Object> result = TRY(object_call_no_args(special));
  if (!is_complex(result)) {
    return raise(TypeError, "%.200s.__complex__() returned non-complex (type %.200s)", object->ob_type->tp_name,
                 result->ob_type->tp_name);
  }
  if (result->ob_type != &PyComplex_Type) {
    TRY(warn(DeprecationWarning, 1,
             "%.200s.__complex__ returned non-complex (type %.200s).  The ability to return an instance of a strict "
             "subclass of complex is deprecated, and may not be supported in a future version of Python.",
             object->ob_type->tp_name, result->ob_type->tp_name));
  }
  return result;
}
}  // namespace

Result<Py_complex> complex_as_complex(Object* object) {
  if (is_complex(object)) return as<Complex>(object)->cval;
  Ref<Object> converted = TRY(try_special(object));
  if (converted) return as<Complex>(converted)->cval;
  return Py_complex {
    TRY(float_as_double(object))
    , 0.0
  };
}

// == Slots ==

namespace {
// Operand as a complex number; false for other types. An int too large raises: then `failed` is set.
bool operand(Object* object, Py_complex& value, bool& failed) {
  if (is_complex(object)) {
    value = as<Complex>(object)->cval;
  } else if (is_float(object)) {
    value = {float_value(as<Float>(object)), 0.0};
  } else if (is_int(object)) {
    Result<double> converted = int_as_double(object);
    failed = failed || converted.failed();
    value = {converted.failed() ? 0.0 : converted.take(), 0.0};
  } else {
    return false;
  }
  return true;
}

template <Result<Complex> (*function)(Py_complex, Py_complex)>
PyObject* binary(PyObject* left, PyObject* right) {
  Py_complex a, b;
  bool failed = false;
  if (!operand(left, a, failed)) return NotImplemented;
  if (failed) return nullptr;
  if (!operand(right, b, failed)) return NotImplemented;
  if (failed) return nullptr;
  return function(a, b).to_c();
}

Result<Complex> add(Py_complex a, Py_complex b) { return complex_from_doubles(a.real + b.real, a.imag + b.imag); }
Result<Complex> subtract(Py_complex a, Py_complex b) { return complex_from_doubles(a.real - b.real, a.imag - b.imag); }
Result<Complex> multiply(Py_complex a, Py_complex b) {
  Py_complex product = complex_multiply(a, b);
  return complex_from_doubles(product.real, product.imag);
}
Result<Complex> divide(Py_complex a, Py_complex b) {
  Py_complex quotient;
  if (!complex_divide(a, b, quotient)) return raise(ZeroDivisionError, "complex division by zero");
  return complex_from_doubles(quotient.real, quotient.imag);
}

Result<Complex> power(Py_complex base, Py_complex exponent) {
  Py_complex result;
  bool defined = true;
  if (exponent.imag == 0.0 && exponent.real == std::floor(exponent.real) && std::fabs(exponent.real) <= 100.0) {
    defined = !(base.real == 0 && base.imag == 0 && exponent.real < 0);
    if (defined) result = power_of_integer(base, static_cast<long>(exponent.real));
  } else {
    defined = complex_power(base, exponent, result);
  }
  if (!defined) return raise(ZeroDivisionError, "0.0 to a negative or complex power");
  bool overflow = (std::isinf(result.real) || std::isinf(result.imag)) && std::isfinite(base.real) &&
                  std::isfinite(base.imag) && std::isfinite(exponent.real) && std::isfinite(exponent.imag);
  if (overflow) return raise(OverflowError, "complex exponentiation");
  return complex_from_doubles(result.real, result.imag);
}

PyObject* power_slot(PyObject* left, PyObject* right, PyObject* modulus) {
  if (modulus != None) {
    (void)raise(ValueError, "complex modulo");
    return nullptr;
  }
  return binary<power>(left, right);
}

Result<Object> complex_negative(Complex* c) { return complex_from_doubles(-c->cval.real, -c->cval.imag); }
Result<Object> complex_positive(Complex* c) {
  if (c->ob_type == &PyComplex_Type) return Result<Object>::share(c);
  return complex_from_doubles(c->cval.real, c->cval.imag);
}
Result<Object> complex_absolute(Complex* c) {
  double real = c->cval.real, imag = c->cval.imag;
  double result = std::hypot(real, imag);
  if (std::isinf(result) && std::isfinite(real) && std::isfinite(imag)) {
    return raise(OverflowError, "absolute value too large");
  }
  return float_from_double(result);
}
int complex_bool(PyObject* self) {
  Py_complex value = as<Complex>(self)->cval;
  return value.real != 0.0 || value.imag != 0.0;
}

Result<Object> complex_rich_compare(Complex* c, Object* other, int op) {
  if (op != Py_EQ && op != Py_NE) return not_implemented();
  bool equal;
  if (is_complex(other)) {
    Py_complex value = as<Complex>(other)->cval;
    equal = c->cval.real == value.real && c->cval.imag == value.imag;
  } else if (is_float(other) || is_int(other)) {
    equal = false;
    if (c->cval.imag == 0.0) {
      Ref<Object> answer = TRY(double_compare(c->cval.real, other, Py_EQ));
      equal = answer.get() == True;
    }
  } else {
    return not_implemented();
  }
  return bool_result(equal == (op == Py_EQ));
}

Result<isize> complex_hash(Complex* c) {
  auto real = static_cast<usize>(hash_double(c, c->cval.real));
  auto imag = static_cast<usize>(hash_double(c, c->cval.imag));
  auto hash = static_cast<isize>(real + static_cast<usize>(_PyHASH_IMAG) * imag);
  return hash == -1 ? isize{-2} : hash;
}

Result<Str> complex_repr(Complex* c) {
  StrWriter writer(24);
  double real = c->cval.real, imag = c->cval.imag;
  // A real part of plain 0 is left out.
  bool bare = real == 0.0 && !std::signbit(real);
  if (!bare) {
    TRY(writer.write_char('('));
    TRY(double_format(real, 'r', 0, 0, writer));
  }
  TRY(double_format(imag, 'r', 0, bare ? 0 : Py_DTSF_SIGN, writer));
  TRY(writer.write_char('j'));
  if (!bare) TRY(writer.write_char(')'));
  return writer.finish();
}

void complex_dealloc(PyObject* self) { self->ob_type->tp_free(self); }

// == Construction ==

// The longest prefix that is a float; false if there is none.
bool take_float(const char*& p, const char* end, double& value) {
  const char* q = p;
  if (q < end && (*q == '+' || *q == '-')) ++q;
  auto word = [&](const char* lower) {
    const char* r = q;
    for (; *lower; ++lower, ++r) {
      if (r == end || (*r | 0x20) != *lower) return false;
    }
    q = r;
    return true;
  };
  if (word("infinity") || word("inf") || word("nan")) return double_from_text(p, q - p, &value) && (p = q, true);
  bool digits = false;
  auto skip_digits = [&] {
    while (q < end && *q >= '0' && *q <= '9') ++q, digits = true;
  };
  skip_digits();
  if (q < end && *q == '.') {
    ++q;
    skip_digits();
  }
  if (!digits) return false;
  if (q < end && (*q | 0x20) == 'e') {
    const char* r = q + 1;
    if (r < end && (*r == '+' || *r == '-')) ++r;
    if (r < end && *r >= '0' && *r <= '9') {
      while (r < end && *r >= '0' && *r <= '9') ++r;
      q = r;
    }
  }
  if (!double_from_text(p, q - p, &value)) return false;
  p = q;
  return true;
}

// [spaces] ["("] real, imaginary "j", or both, the second signed; "j" alone is 1j.
bool parse(const char* p, const char* end, Py_complex& result) {
  auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); };
  auto skip_spaces = [&] {
    while (p < end && is_space(*p)) ++p;
  };
  skip_spaces();
  bool bracket = p < end && *p == '(';
  if (bracket) {
    ++p;
    skip_spaces();
  }
  double real = 0.0, imag = 0.0, value;
  auto is_j = [&] { return p < end && (*p == 'j' || *p == 'J'); };
  auto is_sign = [&] { return p < end && (*p == '+' || *p == '-'); };
  auto take_unit = [&](double& unit) {  // a sign or nothing, in front of j
    const char* start = p;
    unit = 1.0;
    if (is_sign()) unit = *p++ == '-' ? -1.0 : 1.0;
    if (is_j()) return true;
    p = start;
    return false;
  };
  if (take_float(p, end, value)) {
    if (is_sign()) {
      real = value;
      if (!take_float(p, end, imag) && !take_unit(imag)) return false;
      if (!is_j()) return false;
      ++p;
    } else if (is_j()) {
      ++p;
      imag = value;
    } else {
      real = value;
    }
  } else {
    if (!take_unit(imag)) return false;
    ++p;
  }
  skip_spaces();
  if (bracket) {
    if (p == end || *p != ')') return false;
    ++p;
    skip_spaces();
  }
  result = {real, imag};
  return p == end;
}

Result<Py_complex> complex_from_str(Str* text) {
  isize size = str_length(text);
  char small[128];
  char* data =
      size <= static_cast<isize>(sizeof small) ? small : static_cast<char*>(memory::allocate(static_cast<usize>(size)));
  if (!data) return raise_no_memory();
  isize kept = 0;
  bool underscores_valid = true;
  char previous = 0;
  for (isize i = 0; i < size; ++i) {
    char c = str_char_as_ascii(str_read_char(text, i));
    if (c == '_') {
      char next = i + 1 < size ? str_char_as_ascii(str_read_char(text, i + 1)) : 0;
      underscores_valid = underscores_valid && previous >= '0' && previous <= '9' && next >= '0' && next <= '9';
    } else {
      data[kept++] = c;
    }
    previous = c;
  }
  Py_complex result;
  bool valid = underscores_valid && parse(data, data + kept, result);
  if (data != small) memory::release(data);
  if (!underscores_valid)
    return raise(ValueError, "could not convert string to complex: %R", static_cast<Object*>(text));
  if (!valid) return raise(ValueError, "complex() arg is a malformed string");
  return result;
}

Result<Object> make(Type* type, Py_complex value) {
  if (type == &PyComplex_Type) return complex_from_doubles(value.real, value.imag);
  Ref<Object> result = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  as<Complex>(result)->cval = value;
  return result;
}

bool has_number(Object* object) {
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  return methods && (methods->nb_float || methods->nb_index);
}

constexpr Doc new_doc =
    "complex(real=0, imag=0)\n--\n\n"
    "Create a complex number from a string or numbers.\n\n"
    "If a string is given, parse it as a complex number.\n"
    "If a single number is given, convert it to a complex number.\n"
    "If the 'real' or 'imag' arguments are given, create a complex number\n"
    "with the specified real and imaginary components.";

Result<Object> complex_new(Type* type, Opt<Object*> real_argument, Opt<Object*> imag_argument) {
  if (real_argument && !imag_argument && type == &PyComplex_Type && real_argument->ob_type == &PyComplex_Type) {
    return Result<Object>::share(real_argument.get());
  }
  if (real_argument && is_str(real_argument.get())) {
    if (imag_argument) return raise(TypeError, "complex() can't take second arg if first is a string");
    return make(type, TRY(complex_from_str(as<Str>(real_argument.get()))));
  }
  if (imag_argument && is_str(imag_argument.get())) return raise(TypeError, "complex() second arg can't be a string");

  Ref<Object> real = Ref<Object>::share_or_empty(real_argument.get());
  if (real) {
    Ref<Object> converted = TRY(try_special(real));
    if (converted) real = std::move(converted);
    if (!is_complex(real) && !has_number(real)) {
      return raise(TypeError, "complex() first argument must be a string or a number, not '%.200s'",
                   real->ob_type->tp_name);
    }
  }
  if (imag_argument && !is_complex(imag_argument.get()) && !has_number(imag_argument.get())) {
    return raise(TypeError, "complex() second argument must be a number, not '%.200s'",
                 imag_argument->ob_type->tp_name);
  }
  Py_complex first = {0, 0}, second = {0, 0};
  bool first_is_complex = false, second_is_complex = false;
  if (real) {
    if (is_complex(real)) {
      first = as<Complex>(real)->cval;
      first_is_complex = true;
    } else {
      Ref<Object> number = TRY(number_float(real));
      first.real = float_value(as<Float>(number));
    }
  }
  if (imag_argument) {
    if (is_complex(imag_argument.get())) {
      second = as<Complex>(imag_argument.get())->cval;
      second_is_complex = true;
    } else {
      Ref<Object> number = TRY(number_float(imag_argument.get()));
      second.real = float_value(as<Float>(number));
    }
  } else if (first_is_complex) {
    second.real = first.imag;
    first_is_complex = false;
  }
  // real + imag * 1j, without touching the signs of zeros where an argument is no complex number
  if (second_is_complex) first.real -= second.imag;
  if (first_is_complex) second.real += first.imag;
  return make(type, {first.real, second.real});
}

// == Methods ==

constexpr Doc conjugate_doc =
    "conjugate($self, /)\n--\n\nReturn the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.";
constexpr Doc complex_doc = "__complex__($self, /)\n--\n\nConvert this value to exact type complex.";
constexpr Doc getnewargs_doc = "__getnewargs__($self, /)\n--\n\n";
constexpr Doc format_doc = "__format__($self, format_spec, /)\n--\n\nConvert to a string according to format_spec.";

Result<Object> complex_conjugate(Complex* c) { return complex_from_doubles(c->cval.real, -c->cval.imag); }

Result<Object> complex_getnewargs(Complex* c) {
  Ref<Float> real = TRY(float_from_double(c->cval.real));
  Ref<Float> imag = TRY(float_from_double(c->cval.imag));
  return tuple_pack(real.get(), imag.get());
}

Result<Str> complex_format(Complex* c, Object* spec) {
  if (!is_str(spec)) return raise(TypeError, "__format__() argument must be str, not %.50s", spec->ob_type->tp_name);
  return format_complex(c, as<Str>(spec));
}

constinit PyMethodDef complex_methods[] = {
    method<complex_conjugate, conjugate_doc>(),
    method<complex_positive, complex_doc>(),
    method<complex_getnewargs, getnewargs_doc>(),
    method<complex_format, format_doc>(),
    {},
};

constinit PyMemberDef complex_members[] = {
    member("real", T_DOUBLE, offsetof(Complex, cval.real), READONLY, "the real part of a complex number"),
    member("imag", T_DOUBLE, offsetof(Complex, cval.imag), READONLY, "the imaginary part of a complex number"),
    {},
};

// == Type object ==

constinit PyNumberMethods complex_as_number = {
    .nb_add = &binary<add>,
    .nb_subtract = &binary<subtract>,
    .nb_multiply = &binary<multiply>,
    .nb_power = &power_slot,
    .nb_negative = slot<complex_negative>,
    .nb_positive = slot<complex_positive>,
    .nb_absolute = slot<complex_absolute>,
    .nb_bool = &complex_bool,
    .nb_true_divide = &binary<divide>,
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyComplex_Type = {
    .tp_name = "complex",
    .tp_basicsize = sizeof(Complex),
    .tp_dealloc = &complex_dealloc,
    .tp_repr = slot<complex_repr>,
    .tp_as_number = &complex_as_number,
    .tp_hash = slot<complex_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = new_doc.text,
    .tp_richcompare = slot<complex_rich_compare>,
    .tp_methods = complex_methods,
    .tp_members = complex_members,
    .tp_new = constructor<complex_new, new_doc>,
    .tp_free = object_plain_del,
};
