// list: the growable array type.
//
// Layout     PyListObject (ABI); ob_item has `allocated` slots, Py_SIZE of them in use.
// Invariant  0 <= size <= allocated; comparing items may change the list: read the size again after.
// Growth     about 1/8 over, in steps of four items; a failed growth leaves the list as it was.
// Sorting    types/list_sort.cpp. While it runs the list is empty, so that Python code cannot see it half sorted.
// See        docs/objects.md, tests/python/test_list.py
#include "types/list.h"

#include <cstring>

#include "base/copy.h"
#include "base/hot.h"
#include "bind/bind.h"
#include "memory/collected.h"
#include "types/list_iterator.h"
#include "types/list_sort.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {

// == Storage ==

constexpr isize kMaxItems = kMaxSize / static_cast<isize>(sizeof(Object*));
constexpr isize kShortList = 16;

// Makes room for `size` items and sets the size; new slots are not initialised. No Python code runs.
ADDER_HOT Result<void> resize(List* list, isize size) {
  if (size <= list->allocated && size >= list->allocated >> 1) {
    list->ob_size = size;
    return {};
  }
  if (size == 0) {
    memory::release(list->ob_item);
    list->ob_item = nullptr;
    list->ob_size = list->allocated = 0;
    return {};
  }
  if (size > kMaxItems) return raise_no_memory();
  // Cannot overflow: size <= kMaxItems, and an eighth more still fits isize.
  isize capacity = (size + (size >> 3) + 6) & ~isize{3};
  if (size - list->ob_size > capacity - size) capacity = (size + 3) & ~isize{3};  // one large step: no reserve
  if (capacity > kMaxItems) capacity = size;
  void* items = memory::reallocate(list->ob_item, static_cast<usize>(capacity) * sizeof(Object*));
  if (!items) {
    if (size > list->allocated) return raise_no_memory();
    list->ob_size = size;  // shrinking never fails
    return {};
  }
  list->ob_item = static_cast<Object**>(items);
  list->allocated = capacity;
  list->ob_size = size;
  return {};
}

// resize() for what is about to be filled: a list without items of its own gets no reserve, only an even number of
// slots.
Result<void> resize_to_fill(List* list, isize size) {
  if (list->ob_item || size <= 0 || size > kMaxItems) return resize(list, size);
  isize capacity = (size + 1) & ~isize{1};
  void* items = memory::allocate(static_cast<usize>(capacity) * sizeof(Object*));
  if (!items) return raise_no_memory();
  list->ob_item = static_cast<Object**>(items);
  list->allocated = capacity;
  list->ob_size = size;
  return {};
}

Result<List> copy_range(List* list, isize low, isize high) {
  Ref<List> result = TRY(list_new(high - low));
  for (isize i = low; i < high; ++i) list_init_item(result, i - low, new_ref(list->ob_item[i]));
  return result;
}

// Item `index` for a negative index too; IndexError with `message`.
Result<isize> checked_index(List* list, isize index, const char* message) {
  if (index < 0) index += list->ob_size;
  if (static_cast<usize>(index) >= static_cast<usize>(list->ob_size)) return raise(IndexError, message);
  return index;
}

Result<void> extend_from_array(List* list, Object* const* items, isize count) {
  isize old_size = list->ob_size;
  if (count > kMaxItems - old_size) return raise_no_memory();
  TRY(resize_to_fill(list, old_size + count));
  for (isize i = 0; i < count; ++i) list->ob_item[old_size + i] = new_ref(items[i]).release();
  return {};
}

Result<void> extend_from_iterator(List* list, Object* iterable) {
  Ref<Object> iterator = TRY(object_get_iter(iterable));
  isize expected = TRY(object_length_hint(iterable, 8));
  isize old_size = list->ob_size;
  if (expected > 0 && expected <= kMaxItems - old_size && old_size + expected > list->allocated) {
    TRY(resize_to_fill(list, old_size + expected));
    list->ob_size = old_size;
  }
  for (;;) {
    Ref<Object> item = TRY(iter_next(iterator));
    if (!item) break;
    if (list->ob_size < list->allocated) {
      list->ob_item[list->ob_size++] = item.release();
    } else {
      TRY(list_append_steal(list, std::move(item)));
    }
  }
  return resize(list, list->ob_size);  // gives back what the hint promised too much
}
}  // namespace

// == Operations for other rooms ==

ADDER_HOT Result<List> list_new(isize size) {
  if (size < 0) return raise_bad_internal_call();
  if (size > kMaxItems) return raise_no_memory();
  Object** items = nullptr;
  if (size > 0) {
    if (ADDER_LIKELY(size <= kShortList)) {
      items = static_cast<Object**>(memory::allocate(static_cast<usize>(size) * sizeof(Object*)));
      if (!items) return raise_no_memory();
      clear_fields(items, size);
    } else {
      items = static_cast<Object**>(memory::allocate_zeroed(static_cast<usize>(size), sizeof(Object*)));
      if (!items) return raise_no_memory();
    }
  }
  List* list = static_cast<List*>(collected_allocate(&PyList_Type, sizeof(List), kept_objects.lists));
  if (ADDER_UNLIKELY(!list)) {
    memory::release(items);
    return Error{};
  }
  list->ob_item = items;
  list->ob_size = list->allocated = size;
  gc::track(list);
  return Ref<List>::steal(list);
}

Result<List> list_from_array(Object* const* items, isize size) {
  Ref<List> list = TRY(list_new(size));
  for (isize i = 0; i < size; ++i) list_init_item(list, i, new_ref(items[i]));
  return list;
}

ADDER_HOT Result<void> list_append(List* list, Object* item) {
  isize size = list->ob_size;
  if (ADDER_LIKELY(size < list->allocated)) {
    list->ob_size = size + 1;
  } else {
    TRY(resize(list, size + 1));
  }
  list->ob_item[size] = new_ref(item).release();
  return {};
}

Result<void> list_append_steal(List* list, Ref<Object>&& item) {
  Ref<Object> owned = std::move(item);
  isize size = list->ob_size;
  if (ADDER_LIKELY(size < list->allocated)) {
    list->ob_size = size + 1;
  } else {
    TRY(resize(list, size + 1));
  }
  list->ob_item[size] = owned.release();
  return {};
}

Result<void> list_insert(List* list, isize index, Object* item) {
  isize size = list->ob_size;
  TRY(resize(list, size + 1));
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  Object** items = list->ob_item;
  std::memmove(items + index + 1, items + index, static_cast<usize>(size - index) * sizeof(Object*));
  items[index] = new_ref(item).release();
  return {};
}

Result<void> list_extend(List* list, Object* iterable) {
  if (is_list_exact(iterable) || is_tuple_exact(iterable)) {
    // Also list.extend(itself): the array is read again after the growth.
    if (iterable == list) {
      isize count = list->ob_size;
      if (count > kMaxItems - count) return raise_no_memory();
      TRY(resize(list, 2 * count));
      for (isize i = 0; i < count; ++i) list->ob_item[count + i] = new_ref(list->ob_item[i]).release();
      return {};
    }
    return extend_from_array(list, sequence_fast_items(iterable), sequence_fast_size(iterable));
  }
  return extend_from_iterator(list, iterable);
}

Result<void> list_set_item(List* list, isize index, Object* item) {
  if (static_cast<usize>(index) >= static_cast<usize>(list->ob_size)) {
    return raise(IndexError, "list assignment index out of range");
  }
  set_field(list->ob_item[index], new_ref(item));
  return {};
}

Result<List> list_get_slice(List* list, isize low, isize high) {
  if (low < 0) low = 0;
  if (low > list->ob_size) low = list->ob_size;
  if (high < low) high = low;
  if (high > list->ob_size) high = list->ob_size;
  return copy_range(list, low, high);
}

Result<void> list_set_slice(List* list, isize low, isize high, Opt<Object*> iterable) {
  Ref<Object> source;
  if (iterable) {
    // list[a:b] = list: the items are copied first, because the list moves under them.
    if (iterable.get() == list) {
      source = TRY(copy_range(list, 0, list->ob_size));
    } else {
      source = TRY(sequence_fast(iterable.get(), "can only assign an iterable"));
    }
  }
  isize count = source ? sequence_fast_size(source) : 0;
  isize size = list->ob_size;
  if (low < 0) low = 0;
  if (low > size) low = size;
  if (high < low) high = low;
  if (high > size) high = size;
  isize removed = high - low;
  if (removed == size && count == 0) {  // first, because clearing cannot fail
    list_clear(list);
    return {};
  }
  // The old items are released when the list is whole again: they wait in a list, a few of them in an array.
  Object* few[8];
  Object** old = few;
  Ref<List> garbage;
  if (removed > 8) {
    garbage = TRY(list_new(removed));
    old = garbage->ob_item;
  }
  if (count > removed) TRY(resize(list, size + count - removed));
  if (removed) copy_bytes(old, list->ob_item + low, static_cast<usize>(removed) * sizeof(Object*));
  if (count != removed && size > high) {
    move_bytes(list->ob_item + low + count, list->ob_item + high, static_cast<usize>(size - high) * sizeof(Object*));
  }
  for (isize i = 0; i < count; ++i) list->ob_item[low + i] = new_ref(sequence_fast_items(source)[i]).release();
  if (count < removed) TRY(resize(list, size + count - removed));  // shrinking never fails
  if (old == few) {
    for (isize i = removed; --i >= 0;) decref(few[i]);
  }
  return {};
}

void list_reverse(List* list) {
  Object** items = list->ob_item;
  for (isize low = 0, high = list->ob_size - 1; low < high; ++low, --high) std::swap(items[low], items[high]);
}

Result<Tuple> list_as_tuple(List* list) { return tuple_from_array(list->ob_item, list->ob_size); }

void list_clear(List* list) {
  // The list is empty before the first destructor runs.
  Object** items = std::exchange(list->ob_item, nullptr);
  isize size = list->ob_size;
  list->ob_size = list->allocated = 0;
  while (--size >= 0) decref_or_null(items[size]);
  memory::release(items);
}

namespace {
// == Slots ==

ADDER_HOT void list_dealloc(PyObject* self) {
  gc::untrack(self);
  Trashcan trashcan(self);
  if (trashcan.deferred()) return;
  List* list = as<List>(self);
  isize size = list->ob_size;
  while (--size >= 0) decref_or_null(list->ob_item[size]);
  if (list->ob_item) memory::release(list->ob_item);
  if (ADDER_LIKELY(is_list_exact(self)))
    collected_free(self, kept_objects.lists, KeptObjects::kMostLists);
  else
    object_free(self);
}

int list_traverse(PyObject* self, visitproc visit, void* arg) {
  List* list = as<List>(self);
  for (isize i = list->ob_size; --i >= 0;) VISIT(list->ob_item[i]);
  return 0;
}

int list_clear_slot(PyObject* self) {
  list_clear(as<List>(self));
  return 0;
}

Result<Str> list_repr(List* list) {
  if (list->ob_size == 0) return str_from_latin1("[]");
  if (TRY(repr_enter(list))) return str_from_latin1("[...]");
  auto body = [list]() -> Result<Str> {
    StrWriter writer(list->ob_size * 3);
    TRY(writer.write_char('['));
    // repr of an item may change the list.
    for (isize i = 0; i < list->ob_size; ++i) {
      if (i > 0) TRY(writer.write_ascii(", "));
      Ref<Object> item = new_ref(list->ob_item[i]);
      TRY(writer.write_repr(item));
    }
    TRY(writer.write_char(']'));
    return writer.finish();
  };
  Result<Str> text = body();
  repr_leave(list);
  return text;
}

Result<isize> list_length(List* list) { return list->ob_size; }

Result<bool> list_contains(List* list, Object* value) {
  for (isize i = 0; i < list->ob_size; ++i) {
    Ref<Object> item = new_ref(list->ob_item[i]);
    if (TRY(object_equal(item, value))) return true;
  }
  return false;
}

Result<Object> list_get_item(List* list, isize index) {
  if (static_cast<usize>(index) >= static_cast<usize>(list->ob_size))
    return raise(IndexError, "list index out of range");
  return new_ref(list->ob_item[index]);
}

Result<void> list_assign_item(List* list, isize index, Opt<Object*> value) {
  if (static_cast<usize>(index) >= static_cast<usize>(list->ob_size)) {
    return raise(IndexError, "list assignment index out of range");
  }
  if (!value) return list_set_slice(list, index, index + 1, {});
  return list_set_item(list, index, value.get());
}

Result<Object> list_concat(List* list, Object* other) {
  if (!is_list(other)) {
    return raise(TypeError, "can only concatenate list (not \"%.200s\") to list", type_of(other)->tp_name);
  }
  List* right = as<List>(other);
  if (list->ob_size > kMaxItems - right->ob_size) return raise_no_memory();
  Ref<List> result = TRY(list_new(list->ob_size + right->ob_size));
  for (isize i = 0; i < list->ob_size; ++i) list_init_item(result, i, new_ref(list->ob_item[i]));
  for (isize i = 0; i < right->ob_size; ++i) list_init_item(result, list->ob_size + i, new_ref(right->ob_item[i]));
  return result;
}

// Fills items[size, size * count) with copies of the first `size`, counting the references once.
void fill_repeats(Object** items, isize size, isize count) {
  for (isize i = 0; i < size; ++i) {
    if (!is_immortal(items[i])) items[i]->ob_refcnt += count - 1;
  }
  for (isize done = size, total = size * count; done < total;) {
    isize step = done < total - done ? done : total - done;
    std::memcpy(items + done, items, static_cast<usize>(step) * sizeof(Object*));
    done += step;
  }
}

Result<Object> list_repeat(List* list, isize count) {
  isize size = list->ob_size;
  if (count <= 0 || size == 0) return list_new(0);
  if (size > kMaxItems / count) return raise_no_memory();
  Ref<List> result = TRY(list_new(size * count));
  for (isize i = 0; i < size; ++i) list_init_item(result, i, new_ref(list->ob_item[i]));
  fill_repeats(result->ob_item, size, count);
  return result;
}

Result<Object> list_in_place_concat(List* list, Object* other) {
  TRY(list_extend(list, other));
  return new_ref<Object>(list);
}

Result<Object> list_in_place_repeat(List* list, isize count) {
  isize size = list->ob_size;
  if (size > 0 && count != 1) {
    if (count <= 0) {
      list_clear(list);
    } else {
      if (size > kMaxItems / count) return raise_no_memory();
      TRY(resize(list, size * count));
      fill_repeats(list->ob_item, size, count);
    }
  }
  return new_ref<Object>(list);
}

Result<Object> list_subscript(List* list, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return new_ref(list->ob_item[TRY(checked_index(list, index, "list index out of range"))]);
  }
  if (!is_slice(key)) {
    return raise(TypeError, "list indices must be integers or slices, not %.200s", type_of(key)->tp_name);
  }
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  isize count = slice_adjust_indices(list->ob_size, start, stop, step);
  if (step == 1) return copy_range(list, start, start + count);
  Ref<List> result = TRY(list_new(count));
  for (isize i = 0; i < count; ++i) list_init_item(result, i, new_ref(list->ob_item[start + i * step]));
  return result;
}

// del list[start:stop:step] for a step other than 1; `count` > 0 items.
Result<void> delete_extended_slice(List* list, isize start, isize step, isize count) {
  if (step < 0) {
    start += step * (count - 1);
    step = -step;
  }
  Ref<List> garbage = TRY(list_new(count));
  Object** items = list->ob_item;
  isize target = start, next_removed = start, removed = 0;
  for (isize source = start; source < list->ob_size; ++source) {
    if (removed < count && source == next_removed) {
      garbage->ob_item[removed++] = items[source];
      if (removed < count) next_removed += step;
    } else {
      items[target++] = items[source];
    }
  }
  return resize(list, list->ob_size - count);
}

Result<void> assign_extended_slice(List* list, isize start, isize step, isize count, Object* value) {
  Ref<Object> source;
  if (value == list) {
    source = TRY(copy_range(list, 0, list->ob_size));
  } else {
    source = TRY(sequence_fast(value, "must assign iterable to extended slice"));
  }
  if (sequence_fast_size(source) != count) {
    return raise(ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                 sequence_fast_size(source), count);
  }
  Ref<List> garbage = TRY(list_new(count));
  for (isize i = 0; i < count; ++i) {
    Object*& item = list->ob_item[start + i * step];
    garbage->ob_item[i] = item;
    item = new_ref(sequence_fast_items(source)[i]).release();
  }
  return {};
}

Result<void> list_assign_subscript(List* list, Object* key, Opt<Object*> value) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return list_assign_item(list, TRY(checked_index(list, index, "list assignment index out of range")), value);
  }
  if (!is_slice(key)) {
    return raise(TypeError, "list indices must be integers or slices, not %.200s", type_of(key)->tp_name);
  }
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  isize count = slice_adjust_indices(list->ob_size, start, stop, step);
  if (step == 1) return list_set_slice(list, start, start + count, value);
  if (value) return assign_extended_slice(list, start, step, count, value.get());
  return count > 0 ? delete_extended_slice(list, start, step, count) : Result<void>{};
}

Result<Object> list_compare(List* list, Object* other_object, int op) {
  if (!is_list(other_object)) return not_implemented();
  List* other = as<List>(other_object);
  if (list->ob_size != other->ob_size && (op == Py_EQ || op == Py_NE)) return bool_result(op == Py_NE);
  // The first pair that differs decides; comparing may change either list.
  for (isize i = 0; i < list->ob_size && i < other->ob_size; ++i) {
    Ref<Object> left = new_ref(list->ob_item[i]), right = new_ref(other->ob_item[i]);
    if (left.get() == right.get() || TRY(object_equal(left, right))) continue;
    if (i >= list->ob_size || i >= other->ob_size) break;  // the pair is gone: the sizes decide
    if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
    return object_rich_compare(left, right, op);
  }
  return bool_result(compare_values(list->ob_size, other->ob_size, op));
}

// == Methods ==

constexpr Doc list_doc =
    "list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\n"
    "If no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if "
    "specified.";
Result<void> list_init(List* self, Opt<Object*> iterable) {
  if (self->ob_item) list_clear(self);
  return iterable ? list_extend(self, iterable.get()) : Result<void>{};
}

// list(x) for the class itself, without tuple and without tp_init.
PyObject* list_vectorcall(PyObject* type, PyObject* const* args, std::size_t nargsf, PyObject* keyword_names) {
  Object* iterable = nullptr;
  if (!parse_arguments(list_doc, args, static_cast<isize>(vectorcall_nargs(nargsf)),
                       reinterpret_cast<Tuple*>(keyword_names), &iterable, nullptr, nullptr)) {
    return nullptr;
  }
  if (type != &PyList_Type) {
    Ref<Object> self = TRY_C(nullptr, object_new_zeroed(reinterpret_cast<Type*>(type)));
    if (iterable) TRY_C(nullptr, list_extend(as<List>(self.get()), iterable));
    return self.release();
  }
  Ref<List> list = TRY_C(nullptr, list_new(0));
  if (iterable) TRY_C(nullptr, list_extend(list, iterable));
  return list.release();
}

constexpr Doc getitem_doc = "__getitem__($self, y, /)";
constexpr const char* getitem_text = "x.__getitem__(y) <==> x[y]";

constexpr Doc reversed_doc = "__reversed__($self, /)\n--\n\nReturn a reverse iterator over the list.";
Result<Object> list_reversed(List* self) { return list_reverse_iterator_new(self); }

constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturn the size of the list in memory, in bytes.";
Result<isize> list_sizeof(List* self) {
  return type_of(self)->tp_basicsize + self->allocated * static_cast<isize>(sizeof(Object*));
}

constexpr Doc clear_doc = "clear($self, /)\n--\n\nRemove all items from list.";
Result<void> list_clear_method(List* self) {
  list_clear(self);
  return {};
}

constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a shallow copy of the list.";
Result<List> list_copy(List* self) { return copy_range(self, 0, self->ob_size); }

constexpr Doc append_doc = "append($self, object, /)\n--\n\nAppend object to the end of the list.";
constexpr Doc insert_doc = "insert($self, index, object, /)\n--\n\nInsert object before index.";
constexpr Doc extend_doc = "extend($self, iterable, /)\n--\n\nExtend list by appending elements from the iterable.";

constexpr Doc pop_doc =
    "pop($self, index=-1, /)\n--\n\nRemove and return item at index (default last).\n\n"
    "Raises IndexError if list is empty or index is out of range.";
Result<Object> list_pop(List* self, isize index) {
  if (self->ob_size == 0) return raise(IndexError, "pop from empty list");
  index = TRY(checked_index(self, index, "pop index out of range"));
  Ref<Object> item = new_ref(self->ob_item[index]);
  if (index == self->ob_size - 1) {
    TRY(resize(self, index));
    decref(item.get());  // the list's own reference
  } else {
    TRY(list_set_slice(self, index, index + 1, {}));
  }
  return item;
}

constexpr Doc remove_doc =
    "remove($self, value, /)\n--\n\nRemove first occurrence of value.\n\n"
    "Raises ValueError if the value is not present.";
Result<void> list_remove(List* self, Object* value) {
  for (isize i = 0; i < self->ob_size; ++i) {
    Ref<Object> item = new_ref(self->ob_item[i]);
    if (TRY(object_equal(item, value))) return list_set_slice(self, i, i + 1, {});
  }
  return raise(ValueError, "list.remove(x): x not in list");
}

constexpr Doc index_doc =
    "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nReturn first index of value.\n\n"
    "Raises ValueError if the value is not present.";
Result<isize> list_index(List* self, Object* value, SliceIndex start, SliceIndex stop) {
  isize low = start.fitted(self->ob_size), high = stop.fitted(self->ob_size);
  for (isize i = low; i < high && i < self->ob_size; ++i) {
    Ref<Object> item = new_ref(self->ob_item[i]);
    if (TRY(object_equal(item, value))) return i;
  }
  return raise(ValueError, "%R is not in list", value);
}

constexpr Doc count_doc = "count($self, value, /)\n--\n\nReturn number of occurrences of value.";
Result<isize> list_count(List* self, Object* value) {
  isize count = 0;
  for (isize i = 0; i < self->ob_size; ++i) {
    Ref<Object> item = new_ref(self->ob_item[i]);
    if (TRY(object_equal(item, value))) ++count;
  }
  return count;
}

constexpr Doc reverse_doc = "reverse($self, /)\n--\n\nReverse *IN PLACE*.";
Result<void> list_reverse_method(List* self) {
  list_reverse(self);
  return {};
}

constexpr Doc sort_doc =
    "sort($self, /, *, key=None, reverse=False)\n--\n\n"
    "Sort the list in ascending order and return None.\n\n"
    "The sort is in-place (i.e. the list itself is modified) and stable (i.e. the\n"
    "order of two equal elements is maintained).\n\n"
    "If a key function is given, apply it once to each list item and sort them,\n"
    "ascending or descending, according to their function values.\n\n"
    "The reverse flag can be set to sort in descending order.";

constexpr Doc class_getitem_doc = "__class_getitem__($type, object, /)";
constexpr const char* class_getitem_text = "See PEP 585";

constinit PyMethodDef list_methods[] = {
    coexisting_method<list_subscript, getitem_doc>("x.__getitem__(y) <==> x[y]"),
    method<list_reversed, reversed_doc>(),
    method<list_sizeof, sizeof_doc>(),
    method<list_clear_method, clear_doc>(),
    method<list_copy, copy_doc>(),
    method<list_append, append_doc>(),
    method<list_insert, insert_doc>(),
    method<list_extend, extend_doc>(),
    method<list_pop, pop_doc>(),
    method<list_remove, remove_doc>(),
    method<list_index, index_doc>(),
    method<list_count, count_doc>(),
    method<list_reverse_method, reverse_doc>(),
    method<list_sort, sort_doc>(),
    with_text(class_method<generic_alias_new, class_getitem_doc>(), class_getitem_text),
    {},
};

// == Type object ==

constinit PySequenceMethods list_as_sequence = {
    .sq_length = slot<list_length>,
    .sq_concat = slot<list_concat>,
    .sq_repeat = slot<list_repeat>,
    .sq_item = slot<list_get_item>,
    .sq_ass_item = slot<list_assign_item>,
    .sq_contains = slot<list_contains>,
    .sq_inplace_concat = slot<list_in_place_concat>,
    .sq_inplace_repeat = slot<list_in_place_repeat>,
};
constinit PyMappingMethods list_as_mapping = {
    .mp_length = slot<list_length>,
    .mp_subscript = slot<list_subscript>,
    .mp_ass_subscript = slot<list_assign_subscript>,
};
}  // namespace

Result<Object> list_iter(List* list) { return list_iterator_new(list); }
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyList_Type = {
    .tp_name = "list",
    .tp_basicsize = sizeof(List),
    .tp_dealloc = list_dealloc,
    .tp_repr = slot<list_repr>,
    .tp_as_sequence = &list_as_sequence,
    .tp_as_mapping = &list_as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS |
                _Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_SEQUENCE,
    .tp_doc = list_doc.text,
    .tp_traverse = list_traverse,
    .tp_clear = list_clear_slot,
    .tp_richcompare = slot<list_compare>,
    .tp_iter = slot<list_iter>,
    .tp_methods = list_methods,
    .tp_init = initializer<list_init, list_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_gc_del,
    .tp_vectorcall = list_vectorcall,
};
