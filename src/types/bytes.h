// bytes, bytearray: sequences of bytes.
#pragma once
#include <string_view>

#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyBytes_Type, PyByteArray_Type, PyBytesIter_Type, PyByteArrayIter_Type, PyMemoryView_Type;

namespace adder {
inline bool is_bytes(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_BYTES_SUBCLASS); }
inline bool is_bytes_exact(const Object* o) { return o->ob_type == &PyBytes_Type; }
inline bool is_bytearray(const Object* o) { return type_check(o, &PyByteArray_Type); }
inline bool is_memoryview(const Object* o) { return o->ob_type == &PyMemoryView_Type; }
inline char* bytes_data(Bytes* b) { return b->ob_sval; }
inline isize bytes_size(const Bytes* b) { return b->ob_size; }
inline std::string_view bytes_view(Bytes* b) { return {b->ob_sval, static_cast<usize>(b->ob_size)}; }
inline char* bytearray_data(ByteArray* b) { return b->ob_start; }
inline isize bytearray_size(const ByteArray* b) { return b->ob_size; }

// Uninitialised content, NUL at the end.
Result<Bytes> bytes_new(isize size);
Result<Bytes> bytes_from_view(std::string_view data);
Result<Bytes> bytes_from_string(const char* text);
Result<Bytes> bytes_from_object(Object* object);
Bytes* bytes_empty();
// Changes the size of a bytes object that only the caller refers to.
Result<Bytes> bytes_resize(Ref<Bytes>&& bytes, isize size);
Result<Bytes> bytes_concat(Object* left, Object* right);
Result<Bytes> bytes_join(Bytes* separator, Object* iterable);
Result<Str> bytes_repr(Bytes* bytes, bool smart_quotes);
Result<Object> bytes_format_percent(Object* format, isize size, const char* data, Object* arguments, bool as_bytearray);
Result<Bytes> bytes_decode_escape(std::string_view body, const char* errors);
Result<ByteArray> bytearray_from_view(std::string_view data);
Result<void> bytearray_resize(ByteArray* array, isize size);  // BufferError while exported
Result<Object> memoryview_from_object(Object* object);
Result<Object> memoryview_from_memory(char* data, isize size, bool writable);
Result<Object> memoryview_from_buffer(const Py_buffer* view);
Result<Object> memoryview_get_contiguous(Object* object, int buffer_type, char order);
}  // namespace adder
