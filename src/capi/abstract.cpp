// abstract: the C API's PyObject_*, PyNumber_*, PySequence_*, PyMapping_*, PyIter_* (abstract.h, pybuffer.h).
#include <cstdarg>
#include <cstring>

#include "capi/capi.h"

using namespace adder;
using adder::capi::null_error;

// == Numbers ==

#define NUMBER_BINARY(capi_name, function) \
  ADDER_EXPORT PyObject* PyNumber_##capi_name(PyObject* left, PyObject* right) { return function(left, right).to_c(); }
NUMBER_BINARY(Add, number_add)
NUMBER_BINARY(Subtract, number_subtract)
NUMBER_BINARY(Multiply, number_multiply)
NUMBER_BINARY(MatrixMultiply, number_matrix_multiply)
NUMBER_BINARY(FloorDivide, number_floor_divide)
NUMBER_BINARY(TrueDivide, number_true_divide)
NUMBER_BINARY(Remainder, number_remainder)
NUMBER_BINARY(Divmod, number_divmod)
NUMBER_BINARY(Lshift, number_lshift)
NUMBER_BINARY(Rshift, number_rshift)
NUMBER_BINARY(And, number_and)
NUMBER_BINARY(Xor, number_xor)
NUMBER_BINARY(Or, number_or)
NUMBER_BINARY(InPlaceAdd, number_in_place_add)
NUMBER_BINARY(InPlaceSubtract, number_in_place_subtract)
NUMBER_BINARY(InPlaceMultiply, number_in_place_multiply)
NUMBER_BINARY(InPlaceMatrixMultiply, number_in_place_matrix_multiply)
NUMBER_BINARY(InPlaceFloorDivide, number_in_place_floor_divide)
NUMBER_BINARY(InPlaceTrueDivide, number_in_place_true_divide)
NUMBER_BINARY(InPlaceRemainder, number_in_place_remainder)
NUMBER_BINARY(InPlaceLshift, number_in_place_lshift)
NUMBER_BINARY(InPlaceRshift, number_in_place_rshift)
NUMBER_BINARY(InPlaceAnd, number_in_place_and)
NUMBER_BINARY(InPlaceXor, number_in_place_xor)
NUMBER_BINARY(InPlaceOr, number_in_place_or)
#undef NUMBER_BINARY
#define NUMBER_UNARY(capi_name, function)                         \
  ADDER_EXPORT PyObject* PyNumber_##capi_name(PyObject* object) { \
    return object ? function(object).to_c() : null_error();       \
  }
NUMBER_UNARY(Negative, number_negative)
NUMBER_UNARY(Positive, number_positive)
NUMBER_UNARY(Absolute, number_absolute)
NUMBER_UNARY(Invert, number_invert)
NUMBER_UNARY(Index, number_index)
NUMBER_UNARY(Long, number_long)
NUMBER_UNARY(Float, number_float)
#undef NUMBER_UNARY
ADDER_EXPORT PyObject* _PyNumber_Index(PyObject* object) { return object ? number_index(object).to_c() : null_error(); }
ADDER_EXPORT PyObject* PyNumber_Power(PyObject* left, PyObject* right, PyObject* modulus) {
  return number_power(left, right, modulus).to_c();
}
ADDER_EXPORT PyObject* PyNumber_InPlacePower(PyObject* left, PyObject* right, PyObject* modulus) {
  return number_in_place_power(left, right, modulus).to_c();
}
ADDER_EXPORT int PyNumber_Check(PyObject* object) { return object && number_check(object); }
ADDER_EXPORT int PyIndex_Check(PyObject* object) { return index_check(object); }
ADDER_EXPORT Py_ssize_t PyNumber_AsSsize_t(PyObject* object, PyObject* overflow) {
  return number_as_ssize_t(object, reinterpret_cast<Type*>(overflow)).to_c();
}
ADDER_EXPORT PyObject* PyNumber_ToBase(PyObject* object, int base) { return number_to_base(object, base).to_c(); }
ADDER_EXPORT int _Py_convert_optional_to_ssize_t(PyObject* object, void* result) {
  if (object == None) return 1;
  if (!index_check(object)) {
    static_cast<void>(raise(TypeError, "argument should be integer or None, not %.200s", object->ob_type->tp_name));
    return 0;
  }
  isize value = number_as_ssize_t(object, OverflowError).to_c();
  if (value == -1 && error_occurred()) return 0;
  *static_cast<isize*>(result) = value;
  return 1;
}

// == Sequences ==

ADDER_EXPORT int PySequence_Check(PyObject* object) { return sequence_check(object); }
ADDER_EXPORT Py_ssize_t PySequence_Size(PyObject* object) {
  if (!object) return null_error(), -1;
  return sequence_size(object).to_c();
}
ADDER_EXPORT Py_ssize_t PySequence_Length(PyObject* object) { return PySequence_Size(object); }
ADDER_EXPORT PyObject* PySequence_Concat(PyObject* left, PyObject* right) {
  return left && right ? sequence_concat(left, right).to_c() : null_error();
}
ADDER_EXPORT PyObject* PySequence_InPlaceConcat(PyObject* left, PyObject* right) {
  return left && right ? sequence_in_place_concat(left, right).to_c() : null_error();
}
ADDER_EXPORT PyObject* PySequence_Repeat(PyObject* object, Py_ssize_t count) {
  return object ? sequence_repeat(object, count).to_c() : null_error();
}
ADDER_EXPORT PyObject* PySequence_InPlaceRepeat(PyObject* object, Py_ssize_t count) {
  return object ? sequence_in_place_repeat(object, count).to_c() : null_error();
}
ADDER_EXPORT PyObject* PySequence_GetItem(PyObject* object, Py_ssize_t index) {
  return object ? sequence_get_item(object, index).to_c() : null_error();
}
ADDER_EXPORT int PySequence_SetItem(PyObject* object, Py_ssize_t index, PyObject* value) {
  if (!object) return null_error(), -1;
  return (value ? sequence_set_item(object, index, value) : sequence_del_item(object, index)).to_c();
}
ADDER_EXPORT int PySequence_DelItem(PyObject* object, Py_ssize_t index) {
  if (!object) return null_error(), -1;
  return sequence_del_item(object, index).to_c();
}
ADDER_EXPORT PyObject* PySequence_GetSlice(PyObject* object, Py_ssize_t low, Py_ssize_t high) {
  return object ? sequence_get_slice(object, low, high).to_c() : null_error();
}
ADDER_EXPORT int PySequence_SetSlice(PyObject* object, Py_ssize_t low, Py_ssize_t high, PyObject* value) {
  if (!object) return null_error(), -1;
  return (value ? sequence_set_slice(object, low, high, value) : sequence_del_slice(object, low, high)).to_c();
}
ADDER_EXPORT int PySequence_DelSlice(PyObject* object, Py_ssize_t low, Py_ssize_t high) {
  if (!object) return null_error(), -1;
  return sequence_del_slice(object, low, high).to_c();
}
ADDER_EXPORT int PySequence_Contains(PyObject* object, PyObject* value) {
  return sequence_contains(object, value).to_c();
}
ADDER_EXPORT int PySequence_In(PyObject* object, PyObject* value) { return sequence_contains(object, value).to_c(); }
ADDER_EXPORT Py_ssize_t PySequence_Count(PyObject* object, PyObject* value) {
  return sequence_count(object, value).to_c();
}
ADDER_EXPORT Py_ssize_t PySequence_Index(PyObject* object, PyObject* value) {
  return sequence_index(object, value).to_c();
}
ADDER_EXPORT PyObject* PySequence_List(PyObject* object) {
  return object ? sequence_list(object).to_c() : null_error();
}
ADDER_EXPORT PyObject* PySequence_Tuple(PyObject* object) {
  return object ? static_cast<PyObject*>(sequence_tuple(object).to_c()) : null_error();
}
ADDER_EXPORT PyObject* PySequence_Fast(PyObject* object, const char* message) {
  return object ? sequence_fast(object, message).to_c() : null_error();
}

// == Mappings ==

ADDER_EXPORT int PyMapping_Check(PyObject* object) { return object && mapping_check(object); }
ADDER_EXPORT Py_ssize_t PyMapping_Size(PyObject* object) {
  if (!object) return null_error(), -1;
  return mapping_size(object).to_c();
}
ADDER_EXPORT Py_ssize_t PyMapping_Length(PyObject* object) { return PyMapping_Size(object); }
ADDER_EXPORT PyObject* PyMapping_Keys(PyObject* object) { return object ? mapping_keys(object).to_c() : null_error(); }
ADDER_EXPORT PyObject* PyMapping_Values(PyObject* object) {
  return object ? mapping_values(object).to_c() : null_error();
}
ADDER_EXPORT PyObject* PyMapping_Items(PyObject* object) {
  return object ? mapping_items(object).to_c() : null_error();
}
ADDER_EXPORT PyObject* PyMapping_GetItemString(PyObject* object, const char* key) {
  return key ? mapping_get_item(object, key).to_c() : null_error();
}
ADDER_EXPORT int PyMapping_SetItemString(PyObject* object, const char* key, PyObject* value) {
  if (!key) return null_error(), -1;
  Ref<Str> name = TRY_C(-1, str_from_string(key));
  return object_set_item(object, name, value).to_c();
}
// These two answer 0 for any failure, as documented.
ADDER_EXPORT int PyMapping_HasKey(PyObject* object, PyObject* key) {
  Result<Object> value = object_get_item(object, key);
  if (value.failed()) return error_clear(), 0;
  Ref<Object> dropped = value.take();
  return 1;
}
ADDER_EXPORT int PyMapping_HasKeyString(PyObject* object, const char* key) {
  Result<Object> value = mapping_get_item(object, key);
  if (value.failed()) return error_clear(), 0;
  Ref<Object> dropped = value.take();
  return 1;
}

// == Items and sizes ==

ADDER_EXPORT PyObject* PyObject_GetItem(PyObject* object, PyObject* key) {
  return object && key ? object_get_item(object, key).to_c() : null_error();
}
ADDER_EXPORT int PyObject_SetItem(PyObject* object, PyObject* key, PyObject* value) {
  if (!object || !key || !value) return null_error(), -1;
  return object_set_item(object, key, value).to_c();
}
ADDER_EXPORT int PyObject_DelItem(PyObject* object, PyObject* key) {
  if (!object || !key) return null_error(), -1;
  return object_del_item(object, key).to_c();
}
ADDER_EXPORT int PyObject_DelItemString(PyObject* object, const char* key) {
  if (!object || !key) return null_error(), -1;
  Ref<Str> name = TRY_C(-1, str_from_string(key));
  return object_del_item(object, name).to_c();
}
ADDER_EXPORT Py_ssize_t PyObject_Size(PyObject* object) {
  if (!object) return null_error(), -1;
  return object_size(object).to_c();
}
ADDER_EXPORT Py_ssize_t PyObject_Length(PyObject* object) { return PyObject_Size(object); }
ADDER_EXPORT Py_ssize_t PyObject_LengthHint(PyObject* object, Py_ssize_t default_value) {
  return object_length_hint(object, default_value).to_c();
}
ADDER_EXPORT int _PyObject_HasLen(PyObject* object) {
  Type* type = object->ob_type;
  return (type->tp_as_sequence && type->tp_as_sequence->sq_length) ||
         (type->tp_as_mapping && type->tp_as_mapping->mp_length);
}
ADDER_EXPORT PyObject* PyObject_Type(PyObject* object) {
  return object ? new_ref<Object>(object->ob_type).release() : null_error();
}
ADDER_EXPORT PyObject* PyObject_Format(PyObject* object, PyObject* spec) { return object_format(object, spec).to_c(); }
ADDER_EXPORT int PyObject_IsInstance(PyObject* object, PyObject* cls) { return object_is_instance(object, cls).to_c(); }
ADDER_EXPORT int PyObject_IsSubclass(PyObject* derived, PyObject* cls) {
  return object_is_subclass(derived, cls).to_c();
}
ADDER_EXPORT int _PyObject_RealIsInstance(PyObject* object, PyObject* cls) {
  return object_real_is_instance(object, cls).to_c();
}
ADDER_EXPORT int _PyObject_RealIsSubclass(PyObject* derived, PyObject* cls) {
  return object_real_is_subclass(derived, cls).to_c();
}

// == Iteration ==

ADDER_EXPORT PyObject* PyObject_GetIter(PyObject* object) { return object_get_iter(object).to_c(); }
ADDER_EXPORT PyObject* PyObject_GetAIter(PyObject* object) { return object_get_aiter(object).to_c(); }
ADDER_EXPORT int PyIter_Check(PyObject* object) { return is_iterator(object); }
ADDER_EXPORT int PyAIter_Check(PyObject* object) {
  PyAsyncMethods* methods = object->ob_type->tp_as_async;
  return methods && methods->am_anext && methods->am_anext != _PyObject_NextNotImplemented;
}
ADDER_EXPORT PyObject* PyIter_Next(PyObject* iterator) { return iter_next(iterator).to_c(); }
ADDER_EXPORT PySendResult PyIter_Send(PyObject* iterator, PyObject* argument, PyObject** result) {
  Ref<Object> value;
  PySendResult status = iter_send(iterator, argument, value);
  *result = value.release();
  return status;
}

// == Buffers ==

ADDER_EXPORT int PyObject_CheckBuffer(PyObject* object) { return check_buffer(object); }
ADDER_EXPORT int PyObject_GetBuffer(PyObject* object, Py_buffer* view, int flags) {
  if (!view && check_buffer(object)) {
    // The locks of a buffer that this once asked for are gone.
    return capi::minus_one(
        raise(BufferError, "%s_getbuffer: view==NULL argument is obsolete", object->ob_type->tp_name));
  }
  return object_get_buffer(object, view, flags).to_c();
}
ADDER_EXPORT void PyBuffer_Release(Py_buffer* view) { buffer_release(view); }
ADDER_EXPORT int PyBuffer_FillInfo(Py_buffer* view, PyObject* exporter, void* data, Py_ssize_t size, int readonly,
                                   int flags) {
  return buffer_fill_info(view, exporter, data, size, readonly != 0, flags).to_c();
}
ADDER_EXPORT int PyBuffer_IsContiguous(const Py_buffer* view, char order) { return buffer_is_contiguous(view, order); }
ADDER_EXPORT Py_ssize_t PyBuffer_SizeFromFormat(const char* format) { return buffer_size_from_format(format).to_c(); }
ADDER_EXPORT int PyBuffer_ToContiguous(void* destination, const Py_buffer* source, Py_ssize_t size, char order) {
  return buffer_to_contiguous(destination, source, size, order).to_c();
}
ADDER_EXPORT int PyBuffer_FromContiguous(const Py_buffer* view, const void* source, Py_ssize_t size, char order) {
  buffer_from_contiguous(view, source, size, order);
  return 0;
}
ADDER_EXPORT void* PyBuffer_GetPointer(const Py_buffer* view, const Py_ssize_t* indices) {
  char* position = static_cast<char*>(view->buf);
  for (int i = 0; i < view->ndim; ++i) {
    position += view->strides[i] * indices[i];
    if (view->suboffsets && view->suboffsets[i] >= 0)
      position = *reinterpret_cast<char**>(position) + view->suboffsets[i];
  }
  return position;
}
ADDER_EXPORT void PyBuffer_FillContiguousStrides(int dimensions, Py_ssize_t* shape, Py_ssize_t* strides, int item_size,
                                                 char order) {
  isize step = item_size;
  for (int i = 0; i < dimensions; ++i) {
    int axis = order == 'F' ? i : dimensions - 1 - i;
    strides[axis] = step;
    step *= shape[axis];
  }
}
// The old buffer interface: the view is released at once.
ADDER_EXPORT int PyObject_AsReadBuffer(PyObject* object, const void** data, Py_ssize_t* size) {
  if (!object || !data || !size) return null_error(), -1;
  BufferView view;
  TRY_C(-1, view.acquire(object));
  *data = view.data();
  *size = view.size();
  return 0;
}
ADDER_EXPORT int PyObject_AsCharBuffer(PyObject* object, const char** data, Py_ssize_t* size) {
  return PyObject_AsReadBuffer(object, reinterpret_cast<const void**>(data), size);
}
ADDER_EXPORT int PyObject_AsWriteBuffer(PyObject* object, void** data, Py_ssize_t* size) {
  if (!object || !data || !size) return null_error(), -1;
  BufferView view;
  if (view.acquire(object, PyBUF_WRITABLE).failed()) {
    static_cast<void>(raise(TypeError, "expected a writable bytes-like object"));
    return -1;
  }
  *data = view.writable_data();
  *size = view.size();
  return 0;
}
ADDER_EXPORT int PyObject_CheckReadBuffer(PyObject* object) {
  BufferView view;
  if (!view.acquire(object).failed()) return 1;
  error_clear();
  return 0;
}
