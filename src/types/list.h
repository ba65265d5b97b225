// list: the growable array type.
#pragma once
#include "object/protocol.h"

ADDER_EXPORT PyTypeObject PyList_Type, PyListIter_Type, PyListRevIter_Type;

namespace adder {
inline bool is_list(const Object* o) { return has_flag(o->ob_type, Py_TPFLAGS_LIST_SUBCLASS); }
inline bool is_list_exact(const Object* o) { return o->ob_type == &PyList_Type; }
inline isize list_size(const List* list) { return list->ob_size; }
// Borrowed; 0 <= index < size. Make it a Ref before anything that may run Python code.
inline Object* list_item(const List* list, isize index) { return list->ob_item[index]; }

// `size` slots that are null: fill every one with list_init_item before anyone else sees the list.
Result<List> list_new(isize size = 0);
inline void list_init_item(List* list, isize index, Ref<Object>&& item) { list->ob_item[index] = item.release(); }
// A list of `size` borrowed items.
Result<List> list_from_array(Object* const* items, isize size);
Result<void> list_append(List* list, Object* item);
// Takes the reference over, also on failure.
Result<void> list_append_steal(List* list, Ref<Object>&& item);
// Any index: clipped as list.insert() does.
Result<void> list_insert(List* list, isize index, Object* item);
Result<void> list_extend(List* list, Object* iterable);
// Replaces item `index`; IndexError "list assignment index out of range".
Result<void> list_set_item(List* list, isize index, Object* item);
// New list of items low..high, clipped.
Result<List> list_get_slice(List* list, isize low, isize high);
// list[low:high] = iterable; absent iterable deletes.
Result<void> list_set_slice(List* list, isize low, isize high, Opt<Object*> iterable);
Result<void> list_sort(List* list, Object* key, bool reverse);
void list_reverse(List* list);
Result<Tuple> list_as_tuple(List* list);
void list_clear(List* list);  // runs destructors
}  // namespace adder
