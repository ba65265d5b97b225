// runtime: Runtime (process) > Interpreter (modules, codecs, caches, GIL, heap) > ThreadState.
//
// All mutable state that is not in objects lives in one of the three; see docs/runtime.md for the written list of exceptions.
#pragma once
#include "runtime/config.h"
#include "runtime/thread.h"

namespace adder {
struct GcState;  // memory/gc.h
struct Gil;      // runtime/gil.h
namespace memory {
struct Heap;
}

// PyInterpreterState. Fields are owned references unless a comment says otherwise.
struct Interpreter {
  Interpreter* next;
  i64 id;
  Gil* gil;
  GcState* gc;
  ThreadState* threads;      // head of the list by prev/next
  Config* config;
  Dict* modules;             // sys.modules
  Dict* sys_dict;            // the dict of module sys
  Dict* builtins;            // the dict of module builtins
  Dict* builtins_copy;       // as it was after start-up
  Object* importlib;         // importlib._bootstrap
  Object* import_func;       // the original __import__
  List* codec_search_path;
  Dict* codec_search_cache;
  Dict* codec_error_registry;
  Dict* interned;            // may be null: str.cpp keeps its own table
  Object* audit_hooks;       // list or null
  Dict* dict;                // PyInterpreterState_GetDict
  void* eval_frame;          // PEP 523
  bool finalizing, initialized, warnings_ready;
  int optimize;              // -O level
  int int_max_str_digits;    // sys.set_int_max_str_digits; 0 = no limit
  u64 next_thread_id;
  List *before_fork, *after_fork_in_child, *after_fork_in_parent;  // os.register_at_fork(); may be null
  Object* io_unsupported_operation;  // io.UnsupportedOperation, null before _io is loaded
  void* atexit_callbacks;    // modules/atexit.cpp
  void* warnings_state;      // modules/_warnings.cpp
  void* ast_classes;         // parser/ast_classes.cpp, null before the first use
  memory::Heap* heap;
  u8 eval_breaker;           // not 0: threads look at their next safepoint (runtime/safepoint.h); atomic
  Object* importlib_external;  // importlib._bootstrap_external
  List* pending_extensions;  // single-phase extension modules: (name, filename) -> module definition copies
  u64 next_threads_count;
  isize thread_count;        // threads started by _thread and not finished yet
};
extern Interpreter main_interpreter;
inline Interpreter* interpreter_of(ThreadState* state) { return reinterpret_cast<Interpreter*>(state->interp); }
inline Interpreter* interpreter() { return interpreter_of(thread()); }

// Start-up in the order of docs/runtime.md: runtime, interpreter and GIL, types, sys, builtins and exceptions, importlib, codecs, standard streams,
// site. Fails with the exception set, or prints and exits when not even that works.
Result<void> runtime_initialize(const Config& config);
// Threads, atexit, flush, modules. Gives -1 if flushing the standard streams failed (exit status 120).
int runtime_finalize();
bool runtime_is_finalizing();
// From now on only `state` runs.
void runtime_set_finalizing(ThreadState* state);
// In the child of a fork: only the calling thread is left (PyOS_AfterFork_Child's part for threads).
void threads_after_fork();
// sys.attributes from C++: borrowed or null.
Opt<Object*> sys_get_object(const char* name);
Result<void> sys_set_object(const char* name, Opt<Object*> value);
// sys.audit(event, *args): cheap when there are no hooks.
Result<void> sys_audit(const char* event, Opt<Tuple*> args = {});
// audit("open", path, mode): the arguments are borrowed objects.
bool audit_wanted();
Result<void> audit_array(const char* event, Object* const* args, isize count);
template <class... Args>
Result<void> audit(const char* event, Args*... args) {
  if (ADDER_LIKELY(!audit_wanted())) return {};
  Object* const array[sizeof...(Args) + 1] = {args..., nullptr};
  return audit_array(event, array, sizeof...(Args));
}
// A hook in C++ (PySys_AddAuditHook).
Result<void> sys_add_audit_hook(int (*hook)(const char*, PyObject*, void*), void* data);
// For dlopen of extension modules.
int sys_dlopen_flags();
}  // namespace adder
