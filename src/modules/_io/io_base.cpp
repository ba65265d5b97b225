// io_base: _IOBase and _RawIOBase: what all streams have, in terms of the few methods that they define.
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "modules/_io/io.h"
#include "runtime/runtime.h"
#include "types/exception.h"
#include "types/list.h"

namespace adder::io {
// == Shared behaviour ==

Type* unsupported_operation() { return reinterpret_cast<Type*>(interpreter()->io_unsupported_operation); }
void set_unsupported_operation(Object* type) {
  Object* old = std::exchange(interpreter()->io_unsupported_operation, new_ref(type).release());
  decref_or_null(old);
}

Error raise_unsupported(const char* message) { return raise(unsupported_operation(), "%s", message); }

Result<bool> is_closed(Object* self) {
  Ref<Object> closed = TRY(object_get_attr(self, id::closed));
  return object_is_true(closed);
}

void warn_unclosed(Object* inner, Object* source) {
  auto warned = call_method(inner, id::_dealloc_warn, source);
  if (warned.failed())
    error_clear();
  else
    (void)warned.take();
}

Ref<Object> failure_of(Result<Object> step) {
  if (step.failed()) return error_take();
  (void)step.take();
  return {};
}

Result<Object> with_failure(Result<Object> last, Ref<Object>&& failure) {
  if (!failure) return last;
  if (last.failed()) {
    Ref<Object> second = error_take();
    exception_set_context(second, std::move(failure));
    error_set(std::move(second));
  } else {
    (void)last.take();
    error_set(std::move(failure));
  }
  return Error{};
}

Result<void> check_not_closed(Object* self, const char* message) {
  if (TRY(is_closed(self))) return raise(ValueError, "%s", message);
  return {};
}

void finalize(PyObject* self) {
  ErrorSaver saved;
  bool closed = true;
  auto attribute = object_lookup_attr(self, id::closed);
  if (attribute.failed()) {
    error_clear();
  } else if (Ref<Object> value = attribute.take()) {
    auto truth = object_is_true(value);
    if (truth.failed()) {
      error_clear();
    } else {
      closed = truth.take();
    }
  }
  if (closed) return;
  // Tells close() that the object was left to the collector (ResourceWarning).
  if (object_set_attr(self, id::_finalizing, True).failed()) error_clear();
  auto result = call_method(self, id::close);
  if (result.failed()) {
    // Errors of a forgotten file have no one to go to; development mode shows them.
    if (interpreter()->config->dev_mode)
      error_write_unraisable(self);
    else
      error_clear();
  } else {
    (void)result.take();
  }
}

void clear_base(IOBase* self) {
  if (self->weak_references) weakref_clear_all(self);
  clear_field(self->dict);
}
int traverse_base(IOBase* self, visitproc visit, void* arg) {
  VISIT(self->dict);
  return 0;
}

void dealloc_plain(PyObject* self) {
  if (object_call_finalizer_from_dealloc(self)) return;
  gc::untrack(self);
  clear_base(as<IOBase>(self));
  object_free(self);
}
int traverse_plain(PyObject* self, visitproc visit, void* arg) { return traverse_base(as<IOBase>(self), visit, arg); }
int clear_plain(PyObject* self) {
  clear_field(as<IOBase>(self)->dict);
  return 0;
}

Result<Object> cannot_pickle(Object* self) {
  return raise(TypeError, "cannot pickle '%.100s' object", type_of(self)->tp_name);
}

Result<i64> offset_from_object(Object* object, Type* error) {
  Ref<Object> index = TRY(number_index(object));
  int overflow = 0;
  i64 value = int_as_i64_and_overflow(as<Int>(index.get()), &overflow);
  if (overflow) return raise(error, "cannot fit '%.200s' into an offset-sized integer", type_of(object)->tp_name);
  return value;
}

Result<isize> size_from_object(Object* object) {
  if (!object || object == None) return isize{-1};
  if (!index_check(object))
    return raise(TypeError, "argument should be integer or None, not '%.200s'", type_of(object)->tp_name);
  return number_as_ssize_t(object, OverflowError);
}

bool retry_after_signal() {
  Object* type = error_occurred();
  if (!type || !exception_matches(type, OSError)) return false;
  Ref<Object> exception = error_take();
  Object* number =
      exception_matches(exception, OSError) ? reinterpret_cast<PyOSErrorObject*>(exception.get())->myerrno : nullptr;
  if (number && is_int(number) && int_is_single(as<Int>(number)) && int_single_value(as<Int>(number)) == EINTR) {
    return !check_signals().failed();
  }
  error_set(std::move(exception));
  return false;
}

Result<void> Lock::create() {
  if (created_) return {};
  if (pthread_mutex_init(&mutex_, nullptr) != 0) return raise(RuntimeError, "can't allocate read lock");
  created_ = true;
  holder_ = 0;
  return {};
}
void Lock::destroy() {
  if (created_) pthread_mutex_destroy(&mutex_);
  created_ = false;
}
namespace {
[[noreturn]] void stuck_at_shutdown(Object* owner) {
  char message[512];
  const char* name = owner->ob_type->tp_name;
  Result<Str> text = object_repr(owner);
  Ref<Str> repr;
  if (!text.failed()) repr = text.take();
  Utf8 utf8 = repr ? str_as_utf8(repr) : Utf8{nullptr, 0};
  std::snprintf(
      message, sizeof message,
      "_enter_buffered_busy: could not acquire lock for %s at interpreter shutdown, possibly due to daemon threads",
      utf8 ? utf8.data : name);
  fatal(message);
}
}  // namespace
Result<void> Lock::acquire(Object* owner) {
  unsigned long self = static_cast<unsigned long>(pthread_self());
  if (pthread_mutex_trylock(&mutex_) != 0) {
    if (holder_ == self) return raise(RuntimeError, "reentrant call inside %R", owner);
    // A daemon thread that was stopped at shut-down will never release it.
    bool finalizing = runtime_is_finalizing();
    int status;
    {
      WithoutGil released;
      if (finalizing) {
        timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        status = pthread_mutex_timedlock(&mutex_, &until);
      } else {
        status = pthread_mutex_lock(&mutex_);
      }
    }
    if (status != 0) stuck_at_shutdown(owner);
  }
  holder_ = self;
  return {};
}
void Lock::release() {
  holder_ = 0;
  pthread_mutex_unlock(&mutex_);
}

namespace {
// == _IOBase ==

Result<Object> unsupported(const char* message) { return raise_unsupported(message); }

constexpr Doc seek_doc =
    "seek($self, offset, whence=0, /)\n--\n\nChange the stream position to the given byte offset.\n\n  offset\n    The "
    "stream position, relative to "
    "'whence'.\n  whence\n    The relative position to seek from.\n\nThe offset is interpreted relative to the "
    "position indicated by whence.\nValues for "
    "whence are:\n\n* os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive\n* "
    "os.SEEK_CUR or 1 -- current stream position; "
    "offset may be negative\n* os.SEEK_END or 2 -- end of stream; offset is usually negative\n\nReturn the new "
    "absolute position.";
Result<Object> base_seek(Object*, Object*, Object*) { return unsupported("seek"); }
constexpr Doc tell_doc = "tell($self, /)\n--\n\nReturn current stream position.";
Result<Object> base_tell(Object* self) {
  return call_method(self, id::seek, static_cast<Object*>(small_int(0)), static_cast<Object*>(small_int(1)));
}
constexpr Doc truncate_doc =
    "truncate($self, size=None, /)\n--\n\nTruncate file to size bytes.\n\nFile pointer is left unchanged. Size "
    "defaults to the current IO\nposition as reported by "
    "tell(). Return the new size.";
Result<Object> base_truncate(Object*, Object*) { return unsupported("truncate"); }

// Set by _IOBase.close().
Result<bool> base_is_closed(Object* self) {
  Ref<Object> mark = TRY(object_lookup_attr(self, id::__IOBase_closed));
  return static_cast<bool>(mark);
}
constexpr Doc flush_doc =
    "flush($self, /)\n--\n\nFlush write buffers, if applicable.\n\nThis is not implemented for read-only and "
    "non-blocking streams.";
Result<void> base_flush(Object* self) {
  if (TRY(base_is_closed(self))) return raise(ValueError, "I/O operation on closed file.");
  return {};
}
constexpr Doc close_doc =
    "close($self, /)\n--\n\nFlush and close the IO object.\n\nThis method has no effect if the file is already closed.";
Result<void> base_close(Object* self) {
  if (TRY(base_is_closed(self))) return {};
  auto flushed = call_method(self, id::flush);
  Ref<Object> failure;
  if (flushed.failed())
    failure = error_take();
  else
    (void)flushed.take();
  Result<void> marked = object_set_attr(self, id::__IOBase_closed, True);
  if (failure) {
    if (marked.failed()) error_clear();
    error_set(std::move(failure));
    return Error{};
  }
  return marked;
}

constexpr Doc seekable_doc =
    "seekable($self, /)\n--\n\nReturn whether object supports random access.\n\nIf False, seek(), tell() and "
    "truncate() will raise OSError.\nThis method may need to do a test seek().";
constexpr Doc readable_doc =
    "readable($self, /)\n--\n\nReturn whether object was opened for reading.\n\nIf False, read() will raise OSError.";
constexpr Doc writable_doc =
    "writable($self, /)\n--\n\nReturn whether object was opened for writing.\n\nIf False, write() will raise OSError.";
Result<bool> base_no(Object*) { return false; }

constexpr Doc check_closed_doc = "_checkClosed($self, msg=None, /)\n--\n\n";
Result<void> base_check_closed(Object* self, Object*) { return check_not_closed(self); }
Result<void> check_capability(Object* self, Object* name, const char* message) {
  Ref<Object> answer = TRY(call_method(self, name));
  if (answer.get() != True) return raise_unsupported(message);
  return {};
}
constexpr Doc check_seekable_doc = "_checkSeekable($self, msg=None, /)\n--\n\n";
Result<void> base_check_seekable(Object* self, Object*) {
  return check_capability(self, id::seekable, "File or stream is not seekable.");
}
constexpr Doc check_readable_doc = "_checkReadable($self, msg=None, /)\n--\n\n";
Result<void> base_check_readable(Object* self, Object*) {
  return check_capability(self, id::readable, "File or stream is not readable.");
}
constexpr Doc check_writable_doc = "_checkWritable($self, msg=None, /)\n--\n\n";
Result<void> base_check_writable(Object* self, Object*) {
  return check_capability(self, id::writable, "File or stream is not writable.");
}

constexpr Doc fileno_doc =
    "fileno($self, /)\n--\n\nReturns underlying file descriptor if one exists.\n\nRaise OSError if the IO object does "
    "not use a file descriptor.";
Result<Object> base_fileno(Object*) { return unsupported("fileno"); }
constexpr Doc isatty_doc =
    "isatty($self, /)\n--\n\nReturn whether this is an 'interactive' stream.\n\nReturn False if it can't be "
    "determined.";
Result<bool> base_isatty(Object* self) {
  TRY(check_not_closed(self));
  return false;
}
constexpr Doc enter_doc = "__enter__($self, /)\n--\n\n";
Result<Object> base_enter(Object* self) {
  TRY(check_not_closed(self));
  return new_ref(self);
}
// Takes its arguments as they stand: a tuple of them might not fit into memory, and the file would stay open.
constexpr const char* exit_text = "__exit__($self, /, *args)\n--\n\n";
PyObject* base_exit(PyObject* self, PyObject* const*, Py_ssize_t) { return call_method(self, id::close).to_c(); }

// How much of what is ahead belongs to the line: peek() tells without moving.
Result<isize> bytes_to_line_end(Object* peek, isize limit) {
  Ref<Object> ahead = TRY(object_call_one_arg(peek, small_int(1)));
  if (!is_bytes(ahead)) {
    return raise(OSError, "peek() should have returned a bytes object, not '%.200s'", type_of(ahead)->tp_name);
  }
  isize size = bytes_size(as<Bytes>(ahead.get()));
  if (size == 0) return isize{1};
  const char* data = bytes_data(as<Bytes>(ahead.get()));
  isize n = 0;
  while (n < size && (limit < 0 || n < limit)) {
    if (data[n++] == '\n') break;
  }
  return n;
}
constexpr Doc readline_doc =
    "readline($self, size=-1, /)\n--\n\nRead and return a line from the stream.\n\nIf size is specified, at most size "
    "bytes will be read.\n\nThe line terminator is "
    "always b'\\n' for binary files; for text\nfiles, the newlines argument to open can be used to select the "
    "line\nterminator(s) recognized.";
Result<Object> base_readline(Object* self, Object* size_object) {
  isize limit = TRY(size_from_object(size_object));
  Ref<Object> peek = TRY(object_lookup_attr(self, id::peek));
  Ref<ByteArray> line = TRY(bytearray_from_view({}));
  while (limit < 0 || bytearray_size(line) < limit) {
    isize wanted = 1;
    if (peek) wanted = TRY(bytes_to_line_end(peek, limit < 0 ? -1 : limit - bytearray_size(line)));
    Ref<Int> count = TRY(int_from_ssize_t(wanted));
    auto read = call_method(self, id::read, static_cast<Object*>(count.get()));
    if (read.failed()) {
      if (retry_after_signal()) continue;
      return Error{};
    }
    Ref<Object> part = read.take();
    if (!is_bytes(part))
      return raise(OSError, "read() should have returned a bytes object, not '%.200s'", type_of(part)->tp_name);
    isize size = bytes_size(as<Bytes>(part.get()));
    if (size == 0) break;
    isize old_size = bytearray_size(line);
    TRY(bytearray_resize(line, old_size + size));
    __builtin_memcpy(bytearray_data(line) + old_size, bytes_data(as<Bytes>(part.get())), static_cast<usize>(size));
    if (bytearray_data(line)[old_size + size - 1] == '\n') break;
  }
  return bytes_from_view({bytearray_data(line), static_cast<usize>(bytearray_size(line))});
}
Maybe<Object> base_next(Object* self) {
  Ref<Object> line = TRY(call_method(self, id::readline));
  if (TRY(object_size(line)) == 0) return nullptr;
  return line;
}
Result<Object> base_iter(Object* self) {
  TRY(check_not_closed(self));
  return new_ref(self);
}
constexpr Doc readlines_doc =
    "readlines($self, hint=-1, /)\n--\n\nReturn a list of lines from the stream.\n\nhint can be specified to control "
    "the number of lines read: no more\nlines will be "
    "read if the total size (in bytes/characters) of all\nlines so far exceeds hint.";
Result<Object> base_readlines(Object* self, Object* hint_object) {
  isize hint = TRY(size_from_object(hint_object))
  , total = 0;
  Ref<List> lines = TRY(list_new());
  Ref<Object> iterator = TRY(object_get_iter(self));
  for (;;) {
    Ref<Object> line = TRY(iter_next(iterator));
    if (!line) break;
    isize size = TRY(object_size(line));
    TRY(list_append_steal(lines, std::move(line)));
    if (hint > 0) {
      if (size > hint - total) break;
      total += size;
    }
  }
  return lines;
}
constexpr Doc writelines_doc =
    "writelines($self, lines, /)\n--\n\nWrite a list of lines to stream.\n\nLine separators are not added, so it is "
    "usual for each of the\nlines provided to have a line "
    "separator at the end.";
Result<void> base_writelines(Object* self, Object* lines) {
  TRY(check_not_closed(self));
  Ref<Object> iterator = TRY(object_get_iter(lines));
  for (;;) {
    Ref<Object> line = TRY(iter_next(iterator));
    if (!line) return {};
    for (;;) {
      auto written = call_method(self, id::write, line.get());
      if (!written.failed()) {
        (void)written.take();
        break;
      }
      if (!retry_after_signal()) return Error{};
    }
  }
}

constinit PyMethodDef base_methods[] = {
    method<base_seek, seek_doc>(),
    method<base_tell, tell_doc>(),
    method<base_truncate, truncate_doc>(),
    method<base_flush, flush_doc>(),
    method<base_close, close_doc>(),
    method<base_no, seekable_doc>(),
    method<base_no, readable_doc>(),
    method<base_no, writable_doc>(),
    method<base_check_closed, check_closed_doc>(),
    method<base_check_seekable, check_seekable_doc>(),
    method<base_check_readable, check_readable_doc>(),
    method<base_check_writable, check_writable_doc>(),
    method<base_fileno, fileno_doc>(),
    method<base_isatty, isatty_doc>(),
    method<base_enter, enter_doc>(),
    raw_method("__exit__", &base_exit, METH_FASTCALL, exit_text),
    method<base_readline, readline_doc>(),
    method<base_readlines, readlines_doc>(),
    method<base_writelines, writelines_doc>(),
    {},
};
Result<Object> get_dict(Object* self) { return object_generic_get_dict(self); }
constinit PyGetSetDef base_getset[] = {
    get_set<get_dict>("__dict__"),
    get_set<base_is_closed>("closed"),
    {},
};

// == _RawIOBase ==

constexpr Doc raw_read_doc = "read($self, size=-1, /)\n--\n\n";
Result<Object> raw_read(Object* self, Object* size_object) {
  isize size = TRY(size_from_object(size_object));
  if (size < 0) return call_method(self, id::readall);
  Ref<ByteArray> buffer = TRY(bytearray_from_view({}));
  TRY(bytearray_resize(buffer, size));
  Ref<Object> count = TRY(call_method(self, id::readinto, static_cast<Object*>(buffer.get())));
  if (count.get() == None) return count;
  isize got = TRY(number_as_ssize_t(count, ValueError));
  if (got < 0 || got > bytearray_size(buffer))
    return raise(ValueError, "readinto returned %zd outside buffer size %zd", got, bytearray_size(buffer));
  return bytes_from_view({bytearray_data(buffer), static_cast<usize>(got)});
}
constexpr Doc readall_doc = "readall($self, /)\n--\n\nRead until EOF, using multiple read() call.";
Result<Object> raw_readall(Object* self) {
  Ref<List> chunks = TRY(list_new());
  Ref<Int> step = TRY(int_from_ssize_t(kDefaultBufferSize));
  for (;;) {
    auto read = call_method(self, id::read, static_cast<Object*>(step.get()));
    if (read.failed()) {
      if (retry_after_signal()) continue;
      return Error{};
    }
    Ref<Object> part = read.take();
    if (part.get() == None) {
      if (list_size(chunks) == 0) return part;
      break;
    }
    if (!is_bytes(part)) return raise(TypeError, "read() should return bytes");
    if (bytes_size(as<Bytes>(part.get())) == 0) break;
    TRY(list_append_steal(chunks, std::move(part)));
  }
  return bytes_join(bytes_empty(), chunks);
}
PyObject* raw_not_implemented(PyObject*, PyObject*) { return (void)raise_object(NotImplementedError, None), nullptr; }
constinit PyMethodDef raw_methods[] = {
    raw_method("readinto", &raw_not_implemented, METH_VARARGS, nullptr),
    raw_method("write", &raw_not_implemented, METH_VARARGS, nullptr),
    method<raw_read, raw_read_doc>(),
    method<raw_readall, readall_doc>(),
    {},
};

constexpr const char* base_text =
    "The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods "
    "that\nderived classes can override "
    "selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.\n\nEven though "
    "IOBase does not declare read, readinto, or "
    "write because\ntheir signatures will vary, implementations and clients should\nconsider those methods part of the "
    "interface. Also, implementations\nmay raise "
    "UnsupportedOperation when operations they do not support are\ncalled.";
}  // namespace
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyIOBase_Type = {
    .tp_name = "_io._IOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = dealloc_plain,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = base_text,
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_weaklistoffset = offsetof(IOBase, weak_references),
    .tp_iter = slot<base_iter>,
    .tp_iternext = slot<base_next>,
    .tp_methods = base_methods,
    .tp_getset = base_getset,
    .tp_dictoffset = offsetof(IOBase, dict),
    .tp_alloc = type_generic_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_gc_del,
    .tp_finalize = finalize,
};
constinit PyTypeObject PyRawIOBase_Type = {
    .tp_name = "_io._RawIOBase",
    .tp_basicsize = sizeof(IOBase),
    .tp_dealloc = dealloc_plain,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Base class for raw binary I/O.",
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_methods = raw_methods,
    .tp_base = &PyIOBase_Type,
};
