// state: what the module _pickle keeps for one interpreter.
#include "modules/_pickle/state.h"

#include "import/import.h"
#include "modules/exception_class.h"
#include "types/module.h"

namespace adder::pickle {
namespace {
// module.attribute, which must be a dict, into `slot`.
Result<void> take_dict(const char* module, const char* attribute, Object*& slot) {
  Ref<Object> found = TRY(import_attribute(module, attribute));
  if (!is_dict_exact(found)) {
    return raise(RuntimeError, "%s.%s should be a dict, not %.200s", module, attribute, found->ob_type->tp_name);
  }
  set_field(slot, std::move(found));
  return {};
}
Result<void> take_name(const char* text, Object*& slot) {
  Ref<Str> name = TRY(str_intern_from_string(text));
  set_field(slot, std::move(name));
  return {};
}
Result<void> take_exception(Module* module, const char* name, Object* base, Object*& slot) {
  Ref<Type> made = TRY(make_exception_class("_pickle", name, as<Type>(base)));
  set_field(slot, std::move(made));
  return module_add_object(module, name, slot);
}
}  // namespace

Result<void> state_init(Module* module) {
  State* state = module_state<State>(module);
  TRY(take_dict("copyreg", "dispatch_table", state->dispatch_table));
  TRY(take_dict("copyreg", "_extension_registry", state->extension_registry));
  TRY(take_dict("copyreg", "_inverted_registry", state->inverted_registry));
  TRY(take_dict("copyreg", "_extension_cache", state->extension_cache));
  TRY(take_dict("_compat_pickle", "NAME_MAPPING", state->name_2to3));
  TRY(take_dict("_compat_pickle", "IMPORT_MAPPING", state->import_2to3));
  TRY(take_dict("_compat_pickle", "REVERSE_NAME_MAPPING", state->name_3to2));
  TRY(take_dict("_compat_pickle", "REVERSE_IMPORT_MAPPING", state->import_3to2));
  set_field(state->codecs_encode, TRY(import_attribute("codecs", "encode")));
  set_field(state->getattr, TRY(import_attribute("builtins", "getattr")));
  set_field(state->partial, TRY(import_attribute("functools", "partial")));
  TRY(take_name("latin1", state->latin1));
  TRY(take_name("persistent_id", state->persistent_id));
  TRY(take_name("persistent_load", state->persistent_load));
  TRY(take_name("reducer_override", state->reducer_override));
  TRY(take_name("dispatch_table", state->dispatch_table_name));
  TRY(take_name("find_class", state->find_class));
  TRY(take_name("__getinitargs__", state->getinitargs));
  TRY(take_exception(module, "PickleError", PyExc_Exception, state->pickle_error));
  TRY(take_exception(module, "PicklingError", state->pickle_error, state->pickling_error));
  return take_exception(module, "UnpicklingError", state->pickle_error, state->unpickling_error);
}
int state_traverse(PyObject* module, visitproc visit, void* arg) {
  State* state = module_state<State>(as<Module>(module));
  if (!state) return 0;
#define FIELD(name) VISIT(state->name);
  PICKLE_STATE_OBJECTS(FIELD)
#undef FIELD
  return 0;
}
int state_clear(PyObject* module) {
  State* state = module_state<State>(as<Module>(module));
  if (!state) return 0;
#define FIELD(name) clear_field(state->name);
  PICKLE_STATE_OBJECTS(FIELD)
#undef FIELD
  return 0;
}
Result<Module> find_module() {
  Ref<Object> module = TRY(import_module("_pickle"));
  if (!is_module(module) || !module_state<State>(as<Module>(module.get())) ||
      !module_state<State>(as<Module>(module.get()))->unpickling_error) {
    return raise(RuntimeError, "the module _pickle is not initialised");
  }
  return as<Module>(std::move(module));
}
}  // namespace adder::pickle
