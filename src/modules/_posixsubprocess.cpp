// _posixsubprocess: fork and exec in one step, for the module subprocess.
//
// Between fork and exec only async-signal-safe calls are made, unless there is a preexec_fn: then the child runs
// Python. Without one, and without changes of ids, vfork is used: the child borrows the parent's memory and must not
// write to it.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "modules/posix/posix.h"
#include "runtime/fork.h"
#include "runtime/interpreters.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

extern char** environ;

namespace adder {
namespace {
// A null-terminated array of C strings out of bytes, str and path-like objects.
class TextVector {
 public:
  ~TextVector() { memory::release(texts_); }
  Result<void> acquire(Object* sequence) {
    Ref<Object> items = TRY(sequence_fast(sequence, "argv must be a tuple"));
    isize count = sequence_fast_size(items);
    kept_ = TRY(list_new());
    texts_ = static_cast<char**>(memory::allocate_zeroed(static_cast<usize>(count + 1), sizeof(char*)));
    if (!texts_) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      if (sequence_fast_size(items) != count) return raise(RuntimeError, "args changed during iteration");
      Ref<Object> item = new_ref(sequence_fast_items(items)[i]);
      Ref<Object> text = TRY(fs_converter(item));
      TRY(list_append(kept_, text));
      texts_[i] = bytes_data(as<Bytes>(text.get()));
    }
    return {};
  }
  char** data() const { return texts_; }

 private:
  Ref<List> kept_;
  char** texts_ = nullptr;
};

struct Launch {
  char *const *arguments, *const *executables, *const *environment;
  const char* directory;
  int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
  bool close_descriptors, restore_signals, new_session, set_user, set_group, set_groups;
  pid_t group_to_join;
  uid_t user;
  gid_t group;
  const gid_t* groups;
  usize group_count;
  int umask;
  Tuple* keep;
  Object* before_exec;
};

void close_range_quietly(unsigned low, unsigned high) {
  if (low > high) return;
  if (::close_range(low, high, 0) == 0) return;
  if (high == ~0u) high = static_cast<unsigned>(::sysconf(_SC_OPEN_MAX));
  for (unsigned fd = low; fd <= high && fd < 65536; ++fd) ::close(static_cast<int>(fd));
}
// Everything from 3 on that is not kept; the kept numbers are sorted.
void close_others(const Launch& launch) {
  unsigned low = 3;
  for (isize i = 0; i < tuple_size(launch.keep); ++i) {
    isize kept = int_single_value(as<Int>(tuple_item(launch.keep, i)));
    if (kept < 3) continue;
    if (kept > static_cast<isize>(low)) close_range_quietly(low, static_cast<unsigned>(kept - 1));
    low = static_cast<unsigned>(kept + 1);
  }
  close_range_quietly(low, ~0u);
}
bool make_inheritable(int fd) {
  int flags = ::fcntl(fd, F_GETFD);
  return flags >= 0 && (!(flags & FD_CLOEXEC) || ::fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0);
}
// Puts `fd` on `target`; a descriptor that is there already only loses its close-on-exec flag.
bool move_to(int fd, int target) {
  if (fd == target) return make_inheritable(fd);
  return fd < 0 || ::dup2(fd, target) >= 0;
}

// Writes "OSError:errno:where" for the parent and ends.
[[noreturn]] void report(const Launch& launch, int error, const char* where) {
  char text[64];
  usize size = 0;
  for (const char* c = "OSError:"; *c; ++c) text[size++] = *c;
  char digits[16];
  int n = 0;
  for (unsigned value = static_cast<unsigned>(error); value; value /= 16) digits[n++] = "0123456789ABCDEF"[value % 16];
  while (n > 0) text[size++] = digits[--n];
  text[size++] = ':';
  for (const char* c = where; *c; ++c) text[size++] = *c;
  if (::write(launch.errpipe_write, text, size) < 0) {
    // Nobody is left to tell.
  }
  ::_exit(255);
}

// In the child: everything up to exec. Does not return.
[[noreturn]] void run_child(Launch launch) {
  auto fail = [&launch](const char* where = "") { report(launch, errno, where); };
  if (tuple_size(launch.keep) > 0) {
    for (isize i = 0; i < tuple_size(launch.keep); ++i) {
      int fd = static_cast<int>(int_single_value(as<Int>(tuple_item(launch.keep, i))));
      if (fd != launch.errpipe_write && !make_inheritable(fd)) fail();
    }
  }
  for (int fd : {launch.p2cwrite, launch.c2pread, launch.errread, launch.errpipe_read}) {
    if (fd >= 0) ::close(fd);
  }
  // Ends that lie among 0 … 2 would be overwritten: move them up first.
  if (launch.c2pwrite == 0) {
    launch.c2pwrite = ::fcntl(0, F_DUPFD_CLOEXEC, 3);
    if (launch.c2pwrite < 0) fail();
  }
  while (launch.errwrite == 0 || launch.errwrite == 1) {
    launch.errwrite = ::fcntl(launch.errwrite, F_DUPFD_CLOEXEC, 3);
    if (launch.errwrite < 0) fail();
  }
  if (!move_to(launch.p2cread, 0) || !move_to(launch.c2pwrite, 1) || !move_to(launch.errwrite, 2)) fail();
  if (launch.directory && ::chdir(launch.directory) < 0) fail("noexec");
  if (launch.umask >= 0) ::umask(static_cast<mode_t>(launch.umask));
  if (launch.restore_signals) {
    for (int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
  }
  if (launch.new_session && ::setsid() < 0) fail();
  if (launch.group_to_join >= 0 && ::setpgid(0, launch.group_to_join) < 0) fail();
  if (launch.set_groups && ::setgroups(launch.group_count, launch.groups) < 0) fail();
  if (launch.set_group && ::setregid(launch.group, launch.group) < 0) fail();
  if (launch.set_user && ::setreuid(launch.user, launch.user) < 0) fail();
  if (launch.before_exec != None) {
    auto result = object_call_no_args(launch.before_exec);
    if (result.failed()) {
      const char text[] = "SubprocessError:0:Exception occurred in preexec_fn.";
      if (::write(launch.errpipe_write, text, sizeof text - 1) < 0) {
        // Nobody is left to tell.
      }
      ::_exit(255);
    }
    (void)result.take();
  }
  if (launch.close_descriptors) close_others(launch);
  int saved = 0;
  for (char* const* executable = launch.executables; *executable; ++executable) {
    if (launch.environment)
      ::execve(*executable, launch.arguments, launch.environment);
    else
      ::execv(*executable, launch.arguments);
    if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
  }
  if (saved) errno = saved;
  fail();
  ::_exit(255);
}

Result<void> check_keep(Object* keep) {
  isize before = -1;
  for (isize i = 0; i < tuple_size(as<Tuple>(keep)); ++i) {
    Object* fd = tuple_item(as<Tuple>(keep), i);
    if (!is_int_exact(fd) || !int_is_single(as<Int>(fd)) || int_single_value(as<Int>(fd)) < 0 ||
        int_single_value(as<Int>(fd)) <= before) {
      return raise(ValueError, "bad value(s) in fds_to_keep");
    }
    before = int_single_value(as<Int>(fd));
  }
  return {};
}

constexpr Doc fork_exec_doc = "fork_exec($module, /, *args)\n--\n\n";
constexpr const char* fork_exec_text =
    "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n          p2cread, p2cwrite, c2pread, "
    "c2pwrite,\n          errread, errwrite, errpipe_read, errpipe_write,\n          restore_signals, call_setsid, "
    "pgid_to_set,\n          gid, groups_list, uid,\n          preexec_fn)\n\nForks a child process, "
    "closes parent file descriptors as appropriate in the\nchild and dups the few that are needed before calling "
    "exec() in the child\nprocess.\n\nReturns: the child process's PID.\n\nRaises: Only on an error in the parent "
    "process.";
Result<int> fork_exec(Module*, Tuple* args) {
  constexpr isize kCount = 23;
  if (tuple_size(args) != kCount) {
    return raise(TypeError, "fork_exec expected %zd arguments, got %zd", kCount, tuple_size(args));
  }
  auto item = [args](isize i) { return tuple_item(args, i); };
  auto number = [&](isize i) { return int_as_int(item(i)); };
  Launch launch = {};
  if (!is_tuple(item(3)))
    return raise(TypeError, "fork_exec() argument 4 must be tuple, not %.50s", type_of(item(3))->tp_name);
  launch.keep = as<Tuple>(item(3));
  TRY(check_keep(item(3)));
  launch.close_descriptors = TRY(object_is_true(item(2)));
  int* const ends[] = {&launch.p2cread, &launch.p2cwrite, &launch.c2pread,      &launch.c2pwrite,
                       &launch.errread, &launch.errwrite, &launch.errpipe_read, &launch.errpipe_write};
  for (isize i = 0; i < 8; ++i) *ends[i] = TRY(number(6 + i));
  if (launch.close_descriptors && launch.errpipe_write < 3) return raise(ValueError, "errpipe_write must be >= 3");
  launch.restore_signals = TRY(object_is_true(item(14)));
  launch.new_session = TRY(object_is_true(item(15)));
  launch.group_to_join = TRY(number(16));
  launch.umask = TRY(number(20));
  launch.before_exec = item(21);
  bool allow_vfork = TRY(object_is_true(item(22)));
  if (launch.before_exec != None && interpreter() != &main_interpreter) {
    return raise(RuntimeError, "preexec_fn not supported within subinterpreters");
  }
  if (interpreter_record(interpreter())->isolated) {
    return raise(RuntimeError, "subprocess not supported for isolated subinterpreters");
  }
  TextVector executables, arguments, environment;
  TRY(executables.acquire(item(1)));
  TRY(arguments.acquire(item(0)));
  launch.executables = executables.data();
  launch.arguments = arguments.data();
  if (item(5) != None) {
    TRY(environment.acquire(item(5)));
    launch.environment = environment.data();
  }
  Ref<Object> directory;
  if (item(4) != None) {
    directory = TRY(fs_converter(item(4)));
    launch.directory = bytes_data(as<Bytes>(directory.get()));
  }
  if (item(17) != None) {
    launch.set_group = true;
    launch.group = TRY(posix::group_id(item(17)));
  }
  struct GroupArray {
    gid_t* ids = nullptr;
    ~GroupArray() { memory::release(ids); }
  } groups;
  if (item(18) != None) {
    if (!is_list(item(18))) return raise(TypeError, "setgroups argument must be a list");
    isize count = list_size(as<List>(item(18)));
    groups.ids = static_cast<gid_t*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(gid_t)));
    if (!groups.ids) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      if (!is_int(list_item(as<List>(item(18)), i))) return raise(TypeError, "groups must be integers");
      Result<u32> id = posix::group_id(list_item(as<List>(item(18)), i));
      if (id.failed()) {
        error_clear();
        return raise(ValueError, "invalid group id");
      }
      groups.ids[i] = id.take();
    }
    launch.set_groups = true;
    launch.groups = groups.ids;
    launch.group_count = static_cast<usize>(count);
  }
  if (item(19) != None) {
    launch.set_user = true;
    launch.user = TRY(posix::user_id(item(19)));
  }
  bool python_in_child = launch.before_exec != None;
  if (python_in_child) fork_before();
  // With vfork the child must not get signals whose handlers write to our memory.
  sigset_t all, old;
  sigfillset(&all);
  bool borrow = allow_vfork && !python_in_child && !launch.set_user && !launch.set_group && !launch.set_groups;
  pid_t pid;
  if (borrow) {
    ::pthread_sigmask(SIG_BLOCK, &all, &old);
    pid = ::vfork();
    if (pid == 0) {
      struct sigaction fallback = {};
      fallback.sa_handler = SIG_DFL;
      for (int signal_number = 1; signal_number < NSIG; ++signal_number) {
        struct sigaction current;
        if (::sigaction(signal_number, nullptr, &current) == 0 && current.sa_handler != SIG_IGN &&
            current.sa_handler != SIG_DFL) {
          ::sigaction(signal_number, &fallback, nullptr);
        }
      }
      ::sigprocmask(SIG_SETMASK, &old, nullptr);
      run_child(launch);
    }
  } else {
    pid = ::fork();
    if (pid == 0) {
      if (python_in_child && fork_after_in_child().failed()) ::_exit(255);
      run_child(launch);
    }
  }
  int error = errno;
  if (borrow) ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (python_in_child) fork_after_in_parent();
  if (pid < 0) {
    errno = error;
    return raise_errno(OSError);
  }
  return static_cast<int>(pid);
}
constinit PyMethodDef functions[] = {with_text(method<fork_exec, fork_exec_doc>(), fork_exec_text), {}};
constinit ModuleDef definition =
    module_definition("_posixsubprocess", "A POSIX helper for the subprocess module.", functions, nullptr);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__posixsubprocess() { return adder::module_def_init(&adder::definition); }
