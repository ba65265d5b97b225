// module, SimpleNamespace, capsules, struct sequences, weak references, GenericAlias, unions: the smaller shared types.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyModule_Type, PyModuleDef_Type, _PyNamespace_Type, PyCapsule_Type, _PyWeakref_RefType,
    _PyWeakref_ProxyType, _PyWeakref_CallableProxyType, Py_GenericAliasType, _PyUnion_Type, _PyNone_Type,
    _PyNotImplemented_Type;

namespace adder {
inline bool is_module(const Object* o) { return type_check(o, &PyModule_Type); }
Result<Module> module_new(Object* name);
inline Dict* module_dict(Module* m) { return as<Dict>(m->md_dict); }
// A module made from its definition (single phase, or multi-phase without slots run): functions, doc, state.
Result<Module> module_create(ModuleDef* definition);
Result<void> module_exec_def(Module* m, ModuleDef* definition);
Result<Object> module_from_def_and_spec(ModuleDef* definition, Object* spec);
Result<void> module_add_object(Module* m, const char* name, Object* value);  // borrowed value
Result<void> module_add_int(Module* m, const char* name, i64 value);
Result<void> module_add_string(Module* m, const char* name, const char* value);
// Readies the type and adds it under its short name.
Result<void> module_add_type(Module* m, Type* type);
Result<void> module_add_functions(Module* m, PyMethodDef* functions);
template <class State>
State* module_state(Module* m) {
  return static_cast<State*>(m->md_state);
}

Result<Object> namespace_new(Opt<Dict*> attributes);
Result<Object> generic_alias_new(Object* origin, Object* arguments);
Result<Object> union_from_types(Object* left, Object* right);  // X | Y; NotImplemented if not types
inline bool is_union(const Object* o) { return o->ob_type == &_PyUnion_Type; }
Tuple* union_args(Object* union_object);  // borrowed

Result<Object> capsule_new(void* pointer, const char* name, void (*destroy)(PyObject*));
void* capsule_get_pointer(Object* capsule, const char* name);

// Struct sequences: types from descriptions; instances with slots set by tuple_init_item.
Result<Type> struct_sequence_new_type(PyStructSequence_Desc* description);
Result<void> struct_sequence_init_type(Type* type, PyStructSequence_Desc* description);  // a static type
Result<Object> struct_sequence_new(Type* type);
inline void struct_sequence_set(Object* sequence, isize index, Ref<Object>&& value) {
  as<Tuple>(sequence)->ob_item[index] = value.release();
}
ADDER_EXPORT const char* const PyStructSequence_UnnamedField;

// Weak references: deallocators of types with tp_weaklistoffset call weakref_clear_all(self) first.
void weakref_clear_all(Object* object);
Result<Object> weakref_new_ref(Object* object, Opt<Object*> callback);
Result<Object> weakref_new_proxy(Object* object, Opt<Object*> callback);
// The referent (borrowed), or null when dead.
Opt<Object*> weakref_get_object(Object* reference);
inline bool is_weakref(const Object* o) { return type_check(o, &_PyWeakref_RefType); }
}  // namespace adder
