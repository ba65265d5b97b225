// codegen_statements: simple statements, if, loops, import.
#include "compiler/codegen.h"
#include "compiler/optimizer.h"
#include "runtime/error.h"
#include "runtime/names.h"
#include "types/code.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
using namespace ast;

Result<void> CodeGenerator::visit(Stmt* statement) {
  TRY(nesting_.enter());
  NestingLevel level(nesting_);
  set_place(*statement);
  return visit_statement(statement);
}

Result<void> CodeGenerator::visit_statement(Stmt* statement) {
  switch (statement->kind) {
    case StmtKind::FunctionDef:
      return visit_function(statement->as<FunctionDef>());
    case StmtKind::AsyncFunctionDef:
      return visit_function(statement->as<AsyncFunctionDef>());
    case StmtKind::ClassDef:
      return visit_class(statement->as<ClassDef>());
    case StmtKind::Return:
      return visit_return(statement->as<Return>());
    case StmtKind::Delete:
      return visit_all(statement->as<Delete>()->targets);
    case StmtKind::Assign:
      return visit_assign(statement->as<Assign>());
    case StmtKind::AugAssign:
      return visit_augmented_assign(statement->as<AugAssign>());
    case StmtKind::AnnAssign:
      return visit_annotated_assign(statement->as<AnnAssign>());
    case StmtKind::For:
      return visit_for(statement->as<For>());
    case StmtKind::AsyncFor:
      return visit_async_for(statement->as<AsyncFor>());
    case StmtKind::While:
      return visit_while(statement->as<While>());
    case StmtKind::If:
      return visit_if(statement->as<If>());
    case StmtKind::With:
      return visit_with(statement->as<With>(), 0);
    case StmtKind::AsyncWith:
      return visit_async_with(statement->as<AsyncWith>(), 0);
    case StmtKind::Match:
      return visit_match(statement->as<Match>());
    case StmtKind::Raise:
      return visit_raise(statement->as<Raise>());
    case StmtKind::Try:
      return visit_try(statement->as<Try>());
    case StmtKind::TryStar:
      return visit_try_star(statement->as<TryStar>());
    case StmtKind::Assert:
      return visit_assert(statement->as<Assert>());
    case StmtKind::Import:
      return visit_import(statement->as<Import>());
    case StmtKind::ImportFrom:
      return visit_import_from(statement->as<ImportFrom>());
    case StmtKind::Global:
    case StmtKind::Nonlocal:
      return {};
    case StmtKind::Expr:
      return visit_expression_statement(statement->as<ExprStmt>());
    case StmtKind::Pass:
      emit(Op::NOP);
      return {};
    case StmtKind::Break:
      return visit_break();
    case StmtKind::Continue:
      return visit_continue();
  }
  return {};
}

// == Leaving ==

Result<void> CodeGenerator::visit_return(Return* node) {
  if (unit_->scope->type != ScopeType::Function) return error("'return' outside function");
  if (node->value && unit_->scope->coroutine && unit_->scope->generator) {
    return error("'return' with value in async generator");
  }
  Constant* constant = node->value ? node->value->try_as<Constant>() : nullptr;
  bool preserve_top = node->value && !constant;
  if (preserve_top) {
    TRY(visit(node->value));
  } else if (node->value) {
    set_place(*node->value);
    emit(Op::NOP);
  }
  if (!node->value || node->value->lineno != node->lineno) {
    set_place(*node);
    emit(Op::NOP);
  }
  TRY(unwind(preserve_top, nullptr, nullptr));
  if (!node->value) {
    TRY(emit_const(None));
  } else if (constant) {
    TRY(emit_const(constant->value));
  }
  emit(Op::RETURN_VALUE);
  next_block();
  return {};
}

Result<void> CodeGenerator::visit_break() {
  FrameBlock loop{};
  TRY(unwind_to_loop(loop, "'break' outside loop"));
  TRY(unwind_one(loop, false));
  emit_jump(Op::JUMP_ABSOLUTE, loop.exit);
  next_block();
  return {};
}

Result<void> CodeGenerator::visit_continue() {
  FrameBlock loop{};
  TRY(unwind_to_loop(loop, "'continue' not properly in loop"));
  emit_jump(Op::JUMP_ABSOLUTE, loop.start);
  next_block();
  return {};
}

Result<void> CodeGenerator::unwind_to_loop(FrameBlock& loop, const char* message) {
  bool found = false;
  emit(Op::NOP);
  Position place = unit_->at;
  TRY(unwind(false, &loop, &found));
  if (found) return {};
  set_place(place);
  return error(message);
}

Result<void> CodeGenerator::visit_raise(Raise* node) {
  int count = 0;
  if (node->exc) {
    TRY(visit(node->exc));
    ++count;
    if (node->cause) {
      TRY(visit(node->cause));
      ++count;
    }
  }
  emit(Op::RAISE_VARARGS, count);
  next_block();
  return {};
}

// == Assignments and expressions ==

Result<void> CodeGenerator::visit_expression_statement(ExprStmt* node) {
  if (interactive_ && unit_depth_ <= 1) {
    TRY(visit(node->value));
    emit(Op::PRINT_EXPR);
    return {};
  }
  if (node->value->is<Constant>()) {
    emit(Op::NOP);
    return {};
  }
  TRY(visit(node->value));
  unset_line();
  emit(Op::POP_TOP);
  return {};
}

Result<void> CodeGenerator::visit_assign(Assign* node) {
  TRY(visit(node->value));
  for (int i = 0; i < node->targets.size; ++i) {
    if (i + 1 < node->targets.size) emit(Op::DUP_TOP);
    TRY(visit(node->targets[i]));
  }
  return {};
}

namespace {
Op in_place_op(Operator op) {
  switch (op) {
    case Operator::Add:
      return Op::INPLACE_ADD;
    case Operator::Sub:
      return Op::INPLACE_SUBTRACT;
    case Operator::Mult:
      return Op::INPLACE_MULTIPLY;
    case Operator::MatMult:
      return Op::INPLACE_MATRIX_MULTIPLY;
    case Operator::Div:
      return Op::INPLACE_TRUE_DIVIDE;
    case Operator::Mod:
      return Op::INPLACE_MODULO;
    case Operator::Pow:
      return Op::INPLACE_POWER;
    case Operator::LShift:
      return Op::INPLACE_LSHIFT;
    case Operator::RShift:
      return Op::INPLACE_RSHIFT;
    case Operator::BitOr:
      return Op::INPLACE_OR;
    case Operator::BitXor:
      return Op::INPLACE_XOR;
    case Operator::BitAnd:
      return Op::INPLACE_AND;
    case Operator::FloorDiv:
      return Op::INPLACE_FLOOR_DIVIDE;
  }
  return Op::NOP;
}
}  // namespace

// The target is evaluated once; its parts stay on the stack for the store.
Result<void> CodeGenerator::visit_augmented_assign(AugAssign* node) {
  Position place = unit_->at;
  Expr* target = node->target;
  set_place(*target);
  switch (target->kind) {
    case ExprKind::Attribute: {
      auto* attribute = target->as<Attribute>();
      TRY(visit(attribute->value));
      emit(Op::DUP_TOP);
      place_at_attribute(attribute);
      TRY(emit_name(Op::LOAD_ATTR, attribute->attr));
      break;
    }
    case ExprKind::Subscript: {
      auto* subscript = target->as<Subscript>();
      TRY(visit(subscript->value));
      TRY(visit(subscript->slice));
      emit(Op::DUP_TOP_TWO);
      emit(Op::BINARY_SUBSCR);
      break;
    }
    case ExprKind::Name:
      TRY(name_op(target->as<Name>()->id, ExprContext::Load));
      break;
    default:
      return raise(SystemError, "invalid node type (%d) for augmented assignment", static_cast<int>(target->kind));
  }
  set_place(place);
  TRY(visit(node->value));
  emit(in_place_op(node->op));
  set_place(*target);
  switch (target->kind) {
    case ExprKind::Attribute: {
      auto* attribute = target->as<Attribute>();
      place_at_attribute(attribute);
      emit(Op::ROT_TWO);
      return emit_name(Op::STORE_ATTR, attribute->attr);
    }
    case ExprKind::Subscript:
      emit(Op::ROT_THREE);
      emit(Op::STORE_SUBSCR);
      return {};
    default:
      return name_op(target->as<Name>()->id, ExprContext::Store);
  }
}

// Parts of annotated targets that are not assigned to are evaluated for their effects.
Result<void> CodeGenerator::check_annotated_expression(Expr* expression) {
  TRY(visit(expression));
  emit(Op::POP_TOP);
  return {};
}

Result<void> CodeGenerator::check_annotated_slice(Expr* slice) {
  if (auto* node = slice->try_as<ast::Slice>()) {
    for (Expr* part : {node->lower, node->upper, node->step}) {
      if (part) TRY(check_annotated_expression(part));
    }
    return {};
  }
  if (auto* node = slice->try_as<ast::Tuple>()) {
    for (Expr* element : node->elts) TRY(check_annotated_slice(element));
    return {};
  }
  return check_annotated_expression(slice);
}

Result<void> CodeGenerator::visit_annotated_assign(AnnAssign* node) {
  bool evaluates = unit_->kind == UnitKind::Module || unit_->kind == UnitKind::Class;
  if (node->value) {
    TRY(visit(node->value));
    TRY(visit(node->target));
  }
  switch (node->target->kind) {
    case ExprKind::Name: {
      Str* name = node->target->as<Name>()->id;
      TRY(check_name(name, ExprContext::Store));
      if (!node->simple || !evaluates) break;
      TRY(visit_annotation(node->annotation));
      unit_->names.add(id::__annotations__, true);
      emit(Op::LOAD_NAME, unit_->names.index_of(id::__annotations__));
      Ref<Str> mangled = TRY(mangle_name(unit_->class_name, name));
      TRY(emit_const(mangled));
      emit(Op::STORE_SUBSCR);
      break;
    }
    case ExprKind::Attribute: {
      auto* target = node->target->as<Attribute>();
      TRY(check_name(target->attr, ExprContext::Store));
      if (!node->value) TRY(check_annotated_expression(target->value));
      break;
    }
    case ExprKind::Subscript: {
      auto* target = node->target->as<Subscript>();
      if (node->value) break;
      TRY(check_annotated_expression(target->value));
      TRY(check_annotated_slice(target->slice));
      break;
    }
    default:
      return raise(SystemError, "invalid node type (%d) for annotated assignment",
                   static_cast<int>(node->target->kind));
  }
  if (node->simple || !evaluates || future_annotations()) return {};
  return check_annotated_expression(node->annotation);
}

Result<void> CodeGenerator::visit_assert(Assert* node) {
  bool is_tuple = (node->test->is<ast::Tuple>() && !node->test->as<ast::Tuple>()->elts.empty());
  if (auto* constant = node->test->try_as<Constant>()) {
    is_tuple = adder::is_tuple(constant->value) && tuple_size(as<adder::Tuple>(constant->value)) > 0;
  }
  if (is_tuple) TRY(warning("assertion is always true, perhaps remove parentheses?"));
  if (optimize_) return {};
  BasicBlock* end = new_block();
  TRY(jump_if(node->test, end, true));
  emit(Op::LOAD_ASSERTION_ERROR);
  if (node->msg) {
    TRY(visit(node->msg));
    emit(Op::CALL_FUNCTION, 1);
  }
  emit(Op::RAISE_VARARGS, 1);
  use_next(end);
  return {};
}

// == If and loops ==

Result<void> CodeGenerator::visit_if(If* node) {
  BasicBlock* end = new_block();
  BasicBlock* otherwise = node->orelse.empty() ? end : new_block();
  TRY(jump_if(node->test, otherwise, false));
  TRY(visit_all(node->body));
  if (!node->orelse.empty()) {
    emit_jump_no_line(Op::JUMP_FORWARD, end);
    use_next(otherwise);
    TRY(visit_all(node->orelse));
  }
  use_next(end);
  return {};
}

// The test stands twice: in front, and behind the body.
Result<void> CodeGenerator::visit_while(While* node) {
  BasicBlock* loop = new_block();
  BasicBlock* body = new_block();
  BasicBlock* anchor = new_block();
  BasicBlock* end = new_block();
  use_next(loop);
  TRY(push_frame({FrameKind::WhileLoop, loop, end}));
  TRY(jump_if(node->test, anchor, false));
  use_next(body);
  TRY(visit_all(node->body));
  set_place(*node);
  TRY(jump_if(node->test, body, true));
  pop_frame();
  use_next(anchor);
  TRY(visit_all(node->orelse));
  use_next(end);
  return {};
}

Result<void> CodeGenerator::visit_for(For* node) {
  BasicBlock* start = new_block();
  BasicBlock* body = new_block();
  BasicBlock* cleanup = new_block();
  BasicBlock* end = new_block();
  TRY(push_frame({FrameKind::ForLoop, start, end}));
  TRY(visit(node->iter));
  emit(Op::GET_ITER);
  use_next(start);
  emit_jump(Op::FOR_ITER, cleanup);
  use_next(body);
  TRY(visit(node->target));
  TRY(visit_all(node->body));
  unset_line();
  emit_jump(Op::JUMP_ABSOLUTE, start);
  use_next(cleanup);
  pop_frame();
  TRY(visit_all(node->orelse));
  use_next(end);
  return {};
}

Result<void> CodeGenerator::visit_async_for(AsyncFor* node) {
  if (allows_top_level_await()) {
    unit_->scope->coroutine = true;
  } else if (unit_->kind != UnitKind::AsyncFunction) {
    return error("'async for' outside async function");
  }
  BasicBlock* start = new_block();
  BasicBlock* except = new_block();
  BasicBlock* end = new_block();
  TRY(visit(node->iter));
  emit(Op::GET_AITER);
  use_next(start);
  TRY(push_frame({FrameKind::ForLoop, start, end}));
  // Guards the call of __anext__: StopAsyncIteration ends the loop.
  emit_jump(Op::SETUP_FINALLY, except);
  emit(Op::GET_ANEXT);
  TRY(load_none_and_yield_from());
  emit(Op::POP_BLOCK);
  TRY(visit(node->target));
  TRY(visit_all(node->body));
  unset_line();
  emit_jump(Op::JUMP_ABSOLUTE, start);
  pop_frame();
  use_next(except);
  set_place(*node->iter);
  emit(Op::END_ASYNC_FOR);
  TRY(visit_all(node->orelse));
  use_next(end);
  return {};
}

// == Import ==

// `import a.b.c as d`: IMPORT_NAME gives a; the others are fetched one from the other.
Result<void> CodeGenerator::import_as(Str* name, Str* as_name) {
  isize length = str_length(name);
  isize dot = str_find_char(name, '.', 0, length, 1);
  if (dot < 0) return name_op(as_name, ExprContext::Store);
  for (;;) {
    isize start = dot + 1;
    dot = str_find_char(name, '.', start, length, 1);
    Ref<Str> attribute = str_intern(TRY(str_substring(name, start, dot < 0 ? length : dot)));
    unit_->names.add(attribute, true);
    emit(Op::IMPORT_FROM, unit_->names.index_of(attribute));
    if (dot < 0) break;
    emit(Op::ROT_TWO);
    emit(Op::POP_TOP);
  }
  TRY(name_op(as_name, ExprContext::Store));
  emit(Op::POP_TOP);
  return {};
}

Result<void> CodeGenerator::visit_import(Import* node) {
  for (Alias* alias : node->names) {
    TRY(emit_int(0));
    TRY(emit_const(None));
    TRY(emit_name(Op::IMPORT_NAME, alias->name));
    if (alias->asname) {
      TRY(import_as(alias->name, alias->asname));
      continue;
    }
    isize length = str_length(alias->name);
    isize dot = str_find_char(alias->name, '.', 0, length, 1);
    Ref<Str> bound = dot < 0 ? Ref<Str>::share(alias->name) : str_intern(TRY(str_substring(alias->name, 0, dot)));
    TRY(name_op(bound, ExprContext::Store));
  }
  return {};
}

Result<void> CodeGenerator::visit_import_from(ImportFrom* node) {
  TRY(emit_int(node->level));
  Ref<adder::Tuple> names = TRY(tuple_new(node->names.size));
  for (int i = 0; i < node->names.size; ++i)
    tuple_init_item(names, i, Ref<Object>(Ref<Str>::share(node->names[i]->name)));
  if (node->lineno > future_.last_line && node->module && str_equals(node->module, "__future__")) {
    return error("from __future__ imports must occur at the beginning of the file");
  }
  TRY(emit_const(names));
  TRY(emit_name(Op::IMPORT_NAME, node->module ? node->module : id::empty.get()));
  for (int i = 0; i < node->names.size; ++i) {
    Alias* alias = node->names[i];
    if (i == 0 && str_equals(alias->name, "*")) {
      emit(Op::IMPORT_STAR);
      return {};
    }
    TRY(emit_name(Op::IMPORT_FROM, alias->name));
    TRY(name_op(alias->asname ? alias->asname : alias->name, ExprContext::Store));
  }
  emit(Op::POP_TOP);
  return {};
}
}  // namespace adder
