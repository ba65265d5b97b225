// operators: arithmetic, subscripts, comparison and truth behind the fast paths of the handlers.
#include "interpreter/semantics.h"
#include "object/number.h"
#include "object/sequence.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::sem {
#define GENERIC(name, function) \
  Object* name(Object* left, Object* right) { return function(left, right).to_c(); }
GENERIC(BINARY_ADD, number_add)
GENERIC(BINARY_SUBTRACT, number_subtract)
GENERIC(BINARY_MULTIPLY, number_multiply)
GENERIC(BINARY_MATRIX_MULTIPLY, number_matrix_multiply)
GENERIC(INPLACE_ADD, number_in_place_add)
GENERIC(INPLACE_SUBTRACT, number_in_place_subtract)
GENERIC(INPLACE_MULTIPLY, number_in_place_multiply)
GENERIC(INPLACE_MATRIX_MULTIPLY, number_in_place_matrix_multiply)
#undef GENERIC

Object* BINARY_POWER(Object* left, Object* right) { return number_power(left, right, None).to_c(); }
Object* INPLACE_POWER(Object* left, Object* right) { return number_in_place_power(left, right, None).to_c(); }

// Both operators of a pair agree on exact ints and floats.
#define WITH_FAST_PATH(name, fast_int, fast_float, generic, in_place)     \
  Object* BINARY_##name(Object* left, Object* right) {                    \
    if (both_single(left, right)) {                                       \
      isize a = single(left), b = single(right);                          \
      fast_int;                                                           \
    } else if (both_float(left, right)) {                                 \
      double a = float_of(left), b = float_of(right);                     \
      (void)a;                                                            \
      (void)b;                                                            \
      fast_float;                                                         \
    }                                                                     \
    return generic(left, right).to_c();                                   \
  }                                                                       \
  Object* INPLACE_##name(Object* left, Object* right) {                   \
    if (both_single(left, right)) return BINARY_##name(left, right);      \
    return in_place(left, right).to_c();                                  \
  }
namespace {
isize floor_divide(isize a, isize b) {
  isize quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
isize floor_modulo(isize a, isize b) {
  isize rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
}  // namespace
WITH_FAST_PATH(FLOOR_DIVIDE, if (b) return make_int(floor_divide(a, b)), {}, number_floor_divide, number_in_place_floor_divide)
WITH_FAST_PATH(MODULO, if (b) return make_int(floor_modulo(a, b)), {}, number_remainder, number_in_place_remainder)
WITH_FAST_PATH(TRUE_DIVIDE, if (b) return make_float(static_cast<double>(a) / static_cast<double>(b)),
               if (b != 0.0) return make_float(a / b), number_true_divide, number_in_place_true_divide)
WITH_FAST_PATH(AND, return make_int(a & b), {}, number_and, number_in_place_and)
WITH_FAST_PATH(OR, return make_int(a | b), {}, number_or, number_in_place_or)
WITH_FAST_PATH(XOR, return make_int(a ^ b), {}, number_xor, number_in_place_xor)
WITH_FAST_PATH(LSHIFT, if (b >= 0 && b < 32) return make_int(static_cast<isize>(static_cast<usize>(a) << b)), {}, number_lshift,
               number_in_place_lshift)
WITH_FAST_PATH(RSHIFT, if (b >= 0) return make_int(a >> (b > 63 ? 63 : b)), {}, number_rshift, number_in_place_rshift)
#undef WITH_FAST_PATH

Object* append_str(Object* left, Object* right) {
  Result<Str> sum = str_append(Ref<Str>::steal(as<Str>(left)), as<Str>(right));
  return sum.to_c();
}

Object* subscript(Object* container, Object* key) {
  if (container->ob_type == &PyDict_Type) {
    Maybe<Object> found = dict_get_item(as<Dict>(container), key);
    if (found.failed()) return nullptr;
    if (Object* value = found.to_c()) return value;
    (void)raise_key_error(key);
    return nullptr;
  }
  return object_get_item(container, key).to_c();
}

namespace {
bool compare_str(Str* left, Str* right, int op) {
  if (op == Py_EQ) return str_equal(left, right);
  if (op == Py_NE) return !str_equal(left, right);
  return compare_values(str_compare(left, right), 0, op);
}
inline bool both_str(const Object* left, const Object* right) {
  return left->ob_type == &PyUnicode_Type && right->ob_type == &PyUnicode_Type;
}
}  // namespace

Object* compare(Object* left, Object* right, int op) {
  if (both_str(left, right)) return bool_object(compare_str(as<Str>(left), as<Str>(right), op));
  return object_rich_compare(left, right, op).to_c();
}

int compare_truth(Object* left, Object* right, int op) {
  if (both_str(left, right)) return compare_str(as<Str>(left), as<Str>(right), op);
  Object* result = object_rich_compare(left, right, op).to_c();
  if (!result) return -1;
  int truth = is_true(result);
  decref(result);
  return truth;
}

int is_true_slowly(Object* object) { return object_is_true(object).to_c(); }

int contains(Object* container, Object* value) {
  Type* type = container->ob_type;
  if (type == &PyDict_Type) return dict_contains(as<Dict>(container), value).to_c();
  return sequence_contains(container, value).to_c();
}
}  // namespace adder::sem
