// _thread: threads: starting and ending them, their names and numbers, what they report.
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind/bind.h"
#include "import/import.h"
#include "modules/_thread/thread_types.h"
#include "object/object.h"
#include "runtime/gil.h"
#include "runtime/interpreters.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "runtime/safepoint.h"
#include "runtime/traceback_print.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
void signal_simulate(int number);  // modules/_signal.cpp

namespace {
constinit usize stack_size = 0;  // 0: the system's default
constexpr usize kMinimumStack = 0x8000;

// == Starting ==

struct Start {
  ThreadState* state;
  Object *function, *args, *kwargs;  // owned
};

void* thread_main(void* argument) {
  Start start = *static_cast<Start*>(argument);
  delete static_cast<Start*>(argument);
  ThreadState* state = start.state;
  state->thread_id = reinterpret_cast<unsigned long>(pthread_self());
  state->native_thread_id = static_cast<unsigned long>(syscall(SYS_gettid));
  eval_restore_thread(state);
  measure_stack();
  Interpreter* owner = interpreter_of(state);
  ++owner->thread_count;
  {
    Result<Object> result = object_call(start.function, start.args, start.kwargs);
    if (result.failed()) {
      if (error_matches(SystemExit)) error_clear();
      else error_write_unraisable_message("in thread started by", start.function);
    } else {
      result.take().reset();
    }
    decref(start.function);
    decref(start.args);
    decref_or_null(start.kwargs);
  }
  --owner->thread_count;
  thread_locals_forget(state);
  thread_state_clear(state);
  thread_state_delete_current();
  return nullptr;
}

constexpr Doc start_doc =
    "start_new_thread($module, function, args, kwargs=<unset>, /)\n--\n\nRun function(*args, **kwargs) in a new thread; its identifier is returned.";
Result<Object> thread_start(Module*, Object* function, Object* args, Opt<Object*> kwargs) {
  if (!is_callable(function)) return raise(TypeError, "first arg must be callable");
  if (!is_tuple(args)) return raise(TypeError, "2nd arg must be a tuple");
  if (kwargs && !is_dict(kwargs.get())) return raise(TypeError, "optional 3rd arg must be a dictionary");
  Object* none = None;
  TRY(audit("_thread.start_new_thread", function, args, kwargs ? kwargs.get() : none));
  Interpreter* owner = interpreter();
  if (interpreter_record(owner)->isolated) {
    return raise(RuntimeError, "thread is not supported for isolated subinterpreters");
  }
  ThreadState* state = thread_state_new(owner);
  if (!state) return raise_no_memory();
  Start* start = new Start{state, new_ref(function).release(), new_ref(args).release(), Ref<Object>::share_or_empty(kwargs.get()).release()};
  pthread_attr_t attributes;
  thread_attributes(&attributes);
  pthread_t id;
  int status = pthread_create(&id, &attributes, thread_main, start);
  pthread_attr_destroy(&attributes);
  if (status) {
    decref(start->function);
    decref(start->args);
    decref_or_null(start->kwargs);
    delete start;
    thread_state_clear(state);
    thread_state_delete(state);
    return raise(RuntimeError, "can't start new thread");
  }
  return int_from_u64(static_cast<u64>(id));
}

constexpr Doc exit_doc = "exit($module, /)\n--\n\nEnd this thread by raising SystemExit.";
Result<void> thread_exit(Module*) { return raise_object(SystemExit, None); }

// == Names, numbers ==

constexpr Doc allocate_doc = "allocate_lock($module, /)\n--\n\nA new lock.";
Result<Object> thread_allocate_lock(Module*) { return thread_lock_new(); }
constexpr Doc get_ident_doc = "get_ident($module, /)\n--\n\nA number that identifies this thread among those that live.";
Result<u64> thread_get_ident(Module*) { return static_cast<u64>(pthread_self()); }
constexpr Doc get_native_id_doc = "get_native_id($module, /)\n--\n\nThe number of this thread in the kernel.";
Result<u64> thread_get_native_id(Module*) { return static_cast<u64>(syscall(SYS_gettid)); }
constexpr Doc count_doc = "_count($module, /)\n--\n\nThe number of threads that this module started and that have not ended.";
Result<isize> thread_count(Module*) { return interpreter()->thread_count; }
constexpr Doc is_main_doc = "_is_main_interpreter($module, /)\n--\n\nWhether this is the main interpreter.";
Result<bool> thread_is_main(Module*) { return interpreter() == &main_interpreter; }
constexpr Doc interrupt_main_doc = "interrupt_main($module, signum=2, /)\n--\n\nAct in the main thread as if the signal had come.";
Result<void> thread_interrupt_main(Module*, int signum) {
  if (signum < 1 || signum >= 65) return raise(ValueError, "signal number out of range");
  signal_simulate(signum);
  return {};
}
constexpr Doc stack_size_doc = "stack_size($module, size=0, /)\n--\n\nSet the stack size of new threads; the old one is returned.";
PyObject* thread_stack_size_function(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count > 1) return (void)raise(TypeError, "stack_size expected at most 1 argument, got %zd", count), nullptr;
  isize size = count ? TRY_C(nullptr, number_as_ssize_t(args[0], OverflowError)) : 0;
  if (size < 0) return (void)raise(ValueError, "size must be 0 or a positive value"), nullptr;
  usize old = stack_size;
  if (count) {
    if (!thread_set_stack_size(static_cast<usize>(size)))
      return (void)raise(ValueError, "size not valid: %zd bytes", size), nullptr;
  }
  return int_from_u64(old).to_c();
}

// == The lock that tells that a thread has ended ==

void release_sentinel(void* data) {
  Ref<Object> reference = Ref<Object>::steal(static_cast<Object*>(data));
  if (Opt<Object*> lock = weakref_get_object(reference)) thread_lock_release_if_locked(lock.get());
}
constexpr Doc set_sentinel_doc = "_set_sentinel($module, /)\n--\n\nA lock that is released when this thread ends.";
Result<Object> thread_set_sentinel(Module*) {
  ThreadState* state = thread();
  if (state->on_delete_data) {
    state->on_delete = nullptr;
    Ref<Object> old = Ref<Object>::steal(static_cast<Object*>(std::exchange(state->on_delete_data, nullptr)));
  }
  Ref<Object> lock = TRY(thread_lock_new());
  Ref<Object> reference = TRY(weakref_new_ref(lock, {}));
  state->on_delete_data = reference.release();
  state->on_delete = release_sentinel;
  return lock;
}

// == Uncaught exceptions ==

PyStructSequence_Field hook_fields[] = {
    {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"}, {"thread", "Thread"}, {nullptr, nullptr}};
PyStructSequence_Desc hook_description = {"_thread._ExceptHookArgs", "ExceptHookArgs\n\nWhat is passed to threading.excepthook.", hook_fields, 4};
constinit PyTypeObject hook_args_type = {};

constexpr Doc excepthook_doc = "_excepthook($module, (exc_type, exc_value, exc_traceback, thread), /)\n\nReport an exception that ended a thread.";
PyObject* thread_excepthook(PyObject*, PyObject* args) {
  if (args->ob_type != &hook_args_type)
    return (void)raise(TypeError, "_thread.excepthook argument type must be ExceptHookArgs"), nullptr;
  Tuple* fields = as<Tuple>(args);
  Object *type = fields->ob_item[0], *value = fields->ob_item[1], *traceback = fields->ob_item[2], *thread_object = fields->ob_item[3];
  if (type == SystemExit) return None;
  Ref<Object> file = Ref<Object>::share_or_empty(sys_get_object("stderr").get());
  if (!file || file.get() == None) {
    if (thread_object == None) return None;
    file = TRY_C(nullptr, object_get_attr(thread_object, "_stderr"));
    if (file.get() == None) return None;
  }
  Ref<Object> name;
  if (thread_object != None) {
    Ref<Str> attribute = TRY_C(nullptr, str_intern_from_string("name"));
    name = TRY_C(nullptr, object_lookup_attr(thread_object, attribute));
  }
  Ref<Str> head = name ? TRY_C(nullptr, str_from_format("Exception in thread %S:\n", name.get()))
                       : TRY_C(nullptr, str_from_format("Exception in thread %lu:\n", thread()->thread_id));
  Ref<Object> written = TRY_C(nullptr, call_method(file.get(), id::write, head.get()));
  if (is_exception_instance(value)) {
    if (is_traceback(traceback) && !exception_get_traceback(value)) exception_set_traceback(value, traceback);
    error_display(file, value);
  } else if (is_exception_class(type)) {
    Ref<Object> made = TRY_C(nullptr, exception_create(reinterpret_cast<Type*>(type), value));
    if (is_traceback(traceback)) exception_set_traceback(made, traceback);
    error_display(file, made);
  }
  Result<Object> flushed = call_method(file.get(), id::flush);
  if (flushed.failed()) return nullptr;
  flushed.take().reset();
  return None;
}

constexpr PyMethodDef renamed(PyMethodDef definition, const char* name) {
  definition.ml_name = name;
  return definition;
}
constinit PyMethodDef functions[] = {
    method<thread_start, start_doc>(),
    renamed(method<thread_start, start_doc>(), "start_new"),
    method<thread_exit, exit_doc>(),
    renamed(method<thread_exit, exit_doc>(), "exit_thread"),
    method<thread_allocate_lock, allocate_doc>(),
    renamed(method<thread_allocate_lock, allocate_doc>(), "allocate"),
    method<thread_get_ident, get_ident_doc>(),
    method<thread_get_native_id, get_native_id_doc>(),
    method<thread_count, count_doc>(),
    method<thread_is_main, is_main_doc>(),
    method<thread_interrupt_main, interrupt_main_doc>(),
    raw_method("stack_size", &thread_stack_size_function, METH_FASTCALL, stack_size_doc.text),
    method<thread_set_sentinel, set_sentinel_doc>(),
    raw_method("_excepthook", &thread_excepthook, METH_O, excepthook_doc.text),
    {}};

Result<void> thread_exec(Module* module) {
  TRY(type_ready(&thread_lock_type));
  TRY(type_ready(&thread_rlock_type));
  TRY(type_ready(&thread_local_type));
  TRY(struct_sequence_init_type(&hook_args_type, &hook_description));
  TRY(module_add_object(module, "LockType", &thread_lock_type));
  TRY(module_add_object(module, "RLock", &thread_rlock_type));
  TRY(module_add_object(module, "_local", &thread_local_type));
  TRY(module_add_object(module, "_ExceptHookArgs", &hook_args_type));
  TRY(module_add_object(module, "error", RuntimeError));
  Ref<Object> maximum = TRY(float_from_double(9223372036.0));
  return module_add_object(module, "TIMEOUT_MAX", maximum);
}
int exec_slot(PyObject* module) { return thread_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "_thread", .m_doc = "Threads and locks: the base of the threading module.", .m_methods = functions, .m_slots = slots};
}  // namespace

usize thread_stack_size() { return stack_size; }
bool thread_set_stack_size(usize size) {
  if (size && size < kMinimumStack) return false;
  stack_size = size;
  return true;
}
void thread_attributes(pthread_attr_t* attributes) {
  pthread_attr_init(attributes);
  // The system's default is what ulimit says: 8 MiB as a rule. A stack without limit would get 2 MiB only.
  pthread_attr_setstacksize(attributes, stack_size ? stack_size : usize{8} << 20);
  pthread_attr_setdetachstate(attributes, PTHREAD_CREATE_DETACHED);
}
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__thread() { return adder::module_def_init(&adder::definition); }
