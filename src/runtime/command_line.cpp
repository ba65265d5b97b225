// command_line: Python 3.11's command line.
#include "runtime/command_line.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>

namespace adder {
namespace sys_module {
const char* version_text();  // modules/sys/sys_info.cpp
}
namespace {
constexpr const char* kShortOptions = "bBc:dEhiIJm:OPqRsStuvVW:xX:?";

// Takes one option after another: letters in groups, "-c cmd" and "-ccmd", long options.
class OptionReader {
 public:
  explicit OptionReader(const TextList& argv, bool quiet = false)
      : argc_(static_cast<int>(argv.size)), quiet_(quiet), argv_(argv.items) {}
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
      if (letter == 'J')
        complain("-J is reserved for Jython\n", "");
      else
        complain("Unknown option: -%s\n", std::string_view(group_ - 1, 1));
      return '_';
    }
    if (known[1] != ':') return letter;
    if (*group_) {
      argument = group_;
    } else if (index_ < argc_) {
      argument = argv_[index_++];
    } else {
      complain("Argument expected for the -%s option\n", std::string_view(group_ - 1, 1));
      return '_';
    }
    group_ = nullptr;
    return letter;
  }
  int index() const { return index_; }
  const char* argument = nullptr;

 private:
  void complain(const char* format, std::string_view what) const {
    char text[200];
    std::snprintf(text, sizeof text, "%.*s", static_cast<int>(what.size()), what.data());
    if (!quiet_) std::fprintf(stderr, format, text);
  }
  int long_option(const char* name) {
    static const char* const names[] = {"help",          "version",  "help-env",
                                        "help-xoptions", "help-all", "check-hash-based-pycs"};
    for (int i = 0; i < 6; ++i) {
      if (std::strcmp(name, names[i])) continue;
      if (i != 5) return 256 + i;
      if (index_ >= argc_) {
        complain("Argument expected for the --%s option\n", name);
        return '_';
      }
      argument = argv_[index_++];
      return 256 + i;
    }
    complain("unknown option --%s\n", name);
    return '_';
  }
  int argc_, index_ = 1;
  bool quiet_;
  char** argv_;
  const char* group_ = nullptr;
};

}  // namespace

EarlyOptions command_line_peek(const TextList& argv) {
  EarlyOptions found;
  OptionReader options(argv, true);
  while (int option = options.next()) {
    if (option == 'E')
      found.ignore_environment = true;
    else if (option == 'I')
      found.isolated = true;
    else if (option == 'X')
      found.x_options.append(options.argument);
    else if (option == 'c' || option == 'm')
      break;
  }
  return found;
}

PyStatus command_line_read(Config& config, TextList& warnings, bool& random_hash) {
  OptionReader options(config.argv);
  const char* program = config.argv.size ? config.argv.items[0] : "python3";
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
      case 'm':
        config.run_module = options.argument;
        break;
      case 'b':
        ++config.bytes_warning;
        break;
      case 'd':
        ++config.parser_debug;
        break;
      case 'i':
        ++config.inspect, ++config.interactive;
        break;
      case 'E':
        config.use_environment = 0;
        break;
      case 'I':
        config.isolated = 1;
        break;
      case 'O':
        ++config.optimization_level;
        break;
      case 'P':
        config.safe_path = 1;
        break;
      case 'B':
        config.write_bytecode = 0;
        break;
      case 's':
        config.user_site_directory = 0;
        break;
      case 'S':
        config.site_import = 0;
        break;
      case 't':
        break;
      case 'R':
        random_hash = true;
        break;
      case 'u':
        config.buffered_stdio = 0;
        break;
      case 'v':
        ++config.verbose;
        break;
      case 'x':
        config.skip_source_first_line = 1;
        break;
      case 'q':
        ++config.quiet;
        break;
      case 'V':
      case 257:
        ++print_version;
        break;
      case 'h':
      case '?':
      case 256:
        help = true;
        break;
      case 258:
        help_environment = true;
        break;
      case 259:
        help_x = true;
        break;
      case 260:
        help_all = true;
        break;
      case 'W':
        warnings.append(options.argument);
        break;
      case 'X':
        config.x_options.append(options.argument);
        break;
      case 261:
        if (std::strcmp(options.argument, "always") && std::strcmp(options.argument, "never") &&
            std::strcmp(options.argument, "default")) {
          std::fputs("--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n", stderr);
          print_usage(program, true);
          return status_exit(2);
        }
        config.check_hash_pycs_mode = options.argument;
        break;
      default:
        print_usage(program, true);
        return status_exit(2);
    }
    if (config.run_command || config.run_module) break;
  }
  if (help || help_all) print_help(program);
  if (help_environment || help_all) print_help_environment();
  if (help_x || help_all) print_help_xoptions();
  if (help || help_all || help_environment || help_x) return status_exit(0);
  if (print_version) {
    if (print_version > 1)
      std::printf("Python %s\n", sys_module::version_text());
    else
      std::puts("Python 3.11.2");
    return status_exit(0);
  }
  int index = options.index();
  char** words = config.argv.items;
  int count = static_cast<int>(config.argv.size);
  bool has_file = !config.run_command && !config.run_module && !config.run_filename && index < count;
  if (has_file && std::strcmp(words[index], "-")) config.run_filename = words[index];
  TextList rest;
  rest.append(config.run_command ? "-c" : config.run_module ? "-m" : index < count ? words[index] : "");
  if (!config.run_command && !config.run_module) ++index;
  for (; index < count; ++index) rest.append(words[index]);
  config.argv = rest;
  return status_ok();
}
}  // namespace adder
