// arena: the slow paths of bump allocation.
#include "base/arena.h"

#include <cstdlib>

#include "base/assert.h"

namespace adder {
Arena::~Arena() {
  for (Deferred* item = deferred_; item; item = item->next) item->cleanup(item->argument);
  while (chunks_) {
    Chunk* previous = chunks_->previous;
    std::free(chunks_);
    chunks_ = previous;
  }
}

void* Arena::allocate_slow(usize size) {
  usize chunk_size = chunk_size_;
  if (size > chunk_size / 4) {
    chunk_size = size;  // a chunk of its own; the current one stays in use
  } else if (chunk_size_ < (usize{256} << 10)) {
    chunk_size_ *= 2;
  }
  auto* chunk = static_cast<Chunk*>(std::malloc(sizeof(Chunk) + chunk_size));
  if (!chunk) fatal("out of memory in an arena");
  chunk->previous = chunks_;
  chunks_ = chunk;
  char* memory = reinterpret_cast<char*>(chunk + 1);
  if (chunk_size != size) {
    next_ = memory + size;
    end_ = memory + chunk_size;
  }
  return memory;
}
}  // namespace adder
