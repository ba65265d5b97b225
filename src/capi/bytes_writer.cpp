// bytes_writer: _PyBytesWriter, which builds bytes or a bytearray through a pointer that moves with the buffer.
#include <cstring>

#include "capi/capi.h"

using namespace adder;
using adder::capi::null;

namespace {
// CPython 3.11's layout.
struct Writer {
  PyObject* buffer;  // bytes or bytearray; null: the small buffer
  isize allocated, min_size;
  int use_bytearray, overallocate, use_small_buffer;
  char small_buffer[512];
};

char* start_of(Writer* writer) {
  if (writer->use_small_buffer) return writer->small_buffer;
  return writer->use_bytearray ? bytearray_data(as<ByteArray>(writer->buffer)) : bytes_data(as<Bytes>(writer->buffer));
}

// Moves what is written to a buffer of `size` bytes.
Result<void> move_to(Writer* writer, isize size) {
  if (writer->use_small_buffer || !writer->buffer) {
    std::string_view written(writer->small_buffer, writer->use_small_buffer ? sizeof writer->small_buffer : 0);
    Ref<Object> made;
    if (writer->use_bytearray) {
      Ref<ByteArray> array = TRY(bytearray_from_view({}));
      TRY(bytearray_resize(array, size));
      made = std::move(array);
    } else {
      made = TRY(bytes_new(size));
    }
    usize count = written.size() < static_cast<usize>(size) ? written.size() : static_cast<usize>(size);
    writer->buffer = made.release();
    writer->use_small_buffer = 0;
    if (count) memcpy(start_of(writer), written.data(), count);
  } else if (writer->use_bytearray) {
    TRY(bytearray_resize(as<ByteArray>(writer->buffer), size));
  } else {
    Ref<Bytes> old = Ref<Bytes>::steal(as<Bytes>(writer->buffer));
    writer->buffer = nullptr;
    if (bytes_size(old) == 0) {
      writer->buffer = TRY(bytes_new(size))
      .release();
    } else {
      writer->buffer = TRY(bytes_resize(std::move(old), size))
      .release();
    }
  }
  writer->allocated = size;
  return {};
}
}  // namespace

ADDER_EXPORT void _PyBytesWriter_Init(Writer* writer) { memset(writer, 0, offsetof(Writer, small_buffer)); }
ADDER_EXPORT void _PyBytesWriter_Dealloc(Writer* writer) { clear_field(writer->buffer); }
// Makes room for `size` bytes in all and gives where `at` is now; null with the buffer gone.
ADDER_EXPORT void* _PyBytesWriter_Resize(Writer* writer, void* at, Py_ssize_t size) {
  isize position = static_cast<char*>(at) - start_of(writer);
  isize wanted = size;
  if (writer->overallocate && wanted <= kMaxSize - wanted / 4) wanted += wanted / 4;
  if (move_to(writer, wanted).failed()) {
    _PyBytesWriter_Dealloc(writer);
    return nullptr;
  }
  return start_of(writer) + position;
}
// Room for `size` bytes more than promised until now.
ADDER_EXPORT void* _PyBytesWriter_Prepare(Writer* writer, void* at, Py_ssize_t size) {
  if (size == 0) return at;
  if (writer->min_size > kMaxSize - size) {
    _PyBytesWriter_Dealloc(writer);
    return null(raise_no_memory());
  }
  writer->min_size += size;
  if (writer->min_size > writer->allocated) return _PyBytesWriter_Resize(writer, at, writer->min_size);
  return at;
}
ADDER_EXPORT void* _PyBytesWriter_Alloc(Writer* writer, Py_ssize_t size) {
  writer->use_small_buffer = 1;
  writer->allocated = sizeof writer->small_buffer;
  return _PyBytesWriter_Prepare(writer, writer->small_buffer, size);
}
ADDER_EXPORT void* _PyBytesWriter_WriteBytes(Writer* writer, void* at, const void* data, Py_ssize_t size) {
  char* to = static_cast<char*>(_PyBytesWriter_Prepare(writer, at, size));
  if (!to) return nullptr;
  memcpy(to, data, static_cast<usize>(size));
  return to + size;
}
// What stands before `at`.
ADDER_EXPORT PyObject* _PyBytesWriter_Finish(Writer* writer, void* at) {
  isize size = static_cast<char*>(at) - start_of(writer);
  if (writer->use_small_buffer) {
    std::string_view view(writer->small_buffer, static_cast<usize>(size));
    if (writer->use_bytearray) return bytearray_from_view(view).to_c();
    return bytes_from_view(view).to_c();
  }
  Ref<Object> made = Ref<Object>::steal(writer->buffer);
  writer->buffer = nullptr;
  if (writer->use_bytearray) {
    TRY_C(nullptr, bytearray_resize(as<ByteArray>(made.get()), size));
    return made.release();
  }
  if (size == 0) return new_ref<Object>(bytes_empty()).release();
  if (bytes_size(as<Bytes>(made.get())) == size) return made.release();
  return bytes_resize(as<Bytes>(std::move(made)), size).to_c();
}
