// debug_allocator: checks around the blocks of all three domains.
//
// Layout     size (8 bytes, big-endian) | domain's letter | 7 forbidden bytes | data | 8 forbidden bytes
// Filling    fresh data has kClean, what was released kDead: both show in a debugger, and neither is a plausible pointer.
// Errors     a broken margin, a block released through another domain, or mem and object domains without the GIL: the block is
//            described on stderr and the process ends.
#include <cstdio>
#include <cstring>

#include "memory/allocator_hooks.h"
#include "runtime/runtime.h"

namespace adder::memory {
namespace {
constexpr unsigned char kClean = 0xcd, kDead = 0xdd, kForbidden = 0xfd;
constexpr usize kHead = 16, kTail = 8, kMargins = kHead + kTail;
constexpr const char* kLetters = "rmo";

struct Context {
  char letter;
  BlockAllocator inner;
};
constinit Context contexts[kDomains] = {};
constinit bool installed = false;

unsigned char* start_of(void* block) { return static_cast<unsigned char*>(block) - kHead; }
usize size_of(void* block) {
  usize size = 0;
  for (int i = 0; i < 8; ++i) size = size << 8 | start_of(block)[i];
  return size;
}
void* mark(unsigned char* start, usize size, char letter) {
  for (int i = 0; i < 8; ++i) start[i] = static_cast<unsigned char>(size >> (56 - 8 * i));
  start[8] = static_cast<unsigned char>(letter);
  std::memset(start + 9, kForbidden, kHead - 9);
  std::memset(start + kHead + size, kForbidden, kTail);
  return start + kHead;
}

// One line of the description for a margin.
void describe_margin(const unsigned char* margin, int size, const char* where, const char* base, int first) {
  bool good = true;
  for (int i = 0; i < size; ++i) good = good && margin[i] == kForbidden;
  if (good) {
    std::fprintf(stderr, "    The %d pad bytes at %s are FORBIDDENBYTE, as expected.\n", size, where);
    return;
  }
  std::fprintf(stderr, "    The %d pad bytes at %s are not all FORBIDDENBYTE (0x%02x):\n", size, where, kForbidden);
  for (int i = 0; i < size; ++i) {
    char sign = first < 0 ? '-' : '+';
    std::fprintf(stderr, "        at %s%c%d: 0x%02x%s\n", base, sign, first < 0 ? -(first + i) : i, margin[i],
                 margin[i] == kForbidden ? "" : " *** OUCH");
  }
}

void describe(void* block) {
  unsigned char* data = static_cast<unsigned char*>(block);
  usize size = size_of(block);
  std::fprintf(stderr, "Debug memory block at address p=%p: API '%c'\n", block, start_of(block)[8]);
  std::fprintf(stderr, "    %zu bytes originally requested\n", size);
  describe_margin(start_of(block) + 9, 7, "p-7", "p", -7);
  if (start_of(block)[9] == kForbidden) {  // else the size may be nonsense
    char where[40];
    std::snprintf(where, sizeof where, "tail=%p", static_cast<void*>(data + size));
    describe_margin(data + size, kTail, where, "tail", 0);
    std::fputs("    Data at p:", stderr);
    for (usize i = 0; i < size; ++i) {
      if (size > 16 && i == 8) {
        std::fputs(" ...", stderr);
        i = size - 8;
      }
      std::fprintf(stderr, " %02x", data[i]);
    }
    std::fputc('\n', stderr);
  }
  std::fputc('\n', stderr);
  std::fflush(stderr);
  if (block_describer_) return block_describer_(2, block);
  std::fputs("Enable tracemalloc to get the memory block allocation traceback\n\n", stderr);
  std::fflush(stderr);
}

[[noreturn]] void fail(const char* function, const char* what) {
  char text[160];
  std::snprintf(text, sizeof text, "%s: %s", function, what);
  fatal(text);
}

void check_block(const char* function, const Context& context, void* block) {
  unsigned char* start = start_of(block);
  if (start[8] != static_cast<unsigned char>(context.letter)) {
    describe(block);
    char text[120];
    std::snprintf(text, sizeof text, "bad ID: Allocated using API '%c', verified using API '%c'", start[8], context.letter);
    fail(function, text);
  }
  for (usize i = 9; i < kHead; ++i) {
    if (start[i] == kForbidden) continue;
    describe(block);
    fail(function, "bad leading pad byte");
  }
  const unsigned char* tail = start + kHead + size_of(block);
  for (usize i = 0; i < kTail; ++i) {
    if (tail[i] == kForbidden) continue;
    describe(block);
    fail(function, "bad trailing pad byte");
  }
}

void check_gil(const char* function, const Context& context) {
  if (context.letter == 'r' || current_thread_ || !main_interpreter.initialized) return;
  fail(function, "Python memory allocator called without holding the GIL");
}

void* checked_new(const char* function, void* given, usize size, bool zeroed) {
  const Context& context = *static_cast<const Context*>(given);
  check_gil(function, context);
  if (size > static_cast<usize>(kMaxSize) - kMargins) return nullptr;
  void* start = zeroed ? context.inner.allocate_zeroed(context.inner.context, 1, size + kMargins)
                       : context.inner.allocate(context.inner.context, size + kMargins);
  if (!start) return nullptr;
  if (!zeroed) std::memset(static_cast<unsigned char*>(start) + kHead, kClean, size);
  return mark(static_cast<unsigned char*>(start), size, context.letter);
}
void* checked_allocate(void* context, usize size) { return checked_new("_PyMem_DebugMalloc", context, size, false); }
void* checked_allocate_zeroed(void* context, usize count, usize size) {
  usize bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  return checked_new("_PyMem_DebugCalloc", context, bytes, true);
}
void checked_release(void* given, void* block) {
  if (!block) return;
  const Context& context = *static_cast<const Context*>(given);
  check_gil("_PyMem_DebugFree", context);
  check_block("_PyMem_DebugRawFree", context, block);
  std::memset(start_of(block), kDead, size_of(block) + kMargins);
  context.inner.release(context.inner.context, start_of(block));
}
// Always moves: a pointer that somebody kept shows.
void* checked_reallocate(void* given, void* block, usize size) {
  if (!block) return checked_new("_PyMem_DebugRealloc", given, size, false);
  const Context& context = *static_cast<const Context*>(given);
  check_gil("_PyMem_DebugRealloc", context);
  check_block("_PyMem_DebugRawRealloc", context, block);
  void* moved = checked_new("_PyMem_DebugRealloc", given, size, false);
  if (!moved) return nullptr;
  usize old_size = size_of(block);
  std::memcpy(moved, block, old_size < size ? old_size : size);
  checked_release(given, block);
  return moved;
}
}  // namespace

constinit BlockDescriber block_describer_ = nullptr;

void install_debug_allocators() {
  installed = true;
  for (int i = 0; i < kDomains; ++i) {
    Domain domain = static_cast<Domain>(i);
    const BlockAllocator& now = block_allocator(domain);
    if (now.allocate == checked_allocate) continue;
    contexts[i] = {kLetters[i], now};
    set_block_allocator(domain, {&contexts[i], checked_allocate, checked_allocate_zeroed, checked_reallocate, checked_release});
  }
}
bool debug_allocators_installed() { return installed; }

void use_allocators(AllocatorName name) {
  // Once in a process: what a first life of the runtime left was allocated without margins.
  static constinit bool decided = false;
  if (std::exchange(decided, true)) return;
  if (name == AllocatorName::kMalloc || name == AllocatorName::kMallocDebug) {
    set_block_allocator(kMemDomain, first_block_allocator(kRawDomain));
    set_block_allocator(kObjectDomain, first_block_allocator(kRawDomain));
  }
  if (name == AllocatorName::kDebug || name == AllocatorName::kMallocDebug || name == AllocatorName::kPymallocDebug) {
    install_debug_allocators();
  }
}

const char* current_allocator_name() {
  bool all_system = true, all_own = true;
  for (int i = 0; i < kDomains; ++i) {
    const BlockAllocator& now = block_allocator(static_cast<Domain>(i));
    const BlockAllocator& inner = now.allocate == checked_allocate ? contexts[i].inner : now;
    all_system = all_system && inner.allocate == first_block_allocator(kRawDomain).allocate;
    all_own = all_own && inner.allocate == first_block_allocator(static_cast<Domain>(i)).allocate;
  }
  bool checks = block_allocator(kObjectDomain).allocate == checked_allocate;
  if (all_own) return checks ? "pymalloc_debug" : "pymalloc";
  if (all_system) return checks ? "malloc_debug" : "malloc";
  return nullptr;
}
}  // namespace adder::memory
