// run: runs programs: strings, files, standard input, dialogues, as PyRun_* do.
#pragma once
#include <string_view>

#include "object/protocol.h"

namespace adder {
// Compiles and runs text (Py_file_input, Py_eval_input, Py_single_input) in the given namespaces.
Result<Object> run_string(std::string_view source, Str* filename, int start, Dict* globals, Object* locals,
                          PyCompilerFlags* flags = nullptr);
// The dialogue on standard input with sys.ps1 and sys.ps2; ends with the input. Gives 0, or an exit status.
int run_interactive(PyCompilerFlags* flags);
// __main__.__dict__, borrowed.
Result<Object> main_dict();
}  // namespace adder
