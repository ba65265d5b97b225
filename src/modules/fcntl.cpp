// fcntl: file control.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "base/copy.h"
#include "bind/bind.h"
#include "import/import.h"
#include "object/file_descriptor.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace adder {
namespace {
constexpr isize kSmall = 1024;

template <class Call>
Result<int> system_call(Call call) {
  for (;;) {
    int done, error;
    {
      WithoutGil released;
      done = call();
      error = errno;
    }
    if (done >= 0) return done;
    if (error != EINTR) {
      errno = error;
      return raise_errno(OSError);
    }
    TRY(check_signals());
  }
}

constexpr Doc fcntl_doc =
    "fcntl($module, fd, cmd, arg=0, /)\n--\n\nPerform the operation `cmd` on file descriptor fd.\n\nThe values used "
    "for `cmd` are operating system dependent, and are available\nas constants in the fcntl module, using the same "
    "names as used in\nthe relevant C header files.  The argument arg is optional, and\ndefaults to 0; it "
    "may be an int or a string.  If arg is given as a string,\nthe return value of fcntl is a string of that length, "
    "containing the\nresulting value put in the arg buffer by the operating system.  The length\nof the arg string is "
    "not allowed to exceed 1024 bytes.  If the arg given\nis an integer or if none is specified, the result value is "
    "an "
    "integer\ncorresponding to the return value of the fcntl call in the C code.";
Result<Object> fcntl_function(Module*, Object* fd_object, int command, Object* argument) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  if (is_str(argument) || check_buffer(argument)) {
    char buffer[kSmall];
    Ref<Object> text = is_str(argument) ? TRY(str_as_utf8_bytes(as<Str>(argument))) : new_ref(argument);
    BufferView view;
    TRY(view.acquire(text));
    if (view.size() > kSmall) return raise(ValueError, "fcntl string arg too long");
    copy_bytes(buffer, view.data(), static_cast<usize>(view.size()));
    TRY(system_call([&] { return ::fcntl(fd, command, buffer); }));
    return bytes_from_view({buffer, static_cast<usize>(view.size())});
  }
  Ref<Object> index = TRY(number_index(argument));
  long value = static_cast<long>(int_as_u64_mask(as<Int>(index.get())));
  return int_from_i64(TRY(system_call([&] { return ::fcntl(fd, command, static_cast<int>(value)); })));
}
constexpr Doc ioctl_doc =
    "ioctl($module, fd, request, arg=0, mutate_flag=True, /)\n--\n\nPerform the operation request on file descriptor "
    "fd.\n\nThe values used for request are operating system dependent, and are available\nas constants in the fcntl "
    "or termios library modules, using the same names as\nused in the relevant C header files.";
Result<Object> ioctl_function(Module*, Object* fd_object, Object* request_object, Object* argument, bool mutate) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  Ref<Object> request_index = TRY(number_index(request_object));
  unsigned long request = static_cast<unsigned long>(int_as_u64_mask(as<Int>(request_index.get())));
  if (index_check(argument)) {
    Ref<Object> index = TRY(number_index(argument));
    int value = static_cast<int>(int_as_u64_mask(as<Int>(index.get())));
    return int_from_i64(TRY(system_call([&] { return ::ioctl(fd, request, value); })));
  }
  char buffer[kSmall + 1];
  if (!is_str(argument) && mutate) {
    BufferView view;
    if (view.acquire(argument, PyBUF_WRITABLE).failed()) {
      error_clear();
    } else {
      char* data = view.writable_data();
      if (view.size() <= kSmall) {
        copy_bytes(buffer, data, static_cast<usize>(view.size()));
        buffer[view.size()] = 0;
        int done = TRY(system_call([&] { return ::ioctl(fd, request, buffer); }));
        copy_bytes(data, buffer, static_cast<usize>(view.size()));
        return int_from_i64(done);
      }
      return int_from_i64(TRY(system_call([&] { return ::ioctl(fd, request, data); })));
    }
  }
  Ref<Object> text = is_str(argument) ? TRY(str_as_utf8_bytes(as<Str>(argument))) : new_ref(argument);
  BufferView view;
  if (view.acquire(text).failed()) {
    error_clear();
    return raise(TypeError,
                 "ioctl requires a file or file descriptor, an integer and optionally an integer or buffer argument");
  }
  if (view.size() > kSmall) return raise(ValueError, "ioctl string arg too long");
  copy_bytes(buffer, view.data(), static_cast<usize>(view.size()));
  buffer[view.size()] = 0;
  TRY(system_call([&] { return ::ioctl(fd, request, buffer); }));
  return bytes_from_view({buffer, static_cast<usize>(view.size())});
}
constexpr Doc flock_doc =
    "flock($module, fd, operation, /)\n--\n\nPerform the lock operation `operation` on file descriptor `fd`.\n\nSee "
    "the Unix manual page for flock(2) for details (On some systems, this\nfunction is emulated using fcntl()).";
Result<void> flock_function(Module*, Object* fd_object, int operation) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  TRY(system_call([&] { return ::flock(fd, operation); }));
  return {};
}
constexpr Doc lockf_doc =
    "lockf($module, fd, cmd, len=0, start=0, whence=0, /)\n--\n\nA wrapper around the fcntl() locking calls.\n\n`fd` "
    "is the file descriptor of the file to lock or unlock, and operation is one\nof the following values:\n\n    "
    "LOCK_UN - unlock\n    LOCK_SH - acquire a shared lock\n    LOCK_EX - acquire an exclusive lock\n\nWhen operation "
    "is LOCK_SH or "
    "LOCK_EX, it can also be bitwise ORed with\nLOCK_NB to avoid blocking on lock acquisition.";
Result<void> lockf_function(Module*, Object* fd_object, int command, isize length, isize start, int whence) {
  int fd = TRY(object_as_file_descriptor(fd_object));
  struct flock lock = {};
  if (command == LOCK_UN)
    lock.l_type = F_UNLCK;
  else if (command & LOCK_SH)
    lock.l_type = F_RDLCK;
  else if (command & LOCK_EX)
    lock.l_type = F_WRLCK;
  else
    return raise(ValueError, "unrecognized lockf argument");
  lock.l_start = start;
  lock.l_len = length;
  lock.l_whence = static_cast<short>(whence);
  TRY(system_call([&] { return ::fcntl(fd, command & LOCK_NB ? F_SETLK : F_SETLKW, &lock); }));
  return {};
}
constinit PyMethodDef functions[] = {
    method<fcntl_function, fcntl_doc>(),
    method<ioctl_function, ioctl_doc>(),
    method<flock_function, flock_doc>(),
    method<lockf_function, lockf_doc>(),
    {},
};
struct Constant {
  const char* name;
  i64 value;
};
#ifndef F_SETSIG
#define F_SETSIG 10
#define F_GETSIG 11
#endif
constexpr Constant constants[] = {
#define CONSTANT(name) {#name, static_cast<i64>(name)},
#include "modules/fcntl_constants.def"
#undef CONSTANT
};
Result<void> exec(Module* module) {
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "fcntl",
    "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and "
    "ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
    functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_fcntl() { return adder::module_def_init(&adder::definition); }
