// options: Python 3.11's command line and environment variables.
#include "cli/options.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <initializer_list>

namespace adder {
namespace sys_module {
const char* version_text();  // modules/sys/sys_info.cpp
}
namespace cli {
namespace {
constexpr const char* kShortOptions = "bBc:dEhiIJm:OPqRsStuvVW:xX:?";

// Takes one option after another: letters in groups, "-c cmd" and "-ccmd", long options.
class OptionReader {
 public:
  OptionReader(int argc, char** argv) : argc_(argc), argv_(argv) {}
  // The next option letter; 0 at the end; '_' for an error that is printed. Long options: 256 + n.
  int next() {
    if (!group_ || !*group_) {
      if (index_ >= argc_) return 0;
      const char* word = argv_[index_];
      if (word[0] != '-' || !word[1]) return 0;
      ++index_;
      if (!std::strcmp(word, "--")) return 0;
      if (word[1] == '-') return long_option(word + 2);
      group_ = word + 1;
    }
    int letter = *group_++;
    const char* known = std::strchr(kShortOptions, letter);
    if (!known || letter == ':' || letter == 'J') {
      if (letter == 'J') std::fputs("-J is reserved for Jython\n", stderr);
      else std::fprintf(stderr, "Unknown option: -%c\n", letter);
      return '_';
    }
    if (known[1] != ':') return letter;
    if (*group_) {
      argument = group_;
    } else if (index_ < argc_) {
      argument = argv_[index_++];
    } else {
      std::fprintf(stderr, "Argument expected for the -%c option\n", letter);
      return '_';
    }
    group_ = nullptr;
    return letter;
  }
  int index() const { return index_; }
  const char* argument = nullptr;

 private:
  int long_option(const char* name) {
    static const char* const names[] = {"help", "version", "help-env", "help-xoptions", "help-all", "check-hash-based-pycs"};
    for (int i = 0; i < 6; ++i) {
      if (std::strcmp(name, names[i])) continue;
      if (i != 5) return 256 + i;
      if (index_ >= argc_) {
        std::fprintf(stderr, "Argument expected for the --%s option\n", name);
        return '_';
      }
      argument = argv_[index_++];
      return 256 + i;
    }
    std::fprintf(stderr, "unknown option --%s\n", name);
    return '_';
  }
  int argc_, index_ = 1;
  char** argv_;
  const char* group_ = nullptr;
};

[[noreturn]] void fatal_configuration(const char* function, const char* message, const char* state = "preinitialized") {
  std::fprintf(stderr, "Fatal Python error: %s: %s\nPython runtime state: %s\n\n", function, message, state);
  std::exit(1);
}

const char* variable(const Config& config, const char* name) {
  if (!config.use_environment) return nullptr;
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}
// A flag: its number, at least 1 for a text that is none.
void flag_variable(const Config& config, const char* name, int& flag) {
  const char* value = variable(config, name);
  if (!value) return;
  char* end;
  long number = std::strtol(value, &end, 10);
  if (*end || number < 0) number = 1;
  if (flag < number) flag = static_cast<int>(number);
}

// The script's name as __file__ and tracebacks show it.
const char* absolute(const char* name) {
  if (name[0] == '/' || !name[0]) return name;
  char folder[4096];
  if (!getcwd(folder, sizeof(folder))) return name;
  if (name[0] == '.' && name[1] == '/') name += 2;
  usize size = std::strlen(folder) + std::strlen(name) + 2;
  char* path = static_cast<char*>(std::malloc(size));
  std::snprintf(path, size, "%s/%s", folder, name);
  return path;
}

const char* x_option(const Config& config, const char* name) {
  usize size = std::strlen(name);
  const char* found = nullptr;
  for (isize i = 0; i < config.x_options.size; ++i) {
    const char* option = config.x_options.items[i];
    if (!std::strncmp(option, name, size) && (!option[size] || option[size] == '=')) found = option + size;
  }
  return found;  // "" or "=value"
}

void int_max_str_digits(Config& config) {
  const char* source = nullptr;
  const char* text = nullptr;
  if (const char* option = x_option(config, "int_max_str_digits")) source = "-X int_max_str_digits", text = *option ? option + 1 : "";
  else if ((text = variable(config, "PYTHONINTMAXSTRDIGITS"))) source = "PYTHONINTMAXSTRDIGITS";
  if (!source) return;
  char* end;
  long value = std::strtol(text, &end, 10);
  if (!*text || *end || (value != 0 && value < 640) || value > 0x7fffffff) {
    char message[200];
    std::snprintf(message, sizeof(message), "%s: invalid limit; must be >= 640 or 0 for unlimited.", source);
    fatal_configuration("config_init_int_max_str_digits", message);
  }
  config.int_max_str_digits = static_cast<int>(value);
}

void utf8_mode(Config& config) {
  if (const char* option = x_option(config, "utf8")) {
    if (!*option || !std::strcmp(option, "=1")) config.utf8_mode = 1;
    else if (!std::strcmp(option, "=0")) config.utf8_mode = 0;
    else fatal_configuration("preconfig_init_utf8_mode", "invalid -X utf8 option value", "preinitializing");
  } else if (const char* value = variable(config, "PYTHONUTF8")) {
    if (!std::strcmp(value, "1")) config.utf8_mode = 1;
    else if (!std::strcmp(value, "0")) config.utf8_mode = 0;
    else fatal_configuration("preconfig_init_utf8_mode", "invalid PYTHONUTF8 environment variable value", "preinitializing");
  }
  // PEP 538 and 540: the C locale means UTF-8 mode, after an attempt to coerce it.
  const char* locale = std::setlocale(LC_CTYPE, "");
  if (!locale) locale = std::setlocale(LC_CTYPE, "C");
  bool plain = locale && (!std::strcmp(locale, "C") || !std::strcmp(locale, "POSIX"));
  if (plain && config.utf8_mode < 0) {
    const char* coerce = config.use_environment ? std::getenv("PYTHONCOERCECLOCALE") : nullptr;
    const char* all = std::getenv("LC_ALL");
    config.utf8_mode = 1;
    if (!(coerce && !std::strcmp(coerce, "0")) && !(all && *all) && !config.isolated) {
      for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
        if (!std::setlocale(LC_CTYPE, target)) continue;
        setenv("LC_CTYPE", target, 1);
        if (coerce && !std::strcmp(coerce, "warn"))
          std::fprintf(stderr, "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 to "
                               "disable this locale coercion behavior).\n", target);
        config.utf8_mode = x_option(config, "utf8") || variable(config, "PYTHONUTF8") ? 1 : 0;
        break;
      }
    }
  }
  if (config.utf8_mode < 0) config.utf8_mode = 0;
}

void environment(Config& config) {
  flag_variable(config, "PYTHONDEBUG", config.parser_debug);
  flag_variable(config, "PYTHONVERBOSE", config.verbose);
  flag_variable(config, "PYTHONOPTIMIZE", config.optimization_level);
  flag_variable(config, "PYTHONINSPECT", config.inspect);
  int flag = 0;
  flag_variable(config, "PYTHONDONTWRITEBYTECODE", flag);
  if (flag) config.write_bytecode = 0;
  flag = 0;
  flag_variable(config, "PYTHONNOUSERSITE", flag);
  if (flag) config.user_site_directory = 0;
  flag = 0;
  flag_variable(config, "PYTHONUNBUFFERED", flag);
  if (flag) config.buffered_stdio = 0;
  if (variable(config, "PYTHONSAFEPATH")) config.safe_path = 1;
  if (variable(config, "PYTHONFAULTHANDLER") || x_option(config, "faulthandler")) config.faulthandler = 1;
  if (variable(config, "PYTHONPROFILEIMPORTTIME") || x_option(config, "importtime")) config.import_time = 1;
  if (variable(config, "PYTHONWARNDEFAULTENCODING") || x_option(config, "warn_default_encoding")) config.warn_default_encoding = 1;
  if (variable(config, "PYTHONDEVMODE") || x_option(config, "dev")) config.dev_mode = 1;
  if (config.dev_mode) config.faulthandler = 1;
  if (const char* trace = x_option(config, "tracemalloc")) config.tracemalloc = *trace ? std::atoi(trace + 1) : 1;
  else if (const char* frames = variable(config, "PYTHONTRACEMALLOC")) config.tracemalloc = std::atoi(frames);
  if (const char* prefix = x_option(config, "pycache_prefix")) config.pycache_prefix = *prefix && prefix[1] ? prefix + 1 : nullptr;
  else config.pycache_prefix = variable(config, "PYTHONPYCACHEPREFIX");
  if (const char* folder = variable(config, "PYTHONPLATLIBDIR")) config.platlibdir = folder;
  if (const char* seed = variable(config, "PYTHONHASHSEED"); seed && std::strcmp(seed, "random")) {
    char* end;
    unsigned long value = std::strtoul(seed, &end, 10);
    if (*end || value > 0xffffffff || seed[0] == '-')
      fatal_configuration("config_init_hash_seed", "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
    config.use_hash_seed = 1;
    config.hash_seed = value;
  }
  if (const char* encoding = variable(config, "PYTHONIOENCODING")) {
    char* copy = ::strdup(encoding);
    if (char* colon = std::strchr(copy, ':')) {
      *colon = 0;
      if (colon[1]) config.stdio_errors = colon + 1;
      if (*copy && !config.stdio_errors) config.stdio_errors = "strict";
    } else {
      config.stdio_errors = "strict";
    }
    if (*copy) config.stdio_encoding = copy;
  }
  int_max_str_digits(config);
}

// sys.warnoptions: dev mode, PYTHONWARNINGS, -W, -b.
void warning_options(Config& config, const TextList& from_command_line) {
  if (config.dev_mode) config.warn_options.append("default");
  if (const char* list = variable(config, "PYTHONWARNINGS")) {
    char* copy = ::strdup(list);
    char* state = nullptr;
    for (char* item = ::strtok_r(copy, ",", &state); item; item = ::strtok_r(nullptr, ",", &state)) config.warn_options.append(item);
    std::free(copy);
  }
  for (isize i = 0; i < from_command_line.size; ++i) config.warn_options.append(from_command_line.items[i]);
  if (config.bytes_warning > 1) config.warn_options.append("error::BytesWarning");
  else if (config.bytes_warning) config.warn_options.append("default::BytesWarning");
}
}  // namespace

int parse_command_line(int argc, char** argv, Config& config) {
  config.program_name = argc > 0 ? argv[0] : "python3";
  for (int i = 0; i < argc; ++i) config.orig_argv.append(argv[i]);
  OptionReader options(argc, argv);
  TextList warnings;
  bool random_hash = false;
  int print_version = 0;
  bool help = false, help_environment = false, help_x = false, help_all = false;
  while (int option = options.next()) {
    switch (option) {
      case 'c': {
        usize size = std::strlen(options.argument);
        char* text = static_cast<char*>(std::malloc(size + 2));
        std::memcpy(text, options.argument, size);
        std::memcpy(text + size, "\n", 2);
        config.run_command = text;
        break;
      }
      case 'm': config.run_module = options.argument; break;
      case 'b': ++config.bytes_warning; break;
      case 'd': ++config.parser_debug; break;
      case 'i': ++config.inspect, ++config.interactive; break;
      case 'E': config.use_environment = 0; break;
      case 'I': config.isolated = 1, config.use_environment = 0, config.user_site_directory = 0, config.safe_path = 1; break;
      case 'O': ++config.optimization_level; break;
      case 'P': config.safe_path = 1; break;
      case 'B': config.write_bytecode = 0; break;
      case 's': config.user_site_directory = 0; break;
      case 'S': config.site_import = 0; break;
      case 't': break;
      case 'R': random_hash = true; break;
      case 'u': config.buffered_stdio = 0; break;
      case 'v': ++config.verbose; break;
      case 'x': config.skip_source_first_line = 1; break;
      case 'q': ++config.quiet; break;
      case 'V': case 257: ++print_version; break;
      case 'h': case '?': case 256: help = true; break;
      case 258: help_environment = true; break;
      case 259: help_x = true; break;
      case 260: help_all = true; break;
      case 'W': warnings.append(options.argument); break;
      case 'X': config.x_options.append(options.argument); break;
      case 261:
        if (std::strcmp(options.argument, "always") && std::strcmp(options.argument, "never") && std::strcmp(options.argument, "default")) {
          std::fputs("--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n", stderr);
          print_usage(config.program_name, true);
          return 2;
        }
        config.check_hash_pycs_mode = options.argument;
        break;
      default:
        print_usage(config.program_name, true);
        return 2;
    }
    if (config.run_command || config.run_module) break;
  }
  if (help || help_all) print_help(config.program_name);
  if (help_environment || help_all) print_help_environment();
  if (help_x || help_all) print_help_xoptions();
  if (help || help_all || help_environment || help_x) return 0;
  if (print_version) {
    if (print_version > 1) std::printf("Python %s\n", sys_module::version_text());
    else std::puts("Python 3.11.2");
    return 0;
  }
  int index = options.index();
  if (!config.run_command && !config.run_module && index < argc && std::strcmp(argv[index], "-")) config.run_filename = absolute(argv[index]);
  config.argv.append(config.run_command ? "-c" : config.run_module ? "-m" : index < argc ? argv[index] : "");
  if (!config.run_command && !config.run_module) ++index;
  for (; index < argc; ++index) config.argv.append(argv[index]);
  environment(config);
  if (random_hash) config.use_hash_seed = 0;
  utf8_mode(config);
  warning_options(config, warnings);
  return -1;
}
}  // namespace cli
}  // namespace adder
