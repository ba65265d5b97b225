// unparse: an expression as source text, for annotations under `from __future__ import annotations`.
//
// Each function appends to the writer; `level` is the binding strength of the place: an expression that binds less
// gets parentheses. See ast_unparse in parser.h.
#include "parser/depth_guard.h"
#include "parser/parser.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
using namespace ast;

// From the weakest to the strongest.
enum Precedence : int {
  kTuple,
  kTest,  // `if`-`else`, lambda
  kOr,
  kAnd,
  kNot,
  kComparison,
  kBitOr,
  kBitXor,
  kBitAnd,
  kShift,
  kArithmetic,
  kTerm,
  kFactor,
  kPower,
  kAwait,
  kAtom,
  kExpression = kBitOr,
};

struct OperatorText {
  const char* text;
  int precedence;
  bool right_associative = false;
};
OperatorText operator_text(Operator op) {
  switch (op) {
    case Operator::Add:
      return {" + ", kArithmetic};
    case Operator::Sub:
      return {" - ", kArithmetic};
    case Operator::Mult:
      return {" * ", kTerm};
    case Operator::MatMult:
      return {" @ ", kTerm};
    case Operator::Div:
      return {" / ", kTerm};
    case Operator::Mod:
      return {" % ", kTerm};
    case Operator::LShift:
      return {" << ", kShift};
    case Operator::RShift:
      return {" >> ", kShift};
    case Operator::BitOr:
      return {" | ", kBitOr};
    case Operator::BitXor:
      return {" ^ ", kBitXor};
    case Operator::BitAnd:
      return {" & ", kBitAnd};
    case Operator::FloorDiv:
      return {" // ", kTerm};
    case Operator::Pow:
      return {" ** ", kPower, true};
  }
  return {"", kAtom};
}
const char* comparison_text(CompareOperator op) {
  switch (op) {
    case CompareOperator::Eq:
      return " == ";
    case CompareOperator::NotEq:
      return " != ";
    case CompareOperator::Lt:
      return " < ";
    case CompareOperator::LtE:
      return " <= ";
    case CompareOperator::Gt:
      return " > ";
    case CompareOperator::GtE:
      return " >= ";
    case CompareOperator::Is:
      return " is ";
    case CompareOperator::IsNot:
      return " is not ";
    case CompareOperator::In:
      return " in ";
    case CompareOperator::NotIn:
      return " not in ";
  }
  return "";
}

class Unparser {
 public:
  explicit Unparser(StrWriter& out) : out_(out) {}

  Result<void> expression(const Expr* e, int level) {
    DepthGuard guard(depth_, " during compilation");
    if (guard.failed()) return Error{};
    switch (e->kind) {
      case ExprKind::BoolOp:
        return bool_op(e->as<BoolOp>(), level);
      case ExprKind::BinOp:
        return bin_op(e->as<BinOp>(), level);
      case ExprKind::UnaryOp:
        return unary_op(e->as<UnaryOp>(), level);
      case ExprKind::Lambda:
        return lambda(e->as<Lambda>(), level);
      case ExprKind::IfExp:
        return if_exp(e->as<IfExp>(), level);
      case ExprKind::Dict:
        return dict(e->as<ast::Dict>());
      case ExprKind::Set:
        return bracketed("{", e->as<ast::Set>()->elts, "}");
      case ExprKind::GeneratorExp:
        return comprehension("(", e->as<GeneratorExp>()->elt, e->as<GeneratorExp>()->generators, ")");
      case ExprKind::ListComp:
        return comprehension("[", e->as<ListComp>()->elt, e->as<ListComp>()->generators, "]");
      case ExprKind::SetComp:
        return comprehension("{", e->as<SetComp>()->elt, e->as<SetComp>()->generators, "}");
      case ExprKind::DictComp:
        return dict_comp(e->as<DictComp>());
      case ExprKind::Yield: {
        const Yield* yield = e->as<Yield>();
        if (!yield->value) return text("(yield)");
        TRY(text("(yield "));
        TRY(expression(yield->value, kTest));
        return text(")");
      }
      case ExprKind::YieldFrom:
        TRY(text("(yield from "));
        TRY(expression(e->as<YieldFrom>()->value, kTest));
        return text(")");
      case ExprKind::Await: {
        TRY(text_if(level > kAwait, "("));
        TRY(text("await "));
        TRY(expression(e->as<Await>()->value, kAtom));
        return text_if(level > kAwait, ")");
      }
      case ExprKind::Compare:
        return compare(e->as<Compare>(), level);
      case ExprKind::Call:
        return call(e->as<Call>());
      case ExprKind::Constant: {
        const Constant* c = e->as<Constant>();
        if (c->value == adder::Ellipsis) return text("...");
        if (c->string_kind) TRY(out_.write_str(c->string_kind));
        return constant(c->value);
      }
      case ExprKind::JoinedStr:
        return joined_str(e->as<JoinedStr>());
      case ExprKind::FormattedValue:
        return formatted_value(e->as<FormattedValue>(), out_);
      case ExprKind::Attribute: {
        const Attribute* a = e->as<Attribute>();
        TRY(expression(a->value, kAtom));
        // `1 .real` needs the space.
        const Constant* c = a->value->try_as<Constant>();
        TRY(text(c && is_int_exact(c->value) ? " ." : "."));
        return out_.write_str(a->attr);
      }
      case ExprKind::Starred:
        TRY(text("*"));
        return expression(e->as<Starred>()->value, kExpression);
      case ExprKind::Name:
        return out_.write_str(e->as<Name>()->id);
      case ExprKind::List:
        return bracketed("[", e->as<ast::List>()->elts, "]");
      case ExprKind::Tuple:
        return tuple(e->as<ast::Tuple>(), level);
      case ExprKind::Subscript:
        TRY(expression(e->as<Subscript>()->value, kAtom));
        TRY(text("["));
        TRY(expression(e->as<Subscript>()->slice, kTuple));
        return text("]");
      case ExprKind::Slice: {
        const ast::Slice* s = e->as<ast::Slice>();
        if (s->lower) TRY(expression(s->lower, kTest));
        TRY(text(":"));
        if (s->upper) TRY(expression(s->upper, kTest));
        if (!s->step) return {};
        TRY(text(":"));
        return expression(s->step, kTest);
      }
      case ExprKind::NamedExpr:
        TRY(text_if(level > kTuple, "("));
        TRY(expression(e->as<NamedExpr>()->target, kAtom));
        TRY(text(" := "));
        TRY(expression(e->as<NamedExpr>()->value, kAtom));
        return text_if(level > kTuple, ")");
    }
    return raise(SystemError, "unknown expression kind");
  }

 private:
  Result<void> text(const char* ascii) { return out_.write_ascii(ascii); }
  Result<void> text_if(bool condition, const char* ascii) { return condition ? text(ascii) : Result<void>(); }

  Result<void> list(const Seq<Expr*>& items, int level) {
    bool first = true;
    for (const Expr* item : items) {
      if (!first) TRY(text(", "));
      first = false;
      TRY(expression(item, level));
    }
    return {};
  }

  Result<void> bracketed(const char* open, const Seq<Expr*>& items, const char* close) {
    TRY(text(open));
    TRY(list(items, kTest));
    return text(close);
  }

  Result<void> bool_op(const BoolOp* e, int level) {
    int precedence = e->op == BoolOperator::And ? kAnd : kOr;
    TRY(text_if(level > precedence, "("));
    bool first = true;
    for (const Expr* value : e->values) {
      if (!first) TRY(text(e->op == BoolOperator::And ? " and " : " or "));
      first = false;
      TRY(expression(value, precedence + 1));
    }
    return text_if(level > precedence, ")");
  }

  Result<void> bin_op(const BinOp* e, int level) {
    OperatorText op = operator_text(e->op);
    TRY(text_if(level > op.precedence, "("));
    TRY(expression(e->left, op.precedence + (op.right_associative ? 1 : 0)));
    TRY(text(op.text));
    TRY(expression(e->right, op.precedence + (op.right_associative ? 0 : 1)));
    return text_if(level > op.precedence, ")");
  }

  Result<void> unary_op(const UnaryOp* e, int level) {
    int precedence = e->op == UnaryOperator::Not ? kNot : kFactor;
    TRY(text_if(level > precedence, "("));
    switch (e->op) {
      case UnaryOperator::Invert:
        TRY(text("~"));
        break;
      case UnaryOperator::Not:
        TRY(text("not "));
        break;
      case UnaryOperator::UAdd:
        TRY(text("+"));
        break;
      case UnaryOperator::USub:
        TRY(text("-"));
        break;
    }
    TRY(expression(e->operand, precedence));
    return text_if(level > precedence, ")");
  }

  Result<void> argument(const Arg* arg) {
    TRY(out_.write_str(arg->arg));
    if (!arg->annotation) return {};
    TRY(text(": "));
    return expression(arg->annotation, kTest);
  }

  Result<void> arguments(const Arguments* args) {
    bool first = true;
    auto separate = [&]() -> Result<void> {
      if (!first) TRY(text(", "));
      first = false;
      return {};
    };
    int positional_only = args->posonlyargs.size;
    int positional = positional_only + args->args.size;
    for (int i = 0; i < positional; ++i) {
      TRY(separate());
      TRY(argument(i < positional_only ? args->posonlyargs[i] : args->args[i - positional_only]));
      int default_index = i - (positional - args->defaults.size);
      if (default_index >= 0) {
        TRY(text("="));
        TRY(expression(args->defaults[default_index], kTest));
      }
      if (positional_only && i + 1 == positional_only) TRY(text(", /"));
    }
    if (args->vararg || !args->kwonlyargs.empty()) {
      TRY(separate());
      TRY(text("*"));
      if (args->vararg) TRY(argument(args->vararg));
    }
    for (int i = 0; i < args->kwonlyargs.size; ++i) {
      TRY(separate());
      TRY(argument(args->kwonlyargs[i]));
      int default_index = i - (args->kwonlyargs.size - args->kw_defaults.size);
      if (default_index >= 0 && args->kw_defaults[default_index]) {
        TRY(text("="));
        TRY(expression(args->kw_defaults[default_index], kTest));
      }
    }
    if (args->kwarg) {
      TRY(separate());
      TRY(text("**"));
      TRY(argument(args->kwarg));
    }
    return {};
  }

  Result<void> lambda(const Lambda* e, int level) {
    const Arguments* args = e->args;
    bool any = args->posonlyargs.size || args->args.size || args->vararg || args->kwonlyargs.size || args->kwarg;
    TRY(text_if(level > kTest, "("));
    TRY(text(any ? "lambda " : "lambda"));
    TRY(arguments(args));
    TRY(text(": "));
    TRY(expression(e->body, kTest));
    return text_if(level > kTest, ")");
  }

  Result<void> if_exp(const IfExp* e, int level) {
    TRY(text_if(level > kTest, "("));
    TRY(expression(e->body, kTest + 1));
    TRY(text(" if "));
    TRY(expression(e->test, kTest + 1));
    TRY(text(" else "));
    TRY(expression(e->orelse, kTest));
    return text_if(level > kTest, ")");
  }

  Result<void> dict(const ast::Dict* e) {
    TRY(text("{"));
    for (int i = 0; i < e->values.size; ++i) {
      if (i) TRY(text(", "));
      if (e->keys[i]) {
        TRY(expression(e->keys[i], kTest));
        TRY(text(": "));
        TRY(expression(e->values[i], kTest));
      } else {
        TRY(text("**"));
        TRY(expression(e->values[i], kExpression));
      }
    }
    return text("}");
  }

  Result<void> clauses(const Seq<Comprehension*>& generators) {
    for (const Comprehension* clause : generators) {
      TRY(text(clause->is_async ? " async for " : " for "));
      TRY(expression(clause->target, kTuple));
      TRY(text(" in "));
      TRY(expression(clause->iter, kTest + 1));
      for (const Expr* condition : clause->ifs) {
        TRY(text(" if "));
        TRY(expression(condition, kTest + 1));
      }
    }
    return {};
  }

  Result<void> comprehension(const char* open, const Expr* element, const Seq<Comprehension*>& generators,
                             const char* close) {
    TRY(text(open));
    TRY(expression(element, kTest));
    TRY(clauses(generators));
    return text(close);
  }

  Result<void> dict_comp(const DictComp* e) {
    TRY(text("{"));
    TRY(expression(e->key, kTest));
    TRY(text(": "));
    TRY(expression(e->value, kTest));
    TRY(clauses(e->generators));
    return text("}");
  }

  Result<void> compare(const Compare* e, int level) {
    TRY(text_if(level > kComparison, "("));
    TRY(expression(e->left, kComparison + 1));
    for (int i = 0; i < e->comparators.size; ++i) {
      TRY(text(comparison_text(e->ops[i])));
      TRY(expression(e->comparators[i], kComparison + 1));
    }
    return text_if(level > kComparison, ")");
  }

  Result<void> call(const Call* e) {
    TRY(expression(e->func, kAtom));
    if (e->args.size == 1 && e->keywords.empty() && e->args[0]->is<GeneratorExp>()) {
      return expression(e->args[0], kTest);  // brings the parentheses along
    }
    TRY(text("("));
    TRY(list(e->args, kTest));
    bool first = e->args.empty();
    for (const Keyword* keyword : e->keywords) {
      if (!first) TRY(text(", "));
      first = false;
      if (keyword->arg) {
        TRY(out_.write_str(keyword->arg));
        TRY(text("="));
      } else {
        TRY(text("**"));
      }
      TRY(expression(keyword->value, kTest));
    }
    return text(")");
  }

  Result<void> tuple(const ast::Tuple* e, int level) {
    if (e->elts.empty()) return text("()");
    TRY(text_if(level > kTuple, "("));
    TRY(list(e->elts, kTest));
    TRY(text_if(e->elts.size == 1, ","));
    return text_if(level > kTuple, ")");
  }

  Result<void> constant(Object* value) {
    if (is_tuple_exact(value)) {
      adder::Tuple* items = adder::as<adder::Tuple>(value);
      TRY(text("("));
      for (isize i = 0; i < tuple_size(items); ++i) {
        if (i) TRY(text(", "));
        TRY(constant(tuple_item(items, i)));
      }
      TRY(text_if(tuple_size(items) == 1, ","));
      return text(")");
    }
    Ref<Str> shown = TRY(object_repr(value));
    if (is_float_exact(value) || is_complex(value)) {
      // Infinity has no literal; this overflows to it.
      Ref<Str> infinity = TRY(str_from_string("inf"));
      Ref<Str> literal = TRY(str_from_string("1e309"));
      shown = TRY(str_replace(shown, infinity, literal, -1));
    }
    return out_.write_str(shown);
  }

  // == f-strings ==

  // Literal text: braces doubled.
  Result<void> literal(Str* value, StrWriter& body) {
    isize length = str_length(value);
    for (isize i = 0; i < length; ++i) {
      Py_UCS4 c = str_read_char(value, i);
      TRY(body.write_char(c));
      if (c == '{' || c == '}') TRY(body.write_char(c));
    }
    return {};
  }

  Result<void> part(const Expr* e, StrWriter& body) {
    switch (e->kind) {
      case ExprKind::Constant:
        if (!is_str(e->as<Constant>()->value)) break;
        return literal(adder::as<Str>(e->as<Constant>()->value), body);
      case ExprKind::JoinedStr:
        return joined_parts(e->as<JoinedStr>(), body);
      case ExprKind::FormattedValue:
        return formatted_value(e->as<FormattedValue>(), body);
      default:
        break;
    }
    return raise(SystemError, "unknown expression kind inside f-string");
  }

  Result<void> joined_parts(const JoinedStr* e, StrWriter& body) {
    for (const Expr* value : e->values) {
      if (const JoinedStr* nested = value->try_as<JoinedStr>()) {
        Ref<Str> shown = TRY(joined_text(nested));
        TRY(body.write_str(shown));
      } else {
        TRY(part(value, body));
      }
    }
    return {};
  }

  Result<Str> joined_text(const JoinedStr* e) {
    StrWriter body;
    TRY(joined_parts(e, body));
    Ref<Str> content = TRY(body.finish());
    Ref<Str> shown = TRY(object_repr(content));
    return str_from_format("f%U", shown.get());
  }

  Result<void> joined_str(const JoinedStr* e) {
    Ref<Str> shown = TRY(joined_text(e));
    return out_.write_str(shown);
  }

  Result<void> formatted_value(const FormattedValue* e, StrWriter& body) {
    StrWriter inner;
    TRY(Unparser(inner).expression(e->value, kTest + 1));
    Ref<Str> value = TRY(inner.finish());
    // `{{` would be a literal brace.
    bool brace = str_length(value) > 0 && str_read_char(value, 0) == '{';
    TRY(body.write_ascii(brace ? "{ " : "{"));
    TRY(body.write_str(value));
    if (e->conversion > 0) {
      TRY(body.write_char('!'));
      TRY(body.write_char(static_cast<Py_UCS4>(e->conversion)));
    }
    if (e->format_spec) {
      TRY(body.write_char(':'));
      TRY(part(e->format_spec, body));
    }
    return body.write_char('}');
  }

  StrWriter& out_;
  int depth_ = 0;
};
}  // namespace

Result<Str> ast_unparse(ast::Expr* expression) {
  StrWriter out;
  TRY(Unparser(out).expression(expression, kTest));
  return out.finish();
}
}  // namespace adder
