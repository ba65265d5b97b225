// buffered: the object behind BufferedReader, BufferedWriter and BufferedRandom.
//
// One buffer serves both directions. It holds either bytes read ahead (buffer[position, read_end), and the raw stream
// stands behind read_end) or bytes to be written (buffer[0, write_end), and the raw stream stands in front of them),
// never both: changing direction flushes or steps back.
#pragma once
#include "modules/_io/io.h"

namespace adder::io {
struct Buffered : IOBase {
  Object* raw;
  char* buffer;
  isize capacity;
  isize position, read_end;  // bytes read ahead
  isize write_end;           // bytes to be written
  Lock lock;
  bool initialized, detached, readable, writable, finalizing, plain_file;
};

// Fails with ValueError when the object is not initialised or its raw stream was taken away.
Result<void> buffered_check(Buffered* self);
Result<void> buffered_check_open(Buffered* self, const char* message);
Result<void> buffered_init(Buffered* self, Object* raw, isize size, bool readable, bool writable);
inline isize buffered_ahead(const Buffered* self) { return self->read_end - self->position; }

// -- With the lock held --
Result<void> buffered_flush_writes(Buffered* self);  // BlockingIOError when the raw stream does not take all
Result<void> buffered_drop_ahead(Buffered* self);    // steps the raw stream back over what was read ahead
// One raw read: bytes, 0 at the end, -2 for "no data now".
Result<isize> buffered_raw_read(Buffered* self, char* data, isize size);
Result<isize> buffered_raw_write(Buffered* self, const char* data, isize size);
Result<isize> buffered_fill(Buffered* self);  // reads ahead into the empty buffer

// Tables shared by the types; buffered_types.cpp.
Result<Object> buffered_read(Buffered* self, Object* size);
Result<Object> buffered_read1(Buffered* self, isize size);
Result<Object> buffered_peek(Buffered* self, isize size);
Result<Object> buffered_readinto(Buffered* self, Object* target);
Result<Object> buffered_readinto1(Buffered* self, Object* target);
Result<Object> buffered_readline(Buffered* self, Object* size);
Maybe<Object> buffered_next(Buffered* self);
Result<Object> buffered_write(Buffered* self, Object* data);
}  // namespace adder::io
