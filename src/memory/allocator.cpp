// allocator: pages, size classes and the way to malloc.
//
// Invariant  a page that is in heap->pages[class] has room, except the first of the list, which may just have become full.
//            Empty pages wait in one list for any class of any heap; the region is never given back to the system.
#include "memory/allocator.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace adder::memory {
constinit Heap main_heap{};
thread_local constinit Heap* heap_ = &main_heap;
constinit char* region_start_ = nullptr;
constinit char* region_end_ = nullptr;

namespace {
constexpr usize kRegionSize = usize{1} << 38;      // 256 GiB of addresses, not of memory
constexpr usize kSmallestRegion = usize{1} << 26;  // under an address-space limit
constexpr usize kPageHead = 80;
static_assert(sizeof(Page) <= kPageHead && kPageHead % 16 == 0);

// Shared by all heaps, guarded by `lock`.
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
constinit Page* empty_pages = nullptr;
constinit char* region_next = nullptr;
constinit bool region_failed = false;

bool reserve_region() {
  if (region_start_ || region_failed) return region_start_ != nullptr;
#ifdef ADDER_SANITIZE
  region_failed = true;
  return false;
#endif
  for (usize size = kRegionSize; size >= kSmallestRegion; size /= 4) {
    void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) continue;
    uintptr_t aligned = (reinterpret_cast<uintptr_t>(start) + kPageSize - 1) & ~(kPageSize - 1);
    region_next = reinterpret_cast<char*>(aligned);
    region_end_ = static_cast<char*>(start) + size;
    region_start_ = region_next;
    return true;
  }
  region_failed = true;
  return false;
}

Page* take_page(Heap* heap, usize block_size) {
  if (heap->limit && heap->in_use + kPageSize > heap->limit) return nullptr;
  pthread_mutex_lock(&lock);
  Page* page = empty_pages;
  if (page) {
    empty_pages = page->next;
  } else if (reserve_region() && region_end_ - region_next >= static_cast<isize>(kPageSize)) {
    page = reinterpret_cast<Page*>(region_next);
    region_next += kPageSize;
  }
  pthread_mutex_unlock(&lock);
  if (!page) return nullptr;
  page->free = nullptr;
  page->used = 0;
  page->size = static_cast<u32>(block_size);
  page->fresh = reinterpret_cast<char*>(page) + kPageHead;
  page->end = reinterpret_cast<char*>(page) + kPageSize;
  page->heap = heap;
  heap->in_use += kPageSize;
  return page;
}

void list_page(Page* page) {
  Page*& head = page->heap->pages[page->size / kClassSize - 1];
  // Behind the first, so that the page that is being filled stays in front.
  if (head && head->free) {
    page->prev = head;
    page->next = head->next;
    if (head->next) head->next->prev = page;
    head->next = page;
  } else {
    page->prev = nullptr;
    page->next = head;
    if (head) head->prev = page;
    head = page;
  }
  page->listed = true;
}

void unlist_page(Page* page) {
  if (page->prev) page->prev->next = page->next;
  else page->heap->pages[page->size / kClassSize - 1] = page->next;
  if (page->next) page->next->prev = page->prev;
  page->next = page->prev = nullptr;
  page->listed = false;
}

// Puts the next few never-used blocks on the free list: touching them one by one keeps memory that is not needed unmapped.
bool extend_free_list(Page* page) {
  char* fresh = page->fresh;
  Block* first = nullptr;
  Block** link = &first;
  for (int n = 0; n < 16 && fresh + page->size <= page->end; ++n) {
    Block* block = reinterpret_cast<Block*>(fresh);
    *link = block;
    link = &block->next;
    fresh += page->size;
  }
  *link = nullptr;
  page->fresh = fresh;
  page->free = first;
  return first != nullptr;
}

void* allocate_large(usize size) {
  Heap* heap = heap_;
  if (size > static_cast<usize>(kMaxSize)) return nullptr;
  if (heap->limit && heap->in_use + size > heap->limit) return nullptr;
  void* pointer = std::malloc(size);
  if (!pointer) return nullptr;
  __atomic_fetch_add(&heap->in_use, malloc_usable_size(pointer), __ATOMIC_RELAXED);
  __atomic_fetch_add(&heap->large_blocks, 1, __ATOMIC_RELAXED);
  return pointer;
}
}  // namespace

void* allocate_slowly(usize size) {
  if (size == 0) size = 1;
  if (size > kSmallLimit) return allocate_large(size);
  usize index = (size - 1) / kClassSize;
  Heap* heap = heap_;
  while (Page* page = heap->pages[index]) {
    if (page->free || extend_free_list(page)) {
      Block* block = page->free;
      page->free = block->next;
      ++page->used;
      return block;
    }
    unlist_page(page);
  }
  Page* page = take_page(heap, (index + 1) * kClassSize);
  if (!page) return allocate_large(size);
  page->next = page->prev = nullptr;
  list_page(page);
  extend_free_list(page);
  Block* block = page->free;
  page->free = block->next;
  page->used = 1;
  return block;
}

void page_regained_room(Page* page) {
  if (!page->listed) list_page(page);
  if (page->used != 0) return;
  // Keep one page for each class: a loop that makes and drops one object must not take and give pages.
  Heap* heap = page->heap;
  if (heap->pages[page->size / kClassSize - 1] == page && !page->next) return;
  unlist_page(page);
  heap->in_use -= kPageSize;
  pthread_mutex_lock(&lock);
  page->next = empty_pages;
  empty_pages = page;
  pthread_mutex_unlock(&lock);
}

void release_slowly(void* pointer) {
  if (!pointer) return;
  __atomic_fetch_sub(&heap_->in_use, malloc_usable_size(pointer), __ATOMIC_RELAXED);
  __atomic_fetch_sub(&heap_->large_blocks, 1, __ATOMIC_RELAXED);
  std::free(pointer);
}

void* allocate_zeroed(usize count, usize size) {
  usize bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  void* pointer = allocate(bytes);
  if (pointer) std::memset(pointer, 0, bytes);
  return pointer;
}

void* reallocate(void* pointer, usize size) {
  if (!pointer) return allocate(size);
  if (is_small(pointer)) {
    usize old_size = page_of(pointer)->size;
    if (size <= old_size && size + kClassSize > old_size) return pointer;
    void* moved = allocate(size);
    // A block that shrinks can always stay.
    if (!moved) return size <= old_size ? pointer : nullptr;
    std::memcpy(moved, pointer, size < old_size ? size : old_size);
    release(pointer);
    return moved;
  }
  Heap* heap = heap_;
  usize old_size = malloc_usable_size(pointer);
  if (size > static_cast<usize>(kMaxSize)) return nullptr;
  if (heap->limit && size > old_size && heap->in_use + (size - old_size) > heap->limit) return nullptr;
  void* moved = std::realloc(pointer, size ? size : 1);
  if (moved) __atomic_fetch_add(&heap->in_use, malloc_usable_size(moved) - old_size, __ATOMIC_RELAXED);
  return moved;
}

Heap* heap_new() { return static_cast<Heap*>(std::calloc(1, sizeof(Heap))); }
usize bytes_in_use() { return heap_->in_use; }
usize blocks_in_use() {
  usize blocks = heap_->large_blocks;
  for (char* at = region_start_; at && at < region_next; at += kPageSize) {
    const Page* page = reinterpret_cast<const Page*>(at);
    if (page->heap == heap_) blocks += page->used;
  }
  return blocks;
}
}  // namespace adder::memory
