// bytes: the immutable sequence of bytes.
//
// Layout     PyBytesObject (ABI): the content follows the head, NUL at the end. The empty one and those of one byte
// exist once. Note       what bytes and bytearray have in common is in types/byte_methods.h. See
// tests/python/test_bytes.py
#include "types/bytes.h"

#include <cstddef>
#include <cstring>

#include "base/copy.h"
#include "base/hot.h"
#include "memory/allocator.h"
#include "object/fields.h"
#include "object/hash.h"
#include "runtime/builtins.h"
#include "runtime/runtime.h"
#include "types/byte_methods.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str/internal.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Storage ==

struct ShortBytes : PyVarObject {
  Py_hash_t hash;
  char text[2];
};
static_assert(offsetof(ShortBytes, text) == offsetof(PyBytesObject, ob_sval));
// Entry 256 is the empty one.
struct ShortBytesTable {
  ShortBytes items[257];
  constexpr ShortBytesTable() : items{} {
    for (int i = 0; i < 257; ++i) {
      items[i].ob_refcnt = kImmortalRefcnt;
      items[i].ob_type = &PyBytes_Type;
      items[i].ob_size = i < 256;
      items[i].hash = -1;
      items[i].text[0] = static_cast<char>(i < 256 ? i : 0);
      items[i].text[1] = 0;
    }
  }
};
constinit ShortBytesTable short_bytes;
Bytes* single_byte(u8 byte) { return reinterpret_cast<Bytes*>(static_cast<VarObject*>(&short_bytes.items[byte])); }
constexpr isize kHead = offsetof(PyBytesObject, ob_sval) + 1;
}  // namespace

Bytes* bytes_empty() { return reinterpret_cast<Bytes*>(static_cast<VarObject*>(&short_bytes.items[256])); }

Result<Bytes> bytes_new(isize size) {
  if (size == 0) return Result<Bytes>::share(bytes_empty());
  if (size < 0) return raise(SystemError, "Negative size passed to PyBytes_FromStringAndSize");
  if (size > kMaxSize - kHead - 8) return raise(OverflowError, "byte string is too large");
  Ref<Bytes> bytes = TRY(object_new<Bytes>(&PyBytes_Type, size));
  bytes->ob_shash = -1;
  bytes->ob_sval[size] = 0;
  return bytes;
}
Result<Bytes> bytes_from_view(std::string_view data) {
  if (data.size() == 1) return Result<Bytes>::share(single_byte(static_cast<u8>(data[0])));
  Ref<Bytes> bytes = TRY(bytes_new(static_cast<isize>(data.size())));
  copy_bytes(bytes_data(bytes), data.data(), data.size());
  return bytes;
}
Result<Bytes> bytes_from_string(const char* text) { return bytes_from_view(text); }
Result<Bytes> bytes_resize(Ref<Bytes>&& bytes, isize size) {
  if (bytes_size(bytes) == size) return std::move(bytes);
  if (size == 0) return Result<Bytes>::share(bytes_empty());
  if (bytes_size(bytes) == 0) return bytes_new(size);
  if (refcount(bytes) != 1 || size < 0) return raise_bad_internal_call();
  Object* moved = object_resize(bytes.get(), size);
  if (!moved) return Error{};
  (void)bytes.release();
  Bytes* result = as<Bytes>(moved);
  result->ob_shash = -1;
  result->ob_sval[size] = 0;
  return Result<Bytes>::from_c(result);
}
Result<Bytes> bytes_from_object(Object* object) {
  if (is_bytes_exact(object)) return Result<Bytes>::share(as<Bytes>(object));
  if (check_buffer(object)) {
    BufferView view;
    TRY(view.acquire(object, PyBUF_FULL_RO));
    Ref<Bytes> bytes = TRY(bytes_new(view.size()));
    TRY(buffer_to_contiguous(bytes_data(bytes), &view.raw(), view.size(), 'C'));
    return bytes;
  }
  if (!is_str(object) && (type_of(object)->tp_iter || sequence_check(object))) {
    Ref<Object> bytes = TRY(byte_methods::bytes_of_iterable(object));
    return as<Bytes>(std::move(bytes));
  }
  return raise(TypeError, "cannot convert '%.200s' object to bytes", type_of(object)->tp_name);
}
Result<Bytes> bytes_concat(Object* left, Object* right) {
  Ref<Object> bytes = TRY(byte_methods::concat(left, right, false));
  return as<Bytes>(std::move(bytes));
}
Result<Bytes> bytes_join(Bytes* separator, Object* iterable) {
  Ref<Object> bytes = TRY(byte_methods::join(byte_methods::Receiver(separator), iterable));
  return as<Bytes>(std::move(bytes));
}
Result<Str> bytes_repr(Bytes* bytes, bool smart_quotes) {
  return byte_methods::repr_of(bytes_view(bytes), smart_quotes, "", "");
}
Result<Bytes> bytes_decode_escape(std::string_view body, const char* errors) {
  return decode_bytes_escape(body, errors, nullptr);
}

namespace {
using byte_methods::Receiver;

// == Construction ==

constexpr Doc new_doc = "bytes($type, /, source=b'', encoding='utf-8', errors='strict')";
constexpr const char* kTypeDoc =
    "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
    "bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n"
    "bytes(int) -> bytes object of size given by the parameter initialized with null bytes\n"
    "bytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n"
    "  - an iterable yielding integers in range(256)\n"
    "  - a text string encoded using the specified encoding\n"
    "  - any object implementing the buffer API.\n  - an integer";

Result<Object> bytes_subtype_new(Type* type, Bytes* bytes) {
  Ref<Object> object = TRY(Result<Object>::from_c(type->tp_alloc(type, bytes_size(bytes))));
  Bytes* self = as<Bytes>(object.get());
  self->ob_shash = bytes->ob_shash;
  std::memcpy(self->ob_sval, bytes->ob_sval, static_cast<usize>(bytes_size(bytes) + 1));
  return object;
}
Result<Object> make_bytes(Opt<Object*> source_argument, Opt<Str*> encoding, Opt<Str*> errors) {
  if (!source_argument) {
    if (encoding || errors)
      return raise(TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
    return Result<Object>::share(bytes_empty());
  }
  Object* source = source_argument.get();
  if (encoding) {
    if (!is_str(source)) return raise(TypeError, "encoding without a string argument");
    Utf8 encoding_text = str_as_utf8(encoding.get());
    if (!encoding_text) return Error{};
    Utf8 errors_text{nullptr, 0};
    if (errors && !(errors_text = str_as_utf8(errors.get()))) return Error{};
    return str_as_encoded_string(as<Str>(source), encoding_text.data, errors_text.data);
  }
  if (errors) {
    return raise(TypeError,
                 is_str(source) ? "string argument without an encoding" : "errors without a string argument");
  }
  Ref<Object> method = TRY(object_lookup_special(source, id::__bytes__));
  if (method) {
    Ref<Object> bytes = TRY(object_call_no_args(method));
    if (!is_bytes(bytes))
      return raise(TypeError, "__bytes__ returned non-bytes (type %.200s)", type_of(bytes)->tp_name);
    return bytes;
  }
  if (is_str(source)) return raise(TypeError, "string argument without an encoding");
  if (index_check(source)) {
    Result<isize> size = number_as_ssize_t(source, OverflowError);
    if (!size.failed()) {
      isize count = size.take();
      if (count < 0) return raise(ValueError, "negative count");
      Ref<Bytes> bytes = TRY(bytes_new(count));
      if (count) std::memset(bytes_data(bytes), 0, static_cast<usize>(count));
      return bytes;
    }
    if (!error_matches(TypeError)) return Error{};
    error_clear();
  }
  return bytes_from_object(source);
}
Result<Object> bytes_new_slot(Type* type, Opt<Object*> source, Opt<Str*> encoding, Opt<Str*> errors) {
  Ref<Object> bytes = TRY(make_bytes(source, encoding, errors));
  if (type == &PyBytes_Type) return bytes;
  return bytes_subtype_new(type, as<Bytes>(bytes.get()));
}

// == Slots ==

ADDER_HOT void bytes_dealloc(PyObject* self) { type_of(self)->tp_free(self); }
Result<Str> bytes_repr_slot(Bytes* self) { return bytes_repr(self, true); }
Result<Str> bytes_str_slot(Bytes* self) {
  if (interpreter()->config->bytes_warning) TRY(warn(BytesWarning, 1, "str() on a bytes instance"));
  return bytes_repr(self, true);
}
Result<isize> bytes_hash_slot(Bytes* self) {
  if (self->ob_shash == -1) self->ob_shash = hash_bytes(self->ob_sval, self->ob_size);
  return self->ob_shash;
}
Result<Object> bytes_rich_compare(Bytes* self, Object* other, int op) {
  return byte_methods::rich_compare(self, other, op);
}
Result<isize> bytes_length_slot(Bytes* self) { return self->ob_size; }
Result<Object> bytes_concat_slot(Bytes* self, Object* other) { return byte_methods::concat(self, other, false); }
Result<Object> bytes_repeat_slot(Bytes* self, isize count) { return byte_methods::repeat(Receiver(self), count); }
Result<Object> byte_object(u8 byte) { return Result<Object>::share(small_int(byte)); }
Result<Object> bytes_item_slot(Bytes* self, isize index) {
  if (index < 0 || index >= self->ob_size) return raise(IndexError, "index out of range");
  return byte_object(static_cast<u8>(self->ob_sval[index]));
}
Result<bool> bytes_contains_slot(Bytes* self, Object* what) { return byte_methods::contains(Receiver(self), what); }
Result<Object> bytes_subscript(Bytes* self, Object* key) {
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return bytes_item_slot(self, index < 0 ? index + self->ob_size : index);
  }
  if (is_slice(key)) return byte_methods::subscript_slice(Receiver(self), key);
  return raise(TypeError, "byte indices must be integers or slices, not %.200s", type_of(key)->tp_name);
}
PyObject* bytes_remainder_slot(PyObject* left, PyObject* right) {
  if (!is_bytes(left)) return not_implemented().to_c();
  return byte_methods::remainder(Receiver(as<Bytes>(left)), right).to_c();
}
int bytes_getbuffer(PyObject* self, Py_buffer* view, int flags) {
  return buffer_fill_info(view, self, as<Bytes>(self)->ob_sval, as<Bytes>(self)->ob_size, true, flags).to_c();
}

// == Methods ==

constexpr Doc fromhex_doc =
    "fromhex($type, string, /)\n--\n\nCreate a bytes object from a string of hexadecimal numbers.\n\n"
    "Spaces between two numbers are accepted.\n"
    "Example: bytes.fromhex('B9 01EF') -> b'\\\\xb9\\\\x01\\\\xef'.";
Result<Object> fromhex(Type* type, Object* text) {
  Ref<Bytes> bytes = TRY(byte_methods::bytes_of_hex(text));
  if (type == &PyBytes_Type) return bytes;
  return object_call_one_arg(type, bytes);
}
constexpr Doc bytes_doc = "__bytes__($self, /)\n--\n\nConvert this value to exact type bytes.";
Result<Object> bytes_bytes(Bytes* self) {
  if (is_bytes_exact(self)) return Result<Object>::share(self);
  return bytes_from_view(bytes_view(self));
}
PyObject* bytes_getnewargs(PyObject* self, PyObject*) {
  Ref<Bytes> copy = TRY_C(nullptr, bytes_from_view(bytes_view(as<Bytes>(self))));
  return tuple_pack(static_cast<Object*>(copy.get())).to_c();
}
constinit PyMethodDef methods[] = {
    raw_method("__getnewargs__", bytes_getnewargs, METH_NOARGS, nullptr),
    method<bytes_bytes, bytes_doc>(),
    BYTE_METHODS(Bytes),
    class_method<fromhex, fromhex_doc>(),
    {},
};
constinit PyNumberMethods as_number = {.nb_remainder = bytes_remainder_slot};
constinit PySequenceMethods as_sequence = {
    .sq_length = slot<bytes_length_slot>,
    .sq_concat = slot<bytes_concat_slot>,
    .sq_repeat = slot<bytes_repeat_slot>,
    .sq_item = slot<bytes_item_slot>,
    .sq_contains = slot<bytes_contains_slot>,
};
constinit PyMappingMethods as_mapping = {.mp_length = slot<bytes_length_slot>, .mp_subscript = slot<bytes_subscript>};
constinit PyBufferProcs as_buffer = {.bf_getbuffer = bytes_getbuffer};

// == Iterator: of bytes and of bytearray ==

struct ByteIterator : PyObject {
  isize index;
  Object* source;  // null: exhausted
};
std::string_view text_of(Object* source) {
  if (is_bytes(source)) return bytes_view(as<Bytes>(source));
  return {bytearray_data(as<ByteArray>(source)), static_cast<usize>(bytearray_size(as<ByteArray>(source)))};
}
Result<Object> iterator_new(Type* type, Object* source) {
  Ref<ByteIterator> iterator = TRY(object_new<ByteIterator>(type));
  iterator->index = 0;
  iterator->source = Ref<Object>::share(source).release();
  gc::track(iterator);
  return iterator;
}
Result<Object> bytes_iter(Bytes* self) { return iterator_new(&PyBytesIter_Type, self); }
Maybe<Object> iterator_next(ByteIterator* self) {
  if (!self->source) return nullptr;
  std::string_view text = text_of(self->source);
  if (self->index < static_cast<isize>(text.size()))
    return byte_object(static_cast<u8>(text[static_cast<usize>(self->index++)]));
  clear_field(self->source);
  return nullptr;
}
using IteratorFields = OwnedFields<&ByteIterator::source>;
constexpr Doc length_hint_doc =
    "__length_hint__($self, /)\n--\n\nHow many bytes are left, as an estimate for list(iterator).";
Result<isize> iterator_length_hint(ByteIterator* self) {
  if (!self->source) return isize{0};
  isize left = static_cast<isize>(text_of(self->source).size()) - self->index;
  return left < 0 ? isize{0} : left;
}
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\nState of the iterator, for pickling.";
Result<Object> iterator_reduce(ByteIterator* self) {
  Ref<Object> iter = TRY(builtins_get(id::iter));
  if (!self->source) {
    Ref<Tuple> empty = TRY(tuple_pack());
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(empty.get())));
    return tuple_pack(iter.get(), static_cast<Object*>(arguments.get()));
  }
  Ref<Tuple> arguments = TRY(tuple_pack(self->source));
  Ref<Int> index = TRY(int_from_ssize_t(self->index));
  return tuple_pack(iter.get(), static_cast<Object*>(arguments.get()), static_cast<Object*>(index.get()));
}
constexpr Doc setstate_doc = "__setstate__($self, state, /)\n--\n\nSets the position, for unpickling.";
Result<void> iterator_setstate(ByteIterator* self, Object* state) {
  isize index = TRY(int_as_ssize_t(state));
  if (self->source) {
    isize size = static_cast<isize>(text_of(self->source).size());
    self->index = index < 0 ? 0 : index > size ? size : index;
  }
  return {};
}
constinit PyMethodDef iterator_methods[] = {
    method<iterator_length_hint, length_hint_doc>(),
    method<iterator_reduce, reduce_doc>(),
    method<iterator_setstate, setstate_doc>(),
    {},
};
}  // namespace

// For bytearray.cpp.
Result<Object> bytearray_iterator_new(ByteArray* array) { return iterator_new(&PyByteArrayIter_Type, array); }
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyBytes_Type = {
    .tp_name = "bytes",
    .tp_basicsize = kHead,
    .tp_itemsize = 1,
    .tp_dealloc = bytes_dealloc,
    .tp_repr = slot<bytes_repr_slot>,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = slot<bytes_hash_slot>,
    .tp_str = slot<bytes_str_slot>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_doc = kTypeDoc,
    .tp_richcompare = slot<bytes_rich_compare>,
    .tp_iter = slot<bytes_iter>,
    .tp_methods = methods,
    .tp_alloc = type_generic_alloc,
    .tp_new = constructor<bytes_new_slot, new_doc>,
    .tp_free = object_plain_del,
};
constinit PyTypeObject PyBytesIter_Type = {
    .tp_name = "bytes_iterator",
    .tp_basicsize = sizeof(ByteIterator),
    .tp_dealloc = IteratorFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = IteratorFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
constinit PyTypeObject PyByteArrayIter_Type = {
    .tp_name = "bytearray_iterator",
    .tp_basicsize = sizeof(ByteIterator),
    .tp_dealloc = IteratorFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = IteratorFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_methods = iterator_methods,
};
