// allocator: the size-class allocator behind all objects and the raw memory functions.
//
// Requests up to 512 bytes come from per-interpreter free lists of 16-byte classes; larger ones from malloc.
// None of these functions runs Python code; allocation returns null when memory (or the interpreter's limit) is used up,
// without an exception: callers raise MemoryError with raise_no_memory().
#pragma once
#include "base/config.h"

namespace adder::memory {
// At least 1 byte; 16-byte aligned.
void* allocate(usize size);
void* allocate_zeroed(usize count, usize size);
// `pointer` null allocates; a failure leaves the block as it was.
void* reallocate(void* pointer, usize size);
void release(void* pointer);
// Bytes in use by blocks of this interpreter, for limits and sys._debugmallocstats().
usize bytes_in_use();
// Number of live blocks (sys.getallocatedblocks()).
usize blocks_in_use();
}  // namespace adder::memory
