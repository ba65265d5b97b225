// name_table: the names of a document, each decoded once.
#pragma once
#include <string_view>

#include "types/str.h"

namespace adder::elementtree {
// From expat's spelling ("uri}local" in UTF-8) to ours ("{uri}local"). Not an object.
struct NameTable {
  struct Entry {
    Str* name;  // owned; null: free
    u64 hash;
    u32 size;  // of expat's spelling
  };
  Entry* entries = nullptr;
  usize capacity = 0, used = 0;  // capacity: a power of two

  // The str for expat's spelling: a new reference.
  Result<Str> find_or_make(const char* raw);
  void clear();
};
}  // namespace adder::elementtree
