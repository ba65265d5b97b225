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
  if (!view->strides && order == 'C') return true;
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

namespace {
// Calls `visit` with the addresses of the first `items` items, the last index running fastest (the first for Fortran's
// order). A view without strides is contiguous in C's order.
template <class Visit>
void walk(const Py_buffer* view, isize items, bool fortran, Visit visit) {
  constexpr int kMaxDimensions = 64;
  isize indices[kMaxDimensions] = {}, strides[kMaxDimensions];
  Py_buffer strided = *view;
  if (!view->strides) {
    isize stride = view->itemsize;
    for (int i = view->ndim - 1; i >= 0; stride *= view->shape[i--]) strides[i] = stride;
    strided.strides = strides;
  }
  for (; items > 0; --items) {
    visit(item_address(&strided, indices));
    for (int step = 0; step < view->ndim; ++step) {
      int i = fortran ? step : view->ndim - 1 - step;
      if (++indices[i] < view->shape[i]) break;
      indices[i] = 0;
    }
  }
}
}  // namespace

Result<void> buffer_to_contiguous(void* destination, const Py_buffer* source, isize size, char order) {
  if (size != source->len) return raise(ValueError, "PyBuffer_ToContiguous: len != view->len");
  if (!source->shape || buffer_is_contiguous(source, order)) {
    copy_bytes(destination, source->buf, static_cast<usize>(size));
    return {};
  }
  bool fortran = order == 'F' || (order == 'A' && buffer_is_contiguous(source, 'F'));
  walk(source, size / source->itemsize, fortran, [&, out = static_cast<char*>(destination)](char* item) mutable {
    std::memcpy(out, item, static_cast<usize>(source->itemsize));
    out += source->itemsize;
  });
  return {};
}

void buffer_from_contiguous(const Py_buffer* target, const void* source, isize size, char order) {
  if (size > target->len) size = target->len;
  if (!target->shape || buffer_is_contiguous(target, order)) {
    copy_bytes(target->buf, source, static_cast<usize>(size));
    return;
  }
  walk(target, size / target->itemsize, order == 'F', [&, in = static_cast<const char*>(source)](char* item) mutable {
    std::memcpy(item, in, static_cast<usize>(target->itemsize));
    in += target->itemsize;
  });
}
}  // namespace adder
