// input: the bytes of a pickle, from memory or from a file.
//
// Files      read(n) and readline() are needed; readinto(b) saves a copy of large data. With peek(n) the unpickler
// looks ahead
//            and takes from the file, by read(), only what it has used: the file's position is right behind the pickle.
#include <cstring>

#include "memory/allocator.h"
#include "modules/_pickle/unpickler.h"
#include "types/int.h"
#include "types/module.h"

namespace adder::pickle {
namespace {
constexpr isize kPrefetch = 128 * 1024;
// Data larger than this is read in pieces, so that a size that lies costs no memory.
constexpr isize kLargePiece = 16 * 1024 * 1024;

// Whether data is left that the file will not give again.
bool has_taken_data(Unpickler* u) { return u->position < u->buffer.len && u->prefetched == u->buffer.len; }
// Makes `object` the data and gives its size.
Result<isize> take_data(Unpickler* u, Object* object) {
  TRY(input_set_buffer(u, object));
  return u->buffer.len;
}
// More data from the file, of which at least `size` bytes are wanted.
Result<isize> read_from_file(Unpickler* u, isize size) {
  TRY(input_skip_consumed(u));
  if (u->peek && size < kPrefetch) {
    Ref<Object> peek = new_ref(u->peek);
    Ref<Int> wanted = TRY(int_from_i64(kPrefetch));
    auto answer = call(peek.get(), static_cast<Object*>(wanted.get()));
    if (!answer.failed()) {
      Ref<Object> data = answer.take();
      isize available = TRY(take_data(u, data));
      u->prefetched = 0;
      if (size <= available) return available;
    } else {
      // A file that only looks as if it could.
      if (!error_matches(PyExc_NotImplementedError)) return Error{};
      error_clear();
      clear_field(u->peek);
    }
  }
  Ref<Object> read = new_ref(u->read);
  Ref<Int> wanted = TRY(int_from_i64(size));
  Ref<Object> data = TRY(call(read.get(), static_cast<Object*>(wanted.get())));
  return take_data(u, data);
}
// Fills `target` with data from the file.
Result<void> fill_from_file(Unpickler* u, char* target, isize size) {
  if (!u->readinto) {
    Ref<Object> read = new_ref(u->read);
    Ref<Int> wanted = TRY(int_from_i64(size));
    Ref<Object> data = TRY(call(read.get(), static_cast<Object*>(wanted.get())));
    if (!is_bytes(data)) return raise(ValueError, "read() returned non-bytes object (%R)", data->ob_type);
    if (bytes_size(as<Bytes>(data.get())) < size) return raise_truncated(u);
    std::memcpy(target, bytes_data(as<Bytes>(data.get())), static_cast<usize>(size));
    return {};
  }
  Ref<Object> readinto = new_ref(u->readinto);
  Ref<Object> view = TRY(memoryview_from_memory(target, size, true));
  auto answer = call(readinto.get(), view.get());
  {
    // Whoever keeps the view must not write to memory that may be gone.
    ErrorSaver saver;
    if (call_method(view.get(), id::release).failed()) error_clear();
  }
  if (answer.failed()) return Error{};
  Ref<Object> count = answer.take();
  isize got = TRY(int_as_ssize_t(count));
  return got < size ? raise_truncated(u) : Result<void>();
}
// Reads `size` bytes into the object that `grow(object, size)` makes larger step by step; data(object) is its memory.
template <class T, class Grow, class Data>
Result<T> read_into_object(Unpickler* u, Ref<T>&& object, isize size, Grow&& grow, Data&& data) {
  isize done = 0, piece = kLargePiece;
  while (done < size) {
    isize available = u->buffer.len - u->position;
    isize next = size - done < available ? size : size - done <= piece ? size : done + piece;
    object = TRY(grow(std::move(object), next));
    isize from_memory = next - done < available ? next - done : available;
    if (from_memory > 0) {
      std::memcpy(data(object) + done, input_data(u) + u->position, static_cast<usize>(from_memory));
      u->position += from_memory;
      done += from_memory;
    }
    if (done < next) {
      if (!u->read) return raise_truncated(u);
      TRY(input_skip_consumed(u));
      TRY(fill_from_file(u, data(object) + done, next - done));
      done = next;
    }
    piece = done;
  }
  return std::move(object);
}
}  // namespace

Error raise_truncated(Unpickler* u) { return raise_unpickling(u->state, "pickle data was truncated"); }

void input_release(Unpickler* u) {
  u->position = u->prefetched = 0;
  Py_buffer old = std::exchange(u->buffer, Py_buffer{});
  if (old.obj) buffer_release(&old);
}
Result<void> input_set_buffer(Unpickler* u, Object* object) {
  input_release(u);
  Py_buffer view;
  TRY(object_get_buffer(object, &view, PyBUF_CONTIG_RO));
  u->buffer = view;
  u->prefetched = view.len;
  u->position = 0;
  return {};
}
Result<void> input_skip_consumed(Unpickler* u) {
  isize consumed = u->position - u->prefetched;
  if (consumed <= 0) return {};
  u->prefetched = u->position;
  Ref<Object> read = new_ref(u->read);
  Ref<Int> count = TRY(int_from_i64(consumed));
  TRY(call(read.get(), static_cast<Object*>(count.get())));
  return {};
}
const char* input_read_slowly(Unpickler* u, isize size) {
  auto run = [&]() -> Result<void> {
    if (size > kMaxSize - u->position) return raise_unpickling(u->state, "read would overflow (invalid bytecode)");
    if (!u->read) return raise_truncated(u);
    if (has_taken_data(u)) {
      // What is left of the data goes first; the file gives the rest.
      Ref<Bytes> whole = TRY(input_read_bytes(u, size));
      return input_set_buffer(u, whole);
    }
    isize got = TRY(read_from_file(u, size));
    return got < size ? raise_truncated(u) : Result<void>();
  };
  if (run().failed()) return nullptr;
  u->position = size;
  return input_data(u);
}
Result<Bytes> input_read_bytes(Unpickler* u, isize size) {
  isize available = u->buffer.len - u->position;
  if (size <= available) {
    const char* data = input_data(u) + u->position;
    u->position += size;
    return bytes_from_view({data, static_cast<usize>(size)});
  }
  if (!u->read) return raise_truncated(u);
  return read_into_object<Bytes>(
      u, new_ref(bytes_empty()), size,
      [](Ref<Bytes>&& bytes, isize wanted) { return bytes_resize(std::move(bytes), wanted); },
      [](Bytes* bytes) { return bytes_data(bytes); });
}
Result<ByteArray> input_read_bytearray(Unpickler* u, isize size) {
  isize available = u->buffer.len - u->position;
  if (size <= available) {
    const char* data = input_data(u) + u->position;
    u->position += size;
    return bytearray_from_view({data, static_cast<usize>(size)});
  }
  if (!u->read) return raise_truncated(u);
  Ref<ByteArray> array = TRY(bytearray_from_view({"", 0}));
  return read_into_object<ByteArray>(
      u, std::move(array), size,
      [](Ref<ByteArray>&& grown, isize wanted) -> Result<ByteArray> {
        TRY(bytearray_resize(grown, wanted));
        return std::move(grown);
      },
      [](ByteArray* grown) { return bytearray_data(grown); });
}
char* input_read_line(Unpickler* u, isize minimum, isize& size) {
  auto find = [&]() -> const char* {
    isize left = u->buffer.len - u->position;
    if (left <= 0) return nullptr;
    const char* start = input_data(u) + u->position;
    auto* end = static_cast<const char*>(std::memchr(start, '\n', static_cast<usize>(left)));
    return end ? end + 1 : nullptr;
  };
  auto run = [&]() -> Result<void> {
    const char* end = find();
    if (!end && u->read) {
      Ref<Bytes> head = new_ref(bytes_empty());
      if (has_taken_data(u)) {
        head = TRY(bytes_from_view({input_data(u) + u->position, static_cast<usize>(u->buffer.len - u->position)}));
      } else {
        // What was peeked at does not hold the whole line: the file reads it again.
        TRY(input_skip_consumed(u));
      }
      Ref<Object> readline = new_ref(u->readline);
      Ref<Object> line = TRY(object_call_no_args(readline));
      if (bytes_size(head)) line = TRY(bytes_concat(head, line));
      TRY(input_set_buffer(u, line));
      if (u->buffer.len && input_data(u)[u->buffer.len - 1] == '\n') end = input_data(u) + u->buffer.len;
    }
    if (!end) return raise_truncated(u);
    size = end - (input_data(u) + u->position);
    if (size < minimum) return raise_truncated(u);
    if (size >= u->line_capacity) {
      isize capacity = size + 1 > 64 ? size + 1 : 64;
      auto* line = static_cast<char*>(memory::reallocate(u->line, static_cast<usize>(capacity)));
      if (!line) return raise_no_memory();
      u->line = line;
      u->line_capacity = capacity;
    }
    std::memcpy(u->line, input_data(u) + u->position, static_cast<usize>(size));
    u->line[size] = 0;
    u->position += size;
    return {};
  };
  return run().failed() ? nullptr : u->line;
}
}  // namespace adder::pickle
