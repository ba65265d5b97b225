// parser: the match statement and its patterns (PEP 634).
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

// `match` begins a statement only if a subject, a colon, and an indented `case` follow; otherwise null without an
// error.
Stmt* Parser::match_statement() {
  int start = pos_;
  const Token& keyword = token();
  advance();
  int first = pos_;
  Expr* subject = nullptr;
  if (at(Star)) {
    subject = star_named_expression();
    if (subject && !at(Comma)) return nullptr;
  } else {
    subject = named_expression();
  }
  if (!subject) return nullptr;
  if (at(Comma)) {
    List<Expr*> items(*this);
    items.push(subject);
    advance();
    if (!star_named_expressions(items) && raised_) return nullptr;
    subject = arena_.make<ast::Tuple>(span(first), items.finish(), ExprContext::Load);
  }
  if (diagnose_ && at(Newline)) {
    if (!needs_version(10, "Pattern matching is")) return nullptr;
    return fail_here("expected ':'");
  }
  if (!at(Colon)) return nullptr;
  advance();
  if (!at(Newline)) return nullptr;
  advance();
  if (!at(Indent)) {
    if (diagnose_ && !raised_) {
      fail_indentation("expected an indented block after 'match' statement on line %d", keyword.lineno);
    }
    return nullptr;
  }
  advance();
  if (raised_) return nullptr;
  if (!at_word("case")) return nullptr;
  List<MatchCase*> cases(*this);
  while (at_word("case")) {
    MatchCase* one = case_block();
    if (!one) return nullptr;
    cases.push(one);
  }
  if (!accept(Dedent)) return nullptr;
  if (!needs_version(10, "Pattern matching is")) return nullptr;
  return arena_.make<Match>(span(start), subject, cases.finish());
}

MatchCase* Parser::case_block() {
  const Token& keyword = token();
  advance();
  Pattern* pattern = patterns();
  if (!pattern) return nullptr;
  Expr* guard = nullptr;
  if (accept(KwIf)) {
    guard = named_expression();
    if (!guard) return nullptr;
  }
  if (diagnose_ && (!check_colon() || !check_block(keyword, "'case' statement"))) return nullptr;
  if (!accept(Colon)) return nullptr;
  Seq<Stmt*> body;
  if (!block(body)) return nullptr;
  return arena_.make<MatchCase>(pattern, guard, body);
}

// A pattern, or an open sequence.
Pattern* Parser::patterns() {
  int start = pos_;
  Pattern* first = star_or_plain_pattern();
  if (!first) return nullptr;
  if (!at(Comma)) return first->is<MatchStar>() ? nullptr : first;
  advance();
  List<Pattern*> items(*this);
  items.push(first);
  if (!at(Colon) && !at(KwIf) && !pattern_list(items, Colon)) return nullptr;
  return arena_.make<MatchSequence>(span(start), items.finish());
}

// Patterns with commas between them and maybe after the last. Stops where no pattern follows.
bool Parser::pattern_list(List<Pattern*>& out, TokenKind end) {
  while (!at(end)) {
    int save = pos_;
    Pattern* next = star_or_plain_pattern();
    if (raised_) return false;
    if (!next) {
      reset(save);
      break;
    }
    out.push(next);
    if (!accept(Comma)) break;
  }
  return !raised_;
}

Str* Parser::capture_name() {
  const Token& t = token();
  if (!at(Name) || t.text == "_") return nullptr;
  TokenKind next = peek();
  if (next == Dot || next == LeftParenthesis || next == Equal) {
    touch_next();
    return nullptr;
  }
  advance();
  return identifier(t);
}

Pattern* Parser::star_or_plain_pattern() {
  if (!at(Star)) return pattern();
  int start = pos_;
  advance();
  if (at_word("_")) {
    advance();
    return arena_.make<MatchStar>(span(start), nullptr);
  }
  Str* name = capture_name();
  return name ? arena_.make<MatchStar>(span(start), name) : nullptr;
}

Pattern* Parser::pattern() {
  int start = pos_;
  Pattern* inner = or_pattern();
  if (!inner || !at(KwAs)) return inner;
  int save = pos_;
  advance();
  if (Str* name = capture_name()) return arena_.make<MatchAs>(span(start), inner, name);
  if (raised_) return nullptr;
  if (diagnose_) {
    if (at_word("_")) return fail_at(span_of(token()), "cannot use '_' as a target");
    if (!at(Name)) {
      Expr* wrong = expression();
      if (raised_) return nullptr;
      if (wrong) return fail_at(*wrong, "invalid pattern target");
    }
  }
  reset(save);
  return inner;
}

Pattern* Parser::or_pattern() {
  int start = pos_;
  Pattern* first = closed_pattern();
  if (!first || !at(Pipe)) return first;
  List<Pattern*> alternatives(*this);
  alternatives.push(first);
  while (at(Pipe)) {
    int save = pos_;
    advance();
    Pattern* next = closed_pattern();
    if (raised_) return nullptr;
    if (!next) {
      reset(save);
      break;
    }
    alternatives.push(next);
  }
  return alternatives.size() > 1 ? arena_.make<MatchOr>(span(start), alternatives.finish()) : first;
}

Pattern* Parser::closed_pattern() {
  int start = pos_;
  switch (kind()) {
    case Number:
    case Minus: {
      Expr* value = number_pattern();
      return value ? arena_.make<MatchValue>(span(start), value) : nullptr;
    }
    case String: {
      Expr* value = strings();
      return value ? arena_.make<MatchValue>(span(start), value) : nullptr;
    }
    case KwNone:
    case KwTrue:
    case KwFalse: {
      Object* value = at(KwNone) ? adder::None : at(KwTrue) ? True : False;
      advance();
      return arena_.make<MatchSingleton>(span(start), value);
    }
    case LeftParenthesis:
    case LeftBracket: {
      if (!enter()) return nullptr;
      Pattern* result = bracket_pattern();
      leave();
      return result;
    }
    case LeftBrace: {
      if (!enter()) return nullptr;
      Pattern* result = mapping_pattern();
      leave();
      return result;
    }
    case Name:
      break;
    default:
      return nullptr;
  }
  TokenKind next = peek();
  if (next != Dot && next != LeftParenthesis && next != Equal) {
    if (token().text == "_") {
      advance();
      return arena_.make<MatchAs>(span(start), nullptr, nullptr);
    }
    Str* name = capture_name();
    return name ? arena_.make<MatchAs>(span(start), nullptr, name) : nullptr;
  }
  Expr* value = name_or_attribute();
  if (!value) return nullptr;
  if (at(LeftParenthesis)) return class_pattern(start, value);
  if (at(Equal) || !value->is<Attribute>()) return nullptr;
  return arena_.make<MatchValue>(span(start), value);
}

Expr* Parser::name_or_attribute() {
  int start = pos_;
  Expr* value = name();
  while (value && at(Dot)) {
    int save = pos_;
    advance();
    const Token& t = token();
    if (!accept(Name)) {
      if (raised_) return nullptr;
      reset(save);
      break;
    }
    Str* attribute = identifier(t);
    if (!attribute) return nullptr;
    value = arena_.make<Attribute>(span(start), value, attribute, ExprContext::Load);
  }
  return value;
}

// `-1`, `2.5`, `-3 + 4j`.
Expr* Parser::number_pattern() {
  int start = pos_;
  bool negative = accept(Minus);
  if (!at(Number)) return nullptr;
  Expr* real = number();
  if (!real) return nullptr;
  Expr* left = negative ? arena_.make<UnaryOp>(span(start), UnaryOperator::USub, real) : real;
  if (!at(Plus) && !at(Minus)) return left;
  Operator op = at(Plus) ? Operator::Add : Operator::Sub;
  advance();
  if (!at(Number)) return nullptr;
  if (is_complex_constant(real->as<Constant>()->value)) {
    return fail_at(*real, "real number required in complex literal");
  }
  Expr* imaginary = number();
  if (!imaginary) return nullptr;
  if (!is_complex_constant(imaginary->as<Constant>()->value)) {
    return fail_at(*imaginary, "imaginary number required in complex literal");
  }
  return arena_.make<BinOp>(span(start), left, op, imaginary);
}

// A group or a sequence.
Pattern* Parser::bracket_pattern() {
  int start = pos_;
  bool group = at(LeftParenthesis);
  TokenKind end = group ? RightParenthesis : RightBracket;
  advance();
  List<Pattern*> items(*this);
  if (!at(end)) {
    Pattern* first = star_or_plain_pattern();
    if (!first) return nullptr;
    if (group && at(RightParenthesis) && !first->is<MatchStar>()) {
      advance();
      return first;
    }
    items.push(first);
    if (at(Comma)) {
      advance();
      if (!pattern_list(items, end)) return nullptr;
    } else if (group) {
      return nullptr;
    }
  }
  if (!accept(end)) return nullptr;
  return arena_.make<MatchSequence>(span(start), items.finish());
}

Pattern* Parser::mapping_pattern() {
  int start = pos_;
  advance();
  List<Expr*> keys(*this);
  List<Pattern*> values(*this);
  Str* rest = nullptr;
  while (!at(RightBrace)) {
    if (accept(DoubleStar)) {
      rest = capture_name();
      if (!rest) return nullptr;
      accept(Comma);
      break;
    }
    Expr* key;
    int key_start = pos_;
    if (at(Number) || at(Minus)) {
      key = number_pattern();
    } else if (at(String)) {
      key = strings();
    } else if (at(KwNone) || at(KwTrue) || at(KwFalse)) {
      Object* value = at(KwNone) ? adder::None : at(KwTrue) ? True : False;
      advance();
      key = arena_.make<Constant>(span(key_start), value, nullptr);
    } else if (at(Name)) {
      key = name_or_attribute();
      if (key && !key->is<Attribute>()) return nullptr;
    } else {
      return nullptr;
    }
    if (!key || !accept(Colon)) return nullptr;
    Pattern* value = pattern();
    if (!value) return nullptr;
    keys.push(key);
    values.push(value);
    if (!accept(Comma)) break;
  }
  if (!accept(RightBrace)) return nullptr;
  return arena_.make<MatchMapping>(span(start), keys.finish(), values.finish(), rest);
}

// At the parenthesis after the class.
Pattern* Parser::class_pattern(int start, Expr* cls) {
  if (!enter()) return nullptr;
  advance();
  List<Pattern*> positional(*this);
  List<Str*> names(*this);
  List<Pattern*> keywords(*this);
  bool matched = true;
  const Pattern *first_misplaced = nullptr, *last_misplaced = nullptr;
  while (!at(RightParenthesis)) {
    if (at(Name) && peek() == Equal) {
      if (first_misplaced) break;
      const Token& t = token();
      advance();
      advance();
      Str* id = identifier(t);
      Pattern* value = id ? pattern() : nullptr;
      if (!value) {
        matched = false;
        break;
      }
      names.push(id);
      keywords.push(value);
    } else {
      int save = pos_;
      Pattern* value = pattern();
      if (!value) {
        reset(save);
        matched = false;
        break;
      }
      if (names.empty()) {
        positional.push(value);
      } else {
        if (!diagnose_) {
          matched = false;
          reset(save);
          break;
        }
        if (!first_misplaced) first_misplaced = value;
        last_misplaced = value;
      }
    }
    if (!accept(Comma)) break;
  }
  leave();
  if (raised_) return nullptr;
  if (first_misplaced) {
    return fail_position(*first_misplaced, *last_misplaced, "positional patterns follow keyword patterns");
  }
  if (!matched || !accept(RightParenthesis)) return nullptr;
  return arena_.make<MatchClass>(span(start), cls, positional.finish(), names.finish(), keywords.finish());
}
}  // namespace adder::parser
