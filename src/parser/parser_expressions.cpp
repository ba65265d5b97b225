// parser: expressions, from lists of them down to primaries and calls.
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

// == Lists of expressions ==

// One expression, or a tuple without parentheses.
Expr* Parser::star_expressions() {
  int start = pos_;
  Expr* first = star_expression();
  if (!first || !at(Comma)) return first;
  List<Expr*> items(*this);
  items.push(first);
  while (at(Comma)) {
    advance();
    int save = pos_;
    Expr* next = star_expression();
    if (raised_) return nullptr;
    if (!next) {
      reset(save);
      break;
    }
    items.push(next);
  }
  return arena_.make<ast::Tuple>(span(start), items.finish(), ExprContext::Load);
}

Expr* Parser::star_expression() {
  if (!at(Star)) return expression();
  int start = pos_;
  advance();
  Expr* value = bitwise_or();
  return value ? arena_.make<Starred>(span(start), value, ExprContext::Load) : nullptr;
}

Expr* Parser::star_named_expression() {
  if (!at(Star)) return named_expression();
  int start = pos_;
  advance();
  Expr* value = bitwise_or();
  return value ? arena_.make<Starred>(span(start), value, ExprContext::Load) : nullptr;
}

// One or more, with an optional comma at the end. False if there is not one, or with an error.
bool Parser::star_named_expressions(List<Expr*>& out) {
  for (;;) {
    int save = pos_;
    Expr* next = star_named_expression();
    if (raised_) return false;
    if (!next) {
      reset(save);
      return !out.empty();
    }
    out.push(next);
    if (!accept(Comma)) return true;
  }
}

// == Named and conditional expressions ==

Expr* Parser::assignment_expression() {
  int start = pos_;
  const Token& t = token();
  advance();
  advance();
  if (!needs_version(8, "Assignment expressions are")) return nullptr;
  Str* id = identifier(t);
  if (!id) return nullptr;
  Expr* value = expression();
  if (!value) return nullptr;
  Expr* name = arena_.make<ast::Name>(span_of(t), id, ExprContext::Store);
  return arena_.make<NamedExpr>(span(start), name, value);
}

Expr* Parser::named_expression() {
  if (at(Name) && peek() == ColonEqual) return assignment_expression();
  if (diagnose_) return diagnosed_named_expression();
  Expr* value = expression();
  return value && !at(ColonEqual) ? value : nullptr;
}

Expr* Parser::diagnosed_named_expression() {
  int start = pos_;
  Expr* value = expression();
  if (raised_) return nullptr;
  int after = pos_;
  if (value && at(ColonEqual)) {
    advance();
    if (expression()) {
      return fail_at(*value, "cannot use assignment expressions with %s", expression_name(value));
    }
    if (raised_) return nullptr;
  }
  reset(start);
  if (at(Name) && peek() == Equal) {
    const Token& t = token();
    advance();
    advance();
    Expr* right = bitwise_or();
    if (raised_) return nullptr;
    if (right && !at(Equal) && !at(ColonEqual)) {
      return fail_position(span_of(t), *right, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    reset(start);
  }
  bool plausible_target = at(KwTrue) || at(KwFalse) || at(KwNone);
  if (at(LeftBracket) || at(LeftParenthesis)) {
    Expr* display = atom();
    if (raised_) return nullptr;
    // A name in parentheses is a group, not one of these.
    plausible_target = display &&
                       (display->is<ast::List>() || display->is<ast::Tuple>() || display->is<GeneratorExp>()) &&
                       display->col_offset == tokens_[start].col_offset && display->lineno == tokens_[start].lineno;
    reset(start);
  }
  if (!plausible_target) {
    Expr* left = bitwise_or();
    if (raised_) return nullptr;
    if (left && at(Equal)) {
      advance();
      Expr* right = bitwise_or();
      if (raised_) return nullptr;
      if (right && !at(Equal) && !at(ColonEqual)) {
        return fail_at(*left, "cannot assign to %s here. Maybe you meant '==' instead of '='?", expression_name(left));
      }
    }
  }
  reset(after);
  return value && !at(ColonEqual) ? value : nullptr;
}

Expr* Parser::expression() {
  if (!memoize_) return plain_expression();
  Expr* result;
  if (recall(expression_memo_, &result)) return result;
  int start = pos_;
  result = diagnose_ ? diagnosed_expression() : plain_expression();
  return remember(expression_memo_, start, result);
}

Expr* Parser::plain_expression() {
  if (!enter(0)) return nullptr;  // everything that nests passes here: is there stack for it?
  if (at(KwLambda)) return lambda();
  int start = pos_;
  Expr* body = disjunction();
  if (!body || !at(KwIf)) return body;
  int save = pos_;
  if (!enter()) return nullptr;
  advance();
  Expr* test = disjunction();
  Expr* orelse = test && accept(KwElse) ? expression() : nullptr;
  leave();
  if (orelse) return arena_.make<IfExp>(span(start), test, body, orelse);
  if (raised_) return nullptr;
  reset(save);  // the condition of something around
  return body;
}

// `print x` and `exec x` of Python 2.
bool Parser::is_legacy_statement(const Token& t) const {
  return t.kind == Name && (t.text == "print" || t.text == "exec");
}

Expr* Parser::diagnosed_expression() {
  int start = pos_;
  const Token& first = tokens_[start];
  Expr* left = disjunction();
  if (raised_) return nullptr;
  int after = pos_;
  if (left) {
    // Two expressions side by side. Names before strings are wrong prefixes, soft keywords begin statements.
    // (CPython compares only as many characters as the name has.)
    auto is_prefix_of = [&first](std::string_view word) { return word.substr(0, first.text.size()) == first.text; };
    bool soft_keyword = first.kind == Name && (is_prefix_of("match") || is_prefix_of("case") || is_prefix_of("_"));
    bool prefixed = first.kind == Name && tokens_[start + 1].kind == String;
    if (!soft_keyword && !prefixed) {
      diagnose_ = false;
      Expr* right = plain_expression();
      diagnose_ = true;
      if (raised_) return nullptr;
      if (right && !(left->is<ast::Name>() && is_legacy_statement(first)) && tokens_[pos_ - 1].level != 0) {
        return fail_position(*left, *right, "invalid syntax. Perhaps you forgot a comma?");
      }
      reset(after);
    }
    if (at(KwIf)) {
      advance();
      Expr* test = disjunction();
      if (raised_) return nullptr;
      if (test && !at(KwElse) && !at(Colon)) {
        return fail_position(*left, *test, "expected 'else' after 'if' expression");
      }
      reset(after);
    }
  }
  if (first.kind == Name && tokens_[start + 1].kind != LeftParenthesis) {
    reset(start);
    advance();
    Expr* rest = star_expressions();
    if (raised_) return nullptr;
    if (rest && is_legacy_statement(first)) {
      int length = static_cast<int>(first.text.size());
      return fail_position(span_of(first), *rest, "Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?",
                           length, first.text.data(), length, first.text.data());
    }
  }
  reset(start);
  return plain_expression();
}

Expr* Parser::yield_expression() {
  int start = pos_;
  advance();
  if (accept(KwFrom)) {
    Expr* value = expression();
    return value ? arena_.make<YieldFrom>(span(start), value) : nullptr;
  }
  int save = pos_;
  Expr* value = star_expressions();
  if (raised_) return nullptr;
  if (!value) reset(save);
  return arena_.make<Yield>(span(start), value);
}

Expr* Parser::lambda() {
  int start = pos_;
  if (!enter(2)) return nullptr;
  advance();
  Arguments* arguments = at(Colon) ? empty_arguments() : parameters(true, Colon);
  Expr* body = arguments && accept(Colon) ? expression() : nullptr;
  leave(2);
  return body ? arena_.make<Lambda>(span(start), arguments, body) : nullptr;
}

// == Boolean operators and comparisons ==

Expr* Parser::disjunction() {
  bool memoize = memoize_;
  if (memoize) {
    Expr* known;
    if (recall(disjunction_memo_, &known)) return known;
  }
  int start = pos_;
  Expr* first = conjunction();
  if (first && at(KwOr)) {
    List<Expr*> values(*this);
    values.push(first);
    while (at(KwOr)) {
      int save = pos_;
      advance();
      Expr* next = conjunction();
      if (raised_) return nullptr;
      if (!next) {
        reset(save);
        break;
      }
      values.push(next);
    }
    if (values.size() > 1) first = arena_.make<BoolOp>(span(start), BoolOperator::Or, values.finish());
  }
  return memoize ? remember(disjunction_memo_, start, first) : first;
}

Expr* Parser::conjunction() {
  int start = pos_;
  Expr* first = inversion();
  if (!first || !at(KwAnd)) return first;
  List<Expr*> values(*this);
  values.push(first);
  while (at(KwAnd)) {
    int save = pos_;
    advance();
    Expr* next = inversion();
    if (raised_) return nullptr;
    if (!next) {
      reset(save);
      break;
    }
    values.push(next);
  }
  return values.size() > 1 ? arena_.make<BoolOp>(span(start), BoolOperator::And, values.finish()) : first;
}

Expr* Parser::inversion() {
  if (!at(KwNot)) return comparison();
  int start = pos_;
  if (!enter()) return nullptr;
  advance();
  Expr* operand = inversion();
  leave();
  return operand ? arena_.make<UnaryOp>(span(start), UnaryOperator::Not, operand) : nullptr;
}

Expr* Parser::comparison() {
  int start = pos_;
  Expr* left = bitwise_or();
  if (!left) return nullptr;
  auto at_operator = [this] {
    TokenKind k = kind();
    if (k == NotEqual && !barry_ && token().text == "<>") return false;
    return (k >= EqualEqual && k <= GreaterEqual) || k == KwIn || k == KwIs || k == KwNot;
  };
  if (!at_operator()) return left;
  List<CompareOperator> operators(*this);
  List<Expr*> comparators(*this);
  while (at_operator()) {
    int save = pos_;
    CompareOperator op;
    bool matched = true;
    const Token& t = token();
    advance();
    switch (t.kind) {
      case EqualEqual:
        op = CompareOperator::Eq;
        break;
      case NotEqual:
        op = CompareOperator::NotEq;
        if (barry_ && t.text != "<>") {
          return fail_at({t.lineno, t.col_offset, t.end_lineno, t.end_col_offset},
                         "with Barry as BDFL, use '<>' instead of '!='");
        }
        break;
      case Less:
        op = CompareOperator::Lt;
        break;
      case LessEqual:
        op = CompareOperator::LtE;
        break;
      case Greater:
        op = CompareOperator::Gt;
        break;
      case GreaterEqual:
        op = CompareOperator::GtE;
        break;
      case KwIn:
        op = CompareOperator::In;
        break;
      case KwIs:
        op = accept(KwNot) ? CompareOperator::IsNot : CompareOperator::Is;
        break;
      default:
        op = CompareOperator::NotIn;
        matched = accept(KwIn);
        break;
    }
    Expr* right = matched ? bitwise_or() : nullptr;
    if (raised_) return nullptr;
    if (!right) {
      reset(save);
      break;
    }
    operators.push(op);
    comparators.push(right);
  }
  if (comparators.empty()) return left;
  return arena_.make<Compare>(span(start), left, operators.finish(), comparators.finish());
}

// == Arithmetic ==

namespace {
struct BinaryOperator {
  int precedence;  // -1: none
  Operator op;
};
BinaryOperator binary_operator(TokenKind kind) {
  switch (kind) {
    case Pipe:
      return {0, Operator::BitOr};
    case Caret:
      return {1, Operator::BitXor};
    case Ampersand:
      return {2, Operator::BitAnd};
    case LeftShift:
      return {3, Operator::LShift};
    case RightShift:
      return {3, Operator::RShift};
    case Plus:
      return {4, Operator::Add};
    case Minus:
      return {4, Operator::Sub};
    case Star:
      return {5, Operator::Mult};
    case Slash:
      return {5, Operator::Div};
    case DoubleSlash:
      return {5, Operator::FloorDiv};
    case Percent:
      return {5, Operator::Mod};
    case At:
      return {5, Operator::MatMult};
    default:
      return {-1, Operator::Add};
  }
}
}  // namespace

// Operators of at least this precedence, all of them left-associative.
Expr* Parser::binary(int minimum_precedence) {
  int start = pos_;
  Expr* left = unary();
  while (left) {
    BinaryOperator op = binary_operator(kind());
    if (op.precedence < minimum_precedence) break;
    int save = pos_;
    bool matmul = at(At);
    advance();
    if (matmul && !needs_version(5, "The '@' operator is")) return nullptr;
    Expr* right = binary(op.precedence + 1);
    if (raised_) return nullptr;
    if (!right) {
      reset(save);
      break;
    }
    left = arena_.make<BinOp>(span(start), left, op.op, right);
  }
  return left;
}

Expr* Parser::unary() {
  UnaryOperator op;
  switch (kind()) {
    case Plus:
      op = UnaryOperator::UAdd;
      break;
    case Minus:
      op = UnaryOperator::USub;
      break;
    case Tilde:
      op = UnaryOperator::Invert;
      break;
    default:
      return power();
  }
  int start = pos_;
  if (!enter()) return nullptr;
  advance();
  Expr* operand = unary();
  leave();
  return operand ? arena_.make<UnaryOp>(span(start), op, operand) : nullptr;
}

Expr* Parser::power() {
  int start = pos_;
  Expr* base;
  if (at(KwAwait)) {
    advance();
    if (!needs_version(5, "Await expressions are")) return nullptr;
    Expr* value = primary();
    base = value ? arena_.make<Await>(span(start), value) : nullptr;
  } else {
    base = primary();
  }
  if (!base || !at(DoubleStar)) return base;
  int save = pos_;
  if (!enter(2)) return nullptr;
  advance();
  Expr* exponent = unary();
  leave(2);
  if (exponent) return arena_.make<BinOp>(span(start), base, Operator::Pow, exponent);
  if (raised_) return nullptr;
  reset(save);
  return base;
}

// == Primaries ==

Expr* Parser::primary() {
  if (!memoize_) return primary_unmemoized();
  Expr* result;
  if (recall(primary_memo_, &result)) return result;
  int start = pos_;
  result = primary_unmemoized();
  return remember(primary_memo_, start, result);
}

Expr* Parser::primary_unmemoized() {
  int start = pos_;
  Expr* left = atom();
  while (left) {
    int save = pos_;
    Expr* next = nullptr;
    if (diagnose_ && (at(LeftParenthesis) || at(LeftBracket) || at(LeftBrace))) {
      diagnose_comprehension(save);
      if (raised_) return nullptr;
      reset(save);
    }
    if (at(Dot)) {
      advance();
      const Token& t = token();
      if (accept(Name)) {
        if (Str* attribute = identifier(t))
          next = arena_.make<Attribute>(span(start), left, attribute, ExprContext::Load);
      }
    } else if (at(LeftParenthesis)) {
      next = call(start, left);
    } else if (at(LeftBracket)) {
      advance();
      Expr* index = slices();
      if (index && accept(RightBracket)) next = arena_.make<Subscript>(span(start), left, index, ExprContext::Load);
    } else {
      break;
    }
    if (raised_) return nullptr;
    if (!next) {
      reset(save);
      break;
    }
    left = next;
  }
  return left;
}

Expr* Parser::call(int start, Expr* function) {
  int open = pos_;
  advance();
  ArgumentList arguments;
  if (!call_arguments(open, true, arguments)) return nullptr;
  return arena_.make<Call>(span(start), function, arguments.args, arguments.keywords);
}

bool Parser::call_arguments(int open, bool generator_alone, ArgumentList& out) {
  int first = pos_;
  if (accept(RightParenthesis)) return true;
  bool matched = argument_list(out);
  if (raised_) return false;
  if (matched) {
    // A generator expression as the only argument borrows the parentheses of the call.
    if (generator_alone && out.args.size == 1 && out.keywords.empty() && at_comprehension()) {
      Expr* element = out.args[0];
      if (!element->is<Starred>()) {
        int save = pos_;
        if (Expr* argument = generator(open, element)) {
          out.args = make_seq_of(arena_, argument);
          return true;
        }
        if (raised_) return false;
        reset(save);
      }
    } else if (at(Comma)) {
      advance();
    }
    if (accept(RightParenthesis)) return true;
    if (raised_) return false;
  }
  if (diagnose_) {
    reset(first);
    diagnose_arguments();
  }
  return false;
}

// As many arguments as there are, without the comma at the end: positional ones, then keywords and `*`, then keywords
// and `**`. False if there is not one, or with an error.
bool Parser::argument_list(ArgumentList& out) {
  int start = pos_;
  enum { kPositional, kKeyword, kDoubleStar } state = kPositional;
  List<Expr*> args(*this);
  List<Keyword*> keywords(*this);
  int end = pos_;
  for (;;) {
    int item = pos_;
    const Token& t = token();
    bool matched = false;
    if (t.kind == Star && state != kDoubleStar) {
      advance();
      if (Expr* value = expression()) {
        args.push(arena_.make<Starred>(span(item), value, ExprContext::Load));
        matched = true;
      }
    } else if (t.kind == DoubleStar) {
      advance();
      if (Expr* value = expression()) {
        keywords.push(arena_.make<Keyword>(span(item), nullptr, value));
        state = kDoubleStar;
        matched = true;
      }
    } else {
      if (state == kPositional && !(t.kind == Name && peek() == Equal)) {
        Expr* value = t.kind == Name && peek() == ColonEqual ? assignment_expression() : expression();
        if (value && !at(ColonEqual) && !at(Equal)) {
          args.push(value);
          matched = true;
        }
      }
      if (!matched && !raised_) {
        reset(item);
        if (diagnose_ && diagnose_keyword_argument()) return false;
        reset(item);
        if (keyword_argument(keywords)) {
          if (state == kPositional) state = kKeyword;
          matched = true;
        }
      }
    }
    if (raised_) return false;
    if (!matched) break;
    end = pos_;
    if (!at(Comma)) break;
    advance();
  }
  if (args.empty() && keywords.empty()) return false;
  reset(end);
  out.span = span(start);
  out.args = args.finish();
  out.keywords = keywords.finish();
  out.ends_with_double_star = !out.keywords.empty() && !out.keywords.back()->arg;
  return true;
}

bool Parser::keyword_argument(List<Keyword*>& out) {
  if (!at(Name)) return false;
  int start = pos_;
  const Token& t = token();
  advance();
  if (!accept(Equal)) return false;
  Str* id = identifier(t);
  if (!id) return false;
  Expr* value = expression();
  if (!value) return false;
  out.push(arena_.make<Keyword>(span(start), id, value));
  return true;
}

// True with an error.
bool Parser::diagnose_keyword_argument() {
  int start = pos_;
  const Token& t = token();
  if ((t.kind == KwTrue || t.kind == KwFalse || t.kind == KwNone) && peek() == Equal) {
    touch_next();
    fail_position(span_of(t), span_of(tokens_[pos_ + 1]), "cannot assign to %s", token_spelling(t.kind));
    return true;
  }
  if (t.kind == Name && peek() == Equal) {
    advance();
    const Token& equal = token();
    advance();
    Seq<Comprehension*> clauses;
    if (expression() && at_comprehension() && for_if_clauses(clauses)) {
      fail_position(span_of(t), span_of(equal), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    return raised_;
  }
  reset(start);
  Expr* left = expression();
  if (raised_) return true;
  if (left && at(Equal)) {
    fail_position(*left, span_of(token()), "expression cannot contain assignment, perhaps you meant \"==\"?");
  }
  return raised_;
}

namespace {
// Where a comprehension's last clause ends.
const Expr* last_of(const Comprehension* clause) { return clause->ifs.empty() ? clause->iter : clause->ifs.back(); }
}  // namespace

// The arguments from here on do not fit a call.
void Parser::diagnose_arguments() {
  int start = pos_;
  ArgumentList arguments;
  bool matched = argument_list(arguments);
  if (raised_) return;
  int after = pos_;
  if (matched && at(Comma)) {
    advance();
    if (at(Star)) {
      fail_at(arguments.span, "iterable argument unpacking follows keyword argument unpacking");
      return;
    }
  }
  reset(start);
  Expr* element = expression();
  if (raised_) return;
  Seq<Comprehension*> clauses;
  if (element && at_comprehension() && for_if_clauses(clauses) && at(Comma)) {
    advance();
    int rest = pos_;
    ArgumentList more;
    Expr* second = nullptr;
    if (!argument_list(more) && !raised_) {
      reset(rest);
      second = expression();
      if (second && at_comprehension()) for_if_clauses(clauses);
    }
    if (raised_) return;
    fail_position(*element, *last_of(clauses.back()), "Generator expression must be parenthesized");
    return;
  }
  if (raised_) return;
  reset(start);
  if (at(Name) && peek() == Equal) {
    const Token& t = token();
    advance();
    const Token& equal = token();
    advance();
    if (expression() && at_comprehension() && for_if_clauses(clauses)) {
      fail_position(span_of(t), span_of(equal), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    if (raised_) return;
  }
  if (!matched) return;
  reset(after);
  if (at_comprehension() && for_if_clauses(clauses)) {
    if (arguments.args.size > 1) {
      fail_position(*arguments.args.back(), *last_of(clauses.back()), "Generator expression must be parenthesized");
    }
  }
  if (raised_) return;
  reset(after);
  if (!accept(Comma)) return;
  int rest = pos_;
  element = expression();
  if (raised_) return;
  if (element && at_comprehension() && for_if_clauses(clauses)) {
    fail_position(*element, *clauses.back()->target, "Generator expression must be parenthesized");
  }
  if (raised_) return;
  reset(rest);
  ArgumentList more;
  if (argument_list(more)) {
    fail_here(arguments.ends_with_double_star ? "positional argument follows keyword argument unpacking"
                                              : "positional argument follows keyword argument");
  }
}

// == Subscripts ==

Expr* Parser::slices() {
  int start = pos_;
  List<Expr*> items(*this);
  bool comma = false;
  for (;;) {
    int save = pos_;
    Expr* item;
    if (at(Star)) {
      advance();
      Expr* value = expression();
      item = value ? arena_.make<Starred>(span(save), value, ExprContext::Load) : nullptr;
      if (item && !needs_version(11, "Starred subscripts are")) return nullptr;
    } else {
      item = slice();
    }
    if (raised_) return nullptr;
    if (!item) {
      reset(save);
      break;
    }
    items.push(item);
    comma = at(Comma);
    if (!comma) break;
    advance();
  }
  if (items.empty()) return nullptr;
  if (items.size() == 1 && !comma && !items[0]->is<Starred>()) return items[0];
  return arena_.make<ast::Tuple>(span(start), items.finish(), ExprContext::Load);
}

Expr* Parser::slice() {
  int start = pos_;
  if (at(Name) && peek() == ColonEqual) return named_expression();
  Expr* lower = nullptr;
  if (!at(Colon)) {
    lower = expression();
    if (raised_) return nullptr;
    if (!lower || !at(Colon)) {
      if (!diagnose_) return lower && !at(ColonEqual) ? lower : nullptr;
      reset(start);
      return named_expression();
    }
  }
  advance();
  auto bound = [this]() -> Expr* {
    if (at(Colon) || at(RightBracket) || at(Comma)) return nullptr;
    int save = pos_;
    Expr* e = expression();
    if (!e && !raised_) reset(save);
    return e;
  };
  Expr* upper = bound();
  if (raised_) return nullptr;
  Expr* step = nullptr;
  if (accept(Colon)) step = bound();
  if (raised_) return nullptr;
  return arena_.make<ast::Slice>(span(start), lower, upper, step);
}
}  // namespace adder::parser
