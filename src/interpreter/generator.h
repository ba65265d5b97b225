// generator: what the loop and the types of generators share.
#pragma once
#include "interpreter/frame.h"

namespace adder {
// A generator, coroutine or asynchronous generator (by the code's flags) with room for a frame; the frame is not
// initialised. Null: MemoryError.
Generator* generator_new(Function* function, Code* code, RCode* rcode);
// A generator that takes over the locals of a frame object that frame_new() made and that has not started; names may be
// null. RuntimeError if it has started.
Result<Generator> generator_from_frame(Frame* frame, Opt<Object*> name, Opt<Object*> qualname);
// Resumes with `value` (borrowed; null is None at the start): PYGEN_NEXT, PYGEN_RETURN, PYGEN_ERROR.
PySendResult generator_send(Generator* generator, Object* value, Object** result);
// tp_iternext: null without exception when it returned None.
Object* generator_iternext(PyObject* generator);
// Wraps what an asynchronous generator yields; takes `value`.
Object* async_generator_wrap_value(Object* value);
// What the generator delegates to (`yield from`, `await`), borrowed, or null.
Object* generator_delegate(Generator* generator);
// Ends the frame of a finished generator.
// Closes a suspended generator from its finalizer or frame.clear(): GeneratorExit, or the "never awaited" warning.
void generator_finalize(Generator* generator);
void generator_finish(Generator* generator);
// coroutine_wrapper: the iterator that __await__ of a coroutine gives.
Result<Object> coroutine_await(Generator* coroutine);
// The iterator that `await object` uses; TypeError "object X can't be used in 'await' expression".
Object* awaitable_iterator(Object* object);
// async def functions: the asynchronous generator protocol's awaitables, for asend(), __anext__ …
Object* async_generator_anext(PyObject* generator);
Result<Object> coroutine_origin(ThreadState* state, int depth, InterpreterFrame* first);
}  // namespace adder
