// dict: the hash table that keeps insertion order, and its views.
//
// dict_notify is the one function through which every mutation goes (version tags, watchers of the interpreter's caches).
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyDict_Type, PyDictKeys_Type, PyDictValues_Type, PyDictItems_Type, PyDictIterKey_Type,
    PyDictIterValue_Type, PyDictIterItem_Type, PyDictRevIterKey_Type, PyDictRevIterValue_Type, PyDictRevIterItem_Type;

namespace adder {
inline bool is_dict(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_DICT_SUBCLASS); }
inline bool is_dict_exact(const Object* o) { return o->ob_type == &PyDict_Type; }
inline isize dict_size(const Dict* d) { return d->ma_used; }
inline u64 dict_version(const Dict* d) { return d->ma_version_tag; }

Result<Dict> dict_new();
Result<Dict> dict_new_presized(isize expected);
// Absent if there is no such key. Runs __hash__ and __eq__; errors are reported (PyDict_GetItemWithError, as new reference).
Maybe<Object> dict_get_item(Dict* d, Object* key);
Maybe<Object> dict_get_item_known_hash(Dict* d, Object* key, Py_hash_t hash);
// For exact str keys in dicts with only str keys: no Python code runs, no errors. Borrowed or null. Other dicts: compares too, but
// swallows errors (PyDict_GetItem).
Opt<Object*> dict_get_item_str(Dict* d, Str* key);
Opt<Object*> dict_get_item_string(Dict* d, const char* key);
Result<void> dict_set_item(Dict* d, Object* key, Object* value);
Result<void> dict_set_item_known_hash(Dict* d, Object* key, Object* value, Py_hash_t hash);
Result<void> dict_set_item_string(Dict* d, const char* key, Object* value);
Result<void> dict_del_item(Dict* d, Object* key);  // KeyError
Result<void> dict_del_item_known_hash(Dict* d, Object* key, Py_hash_t hash);
Result<bool> dict_contains(Dict* d, Object* key);
// The value, inserting `default_value` first if the key is new (dict.setdefault).
Result<Object> dict_set_default(Dict* d, Object* key, Object* default_value);
// Takes the item out; absent if there is no such key.
Maybe<Object> dict_pop(Dict* d, Object* key);
void dict_clear(Dict* d);
Result<Dict> dict_copy(Dict* d);
Result<void> dict_update(Dict* d, Object* mapping);           // PyDict_Update
// override: true replaces, false keeps, and dict_merge_unique raises KeyError(key) on a duplicate (for ** in calls).
Result<void> dict_merge(Dict* d, Object* mapping, bool override);
Result<void> dict_merge_unique(Dict* d, Object* mapping);
Result<void> dict_merge_from_seq2(Dict* d, Object* pairs, bool override);
Result<List> dict_keys(Dict* d);
Result<List> dict_values(Dict* d);
Result<List> dict_items(Dict* d);
// Walks the entries: isize position = 0; while (dict_next(d, position, key, value)) … borrowed; do not change the dict's keys
// meanwhile.
bool dict_next(Dict* d, isize& position, Object*& key, Object*& value);
bool dict_next_hash(Dict* d, isize& position, Object*& key, Object*& value, Py_hash_t& hash);
Result<Object> dict_view_new(Dict* d, Type* view_type);
// d[key] with __missing__ and KeyError, as the subscript does for dicts and instances of subclasses.
Result<Object> dict_subscript(Dict* d, Object* key);
// Takes the last item out (last true) or the first; KeyError "popitem(): dictionary is empty".
Result<Tuple> dict_pop_item(Dict* d);
Result<Str> dict_repr(Dict* d);
Result<bool> dict_equal(Dict* left, Dict* right);

// -- For inline caches (interpreter, type attribute cache) --
// The version of the key table: equal versions mean equal keys in equal slots. 0: cannot be cached.
u32 dict_keys_version(Dict* d);
// Slot of an exact str key, or -1. No Python code runs, because only tables of str keys answer.
isize dict_slot_of_str(Dict* d, Str* key);
// The value in a slot (null: deleted or absent). Only with a matching keys version.
Object* dict_value_at(Dict* d, isize slot);
// Replaces an existing value in a slot (keys unchanged); the caller has checked the version.
void dict_set_value_at(Dict* d, isize slot, Object* value);
// Adds the value of slot `slot`, if it is the next one of a dict with shared keys. The caller has checked the version. False, without
// an exception: it must be added by its key.
bool dict_append_value(Dict* d, isize slot, Object* value);
// The version of the keys that instances of `type` share; 0: none.
u32 dict_shared_version(Type* type);
// The dict of a new instance of `type`, whose keys are shared with the other instances (PEP 412).
Result<Dict> dict_new_for_instance(Type* type);
// Gives up the keys that the instances of a dying class shared.
void dict_free_shared_keys(HeapType* type);
// For the collector: stops watching an exact dict that holds nothing collectable.
void dict_maybe_untrack(Dict* d);
}  // namespace adder
