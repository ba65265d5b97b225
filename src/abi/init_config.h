// init_config: the structs of PEP 587 (cpython/initconfig.h): how an embedding program says what it wants.
#pragma once
#include <cstddef>

#include "base/config.h"

extern "C" {
struct PyStatus {
  enum { kOk = 0, kError = 1, kExit = 2 } _type;
  const char* func;
  const char* err_msg;
  int exitcode;
};
struct PyWideStringList {
  adder::isize length;
  wchar_t** items;
};
struct PyPreConfig {
  int _config_init, parse_argv, isolated, use_environment, configure_locale, coerce_c_locale, coerce_c_locale_warn,
      utf8_mode, dev_mode, allocator;
};
struct PyConfig {
  int _config_init;
  int isolated, use_environment, dev_mode, install_signal_handlers, use_hash_seed;
  unsigned long hash_seed;
  int faulthandler, tracemalloc, import_time, code_debug_ranges, show_ref_count, dump_refs;
  wchar_t* dump_refs_file;
  int malloc_stats;
  wchar_t *filesystem_encoding, *filesystem_errors, *pycache_prefix;
  int parse_argv;
  PyWideStringList orig_argv, argv, xoptions, warnoptions;
  int site_import, bytes_warning, warn_default_encoding, inspect, interactive, optimization_level, parser_debug,
      write_bytecode, verbose, quiet, user_site_directory, configure_c_stdio, buffered_stdio;
  wchar_t *stdio_encoding, *stdio_errors, *check_hash_pycs_mode;
  int use_frozen_modules, safe_path, pathconfig_warnings;
  wchar_t *program_name, *pythonpath_env, *home, *platlibdir;
  int module_search_paths_set;
  PyWideStringList module_search_paths;
  wchar_t *stdlib_dir, *executable, *base_executable, *prefix, *base_prefix, *exec_prefix, *base_exec_prefix;
  int skip_source_first_line;
  wchar_t *run_command, *run_module, *run_filename;
  int _install_importlib, _init_main, _isolated_interpreter, _is_python_build;
};
struct _PyArgv {
  adder::isize argc;
  int use_bytes_argv;
  char* const* bytes_argv;
  wchar_t* const* wchar_argv;
};
}
static_assert(sizeof(PyStatus) == 32 && sizeof(PyPreConfig) == 40 && sizeof(PyConfig) == 424);
