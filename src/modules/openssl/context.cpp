// SSL contexts.
#include "modules/openssl/ssl.h"
#include "modules/system_calls.h"
#include "objects/audit.h"

#include <cerrno>
#include <climits>
#include <cstring>
#include <openssl/dh.h>
#include <openssl/pem.h>

namespace taipan::ssl {

Type Context::s_type;

namespace {

using Self = Borrowed<Context>;
constexpr const char* DefaultCiphers = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";
constexpr uint64_t NoVersions = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
enum { MinimumSupported = -2, MaximumSupported = -1 };

void set_verify_mode_of(Context* self, int mode) {
    int flags = mode == 0 ? SSL_VERIFY_NONE : mode == 1 ? SSL_VERIFY_PEER : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(self->handle, flags, SSL_CTX_get_verify_callback(self->handle));
}
Result<Ref<Object>> context_new(Thread& t, Borrowed<Type> type, int protocol) {
    const SSL_METHOD* method;
    const char* deprecated = nullptr;
    switch (protocol) {
    case TlsV1:
        deprecated = "ssl.PROTOCOL_TLSv1 is deprecated";
        method = TLSv1_method();
        break;
    case TlsV1_1:
        deprecated = "ssl.PROTOCOL_TLSv1_1 is deprecated";
        method = TLSv1_1_method();
        break;
    case TlsV1_2:
        deprecated = "ssl.PROTOCOL_TLSv1_2 is deprecated";
        method = TLSv1_2_method();
        break;
    case Tls:
        deprecated = "ssl.PROTOCOL_TLS is deprecated";
        method = TLS_method();
        break;
    case TlsClient: method = TLS_client_method(); break;
    case TlsServer: method = TLS_server_method(); break;
    default: return raise(t, exc::ValueError, "invalid or unsupported protocol version");
    }
    if (deprecated) TRY(warn(t, exc::DeprecationWarning, 2, "%s", deprecated));
    SSL_CTX* handle = SSL_CTX_new(method);
    if (!handle) return raise_queued(t);
    auto made = allocate<Context>(t, *type.get());
    if (made.is_error()) {
        SSL_CTX_free(handle);
        return Error{};
    }
    Ref<Context> self = made.take();
    self->handle = handle;
    self->protocol = protocol;
    self->host_flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    gc_track(self.get());
    SSL_CTX_set_app_data(handle, self.get());
    self->check_hostname = protocol == TlsClient;
    set_verify_mode_of(self.get(), protocol == TlsClient ? 2 : 0);
    uint64_t options = SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
    options |= SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE;
    SSL_CTX_set_options(handle, options);
    if (!SSL_CTX_set_cipher_list(handle, DefaultCiphers)) {
        ERR_clear_error();
        return raise_ssl(t, nullptr, SSLError, NoError, "No cipher can be selected.", 0);
    }
    if (protocol == Tls || protocol == TlsClient || protocol == TlsServer) SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    static constexpr unsigned char name[] = "Python";
    if (protocol != TlsClient) SSL_CTX_set_session_id_context(handle, name, 6); // servers'; a pre-shared key of TLS 1.3 has none
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(handle);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_hostflags(parameters, self->host_flags);
    SSL_CTX_set_post_handshake_auth(handle, 0);
    SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
    ERR_clear_error();
    return self;
}

Result<Ref<Object>> wrap_socket(Thread& t, Self self, Borrowed<Object> sock, bool server_side, NoneOr<Object> hostname,
                                Borrowed<Object> owner, Borrowed<Object> session) {
    return socket_new(t, self, sock.get(), server_side, hostname.get(), owner.get(), session.get(), nullptr, nullptr);
}
Result<Ref<Object>> wrap_bio(Thread& t, Self self, Borrowed<MemoryBio> incoming, Borrowed<MemoryBio> outgoing, bool server_side,
                             NoneOr<Object> hostname, Borrowed<Object> owner, Borrowed<Object> session) {
    return socket_new(t, self, nullptr, server_side, hostname.get(), owner.get(), session.get(), incoming.get(), outgoing.get());
}
Result<void> set_ciphers(Thread& t, Self self, std::string_view list) {
    if (SSL_CTX_set_cipher_list(self->handle, list.data())) return {};
    ERR_clear_error();
    return raise_ssl(t, nullptr, SSLError, NoError, "No cipher can be selected.", 0);
}
Result<Ref<List>> get_ciphers(Thread& t, Self self) {
    SSL* ssl = SSL_new(self->handle);
    if (!ssl) return raise_queued(t);
    struct Free {
        SSL* ssl;
        ~Free() { SSL_free(ssl); }
    } guard{ssl};
    Ref<List> list = TRY(list_new(t));
    STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(ssl);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
        Ref<Dict> row = TRY(dict_new(t));
        auto text = [&](const char* key, const char* value) -> Result<void> {
            if (!value) return dict_set_ascii(t, row, key, None());
            return dict_set_ascii(t, row, key, TRY(str_from_utf8(t, value)));
        };
        auto number = [&](const char* key, int64_t value) -> Result<void> { return dict_set_ascii(t, row, key, TRY(int_from(t, value))); };
        auto long_name = [&](const char* key, int nid) -> Result<void> { return text(key, nid == NID_undef ? nullptr : OBJ_nid2ln(nid)); };
        char description[512];
        SSL_CIPHER_description(cipher, description, sizeof description);
        std::string_view shown(description);
        size_t end = shown.find('\n');
        int bits, algorithm_bits;
        bits = SSL_CIPHER_get_bits(cipher, &algorithm_bits);
        TRY(number("id", SSL_CIPHER_get_id(cipher)));
        TRY(text("name", SSL_CIPHER_get_name(cipher)));
        TRY(text("protocol", SSL_CIPHER_get_version(cipher)));
        TRY(dict_set_ascii(t, row, "description", TRY(str_from_utf8(t, shown.substr(0, end)))));
        TRY(number("strength_bits", bits));
        TRY(number("alg_bits", algorithm_bits));
        TRY(dict_set_ascii(t, row, "aead", bool_object(SSL_CIPHER_is_aead(cipher))));
        TRY(long_name("symmetric", SSL_CIPHER_get_cipher_nid(cipher)));
        TRY(long_name("digest", SSL_CIPHER_get_digest_nid(cipher)));
        TRY(long_name("kea", SSL_CIPHER_get_kx_nid(cipher)));
        TRY(long_name("auth", SSL_CIPHER_get_auth_nid(cipher)));
        TRY(list_append(t, list, std::move(row)));
    }
    return list;
}
int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* client, unsigned client_size, void* data) {
    auto* self = static_cast<Context*>(data);
    const unsigned char* ours = self->alpn_protocols ? self->alpn_protocols : reinterpret_cast<const unsigned char*>("");
    int result = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours, self->alpn_length, client, client_size);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}
Result<void> set_alpn_protocols(Thread& t, Self self, const BufferView& protocols) {
    if (protocols.size() > UINT_MAX) return raise(t, exc::OverflowError, "protocols longer than %u bytes", UINT_MAX);
    auto* copy = static_cast<unsigned char*>(std::malloc(protocols.size() + 1));
    if (!copy) return raise_memory_error(t);
    if (protocols.size()) std::memcpy(copy, protocols.data(), protocols.size());
    CriticalSection section(t, self.get());
    std::free(std::exchange(self->alpn_protocols, copy));
    self->alpn_length = static_cast<unsigned>(protocols.size());
    if (SSL_CTX_set_alpn_protos(self->handle, copy, self->alpn_length)) return raise_memory_error(t);
    SSL_CTX_set_alpn_select_cb(self->handle, select_alpn, self.get());
    return {};
}

// Loading

struct Password {
    Thread* thread;
    Object* callable = nullptr;
    MaybeRef<Object> text; // str or bytes-like
    bool failed = false;
};
Result<int> fill_password(Thread& t, Password& password, char* buffer, int size) {
    MaybeRef<Object> value = password.text.share();
    if (password.callable) {
        value = TRY(call(t, Borrowed<Object>(password.callable)));
        if (!is<Str>(value.get()) && !is<Bytes>(value.get()) && !is<ByteArray>(value.get()))
            return raise(t, exc::TypeError, "password callback must return a string");
    }
    std::string_view text;
    if (is<Str>(value.get())) text = TRY(str_utf8(t, static_cast<Str*>(value.get())));
    else if (is<Bytes>(value.get())) text = static_cast<Bytes*>(value.get())->view();
    else if (is<ByteArray>(value.get())) text = static_cast<ByteArray*>(value.get())->view();
    if (text.size() > static_cast<size_t>(size)) return raise(t, exc::ValueError, "password cannot be longer than %d bytes", size);
    if (!text.empty()) std::memcpy(buffer, text.data(), text.size());
    return static_cast<int>(text.size());
}
int password_wanted(char* buffer, int size, int, void* data) {
    auto& password = *static_cast<Password*>(data);
    Entered entered;
    auto length = fill_password(entered.thread(), password, buffer, size);
    if (!length.is_error()) return length.take();
    password.failed = true;
    return -1;
}
COLD Error loading_failed(Thread& t, const Password& password, int system_error) {
    if (password.failed || t.has_exception()) {
        ERR_clear_error();
        return Error{};
    }
    if (system_error) {
        ERR_clear_error();
        return raise_errno(t, system_error);
    }
    return raise_queued(t);
}
Result<void> load_cert_chain(Thread& t, Self self, Borrowed<Object> certfile, NoneOr<Object> keyfile, NoneOr<Object> secret) {
    auto path = [&](Object* file, const char* what) -> Result<Ref<Bytes>> {
        auto encoded = os_fsencode(t, file);
        if (encoded.is_error() && clear_if(t, exc::TypeError))
            return raise(t, exc::TypeError, "%s should be a valid filesystem path", what);
        return encoded;
    };
    Ref<Bytes> certificate = TRY(path(certfile.get(), "certfile"));
    Ref<Bytes> key = keyfile ? TRY(path(keyfile.get(), "keyfile")) : certificate.share();
    Password password{&t};
    if (secret) {
        if (is_callable(secret.get())) password.callable = secret.get();
        else if (is<Str>(secret.get()) || is<Bytes>(secret.get()) || is<ByteArray>(secret.get())) password.text = acquire(secret.get());
        else return raise(t, exc::TypeError, "password should be a string or callable");
    }
    pem_password_cb* old_callback = SSL_CTX_get_default_passwd_cb(self->handle);
    void* old_data = SSL_CTX_get_default_passwd_cb_userdata(self->handle);
    if (secret) {
        SSL_CTX_set_default_passwd_cb(self->handle, password_wanted);
        SSL_CTX_set_default_passwd_cb_userdata(self->handle, &password);
    }
    int step = 0, system_error;
    {
        Released released(t);
        ERR_clear_error();
        errno = 0;
        if (SSL_CTX_use_certificate_chain_file(self->handle, certificate->data) == 1) {
            step = 1;
            errno = 0;
            if (SSL_CTX_use_PrivateKey_file(self->handle, key->data, SSL_FILETYPE_PEM) == 1) {
                step = 2;
                errno = 0;
                if (SSL_CTX_check_private_key(self->handle)) step = 3;
            }
        }
        system_error = errno;
    }
    SSL_CTX_set_default_passwd_cb(self->handle, old_callback);
    SSL_CTX_set_default_passwd_cb_userdata(self->handle, old_data);
    if (step < 3) return loading_failed(t, password, step == 2 ? 0 : system_error);
    return {};
}
/// Adds what `data` holds to the store; `kind` SSL_FILETYPE_PEM or _ASN1.
Result<void> add_certificates(Thread& t, Context* self, std::string_view data, int kind) {
    if (data.empty()) return raise(t, exc::ValueError, "Empty certificate data");
    if (data.size() > INT_MAX) return raise(t, exc::OverflowError, "Certificate data is too long.");
    BIO* bio = BIO_new_mem_buf(data.data(), static_cast<int>(data.size()));
    if (!bio) return raise_queued(t, "Can't allocate buffer");
    X509_STORE* store = SSL_CTX_get_cert_store(self->handle);
    int loaded = 0;
    bool ok = true;
    for (;;) {
        X509* certificate;
        if (kind == SSL_FILETYPE_ASN1) certificate = d2i_X509_bio(bio, nullptr);
        else
            certificate = PEM_read_bio_X509(bio, nullptr, SSL_CTX_get_default_passwd_cb(self->handle),
                                            SSL_CTX_get_default_passwd_cb_userdata(self->handle));
        if (!certificate) break;
        bool added = X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
        if (!added) {
            unsigned long code = ERR_peek_last_error();
            if (ERR_GET_LIB(code) != ERR_LIB_X509 || ERR_GET_REASON(code) != X509_R_CERT_ALREADY_IN_HASH_TABLE) {
                ok = false;
                break;
            }
            ERR_clear_error();
        }
        ++loaded;
    }
    bool at_end = BIO_eof(bio);
    BIO_free(bio);
    if (!ok) return raise_queued(t);
    unsigned long code = ERR_peek_last_error();
    if (loaded == 0)
        return raise_queued(t, kind == SSL_FILETYPE_PEM ? "no start line: cadata does not contain a certificate"
                                                        : "not enough data: cadata does not contain a certificate");
    bool finished = kind == SSL_FILETYPE_ASN1 ? ERR_GET_LIB(code) == ERR_LIB_ASN1 && ERR_GET_REASON(code) == ASN1_R_HEADER_TOO_LONG
                                              : ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (finished || (code == 0 && at_end)) {
        ERR_clear_error();
        return {};
    }
    if (code) return raise_queued(t);
    return {};
}
Result<void> load_verify_locations(Thread& t, Self self, NoneOr<Object> cafile, NoneOr<Object> capath, NoneOr<Object> cadata) {
    if (!cafile && !capath && !cadata) return raise(t, exc::TypeError, "cafile, capath and cadata cannot be all omitted");
    auto path = [&](NoneOr<Object>& file, const char* what) -> Result<MaybeRef<Bytes>> {
        if (!file) return MaybeRef<Bytes>();
        auto encoded = os_fsencode(t, file.value());
        if (encoded.is_error()) {
            if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "%s should be a valid filesystem path", what);
            return Error{};
        }
        return MaybeRef<Bytes>(encoded.take());
    };
    MaybeRef<Bytes> file = TRY(path(cafile, "cafile")), folder = TRY(path(capath, "capath"));
    if (cadata) {
        if (is<Str>(cadata.get())) {
            auto* text = static_cast<Str*>(cadata.get());
            if (!text->is_ascii()) return raise(t, exc::TypeError, "cadata should be an ASCII string or a bytes-like object");
            TRY(add_certificates(t, self.get(), text->ascii_view(), SSL_FILETYPE_PEM));
        } else {
            if (!has_buffer(cadata.get())) return raise(t, exc::TypeError, "cadata should be an ASCII string or a bytes-like object");
            BufferView view;
            TRY(view.acquire(t, cadata.get()));
            TRY(add_certificates(t, self.get(), view.view(), SSL_FILETYPE_ASN1));
        }
    }
    if (!file && !folder) return {};
    int ok, system_error;
    {
        Released released(t);
        ERR_clear_error();
        errno = 0;
        ok = SSL_CTX_load_verify_locations(self->handle, file ? file->data : nullptr, folder ? folder->data : nullptr);
        system_error = errno;
    }
    if (ok == 1) return {};
    return loading_failed(t, Password{&t}, system_error);
}
Result<void> load_dh_params(Thread& t, Self self, Borrowed<Object> path) {
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Str> mode = TRY(str_from_utf8(t, "rb"));
        Ref<Int> flags = TRY(int_from(t, 0));
        TRY(audit_args(t, "open", {path.get(), mode.get(), flags.get()}));
    }
    Ref<Bytes> name = TRY(os_fsencode(t, path));
    FILE* file = fopen(name->data, "rb");
    if (!file) return raise_errno(t, errno, path.get());
    DH* parameters;
    int system_error;
    {
        Released released(t);
        ERR_clear_error();
        errno = 0;
        parameters = PEM_read_DHparams(file, nullptr, nullptr, nullptr);
        system_error = errno;
        fclose(file);
    }
    if (!parameters) {
        if (system_error) {
            ERR_clear_error();
            return raise_errno(t, system_error, path.get());
        }
        return raise_queued(t);
    }
    bool ok = SSL_CTX_set_tmp_dh(self->handle, parameters);
    DH_free(parameters);
    if (!ok) return raise_queued(t);
    return {};
}
Result<void> set_ecdh_curve(Thread& t, Self self, Borrowed<Object> name) {
    Ref<Bytes> curve = TRY(os_fsencode(t, name));
    int nid = OBJ_sn2nid(curve->data);
    if (nid == 0) return raise(t, exc::ValueError, "unknown elliptic curve name %R", name);
    if (!SSL_CTX_set1_groups(self->handle, &nid, 1)) return raise_queued(t);
    return {};
}
Result<void> set_default_verify_paths(Thread& t, Self self) {
    int ok;
    {
        Released released(t);
        ok = SSL_CTX_set_default_verify_paths(self->handle);
    }
    if (!ok) return raise_queued(t);
    return {};
}
Result<Ref<Dict>> session_stats(Thread& t, Self self) {
    Ref<Dict> stats = TRY(dict_new(t));
    auto add = [&](const char* name, long value) -> Result<void> { return dict_set_ascii(t, stats, name, TRY(int_from(t, value))); };
    TRY(add("number", SSL_CTX_sess_number(self->handle)));
    TRY(add("connect", SSL_CTX_sess_connect(self->handle)));
    TRY(add("connect_good", SSL_CTX_sess_connect_good(self->handle)));
    TRY(add("connect_renegotiate", SSL_CTX_sess_connect_renegotiate(self->handle)));
    TRY(add("accept", SSL_CTX_sess_accept(self->handle)));
    TRY(add("accept_good", SSL_CTX_sess_accept_good(self->handle)));
    TRY(add("accept_renegotiate", SSL_CTX_sess_accept_renegotiate(self->handle)));
    TRY(add("hits", SSL_CTX_sess_hits(self->handle)));
    TRY(add("misses", SSL_CTX_sess_misses(self->handle)));
    TRY(add("timeouts", SSL_CTX_sess_timeouts(self->handle)));
    TRY(add("cache_full", SSL_CTX_sess_cache_full(self->handle)));
    return stats;
}
Result<Ref<Dict>> cert_store_stats(Thread& t, Self self) {
    X509_STORE* store = SSL_CTX_get_cert_store(self->handle);
    int64_t certificates = 0, crls = 0, authorities = 0;
    X509_STORE_lock(store);
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        X509_OBJECT* object = sk_X509_OBJECT_value(objects, i);
        if (X509_OBJECT_get_type(object) == X509_LU_X509) {
            ++certificates;
            if (X509_check_ca(X509_OBJECT_get0_X509(object))) ++authorities;
        } else if (X509_OBJECT_get_type(object) == X509_LU_CRL) {
            ++crls;
        }
    }
    X509_STORE_unlock(store);
    Ref<Dict> stats = TRY(dict_new(t));
    TRY(dict_set_ascii(t, stats, "x509", TRY(int_from(t, certificates))));
    TRY(dict_set_ascii(t, stats, "crl", TRY(int_from(t, crls))));
    TRY(dict_set_ascii(t, stats, "x509_ca", TRY(int_from(t, authorities))));
    return stats;
}
Result<Ref<List>> get_ca_certs(Thread& t, Self self, bool binary) {
    X509_STORE* store = SSL_CTX_get_cert_store(self->handle);
    // Decoding takes references out of the lock.
    STACK_OF(X509)* authorities = sk_X509_new_null();
    X509_STORE_lock(store);
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (!certificate || !X509_check_ca(certificate)) continue;
        X509_up_ref(certificate);
        sk_X509_push(authorities, certificate);
    }
    X509_STORE_unlock(store);
    auto build = [&]() -> Result<Ref<List>> {
        Ref<List> list = TRY(list_new(t));
        for (int i = 0; i < sk_X509_num(authorities); ++i) {
            X509* one = sk_X509_value(authorities, i);
            TRY(list_append(t, list, binary ? TRY(certificate_der(t, one)) : TRY(decode_certificate(t, one))));
        }
        return list;
    };
    auto list = build();
    sk_X509_pop_free(authorities, X509_free);
    return list;
}

// Attributes

bool get_check_hostname(Thread&, Self self) { return self->check_hostname; }
Result<void> set_check_hostname(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'check_hostname' of '_ssl._SSLContext' objects cannot be deleted");
    bool on = TRY(is_true(t, value));
    if (on && SSL_CTX_get_verify_mode(self->handle) == SSL_VERIFY_NONE) set_verify_mode_of(self.get(), 2);
    self->check_hostname = on;
    return {};
}
uint64_t get_host_flags(Thread&, Self self) { return self->host_flags; }
Result<void> set_host_flags(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute '_host_flags' of '_ssl._SSLContext' objects cannot be deleted");
    self->host_flags = static_cast<unsigned>(TRY(to_uint64(t, value)));
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(self->handle), self->host_flags);
    return {};
}
Result<int64_t> get_verify_mode(Thread& t, Self self) {
    switch (SSL_CTX_get_verify_mode(self->handle) & (SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)) {
    case SSL_VERIFY_NONE: return int64_t{0};
    case SSL_VERIFY_PEER: return int64_t{1};
    case SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT: return int64_t{2};
    default: return raise_ssl(t, nullptr, SSLError, NoError, "invalid return value from SSL_CTX_get_verify_mode", 0);
    }
}
Result<void> set_verify_mode(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'verify_mode' of '_ssl._SSLContext' objects cannot be deleted");
    int mode = TRY(to_int32(t, value));
    if (mode == 0 && self->check_hostname)
        return raise(t, exc::ValueError, "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
    if (mode < 0 || mode > 2) return raise(t, exc::ValueError, "invalid value for verify_mode");
    set_verify_mode_of(self.get(), mode);
    return {};
}
uint64_t get_verify_flags(Thread&, Self self) { return X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(self->handle)); }
Result<void> set_verify_flags(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'verify_flags' of '_ssl._SSLContext' objects cannot be deleted");
    unsigned long wanted = TRY(to_uint64(t, value));
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(self->handle);
    unsigned long flags = X509_VERIFY_PARAM_get_flags(parameters);
    if ((flags & ~wanted) && !X509_VERIFY_PARAM_clear_flags(parameters, flags & ~wanted)) return raise_queued(t);
    if ((wanted & ~flags) && !X509_VERIFY_PARAM_set_flags(parameters, wanted & ~flags)) return raise_queued(t);
    return {};
}
int64_t get_options(Thread&, Self self) { return static_cast<int64_t>(SSL_CTX_get_options(self->handle)); }
Result<void> set_options(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'options' of '_ssl._SSLContext' objects cannot be deleted");
    Ref<Int> number = TRY(to_index(t, value));
    uint64_t wanted;
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    if (!int_fits_uint64(number.get(), &wanted)) return raise(t, exc::OverflowError, "Python int too large for C unsigned long long");
    uint64_t now = SSL_CTX_get_options(self->handle), off = now & ~wanted, on = wanted & ~now;
    if (on & NoVersions) TRY(warn(t, exc::DeprecationWarning, 2, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated"));
    if (off) SSL_CTX_clear_options(self->handle, off);
    if (on) SSL_CTX_set_options(self->handle, on);
    return {};
}
Result<void> set_version(Thread& t, Context* self, Object* value, bool minimum) {
    if (!value)
        return raise(t, exc::AttributeError, "attribute '%s' of '_ssl._SSLContext' objects cannot be deleted",
                     minimum ? "minimum_version" : "maximum_version");
    int version = TRY(to_int32(t, value));
    if (self->protocol != Tls && self->protocol != TlsClient && self->protocol != TlsServer)
        return raise(t, exc::ValueError, "The context's protocol doesn't support modification of highest and lowest version.");
    switch (version) {
    case SSL3_VERSION: TRY(warn(t, exc::DeprecationWarning, 2, "ssl.TLSVersion.SSLv3 is deprecated")); break;
    case TLS1_VERSION: TRY(warn(t, exc::DeprecationWarning, 2, "ssl.TLSVersion.TLSv1 is deprecated")); break;
    case TLS1_1_VERSION: TRY(warn(t, exc::DeprecationWarning, 2, "ssl.TLSVersion.TLSv1_1 is deprecated")); break;
    case TLS1_2_VERSION:
    case TLS1_3_VERSION:
    case MinimumSupported:
    case MaximumSupported: break;
    default: return raise(t, exc::ValueError, "Unsupported TLS/SSL version 0x%x", version);
    }
    long ok;
    if (minimum) {
        int actual = version == MinimumSupported ? 0 : version == MaximumSupported ? TLS1_3_VERSION : version;
        ok = SSL_CTX_set_min_proto_version(self->handle, actual);
    } else {
        int actual = version == MaximumSupported ? 0 : version == MinimumSupported ? TLS1_VERSION : version;
        ok = SSL_CTX_set_max_proto_version(self->handle, actual);
    }
    if (!ok) return raise(t, exc::ValueError, "Unsupported protocol version 0x%x", version);
    return {};
}
int64_t get_minimum_version(Thread&, Self self) {
    auto version = SSL_CTX_get_min_proto_version(self->handle);
    return version ? version : MinimumSupported;
}
int64_t get_maximum_version(Thread&, Self self) {
    auto version = SSL_CTX_get_max_proto_version(self->handle);
    return version ? version : MaximumSupported;
}
Result<void> set_minimum_version(Thread& t, Self self, Object* value) { return set_version(t, self.get(), value, true); }
Result<void> set_maximum_version(Thread& t, Self self, Object* value) { return set_version(t, self.get(), value, false); }
uint64_t get_num_tickets(Thread&, Self self) { return SSL_CTX_get_num_tickets(self->handle); }
Result<void> set_num_tickets(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'num_tickets' of '_ssl._SSLContext' objects cannot be deleted");
    int64_t count = TRY(to_int64(t, value));
    if (count < 0) return raise(t, exc::ValueError, "value must be non-negative");
    if (self->protocol != TlsServer) return raise(t, exc::ValueError, "SSLContext is not a server context.");
    if (SSL_CTX_set_num_tickets(self->handle, static_cast<size_t>(count)) != 1)
        return raise(t, exc::ValueError, "failed to set num tickets.");
    return {};
}
int64_t get_security_level(Thread&, Self self) { return SSL_CTX_get_security_level(self->handle); }
int64_t get_protocol(Thread&, Self self) { return self->protocol; }
bool get_post_handshake_auth(Thread&, Self self) { return self->post_handshake_auth; }
Result<void> set_post_handshake_auth(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'post_handshake_auth' of '_ssl._SSLContext' objects cannot be deleted");
    self->post_handshake_auth = TRY(is_true(t, value));
    return {};
}
template <Object* Context::* Field> Result<Ref<Object>> get_field(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return acquire(self.get()->*Field ? self.get()->*Field : None());
}

using ContextFields = Fields<Context, &Context::sni_callback, &Context::message_callback, &Context::keylog_filename,
                             &Context::psk_client_callback, &Context::psk_server_callback>;
void dealloc(Object* o) {
    auto* self = static_cast<Context*>(o);
    gc_untrack(o);
    // A connection that moved on to another context may hold the SSL_CTX still, and call back.
    SSL_CTX_set_tlsext_servername_callback(self->handle, nullptr);
    SSL_CTX_set_alpn_select_cb(self->handle, nullptr, nullptr);
    ContextFields::release(self);
    SSL_CTX_free(self->handle);
    std::free(self->alpn_protocols);
    if (self->keylog) BIO_free_all(self->keylog);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<wrap_socket>("_wrap_socket", "($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)"),
    method<wrap_bio>("_wrap_bio", "($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)"),
    method<set_ciphers>("set_ciphers", "($self, cipherlist, /)"),
    method<set_alpn_protocols>("_set_alpn_protocols", "($self, protos, /)"),
    method<load_cert_chain>("load_cert_chain", "($self, /, certfile, keyfile=None, password=None)"),
    method<load_dh_params>("load_dh_params", "($self, path, /)"),
    method<load_verify_locations>("load_verify_locations", "($self, /, cafile=None, capath=None, cadata=None)"),
    method<session_stats>("session_stats", "($self, /)"),
    method<set_default_verify_paths>("set_default_verify_paths", "($self, /)"),
    method<set_ecdh_curve>("set_ecdh_curve", "($self, name, /)"),
    method<cert_store_stats>("cert_store_stats", "($self, /)", "How many X.509 certificates, CAs and CRLs are in the store."),
    method<get_ca_certs>("get_ca_certs", "($self, /, binary_form=False)", "The CA certificates that were loaded."),
    method<get_ciphers>("get_ciphers", "($self, /)"),
    method<set_psk_client_callback>("set_psk_client_callback", "($self, /, callback)"),
    method<set_psk_server_callback>("set_psk_server_callback", "($self, /, callback, identity_hint=None)"),
};
const GetSetDef getset[] = {
    getter_setter<get_check_hostname, set_check_hostname>("check_hostname"),
    getter_setter<get_host_flags, set_host_flags>("_host_flags"),
    getter_setter<get_minimum_version, set_minimum_version>("minimum_version"),
    getter_setter<get_maximum_version, set_maximum_version>("maximum_version"),
    getter_setter<get_field<&Context::keylog_filename>, set_keylog_filename>("keylog_filename"),
    getter_setter<get_field<&Context::message_callback>, set_message_callback>("_msg_callback"),
    getter_setter<get_field<&Context::sni_callback>, set_sni_callback>(
        "sni_callback", "What is called on the server once the client has named the host it wants."),
    getter_setter<get_num_tickets, set_num_tickets>("num_tickets", "How many session tickets a TLS 1.3 server sends."),
    getter_setter<get_options, set_options>("options"),
    getter_setter<get_post_handshake_auth, set_post_handshake_auth>("post_handshake_auth"),
    getter<get_protocol>("protocol"),
    getter_setter<get_verify_flags, set_verify_flags>("verify_flags"),
    getter_setter<get_verify_mode, set_verify_mode>("verify_mode"),
    getter<get_security_level>("security_level", "The current security level"),
};
const SlotDef slots[] = {ContextFields::traverse_slot(), ContextFields::clear_slot(), raw_slot(SlotId::tp_dealloc, &dealloc),
                         typed_new<context_new, "_SSLContext", "(protocol, /)">()};

} // namespace

const TypeSpec context_spec = {.type = &Context::s_type,
                               .name = "_ssl._SSLContext",
                               .basicsize = sizeof(Context),
                               .flags = type_flag::Gc | type_flag::BaseType,
                               .slots = slots,
                               .methods = methods,
                               .getset = getset};

} // namespace taipan::ssl
