// eval_frame: how C enters a frame, and the hook of PEP 523 that may run it in place of the loop.
//
// While an interpreter has a hook, use_tracing of its threads' C frames is at least kEvalFrameHooked: run_frame() looks at
// it at the start of every frame anyway, so an interpreter without a hook pays nothing.
#pragma once
#include "interpreter/semantics.h"
#include "runtime/runtime.h"

namespace adder {
using FrameEvaluator = PyObject* (*)(PyThreadState* state, _PyInterpreterFrame* frame, int throw_flag);

// use_tracing of a thread without trace and profile functions, in an interpreter with a hook.
inline constexpr u8 kEvalFrameHooked = 1;
// What use_tracing of the current C frame must be: 255 while a function is to be called for events.
inline u8 wanted_use_tracing(ThreadState* state, bool events) {
  if (events && (state->c_tracefunc || state->c_profilefunc)) return 255;
  return interpreter_of(state)->eval_frame ? kEvalFrameHooked : 0;
}

// The hook, or null (_PyInterpreterState_SetEvalFrameFunc). Setting it takes effect at the next start of a frame.
FrameEvaluator eval_frame_hook(Interpreter* interpreter);
void set_eval_frame_hook(Interpreter* interpreter, FrameEvaluator hook);
// Lets the hook run the frame. As run_frame().
Object* run_frame_hooked(ThreadState* state, InterpreterFrame* frame, Object* sent, Resume mode);
// The machine's own way, for hooks that pass a frame on (_PyEval_EvalFrameDefault).
Object* eval_frame_default(ThreadState* state, InterpreterFrame* frame, bool throw_flag);

// Runs a frame as run_frame() does, through the hook if there is one.
inline Object* enter_frame(ThreadState* state, InterpreterFrame* frame, Object* sent, Resume mode) {
  if (ADDER_UNLIKELY(state->cframe->use_tracing) && interpreter_of(state)->eval_frame) {
    return run_frame_hooked(state, frame, sent, mode);
  }
  return run_frame(state, frame, sent, mode);
}

// Calls code with everything given apart: arguments by position, keyword arguments as (name, value) pairs, defaults
// (PyEval_EvalCodeEx). All borrowed; `locals`, `keyword_defaults` and `closure` may be null.
Result<Object> eval_code_ex(Code* code, Dict* globals, Object* locals, Object* const* args, int arg_count,
                            Object* const* keywords, int keyword_count, Object* const* defaults, int default_count,
                            Object* keyword_defaults, Object* closure);
// Runs a frame object that was made by frame_new() and has not started (PyEval_EvalFrame).
Result<Object> eval_frame_object(Frame* frame);
}  // namespace adder
