// output: the buffer of a pickler, and the frames of protocol 4 in it.
//
// Layout     while frames are wanted, bytes lie in the open frame, whose head is filled in at its end: opcode and size.
// See        PEP 3154
#include "modules/_pickle/pickler.h"

namespace adder::pickle {
namespace {
constexpr isize kTinyOutputSize = 440;
}

char* output_room_slowly(Pickler* p, isize size) {
  isize head = p->framing && p->frame_start < 0 ? kFrameHead : 0;
  if (size > kMaxSize - p->output_size - kFrameHead) {
    (void)raise_no_memory();
    return nullptr;
  }
  isize needed = p->output_size + head + size;
  if (!p->output || needed > p->output->ob_size) {
    isize capacity = p->output ? needed > kMaxSize / 3 * 2 ? kMaxSize : needed / 2 * 3 : needed;
    // Many pickles are tiny: the first buffer is a small block of memory, the second is large.
    isize least = p->output || p->write || capacity > kTinyOutputSize ? kFirstOutputSize : kTinyOutputSize;
    if (capacity < least) capacity = least;
    auto grown =
        p->output ? bytes_resize(Ref<Bytes>::steal(std::exchange(p->output, nullptr)), capacity) : bytes_new(capacity);
    if (grown.failed()) {
      p->output_size = 0;
      p->frame_start = -1;
      return nullptr;
    }
    p->output = grown.take().release();
  }
  if (head) {
    p->frame_start = p->output_size;
    p->output_size += kFrameHead;
  }
  return p->output->ob_sval + p->output_size;
}
void output_reset(Pickler* p) {
  // A large buffer is not kept for what comes.
  if (p->output && p->output->ob_size > 2 * kFrameTarget) clear_field(p->output);
  p->output_size = 0;
  p->frame_start = -1;
}
void frame_end(Pickler* p) {
  if (p->frame_start < 0) return;
  char* head = p->output->ob_sval + p->frame_start;
  isize size = p->output_size - p->frame_start - kFrameHead;
  p->frame_start = -1;
  if (size >= kFrameMinimum) {
    *head = static_cast<char>(kFrame);
    std::memcpy(head + 1, &size, 8);
  } else {
    std::memmove(head, head + kFrameHead, static_cast<usize>(size));
    p->output_size -= kFrameHead;
  }
}
Result<void> frame_end_if_full_slowly(Pickler* p) {
  frame_end(p);
  return p->write ? output_flush(p) : Result<void>();
}
Result<Bytes> output_take(Pickler* p) {
  frame_end(p);
  isize size = std::exchange(p->output_size, 0);
  if (!p->output) return Result<Bytes>::share(bytes_empty());
  // Short pickles leave the buffer to its owner's next one.
  if (size < kFirstOutputSize / 4) return bytes_from_view({p->output->ob_sval, static_cast<usize>(size)});
  return bytes_resize(Ref<Bytes>::steal(std::exchange(p->output, nullptr)), size);
}
Result<void> output_flush(Pickler* p) {
  Ref<Bytes> content = TRY(output_take(p));
  Ref<Object> write = new_ref(p->write);
  TRY(call(write.get(), static_cast<Object*>(content.get())));
  return {};
}
Result<void> write_data(Pickler* p, const char* head, isize head_size, const char* data, isize size,
                        Opt<Object*> object) {
  if (size < kFrameTarget) {
    char* room = output_room(p, head_size + size);
    if (!room) return Error{};
    std::memcpy(room, head, static_cast<usize>(head_size));
    std::memcpy(room + head_size, data, static_cast<usize>(size));
    output_commit(p, head_size + size);
    return {};
  }
  int framing = p->framing;
  frame_end(p);
  p->framing = 0;
  auto put = [&]() -> Result<void> {
    TRY(write(p, head, head_size));
    if (!p->write) return write(p, data, size);
    Ref<Object> payload = Ref<Object>::share_or_empty(object.get());
    if (!payload) payload = TRY(bytes_from_view({data, static_cast<usize>(size)}));
    TRY(output_flush(p));
    Ref<Object> file_write = Ref<Object>::share_or_empty(p->write);
    if (file_write) TRY(call(file_write.get(), payload.get()));
    return {};
  };
  auto result = put();
  p->framing = framing;
  return result;
}
}  // namespace adder::pickle
