// eval_frame: frames from C: the hook of PEP 523, code objects with arguments given apart, frame objects.
#include "interpreter/eval_frame.h"

#include "interpreter/generator.h"
#include "memory/allocator.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/tuple.h"

namespace adder {
namespace {
// What a generator is resumed with while a hook decides; the hook's signature has no place for it.
struct Resumption {
  InterpreterFrame* frame;
  Object* sent;  // owned; null once it was passed on
  Resume mode;
  Resumption* outer;
};
thread_local constinit Resumption* innermost = nullptr;
}  // namespace

FrameEvaluator eval_frame_hook(Interpreter* interpreter) {
  return reinterpret_cast<FrameEvaluator>(interpreter->eval_frame);
}

void set_eval_frame_hook(Interpreter* interpreter, FrameEvaluator hook) {
  interpreter->eval_frame = reinterpret_cast<void*>(hook);
  for (ThreadState* state = interpreter->threads; state; state = state->next) {
    for (_PyCFrame* cframe = state->cframe; cframe; cframe = cframe->previous) {
      if (hook && !cframe->use_tracing) cframe->use_tracing = kEvalFrameHooked;
      if (!hook && cframe->use_tracing == kEvalFrameHooked) cframe->use_tracing = 0;
    }
  }
}

Object* run_frame_hooked(ThreadState* state, InterpreterFrame* frame, Object* sent, Resume mode) {
  Resumption resumption{frame, sent, mode, innermost};
  innermost = &resumption;
  Object* result = eval_frame_hook(interpreter_of(state))(state, frame, mode == Resume::kRaise);
  innermost = resumption.outer;
  decref_or_null(resumption.sent);
  return result;
}

Object* eval_frame_default(ThreadState* state, InterpreterFrame* frame, bool throw_flag) {
  for (Resumption* resumption = innermost; resumption; resumption = resumption->outer) {
    if (resumption->frame != frame) continue;
    return run_frame(state, frame, std::exchange(resumption->sent, nullptr), throw_flag ? Resume::kRaise : resumption->mode);
  }
  return run_frame(state, frame, frame->owner == FrameOwner::kGenerator ? None : nullptr,
                   throw_flag ? Resume::kRaise : Resume::kSend);
}

Result<Object> eval_code_ex(Code* code, Dict* globals, Object* locals, Object* const* args, int arg_count,
                            Object* const* keywords, int keyword_count, Object* const* defaults, int default_count,
                            Object* keyword_defaults, Object* closure) {
  ThreadState* state = thread();
  Ref<Function> function = TRY(function_new(code, globals));
  if (default_count) {
    Ref<Tuple> values = TRY(tuple_new(default_count));
    for (int i = 0; i < default_count; ++i) tuple_init_item(values, i, new_ref(defaults[i]));
    function->func_defaults = values.release();
  }
  if (keyword_defaults) function->func_kwdefaults = new_ref(keyword_defaults).release();
  if (closure) function->func_closure = new_ref(closure).release();
  Ref<Tuple> names;
  if (keyword_count) {
    names = TRY(tuple_new(keyword_count));
    for (int i = 0; i < keyword_count; ++i) tuple_init_item(names, i, new_ref(keywords[2 * i]));
  }
  RCode* rcode = rcode_of(code);
  if (!rcode) return Error{};
  // The callee takes its arguments.
  usize all = static_cast<usize>(arg_count) + static_cast<usize>(keyword_count);
  Object** owned = static_cast<Object**>(memory::allocate(all * sizeof(Object*)));
  if (!owned) return raise_no_memory();
  for (int i = 0; i < arg_count; ++i) owned[i] = new_ref(args[i]).release();
  for (int i = 0; i < keyword_count; ++i) owned[arg_count + i] = new_ref(keywords[2 * i + 1]).release();
  if (rcode->is_generator) {
    Object* generator = sem::call_generator_function(state, function.release(), rcode, owned,
                                                     static_cast<usize>(arg_count), names ? names.get() : nullptr);
    memory::release(owned);
    return Result<Object>::from_c(generator);
  }
  if (code->co_flags & CO_NEWLOCALS && code->co_flags & CO_OPTIMIZED) locals = nullptr;
  Ref<Object> namespace_ = Ref<Object>::share_or_empty(locals);
  InterpreterFrame* frame = sem::push_frame(state, function.release(), rcode, namespace_.release(), owned,
                                            static_cast<usize>(arg_count), names ? names.get() : nullptr);
  memory::release(owned);
  if (!frame) return Error{};
  frame->previous = current_frame(state);
  Object* result = enter_frame(state, frame, nullptr, Resume::kSend);
  frame_pop(state, frame);
  return Result<Object>::from_c(result);
}

Result<Object> eval_frame_object(Frame* object) {
  ThreadState* state = thread();
  InterpreterFrame* source = object->f_frame;
  if (source->owner != FrameOwner::kFrameObject || frame_lasti(source) >= 0) {
    return raise(RuntimeError, "cannot run a frame that has started");
  }
  Ref<Object> locals = Ref<Object>::share_or_empty(source->locals);
  Ref<Function> function = new_ref(source->function);
  InterpreterFrame* frame =
      sem::push_frame(state, function.release(), source->rcode, locals.release(), nullptr, 0, nullptr);
  if (!frame) return Error{};
  frame->previous = current_frame(state);
  Object* result = enter_frame(state, frame, nullptr, Resume::kSend);
  frame_pop(state, frame);
  return Result<Object>::from_c(result);
}
}  // namespace adder
