// run: runs programs: strings, files, standard input, dialogues, as PyRun_* do.
#pragma once
#include <cstdio>
#include <string_view>

#include "object/protocol.h"

namespace adder {
// Compiles and runs text (Py_file_input, Py_eval_input, Py_single_input) in the given namespaces.
Result<Object> run_string(std::string_view source, Str* filename, int start, Dict* globals, Object* locals,
                          PyCompilerFlags* flags = nullptr);
// The same for what is left of an open file, which is closed before it runs if `close`.
Result<Object> run_file(std::FILE* file, Str* filename, int start, Dict* globals, Object* locals, bool close,
                        PyCompilerFlags* flags);
// Runs an open file in __main__, with __file__ and __loader__ while it runs; one named *.pyc as compiled code.
Result<void> run_simple_file(std::FILE* file, Str* filename, bool close, PyCompilerFlags* flags);
// The dialogue with sys.ps1 and sys.ps2; ends with the input. Gives 0, or an exit status.
int run_interactive(std::FILE* input, Str* filename, PyCompilerFlags* flags);
// One statement of it. False at the end of the input.
Result<bool> run_interactive_once(std::FILE* input, Str* filename, PyCompilerFlags* flags);
// __main__.__dict__, borrowed.
Result<Object> main_dict();
}  // namespace adder
