// The _socket module: the socket type. Addresses, messages and names are in socket/.
#include "modules/resource_warning.h"
#include "modules/socket/socket.h"
#include "objects/audit.h"
#include "objects/capsule.h"
#include "objects/float.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/tuple.h"
#include "runtime/refcount.h"

#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

namespace taipan {

Type Socket::s_type;

namespace sockets {

Result<int64_t> timeout_argument(Thread& t, Borrowed<Object> value) {
    if (is_none(value.get())) return int64_t{-1};
    int64_t ns = TRY(to_nanoseconds(t, value));
    if (ns < 0) return raise(t, exc::ValueError, "Timeout value out of range");
    return ns;
}

} // namespace sockets

namespace {

using namespace sockets;
using Arg = Borrowed<Object>;

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
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Int> shown[] = {TRY(int_from(t, family)), TRY(int_from(t, kind)), TRY(int_from(t, protocol))};
        TRY(audit_args(t, "socket.__new__", {self.get(), shown[0].get(), shown[1].get(), shown[2].get()}));
    }
    int fd = -1;
    if (fileno) {
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
    else {
        self->timeout_ns = default_timeout(t);
        if (self->timeout_ns >= 0) TRY(set_nonblocking(t, fd, true));
    }
    return {};
}
Result<void> socket_close(Thread& t, Borrowed<Socket> self) {
    int fd = self->fd.exchange(-1);
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
int socket_detach(Thread&, Borrowed<Socket> self) { return self->fd.exchange(-1); }
int socket_fileno(Thread&, Borrowed<Socket> self) { return self->fd; }
Result<Ref<Object>> socket_accept(Thread& t, Borrowed<Socket> self) {
    Address address;
    address.expect();
    ssize_t fd =
        TRY(transfer(t, self.get(), POLLIN, [&] { return ssize_t{accept4(self->fd, address.get(), &address.length, SOCK_CLOEXEC)}; }));
    Ref<Int> number = TRY(int_from(t, fd));
    Ref<Object> peer = TRY(address_object(t, address, self->fd, self->protocol));
    return tuple_pack(t, number, peer);
}
Result<void> socket_bind(Thread& t, Borrowed<Socket> self, Arg object) {
    Address address;
    TRY(parse_address(t, self.get(), object, "bind", &address));
    TRY(audit_args(t, "socket.bind", {self.get(), object.get()}));
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
        int64_t deadline = self->timeout_ns > 0 ? deadline_after(self->timeout_ns) : 0;
        for (;;) {
            int64_t left = self->timeout_ns > 0 ? deadline - base::monotonic_ns() : -1;
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
    TRY(audit_args(t, "socket.connect", {self.get(), object.get()}));
    (void)TRY(do_connect(t, self.get(), address, true));
    return {};
}
Result<int> socket_connect_ex(Thread& t, Borrowed<Socket> self, Arg object) {
    Address address;
    TRY(parse_address(t, self.get(), object, "connect_ex", &address));
    TRY(audit_args(t, "socket.connect", {self.get(), object.get()}));
    return do_connect(t, self.get(), address, false);
}
template <int (*Get)(int, sockaddr*, socklen_t*)> Result<Ref<Object>> name_of(Thread& t, Borrowed<Socket> self) {
    Address address;
    address.expect();
    if (Get(self->fd, address.get(), &address.length) < 0) return raise_errno(t, errno);
    return address_object(t, address, self->fd, self->protocol);
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
/// A buffer to be filled.
Result<void> writable(Thread& t, Arg object, const char* function, BufferView* view) {
    if (!view->acquire(t, object.get(), true).is_error()) return {};
    t.clear_exception();
    return raise(t, exc::TypeError, "%s() argument 1 must be read-write bytes-like object, not %T", function, object);
}
Result<int64_t> socket_recv_into(Thread& t, Borrowed<Socket> self, Arg object, Size size, int flags) {
    BufferView buffer;
    TRY(writable(t, object, "recv_into", &buffer));
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recv_into");
    size_t n = size == 0 ? buffer.size() : static_cast<size_t>(size.value);
    if (n > buffer.size()) return raise(t, exc::ValueError, "buffer too small for requested bytes");
    return int64_t{TRY(transfer(t, self.get(), POLLIN, [&] { return recv(self->fd, buffer.buffer().buf, n, flags); }))};
}
Result<Ref<Object>> socket_recvfrom_into(Thread& t, Borrowed<Socket> self, Arg object, Size size, int flags) {
    BufferView buffer;
    TRY(writable(t, object, "recvfrom_into", &buffer));
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recvfrom_into");
    size_t n = size == 0 ? buffer.size() : static_cast<size_t>(size.value);
    if (n > buffer.size()) return raise(t, exc::ValueError, "nbytes is greater than the length of the buffer");
    Address address;
    ssize_t received = TRY(transfer(t, self.get(), POLLIN, [&] {
        address.expect();
        return recvfrom(self->fd, buffer.buffer().buf, n, flags, address.get(), &address.length);
    }));
    Ref<Int> count = TRY(int_from(t, received));
    Ref<Object> from = TRY(address_object(t, address, self->fd, self->protocol));
    return tuple_pack(t, count, from);
}
Result<Ref<Object>> socket_recvfrom(Thread& t, Borrowed<Socket> self, Size size, int flags) {
    if (size < 0) return raise(t, exc::ValueError, "negative buffersize in recvfrom");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    Address address;
    ssize_t n = TRY(transfer(t, self.get(), POLLIN, [&] {
        address.expect();
        return recvfrom(self->fd, bytes->data, static_cast<size_t>(size.value), flags, address.get(), &address.length);
    }));
    Ref<Bytes> data = TRY(bytes_from(t, {bytes->data, static_cast<size_t>(n)}));
    Ref<Object> from = TRY(address_object(t, address, self->fd, self->protocol));
    return tuple_pack(t, data, from);
}
Result<int64_t> socket_send(Thread& t, Borrowed<Socket> self, BufferView& data, int flags) {
    return int64_t{TRY(transfer(t, self.get(), POLLOUT, [&] { return send(self->fd, data.data(), data.size(), flags); }))};
}
Result<void> socket_sendall(Thread& t, Borrowed<Socket> self, BufferView& data, int flags) {
    size_t done = 0;
    int64_t timeout = self->timeout_ns, deadline = timeout > 0 ? deadline_after(timeout) : 0; // for all of it
    while (done < data.size()) {
        done += static_cast<size_t>(TRY(
            transfer(t, self.get(), POLLOUT, [&] { return send(self->fd, data.data() + done, data.size() - done, flags); }, &deadline)));
        TRY(poll(t));
    }
    return {};
}
Result<int64_t> socket_sendto(Thread& t, Borrowed<Socket> self, Args args) {
    if (args.size() != 2 && args.size() != 3)
        return raise(t, exc::TypeError, "sendto() takes 2 or 3 arguments (%d given)", static_cast<int64_t>(args.size()));
    BufferView data;
    TRY(data.acquire(t, args[0]));
    int flags = args.size() == 3 ? TRY(to_int32(t, args[1])) : 0;
    Address address;
    TRY(parse_address(t, self.get(), args[args.size() - 1], "sendto", &address));
    return int64_t{TRY(transfer(t, self.get(), POLLOUT,
                                [&] { return sendto(self->fd, data.data(), data.size(), flags, address.get(), address.length); }))};
}
Result<void> socket_shutdown(Thread& t, Borrowed<Socket> self, int how) {
    return posix::checked(t, [&] { return shutdown(self->fd, how); });
}
Result<void> apply_timeout(Thread& t, Socket* self, int64_t ns) {
    self->timeout_ns = ns;
    return set_nonblocking(t, self->fd, ns >= 0);
}
Result<Ref<Object>> timeout_object(Thread& t, int64_t ns) {
    if (ns < 0) return none_ref();
    return float_from(t, static_cast<double>(ns) / 1e9);
}
Result<void> socket_settimeout(Thread& t, Borrowed<Socket> self, Arg value) {
    return apply_timeout(t, self.get(), TRY(timeout_argument(t, value)));
}
Result<Ref<Object>> socket_gettimeout(Thread& t, Borrowed<Socket> self) { return timeout_object(t, self->timeout_ns); }
Result<void> socket_setblocking(Thread& t, Borrowed<Socket> self, bool on) { return apply_timeout(t, self.get(), on ? -1 : 0); }
bool socket_getblocking(Thread&, Borrowed<Socket> self) { return self->timeout_ns != 0; }
Result<void> socket_setsockopt(Thread& t, Borrowed<Socket> self, Args args) {
    size_t count = args.size();
    bool cleared = count == 4 && is_none(args[2]); // the option without a value, of a length
    if (count != 3 && !cleared)
        return raise(t, exc::TypeError, "setsockopt() takes exactly 3 arguments (%d given)", static_cast<int64_t>(count));
    int level = TRY(to_int32(t, args[0])), option = TRY(to_int32(t, args[1]));
    if (cleared) {
        auto size = static_cast<socklen_t>(TRY(to_uint64(t, args[3])));
        return posix::checked(t, [&] { return setsockopt(self->fd, level, option, nullptr, size); });
    }
    int64_t wide;
    if (is<Int>(args[2]) && int_fits_int64(static_cast<Int*>(args[2]), &wide)) {
        if (self->family == AF_VSOCK && wide >= 0) {
            auto value = static_cast<uint64_t>(wide);
            return posix::checked(t, [&] { return setsockopt(self->fd, level, option, &value, sizeof value); });
        }
        if (wide >= INT32_MIN && wide <= INT32_MAX) {
            auto number = static_cast<int>(wide);
            return posix::checked(t, [&] { return setsockopt(self->fd, level, option, &number, sizeof number); });
        }
    }
    BufferView view;
    TRY(view.acquire(t, args[2]));
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
    auto warned = [&]() -> Result<void> { return warn_unclosed(t, o, TRY(str_format(t, "unclosed %R", o))); }();
    if (warned.is_error()) {
        if (exception_matches(t, exc::Warning)) write_unraisable(t, "Exception ignored while finalizing socket", o);
        else t.clear_exception();
    }
    int fd = self->fd.exchange(-1);
    if (fd >= 0) ::close(fd);
    if (saved) (void)t.set_exception(saved.take());
}
void socket_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    o->type->free(o);
}
const NativeDef socket_methods[] = {
    method<socket_accept>(
        "_accept", "($self, /)",
        "_accept() -> (integer, address info)\n\nWait for a connection: the descriptor of a new socket and the address of the other side."),
    method<socket_bind>("bind", "($self, object, /)", "bind(address)\n\nTie the socket to a local address."),
    method<socket_close>("close", "($self, /)", "close()\n\nClose the socket; it cannot be used afterwards."),
    method<socket_connect>("connect", "($self, object, /)", "connect(address)\n\nConnect the socket to an address."),
    method<socket_connect_ex>("connect_ex", "($self, object, /)",
                              "connect_ex(address) -> errno\n\nLike connect(), but errors of the system are returned and not raised."),
    method<socket_detach>("detach", "($self, /)", "detach()\n\nGive up the descriptor without closing it, and return it."),
    method<socket_fileno>("fileno", "($self, /)", "fileno() -> integer\n\nThe descriptor of the socket."),
    method<name_of<get_peer>>("getpeername", "($self, /)", "getpeername() -> address info\n\nThe address of the other side."),
    method<name_of<get_sock>>("getsockname", "($self, /)", "getsockname() -> address info\n\nThe local address of the socket."),
    method<socket_getsockopt>(
        "getsockopt", "(level, option, buffersize=0, /)",
        "getsockopt(level, option[, buffersize]) -> value\n\nAn option of the socket: an integer, or with a buffer size bytes."),
    method<socket_listen>("listen", "(backlog=128, /)", "listen([backlog])\n\nAllow connections, with as many waiting as backlog says."),
    method<socket_recv>("recv", "(bufsize, flags=0, /)",
                        "recv(buffersize[, flags]) -> data\n\nReceive at most so many bytes; none once the other side has closed."),
    method<socket_recv_into>(
        "recv_into", "(buffer, nbytes=0, flags=0)",
        "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read\n\nReceive into a buffer, at most nbytes if they are given."),
    method<socket_recvfrom>("recvfrom", "(bufsize, flags=0, /)",
                            "recvfrom(buffersize[, flags]) -> (data, address info)\n\nLike recv(), with the address of the sender."),
    method<socket_send>("send", "(data, flags=0, /)",
                        "send(data[, flags]) -> count\n\nSend data, and return how many of its bytes went out."),
    method<socket_sendall>("sendall", "(data, flags=0, /)",
                           "sendall(data[, flags])\n\nSend all of the data; after an error one cannot tell how much went out."),
    method<socket_sendto>(
        "sendto", "(*args)",
        "sendto(data[, flags], address) -> count\n\nLike send(), to an address that the socket need not be connected to."),
    method<socket_recvfrom_into>(
        "recvfrom_into", "(buffer, nbytes=0, flags=0)",
        "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)\n\nLike recv_into(), with the address of the sender."),
    method<recvmsg>("recvmsg", "(bufsize, ancbufsize=0, flags=0, /)",
                    "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceive data and control messages."),
    method<recvmsg_into>("recvmsg_into", "(buffers, ancbufsize=0, flags=0, /)",
                         "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceive data into "
                         "several buffers one after the other, and control messages."),
    method<sendmsg>("sendmsg", "(buffers, ancdata=<unrepresentable>, flags=0, address=None, /)",
                    "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSend the bytes of several buffers, and control messages."),
    method<sendmsg_afalg>("sendmsg_afalg",
                          "(msg=<unrepresentable>, *, op=<unrepresentable>, iv=<unrepresentable>, assoclen=<unrepresentable>, flags=0)",
                          "sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])\n\nSend to the kernel's cryptography: the "
                          "operation, the initialisation vector, the length of what is only authenticated."),
    method<socket_setblocking>(
        "setblocking", "($self, object, /)",
        "setblocking(flag)\n\nWhether operations wait: setblocking(True) is settimeout(None), setblocking(False) is settimeout(0.0)."),
    method<socket_getblocking>("getblocking", "($self, /)", "getblocking()\n\nWhether operations wait."),
    method<socket_settimeout>("settimeout", "($self, object, /)",
                              "settimeout(timeout)\n\nHow many seconds operations wait; None is for ever, 0 not at all."),
    method<socket_gettimeout>("gettimeout", "($self, /)", "gettimeout() -> timeout\n\nHow many seconds operations wait; None is for ever."),
    method<socket_setsockopt>("setsockopt", "(*args)",
                              "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, "
                              "None, optlen: int)\n\nSet an option of the socket."),
    method<socket_shutdown>("shutdown", "($self, object, /)",
                            "shutdown(flag)\n\nEnd receiving (SHUT_RD), sending (SHUT_WR) or both (SHUT_RDWR)."),
};
const GetSetDef socket_getset[] = {getter<get_family>("family", "the socket family"), getter<get_kind>("type", "the socket type"),
                                   getter<get_protocol>("proto", "the socket protocol"),
                                   getter<socket_gettimeout>("timeout", "the socket timeout")};
const SlotDef socket_slots[] = {
    raw_slot(SlotId::tp_dealloc, &socket_dealloc),
    raw_slot(SlotId::tp_finalize, &socket_finalize),
    unary_slot<SlotId::tp_repr, socket_repr>(),
    typed_new<socket_new, "socket", "(*args, **kwargs)">(),
    typed_init<socket_init, "socket", "(family=-1, type=-1, proto=-1, fileno=None)">(),
};
const TypeSpec socket_spec = {.type = &Socket::s_type,
                              .name = "_socket.socket",
                              .basicsize = sizeof(Socket),
                              .flags = type_flag::BaseType,
                              .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object",
                              .slots = socket_slots,
                              .methods = socket_methods,
                              .getset = socket_getset};

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
Result<Ref<Object>> getdefaulttimeout(Thread& t) { return timeout_object(t, default_timeout(t)); }
Result<void> setdefaulttimeout(Thread& t, Borrowed<Module> module, Arg value) {
    return module_add_int(t, module, "_default_timeout_ns", TRY(timeout_argument(t, value)));
}
const NativeDef functions[] = {
    fn<socketpair_>(
        "socketpair", "(family=1, type=1, proto=0, /)",
        "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nTwo sockets that are connected with each other."),
    fn<close_>("close", "($module, object, /)",
               "close(integer) -> None\n\nClose the descriptor of a socket; elsewhere than on Windows os.close() does the same."),
    fn<dup_>("dup", "($module, object, /)", "dup(integer) -> integer\n\nAnother descriptor of the same socket, not inherited by programs."),
    fn<getdefaulttimeout>("getdefaulttimeout", "($module, /)",
                          "getdefaulttimeout() -> timeout\n\nThe timeout of new sockets in seconds; None if they wait for ever."),
    module_fn<setdefaulttimeout>("setdefaulttimeout", "($module, object, /)",
                                 "setdefaulttimeout(timeout)\n\nSet the timeout of new sockets in seconds; with None they wait for ever."),
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
    TRY(module_add_string(t, module, "BDADDR_ANY", "00:00:00:00:00:00"));
    TRY(module_add_string(t, module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF"));
    // What _ssl and extension modules take from here.
    static void* const interface[] = {&Socket::s_type, &exc::OSError, &exc::TimeoutError};
    TRY(module_add(t, module, "CAPI", TRY(capsule_new(t, const_cast<void**>(interface), "_socket.CAPI", nullptr))));
    for (std::span<const NativeDef> part : {name_functions(), message_functions()})
        for (const NativeDef& def : part) {
            Ref<Object> function = TRY(builtin_function_new(t, def, module.get(), module->name));
            defer_refcount(function.get());
            TRY(module_add(t, module, def.name, function));
        }
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec socket_module;
const ModuleSpec socket_module = {
    .name = "_socket", .doc = "Implementation module for socket operations.", .functions = functions, .exec = exec};

} // namespace taipan
