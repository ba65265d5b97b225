// descriptor: method, member, getset and wrapper descriptors; functions written in C++ as objects.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyMethodDescr_Type, PyClassMethodDescr_Type, PyMemberDescr_Type, PyGetSetDescr_Type,
    PyWrapperDescr_Type, _PyMethodWrapper_Type, PyCFunction_Type, PyCMethod_Type, PyDictProxy_Type, PyProperty_Type,
    PyClassMethod_Type, PyStaticMethod_Type;

namespace adder {
Result<Object> descr_new_method(Type* type, PyMethodDef* definition);
Result<Object> descr_new_class_method(Type* type, PyMethodDef* definition);
Result<Object> descr_new_member(Type* type, PyMemberDef* definition);
Result<Object> descr_new_get_set(Type* type, PyGetSetDef* definition);
Result<Object> descr_new_wrapper(Type* type, wrapperbase* base, void* wrapped);
// A built-in function or bound built-in method; self, module and class may be absent (PyCMethod_New).
Result<Object> cfunction_new(PyMethodDef* definition, Opt<Object*> self, Opt<Object*> module = {}, Opt<Type*> cls = {});
// Reads and writes a C field by its PyMemberDef (PyMember_GetOne, PyMember_SetOne).
Result<Object> member_get_one(const char* address, PyMemberDef* definition);
Result<void> member_set_one(char* address, PyMemberDef* definition, Object* value);
Result<Object> class_method_new(Object* callable);
Result<Object> static_method_new(Object* callable);
Result<Object> dict_proxy_new(Object* mapping);
// `__doc__` and `__text_signature__` out of a doc that starts with "name(signature)\n--\n\n"; None if absent.
Result<Object> doc_from_internal(const char* name, const char* internal_doc);
Result<Object> text_signature_from_internal(const char* name, const char* internal_doc);
inline bool is_data_descriptor(const Object* object) { return object->ob_type->tp_descr_set != nullptr; }
}  // namespace adder
