// object_type: object, the root of all types.
//
// See        tests/python/test_type_machinery.py
#include "bind/bind.h"
#include "object/hash.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/object_reduce.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

bool has_arguments(PyObject* args, PyObject* kwargs) {
  return tuple_size(as<Tuple>(args)) > 0 || (kwargs && dict_size(as<Dict>(kwargs)) > 0);
}

// "Can't instantiate abstract class C with abstract methods a, b"
Result<Object> fail_abstract(Type* type) {
  Ref<Object> methods = TRY(object_get_attr(type, id::__abstractmethods__));
  Ref<List> sorted = TRY(sequence_list(methods));
  TRY(list_sort(sorted, None, false));
  Ref<Str> comma = TRY(str_from_string(", "));
  Ref<Str> joined = TRY(str_join(comma, sorted));
  isize count = list_size(sorted);
  return raise(TypeError, "Can't instantiate abstract class %s with abstract method%s %U", type->tp_name,
               count > 1 ? "s" : "", joined.get());
}

// == Slots ==

Result<Object> object_repr_slot(Object* self) {
  Type* type = self->ob_type;
  Ref<Str> name = TRY(type_full_name(type));
  if (name) return str_from_format("<%U object at %p>", name.get(), static_cast<void*>(self));
  return str_from_format("<%s object at %p>", type->tp_name, static_cast<void*>(self));
}

Result<Object> object_str_slot(Object* self) {
  if (!self->ob_type->tp_repr) return object_repr_slot(self);
  return Result<Object>::from_c(self->ob_type->tp_repr(self));
}

Result<Object> object_compare(Object* self, Object* other, int op) {
  if (op == Py_EQ) return self == other ? bool_result(true) : not_implemented();
  if (op != Py_NE || !self->ob_type->tp_richcompare) return not_implemented();
  Ref<Object> equal = TRY(Result<Object>::from_c(self->ob_type->tp_richcompare(self, other, Py_EQ)));
  if (equal.get() == NotImplemented) return equal;
  bool truth = TRY(object_is_true(equal));
  return bool_result(!truth);
}

Py_hash_t object_hash_slot(PyObject* self) { return hash_pointer(self); }

Result<Object> object_get_class(Object* self) { return Result<Object>::share(self->ob_type); }

// == Methods ==

Result<Object> object_format_method(Object* self, Str* spec) {
  if (str_length(spec) > 0) {
    return raise(TypeError, "unsupported format string passed to %.200s.__format__", self->ob_type->tp_name);
  }
  return object_str(self);
}

Result<isize> object_sizeof(Object* self) {
  Type* type = self->ob_type;
  isize size = 0;
  if (type->tp_itemsize > 0) {
    isize items = static_cast<PyVarObject*>(self)->ob_size;
    size = (items < 0 ? -items : items) * type->tp_itemsize;
  }
  return size + type->tp_basicsize;
}

Result<Object> object_dir_method(Object* self) {
  Ref<Object> found = TRY(object_lookup_attr(self, id::__dict__));
  Ref<Dict> names = found && is_dict(found) ? TRY(dict_copy(as<Dict>(found.get()))) : TRY(dict_new());
  Ref<Object> cls = TRY(object_lookup_attr(self, id::__class__));
  if (cls) TRY(class_merge_dict(names, cls));
  return dict_keys(names);
}

PyObject* subclasshook(PyObject*, PyObject*) { return NotImplemented; }
PyObject* init_subclass(PyObject*, PyObject*) { return None; }

Result<Object> object_reduce_method(Object* self) { return object_reduce(self, 0); }
Result<Object> object_reduce_ex_method(Object* self, int protocol) { return object_reduce_ex(self, protocol); }
Result<Object> object_getstate_method(Object* self) { return object_getstate_default(self, false); }

constexpr Doc reduce_ex_doc = "__reduce_ex__($self, protocol, /)\n--\n\nHelper for pickle.";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nHelper for pickle.";
constexpr Doc getstate_doc = "__getstate__($self, /)\n--\n\nHelper for pickle.";
constexpr Doc format_doc = "__format__($self, format_spec, /)\n--\n\nDefault object formatter.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes.";
constexpr Doc dir_doc = "__dir__($self, /)\n--\n\nDefault dir() implementation.";

constinit PyMethodDef object_methods[] = {
    method<object_reduce_ex_method, reduce_ex_doc>(),
    method<object_reduce_method, reduce_doc>(),
    method<object_getstate_method, getstate_doc>(),
    raw_method(
        "__subclasshook__", subclasshook, METH_CLASS | METH_VARARGS,
        "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by "
        "abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\n"
        "NotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome "
        "is cached).\n"),
    raw_method(
        "__init_subclass__", init_subclass, METH_CLASS | METH_NOARGS,
        "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\n"
        "overridden to extend subclasses.\n"),
    method<object_format_method, format_doc>(),
    method<object_sizeof, sizeof_doc>(),
    method<object_dir_method, dir_doc>(),
    {}};

constinit PyGetSetDef object_getset[] = {get_set<object_get_class, object_set_class>("__class__", "the object's class"),
                                         {}};

}  // namespace

bool is_default_getstate(Object* method, Object* self) {
  if (method->ob_type != &PyCFunction_Type) return false;
  CFunction* function = static_cast<CFunction*>(method);
  return function->m_self == self && function->m_ml == &object_methods[2];
}

// == Construction: one of __new__ and __init__ may ignore arguments that the other takes ==

PyObject* object_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (has_arguments(args, kwargs)) {
    if (type->tp_new != object_new_slot) {
      return Result<Object>(raise(TypeError, "object.__new__() takes exactly one argument (the type to instantiate)"))
          .to_c();
    }
    if (type->tp_init == object_init_slot) {
      return Result<Object>(raise(TypeError, "%.200s() takes no arguments", type->tp_name)).to_c();
    }
  }
  if (has_flag(type, Py_TPFLAGS_IS_ABSTRACT)) return fail_abstract(type).to_c();
  return type->tp_alloc(type, 0);
}

int object_init_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (!has_arguments(args, kwargs)) return 0;
  Type* type = self->ob_type;
  if (type->tp_init != object_init_slot) {
    return Result<void>(raise(TypeError, "object.__init__() takes exactly one argument (the instance to initialize)"))
        .to_c();
  }
  if (type->tp_new == object_new_slot) {
    return Result<void>(raise(TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                              type->tp_name))
        .to_c();
  }
  return 0;
}

void object_dealloc(PyObject* self) { self->ob_type->tp_free(self); }
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyBaseObject_Type = {
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = object_dealloc,
    .tp_repr = slot<object_repr_slot>,
    .tp_hash = object_hash_slot,
    .tp_str = slot<object_str_slot>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_setattro = &PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "object()\n--\n\nThe base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a "
        "new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    .tp_richcompare = slot<object_compare>,
    .tp_methods = object_methods,
    .tp_getset = object_getset,
    .tp_init = object_init_slot,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = object_new_slot,
    .tp_free = &PyObject_Free,
};
