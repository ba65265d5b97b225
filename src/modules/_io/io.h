// io: what the parts of module _io share.
//
// Files      io_base.cpp (_IOBase, _RawIOBase), abstract.cpp (_BufferedIOBase, _TextIOBase), file_io.cpp, bytes_io.cpp,
// buffered*.cpp,
//            newline_decoder.cpp, string_io.cpp, text_wrapper*.cpp, open.cpp, module.cpp
// See        library reference "io", PEP 3116
#pragma once
#include <pthread.h>

#include "bind/bind.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

ADDER_EXPORT PyTypeObject PyIOBase_Type, PyRawIOBase_Type, PyBufferedIOBase_Type, PyTextIOBase_Type, PyFileIO_Type,
    PyBytesIO_Type, _PyBytesIOBuffer_Type, PyBufferedReader_Type, PyBufferedWriter_Type, PyBufferedRandom_Type,
    PyBufferedRWPair_Type, PyIncrementalNewlineDecoder_Type, PyStringIO_Type, PyTextIOWrapper_Type;

namespace adder::io {
inline constexpr isize kDefaultBufferSize = 8192;

// The head of every instance: the first fields of all types here.
struct IOBase : PyObject {
  Object* dict;
  Object* weak_references;
};

// == Shared behaviour ==

// io.UnsupportedOperation, a subclass of OSError and ValueError; made with the module.
Type* unsupported_operation();
void set_unsupported_operation(Object* type);
Error raise_unsupported(const char* message);
// Raises ValueError unless `self.closed` is false.
Result<void> check_not_closed(Object* self, const char* message = "I/O operation on closed file.");
Result<bool> is_closed(Object* self);  // bool(self.closed)
// Calls inner._dealloc_warn(source), for a stream that nobody closed; what it raises is dropped.
void warn_unclosed(Object* inner, Object* source);
// Closing goes on after a failure: the exception of a step that failed, taken, or nothing; and the result of the last
// step, unless an earlier one failed with `failure`, which is then the exception or the context of the last one's.
Ref<Object> failure_of(Result<Object> step);
Result<Object> with_failure(Result<Object> last, Ref<Object>&& failure);
// Calls self.close() at the end of an object's life; part of tp_finalize of all types here.
void finalize(PyObject* self);
void clear_base(IOBase* self);
int traverse_base(IOBase* self, visitproc visit, void* arg);
// tp_dealloc, tp_traverse and tp_clear of types that own nothing more.
void dealloc_plain(PyObject* self);
int traverse_plain(PyObject* self, visitproc visit, void* arg);
int clear_plain(PyObject* self);
// Refuses pickling: TypeError "cannot pickle '…' object".
Result<Object> cannot_pickle(Object* self);
// An offset as Python code gives or gets it (any object with __index__); raises `error` when it does not fit.
Result<i64> offset_from_object(Object* object, Type* error = OSError);
// A size argument: None or negative means "all" (-1).
Result<isize> size_from_object(Object* object);
// True if the exception that is set is an OSError with errno EINTR; clears it and runs signal handlers.
bool retry_after_signal();

// -- Direct access for buffered objects on a plain FileIO (exact type) --
bool is_plain_file(Object* raw);
// read(2) and write(2) with the GIL released: bytes done, -2 for "would block".
Result<isize> file_read_into(Object* file, char* data, isize size);
Result<isize> file_write(Object* file, const char* data, isize size);

// The lock of a buffered object: also tells a signal handler that comes back into it.
class Lock {
 public:
  Result<void> create();
  void destroy();
  // RuntimeError "reentrant call inside …" if this thread holds it.
  Result<void> acquire(Object* owner);
  void release();

 private:
  pthread_mutex_t mutex_;
  unsigned long holder_;
  bool created_;
  friend class Locked;
};
class Locked {
 public:
  ~Locked() {
    if (lock_) lock_->release();
  }
  Result<void> acquire(Lock& lock, Object* owner) {
    TRY(lock.acquire(owner));
    lock_ = &lock;
    return {};
  }

 private:
  Lock* lock_ = nullptr;
};

// == Newlines ==

struct NewlineDecoder;
// Position of the end of a line in text[start, end) under the given rules; -1 if there is none. `consumed` gets how far
// was looked.
struct LineRules {
  bool universal;   // \n, \r and \r\n end a line
  bool translated;  // only \n is left
  Str* newline;     // else: this ends a line
};
isize find_line_end(const LineRules& rules, int kind, const void* data, isize start, isize end, isize* consumed);
Result<Object> newline_decoder_new(Object* decoder, bool translate);
// Decodes a Str without looking up attributes (StringIO, TextIOWrapper).
Result<Str> newline_decoder_translate(Object* decoder, Str* text, bool final);
Result<Object> newline_decoder_decode(Object* decoder, Object* input, bool final);

// open() of the module; also for Python code through io.open.
Result<Object> open_file(Object* file, Str* mode, int buffering, Opt<Str*> encoding, Opt<Str*> errors,
                         Opt<Str*> newline, bool closefd, Object* opener);
// io.open_code(): for reading, or what the embedder's hook gives. TypeError unless `path` is a str.
Result<Object> open_code_file(Object* path);
using OpenCodeHook = PyObject* (*)(PyObject* path, void* data);
// False if there is one already.
bool set_open_code_hook(OpenCodeHook hook, void* data);
extern PyMethodDef open_functions[];
}  // namespace adder::io
