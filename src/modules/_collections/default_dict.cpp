// defaultdict: a dict that makes values for missing keys.
//
// See        tests/python/test_collections.py
#include "bind/bind.h"
#include "modules/_collections/collections.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct DefaultDict : PyDictObject {
  Object* default_factory;  // owned; null: none
};

bool is_default_dict(const Object* o) { return type_check(o, &default_dict_type); }

// == Slots ==

void default_dict_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(static_cast<DefaultDict*>(self)->default_factory);
  PyDict_Type.tp_dealloc(self);
}

int default_dict_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<DefaultDict*>(self)->default_factory);
  return PyDict_Type.tp_traverse(self, visit, arg);
}

int default_dict_clear(PyObject* self) {
  clear_field(static_cast<DefaultDict*>(self)->default_factory);
  return PyDict_Type.tp_clear(self);
}

int default_dict_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto init = [&]() -> Result<void> {
    Tuple* positional = as<Tuple>(args);
    Object* factory = nullptr;
    if (tuple_size(positional) > 0) {
      factory = tuple_item(positional, 0);
      if (!is_callable(factory) && factory != None) return raise(TypeError, "first argument must be callable or None");
      if (factory == None) factory = nullptr;
    }
    Ref<Tuple> rest = TRY(tuple_get_slice(positional, 1, tuple_size(positional)));
    auto* d = static_cast<DefaultDict*>(self);
    set_field(d->default_factory, Ref<Object>::share_or_empty(factory));
    return Result<void>::from_c(PyDict_Type.tp_init(self, rest, kwargs));
  };
  return init().to_c();
}

Result<Str> default_dict_repr(DefaultDict* d) {
  Ref<Object> base = TRY(Result<Object>::from_c(PyDict_Type.tp_repr(d)));
  Ref<Object> factory;
  if (!d->default_factory) {
    factory = TRY(str_from_string("None"));
  } else {
    // A bound method of the dict as its factory would go round in circles.
    Ref<Object> held = new_ref(d->default_factory);
    if (TRY(repr_enter(held))) {
      factory = TRY(str_from_string("..."));
    } else {
      Result<Str> text = object_repr(held);
      repr_leave(held);
      factory = TRY(text);
    }
  }
  return str_from_format("%s(%U, %U)", type_short_name(d->ob_type), factory.get(), base.get());
}

// type(self)(self.default_factory, content)
Result<Object> copy_with(DefaultDict* d, Object* content) {
  return call(d->ob_type, d->default_factory ? d->default_factory : static_cast<Object*>(None), content);
}

PyObject* default_dict_or(PyObject* left, PyObject* right) {
  auto unite = [&]() -> Result<Object> {
    if (!is_dict(left) || !is_dict(right)) return not_implemented();
    auto* self = static_cast<DefaultDict*>(is_default_dict(left) ? left : right);
    Ref<Object> result = TRY(copy_with(self, left));
    if (!is_dict(result)) return raise(TypeError, "unsupported operand type(s) for |");
    TRY(dict_update(as<Dict>(result), right));
    return result;
  };
  return unite().to_c();
}

// == Methods ==

constexpr Doc missing_doc =
    "__missing__($self, key, /)\n--\n\n"
    "Called by __getitem__ for a missing key: stores and returns default_factory(), or raises KeyError without one.";
constexpr Doc copy_doc = "copy($self, /)\n--\n\nD.copy() -> a shallow copy of D.";
constexpr Doc dunder_copy_doc = "__copy__($self, /)\n--\n\nD.copy() -> a shallow copy of D.";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";

Result<Object> default_dict_missing(DefaultDict* d, Object* key) {
  if (!d->default_factory || d->default_factory == None) return raise_key_error(key);
  Ref<Object> factory = new_ref(d->default_factory);
  Ref<Object> value = TRY(object_call_no_args(factory));
  TRY(object_set_item(d, key, value));
  return value;
}

Result<Object> default_dict_copy(DefaultDict* d) { return copy_with(d, d); }

Result<Object> default_dict_reduce(DefaultDict* d) {
  Ref<Tuple> arguments = new_ref(tuple_empty());
  if (d->default_factory) arguments = TRY(tuple_pack(d->default_factory));
  Ref<Object> items = TRY(call_method(d, id::items));
  Ref<Object> iterator = TRY(object_get_iter(items));
  return tuple_pack(static_cast<Object*>(d->ob_type), static_cast<Object*>(arguments), static_cast<Object*>(None),
                    static_cast<Object*>(None), iterator.get());
}

constinit PyMethodDef default_dict_methods[] = {
    method<default_dict_missing, missing_doc>(),
    method<default_dict_copy, copy_doc>(),
    method<default_dict_copy, dunder_copy_doc>(),
    method<default_dict_reduce, reduce_doc>(),
    {},
};
constinit PyMemberDef default_dict_members[] = {
    member("default_factory", T_OBJECT, offsetof(DefaultDict, default_factory), 0,
           "Factory for default value called by __missing__()."),
    {},
};
constinit PyNumberMethods default_dict_as_number = {.nb_or = &default_dict_or};
}  // namespace

constinit PyTypeObject default_dict_type = {
    .tp_name = "collections.defaultdict",
    .tp_basicsize = sizeof(DefaultDict),
    .tp_dealloc = &default_dict_dealloc,
    .tp_repr = slot<default_dict_repr>,
    .tp_as_number = &default_dict_as_number,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc =
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
        "The default factory is called without arguments to produce a new value when a key is not present,\n"
        "in __getitem__ only. A defaultdict compares equal to a dict with the same items. All remaining\n"
        "arguments are treated as those of the dict constructor.",
    .tp_traverse = &default_dict_traverse,
    .tp_clear = &default_dict_clear,
    .tp_methods = default_dict_methods,
    .tp_members = default_dict_members,
    .tp_base = &PyDict_Type,
    .tp_init = &default_dict_init,
    .tp_alloc = type_generic_alloc,
    .tp_free = object_gc_del,
};
}  // namespace adder
