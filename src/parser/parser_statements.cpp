// parser: sequences of statements and the simple ones.
#include <cstring>

#include "base/copy.h"
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

// Statements up to a token of kind `end`, which is consumed if it is a Dedent. There must be one, unless `end` is the
// end of the text.
bool Parser::statements(List<Stmt*>& out, TokenKind end) {
  while (!at(end)) {
    if (!statement(out)) return false;
  }
  if (end == Dedent) advance();
  return !raised_;
}

bool Parser::statement(List<Stmt*>& out) {
  if (starts_compound()) {
    int start = pos_;
    bool soft = at(Name);
    Stmt* compound = compound_statement();
    if (raised_) return false;
    if (compound) {
      out.push(compound);
      return true;
    }
    if (!soft) return false;
    reset(start);
  }
  return simple_statements(out);
}

// The Newline after simple statements. The one that ends the input of a dialogue does not look at what follows.
bool Parser::accept_line_end() {
  if (!last_line_) return accept(Newline);
  if (!at(Newline)) return false;
  ++pos_;
  return true;
}

bool Parser::simple_statements(List<Stmt*>& out) {
  for (;;) {
    Stmt* statement = simple_statement();
    if (!statement || raised_) return false;
    out.push(statement);
    if (accept_line_end()) return !raised_;
    if (!accept(Semicolon)) return false;
    if (accept_line_end()) return !raised_;
  }
}

Stmt* Parser::simple_statement() {
  int start = pos_;
  switch (kind()) {
    case KwReturn:
      return return_statement();
    case KwImport:
      return import_name();
    case KwFrom:
      return import_from();
    case KwRaise:
      return raise_statement();
    case KwPass:
      advance();
      return arena_.make<Pass>(span(start));
    case KwDel:
      return del_statement();
    case KwAssert:
      return assert_statement();
    case KwBreak:
      advance();
      return arena_.make<Break>(span(start));
    case KwContinue:
      advance();
      return arena_.make<Continue>(span(start));
    case KwGlobal:
      return names_statement(true);
    case KwNonlocal:
      return names_statement(false);
    default:
      return expression_statement();
  }
}

// == Expressions and assignments ==

namespace {
bool is_augmented(TokenKind kind) { return kind >= PlusEqual && kind <= DoubleSlashEqual; }
Operator augmented_operator(TokenKind kind) {
  switch (kind) {
    case PlusEqual:
      return Operator::Add;
    case MinusEqual:
      return Operator::Sub;
    case StarEqual:
      return Operator::Mult;
    case AtEqual:
      return Operator::MatMult;
    case SlashEqual:
      return Operator::Div;
    case PercentEqual:
      return Operator::Mod;
    case DoubleStarEqual:
      return Operator::Pow;
    case LeftShiftEqual:
      return Operator::LShift;
    case RightShiftEqual:
      return Operator::RShift;
    case PipeEqual:
      return Operator::BitOr;
    case CaretEqual:
      return Operator::BitXor;
    case AmpersandEqual:
      return Operator::BitAnd;
    default:
      return Operator::FloorDiv;
  }
}
}  // namespace

Stmt* Parser::expression_statement() {
  int start = pos_;
  if (at(Name) && peek() == Colon) {
    const Token& t = token();
    Str* id = identifier(t);
    if (!id) return nullptr;
    advance();
    Stmt* statement = annotated_assignment(start, arena_.make<ast::Name>(span_of(t), id, ExprContext::Store), 1);
    if (statement || raised_) return statement;
    reset(start);
  }
  Expr* first = at(KwYield) ? yield_expression() : star_expressions();
  if (raised_) return nullptr;
  Stmt* statement = nullptr;
  bool assigns = first && (at(Colon) || at(Equal) || is_augmented(kind()));
  if (assigns) {
    int after = pos_;
    if (at(Colon)) {
      // A target, in parentheses if it is a name.
      bool parenthesized = tokens_[start].kind == LeftParenthesis;
      if (first->is<Attribute>() || first->is<Subscript>() || (first->is<ast::Name>() && parenthesized)) {
        statement = annotated_assignment(start, first, 0);
      }
    } else if (at(Equal)) {
      statement = assignment(start, first);
    } else if (is_single_target(first)) {
      return augmented_assignment(start, first);
    }
    if (statement || raised_) return statement;
    reset(after);
  }
  if (diagnose_) {
    int after = pos_;
    reset(start);
    diagnose_assignment();
    if (raised_) return nullptr;
    reset(after);
  }
  return first ? arena_.make<ExprStmt>(span(start), first) : nullptr;
}

Expr* Parser::annotated_value() { return at(KwYield) ? yield_expression() : star_expressions(); }

// At the colon.
Stmt* Parser::annotated_assignment(int start, Expr* target, int simple) {
  advance();
  if (!needs_version(6, simple ? "Variable annotation syntax is" : "Variable annotations syntax is")) return nullptr;
  Expr* annotation = expression();
  if (!annotation) return nullptr;
  Expr* value = nullptr;
  if (at(Equal)) {
    int save = pos_;
    advance();
    value = annotated_value();
    if (raised_) return nullptr;
    if (!value) reset(save);
  }
  set_context(target, ExprContext::Store);
  return arena_.make<AnnAssign>(span(start), target, annotation, value, simple);
}

Str* Parser::optional_type_comment(bool* failed) {
  *failed = false;
  if (!at(TypeComment)) return nullptr;
  Str* comment = make_text(arena_, token().text);
  if (!comment) {
    *failed = true;
    fail_raised();
    return nullptr;
  }
  advance();
  return comment;
}

// At the first `=`; everything before the last one must be a target.
Stmt* Parser::assignment(int start, Expr* first) {
  List<Expr*> targets(*this);
  Expr* value = first;
  while (at(Equal)) {
    if (!is_star_target(value, true)) return nullptr;
    targets.push(value);
    advance();
    value = annotated_value();
    if (!value) return nullptr;
  }
  for (int i = 0; i < targets.size(); ++i) set_context(targets[i], ExprContext::Store);
  bool failed;
  Str* comment = optional_type_comment(&failed);
  if (failed) return nullptr;
  return arena_.make<Assign>(span(start), targets.finish(), value, comment);
}

Stmt* Parser::augmented_assignment(int start, Expr* target) {
  Operator op = augmented_operator(kind());
  bool matmul = at(AtEqual);
  advance();
  if (matmul && !needs_version(5, "The '@' operator is")) return nullptr;
  Expr* value = annotated_value();
  if (!value) return nullptr;
  set_context(target, ExprContext::Store);
  return arena_.make<AugAssign>(span(start), target, op, value);
}

// The statement is no proper assignment: does it look like a wrong one?
void Parser::diagnose_assignment() {
  int start = pos_;
  auto annotated = [this] {
    if (!at(Colon)) return false;
    advance();
    return expression() != nullptr;
  };
  // (a, b): int
  if (at(LeftParenthesis) || at(LeftBracket)) {
    Expr* display = atom();
    if (raised_) return;
    if (display && (display->is<ast::List>() || display->is<ast::Tuple>()) && annotated()) {
      fail_at(*display, "only single target (not %s) can be annotated", expression_name(display));
    }
    if (raised_) return;
    reset(start);
  }
  // a, b: int
  Expr* first = star_named_expression();
  if (raised_) return;
  if (first && at(Comma)) {
    advance();
    for (;;) {
      int save = pos_;
      List<Expr*> more(*this);
      if (star_named_expressions(more)) continue;
      if (raised_) return;
      reset(save);
      break;
    }
    if (annotated()) fail_at(*first, "only single target (not tuple) can be annotated");
    if (raised_) return;
  }
  // f(): int
  reset(start);
  first = expression();
  if (raised_) return;
  if (first && annotated()) fail_at(*first, "illegal target for annotation");
  if (raised_) return;
  // a = b + 1 = c
  reset(start);
  for (;;) {
    int item = pos_;
    Expr* e = star_expressions();
    if (raised_) return;
    if (e && at(Equal)) {
      if (!is_star_target(e, true)) {
        diagnose_target(e, TargetUse::Star);
        return;
      }
      advance();
      continue;
    }
    reset(item);
    if (at(KwYield)) {
      e = yield_expression();
      if (raised_) return;
      if (e && at(Equal)) {
        fail_at(*e, "assignment to yield expression not possible");
        return;
      }
    }
    break;
  }
  // a + 1 += b
  reset(start);
  Expr* target = star_expressions();
  if (raised_) return;
  if (target && is_augmented(kind())) {
    advance();
    if (annotated_value()) {
      fail_at(*target, "'%s' is an illegal expression for augmented assignment", expression_name(target));
    }
  }
}

// == Keyword statements ==

Stmt* Parser::return_statement() {
  int start = pos_;
  advance();
  int save = pos_;
  Expr* value = star_expressions();
  if (raised_) return nullptr;
  if (!value) reset(save);
  return arena_.make<Return>(span(start), value);
}

Stmt* Parser::raise_statement() {
  int start = pos_;
  advance();
  int save = pos_;
  Expr* exception = expression();
  if (raised_) return nullptr;
  if (!exception) {
    reset(save);
    return arena_.make<Raise>(span(start), nullptr, nullptr);
  }
  Expr* cause = nullptr;
  if (at(KwFrom)) {
    save = pos_;
    advance();
    cause = expression();
    if (raised_) return nullptr;
    if (!cause) reset(save);
  }
  return arena_.make<Raise>(span(start), exception, cause);
}

Stmt* Parser::names_statement(bool global) {
  int start = pos_;
  advance();
  List<Str*> names(*this);
  do {
    const Token& t = token();
    if (!accept(Name)) return nullptr;
    Str* id = identifier(t);
    if (!id) return nullptr;
    names.push(id);
  } while (accept(Comma));
  if (global) return arena_.make<Global>(span(start), names.finish());
  return arena_.make<Nonlocal>(span(start), names.finish());
}

Stmt* Parser::assert_statement() {
  int start = pos_;
  advance();
  Expr* test = expression();
  if (!test) return nullptr;
  Expr* message = nullptr;
  if (at(Comma)) {
    int save = pos_;
    advance();
    message = expression();
    if (raised_) return nullptr;
    if (!message) reset(save);
  }
  return arena_.make<Assert>(span(start), test, message);
}

Stmt* Parser::del_statement() {
  int start = pos_;
  advance();
  int first = pos_;
  List<Expr*> targets(*this);
  bool valid = true;
  do {
    int save = pos_;
    Expr* target = primary();
    if (raised_) return nullptr;
    if (!target) {
      reset(save);
      break;
    }
    if (!is_del_target(target)) {
      valid = false;
      break;
    }
    targets.push(target);
  } while (accept(Comma));
  if (valid && !targets.empty() && (at(Semicolon) || at(Newline))) {
    for (int i = 0; i < targets.size(); ++i) set_context(targets[i], ExprContext::Del);
    return arena_.make<Delete>(span(start), targets.finish());
  }
  if (diagnose_ && !raised_) {
    reset(first);
    if (Expr* e = star_expressions()) diagnose_target(e, TargetUse::Del);
  }
  return nullptr;
}

// == Imports ==

// `a.b.c` as one name; the tokens need not touch.
Str* Parser::dotted_name() {
  const Token& first = token();
  if (!accept(Name)) return nullptr;
  Str* name = identifier(first);
  if (!name || !at(Dot)) return name;
  int start = pos_ - 1;
  usize size = first.text.size();
  while (at(Dot)) {
    int save = pos_;
    advance();
    const Token& part = token();
    if (!accept(Name)) {
      if (raised_) return nullptr;
      reset(save);
      break;
    }
    size += 1 + part.text.size();
  }
  char* text = arena_.make_array<char>(size);
  char* out = text;
  for (int i = start; i < pos_; ++i) {
    std::string_view part = tokens_[i].text;
    copy_bytes(out, part.data(), part.size());
    out += part.size();
  }
  name = make_identifier(arena_, {text, size});
  if (!name) fail_raised();
  return name;
}

Stmt* Parser::import_name() {
  int start = pos_;
  advance();
  List<Alias*> names(*this);
  for (;;) {
    int item = pos_;
    Str* name = dotted_name();
    if (!name) return nullptr;
    Str* as_name = nullptr;
    if (at(KwAs)) {
      advance();
      const Token& t = token();
      if (!accept(Name)) return nullptr;
      as_name = identifier(t);
      if (!as_name) return nullptr;
    }
    names.push(arena_.make<Alias>(span(item), name, as_name));
    if (!accept(Comma)) break;
  }
  return arena_.make<Import>(span(start), names.finish());
}

Stmt* Parser::import_from() {
  int start = pos_;
  advance();
  int level = 0;
  while (at(Dot) || at(TokenKind::Ellipsis)) {
    level += at(Dot) ? 1 : 3;
    advance();
  }
  Str* module = nullptr;
  bool future = false;
  if (at(Name)) {
    future = level == 0 && token().text == "__future__" && peek() != Dot;
    module = dotted_name();
    if (!module) return nullptr;
  } else if (level == 0) {
    return nullptr;
  }
  if (!accept(KwImport)) return nullptr;
  List<Alias*> names(*this);
  int first = pos_;
  if (!import_targets(names)) return nullptr;
  if (future) {
    for (int i = first; i < pos_; ++i) {
      if (tokens_[i].kind == Name && tokens_[i].text == "barry_as_FLUFL") barry_ = true;
    }
  }
  return arena_.make<ImportFrom>(span(start), module, names.finish(), level);
}

bool Parser::import_targets(List<Alias*>& out) {
  int star = pos_;
  if (accept(Star)) {
    Str* name = make_identifier(arena_, "*");
    if (!name) {
      fail_raised();
      return false;
    }
    out.push(arena_.make<Alias>(span(star), name, nullptr));
    return true;
  }
  bool parenthesized = accept(LeftParenthesis);
  for (;;) {
    int item = pos_;
    const Token& t = token();
    if (!accept(Name)) return false;
    Str* name = identifier(t);
    if (!name) return false;
    Str* as_name = nullptr;
    if (at(KwAs)) {
      advance();
      const Token& as_token = token();
      if (!accept(Name)) return false;
      as_name = identifier(as_token);
      if (!as_name) return false;
    }
    out.push(arena_.make<Alias>(span(item), name, as_name));
    if (!at(Comma)) break;
    advance();
    if (parenthesized && at(RightParenthesis)) break;
    if (!parenthesized && at(Newline)) {
      if (diagnose_) fail_here("trailing comma not allowed without surrounding parentheses");
      return false;
    }
  }
  return !parenthesized || accept(RightParenthesis);
}
}  // namespace adder::parser
