// pylifecycle: pylifecycle.h, pythonrun.h, fileutils.h, intrcheck.h of the C API: the life of the process, and its
// files.
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/interpreters.h"
#include "runtime/run.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/str.h"

using namespace adder;

// == The process ==

ADDER_EXPORT int Py_IsInitialized() { return main_interpreter.initialized; }
ADDER_EXPORT int _Py_IsFinalizing() { return runtime_is_finalizing(); }
ADDER_EXPORT int _Py_IsCoreInitialized() { return main_interpreter.initialized; }
ADDER_EXPORT PyThreadState* Py_NewInterpreter() { return subinterpreter_start(false); }
ADDER_EXPORT PyThreadState* _Py_NewInterpreter(int isolated) { return subinterpreter_start(isolated != 0); }
ADDER_EXPORT void Py_EndInterpreter(PyThreadState* state) { subinterpreter_end(state); }
ADDER_EXPORT const char* Py_GetVersion() {
  static const char* version = nullptr;
  if (!version) {
    Object* text = sys_get_object("version").get();
    version = text && is_str(text) ? str_as_utf8(as<Str>(text)).data : "3.11";
  }
  return version;
}
ADDER_EXPORT const char* Py_GetPlatform() { return "linux"; }
ADDER_EXPORT void (*PyOS_getsig(int number))(int) {
  struct sigaction action;
  return sigaction(number, nullptr, &action) == 0 ? action.sa_handler : SIG_ERR;
}
ADDER_EXPORT void (*PyOS_setsig(int number, void (*handler)(int)))(int) {
  struct sigaction action {
  }, old;
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_ONSTACK;
  return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
namespace {
constexpr int kMaxExitFunctions = 32;
void (*exit_functions[kMaxExitFunctions])();
int exit_count = 0;
void run_exit_functions() {
  while (exit_count > 0) exit_functions[--exit_count]();
}
}  // namespace
// The functions run when the process ends.
ADDER_EXPORT int Py_AtExit(void (*function)()) {
  if (exit_count == kMaxExitFunctions) return -1;
  if (exit_count == 0) std::atexit(run_exit_functions);
  exit_functions[exit_count++] = function;
  return 0;
}

// == Running text ==

ADDER_EXPORT PyObject* PyRun_StringFlags(const char* text, int start, PyObject* globals, PyObject* locals,
                                         PyCompilerFlags* flags) {
  auto run = [&]() -> Result<Object> {
    Ref<Str> filename = TRY(str_from_string("<string>"));
    return run_string(text, filename, start, as<Dict>(globals), locals, flags);
  };
  return run().to_c();
}
ADDER_EXPORT PyObject* PyRun_String(const char* text, int start, PyObject* globals, PyObject* locals) {
  return PyRun_StringFlags(text, start, globals, locals, nullptr);
}
ADDER_EXPORT int PyRun_SimpleStringFlags(const char* text, PyCompilerFlags* flags) {
  constexpr int kFileInput = 257;
  auto run = [&]() -> Result<Object> {
    Ref<Object> dict = TRY(main_dict());
    Ref<Str> filename = TRY(str_from_string("<string>"));
    return run_string(text, filename, kFileInput, as<Dict>(dict.get()), dict, flags);
  };
  auto result = run();
  if (result.failed()) {
    error_print();
    return -1;
  }
  (void)result.take();
  return 0;
}
ADDER_EXPORT int PyRun_SimpleString(const char* text) { return PyRun_SimpleStringFlags(text, nullptr); }

// == Iteration ==

ADDER_EXPORT int _PyGen_FetchStopIterationValue(PyObject** value) {
  *value = nullptr;
  if (!error_occurred()) {
    *value = new_ref(None).release();
    return 0;
  }
  Ref<Object> result;
  if (!error_take_stop_iteration(result)) return -1;
  *value = (result ? std::move(result) : new_ref(None)).release();
  return 0;
}

// == Files ==

namespace {
// Sets OSError from errno.
int os_error() {
  (void)raise_errno(OSError);
  return -1;
}
}  // namespace
ADDER_EXPORT int _Py_set_inheritable(int descriptor, int inheritable, int*) {
  int flags = fcntl(descriptor, F_GETFD);
  if (flags < 0) return os_error();
  int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  return wanted == flags || fcntl(descriptor, F_SETFD, wanted) == 0 ? 0 : os_error();
}
ADDER_EXPORT int _Py_set_inheritable_async_safe(int descriptor, int inheritable, int*) {
  int flags = fcntl(descriptor, F_GETFD);
  if (flags < 0) return -1;
  return fcntl(descriptor, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
}
ADDER_EXPORT int _Py_dup(int descriptor) {
  int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? os_error() : copy;
}
ADDER_EXPORT int _Py_fstat_noraise(int descriptor, struct stat* status) { return fstat(descriptor, status); }
ADDER_EXPORT int _Py_fstat(int descriptor, struct stat* status) {
  int result;
  {
    WithoutGil released;
    result = fstat(descriptor, status);
  }
  return result < 0 ? os_error() : 0;
}
ADDER_EXPORT int _Py_open(const char* path, int flags) {
  for (;;) {
    int descriptor, number;
    {
      WithoutGil released;
      descriptor = open(path, flags | O_CLOEXEC);
      number = errno;
    }
    if (descriptor >= 0) return descriptor;
    if (number == EINTR) {
      if (check_signals().failed()) return -1;
      continue;
    }
    auto name = str_decode_fs_default(path);
    if (name.failed()) return -1;
    Ref<Str> reference = name.take();
    errno = number;
    (void)raise_errno(OSError, reference.get());
    return -1;
  }
}
namespace {
template <class Function>
Py_ssize_t transfer(Function&& function) {
  for (;;) {
    Py_ssize_t count;
    int number;
    {
      WithoutGil released;
      count = function();
      number = errno;
    }
    if (count >= 0) return count;
    if (number != EINTR) {
      errno = number;
      return os_error();
    }
    if (check_signals().failed()) return -1;
  }
}
constexpr size_t kMaxTransfer = 0x7ffff000;  // what Linux moves at once
}  // namespace
ADDER_EXPORT Py_ssize_t _Py_read(int descriptor, void* data, size_t size) {
  return transfer([&] { return read(descriptor, data, size < kMaxTransfer ? size : kMaxTransfer); });
}
ADDER_EXPORT Py_ssize_t _Py_write(int descriptor, const void* data, size_t size) {
  return transfer([&] { return write(descriptor, data, size < kMaxTransfer ? size : kMaxTransfer); });
}
ADDER_EXPORT FILE* _Py_fopen_obj(PyObject* path, const char* mode) {
  auto encoded = fs_converter(path);
  if (encoded.failed()) return nullptr;
  Ref<Object> bytes = encoded.take();
  for (;;) {
    FILE* file;
    int number;
    {
      WithoutGil released;
      file = std::fopen(bytes_data(as<Bytes>(bytes.get())), mode);
      number = errno;
    }
    if (file) {
      (void)_Py_set_inheritable_async_safe(fileno(file), 0, nullptr);
      return file;
    }
    if (number == EINTR && !check_signals().failed()) continue;
    if (error_occurred()) return nullptr;
    errno = number;
    (void)raise_errno(OSError, path);
    return nullptr;
  }
}
