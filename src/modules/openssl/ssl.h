// _ssl: its objects and what its files share. An SSL is used by one thread at a time: `SslLock`, which the callbacks of the
// thread that holds it may take again. OpenSSL's work runs released.
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include "modules/buffer_argument.h"
#include "modules/reentry.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/weakref.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace taipan::ssl {

enum ErrorNumber {
    NoError,
    SslFailure,
    WantRead,
    WantWrite,
    WantX509Lookup,
    Syscall,
    ZeroReturn,
    WantConnect,
    EndOfFile,
    NoSocket,
    InvalidCode
};
enum Protocol { Tls = 2, TlsV1 = 3, TlsV1_1 = 4, TlsV1_2 = 5, TlsClient = 16, TlsServer = 17 };
enum ErrorType {
    SSLError,
    SSLCertVerificationError,
    SSLZeroReturnError,
    SSLWantReadError,
    SSLWantWriteError,
    SSLSyscallError,
    SSLEOFError,
    ErrorTypeCount
};

/// A lock that its holder may take again.
struct RecursiveLock {
    Mutex mutex;
    std::atomic<uintptr_t> owner;
    int depth;
};
class SslLock {
public:
    explicit SslLock(RecursiveLock& lock) : m_lock(lock) {
        uintptr_t self = thread_pointer();
        if (lock.owner.load(std::memory_order_relaxed) != self) {
            lock.mutex.lock();
            lock.owner.store(self, std::memory_order_relaxed);
        }
        ++lock.depth;
    }
    ~SslLock() {
        if (--m_lock.depth) return;
        m_lock.owner.store(0, std::memory_order_relaxed);
        m_lock.mutex.unlock();
    }
    SslLock(const SslLock&) = delete;

private:
    RecursiveLock& m_lock;
};

struct Context : Object {
    SSL_CTX* handle;
    bool check_hostname;
    bool post_handshake_auth;
    int protocol;
    unsigned host_flags;
    unsigned char* alpn_protocols;
    unsigned alpn_length;
    Object *sni_callback, *message_callback, *keylog_filename, *psk_client_callback, *psk_server_callback;
    BIO* keylog;
    Mutex keylog_lock;
    static Type s_type;
};
struct Socket : Object {
    SSL* handle;
    Context* context;
    Object* socket; // weak reference to the socket, or null: works on BIOs
    Object* owner;  // weak reference or null
    Object *server_hostname, *incoming, *outgoing;
    RecursiveLock lock;
    int side;
    bool shutdown_seen_zero;
    Object* callback_error; // an exception that a callback raised
    static Type s_type;
};
struct MemoryBio : Object {
    BIO* bio;
    bool eof_written;
    Mutex lock;
    static Type s_type;
};
struct Session : Object {
    SSL_SESSION* handle;
    Context* context;
    static Type s_type;
};
struct Certificate : Object {
    X509* handle;
    intptr_t cached_hash;
    static Type s_type;
};

Result<Ref<Object>> error_type(Thread& t, ErrorType which);
/// Raises `type`(number, text); `code`: of OpenSSL's queue, or 0; `socket` may be null.
COLD Error raise_ssl(Thread& t, Socket* socket, ErrorType type, int number, const char* text, unsigned long code);
/// The last error of OpenSSL's queue, which is cleared.
COLD Error raise_queued(Thread& t, const char* text = nullptr, int number = 0);
/// What SSL_get_error says about a call that returned `result`.
COLD Error raise_for(Thread& t, Socket* self, int result, int ssl_error, int system_error);

// Certificates (certificates.cpp)
Result<Ref<Object>> decode_certificate(Thread& t, X509* certificate);
Result<Ref<Object>> certificate_der(Thread& t, X509* certificate);
Result<Ref<Object>> certificate_new(Thread& t, X509* certificate, bool up_ref);
Result<Ref<Object>> asn1_object(Thread& t, const ASN1_OBJECT* object, bool by_name);

// Sockets (socket.cpp)
Result<Ref<Object>> socket_new(Thread& t, Borrowed<Context> context, Object* sock, bool server_side, Object* server_hostname, Object* owner,
                               Object* session, MemoryBio* incoming, MemoryBio* outgoing);
Result<Ref<Object>> cipher_tuple(Thread& t, const SSL_CIPHER* cipher);
/// The Python object that stands for an SSL in callbacks: its owner, else itself.
Ref<Object> socket_or_owner(Socket* self);
Result<void> set_message_callback(Thread& t, Borrowed<Context> self, Object* callback);
Result<void> set_keylog_filename(Thread& t, Borrowed<Context> self, Object* filename);
Result<void> set_sni_callback(Thread& t, Borrowed<Context> self, Object* callback);
Result<void> set_psk_client_callback(Thread& t, Borrowed<Context> self, Borrowed<Object> callback);
Result<void> set_psk_server_callback(Thread& t, Borrowed<Context> self, Borrowed<Object> callback, NoneOr<Object> hint);

extern const TypeSpec context_spec, socket_spec, bio_spec, session_spec, certificate_spec;

} // namespace taipan::ssl
