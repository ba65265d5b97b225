// dict/iterators: forward and reverse iterators over keys, values and items.
//
// Invariant  `dict` is null once the iterator is exhausted or has failed; `used` is ma_used at the start, or -1 after
//            the dict was found changed, so that the error stays.
// See        types/dict/table.h, tests/python/test_dict.py
#include "bind/bind.h"
#include "import/import.h"
#include "types/dict/table.h"
#include "types/list.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct DictIterator : PyObject {
  Dict* dict;  // owned
  isize used;
  isize position;   // next slot to look at
  isize remaining;  // items not given yet
  Tuple* pair;      // items only: given again if nobody else holds it
};

enum class What { kKeys, kValues, kItems };

Type* const iterator_types[] = {&PyDictIterKey_Type,    &PyDictIterValue_Type,    &PyDictIterItem_Type,
                                &PyDictRevIterKey_Type, &PyDictRevIterValue_Type, &PyDictRevIterItem_Type};

bool is_reverse(const Type* type) {
  return type == &PyDictRevIterKey_Type || type == &PyDictRevIterValue_Type || type == &PyDictRevIterItem_Type;
}

Result<Object> make_pair(DictIterator* it, Object* key, Object* value) {
  Tuple* pair = it->pair;
  if (pair && refcount(pair) == 1) {
    Ref<Tuple> given = new_ref(pair);
    Ref<Object> old_key = Ref<Object>::steal(pair->ob_item[0]);
    Ref<Object> old_value = Ref<Object>::steal(pair->ob_item[1]);
    tuple_init_item(pair, 0, new_ref(key));
    tuple_init_item(pair, 1, new_ref(value));
    if (!gc::is_tracked(pair)) gc::track(pair);  // the collector may have let go of it for its old content
    return given;
  }
  return tuple_pack(key, value);
}

template <What what>
Result<Object> give(DictIterator* it, Object* key, Object* value) {
  if constexpr (what == What::kKeys) return Result<Object>::share(key);
  if constexpr (what == What::kValues) return Result<Object>::share(value);
  Ref<Object> held_key = new_ref(key);
  Ref<Object> held_value = new_ref(value);
  return make_pair(it, key, value);
}

void finish(DictIterator* it) { clear_field(it->dict); }

template <What what, bool reverse>
Maybe<Object> iterator_next(DictIterator* it) {
  Dict* d = it->dict;
  if (!d) return nullptr;
  if (ADDER_UNLIKELY(it->used != d->ma_used)) {
    it->used = -1;
    return raise(RuntimeError, "dictionary changed size during iteration");
  }
  isize end = dict_slot_end(d);
  isize i = it->position;
  if constexpr (reverse) {
    if (i >= end) i = end - 1;
    while (i >= 0 && !dict_value_field(d, i)) --i;
    if (i < 0) {
      finish(it);
      return nullptr;
    }
    it->position = i - 1;
  } else {
    while (i < end && !dict_value_field(d, i)) ++i;
    if (i >= end) {
      finish(it);
      return nullptr;
    }
    // As many items as at the start were given, and there is one more: keys were replaced.
    if (it->remaining == 0) {
      finish(it);
      return raise(RuntimeError, "dictionary keys changed during iteration");
    }
    it->position = i + 1;
  }
  it->remaining--;
  return give<what>(it, d->ma_keys->key_at(i), dict_value_field(d, i));
}

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  auto* it = static_cast<DictIterator*>(self);
  if (it->dict) decref(it->dict);
  if (it->pair) decref(it->pair);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  auto* it = static_cast<DictIterator*>(self);
  VISIT(it->dict);
  VISIT(it->pair);
  return 0;
}

constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nPrivate method returning an estimate of len(list(it)).";
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";

Result<isize> iterator_length_hint(DictIterator* it) {
  if (!it->dict || it->used != it->dict->ma_used) return isize{0};
  return it->remaining;
}

// iter(list of what is left); the iterator itself stays where it is.
Result<Object> iterator_reduce(DictIterator* it) {
  Ref<List> rest = TRY(list_new());
  if (it->dict) {
    Ref<DictIterator> copy = TRY(object_new<DictIterator>(it->ob_type));
    copy->dict = it->dict;
    incref(it->dict);
    copy->used = it->used;
    copy->position = it->position;
    copy->remaining = it->remaining;
    copy->pair = nullptr;
    gc::track(copy);
    for (;;) {
      Object* item = copy->ob_type->tp_iternext(copy);
      if (!item) break;
      TRY(list_append_steal(rest, Ref<Object>::steal(item)));
    }
    if (error_occurred()) return Error{};
  }
  Ref<Object> iter = TRY(import_attribute("builtins", "iter"));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(rest)));
  return tuple_pack(static_cast<Object*>(iter), static_cast<Object*>(arguments));
}

constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(), method<iterator_reduce, reduce_doc>(), {}};

constexpr PyTypeObject iterator_type(const char* name, iternextfunc next) {
  return {
      .tp_name = name,
      .tp_basicsize = sizeof(DictIterator),
      .tp_dealloc = &iterator_dealloc,
      .tp_getattro = object_generic_get_attr_slot,
      .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
      .tp_traverse = &iterator_traverse,
      .tp_iter = self_iter,
      .tp_iternext = next,
      .tp_methods = iterator_methods,
  };
}
}  // namespace

Result<Object> dict_iter_new(Dict* d, Type* iterator_type) {
  auto* it = static_cast<DictIterator*>(object_allocate(iterator_type));
  if (!it) return Error{};
  incref(d);
  it->dict = d;
  it->used = d->ma_used;
  it->remaining = d->ma_used;
  it->position = is_reverse(iterator_type) ? dict_slot_end(d) - 1 : 0;
  it->pair = nullptr;
  if (iterator_type == &PyDictIterItem_Type || iterator_type == &PyDictRevIterItem_Type) {
    Result<Tuple> pair = tuple_pack(None, None);
    if (pair.failed()) {
      decref(it);
      return Error{};
    }
    it->pair = pair.to_c();
  }
  gc::track(it);
  return Ref<Object>::steal(it);
}

Result<Object> dict_iterator_of_keys(Dict* d) { return dict_iter_new(d, &PyDictIterKey_Type); }
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyDictIterKey_Type = iterator_type("dict_keyiterator", slot<iterator_next<What::kKeys, false>>);
constinit PyTypeObject PyDictIterValue_Type =
    iterator_type("dict_valueiterator", slot<iterator_next<What::kValues, false>>);
constinit PyTypeObject PyDictIterItem_Type =
    iterator_type("dict_itemiterator", slot<iterator_next<What::kItems, false>>);
constinit PyTypeObject PyDictRevIterKey_Type =
    iterator_type("dict_reversekeyiterator", slot<iterator_next<What::kKeys, true>>);
constinit PyTypeObject PyDictRevIterValue_Type =
    iterator_type("dict_reversevalueiterator", slot<iterator_next<What::kValues, true>>);
constinit PyTypeObject PyDictRevIterItem_Type =
    iterator_type("dict_reverseitemiterator", slot<iterator_next<What::kItems, true>>);
