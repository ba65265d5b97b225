// float: IEEE 754 double precision numbers.
//
// Law        comparisons with ints are exact, whatever their size. Division and modulo round to minus infinity.
// See        base/double_text.h, types/float_hex.cpp, docs/objects.md, tests/python/test_float.py
#include "types/float.h"

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/copy.h"
#include "base/double_text.h"
#include "base/hot.h"
#include "base/unicode.h"
#include "bind/bind.h"
#include "memory/allocator.h"
#include "types/bytes.h"
#include "types/float_internal.h"
#include "types/format.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// == Making and reading ==

ADDER_HOT Result<Float> float_from_double(double value) {
  auto* f = static_cast<Float*>(memory::allocate(sizeof(Float)));
  if (ADDER_UNLIKELY(!f)) return raise_no_memory();
  f->ob_refcnt = 1;
  f->ob_type = &PyFloat_Type;
  f->ob_fval = value;
  return Ref<Float>::steal(f);
}

Result<double> float_as_double(Object* object) {
  if (ADDER_LIKELY(is_float(object))) return float_value(as<Float>(object));
  if (is_int_exact(object)) return int_as_double(object);
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  if (!methods || !methods->nb_float) {
    if (methods && methods->nb_index) {
      Ref<Object> index = TRY(number_index(object));
      return int_as_double(index);
    }
    return raise(TypeError, "must be real number, not %.50s", object->ob_type->tp_name);
  }
  Ref<Object> result = TRY(number_float(object));
  return float_value(as<Float>(result));
}

namespace {
bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); }

// A number with spaces around and underscores between digits.
bool parse_padded(char* text, isize size, double* value) {
  while (size > 0 && is_ascii_space(*text)) ++text, --size;
  while (size > 0 && is_ascii_space(text[size - 1])) --size;
  isize kept = 0;
  char previous = 0;
  for (isize i = 0; i < size; ++i) {
    char c = text[i];
    if (c == '_') {
      bool between = previous >= '0' && previous <= '9' && i + 1 < size && text[i + 1] >= '0' && text[i + 1] <= '9';
      if (!between) return false;
    } else {
      text[kept++] = c;
    }
    previous = c;
  }
  return double_from_text(text, kept, value);
}

class CharBuffer {
 public:
  explicit CharBuffer(isize size) {
    data_ = size <= static_cast<isize>(sizeof small_) ? small_
                                                      : static_cast<char*>(memory::allocate(static_cast<usize>(size)));
  }
  ~CharBuffer() {
    if (data_ && data_ != small_) memory::release(data_);
  }
  CharBuffer(const CharBuffer&) = delete;
  char* data() { return data_; }

 private:
  char small_[128];
  char* data_;
};
}  // namespace

Result<Object> float_from_string(Object* text) {
  double value;
  if (is_str(text)) {
    Str* s = as<Str>(text);
    isize size = str_length(s);
    CharBuffer buffer(size);
    if (!buffer.data()) return raise_no_memory();
    if (str_is_ascii(s)) {
      std::memcpy(buffer.data(), str_data(s), static_cast<usize>(size));
    } else {
      for (isize i = 0; i < size; ++i) buffer.data()[i] = str_char_as_ascii(str_read_char(s, i));
    }
    if (parse_padded(buffer.data(), size, &value)) return float_from_double(value);
    return raise(ValueError, "could not convert string to float: %R", text);
  }
  BufferView view;
  if (!is_bytes(text) && !is_bytearray(text) && !check_buffer(text)) {
    return raise(TypeError, "float() argument must be a string or a real number, not '%.200s'", text->ob_type->tp_name);
  }
  if (view.acquire(text).failed()) {
    return raise(TypeError, "float() argument must be a string or a real number, not '%.200s'", text->ob_type->tp_name);
  }
  CharBuffer buffer(view.size());
  if (!buffer.data()) return raise_no_memory();
  copy_bytes(buffer.data(), view.data(), static_cast<usize>(view.size()));
  if (parse_padded(buffer.data(), view.size(), &value)) return float_from_double(value);
  return raise(ValueError, "could not convert string to float: %R", text);
}

char str_char_as_ascii(Py_UCS4 c) {
  if (c < 128) return static_cast<char>(c);
  int digit_value = unicode::decimal_value(static_cast<char32_t>(c));
  if (digit_value >= 0) return static_cast<char>('0' + digit_value);
  return unicode::is_space(static_cast<char32_t>(c)) ? ' ' : '?';
}

Result<void> double_format(double value, char format_code, int precision, int flags, StrWriter& writer) {
  bool percent = format_code == '%';
  DoubleText text;
  if (!double_to_text(percent ? value * 100 : value, percent ? 'f' : format_code, precision, flags, text)) {
    return raise_no_memory();
  }
  TRY(writer.write_ascii({text.data(), static_cast<usize>(text.size())}));
  if (percent) TRY(writer.write_char('%'));
  return {};
}

Result<Str> double_repr(double value) {
  DoubleText text;
  if (!double_to_text(value, 'r', 0, kDoubleAddDot0, text)) return raise_no_memory();
  return str_from_latin1({text.data(), static_cast<usize>(text.size())});
}

// == Arithmetic ==

namespace {
// The value of a float or int operand; false for others. An int too large raises: then `failed` is set.
bool operand(Object* object, double& value, bool& failed) {
  if (is_float(object)) {
    value = float_value(as<Float>(object));
    return true;
  }
  if (!is_int(object)) return false;
  Result<double> converted = int_as_double(object);
  failed = failed || converted.failed();
  value = converted.failed() ? 0.0 : converted.take();
  return true;
}

template <Result<Object> (*function)(double, double)>
PyObject* binary(PyObject* left, PyObject* right) {
  double a, b;
  bool failed = false;
  if (ADDER_LIKELY(is_float_exact(left) && is_float_exact(right))) {
    a = float_value(as<Float>(left)), b = float_value(as<Float>(right));
  } else {
    if (!operand(left, a, failed)) return NotImplemented;
    if (failed) return nullptr;
    if (!operand(right, b, failed)) return NotImplemented;
    if (failed) return nullptr;
  }
  return function(a, b).to_c();
}

Result<Object> add(double a, double b) { return float_from_double(a + b); }
Result<Object> subtract(double a, double b) { return float_from_double(a - b); }
Result<Object> multiply(double a, double b) { return float_from_double(a * b); }

Result<Object> true_divide(double a, double b) {
  if (b == 0.0) return raise(ZeroDivisionError, "float division by zero");
  return float_from_double(a / b);
}

void divide_flooring(double a, double b, double& quotient, double& remainder) {
  remainder = std::fmod(a, b);
  double exact = (a - remainder) / b;
  if (remainder != 0.0) {
    if ((b < 0) != (remainder < 0)) {
      remainder += b;
      exact -= 1.0;
    }
  } else {
    remainder = std::copysign(0.0, b);
  }
  if (exact != 0.0) {
    quotient = std::floor(exact);
    if (exact - quotient > 0.5) quotient += 1.0;
  } else {
    quotient = std::copysign(0.0, a / b);
  }
}

Result<Object> floor_divide(double a, double b) {
  if (b == 0.0) return raise(ZeroDivisionError, "float floor division by zero");
  double quotient, remainder;
  divide_flooring(a, b, quotient, remainder);
  return float_from_double(quotient);
}

Result<Object> remainder(double a, double b) {
  if (b == 0.0) return raise(ZeroDivisionError, "float modulo");
  double rest = std::fmod(a, b);
  if (rest != 0.0) {
    if ((b < 0) != (rest < 0)) rest += b;
  } else {
    rest = std::copysign(0.0, b);
  }
  return float_from_double(rest);
}

Result<Object> divide_modulo(double a, double b) {
  if (b == 0.0) return raise(ZeroDivisionError, "float divmod()");
  double quotient, rest;
  divide_flooring(a, b, quotient, rest);
  Ref<Float> first = TRY(float_from_double(quotient));
  Ref<Float> second = TRY(float_from_double(rest));
  return tuple_pack(first.get(), second.get());
}

Error raise_range_error() {
  Result<Str> text = str_from_string("Numerical result out of range");
  if (text.failed()) return Error{};
  Ref<Str> message = text.take();
  Result<Int> number = int_from_i64(ERANGE);
  if (number.failed()) return Error{};
  Ref<Int> code = number.take();
  Result<Tuple> arguments = tuple_pack(static_cast<Object*>(code), static_cast<Object*>(message));
  if (arguments.failed()) return Error{};
  Ref<Tuple> args = arguments.take();
  return raise_object(OverflowError, args);
}

Result<Object> power(double a, double b) {
  if (a == 0.0 && b < 0.0 && std::isfinite(b))
    return raise(ZeroDivisionError, "0.0 cannot be raised to a negative power");
  if (a < 0.0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b)) {
    Ref<Complex> base = TRY(complex_from_doubles(a, 0));
    Ref<Complex> exponent = TRY(complex_from_doubles(b, 0));
    return Result<Object>::from_c(PyComplex_Type.tp_as_number->nb_power(base, exponent, None));
  }
  double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) return raise_range_error();
  return float_from_double(result);
}

PyObject* power_slot(PyObject* left, PyObject* right, PyObject* modulus) {
  if (modulus != None) {
    (void)raise(TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    return nullptr;
  }
  return binary<power>(left, right);
}

template <double (*function)(double)>
PyObject* unary(PyObject* self) {
  return float_from_double(function(float_value(as<Float>(self)))).to_c();
}
double negate(double value) { return -value; }
double absolute(double value) { return std::fabs(value); }

Result<Object> float_exact(Float* f) {
  return is_float_exact(f) ? Result<Object>::share(f) : Result<Object>(float_from_double(f->ob_fval));
}
int float_bool(PyObject* self) { return float_value(as<Float>(self)) != 0.0; }
Result<Object> float_trunc(Float* f) { return int_from_double(f->ob_fval); }

// == Comparison, hash, text ==

// -1, 0, 1: the order of a finite double and an int, exactly.
Result<int> compare_with_int(double value, Int* other) {
  isize bits = static_cast<isize>(int_num_bits(other));
  if (bits <= 53) {
    bool overflow;
    double number = int_as_double_raw(other, &overflow);
    return value < number ? -1 : value > number ? 1 : 0;
  }
  int sign = value < 0 ? -1 : value > 0 ? 1 : 0;
  if (sign != int_sign(other)) return sign < int_sign(other) ? -1 : 1;
  double whole;
  double fraction = std::modf(value, &whole);
  Ref<Int> number = TRY(int_from_double(whole));
  if (int order = int_compare(number, other)) return order;
  return fraction < 0 ? -1 : fraction > 0 ? 1 : 0;
}
}  // namespace

Result<Object> double_compare(double value, Object* other, int op) {
  double number;
  if (is_float(other)) {
    number = float_value(as<Float>(other));
  } else if (is_int(other)) {
    if (!std::isfinite(value)) {
      number = 0.0;
    } else {
      return bool_result(compare_values(TRY(compare_with_int(value, as<Int>(other))), 0, op));
    }
  } else {
    return not_implemented();
  }
  return bool_result(compare_values(value, number, op));
}

namespace {
Result<Object> float_rich_compare(Float* f, Object* other, int op) { return double_compare(f->ob_fval, other, op); }
Result<isize> float_hash(Float* f) { return hash_double(f, f->ob_fval); }
Result<Str> float_repr(Float* f) { return double_repr(f->ob_fval); }

ADDER_HOT void float_dealloc(PyObject* self) {
  if (ADDER_LIKELY(is_float_exact(self)))
    memory::release(self);
  else
    self->ob_type->tp_free(self);
}

// == Methods ==

constexpr Doc new_doc = "float(x=0, /)\n--\n\nConvert a string or number to a floating point number, if possible.";
constexpr Doc conjugate_doc = "conjugate($self, /)\n--\n\nReturn self, the complex conjugate of any float.";
constexpr Doc trunc_doc = "__trunc__($self, /)\n--\n\nReturn the Integral closest to x between 0 and x.";
constexpr Doc floor_doc = "__floor__($self, /)\n--\n\nReturn the floor as an Integral.";
constexpr Doc ceil_doc = "__ceil__($self, /)\n--\n\nReturn the ceiling as an Integral.";
constexpr Doc round_doc =
    "__round__($self, ndigits=None, /)\n--\n\n"
    "Return the Integral closest to x, rounding half toward even.\n\n"
    "When an argument is passed, work like built-in round(x, ndigits).";
constexpr Doc ratio_doc =
    "as_integer_ratio($self, /)\n--\n\nReturn integer ratio.\n\n"
    "Return a pair of integers, whose ratio is exactly equal to the original float\n"
    "and with a positive denominator.\n\nRaise OverflowError on infinities and a ValueError on NaNs.\n\n"
    ">>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n"
    ">>> (-.25).as_integer_ratio()\n(-1, 4)";
constexpr Doc fromhex_doc =
    "fromhex($type, string, /)\n--\n\nCreate a floating-point number from a hexadecimal string.\n\n"
    ">>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324";
constexpr Doc hex_doc =
    "hex($self, /)\n--\n\nReturn a hexadecimal representation of a floating-point number.\n\n"
    ">>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'";
constexpr Doc is_integer_doc = "is_integer($self, /)\n--\n\nReturn True if the float is an integer.";
constexpr Doc getnewargs_doc = "__getnewargs__($self, /)\n--\n\n";
constexpr Doc getformat_doc =
    "__getformat__($type, typestr, /)\n--\n\nYou probably don't want to use this function.\n\n  typestr\n"
    "    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite.\n\n"
    "This function returns whichever of 'unknown', 'IEEE, big-endian' or 'IEEE,\n"
    "little-endian' best describes the format of floating point numbers used by the\n"
    "C type named by typestr.";
constexpr Doc format_doc = "__format__($self, format_spec, /)\n--\n\nFormats the float according to format_spec.";

Result<Object> float_new(Type* type, Opt<Object*> x) {
  Ref<Object> value = x ? (is_str_exact(x.get()) ? TRY(float_from_string(x.get())) : TRY(number_float(x.get())))
                        : Ref<Object>(TRY(float_from_double(0.0)));
  if (type == &PyFloat_Type) return value;
  Ref<Object> result = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  as<Float>(result)->ob_fval = float_value(as<Float>(value));
  return result;
}

PyObject* float_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  auto make = [&]() -> Result<Object> {
    isize count = static_cast<isize>(vectorcall_nargs(nargsf));
    if (names && tuple_size(as<Tuple>(names)) > 0) return raise(TypeError, "float() takes no keyword arguments");
    if (count > 1) return raise(TypeError, "float expected at most 1 argument, got %zd", count);
    return float_new(reinterpret_cast<Type*>(type), count ? args[0] : nullptr);
  };
  return make().to_c();
}

PyObject* float_tp_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto make = [&]() -> Result<Object> {
    if (kwargs && type->tp_init == PyFloat_Type.tp_init && TRY(object_size(kwargs)) > 0) {
      return raise(TypeError, "float() takes no keyword arguments");
    }
    isize count = tuple_size(as<Tuple>(args));
    if (count > 1) return raise(TypeError, "float expected at most 1 argument, got %zd", count);
    return float_new(type, count ? tuple_item(as<Tuple>(args), 0) : nullptr);
  };
  return make().to_c();
}

Result<Object> float_floor(Float* f) { return int_from_double(std::floor(f->ob_fval)); }
Result<Object> float_ceil(Float* f) { return int_from_double(std::ceil(f->ob_fval)); }

// Rounds half to even on the exact decimal value.
Result<double> round_to_places(double value, isize places) {
  // Nothing lies behind 323 digits; and in front of the 309th there is nothing to keep.
  if (places > 323 || !std::isfinite(value) || value == 0.0) return value;
  if (places < -309) return std::copysign(0.0, value);
  DoubleText text;
  double result;
  if (places >= 0) {
    if (!double_to_text(value, 'f', static_cast<int>(places), 0, text)) return raise_no_memory();
  } else {
    // All digits of the whole part, exactly; the fraction only breaks ties.
    DoubleText exact;
    if (!double_to_text(std::fabs(value), 'f', 1075, 0, exact)) return raise_no_memory();
    isize whole = 0;
    while (exact.data()[whole] != '.') ++whole;
    isize kept = whole + places;  // digits that stay
    if (kept < 0) return std::copysign(0.0, value);
    char digits[320];
    digits[0] = '0';
    std::memcpy(digits + 1, exact.data(), static_cast<usize>(kept));
    char next = exact.data()[kept];
    bool more = false;
    for (isize i = kept + 1; i < exact.size(); ++i) more = more || (exact.data()[i] != '0' && exact.data()[i] != '.');
    bool odd = (digits[kept] - '0') & 1;
    if (next > '5' || (next == '5' && (more || odd))) {
      isize i = kept;
      while (digits[i] == '9') digits[i--] = '0';
      ++digits[i];
    }
    if (!text.reserve(400)) return raise_no_memory();
    if (value < 0) text.append('-');
    text.append(digits, kept + 1);
    text.append_repeated('0', -places);
  }
  double_from_text(text.data(), text.size(), &result);
  if (std::isinf(result)) return raise(OverflowError, "rounded value too large to represent");
  return result;
}

Result<Object> float_round(Float* f, Object* places) {
  if (places == None) return int_from_double(std::nearbyint(f->ob_fval));
  isize count = TRY(number_as_ssize_t(places, nullptr));
  return float_from_double(TRY(round_to_places(f->ob_fval, count)));
}

Result<Object> float_as_integer_ratio(Float* f) {
  double value = f->ob_fval;
  if (std::isinf(value)) return raise(OverflowError, "cannot convert Infinity to integer ratio");
  if (std::isnan(value)) return raise(ValueError, "cannot convert NaN to integer ratio");
  int exponent;
  double mantissa = std::frexp(value, &exponent);
  for (int i = 0; i < 60 && mantissa != std::floor(mantissa); ++i) {
    mantissa *= 2.0;
    --exponent;
  }
  Ref<Object> numerator = TRY(int_from_double(mantissa));
  Ref<Object> denominator = new_ref(static_cast<Object*>(small_int(1)));
  if (exponent > 0)
    numerator = TRY(int_lshift(as<Int>(numerator), exponent));
  else
    denominator = TRY(int_lshift(as<Int>(denominator), -exponent));
  return tuple_pack(numerator.get(), denominator.get());
}

Result<bool> float_is_integer(Float* f) { return std::isfinite(f->ob_fval) && std::floor(f->ob_fval) == f->ob_fval; }

Result<Object> float_getnewargs(Float* f) {
  Ref<Float> value = TRY(float_from_double(f->ob_fval));
  return tuple_pack(value.get());
}

Result<Str> float_getformat(Type*, Object* kind) {
  if (!is_str(kind)) {
    return raise(TypeError, "__getformat__() argument must be str, not %.50s", kind->ob_type->tp_name);
  }
  if (!str_equals(as<Str>(kind), "double") && !str_equals(as<Str>(kind), "float")) {
    return raise(ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
  }
  return str_from_string("IEEE, little-endian");
}

Result<Str> float_format(Float* f, Object* spec) {
  if (!is_str(spec)) return raise(TypeError, "__format__() argument must be str, not %.50s", spec->ob_type->tp_name);
  return format_float(f, as<Str>(spec));
}

Result<Object> get_imaginary(Float*) { return float_from_double(0.0); }

constinit PyMethodDef float_methods[] = {
    method<float_exact, conjugate_doc>(),
    method<float_trunc, trunc_doc>(),
    method<float_floor, floor_doc>(),
    method<float_ceil, ceil_doc>(),
    method<float_round, round_doc>(),
    method<float_as_integer_ratio, ratio_doc>(),
    class_method<float_from_hex, fromhex_doc>(),
    method<float_hex, hex_doc>(),
    method<float_is_integer, is_integer_doc>(),
    method<float_getnewargs, getnewargs_doc>(),
    class_method<float_getformat, getformat_doc>(),
    method<float_format, format_doc>(),
    {},
};

constinit PyGetSetDef float_get_set[] = {
    get_set<float_exact>("real", "the real part of a complex number"),
    get_set<get_imaginary>("imag", "the imaginary part of a complex number"),
    {},
};

// == Type object ==

constinit PyNumberMethods float_as_number = {
    .nb_add = &binary<add>,
    .nb_subtract = &binary<subtract>,
    .nb_multiply = &binary<multiply>,
    .nb_remainder = &binary<remainder>,
    .nb_divmod = &binary<divide_modulo>,
    .nb_power = &power_slot,
    .nb_negative = &unary<negate>,
    .nb_positive = slot<float_exact>,
    .nb_absolute = &unary<absolute>,
    .nb_bool = &float_bool,
    .nb_int = slot<float_trunc>,
    .nb_float = slot<float_exact>,
    .nb_floor_divide = &binary<floor_divide>,
    .nb_true_divide = &binary<true_divide>,
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyFloat_Type = {
    .tp_name = "float",
    .tp_basicsize = sizeof(Float),
    .tp_dealloc = &float_dealloc,
    .tp_repr = slot<float_repr>,
    .tp_as_number = &float_as_number,
    .tp_hash = slot<float_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = new_doc.text,
    .tp_richcompare = slot<float_rich_compare>,
    .tp_methods = float_methods,
    .tp_getset = float_get_set,
    .tp_new = &float_tp_new,
    .tp_free = object_plain_del,
    .tp_vectorcall = &float_vectorcall,
};
