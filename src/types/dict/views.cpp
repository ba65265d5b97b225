// dict/views: dict_keys, dict_values and dict_items, and the set operations of the first and the last.
//
// See        types/dict/table.h, tests/python/test_dict.py
#include "bind/bind.h"
#include "types/dict/table.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder {
namespace {
bool is_key_view(const Object* o) { return type_check(o, &PyDictKeys_Type); }
bool is_item_view(const Object* o) { return type_check(o, &PyDictItems_Type); }
bool is_set_view(const Object* o) { return is_key_view(o) || is_item_view(o); }

// == Slots of all views ==

void view_dealloc(PyObject* self) {
  gc::untrack(self);
  if (Dict* d = static_cast<DictView*>(self)->dv_dict) decref(d);
  object_free(self);
}

int view_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<DictView*>(self)->dv_dict);
  return 0;
}

Result<isize> view_length(DictView* view) { return view->dv_dict ? view->dv_dict->ma_used : isize{0}; }

Result<Str> view_repr(DictView* view) {
  if (TRY(repr_enter(view))) return str_from_string("...");
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{view};
  Ref<List> content = TRY(sequence_list(view));
  return str_from_format("%s(%R)", view->ob_type->tp_name, static_cast<Object*>(content));
}

template <Type* forward>
Result<Object> view_iter(DictView* view) {
  return dict_iter_new(view->dv_dict, forward);
}

Result<bool> keys_contains(DictView* view, Object* key) { return dict_contains(view->dv_dict, key); }

Result<bool> items_contains(DictView* view, Object* item) {
  if (!is_tuple(item) || tuple_size(as<Tuple>(item)) != 2) return false;
  Ref<Object> found = TRY(dict_get_item(view->dv_dict, tuple_item(as<Tuple>(item), 0)));
  if (!found) return false;
  return object_rich_compare_bool(found, tuple_item(as<Tuple>(item), 1), Py_EQ);
}

// == Set operations ==

// Whether all items of `view` are in `other`.
Result<bool> all_contained_in(Object* view, Object* other) {
  Ref<Object> iterator = TRY(object_get_iter(view));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return true;
    if (!TRY(sequence_contains(other, item))) return false;
  }
}

Result<Object> view_rich_compare(DictView* view, Object* other, int op) {
  if (!is_any_set(other) && !is_set_view(other)) return not_implemented();
  isize size = TRY(view_length(view));
  isize other_size = TRY(object_size(other));
  bool answer = false;
  switch (op) {
    case Py_EQ:
    case Py_NE:
      answer = size == other_size && TRY(all_contained_in(view, other));
      if (op == Py_NE) answer = !answer;
      break;
    case Py_LT:
      answer = size < other_size && TRY(all_contained_in(view, other));
      break;
    case Py_LE:
      answer = size <= other_size && TRY(all_contained_in(view, other));
      break;
    case Py_GT:
      answer = size > other_size && TRY(all_contained_in(other, view));
      break;
    default:
      answer = size >= other_size && TRY(all_contained_in(other, view));
      break;
  }
  return bool_result(answer);
}

PyObject* view_subtract(PyObject* self, PyObject* other) {
  auto subtract = [&]() -> Result<Object> {
    Ref<Set> result = TRY(set_new(self));
    TRY(set_difference_update(result, other));
    return result;
  };
  return subtract().to_c();
}

Result<Object> view_intersection(Object* self, Object* other) {
  // The operators also reach here reflected: the view may be on the right.
  if (!is_set_view(self)) std::swap(self, other);
  isize size = TRY(object_size(self));
  // Walk the smaller one.
  if (is_set_view(other) && TRY(object_size(other)) > size) std::swap(self, other);
  if ((other->ob_type == &PySet_Type || other->ob_type == &PyFrozenSet_Type) && set_size(as<Set>(other)) > size) {
    std::swap(self, other);
  }
  Ref<Set> result = TRY(set_new());
  TRY(for_each(other, [&](Object* item) -> Result<void> {
    bool common = is_any_set(self) ? TRY(set_contains(as<Set>(self), item)) : TRY(sequence_contains(self, item));
    return common ? set_add(result, item) : Result<void>();
  }));
  return result;
}

PyObject* view_and(PyObject* self, PyObject* other) { return view_intersection(self, other).to_c(); }

PyObject* view_or(PyObject* self, PyObject* other) {
  auto unite = [&]() -> Result<Object> {
    Ref<Set> result = TRY(set_new(self));
    TRY(set_update(result, other));
    return result;
  };
  return unite().to_c();
}

PyObject* view_xor(PyObject* self, PyObject* other) {
  auto differ = [&]() -> Result<Object> {
    Ref<Set> result = TRY(set_new(self));
    TRY(set_symmetric_difference_update(result, other));
    return result;
  };
  return differ().to_c();
}

Result<bool> view_isdisjoint(DictView* view, Object* other) {
  if (static_cast<Object*>(view) == other) return view->dv_dict->ma_used == 0;
  Object* walked = other;
  Object* asked = view;
  if (is_any_set(other) || is_set_view(other)) {
    if (TRY(object_size(other)) > TRY(view_length(view))) std::swap(walked, asked);
  }
  Ref<Object> iterator = TRY(object_get_iter(walked));
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) return true;
    if (TRY(sequence_contains(asked, item))) return false;
  }
}

template <Type* backward>
Result<Object> view_reversed(DictView* view) {
  return dict_iter_new(view->dv_dict, backward);
}

Result<Object> view_mapping(DictView* view) { return dict_proxy_new(view->dv_dict); }

// == Type objects ==

constexpr Doc isdisjoint_doc = "isdisjoint($self, other, /)";
constexpr const char* isdisjoint_text = "Return True if the view and the given iterable have no element in common.";
constexpr Doc reversed_doc = "__reversed__($self, /)";
constexpr const char* reversed_text = "Return a reverse iterator over the view.";

constinit PyMethodDef keys_methods[] = {
    with_text(method<view_isdisjoint, isdisjoint_doc>(), isdisjoint_text),
    with_text(method<view_reversed<&PyDictRevIterKey_Type>, reversed_doc>(), reversed_text),
    {}};
constinit PyMethodDef items_methods[] = {
    with_text(method<view_isdisjoint, isdisjoint_doc>(), isdisjoint_text),
    with_text(method<view_reversed<&PyDictRevIterItem_Type>, reversed_doc>(), reversed_text),
    {}};
constinit PyMethodDef values_methods[] = {
    with_text(method<view_reversed<&PyDictRevIterValue_Type>, reversed_doc>(), reversed_text), {}};
constinit PyGetSetDef view_get_set[] = {get_set<view_mapping>("mapping", "dictionary that this view refers to"), {}};
constinit PyNumberMethods view_as_number = {
    .nb_subtract = &view_subtract, .nb_and = &view_and, .nb_xor = &view_xor, .nb_or = &view_or};
constinit PySequenceMethods keys_as_sequence = {.sq_length = slot<view_length>, .sq_contains = slot<keys_contains>};
constinit PySequenceMethods items_as_sequence = {.sq_length = slot<view_length>, .sq_contains = slot<items_contains>};
constinit PySequenceMethods values_as_sequence = {.sq_length = slot<view_length>};
}  // namespace

Result<Object> dict_view_new(Dict* d, Type* view_type) {
  auto* view = static_cast<DictView*>(object_allocate(view_type));
  if (!view) return Error{};
  incref(d);
  view->dv_dict = d;
  gc::track(view);
  return Ref<Object>::steal(view);
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyDictKeys_Type = {
    .tp_name = "dict_keys",
    .tp_basicsize = sizeof(DictView),
    .tp_dealloc = &view_dealloc,
    .tp_repr = slot<view_repr>,
    .tp_as_number = &view_as_number,
    .tp_as_sequence = &keys_as_sequence,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &view_traverse,
    .tp_richcompare = slot<view_rich_compare>,
    .tp_iter = slot<view_iter<&PyDictIterKey_Type>>,
    .tp_methods = keys_methods,
    .tp_getset = view_get_set,
};
constinit PyTypeObject PyDictItems_Type = {
    .tp_name = "dict_items",
    .tp_basicsize = sizeof(DictView),
    .tp_dealloc = &view_dealloc,
    .tp_repr = slot<view_repr>,
    .tp_as_number = &view_as_number,
    .tp_as_sequence = &items_as_sequence,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &view_traverse,
    .tp_richcompare = slot<view_rich_compare>,
    .tp_iter = slot<view_iter<&PyDictIterItem_Type>>,
    .tp_methods = items_methods,
    .tp_getset = view_get_set,
};
constinit PyTypeObject PyDictValues_Type = {
    .tp_name = "dict_values",
    .tp_basicsize = sizeof(DictView),
    .tp_dealloc = &view_dealloc,
    .tp_repr = slot<view_repr>,
    .tp_as_sequence = &values_as_sequence,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &view_traverse,
    .tp_iter = slot<view_iter<&PyDictIterValue_Type>>,
    .tp_methods = values_methods,
    .tp_getset = view_get_set,
};
