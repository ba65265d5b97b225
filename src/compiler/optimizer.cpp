// optimizer: folds constants in the tree before the symbol table is made.
//
// Limits     Results must stay small: integers up to 128 bits, strings up to 4096 characters, tuples up to 256 items
//            (1024 in all). Whatever raises is left for run time.
// See        docs/compiler.md
#include "compiler/optimizer.h"

#include "compiler/diagnostics.h"
#include "object/number.h"
#include "object/protocol.h"
#include "runtime/names.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

namespace {
constexpr usize kMaxIntBits = 128;
constexpr isize kMaxItems = 256;
constexpr isize kMaxText = 4096;
constexpr isize kMaxTotalItems = 1024;

class Optimizer {
 public:
  Optimizer(Arena& arena, int optimize, int future_flags)
      : arena_(arena), optimize_(optimize), annotations_deferred_((future_flags & CO_FUTURE_ANNOTATIONS) != 0) {}
  Result<void> fold_mod(Mod* mod);

 private:
  template <class T>
  Result<void> fold_all(const Seq<T*>& nodes) {
    for (T*& node : nodes) {
      if (node) TRY(fold(node));
    }
    return {};
  }
  template <class T>
  Result<void> fold_optional(T*& node) {
    return node ? fold(node) : Result<void>();
  }
  Result<void> fold(Expr*& expression);
  Result<void> fold(Stmt*& statement);
  Result<void> fold(Pattern*& pattern);
  Result<void> fold(Keyword*& keyword) { return fold(keyword->value); }
  Result<void> fold(Comprehension*& generator);
  Result<void> fold(ExceptHandler*& handler);
  Result<void> fold(WithItem*& item);
  Result<void> fold(MatchCase*& match_case);
  Result<void> fold(Arg*& arg);
  Result<void> fold_arguments(Arguments* arguments);
  Result<void> fold_body(Seq<Stmt*>& body);
  template <class Node>
  Result<void> fold_function(Node* node);
  template <class Node>
  Result<void> fold_for(Node* node);
  template <class Node>
  Result<void> fold_try(Node* node);

  // Replaces `expression` by a constant if the computation worked; an exception means that it stays.
  void replace(Expr*& expression, Result<Object> value);
  void fold_unary(Expr*& expression);
  void fold_binary(Expr*& expression);
  void fold_tuple(Expr*& expression);
  void fold_subscript(Expr*& expression);
  void fold_iterated(Expr*& expression);
  Maybe<Object> compute_binary(Operator op, Object* left, Object* right);

  Arena& arena_;
  int optimize_;
  bool annotations_deferred_;
  NestingLimit nesting_;
};

void release_object(void* object) { Ref<Object>::steal(static_cast<Object*>(object)).reset(); }

bool all_constant(const Seq<Expr*>& elements) {
  for (Expr* element : elements) {
    if (!element->is<Constant>()) return false;
  }
  return true;
}

Result<adder::Tuple> constants_to_tuple(const Seq<Expr*>& elements) {
  Ref<adder::Tuple> tuple = TRY(tuple_new(elements.size));
  for (int i = 0; i < elements.size; ++i) {
    tuple_init_item(tuple, i, Ref<Object>::share(elements[i]->as<Constant>()->value));
  }
  return tuple;
}

bool is_nonzero_int(Object* object) { return is_int(object) && int_sign(as<Int>(object)) != 0; }

// What is left of `limit` after all items of nested tuples and frozensets; negative if it is not enough.
isize remaining_items(Object* object, isize limit) {
  if (is_tuple(object)) {
    adder::Tuple* tuple = as<adder::Tuple>(object);
    limit -= tuple_size(tuple);
    for (isize i = 0; limit >= 0 && i < tuple_size(tuple); ++i) limit = remaining_items(tuple_item(tuple, i), limit);
  } else if (is_frozenset(object)) {
    adder::Set* set = as<adder::Set>(object);
    limit -= set_size(set);
    isize position = 0;
    Object* key;
    Py_hash_t hash;
    while (limit >= 0 && set_next(set, position, key, hash)) limit = remaining_items(key, limit);
  }
  return limit;
}

// Whether `count * sequence` stays within the limits.
bool repeat_is_small(Int* count, Object* sequence) {
  isize size, limit;
  if (is_tuple(sequence)) {
    size = tuple_size(as<adder::Tuple>(sequence));
    limit = kMaxItems;
  } else if (is_frozenset(sequence)) {
    size = set_size(as<adder::Set>(sequence));
    limit = kMaxItems;
  } else if (is_str(sequence)) {
    size = str_length(as<Str>(sequence));
    limit = kMaxText;
  } else if (is_bytes(sequence)) {
    size = bytes_size(as<Bytes>(sequence));
    limit = kMaxText;
  } else {
    return true;
  }
  if (size == 0) return true;
  int overflow = 0;
  i64 times = int_as_i64_and_overflow(count, &overflow);
  if (overflow || times < 0 || times > limit / size) return false;
  return limit != kMaxItems || times == 0 || remaining_items(sequence, kMaxTotalItems / times) >= 0;
}

bool multiply_is_small(Object* left, Object* right) {
  if (is_nonzero_int(left) && is_nonzero_int(right)) {
    return int_num_bits(as<Int>(left)) + int_num_bits(as<Int>(right)) <= kMaxIntBits;
  }
  if (is_int(left)) return repeat_is_small(as<Int>(left), right);
  if (is_int(right)) return repeat_is_small(as<Int>(right), left);
  return true;
}

bool power_is_small(Object* base, Object* exponent) {
  if (!is_int(base) || !is_int(exponent) || int_sign(as<Int>(exponent)) <= 0) return true;
  int overflow = 0;
  i64 times = int_as_i64_and_overflow(as<Int>(exponent), &overflow);
  return !overflow && int_num_bits(as<Int>(base)) <= kMaxIntBits / static_cast<usize>(times);
}

bool shift_is_small(Object* value, Object* count) {
  if (!is_nonzero_int(value) || !is_nonzero_int(count)) return true;
  int overflow = 0;
  i64 bits = int_as_i64_and_overflow(as<Int>(count), &overflow);
  return !overflow && bits >= 0 && static_cast<usize>(bits) <= kMaxIntBits &&
         int_num_bits(as<Int>(value)) <= kMaxIntBits - static_cast<usize>(bits);
}

// == Folding of single nodes ==

void Optimizer::replace(Expr*& expression, Result<Object> value) {
  if (value.failed()) return error_clear();
  expression = arena_.make<Constant>(*expression, keep_in_arena(arena_, value.take()), nullptr);
}

void Optimizer::fold_unary(Expr*& expression) {
  auto* node = expression->as<UnaryOp>();
  if (!node->operand->is<Constant>()) {
    // not (a is b) -> a is not b, and the like: those operators always give a bool.
    Compare* compare = node->operand->try_as<Compare>();
    if (node->op != UnaryOperator::Not || !compare || compare->ops.size != 1) return;
    CompareOperator& op = compare->ops[0];
    switch (op) {
      case CompareOperator::Is:
        op = CompareOperator::IsNot;
        break;
      case CompareOperator::IsNot:
        op = CompareOperator::Is;
        break;
      case CompareOperator::In:
        op = CompareOperator::NotIn;
        break;
      case CompareOperator::NotIn:
        op = CompareOperator::In;
        break;
      default:
        return;
    }
    expression = compare;
    return;
  }
  Object* operand = node->operand->as<Constant>()->value;
  switch (node->op) {
    case UnaryOperator::Invert:
      return replace(expression, number_invert(operand));
    case UnaryOperator::UAdd:
      return replace(expression, number_positive(operand));
    case UnaryOperator::USub:
      return replace(expression, number_negative(operand));
    case UnaryOperator::Not: {
      Result<bool> truth = object_is_true(operand);
      return truth.failed() ? error_clear() : replace(expression, bool_result(!truth.take()));
    }
  }
}

// Absent when the result would be too large or the operation is left alone.
Maybe<Object> Optimizer::compute_binary(Operator op, Object* left, Object* right) {
  switch (op) {
    case Operator::Add:
      return number_add(left, right);
    case Operator::Sub:
      return number_subtract(left, right);
    case Operator::Mult:
      return multiply_is_small(left, right) ? Maybe<Object>(number_multiply(left, right)) : nullptr;
    case Operator::Div:
      return number_true_divide(left, right);
    case Operator::FloorDiv:
      return number_floor_divide(left, right);
    case Operator::Mod:
      if (is_str(left) || is_bytes(left)) return nullptr;
      return number_remainder(left, right);
    case Operator::Pow:
      return power_is_small(left, right) ? Maybe<Object>(number_power(left, right, None)) : nullptr;
    case Operator::LShift:
      return shift_is_small(left, right) ? Maybe<Object>(number_lshift(left, right)) : nullptr;
    case Operator::RShift:
      return number_rshift(left, right);
    case Operator::BitOr:
      return number_or(left, right);
    case Operator::BitXor:
      return number_xor(left, right);
    case Operator::BitAnd:
      return number_and(left, right);
    case Operator::MatMult:
      return nullptr;
  }
  return nullptr;
}

void Optimizer::fold_binary(Expr*& expression) {
  auto* node = expression->as<BinOp>();
  Constant* left = node->left->try_as<Constant>();
  Constant* right = node->right->try_as<Constant>();
  if (!left || !right) return;
  Maybe<Object> computed = compute_binary(node->op, left->value, right->value);
  if (computed.failed()) return error_clear();
  if (Ref<Object> value = computed.take()) replace(expression, std::move(value));
}

void Optimizer::fold_tuple(Expr*& expression) {
  auto* node = expression->as<ast::Tuple>();
  if (node->ctx == ExprContext::Load && all_constant(node->elts)) replace(expression, constants_to_tuple(node->elts));
}

void Optimizer::fold_subscript(Expr*& expression) {
  auto* node = expression->as<Subscript>();
  Constant* value = node->value->try_as<Constant>();
  Constant* key = node->slice->try_as<Constant>();
  if (node->ctx == ExprContext::Load && value && key) replace(expression, object_get_item(value->value, key->value));
}

// A display that is only iterated or searched need not be built anew: a list becomes a tuple, a set a frozenset.
void Optimizer::fold_iterated(Expr*& expression) {
  if (auto* list = expression->try_as<ast::List>()) {
    for (Expr* element : list->elts) {
      if (element->is<Starred>()) return;
    }
    expression = arena_.make<ast::Tuple>(*expression, list->elts, list->ctx);
    if (all_constant(list->elts)) replace(expression, constants_to_tuple(list->elts));
  } else if (auto* set = expression->try_as<ast::Set>()) {
    if (!all_constant(set->elts)) return;
    Result<adder::Tuple> items = constants_to_tuple(set->elts);
    if (items.failed()) return error_clear();
    replace(expression, frozenset_new(items.take().get()));
  }
}

// == Expressions ==

Result<void> Optimizer::fold(Expr*& expression) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (expression->kind) {
    case ExprKind::BoolOp:
      return fold_all(expression->as<BoolOp>()->values);
    case ExprKind::NamedExpr:
      return fold(expression->as<NamedExpr>()->value);
    case ExprKind::BinOp: {
      auto* node = expression->as<BinOp>();
      TRY(fold(node->left));
      TRY(fold(node->right));
      fold_binary(expression);
      return {};
    }
    case ExprKind::UnaryOp:
      TRY(fold(expression->as<UnaryOp>()->operand));
      fold_unary(expression);
      return {};
    case ExprKind::Lambda: {
      auto* node = expression->as<Lambda>();
      TRY(fold_arguments(node->args));
      return fold(node->body);
    }
    case ExprKind::IfExp: {
      auto* node = expression->as<IfExp>();
      TRY(fold(node->test));
      TRY(fold(node->body));
      return fold(node->orelse);
    }
    case ExprKind::Dict: {
      auto* node = expression->as<ast::Dict>();
      TRY(fold_all(node->keys));
      return fold_all(node->values);
    }
    case ExprKind::Set:
      return fold_all(expression->as<ast::Set>()->elts);
    case ExprKind::ListComp: {
      auto* node = expression->as<ListComp>();
      TRY(fold(node->elt));
      return fold_all(node->generators);
    }
    case ExprKind::SetComp: {
      auto* node = expression->as<SetComp>();
      TRY(fold(node->elt));
      return fold_all(node->generators);
    }
    case ExprKind::GeneratorExp: {
      auto* node = expression->as<GeneratorExp>();
      TRY(fold(node->elt));
      return fold_all(node->generators);
    }
    case ExprKind::DictComp: {
      auto* node = expression->as<DictComp>();
      TRY(fold(node->key));
      TRY(fold(node->value));
      return fold_all(node->generators);
    }
    case ExprKind::Await:
      return fold(expression->as<Await>()->value);
    case ExprKind::Yield:
      return fold_optional(expression->as<Yield>()->value);
    case ExprKind::YieldFrom:
      return fold(expression->as<YieldFrom>()->value);
    case ExprKind::Compare: {
      auto* node = expression->as<Compare>();
      TRY(fold(node->left));
      TRY(fold_all(node->comparators));
      CompareOperator last = node->ops.back();
      if (last == CompareOperator::In || last == CompareOperator::NotIn) fold_iterated(node->comparators.back());
      return {};
    }
    case ExprKind::Call: {
      auto* node = expression->as<Call>();
      TRY(fold(node->func));
      TRY(fold_all(node->args));
      return fold_all(node->keywords);
    }
    case ExprKind::FormattedValue: {
      auto* node = expression->as<FormattedValue>();
      TRY(fold(node->value));
      return fold_optional(node->format_spec);
    }
    case ExprKind::JoinedStr:
      return fold_all(expression->as<JoinedStr>()->values);
    case ExprKind::Constant:
      return {};
    case ExprKind::Attribute:
      return fold(expression->as<Attribute>()->value);
    case ExprKind::Subscript: {
      auto* node = expression->as<Subscript>();
      TRY(fold(node->value));
      TRY(fold(node->slice));
      fold_subscript(expression);
      return {};
    }
    case ExprKind::Starred:
      return fold(expression->as<Starred>()->value);
    case ExprKind::Name: {
      auto* node = expression->as<Name>();
      if (node->ctx == ExprContext::Load && str_equals(node->id, "__debug__")) {
        replace(expression, bool_result(optimize_ == 0));
      }
      return {};
    }
    case ExprKind::List:
      return fold_all(expression->as<ast::List>()->elts);
    case ExprKind::Tuple:
      TRY(fold_all(expression->as<ast::Tuple>()->elts));
      fold_tuple(expression);
      return {};
    case ExprKind::Slice: {
      auto* node = expression->as<ast::Slice>();
      TRY(fold_optional(node->lower));
      TRY(fold_optional(node->upper));
      return fold_optional(node->step);
    }
  }
  return {};
}

Result<void> Optimizer::fold(Comprehension*& generator) {
  TRY(fold(generator->target));
  TRY(fold(generator->iter));
  TRY(fold_all(generator->ifs));
  fold_iterated(generator->iter);
  return {};
}

Result<void> Optimizer::fold(Arg*& arg) {
  return annotations_deferred_ ? Result<void>() : fold_optional(arg->annotation);
}

Result<void> Optimizer::fold_arguments(Arguments* arguments) {
  TRY(fold_all(arguments->posonlyargs));
  TRY(fold_all(arguments->args));
  TRY(fold_optional(arguments->vararg));
  TRY(fold_all(arguments->kwonlyargs));
  TRY(fold_all(arguments->kw_defaults));
  TRY(fold_optional(arguments->kwarg));
  return fold_all(arguments->defaults);
}

// == Statements ==

// A string that folding has made out of an expression is no docstring: hide it in an f-string.
Result<void> Optimizer::fold_body(Seq<Stmt*>& body) {
  bool had_docstring = docstring_of(body) != nullptr;
  TRY(fold_all(body));
  if (!had_docstring && docstring_of(body)) {
    Expr*& value = body[0]->as<ExprStmt>()->value;
    value = arena_.make<JoinedStr>(*value, make_seq_of<Expr*>(arena_, value));
  }
  return {};
}

template <class Node>
Result<void> Optimizer::fold_function(Node* node) {
  TRY(fold_arguments(node->args));
  TRY(fold_body(node->body));
  TRY(fold_all(node->decorator_list));
  return annotations_deferred_ ? Result<void>() : fold_optional(node->returns);
}

template <class Node>
Result<void> Optimizer::fold_for(Node* node) {
  TRY(fold(node->target));
  TRY(fold(node->iter));
  TRY(fold_all(node->body));
  TRY(fold_all(node->orelse));
  fold_iterated(node->iter);
  return {};
}

template <class Node>
Result<void> Optimizer::fold_try(Node* node) {
  TRY(fold_all(node->body));
  TRY(fold_all(node->handlers));
  TRY(fold_all(node->orelse));
  return fold_all(node->finalbody);
}

Result<void> Optimizer::fold(Stmt*& statement) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (statement->kind) {
    case StmtKind::FunctionDef:
      return fold_function(statement->as<FunctionDef>());
    case StmtKind::AsyncFunctionDef:
      return fold_function(statement->as<AsyncFunctionDef>());
    case StmtKind::ClassDef: {
      auto* node = statement->as<ClassDef>();
      TRY(fold_all(node->bases));
      TRY(fold_all(node->keywords));
      TRY(fold_body(node->body));
      return fold_all(node->decorator_list);
    }
    case StmtKind::Return:
      return fold_optional(statement->as<Return>()->value);
    case StmtKind::Delete:
      return fold_all(statement->as<Delete>()->targets);
    case StmtKind::Assign: {
      auto* node = statement->as<Assign>();
      TRY(fold_all(node->targets));
      return fold(node->value);
    }
    case StmtKind::AugAssign: {
      auto* node = statement->as<AugAssign>();
      TRY(fold(node->target));
      return fold(node->value);
    }
    case StmtKind::AnnAssign: {
      auto* node = statement->as<AnnAssign>();
      TRY(fold(node->target));
      if (!annotations_deferred_) TRY(fold(node->annotation));
      return fold_optional(node->value);
    }
    case StmtKind::For:
      return fold_for(statement->as<For>());
    case StmtKind::AsyncFor:
      return fold_for(statement->as<AsyncFor>());
    case StmtKind::While: {
      auto* node = statement->as<While>();
      TRY(fold(node->test));
      TRY(fold_all(node->body));
      return fold_all(node->orelse);
    }
    case StmtKind::If: {
      auto* node = statement->as<If>();
      TRY(fold(node->test));
      TRY(fold_all(node->body));
      return fold_all(node->orelse);
    }
    case StmtKind::With: {
      auto* node = statement->as<With>();
      TRY(fold_all(node->items));
      return fold_all(node->body);
    }
    case StmtKind::AsyncWith: {
      auto* node = statement->as<AsyncWith>();
      TRY(fold_all(node->items));
      return fold_all(node->body);
    }
    case StmtKind::Match: {
      auto* node = statement->as<Match>();
      TRY(fold(node->subject));
      return fold_all(node->cases);
    }
    case StmtKind::Raise: {
      auto* node = statement->as<Raise>();
      TRY(fold_optional(node->exc));
      return fold_optional(node->cause);
    }
    case StmtKind::Try:
      return fold_try(statement->as<Try>());
    case StmtKind::TryStar:
      return fold_try(statement->as<TryStar>());
    case StmtKind::Assert: {
      auto* node = statement->as<Assert>();
      TRY(fold(node->test));
      return fold_optional(node->msg);
    }
    case StmtKind::Expr:
      return fold(statement->as<ExprStmt>()->value);
    case StmtKind::Import:
    case StmtKind::ImportFrom:
    case StmtKind::Global:
    case StmtKind::Nonlocal:
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue:
      return {};
  }
  return {};
}

Result<void> Optimizer::fold(ExceptHandler*& handler) {
  TRY(fold_optional(handler->type));
  return fold_all(handler->body);
}

Result<void> Optimizer::fold(WithItem*& item) {
  TRY(fold(item->context_expr));
  return fold_optional(item->optional_vars);
}

Result<void> Optimizer::fold(MatchCase*& match_case) {
  TRY(fold(match_case->pattern));
  TRY(fold_optional(match_case->guard));
  return fold_all(match_case->body);
}

Result<void> Optimizer::fold(Pattern*& pattern) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (pattern->kind) {
    case PatternKind::MatchValue:
      return fold(pattern->as<MatchValue>()->value);
    case PatternKind::MatchSingleton:
    case PatternKind::MatchStar:
      return {};
    case PatternKind::MatchSequence:
      return fold_all(pattern->as<MatchSequence>()->patterns);
    case PatternKind::MatchMapping: {
      auto* node = pattern->as<MatchMapping>();
      TRY(fold_all(node->keys));
      return fold_all(node->patterns);
    }
    case PatternKind::MatchClass: {
      auto* node = pattern->as<MatchClass>();
      TRY(fold(node->cls));
      TRY(fold_all(node->patterns));
      return fold_all(node->kwd_patterns);
    }
    case PatternKind::MatchAs:
      return fold_optional(pattern->as<MatchAs>()->pattern);
    case PatternKind::MatchOr:
      return fold_all(pattern->as<MatchOr>()->patterns);
  }
  return {};
}

Result<void> Optimizer::fold_mod(Mod* mod) {
  switch (mod->kind) {
    case ModKind::Module:
      return fold_body(mod->as<ast::Module>()->body);
    case ModKind::Interactive:
      return fold_all(mod->as<Interactive>()->body);
    case ModKind::Expression:
      return fold(mod->as<Expression>()->body);
    case ModKind::FunctionType:
      return {};
  }
  return {};
}
}  // namespace

Object* keep_in_arena(Arena& arena, Ref<Object>&& object) {
  Object* kept = object.release();
  arena.defer(release_object, kept);
  return kept;
}

Str* docstring_of(const Seq<Stmt*>& body) {
  if (body.empty()) return nullptr;
  ExprStmt* first = body[0]->try_as<ExprStmt>();
  Constant* constant = first ? first->value->try_as<Constant>() : nullptr;
  return constant && is_str_exact(constant->value) ? as<Str>(constant->value) : nullptr;
}

Result<void> optimize_ast(Mod* mod, Arena& arena, int optimize, int future_flags) {
  return Optimizer(arena, optimize, future_flags).fold_mod(mod);
}
}  // namespace adder
