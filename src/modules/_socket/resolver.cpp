// resolver: names, addresses, services, byte orders.
#include <arpa/inet.h>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include "memory/allocator.h"
#include "modules/_socket/socket.h"

namespace adder::net {
Error raise_gaierror(int code) {
  if (code == EAI_SYSTEM) return raise_errno(OSError);
  Ref<Int> number = TRY(int_from_i64(code));
  Ref<Str> text = TRY(str_from_string(::gai_strerror(code)));
  Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(number.get()), static_cast<Object*>(text.get())));
  return raise_object(reinterpret_cast<Type*>(state().gaierror), args);
}
Error raise_herror(int code) {
  Ref<Int> number = TRY(int_from_i64(code));
  Ref<Str> text = TRY(str_from_string(::hstrerror(code)));
  Ref<Tuple> args = TRY(tuple_pack(static_cast<Object*>(number.get()), static_cast<Object*>(text.get())));
  return raise_object(reinterpret_cast<Type*>(state().herror), args);
}

namespace {
// A host argument as C text.
Result<Object> host_text(Object* host) {
  if (is_str(host)) {
    if (str_is_ascii(as<Str>(host))) return str_as_utf8_bytes(as<Str>(host));
    return str_as_encoded_string(as<Str>(host), "idna", nullptr);
  }
  if (is_bytes(host)) return new_ref(host);
  if (is_bytearray(host))
    return bytes_from_view(
        {bytearray_data(as<ByteArray>(host)), static_cast<usize>(bytearray_size(as<ByteArray>(host)))});
  return raise(TypeError, "str, bytes or bytearray expected, not %s", type_of(host)->tp_name);
}
const char* text_of(Object* bytes) { return bytes_data(as<Bytes>(bytes)); }
Result<Str> numeric(const Address& address, socklen_t length) {
  char text[NI_MAXHOST];
  int code = ::getnameinfo(&address.any, length, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  if (code) return raise_gaierror(code);
  return str_from_string(text);
}

constexpr Doc gethostname_doc =
    "gethostname($module, /)\n--\n\ngethostname() -> string\n\nReturn the current host name.";
Result<Object> gethostname_function(Module*) {
  TRY(audit("socket.gethostname"));
  char name[1024];
  if (::gethostname(name, sizeof name - 1) < 0) return raise_errno(OSError);
  name[sizeof name - 1] = 0;
  return str_decode_fs_default(name);
}
constexpr Doc sethostname_doc = "sethostname($module, name, /)\n--\n\nsethostname(name)\n\nSets the hostname to name.";
Result<void> sethostname_function(Module*, Object* name) {
  Ref<Object> text = TRY(fs_converter(name));
  if (::sethostname(text_of(text), std::strlen(text_of(text))) < 0) return raise_errno(OSError);
  return {};
}
constexpr Doc gethostbyname_doc =
    "gethostbyname($module, host, /)\n--\n\ngethostbyname(host) -> address\n\nReturn the IP address (a string of the "
    "form '255.255.255.255') for a host.";
Result<Object> gethostbyname_function(Module*, Object* host) {
  Ref<Object> name = TRY(host_text(host));
  TRY(audit("socket.gethostbyname", host));
  Address address;
  int length;
  TRY(resolve_host(text_of(name), address, sizeof address, AF_INET, &length));
  return numeric(address, sizeof address.in);
}
// (name, aliases, addresses)
Result<Object> host_entry(hostent* entry) {
  Ref<Str> name = TRY(str_decode_fs_default(entry->h_name));
  Ref<List> aliases = TRY(list_new())
  , addresses = TRY(list_new());
  for (char** alias = entry->h_aliases; alias && *alias; ++alias)
    TRY(list_append_steal(aliases, TRY(str_decode_fs_default(*alias))));
  for (char** item = entry->h_addr_list; item && *item; ++item) {
    char text[INET6_ADDRSTRLEN];
    if (!::inet_ntop(entry->h_addrtype, *item, text, sizeof text)) return raise_errno(OSError);
    TRY(list_append_steal(addresses, TRY(str_from_string(text))));
  }
  return tuple_pack(static_cast<Object*>(name.get()), static_cast<Object*>(aliases.get()),
                    static_cast<Object*>(addresses.get()));
}
template <class Call>
Result<Object> host_lookup(Call call) {
  char buffer[16384];
  hostent storage, *entry = nullptr;
  int error = 0;
  {
    WithoutGil released;
    call(&storage, buffer, sizeof buffer, &entry, &error);
  }
  if (!entry) return raise_herror(error);
  return host_entry(entry);
}
constexpr Doc gethostbyname_ex_doc =
    "gethostbyname_ex($module, host, /)\n--\n\ngethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the "
    "true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving "
    "a host name or IP number.";
Result<Object> gethostbyname_ex_function(Module*, Object* host) {
  Ref<Object> name = TRY(host_text(host));
  Address address;
  int length;
  TRY(resolve_host(text_of(name), address, sizeof address, AF_INET, &length));
  return host_lookup([&](auto... rest) { ::gethostbyname_r(text_of(name), rest...); });
}
constexpr Doc gethostbyaddr_doc =
    "gethostbyaddr($module, host, /)\n--\n\ngethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true "
    "host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a "
    "host name or IP number.";
Result<Object> gethostbyaddr_function(Module*, Object* host) {
  Ref<Object> name = TRY(host_text(host));
  TRY(audit("socket.gethostbyaddr", host));
  Address address;
  int length;
  TRY(resolve_host(text_of(name), address, sizeof address, AF_UNSPEC, &length));
  int family = address.any.sa_family;
  const void* data = family == AF_INET6 ? static_cast<const void*>(&address.in6.sin6_addr) : &address.in.sin_addr;
  socklen_t size = family == AF_INET6 ? sizeof address.in6.sin6_addr : sizeof address.in.sin_addr;
  return host_lookup([&](auto... rest) { ::gethostbyaddr_r(data, size, family, rest...); });
}
constexpr Doc getservbyname_doc =
    "getservbyname($module, servicename, protocolname=NULL, /)\n--\n\ngetservbyname(servicename[, protocolname]) -> "
    "integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, "
    "should be 'tcp' or 'udp',\notherwise any protocol will match.";
Result<int> getservbyname_function(Module*, Str* name, Opt<Str*> protocol) {
  Utf8 text = str_as_utf8(name), kind = {nullptr, 0};
  if (!text) return Error{};
  if (protocol) {
    kind = str_as_utf8(protocol.get());
    if (!kind) return Error{};
  }
  char buffer[4096];
  servent storage, *entry = nullptr;
  ::getservbyname_r(text.data, kind.data, &storage, buffer, sizeof buffer, &entry);
  if (!entry) return raise(OSError, "service/proto not found");
  return static_cast<int>(ntohs(static_cast<u16>(entry->s_port)));
}
constexpr Doc getservbyport_doc =
    "getservbyport($module, port, protocolname=NULL, /)\n--\n\ngetservbyport(port[, protocolname]) -> string\n\nReturn "
    "the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or "
    "'udp',\notherwise any protocol will match.";
Result<Object> getservbyport_function(Module*, int port, Opt<Str*> protocol) {
  if (port < 0 || port > 0xffff) return raise(OverflowError, "getservbyport: port must be 0-65535.");
  Utf8 kind = {nullptr, 0};
  if (protocol) {
    kind = str_as_utf8(protocol.get());
    if (!kind) return Error{};
  }
  char buffer[4096];
  servent storage, *entry = nullptr;
  ::getservbyport_r(htons(static_cast<u16>(port)), kind.data, &storage, buffer, sizeof buffer, &entry);
  if (!entry) return raise(OSError, "port/proto not found");
  return str_from_string(entry->s_name);
}
constexpr Doc getprotobyname_doc =
    "getprotobyname($module, name, /)\n--\n\ngetprotobyname(name) -> integer\n\nReturn the protocol number for the "
    "named protocol.  (Rarely used.)";
Result<int> getprotobyname_function(Module*, Str* name) {
  Utf8 text = str_as_utf8(name);
  if (!text) return Error{};
  char buffer[4096];
  protoent storage, *entry = nullptr;
  ::getprotobyname_r(text.data, &storage, buffer, sizeof buffer, &entry);
  if (!entry) return raise(OSError, "protocol not found");
  return entry->p_proto;
}

// == Byte orders and address texts ==

constexpr Doc ntohs_doc =
    "ntohs($module, x, /)\n--\n\nConvert a 16-bit unsigned integer from network to host byte order.";
Result<int> swap_16(int value, const char* name) {
  if (value < 0)
    return raise(OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer", name);
  if (value > 0xffff)
    return raise(OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer", name);
  return static_cast<int>(ntohs(static_cast<u16>(value)));
}
Result<int> ntohs_function(Module*, int x) { return swap_16(x, "ntohs"); }
constexpr Doc htons_doc =
    "htons($module, x, /)\n--\n\nConvert a 16-bit unsigned integer from host to network byte order.";
Result<int> htons_function(Module*, int x) { return swap_16(x, "htons"); }
Result<Object> swap_32(Object* object) {
  if (!is_int(object)) return raise(TypeError, "expected int, %s found", type_of(object)->tp_name);
  u64 value = TRY(int_as_u64(object));
  if (value > UINT32_MAX) return raise(OverflowError, "int larger than 32 bits");
  return int_from_u64(ntohl(static_cast<u32>(value)));
}
constexpr Doc ntohl_doc =
    "ntohl($module, integer, /)\n--\n\nntohl(integer) -> integer\n\nConvert a 32-bit integer from network to host byte "
    "order.";
Result<Object> ntohl_function(Module*, Object* x) { return swap_32(x); }
constexpr Doc htonl_doc =
    "htonl($module, integer, /)\n--\n\nhtonl(integer) -> integer\n\nConvert a 32-bit integer from host to network byte "
    "order.";
Result<Object> htonl_function(Module*, Object* x) { return swap_32(x); }
constexpr Doc inet_aton_doc =
    "inet_aton($module, string, /)\n--\n\ninet_aton(string) -> bytes giving packed 32-bit IP representation\n\nConvert "
    "an IP address in string format (123.45.67.89) to the 32-bit packed\nbinary format used in low-level network "
    "functions.";
Result<Object> inet_aton_function(Module*, Str* text) {
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return Error{};
  in_addr address;
  if (!::inet_aton(utf8.data, &address)) return raise(OSError, "illegal IP address string passed to inet_aton");
  return bytes_from_view({reinterpret_cast<char*>(&address), sizeof address});
}
constexpr Doc inet_ntoa_doc =
    "inet_ntoa($module, packed_ip, /)\n--\n\ninet_ntoa(packed_ip) -> ip_address_string\n\nConvert an IP address from "
    "32-bit packed binary format to string format";
Result<Object> inet_ntoa_function(Module*, Object* packed) {
  BufferView view;
  TRY(view.acquire(packed));
  if (view.size() != 4) return raise(OSError, "packed IP wrong length");
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, view.data(), text, sizeof text);
  return str_from_string(text);
}
constexpr Doc inet_pton_doc =
    "inet_pton($module, af, ip, /)\n--\n\ninet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from "
    "string format to a packed string suitable\nfor use with low-level network functions.";
Result<Object> inet_pton_function(Module*, int family, Str* text) {
  Utf8 utf8 = str_as_utf8(text);
  if (!utf8) return Error{};
  char packed[sizeof(in6_addr)];
  int done = ::inet_pton(family, utf8.data, packed);
  if (done < 0) return raise_errno(OSError);
  if (done == 0) return raise(OSError, "illegal IP address string passed to inet_pton");
  return bytes_from_view({packed, family == AF_INET ? usize{4} : usize{16}});
}
constexpr Doc inet_ntop_doc =
    "inet_ntop($module, af, packed_ip, /)\n--\n\ninet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a "
    "packed IP address of the given family to string format.";
Result<Object> inet_ntop_function(Module*, int family, Object* packed) {
  BufferView view;
  TRY(view.acquire(packed));
  if (family != AF_INET && family != AF_INET6) return raise(ValueError, "unknown address family %d", family);
  if (view.size() != (family == AF_INET ? 4 : 16))
    return raise(ValueError, "invalid length of packed IP address string");
  char text[INET6_ADDRSTRLEN];
  if (!::inet_ntop(family, view.data(), text, sizeof text)) return raise_errno(OSError);
  return str_from_string(text);
}

// == getaddrinfo, getnameinfo ==

constexpr Doc getaddrinfo_doc =
    "getaddrinfo($module, /, host, port, family=0, type=0, proto=0, flags=0)\n--\n\ngetaddrinfo(host, port [, family, "
    "type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into "
    "addrinfo struct.";
Result<Object> getaddrinfo_function(Module*, Object* host, Object* port, int family, int type, int protocol,
                                    int flags) {
  Ref<Object> name, service;
  if (host != None) name = TRY(host_text(host));
  if (is_int(port)) {
    Ref<Str> text = TRY(object_str(port));
    service = TRY(str_as_utf8_bytes(text));
  } else if (is_str(port)) {
    service = TRY(str_as_utf8_bytes(as<Str>(port)));
  } else if (is_bytes(port)) {
    service = new_ref(port);
  } else if (port != None) {
    return raise(OSError, "Int or String expected");
  }
  TRY(audit("socket.getaddrinfo", host, port));
  addrinfo hints = {}, *found = nullptr;
  hints.ai_family = family;
  hints.ai_socktype = type;
  hints.ai_protocol = protocol;
  hints.ai_flags = flags;
  int code;
  {
    WithoutGil released;
    code = ::getaddrinfo(name ? text_of(name) : nullptr, service ? text_of(service) : nullptr, &hints, &found);
  }
  if (code) return raise_gaierror(code);
  auto convert = [&]() -> Result<Object> {
    Ref<List> result = TRY(list_new());
    for (addrinfo* entry = found; entry; entry = entry->ai_next) {
      Address address;
      std::memset(&address, 0, sizeof address);
      std::memcpy(&address, entry->ai_addr, entry->ai_addrlen);
      Ref<Object> target = TRY(address_to_object(-1, address, entry->ai_addrlen, protocol));
      Ref<Int> f = TRY(int_from_i64(entry->ai_family))
      , t = TRY(int_from_i64(entry->ai_socktype))
      , p = TRY(int_from_i64(entry->ai_protocol));
      Ref<Str> canonical = TRY(str_from_string(entry->ai_canonname ? entry->ai_canonname : ""));
      Object* const items[] = {f, t, p, canonical, target};
      TRY(list_append_steal(result, TRY(tuple_from_array(items, 5))));
    }
    return result;
  };
  Result<Object> result = convert();
  ::freeaddrinfo(found);
  return result;
}
constexpr Doc getnameinfo_doc =
    "getnameinfo($module, sockaddr, flags, /)\n--\n\ngetnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and "
    "port for a sockaddr.";
Result<Object> getnameinfo_function(Module*, Object* object, int flags) {
  if (!is_tuple(object)) return raise(TypeError, "getnameinfo() argument 1 must be a tuple");
  Tuple* tuple = as<Tuple>(object);
  if (tuple_size(tuple) < 2 || tuple_size(tuple) > 4)
    return raise(TypeError, "getnameinfo(): illegal sockaddr argument");
  if (!is_str(tuple_item(tuple, 0))) return raise(TypeError, "getnameinfo(): illegal sockaddr argument");
  Utf8 host = str_as_utf8(as<Str>(tuple_item(tuple, 0)));
  if (!host) return Error{};
  int port = TRY(int_as_int(tuple_item(tuple, 1)));
  u64 flow = tuple_size(tuple) > 2 ? TRY(int_as_u64(tuple_item(tuple, 2))) : 0, scope = tuple_size(tuple) > 3 ? TRY(int_as_u64(tuple_item(tuple, 3))) : 0;
  if (flow > 0xfffff) return raise(OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
  TRY(audit("socket.getnameinfo", object));
  char service[NI_MAXSERV], name[NI_MAXHOST];
  std::snprintf(service, sizeof service, "%d", port);
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  int code;
  {
    WithoutGil released;
    code = ::getaddrinfo(host.data, service, &hints, &found);
  }
  if (code) return raise_gaierror(code);
  Address address;
  socklen_t length = found->ai_addrlen;
  std::memcpy(&address, found->ai_addr, length);
  bool several = found->ai_next != nullptr;
  ::freeaddrinfo(found);
  if (several) return raise(OSError, "sockaddr resolved to multiple addresses");
  if (address.any.sa_family == AF_INET && tuple_size(tuple) != 2)
    return raise(OSError, "IPv4 sockaddr must be 2 tuple");
  if (address.any.sa_family == AF_INET6) {
    address.in6.sin6_flowinfo = htonl(static_cast<u32>(flow));
    address.in6.sin6_scope_id = static_cast<u32>(scope);
  }
  {
    WithoutGil released;
    code = ::getnameinfo(&address.any, length, name, sizeof name, service, sizeof service, flags);
  }
  if (code) return raise_gaierror(code);
  Ref<Str> first = TRY(str_decode_fs_default(name))
  , second = TRY(str_from_string(service));
  return tuple_pack(first.get(), second.get());
}

// == Interfaces, ancillary data sizes ==

constexpr Doc if_nameindex_doc =
    "if_nameindex($module, /)\n--\n\nif_nameindex()\n\nReturns a list of network interface information (index, name) "
    "tuples.";
Result<Object> if_nameindex_function(Module*) {
  struct if_nameindex* all = ::if_nameindex();
  if (!all) return raise_errno(OSError);
  auto convert = [all]() -> Result<Object> {
    Ref<List> result = TRY(list_new());
    for (struct if_nameindex* one = all; one->if_index && one->if_name; ++one) {
      Ref<Int> index = TRY(int_from_u64(one->if_index));
      Ref<Str> name = TRY(str_decode_fs_default(one->if_name));
      TRY(list_append_steal(result,
                            TRY(tuple_pack(static_cast<Object*>(index.get()), static_cast<Object*>(name.get())))));
    }
    return result;
  };
  Result<Object> result = convert();
  ::if_freenameindex(all);
  return result;
}
constexpr Doc if_nametoindex_doc =
    "if_nametoindex($module, oname, /)\n--\n\nReturns the interface index corresponding to the interface name if_name.";
Result<u64> if_nametoindex_function(Module*, Object* name) {
  Ref<Object> text = TRY(fs_converter(name));
  unsigned index = ::if_nametoindex(text_of(text));
  if (!index) return raise(OSError, "no interface with this name");
  return static_cast<u64>(index);
}
constexpr Doc if_indextoname_doc =
    "if_indextoname($module, if_index, /)\n--\n\nif_indextoname(if_index)\n\nReturns the interface name corresponding "
    "to the interface index if_index.";
Result<Object> if_indextoname_function(Module*, u32 index) {
  char name[IF_NAMESIZE + 1];
  if (!::if_indextoname(index, name)) return raise_errno(OSError);
  return str_decode_fs_default(name);
}
constexpr Doc cmsg_len_doc =
    "CMSG_LEN($module, length, /)\n--\n\nCMSG_LEN(length) -> control message length\n\nReturn the total length, "
    "without trailing padding, of an ancillary\ndata item with associated data of the given length.";
Result<isize> cmsg_len(Module*, isize length) {
  if (length < 0 || length > INT_MAX - static_cast<isize>(CMSG_LEN(0)))
    return raise(OverflowError, "CMSG_LEN() argument out of range");
  return static_cast<isize>(CMSG_LEN(static_cast<usize>(length)));
}
constexpr Doc cmsg_space_doc =
    "CMSG_SPACE($module, length, /)\n--\n\nCMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for "
    "recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing "
    "padding.";
Result<isize> cmsg_space(Module*, isize length) {
  if (length < 0 || length > INT_MAX - static_cast<isize>(CMSG_SPACE(1)))
    return raise(OverflowError, "CMSG_SPACE() argument out of range");
  return static_cast<isize>(CMSG_SPACE(static_cast<usize>(length)));
}
}  // namespace

constinit PyMethodDef resolver_functions[] = {
    method<gethostname_function, gethostname_doc>(),
    method<sethostname_function, sethostname_doc>(),
    method<gethostbyname_function, gethostbyname_doc>(),
    method<gethostbyname_ex_function, gethostbyname_ex_doc>(),
    method<gethostbyaddr_function, gethostbyaddr_doc>(),
    method<getservbyname_function, getservbyname_doc>(),
    method<getservbyport_function, getservbyport_doc>(),
    method<getprotobyname_function, getprotobyname_doc>(),
    method<ntohs_function, ntohs_doc>(),
    method<ntohl_function, ntohl_doc>(),
    method<htons_function, htons_doc>(),
    method<htonl_function, htonl_doc>(),
    method<inet_aton_function, inet_aton_doc>(),
    method<inet_ntoa_function, inet_ntoa_doc>(),
    method<inet_pton_function, inet_pton_doc>(),
    method<inet_ntop_function, inet_ntop_doc>(),
    method<getaddrinfo_function, getaddrinfo_doc>(),
    method<getnameinfo_function, getnameinfo_doc>(),
    method<if_nameindex_function, if_nameindex_doc>(),
    method<if_nametoindex_function, if_nametoindex_doc>(),
    method<if_indextoname_function, if_indextoname_doc>(),
    method<cmsg_len, cmsg_len_doc>(),
    method<cmsg_space, cmsg_space_doc>(),
    {},
};
}  // namespace adder::net
