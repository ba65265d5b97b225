// functions: the C API's functions, methods, cells, descriptors (methodobject.h, funcobject.h, classobject.h,
// cellobject.h, descrobject.h, genericaliasobject.h).
#include "capi/capi.h"
#include "object/descriptor.h"
#include "types/function.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::null;

ADDER_EXPORT PyObject* PyCMethod_New(PyMethodDef* definition, PyObject* self, PyObject* module, PyTypeObject* cls) {
  return cfunction_new(definition, self, module, cls).to_c();
}
ADDER_EXPORT PyObject* PyCFunction_NewEx(PyMethodDef* definition, PyObject* self, PyObject* module) {
  return cfunction_new(definition, self, module).to_c();
}
ADDER_EXPORT PyObject* PyCFunction_New(PyMethodDef* definition, PyObject* self) {
  return cfunction_new(definition, self).to_c();
}
ADDER_EXPORT PyObject* PyCFunction_GetSelf(PyObject* function) {
  CFunction* native = as<CFunction>(function);
  return native->m_ml->ml_flags & METH_STATIC ? nullptr : native->m_self;
}
ADDER_EXPORT int PyCFunction_GetFlags(PyObject* function) { return as<CFunction>(function)->m_ml->ml_flags; }
ADDER_EXPORT PyObject* PyCFunction_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return object_call(callable, args, kwargs).to_c();
}

ADDER_EXPORT PyObject* PyFunction_New(PyObject* code, PyObject* globals) {
  return function_new(as<Code>(code), as<Dict>(globals)).to_c();
}
ADDER_EXPORT PyObject* PyFunction_NewWithQualName(PyObject* code, PyObject* globals, PyObject* qualname) {
  return function_new(as<Code>(code), as<Dict>(globals), qualname).to_c();
}
ADDER_EXPORT PyObject* _PyFunction_Vectorcall(PyObject* function, PyObject* const* args, size_t nargsf,
                                              PyObject* keyword_names) {
  return function_vectorcall(function, args, nargsf, keyword_names);
}
#define FUNCTION_PART(capi_name, field)                                        \
  ADDER_EXPORT PyObject* capi_name(PyObject* function) {                       \
    return is_function(function) ? as<Function>(function)->field : bad_call(); \
  }
FUNCTION_PART(PyFunction_GetCode, func_code)
FUNCTION_PART(PyFunction_GetGlobals, func_globals)
FUNCTION_PART(PyFunction_GetModule, func_module)
FUNCTION_PART(PyFunction_GetDefaults, func_defaults)
FUNCTION_PART(PyFunction_GetKwDefaults, func_kwdefaults)
FUNCTION_PART(PyFunction_GetClosure, func_closure)
#undef FUNCTION_PART
ADDER_EXPORT PyObject* PyFunction_GetAnnotations(PyObject* object) {
  if (!is_function(object)) return bad_call();
  Function* function = as<Function>(object);
  if (function->func_annotations && is_tuple_exact(function->func_annotations)) {
    Ref<Object> made = TRY_C(nullptr, object_get_attr(object, id::__annotations__));  // the function keeps the dict
  }
  return function->func_annotations;
}

namespace {
// Sets a part to an object of the type or to nothing; None counts as nothing.
int set_function_part(PyObject* function, Object* Function::*field, PyObject* value, bool good, const char* error) {
  if (!is_function(function)) return bad_call_int();
  if (value == None) value = nullptr;
  if (value && !good) {
    (void)raise(SystemError, "%s", error);
    return -1;
  }
  set_field(as<Function>(function)->*field, Ref<Object>::share_or_empty(value));
  return 0;
}
}  // namespace
ADDER_EXPORT int PyFunction_SetDefaults(PyObject* function, PyObject* value) {
  return set_function_part(function, &Function::func_defaults, value, value && is_tuple(value),
                           "non-tuple default args");
}
ADDER_EXPORT int PyFunction_SetKwDefaults(PyObject* function, PyObject* value) {
  return set_function_part(function, &Function::func_kwdefaults, value, value && is_dict(value),
                           "non-dict keyword only default args");
}
ADDER_EXPORT int PyFunction_SetAnnotations(PyObject* function, PyObject* value) {
  return set_function_part(function, &Function::func_annotations, value, value && is_dict(value),
                           "non-dict annotations");
}
ADDER_EXPORT int PyFunction_SetClosure(PyObject* function, PyObject* value) {
  if (is_function(function) && value && value != None && !is_tuple(value)) {
    (void)raise(SystemError, "expected tuple for closure, got '%.100s'", value->ob_type->tp_name);
    return -1;
  }
  return set_function_part(function, &Function::func_closure, value, true, "");
}

ADDER_EXPORT PyObject* PyMethod_New(PyObject* function, PyObject* self) {
  return function && self ? static_cast<PyObject*>(method_new(function, self).to_c()) : bad_call();
}
ADDER_EXPORT PyObject* PyMethod_Function(PyObject* method) {
  return is_method(method) ? as<Method>(method)->im_func : bad_call();
}
ADDER_EXPORT PyObject* PyMethod_Self(PyObject* method) {
  return is_method(method) ? as<Method>(method)->im_self : bad_call();
}
ADDER_EXPORT PyObject* PyInstanceMethod_New(PyObject* function) {
  PyInstanceMethodObject* made = object_new<PyInstanceMethodObject>(&PyInstanceMethod_Type).to_c();
  if (!made) return nullptr;
  made->func = new_ref(function).release();
  gc::track(made);
  return made;
}
ADDER_EXPORT PyObject* PyInstanceMethod_Function(PyObject* method) {
  return static_cast<PyInstanceMethodObject*>(method)->func;
}
ADDER_EXPORT PyObject* PyClassMethod_New(PyObject* callable) { return class_method_new(callable).to_c(); }
ADDER_EXPORT PyObject* PyStaticMethod_New(PyObject* callable) { return static_method_new(callable).to_c(); }

ADDER_EXPORT PyObject* PyCell_New(PyObject* content) { return cell_new(content).to_c(); }
ADDER_EXPORT PyObject* PyCell_Get(PyObject* cell) {
  if (!is_cell(cell)) return bad_call();
  incref_or_null(as<Cell>(cell)->ob_ref);
  return as<Cell>(cell)->ob_ref;
}
ADDER_EXPORT int PyCell_Set(PyObject* cell, PyObject* content) {
  if (!is_cell(cell)) return bad_call_int();
  set_field(as<Cell>(cell)->ob_ref, Ref<Object>::share_or_empty(content));
  return 0;
}

ADDER_EXPORT PyObject* PyDescr_NewMethod(PyTypeObject* type, PyMethodDef* definition) {
  return descr_new_method(type, definition).to_c();
}
ADDER_EXPORT PyObject* PyDescr_NewClassMethod(PyTypeObject* type, PyMethodDef* definition) {
  return descr_new_class_method(type, definition).to_c();
}
ADDER_EXPORT PyObject* PyDescr_NewMember(PyTypeObject* type, PyMemberDef* definition) {
  return descr_new_member(type, definition).to_c();
}
ADDER_EXPORT PyObject* PyDescr_NewGetSet(PyTypeObject* type, PyGetSetDef* definition) {
  return descr_new_get_set(type, definition).to_c();
}
ADDER_EXPORT PyObject* PyDescr_NewWrapper(PyTypeObject* type, wrapperbase* base, void* wrapped) {
  return descr_new_wrapper(type, base, wrapped).to_c();
}
ADDER_EXPORT int PyDescr_IsData(PyObject* descriptor) { return descriptor->ob_type->tp_descr_set != nullptr; }
ADDER_EXPORT PyObject* PyDictProxy_New(PyObject* mapping) { return dict_proxy_new(mapping).to_c(); }
ADDER_EXPORT PyObject* PyMember_GetOne(const char* address, PyMemberDef* definition) {
  return member_get_one(address, definition).to_c();
}
ADDER_EXPORT int PyMember_SetOne(char* address, PyMemberDef* definition, PyObject* value) {
  return member_set_one(address, definition, value).to_c();
}
ADDER_EXPORT PyObject* Py_GenericAlias(PyObject* origin, PyObject* arguments) {
  return generic_alias_new(origin, arguments).to_c();
}
ADDER_EXPORT PyCFunction PyCFunction_GetFunction(PyObject* function) { return as<CFunction>(function)->m_ml->ml_meth; }
