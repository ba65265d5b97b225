// function, method, cell, code-independent parts of callables.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyFunction_Type, PyMethod_Type, PyInstanceMethod_Type, PyCell_Type, PyCode_Type, PyFrame_Type,
    PyTraceBack_Type, PyGen_Type, PyCoro_Type, PyAsyncGen_Type, _PyCoroWrapper_Type, _PyAsyncGenASend_Type,
    _PyAsyncGenWrappedValue_Type, _PyAsyncGenAThrow_Type;

namespace adder {
inline bool is_function(const Object* o) { return o->ob_type == &PyFunction_Type; }
inline bool is_method(const Object* o) { return o->ob_type == &PyMethod_Type; }
inline bool is_code(const Object* o) { return o->ob_type == &PyCode_Type; }
inline bool is_frame(const Object* o) { return o->ob_type == &PyFrame_Type; }
inline bool is_traceback(const Object* o) { return o->ob_type == &PyTraceBack_Type; }
inline bool is_cell(const Object* o) { return o->ob_type == &PyCell_Type; }
inline bool is_generator(const Object* o) { return type_check(o, &PyGen_Type); }
inline bool is_coroutine(const Object* o) { return o->ob_type == &PyCoro_Type; }

// __module__ from globals["__name__"]; func_builtins from globals["__builtins__"] (PyFunction_NewWithQualName).
Result<Function> function_new(Code* code, Dict* globals, Opt<Object*> qualname = {});
Result<Method> method_new(Object* function, Object* self);
Result<Cell> cell_new(Opt<Object*> content);
// Entry of Python functions for vectorcall; implemented by the interpreter.
PyObject* function_vectorcall(PyObject* function, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names);
}  // namespace adder
