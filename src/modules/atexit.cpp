// atexit: functions to call when the interpreter ends.
#include "bind/bind.h"
#include "import/import.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/tuple.h"

namespace adder {
namespace {
// The interpreter's list of (function, args, kwargs or None), in order of registration; an entry that is unregistered
// becomes None.
List* callbacks() { return static_cast<List*>(interpreter()->atexit_callbacks); }

constexpr Doc register_doc =
    "register($module, func, /, *args, **kwargs)\n--\n\nCall func(*args, **kwargs) at the end of the program; func is "
    "returned.";
PyObject* atexit_register(PyObject*, PyObject* args, PyObject* kwargs) {
  Tuple* tuple = as<Tuple>(args);
  if (tuple->ob_size == 0) return (void)raise(TypeError, "register() takes at least 1 argument (0 given)"), nullptr;
  Object* function = tuple->ob_item[0];
  if (!is_callable(function)) return (void)raise(TypeError, "the first argument must be callable"), nullptr;
  Ref<Tuple> rest = TRY_C(nullptr, tuple_get_slice(tuple, 1, tuple->ob_size));
  Object* keywords = kwargs ? kwargs : None;
  Ref<Tuple> entry = TRY_C(nullptr, tuple_pack(function, rest.get(), keywords));
  if (!callbacks()) interpreter()->atexit_callbacks = TRY_C(nullptr, list_new()).release();
  TRY_C(nullptr, list_append(callbacks(), entry));
  incref(function);
  return function;
}

constexpr Doc clear_doc = "_clear($module, /)\n--\n\nForget all registered functions.";
Result<void> atexit_clear(Module*) {
  if (callbacks()) list_clear(callbacks());
  return {};
}
constexpr Doc ncallbacks_doc = "_ncallbacks($module, /)\n--\n\nThe number of registered functions.";
Result<isize> atexit_ncallbacks(Module*) { return callbacks() ? callbacks()->ob_size : 0; }
constexpr Doc run_exitfuncs_doc = "_run_exitfuncs($module, /)\n--\n\nCall all registered functions now.";
Result<void> atexit_run_exitfuncs(Module*) {
  atexit_run(interpreter());
  return {};
}
constexpr Doc unregister_doc = "unregister($module, func, /)\n--\n\nForget all registrations of func.";
Result<void> atexit_unregister(Module*, Object* function) {
  List* list = callbacks();
  if (!list) return {};
  for (isize i = 0; i < list->ob_size; ++i) {
    Ref<Object> entry = new_ref(list->ob_item[i]);
    if (entry.get() == None) continue;
    bool same = TRY(object_equal(as<Tuple>(entry.get())->ob_item[0], function));
    if (same && i < list->ob_size && list->ob_item[i] == entry.get()) TRY(list_set_item(list, i, None));
  }
  // Without holes again.
  for (isize i = list->ob_size; i-- > 0;)
    if (list->ob_item[i] == None) TRY(list_set_slice(list, i, i + 1, {}));
  return {};
}

constexpr PyMethodDef register_definition() {
  PyMethodDef definition;
  definition.ml_name = "register";
  definition.ml_keywords = &atexit_register;
  definition.ml_flags = METH_VARARGS | METH_KEYWORDS;
  definition.ml_doc = register_doc.text;
  return definition;
}
constinit PyMethodDef functions[] = {register_definition(),
                                     method<atexit_clear, clear_doc>(),
                                     method<atexit_ncallbacks, ncallbacks_doc>(),
                                     method<atexit_run_exitfuncs, run_exitfuncs_doc>(),
                                     method<atexit_unregister, unregister_doc>(),
                                     {}};
constinit PyModuleDef definition = {.m_name = "atexit",
                                    .m_doc = "Functions to call when the interpreter ends, the last registered first.",
                                    .m_methods = functions};
}  // namespace

void atexit_run(Interpreter* self) {
  List* list = static_cast<List*>(self->atexit_callbacks);
  if (!list) return;
  while (list->ob_size) {
    // Taken out without allocating: this must end when there is no memory, too.
    Ref<Object> entry = Ref<Object>::steal(list->ob_item[--list->ob_size]);
    if (entry.get() == None) continue;
    Tuple* parts = as<Tuple>(entry.get());
    Opt<Object*> kwargs = parts->ob_item[2] == None ? nullptr : parts->ob_item[2];
    Result<Object> result = object_call(parts->ob_item[0], parts->ob_item[1], kwargs);
    if (result.failed())
      error_write_unraisable_message("in atexit callback", parts->ob_item[0]);
    else
      result.take().reset();
  }
}
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_atexit() { return adder::module_def_init(&adder::definition); }
