// pickle_buffer: a buffer that pickle may carry out of band (PEP 574).
#pragma once
#include "object/object.h"

ADDER_EXPORT PyTypeObject PyPickleBuffer_Type;

namespace adder {
// The object behind PyPickleBuffer_Type; `view.obj` is null once it is released.
struct PickleBuffer : PyObject {
  Py_buffer view;
  Object* weakreflist;
};
static_assert(sizeof(PickleBuffer) == 104, "size of CPython 3.11's");

inline bool is_pickle_buffer(const Object* o) { return o->ob_type == &PyPickleBuffer_Type; }
// A buffer over `object`: TypeError if it has none, BufferError if the object refuses.
Result<PickleBuffer> pickle_buffer_from_object(Object* object);
// The view, borrowed; null with ValueError if it was released.
const Py_buffer* pickle_buffer_get_buffer(PickleBuffer* self);
// Gives the view back to its object; nothing happens the second time. May run Python code.
void pickle_buffer_release(PickleBuffer* self);
}  // namespace adder
