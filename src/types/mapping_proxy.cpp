// mapping_proxy: a read-only view of a mapping; `__dict__` of classes.
#include "bind/bind.h"
#include "object/fields.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

struct MappingProxy : PyObject {
  PyObject* mapping;
};

Object* unwrapped(Object* object) {
  return object->ob_type == &PyDictProxy_Type ? static_cast<MappingProxy*>(object)->mapping : object;
}

Result<isize> proxy_length(MappingProxy* self) { return object_size(self->mapping); }
Result<Object> proxy_get_item(MappingProxy* self, Object* key) { return object_get_item(self->mapping, key); }

Result<bool> proxy_contains(MappingProxy* self, Object* key) {
  if (is_dict_exact(self->mapping)) return dict_contains(as<Dict>(self->mapping), key);
  return sequence_contains(self->mapping, key);
}

Result<Object> proxy_or(Object* left, Object* right) { return number_or(unwrapped(left), unwrapped(right)); }

Result<Object> proxy_in_place_or(Object* self, Object*) {
  return raise(TypeError, "'|=' is not supported by %s; use '|' instead", self->ob_type->tp_name);
}

Result<Object> proxy_get(MappingProxy* self, Object* key, Object* default_value) {
  return call_method(self->mapping, id::get, key, default_value);
}
Result<Object> proxy_keys(MappingProxy* self) { return call_method(self->mapping, id::keys); }
Result<Object> proxy_values(MappingProxy* self) { return call_method(self->mapping, id::values); }
Result<Object> proxy_items(MappingProxy* self) { return call_method(self->mapping, id::items); }
Result<Object> proxy_copy(MappingProxy* self) { return call_method(self->mapping, id::copy); }
Result<Object> proxy_reversed(MappingProxy* self) { return call_method(self->mapping, id::__reversed__); }
Result<Object> proxy_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

Result<Object> proxy_iter(MappingProxy* self) { return object_get_iter(self->mapping); }
Result<Object> proxy_str(MappingProxy* self) { return object_str(self->mapping); }
Result<Object> proxy_repr(MappingProxy* self) { return str_from_format("mappingproxy(%R)", self->mapping); }
Result<Object> proxy_compare(MappingProxy* self, Object* other, int op) {
  return object_rich_compare(self->mapping, other, op);
}

Result<void> check_mapping(Object* mapping) {
  if (mapping_check(mapping) && !is_list(mapping) && !is_tuple(mapping)) return {};
  return raise(TypeError, "mappingproxy() argument must be a mapping, not %s", mapping->ob_type->tp_name);
}

Result<Object> proxy_new(Type*, Object* mapping) {
  TRY(check_mapping(mapping));
  return dict_proxy_new(mapping);
}

using ProxyFields = OwnedFields<&MappingProxy::mapping>;

constexpr Doc new_doc = "mappingproxy(mapping)";
constexpr Doc get_doc = "get($self, key, default=None, /)";
constexpr Doc keys_doc = "keys($self)";
constexpr Doc values_doc = "values($self)";
constexpr Doc items_doc = "items($self)";
constexpr Doc copy_doc = "copy($self)";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)";
constexpr Doc reversed_doc = "__reversed__($self)";

constexpr PyMethodDef documented(PyMethodDef definition, const char* doc) {
  definition.ml_doc = doc;
  return definition;
}

constinit PyMethodDef proxy_methods[] = {
    documented(method<proxy_get, get_doc>(), "D.get(k[,d]) -> D[k] if k in D, else d.  d defaults to None."),
    documented(method<proxy_keys, keys_doc>(), "D.keys() -> a set-like object providing a view on D's keys"),
    documented(method<proxy_values, values_doc>(), "D.values() -> an object providing a view on D's values"),
    documented(method<proxy_items, items_doc>(), "D.items() -> a set-like object providing a view on D's items"),
    documented(method<proxy_copy, copy_doc>(), "D.copy() -> a shallow copy of D"),
    documented(class_method<proxy_class_getitem, class_getitem_doc>(), "See PEP 585"),
    documented(method<proxy_reversed, reversed_doc>(), "D.__reversed__() -> reverse iterator"),
    {}};

constinit PyNumberMethods proxy_as_number = {.nb_or = slot<proxy_or>, .nb_inplace_or = slot<proxy_in_place_or>};
constinit PyMappingMethods proxy_as_mapping = {.mp_length = slot<proxy_length>, .mp_subscript = slot<proxy_get_item>};
constinit PySequenceMethods proxy_as_sequence = {.sq_contains = slot<proxy_contains>};

}  // namespace

Result<Object> dict_proxy_new(Object* mapping) {
  TRY(check_mapping(mapping));
  Ref<MappingProxy> proxy = TRY(object_new<MappingProxy>(&PyDictProxy_Type));
  proxy->mapping = new_ref(mapping).release();
  gc::track(proxy);
  return proxy;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyDictProxy_Type = {
    .tp_name = "mappingproxy",
    .tp_basicsize = sizeof(MappingProxy),
    .tp_dealloc = ProxyFields::dealloc,
    .tp_repr = slot<proxy_repr>,
    .tp_as_number = &proxy_as_number,
    .tp_as_sequence = &proxy_as_sequence,
    .tp_as_mapping = &proxy_as_mapping,
    .tp_str = slot<proxy_str>,
    .tp_getattro = &PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
    .tp_traverse = ProxyFields::traverse,
    .tp_richcompare = slot<proxy_compare>,
    .tp_iter = slot<proxy_iter>,
    .tp_methods = proxy_methods,
    .tp_new = constructor<proxy_new, new_doc>,
};
