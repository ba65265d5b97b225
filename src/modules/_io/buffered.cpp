// buffered: reading ahead and collecting writes.
#include "modules/_io/buffered.h"

#include <cerrno>
#include <cstring>

#include "base/copy.h"
#include "memory/allocator.h"
#include "runtime/runtime.h"
#include "types/exception.h"
#include "types/list.h"

namespace adder::io {
Result<void> buffered_check(Buffered* self) {
  if (self->initialized) return {};
  if (self->detached) return raise(ValueError, "raw stream has been detached");
  return raise(ValueError, "I/O operation on uninitialized object");
}

Result<void> buffered_check_open(Buffered* self, const char* message) {
  TRY(buffered_check(self));
  if (self->plain_file) {
    // fileno() without the method call: only a closed file has none.
    Ref<Object> closed = TRY(object_get_attr(self->raw, id::closed));
    if (closed.get() == True) return raise(ValueError, "%s", message);
    return {};
  }
  Ref<Object> closed = TRY(object_get_attr(self->raw, id::closed));
  if (TRY(object_is_true(closed))) return raise(ValueError, "%s", message);
  return {};
}

Result<void> buffered_init(Buffered* self, Object* raw, isize size, bool readable, bool writable) {
  self->initialized = self->detached = false;
  if (size <= 0) return raise(ValueError, "buffer size must be strictly positive");
  char* buffer = static_cast<char*>(memory::allocate(static_cast<usize>(size)));
  if (!buffer) return raise_no_memory();
  memory::release(self->buffer);
  self->buffer = buffer;
  self->capacity = size;
  self->position = self->read_end = self->write_end = 0;
  self->readable = readable;
  self->writable = writable;
  Object* old = std::exchange(self->raw, new_ref(raw).release());
  decref_or_null(old);
  TRY(self->lock.create());
  self->plain_file = is_plain_file(raw);
  self->finalizing = false;
  self->initialized = true;
  return {};
}

// == The raw stream ==

namespace {
// Whoever kept the view must not write behind our back.
void release_view(Object* view) {
  ErrorSaver saved;
  auto released = call_method(view, id::release);
  if (released.failed())
    error_clear();
  else
    (void)released.take();
}
}  // namespace

Result<isize> buffered_raw_read(Buffered* self, char* data, isize size) {
  if (self->plain_file) return file_read_into(self->raw, data, size);
  for (;;) {
    Ref<Object> view = TRY(memoryview_from_memory(data, size, true));
    auto answer = call_method(self->raw, id::readinto, view.get());
    release_view(view);
    if (answer.failed()) {
      if (retry_after_signal()) continue;
      return Error{};
    }
    Ref<Object> count = answer.take();
    if (count.get() == None) return isize{-2};
    auto number = number_as_ssize_t(count, ValueError);
    if (number.failed()) {
      Ref<Object> cause = error_take();
      (void)raise(OSError, "raw readinto() failed");
      Ref<Object> error = error_take();
      exception_set_cause(error, std::move(cause));
      error_set(std::move(error));
      return Error{};
    }
    isize got = number.take();
    if (got < 0 || got > size) {
      return raise(OSError, "raw readinto() returned invalid length %zd (should have been between 0 and %zd)", got,
                   size);
    }
    return got;
  }
}

Result<isize> buffered_raw_write(Buffered* self, const char* data, isize size) {
  if (self->plain_file) return file_write(self->raw, data, size);
  for (;;) {
    Ref<Object> view = TRY(memoryview_from_memory(const_cast<char*>(data), size, false));
    auto answer = call_method(self->raw, id::write, view.get());
    release_view(view);
    if (answer.failed()) {
      if (retry_after_signal()) continue;
      return Error{};
    }
    Ref<Object> count = answer.take();
    if (count.get() == None) return isize{-2};
    isize put = TRY(number_as_ssize_t(count, ValueError));
    if (put < 0 || put > size) {
      return raise(OSError, "raw write() returned invalid length %zd (should have been between 0 and %zd)", put, size);
    }
    return put;
  }
}

namespace {
Error raise_blocked(isize written) {
  Ref<Int> number = TRY(int_from_i64(EAGAIN))
  , count = TRY(int_from_ssize_t(written));
  Ref<Str> text = TRY(str_from_latin1("write could not complete without blocking"));
  Ref<Object> error = TRY(call(static_cast<Object*>(BlockingIOError), static_cast<Object*>(number.get()),
                               static_cast<Object*>(text.get()), static_cast<Object*>(count.get())));
  return raise_instance(error);
}
}  // namespace

Result<void> buffered_flush_writes(Buffered* self) {
  isize done = 0;
  while (done < self->write_end) {
    auto put = buffered_raw_write(self, self->buffer + done, self->write_end - done);
    isize count = put.failed() ? -1 : put.take();
    if (count >= 0) {
      done += count;
      TRY(check_signals());
      continue;
    }
    // What was not taken moves to the front and stays.
    std::memmove(self->buffer, self->buffer + done, static_cast<usize>(self->write_end - done));
    self->write_end -= done;
    return count == -2 ? raise_blocked(0) : Error{};
  }
  self->write_end = 0;
  return {};
}

Result<void> buffered_drop_ahead(Buffered* self) {
  isize ahead = buffered_ahead(self);
  self->position = self->read_end = 0;
  if (ahead == 0) return {};
  Ref<Int> back = TRY(int_from_ssize_t(-ahead));
  TRY(call_method(self->raw, id::seek, static_cast<Object*>(back.get()), static_cast<Object*>(small_int(1))));
  return {};
}

Result<isize> buffered_fill(Buffered* self) {
  self->position = self->read_end = 0;
  isize got = TRY(buffered_raw_read(self, self->buffer, self->capacity));
  if (got > 0) self->read_end = got;
  return got;
}

namespace {
Result<void> start_reading(Buffered* self) {
  if (self->write_end > 0) return buffered_flush_writes(self);
  return {};
}

// Everything to the end.
Result<Object> read_all(Buffered* self) {
  Ref<Bytes> head = TRY(bytes_from_view({self->buffer + self->position, static_cast<usize>(buffered_ahead(self))}));
  self->position = self->read_end = 0;
  TRY(start_reading(self));
  Ref<Object> readall = TRY(object_lookup_attr(self->raw, id::readall));
  if (readall) {
    Ref<Object> rest = TRY(object_call_no_args(readall));
    if (rest.get() != None && !is_bytes(rest)) return raise(TypeError, "readall() should return bytes");
    if (bytes_size(head) == 0) return rest;
    if (rest.get() == None) return head;
    return bytes_concat(head, rest);
  }
  Ref<List> chunks = TRY(list_new());
  TRY(list_append(chunks, head));
  bool any = bytes_size(head) > 0;
  for (;;) {
    Ref<Object> part = TRY(call_method(self->raw, id::read));
    if (part.get() != None && !is_bytes(part)) return raise(TypeError, "read() should return bytes");
    if (part.get() == None || bytes_size(as<Bytes>(part.get())) == 0) {
      if (part.get() == None && !any) return part;
      break;
    }
    any = true;
    TRY(list_append(chunks, part));
  }
  return bytes_join(bytes_empty(), chunks);
}

// Copies up to `size` bytes that are there already.
isize take_ahead(Buffered* self, char* data, isize size) {
  isize count = buffered_ahead(self) < size ? buffered_ahead(self) : size;
  copy_bytes(data, self->buffer + self->position, static_cast<usize>(count));
  self->position += count;
  return count;
}

// As many raw reads as it takes; bytes read, or -2 if there was nothing and the stream would block. `once` stops after
// one raw read.
Result<isize> read_into(Buffered* self, char* data, isize size, bool once) {
  isize done = take_ahead(self, data, size);
  // After what was there, readinto1() may read once more, if that goes past the buffer.
  if (done == size || (once && done > 0 && size - done <= self->capacity)) return done;
  TRY(start_reading(self));
  while (done < size) {
    // Large rests go past the buffer.
    isize got;
    if (size - done >= self->capacity) {
      got = TRY(
          buffered_raw_read(self, data + done, once ? size - done : (size - done) / self->capacity * self->capacity));
      if (got > 0) done += got;
    } else {
      got = TRY(buffered_fill(self));
      if (got > 0) done += take_ahead(self, data + done, size - done);
    }
    if (got == 0 || once) return done == 0 && got == -2 ? isize{-2} : done;
    if (got == -2) return done == 0 ? isize{-2} : done;
  }
  return done;
}
}  // namespace

Result<Object> buffered_read(Buffered* self, Object* size_object) {
  TRY(buffered_check(self));
  isize size = TRY(size_from_object(size_object));
  if (size < -1) return raise(ValueError, "read length must be non-negative or -1");
  TRY(buffered_check_open(self, "read of closed file"));
  if (size >= 0 && size <= buffered_ahead(self)) {
    Ref<Bytes> data = TRY(bytes_from_view({self->buffer + self->position, static_cast<usize>(size)}));
    self->position += size;
    return data;
  }
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  if (size < 0) return read_all(self);
  Ref<Bytes> data = TRY(bytes_new(size));
  isize got = TRY(read_into(self, bytes_data(data), size, false));
  if (got == -2) return none_result();
  return bytes_resize(std::move(data), got);
}

Result<Object> buffered_read1(Buffered* self, isize size) {
  TRY(buffered_check(self));
  if (size < 0) size = self->capacity;
  TRY(buffered_check_open(self, "read of closed file"));
  if (size == 0) return new_ref(bytes_empty());
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  if (buffered_ahead(self) > 0) {
    isize count = buffered_ahead(self) < size ? buffered_ahead(self) : size;
    Ref<Bytes> data = TRY(bytes_new(count));
    take_ahead(self, bytes_data(data), count);
    return data;
  }
  TRY(start_reading(self));
  Ref<Bytes> data = TRY(bytes_new(size));
  isize got = TRY(buffered_raw_read(self, bytes_data(data), size));
  return bytes_resize(std::move(data), got < 0 ? 0 : got);
}

Result<Object> buffered_peek(Buffered* self, isize) {
  TRY(buffered_check_open(self, "peek of closed file"));
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  if (buffered_ahead(self) == 0) {
    TRY(start_reading(self));
    TRY(buffered_fill(self));
  }
  return bytes_from_view({self->buffer + self->position, static_cast<usize>(buffered_ahead(self))});
}

namespace {
Result<Object> read_into_object(Buffered* self, Object* target, bool once, const char* name) {
  TRY(buffered_check(self));
  BufferView view;
  if (view.acquire(target, PyBUF_WRITABLE).failed()) {
    error_clear();
    return raise(TypeError, "%s() argument must be read-write bytes-like object, not %.50s", name,
                 target == None ? "None" : type_of(target)->tp_name);
  }
  TRY(buffered_check_open(self, once ? "readinto of closed file" : "readinto of closed file"));
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  isize got = TRY(read_into(self, view.writable_data(), view.size(), once));
  if (got == -2) return none_result();
  return int_from_ssize_t(got);
}
}  // namespace
Result<Object> buffered_readinto(Buffered* self, Object* target) {
  return read_into_object(self, target, false, "readinto");
}
Result<Object> buffered_readinto1(Buffered* self, Object* target) {
  return read_into_object(self, target, true, "readinto1");
}

namespace {
Result<Object> read_line(Buffered* self, isize limit) {
  TRY(buffered_check_open(self, "readline of closed file"));
  // The common case: the line is in the buffer.
  isize ahead = buffered_ahead(self);
  isize within = limit >= 0 && ahead > limit ? limit : ahead;
  const char* start = self->buffer + self->position;
  if (const void* end = within ? std::memchr(start, '\n', static_cast<usize>(within)) : nullptr) {
    isize size = static_cast<const char*>(end) - start + 1;
    Ref<Bytes> line = TRY(bytes_from_view({start, static_cast<usize>(size)}));
    self->position += size;
    return line;
  }
  if (within == limit) {
    Ref<Bytes> line = TRY(bytes_from_view({start, static_cast<usize>(within)}));
    self->position += within;
    return line;
  }
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  Ref<List> parts = TRY(list_new());
  if (ahead > 0) {
    TRY(list_append(parts, TRY(bytes_from_view({start, static_cast<usize>(ahead)})).get()));
    self->position += ahead;
    if (limit >= 0) limit -= ahead;
  }
  TRY(start_reading(self));
  for (;;) {
    if (TRY(buffered_fill(self)) <= 0) break;
    ahead = buffered_ahead(self);
    within = limit >= 0 && ahead > limit ? limit : ahead;
    const void* end = std::memchr(self->buffer, '\n', static_cast<usize>(within));
    isize size = end ? static_cast<const char*>(end) - self->buffer + 1 : within;
    TRY(list_append(parts, TRY(bytes_from_view({self->buffer, static_cast<usize>(size)})).get()));
    self->position += size;
    if (limit >= 0) limit -= size;
    if (end || limit == 0) break;
  }
  return bytes_join(bytes_empty(), parts);
}
}  // namespace

Result<Object> buffered_readline(Buffered* self, Object* size) {
  TRY(buffered_check(self));
  return read_line(self, TRY(size_from_object(size)));
}
Maybe<Object> buffered_next(Buffered* self) {
  TRY(buffered_check(self));
  Type* type = type_of(self);
  Ref<Object> line;
  if (type == &PyBufferedReader_Type || type == &PyBufferedRandom_Type) {
    line = TRY(read_line(self, -1));
  } else {
    line = TRY(call_method(self, id::readline));
    if (!is_bytes(line))
      return raise(OSError, "readline() should have returned a bytes object, not '%.200s'", type_of(line)->tp_name);
  }
  if (bytes_size(as<Bytes>(line.get())) == 0) return nullptr;
  return line;
}

Result<Object> buffered_write(Buffered* self, Object* data_object) {
  TRY(buffered_check(self));
  BufferView view;
  TRY(view.acquire(data_object));
  Locked locked;
  TRY(locked.acquire(self->lock, self));
  TRY(buffered_check_open(self, "write to closed file"));
  const char* data = view.data();
  isize size = view.size();
  if (self->read_end > 0) TRY(buffered_drop_ahead(self));
  if (size <= self->capacity - self->write_end) {
    copy_bytes(self->buffer + self->write_end, data, static_cast<usize>(size));
    self->write_end += size;
    return int_from_ssize_t(size);
  }
  auto flushed = buffered_flush_writes(self);
  if (flushed.failed()) {
    if (!error_matches(BlockingIOError)) return Error{};
    // The stream takes nothing now: keep what fits.
    isize room = self->capacity - self->write_end;
    isize kept = size < room ? size : room;
    copy_bytes(self->buffer + self->write_end, data, static_cast<usize>(kept));
    self->write_end += kept;
    if (kept == size) {
      error_clear();
      return int_from_ssize_t(size);
    }
    error_clear();
    return raise_blocked(kept);
  }
  isize done = 0;
  while (size - done > self->capacity) {
    isize put = TRY(buffered_raw_write(self, data + done, size - done));
    if (put == -2) {
      isize kept = self->capacity;
      copy_bytes(self->buffer, data + done, static_cast<usize>(kept));
      self->write_end = kept;
      return raise_blocked(done + kept);
    }
    done += put;
    TRY(check_signals());
  }
  copy_bytes(self->buffer, data + done, static_cast<usize>(size - done));
  self->write_end = size - done;
  return int_from_ssize_t(size);
}
}  // namespace adder::io
