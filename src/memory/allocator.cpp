// allocator: pages, size classes and the way to malloc.
//
// Invariant  a page that is in heap->pages[class] has room, except the first of the list, which may just have become full.
//            Empty pages wait in one list for any class of any heap; the region is never given back to the system.
// Hooks      while the object domain has another allocator (allocator_hooks.h), heap->pages and the region's size in
//            the header are empty, so that every request comes here; the real ones
//            are kept in `hidden_pages` and `region_bytes`.
#include "memory/allocator.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "base/hot.h"
#include "memory/allocator_hooks.h"

namespace adder::memory {
constinit Heap main_heap{};
thread_local constinit Heap* heap_ = &main_heap;
constinit char* region_start_ = nullptr;
constinit usize region_size_ = 0;
constinit Page* page_table_ = nullptr;

namespace {
constexpr usize kRegionSize = usize{1} << 38;      // 256 GiB of addresses, not of memory
constexpr usize kSmallestRegion = usize{1} << 26;  // under an address-space limit
static_assert(sizeof(Page) == 64);

// Shared by all heaps, guarded by `lock`.
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
constinit Page* empty_pages = nullptr;
constinit char* region_next = nullptr;
constinit bool region_failed = false;
// The region's size, whatever the header says.
constinit usize region_bytes = 0;

// A heap and the lists that it uses while it is hooked. All but the main one are in a list that is guarded by `lock`.
struct FullHeap {
  Heap heap;
  Page* hidden_pages[kClasses];
  Page* spare_pages[kClasses];
  FullHeap* next;
};
constinit Page* main_hidden_pages[kClasses] = {};
constinit Page* main_spare_pages[kClasses] = {};
constinit FullHeap* further_heaps = nullptr;
constinit bool hooked = false;

Page** hidden_pages_of(Heap* heap) {
  return heap == &main_heap ? main_hidden_pages : reinterpret_cast<FullHeap*>(heap)->hidden_pages;
}
// For each class, the page that last became empty and stayed; it may be in use again.
Page** spare_pages_of(Heap* heap) {
  return heap == &main_heap ? main_spare_pages : reinterpret_cast<FullHeap*>(heap)->spare_pages;
}
inline Page** pages_of(Heap* heap) { return ADDER_UNLIKELY(hooked) ? hidden_pages_of(heap) : heap->pages; }
inline bool is_in_region(void* pointer) {
  return static_cast<usize>(static_cast<char*>(pointer) - region_start_) < region_bytes;
}
inline char* start_of(const Page* page) { return region_start_ + static_cast<usize>(page - page_table_) * kPageSize; }

// Takes addresses for the pages and the table in front of them.
bool reserve_region() {
  if (region_start_ || region_failed) return region_start_ != nullptr;
#ifdef ADDER_SANITIZE
  region_failed = true;
  return false;
#endif
  for (usize size = kRegionSize; size >= kSmallestRegion; size /= 4) {
    usize table = size / kPageSize * sizeof(Page);
    void* start = mmap(nullptr, table + size + kPageSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) continue;
    page_table_ = static_cast<Page*>(start);
    uintptr_t aligned = (reinterpret_cast<uintptr_t>(start) + table + kPageSize - 1) & ~(kPageSize - 1);
    region_next = reinterpret_cast<char*>(aligned);
    region_bytes = size;
    region_start_ = region_next;
    if (!hooked) region_size_ = region_bytes;
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
  } else if (reserve_region() && static_cast<usize>(region_next - region_start_) < region_bytes) {
    page = page_of(region_next);
    region_next += kPageSize;
  }
  pthread_mutex_unlock(&lock);
  if (!page) return nullptr;
  page->free = nullptr;
  page->used = 0;
  page->size = static_cast<u32>(block_size);
  page->fresh = start_of(page);
  page->end = page->fresh + kPageSize;
  page->heap = heap;
  heap->in_use += kPageSize;
  return page;
}

void list_page(Page* page) {
  Page*& head = pages_of(page->heap)[page->size / kClassSize - 1];
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
  else pages_of(page->heap)[page->size / kClassSize - 1] = page->next;
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

void release_large(void* pointer) {
  __atomic_fetch_sub(&heap_->in_use, malloc_usable_size(pointer), __ATOMIC_RELAXED);
  __atomic_fetch_sub(&heap_->large_blocks, 1, __ATOMIC_RELAXED);
  std::free(pointer);
}

// == The machine's own allocator, past all hooks ==

ADDER_HOT void* own_allocate(usize size) {
  if (size == 0) size = 1;
  if (size > kSmallLimit) return allocate_large(size);
  usize index = (size - 1) / kClassSize;
  Heap* heap = heap_;
  Page** pages = pages_of(heap);
  while (Page* page = pages[index]) {
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

void own_release(void* pointer) {
  if (!pointer) return;
  if (!is_in_region(pointer)) return release_large(pointer);
  Page* page = page_of(pointer);
  Block* block = static_cast<Block*>(pointer);
  block->next = page->free;
  page->free = block;
  if (--page->used == 0 || !page->listed) page_regained_room(page);
}

void* own_reallocate(void* pointer, usize size) {
  if (!pointer) return own_allocate(size);
  if (is_in_region(pointer)) {
    usize old_size = page_of(pointer)->size;
    if (size <= old_size && size + kClassSize > old_size) return pointer;
    void* moved = own_allocate(size);
    // A block that shrinks can always stay.
    if (!moved) return size <= old_size ? pointer : nullptr;
    std::memcpy(moved, pointer, size < old_size ? size : old_size);
    own_release(pointer);
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

// A size that no block can have is refused before it is rounded up.
bool product(usize count, usize size, usize* bytes) {
  return !__builtin_mul_overflow(count, size, bytes) && *bytes <= static_cast<usize>(kMaxSize);
}

// == As allocators of the domains ==

void* own_allocate_for(void*, usize size) { return size > static_cast<usize>(kMaxSize) ? nullptr : own_allocate(size); }
void* own_allocate_zeroed_for(void*, usize count, usize size) {
  usize bytes;
  if (!product(count, size, &bytes)) return nullptr;
  void* pointer = own_allocate(bytes);
  if (pointer) std::memset(pointer, 0, bytes);
  return pointer;
}
void* own_reallocate_for(void*, void* block, usize size) {
  return size > static_cast<usize>(kMaxSize) ? nullptr : own_reallocate(block, size);
}
void own_release_for(void*, void* block) { own_release(block); }

void* system_allocate(void*, usize size) {
  return size > static_cast<usize>(kMaxSize) ? nullptr : std::malloc(size ? size : 1);
}
void* system_allocate_zeroed(void*, usize count, usize size) {
  usize bytes;
  if (!product(count, size, &bytes)) return nullptr;
  return bytes ? std::calloc(count, size) : std::calloc(1, 1);
}
void* system_reallocate(void*, void* block, usize size) {
  return size > static_cast<usize>(kMaxSize) ? nullptr : std::realloc(block, size ? size : 1);
}
void system_release(void*, void* block) { std::free(block); }

constexpr BlockAllocator kSystemAllocator = {nullptr, system_allocate, system_allocate_zeroed, system_reallocate,
                                             system_release};
constexpr BlockAllocator kOwnAllocator = {nullptr, own_allocate_for, own_allocate_zeroed_for, own_reallocate_for,
                                          own_release_for};

void hide_pages(Heap* heap) {
  Page** hidden = hidden_pages_of(heap);
  std::memcpy(hidden, heap->pages, sizeof heap->pages);
  std::memset(heap->pages, 0, sizeof heap->pages);
}
void show_pages(Heap* heap) { std::memcpy(heap->pages, hidden_pages_of(heap), sizeof heap->pages); }

void set_hooked(bool wanted) {
  if (wanted == hooked) return;
  pthread_mutex_lock(&lock);
  auto change = wanted ? hide_pages : show_pages;
  change(&main_heap);
  for (FullHeap* heap = further_heaps; heap; heap = heap->next) change(&heap->heap);
  hooked = wanted;
  region_size_ = wanted ? 0 : region_bytes;
  pthread_mutex_unlock(&lock);
}
}  // namespace

constinit BlockAllocator allocators_[kDomains] = {kSystemAllocator, kOwnAllocator, kOwnAllocator};

const BlockAllocator& first_block_allocator(Domain domain) {
  return domain == kRawDomain ? kSystemAllocator : kOwnAllocator;
}

namespace {
bool is_own(const BlockAllocator& allocator) {
  return allocator.context == kOwnAllocator.context && allocator.allocate == kOwnAllocator.allocate &&
         allocator.release == kOwnAllocator.release;
}
}  // namespace

constinit bool mem_domain_is_own_ = true;

void set_block_allocator(Domain domain, const BlockAllocator& allocator) {
  allocators_[domain] = allocator;
  if (domain == kObjectDomain) set_hooked(!is_own(allocator));
  mem_domain_is_own_ = is_own(allocators_[kMemDomain]) && is_own(allocators_[kObjectDomain]);
}

ADDER_HOT void* allocate_slowly(usize size) {
  if (ADDER_UNLIKELY(hooked)) return allocators_[kObjectDomain].allocate(allocators_[kObjectDomain].context, size);
  return own_allocate(size);
}

ADDER_HOT void page_regained_room(Page* page) {
  if (!page->listed) list_page(page);
  if (page->used != 0) return;
  // One empty page of each class stays: a loop that makes and drops a few objects must not take and give pages.
  Heap* heap = page->heap;
  Page*& spare = spare_pages_of(heap)[page->size / kClassSize - 1];
  if (!spare || spare == page || spare->used != 0) {
    spare = page;
    return;
  }
  unlist_page(page);
  heap->in_use -= kPageSize;
  pthread_mutex_lock(&lock);
  page->next = empty_pages;
  empty_pages = page;
  pthread_mutex_unlock(&lock);
}

ADDER_HOT void release_slowly(void* pointer) {
  if (!pointer) return;
  if (ADDER_UNLIKELY(hooked)) return allocators_[kObjectDomain].release(allocators_[kObjectDomain].context, pointer);
  release_large(pointer);
}

void* allocate_zeroed(usize count, usize size) {
  const BlockAllocator& allocator = allocators_[kObjectDomain];
  return allocator.allocate_zeroed(allocator.context, count, size);
}

void* reallocate(void* pointer, usize size) {
  if (ADDER_UNLIKELY(hooked)) {
    return allocators_[kObjectDomain].reallocate(allocators_[kObjectDomain].context, pointer, size);
  }
  return own_reallocate(pointer, size);
}

Heap* heap_new() {
  FullHeap* heap = static_cast<FullHeap*>(std::calloc(1, sizeof(FullHeap)));
  if (!heap) return nullptr;
  pthread_mutex_lock(&lock);
  heap->next = further_heaps;
  further_heaps = heap;
  pthread_mutex_unlock(&lock);
  return &heap->heap;
}
usize bytes_in_use() { return heap_->in_use; }
usize blocks_in_use() {
  usize blocks = heap_->large_blocks;
  for (char* at = region_start_; at && at < region_next; at += kPageSize) {
    const Page* page = page_of(at);
    if (page->heap == heap_) blocks += page->used;
  }
  return blocks;
}
}  // namespace adder::memory
