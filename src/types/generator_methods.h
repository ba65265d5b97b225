// generator_methods: what generators, coroutines and asynchronous generators have in common.
#pragma once
#include "interpreter/generator.h"
#include "interpreter/semantics.h"

namespace adder {
// "generator", "coroutine", "async generator".
const char* generator_kind(Generator* self);
// Resumes; `value` borrowed, null only from iteration (then a returned None is PYGEN_ERROR without exception).
PySendResult generator_resume(Generator* self, Object* value, Object** result, Resume mode, bool closing);
// The same, with StopIteration (StopAsyncIteration) for a return.
Object* generator_continue(Generator* self, Object* value, Resume mode, bool closing);
Result<void> generator_close(Generator* self);
// throw(): value and traceback may be null. close_on_exit: GeneratorExit closes what is delegated to first.
Object* generator_throw_into(Generator* self, Object* type, Object* value, Object* traceback, bool close_on_exit);

// Slots and methods for the three types.
void generator_dealloc(PyObject* object);
int generator_traverse(PyObject* object, visitproc visit, void* arg);
void generator_finalize_slot(PyObject* self);
Result<Str> generator_repr(Generator* self);
Result<Object> generator_get_name(Generator* self);
Result<void> generator_set_name(Generator* self, Opt<Object*> value);
Result<Object> generator_get_qualname(Generator* self);
Result<void> generator_set_qualname(Generator* self, Opt<Object*> value);
Result<Object> generator_get_delegate(Generator* self);
Result<bool> generator_get_running(Generator* self);
Result<bool> generator_get_suspended(Generator* self);
Result<Object> generator_get_frame(Generator* self);
Result<Object> generator_get_code(Generator* self);
PyObject* generator_send_method(PyObject* self, PyObject* value);
PyObject* generator_throw_method(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* generator_close_method(PyObject* self, PyObject*);
PySendResult generator_am_send(PyObject* self, PyObject* value, PyObject** result);
}  // namespace adder
