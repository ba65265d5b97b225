// compiler: from source or tree to code objects.
//
// The code is CPython 3.10's, byte for byte, with new instructions for what Python 3.11 added (docs/bytecode.md); the
// errors
// are CPython 3.11's.
#pragma once
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "compiler/symtable.h"
#include "parser/ast_nodes.h"

namespace adder {
// Flags that come in and go out: PyCF_* and CO_FUTURE_*; what the source's own future statements add is merged in.
using CompilerFlags = PyCompilerFlags;

// Compiles a tree, which is rewritten on the way (constants are folded) and may be thrown away afterwards. `flags` may
// be null; `optimize` is 0, 1, 2 or -1 for the interpreter's level. SyntaxError, RecursionError.
Result<Code> compile_ast(ast::Mod* mod, Str* filename, CompilerFlags* flags, int optimize, Arena& arena);
// Parses (start: Py_file_input, Py_eval_input or Py_single_input) and compiles. `source` is UTF-8, or bytes with an
// encoding declaration unless PyCF_IGNORE_COOKIE is set.
Result<Code> compile_source(std::string_view source, Str* filename, int start, CompilerFlags* flags = nullptr,
                            int optimize = -1);
// Fills `table` from a tree: future statements are looked at, nothing is folded.
Result<void> symtable_build(ast::Mod* mod, Str* filename, SymbolTable& table);
// The CO_FUTURE_* flags of the future statements at the head of a module, and the line of the last of them (0: none).
struct Future {
  int features = 0;
  int last_line = 0;
};
Result<void> find_future_features(ast::Mod* mod, Str* filename, Future& future);
}  // namespace adder
