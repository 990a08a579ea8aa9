// _hashlib: hash objects, HMAC and key derivation by OpenSSL. A hash object's context is guarded by the object's own
// mutex, so that long input is hashed detached.
#include "modules/openssl/openssl_support.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/module.h"
#include "objects/set.h"

#include <climits>
#include <cstring>
#include <openssl/hmac.h>
#include <openssl/provider.h>

namespace taipan {

namespace hashlib {

using openssl::raise_queued;

struct Hash : Object {
    EVP_MD_CTX* context;
    Mutex lock;
    static Type s_type;
};
struct HashXof : Hash {
    static Type s_type;
};
struct Hmac : Object {
    HMAC_CTX* context;
    Mutex lock;
    static Type s_type;
};
Type Hash::s_type, HashXof::s_type, Hmac::s_type;

namespace {

using Mod = Borrowed<Module>;
constexpr size_t DetachSize = 2048;
constexpr const char* MissingDigest = "Missing required parameter 'digestmod'.";

/// Digests by name, fetched at first use: for security and not.
struct State {
    std::atomic<EVP_MD*> fetched[openssl::DigestNameCount][2];
    Object *unsupported_error, *constructors; // the constructors: a dict from function to name
};
State& state_of(Object* module) { return static_cast<Module*>(module)->state_as<State>(); }

/// A digest, perhaps fetched for this use only.
class Digest {
public:
    Digest(EVP_MD* digest, bool owned) : m_digest(digest), m_owned(owned) {}
    Digest() = default;
    Digest(Digest&& other) : m_digest(std::exchange(other.m_digest, nullptr)), m_owned(other.m_owned) {}
    ~Digest() {
        if (m_owned) EVP_MD_free(m_digest);
    }
    EVP_MD* get() const { return m_digest; }

private:
    EVP_MD* m_digest = nullptr;
    bool m_owned = false;
};
Result<Digest> find_digest(Thread& t, Mod module, std::string_view name, bool for_security) {
    State& state = state_of(module.get());
    int row = openssl::find_digest_name(name);
    const char* properties = for_security ? nullptr : "-fips";
    EVP_MD* digest;
    if (row >= 0) {
        auto& place = state.fetched[row][!for_security];
        digest = place.load(std::memory_order_acquire);
        if (!digest) {
            digest = EVP_MD_fetch(nullptr, openssl::digest_names[row].openssl, properties);
            EVP_MD* expected = nullptr;
            if (digest && !place.compare_exchange_strong(expected, digest)) {
                EVP_MD_free(digest);
                digest = expected;
            }
        }
        if (digest) return Digest(digest, false);
    } else {
        char text[128];
        size_t size = std::min(name.size(), sizeof(text) - 1);
        std::memcpy(text, name.data(), size);
        text[size] = 0;
        digest = EVP_MD_fetch(nullptr, text, properties);
        if (digest) return Digest(digest, true);
    }
    return raise_queued(t, *static_cast<Type*>(state.unsupported_error), "unsupported digest");
}
/// A digest by its name, or by one of the module's constructors.
Result<Digest> digest_of(Thread& t, Mod module, Borrowed<Object> digestmod) {
    State& state = state_of(module.get());
    MaybeRef<Object> name = MaybeRef<Object>::acquire(digestmod.get());
    if (!is<Str>(digestmod.get())) {
        auto found = dict_get(t, static_cast<Dict*>(state.constructors), digestmod);
        if (found.is_error()) t.clear_exception();
        else name = found.take();
    }
    if (!name || !is<Str>(name.get())) return raise(t, *static_cast<Type*>(state.unsupported_error), "Unsupported digestmod %R", digestmod);
    return find_digest(t, module, TRY(str_utf8(t, as<Str>(name.get()))), true);
}

Result<void> acquire_input(Thread& t, BufferView& view, Object* data) {
    if (is<Str>(data)) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(t, exc::TypeError, "object supporting the buffer API required");
    TRY(view.acquire(t, data));
    if (view.buffer().ndim > 1) return raise(t, exc::BufferError, "Buffer must be single dimension");
    return {};
}
/// Runs `work` detached if it is about enough data.
template <class F> auto run_detached(Thread& t, size_t size, F work) {
    if (size < DetachSize) return work();
    Detached detached(t);
    return work();
}
Result<Ref<Object>> in_hex(Thread& t, std::string_view bytes) {
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(2 * bytes.size()), 127));
    auto* to = static_cast<uint8_t*>(const_cast<void*>(text->data()));
    for (unsigned char byte : bytes) {
        *to++ = static_cast<uint8_t>("0123456789abcdef"[byte >> 4]);
        *to++ = static_cast<uint8_t>("0123456789abcdef"[byte & 15]);
    }
    return text;
}

// Hash objects

Result<void> feed(Thread& t, Borrowed<Hash> self, Object* data) {
    BufferView view;
    TRY(acquire_input(t, view, data));
    MutexLocker locker(self->lock);
    if (!run_detached(t, view.size(), [&] { return EVP_DigestUpdate(self->context, view.data(), view.size()); }))
        return raise_queued(t, exc::ValueError);
    return {};
}
Result<Ref<Hash>> allocate_hash(Thread& t, Type& type) {
    Ref<Object> made = TRY(allocate_object(t, type));
    auto* self = static_cast<Hash*>(made.get());
    self->context = EVP_MD_CTX_new();
    if (!self->context) return raise_memory_error(t);
    return steal(static_cast<Hash*>(made.release()));
}
Result<Ref<Object>> make_hash(Thread& t, Mod module, std::string_view name, Object* data, bool for_security, Object* string) {
    if (data && string)
        return raise(t, exc::TypeError,
                     "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for "
                     "removal in a future version.");
    if (!data) data = string;
    BufferView view;
    if (data) TRY(acquire_input(t, view, data));
    Digest digest = TRY(find_digest(t, module, name, for_security));
    bool extendable = EVP_MD_get_flags(digest.get()) & EVP_MD_FLAG_XOF;
    Ref<Hash> self = TRY(allocate_hash(t, extendable ? HashXof::s_type : Hash::s_type));
    if (!EVP_DigestInit_ex(self->context, digest.get(), nullptr)) return raise_queued(t, exc::ValueError);
    if (data && !run_detached(t, view.size(), [&] { return EVP_DigestUpdate(self->context, view.data(), view.size()); }))
        return raise_queued(t, exc::ValueError);
    return self;
}
Result<Ref<Object>> new_hash(Thread& t, Mod module, std::string_view name, MaybeBorrowed<Object> data, bool for_security,
                             NoneOr<Object> string) {
    return make_hash(t, module, name, data.get(), for_security, string.get());
}
struct Name {
    char text[16];
    constexpr Name(const char* from) : text{} {
        for (int i = 0; from[i]; ++i) text[i] = from[i];
    }
};
template <Name name>
Result<Ref<Object>> constructor(Thread& t, Mod module, MaybeBorrowed<Object> data, bool for_security, NoneOr<Object> string) {
    return make_hash(t, module, name.text, data.get(), for_security, string.get());
}

/// A private copy of a context.
struct ContextCopy {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~ContextCopy() { EVP_MD_CTX_free(context); }
    bool take(Hash* self) {
        MutexLocker locker(self->lock);
        return EVP_MD_CTX_copy(context, self->context);
    }
};
Result<Ref<Object>> hash_copy(Thread& t, Borrowed<Hash> self) {
    Ref<Hash> copy = TRY(allocate_hash(t, *self->type));
    MutexLocker locker(self->lock);
    if (!EVP_MD_CTX_copy(copy->context, self->context)) return raise_queued(t, exc::ValueError);
    return copy;
}
Result<void> hash_update(Thread& t, Borrowed<Hash> self, Borrowed<Object> data) { return feed(t, self, data.get()); }
Result<std::string_view> finish(Thread& t, Hash* self, unsigned char* out) {
    ContextCopy copy;
    if (!copy.context) return raise_memory_error(t);
    unsigned size = 0;
    if (!copy.take(self) || !EVP_DigestFinal(copy.context, out, &size)) return raise_queued(t, exc::ValueError);
    return std::string_view(reinterpret_cast<char*>(out), size);
}
Result<Ref<Bytes>> hash_digest(Thread& t, Borrowed<Hash> self) {
    unsigned char out[EVP_MAX_MD_SIZE];
    return bytes_from(t, TRY(finish(t, self.get(), out)));
}
Result<Ref<Object>> hash_hexdigest(Thread& t, Borrowed<Hash> self) {
    unsigned char out[EVP_MAX_MD_SIZE];
    return in_hex(t, TRY(finish(t, self.get(), out)));
}
Result<Ref<Bytes>> xof_bytes(Thread& t, Borrowed<Hash> self, Borrowed<Object> length) {
    Ref<Int> number = TRY(to_index(t, length));
    int64_t size;
    if (!int_fits_int64(number.get(), &size)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    if (size < 0) return raise(t, exc::ValueError, "value must be positive");
    Ref<Bytes> digest = TRY(bytes_alloc(t, size));
    ContextCopy copy;
    if (!copy.context) return raise_memory_error(t);
    if (!copy.take(self.get())) return raise_queued(t, exc::ValueError);
    if (size && !EVP_DigestFinalXOF(copy.context, reinterpret_cast<unsigned char*>(digest->data), static_cast<size_t>(size)))
        return raise_queued(t, exc::ValueError);
    return digest;
}
Result<Ref<Object>> xof_hex(Thread& t, Borrowed<Hash> self, Borrowed<Object> length) {
    return in_hex(t, TRY(xof_bytes(t, self, length))->view());
}
int64_t get_digest_size(Thread&, Borrowed<Hash> self) { return EVP_MD_CTX_get_size(self->context); }
int64_t xof_digest_size(Thread&, Borrowed<Hash>) { return 0; }
int64_t get_block_size(Thread&, Borrowed<Hash> self) { return EVP_MD_CTX_get_block_size(self->context); }
Result<Ref<Str>> get_name(Thread& t, Borrowed<Hash> self) {
    return str_from_utf8(t, openssl::digest_name(EVP_MD_CTX_get0_md(self->context)));
}
Result<Ref<Str>> hash_repr(Thread& t, Borrowed<Hash> self) {
    return str_format(t, "<%s %T object @ %p>", openssl::digest_name(EVP_MD_CTX_get0_md(self->context)), self,
                      static_cast<const void*>(self.get()));
}
void hash_dealloc(Object* o) {
    EVP_MD_CTX_free(static_cast<Hash*>(o)->context);
    o->type->free(o);
}

// HMAC

Result<void> hmac_feed(Thread& t, Borrowed<Hmac> self, Object* message) {
    BufferView view;
    TRY(acquire_input(t, view, message));
    MutexLocker locker(self->lock);
    if (!run_detached(t, view.size(), [&] { return HMAC_Update(self->context, view.data(), view.size()); }))
        return raise_queued(t, exc::ValueError);
    return {};
}
Result<Ref<Hmac>> allocate_hmac(Thread& t) {
    Ref<Hmac> self = TRY(allocate<Hmac>(t));
    self->context = HMAC_CTX_new();
    if (!self->context) return raise_memory_error(t);
    return self;
}
Result<Ref<Object>> hmac_new(Thread& t, Mod module, const BufferView& key, MaybeBorrowed<Object> message, NoneOr<Object> digestmod) {
    if (key.size() > INT_MAX) return raise(t, exc::OverflowError, "key is too long.");
    if (!digestmod) return raise(t, exc::TypeError, MissingDigest);
    Digest digest = TRY(digest_of(t, module, digestmod.value()));
    Ref<Hmac> self = TRY(allocate_hmac(t));
    if (!HMAC_Init_ex(self->context, key.data() ? static_cast<const void*>(key.data()) : "", static_cast<int>(key.size()), digest.get(),
                      nullptr))
        return raise_queued(t, exc::ValueError);
    if (message && !is_none(message.get())) TRY(hmac_feed(t, self, message.get()));
    return self;
}
Result<Ref<Bytes>> hmac_digest(Thread& t, Mod module, const BufferView& key, const BufferView& message, Borrowed<Object> digestmod) {
    if (key.size() > INT_MAX) return raise(t, exc::OverflowError, "key is too long.");
    if (message.size() > INT_MAX) return raise(t, exc::OverflowError, "msg is too long.");
    Digest digest = TRY(digest_of(t, module, digestmod));
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool ok = run_detached(t, message.size(), [&] {
        return HMAC(digest.get(), key.data() ? static_cast<const void*>(key.data()) : "", static_cast<int>(key.size()), message.data(),
                    message.size(), out, &size) != nullptr;
    });
    if (!ok) return raise_queued(t, exc::ValueError);
    return bytes_from(t, {reinterpret_cast<char*>(out), size});
}
Result<Ref<Object>> hmac_copy(Thread& t, Borrowed<Hmac> self) {
    Ref<Hmac> copy = TRY(allocate_hmac(t));
    MutexLocker locker(self->lock);
    if (!HMAC_CTX_copy(copy->context, self->context)) return raise_queued(t, exc::ValueError);
    return copy;
}
Result<void> hmac_update(Thread& t, Borrowed<Hmac> self, Borrowed<Object> message) { return hmac_feed(t, self, message.get()); }
Result<std::string_view> hmac_finish(Thread& t, Hmac* self, unsigned char* out) {
    HMAC_CTX* copy = HMAC_CTX_new();
    if (!copy) return raise_memory_error(t);
    unsigned size = 0;
    bool ok;
    {
        MutexLocker locker(self->lock);
        ok = HMAC_CTX_copy(copy, self->context);
    }
    ok = ok && HMAC_Final(copy, out, &size);
    HMAC_CTX_free(copy);
    if (!ok) return raise_queued(t, exc::ValueError);
    return std::string_view(reinterpret_cast<char*>(out), size);
}
Result<Ref<Bytes>> hmac_bytes(Thread& t, Borrowed<Hmac> self) {
    unsigned char out[EVP_MAX_MD_SIZE];
    return bytes_from(t, TRY(hmac_finish(t, self.get(), out)));
}
Result<Ref<Object>> hmac_hex(Thread& t, Borrowed<Hmac> self) {
    unsigned char out[EVP_MAX_MD_SIZE];
    return in_hex(t, TRY(hmac_finish(t, self.get(), out)));
}
const EVP_MD* hmac_md(Hmac* self) { return HMAC_CTX_get_md(self->context); }
int64_t hmac_digest_size(Thread&, Borrowed<Hmac> self) { return EVP_MD_get_size(hmac_md(self.get())); }
int64_t hmac_block_size(Thread&, Borrowed<Hmac> self) { return EVP_MD_get_block_size(hmac_md(self.get())); }
Result<Ref<Str>> hmac_name(Thread& t, Borrowed<Hmac> self) { return str_format(t, "hmac-%s", openssl::digest_name(hmac_md(self.get()))); }
Result<Ref<Str>> hmac_repr(Thread& t, Borrowed<Hmac> self) {
    return str_format(t, "<%s HMAC object @ %p>", openssl::digest_name(hmac_md(self.get())), static_cast<const void*>(self.get()));
}
void hmac_dealloc(Object* o) {
    HMAC_CTX_free(static_cast<Hmac*>(o)->context);
    o->type->free(o);
}

// Key derivation

Result<int64_t> long_argument(Thread& t, Borrowed<Object> object) {
    Ref<Int> number = TRY(to_index(t, object));
    int64_t value;
    if (!int_fits_int64(number.get(), &value)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
    return value;
}
Result<Ref<Bytes>> pbkdf2_hmac(Thread& t, Mod module, std::string_view hash_name, const BufferView& password, const BufferView& salt,
                               Borrowed<Object> iterations, NoneOr<Object> dklen) {
    int64_t rounds = TRY(long_argument(t, iterations));
    Digest digest = TRY(find_digest(t, module, hash_name, true));
    if (password.size() > INT_MAX) return raise(t, exc::OverflowError, "password is too long.");
    if (salt.size() > INT_MAX) return raise(t, exc::OverflowError, "salt is too long.");
    if (rounds < 1) return raise(t, exc::ValueError, "iteration value must be greater than 0.");
    if (rounds > INT_MAX) return raise(t, exc::OverflowError, "iteration value is too great.");
    int64_t size = dklen ? TRY(long_argument(t, dklen.value())) : EVP_MD_get_size(digest.get());
    if (size < 1) return raise(t, exc::ValueError, "key length must be greater than 0.");
    if (size > INT_MAX) return raise(t, exc::OverflowError, "key length is too great.");
    Ref<Bytes> key = TRY(bytes_alloc(t, size));
    auto* out = reinterpret_cast<unsigned char*>(key->data);
    bool ok;
    {
        Detached detached(t);
        ok = PKCS5_PBKDF2_HMAC(password.data() ? reinterpret_cast<const char*>(password.data()) : "", static_cast<int>(password.size()),
                               salt.data(), static_cast<int>(salt.size()), static_cast<int>(rounds), digest.get(), static_cast<int>(size),
                               out);
    }
    if (!ok) return raise_queued(t, exc::ValueError);
    return key;
}
Result<uint64_t> unsigned_argument(Thread& t, Borrowed<Object> object) {
    Ref<Int> number = TRY(to_index(t, object));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t value;
    if (!int_fits_uint64(number.get(), &value)) return raise(t, exc::OverflowError, "Python int too large for C unsigned long");
    return value;
}
Result<Ref<Bytes>> scrypt(Thread& t, const BufferView& password, const BufferView& salt, Borrowed<Object> n_value, Borrowed<Object> r_value,
                          Borrowed<Object> p_value, Borrowed<Object> memory_value, Borrowed<Object> length_value) {
    uint64_t n = TRY(unsigned_argument(t, n_value)), r = TRY(unsigned_argument(t, r_value)), p = TRY(unsigned_argument(t, p_value));
    int64_t memory = TRY(long_argument(t, memory_value)), length = TRY(long_argument(t, length_value));
    if (password.size() > INT_MAX) return raise(t, exc::OverflowError, "password is too long.");
    if (salt.size() > INT_MAX) return raise(t, exc::OverflowError, "salt is too long.");
    if (n < 2 || n & (n - 1)) return raise(t, exc::ValueError, "n must be a power of 2.");
    if (memory < 0 || memory > INT_MAX) return raise(t, exc::ValueError, "maxmem must be positive and smaller than %d", INT_MAX);
    if (length < 1 || length > INT_MAX) return raise(t, exc::ValueError, "dklen must be greater than 0 and smaller than %d", INT_MAX);
    const char* secret = password.data() ? reinterpret_cast<const char*>(password.data()) : "";
    // Without output: only a check of the parameters.
    if (!EVP_PBE_scrypt(nullptr, 0, nullptr, 0, n, r, p, static_cast<uint64_t>(memory), nullptr, 0))
        return raise_queued(t, exc::ValueError, "Invalid parameter combination for n, r, p, maxmem.");
    Ref<Bytes> key = TRY(bytes_alloc(t, length));
    auto* out = reinterpret_cast<unsigned char*>(key->data);
    bool ok;
    {
        Detached detached(t);
        ok = EVP_PBE_scrypt(secret, password.size(), salt.data() ? salt.data() : reinterpret_cast<const unsigned char*>(""), salt.size(), n,
                            r, p, static_cast<uint64_t>(memory), out, static_cast<size_t>(length));
    }
    if (!ok) return raise_queued(t, exc::ValueError);
    return key;
}
int64_t get_fips_mode(Thread&) { return EVP_default_properties_is_fips_enabled(nullptr); }

#define SIGNATURE "($module, /, data=b'', *, usedforsecurity=True, string=None)"
#define CONSTRUCTOR(name) module_fn<constructor<#name>>("openssl_" #name, SIGNATURE, "A new " #name " hash object of OpenSSL.")
Result<Ref<Object>> compare_digest(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    return call(t, TRY(import_attribute(t, "_operator", "_compare_digest")), a, b);
}
const NativeDef functions[] = {
    fn<compare_digest>("compare_digest", "($module, a, b, /)",
                       "Whether two strings or bytes are equal, in a time that does not tell where they differ."),
    module_fn<new_hash>("new", "($module, /, name, data=b'', *, usedforsecurity=True, string=None)",
                        "A new hash object of the named algorithm, with the data hashed."),
    module_fn<pbkdf2_hmac>("pbkdf2_hmac", "($module, /, hash_name, password, salt, iterations, dklen=None)",
                           "A key derived by PKCS #5's password based function 2 with HMAC as its pseudorandom function."),
    fn<scrypt>("scrypt", "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)", "A key derived by scrypt (RFC 7914)."),
    fn<get_fips_mode>("get_fips_mode", "($module, /)", "Whether OpenSSL runs in FIPS mode: 1, else 0."),
    module_fn<hmac_new>("hmac_new", "($module, /, key, msg=b'', digestmod=None)", "A new HMAC object."),
    module_fn<hmac_digest>("hmac_digest", "($module, /, key, msg, digest)", "The HMAC of a message, in one step."),
    CONSTRUCTOR(md5),
    CONSTRUCTOR(sha1),
    CONSTRUCTOR(sha224),
    CONSTRUCTOR(sha256),
    CONSTRUCTOR(sha384),
    CONSTRUCTOR(sha512),
    CONSTRUCTOR(sha3_224),
    CONSTRUCTOR(sha3_256),
    CONSTRUCTOR(sha3_384),
    CONSTRUCTOR(sha3_512),
    CONSTRUCTOR(shake_128),
    CONSTRUCTOR(shake_256),
};
#undef CONSTRUCTOR
#undef SIGNATURE

const NativeDef hash_methods[] = {
    method<hash_update>("update", "($self, obj, /)", "Hash more data."),
    method<hash_digest>("digest", "($self, /)", "The digest so far as bytes."),
    method<hash_hexdigest>("hexdigest", "($self, /)", "The digest so far as hexadecimal digits."),
    method<hash_copy>("copy", "($self, /)", "A copy of the hash object."),
};
const GetSetDef hash_getset[] = {getter<get_digest_size>("digest_size"), getter<get_block_size>("block_size"), getter<get_name>("name")};
const SlotDef hash_slots[] = {raw_slot(SlotId::tp_dealloc, &hash_dealloc), unary_slot<SlotId::tp_repr, hash_repr>()};
const TypeSpec hash_spec = {.type = &Hash::s_type,
                            .name = "_hashlib.HASH",
                            .basicsize = sizeof(Hash),
                            .flags = type_flag::DisallowInstantiation | type_flag::BaseType,
                            .doc = "A hash object of OpenSSL.",
                            .signature = "(name, string=b'')",
                            .slots = hash_slots,
                            .methods = hash_methods,
                            .getset = hash_getset};
const NativeDef xof_methods[] = {
    method<xof_bytes>("digest", "($self, /, length)", "The digest so far as bytes."),
    method<xof_hex>("hexdigest", "($self, /, length)", "The digest so far as hexadecimal digits."),
};
const GetSetDef xof_getset[] = {getter<xof_digest_size>("digest_size")};
const SlotDef xof_slots[] = {raw_slot(SlotId::tp_dealloc, &hash_dealloc)};
const TypeSpec xof_spec = {.type = &HashXof::s_type,
                           .name = "_hashlib.HASHXOF",
                           .base = &Hash::s_type,
                           .basicsize = sizeof(HashXof),
                           .flags = type_flag::DisallowInstantiation | type_flag::BaseType,
                           .doc = "A hash object of OpenSSL with a digest of any length.",
                           .signature = "(name, string=b'')",
                           .slots = xof_slots,
                           .methods = xof_methods,
                           .getset = xof_getset};
const NativeDef hmac_methods[] = {
    method<hmac_update>("update", "($self, /, msg)", "Add a part of the message."),
    method<hmac_bytes>("digest", "($self, /)", "The digest so far as bytes."),
    method<hmac_hex>("hexdigest", "($self, /)", "The digest so far as hexadecimal digits."),
    method<hmac_copy>("copy", "($self, /)", "A copy of the HMAC object."),
};
const GetSetDef hmac_getset[] = {getter<hmac_digest_size>("digest_size"), getter<hmac_block_size>("block_size"), getter<hmac_name>("name")};
const SlotDef hmac_slots[] = {raw_slot(SlotId::tp_dealloc, &hmac_dealloc), unary_slot<SlotId::tp_repr, hmac_repr>()};
const TypeSpec hmac_spec = {.type = &Hmac::s_type,
                            .name = "_hashlib.HMAC",
                            .basicsize = sizeof(Hmac),
                            .flags = type_flag::DisallowInstantiation,
                            .doc = "An HMAC object of OpenSSL.",
                            .slots = hmac_slots,
                            .methods = hmac_methods,
                            .getset = hmac_getset};
const TypeSpec* const types[] = {&hash_spec, &xof_spec, &hmac_spec};

struct NameCollector {
    Thread& t;
    Set* set;
    bool failed;
};
void collect_name(EVP_MD* digest, void* argument) {
    auto* collector = static_cast<NameCollector*>(argument);
    if (collector->failed || EVP_MD_get_type(digest) == NID_undef) return;
    auto text = str_from_utf8(collector->t, openssl::digest_name(digest));
    collector->failed = text.is_error() || set_add(collector->t, collector->set, text.take()).is_error();
}
Result<void> exec(Thread& t, Mod module) {
    State& state = state_of(module.get());
    state.unsupported_error = TRY(new_exception_type(t, "_hashlib.UnsupportedDigestmodError", exc::ValueError, nullptr)).release();
    TRY(module_add(t, module, "UnsupportedDigestmodError", state.unsupported_error));
    Ref<Dict> constructors = TRY(dict_new(t));
    for (const char* name : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512",
                             "shake_128", "shake_256"}) {
        Ref<Str> attribute = TRY(str_format(t, "openssl_%s", name));
        MaybeRef<Object> function = TRY(dict_get(t, module->dict, attribute));
        TRY(dict_set(t, constructors, function.get(), TRY(str_interned(t, name))));
    }
    TRY(module_add(t, module, "_constructors", TRY(mapping_proxy_new(t, constructors))));
    state.constructors = constructors.release();
    Ref<Set> names = TRY(set_new(t));
    NameCollector collector{t, names.get(), false};
    EVP_MD_do_all_provided(nullptr, collect_name, &collector);
    if (collector.failed) return Error{};
    TRY(module_add(t, module, "openssl_md_meth_names", TRY(frozenset_from_iterable(t, names))));
    return module_add_int(t, module, "_GIL_MINSIZE", DetachSize);
}
using References = StateFields<State, &State::unsupported_error, &State::constructors>;
void clear(void* state) {
    References::clear(state);
    for (auto& row : static_cast<State*>(state)->fetched)
        for (auto& digest : row) EVP_MD_free(digest.exchange(nullptr));
}

} // namespace
} // namespace hashlib

extern const ModuleSpec hashlib_module;
const ModuleSpec hashlib_module = {.name = "_hashlib",
                                   .doc = "OpenSSL's hashes for hashlib.",
                                   .functions = hashlib::functions,
                                   .exec = hashlib::exec,
                                   .types = hashlib::types,
                                   .state = {sizeof(hashlib::State), hashlib::References::traverse, hashlib::clear}};

} // namespace taipan
