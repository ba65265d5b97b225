// codegen_expressions: expressions, and the jumps that tests make.
#include "compiler/codegen.h"
#include "runtime/error.h"
#include "runtime/names.h"
#include "types/str.h"

namespace adder {
using namespace ast;

namespace {
Op binary_op(Operator op) {
  switch (op) {
    case Operator::Add:
      return Op::BINARY_ADD;
    case Operator::Sub:
      return Op::BINARY_SUBTRACT;
    case Operator::Mult:
      return Op::BINARY_MULTIPLY;
    case Operator::MatMult:
      return Op::BINARY_MATRIX_MULTIPLY;
    case Operator::Div:
      return Op::BINARY_TRUE_DIVIDE;
    case Operator::Mod:
      return Op::BINARY_MODULO;
    case Operator::Pow:
      return Op::BINARY_POWER;
    case Operator::LShift:
      return Op::BINARY_LSHIFT;
    case Operator::RShift:
      return Op::BINARY_RSHIFT;
    case Operator::BitOr:
      return Op::BINARY_OR;
    case Operator::BitXor:
      return Op::BINARY_XOR;
    case Operator::BitAnd:
      return Op::BINARY_AND;
    case Operator::FloorDiv:
      return Op::BINARY_FLOOR_DIVIDE;
  }
  return Op::NOP;
}

Op unary_op(UnaryOperator op) {
  switch (op) {
    case UnaryOperator::Invert:
      return Op::UNARY_INVERT;
    case UnaryOperator::Not:
      return Op::UNARY_NOT;
    case UnaryOperator::UAdd:
      return Op::UNARY_POSITIVE;
    case UnaryOperator::USub:
      return Op::UNARY_NEGATIVE;
  }
  return Op::NOP;
}
}  // namespace

Result<void> CodeGenerator::visit(Expr* expression) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  Position before = unit_->at;
  set_place(*expression);
  TRY(visit_expression(expression));
  unit_->at = before;
  return {};
}

Result<void> CodeGenerator::visit_expression(Expr* expression) {
  switch (expression->kind) {
    case ExprKind::NamedExpr: {
      auto* node = expression->as<NamedExpr>();
      TRY(visit(node->value));
      emit(Op::DUP_TOP);
      return visit(node->target);
    }
    case ExprKind::BoolOp:
      return visit_bool_op(expression->as<BoolOp>());
    case ExprKind::BinOp: {
      auto* node = expression->as<BinOp>();
      TRY(visit(node->left));
      TRY(visit(node->right));
      emit(binary_op(node->op));
      return {};
    }
    case ExprKind::UnaryOp: {
      auto* node = expression->as<UnaryOp>();
      TRY(visit(node->operand));
      emit(unary_op(node->op));
      return {};
    }
    case ExprKind::Lambda:
      return visit_lambda(expression->as<Lambda>());
    case ExprKind::IfExp:
      return visit_conditional(expression->as<IfExp>());
    case ExprKind::Dict:
      return visit_dict(expression->as<ast::Dict>());
    case ExprKind::Set:
      return build_collection(expression->as<ast::Set>()->elts, 0, Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE, false);
    case ExprKind::GeneratorExp: {
      auto* node = expression->as<GeneratorExp>();
      return visit_comprehension(node, id::angle_genexpr, ComprehensionType::Generator, node->generators, node->elt,
                                 nullptr);
    }
    case ExprKind::ListComp: {
      auto* node = expression->as<ListComp>();
      return visit_comprehension(node, id::angle_listcomp, ComprehensionType::List, node->generators, node->elt,
                                 nullptr);
    }
    case ExprKind::SetComp: {
      auto* node = expression->as<SetComp>();
      return visit_comprehension(node, id::angle_setcomp, ComprehensionType::Set, node->generators, node->elt, nullptr);
    }
    case ExprKind::DictComp: {
      auto* node = expression->as<DictComp>();
      return visit_comprehension(node, id::angle_dictcomp, ComprehensionType::Dict, node->generators, node->key,
                                 node->value);
    }
    case ExprKind::Yield: {
      if (unit_->scope->type != ScopeType::Function) return error("'yield' outside function");
      Expr* value = expression->as<Yield>()->value;
      TRY(value ? visit(value) : emit_const(None));
      emit(Op::YIELD_VALUE);
      return {};
    }
    case ExprKind::YieldFrom:
      if (unit_->scope->type != ScopeType::Function) return error("'yield' outside function");
      if (unit_->kind == UnitKind::AsyncFunction) return error("'yield from' inside async function");
      TRY(visit(expression->as<YieldFrom>()->value));
      emit(Op::GET_YIELD_FROM_ITER);
      return load_none_and_yield_from();
    case ExprKind::Await:
      return visit_await(expression->as<Await>());
    case ExprKind::Compare:
      return visit_compare(expression->as<Compare>());
    case ExprKind::Call:
      return visit_call(expression->as<Call>());
    case ExprKind::Constant:
      return emit_const(expression->as<Constant>()->value);
    case ExprKind::JoinedStr:
      return visit_joined_string(expression->as<JoinedStr>());
    case ExprKind::FormattedValue:
      return visit_formatted_value(expression->as<FormattedValue>());
    case ExprKind::Attribute:
      return visit_attribute(expression->as<Attribute>());
    case ExprKind::Subscript:
      return visit_subscript(expression->as<Subscript>());
    case ExprKind::Starred:
      if (expression->as<Starred>()->ctx == ExprContext::Store) {
        return error("starred assignment target must be in a list or tuple");
      }
      return error("can't use starred expression here");
    case ExprKind::Slice:
      return visit_slice(expression->as<ast::Slice>());
    case ExprKind::Name:
      return name_op(expression->as<Name>()->id, expression->as<Name>()->ctx);
    case ExprKind::List: {
      auto* node = expression->as<ast::List>();
      return visit_sequence(node->elts, node->ctx, false);
    }
    case ExprKind::Tuple: {
      auto* node = expression->as<ast::Tuple>();
      return visit_sequence(node->elts, node->ctx, true);
    }
  }
  return {};
}

// == Tests ==

// Jumps to `target` if the truth of `test` is `condition`, else goes on; the value is not kept.
Result<void> CodeGenerator::jump_if(Expr* test, BasicBlock* target, bool condition) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  switch (test->kind) {
    case ExprKind::UnaryOp: {
      auto* node = test->as<UnaryOp>();
      if (node->op == UnaryOperator::Not) return jump_if(node->operand, target, !condition);
      break;
    }
    case ExprKind::BoolOp: {
      auto* node = test->as<BoolOp>();
      bool is_or = node->op == BoolOperator::Or;
      // An operand that decides against the jump goes behind the whole test.
      BasicBlock* decided = is_or == condition ? target : new_block();
      for (int i = 0; i + 1 < node->values.size; ++i) TRY(jump_if(node->values[i], decided, is_or));
      TRY(jump_if(node->values.back(), target, condition));
      if (decided != target) use_next(decided);
      return {};
    }
    case ExprKind::IfExp: {
      auto* node = test->as<IfExp>();
      BasicBlock* end = new_block();
      BasicBlock* otherwise = new_block();
      TRY(jump_if(node->test, otherwise, false));
      TRY(jump_if(node->body, target, condition));
      emit_jump_no_line(Op::JUMP_FORWARD, end);
      use_next(otherwise);
      TRY(jump_if(node->orelse, target, condition));
      use_next(end);
      return {};
    }
    case ExprKind::Compare: {
      auto* node = test->as<Compare>();
      set_place(*node);
      int last = node->ops.size - 1;
      if (last == 0) break;
      TRY(warn_if_is_literal(node));
      BasicBlock* cleanup = new_block();
      TRY(visit(node->left));
      for (int i = 0; i < last; ++i) {
        TRY(visit(node->comparators[i]));
        emit(Op::DUP_TOP);
        emit(Op::ROT_THREE);
        emit_compare(node->ops[i]);
        emit_jump(Op::POP_JUMP_IF_FALSE, cleanup);
        next_block();
      }
      TRY(visit(node->comparators[last]));
      emit_compare(node->ops[last]);
      emit_jump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, target);
      next_block();
      BasicBlock* end = new_block();
      emit_jump_no_line(Op::JUMP_FORWARD, end);
      use_next(cleanup);
      emit(Op::POP_TOP);
      if (!condition) emit_jump_no_line(Op::JUMP_FORWARD, target);
      use_next(end);
      return {};
    }
    default:
      break;
  }
  TRY(visit(test));
  emit_jump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, target);
  next_block();
  return {};
}

Result<void> CodeGenerator::visit_bool_op(BoolOp* node) {
  Op jump = node->op == BoolOperator::And ? Op::JUMP_IF_FALSE_OR_POP : Op::JUMP_IF_TRUE_OR_POP;
  BasicBlock* end = new_block();
  for (int i = 0; i + 1 < node->values.size; ++i) {
    TRY(visit(node->values[i]));
    emit_jump(jump, end);
    next_block();
  }
  TRY(visit(node->values.back()));
  use_next(end);
  return {};
}

void CodeGenerator::emit_compare(CompareOperator op) {
  switch (op) {
    case CompareOperator::Lt:
      return emit(Op::COMPARE_OP, 0);
    case CompareOperator::LtE:
      return emit(Op::COMPARE_OP, 1);
    case CompareOperator::Eq:
      return emit(Op::COMPARE_OP, 2);
    case CompareOperator::NotEq:
      return emit(Op::COMPARE_OP, 3);
    case CompareOperator::Gt:
      return emit(Op::COMPARE_OP, 4);
    case CompareOperator::GtE:
      return emit(Op::COMPARE_OP, 5);
    case CompareOperator::Is:
      return emit(Op::IS_OP, 0);
    case CompareOperator::IsNot:
      return emit(Op::IS_OP, 1);
    case CompareOperator::In:
      return emit(Op::CONTAINS_OP, 0);
    case CompareOperator::NotIn:
      return emit(Op::CONTAINS_OP, 1);
  }
}

Result<void> CodeGenerator::visit_compare(Compare* node) {
  TRY(warn_if_is_literal(node));
  TRY(visit(node->left));
  int last = node->ops.size - 1;
  if (last == 0) {
    TRY(visit(node->comparators[0]));
    emit_compare(node->ops[0]);
    return {};
  }
  BasicBlock* cleanup = new_block();
  for (int i = 0; i < last; ++i) {
    TRY(visit(node->comparators[i]));
    emit(Op::DUP_TOP);
    emit(Op::ROT_THREE);
    emit_compare(node->ops[i]);
    emit_jump(Op::JUMP_IF_FALSE_OR_POP, cleanup);
    next_block();
  }
  TRY(visit(node->comparators[last]));
  emit_compare(node->ops[last]);
  BasicBlock* end = new_block();
  emit_jump_no_line(Op::JUMP_FORWARD, end);
  use_next(cleanup);
  emit(Op::ROT_TWO);
  emit(Op::POP_TOP);
  use_next(end);
  return {};
}

Result<void> CodeGenerator::visit_conditional(IfExp* node) {
  BasicBlock* end = new_block();
  BasicBlock* otherwise = new_block();
  TRY(jump_if(node->test, otherwise, false));
  TRY(visit(node->body));
  emit_jump_no_line(Op::JUMP_FORWARD, end);
  use_next(otherwise);
  TRY(visit(node->orelse));
  use_next(end);
  return {};
}

// == Attributes and subscripts ==

// The attribute of an expression over several lines is on the last of them, where its name is.
void CodeGenerator::place_at_attribute(Attribute* node) {
  if (node->lineno == node->end_lineno) return;
  unit_->at.lineno = node->end_lineno;
  int length = static_cast<int>(str_length(node->attr));
  if (length <= node->end_col_offset) {
    unit_->at.col_offset = node->end_col_offset - length;
    unit_->at.end_col_offset = node->end_col_offset;
  } else {
    unit_->at.col_offset = unit_->at.end_col_offset = -1;
  }
  unit_->at.end_lineno = node->end_lineno;
}

Result<void> CodeGenerator::visit_attribute(Attribute* node) {
  TRY(visit(node->value));
  switch (node->ctx) {
    case ExprContext::Load:
      place_at_attribute(node);
      return emit_name(Op::LOAD_ATTR, node->attr);
    case ExprContext::Store:
      TRY(check_name(node->attr, ExprContext::Store));
      place_at_attribute(node);
      return emit_name(Op::STORE_ATTR, node->attr);
    case ExprContext::Del:
      return emit_name(Op::DELETE_ATTR, node->attr);
  }
  return {};
}

Result<void> CodeGenerator::visit_subscript(Subscript* node) {
  if (node->ctx == ExprContext::Load) {
    TRY(warn_if_not_subscriptable(node->value));
    TRY(warn_if_bad_index(node->value, node->slice));
  }
  TRY(visit(node->value));
  TRY(visit(node->slice));
  switch (node->ctx) {
    case ExprContext::Load:
      emit(Op::BINARY_SUBSCR);
      break;
    case ExprContext::Store:
      emit(Op::STORE_SUBSCR);
      break;
    case ExprContext::Del:
      emit(Op::DELETE_SUBSCR);
      break;
  }
  return {};
}

Result<void> CodeGenerator::visit_slice(ast::Slice* node) {
  TRY(node->lower ? visit(node->lower) : emit_const(None));
  TRY(node->upper ? visit(node->upper) : emit_const(None));
  if (node->step) TRY(visit(node->step));
  emit(Op::BUILD_SLICE, node->step ? 3 : 2);
  return {};
}

// == Strings and await ==

Result<void> CodeGenerator::visit_joined_string(JoinedStr* node) {
  int count = node->values.size;
  if (count > kManyOnStack) {
    TRY(emit_const(id::empty));
    TRY(emit_name(Op::LOAD_METHOD, id::join));
    emit(Op::BUILD_LIST, 0);
    for (Expr* value : node->values) {
      TRY(visit(value));
      emit(Op::LIST_APPEND, 1);
    }
    emit(Op::CALL_METHOD, 1);
    return {};
  }
  TRY(visit_all(node->values));
  if (count != 1) emit(Op::BUILD_STRING, count);
  return {};
}

Result<void> CodeGenerator::visit_formatted_value(FormattedValue* node) {
  constexpr int kHasSpec = 4;
  TRY(visit(node->value));
  int arg = 0;
  switch (node->conversion) {
    case 's':
      arg = 1;
      break;
    case 'r':
      arg = 2;
      break;
    case 'a':
      arg = 3;
      break;
    case -1:
      break;
    default:
      return raise(SystemError, "Unrecognized conversion character %d", node->conversion);
  }
  if (node->format_spec) {
    TRY(visit(node->format_spec));
    arg |= kHasSpec;
  }
  emit(Op::FORMAT_VALUE, arg);
  return {};
}

Result<void> CodeGenerator::visit_await(Await* node) {
  if (!allows_top_level_await()) {
    if (unit_->scope->type != ScopeType::Function) return error("'await' outside function");
    if (unit_->kind != UnitKind::AsyncFunction && unit_->kind != UnitKind::Comprehension) {
      return error("'await' outside async function");
    }
  }
  TRY(visit(node->value));
  emit(Op::GET_AWAITABLE);
  return load_none_and_yield_from();
}
}  // namespace adder
