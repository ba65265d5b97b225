// memoryview: a view of the memory of any object with the buffer protocol, of any number of dimensions.
//
// Layout     PyMemoryViewObject (ABI): `view` describes the memory; ob_array holds shape, strides and suboffsets. All
// views
//            that were made of one another share a managed buffer, which holds the exporter's Py_buffer.
// Invariant  mbuf->exports counts the views, view->exports the buffers that others took from a view. A view with
// exports cannot
//            be released; the managed buffer gives the memory back when its last view goes.
// See        tests/python/test_memoryview.py
#include <cstring>

#include "base/copy.h"
#include "import/import.h"
#include "memory/allocator.h"
#include "object/fields.h"
#include "types/byte_methods.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/memory_items.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

ADDER_EXPORT PyTypeObject _PyManagedBuffer_Type, _PyMemoryIter_Type;

namespace adder {
namespace {
using ManagedBuffer = _PyManagedBufferObject;
constexpr int kReleased = 1, kCContiguous = 2, kFortran = 4, kScalar = 8, kIndirect = 16;  // view flags
constexpr int kBufferReleased = 1, kFreeFormat = 2;                                        // managed buffer flags

inline isize* shape_array(MemoryView* self) { return self->ob_array; }
inline isize* strides_array(MemoryView* self, int ndim) { return self->ob_array + ndim; }
inline isize* suboffsets_array(MemoryView* self, int ndim) { return self->ob_array + 2 * ndim; }

bool is_released(MemoryView* self) {
  return !self->mbuf || (self->flags & kReleased) || (self->mbuf->flags & kBufferReleased);
}
Result<void> check_released(MemoryView* self) {
  if (is_released(self)) return raise(ValueError, "operation forbidden on released memoryview object");
  return {};
}

// == Managed buffers ==

Result<ManagedBuffer> managed_new() {
  Ref<ManagedBuffer> buffer = TRY(object_new<ManagedBuffer>(&_PyManagedBuffer_Type));
  buffer->flags = 0;
  buffer->exports = 0;
  buffer->master = {};  // an exporter may leave fields out
  gc::track(buffer);
  return buffer;
}
void managed_release(ManagedBuffer* self) {
  if (self->flags & kBufferReleased) return;
  self->flags |= kBufferReleased;
  gc::untrack(self);
  if (self->flags & kFreeFormat) memory::release(self->master.format);
  if (self->master.obj) buffer_release(&self->master);
}
void managed_dealloc(PyObject* object) {
  ManagedBuffer* self = as<ManagedBuffer>(object);
  managed_release(self);
  object_free(object);
}
int managed_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<ManagedBuffer>(object)->master.obj);
  return 0;
}
int managed_clear(PyObject* object) {
  if (as<ManagedBuffer>(object)->exports == 0) managed_release(as<ManagedBuffer>(object));
  return 0;
}

// == Shape ==

void set_flags(MemoryView* self) {
  const Py_buffer& view = self->view;
  int flags = 0;
  if (view.ndim == 0) {
    flags |= kScalar | kCContiguous | kFortran;
  } else if (view.ndim == 1) {
    if (view.shape[0] == 1 || view.strides[0] == view.itemsize) flags |= kCContiguous | kFortran;
  } else {
    if (buffer_is_contiguous(&view, 'C')) flags |= kCContiguous;
    if (buffer_is_contiguous(&view, 'F')) flags |= kFortran;
  }
  if (view.suboffsets) flags = (flags | kIndirect) & ~(kCContiguous | kFortran);
  self->flags = flags;
}
void strides_from_shape(Py_buffer& view) {
  if (view.ndim == 0) return;
  view.strides[view.ndim - 1] = view.itemsize;
  for (int i = view.ndim - 2; i >= 0; --i) view.strides[i] = view.strides[i + 1] * view.shape[i + 1];
}
// Copies what describes `source` into the view; its arrays are the view's own.
void describe(MemoryView* self, const Py_buffer& source) {
  Py_buffer& view = self->view;
  view.obj = source.obj;
  view.buf = source.buf;
  view.len = source.len;
  view.itemsize = source.itemsize;
  view.readonly = source.readonly;
  view.format = source.format ? source.format : const_cast<char*>("B");
  view.internal = source.internal;
  view.ndim = source.ndim;
  int ndim = source.ndim;
  view.shape = shape_array(self);
  view.strides = strides_array(self, ndim);
  view.suboffsets = nullptr;
  if (ndim == 0) {
    view.shape = view.strides = nullptr;
    return;
  }
  if (ndim == 1 && !source.shape)
    view.shape[0] = source.itemsize ? source.len / source.itemsize : 0;
  else
    std::memcpy(view.shape, source.shape, static_cast<usize>(ndim) * sizeof(isize));
  if (source.strides)
    std::memcpy(view.strides, source.strides, static_cast<usize>(ndim) * sizeof(isize));
  else
    strides_from_shape(view);
  if (source.suboffsets) {
    view.suboffsets = suboffsets_array(self, ndim);
    std::memcpy(view.suboffsets, source.suboffsets, static_cast<usize>(ndim) * sizeof(isize));
  }
}
Result<MemoryView> view_new(ManagedBuffer* buffer, const Py_buffer& source, int ndim) {
  if (ndim > PyBUF_MAX_NDIM) return raise(ValueError, "memoryview: number of dimensions must not exceed 64");
  Ref<MemoryView> self = TRY(object_new<MemoryView>(&PyMemoryView_Type, 3 * ndim));
  self->ob_size = 3 * ndim;
  self->hash = -1;
  self->flags = 0;
  self->exports = 0;
  self->view.ndim = ndim;
  self->weakreflist = nullptr;
  self->mbuf = Ref<ManagedBuffer>::share(buffer).release();
  ++buffer->exports;
  if (source.ndim == ndim) {
    describe(self, source);
    set_flags(self);
  } else {
    self->view = source;
    self->view.ndim = ndim;
    self->view.shape = shape_array(self);
    self->view.strides = strides_array(self, ndim);
    self->view.suboffsets = nullptr;
  }
  gc::track(self);
  return self;
}
Result<MemoryView> view_of_view(MemoryView* source) { return view_new(source->mbuf, source->view, source->view.ndim); }

// == Release ==

Result<void> view_release(MemoryView* self) {
  if (self->flags & kReleased) return {};
  if (self->exports > 0) {
    return raise(BufferError, "memoryview has %zd exported buffer%s", self->exports, self->exports == 1 ? "" : "s");
  }
  if (self->exports < 0) return raise(SystemError, "_memory_release(): negative export count");
  self->flags |= kReleased;
  if (--self->mbuf->exports == 0) managed_release(self->mbuf);
  return {};
}
void view_dealloc(PyObject* object) {
  MemoryView* self = as<MemoryView>(object);
  gc::untrack(object);
  if (self->exports == 0) (void)view_release(self).failed();
  if (self->weakreflist) weakref_clear_all(object);
  clear_field(self->mbuf);
  object_free(object);
}
int view_traverse(PyObject* object, visitproc visit, void* arg) {
  VISIT(as<MemoryView>(object)->mbuf);
  return 0;
}
int view_clear(PyObject* object) {
  MemoryView* self = as<MemoryView>(object);
  if (self->exports == 0) {
    (void)view_release(self).failed();
    clear_field(self->mbuf);
  }
  return 0;
}

// == Addresses ==

inline char* follow(char* pointer, const isize* suboffsets, int dimension) {
  if (suboffsets && suboffsets[dimension] >= 0) return *reinterpret_cast<char**>(pointer) + suboffsets[dimension];
  return pointer;
}
// The address of item `index` of a dimension; IndexError. Null with the exception set on failure.
char* item_address(const Py_buffer& view, char* pointer, int dimension, isize index) {
  isize length = view.shape[dimension];
  if (index < 0) index += length;
  if (index < 0 || index >= length) {
    (void)raise(IndexError, "index out of bounds on dimension %d", dimension + 1);
    return nullptr;
  }
  return follow(pointer + view.strides[dimension] * index, view.suboffsets, dimension);
}
char* tuple_address(const Py_buffer& view, Tuple* key) {
  isize count = tuple_size(key);
  if (count > view.ndim) {
    (void)raise(TypeError, "cannot index %zd-dimension view with %zd-element tuple", static_cast<isize>(view.ndim),
                count);
    return nullptr;
  }
  char* pointer = static_cast<char*>(view.buf);
  for (isize i = 0; i < count; ++i) {
    isize index = TRY_C(nullptr, number_as_ssize_t(tuple_item(key, i), IndexError));
    pointer = item_address(view, pointer, static_cast<int>(i), index);
    if (!pointer) return nullptr;
  }
  return pointer;
}
bool all_indices(Tuple* key) {
  for (isize i = 0; i < tuple_size(key); ++i) {
    if (!index_check(tuple_item(key, i))) return false;
  }
  return true;
}
bool all_slices(Tuple* key) {
  if (tuple_size(key) == 0) return false;
  for (isize i = 0; i < tuple_size(key); ++i) {
    if (!is_slice(tuple_item(key, i))) return false;
  }
  return true;
}
Result<char> require_native(const Py_buffer& view) {
  char format = memory_items::native_format(view.format);
  if (!format) return raise(NotImplementedError, "memoryview: unsupported format %s", view.format);
  return format;
}
Result<void> restrict_to_slice(Py_buffer& view, Slice* slice, int dimension) {
  isize start, stop, step;
  TRY(slice_unpack(slice, start, stop, step));
  isize length = slice_adjust_indices(view.shape[dimension], start, stop, step);
  if (!view.suboffsets || dimension == 0) {
    view.buf = static_cast<char*>(view.buf) + view.strides[dimension] * start;
  } else {
    int n = dimension - 1;
    while (n >= 0 && view.suboffsets[n] < 0) --n;
    if (n < 0)
      view.buf = static_cast<char*>(view.buf) + view.strides[dimension] * start;
    else
      view.suboffsets[n] += view.strides[dimension] * start;
  }
  view.shape[dimension] = length;
  // A step over everything leaves one item at most, so that a product that wraps is never used.
  view.strides[dimension] = static_cast<isize>(static_cast<usize>(view.strides[dimension]) * static_cast<usize>(step));
  return {};
}
void recompute_length(MemoryView* self) {
  isize length = self->view.itemsize;
  for (int i = 0; i < self->view.ndim; ++i) length *= self->view.shape[i];
  self->view.len = length;
  set_flags(self);
}

// == Items ==

Result<isize> view_length(MemoryView* self) {
  TRY(check_released(self));
  return self->view.ndim == 0 ? isize{1} : self->view.shape[0];
}
Result<Object> view_item(MemoryView* self, isize index) {
  TRY(check_released(self));
  char format = TRY(require_native(self->view));
  if (self->view.ndim == 0) return raise(TypeError, "invalid indexing of 0-dim memory");
  if (self->view.ndim > 1) return raise(NotImplementedError, "multi-dimensional sub-views are not implemented");
  char* pointer = item_address(self->view, static_cast<char*>(self->view.buf), 0, index);
  if (!pointer) return Error{};
  return memory_items::unpack(pointer, format, self->view.format);
}
Result<Object> view_subscript(MemoryView* self, Object* key) {
  TRY(check_released(self));
  const Py_buffer& view = self->view;
  if (view.ndim == 0) {
    if (is_tuple(key) && tuple_size(as<Tuple>(key)) == 0) {
      char format = TRY(require_native(view));
      return memory_items::unpack(static_cast<char*>(view.buf), format, view.format);
    }
    if (key == Ellipsis) return Result<Object>::share(self);
    return raise(TypeError, "invalid indexing of 0-dim memory");
  }
  if (index_check(key)) {
    isize index = TRY(number_as_ssize_t(key, IndexError));
    return view_item(self, index);
  }
  if (is_slice(key)) {
    TRY(check_released(self));
    Ref<MemoryView> part = TRY(view_of_view(self));
    TRY(restrict_to_slice(part->view, as<Slice>(key), 0));
    recompute_length(part);
    return part;
  }
  if (is_tuple(key)) {
    if (all_indices(as<Tuple>(key))) {
      char format = TRY(require_native(view));
      if (tuple_size(as<Tuple>(key)) < view.ndim) return raise(NotImplementedError, "sub-views are not implemented");
      char* pointer = tuple_address(view, as<Tuple>(key));
      if (!pointer) return Error{};
      TRY(check_released(self));  // __index__ may have released it
      return memory_items::unpack(pointer, format, view.format);
    }
    if (all_slices(as<Tuple>(key))) return raise(NotImplementedError, "multi-dimensional slicing is not implemented");
  }
  return raise(TypeError, "memoryview: invalid slice key");
}

// == Copying ==

// Copies item by item between two arrays of equal shape. `scratch`: the memory may overlap, so through a buffer.
void copy_dimension(char* to, const isize* to_strides, const isize* to_suboffsets, char* from,
                    const isize* from_strides, const isize* from_suboffsets, const isize* shape, int ndim,
                    isize itemsize) {
  for (isize i = 0; i < shape[0]; ++i, to += to_strides[0], from += from_strides[0]) {
    char* target = follow(to, to_suboffsets, 0);
    char* source = follow(from, from_suboffsets, 0);
    if (ndim == 1) {
      std::memcpy(target, source, static_cast<usize>(itemsize));
    } else {
      copy_dimension(target, to_strides + 1, to_suboffsets ? to_suboffsets + 1 : nullptr, source, from_strides + 1,
                     from_suboffsets ? from_suboffsets + 1 : nullptr, shape + 1, ndim - 1, itemsize);
    }
  }
}
bool same_structure(const Py_buffer& a, const Py_buffer& b) {
  const char *left = a.format ? a.format : "B", *right = b.format ? b.format : "B";
  if (*left == '@') ++left;
  if (*right == '@') ++right;
  if (std::strcmp(left, right) != 0 || a.itemsize != b.itemsize || a.ndim != b.ndim) return false;
  for (int i = 0; i < a.ndim; ++i) {
    if (a.shape[i] != b.shape[i]) return false;
    if (a.shape[i] == 0) break;
  }
  return true;
}
Result<void> copy_single(const Py_buffer& to, const Py_buffer& from) {
  if (!same_structure(to, from)) {
    return raise(ValueError, "memoryview assignment: lvalue and rvalue have different structures");
  }
  isize count = to.shape[0], itemsize = to.itemsize;
  if (!to.suboffsets && !from.suboffsets && to.strides[0] == itemsize && from.strides[0] == itemsize) {
    move_bytes(to.buf, from.buf, static_cast<usize>(count * itemsize));
    return {};
  }
  char* scratch = static_cast<char*>(memory::allocate(static_cast<usize>(count * itemsize + 1)));
  if (!scratch) return raise_no_memory();
  copy_dimension(scratch, &itemsize, nullptr, static_cast<char*>(from.buf), from.strides, from.suboffsets, from.shape,
                 1, itemsize);
  copy_dimension(static_cast<char*>(to.buf), to.strides, to.suboffsets, scratch, &itemsize, nullptr, to.shape, 1,
                 itemsize);
  memory::release(scratch);
  return {};
}

Result<void> view_assign(MemoryView* self, Object* key, Opt<Object*> value_argument) {
  TRY(check_released(self));
  Py_buffer& view = self->view;
  char format = TRY(require_native(view));
  if (view.readonly) return raise(TypeError, "cannot modify read-only memory");
  if (!value_argument) return raise(TypeError, "cannot delete memory");
  Object* value = value_argument.get();
  auto pack = [&](char* pointer) -> Result<void> {
    // The conversion may run Python code that releases the view: pack aside, then look again.
    char item[16];
    TRY(memory_items::pack(item, value, format, view.format));
    TRY(check_released(self));
    std::memcpy(pointer, item, static_cast<usize>(view.itemsize));
    return {};
  };
  if (view.ndim == 0) {
    if (key == Ellipsis || (is_tuple(key) && tuple_size(as<Tuple>(key)) == 0))
      return pack(static_cast<char*>(view.buf));
    return raise(TypeError, "invalid indexing of 0-dim memory");
  }
  if (index_check(key)) {
    if (view.ndim > 1) return raise(NotImplementedError, "sub-views are not implemented");
    isize index = TRY(number_as_ssize_t(key, IndexError));
    TRY(check_released(self));
    char* pointer = item_address(view, static_cast<char*>(view.buf), 0, index);
    if (!pointer) return Error{};
    return pack(pointer);
  }
  if (is_slice(key) && view.ndim == 1) {
    BufferView source;
    TRY(source.acquire(value, PyBUF_FULL_RO));
    isize shape = view.shape[0], stride = view.strides[0];
    isize suboffset = view.suboffsets ? view.suboffsets[0] : -1;
    Py_buffer target = view;
    target.shape = &shape;
    target.strides = &stride;
    if (view.suboffsets) target.suboffsets = &suboffset;
    TRY(restrict_to_slice(target, as<Slice>(key), 0));
    target.len = shape * target.itemsize;
    TRY(check_released(self));
    Py_buffer& given = source.raw();
    isize given_shape = given.itemsize ? given.len / given.itemsize : 0, given_stride = given.itemsize;
    Py_buffer from = given;
    if (from.ndim == 1) {
      if (!from.shape) from.shape = &given_shape;
      if (!from.strides) from.strides = &given_stride;
    }
    return copy_single(target, from);
  }
  if (is_tuple(key) && all_indices(as<Tuple>(key))) {
    if (tuple_size(as<Tuple>(key)) < view.ndim) return raise(NotImplementedError, "sub-views are not implemented");
    char* pointer = tuple_address(view, as<Tuple>(key));
    if (!pointer) return Error{};
    return pack(pointer);
  }
  if (is_slice(key) || (is_tuple(key) && all_slices(as<Tuple>(key)))) {
    return raise(NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
  }
  return raise(TypeError, "memoryview: invalid slice key");
}

// == Comparison, hash, text ==

// Gives the values of items of formats that only the module struct knows.
struct Unpacker {
  Ref<Object> unpack_from;
  Result<void> init(const char* format) {
    Ref<Object> type = TRY(import_attribute("struct", "Struct"));
    Ref<Str> text = TRY(str_from_string(format));
    Ref<Object> structure = TRY(object_call_one_arg(type, text));
    unpack_from = TRY(object_get_attr(structure, "unpack_from"));
    return {};
  }
  Result<Object> value(const char* item, isize itemsize) {
    Ref<Bytes> bytes = TRY(bytes_from_view({item, static_cast<usize>(itemsize)}));
    Ref<Object> values = TRY(object_call_one_arg(unpack_from, bytes));
    if (is_tuple(values) && tuple_size(as<Tuple>(values.get())) == 1) {
      return Result<Object>::share(tuple_item(as<Tuple>(values.get()), 0));
    }
    return values;
  }
};
struct Comparison {
  const Py_buffer &left, &right;
  char left_format, right_format;
  Unpacker left_unpacker, right_unpacker;

  Result<bool> items_equal(const char* a, const char* b) {
    if (left_format && right_format) return memory_items::equal(a, b, left_format, right_format);
    Ref<Object> x = TRY(left_unpacker.value(a, left.itemsize));
    Ref<Object> y = TRY(right_unpacker.value(b, right.itemsize));
    return object_equal(x, y);
  }
  Result<bool> equal(char* a, char* b, int dimension, const isize* left_strides, const isize* right_strides) {
    for (isize i = 0; i < left.shape[dimension]; ++i, a += left_strides[dimension], b += right_strides[dimension]) {
      char* x = follow(a, left.suboffsets, dimension);
      char* y = follow(b, right.suboffsets, dimension);
      bool same =
          TRY(dimension == left.ndim - 1 ? items_equal(x, y) : equal(x, y, dimension + 1, left_strides, right_strides));
      if (!same) return false;
    }
    return true;
  }
};
Result<bool> buffers_equal(const Py_buffer& left, const Py_buffer& given) {
  Py_buffer right = given;  // the exporter's own may leave out shape and strides; a copy is filled in
  isize right_shape = right.itemsize ? right.len / right.itemsize : 0, right_stride = right.itemsize;
  if (right.ndim == 1) {
    if (!right.shape) right.shape = &right_shape;
    if (!right.strides) right.strides = &right_stride;
  }
  if (left.ndim != right.ndim) return false;
  for (int i = 0; i < left.ndim; ++i) {
    if (left.shape[i] != right.shape[i]) return false;
    if (left.shape[i] == 0) return true;
  }
  Comparison comparison{
      left, right, memory_items::native_format(left.format), memory_items::native_format(right.format), {}, {}};
  if (!comparison.left_format || !comparison.right_format) {
    if (comparison.left_unpacker.init(left.format ? left.format : "B").failed() ||
        comparison.right_unpacker.init(right.format ? right.format : "B").failed()) {
      if (error_matches(MemoryError)) return Error{};
      error_clear();  // a format that nobody understands is equal to nothing
      return false;
    }
  }
  if (left.ndim == 0) return comparison.items_equal(static_cast<char*>(left.buf), static_cast<char*>(right.buf));
  return comparison.equal(static_cast<char*>(left.buf), static_cast<char*>(right.buf), 0, left.strides, right.strides);
}
Result<Object> view_compare(MemoryView* self, Object* other, int op) {
  if (op != Py_EQ && op != Py_NE) return not_implemented();
  if (is_released(self)) return bool_result((self == other) == (op == Py_EQ));
  if (is_memoryview(other)) {
    if (is_released(as<MemoryView>(other))) return bool_result(op == Py_NE);
    Py_buffer right = as<MemoryView>(other)->view;
    return bool_result(TRY(buffers_equal(self->view, right)) == (op == Py_EQ));
  }
  BufferView view;
  if (view.acquire(other, PyBUF_FULL_RO).failed()) {
    error_clear();
    return not_implemented();
  }
  Py_buffer right = view.raw();
  return bool_result(TRY(buffers_equal(self->view, right)) == (op == Py_EQ));
}
Result<Bytes> view_bytes(MemoryView* self, char order) {
  Ref<Bytes> bytes = TRY(bytes_new(self->view.len));
  if (self->view.len) TRY(buffer_to_contiguous(bytes_data(bytes), &self->view, self->view.len, order));
  return bytes;
}
Result<isize> view_hash(MemoryView* self) {
  if (self->hash != -1) return self->hash;
  TRY(check_released(self));
  if (!self->view.readonly) return raise(ValueError, "cannot hash writable memoryview object");
  char format = memory_items::native_format(self->view.format);
  if (format != 'B' && format != 'b' && format != 'c') {
    return raise(ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
  }
  if (self->view.obj) TRY(object_hash(self->view.obj));
  if (self->flags & kCContiguous) return self->hash = hash_bytes(self->view.buf, self->view.len);
  Ref<Bytes> bytes = TRY(view_bytes(self, 'C'));
  return self->hash = hash_bytes(bytes_data(bytes), bytes_size(bytes));
}
Result<Str> view_repr(MemoryView* self) {
  return str_from_format(self->flags & kReleased ? "<released memory at %p>" : "<memory at %p>",
                         static_cast<void*>(self));
}

// == Buffer protocol ==

int view_getbuffer(PyObject* object, Py_buffer* out, int flags) {
  MemoryView* self = as<MemoryView>(object);
  TRY_C(-1, check_released(self));
  auto wants = [&](int request) { return (flags & request) == request; };
  auto refuse = [&](const char* message) {
    (void)raise(BufferError, "memoryview: %s", message);
    return -1;
  };
  *out = self->view;
  out->obj = nullptr;
  if (wants(PyBUF_WRITABLE) && self->view.readonly) return refuse("underlying buffer is not writable");
  if (!wants(PyBUF_FORMAT)) out->format = nullptr;
  bool c_order = self->flags & kCContiguous, fortran = self->flags & kFortran;
  if (wants(PyBUF_C_CONTIGUOUS) && !c_order) return refuse("underlying buffer is not C-contiguous");
  if (wants(PyBUF_F_CONTIGUOUS) && !fortran) return refuse("underlying buffer is not Fortran contiguous");
  if (wants(PyBUF_ANY_CONTIGUOUS) && !c_order && !fortran) return refuse("underlying buffer is not contiguous");
  if (!wants(PyBUF_INDIRECT) && (self->flags & kIndirect)) return refuse("underlying buffer requires suboffsets");
  if (!wants(PyBUF_STRIDES)) {
    if (!c_order) return refuse("underlying buffer is not C-contiguous");
    out->strides = nullptr;
  }
  if (!wants(PyBUF_ND)) {
    if (out->format) return refuse("cannot cast to unsigned bytes if the format flag is present");
    out->ndim = 1;
    out->shape = nullptr;
  }
  incref(object);
  out->obj = object;
  ++self->exports;
  return 0;
}
void view_releasebuffer(PyObject* object, Py_buffer*) { --as<MemoryView>(object)->exports; }

// == Methods ==

constexpr Doc new_doc =
    "memoryview(object)\n--\n\nA view of the memory of an object that supports the buffer protocol.";
constexpr Doc new_arguments = "memoryview($type, /, object)";
Result<Object> view_new_slot(Type*, Object* object) { return memoryview_from_object(object); }

constexpr Doc release_doc = "release($self, /)\n--\n\nGives the memory back; the view cannot be used any more.";
Result<void> release(MemoryView* self) { return view_release(self); }
constexpr Doc tobytes_doc =
    "tobytes($self, /, order='C')\n--\n\nThe memory as bytes, in C order, Fortran order, or ('A') the one it has.";
Result<Object> tobytes(MemoryView* self, Opt<Object*> order_argument) {
  TRY(check_released(self));
  char order = 'C';
  if (order_argument && order_argument.get() != None) {
    if (!is_str(order_argument.get())) {
      return raise(TypeError, "tobytes() argument 'order' must be str or None, not %.50s",
                   type_of(order_argument.get())->tp_name);
    }
    Str* text = as<Str>(order_argument.get());
    if (str_equals(text, "F"))
      order = 'F';
    else if (str_equals(text, "A"))
      order = 'A';
    else if (!str_equals(text, "C"))
      return raise(ValueError, "order must be 'C', 'F' or 'A'");
  }
  if (order == 'A') order = (self->flags & kFortran) && !(self->flags & kCContiguous) ? 'F' : 'C';
  return view_bytes(self, order);
}
Result<Object> list_of(const Py_buffer& view, char format, char* pointer, int dimension) {
  if (dimension == view.ndim) return memory_items::unpack(pointer, format, view.format);
  Ref<List> list = TRY(list_new(view.shape[dimension]));
  for (isize i = 0; i < view.shape[dimension]; ++i, pointer += view.strides[dimension]) {
    Ref<Object> item = TRY(list_of(view, format, follow(pointer, view.suboffsets, dimension), dimension + 1));
    list_init_item(list, i, std::move(item));
  }
  return list;
}
constexpr Doc tolist_doc = "tolist($self, /)\n--\n\nThe items as a list, of lists if there are several dimensions.";
Result<Object> tolist(MemoryView* self) {
  TRY(check_released(self));
  char format = TRY(require_native(self->view));
  return list_of(self->view, format, static_cast<char*>(self->view.buf), 0);
}
constexpr Doc toreadonly_doc = "toreadonly($self, /)\n--\n\nThe same view, but read-only.";
Result<Object> toreadonly(MemoryView* self) {
  TRY(check_released(self));
  Ref<MemoryView> copy = TRY(view_of_view(self));
  copy->view.readonly = 1;
  return copy;
}
constexpr Doc hex_doc =
    "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\nTwo hexadecimal digits a byte, with sep between "
    "groups of "
    "bytes_per_sep,\ncounted from the end (from the start if it is negative).\n\n"
    ">>> view = memoryview(b'\\xb9\\x01\\xef')\n>>> view.hex()\n'b901ef'\n>>> view.hex(':')\n'b9:01:ef'\n"
    ">>> view.hex(':', 2)\n'b9:01ef'\n>>> view.hex(':', -2)\n'b901:ef'";
Result<Object> hex(MemoryView* self, Opt<Object*> separator, int group) {
  TRY(check_released(self));
  Ref<Bytes> bytes = TRY(view_bytes(self, 'C'));
  return byte_methods::hex_of(bytes_view(bytes), separator, group);
}
// A static text for each native format: the view does not own its format.
const char* format_text(char format, bool with_at) {
  static constexpr char kTexts[] = "@c\0@b\0@B\0@h\0@H\0@i\0@I\0@l\0@L\0@q\0@Q\0@n\0@N\0@f\0@d\0@?\0@P";
  for (const char* text = kTexts; *text; text += 3) {
    if (text[1] == format) return with_at ? text : text + 1;
  }
  return "B";
}
bool is_byte_format(char format) { return format == 'b' || format == 'B' || format == 'c'; }
constexpr Doc cast_doc =
    "cast($self, /, format, shape=<unrepresentable>)\n--\n\nThe same memory with another format or shape.";
Result<Object> cast(MemoryView* self, Str* format_argument, Opt<Object*> shape) {
  TRY(check_released(self));
  const Py_buffer& source = self->view;
  if (!(self->flags & kCContiguous)) return raise(TypeError, "memoryview: casts are restricted to C-contiguous views");
  if (shape || source.ndim != 1) {
    for (int i = 0; i < source.ndim; ++i) {
      if (source.shape[i] == 0) return raise(TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    }
  }
  isize ndim = 1;
  if (shape) {
    if (!is_list(shape.get()) && !is_tuple(shape.get())) return raise(TypeError, "shape must be a list or a tuple");
    ndim = sequence_fast_size(shape.get());
    if (ndim > PyBUF_MAX_NDIM) return raise(ValueError, "memoryview: number of dimensions must not exceed 64");
    if (source.ndim != 1 && ndim != 1) return raise(TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
  }
  Ref<MemoryView> result = TRY(view_new(self->mbuf, source, ndim == 0 ? 1 : static_cast<int>(ndim)));
  Py_buffer& view = result->view;
  // First one dimension of the new format.
  Ref<Object> ascii = TRY(str_as_encoded_string(format_argument, "ascii", nullptr));
  const char* text = bytes_data(as<Bytes>(ascii.get()));
  char format = memory_items::native_format(text);
  if (!format) {
    return raise(ValueError,
                 "memoryview: destination format must be a native single character format prefixed with an optional "
                 "'@'");
  }
  // What is cast to bytes may have any format.
  if (!is_byte_format(format) && !is_byte_format(memory_items::native_format(source.format))) {
    return raise(TypeError, "memoryview: cannot cast between two non-byte formats");
  }
  isize itemsize = memory_items::native_size(format);
  if (source.len % itemsize) return raise(TypeError, "memoryview: length is not a multiple of itemsize");
  view.len = source.len;
  view.format = const_cast<char*>(format_text(format, text[0] == '@'));
  view.itemsize = itemsize;
  view.ndim = 1;
  view.shape = shape_array(result);
  view.strides = strides_array(result, ndim == 0 ? 1 : static_cast<int>(ndim));
  view.suboffsets = nullptr;
  view.shape[0] = view.len / itemsize;
  view.strides[0] = itemsize;
  if (shape) {
    isize product = itemsize;  // bytes
    view.ndim = static_cast<int>(ndim);
    if (ndim == 0) view.shape = view.strides = nullptr;
    for (isize i = 0; i < ndim; ++i) {
      Object* item = sequence_fast_items(shape.get())[i];
      if (!is_int(item)) return raise(TypeError, "memoryview.cast(): elements of shape must be integers");
      Result<isize> converted = int_as_ssize_t(item);
      if (converted.failed()) return Error{};
      isize length = converted.take();
      if (length <= 0) return raise(ValueError, "memoryview.cast(): elements of shape must be integers > 0");
      if (length > kMaxSize / product) return raise(ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
      product *= length;
      view.shape[i] = length;
    }
    if (product != view.len) {
      return raise(TypeError, "memoryview: product(shape) * itemsize != buffer size");
    }
    strides_from_shape(view);
  }
  set_flags(result);
  return result;
}
PyObject* enter(PyObject* self, PyObject*) {
  TRY_C(nullptr, check_released(as<MemoryView>(self)));
  return Ref<Object>::share(self).release();
}
PyObject* exit(PyObject* self, PyObject*) {
  TRY_C(nullptr, view_release(as<MemoryView>(self)));
  return None;
}
constinit PyMethodDef methods[] = {
    method<release, release_doc>(),
    method<tobytes, tobytes_doc>(),
    method<hex, hex_doc>(),
    method<tolist, tolist_doc>(),
    method<cast, cast_doc>(),
    method<toreadonly, toreadonly_doc>(),
    raw_method("__enter__", enter, METH_NOARGS, nullptr),
    raw_method("__exit__", exit, METH_VARARGS, nullptr),
    {},
};

// == Attributes ==

Result<Object> tuple_of(const isize* values, int count) {
  Ref<Tuple> tuple = TRY(tuple_new(values ? count : 0));
  for (int i = 0; values && i < count; ++i) tuple_init_item(tuple, i, TRY(int_from_ssize_t(values[i])));
  return tuple;
}
Result<Object> get_obj(MemoryView* self) {
  TRY(check_released(self));
  return Result<Object>::share(self->view.obj ? self->view.obj : None);
}
Result<isize> get_nbytes(MemoryView* self) {
  TRY(check_released(self));
  return self->view.len;
}
Result<bool> get_readonly(MemoryView* self) {
  TRY(check_released(self));
  return self->view.readonly != 0;
}
Result<isize> get_itemsize(MemoryView* self) {
  TRY(check_released(self));
  return self->view.itemsize;
}
Result<Object> get_format(MemoryView* self) {
  TRY(check_released(self));
  return str_from_string(self->view.format);
}
Result<int> get_ndim(MemoryView* self) {
  TRY(check_released(self));
  return self->view.ndim;
}
Result<Object> get_shape(MemoryView* self) {
  TRY(check_released(self));
  return tuple_of(self->view.shape, self->view.ndim);
}
Result<Object> get_strides(MemoryView* self) {
  TRY(check_released(self));
  return tuple_of(self->view.strides, self->view.ndim);
}
Result<Object> get_suboffsets(MemoryView* self) {
  TRY(check_released(self));
  return tuple_of(self->view.suboffsets, self->view.ndim);
}
Result<bool> get_c_contiguous(MemoryView* self) {
  TRY(check_released(self));
  return (self->flags & kCContiguous) != 0;
}
Result<bool> get_f_contiguous(MemoryView* self) {
  TRY(check_released(self));
  return (self->flags & kFortran) != 0;
}
Result<bool> get_contiguous(MemoryView* self) {
  TRY(check_released(self));
  return (self->flags & (kCContiguous | kFortran)) != 0;
}
constinit PyGetSetDef attributes[] = {
    get_set<get_obj>("obj", "The object whose memory it is."),
    get_set<get_nbytes>("nbytes", "Bytes that the items take: those of tobytes()."),
    get_set<get_readonly>("readonly", "Whether the memory is read-only."),
    get_set<get_itemsize>("itemsize", "Bytes of an item."),
    get_set<get_format>("format", "Format of an item, in the notation of the module struct."),
    get_set<get_ndim>("ndim", "Number of dimensions."),
    get_set<get_shape>("shape", "Items in each dimension."),
    get_set<get_strides>("strides", "Bytes from one item to the next, in each dimension."),
    get_set<get_suboffsets>("suboffsets", "For arrays of pointers, as PIL has them."),
    get_set<get_c_contiguous>("c_contiguous", "Whether the items lie in C order without gaps."),
    get_set<get_f_contiguous>("f_contiguous", "Whether the items lie in Fortran order without gaps."),
    get_set<get_contiguous>("contiguous", "Whether the items lie without gaps."),
    {},
};
constinit PySequenceMethods as_sequence = {.sq_length = slot<view_length>, .sq_item = slot<view_item>};
constinit PyMappingMethods as_mapping = {
    .mp_length = slot<view_length>,
    .mp_subscript = slot<view_subscript>,
    .mp_ass_subscript = slot<view_assign>,
};
constinit PyBufferProcs as_buffer = {.bf_getbuffer = view_getbuffer, .bf_releasebuffer = view_releasebuffer};

// == Iterator ==

struct MemoryIterator : PyObject {
  isize index;
  MemoryView* view;  // null: exhausted
  isize length;
  char format;
};
Result<Object> view_iter(MemoryView* self) {
  TRY(check_released(self));
  if (self->view.ndim == 0) return raise(TypeError, "invalid indexing of 0-dim memory");
  if (self->view.ndim != 1) return raise(NotImplementedError, "multi-dimensional sub-views are not implemented");
  char format = memory_items::native_format(self->view.format);
  if (!format) return raise(NotImplementedError, "memoryview: unsupported format %s", self->view.format);
  Ref<MemoryIterator> iterator = TRY(object_new<MemoryIterator>(&_PyMemoryIter_Type));
  iterator->index = 0;
  iterator->view = Ref<MemoryView>::share(self).release();
  iterator->length = self->view.shape[0];
  iterator->format = format;
  gc::track(iterator);
  return iterator;
}
Maybe<Object> iterator_next(MemoryIterator* self) {
  MemoryView* view = self->view;
  if (!view) return nullptr;
  if (self->index < self->length) {
    TRY(check_released(view));
    char* pointer = item_address(view->view, static_cast<char*>(view->view.buf), 0, self->index++);
    if (!pointer) return Error{};
    return memory_items::unpack(pointer, self->format, view->view.format);
  }
  clear_field(self->view);
  return nullptr;
}
using IteratorFields = OwnedFields<&MemoryIterator::view>;
}  // namespace

// == Construction ==

Result<Object> memoryview_from_object(Object* object) {
  if (is_memoryview(object)) {
    TRY(check_released(as<MemoryView>(object)));
    return view_of_view(as<MemoryView>(object));
  }
  if (!check_buffer(object)) {
    return raise(TypeError, "memoryview: a bytes-like object is required, not '%.200s'", type_of(object)->tp_name);
  }
  Ref<ManagedBuffer> buffer = TRY(managed_new());
  TRY(object_get_buffer(object, &buffer->master, PyBUF_FULL_RO));
  return view_new(buffer, buffer->master, buffer->master.ndim);
}
Result<Object> memoryview_from_buffer(const Py_buffer* view) {
  if (!view->buf) return raise(ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
  Ref<ManagedBuffer> buffer = TRY(managed_new());
  buffer->master = *view;
  buffer->master.obj = nullptr;
  return view_new(buffer, buffer->master, view->ndim);
}
Result<Object> memoryview_from_memory(char* data, isize size, bool writable) {
  Py_buffer view;
  TRY(buffer_fill_info(&view, nullptr, data, size, !writable, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE));
  return memoryview_from_buffer(&view);
}
Result<Object> memoryview_get_contiguous(Object* object, int buffer_type, char order) {
  Ref<Object> result = TRY(memoryview_from_object(object));
  MemoryView* self = as<MemoryView>(result.get());
  if (buffer_type == PyBUF_WRITE && self->view.readonly) return raise(BufferError, "underlying buffer is not writable");
  if (buffer_is_contiguous(&self->view, order)) return result;
  if (buffer_type == PyBUF_WRITE) {
    return raise(BufferError, "writable contiguous buffer requested for a non-contiguous object.");
  }
  // A copy in bytes that the view of the result owns, with the shape of the original.
  Ref<Bytes> bytes = TRY(view_bytes(self, order == 'A' ? 'C' : order));
  Ref<ManagedBuffer> buffer = TRY(managed_new());
  TRY(object_get_buffer(bytes, &buffer->master, PyBUF_FULL_RO));
  Py_buffer description = self->view;
  description.buf = buffer->master.buf;
  description.obj = buffer->master.obj;
  description.suboffsets = nullptr;
  description.strides = nullptr;
  description.readonly = 1;
  Ref<MemoryView> copy = TRY(view_new(buffer, description, description.ndim));
  if (order == 'F' && copy->view.ndim > 1) {
    copy->view.strides[0] = copy->view.itemsize;
    for (int i = 1; i < copy->view.ndim; ++i)
      copy->view.strides[i] = copy->view.strides[i - 1] * copy->view.shape[i - 1];
    set_flags(copy);
  }
  return copy;
}
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyMemoryView_Type = {
    .tp_name = "memoryview",
    .tp_basicsize = offsetof(PyMemoryViewObject, ob_array),
    .tp_itemsize = sizeof(isize),
    .tp_dealloc = view_dealloc,
    .tp_repr = slot<view_repr>,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = slot<view_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE,
    .tp_doc = new_doc.text,
    .tp_traverse = view_traverse,
    .tp_clear = view_clear,
    .tp_richcompare = slot<view_compare>,
    .tp_weaklistoffset = offsetof(PyMemoryViewObject, weakreflist),
    .tp_iter = slot<view_iter>,
    .tp_methods = methods,
    .tp_getset = attributes,
    .tp_new = constructor<view_new_slot, new_arguments>,
};
constinit PyTypeObject _PyManagedBuffer_Type = {
    .tp_name = "managedbuffer",
    .tp_basicsize = sizeof(_PyManagedBufferObject),
    .tp_dealloc = managed_dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = managed_traverse,
    .tp_clear = managed_clear,
};
constinit PyTypeObject _PyMemoryIter_Type = {
    .tp_name = "memory_iterator",
    .tp_basicsize = sizeof(MemoryIterator),
    .tp_dealloc = IteratorFields::dealloc,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = IteratorFields::traverse,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
};
