// configure: from defaults, command line, environment and Py_*Flag variables to a complete Config.
//
// Order      locale (once), Py_*Flag variables (Py_Initialize only), command line, environment, -X options, paths. What
// the embedder has
//            set stays.
// See        PEP 587, PEP 538, PEP 540; docs/c-api.md
#include "runtime/configure.h"

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <langinfo.h>
#include <unistd.h>
#include <utility>

#include "import/import.h"
#include "memory/allocator_hooks.h"
#include "modules/sys/sys.h"
#include "object/object.h"
#include "runtime/command_line.h"
#include "runtime/configure_flags.h"
#include "runtime/locale_text.h"
#include "runtime/paths.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/codecs/filesystem.h"

// clang-format off
int Py_UTF8Mode, Py_DebugFlag, Py_VerboseFlag, Py_QuietFlag, Py_InteractiveFlag, Py_InspectFlag, Py_OptimizeFlag, Py_NoSiteFlag, Py_BytesWarningFlag, Py_FrozenFlag, Py_IgnoreEnvironmentFlag, Py_DontWriteBytecodeFlag, Py_NoUserSiteDirectory, Py_UnbufferedStdioFlag, Py_HashRandomizationFlag, Py_IsolatedFlag;
// clang-format on

ADDER_EXPORT void PyMem_RawFree(void* block);

namespace adder {
namespace {
struct PreState {
  bool running, done;
  PyPreConfig config;
};
constinit PreState pre_state{};

const char* variable(int use_environment, const char* name) {
  if (use_environment == 0) return nullptr;
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}
const char* variable(const Config& config, const char* name) { return variable(config.use_environment, name); }

// -X name or -X name=value: "" or "=value"; null if it is not given.
const char* x_option(const TextList& options, const char* name) {
  usize size = std::strlen(name);
  const char* found = nullptr;
  for (isize i = 0; i < options.size; ++i) {
    const char* option = options.items[i];
    if (!std::strncmp(option, name, size) && (!option[size] || option[size] == '=')) found = option + size;
  }
  return found;
}
const char* x_option(const Config& config, const char* name) { return x_option(config.x_options, name); }

bool number_of(const char* text, long& number) {
  char* end;
  errno = 0;
  number = std::strtol(text, &end, 10);
  return *text && !*end && !errno && number >= -0x80000000L && number <= 0x7fffffffL;
}
// A flag: its number, at least 1 for a text that is none; a larger one that is set already stays.
void flag_variable(const Config& config, const char* name, int& flag) {
  const char* value = variable(config, name);
  if (!value) return;
  long number;
  if (!number_of(value, number) || number < 0) number = 1;
  if (flag < number) flag = static_cast<int>(number);
}
// The same for what is on unless the variable says no.
void inverted_flag_variable(const Config& config, const char* name, int& setting) {
  int flag = setting > 0 ? 0 : setting == 0 ? 1 : 0;
  flag_variable(config, name, flag);
  setting = flag ? 0 : 1;
}

bool is_plain_locale(const char* locale) {
  return locale && (!std::strcmp(locale, "C") || !std::strcmp(locale, "POSIX"));
}
}  // namespace

// == Pre-initialisation ==

void preconfig_defaults(PyPreConfig& config, ConfigKind kind) {
  config = {};
  config._config_init = static_cast<int>(kind);
  config.isolated = config.use_environment = config.dev_mode = -1;
  config.configure_locale = 1;
  if (kind == ConfigKind::kPython) {
    config.isolated = 0;
    config.parse_argv = config.use_environment = 1;
    config.coerce_c_locale = config.coerce_c_locale_warn = config.utf8_mode = -1;
  } else if (kind == ConfigKind::kIsolated) {
    config.isolated = 1;
    config.use_environment = config.configure_locale = config.dev_mode = 0;
  }
}

const PyPreConfig& preconfig() { return pre_state.config; }
void preconfig_reset() { pre_state = {}; }

namespace {
PyStatus decide_utf8_mode(PyPreConfig& p, const TextList& x_options) {
  constexpr const char* kFunction = "preconfig_init_utf8_mode";
  if (p.utf8_mode >= 0) return status_ok();
  if (const char* option = x_option(x_options, "utf8")) {
    if (!*option || !std::strcmp(option, "=1"))
      p.utf8_mode = 1;
    else if (!std::strcmp(option, "=0"))
      p.utf8_mode = 0;
    else
      return status_error(kFunction, "invalid -X utf8 option value");
  } else if (const char* value = variable(p.use_environment, "PYTHONUTF8")) {
    if (!std::strcmp(value, "1"))
      p.utf8_mode = 1;
    else if (!std::strcmp(value, "0"))
      p.utf8_mode = 0;
    else
      return status_error(kFunction, "invalid PYTHONUTF8 environment variable value");
  } else {
    // PEP 540: the C locale means UTF-8 mode.
    p.utf8_mode = is_plain_locale(std::setlocale(LC_CTYPE, nullptr));
  }
  return status_ok();
}

// PEP 538: the C locale becomes one with UTF-8.
void coerce_locale(PyPreConfig& p) {
  if (!p.configure_locale) {
    p.coerce_c_locale = p.coerce_c_locale_warn = 0;
    return;
  }
  if (const char* value = variable(p.use_environment, "PYTHONCOERCECLOCALE")) {
    if (!std::strcmp(value, "0")) {
      if (p.coerce_c_locale < 0) p.coerce_c_locale = 0;
    } else if (!std::strcmp(value, "warn")) {
      if (p.coerce_c_locale_warn < 0) p.coerce_c_locale_warn = 1;
    } else if (p.coerce_c_locale < 0) {
      p.coerce_c_locale = 1;
    }
  }
  if (p.coerce_c_locale_warn < 0) p.coerce_c_locale_warn = 0;
  bool plain = is_plain_locale(std::setlocale(LC_CTYPE, nullptr));
  if (p.coerce_c_locale < 0 || p.coerce_c_locale == 1) p.coerce_c_locale = plain ? 2 : 0;
  const char* all = std::getenv("LC_ALL");
  if (all && *all) p.coerce_c_locale = 0;
  if (!p.coerce_c_locale || !plain) return;
  for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
    if (!std::setlocale(LC_CTYPE, target)) continue;
    const char* codeset = nl_langinfo(CODESET);
    if (!codeset || !*codeset) continue;
    setenv("LC_CTYPE", target, 1);
    if (p.coerce_c_locale_warn) {
      std::fprintf(stderr,
                   "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 to "
                   "disable this locale coercion behavior).\n",
                   target);
    }
    std::setlocale(LC_CTYPE, "");
    return;
  }
  std::setlocale(LC_CTYPE, "");
}

PyStatus decide_allocator(PyPreConfig& p) {
  constexpr const char* kNames[] = {"", "default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug"};
  if (const char* name = p.allocator ? nullptr : variable(p.use_environment, "PYTHONMALLOC")) {
    for (int i = 1; i < 7; ++i)
      if (!std::strcmp(name, kNames[i])) p.allocator = i;
    if (!p.allocator) return status_error("preconfig_init_allocator", "PYTHONMALLOC: unknown allocator");
  }
  if (p.dev_mode && !p.allocator) p.allocator = 2;
  return status_ok();
}
}  // namespace

PyStatus preinitialize(const PyPreConfig& wanted, const TextList* arguments) {
  if (pre_state.done) return status_ok();
  pre_state.running = true;
  PyPreConfig p = wanted;
  if (p._config_init == static_cast<int>(ConfigKind::kCompatible)) {
    if (p.isolated < 0) p.isolated = Py_IsolatedFlag;
    if (p.use_environment < 0) p.use_environment = !Py_IgnoreEnvironmentFlag;
    if (Py_UTF8Mode > 0) p.utf8_mode = Py_UTF8Mode;
  }
  EarlyOptions early;
  if (arguments && p.parse_argv) early = command_line_peek(*arguments);
  if (early.isolated) p.isolated = 1;
  if (early.ignore_environment) p.use_environment = 0;
  if (p.isolated < 0) p.isolated = 0;
  if (p.isolated > 0) p.use_environment = 0;
  if (p.use_environment < 0) p.use_environment = 1;
  if (p.dev_mode < 0)
    p.dev_mode = x_option(early.x_options, "dev") || variable(p.use_environment, "PYTHONDEVMODE") ? 1 : 0;
  if (p.configure_locale && !std::setlocale(LC_CTYPE, "")) std::setlocale(LC_CTYPE, "C");
  PyStatus status = decide_utf8_mode(p, early.x_options);
  if (!status_failed(status)) status = decide_allocator(p);
  if (status_failed(status)) return status;
  coerce_locale(p);
  memory::use_allocators(static_cast<memory::AllocatorName>(p.allocator));
  pre_state = {false, true, p};
  return status_ok();
}

// == Configuration ==

Config config_defaults(ConfigKind kind) {
  Config config;
  config.kind = kind;
  if (kind == ConfigKind::kCompatible) {
    config.isolated = config.use_environment = config.site_import = config.bytes_warning = config.inspect =
        config.interactive = config.optimization_level = config.parser_debug = config.write_bytecode = config.verbose =
            config.quiet = config.user_site_directory = config.buffered_stdio = config.pathconfig_warnings = -1;
    config.parse_argv = config.configure_c_stdio = 0;
  } else if (kind == ConfigKind::kIsolated) {
    config.isolated = config.safe_path = 1;
    config.use_environment = config.user_site_directory = config.dev_mode = config.install_signal_handlers =
        config.use_hash_seed = config.faulthandler = config.tracemalloc = config.pathconfig_warnings =
            config.parse_argv = config.configure_c_stdio = 0;
  }
  return config;
}

namespace {
// The Py_*Flag variables and the settings they stand for; `inverted`: the flag says no.
struct FlagVariable {
  int* flag;
  int Config::*setting;
  bool inverted;
};
constexpr FlagVariable kFlagVariables[] = {
    {&Py_IsolatedFlag, &Config::isolated, false},
    {&Py_IgnoreEnvironmentFlag, &Config::use_environment, true},
    {&Py_BytesWarningFlag, &Config::bytes_warning, false},
    {&Py_InspectFlag, &Config::inspect, false},
    {&Py_InteractiveFlag, &Config::interactive, false},
    {&Py_OptimizeFlag, &Config::optimization_level, false},
    {&Py_DebugFlag, &Config::parser_debug, false},
    {&Py_VerboseFlag, &Config::verbose, false},
    {&Py_QuietFlag, &Config::quiet, false},
    {&Py_FrozenFlag, &Config::pathconfig_warnings, true},
    {&Py_UnbufferedStdioFlag, &Config::buffered_stdio, true},
    {&Py_NoSiteFlag, &Config::site_import, true},
    {&Py_DontWriteBytecodeFlag, &Config::write_bytecode, true},
    {&Py_NoUserSiteDirectory, &Config::user_site_directory, true},
};

PyStatus read_int_max_str_digits(Config& config) {
  constexpr const char* kFunction = "config_init_int_max_str_digits";
  auto check = [&](const char* text) {
    long value;
    if (!number_of(text, value) || (value != 0 && value < 640)) return false;
    config.int_max_str_digits = static_cast<int>(value);
    return true;
  };
  if (const char* text = variable(config, "PYTHONINTMAXSTRDIGITS")) {
    if (!check(text))
      return status_error(kFunction, "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.");
  }
  if (const char* option = x_option(config, "int_max_str_digits")) {
    if (!*option || !check(option + 1))
      return status_error(kFunction, "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.");
  }
  return status_ok();
}

PyStatus read_hash_seed(Config& config) {
  if (config.use_hash_seed >= 0) return status_ok();
  const char* seed = variable(config, "PYTHONHASHSEED");
  config.use_hash_seed = 0;
  if (!seed || !std::strcmp(seed, "random")) return status_ok();
  char* end;
  unsigned long value = std::strtoul(seed, &end, 10);
  if (*end || value > 0xffffffff || seed[0] == '-')
    return status_error("config_init_hash_seed",
                        "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
  config.use_hash_seed = 1;
  config.hash_seed = value;
  return status_ok();
}

PyStatus read_tracemalloc(Config& config) {
  constexpr const char* kFunction = "config_init_tracemalloc";
  if (config.tracemalloc < 0) {
    long frames;
    if (const char* text = variable(config, "PYTHONTRACEMALLOC")) {
      if (!number_of(text, frames) || frames < 0)
        return status_error(kFunction, "PYTHONTRACEMALLOC: invalid number of frames");
      config.tracemalloc = static_cast<int>(frames);
    }
    if (const char* option = x_option(config, "tracemalloc")) {
      frames = 1;
      if (*option && (!number_of(option + 1, frames) || frames < 0))
        return status_error(kFunction, "-X tracemalloc=NFRAME: invalid number of frames");
      config.tracemalloc = static_cast<int>(frames);
    }
  }
  if (config.tracemalloc < 0) config.tracemalloc = 0;
  return status_ok();
}

PyStatus read_frozen_modules(Config& config) {
  const char* option = x_option(config, "frozen_modules");
  if (!option || !*option || !std::strcmp(option, "=") || !std::strcmp(option, "=on")) {
    if (option) config.use_frozen_modules = 1;
  } else if (!std::strcmp(option, "=off")) {
    config.use_frozen_modules = 0;
  } else {
    return status_error(nullptr, "bad value for option -X frozen_modules (expected \"on\" or \"off\")");
  }
  return status_ok();
}

void read_flags(Config& config) {
  flag_variable(config, "PYTHONDEBUG", config.parser_debug);
  flag_variable(config, "PYTHONVERBOSE", config.verbose);
  flag_variable(config, "PYTHONOPTIMIZE", config.optimization_level);
  flag_variable(config, "PYTHONINSPECT", config.inspect);
  inverted_flag_variable(config, "PYTHONDONTWRITEBYTECODE", config.write_bytecode);
  inverted_flag_variable(config, "PYTHONNOUSERSITE", config.user_site_directory);
  inverted_flag_variable(config, "PYTHONUNBUFFERED", config.buffered_stdio);
  if (variable(config, "PYTHONSAFEPATH")) config.safe_path = 1;
  if (variable(config, "PYTHONMALLOCSTATS")) config.malloc_stats = 1;
  if (variable(config, "PYTHONDUMPREFS")) config.dump_refs = 1;
  if (variable(config, "PYTHONNODEBUGRANGES") || x_option(config, "no_debug_ranges")) config.code_debug_ranges = 0;
  if (x_option(config, "showrefcount")) config.show_ref_count = 1;
  if (config.faulthandler < 0 && (variable(config, "PYTHONFAULTHANDLER") || x_option(config, "faulthandler")))
    config.faulthandler = 1;
  if (variable(config, "PYTHONPROFILEIMPORTTIME") || x_option(config, "importtime")) config.import_time = 1;
  if (variable(config, "PYTHONWARNDEFAULTENCODING") || x_option(config, "warn_default_encoding"))
    config.warn_default_encoding = 1;
  if (config.dev_mode < 0 && (variable(config, "PYTHONDEVMODE") || x_option(config, "dev"))) config.dev_mode = 1;
  if (config.dev_mode < 0) config.dev_mode = 0;
  if (config.dev_mode && config.faulthandler < 0) config.faulthandler = 1;
  if (config.faulthandler < 0) config.faulthandler = 0;
  if (!config.pycache_prefix) {
    if (const char* prefix = x_option(config, "pycache_prefix")) {
      if (*prefix && prefix[1]) config.pycache_prefix = prefix + 1;
    } else {
      config.pycache_prefix = variable(config, "PYTHONPYCACHEPREFIX");
    }
  }
  if (!config.home) config.home = variable(config, "PYTHONHOME");
  if (!config.pythonpath_env) config.pythonpath_env = variable(config, "PYTHONPATH");
  if (!config.check_hash_pycs_mode) config.check_hash_pycs_mode = "default";
}

void read_stream_encoding(Config& config) {
  if (const char* given = variable(config, "PYTHONIOENCODING");
      given && (!config.stdio_encoding || !config.stdio_errors)) {
    char* encoding = ::strdup(given);
    const char* errors = nullptr;
    if (char* colon = std::strchr(encoding, ':')) {
      *colon = 0;
      if (colon[1]) errors = colon + 1;
    }
    if (*encoding) {
      if (!config.stdio_encoding) config.stdio_encoding = encoding;
      if (!errors) errors = "strict";
    }
    if (!config.stdio_errors) config.stdio_errors = errors;
  }
  bool utf8 = config.utf8_mode > 0;
  if (!config.stdio_encoding) {
    const char* codeset = utf8 ? "utf-8" : nl_langinfo(CODESET);
    config.stdio_encoding = !codeset || !*codeset || !std::strcmp(codeset, "UTF-8") ? "utf-8" : ::strdup(codeset);
  }
  if (!config.stdio_errors) {
    const char* locale = std::setlocale(LC_CTYPE, nullptr);
    bool lenient = utf8 || is_plain_locale(locale);
    for (const char* coerced : {"C.UTF-8", "C.utf8", "UTF-8"}) lenient |= locale && !std::strcmp(locale, coerced);
    config.stdio_errors = lenient ? "surrogateescape" : "strict";
  }
  if (!config.filesystem_encoding) {
    // Other encodings than these two are not supported.
    bool ascii = !utf8 && !std::strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968");
    config.filesystem_encoding = ascii ? "ascii" : "utf-8";
  }
  if (!config.filesystem_errors) config.filesystem_errors = "surrogateescape";
}

// sys.warnoptions: development mode, PYTHONWARNINGS, -W, -b, what the embedder gave.
void read_warning_options(Config& config, const TextList& from_command_line) {
  TextList options;
  auto add = [&](const char* option) {
    for (isize i = 0; i < options.size; ++i)
      if (!std::strcmp(options.items[i], option)) return;
    options.append(option);
  };
  if (config.dev_mode) add("default");
  if (const char* list = variable(config, "PYTHONWARNINGS")) {
    char* copy = ::strdup(list);
    char* state = nullptr;
    for (char* item = ::strtok_r(copy, ",", &state); item; item = ::strtok_r(nullptr, ",", &state))
      options.append(item);
    std::free(copy);
  }
  for (isize i = 0; i < from_command_line.size; ++i) options.append(from_command_line.items[i]);
  if (config.bytes_warning > 1)
    add("error::BytesWarning");
  else if (config.bytes_warning)
    add("default::BytesWarning");
  for (isize i = 0; i < config.warn_options.size; ++i) options.append(config.warn_options.items[i]);
  config.warn_options = options;
}

#define STATUS_TRY(expression)                                    \
  do {                                                            \
    if (PyStatus s_ = (expression); status_failed(s_)) return s_; \
  } while (0)

PyStatus ensure_preinitialized(const Config& config) {
  if (pre_state.done) return status_ok();
  PyPreConfig wanted;
  preconfig_defaults(wanted, config.kind);
  wanted.parse_argv = config.parse_argv;
  wanted.isolated = config.isolated;
  wanted.use_environment = config.use_environment;
  wanted.dev_mode = config.dev_mode;
  return preinitialize(wanted, config.parse_argv ? &config.argv : nullptr);
}
}  // namespace

constinit LegacySettings legacy_settings{};

namespace {
void apply_legacy_settings(Config& config) {
  const LegacySettings& l = legacy_settings;
  auto take = [](const char*& field, const char* value) {
    if (!field) field = value;
  };
  take(config.program_name, l.program_name);
  take(config.home, l.home);
  take(config.executable, l.executable);
  take(config.stdio_encoding, l.stdio_encoding);
  take(config.stdio_errors, l.stdio_errors);
  TextList warnings;
  for (const TextList* list : {&l.warn_options, static_cast<const TextList*>(&config.warn_options)})
    for (isize i = 0; i < list->size; ++i) warnings.append(list->items[i]);
  config.warn_options = warnings;
  for (isize i = 0; i < l.x_options.size; ++i) config.x_options.append(l.x_options.items[i]);
  if (!l.paths_set || config.module_search_paths_set) return;
  config.module_search_paths = l.search_paths;
  config.module_search_paths_set = 1;
  take(config.prefix, "");
  take(config.exec_prefix, "");
}
}  // namespace

namespace {
// The script's name as __file__ and tracebacks show it.
const char* absolute_path(const char* name) {
  if (name[0] == '/' || !name[0]) return name;
  char folder[4096];
  if (!getcwd(folder, sizeof(folder))) return name;
  if (name[0] == '.' && name[1] == '/') name += 2;
  usize size = std::strlen(folder) + std::strlen(name) + 2;
  char* path = static_cast<char*>(std::malloc(size));
  std::snprintf(path, size, "%s/%s", folder, name);
  return path;
}
}  // namespace

PyStatus config_read(Config& config, bool compute) {
  STATUS_TRY(ensure_preinitialized(config));
  apply_legacy_settings(config);
  if (config.kind == ConfigKind::kCompatible) {
    for (const FlagVariable& entry : kFlagVariables)
      if (config.*entry.setting < 0) config.*entry.setting = entry.inverted ? !*entry.flag : *entry.flag;
  }
  const PyPreConfig& p = preconfig();
  if (config.isolated < 0) config.isolated = p.isolated;
  if (config.use_environment < 0) config.use_environment = p.use_environment;
  if (config.dev_mode < 0 && p.dev_mode > 0) config.dev_mode = 1;
  config.utf8_mode = p.utf8_mode;
  bool no_arguments = config.argv.size == 0 || (config.argv.size == 1 && !config.argv.items[0][0]);
  if (config.orig_argv.size == 0 && !no_arguments) {
    for (isize i = 0; i < config.argv.size; ++i) config.orig_argv.append(config.argv.items[i]);
  }
  if (!config.program_name && compute) {
    bool named = config.orig_argv.size && config.orig_argv.items[0][0];
    config.program_name = named ? config.orig_argv.items[0] : "python3";
  }
  TextList warnings;
  bool random_hash = false;
  if (config.parse_argv == 1) {
    STATUS_TRY(command_line_read(config, warnings, random_hash));
    config.parse_argv = 2;
  }
  if (config.run_filename) config.run_filename = absolute_path(config.run_filename);
  if (config.argv.size == 0) config.argv.append("");
  if (config.isolated > 0) {
    config.use_environment = config.user_site_directory = 0;
    config.safe_path = 1;
  }
  STATUS_TRY(read_frozen_modules(config));
  read_flags(config);
  if (random_hash) config.use_hash_seed = 0;
  STATUS_TRY(read_hash_seed(config));
  STATUS_TRY(read_tracemalloc(config));
  STATUS_TRY(read_int_max_str_digits(config));
  read_stream_encoding(config);
  read_warning_options(config, warnings);
  if (!compute) return status_ok();
  if (!config.platlibdir) config.platlibdir = variable(config, "PYTHONPLATLIBDIR");
  if (!config.platlibdir) config.platlibdir = "lib";
  compute_paths(config);
  return status_ok();
}

void config_publish(const Config& config) {
  filesystem_is_ascii = config.filesystem_encoding && !std::strcmp(config.filesystem_encoding, "ascii");
  Py_FileSystemDefaultEncoding = filesystem_is_ascii ? "ascii" : "utf-8";
  for (const FlagVariable& entry : kFlagVariables)
    if (config.*entry.setting >= 0) *entry.flag = entry.inverted ? !(config.*entry.setting) : config.*entry.setting;
  if (config.utf8_mode >= 0) Py_UTF8Mode = config.utf8_mode;
  Py_HashRandomizationFlag = config.use_hash_seed <= 0 || config.hash_seed != 0;
  pre_state.config.isolated = config.isolated;
  pre_state.config.use_environment = config.use_environment;
  pre_state.config.dev_mode = config.dev_mode;
  if (!config.configure_c_stdio) return;
  if (!config.buffered_stdio) {
    for (std::FILE* stream : {stdin, stdout, stderr}) std::setvbuf(stream, nullptr, _IONBF, BUFSIZ);
  } else if (config.interactive) {
    for (std::FILE* stream : {stdin, stdout}) std::setvbuf(stream, nullptr, _IOLBF, BUFSIZ);
  }
}

Result<void> config_replace(Config& config) {
  PyStatus status = config_read(config);
  if (status_failed(status)) return raise(ValueError, "%s", status.err_msg ? status.err_msg : "exit");
  Interpreter* self = interpreter();
  Config* old = std::exchange(self->config, new Config(config));
  delete old;
  config_publish(config);
  Ref<Object> sys = TRY(import_get_module(id::sys));
  return sys ? sys_module::add_configuration(as<Module>(sys.get())) : Result<void>();
}

// == Status ==

void status_leave(const PyStatus& status) {
  if (status._type == PyStatus::kExit) std::exit(status.exitcode);
  std::fflush(stdout);
  const char* message = status.err_msg ? status.err_msg : "<message not set>";
  if (status.func)
    std::fprintf(stderr, "Fatal Python error: %s: %s\n", status.func, message);
  else
    std::fprintf(stderr, "Fatal Python error: %s\n", message);
  const char* state = main_interpreter.finalizing    ? "finalizing"
                      : main_interpreter.initialized ? "initialized"
                      : main_interpreter.modules     ? "core initialized"
                      : pre_state.done               ? "preinitialized"
                      : pre_state.running            ? "preinitializing"
                                                     : "unknown";
  std::fprintf(stderr, "Python runtime state: %s\n", state);
  if (current_thread_ && error_occurred()) {
    Ref<Object> exception = error_take();
    error_display(nullptr, exception);
  }
  std::fputs("\n", stderr);
  std::exit(1);
}

// == Text ==

namespace {
// The conversions give PyMem_RawMalloc's memory, which programs may replace between two calls; what is kept here is
// malloc's.
template <class T>
T* as_malloc(T* text, usize length) {
  usize size = (length + 1) * sizeof(T);
  T* copy = static_cast<T*>(std::malloc(size));
  if (copy) std::memcpy(copy, text, size);
  PyMem_RawFree(text);
  return copy;
}
}  // namespace

wchar_t* locale_decode(const char* text, usize* length) {
  wchar_t* out;
  usize size;
  const char* reason;
  TextStatus status = text_decode_locale(text, &out, &size, &reason, false, TextErrors::kSurrogateEscape);
  if (status != kTextDone) return nullptr;
  if (length) *length = size;
  return as_malloc(out, size);
}

// What the locale cannot say goes as UTF-8.
char* locale_encode(const wchar_t* text) {
  char* out;
  usize position;
  const char* reason;
  TextStatus status = text_encode_locale(text, &out, &position, &reason, true, false, TextErrors::kSurrogateEscape);
  if (status == kTextInvalid)
    status = text_encode_utf8(text, &out, &position, &reason, true, TextErrors::kSurrogateEscape);
  return status == kTextDone ? as_malloc(out, std::strlen(out)) : nullptr;
}
}  // namespace adder
