// containers_internal: rarely used and internal parts of abstract.h, dictobject.h, sliceobject.h, tupleobject.h,
// weakrefobject.h, pybuffer.h.
#include <cstdio>
#include <cstring>

#include "capi/capi.h"
#include "memory/allocator.h"
#include "object/buffer.h"
#include "object/number.h"
#include "object/sequence.h"
#include "types/weakref.h"

ADDER_EXPORT int PySlice_GetIndicesEx(PyObject* slice, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                      Py_ssize_t* step, Py_ssize_t* count);

using namespace adder;
using adder::capi::bad_call;
using adder::capi::bad_call_int;
using adder::capi::minus_one;
using adder::capi::null;

// == Sequences ==

// Counts (1), finds (2: ValueError if absent) or looks for (3: 0 or 1) `object` among what `sequence` iterates over.
ADDER_EXPORT Py_ssize_t _PySequence_IterSearch(PyObject* sequence, PyObject* object, int operation) {
  constexpr int kCount = 1, kContains = 3;
  if (!sequence || !object) return bad_call_int();
  Result<Object> iterable = object_get_iter(sequence);
  if (iterable.failed()) {
    if (error_matches(TypeError)) {
      return minus_one(raise(TypeError, "argument of type '%.200s' is not iterable", sequence->ob_type->tp_name));
    }
    return -1;
  }
  Ref<Object> iterator = iterable.take();
  isize count = 0;
  for (isize index = 0;; ++index) {
    Ref<Object> item = TRY_C(-1, iter_next(iterator));
    if (!item) break;
    if (!TRY_C(-1, object_equal(item, object))) continue;
    if (operation == kContains) return 1;
    if (operation != kCount) return index;
    ++count;
  }
  if (operation == kCount || operation == kContains) return count;
  return minus_one(raise(ValueError, "sequence.index(x): x not in sequence"));
}

ADDER_EXPORT void _Py_FreeCharPArray(char* const* array) {
  for (char* const* item = array; *item; ++item) memory::release(*item);
  memory::release(const_cast<char**>(array));
}
// Copies of the bytes objects in a sequence, and a null pointer: what execv() takes.
ADDER_EXPORT char* const* _PySequence_BytesToCharpArray(PyObject* sequence) {
  isize count = TRY_C(nullptr, sequence_size(sequence));
  char** array = static_cast<char**>(memory::allocate_zeroed(static_cast<usize>(count + 1), sizeof(char*)));
  if (!array) return null(raise_no_memory());
  auto fill = [&]() -> Result<void> {
    for (isize i = 0; i < count; ++i) {
      Ref<Object> item = TRY(sequence_get_item(sequence, i));
      if (!is_bytes(item)) return raise(TypeError, "expected bytes, %.200s found", item->ob_type->tp_name);
      usize size = static_cast<usize>(bytes_size(as<Bytes>(item.get())));
      array[i] = static_cast<char*>(memory::allocate(size + 1));
      if (!array[i]) return raise_no_memory();
      std::memcpy(array[i], bytes_data(as<Bytes>(item.get())), size + 1);
    }
    return {};
  };
  if (!fill().failed()) return array;
  _Py_FreeCharPArray(array);
  return nullptr;
}

// == Indices of several dimensions: the next one, the last or the first counting fastest ==

ADDER_EXPORT void _Py_add_one_to_index_C(int dimensions, Py_ssize_t* index, const Py_ssize_t* shape) {
  for (int k = dimensions - 1; k >= 0; --k) {
    if (index[k] < shape[k] - 1) {
      ++index[k];
      return;
    }
    index[k] = 0;
  }
}
ADDER_EXPORT void _Py_add_one_to_index_F(int dimensions, Py_ssize_t* index, const Py_ssize_t* shape) {
  for (int k = 0; k < dimensions; ++k) {
    if (index[k] < shape[k] - 1) {
      ++index[k];
      return;
    }
    index[k] = 0;
  }
}

// == Buffers ==

namespace {
// Where the item with these indices is.
char* item_of(const Py_buffer& view, const isize* indices) {
  char* pointer = static_cast<char*>(view.buf);
  for (int k = 0; k < view.ndim; ++k) {
    pointer += view.strides[k] * indices[k];
    if (view.suboffsets && view.suboffsets[k] >= 0) pointer = *reinterpret_cast<char**>(pointer) + view.suboffsets[k];
  }
  return pointer;
}
}  // namespace
// Copies the items of one exporter to another of at least its size.
ADDER_EXPORT int PyObject_CopyData(PyObject* to, PyObject* from) {
  if (!check_buffer(to) || !check_buffer(from)) {
    return minus_one(raise(TypeError, "both destination and source must be bytes-like objects"));
  }
  BufferView target, source;
  TRY_C(-1, target.acquire(to, PyBUF_FULL));
  TRY_C(-1, source.acquire(from, PyBUF_FULL_RO));
  Py_buffer &out = target.raw(), &in = source.raw();
  if (out.len < in.len) {
    return minus_one(raise(BufferError, "destination is too small to receive data from source"));
  }
  bool alike = (buffer_is_contiguous(&out, 'C') && buffer_is_contiguous(&in, 'C')) ||
               (buffer_is_contiguous(&out, 'F') && buffer_is_contiguous(&in, 'F'));
  if (alike) {
    std::memcpy(out.buf, in.buf, static_cast<usize>(in.len));
    return 0;
  }
  isize indices[PyBUF_MAX_NDIM] = {};
  isize count = 1;
  for (int k = 0; k < in.ndim; ++k) count *= in.shape[k];
  for (isize i = 0; i < count; ++i) {
    std::memcpy(item_of(out, indices), item_of(in, indices), static_cast<usize>(out.itemsize));
    _Py_add_one_to_index_C(in.ndim, indices, in.shape);
  }
  return 0;
}

// == slice ==

// Strict and without __index__; -1 without an exception where something does not fit.
ADDER_EXPORT int PySlice_GetIndices(PyObject* object, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                    Py_ssize_t* step) {
  Slice* slice = as<Slice>(object);
  auto read = [&](Object* value, isize absent, isize& out) {
    if (value == None) {
      out = absent;
      return true;
    }
    if (!is_int(value)) return false;
    Result<isize> number = int_as_ssize_t(value);
    if (number.failed()) {
      error_clear();
      return false;
    }
    out = number.take();
    return true;
  };
  if (!read(slice->step, 1, *step)) return -1;
  bool backward = *step < 0;
  if (!read(slice->start, backward ? length - 1 : 0, *start)) return -1;
  if (slice->start != None && *start < 0) *start += length;
  if (!read(slice->stop, backward ? -1 : length, *stop)) return -1;
  if (slice->stop != None && *stop < 0) *stop += length;
  return *stop > length || *start >= length || *step == 0 ? -1 : 0;
}
ADDER_EXPORT PyObject* _PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop) {
  Ref<Int> first = TRY_C(nullptr, int_from_ssize_t(start)), last = TRY_C(nullptr, int_from_ssize_t(stop));
  return slice_new(first, last, None).to_c();
}
ADDER_EXPORT int _PySlice_GetLongIndices(PySliceObject* slice, PyObject* length, PyObject** start, PyObject** stop,
                                         PyObject** step) {
  *start = *stop = *step = nullptr;
  Ref<Object> first, last, stride;
  TRY_C(-1, slice_get_long_indices(slice, length, first, last, stride));
  *start = first.release();
  *stop = last.release();
  *step = stride.release();
  return 0;
}

// == dict ==

ADDER_EXPORT PyObject* _PyDictView_New(PyObject* dict, PyTypeObject* type) {
  if (!dict) return bad_call();
  if (!is_dict(dict)) {
    return null(raise(TypeError, "%s() requires a dict argument, not '%s'", type->tp_name, dict->ob_type->tp_name));
  }
  return dict_view_new(as<Dict>(dict), type).to_c();
}
ADDER_EXPORT PyObject* _PyDictView_Intersect(PyObject* view, PyObject* other) { return number_and(view, other).to_c(); }
ADDER_EXPORT int _PyDict_CheckConsistency(PyObject*, int) { return 1; }
ADDER_EXPORT int _PyDict_HasOnlyStringKeys(PyObject* dict) {
  isize position = 0;
  Object *key, *value;
  while (dict_next(as<Dict>(dict), position, key, value)) {
    if (!is_str(key)) return 0;
  }
  return 1;
}
// Deletes the item if `predicate` says so about its value (1; 0 no; -1 failed).
ADDER_EXPORT int _PyDict_DelItemIf(PyObject* dict, PyObject* key, int (*predicate)(PyObject* value)) {
  if (!is_dict(dict)) return bad_call_int();
  Ref<Object> value = TRY_C(-1, dict_get_item(as<Dict>(dict), key));
  if (!value) return minus_one(raise_key_error(key));
  int wanted = predicate(value);
  if (wanted < 0) return -1;
  return wanted ? dict_del_item(as<Dict>(dict), key).to_c() : 0;
}

// == tuple, weak references ==

// Stops watching a tuple that holds nothing collectable.
ADDER_EXPORT void _PyTuple_MaybeUntrack(PyObject* object) {
  if (object->ob_type != &PyTuple_Type || !gc::is_tracked(object)) return;
  Tuple* tuple = as<Tuple>(object);
  for (isize i = 0; i < tuple_size(tuple); ++i) {
    Object* item = tuple->ob_item[i];
    if (!item ||
        (has_flag(item->ob_type, Py_TPFLAGS_HAVE_GC) && (item->ob_type != &PyTuple_Type || gc::is_tracked(item)))) {
      return;
    }
  }
  gc::untrack(object);
}
// Length of the list of references that begins with `head`.
ADDER_EXPORT Py_ssize_t _PyWeakref_GetWeakrefCount(PyWeakReference* head) {
  isize count = 0;
  for (; head; head = head->wr_next) ++count;
  return count;
}

// == Statistics of CPython's own free lists: there are none here ==

ADDER_EXPORT void _PyDict_DebugMallocStats(FILE*) {}
ADDER_EXPORT void _PyFloat_DebugMallocStats(FILE*) {}
ADDER_EXPORT void _PyList_DebugMallocStats(FILE*) {}
ADDER_EXPORT void _PyTuple_DebugMallocStats(FILE*) {}
ADDER_EXPORT void _PyObject_DebugTypeStats(FILE*) {}
