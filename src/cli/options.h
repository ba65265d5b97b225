// options: the command line and the PYTHON* variables.
#pragma once
#include "runtime/config.h"

namespace adder::cli {
// Fills `config` from argv and the environment. Gives -1 to go on, or an exit status (help, version, wrong usage: printed).
int parse_command_line(int argc, char** argv, Config& config);
// Texts of --help, --help-env, --help-xoptions.
void print_usage(const char* program, bool to_stderr);
void print_help(const char* program);
void print_help_environment();
void print_help_xoptions();
}  // namespace adder::cli
