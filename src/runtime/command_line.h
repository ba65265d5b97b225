// command_line: Python 3.11's command line.
#pragma once
#include "runtime/configure.h"

namespace adder {
// Options that locale and UTF-8 mode depend on.
struct EarlyOptions {
  bool isolated = false, ignore_environment = false;
  TextList x_options;
};
EarlyOptions command_line_peek(const TextList& argv);
// Fills `config` from config.argv, which loses the options. `warnings` gets what -W gave.
PyStatus command_line_read(Config& config, TextList& warnings, bool& random_hash);
// Texts of --help, --help-env, --help-xoptions.
void print_usage(const char* program, bool to_stderr);
void print_help(const char* program);
void print_help_environment();
void print_help_xoptions();
}  // namespace adder
