// interpreter: what the rest of the machine asks of the interpreter.
#pragma once
#include "object/protocol.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/tuple.h"

namespace adder {
// Runs a code object in `globals` and `locals` (any mapping), as exec() does; closure a tuple of cells or absent.
Result<Object> eval_code(Code* code, Dict* globals, Object* locals, Opt<Tuple*> closure = {});

// == Frames, as others may see them ==

// The running Python frame of the current thread as an object (made on demand), `depth` callers up; absent if there are not so many.
// No Python code runs.
Maybe<Frame> frame_current(int depth = 0);
// Of the running frame; null without one. Borrowed.
Opt<Dict*> eval_get_globals();
Opt<Dict*> eval_get_builtins();      // of the running frame, else the interpreter's
Result<Object> eval_get_locals();    // locals() of the running frame: new reference
Opt<Code*> eval_get_code();
int frame_get_lineno(Frame* frame);
int frame_get_lasti(Frame* frame);  // canonical offset, -1 before the first instruction
Maybe<Frame> frame_back(Frame* frame);
Result<Code> frame_get_code(Frame* frame);
Result<Object> frame_get_locals(Frame* frame);
// For code that is not Python (Cython): an artificial frame.
Result<Frame> frame_new(Code* code, Dict* globals, Opt<Object*> locals);
// Adds a traceback entry for `frame` to the set exception (PyTraceBack_Here).
Result<void> traceback_here(Frame* frame);
Result<Object> traceback_new(Opt<Object*> next, Frame* frame, int lasti, int lineno);

// What super() without arguments stands for in the running function: its __class__ cell and its first argument;
// RuntimeError ("super(): no arguments", …).
Result<void> eval_super_arguments(Ref<Type>& type, Ref<Object>& object);

// == Tracing ==

Result<void> eval_set_trace(Object* function);    // None switches off
Result<void> eval_set_profile(Object* function);
void eval_set_c_trace(Py_tracefunc function, Opt<Object*> argument);
void eval_set_c_profile(Py_tracefunc function, Opt<Object*> argument);

// == Safepoints ==

// Asks every thread of the interpreter to stop at its next safepoint and look (signals, GIL request, async exceptions, pending calls).
void eval_request_break();
Result<void> eval_add_pending_call(int (*function)(void*), void* argument);
int recursion_limit();
Result<void> set_recursion_limit(int limit);
}  // namespace adder
