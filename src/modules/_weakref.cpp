// _weakref: weak references for the library's weakref module.
#include "bind/bind.h"
#include "import/import.h"
#include "object/object.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/weakref.h"

namespace adder {
namespace {
constexpr Doc getweakrefcount_doc =
    "getweakrefcount($module, object, /)\n--\n\nThe number of weak references to object.";
Result<isize> weakref_getweakrefcount(Module*, Object* object) { return weakref_count(object); }

constexpr Doc getweakrefs_doc = "getweakrefs($module, object, /)\n--\n\nA list of all weak references to object.";
Result<Object> weakref_getweakrefs(Module*, Object* object) { return weakref_list(object); }

constexpr Doc proxy_doc =
    "proxy($module, object, callback=None, /)\n--\n\nA proxy to object that does not keep it alive; callback(proxy) is "
    "called when it dies.";
Result<Object> weakref_proxy(Module*, Object* object, Object* callback) { return weakref_new_proxy(object, callback); }

constexpr Doc remove_dead_doc =
    "_remove_dead_weakref($module, dct, key, /)\n--\n\nDelete dct[key] if its value is a dead weak reference, in one "
    "step.";
Result<void> weakref_remove_dead(Module*, Dict* dict, Object* key) {
  Ref<Object> value = TRY(dict_get_item(dict, key));
  if (!value) return {};
  if (!is_weakref(value)) return raise(TypeError, "not a weakref");
  if (weakref_get_object(value)) return {};
  Ref<Object> old = TRY(dict_pop(dict, key));
  return {};
}

constinit PyMethodDef functions[] = {method<weakref_getweakrefcount, getweakrefcount_doc>(),
                                     method<weakref_getweakrefs, getweakrefs_doc>(),
                                     method<weakref_proxy, proxy_doc>(),
                                     method<weakref_remove_dead, remove_dead_doc>(),
                                     {}};

Result<void> weakref_exec(Module* module) {
  TRY(module_add_object(module, "ref", &_PyWeakref_RefType));
  TRY(module_add_object(module, "ReferenceType", &_PyWeakref_RefType));
  TRY(module_add_object(module, "ProxyType", &_PyWeakref_ProxyType));
  return module_add_object(module, "CallableProxyType", &_PyWeakref_CallableProxyType);
}
int exec_slot(PyObject* module) { return weakref_exec(as<Module>(module)).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(exec_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {
    .m_name = "_weakref", .m_doc = "Weak-reference support module.", .m_methods = functions, .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__weakref() { return adder::module_def_init(&adder::definition); }
