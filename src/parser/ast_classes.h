// ast_classes: the classes of the module `_ast`: one for each node class of the tables in ast_info.h, and their bases.
#pragma once
#include "abi/names.h"
#include "base/result.h"
#include "parser/ast_info.h"

namespace adder::ast {
inline constexpr int kMaxTypes = 24, kMaxNodes = 128, kMaxFields = 8;

// The classes of one interpreter. Borrowed by the users; they live as long as the interpreter.
struct Classes {
  Type* base;                         // ast.AST
  Type* types[kMaxTypes];             // ast.expr, ast.stmt, …; of a product type the class itself
  Type* nodes[kMaxNodes];             // ast.BinOp, …; index: first_node[type] + index in the type
  Object* singletons[kMaxNodes];      // of nodes without fields in an enumeration: ast.Load(), …
  Str* names[kMaxNodes][kMaxFields];  // of the fields, interned
  int first_node[kMaxTypes];
  Type* node(int type, int index) const { return nodes[first_node[type] + index]; }
  Object* singleton(int type, int index) const { return singletons[first_node[type] + index]; }
};

// The classes of the current interpreter, made on first use. Null with the exception set.
Classes* classes();
}  // namespace adder::ast
