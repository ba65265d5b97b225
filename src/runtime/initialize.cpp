// initialize: start-up of the process and of each interpreter.
//
// Order      memory, thread, GIL, types, builtins, sys, exceptions, importlib, encodings, standard streams, warnings, site. Until
//            importlib lives, only built-in modules can be imported. See docs/runtime.md.
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/import.h"
#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "memory/gc.h"
#include "modules/sys/sys.h"
#include "object/hash.h"
#include "modules/builtins/builtins.h"
#include "object/object.h"
#include "runtime/configure.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/paths.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "runtime/fatal.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
// object/types_init.cpp, types/int
Result<void> types_init();
void int_init();

namespace {
bool has_builtin(const char* name) {
  for (const BuiltinModule* module = builtin_modules(); module->name; ++module)
    if (!std::strcmp(module->name, name)) return true;
  return false;
}

// == The process ==

// What the process has once, however often the runtime starts: the key of hashes (types' dicts live as long as the process),
// heap, collector, GIL, small ints, interned names, static types.
constinit bool process_ready = false;

Result<void> initialize_process(const Config& config) {
  fatal_install_hook();
  Interpreter* self = &main_interpreter;
  self->config = new Config(config);
  if (!process_ready) {
    hash_initialize(config.use_hash_seed > 0, config.hash_seed);
    self->heap = &memory::main_heap;
    self->gc = &gc::main_state;
    self->gil = &main_gil;
    gc::state_init(self->gc);
    gil_init(self->gil);
  }
  self->optimize = config.optimization_level;
  self->int_max_str_digits = config.int_max_str_digits < 0 ? 4300 : config.int_max_str_digits;
  become_main_thread();
  ThreadState* state = thread_state_new(self);
  if (!state) fatal("can't make first thread");
  gil_take(state);
  thread_state_swap(state);
  measure_stack();

  if (process_ready) return {};
  int_init();
  names_intern_all();
  TRY(types_init());
  process_ready = true;
  return {};
}

// == Standard streams ==

struct StreamSettings {
  const char *encoding, *errors;
};

Result<Object> make_stream(Object* io, int fd, bool writing, const char* name, const char* encoding, const char* errors) {
  if (fcntl(fd, F_GETFD) < 0) return none_result();
  const Config& config = *interpreter()->config;
  bool buffered = config.buffered_stdio || !writing;
  Ref<Int> number = TRY(int_from_i64(fd)), buffering = TRY(int_from_i64(buffered ? -1 : 0));
  Ref<Str> mode = TRY(str_from_string(writing ? "wb" : "rb"));
  Ref<Object> open = TRY(object_get_attr(io, id::open));
  Object* none = None;
  Object* closefd = False;
  Ref<Object> buffer = TRY(call(open.get(), number.get(), mode.get(), buffering.get(), none, none, none, closefd));
  Ref<Object> raw = buffered ? TRY(object_get_attr(buffer, id::raw)) : buffer.share();
  Ref<Str> file_name = TRY(str_from_string(name));
  TRY(object_set_attr(raw, id::name, file_name));
  Ref<Object> tty = TRY(call_method(raw.get(), id::isatty));
  bool is_tty = TRY(object_is_true(tty));
  bool line_buffering = config.buffered_stdio && (is_tty || fd == 2);
  Ref<Object> wrapper = TRY(object_get_attr(io, "TextIOWrapper"));
  Ref<Str> encoding_name = TRY(str_from_string(encoding)), errors_name = TRY(str_from_string(errors)),
           newline = TRY(str_from_string("\n"));
  Object* line = bool_object(line_buffering);
  Object* through = bool_object(!config.buffered_stdio && writing);
  Ref<Object> stream =
      TRY(call(wrapper.get(), buffer.get(), encoding_name.get(), errors_name.get(), newline.get(), line, through));
  Ref<Str> text_mode = TRY(str_from_string(writing ? "w" : "r"));
  TRY(object_set_attr(stream, id::mode, text_mode));
  return stream;
}

Result<void> set_stream(Object* io, int fd, bool writing, const char* attribute, const char* file_name, const StreamSettings& s,
                        const char* errors) {
  Result<Object> made = make_stream(io, fd, writing, file_name, s.encoding, errors);
  if (made.failed()) {
    // A stream whose descriptor is gone meanwhile becomes None.
    Ref<Object> exception = error_take();
    if (!type_check(exception, OSError)) {
      error_set(std::move(exception));
      return Error{};
    }
    made = none_result();
  }
  Ref<Object> stream = made.take();
  TRY(sys_set_object(attribute, stream.get()));
  char saved[32];
  std::snprintf(saved, sizeof(saved), "__%s__", attribute);
  return sys_set_object(saved, stream.get());
}

Result<void> initialize_streams() {
  struct stat status;
  if (fstat(0, &status) == 0 && S_ISDIR(status.st_mode)) {
    std::fprintf(stderr, "<stdin> is a directory, cannot continue\n");
    std::exit(1);
  }
  Ref<Object> io = TRY(import_module("io"));
  Ref<Object> open = TRY(object_get_attr(io, id::open));
  TRY(dict_set_item(interpreter()->builtins, id::open, open));
  StreamSettings s{interpreter()->config->stdio_encoding, interpreter()->config->stdio_errors};
  // The codec's own name: "latin-1" shows as iso8859-1.
  Ref<Object> lookup = TRY(import_attribute("_codecs", "lookup"));
  Ref<Str> given = TRY(str_from_string(s.encoding));
  Ref<Object> codec = TRY(call(lookup.get(), given.get()));
  Ref<Object> name = TRY(object_get_attr(codec, id::name));
  Utf8 name_text = is_str(name) ? str_as_utf8(as<Str>(name.get())) : Utf8{nullptr, 0};
  if (name_text) interpreter()->config->stdio_encoding = s.encoding = ::strdup(name_text.data);
  TRY(set_stream(io, 0, false, "stdin", "<stdin>", s, s.errors));
  TRY(set_stream(io, 1, true, "stdout", "<stdout>", s, s.errors));
  return set_stream(io, 2, true, "stderr", "<stderr>", s, "backslashreplace");
}

}  // namespace

// == Core: works without importlib ==

Result<void> interpreter_initialize_core(Interpreter* self) {
  self->modules = TRY(dict_new()).release();
  Ref<Module> sys = TRY(sys_module_create());
  TRY(dict_set_item(self->modules, id::sys, sys));
  TRY(sys_module::add_configuration(sys));
  Ref<Object> printer = TRY(std_printer_new(2));
  TRY(sys_set_object("stderr", printer.get()));
  TRY(sys_set_object("__stderr__", printer.get()));

  Ref<Module> builtins = TRY(builtins_create());
  TRY(dict_set_item(self->modules, id::builtins, builtins));
  self->builtins = new_ref(module_dict(builtins)).release();
  TRY(exceptions_init(self->builtins));
  Ref<Object> import_function = TRY(dict_get_item(self->builtins, id::__import__));
  if (import_function) self->import_func = import_function.release();
  TRY(dict_set_item(self->builtins, id::__debug__, bool_object(self->config->optimization_level == 0)));
  self->builtins_copy = TRY(dict_copy(self->builtins)).release();
  TRY(warnings_initialize());
  self->initialized = true;
  return {};
}

// == The rest ==

Result<void> interpreter_initialize_library(Interpreter* self) {
  if (self == &main_interpreter) TRY(tracemalloc_initialize(self->config->tracemalloc));
  TRY(import_initialize());
  if (self == &main_interpreter) {
    if (self->config->faulthandler) faulthandler_initialize();
    if (has_builtin("_signal")) TRY(signals_initialize(self->config->install_signal_handlers));
  }
  TRY(import_initialize_external());
  if (!self->importlib_external || !has_builtin("_codecs")) return {};
  Ref<Object> encodings = TRY(import_module("encodings"));
  TRY(initialize_streams());
  if (Object* options = sys_get_object("warnoptions").get(); options && is_list(options) && as<List>(options)->ob_size) {
    Result<Object> warnings = import_module("warnings");
    if (warnings.failed()) {
      std::fputs("'import warnings' failed; traceback:\n", stderr);
      error_print();
    } else {
      warnings.take().reset();
    }
  }
  Ref<Module> main_module = TRY(import_add_module("__main__"));
  Dict* dict = module_dict(main_module);
  Ref<Dict> annotations = TRY(dict_new());
  TRY(dict_set_item(dict, id::__annotations__, annotations));
  Ref<Object> builtins = TRY(import_get_module(id::builtins));
  TRY(dict_set_item(dict, id::__builtins__, builtins));
  Ref<Object> loader = TRY(object_get_attr(self->importlib, "BuiltinImporter"));
  TRY(dict_set_item(dict, id::__loader__, loader));
  if (self->config->site_import) {
    Ref<Object> site = TRY(import_module("site"));
    Ref<Object> initial_main = TRY(import_get_module(id::__main__));
  }
  gc::start_up_done();
  return {};
}

Result<void> runtime_initialize(const Config& config) {
  TRY(initialize_process(config));
  TRY(interpreter_initialize_core(&main_interpreter));
  if (!config.install_importlib || !config.init_main) return {};
  return interpreter_initialize_library(&main_interpreter);
}

PyStatus runtime_start(Config& config) {
  if (main_interpreter.initialized) return status_ok();
  PyStatus status = config_read(config);
  if (status_failed(status)) return status;
  if (!library_found(config)) {
    std::fprintf(stderr,
                 "adder: there is no Python 3.11 standard library in %s: install it (Debian: libpython3.11-stdlib) or set PYTHONHOME\n",
                 config.stdlib_dir);
    return status_exit(1);
  }
  config_publish(config);
  if (runtime_initialize(config).failed()) return status_error("init_import_site", "Failed to import the site module");
  const char* locale = preconfig().coerce_c_locale_warn ? std::setlocale(LC_CTYPE, nullptr) : nullptr;
  if (locale && !std::strcmp(locale, "C")) {
    std::fputs("Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode "
               "compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible "
               "locales is recommended.\n", stderr);
  }
  return status_ok();
}

PyStatus runtime_start_library() {
  Interpreter* self = &main_interpreter;
  if (!self->initialized || self->importlib) return status_ok();
  if (interpreter_initialize_library(self).failed())
    return status_error("init_import_site", "Failed to import the site module");
  return status_ok();
}
}  // namespace adder
