// buffer: the buffer protocol (PEP 3118).
#pragma once
#include "object/protocol.h"

namespace adder {
inline bool check_buffer(const Object* object) {
  PyBufferProcs* procs = object->ob_type->tp_as_buffer;
  return procs && procs->bf_getbuffer;
}
// Fills `view`; TypeError "a bytes-like object is required, not 'X'" / BufferError. flags: PyBUF_*.
Result<void> object_get_buffer(Object* object, Py_buffer* view, int flags);
void buffer_release(Py_buffer* view);
// For bf_getbuffer of one-dimensional byte buffers (PyBuffer_FillInfo).
Result<void> buffer_fill_info(Py_buffer* view, Object* exporter, void* data, isize size, bool readonly, int flags);
bool buffer_is_contiguous(const Py_buffer* view, char order);  // 'C', 'F', 'A'
Result<isize> buffer_size_from_format(const char* format);
// Copies contiguous data in the order ('C', 'F') into the buffer, which may be strided; what is too much is left.
void buffer_from_contiguous(const Py_buffer* target, const void* source, isize size, char order);
Result<void> buffer_to_contiguous(void* destination, const Py_buffer* source, isize size, char order);

// RAII view of bytes-like arguments: BufferView data; TRY(data.acquire(object)); data.bytes(), data.size()
class BufferView {
 public:
  BufferView() { view_.obj = nullptr; view_.buf = nullptr; view_.len = 0; }
  ~BufferView() { release(); }
  BufferView(const BufferView&) = delete;
  Result<void> acquire(Object* object, int flags = PyBUF_SIMPLE) { return object_get_buffer(object, &view_, flags); }
  void release() {
    if (view_.obj) buffer_release(&view_);
  }
  const char* data() const { return static_cast<const char*>(view_.buf); }
  char* writable_data() { return static_cast<char*>(view_.buf); }
  isize size() const { return view_.len; }
  Py_buffer& raw() { return view_; }

 private:
  Py_buffer view_;
};
}  // namespace adder
