// config: what the command line, the environment and the embedder decide before start-up (PEP 587's fields).
//
// Start-up   A Config is made by config_defaults(), changed by whoever embeds, completed by config_read() (command line, environment,
//            Py_*Flag variables, paths) and given to runtime_initialize(). See runtime/configure.h.
#pragma once
#include "base/config.h"

namespace adder {
// A growing array of C strings (owned, malloc).
struct TextList {
  char** items = nullptr;
  isize size = 0;
  void append(const char* text);
};

// Who configures: Py_Initialize() (which asks the Py_*Flag variables), `python3`, or a program that wants nothing from outside.
enum class ConfigKind : int { kCompatible = 1, kPython = 2, kIsolated = 3 };

// Flags have sys.flags' meaning; -1: not decided yet. Strings are in the locale's encoding (undecodable bytes stay as they are), live
// to the end of the process, and may be null. Defaults are those of `python3`.
struct Config {
  ConfigKind kind = ConfigKind::kPython;
  int isolated = 0, use_environment = 1, dev_mode = -1, utf8_mode = -1, safe_path = 0;
  int install_signal_handlers = 1, use_hash_seed = -1;
  u64 hash_seed = 0;
  int faulthandler = -1, tracemalloc = -1, import_time = 0, code_debug_ranges = 1, show_ref_count = 0, dump_refs = 0, malloc_stats = 0;
  int parse_argv = 1;  // 2: done
  int site_import = 1, bytes_warning = 0, warn_default_encoding = 0, inspect = 0, interactive = 0, optimization_level = 0,
      parser_debug = 0, write_bytecode = 1, verbose = 0, quiet = 0, user_site_directory = 1, configure_c_stdio = 1,
      buffered_stdio = 1, skip_source_first_line = 0, int_max_str_digits = -1;  // -1: the default limit
  int use_frozen_modules = 1, pathconfig_warnings = 1, module_search_paths_set = 0;
  int install_importlib = 1, init_main = 1, isolated_interpreter = 0, is_python_build = 0;
  const char *stdio_encoding = nullptr, *stdio_errors = nullptr, *check_hash_pycs_mode = nullptr, *pycache_prefix = nullptr;
  const char *filesystem_encoding = nullptr, *filesystem_errors = nullptr, *dump_refs_file = nullptr;
  const char *program_name = nullptr, *executable = nullptr, *home = nullptr, *prefix = nullptr, *base_prefix = nullptr,
             *exec_prefix = nullptr, *base_exec_prefix = nullptr, *base_executable = nullptr, *platlibdir = nullptr,
             *stdlib_dir = nullptr;
  const char *run_command = nullptr, *run_module = nullptr, *run_filename = nullptr;
  const char* pythonpath_env = nullptr;
  TextList argv, orig_argv, warn_options, x_options, module_search_paths;
};
}  // namespace adder
