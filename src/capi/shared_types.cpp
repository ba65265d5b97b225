// shared_types: the C API's modules as objects, weak references, capsules, struct sequences, namespaces
// (moduleobject.h, weakrefobject.h, pycapsule.h, structseq.h).
#include <cstring>

#include "capi/capi.h"
#include "memory/allocator.h"
#include "types/capsule.h"
#include "types/struct_sequence.h"
#include "types/weakref.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::minus_one;
using adder::capi::null;

ADDER_EXPORT PyObject* PyImport_ImportModule(const char* name);

// == Modules ==

ADDER_EXPORT PyObject* PyModule_NewObject(PyObject* name) { return module_new(name).to_c(); }
ADDER_EXPORT PyObject* PyModule_New(const char* name) {
  Ref<Str> text = TRY_C(nullptr, str_from_string(name));
  return module_new(text).to_c();
}
ADDER_EXPORT PyObject* PyModule_GetDict(PyObject* module) {
  return is_module(module) ? as<Module>(module)->md_dict : bad_call();
}
ADDER_EXPORT PyModuleDef* PyModule_GetDef(PyObject* module) {
  return is_module(module) ? as<Module>(module)->md_def : reinterpret_cast<PyModuleDef*>(bad_call());
}
ADDER_EXPORT void* PyModule_GetState(PyObject* module) {
  return is_module(module) ? as<Module>(module)->md_state : bad_call();
}
ADDER_EXPORT PyObject* PyModule_GetNameObject(PyObject* module) {
  if (!is_module(module)) return null(raise(TypeError, "bad argument type for built-in operation"));
  Object* name = dict_get_item_string(module_dict(as<Module>(module)), "__name__").get();
  if (!name || !is_str(name)) return null(raise(SystemError, "nameless module"));
  return new_ref(name).release();
}
ADDER_EXPORT const char* PyModule_GetName(PyObject* module) {
  PyObject* name = capi::borrow(PyModule_GetNameObject(module));
  return name ? str_as_utf8(as<Str>(name)).data : nullptr;
}
ADDER_EXPORT PyObject* PyModule_GetFilenameObject(PyObject* module) {
  if (!is_module(module)) return null(raise(TypeError, "bad argument type for built-in operation"));
  Object* name = dict_get_item_string(module_dict(as<Module>(module)), "__file__").get();
  if (!name || !is_str(name)) return null(raise(SystemError, "module filename missing"));
  return new_ref(name).release();
}
ADDER_EXPORT PyObject* _PyNamespace_New(PyObject* attributes) {
  return namespace_new(attributes ? as<Dict>(attributes) : nullptr).to_c();
}

// == Weak references ==

ADDER_EXPORT PyObject* PyWeakref_NewRef(PyObject* object, PyObject* callback) {
  return weakref_new_ref(object, callback == None ? nullptr : callback).to_c();
}
ADDER_EXPORT PyObject* PyWeakref_NewProxy(PyObject* object, PyObject* callback) {
  return weakref_new_proxy(object, callback == None ? nullptr : callback).to_c();
}
ADDER_EXPORT PyObject* PyWeakref_GetObject(PyObject* reference) {
  Type* type = reference ? reference->ob_type : nullptr;
  if (!reference ||
      (!is_weakref(reference) && type != &_PyWeakref_ProxyType && type != &_PyWeakref_CallableProxyType)) {
    return bad_call();
  }
  return weakref_get_object(reference).value_or(None);
}
ADDER_EXPORT void _PyWeakref_ClearRef(PyWeakReference* reference) { weakref_clear_ref(reference); }

// == Capsules ==

namespace {
Capsule* checked(Object* object, const char* function) {
  return object ? capsule_check(object, function)
                : static_cast<Capsule*>(null(raise(ValueError, "%s called with invalid PyCapsule object", function)));
}
}  // namespace

ADDER_EXPORT PyObject* PyCapsule_New(void* pointer, const char* name, void (*destroy)(PyObject*)) {
  return capsule_new(pointer, name, destroy).to_c();
}
ADDER_EXPORT void* PyCapsule_GetPointer(PyObject* capsule, const char* name) {
  return checked(capsule, "PyCapsule_GetPointer") ? capsule_get_pointer(capsule, name) : nullptr;
}
ADDER_EXPORT int PyCapsule_IsValid(PyObject* object, const char* name) {
  return object && is_capsule(object) && static_cast<Capsule*>(object)->pointer &&
         capsule_name_matches(static_cast<Capsule*>(object)->name, name);
}
ADDER_EXPORT const char* PyCapsule_GetName(PyObject* object) {
  Capsule* capsule = checked(object, "PyCapsule_GetName");
  return capsule ? capsule->name : nullptr;
}
ADDER_EXPORT void* PyCapsule_GetContext(PyObject* object) {
  Capsule* capsule = checked(object, "PyCapsule_GetContext");
  return capsule ? capsule->context : nullptr;
}
ADDER_EXPORT void (*PyCapsule_GetDestructor(PyObject* object))(PyObject*) {
  Capsule* capsule = checked(object, "PyCapsule_GetDestructor");
  return capsule ? capsule->destroy : nullptr;
}
ADDER_EXPORT int PyCapsule_SetPointer(PyObject* object, void* pointer) {
  if (!pointer) return minus_one(raise(ValueError, "PyCapsule_SetPointer called with null pointer"));
  Capsule* capsule = checked(object, "PyCapsule_SetPointer");
  if (!capsule) return -1;
  capsule->pointer = pointer;
  return 0;
}
ADDER_EXPORT int PyCapsule_SetName(PyObject* object, const char* name) {
  Capsule* capsule = checked(object, "PyCapsule_SetName");
  if (!capsule) return -1;
  capsule->name = name;
  return 0;
}
ADDER_EXPORT int PyCapsule_SetContext(PyObject* object, void* context) {
  Capsule* capsule = checked(object, "PyCapsule_SetContext");
  if (!capsule) return -1;
  capsule->context = context;
  return 0;
}
ADDER_EXPORT int PyCapsule_SetDestructor(PyObject* object, void (*destroy)(PyObject*)) {
  Capsule* capsule = checked(object, "PyCapsule_SetDestructor");
  if (!capsule) return -1;
  capsule->destroy = destroy;
  return 0;
}
// "package.module.attribute": imports the first part, the rest are attributes.
ADDER_EXPORT void* PyCapsule_Import(const char* name, int) {
  const char* end = strchr(name, '.');
  usize size = end ? static_cast<usize>(end - name) : strlen(name);
  Ref<Str> first = TRY_C(nullptr, str_from_utf8({name, size}));
  Ref<Object> object = Ref<Object>::steal(PyImport_ImportModule(str_as_utf8(first).data));
  if (!object) {
    return null(
        raise(ImportError, "PyCapsule_Import could not import module \"%U\"", static_cast<Object*>(first.get())));
  }
  while (end) {
    const char* start = end + 1;
    end = strchr(start, '.');
    size = end ? static_cast<usize>(end - start) : strlen(start);
    Ref<Str> part = TRY_C(nullptr, str_from_utf8({start, size}));
    object = TRY_C(nullptr, object_get_attr(object, static_cast<Object*>(part.get())));
  }
  if (!PyCapsule_IsValid(object, name)) {
    return null(raise(AttributeError, "PyCapsule_Import \"%s\" is not valid", name));
  }
  return static_cast<Capsule*>(object.get())->pointer;
}

// == Struct sequences ==

ADDER_EXPORT PyTypeObject* PyStructSequence_NewType(PyStructSequence_Desc* description) {
  return struct_sequence_new_type(description).to_c();
}
ADDER_EXPORT PyTypeObject* _PyStructSequence_NewType(PyStructSequence_Desc* description, unsigned long flags) {
  return struct_sequence_new_type(description, flags).to_c();
}
ADDER_EXPORT int _PyStructSequence_InitType(PyTypeObject* type, PyStructSequence_Desc* description,
                                            unsigned long flags) {
  return struct_sequence_init_type(type, description, flags).to_c();
}
ADDER_EXPORT int PyStructSequence_InitType2(PyTypeObject* type, PyStructSequence_Desc* description) {
  return struct_sequence_init_type(type, description).to_c();
}
ADDER_EXPORT void PyStructSequence_InitType(PyTypeObject* type, PyStructSequence_Desc* description) {
  static_cast<void>(struct_sequence_init_type(type, description));
}
ADDER_EXPORT PyObject* PyStructSequence_New(PyTypeObject* type) { return struct_sequence_new(type).to_c(); }
ADDER_EXPORT void PyStructSequence_SetItem(PyObject* sequence, Py_ssize_t index, PyObject* value) {
  as<Tuple>(sequence)->ob_item[index] = value;
}
ADDER_EXPORT PyObject* PyStructSequence_GetItem(PyObject* sequence, Py_ssize_t index) {
  return as<Tuple>(sequence)->ob_item[index];
}
