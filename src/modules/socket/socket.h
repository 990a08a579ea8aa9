// What the parts of the _socket module share: the socket object, addresses of every family, waiting with a time-out.
#pragma once

#include "modules/posix/posix.h"
#include "modules/system_calls.h"
#include "objects/module.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

namespace taipan {

/// Threads share sockets, and one may close what another waits on: descriptor and time-out are atomic.
struct Socket : Object {
    std::atomic<int> fd;
    int family, kind, protocol;
    std::atomic<int64_t> timeout_ns; // -1: blocks; 0: does not
    static Type s_type;
};

namespace sockets {

struct Address {
    alignas(8) char bytes[sizeof(sockaddr_storage)];
    socklen_t length = 0;
    Address() { memset(bytes, 0, sizeof bytes); }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(bytes); }
    template <class T> T* as() { return reinterpret_cast<T*>(bytes); }
    template <class T> const T* as() const { return reinterpret_cast<const T*>(bytes); }
    int family() const { return as<sockaddr>()->sa_family; }
    /// Ready for the system to write an address.
    void expect() { length = sizeof bytes; }
};

/// socket.gaierror(error, text).
Error raise_gai(Thread& t, int error);
/// A host name as bytes: str by IDNA, bytes and bytearray as they are.
Result<Ref<Bytes>> host_bytes(Thread& t, Borrowed<Object> host, const char* complaint);
/// '' is any address, '<broadcast>' is that; numbers are tried before names.
Result<void> resolve_host(Thread& t, std::string_view name, int family, Address* out);
Result<void> parse_address(Thread& t, const Socket* self, Borrowed<Object> object, const char* caller, Address* out);
/// What Python sees of an address; `fd` tells packet interfaces by name (or -1).
Result<Ref<Object>> address_object(Thread& t, const Address& address, int fd, int protocol);

/// None: -1; a number of seconds else.
Result<int64_t> timeout_argument(Thread& t, Borrowed<Object> value);
/// Repeats `operation` until it does not have to wait, within `timeout_ns` from now or until `*deadline` if given.
template <class F>
Result<ssize_t> transfer(Thread& t, const Socket* self, short events, F operation, const int64_t* deadline_given = nullptr) {
    int64_t timeout = self->timeout_ns.load(std::memory_order_relaxed);
    int64_t deadline = deadline_given ? *deadline_given : timeout > 0 ? deadline_after(timeout) : 0;
    for (;;) {
        if (timeout > 0) {
            int64_t left = deadline - base::monotonic_ns();
            pollfd row{self->fd.load(std::memory_order_relaxed), events, 0};
            int n = 0, error = 0;
            if (left > 0) {
                Detached detached(t);
                n = ::poll(&row, 1, static_cast<int>(std::min<int64_t>((left + 999999) / 1000000, INT32_MAX)));
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
        if (timeout > 0 && (error == EAGAIN || error == EWOULDBLOCK)) continue;
        return raise_errno(t, error);
    }
}

/// recvmsg, sendmsg and their kin (methods), CMSG_LEN … (functions).
Result<Ref<Object>> recvmsg(Thread& t, Borrowed<Socket> self, Size size, Size ancillary, int flags);
Result<Ref<Object>> recvmsg_into(Thread& t, Borrowed<Socket> self, Borrowed<Object> buffers, Size ancillary, int flags);
Result<int64_t> sendmsg(Thread& t, Borrowed<Socket> self, Borrowed<Object> buffers, MaybeBorrowed<Object> ancillary, int flags,
                        NoneOr<Object> address);
Result<int64_t> sendmsg_afalg(Thread& t, Borrowed<Socket> self, MaybeBorrowed<Object> buffers, MaybeBorrowed<Object> operation,
                              MaybeBorrowed<Object> vector, MaybeBorrowed<Object> associated_length, int flags);
std::span<const NativeDef> message_functions();
/// Host, service, protocol and interface names; byte order.
std::span<const NativeDef> name_functions();

} // namespace sockets
} // namespace taipan
