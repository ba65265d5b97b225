// namespace: types.SimpleNamespace.
#include "bind/bind.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct Namespace : PyObject {
  PyObject* dict;
};

Result<Namespace> allocate(Type* type) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  static_cast<Namespace*>(object.get())->dict = TRY(dict_new())
  .release();
  return as<Namespace>(std::move(object));
}

PyObject* namespace_new_slot(PyTypeObject* type, PyObject*, PyObject*) { return allocate(type).to_c(); }

int namespace_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (tuple_size(as<Tuple>(args)) != 0) {
    return Result<void>(raise(TypeError, "no positional arguments expected")).to_c();
  }
  if (!kwargs) return 0;
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(kwargs), position, key, value)) {
    if (!is_str(key)) return Result<void>(raise(TypeError, "keywords must be strings")).to_c();
  }
  return dict_update(as<Dict>(static_cast<Namespace*>(self)->dict), kwargs).to_c();
}

Result<Object> represent(Namespace* self, const char* name) {
  Ref<Object> dict = new_ref(self->dict);
  Ref<List> keys = TRY(dict_keys(as<Dict>(dict.get())));
  StrWriter writer;
  TRY(writer.write_utf8(name));
  TRY(writer.write_char('('));
  bool first = true;
  for (isize i = 0; i < list_size(keys); ++i) {
    Ref<Object> key = new_ref(list_item(keys, i));
    if (!is_str(key) || str_length(as<Str>(key.get())) == 0) continue;
    Ref<Object> value = TRY(dict_get_item(as<Dict>(dict.get()), key));
    if (!value) continue;
    if (!first) TRY(writer.write_ascii(", "));
    first = false;
    TRY(writer.write_str(as<Str>(key.get())));
    TRY(writer.write_char('='));
    TRY(writer.write_repr(value));
  }
  TRY(writer.write_char(')'));
  return writer.finish();
}

Result<Object> namespace_repr(Namespace* self) {
  const char* name = self->ob_type == &_PyNamespace_Type ? "namespace" : self->ob_type->tp_name;
  if (TRY(repr_enter(self))) return str_from_format("%s(...)", name);
  auto result = represent(self, name);
  repr_leave(self);
  return result;
}

Result<Object> namespace_compare(Object* self, Object* other, int op) {
  if (!type_check(self, &_PyNamespace_Type) || !type_check(other, &_PyNamespace_Type)) return not_implemented();
  return object_rich_compare(static_cast<Namespace*>(self)->dict, static_cast<Namespace*>(other)->dict, op);
}

Result<Object> namespace_reduce(Namespace* self) {
  return tuple_pack(static_cast<Object*>(self->ob_type), static_cast<Object*>(tuple_empty()), self->dict);
}

void namespace_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(static_cast<Namespace*>(self)->dict);
  self->ob_type->tp_free(self);
}

int namespace_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<Namespace*>(self)->dict);
  return 0;
}

int namespace_clear(PyObject* self) {
  clear_field(static_cast<Namespace*>(self)->dict);
  return 0;
}

constexpr Doc reduce_doc = "__reduce__($self, /)";
constexpr PyMethodDef reduce_method() {
  PyMethodDef definition = method<namespace_reduce, reduce_doc>();
  definition.ml_doc = "Return state information for pickling";
  return definition;
}
constinit PyMethodDef namespace_methods[] = {reduce_method(), {}};
constinit PyMemberDef namespace_members[] = {member("__dict__", T_OBJECT, offsetof(Namespace, dict), READONLY), {}};

}  // namespace

Result<Object> namespace_new(Opt<Dict*> attributes) {
  Ref<Namespace> self = TRY(allocate(&_PyNamespace_Type));
  if (attributes) TRY(dict_update(as<Dict>(self->dict), *attributes));
  return self;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject _PyNamespace_Type = {
    .tp_name = "types.SimpleNamespace",
    .tp_basicsize = sizeof(Namespace),
    .tp_dealloc = namespace_dealloc,
    .tp_repr = slot<namespace_repr>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_setattro = &PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)",
    .tp_traverse = namespace_traverse,
    .tp_clear = namespace_clear,
    .tp_richcompare = slot<namespace_compare>,
    .tp_methods = namespace_methods,
    .tp_members = namespace_members,
    .tp_dictoffset = offsetof(Namespace, dict),
    .tp_init = namespace_init,
    .tp_alloc = &PyType_GenericAlloc,
    .tp_new = namespace_new_slot,
    .tp_free = object_gc_del,
};
