// parser: parameters of functions and lambdas.
#include "parser/parser_impl.h"

namespace adder::parser {
using enum TokenKind;

Arguments* Parser::empty_arguments() {
  return arena_.make<Arguments>(Seq<Arg*>{}, Seq<Arg*>{}, nullptr, Seq<Arg*>{}, Seq<Expr*>{}, nullptr, Seq<Expr*>{});
}

// A name and, outside lambdas, its annotation; after `*` the annotation may be starred.
Arg* Parser::parameter(bool lambda, bool star_annotation) {
  int start = pos_;
  const Token& t = token();
  if (!accept(Name)) return nullptr;
  Str* id = identifier(t);
  if (!id) return nullptr;
  Expr* annotation = nullptr;
  if (!lambda && at(Colon)) {
    advance();
    annotation = star_annotation ? star_expression() : expression();
    if (!annotation) return nullptr;
  }
  return arena_.make<Arg>(span(start), id, annotation, nullptr);
}

// A type comment after the comma, or before the end.
bool Parser::parameter_type_comment(Arg* arg, TokenKind end) {
  (void)end;
  bool failed;
  Str* comment = optional_type_comment(&failed);
  if (failed) return false;
  if (comment && arg) arg->type_comment = comment;
  return !comment || arg;
}

// After the `=`, which is the token before.
Expr* Parser::default_value() {
  if (diagnose_ && (at(RightParenthesis) || at(Comma))) {
    return fail_at(span_of(tokens_[pos_ - 1]), "expected default value expression");
  }
  return expression();
}

// One parameter at least; stops at `end`.
Arguments* Parser::parameters(bool lambda, TokenKind end) {
  if (diagnose_) {
    int start = pos_;
    diagnose_parameters(lambda, end);
    if (raised_) return nullptr;
    reset(start);
  }
  List<Arg*> positional(*this), keyword_only(*this);
  List<Expr*> defaults(*this), keyword_defaults(*this);
  Arg *star_arg = nullptr, *double_star_arg = nullptr;
  int positional_only = 0;
  bool star = false;
  while (!at(end)) {
    Arg* arg = nullptr;
    if (at(Slash)) {
      if (star || positional_only || positional.empty()) return nullptr;
      advance();
      if (!needs_version(8, "Positional-only parameters are")) return nullptr;
      positional_only = positional.size();
    } else if (at(Star)) {
      if (diagnose_) {
        int save = pos_;
        diagnose_star_parameters(lambda, end);
        if (raised_) return nullptr;
        reset(save);
      }
      if (star) return nullptr;
      star = true;
      advance();
      if (accept(Comma)) {
        if (!at(Name)) return nullptr;
        continue;
      }
      arg = star_arg = parameter(lambda, true);
      if (!arg) return nullptr;
    } else if (at(DoubleStar)) {
      if (diagnose_) {
        int save = pos_;
        diagnose_double_star_parameters(lambda);
        if (raised_) return nullptr;
        reset(save);
      }
      advance();
      arg = double_star_arg = parameter(lambda, false);
      if (!arg) return nullptr;
    } else {
      arg = parameter(lambda, false);
      if (!arg) return nullptr;
      Expr* value = nullptr;
      if (accept(Equal)) {
        value = default_value();
        if (!value) return nullptr;
      }
      if (star) {
        keyword_only.push(arg);
        keyword_defaults.push(value);
      } else {
        if (!value && !defaults.empty()) return nullptr;
        if (value) defaults.push(value);
        positional.push(arg);
      }
    }
    if (accept(Comma)) {
      if (!lambda && !parameter_type_comment(arg, end)) return nullptr;
    } else {
      if (!lambda && !parameter_type_comment(arg, end)) return nullptr;
      if (!at(end)) return nullptr;
    }
    if (double_star_arg) {
      if (!at(end)) return nullptr;
      break;
    }
  }
  if (raised_) return nullptr;
  Seq<Arg*> all = positional.finish();
  Seq<Arg*> only{all.data, positional_only};
  Seq<Arg*> rest{all.data + positional_only, all.size - positional_only};
  return arena_.make<Arguments>(only, rest, star_arg, keyword_only.finish(), keyword_defaults.finish(), double_star_arg,
                                defaults.finish());
}

// == Mistakes ==

// A parameter with what must follow it, a comma or the end; null, at the same place, if there is none.
Arg* Parser::scan_parameter(bool lambda, TokenKind end, Default which) {
  int start = pos_;
  Arg* arg = parameter(lambda, false);
  if (arg && at(Equal) && which != Default::Without) {
    advance();
    if (!default_value()) arg = nullptr;
  } else if (which == Default::With) {
    arg = nullptr;
  }
  if (arg && accept(Comma)) {
    if (!lambda && at(TypeComment)) advance();
    return arg;
  }
  if (arg && !lambda && at(TypeComment)) advance();
  if (arg && at(end)) return arg;
  if (!raised_) reset(start);
  return nullptr;
}

void Parser::diagnose_parameters(bool lambda, TokenKind end) {
  int start = pos_;
  auto skip = [&](Default which) {
    bool any = false;
    while (scan_parameter(lambda, end, which)) any = true;
    return any;
  };
  skip(Default::Without);
  if (raised_) return;
  int after_plain = pos_;
  // def f(a=1, b)
  if (skip(Default::With)) {
    if (raised_) return;
    int after_defaults = pos_;
    if (at(Slash)) {
      advance();
      if (!accept(Comma) && !at(end)) reset(after_defaults);
    }
    Arg* arg = scan_parameter(lambda, end, Default::Without);
    if (raised_) return;
    if (arg) {
      fail_at(*arg, "non-default argument follows default argument");
      return;
    }
  }
  if (raised_) return;
  // def f((a, b))
  reset(after_plain);
  diagnose_parenthesized_parameters(lambda, end);
  if (raised_) return;
  // def f(/, a)
  reset(start);
  if (at(Slash)) {
    const Token& slash = token();
    advance();
    if (at(Comma)) {
      fail_at(span_of(slash), "at least one argument must precede /");
      return;
    }
    reset(start);
  }
  // def f(a, /, b, /)
  bool any = skip(Default::Either);
  if (raised_) return;
  int after_all = pos_;
  bool slash = any && at(Slash);
  if (slash) {
    advance();
    if (!accept(Comma) && !at(end)) {
      slash = false;
      reset(after_all);
    }
  }
  if (slash) {
    skip(Default::Either);
    if (raised_) return;
    if (at(Slash)) {
      fail_at(span_of(token()), "/ may appear only once");
      return;
    }
  }
  // def f(*a, /)
  if (at(Star)) {
    advance();
    bool matched = accept(Comma);
    if (!matched) matched = scan_parameter(lambda, end, Default::Without);
    if (raised_) return;
    if (matched) {
      skip(Default::Either);
      if (raised_) return;
      if (at(Slash)) {
        fail_at(span_of(token()), "/ must be ahead of *");
        return;
      }
    }
  }
  // def f(a, /*b)
  reset(after_all);
  if (any && at(Slash)) {
    advance();
    if (at(Star)) fail_at(span_of(token()), "expected comma between / and *");
  }
}

void Parser::diagnose_parenthesized_parameters(bool lambda, TokenKind end) {
  if (!at(LeftParenthesis)) return;
  const Token& open = token();
  advance();
  bool any = false;
  if (lambda) {
    while (parameter(true, false)) {
      any = true;
      int save = pos_;
      if (!accept(Comma)) break;
      if (!at(Name)) {
        reset(save);
        break;
      }
    }
    accept(Comma);
  } else {
    while (scan_parameter(false, end, Default::Without)) any = true;
    if (raised_) return;
    accept(Comma);
  }
  if (raised_ || !any || !at(RightParenthesis)) return;
  fail_position(
      span_of(open), span_of(token()),
      lambda ? "Lambda expression parameters cannot be parenthesized" : "Function parameters cannot be parenthesized");
}

// At `*`.
void Parser::diagnose_star_parameters(bool lambda, TokenKind end) {
  const Token& star = token();
  int start = pos_;
  advance();
  if (at(end)) {
    if (lambda) {
      fail_here("named arguments must follow bare *");
    } else {
      fail_at(span_of(star), "named arguments must follow bare *");
    }
    return;
  }
  if (at(Comma)) {
    advance();
    if (!lambda && at(TypeComment)) {
      fail_here("bare * has associated type comment");
      return;
    }
    if (at(end) || at(DoubleStar)) {
      if (lambda) {
        fail_here("named arguments must follow bare *");
      } else {
        fail_at(span_of(star), "named arguments must follow bare *");
      }
      return;
    }
  }
  reset(start + 1);
  if (parameter(lambda, false) && at(Equal)) {
    fail_at(span_of(token()), "var-positional argument cannot have default value");
    return;
  }
  if (raised_) return;
  reset(start + 1);
  bool matched = accept(Comma);
  if (!matched) matched = scan_parameter(lambda, end, Default::Without);
  while (matched && !raised_ && scan_parameter(lambda, end, Default::Either)) {
  }
  if (raised_ || !matched || !at(Star)) return;
  const Token& second = token();
  advance();
  if (at(Comma) || scan_parameter(lambda, end, Default::Without)) {
    fail_at(span_of(second), "* argument may appear only once");
  }
}

// At `**`.
void Parser::diagnose_double_star_parameters(bool lambda) {
  advance();
  if (!parameter(lambda, false)) return;
  if (at(Equal)) {
    fail_at(span_of(token()), "var-keyword argument cannot have default value");
    return;
  }
  if (!accept(Comma)) return;
  if (at(Star) || at(DoubleStar) || at(Slash)) {
    fail_at(span_of(token()), "arguments cannot follow var-keyword argument");
    return;
  }
  if (Arg* arg = parameter(lambda, false)) fail_at(*arg, "arguments cannot follow var-keyword argument");
}
}  // namespace adder::parser
