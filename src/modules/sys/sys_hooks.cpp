// sys_hooks: displayhook, excepthook, unraisablehook, breakpointhook, and auditing (PEP 578).
#include <cstdlib>
#include <cstring>

#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/eval_frame.h"
#include "modules/sys/sys.h"
#include "object/object.h"
#include "runtime/builtins.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Display ==

Result<void> write_text(Object* file, Object* text) {
  Ref<Object> written = TRY(call_method(file, id::write, text));
  return {};
}

// sys.stdout.write(repr(value)), with backslashreplace for what its encoding lacks.
Result<void> write_repr(Object* file, Object* value) {
  Ref<Str> text = TRY(object_repr(value));
  Result<void> written = write_text(file, text);
  if (!written.failed() || !error_matches(UnicodeEncodeError)) return written;
  error_clear();
  Ref<Object> encoding = TRY(object_get_attr(file, id::encoding));
  if (!is_str(encoding)) return raise(TypeError, "encoding must be a str");
  Utf8 name = str_as_utf8(as<Str>(encoding.get()));
  if (!name) return Error{};
  Ref<Object> bytes = TRY(str_as_encoded_string(text, name.data, "backslashreplace"));
  Ref<Object> buffer = TRY(object_lookup_attr(file, id::buffer));
  if (buffer) return write_text(buffer, bytes);
  Ref<Object> escaped = TRY(call_method(bytes.get(), id::decode, encoding.get(), static_cast<Object*>(id::strict)));
  return write_text(file, escaped);
}

constexpr Doc displayhook_doc =
    "displayhook($module, object, /)\n--\n\nPrint an object to sys.stdout and keep it in builtins._";
Result<void> sys_displayhook(Module*, Object* object) {
  if (object == None) return {};
  Ref<Object> builtins = TRY(import_get_module(id::builtins));
  if (!builtins) return raise(RuntimeError, "lost builtins module");
  Ref<Str> underscore = TRY(str_intern_from_string("_"));
  TRY(object_set_attr(builtins, underscore, None));
  Ref<Object> out = Ref<Object>::share_or_empty(sys_get_object("stdout").get());
  if (!out || out.get() == None) return raise(RuntimeError, "lost sys.stdout");
  TRY(write_repr(out, object));
  Ref<Str> newline = TRY(str_from_string("\n"));
  TRY(write_text(out, newline));
  return object_set_attr(builtins, underscore, object);
}

constexpr Doc excepthook_doc =
    "excepthook($module, exctype, value, traceback, /)\n--\n\nPrint an exception and its traceback to sys.stderr.";
Result<void> sys_excepthook(Module*, Object* type, Object* value, Object* traceback) {
  Object* file = sys_get_object("stderr").get();
  if (file == None) return {};
  Ref<Object> held = Ref<Object>::share_or_empty(file);
  if (is_exception_instance(value) && is_traceback(traceback) && !exception_get_traceback(value))
    exception_set_traceback(value, traceback);
  error_display(held, value);
  return {};
}

constexpr Doc unraisablehook_doc =
    "unraisablehook($module, unraisable, /)\n--\n\nReport an exception that cannot be raised to sys.stderr.";
Result<void> sys_unraisablehook(Module*, Object* unraisable) { return unraisable_default_hook(unraisable); }

// == breakpoint() ==

constexpr Doc breakpointhook_doc =
    "breakpointhook($module, *args, **kwargs)\n--\n\nStart the debugger that PYTHONBREAKPOINT names, pdb.set_trace "
    "without it.";
Result<Object> sys_breakpointhook(Module*, Tuple* args, Opt<Dict*> kwargs) {
  const char* variable = interpreter()->config->use_environment ? std::getenv("PYTHONBREAKPOINT") : nullptr;
  if (!variable || !*variable)
    variable = "pdb.set_trace";
  else if (!std::strcmp(variable, "0"))
    return none_result();
  const char* last_dot = std::strrchr(variable, '.');
  Ref<Str> module_name;
  const char* attribute;
  if (!last_dot) {
    module_name = new_ref<Str>(id::builtins);
    attribute = variable;
  } else {
    module_name = TRY(str_from_utf8({variable, static_cast<usize>(last_dot - variable)}));
    attribute = last_dot + 1;
  }
  Result<Object> hook = Error{};
  if (last_dot != variable) {
    Result<Object> module = import_module(module_name);
    if (!module.failed()) {
      Ref<Object> held = module.take();
      hook = object_get_attr(held, attribute);
    }
  } else {
    (void)raise(ValueError, "empty module name");
  }
  if (hook.failed()) {
    if (!error_matches(ImportError) && !error_matches(AttributeError) && !error_matches(ValueError)) return Error{};
    error_clear();
    TRY(warn(RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", variable));
    return none_result();
  }
  Ref<Object> function = hook.take();
  return object_call(function, args, kwargs.get());
}

// == Audit ==

struct NativeHook {
  int (*function)(const char*, PyObject*, void*);
  void* data;
  NativeHook* next;
};
// The process's: never removed (PEP 578).
constinit NativeHook* native_hooks = nullptr;

constexpr Doc audit_doc = "audit(event, *args)\n\nTell the audit hooks about an event.";
// Python code that runs meanwhile is not traced.
class EnterTracing {
 public:
  explicit EnterTracing(ThreadState* state) : state_(state) { enter(); }
  ~EnterTracing() { leave(); }
  EnterTracing(const EnterTracing&) = delete;
  void enter() {
    ++state_->tracing;
    state_->cframe->use_tracing = wanted_use_tracing(state_, false);
  }
  void leave() {
    --state_->tracing;
    state_->cframe->use_tracing = wanted_use_tracing(state_, !state_->tracing);
  }

 private:
  ThreadState* state_;
};

PyObject* sys_audit_function(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count == 0) return (void)raise(TypeError, "audit() missing 1 required positional argument: 'event'"), nullptr;
  if (!is_str(args[0]))
    return (void)raise(TypeError, "expected str for argument 'event', not %.200s", args[0]->ob_type->tp_name), nullptr;
  Utf8 event = str_as_utf8(as<Str>(args[0]));
  if (!event) return nullptr;
  if (audit_wanted()) TRY_C(nullptr, audit_array(event.data, args + 1, count - 1));
  return None;
}
constexpr Doc addaudithook_doc =
    "addaudithook($module, /, hook)\n--\n\nAdd a function that is called with each audit event.";
Result<void> sys_addaudithook(Module*, Object* hook) {
  Result<void> allowed = audit("sys.addaudithook");
  if (allowed.failed()) {
    if (!error_matches(Exception)) return Error{};
    error_clear();  // a hook refused: silently nothing
    return {};
  }
  Interpreter* self = interpreter();
  if (!self->audit_hooks) {
    self->audit_hooks = TRY(list_new())
    .release();
    gc::untrack(self->audit_hooks);  // programs must not find the hooks through the collector
  }
  return list_append(as<List>(self->audit_hooks), hook);
}
}  // namespace

constinit PyMethodDef sys_module::hook_functions[] = {
    method<sys_displayhook, displayhook_doc>(),
    method<sys_excepthook, excepthook_doc>(),
    method<sys_unraisablehook, unraisablehook_doc>(),
    method<sys_breakpointhook, breakpointhook_doc>(),
    raw_method("audit", &sys_audit_function, METH_FASTCALL, audit_doc.text),
    method<sys_addaudithook, addaudithook_doc>(),
    {}};

bool audit_wanted() {
  if (native_hooks) return true;
  ThreadState* state = thread();
  return state && interpreter_of(state)->audit_hooks;
}

Result<void> audit_array(const char* event, Object* const* args, isize count) {
  if (!audit_wanted()) return {};
  Ref<Tuple> tuple = TRY(tuple_from_array(args, count));
  return sys_audit(event, tuple.get());
}

namespace {
Result<void> call_hooks(const char* event, Tuple* arguments) {
  for (NativeHook* hook = native_hooks; hook; hook = hook->next)
    if (hook->function(event, arguments, hook->data) < 0) return Error{};
  Interpreter* self = interpreter();
  if (!self->audit_hooks) return {};
  Ref<Str> name = TRY(str_from_string(event));
  Ref<Str> attribute = TRY(str_intern_from_string("__cantrace__"));
  List* hooks = as<List>(self->audit_hooks);
  ThreadState* state = thread();
  // Hooks are not traced unless they say __cantrace__.
  EnterTracing untraced(state);
  for (isize i = 0; i < hooks->ob_size; ++i) {
    Ref<Object> hook = new_ref(hooks->ob_item[i]);
    Ref<Object> can_trace = TRY(object_lookup_attr(hook, attribute));
    bool traced = can_trace && TRY(object_is_true(can_trace));
    if (traced) untraced.leave();
    Result<Object> result = call(hook.get(), name.get(), arguments);
    if (traced) untraced.enter();
    Ref<Object> ignored = TRY(result);
  }
  return {};
}
}  // namespace

Result<void> sys_audit(const char* event, Opt<Tuple*> args) {
  if (!audit_wanted()) return {};
  // An exception that is set already stays set, unless a hook raises one.
  Object *type, *value, *traceback;
  error_fetch(&type, &value, &traceback);
  Result<void> result = call_hooks(event, args ? args.get() : tuple_empty());
  if (!result.failed()) {
    error_restore(type, value, traceback);
    return {};
  }
  for (Object* old : {type, value, traceback}) Ref<Object>::steal(old).reset();
  return Error{};
}

Result<void> sys_add_audit_hook(int (*hook)(const char*, PyObject*, void*), void* data) {
  if (thread()) TRY(audit("sys.addaudithook"));
  NativeHook* entry = static_cast<NativeHook*>(std::malloc(sizeof(NativeHook)));
  if (!entry) return raise_no_memory();
  *entry = {hook, data, nullptr};
  NativeHook** link = &native_hooks;
  while (*link) link = &(*link)->next;
  *link = entry;
  return {};
}

void sys_clear_audit_hooks() {
  if (!native_hooks) return;
  if (sys_audit("cpython._PySys_ClearAuditHooks").failed()) error_clear();
  while (NativeHook* entry = native_hooks) {
    native_hooks = entry->next;
    std::free(entry);
  }
}
}  // namespace adder
