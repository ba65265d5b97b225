// descriptors: functions on file descriptors.
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utmp.h>

#include "memory/allocator.h"
#include "modules/posix/posix.h"

namespace adder::posix {
namespace {
constexpr isize kMaxTransfer = 0x7ffff000;

constexpr Doc open_doc =
    "open($module, /, path, flags, mode=511, *, dir_fd=None)\n--\n\nOpen a file for low level IO.  Returns a file "
    "descriptor (integer).\n\nIf dir_fd is not None, it should be a file descriptor open to a directory,\n  and path "
    "should be "
    "relative; path will then be relative to that directory.\ndir_fd may not be implemented on your platform.\n  If it "
    "is unavailable, using it will raise a NotImplementedError.";
Result<int> open(Module*, Object* object, int flags, int mode, Object* dir_fd) {
  Path path;
  TRY(path.acquire(object, {.function = "open"}));
  int directory = TRY(directory_descriptor(dir_fd));
  Ref<Int> flag_object = TRY(int_from_i64(flags));
  TRY(audit("open", object, None, static_cast<Object*>(flag_object.get())));
  i64 fd = TRY(retry([&] { return ::openat(directory, path.text(), flags | O_CLOEXEC, mode); }));
  if (fd < 0) return path.raise();
  return static_cast<int>(fd);
}
constexpr Doc close_doc = "close($module, /, fd)\n--\n\nClose a file descriptor.";
Result<void> close(Module*, int fd) {
  // Not repeated after EINTR: Linux has closed it.
  if (once([&] { return ::close(fd); }) < 0 && errno != EINTR) return raise_errno(OSError);
  return {};
}
constexpr Doc closerange_doc =
    "closerange($module, fd_low, fd_high, /)\n--\n\nCloses all file descriptors in [fd_low, fd_high), ignoring errors.";
Result<void> closerange(Module*, int low, int high) {
  WithoutGil released;
  if (low < 0) low = 0;
  if (low < high && ::close_range(static_cast<unsigned>(low), static_cast<unsigned>(high - 1), 0) < 0) {
    for (int fd = low; fd < high; ++fd) ::close(fd);
  }
  return {};
}
constexpr Doc dup_doc = "dup($module, fd, /)\n--\n\nReturn a duplicate of a file descriptor.";
Result<int> dup(Module*, int fd) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  TRY(check(copy));
  return copy;
}
constexpr Doc dup2_doc = "dup2($module, /, fd, fd2, inheritable=True)\n--\n\nDuplicate file descriptor.";
Result<int> dup2(Module*, int fd, int target, bool inheritable) {
  if (fd < 0 || target < 0) {
    errno = EBADF;
    return raise_errno(OSError);
  }
  i64 done = fd == target || inheritable ? once([&] { return ::dup2(fd, target); })
                                         : once([&] { return ::dup3(fd, target, O_CLOEXEC); });
  TRY(check(done));
  return static_cast<int>(done);
}
constexpr Doc read_doc = "read($module, fd, length, /)\n--\n\nRead from a file descriptor.  Returns a bytes object.";
Result<Object> read(Module*, int fd, isize length) {
  if (length < 0) {
    errno = EINVAL;
    return raise_errno(OSError);
  }
  if (length > kMaxTransfer) length = kMaxTransfer;
  Ref<Bytes> data = TRY(bytes_new(length));
  i64 got = TRY(retry([&] { return ::read(fd, bytes_data(data), static_cast<usize>(length)); }));
  TRY(check(got));
  return bytes_resize(std::move(data), got);
}
constexpr Doc write_doc = "write($module, fd, data, /)\n--\n\nWrite a bytes object to a file descriptor.";
Result<isize> write(Module*, int fd, Object* object) {
  BufferView data;
  TRY(data.acquire(object));
  isize size = data.size() > kMaxTransfer ? kMaxTransfer : data.size();
  i64 put = TRY(retry([&] { return ::write(fd, data.data(), static_cast<usize>(size)); }));
  TRY(check(put));
  return static_cast<isize>(put);
}
constexpr Doc pread_doc =
    "pread($module, fd, length, offset, /)\n--\n\nRead a number of bytes from a file descriptor starting at a "
    "particular offset.\n\nRead length bytes from file descriptor fd, starting at offset bytes from\nthe beginning of "
    "the file.  The file "
    "offset remains unchanged.";
Result<Object> pread(Module*, int fd, isize length, isize offset) {
  if (length < 0) {
    errno = EINVAL;
    return raise_errno(OSError);
  }
  Ref<Bytes> data = TRY(bytes_new(length));
  i64 got = TRY(retry([&] { return ::pread(fd, bytes_data(data), static_cast<usize>(length), offset); }));
  TRY(check(got));
  return bytes_resize(std::move(data), got);
}
constexpr Doc pwrite_doc =
    "pwrite($module, fd, buffer, offset, /)\n--\n\nWrite bytes to a file descriptor starting at a particular "
    "offset.\n\nWrite buffer to fd, starting at offset bytes from the beginning of\nthe file.  Returns the number of "
    "bytes writte.  Does not "
    "change the\ncurrent file offset.";
Result<isize> pwrite(Module*, int fd, Object* object, isize offset) {
  BufferView data;
  TRY(data.acquire(object));
  i64 put = TRY(retry([&] { return ::pwrite(fd, data.data(), static_cast<usize>(data.size()), offset); }));
  TRY(check(put));
  return static_cast<isize>(put);
}

// A sequence of buffers as iovec.
class Vector {
 public:
  ~Vector() {
    for (isize i = 0; i < count_; ++i) buffer_release(&views_[i]);
    memory::release(views_);
    memory::release(vectors_);
  }
  Result<void> acquire(Object* buffers, bool writable, const char* function) {
    if (!sequence_check(buffers)) return raise(TypeError, "%s() arg 2 must be a sequence", function);
    isize count = TRY(sequence_size(buffers));
    views_ = static_cast<Py_buffer*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(Py_buffer)));
    vectors_ = static_cast<iovec*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(iovec)));
    if (!views_ || !vectors_) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      Ref<Object> item = TRY(sequence_get_item(buffers, i));
      TRY(object_get_buffer(item, &views_[i], writable ? PyBUF_WRITABLE : PyBUF_SIMPLE));
      vectors_[i] = {views_[i].buf, static_cast<usize>(views_[i].len)};
      ++count_;
    }
    return {};
  }
  iovec* data() { return vectors_; }
  int count() const { return static_cast<int>(count_); }

 private:
  Py_buffer* views_ = nullptr;
  iovec* vectors_ = nullptr;
  isize count_ = 0;
};
constexpr Doc readv_doc =
    "readv($module, fd, buffers, /)\n--\n\nRead from a file descriptor fd into an iterable of buffers.\n\nThe buffers "
    "should be mutable buffers accepting bytes.\nreadv will transfer data into each buffer until it is full\nand then "
    "move on to the "
    "next buffer in the sequence to hold\nthe rest of the data.\n\nreadv returns the total number of bytes "
    "read,\nwhich may be less than the total capacity of all the buffers.";
Result<isize> readv(Module*, int fd, Object* buffers) {
  Vector vector;
  TRY(vector.acquire(buffers, true, "readv"));
  i64 got = TRY(retry([&] { return ::readv(fd, vector.data(), vector.count()); }));
  TRY(check(got));
  return static_cast<isize>(got);
}
constexpr Doc writev_doc =
    "writev($module, fd, buffers, /)\n--\n\nIterate over buffers, and write the contents of each to a file "
    "descriptor.\n\nReturns the total number of bytes written.\nbuffers must be a sequence of bytes-like objects.";
Result<isize> writev(Module*, int fd, Object* buffers) {
  Vector vector;
  TRY(vector.acquire(buffers, false, "writev"));
  i64 put = TRY(retry([&] { return ::writev(fd, vector.data(), vector.count()); }));
  TRY(check(put));
  return static_cast<isize>(put);
}
constexpr Doc preadv_doc =
    "preadv($module, fd, buffers, offset, flags=0, /)\n--\n\nReads from a file descriptor into a number of mutable "
    "bytes-like objects.\n\nCombines the functionality of readv() and pread(). As readv(), it will\ntransfer data into "
    "each buffer until it "
    "is full and then move on to the next\nbuffer in the sequence to hold the rest of the data. Its fourth "
    "argument,\nspecifies the file offset at which the input operation is to be performed. It\nwill return the total "
    "number of bytes read (which "
    "can be less than the total\ncapacity of all the objects).\n\nThe flags argument contains a bitwise OR of zero or "
    "more of the following flags:\n\n- RWF_HIPRI\n- RWF_NOWAIT\n\nUsing non-zero flags requires Linux 4.6 or newer.";
Result<isize> preadv(Module*, int fd, Object* buffers, isize offset, int flags) {
  Vector vector;
  TRY(vector.acquire(buffers, true, "preadv"));
  i64 got = TRY(retry([&] { return ::preadv2(fd, vector.data(), vector.count(), offset, flags); }));
  TRY(check(got));
  return static_cast<isize>(got);
}
constexpr Doc pwritev_doc =
    "pwritev($module, fd, buffers, offset, flags=0, /)\n--\n\nWrites the contents of bytes-like objects to a file "
    "descriptor at a given offset.\n\nCombines the functionality of writev() and pwrite(). All buffers must be a "
    "sequence\nof bytes-like objects. "
    "Buffers are processed in array order. Entire contents of first\nbuffer is written before proceeding to second, "
    "and so on. The operating system may\nset a limit (sysconf() value SC_IOV_MAX) on the number of buffers that can "
    "be used.\nThis function "
    "writes the contents of each object to the file descriptor and returns\nthe total number of bytes written.";
Result<isize> pwritev(Module*, int fd, Object* buffers, isize offset, int flags) {
  Vector vector;
  TRY(vector.acquire(buffers, false, "pwritev"));
  i64 put = TRY(retry([&] { return ::pwritev2(fd, vector.data(), vector.count(), offset, flags); }));
  TRY(check(put));
  return static_cast<isize>(put);
}
constexpr Doc sendfile_doc =
    "sendfile($module, /, out_fd, in_fd, offset, count)\n--\n\nCopy count bytes from file descriptor in_fd to file "
    "descriptor out_fd.";
Result<Object> sendfile(Module*, int out, int in, Object* offset_object, isize count) {
  off_t offset = 0;
  if (offset_object != None) offset = TRY(int_as_long(offset_object));
  i64 done = TRY(
      retry([&] { return ::sendfile(out, in, offset_object == None ? nullptr : &offset, static_cast<usize>(count)); }));
  TRY(check(done));
  return int_from_i64(done);
}
constexpr Doc copy_file_range_doc =
    "copy_file_range($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)\n--\n\nCopy count "
    "bytes from one file descriptor to another.\n\n  src\n    Source file descriptor.\n  dst\n    Destination file "
    "descriptor.\n  count\n    Number "
    "of bytes to copy.\n  offset_src\n    Starting offset in src.\n  offset_dst\n    Starting offset in dst.\n\nIf "
    "offset_src is None, then src is read from the current position;\nrespectively for offset_dst.";
Result<Object> copy_file_range(Module*, int source, int target, isize count, Object* source_offset,
                               Object* target_offset) {
  if (count < 0) return raise(ValueError, "negative value for 'count' not allowed");
  off64_t from = 0, to = 0;
  if (source_offset != None) from = TRY(int_as_long(source_offset));
  if (target_offset != None) to = TRY(int_as_long(target_offset));
  i64 done = TRY(retry([&] {
    return ::copy_file_range(source, source_offset == None ? nullptr : &from, target,
                             target_offset == None ? nullptr : &to, static_cast<usize>(count), 0);
  }));
  TRY(check(done));
  return int_from_i64(done);
}
constexpr Doc splice_doc =
    "splice($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)\n--\n\nTransfer count "
    "bytes from one pipe to a descriptor or vice versa.\n\n  src\n    Source file descriptor.\n  dst\n    Destination "
    "file descriptor.\n  count\n    Number of "
    "bytes to copy.";
Result<Object> splice(Module*, int source, int target, isize count, Object* source_offset, Object* target_offset,
                      u32 flags) {
  if (count < 0) return raise(ValueError, "negative value for 'count' not allowed");
  off64_t from = 0, to = 0;
  if (source_offset != None) from = TRY(int_as_long(source_offset));
  if (target_offset != None) to = TRY(int_as_long(target_offset));
  i64 done = TRY(retry([&] {
    return ::splice(source, source_offset == None ? nullptr : &from, target, target_offset == None ? nullptr : &to,
                    static_cast<usize>(count), flags);
  }));
  TRY(check(done));
  return int_from_i64(done);
}
constexpr Doc lseek_doc =
    "lseek($module, fd, position, how, /)\n--\n\nSet the position of a file descriptor.  Return the new position.";
Result<isize> lseek(Module*, int fd, isize position, int how) {
  i64 reached = once([&] { return ::lseek(fd, position, how); });
  TRY(check(reached));
  return static_cast<isize>(reached);
}
constexpr Doc isatty_doc = "isatty($module, fd, /)\n--\n\nReturn True if the fd is connected to a terminal.";
Result<bool> isatty(Module*, int fd) { return ::isatty(fd) != 0; }
constexpr Doc fsync_doc = "fsync($module, /, fd)\n--\n\nForce write of fd to disk.";
Result<void> fsync(Module*, Object* object) {
  int fd = TRY(descriptor_of(object));
  return check(TRY(retry([&] { return ::fsync(fd); })));
}
constexpr Doc fdatasync_doc =
    "fdatasync($module, /, fd)\n--\n\nForce write of fd to disk without forcing update of metadata.";
Result<void> fdatasync(Module*, Object* object) {
  int fd = TRY(descriptor_of(object));
  return check(TRY(retry([&] { return ::fdatasync(fd); })));
}
constexpr Doc sync_doc = "sync($module, /)\n--\n\nForce write of everything to disk.";
Result<void> sync(Module*) {
  WithoutGil released;
  ::sync();
  return {};
}
constexpr Doc ftruncate_doc =
    "ftruncate($module, fd, length, /)\n--\n\nTruncate a file, specified by file descriptor, to a specific length.";
Result<void> ftruncate(Module*, int fd, isize length) {
  return check(TRY(retry([&] { return ::ftruncate(fd, length); })));
}
constexpr Doc fallocate_doc =
    "posix_fallocate($module, fd, offset, length, /)\n--\n\nEnsure a file has allocated at least a particular number "
    "of bytes on disk.\n\nEnsure that the file specified by fd encompasses a range of bytes\nstarting at offset bytes "
    "from the beginning and continuing "
    "for length bytes.";
Result<void> fallocate(Module*, int fd, isize offset, isize length) {
  errno = static_cast<int>(once([&] { return ::posix_fallocate(fd, offset, length); }));
  if (errno) return raise_errno(OSError);
  return {};
}
constexpr Doc fadvise_doc =
    "posix_fadvise($module, fd, offset, length, advice, /)\n--\n\nAnnounce an intention to access data in a specific "
    "pattern.";
Result<void> fadvise(Module*, int fd, isize offset, isize length, int advice) {
  errno = static_cast<int>(once([&] { return ::posix_fadvise(fd, offset, length, advice); }));
  if (errno) return raise_errno(OSError);
  return {};
}
constexpr Doc lockf_doc =
    "lockf($module, fd, command, length, /)\n--\n\nApply, test or remove a POSIX lock on an open file descriptor.";
Result<void> lockf(Module*, int fd, int command, isize length) {
  return check(TRY(retry([&] { return ::lockf(fd, command, length); })));
}
Result<Object> pair(int first, int second) {
  Ref<Int> a = TRY(int_from_i64(first))
  , b = TRY(int_from_i64(second));
  return tuple_pack(a.get(), b.get());
}
constexpr Doc pipe_doc =
    "pipe($module, /)\n--\n\nCreate a pipe.\n\nReturns a tuple of two file descriptors:\n  (read_fd, write_fd)";
Result<Object> pipe(Module*) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) return raise_errno(OSError);
  return pair(ends[0], ends[1]);
}
constexpr Doc pipe2_doc =
    "pipe2($module, flags, /)\n--\n\nCreate a pipe with flags set atomically.\n\nReturns a tuple of two file "
    "descriptors:\n  (read_fd, write_fd)\n\nflags can be constructed by ORing together one or more of these "
    "values:\nO_NONBLOCK, O_CLOEXEC.";
Result<Object> pipe2(Module*, int flags) {
  int ends[2];
  if (::pipe2(ends, flags) < 0) return raise_errno(OSError);
  return pair(ends[0], ends[1]);
}
constexpr Doc get_inheritable_doc =
    "get_inheritable($module, fd, /)\n--\n\nGet the close-on-exe flag of the specified file descriptor.";
Result<bool> get_inheritable(Module*, int fd) {
  int flags = ::fcntl(fd, F_GETFD);
  TRY(check(flags));
  return !(flags & FD_CLOEXEC);
}
constexpr Doc set_inheritable_doc =
    "set_inheritable($module, fd, inheritable, /)\n--\n\nSet the inheritable flag of the specified file descriptor.";
Result<void> set_inheritable(Module*, int fd, int inheritable) {
  int flags = ::fcntl(fd, F_GETFD);
  TRY(check(flags));
  return check(::fcntl(fd, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
constexpr Doc get_blocking_doc =
    "get_blocking($module, fd, /)\n--\n\nGet the blocking mode of the file descriptor.\n\nReturn False if the "
    "O_NONBLOCK flag is set, True if the flag is cleared.";
Result<bool> get_blocking(Module*, int fd) {
  int flags = ::fcntl(fd, F_GETFL);
  TRY(check(flags));
  return !(flags & O_NONBLOCK);
}
constexpr Doc set_blocking_doc =
    "set_blocking($module, fd, blocking, /)\n--\n\nSet the blocking mode of the specified file descriptor.\n\nSet the "
    "O_NONBLOCK flag if blocking is False,\nclear the O_NONBLOCK flag otherwise.";
Result<void> set_blocking(Module*, int fd, bool blocking) {
  int flags = ::fcntl(fd, F_GETFL);
  TRY(check(flags));
  return check(::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}
constexpr Doc ttyname_doc =
    "ttyname($module, fd, /)\n--\n\nReturn the name of the terminal device connected to 'fd'.\n\n  fd\n    Integer "
    "file descriptor handle.";
Result<Object> ttyname(Module*, int fd) {
  char name[256];
  errno = ::ttyname_r(fd, name, sizeof name);
  if (errno) return raise_errno(OSError);
  return str_decode_fs_default(name);
}
constexpr Doc ctermid_doc = "ctermid($module, /)\n--\n\nReturn the name of the controlling terminal for this process.";
Result<Object> ctermid(Module*) {
  char name[L_ctermid];
  ::ctermid(name);
  return str_decode_fs_default(name);
}
constexpr Doc openpty_doc =
    "openpty($module, /)\n--\n\nOpen a pseudo-terminal.\n\nReturn a tuple of (master_fd, slave_fd) containing open "
    "file descriptors\nfor both the master and slave ends.";
Result<Object> openpty(Module*) {
  int master, terminal;
  if (::openpty(&master, &terminal, nullptr, nullptr, nullptr) < 0) return raise_errno(OSError);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(terminal, F_SETFD, FD_CLOEXEC);
  return pair(master, terminal);
}
constexpr Doc login_tty_doc =
    "login_tty($module, fd, /)\n--\n\nPrepare the tty of which fd is a file descriptor for a new login "
    "session.\n\nMake the calling process a session leader; make the tty the\ncontrolling tty, the stdin, the stdout, "
    "and the stderr of the\ncalling process; close fd.";
Result<void> login_tty(Module*, Object* object) {
  int fd = TRY(descriptor_of(object));
  return check(::login_tty(fd));
}
constexpr Doc tcgetpgrp_doc =
    "tcgetpgrp($module, fd, /)\n--\n\nReturn the process group associated with the terminal specified by fd.";
Result<int> tcgetpgrp(Module*, int fd) {
  pid_t group = ::tcgetpgrp(fd);
  TRY(check(group));
  return static_cast<int>(group);
}
constexpr Doc tcsetpgrp_doc =
    "tcsetpgrp($module, fd, pgid, /)\n--\n\nSet the process group associated with the terminal specified by fd.";
Result<void> tcsetpgrp(Module*, int fd, int group) { return check(::tcsetpgrp(fd, group)); }
constexpr Doc eventfd_doc =
    "eventfd($module, /, initval, flags=EFD_CLOEXEC)\n--\n\nCreates and returns an event notification file descriptor.";
Result<int> make_eventfd(Module*, u32 initial, Opt<Object*> flags) {
  int fd = ::eventfd(initial, flags ? TRY(int_as_int(flags.get())) : EFD_CLOEXEC);
  TRY(check(fd));
  return fd;
}
constexpr Doc eventfd_read_doc = "eventfd_read($module, /, fd)\n--\n\nRead eventfd value";
Result<u64> read_eventfd(Module*, Object* object) {
  int fd = TRY(descriptor_of(object));
  eventfd_t value = 0;
  TRY(check(TRY(retry([&] { return ::eventfd_read(fd, &value); }))));
  return static_cast<u64>(value);
}
constexpr Doc eventfd_write_doc = "eventfd_write($module, /, fd, value)\n--\n\nWrite eventfd value.";
Result<void> write_eventfd(Module*, Object* object, u64 value) {
  int fd = TRY(descriptor_of(object));
  return check(TRY(retry([&] { return ::eventfd_write(fd, value); })));
}
constexpr Doc memfd_doc = "memfd_create($module, /, name, flags=MFD_CLOEXEC)\n--\n\n";
Result<int> make_memfd(Module*, Object* name, Opt<Object*> flags) {
  Ref<Object> text = TRY(fs_converter(name));
  int fd = ::memfd_create(bytes_data(as<Bytes>(text.get())),
                          flags ? static_cast<unsigned>(TRY(int_as_int(flags.get()))) : MFD_CLOEXEC);
  TRY(check(fd));
  return fd;
}
}  // namespace

constinit PyMethodDef descriptor_functions[] = {
    method<open, open_doc>(),
    method<close, close_doc>(),
    method<closerange, closerange_doc>(),
    method<dup, dup_doc>(),
    method<dup2, dup2_doc>(),
    method<read, read_doc>(),
    method<write, write_doc>(),
    method<pread, pread_doc>(),
    method<pwrite, pwrite_doc>(),
    method<readv, readv_doc>(),
    method<writev, writev_doc>(),
    method<preadv, preadv_doc>(),
    method<pwritev, pwritev_doc>(),
    method<sendfile, sendfile_doc>(),
    method<copy_file_range, copy_file_range_doc>(),
    method<splice, splice_doc>(),
    method<lseek, lseek_doc>(),
    method<isatty, isatty_doc>(),
    method<fsync, fsync_doc>(),
    method<fdatasync, fdatasync_doc>(),
    method<sync, sync_doc>(),
    method<ftruncate, ftruncate_doc>(),
    method<fallocate, fallocate_doc>(),
    method<fadvise, fadvise_doc>(),
    method<lockf, lockf_doc>(),
    method<pipe, pipe_doc>(),
    method<pipe2, pipe2_doc>(),
    method<get_inheritable, get_inheritable_doc>(),
    method<set_inheritable, set_inheritable_doc>(),
    method<get_blocking, get_blocking_doc>(),
    method<set_blocking, set_blocking_doc>(),
    method<ttyname, ttyname_doc>(),
    method<ctermid, ctermid_doc>(),
    method<openpty, openpty_doc>(),
    method<login_tty, login_tty_doc>(),
    method<tcgetpgrp, tcgetpgrp_doc>(),
    method<tcsetpgrp, tcsetpgrp_doc>(),
    method<make_eventfd, eventfd_doc>(),
    method<read_eventfd, eventfd_read_doc>(),
    method<write_eventfd, eventfd_write_doc>(),
    method<make_memfd, memfd_doc>(),
    {},
};
}  // namespace adder::posix
