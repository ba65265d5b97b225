// pickle_buffer: a buffer that pickle may carry out of band (PEP 574).
//
// Layout     the view that the object gave; buffers that others take from here are the object's own, so that this one
// can
//            be released while they live.
// See        tests/python/test_pickle_.py
#include "types/pickle_buffer.h"

#include <cstddef>

#include "bind/bind.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
Result<PickleBuffer> pickle_buffer_from_object(Object* object) {
  Ref<PickleBuffer> self = TRY(object_new<PickleBuffer>(&PyPickleBuffer_Type));
  self->view.obj = nullptr;
  self->weakreflist = nullptr;
  gc::track(self);
  TRY(object_get_buffer(object, &self->view, PyBUF_FULL_RO));
  return self;
}
const Py_buffer* pickle_buffer_get_buffer(PickleBuffer* self) {
  if (self->view.obj) return &self->view;
  static_cast<void>(raise(ValueError, "operation forbidden on released PickleBuffer object"));
  return nullptr;
}
void pickle_buffer_release(PickleBuffer* self) {
  if (!self->view.obj) return;
  Py_buffer view = self->view;
  self->view.obj = nullptr;
  buffer_release(&view);
}

namespace {
// The flags of a memoryview whose memory is contiguous in C's and in Fortran's order.
constexpr int kFlatMemory = 2 | 4;

// == Life ==

void dealloc(PyObject* object) {
  gc::untrack(object);
  PickleBuffer* self = as<PickleBuffer>(object);
  if (self->weakreflist) weakref_clear_all(object);
  pickle_buffer_release(self);
  object_free(object);
}
int traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<PickleBuffer>(object)->view.obj);
  return 0;
}
int clear(PyObject* object) {
  pickle_buffer_release(as<PickleBuffer>(object));
  return 0;
}
// The texts count arguments as the C API's parser of tuples does; the one parameter has no name.
PyObject* make(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  Tuple* positional = as<Tuple>(args);
  isize given = positional->ob_size, named = kwargs ? dict_size(as<Dict>(kwargs)) : 0;
  if (given + named > 1) {
    static_cast<void>(raise(TypeError, "PickleBuffer() takes at most 1 argument (%zd given)", given + named));
    return nullptr;
  }
  if (given == 0) {
    static_cast<void>(raise(TypeError, "PickleBuffer() takes exactly 1 positional argument (0 given)"));
    return nullptr;
  }
  return pickle_buffer_from_object(tuple_item(positional, 0)).to_c();
}

// == Buffers ==

int get_buffer(PyObject* object, Py_buffer* view, int flags) {
  Py_buffer* own = const_cast<Py_buffer*>(pickle_buffer_get_buffer(as<PickleBuffer>(object)));
  if (!own) {
    view->obj = nullptr;
    return -1;
  }
  Ref<Object> owner = new_ref(own->obj);
  return object_get_buffer(owner, view, flags).to_c();
}
constinit PyBufferProcs as_buffer = {.bf_getbuffer = get_buffer, .bf_releasebuffer = nullptr};

// == Methods ==

constexpr Doc raw_doc =
    "raw($self, /)\n--\n\nThe memory of the buffer as a one-dimensional memoryview of bytes.\nBufferError if the "
    "buffer is "
    "not contiguous.";
Result<Object> raw(PickleBuffer* self) {
  const Py_buffer* own = pickle_buffer_get_buffer(self);
  if (!own) return Error{};
  if (own->suboffsets || !buffer_is_contiguous(own, 'A')) {
    return raise(BufferError, "cannot extract raw buffer from non-contiguous buffer");
  }
  Ref<Object> result = TRY(memoryview_from_object(self));
  // The new view is nobody else's yet, so its description can be written over: flat, one item a byte. The arrays of one
  // dimension are its own fields `len` and `itemsize`.
  MemoryView* flat = as<MemoryView>(result.get());
  Py_buffer& view = flat->view;
  view.format = const_cast<char*>("B");
  view.ndim = 1;
  view.itemsize = 1;
  view.shape = &view.len;
  view.strides = &view.itemsize;
  view.suboffsets = nullptr;
  flat->flags = kFlatMemory;
  return result;
}
constexpr Doc release_doc =
    "release($self, /)\n--\n\nGives the buffer back to its object; it cannot be used afterwards.";
Result<void> release(PickleBuffer* self) {
  pickle_buffer_release(self);
  return {};
}
constinit PyMethodDef methods[] = {method<raw, raw_doc>(), method<release, release_doc>(), {}};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyPickleBuffer_Type = {
    .tp_name = "pickle.PickleBuffer",
    .tp_basicsize = sizeof(PickleBuffer),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "PickleBuffer(object): memory that pickle may carry out of band.",
    .tp_traverse = traverse,
    .tp_clear = adder::clear,
    .tp_weaklistoffset = offsetof(PickleBuffer, weakreflist),
    .tp_methods = methods,
    .tp_new = make,
};
