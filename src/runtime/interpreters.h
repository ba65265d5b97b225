// interpreters: the interpreters of the process: their list, their life, and what each keeps beyond runtime.h's Interpreter.
//
// Decision   all interpreters that are made here share the main one's GIL and heap, so objects that outlive their interpreter stay
//            valid; modules, sys, builtins, the collector's lists and the registries are each interpreter's own.
// See        docs/runtime.md, tests/python/test_subinterpreters.py
#pragma once
#include <pthread.h>

#include "runtime/runtime.h"

namespace adder {
// Calls that other threads want made in the main thread (Py_AddPendingCall); a ring.
struct PendingCalls {
  static constexpr int kCapacity = 32;
  struct Call {
    int (*function)(void*);
    void* argument;
  };
  Call calls[kCapacity];
  int first, count;  // count: atomic, written under the lock
  bool running;
};

// Built-in modules that keep something for each interpreter where no module object is at hand.
enum class ModuleSlot { kElementTree, kCount };
struct ModuleState {
  void* data;  // malloc
  void (*clear)(void*);
};

// What an interpreter keeps that the rest of the machine does not look at.
struct InterpreterRecord {
  List* modules_by_index;  // single-phase modules by PyModuleDef.m_index, None where there is none; null before the first
  i64 id_references;       // InterpreterID objects that stand for it
  bool ends_without_ids;   // ends with its last InterpreterID (_PyInterpreterState_RequireIDRef)
  bool isolated;           // no threads, no fork, no subprocesses
  PendingCalls pending;
  ModuleState module_states[static_cast<int>(ModuleSlot::kCount)];
};
// Never null.
InterpreterRecord* interpreter_record(Interpreter* self);

// The current interpreter's state of a module: zeros at first; `clear` releases its objects when the interpreter ends.
void* interpreter_module_state(ModuleSlot slot, usize size, void (*clear)(void*));
// A dict that a module keeps for the current interpreter, in PyInterpreterState_GetDict under this key; made on first use.
Result<Dict> interpreter_own_dict(const char* key);

// == The list ==

// The newest; the others follow by `next`, the main one comes last.
Interpreter* interpreters_head();
// Null, without an exception, if there is none with this number (any more).
Interpreter* interpreter_find(i64 id);
// The same, but null comes with RuntimeError "unrecognized interpreter ID 7".
Interpreter* interpreter_look_up(i64 id);
// Any thread: the threads of all interpreters look at their next safepoint.
void interpreters_request_break();
// In the child of a fork: only the current interpreter is left.
void interpreters_after_fork();

// == Life ==

// A new interpreter with an empty collector, without threads and modules. Null when memory is used up.
Interpreter* interpreter_new();
// Releases what it owns, its threads' objects too. Runs destructors; the GIL is held, the current thread state may be one of its own.
void interpreter_clear(Interpreter* self);
// Frees its threads and itself. If the current thread state is one of its own, there is none afterwards (the GIL stays taken).
void interpreter_delete(Interpreter* self);

// Makes an interpreter with everything that Python code needs and makes its first thread state current; the former one is the caller's to
// restore. The configuration is the current interpreter's. Prints the exception and gives null if start-up fails; then the
// former thread state is current again. (Py_NewInterpreter)
ThreadState* subinterpreter_start(bool isolated);
// Ends the interpreter of the current thread state, which must be its last and run nothing: waits for its threads, runs its
// atexit functions, empties its modules. No thread state is current afterwards. (Py_EndInterpreter)
void subinterpreter_end(ThreadState* state);
// At the end of the runtime: ends all but the main one that are not running.
void subinterpreters_end_all();

// == Safepoints (safepoint.cpp) ==

// A call to be made in the main thread while it runs this interpreter; fails, without an exception, when 32 wait already.
Result<void> interpreter_add_pending_call(Interpreter* self, int (*function)(void*), void* argument);
// Whether Python's signal handlers may run now: in the main thread of the main interpreter.
bool signals_may_run();
void pending_calls_after_fork();
// Takes back a SIGINT whose handler has not run yet; false if there is none (PyOS_InterruptOccurred).
bool signals_take_interrupt();
// As if the signal had come, if it has a handler in Python. Without the GIL, too. False: there is no such signal.
bool signals_set_interrupt(int number);
// The signals that start-up makes ignored (SIGPIPE, SIGXFSZ) do again what the system does.
void signals_restore_ignored();
// In the child of a fork: what was not handled yet is the parent's.
void signals_after_fork();

// == Parts of start-up and shut-down that each interpreter goes through (initialize.cpp, finalize.cpp) ==

// sys, builtins, exceptions, warnings: of the current thread's interpreter, whose configuration is set.
Result<void> interpreter_initialize_core(Interpreter* self);
// importlib, encodings, streams, __main__, site.
Result<void> interpreter_initialize_library(Interpreter* self);
// Empties sys.modules and the modules, as docs/runtime.md describes it.
Result<void> interpreter_finalize_modules(Interpreter* self);
// The objects of its _warnings (modules/_warnings.cpp) and of its AST classes (modules/_ast.cpp).
void warnings_finalize(Interpreter* self);
void ast_classes_finalize(Interpreter* self);

// Clears and frees all states of the interpreter of `mine` but that; their threads must be gone (fork).
void thread_states_delete_except(ThreadState* mine);

// {thread identifier: running frame} and {thread identifier: exc_info of what it handles} of the threads of all interpreters
// (sys._current_frames, sys._current_exceptions).
Result<Object> thread_current_frames();
Result<Object> thread_current_exceptions();

// == References by number (InterpreterID) ==

void interpreter_id_incref(Interpreter* self);
// Ends the interpreter when nothing stands for it any more, if it is one that requires it.
void interpreter_id_decref(Interpreter* self);
// A new InterpreterID; RuntimeError if there is no such interpreter.
Result<Object> interpreter_id_new(i64 id);
// The interpreter that an InterpreterID or an int stands for; null with the exception set.
Interpreter* interpreter_id_look_up(Object* id);
}  // namespace adder
