// pystate: pystate.h of the C API: thread states, interpreters, PyGILState, the table of single-phase modules.
#include <utility>

#include "import/single_phase.h"
#include "interpreter/eval_frame.h"
#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/cross_interpreter.h"
#include "runtime/fatal.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"

using namespace adder;

namespace {
PyInterpreterState* to_c(Interpreter* interpreter) { return reinterpret_cast<PyInterpreterState*>(interpreter); }
Interpreter* from_c(PyInterpreterState* interpreter) { return reinterpret_cast<Interpreter*>(interpreter); }

// The state of this thread, whether it holds the GIL or not.
ThreadState* own_state() {
  if (ThreadState* state = thread()) return state;
  return bound_thread_;
}
}  // namespace

// == Thread states ==

ADDER_EXPORT PyThreadState* PyThreadState_Get() {
  if (!thread()) fatal_no_thread("PyThreadState_Get");
  return thread();
}
ADDER_EXPORT PyThreadState* _PyThreadState_UncheckedGet() { return thread(); }
ADDER_EXPORT PyThreadState* PyThreadState_New(PyInterpreterState* interpreter) {
  return thread_state_new(from_c(interpreter));
}
ADDER_EXPORT void PyThreadState_Clear(PyThreadState* state) { thread_state_clear(state); }
ADDER_EXPORT PyThreadState* _PyThreadState_Prealloc(PyInterpreterState* interpreter) {
  return thread_state_new(from_c(interpreter));
}
ADDER_EXPORT void _PyThreadState_Init(PyThreadState*) {}
ADDER_EXPORT void _PyThreadState_SetCurrent(PyThreadState* state) {
  if (!bound_thread_) bound_thread_ = state;
}
ADDER_EXPORT void PyThreadState_Delete(PyThreadState* state) {
  if (thread() == state) fatal_error("PyThreadState_Delete", "tstate is still current");
  thread_state_delete(state);
}
ADDER_EXPORT void PyThreadState_DeleteCurrent() { thread_state_delete_current(); }
ADDER_EXPORT void _PyThreadState_DeleteCurrent(PyThreadState* state) {
  if (thread() != state) fatal_error("_PyThreadState_DeleteCurrent", "wrong tstate");
  thread_state_delete_current();
}
ADDER_EXPORT void _PyThreadState_DeleteExcept(void*, PyThreadState* state) { thread_states_delete_except(state); }
ADDER_EXPORT PyThreadState* PyThreadState_Swap(PyThreadState* state) { return thread_state_swap(state); }
ADDER_EXPORT PyThreadState* _PyThreadState_Swap(void*, PyThreadState* state) { return thread_state_swap(state); }
ADDER_EXPORT PyObject* _PyThreadState_GetDict(PyThreadState* state) {
  if (!state->dict) {
    state->dict = dict_new().to_c();
    if (!state->dict) error_clear();
  }
  return state->dict;
}
ADDER_EXPORT PyObject* PyThreadState_GetDict() { return thread() ? _PyThreadState_GetDict(thread()) : nullptr; }
ADDER_EXPORT PyFrameObject* PyThreadState_GetFrame(PyThreadState* state) {
  // A frame object is made by the thread that runs the frame: look through its eyes while we hold the GIL.
  ThreadState* own = std::exchange(current_thread_, state);
  auto frame = frame_current();
  current_thread_ = own;
  if (frame.failed()) error_clear();
  return frame.to_c();
}
ADDER_EXPORT uint64_t PyThreadState_GetID(PyThreadState* state) { return state->id; }
ADDER_EXPORT PyInterpreterState* PyThreadState_GetInterpreter(PyThreadState* state) { return state->interp; }
ADDER_EXPORT PyThreadState* PyThreadState_Next(PyThreadState* state) { return state->next; }
ADDER_EXPORT int PyThreadState_SetAsyncExc(unsigned long id, PyObject* exception) {
  return thread_state_set_async_exc(id, exception);
}
ADDER_EXPORT void PyThreadState_EnterTracing(PyThreadState* state) {
  ++state->tracing;
  state->cframe->use_tracing = wanted_use_tracing(state, false);
}
ADDER_EXPORT void PyThreadState_LeaveTracing(PyThreadState* state) {
  --state->tracing;
  state->cframe->use_tracing = wanted_use_tracing(state, true);
}

// == Interpreters ==

ADDER_EXPORT PyInterpreterState* PyInterpreterState_New() {
  if (thread() && sys_audit("cpython.PyInterpreterState_New").failed()) return nullptr;
  return to_c(interpreter_new());
}
ADDER_EXPORT void PyInterpreterState_Clear(PyInterpreterState* interpreter) {
  if (thread() && sys_audit("cpython.PyInterpreterState_Clear").failed()) error_clear();
  interpreter_clear(from_c(interpreter));
}
ADDER_EXPORT void PyInterpreterState_Delete(PyInterpreterState* interpreter) {
  interpreter_delete(from_c(interpreter));
}
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Get() { return PyThreadState_Get()->interp; }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Main() { return to_c(&main_interpreter); }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Head() { return to_c(interpreters_head()); }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Next(PyInterpreterState* interpreter) {
  return to_c(from_c(interpreter)->next);
}
ADDER_EXPORT PyThreadState* PyInterpreterState_ThreadHead(PyInterpreterState* interpreter) {
  return from_c(interpreter)->threads;
}
ADDER_EXPORT int64_t PyInterpreterState_GetID(PyInterpreterState* interpreter) {
  if (!interpreter) {
    (void)raise(RuntimeError, "no interpreter provided");
    return -1;
  }
  return from_c(interpreter)->id;
}
ADDER_EXPORT PyObject* PyInterpreterState_GetDict(PyInterpreterState* interpreter) {
  Interpreter* self = from_c(interpreter);
  if (!self->dict) {
    self->dict = dict_new().to_c();
    if (!self->dict) error_clear();
  }
  return self->dict;
}
ADDER_EXPORT PyObject* _PyInterpreterState_GetMainModule(PyInterpreterState* interpreter) {
  Dict* modules = from_c(interpreter)->modules;
  if (!modules) {
    (void)raise(RuntimeError, "interpreter not initialized");
    return nullptr;
  }
  Result<Str> name = str_intern_from_string("__main__");
  if (name.failed()) return nullptr;
  Ref<Str> key = name.take();
  return object_get_item(modules, key).to_c();
}
ADDER_EXPORT PyInterpreterState* _PyInterpreterState_LookUpID(int64_t id) { return to_c(interpreter_look_up(id)); }
ADDER_EXPORT int _PyInterpreterState_IDInitref(PyInterpreterState*) { return 0; }
ADDER_EXPORT int _PyInterpreterState_IDIncref(PyInterpreterState* interpreter) {
  interpreter_id_incref(from_c(interpreter));
  return 0;
}
ADDER_EXPORT void _PyInterpreterState_IDDecref(PyInterpreterState* interpreter) {
  interpreter_id_decref(from_c(interpreter));
}
ADDER_EXPORT int _PyInterpreterState_RequiresIDRef(PyInterpreterState* interpreter) {
  return interpreter_record(from_c(interpreter))->ends_without_ids;
}
ADDER_EXPORT void _PyInterpreterState_RequireIDRef(PyInterpreterState* interpreter, int required) {
  interpreter_record(from_c(interpreter))->ends_without_ids = required != 0;
}

// == InterpreterID ==

ADDER_EXPORT PyObject* _PyInterpreterID_New(int64_t id) { return interpreter_id_new(id).to_c(); }
ADDER_EXPORT PyObject* _PyInterpreterState_GetIDObject(PyInterpreterState* interpreter) {
  int64_t id = PyInterpreterState_GetID(interpreter);
  return id < 0 ? nullptr : interpreter_id_new(id).to_c();
}
ADDER_EXPORT PyInterpreterState* _PyInterpreterID_LookUp(PyObject* id) { return to_c(interpreter_id_look_up(id)); }

// == Values between interpreters ==

ADDER_EXPORT int _PyObject_CheckCrossInterpreterData(PyObject* object) {
  return cross_interpreter_check(object).to_c();
}
ADDER_EXPORT int _PyObject_GetCrossInterpreterData(PyObject* object, _PyCrossInterpreterData* data) {
  return cross_interpreter_get(object, data).to_c();
}
ADDER_EXPORT PyObject* _PyCrossInterpreterData_NewObject(_PyCrossInterpreterData* data) {
  return cross_interpreter_new_object(data).to_c();
}
ADDER_EXPORT void _PyCrossInterpreterData_Release(_PyCrossInterpreterData* data) { cross_interpreter_release(data); }
ADDER_EXPORT int _PyCrossInterpreterData_RegisterClass(PyTypeObject* type, crossinterpdatafunc function) {
  return cross_interpreter_register(type, function).to_c();
}
ADDER_EXPORT crossinterpdatafunc _PyCrossInterpreterData_Lookup(PyObject* object) {
  return cross_interpreter_lookup(object);
}

// == PyGILState ==

ADDER_EXPORT PyObject* _PyThread_CurrentFrames() { return thread_current_frames().to_c(); }
ADDER_EXPORT PyObject* _PyThread_CurrentExceptions() { return thread_current_exceptions().to_c(); }
ADDER_EXPORT PyThreadState* PyGILState_GetThisThreadState() { return own_state(); }
ADDER_EXPORT PyInterpreterState* _PyGILState_GetInterpreterStateUnsafe() { return to_c(&main_interpreter); }
ADDER_EXPORT int PyGILState_Check() { return thread() != nullptr; }
ADDER_EXPORT int PyGILState_Ensure() {
  constexpr int kLocked = 0, kUnlocked = 1;
  ThreadState* state = own_state();
  bool held = thread() != nullptr;
  if (!state) {
    state = thread_state_new(&main_interpreter);
    if (!state) fatal_error("PyGILState_Ensure", "Couldn't create thread-state for new thread");
    state->gilstate_counter = 0;
    eval_restore_thread(state);
    measure_stack();
  } else if (!held) {
    eval_restore_thread(state);
  }
  ++state->gilstate_counter;
  return held ? kLocked : kUnlocked;
}
ADDER_EXPORT void PyGILState_Release(int old_state) {
  ThreadState* state = thread();
  if (!own_state())
    fatal_error("PyGILState_Release", "auto-releasing thread-state, but no thread-state for this thread");
  if (!state) fatal_error("PyGILState_Release", "This thread state must be current when releasing");
  if (--state->gilstate_counter == 0) {
    thread_state_clear(state);
    thread_state_delete_current();
  } else if (old_state == 1) {
    (void)eval_save_thread();
  }
}

// == Single-phase modules ==

ADDER_EXPORT PyObject* PyState_FindModule(PyModuleDef* definition) { return single_phase_find(definition).get(); }
ADDER_EXPORT int _PyState_AddModule(PyThreadState*, PyObject* module, PyModuleDef* definition) {
  if (!definition) return 0;
  if (definition->m_slots) {
    (void)raise(SystemError, "PyState_AddModule called on module with slots");
    return -1;
  }
  return single_phase_add(module, definition).to_c();
}
ADDER_EXPORT int PyState_AddModule(PyObject* module, PyModuleDef* definition) {
  if (!definition) fatal_error("PyState_AddModule", "module definition is NULL");
  if (single_phase_find(definition).get() == module) fatal_error("PyState_AddModule", "module already added");
  return _PyState_AddModule(thread(), module, definition);
}
ADDER_EXPORT int PyState_RemoveModule(PyModuleDef* definition) {
  if (definition->m_slots) {
    (void)raise(SystemError, "PyState_RemoveModule called on module with slots");
    return -1;
  }
  if (!single_phase_find(definition)) fatal_error("PyState_RemoveModule", "Module index out of bounds.");
  return single_phase_remove(definition).to_c();
}
