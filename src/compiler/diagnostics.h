// diagnostics: the syntax errors and warnings that the symbol table and the code generator find.
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "parser/ast_nodes.h"

namespace adder {
// SyntaxError at a place in a file: filename, line, column (from 1), the text of the line if the file can be read, end
// (end_col_offset -1: unknown).
// The format is raise()'s.
Error raise_syntax_error(Str* filename, const ast::Position& at, const char* format, ...);
// SyntaxWarning; if the warning filters make it an exception, that becomes a SyntaxError at the place.
Result<void> warn_syntax(Str* filename, const ast::Position& at, const char* format, ...);
// Line `line` of the file, or absent if there is no such file or line.
Maybe<Object> program_text(Str* filename, int line);

// The name as it is in the compiled code, interned: `__spam` inside class Ham (`class_name`, may be null) is
// `_Ham__spam` (language reference, 6.2.1).
Result<Str> mangle_name(Str* class_name, Str* name);

// Bounds the recursion over a tree: RecursionError "maximum recursion depth exceeded during compilation" beyond three
// times what sys.getrecursionlimit() leaves.
class NestingLimit {
 public:
  NestingLimit();
  Result<void> enter();
  void leave() { --depth_; }

 private:
  int depth_ = 0;
  int limit_;
};
class NestingLevel {
 public:
  explicit NestingLevel(NestingLimit& limit) : limit_(limit) {}
  ~NestingLevel() { limit_.leave(); }
  NestingLevel(const NestingLevel&) = delete;

 private:
  NestingLimit& limit_;
};
}  // namespace adder
