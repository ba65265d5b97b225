// parser: Python 3.11 source to the abstract syntax tree, and the tree to and from Python's `ast` objects.
//
// See        docs/parser.md
#pragma once
#include <string_view>

#include "abi/names.h"
#include "base/arena.h"
#include "base/result.h"
#include "parser/ast_nodes.h"

namespace adder {
// What the text is: `exec` a file, `eval` an expression, `single` one statement of a dialogue, `func_type` a signature
// type comment.
enum class ParseMode : u8 { Exec, Eval, Single, FuncType };

struct ParserFlags {
  bool type_comments = false;      // PyCF_TYPE_COMMENTS
  bool ignore_cookie = false;      // PyCF_IGNORE_COOKIE: the text is UTF-8, whatever its first lines say
  bool dont_imply_dedent = false;  // PyCF_DONT_IMPLY_DEDENT
  bool allow_incomplete = false;   // PyCF_ALLOW_INCOMPLETE_INPUT: "incomplete input" when more text could complete it
  bool barry_as_bdfl = false;      // `<>` in place of `!=`
  int feature_version = 11;        // minor version of the grammar to accept
};

// Parses `source`: bytes of a file with BOM, coding cookie and any line ends (flags.ignore_cookie: UTF-8 from a str).
// Null with the exception set: SyntaxError and its subclasses, ValueError for null bytes, MemoryError for too deep
// nesting. The nodes live in `arena`. May run Python code (codecs, warning filters).
ast::Mod* parse_string(std::string_view source, Str* filename, ParseMode mode, const ParserFlags& flags, Arena& arena);

// The tree as instances of the classes of `_ast`. RecursionError when it is too deep.
Result<Object> ast_to_object(ast::Mod* mod);
// The tree from instances of the classes of `_ast`; TypeError and ValueError for what is no proper tree. Does not check
// contexts and such: see ast_check. Null with the exception set.
ast::Mod* ast_from_object(Object* object, ParseMode mode, Arena& arena);
// Whether `object` is an instance of `_ast.AST`. May fail.
Result<bool> ast_is_node(Object* object);
// Checks what the classes do not: contexts, empty bodies, constants, patterns. ValueError, TypeError, RecursionError.
Result<void> ast_check(ast::Mod* mod);

// Source text that parses to `expression` again, as annotations are shown under `from __future__ import annotations`.
Result<Str> ast_unparse(ast::Expr* expression);
}  // namespace adder
