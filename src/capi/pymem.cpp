// pymem: pymem.h and objimpl.h of the C API: memory blocks, allocation of objects, the collector's switches.
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "memory/allocator.h"
#include "memory/gc.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"

using namespace adder;

namespace {
constexpr usize kMaxBlock = static_cast<usize>(PTRDIFF_MAX);

void* allocate(usize size) { return size > kMaxBlock ? nullptr : memory::allocate(size ? size : 1); }
void* allocate_zeroed(usize count, usize size) {
  if (size && count > kMaxBlock / size) return nullptr;
  return count && size ? memory::allocate_zeroed(count, size) : memory::allocate_zeroed(1, 1);
}
void* reallocate(void* block, usize size) {
  return size > kMaxBlock ? nullptr : memory::reallocate(block, size ? size : 1);
}

// Used without the GIL as well: the system's allocator.
void* raw_allocate(usize size) { return size > kMaxBlock ? nullptr : std::malloc(size ? size : 1); }
void* raw_allocate_zeroed(usize count, usize size) {
  if (size && count > kMaxBlock / size) return nullptr;
  return count && size ? std::calloc(count, size) : std::calloc(1, 1);
}
void* raw_reallocate(void* block, usize size) {
  return size > kMaxBlock ? nullptr : std::realloc(block, size ? size : 1);
}
}  // namespace

// == Blocks ==

ADDER_EXPORT void* PyMem_Malloc(size_t size) { return allocate(size); }
ADDER_EXPORT void* PyMem_Calloc(size_t count, size_t size) { return allocate_zeroed(count, size); }
ADDER_EXPORT void* PyMem_Realloc(void* block, size_t size) { return reallocate(block, size); }
ADDER_EXPORT void PyMem_Free(void* block) { memory::release(block); }
ADDER_EXPORT void* PyObject_Malloc(size_t size) { return allocate(size); }
ADDER_EXPORT void* PyObject_Calloc(size_t count, size_t size) { return allocate_zeroed(count, size); }
ADDER_EXPORT void* PyObject_Realloc(void* block, size_t size) { return reallocate(block, size); }
ADDER_EXPORT void* PyMem_RawMalloc(size_t size) { return raw_allocate(size); }
ADDER_EXPORT void* PyMem_RawCalloc(size_t count, size_t size) { return raw_allocate_zeroed(count, size); }
ADDER_EXPORT void* PyMem_RawRealloc(void* block, size_t size) { return raw_reallocate(block, size); }
ADDER_EXPORT void PyMem_RawFree(void* block) { std::free(block); }
ADDER_EXPORT char* _PyMem_Strdup(const char* text) {
  usize size = std::strlen(text) + 1;
  void* copy = allocate(size);
  return copy ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}
ADDER_EXPORT char* _PyMem_RawStrdup(const char* text) { return strdup(text); }
ADDER_EXPORT wchar_t* _PyMem_RawWcsdup(const wchar_t* text) {
  usize size = (std::wcslen(text) + 1) * sizeof(wchar_t);
  void* copy = raw_allocate(size);
  return copy ? static_cast<wchar_t*>(std::memcpy(copy, text, size)) : nullptr;
}
ADDER_EXPORT const char* _PyMem_GetCurrentAllocatorName() { return "pymalloc"; }

// == Objects ==

ADDER_EXPORT PyObject* PyObject_Init(PyObject* object, PyTypeObject* type) {
  if (!object) {
    (void)raise_no_memory();
    return nullptr;
  }
  object->ob_type = type;
  if (is_heap_type(type)) incref(reinterpret_cast<Object*>(type));
  object->ob_refcnt = 1;
  return object;
}
ADDER_EXPORT PyVarObject* PyObject_InitVar(PyVarObject* object, PyTypeObject* type, Py_ssize_t size) {
  if (PyObject_Init(object, type)) object->ob_size = size;
  return object;
}
ADDER_EXPORT PyObject* _PyObject_New(PyTypeObject* type) {
  return PyObject_Init(static_cast<PyObject*>(allocate(static_cast<usize>(type->tp_basicsize))), type);
}
ADDER_EXPORT PyVarObject* _PyObject_NewVar(PyTypeObject* type, Py_ssize_t items) {
  usize size = (static_cast<usize>(type->tp_basicsize + items * type->tp_itemsize) + 7) & ~usize{7};
  return PyObject_InitVar(static_cast<PyVarObject*>(allocate(size)), type, items);
}
ADDER_EXPORT PyObject* _PyObject_GC_New(PyTypeObject* type) {
  PyObject* object = object_allocate(type);
  return object;
}
ADDER_EXPORT PyVarObject* _PyObject_GC_NewVar(PyTypeObject* type, Py_ssize_t items) {
  if (items < 0) {
    (void)raise_bad_internal_call();
    return nullptr;
  }
  PyVarObject* object = static_cast<PyVarObject*>(object_allocate(type, items));
  if (object) object->ob_size = items;
  return object;
}
ADDER_EXPORT PyVarObject* _PyObject_GC_Resize(PyVarObject* object, Py_ssize_t items) {
  PyVarObject* resized = static_cast<PyVarObject*>(object_resize(object, items));
  if (resized) resized->ob_size = items;
  return resized;
}

// == The collector ==

ADDER_EXPORT void PyObject_GC_Track(void* pointer) {
  PyObject* object = static_cast<PyObject*>(pointer);
  if (gc::is_tracked(object)) fatal("object already tracked by the garbage collector");
  gc::track(object);
}
ADDER_EXPORT void PyObject_GC_UnTrack(void* pointer) {
  PyObject* object = static_cast<PyObject*>(pointer);
  if (gc::is_tracked(object)) gc::untrack(object);
}
ADDER_EXPORT int PyObject_IS_GC(PyObject* object) { return gc::is_collected(object); }
ADDER_EXPORT int PyObject_GC_IsTracked(PyObject* object) { return gc::is_collected(object) && gc::is_tracked(object); }
ADDER_EXPORT int PyObject_GC_IsFinalized(PyObject* object) {
  return gc::is_collected(object) && gc::is_finalized(object);
}
ADDER_EXPORT Py_ssize_t PyGC_Collect() {
  if (!gc::state_->enabled || gc::state_->collecting) return 0;
  ErrorSaver saver;
  return gc::collect(2);
}
ADDER_EXPORT int PyGC_Enable() { return std::exchange(gc::state_->enabled, true); }
ADDER_EXPORT int PyGC_Disable() { return std::exchange(gc::state_->enabled, false); }
ADDER_EXPORT int PyGC_IsEnabled() { return gc::state_->enabled; }
ADDER_EXPORT PyObject** PyObject_GET_WEAKREFS_LISTPTR(PyObject* object) {
  return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + object->ob_type->tp_weaklistoffset);
}
