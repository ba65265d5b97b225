// allocator_hooks: the three domains of memory blocks (PEP 445), and replacing who serves them.
//
// Domains    raw: usable without the GIL, the system's malloc. mem and object: the size-class allocator. What the machine
//            allocates itself is of the object domain.
// Cost       none while nothing is replaced: installing an allocator for the object domain hides the free lists of all
//            heaps and the bounds of the small blocks, so that the inline paths of allocator.h lead to the slow ones by
//            themselves.
// Law        the GIL is held when an allocator of mem or object is replaced.
#pragma once
#include "memory/allocator.h"

namespace adder::memory {
enum Domain : int { kRawDomain, kMemDomain, kObjectDomain };
inline constexpr int kDomains = 3;

// ABI: PyMemAllocatorEx. Sizes may be 0: the result must still be unique. A null block may be released.
struct BlockAllocator {
  void* context;
  void* (*allocate)(void* context, usize size);
  void* (*allocate_zeroed)(void* context, usize count, usize size);
  void* (*reallocate)(void* context, void* block, usize size);
  void (*release)(void* context, void* block);
};

// Who serves a domain now. At first the allocators of the machine, which pass over what replaces them.
extern BlockAllocator allocators_[kDomains];
// Whether the mem domain is served by the inline functions of allocator.h: nothing is replaced in it nor in the object
// domain.
extern bool mem_domain_is_own_;
inline const BlockAllocator& block_allocator(Domain domain) { return allocators_[domain]; }
void set_block_allocator(Domain domain, const BlockAllocator& allocator);
// What served a domain at first.
const BlockAllocator& first_block_allocator(Domain domain);

// Blocks of the mem domain: what the C API hands out and its callers release with PyMem_Free.
inline void* mem_allocate(usize size) {
  const BlockAllocator& allocator = block_allocator(kMemDomain);
  return allocator.allocate(allocator.context, size);
}
inline void mem_release(void* block) {
  const BlockAllocator& allocator = block_allocator(kMemDomain);
  allocator.release(allocator.context, block);
}

// Puts checks around all three domains: margins on both sides of a block, the domain it came from, and the GIL. Misuse is
// reported and ends the process. Once (PyMem_SetupDebugHooks).
void install_debug_allocators();
// Whether they were installed.
bool debug_allocators_installed();
// Writes where a block was allocated, for the report about a broken one; null if nobody knows.
using BlockDescriber = void (*)(int fd, void* block);
extern BlockDescriber block_describer_;

// ABI: PyMemAllocatorName, the values of PYTHONMALLOC.
enum class AllocatorName : int { kNotSet, kDefault, kDebug, kMalloc, kMallocDebug, kPymalloc, kPymallocDebug };
// Before anything was allocated, or else blocks would change hands.
void use_allocators(AllocatorName name);
// As PYTHONMALLOC names them; null if somebody else's serve a domain.
const char* current_allocator_name();
}  // namespace adder::memory
