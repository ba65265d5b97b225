// file_io: FileIO, a file descriptor as a raw stream.
//
// System calls run with the GIL released and are repeated after EINTR (PEP 475); a signal handler that raises ends
// them.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/import.h"
#include "memory/allocator.h"
#include "modules/_io/io.h"
#include "runtime/runtime.h"
#include "types/exception.h"
#include "types/float.h"

namespace adder::io {
namespace {
struct FileIO : IOBase {
  int fd;  // -1: closed
  bool created, readable, writable, appending, close_fd, finalizing;
  i8 seekable;  // -1: not known yet
  int block_size;
};

// Largest count that Linux transfers in one call.
constexpr isize kMaxTransfer = 0x7ffff000;

Error raise_closed() { return raise(ValueError, "I/O operation on closed file"); }
Result<void> check_open(FileIO* self) {
  if (self->fd < 0) return raise_closed();
  return {};
}
Error raise_mode(const char* action) { return raise(unsupported_operation(), "File not open for %s", action); }

// Runs a system call without the GIL until it is not interrupted; the error is in errno.
template <class Call>
Result<isize> system_call(Call call) {
  for (;;) {
    isize done;
    int error;
    {
      WithoutGil released;
      errno = 0;
      done = call();
      error = errno;
    }
    if (done >= 0) return done;
    if (error != EINTR) {
      errno = error;
      return isize{-1};
    }
    TRY(check_signals());
  }
}

// == Opening ==

struct OpenMode {
  int flags = 0;
  bool created = false, readable = false, writable = false, appending = false;
};
Result<void> parse_mode_text(Str* text, OpenMode& mode) {
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return Error{};
  bool main_letter = false, plus = false, valid = true;
  auto choose = [&] {
    if (main_letter) valid = false;
    main_letter = true;
  };
  for (char c : std::string_view(utf8)) {
    switch (c) {
      case 'x':
        choose();
        mode.created = mode.writable = true;
        mode.flags |= O_EXCL | O_CREAT;
        break;
      case 'r':
        choose();
        mode.readable = true;
        break;
      case 'w':
        choose();
        mode.writable = true;
        mode.flags |= O_CREAT | O_TRUNC;
        break;
      case 'a':
        choose();
        mode.writable = mode.appending = true;
        mode.flags |= O_APPEND | O_CREAT;
        break;
      case 'b':
        break;
      case '+':
        if (plus) valid = false;
        plus = true;
        mode.readable = mode.writable = true;
        break;
      default:
        return raise(ValueError, "invalid mode: %.200s", utf8.data);
    }
  }
  if (!valid || !main_letter) {
    return raise(ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
  }
  mode.flags |= mode.readable && mode.writable ? O_RDWR : mode.readable ? O_RDONLY : O_WRONLY;
  mode.flags |= O_CLOEXEC;
  return {};
}

Result<int> open_by_name(Object* name, int flags) {
  Ref<Object> path = TRY(fs_converter(name));
  const char* text = bytes_data(as<Bytes>(path.get()));
  isize fd = TRY(system_call([&] { return static_cast<isize>(::open(text, flags, 0666)); }));
  if (fd < 0) return raise_errno(OSError, name);
  return static_cast<int>(fd);
}
Result<int> open_by_opener(Object* opener, Object* name, int flags) {
  Ref<Int> flag_object = TRY(int_from_i64(flags));
  Ref<Object> answer = TRY(call(opener, name, static_cast<Object*>(flag_object.get())));
  if (!is_int(answer)) return raise(TypeError, "expected integer from opener");
  int fd = TRY(int_as_int(answer));
  if (fd < 0) return raise(ValueError, "opener returned %d", fd);
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return raise_errno(OSError);
  return fd;
}

void close_quietly(FileIO* self) {
  if (self->fd >= 0 && self->close_fd) ::close(self->fd);
  self->fd = -1;
}

// After open: no directories; the size of a block is good for buffers.
Result<void> examine(FileIO* self, Object* name) {
  struct stat status;
  isize done = TRY(system_call([&] { return static_cast<isize>(::fstat(self->fd, &status)); }));
  if (done < 0) {
    // A bad descriptor is an error now, other failures show themselves later.
    if (errno == EBADF) return raise_errno(OSError);
    return {};
  }
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return raise_errno(OSError, name);
  }
  if (status.st_blksize > 1) self->block_size = static_cast<int>(status.st_blksize);
  return {};
}

constexpr Doc file_doc =
    "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nOpen a file.\n\nThe mode can be 'r' (default), 'w', 'x' "
    "or 'a' for reading,\nwriting, exclusive "
    "creation or appending.  The file will be created if it\ndoesn't exist when opened for writing or appending; it "
    "will be truncated\nwhen opened for writing.  A "
    "FileExistsError will be raised if it already\nexists when opened for creating. Opening a file for creating "
    "implies\nwriting so this mode behaves in a similar "
    "way to 'w'.Add a '+' to the mode\nto allow simultaneous reading and writing. A custom opener can be used "
    "by\npassing a callable as *opener*. The underlying file "
    "descriptor for the file\nobject is then obtained by calling opener with (*name*, *flags*).\n*opener* must return "
    "an open file descriptor (passing os.open as "
    "*opener*\nresults in functionality similar to passing None).";
Result<void> init(FileIO* self, Object* file, Opt<Str*> mode_text, bool close_fd, Object* opener) {
  if (self->fd >= 0) {
    if (self->close_fd) {
      int fd = std::exchange(self->fd, -1);
      if (TRY(system_call([&] { return static_cast<isize>(::close(fd)); })) < 0) return raise_errno(OSError);
    } else {
      self->fd = -1;
    }
  }
  int fd = -1;
  bool by_number = index_check(file);
  if (is_float(file)) return raise(TypeError, "integer argument expected, got float");
  if (by_number) {
    auto number = int_as_int(file);
    if (number.failed()) {
      // Too large for a descriptor: then it is a name, and no str.
      error_clear();
      return raise(TypeError, "expected str, bytes or os.PathLike object, not %.200s", type_of(file)->tp_name);
    }
    fd = number.take();
    if (fd < 0) return raise(ValueError, "negative file descriptor");
  }
  OpenMode mode;
  Ref<Str> text = mode_text ? new_ref(mode_text.get()) : TRY(str_from_latin1("r"));
  TRY(parse_mode_text(text, mode));
  Ref<Int> flags = TRY(int_from_i64(mode.flags));
  TRY(audit("open", file, static_cast<Object*>(text.get()), static_cast<Object*>(flags.get())));
  if (!by_number && !close_fd) return raise(ValueError, "Cannot use closefd=False with file name");
  self->created = mode.created;
  self->readable = mode.readable;
  self->writable = mode.writable;
  self->appending = mode.appending;
  self->seekable = -1;
  self->finalizing = false;
  self->block_size = kDefaultBufferSize;
  self->close_fd = true;
  if (by_number) {
    self->fd = fd;
    self->close_fd = close_fd;
  } else if (opener != None) {
    self->fd = TRY(open_by_opener(opener, file, mode.flags));
  } else {
    self->fd = TRY(open_by_name(file, mode.flags));
  }
  auto finish = [&]() -> Result<void> {
    TRY(examine(self, file));
    TRY(object_set_attr(self, id::name, file));
    // Appending starts at the end.
    if (self->appending) (void)::lseek(self->fd, 0, SEEK_END);
    return {};
  };
  Result<void> done = finish();
  if (done.failed()) {
    if (by_number)
      self->fd = -1;  // the caller's descriptor stays open
    else
      close_quietly(self);
  }
  return done;
}

PyObject* file_new(PyTypeObject* type, PyObject*, PyObject*) {
  Object* object = type->tp_alloc(type, 0);
  if (!object) return nullptr;
  FileIO* self = as<FileIO>(object);
  self->fd = -1;
  self->close_fd = true;
  self->seekable = -1;
  return object;
}

// == Reading and writing ==

Result<isize> read_into(FileIO* self, char* data, isize size) {
  TRY(check_open(self));
  if (!self->readable) return raise_mode("reading");
  if (size > kMaxTransfer) size = kMaxTransfer;
  isize got = TRY(system_call([&] { return ::read(self->fd, data, static_cast<usize>(size)); }));
  if (got >= 0) return got;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return isize{-2};
  return raise_errno(OSError);
}
Result<isize> write_from(FileIO* self, const char* data, isize size) {
  TRY(check_open(self));
  if (!self->writable) return raise_mode("writing");
  if (size > kMaxTransfer) size = kMaxTransfer;
  isize put = TRY(system_call([&] { return ::write(self->fd, data, static_cast<usize>(size)); }));
  if (put >= 0) return put;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return isize{-2};
  return raise_errno(OSError);
}
Result<Object> count_or_none(isize count) {
  return count == -2 ? none_result() : Result<Object>(int_from_ssize_t(count));
}

constexpr Doc readinto_doc = "readinto($self, buffer, /)\n--\n\nSame as RawIOBase.readinto().";
Result<Object> readinto(FileIO* self, Object* buffer) {
  TRY(check_open(self));
  if (!self->readable) return raise_mode("reading");
  BufferView view;
  if (view.acquire(buffer, PyBUF_WRITABLE).failed()) {
    error_clear();
    return raise(TypeError, "readinto() argument must be read-write bytes-like object, not %.50s",
                 buffer == None ? "None" : type_of(buffer)->tp_name);
  }
  return count_or_none(TRY(read_into(self, view.writable_data(), view.size())));
}

// Reads to the end; the first guess of the size is what the file system says is left.
Result<Object> read_all(FileIO* self) {
  TRY(check_open(self));
  if (!self->readable) return raise_mode("reading");
  isize capacity = 8192;
  struct stat status;
  off_t position = ::lseek(self->fd, 0, SEEK_CUR);
  if (::fstat(self->fd, &status) == 0 && position >= 0 && status.st_size >= position &&
      status.st_size - position < kMaxSize / 2) {
    capacity = static_cast<isize>(status.st_size - position) + 1;  // one more, so that the end shows at once
  }
  Ref<Bytes> data = TRY(bytes_new(capacity));
  isize size = 0;
  for (;;) {
    if (size == capacity) {
      capacity += capacity < 65536 ? 65536 : capacity / 8 + 262144;
      data = TRY(bytes_resize(std::move(data), capacity));
    }
    isize got = TRY(read_into(self, bytes_data(data) + size, capacity - size));
    if (got == -2) {
      if (size == 0) return none_result();
      break;
    }
    if (got == 0) break;
    size += got;
  }
  return bytes_resize(std::move(data), size);
}
constexpr Doc readall_doc =
    "readall($self, /)\n--\n\nRead all data from the file, returned as bytes.\n\nIn non-blocking mode, returns as much "
    "as is immediately available,\nor None if no data is "
    "available.  Return an empty bytes object at EOF.";
constexpr Doc read_doc =
    "read($self, size=-1, /)\n--\n\nRead at most size bytes, returned as bytes.\n\nOnly makes one system call, so less "
    "data may be returned than requested.\nIn non-blocking "
    "mode, returns None if no data is available.\nReturn an empty bytes object at EOF.";
Result<Object> read(FileIO* self, Object* size_object) {
  TRY(check_open(self));
  if (!self->readable) return raise_mode("reading");
  isize size = TRY(size_from_object(size_object));
  if (size < 0) return read_all(self);
  if (size > kMaxTransfer) size = kMaxTransfer;
  Ref<Bytes> data = TRY(bytes_new(size));
  isize got = TRY(read_into(self, bytes_data(data), size));
  if (got == -2) return none_result();
  return bytes_resize(std::move(data), got);
}
constexpr Doc write_doc =
    "write($self, b, /)\n--\n\nWrite buffer b to file, return number of bytes written.\n\nOnly makes one system call, "
    "so not all of the data may be written.\nThe number "
    "of bytes actually written is returned.  In non-blocking mode,\nreturns None if the write would block.";
Result<Object> write(FileIO* self, Object* data) {
  TRY(check_open(self));
  if (!self->writable) return raise_mode("writing");
  BufferView view;
  TRY(view.acquire(data));
  return count_or_none(TRY(write_from(self, view.data(), view.size())));
}

// == Position and size ==

Result<Object> seek_to(FileIO* self, i64 offset, int whence) {
  i64 position;
  int error;
  {
    WithoutGil released;
    position = ::lseek(self->fd, offset, whence);
    error = errno;
  }
  if (self->seekable < 0) self->seekable = position >= 0;
  if (position < 0) {
    errno = error;
    return raise_errno(OSError);
  }
  return int_from_i64(position);
}
constexpr Doc seek_doc =
    "seek($self, pos, whence=0, /)\n--\n\nMove to new file position and return the file position.\n\nArgument offset "
    "is a byte count.  Optional argument whence defaults "
    "to\nSEEK_SET or 0 (offset from start of file, offset should be >= 0); other values\nare SEEK_CUR or 1 (move "
    "relative to current position, positive or "
    "negative),\nand SEEK_END or 2 (move relative to end of file, usually negative, although\nmany platforms allow "
    "seeking beyond the end of a file).\n\nNote that not all "
    "file objects are seekable.";
Result<Object> seek(FileIO* self, Object* offset, int whence) {
  TRY(check_open(self));
  if (is_float(offset)) return raise(TypeError, "an integer is required");
  return seek_to(self, TRY(offset_from_object(offset, OverflowError)), whence);
}
constexpr Doc tell_doc = "tell($self, /)\n--\n\nCurrent file position.\n\nCan raise OSError for non seekable files.";
Result<Object> tell(FileIO* self) {
  TRY(check_open(self));
  return seek_to(self, 0, SEEK_CUR);
}
constexpr Doc truncate_doc =
    "truncate($self, size=None, /)\n--\n\nTruncate the file to at most size bytes and return the truncated "
    "size.\n\nSize defaults to the current file position, as returned "
    "by tell().\nThe current file position is changed to the value of size.";
Result<Object> truncate(FileIO* self, Object* size_object) {
  TRY(check_open(self));
  if (!self->writable) return raise_mode("writing");
  Ref<Object> size = size_object == None ? TRY(seek_to(self, 0, SEEK_CUR)) : new_ref(size_object);
  i64 length = TRY(offset_from_object(size, OverflowError));
  if (TRY(system_call([&] { return static_cast<isize>(::ftruncate(self->fd, length)); })) < 0)
    return raise_errno(OSError);
  return size;
}

// == State ==

constexpr Doc close_doc =
    "close($self, /)\n--\n\nClose the file.\n\nA closed file cannot be used for further I/O operations.  close() may "
    "be\ncalled more than once without error.";
constexpr Doc dealloc_warn_doc = "_dealloc_warn($self, source, /)\n--\n\n";
Result<void> dealloc_warn(FileIO* self, Object* source) {
  if (self->fd >= 0 && self->close_fd) {
    ErrorSaver saved;
    if (warn_resource(source, 1, "unclosed file %R", source).failed()) {
      if (error_matches(Warning))
        error_write_unraisable(self);
      else
        error_clear();
    }
  }
  return {};
}
Result<void> close(FileIO* self) {
  auto base_close = [&]() -> Result<Object> {
    Ref<Object> function = TRY(object_get_attr(&PyRawIOBase_Type, id::close));
    return object_call_one_arg(function, self);
  };
  auto based = base_close();
  Ref<Object> failure;
  if (based.failed())
    failure = error_take();
  else
    (void)based.take();
  if (!self->close_fd) {
    self->fd = -1;
  } else {
    if (self->finalizing) TRY(dealloc_warn(self, self));
    if (self->fd >= 0) {
      int fd = std::exchange(self->fd, -1);
      int status, error;
      {
        WithoutGil released;
        status = ::close(fd);
        error = errno;
      }
      if (status < 0 && error != EINTR && !failure) {
        errno = error;
        return raise_errno(OSError);
      }
    }
  }
  if (failure) {
    error_set(std::move(failure));
    return Error{};
  }
  return {};
}
constexpr Doc seekable_doc = "seekable($self, /)\n--\n\nTrue if file supports random-access.";
Result<bool> seekable(FileIO* self) {
  TRY(check_open(self));
  if (self->seekable < 0) self->seekable = ::lseek(self->fd, 0, SEEK_CUR) >= 0;
  return self->seekable > 0;
}
constexpr Doc readable_doc = "readable($self, /)\n--\n\nTrue if file was opened in a read mode.";
Result<bool> readable(FileIO* self) {
  TRY(check_open(self));
  return self->readable;
}
constexpr Doc writable_doc = "writable($self, /)\n--\n\nTrue if file was opened in a write mode.";
Result<bool> writable(FileIO* self) {
  TRY(check_open(self));
  return self->writable;
}
constexpr Doc fileno_doc = "fileno($self, /)\n--\n\nReturn the underlying file descriptor (an integer).";
Result<int> fileno(FileIO* self) {
  TRY(check_open(self));
  return self->fd;
}
constexpr Doc isatty_doc = "isatty($self, /)\n--\n\nTrue if the file is connected to a TTY device.";
Result<bool> isatty(FileIO* self) {
  TRY(check_open(self));
  return ::isatty(self->fd) != 0;
}
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constexpr Doc reduce_ex_doc = "__reduce_ex__($self, protocol, /)\n--\n\n";
Result<Object> refuse_reduce_ex(Object* self, Object*) { return cannot_pickle(self); }

const char* mode_name(FileIO* self) {
  if (self->created) return self->readable ? "xb+" : "xb";
  if (self->appending) return self->readable ? "ab+" : "ab";
  if (self->readable) return self->writable ? "rb+" : "rb";
  return "wb";
}
Result<Str> repr(FileIO* self) {
  if (self->fd < 0) return str_from_latin1("<_io.FileIO [closed]>");
  const char* closes = self->close_fd ? "True" : "False";
  auto attribute = object_lookup_attr(self, id::name);
  if (attribute.failed()) {
    if (!error_matches(ValueError)) return Error{};
    error_clear();
    return str_from_format("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd, mode_name(self), closes);
  }
  Ref<Object> name = attribute.take();
  if (!name) return str_from_format("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd, mode_name(self), closes);
  if (TRY(repr_enter(self))) return raise(RuntimeError, "reentrant call inside %s.__repr__", type_of(self)->tp_name);
  auto text = str_from_format("<_io.FileIO name=%R mode='%s' closefd=%s>", name.get(), mode_name(self), closes);
  repr_leave(self);
  return text;
}
Result<bool> get_closed(FileIO* self) { return self->fd < 0; }
Result<bool> get_closefd(FileIO* self) { return self->close_fd; }
Result<Str> get_mode(FileIO* self) { return str_from_string(mode_name(self)); }

constinit PyMethodDef methods[] = {
    method<read, read_doc>(),
    method<read_all, readall_doc>(),
    method<readinto, readinto_doc>(),
    method<write, write_doc>(),
    method<seek, seek_doc>(),
    method<tell, tell_doc>(),
    method<truncate, truncate_doc>(),
    method<close, close_doc>(),
    method<seekable, seekable_doc>(),
    method<readable, readable_doc>(),
    method<writable, writable_doc>(),
    method<fileno, fileno_doc>(),
    method<isatty, isatty_doc>(),
    method<dealloc_warn, dealloc_warn_doc>(),
    method<cannot_pickle, reduce_doc>(),
    method<refuse_reduce_ex, reduce_ex_doc>(),
    {},
};
constinit PyGetSetDef getset[] = {
    get_set<get_closed>("closed", "True if the file is closed"),
    get_set<get_closefd>("closefd", "True if the file descriptor will be closed by close()."),
    get_set<get_mode>("mode", "String giving the file mode"),
    {},
};
constinit PyMemberDef members[] = {
    member("_blksize", T_UINT, offsetof(FileIO, block_size)),
    member("_finalizing", T_BOOL, offsetof(FileIO, finalizing)),
    {},
};
}  // namespace

bool is_plain_file(Object* raw) { return type_of(raw) == &PyFileIO_Type; }
Result<isize> file_read_into(Object* file, char* data, isize size) { return read_into(as<FileIO>(file), data, size); }
Result<isize> file_write(Object* file, const char* data, isize size) {
  return write_from(as<FileIO>(file), data, size);
}
}  // namespace adder::io

using namespace adder;
using namespace adder::io;

constinit PyTypeObject PyFileIO_Type = {
    .tp_name = "_io.FileIO",
    .tp_basicsize = sizeof(FileIO),
    .tp_dealloc = dealloc_plain,
    .tp_repr = slot<repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = file_doc.text,
    .tp_traverse = traverse_plain,
    .tp_clear = clear_plain,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_base = &PyRawIOBase_Type,
    .tp_init = initializer<init, file_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = file_new,
    .tp_free = object_gc_del,
};
