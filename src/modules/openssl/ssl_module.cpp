// The _ssl module: exceptions, constants, random numbers and object identifiers.
#include "modules/openssl/ssl.h"
#include "modules/system_calls.h"
#include "objects/descriptor.h"
#include "objects/float.h"

#include <climits>
#include <openssl/pem.h>
#include <openssl/rand.h>

namespace taipan {

namespace ssl {

namespace {

using Mod = Borrowed<Module>;
constexpr const char* error_names[ErrorTypeCount] = {"SSLError",         "SSLCertVerificationError", "SSLZeroReturnError",
                                                     "SSLWantReadError", "SSLWantWriteError",        "SSLSyscallError",
                                                     "SSLEOFError"};
struct State {
    Object* errors[ErrorTypeCount];
};

const char* library_name(int library) {
    switch (library) {
    case ERR_LIB_SYS: return "SYS";
    case ERR_LIB_BN: return "BN";
    case ERR_LIB_RSA: return "RSA";
    case ERR_LIB_DH: return "DH";
    case ERR_LIB_EVP: return "EVP";
    case ERR_LIB_BUF: return "BUF";
    case ERR_LIB_OBJ: return "OBJ";
    case ERR_LIB_PEM: return "PEM";
    case ERR_LIB_DSA: return "DSA";
    case ERR_LIB_X509: return "X509";
    case ERR_LIB_ASN1: return "ASN1";
    case ERR_LIB_CONF: return "CONF";
    case ERR_LIB_CRYPTO: return "CRYPTO";
    case ERR_LIB_EC: return "EC";
    case ERR_LIB_SSL: return "SSL";
    case ERR_LIB_BIO: return "BIO";
    case ERR_LIB_PKCS7: return "PKCS7";
    case ERR_LIB_X509V3: return "X509V3";
    case ERR_LIB_PKCS12: return "PKCS12";
    case ERR_LIB_RAND: return "RAND";
    case ERR_LIB_OCSP: return "OCSP";
    case ERR_LIB_PROV: return "PROV";
    default: return nullptr;
    }
}
/// The reason's mnemonic: its text in capitals, "CERTIFICATE_VERIFY_FAILED".
bool reason_name(unsigned long code, char (&out)[128]) {
    const char* text = ERR_reason_error_string(code);
    if (!text) return false;
    size_t n = 0;
    for (; *text && n < sizeof out - 1; ++text) {
        char c = *text;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        else if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
        if (c == '_' && n && out[n - 1] == '_') continue;
        out[n++] = c;
    }
    out[n] = 0;
    return true;
}
Result<Ref<Str>> error_str(Thread& t, Borrowed<Object> self) {
    auto* error = static_cast<OSErrorObject*>(self.get());
    if (error->strerror && is<Str>(error->strerror)) return acquire(static_cast<Str*>(error->strerror));
    return to_str(t, Borrowed<Object>(error->args));
}
const NativeDef error_str_method = method<error_str>("__str__", "($self, /)");

/// class name(*bases) of module ssl.
Result<Ref<Object>> make_error(Thread& t, const char* name, const char* doc, Borrowed<Tuple> bases, bool with_str) {
    Ref<Dict> body = TRY(dict_new(t));
    TRY(dict_set_ascii(t, body, "__module__", TRY(str_interned(t, "ssl"))));
    TRY(dict_set_ascii(t, body, "__doc__", TRY(str_from_utf8(t, doc))));
    if (with_str) TRY(dict_set_ascii(t, body, "__str__", TRY(method_descriptor_new(t, exc::OSError, error_str_method))));
    return call(t, Borrowed<Object>(&Type::s_type), TRY(str_interned(t, name)), bases, body);
}

Result<Ref<Tuple>> object_tuple(Thread& t, const ASN1_OBJECT* object) {
    int nid = OBJ_obj2nid(object);
    if (nid == NID_undef) return raise(t, exc::ValueError, "Unknown object");
    const char *short_name = OBJ_nid2sn(nid), *long_name = OBJ_nid2ln(nid);
    return tuple_pack(t, TRY(int_from(t, nid)), TRY(str_from_utf8(t, short_name)), TRY(str_from_utf8(t, long_name)),
                      TRY(asn1_object(t, object, false)));
}
Result<Ref<Tuple>> txt2obj(Thread& t, std::string_view text, bool by_name) {
    ASN1_OBJECT* object = OBJ_txt2obj(text.data(), !by_name);
    if (!object) {
        ERR_clear_error();
        return raise(t, exc::ValueError, "unknown object '%.100s'", text.substr(0, 100));
    }
    auto tuple = object_tuple(t, object);
    ASN1_OBJECT_free(object);
    return tuple;
}
Result<Ref<Tuple>> nid2obj(Thread& t, int nid) {
    if (nid < NID_undef) return raise(t, exc::ValueError, "NID must be positive.");
    ASN1_OBJECT* object = OBJ_nid2obj(nid);
    if (!object) {
        ERR_clear_error();
        return raise(t, exc::ValueError, "unknown NID %d", nid);
    }
    auto tuple = object_tuple(t, object);
    ASN1_OBJECT_free(object);
    return tuple;
}
Result<Ref<Tuple>> get_default_verify_paths(Thread& t) {
    auto text = [&](const char* value) -> Result<Ref<Object>> { return TRY(str_decode_fs(t, value)); };
    return tuple_pack(t, TRY(text(X509_get_default_cert_file_env())), TRY(text(X509_get_default_cert_file())),
                      TRY(text(X509_get_default_cert_dir_env())), TRY(text(X509_get_default_cert_dir())));
}
Result<void> rand_add(Thread& t, Borrowed<Object> data, double entropy) {
    std::string_view bytes;
    BufferView view;
    if (is<Str>(data.get())) {
        bytes = TRY(str_utf8(t, as<Str>(data.get())));
    } else {
        TRY(view.acquire(t, data.get()));
        bytes = view.view();
    }
    RAND_add(bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)), entropy);
    return {};
}
Result<Ref<Bytes>> rand_bytes(Thread& t, int count) {
    if (count < 0) return raise(t, exc::ValueError, "num must be positive");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, count));
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes->data), count) == 1) return bytes;
    return raise_queued(t);
}
bool rand_status() { return RAND_status() == 1; }
Result<Ref<Object>> test_decode_cert(Thread& t, Borrowed<Object> path) {
    Ref<Bytes> name = TRY(os_fsencode(t, path));
    BIO* bio = BIO_new_file(name->data, "r");
    if (!bio) return raise_ssl(t, nullptr, SSLError, NoError, "Can't open file", 0);
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    if (!certificate) {
        ERR_clear_error();
        return raise_ssl(t, nullptr, SSLError, NoError, "Error decoding PEM-encoded file", 0);
    }
    auto info = decode_certificate(t, certificate);
    X509_free(certificate);
    return info;
}
const NativeDef functions[] = {
    fn<test_decode_cert>("_test_decode_cert", "($module, path, /)"),
    fn<rand_add>("RAND_add", "($module, string, entropy, /)", "Mix a string into the state of OpenSSL's random number generator."),
    fn<rand_bytes>("RAND_bytes", "($module, n, /)", "n cryptographically strong random bytes."),
    fn<rand_status>("RAND_status", "($module, /)", "Whether OpenSSL's random number generator has been seeded."),
    fn<get_default_verify_paths>("get_default_verify_paths", "($module, /)",
                                 "The default paths of certificates, and the variables that override them."),
    fn<txt2obj>("txt2obj", "($module, /, txt, name=False)", "NID, names and OID of an object identifier."),
    fn<nid2obj>("nid2obj", "($module, nid, /)", "NID, names and OID by the NID."),
};
const TypeSpec* const types[] = {&context_spec, &socket_spec, &bio_spec, &session_spec, &certificate_spec};

constexpr struct {
    const char* name;
    int64_t value;
} constants[] = {
    {"SSL_ERROR_ZERO_RETURN", ZeroReturn},
    {"SSL_ERROR_WANT_READ", WantRead},
    {"SSL_ERROR_WANT_WRITE", WantWrite},
    {"SSL_ERROR_WANT_X509_LOOKUP", WantX509Lookup},
    {"SSL_ERROR_SYSCALL", Syscall},
    {"SSL_ERROR_SSL", SslFailure},
    {"SSL_ERROR_WANT_CONNECT", WantConnect},
    {"SSL_ERROR_EOF", EndOfFile},
    {"SSL_ERROR_INVALID_ERROR_CODE", InvalidCode},
    {"CERT_NONE", 0},
    {"CERT_OPTIONAL", 1},
    {"CERT_REQUIRED", 2},
    {"VERIFY_DEFAULT", 0},
    {"VERIFY_CRL_CHECK_LEAF", X509_V_FLAG_CRL_CHECK},
    {"VERIFY_CRL_CHECK_CHAIN", X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL},
    {"VERIFY_X509_STRICT", X509_V_FLAG_X509_STRICT},
    {"VERIFY_ALLOW_PROXY_CERTS", X509_V_FLAG_ALLOW_PROXY_CERTS},
    {"VERIFY_X509_TRUSTED_FIRST", X509_V_FLAG_TRUSTED_FIRST},
    {"VERIFY_X509_PARTIAL_CHAIN", X509_V_FLAG_PARTIAL_CHAIN},
    {"PROTOCOL_SSLv23", Tls},
    {"PROTOCOL_TLS", Tls},
    {"PROTOCOL_TLS_CLIENT", TlsClient},
    {"PROTOCOL_TLS_SERVER", TlsServer},
    {"PROTOCOL_TLSv1", TlsV1},
    {"PROTOCOL_TLSv1_1", TlsV1_1},
    {"PROTOCOL_TLSv1_2", TlsV1_2},
    {"OP_ALL", static_cast<int64_t>(SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS)},
    {"OP_NO_SSLv2", SSL_OP_NO_SSLv2},
    {"OP_NO_SSLv3", SSL_OP_NO_SSLv3},
    {"OP_NO_TLSv1", SSL_OP_NO_TLSv1},
    {"OP_NO_TLSv1_1", SSL_OP_NO_TLSv1_1},
    {"OP_NO_TLSv1_2", SSL_OP_NO_TLSv1_2},
    {"OP_NO_TLSv1_3", SSL_OP_NO_TLSv1_3},
    {"OP_CIPHER_SERVER_PREFERENCE", SSL_OP_CIPHER_SERVER_PREFERENCE},
    {"OP_SINGLE_DH_USE", SSL_OP_SINGLE_DH_USE},
    {"OP_NO_TICKET", SSL_OP_NO_TICKET},
    {"OP_LEGACY_SERVER_CONNECT", SSL_OP_LEGACY_SERVER_CONNECT},
    {"OP_SINGLE_ECDH_USE", SSL_OP_SINGLE_ECDH_USE},
    {"OP_NO_COMPRESSION", SSL_OP_NO_COMPRESSION},
    {"OP_ENABLE_MIDDLEBOX_COMPAT", SSL_OP_ENABLE_MIDDLEBOX_COMPAT},
    {"OP_NO_RENEGOTIATION", SSL_OP_NO_RENEGOTIATION},
    {"OP_IGNORE_UNEXPECTED_EOF", SSL_OP_IGNORE_UNEXPECTED_EOF},
    {"OP_ENABLE_KTLS", SSL_OP_ENABLE_KTLS},
    {"HOSTFLAG_ALWAYS_CHECK_SUBJECT", X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT},
    {"HOSTFLAG_NEVER_CHECK_SUBJECT", X509_CHECK_FLAG_NEVER_CHECK_SUBJECT},
    {"HOSTFLAG_NO_WILDCARDS", X509_CHECK_FLAG_NO_WILDCARDS},
    {"HOSTFLAG_NO_PARTIAL_WILDCARDS", X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS},
    {"HOSTFLAG_MULTI_LABEL_WILDCARDS", X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS},
    {"HOSTFLAG_SINGLE_LABEL_SUBDOMAINS", X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS},
    {"ENCODING_PEM", 1},
    {"ENCODING_DER", 2},
    {"PROTO_MINIMUM_SUPPORTED", -2},
    {"PROTO_MAXIMUM_SUPPORTED", -1},
    {"PROTO_SSLv3", SSL3_VERSION},
    {"PROTO_TLSv1", TLS1_VERSION},
    {"PROTO_TLSv1_1", TLS1_1_VERSION},
    {"PROTO_TLSv1_2", TLS1_2_VERSION},
    {"PROTO_TLSv1_3", TLS1_3_VERSION},
#define ALERT(name) {"ALERT_DESCRIPTION_" #name, SSL_AD_##name}
    ALERT(CLOSE_NOTIFY),
    ALERT(UNEXPECTED_MESSAGE),
    ALERT(BAD_RECORD_MAC),
    ALERT(RECORD_OVERFLOW),
    ALERT(DECOMPRESSION_FAILURE),
    ALERT(HANDSHAKE_FAILURE),
    ALERT(BAD_CERTIFICATE),
    ALERT(UNSUPPORTED_CERTIFICATE),
    ALERT(CERTIFICATE_REVOKED),
    ALERT(CERTIFICATE_EXPIRED),
    ALERT(CERTIFICATE_UNKNOWN),
    ALERT(ILLEGAL_PARAMETER),
    ALERT(UNKNOWN_CA),
    ALERT(ACCESS_DENIED),
    ALERT(DECODE_ERROR),
    ALERT(DECRYPT_ERROR),
    ALERT(PROTOCOL_VERSION),
    ALERT(INSUFFICIENT_SECURITY),
    ALERT(INTERNAL_ERROR),
    ALERT(USER_CANCELLED),
    ALERT(NO_RENEGOTIATION),
    ALERT(UNSUPPORTED_EXTENSION),
    ALERT(CERTIFICATE_UNOBTAINABLE),
    ALERT(UNRECOGNIZED_NAME),
    ALERT(BAD_CERTIFICATE_STATUS_RESPONSE),
    ALERT(BAD_CERTIFICATE_HASH_VALUE),
    ALERT(UNKNOWN_PSK_IDENTITY),
#undef ALERT
};
constexpr struct {
    const char* name;
    bool value;
} features[] = {
    {"HAS_SNI", true},     {"HAS_TLS_UNIQUE", true}, {"HAS_ECDH", true},  {"HAS_NPN", false},    {"HAS_ALPN", true},
    {"HAS_SSLv2", false},  {"HAS_SSLv3", false},     {"HAS_TLSv1", true}, {"HAS_TLSv1_1", true}, {"HAS_TLSv1_2", true},
    {"HAS_TLSv1_3", true}, {"HAS_PSK", true},        {"HAS_PHA", true},
};
Result<void> exec(Thread& t, Mod module) {
    State& state = module->state_as<State>();
    static constexpr const char* docs[ErrorTypeCount] = {
        "An error occurred in the SSL implementation.",
        "A certificate could not be verified.",
        "SSL/TLS session closed cleanly.",
        "Raised by a non-blocking SSL socket when the operation must wait for data to arrive.",
        "Raised by a non-blocking SSL socket when the operation must wait until data can leave.",
        "System error when attempting SSL operation.",
        "SSL/TLS connection terminated abruptly.",
    };
    for (int i = 0; i < ErrorTypeCount; ++i) {
        MaybeRef<Tuple> bases;
        if (i == SSLError) bases = TRY(tuple_pack(t, Borrowed<Object>(&exc::OSError)));
        else if (i == SSLCertVerificationError)
            bases = TRY(tuple_pack(t, Borrowed<Object>(state.errors[SSLError]), Borrowed<Object>(&exc::ValueError)));
        else bases = TRY(tuple_pack(t, Borrowed<Object>(state.errors[SSLError])));
        state.errors[i] = TRY(make_error(t, error_names[i], docs[i], bases.take(), i == SSLError)).release();
        TRY(module_add(t, module, error_names[i], state.errors[i]));
    }
    __atomic_fetch_or(&static_cast<Type*>(state.errors[SSLError])->flags, type_flag::Immutable, __ATOMIC_RELAXED);
    for (auto& constant : constants) TRY(module_add_int(t, module, constant.name, constant.value));
    for (auto& feature : features) TRY(module_add(t, module, feature.name, bool_object(feature.value)));
    TRY(module_add_string(t, module, "_DEFAULT_CIPHERS",
                          "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"));
    auto version_tuple = [&](unsigned long version) -> Result<Ref<Tuple>> {
        return tuple_pack(t, TRY(int_from(t, version >> 28 & 0xff)), TRY(int_from(t, version >> 20 & 0xff)),
                          TRY(int_from(t, version >> 12 & 0xff)), TRY(int_from(t, version >> 4 & 0xff)), TRY(int_from(t, version & 0xf)));
    };
    unsigned long version = OpenSSL_version_num();
    TRY(module_add_int(t, module, "OPENSSL_VERSION_NUMBER", static_cast<int64_t>(version)));
    TRY(module_add(t, module, "OPENSSL_VERSION_INFO", TRY(version_tuple(version))));
    TRY(module_add(t, module, "_OPENSSL_API_VERSION", TRY(version_tuple(OPENSSL_VERSION_NUMBER))));
    return module_add_string(t, module, "OPENSSL_VERSION", OpenSSL_version(OPENSSL_VERSION));
}

} // namespace

Result<Ref<Object>> error_type(Thread& t, ErrorType which) { return import_attribute(t, "_ssl", error_names[which]); }

Error raise_ssl(Thread& t, Socket* socket, ErrorType which, int number, const char* text, unsigned long code) {
    const char* library = code ? library_name(ERR_GET_LIB(code)) : nullptr;
    char reason[128];
    bool has_reason = code && reason_name(code, reason);
    if (!text && code) text = ERR_reason_error_string(code);
    if (!text) text = "unknown error";
    MaybeRef<Object> verify_message;
    long verify_code = 0;
    if (which == SSLCertVerificationError && socket) {
        verify_code = SSL_get_verify_result(socket->handle);
        if (verify_code == X509_V_ERR_HOSTNAME_MISMATCH)
            verify_message = TRY(str_format(t, "Hostname mismatch, certificate is not valid for '%s'.",
                                            socket->server_hostname ? socket->server_hostname : None()));
        else if (verify_code == X509_V_ERR_IP_ADDRESS_MISMATCH)
            verify_message = TRY(str_format(t, "IP address mismatch, certificate is not valid for '%s'.",
                                            socket->server_hostname ? socket->server_hostname : None()));
        else if (const char* shown = X509_verify_cert_error_string(verify_code)) verify_message = TRY(str_from_utf8(t, shown));
        else verify_message = none_ref();
    }
    Ref<Str> message = verify_message && has_reason && library
                           ? TRY(str_format(t, "[%s: %s] %s: %s (_ssl.c:1000)", library, reason, text, verify_message))
                       : has_reason && library ? TRY(str_format(t, "[%s: %s] %s (_ssl.c:1000)", library, reason, text))
                       : library               ? TRY(str_format(t, "[%s] %s (_ssl.c:1000)", library, text))
                                               : TRY(str_format(t, "%s (_ssl.c:1000)", text));
    Ref<Object> type = TRY(error_type(t, which));
    Ref<Object> error = TRY(call(t, type, TRY(int_from(t, number)), message));
    TRY(set_attribute(t, error, TRY(str_interned(t, "reason")), has_reason ? Ref<Object>(TRY(str_from_utf8(t, reason))) : none_ref()));
    TRY(set_attribute(t, error, TRY(str_interned(t, "library")), library ? Ref<Object>(TRY(str_from_utf8(t, library))) : none_ref()));
    if (verify_message) {
        TRY(set_attribute(t, error, TRY(str_interned(t, "verify_code")), TRY(int_from(t, verify_code))));
        TRY(set_attribute(t, error, TRY(str_interned(t, "verify_message")), Borrowed<Object>(verify_message.get())));
    }
    return raise_instance(t, std::move(error));
}
Error raise_queued(Thread& t, const char* text, int number) {
    unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code && !number) number = ERR_GET_REASON(code);
    return raise_ssl(t, nullptr, SSLError, number, text, code);
}
Error raise_for(Thread& t, Socket* self, int result, int ssl_error, int system_error) {
    unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    bool verification = code && ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    switch (ssl_error) {
    case SSL_ERROR_ZERO_RETURN: return raise_ssl(t, self, SSLZeroReturnError, ZeroReturn, "TLS/SSL connection has been closed (EOF)", code);
    case SSL_ERROR_WANT_READ: return raise_ssl(t, self, SSLWantReadError, WantRead, "The operation did not complete (read)", code);
    case SSL_ERROR_WANT_WRITE: return raise_ssl(t, self, SSLWantWriteError, WantWrite, "The operation did not complete (write)", code);
    case SSL_ERROR_WANT_X509_LOOKUP:
        return raise_ssl(t, self, SSLError, WantX509Lookup, "The operation did not complete (X509 lookup)", code);
    case SSL_ERROR_WANT_CONNECT: return raise_ssl(t, self, SSLError, WantConnect, "The operation did not complete (connect)", code);
    case SSL_ERROR_SYSCALL:
        if (code) return raise_ssl(t, self, verification ? SSLCertVerificationError : SSLSyscallError, Syscall, nullptr, code);
        if (!self->socket || system_error == 0)
            return raise_ssl(t, self, SSLEOFError, EndOfFile, "EOF occurred in violation of protocol", 0);
        return raise_errno(t, system_error);
    case SSL_ERROR_SSL:
        if (!code) return raise_ssl(t, self, SSLError, SslFailure, "A failure in the SSL library occurred", 0);
        if (verification) return raise_ssl(t, self, SSLCertVerificationError, SslFailure, nullptr, code);
        if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
            return raise_ssl(t, self, SSLEOFError, EndOfFile, "EOF occurred in violation of protocol", code);
        return raise_ssl(t, self, SSLError, SslFailure, nullptr, code);
    default: return raise_ssl(t, self, SSLError, InvalidCode, "Invalid error code", code);
    }
}

} // namespace ssl

extern const ModuleSpec ssl_module;
const ModuleSpec ssl_module = {.name = "_ssl",
                               .doc = "What the ssl module is made of.",
                               .functions = ssl::functions,
                               .exec = ssl::exec,
                               .types = ssl::types,
                               .state = state_spec<ssl::State, &ssl::State::errors>};

} // namespace taipan
