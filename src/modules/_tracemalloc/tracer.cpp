// tracer: the tables of traces and tracebacks, and the allocators that fill them.
//
// Tables     open addressing with linear probing, a power of two in size, at most 2/3 full; a removal moves followers
// back. They use
//            malloc directly: the tracer is never traced.
// Reentry    `inside_` is set while the tracer itself works on this thread: what it allocates then is not traced.
// Law        `lock` is held for every access to the tables; nothing is allocated through a domain meanwhile.
#include "modules/_tracemalloc/tracer.h"

#include <cstdlib>
#include <cstring>
#include <pthread.h>

#include "interpreter/frame.h"
#include "interpreter/traceback_dump.h"
#include "memory/allocator_hooks.h"
#include "memory/gc.h"
#include "types/code.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

constinit TracemallocConfig _Py_tracemalloc_config = {0, 0, 1};
ADDER_EXPORT int PyGILState_Ensure();
ADDER_EXPORT void PyGILState_Release(int state);

namespace adder::tracer {
namespace {
using memory::BlockAllocator;
using memory::Domain;

struct Place {
  Object* filename;  // owned
  u32 line;
};
struct Traceback {
  u64 hash;
  u32 count;
  u32 total;      // frames of the stack, of which `count` are kept
  Object* tuple;  // owned; the places as Python sees them, made while all_traces() runs
  Place places[1];
};
struct Trace {
  uintptr_t address;
  Traceback* traceback;  // null: the entry is free
  usize size;
  unsigned domain;
};

constinit pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
class Locked {
 public:
  Locked() { pthread_mutex_lock(&lock); }
  ~Locked() { pthread_mutex_unlock(&lock); }
  Locked(const Locked&) = delete;
};

thread_local constinit bool inside_ = false;
class Inside {
 public:
  Inside() : before_(inside_) { inside_ = true; }
  ~Inside() { inside_ = before_; }
  Inside(const Inside&) = delete;

 private:
  bool before_;
};

constinit Trace* traces = nullptr;
constinit usize trace_capacity = 0, trace_count = 0;
constinit Traceback** tracebacks = nullptr;
constinit usize traceback_capacity = 0, traceback_count = 0;
constinit usize traced_bytes = 0, peak_bytes = 0, traceback_bytes = 0;
constinit Traceback* scratch = nullptr;  // with room for max_nframe places
constinit Traceback nowhere = {0, 1, 1, nullptr, {{nullptr, 0}}};
constinit BlockAllocator inner[memory::kDomains] = {};  // the allocators that were there before

u64 mix(u64 h) {
  h ^= h >> 32;
  h *= 0x9e3779b97f4a7c15ULL;
  return h ^ h >> 29;
}

// == Tracebacks ==

usize traceback_size(u32 count) { return offsetof(Traceback, places) + sizeof(Place) * (count ? count : 1); }

bool same(const Traceback* a, const Traceback* b) {
  if (a->hash != b->hash || a->count != b->count || a->total != b->total) return false;
  for (u32 i = 0; i < a->count; ++i) {
    if (a->places[i].filename != b->places[i].filename || a->places[i].line != b->places[i].line) return false;
  }
  return true;
}

bool grow_tracebacks() {
  if (traceback_capacity && traceback_count * 3 < traceback_capacity * 2) return true;
  usize capacity = traceback_capacity ? traceback_capacity * 2 : 1024;
  Traceback** larger = static_cast<Traceback**>(std::calloc(capacity, sizeof(Traceback*)));
  if (!larger) return false;
  for (usize i = 0; i < traceback_capacity; ++i) {
    if (!tracebacks[i]) continue;
    usize at = tracebacks[i]->hash & (capacity - 1);
    while (larger[at]) at = (at + 1) & (capacity - 1);
    larger[at] = tracebacks[i];
  }
  std::free(tracebacks);
  tracebacks = larger;
  traceback_capacity = capacity;
  return true;
}

// The running stack of this thread, which holds the GIL, into `scratch`.
void look_at_stack() {
  u32 count = 0, total = 0, limit = static_cast<u32>(_Py_tracemalloc_config.max_nframe);
  u64 hash = 0;
  ThreadState* state = current_thread_;
  for (InterpreterFrame* frame = state && state->cframe ? state->cframe->current_frame : nullptr; frame;
       frame = frame->previous) {
    if (frame->incomplete || !frame->code) continue;
    ++total;
    if (count == limit) continue;
    int line = frame_line(frame);
    Object* filename = frame->code->co_filename;
    Place& place = scratch->places[count++];
    place = {filename && is_str(filename) ? filename : nullptr, line < 0 ? 0 : static_cast<u32>(line)};
    hash = mix(hash + reinterpret_cast<uintptr_t>(place.filename) + place.line);
  }
  scratch->count = count;
  scratch->total = total > static_cast<u32>(kMaxFrames) ? static_cast<u32>(kMaxFrames) : total;
  scratch->hash = mix(hash + scratch->total);
}

// The shared traceback that equals `scratch`; null without memory. Locked.
Traceback* share_scratch() {
  if (!scratch->count) return &nowhere;
  if (!grow_tracebacks()) return nullptr;
  usize at = scratch->hash & (traceback_capacity - 1);
  for (; tracebacks[at]; at = (at + 1) & (traceback_capacity - 1)) {
    if (same(tracebacks[at], scratch)) return tracebacks[at];
  }
  usize size = traceback_size(scratch->count);
  Traceback* made = static_cast<Traceback*>(std::malloc(size));
  if (!made) return nullptr;
  std::memcpy(static_cast<void*>(made), scratch, size);
  made->tuple = nullptr;
  for (u32 i = 0; i < made->count; ++i) {
    if (made->places[i].filename) made->places[i].filename = new_ref(made->places[i].filename).release();
  }
  tracebacks[at] = made;
  ++traceback_count;
  traceback_bytes += size;
  return made;
}

// == Traces ==

usize home_of(unsigned domain, uintptr_t address) {
  return mix((address >> 4) + domain * 0x51ed27u) & (trace_capacity - 1);
}

Trace* find(unsigned domain, uintptr_t address) {
  if (!trace_capacity) return nullptr;
  for (usize at = home_of(domain, address); traces[at].traceback; at = (at + 1) & (trace_capacity - 1)) {
    if (traces[at].address == address && traces[at].domain == domain) return &traces[at];
  }
  return nullptr;
}

bool grow_traces() {
  if (trace_capacity && trace_count * 3 < trace_capacity * 2) return true;
  usize old_capacity = trace_capacity;
  usize capacity = old_capacity ? old_capacity * 2 : 4096;
  Trace* larger = static_cast<Trace*>(std::calloc(capacity, sizeof(Trace)));
  if (!larger) return false;
  Trace* old = traces;
  traces = larger;
  trace_capacity = capacity;
  for (usize i = 0; i < old_capacity; ++i) {
    if (!old[i].traceback) continue;
    usize at = home_of(old[i].domain, old[i].address);
    while (traces[at].traceback) at = (at + 1) & (capacity - 1);
    traces[at] = old[i];
  }
  std::free(old);
  return true;
}

void remove(unsigned domain, uintptr_t address) {
  Trace* trace = find(domain, address);
  if (!trace) return;
  traced_bytes -= trace->size;
  --trace_count;
  usize hole = static_cast<usize>(trace - traces), mask = trace_capacity - 1;
  for (usize at = (hole + 1) & mask; traces[at].traceback; at = (at + 1) & mask) {
    usize home = home_of(traces[at].domain, traces[at].address);
    // It may move back unless its home lies behind the hole.
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    traces[hole] = traces[at];
    hole = at;
  }
  traces[hole].traceback = nullptr;
}

// Enters a block at the place where this thread is; it holds the GIL.
bool add(unsigned domain, uintptr_t address, usize size) {
  Locked locked;
  if (!is_tracing()) return true;
  look_at_stack();
  Traceback* traceback = share_scratch();
  if (!traceback) return false;
  if (Trace* known = find(domain, address)) {
    traced_bytes -= known->size;
    known->size = size;
    known->traceback = traceback;
  } else {
    if (!grow_traces()) return false;
    usize at = home_of(domain, address);
    while (traces[at].traceback) at = (at + 1) & (trace_capacity - 1);
    traces[at] = {address, traceback, size, domain};
    ++trace_count;
  }
  traced_bytes += size;
  if (traced_bytes > peak_bytes) peak_bytes = traced_bytes;
  return true;
}

uintptr_t address_of(void* block) { return reinterpret_cast<uintptr_t>(block); }

// == Allocators ==
// Their context is the inner allocator. Blocks of all three domains are traces of domain 0.

const BlockAllocator& inner_of(void* context) { return *static_cast<const BlockAllocator*>(context); }

// A block that cannot be traced is given back: tracing is exact or fails.
void* enter(const BlockAllocator& allocator, void* block, usize size) {
  if (!block || inside_) return block;
  Inside inside;
  if (add(0, address_of(block), size)) return block;
  allocator.release(allocator.context, block);
  return nullptr;
}
void* traced_allocate(void* context, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  return enter(allocator, allocator.allocate(allocator.context, size), size);
}
void* traced_allocate_zeroed(void* context, usize count, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  return enter(allocator, allocator.allocate_zeroed(allocator.context, count, size), count * size);
}
void* traced_reallocate(void* context, void* block, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  void* moved = allocator.reallocate(allocator.context, block, size);
  if (!moved) return nullptr;
  if (block && moved != block) {
    Locked locked;
    remove(0, address_of(block));
  }
  if (inside_) return moved;
  Inside inside;
  // The old block is gone: without memory for the trace the new one goes untraced.
  if (!add(0, address_of(moved), size)) {
    Locked locked;
    remove(0, address_of(moved));
  }
  return moved;
}
void traced_release(void* context, void* block) {
  if (!block) return;
  {
    Locked locked;
    remove(0, address_of(block));
  }
  const BlockAllocator& allocator = inner_of(context);
  allocator.release(allocator.context, block);
}

// The raw domain: the GIL is taken for a look at the stack. A thread of its own state, which is about to be made, is
// not traced.
template <class Work>
void* with_gil(void* block, Work work) {
  if (!block || inside_) return block;
  Inside inside;
  if (current_thread_) return work(block);
  int gil = PyGILState_Ensure();
  void* result = work(block);
  PyGILState_Release(gil);
  return result;
}
void* raw_enter(const BlockAllocator& allocator, void* block, usize size) {
  return with_gil(block, [&](void* made) -> void* {
    if (add(0, address_of(made), size)) return made;
    allocator.release(allocator.context, made);
    return nullptr;
  });
}
void* raw_traced_allocate(void* context, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  return raw_enter(allocator, allocator.allocate(allocator.context, size), size);
}
void* raw_traced_allocate_zeroed(void* context, usize count, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  return raw_enter(allocator, allocator.allocate_zeroed(allocator.context, count, size), count * size);
}
void* raw_traced_reallocate(void* context, void* block, usize size) {
  const BlockAllocator& allocator = inner_of(context);
  if (block) {
    Locked locked;
    remove(0, address_of(block));
  }
  void* moved = allocator.reallocate(allocator.context, block, size);
  if (!moved) return nullptr;
  return with_gil(moved, [&](void* made) -> void* {
    if (!add(0, address_of(made), size)) {
      Locked locked;
      remove(0, address_of(made));
    }
    return made;
  });
}

// For the report about a broken block.
void describe_block(int fd, void* block) {
  Traceback* traceback = nullptr;
  {
    Locked locked;
    if (Trace* trace = find(0, address_of(block))) traceback = trace->traceback;
  }
  if (!traceback) return;
  dump_text(fd, "Memory block allocated at (most recent call first):\n");
  for (u32 i = 0; i < traceback->count; ++i) {
    dump_text(fd, "  File \"");
    dump_str(fd, traceback->places[i].filename);
    dump_text(fd, "\", line ");
    dump_number(fd, traceback->places[i].line);
    dump_text(fd, "\n");
  }
  dump_text(fd, "\n");
}

void clear_tables() {
  Traceback** old;
  usize capacity;
  {
    Locked locked;
    std::free(traces);
    traces = nullptr;
    trace_capacity = trace_count = traced_bytes = peak_bytes = 0;
    old = tracebacks;
    capacity = traceback_capacity;
    tracebacks = nullptr;
    traceback_capacity = traceback_count = traceback_bytes = 0;
  }
  for (usize i = 0; i < capacity; ++i) {
    if (!old[i]) continue;
    for (u32 k = 0; k < old[i]->count; ++k) Ref<Object>::steal(old[i]->places[k].filename).reset();
    std::free(old[i]);
  }
  std::free(old);
}

Result<Object> places_tuple(Traceback* traceback) {
  Ref<Tuple> places = TRY(tuple_new(traceback->count));
  for (u32 i = 0; i < traceback->count; ++i) {
    const Place& place = traceback->places[i];
    Ref<Object> filename = place.filename ? new_ref(place.filename) : Ref<Object>(TRY(str_from_string("<unknown>")));
    Ref<Int> line = TRY(int_from_i64(place.line));
    tuple_init_item(places, i, TRY(tuple_pack(filename.get(), line.get())));
  }
  return places;
}
}  // namespace

Result<void> start(int max_frames) {
  if (max_frames < 1 || max_frames > kMaxFrames) {
    return raise(ValueError, "the number of frames must be in range [1; %d]", kMaxFrames);
  }
  if (is_tracing()) return {};
  scratch = static_cast<Traceback*>(std::calloc(1, traceback_size(static_cast<u32>(max_frames))));
  if (!scratch) return raise_no_memory();
  _Py_tracemalloc_config = {1, 1, max_frames};
  memory::block_describer_ = describe_block;
  for (int i = 0; i < memory::kDomains; ++i) inner[i] = memory::block_allocator(static_cast<Domain>(i));
  memory::set_block_allocator(memory::kRawDomain, {&inner[memory::kRawDomain], raw_traced_allocate,
                                                   raw_traced_allocate_zeroed, raw_traced_reallocate, traced_release});
  for (Domain domain : {memory::kMemDomain, memory::kObjectDomain}) {
    memory::set_block_allocator(
        domain, {&inner[domain], traced_allocate, traced_allocate_zeroed, traced_reallocate, traced_release});
  }
  return {};
}

void stop() {
  if (!is_tracing()) return;
  {
    Locked locked;
    _Py_tracemalloc_config.tracing = 0;
    memory::block_describer_ = nullptr;
  }
  for (int i = 0; i < memory::kDomains; ++i) memory::set_block_allocator(static_cast<Domain>(i), inner[i]);
  clear_tables();
  std::free(scratch);
  scratch = nullptr;
}

void clear_traces() {
  if (is_tracing()) clear_tables();
}

bool track(unsigned domain, uintptr_t address, usize size) {
  Inside inside;
  return add(domain, address, size);
}

void untrack(unsigned domain, uintptr_t address) {
  Locked locked;
  remove(domain, address);
}

void renew(uintptr_t address) {
  Locked locked;
  Trace* trace = is_tracing() ? find(0, address) : nullptr;
  if (!trace) return;
  look_at_stack();
  if (Traceback* traceback = share_scratch()) trace->traceback = traceback;
}

Maybe<Object> traceback_of(unsigned domain, uintptr_t address) {
  Traceback* traceback = nullptr;
  {
    Locked locked;
    Trace* trace = is_tracing() ? find(domain, address) : nullptr;
    if (trace) traceback = trace->traceback;
  }
  if (!traceback) return nullptr;
  // Tracebacks live until the traces are cleared, which takes the GIL.
  return places_tuple(traceback);
}

Result<Object> all_traces() {
  Ref<List> list = TRY(list_new());
  if (!is_tracing()) return list;
  Inside inside;
  Trace* copy;
  usize count = 0;
  {
    Locked locked;
    copy = static_cast<Trace*>(std::malloc(sizeof(Trace) * (trace_count + 1)));
    for (usize i = 0; copy && i < trace_capacity; ++i) {
      if (traces[i].traceback) copy[count++] = traces[i];
    }
  }
  if (!copy) return raise_no_memory();
  auto fill = [&]() -> Result<void> {
    for (usize i = 0; i < count; ++i) {
      Traceback* traceback = copy[i].traceback;
      if (!traceback->tuple) {
        Ref<Object> places = TRY(places_tuple(traceback));
        traceback->tuple = places.release();
      }
      Ref<Int> domain = TRY(int_from_i64(copy[i].domain))
      , size = TRY(int_from_u64(copy[i].size))
      , total = TRY(int_from_i64(traceback->total));
      Ref<Tuple> item = TRY(tuple_pack(domain.get(), size.get(), traceback->tuple, total.get()));
      TRY(list_append(list, item));
    }
    return {};
  };
  // No destructor may clear the traces meanwhile.
  bool collects = std::exchange(gc::state_->enabled, false);
  auto filled = fill();
  gc::state_->enabled = collects;
  for (usize i = 0; i < count; ++i) Ref<Object>::steal(std::exchange(copy[i].traceback->tuple, nullptr)).reset();
  std::free(copy);
  if (filled.failed()) return Error{};
  return list;
}

Totals totals() {
  Locked locked;
  return {traced_bytes, peak_bytes};
}

void reset_peak() {
  Locked locked;
  peak_bytes = traced_bytes;
}

usize own_memory() {
  Locked locked;
  return trace_capacity * sizeof(Trace) + traceback_capacity * sizeof(Traceback*) + traceback_bytes;
}
}  // namespace adder::tracer
