// single_phase: the table of single-phase modules, and their second coming.
#include "import/single_phase.h"

#include <cstdlib>

#include "object/object.h"
#include "runtime/interpreters.h"
#include "types/capsule.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

// types/module.cpp: the name that PyModule_Create takes.
extern "C" ADDER_EXPORT const char* _Py_PackageContext;

namespace adder {
namespace {
// What is known of a module: its definition, and the interpreter whose module the copied namespace is from.
struct Known {
  PyModuleDef* definition;
  i64 maker;
};
void free_known(PyObject* capsule) { std::free(capsule_get_pointer(capsule, nullptr)); }
Known* known_of(Object* capsule) { return static_cast<Known*>(capsule_get_pointer(capsule, nullptr)); }

// (file name, name) -> capsule with a Known; of all interpreters, under the GIL that they share.
constinit Dict* known = nullptr;
constinit isize last_index = 0;

List* own_table() { return interpreter_record(interpreter())->modules_by_index; }

Result<Tuple> key_of(Object* name, Object* file_name) { return tuple_pack(file_name, name); }

// Enters the module everywhere where it can be found again.
Result<void> enter(Object* module, Object* name, Object* file_name, PyModuleDef* definition) {
  TRY(object_set_item(interpreter()->modules, name, module));
  TRY(single_phase_add(module, definition));
  if (interpreter() != &main_interpreter && definition->m_size != -1) return {};
  if (definition->m_size == -1) {
    Ref<Dict> copy = TRY(dict_copy(module_dict(as<Module>(module))));
    set_field(definition->m_copy, std::move(copy));
  }
  if (!known) known = TRY(dict_new())
  .release();
  Ref<Tuple> key = TRY(key_of(name, file_name));
  auto* entry = static_cast<Known*>(std::malloc(sizeof(Known)));
  if (!entry) return raise_no_memory();
  *entry = {definition, interpreter()->id};
  Ref<Object> value = TRY(capsule_new(entry, nullptr, free_known));
  return dict_set_item(known, key, value);
}
}  // namespace

Opt<Object*> single_phase_find(PyModuleDef* definition) {
  List* table = own_table();
  isize index = definition->m_index;
  if (definition->m_slots || index == 0 || !table || index >= list_size(table)) return {};
  Object* module = list_item(table, index);
  if (module == None) return {};
  return module;
}

Result<void> single_phase_add(Object* module, PyModuleDef* definition) {
  if (!definition->m_index) definition->m_index = ++last_index;
  List*& table = interpreter_record(interpreter())->modules_by_index;
  if (!table) table = TRY(list_new())
  .release();
  while (list_size(table) <= definition->m_index) TRY(list_append(table, None));
  return list_set_item(table, definition->m_index, module);
}

Result<void> single_phase_remove(PyModuleDef* definition) {
  return list_set_item(own_table(), definition->m_index, None);
}

Maybe<Object> single_phase_again(Object* name, Object* file_name) {
  if (!known) return nullptr;
  Ref<Tuple> key = TRY(key_of(name, file_name));
  Ref<Object> found = TRY(dict_get_item(known, key));
  if (!found) return nullptr;
  PyModuleDef* definition = known_of(found)->definition;
  Dict* modules = interpreter()->modules;
  Ref<Object> module;
  if (definition->m_size == -1) {
    if (!definition->m_copy) return nullptr;
    module = TRY(dict_get_item(modules, name));
    if (!module || !is_module(module)) module = TRY(module_new(name));
    TRY(dict_update(module_dict(as<Module>(module.get())), as<Dict>(definition->m_copy)));
  } else {
    if (!definition->m_init) return nullptr;
    module = TRY(single_phase_load(definition->m_init, name, file_name, name == file_name));
  }
  TRY(object_set_item(modules, name, module));
  TRY(single_phase_add(module, definition));
  return module;
}

void single_phase_forget(Interpreter* owner) {
  isize position = 0;
  Object *key, *value;
  while (known && dict_next(known, position, key, value)) {
    if (known_of(value)->maker == owner->id) clear_field(known_of(value)->definition->m_copy);
  }
}

Result<Object> single_phase_load(PyObject* (*init)(), Object* name, Object* file_name, bool builtin) {
  Utf8 text = str_as_utf8(as<Str>(name));
  if (!text) return Error{};
  const char* outer = std::exchange(_Py_PackageContext, text.data);
  Object* made = init();
  _Py_PackageContext = outer;
  if (!made) {
    if (!error_occurred()) return raise(SystemError, "initialization of %U failed without raising an exception", name);
    return Error{};
  }
  if (error_occurred()) {
    Ref<Object> cause = error_take();
    Ref<Object> ignored = Ref<Object>::share_or_empty(made->ob_type == &PyModuleDef_Type ? nullptr : made);
    (void)raise(SystemError, "initialization of %U raised unreported exception", name);
    Ref<Object> error = error_take();
    exception_set_cause(error, cause.share());
    exception_set_context(error, std::move(cause));
    error_set(std::move(error));
    return Error{};
  }
  if (!made->ob_type) return raise(SystemError, "init function of %U returned uninitialized object", name);
  if (made->ob_type == &PyModuleDef_Type) return Result<Object>::share(made);
  Ref<Object> module = Ref<Object>::steal(made);
  PyModuleDef* definition = is_module(module) ? as<Module>(module.get())->md_def : nullptr;
  if (!definition) return raise(SystemError, "initialization of %U did not return an extension module", name);
  definition->m_init = init;
  if (!builtin && object_set_attr(module, id::__file__, file_name).failed()) error_clear();
  TRY(enter(module, name, file_name, definition));
  return module;
}
}  // namespace adder
