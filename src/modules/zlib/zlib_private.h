// zlib_private: what the files of the module zlib share.
#pragma once
#include <zlib.h>

#include "bind/bind.h"
#include "types/bytes.h"

namespace adder::zlib {
inline constexpr isize kDefaultBuffer = 16384;
inline constexpr int kMemoryLevel = 8;
extern Object* error_class;
extern Type compress_type, decompress_type;

// "Error -3 while decompressing data: invalid block type".
Error raise_zlib(const z_stream& stream, int code, const char* action);

// Output that grows: next_out and avail_out of a stream point into it.
class Output {
 public:
  // At most `limit` bytes altogether.
  explicit Output(isize limit = kMaxSize) : limit_(limit) {}
  Result<void> start(z_stream& stream, isize size);
  // Called when avail_out is 0. False: the limit is reached.
  Result<bool> grow(z_stream& stream);
  Result<Bytes> finish(z_stream& stream);

 private:
  Ref<Bytes> bytes_;
  isize limit_;
};

// Feeds at most UINT_MAX bytes of what is left into the stream.
inline void feed(z_stream& stream, usize& left) {
  uInt step = left > 0xffffffffu ? 0xffffffffu : static_cast<uInt>(left);
  stream.avail_in = step;
  left -= step;
}
Result<Object> compress_object(int level, int method, int window_bits, int memory_level, int strategy,
                               Opt<Object*> dictionary);
Result<Object> decompress_object(int window_bits, Opt<Object*> dictionary);
}  // namespace adder::zlib
