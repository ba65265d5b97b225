// abstract: _BufferedIOBase and _TextIOBase.
#include "base/copy.h"
#include "modules/_io/io.h"
#include "types/slice.h"

namespace adder::io {
namespace {
// == _BufferedIOBase ==

// Fills a buffer from self.read() or self.read1().
Result<Object> read_into(Object* self, Object* buffer, Object* read) {
  BufferView view;
  TRY(view.acquire(buffer, PyBUF_WRITABLE));
  Ref<Int> size = TRY(int_from_ssize_t(view.size()));
  Ref<Object> data = TRY(call_method(self, read, static_cast<Object*>(size.get())));
  if (!is_bytes(data)) return raise(TypeError, "read() should return bytes");
  isize got = bytes_size(as<Bytes>(data.get()));
  if (got > view.size()) {
    return raise(ValueError, "read() returned too much data: %zd bytes requested, %zd returned", view.size(), got);
  }
  copy_bytes(view.writable_data(), bytes_data(as<Bytes>(data.get())), static_cast<usize>(got));
  return int_from_ssize_t(got);
}
constexpr Doc readinto_doc = "readinto($self, buffer, /)\n--\n\n";
Result<Object> readinto(Object* self, Object* buffer) { return read_into(self, buffer, id::read); }
constexpr Doc readinto1_doc = "readinto1($self, buffer, /)\n--\n\n";
Result<Object> readinto1(Object* self, Object* buffer) { return read_into(self, buffer, id::read1); }
constexpr Doc detach_doc =
    "detach($self, /)\n--\n\nDisconnect this buffer from its underlying raw stream and return it.\n\nAfter the raw "
    "stream has been detached, the buffer is in an "
    "unusable\nstate.";
Result<Object> detach(Object*) { return raise_unsupported("detach"); }
constexpr Doc read_doc =
    "read($self, /, *args)\n--\n\nRead and return up to n bytes.\n\nIf the argument is omitted, None, or negative, "
    "reads and\nreturns all data until EOF.\n\nIf the "
    "argument is positive, and the underlying raw stream is\nnot 'interactive', multiple raw reads may be issued to "
    "satisfy\nthe byte count (unless EOF is reached "
    "first).  But for\ninteractive raw streams (as well as sockets and pipes), at most\none raw read will be issued, "
    "and a short result does not imply\nthat EOF is "
    "imminent.\n\nReturns an empty bytes object on EOF.\n\nReturns None if the underlying raw stream was open in "
    "non-blocking\nmode and no data is available at the moment.";
Result<Object> read(Object*, Tuple*) { return raise_unsupported("read"); }
constexpr Doc read1_doc =
    "read1($self, /, *args)\n--\n\nRead and return up to n bytes, with at most one read() call\nto the underlying raw "
    "stream. A short result does not imply\nthat EOF is "
    "imminent.\n\nReturns an empty bytes object on EOF.";
Result<Object> read1(Object*, Tuple*) { return raise_unsupported("read1"); }
constexpr Doc write_doc =
    "write($self, /, *args)\n--\n\nWrite the given buffer to the IO stream.\n\nReturns the number of bytes written, "
    "which is always the length of b\nin bytes.\n\nRaises "
    "BlockingIOError if the buffer is full and the\nunderlying raw stream cannot accept more data at the moment.";
Result<Object> write(Object*, Tuple*) { return raise_unsupported("write"); }

constinit PyMethodDef buffered_methods[] = {
    method<detach, detach_doc>(),
    method<read, read_doc>(),
    method<read1, read1_doc>(),
    method<readinto, readinto_doc>(),
    method<readinto1, readinto1_doc>(),
    method<write, write_doc>(),
    {},
};

// == _TextIOBase ==

constexpr Doc text_detach_doc =
    "detach($self, /)\n--\n\nSeparate the underlying buffer from the TextIOBase and return it.\n\nAfter the underlying "
    "buffer has been detached, the TextIO is in "
    "an\nunusable state.";
constexpr Doc text_read_doc =
    "read($self, /, *args)\n--\n\nRead at most n characters from stream.\n\nRead from underlying buffer until we have "
    "n characters or we hit EOF.\nIf n is negative or "
    "omitted, read until EOF.";
constexpr Doc text_readline_doc =
    "readline($self, /, *args)\n--\n\nRead until newline or EOF.\n\nReturns an empty string if EOF is hit immediately.";
Result<Object> text_readline(Object*, Tuple*) { return raise_unsupported("readline"); }
constexpr Doc text_write_doc =
    "write($self, /, *args)\n--\n\nWrite string to stream.\nReturns the number of characters written (which is always "
    "equal to\nthe length of the string).";
constinit PyMethodDef text_methods[] = {
    method<detach, text_detach_doc>(),
    method<read, text_read_doc>(),
    method<text_readline, text_readline_doc>(),
    method<write, text_write_doc>(),
    {},
};
Result<Object> get_none(Object*) { return none_result(); }
constinit PyGetSetDef text_getset[] = {
    get_set<get_none>("encoding", "Encoding of the text stream.\n\nSubclasses should override.\n"),
    get_set<get_none>("newlines",
                      "Line endings translated so far.\n\nOnly line endings translated during reading are "
                      "considered.\n\nSubclasses should override.\n"),
    get_set<get_none>("errors", "The error setting of the decoder or encoder.\n\nSubclasses should override.\n"),
    {},
};
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyBufferedIOBase_Type = {
    .tp_name = "_io._BufferedIOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = dealloc_plain,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "Base class for buffered IO objects.\n\nThe main difference with RawIOBase is that the read() method\nsupports "
        "omitting the size argument, and does not "
        "have a default\nimplementation that defers to readinto().\n\nIn addition, read(), readinto() and write() may "
        "raise\nBlockingIOError if the underlying raw "
        "stream is in non-blocking\nmode and not ready; unlike their raw counterparts, they will never\nreturn "
        "None.\n\nA typical implementation should not "
        "inherit from a RawIOBase\nimplementation, but wrap one.\n",
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_methods = buffered_methods,
    .tp_base = &PyIOBase_Type,
};
constinit PyTypeObject PyTextIOBase_Type = {
    .tp_name = "_io._TextIOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = dealloc_plain,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "Base class for text I/O.\n\nThis class provides a character and line based interface to stream\nI/O. There is "
        "no readinto method because Python's "
        "character strings are\nimmutable.\n",
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_methods = text_methods,
    .tp_getset = text_getset,
    .tp_base = &PyIOBase_Type,
};
