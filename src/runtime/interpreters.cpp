// interpreters: the list of interpreters, and how one is made, ended, found.
#include "runtime/interpreters.h"

#include <cstdlib>

#include "import/single_phase.h"
#include "interpreter/interpreter.h"
#include "memory/allocator.h"
#include "memory/gc.h"
#include "memory/refcount.h"
#include "modules/_thread/thread_types.h"
#include "object/object.h"
#include "runtime/fatal.h"
#include "runtime/gil.h"
#include "runtime/lifecycle.h"
#include "runtime/safepoint.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct SubInterpreter : Interpreter {
  InterpreterRecord record;
};
constinit InterpreterRecord main_record{};

// Guards the links between interpreters; what they hold is guarded by the GIL.
pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
constinit Interpreter* newest = &main_interpreter;
constinit i64 last_id = 0;  // the main one's

void unlink(Interpreter* self) {
  pthread_mutex_lock(&list_lock);
  for (Interpreter** link = &newest; *link; link = &(*link)->next) {
    if (*link != self) continue;
    *link = self->next;
    break;
  }
  pthread_mutex_unlock(&list_lock);
}

// Objects that outlive their interpreter are not collected any more: the lists that they hang in go away.
void untrack_all(GcState* state) {
  auto empty = [](GcHead* list) {
    while (list->next != list) gc::untrack(gc::object_of(list->next));
  };
  for (GcGeneration& generation : state->generations) empty(&generation.head);
  empty(&state->permanent.head);
}

// Not while a collection that runs finalizers has taken us here: it keeps its numbers in the heads of objects.
void collect_unless_nested() {
  if (!gc::main_state.collecting) gc::collect_quietly();
}
}  // namespace

InterpreterRecord* interpreter_record(Interpreter* self) {
  return self == &main_interpreter ? &main_record : &static_cast<SubInterpreter*>(self)->record;
}

void* interpreter_module_state(ModuleSlot slot, usize size, void (*clear)(void*)) {
  ModuleState& state = interpreter_record(interpreter())->module_states[static_cast<int>(slot)];
  if (ADDER_LIKELY(state.data != nullptr)) return state.data;
  state = {std::calloc(1, size), clear};
  if (!state.data) fatal("out of memory for the state of a module");
  return state.data;
}

Result<Dict> interpreter_own_dict(const char* key) {
  Interpreter* self = interpreter();
  if (!self->dict) self->dict = TRY(dict_new())
  .release();
  Ref<Str> name = TRY(str_intern_from_string(key));
  Ref<Object> found = TRY(dict_get_item(self->dict, name));
  if (found) return as<Dict>(std::move(found));
  Ref<Dict> made = TRY(dict_new());
  TRY(dict_set_item(self->dict, name, made));
  return made;
}

// == The list ==

Interpreter* interpreters_head() { return newest; }

Interpreter* interpreter_find(i64 id) {
  pthread_mutex_lock(&list_lock);
  Interpreter* found = newest;
  while (found && found->id != id) found = found->next;
  pthread_mutex_unlock(&list_lock);
  return found;
}

Interpreter* interpreter_look_up(i64 id) {
  Interpreter* found = id < 0 ? nullptr : interpreter_find(id);
  if (!found && !error_occurred())
    (void)raise(RuntimeError, "unrecognized interpreter ID %lld", static_cast<long long>(id));
  return found;
}

void interpreters_request_break() {
  pthread_mutex_lock(&list_lock);
  for (Interpreter* each = newest; each; each = each->next) safepoint_request(each);
  pthread_mutex_unlock(&list_lock);
}

void interpreters_after_fork() {
  pthread_mutex_init(&list_lock, nullptr);
  // Only the main interpreter may fork. What the others hold is left: no thread of theirs is there to release it.
  Interpreter* own = interpreter();
  if (own != &main_interpreter) return;
  newest = own;
}

// == Life ==

Interpreter* interpreter_new() {
  auto* self = static_cast<SubInterpreter*>(std::calloc(1, sizeof(SubInterpreter)));
  auto* collector = static_cast<GcState*>(std::calloc(1, sizeof(GcState)));
  if (!self || !collector) {
    std::free(self);
    std::free(collector);
    return nullptr;
  }
  gc::state_init(collector);
  self->gc = collector;
  self->heap = main_interpreter.heap;
  self->gil = main_interpreter.gil;
  self->optimize = main_interpreter.optimize;
  self->int_max_str_digits = main_interpreter.int_max_str_digits;
  pthread_mutex_lock(&list_lock);
  self->id = ++last_id;
  self->next = newest;
  newest = self;
  pthread_mutex_unlock(&list_lock);
  return self;
}

void interpreter_clear(Interpreter* self) {
  for (ThreadState* state = self->threads; state; state = state->next) thread_state_clear(state);
  clear_field(self->audit_hooks);
  if (self->atexit_callbacks) {
    Ref<List> callbacks = Ref<List>::steal(static_cast<List*>(std::exchange(self->atexit_callbacks, nullptr)));
  }
  self->warnings_ready = false;
  clear_field(self->codec_search_path);
  clear_field(self->codec_search_cache);
  clear_field(self->codec_error_registry);
  clear_field(self->before_fork);
  clear_field(self->after_fork_in_child);
  clear_field(self->after_fork_in_parent);
  clear_field(self->pending_extensions);
  single_phase_forget(self);
  clear_field(interpreter_record(self)->modules_by_index);
  for (ModuleState& state : interpreter_record(self)->module_states)
    if (state.data) state.clear(state.data);
  clear_field(self->dict);
  clear_field(self->io_unsupported_operation);
  clear_field(self->importlib_external);
  clear_field(self->importlib);
  clear_field(self->import_func);
  ast_classes_finalize(self);
  if (self->sys_dict) dict_clear(self->sys_dict);
  if (self->builtins) dict_clear(self->builtins);
  clear_field(self->modules);
  clear_field(self->builtins_copy);
  clear_field(self->sys_dict);
  clear_field(self->builtins);
  if (thread() && interpreter() == self) collect_unless_nested();
  warnings_finalize(self);  // after the last code that could warn
  if (self->gc) {
    clear_field(self->gc->garbage);
    clear_field(self->gc->callbacks);
  }
}

void interpreter_delete(Interpreter* self) {
  if (thread() && interpreter() == self) thread_state_swap(nullptr);
  while (ThreadState* state = self->threads) thread_state_delete(state);
  unlink(self);
  untrack_all(self->gc);
  for (ModuleState& state : interpreter_record(self)->module_states) std::free(state.data);
  std::free(self->gc);
  delete self->config;
  std::free(self);
}

ThreadState* subinterpreter_start(bool isolated) {
  ThreadState* former = thread();
  Interpreter* self = interpreter_new();
  ThreadState* state = self ? thread_state_new(self) : nullptr;
  if (!state) {
    if (self) interpreter_delete(self);
    if (former) (void)raise_no_memory();
    return nullptr;
  }
  Interpreter* model = former ? interpreter_of(former) : &main_interpreter;
  self->config = new Config(*model->config);
  interpreter_record(self)->isolated = isolated;
  thread_state_swap(state);
  auto fill = [&]() -> Result<void> {
    TRY(interpreter_initialize_core(self));
    return interpreter_initialize_library(self);
  };
  if (!fill().failed()) return state;
  error_print();
  interpreter_clear(self);
  interpreter_delete(self);
  thread_state_swap(former);
  return nullptr;
}

void subinterpreter_end(ThreadState* state) {
  if (state != thread()) fatal_error("Py_EndInterpreter", "thread is not current");
  if (state->cframe->current_frame) fatal_error("Py_EndInterpreter", "thread still has a frame");
  Interpreter* self = interpreter_of(state);
  threads_shutdown();
  atexit_run(self);
  if (self->threads != state || state->next) fatal_error("Py_EndInterpreter", "not the last thread");
  flush_standard_streams();
  self->finalizing = true;
  if (interpreter_finalize_modules(self).failed()) error_write_unraisable(nullptr);
  collect_unless_nested();
  thread_locals_forget(state);
  interpreter_clear(self);
  interpreter_delete(self);
}

void subinterpreters_end_all() {
  ThreadState* own = thread();
  Interpreter* after = nullptr;  // the last one that could not be ended
  for (;;) {
    Interpreter* each = after ? after->next : newest;
    if (!each || each == &main_interpreter) break;
    ThreadState* state = each->threads;
    while (state && state->next) state = state->next;  // the first one
    bool idle = each != interpreter_of(own) && (!state || !state->cframe->current_frame);
    if (!state && idle) state = thread_state_new(each);
    if (!state || !idle) {
      after = each;
      continue;
    }
    thread_state_swap(state);
    // It may have started threads, which end first; daemons may keep it alive.
    if (each->initialized) threads_shutdown();
    if (each->threads != state) {
      after = each;
    } else if (each->initialized) {
      subinterpreter_end(state);
    } else {
      interpreter_clear(each);
      interpreter_delete(each);
    }
    thread_state_swap(own);
  }
}

// == All threads ==

Result<Object> thread_current_frames() {
  Ref<Dict> result = TRY(dict_new());
  for (Interpreter* each = newest; each; each = each->next) {
    for (ThreadState* state = each->threads; state; state = state->next) {
      // Frame objects are made by the thread that is looked at: look through its eyes while we hold the GIL.
      ThreadState* own = std::exchange(current_thread_, state);
      Maybe<Frame> found = frame_current();
      current_thread_ = own;
      Ref<Frame> frame = TRY(found);
      if (!frame) continue;
      Ref<Int> id = TRY(int_from_u64(state->thread_id));
      TRY(dict_set_item(result, id, frame));
    }
  }
  return result;
}

Result<Object> thread_current_exceptions() {
  Ref<Dict> result = TRY(dict_new());
  for (Interpreter* each = newest; each; each = each->next) {
    for (ThreadState* state = each->threads; state; state = state->next) {
      Object* exception = nullptr;
      for (_PyErr_StackItem* item = state->exc_info; item && !exception; item = item->previous_item)
        if (item->exc_value && item->exc_value != None) exception = item->exc_value;
      Object *type = None, *traceback = None;
      if (exception) {
        type = exception->ob_type;
        traceback = exception_get_traceback(exception).value_or(None);
      }
      Ref<Int> id = TRY(int_from_u64(state->thread_id));
      Ref<Tuple> triple = TRY(tuple_pack(type, exception ? exception : None, traceback));
      TRY(dict_set_item(result, id, triple));
    }
  }
  return result;
}

// == References by number ==

void interpreter_id_incref(Interpreter* self) { ++interpreter_record(self)->id_references; }

void interpreter_id_decref(Interpreter* self) {
  InterpreterRecord* record = interpreter_record(self);
  if (record->id_references > 0) --record->id_references;
  if (record->id_references || !record->ends_without_ids || self == &main_interpreter || self->finalizing ||
      runtime_is_finalizing())
    return;
  ErrorSaver saved;
  ThreadState* state = self->threads;
  if (!state && !(state = thread_state_new(self))) return;
  ThreadState* former = thread_state_swap(state);
  subinterpreter_end(state);
  thread_state_swap(former);
}
}  // namespace adder
