// ceval: ceval.h of the C API: running code, the GIL, tracing, recursion.
#include <cstdarg>
#include <utility>

#include "interpreter/eval_frame.h"
#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/descriptor.h"
#include "object/number.h"
#include "object/protocol.h"
#include "runtime/fatal.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace adder;

// == The GIL ==

ADDER_EXPORT PyThreadState* PyEval_SaveThread() { return eval_save_thread(); }
ADDER_EXPORT void PyEval_RestoreThread(PyThreadState* state) { eval_restore_thread(state); }
ADDER_EXPORT void PyEval_AcquireThread(PyThreadState* state) { eval_restore_thread(state); }
ADDER_EXPORT void PyEval_ReleaseThread(PyThreadState* state) {
  if (thread() != state) fatal_error("PyEval_ReleaseThread", "wrong thread state");
  (void)eval_save_thread();
}
// The lock without a thread state: what the caller does with objects meanwhile is its own affair.
ADDER_EXPORT void PyEval_AcquireLock() { gil_take(bound_thread_ ? bound_thread_ : main_interpreter.threads); }
ADDER_EXPORT void PyEval_ReleaseLock() {
  ThreadState* state = thread() ? thread() : bound_thread_;
  gil_drop(state ? state : main_interpreter.threads, false);
}
ADDER_EXPORT void _PyEval_SetSwitchInterval(unsigned long microseconds) {
  main_gil.interval = microseconds ? microseconds : 1;
}
ADDER_EXPORT unsigned long _PyEval_GetSwitchInterval() { return main_gil.interval; }
ADDER_EXPORT void PyEval_InitThreads() {}
ADDER_EXPORT int PyEval_ThreadsInitialized() { return 1; }

// == Running ==

ADDER_EXPORT PyObject* PyEval_EvalCode(PyObject* code, PyObject* globals, PyObject* locals) {
  if (!globals || !is_dict(globals)) {
    (void)raise(SystemError, "PyEval_EvalCode: globals must be a dict");
    return nullptr;
  }
  return eval_code(as<Code>(code), as<Dict>(globals), locals ? locals : globals).to_c();
}
ADDER_EXPORT PyObject* PyEval_EvalCodeEx(PyObject* code, PyObject* globals, PyObject* locals, PyObject* const* args,
                                         int arg_count, PyObject* const* keywords, int keyword_count,
                                         PyObject* const* defaults, int default_count, PyObject* keyword_defaults,
                                         PyObject* closure) {
  return eval_code_ex(as<Code>(code), as<Dict>(globals), locals, args, arg_count, keywords, keyword_count, defaults,
                      default_count, keyword_defaults, closure)
      .to_c();
}
ADDER_EXPORT PyObject* PyEval_EvalFrame(PyFrameObject* frame) { return eval_frame_object(frame).to_c(); }
ADDER_EXPORT PyObject* PyEval_EvalFrameEx(PyFrameObject* frame, int throw_flag) {
  if (throw_flag) {
    (void)traceback_here(frame);
    return nullptr;
  }
  return eval_frame_object(frame).to_c();
}
ADDER_EXPORT PyObject* PyEval_CallObjectWithKeywords(PyObject* callable, PyObject* args, PyObject* kwargs) {
  if (args && !is_tuple(args)) {
    (void)raise(TypeError, "argument list must be a tuple");
    return nullptr;
  }
  if (kwargs && !is_dict(kwargs)) {
    (void)raise(TypeError, "keyword list must be a dictionary");
    return nullptr;
  }
  if (args) return object_call(callable, args, kwargs).to_c();
  auto empty = tuple_new(0);
  if (empty.failed()) return nullptr;
  Ref<Tuple> none = empty.take();
  return object_call(callable, none.get(), kwargs).to_c();
}

// == The running frame ==

ADDER_EXPORT PyObject* PyEval_GetGlobals() { return eval_get_globals().get(); }
ADDER_EXPORT PyObject* PyEval_GetBuiltins() { return eval_get_builtins().get(); }
ADDER_EXPORT PyObject* PyEval_GetLocals() {
  auto locals = eval_get_locals();
  if (locals.failed()) return nullptr;
  Ref<Object> reference = locals.take();
  return reference.get();  // borrowed: the frame keeps it
}
ADDER_EXPORT PyFrameObject* PyEval_GetFrame() {
  auto frame = frame_current();
  if (frame.failed()) {
    error_clear();
    return nullptr;
  }
  Ref<Frame> reference = frame.take();
  return reference.get();  // borrowed: the running frame keeps its object
}
ADDER_EXPORT const char* PyEval_GetFuncName(PyObject* function) {
  if (function->ob_type == &PyMethod_Type) return PyEval_GetFuncName(as<Method>(function)->im_func);
  if (function->ob_type == &PyFunction_Type) return str_as_utf8(as<Str>(as<Function>(function)->func_name)).data;
  if (type_check(function, &PyCFunction_Type)) return as<CFunction>(function)->m_ml->ml_name;
  return function->ob_type->tp_name;
}
ADDER_EXPORT const char* PyEval_GetFuncDesc(PyObject* function) {
  if (function->ob_type == &PyMethod_Type || function->ob_type == &PyFunction_Type ||
      type_check(function, &PyCFunction_Type))
    return "()";
  return " object";
}
ADDER_EXPORT int PyEval_MergeCompilerFlags(PyCompilerFlags* flags) {
  constexpr int kFutures = 0x1ff0000;
  if (Code* code = eval_get_code().get()) flags->cf_flags |= code->co_flags & kFutures;
  return flags->cf_flags != 0;
}

// == PEP 523 ==

ADDER_EXPORT PyObject* _PyEval_EvalFrameDefault(PyThreadState* state, _PyInterpreterFrame* frame, int throw_flag) {
  return eval_frame_default(state, frame, throw_flag != 0);
}
ADDER_EXPORT FrameEvaluator _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState* interpreter) {
  FrameEvaluator hook = eval_frame_hook(reinterpret_cast<Interpreter*>(interpreter));
  return hook ? hook : _PyEval_EvalFrameDefault;
}
ADDER_EXPORT void _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState* interpreter, FrameEvaluator hook) {
  set_eval_frame_hook(reinterpret_cast<Interpreter*>(interpreter), hook == _PyEval_EvalFrameDefault ? nullptr : hook);
}
ADDER_EXPORT Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc release) { return code_request_extra_index(release); }

// == Tracing, pending calls, recursion ==

ADDER_EXPORT void PyEval_SetTrace(Py_tracefunc function, PyObject* argument) { eval_set_c_trace(function, argument); }
ADDER_EXPORT void PyEval_SetProfile(Py_tracefunc function, PyObject* argument) {
  eval_set_c_profile(function, argument);
}
namespace {
// Does something for another thread than this one, as if it were current.
template <class Function>
int as_thread(PyThreadState* state, Function&& function) {
  ThreadState* own = std::exchange(current_thread_, state);
  function();
  current_thread_ = own;
  return 0;
}
}  // namespace
ADDER_EXPORT int _PyEval_SetProfile(PyThreadState* state, Py_tracefunc function, PyObject* argument) {
  if (sys_audit("sys.setprofile").failed()) return -1;
  return as_thread(state, [&] { eval_set_c_profile(function, argument); });
}
ADDER_EXPORT int _PyEval_SetTrace(PyThreadState* state, Py_tracefunc function, PyObject* argument) {
  if (sys_audit("sys.settrace").failed()) return -1;
  return as_thread(state, [&] { eval_set_c_trace(function, argument); });
}
ADDER_EXPORT int _PyEval_AddPendingCall(PyInterpreterState* interpreter, int (*function)(void*), void* argument) {
  return interpreter_add_pending_call(reinterpret_cast<Interpreter*>(interpreter), function, argument).to_c();
}
ADDER_EXPORT void _PyEval_SignalReceived(PyInterpreterState* interpreter) {
  safepoint_request(reinterpret_cast<Interpreter*>(interpreter));
}
ADDER_EXPORT void _PyEval_SignalAsyncExc(PyInterpreterState* interpreter) {
  safepoint_request(reinterpret_cast<Interpreter*>(interpreter));
}
ADDER_EXPORT int Py_AddPendingCall(int (*function)(void*), void* argument) {
  return eval_add_pending_call(function, argument).to_c();
}
ADDER_EXPORT int Py_MakePendingCalls() { return eval_make_pending_calls().to_c(); }
ADDER_EXPORT int Py_GetRecursionLimit() { return recursion_limit(); }
ADDER_EXPORT void Py_SetRecursionLimit(int limit) {
  if (set_recursion_limit(limit).failed()) error_clear();
}
ADDER_EXPORT int Py_EnterRecursiveCall(const char* where) {
  // The guard's own count is given back at once; what stays is this call's.
  RecursionGuard guard(where);
  if (guard.failed()) return -1;
  --thread()->recursion_remaining;
  return 0;
}
ADDER_EXPORT void Py_LeaveRecursiveCall() { ++thread()->recursion_remaining; }

// == Slices ==

ADDER_EXPORT int _PyEval_SliceIndexNotNone(PyObject* value, Py_ssize_t* index) {
  if (!index_check(value)) {
    (void)raise(TypeError, "slice indices must be integers or have an __index__ method");
    return 0;
  }
  auto result = number_as_ssize_t(value, nullptr);
  if (result.failed()) return 0;
  *index = result.take();
  return 1;
}
ADDER_EXPORT int _PyEval_SliceIndex(PyObject* value, Py_ssize_t* index) {
  if (value == None) return 1;
  if (!index_check(value)) {
    (void)raise(TypeError, "slice indices must be integers or None or have an __index__ method");
    return 0;
  }
  return _PyEval_SliceIndexNotNone(value, index);
}
