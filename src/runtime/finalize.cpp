// finalize: shut-down: threads, atexit, streams, modules; for programs that go on, also the interpreter itself.
//
// Decision   what only holds memory is left to the process's end; what can run code (atexit, finalizers of what modules hold, flushing) runs
//            in the order of CPython's shut-down. If the process ends and nothing is left whose end shows, modules are not even cleared.
#include <cstdio>
#include <cstring>
#include <utility>

#include "import/import.h"
#include "interpreter/generator.h"
#include "interpreter/interpreter.h"
#include "memory/gc.h"
#include "object/object.h"
#include "runtime/configure.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace adder {
namespace {
Result<void> flush(Object* stream) {
  if (!stream || stream == None) return {};
  Ref<Object> held = new_ref(stream);
  Ref<Object> closed = TRY(object_lookup_attr(held, id::closed));
  if (closed && TRY(object_is_true(closed))) return {};
  Ref<Object> ignored = TRY(call_method(held.get(), id::flush));
  return {};
}

// Empties a module's namespace: names with one leading underscore first, then all but __builtins__ (as CPython does, so
// that helpers outlive what uses them).
void clear_module_dict(Dict* dict) {
  for (int pass = 0; pass < 2; ++pass) {
    // Values may change the dict while they die: a snapshot of the names.
    Result<List> names = dict_keys(dict);
    if (names.failed()) return error_clear();
    Ref<List> keys = names.take();
    for (isize i = 0; i < keys->ob_size; ++i) {
      Object* key = keys->ob_item[i];
      if (!is_str(key) || str_length(as<Str>(key)) == 0) continue;
      Str* name = as<Str>(key);
      bool single_underscore =
          str_read_char(name, 0) == '_' && (str_length(name) == 1 || str_read_char(name, 1) != '_');
      if (pass == 0 ? !single_underscore : str_equals(name, "__builtins__")) continue;
      if (dict_get_item_str(dict, name).value_or(None) == None) continue;
      if (dict_set_item(dict, key, None).failed()) error_clear();
    }
  }
}

}  // namespace

Result<void> interpreter_finalize_modules(Interpreter* self) {
  Dict* modules = self->modules;
  // Names of sys and builtins that keep user objects alive.
  for (const char* name : {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
                           "path_importer_cache", "meta_path", "__interactivehook__"})
    TRY(dict_set_item_string(self->sys_dict, name, None));
  TRY(dict_set_item_string(self->builtins, "_", None));
  for (const char* name : {"stdin", "stdout", "stderr"}) {
    char saved[32];
    std::snprintf(saved, sizeof(saved), "__%s__", name);
    Object* original = dict_get_item_string(self->sys_dict, saved).value_or(None);
    TRY(dict_set_item_string(self->sys_dict, name, original));
  }
  // Modules die with their last reference; those that somebody else holds are remembered weakly, in order.
  Ref<List> weak = TRY(list_new());
  Ref<List> names = TRY(dict_keys(modules));
  for (isize i = 0; i < names->ob_size; ++i) {
    Ref<Object> module = TRY(dict_get_item(modules, names->ob_item[i]));
    if (!module) continue;
    if (is_module(module)) {
      Ref<Object> reference = TRY(weakref_new_ref(module, {}));
      Ref<Tuple> entry = TRY(tuple_pack(names->ob_item[i], reference.get()));
      TRY(list_append(weak, entry));
    }
    TRY(dict_set_item(modules, names->ob_item[i], None));
  }
  Ref<Dict> interpreter_modules = new_ref(modules);
  dict_clear(modules);
  // builtins as they were after start-up: what programs put there goes.
  gc::collect_quietly();
  for (isize i = weak->ob_size; i-- > 0;) {
    Tuple* entry = as<Tuple>(weak->ob_item[i]);
    Opt<Object*> alive = weakref_get_object(entry->ob_item[1]);
    if (!alive) continue;
    Ref<Object> module = new_ref(alive.get());
    Dict* dict = module_dict(as<Module>(module.get()));
    if (dict == self->sys_dict || dict == self->builtins) continue;
    clear_module_dict(dict);
  }
  return {};
}

bool flush_standard_streams() {
  bool good = true;
  ErrorSaver saved;
  Ref<Object> out = Ref<Object>::share_or_empty(sys_get_object("stdout").get());
  if (flush(out.get()).failed()) {
    error_write_unraisable(out.get());
    good = false;
  }
  Ref<Object> err = Ref<Object>::share_or_empty(sys_get_object("stderr").get());
  if (flush(err.get()).failed()) {
    error_clear();
    good = false;
  }
  return good;
}

void flush_streams_quietly() {
  ErrorSaver saved;
  for (const char* name : {"stderr", "stdout"}) {
    Ref<Object> stream = Ref<Object>::share_or_empty(sys_get_object(name).get());
    if (flush(stream.get()).failed()) error_clear();
  }
}

void threads_shutdown() {
  Ref<Str> name;
  Result<Str> text = str_intern_from_string("threading");
  if (text.failed()) return error_clear();
  name = text.take();
  Maybe<Object> found = import_get_module(name);
  if (found.failed()) return error_clear();
  Ref<Object> threading = found.take();
  if (!threading || threading.get() == None) return;
  Result<Object> shutdown = object_get_attr(threading, "_shutdown");
  Result<Object> result = Error{};
  if (!shutdown.failed()) {
    Ref<Object> function = shutdown.take();
    result = object_call_no_args(function);
  }
  if (result.failed()) error_write_unraisable(threading.get());
  else result.take().reset();
}

// == Whether the end of what is left shows ==

namespace {
constinit bool thorough = false;

// The standard streams and what they are made of: flushed, and never closed.
struct StandardStreams {
  Object* parts[9] = {};
  int count = 0;
  Result<void> find() {
    for (const char* name : {"__stdin__", "__stdout__", "__stderr__"}) {
      Object* stream = sys_get_object(name).get();
      if (!stream || std::strcmp(stream->ob_type->tp_name, "_io.TextIOWrapper") != 0) continue;
      Ref<Object> buffer = TRY(object_get_attr(stream, id::buffer));
      Ref<Object> raw = TRY(object_lookup_attr(buffer, id::raw));
      parts[count++] = stream;
      parts[count++] = buffer.get();  // kept by the stream
      if (raw) parts[count++] = raw.get();
    }
    return {};
  }
  bool has(Object* object) const {
    for (int i = 0; i < count; ++i) {
      if (parts[i] == object) return true;
    }
    return false;
  }
};

// Weak references that only take themselves out of a set or a dict: those of _abc and of the library's weak containers.
bool only_forgets(Object* callback) {
  if (callback->ob_type == &PyCFunction_Type) return static_cast<CFunction*>(callback)->m_ml == &abc_forget_definition;
  if (!is_function(callback)) return false;
  Code* code = as<Code>(as<Function>(callback)->func_code);
  Utf8 name = str_as_utf8(as<Str>(code->co_name)), file = str_as_utf8(as<Str>(code->co_filename));
  const char* library = interpreter()->config->stdlib_dir;
  usize size = library ? std::strlen(library) : 0;
  if (!name || !file || !size || std::strncmp(file.data, library, size) != 0) return false;
  return (!std::strcmp(name.data, "_remove") && !std::strcmp(file.data + size, "/_weakrefset.py")) ||
         (!std::strcmp(name.data, "remove") && !std::strcmp(file.data + size, "/weakref.py"));
}

bool end_shows(Object* object, const StandardStreams& streams) {
  Type* type = object->ob_type;
  if (type->tp_del) return true;
  if (type->tp_finalize && !streams.has(object)) {
    bool idle = type == &PyGen_Type && static_cast<Generator*>(object)->gi_frame_state != kSuspended;
    if (!idle) return true;
  }
  if (!is_weakref(object)) return false;
  Object* callback = as<WeakReference>(object)->wr_callback;
  return callback && !only_forgets(callback);
}

// Looks at all objects that the collector knows: a fraction of what clearing the modules costs.
bool anything_shows() {
  GcState* state = gc::state_;
  if (thorough || state->debug || builtin_modules_extended()) return true;
  StandardStreams streams;
  if (streams.find().failed()) {
    error_clear();
    return true;
  }
  for (GcGeneration* generation : {&state->generations[0], &state->generations[1], &state->generations[2], &state->permanent}) {
    for (GcHead* head = generation->head.next; head != &generation->head; head = head->next) {
      if (end_shows(gc::object_of(head), streams)) return true;
    }
  }
  return false;
}

int shut_down(bool process_ends) {
  Interpreter* self = interpreter();
  if (!self || !self->initialized) return 0;
  threads_shutdown();
  atexit_run(self);
  int status = 0;
  if (!flush_standard_streams()) status = -1;
  subinterpreters_end_all();
  self->finalizing = true;
  runtime_set_finalizing(thread());
  faulthandler_finalize();
  signals_finalize();
  if (!process_ends || anything_shows()) {
    // Reference cycles with finalizers, while everything still works.
    gc::collect_quietly();
    if (interpreter_finalize_modules(self).failed()) error_write_unraisable(nullptr);
    gc::report_garbage();
    gc::collect_quietly();
  }
  flush_streams_quietly();  // what destructors wrote; a full device has been told of already
  sys_clear_audit_hooks();
  tracemalloc_finalize();
  std::fflush(stdout);
  std::fflush(stderr);
  return status;
}
}  // namespace

void shut_down_thoroughly() { thorough = true; }
int runtime_finalize() { return shut_down(true); }

namespace {
constexpr int kMaxExitFunctions = 32;
using ExitFunction = void (*)();
constinit ExitFunction exit_functions[kMaxExitFunctions] = {};
constinit int exit_count = 0;
}  // namespace

bool at_exit(void (*function)()) {
  if (exit_count == kMaxExitFunctions) return false;
  exit_functions[exit_count++] = function;
  return true;
}

void run_exit_functions() {
  while (exit_count > 0) exit_functions[--exit_count]();
  std::fflush(stdout);
  std::fflush(stderr);
}

int runtime_stop() {
  Interpreter* self = &main_interpreter;
  if (!self->initialized) return 0;
  int status = shut_down(false);
  interpreter_clear(self);
  // Daemon threads may still wait for the GIL; they will never get it (gil_take), so their states stay.
  ThreadState* mine = thread();
  for (ThreadState* state = self->threads; state; state = state->next)
    if (state != mine) state->_initialized = 0;
  mine->prev = mine->next = nullptr;
  self->threads = mine;
  self->initialized = self->finalizing = false;
  delete std::exchange(self->config, nullptr);
  runtime_set_finalizing(nullptr);
  thread_state_delete_current();
  preconfig_reset();
  run_exit_functions();
  return status;
}
}  // namespace adder
