// queries: what other rooms ask about running frames.
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "interpreter/semantics.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
Maybe<Frame> frame_current(int depth) {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  for (; frame && depth > 0; --depth) frame = complete_frame(frame->previous);
  if (!frame) return nullptr;
  Frame* object = frame_object_of(frame);
  if (!object) return Error{};
  return Maybe<Frame>::share(object);
}

Opt<Dict*> eval_get_globals() {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  return frame ? as<Dict>(frame->globals) : nullptr;
}
Opt<Dict*> eval_get_builtins() {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  return frame ? as<Dict>(frame->builtins) : interpreter()->builtins;
}
Opt<Code*> eval_get_code() {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  return frame ? frame->code : nullptr;
}
Result<Object> eval_get_locals() {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  if (!frame) return raise(SystemError, "frame does not exist");
  Object* locals = frame_locals_mapping(frame);
  if (!locals) return Error{};
  return Result<Object>::share(locals);
}

Result<void> eval_super_arguments(Ref<Type>& type, Ref<Object>& object) {
  InterpreterFrame* frame = complete_frame(current_frame(thread()));
  if (!frame) return raise(RuntimeError, "super(): no current frame");
  Code* code = frame->code;
  if (code->co_argcount == 0) return raise(RuntimeError, "super(): no arguments");
  Object* first = frame->slots[0];
  RCode* rcode = frame->rcode;
  for (u32 i = 0; !first && i < rcode->cell_count; ++i) {
    if (rcode->cell_argument[i] == 0) first = as<Cell>(frame->slots[rcode->local_count + i])->ob_ref;
  }
  if (!first) return raise(RuntimeError, "super(): arg[0] deleted");
  for (u32 i = 0; i < rcode->free_count; ++i) {
    u32 slot = rcode->local_count + rcode->cell_count + i;
    if (!str_equal(frame_slot_name(code, slot), id::__class__)) continue;
    Object* cell = frame->slots[slot];
    if (!cell || !is_cell(cell)) return raise(RuntimeError, "super(): bad __class__ cell");
    Object* content = as<Cell>(cell)->ob_ref;
    if (!content) return raise(RuntimeError, "super(): empty __class__ cell");
    if (!is_type(content)) {
      return raise(RuntimeError, "super(): __class__ is not a type (%s)", content->ob_type->tp_name);
    }
    type = new_ref(reinterpret_cast<Type*>(content));
    object = new_ref(first);
    return {};
  }
  return raise(RuntimeError, "super(): __class__ cell not found");
}

// == Frame objects ==

int frame_get_lineno(Frame* frame) {
  if (frame->f_lineno) return frame->f_lineno;
  return frame_line(frame->f_frame);
}
Maybe<Frame> frame_back(Frame* frame) {
  if (frame->f_back) return Maybe<Frame>::share(frame->f_back);
  if (frame->f_frame->owner == FrameOwner::kFrameObject) return nullptr;
  InterpreterFrame* previous = complete_frame(frame->f_frame->previous);
  if (!previous) return nullptr;
  Frame* object = frame_object_of(previous);
  if (!object) return Error{};
  return Maybe<Frame>::share(object);
}
Result<Code> frame_get_code(Frame* frame) { return Result<Code>::share(frame->f_frame->code); }
Result<Object> frame_get_locals(Frame* frame) {
  Object* locals = frame_locals_mapping(frame->f_frame);
  if (!locals) return Error{};
  return Result<Object>::share(locals);
}

Result<Frame> frame_new(Code* code, Dict* globals, Opt<Object*> locals) {
  RCode* rcode = rcode_of(code);
  if (!rcode) return Error{};
  Ref<Function> function = TRY(function_new(code, globals));
  Ref<Frame> frame = TRY(object_new<Frame>(&PyFrame_Type, rcode->stack_base));
  frame->f_back = nullptr;
  frame->f_trace = nullptr;
  frame->f_lineno = 0;
  frame->f_trace_lines = 1;
  frame->f_trace_opcodes = frame->f_fast_as_locals = 0;
  InterpreterFrame* inner = reinterpret_cast<InterpreterFrame*>(frame->_f_frame_data);
  frame->f_frame = inner;
  incref_or_null(locals.get());
  frame_initialize(inner, function.release(), code, rcode, locals.get());
  inner->owner = FrameOwner::kFrameObject;
  inner->previous = nullptr;
  inner->slot_count = rcode->stack_base;
  for (u32 i = 0; i < rcode->stack_base; ++i) inner->slots[i] = nullptr;
  gc::track(frame);
  return frame;
}
}  // namespace adder
