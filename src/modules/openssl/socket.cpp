// SSL sockets over a socket or a pair of BIOs, memory BIOs and sessions.
#include "modules/openssl/ssl.h"
#include "modules/system_calls.h"
#include "objects/float.h"

#include <arpa/inet.h>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

namespace taipan::ssl {

Type Socket::s_type, MemoryBio::s_type, Session::s_type;

namespace {

using Self = Borrowed<Socket>;

// A BIO over a socket that never blocks, whatever the socket's mode: waiting is done outside, without the lock, so that one
// thread can send while another waits for what comes.
int descriptor(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }
bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }
int bio_receive(BIO* bio, char* out, int size) {
    errno = 0;
    auto count = recv(descriptor(bio), out, static_cast<size_t>(size), MSG_DONTWAIT);
    BIO_clear_retry_flags(bio);
    if (count < 0 && would_block(errno)) BIO_set_retry_read(bio);
    if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(count);
}
int bio_send(BIO* bio, const char* data, int size) {
    errno = 0;
    auto count = send(descriptor(bio), data, static_cast<size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (count < 0 && would_block(errno)) BIO_set_retry_write(bio);
    return static_cast<int>(count);
}
long bio_control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return 0;
}
BIO* socket_bio(int fd) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        BIO_meth_set_read(made, bio_receive);
        BIO_meth_set_write(made, bio_send);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    BIO* bio = BIO_new(method);
    if (!bio) return nullptr;
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
    BIO_set_init(bio, 1);
    return bio;
}

/// The socket that an SSL works on, with how long it may wait; for BIOs nothing.
struct Transport {
    MaybeRef<Object> socket;
    int fd = -1;
    int64_t timeout = -1; // nanoseconds; -1: for ever; 0: not at all
    int64_t deadline = 0;
};
Result<Transport> transport_of(Thread& t, Socket* self) {
    Transport transport;
    if (!self->socket) {
        transport.timeout = 0;
        return transport;
    }
    transport.socket = weakref_get(static_cast<Weakref*>(self->socket));
    if (!transport.socket) return raise_ssl(t, self, SSLError, NoSocket, "Underlying socket connection gone", 0);
    Ref<Object> fd = TRY(call_method(t, transport.socket.get(), TRY(str_interned(t, "fileno"))));
    transport.fd = TRY(to_int32(t, fd));
    Ref<Object> timeout = TRY(call_method(t, transport.socket.get(), TRY(str_interned(t, "gettimeout"))));
    if (!is_none(timeout.get())) {
        double seconds = is<Float>(timeout.get()) ? static_cast<Float*>(timeout.get())->value : 0;
        transport.timeout = static_cast<int64_t>(std::ceil(seconds * 1e9));
    }
    if (transport.timeout > 0) transport.deadline = deadline_after(transport.timeout);
    return transport;
}
struct Outcome {
    int result, ssl_error, system_error;
};
/// Runs `work`, a call of OpenSSL, again and again until it neither has to read nor to write first. "What" is for the text
/// of a time-out.
template <class F> Result<Outcome> repeat(Thread& t, Socket* self, Transport& transport, const char* what, F work) {
    for (;;) {
        Outcome outcome;
        {
            SslLock lock(self->lock);
            Released released(t);
            ERR_clear_error();
            errno = 0;
            outcome.result = work();
            outcome.system_error = errno;
            outcome.ssl_error = outcome.result <= 0 ? SSL_get_error(self->handle, outcome.result) : SSL_ERROR_NONE;
        }
        if (Object* error = std::exchange(self->callback_error, nullptr)) return t.set_exception(steal(error));
        TRY(poll(t));
        if (outcome.ssl_error != SSL_ERROR_WANT_READ && outcome.ssl_error != SSL_ERROR_WANT_WRITE) return outcome;
        if (!transport.socket || transport.timeout == 0) return outcome; // the caller has to wait
        // Somebody else may have closed the socket meanwhile.
        Ref<Object> fd = TRY(call_method(t, transport.socket.get(), TRY(str_interned(t, "fileno"))));
        if (TRY(to_int32(t, fd)) < 0) return raise_ssl(t, self, SSLError, NoError, "Underlying socket has been closed.", 0);
        int wait = -1;
        if (transport.timeout > 0) {
            int64_t left = transport.deadline - base::monotonic_ns();
            if (left <= 0) return raise(t, exc::TimeoutError, "_ssl.c:1000: The %s operation timed out", what);
            wait = static_cast<int>(std::min<int64_t>((left + 999999) / 1000000, INT_MAX));
        }
        pollfd ready{transport.fd, static_cast<short>(outcome.ssl_error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
        int count;
        {
            Released released(t);
            count = ::poll(&ready, 1, wait);
        }
        TRY(poll(t));
        if (count == 0) return raise(t, exc::TimeoutError, "_ssl.c:1000: The %s operation timed out", what);
    }
}

Result<void> do_handshake(Thread& t, Self self) {
    Transport transport = TRY(transport_of(t, self.get()));
    Outcome outcome = TRY(repeat(t, self.get(), transport, "handshake", [&] { return SSL_do_handshake(self->handle); }));
    if (outcome.result < 1) return raise_for(t, self.get(), outcome.result, outcome.ssl_error, outcome.system_error);
    return {};
}
Result<int64_t> write(Thread& t, Self self, const BufferView& data) {
    Transport transport = TRY(transport_of(t, self.get()));
    size_t count = 0;
    Outcome outcome =
        TRY(repeat(t, self.get(), transport, "write", [&] { return SSL_write_ex(self->handle, data.data(), data.size(), &count); }));
    if (outcome.result == 0) return raise_for(t, self.get(), outcome.result, outcome.ssl_error, outcome.system_error);
    return static_cast<int64_t>(count);
}
Result<Ref<Object>> read(Thread& t, Self self, Borrowed<Object> length, MaybeBorrowed<Object> buffer) {
    Ref<Int> number = TRY(to_index(t, length));
    int64_t size;
    if (!int_fits_int64(number.get(), &size)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    if (!buffer && size < 0) return raise(t, exc::ValueError, "size should not be negative");
    Transport transport = TRY(transport_of(t, self.get()));
    WritableBufferView view;
    MaybeRef<Bytes> bytes;
    unsigned char* to;
    if (buffer) {
        TRY(view.acquire(t, buffer.get(), true));
        if (size <= 0 || size > static_cast<int64_t>(view.size())) size = static_cast<int64_t>(view.size());
        if (size == 0) return TRY(int_from(t, 0));
        to = const_cast<unsigned char*>(view.data());
    } else {
        if (size == 0) return bytes_empty();
        bytes = TRY(bytes_alloc(t, size));
        to = reinterpret_cast<unsigned char*>(bytes->data);
    }
    size_t count = 0;
    Outcome outcome =
        TRY(repeat(t, self.get(), transport, "read", [&] { return SSL_read_ex(self->handle, to, static_cast<size_t>(size), &count); }));
    if (outcome.result == 0) {
        bool closed = outcome.ssl_error == SSL_ERROR_ZERO_RETURN && SSL_get_shutdown(self->handle) == SSL_RECEIVED_SHUTDOWN;
        if (!closed) return raise_for(t, self.get(), outcome.result, outcome.ssl_error, outcome.system_error);
        count = 0;
    }
    if (buffer) return TRY(int_from(t, static_cast<int64_t>(count)));
    if (static_cast<int64_t>(count) == size) return bytes.take();
    return TRY(bytes_from(t, {bytes->data, count}));
}
Result<Ref<Object>> shutdown(Thread& t, Self self) {
    Transport transport = TRY(transport_of(t, self.get()));
    if (transport.socket && transport.fd < 0) return raise_ssl(t, self.get(), SSLError, NoSocket, "Underlying socket connection gone", 0);
    int zeros = 0;
    for (;;) {
        // Once our close notice went out, no byte behind theirs must be read: it is not ours any more.
        if (self->shutdown_seen_zero) SSL_set_read_ahead(self->handle, 0);
        Outcome outcome = TRY(repeat(t, self.get(), transport, "read", [&] { return SSL_shutdown(self->handle); }));
        if (outcome.result > 0) break;
        if (outcome.result == 0) {
            if (++zeros > 1) break;
            self->shutdown_seen_zero = true;
            continue;
        }
        return raise_for(t, self.get(), outcome.result, outcome.ssl_error, outcome.system_error);
    }
    if (transport.socket) return transport.socket.take();
    return none_ref();
}
Result<int64_t> pending(Thread& t, Self self) {
    SslLock lock(self->lock);
    int count = SSL_pending(self->handle);
    if (count < 0) return raise_for(t, self.get(), count, SSL_get_error(self->handle, count), errno);
    return int64_t{count};
}
Result<Ref<Object>> getpeercert(Thread& t, Self self, bool binary) {
    SslLock lock(self->lock);
    if (!SSL_is_init_finished(self->handle)) return raise(t, exc::ValueError, "handshake not done yet");
    X509* certificate = SSL_get1_peer_certificate(self->handle);
    if (!certificate) return none_ref();
    auto value = [&]() -> Result<Ref<Object>> {
        if (binary) return certificate_der(t, certificate);
        if (!(SSL_CTX_get_verify_mode(SSL_get_SSL_CTX(self->handle)) & SSL_VERIFY_PEER)) return TRY(dict_new(t));
        return decode_certificate(t, certificate);
    }();
    X509_free(certificate);
    return value;
}
Result<Ref<Object>> chain_list(Thread& t, STACK_OF(X509) * chain, X509* first) {
    Ref<List> list = TRY(list_new(t));
    if (first) TRY(list_append(t, list, TRY(certificate_new(t, first, true))));
    for (int i = 0; i < sk_X509_num(chain); ++i) TRY(list_append(t, list, TRY(certificate_new(t, sk_X509_value(chain, i), true))));
    return list;
}
Result<Ref<Object>> get_verified_chain(Thread& t, Self self) {
    SslLock lock(self->lock);
    STACK_OF(X509)* chain = SSL_get0_verified_chain(self->handle);
    if (!chain) return none_ref();
    return chain_list(t, chain, nullptr);
}
Result<Ref<Object>> get_unverified_chain(Thread& t, Self self) {
    SslLock lock(self->lock);
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(self->handle);
    if (!chain) return none_ref();
    // A server's view of the chain does not include the client's certificate.
    X509* peer = SSL_is_server(self->handle) ? SSL_get1_peer_certificate(self->handle) : nullptr;
    auto list = chain_list(t, chain, peer);
    X509_free(peer);
    return list;
}
Result<Ref<Object>> get_channel_binding(Thread& t, Self self, std::string_view kind) {
    if (!kind.empty() && kind.substr(0, 10) != "tls-unique")
        return raise(t, exc::ValueError, "'%s' channel binding type not implemented", kind);
    SslLock lock(self->lock);
    char buffer[256];
    size_t size;
    if (SSL_session_reused(self->handle) ^ !self->side) size = SSL_get_finished(self->handle, buffer, sizeof buffer);
    else size = SSL_get_peer_finished(self->handle, buffer, sizeof buffer);
    if (size == 0) return none_ref();
    return TRY(bytes_from(t, {buffer, size}));
}
Result<Ref<Object>> cipher(Thread& t, Self self) {
    SslLock lock(self->lock);
    const SSL_CIPHER* current = SSL_get_current_cipher(self->handle);
    if (!current) return none_ref();
    return cipher_tuple(t, current);
}
Result<Ref<Object>> shared_ciphers(Thread& t, Self self) {
    SslLock lock(self->lock);
    STACK_OF(SSL_CIPHER)* server = SSL_get_ciphers(self->handle);
    STACK_OF(SSL_CIPHER)* client = SSL_get_client_ciphers(self->handle);
    if (!server || !client) return none_ref();
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < sk_SSL_CIPHER_num(server); ++i) {
        const SSL_CIPHER* one = sk_SSL_CIPHER_value(server, i);
        if (sk_SSL_CIPHER_find(client, one) >= 0) TRY(list_append(t, list, TRY(cipher_tuple(t, one))));
    }
    return list;
}
Result<Ref<Object>> version(Thread& t, Self self) {
    SslLock lock(self->lock);
    if (!SSL_is_init_finished(self->handle)) return none_ref();
    const char* name = SSL_get_version(self->handle);
    if (!name || !strcmp(name, "unknown")) return none_ref();
    return TRY(str_from_utf8(t, name));
}
Result<Ref<Object>> selected_alpn_protocol(Thread& t, Self self) {
    SslLock lock(self->lock);
    const unsigned char* name;
    unsigned size;
    SSL_get0_alpn_selected(self->handle, &name, &size);
    if (!name) return none_ref();
    return TRY(str_decode_utf8(t, {reinterpret_cast<const char*>(name), size}));
}
Ref<Object> compression(Self) { return none_ref(); }
Result<void> verify_client_post_handshake(Thread& t, Self self) {
    SslLock lock(self->lock);
    if (!SSL_verify_client_post_handshake(self->handle)) return raise_queued(t);
    return {};
}

Result<Ref<Object>> get_context(Thread&, Self self) {
    SslLock lock(self->lock);
    return acquire<Object>(self->context);
}
Result<void> set_context(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'context' of '_ssl._SSLSocket' objects cannot be deleted");
    if (!is<Context>(value)) return raise(t, exc::TypeError, "The value must be a SSLContext");
    SslLock lock(self->lock);
    assign_field(self->context, acquire(static_cast<Context*>(value)).release());
    SSL_set_SSL_CTX(self->handle, self->context->handle);
    return {};
}
bool get_server_side(Thread&, Self self) { return self->side; }
Result<Ref<Object>> get_server_hostname(Thread&, Self self) { return acquire(self->server_hostname ? self->server_hostname : None()); }
Result<Ref<Object>> get_owner(Thread&, Self self) {
    if (!self->owner) return none_ref();
    MaybeRef<Object> owner = weakref_get(static_cast<Weakref*>(self->owner));
    if (!owner) return none_ref();
    return owner.take();
}
Result<void> set_owner(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'owner' of '_ssl._SSLSocket' objects cannot be deleted");
    assign_field(self->owner, TRY(weakref_new(t, value, nullptr)).release());
    return {};
}
Result<Ref<Object>> get_session(Thread& t, Self self) {
    SslLock lock(self->lock);
    SSL_SESSION* session = SSL_get1_session(self->handle);
    if (!session) return none_ref();
    // TLS 1.3 sessions are not to be resumed twice, and OpenSSL changes them: ours is a copy.
    SSL_SESSION* copy = SSL_SESSION_dup(session);
    SSL_SESSION_free(session);
    if (!copy) return raise_memory_error(t);
    auto made = allocate<Session>(t);
    if (made.is_error()) {
        SSL_SESSION_free(copy);
        return Error{};
    }
    Ref<Session> object = made.take();
    object->handle = copy;
    object->context = acquire(self->context).release();
    gc_track(object.get());
    return object;
}
Result<void> set_session(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'session' of '_ssl._SSLSocket' objects cannot be deleted");
    if (!is<Session>(value)) return raise(t, exc::TypeError, "Value is not a SSLSession.");
    auto* session = static_cast<Session*>(value);
    SslLock lock(self->lock);
    if (self->context->handle != session->context->handle) return raise(t, exc::ValueError, "Session refers to a different SSLContext.");
    if (self->side) return raise(t, exc::ValueError, "Cannot set session for server-side SSLSocket.");
    if (SSL_is_init_finished(self->handle)) return raise(t, exc::ValueError, "Cannot set session after handshake.");
    SSL_SESSION* copy = SSL_SESSION_dup(session->handle);
    if (!copy) return raise_memory_error(t);
    bool ok = SSL_set_session(self->handle, copy);
    SSL_SESSION_free(copy);
    if (!ok) return raise_queued(t);
    return {};
}
bool get_session_reused(Thread&, Self self) {
    SslLock lock(self->lock);
    return SSL_session_reused(self->handle);
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Socket*>(o);
    for (Object* field : {static_cast<Object*>(self->context), self->socket, self->owner, self->server_hostname, self->incoming,
                          self->outgoing, self->callback_error})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
int clear(Object* o) {
    auto* self = static_cast<Socket*>(o);
    clear_field(self->owner);
    clear_field(self->callback_error);
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<Socket*>(o);
    gc_untrack(o);
    if (self->handle) {
        SSL_set_app_data(self->handle, nullptr);
        SSL_set_shutdown(self->handle, SSL_SENT_SHUTDOWN | SSL_get_shutdown(self->handle));
        SSL_free(self->handle);
    }
    clear(o);
    clear_field(self->socket);
    clear_field(self->server_hostname);
    clear_field(self->incoming);
    clear_field(self->outgoing);
    clear_field(self->context);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<do_handshake>("do_handshake", "($self, /)"),
    method<write>("write", "($self, b, /)", "Write the bytes; how many were written is returned."),
    method<read>("read", "(size, buffer=<unrepresentable>, /)", "Read up to size bytes."),
    method<pending>("pending", "($self, /)", "How many bytes can be read at once."),
    method<getpeercert>("getpeercert", "($self, der=False, /)", "The peer's certificate, or None."),
    method<get_channel_binding>("get_channel_binding", "($self, /, cb_type='tls-unique')",
                                "The channel binding data, or None before the handshake."),
    method<cipher>("cipher", "($self, /)"),
    method<shared_ciphers>("shared_ciphers", "($self, /)"),
    method<version>("version", "($self, /)"),
    method<selected_alpn_protocol>("selected_alpn_protocol", "($self, /)"),
    method<compression>("compression", "($self, /)"),
    method<shutdown>("shutdown", "($self, /)", "Do the closing handshake and return the socket."),
    method<verify_client_post_handshake>("verify_client_post_handshake", "($self, /)",
                                         "Ask for the client's certificate after the handshake."),
    method<get_unverified_chain>("get_unverified_chain", "($self, /)"),
    method<get_verified_chain>("get_verified_chain", "($self, /)"),
};
const GetSetDef getset[] = {
    getter_setter<get_context, set_context>("context", "The SSLContext of the connection; another may be set, as in the SNI callback."),
    getter<get_server_side>("server_side", "Whether this side is the server."),
    getter<get_server_hostname>("server_hostname", "The host name that is asked for; None on the server."),
    getter_setter<get_owner, set_owner>("owner", "The SSLSocket or SSLObject around this object; only weakly referenced."),
    getter_setter<get_session, set_session>("session", "The session of the connection as an SSLSession."),
    getter<get_session_reused>("session_reused", "Whether an earlier session was taken up again."),
};
const SlotDef slots[] = {raw_slot(SlotId::tp_traverse, &traverse), raw_slot(SlotId::tp_clear, &clear),
                         raw_slot(SlotId::tp_dealloc, &dealloc)};

// Memory BIOs

using Bio = Borrowed<MemoryBio>;
Result<Ref<Object>> bio_new(Thread& t, Borrowed<Type> type) {
    Ref<MemoryBio> self = TRY(allocate<MemoryBio>(t, *type.get()));
    self->bio = BIO_new(BIO_s_mem());
    if (!self->bio) return raise_queued(t, "failed to allocate BIO");
    // An empty BIO is not the end: more may come.
    BIO_set_retry_read(self->bio);
    BIO_set_mem_eof_return(self->bio, -1);
    return self;
}
Result<Ref<Bytes>> bio_read(Thread& t, Bio self, int size) {
    MutexLocker locker(self->lock);
    auto available = static_cast<int64_t>(std::min<size_t>(BIO_ctrl_pending(self->bio), INT_MAX));
    if (size < 0 || size > available) size = static_cast<int>(available);
    if (size == 0) return bytes_empty();
    Ref<Bytes> data = TRY(bytes_alloc(t, size));
    int count = BIO_read(self->bio, data->data, size);
    if (count < 0) return raise_queued(t);
    return count == size ? Result<Ref<Bytes>>(std::move(data)) : bytes_from(t, {data->data, static_cast<size_t>(count)});
}
Result<int64_t> bio_write(Thread& t, Bio self, const BufferView& data) {
    if (data.size() > INT_MAX) return raise(t, exc::OverflowError, "string longer than %d bytes", INT_MAX);
    MutexLocker locker(self->lock);
    if (self->eof_written) return raise_ssl(t, nullptr, SSLError, NoError, "cannot write() after write_eof()", 0);
    int count = BIO_write(self->bio, data.data(), static_cast<int>(data.size()));
    if (count < 0) return raise_queued(t);
    return int64_t{count};
}
void bio_write_eof(Bio self) {
    self->eof_written = true;
    BIO_clear_retry_flags(self->bio);
    BIO_set_mem_eof_return(self->bio, 0);
}
int64_t bio_pending(Thread&, Bio self) { return static_cast<int64_t>(BIO_ctrl_pending(self->bio)); }
bool bio_eof(Thread&, Bio self) { return BIO_ctrl_pending(self->bio) == 0 && self->eof_written; }
void bio_dealloc(Object* o) {
    BIO_free_all(static_cast<MemoryBio*>(o)->bio);
    o->type->free(o);
}
const NativeDef bio_methods[] = {
    method<bio_read>("read", "($self, size=-1, /)", "Read up to size bytes."),
    method<bio_write>("write", "($self, b, /)", "Write the bytes."),
    method<bio_write_eof>("write_eof", "($self, /)", "Mark the end: what is read behind the rest is EOF."),
};
const GetSetDef bio_getset[] = {getter<bio_pending>("pending", "The number of bytes that can be read."),
                                getter<bio_eof>("eof", "Whether all has been read and no more will be written.")};
const SlotDef bio_slots[] = {raw_slot(SlotId::tp_dealloc, &bio_dealloc), typed_new<bio_new, "MemoryBIO", "()">()};

// Sessions

using Held = Borrowed<Session>;
std::string_view session_id(Session* self) {
    unsigned size;
    const unsigned char* id = SSL_SESSION_get_id(self->handle, &size);
    return {reinterpret_cast<const char*>(id), size};
}
Result<Ref<Object>> session_compare(Thread& t, Held self, Borrowed<Object> other, Comparison op) {
    if (!is<Session>(other.get()) || (op != Comparison::Eq && op != Comparison::Ne)) return acquire(NotImplemented());
    bool same = session_id(self.get()) == session_id(static_cast<Session*>(other.get()));
    return bool_ref(same == (op == Comparison::Eq));
}
int64_t session_time(Thread&, Held self) { return SSL_SESSION_get_time(self->handle); }
int64_t session_timeout(Thread&, Held self) { return SSL_SESSION_get_timeout(self->handle); }
uint64_t session_hint(Thread&, Held self) { return SSL_SESSION_get_ticket_lifetime_hint(self->handle); }
Result<Ref<Bytes>> session_get_id(Thread& t, Held self) { return bytes_from(t, session_id(self.get())); }
bool session_has_ticket(Thread&, Held self) { return SSL_SESSION_has_ticket(self->handle); }
int session_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Session*>(o);
    return self->context ? visit(self->context, context) : 0;
}
void session_dealloc(Object* o) {
    auto* self = static_cast<Session*>(o);
    gc_untrack(o);
    SSL_SESSION_free(self->handle);
    clear_field(self->context);
    o->type->free(o);
}
const GetSetDef session_getset[] = {getter<session_has_ticket>("has_ticket", "Whether the session has a ticket."),
                                    getter<session_get_id>("id", "The session's id."),
                                    getter<session_hint>("ticket_lifetime_hint", "How long the server will take the ticket, in seconds."),
                                    getter<session_time>("time", "When the session was made, in seconds since the epoch."),
                                    getter<session_timeout>("timeout", "How long the session may be taken up again, in seconds.")};
const SlotDef session_slots[] = {raw_slot(SlotId::tp_traverse, &session_traverse), raw_slot(SlotId::tp_dealloc, &session_dealloc),
                                 compare_slot<SlotId::tp_richcompare, session_compare>(), raw_slot(SlotId::tp_hash, &hash_not_implemented)};

Result<void> configure_hostname(Thread& t, Socket* self, Borrowed<Str> name) {
    std::string_view host = TRY(str_utf8(t, name));
    if (host.find('\0') != host.npos) return raise(t, exc::TypeError, "server_hostname must be an encoded string without null bytes");
    if (host.empty() || host[0] == '.')
        return raise(t, exc::ValueError, "server_hostname cannot be an empty string or start with a leading dot.");
    unsigned char address[16];
    bool is_address = inet_pton(AF_INET, host.data(), address) == 1 || inet_pton(AF_INET6, host.data(), address) == 1;
    assign_field(self->server_hostname, acquire<Object>(name.get()).release());
    if (!is_address && !SSL_set_tlsext_host_name(self->handle, host.data())) return raise_queued(t);
    if (self->context->check_hostname) {
        X509_VERIFY_PARAM* parameters = SSL_get0_param(self->handle);
        bool ok = is_address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.data())
                             : X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
        if (!ok) return raise_queued(t);
    }
    return {};
}

} // namespace

const TypeSpec socket_spec = {.type = &Socket::s_type,
                              .name = "_ssl._SSLSocket",
                              .basicsize = sizeof(Socket),
                              .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                              .slots = slots,
                              .methods = methods,
                              .getset = getset};
const TypeSpec bio_spec = {.type = &MemoryBio::s_type,
                           .name = "_ssl.MemoryBIO",
                           .basicsize = sizeof(MemoryBio),
                           .slots = bio_slots,
                           .methods = bio_methods,
                           .getset = bio_getset};
const TypeSpec session_spec = {.type = &Session::s_type,
                               .name = "_ssl.SSLSession",
                               .basicsize = sizeof(Session),
                               .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                               .slots = session_slots,
                               .getset = session_getset};

Result<Ref<Object>> cipher_tuple(Thread& t, const SSL_CIPHER* cipher) {
    const char *name = SSL_CIPHER_get_name(cipher), *version = SSL_CIPHER_get_version(cipher);
    Ref<Object> first = name ? Ref<Object>(TRY(str_from_utf8(t, name))) : none_ref();
    Ref<Object> second = version ? Ref<Object>(TRY(str_from_utf8(t, version))) : none_ref();
    return TRY(tuple_pack(t, first, second, TRY(int_from(t, SSL_CIPHER_get_bits(cipher, nullptr)))));
}
Ref<Object> socket_or_owner(Socket* self) {
    for (Object* reference : {self->owner, self->socket}) {
        if (!reference) continue;
        MaybeRef<Object> found = weakref_get(static_cast<Weakref*>(reference));
        if (found) return found.take();
    }
    return acquire<Object>(self);
}
Result<Ref<Object>> socket_new(Thread& t, Borrowed<Context> context, Object* sock, bool server_side, Object* server_hostname, Object* owner,
                               Object* session, MemoryBio* incoming, MemoryBio* outgoing) {
    if (server_side && context->protocol == TlsClient)
        return raise_ssl(t, nullptr, SSLError, NoError, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context", 0);
    if (!server_side && context->protocol == TlsServer)
        return raise_ssl(t, nullptr, SSLError, NoError, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context", 0);
    Ref<Socket> self = TRY(allocate<Socket>(t));
    self->context = acquire(context).release();
    self->side = server_side;
    gc_track(self.get());
    ERR_clear_error();
    self->handle = SSL_new(context->handle);
    if (!self->handle) return raise_queued(t);
    SSL_set_app_data(self->handle, self.get());
    if (sock) {
        Ref<Object> fd = TRY(call_method(t, sock, TRY(str_interned(t, "fileno"))));
        BIO* bio = socket_bio(TRY(to_int32(t, fd)));
        if (!bio) return raise_memory_error(t);
        SSL_set_bio(self->handle, bio, bio);
        self->socket = TRY(weakref_new(t, sock, nullptr)).release();
    } else {
        BIO_up_ref(incoming->bio);
        BIO_up_ref(outgoing->bio);
        SSL_set_bio(self->handle, incoming->bio, outgoing->bio);
        self->incoming = acquire<Object>(incoming).release();
        self->outgoing = acquire<Object>(outgoing).release();
    }
    SSL_set_mode(self->handle, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    if (context->post_handshake_auth) {
        if (server_side) {
            // The client's certificate may come later: a server must not insist on it at once.
            int mode = SSL_get_verify_mode(self->handle);
            if (mode & SSL_VERIFY_PEER)
                SSL_set_verify(self->handle, mode | SSL_VERIFY_POST_HANDSHAKE, SSL_get_verify_callback(self->handle));
        } else {
            SSL_set_post_handshake_auth(self->handle, 1);
        }
    }
    if (server_hostname) {
        if (!is<Str>(server_hostname)) return raise(t, exc::TypeError, "server_hostname must be a str");
        TRY(configure_hostname(t, self.get(), static_cast<Str*>(server_hostname)));
    }
    if (server_side) SSL_set_accept_state(self->handle);
    else SSL_set_connect_state(self->handle);
    if (owner && !is_none(owner)) TRY(set_owner(t, self, owner));
    if (session && !is_none(session)) TRY(set_session(t, self, session));
    return self;
}

} // namespace taipan::ssl
