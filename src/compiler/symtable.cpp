// symtable: the walk over the tree that records what each scope defines and uses.
//
// Order       of visits is the order of symbols in a scope, which _symtable shows.
// Invariant   scope_ is the innermost open scope; class_name_ the innermost class, for mangling.
#include "compiler/symtable.h"

#include "runtime/error.h"
#include "runtime/names.h"
#include "types/str.h"

namespace adder {
using namespace ast;

class SymbolTableBuilder {
 public:
  SymbolTableBuilder(SymbolTable& table) : table_(table) {}
  Result<void> run(Mod* mod);

 private:
  // == Scopes ==
  Result<void> enter(Str* name, ScopeType type, const void* node, const Position& at);
  void leave() {
    stack_.pop_back();
    scope_ = stack_.empty() ? nullptr : stack_.back();
  }
  Result<void> add(Str* name, int flag, const Position& at) { return add_to(scope_, name, flag, at); }
  Result<void> add_to(SymbolScope* scope, Str* name, int flag, const Position& at);
  Result<int> look_up(SymbolScope* scope, Str* name) {
    Ref<Str> mangled = TRY(mangle_name(class_name_, name));
    return scope->flags_of(mangled);
  }
  Result<void> record_directive(Str* name, const Position& at) {
    scope_->directives.push_back({
      TRY(mangle_name(class_name_, name))
      , at
    });
    return {};
  }
  bool future_annotations() const { return (table_.future_flags_ & CO_FUTURE_ANNOTATIONS) != 0; }

  // == Visits ==
  template <class T>
  Result<void> visit_all(const Seq<T*>& nodes) {
    for (T* node : nodes) {
      if (node) TRY(visit(node));
    }
    return {};
  }
  template <class T>
  Result<void> visit_optional(T* node) {
    return node ? visit(node) : Result<void>();
  }
  Result<void> visit(Stmt* statement);
  Result<void> visit(Expr* expression);
  Result<void> visit(Pattern* pattern);
  Result<void> visit(Keyword* keyword) { return visit(keyword->value); }
  Result<void> visit(Comprehension* generator);
  Result<void> visit(ExceptHandler* handler);
  Result<void> visit(WithItem* item);
  Result<void> visit(MatchCase* match_case);
  Result<void> visit(Alias* alias);

  template <class Node>
  Result<void> visit_function(Node* node);
  Result<void> visit_class(ClassDef* node);
  Result<void> visit_lambda(Lambda* node);
  template <class Node>
  Result<void> visit_try(Node* node);
  Result<void> visit_annotated_assignment(AnnAssign* node);
  Result<void> visit_declaration(const Seq<Str*>& names, int flag, const Position& at);
  Result<void> visit_named_expression(NamedExpr* node);
  Result<void> extend_named_expression_scope(Name* target);
  Result<void> visit_comprehension(Expr* node, Str* name, ComprehensionType type, Seq<Comprehension*> generators,
                                   Expr* element, Expr* value);
  Result<void> visit_default_values(Arguments* arguments);
  Result<void> visit_parameters(Arguments* arguments);
  Result<void> visit_function_annotations(const void* node, Arguments* arguments, Expr* returns, const Position& at);
  Result<void> visit_annotation(Expr* annotation);
  Result<void> forbid_in_annotation(const char* what, const Position& at);
  Result<void> mark_yield(const Position& at);

  SymbolTable& table_;
  SymbolScope* scope_ = nullptr;
  std::vector<SymbolScope*> stack_;
  Str* class_name_ = nullptr;
  NestingLimit nesting_;
};

// == Scopes ==

Result<void> SymbolTableBuilder::enter(Str* name, ScopeType type, const void* node, const Position& at) {
  SymbolScope* scope = new SymbolScope{.name = Ref<Str>::share(name), .type = type, .node = node, .position = at};
  table_.scopes_.push_back(scope);
  table_.by_node_[node] = scope;
  if (scope_) {
    scope->nested = scope_->nested || scope_->type == ScopeType::Function;
    scope->iteration_depth = scope_->iteration_depth;
    // Annotations that are not evaluated have no effect on the scopes around them.
    if (type != ScopeType::Annotation) scope_->children.push_back(scope);
  }
  stack_.push_back(scope);
  scope_ = scope;
  return {};
}

Result<void> SymbolTableBuilder::add_to(SymbolScope* scope, Str* name, int flag, const Position& at) {
  Ref<Str> mangled = TRY(mangle_name(class_name_, name));
  int& flags = scope->symbols.add(mangled, 0);
  if ((flag & kDefParam) && (flags & kDefParam)) {
    return raise_syntax_error(table_.filename_, at, "duplicate argument '%U' in function definition", name);
  }
  flags |= flag;
  if (scope->in_iteration_target) {
    // An iteration variable: named expressions in the comprehension may not rebind it, and the other way round.
    if (flags & (kDefGlobal | kDefNonlocal)) {
      return raise_syntax_error(table_.filename_, at,
                                "comprehension inner loop cannot rebind assignment expression target '%U'", name);
    }
    flags |= kDefCompIter;
  }
  if (flag & kDefParam) {
    scope->parameters.push_back(mangled.share());
  } else if (flag & kDefGlobal) {
    table_.top_->symbols.add(mangled, 0) |= flag;
  }
  return {};
}

// == Statements ==

Result<void> SymbolTableBuilder::run(Mod* mod) {
  TRY(enter(id::top, ScopeType::Module, mod, Position{}));
  table_.top_ = scope_;
  switch (mod->kind) {
    case ModKind::Module:
      TRY(visit_all(mod->as<ast::Module>()->body));
      break;
    case ModKind::Interactive:
      TRY(visit_all(mod->as<Interactive>()->body));
      break;
    case ModKind::Expression:
      TRY(visit(mod->as<Expression>()->body));
      break;
    case ModKind::FunctionType:
      return raise(RuntimeError, "this compiler does not handle FunctionTypes");
  }
  leave();
  return {};
}

template <class Node>
Result<void> SymbolTableBuilder::visit_function(Node* node) {
  TRY(add(node->name, kDefLocal, *node));
  TRY(visit_default_values(node->args));
  TRY(visit_function_annotations(node->args, node->args, node->returns, *node));
  TRY(visit_all(node->decorator_list));
  TRY(enter(node->name, ScopeType::Function, node, *node));
  if constexpr (std::is_same_v<Node, AsyncFunctionDef>) scope_->coroutine = true;
  TRY(visit_parameters(node->args));
  TRY(visit_all(node->body));
  leave();
  return {};
}

Result<void> SymbolTableBuilder::visit_class(ClassDef* node) {
  TRY(add(node->name, kDefLocal, *node));
  TRY(visit_all(node->bases));
  TRY(visit_all(node->keywords));
  TRY(visit_all(node->decorator_list));
  TRY(enter(node->name, ScopeType::Class, node, *node));
  Str* outer = std::exchange(class_name_, node->name);
  TRY(visit_all(node->body));
  class_name_ = outer;
  leave();
  return {};
}

template <class Node>
Result<void> SymbolTableBuilder::visit_try(Node* node) {
  TRY(visit_all(node->body));
  TRY(visit_all(node->orelse));
  TRY(visit_all(node->handlers));
  return visit_all(node->finalbody);
}

Result<void> SymbolTableBuilder::visit_annotated_assignment(AnnAssign* node) {
  if (Name* target = node->target->try_as<Name>()) {
    int flags = TRY(look_up(scope_, target->id));
    if ((flags & (kDefGlobal | kDefNonlocal)) && scope_ != table_.top_ && node->simple) {
      return raise_syntax_error(
          table_.filename_, *node,
          flags & kDefGlobal ? "annotated name '%U' can't be global" : "annotated name '%U' can't be nonlocal",
          target->id);
    }
    if (node->simple) {
      TRY(add(target->id, kDefAnnot | kDefLocal, *target));
    } else if (node->value) {
      TRY(add(target->id, kDefLocal, *target));
    }
  } else {
    TRY(visit(node->target));
  }
  TRY(visit_annotation(node->annotation));
  return visit_optional(node->value);
}

// global and nonlocal statements: they must come before everything else that is said of the name in this scope.
Result<void> SymbolTableBuilder::visit_declaration(const Seq<Str*>& names, int flag, const Position& at) {
  bool is_global = flag == kDefGlobal;
  for (Str* name : names) {
    int flags = TRY(look_up(scope_, name));
    if (flags & (kDefParam | kDefLocal | kUse | kDefAnnot)) {
      const char* message;
      if (flags & kDefParam) {
        message = is_global ? "name '%U' is parameter and global" : "name '%U' is parameter and nonlocal";
      } else if (flags & kUse) {
        message = is_global ? "name '%U' is used prior to global declaration"
                            : "name '%U' is used prior to nonlocal declaration";
      } else if (flags & kDefAnnot) {
        message = is_global ? "annotated name '%U' can't be global" : "annotated name '%U' can't be nonlocal";
      } else {
        message = is_global ? "name '%U' is assigned to before global declaration"
                            : "name '%U' is assigned to before nonlocal declaration";
      }
      return raise_syntax_error(table_.filename_, at, message, name);
    }
    TRY(add(name, flag, at));
    TRY(record_directive(name, at));
  }
  return {};
}

Result<void> SymbolTableBuilder::visit(Stmt* statement) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (statement->kind) {
    case StmtKind::FunctionDef:
      return visit_function(statement->as<FunctionDef>());
    case StmtKind::AsyncFunctionDef:
      return visit_function(statement->as<AsyncFunctionDef>());
    case StmtKind::ClassDef:
      return visit_class(statement->as<ClassDef>());
    case StmtKind::Return:
      return visit_optional(statement->as<Return>()->value);
    case StmtKind::Delete:
      return visit_all(statement->as<Delete>()->targets);
    case StmtKind::Assign: {
      auto* node = statement->as<Assign>();
      TRY(visit_all(node->targets));
      return visit(node->value);
    }
    case StmtKind::AugAssign: {
      auto* node = statement->as<AugAssign>();
      TRY(visit(node->target));
      return visit(node->value);
    }
    case StmtKind::AnnAssign:
      return visit_annotated_assignment(statement->as<AnnAssign>());
    case StmtKind::For: {
      auto* node = statement->as<For>();
      TRY(visit(node->target));
      TRY(visit(node->iter));
      TRY(visit_all(node->body));
      return visit_all(node->orelse);
    }
    case StmtKind::AsyncFor: {
      auto* node = statement->as<AsyncFor>();
      TRY(visit(node->target));
      TRY(visit(node->iter));
      TRY(visit_all(node->body));
      return visit_all(node->orelse);
    }
    case StmtKind::While: {
      auto* node = statement->as<While>();
      TRY(visit(node->test));
      TRY(visit_all(node->body));
      return visit_all(node->orelse);
    }
    case StmtKind::If: {
      auto* node = statement->as<If>();
      TRY(visit(node->test));
      TRY(visit_all(node->body));
      return visit_all(node->orelse);
    }
    case StmtKind::With: {
      auto* node = statement->as<With>();
      TRY(visit_all(node->items));
      return visit_all(node->body);
    }
    case StmtKind::AsyncWith: {
      auto* node = statement->as<AsyncWith>();
      TRY(visit_all(node->items));
      return visit_all(node->body);
    }
    case StmtKind::Match: {
      auto* node = statement->as<Match>();
      TRY(visit(node->subject));
      return visit_all(node->cases);
    }
    case StmtKind::Raise: {
      auto* node = statement->as<Raise>();
      TRY(visit_optional(node->exc));
      return visit_optional(node->cause);
    }
    case StmtKind::Try:
      return visit_try(statement->as<Try>());
    case StmtKind::TryStar:
      return visit_try(statement->as<TryStar>());
    case StmtKind::Assert: {
      auto* node = statement->as<Assert>();
      TRY(visit(node->test));
      return visit_optional(node->msg);
    }
    case StmtKind::Import:
      return visit_all(statement->as<Import>()->names);
    case StmtKind::ImportFrom:
      return visit_all(statement->as<ImportFrom>()->names);
    case StmtKind::Global:
      return visit_declaration(statement->as<Global>()->names, kDefGlobal, *statement);
    case StmtKind::Nonlocal:
      return visit_declaration(statement->as<Nonlocal>()->names, kDefNonlocal, *statement);
    case StmtKind::Expr:
      return visit(statement->as<ExprStmt>()->value);
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue:
      return {};
  }
  return {};
}

Result<void> SymbolTableBuilder::visit(ExceptHandler* handler) {
  TRY(visit_optional(handler->type));
  if (handler->name) TRY(add(handler->name, kDefLocal, *handler));
  return visit_all(handler->body);
}

Result<void> SymbolTableBuilder::visit(WithItem* item) {
  TRY(visit(item->context_expr));
  return visit_optional(item->optional_vars);
}

Result<void> SymbolTableBuilder::visit(MatchCase* match_case) {
  TRY(visit(match_case->pattern));
  TRY(visit_optional(match_case->guard));
  return visit_all(match_case->body);
}

Result<void> SymbolTableBuilder::visit(Alias* alias) {
  Str* name = alias->asname ? alias->asname : alias->name;
  isize dot = str_find_char(name, '.', 0, str_length(name), 1);
  if (dot >= 0) {
    // `import a.b` binds `a`.
    Ref<Str> first = str_intern(TRY(str_substring(name, 0, dot)));
    return add(first, kDefImport, *alias);
  }
  if (!str_equals(name, "*")) return add(name, kDefImport, *alias);
  if (scope_->type == ScopeType::Module) return {};
  return raise_syntax_error(table_.filename_, *alias, "import * only allowed at module level");
}

// == Expressions ==

Result<void> SymbolTableBuilder::visit_lambda(Lambda* node) {
  TRY(visit_default_values(node->args));
  TRY(enter(id::lambda_, ScopeType::Function, node, *node));
  TRY(visit_parameters(node->args));
  TRY(visit(node->body));
  leave();
  return {};
}

// The target of `:=` in a comprehension belongs to the function or module around all comprehensions (PEP 572).
Result<void> SymbolTableBuilder::extend_named_expression_scope(Name* target) {
  Str* name = target->id;
  for (usize i = stack_.size(); i-- > 0;) {
    SymbolScope* scope = stack_[i];
    int flags = TRY(look_up(scope, name));
    if (scope->comprehension != ComprehensionType::None) {
      if (!(flags & kDefCompIter)) continue;
      return raise_syntax_error(table_.filename_, *target,
                                "assignment expression cannot rebind comprehension iteration variable '%U'", name);
    }
    switch (scope->type) {
      case ScopeType::Function:
        TRY(add(name, flags & kDefGlobal ? kDefGlobal : kDefNonlocal, *target));
        TRY(record_directive(name, *target));
        return add_to(scope, name, kDefLocal, *target);
      case ScopeType::Module:
        TRY(add(name, kDefGlobal, *target));
        TRY(record_directive(name, *target));
        return add_to(scope, name, kDefGlobal, *target);
      case ScopeType::Class:
        return raise_syntax_error(table_.filename_, *target,
                                  "assignment expression within a comprehension cannot be used in a class body");
      case ScopeType::Annotation:
        break;
    }
  }
  return {};
}

Result<void> SymbolTableBuilder::visit_named_expression(NamedExpr* node) {
  TRY(forbid_in_annotation("named expression", *node));
  if (scope_->iteration_depth > 0) {
    return raise_syntax_error(table_.filename_, *node,
                              "assignment expression cannot be used in a comprehension iterable expression");
  }
  // A hand-made tree may have other targets.
  Name* target = node->target->try_as<Name>();
  if (target && scope_->comprehension != ComprehensionType::None) TRY(extend_named_expression_scope(target));
  TRY(visit(node->value));
  return visit(node->target);
}

Result<void> SymbolTableBuilder::visit_comprehension(Expr* node, Str* name, ComprehensionType type,
                                                     Seq<Comprehension*> generators, Expr* element, Expr* value) {
  Comprehension* outermost = generators[0];
  // The first iterable is evaluated outside and comes in as the only argument.
  ++scope_->iteration_depth;
  TRY(visit(outermost->iter));
  --scope_->iteration_depth;
  TRY(enter(name, ScopeType::Function, node, *node));
  scope_->comprehension = type;
  if (outermost->is_async) scope_->coroutine = true;
  TRY(add(id::dot_zero, kDefParam, *outermost->target));
  scope_->in_iteration_target = true;
  TRY(visit(outermost->target));
  scope_->in_iteration_target = false;
  TRY(visit_all(outermost->ifs));
  for (int i = 1; i < generators.size; ++i) TRY(visit(generators[i]));
  TRY(visit_optional(value));
  TRY(visit(element));
  bool is_generator = type == ComprehensionType::Generator;
  scope_->generator = is_generator;
  bool is_async = scope_->coroutine && !is_generator;
  leave();
  if (is_async) scope_->coroutine = true;
  return {};
}

Result<void> SymbolTableBuilder::visit(Comprehension* generator) {
  scope_->in_iteration_target = true;
  TRY(visit(generator->target));
  scope_->in_iteration_target = false;
  ++scope_->iteration_depth;
  TRY(visit(generator->iter));
  --scope_->iteration_depth;
  TRY(visit_all(generator->ifs));
  if (generator->is_async) scope_->coroutine = true;
  return {};
}

Result<void> SymbolTableBuilder::forbid_in_annotation(const char* what, const Position& at) {
  if (scope_->type != ScopeType::Annotation) return {};
  return raise_syntax_error(table_.filename_, at, "'%s' can not be used within an annotation", what);
}

Result<void> SymbolTableBuilder::mark_yield(const Position& at) {
  scope_->generator = true;
  const char* where;
  switch (scope_->comprehension) {
    case ComprehensionType::None:
      return {};
    case ComprehensionType::List:
      where = "list comprehension";
      break;
    case ComprehensionType::Dict:
      where = "dict comprehension";
      break;
    case ComprehensionType::Set:
      where = "set comprehension";
      break;
    case ComprehensionType::Generator:
      where = "generator expression";
      break;
  }
  return raise_syntax_error(table_.filename_, at, "'yield' inside %s", where);
}

Result<void> SymbolTableBuilder::visit(Expr* expression) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (expression->kind) {
    case ExprKind::BoolOp:
      return visit_all(expression->as<BoolOp>()->values);
    case ExprKind::NamedExpr:
      return visit_named_expression(expression->as<NamedExpr>());
    case ExprKind::BinOp: {
      auto* node = expression->as<BinOp>();
      TRY(visit(node->left));
      return visit(node->right);
    }
    case ExprKind::UnaryOp:
      return visit(expression->as<UnaryOp>()->operand);
    case ExprKind::Lambda:
      return visit_lambda(expression->as<Lambda>());
    case ExprKind::IfExp: {
      auto* node = expression->as<IfExp>();
      TRY(visit(node->test));
      TRY(visit(node->body));
      return visit(node->orelse);
    }
    case ExprKind::Dict: {
      auto* node = expression->as<ast::Dict>();
      TRY(visit_all(node->keys));
      return visit_all(node->values);
    }
    case ExprKind::Set:
      return visit_all(expression->as<ast::Set>()->elts);
    case ExprKind::GeneratorExp: {
      auto* node = expression->as<GeneratorExp>();
      return visit_comprehension(node, id::genexpr, ComprehensionType::Generator, node->generators, node->elt, nullptr);
    }
    case ExprKind::ListComp: {
      auto* node = expression->as<ListComp>();
      return visit_comprehension(node, id::listcomp, ComprehensionType::List, node->generators, node->elt, nullptr);
    }
    case ExprKind::SetComp: {
      auto* node = expression->as<SetComp>();
      return visit_comprehension(node, id::setcomp, ComprehensionType::Set, node->generators, node->elt, nullptr);
    }
    case ExprKind::DictComp: {
      auto* node = expression->as<DictComp>();
      return visit_comprehension(node, id::dictcomp, ComprehensionType::Dict, node->generators, node->key, node->value);
    }
    case ExprKind::Yield: {
      TRY(forbid_in_annotation("yield expression", *expression));
      TRY(visit_optional(expression->as<Yield>()->value));
      return mark_yield(*expression);
    }
    case ExprKind::YieldFrom: {
      TRY(forbid_in_annotation("yield expression", *expression));
      TRY(visit(expression->as<YieldFrom>()->value));
      return mark_yield(*expression);
    }
    case ExprKind::Await: {
      TRY(forbid_in_annotation("await expression", *expression));
      TRY(visit(expression->as<Await>()->value));
      scope_->coroutine = true;
      return {};
    }
    case ExprKind::Compare: {
      auto* node = expression->as<Compare>();
      TRY(visit(node->left));
      return visit_all(node->comparators);
    }
    case ExprKind::Call: {
      auto* node = expression->as<Call>();
      TRY(visit(node->func));
      TRY(visit_all(node->args));
      return visit_all(node->keywords);
    }
    case ExprKind::FormattedValue: {
      auto* node = expression->as<FormattedValue>();
      TRY(visit(node->value));
      return visit_optional(node->format_spec);
    }
    case ExprKind::JoinedStr:
      return visit_all(expression->as<JoinedStr>()->values);
    case ExprKind::Constant:
      return {};
    case ExprKind::Attribute:
      return visit(expression->as<Attribute>()->value);
    case ExprKind::Subscript: {
      auto* node = expression->as<Subscript>();
      TRY(visit(node->value));
      return visit(node->slice);
    }
    case ExprKind::Starred:
      return visit(expression->as<Starred>()->value);
    case ExprKind::Slice: {
      auto* node = expression->as<ast::Slice>();
      TRY(visit_optional(node->lower));
      TRY(visit_optional(node->upper));
      return visit_optional(node->step);
    }
    case ExprKind::Name: {
      auto* node = expression->as<Name>();
      bool is_load = node->ctx == ExprContext::Load;
      TRY(add(node->id, is_load ? kUse : kDefLocal, *node));
      // super() without arguments reads __class__.
      if (is_load && scope_->type == ScopeType::Function && str_equals(node->id, "super")) {
        TRY(add(id::__class__, kUse, *node));
      }
      return {};
    }
    case ExprKind::List:
      return visit_all(expression->as<ast::List>()->elts);
    case ExprKind::Tuple:
      return visit_all(expression->as<ast::Tuple>()->elts);
  }
  return {};
}

// == Patterns ==

Result<void> SymbolTableBuilder::visit(Pattern* pattern) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (pattern->kind) {
    case PatternKind::MatchValue:
      return visit(pattern->as<MatchValue>()->value);
    case PatternKind::MatchSingleton:
      return {};
    case PatternKind::MatchSequence:
      return visit_all(pattern->as<MatchSequence>()->patterns);
    case PatternKind::MatchMapping: {
      auto* node = pattern->as<MatchMapping>();
      TRY(visit_all(node->keys));
      TRY(visit_all(node->patterns));
      return node->rest ? add(node->rest, kDefLocal, *pattern) : Result<void>();
    }
    case PatternKind::MatchClass: {
      auto* node = pattern->as<MatchClass>();
      TRY(visit(node->cls));
      TRY(visit_all(node->patterns));
      return visit_all(node->kwd_patterns);
    }
    case PatternKind::MatchStar: {
      Str* name = pattern->as<MatchStar>()->name;
      return name ? add(name, kDefLocal, *pattern) : Result<void>();
    }
    case PatternKind::MatchAs: {
      auto* node = pattern->as<MatchAs>();
      TRY(visit_optional(node->pattern));
      return node->name ? add(node->name, kDefLocal, *pattern) : Result<void>();
    }
    case PatternKind::MatchOr:
      return visit_all(pattern->as<MatchOr>()->patterns);
  }
  return {};
}

// == Parameters and annotations ==

Result<void> SymbolTableBuilder::visit_default_values(Arguments* arguments) {
  TRY(visit_all(arguments->defaults));
  return visit_all(arguments->kw_defaults);
}

Result<void> SymbolTableBuilder::visit_parameters(Arguments* arguments) {
  for (const Seq<Arg*>* group : {&arguments->posonlyargs, &arguments->args, &arguments->kwonlyargs}) {
    for (Arg* arg : *group) TRY(add(arg->arg, kDefParam, *arg));
  }
  if (Arg* arg = arguments->vararg) {
    TRY(add(arg->arg, kDefParam, *arg));
    scope_->var_arguments = true;
  }
  if (Arg* arg = arguments->kwarg) {
    TRY(add(arg->arg, kDefParam, *arg));
    scope_->var_keywords = true;
  }
  return {};
}

Result<void> SymbolTableBuilder::visit_annotation(Expr* annotation) {
  bool deferred = future_annotations();
  if (deferred) TRY(enter(id::annotation_, ScopeType::Annotation, annotation, *annotation));
  TRY(visit(annotation));
  if (deferred) leave();
  return {};
}

Result<void> SymbolTableBuilder::visit_function_annotations(const void* node, Arguments* arguments, Expr* returns,
                                                            const Position& at) {
  bool deferred = future_annotations();
  if (deferred) TRY(enter(id::annotation_, ScopeType::Annotation, node, at));
  for (const Seq<Arg*>* group : {&arguments->posonlyargs, &arguments->args}) {
    for (Arg* arg : *group) TRY(visit_optional(arg->annotation));
  }
  for (Arg* arg : {arguments->vararg, arguments->kwarg}) {
    if (arg) TRY(visit_optional(arg->annotation));
  }
  for (Arg* arg : arguments->kwonlyargs) TRY(visit_optional(arg->annotation));
  if (deferred) leave();
  return returns ? visit_annotation(returns) : Result<void>();
}

// == The table ==

SymbolTable::~SymbolTable() {
  for (SymbolScope* scope : scopes_) delete scope;
}

SymbolScope* SymbolTable::find(const void* node) const {
  auto found = by_node_.find(node);
  check(found != by_node_.end(), "no scope for this node");
  return found->second;
}

Result<void> SymbolTable::build(Mod* mod) {
  TRY(SymbolTableBuilder(*this).run(mod));
  return analyze();
}
}  // namespace adder
