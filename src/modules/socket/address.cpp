// Socket addresses: from Python's tuples and back, and host names.
#include "modules/socket/socket.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"

#include <arpa/inet.h>
#include <cstddef>
#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/un.h>

namespace taipan::sockets {
namespace {

using Arg = Borrowed<Object>;

/// The items of an address tuple.
Result<Tuple*> address_tuple(Thread& t, Arg object, const char* caller, const char* family) {
    auto* tuple = try_as<Tuple>(object.get());
    if (!tuple) return raise(t, exc::TypeError, "%s(): %s address must be tuple, not %.500T", caller, family, object);
    return tuple;
}
Result<uint32_t> to_uint32(Thread& t, Object* object) { return static_cast<uint32_t>(TRY(to_uint64(t, object))); }
Result<int> port_number(Thread& t, Object* object, const char* caller) {
    auto port = to_int32(t, object);
    if (!port.is_error()) return port;
    if (exception_matches(t, exc::OverflowError)) {
        t.clear_exception();
        return raise(t, exc::OverflowError, "%s(): port must be 0-65535.", caller);
    }
    return Error{};
}

Result<void> parse_unix(Thread& t, Arg object, Address* out) {
    Ref<Bytes> path = bytes_empty();
    if (is<Str>(object.get())) {
        path = TRY(encode_utf8(t, as<Str>(object), "surrogateescape"));
    } else {
        BufferView view;
        TRY(view.acquire(t, object.get()));
        path = TRY(bytes_from(t, view.view()));
    }
    auto* un = out->as<sockaddr_un>();
    // Linux's abstract names may fill the field; paths end with a null byte.
    bool is_abstract = path->size > 0 && path->data[0] == 0;
    auto size = static_cast<size_t>(path->size);
    if (is_abstract ? size > sizeof un->sun_path : size >= sizeof un->sun_path) return raise(t, exc::OSError, "AF_UNIX path too long");
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path->data, size);
    out->length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + !is_abstract);
    if (path->size == 0) out->length = offsetof(sockaddr_un, sun_path); // autobind
    return {};
}
Result<void> parse_inet(Thread& t, Arg object, const char* caller, Address* out) {
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_INET"));
    if (tuple->size != 2) return raise(t, exc::TypeError, "AF_INET address must be a pair (host, port)");
    Ref<Bytes> host = TRY(host_bytes(t, tuple->items[0], nullptr));
    int port = TRY(port_number(t, tuple->items[1], caller));
    TRY(resolve_host(t, host->view(), AF_INET, out));
    if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "%s(): port must be 0-65535.", caller);
    auto* in = out->as<sockaddr_in>();
    in->sin_family = AF_INET;
    in->sin_port = htons(static_cast<uint16_t>(port));
    out->length = sizeof *in;
    return {};
}
Result<void> parse_inet6(Thread& t, Arg object, const char* caller, Address* out) {
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_INET6"));
    if (tuple->size < 2 || tuple->size > 4)
        return raise(t, exc::TypeError, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])");
    Ref<Bytes> host = TRY(host_bytes(t, tuple->items[0], nullptr));
    int port = TRY(port_number(t, tuple->items[1], caller));
    uint32_t flow = tuple->size > 2 ? TRY(to_uint32(t, tuple->items[2])) : 0,
             scope = tuple->size > 3 ? TRY(to_uint32(t, tuple->items[3])) : 0;
    TRY(resolve_host(t, host->view(), AF_INET6, out));
    if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "%s(): port must be 0-65535.", caller);
    if (flow > 0xfffff) return raise(t, exc::OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
    auto* in = out->as<sockaddr_in6>();
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(static_cast<uint16_t>(port));
    in->sin6_flowinfo = htonl(flow);
    if (tuple->size > 3) in->sin6_scope_id = scope;
    out->length = sizeof *in;
    return {};
}
Result<int> interface_index(Thread& t, int fd, std::string_view name) {
    ifreq request{};
    if (name.size() >= sizeof request.ifr_name) return raise(t, exc::OSError, "AF_CAN interface name too long");
    memcpy(request.ifr_name, name.data(), name.size());
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) return raise_errno(t, errno);
    return request.ifr_ifindex;
}
Result<void> parse_packet(Thread& t, const Socket* self, Arg object, const char* caller, Address* out) {
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_PACKET"));
    if (tuple->size < 2 || tuple->size > 5) return raise(t, exc::TypeError, "AF_PACKET address must be a tuple of two to five elements");
    if (!is<Str>(tuple->items[0])) return raise(t, exc::TypeError, "argument 1 must be str, not %T", tuple->items[0]);
    std::string_view name = TRY(str_utf8(t, static_cast<Str*>(tuple->items[0])));
    int protocol = TRY(to_int32(t, tuple->items[1])), packet = tuple->size > 2 ? TRY(to_int32(t, tuple->items[2])) : 0,
        hardware = tuple->size > 3 ? TRY(to_int32(t, tuple->items[3])) : 0;
    BufferView link;
    if (tuple->size > 4) TRY(link.acquire(t, tuple->items[4]));
    size_t link_size = tuple->size > 4 ? link.size() : 0;
    auto* packed = out->as<sockaddr_ll>();
    int index = TRY(interface_index(t, self->fd, name.substr(0, IFNAMSIZ - 1)));
    if (link_size > 8) return raise(t, exc::ValueError, "Hardware address must be 8 bytes or less");
    if (protocol < 0 || protocol > 0xffff) return raise(t, exc::OverflowError, "%s(): proto must be 0-65535.", caller);
    packed->sll_family = AF_PACKET;
    packed->sll_protocol = htons(static_cast<uint16_t>(protocol));
    packed->sll_ifindex = index;
    packed->sll_pkttype = static_cast<unsigned char>(packet);
    packed->sll_hatype = static_cast<unsigned short>(hardware);
    if (link_size) memcpy(packed->sll_addr, link.data(), link_size);
    packed->sll_halen = static_cast<unsigned char>(link_size);
    out->length = sizeof *packed;
    return {};
}
Result<void> parse_pair(Thread& t, const Socket* self, Arg object, const char* caller, Address* out) {
    const char* family = self->family == AF_NETLINK ? "AF_NETLINK" : self->family == AF_VSOCK ? "AF_VSOCK" : "AF_QIPCRTR";
    auto* tuple = try_as<Tuple>(object.get());
    if (!tuple && self->family == AF_NETLINK)
        return raise(t, exc::TypeError, "%s(): %s address must be tuple, not %.500T", caller, family, object);
    if (!tuple) return raise(t, exc::TypeError, "getsockaddrarg: %s address must be tuple, not %.500T", family, object);
    if (tuple->size != 2) {
        if (self->family == AF_NETLINK) return raise(t, exc::TypeError, "AF_NETLINK address must be a pair (pid, groups)");
        return raise(t, exc::TypeError, "getsockaddrarg() takes exactly 2 arguments (%d given)", tuple->size);
    }
    uint32_t first = TRY(to_uint32(t, tuple->items[0])), second = TRY(to_uint32(t, tuple->items[1]));
    if (self->family == AF_NETLINK) {
        auto* netlink = out->as<sockaddr_nl>();
        netlink->nl_family = AF_NETLINK;
        netlink->nl_pid = first;
        netlink->nl_groups = second;
        out->length = sizeof *netlink;
    } else if (self->family == AF_VSOCK) {
        auto* vm = out->as<sockaddr_vm>();
        vm->svm_family = AF_VSOCK;
        vm->svm_cid = first;
        vm->svm_port = second;
        out->length = sizeof *vm;
    } else {
        auto* router = out->as<sockaddr_qrtr>();
        router->sq_family = AF_QIPCRTR;
        router->sq_node = first;
        router->sq_port = second;
        out->length = sizeof *router;
    }
    return {};
}
Result<void> parse_can(Thread& t, const Socket* self, Arg object, const char* caller, Address* out) {
    constexpr int IsoTp = 6, J1939 = 7;
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_CAN"));
    intptr_t wanted = self->protocol == IsoTp ? 3 : self->protocol == J1939 ? 4 : 1;
    if (tuple->size != wanted)
        return raise(t, exc::TypeError,
                     self->protocol == IsoTp   ? "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)"
                     : self->protocol == J1939 ? "AF_CAN address must be a tuple (interface, name, pgn, addr)"
                                               : "AF_CAN address must be a tuple (interface, )");
    Ref<Bytes> name = TRY(os_fsencode(t, tuple->items[0]));
    auto* can = out->as<sockaddr_can>();
    can->can_family = AF_CAN;
    can->can_ifindex = name->size ? TRY(interface_index(t, self->fd, name->view())) : 0;
    if (self->protocol == IsoTp) {
        can->can_addr.tp.rx_id = TRY(to_uint32(t, tuple->items[1]));
        can->can_addr.tp.tx_id = TRY(to_uint32(t, tuple->items[2]));
    } else if (self->protocol == J1939) {
        can->can_addr.j1939.name = TRY(to_uint64(t, tuple->items[1]));
        can->can_addr.j1939.pgn = TRY(to_uint32(t, tuple->items[2]));
        can->can_addr.j1939.addr = static_cast<uint8_t>(TRY(to_uint64(t, tuple->items[3])));
    }
    out->length = sizeof *can;
    return {};
}
Result<void> parse_tipc(Thread& t, Arg object, const char* caller, Address* out) {
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_TIPC"));
    if (tuple->size < 4 || tuple->size > 5)
        return raise(t, exc::TypeError, "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])");
    uint32_t kind = TRY(to_uint32(t, tuple->items[0])), v1 = TRY(to_uint32(t, tuple->items[1])), v2 = TRY(to_uint32(t, tuple->items[2])),
             v3 = TRY(to_uint32(t, tuple->items[3])), scope = tuple->size > 4 ? TRY(to_uint32(t, tuple->items[4])) : TIPC_CLUSTER_SCOPE;
    auto* tipc = out->as<sockaddr_tipc>();
    tipc->family = AF_TIPC;
    tipc->addrtype = static_cast<unsigned char>(kind);
    tipc->scope = static_cast<signed char>(scope);
    if (kind == TIPC_ADDR_NAMESEQ) {
        tipc->addr.nameseq = {v1, v2, v3};
    } else if (kind == TIPC_ADDR_NAME) {
        tipc->addr.name.name = {v1, v2};
        tipc->addr.name.domain = v3;
    } else if (kind == TIPC_ADDR_ID) {
        tipc->addr.id = {v2, v1};
    } else {
        return raise(t, exc::TypeError, "Invalid address type");
    }
    out->length = sizeof *tipc;
    return {};
}
Result<void> parse_alg(Thread& t, Arg object, const char* caller, Address* out) {
    Tuple* tuple = TRY(address_tuple(t, object, caller, "AF_ALG"));
    if (tuple->size < 2 || tuple->size > 4)
        return raise(t, exc::TypeError, "AF_ALG address must be a tuple (type, name [, feat [, mask]])");
    for (int i = 0; i < 2; ++i)
        if (!is<Str>(tuple->items[i])) return raise(t, exc::TypeError, "argument %d must be str, not %T", i + 1, tuple->items[i]);
    std::string_view kind = TRY(str_utf8(t, static_cast<Str*>(tuple->items[0]))),
                     name = TRY(str_utf8(t, static_cast<Str*>(tuple->items[1])));
    auto* alg = out->as<sockaddr_alg>();
    alg->salg_family = AF_ALG;
    if (tuple->size > 2) alg->salg_feat = TRY(to_uint32(t, tuple->items[2]));
    if (tuple->size > 3) alg->salg_mask = TRY(to_uint32(t, tuple->items[3]));
    if (kind.size() > sizeof alg->salg_type - 1) return raise(t, exc::ValueError, "AF_ALG type too long.");
    if (name.size() > sizeof alg->salg_name - 1) return raise(t, exc::ValueError, "AF_ALG name too long.");
    memcpy(alg->salg_type, kind.data(), kind.size());
    memcpy(alg->salg_name, name.data(), name.size());
    out->length = sizeof *alg;
    return {};
}
Result<Ref<Object>> interface_object(Thread& t, int fd, int index) {
    ifreq request{};
    request.ifr_ifindex = index;
    if (index && fd >= 0 && ioctl(fd, SIOCGIFNAME, &request) == 0) return str_decode_fs(t, request.ifr_name);
    return str_empty();
}

} // namespace

Error raise_gai(Thread& t, int error) {
    if (error == EAI_SYSTEM) return raise_errno(t, errno);
    Ref<Object> type = TRY(import_attribute(t, "_socket", "gaierror"));
    Ref<Int> number = TRY(int_from(t, error));
    Ref<Str> text = TRY(str_from_utf8(t, gai_strerror(error)));
    Ref<Object> made = TRY(call(t, type, number, text));
    return raise_instance(t, std::move(made));
}
Result<Ref<Bytes>> host_bytes(Thread& t, Borrowed<Object> host, const char* function) {
    Ref<Bytes> text = bytes_empty();
    if (is<Str>(host.get())) {
        auto* name = static_cast<Str*>(host.get());
        if (name->is_ascii()) {
            text = TRY(bytes_from(t, TRY(str_utf8(t, name))));
        } else {
            Ref<Str> idna = TRY(str_interned(t, "idna"));
            text = as<Bytes>(TRY(call_method(t, host, names::encode, idna)));
        }
    } else if (is<Bytes>(host.get())) {
        text = Ref<Bytes>::acquire(static_cast<Bytes*>(host.get()));
    } else if (is<ByteArray>(host.get())) {
        BufferView view;
        TRY(view.acquire(t, host.get()));
        text = TRY(bytes_from(t, view.view()));
    } else if (function) {
        return raise(t, exc::TypeError, "%s() argument 1 must be str, bytes or bytearray, not %s", function,
                     is_none(host.get()) ? "None" : type_name(host.get()));
    } else {
        return raise(t, exc::TypeError, "str, bytes or bytearray expected, not %T", host);
    }
    if (text->view().find('\0') != std::string_view::npos) {
        if (function) return raise(t, exc::TypeError, "%s() argument 1 must be encoded string without null bytes, not %T", function, host);
        return raise(t, exc::TypeError, "host name must not contain null character");
    }
    return text;
}
Result<void> resolve_host(Thread& t, std::string_view name, int family, Address* out) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    if (name == "<broadcast>" || name == "255.255.255.255") {
        if (family != AF_INET && family != AF_UNSPEC) return raise(t, exc::OSError, "address family mismatched");
        auto* in = out->as<sockaddr_in>();
        in->sin_family = AF_INET;
        in->sin_addr.s_addr = INADDR_BROADCAST;
        out->length = sizeof *in;
        return {};
    }
    if (name.empty()) hints.ai_flags = AI_PASSIVE;
    int error;
    {
        Detached detached(t);
        error = getaddrinfo(name.empty() ? nullptr : name.data(), name.empty() ? "0" : nullptr, &hints, &found);
    }
    if (error) return raise_gai(t, error);
    bool several = name.empty() && found->ai_next;
    memcpy(out->bytes, found->ai_addr, std::min<size_t>(found->ai_addrlen, sizeof out->bytes));
    out->length = found->ai_addrlen;
    freeaddrinfo(found);
    if (several) return raise(t, exc::OSError, "wildcard resolved to multiple address");
    return {};
}
Result<void> parse_address(Thread& t, const Socket* self, Borrowed<Object> object, const char* caller, Address* out) {
    switch (self->family) {
    case AF_UNIX: return parse_unix(t, object, out);
    case AF_INET: return parse_inet(t, object, caller, out);
    case AF_INET6: return parse_inet6(t, object, caller, out);
    case AF_PACKET: return parse_packet(t, self, object, caller, out);
    case AF_NETLINK:
    case AF_VSOCK:
    case AF_QIPCRTR: return parse_pair(t, self, object, caller, out);
    case AF_CAN: return parse_can(t, self, object, caller, out);
    case AF_TIPC: return parse_tipc(t, object, caller, out);
    case AF_ALG: return parse_alg(t, object, caller, out);
    default: return raise(t, exc::OSError, "%s(): bad family", caller);
    }
}
Result<Ref<Object>> address_object(Thread& t, const Address& address, int fd, int protocol) {
    if (address.length == 0) return none_ref();
    auto ints = [&](std::initializer_list<int64_t> values) -> Result<Ref<Object>> {
        Ref<Tuple> tuple = TRY(tuple_alloc(t, static_cast<intptr_t>(values.size())));
        intptr_t i = 0;
        for (int64_t value : values) tuple->items[i++] = TRY(int_from(t, value)).release();
        return tuple;
    };
    switch (address.family()) {
    case AF_INET: {
        auto* in = address.as<sockaddr_in>();
        char text[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        Ref<Str> host = TRY(str_from_utf8(t, text));
        Ref<Int> port = TRY(int_from(t, ntohs(in->sin_port)));
        return tuple_pack(t, host, port);
    }
    case AF_INET6: {
        auto* in = address.as<sockaddr_in6>();
        char text[INET6_ADDRSTRLEN + 1 + IFNAMSIZ];
        // With the scope of link-local addresses, as getnameinfo writes it.
        if (getnameinfo(address.as<sockaddr>(), address.length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
            inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text);
        if (char* scope = strchr(text, '%')) *scope = 0;
        Ref<Str> host = TRY(str_from_utf8(t, text));
        Ref<Int> port = TRY(int_from(t, ntohs(in->sin6_port))), flow = TRY(int_from(t, ntohl(in->sin6_flowinfo))),
                 scope = TRY(int_from(t, in->sin6_scope_id));
        return tuple_pack(t, host, port, flow, scope);
    }
    case AF_UNIX: {
        auto* un = address.as<sockaddr_un>();
        size_t size = address.length > offsetof(sockaddr_un, sun_path) ? address.length - offsetof(sockaddr_un, sun_path) : 0;
        if (size > 0 && un->sun_path[0] == 0) return bytes_from(t, {un->sun_path, size});
        return str_decode_fs(t, {un->sun_path, strnlen(un->sun_path, size)});
    }
    case AF_PACKET: {
        auto* packet = address.as<sockaddr_ll>();
        Ref<Object> name = TRY(interface_object(t, fd, packet->sll_ifindex));
        Ref<Int> a = TRY(int_from(t, ntohs(packet->sll_protocol))), b = TRY(int_from(t, packet->sll_pkttype)),
                 c = TRY(int_from(t, packet->sll_hatype));
        Ref<Bytes> link = TRY(bytes_from(t, {reinterpret_cast<const char*>(packet->sll_addr), std::min<size_t>(packet->sll_halen, 8)}));
        return tuple_pack(t, name, a, b, c, link);
    }
    case AF_NETLINK: return ints({address.as<sockaddr_nl>()->nl_pid, address.as<sockaddr_nl>()->nl_groups});
    case AF_VSOCK: return ints({address.as<sockaddr_vm>()->svm_cid, address.as<sockaddr_vm>()->svm_port});
    case AF_QIPCRTR: return ints({address.as<sockaddr_qrtr>()->sq_node, address.as<sockaddr_qrtr>()->sq_port});
    case AF_TIPC: {
        auto* tipc = address.as<sockaddr_tipc>();
        if (tipc->addrtype == TIPC_ADDR_NAMESEQ)
            return ints({tipc->addrtype, tipc->addr.nameseq.type, tipc->addr.nameseq.lower, tipc->addr.nameseq.upper, tipc->scope});
        if (tipc->addrtype == TIPC_ADDR_NAME)
            return ints(
                {tipc->addrtype, tipc->addr.name.name.type, tipc->addr.name.name.instance, tipc->addr.name.name.instance, tipc->scope});
        if (tipc->addrtype == TIPC_ADDR_ID) return ints({tipc->addrtype, tipc->addr.id.node, tipc->addr.id.ref, 0, tipc->scope});
        return raise(t, exc::ValueError, "Invalid address type");
    }
    case AF_CAN: {
        auto* can = address.as<sockaddr_can>();
        Ref<Object> name = TRY(interface_object(t, fd, can->can_ifindex));
        if (protocol == 6) {
            Ref<Int> rx = TRY(int_from(t, can->can_addr.tp.rx_id)), tx = TRY(int_from(t, can->can_addr.tp.tx_id));
            return tuple_pack(t, name, rx, tx);
        }
        if (protocol == 7) {
            Ref<Int> own = TRY(int_from_uint64(t, can->can_addr.j1939.name)), pgn = TRY(int_from(t, can->can_addr.j1939.pgn)),
                     where = TRY(int_from(t, can->can_addr.j1939.addr));
            return tuple_pack(t, name, own, pgn, where);
        }
        return tuple_pack(t, name);
    }
    default: {
        Ref<Int> family = TRY(int_from(t, address.family()));
        size_t size = address.length > sizeof(sa_family_t) ? address.length - sizeof(sa_family_t) : 0;
        Ref<Bytes> data = TRY(bytes_from(t, {address.bytes + sizeof(sa_family_t), size}));
        return tuple_pack(t, family, data);
    }
    }
}

} // namespace taipan::sockets
