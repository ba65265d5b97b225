// descriptor: method_descriptor, classmethod_descriptor, member_descriptor and getset_descriptor: how the methods and
// fields of types written in C stand in their dicts.
#include "bind/bind.h"
#include "runtime/runtime.h"
#include "types/descriptor_private.h"
#include "types/native_call.h"

namespace adder {

Result<void> descr_check(PyDescrObject* self, Object* object) {
  if (ADDER_LIKELY(type_check(object, self->d_type))) return {};
  return raise(TypeError, "descriptor '%U' for '%.100s' objects doesn't apply to a '%.100s' object", self->d_name,
               self->d_type->tp_name, object->ob_type->tp_name);
}

// == Common to all ==

void descr_dealloc(PyObject* object) {
  auto* self = static_cast<PyDescrObject*>(object);
  gc::untrack(self);
  clear_field(self->d_type);
  clear_field(self->d_name);
  clear_field(self->d_qualname);
  object_free(self);
}

int descr_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(static_cast<PyDescrObject*>(object)->d_type);
  return 0;
}

Result<Object> descr_get_qualname(PyDescrObject* self) {
  if (self->d_qualname) return Result<Object>::share(self->d_qualname);
  if (!self->d_name || !is_str(self->d_name)) return raise(TypeError, "<descriptor>.__name__ is not a unicode object");
  Ref<Object> of_type = TRY(object_get_attr(self->d_type, id::__qualname__));
  if (!is_str(of_type)) return raise(TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object");
  self->d_qualname = TRY(str_from_format("%S.%S", of_type.get(), self->d_name))
  .release();
  return Result<Object>::share(self->d_qualname);
}

Result<Object> descr_reduce(PyDescrObject* self) {
  Ref<Object> get_attr = TRY(builtin_get_attr());
  Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(self->d_type), self->d_name));
  return tuple_pack(get_attr.get(), static_cast<Object*>(args.get()));
}

Object* descr_new(Type* descriptor_type, Type* type, const char* name) {
  auto interned = str_intern_from_string(name);
  if (interned.failed()) return nullptr;
  Ref<Str> text = interned.take();
  Object* object = object_allocate(descriptor_type);
  if (!object) return nullptr;
  auto* descriptor = static_cast<PyDescrObject*>(object);
  descriptor->d_type = new_ref(type).release();
  descriptor->d_name = text.release();
  descriptor->d_qualname = nullptr;
  return object;
}

namespace {

template <class T>
Result<T> make_descriptor(Type* descriptor_type, Type* type, const char* name) {
  return Result<T>::from_c(static_cast<T*>(descr_new(descriptor_type, type, name)));
}

Result<Object> repr_as(PyDescrObject* self, const char* kind) {
  return str_from_format("<%s '%U' of '%s' objects>", kind, self->d_name, self->d_type->tp_name);
}

// == method_descriptor ==

template <int kFlags>
struct MethodEntry {
  static PyObject* call(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
    auto* self = static_cast<PyMethodDescrObject*>(callable);
    isize nargs = static_cast<isize>(vectorcall_nargs(nargsf));
    if (ADDER_UNLIKELY(nargs < 1)) return native_call_fail(callable, "unbound method %U needs an argument");
    TRY_C(nullptr, descr_check(self, args[0]));
    return native_call<kFlags>(callable, self->d_method, args[0], self->d_type, args + 1, nargs - 1, names);
  }
};

Result<Object> method_repr(PyDescrObject* self) { return repr_as(self, "method"); }

Result<Object> method_get(PyMethodDescrObject* self, Opt<Object*> object, Opt<Object*> type) {
  if (!object) return Result<Object>::share(self);
  TRY(descr_check(self, *object));
  if (!(self->d_method->ml_flags & METH_METHOD)) return cfunction_new(self->d_method, *object);
  if (!type || !is_type(*type)) {
    return raise(TypeError, "descriptor '%U' needs a type, not '%s', as arg 2", self->d_name,
                 type ? type->ob_type->tp_name : "NULL");
  }
  return cfunction_new(self->d_method, *object, {}, self->d_type);
}

Result<Object> method_get_doc(PyMethodDescrObject* self) {
  return doc_from_internal(self->d_method->ml_name, self->d_method->ml_doc);
}
Result<Object> method_get_text_signature(PyMethodDescrObject* self) {
  return text_signature_from_internal(self->d_method->ml_name, self->d_method->ml_doc);
}

// == classmethod_descriptor ==

Result<Object> class_method_get(PyMethodDescrObject* self, Opt<Object*> object, Opt<Object*> given) {
  Object* cls = given.get();
  if (!cls) {
    if (!object) {
      return raise(TypeError, "descriptor '%U' for type '%.100s' needs either an object or a type", self->d_name,
                   self->d_type->tp_name);
    }
    cls = object->ob_type;
  }
  if (!is_type(cls)) {
    return raise(TypeError, "descriptor '%U' for type '%.100s' needs a type, not a '%.100s' as arg 2", self->d_name,
                 self->d_type->tp_name, cls->ob_type->tp_name);
  }
  Type* type = reinterpret_cast<Type*>(cls);
  if (!type_is_subtype(type, self->d_type)) {
    return raise(TypeError, "descriptor '%U' requires a subtype of '%.100s' but received '%.100s'", self->d_name,
                 self->d_type->tp_name, type->tp_name);
  }
  Opt<Type*> defining;
  if (self->d_method->ml_flags & METH_METHOD) defining = self->d_type;
  return cfunction_new(self->d_method, cls, {}, defining);
}

Result<Object> class_method_call(PyMethodDescrObject* self, Opt<Object*> args, Opt<Object*> kwargs) {
  Tuple* tuple = as<Tuple>(*args);
  if (tuple->ob_size < 1) {
    return raise(TypeError, "descriptor '%U' of '%.100s' object needs an argument", self->d_name,
                 self->d_type->tp_name);
  }
  Ref<Object> bound = TRY(class_method_get(self, {}, tuple->ob_item[0]));
  Ref<Tuple> rest = TRY(tuple_get_slice(tuple, 1, tuple->ob_size));
  return object_call(bound, rest, kwargs);
}

// == member_descriptor ==

Result<Object> member_repr(PyDescrObject* self) { return repr_as(self, "member"); }

Result<Object> member_get(PyMemberDescrObject* self, Opt<Object*> object, Opt<Object*>) {
  if (!object) return Result<Object>::share(self);
  TRY(descr_check(self, *object));
  if (self->d_member->flags & PY_AUDIT_READ) TRY(audit("object.__getattr__", *object, self->d_name));
  return member_get_one(reinterpret_cast<char*>(*object), self->d_member);
}

Result<void> member_set(PyMemberDescrObject* self, Object* object, Opt<Object*> value) {
  TRY(descr_check(self, object));
  return member_set_one(reinterpret_cast<char*>(object), self->d_member, value.get());
}

Result<Object> member_get_doc(PyMemberDescrObject* self) {
  if (!self->d_member->doc) return none_result();
  return str_from_string(self->d_member->doc);
}

// == getset_descriptor ==

Result<Object> get_set_repr(PyDescrObject* self) { return repr_as(self, "attribute"); }

Result<Object> get_set_get(PyGetSetDescrObject* self, Opt<Object*> object, Opt<Object*>) {
  if (!object) return Result<Object>::share(self);
  TRY(descr_check(self, *object));
  if (self->d_getset->get) return Result<Object>::from_c(self->d_getset->get(*object, self->d_getset->closure));
  return raise(AttributeError, "attribute '%U' of '%.100s' objects is not readable", self->d_name,
               self->d_type->tp_name);
}

Result<void> get_set_set(PyGetSetDescrObject* self, Object* object, Opt<Object*> value) {
  TRY(descr_check(self, object));
  if (self->d_getset->set) {
    return Result<void>::from_c(self->d_getset->set(object, value.get(), self->d_getset->closure));
  }
  return raise(AttributeError, "attribute '%U' of '%.100s' objects is not writable", self->d_name,
               self->d_type->tp_name);
}

Result<Object> get_set_get_doc(PyGetSetDescrObject* self) {
  if (!self->d_getset->doc) return none_result();
  return str_from_string(self->d_getset->doc);
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
constinit PyMethodDef reduce_methods[] = {method<descr_reduce, reduce_doc>(), {}};
constinit PyGetSetDef method_getset[] = {get_set<method_get_doc>("__doc__"),
                                         get_set<descr_get_qualname>("__qualname__"),
                                         get_set<method_get_text_signature>("__text_signature__"),
                                         {}};
constinit PyGetSetDef member_getset[] = {
    get_set<member_get_doc>("__doc__"), get_set<descr_get_qualname>("__qualname__"), {}};
constinit PyGetSetDef get_set_getset[] = {
    get_set<get_set_get_doc>("__doc__"), get_set<descr_get_qualname>("__qualname__"), {}};

}  // namespace

constinit PyMemberDef descr_members[] = {member("__objclass__", T_OBJECT, offsetof(PyDescrObject, d_type), READONLY),
                                         member("__name__", T_OBJECT, offsetof(PyDescrObject, d_name), READONLY),
                                         {}};

Result<Object> descr_new_method(Type* type, PyMethodDef* definition) {
  vectorcallfunc entry = native_entry<MethodEntry>(definition);
  if (!entry) return raise(SystemError, "%s() method: bad call flags", definition->ml_name);
  Ref<PyMethodDescrObject> descriptor =
      TRY(make_descriptor<PyMethodDescrObject>(&PyMethodDescr_Type, type, definition->ml_name));
  descriptor->d_method = definition;
  descriptor->vectorcall = entry;
  gc::track(descriptor);
  return descriptor;
}

Result<Object> descr_new_class_method(Type* type, PyMethodDef* definition) {
  Ref<PyMethodDescrObject> descriptor =
      TRY(make_descriptor<PyMethodDescrObject>(&PyClassMethodDescr_Type, type, definition->ml_name));
  descriptor->d_method = definition;
  descriptor->vectorcall = nullptr;
  gc::track(descriptor);
  return descriptor;
}

Result<Object> descr_new_member(Type* type, PyMemberDef* definition) {
  Ref<PyMemberDescrObject> descriptor =
      TRY(make_descriptor<PyMemberDescrObject>(&PyMemberDescr_Type, type, definition->name));
  descriptor->d_member = definition;
  gc::track(descriptor);
  return descriptor;
}

Result<Object> descr_new_get_set(Type* type, PyGetSetDef* definition) {
  Ref<PyGetSetDescrObject> descriptor =
      TRY(make_descriptor<PyGetSetDescrObject>(&PyGetSetDescr_Type, type, definition->name));
  descriptor->d_getset = definition;
  gc::track(descriptor);
  return descriptor;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyMethodDescr_Type = {
    .tp_name = "method_descriptor",
    .tp_basicsize = sizeof(PyMethodDescrObject),
    .tp_dealloc = descr_dealloc,
    .tp_vectorcall_offset = offsetof(PyMethodDescrObject, vectorcall),
    .tp_repr = slot<method_repr>,
    .tp_call = vectorcall_call,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_traverse = descr_traverse,
    .tp_methods = reduce_methods,
    .tp_members = descr_members,
    .tp_getset = method_getset,
    .tp_descr_get = slot<method_get>,
};

constinit PyTypeObject PyClassMethodDescr_Type = {
    .tp_name = "classmethod_descriptor",
    .tp_basicsize = sizeof(PyMethodDescrObject),
    .tp_dealloc = descr_dealloc,
    .tp_repr = slot<method_repr>,
    .tp_call = slot<class_method_call>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = descr_traverse,
    .tp_members = descr_members,
    .tp_getset = method_getset,
    .tp_descr_get = slot<class_method_get>,
};

constinit PyTypeObject PyMemberDescr_Type = {
    .tp_name = "member_descriptor",
    .tp_basicsize = sizeof(PyMemberDescrObject),
    .tp_dealloc = descr_dealloc,
    .tp_repr = slot<member_repr>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = descr_traverse,
    .tp_methods = reduce_methods,
    .tp_members = descr_members,
    .tp_getset = member_getset,
    .tp_descr_get = slot<member_get>,
    .tp_descr_set = slot<member_set>,
};

constinit PyTypeObject PyGetSetDescr_Type = {
    .tp_name = "getset_descriptor",
    .tp_basicsize = sizeof(PyGetSetDescrObject),
    .tp_dealloc = descr_dealloc,
    .tp_repr = slot<get_set_repr>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = descr_traverse,
    .tp_members = descr_members,
    .tp_getset = get_set_getset,
    .tp_descr_get = slot<get_set_get>,
    .tp_descr_set = slot<get_set_set>,
};
