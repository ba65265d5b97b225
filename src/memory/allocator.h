// allocator: the size-class allocator behind all objects and the raw memory functions.
//
// Layout     requests up to 512 bytes come from pages of 16 KiB, each cut into blocks of one 16-byte size class with a free list
//            of its own; all pages lie in one reserved region, so that one comparison tells a small block from malloc's.
//            What is known of the pages stands in a table in front of them. Larger requests go to malloc.
// Heap       one per interpreter; a page belongs to the heap that took it. The current thread's heap is `heap_`.
// Errors     allocation returns null when memory (or the heap's limit) is used up, without an exception: callers raise
//            MemoryError with raise_no_memory(). None of these functions runs Python code.
#pragma once
#include "base/config.h"

namespace adder::memory {
inline constexpr usize kSmallLimit = 512, kClassSize = 16, kClasses = kSmallLimit / kClassSize, kPageSize = 16384;

struct Heap;
struct Block {
  Block* next;
};
// The state of a page. In the page itself all states would fall into the same few sets of the processor's cache.
struct alignas(64) Page {
  Block* free;     // blocks given back, or never used ones below `fresh`
  u32 used;        // live blocks
  u32 size;        // bytes a block
  char* fresh;     // start of the part that was never handed out
  char* end;
  Page *next, *prev;  // list of pages with room (heap->pages[class]), or of empty pages
  Heap* heap;
  bool listed;     // in heap->pages
};
struct Heap {
  Page* pages[kClasses];  // the first has room, or is full and about to be passed over
  usize limit;            // bytes, 0: none
  usize in_use;           // bytes of pages and of large blocks
  usize large_blocks;
};
extern thread_local constinit Heap* heap_ __attribute__((tls_model("initial-exec")));
extern Heap main_heap;
// The first page, and the bytes of all pages; no bytes while other allocators serve the object domain.
extern char* region_start_;
extern usize region_size_;
extern Page* page_table_;

void* allocate_slowly(usize size);
void release_slowly(void* pointer);
void page_regained_room(Page* page);

// At least 1 byte; 16-byte aligned.
inline void* allocate(usize size) {
  usize index = (size + kClassSize - 1) / kClassSize - 1;
  if (ADDER_LIKELY(index < kClasses)) {
    Page* page = heap_->pages[index];
    if (ADDER_LIKELY(page != nullptr)) {
      if (Block* block = page->free) {
        page->free = block->next;
        ++page->used;
        return block;
      }
    }
  }
  return allocate_slowly(size);
}
void* allocate_zeroed(usize count, usize size);
// `pointer` null allocates; a failure leaves the block as it was.
void* reallocate(void* pointer, usize size);
inline bool is_small(void* pointer) {
  return static_cast<usize>(static_cast<char*>(pointer) - region_start_) < region_size_;
}
inline Page* page_of(void* pointer) {
  return page_table_ + static_cast<usize>(static_cast<char*>(pointer) - region_start_) / kPageSize;
}
// Null is allowed.
inline void release(void* pointer) {
  if (ADDER_LIKELY(is_small(pointer))) {
    Page* page = page_of(pointer);
    Block* block = static_cast<Block*>(pointer);
    block->next = page->free;
    page->free = block;
    if (ADDER_LIKELY(--page->used != 0 && page->listed)) return;
    page_regained_room(page);
    return;
  }
  release_slowly(pointer);
}
// A heap for a further interpreter.
Heap* heap_new();
// Bytes in use by blocks of this interpreter, for limits and sys._debugmallocstats().
usize bytes_in_use();
// Number of live blocks (sys.getallocatedblocks()).
usize blocks_in_use();
}  // namespace adder::memory
