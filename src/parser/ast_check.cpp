// ast_check: what a tree made by Python code must fulfil before it can be compiled: contexts, non-empty bodies,
// constants, patterns. Trees from the parser need no check.
#include "parser/depth_guard.h"
#include "parser/parser.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace ast {
namespace {
const char* context_name(ExprContext context) {
  return context == ExprContext::Load ? "Load" : context == ExprContext::Store ? "Store" : "Del";
}

bool is_simple_constant(Object* value) {
  return is_int_exact(value) || is_float_exact(value) || is_str_exact(value) || is_bytes_exact(value) ||
         value->ob_type == &PyComplex_Type;
}

class Checker {
 public:
  Result<void> mod(const Mod* m) {
    switch (m->kind) {
      case ModKind::Module:
        return statements(m->as<ast::Module>()->body);
      case ModKind::Interactive:
        return statements(m->as<Interactive>()->body);
      case ModKind::Expression:
        return expression(m->as<Expression>()->body, ExprContext::Load);
      case ModKind::FunctionType:
        TRY(expressions(m->as<FunctionType>()->argtypes, ExprContext::Load, false));
        return expression(m->as<FunctionType>()->returns, ExprContext::Load);
    }
    return {};
  }

 private:
  // == Shared ==

  Result<void> position(const Position& at) {
    if (at.lineno > at.end_lineno) {
      return raise(ValueError, "AST node line range (%d, %d) is not valid", at.lineno, at.end_lineno);
    }
    if ((at.lineno < 0 && at.end_lineno != at.lineno) || (at.col_offset < 0 && at.col_offset != at.end_col_offset)) {
      return raise(ValueError, "AST node column range (%d, %d) for line range (%d, %d) is not valid", at.col_offset,
                   at.end_col_offset, at.lineno, at.end_lineno);
    }
    if (at.lineno == at.end_lineno && at.col_offset > at.end_col_offset) {
      return raise(ValueError, "line %d, column %d-%d is not a valid range", at.lineno, at.col_offset,
                   at.end_col_offset);
    }
    return {};
  }

  Result<void> name(Str* id) {
    for (const char* forbidden : {"None", "True", "False"}) {
      if (str_equals(id, forbidden))
        return raise(ValueError, "identifier field can't represent '%s' constant", forbidden);
    }
    return {};
  }

  template <class T>
  Result<void> not_empty(const Seq<T>& items, const char* what, const char* owner) {
    if (!items.empty()) return {};
    return raise(ValueError, "empty %s on %s", what, owner);
  }

  Result<void> optional(const Expr* e) { return e ? expression(e, ExprContext::Load) : Result<void>(); }

  Result<void> expressions(const Seq<Expr*>& items, ExprContext context, bool null_allowed) {
    for (const Expr* item : items) {
      if (item) {
        TRY(expression(item, context));
      } else if (!null_allowed) {
        return raise(ValueError, "None disallowed in expression list");
      }
    }
    return {};
  }

  Result<void> statements(const Seq<Stmt*>& items) {
    for (const Stmt* item : items) {
      if (!item) return raise(ValueError, "None disallowed in statement list");
      TRY(statement(item));
    }
    return {};
  }

  Result<void> body(const Seq<Stmt*>& items, const char* owner) {
    TRY(not_empty(items, "body", owner));
    return statements(items);
  }

  Result<void> comprehension(const Seq<Comprehension*>& generators) {
    if (generators.empty()) return raise(ValueError, "comprehension with no generators");
    for (const Comprehension* clause : generators) {
      TRY(expression(clause->target, ExprContext::Store));
      TRY(expression(clause->iter, ExprContext::Load));
      TRY(expressions(clause->ifs, ExprContext::Load, false));
    }
    return {};
  }

  Result<void> keywords(const Seq<Keyword*>& items) {
    for (const Keyword* item : items) TRY(expression(item->value, ExprContext::Load));
    return {};
  }

  Result<void> parameters(const Seq<Arg*>& items) {
    for (const Arg* item : items) {
      TRY(position(*item));
      TRY(optional(item->annotation));
    }
    return {};
  }

  Result<void> arguments(const Arguments* a) {
    TRY(parameters(a->posonlyargs));
    TRY(parameters(a->args));
    if (a->vararg) TRY(optional(a->vararg->annotation));
    TRY(parameters(a->kwonlyargs));
    if (a->kwarg) TRY(optional(a->kwarg->annotation));
    if (a->defaults.size > a->posonlyargs.size + a->args.size) {
      return raise(ValueError, "more positional defaults than args on arguments");
    }
    if (a->kw_defaults.size != a->kwonlyargs.size) {
      return raise(ValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
    }
    TRY(expressions(a->defaults, ExprContext::Load, false));
    return expressions(a->kw_defaults, ExprContext::Load, true);
  }

  Result<void> constant(Object* value) {
    if (value == adder::None || value == adder::Ellipsis || is_bool(value) || is_simple_constant(value)) return {};
    if (is_tuple_exact(value) || value->ob_type == &PyFrozenSet_Type) {
      DepthGuard guard(depth_, " during compilation");
      if (guard.failed()) return Error{};
      return for_each(value, [this](Object* item) { return constant(item); });
    }
    return raise(TypeError, "got an invalid type in Constant: %s", value->ob_type->tp_name);
  }

  // == Expressions ==

  Result<void> expression(const Expr* e, ExprContext context) {
    TRY(position(*e));
    DepthGuard guard(depth_, " during compilation");
    if (guard.failed()) return Error{};
    ExprContext actual = context;
    switch (e->kind) {
      case ExprKind::Attribute:
        actual = e->as<Attribute>()->ctx;
        break;
      case ExprKind::Subscript:
        actual = e->as<Subscript>()->ctx;
        break;
      case ExprKind::Starred:
        actual = e->as<Starred>()->ctx;
        break;
      case ExprKind::Name:
        TRY(name(e->as<Name>()->id));
        actual = e->as<Name>()->ctx;
        break;
      case ExprKind::List:
        actual = e->as<ast::List>()->ctx;
        break;
      case ExprKind::Tuple:
        actual = e->as<ast::Tuple>()->ctx;
        break;
      default:
        if (context != ExprContext::Load) {
          return raise(ValueError, "expression which can't be assigned to in %s context", context_name(context));
        }
        break;
    }
    if (actual != context) {
      return raise(ValueError, "expression must have %s context but has %s instead", context_name(context),
                   context_name(actual));
    }
    return parts(e, context);
  }

  Result<void> parts(const Expr* e, ExprContext context) {
    constexpr ExprContext kLoad = ExprContext::Load;
    switch (e->kind) {
      case ExprKind::BoolOp:
        if (e->as<BoolOp>()->values.size < 2) return raise(ValueError, "BoolOp with less than 2 values");
        return expressions(e->as<BoolOp>()->values, kLoad, false);
      case ExprKind::BinOp:
        TRY(expression(e->as<BinOp>()->left, kLoad));
        return expression(e->as<BinOp>()->right, kLoad);
      case ExprKind::UnaryOp:
        return expression(e->as<UnaryOp>()->operand, kLoad);
      case ExprKind::Lambda:
        TRY(arguments(e->as<Lambda>()->args));
        return expression(e->as<Lambda>()->body, kLoad);
      case ExprKind::IfExp:
        TRY(expression(e->as<IfExp>()->test, kLoad));
        TRY(expression(e->as<IfExp>()->body, kLoad));
        return expression(e->as<IfExp>()->orelse, kLoad);
      case ExprKind::Dict: {
        const ast::Dict* dict = e->as<ast::Dict>();
        if (dict->keys.size != dict->values.size) {
          return raise(ValueError, "Dict doesn't have the same number of keys as values");
        }
        // A missing key stands for `**value`.
        TRY(expressions(dict->keys, kLoad, true));
        return expressions(dict->values, kLoad, false);
      }
      case ExprKind::Set:
        return expressions(e->as<ast::Set>()->elts, kLoad, false);
      case ExprKind::ListComp:
        TRY(comprehension(e->as<ListComp>()->generators));
        return expression(e->as<ListComp>()->elt, kLoad);
      case ExprKind::SetComp:
        TRY(comprehension(e->as<SetComp>()->generators));
        return expression(e->as<SetComp>()->elt, kLoad);
      case ExprKind::GeneratorExp:
        TRY(comprehension(e->as<GeneratorExp>()->generators));
        return expression(e->as<GeneratorExp>()->elt, kLoad);
      case ExprKind::DictComp:
        TRY(comprehension(e->as<DictComp>()->generators));
        TRY(expression(e->as<DictComp>()->key, kLoad));
        return expression(e->as<DictComp>()->value, kLoad);
      case ExprKind::Yield:
        return optional(e->as<Yield>()->value);
      case ExprKind::YieldFrom:
        return expression(e->as<YieldFrom>()->value, kLoad);
      case ExprKind::Await:
        return expression(e->as<Await>()->value, kLoad);
      case ExprKind::Compare: {
        const Compare* compare = e->as<Compare>();
        if (compare->comparators.empty()) return raise(ValueError, "Compare with no comparators");
        if (compare->comparators.size != compare->ops.size) {
          return raise(ValueError, "Compare has a different number of comparators and operands");
        }
        TRY(expressions(compare->comparators, kLoad, false));
        return expression(compare->left, kLoad);
      }
      case ExprKind::Call:
        TRY(expression(e->as<Call>()->func, kLoad));
        TRY(expressions(e->as<Call>()->args, kLoad, false));
        return keywords(e->as<Call>()->keywords);
      case ExprKind::Constant:
        return constant(e->as<Constant>()->value);
      case ExprKind::JoinedStr:
        return expressions(e->as<JoinedStr>()->values, kLoad, false);
      case ExprKind::FormattedValue:
        TRY(expression(e->as<FormattedValue>()->value, kLoad));
        return optional(e->as<FormattedValue>()->format_spec);
      case ExprKind::Attribute:
        return expression(e->as<Attribute>()->value, kLoad);
      case ExprKind::Subscript:
        TRY(expression(e->as<Subscript>()->slice, kLoad));
        return expression(e->as<Subscript>()->value, kLoad);
      case ExprKind::Starred:
        return expression(e->as<Starred>()->value, context);
      case ExprKind::List:
        return expressions(e->as<ast::List>()->elts, context, false);
      case ExprKind::Tuple:
        return expressions(e->as<ast::Tuple>()->elts, context, false);
      case ExprKind::NamedExpr:
        return expression(e->as<NamedExpr>()->value, kLoad);
      case ExprKind::Slice:
        TRY(optional(e->as<ast::Slice>()->lower));
        TRY(optional(e->as<ast::Slice>()->upper));
        return optional(e->as<ast::Slice>()->step);
      case ExprKind::Name:
        return {};
    }
    return raise(SystemError, "unexpected expression");
  }

  // == Patterns ==

  static bool is_number(const Expr* e, bool real, bool imaginary) {
    const Constant* c = e->try_as<Constant>();
    if (!c) return false;
    if (real && (is_int_exact(c->value) || is_float_exact(c->value))) return true;
    return imaginary && c->value->ob_type == &PyComplex_Type;
  }
  static bool is_negative_number(const Expr* e, bool real, bool imaginary) {
    const UnaryOp* minus = e->try_as<UnaryOp>();
    return minus && minus->op == UnaryOperator::USub && is_number(minus->operand, real, imaginary);
  }
  static bool is_complex_literal(const Expr* e) {
    const BinOp* sum = e->try_as<BinOp>();
    if (!sum || (sum->op != Operator::Add && sum->op != Operator::Sub)) return false;
    return (is_number(sum->left, true, false) || is_negative_number(sum->left, true, false)) &&
           is_number(sum->right, false, true);
  }

  Result<void> pattern_value(const Expr* e) {
    TRY(expression(e, ExprContext::Load));
    switch (e->kind) {
      case ExprKind::Constant:
        // None, True and False are for MatchSingleton; ... and containers do not match.
        if (is_simple_constant(e->as<Constant>()->value)) return {};
        return raise(ValueError, "unexpected constant inside of a literal pattern");
      case ExprKind::Attribute:
      case ExprKind::JoinedStr:
        return {};
      case ExprKind::UnaryOp:
        if (is_negative_number(e, true, true)) return {};
        break;
      case ExprKind::BinOp:
        if (is_complex_literal(e)) return {};
        break;
      default:
        break;
    }
    return raise(ValueError, "patterns may only match literals and attribute lookups");
  }

  Result<void> capture(Str* id) {
    if (str_equals(id, "_")) return raise(ValueError, "can't capture name '_' in patterns");
    return name(id);
  }

  Result<void> patterns(const Seq<Pattern*>& items, bool star_allowed) {
    for (const Pattern* item : items) {
      if (!item) return raise(ValueError, "None disallowed in pattern list");
      TRY(pattern(item, star_allowed));
    }
    return {};
  }

  Result<void> pattern(const Pattern* p, bool star_allowed) {
    TRY(position(*p));
    DepthGuard guard(depth_, " during compilation");
    if (guard.failed()) return Error{};
    switch (p->kind) {
      case PatternKind::MatchValue:
        return pattern_value(p->as<MatchValue>()->value);
      case PatternKind::MatchSingleton: {
        Object* value = p->as<MatchSingleton>()->value;
        if (value == adder::None || is_bool(value)) return {};
        return raise(ValueError, "MatchSingleton can only contain True, False and None");
      }
      case PatternKind::MatchSequence:
        return patterns(p->as<MatchSequence>()->patterns, true);
      case PatternKind::MatchMapping: {
        const MatchMapping* mapping = p->as<MatchMapping>();
        if (mapping->keys.size != mapping->patterns.size) {
          return raise(ValueError, "MatchMapping doesn't have the same number of keys as patterns");
        }
        if (mapping->rest) TRY(capture(mapping->rest));
        for (const Expr* key : mapping->keys) {
          if (!key) return raise(ValueError, "None disallowed in expression list");
          const Constant* literal = key->try_as<Constant>();
          if (literal && (literal->value == adder::None || is_bool(literal->value))) continue;
          TRY(pattern_value(key));
        }
        return patterns(mapping->patterns, false);
      }
      case PatternKind::MatchClass: {
        const MatchClass* match = p->as<MatchClass>();
        if (match->kwd_attrs.size != match->kwd_patterns.size) {
          return raise(ValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
        }
        TRY(expression(match->cls, ExprContext::Load));
        const Expr* cls = match->cls;
        while (!cls->is<Name>()) {
          if (!cls->is<Attribute>()) {
            return raise(ValueError, "MatchClass cls field can only contain Name or Attribute nodes.");
          }
          cls = cls->as<Attribute>()->value;
        }
        for (Str* id : match->kwd_attrs) {
          if (id) TRY(name(id));
        }
        TRY(patterns(match->patterns, false));
        return patterns(match->kwd_patterns, false);
      }
      case PatternKind::MatchStar:
        if (!star_allowed) return raise(ValueError, "can't use MatchStar here");
        return p->as<MatchStar>()->name ? capture(p->as<MatchStar>()->name) : Result<void>();
      case PatternKind::MatchAs: {
        const MatchAs* match = p->as<MatchAs>();
        if (match->name) TRY(capture(match->name));
        if (!match->pattern) return {};
        if (!match->name) return raise(ValueError, "MatchAs must specify a target name if a pattern is given");
        return pattern(match->pattern, false);
      }
      case PatternKind::MatchOr:
        if (p->as<MatchOr>()->patterns.size < 2) return raise(ValueError, "MatchOr requires at least 2 patterns");
        return patterns(p->as<MatchOr>()->patterns, false);
    }
    return raise(SystemError, "unexpected pattern");
  }

  // == Statements ==

  template <class T>
  Result<void> function(const T* f, const char* owner) {
    TRY(body(f->body, owner));
    TRY(arguments(f->args));
    TRY(expressions(f->decorator_list, ExprContext::Load, false));
    return optional(f->returns);
  }
  template <class T>
  Result<void> loop(const T* f, const char* owner) {
    TRY(expression(f->target, ExprContext::Store));
    TRY(expression(f->iter, ExprContext::Load));
    TRY(body(f->body, owner));
    return statements(f->orelse);
  }
  template <class T>
  Result<void> with(const T* w, const char* owner) {
    TRY(not_empty(w->items, "items", owner));
    for (const WithItem* item : w->items) {
      TRY(expression(item->context_expr, ExprContext::Load));
      if (item->optional_vars) TRY(expression(item->optional_vars, ExprContext::Store));
    }
    return body(w->body, owner);
  }
  template <class T>
  Result<void> try_statement(const T* t, const char* owner) {
    TRY(body(t->body, owner));
    if (t->handlers.empty() && t->finalbody.empty())
      return raise(ValueError, "%s has neither except handlers nor finalbody", owner);
    if (t->handlers.empty() && !t->orelse.empty())
      return raise(ValueError, "%s has orelse but no except handlers", owner);
    for (const ExceptHandler* handler : t->handlers) {
      if (!handler) return raise(ValueError, "None disallowed in statement list");
      TRY(position(*handler));
      TRY(optional(handler->type));
      TRY(body(handler->body, "ExceptHandler"));
    }
    TRY(statements(t->orelse));
    return statements(t->finalbody);
  }

  Result<void> statement(const Stmt* s) {
    constexpr ExprContext kLoad = ExprContext::Load;
    TRY(position(*s));
    DepthGuard guard(depth_, " during compilation");
    if (guard.failed()) return Error{};
    switch (s->kind) {
      case StmtKind::FunctionDef:
        return function(s->as<FunctionDef>(), "FunctionDef");
      case StmtKind::AsyncFunctionDef:
        return function(s->as<AsyncFunctionDef>(), "AsyncFunctionDef");
      case StmtKind::ClassDef: {
        const ClassDef* c = s->as<ClassDef>();
        TRY(body(c->body, "ClassDef"));
        TRY(expressions(c->bases, kLoad, false));
        TRY(keywords(c->keywords));
        return expressions(c->decorator_list, kLoad, false);
      }
      case StmtKind::Return:
        return optional(s->as<Return>()->value);
      case StmtKind::Delete:
        TRY(not_empty(s->as<Delete>()->targets, "targets", "Delete"));
        return expressions(s->as<Delete>()->targets, ExprContext::Del, false);
      case StmtKind::Assign:
        TRY(not_empty(s->as<Assign>()->targets, "targets", "Assign"));
        TRY(expressions(s->as<Assign>()->targets, ExprContext::Store, false));
        return expression(s->as<Assign>()->value, kLoad);
      case StmtKind::AugAssign:
        TRY(expression(s->as<AugAssign>()->target, ExprContext::Store));
        return expression(s->as<AugAssign>()->value, kLoad);
      case StmtKind::AnnAssign: {
        const AnnAssign* a = s->as<AnnAssign>();
        if (!a->target->is<Name>() && a->simple) return raise(TypeError, "AnnAssign with simple non-Name target");
        TRY(expression(a->target, ExprContext::Store));
        TRY(optional(a->value));
        return expression(a->annotation, kLoad);
      }
      case StmtKind::For:
        return loop(s->as<For>(), "For");
      case StmtKind::AsyncFor:
        return loop(s->as<AsyncFor>(), "AsyncFor");
      case StmtKind::While:
        TRY(expression(s->as<While>()->test, kLoad));
        TRY(body(s->as<While>()->body, "While"));
        return statements(s->as<While>()->orelse);
      case StmtKind::If:
        TRY(expression(s->as<If>()->test, kLoad));
        TRY(body(s->as<If>()->body, "If"));
        return statements(s->as<If>()->orelse);
      case StmtKind::With:
        return with(s->as<With>(), "With");
      case StmtKind::AsyncWith:
        return with(s->as<AsyncWith>(), "AsyncWith");
      case StmtKind::Match: {
        const Match* m = s->as<Match>();
        TRY(expression(m->subject, kLoad));
        TRY(not_empty(m->cases, "cases", "Match"));
        for (const MatchCase* one : m->cases) {
          TRY(pattern(one->pattern, false));
          TRY(optional(one->guard));
          TRY(body(one->body, "match_case"));
        }
        return {};
      }
      case StmtKind::Raise: {
        const Raise* r = s->as<Raise>();
        if (!r->exc && r->cause) return raise(ValueError, "Raise with cause but no exception");
        TRY(optional(r->exc));
        return optional(r->cause);
      }
      case StmtKind::Try:
        return try_statement(s->as<Try>(), "Try");
      case StmtKind::TryStar:
        return try_statement(s->as<TryStar>(), "TryStar");
      case StmtKind::Assert:
        TRY(expression(s->as<Assert>()->test, kLoad));
        return optional(s->as<Assert>()->msg);
      case StmtKind::Import:
        return not_empty(s->as<Import>()->names, "names", "Import");
      case StmtKind::ImportFrom:
        if (s->as<ImportFrom>()->level < 0) return raise(ValueError, "Negative ImportFrom level");
        return not_empty(s->as<ImportFrom>()->names, "names", "ImportFrom");
      case StmtKind::Global:
        return not_empty(s->as<Global>()->names, "names", "Global");
      case StmtKind::Nonlocal:
        return not_empty(s->as<Nonlocal>()->names, "names", "Nonlocal");
      case StmtKind::Expr:
        return expression(s->as<ExprStmt>()->value, kLoad);
      case StmtKind::Pass:
      case StmtKind::Break:
      case StmtKind::Continue:
        return {};
    }
    return raise(SystemError, "unexpected statement");
  }

  int depth_ = 0;
};
}  // namespace
}  // namespace ast

Result<void> ast_check(ast::Mod* mod) { return ast::Checker().mod(mod); }
}  // namespace adder
