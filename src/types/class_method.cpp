// class_method: classmethod and staticmethod.
//
// Both look like the function that they wrap: they take over __module__, __name__, __qualname__, __doc__ and
// __annotations__, and have it as __wrapped__. A static method can be called directly.
#include "bind/bind.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct Wrapping : PyObject {
  PyObject *callable, *dict;
};

Result<void> copy_attributes(Object* self, Object* function) {
  for (Str* name : {id::__module__.get(), id::__name__.get(), id::__qualname__.get(), id::__doc__.get(),
                    id::__annotations__.get()}) {
    Ref<Object> value = TRY(object_lookup_attr(function, name));
    if (value) TRY(object_set_attr(self, name, value));
  }
  return {};
}

Result<void> wrapping_init(Wrapping* self, Object* callable) {
  set_field(self->callable, new_ref(callable));
  return copy_attributes(self, callable);
}

Result<Object> get_dict(Object* self) { return object_generic_get_dict(self); }
Result<void> set_dict(Object* self, Opt<Object*> value) { return object_generic_set_dict(self, value.get()); }

Result<Object> get_abstract(Wrapping* self) {
  if (!self->callable) return bool_result(false);
  Ref<Object> mark = TRY(object_lookup_attr(self->callable, id::__isabstractmethod__));
  return bool_result(mark && TRY(object_is_true(mark)));
}

Result<Object> class_method_descr_get(Wrapping* self, Opt<Object*> object, Opt<Object*> type) {
  if (!self->callable) return raise(RuntimeError, "uninitialized classmethod object");
  Object* cls = type ? *type : static_cast<Object*>(object->ob_type);
  // What has a __get__ of its own is bound by it: class properties and their like.
  if (descrgetfunc get = self->callable->ob_type->tp_descr_get)
    return Result<Object>::from_c(get(self->callable, cls, cls));
  return method_new(self->callable, cls);
}

Result<Object> static_method_descr_get(Wrapping* self, Opt<Object*>, Opt<Object*>) {
  if (!self->callable) return raise(RuntimeError, "uninitialized staticmethod object");
  return Result<Object>::share(self->callable);
}

PyObject* static_method_call(PyObject* object, PyObject* args, PyObject* kwargs) {
  Ref<Object> callable = new_ref(static_cast<Wrapping*>(object)->callable);
  return object_call(callable, args, kwargs).to_c();
}

Result<Object> class_method_repr(Wrapping* self) { return str_from_format("<classmethod(%R)>", self->callable); }
Result<Object> static_method_repr(Wrapping* self) { return str_from_format("<staticmethod(%R)>", self->callable); }

void wrapping_dealloc(PyObject* object) {
  Wrapping* self = static_cast<Wrapping*>(object);
  gc::untrack(self);
  Trashcan trashcan(object);
  if (trashcan.deferred()) return;
  clear_field(self->callable);
  clear_field(self->dict);
  self->ob_type->tp_free(self);
}

int wrapping_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(static_cast<Wrapping*>(object)->dict);
  VISIT(static_cast<Wrapping*>(object)->callable);
  return 0;
}

int wrapping_clear(PyObject* object) {
  clear_field(static_cast<Wrapping*>(object)->dict);
  clear_field(static_cast<Wrapping*>(object)->callable);
  return 0;
}

constexpr Doc class_method_init_doc = "classmethod(function, /)";
constexpr Doc static_method_init_doc = "staticmethod(function, /)";

constinit PyMemberDef wrapping_members[] = {member("__func__", T_OBJECT, offsetof(Wrapping, callable), READONLY),
                                            member("__wrapped__", T_OBJECT, offsetof(Wrapping, callable), READONLY),
                                            {}};
constinit PyGetSetDef wrapping_getset[] = {
    get_set<get_abstract>("__isabstractmethod__"), get_set<get_dict, set_dict>("__dict__"), {}};

}  // namespace

Result<Object> class_method_new(Object* callable) {
  Ref<Object> made = TRY(object_new_zeroed(&PyClassMethod_Type));
  static_cast<Wrapping*>(made.get())->callable = new_ref(callable).release();
  return made;
}

Result<Object> static_method_new(Object* callable) {
  Ref<Object> made = TRY(object_new_zeroed(&PyStaticMethod_Type));
  static_cast<Wrapping*>(made.get())->callable = new_ref(callable).release();
  return made;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyClassMethod_Type = {
    .tp_name = "classmethod",
    .tp_basicsize = sizeof(Wrapping),
    .tp_dealloc = wrapping_dealloc,
    .tp_repr = slot<class_method_repr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc =
        "classmethod(function) -> method\n\nConvert a function to be a class method.\n\nA class method receives the "
        "class "
        "as implicit first argument,\njust like an instance method receives the instance.\nTo declare a class method, "
        "use this idiom:\n\n  class C:\n      @classmethod\n      def f(cls, arg1, arg2, argN):\n          ...\n\nIt "
        "can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()).  The instance is ignored "
        "except for its class.\nIf a class method is called for a derived class, the derived class\nobject is passed "
        "as "
        "the implied first argument.\n\nClass methods are different than C++ or Java static methods.\nIf you want "
        "those, see the staticmethod builtin.",
    .tp_traverse = wrapping_traverse,
    .tp_clear = wrapping_clear,
    .tp_members = wrapping_members,
    .tp_getset = wrapping_getset,
    .tp_descr_get = slot<class_method_descr_get>,
    .tp_dictoffset = offsetof(Wrapping, dict),
    .tp_init = initializer<wrapping_init, class_method_init_doc>,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = &PyType_GenericNew,
    .tp_free = object_gc_del,
};

constinit PyTypeObject PyStaticMethod_Type = {
    .tp_name = "staticmethod",
    .tp_basicsize = sizeof(Wrapping),
    .tp_dealloc = wrapping_dealloc,
    .tp_repr = slot<static_method_repr>,
    .tp_call = static_method_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc =
        "staticmethod(function) -> method\n\nConvert a function to be a static method.\n\nA static method does not "
        "receive "
        "an implicit first argument.\nTo declare a static method, use this idiom:\n\n     class C:\n         "
        "@staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\nIt can be called either on the class "
        "(e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\nneither is "
        "passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found "
        "in Java or C++.\nFor a more advanced concept, see the classmethod builtin.",
    .tp_traverse = wrapping_traverse,
    .tp_clear = wrapping_clear,
    .tp_members = wrapping_members,
    .tp_getset = wrapping_getset,
    .tp_descr_get = slot<static_method_descr_get>,
    .tp_dictoffset = offsetof(Wrapping, dict),
    .tp_init = initializer<wrapping_init, static_method_init_doc>,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = &PyType_GenericNew,
    .tp_free = object_gc_del,
};
