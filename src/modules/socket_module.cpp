// The _socket module: sockets of the families INET, INET6 and UNIX, names and addresses.
#include "base/small_buffer.h"
#include "modules/posix/posix.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace taipan {

struct Socket : Object {
    int fd, family, kind, protocol;
    int64_t timeout_ns; // -1: blocks; 0: does not
    static Type s_type;
};
Type Socket::s_type;

namespace {

using Arg = Borrowed<Object>;
constexpr int64_t Billion = 1000000000;

int64_t now_ns() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * Billion + now.tv_nsec;
}

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Error raise_gai(Thread& t, int error) {
    if (error == EAI_SYSTEM) return raise_errno(t, errno);
    Ref<Object> type = TRY(import_attribute(t, "_socket", "gaierror"));
    Ref<Int> number = TRY(int_from(t, error));
    Ref<Str> text = TRY(str_from_utf8(t, gai_strerror(error)));
    Ref<Object> made = TRY(call(t, type, number, text));
    return raise_instance(t, std::move(made));
}
/// A host name: '' is any, '<broadcast>' is that; numbers are tried before names.
Result<void> resolve_host(Thread& t, Borrowed<Object> host, int family, Address* out) {
    Ref<Bytes> text = bytes_empty();
    if (is<Str>(host.get())) {
        Ref<Str> idna = TRY(str_interned(t, static_cast<Str*>(host.get())->is_ascii() ? "ascii" : "idna"));
        text = as<Bytes>(TRY(call_method(t, host, names::encode, idna)));
    } else if (is<Bytes>(host.get())) {
        text = Ref<Bytes>::acquire(static_cast<Bytes*>(host.get()));
    } else {
        return raise(t, exc::TypeError, "str, bytes or bytearray expected, not %T", host);
    }
    if (text->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "host name must not contain null character");
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    const char* name = text->data;
    if (text->size == 0) {
        hints.ai_flags = AI_PASSIVE;
        name = nullptr;
    } else if (text->view() == "<broadcast>" || text->view() == "255.255.255.255") {
        if (family != AF_INET && family != AF_UNSPEC) return raise(t, exc::OSError, "address family mismatched");
        auto* in = reinterpret_cast<sockaddr_in*>(&out->storage);
        in->sin_family = AF_INET;
        in->sin_addr.s_addr = INADDR_BROADCAST;
        out->length = sizeof *in;
        return {};
    }
    int error;
    {
        Detached detached(t);
        error = getaddrinfo(name, name ? nullptr : "0", &hints, &found);
    }
    if (error) return raise_gai(t, error);
    memcpy(&out->storage, found->ai_addr, found->ai_addrlen);
    out->length = found->ai_addrlen;
    freeaddrinfo(found);
    return {};
}
Result<void> parse_address(Thread& t, Socket* self, Borrowed<Object> object, const char* caller, Address* out) {
    if (self->family == AF_UNIX) {
        Ref<Bytes> path = bytes_empty();
        if (is<Str>(object.get())) {
            path = TRY(os_fsencode(t, object));
        } else {
            BufferView view;
            TRY(view.acquire(t, object.get()));
            path = TRY(bytes_from(t, view.view()));
        }
        auto* un = reinterpret_cast<sockaddr_un*>(&out->storage);
        bool is_abstract = path->size > 0 && path->data[0] == 0;
        if (static_cast<size_t>(path->size) + !is_abstract > sizeof un->sun_path) return raise(t, exc::OSError, "AF_UNIX path too long");
        un->sun_family = AF_UNIX;
        memcpy(un->sun_path, path->data, static_cast<size_t>(path->size));
        out->length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<size_t>(path->size) + !is_abstract);
        return {};
    }
    if (self->family != AF_INET && self->family != AF_INET6) return raise(t, exc::OSError, "%s(): bad family", caller);
    auto* tuple = try_as<Tuple>(object.get());
    if (!tuple) return raise(t, exc::TypeError, "%s(): AF_INET%s address must be tuple, not %.500T", caller, self->family == AF_INET6 ? "6" : "", object);
    if (self->family == AF_INET ? tuple->size != 2 : tuple->size < 2 || tuple->size > 4)
        return raise(t, exc::TypeError, self->family == AF_INET ? "%s(): AF_INET address must be a pair (host, port)" : "%s(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])", caller);
    TRY(resolve_host(t, tuple->items[0], self->family, out));
    int64_t port = TRY(to_int64(t, tuple->items[1]));
    if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "%s(): port must be 0-65535.", caller);
    if (self->family == AF_INET) {
        reinterpret_cast<sockaddr_in*>(&out->storage)->sin_port = htons(static_cast<uint16_t>(port));
    } else {
        auto* in = reinterpret_cast<sockaddr_in6*>(&out->storage);
        in->sin6_port = htons(static_cast<uint16_t>(port));
        if (tuple->size > 2) {
            uint64_t flow = TRY(to_uint64(t, tuple->items[2]));
            if (flow > 0xfffff) return raise(t, exc::OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
            in->sin6_flowinfo = htonl(static_cast<uint32_t>(flow));
        }
        if (tuple->size > 3) in->sin6_scope_id = static_cast<uint32_t>(TRY(to_uint64(t, tuple->items[3])));
    }
    return {};
}
Result<Ref<Object>> address_object(Thread& t, const Address& address) {
    if (address.length == 0) return none_ref();
    switch (address.storage.ss_family) {
    case AF_INET: {
        auto* in = reinterpret_cast<const sockaddr_in*>(&address.storage);
        char text[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        Ref<Str> host = TRY(str_from_utf8(t, text));
        Ref<Int> port = TRY(int_from(t, ntohs(in->sin_port)));
        return tuple_pack(t, host, port);
    }
    case AF_INET6: {
        auto* in = reinterpret_cast<const sockaddr_in6*>(&address.storage);
        char text[INET6_ADDRSTRLEN];
        inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text);
        Ref<Str> host = TRY(str_from_utf8(t, text));
        Ref<Int> port = TRY(int_from(t, ntohs(in->sin6_port))), flow = TRY(int_from(t, ntohl(in->sin6_flowinfo))), scope = TRY(int_from(t, in->sin6_scope_id));
        return tuple_pack(t, host, port, flow, scope);
    }
    case AF_UNIX: {
        auto* un = reinterpret_cast<const sockaddr_un*>(&address.storage);
        size_t size = address.length - offsetof(sockaddr_un, sun_path);
        if (size > 0 && un->sun_path[0] == 0) return bytes_from(t, {un->sun_path, size});
        return str_decode_fs(t, {un->sun_path, strnlen(un->sun_path, size)});
    }
    default: {
        Ref<Int> family = TRY(int_from(t, address.storage.ss_family));
        Ref<Bytes> data = TRY(bytes_from(t, {reinterpret_cast<const char*>(&address.storage) + sizeof(sa_family_t), address.length - sizeof(sa_family_t)}));
        return tuple_pack(t, family, data);
    }
    }
}

/// Repeats `operation` until it does not have to wait, within the socket's time-out.
template <class F> Result<ssize_t> transfer(Thread& t, Socket* self, short events, F operation) {
    int64_t deadline = self->timeout_ns > 0 ? now_ns() + self->timeout_ns : 0;
    for (;;) {
        if (self->timeout_ns > 0) {
            int64_t left = deadline - now_ns();
            pollfd row{self->fd, events, 0};
            int n, error;
            {
                Detached detached(t);
                n = left > 0 ? ::poll(&row, 1, static_cast<int>(std::min<int64_t>((left + 999999) / 1000000, INT32_MAX))) : 0;
                error = errno;
            }
            if (n == 0) return raise(t, exc::TimeoutError, "timed out");
            if (n < 0) {
                if (error != EINTR) return raise_errno(t, error);
                TRY(poll(t));
                continue;
            }
        }
        ssize_t result;
        int error;
        {
            Detached detached(t);
            result = operation();
            error = errno;
        }
        if (result >= 0) return result;
        if (error == EINTR) {
            TRY(poll(t));
            continue;
        }
        if (self->timeout_ns > 0 && (error == EAGAIN || error == EWOULDBLOCK)) continue;
        return raise_errno(t, error);
    }
}
Result<void> set_nonblocking(Thread& t, int fd, bool on) {
    int value = on;
    if (ioctl(fd, FIONBIO, &value) < 0) return raise_errno(t, errno);
    return {};
}
int64_t default_timeout(Thread& t) {
    auto found = import_attribute(t, "_socket", "_default_timeout_ns");
    if (found.is_error()) {
        t.clear_exception();
        return -1;
    }
    auto value = to_int64(t, found.take());
    if (value.is_error()) {
        t.clear_exception();
        return -1;
    }
    return value.take();
}

Result<Ref<Object>> socket_new(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> object = TRY(allocate_object(t, *type));
    auto* self = static_cast<Socket*>(object.get());
    self->fd = -1;
    self->timeout_ns = -1;
    return object;
}
Result<void> socket_init(Thread& t, Borrowed<Socket> self, int family, int kind, int protocol, NoneOr<Object> fileno) {
    int fd = -1;
    if (fileno) {
        if (is<Float>(fileno.get())) return raise(t, exc::TypeError, "integer argument expected, got float");
        fd = TRY(to_int32(t, fileno.value()));
        if (fd < 0) return raise(t, exc::ValueError, "negative file descriptor");
        sockaddr_storage address;
        socklen_t length = sizeof address;
        if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) < 0) {
            if (errno == EBADF || errno == ENOTSOCK) return raise_errno(t, errno);
            if (family == -1) return raise_errno(t, errno);
        } else if (family == -1) {
            family = address.ss_family;
        }
        socklen_t size = sizeof(int);
        if (kind == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) < 0) return raise_errno(t, errno);
        size = sizeof(int);
        if (protocol == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0) return raise_errno(t, errno);
    } else {
        if (family == -1) family = AF_INET;
        if (kind == -1) kind = SOCK_STREAM;
        if (protocol == -1) protocol = 0;
        TRY(posix::checked(t, [&] { return fd = socket(family, kind | SOCK_CLOEXEC, protocol); }));
    }
    self->fd = fd;
    self->family = family;
    self->kind = kind & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    self->protocol = protocol;
    if (kind & SOCK_NONBLOCK) self->timeout_ns = 0;
    else if (!fileno) {
        self->timeout_ns = default_timeout(t);
        if (self->timeout_ns >= 0) TRY(set_nonblocking(t, fd, true));
    }
    return {};
}
Result<void> socket_close(Thread& t, Borrowed<Socket> self) {
    int fd = std::exchange(self->fd, -1);
    if (fd < 0) return {};
    int result, error;
    {
        Detached detached(t);
        result = ::close(fd);
        error = errno;
    }
    if (result < 0 && error != ECONNRESET) return raise_errno(t, error);
    return {};
}
int socket_detach(Thread&, Borrowed<Socket> self) { return std::exchange(self->fd, -1); }
int socket_fileno(Thread&, Borrowed<Socket> self) { return self->fd; }
Result<Ref<Object>> socket_accept(Thread& t, Borrowed<Socket> self) {
    Address address;
    address.length = sizeof address.storage;
    ssize_t fd = TRY(transfer(t, self.get(), POLLIN, [&] { return ssize_t{accept4(self->fd, address.get(), &address.length, SOCK_CLOEXEC)}; }));
    Ref<Int> number = TRY(int_from(t, fd));
    Ref<Object> peer = TRY(address_object(t, address));
    return tuple_pack(t, number, peer);
}
Result<void> socket_bind(Thread& t, Borrowed<Socket> self, Arg object) {
    Address address;
    TRY(parse_address(t, self.get(), object, "bind", &address));
    return posix::checked(t, [&] { return bind(self->fd, address.get(), address.length); });
}
Result<void> socket_listen(Thread& t, Borrowed<Socket> self, int backlog) {
    return posix::checked(t, [&] { return listen(self->fd, std::max(backlog, 0)); });
}
Result<int> do_connect(Thread& t, Socket* self, Address& address, bool report) {
    int result, error;
    {
        Detached detached(t);
        result = connect(self->fd, address.get(), address.length);
        error = errno;
    }
    if (result == 0) return 0;
    bool wait = (error == EINTR && self->timeout_ns != 0) || (error == EINPROGRESS && self->timeout_ns > 0);
    if (error == EINTR) TRY(poll(t));
    if (wait) {
        int64_t deadline = self->timeout_ns > 0 ? now_ns() + self->timeout_ns : 0;
        for (;;) {
            int64_t left = self->timeout_ns > 0 ? deadline - now_ns() : -1;
            pollfd row{self->fd, POLLOUT, 0};
            int n;
            {
                Detached detached(t);
                n = self->timeout_ns > 0 && left <= 0 ? 0 : ::poll(&row, 1, left < 0 ? -1 : static_cast<int>((left + 999999) / 1000000));
                error = errno;
            }
            if (n > 0) break;
            if (n == 0) {
                if (!report) return EWOULDBLOCK;
                return raise(t, exc::TimeoutError, "timed out");
            }
            if (error != EINTR) break;
            TRY(poll(t));
        }
        socklen_t size = sizeof error;
        if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
        if (error == 0 || error == EISCONN) return 0;
    }
    if (!report) return error;
    return raise_errno(t, error);
}
Result<void> socket_connect(Thread& t, Borrowed<Socket> self, Arg object) {
    Address address;
    TRY(parse_address(t, self.get(), object, "connect", &address));
    (void)TRY(do_connect(t, self.get(), address, true));
    return {};
}
Result<int> socket_connect_ex(Thread& t, Borrowed<Socket> self, Arg object) {
    Address address;
    TRY(parse_address(t, self.get(), object, "connect_ex", &address));
    return do_connect(t, self.get(), address, false);
}
template <int (*Get)(int, sockaddr*, socklen_t*)> Result<Ref<Object>> name_of(Thread& t, Borrowed<Socket> self) {
    Address address;
    address.length = sizeof address.storage;
    if (Get(self->fd, address.get(), &address.length) < 0) return raise_errno(t, errno);
    return address_object(t, address);
}
int get_sock(int fd, sockaddr* a, socklen_t* n) { return getsockname(fd, a, n); }
int get_peer(int fd, sockaddr* a, socklen_t* n) { return getpeername(fd, a, n); }

Result<Ref<Object>> socket_recv(Thread& t, Borrowed<Socket> self, Size size, int flags) {
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recv");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    ssize_t n = TRY(transfer(t, self.get(), POLLIN, [&] { return recv(self->fd, bytes->data, static_cast<size_t>(size.value), flags); }));
    if (n == size) return bytes;
    return bytes_from(t, {bytes->data, static_cast<size_t>(n)});
}
Result<int64_t> socket_recv_into(Thread& t, Borrowed<Socket> self, WritableBufferView& buffer, Size size, int flags) {
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recv_into");
    size_t n = size == 0 ? buffer.size() : static_cast<size_t>(size.value);
    if (n > buffer.size()) return raise(t, exc::ValueError, "buffer too small for requested bytes");
    return int64_t{TRY(transfer(t, self.get(), POLLIN, [&] { return recv(self->fd, buffer.buffer().buf, n, flags); }))};
}
Result<Ref<Object>> socket_recvfrom(Thread& t, Borrowed<Socket> self, Size size, int flags) {
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recvfrom");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    Address address;
    ssize_t n = TRY(transfer(t, self.get(), POLLIN, [&] {
        address.length = sizeof address.storage;
        return recvfrom(self->fd, bytes->data, static_cast<size_t>(size.value), flags, address.get(), &address.length);
    }));
    Ref<Bytes> data = TRY(bytes_from(t, {bytes->data, static_cast<size_t>(n)}));
    Ref<Object> from = TRY(address_object(t, address));
    return tuple_pack(t, data, from);
}
Result<int64_t> socket_send(Thread& t, Borrowed<Socket> self, BufferView& data, int flags) {
    return int64_t{TRY(transfer(t, self.get(), POLLOUT, [&] { return send(self->fd, data.data(), data.size(), flags); }))};
}
Result<void> socket_sendall(Thread& t, Borrowed<Socket> self, BufferView& data, int flags) {
    size_t done = 0;
    while (done < data.size()) {
        done += static_cast<size_t>(TRY(transfer(t, self.get(), POLLOUT, [&] { return send(self->fd, data.data() + done, data.size() - done, flags); })));
        TRY(poll(t));
    }
    return {};
}
Result<int64_t> socket_sendto(Thread& t, Borrowed<Socket> self, BufferView& data, Arg second, MaybeBorrowed<Object> third) {
    int flags = third ? TRY(to_int32(t, second)) : 0;
    Address address;
    TRY(parse_address(t, self.get(), third ? third.value() : second, "sendto", &address));
    return int64_t{TRY(transfer(t, self.get(), POLLOUT, [&] { return sendto(self->fd, data.data(), data.size(), flags, address.get(), address.length); }))};
}
Result<void> socket_shutdown(Thread& t, Borrowed<Socket> self, int how) {
    return posix::checked(t, [&] { return shutdown(self->fd, how); });
}
Result<void> apply_timeout(Thread& t, Socket* self, int64_t ns) {
    self->timeout_ns = ns;
    return set_nonblocking(t, self->fd, ns >= 0);
}
Result<int64_t> timeout_value(Thread& t, Arg value) {
    if (is_none(value.get())) return int64_t{-1};
    double seconds = is<Float>(value.get()) ? static_cast<Float*>(value.get())->value : static_cast<double>(TRY(to_int64(t, value)));
    if (std::isnan(seconds)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds < 0) return raise(t, exc::ValueError, "Timeout value out of range");
    if (seconds > 9e9) return raise(t, exc::OverflowError, "timeout doesn't fit into C timeval");
    return static_cast<int64_t>(std::ceil(seconds * 1e9));
}
Result<Ref<Object>> timeout_object(Thread& t, int64_t ns) {
    if (ns < 0) return none_ref();
    return float_from(t, static_cast<double>(ns) / 1e9);
}
Result<void> socket_settimeout(Thread& t, Borrowed<Socket> self, Arg value) { return apply_timeout(t, self.get(), TRY(timeout_value(t, value))); }
Result<Ref<Object>> socket_gettimeout(Thread& t, Borrowed<Socket> self) { return timeout_object(t, self->timeout_ns); }
Result<void> socket_setblocking(Thread& t, Borrowed<Socket> self, bool on) { return apply_timeout(t, self.get(), on ? -1 : 0); }
bool socket_getblocking(Thread&, Borrowed<Socket> self) { return self->timeout_ns != 0; }
Result<void> socket_setsockopt(Thread& t, Borrowed<Socket> self, int level, int option, Arg value, MaybeBorrowed<Object> length) {
    if (is<Int>(value.get())) {
        int number = TRY(to_int32(t, value));
        return posix::checked(t, [&] { return setsockopt(self->fd, level, option, &number, sizeof number); });
    }
    if (is_none(value.get())) {
        socklen_t size = length ? static_cast<socklen_t>(TRY(to_uint64(t, length.value()))) : 0;
        return posix::checked(t, [&] { return setsockopt(self->fd, level, option, nullptr, size); });
    }
    BufferView view;
    TRY(view.acquire(t, value.get()));
    return posix::checked(t, [&] { return setsockopt(self->fd, level, option, view.data(), static_cast<socklen_t>(view.size())); });
}
Result<Ref<Object>> socket_getsockopt(Thread& t, Borrowed<Socket> self, int level, int option, int size) {
    if (size == 0) {
        int value = 0;
        socklen_t length = sizeof value;
        if (getsockopt(self->fd, level, option, &value, &length) < 0) return raise_errno(t, errno);
        return int_from(t, value);
    }
    if (size < 0 || size > 1024) return raise(t, exc::OSError, "getsockopt buflen out of range");
    char buffer[1024];
    socklen_t length = static_cast<socklen_t>(size);
    if (getsockopt(self->fd, level, option, buffer, &length) < 0) return raise_errno(t, errno);
    return bytes_from(t, {buffer, length});
}
int get_family(Thread&, Borrowed<Socket> self) { return self->family; }
int get_kind(Thread&, Borrowed<Socket> self) { return self->kind; }
int get_protocol(Thread&, Borrowed<Socket> self) { return self->protocol; }
Result<Ref<Object>> socket_repr(Thread& t, Borrowed<Socket> self) {
    return str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", self->fd, self->family, self->kind, self->protocol);
}
void socket_finalize(Object* o) {
    auto* self = static_cast<Socket*>(o);
    if (self->fd < 0) return;
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    if (warn(t, exc::ResourceWarning, 1, "unclosed %R", o).is_error()) {
        if (exception_matches(t, exc::Warning)) write_unraisable(t, "Exception ignored while finalizing socket", o);
        else t.clear_exception();
    }
    int fd = std::exchange(self->fd, -1);
    if (fd >= 0) ::close(fd);
    if (saved) (void)t.set_exception(saved.take());
}
void socket_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    o->type->free(o);
}
const NativeDef socket_methods[] = {
    method<socket_accept>("_accept", "($self, /)"), method<socket_bind>("bind", "($self, address, /)"), method<socket_close>("close", "($self, /)"),
    method<socket_connect>("connect", "($self, address, /)"), method<socket_connect_ex>("connect_ex", "($self, address, /)"),
    method<socket_detach>("detach", "($self, /)"), method<socket_fileno>("fileno", "($self, /)"), method<name_of<get_peer>>("getpeername", "($self, /)"),
    method<name_of<get_sock>>("getsockname", "($self, /)"), method<socket_getsockopt>("getsockopt", "($self, level, option, buffersize=0, /)"),
    method<socket_listen>("listen", "($self, backlog=128, /)"), method<socket_recv>("recv", "($self, bufsize, flags=0, /)"),
    method<socket_recv_into>("recv_into", "($self, buffer, nbytes=0, flags=0)"), method<socket_recvfrom>("recvfrom", "($self, bufsize, flags=0, /)"),
    method<socket_send>("send", "($self, data, flags=0, /)"), method<socket_sendall>("sendall", "($self, data, flags=0, /)"),
    method<socket_sendto>("sendto", "($self, data, flags, address=<unrepresentable>, /)"), method<socket_setblocking>("setblocking", "($self, flag, /)"),
    method<socket_getblocking>("getblocking", "($self, /)"), method<socket_settimeout>("settimeout", "($self, timeout, /)"),
    method<socket_gettimeout>("gettimeout", "($self, /)"),
    method<socket_setsockopt>("setsockopt", "($self, level, option, value, optlen=<unrepresentable>, /)"), method<socket_shutdown>("shutdown", "($self, how, /)"),
};
const GetSetDef socket_getset[] = {getter<get_family>("family", "the socket family"), getter<get_kind>("type", "the socket type"),
                                   getter<get_protocol>("proto", "the socket protocol"), getter<socket_gettimeout>("timeout", "the socket timeout")};
const SlotDef socket_slots[] = {
    raw_slot(SlotId::tp_dealloc, &socket_dealloc), raw_slot(SlotId::tp_finalize, &socket_finalize), unary_slot<SlotId::tp_repr, socket_repr>(),
    typed_new<socket_new, "socket", "(*args, **kwargs)">(), typed_init<socket_init, "socket", "(family=-1, type=-1, proto=-1, fileno=None)">(),
};
const TypeSpec socket_spec = {.type = &Socket::s_type, .name = "_socket.socket", .basicsize = sizeof(Socket), .flags = type_flag::BaseType,
                              .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object", .slots = socket_slots, .methods = socket_methods,
                              .getset = socket_getset};

// Names and addresses
Result<Ref<Object>> gethostname_(Thread& t) {
    char name[1024];
    if (gethostname(name, sizeof name - 1) < 0) return raise_errno(t, errno);
    name[sizeof name - 1] = 0;
    return str_decode_fs(t, name);
}
Result<Ref<Object>> gethostbyname_(Thread& t, Arg name) {
    Address address;
    TRY(resolve_host(t, name, AF_INET, &address));
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&address.storage)->sin_addr, text, sizeof text);
    return str_from_utf8(t, text);
}
Result<Ref<Object>> getaddrinfo_(Thread& t, Arg host, Arg port, int family, int kind, int protocol, int flags) {
    Ref<Bytes> host_text = bytes_empty(), port_text = bytes_empty();
    if (is<Str>(host.get())) {
        Ref<Str> idna = TRY(str_interned(t, static_cast<Str*>(host.get())->is_ascii() ? "ascii" : "idna"));
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
        port_text = TRY(os_fsencode(t, port));
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
        error = getaddrinfo(is_none(host.get()) ? nullptr : host_text->data, is_none(port.get()) ? nullptr : port_text->data, &hints, &found);
    }
    if (error) return raise_gai(t, error);
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<List> list = TRY(list_new(t));
        for (addrinfo* row = found; row; row = row->ai_next) {
            Address address;
            memcpy(&address.storage, row->ai_addr, row->ai_addrlen);
            address.length = row->ai_addrlen;
            Ref<Int> a = TRY(int_from(t, row->ai_family)), b = TRY(int_from(t, row->ai_socktype)), c = TRY(int_from(t, row->ai_protocol));
            Ref<Str> canonical = TRY(str_decode_fs(t, row->ai_canonname ? row->ai_canonname : ""));
            Ref<Object> where = TRY(address_object(t, address));
            TRY(list_append(t, list, TRY(tuple_pack(t, a, b, c, canonical, where))));
        }
        return list;
    };
    auto result = run();
    freeaddrinfo(found);
    return result;
}
Result<Ref<Object>> socketpair_(Thread& t, int family, int kind, int protocol) {
    int fds[2];
    TRY(posix::checked(t, [&] { return socketpair(family, kind | SOCK_CLOEXEC, protocol, fds); }));
    Object* made[2] = {};
    for (int i = 0; i < 2; ++i) {
        Ref<Object> object = TRY(socket_new(t, &Socket::s_type, Args{}, Kwargs{}));
        auto* self = static_cast<Socket*>(object.get());
        self->fd = fds[i];
        self->family = family;
        self->kind = kind & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
        self->protocol = protocol;
        made[i] = object.release();
    }
    return tuple_from_array_steal(t, made, 2);
}
Result<void> close_(Thread& t, int fd) {
    return posix::checked(t, [&] { return ::close(fd); });
}
Result<int> dup_(Thread& t, int fd) {
    int copy = -1;
    TRY(posix::checked(t, [&] { return copy = fcntl(fd, F_DUPFD_CLOEXEC, 0); }));
    return copy;
}
Result<Ref<Object>> inet_aton_(Thread& t, std::string_view text) {
    in_addr address;
    if (!inet_aton(text.data(), &address)) return raise(t, exc::OSError, "illegal IP address string passed to inet_aton");
    return bytes_from(t, {reinterpret_cast<char*>(&address), 4});
}
Result<Ref<Object>> inet_ntoa_(Thread& t, BufferView& packed) {
    if (packed.size() != 4) return raise(t, exc::OSError, "packed IP wrong length");
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
    int64_t v = TRY(to_int64(t, value));
    if (v < 0) return raise(t, exc::OverflowError, "can't convert negative number to C uint16_t");
    if (v > 0xffff) return raise(t, exc::OverflowError, "Python int too large to convert to C uint16_t");
    return int64_t{htons(static_cast<uint16_t>(v))};
}
Result<int64_t> swap32(Thread& t, Arg value) {
    int64_t v = TRY(to_int64(t, value));
    if (v < 0) return raise(t, exc::OverflowError, "can't convert negative number to C uint32_t");
    if (v > 0xffffffff) return raise(t, exc::OverflowError, "Python int too large to convert to C uint32_t");
    return int64_t{htonl(static_cast<uint32_t>(v))};
}
Result<Ref<Object>> getdefaulttimeout(Thread& t) { return timeout_object(t, default_timeout(t)); }
Result<void> setdefaulttimeout(Thread& t, Borrowed<Module> module, Arg value) {
    return module_add_int(t, module, "_default_timeout_ns", TRY(timeout_value(t, value)));
}
const NativeDef functions[] = {
    fn<gethostname_>("gethostname", "()"), fn<gethostbyname_>("gethostbyname", "(host, /)"),
    fn<getaddrinfo_>("getaddrinfo", "(host, port, family=0, type=0, proto=0, flags=0)"),
    fn<socketpair_>("socketpair", "(family=1, type=1, proto=0, /)"), fn<close_>("close", "(fd, /)"), fn<dup_>("dup", "(fd, /)"),
    fn<inet_aton_>("inet_aton", "(ip_addr, /)"), fn<inet_ntoa_>("inet_ntoa", "(packed_ip, /)"), fn<inet_pton_>("inet_pton", "(af, ip, /)"),
    fn<inet_ntop_>("inet_ntop", "(af, packed_ip, /)"), fn<swap16>("htons", "(x, /)"), fn<swap16>("ntohs", "(x, /)"), fn<swap32>("htonl", "(x, /)"),
    fn<swap32>("ntohl", "(x, /)"), fn<getdefaulttimeout>("getdefaulttimeout", "()"), module_fn<setdefaulttimeout>("setdefaulttimeout", "($module, timeout, /)"),
};
struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
#include "modules/socket_constants.inc"
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_type(t, module, socket_spec));
    TRY(module_add(t, module, "SocketType", &Socket::s_type));
    TRY(module_add(t, module, "error", &exc::OSError));
    TRY(module_add(t, module, "timeout", &exc::TimeoutError));
    TRY(module_add(t, module, "herror", TRY(new_exception_type(t, "socket.herror", exc::OSError, nullptr))));
    TRY(module_add(t, module, "gaierror", TRY(new_exception_type(t, "socket.gaierror", exc::OSError, nullptr))));
    TRY(module_add_int(t, module, "_default_timeout_ns", -1));
    TRY(module_add(t, module, "has_ipv6", True()));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec socket_module;
const ModuleSpec socket_module = {.name = "_socket", .doc = "Implementation module for socket operations.", .functions = functions, .exec = exec};

} // namespace taipan
