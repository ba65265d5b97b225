// bytearray: the array of bytes that changes and grows.
//
// Layout     PyByteArrayObject (ABI): the content is [ob_start, ob_start + size), in the block ob_bytes of ob_alloc
// bytes, NUL at
//            the end. Cutting at the front moves ob_start only.
// Invariant  while ob_exports > 0 (views on the content) neither size nor place changes: BufferError.
// Note       what bytes and bytearray have in common is in types/byte_methods.h.
// See        tests/python/test_bytes.py
#include <cstring>

#include "base/copy.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/byte_methods.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
Result<Object> bytearray_iterator_new(ByteArray* array);

namespace {
// == Storage ==

// The content of arrays without a block.
char no_bytes[1] = {0};

Result<void> check_resizable(ByteArray* array) {
  if (array->ob_exports > 0) return raise(BufferError, "Existing exports of data: object cannot be re-sized");
  return {};
}
}  // namespace

Result<void> bytearray_resize(ByteArray* array, isize size) {
  if (size == array->ob_size) return {};
  TRY(check_resizable(array));
  isize offset = array->ob_bytes ? array->ob_start - array->ob_bytes : 0;
  isize room = array->ob_alloc - offset;
  if (size + 1 <= room && size >= room / 2) {
    array->ob_size = size;
    array->ob_start[size] = 0;
    return {};
  }
  if (size == 0) {
    memory::release(array->ob_bytes);
    array->ob_bytes = nullptr;
    array->ob_start = no_bytes;
    array->ob_alloc = array->ob_size = 0;
    return {};
  }
  if (size + 1 <= array->ob_alloc && size >= array->ob_alloc / 2) {
    // Fits after moving the content to the start of the block.
    move_bytes(array->ob_bytes, array->ob_start, static_cast<usize>(array->ob_size < size ? array->ob_size : size));
  } else {
    if (size > kMaxSize - 64 - (size >> 3)) return raise_no_memory();
    // Over by an eighth when growing, exact for a first allocation or a big jump.
    isize wanted = size <= room + room / 8 && array->ob_alloc ? size + (size >> 3) + (size < 9 ? 3 : 6) : size + 1;
    if (offset) {
      char* moved = static_cast<char*>(memory::allocate(static_cast<usize>(wanted)));
      if (!moved) return raise_no_memory();
      copy_bytes(moved, array->ob_start, static_cast<usize>(array->ob_size < size ? array->ob_size : size));
      memory::release(array->ob_bytes);
      array->ob_bytes = moved;
    } else {
      void* moved = memory::reallocate(array->ob_bytes, static_cast<usize>(wanted));
      if (!moved) return raise_no_memory();
      array->ob_bytes = static_cast<char*>(moved);
    }
    array->ob_alloc = wanted;
  }
  array->ob_start = array->ob_bytes;
  array->ob_size = size;
  array->ob_start[size] = 0;
  return {};
}
Result<ByteArray> bytearray_from_view(std::string_view data) {
  Ref<ByteArray> array = TRY(object_new<ByteArray>(&PyByteArray_Type));
  array->ob_size = array->ob_alloc = array->ob_exports = 0;
  array->ob_bytes = nullptr;
  array->ob_start = no_bytes;
  if (!data.empty()) {
    TRY(bytearray_resize(array, static_cast<isize>(data.size())));
    copy_bytes(array->ob_start, data.data(), data.size());
  }
  return array;
}

namespace {
using byte_methods::byte_from_object;
using byte_methods::ByteArgument;
using byte_methods::Receiver;

std::string_view view_of(ByteArray* array) { return {array->ob_start, static_cast<usize>(array->ob_size)}; }

// array[low:high] = data, sizes checked already by the caller's slice arithmetic.
Result<void> replace_range(ByteArray* array, isize low, isize high, std::string_view data) {
  isize size = array->ob_size;
  isize growth = static_cast<isize>(data.size()) - (high - low);
  if (growth != 0) TRY(check_resizable(array));
  if (growth < 0) {
    if (low == 0) {
      array->ob_start -= growth;  // the front goes: no byte moves
      array->ob_size = size + growth;
      copy_bytes(array->ob_start, data.data(), data.size());
      // Give memory back when little is left.
      if (array->ob_size == 0 || array->ob_size < array->ob_alloc / 4) {
        isize kept = array->ob_size;
        if (kept == 0) {
          memory::release(array->ob_bytes);
          array->ob_bytes = nullptr;
          array->ob_start = no_bytes;
          array->ob_alloc = 0;
        } else {
          std::memmove(array->ob_bytes, array->ob_start, static_cast<usize>(kept + 1));
          array->ob_start = array->ob_bytes;
          if (void* moved = memory::reallocate(array->ob_bytes, static_cast<usize>(kept + 1))) {
            array->ob_bytes = array->ob_start = static_cast<char*>(moved);
            array->ob_alloc = kept + 1;
          }
        }
      }
      return {};
    }
    std::memmove(array->ob_start + high + growth, array->ob_start + high, static_cast<usize>(size - high));
    TRY(bytearray_resize(array, size + growth));
  } else if (growth > 0) {
    if (size > kMaxSize - growth) return raise_no_memory();
    TRY(bytearray_resize(array, size + growth));
    std::memmove(array->ob_start + high + growth, array->ob_start + high, static_cast<usize>(size - high));
  }
  copy_bytes(array->ob_start + low, data.data(), data.size());
  return {};
}

// == Construction ==

constexpr Doc init_doc = "bytearray($self, /, source=b'', encoding='utf-8', errors='strict')";
constexpr const char* kTypeDoc =
    "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
    "bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n"
    "bytearray(int) -> bytes array of size given by the parameter initialized with null bytes\n"
    "bytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n"
    "  - an iterable yielding integers in range(256)\n"
    "  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n"
    "  - any object implementing the buffer API.\n  - an integer";

PyObject* bytearray_alloc(PyTypeObject* type, Py_ssize_t items) {
  Ref<Object> object = TRY_C(nullptr, Result<Object>::from_c(type_generic_alloc(type, items)));
  as<ByteArray>(object.get())->ob_start = no_bytes;
  return object.release();
}
Result<void> append_byte(ByteArray* self, int byte) {
  isize size = self->ob_size;
  if (size == kMaxSize) return raise(OverflowError, "cannot add more objects to bytearray");
  TRY(bytearray_resize(self, size + 1));
  self->ob_start[size] = static_cast<char>(byte);
  return {};
}
Result<void> bytearray_init(ByteArray* self, Opt<Object*> source_argument, Opt<Str*> encoding, Opt<Str*> errors) {
  if (self->ob_size) TRY(bytearray_resize(self, 0));
  if (!source_argument) {
    if (encoding || errors)
      return raise(TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
    return {};
  }
  Object* source = source_argument.get();
  if (is_str(source)) {
    if (!encoding) return raise(TypeError, "string argument without an encoding");
    Utf8 encoding_text = str_as_utf8(encoding.get());
    if (!encoding_text) return Error{};
    Utf8 errors_text{nullptr, 0};
    if (errors && !(errors_text = str_as_utf8(errors.get()))) return Error{};
    Ref<Object> bytes = TRY(str_as_encoded_string(as<Str>(source), encoding_text.data, errors_text.data));
    return replace_range(self, 0, self->ob_size, bytes_view(as<Bytes>(bytes.get())));
  }
  if (encoding || errors)
    return raise(TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
  if (index_check(source)) {
    Result<isize> size = number_as_ssize_t(source, OverflowError);
    if (!size.failed()) {
      isize count = size.take();
      if (count < 0) return raise(ValueError, "negative count");
      TRY(bytearray_resize(self, count));
      if (count) std::memset(self->ob_start, 0, static_cast<usize>(count));
      return {};
    }
    if (!error_matches(TypeError)) return Error{};
    error_clear();
  }
  if (check_buffer(source)) {
    BufferView view;
    TRY(view.acquire(source, PyBUF_FULL_RO));
    TRY(bytearray_resize(self, view.size()));
    return buffer_to_contiguous(self->ob_start, &view.raw(), view.size(), 'C');
  }
  Result<Object> iterator = object_get_iter(source);
  if (iterator.failed()) {
    if (!error_matches(TypeError)) return Error{};
    error_clear();
    return raise(TypeError, "cannot convert '%.200s' object to bytearray", type_of(source)->tp_name);
  }
  Ref<Object> items = iterator.take();
  for (;;) {
    Ref<Object> item = TRY(iter_next(items));
    if (!item) return {};
    int byte = TRY(byte_from_object(item));
    TRY(append_byte(self, byte));
  }
}
void bytearray_dealloc(PyObject* object) {
  ByteArray* self = as<ByteArray>(object);
  if (self->ob_exports > 0) {
    (void)raise(SystemError, "deallocated bytearray object has exported buffers");
    error_print();
  }
  memory::release(self->ob_bytes);
  type_of(object)->tp_free(object);
}

// == Slots ==

Result<Str> bytearray_repr(ByteArray* self) {
  char prefix[80];
  usize size = std::strlen(type_short_name(type_of(self)));
  if (size > sizeof prefix - 2) size = sizeof prefix - 2;
  std::memcpy(prefix, type_short_name(type_of(self)), size);
  prefix[size] = '(';
  return byte_methods::repr_of(view_of(self), true, {prefix, size + 1}, ")");
}
Result<Str> bytearray_str(ByteArray* self) {
  if (interpreter()->config->bytes_warning) TRY(warn(BytesWarning, 1, "str() on a bytearray instance"));
  return bytearray_repr(self);
}
Result<Object> bytearray_rich_compare(ByteArray* self, Object* other, int op) {
  return byte_methods::rich_compare(self, other, op);
}
Result<isize> bytearray_length(ByteArray* self) { return self->ob_size; }
Result<Object> bytearray_concat(ByteArray* self, Object* other) { return byte_methods::concat(self, other, true); }
Result<Object> bytearray_repeat(ByteArray* self, isize count) { return byte_methods::repeat(Receiver(self), count); }
Result<bool> bytearray_contains(ByteArray* self, Object* what) { return byte_methods::contains(Receiver(self), what); }
Result<Object> bytearray_in_place_concat(ByteArray* self, Object* other) {
  if (!check_buffer(other))
    return raise(TypeError, "can't concat %.100s to %.100s", type_of(other)->tp_name, type_of(self)->tp_name);
  if (other == self) {
    isize size = self->ob_size;
    if (size > kMaxSize / 2) return raise_no_memory();
    TRY(bytearray_resize(self, 2 * size));
    std::memcpy(self->ob_start + size, self->ob_start, static_cast<usize>(size));
    return Result<Object>::share(self);
  }
  BufferView view;
  if (view.acquire(other).failed()) {
    error_clear();
    return raise(TypeError, "can't concat %.100s to %.100s", type_of(other)->tp_name, type_of(self)->tp_name);
  }
  isize size = self->ob_size;
  if (size > kMaxSize - view.size()) return raise_no_memory();
  TRY(bytearray_resize(self, size + view.size()));
  copy_bytes(self->ob_start + size, view.data(), static_cast<usize>(view.size()));
  return Result<Object>::share(self);
}
Result<Object> bytearray_in_place_repeat(ByteArray* self, isize count) {
  if (count < 0) count = 0;
  isize size = self->ob_size;
  if (count == 1 || size == 0) return Result<Object>::share(self);
  if (count && size > kMaxSize / count) return raise_no_memory();
  TRY(bytearray_resize(self, size * count));
  for (isize i = 1; i < count; ++i) std::memcpy(self->ob_start + i * size, self->ob_start, static_cast<usize>(size));
  return Result<Object>::share(self);
}
Result<Object> byte_object(char byte) { return Result<Object>::share(small_int(static_cast<u8>(byte))); }
Result<Object> bytearray_item(ByteArray* self, isize index) {
  if (index < 0 || index >= self->ob_size) return raise(IndexError, "bytearray index out of range");
  return byte_object(self->ob_start[index]);
}
Result<Object> bytearray_subscript(ByteArray* self, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return bytearray_item(self, index < 0 ? index + self->ob_size : index);
  }
  if (is_slice(key)) return byte_methods::subscript_slice(Receiver(self), key);
  return raise(TypeError, "bytearray indices must be integers or slices, not %.200s", type_of(key)->tp_name);
}
Result<void> assign_item(ByteArray* self, isize index, Opt<Object*> value) {
  if (index < 0 || index >= self->ob_size) return raise(IndexError, "bytearray index out of range");
  if (!value) return replace_range(self, index, index + 1, {});
  int byte = TRY(byte_from_object(value.get()));
  // __index__ may have changed the array.
  if (index >= self->ob_size) return raise(IndexError, "bytearray index out of range");
  self->ob_start[index] = static_cast<char>(byte);
  return {};
}
Result<void> assign_slice(ByteArray* self, Slice* slice, Opt<Object*> value) {
  constexpr const char* kWrongValue = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
  if (value && (value.get() == self || (!is_bytearray(value.get()) && !check_buffer(value.get())))) {
    if (value.get() != self && (number_check(value.get()) || is_str(value.get()))) return raise(TypeError, kWrongValue);
    // Another array with the same bytes: `self` itself, or what an iterable gives.
    Ref<ByteArray> copy = TRY(bytearray_from_view({}));
    TRY(bytearray_init(copy, value, {}, {}));
    return assign_slice(self, slice, copy.get());
  }
  ByteArgument argument;
  if (value) TRY(argument.acquire(value.get()));
  std::string_view data = argument.text();
  isize start, stop, step;
  TRY(slice_unpack(slice, start, stop, step));
  isize count = slice_adjust_indices(self->ob_size, start, stop, step);
  if ((step < 0 && start < stop) || (step > 0 && start > stop)) stop = start;
  if (step == 1) return replace_range(self, start, stop, data);
  if (data.empty()) {
    // Deletes every step-th byte, from the front.
    if (count == 0) return {};
    TRY(check_resizable(self));
    if (step < 0) {
      start = start + (count - 1) * step;
      step = -step;
    }
    char* content = self->ob_start;
    isize out = start;
    for (isize i = 0; i < count; ++i) {
      isize from = start + i * step + 1;
      isize to = i + 1 < count ? start + (i + 1) * step : self->ob_size;
      std::memmove(content + out, content + from, static_cast<usize>(to - from));
      out += to - from;
    }
    return bytearray_resize(self, out);
  }
  if (static_cast<isize>(data.size()) != count) {
    return raise(ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd",
                 static_cast<isize>(data.size()), count);
  }
  for (isize i = 0; i < count; ++i) self->ob_start[start + i * step] = data[static_cast<usize>(i)];
  return {};
}
Result<void> bytearray_assign_subscript(ByteArray* self, Object* key, Opt<Object*> value) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return assign_item(self, index < 0 ? index + self->ob_size : index, value);
  }
  if (is_slice(key)) return assign_slice(self, as<Slice>(key), value);
  return raise(TypeError, "bytearray indices must be integers or slices, not %.200s", type_of(key)->tp_name);
}
PyObject* bytearray_remainder(PyObject* left, PyObject* right) {
  if (!is_bytearray(left)) return not_implemented().to_c();
  return byte_methods::remainder(Receiver(as<ByteArray>(left)), right).to_c();
}
Result<Object> bytearray_iter(ByteArray* self) { return bytearray_iterator_new(self); }
int bytearray_getbuffer(PyObject* object, Py_buffer* view, int flags) {
  ByteArray* self = as<ByteArray>(object);
  if (!view) {
    (void)raise(BufferError, "bytearray_getbuffer: view==NULL argument is obsolete");
    return -1;
  }
  TRY_C(-1, buffer_fill_info(view, object, self->ob_start, self->ob_size, false, flags));
  ++self->ob_exports;
  return 0;
}
void bytearray_releasebuffer(PyObject* object, Py_buffer*) { --as<ByteArray>(object)->ob_exports; }

// == Methods ==

constexpr Doc append_doc =
    "append($self, item, /)\n--\n\nAppend a single item to the end of the bytearray.\n\n  item\n"
    "    The item to be appended.";
Result<void> append(ByteArray* self, Object* item) {
  int byte = TRY(byte_from_object(item));
  return append_byte(self, byte);
}
constexpr Doc clear_doc = "clear($self, /)\n--\n\nRemove all items from the bytearray.";
Result<void> clear(ByteArray* self) { return bytearray_resize(self, 0); }
constexpr Doc copy_doc = "copy($self, /)\n--\n\nReturn a copy of B.";
Result<Object> copy(ByteArray* self) { return bytearray_from_view(view_of(self)); }
constexpr Doc extend_doc =
    "extend($self, iterable_of_ints, /)\n--\n\n"
    "Append all the items from the iterator or sequence to the end of the bytearray.\n\n"
    "  iterable_of_ints\n    The iterable of items to append.";
Result<void> extend(ByteArray* self, Object* iterable) {
  if (check_buffer(iterable)) {
    if (iterable == self) {
      Ref<Object> doubled = TRY(bytearray_in_place_concat(self, iterable));
      return {};
    }
    ByteArgument argument;
    TRY(argument.acquire(iterable));
    return replace_range(self, self->ob_size, self->ob_size, argument.text());
  }
  Result<Object> iterator = object_get_iter(iterable);
  if (iterator.failed()) {
    if (error_matches(TypeError)) {
      error_clear();
      return raise(TypeError, "can't extend bytearray with %.100s", type_of(iterable)->tp_name);
    }
    return Error{};
  }
  Ref<Object> items = iterator.take();
  (void)TRY(object_length_hint(iterable, 0));  // only asked: a failing hint fails the call
  // Collected first: an error leaves the array as it was.
  Ref<ByteArray> collected = TRY(bytearray_from_view({}));
  for (;;) {
    Ref<Object> item = TRY(iter_next(items));
    if (!item) break;
    int byte = TRY(byte_from_object(item));
    TRY(append_byte(collected, byte));
  }
  return replace_range(self, self->ob_size, self->ob_size, view_of(collected));
}
constexpr Doc insert_doc =
    "insert($self, index, item, /)\n--\n\n"
    "Insert a single item into the bytearray before the given index.\n\n  index\n"
    "    The index where the value is to be inserted.\n  item\n    The item to be inserted.";
Result<void> insert(ByteArray* self, isize index, Object* item) {
  int value = TRY(byte_from_object(item));
  isize size = self->ob_size;
  if (size == kMaxSize) return raise(OverflowError, "cannot add more objects to bytearray");
  if (index < 0 && (index += size) < 0) index = 0;
  if (index > size) index = size;
  char byte = static_cast<char>(value);
  return replace_range(self, index, index, {&byte, 1});
}
constexpr Doc pop_doc =
    "pop($self, index=-1, /)\n--\n\nRemove and return a single item from B.\n\n  index\n"
    "    The index from where to remove the item.\n"
    "    -1 (the default value) means remove the last item.\n\n"
    "If no index argument is given, will pop the last item.";
Result<Object> pop(ByteArray* self, isize index) {
  isize size = self->ob_size;
  if (size == 0) return raise(IndexError, "pop from empty bytearray");
  if (index < 0) index += size;
  if (index < 0 || index >= size) return raise(IndexError, "pop index out of range");
  TRY(check_resizable(self));
  char byte = self->ob_start[index];
  TRY(replace_range(self, index, index + 1, {}));
  return byte_object(byte);
}
constexpr Doc remove_doc =
    "remove($self, value, /)\n--\n\nRemove the first occurrence of a value in the bytearray.\n\n  value\n"
    "    The value to remove.";
Result<void> remove(ByteArray* self, Object* value) {
  int byte = TRY(byte_from_object(value));
  usize found = view_of(self).find(static_cast<char>(byte));
  if (found == std::string_view::npos) return raise(ValueError, "value not found in bytearray");
  return replace_range(self, static_cast<isize>(found), static_cast<isize>(found) + 1, {});
}
constexpr Doc reverse_doc = "reverse($self, /)\n--\n\nReverse the order of the values in B in place.";
Result<void> reverse(ByteArray* self) {
  for (isize i = 0, j = self->ob_size - 1; i < j; ++i, --j) std::swap(self->ob_start[i], self->ob_start[j]);
  return {};
}
constexpr Doc fromhex_doc =
    "fromhex($type, string, /)\n--\n\nCreate a bytearray object from a string of hexadecimal numbers.\n\n"
    "Spaces between two numbers are accepted.\n"
    "Example: bytearray.fromhex('B9 01EF') -> bytearray(b'\\\\xb9\\\\x01\\\\xef')";
Result<Object> fromhex(Type* type, Object* text) {
  Ref<Bytes> bytes = TRY(byte_methods::bytes_of_hex(text));
  if (type == &PyByteArray_Type) return bytearray_from_view(bytes_view(bytes));
  return object_call_one_arg(type, bytes);
}
Result<Object> alloc(ByteArray* self) { return int_from_ssize_t(self->ob_alloc); }
PyObject* alloc_raw(PyObject* self, PyObject*) { return alloc(as<ByteArray>(self)).to_c(); }
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nReturns the size of the bytearray object in memory, in bytes.";
Result<isize> sizeof_method(ByteArray* self) { return type_of(self)->tp_basicsize + self->ob_alloc; }

// (type, arguments, __dict__): the content as Latin-1 text before protocol 3.
Result<Object> reduce_with(ByteArray* self, int protocol) {
  Ref<Object> state = TRY(call_method(static_cast<Object*>(self), id::__getstate__));
  Ref<Tuple> arguments;
  if (self->ob_size == 0) {
    arguments = TRY(tuple_pack());
  } else if (protocol < 3) {
    Ref<Str> text = TRY(str_from_latin1(view_of(self)));
    Ref<Str> encoding = TRY(str_from_string("latin-1"));
    arguments = TRY(tuple_pack(static_cast<Object*>(text.get()), static_cast<Object*>(encoding.get())));
  } else {
    Ref<Bytes> bytes = TRY(bytes_from_view(view_of(self)));
    arguments = TRY(tuple_pack(static_cast<Object*>(bytes.get())));
  }
  return tuple_pack(static_cast<Object*>(type_of(self)), static_cast<Object*>(arguments.get()), state.get());
}
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nReturn state information for pickling.";
Result<Object> reduce(ByteArray* self) { return reduce_with(self, 2); }
constexpr Doc reduce_ex_doc = "__reduce_ex__($self, proto=0, /)\n--\n\nReturn state information for pickling.";
Result<Object> reduce_ex(ByteArray* self, int protocol) { return reduce_with(self, protocol); }

constinit PyMethodDef methods[] = {
    raw_method("__alloc__", alloc_raw, METH_NOARGS,
               "B.__alloc__() -> int\n\nReturn the number of bytes actually allocated."),
    method<reduce, reduce_doc>(),
    method<reduce_ex, reduce_ex_doc>(),
    method<sizeof_method, sizeof_doc>(),
    method<append, append_doc>(),
    method<clear, clear_doc>(),
    method<copy, copy_doc>(),
    method<extend, extend_doc>(),
    class_method<fromhex, fromhex_doc>(),
    method<insert, insert_doc>(),
    method<pop, pop_doc>(),
    method<remove, remove_doc>(),
    method<reverse, reverse_doc>(),
    BYTE_METHODS(ByteArray),
    {},
};
constinit PyNumberMethods as_number = {.nb_remainder = bytearray_remainder};
constinit PySequenceMethods as_sequence = {
    .sq_length = slot<bytearray_length>,
    .sq_concat = slot<bytearray_concat>,
    .sq_repeat = slot<bytearray_repeat>,
    .sq_item = slot<bytearray_item>,
    .sq_ass_item = slot<assign_item>,
    .sq_contains = slot<bytearray_contains>,
    .sq_inplace_concat = slot<bytearray_in_place_concat>,
    .sq_inplace_repeat = slot<bytearray_in_place_repeat>,
};
constinit PyMappingMethods as_mapping = {
    .mp_length = slot<bytearray_length>,
    .mp_subscript = slot<bytearray_subscript>,
    .mp_ass_subscript = slot<bytearray_assign_subscript>,
};
constinit PyBufferProcs as_buffer = {.bf_getbuffer = bytearray_getbuffer, .bf_releasebuffer = bytearray_releasebuffer};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyByteArray_Type = {
    .tp_name = "bytearray",
    .tp_basicsize = sizeof(PyByteArrayObject),
    .tp_dealloc = bytearray_dealloc,
    .tp_repr = slot<bytearray_repr>,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = object_hash_not_implemented,
    .tp_str = slot<bytearray_str>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = kTypeDoc,
    .tp_richcompare = slot<bytearray_rich_compare>,
    .tp_iter = slot<bytearray_iter>,
    .tp_methods = methods,
    .tp_init = initializer<bytearray_init, init_doc>,
    .tp_alloc = bytearray_alloc,
    .tp_new = type_generic_new,
    .tp_free = object_plain_del,
};
