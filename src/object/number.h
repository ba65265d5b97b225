// number: arithmetic on any objects, with the reflected and in-place protocols of the language reference (3.3.8).
#pragma once
#include "object/protocol.h"

namespace adder {
Result<Object> number_add(Object* left, Object* right);  // also sq_concat
Result<Object> number_subtract(Object* left, Object* right);
Result<Object> number_multiply(Object* left, Object* right);  // also sq_repeat
Result<Object> number_matrix_multiply(Object* left, Object* right);
Result<Object> number_floor_divide(Object* left, Object* right);
Result<Object> number_true_divide(Object* left, Object* right);
Result<Object> number_remainder(Object* left, Object* right);
Result<Object> number_divmod(Object* left, Object* right);
Result<Object> number_power(Object* left, Object* right, Object* modulus);  // modulus None if there is none
Result<Object> number_lshift(Object* left, Object* right);
Result<Object> number_rshift(Object* left, Object* right);
Result<Object> number_and(Object* left, Object* right);
Result<Object> number_xor(Object* left, Object* right);
Result<Object> number_or(Object* left, Object* right);
Result<Object> number_in_place_add(Object* left, Object* right);
Result<Object> number_in_place_subtract(Object* left, Object* right);
Result<Object> number_in_place_multiply(Object* left, Object* right);
Result<Object> number_in_place_matrix_multiply(Object* left, Object* right);
Result<Object> number_in_place_floor_divide(Object* left, Object* right);
Result<Object> number_in_place_true_divide(Object* left, Object* right);
Result<Object> number_in_place_remainder(Object* left, Object* right);
Result<Object> number_in_place_power(Object* left, Object* right, Object* modulus);
Result<Object> number_in_place_lshift(Object* left, Object* right);
Result<Object> number_in_place_rshift(Object* left, Object* right);
Result<Object> number_in_place_and(Object* left, Object* right);
Result<Object> number_in_place_xor(Object* left, Object* right);
Result<Object> number_in_place_or(Object* left, Object* right);
Result<Object> number_negative(Object* object);
Result<Object> number_positive(Object* object);
Result<Object> number_absolute(Object* object);
Result<Object> number_invert(Object* object);
bool number_check(const Object* object);
bool index_check(const Object* object);
// operator.index(): an int (exact for exact ints). TypeError "'X' object cannot be interpreted as an integer".
Result<Object> number_index(Object* object);
// __index__ as isize; out of range: raises `overflow` (IndexError, OverflowError), or clips if it is null.
Result<isize> number_as_ssize_t(Object* object, Opt<Type*> overflow);
Result<Object> number_long(Object* object);   // int(x)
Result<Object> number_float(Object* object);  // float(x)
Result<Object> number_to_base(Object* object, int base);
}  // namespace adder
