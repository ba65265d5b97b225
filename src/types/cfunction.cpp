// cfunction: builtin_function_or_method: functions written in C, and built-in methods bound to an object.
//
// Layout     PyCFunctionObject; with METH_METHOD a PyCMethodObject, which knows the defining class.
#include "bind/bind.h"
#include "interpreter/interpreter.h"
#include "object/hash.h"
#include "types/descriptor_private.h"
#include "types/module.h"
#include "types/native_call.h"

namespace adder {

PyObject* native_call_fail(Object* callable, const char* what, isize given) {
  // A function that takes a tuple and no keywords names itself without its module.
  if (type_check(callable, &PyCFunction_Type) && given < 0) {
    Object* self = static_cast<CFunction*>(callable)->m_self;
    PyMethodDef* definition = static_cast<CFunction*>(callable)->m_ml;
    if ((definition->ml_flags & kCallFlags) == METH_VARARGS && (!self || is_module(self))) {
      return Result<Object>(raise(TypeError, "%.200s() takes no keyword arguments", definition->ml_name)).to_c();
    }
  }
  Ref<Str> name = TRY_C(nullptr, object_function_str(callable));
  return Result<Object>(given < 0 ? raise(TypeError, what, name.get()) : raise(TypeError, what, name.get(), given))
      .to_c();
}

namespace {

template <int kFlags>
struct FunctionEntry {
  static PyObject* call(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
    CFunction* function = static_cast<CFunction*>(callable);
    Type* cls = nullptr;
    if constexpr (kFlags & METH_METHOD) cls = static_cast<PyCMethodObject*>(function)->mm_class;
    return native_call<kFlags>(callable, function->m_ml, function->m_self, cls, args,
                               static_cast<isize>(vectorcall_nargs(nargsf)), names);
  }
};

// A static method's m_self is its class, for repr and qualname; the function gets none.
template <int kFlags>
struct StaticEntry {
  static PyObject* call(PyObject* callable, PyObject* const* args, std::size_t nargsf, PyObject* names) {
    CFunction* function = static_cast<CFunction*>(callable);
    Type* cls = nullptr;
    if constexpr (kFlags & METH_METHOD) cls = static_cast<PyCMethodObject*>(function)->mm_class;
    return native_call<kFlags>(callable, function->m_ml, nullptr, cls, args,
                               static_cast<isize>(vectorcall_nargs(nargsf)), names);
  }
};

bool is_method_of_object(CFunction* function) {
  return function->m_self && !(function->m_ml->ml_flags & METH_STATIC) && !is_module(function->m_self);
}

Result<Object> cfunction_repr(CFunction* self) {
  if (!self->m_self || is_module(self->m_self)) return str_from_format("<built-in function %s>", self->m_ml->ml_name);
  return str_from_format("<built-in method %s of %s object at %p>", self->m_ml->ml_name, self->m_self->ob_type->tp_name,
                         static_cast<void*>(self->m_self));
}

Result<Object> cfunction_compare(CFunction* self, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || !type_check(self, &PyCFunction_Type) || !type_check(other, &PyCFunction_Type)) {
    return not_implemented();
  }
  CFunction* right = static_cast<CFunction*>(other);
  bool equal = self->m_self == right->m_self && self->m_ml->ml_meth == right->m_ml->ml_meth;
  return bool_result(equal == (op == Py_EQ));
}

Py_hash_t cfunction_hash(PyObject* object) {
  CFunction* self = static_cast<CFunction*>(object);
  Py_hash_t hash = hash_pointer(self->m_self) ^ hash_pointer(reinterpret_cast<void*>(self->m_ml->ml_meth));
  return hash == -1 ? -2 : hash;
}

Result<Object> cfunction_get_doc(CFunction* self) { return doc_from_internal(self->m_ml->ml_name, self->m_ml->ml_doc); }
Result<Object> cfunction_get_name(CFunction* self) { return str_from_string(self->m_ml->ml_name); }
Result<Object> cfunction_get_text_signature(CFunction* self) {
  return text_signature_from_internal(self->m_ml->ml_name, self->m_ml->ml_doc);
}

Result<Object> cfunction_get_qualname(CFunction* self) {
  if (!is_method_of_object(self)) {
    if (!self->m_self || is_module(self->m_self)) return str_from_string(self->m_ml->ml_name);
  }
  Object* owner = is_type(self->m_self) ? self->m_self : static_cast<Object*>(self->m_self->ob_type);
  Ref<Object> qualname = TRY(object_get_attr(owner, id::__qualname__));
  if (!is_str(qualname)) return raise(TypeError, "<method>.__class__.__qualname__ is not a unicode object");
  return str_from_format("%S.%s", qualname.get(), self->m_ml->ml_name);
}

Result<Object> cfunction_get_self(CFunction* self) {
  Object* bound = self->m_ml->ml_flags & METH_STATIC ? nullptr : self->m_self;
  return Result<Object>::share(bound ? bound : None);
}

// A bound method pickles as getattr(self, name), a function as its name.
Result<Object> cfunction_reduce(CFunction* self) {
  if (!self->m_self || is_module(self->m_self)) return str_from_string(self->m_ml->ml_name);
  Ref<Object> function = TRY(builtin_get_attr());
  return reduce_as_getattr(function, self->m_self, self->m_ml->ml_name);
}

// tp_call. A METH_VARARGS function gets the caller's tuple and dict as they are, an empty dict too.
PyObject* cfunction_call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  CFunction* self = static_cast<CFunction*>(callable);
  int flags = self->m_ml->ml_flags;
  if (!(flags & METH_VARARGS)) return vectorcall_call(callable, args, kwargs);
  Object* bound = flags & METH_STATIC ? nullptr : self->m_self;
  if (flags & METH_KEYWORDS) return self->m_ml->ml_keywords(bound, args, kwargs);
  if (kwargs && as<Dict>(kwargs)->ma_used != 0) return native_call_fail(callable, "%U takes no keyword arguments");
  return self->m_ml->ml_meth(bound, args);
}

void cfunction_dealloc(PyObject* object) {
  CFunction* self = static_cast<CFunction*>(object);
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (self->m_weakreflist) weakref_clear_all(self);
  clear_field(self->m_self);
  clear_field(self->m_module);
  if (self->m_ml->ml_flags & METH_METHOD) clear_field(static_cast<PyCMethodObject*>(self)->mm_class);
  object_free(self);
}

int cfunction_traverse(PyObject* object, visitproc visit, void* arg) {
  CFunction* self = static_cast<CFunction*>(object);
  if (self->m_ml->ml_flags & METH_METHOD) VISIT(static_cast<PyCMethodObject*>(self)->mm_class);
  VISIT(self->m_self);
  VISIT(self->m_module);
  return 0;
}

int cfunction_clear(PyObject* object) {
  CFunction* self = static_cast<CFunction*>(object);
  clear_field(self->m_self);
  clear_field(self->m_module);
  return 0;
}

constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr const char* reduce_text = nullptr;

constinit PyMethodDef cfunction_methods[] = {with_text(method<cfunction_reduce, reduce_doc>(), reduce_text), {}};
constinit PyGetSetDef cfunction_getset[] = {get_set<cfunction_get_doc>("__doc__"),
                                            get_set<cfunction_get_name>("__name__"),
                                            get_set<cfunction_get_qualname>("__qualname__"),
                                            get_set<cfunction_get_self>("__self__"),
                                            get_set<cfunction_get_text_signature>("__text_signature__"),
                                            {}};
constinit PyMemberDef cfunction_members[] = {member("__module__", T_OBJECT, offsetof(PyCFunctionObject, m_module)), {}};

}  // namespace

Result<Object> builtin_get_attr() {
  Opt<Dict*> builtins = eval_get_builtins();
  if (!builtins) return raise(RuntimeError, "lost builtins");
  Ref<Object> function = TRY(dict_get_item(*builtins, id::getattr));
  if (!function) return raise(AttributeError, "getattr");
  return function;
}

Result<Object> reduce_as_getattr(Object* get_attr, Object* object, const char* name) {
  Ref<Str> text = TRY(str_from_string(name));
  Ref<Tuple> args = TRY(tuple_pack(object, static_cast<Object*>(text.get())));
  return tuple_pack(get_attr, static_cast<Object*>(args.get()));
}

Result<Object> cfunction_new(PyMethodDef* definition, Opt<Object*> self, Opt<Object*> module, Opt<Type*> cls) {
  vectorcallfunc entry = definition->ml_flags & METH_STATIC ? native_entry<StaticEntry>(definition)
                                                            : native_entry<FunctionEntry>(definition);
  if (!entry) return raise(SystemError, "%s() method: bad call flags", definition->ml_name);
  bool with_class = definition->ml_flags & METH_METHOD;
  if (with_class != static_cast<bool>(cls)) {
    return raise(SystemError, with_class ? "attempting to create PyCMethod with a METH_METHOD flag but no class"
                                         : "attempting to create PyCFunction with class but no METH_METHOD flag");
  }
  Ref<CFunction> function = TRY(object_new<CFunction>(with_class ? &PyCMethod_Type : &PyCFunction_Type));
  function->m_ml = definition;
  function->m_self = Ref<Object>::share_or_empty(self.get()).release();
  function->m_module = Ref<Object>::share_or_empty(module.get()).release();
  function->m_weakreflist = nullptr;
  function->vectorcall = entry;
  if (with_class) static_cast<PyCMethodObject*>(function.get())->mm_class = new_ref(*cls).release();
  gc::track(function);
  return function;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyCFunction_Type = {
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(PyCFunctionObject),
    .tp_dealloc = cfunction_dealloc,
    .tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall),
    .tp_repr = slot<cfunction_repr>,
    .tp_hash = cfunction_hash,
    .tp_call = cfunction_call,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = cfunction_traverse,
    .tp_clear = cfunction_clear,
    .tp_richcompare = slot<cfunction_compare>,
    .tp_weaklistoffset = offsetof(PyCFunctionObject, m_weakreflist),
    .tp_methods = cfunction_methods,
    .tp_members = cfunction_members,
    .tp_getset = cfunction_getset,
};

constinit PyTypeObject PyCMethod_Type = {
    .tp_name = "builtin_method",
    .tp_basicsize = sizeof(PyCMethodObject),
    .tp_base = &PyCFunction_Type,
};
