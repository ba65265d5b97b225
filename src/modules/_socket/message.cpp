// message: recvmsg, recvmsg_into, sendmsg with ancillary data.
#include <cerrno>
#include <climits>
#include <cstring>
#include <sys/uio.h>

#include "base/copy.h"
#include "memory/allocator.h"
#include "modules/_socket/socket.h"

namespace adder::net {
namespace {
// Buffers of an iterable as an iovec array.
class Vector {
 public:
  ~Vector() {
    for (isize i = 0; i < count_; ++i) buffer_release(&views_[i]);
    memory::release(views_);
    memory::release(vectors_);
  }
  Result<void> acquire(Object* buffers, bool writable, const char* message) {
    Ref<Object> items = TRY(sequence_fast(buffers, message));
    isize count = sequence_fast_size(items);
    if (count > INT_MAX) return raise(OSError, "%s", message);
    views_ = static_cast<Py_buffer*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(Py_buffer)));
    vectors_ = static_cast<iovec*>(memory::allocate(static_cast<usize>(count + 1) * sizeof(iovec)));
    if (!views_ || !vectors_) return raise_no_memory();
    for (isize i = 0; i < count; ++i) {
      Object* item = sequence_fast_items(items)[i];
      if (object_get_buffer(item, &views_[i], writable ? PyBUF_WRITABLE : PyBUF_SIMPLE).failed()) {
        if (!writable) return Error{};
        error_clear();
        return raise(TypeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
      }
      vectors_[i] = {views_[i].buf, static_cast<usize>(views_[i].len)};
      ++count_;
    }
    return {};
  }
  iovec* data() { return vectors_; }
  usize count() const { return static_cast<usize>(count_); }

 private:
  Py_buffer* views_ = nullptr;
  iovec* vectors_ = nullptr;
  isize count_ = 0;
};
struct Block {
  char* data = nullptr;
  ~Block() { memory::release(data); }
  Result<void> allocate(usize size) {
    data = static_cast<char*>(memory::allocate_zeroed(1, size + 1));
    if (!data) return raise_no_memory();
    return {};
  }
};

// What recvmsg shares with its twin: gives the count; fills ancillary list, flags and address.
struct Received {
  isize count;
  Ref<List> ancillary;
  int flags;
  Ref<Object> address;
};
Result<void> receive(Socket* self, iovec* vectors, usize count, isize ancillary_size, int flags, Received& out) {
  if (ancillary_size < 0 || ancillary_size > INT_MAX) return raise(ValueError, "invalid ancillary data buffer length");
  Block control;
  TRY(control.allocate(static_cast<usize>(ancillary_size)));
  Address address;
  msghdr message;
  out.count = TRY(socket_call(self, Direction::kRead, [&] {
    std::memset(&message, 0, sizeof message);
    std::memset(&address, 0, sizeof address);
    message.msg_name = &address;
    message.msg_namelen = sizeof address;
    message.msg_iov = vectors;
    message.msg_iovlen = count;
    message.msg_control = ancillary_size ? control.data : nullptr;
    message.msg_controllen = static_cast<usize>(ancillary_size);
    return ::recvmsg(self->fd, &message, flags);
  }));
  out.flags = message.msg_flags;
  out.ancillary = TRY(list_new());
  for (cmsghdr* item = message.msg_controllen ? CMSG_FIRSTHDR(&message) : nullptr; item;
       item = CMSG_NXTHDR(&message, item)) {
    usize head = reinterpret_cast<char*>(CMSG_DATA(item)) - reinterpret_cast<char*>(item);
    usize room = control.data + message.msg_controllen - reinterpret_cast<char*>(CMSG_DATA(item));
    usize size = item->cmsg_len < head ? 0 : item->cmsg_len - head;
    // The kernel may have cut the last item.
    if (size > room) size = room;
    Ref<Int> level = TRY(int_from_i64(item->cmsg_level))
    , type = TRY(int_from_i64(item->cmsg_type));
    Ref<Bytes> data = TRY(bytes_from_view({reinterpret_cast<char*>(CMSG_DATA(item)), size}));
    TRY(list_append_steal(out.ancillary,
                          TRY(tuple_pack(static_cast<Object*>(level.get()), static_cast<Object*>(type.get()),
                                         static_cast<Object*>(data.get())))));
  }
  out.address = TRY(address_to_object(
      self->fd, address, message.msg_namelen < sizeof address ? message.msg_namelen : sizeof address, self->protocol));
  return {};
}
Result<Object> pack(Object* first, Received& received) {
  Ref<Int> flags = TRY(int_from_i64(received.flags));
  return tuple_pack(first, static_cast<Object*>(received.ancillary.get()), static_cast<Object*>(flags.get()),
                    received.address.get());
}
constexpr Doc recvmsg_doc =
    "recvmsg($self, bufsize, ancbufsize=0, flags=0, /)\n--\n\nrecvmsg(bufsize[, ancbufsize[, flags]]) -> (data, "
    "ancdata, msg_flags, address)\n\nReceive normal data (up to bufsize bytes) and ancillary data from the\nsocket.";
Result<Object> recvmsg(Socket* self, isize size, isize ancillary_size, int flags) {
  if (size < 0) return raise(ValueError, "negative buffer size in recvmsg()");
  Ref<Bytes> data = TRY(bytes_new(size));
  iovec vector = {bytes_data(data), static_cast<usize>(size)};
  Received received;
  TRY(receive(self, &vector, 1, ancillary_size, flags, received));
  data = TRY(bytes_resize(std::move(data), received.count));
  return pack(data, received);
}
constexpr Doc recvmsg_into_doc =
    "recvmsg_into($self, buffers, ancbufsize=0, flags=0, /)\n--\n\nrecvmsg_into(buffers[, ancbufsize[, flags]]) -> "
    "(nbytes, ancdata, msg_flags, address)\n\nReceive normal data and ancillary data from the socket, scattering "
    "the\nnon-ancillary data into a series of buffers.";
Result<Object> recvmsg_into(Socket* self, Object* buffers, isize ancillary_size, int flags) {
  Vector vector;
  TRY(vector.acquire(buffers, true, "recvmsg_into() argument 1 must be an iterable"));
  Received received;
  TRY(receive(self, vector.data(), vector.count(), ancillary_size, flags, received));
  Ref<Int> count = TRY(int_from_ssize_t(received.count));
  return pack(count, received);
}

// Ancillary items as one control block.
Result<usize> build_control(Object* ancillary, Block& control) {
  Ref<Object> items = TRY(sequence_fast(ancillary, "sendmsg() argument 2 must be an iterable"));
  isize count = sequence_fast_size(items);
  usize total = 0;
  for (isize i = 0; i < count; ++i) {
    Object* item = sequence_fast_items(items)[i];
    if (!is_tuple(item) || tuple_size(as<Tuple>(item)) != 3) {
      return raise(TypeError, "[sendmsg() ancillary data items] must be sequences of length 3");
    }
    BufferView data;
    TRY(data.acquire(tuple_item(as<Tuple>(item), 2)));
    total += CMSG_SPACE(static_cast<usize>(data.size()));
  }
  TRY(control.allocate(total));
  char* cursor = control.data;
  for (isize i = 0; i < count; ++i) {
    Tuple* item = as<Tuple>(sequence_fast_items(items)[i]);
    BufferView data;
    TRY(data.acquire(tuple_item(item, 2)));
    usize size = static_cast<usize>(data.size());
    if (cursor + CMSG_SPACE(size) > control.data + total)
      return raise(RuntimeError, "unexpected change of ancillary data");
    cmsghdr* head = reinterpret_cast<cmsghdr*>(cursor);
    head->cmsg_level = TRY(int_as_int(tuple_item(item, 0)));
    head->cmsg_type = TRY(int_as_int(tuple_item(item, 1)));
    head->cmsg_len = CMSG_LEN(size);
    copy_bytes(CMSG_DATA(head), data.data(), size);
    cursor += CMSG_SPACE(size);
  }
  return total;
}
constexpr Doc sendmsg_doc =
    "sendmsg($self, buffers, ancdata=NULL, flags=0, address=None, /)\n--\n\nsendmsg(buffers[, ancdata[, flags[, "
    "address]]]) -> count\n\nSend normal and ancillary data to the socket, gathering the\nnon-ancillary data from a "
    "series of buffers and concatenating it into\na single message.";
Result<isize> sendmsg(Socket* self, Object* buffers, Opt<Object*> ancillary, int flags, Object* target) {
  Vector vector;
  TRY(vector.acquire(buffers, false, "sendmsg() argument 1 must be an iterable"));
  Address address;
  msghdr message = {};
  if (target != None) {
    message.msg_namelen = TRY(address_from_object(self, target, address, "sendmsg"));
    message.msg_name = &address;
  }
  TRY(audit("socket.sendmsg", static_cast<Object*>(self), target));
  message.msg_iov = vector.data();
  message.msg_iovlen = vector.count();
  Block control;
  if (ancillary) {
    message.msg_controllen = TRY(build_control(ancillary.get(), control));
    message.msg_control = message.msg_controllen ? control.data : nullptr;
  }
  return socket_call(self, Direction::kWrite, [&] { return ::sendmsg(self->fd, &message, flags); });
}
constexpr Doc afalg_doc =
    "sendmsg_afalg($self, /, *args, **kwargs)\n--\n\nsendmsg_afalg([msg], *, op[, iv[, assoclen[, "
    "flags=MSG_MORE]]])\n\nSet operation mode, IV and length of associated data for an AF_ALG\noperation socket.";
Result<Object> sendmsg_afalg(Socket*, Tuple*, Opt<Dict*>) {
  return raise(NotImplementedError, "sendmsg_afalg() is missing: AF_ALG addresses are not supported");
}
}  // namespace

constinit PyMethodDef message_methods[] = {
    method<recvmsg, recvmsg_doc>(),
    method<recvmsg_into, recvmsg_into_doc>(),
    method<sendmsg, sendmsg_doc>(),
    method<sendmsg_afalg, afalg_doc>(),
    {},
};
}  // namespace adder::net
