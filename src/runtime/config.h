// config: what the command line, the environment and the embedder decide before start-up (PEP 587's fields that we use).
#pragma once
#include "base/config.h"

namespace adder {
// A growing array of C strings (owned, malloc).
struct TextList {
  char** items = nullptr;
  isize size = 0;
  void append(const char* text);
};

// Flags have sys.flags' meaning. Strings are UTF-8 (surrogateescape bytes) or null.
struct Config {
  int isolated = 0, use_environment = 1, dev_mode = 0, utf8_mode = -1, safe_path = 0;
  int install_signal_handlers = 1, use_hash_seed = 0;
  u64 hash_seed = 0;
  int faulthandler = 0, tracemalloc = 0, import_time = 0, show_ref_count = 0;
  int site_import = 1, bytes_warning = 0, warn_default_encoding = 0, inspect = 0, interactive = 0, optimization_level = 0,
      parser_debug = 0, write_bytecode = 1, verbose = 0, quiet = 0, user_site_directory = 1, configure_c_stdio = 0,
      buffered_stdio = 1, skip_source_first_line = 0, int_max_str_digits = -1;  // -1: the default limit
  const char *stdio_encoding = nullptr, *stdio_errors = nullptr, *check_hash_pycs_mode = "default", *pycache_prefix = nullptr;
  const char *program_name = nullptr, *executable = nullptr, *home = nullptr, *prefix = nullptr, *base_prefix = nullptr,
             *exec_prefix = nullptr, *base_executable = nullptr, *platlibdir = "lib", *stdlib_dir = nullptr;
  const char *run_command = nullptr, *run_module = nullptr, *run_filename = nullptr;
  const char* pythonpath_env = nullptr;
  TextList argv, orig_argv, warn_options, x_options, module_search_paths;
};
}  // namespace adder
