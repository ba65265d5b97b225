// run_main: finds out what the configuration wants to run, runs it, and gives the exit status: `python3`.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "modules/sys/sys.h"
#include "object/object.h"
#include "runtime/configure.h"
#include "runtime/lifecycle.h"
#include "runtime/run.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
const Config& config() { return *interpreter()->config; }
bool stdin_is_interactive() { return isatty(0) || config().interactive; }

// == sys.path[0] ==

Result<void> insert_path(Object* folder) {
  Object* path = sys_get_object("path").get();
  if (!path || !is_list(path)) return {};
  return list_insert(as<List>(path), 0, folder);
}

// The folder of the script, links followed; the current folder for -m; "" for -c and dialogues.
Result<void> insert_script_folder() {
  if (config().safe_path) return {};
  if (config().run_module) {
    char folder[4096];
    if (!getcwd(folder, sizeof(folder))) return {};
    Ref<Str> text = TRY(str_decode_fs_default(folder));
    return insert_path(text);
  }
  if (!config().run_filename) return insert_path(str_empty());
  char resolved[4096];
  if (!realpath(config().run_filename, resolved))
    std::snprintf(resolved, sizeof(resolved), "%s", config().run_filename);
  char* slash = std::strrchr(resolved, '/');
  if (!slash) return insert_path(str_empty());
  *(slash == resolved ? slash + 1 : slash) = 0;
  Ref<Str> text = TRY(str_decode_fs_default(resolved));
  return insert_path(text);
}

// == What can be run ==

Result<int> run_command() {
  Ref<Str> command = TRY(str_decode_fs_default(config().run_command));
  if (!str_as_utf8(command)) {
    std::fputs("Unable to decode the command from the command line:\n", stderr);
    error_print();
    return 1;
  }
  TRY(audit("cpython.run_command", static_cast<Object*>(command.get())));
  Ref<Object> globals = TRY(main_dict());
  PyCompilerFlags flags{PyCF_IGNORE_COOKIE, 11};
  Ref<Object> ignored =
      TRY(run_string(config().run_command, id::angle_string, Py_file_input, as<Dict>(globals.get()), globals, &flags));
  return 0;
}

Result<int> run_module(const char* name, bool set_argv) {
  Ref<Str> text = TRY(str_decode_fs_default(name));
  TRY(audit("cpython.run_module", static_cast<Object*>(text.get())));
  Ref<Object> run = TRY(import_attribute("runpy", "_run_module_as_main"));
  Object* alter = bool_object(set_argv);
  Ref<Object> ignored = TRY(call(run.get(), text.get(), alter));
  return 0;
}

// A path hook that takes the path: a folder or zip file with __main__; absent: an ordinary file.
Maybe<Object> importer_of(Object* path) {
  Object* hooks = sys_get_object("path_hooks").get();
  if (!hooks || !is_list(hooks)) return nullptr;
  for (isize i = 0; i < as<List>(hooks)->ob_size; ++i) {
    Ref<Object> hook = new_ref(as<List>(hooks)->ob_item[i]);
    Result<Object> importer = call(hook.get(), path);
    if (!importer.failed()) return importer;
    if (!error_matches(ImportError)) return Error{};
    error_clear();
  }
  return nullptr;
}

Result<int> run_main_of(Object* path) {
  TRY(insert_path(path));
  return run_module("__main__", false);
}

Result<int> run_file() {
  Ref<Str> path = TRY(str_decode_fs_default(config().run_filename));
  TRY(audit("cpython.run_file", static_cast<Object*>(path.get())));
  std::FILE* file = std::fopen(config().run_filename, "rbe");
  if (!file) {
    int number = errno;
    Ref<Str> shown = TRY(object_repr(path));
    Utf8 text = str_as_utf8(shown);
    std::fprintf(stderr, "%s: can't open file %s: [Errno %d] %s\n", config().program_name, text ? text.data : "?",
                 number, std::strerror(number));
    return 2;
  }
  struct stat status;
  if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
    Ref<Str> shown = TRY(object_repr(path));
    Utf8 text = str_as_utf8(shown);
    std::fprintf(stderr, "%s: %s is a directory, cannot continue\n", config().program_name, text ? text.data : "?");
    std::fclose(file);
    return 1;
  }
  if (config().skip_source_first_line) {
    int c;
    while ((c = std::fgetc(file)) != EOF) {
      if (c != '\n') continue;
      std::ungetc(c, file);
      break;
    }
  }
  TRY(run_simple_file(file, path, true, nullptr));
  return 0;
}

Result<void> run_startup_file() {
  const char* name = config().use_environment ? std::getenv("PYTHONSTARTUP") : nullptr;
  if (!name || !*name) return {};
  Ref<Str> path = TRY(str_decode_fs_default(name));
  TRY(audit("cpython.run_startup", static_cast<Object*>(path.get())));
  std::FILE* file = std::fopen(name, "rbe");
  if (!file) {
    int number = errno;
    std::fprintf(stderr, "Could not open PYTHONSTARTUP\n");
    errno = number;
    return raise_errno(OSError, path.get());
  }
  if (run_simple_file(file, path, true, nullptr).failed()) error_print();
  error_clear();
  return {};
}

Result<void> run_interactive_hook() {
  Object* hook = sys_get_object("__interactivehook__").get();
  if (!hook) return {};
  TRY(audit("cpython.run_interactivehook", hook));
  Ref<Object> held = new_ref(hook);
  Ref<Object> ignored = TRY(object_call_no_args(held));
  return {};
}

void run_hooks() {
  if (run_startup_file().failed()) error_print();
  if (!config().isolated && run_interactive_hook().failed()) {
    std::fputs("Failed calling sys.__interactivehook__\n", stderr);
    error_print();
  }
}

Result<int> run_stdin() {
  if (stdin_is_interactive()) {
    interpreter()->config->inspect = 0;
    TRY(sys_set_flag("inspect", 0));
    run_hooks();
    TRY(audit("cpython.run_stdin"));
    PyCompilerFlags flags{0, 11};
    return run_interactive(stdin, id::angle_stdin, &flags);
  }
  TRY(audit("cpython.run_stdin"));
  TRY(run_simple_file(stdin, id::angle_stdin, false, nullptr));
  return 0;
}

void print_banner() {
  if (config().quiet || config().run_command || config().run_filename || config().run_module) return;
  if (!config().verbose && !stdin_is_interactive()) return;
  Object* version = sys_get_object("version").get();
  Utf8 text = version && is_str(version) ? str_as_utf8(as<Str>(version)) : Utf8{"", 0};
  std::fprintf(stderr, "Python %s on linux\n", text.data);
  if (config().site_import)
    std::fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", stderr);
}

Result<int> run_program() {
  Ref<Object> importer;
  if (config().run_filename) {
    Ref<Str> path = TRY(str_decode_fs_default(config().run_filename));
    if (interpreter()->importlib_external) importer = TRY(importer_of(path));
    if (importer) return run_main_of(path);
  }
  TRY(insert_script_folder());
  print_banner();
  if (config().run_command) return run_command();
  if (config().run_module) return run_module(config().run_module, true);
  if (config().run_filename) return run_file();
  return run_stdin();
}

// `leaves`: SystemExit ended a command or file, which ends the process even if that is not Python's own.
int run(bool& leaves) {
  Result<int> result = run_program();
  leaves = result.failed() && !config().run_module && !config().inspect && error_matches(SystemExit);
  int status = result.failed() ? report_uncaught() : result.take();
  // -i, PYTHONINSPECT: a dialogue after the program, even one that failed.
  const char* inspect = config().use_environment ? std::getenv("PYTHONINSPECT") : nullptr;
  if ((config().inspect || (inspect && *inspect)) && stdin_is_interactive() &&
      (config().run_command || config().run_module || config().run_filename)) {
    interpreter()->config->inspect = 0;
    run_hooks();
    PyCompilerFlags flags{0, 11};
    status = run_interactive(stdin, id::angle_stdin, &flags);
  }
  return status;
}
// The parent must see a death by SIGINT.
int leave_interrupted() {
  std::signal(SIGINT, SIG_DFL);
  kill(getpid(), SIGINT);
  return 130;
}

// A process that is about to end keeps what only holds memory.
int run_and_stop(bool process_ends) {
  bool leaves = false;
  int status = run(leaves);
  if (leaves && !process_ends) {
    if (runtime_stop() < 0) status = 120;
    std::exit(status);
  }
  bool interrupted = status == 130 && unhandled_interrupt;
  if ((process_ends ? runtime_finalize() : runtime_stop()) < 0) status = 120;
  return interrupted ? leave_interrupted() : status;
}
}  // namespace

int run_main() { return run_and_stop(false); }

int bytes_main(int argc, char** argv) {
  Config config = config_defaults(ConfigKind::kPython);
  for (int i = 0; i < argc; ++i) config.argv.append(argv[i]);
  PyStatus status = runtime_start(config);
  if (status._type == PyStatus::kExit) return status.exitcode;
  if (status_failed(status)) status_leave(status);
  return run_and_stop(true);
}
}  // namespace adder
