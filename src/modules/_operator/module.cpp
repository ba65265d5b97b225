// _operator: the operators as functions.
//
// See        library reference "operator"; tests/python/test_operator_module.py
#include "bind/bind.h"
#include "import/import.h"
#include "modules/_operator/getters.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {
// == Operators ==

#define UNARY(name, doc, function)                                        \
  constexpr Doc name##_doc = #name "($module, a, /)\n--\n\nSame as " doc; \
  Result<Object> op_##name(Module*, Object* a) { return function(a); }
#define BINARY(name, doc, function)                                          \
  constexpr Doc name##_doc = #name "($module, a, b, /)\n--\n\nSame as " doc; \
  Result<Object> op_##name(Module*, Object* a, Object* b) { return function(a, b); }
#define COMPARISON(name, doc, op)                                            \
  constexpr Doc name##_doc = #name "($module, a, b, /)\n--\n\nSame as " doc; \
  Result<Object> op_##name(Module*, Object* a, Object* b) { return object_rich_compare(a, b, op); }

Result<Object> power(Object* a, Object* b) { return number_power(a, b, None); }
Result<Object> in_place_power(Object* a, Object* b) { return number_in_place_power(a, b, None); }

#define ALL_OPERATORS                                                         \
  UNARY(index, "a.__index__()", number_index)                                 \
  UNARY(neg, "-a.", number_negative)                                          \
  UNARY(pos, "+a.", number_positive)                                          \
  UNARY(abs, "abs(a).", number_absolute)                                      \
  UNARY(inv, "~a.", number_invert)                                            \
  UNARY(invert, "~a.", number_invert)                                         \
  BINARY(add, "a + b.", number_add)                                           \
  BINARY(sub, "a - b.", number_subtract)                                      \
  BINARY(mul, "a * b.", number_multiply)                                      \
  BINARY(matmul, "a @ b.", number_matrix_multiply)                            \
  BINARY(floordiv, "a // b.", number_floor_divide)                            \
  BINARY(truediv, "a / b.", number_true_divide)                               \
  BINARY(mod, "a % b.", number_remainder)                                     \
  BINARY(lshift, "a << b.", number_lshift)                                    \
  BINARY(rshift, "a >> b.", number_rshift)                                    \
  BINARY(and_, "a & b.", number_and)                                          \
  BINARY(or_, "a | b.", number_or)                                            \
  BINARY(iadd, "a += b.", number_in_place_add)                                \
  BINARY(isub, "a -= b.", number_in_place_subtract)                           \
  BINARY(imul, "a *= b.", number_in_place_multiply)                           \
  BINARY(imatmul, "a @= b.", number_in_place_matrix_multiply)                 \
  BINARY(ifloordiv, "a //= b.", number_in_place_floor_divide)                 \
  BINARY(itruediv, "a /= b.", number_in_place_true_divide)                    \
  BINARY(imod, "a %= b.", number_in_place_remainder)                          \
  BINARY(ilshift, "a <<= b.", number_in_place_lshift)                         \
  BINARY(irshift, "a >>= b.", number_in_place_rshift)                         \
  BINARY(iand, "a &= b.", number_in_place_and)                                \
  BINARY(ixor, "a ^= b.", number_in_place_xor)                                \
  BINARY(ior, "a |= b.", number_in_place_or)                                  \
  BINARY(concat, "a + b, for a and b sequences.", sequence_concat)            \
  BINARY(iconcat, "a += b, for a and b sequences.", sequence_in_place_concat) \
  BINARY(getitem, "a[b].", object_get_item)                                   \
  BINARY(pow, "a ** b.", power)                                               \
  BINARY(ipow, "a **= b.", in_place_power)                                    \
  COMPARISON(eq, "a == b.", Py_EQ)                                            \
  COMPARISON(ne, "a != b.", Py_NE)                                            \
  COMPARISON(lt, "a < b.", Py_LT)                                             \
  COMPARISON(le, "a <= b.", Py_LE)                                            \
  COMPARISON(gt, "a > b.", Py_GT)                                             \
  COMPARISON(ge, "a >= b.", Py_GE)
ALL_OPERATORS
#undef UNARY
#undef BINARY
#undef COMPARISON

constexpr Doc xor_doc = "xor($module, a, b, /)\n--\n\nSame as a ^ b.";
Result<Object> exclusive_or(Module*, Object* a, Object* b) { return number_xor(a, b); }
constexpr Doc truth_doc = "truth($module, a, /)\n--\n\nReturn True if a is true, False otherwise.";
Result<bool> truth(Module*, Object* a) { return object_is_true(a); }
constexpr Doc not_doc = "not_($module, a, /)\n--\n\nSame as not a.";
Result<bool> negated(Module*, Object* a) { return !TRY(object_is_true(a)); }
constexpr Doc is_doc = "is_($module, a, b, /)\n--\n\nSame as a is b.";
Result<bool> is_same(Module*, Object* a, Object* b) { return a == b; }
constexpr Doc is_not_doc = "is_not($module, a, b, /)\n--\n\nSame as a is not b.";
Result<bool> is_other(Module*, Object* a, Object* b) { return a != b; }
constexpr Doc contains_doc = "contains($module, a, b, /)\n--\n\nSame as b in a (note reversed operands).";
Result<bool> contains(Module*, Object* a, Object* b) { return sequence_contains(a, b); }
constexpr Doc index_of_doc = "indexOf($module, a, b, /)\n--\n\nReturn the first index of b in a.";
Result<isize> index_of(Module*, Object* a, Object* b) { return sequence_index(a, b); }
constexpr Doc count_of_doc =
    "countOf($module, a, b, /)\n--\n\nReturn the number of items in a which are, or which equal, b.";
Result<isize> count_of(Module*, Object* a, Object* b) { return sequence_count(a, b); }
constexpr Doc setitem_doc = "setitem($module, a, b, c, /)\n--\n\nSame as a[b] = c.";
Result<void> setitem(Module*, Object* a, Object* b, Object* c) { return object_set_item(a, b, c); }
constexpr Doc delitem_doc = "delitem($module, a, b, /)\n--\n\nSame as del a[b].";
Result<void> delitem(Module*, Object* a, Object* b) { return object_del_item(a, b); }
constexpr Doc length_hint_doc =
    "length_hint($module, obj, default=0, /)\n--\n\nReturn an estimate of the number of items in obj.\n\nThis is "
    "useful for presizing "
    "containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, "
    "it may over- or "
    "under-estimate by an arbitrary amount.";
Result<isize> length_hint(Module*, Object* object, isize default_value) {
  return object_length_hint(object, default_value);
}

constexpr char call_text[] = "call($module, obj, /, *args, **kwargs)\n--\n\nSame as obj(*args, **kwargs).";
PyObject* call_function(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
  if (nargs < 1) {
    (void)raise(TypeError, "call expected at least 1 argument, got %zd", nargs);
    return nullptr;
  }
  return object_vectorcall(args[0], args + 1, static_cast<usize>(nargs - 1), static_cast<Tuple*>(names)).to_c();
}

// == Comparison for secrets ==

// Takes a time that depends on the length of `b` only.
bool equal_in_constant_time(const char* a, isize a_size, const char* b, isize b_size) {
  const volatile char* left = a_size == b_size ? a : b;
  const volatile char* right = b;
  volatile u8 difference = a_size == b_size ? 0 : 1;
  for (isize i = 0; i < b_size; ++i) difference = static_cast<u8>(difference | (left[i] ^ right[i]));
  return difference == 0;
}
constexpr Doc compare_digest_doc =
    "_compare_digest($module, a, b, /)\n--\n\nReturn 'a == b'.\n\nThe time that this takes depends on the length of b "
    "only, not on the "
    "contents,\nwhich makes it fit for cryptography. a and b must both be bytes-like objects, or\nboth be str of ASCII "
    "characters.";
Result<bool> compare_digest(Module*, Object* a, Object* b) {
  if (is_str(a) && is_str(b)) {
    Str *left = as<Str>(a), *right = as<Str>(b);
    if (!str_is_ascii(left) || !str_is_ascii(right)) {
      return raise(TypeError, "comparing strings with non-ASCII characters is not supported");
    }
    return equal_in_constant_time(static_cast<char*>(str_data(left)), str_length(left),
                                  static_cast<char*>(str_data(right)), str_length(right));
  }
  if (!check_buffer(a) || !check_buffer(b)) {
    return raise(TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                 type_of(a)->tp_name, type_of(b)->tp_name);
  }
  BufferView left, right;
  TRY(left.acquire(a));
  TRY(right.acquire(b));
  if (left.raw().ndim > 1 || right.raw().ndim > 1) return raise(BufferError, "Buffer must be single dimension");
  return equal_in_constant_time(left.data(), left.size(), right.data(), right.size());
}

// == Module ==

constinit PyMethodDef functions[] = {
    method<truth, truth_doc>(),
    method<contains, contains_doc>(),
    method<index_of, index_of_doc>(),
    method<count_of, count_of_doc>(),
    method<is_same, is_doc>(),
    method<is_other, is_not_doc>(),
    method<negated, not_doc>(),
    method<setitem, setitem_doc>(),
    method<delitem, delitem_doc>(),
    method<length_hint, length_hint_doc>(),
    method<compare_digest, compare_digest_doc>(),
    raw_method("call", call_function, METH_FASTCALL | METH_KEYWORDS, call_text),
    method<exclusive_or, xor_doc>(),
#define UNARY(name, doc, function) method<op_##name, name##_doc>(),
#define BINARY(name, doc, function) method<op_##name, name##_doc>(),
#define COMPARISON(name, doc, op) method<op_##name, name##_doc>(),
    ALL_OPERATORS
#undef UNARY
#undef BINARY
#undef COMPARISON
    {},
};
Result<void> exec(Module* module) {
  TRY(module_add_type(module, &itemgetter_type));
  TRY(module_add_type(module, &attrgetter_type));
  return module_add_type(module, &methodcaller_type);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_operator",
                      "Operator interface.\n\nThis module exports a set of functions implemented in C "
                      "corresponding\nto the intrinsic operators of "
                      "Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
                      functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__operator() { return adder::module_def_init(&adder::definition); }
