// run: the interpreter loop.
//
// One call of run_frame() runs a frame and all Python functions that it calls; only calls through C nest on the C stack.
// The handlers are in handlers.def and handlers_more.def; this file holds the machine's registers, entry, exit and the way of
// exceptions.
#include <cstring>
#include <utility>

#include "interpreter/eval_frame.h"
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "interpreter/semantics.h"
#include "memory/allocator.h"
#include "object/descriptor.h"
#include "object/number.h"
#include "object/sequence.h"
#include "object/type.h"
#include "runtime/safepoint.h"
#include "types/dict.h"
#include "types/list_iterator.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple_iterator.h"

namespace adder {
Object* run_frame(ThreadState* state, InterpreterFrame* frame, Object* sent, Resume mode) {
  static const void* const labels[] = {
#define RCODE(name) &&handle_##name,
#include "interpreter/rcode.def"
  };

  _PyCFrame cframe;
  cframe.previous = state->cframe;
  cframe.use_tracing = cframe.previous->use_tracing;
  cframe.current_frame = frame;

  Object **slots, **constants;
  u32 stack_base;
  Cache* caches;
  const RInstruction* pc;
  Object* returned = nullptr;
  Object** call_window = nullptr;
  usize call_count = 0;
  Tuple* call_names = nullptr;
  int returned_overflow = 0;

#define LOAD_REGISTERS()                                        \
  do {                                                          \
    slots = frame->slots;                                       \
    constants = as<Tuple>(frame->code->co_consts)->ob_item;     \
    stack_base = frame->rcode->stack_base;                      \
    caches = frame->rcode->caches;                              \
  } while (0)
#define OP(name) handle_##name:
#define DISPATCH() goto* labels[pc->op]
#define NEXT() \
  do {         \
    ++pc;      \
    DISPATCH(); \
  } while (0)
#define SAVE() (frame->pc = pc)
#define ERROR() goto error
#define JUMP_TO(target)                            \
  do {                                             \
    pc = frame->rcode->instructions + (target);    \
    DISPATCH();                                    \
  } while (0)
#define RELEASE(object)                                                     \
  do {                                                                      \
    Object* released_ = (object);                                           \
    if (!is_immortal(released_) && --released_->ob_refcnt == 0) {           \
      frame->pc = pc;                                                       \
      _Py_Dealloc(released_);                                               \
    }                                                                       \
  } while (0)
// The same for exact ints and floats.
#define RELEASE_BOX(object)                                                                                  \
  do {                                                                                                       \
    Object* released_ = (object);                                                                            \
    if (!is_immortal(released_) && --released_->ob_refcnt == 0) memory::release(released_);                  \
  } while (0)
#define DROP(index)                                         \
  do {                                                      \
    if ((index) >= stack_base) decref(slots[index]);        \
  } while (0)
#define GO(...)                                 \
  do {                                          \
    Object* produced_ = (__VA_ARGS__);          \
    if (ADDER_UNLIKELY(!produced_)) ERROR();    \
    slots[pc->a] = produced_;                   \
    NEXT();                                     \
  } while (0)
#define NAME(index) (as<Str>(tuple_item(as<Tuple>(frame->code->co_names), static_cast<isize>(index))))
#define AFTER_CALL()                                                                              \
  do {                                                                                            \
    if (ADDER_UNLIKELY(safepoint_wanted(state) || cframe.use_tracing)) goto call_safepoint;       \
    NEXT();                                                                                       \
  } while (0)

  RecursionGuard guard("");
  if (guard.failed()) {
    decref_or_null(sent);
    // A generator that was to go on is finished: its value stack goes.
    if (frame->pc >= frame->rcode->instructions)
      frame_drop_stack(frame, 0, frame->rcode->error_depth[frame->rcode->position_of(frame->pc)]);
    return nullptr;
  }
  state->cframe = &cframe;
  frame->exit |= kEntry;
  if (frame->pc >= frame->rcode->instructions) {  // a generator goes on
    if (ADDER_UNLIKELY(cframe.use_tracing) && !frame->rcode->exact) {
      RCode* exact = rcode_exact_of(frame->code);
      if (exact) {
        int lasti = frame_lasti(frame);
        frame->traced_offset = lasti;
        frame->rcode = exact;
        frame->pc = rcode_at_offset(exact, static_cast<u32>(lasti)) + 1;  // behind the TRACE
      } else {
        error_clear();  // no memory: goes on without events
      }
    }
    LOAD_REGISTERS();
    pc = frame->pc;
    if (cframe.use_tracing && !sem::trace_call(state, frame)) {
      decref_or_null(sent);
      goto error;
    }
    if (mode == Resume::kRaise) goto error;
    if (static_cast<R>(pc->op) == R::YIELD_FROM && mode == Resume::kSend) {
      slots[pc->a + 1] = sent;
      DISPATCH();  // no safepoint: what waits (a signal) is for the innermost frame that runs
    }
    slots[pc->a] = sent;
    ++pc;
    if (ADDER_UNLIKELY(safepoint_wanted(state)) && !sem::handle_eval_break(state)) {
      pc = frame->pc;
      decref_or_null(sent);
      goto error;
    }
    DISPATCH();
  }
  goto begin;

start_frame:
  if (ADDER_UNLIKELY(cframe.use_tracing) && interpreter_of(state)->eval_frame) goto hooked_frame;
  if (ADDER_UNLIKELY(--state->recursion_remaining < 0) && sem::recursion_overflow(state, "")) goto exit_with_error;
begin:
  LOAD_REGISTERS();
  if (ADDER_UNLIKELY(cframe.use_tracing)) {
    if (!frame->rcode->exact) {
      RCode* exact = rcode_exact_of(frame->code);
      if (!exact) goto exit_with_error;
      frame->rcode = exact;
      caches = exact->caches;
      frame->pc = exact->instructions - 1;
    }
    if (!sem::trace_call(state, frame)) goto exit_with_error;
  }
  if (ADDER_UNLIKELY(mode == Resume::kRaise) && frame->owner == FrameOwner::kGenerator) {  // has not started
    pc = frame->rcode->instructions;
    if (frame->rcode->exact) ++pc;
    goto error;
  }
  pc = frame->pc + 1;
  if (ADDER_UNLIKELY(safepoint_wanted(state))) {
    SAVE();
    if (!sem::handle_eval_break(state)) goto error_at_start;
    goto maybe_trace;
  }
  DISPATCH();

#include "interpreter/handlers.def"

call_safepoint:
  SAVE();
  if (ADDER_UNLIKELY(cframe.use_tracing))
    frame->traced_offset = frame_lasti(frame);  // the call may have switched it on
  if (safepoint_wanted(state) && !sem::handle_eval_break(state)) {
    decref(slots[pc->a]);
    goto error;
  }
  ++pc;
  goto maybe_trace;

back_edge_safepoint : {
  SAVE();
  if (safepoint_wanted(state) && !sem::handle_eval_break(state)) goto error;
  pc = frame->rcode->instructions + pc->bc();
}
maybe_trace:
  // Tracing may have been switched on: go over to the exact code, at the canonical instruction that comes next.
  if (ADDER_UNLIKELY(cframe.use_tracing) && !frame->rcode->exact) {
    RCode* exact = rcode_exact_of(frame->code);
    if (!exact) {  // no memory: goes on without events
      error_clear();
      DISPATCH();
    }
    u32 offset = frame->rcode->start_offset[frame->rcode->position_of(pc)];
    frame->traced_offset = frame_lasti(frame);
    frame->rcode = exact;
    caches = exact->caches;
    pc = rcode_at_offset(exact, offset);
  }
  DISPATCH();

hooked_frame : {
  InterpreterFrame* callee = frame;
  frame = callee->previous;
  cframe.current_frame = frame;
  returned = run_frame_hooked(state, callee, nullptr, Resume::kSend);
  bool constructs = callee->exit & kConstructs;
  frame_pop(state, callee);
  LOAD_REGISTERS();
  pc = frame->pc;
  if (ADDER_UNLIKELY(!returned)) {
    if (constructs) decref(slots[pc->a]);
    goto error;
  }
  if (constructs) goto constructed;
  slots[pc->a] = returned;
  AFTER_CALL();
}

error_at_start:
  // The frame's first instruction has not run: nothing is on the value stack (a generator's None is immortal).
  if (Frame* object = frame_object_of(frame)) (void)traceback_here(object);
  goto exit_with_error;

error:
  SAVE();
  if (ADDER_UNLIKELY(!state->curexc_type)) (void)raise(SystemError, "error return without exception set");  // foreign slots
  {
    Frame* object = frame_object_of(frame);
    if (object) (void)traceback_here(object);
  }
  if (ADDER_UNLIKELY(cframe.use_tracing)) sem::trace_exception(state, frame);
unwind : {
  const RInstruction* handler = sem::unwind(state, frame, pc);
  if (handler) {
    pc = handler;
    if (ADDER_UNLIKELY(cframe.use_tracing)) {
      goto maybe_trace;
    }
    DISPATCH();
  }
  if (ADDER_UNLIKELY(cframe.use_tracing)) (void)sem::trace_return(state, frame, nullptr);
}

exit_with_error : {
  InterpreterFrame* dying = frame;
  returned = nullptr;
  if (dying->owner == FrameOwner::kGenerator || dying->exit & kEntry) goto leave;
  frame = dying->previous;
  cframe.current_frame = frame;
  ++state->recursion_remaining;
  bool constructs = dying->exit & kConstructs;
  frame_pop(state, dying);
  LOAD_REGISTERS();
  pc = frame->pc;
  if (constructs) decref(slots[pc->a]);
  goto error;
}

leave:
  state->cframe = cframe.previous;
  state->cframe->use_tracing = cframe.use_tracing;
  state->cframe->current_frame = frame->previous;
  return returned;
}
}  // namespace adder
