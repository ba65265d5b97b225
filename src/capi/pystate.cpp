// pystate: pystate.h of the C API: thread states, interpreters, PyGILState, the table of single-phase modules.
#include "capi/thread_binding.h"
#include "interpreter/interpreter.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/gil.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"

namespace adder::capi {
thread_local constinit ThreadState* bound_thread = nullptr;
}

using namespace adder;

namespace {
PyInterpreterState* to_c(Interpreter* interpreter) { return reinterpret_cast<PyInterpreterState*>(interpreter); }
Interpreter* from_c(PyInterpreterState* interpreter) { return reinterpret_cast<Interpreter*>(interpreter); }

// The state of this thread, whether it holds the GIL or not.
ThreadState* own_state() {
  if (ThreadState* state = thread()) return state;
  return capi::bound_thread;
}

// Modules by PyModuleDef.m_base.m_index, which counts from 1.
List* modules_by_index = nullptr;
Py_ssize_t last_index = 0;
}  // namespace

// == Thread states ==

ADDER_EXPORT PyThreadState* PyThreadState_Get() {
  if (!thread()) fatal("the function must be called with the GIL held, but the GIL is released");
  return thread();
}
ADDER_EXPORT PyThreadState* _PyThreadState_UncheckedGet() { return thread(); }
ADDER_EXPORT PyThreadState* PyThreadState_New(PyInterpreterState* interpreter) {
  return thread_state_new(from_c(interpreter));
}
ADDER_EXPORT void PyThreadState_Clear(PyThreadState* state) { thread_state_clear(state); }
ADDER_EXPORT void PyThreadState_Delete(PyThreadState* state) {
  if (capi::bound_thread == state) capi::bound_thread = nullptr;
  thread_state_delete(state);
}
ADDER_EXPORT void PyThreadState_DeleteCurrent() {
  if (capi::bound_thread == thread()) capi::bound_thread = nullptr;
  thread_state_delete_current();
}
ADDER_EXPORT PyThreadState* PyThreadState_Swap(PyThreadState* state) { return thread_state_swap(state); }
ADDER_EXPORT PyObject* _PyThreadState_GetDict(PyThreadState* state) {
  if (!state->dict) {
    state->dict = dict_new().to_c();
    if (!state->dict) error_clear();
  }
  return state->dict;
}
ADDER_EXPORT PyObject* PyThreadState_GetDict() { return thread() ? _PyThreadState_GetDict(thread()) : nullptr; }
ADDER_EXPORT PyFrameObject* PyThreadState_GetFrame(PyThreadState* state) {
  if (state != thread()) return nullptr;
  auto frame = frame_current();
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
  state->cframe->use_tracing = 0;
}
ADDER_EXPORT void PyThreadState_LeaveTracing(PyThreadState* state) {
  --state->tracing;
  state->cframe->use_tracing = state->c_tracefunc || state->c_profilefunc ? 255 : 0;
}

// == Interpreters ==

ADDER_EXPORT PyInterpreterState* PyInterpreterState_Get() { return PyThreadState_Get()->interp; }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Main() { return to_c(&main_interpreter); }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Head() { return to_c(&main_interpreter); }
ADDER_EXPORT PyInterpreterState* PyInterpreterState_Next(PyInterpreterState* interpreter) {
  return to_c(from_c(interpreter)->next);
}
ADDER_EXPORT PyThreadState* PyInterpreterState_ThreadHead(PyInterpreterState* interpreter) {
  return from_c(interpreter)->threads;
}
ADDER_EXPORT int64_t PyInterpreterState_GetID(PyInterpreterState* interpreter) { return from_c(interpreter)->id; }
ADDER_EXPORT PyObject* PyInterpreterState_GetDict(PyInterpreterState* interpreter) {
  Interpreter* self = from_c(interpreter);
  if (!self->dict) {
    self->dict = dict_new().to_c();
    if (!self->dict) error_clear();
  }
  return self->dict;
}

// == PyGILState ==

ADDER_EXPORT PyThreadState* PyGILState_GetThisThreadState() { return own_state(); }
ADDER_EXPORT int PyGILState_Check() { return thread() != nullptr; }
ADDER_EXPORT int PyGILState_Ensure() {
  constexpr int kLocked = 0, kUnlocked = 1;
  ThreadState* state = own_state();
  bool held = thread() != nullptr;
  if (!state) {
    state = thread_state_new(&main_interpreter);
    if (!state) fatal("Couldn't create thread-state for new thread");
    state->gilstate_counter = 0;
    capi::bound_thread = state;
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
  if (!state) fatal("auto-releasing thread-state, but no thread-state for this thread");
  if (--state->gilstate_counter == 0) {
    thread_state_clear(state);
    capi::bound_thread = nullptr;
    thread_state_delete_current();
  } else if (old_state == 1) {
    capi::bound_thread = eval_save_thread();
  }
}

// == Single-phase modules ==

ADDER_EXPORT PyObject* PyState_FindModule(PyModuleDef* definition) {
  Py_ssize_t index = definition->m_index;
  if (definition->m_slots || index == 0 || !modules_by_index || index >= list_size(modules_by_index)) return nullptr;
  Object* module = list_item(modules_by_index, index);
  return module == None ? nullptr : module;
}
ADDER_EXPORT int _PyState_AddModule(PyThreadState*, PyObject* module, PyModuleDef* definition) {
  if (!definition) return 0;
  if (definition->m_slots) {
    (void)raise(SystemError, "PyState_AddModule called on module with slots");
    return -1;
  }
  if (!definition->m_index) definition->m_index = ++last_index;
  if (!modules_by_index && !(modules_by_index = list_new().to_c())) return -1;
  while (list_size(modules_by_index) <= definition->m_index) {
    if (list_append(modules_by_index, None).failed()) return -1;
  }
  return list_set_item(modules_by_index, definition->m_index, module).to_c();
}
ADDER_EXPORT int PyState_AddModule(PyObject* module, PyModuleDef* definition) {
  if (!definition) fatal("module definition is NULL");
  if (PyState_FindModule(definition) == module) fatal("module already added");
  return _PyState_AddModule(thread(), module, definition);
}
ADDER_EXPORT int PyState_RemoveModule(PyModuleDef* definition) {
  if (definition->m_slots) {
    (void)raise(SystemError, "PyState_RemoveModule called on module with slots");
    return -1;
  }
  if (!PyState_FindModule(definition)) fatal("Module index out of bounds.");
  return list_set_item(modules_by_index, definition->m_index, None).to_c();
}
