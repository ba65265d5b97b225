// number: arithmetic on any objects.
//
// Protocol   each operand may refuse with NotImplemented; a right operand whose type is a subclass of the left one's is
//            asked first; in-place operators fall back to the plain ones (language reference 3.3.8).
#include "object/number.h"

#include <string_view>

#include "base/hot.h"
#include "object/object.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {

using BinarySlot = binaryfunc PyNumberMethods::*;
using TernarySlot = ternaryfunc PyNumberMethods::*;

template <class Slot>
auto number_slot(const Object* object, Slot slot) {
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  return methods ? methods->*slot : nullptr;
}

// NotImplemented if neither operand can.
inline Result<Object> try_binary(Object* left, Object* right, BinarySlot slot) {
  binaryfunc of_left = number_slot(left, slot);
  binaryfunc of_right = nullptr;
  if (left->ob_type != right->ob_type) {
    of_right = number_slot(right, slot);
    if (of_right == of_left) of_right = nullptr;
  }
  if (of_left) {
    if (of_right && type_is_subtype(right->ob_type, left->ob_type)) {
      Object* result = of_right(left, right);
      if (result != NotImplemented) return Result<Object>::from_c(result);
      of_right = nullptr;
    }
    Object* result = of_left(left, right);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  if (of_right) return Result<Object>::from_c(of_right(left, right));
  return not_implemented();
}

ADDER_NOINLINE Error raise_binary(Object* left, Object* right, const char* sign) {
  return raise(TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", sign, left->ob_type->tp_name,
               right->ob_type->tp_name);
}

inline Result<Object> binary(Object* left, Object* right, BinarySlot slot, const char* sign) {
  Ref<Object> result = TRY(try_binary(left, right, slot));
  if (ADDER_UNLIKELY(result.get() == NotImplemented)) return raise_binary(left, right, sign);
  return result;
}

// NotImplemented if neither the in-place slot nor the plain protocol can.
inline Result<Object> try_in_place(Object* left, Object* right, BinarySlot in_place, BinarySlot slot) {
  if (binaryfunc function = number_slot(left, in_place)) {
    Object* result = function(left, right);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  return try_binary(left, right, slot);
}

inline Result<Object> in_place_binary(Object* left, Object* right, BinarySlot in_place, BinarySlot slot,
                                      const char* sign) {
  Ref<Object> result = TRY(try_in_place(left, right, in_place, slot));
  if (ADDER_UNLIKELY(result.get() == NotImplemented)) return raise_binary(left, right, sign);
  return result;
}

Result<Object> ternary(Object* left, Object* right, Object* modulus, TernarySlot slot, const char* sign) {
  ternaryfunc of_left = number_slot(left, slot), of_right = nullptr;
  if (left->ob_type != right->ob_type) {
    of_right = number_slot(right, slot);
    if (of_right == of_left) of_right = nullptr;
  }
  ternaryfunc of_modulus = number_slot(modulus, slot);
  if (of_modulus == of_left || of_modulus == of_right) of_modulus = nullptr;
  if (of_left) {
    if (of_right && type_is_subtype(right->ob_type, left->ob_type)) {
      Object* result = of_right(left, right, modulus);
      if (result != NotImplemented) return Result<Object>::from_c(result);
      of_right = nullptr;
    }
    Object* result = of_left(left, right, modulus);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  if (of_right) {
    Object* result = of_right(left, right, modulus);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  if (of_modulus) {
    Object* result = of_modulus(left, right, modulus);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  if (modulus == None) return raise_binary(left, right, sign);
  return raise(TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", sign,
               left->ob_type->tp_name, right->ob_type->tp_name, modulus->ob_type->tp_name);
}

Result<Object> unary(Object* object, unaryfunc PyNumberMethods::*slot, const char* what) {
  if (unaryfunc function = number_slot(object, slot)) return Result<Object>::from_c(function(object));
  return raise(TypeError, "bad operand type for %s: '%.200s'", what, object->ob_type->tp_name);
}

// sequence * count
Result<Object> repeat(ssizeargfunc function, Object* sequence, Object* count) {
  if (!index_check(count)) {
    return raise(TypeError, "can't multiply sequence by non-int of type '%.200s'", count->ob_type->tp_name);
  }
  isize times = TRY(number_as_ssize_t(count, OverflowError));
  return Result<Object>::from_c(function(sequence, times));
}

bool is_print(Object* object) {
  return object->ob_type == &PyCFunction_Type && static_cast<CFunction*>(object)->m_ml &&
         std::string_view(static_cast<CFunction*>(object)->m_ml->ml_name) == "print";
}

Result<void> warn_strict_subclass(Object* result, const char* method, const char* base) {
  return warn(DeprecationWarning, 1,
              "%s returned non-%s (type %.200s).  The ability to return an instance of a strict subclass of %s is "
              "deprecated, and may not be supported in a future version of Python.",
              method, base, result->ob_type->tp_name, base);
}

// An int or a subclass's instance, through __index__ (_PyNumber_Index).
Result<Object> index_any(Object* object) {
  if (is_int(object)) return Result<Object>::share(object);
  if (!index_check(object)) {
    return raise(TypeError, "'%.200s' object cannot be interpreted as an integer", object->ob_type->tp_name);
  }
  Ref<Object> result = TRY(Result<Object>::from_c(object->ob_type->tp_as_number->nb_index(object)));
  if (is_int_exact(result)) return result;
  if (!is_int(result)) {
    return raise(TypeError, "__index__ returned non-int (type %.200s)", result->ob_type->tp_name);
  }
  TRY(warn_strict_subclass(result, "__index__", "int"));
  return result;
}

Result<Object> exact_int(Ref<Object>&& value) {
  if (is_int_exact(value)) return std::move(value);
  return int_add(as<Int>(value.get()), small_int(0));
}

Result<Object> int_from_bytes_like(Object* object, std::string_view text) {
  auto result = int_from_string(text, 10);
  if (!result.failed() || !error_matches(ValueError)) return result;
  error_clear();
  Ref<Bytes> shown = TRY(bytes_from_view(text));
  return raise(ValueError, "invalid literal for int() with base 10: %.200R",
               is_bytes(object) || is_bytearray(object) ? object : shown.get());
}

}  // namespace

// == Binary operators ==

#define BINARY(name, slot, sign)                              \
  Result<Object> number_##name(Object* left, Object* right) { \
    return binary(left, right, &PyNumberMethods::slot, sign); \
  }
BINARY(subtract, nb_subtract, "-")
BINARY(matrix_multiply, nb_matrix_multiply, "@")
BINARY(floor_divide, nb_floor_divide, "//")
BINARY(true_divide, nb_true_divide, "/")
BINARY(remainder, nb_remainder, "%")
BINARY(divmod, nb_divmod, "divmod()")
BINARY(lshift, nb_lshift, "<<")
BINARY(and, nb_and, "&")
BINARY(xor, nb_xor, "^")
BINARY(or, nb_or, "|")
#undef BINARY

Result<Object> number_rshift(Object* left, Object* right) {
  Ref<Object> result = TRY(try_binary(left, right, &PyNumberMethods::nb_rshift));
  if (ADDER_LIKELY(result.get() != NotImplemented)) return result;
  if (is_print(left)) {
    return raise(TypeError,
                 "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'. Did you mean \"print(<message>, "
                 "file=<output_stream>)\"?",
                 ">>", left->ob_type->tp_name, right->ob_type->tp_name);
  }
  return raise_binary(left, right, ">>");
}

ADDER_HOT Result<Object> number_add(Object* left, Object* right) {
  Ref<Object> result = TRY(try_binary(left, right, &PyNumberMethods::nb_add));
  if (ADDER_LIKELY(result.get() != NotImplemented)) return result;
  PySequenceMethods* sequence = left->ob_type->tp_as_sequence;
  if (sequence && sequence->sq_concat) return Result<Object>::from_c(sequence->sq_concat(left, right));
  return raise_binary(left, right, "+");
}

ADDER_HOT Result<Object> number_multiply(Object* left, Object* right) {
  Ref<Object> result = TRY(try_binary(left, right, &PyNumberMethods::nb_multiply));
  if (ADDER_LIKELY(result.get() != NotImplemented)) return result;
  PySequenceMethods* of_left = left->ob_type->tp_as_sequence;
  if (of_left && of_left->sq_repeat) return repeat(of_left->sq_repeat, left, right);
  PySequenceMethods* of_right = right->ob_type->tp_as_sequence;
  if (of_right && of_right->sq_repeat) return repeat(of_right->sq_repeat, right, left);
  return raise_binary(left, right, "*");
}

Result<Object> number_power(Object* left, Object* right, Object* modulus) {
  return ternary(left, right, modulus, &PyNumberMethods::nb_power, "** or pow()");
}

// == In-place operators ==

#define IN_PLACE(name, slot, sign)                                                                               \
  Result<Object> number_in_place_##name(Object* left, Object* right) {                                           \
    return in_place_binary(left, right, &PyNumberMethods::nb_inplace_##slot, &PyNumberMethods::nb_##slot, sign); \
  }
IN_PLACE(subtract, subtract, "-=")
IN_PLACE(matrix_multiply, matrix_multiply, "@=")
IN_PLACE(floor_divide, floor_divide, "//=")
IN_PLACE(true_divide, true_divide, "/=")
IN_PLACE(remainder, remainder, "%=")
IN_PLACE(lshift, lshift, "<<=")
IN_PLACE(rshift, rshift, ">>=")
IN_PLACE(and, and, "&=")
IN_PLACE(xor, xor, "^=")
IN_PLACE(or, or, "|=")
#undef IN_PLACE

Result<Object> number_in_place_add(Object* left, Object* right) {
  Ref<Object> result = TRY(try_in_place(left, right, &PyNumberMethods::nb_inplace_add, &PyNumberMethods::nb_add));
  if (ADDER_LIKELY(result.get() != NotImplemented)) return result;
  if (PySequenceMethods* sequence = left->ob_type->tp_as_sequence) {
    binaryfunc function = sequence->sq_inplace_concat ? sequence->sq_inplace_concat : sequence->sq_concat;
    if (function) return Result<Object>::from_c(function(left, right));
  }
  return raise_binary(left, right, "+=");
}

Result<Object> number_in_place_multiply(Object* left, Object* right) {
  Ref<Object> result =
      TRY(try_in_place(left, right, &PyNumberMethods::nb_inplace_multiply, &PyNumberMethods::nb_multiply));
  if (ADDER_LIKELY(result.get() != NotImplemented)) return result;
  PySequenceMethods* of_left = left->ob_type->tp_as_sequence;
  if (of_left) {
    ssizeargfunc function = of_left->sq_inplace_repeat ? of_left->sq_inplace_repeat : of_left->sq_repeat;
    if (function) return repeat(function, left, right);
  } else {
    PySequenceMethods* of_right = right->ob_type->tp_as_sequence;
    if (of_right && of_right->sq_repeat) return repeat(of_right->sq_repeat, right, left);
  }
  return raise_binary(left, right, "*=");
}

Result<Object> number_in_place_power(Object* left, Object* right, Object* modulus) {
  if (ternaryfunc function = number_slot(left, &PyNumberMethods::nb_inplace_power)) {
    Object* result = function(left, right, modulus);
    if (result != NotImplemented) return Result<Object>::from_c(result);
  }
  return ternary(left, right, modulus, &PyNumberMethods::nb_power, "**=");
}

// == Unary operators ==

Result<Object> number_negative(Object* object) { return unary(object, &PyNumberMethods::nb_negative, "unary -"); }
Result<Object> number_positive(Object* object) { return unary(object, &PyNumberMethods::nb_positive, "unary +"); }
Result<Object> number_invert(Object* object) { return unary(object, &PyNumberMethods::nb_invert, "unary ~"); }
Result<Object> number_absolute(Object* object) { return unary(object, &PyNumberMethods::nb_absolute, "abs()"); }

// == Conversions ==

bool number_check(const Object* object) {
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  return (methods && (methods->nb_index || methods->nb_int || methods->nb_float)) || is_complex(object);
}

bool index_check(const Object* object) {
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  return methods && methods->nb_index;
}

Result<Object> number_index(Object* object) {
  if (is_int_exact(object)) return Result<Object>::share(object);
  return exact_int(TRY(index_any(object)));
}

Result<isize> number_as_ssize_t(Object* object, Opt<Type*> overflow) {
  Ref<Object> value = TRY(index_any(object));
  Int* integer = as<Int>(value.get());
  if (ADDER_LIKELY(int_is_single(integer))) return int_single_value(integer);
  int over = 0;
  i64 result = int_as_i64_and_overflow(integer, &over);
  if (!over) return static_cast<isize>(result);
  if (!overflow) return over < 0 ? -kMaxSize - 1 : kMaxSize;
  return raise(overflow.get(), "cannot fit '%.200s' into an index-sized integer", object->ob_type->tp_name);
}

Result<Object> number_long(Object* object) {
  if (is_int_exact(object)) return Result<Object>::share(object);
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  if (methods && methods->nb_int) {
    Ref<Object> result = TRY(Result<Object>::from_c(methods->nb_int(object)));
    if (is_int_exact(result)) return result;
    if (!is_int(result)) {
      return raise(TypeError, "__int__ returned non-int (type %.200s)", result->ob_type->tp_name);
    }
    TRY(warn_strict_subclass(result, "__int__", "int"));
    return exact_int(std::move(result));
  }
  if (methods && methods->nb_index) return number_index(object);
  Ref<Object> truncate = TRY(object_lookup_special(object, id::__trunc__));
  if (truncate) {
    TRY(warn(DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated."));
    Ref<Object> result = TRY(object_call_no_args(truncate));
    if (is_int(result)) return exact_int(std::move(result));
    if (!index_check(result)) {
      return raise(TypeError, "__trunc__ returned non-Integral (type %.200s)", result->ob_type->tp_name);
    }
    return number_index(result);
  }
  if (is_str(object)) return int_from_str(as<Str>(object), 10);
  if (is_bytes(object)) return int_from_bytes_like(object, bytes_view(as<Bytes>(object)));
  if (check_buffer(object)) {
    BufferView view;
    if (!view.acquire(object).failed()) {
      return int_from_bytes_like(object, {view.data(), static_cast<usize>(view.size())});
    }
    if (!error_matches(TypeError)) return Error{};
    error_clear();
  }
  return raise(TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
               object->ob_type->tp_name);
}

Result<Object> number_float(Object* object) {
  if (is_float_exact(object)) return Result<Object>::share(object);
  PyNumberMethods* methods = object->ob_type->tp_as_number;
  if (methods && methods->nb_float) {
    Ref<Object> result = TRY(Result<Object>::from_c(methods->nb_float(object)));
    if (is_float_exact(result)) return result;
    if (!is_float(result)) {
      return raise(TypeError, "%.50s.__float__ returned non-float (type %.50s)", object->ob_type->tp_name,
                   result->ob_type->tp_name);
    }
    TRY(warn(DeprecationWarning, 1,
             "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict subclass "
             "of float is deprecated, and may not be supported in a future version of Python.",
             object->ob_type->tp_name, result->ob_type->tp_name));
    return float_from_double(float_value(as<Float>(result.get())));
  }
  if (methods && methods->nb_index) {
    Ref<Object> value = TRY(index_any(object));
    double result = TRY(int_as_double(value));
    return float_from_double(result);
  }
  if (is_float(object)) return float_from_double(float_value(as<Float>(object)));
  return float_from_string(object);
}

Result<Object> number_to_base(Object* object, int base) {
  if (base != 2 && base != 8 && base != 10 && base != 16) {
    return raise(SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
  }
  Ref<Object> value = TRY(number_index(object));
  return int_to_string(as<Int>(value.get()), base);
}
}  // namespace adder
