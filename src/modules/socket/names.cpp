// Names of hosts, services, protocols and interfaces; packed addresses; byte order.
#include "modules/socket/socket.h"
#include "objects/audit.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

namespace taipan::sockets {
namespace {

using Arg = Borrowed<Object>;

Result<Ref<Object>> gethostname_(Thread& t) {
    TRY(audit_args(t, "socket.gethostname", {}));
    char name[1024];
    if (gethostname(name, sizeof name - 1) < 0) return raise_errno(t, errno);
    name[sizeof name - 1] = 0;
    return str_decode_fs(t, name);
}
Result<void> sethostname_(Thread& t, Arg name) {
    Ref<Bytes> text = is<Bytes>(name.get()) ? Ref<Bytes>::acquire(static_cast<Bytes*>(name.get())) : TRY(os_fsencode(t, name));
    return posix::checked(t, [&] { return sethostname(text->data, static_cast<size_t>(text->size)); });
}
Result<Ref<Object>> host_text(Thread& t, const Address& address) {
    char text[INET6_ADDRSTRLEN + 1 + IFNAMSIZ];
    int error = getnameinfo(address.as<sockaddr>(), address.length, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    if (error) return raise_gai(t, error);
    return str_from_utf8(t, text);
}
Result<Ref<Object>> gethostbyname_(Thread& t, Arg name) {
    Ref<Bytes> host = TRY(host_bytes(t, name, "gethostbyname"));
    Address address;
    TRY(resolve_host(t, host->view(), AF_INET, &address));
    return host_text(t, address);
}
Error raise_herror(Thread& t, int error) {
    Ref<Object> type = TRY(import_attribute(t, "_socket", "herror"));
    Ref<Int> number = TRY(int_from(t, error));
    Ref<Str> text = TRY(str_from_utf8(t, hstrerror(error)));
    Ref<Object> made = TRY(call(t, type, number, text));
    return raise_instance(t, std::move(made));
}
/// (name, aliases, addresses).
Result<Ref<Object>> host_entry(Thread& t, const hostent* host, int family, int error) {
    if (!host) return raise_herror(t, error);
    if (host->h_addrtype != family) return raise_errno(t, EAFNOSUPPORT);
    Ref<List> aliases = TRY(list_new(t)), addresses = TRY(list_new(t));
    for (char** alias = host->h_aliases; alias && *alias; ++alias) TRY(list_append(t, aliases, TRY(str_decode_fs(t, *alias))));
    for (char** packed = host->h_addr_list; packed && *packed; ++packed) {
        char text[INET6_ADDRSTRLEN];
        if (inet_ntop(family, *packed, text, sizeof text)) TRY(list_append(t, addresses, TRY(str_from_utf8(t, text))));
    }
    Ref<Str> name = TRY(str_decode_fs(t, host->h_name));
    return tuple_pack(t, name, aliases, addresses);
}
Result<Ref<Object>> gethostbyname_ex_(Thread& t, Arg name) {
    Ref<Bytes> host = TRY(host_bytes(t, name, "gethostbyname_ex"));
    Address address;
    TRY(resolve_host(t, host->view(), AF_INET, &address));
    char buffer[16384];
    hostent entry, *found = nullptr;
    int error = 0;
    {
        Detached detached(t);
        gethostbyname_r(host->data, &entry, buffer, sizeof buffer, &found, &error);
    }
    return host_entry(t, found, AF_INET, error);
}
Result<Ref<Object>> gethostbyaddr_(Thread& t, Arg name) {
    Ref<Bytes> host = TRY(host_bytes(t, name, "gethostbyaddr"));
    Address address;
    TRY(resolve_host(t, host->view(), AF_UNSPEC, &address));
    const void* packed;
    socklen_t size;
    if (address.family() == AF_INET) {
        packed = &address.as<sockaddr_in>()->sin_addr;
        size = sizeof(in_addr);
    } else if (address.family() == AF_INET6) {
        packed = &address.as<sockaddr_in6>()->sin6_addr;
        size = sizeof(in6_addr);
    } else {
        return raise(t, exc::OSError, "unsupported address family");
    }
    char buffer[16384];
    hostent entry, *found = nullptr;
    int error = 0;
    {
        Detached detached(t);
        gethostbyaddr_r(packed, size, address.family(), &entry, buffer, sizeof buffer, &found, &error);
    }
    return host_entry(t, found, address.family(), error);
}
Result<Ref<Object>> getservbyname_(Thread& t, std::string_view name, MaybeBorrowed<Str> protocol) {
    const char* proto = protocol ? TRY(str_utf8(t, protocol.value())).data() : nullptr;
    char buffer[4096];
    servent entry, *found = nullptr;
    {
        Detached detached(t);
        getservbyname_r(name.data(), proto, &entry, buffer, sizeof buffer, &found);
    }
    if (!found) return raise(t, exc::OSError, "service/proto not found");
    return int_from(t, ntohs(static_cast<uint16_t>(found->s_port)));
}
Result<Ref<Object>> getservbyport_(Thread& t, int port, MaybeBorrowed<Str> protocol) {
    if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "getservbyport: port must be 0-65535.");
    const char* proto = protocol ? TRY(str_utf8(t, protocol.value())).data() : nullptr;
    char buffer[4096];
    servent entry, *found = nullptr;
    {
        Detached detached(t);
        getservbyport_r(htons(static_cast<uint16_t>(port)), proto, &entry, buffer, sizeof buffer, &found);
    }
    if (!found) return raise(t, exc::OSError, "port/proto not found");
    return str_decode_fs(t, found->s_name);
}
Result<Ref<Object>> getprotobyname_(Thread& t, std::string_view name) {
    char buffer[4096];
    protoent entry, *found = nullptr;
    {
        Detached detached(t);
        getprotobyname_r(name.data(), &entry, buffer, sizeof buffer, &found);
    }
    if (!found) return raise(t, exc::OSError, "protocol not found");
    return int_from(t, found->p_proto);
}
Result<Ref<Object>> getaddrinfo_(Thread& t, Arg host, Arg port, int family, int kind, int protocol, int flags) {
    Ref<Bytes> host_text = bytes_empty(), port_text = bytes_empty();
    if (is<Str>(host.get())) {
        Ref<Str> idna = TRY(str_interned(t, "idna"));
        host_text = as<Bytes>(TRY(call_method(t, host, names::encode, idna)));
    } else if (is<Bytes>(host.get())) {
        host_text = Ref<Bytes>::acquire(static_cast<Bytes*>(host.get()));
    } else if (!is_none(host.get())) {
        return raise(t, exc::TypeError, "getaddrinfo() argument 1 must be string or None");
    }
    if (is<Int>(port.get())) {
        Ref<Str> number = TRY(to_str(t, port));
        port_text = TRY(os_fsencode(t, number));
    } else if (is<Str>(port.get())) {
        port_text = TRY(bytes_from(t, TRY(str_utf8(t, as<Str>(port)))));
    } else if (is<Bytes>(port.get())) {
        port_text = Ref<Bytes>::acquire(static_cast<Bytes*>(port.get()));
    } else if (!is_none(port.get())) {
        return raise(t, exc::OSError, "Int or String expected");
    }
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = kind;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    int error;
    {
        Detached detached(t);
        error =
            getaddrinfo(is_none(host.get()) ? nullptr : host_text->data, is_none(port.get()) ? nullptr : port_text->data, &hints, &found);
    }
    if (error) return raise_gai(t, error);
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<List> list = TRY(list_new(t));
        for (addrinfo* row = found; row; row = row->ai_next) {
            Address address;
            memcpy(address.bytes, row->ai_addr, std::min<size_t>(row->ai_addrlen, sizeof address.bytes));
            address.length = row->ai_addrlen;
            Ref<Int> a = TRY(int_from(t, row->ai_family)), b = TRY(int_from(t, row->ai_socktype)), c = TRY(int_from(t, row->ai_protocol));
            Ref<Str> canonical = TRY(str_decode_fs(t, row->ai_canonname ? row->ai_canonname : ""));
            Ref<Object> where = TRY(address_object(t, address, -1, 0));
            TRY(list_append(t, list, TRY(tuple_pack(t, a, b, c, canonical, where))));
        }
        return list;
    };
    auto result = run();
    freeaddrinfo(found);
    return result;
}
Result<Ref<Object>> getnameinfo_(Thread& t, Arg object, int flags) {
    auto* tuple = try_as<Tuple>(object.get());
    if (!tuple) return raise(t, exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    if (tuple->size < 2 || tuple->size > 4) return raise(t, exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    if (!is<Str>(tuple->items[0])) return raise(t, exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    Ref<Bytes> host = TRY(os_fsencode(t, tuple->items[0]));
    int port = TRY(to_int32(t, tuple->items[1]));
    uint64_t flow = tuple->size > 2 ? TRY(to_uint64(t, tuple->items[2])) : 0,
             scope = tuple->size > 3 ? TRY(to_uint64(t, tuple->items[3])) : 0;
    if (flow > 0xfffff) return raise(t, exc::OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    char port_text[16], host_name[NI_MAXHOST], service[NI_MAXSERV];
    snprintf(port_text, sizeof port_text, "%d", port);
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM; // so that every address comes once
    hints.ai_flags = AI_NUMERICHOST;
    int error;
    {
        Detached detached(t);
        error = getaddrinfo(host->data, port_text, &hints, &found);
    }
    if (error) return raise_gai(t, error);
    struct Free {
        addrinfo* list;
        ~Free() { freeaddrinfo(list); }
    } free{found};
    if (found->ai_next) return raise(t, exc::OSError, "sockaddr resolved to multiple addresses");
    if (found->ai_family == AF_INET) {
        if (tuple->size != 2) return raise(t, exc::OSError, "IPv4 sockaddr must be 2 tuple");
    } else if (found->ai_family == AF_INET6) {
        auto* in = reinterpret_cast<sockaddr_in6*>(found->ai_addr);
        in->sin6_flowinfo = htonl(static_cast<uint32_t>(flow));
        in->sin6_scope_id = static_cast<uint32_t>(scope);
    }
    {
        Detached detached(t);
        error = getnameinfo(found->ai_addr, found->ai_addrlen, host_name, sizeof host_name, service, sizeof service, flags);
    }
    if (error) return raise_gai(t, error);
    Ref<Str> name = TRY(str_decode_fs(t, host_name)), port_name = TRY(str_from_utf8(t, service));
    return tuple_pack(t, name, port_name);
}

Result<Ref<Object>> if_nameindex_(Thread& t) {
    struct if_nameindex* all = if_nameindex();
    if (!all) return raise_errno(t, errno);
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<List> list = TRY(list_new(t));
        for (auto* row = all; row->if_index && row->if_name; ++row) {
            Ref<Int> index = TRY(int_from(t, row->if_index));
            Ref<Str> name = TRY(str_decode_fs(t, row->if_name));
            TRY(list_append(t, list, TRY(tuple_pack(t, index, name))));
        }
        return list;
    };
    auto result = run();
    if_freenameindex(all);
    return result;
}
Result<Ref<Object>> if_nametoindex_(Thread& t, Arg name) {
    Ref<Bytes> text = TRY(os_fsencode(t, name));
    unsigned index = if_nametoindex(text->data);
    if (!index) return raise_errno(t, errno ? errno : ENODEV);
    return int_from(t, index);
}
/// A number that C would take as uint16_t or unsigned int.
Result<uint32_t> unsigned_argument(Thread& t, Arg value, uint32_t limit, const char* c_type) {
    Ref<Int> number = TRY(to_index(t, value));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t result;
    if (!int_fits_uint64(number.get(), &result) || result > limit)
        return raise(t, exc::OverflowError, "Python int too large for C %s", c_type);
    return static_cast<uint32_t>(result);
}
Result<Ref<Object>> if_indextoname_(Thread& t, Arg index) {
    char name[IF_NAMESIZE + 1];
    if (!if_indextoname(TRY(unsigned_argument(t, index, UINT32_MAX, "unsigned int")), name)) return raise_errno(t, errno);
    return str_decode_fs(t, name);
}

Result<Ref<Object>> inet_aton_(Thread& t, std::string_view text) {
    in_addr address;
    if (!inet_aton(text.data(), &address)) return raise(t, exc::OSError, "illegal IP address string passed to inet_aton");
    return bytes_from(t, {reinterpret_cast<char*>(&address), 4});
}
Result<Ref<Object>> inet_ntoa_(Thread& t, BufferView& packed) {
    if (packed.size() != 4) return raise(t, exc::OSError, "packed IP wrong length for inet_ntoa");
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, packed.data(), text, sizeof text);
    return str_from_utf8(t, text);
}
Result<Ref<Object>> inet_pton_(Thread& t, int family, std::string_view text) {
    char packed[16];
    int result = inet_pton(family, text.data(), packed);
    if (result < 0) return raise_errno(t, errno);
    if (result == 0) return raise(t, exc::OSError, "illegal IP address string passed to inet_pton");
    return bytes_from(t, {packed, size_t{family == AF_INET ? 4u : 16u}});
}
Result<Ref<Object>> inet_ntop_(Thread& t, int family, BufferView& packed) {
    if (family != AF_INET && family != AF_INET6) return raise(t, exc::ValueError, "unknown address family %d", family);
    if (packed.size() != (family == AF_INET ? 4u : 16u)) return raise(t, exc::ValueError, "invalid length of packed IP address string");
    char text[INET6_ADDRSTRLEN];
    inet_ntop(family, packed.data(), text, sizeof text);
    return str_from_utf8(t, text);
}
Result<int64_t> swap16(Thread& t, Arg value) {
    return int64_t{htons(static_cast<uint16_t>(TRY(unsigned_argument(t, value, UINT16_MAX, "uint16_t"))))};
}
Result<int64_t> swap32(Thread& t, Arg value) { return int64_t{htonl(TRY(unsigned_argument(t, value, UINT32_MAX, "uint32_t")))}; }

const NativeDef functions[] = {
    fn<gethostname_>("gethostname", "($module, /)", "gethostname() -> string\n\nReturn the current host name."),
    fn<sethostname_>("sethostname", "(name, /)", "sethostname(name)\n\nSets the hostname to name."),
    fn<gethostbyname_>("gethostbyname", "(host, /)", "gethostbyname(host) -> address\n\nThe IPv4 address of a host as '255.255.255.255'."),
    fn<gethostbyname_ex_>(
        "gethostbyname_ex", "(host, /)",
        "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nThe name, the other names and the addresses of a host."),
    fn<gethostbyaddr_>("gethostbyaddr", "(host, /)",
                       "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nThe name, the other names and the addresses of a host, "
                       "given its name or address."),
    fn<getservbyname_>("getservbyname", "(servicename, protocolname=<unrepresentable>, /)",
                       "getservbyname(servicename[, protocolname]) -> integer\n\nThe port of a service; the protocol is 'tcp' or 'udp', "
                       "either if not given."),
    fn<getservbyport_>("getservbyport", "(port, protocolname=<unrepresentable>, /)",
                       "getservbyport(port[, protocolname]) -> string\n\nThe name of the service at a port; the protocol is 'tcp' or "
                       "'udp', either if not given."),
    fn<getprotobyname_>("getprotobyname", "(name, /)", "getprotobyname(name) -> integer\n\nThe number of a protocol."),
    fn<getaddrinfo_>("getaddrinfo", "(host, port, family=0, type=0, proto=0, flags=0)",
                     "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, "
                     "sockaddr)\n\nWhat sockets can be made for a host and a port, and the address for each."),
    fn<getnameinfo_>("getnameinfo", "(sockaddr, flags, /)",
                     "getnameinfo(sockaddr, flags) --> (host, port)\n\nThe host and the port of a socket address as strings."),
    fn<if_nameindex_>("if_nameindex", "($module, /)", "A list of the network interfaces: pairs of number and name."),
    fn<if_nametoindex_>("if_nametoindex", "($module, oname, /)", "The number of the network interface with a name."),
    fn<if_indextoname_>("if_indextoname", "($module, if_index, /)", "The name of the network interface with a number."),
    fn<inet_aton_>("inet_aton", "($module, ip_addr, /)", "An IPv4 address as four bytes, from '127.0.0.1' or a shorter form."),
    fn<inet_ntoa_>("inet_ntoa", "($module, packed_ip, /)", "An IPv4 address of four bytes as '127.0.0.1'."),
    fn<inet_pton_>("inet_pton", "(af, ip, /)", "inet_pton(af, ip) -> packed IP address string\n\nAn address of the given family as bytes."),
    fn<inet_ntop_>(
        "inet_ntop", "(af, packed_ip, /)",
        "inet_ntop(af, packed_ip) -> string formatted IP address\n\nAn address of the given family, given as bytes, as a string."),
    fn<swap16>("htons", "($module, integer, /)", "A 16-bit integer from the machine's byte order to the network's."),
    fn<swap16>("ntohs", "($module, integer, /)", "A 16-bit integer from the network's byte order to the machine's."),
    fn<swap32>("htonl", "($module, integer, /)", "A 32-bit integer from the machine's byte order to the network's."),
    fn<swap32>("ntohl", "($module, integer, /)", "A 32-bit integer from the network's byte order to the machine's."),
};

} // namespace

std::span<const NativeDef> name_functions() { return functions; }

} // namespace taipan::sockets
