// containers: the C API's list, tuple, dict, set, slice, range helpers (listobject.h, tupleobject.h, dictobject.h,
// setobject.h, sliceobject.h, iterobject.h, odictobject.h).
#include <cstdarg>

#include "base/hot.h"
#include "capi/capi.h"
#include "types/list.h"

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::borrow;
using adder::capi::minus_one;
using adder::capi::null;

// == list ==

ADDER_EXPORT ADDER_HOT PyObject* PyList_New(Py_ssize_t size) { return size < 0 ? bad_call() : list_new(size).to_c(); }
ADDER_EXPORT Py_ssize_t PyList_Size(PyObject* list) {
  return is_list(list) ? list_size(as<List>(list)) : bad_call_int();
}
ADDER_EXPORT PyObject* PyList_GetItem(PyObject* list, Py_ssize_t index) {
  if (!is_list(list)) return bad_call();
  if (index < 0 || index >= list_size(as<List>(list))) return null(raise(IndexError, "list index out of range"));
  return list_item(as<List>(list), index);
}
ADDER_EXPORT int PyList_SetItem(PyObject* list, Py_ssize_t index, PyObject* item) {
  Ref<Object> owned = Ref<Object>::steal(item);
  if (!is_list(list)) return bad_call_int();
  if (index < 0 || index >= list_size(as<List>(list))) {
    return minus_one(raise(IndexError, "list assignment index out of range"));
  }
  set_field(as<List>(list)->ob_item[index], std::move(owned));
  return 0;
}
ADDER_EXPORT int PyList_Insert(PyObject* list, Py_ssize_t index, PyObject* item) {
  return is_list(list) ? list_insert(as<List>(list), index, item).to_c() : bad_call_int();
}
ADDER_EXPORT ADDER_HOT int PyList_Append(PyObject* list, PyObject* item) {
  return is_list(list) && item ? list_append(as<List>(list), item).to_c() : bad_call_int();
}
ADDER_EXPORT PyObject* PyList_GetSlice(PyObject* list, Py_ssize_t low, Py_ssize_t high) {
  return is_list(list) ? list_get_slice(as<List>(list), low, high).to_c() : bad_call();
}
ADDER_EXPORT int PyList_SetSlice(PyObject* list, Py_ssize_t low, Py_ssize_t high, PyObject* items) {
  return is_list(list) ? list_set_slice(as<List>(list), low, high, items).to_c() : bad_call_int();
}
ADDER_EXPORT int PyList_Sort(PyObject* list) {
  return list && is_list(list) ? list_sort(as<List>(list), None, false).to_c() : bad_call_int();
}
ADDER_EXPORT int PyList_Reverse(PyObject* list) {
  if (!list || !is_list(list)) return bad_call_int();
  list_reverse(as<List>(list));
  return 0;
}
ADDER_EXPORT PyObject* PyList_AsTuple(PyObject* list) {
  return list && is_list(list) ? list_as_tuple(as<List>(list)).to_c() : bad_call();
}
ADDER_EXPORT PyObject* _PyList_Extend(PyListObject* list, PyObject* iterable) {
  return list_extend(list, iterable).failed() ? nullptr : new_ref(None).release();
}

// == tuple ==

ADDER_EXPORT ADDER_HOT PyObject* PyTuple_New(Py_ssize_t size) { return size < 0 ? bad_call() : tuple_new(size).to_c(); }
ADDER_EXPORT Py_ssize_t PyTuple_Size(PyObject* tuple) {
  return is_tuple(tuple) ? tuple_size(as<Tuple>(tuple)) : bad_call_int();
}
ADDER_EXPORT PyObject* PyTuple_GetItem(PyObject* tuple, Py_ssize_t index) {
  if (!is_tuple(tuple)) return bad_call();
  if (index < 0 || index >= tuple_size(as<Tuple>(tuple))) return null(raise(IndexError, "tuple index out of range"));
  return tuple_item(as<Tuple>(tuple), index);
}
ADDER_EXPORT int PyTuple_SetItem(PyObject* tuple, Py_ssize_t index, PyObject* item) {
  Ref<Object> owned = Ref<Object>::steal(item);
  if (!is_tuple(tuple) || tuple->ob_refcnt != 1) return bad_call_int();
  if (index < 0 || index >= tuple_size(as<Tuple>(tuple))) {
    return minus_one(raise(IndexError, "tuple assignment index out of range"));
  }
  set_field(tuple_items(as<Tuple>(tuple))[index], std::move(owned));
  return 0;
}
ADDER_EXPORT PyObject* PyTuple_GetSlice(PyObject* tuple, Py_ssize_t low, Py_ssize_t high) {
  return tuple && is_tuple(tuple) ? tuple_get_slice(as<Tuple>(tuple), low, high).to_c() : bad_call();
}
ADDER_EXPORT PyObject* PyTuple_Pack(Py_ssize_t count, ...) {
  Ref<Tuple> tuple = TRY_C(nullptr, tuple_new(count));
  va_list arguments;
  va_start(arguments, count);
  for (isize i = 0; i < count; ++i) tuple_init_item(tuple, i, new_ref(va_arg(arguments, PyObject*)));
  va_end(arguments);
  return tuple.release();
}
ADDER_EXPORT int _PyTuple_Resize(PyObject** place, Py_ssize_t size) {
  PyObject* old = *place;
  if (!old || !is_tuple(old) || (tuple_size(as<Tuple>(old)) && old->ob_refcnt != 1)) {
    *place = nullptr;
    decref_or_null(old);
    return bad_call_int();
  }
  *place = nullptr;
  isize old_size = tuple_size(as<Tuple>(old));
  if (old_size == size) {
    *place = old;
    return 0;
  }
  if (old_size == 0) {
    decref(old);
    *place = tuple_new(size).to_c();
    return *place ? 0 : -1;
  }
  *place = tuple_resize(Ref<Tuple>::steal(as<Tuple>(old)), size).to_c();
  return *place ? 0 : -1;
}
ADDER_EXPORT PyObject* _PyTuple_FromArray(PyObject* const* items, Py_ssize_t size) {
  return tuple_from_array(items, size).to_c();
}

// == dict ==

#define EXPECT_DICT(dict, result) CAPI_EXPECT((dict) && is_dict(dict), result)

ADDER_EXPORT ADDER_HOT PyObject* PyDict_New() { return dict_new().to_c(); }
ADDER_EXPORT PyObject* _PyDict_NewPresized(Py_ssize_t size) { return dict_new_presized(size).to_c(); }
ADDER_EXPORT Py_ssize_t PyDict_Size(PyObject* dict) {
  EXPECT_DICT(dict, -1);
  return dict_size(as<Dict>(dict));
}
// Answers NULL for errors too, and keeps an exception that was set before.
ADDER_EXPORT PyObject* PyDict_GetItem(PyObject* dict, PyObject* key) {
  if (!is_dict(dict)) return nullptr;
  ErrorSaver saver;
  PyObject* value = borrow(dict_get_item(as<Dict>(dict), key).to_c());
  if (!value) error_clear();
  return value;
}
ADDER_EXPORT ADDER_HOT PyObject* PyDict_GetItemWithError(PyObject* dict, PyObject* key) {
  EXPECT_DICT(dict, nullptr);
  return borrow(dict_get_item(as<Dict>(dict), key).to_c());
}
ADDER_EXPORT PyObject* _PyDict_GetItemWithError(PyObject* dict, PyObject* key) {
  return PyDict_GetItemWithError(dict, key);
}
ADDER_EXPORT PyObject* _PyDict_GetItem_KnownHash(PyObject* dict, PyObject* key, Py_hash_t hash) {
  EXPECT_DICT(dict, nullptr);
  return borrow(dict_get_item_known_hash(as<Dict>(dict), key, hash).to_c());
}
ADDER_EXPORT PyObject* PyDict_GetItemString(PyObject* dict, const char* key) {
  Result<Str> made = str_from_string(key);
  if (made.failed()) return error_clear(), nullptr;
  Ref<Str> name = made.take();
  return PyDict_GetItem(dict, name);
}
ADDER_EXPORT PyObject* _PyDict_GetItemStringWithError(PyObject* dict, const char* key) {
  Ref<Str> name = TRY_C(nullptr, str_from_string(key));
  return PyDict_GetItemWithError(dict, name);
}
ADDER_EXPORT ADDER_HOT int PyDict_SetItem(PyObject* dict, PyObject* key, PyObject* value) {
  EXPECT_DICT(dict, -1);
  return dict_set_item(as<Dict>(dict), key, value).to_c();
}
ADDER_EXPORT int _PyDict_SetItem_KnownHash(PyObject* dict, PyObject* key, PyObject* value, Py_hash_t hash) {
  EXPECT_DICT(dict, -1);
  return dict_set_item_known_hash(as<Dict>(dict), key, value, hash).to_c();
}
ADDER_EXPORT int PyDict_SetItemString(PyObject* dict, const char* key, PyObject* value) {
  EXPECT_DICT(dict, -1);
  return dict_set_item_string(as<Dict>(dict), key, value).to_c();
}
ADDER_EXPORT int PyDict_DelItem(PyObject* dict, PyObject* key) {
  EXPECT_DICT(dict, -1);
  return dict_del_item(as<Dict>(dict), key).to_c();
}
ADDER_EXPORT int _PyDict_DelItem_KnownHash(PyObject* dict, PyObject* key, Py_hash_t hash) {
  EXPECT_DICT(dict, -1);
  return dict_del_item_known_hash(as<Dict>(dict), key, hash).to_c();
}
ADDER_EXPORT int PyDict_DelItemString(PyObject* dict, const char* key) {
  Ref<Str> name = TRY_C(-1, str_from_string(key));
  return PyDict_DelItem(dict, name);
}
ADDER_EXPORT ADDER_HOT int PyDict_Contains(PyObject* dict, PyObject* key) {
  return dict_contains(as<Dict>(dict), key).to_c();
}
ADDER_EXPORT int _PyDict_Contains_KnownHash(PyObject* dict, PyObject* key, Py_hash_t hash) {
  Maybe<Object> value = dict_get_item_known_hash(as<Dict>(dict), key, hash);
  if (value.failed()) return -1;
  Ref<Object> owned = value.take();
  return owned ? 1 : 0;
}
ADDER_EXPORT ADDER_HOT PyObject* PyDict_SetDefault(PyObject* dict, PyObject* key, PyObject* default_value) {
  EXPECT_DICT(dict, nullptr);
  return borrow(dict_set_default(as<Dict>(dict), key, default_value).to_c());
}
ADDER_EXPORT PyObject* _PyDict_Pop(PyObject* dict, PyObject* key, PyObject* default_value) {
  Maybe<Object> value = dict_pop(as<Dict>(dict), key);
  if (value.failed()) return nullptr;
  if (PyObject* found = value.to_c()) return found;
  if (default_value) return new_ref(default_value).release();
  return null(raise_key_error(key));
}
ADDER_EXPORT int PyDict_Next(PyObject* dict, Py_ssize_t* position, PyObject** key, PyObject** value) {
  if (!is_dict(dict)) return 0;
  Object *found_key, *found_value;
  if (!dict_next(as<Dict>(dict), *position, found_key, found_value)) return 0;
  if (key) *key = found_key;
  if (value) *value = found_value;
  return 1;
}
ADDER_EXPORT int _PyDict_Next(PyObject* dict, Py_ssize_t* position, PyObject** key, PyObject** value, Py_hash_t* hash) {
  if (!is_dict(dict)) return 0;
  Object *found_key, *found_value;
  Py_hash_t found_hash;
  if (!dict_next_hash(as<Dict>(dict), *position, found_key, found_value, found_hash)) return 0;
  if (key) *key = found_key;
  if (value) *value = found_value;
  if (hash) *hash = found_hash;
  return 1;
}
ADDER_EXPORT void PyDict_Clear(PyObject* dict) {
  if (is_dict(dict)) dict_clear(as<Dict>(dict));
}
ADDER_EXPORT PyObject* PyDict_Copy(PyObject* dict) {
  EXPECT_DICT(dict, nullptr);
  return dict_copy(as<Dict>(dict)).to_c();
}
ADDER_EXPORT int PyDict_Update(PyObject* dict, PyObject* mapping) {
  EXPECT_DICT(dict, -1);
  return dict_update(as<Dict>(dict), mapping).to_c();
}
ADDER_EXPORT int PyDict_Merge(PyObject* dict, PyObject* mapping, int override) {
  EXPECT_DICT(dict, -1);
  return dict_merge(as<Dict>(dict), mapping, override != 0).to_c();
}
ADDER_EXPORT int _PyDict_MergeEx(PyObject* dict, PyObject* mapping, int override) {
  EXPECT_DICT(dict, -1);
  return (override == 2 ? dict_merge_unique(as<Dict>(dict), mapping)
                        : dict_merge(as<Dict>(dict), mapping, override != 0))
      .to_c();
}
ADDER_EXPORT int PyDict_MergeFromSeq2(PyObject* dict, PyObject* pairs, int override) {
  return dict_merge_from_seq2(as<Dict>(dict), pairs, override != 0).to_c();
}
#define DICT_PART(capi_name, function)               \
  ADDER_EXPORT PyObject* capi_name(PyObject* dict) { \
    EXPECT_DICT(dict, nullptr);                      \
    return function(as<Dict>(dict)).to_c();          \
  }
DICT_PART(PyDict_Keys, dict_keys)
DICT_PART(PyDict_Values, dict_values)
DICT_PART(PyDict_Items, dict_items)
#undef DICT_PART
ADDER_EXPORT void _PyDict_MaybeUntrack(PyObject* dict) { dict_maybe_untrack(as<Dict>(dict)); }

// == set ==

ADDER_EXPORT PyObject* PySet_New(PyObject* iterable) { return set_new(iterable).to_c(); }
ADDER_EXPORT PyObject* PyFrozenSet_New(PyObject* iterable) { return frozenset_new(iterable).to_c(); }
ADDER_EXPORT Py_ssize_t PySet_Size(PyObject* set) { return is_any_set(set) ? set_size(as<Set>(set)) : bad_call_int(); }
ADDER_EXPORT int PySet_Contains(PyObject* set, PyObject* key) {
  return is_any_set(set) ? set_contains(as<Set>(set), key).to_c() : bad_call_int();
}
ADDER_EXPORT int PySet_Add(PyObject* set, PyObject* key) {
  if (!is_set(set) && !(is_frozenset(set) && set->ob_refcnt == 1)) return bad_call_int();
  return set_add(as<Set>(set), key).to_c();
}
ADDER_EXPORT int PySet_Discard(PyObject* set, PyObject* key) {
  return is_set(set) ? set_discard(as<Set>(set), key).to_c() : bad_call_int();
}
ADDER_EXPORT PyObject* PySet_Pop(PyObject* set) { return is_set(set) ? set_pop(as<Set>(set)).to_c() : bad_call(); }
ADDER_EXPORT int PySet_Clear(PyObject* set) {
  if (!is_set(set)) return bad_call_int();
  set_clear(as<Set>(set));
  return 0;
}
ADDER_EXPORT int _PySet_Update(PyObject* set, PyObject* iterable) {
  return is_set(set) ? set_update(as<Set>(set), iterable).to_c() : bad_call_int();
}
ADDER_EXPORT int _PySet_NextEntry(PyObject* set, Py_ssize_t* position, PyObject** key, Py_hash_t* hash) {
  return is_any_set(set) ? set_next(as<Set>(set), *position, *key, *hash) : bad_call_int();
}

// == slice, iterators ==

ADDER_EXPORT PyObject* PySlice_New(PyObject* start, PyObject* stop, PyObject* step) {
  return slice_new(start ? start : None, stop ? stop : None, step ? step : None).to_c();
}
ADDER_EXPORT int PySlice_Unpack(PyObject* slice, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step) {
  return slice_unpack(as<Slice>(slice), *start, *stop, *step).to_c();
}
ADDER_EXPORT Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t step) {
  return slice_adjust_indices(length, *start, *stop, step);
}
ADDER_EXPORT int PySlice_GetIndicesEx(PyObject* slice, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                      Py_ssize_t* step, Py_ssize_t* count) {
  if (PySlice_Unpack(slice, start, stop, step) < 0) return -1;
  *count = slice_adjust_indices(length, *start, *stop, *step);
  return 0;
}
ADDER_EXPORT PyObject* PySeqIter_New(PyObject* sequence) { return seq_iter_new(sequence).to_c(); }
ADDER_EXPORT PyObject* PyCallIter_New(PyObject* callable, PyObject* sentinel) {
  return call_iter_new(callable, sentinel).to_c();
}
ADDER_EXPORT Py_ssize_t _PyDict_SizeOf(PyDictObject* dict) {
  Ref<Str> name = TRY_C(-1, str_from_string("__sizeof__"));
  Ref<Object> size = TRY_C(-1, call_method(static_cast<Object*>(dict), name.get()));
  return int_as_ssize_t(size).to_c();
}
