// slots: the table that ties special methods to slots, the functions that heap types have in their slots, and the
// wrappers that make slots callable as methods. Private to src/object and src/types/type*.cpp.
#pragma once
#include "object/object.h"

namespace adder {
// The table, in the order of slots.def; ends with a null name.
extern wrapperbase slot_definitions[];
// The address of the slot of `definition` in `type`; null if the type lacks that group of slots.
void** slot_address(Type* type, const wrapperbase& definition);
// Fills all slots of a new heap type from the methods found by its MRO.
void type_fill_slots(Type* type);
// Puts wrapper descriptors for the type's own slots into its dict.
Result<void> type_add_operators(Type* type);

// The slot functions that others compare with.
PyObject* slot_get_attr(PyObject* self, PyObject* name);
PyObject* slot_get_attr_hook(PyObject* self, PyObject* name);
int slot_set_attr(PyObject* self, PyObject* name, PyObject* value);
int slot_init(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* slot_new(PyTypeObject* type, PyObject* args, PyObject* kwargs);
PyObject* slot_descr_get(PyObject* self, PyObject* object, PyObject* type);

// Every slot function and wrapper of slots.def.
#define SLOT_UNARY(name) PyObject* name(PyObject* self);
#define SLOT_BINARY(name) PyObject* name(PyObject* self, PyObject* other);
SLOT_UNARY(slot_repr)
SLOT_UNARY(slot_str)
SLOT_UNARY(slot_iter)
SLOT_UNARY(slot_next)
SLOT_UNARY(slot_await)
SLOT_UNARY(slot_aiter)
SLOT_UNARY(slot_anext)
SLOT_UNARY(slot_negative)
SLOT_UNARY(slot_positive)
SLOT_UNARY(slot_absolute)
SLOT_UNARY(slot_invert)
SLOT_UNARY(slot_int)
SLOT_UNARY(slot_float)
SLOT_UNARY(slot_index)
SLOT_BINARY(slot_add)
SLOT_BINARY(slot_subtract)
SLOT_BINARY(slot_multiply)
SLOT_BINARY(slot_remainder)
SLOT_BINARY(slot_divmod)
SLOT_BINARY(slot_lshift)
SLOT_BINARY(slot_rshift)
SLOT_BINARY(slot_and)
SLOT_BINARY(slot_xor)
SLOT_BINARY(slot_or)
SLOT_BINARY(slot_floor_divide)
SLOT_BINARY(slot_true_divide)
SLOT_BINARY(slot_matrix_multiply)
SLOT_BINARY(slot_inplace_add)
SLOT_BINARY(slot_inplace_subtract)
SLOT_BINARY(slot_inplace_multiply)
SLOT_BINARY(slot_inplace_remainder)
SLOT_BINARY(slot_inplace_lshift)
SLOT_BINARY(slot_inplace_rshift)
SLOT_BINARY(slot_inplace_and)
SLOT_BINARY(slot_inplace_xor)
SLOT_BINARY(slot_inplace_or)
SLOT_BINARY(slot_inplace_floor_divide)
SLOT_BINARY(slot_inplace_true_divide)
SLOT_BINARY(slot_inplace_matrix_multiply)
SLOT_BINARY(slot_subscript)
#undef SLOT_UNARY
#undef SLOT_BINARY
PyObject* slot_power(PyObject* self, PyObject* other, PyObject* modulus);
PyObject* slot_inplace_power(PyObject* self, PyObject* other, PyObject* modulus);
PyObject* slot_call(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* slot_rich_compare(PyObject* self, PyObject* other, int op);
PyObject* slot_item(PyObject* self, Py_ssize_t index);
int slot_ass_item(PyObject* self, Py_ssize_t index, PyObject* value);
int slot_ass_subscript(PyObject* self, PyObject* key, PyObject* value);
int slot_contains(PyObject* self, PyObject* value);
int slot_descr_set(PyObject* self, PyObject* object, PyObject* value);
int slot_bool(PyObject* self);
Py_hash_t slot_hash(PyObject* self);
Py_ssize_t slot_length(PyObject* self);
void slot_finalize(PyObject* self);

#define WRAPPER(name) PyObject* name(PyObject* self, PyObject* args, void* wrapped);
WRAPPER(wrap_unary)
WRAPPER(wrap_binary)
WRAPPER(wrap_concat)
WRAPPER(wrap_binary_reflected)
WRAPPER(wrap_ternary)
WRAPPER(wrap_ternary_reflected)
WRAPPER(wrap_inquiry)
WRAPPER(wrap_length)
WRAPPER(wrap_index_argument)
WRAPPER(wrap_item)
WRAPPER(wrap_sequence_set_item)
WRAPPER(wrap_sequence_del_item)
WRAPPER(wrap_contains)
WRAPPER(wrap_set_item)
WRAPPER(wrap_del_item)
WRAPPER(wrap_set_attr)
WRAPPER(wrap_del_attr)
WRAPPER(wrap_hash)
WRAPPER(wrap_next)
WRAPPER(wrap_descr_get)
WRAPPER(wrap_descr_set)
WRAPPER(wrap_descr_delete)
WRAPPER(wrap_del)
WRAPPER(wrap_less)
WRAPPER(wrap_less_equal)
WRAPPER(wrap_equal)
WRAPPER(wrap_not_equal)
WRAPPER(wrap_greater)
WRAPPER(wrap_greater_equal)
#undef WRAPPER
PyObject* wrap_call(PyObject* self, PyObject* args, void* wrapped, PyObject* kwargs);
PyObject* wrap_init(PyObject* self, PyObject* args, void* wrapped, PyObject* kwargs);
}  // namespace adder
