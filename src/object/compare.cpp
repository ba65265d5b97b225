// compare: truth and rich comparison.
//
// Rule       a reflected comparison of a proper subclass goes first; == and != fall back to identity (language
//            reference 3.3.1).
#include "base/hot.h"
#include "object/object.h"

namespace adder {
namespace {
constexpr int kReflected[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
constexpr const char* kOperatorText[] = {"<", "<=", "==", "!=", ">", ">="};

ADDER_HOT Result<Object> compare_by_slots(Object* left, Object* right, int op) {
  Type *left_type = left->ob_type, *right_type = right->ob_type;
  bool reflected_done = false;
  if (left_type != right_type && right_type->tp_richcompare && type_is_subtype(right_type, left_type)) {
    reflected_done = true;
    Ref<Object> result = TRY(Result<Object>::from_c(right_type->tp_richcompare(right, left, kReflected[op])));
    if (result.get() != NotImplemented) return result;
  }
  if (left_type->tp_richcompare) {
    Ref<Object> result = TRY(Result<Object>::from_c(left_type->tp_richcompare(left, right, op)));
    if (result.get() != NotImplemented) return result;
  }
  if (!reflected_done && right_type->tp_richcompare) {
    Ref<Object> result = TRY(Result<Object>::from_c(right_type->tp_richcompare(right, left, kReflected[op])));
    if (result.get() != NotImplemented) return result;
  }
  if (op == Py_EQ) return bool_result(left == right);
  if (op == Py_NE) return bool_result(left != right);
  return raise(TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", kOperatorText[op],
               left->ob_type->tp_name, right->ob_type->tp_name);
}
}  // namespace

ADDER_HOT Result<Object> object_rich_compare(Object* left, Object* right, int op) {
  RecursionGuard guard(" in comparison");
  if (guard.failed()) return Error{};
  return compare_by_slots(left, right, op);
}

ADDER_HOT Result<bool> object_rich_compare_bool(Object* left, Object* right, int op) {
  if (left == right) {
    if (op == Py_EQ) return true;
    if (op == Py_NE) return false;
  }
  Ref<Object> result = TRY(object_rich_compare(left, right, op));
  if (result.get() == True) return true;
  if (result.get() == False) return false;
  return object_is_true(result);
}

ADDER_HOT Result<bool> object_is_true(Object* object) {
  if (object == True) return true;
  if (object == False || object == None) return false;
  Type* type = object->ob_type;
  isize result;
  if (type->tp_as_number && type->tp_as_number->nb_bool) {
    result = type->tp_as_number->nb_bool(object);
  } else if (type->tp_as_mapping && type->tp_as_mapping->mp_length) {
    result = type->tp_as_mapping->mp_length(object);
  } else if (type->tp_as_sequence && type->tp_as_sequence->sq_length) {
    result = type->tp_as_sequence->sq_length(object);
  } else {
    return true;
  }
  if (ADDER_UNLIKELY(result < 0)) return Error{};
  return result != 0;
}
}  // namespace adder
