// tracer: remembers where memory blocks were allocated.
//
// It replaces the allocators of all three domains while it is on (memory/allocator_hooks.h); off, it costs nothing. A
// trace is a block's size and a traceback; tracebacks are shared. The state of a trace is guarded by a lock, because
// the raw domain works without the GIL.
#pragma once
#include "object/protocol.h"

// ABI: _Py_tracemalloc_config of pycore_tracemalloc.h.
struct TracemallocConfig {
  int initialized;  // 0 not yet, 1 yes, 2 finished
  int tracing;
  int max_nframe;
};
ADDER_EXPORT TracemallocConfig _Py_tracemalloc_config;

namespace adder::tracer {
inline constexpr int kMaxFrames = 65535;
inline bool is_tracing() { return _Py_tracemalloc_config.tracing != 0; }

// Switches tracing on with at most so many frames a traceback; nothing happens if it is on. ValueError, MemoryError.
Result<void> start(int max_frames);
// Switches it off and forgets everything.
void stop();
void clear_traces();
// Traces a block that no allocator here knows, or forgets it (PyTraceMalloc_Track): the GIL is held. False: no memory.
bool track(unsigned domain, uintptr_t address, usize size);
void untrack(unsigned domain, uintptr_t address);
// The place of the trace is now here: an object that comes out of a free list.
void renew(uintptr_t address);
// A tuple of (filename, line) tuples, the innermost frame first; absent if the block is not traced.
Maybe<Object> traceback_of(unsigned domain, uintptr_t address);
// A list of (domain, size, traceback, frames in all).
Result<Object> all_traces();

struct Totals {
  usize current, peak;
};
Totals totals();
void reset_peak();
// Bytes that the tracer itself uses.
usize own_memory();
}  // namespace adder::tracer
