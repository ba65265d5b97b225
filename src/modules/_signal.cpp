// _signal: signals: C handlers note them, the main thread runs the Python handlers at its next safepoint.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr int kSignals = 65;  // NSIG

// The process's: signals are.
constinit Object* handlers[kSignals]{};  // None: not ours; ints SIG_DFL, SIG_IGN; callables
constinit bool tripped[kSignals]{};      // atomic: set in C handlers
constinit bool any_tripped = false;      // atomic
constinit int wakeup_fd = -1;
constinit bool wakeup_warn = true;
constinit int wakeup_error = 0;  // atomic: errno of a write that failed
constinit Object *default_handler = nullptr, *ignore_handler = nullptr, *int_handler = nullptr, *itimer_error = nullptr;
constinit PyTypeObject siginfo_type = {};

void note(int number) {
  __atomic_store_n(&tripped[number], true, __ATOMIC_RELAXED);
  __atomic_store_n(&any_tripped, true, __ATOMIC_SEQ_CST);
  safepoint_request(&main_interpreter);
  int fd = wakeup_fd;
  if (fd == -1) return;
  u8 byte = static_cast<u8>(number);
  if (write(fd, &byte, 1) == 1 || (!wakeup_warn && (errno == EAGAIN || errno == EWOULDBLOCK))) return;
  __atomic_store_n(&wakeup_error, errno, __ATOMIC_RELAXED);  // reported before the handlers run
}
void c_handler(int number) {
  int saved = errno;
  note(number);
  errno = saved;
}
void set_c_handler(int number, void (*function)(int)) {
  struct sigaction action {};
  action.sa_handler = function;
  // Without SA_RESTART: system calls come back with EINTR, and handlers run.
  action.sa_flags = number == SIGSEGV || number == SIGBUS ? SA_ONSTACK : 0;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}
Result<int> signal_number(int number) {
  if (number < 1 || number >= kSignals) return raise(ValueError, "signal number out of range");
  return number;
}

// == Handlers ==

constexpr Doc default_int_handler_doc =
    "default_int_handler($module, signalnum, frame, /)\n--\n\nThe handler of SIGINT: raises KeyboardInterrupt.";
Result<void> signal_default_int_handler(Module*, int signalnum, Object* frame) {
  return raise_object(KeyboardInterrupt, None);
}

constexpr Doc signal_doc =
    "signal($module, signalnum, handler, /)\n--\n\nSet the handler of a signal; the old one is returned.";
Result<Object> signal_signal(Module*, int signalnum, Object* handler) {
  if (!signals_may_run()) return raise(ValueError, "signal only works in main thread of the main interpreter");
  TRY(signal_number(signalnum));
  void (*function)(int);
  if (is_callable(handler))
    function = c_handler;
  else if (TRY(object_equal(handler, ignore_handler)))
    function = SIG_IGN;
  else if (TRY(object_equal(handler, default_handler)))
    function = SIG_DFL;
  else
    return raise(TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
  TRY(check_signals());
  struct sigaction action {};
  action.sa_handler = function;
  sigemptyset(&action.sa_mask);
  if (sigaction(signalnum, &action, nullptr) < 0) return raise_errno();
  Ref<Object> old = Ref<Object>::steal(handlers[signalnum]);
  handlers[signalnum] = new_ref(handler).release();
  if (!old) return none_result();
  return old;
}
constexpr Doc getsignal_doc =
    "getsignal($module, signalnum, /)\n--\n\nThe handler of a signal; None if Python did not set it.";
Result<Object> signal_getsignal(Module*, int signalnum) {
  TRY(signal_number(signalnum));
  return new_ref(handlers[signalnum] ? handlers[signalnum] : None);
}
constexpr Doc siginterrupt_doc =
    "siginterrupt($module, signalnum, flag, /)\n--\n\nWhether system calls are interrupted by the signal.";
Result<void> signal_siginterrupt(Module*, int signalnum, bool flag) {
  TRY(signal_number(signalnum));
  struct sigaction action;
  sigaction(signalnum, nullptr, &action);
  if (flag)
    action.sa_flags &= ~SA_RESTART;
  else
    action.sa_flags |= SA_RESTART;
  if (sigaction(signalnum, &action, nullptr) < 0) return raise_errno();
  return {};
}
constexpr Doc raise_signal_doc = "raise_signal($module, signalnum, /)\n--\n\nSend a signal to this process.";
Result<void> signal_raise_signal(Module*, int signalnum) {
  int status;
  {
    WithoutGil released;
    status = ::raise(signalnum);
  }
  if (status) return raise_errno();
  return check_signals();
}
constexpr Doc strsignal_doc =
    "strsignal($module, signalnum, /)\n--\n\nThe system's description of a signal; None for an unknown one.";
Result<Object> signal_strsignal(Module*, int signalnum) {
  TRY(signal_number(signalnum));
  errno = 0;
  const char* text = ::strsignal(signalnum);
  if (errno || !text || std::strstr(text, "Unknown signal")) return none_result();
  return str_from_string(text);
}
constexpr Doc set_wakeup_fd_doc =
    "set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)\n--\n\nSet the descriptor that a byte is written to "
    "for each signal; the old one is returned.";
Result<int> signal_set_wakeup_fd(Module*, int fd, bool warn_on_full_buffer) {
  if (!signals_may_run()) return raise(ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
  if (fd != -1) {
    struct stat status;
    if (fstat(fd, &status)) return errno == EBADF ? raise(ValueError, "invalid fd") : raise_errno();
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && !(flags & O_NONBLOCK)) return raise(ValueError, "the fd %i must be in non-blocking mode", fd);
  }
  int old = wakeup_fd;
  wakeup_fd = fd;
  wakeup_warn = warn_on_full_buffer;
  return old;
}

// == Timers, waiting ==

constexpr Doc alarm_doc = "alarm($module, seconds, /)\n--\n\nArrange for SIGALRM after so many seconds.";
Result<isize> signal_alarm(Module*, int seconds) { return static_cast<isize>(::alarm(static_cast<unsigned>(seconds))); }
constexpr Doc pause_doc = "pause($module, /)\n--\n\nWait until a signal comes.";
Result<void> signal_pause(Module*) {
  {
    WithoutGil released;
    ::pause();
  }
  return check_signals();
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}
Result<Object> timer_pair(const itimerval& value) {
  Ref<Float> delay = TRY(float_from_double(seconds_of(value.it_value)))
  , interval = TRY(float_from_double(seconds_of(value.it_interval)));
  return tuple_pack(delay.get(), interval.get());
}
Result<void> timeval_from(Object* object, timeval& time) {
  time = {};
  if (!object) return {};
  double seconds = TRY(float_as_double(object));
  time.tv_sec = static_cast<time_t>(seconds);
  double rest = (seconds - static_cast<double>(time.tv_sec)) * 1e6;
  time.tv_usec = static_cast<suseconds_t>(rest);
  if (rest > static_cast<double>(time.tv_usec)) ++time.tv_usec;
  return {};
}
Error raise_itimer_error() { return raise_errno(reinterpret_cast<Type*>(itimer_error)); }
constexpr Doc setitimer_doc =
    "setitimer($module, which, seconds, interval=<unset>, /)\n--\n\nSet an interval timer; the old values are "
    "returned.";
Result<Object> signal_setitimer(Module*, int which, Object* seconds, Opt<Object*> interval) {
  itimerval value, old;
  TRY(timeval_from(seconds, value.it_value));
  TRY(timeval_from(interval.get(), value.it_interval));
  if (::setitimer(static_cast<__itimer_which>(which), &value, &old)) return raise_itimer_error();
  return timer_pair(old);
}
constexpr Doc getitimer_doc = "getitimer($module, which, /)\n--\n\nThe values of an interval timer.";
Result<Object> signal_getitimer(Module*, int which) {
  itimerval value;
  if (::getitimer(static_cast<__itimer_which>(which), &value)) return raise_itimer_error();
  return timer_pair(value);
}

// == Masks ==

Result<void> mask_from(Object* signals, sigset_t& mask) {
  sigemptyset(&mask);
  return for_each(signals, [&](Object* item) -> Result<void> {
    int overflow = 0;
    Ref<Object> number = TRY(number_index(item));
    i64 value = int_as_i64_and_overflow(as<Int>(number.get()), &overflow);
    if (overflow || value < 1 || value >= kSignals)
      return raise(ValueError, "signal number %ld out of range [1; %i]", value, kSignals - 1);
    if (sigaddset(&mask, static_cast<int>(value)) && errno != EINVAL) return raise_errno();
    return {};
  });
}
Result<Object> set_from(const sigset_t& mask) {
  Ref<Set> result = TRY(set_new());
  for (int number = 1; number < kSignals; ++number) {
    if (sigismember(&mask, number) != 1) continue;
    Ref<Int> item = TRY(int_from_i64(number));
    TRY(set_add(result, item));
  }
  return result;
}
constexpr Doc pthread_sigmask_doc =
    "pthread_sigmask($module, how, mask, /)\n--\n\nChange the signal mask of this thread; the old one is returned.";
Result<Object> signal_pthread_sigmask(Module*, int how, Object* mask) {
  sigset_t set, old;
  TRY(mask_from(mask, set));
  int status = ::pthread_sigmask(how, &set, &old);
  if (status) {
    errno = status;
    return raise_errno();
  }
  TRY(check_signals());
  return set_from(old);
}
constexpr Doc sigpending_doc = "sigpending($module, /)\n--\n\nThe signals that wait to be delivered to this thread.";
Result<Object> signal_sigpending(Module*) {
  sigset_t set;
  if (::sigpending(&set)) return raise_errno();
  return set_from(set);
}
constexpr Doc sigwait_doc = "sigwait($module, sigset, /)\n--\n\nWait for one of the signals; its number is returned.";
Result<int> signal_sigwait(Module*, Object* sigset) {
  sigset_t set;
  TRY(mask_from(sigset, set));
  int number, status;
  {
    WithoutGil released;
    status = ::sigwait(&set, &number);
  }
  if (status) {
    errno = status;
    return raise_errno();
  }
  return number;
}
constexpr Doc pthread_kill_doc = "pthread_kill($module, thread_id, signalnum, /)\n--\n\nSend a signal to a thread.";
Result<void> signal_pthread_kill(Module*, u64 thread_id, int signalnum) {
  Ref<Int> id = TRY(int_from_u64(thread_id))
  , number = TRY(int_from_i64(signalnum));
  TRY(audit("signal.pthread_kill", static_cast<Object*>(id.get()), static_cast<Object*>(number.get())));
  int status = ::pthread_kill(static_cast<pthread_t>(thread_id), signalnum);
  if (status) {
    errno = status;
    return raise_errno();
  }
  return check_signals();
}
constexpr Doc pidfd_doc =
    "pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)\n--\n\nSend a signal to a process by its "
    "descriptor.";
Result<void> signal_pidfd_send_signal(Module*, int pidfd, int signalnum, Object* siginfo, int flags) {
  if (siginfo != None) return raise(TypeError, "siginfo must be None");
  if (syscall(SYS_pidfd_send_signal, pidfd, signalnum, nullptr, flags) < 0) return raise_errno();
  return {};
}

PyStructSequence_Field siginfo_fields[] = {{"si_signo", "signal number"},
                                           {"si_code", "signal code"},
                                           {"si_errno", "errno associated with this signal"},
                                           {"si_pid", "sending process ID"},
                                           {"si_uid", "real user ID of sending process"},
                                           {"si_status", "exit value or signal"},
                                           {"si_band", "band event for SIGPOLL"},
                                           {nullptr, nullptr}};
PyStructSequence_Desc siginfo_description = {
    "signal.struct_siginfo", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.", siginfo_fields, 7};
Result<Object> siginfo_from(const siginfo_t& info) {
  Ref<Object> result = TRY(struct_sequence_new(&siginfo_type));
  const i64 values[] = {info.si_signo, info.si_code,   info.si_errno, info.si_pid,
                        info.si_uid,   info.si_status, info.si_band};
  for (int i = 0; i < 7; ++i) {
    Ref<Int> number = TRY(int_from_i64(values[i]));
    struct_sequence_set(result, i, std::move(number));
  }
  return result;
}
constexpr Doc sigwaitinfo_doc =
    "sigwaitinfo($module, sigset, /)\n--\n\nWait for one of the signals; what is known of it is returned.";
Result<Object> signal_sigwaitinfo(Module*, Object* sigset) {
  sigset_t set;
  TRY(mask_from(sigset, set));
  siginfo_t info;
  for (;;) {
    int status, error;
    {
      WithoutGil released;
      status = ::sigwaitinfo(&set, &info);
      error = errno;
    }
    if (status >= 0) return siginfo_from(info);
    if (error != EINTR) {
      errno = error;
      return raise_errno();
    }
    TRY(check_signals());
  }
}
constexpr Doc sigtimedwait_doc =
    "sigtimedwait($module, sigset, timeout, /)\n--\n\nThe same, at most `timeout` seconds; then None.";
Result<Object> signal_sigtimedwait(Module*, Object* sigset, double timeout) {
  if (timeout < 0) return raise(ValueError, "timeout must be non-negative");
  sigset_t set;
  TRY(mask_from(sigset, set));
  timespec until, now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double end = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 + timeout;
  siginfo_t info;
  for (;;) {
    until.tv_sec = static_cast<time_t>(timeout);
    until.tv_nsec = static_cast<long>((timeout - static_cast<double>(until.tv_sec)) * 1e9);
    int status, error;
    {
      WithoutGil released;
      status = ::sigtimedwait(&set, &info, &until);
      error = errno;
    }
    if (status >= 0) return siginfo_from(info);
    if (error == EAGAIN) return none_result();
    if (error != EINTR) {
      errno = error;
      return raise_errno();
    }
    TRY(check_signals());
    clock_gettime(CLOCK_MONOTONIC, &now);
    timeout = end - (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9);
    if (timeout < 0) return none_result();
  }
}
constexpr Doc valid_signals_doc = "valid_signals($module, /)\n--\n\nThe set of valid signals of this platform.";
Result<Object> signal_valid_signals(Module*) {
  sigset_t set;
  if (sigfillset(&set)) return raise_errno();
  return set_from(set);
}

constinit PyMethodDef functions[] = {method<signal_default_int_handler, default_int_handler_doc>(),
                                     method<signal_signal, signal_doc>(),
                                     method<signal_getsignal, getsignal_doc>(),
                                     method<signal_siginterrupt, siginterrupt_doc>(),
                                     method<signal_raise_signal, raise_signal_doc>(),
                                     method<signal_strsignal, strsignal_doc>(),
                                     method<signal_set_wakeup_fd, set_wakeup_fd_doc>(),
                                     method<signal_alarm, alarm_doc>(),
                                     method<signal_pause, pause_doc>(),
                                     method<signal_setitimer, setitimer_doc>(),
                                     method<signal_getitimer, getitimer_doc>(),
                                     method<signal_pthread_sigmask, pthread_sigmask_doc>(),
                                     method<signal_sigpending, sigpending_doc>(),
                                     method<signal_sigwait, sigwait_doc>(),
                                     method<signal_pthread_kill, pthread_kill_doc>(),
                                     method<signal_pidfd_send_signal, pidfd_doc>(),
                                     method<signal_sigwaitinfo, sigwaitinfo_doc>(),
                                     method<signal_sigtimedwait, sigtimedwait_doc>(),
                                     method<signal_valid_signals, valid_signals_doc>(),
                                     {}};

struct Constant {
  const char* name;
  int value;
};
const Constant constants[] = {{"NSIG", kSignals},
                              {"SIG_BLOCK", SIG_BLOCK},
                              {"SIG_UNBLOCK", SIG_UNBLOCK},
                              {"SIG_SETMASK", SIG_SETMASK},
                              {"SIGHUP", SIGHUP},
                              {"SIGINT", SIGINT},
                              {"SIGQUIT", SIGQUIT},
                              {"SIGILL", SIGILL},
                              {"SIGTRAP", SIGTRAP},
                              {"SIGIOT", SIGIOT},
                              {"SIGABRT", SIGABRT},
                              {"SIGFPE", SIGFPE},
                              {"SIGKILL", SIGKILL},
                              {"SIGBUS", SIGBUS},
                              {"SIGSEGV", SIGSEGV},
                              {"SIGSYS", SIGSYS},
                              {"SIGPIPE", SIGPIPE},
                              {"SIGALRM", SIGALRM},
                              {"SIGTERM", SIGTERM},
                              {"SIGUSR1", SIGUSR1},
                              {"SIGUSR2", SIGUSR2},
                              {"SIGCLD", SIGCHLD},
                              {"SIGCHLD", SIGCHLD},
                              {"SIGPWR", SIGPWR},
                              {"SIGIO", SIGIO},
                              {"SIGURG", SIGURG},
                              {"SIGWINCH", SIGWINCH},
                              {"SIGPOLL", SIGPOLL},
                              {"SIGSTOP", SIGSTOP},
                              {"SIGTSTP", SIGTSTP},
                              {"SIGCONT", SIGCONT},
                              {"SIGTTIN", SIGTTIN},
                              {"SIGTTOU", SIGTTOU},
                              {"SIGVTALRM", SIGVTALRM},
                              {"SIGPROF", SIGPROF},
                              {"SIGXCPU", SIGXCPU},
                              {"SIGXFSZ", SIGXFSZ},
                              {"SIGSTKFLT", SIGSTKFLT},
                              {"ITIMER_REAL", ITIMER_REAL},
                              {"ITIMER_VIRTUAL", ITIMER_VIRTUAL},
                              {"ITIMER_PROF", ITIMER_PROF},
                              {"SIG_DFL", 0},
                              {"SIG_IGN", 1}};

Result<void> signal_exec(Module* module) {
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  TRY(module_add_int(module, "SIGRTMIN", SIGRTMIN));
  TRY(module_add_int(module, "SIGRTMAX", SIGRTMAX));
  if (!default_handler) {
    default_handler = TRY(int_from_i64(0))
    .release();
    ignore_handler = TRY(int_from_i64(1))
    .release();
    Ref<Str> name = TRY(str_from_string("ItimerError"));
    Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(OSError)));
    Ref<Dict> dict = TRY(dict_new());
    Ref<Str> module_name = TRY(str_intern_from_string("signal"));
    TRY(dict_set_item(dict, id::__module__, module_name));
    itimer_error = TRY(call(static_cast<Object*>(&PyType_Type), name.get(), bases.get(), dict.get()))
    .release();
    TRY(struct_sequence_init_type(&siginfo_type, &siginfo_description));
  }
  TRY(module_add_object(module, "ItimerError", itimer_error));
  TRY(module_add_object(module, "struct_siginfo", &siginfo_type));
  Ref<Object> int_function = TRY(object_get_attr(module, "default_int_handler"));
  if (!int_handler) int_handler = int_function.release();  // one for all interpreters
  for (int number = 1; number < kSignals; ++number) {
    if (handlers[number]) continue;
    struct sigaction action;
    if (sigaction(number, nullptr, &action)) {
      handlers[number] = new_ref(None).release();
      continue;
    }
    Object* handler = action.sa_handler == SIG_DFL   ? default_handler
                      : action.sa_handler == SIG_IGN ? ignore_handler
                                                     : None;
    handlers[number] = new_ref(handler).release();
  }
  if (handlers[SIGINT] == default_handler) {
    set_field(handlers[SIGINT], new_ref(int_handler));
    set_c_handler(SIGINT, c_handler);
  }
  return {};
}
int exec_slot(PyObject* module) { return signal_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "_signal", .m_doc = "Signal handling.", .m_methods = functions, .m_slots = slots};
}  // namespace

// == What other rooms use ==

bool signals_pending() { return __atomic_load_n(&any_tripped, __ATOMIC_RELAXED); }

Result<void> signals_run_handlers() {
  if (!signals_pending()) return {};
  __atomic_store_n(&any_tripped, false, __ATOMIC_SEQ_CST);
  if (int error = __atomic_exchange_n(&wakeup_error, 0, __ATOMIC_RELAXED)) {
    errno = error;
    (void)raise_errno(OSError);
    error_write_unraisable_message("when trying to write to the signal wakeup fd", nullptr);
  }
  Ref<Object> frame = TRY(frame_current());
  if (!frame) frame = new_ref(None);
  for (int number = 1; number < kSignals; ++number) {
    if (!__atomic_exchange_n(&tripped[number], false, __ATOMIC_RELAXED)) continue;
    Ref<Object> handler = Ref<Object>::share_or_empty(handlers[number]);
    // Set to a default meanwhile: the signal is lost, as it would be.
    if (!handler || handler.get() == None || handler.get() == ignore_handler || handler.get() == default_handler)
      continue;
    Ref<Int> argument = TRY(int_from_i64(number));
    Result<Object> result = call(handler.get(), argument.get(), frame.get());
    if (result.failed()) {
      // The remaining ones run at the next safepoint.
      __atomic_store_n(&any_tripped, true, __ATOMIC_RELAXED);
      safepoint_request(&main_interpreter);
      return Error{};
    }
    result.take().reset();
  }
  return {};
}

void signal_simulate(int number) {
  Object* handler = handlers[number];
  if (!handler || handler == None || handler == ignore_handler || handler == default_handler) return;
  note(number);
}
bool signals_set_interrupt(int number) {
  if (number < 1 || number >= kSignals) return false;
  signal_simulate(number);
  return true;
}
bool signals_take_interrupt() {
  return signals_may_run() && __atomic_exchange_n(&tripped[SIGINT], false, __ATOMIC_RELAXED);
}
void signals_restore_ignored() {
  for (int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_DFL);
}
void signals_after_fork() {
  for (bool& each : tripped) __atomic_store_n(&each, false, __ATOMIC_RELAXED);
  __atomic_store_n(&any_tripped, false, __ATOMIC_RELAXED);
}
void signals_note_pending() { __atomic_store_n(&any_tripped, true, __ATOMIC_RELAXED); }

Result<void> signals_initialize(bool install_handlers) {
  if (!install_handlers) return {};
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  Ref<Object> module = TRY(import_module("_signal"));  // installs that of SIGINT
  return {};
}

void signals_finalize() {
  for (int number = 1; number < kSignals; ++number) {
    Object* handler = handlers[number];
    if (handler && handler != None && handler != default_handler && handler != ignore_handler && number != SIGINT)
      set_c_handler(number, SIG_DFL);
    clear_field(handlers[number]);  // the next start looks at what the process has
    tripped[number] = false;
  }
  any_tripped = false;
  std::signal(SIGINT, SIG_DFL);
}
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__signal() { return adder::module_def_init(&adder::definition); }

// For "O&": an iterable of signal numbers as a sigset_t.
ADDER_EXPORT int _Py_Sigset_Converter(PyObject* signals, void* out) {
  return adder::mask_from(signals, *static_cast<sigset_t*>(out)).failed() ? 0 : 1;
}
