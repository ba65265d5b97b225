// dict: the mapping type: its functions for C++, its methods and its type object.
//
// Invariant  ma_used counts the items; ma_version_tag changes with every mutation (dict_notify).
// Law        items are borrowed only while no Python code runs; comparing, hashing and releasing may change the dict.
// See        types/dict/table.h for the table, docs/objects.md, tests/python/test_dict.py
#include <cstring>

#include "base/hot.h"
#include "bind/bind.h"
#include "memory/collected.h"
#include "types/dict/table.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"
#include "types/tuple.h"

namespace adder {
// == Making ==

namespace {
void dict_init_empty(Dict* d) {
  d->ma_used = 0;
  d->ma_keys = &empty_dict_keys;
  d->ma_values = nullptr;
  dict_notify(d);
}

bool iterates_as_dict(Object* object) { return is_dict(object) && object->ob_type->tp_iter == PyDict_Type.tp_iter; }
}  // namespace

ADDER_HOT Result<Dict> dict_new() {
  Dict* d = static_cast<Dict*>(collected_allocate(&PyDict_Type, sizeof(Dict), kept_objects.dicts));
  if (ADDER_UNLIKELY(!d)) return Error{};
  dict_init_empty(d);
  return Ref<Dict>::steal(d);
}

Result<Dict> dict_new_presized(isize expected) {
  Ref<Dict> d = TRY(dict_new());
  if (expected > 5) TRY(dict_resize(d, dict_log2_size_for(expected), false));
  return d;
}

Result<Dict> dict_copy(Dict* d) {
  Ref<Dict> copy = TRY(dict_new());
  TRY(dict_merge(copy, d, true));
  return copy;
}

// == Reading ==

ADDER_HOT Maybe<Object> dict_get_item_known_hash(Dict* d, Object* key, Py_hash_t hash) {
  isize slot = TRY(dict_find(d, key, hash));
  if (slot < 0) return nullptr;
  return Maybe<Object>::share(dict_value_field(d, slot));
}

ADDER_HOT Maybe<Object> dict_get_item(Dict* d, Object* key) { return dict_get_item_known_hash(d, key, TRY(dict_hash_key(key))); }

ADDER_HOT Opt<Object*> dict_get_item_str(Dict* d, Str* key) {
  DictKeys* keys = d->ma_keys;
  if (ADDER_LIKELY(!keys->is_general())) {
    isize slot = dict_keys_find_str(keys, key, str_hash_of(key));
    if (slot < 0) return nullptr;
    if (d->ma_values) return slot < d->ma_used ? d->ma_values[slot] : nullptr;
    return keys->str_entries()[slot].value;
  }
  ErrorSaver saved;
  Result<isize> slot = dict_find(d, key, str_hash_of(key));
  if (slot.failed()) {
    error_clear();
    return nullptr;
  }
  isize index = slot.take();
  return index < 0 ? nullptr : dict_value_field(d, index);
}

Opt<Object*> dict_get_item_string(Dict* d, const char* key) {
  ErrorSaver saved;
  Result<Str> made = str_from_string(key);
  if (made.failed()) {
    error_clear();
    return nullptr;
  }
  Ref<Str> name = made.take();
  return dict_get_item_str(d, name);
}

ADDER_HOT Result<bool> dict_contains(Dict* d, Object* key) {
  return TRY(dict_find(d, key, TRY(dict_hash_key(key))))
  >= 0;
}

ADDER_HOT Result<Object> dict_subscript(Dict* d, Object* key) {
  Py_hash_t hash = TRY(dict_hash_key(key));
  isize slot = TRY(dict_find(d, key, hash));
  if (ADDER_LIKELY(slot >= 0)) return Result<Object>::share(dict_value_field(d, slot));
  if (!is_dict_exact(d)) {
    Ref<Object> missing = TRY(object_lookup_special(d, id::__missing__));
    if (missing) return object_call_one_arg(missing, key);
  }
  return raise_key_error(key);
}

namespace {
ADDER_ALWAYS_INLINE bool next_item(Dict* d, isize& position, Object*& key, Object*& value, Py_hash_t* hash) {
  DictKeys* keys = d->ma_keys;
  isize i = position;
  if (keys->is_general()) {
    const DictEntry* entries = keys->entries();
    for (isize end = keys->entry_count; i < end; ++i) {
      if (!entries[i].value) continue;
      key = entries[i].key;
      value = entries[i].value;
      if (hash) *hash = entries[i].hash;
      position = i + 1;
      return true;
    }
  } else if (!d->ma_values) {
    const DictStrEntry* entries = keys->str_entries();
    for (isize end = keys->entry_count; i < end; ++i) {
      if (!entries[i].value) continue;
      key = entries[i].key;
      value = entries[i].value;
      if (hash) *hash = as<Str>(key)->hash;
      position = i + 1;
      return true;
    }
  } else if (i < d->ma_used) {
    key = keys->str_entries()[i].key;
    value = d->ma_values[i];
    if (hash) *hash = as<Str>(key)->hash;
    position = i + 1;
    return true;
  }
  position = i;
  return false;
}
}  // namespace

ADDER_HOT bool dict_next_hash(Dict* d, isize& position, Object*& key, Object*& value, Py_hash_t& hash) {
  return next_item(d, position, key, value, &hash);
}

ADDER_HOT bool dict_next(Dict* d, isize& position, Object*& key, Object*& value) {
  return next_item(d, position, key, value, nullptr);
}

// == Writing ==

ADDER_HOT Result<void> dict_set_item_known_hash(Dict* d, Object* key, Object* value, Py_hash_t hash) {
  return dict_insert(d, key, hash, value);
}

ADDER_HOT Result<void> dict_set_item(Dict* d, Object* key, Object* value) {
  return dict_insert(d, key, TRY(dict_hash_key(key)), value);
}

Result<void> dict_set_item_string(Dict* d, const char* key, Object* value) {
  Ref<Str> name = str_intern(TRY(str_from_string(key)));
  return dict_set_item(d, name, value);
}

namespace {
// Takes out what dict_find found.
Result<Object> take_slot(Dict* d, isize slot, Py_hash_t hash) {
  if (d->ma_values) {
    TRY(dict_make_combined(d));  // keeps slot numbers: a split dict has no holes
  }
  return dict_remove_slot(d, slot, hash);
}
}  // namespace

ADDER_HOT Result<void> dict_del_item(Dict* d, Object* key) { return dict_del_item_known_hash(d, key, TRY(dict_hash_key(key))); }

ADDER_HOT Result<void> dict_del_item_known_hash(Dict* d, Object* key, Py_hash_t hash) {
  isize slot = TRY(dict_find(d, key, hash));
  if (slot < 0) return raise_key_error(key);
  TRY(take_slot(d, slot, hash));
  return {};
}

Maybe<Object> dict_pop(Dict* d, Object* key) {
  if (d->ma_used == 0) return nullptr;  // without hashing, as CPython
  Py_hash_t hash = TRY(dict_hash_key(key));
  isize slot = TRY(dict_find(d, key, hash));
  if (slot < 0) return nullptr;
  return take_slot(d, slot, hash);
}

Result<Tuple> dict_pop_item(Dict* d) {
  if (d->ma_used == 0) return raise(KeyError, "popitem(): dictionary is empty");
  Ref<Tuple> pair = TRY(tuple_new(2));  // first: the allocation may run a collection
  if (d->ma_used == 0) return raise(KeyError, "popitem(): dictionary is empty");
  TRY(dict_make_combined(d));
  DictKeys* keys = d->ma_keys;
  isize slot = keys->entry_count - 1;
  while (!dict_value_field(d, slot)) --slot;
  Ref<Object> key = new_ref(keys->key_at(slot));
  Ref<Object> value = dict_remove_slot(d, slot, keys->hash_at(slot));
  keys->entry_count = slot;  // the place can be used again; its index stays a dummy
  tuple_init_item(pair, 0, std::move(key));
  tuple_init_item(pair, 1, std::move(value));
  return pair;
}

void dict_clear(Dict* d) {
  DictKeys* keys = d->ma_keys;
  if (keys == &empty_dict_keys) return;
  Object** values = d->ma_values;
  isize used = d->ma_used;
  dict_init_empty(d);
  if (values) {
    for (isize i = 0; i < used; ++i) decref(values[i]);
    dict_values_free(values);
  }
  dict_keys_release(keys);
}

// == Merging ==

namespace {
enum class OnDuplicate { kReplace, kKeep, kRaise };

// A copy of a whole table: only for dicts without holes worth closing.
Result<void> copy_table(Dict* d, DictKeys* source, isize used) {
  usize bytes = static_cast<usize>(source->entries_start() - reinterpret_cast<char*>(source)) +
                static_cast<usize>(source->entry_count + source->usable) *
                    (source->is_general() ? sizeof(DictEntry) : sizeof(DictStrEntry));
  auto* keys = static_cast<DictKeys*>(memory::allocate(bytes));
  if (!keys) return raise_no_memory();
  std::memcpy(static_cast<void*>(keys), source, bytes);
  keys->refcount = 1;
  keys->version = 0;
  bool track = false;
  for (isize i = 0; i < keys->entry_count; ++i) {
    Object* key = keys->is_general() ? keys->entries()[i].key : keys->str_entries()[i].key;
    if (!key) continue;
    Object* value = keys->is_general() ? keys->entries()[i].value : keys->str_entries()[i].value;
    incref(key);
    incref(value);
    track = track || may_be_tracked(key) || may_be_tracked(value);
  }
  DictKeys* old = d->ma_keys;
  d->ma_keys = keys;
  d->ma_used = used;
  if (track && !gc::is_tracked(d)) gc::track(d);
  dict_notify(d);
  dict_keys_release(old);
  return {};
}

Result<void> merge_dict(Dict* d, Dict* other, OnDuplicate mode) {
  if (other == d || other->ma_used == 0) return {};
  if (d->ma_used == 0) mode = mode == OnDuplicate::kRaise ? OnDuplicate::kRaise : OnDuplicate::kReplace;
  DictKeys* keys = other->ma_keys;
  if (d->ma_used == 0 && !d->ma_values && !other->ma_values && other->ma_used == keys->entry_count &&
      (keys->log2_size == 3 || dict_usable_fraction(isize{1} << (keys->log2_size - 1)) < other->ma_used)) {
    return copy_table(d, keys, other->ma_used);
  }
  if (dict_usable_fraction(static_cast<isize>(d->ma_keys->size())) < other->ma_used) {
    bool general = keys->is_general();
    TRY(dict_resize(d, dict_log2_size_for(d->ma_used + other->ma_used), general));
  }
  isize position = 0;
  Object *key, *value;
  Py_hash_t hash;
  while (dict_next_hash(other, position, key, value, hash)) {
    isize count = dict_slot_end(other);
    DictKeys* table = other->ma_keys;
    Ref<Object> held_key = new_ref(key);
    Ref<Object> held_value = new_ref(value);
    if (mode == OnDuplicate::kReplace) {
      TRY(dict_insert(d, key, hash, value));
    } else {
      isize slot = TRY(dict_find(d, key, hash));
      if (slot < 0) {
        TRY(dict_insert_new(d, key, hash, value));
      } else if (mode == OnDuplicate::kRaise) {
        return raise_key_error(key);
      }
    }
    if (count != dict_slot_end(other) || table != other->ma_keys) {
      return raise(RuntimeError, "dict mutated during update");
    }
  }
  return {};
}

Result<void> merge(Dict* d, Object* mapping, OnDuplicate mode) {
  if (iterates_as_dict(mapping)) return merge_dict(d, as<Dict>(mapping), mode);
  Ref<List> keys = TRY(mapping_keys(mapping));
  return for_each(keys, [&](Object* key) -> Result<void> {
    if (mode != OnDuplicate::kReplace && TRY(dict_contains(d, key))) {
      if (mode == OnDuplicate::kRaise) return raise_key_error(key);
      return {};
    }
    Ref<Object> value = TRY(object_get_item(mapping, key));
    return dict_set_item(d, key, value);
  });
}

// The argument of dict() and update(): a mapping if it has keys(), else pairs.
Result<void> update_from(Dict* d, Object* source) {
  if (is_dict_exact(source)) return dict_merge(d, source, true);
  Ref<Object> keys = TRY(object_lookup_attr(source, id::keys));
  if (keys) return dict_merge(d, source, true);
  return dict_merge_from_seq2(d, source, true);
}

Result<void> update_from_call(Dict* d, const char* function, Object* const* args, isize nargs, Opt<Dict*> kwargs) {
  if (nargs > 1) return raise(TypeError, "%s expected at most 1 argument, got %zd", function, nargs);
  if (nargs == 1) TRY(update_from(d, args[0]));
  if (kwargs) TRY(dict_merge(d, kwargs.get(), true));
  return {};
}
}  // namespace

Result<void> dict_update(Dict* d, Object* mapping) { return merge(d, mapping, OnDuplicate::kReplace); }

Result<void> dict_merge(Dict* d, Object* mapping, bool override) {
  return merge(d, mapping, override ? OnDuplicate::kReplace : OnDuplicate::kKeep);
}

Result<void> dict_merge_unique(Dict* d, Object* mapping) { return merge(d, mapping, OnDuplicate::kRaise); }

Result<void> dict_merge_from_seq2(Dict* d, Object* pairs, bool override) {
  isize position = 0;
  return for_each(pairs, [&](Object* item) -> Result<void> {
    Result<Object> made = sequence_fast(item, "");
    if (made.failed()) {
      if (!error_matches(TypeError)) return Error{};
      return raise(TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", position);
    }
    Ref<Object> pair = made.take();
    isize size = sequence_fast_size(pair);
    if (size != 2) {
      return raise(ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", position, size);
    }
    Ref<Object> key = new_ref(sequence_fast_items(pair)[0]);
    Ref<Object> value = new_ref(sequence_fast_items(pair)[1]);
    ++position;
    if (!override && TRY(dict_contains(d, key))) return {};
    return dict_set_item(d, key, value);
  });
}

// == Lists of the content ==

namespace {
// A list of ma_used items; `make(list, index, key, value)` fills one. Making the list may run a collection, which may
// change the dict: then once more.
template <class Make>
Result<List> list_of(Dict* d, Make&& make) {
  for (;;) {
    isize size = d->ma_used;
    Ref<List> list = TRY(list_new(size));
    if (size != d->ma_used) continue;
    isize position = 0, index = 0;
    Object *key, *value;
    while (next_item(d, position, key, value, nullptr)) make(list, index++, key, value);
    return list;
  }
}
}  // namespace

Result<List> dict_keys(Dict* d) {
  return list_of(d, [](List* list, isize i, Object* key, Object*) { list_init_item(list, i, new_ref(key)); });
}

Result<List> dict_values(Dict* d) {
  return list_of(d, [](List* list, isize i, Object*, Object* value) { list_init_item(list, i, new_ref(value)); });
}

Result<List> dict_items(Dict* d) {
  for (;;) {
    isize size = d->ma_used;
    Ref<List> list = TRY(list_new(size));
    for (isize i = 0; i < size; ++i) list_init_item(list, i, TRY(tuple_new(2)));
    if (size != d->ma_used) continue;
    isize position = 0, index = 0;
    Object *key, *value;
    while (next_item(d, position, key, value, nullptr)) {
      Tuple* pair = as<Tuple>(list_item(list, index++));
      tuple_init_item(pair, 0, new_ref(key));
      tuple_init_item(pair, 1, new_ref(value));
    }
    return list;
  }
}

// == Slots ==

Result<Str> dict_repr(Dict* d) {
  if (TRY(repr_enter(d))) return str_from_string("{...}");
  struct Leave {
    Object* object;
    ~Leave() { repr_leave(object); }
  } leave{d};
  if (d->ma_used == 0) return str_from_string("{}");
  StrWriter writer(d->ma_used * 4);
  TRY(writer.write_char('{'));
  isize position = 0;
  Object *key, *value;
  bool first = true;
  while (dict_next(d, position, key, value)) {
    Ref<Object> held_key = new_ref(key);
    Ref<Object> held_value = new_ref(value);
    if (!first) TRY(writer.write_ascii(", "));
    first = false;
    TRY(writer.write_repr(held_key));
    TRY(writer.write_ascii(": "));
    TRY(writer.write_repr(held_value));
  }
  TRY(writer.write_char('}'));
  return writer.finish();
}

Result<bool> dict_equal(Dict* left, Dict* right) {
  if (left->ma_used != right->ma_used) return false;
  isize position = 0;
  Object *key, *value;
  Py_hash_t hash;
  while (dict_next_hash(left, position, key, value, hash)) {
    Ref<Object> held_key = new_ref(key);
    Ref<Object> held_value = new_ref(value);
    Ref<Object> other = TRY(dict_get_item_known_hash(right, held_key, hash));
    if (!other) return false;
    if (!TRY(object_rich_compare_bool(held_value, other, Py_EQ))) return false;
  }
  return true;
}

namespace {
Result<Object> dict_rich_compare(Dict* d, Object* other, int op) {
  if (!is_dict(other) || (op != Py_EQ && op != Py_NE)) return not_implemented();
  bool equal = TRY(dict_equal(d, as<Dict>(other)));
  return bool_result(equal == (op == Py_EQ));
}

Result<isize> dict_length(Dict* d) { return d->ma_used; }

Result<void> dict_assign_subscript(Dict* d, Object* key, Opt<Object*> value) {
  return value ? dict_set_item(d, key, value.get()) : dict_del_item(d, key);
}

PyObject* dict_or(PyObject* left, PyObject* right) {
  auto unite = [&]() -> Result<Object> {
    if (!is_dict(left) || !is_dict(right)) return not_implemented();
    Ref<Dict> result = TRY(dict_copy(as<Dict>(left)));
    TRY(update_from(result, right));
    return result;
  };
  return unite().to_c();
}

Result<Object> dict_in_place_or(Dict* d, Object* other) {
  TRY(update_from(d, other));
  return Result<Object>::share(d);
}

Result<Object> dict_iter(Dict* d) { return dict_iterator_of_keys(d); }

ADDER_HOT void dict_dealloc(PyObject* self) {
  Dict* d = as<Dict>(self);
  gc::untrack(d);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  if (d->ma_values) {
    for (isize i = 0; i < d->ma_used; ++i) decref(d->ma_values[i]);
    dict_values_free(d->ma_values);
    dict_keys_release(d->ma_keys);
    u32 uncounted = 0;  // as dict_new_for_instance made it
    collected_free(self, uncounted, 1);
    return;
  }
  dict_keys_release(d->ma_keys);
  if (ADDER_LIKELY(is_dict_exact(self)))
    collected_free(self, kept_objects.dicts, KeptObjects::kMostDicts);
  else
    self->ob_type->tp_free(self);
}

int dict_traverse(PyObject* self, visitproc visit, void* arg) {
  Dict* d = as<Dict>(self);
  isize end = dict_slot_end(d);
  DictKeys* keys = d->ma_keys;
  if (d->ma_values) {
    for (isize i = 0; i < end; ++i) VISIT(d->ma_values[i]);
  } else if (keys->is_general()) {
    for (isize i = 0; i < end; ++i) {
      VISIT(keys->entries()[i].key);
      VISIT(keys->entries()[i].value);
    }
  } else {
    for (isize i = 0; i < end; ++i) VISIT(keys->str_entries()[i].value);
  }
  return 0;
}

int dict_tp_clear(PyObject* self) {
  dict_clear(as<Dict>(self));
  return 0;
}

PyObject* dict_tp_new(PyTypeObject* type, PyObject*, PyObject*) {
  Object* object;
  if (type == &PyDict_Type) {
    u32 none = 0;  // what dict() makes is counted
    object = collected_allocate(type, sizeof(Dict), none);
    if (!object) return nullptr;
  } else {
    object = type->tp_alloc(type, 0);
    if (!object) return nullptr;
  }
  Dict* d = as<Dict>(object);
  dict_init_empty(d);
  return d;
}

int dict_tp_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  Tuple* positional = as<Tuple>(args);
  return update_from_call(as<Dict>(self), "dict", tuple_items(positional), tuple_size(positional),
                          static_cast<Dict*>(kwargs))
      .to_c();
}

Result<void> set_keywords(Dict* d, Object* const* values, Tuple* names) {
  for (isize i = 0; i < tuple_size(names); ++i) TRY(dict_set_item(d, tuple_item(names, i), values[i]));
  return {};
}

PyObject* dict_tp_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* names) {
  auto make = [&]() -> Result<Object> {
    isize nargs = static_cast<isize>(vectorcall_nargs(nargsf));
    if (nargs > 1) return raise(TypeError, "dict expected at most 1 argument, got %zd", nargs);
    Ref<Object> result = TRY(Result<Object>::from_c(dict_tp_new(reinterpret_cast<Type*>(type), nullptr, nullptr)));
    Dict* d = as<Dict>(result);
    if (nargs == 1) TRY(update_from(d, args[0]));
    if (names) TRY(set_keywords(d, args + nargs, as<Tuple>(names)));
    return result;
  };
  return make().to_c();
}

// == Methods ==

constexpr Doc contains_doc =
    "__contains__($self, key, /)\n--\n\nTrue if the dictionary has the specified key, else False.";
constexpr Doc getitem_doc = "__getitem__($self, key, /)";
constexpr const char* getitem_text = "x.__getitem__(y) <==> x[y]";
constexpr Doc sizeof_doc = "__sizeof__($self, /)";
constexpr const char* sizeof_text = "D.__sizeof__() -> size of D in memory, in bytes";
constexpr Doc get_doc =
    "get($self, key, default=None, /)\n--\n\n"
    "Return the value for key if key is in the dictionary, else default.";
constexpr Doc setdefault_doc =
    "setdefault($self, key, default=None, /)\n--\n\n"
    "Insert key with a value of default if key is not in the dictionary.\n\n"
    "Return the value for key if key is in the dictionary, else default.";
constexpr Doc pop_doc =
    "pop($self, key, default=<unrepresentable>, /)\n--\n\n"
    "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\n"
    "If the key is not found, return the default if given; otherwise,\nraise a KeyError.";
constexpr Doc popitem_doc =
    "popitem($self, /)\n--\n\nRemove and return a (key, value) pair as a 2-tuple.\n\n"
    "Pairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty.";
constexpr Doc keys_doc = "keys($self, /)";
constexpr const char* keys_text = "D.keys() -> a set-like object providing a view on D's keys";
constexpr Doc items_doc = "items($self, /)";
constexpr const char* items_text = "D.items() -> a set-like object providing a view on D's items";
constexpr Doc values_doc = "values($self, /)";
constexpr const char* values_text = "D.values() -> an object providing a view on D's values";
constexpr Doc fromkeys_doc =
    "fromkeys($type, iterable, value=None, /)\n--\n\n"
    "Create a new dictionary with keys from iterable and values set to value.";
constexpr Doc clear_doc = "clear($self, /)";
constexpr const char* clear_text = "D.clear() -> None.  Remove all items from D.";
constexpr Doc copy_doc = "copy($self, /)";
constexpr const char* copy_text = "D.copy() -> a shallow copy of D";
constexpr Doc reversed_doc = "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the dict keys.";
constexpr Doc class_getitem_doc = "__class_getitem__($type, item, /)";
constexpr const char* class_getitem_text = "See PEP 585";
constexpr const char* update_doc =
    "D.update([E, ]**F) -> None.  Update D from dict/iterable E and F.\n"
    "If E is present and has a .keys() method, then does:  for k in E: D[k] = E[k]\n"
    "If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\n"
    "In either case, this is followed by: for k in F:  D[k] = F[k]";

Result<bool> dict_dunder_contains(Dict* d, Object* key) { return dict_contains(d, key); }

Result<isize> dict_sizeof(Dict* d) { return d->ob_type->tp_basicsize + dict_table_bytes(d); }

Result<Object> dict_get(Dict* d, Object* key, Object* default_value) {
  isize slot = TRY(dict_find(d, key, TRY(dict_hash_key(key))));
  return Result<Object>::share(slot < 0 ? default_value : dict_value_field(d, slot));
}

Result<Object> dict_setdefault(Dict* d, Object* key, Object* default_value) {
  return dict_set_default(d, key, default_value);
}

Result<Object> dict_pop_method(Dict* d, Object* key, Opt<Object*> default_value) {
  Ref<Object> value = TRY(dict_pop(d, key));
  if (value) return value;
  if (default_value) return Result<Object>::share(default_value.get());
  return raise_key_error(key);
}

Result<Tuple> dict_popitem(Dict* d) { return dict_pop_item(d); }
Result<Object> dict_keys_view(Dict* d) { return dict_view_new(d, &PyDictKeys_Type); }
Result<Object> dict_items_view(Dict* d) { return dict_view_new(d, &PyDictItems_Type); }
Result<Object> dict_values_view(Dict* d) { return dict_view_new(d, &PyDictValues_Type); }
Result<Object> dict_reversed(Dict* d) { return dict_iter_new(d, &PyDictRevIterKey_Type); }

PyObject* dict_update_method(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
  auto update = [&]() -> Result<void> {
    Dict* d = as<Dict>(self);
    TRY(update_from_call(d, "update", args, nargs, {}));
    if (names) TRY(set_keywords(d, args + nargs, as<Tuple>(names)));
    return {};
  };
  return result_to_c(update());
}

Result<Object> dict_fromkeys(Type* type, Object* iterable, Object* value) {
  Ref<Object> made = TRY(object_call_no_args(type));
  if (is_dict_exact(made) && as<Dict>(made)->ma_used == 0) {
    Dict* d = as<Dict>(made);
    if (is_dict_exact(iterable)) {
      Dict* source = as<Dict>(iterable);
      TRY(dict_resize(d, dict_log2_size_for(source->ma_used), source->ma_keys->is_general()));
      isize position = 0;
      Object *key, *ignored;
      Py_hash_t hash;
      while (dict_next_hash(source, position, key, ignored, hash)) {
        Ref<Object> held = new_ref(key);
        TRY(dict_insert(d, held, hash, value));
      }
      return made;
    }
    if (is_any_set(iterable) && (iterable->ob_type == &PySet_Type || iterable->ob_type == &PyFrozenSet_Type)) {
      Set* source = as<Set>(iterable);
      TRY(dict_resize(d, dict_log2_size_for(set_size(source)), false));
      isize position = 0;
      Object* key;
      Py_hash_t hash;
      while (set_next(source, position, key, hash)) {
        Ref<Object> held = new_ref(key);
        TRY(dict_insert(d, held, hash, value));
      }
      return made;
    }
    TRY(for_each(iterable, [&](Object* key) { return dict_set_item(d, key, value); }));
    return made;
  }
  TRY(for_each(iterable, [&](Object* key) { return object_set_item(made, key, value); }));
  return made;
}

Result<void> dict_clear_method(Dict* d) {
  dict_clear(d);
  return {};
}
Result<Dict> dict_copy_method(Dict* d) { return dict_copy(d); }
Result<Object> dict_class_getitem(Type* type, Object* item) { return generic_alias_new(type, item); }

constinit PyMethodDef dict_methods[] = {
    coexisting_method<dict_dunder_contains, contains_doc>(),
    with_text(coexisting_method<dict_subscript, getitem_doc>(), getitem_text),
    with_text(method<dict_sizeof, sizeof_doc>(), sizeof_text),
    method<dict_get, get_doc>(),
    method<dict_setdefault, setdefault_doc>(),
    method<dict_pop_method, pop_doc>(),
    method<dict_popitem, popitem_doc>(),
    with_text(method<dict_keys_view, keys_doc>(), keys_text),
    with_text(method<dict_items_view, items_doc>(), items_text),
    with_text(method<dict_values_view, values_doc>(), values_text),
    raw_method("update", &dict_update_method, METH_FASTCALL | METH_KEYWORDS, update_doc),
    class_method<dict_fromkeys, fromkeys_doc>(),
    with_text(method<dict_clear_method, clear_doc>(), clear_text),
    with_text(method<dict_copy_method, copy_doc>(), copy_text),
    method<dict_reversed, reversed_doc>(),
    with_text(class_method<dict_class_getitem, class_getitem_doc>(), class_getitem_text),
    {},
};

// == Type object ==

constinit PyNumberMethods dict_as_number = {.nb_or = &dict_or, .nb_inplace_or = slot<dict_in_place_or>};
constinit PySequenceMethods dict_as_sequence = {.sq_contains = slot<dict_contains>};
constinit PyMappingMethods dict_as_mapping = {.mp_length = slot<dict_length>,
                                              .mp_subscript = slot<dict_subscript>,
                                              .mp_ass_subscript = slot<dict_assign_subscript>};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyDict_Type = {
    .tp_name = "dict",
    .tp_basicsize = sizeof(Dict),
    .tp_dealloc = &dict_dealloc,
    .tp_repr = slot<dict_repr>,
    .tp_as_number = &dict_as_number,
    .tp_as_sequence = &dict_as_sequence,
    .tp_as_mapping = &dict_as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_MAPPING,
    .tp_doc =
        "dict() -> new empty dictionary\n"
        "dict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\n"
        "dict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n"
        "        d[k] = v\ndict(**kwargs) -> new dictionary initialized with the name=value pairs\n"
        "    in the keyword argument list.  For example:  dict(one=1, two=2)",
    .tp_traverse = &dict_traverse,
    .tp_clear = &dict_tp_clear,
    .tp_richcompare = slot<dict_rich_compare>,
    .tp_iter = slot<dict_iter>,
    .tp_methods = dict_methods,
    .tp_init = &dict_tp_init,
    .tp_alloc = type_generic_alloc,
    .tp_new = &dict_tp_new,
    .tp_free = object_gc_del,
    .tp_vectorcall = &dict_tp_vectorcall,
};
