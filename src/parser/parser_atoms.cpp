// parser: atoms, displays, comprehensions and assignment targets.
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

Expr* Parser::atom() {
  switch (kind()) {
    case Name:
      return name();
    case Number:
      return number();
    case String:
      return strings();
    case LeftParenthesis:
    case LeftBracket:
    case LeftBrace:
      return bracketed();
    case KwTrue:
    case KwFalse:
    case KwNone:
    case TokenKind::Ellipsis: {
      Object* value = at(KwTrue) ? True : at(KwFalse) ? False : at(KwNone) ? adder::None : adder::Ellipsis;
      Position position = span_of(token());
      advance();
      return arena_.make<Constant>(position, value, nullptr);
    }
    default:
      return nullptr;
  }
}

Expr* Parser::bracketed() {
  auto parse = [this] { return at(LeftParenthesis) ? parenthesized() : at(LeftBracket) ? list() : braces(); };
  if (!memoize_) return parse();
  Expr* result;
  if (recall(atom_memo_, &result)) return result;
  int start = pos_;
  result = parse();
  return remember(atom_memo_, start, result);
}

Expr* Parser::name() {
  const Token& t = token();
  Str* id = identifier(t);
  if (!id) return nullptr;
  advance();
  return arena_.make<ast::Name>(span_of(t), id, ExprContext::Load);
}

Expr* Parser::number() {
  const Token& t = token();
  char buffer[128];
  std::string_view text = t.text;
  if (text.find('_') != std::string_view::npos) {
    if (!needs_version(6, "Underscores in numeric literals are")) return nullptr;
    char* out = text.size() < sizeof buffer ? buffer : arena_.make_array<char>(text.size() + 1);
    usize size = 0;
    for (char c : text) {
      if (c != '_') out[size++] = c;
    }
    out[size] = '\0';
    text = {out, size};
  }
  Object* value = nullptr;
  char last = text.back();
  bool radix = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) >= 'a';
  if (radix && (text[1] | 0x20) != 'e' && (text[1] | 0x20) != 'j') {
    int base = (text[1] | 0x20) == 'x' ? 16 : (text[1] | 0x20) == 'o' ? 8 : 2;
    value = make_int_constant(arena_, text.substr(2), base);
  } else if (last == 'j' || last == 'J') {
    value = make_complex_constant(arena_, parse_double(text.substr(0, text.size() - 1)));
  } else if (text.find_first_of(".eE") != std::string_view::npos) {
    value = make_float_constant(arena_, parse_double(text));
  } else {
    value = make_int_constant(arena_, text, 10);
    const char* message;
    if (!value && take_value_error(arena_, &message)) {
      // Too many digits: the limit's message, and a way out.
      return fail_at({t.lineno, -1, t.end_lineno, -1},
                     "%s - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
                     message);
    }
  }
  if (!value) return fail_raised();
  advance();
  return arena_.make<Constant>(span_of(t), value, nullptr);
}

Expr* Parser::strings() {
  const Token* first = &token();
  while (at(String)) advance();
  if (raised_) return nullptr;
  return parse_strings(*this, first, &token());
}

// == Parentheses ==

Expr* Parser::parenthesized() {
  int start = pos_;
  advance();
  if (accept(RightParenthesis)) return arena_.make<ast::Tuple>(span(start), Seq<Expr*>{}, ExprContext::Load);
  if (at(KwYield)) {
    Expr* value = yield_expression();
    if (value && accept(RightParenthesis)) return value;
    return nullptr;
  }
  Expr* first = star_named_expression();
  if (raised_) return nullptr;
  if (first) {
    if (at(Comma)) {
      advance();
      List<Expr*> items(*this);
      items.push(first);
      if (!star_named_expressions(items)) return nullptr;
      if (accept(RightParenthesis)) return arena_.make<ast::Tuple>(span(start), items.finish(), ExprContext::Load);
    } else if (!first->is<Starred>()) {
      if (accept(RightParenthesis)) return first;
      if (at_comprehension()) {
        if (Expr* result = generator(start, first)) return result;
      }
    }
    if (raised_) return nullptr;
  }
  if (diagnose_) {
    diagnose_group(start);
    if (!raised_) diagnose_comprehension(start);
  }
  return nullptr;
}

// A starred expression alone in parentheses.
void Parser::diagnose_group(int start) {
  reset(start);
  advance();
  const Token& star = token();
  int first = pos_;
  if (accept(Star)) {
    if (expression() && at(RightParenthesis)) fail_at(span(first), "cannot use starred expression here");
  } else if (accept(DoubleStar)) {
    if (expression() && at(RightParenthesis)) fail_at(span_of(star), "cannot use double starred expression here");
  }
}

// The rest of a generator expression and its closing parenthesis; the token at `start` opened it.
Expr* Parser::generator(int start, Expr* element) {
  Seq<Comprehension*> clauses;
  if (!for_if_clauses(clauses) || !accept(RightParenthesis)) return nullptr;
  return arena_.make<GeneratorExp>(span(start), element, clauses);
}

// == Comprehensions ==

bool Parser::for_if_clauses(Seq<Comprehension*>& out) {
  List<Comprehension*> clauses(*this);
  while (at(KwFor) || at(KwAsync)) {
    int save = pos_;
    bool async = accept(KwAsync);
    if (!accept(KwFor)) {
      reset(save);
      break;
    }
    if (async && !needs_version(6, "Async comprehensions are")) return false;
    int targets = pos_;
    Expr* target = star_targets();
    if (raised_) return false;
    if (!target || !at(KwIn)) {
      if (diagnose_) {
        reset(targets);
        if (Expr* e = star_expressions()) diagnose_target(e, TargetUse::For);
      }
      return false;
    }
    advance();
    Expr* iter = disjunction();
    if (!iter) return false;
    List<Expr*> conditions(*this);
    while (at(KwIf)) {
      int condition_start = pos_;
      advance();
      Expr* condition = disjunction();
      if (raised_) return false;
      if (!condition) {
        reset(condition_start);
        break;
      }
      conditions.push(condition);
    }
    clauses.push(arena_.make<Comprehension>(target, iter, conditions.finish(), async ? 1 : 0));
  }
  if (raised_ || clauses.empty()) return false;
  out = clauses.finish();
  return true;
}

// What cannot be the element of a comprehension; `start` is the opening bracket.
void Parser::diagnose_comprehension(int start) {
  TokenKind open = tokens_[start].kind;
  Seq<Comprehension*> clauses;
  reset(start);
  advance();
  int first = pos_;
  if (accept(Star)) {
    if (expression()) {
      Position starred = span(first);
      if (at_comprehension() && for_if_clauses(clauses)) {
        fail_at(starred, "iterable unpacking cannot be used in comprehension");
      }
    }
    if (raised_) return;
  }
  if (open == LeftParenthesis) return;
  reset(first);
  Expr* element = star_named_expression();
  if (raised_ || !element || !at(Comma)) return;
  Position comma = span_of(token());
  advance();
  int rest = pos_;
  List<Expr*> more(*this);
  bool matched = star_named_expressions(more);
  if (raised_) return;
  if (matched && at_comprehension() && for_if_clauses(clauses)) {
    fail_position(*element, *more.back(), "did you forget parentheses around the comprehension target?");
  }
  if (raised_) return;
  reset(rest);
  if (at_comprehension() && for_if_clauses(clauses)) {
    fail_position(*element, comma, "did you forget parentheses around the comprehension target?");
  }
}

Expr* Parser::list() {
  int start = pos_;
  advance();
  if (accept(RightBracket)) return arena_.make<ast::List>(span(start), Seq<Expr*>{}, ExprContext::Load);
  List<Expr*> items(*this);
  Expr* first = star_named_expression();
  if (raised_) return nullptr;
  if (first) {
    items.push(first);
    bool matched = true;
    bool comma = accept(Comma);
    if (comma) matched = star_named_expressions(items);
    if (matched && accept(RightBracket)) {
      return arena_.make<ast::List>(span(start), items.finish(), ExprContext::Load);
    }
    if (raised_) return nullptr;
    if (!comma && !first->is<Starred>() && at_comprehension()) {
      Seq<Comprehension*> clauses;
      if (for_if_clauses(clauses) && accept(RightBracket)) return arena_.make<ListComp>(span(start), first, clauses);
    }
    if (raised_) return nullptr;
  }
  if (diagnose_) diagnose_comprehension(start);
  return nullptr;
}

// `key: value` or `**mapping`.
bool Parser::key_value(List<Expr*>& keys, List<Expr*>& values) {
  if (accept(DoubleStar)) {
    Expr* mapping = bitwise_or();
    if (!mapping) return false;
    keys.push(nullptr);
    values.push(mapping);
    return true;
  }
  Expr* key = expression();
  if (!key || !accept(Colon)) return false;
  Expr* value = expression();
  if (!value) return false;
  keys.push(key);
  values.push(value);
  return true;
}

// Dictionaries, sets and their comprehensions.
Expr* Parser::braces() {
  int start = pos_;
  advance();
  if (accept(RightBrace)) return arena_.make<ast::Dict>(span(start), Seq<Expr*>{}, Seq<Expr*>{});
  int first = pos_;
  Expr* element = nullptr;  // of a set, if it is parsed already
  if (!at(Star)) {
    Expr* key = nullptr;
    bool dict = at(DoubleStar);
    if (!dict && !(at(Name) && peek() == ColonEqual)) {
      key = expression();
      if (raised_) return nullptr;
      dict = key && at(Colon);
    }
    bool matched_any = false;
    if (dict) {
      Expr* result = dict_after_key(start, key, &matched_any);
      if (result || raised_) return result;
    }
    if (!diagnose_) {
      if (dict) {
        // The check parses everything again, and so may every level around.
        start_memo();
        diagnose_dict(start);
        return nullptr;
      }
      // A set, unless its first element is wrong.
      bool named = !key && at(Name) && peek() == ColonEqual;
      if (!named && (!key || at(ColonEqual))) return nullptr;
      element = key;
    } else {
      if (!matched_any) diagnose_dict(start);
      if (raised_) return nullptr;
    }
    if (!element) reset(first);
  }
  List<Expr*> items(*this);
  if (!element) element = star_named_expression();
  if (raised_) return nullptr;
  if (element) {
    items.push(element);
    bool matched = true;
    bool comma = accept(Comma);
    if (comma) matched = star_named_expressions(items);
    if (matched && accept(RightBrace)) return arena_.make<ast::Set>(span(start), items.finish());
    if (raised_) return nullptr;
    if (!comma && !element->is<Starred>() && at_comprehension()) {
      Seq<Comprehension*> clauses;
      if (for_if_clauses(clauses) && accept(RightBrace)) return arena_.make<SetComp>(span(start), element, clauses);
    }
    if (raised_) return nullptr;
  }
  if (diagnose_) diagnose_comprehension(start);
  return nullptr;
}

// A dictionary or its comprehension, from `**` or from the colon after the first key. Null if it is neither;
// `matched_any`: there is one item at least, and in the second pass the items have been checked.
Expr* Parser::dict_after_key(int start, Expr* first_key, bool* matched_any) {
  List<Expr*> keys(*this), values(*this);
  int end = pos_;
  bool comma = false;
  if (first_key) {
    advance();
    Expr* value = expression();
    if (!value) return nullptr;
    keys.push(first_key);
    values.push(value);
    end = pos_;
    comma = accept(Comma);
    if (comma) end = pos_;
  }
  if (!first_key || comma) {
    while (!at(RightBrace) && key_value(keys, values)) {
      end = pos_;
      comma = accept(Comma);
      if (!comma) break;
      end = pos_;
    }
  }
  if (raised_ || keys.empty()) return nullptr;
  reset(end);
  if (accept(RightBrace)) return arena_.make<ast::Dict>(span(start), keys.finish(), values.finish());
  *matched_any = true;
  if (diagnose_) {
    diagnose_dict(start);
    if (raised_) return nullptr;
    reset(end);
  }
  if (keys.size() == 1 && keys[0] && !comma && at_comprehension()) {
    Seq<Comprehension*> clauses;
    if (for_if_clauses(clauses) && accept(RightBrace)) {
      return arena_.make<DictComp>(span(start), keys[0], values[0], clauses);
    }
  }
  if (raised_ || !diagnose_) return nullptr;
  reset(start + 1);
  if (at(DoubleStar)) {
    const Token& stars = token();
    advance();
    Seq<Comprehension*> clauses;
    if (bitwise_or() && at_comprehension() && for_if_clauses(clauses) && at(RightBrace)) {
      fail_at(span_of(stars), "dict unpacking cannot be used in dict comprehension");
    }
  }
  return nullptr;
}

// Keys without values, and starred values. This one speaks up in the first pass too, before other mistakes inside.
void Parser::diagnose_dict(int start) {
  reset(start);
  advance();
  auto check_value = [this](Expr* key) {
    // After the key, at the colon.
    if (!key || !at(Colon)) return;
    const Token& colon = token();
    advance();
    if (at(Star)) {
      Position star = span_of(token());
      advance();
      if (bitwise_or()) {
        fail_starting_from(star, "cannot use a starred expression in a dictionary value");
      }
    } else if (at(RightBrace) || at(Comma)) {
      fail_at(span_of(colon), "expression expected after dictionary key and ':'");
    }
  };
  List<Expr*> keys(*this), values(*this);
  int first = pos_;
  int end = -1;
  while (key_value(keys, values)) {
    end = pos_;
    if (!at(Comma)) break;
    advance();
  }
  if (raised_) return;
  if (end >= 0) {
    reset(end);
    if (at(Comma)) {
      advance();
      Expr* key = expression();
      if (raised_) return;
      if (key && !at(Colon)) {
        Position where{key->lineno, key->end_col_offset - 1, key->end_lineno, -1};
        fail_at(where, "':' expected after dictionary key");
        return;
      }
      check_value(key);
      if (raised_) return;
    }
  }
  reset(first);
  Expr* key = expression();
  if (!raised_) check_value(key);
}

// == Targets ==

// Targets of a `for`, up to the `in`; contexts set.
Expr* Parser::star_targets() {
  int start = pos_;
  auto star_target = [this]() -> Expr* {
    if (!at(Star)) return target();
    int star = pos_;
    advance();
    if (at(Star)) return nullptr;
    Expr* value = target();
    return value ? arena_.make<Starred>(span(star), value, ExprContext::Store) : nullptr;
  };
  Expr* first = star_target();
  if (!first || !at(Comma)) return first;
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Comma)) {
    int save = pos_;
    Expr* next = star_target();
    if (raised_) return nullptr;
    if (!next) {
      reset(save);
      break;
    }
    items.push(next);
  }
  return arena_.make<ast::Tuple>(span(start), items.finish(), ExprContext::Store);
}

// One target without a star: an expression that can be assigned to, its context set.
Expr* Parser::target() {
  Expr* e = primary();
  if (!e || !is_star_target(e, false)) return nullptr;
  set_context(e, ExprContext::Store);
  return e;
}

bool Parser::is_star_target(const Expr* e, bool allow_star) const {
  auto all = [this](const Seq<Expr*>& items) {
    for (const Expr* item : items) {
      if (!is_star_target(item, true)) return false;
    }
    return true;
  };
  switch (e->kind) {
    case ExprKind::Name:
    case ExprKind::Attribute:
    case ExprKind::Subscript:
      return true;
    case ExprKind::Tuple:
      return all(e->as<ast::Tuple>()->elts);
    case ExprKind::List:
      return all(e->as<ast::List>()->elts);
    case ExprKind::Starred:
      return allow_star && is_star_target(e->as<Starred>()->value, false);
    default:
      return false;
  }
}

bool Parser::is_single_target(const Expr* e) const {
  return e->is<ast::Name>() || e->is<Attribute>() || e->is<Subscript>();
}

bool Parser::is_del_target(const Expr* e) const {
  const Seq<Expr*>* items = e->is<ast::Tuple>()  ? &e->as<ast::Tuple>()->elts
                            : e->is<ast::List>() ? &e->as<ast::List>()->elts
                                                 : nullptr;
  if (!items) return is_single_target(e);
  for (const Expr* item : *items) {
    if (!is_del_target(item)) return false;
  }
  return true;
}

void Parser::set_context(Expr* e, ExprContext context) {
  switch (e->kind) {
    case ExprKind::Name:
      e->as<ast::Name>()->ctx = context;
      break;
    case ExprKind::Attribute:
      e->as<Attribute>()->ctx = context;
      break;
    case ExprKind::Subscript:
      e->as<Subscript>()->ctx = context;
      break;
    case ExprKind::Starred:
      e->as<Starred>()->ctx = context;
      set_context(e->as<Starred>()->value, context);
      break;
    case ExprKind::Tuple:
      e->as<ast::Tuple>()->ctx = context;
      for (Expr* item : e->as<ast::Tuple>()->elts) set_context(item, context);
      break;
    case ExprKind::List:
      e->as<ast::List>()->ctx = context;
      for (Expr* item : e->as<ast::List>()->elts) set_context(item, context);
      break;
    default:
      break;
  }
}

// The first part of `e` that cannot be a target, or null.
Expr* Parser::invalid_target(Expr* e, TargetUse use) const {
  auto first_of = [&](const Seq<Expr*>& items) -> Expr* {
    for (Expr* item : items) {
      if (Expr* found = invalid_target(item, use)) return found;
    }
    return nullptr;
  };
  switch (e->kind) {
    case ExprKind::Name:
    case ExprKind::Attribute:
    case ExprKind::Subscript:
      return nullptr;
    case ExprKind::Tuple:
      return first_of(e->as<ast::Tuple>()->elts);
    case ExprKind::List:
      return first_of(e->as<ast::List>()->elts);
    case ExprKind::Starred:
      return use == TargetUse::Del ? e : invalid_target(e->as<Starred>()->value, use);
    case ExprKind::Compare:
      // `for a in b` parses as a comparison: its left side is the target.
      if (use != TargetUse::For) return e;
      if (e->as<Compare>()->ops[0] == CompareOperator::In) return invalid_target(e->as<Compare>()->left, use);
      return nullptr;
    default:
      return e;
  }
}

void Parser::diagnose_target(Expr* e, TargetUse use) {
  if (Expr* wrong = invalid_target(e, use)) {
    fail_at(*wrong, use == TargetUse::Del ? "cannot delete %s" : "cannot assign to %s", expression_name(wrong));
  }
}

const char* expression_name(const Expr* e) {
  switch (e->kind) {
    case ExprKind::Attribute:
      return "attribute";
    case ExprKind::Subscript:
      return "subscript";
    case ExprKind::Starred:
      return "starred";
    case ExprKind::Name:
      return "name";
    case ExprKind::List:
      return "list";
    case ExprKind::Tuple:
      return "tuple";
    case ExprKind::Lambda:
      return "lambda";
    case ExprKind::Call:
      return "function call";
    case ExprKind::BoolOp:
    case ExprKind::BinOp:
    case ExprKind::UnaryOp:
      return "expression";
    case ExprKind::GeneratorExp:
      return "generator expression";
    case ExprKind::Yield:
    case ExprKind::YieldFrom:
      return "yield expression";
    case ExprKind::Await:
      return "await expression";
    case ExprKind::ListComp:
      return "list comprehension";
    case ExprKind::SetComp:
      return "set comprehension";
    case ExprKind::DictComp:
      return "dict comprehension";
    case ExprKind::Dict:
      return "dict literal";
    case ExprKind::Set:
      return "set display";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      return "f-string expression";
    case ExprKind::Constant: {
      const Object* value = e->as<Constant>()->value;
      return value == adder::None       ? "None"
             : value == adder::True     ? "True"
             : value == adder::False    ? "False"
             : value == adder::Ellipsis ? "ellipsis"
                                        : "literal";
    }
    case ExprKind::Compare:
      return "comparison";
    case ExprKind::IfExp:
      return "conditional expression";
    case ExprKind::NamedExpr:
      return "named expression";
    case ExprKind::Slice:
      return "slice";
  }
  return "expression";
}
}  // namespace adder::parser
