// codegen_blocks: try, with, and leaving them: the block stack.
//
// finally    bodies are compiled once for every way out: falling off the end, each return, break and continue, and
//            exceptions.
// except*    keeps on the stack, above the six values of the handler, the original exception, a list of what the
//            clauses raised, and what is not handled yet; see docs/bytecode.md.
#include "compiler/codegen.h"
#include "runtime/error.h"
#include "runtime/names.h"
#include "types/code.h"
#include "types/str.h"

namespace adder {
using namespace ast;

Result<void> CodeGenerator::push_frame(const FrameBlock& block) {
  if (unit_->blocks.size() >= CO_MAXBLOCKS) return error("too many statically nested blocks");
  unit_->blocks.push_back(block);
  return {};
}

// == Unwinding ==

// Emits what must happen when control leaves `block` by return, break or continue. `preserve_top`: the value to be
// returned is on top of the stack and stays there.
Result<void> CodeGenerator::unwind_one(const FrameBlock& block, bool preserve_top) {
  switch (block.kind) {
    case FrameKind::WhileLoop:
    case FrameKind::ExceptionHandler:
    case FrameKind::ExceptionGroupHandler:
    case FrameKind::AsyncComprehension:
      return {};
    case FrameKind::ForLoop:
    case FrameKind::PopValue:
      if (preserve_top) emit(Op::ROT_TWO);
      emit(Op::POP_TOP);
      return {};
    case FrameKind::TryExcept:
      emit(Op::POP_BLOCK);
      return {};
    case FrameKind::FinallyTry:
      emit(Op::POP_BLOCK);
      if (preserve_top) TRY(push_frame({FrameKind::PopValue, nullptr, nullptr}));
      TRY(visit_all(*block.finally_body));
      if (preserve_top) pop_frame();
      unset_line();
      return {};
    case FrameKind::FinallyEnd:
      if (preserve_top) emit(Op::ROT_FOUR);
      emit(Op::POP_TOP);
      emit(Op::POP_TOP);
      emit(Op::POP_TOP);
      if (preserve_top) emit(Op::ROT_FOUR);
      emit(Op::POP_EXCEPT);
      return {};
    case FrameKind::With:
    case FrameKind::AsyncWith:
      set_place(*block.statement);
      emit(Op::POP_BLOCK);
      if (preserve_top) emit(Op::ROT_TWO);
      TRY(call_exit_with_nones());
      if (block.kind == FrameKind::AsyncWith) {
        emit(Op::GET_AWAITABLE);
        TRY(load_none_and_yield_from());
      }
      emit(Op::POP_TOP);
      unset_line();
      return {};
    case FrameKind::HandlerCleanup:
      if (block.handler_name) emit(Op::POP_BLOCK);
      if (preserve_top) emit(Op::ROT_FOUR);
      emit(Op::POP_EXCEPT);
      return block.handler_name ? bind_none_and_delete(block.handler_name) : Result<void>();
  }
  return {};
}

Result<void> CodeGenerator::unwind(bool preserve_top, FrameBlock* loop, bool* found) {
  if (unit_->blocks.empty()) return {};
  FrameBlock top = unit_->blocks.back();
  if (top.kind == FrameKind::ExceptionGroupHandler) return forbid_in_except_star();
  if (loop && (top.kind == FrameKind::WhileLoop || top.kind == FrameKind::ForLoop)) {
    *loop = top;
    *found = true;
    return {};
  }
  // While the block is unwound it is no longer around: a `return` in a finally body must not run that body again.
  unit_->blocks.pop_back();
  TRY(unwind_one(top, preserve_top));
  TRY(unwind(preserve_top, loop, found));
  unit_->blocks.push_back(top);
  return {};
}

Result<void> CodeGenerator::forbid_in_except_star() {
  return error("'break', 'continue' and 'return' cannot appear in an except* block");
}

// == Try ==

Result<void> CodeGenerator::visit_try(Try* node) {
  return node->finalbody.empty() ? visit_try_except(node) : visit_try_finally(node);
}
Result<void> CodeGenerator::visit_try_star(TryStar* node) {
  return node->finalbody.empty() ? visit_try_except(node) : visit_try_finally(node);
}

template <class Node>
Result<void> CodeGenerator::visit_try_finally(Node* node) {
  BasicBlock* body = new_block();
  BasicBlock* end = new_block();
  BasicBlock* exit = new_block();
  emit_jump(Op::SETUP_FINALLY, end);
  use_next(body);
  TRY(push_frame({.kind = FrameKind::FinallyTry, .start = body, .exit = end, .finally_body = &node->finalbody}));
  if (node->handlers.empty()) {
    TRY(visit_all(node->body));
  } else {
    TRY(visit_try_except(node));
  }
  emit_no_line(Op::POP_BLOCK);
  pop_frame();
  TRY(visit_all(node->finalbody));
  emit_jump_no_line(Op::JUMP_FORWARD, exit);
  // Reached by exceptions.
  use_next(end);
  TRY(push_frame({FrameKind::FinallyEnd, end, nullptr}));
  TRY(visit_all(node->finalbody));
  pop_frame();
  emit(Op::RERAISE, 0);
  use_next(exit);
  return {};
}

Result<void> CodeGenerator::bind_none_and_delete(Str* name) {
  TRY(emit_const(None));
  TRY(name_op(name, ExprContext::Store));
  return name_op(name, ExprContext::Del);
}

Result<void> CodeGenerator::visit_try_except(Try* node) {
  BasicBlock* body = new_block();
  BasicBlock* except = new_block();
  BasicBlock* otherwise = new_block();
  BasicBlock* end = new_block();
  emit_jump(Op::SETUP_FINALLY, except);
  use_next(body);
  TRY(push_frame({FrameKind::TryExcept, body, nullptr}));
  TRY(visit_all(node->body));
  pop_frame();
  emit_no_line(Op::POP_BLOCK);
  emit_jump_no_line(Op::JUMP_FORWARD, otherwise);
  use_next(except);
  // The machine pushes a block of its own when it enters a handler.
  TRY(push_frame({FrameKind::ExceptionHandler, nullptr, nullptr}));
  for (int i = 0; i < node->handlers.size; ++i) {
    ExceptHandler* handler = node->handlers[i];
    set_place(*handler);
    if (!handler->type && i + 1 < node->handlers.size) return error("default 'except:' must be last");
    except = new_block();
    if (handler->type) {
      emit(Op::DUP_TOP);
      TRY(visit(handler->type));
      emit_jump(Op::JUMP_IF_NOT_EXC_MATCH, except);
      next_block();
    }
    emit(Op::POP_TOP);
    BasicBlock* cleanup_body = new_block();
    if (handler->name) {
      BasicBlock* cleanup_end = new_block();
      TRY(name_op(handler->name, ExprContext::Store));
      emit(Op::POP_TOP);
      emit_jump(Op::SETUP_FINALLY, cleanup_end);
      use_next(cleanup_body);
      TRY(push_frame(
          {.kind = FrameKind::HandlerCleanup, .start = cleanup_body, .exit = nullptr, .handler_name = handler->name}));
      TRY(visit_all(handler->body));
      pop_frame();
      unset_line();
      emit(Op::POP_BLOCK);
      emit(Op::POP_EXCEPT);
      TRY(bind_none_and_delete(handler->name));
      emit_jump(Op::JUMP_FORWARD, end);
      use_next(cleanup_end);
      unset_line();
      TRY(bind_none_and_delete(handler->name));
      emit(Op::RERAISE, 1);
    } else {
      emit(Op::POP_TOP);
      emit(Op::POP_TOP);
      use_next(cleanup_body);
      TRY(push_frame({FrameKind::HandlerCleanup, cleanup_body, nullptr}));
      TRY(visit_all(handler->body));
      pop_frame();
      unset_line();
      emit(Op::POP_EXCEPT);
      emit_jump(Op::JUMP_FORWARD, end);
    }
    use_next(except);
  }
  pop_frame();
  unset_line();
  emit(Op::RERAISE, 0);
  use_next(otherwise);
  TRY(visit_all(node->orelse));
  use_next(end);
  return {};
}

// except* (PEP 654).
Result<void> CodeGenerator::visit_try_except(TryStar* node) {
  BasicBlock* body = new_block();
  BasicBlock* except = new_block();
  BasicBlock* otherwise = new_block();
  BasicBlock* end = new_block();
  emit_jump(Op::SETUP_FINALLY, except);
  use_next(body);
  TRY(push_frame({FrameKind::TryExcept, body, nullptr}));
  TRY(visit_all(node->body));
  pop_frame();
  emit_no_line(Op::POP_BLOCK);
  emit_jump_no_line(Op::JUMP_FORWARD, otherwise);
  use_next(except);
  if (!node->handlers.empty()) set_place(*node->handlers[0]);
  TRY(push_frame({FrameKind::ExceptionGroupHandler, nullptr, nullptr}));
  emit(Op::PREP_EXCEPT_STAR);
  for (ExceptHandler* handler : node->handlers) {
    set_place(*handler);
    BasicBlock* next = new_block();
    BasicBlock* cleanup_body = new_block();
    BasicBlock* cleanup_end = new_block();
    if (!handler->type) return error("expected one or more exception types");
    TRY(visit(handler->type));
    emit_jump(Op::CHECK_EG_MATCH, next);
    next_block();
    if (handler->name) {
      TRY(name_op(handler->name, ExprContext::Store));
    } else {
      emit(Op::POP_TOP);
    }
    emit_jump(Op::SETUP_FINALLY, cleanup_end);
    use_next(cleanup_body);
    TRY(push_frame(
        {.kind = FrameKind::HandlerCleanup, .start = cleanup_body, .exit = nullptr, .handler_name = handler->name}));
    TRY(visit_all(handler->body));
    pop_frame();
    unset_line();
    emit(Op::POP_BLOCK);
    if (handler->name) TRY(bind_none_and_delete(handler->name));
    emit_jump(Op::JUMP_FORWARD, next);
    // What the clause raises is collected, and the next clause gets its turn.
    use_next(cleanup_end);
    unset_line();
    if (handler->name) TRY(bind_none_and_delete(handler->name));
    emit(Op::COLLECT_EXCEPT_STAR);
    emit(Op::POP_EXCEPT);
    emit_jump(Op::JUMP_FORWARD, next);
    use_next(next);
  }
  pop_frame();
  unset_line();
  emit(Op::END_EXCEPT_STAR);
  emit(Op::POP_TOP);
  emit(Op::POP_TOP);
  emit(Op::POP_TOP);
  emit(Op::POP_EXCEPT);
  emit_jump(Op::JUMP_FORWARD, end);
  use_next(otherwise);
  TRY(visit_all(node->orelse));
  use_next(end);
  return {};
}

// == With ==

Result<void> CodeGenerator::call_exit_with_nones() {
  TRY(emit_const(None));
  emit(Op::DUP_TOP);
  emit(Op::DUP_TOP);
  emit(Op::CALL_FUNCTION, 3);
  return {};
}

// After __exit__ was called with an exception: raises it again unless the result is true.
void CodeGenerator::finish_with_exception() {
  BasicBlock* exit = new_block();
  emit_jump(Op::POP_JUMP_IF_TRUE, exit);
  next_block();
  emit(Op::RERAISE, 1);
  use_next(exit);
  emit(Op::POP_TOP);
  emit(Op::POP_TOP);
  emit(Op::POP_TOP);
  emit(Op::POP_EXCEPT);
  emit(Op::POP_TOP);
}

Result<void> CodeGenerator::visit_with(With* node, int index) {
  WithItem* item = node->items[index];
  BasicBlock* block = new_block();
  BasicBlock* final_block = new_block();
  BasicBlock* exit = new_block();
  TRY(visit(item->context_expr));
  emit_jump(Op::SETUP_WITH, final_block);
  use_next(block);
  TRY(push_frame({.kind = FrameKind::With, .start = block, .exit = final_block, .statement = node}));
  if (item->optional_vars) {
    TRY(visit(item->optional_vars));
  } else {
    emit(Op::POP_TOP);
  }
  if (index + 1 < node->items.size) {
    TRY(visit_with(node, index + 1));
  } else {
    TRY(visit_all(node->body));
  }
  unset_line();
  emit(Op::POP_BLOCK);
  pop_frame();
  set_place(*node);
  TRY(call_exit_with_nones());
  emit(Op::POP_TOP);
  emit_jump(Op::JUMP_FORWARD, exit);
  use_next(final_block);
  emit(Op::WITH_EXCEPT_START);
  finish_with_exception();
  use_next(exit);
  return {};
}

Result<void> CodeGenerator::visit_async_with(AsyncWith* node, int index) {
  if (allows_top_level_await()) {
    unit_->scope->coroutine = true;
  } else if (unit_->kind != UnitKind::AsyncFunction) {
    return error("'async with' outside async function");
  }
  WithItem* item = node->items[index];
  BasicBlock* block = new_block();
  BasicBlock* final_block = new_block();
  BasicBlock* exit = new_block();
  TRY(visit(item->context_expr));
  emit(Op::BEFORE_ASYNC_WITH);
  emit(Op::GET_AWAITABLE);
  TRY(load_none_and_yield_from());
  emit_jump(Op::SETUP_ASYNC_WITH, final_block);
  use_next(block);
  TRY(push_frame({.kind = FrameKind::AsyncWith, .start = block, .exit = final_block, .statement = node}));
  if (item->optional_vars) {
    TRY(visit(item->optional_vars));
  } else {
    emit(Op::POP_TOP);
  }
  if (index + 1 < node->items.size) {
    TRY(visit_async_with(node, index + 1));
  } else {
    TRY(visit_all(node->body));
  }
  pop_frame();
  emit(Op::POP_BLOCK);
  set_place(*node);
  TRY(call_exit_with_nones());
  emit(Op::GET_AWAITABLE);
  TRY(load_none_and_yield_from());
  emit(Op::POP_TOP);
  emit_jump(Op::JUMP_ABSOLUTE, exit);
  use_next(final_block);
  emit(Op::WITH_EXCEPT_START);
  emit(Op::GET_AWAITABLE);
  TRY(load_none_and_yield_from());
  finish_with_exception();
  use_next(exit);
  return {};
}
}  // namespace adder
