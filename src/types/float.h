// float and complex.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyFloat_Type, PyComplex_Type;

namespace adder {
inline bool is_float(const Object* o) { return o->ob_type == &PyFloat_Type || type_is_subtype(o->ob_type, &PyFloat_Type); }
inline bool is_float_exact(const Object* o) { return o->ob_type == &PyFloat_Type; }
inline bool is_complex(const Object* o) { return type_check(o, &PyComplex_Type); }
inline double float_value(const Float* f) { return f->ob_fval; }

Result<Float> float_from_double(double value);
Result<Object> float_from_string(Object* text);  // str, bytes, bytes-like
// __float__, __index__; TypeError "must be real number, not X".
Result<double> float_as_double(Object* object);
Result<Complex> complex_from_doubles(double real, double imag);
Result<Py_complex> complex_as_complex(Object* object);
// format_code r e f F g G E %; flags Py_DTSF_*; allocated text of at most this many bytes is appended to `writer`.
class StrWriter;
Result<void> double_format(double value, char format_code, int precision, int flags, StrWriter& writer);
// Strict text -> double (whole text); false if it is not a number. Accepts inf, nan.
bool double_from_text(const char* text, isize size, double* value);
}  // namespace adder
template <>
class [[nodiscard]] adder::Result<Py_complex> {
 public:
  Result(Py_complex value) : value_(value), failed_(false) {}
  Result(Error) : value_{-1, 0}, failed_(true) {}
  bool failed() const { return failed_; }
  Py_complex take() { return value_; }

 private:
  Py_complex value_;
  bool failed_;
};
