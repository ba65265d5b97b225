// descriptor_private: what descriptor.cpp, wrapper_descriptor.cpp and cfunction.cpp share.
#pragma once
#include "object/object.h"

namespace adder {
// TypeError unless `object` is an instance of the type that the descriptor belongs to.
Result<void> descr_check(PyDescrObject* self, Object* object);
// A descriptor with its three common fields set, untracked; null with the exception set.
Object* descr_new(Type* descriptor_type, Type* type, const char* name);
void descr_dealloc(PyObject* object);
int descr_traverse(PyObject* object, visitproc visit, void* arg);
Result<Object> descr_get_qualname(PyDescrObject* self);
Result<Object> descr_reduce(PyDescrObject* self);
extern PyMemberDef descr_members[];
// builtins.getattr, and (getattr, (object, name)) for __reduce__.
Result<Object> builtin_get_attr();
Result<Object> reduce_as_getattr(Object* get_attr, Object* object, const char* name);
}  // namespace adder
