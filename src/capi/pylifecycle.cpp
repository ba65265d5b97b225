// pylifecycle: pylifecycle.h, fileutils.h, intrcheck.h of the C API: the life of the process, and its files.
#include <cerrno>
#include <climits>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "modules/sys/sys.h"
#include "object/protocol.h"
#include "runtime/configure.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"

using namespace adder;

// == The process ==

ADDER_EXPORT int Py_IsInitialized() { return main_interpreter.initialized; }
ADDER_EXPORT int _Py_IsFinalizing() { return runtime_is_finalizing(); }
ADDER_EXPORT int _Py_IsCoreInitialized() { return main_interpreter.initialized; }
ADDER_EXPORT PyThreadState* Py_NewInterpreter() { return subinterpreter_start(false); }
ADDER_EXPORT PyThreadState* _Py_NewInterpreter(int isolated) { return subinterpreter_start(isolated != 0); }
ADDER_EXPORT void Py_EndInterpreter(PyThreadState* state) { subinterpreter_end(state); }
ADDER_EXPORT const char* Py_GetVersion() { return sys_module::version_text(); }
namespace {
// The part of the version that starts with `first` and ends with `last`, both left out if `bare`.
const char* version_part(char first, char last, bool bare, char* buffer, usize size) {
  const char* text = sys_module::version_text();
  const char* start = std::strchr(text, first);
  const char* end = start ? std::strchr(start, last) : nullptr;
  if (end) std::snprintf(buffer, size, "%.*s", static_cast<int>(end - start) + (bare ? -1 : 1), start + bare);
  return buffer;
}
}  // namespace
ADDER_EXPORT const char* Py_GetBuildInfo() {
  static char text[100];
  return version_part('(', ')', true, text, sizeof text);
}
ADDER_EXPORT const char* Py_GetCompiler() {
  static char text[100] = "\n";
  (void)version_part('[', ']', false, text + 1, sizeof text - 1);
  return text;
}
ADDER_EXPORT const char* Py_GetCopyright() { return sys_module::kCopyright; }
ADDER_EXPORT const char* _Py_gitidentifier() { return ""; }
ADDER_EXPORT const char* _Py_gitversion() { return ""; }
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
ADDER_EXPORT int Py_AtExit(void (*function)()) { return at_exit(function) ? 0 : -1; }

// == Start, run, stop ==

ADDER_EXPORT void Py_InitializeEx(int install_signal_handlers) {
  if (main_interpreter.initialized) return;
  Config config = config_defaults(ConfigKind::kCompatible);
  config.install_signal_handlers = install_signal_handlers;
  PyStatus status = runtime_start(config);
  if (status_failed(status)) status_leave(status);
}
ADDER_EXPORT void Py_Initialize() { Py_InitializeEx(1); }
ADDER_EXPORT int Py_FinalizeEx() { return runtime_stop(); }
ADDER_EXPORT void Py_Finalize() { (void)runtime_stop(); }
ADDER_EXPORT void Py_Exit(int status) {
  if (runtime_stop() < 0) status = 120;
  std::exit(status);
}
ADDER_EXPORT int Py_RunMain() { return run_main(); }
ADDER_EXPORT int Py_BytesMain(int count, char** arguments) { return bytes_main(count, arguments); }
ADDER_EXPORT int Py_Main(int count, wchar_t** arguments) {
  TextList words;
  for (int i = 0; i < count; ++i) {
    char* narrow = locale_encode(arguments[i]);
    words.append(narrow);
    std::free(narrow);
  }
  return bytes_main(count, words.items);
}
// A program that is frozen into the executable: the frozen module __main__ is the program.
ADDER_EXPORT int PyImport_ImportFrozenModule(const char* name);
ADDER_EXPORT int Py_FrozenMain(int count, char** arguments) {
  Config config = config_defaults(ConfigKind::kPython);
  for (int i = 0; i < count; ++i) config.argv.append(arguments[i]);
  config.parse_argv = config.pathconfig_warnings = 0;
  PyStatus status = runtime_start(config);
  if (status_failed(status)) status_leave(status);
  int result = 0;
  int found = PyImport_ImportFrozenModule("__main__");
  if (found == 0) fatal("the __main__ module is not frozen");
  if (found < 0) result = report_uncaught();
  return runtime_stop() < 0 ? 120 : result;
}
ADDER_EXPORT PyStatus _PyRuntimeState_Init(void*) { return status_ok(); }
ADDER_EXPORT void _PyRuntimeState_Fini(void*) {}
ADDER_EXPORT PyStatus _PyRuntime_Initialize() { return status_ok(); }
ADDER_EXPORT void _PyRuntime_Finalize() {}

// == Legacy locale (PEP 538) ==

namespace {
constexpr const char* kCoercionTargets[] = {"C.UTF-8", "C.utf8", "UTF-8"};
}
ADDER_EXPORT int _Py_LegacyLocaleDetected(int) {
  const char* locale = std::setlocale(LC_CTYPE, nullptr);
  return locale && (!std::strcmp(locale, "C") || !std::strcmp(locale, "POSIX"));
}
ADDER_EXPORT int _Py_IsLocaleCoercionTarget(const char* locale) {
  for (const char* target : kCoercionTargets)
    if (!std::strcmp(target, locale)) return 1;
  return 0;
}
ADDER_EXPORT int _Py_CoerceLegacyLocale(int warn) {
  const char* all = std::getenv("LC_ALL");
  if (all && *all) return 0;
  for (const char* target : kCoercionTargets) {
    if (!std::setlocale(LC_CTYPE, target)) continue;
    setenv("LC_CTYPE", target, 1);
    if (warn) {
      std::fprintf(stderr,
                   "Python detected LC_CTYPE=C: LC_CTYPE coerced to %.20s (set another locale or PYTHONCOERCECLOCALE=0 "
                   "to disable this locale coercion behavior).\n",
                   target);
    }
    std::setlocale(LC_ALL, "");
    return 1;
  }
  std::setlocale(LC_CTYPE, "");
  return 0;
}

// == Random bytes ==

namespace {
int random_bytes(void* data, Py_ssize_t size, unsigned flags) {
  char* out = static_cast<char*>(data);
  while (size > 0) {
    ssize_t got = getrandom(out, static_cast<size_t>(size), flags);
    if (got < 0 && errno == EAGAIN && flags) {
      flags = GRND_INSECURE;  // entropy is not ready: what hashes and the like may use
      continue;
    }
    if (got < 0 && errno == EINTR) {
      if (check_signals().failed()) return -1;
      continue;
    }
    if (got < 0) {
      (void)raise_errno(OSError);
      return -1;
    }
    out += got;
    size -= got;
  }
  return 0;
}
}  // namespace
ADDER_EXPORT int _PyOS_URandom(void* data, Py_ssize_t size) {
  if (size < 0) {
    (void)raise(ValueError, "negative argument not allowed");
    return -1;
  }
  return random_bytes(data, size, 0);
}
ADDER_EXPORT int _PyOS_URandomNonblock(void* data, Py_ssize_t size) {
  if (size < 0) {
    (void)raise(ValueError, "negative argument not allowed");
    return -1;
  }
  return random_bytes(data, size, GRND_NONBLOCK);
}

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
  if (audit_wanted()) {
    Ref<Str> mode_text = TRY_C(nullptr, str_from_string(mode));
    TRY_C(nullptr, audit("open", path, static_cast<Object*>(mode_text.get()), static_cast<Object*>(small_int(0))));
  }
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
