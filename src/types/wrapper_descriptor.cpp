// wrapper_descriptor: slot wrappers (object.__init__, int.__add__ …) and the method-wrappers that they make when bound.
#include "bind/bind.h"
#include "object/fields.h"
#include "object/hash.h"
#include "types/descriptor_private.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct MethodWrapper : PyObject {
  PyWrapperDescrObject* descriptor;
  PyObject* self;
};

Result<Object> call_wrapper(PyWrapperDescrObject* descriptor, Object* self, Object* args, Opt<Object*> kwargs) {
  wrapperbase* base = descriptor->d_base;
  if (base->flags & PyWrapperFlag_KEYWORDS) {
    return Result<Object>::from_c(base->wrapper_keywords(self, args, descriptor->d_wrapped, kwargs.get()));
  }
  if (kwargs && (!is_dict_exact(*kwargs) || dict_size(as<Dict>(*kwargs)) != 0)) {
    return raise(TypeError, "wrapper %s() takes no keyword arguments", base->name);
  }
  return Result<Object>::from_c(base->wrapper(self, args, descriptor->d_wrapped));
}

Result<Object> method_wrapper_new(PyWrapperDescrObject* descriptor, Object* self) {
  Ref<MethodWrapper> wrapper = TRY(object_new<MethodWrapper>(&_PyMethodWrapper_Type));
  wrapper->descriptor = new_ref(descriptor).release();
  wrapper->self = new_ref(self).release();
  gc::track(wrapper);
  return wrapper;
}

// == wrapper_descriptor ==

Result<Object> wrapper_repr(PyDescrObject* self) {
  return str_from_format("<slot wrapper '%U' of '%s' objects>", self->d_name, self->d_type->tp_name);
}

Result<Object> wrapper_get(PyWrapperDescrObject* self, Opt<Object*> object, Opt<Object*>) {
  if (!object) return Result<Object>::share(self);
  TRY(descr_check(self, *object));
  return method_wrapper_new(self, *object);
}

Result<Object> wrapper_call(PyWrapperDescrObject* self, Opt<Object*> args, Opt<Object*> kwargs) {
  Tuple* tuple = as<Tuple>(*args);
  if (tuple->ob_size < 1) {
    return raise(TypeError, "descriptor '%U' of '%.100s' object needs an argument", self->d_name,
                 self->d_type->tp_name);
  }
  Object* object = tuple->ob_item[0];
  if (!TRY(object_real_is_subclass(object->ob_type, self->d_type))) {
    return raise(TypeError, "descriptor '%U' requires a '%.100s' object but received a '%.100s'", self->d_name,
                 self->d_type->tp_name, object->ob_type->tp_name);
  }
  Ref<Tuple> rest = TRY(tuple_get_slice(tuple, 1, tuple->ob_size));
  return call_wrapper(self, object, rest, kwargs);
}

Result<Object> wrapper_get_doc(PyWrapperDescrObject* self) {
  return doc_from_internal(self->d_base->name, self->d_base->doc);
}
Result<Object> wrapper_get_text_signature(PyWrapperDescrObject* self) {
  return text_signature_from_internal(self->d_base->name, self->d_base->doc);
}

// == method-wrapper ==

using MethodWrapperFields = OwnedFields<&MethodWrapper::descriptor, &MethodWrapper::self>;

Result<Object> method_wrapper_repr(MethodWrapper* self) {
  return str_from_format("<method-wrapper '%s' of %s object at %p>", self->descriptor->d_base->name,
                         self->self->ob_type->tp_name, static_cast<void*>(self->self));
}

Result<Object> method_wrapper_compare(MethodWrapper* self, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || self->ob_type != &_PyMethodWrapper_Type ||
      other->ob_type != &_PyMethodWrapper_Type) {
    return not_implemented();
  }
  auto* right = static_cast<MethodWrapper*>(other);
  bool equal = self->descriptor == right->descriptor && self->self == right->self;
  return bool_result(equal == (op == Py_EQ));
}

Py_hash_t method_wrapper_hash(PyObject* object) {
  auto* self = static_cast<MethodWrapper*>(object);
  Py_hash_t hash = hash_pointer(self->self) ^ hash_pointer(self->descriptor);
  return hash == -1 ? -2 : hash;
}

Result<Object> method_wrapper_call(MethodWrapper* self, Opt<Object*> args, Opt<Object*> kwargs) {
  return call_wrapper(self->descriptor, self->self, *args, kwargs);
}

Result<Object> method_wrapper_get_class(MethodWrapper* self) { return Result<Object>::share(self->descriptor->d_type); }
Result<Object> method_wrapper_get_name(MethodWrapper* self) { return str_from_string(self->descriptor->d_base->name); }
Result<Object> method_wrapper_get_qualname(MethodWrapper* self) { return descr_get_qualname(self->descriptor); }
Result<Object> method_wrapper_get_doc(MethodWrapper* self) { return wrapper_get_doc(self->descriptor); }
Result<Object> method_wrapper_get_text_signature(MethodWrapper* self) {
  return wrapper_get_text_signature(self->descriptor);
}
Result<Object> method_wrapper_reduce(MethodWrapper* self) {
  Ref<Object> get_attr = TRY(builtin_get_attr());
  return reduce_as_getattr(get_attr, self->self, self->descriptor->d_base->name);
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constinit PyMethodDef wrapper_methods[] = {method<descr_reduce, reduce_doc>(), {}};
constinit PyGetSetDef wrapper_getset[] = {get_set<wrapper_get_doc>("__doc__"),
                                          get_set<descr_get_qualname>("__qualname__"),
                                          get_set<wrapper_get_text_signature>("__text_signature__"),
                                          {}};
constinit PyMethodDef method_wrapper_methods[] = {method<method_wrapper_reduce, reduce_doc>(), {}};
constinit PyMemberDef method_wrapper_members[] = {member("__self__", T_OBJECT, offsetof(MethodWrapper, self), READONLY),
                                                  {}};
constinit PyGetSetDef method_wrapper_getset[] = {get_set<method_wrapper_get_class>("__objclass__"),
                                                 get_set<method_wrapper_get_name>("__name__"),
                                                 get_set<method_wrapper_get_qualname>("__qualname__"),
                                                 get_set<method_wrapper_get_doc>("__doc__"),
                                                 get_set<method_wrapper_get_text_signature>("__text_signature__"),
                                                 {}};

}  // namespace

Result<Object> descr_new_wrapper(Type* type, wrapperbase* base, void* wrapped) {
  Ref<PyWrapperDescrObject> descriptor = TRY(Result<PyWrapperDescrObject>::from_c(
      static_cast<PyWrapperDescrObject*>(descr_new(&PyWrapperDescr_Type, type, base->name))));
  descriptor->d_base = base;
  descriptor->d_wrapped = wrapped;
  gc::track(descriptor);
  return descriptor;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyWrapperDescr_Type = {
    .tp_name = "wrapper_descriptor",
    .tp_basicsize = sizeof(PyWrapperDescrObject),
    .tp_dealloc = descr_dealloc,
    .tp_repr = slot<wrapper_repr>,
    .tp_call = slot<wrapper_call>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_traverse = descr_traverse,
    .tp_methods = wrapper_methods,
    .tp_members = descr_members,
    .tp_getset = wrapper_getset,
    .tp_descr_get = slot<wrapper_get>,
};

constinit PyTypeObject _PyMethodWrapper_Type = {
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(MethodWrapper),
    .tp_dealloc = MethodWrapperFields::dealloc,
    .tp_repr = slot<method_wrapper_repr>,
    .tp_hash = method_wrapper_hash,
    .tp_call = slot<method_wrapper_call>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = MethodWrapperFields::traverse,
    .tp_richcompare = slot<method_wrapper_compare>,
    .tp_methods = method_wrapper_methods,
    .tp_members = method_wrapper_members,
    .tp_getset = method_wrapper_getset,
};
