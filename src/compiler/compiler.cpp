// compiler: the phases in order: future statements, constant folding, symbol table, code generation.
// See        docs/compiler.md
#include "compiler/compiler.h"

#include "compiler/codegen.h"
#include "compiler/optimizer.h"
#include "parser/parser.h"
#include "runtime/runtime.h"
#include "types/code.h"

namespace adder {
Result<Code> compile_ast(ast::Mod* mod, Str* filename, CompilerFlags* flags, int optimize, Arena& arena) {
  Future future;
  TRY(find_future_features(mod, filename, future));
  int merged = future.features | (flags ? flags->cf_flags : 0);
  future.features = merged & PyCF_MASK;
  if (flags) flags->cf_flags = merged;
  int level = optimize < 0 ? interpreter()->optimize : optimize;
  TRY(optimize_ast(mod, arena, level, future.features));
  SymbolTable table(filename, future.features);
  TRY(table.build(mod));
  return CodeGenerator(table, filename, merged, future, level).run(mod);
}

Result<Code> compile_source(std::string_view source, Str* filename, int start, CompilerFlags* flags, int optimize) {
  int bits = flags ? flags->cf_flags : 0;
  ParserFlags parser_flags;
  parser_flags.type_comments = bits & PyCF_TYPE_COMMENTS;
  parser_flags.ignore_cookie = bits & PyCF_IGNORE_COOKIE;
  parser_flags.dont_imply_dedent = bits & PyCF_DONT_IMPLY_DEDENT;
  parser_flags.allow_incomplete = bits & PyCF_ALLOW_INCOMPLETE_INPUT;
  parser_flags.barry_as_bdfl = bits & CO_FUTURE_BARRY_AS_BDFL;
  ParseMode mode = start == Py_eval_input     ? ParseMode::Eval
                   : start == Py_single_input ? ParseMode::Single
                                              : ParseMode::Exec;
  Arena arena;
  ast::Mod* mod = parse_string(source, filename, mode, parser_flags, arena);
  if (!mod) return Error{};
  return compile_ast(mod, filename, flags, optimize, arena);
}

Result<void> symtable_build(ast::Mod* mod, Str* filename, SymbolTable& table) {
  Future future;
  TRY(find_future_features(mod, filename, future));
  table.set_future_flags(future.features);
  return table.build(mod);
}
}  // namespace adder
