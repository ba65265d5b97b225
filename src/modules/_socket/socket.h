// socket: what the parts of module _socket share.
//
// Files      address.cpp (addresses of the families), object.cpp (the socket type), message.cpp (recvmsg, sendmsg),
// resolver.cpp
//            (names, addresses, services), module.cpp
#pragma once
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bind/bind.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

extern "C" PyTypeObject _PySocket_Type;

namespace adder::net {
// ABI: _ssl reads it inline.
struct Socket : PyObject {
  int fd, family, type, protocol;
  PyObject* (*error_handler)();
  i64 timeout;  // nanoseconds; -1: blocking, 0: non-blocking
};
static_assert(sizeof(Socket) == 48);

struct State {
  Object *herror, *gaierror;
  i64 default_timeout;
};
State& state();

union Address {
  sockaddr any;
  sockaddr_in in;
  sockaddr_in6 in6;
  sockaddr_un un;
  sockaddr_storage storage;
};
// From Python's form for the family (`method` completes messages); gives the length.
Result<socklen_t> address_from_object(Socket* self, Object* object, Address& address, const char* method);
// To Python's form; None for no address.
Result<Object> address_to_object(int fd, const Address& address, socklen_t length, int protocol);
// Resolves a host name ("" is any, "<broadcast>" is broadcast) to one address.
Result<void> resolve_host(const char* name, Address& address, socklen_t room, int family, int* length);
Error raise_gaierror(int code);
Error raise_herror(int code);

// Waits until the socket can read or write and calls `call` until it does not say "try again"; its value, or OSError /
// TimeoutError. `deadline_timeout` -2 means the socket's own timeout.
enum class Direction { kRead, kWrite };
i64 monotonic_now();
// 1 ready, 0 timed out, fails after a signal handler raised.
Result<bool> wait_ready(int fd, Direction direction, i64 timeout, bool connecting = false);
template <class Call>
Result<isize> socket_call(Socket* self, Direction direction, Call call, i64 timeout) {
  i64 deadline = timeout > 0 ? monotonic_now() + timeout : 0;
  for (;;) {
    if (timeout > 0) {
      i64 left = deadline - monotonic_now();
      if (left < 0 || !TRY(wait_ready(self->fd, direction, left))) return raise(TimeoutError, "timed out");
    }
    isize done;
    int error;
    {
      WithoutGil released;
      done = call();
      error = errno;
    }
    if (done >= 0) return done;
    if (error == EINTR) {
      TRY(check_signals());
      continue;
    }
    if (timeout > 0 && (error == EWOULDBLOCK || error == EAGAIN)) continue;
    errno = error;
    return raise_errno(OSError);
  }
}
template <class Call>
Result<isize> socket_call(Socket* self, Direction direction, Call call) {
  return socket_call(self, direction, call, self->timeout);
}
// seconds -> nanoseconds; None -> -1. ValueError "Timeout value out of range".
Result<i64> timeout_from_object(Object* object);
Result<Object> timeout_to_object(i64 timeout);

extern PyMethodDef message_methods[], resolver_functions[], object_functions[];
}  // namespace adder::net
