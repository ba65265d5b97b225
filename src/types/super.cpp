// super: attribute look-up that starts behind a class in the MRO.
//
// super()    without arguments: the class is the cell __class__ of the running function, the object its first argument (PEP 3135).
#include "base/hot.h"
#include "bind/bind.h"
#include "interpreter/interpreter.h"
#include "object/type_private.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct Super : PyObject {
  PyTypeObject* type;      // __thisclass__
  PyObject* object;        // __self__, null if unbound
  PyTypeObject* obj_type;  // __self_class__, null if unbound
};

// The class in whose MRO `type` is searched: `object` itself if it is a subclass, else its class, else its __class__.
Result<Type> check_object(Type* type, Object* object) {
  if (is_type(object) && type_is_subtype(reinterpret_cast<Type*>(object), type)) {
    return Result<Type>::share(reinterpret_cast<Type*>(object));
  }
  if (type_is_subtype(object->ob_type, type)) return Result<Type>::share(object->ob_type);
  Ref<Object> claimed = TRY(object_lookup_attr(object, id::__class__));
  if (claimed && is_type(claimed) && claimed.get() != object->ob_type) {
    Type* cls = reinterpret_cast<Type*>(claimed.get());
    if (type_is_subtype(cls, type)) return Result<Type>::share(cls);
  }
  return raise(TypeError, "super(type, obj): obj must be an instance or subtype of type");
}

ADDER_HOT Result<Object> super_get_attr(Object* object, Object* name) {
  Super* self = static_cast<Super*>(object);
  // __class__ is that of the super object itself.
  bool skip = !self->obj_type || !is_str(name) || str_equals(as<Str>(name), "__class__");
  Object* mro_object = skip ? nullptr : self->obj_type->tp_mro;
  if (!mro_object) return object_generic_get_attr(self, name);
  Ref<Tuple> mro = new_ref(as<Tuple>(mro_object));
  isize count = mro->ob_size, index = 0;
  while (index + 1 < count && mro->ob_item[index] != self->type) ++index;
  Ref<Type> start_type = new_ref(self->obj_type);
  for (++index; index < count; ++index) {
    Type* base = reinterpret_cast<Type*>(mro->ob_item[index]);
    Ref<Object> dict = new_ref(base->tp_dict);
    Ref<Object> found = TRY(dict_get_item(as<Dict>(dict), name));
    if (!found) continue;
    descrgetfunc get = found->ob_type->tp_descr_get;
    if (!get) return found;
    // A class as the object means that the attribute is looked up on a class: no instance.
    Object* instance = self->object == start_type.get() ? nullptr : self->object;
    return Result<Object>::from_c(get(found, instance, start_type));
  }
  return object_generic_get_attr(self, name);
}

Result<Object> super_repr(Super* self) {
  const char* name = self->type ? self->type->tp_name : "NULL";
  if (self->obj_type) return str_from_format("<super: <class '%s'>, <%s object>>", name, self->obj_type->tp_name);
  return str_from_format("<super: <class '%s'>, NULL>", name);
}

Result<Object> super_descr_get(Super* self, Opt<Object*> object, Opt<Object*>) {
  if (!object || *object == None || self->object) return Result<Object>::share(self);
  if (self->ob_type != &PySuper_Type) {
    // A subclass makes its own bound object.
    return call(static_cast<Object*>(self->ob_type), static_cast<Object*>(self->type), *object);
  }
  Ref<Type> obj_type = TRY(check_object(self->type, *object));
  Ref<Object> made = TRY(object_new_zeroed(&PySuper_Type));
  Super* bound = static_cast<Super*>(made.get());
  bound->type = new_ref(self->type).release();
  bound->object = new_ref(*object).release();
  bound->obj_type = obj_type.release();
  return made;
}

ADDER_HOT Result<void> super_init(Super* self, Object* const* args, isize nargs) {
  Ref<Type> type;
  Ref<Object> object;
  if (nargs == 0) {
    TRY(eval_super_arguments(type, object));
  } else {
    if (!is_type(args[0])) {
      return raise(TypeError, "super() argument 1 must be a type, not %.200s", args[0] == None ? "None" : args[0]->ob_type->tp_name);
    }
    type = new_ref(reinterpret_cast<Type*>(args[0]));
    if (nargs > 1 && args[1] != None) object = new_ref(args[1]);
  }
  Ref<Type> obj_type;
  if (object) obj_type = TRY(check_object(type, object));
  set_field(self->type, std::move(type));
  set_field(self->object, std::move(object));
  set_field(self->obj_type, std::move(obj_type));
  return {};
}

Result<void> check_arguments(isize nargs, bool keywords) {
  if (keywords) return raise(TypeError, "super() takes no keyword arguments");
  if (nargs > 2) return raise(TypeError, "super expected at most 2 arguments, got %zd", nargs);
  return {};
}

int super_init_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
  Tuple* tuple = as<Tuple>(args);
  TRY_C(-1, check_arguments(tuple->ob_size, kwargs && dict_size(as<Dict>(kwargs))));
  return super_init(static_cast<Super*>(self), tuple->ob_item, tuple->ob_size).to_c();
}

// super(…) itself, without tuples.
PyObject* super_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  isize nargs = static_cast<isize>(vectorcall_nargs(nargsf));
  TRY_C(nullptr, check_arguments(nargs, names && as<Tuple>(names)->ob_size));
  Ref<Object> self = TRY_C(nullptr, object_new_zeroed(reinterpret_cast<Type*>(type)));
  TRY_C(nullptr, super_init(static_cast<Super*>(self.get()), args, nargs));
  return self.release();
}

ADDER_HOT void super_dealloc(PyObject* object) {
  Super* self = static_cast<Super*>(object);
  gc::untrack(self);
  clear_field(self->object);
  clear_field(self->type);
  clear_field(self->obj_type);
  self->ob_type->tp_free(self);
}

int super_traverse(PyObject* object, visitproc visit, void* arg) {
  Super* self = static_cast<Super*>(object);
  VISIT(self->object);
  VISIT(self->type);
  VISIT(self->obj_type);
  return 0;
}

constinit PyMemberDef super_members[] = {
    member("__thisclass__", T_OBJECT, offsetof(Super, type), READONLY, "the class invoking super()"),
    member("__self__", T_OBJECT, offsetof(Super, object), READONLY, "the instance invoking super(); may be None"),
    member("__self_class__", T_OBJECT, offsetof(Super, obj_type), READONLY,
           "the type of the instance invoking super(); may be None"),
    {}};

}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PySuper_Type = {
    .tp_name = "super",
    .tp_basicsize = sizeof(Super),
    .tp_dealloc = super_dealloc,
    .tp_repr = slot<super_repr>,
    .tp_getattro = slot<super_get_attr>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n"
              "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
              "super(type, type2) -> bound super object; requires issubclass(type2, type)\n"
              "Typical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n"
              "        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n"
              "    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    .tp_traverse = super_traverse,
    .tp_members = super_members,
    .tp_descr_get = slot<super_descr_get>,
    .tp_init = super_init_slot,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = &PyType_GenericNew,
    .tp_free = object_gc_del,
    .tp_vectorcall = super_vectorcall,
};
