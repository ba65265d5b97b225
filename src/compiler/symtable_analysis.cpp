// symtable_analysis: decides for every name of every scope whether it is local, global, free or a cell.
//
// Algorithm  Top down, the sets of names bound and declared global around a scope go in; bottom up, the names that the
//            scopes inside leave free come back and find their binding, or pass on.
// Classes    bind names for themselves only: what a class binds is not seen by the functions inside it, except
//            __class__.
#include "compiler/symtable.h"
#include "runtime/names.h"

namespace adder {
Error SymbolTable::error_at_directive(SymbolScope* scope, Str* name, const char* format) {
  for (const SymbolScope::Directive& directive : scope->directives) {
    if (directive.name.get() == name) return raise_syntax_error(filename_, directive.position, format, name);
  }
  return raise_syntax_error(filename_, scope->position, format, name);
}

// `bound`: null at module level; a name that turns out to be global is no longer bound around this scope's children.
Result<void> SymbolTable::analyze_name(SymbolScope* scope, Str* name, int flags, NameSet* bound, NameSet& local,
                                       NameSet& free, NameSet& global, NameScope& result) {
  if (flags & kDefGlobal) {
    if (flags & kDefNonlocal) return error_at_directive(scope, name, "name '%U' is nonlocal and global");
    result = NameScope::GlobalExplicit;
    global.add(name);
    if (bound) bound->remove(name);
    return {};
  }
  if (flags & kDefNonlocal) {
    if (!bound) return error_at_directive(scope, name, "nonlocal declaration not allowed at module level");
    if (!bound->contains(name)) return error_at_directive(scope, name, "no binding for nonlocal '%U' found");
    result = NameScope::Free;
    scope->has_free = true;
    free.add(name);
    return {};
  }
  if (flags & kDefBound) {
    result = NameScope::Local;
    local.add(name);
    global.remove(name);
    return {};
  }
  if (bound && bound->contains(name)) {
    result = NameScope::Free;
    scope->has_free = true;
    free.add(name);
    return {};
  }
  // Declared global around here, or known nowhere: then it may still be a global or a builtin.
  if (!global.contains(name) && scope->nested) scope->has_free = true;
  result = NameScope::GlobalImplicit;
  return {};
}

Result<void> SymbolTable::analyze_scope(SymbolScope* scope, const NameSet* outer_bound, NameSet& free,
                                        NameSet& outer_global) {
  TRY(analysis_nesting_.enter());
  NestingLevel level(analysis_nesting_);
  bool is_class = scope->type == ScopeType::Class;
  bool is_function = scope->type == ScopeType::Function;
  NameSet local, own_bound, inner_bound, inner_global, inner_free;
  NameSet* bound = nullptr;
  if (outer_bound) {
    own_bound.add_all(*outer_bound);
    bound = &own_bound;
  }
  if (is_class) {
    inner_global.add_all(outer_global);
    if (bound) inner_bound.add_all(*bound);
  }

  std::vector<NameScope> result(static_cast<usize>(scope->symbols.size()));
  usize index = 0;
  for (const auto& entry : scope->symbols.entries()) {
    TRY(analyze_name(scope, entry.name, entry.value, bound, local, free, outer_global, result[index++]));
  }

  if (is_class) {
    inner_bound.add(id::__class__);
  } else {
    if (is_function) inner_bound.add_all(local);
    if (bound) inner_bound.add_all(*bound);
    inner_global.add_all(outer_global);
  }
  for (SymbolScope* child : scope->children) {
    NameSet child_global, child_free;
    child_global.add_all(inner_global);
    // At module level nothing is bound, and nonlocal statements need to know.
    TRY(analyze_scope(child, &inner_bound, child_free, child_global));
    inner_free.add_all(child_free);
    if (child->has_free || child->child_free) scope->child_free = true;
  }

  // A local that a scope inside needs becomes a cell.
  if (is_function) {
    index = 0;
    for (const auto& entry : scope->symbols.entries()) {
      NameScope& kind = result[index++];
      if (kind == NameScope::Local && inner_free.contains(entry.name)) {
        kind = NameScope::Cell;
        inner_free.remove(entry.name);
      }
    }
  } else if (is_class && inner_free.contains(id::__class__)) {
    inner_free.remove(id::__class__);
    scope->needs_class_closure = true;
  }

  index = 0;
  for (auto& entry : scope->symbols.entries()) entry.value |= static_cast<int>(result[index++]) << kNameScopeShift;
  inner_free.for_each([&](Str* name) {
    if (int* flags = scope->symbols.find(name)) {
      // A free variable of a method that the class binds too stays local here, but must be passed on.
      if (is_class && (*flags & (kDefBound | kDefGlobal))) *flags |= kDefFreeClass;
    } else if (!bound || bound->contains(name)) {
      scope->symbols.add(name, static_cast<int>(NameScope::Free) << kNameScopeShift);
    }
  });
  free.add_all(inner_free);
  return {};
}

Result<void> SymbolTable::analyze() {
  NameSet free, global;
  return analyze_scope(top_, nullptr, free, global);
}
}  // namespace adder
