// process: fork, exec, wait, signals, and what ids a process has.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <grp.h>
#include <pty.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import/import.h"
#include "memory/allocator.h"
#include "modules/posix/posix.h"
#include "runtime/fork.h"
#include "runtime/interpreters.h"
#include "types/dict.h"
#include "types/float.h"

extern char** environ;

namespace adder::posix {
namespace {
Type* waitid_result_type;  // made when the module is first loaded; immutable afterwards
PyStructSequence_Field waitid_fields[] = {{"si_pid", nullptr},    {"si_uid", nullptr},  {"si_signo", nullptr},
                                          {"si_status", nullptr}, {"si_code", nullptr}, {nullptr, nullptr}};
PyStructSequence_Desc waitid_description = {
    "posix.waitid_result",
    "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, "
    "si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more "
    "information.",
    waitid_fields, 5};

// A null-terminated array of C strings from a sequence of paths.
class TextVector {
 public:
  ~TextVector() { memory::release(texts_); }
  Result<void> acquire(Object* sequence) {
    isize count = TRY(sequence_size(sequence));
    kept_ = TRY(list_new());
    texts_ = static_cast<char**>(memory::allocate_zeroed(static_cast<usize>(count + 1), sizeof(char*)));
    if (!texts_) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      Ref<Object> item = TRY(sequence_get_item(sequence, i));
      TRY(add(item));
    }
    return {};
  }
  // "key=value" for each item of a mapping.
  Result<void> acquire_environment(Object* mapping) {
    Ref<List> keys = TRY(mapping_keys(mapping))
    , values = TRY(mapping_values(mapping));
    isize count = list_size(keys);
    if (list_size(values) != count) return raise(TypeError, "env.keys() or env.values() is not a list");
    kept_ = TRY(list_new());
    texts_ = static_cast<char**>(memory::allocate_zeroed(static_cast<usize>(count + 1), sizeof(char*)));
    if (!texts_) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      Ref<Object> key = TRY(fs_converter(list_item(keys, i)))
      , value = TRY(fs_converter(list_item(values, i)));
      std::string_view name = bytes_view(as<Bytes>(key.get()));
      if (name.empty() || name.find('=', 1) != std::string_view::npos)
        return raise(ValueError, "illegal environment variable name");
      Ref<Bytes> equals = TRY(bytes_from_string("="));
      Ref<Bytes> joined = TRY(bytes_concat(key, equals));
      joined = TRY(bytes_concat(joined, value));
      TRY(list_append(kept_, joined));
      texts_[count_++] = bytes_data(joined);
    }
    return {};
  }
  char** data() { return texts_; }
  isize count() const { return count_; }

 private:
  Result<void> add(Object* item) {
    Ref<Object> text = TRY(fs_converter(item));
    TRY(list_append(kept_, text));
    texts_[count_++] = bytes_data(as<Bytes>(text.get()));
    return {};
  }
  Ref<List> kept_;
  char** texts_ = nullptr;
  isize count_ = 0;
};

Result<void> check_arguments(Object* argv, TextVector& vector, const char* function) {
  if (!is_list(argv) && !is_tuple(argv)) return raise(TypeError, "%s() arg 2 must be a tuple or list", function);
  if (TRY(sequence_size(argv)) < 1) return raise(ValueError, "%s() arg 2 must not be empty", function);
  TRY(vector.acquire(argv));
  if (!vector.data()[0][0]) return raise(ValueError, "%s() arg 2 first element cannot be empty", function);
  return {};
}
constexpr Doc execv_doc =
    "execv($module, path, argv, /)\n--\n\nExecute an executable path with arguments, replacing current process.\n\n  "
    "path\n    Path of executable file.\n  argv\n    Tuple or list of strings.";
Result<void> execv(Module*, Object* object, Object* argv) {
  Path path;
  TRY(path.acquire(object, {.function = "execv"}));
  TextVector arguments;
  TRY(check_arguments(argv, arguments, "execv"));
  TRY(audit("os.exec", object, argv, None));
  ::execv(path.text(), arguments.data());
  return raise_errno(OSError);
}
constexpr Doc execve_doc =
    "execve($module, /, path, argv, env)\n--\n\nExecute an executable path with arguments, replacing current "
    "process.\n\n  path\n    Path of executable file.\n  argv\n    Tuple or list of strings.\n  env\n    Dictionary of "
    "strings mapping to strings.";
Result<void> execve(Module*, Object* object, Object* argv, Object* env) {
  Path path;
  TRY(path.acquire(object, {.function = "execve", .allow_descriptor = true}));
  TextVector arguments, environment;
  TRY(check_arguments(argv, arguments, "execve"));
  if (!mapping_check(env)) return raise(TypeError, "execve: environment must be a mapping object");
  TRY(environment.acquire_environment(env));
  TRY(audit("os.exec", object, argv, env));
  if (path.is_descriptor())
    ::fexecve(path.descriptor(), arguments.data(), environment.data());
  else
    ::execve(path.text(), arguments.data(), environment.data());
  return path.raise();
}

// Other interpreters than the main one are not there any more in the child (python3.11's dies there of a fatal error).
Result<void> check_may_fork(bool plain) {
  if (plain && interpreter_record(interpreter())->isolated) {
    return raise(RuntimeError, "fork not supported for isolated subinterpreters");
  }
  if (interpreter() != &main_interpreter) return raise(RuntimeError, "fork not supported for subinterpreters");
  return {};
}
Result<int> after_fork(pid_t pid, int error) {
  if (pid == 0)
    TRY(fork_after_in_child());
  else
    fork_after_in_parent();
  if (pid < 0) {
    errno = error;
    return raise_errno(OSError);
  }
  return static_cast<int>(pid);
}
constexpr Doc fork_doc =
    "fork($module, /)\n--\n\nFork a child process.\n\nReturn 0 to child process and PID of child to parent process.";
Result<int> fork(Module*) {
  TRY(check_may_fork(true));
  TRY(audit("os.fork"));
  fork_before();
  pid_t pid = ::fork();
  return after_fork(pid, errno);
}
constexpr Doc forkpty_doc =
    "forkpty($module, /)\n--\n\nFork a new process with a new pseudo-terminal as controlling tty.\n\nReturns a tuple "
    "of (pid, master_fd).\nLike fork(), return pid of 0 to the child process,\nand pid of child to the parent "
    "process.\nTo both, return fd of newly "
    "opened pseudo-terminal.";
Result<Object> forkpty(Module*) {
  TRY(check_may_fork(false));
  TRY(audit("os.forkpty"));
  int master = -1;
  fork_before();
  pid_t pid = ::forkpty(&master, nullptr, nullptr, nullptr);
  int number = TRY(after_fork(pid, errno));
  Ref<Int> a = TRY(int_from_i64(number))
  , b = TRY(int_from_i64(master));
  return tuple_pack(a.get(), b.get());
}
constexpr Doc register_at_fork_doc =
    "register_at_fork($module, /, *, before=NULL, after_in_child=NULL,\n                 "
    "after_in_parent=NULL)\n--\n\nRegister callables to be called when forking a new process.\n\n  before\n    A "
    "callable to be called in the parent before the fork() syscall.\n  "
    "after_in_child\n    A callable to be called in the child after fork().\n  after_in_parent\n    A callable to be "
    "called in the parent after fork().\n\n'before' callbacks are called in reverse order.\n'after_in_child' and "
    "'after_in_parent' callbacks are called in order.";
Result<void> register_at_fork(Module*, Opt<Object*> before, Opt<Object*> child, Opt<Object*> parent) {
  if (!before && !child && !parent) return raise(TypeError, "At least one argument is required.");
  for (Opt<Object*> callback : {before, child, parent}) {
    if (callback && !is_callable(callback.get())) {
      return raise(TypeError, "'%s' must be callable, not %.200s",
                   callback.get() == before.get()  ? "before"
                   : callback.get() == child.get() ? "after_in_child"
                                                   : "after_in_parent",
                   type_of(callback.get())->tp_name);
    }
  }
  return fork_register(before, child, parent);
}

Result<Object> pid_and_status(i64 pid, int status) {
  TRY(check(pid));
  Ref<Int> a = TRY(int_from_i64(pid))
  , b = TRY(int_from_i64(status));
  return tuple_pack(a.get(), b.get());
}
constexpr Doc wait_doc =
    "wait($module, /)\n--\n\nWait for completion of a child process.\n\nReturns a tuple of information about the child "
    "process:\n    (pid, status)";
Result<Object> wait(Module*) {
  int status = 0;
  i64 pid = TRY(retry([&] { return ::wait(&status); }));
  return pid_and_status(pid, status);
}
constexpr Doc waitpid_doc =
    "waitpid($module, pid, options, /)\n--\n\nWait for completion of a given child process.\n\nReturns a tuple of "
    "information regarding the child process:\n    (pid, status)\n\nThe options argument is ignored on Windows.";
Result<Object> waitpid(Module*, int pid, int options) {
  int status = 0;
  i64 done = TRY(retry([&] { return ::waitpid(pid, &status, options); }));
  return pid_and_status(done, status);
}
Result<Object> with_usage(i64 pid, int status, const rusage& usage) {
  TRY(check(pid));
  Ref<Object> type = TRY(import_attribute("resource", "struct_rusage"));
  Ref<Tuple> values = TRY(tuple_new(16));
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  tuple_init_item(values, 0, TRY(float_from_double(seconds(usage.ru_utime))));
  tuple_init_item(values, 1, TRY(float_from_double(seconds(usage.ru_stime))));
  const long counts[] = {usage.ru_maxrss, usage.ru_ixrss,    usage.ru_idrss,   usage.ru_isrss,   usage.ru_minflt,
                         usage.ru_majflt, usage.ru_nswap,    usage.ru_inblock, usage.ru_oublock, usage.ru_msgsnd,
                         usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw,   usage.ru_nivcsw};
  for (isize i = 0; i < 14; ++i) tuple_init_item(values, i + 2, TRY(int_from_i64(counts[i])));
  Ref<Object> result = TRY(object_call_one_arg(type, values));
  Ref<Int> a = TRY(int_from_i64(pid))
  , b = TRY(int_from_i64(status));
  return tuple_pack(static_cast<Object*>(a.get()), static_cast<Object*>(b.get()), result.get());
}
constexpr Doc wait3_doc =
    "wait3($module, /, options)\n--\n\nWait for completion of a child process.\n\nReturns a tuple of information about "
    "the child process:\n  (pid, status, rusage)";
Result<Object> wait3(Module*, int options) {
  int status = 0;
  rusage usage = {};
  i64 pid = TRY(retry([&] { return ::wait3(&status, options, &usage); }));
  return with_usage(pid, status, usage);
}
constexpr Doc wait4_doc =
    "wait4($module, /, pid, options)\n--\n\nWait for completion of a specific child process.\n\nReturns a tuple of "
    "information about the child process:\n  (pid, status, rusage)";
Result<Object> wait4(Module*, int pid, int options) {
  int status = 0;
  rusage usage = {};
  i64 done = TRY(retry([&] { return ::wait4(pid, &status, options, &usage); }));
  return with_usage(done, status, usage);
}
constexpr Doc waitid_doc =
    "waitid($module, idtype, id, options, /)\n--\n\nReturns the result of waiting for a process or processes.\n\n  "
    "idtype\n    Must be one of be P_PID, P_PGID or P_ALL.\n  id\n    The id to wait on.\n  options\n    Constructed "
    "from the ORing of one or more of WEXITED, WSTOPPED\n    "
    "or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.\n\nReturns either waitid_result or None if "
    "WNOHANG is specified and there are\nno children in a waitable state.";
Result<Object> waitid(Module*, int kind, int id, int options) {
  siginfo_t info = {};
  TRY(check(TRY(retry([&] { return ::waitid(static_cast<idtype_t>(kind), static_cast<id_t>(id), &info, options); }))));
  if (info.si_pid == 0) return none_result();
  Ref<Object> result = TRY(struct_sequence_new(waitid_result_type));
  struct_sequence_set(result, 0, TRY(int_from_i64(info.si_pid)));
  struct_sequence_set(result, 1, TRY(id_object(info.si_uid)));
  struct_sequence_set(result, 2, TRY(int_from_i64(info.si_signo)));
  struct_sequence_set(result, 3, TRY(int_from_i64(info.si_status)));
  struct_sequence_set(result, 4, TRY(int_from_i64(info.si_code)));
  return result;
}
#define STATUS_TEST(name, text)                                         \
  constexpr Doc name##_doc = #name "($module, /, status)\n--\n\n" text; \
  Result<bool> test_##name(Module*, int status) { return static_cast<bool>(name(status)); }
#define STATUS_VALUE(name, text)                                        \
  constexpr Doc name##_doc = #name "($module, /, status)\n--\n\n" text; \
  Result<int> value_##name(Module*, int status) { return static_cast<int>(name(status)); }
STATUS_TEST(WIFCONTINUED,
            "Return True if a particular process was continued from a job control stop.\n\nReturn True if the process "
            "returning status was continued from a\njob control stop.")
STATUS_TEST(WIFSTOPPED, "Return True if the process returning status was stopped.")
STATUS_TEST(WIFSIGNALED, "Return True if the process returning status was terminated by a signal.")
STATUS_TEST(WIFEXITED, "Return True if the process returning status exited via the exit() system call.")
STATUS_VALUE(WEXITSTATUS, "Return the process return code from status.")
STATUS_VALUE(WTERMSIG, "Return the signal that terminated the process that provided the status value.")
STATUS_VALUE(WSTOPSIG, "Return the signal that stopped the process that provided the status value.")
constexpr Doc WCOREDUMP_doc =
    "WCOREDUMP($module, status, /)\n--\n\nReturn True if the process returning status was dumped to a core file.";
Result<bool> test_WCOREDUMP(Module*, int status) { return static_cast<bool>(WCOREDUMP(status)); }
constexpr Doc exitcode_doc =
    "waitstatus_to_exitcode($module, /, status)\n--\n\nConvert a wait status to an exit code.\n\nOn Unix:\n\n* If "
    "WIFEXITED(status) is true, return WEXITSTATUS(status).\n* If WIFSIGNALED(status) is true, return "
    "-WTERMSIG(status).\n* Otherwise, raise a ValueError.\n\nOn Windows, return "
    "status shifted right by 8 bits.\n\nOn Unix, if the process is being traced or if waitpid() was called "
    "with\nWUNTRACED option, the caller must first check if WIFSTOPPED(status) is true.\nThis function must not be "
    "called if WIFSTOPPED(status) is true.";
Result<int> exitcode(Module*, int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return -WTERMSIG(status);
  if (WIFSTOPPED(status)) return raise(ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
  return raise(ValueError, "invalid wait status: %i", status);
}
constexpr Doc kill_doc = "kill($module, pid, signal, /)\n--\n\nKill a process with a signal.";
Result<void> kill(Module*, int pid, int signal) {
  if (::kill(pid, signal) < 0) return raise_errno(OSError);
  return check_signals();
}
constexpr Doc killpg_doc = "killpg($module, pgid, signal, /)\n--\n\nKill a process group with a signal.";
Result<void> killpg(Module*, int group, int signal) {
  if (::killpg(group, signal) < 0) return raise_errno(OSError);
  return check_signals();
}
constexpr Doc exit_doc =
    "_exit($module, /, status)\n--\n\nExit to the system with specified status, without normal exit processing.";
Result<void> exit_now(Module*, int status) { ::_exit(status); }
constexpr Doc abort_doc =
    "abort($module, /)\n--\n\nAbort the interpreter immediately.\n\nThis function 'dumps core' or otherwise fails in "
    "the hardest way possible\non the hosting operating system.  This function never returns.";
Result<void> abort_now(Module*) { std::abort(); }
constexpr Doc system_doc = "system($module, /, command)\n--\n\nExecute the command in a subshell.";
Result<int> system(Module*, Object* command) {
  Ref<Object> text = TRY(fs_converter(command));
  TRY(audit("os.system", command));
  return static_cast<int>(once([&] { return ::system(bytes_data(as<Bytes>(text.get()))); }));
}
constexpr Doc pidfd_doc =
    "pidfd_open($module, /, pid, flags=0)\n--\n\nReturn a file descriptor referring to the process *pid*.\n\nThe "
    "descriptor can be used to perform process management without races and\nsignals.";
Result<int> open_pidfd(Module*, int pid, u32 flags) {
  int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, flags));
  TRY(check(fd));
  return fd;
}

// == posix_spawn ==

Result<void> add_file_action(posix_spawn_file_actions_t* actions, Object* action, List* kept) {
  if (!is_tuple(action) || tuple_size(as<Tuple>(action)) < 1) {
    return raise(TypeError, "Each file_actions element must be a non-empty tuple");
  }
  Tuple* parts = as<Tuple>(action);
  int kind = TRY(int_as_int(tuple_item(parts, 0)));
  auto number = [&](isize i) { return int_as_int(tuple_item(parts, i)); };
  if (kind == 0) {  // POSIX_SPAWN_OPEN
    if (tuple_size(parts) != 5) return raise(TypeError, "A open file_action tuple must have 5 elements");
    int fd = TRY(number(1))
    , flags = TRY(number(3))
    , mode = TRY(number(4));
    Ref<Object> path = TRY(fs_converter(tuple_item(parts, 2)));
    TRY(list_append(kept, path));
    errno = ::posix_spawn_file_actions_addopen(actions, fd, bytes_data(as<Bytes>(path.get())), flags,
                                               static_cast<mode_t>(mode));
  } else if (kind == 1) {  // POSIX_SPAWN_CLOSE
    if (tuple_size(parts) != 2) return raise(TypeError, "A close file_action tuple must have 2 elements");
    errno = ::posix_spawn_file_actions_addclose(actions, TRY(number(1)));
  } else if (kind == 2) {  // POSIX_SPAWN_DUP2
    if (tuple_size(parts) != 3) return raise(TypeError, "A dup2 file_action tuple must have 3 elements");
    int from = TRY(number(1))
    , to = TRY(number(2));
    errno = ::posix_spawn_file_actions_adddup2(actions, from, to);
  } else {
    return raise(TypeError, "Unknown file_actions identifier");
  }
  if (errno) return raise_errno(OSError);
  return {};
}
Result<void> fill_signals(Object* signals, sigset_t* set) {
  sigemptyset(set);
  return for_each(signals, [set](Object* item) -> Result<void> {
    int number = TRY(int_as_int(item));
    if (number <= 0 || number >= NSIG)
      return raise(ValueError, "signal number %d out of range [1; %i]", number, NSIG - 1);
    sigaddset(set, number);
    return {};
  });
}
// scheduler=(policy or None, sched_param).
Result<void> set_scheduler(Object* scheduler, posix_spawnattr_t& attributes, short& flags) {
  if (!is_tuple(scheduler) || tuple_size(as<Tuple>(scheduler)) != 2)
    return raise(TypeError, "A scheduler tuple must have two elements");
  Object *policy = tuple_item(as<Tuple>(scheduler), 0), *parameter = tuple_item(as<Tuple>(scheduler), 1);
  if (policy != None) {
    int number = TRY(int_as_int(policy));
    if ((errno = ::posix_spawnattr_setschedpolicy(&attributes, number))) return raise_errno(OSError);
    flags |= POSIX_SPAWN_SETSCHEDULER;
  }
  sched_param value = {};
  value.sched_priority = TRY(sched_priority_of(parameter));
  if ((errno = ::posix_spawnattr_setschedparam(&attributes, &value))) return raise_errno(OSError);
  flags |= POSIX_SPAWN_SETSCHEDPARAM;
  return {};
}
Result<int> spawn(bool search, Object* object, Object* argv, Object* env, Object* file_actions, Opt<Object*> group,
                  bool reset_ids, bool new_session, Opt<Object*> mask, Opt<Object*> defaults, Opt<Object*> scheduler) {
  const char* name = search ? "posix_spawnp" : "posix_spawn";
  Path path;
  TRY(path.acquire(object, {.function = name}));
  TextVector arguments, environment;
  TRY(check_arguments(argv, arguments, name));
  if (!mapping_check(env)) return raise(TypeError, "%s: environment must be a mapping object", name);
  TRY(environment.acquire_environment(env));
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if ((errno = ::posix_spawn_file_actions_init(&actions)) || (errno = ::posix_spawnattr_init(&attributes)))
    return raise_errno(OSError);
  auto work = [&]() -> Result<int> {
    Ref<List> kept = TRY(list_new());
    if (file_actions != None) {
      TRY(for_each(file_actions, [&](Object* action) { return add_file_action(&actions, action, kept); }));
    }
    short flags = 0;
    if (group) {
      flags |= POSIX_SPAWN_SETPGROUP;
      ::posix_spawnattr_setpgroup(&attributes, TRY(int_as_int(group.get())));
    }
    if (reset_ids) flags |= POSIX_SPAWN_RESETIDS;
    if (scheduler) TRY(set_scheduler(*scheduler, attributes, flags));
    if (new_session) flags |= POSIX_SPAWN_SETSID;
    sigset_t set;
    if (mask) {
      TRY(fill_signals(mask.get(), &set));
      ::posix_spawnattr_setsigmask(&attributes, &set);
      flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (defaults) {
      TRY(fill_signals(defaults.get(), &set));
      ::posix_spawnattr_setsigdefault(&attributes, &set);
      flags |= POSIX_SPAWN_SETSIGDEF;
    }
    ::posix_spawnattr_setflags(&attributes, flags);
    TRY(audit("os.posix_spawn", object, argv, env));
    pid_t pid;
    errno = search ? ::posix_spawnp(&pid, path.text(), &actions, &attributes, arguments.data(), environment.data())
                   : ::posix_spawn(&pid, path.text(), &actions, &attributes, arguments.data(), environment.data());
    if (errno) return path.raise();
    return static_cast<int>(pid);
  };
  Result<int> pid = work();
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return pid;
}
constexpr Doc spawn_doc =
    "posix_spawn($module, path, argv, env, /, *, file_actions=None,\n            setpgroup=NULL, resetids=False, "
    "setsid=False,\n            setsigmask=NULL, setsigdef=NULL, scheduler=NULL)\n--\n\nExecute the program specified "
    "by path in a new process.";
Result<int> posix_spawn(Module*, Object* path, Object* argv, Object* env, Object* actions, Opt<Object*> group,
                        int reset_ids, bool session, Opt<Object*> mask, Opt<Object*> defaults, Opt<Object*> scheduler) {
  return spawn(false, path, argv, env, actions, group, reset_ids != 0, session, mask, defaults, scheduler);
}
constexpr Doc spawnp_doc =
    "posix_spawnp($module, path, argv, env, /, *, file_actions=None,\n             setpgroup=NULL, resetids=False, "
    "setsid=False,\n             setsigmask=NULL, setsigdef=NULL, scheduler=NULL)\n--\n\nExecute the program specified "
    "by path in a new process.";
Result<int> posix_spawnp(Module*, Object* path, Object* argv, Object* env, Object* actions, Opt<Object*> group,
                         int reset_ids, bool session, Opt<Object*> mask, Opt<Object*> defaults,
                         Opt<Object*> scheduler) {
  return spawn(true, path, argv, env, actions, group, reset_ids != 0, session, mask, defaults, scheduler);
}
}  // namespace

Result<void> process_init(Module* module) {
  if (!waitid_result_type) waitid_result_type = TRY(struct_sequence_new_type(&waitid_description))
  .release();
  TRY(module_add_object(module, "waitid_result", waitid_result_type));
  TRY(module_add_int(module, "POSIX_SPAWN_OPEN", 0));
  TRY(module_add_int(module, "POSIX_SPAWN_CLOSE", 1));
  return module_add_int(module, "POSIX_SPAWN_DUP2", 2);
}

constinit PyMethodDef process_functions[] = {
    method<execv, execv_doc>(),
    method<execve, execve_doc>(),
    method<fork, fork_doc>(),
    method<forkpty, forkpty_doc>(),
    method<register_at_fork, register_at_fork_doc>(),
    method<wait, wait_doc>(),
    method<waitpid, waitpid_doc>(),
    method<wait3, wait3_doc>(),
    method<wait4, wait4_doc>(),
    method<waitid, waitid_doc>(),
    method<test_WIFCONTINUED, WIFCONTINUED_doc>(),
    method<test_WIFSTOPPED, WIFSTOPPED_doc>(),
    method<test_WIFSIGNALED, WIFSIGNALED_doc>(),
    method<test_WIFEXITED, WIFEXITED_doc>(),
    method<test_WCOREDUMP, WCOREDUMP_doc>(),
    method<value_WEXITSTATUS, WEXITSTATUS_doc>(),
    method<value_WTERMSIG, WTERMSIG_doc>(),
    method<value_WSTOPSIG, WSTOPSIG_doc>(),
    method<exitcode, exitcode_doc>(),
    method<kill, kill_doc>(),
    method<killpg, killpg_doc>(),
    method<exit_now, exit_doc>(),
    method<abort_now, abort_doc>(),
    method<system, system_doc>(),
    method<open_pidfd, pidfd_doc>(),
    method<posix_spawn, spawn_doc>(),
    method<posix_spawnp, spawnp_doc>(),
    {},
};
}  // namespace adder::posix
