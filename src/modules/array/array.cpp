// array: the type array.array, compact arrays of numbers or characters.
//
// Layout     arrayobject (ABI, read inline by Cython): ob_item has `allocated` items, Py_SIZE of them in use.
// Invariant  while ob_exports > 0 the size does not change: memoryviews point into ob_item.
// Order      values are converted before the array is touched: conversion runs Python code, which may change the array.
// See        library reference "array"; tests/python/test_array_module.py
#include "modules/array/array.h"

#include <algorithm>
#include <cstring>

#include "base/copy.h"
#include "bind/bind.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "object/fields.h"
#include "runtime/builtins.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {

// == Storage ==

Result<Array> array_new(Type* type, isize size, const ArrayKind* kind) {
  if (size < 0) return raise_bad_internal_call();
  if (size > kMaxSize / kind->itemsize) return raise_no_memory();
  char* items = nullptr;
  if (size > 0 && !(items = static_cast<char*>(memory::allocate(static_cast<usize>(size * kind->itemsize))))) {
    return raise_no_memory();
  }
  auto allocated = Result<Object>::from_c(type->tp_alloc(type, 0));
  if (allocated.failed()) {
    memory::release(items);
    return Error{};
  }
  Ref<Array> array = as<Array>(allocated.take());
  array->ob_item = items;
  array->ob_size = array->allocated = size;
  array->ob_descr = kind;
  array->weakreflist = nullptr;
  array->ob_exports = 0;
  return array;
}

Result<void> array_resize(Array* array, isize size) {
  if (array->ob_exports > 0 && size != array->ob_size) {
    return raise(BufferError, "cannot resize an array that is exporting buffers");
  }
  if (array->allocated >= size && array->ob_size < size + 16 && array->ob_item) {
    array->ob_size = size;
    return {};
  }
  if (size == 0) {
    memory::release(array->ob_item);
    array->ob_item = nullptr;
    array->ob_size = array->allocated = 0;
    return {};
  }
  isize capacity = size + (size >> 4) + (array->ob_size < 8 ? 3 : 7);
  if (capacity > kMaxSize / array->ob_descr->itemsize) return raise_no_memory();
  void* items = memory::reallocate(array->ob_item, static_cast<usize>(capacity * array->ob_descr->itemsize));
  if (!items) {
    if (size > array->allocated) return raise_no_memory();
    array->ob_size = size;  // shrinking never fails
    return {};
  }
  array->ob_item = static_cast<char*>(items);
  array->ob_size = size;
  array->allocated = capacity;
  return {};
}

Result<void> array_append_bytes(Array* self, Object* bytes_like) {
  BufferView view;
  TRY(view.acquire(bytes_like));
  if (view.raw().itemsize != 1) return raise(TypeError, "a bytes-like object is required");
  isize itemsize = self->ob_descr->itemsize;
  if (view.size() % itemsize) return raise(ValueError, "bytes length not a multiple of item size");
  isize count = view.size() / itemsize, old_size = self->ob_size;
  if (count == 0) return {};
  if (count > kMaxSize / itemsize - old_size) return raise_no_memory();
  TRY(array_resize(self, old_size + count));
  copy_bytes(self->item(old_size), view.data(), static_cast<usize>(view.size()));
  return {};
}

Result<Object> array_to_list(Array* self) {
  Ref<List> list = TRY(list_new(0));
  for (isize i = 0; i < self->ob_size; ++i) TRY(list_append_steal(list, TRY(self->ob_descr->get(self->item(i)))));
  return list;
}

Result<Str> array_to_str(Array* self) {
  return str_from_wide_char(reinterpret_cast<const wchar_t*>(self->ob_item), self->ob_size);
}

namespace {
Result<Object> get(Array* self, isize index) { return self->ob_descr->get(self->item(index)); }
// The value is checked first, because that may run Python code; then the index, which that code may have made invalid.
Result<void> set(Array* self, isize index, Object* value) {
  alignas(8) char item[8];
  TRY(self->ob_descr->set(item, value));
  if (index >= self->ob_size) return raise(IndexError, "array assignment index out of range");
  std::memcpy(self->item(index), item, static_cast<usize>(self->ob_descr->itemsize));
  return {};
}
Result<void> insert_at(Array* self, isize index, Object* value) {
  alignas(8) char item[8];
  TRY(self->ob_descr->set(item, value));
  isize size = self->ob_size;
  TRY(array_resize(self, size + 1));
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  move_bytes(self->item(index + 1), self->item(index), static_cast<usize>((size - index) * self->ob_descr->itemsize));
  std::memcpy(self->item(index), item, static_cast<usize>(self->ob_descr->itemsize));
  return {};
}
// Replaces low..high by `count` items, which the caller fills in.
Result<void> make_gap(Array* self, isize low, isize high, isize count) {
  isize size = self->ob_size, change = count - (high - low);
  if (change && self->ob_exports > 0) return raise(BufferError, "cannot resize an array that is exporting buffers");
  auto tail = static_cast<usize>((size - high) * self->ob_descr->itemsize);
  if (change > 0) TRY(array_resize(self, size + change));
  if (change && tail) std::memmove(self->item(high + change), self->item(high), tail);
  return change < 0 ? array_resize(self, size + change) : Result<void>();
}

Result<void> extend_with_array(Array* self, Array* other) {
  if (self->ob_descr != other->ob_descr) return raise(TypeError, "can only extend with array of same kind");
  isize size = self->ob_size, count = other->ob_size;
  if (count == 0) return {};
  if (size > kMaxSize / self->ob_descr->itemsize - count) return raise_no_memory();
  TRY(array_resize(self, size + count));
  std::memcpy(self->item(size), other->ob_item,
              static_cast<usize>(count * self->ob_descr->itemsize));  // also of itself
  return {};
}
Result<void> extend_with(Array* self, Object* iterable) {
  if (is_array(iterable)) return extend_with_array(self, static_cast<Array*>(iterable));
  return for_each(iterable, [self](Object* value) { return insert_at(self, self->ob_size, value); });
}
Result<void> append_str(Array* self, Str* text) {
  isize length = str_length(text), old_size = self->ob_size;
  if (length == 0) return {};
  TRY(array_resize(self, old_size + length));
  for (isize i = 0; i < length; ++i) {
    Py_UCS4 character = str_read_char(text, i);
    std::memcpy(self->item(old_size + i), &character, sizeof character);
  }
  return {};
}

// == Slots ==

void array_dealloc(PyObject* self) {
  Array* array = static_cast<Array*>(self);
  if (array->weakreflist) weakref_clear_all(self);
  memory::release(array->ob_item);
  self->ob_type->tp_free(self);
}

Result<Object> make_array(Type* type, Object* typecode, Opt<Object*> initial) {
  if (!is_str(typecode) || str_length(as<Str>(typecode)) != 1) {
    return raise(TypeError, "array() argument 1 must be a unicode character, not %.50s", type_of(typecode)->tp_name);
  }
  Py_UCS4 code = str_read_char(as<Str>(typecode), 0);
  Object* source = initial.get();
  Array* source_array = source && is_array(source) ? static_cast<Array*>(source) : nullptr;
  if (source && code != 'u') {
    if (is_str(source)) {
      return raise(TypeError, "cannot use a str to initialize an array with typecode '%c'", static_cast<int>(code));
    }
    if (source_array && source_array->ob_descr->typecode == 'u') {
      return raise(TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                   static_cast<int>(code));
    }
  }
  // What is not iterable is refused before the type code is looked at.
  Ref<Object> iterator;
  bool is_byte_string = source && (is_bytes(source) || is_bytearray(source));
  bool is_text = source && code == 'u' && is_str(source);
  bool is_sequence = source && (is_list(source) || is_tuple(source) || source_array);
  if (source && !is_byte_string && !is_text && !is_sequence) iterator = TRY(object_get_iter(source));
  const ArrayKind* kind = array_kind(code);
  if (!kind) return raise(ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
  if (is_sequence && !(source_array && source_array->ob_descr == kind)) {
    isize size = TRY(sequence_size(source));
    Ref<Array> array = TRY(array_new(type, size, kind));
    if (size) std::memset(array->ob_item, 0, static_cast<usize>(array->byte_size()));
    for (isize i = 0; i < size; ++i) {
      Ref<Object> value = TRY(sequence_get_item(source, i));
      TRY(set(array, i, value));
    }
    return array;
  }
  // Text is the one source that fits without room to grow.
  Ref<Array> array = TRY(array_new(type, is_text ? str_length(as<Str>(source)) : 0, kind));
  if (is_text) array->ob_size = 0;
  if (source_array)
    TRY(extend_with_array(array, source_array));
  else if (is_byte_string)
    TRY(array_append_bytes(array, source));
  else if (is_text)
    TRY(append_str(array, as<Str>(source)));
  else if (iterator)
    TRY(extend_with(array, iterator));
  return array;
}

PyObject* array_new_slot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto make = [&]() -> Result<Object> {
    // A subclass with an __init__ of its own may take keywords.
    if ((type == &array_type || type->tp_init == array_type.tp_init) && kwargs && dict_size(as<Dict>(kwargs))) {
      return raise(TypeError, "array.array() takes no keyword arguments");
    }
    isize count = tuple_size(as<Tuple>(args));
    if (count < 1) return raise(TypeError, "array() takes at least 1 argument (%zd given)", count);
    if (count > 2) return raise(TypeError, "array() takes at most 2 arguments (%zd given)", count);
    return make_array(type, tuple_item(as<Tuple>(args), 0), count > 1 ? tuple_item(as<Tuple>(args), 1) : nullptr);
  };
  return make().to_c();
}

Result<Str> array_repr(Array* self) {
  StrWriter writer(32);
  TRY(writer.write_utf8(type_short_name(type_of(self))));
  TRY(writer.write_ascii("('"));
  TRY(writer.write_char(static_cast<Py_UCS4>(self->ob_descr->typecode)));
  TRY(writer.write_char('\''));
  if (self->ob_size) {
    Ref<Object> items;
    if (self->ob_descr->typecode == 'u')
      items = TRY(array_to_str(self));
    else
      items = TRY(array_to_list(self));
    TRY(writer.write_ascii(", "));
    TRY(writer.write_repr(items));
  }
  TRY(writer.write_char(')'));
  return writer.finish();
}

Result<Object> array_compare(Array* self, Object* other_object, int op) {
  if (!is_array(other_object)) return not_implemented();
  Array* other = static_cast<Array*>(other_object);
  if (self->ob_size != other->ob_size && (op == Py_EQ || op == Py_NE)) return bool_result(op == Py_NE);
  for (isize i = 0; i < self->ob_size && i < other->ob_size; ++i) {
    bool integers = self->ob_descr == other->ob_descr && self->ob_descr->is_integer;
    if (integers && !std::memcmp(self->item(i), other->item(i), static_cast<usize>(self->ob_descr->itemsize))) continue;
    Ref<Object> left = TRY(get(self, i))
    , right = TRY(get(other, i));
    if (TRY(object_equal(left, right))) continue;
    if (op == Py_EQ || op == Py_NE) return bool_result(op == Py_NE);
    return object_rich_compare(left, right, op);
  }
  return bool_result(compare_values(self->ob_size, other->ob_size, op));
}

Result<isize> array_length(Array* self) { return self->ob_size; }
Result<Object> array_item(Array* self, isize index) {
  if (static_cast<usize>(index) >= static_cast<usize>(self->ob_size))
    return raise(IndexError, "array index out of range");
  return get(self, index);
}
Result<void> array_assign_item(Array* self, isize index, Opt<Object*> value) {
  if (static_cast<usize>(index) >= static_cast<usize>(self->ob_size)) {
    return raise(IndexError, "array assignment index out of range");
  }
  return value ? set(self, index, value.get()) : make_gap(self, index, index + 1, 0);
}
Result<bool> array_contains(Array* self, Object* value) {
  for (isize i = 0; i < self->ob_size; ++i) {
    Ref<Object> item = TRY(get(self, i));
    if (TRY(object_equal(item, value))) return true;
  }
  return false;
}

Error bad_argument() { return raise(TypeError, "bad argument type for built-in operation"); }

Result<Object> array_concat(Array* self, Object* other_object) {
  if (!is_array(other_object)) {
    return raise(TypeError, "can only append array (not \"%.200s\") to array", type_of(other_object)->tp_name);
  }
  Array* other = static_cast<Array*>(other_object);
  if (self->ob_descr != other->ob_descr) return bad_argument();
  if (self->ob_size > kMaxSize - other->ob_size) return raise_no_memory();
  Ref<Array> result = TRY(array_new(&array_type, self->ob_size + other->ob_size, self->ob_descr));
  if (self->ob_size) std::memcpy(result->ob_item, self->ob_item, static_cast<usize>(self->byte_size()));
  if (other->ob_size) std::memcpy(result->item(self->ob_size), other->ob_item, static_cast<usize>(other->byte_size()));
  return result;
}
// Repeats the first `size` bytes over `total`.
void fill_repeats(char* items, usize size, usize total) {
  for (usize done = size; done < total;) {
    usize step = std::min(done, total - done);
    std::memcpy(items + done, items, step);
    done += step;
  }
}
Result<Object> array_repeat(Array* self, isize count) {
  if (count < 0) count = 0;
  if (self->ob_size && count > kMaxSize / self->ob_size) return raise_no_memory();
  Ref<Array> result = TRY(array_new(&array_type, self->ob_size * count, self->ob_descr));
  if (result->ob_size) {
    std::memcpy(result->ob_item, self->ob_item, static_cast<usize>(self->byte_size()));
    fill_repeats(result->ob_item, static_cast<usize>(self->byte_size()), static_cast<usize>(result->byte_size()));
  }
  return result;
}
Result<Object> array_in_place_concat(Array* self, Object* other) {
  if (!is_array(other)) {
    return raise(TypeError, "can only extend array with array (not \"%.200s\")", type_of(other)->tp_name);
  }
  TRY(extend_with(self, other));
  return new_ref<Object>(self);
}
Result<Object> array_in_place_repeat(Array* self, isize count) {
  if (count < 0) count = 0;
  if (self->ob_size > 0 && count != 1) {
    if (count > kMaxSize / self->byte_size()) return raise_no_memory();
    auto size = static_cast<usize>(self->byte_size());
    TRY(array_resize(self, self->ob_size * count));
    if (count) fill_repeats(self->ob_item, size, static_cast<usize>(self->byte_size()));
  }
  return new_ref<Object>(self);
}

Result<Object> array_subscript(Array* self, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    if (index < 0) index += self->ob_size;
    return array_item(self, index);
  }
  if (!is_slice(key)) return raise(TypeError, "array indices must be integers");
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  isize count = slice_adjust_indices(self->ob_size, start, stop, step);
  Ref<Array> result = TRY(array_new(&array_type, count, self->ob_descr));
  auto itemsize = static_cast<usize>(self->ob_descr->itemsize);
  if (step == 1) {
    if (count) std::memcpy(result->ob_item, self->item(start), static_cast<usize>(count) * itemsize);
  } else {
    for (isize i = 0; i < count; ++i) std::memcpy(result->item(i), self->item(start + i * step), itemsize);
  }
  return result;
}

Result<void> delete_extended_slice(Array* self, isize start, isize step, isize count) {
  if (count == 0) return {};
  if (step < 0) {
    start += step * (count - 1);
    step = -step;
  }
  auto itemsize = static_cast<usize>(self->ob_descr->itemsize);
  isize target = start, removed = 0;
  for (isize source = start; source < self->ob_size; ++source) {
    if (removed < count && source == start + removed * step)
      ++removed;
    else
      std::memmove(self->item(target++), self->item(source), itemsize);
  }
  return array_resize(self, self->ob_size - count);
}

Result<void> array_assign_subscript(Array* self, Object* key, Opt<Object*> value) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    if (index < 0) index += self->ob_size;
    return array_assign_item(self, index, value);
  }
  if (!is_slice(key)) return raise(TypeError, "array indices must be integers");
  isize start, stop, step;
  TRY(slice_unpack(as<Slice>(key), start, stop, step));
  isize count = slice_adjust_indices(self->ob_size, start, stop, step);
  Ref<Array> source;
  if (value) {
    if (!is_array(value.get())) {
      return raise(TypeError, "can only assign array (not \"%.200s\") to array slice", type_of(value.get())->tp_name);
    }
    source = new_ref(static_cast<Array*>(value.get()));
    if (source->ob_descr != self->ob_descr) return bad_argument();
    if (source.get() == self) {  // the items move while they are read
      Ref<Object> copy = TRY(array_repeat(self, 1));
      source = as<Array>(std::move(copy));
    }
  }
  isize needed = source ? source->ob_size : 0;
  if ((step > 0 && start > stop) || (step < 0 && start < stop)) stop = start;
  if (self->ob_exports > 0 && needed != count) {
    return raise(BufferError, "cannot resize an array that is exporting buffers");
  }
  auto itemsize = static_cast<usize>(self->ob_descr->itemsize);
  if (step == 1) {
    TRY(make_gap(self, start, start + count, needed));
    if (needed) std::memcpy(self->item(start), source->ob_item, static_cast<usize>(needed) * itemsize);
    return {};
  }
  if (needed == 0) return delete_extended_slice(self, start, step, count);
  if (needed != count) {
    return raise(ValueError, "attempt to assign array of size %zd to extended slice of size %zd", needed, count);
  }
  for (isize i = 0; i < count; ++i) std::memcpy(self->item(start + i * step), source->item(i), itemsize);
  return {};
}

int array_get_buffer(PyObject* self, Py_buffer* view, int flags) {
  static constinit char empty[8] = {};
  if (!view) {
    (void)raise(BufferError, "array_buffer_getbuf: view==NULL argument is obsolete");
    return -1;
  }
  Array* array = static_cast<Array*>(self);
  view->buf = array->ob_item ? array->ob_item : empty;
  view->obj = new_ref(self).release();
  view->len = array->byte_size();
  view->readonly = 0;
  view->ndim = 1;
  view->itemsize = array->ob_descr->itemsize;
  view->suboffsets = nullptr;
  view->shape = (flags & PyBUF_ND) == PyBUF_ND ? &array->ob_size : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : nullptr;
  view->format = (flags & PyBUF_FORMAT) == PyBUF_FORMAT ? const_cast<char*>(array->ob_descr->format) : nullptr;
  view->internal = nullptr;
  ++array->ob_exports;
  return 0;
}
void array_release_buffer(PyObject* self, Py_buffer*) { --static_cast<Array*>(self)->ob_exports; }

// == Methods ==

constexpr Doc append_doc = "append($self, v, /)\n--\n\nAppend new value v to the end of the array.";
Result<void> append(Array* self, Object* value) { return insert_at(self, self->ob_size, value); }

constexpr Doc buffer_info_doc =
    "buffer_info($self, /)\n--\n\nReturn a tuple (address, length) giving the current memory address and the length in "
    "items of "
    "the buffer used to hold array's contents.\n\nThe length should be multiplied by the itemsize attribute to "
    "calculate\nthe "
    "buffer length in bytes.";
Result<Tuple> buffer_info(Array* self) {
  Ref<Int> address = TRY(int_from_void_ptr(self->ob_item))
  , length = TRY(int_from_ssize_t(self->ob_size));
  return tuple_pack(address.get(), length.get());
}

constexpr Doc byteswap_doc =
    "byteswap($self, /)\n--\n\nByteswap all items of the array.\n\nIf the items in the array are not 1, 2, 4, or 8 "
    "bytes in size, "
    "RuntimeError is\nraised.";
Result<void> byteswap(Array* self) {
  for (isize i = 0; i < self->ob_size; ++i) std::reverse(self->item(i), self->item(i + 1));
  return {};
}

constexpr Doc copy_doc = "__copy__($self, /)\n--\n\nReturn a copy of the array.";
Result<Object> copy(Array* self) { return array_repeat(self, 1); }
constexpr Doc deepcopy_doc = "__deepcopy__($self, unused, /)\n--\n\nReturn a copy of the array.";
Result<Object> deepcopy(Array* self, Object*) { return array_repeat(self, 1); }

constexpr Doc count_doc = "count($self, v, /)\n--\n\nReturn number of occurrences of v in the array.";
Result<isize> count(Array* self, Object* value) {
  isize result = 0;
  for (isize i = 0; i < self->ob_size; ++i) {
    Ref<Object> item = TRY(get(self, i));
    if (TRY(object_equal(item, value))) ++result;
  }
  return result;
}

constexpr Doc extend_doc = "extend($self, bb, /)\n--\n\nAppend items to the end of the array.";
Result<void> extend(Array* self, Object* iterable) { return extend_with(self, iterable); }

constexpr Doc fromfile_doc =
    "fromfile($self, f, n, /)\n--\n\nRead n objects from the file object f and append them to the end of the array.";
Result<void> fromfile(Array* self, Object* file, isize n) {
  if (n < 0) return raise(ValueError, "negative count");
  if (n > kMaxSize / self->ob_descr->itemsize) return raise_no_memory();
  isize wanted = n * self->ob_descr->itemsize;
  Ref<Int> size = TRY(int_from_ssize_t(wanted));
  Ref<Object> bytes = TRY(call_method(file, id::read, static_cast<Object*>(size)));
  if (!is_bytes(bytes)) return raise(TypeError, "read() didn't return bytes");
  bool enough = bytes_size(as<Bytes>(bytes.get())) == wanted;
  TRY(array_append_bytes(self, bytes));
  if (!enough) return raise(EOFError, "read() didn't return enough bytes");
  return {};
}

constexpr Doc fromlist_doc = "fromlist($self, list, /)\n--\n\nAppend items to array from list.";
Result<void> fromlist(Array* self, Object* object) {
  if (!is_list(object)) return raise(TypeError, "arg must be list");
  List* list = as<List>(object);
  isize count = list_size(list), old_size = self->ob_size;
  if (count == 0) return {};
  TRY(array_resize(self, old_size + count));
  std::memset(self->item(old_size), 0, static_cast<usize>(count * self->ob_descr->itemsize));
  auto fill = [&]() -> Result<void> {
    for (isize i = 0; i < count; ++i) {
      Ref<Object> value = new_ref(list_item(list, i));
      TRY(set(self, old_size + i, value));
      if (list_size(list) != count) return raise(RuntimeError, "list changed size during iteration");
    }
    return {};
  };
  auto result = fill();
  if (result.failed()) {
    ErrorSaver saver;
    if (array_resize(self, old_size).failed()) error_clear();
  }
  return result;
}

constexpr Doc frombytes_doc =
    "frombytes($self, buffer, /)\n--\n\nAppends items from the string, interpreting it as an array of machine values, "
    "as if it had "
    "been read from a file using the fromfile() method.";

constexpr Doc fromunicode_doc =
    "fromunicode($self, ustr, /)\n--\n\nExtends this array with data from the unicode string ustr.\n\nThe array must "
    "be a unicode "
    "type array; otherwise a ValueError is raised.\nUse array.frombytes(ustr.encode(...)) to append Unicode data to an "
    "array of\n"
    "some other type.";
Result<void> fromunicode(Array* self, Str* text) {
  if (self->ob_descr->typecode != 'u')
    return raise(ValueError, "fromunicode() may only be called on unicode type arrays");
  return append_str(self, text);
}

constexpr Doc index_doc =
    "index($self, v, start=0, stop=sys.maxsize, /)\n--\n\nReturn index of first occurrence of v in the array.\n\nRaise "
    "ValueError "
    "if the value is not present.";
Result<isize> index(Array* self, Object* value, SliceIndex start, SliceIndex stop) {
  isize low = start.fitted(self->ob_size), high = stop.fitted(self->ob_size);
  for (isize i = low; i < high && i < self->ob_size; ++i) {
    Ref<Object> item = TRY(get(self, i));
    if (TRY(object_equal(item, value))) return i;
  }
  return raise(ValueError, "array.index(x): x not in array");
}

constexpr Doc insert_doc = "insert($self, i, v, /)\n--\n\nInsert a new item v into the array before position i.";
Result<void> insert(Array* self, isize position, Object* value) { return insert_at(self, position, value); }

constexpr Doc pop_doc =
    "pop($self, i=-1, /)\n--\n\nReturn the i-th element and delete it from the array.\n\ni defaults to -1.";
Result<Object> pop(Array* self, isize position) {
  if (self->ob_size == 0) return raise(IndexError, "pop from empty array");
  if (position < 0) position += self->ob_size;
  if (position < 0 || position >= self->ob_size) return raise(IndexError, "pop index out of range");
  Ref<Object> value = TRY(get(self, position));
  TRY(make_gap(self, position, position + 1, 0));
  return value;
}

constexpr Doc reduce_ex_doc = "__reduce_ex__($self, value, /)\n--\n\nReturn state information for pickling.";

constexpr Doc remove_doc = "remove($self, v, /)\n--\n\nRemove the first occurrence of v in the array.";
Result<void> remove(Array* self, Object* value) {
  for (isize i = 0; i < self->ob_size; ++i) {
    Ref<Object> item = TRY(get(self, i));
    if (!TRY(object_equal(item, value))) continue;
    return i < self->ob_size ? make_gap(self, i, i + 1, 0) : Result<void>();
  }
  return raise(ValueError, "array.remove(x): x not in array");
}

constexpr Doc reverse_doc = "reverse($self, /)\n--\n\nReverse the order of the items in the array.";
Result<void> reverse(Array* self) {
  auto itemsize = static_cast<usize>(self->ob_descr->itemsize);
  for (isize low = 0, high = self->ob_size - 1; low < high; ++low, --high) {
    char item[8];
    std::memcpy(item, self->item(low), itemsize);
    std::memcpy(self->item(low), self->item(high), itemsize);
    std::memcpy(self->item(high), item, itemsize);
  }
  return {};
}

constexpr Doc tobytes_doc =
    "tobytes($self, /)\n--\n\nConvert the array to an array of machine values and return the bytes representation.";
Result<Bytes> tobytes(Array* self) { return bytes_from_view({self->ob_item, static_cast<usize>(self->byte_size())}); }

constexpr Doc tofile_doc = "tofile($self, f, /)\n--\n\nWrite all items (as machine values) to the file object f.";
Result<void> tofile(Array* self, Object* file) {
  constexpr isize kBlock = 64 * 1024;
  for (isize position = 0; position < self->byte_size(); position += kBlock) {
    isize size = std::min(kBlock, self->byte_size() - position);
    Ref<Bytes> block = TRY(bytes_from_view({self->ob_item + position, static_cast<usize>(size)}));
    TRY(call_method(file, id::write, static_cast<Object*>(block)));
  }
  return {};
}

constexpr Doc tolist_doc = "tolist($self, /)\n--\n\nConvert array to an ordinary list with the same items.";

constexpr Doc tounicode_doc =
    "tounicode($self, /)\n--\n\nExtends this array with data from the unicode string ustr.\n\nConvert the array to a "
    "unicode "
    "string.  The array must be a unicode type array;\notherwise a ValueError is raised.  Use array.tobytes().decode() "
    "to obtain a\n"
    "unicode string from an array of some other type.";
Result<Str> tounicode(Array* self) {
  if (self->ob_descr->typecode != 'u')
    return raise(ValueError, "tounicode() may only be called on unicode type arrays");
  return array_to_str(self);
}

constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nSize of the array in memory, in bytes.";
Result<isize> size_in_memory(Array* self) {
  return type_of(self)->tp_basicsize + self->allocated * self->ob_descr->itemsize;
}

Result<Str> get_typecode(Array* self) { return str_from_ordinal(static_cast<Py_UCS4>(self->ob_descr->typecode)); }
Result<int> get_itemsize(Array* self) { return self->ob_descr->itemsize; }

constinit PyMethodDef methods[] = {
    method<append, append_doc>(),
    method<buffer_info, buffer_info_doc>(),
    method<byteswap, byteswap_doc>(),
    method<copy, copy_doc>(),
    method<count, count_doc>(),
    method<deepcopy, deepcopy_doc>(),
    method<extend, extend_doc>(),
    method<fromfile, fromfile_doc>(),
    method<fromlist, fromlist_doc>(),
    method<array_append_bytes, frombytes_doc>(),
    method<fromunicode, fromunicode_doc>(),
    method<index, index_doc>(),
    method<insert, insert_doc>(),
    method<pop, pop_doc>(),
    method<array_reduce_ex, reduce_ex_doc>(),
    method<remove, remove_doc>(),
    method<reverse, reverse_doc>(),
    method<tofile, tofile_doc>(),
    method<array_to_list, tolist_doc>(),
    method<tobytes, tobytes_doc>(),
    method<tounicode, tounicode_doc>(),
    method<size_in_memory, sizeof_doc>(),
    {},
};
constinit PyGetSetDef getters[] = {
    get_set<get_typecode>("typecode", "the typecode character used to create the array"),
    get_set<get_itemsize>("itemsize", "the size, in bytes, of one array item"),
    {},
};
constinit PySequenceMethods as_sequence = {
    .sq_length = slot<array_length>,
    .sq_concat = slot<array_concat>,
    .sq_repeat = slot<array_repeat>,
    .sq_item = slot<array_item>,
    .sq_ass_item = slot<array_assign_item>,
    .sq_contains = slot<array_contains>,
    .sq_inplace_concat = slot<array_in_place_concat>,
    .sq_inplace_repeat = slot<array_in_place_repeat>,
};
constinit PyMappingMethods as_mapping = {
    .mp_length = slot<array_length>,
    .mp_subscript = slot<array_subscript>,
    .mp_ass_subscript = slot<array_assign_subscript>,
};
constinit PyBufferProcs as_buffer = {.bf_getbuffer = array_get_buffer, .bf_releasebuffer = array_release_buffer};

// == Iterator ==

struct ArrayIterator : PyObject {
  isize index;
  Array* array;  // null at the end
};
Result<Object> array_iter(Array* self) {
  Ref<ArrayIterator> iterator = TRY(object_new<ArrayIterator>(&array_iterator_type));
  iterator->index = 0;
  iterator->array = new_ref(self).release();
  gc::track(iterator);
  return iterator;
}
using IteratorFields = OwnedFields<&ArrayIterator::array>;
Maybe<Object> iterator_next(ArrayIterator* self) {
  if (!self->array) return nullptr;
  if (self->index < self->array->ob_size) return get(self->array, self->index++);
  clear_field(self->array);
  return nullptr;
}
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
Result<Object> iterator_reduce(ArrayIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (!self->array) return tuple_pack(iter.get(), TRY(tuple_pack(static_cast<Object*>(tuple_empty()))).get());
  Ref<Int> position = TRY(int_from_ssize_t(self->index));
  return tuple_pack(iter.get(), TRY(tuple_pack(static_cast<Object*>(self->array))).get(), position.get());
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSet state information for unpickling.";
Result<void> iterator_setstate(ArrayIterator* self, Object* state) {
  isize position = TRY(int_as_ssize_t(state));
  if (self->array) self->index = std::clamp(position, isize{0}, static_cast<isize>(self->array->ob_size));
  return {};
}
constinit PyMethodDef iterator_methods[] = {
    method<iterator_reduce, reduce_doc>(),
    method<iterator_setstate, setstate_doc>(),
    {},
};
constexpr char array_text[] =
    "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, "
    "and\ninitialized from "
    "the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate "
    "type.\n\nType codes: "
    "b B signed and unsigned 1 byte, h H 2 bytes, i I 4 bytes, l L and q Q 8 bytes,\nf d floating point of 4 and 8 "
    "bytes, u a "
    "character of 4 bytes.\n";
}  // namespace

// == Type objects ==

constinit Type array_type = {
    .tp_name = "array.array",
    .tp_basicsize = sizeof(Array),
    .tp_dealloc = array_dealloc,
    .tp_repr = slot<array_repr>,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_doc = array_text,
    .tp_richcompare = slot<array_compare>,
    .tp_weaklistoffset = offsetof(Array, weakreflist),
    .tp_iter = slot<array_iter>,
    .tp_methods = methods,
    .tp_getset = getters,
    .tp_alloc = type_generic_alloc,
    .tp_new = array_new_slot,
    .tp_free = object_plain_del,
};
constinit Type array_iterator_type = {
    .tp_name = "array.arrayiterator",
    .tp_basicsize = sizeof(ArrayIterator),
    .tp_dealloc = IteratorFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = IteratorFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
    .tp_free = object_gc_del,
};

// == Module ==

namespace {
constexpr Doc reconstructor_doc =
    "_array_reconstructor($module, arraytype, typecode, mformat_code, items,\n                     /)\n--\n\nInternal. "
    "Used for "
    "pickling support.";
constinit PyMethodDef functions[] = {method<array_reconstruct, reconstructor_doc>(), {}};

Result<void> exec(Module* module) {
  TRY(module_add_type(module, &array_type));
  TRY(type_ready(&array_iterator_type));
  TRY(module_add_object(module, "ArrayType", &array_type));
  StrWriter codes;
  for (const ArrayKind* kind = array_kinds; kind->typecode; ++kind) {
    TRY(codes.write_char(static_cast<Py_UCS4>(kind->typecode)));
  }
  Ref<Str> typecodes = TRY(codes.finish());
  TRY(module_add_object(module, "typecodes", typecodes));
  Ref<Object> mutable_sequence = TRY(import_attribute("collections.abc", "MutableSequence"));
  Ref<Object> register_function = TRY(object_get_attr(mutable_sequence, "register"));
  TRY(object_call_one_arg(register_function, &array_type));
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("array",
                      "This module defines an object type which can efficiently represent\nan array of basic values: "
                      "characters, integers, floating "
                      "point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the "
                      "type of objects stored in them is "
                      "constrained.\n",
                      functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_array() { return adder::module_def_init(&adder::definition); }
