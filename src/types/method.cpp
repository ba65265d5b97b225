// method: a function bound to an instance, and instancemethod.
#include "base/hot.h"
#include "bind/bind.h"
#include "memory/allocator.h"
#include "memory/collected.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/function.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// The function's arguments are self and then those given. The place in front of the arguments is borrowed for self if
// the caller allows it.
PyObject* method_vectorcall(PyObject* object, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Method* method = as<Method>(object);
  usize count = vectorcall_nargs(nargsf);
  Tuple* names = static_cast<Tuple*>(keyword_names);
  Ref<Object> function = new_ref(method->im_func), self = new_ref(method->im_self);
  if (nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET) {
    PyObject** window = const_cast<PyObject**>(args) - 1;
    PyObject* saved = window[0];
    window[0] = self;
    PyObject* result = object_vectorcall(function, window, count + 1, names).to_c();
    window[0] = saved;
    return result;
  }
  usize all = count + (names ? static_cast<usize>(tuple_size(names)) : 0);
  constexpr usize kSmall = 8;
  PyObject* small[kSmall + 2];
  PyObject** window = all <= kSmall ? small : static_cast<PyObject**>(memory::allocate((all + 2) * sizeof(PyObject*)));
  if (!window) {
    (void)raise_no_memory();
    return nullptr;
  }
  window[0] = nullptr;
  window[1] = self;
  for (usize i = 0; i < all; ++i) window[i + 2] = args[i];
  PyObject* result =
      object_vectorcall(function, window + 1, (count + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, names).to_c();
  if (window != small) memory::release(window);
  return result;
}
}  // namespace

ADDER_HOT Result<Method> method_new(Object* function, Object* self) {
  u32 none = 0;
  Object* object = collected_allocate(&PyMethod_Type, sizeof(Method), none);
  if (ADDER_UNLIKELY(!object)) return Error{};
  Ref<Method> method = Ref<Method>::steal(as<Method>(object));
  method->im_func = new_ref(function).release();
  method->im_self = new_ref(self).release();
  method->im_weakreflist = nullptr;
  method->vectorcall = method_vectorcall;
  gc::track(method);
  return method;
}

namespace {
ADDER_HOT void method_dealloc(PyObject* object) {
  Method* self = as<Method>(object);
  gc::untrack(self);
  if (self->im_weakreflist) weakref_clear_all(self);
  // Usually both live on.
  if (ADDER_LIKELY(self->im_func->ob_refcnt > 1 && self->im_self->ob_refcnt > 1)) {
    decref(self->im_func);
    decref(self->im_self);
  } else {
    Trashcan trashcan(object);
    if (trashcan.deferred()) return;
    clear_field(self->im_func);
    clear_field(self->im_self);
  }
  u32 none = 0;
  collected_free(self, none, 0);
}
int method_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<Method>(object)->im_func);
  VISIT(as<Method>(object)->im_self);
  return 0;
}
Result<Str> method_repr(Method* self) {
  Ref<Object> name = TRY(object_lookup_attr(self->im_func, id::__qualname__));
  if (!name) name = TRY(object_lookup_attr(self->im_func, id::__name__));
  if (name && !is_str(name.get())) name.reset();
  if (!name) return str_from_format("<bound method ? of %R>", self->im_self);
  return str_from_format("<bound method %S of %R>", name.get(), self->im_self);
}
Result<isize> method_hash(Method* self) {
  isize hash = hash_pointer(self->im_self) ^ TRY(object_hash(self->im_func));
  return hash == -1 ? isize{-2} : hash;
}
Result<Object> method_compare(Method* self, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || !is_method(self) || !is_method(other)) return not_implemented();
  bool equal = TRY(object_equal(self->im_func, as<Method>(other)->im_func))
  &&self->im_self == as<Method>(other)->im_self;
  return bool_result(equal == (op == Py_EQ));
}
Result<Object> method_get_attr(Method* self, Object* name) {
  Type* type = self->ob_type;
  if (Opt<Object*> found = type_lookup(type, name)) {
    Object* descriptor = *found;
    if (descrgetfunc get = descriptor->ob_type->tp_descr_get)
      return Result<Object>::from_c(get(descriptor, self, type));
    return Result<Object>::share(descriptor);
  }
  return object_get_attr(self->im_func, name);
}
Result<Object> method_get_doc(Method* self) {
  Ref<Object> doc = TRY(object_lookup_attr(self->im_func, id::__doc__));
  if (!doc) return none_result();
  return doc;
}
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Object> method_reduce(Method* self) {
  Ref<Object> name = TRY(object_get_attr(self->im_func, id::__name__));
  Ref<Str> getattr_name = TRY(str_from_string("getattr"));
  Ref<Object> getattr = TRY(builtins_get(getattr_name));
  Ref<Tuple> args = TRY(tuple_pack(self->im_self, name.get()));
  return tuple_pack(getattr.get(), static_cast<Object*>(args.get()));
}
constinit PyMethodDef method_methods[] = {method<method_reduce, reduce_doc>(), {}};
constinit PyMemberDef method_members[] = {
    member("__func__", T_OBJECT, offsetof(Method, im_func), READONLY,
           "the function (or other callable) implementing a method"),
    member("__self__", T_OBJECT, offsetof(Method, im_self), READONLY, "the instance to which a method is bound"),
    {}};
constinit PyGetSetDef method_getset[] = {get_set<method_get_doc>("__doc__"), {}};

constexpr Doc method_doc = "method(function, instance, /)\n--\n\nCreate a bound instance method object.";
Result<Object> method_make(Type* type, Object* function, Object* instance) {
  if (!is_callable(function)) return raise(TypeError, "first argument must be callable");
  if (instance == None) return raise(TypeError, "instance must not be None");
  return method_new(function, instance);
}

// == instancemethod ==

using InstanceMethod = PyInstanceMethodObject;
using InstanceMethodFields = OwnedFields<&InstanceMethod::func>;
PyObject* instance_method_call(PyObject* object, PyObject* args, PyObject* kwargs) {
  return object_call(as<InstanceMethod>(object)->func, args, kwargs).to_c();
}
Result<Object> instance_method_descr_get(InstanceMethod* self, Opt<Object*> object, Opt<Object*>) {
  if (!object) return Result<Object>::share(self->func);
  return method_new(self->func, *object);
}
Result<Str> instance_method_repr(InstanceMethod* self) {
  Ref<Object> name = TRY(object_lookup_attr(self->func, id::__name__));
  if (!name || !is_str(name.get())) return str_from_format("<instancemethod %s at %p>", "?", self);
  return str_from_format("<instancemethod %U at %p>", name.get(), self);
}
Result<Object> instance_method_get_attr(InstanceMethod* self, Object* name) {
  Type* type = self->ob_type;
  if (Opt<Object*> found = type_lookup(type, name)) {
    Object* descriptor = *found;
    if (descrgetfunc get = descriptor->ob_type->tp_descr_get)
      return Result<Object>::from_c(get(descriptor, self, type));
    return Result<Object>::share(descriptor);
  }
  return object_get_attr(self->func, name);
}
Result<Object> instance_method_compare(InstanceMethod* self, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || other->ob_type != &PyInstanceMethod_Type) return not_implemented();
  bool equal = TRY(object_equal(self->func, as<InstanceMethod>(other)->func));
  return bool_result(equal == (op == Py_EQ));
}
constexpr Doc instance_method_doc = "instancemethod(func, /)\n--\n\nBind a function to a class.";
Result<Object> instance_method_make(Type* type, Object* function) {
  if (!is_callable(function)) return raise(TypeError, "first argument must be callable");
  Ref<InstanceMethod> self = TRY(object_new<InstanceMethod>(&PyInstanceMethod_Type));
  self->func = new_ref(function).release();
  gc::track(self);
  return self;
}
Result<Object> instance_method_get_doc(InstanceMethod* self) { return object_get_attr(self->func, id::__doc__); }
constinit PyGetSetDef instance_method_getset[] = {get_set<instance_method_get_doc>("__doc__"), {}};
constinit PyMemberDef instance_method_members[] = {
    member("__func__", T_OBJECT, offsetof(InstanceMethod, func), READONLY,
           "the function (or other callable) implementing a method"),
    {}};
}  // namespace
}  // namespace adder

using namespace adder;
constinit PyTypeObject PyMethod_Type = {
    .tp_name = "method",
    .tp_basicsize = sizeof(Method),
    .tp_dealloc = method_dealloc,
    .tp_vectorcall_offset = offsetof(Method, vectorcall),
    .tp_repr = slot<method_repr>,
    .tp_hash = slot<method_hash>,
    .tp_call = vectorcall_call,
    .tp_getattro = slot<method_get_attr>,
    .tp_setattro = object_generic_set_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = method_doc.text,
    .tp_traverse = method_traverse,
    .tp_richcompare = slot<method_compare>,
    .tp_weaklistoffset = offsetof(Method, im_weakreflist),
    .tp_methods = method_methods,
    .tp_members = method_members,
    .tp_getset = method_getset,
    .tp_new = constructor<method_make, method_doc>,
};
constinit PyTypeObject PyInstanceMethod_Type = {
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(InstanceMethod),
    .tp_dealloc = InstanceMethodFields::dealloc,
    .tp_repr = slot<instance_method_repr>,
    .tp_call = instance_method_call,
    .tp_getattro = slot<instance_method_get_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = instance_method_doc.text,
    .tp_traverse = InstanceMethodFields::traverse,
    .tp_richcompare = slot<instance_method_compare>,
    .tp_members = instance_method_members,
    .tp_getset = instance_method_getset,
    .tp_descr_get = slot<instance_method_descr_get>,
    .tp_new = constructor<instance_method_make, instance_method_doc>,
};
