// buffer: the buffer protocol (PEP 3118).
#include "object/buffer.h"

#include <cstring>

#include "base/copy.h"
#include "import/import.h"
#include "object/number.h"
#include "object/object.h"
#include "types/int.h"
#include "types/str.h"

namespace adder {
namespace {

bool is_contiguous_by(const Py_buffer* view, bool fortran) {
  if (view->len == 0) return true;
  if (!view->strides) {  // C-contiguous by definition
    if (!fortran || view->ndim <= 1) return true;
    int long_dimensions = 0;
    for (int i = 0; i < view->ndim; ++i) long_dimensions += view->shape[i] > 1;
    return long_dimensions <= 1;
  }
  isize expected = view->itemsize;
  for (int step = 0; step < view->ndim; ++step) {
    int i = fortran ? step : view->ndim - 1 - step;
    if (view->shape[i] > 1 && view->strides[i] != expected) return false;
    expected *= view->shape[i];
  }
  return true;
}

char* item_address(const Py_buffer* view, const isize* indices) {
  char* address = static_cast<char*>(view->buf);
  for (int i = 0; i < view->ndim; ++i) {
    address += view->strides[i] * indices[i];
    if (view->suboffsets && view->suboffsets[i] >= 0)
      address = *reinterpret_cast<char**>(address) + view->suboffsets[i];
  }
  return address;
}

}  // namespace

Result<void> object_get_buffer(Object* object, Py_buffer* view, int flags) {
  PyBufferProcs* procs = object->ob_type->tp_as_buffer;
  if (!procs || !procs->bf_getbuffer) {
    return raise(TypeError, "a bytes-like object is required, not '%.100s'", object->ob_type->tp_name);
  }
  if (procs->bf_getbuffer(object, view, flags) < 0) {
    view->obj = nullptr;
    return Error{};
  }
  return {};
}

void buffer_release(Py_buffer* view) {
  Object* exporter = view->obj;
  if (!exporter) return;
  PyBufferProcs* procs = exporter->ob_type->tp_as_buffer;
  if (procs && procs->bf_releasebuffer) procs->bf_releasebuffer(exporter, view);
  view->obj = nullptr;
  Ref<Object>::steal(exporter).reset();
}

Result<void> buffer_fill_info(Py_buffer* view, Object* exporter, void* data, isize size, bool readonly, int flags) {
  if (!view) return raise(BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
  if ((flags & PyBUF_WRITABLE) && readonly) {
    view->obj = nullptr;
    return raise(BufferError, "Object is not writable.");
  }
  static char byte_format[] = "B";
  view->obj = exporter ? new_ref(exporter).release() : nullptr;
  view->buf = data;
  view->len = size;
  view->readonly = readonly;
  view->itemsize = 1;
  view->format = (flags & PyBUF_FORMAT) ? byte_format : nullptr;
  view->ndim = 1;
  view->shape = (flags & PyBUF_ND) ? &view->len : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : nullptr;
  view->suboffsets = nullptr;
  view->internal = nullptr;
  return {};
}

bool buffer_is_contiguous(const Py_buffer* view, char order) {
  if (view->suboffsets) return false;
  if (order == 'C') return is_contiguous_by(view, false);
  if (order == 'F') return is_contiguous_by(view, true);
  if (order == 'A') return is_contiguous_by(view, false) || is_contiguous_by(view, true);
  return false;
}

Result<isize> buffer_size_from_format(const char* format) {
  Ref<Object> calcsize = TRY(import_attribute("struct", "calcsize"));
  Ref<Str> text = TRY(str_from_string(format));
  Ref<Object> size = TRY(call(calcsize, text.get()));
  return int_as_ssize_t(size);
}

Result<void> buffer_to_contiguous(void* destination, const Py_buffer* source, isize size, char order) {
  if (size != source->len) return raise(ValueError, "PyBuffer_ToContiguous: len != view->len");
  if (!source->shape || buffer_is_contiguous(source, order)) {
    copy_bytes(destination, source->buf, static_cast<usize>(size));
    return {};
  }
  // Walk all indices in the wanted order. A view without strides is contiguous in C's order.
  constexpr int kMaxDimensions = 64;
  isize indices[kMaxDimensions] = {}, strides[kMaxDimensions];
  Py_buffer strided = *source;
  if (!source->strides) {
    isize stride = source->itemsize;
    for (int i = source->ndim - 1; i >= 0; stride *= source->shape[i--]) strides[i] = stride;
    strided.strides = strides;
    source = &strided;
  }
  bool fortran = order == 'F' || (order == 'A' && buffer_is_contiguous(source, 'F'));
  char* out = static_cast<char*>(destination);
  for (isize items = size / source->itemsize; items > 0; --items) {
    std::memcpy(out, item_address(source, indices), static_cast<usize>(source->itemsize));
    out += source->itemsize;
    for (int step = 0; step < source->ndim; ++step) {
      int i = fortran ? step : source->ndim - 1 - step;
      if (++indices[i] < source->shape[i]) break;
      indices[i] = 0;
    }
  }
  return {};
}
}  // namespace adder
