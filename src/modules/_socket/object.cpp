// object: the type _socket.socket.
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "modules/_socket/socket.h"
#include "runtime/lifecycle.h"
#include "types/float.h"

namespace adder::net {
i64 monotonic_now() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<i64>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

Result<bool> wait_ready(int fd, Direction direction, i64 timeout, bool connecting) {
  i64 deadline = monotonic_now() + timeout;
  for (;;) {
    pollfd waited = {fd, static_cast<short>(direction == Direction::kWrite ? POLLOUT : POLLIN), 0};
    // A failed connection shows as an error.
    if (connecting) waited.events |= POLLERR;
    i64 left = timeout < 0 ? -1 : deadline - monotonic_now();
    if (timeout >= 0 && left < 0) left = 0;
    int done, error;
    {
      WithoutGil released;
      done = ::poll(&waited, 1, timeout < 0 ? -1 : static_cast<int>((left + 999999) / 1000000));
      error = errno;
    }
    if (done > 0) return true;
    if (done == 0) return false;
    if (error != EINTR) {
      errno = error;
      return raise_errno(OSError);
    }
    TRY(check_signals());
  }
}

Result<i64> timeout_from_object(Object* object) {
  if (object == None) return i64{-1};
  double seconds = TRY(float_as_double(object));
  if (std::isnan(seconds)) return raise(ValueError, "Invalid value NaN (not a number)");
  if (seconds < 0) return raise(ValueError, "Timeout value out of range");
  double nanoseconds = std::ceil(seconds * 1e9);
  if (!(nanoseconds < 9.2e18)) return raise(OverflowError, "timestamp too large to convert to C _PyTime_t");
  if (nanoseconds / 1e6 > 2147483647.0) return raise(OverflowError, "timeout doesn't fit into C timeval");
  return static_cast<i64>(nanoseconds);
}
Result<Object> timeout_to_object(i64 timeout) {
  return timeout < 0 ? none_result() : Result<Object>(float_from_double(static_cast<double>(timeout) / 1e9));
}

namespace {
constexpr int kInvalid = -1;

Result<void> set_blocking_mode(int fd, bool blocking) {
  int flag = !blocking;
  if (::ioctl(fd, FIONBIO, &flag) < 0) return raise_errno(OSError);
  return {};
}
Result<void> setup(Socket* self, int fd, int family, int type, int protocol) {
  self->fd = fd;
  self->family = family;
  self->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  self->protocol = protocol;
  self->error_handler = [] {
    (void)raise_errno(OSError);
    return static_cast<PyObject*>(nullptr);
  };
  if (type & SOCK_NONBLOCK) {
    self->timeout = 0;
  } else {
    self->timeout = state().default_timeout;
    if (self->timeout >= 0) TRY(set_blocking_mode(fd, false));
  }
  return {};
}
PyObject* socket_new(PyTypeObject* type, PyObject*, PyObject*) {
  shut_down_thoroughly();  // a socket that is left open warns
  Object* object = type->tp_alloc(type, 0);
  if (!object) return nullptr;
  Socket* self = static_cast<Socket*>(object);
  self->fd = kInvalid;
  self->timeout = -1;
  return object;
}
constexpr Doc socket_doc =
    "socket(family=-1, type=-1, proto=-1, fileno=None)\n--\n\nOpen a socket of the given type.\n\nThe family argument "
    "specifies the address family; it defaults to AF_INET.  The type argument specifies whether this is a stream "
    "(SOCK_STREAM, this is the default) or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0, "
    "specifying "
    "the default protocol.";
Result<void> socket_init(Socket* self, int family, int type, int protocol, Object* fileno) {
  Ref<Int> f = TRY(int_from_i64(family))
  , t = TRY(int_from_i64(type))
  , p = TRY(int_from_i64(protocol));
  TRY(audit("socket.__new__", static_cast<Object*>(self), static_cast<Object*>(f.get()), static_cast<Object*>(t.get()),
            static_cast<Object*>(p.get())));
  int fd;
  if (fileno != None) {
    if (is_float(fileno)) return raise(TypeError, "integer argument expected, got float");
    fd = TRY(int_as_int(fileno));
    if (fd < 0) return raise(ValueError, "negative file descriptor");
    Address address;
    socklen_t length = sizeof address;
    std::memset(&address, 0, sizeof address);
    if (::getsockname(fd, &address.any, &length) < 0) {
      if (family == -1 || errno == EBADF || errno == ENOTSOCK) return raise_errno(OSError);
    } else if (family == -1) {
      family = address.any.sa_family;
    }
    socklen_t size = sizeof type;
    if (type == -1 && ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) return raise_errno(OSError);
    size = sizeof protocol;
    if (protocol == -1 && ::getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0) return raise_errno(OSError);
  } else {
    if (family == -1) family = AF_INET;
    if (type == -1) type = SOCK_STREAM;
    if (protocol == -1) protocol = 0;
    {
      WithoutGil released;
      fd = ::socket(family, type | SOCK_CLOEXEC, protocol);
    }
    if (fd < 0) return raise_errno(OSError);
  }
  Result<void> done = setup(self, fd, family, type, protocol);
  if (done.failed() && fileno == None) ::close(fd);
  return done;
}

constexpr Doc accept_doc =
    "_accept($self, /)\n--\n\n_accept() -> (integer, address info)\n\nWait for an incoming connection.  Return a new "
    "socket file descriptor\nrepresenting the connection, and the address of the client.\nFor IP sockets, the address "
    "info is a pair (hostaddr, port).";
Result<Object> socket_accept(Socket* self) {
  Address address;
  socklen_t length = sizeof address;
  isize fd = TRY(socket_call(self, Direction::kRead, [&] {
    length = sizeof address;
    return static_cast<isize>(::accept4(self->fd, &address.any, &length, SOCK_CLOEXEC));
  }));
  auto result = [&]() -> Result<Object> {
    Ref<Int> number = TRY(int_from_ssize_t(fd));
    Ref<Object> from = TRY(address_to_object(static_cast<int>(fd), address, length, self->protocol));
    return tuple_pack(static_cast<Object*>(number.get()), from.get());
  }();
  if (result.failed()) ::close(static_cast<int>(fd));
  return result;
}
constexpr Doc setblocking_doc =
    "setblocking($self, flag, /)\n--\n\nsetblocking(flag)\n\nSet the socket to blocking (flag is true) or non-blocking "
    "(false).\nsetblocking(True) is equivalent to settimeout(None);\nsetblocking(False) is equivalent to "
    "settimeout(0.0).";
Result<void> socket_setblocking(Socket* self, bool flag) {
  self->timeout = flag ? -1 : 0;
  return set_blocking_mode(self->fd, flag);
}
constexpr Doc getblocking_doc =
    "getblocking($self, /)\n--\n\ngetblocking()\n\nReturns True if socket is in blocking mode, or False if it\nis in "
    "non-blocking mode.";
Result<bool> socket_getblocking(Socket* self) { return self->timeout != 0; }
constexpr Doc settimeout_doc =
    "settimeout($self, timeout, /)\n--\n\nsettimeout(timeout)\n\nSet a timeout on socket operations.  'timeout' can be "
    "a float,\ngiving in seconds, or None.  Setting a timeout of None disables\nthe timeout feature and is equivalent "
    "to setblocking(1).\nSetting a timeout of zero is the same as setblocking(0).";
Result<void> socket_settimeout(Socket* self, Object* value) {
  self->timeout = TRY(timeout_from_object(value));
  return set_blocking_mode(self->fd, self->timeout < 0);
}
constexpr Doc gettimeout_doc =
    "gettimeout($self, /)\n--\n\ngettimeout() -> timeout\n\nReturns the timeout in seconds (float) associated with "
    "socket\noperations. A timeout of None indicates that timeouts on socket\noperations are disabled.";
Result<Object> socket_gettimeout(Socket* self) { return timeout_to_object(self->timeout); }

constexpr Doc setsockopt_doc =
    "setsockopt($self, level, option, value, optlen=NULL, /)\n--\n\nsetsockopt(level, option, value: "
    "int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSet a socket "
    "option.  See the Unix manual for level and option.\nThe value argument can either be an integer, a string buffer, "
    "or\nNone, optlen.";
Result<void> socket_setsockopt(Socket* self, int level, int option, Object* value, Opt<Object*> length) {
  int done;
  if (self->family == AF_VSOCK) {
    if (length) return raise(TypeError, "setsockopt() takes exactly 3 arguments (4 given)");
    if (!is_int(value))
      return raise(TypeError, "setsockopt() argument 3 must be int, not %.50s", type_of(value)->tp_name);
    u64 number = int_as_u64_mask(as<Int>(value));
    done = ::setsockopt(self->fd, level, option, &number, sizeof number);
  } else if (length) {
    if (value != None)
      return raise(TypeError, "setsockopt() argument 3 must be None, not %.50s", type_of(value)->tp_name);
    done = ::setsockopt(self->fd, level, option, nullptr, static_cast<socklen_t>(TRY(int_as_u64(length.get()))));
  } else if (is_int(value)) {
    int number = TRY(int_as_int(value));
    done = ::setsockopt(self->fd, level, option, &number, sizeof number);
  } else {
    BufferView view;
    TRY(view.acquire(value));
    done = ::setsockopt(self->fd, level, option, view.data(), static_cast<socklen_t>(view.size()));
  }
  if (done < 0) return raise_errno(OSError);
  return {};
}
constexpr Doc getsockopt_doc =
    "getsockopt($self, level, option, buffersize=0, /)\n--\n\ngetsockopt(level, option[, buffersize]) -> value\n\nGet "
    "a socket option.  See the Unix manual for level and option.\nIf a nonzero buffersize argument is given, the "
    "return value is a\nstring of that length; otherwise it is an integer.";
Result<Object> socket_getsockopt(Socket* self, int level, int option, int size) {
  if (self->family == AF_VSOCK) {  // its options have 64 bits
    if (size) return raise(OSError, "getsockopt string buffer not allowed");
    u64 value = 0;
    socklen_t length = sizeof value;
    if (::getsockopt(self->fd, level, option, &value, &length) < 0) return raise_errno(OSError);
    return int_from_u64(value);
  }
  if (size == 0) {
    int value = 0;
    socklen_t length = sizeof value;
    if (::getsockopt(self->fd, level, option, &value, &length) < 0) return raise_errno(OSError);
    return int_from_i64(value);
  }
  if (size < 0 || size > 1024) return raise(OSError, "getsockopt buflen out of range");
  Ref<Bytes> buffer = TRY(bytes_new(size));
  socklen_t length = static_cast<socklen_t>(size);
  if (::getsockopt(self->fd, level, option, bytes_data(buffer), &length) < 0) return raise_errno(OSError);
  return bytes_resize(std::move(buffer), length);
}
constexpr Doc bind_doc =
    "bind($self, address, /)\n--\n\nbind(address)\n\nBind the socket to a local address.  For IP sockets, the address "
    "is a\npair (host, port); the host must refer to the local host. For raw packet\nsockets the address is a tuple "
    "(ifname, proto [,pkttype [,hatype [,addr]]])";
Result<void> socket_bind(Socket* self, Object* object) {
  Address address;
  socklen_t length = TRY(address_from_object(self, object, address, "bind"));
  TRY(audit("socket.bind", static_cast<Object*>(self), object));
  int done;
  {
    WithoutGil released;
    done = ::bind(self->fd, &address.any, length);
  }
  if (done < 0) return raise_errno(OSError);
  return {};
}
constexpr Doc listen_doc =
    "listen($self, backlog=128, /)\n--\n\nlisten([backlog])\n\nEnable a server to accept connections.  If backlog is "
    "specified, it must be\nat least 0 (if it is lower, it is set to 0); it specifies the number of\nunaccepted "
    "connections that the system will allow before refusing new\nconnections. If not specified, a default reasonable "
    "value is chosen.";
Result<void> socket_listen(Socket* self, int backlog) {
  int done;
  {
    WithoutGil released;
    done = ::listen(self->fd, backlog < 0 ? 0 : backlog);
  }
  if (done < 0) return raise_errno(OSError);
  return {};
}
// 0, or an errno; fails when a signal handler raised. A timeout is -1.
Result<int> connect_to(Socket* self, const Address& address, socklen_t length) {
  int error = 0;
  {
    WithoutGil released;
    if (::connect(self->fd, &address.any, length) < 0) error = errno;
  }
  if (error == 0) return 0;
  bool wait = error == EINTR || (self->timeout > 0 && error == EINPROGRESS);
  if (error == EINTR) TRY(check_signals());
  if (!wait) return error;
  if (self->timeout == 0) return error;
  // The connection is being made: wait, then ask how it ended.
  if (!TRY(wait_ready(self->fd, Direction::kWrite, self->timeout, true))) return -1;
  socklen_t size = sizeof error;
  if (::getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return errno;
  return error == EISCONN ? 0 : error;
}
constexpr Doc connect_doc =
    "connect($self, address, /)\n--\n\nconnect(address)\n\nConnect the socket to a remote address.  For IP sockets, "
    "the address\nis a pair (host, port).";
Result<void> socket_connect(Socket* self, Object* object) {
  Address address;
  socklen_t length = TRY(address_from_object(self, object, address, "connect"));
  TRY(audit("socket.connect", static_cast<Object*>(self), object));
  int error = TRY(connect_to(self, address, length));
  if (error == -1) return raise(TimeoutError, "timed out");
  if (error) {
    errno = error;
    return raise_errno(OSError);
  }
  return {};
}
constexpr Doc connect_ex_doc =
    "connect_ex($self, address, /)\n--\n\nconnect_ex(address) -> errno\n\nThis is like connect(address), but returns "
    "an error code (the errno value)\ninstead of raising an exception when an error occurs.";
Result<int> socket_connect_ex(Socket* self, Object* object) {
  Address address;
  socklen_t length = TRY(address_from_object(self, object, address, "connect_ex"));
  TRY(audit("socket.connect", static_cast<Object*>(self), object));
  int error = TRY(connect_to(self, address, length));
  return error == -1 ? EWOULDBLOCK : error;
}
constexpr Doc close_doc = "close($self, /)\n--\n\nclose()\n\nClose the socket.  It cannot be used after this call.";
Result<void> close_descriptor(int fd) {
  int done, error;
  {
    WithoutGil released;
    done = ::close(fd);
    error = errno;
  }
  // The peer's reset is no error of closing.
  if (done < 0 && error != ECONNRESET) {
    errno = error;
    return raise_errno(OSError);
  }
  return {};
}
Result<void> socket_close(Socket* self) {
  int fd = std::exchange(self->fd, kInvalid);
  return fd == kInvalid ? Result<void>{} : close_descriptor(fd);
}
constexpr Doc detach_doc =
    "detach($self, /)\n--\n\ndetach()\n\nClose the socket object without closing the underlying file descriptor.\nThe "
    "object cannot be used after this call, but the file descriptor\ncan be reused for other purposes.  The file "
    "descriptor is returned.";
Result<int> socket_detach(Socket* self) { return std::exchange(self->fd, kInvalid); }
constexpr Doc fileno_doc =
    "fileno($self, /)\n--\n\nfileno() -> integer\n\nReturn the integer file descriptor of the socket.";
Result<int> socket_fileno(Socket* self) { return self->fd; }
constexpr Doc shutdown_doc =
    "shutdown($self, flag, /)\n--\n\nshutdown(flag)\n\nShut down the reading side of the socket (flag == SHUT_RD), the "
    "writing side\nof the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).";
Result<void> socket_shutdown(Socket* self, int how) {
  int done;
  {
    WithoutGil released;
    done = ::shutdown(self->fd, how);
  }
  if (done < 0) return raise_errno(OSError);
  return {};
}
template <class Call>
Result<Object> name_of(Socket* self, Call call) {
  Address address;
  socklen_t length = sizeof address;
  int done;
  {
    WithoutGil released;
    done = call(self->fd, &address.any, &length);
  }
  if (done < 0) return raise_errno(OSError);
  return address_to_object(self->fd, address, length, self->protocol);
}
constexpr Doc getsockname_doc =
    "getsockname($self, /)\n--\n\ngetsockname() -> address info\n\nReturn the address of the local endpoint. The "
    "format depends on the\naddress family. For IPv4 sockets, the address info is a pair\n(hostaddr, port).";
Result<Object> socket_getsockname(Socket* self) { return name_of(self, ::getsockname); }
constexpr Doc getpeername_doc =
    "getpeername($self, /)\n--\n\ngetpeername() -> address info\n\nReturn the address of the remote endpoint.  For IP "
    "sockets, the address\ninfo is a pair (hostaddr, port).";
Result<Object> socket_getpeername(Socket* self) { return name_of(self, ::getpeername); }

// == Receiving ==

Result<isize> receive(Socket* self, char* data, isize size, int flags) {
  if (size == 0) return isize{0};
  return socket_call(self, Direction::kRead, [&] { return ::recv(self->fd, data, static_cast<usize>(size), flags); });
}
constexpr Doc recv_doc =
    "recv($self, buffersize, flags=0, /)\n--\n\nrecv(buffersize[, flags]) -> data\n\nReceive up to buffersize bytes "
    "from the socket.  For the optional flags\nargument, see the Unix manual.  When no data is available, block "
    "until\nat least one byte is available or until the remote end is closed.  When\nthe remote end is closed and all "
    "data is read, return the empty string.";
Result<Object> socket_recv(Socket* self, isize size, int flags) {
  if (size < 0) return raise(ValueError, "negative buffersize in recv");
  Ref<Bytes> data = TRY(bytes_new(size));
  isize got = TRY(receive(self, bytes_data(data), size, flags));
  return bytes_resize(std::move(data), got);
}
constexpr Doc recv_into_doc =
    "recv_into($self, /, buffer, nbytes=0, flags=0)\n--\n\nrecv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nA "
    "version of recv() that stores its data into a buffer rather than creating\na new string.  Receive up to "
    "buffersize bytes from the socket.  If buffersize\nis not specified (or 0), receive up to the size available in "
    "the given buffer.\n\nSee recv() for documentation about the "
    "flags.";
Result<isize> socket_recv_into(Socket* self, Object* buffer, isize size, int flags) {
  BufferView view;
  TRY(view.acquire(buffer, PyBUF_WRITABLE));
  if (size < 0) return raise(ValueError, "negative buffersize in recv_into");
  if (size == 0) size = view.size();
  if (view.size() < size) return raise(ValueError, "buffer too small for requested bytes");
  return receive(self, view.writable_data(), size, flags);
}
Result<isize> receive_from(Socket* self, char* data, isize size, int flags, Ref<Object>& from) {
  Address address;
  socklen_t length = 0;
  isize got = TRY(socket_call(self, Direction::kRead, [&] {
    length = sizeof address;
    std::memset(&address, 0, sizeof address);
    return ::recvfrom(self->fd, data, static_cast<usize>(size), flags, &address.any, &length);
  }));
  from = TRY(address_to_object(self->fd, address, length, self->protocol));
  return got;
}
constexpr Doc recvfrom_doc =
    "recvfrom($self, buffersize, flags=0, /)\n--\n\nrecvfrom(buffersize[, flags]) -> (data, address info)\n\nLike "
    "recv(buffersize, flags) but also return the sender's address info.";
Result<Object> socket_recvfrom(Socket* self, isize size, int flags) {
  if (size < 0) return raise(ValueError, "negative buffersize in recvfrom");
  Ref<Bytes> data = TRY(bytes_new(size));
  Ref<Object> from;
  isize got = TRY(receive_from(self, bytes_data(data), size, flags, from));
  data = TRY(bytes_resize(std::move(data), got));
  return tuple_pack(static_cast<Object*>(data.get()), from.get());
}
constexpr Doc recvfrom_into_doc =
    "recvfrom_into($self, /, buffer, nbytes=0, flags=0)\n--\n\nrecvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, "
    "address info)\n\nLike recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.";
Result<Object> socket_recvfrom_into(Socket* self, Object* buffer, isize size, int flags) {
  BufferView view;
  TRY(view.acquire(buffer, PyBUF_WRITABLE));
  if (size < 0) return raise(ValueError, "negative buffersize in recvfrom_into");
  if (size == 0) size = view.size();
  if (view.size() < size) return raise(ValueError, "nbytes is greater than the length of the buffer");
  Ref<Object> from;
  isize got = TRY(receive_from(self, view.writable_data(), size, flags, from));
  Ref<Int> count = TRY(int_from_ssize_t(got));
  return tuple_pack(static_cast<Object*>(count.get()), from.get());
}

// == Sending ==

constexpr Doc send_doc =
    "send($self, data, flags=0, /)\n--\n\nsend(data[, flags]) -> count\n\nSend a data string to the socket.  For the "
    "optional flags\nargument, see the Unix manual.  Return the number of bytes\nsent; this may be less than len(data) "
    "if the network is busy.";
Result<isize> socket_send(Socket* self, Object* object, int flags) {
  BufferView data;
  TRY(data.acquire(object));
  return socket_call(self, Direction::kWrite,
                     [&] { return ::send(self->fd, data.data(), static_cast<usize>(data.size()), flags); });
}
constexpr Doc sendall_doc =
    "sendall($self, data, flags=0, /)\n--\n\nsendall(data[, flags])\n\nSend a data string to the socket.  For the "
    "optional flags\nargument, see the Unix manual.  This calls send() repeatedly\nuntil all data is sent.  If an "
    "error occurs, it's impossible\nto tell how much data has been sent.";
Result<void> socket_sendall(Socket* self, Object* object, int flags) {
  BufferView data;
  TRY(data.acquire(object));
  // The timeout holds for all of it.
  i64 deadline = self->timeout > 0 ? monotonic_now() + self->timeout : 0;
  for (isize done = 0; done < data.size();) {
    i64 timeout = self->timeout;
    if (timeout > 0) {
      timeout = deadline - monotonic_now();
      if (timeout <= 0) return raise(TimeoutError, "timed out");
    }
    done += TRY(socket_call(
        self, Direction::kWrite,
        [&] { return ::send(self->fd, data.data() + done, static_cast<usize>(data.size() - done), flags); }, timeout));
    TRY(check_signals());
  }
  return {};
}
constexpr const char* sendto_doc =
    "sendto(data[, flags], address) -> count\n\nLike send(data, flags) but allows specifying the destination "
    "address.\nFor IP sockets, the address is a pair (hostaddr, port).";
Result<Object> socket_sendto(Socket* self, Object* object, Object* flags_object, Opt<Object*> address_object) {
  int flags = address_object ? TRY(int_as_int(flags_object)) : 0;
  Object* target = address_object.value_or(flags_object);
  BufferView data;
  TRY(data.acquire(object));
  Address address;
  socklen_t length = TRY(address_from_object(self, target, address, "sendto"));
  TRY(audit("socket.sendto", static_cast<Object*>(self), target));
  isize sent = TRY(socket_call(self, Direction::kWrite, [&] {
    return ::sendto(self->fd, data.data(), static_cast<usize>(data.size()), flags, &address.any, length);
  }));
  return int_from_ssize_t(sent);
}
PyObject* sendto_method(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count < 2 || count > 3) {
    (void)raise(TypeError, "sendto() takes 2 or 3 arguments (%zd given)", count);
    return nullptr;
  }
  Opt<Object*> address;
  if (count == 3) address = args[2];
  return socket_sendto(static_cast<Socket*>(self), args[0], args[1], address).to_c();
}

Result<Str> repr(Socket* self) {
  return str_from_format("<socket object, fd=%ld, family=%d, type=%d, proto=%d>", static_cast<long>(self->fd),
                         self->family, self->type, self->protocol);
}
void finalize(PyObject* object) {
  Socket* self = static_cast<Socket*>(object);
  if (self->fd == kInvalid) return;
  ErrorSaver saved;
  if (warn_resource(object, 1, "unclosed %R", object).failed()) {
    if (error_matches(Warning))
      error_write_unraisable(object);
    else
      error_clear();
  }
  int fd = std::exchange(self->fd, kInvalid);
  WithoutGil released;
  ::close(fd);
}
void dealloc(PyObject* object) {
  if (object_call_finalizer_from_dealloc(object)) return;
  object_free(object);
}
constinit PyMethodDef methods[] = {
    method<socket_accept, accept_doc>(),
    method<socket_bind, bind_doc>(),
    method<socket_close, close_doc>(),
    method<socket_connect, connect_doc>(),
    method<socket_connect_ex, connect_ex_doc>(),
    method<socket_detach, detach_doc>(),
    method<socket_fileno, fileno_doc>(),
    method<socket_getpeername, getpeername_doc>(),
    method<socket_getsockname, getsockname_doc>(),
    method<socket_getsockopt, getsockopt_doc>(),
    method<socket_listen, listen_doc>(),
    method<socket_recv, recv_doc>(),
    method<socket_recv_into, recv_into_doc>(),
    method<socket_recvfrom, recvfrom_doc>(),
    method<socket_recvfrom_into, recvfrom_into_doc>(),
    method<socket_send, send_doc>(),
    method<socket_sendall, sendall_doc>(),
    raw_method("sendto", sendto_method, METH_FASTCALL, sendto_doc),
    method<socket_setblocking, setblocking_doc>(),
    method<socket_getblocking, getblocking_doc>(),
    method<socket_settimeout, settimeout_doc>(),
    method<socket_gettimeout, gettimeout_doc>(),
    method<socket_setsockopt, setsockopt_doc>(),
    method<socket_shutdown, shutdown_doc>(),
    {},
};
constinit PyMemberDef members[] = {
    member("family", T_INT, offsetof(Socket, family), READONLY, "the socket family"),
    member("type", T_INT, offsetof(Socket, type), READONLY, "the socket type"),
    member("proto", T_INT, offsetof(Socket, protocol), READONLY, "the socket protocol"),
    {},
};
Result<Object> get_timeout(Socket* self) { return timeout_to_object(self->timeout); }
constinit PyGetSetDef getset[] = {get_set<get_timeout>("timeout", "the socket timeout"), {}};

// == Functions on descriptors ==

constexpr Doc close_function_doc =
    "close($module, fd, /)\n--\n\nclose(integer) -> None\n\nClose an integer socket file descriptor.  This is like "
    "os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors.";
Result<void> close_function(Module*, int fd) { return close_descriptor(fd); }
constexpr Doc dup_doc =
    "dup($module, fd, /)\n--\n\ndup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like "
    "os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors.";
Result<int> dup_function(Module*, int fd) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return raise_errno(OSError);
  return copy;
}
constexpr Doc socketpair_doc =
    "socketpair($module, family=-1, type=-1, proto=0, /)\n--\n\nsocketpair([family[, type [, proto]]]) -> (socket "
    "object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() "
    "function.\nThe arguments are the same as for socket() except the default family is\nAF_UNIX if defined on the "
    "platform; otherwise, the default is AF_INET.";
Result<Object> socketpair_function(Module*, int family, int type, int protocol) {
  if (family == -1) family = AF_UNIX;
  if (type == -1) type = SOCK_STREAM;
  int ends[2], done;
  {
    WithoutGil released;
    done = ::socketpair(family, type | SOCK_CLOEXEC, protocol, ends);
  }
  if (done < 0) return raise_errno(OSError);
  Ref<Object> made[2];
  for (int i = 0; i < 2; ++i) {
    made[i] = Ref<Object>::steal(socket_new(&_PySocket_Type, nullptr, nullptr));
    if (!made[i] || setup(static_cast<Socket*>(made[i].get()), ends[i], family, type, protocol).failed()) {
      for (int k = i; k < 2; ++k) ::close(ends[k]);
      return Error{};
    }
  }
  return tuple_pack(made[0].get(), made[1].get());
}
constexpr Doc getdefaulttimeout_doc =
    "getdefaulttimeout($module, /)\n--\n\ngetdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds "
    "(float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the "
    "socket module is first imported, the default is None.";
Result<Object> getdefaulttimeout(Module*) { return timeout_to_object(state().default_timeout); }
constexpr Doc setdefaulttimeout_doc =
    "setdefaulttimeout($module, timeout, /)\n--\n\nsetdefaulttimeout(timeout)\n\nSet the default timeout in seconds "
    "(float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the "
    "socket module is first imported, the default is None.";
Result<void> setdefaulttimeout(Module*, Object* value) {
  state().default_timeout = TRY(timeout_from_object(value));
  return {};
}
}  // namespace

constinit PyMethodDef object_functions[] = {
    method<close_function, close_function_doc>(),       method<dup_function, dup_doc>(),
    method<socketpair_function, socketpair_doc>(),      method<getdefaulttimeout, getdefaulttimeout_doc>(),
    method<setdefaulttimeout, setdefaulttimeout_doc>(), {},
};
}  // namespace adder::net

using namespace adder;
using namespace adder::net;

constinit PyTypeObject _PySocket_Type = {
    .tp_name = "_socket.socket",
    .tp_basicsize = sizeof(Socket),
    .tp_dealloc = dealloc,
    .tp_repr = slot<repr>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = socket_doc.text,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = getset,
    .tp_init = initializer<socket_init, socket_doc>,
    .tp_alloc = type_generic_alloc,
    .tp_new = socket_new,
    .tp_free = object_plain_del,
    .tp_finalize = net::finalize,
};
