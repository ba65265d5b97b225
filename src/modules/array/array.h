// array: the parts of the module `array` that its files share.
#pragma once
#include "object/protocol.h"

namespace adder {
struct Array;

// What a type code means. The first two fields are read by Cython's arrays ("cimport array").
struct ArrayKind {
  char typecode;
  int itemsize;
  Result<Object> (*get)(const char* item);
  // Stores a value; `item` null only checks it. TypeError, OverflowError.
  Result<void> (*set)(char* item, Object* value);
  const char* format;  // of the buffer protocol
  bool is_integer, is_signed;
  int machine_format;  // in this machine's byte order, as pickles name it
};
extern const ArrayKind array_kinds[];  // ends with a null typecode
// Null if there is no such type code.
const ArrayKind* array_kind(Py_UCS4 typecode);

// ABI: arrayobject.
struct Array : PyVarObject {
  char* ob_item;
  isize allocated;
  const ArrayKind* ob_descr;
  Object* weakreflist;
  isize ob_exports;

  char* item(isize index) const { return ob_item + index * ob_descr->itemsize; }
  isize byte_size() const { return ob_size * ob_descr->itemsize; }
};
extern Type array_type, array_iterator_type;
inline bool is_array(const Object* object) { return type_check(object, &array_type); }

// `size` items, uninitialised.
Result<Array> array_new(Type* type, isize size, const ArrayKind* kind);
// BufferError while buffers are exported; new items are not initialised.
Result<void> array_resize(Array* array, isize size);
Result<void> array_append_bytes(Array* array, Object* bytes_like);
Result<Object> array_to_list(Array* array);
Result<Str> array_to_str(Array* array);
// array.__reduce_ex__ and _array_reconstructor, with their documentation texts' signatures.
Result<Object> array_reduce_ex(Array* array, Object* protocol);
Result<Object> array_reconstruct(Module* module, Object* type, Object* typecode, int machine_format, Object* items);
}  // namespace adder
