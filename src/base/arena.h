// arena: bump allocation for things that live and die together, such as the AST of one compilation.
//
// Memory     Chunks that double up to 256 KiB; nothing is freed before the arena. Destructors of what `make` built do
//            not run: put only plain data in, and hand everything that must be released to `defer`.
// Failure    Running out of memory is fatal here: chunks are small, and no caller could go on.
#pragma once
#include <new>
#include <type_traits>
#include <utility>

#include "base/config.h"

namespace adder {
class Arena {
 public:
  using Cleanup = void (*)(void* argument);

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  // Runs what was deferred, the last first, then frees all memory.
  ~Arena();

  // Uninitialised memory, aligned for any scalar; `size` may be 0.
  void* allocate(usize size) {
    size = (size + 7) & ~usize{7};
    if (ADDER_UNLIKELY(size > static_cast<usize>(end_ - next_))) return allocate_slow(size);
    void* memory = next_;
    next_ += size;
    return memory;
  }
  // Builds a T that lives as long as the arena.
  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    return new (allocate(sizeof(T))) T(std::forward<Arguments>(arguments)...);
  }
  // Uninitialised room for `count` plain values.
  template <class T>
  T* make_array(usize count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    return static_cast<T*>(allocate(count * sizeof(T)));
  }
  // Calls `cleanup(argument)` when the arena dies.
  void defer(Cleanup cleanup, void* argument) { deferred_ = make<Deferred>(cleanup, argument, deferred_); }

 private:
  struct Chunk {
    Chunk* previous;
  };
  struct Deferred {
    Deferred(Cleanup run, void* with, Deferred* before) : cleanup(run), argument(with), next(before) {}
    Cleanup cleanup;
    void* argument;
    Deferred* next;
  };
  void* allocate_slow(usize size);

  char* next_ = nullptr;
  char* end_ = nullptr;
  Chunk* chunks_ = nullptr;
  Deferred* deferred_ = nullptr;
  usize chunk_size_ = 8 << 10;
};
}  // namespace adder
