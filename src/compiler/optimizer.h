// optimizer: folds constants in the tree before the symbol table is made.
#pragma once
#include "base/arena.h"
#include "base/result.h"
#include "parser/ast_nodes.h"

namespace adder {
// Rewrites the tree in place: operations on constants, tuples of constants, subscripts of constants, `__debug__`,
// `not a is b`, displays that are only iterated or searched. What cannot be computed (1 / 0) or would become large
// stays. `future_flags`: annotations are left alone under CO_FUTURE_ANNOTATIONS. New constants belong to the arena.
// RecursionError for trees that nest too deep.
Result<void> optimize_ast(ast::Mod* mod, Arena& arena, int optimize, int future_flags);

// Hands a reference to the arena; gives the borrowed object.
Object* keep_in_arena(Arena& arena, Ref<Object>&& object);
// The docstring of a body: its first statement if that is a plain string; null otherwise. Borrowed.
Str* docstring_of(const ast::Seq<ast::Stmt*>& body);
}  // namespace adder
