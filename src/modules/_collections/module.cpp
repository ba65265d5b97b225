// _collections: the module, with the accelerators of collections.Counter and collections.namedtuple.
#include "types/module.h"

#include "bind/bind.h"
#include "import/import.h"
#include "modules/_collections/collections.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == _tuplegetter: the property behind a field of a named tuple ==

struct TupleGetter : PyObject {
  isize index;
  Object* doc;
};

constexpr Doc new_doc = "_tuplegetter(index, doc, /)\n--\n\n";
Result<Object> getter_new(Type* type, isize index, Object* doc) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  auto* getter = static_cast<TupleGetter*>(object.get());
  getter->index = index;
  getter->doc = new_ref(doc).release();
  return object;
}

void getter_dealloc(PyObject* self) {
  gc::untrack(self);
  clear_field(static_cast<TupleGetter*>(self)->doc);
  self->ob_type->tp_free(self);
}

int getter_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<TupleGetter*>(self)->doc);
  return 0;
}

int getter_clear(PyObject* self) {
  clear_field(static_cast<TupleGetter*>(self)->doc);
  return 0;
}

Result<Object> getter_get(TupleGetter* getter, Opt<Object*> object, Opt<Object*>) {
  if (!object) return Result<Object>::share(getter);
  if (!is_tuple(object.get())) {
    if (object.get() == None) return Result<Object>::share(getter);
    return raise(TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object",
                 getter->index, object->ob_type->tp_name);
  }
  Tuple* tuple = as<Tuple>(object.get());
  if (getter->index < 0 || getter->index >= tuple_size(tuple)) return raise(IndexError, "tuple index out of range");
  return Result<Object>::share(tuple_item(tuple, getter->index));
}

Result<void> getter_set(TupleGetter*, Object*, Opt<Object*> value) {
  return raise(AttributeError, value ? "can't set attribute" : "can't delete attribute");
}

Result<Str> getter_repr(TupleGetter* getter) {
  return str_from_format("%s(%zd, %R)", type_short_name(getter->ob_type), getter->index, getter->doc);
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Object> getter_reduce(TupleGetter* getter) {
  Ref<Int> index = TRY(int_from_i64(getter->index));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(index), getter->doc));
  return tuple_pack(static_cast<Object*>(getter->ob_type), static_cast<Object*>(arguments));
}

constinit PyMethodDef getter_methods[] = {method<getter_reduce, reduce_doc>(), {}};
constinit PyMemberDef getter_members[] = {member("__doc__", T_OBJECT, offsetof(TupleGetter, doc)), {}};

// == _count_elements: the loop of Counter.update ==

constexpr Doc count_elements_doc =
    "_count_elements($module, mapping, iterable, /)\n--\n\nCount elements in the iterable, updating the mapping";

Result<void> count_elements(Module*, Object* mapping, Object* iterable) {
  Object* one = small_int(1);
  Object* zero = small_int(0);
  // Where get and __setitem__ are dict's own, nothing else can be seen: work on the table.
  Opt<Object*> own_get = type_lookup(mapping->ob_type, id::get);
  Opt<Object*> own_set = type_lookup(mapping->ob_type, id::__setitem__);
  if (is_dict(mapping) && own_get && own_get.get() == type_lookup(&PyDict_Type, id::get).get() && own_set &&
      own_set.get() == type_lookup(&PyDict_Type, id::__setitem__).get()) {
    Dict* d = as<Dict>(mapping);
    return for_each(iterable, [&](Object* key) -> Result<void> {
      Py_hash_t hash = is_str_exact(key) ? str_hash(as<Str>(key)) : TRY(object_hash(key));
      Ref<Object> old = TRY(dict_get_item_known_hash(d, key, hash));
      if (!old) return dict_set_item_known_hash(d, key, one, hash);
      Ref<Object> sum = TRY(is_int_exact(old) ? int_add(as<Int>(old), as<Int>(one)) : number_add(old, one));
      return dict_set_item_known_hash(d, key, sum, hash);
    });
  }
  Ref<Object> get = TRY(object_get_attr(mapping, id::get));
  return for_each(iterable, [&](Object* key) -> Result<void> {
    Ref<Object> old = TRY(call(get.get(), key, zero));
    Ref<Object> sum = TRY(number_add(old, one));
    return object_set_item(mapping, key, sum);
  });
}

// == The module ==

constinit PyMethodDef functions[] = {method<count_elements, count_elements_doc>(), {}};

Result<void> exec(Module* module) {
  Type* const types[] = {&deque_type,          &default_dict_type,           &PyODict_Type,
                         &deque_iterator_type, &deque_reverse_iterator_type, &tuple_getter_type};
  for (Type* type : types) TRY(module_add_type(module, type));
  for (Type* type : {&PyODictIter_Type, &PyODictKeys_Type, &PyODictItems_Type, &PyODictValues_Type}) {
    TRY(type_ready(type));
  }
  return {};
}

constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "_collections",
    "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n"
    "- defaultdict:  dict subclass with a default value factory\n",
    functions, slots);
}  // namespace

constinit PyTypeObject tuple_getter_type = {
    .tp_name = "_collections._tuplegetter",
    .tp_basicsize = sizeof(TupleGetter),
    .tp_dealloc = &getter_dealloc,
    .tp_repr = slot<getter_repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &getter_traverse,
    .tp_clear = &getter_clear,
    .tp_methods = getter_methods,
    .tp_members = getter_members,
    .tp_descr_get = slot<getter_get>,
    .tp_descr_set = slot<getter_set>,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<getter_new, new_doc>,
    .tp_free = object_gc_del,
};
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__collections() { return adder::module_def_init(&adder::definition); }
