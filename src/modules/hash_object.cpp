#include "modules/hash_object.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"

#include <openssl/evp.h>

namespace taipan::hashes {

namespace {

constexpr size_t LongInput = 2048; // from here on other threads need not wait for the hashing

EVP_MD_CTX* context_of(HashObject* self) { return static_cast<EVP_MD_CTX*>(self->context); }
COLD Error openssl_failed(Thread& t) { return raise(t, exc::ValueError, "[digital envelope routines] hash operation failed"); }

Result<void> feed(Thread& t, HashObject* self, Borrowed<Object> data) {
    if (is<Str>(data.get())) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data.get())) return raise(t, exc::TypeError, "object supporting the buffer API required");
    BufferView view;
    TRY(view.acquire(t, data.get()));
    if (view.buffer().ndim > 1) return raise(t, exc::BufferError, "Buffer must be single dimension");
    MutexLocker locker(self->lock);
    bool ok;
    if (view.size() >= LongInput) {
        Detached detached(t);
        ok = EVP_DigestUpdate(context_of(self), view.data(), view.size());
    } else {
        ok = EVP_DigestUpdate(context_of(self), view.data(), view.size());
    }
    if (!ok) return openssl_failed(t);
    return {};
}
Result<Ref<HashObject>> make(Thread& t, Type& type, const Algorithm& algorithm) {
    Ref<Object> made = TRY(allocate_object(t, type));
    auto* self = static_cast<HashObject*>(made.get());
    self->algorithm = &algorithm;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    self->context = context;
    if (!context) return raise_memory_error(t);
    const EVP_MD* digest = EVP_get_digestbyname(algorithm.openssl);
    if (!digest || !EVP_DigestInit_ex(context, digest, nullptr))
        return raise(t, exc::ValueError, "unsupported hash type %s", algorithm.name);
    return steal(static_cast<HashObject*>(made.release()));
}

} // namespace

Result<Ref<Object>> hash_new(Thread& t, Type& type, const Algorithm& algorithm, Object* data, Object* string) {
    if (data && string)
        return raise(t, exc::TypeError,
                     "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for "
                     "removal in a future version.");
    Ref<HashObject> self = TRY(make(t, type, algorithm));
    if (!data) data = string;
    if (data) TRY(feed(t, self.get(), data));
    return self;
}
void hash_dealloc(Object* object) {
    EVP_MD_CTX_free(context_of(static_cast<HashObject*>(object)));
    object->type->free(object);
}
Result<Ref<Object>> hash_copy(Thread& t, Borrowed<HashObject> self) {
    Ref<HashObject> copy = TRY(make(t, *self->type, *self->algorithm));
    MutexLocker locker(self->lock);
    if (!EVP_MD_CTX_copy_ex(context_of(copy.get()), context_of(self.get()))) return openssl_failed(t);
    return copy;
}
Result<void> hash_update(Thread& t, Borrowed<HashObject> self, Borrowed<Object> data) { return feed(t, self.get(), data); }

Result<Ref<Object>> hash_digest(Thread& t, Borrowed<HashObject> self, intptr_t length, bool hex) {
    bool extendable = length >= 0;
    if (!extendable) length = self->algorithm->digest_size;
    if (length >= (intptr_t{1} << 29)) return raise(t, exc::ValueError, "length is too large");
    Ref<Bytes> digest = TRY(bytes_alloc(t, length));
    EVP_MD_CTX* copy = EVP_MD_CTX_new();
    if (!copy) return raise_memory_error(t);
    bool ok;
    {
        MutexLocker locker(self->lock);
        ok = EVP_MD_CTX_copy_ex(copy, context_of(self.get()));
    }
    auto* out = reinterpret_cast<unsigned char*>(digest->data);
    if (ok && length) ok = extendable ? EVP_DigestFinalXOF(copy, out, static_cast<size_t>(length)) : EVP_DigestFinal_ex(copy, out, nullptr);
    EVP_MD_CTX_free(copy);
    if (!ok) return openssl_failed(t);
    if (!hex) return digest;
    Ref<Str> text = TRY(str_alloc(t, 2 * length, 127));
    auto* to = static_cast<uint8_t*>(const_cast<void*>(text->data()));
    for (intptr_t i = 0; i < length; ++i) {
        *to++ = static_cast<uint8_t>("0123456789abcdef"[out[i] >> 4]);
        *to++ = static_cast<uint8_t>("0123456789abcdef"[out[i] & 15]);
    }
    return text;
}

} // namespace taipan::hashes
