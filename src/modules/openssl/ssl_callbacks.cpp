// What OpenSSL calls back: server names, messages, key logs, pre-shared keys.
#include "modules/openssl/ssl.h"
#include "modules/system_calls.h"

#include <cerrno>
#include <cstring>

namespace taipan::ssl {

namespace {

Socket* socket_of(const SSL* ssl) { return static_cast<Socket*>(SSL_get_app_data(ssl)); }
/// The call that is running raises the exception of its callback. The first one counts.
void keep_error(Thread& t, Socket* socket) {
    MaybeRef<Object> error = t.take_exception();
    if (error && !socket->callback_error) socket->callback_error = error.release();
}

int server_name_called(SSL* ssl, int* alert, void* data) {
    Entered entered;
    Thread& t = entered.thread();
    auto* context = static_cast<Context*>(data);
    Socket* socket = socket_of(ssl);
    if (!context->sni_callback || !socket) return SSL_TLSEXT_ERR_OK;
    if (socket->owner && !weakref_get(static_cast<Weakref*>(socket->owner))) {
        *alert = SSL_AD_INTERNAL_ERROR; // nobody could be told
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    Ref<Object> callback = acquire(context->sni_callback);
    Ref<Object> subject = socket_or_owner(socket);
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    auto fail = [&](int code) {
        write_unraisable(t, nullptr, callback.get());
        *alert = code;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    };
    MaybeRef<Object> answer;
    if (!name) {
        auto result = call(t, callback, subject, none_ref(), Borrowed<Object>(context));
        if (result.is_error()) return fail(SSL_AD_HANDSHAKE_FAILURE);
        answer = result.take();
    } else {
        auto text = str_decode_utf8(t, name);
        if (text.is_error()) return fail(SSL_AD_INTERNAL_ERROR);
        auto result = call(t, callback, subject, text.take(), Borrowed<Object>(context));
        if (result.is_error()) return fail(SSL_AD_HANDSHAKE_FAILURE);
        answer = result.take();
    }
    if (is_none(answer.get())) return SSL_TLSEXT_ERR_OK;
    auto code = to_int32(t, answer.get());
    if (code.is_error()) return fail(SSL_AD_INTERNAL_ERROR);
    *alert = code.take();
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}
void message_called(int writing, int version, int content_type, const void* data, size_t size, SSL* ssl, void*) {
    Entered entered;
    Thread& t = entered.thread();
    Socket* socket = socket_of(ssl);
    if (!socket || !socket->context->message_callback) return;
    auto run = [&]() -> Result<void> {
        Ref<Object> callback = acquire(socket->context->message_callback);
        auto* bytes = static_cast<const unsigned char*>(data);
        int message = 0;
        // The type is in the first byte (the header), or the only one, of what the kinds of records show.
        if (content_type == SSL3_RT_CHANGE_CIPHER_SPEC) message = SSL3_MT_CHANGE_CIPHER_SPEC;
        else if (content_type == SSL3_RT_ALERT) message = size > 1 ? bytes[1] : 0;
        else if (content_type == SSL3_RT_HANDSHAKE) message = size > 0 ? bytes[0] : 0;
        else if (content_type == SSL3_RT_HEADER && size >= 3) {
            version = bytes[1] << 8 | bytes[2];
            message = bytes[0];
        } else if (content_type == SSL3_RT_INNER_CONTENT_TYPE) message = size > 0 ? bytes[0] : 0;
        else message = -1;
        TRY(call(t, callback, socket_or_owner(socket), TRY(str_interned(t, writing ? "write" : "read")), TRY(int_from(t, version)),
                 TRY(int_from(t, content_type)), TRY(int_from(t, message)), TRY(bytes_from(t, {static_cast<const char*>(data), size}))));
        return {};
    };
    if (run().is_error()) keep_error(t, socket);
}
void keylog_called(const SSL* ssl, const char* line) {
    Entered entered;
    Thread& t = entered.thread();
    Socket* socket = socket_of(ssl);
    if (!socket || !socket->context->keylog) return;
    int result, system_error;
    {
        MutexLocker locker(socket->context->keylog_lock);
        BIO_printf(socket->context->keylog, "%s\n", line);
        errno = 0;
        result = BIO_flush(socket->context->keylog);
        system_error = errno;
    }
    if (result == -1) {
        (void)raise_errno(t, system_error, socket->context->keylog_filename);
        keep_error(t, socket);
    }
}
/// Copies a text with its null byte, or bytes without.
Result<unsigned> copy_secret(Thread& t, Borrowed<Object> value, unsigned char* out, unsigned limit) {
    BufferView view;
    TRY(view.acquire(t, value.get()));
    if (view.size() > limit) return raise(t, exc::ValueError, "psk too long");
    std::memcpy(out, view.data(), view.size());
    return static_cast<unsigned>(view.size());
}
Result<Ref<Object>> hint_text(Thread& t, const char* hint) {
    if (!hint || !*hint) return none_ref();
    return TRY(str_decode_utf8(t, hint));
}
unsigned psk_client_called(SSL* ssl, const char* hint, char* identity, unsigned identity_limit, unsigned char* psk, unsigned psk_limit) {
    Entered entered;
    Thread& t = entered.thread();
    Socket* socket = socket_of(ssl);
    if (!socket || !socket->context->psk_client_callback) return 0;
    auto run = [&]() -> Result<unsigned> {
        Ref<Object> callback = acquire(socket->context->psk_client_callback);
        Ref<Object> answer = TRY(call(t, callback, TRY(hint_text(t, hint))));
        Ref<Tuple> pair = TRY(to_tuple(t, answer));
        if (pair->size != 2) return raise(t, exc::TypeError, "psk callback must return a pair");
        if (is_none(pair->items[0])) identity[0] = 0;
        else {
            if (!is<Str>(pair->items[0])) return raise(t, exc::TypeError, "identity must be str or None");
            std::string_view name = TRY(str_utf8(t, static_cast<Str*>(pair->items[0])));
            if (name.size() + 1 > identity_limit) return raise(t, exc::ValueError, "identity too long");
            std::memcpy(identity, name.data(), name.size() + 1);
        }
        return copy_secret(t, pair->items[1], psk, psk_limit);
    };
    auto size = run();
    if (!size.is_error()) return size.take();
    write_unraisable(t, nullptr, socket->context->psk_client_callback);
    return 0;
}
unsigned psk_server_called(SSL* ssl, const char* identity, unsigned char* psk, unsigned psk_limit) {
    Entered entered;
    Thread& t = entered.thread();
    Socket* socket = socket_of(ssl);
    if (!socket || !socket->context->psk_server_callback) return 0;
    auto run = [&]() -> Result<unsigned> {
        Ref<Object> callback = acquire(socket->context->psk_server_callback);
        return copy_secret(t, TRY(call(t, callback, TRY(hint_text(t, identity)))), psk, psk_limit);
    };
    auto size = run();
    if (!size.is_error()) return size.take();
    write_unraisable(t, nullptr, socket->context->psk_server_callback);
    return 0;
}

} // namespace

Result<void> set_sni_callback(Thread& t, Borrowed<Context> self, Object* callback) {
    if (!callback) return raise(t, exc::AttributeError, "attribute 'sni_callback' of '_ssl._SSLContext' objects cannot be deleted");
    if (self->protocol == TlsClient) return raise(t, exc::ValueError, "sni_callback cannot be set on TLS_CLIENT context");
    CriticalSection section(t, self.get());
    if (is_none(callback)) {
        SSL_CTX_set_tlsext_servername_callback(self->handle, nullptr);
        clear_field(self->sni_callback);
        return {};
    }
    if (!is_callable(callback)) {
        SSL_CTX_set_tlsext_servername_callback(self->handle, nullptr);
        return raise(t, exc::TypeError, "not a callable object");
    }
    assign_field(self->sni_callback, acquire(callback).release());
    SSL_CTX_set_tlsext_servername_callback(self->handle, server_name_called);
    SSL_CTX_set_tlsext_servername_arg(self->handle, self.get());
    return {};
}
Result<void> set_message_callback(Thread& t, Borrowed<Context> self, Object* callback) {
    if (!callback) return raise(t, exc::AttributeError, "attribute '_msg_callback' of '_ssl._SSLContext' objects cannot be deleted");
    CriticalSection section(t, self.get());
    if (is_none(callback)) {
        SSL_CTX_set_msg_callback(self->handle, nullptr);
        clear_field(self->message_callback);
        return {};
    }
    if (!is_callable(callback)) {
        SSL_CTX_set_msg_callback(self->handle, nullptr);
        return raise(t, exc::TypeError, "%R is not callable.", callback);
    }
    assign_field(self->message_callback, acquire(callback).release());
    SSL_CTX_set_msg_callback(self->handle, message_called);
    return {};
}
Result<void> set_keylog_filename(Thread& t, Borrowed<Context> self, Object* filename) {
    if (!filename) return raise(t, exc::AttributeError, "attribute 'keylog_filename' of '_ssl._SSLContext' objects cannot be deleted");
    CriticalSection section(t, self.get());
    SSL_CTX_set_keylog_callback(self->handle, nullptr);
    if (BIO* old = std::exchange(self->keylog, nullptr)) BIO_free_all(old);
    clear_field(self->keylog_filename);
    if (is_none(filename)) return {};
    Ref<Bytes> path = TRY(os_fsencode(t, filename));
    FILE* file = fopen(path->data, "a");
    if (!file) return raise_errno(t, errno, filename);
    self->keylog = BIO_new_fp(file, BIO_CLOSE | BIO_FP_TEXT);
    if (!self->keylog) {
        fclose(file);
        return raise_queued(t, "Can't malloc memory for keylog file");
    }
    BIO_seek(self->keylog, 0);
    fseek(file, 0, SEEK_END);
    if (ftell(file) == 0) BIO_puts(self->keylog, "# TLS secrets log file, generated by OpenSSL / Python\n");
    (void)BIO_flush(self->keylog);
    self->keylog_filename = acquire(filename).release();
    SSL_CTX_set_keylog_callback(self->handle, keylog_called);
    return {};
}
Result<void> set_psk_client_callback(Thread& t, Borrowed<Context> self, Borrowed<Object> callback) {
    if (self->protocol == TlsServer)
        return raise_ssl(t, nullptr, SSLError, NoError, "Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context", 0);
    if (!is_none(callback.get()) && !is_callable(callback.get())) return raise(t, exc::TypeError, "callback must be callable");
    CriticalSection section(t, self.get());
    bool on = !is_none(callback.get());
    assign_field(self->psk_client_callback, on ? acquire(callback).release() : nullptr);
    SSL_CTX_set_psk_client_callback(self->handle, on ? psk_client_called : nullptr);
    return {};
}
Result<void> set_psk_server_callback(Thread& t, Borrowed<Context> self, Borrowed<Object> callback, NoneOr<Object> hint) {
    if (self->protocol == TlsClient)
        return raise_ssl(t, nullptr, SSLError, NoError, "Cannot add PSK server callback to a PROTOCOL_TLS_CLIENT context", 0);
    if (hint && !is<Str>(hint.get()))
        return raise(t, exc::TypeError, "set_psk_server_callback() argument 'identity_hint' must be str or None, not %T", hint.get());
    if (!is_none(callback.get()) && !is_callable(callback.get())) return raise(t, exc::TypeError, "callback must be callable");
    CriticalSection section(t, self.get());
    bool on = !is_none(callback.get());
    const char* text = on && hint ? TRY(str_utf8(t, static_cast<Str*>(hint.get()))).data() : nullptr;
    if (!SSL_CTX_use_psk_identity_hint(self->handle, text)) return raise_queued(t);
    assign_field(self->psk_server_callback, on ? acquire(callback).release() : nullptr);
    SSL_CTX_set_psk_server_callback(self->handle, on ? psk_server_called : nullptr);
    return {};
}

} // namespace taipan::ssl
