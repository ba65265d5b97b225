// main: the adder executable: finds out what to run, runs it, and gives the exit status.
#include <clocale>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "bind/bind.h"
#include "cli/options.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "modules/sys/sys.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/run.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder::cli {
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
  if (!realpath(config().run_filename, resolved)) std::snprintf(resolved, sizeof(resolved), "%s", config().run_filename);
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
  Ref<Object> ignored = TRY(run_string(config().run_command, id::angle_string, Py_file_input, as<Dict>(globals.get()), globals, &flags));
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

// The whole of an open file. Allocated with malloc.
char* read_all(std::FILE* file, usize& size) {
  char* data = static_cast<char*>(std::malloc(65536));
  usize capacity = 65536;
  size = 0;
  for (;;) {
    usize got = std::fread(data + size, 1, capacity - size, file);
    if (!got) return data;
    size += got;
    if (size == capacity) data = static_cast<char*>(std::realloc(data, capacity *= 2));
  }
}

bool is_compiled_file(const char* name) {
  usize length = std::strlen(name);
  return length > 4 && !std::strcmp(name + length - 4, ".pyc");
}

Result<void> set_main_loader(Dict* globals, Str* filename, const char* loader_name) {
  Interpreter* self = interpreter();
  if (!self->importlib_external) return {};
  Ref<Object> loader_type = TRY(object_get_attr(self->importlib_external, loader_name));
  Object* main_name = id::__main__;
  Ref<Object> loader = TRY(call(loader_type.get(), main_name, static_cast<Object*>(filename)));
  return dict_set_item(globals, id::__loader__, loader);
}

Result<int> run_compiled(const char* name, Dict* globals) {
  std::FILE* file = std::fopen(name, "rbe");
  if (!file) return raise_errno();
  usize size;
  char* data = read_all(file, size);
  std::fclose(file);
  if (size < 16 || (static_cast<u8>(data[0]) | static_cast<u8>(data[1]) << 8) != kMagicNumber) {
    std::free(data);
    return raise(RuntimeError, "Bad magic number in .pyc file");
  }
  Result<Bytes> bytes = bytes_from_view({data + 16, size - 16});
  std::free(data);
  Ref<Bytes> content = TRY(bytes);
  Ref<Object> loads = TRY(import_attribute("marshal", "loads"));
  Ref<Object> code = TRY(call(loads.get(), content.get()));
  if (!is_code(code)) return raise(RuntimeError, "Bad code object in .pyc file");
  Ref<Object> ignored = TRY(eval_code(as<Code>(code.get()), globals, globals));
  return 0;
}

// Takes the file and closes it before the program runs.
Result<int> run_source(std::FILE* file, Str* filename, const char* name) {
  struct Closer {
    std::FILE* file;
    void close() {
      if (file) std::fclose(std::exchange(file, nullptr));
    }
    ~Closer() { close(); }
  } closer{file};
  Ref<Object> globals_object = TRY(main_dict());
  Dict* globals = as<Dict>(globals_object.get());
  bool set_file = false;
  if (!TRY(dict_contains(globals, id::__file__))) {
    TRY(dict_set_item(globals, id::__file__, filename));
    TRY(dict_set_item(globals, id::__cached__, None));
    set_file = true;
  }
  Result<int> status = 0;
  if (name && is_compiled_file(name)) {
    TRY(set_main_loader(globals, filename, "SourcelessFileLoader"));
    closer.close();
    status = run_compiled(name, globals);
  } else {
    if (name) TRY(set_main_loader(globals, filename, "SourceFileLoader"));
    if (config().skip_source_first_line) {
      int c;
      while ((c = std::fgetc(file)) != EOF) {
        if (c != '\n') continue;
        std::ungetc(c, file);
        break;
      }
    }
    usize size;
    char* source = read_all(file, size);
    closer.close();
    PyCompilerFlags flags{0, 11};
    Result<Object> result = run_string({source, size}, filename, Py_file_input, globals, globals, &flags);
    std::free(source);
    if (result.failed()) status = Error{};
    else result.take().reset();
  }
  if (set_file && !config().inspect) {
    ErrorSaver saved;
    for (Object* key : {static_cast<Object*>(id::__file__), static_cast<Object*>(id::__cached__)}) {
      Maybe<Object> old = dict_pop(globals, key);
      if (old.failed()) error_clear();
      else old.take().reset();
    }
  }
  return status;
}

Result<int> run_file() {
  Ref<Str> path = TRY(str_decode_fs_default(config().run_filename));
  TRY(audit("cpython.run_file", static_cast<Object*>(path.get())));
  std::FILE* file = std::fopen(config().run_filename, "rbe");
  if (!file) {
    int number = errno;
    Ref<Str> shown = TRY(object_repr(path));
    Utf8 text = str_as_utf8(shown);
    std::fprintf(stderr, "%s: can't open file %s: [Errno %d] %s\n", config().program_name, text ? text.data : "?", number, std::strerror(number));
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
  return run_source(file, path, config().run_filename);
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
  usize size;
  char* source = read_all(file, size);
  std::fclose(file);
  Ref<Object> globals = TRY(main_dict());
  Result<Object> result = run_string({source, size}, path, Py_file_input, as<Dict>(globals.get()), globals);
  std::free(source);
  if (result.failed()) error_print();
  else result.take().reset();
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
    return run_interactive(&flags);
  }
  TRY(audit("cpython.run_stdin"));
  Ref<Object> globals = TRY(main_dict());
  usize size;
  char* source = read_all(stdin, size);
  Result<Object> result = run_string({source, size}, id::angle_stdin, Py_file_input, as<Dict>(globals.get()), globals);
  std::free(source);
  Ref<Object> ignored = TRY(result);
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

int run() {
  Result<int> result = run_program();
  int status = result.failed() ? report_uncaught() : result.take();
  // -i, PYTHONINSPECT: a dialogue after the program, even one that failed.
  const char* inspect = config().use_environment ? std::getenv("PYTHONINSPECT") : nullptr;
  if ((config().inspect || (inspect && *inspect)) && stdin_is_interactive() && (config().run_command || config().run_module || config().run_filename)) {
    interpreter()->config->inspect = 0;
    run_hooks();
    PyCompilerFlags flags{0, 11};
    status = run_interactive(&flags);
  }
  return status;
}
}  // namespace
}  // namespace adder::cli

int main(int argc, char** argv) {
  using namespace adder;
  Config config;
  int early = cli::parse_command_line(argc, argv, config);
  if (early >= 0) return early;
  if (!config.buffered_stdio) std::setvbuf(stdout, nullptr, _IONBF, 0);
  if (runtime_initialize(config).failed()) {
    std::fputs("Fatal Python error: init_import_site: Failed to initialize the machine\n", stderr);
    if (error_occurred()) error_print();
    return 1;
  }
  int status = cli::run();
  bool interrupted = status == 130;
  if (runtime_finalize() < 0) status = 120;
  if (interrupted) {
    // The parent must see a death by SIGINT.
    std::signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
  }
  return status;
}
