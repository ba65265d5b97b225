// address: addresses of the families in Python's form and in C's.
#include <arpa/inet.h>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>

#include "modules/_socket/socket.h"

namespace adder::net {
namespace {
Result<Object> pair(Object* first, Object* second) { return tuple_pack(first, second); }

// Without the scope of an IPv6 address: that is an item of its own.
Result<Str> numeric_host(int family, const void* address) {
  char text[INET6_ADDRSTRLEN];
  if (!::inet_ntop(family, address, text, sizeof text)) return raise_errno();
  return str_from_string(text);
}

// A host name as C text: ASCII str as it is, others by IDNA, bytes as they are.
Result<Object> host_bytes(Object* host) {
  if (is_str(host)) {
    if (str_is_ascii(as<Str>(host))) return str_as_utf8_bytes(as<Str>(host));
    return str_as_encoded_string(as<Str>(host), "idna", nullptr);
  }
  if (is_bytes(host)) return new_ref(host);
  if (is_bytearray(host)) {
    return bytes_from_view(
        {bytearray_data(as<ByteArray>(host)), static_cast<usize>(bytearray_size(as<ByteArray>(host)))});
  }
  return raise(TypeError, "str, bytes or bytearray expected, not %s", type_of(host)->tp_name);
}
Result<int> port_number(Object* object, const char* method) {
  auto value = int_as_long(object);
  long port;
  if (value.failed()) {
    if (!error_matches(OverflowError)) return Error{};
    error_clear();
    port = -1;
  } else {
    port = value.take();
  }
  if (port < 0 || port > 0xffff) return raise(OverflowError, "%s(): port must be 0-65535.", method);
  return static_cast<int>(port);
}
Result<void> check_tuple(Object* object, isize low, isize high, const char* family, const char* method) {
  if (!is_tuple(object))
    return raise(TypeError, "%s(): %s address must be tuple, not %.500s", method, family, type_of(object)->tp_name);
  isize size = tuple_size(as<Tuple>(object));
  if (size < low || size > high) {
    if (low == 2 && high == 2) return raise(TypeError, "%s(): %s address must be a pair (host, port)", method, family);
    return raise(TypeError, "%s(): %s address must be a tuple (host, port[, flowinfo[, scopeid]])", method, family);
  }
  return {};
}
}  // namespace

Result<void> resolve_host(const char* name, Address& address, socklen_t room, int family, int* length) {
  std::memset(&address, 0, sizeof address);
  addrinfo hints = {}, *found = nullptr;
  if (!name[0]) {
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    int code;
    {
      WithoutGil released;
      code = ::getaddrinfo(nullptr, "0", &hints, &found);
    }
    if (code) return raise_gaierror(code);
    if (found->ai_next && family == AF_UNSPEC) {
      ::freeaddrinfo(found);
      return raise(OSError, "wildcard resolved to multiple address");
    }
  } else if (!std::strcmp(name, "255.255.255.255") || !std::strcmp(name, "<broadcast>")) {
    if (family != AF_INET && family != AF_UNSPEC) return raise(OSError, "address family mismatched");
    address.in.sin_family = AF_INET;
    address.in.sin_addr.s_addr = INADDR_BROADCAST;
    *length = sizeof address.in;
    return {};
  } else {
    hints.ai_family = family;
    int code;
    {
      WithoutGil released;
      code = ::getaddrinfo(name, nullptr, &hints, &found);
    }
    if (code) return raise_gaierror(code);
  }
  socklen_t size = found->ai_addrlen < room ? found->ai_addrlen : room;
  std::memcpy(&address, found->ai_addr, size);
  *length = static_cast<int>(size);
  ::freeaddrinfo(found);
  return {};
}

Result<socklen_t> address_from_object(Socket* self, Object* object, Address& address, const char* method) {
  std::memset(&address, 0, sizeof address);
  switch (self->family) {
    case AF_UNIX: {
      Ref<Object> path;
      if (is_str(object)) {
        path = TRY(str_encode_fs_default(as<Str>(object)));
      } else {
        BufferView view;
        TRY(view.acquire(object));
        path = TRY(Result<Object>(bytes_from_view({view.data(), static_cast<usize>(view.size())})));
      }
      isize size = bytes_size(as<Bytes>(path.get()));
      const char* text = bytes_data(as<Bytes>(path.get()));
      // A leading NUL is Linux' abstract name space, where the length counts.
      bool abstract = size == 0 || text[0] == 0;
      if (size > static_cast<isize>(sizeof address.un.sun_path) - (abstract ? 0 : 1))
        return raise(OSError, "AF_UNIX path too long");
      address.un.sun_family = AF_UNIX;
      std::memcpy(address.un.sun_path, text, static_cast<usize>(size));
      return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<usize>(size) + (abstract ? 0 : 1));
    }
    case AF_INET: {
      TRY(check_tuple(object, 2, 2, "AF_INET", method));
      Ref<Object> host = TRY(host_bytes(tuple_item(as<Tuple>(object), 0)));
      Ref<Object> port_object = new_ref(tuple_item(as<Tuple>(object), 1));
      int length, port = TRY(port_number(port_object, method));
      TRY(resolve_host(bytes_data(as<Bytes>(host.get())), address, sizeof address.in, AF_INET, &length));
      address.in.sin_family = AF_INET;
      address.in.sin_port = htons(static_cast<u16>(port));
      return static_cast<socklen_t>(sizeof address.in);
    }
    case AF_INET6: {
      TRY(check_tuple(object, 2, 4, "AF_INET6", method));
      Tuple* tuple = as<Tuple>(object);
      Ref<Object> host = TRY(host_bytes(tuple_item(tuple, 0)));
      int length, port = TRY(port_number(tuple_item(tuple, 1), method));
      u64 flow = tuple_size(tuple) > 2  ? TRY(int_as_u64(tuple_item(tuple, 2))) : 0;
      u64 scope = tuple_size(tuple) > 3 ? TRY(int_as_u64(tuple_item(tuple, 3))) : 0;
      if (flow > 0xfffff) return raise(OverflowError, "%s(): flowinfo must be 0-1048575.", method);
      TRY(resolve_host(bytes_data(as<Bytes>(host.get())), address, sizeof address.in6, AF_INET6, &length));
      address.in6.sin6_family = AF_INET6;
      address.in6.sin6_port = htons(static_cast<u16>(port));
      address.in6.sin6_flowinfo = htonl(static_cast<u32>(flow));
      address.in6.sin6_scope_id = static_cast<u32>(scope);
      return static_cast<socklen_t>(sizeof address.in6);
    }
    case AF_NETLINK: {
      if (!is_tuple(object) || tuple_size(as<Tuple>(object)) != 2) {
        return raise(TypeError, "%s(): AF_NETLINK address must be tuple, not %.500s", method, type_of(object)->tp_name);
      }
      sockaddr_nl& link = reinterpret_cast<sockaddr_nl&>(address);
      link.nl_family = AF_NETLINK;
      link.nl_pid = static_cast<u32>(TRY(int_as_u64(tuple_item(as<Tuple>(object), 0))));
      link.nl_groups = static_cast<u32>(TRY(int_as_u64(tuple_item(as<Tuple>(object), 1))));
      return static_cast<socklen_t>(sizeof link);
    }
    case AF_VSOCK: {
      if (!is_tuple(object) || tuple_size(as<Tuple>(object)) != 2) {
        return raise(TypeError, "getsockaddrarg: AF_VSOCK address must be tuple, not %.500s", type_of(object)->tp_name);
      }
      sockaddr_vm& vm = reinterpret_cast<sockaddr_vm&>(address);
      vm.svm_family = AF_VSOCK;
      vm.svm_cid = static_cast<u32>(TRY(int_as_u64(tuple_item(as<Tuple>(object), 0))));
      vm.svm_port = static_cast<u32>(TRY(int_as_u64(tuple_item(as<Tuple>(object), 1))));
      return static_cast<socklen_t>(sizeof vm);
    }
    case AF_PACKET: {
      if (!is_tuple(object) || tuple_size(as<Tuple>(object)) < 2) {
        return raise(TypeError, "%s(): AF_PACKET address must be tuple, not %.500s", method, type_of(object)->tp_name);
      }
      Tuple* tuple = as<Tuple>(object);
      if (!is_str(tuple_item(tuple, 0)))
        return raise(TypeError, "%s(): AF_PACKET address must be a tuple of two to five elements", method);
      Utf8 name = str_as_utf8(as<Str>(tuple_item(tuple, 0)));
      if (!name) return Error{};
      ifreq request = {};
      std::strncpy(request.ifr_name, name.data, sizeof request.ifr_name - 1);
      if (::ioctl(self->fd, SIOCGIFINDEX, &request) < 0) return raise_errno(OSError);
      sockaddr_ll& packet = reinterpret_cast<sockaddr_ll&>(address);
      packet.sll_family = AF_PACKET;
      packet.sll_protocol = htons(static_cast<u16>(TRY(int_as_int(tuple_item(tuple, 1)))));
      packet.sll_ifindex = request.ifr_ifindex;
      if (tuple_size(tuple) > 2) packet.sll_pkttype = static_cast<u8>(TRY(int_as_int(tuple_item(tuple, 2))));
      if (tuple_size(tuple) > 3) packet.sll_hatype = static_cast<u16>(TRY(int_as_int(tuple_item(tuple, 3))));
      if (tuple_size(tuple) > 4) {
        BufferView hardware;
        TRY(hardware.acquire(tuple_item(tuple, 4)));
        if (hardware.size() > 8) return raise(ValueError, "Hardware address must be 8 bytes or less");
        std::memcpy(packet.sll_addr, hardware.data(), static_cast<usize>(hardware.size()));
        packet.sll_halen = static_cast<u8>(hardware.size());
      }
      return static_cast<socklen_t>(sizeof packet);
    }
    default:
      return raise(OSError, "%s(): bad family", method);
  }
}

Result<Object> address_to_object(int fd, const Address& address, socklen_t length, int) {
  if (length == 0) return none_result();
  switch (address.any.sa_family) {
    case AF_INET: {
      Ref<Str> host = TRY(numeric_host(AF_INET, &address.in.sin_addr));
      Ref<Int> port = TRY(int_from_i64(ntohs(address.in.sin_port)));
      return pair(host, port);
    }
    case AF_INET6: {
      Ref<Str> host = TRY(numeric_host(AF_INET6, &address.in6.sin6_addr));
      Ref<Int> port = TRY(int_from_i64(ntohs(address.in6.sin6_port)))
      , flow = TRY(int_from_u64(ntohl(address.in6.sin6_flowinfo)))
      , scope = TRY(int_from_u64(address.in6.sin6_scope_id));
      return tuple_pack(static_cast<Object*>(host.get()), static_cast<Object*>(port.get()),
                        static_cast<Object*>(flow.get()), static_cast<Object*>(scope.get()));
    }
    case AF_UNIX: {
      usize head = offsetof(sockaddr_un, sun_path);
      if (length > head && address.un.sun_path[0] == 0) return bytes_from_view({address.un.sun_path, length - head});
      if (length <= head) return new_ref(str_empty());
      usize room = length - head;
      return str_decode_fs_default({address.un.sun_path, ::strnlen(address.un.sun_path, room)});
    }
    case AF_NETLINK: {
      const sockaddr_nl& link = reinterpret_cast<const sockaddr_nl&>(address);
      Ref<Int> process = TRY(int_from_u64(link.nl_pid))
      , groups = TRY(int_from_u64(link.nl_groups));
      return pair(process, groups);
    }
    case AF_VSOCK: {
      const sockaddr_vm& vm = reinterpret_cast<const sockaddr_vm&>(address);
      Ref<Int> cid = TRY(int_from_u64(vm.svm_cid))
      , port = TRY(int_from_u64(vm.svm_port));
      return pair(cid, port);
    }
    case AF_PACKET: {
      const sockaddr_ll& packet = reinterpret_cast<const sockaddr_ll&>(address);
      ifreq request = {};
      request.ifr_ifindex = packet.sll_ifindex;
      const char* name = fd >= 0 && ::ioctl(fd, SIOCGIFNAME, &request) == 0 ? request.ifr_name : "";
      Ref<Str> interface_name = TRY(str_decode_fs_default(name));
      Ref<Int> protocol = TRY(int_from_i64(ntohs(packet.sll_protocol)))
      , kind = TRY(int_from_i64(packet.sll_pkttype))
      , hardware = TRY(int_from_i64(packet.sll_hatype));
      Ref<Bytes> bytes = TRY(bytes_from_view({reinterpret_cast<const char*>(packet.sll_addr), packet.sll_halen}));
      Object* const items[] = {interface_name, protocol, kind, hardware, bytes};
      return tuple_from_array(items, 5);
    }
    default: {
      // No form of its own: the family's number and the raw bytes.
      Ref<Int> family = TRY(int_from_i64(address.any.sa_family));
      Ref<Bytes> bytes = TRY(bytes_from_view({address.any.sa_data, sizeof address.any.sa_data}));
      return pair(family, bytes);
    }
  }
}
}  // namespace adder::net
