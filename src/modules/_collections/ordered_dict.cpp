// OrderedDict: a dict whose order can be changed.
//
// Order      dict keeps insertion order already, so the order is that of the table's entries: moving a key to the end
// takes it
//            out and adds it again; moving it to the front rebuilds the table.
// First      `first_hint` is a slot in front of which there is no live entry while the dict's version is
// `hint_version`:
//            popping from the front stays linear. What adds at the end or removes within the table keeps it (KeepHint).
// Mutation   `state` changes with every change of keys or order made here, so that iterators notice.
// See        tests/python/test_collections.py
#include "bind/bind.h"
#include "import/import.h"
#include "modules/_collections/collections.h"
#include "types/dict/table.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"

namespace adder {
namespace {
struct OrderedDict : PyDictObject {
  Object* instance_dict;
  Object* weakreflist;
  usize state;
  u64 hint_version;
  isize first_hint;
};

bool is_ordered_dict_exact(const Object* o) { return o->ob_type == &PyODict_Type; }

// == Order ==

// The first live slot; the dict is not empty.
isize first_slot(OrderedDict* d) {
  isize slot = d->hint_version == d->ma_version_tag ? d->first_hint : 0;
  while (!dict_value_field(d, slot)) ++slot;
  d->hint_version = d->ma_version_tag;
  d->first_hint = slot;
  return slot;
}

// Stands around a change that puts nothing in front of the first entry, unless it makes a new table.
class KeepHint {
 public:
  explicit KeepHint(OrderedDict* d) : dict_(d), keys_(d->hint_version == d->ma_version_tag ? d->ma_keys : nullptr) {}
  ~KeepHint() {
    if (dict_->ma_keys == keys_) dict_->hint_version = dict_->ma_version_tag;
  }
  KeepHint(const KeepHint&) = delete;

 private:
  OrderedDict* dict_;
  DictKeys* keys_;
};

isize last_slot(OrderedDict* d) {
  isize slot = dict_slot_end(d) - 1;
  while (!dict_value_field(d, slot)) --slot;
  return slot;
}

Result<void> set_item(OrderedDict* d, Object* key, Object* value) {
  KeepHint keep(d);
  isize used = d->ma_used;
  TRY(dict_set_item(d, key, value));
  if (d->ma_used != used) d->state++;
  return {};
}

Result<void> del_item(OrderedDict* d, Object* key) {
  KeepHint keep(d);
  d->state++;
  return dict_del_item(d, key);
}

// Sets an item as self[key] = value does, through the subclass if there is one.
Result<void> assign(OrderedDict* d, Object* key, Object* value) {
  return is_ordered_dict_exact(d) ? set_item(d, key, value) : object_set_item(d, key, value);
}

Result<void> move(OrderedDict* d, Object* key, bool last) {
  Py_hash_t hash = TRY(dict_hash_key(key));
  isize slot = TRY(dict_find(d, key, hash));
  if (slot < 0) return raise_key_error(key);
  if (slot == (last ? last_slot(d) : first_slot(d))) return {};
  d->state++;
  Ref<Object> own_key = new_ref(d->ma_keys->key_at(slot));
  if (last) {
    KeepHint keep(d);
    Ref<Object> value = dict_remove_slot(d, slot, hash);
    TRY(dict_insert_new(d, own_key, hash, value));
    return {};
  }
  // A new table with the key in front.
  Ref<Dict> reordered = TRY(dict_new_presized(d->ma_used));
  if (d->ma_keys->is_general()) TRY(dict_resize(reordered, reordered->ma_keys->log2_size, true));
  TRY(dict_insert_new(reordered, own_key, hash, dict_value_field(d, slot)));
  isize end = dict_slot_end(d);
  for (isize i = 0; i < end; ++i) {
    if (i == slot || !dict_value_field(d, i)) continue;
    TRY(dict_insert_new(reordered, d->ma_keys->key_at(i), d->ma_keys->hash_at(i), dict_value_field(d, i)));
  }
  std::swap(d->ma_keys, reordered->ma_keys);
  std::swap(d->ma_used, reordered->ma_used);
  dict_notify(d);
  return {};
}

// == Filling ==

Error raise_unpack(isize count) {
  if (count < 2) return raise(ValueError, "need more than %zd value%s to unpack", count, count == 1 ? "" : "s");
  return raise(ValueError, "too many values to unpack (expected 2)");
}

Result<void> add_pairs(OrderedDict* d, Object* pairs) {
  return for_each(pairs, [&](Object* pair) -> Result<void> {
    Ref<Object> iterator = TRY(object_get_iter(pair));
    Ref<Object> key = TRY(iter_next(iterator));
    if (!key) return raise_unpack(0);
    Ref<Object> value = TRY(iter_next(iterator));
    if (!value) return raise_unpack(1);
    Ref<Object> extra = TRY(iter_next(iterator));
    if (extra) return raise_unpack(3);
    return assign(d, key, value);
  });
}

Result<void> add_items_of_dict(OrderedDict* d, Dict* other) {
  Ref<List> items = TRY(dict_items(other));
  for (isize i = 0; i < list_size(items); ++i) {
    Tuple* pair = as<Tuple>(list_item(items, i));
    TRY(assign(d, tuple_item(pair, 0), tuple_item(pair, 1)));
  }
  return {};
}

Result<void> add_all(OrderedDict* d, Object* source) {
  if (is_dict_exact(source)) return add_items_of_dict(d, as<Dict>(source));
  Ref<Object> keys_method = TRY(object_lookup_attr(source, id::keys));
  if (keys_method) {
    Ref<Object> keys = TRY(object_call_no_args(keys_method));
    return for_each(keys, [&](Object* key) -> Result<void> {
      Ref<Object> value = TRY(object_get_item(source, key));
      return assign(d, key, value);
    });
  }
  Ref<Object> items_method = TRY(object_lookup_attr(source, id::items));
  if (items_method) {
    Ref<Object> items = TRY(object_call_no_args(items_method));
    return add_pairs(d, items);
  }
  return add_pairs(d, source);
}

int ordered_dict_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  auto init = [&]() -> Result<void> {
    isize count = tuple_size(as<Tuple>(args));
    if (count > 1) return raise(TypeError, "expected at most 1 arguments, got %zd", count);
    auto* d = static_cast<OrderedDict*>(self);
    if (count) TRY(add_all(d, tuple_item(as<Tuple>(args), 0)));
    if (kwargs) TRY(add_items_of_dict(d, as<Dict>(kwargs)));
    return {};
  };
  return init().to_c();
}

constexpr Doc update_doc = "update($self, /, *args, **kwargs)\n--\n\nUpdate from a mapping or pairs, then from kwargs.";
Result<void> update(OrderedDict* d, Tuple* args, Opt<Dict*> kwargs) {
  isize count = tuple_size(args);
  if (count > 1) return raise(TypeError, "update() takes at most 1 positional argument (%zd given)", count);
  if (count) TRY(add_all(d, tuple_item(args, 0)));
  if (kwargs) TRY(add_items_of_dict(d, kwargs.get()));
  return {};
}

// == Slots ==

void ordered_dict_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  auto* d = static_cast<OrderedDict*>(self);
  if (d->weakreflist) weakref_clear_all(self);
  clear_field(d->instance_dict);
  PyDict_Type.tp_dealloc(self);
}

int ordered_dict_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<OrderedDict*>(self)->instance_dict);
  return PyDict_Type.tp_traverse(self, visit, arg);
}

int ordered_dict_tp_clear(PyObject* self) {
  clear_field(static_cast<OrderedDict*>(self)->instance_dict);
  return PyDict_Type.tp_clear(self);
}

Result<void> assign_subscript(OrderedDict* d, Object* key, Opt<Object*> value) {
  return value ? set_item(d, key, value.get()) : del_item(d, key);
}

Result<Str> ordered_dict_repr(OrderedDict* d) {
  const char* name = type_short_name(d->ob_type);
  if (d->ma_used == 0) return str_from_format("%s()", name);
  if (TRY(repr_enter(d))) return str_from_string("...");
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{d};
  Ref<List> pairs;
  if (is_ordered_dict_exact(d)) {
    pairs = TRY(dict_items(d));
  } else {
    Ref<Object> items = TRY(call_method(d, id::items));
    pairs = TRY(sequence_list(items));
  }
  return str_from_format("%s(%R)", name, static_cast<Object*>(pairs));
}

Result<bool> same_order(OrderedDict* left, OrderedDict* right) {
  isize left_position = 0, right_position = 0;
  Object *left_key, *right_key, *value;
  usize left_state = left->state, right_state = right->state;
  for (;;) {
    bool more = dict_next(left, left_position, left_key, value);
    if (more != dict_next(right, right_position, right_key, value)) return false;
    if (!more) return true;
    Ref<Object> a = new_ref(left_key), b = new_ref(right_key);
    bool equal = TRY(object_rich_compare_bool(a, b, Py_EQ));
    if (left->state != left_state || right->state != right_state) {
      return raise(RuntimeError, "OrderedDict mutated during iteration");
    }
    if (!equal) return false;
  }
}

Result<Object> ordered_dict_rich_compare(OrderedDict* d, Object* other, int op) {
  if (!is_dict(other) || (op != Py_EQ && op != Py_NE)) return not_implemented();
  bool equal = TRY(dict_equal(d, as<Dict>(other)));
  if (equal && is_ordered_dict(other)) equal = TRY(same_order(d, static_cast<OrderedDict*>(other)));
  return bool_result(equal == (op == Py_EQ));
}

PyObject* ordered_dict_or(PyObject* left, PyObject* right) {
  auto unite = [&]() -> Result<Object> {
    if (!is_dict(left) || !is_dict(right)) return not_implemented();
    Type* type = is_ordered_dict(left) ? left->ob_type : right->ob_type;
    Ref<Object> result = TRY(call(type, left));
    if (!is_ordered_dict(result)) {
      TRY(call_method(result, id::update, right));
      return result;
    }
    TRY(add_all(static_cast<OrderedDict*>(result.get()), right));
    return result;
  };
  return unite().to_c();
}

Result<Object> ordered_dict_in_place_or(OrderedDict* d, Object* other) {
  TRY(add_all(d, other));
  return Result<Object>::share(d);
}

// == Iterators ==

enum class What { kKeys, kValues, kItems };

struct OrderedDictIterator : PyObject {
  OrderedDict* dict;  // owned; null: exhausted
  What what;
  bool reverse;
  usize state;
  isize size;
  isize position;
};

Result<Object> make_iterator(OrderedDict* d, What what, bool reverse) {
  auto* it = static_cast<OrderedDictIterator*>(object_allocate(&PyODictIter_Type));
  if (!it) return Error{};
  incref(d);
  it->dict = d;
  it->what = what;
  it->reverse = reverse;
  it->state = d->state;
  it->size = d->ma_used;
  it->position = reverse ? dict_slot_end(d) - 1 : 0;
  gc::track(it);
  return Ref<Object>::steal(it);
}

Maybe<Object> iterator_next(OrderedDictIterator* it) {
  OrderedDict* d = it->dict;
  if (!d) return nullptr;
  if (it->state != d->state) return raise(RuntimeError, "OrderedDict mutated during iteration");
  if (it->size != d->ma_used) return raise(RuntimeError, "OrderedDict changed size during iteration");
  isize i = it->position, end = dict_slot_end(d);
  if (it->reverse) {
    while (i >= 0 && (i >= end || !dict_value_field(d, i))) --i;
  } else {
    while (i < end && !dict_value_field(d, i)) ++i;
  }
  if (i < 0 || i >= end) {
    clear_field(it->dict);
    return nullptr;
  }
  it->position = it->reverse ? i - 1 : i + 1;
  Object* key = d->ma_keys->key_at(i);
  if (it->what == What::kKeys) return Maybe<Object>::share(key);
  if (is_ordered_dict_exact(d)) {
    Object* value = dict_value_field(d, i);
    if (it->what == What::kValues) return Maybe<Object>::share(value);
    return tuple_pack(key, value);
  }
  // A subclass may have its own __getitem__.
  Ref<Object> held = new_ref(key);
  Ref<Object> value = TRY(object_get_item(d, held));
  if (it->what == What::kValues) return value;
  return tuple_pack(held.get(), value.get());
}

void iterator_dealloc(PyObject* self) {
  gc::untrack(self);
  if (OrderedDict* d = static_cast<OrderedDictIterator*>(self)->dict) decref(d);
  object_free(self);
}

int iterator_traverse(PyObject* self, visitproc visit, void* arg) {
  VISIT(static_cast<OrderedDictIterator*>(self)->dict);
  return 0;
}

constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling";
// iter(list of what is left); the iterator itself stays where it is.
Result<Object> iterator_reduce(OrderedDictIterator* it) {
  Ref<List> rest = TRY(list_new());
  if (it->dict) {
    Ref<Object> made = TRY(make_iterator(it->dict, it->what, it->reverse));
    auto* copy = static_cast<OrderedDictIterator*>(made.get());
    copy->state = it->state;
    copy->size = it->size;
    copy->position = it->position;
    TRY(list_extend(rest, copy));
  }
  Ref<Object> iter = TRY(import_attribute("builtins", "iter"));
  Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(rest)));
  return tuple_pack(iter.get(), static_cast<Object*>(arguments));
}
constinit PyMethodDef iterator_methods[] = {method<iterator_reduce, reduce_doc>(), {}};

// == Views ==

template <What what, bool reverse>
Result<Object> view_iter(DictView* view) {
  return make_iterator(static_cast<OrderedDict*>(view->dv_dict), what, reverse);
}
constexpr Doc view_reversed_doc = "__reversed__($self, /)\n--\n\n";
template <What what>
constinit PyMethodDef view_methods[] = {method<view_iter<what, true>, view_reversed_doc>(), {}};

constexpr PyTypeObject view_type(const char* name, Type* base, getiterfunc iter, PyMethodDef* methods) {
  return {.tp_name = name,
          .tp_basicsize = sizeof(DictView),
          .tp_flags = Py_TPFLAGS_DEFAULT,
          .tp_iter = iter,
          .tp_methods = methods,
          .tp_base = base};
}

// == Methods ==

constexpr Doc fromkeys_doc =
    "fromkeys($type, /, iterable, value=None)\n--\n\nCreate a new ordered dictionary with keys from iterable and "
    "values set to value.";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\n";
constexpr Doc ordered_reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling";
constexpr Doc setdefault_doc =
    "setdefault($self, /, key, default=None)\n--\n\n"
    "Insert key with a value of default if key is not in the dictionary.\n\n"
    "Return the value for key if key is in the dictionary, else default.";
constexpr Doc pop_doc =
    "pop($self, /, key, default=<unrepresentable>)\n--\n\n"
    "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\n"
    "If the key is not found, return the default if given; otherwise,\nraise a KeyError.";
constexpr Doc popitem_doc =
    "popitem($self, /, last=True)\n--\n\n"
    "Remove and return a (key, value) pair from the dictionary.\n\n"
    "Pairs are returned in LIFO order if last is true or FIFO order if false.";
constexpr Doc keys_doc = "keys($self, /)\n--\n\n";
constexpr Doc values_doc = "values($self, /)\n--\n\n";
constexpr Doc items_doc = "items($self, /)\n--\n\n";
constexpr Doc clear_doc = "clear($self, /)\n--\n\nRemove all items from the ordered dictionary.";
constexpr Doc copy_doc = "copy($self, /)\n--\n\nA shallow copy of the ordered dictionary.";
constexpr Doc reversed_doc = "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the keys.";
constexpr Doc move_doc =
    "move_to_end($self, /, key, last=True)\n--\n\n"
    "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not "
    "exist.";

Result<Object> fromkeys(Type* type, Object* iterable, Object* value) {
  Ref<Object> result = TRY(object_call_no_args(type));
  TRY(for_each(iterable, [&](Object* key) { return object_set_item(result, key, value); }));
  return result;
}

Result<isize> ordered_dict_sizeof(OrderedDict* d) { return d->ob_type->tp_basicsize + dict_table_bytes(d); }

Result<Object> ordered_dict_reduce(OrderedDict* d) {
  Ref<Object> state = TRY(call_method(d, id::__getstate__));
  Ref<Object> items = TRY(call_method(d, id::items));
  Ref<Object> iterator = TRY(object_get_iter(items));
  return tuple_pack(static_cast<Object*>(d->ob_type), static_cast<Object*>(tuple_empty()), state.get(),
                    static_cast<Object*>(None), iterator.get());
}

Result<Object> setdefault(OrderedDict* d, Object* key, Object* value) {
  if (is_ordered_dict_exact(d)) {
    Ref<Object> found = TRY(dict_get_item(d, key));
    if (found) return found;
    TRY(set_item(d, key, value));
    return Result<Object>::share(value);
  }
  if (TRY(sequence_contains(d, key))) return object_get_item(d, key);
  TRY(object_set_item(d, key, value));
  return Result<Object>::share(value);
}

Result<Object> pop(OrderedDict* d, Object* key, Opt<Object*> default_value) {
  KeepHint keep(d);
  isize used = d->ma_used;
  Ref<Object> value = TRY(dict_pop(d, key));
  if (d->ma_used != used) d->state++;
  if (value) return value;
  if (default_value) return Result<Object>::share(default_value.get());
  return raise_key_error(key);
}

Result<Object> popitem(OrderedDict* d, bool last) {
  if (d->ma_used == 0) return raise(KeyError, "dictionary is empty");
  Ref<Tuple> pair = TRY(tuple_new(2));
  if (d->ma_used == 0) return raise(KeyError, "dictionary is empty");
  isize slot = last ? last_slot(d) : first_slot(d);
  Py_hash_t hash = d->ma_keys->hash_at(slot);
  tuple_init_item(pair, 0, new_ref(d->ma_keys->key_at(slot)));
  KeepHint keep(d);
  d->state++;
  tuple_init_item(pair, 1, dict_remove_slot(d, slot, hash));
  if (last) d->ma_keys->entry_count = slot;  // the place can be used again
  return pair;
}

Result<Object> keys_view(OrderedDict* d) { return dict_view_new(d, &PyODictKeys_Type); }
Result<Object> values_view(OrderedDict* d) { return dict_view_new(d, &PyODictValues_Type); }
Result<Object> items_view(OrderedDict* d) { return dict_view_new(d, &PyODictItems_Type); }

Result<void> clear(OrderedDict* d) {
  d->state++;
  dict_clear(d);
  return {};
}

Result<Object> copy(OrderedDict* d) {
  Ref<Object> result = TRY(object_call_no_args(d->ob_type));
  if (is_ordered_dict_exact(d)) {
    TRY(dict_update(as<Dict>(result), d));
    return result;
  }
  Ref<List> keys = TRY(dict_keys(d));
  for (isize i = 0; i < list_size(keys); ++i) {
    Ref<Object> value = TRY(object_get_item(d, list_item(keys, i)));
    TRY(object_set_item(result, list_item(keys, i), value));
  }
  return result;
}

Result<Object> reversed(OrderedDict* d) { return make_iterator(d, What::kKeys, true); }
Result<Object> ordered_dict_iter(OrderedDict* d) { return make_iterator(d, What::kKeys, false); }
Result<void> move_to_end(OrderedDict* d, Object* key, bool last) { return move(d, key, last); }

Result<Object> get_dict(OrderedDict* d) { return object_generic_get_dict(d); }
Result<void> set_dict(OrderedDict* d, Opt<Object*> value) { return object_generic_set_dict(d, value.get()); }

constinit PyMethodDef methods[] = {
    class_method<fromkeys, fromkeys_doc>(),
    method<ordered_dict_sizeof, sizeof_doc>(),
    method<ordered_dict_reduce, ordered_reduce_doc>(),
    method<setdefault, setdefault_doc>(),
    method<pop, pop_doc>(),
    method<popitem, popitem_doc>(),
    method<keys_view, keys_doc>(),
    method<values_view, values_doc>(),
    method<items_view, items_doc>(),
    method<update, update_doc>(),
    method<clear, clear_doc>(),
    method<copy, copy_doc>(),
    method<reversed, reversed_doc>(),
    method<move_to_end, move_doc>(),
    {},
};
constinit PyGetSetDef get_sets[] = {get_set<get_dict, set_dict>("__dict__"), {}};
constinit PyNumberMethods as_number = {.nb_or = &ordered_dict_or, .nb_inplace_or = slot<ordered_dict_in_place_or>};
constinit PyMappingMethods as_mapping = {.mp_ass_subscript = slot<assign_subscript>};
}  // namespace
}  // namespace adder

using namespace adder;

// == Type objects ==

constinit PyTypeObject PyODict_Type = {
    .tp_name = "collections.OrderedDict",
    .tp_basicsize = sizeof(OrderedDict),
    .tp_dealloc = &ordered_dict_dealloc,
    .tp_repr = slot<ordered_dict_repr>,
    .tp_as_number = &as_number,
    .tp_as_mapping = &as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Dictionary that remembers insertion order",
    .tp_traverse = &ordered_dict_traverse,
    .tp_clear = &ordered_dict_tp_clear,
    .tp_richcompare = slot<ordered_dict_rich_compare>,
    .tp_weaklistoffset = offsetof(OrderedDict, weakreflist),
    .tp_iter = slot<ordered_dict_iter>,
    .tp_methods = methods,
    .tp_getset = get_sets,
    .tp_base = &PyDict_Type,
    .tp_dictoffset = offsetof(OrderedDict, instance_dict),
    .tp_init = &ordered_dict_init,
    .tp_alloc = type_generic_alloc,
    .tp_free = object_gc_del,
};
constinit PyTypeObject PyODictIter_Type = {
    .tp_name = "odict_iterator",
    .tp_basicsize = sizeof(OrderedDictIterator),
    .tp_dealloc = &iterator_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = &iterator_traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
constinit PyTypeObject PyODictKeys_Type =
    view_type("odict_keys", &PyDictKeys_Type, slot<view_iter<What::kKeys, false>>, view_methods<What::kKeys>);
constinit PyTypeObject PyODictItems_Type =
    view_type("odict_items", &PyDictItems_Type, slot<view_iter<What::kItems, false>>, view_methods<What::kItems>);
constinit PyTypeObject PyODictValues_Type =
    view_type("odict_values", &PyDictValues_Type, slot<view_iter<What::kValues, false>>, view_methods<What::kValues>);
