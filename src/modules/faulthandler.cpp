// faulthandler: prints where threads are when the process dies from a signal, on request, or after a timeout.
//
// Note       the dump runs in a signal handler: no allocation, no locks, only write(). It reads frames that may be
// inconsistent
//            in a crashing process; that is a risk the feature is made of.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "interpreter/traceback_dump.h"
#include "memory/gc.h"
#include "object/object.h"
#include "runtime/fatal.h"
#include "runtime/gil.h"
#include "runtime/lifecycle.h"
#include "runtime/lock.h"
#include "runtime/runtime.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct Fatal {
  int number;
  const char* text;
  bool enabled;
  struct sigaction previous;
};
Fatal fatal_signals[] = {{SIGBUS, "Bus error", false, {}},
                         {SIGILL, "Illegal instruction", false, {}},
                         {SIGFPE, "Floating point exception", false, {}},
                         {SIGABRT, "Aborted", false, {}},
                         {SIGSEGV, "Segmentation fault", false, {}}};
constexpr int kSignals = 65;
struct UserSignal {
  bool enabled, all_threads, chain;
  int fd;
  Object* file;  // owned: keeps the descriptor open
  struct sigaction previous;
};
constinit UserSignal user_signals[kSignals]{};
constinit bool fatal_enabled = false, fatal_all_threads = true;
constinit int fatal_fd = 2;
constinit Object* fatal_file = nullptr;

// == Arguments ==

// A file object (its descriptor) or a descriptor; sys.stderr if absent.
Result<int> descriptor_of(Opt<Object*> given, Ref<Object>& file) {
  Object* object = given.value_or(None);
  if (object == None) {
    object = sys_get_object("stderr").get();
    if (!object) return raise(RuntimeError, "unable to get sys.stderr");
    if (object == None) return raise(RuntimeError, "sys.stderr is None");
  } else if (is_int(object)) {
    int fd = TRY(int_as_int(object));
    if (fd < 0) return raise(ValueError, "file is not a valid file descripter");
    return fd;
  }
  file = new_ref(object);
  Ref<Object> number = TRY(call_method(object, id::fileno));
  if (!is_int(number)) return raise(RuntimeError, "file.fileno() is not a valid file descriptor");
  int fd = TRY(int_as_int(number));
  if (fd < 0) return raise(RuntimeError, "file.fileno() is not a valid file descriptor");
  Result<Object> flushed = call_method(object, id::flush);
  if (flushed.failed())
    error_clear();
  else
    flushed.take().reset();
  return fd;
}

void dump(int fd, bool all_threads) {
  ThreadState* state = current_thread_ ? current_thread_ : bound_thread_;
  if (all_threads)
    dump_traceback_of_all_threads(fd, state);
  else
    dump_traceback(fd, state);
}

// == Fatal signals ==

void restore(Fatal& signal) {
  if (!signal.enabled) return;
  signal.enabled = false;
  sigaction(signal.number, &signal.previous, nullptr);
}
void on_fatal(int number) {
  int saved = errno;
  for (Fatal& signal : fatal_signals) {
    if (signal.number != number) continue;
    restore(signal);
    dump_text(fatal_fd, "Fatal Python error: ");
    dump_text(fatal_fd, signal.text);
    dump_text(fatal_fd, "\n\n");
  }
  dump(fatal_fd, fatal_all_threads);
  dump_extension_modules(fatal_fd);
  errno = saved;
  ::raise(number);
}

void enable_fatal() {
  if (fatal_enabled) return;
  fatal_enabled = true;
  // A stack of its own, so that an overflow of the main one can be reported.
  static char* alternate = nullptr;
  if (!alternate) {
    constexpr usize kSize = 64 * 1024;
    alternate = static_cast<char*>(std::malloc(kSize));
    stack_t stack{};
    stack.ss_sp = alternate;
    stack.ss_size = kSize;
    sigaltstack(&stack, nullptr);
  }
  for (Fatal& signal : fatal_signals) {
    struct sigaction action {};
    action.sa_handler = on_fatal;
    action.sa_flags = SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal.number, &action, &signal.previous) == 0) signal.enabled = true;
  }
}

constexpr Doc enable_doc =
    "enable($module, /, file=None, all_threads=True)\n--\n\nDump the traceback on fatal signals.";
Result<void> fault_enable(Module*, Object* file, bool all_threads) {
  Ref<Object> held;
  int fd = TRY(descriptor_of(file, held));
  Ref<Object> old = Ref<Object>::steal(std::exchange(fatal_file, held.release()));
  fatal_fd = fd;
  fatal_all_threads = all_threads;
  enable_fatal();
  return {};
}
constexpr Doc disable_doc =
    "disable($module, /)\n--\n\nDo not dump on fatal signals any more; whether it was enabled is returned.";
Result<bool> fault_disable(Module*) {
  bool was = fatal_enabled;
  fatal_enabled = false;
  for (Fatal& signal : fatal_signals) restore(signal);
  Ref<Object> old = Ref<Object>::steal(std::exchange(fatal_file, nullptr));
  return was;
}
constexpr Doc is_enabled_doc = "is_enabled($module, /)\n--\n\nWhether the traceback is dumped on fatal signals.";
Result<bool> fault_is_enabled(Module*) { return fatal_enabled; }

constexpr Doc dump_doc =
    "dump_traceback($module, /, file=None, all_threads=True)\n--\n\nDump the traceback of this thread or all threads.";
Result<void> fault_dump(Module*, Object* file, bool all_threads) {
  Ref<Object> held;
  int fd = TRY(descriptor_of(file, held));
  dump(fd, all_threads);
  return check_signals();
}

// == Timeout ==

// One watching thread at a time.
struct Watch {
  pthread_t thread;
  bool running, repeat, exit;
  int fd;
  i64 nanoseconds;
  Object* file;
  char header[64];
  sem_t cancel;
};
constinit Watch watch{};

void* watch_main(void*) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  do {
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    i64 total = until.tv_nsec + watch.nanoseconds % 1000000000;
    until.tv_sec += watch.nanoseconds / 1000000000 + total / 1000000000;
    until.tv_nsec = total % 1000000000;
    int status;
    do status = sem_clockwait(&watch.cancel, CLOCK_MONOTONIC, &until);
    while (status < 0 && errno == EINTR);
    if (status == 0) return nullptr;  // cancelled
    dump_text(watch.fd, watch.header);
    dump_traceback_of_all_threads(watch.fd, nullptr);
    if (watch.exit) _exit(1);
  } while (watch.repeat);
  return nullptr;
}
void cancel_watch() {
  if (!watch.running) return;
  sem_post(&watch.cancel);
  pthread_join(watch.thread, nullptr);
  sem_destroy(&watch.cancel);
  watch.running = false;
  Ref<Object> old = Ref<Object>::steal(std::exchange(watch.file, nullptr));
}

constexpr Doc later_doc =
    "dump_traceback_later($module, /, timeout, repeat=False, file=None, exit=False)\n--\n\nDump the tracebacks of all "
    "threads after `timeout` seconds.";
Result<void> fault_later(Module*, double timeout, bool repeat, Object* file, bool exit) {
  if (!(timeout * 1e9 >= 1)) return raise(ValueError, "timeout must be greater than 0");
  if (timeout > 9e9) return raise(OverflowError, "timeout value is too large");
  Ref<Object> held;
  int fd = TRY(descriptor_of(file, held));
  cancel_watch();
  watch.fd = fd;
  watch.file = held.release();
  watch.repeat = repeat;
  watch.exit = exit;
  watch.nanoseconds = static_cast<i64>(timeout * 1e9);
  i64 seconds = watch.nanoseconds / 1000000000, micro = watch.nanoseconds / 1000 % 1000000;
  char fraction[16] = "";
  if (micro) std::snprintf(fraction, sizeof(fraction), ".%06d", static_cast<int>(micro));
  std::snprintf(watch.header, sizeof(watch.header), "Timeout (%d:%02d:%02d%s)!\n", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60), fraction);
  sem_init(&watch.cancel, 0, 0);
  if (pthread_create(&watch.thread, nullptr, watch_main, nullptr)) {
    sem_destroy(&watch.cancel);
    return raise(RuntimeError, "unable to start watchdog thread");
  }
  watch.running = true;
  return {};
}
constexpr Doc cancel_doc = "cancel_dump_traceback_later($module, /)\n--\n\nCancel dump_traceback_later().";
Result<void> fault_cancel(Module*) {
  cancel_watch();
  return {};
}

// == Other signals ==

void on_user(int number) {
  UserSignal& user = user_signals[number];
  if (!user.enabled) return;
  int saved = errno;
  dump(user.fd, user.all_threads);
  if (user.chain) {
    struct sigaction mine;
    sigaction(number, &user.previous, &mine);
    errno = saved;
    ::raise(number);
    saved = errno;
    sigaction(number, &mine, nullptr);
  }
  errno = saved;
}
Result<int> checked_signal(int number) {
  for (const Fatal& signal : fatal_signals)
    if (signal.number == number)
      return raise(RuntimeError, "signal %i cannot be registered, use enable() instead", number);
  if (number < 1 || number >= kSignals) return raise(ValueError, "signal number out of range");
  return number;
}
constexpr Doc register_doc =
    "register($module, /, signum, file=None, all_threads=True, chain=False)\n--\n\nDump the traceback when the signal "
    "comes.";
Result<void> fault_register(Module*, int signum, Object* file, bool all_threads, bool chain) {
  TRY(checked_signal(signum));
  Ref<Object> held;
  int fd = TRY(descriptor_of(file, held));
  UserSignal& user = user_signals[signum];
  if (!user.enabled) {
    struct sigaction action {};
    action.sa_handler = on_user;
    action.sa_flags = chain ? SA_NODEFER : SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(signum, &action, &user.previous)) return raise_errno();
  }
  Ref<Object> old = Ref<Object>::steal(std::exchange(user.file, held.release()));
  user.fd = fd;
  user.all_threads = all_threads;
  user.chain = chain;
  user.enabled = true;
  return {};
}
constexpr Doc unregister_doc =
    "unregister($module, signum, /)\n--\n\nDo not dump on the signal any more; whether it was registered is returned.";
Result<bool> fault_unregister(Module*, int signum) {
  TRY(checked_signal(signum));
  UserSignal& user = user_signals[signum];
  if (!user.enabled) return false;
  user.enabled = false;
  sigaction(signum, &user.previous, nullptr);
  Ref<Object> old = Ref<Object>::steal(std::exchange(user.file, nullptr));
  return true;
}

// == For tests: ways to die ==

void no_core_file() {
  rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit)) return;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);
}
constexpr Doc sigsegv_doc = "_sigsegv($module, release_gil=False, /)\n--\n\nDie from SIGSEGV.";
Result<void> fault_sigsegv(Module*, bool release_gil) {
  no_core_file();
  ::raise(SIGSEGV);
  return {};
}
constexpr Doc read_null_doc = "_read_null($module, /)\n--\n\nRead from address 0.";
Result<int> fault_read_null(Module*) {
  no_core_file();
  volatile int* nowhere = nullptr;
  asm volatile("" : "+r"(nowhere));
  return *nowhere;
}
constexpr Doc sigabrt_doc = "_sigabrt($module, /)\n--\n\nDie from SIGABRT.";
Result<void> fault_sigabrt(Module*) {
  no_core_file();
  std::abort();
}
constexpr Doc sigfpe_doc = "_sigfpe($module, /)\n--\n\nDie from SIGFPE.";
Result<void> fault_sigfpe(Module*) {
  no_core_file();
  ::raise(SIGFPE);
  return {};
}
constexpr Doc fatal_error_doc = "_fatal_error_c_thread($module, /)\n--\n\nDie from a fatal error.";
Result<void> fault_fatal_error(Module*) {
  no_core_file();
  pthread_t thread;
  auto die = [](void*) -> void* { fatal_error("faulthandler_fatal_error_thread", "in new thread"); };
  if (pthread_create(&thread, nullptr, die, nullptr) != 0) return raise(RuntimeError, "unable to start the thread");
  WithoutGil released;
  pthread_join(thread, nullptr);
  return {};
}
u64 overflow_stack(volatile char* outer, int depth) {
  volatile char buffer[4096];
  buffer[0] = outer ? outer[0] : 1;
  asm volatile("" ::: "memory");
  return depth < 0 ? 0 : overflow_stack(buffer, depth + 1) + static_cast<u64>(buffer[0]);
}
constexpr Doc stack_overflow_doc = "_stack_overflow($module, /)\n--\n\nRecurse without end.";
Result<u64> fault_stack_overflow(Module*) {
  no_core_file();
  return overflow_stack(nullptr, 1);
}

constinit PyMethodDef functions[] = {method<fault_enable, enable_doc>(),
                                     method<fault_disable, disable_doc>(),
                                     method<fault_is_enabled, is_enabled_doc>(),
                                     method<fault_dump, dump_doc>(),
                                     method<fault_later, later_doc>(),
                                     method<fault_cancel, cancel_doc>(),
                                     method<fault_register, register_doc>(),
                                     method<fault_unregister, unregister_doc>(),
                                     method<fault_sigsegv, sigsegv_doc>(),
                                     method<fault_read_null, read_null_doc>(),
                                     method<fault_sigabrt, sigabrt_doc>(),
                                     method<fault_sigfpe, sigfpe_doc>(),
                                     method<fault_fatal_error, fatal_error_doc>(),
                                     method<fault_stack_overflow, stack_overflow_doc>(),
                                     {}};
constinit PyModuleDef definition = {
    .m_name = "faulthandler", .m_doc = "Tracebacks of crashes and of programs that hang.", .m_methods = functions};
}  // namespace

void faulthandler_initialize() {
  fatal_fd = 2;
  enable_fatal();
}
void faulthandler_restore() {
  fatal_enabled = false;
  for (Fatal& signal : fatal_signals) restore(signal);
}
void faulthandler_finalize() {
  cancel_watch();
  for (int number = 1; number < kSignals; ++number) {
    UserSignal& user = user_signals[number];
    if (!user.enabled) continue;
    user.enabled = false;
    sigaction(number, &user.previous, nullptr);
    Ref<Object> old = Ref<Object>::steal(std::exchange(user.file, nullptr));
  }
}
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_faulthandler() { return adder::module_def_init(&adder::definition); }
