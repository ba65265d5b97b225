// bytes_io: BytesIO, a binary stream in memory.
//
// Storage    a bytes object that is shared until the first write: getvalue() and read() of the whole give it out
// without a copy.
#include <cstring>

#include "base/copy.h"
#include "modules/_io/io.h"
#include "types/dict.h"
#include "types/list.h"

namespace adder::io {
namespace {
struct BytesIO : IOBase {
  Bytes* data;  // null: closed; capacity is its size
  isize position, size;
  isize exports;  // buffers given out by getbuffer()
};
struct BytesIOBuffer : PyObject {  // exporter behind getbuffer()
  BytesIO* source;
};

Result<void> check_open(BytesIO* self) {
  if (!self->data) return raise(ValueError, "I/O operation on closed file.");
  return {};
}
Result<void> check_exports(BytesIO* self) {
  if (self->exports > 0) return raise(BufferError, "Existing exports of data: object cannot be re-sized");
  return {};
}
// Makes `data` our own with room for `capacity` bytes.
Result<void> unshare(BytesIO* self, isize capacity) {
  if (refcount(self->data) == 1 && !is_immortal(self->data) && bytes_size(self->data) >= capacity) return {};
  isize room = capacity;
  if (capacity > self->size)
    room = capacity < kMaxSize / 2 ? capacity + (capacity >> 3) + (capacity < 9 ? 3 : 6) : capacity;
  Ref<Bytes> grown = TRY(bytes_new(room));
  std::memcpy(bytes_data(grown), bytes_data(self->data), static_cast<usize>(self->size < room ? self->size : room));
  set_field(self->data, std::move(grown));
  return {};
}
Result<isize> write_bytes(BytesIO* self, const char* bytes, isize count) {
  TRY(check_open(self));
  TRY(check_exports(self));
  if (count == 0) return isize{0};
  if (self->position > kMaxSize - count) return raise(OverflowError, "new position too large");
  isize end = self->position + count;
  TRY(unshare(self, end > self->size ? end : self->size));
  if (self->position > self->size) {
    std::memset(bytes_data(self->data) + self->size, 0, static_cast<usize>(self->position - self->size));
  }
  move_bytes(bytes_data(self->data) + self->position, bytes, static_cast<usize>(count));
  self->position = end;
  if (end > self->size) self->size = end;
  return count;
}
isize left(BytesIO* self) { return self->size > self->position ? self->size - self->position : 0; }
Result<Object> take(BytesIO* self, isize count) {
  // The whole content at once: hand out the object itself.
  if (count > 1 && self->position == 0 && count == bytes_size(self->data) && count == self->size &&
      self->exports == 0) {
    self->position = count;
    return new_ref(self->data);
  }
  isize start = self->position;
  self->position += count;
  return bytes_from_view({bytes_data(self->data) + (count ? start : 0), static_cast<usize>(count)});
}
// Length of the next line, at most `limit` if that is not negative.
isize line_length(BytesIO* self, isize limit) {
  isize count = left(self);
  if (limit >= 0 && limit < count) count = limit;
  if (count == 0) return 0;
  const char* start = bytes_data(self->data) + self->position;
  const void* end = std::memchr(start, '\n', static_cast<usize>(count));
  return end ? static_cast<const char*>(end) - start + 1 : count;
}

constexpr Doc readable_doc = "readable($self, /)\n--\n\nReturns True if the IO object can be read.";
constexpr Doc writable_doc = "writable($self, /)\n--\n\nReturns True if the IO object can be written.";
constexpr Doc seekable_doc = "seekable($self, /)\n--\n\nReturns True if the IO object can be seeked.";
Result<bool> yes(BytesIO* self) {
  TRY(check_open(self));
  return true;
}
constexpr Doc flush_doc = "flush($self, /)\n--\n\nDoes nothing.";
Result<void> flush(BytesIO* self) { return check_open(self); }
constexpr Doc isatty_doc =
    "isatty($self, /)\n--\n\nAlways returns False.\n\nBytesIO objects are not connected to a TTY-like device.";
Result<bool> isatty(BytesIO* self) {
  TRY(check_open(self));
  return false;
}
constexpr Doc tell_doc = "tell($self, /)\n--\n\nCurrent file position, an integer.";
Result<isize> tell(BytesIO* self) {
  TRY(check_open(self));
  return self->position;
}
constexpr Doc getbuffer_doc =
    "getbuffer($self, /)\n--\n\nGet a read-write view over the contents of the BytesIO object.";
Result<Object> getbuffer(BytesIO* self) {
  TRY(check_open(self));
  Ref<BytesIOBuffer> buffer = TRY(object_new<BytesIOBuffer>(&_PyBytesIOBuffer_Type));
  buffer->source = new_ref(self).release();
  gc::track(buffer);
  return memoryview_from_object(buffer);
}
constexpr Doc getvalue_doc = "getvalue($self, /)\n--\n\nRetrieve the entire contents of the BytesIO object.";
Result<Object> getvalue(BytesIO* self) {
  TRY(check_open(self));
  if (self->size != bytes_size(self->data) && self->exports == 0) {
    if (refcount(self->data) == 1) {
      Ref<Bytes> fitted =
          TRY(bytes_resize(Ref<Bytes>::steal(std::exchange(self->data, new_ref(bytes_empty()).release())), self->size));
      set_field(self->data, std::move(fitted));
    } else {
      set_field(self->data, TRY(bytes_from_view({bytes_data(self->data), static_cast<usize>(self->size)})));
    }
  }
  if (self->size != bytes_size(self->data))
    return bytes_from_view({bytes_data(self->data), static_cast<usize>(self->size)});
  return new_ref(self->data);
}
constexpr Doc read_doc =
    "read($self, size=-1, /)\n--\n\nRead at most size bytes, returned as a bytes object.\n\nIf the size argument is "
    "negative, read until EOF is reached.\nReturn an empty "
    "bytes object at EOF.";
Result<Object> read(BytesIO* self, Object* size_object) {
  isize size = size_object ? TRY(size_from_object(size_object)) : -1;
  TRY(check_open(self));
  isize count = left(self);
  if (size >= 0 && size < count) count = size;
  return take(self, count);
}
Result<Object> read_opt(BytesIO* self, Opt<Object*> size) { return read(self, size.get()); }
constexpr Doc read1_doc =
    "read1($self, size=-1, /)\n--\n\nRead at most size bytes, returned as a bytes object.\n\nIf the size argument is "
    "negative or omitted, read until EOF is reached.\nReturn an empty bytes object at EOF.";
constexpr Doc readline_doc =
    "readline($self, size=-1, /)\n--\n\nNext line from the file, as a bytes object.\n\nRetain newline.  A non-negative "
    "size argument limits the maximum\nnumber of bytes to "
    "return (an incomplete line may be returned then).\nReturn an empty bytes object at EOF.";
Result<Object> readline(BytesIO* self, Opt<Object*> size_object) {
  isize size = size_object ? TRY(size_from_object(size_object.get())) : -1;
  TRY(check_open(self));
  return take(self, line_length(self, size));
}
constexpr Doc readlines_doc =
    "readlines($self, size=None, /)\n--\n\nList of bytes objects, each a line from the file.\n\nCall readline() "
    "repeatedly and return a list of the lines so read.\nThe optional "
    "size argument, if given, is an approximate bound on the\ntotal number of bytes in the lines returned.";
Result<Object> readlines(BytesIO* self, Object* size_object) {
  TRY(check_open(self));
  isize bound = 0, total = 0;
  if (size_object != None) bound = TRY(number_as_ssize_t(size_object, OverflowError));
  Ref<List> lines = TRY(list_new());
  while (isize length = line_length(self, -1)) {
    TRY(list_append_steal(lines, TRY(take(self, length))));
    total += length;
    if (bound > 0 && total >= bound) break;
  }
  return lines;
}
constexpr Doc readinto_doc =
    "readinto($self, buffer, /)\n--\n\nRead bytes into buffer.\n\nReturns number of bytes read (0 for EOF), or None if "
    "the object\nis set not to block and has no data to read.";
Result<Object> readinto(BytesIO* self, Object* target) {
  BufferView view;
  if (view.acquire(target, PyBUF_WRITABLE).failed()) {
    error_clear();
    return raise(TypeError, "readinto() argument must be read-write bytes-like object, not %.50s",
                 target == None ? "None" : type_of(target)->tp_name);
  }
  TRY(check_open(self));
  isize count = left(self) < view.size() ? left(self) : view.size();
  copy_bytes(view.writable_data(), bytes_data(self->data) + (count ? self->position : 0), static_cast<usize>(count));
  self->position += count;
  return int_from_ssize_t(count);
}
constexpr Doc truncate_doc =
    "truncate($self, size=None, /)\n--\n\nTruncate the file to at most size bytes.\n\nSize defaults to the current "
    "file position, as returned by tell().\nThe current file "
    "position is unchanged.  Returns the new size.";
Result<Object> truncate(BytesIO* self, Object* size_object) {
  TRY(check_open(self));
  TRY(check_exports(self));
  isize size = size_object == None ? self->position : TRY(size_from_object(size_object));
  if (size < 0) return raise(ValueError, "negative size value %zd", size);
  if (size < self->size) {
    self->size = size;
    set_field(self->data, TRY(bytes_from_view({bytes_data(self->data), static_cast<usize>(size)})));
  }
  return int_from_ssize_t(size);
}
constexpr Doc seek_doc =
    "seek($self, pos, whence=0, /)\n--\n\nChange stream position.\n\nSeek to byte offset pos relative to position "
    "indicated by whence:\n     0  Start of stream (the default).  pos "
    "should be >= 0;\n     1  Current position - pos may be negative;\n     2  End of stream - pos usually "
    "negative.\nReturns the new absolute position.";
Result<Object> seek(BytesIO* self, isize offset, int whence) {
  TRY(check_open(self));
  if (offset < 0 && whence == 0) return raise(ValueError, "negative seek value %zd", offset);
  if (whence < 0 || whence > 2) return raise(ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
  isize base = whence == 0 ? 0 : whence == 1 ? self->position : self->size;
  if (offset > kMaxSize - base) return raise(OverflowError, "new position too large");
  self->position = base + offset < 0 ? 0 : base + offset;
  return int_from_ssize_t(self->position);
}
constexpr Doc write_doc = "write($self, b, /)\n--\n\nWrite bytes to file.\n\nReturn the number of bytes written.";
Result<Object> write(BytesIO* self, Object* data) {
  TRY(check_open(self));
  TRY(check_exports(self));
  BufferView view;
  TRY(view.acquire(data));
  return int_from_ssize_t(TRY(write_bytes(self, view.data(), view.size())));
}
constexpr Doc writelines_doc =
    "writelines($self, lines, /)\n--\n\nWrite lines to the file.\n\nNote that newlines are not added.  lines can be "
    "any iterable object\nproducing bytes-like objects. This is "
    "equivalent to calling write() for\neach element.";
Result<void> writelines(BytesIO* self, Object* lines) {
  TRY(check_open(self));
  return for_each(lines, [self](Object* line) -> Result<void> {
    TRY(write(self, line));
    return {};
  });
}
constexpr Doc close_doc = "close($self, /)\n--\n\nDisable all I/O operations.";
Result<void> close(BytesIO* self) {
  TRY(check_exports(self));
  clear_field(self->data);
  return {};
}
constexpr Doc getstate_doc = "__getstate__($self, /)\n--\n\n";
Result<Object> getstate(BytesIO* self) {
  Ref<Object> value = TRY(getvalue(self));
  Ref<Object> dict = self->dict ? TRY(Result<Object>(dict_copy(as<Dict>(self->dict)))) : new_ref(None);
  Ref<Int> position = TRY(int_from_ssize_t(self->position));
  return tuple_pack(value.get(), static_cast<Object*>(position.get()), dict.get());
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\n";
Result<void> setstate(BytesIO* self, Object* state) {
  if (!is_tuple(state) || tuple_size(as<Tuple>(state)) < 3) {
    return raise(TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", type_of(self)->tp_name,
                 type_of(state)->tp_name);
  }
  TRY(check_open(self));
  TRY(check_exports(self));
  self->size = self->position = 0;
  TRY(write(self, tuple_item(as<Tuple>(state), 0)));
  Object* position = tuple_item(as<Tuple>(state), 1);
  if (!is_int(position))
    return raise(TypeError, "second item of state must be an integer, got %.200s", type_of(position)->tp_name);
  isize value = TRY(int_as_ssize_t(position));
  if (value < 0) return raise(ValueError, "position value cannot be negative");
  self->position = value;
  Object* dict = tuple_item(as<Tuple>(state), 2);
  if (dict == None) return {};
  if (!is_dict(dict))
    return raise(TypeError, "third item of state should be a dict, got a %.200s", type_of(dict)->tp_name);
  if (self->dict) return dict_update(as<Dict>(self->dict), dict);
  self->dict = new_ref(dict).release();
  return {};
}
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\n";
Result<isize> size_of(BytesIO* self) {
  isize size = type_of(self)->tp_basicsize;
  if (self->data && refcount(self->data) == 1) size += bytes_size(self->data) + 33;
  return size;
}
Result<bool> get_closed(BytesIO* self) { return !self->data; }
Maybe<Object> next(BytesIO* self) {
  TRY(check_open(self));
  isize length = line_length(self, -1);
  if (length == 0) return nullptr;
  return take(self, length);
}

constexpr Doc bytes_io_doc =
    "BytesIO(initial_bytes=b'')\n--\n\nBuffered I/O implementation using an in-memory bytes buffer.";
Result<void> init(BytesIO* self, Opt<Object*> initial) {
  TRY(check_exports(self));
  self->size = self->position = 0;
  set_field(self->data, new_ref(bytes_empty()));
  if (!initial || initial.get() == None) return {};
  if (is_bytes_exact(initial.get())) {
    set_field(self->data, new_ref(as<Bytes>(initial.get())));
    self->size = bytes_size(self->data);
    return {};
  }
  TRY(write(self, initial.get()));
  self->position = 0;
  return {};
}
PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
  Object* object = type->tp_alloc(type, 0);
  if (object) as<BytesIO>(object)->data = new_ref(bytes_empty()).release();
  return object;
}
void dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  gc::untrack(object);
  clear_base(as<IOBase>(object));
  clear_field(as<BytesIO>(object)->data);
  object_free(object);
}
constinit PyMethodDef methods[] = {
    method<yes, readable_doc>(),
    method<yes, seekable_doc>(),
    method<yes, writable_doc>(),
    method<close, close_doc>(),
    method<flush, flush_doc>(),
    method<isatty, isatty_doc>(),
    method<tell, tell_doc>(),
    method<write, write_doc>(),
    method<writelines, writelines_doc>(),
    method<read_opt, read1_doc>(),
    method<readinto, readinto_doc>(),
    method<readline, readline_doc>(),
    method<readlines, readlines_doc>(),
    method<read_opt, read_doc>(),
    method<getbuffer, getbuffer_doc>(),
    method<getvalue, getvalue_doc>(),
    method<seek, seek_doc>(),
    method<truncate, truncate_doc>(),
    method<getstate, getstate_doc>(),
    method<setstate, setstate_doc>(),
    method<size_of, sizeof_doc>(),
    {},
};
constinit PyGetSetDef getset[] = {get_set<get_closed>("closed", "True if the file is closed."), {}};

// == The exporter behind getbuffer() ==

int buffer_get(PyObject* object, Py_buffer* view, int flags) {
  BytesIO* source = as<BytesIOBuffer>(object)->source;
  if (source->exports == 0 && refcount(source->data) > 1) {
    if (unshare(source, source->size).failed()) return -1;
  }
  if (buffer_fill_info(view, object, bytes_data(source->data), source->size, false, flags).failed()) return -1;
  ++source->exports;
  return 0;
}
void buffer_release_hook(PyObject* object, Py_buffer*) { --as<BytesIOBuffer>(object)->source->exports; }
constinit PyBufferProcs buffer_procs = {buffer_get, buffer_release_hook};
void buffer_dealloc(PyObject* object) {
  gc::untrack(object);
  clear_field(as<BytesIOBuffer>(object)->source);
  object_free(object);
}
int buffer_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<BytesIOBuffer>(object)->source);
  return 0;
}
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyBytesIO_Type = {
    .tp_name = "_io.BytesIO",
    .tp_basicsize = sizeof(BytesIO),
    .tp_dealloc = dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = bytes_io_doc.text,
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_iter = self_iter,
    .tp_iternext = slot<next>,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_base = &PyBufferedIOBase_Type,
    .tp_init = initializer<init, bytes_io_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = make,
    .tp_free = object_gc_del,
};
constinit PyTypeObject _PyBytesIOBuffer_Type = {
    .tp_name = "_io._BytesIOBuffer",
    .tp_basicsize = sizeof(BytesIOBuffer),
    .tp_dealloc = buffer_dealloc,
    .tp_as_buffer = &buffer_procs,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = buffer_traverse,
};
