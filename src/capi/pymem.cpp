// pymem: pymem.h and objimpl.h of the C API: memory blocks, allocation of objects, the collector's switches.
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <sys/mman.h>

#include "base/hot.h"
#include "memory/allocator_hooks.h"
#include "memory/gc.h"
#include "memory/refcount.h"
#include "object/protocol.h"
#include "runtime/error.h"
#include "runtime/runtime.h"

using namespace adder;

using memory::BlockAllocator;
using memory::Domain;

namespace {
inline void* allocate(Domain domain, usize size) {
  const BlockAllocator& allocator = memory::block_allocator(domain);
  return allocator.allocate(allocator.context, size);
}
inline void* allocate_zeroed(Domain domain, usize count, usize size) {
  const BlockAllocator& allocator = memory::block_allocator(domain);
  return allocator.allocate_zeroed(allocator.context, count, size);
}
inline void* reallocate(Domain domain, void* block, usize size) {
  const BlockAllocator& allocator = memory::block_allocator(domain);
  return allocator.reallocate(allocator.context, block, size);
}
inline void release(Domain domain, void* block) {
  const BlockAllocator& allocator = memory::block_allocator(domain);
  allocator.release(allocator.context, block);
}

// ABI: PyObjectArenaAllocator.
struct ArenaAllocator {
  void* context;
  void* (*allocate)(void* context, usize size);
  void (*release)(void* context, void* arena, usize size);
};
void* map_arena(void*, usize size) {
  void* arena = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return arena == MAP_FAILED ? nullptr : arena;
}
void unmap_arena(void*, void* arena, usize size) { ::munmap(arena, size); }
constinit ArenaAllocator arena_allocator = {nullptr, map_arena, unmap_arena};
}  // namespace

// == Blocks ==
// PyObject_Free is a slot too: object/subtype.cpp.

#define MEMORY_FUNCTIONS(prefix, domain)                                                                        \
  ADDER_EXPORT void* prefix##Calloc(size_t count, size_t size) { return allocate_zeroed(domain, count, size); } \
  ADDER_EXPORT void* prefix##Realloc(void* block, size_t size) { return reallocate(domain, block, size); }
MEMORY_FUNCTIONS(PyMem_Raw, memory::kRawDomain)
MEMORY_FUNCTIONS(PyMem_, memory::kMemDomain)
MEMORY_FUNCTIONS(PyObject_, memory::kObjectDomain)
#undef MEMORY_FUNCTIONS
ADDER_EXPORT void* PyMem_RawMalloc(size_t size) { return allocate(memory::kRawDomain, size); }
ADDER_EXPORT ADDER_HOT void* PyMem_Malloc(size_t size) {
  return ADDER_LIKELY(memory::mem_domain_is_own_) ? memory::allocate(size) : allocate(memory::kMemDomain, size);
}
ADDER_EXPORT ADDER_HOT void* PyObject_Malloc(size_t size) { return memory::allocate(size); }
ADDER_EXPORT void PyMem_RawFree(void* block) { release(memory::kRawDomain, block); }
ADDER_EXPORT ADDER_HOT void PyMem_Free(void* block) {
  if (ADDER_LIKELY(memory::mem_domain_is_own_))
    memory::release(block);
  else
    release(memory::kMemDomain, block);
}

ADDER_EXPORT void PyMem_GetAllocator(int domain, BlockAllocator* allocator) {
  if (domain < 0 || domain >= memory::kDomains)
    *allocator = {};
  else
    *allocator = memory::block_allocator(static_cast<Domain>(domain));
}
ADDER_EXPORT void PyMem_SetAllocator(int domain, BlockAllocator* allocator) {
  if (domain >= 0 && domain < memory::kDomains) memory::set_block_allocator(static_cast<Domain>(domain), *allocator);
}
// Pages of the size-class allocator come from one reserved region: an arena allocator is kept, never called.
ADDER_EXPORT void PyObject_GetArenaAllocator(ArenaAllocator* allocator) { *allocator = arena_allocator; }
ADDER_EXPORT void PyObject_SetArenaAllocator(ArenaAllocator* allocator) { arena_allocator = *allocator; }

ADDER_EXPORT char* _PyMem_Strdup(const char* text) {
  usize size = std::strlen(text) + 1;
  void* copy = allocate(memory::kMemDomain, size);
  return copy ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}
ADDER_EXPORT char* _PyMem_RawStrdup(const char* text) {
  usize size = std::strlen(text) + 1;
  void* copy = allocate(memory::kRawDomain, size);
  return copy ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}
ADDER_EXPORT wchar_t* _PyMem_RawWcsdup(const wchar_t* text) {
  usize size = (std::wcslen(text) + 1) * sizeof(wchar_t);
  void* copy = allocate(memory::kRawDomain, size);
  return copy ? static_cast<wchar_t*>(std::memcpy(copy, text, size)) : nullptr;
}
ADDER_EXPORT const char* _PyMem_GetCurrentAllocatorName() { return memory::current_allocator_name(); }
// Of a running process only with checks on already: blocks without margins could not be told from others.
ADDER_EXPORT void PyMem_SetupDebugHooks() {
  if (!main_interpreter.initialized || memory::debug_allocators_installed()) memory::install_debug_allocators();
}
ADDER_EXPORT int _PyMem_GetAllocatorName(const char* text, memory::AllocatorName* name) {
  static constexpr const char* kNames[] = {"",         "default",       "debug", "malloc", "malloc_debug",
                                           "pymalloc", "pymalloc_debug"};
  if (!text || !*text) text = "default";
  for (int i = 1; i < 7; ++i) {
    if (std::strcmp(text, kNames[i]) != 0) continue;
    *name = static_cast<memory::AllocatorName>(i);
    return 0;
  }
  return -1;
}
ADDER_EXPORT int _PyMem_SetupAllocators(memory::AllocatorName name) {
  if (name < memory::AllocatorName::kNotSet || name > memory::AllocatorName::kPymallocDebug) return -1;
  if (!main_interpreter.initialized) memory::use_allocators(name);
  return 0;
}
ADDER_EXPORT int _PyMem_SetDefaultAllocator(int domain, BlockAllocator* old) {
  if (domain < 0 || domain >= memory::kDomains) return -1;
  if (old) *old = memory::block_allocator(static_cast<Domain>(domain));
  memory::set_block_allocator(static_cast<Domain>(domain), memory::first_block_allocator(static_cast<Domain>(domain)));
  return 0;
}

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
ADDER_EXPORT ADDER_HOT PyObject* _PyObject_New(PyTypeObject* type) {
  return PyObject_Init(static_cast<PyObject*>(memory::allocate(static_cast<usize>(type->tp_basicsize))), type);
}
ADDER_EXPORT PyVarObject* _PyObject_NewVar(PyTypeObject* type, Py_ssize_t items) {
  usize size = (static_cast<usize>(type->tp_basicsize + items * type->tp_itemsize) + 7) & ~usize{7};
  return PyObject_InitVar(static_cast<PyVarObject*>(memory::allocate(size)), type, items);
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
