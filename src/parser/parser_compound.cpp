// parser: compound statements.
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

// Whether a compound statement begins here. For `match` it only may.
bool Parser::starts_compound() {
  switch (kind()) {
    case KwIf:
    case KwFor:
    case KwDef:
    case KwTry:
    case KwWith:
    case KwWhile:
    case KwClass:
    case KwAsync:
    case At:
      return true;
    case Name:
      if (token().text != "match") return false;
      switch (peek()) {
        case Name:
        case Number:
        case String:
        case LeftParenthesis:
        case LeftBracket:
        case LeftBrace:
        case Minus:
        case Plus:
        case Tilde:
        case Star:
        case KwNot:
        case KwLambda:
        case KwAwait:
        case KwNone:
        case KwTrue:
        case KwFalse:
        case TokenKind::Ellipsis:
          return true;
        default:
          return false;
      }
    default:
      return false;
  }
}

Stmt* Parser::compound_statement() {
  int start = pos_;
  switch (kind()) {
    case KwIf:
      return if_statement();
    case KwFor:
      return for_statement(start, false);
    case KwDef:
      return function_definition(start, {}, false);
    case KwTry:
      return try_statement();
    case KwWith:
      return with_statement(start, false);
    case KwWhile:
      return while_statement();
    case KwClass:
      return class_definition({});
    case At:
      return decorated();
    case Name:
      return match_statement();
    default:
      break;
  }
  advance();  // async
  switch (kind()) {
    case KwDef:
      return function_definition(start, {}, true);
    case KwFor:
      return for_statement(start, true);
    case KwWith:
      return with_statement(start, true);
    default:
      return nullptr;
  }
}

// == Blocks ==

bool Parser::block(Seq<Stmt*>& out) {
  List<Stmt*> body(*this);
  if (at(Newline)) {
    advance();
    if (!at(Indent)) {
      if (diagnose_ && !raised_) fail_indentation("expected an indented block");
      return false;
    }
    advance();
    if (raised_) return false;
    do {
      if (!statement(body)) return false;
    } while (!at(Dedent) && !at(EndMarker));
    if (!accept(Dedent)) return false;
  } else if (!simple_statements(body)) {
    return false;
  }
  if (raised_) return false;
  out = body.finish();
  return true;
}

bool Parser::check_colon() {
  if (!at(Newline)) return true;
  fail_here("expected ':'");
  return false;
}

bool Parser::check_block(const Token& start, const char* what) {
  if (!at(Colon) || peek() != Newline) return true;
  int save = pos_;
  advance();
  advance();
  if (raised_) return false;
  if (!at(Indent)) {
    fail_indentation("expected an indented block after %s on line %d", what, start.lineno);
    return false;
  }
  reset(save);
  return true;
}

// == Definitions ==

Stmt* Parser::decorated() {
  List<Expr*> decorators(*this);
  while (accept(At)) {
    Expr* decorator = named_expression();
    if (!decorator || !accept(Newline)) return nullptr;
    decorators.push(decorator);
  }
  int start = pos_;
  if (at(KwClass)) return class_definition(decorators.finish());
  bool async = accept(KwAsync);
  if (!at(KwDef)) return nullptr;
  return function_definition(start, decorators.finish(), async);
}

Str* Parser::function_type_comment(bool* failed) {
  *failed = false;
  if (at(Newline) && peek() == TypeComment) {
    int save = pos_;
    advance();
    Str* comment = optional_type_comment(failed);
    if (*failed) return nullptr;
    if (at(Newline) && peek() == Indent) return comment;
    if (at(Newline)) touch_next();
    reset(save);
    return nullptr;
  }
  if (diagnose_ && at(TypeComment)) {
    int save = pos_;
    advance();
    if (at(Newline) && peek() == TypeComment) {
      advance();
      advance();
      if (at(Newline) && peek() == Indent) {
        touch_next();
        fail_here("Cannot have two type comments on def");
        *failed = true;
        return nullptr;
      }
    }
    reset(save);
  }
  return optional_type_comment(failed);
}

// At `def`.
Stmt* Parser::function_definition(int start, Seq<Expr*> decorators, bool async) {
  const Token& def = token();
  advance();
  const Token& name_token = token();
  if (!accept(Name)) return nullptr;
  Str* name = identifier(name_token);
  if (!name || !require(LeftParenthesis)) return nullptr;
  Arguments* arguments = at(RightParenthesis) ? empty_arguments() : parameters(false, RightParenthesis);
  if (!arguments || !accept(RightParenthesis)) return nullptr;
  Expr* returns = nullptr;
  if (at(Arrow)) {
    int save = pos_;
    advance();
    returns = expression();
    if (raised_) return nullptr;
    if (!returns) reset(save);
  }
  if (diagnose_ && !check_block(def, "function definition")) return nullptr;
  if (!require(Colon)) return nullptr;
  bool failed;
  Str* comment = function_type_comment(&failed);
  Seq<Stmt*> body;
  if (failed || !block(body)) return nullptr;
  if (async) {
    if (!needs_version(5, "Async functions are")) return nullptr;
    return arena_.make<AsyncFunctionDef>(span(start), name, arguments, body, decorators, returns, comment);
  }
  return arena_.make<FunctionDef>(span(start), name, arguments, body, decorators, returns, comment);
}

Stmt* Parser::class_definition(Seq<Expr*> decorators) {
  int start = pos_;
  const Token& keyword = token();
  advance();
  const Token& name_token = token();
  if (!accept(Name)) return nullptr;
  Str* name = identifier(name_token);
  if (!name) return nullptr;
  Seq<Expr*> bases;
  Seq<Keyword*> keywords;
  if (at(LeftParenthesis)) {
    int open = pos_;
    advance();
    ArgumentList arguments;
    // A generator expression needs parentheses of its own here.
    if (!call_arguments(open, false, arguments)) return nullptr;
    bases = arguments.args;
    keywords = arguments.keywords;
  }
  if (diagnose_ && (!check_colon() || !check_block(keyword, "class definition"))) return nullptr;
  if (!accept(Colon)) return nullptr;
  Seq<Stmt*> body;
  if (!block(body)) return nullptr;
  return arena_.make<ClassDef>(span(start), name, bases, keywords, body, decorators);
}

// == Branches and loops ==

// At `if` or `elif`.
Stmt* Parser::if_statement() {
  int start = pos_;
  const Token& keyword = token();
  if (!enter()) return nullptr;
  advance();
  Expr* test = named_expression();
  if (test && diagnose_ &&
      (!check_colon() || !check_block(keyword, keyword.kind == KwIf ? "'if' statement" : "'elif' statement"))) {
    test = nullptr;
  }
  Stmt* result = nullptr;
  Seq<Stmt*> body, orelse;
  if (test && accept(Colon) && block(body)) {
    bool matched = true;
    if (at(KwElif)) {
      Stmt* nested = if_statement();
      matched = nested != nullptr;
      if (nested) orelse = make_seq_of(arena_, nested);
    } else if (at(KwElse)) {
      matched = else_block(orelse);
    }
    if (matched) result = arena_.make<If>(span(start), test, body, orelse);
  }
  leave();
  return result;
}

bool Parser::else_block(Seq<Stmt*>& out) {
  const Token& keyword = token();
  advance();
  if (diagnose_ && !check_block(keyword, "'else' statement")) return false;
  return require(Colon) && block(out);
}

Stmt* Parser::while_statement() {
  int start = pos_;
  const Token& keyword = token();
  advance();
  Expr* test = named_expression();
  if (!test) return nullptr;
  if (diagnose_ && (!check_colon() || !check_block(keyword, "'while' statement"))) return nullptr;
  Seq<Stmt*> body, orelse;
  if (!accept(Colon) || !block(body)) return nullptr;
  if (at(KwElse) && !else_block(orelse)) return nullptr;
  return arena_.make<While>(span(start), test, body, orelse);
}

// At `for`.
Stmt* Parser::for_statement(int start, bool async) {
  const Token& keyword = token();
  advance();
  int targets = pos_;
  Expr* target = star_targets();
  if (raised_) return nullptr;
  if (!target || !at(KwIn)) {
    if (diagnose_) {
      reset(targets);
      if (Expr* e = star_expressions()) diagnose_target(e, TargetUse::For);
    }
    return nullptr;
  }
  advance();
  Expr* iter = star_expressions();
  if (!iter) return nullptr;
  if (diagnose_ && (!check_colon() || !check_block(keyword, "'for' statement"))) return nullptr;
  if (!accept(Colon)) return nullptr;
  bool failed;
  Str* comment = optional_type_comment(&failed);
  Seq<Stmt*> body, orelse;
  if (failed || !block(body)) return nullptr;
  if (at(KwElse) && !else_block(orelse)) return nullptr;
  if (async) {
    if (!needs_version(5, "Async for loops are")) return nullptr;
    return arena_.make<AsyncFor>(span(start), target, iter, body, orelse, comment);
  }
  return arena_.make<For>(span(start), target, iter, body, orelse, comment);
}

// == With ==

WithItem* Parser::with_item() {
  Expr* context = expression();
  if (!context || !at(KwAs)) return context ? arena_.make<WithItem>(context, nullptr) : nullptr;
  int save = pos_;
  advance();
  int first = pos_;
  Expr* variable;
  if (at(Star)) {
    advance();
    Expr* value = at(Star) ? nullptr : target();
    variable = value ? arena_.make<Starred>(span(first), value, ExprContext::Store) : nullptr;
  } else {
    variable = target();
  }
  if (raised_) return nullptr;
  auto at_end = [this] { return at(Comma) || at(RightParenthesis) || at(Colon); };
  if (variable && at_end()) return arena_.make<WithItem>(context, variable);
  if (diagnose_) {
    reset(first);
    Expr* wrong = expression();
    if (raised_) return nullptr;
    if (wrong && at_end()) {
      diagnose_target(wrong, TargetUse::Star);
      if (raised_) return nullptr;
    }
    // A missing colon shows itself at the end of the line.
    reset(first);
    variable = at(Star) ? nullptr : target();
    if (raised_) return nullptr;
    if (variable && at(Newline)) return arena_.make<WithItem>(context, variable);
  }
  reset(save);
  return arena_.make<WithItem>(context, nullptr);
}

bool Parser::with_items(List<WithItem*>& out, bool parenthesized) {
  for (;;) {
    int save = pos_;
    WithItem* item = with_item();
    if (raised_) return false;
    if (!item) {
      reset(save);
      return parenthesized && !out.empty();
    }
    out.push(item);
    if (!accept(Comma)) return true;
  }
}

// At `with`.
Stmt* Parser::with_statement(int start, bool async) {
  const Token& keyword = token();
  advance();
  int first = pos_;
  Seq<WithItem*> items;
  bool parenthesized = false;
  if (at(LeftParenthesis)) {
    advance();
    List<WithItem*> list(*this);
    if (with_items(list, true) && accept(RightParenthesis) && (at(Colon) || (diagnose_ && at(Newline)))) {
      if (!needs_version(9, "Parenthesized context managers are")) return nullptr;
      parenthesized = true;
      items = list.finish();
    }
    if (raised_) return nullptr;
  }
  if (!parenthesized) {
    reset(first);
    List<WithItem*> list(*this);
    if (!with_items(list, false)) return nullptr;
    items = list.finish();
  }
  if (diagnose_ && (!check_colon() || !check_block(keyword, "'with' statement"))) return nullptr;
  if (!accept(Colon)) return nullptr;
  bool failed = false;
  Str* comment = optional_type_comment(&failed);
  Seq<Stmt*> body;
  if (failed || !block(body)) return nullptr;
  if (async) {
    if (!needs_version(5, "Async with statements are")) return nullptr;
    return arena_.make<AsyncWith>(span(start), items, body, comment);
  }
  return arena_.make<With>(span(start), items, body, comment);
}

// == Try ==

Stmt* Parser::try_statement() {
  int start = pos_;
  const Token& keyword = token();
  advance();
  if (diagnose_ && !check_block(keyword, "'try' statement")) return nullptr;
  Seq<Stmt*> body, orelse, finalbody;
  if (!require(Colon)) return nullptr;
  int first = pos_;
  if (!block(body)) {
    if (diagnose_ && !raised_) {
      // Handlers may be wrong in a way that says more than the missing block.
      reset(first);
      bool ignored;
      if (at(KwExcept)) except_block(&ignored);
    }
    return nullptr;
  }
  if (!at(KwExcept) && !at(KwFinally)) {
    if (diagnose_) fail_here("expected 'except' or 'finally' block");
    return nullptr;
  }
  List<ExceptHandler*> handlers(*this);
  bool star = false;
  while (at(KwExcept)) {
    const Token& except = token();
    bool handler_star = peek() == Star;
    if (!handlers.empty() && handler_star != star) {
      if (diagnose_) {
        advance();
        const Token& last = handler_star ? token() : except;
        if (accept(Star) && (at(Colon) || at(Newline))) return fail_here("expected one or more exception types");
        if (!at(Colon)) {
          Expr* type = expression();
          if (!type) return nullptr;
          if (accept(KwAs) && !accept(Name)) return nullptr;
        }
        if (at(Colon)) {
          fail_position(span_of(except), span_of(last), "cannot have both 'except' and 'except*' on the same 'try'");
        }
      }
      return nullptr;
    }
    ExceptHandler* handler = except_block(&star);
    if (!handler) return nullptr;
    handlers.push(handler);
  }
  if (!handlers.empty() && at(KwElse) && !else_block(orelse)) return nullptr;
  if (at(KwFinally)) {
    const Token& finally = token();
    advance();
    if (diagnose_ && !check_block(finally, "'finally' statement")) return nullptr;
    if (!require(Colon) || !block(finalbody)) return nullptr;
  }
  if (star) {
    if (!needs_version(11, "Exception groups are")) return nullptr;
    return arena_.make<TryStar>(span(start), body, handlers.finish(), orelse, finalbody);
  }
  return arena_.make<Try>(span(start), body, handlers.finish(), orelse, finalbody);
}

// At `except`; tells whether it is `except*`.
ExceptHandler* Parser::except_block(bool* star) {
  int start = pos_;
  const Token& keyword = token();
  advance();
  *star = accept(Star);
  Expr* type = nullptr;
  Str* name = nullptr;
  if (!at(Colon) && !at(Newline)) {
    type = expression();
    if (!type) return nullptr;
    if (diagnose_ && at(Comma)) {
      // except A, B:
      int save = pos_;
      advance();
      int rest = pos_;
      if (Expr* more = star_expressions()) {
        (void)more;
        if (at(KwAs)) {
          advance();
          accept(Name);
        }
        if (at(Colon)) fail_starting_from(*type, "multiple exception types must be parenthesized");
      }
      if (raised_) return nullptr;
      (void)rest;
      reset(save);
    }
    if (at(KwAs)) {
      advance();
      const Token& t = token();
      if (!accept(Name)) return nullptr;
      name = identifier(t);
      if (!name) return nullptr;
    }
  } else if (*star) {
    if (diagnose_) fail_here("expected one or more exception types");
    return nullptr;
  }
  if (diagnose_ && (!check_colon() || !check_block(keyword, *star ? "'except*' statement" : "'except' statement"))) {
    return nullptr;
  }
  if (!accept(Colon)) return nullptr;
  Seq<Stmt*> body;
  if (!block(body)) return nullptr;
  return arena_.make<ExceptHandler>(span(start), type, name, body);
}
}  // namespace adder::parser
