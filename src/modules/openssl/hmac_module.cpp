// _hmac: HMAC by names of algorithms, whatever OpenSSL's provider configuration says about their use for security.
#include "modules/openssl/openssl_support.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/module.h"

#include <climits>
#include <openssl/hmac.h>

namespace taipan {

namespace hmac {

struct Algorithm {
    const char *name, *upper;
    const EVP_MD* (*digest)();
    int digest_size, block_size;
};
struct Hmac : Object {
    HMAC_CTX* context;
    const Algorithm* algorithm;
    Mutex lock;
    static Type s_type;
};
Type Hmac::s_type;

namespace {

constexpr size_t DetachSize = 2048;
enum Id { MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHA3_224, SHA3_256, SHA3_384, SHA3_512, BLAKE2S, BLAKE2B };
const Algorithm algorithms[] = {
    {"md5", "MD5", EVP_md5, 16, 64},
    {"sha1", "SHA1", EVP_sha1, 20, 64},
    {"sha224", "SHA224", EVP_sha224, 28, 64},
    {"sha256", "SHA256", EVP_sha256, 32, 64},
    {"sha384", "SHA384", EVP_sha384, 48, 128},
    {"sha512", "SHA512", EVP_sha512, 64, 128},
    {"sha3_224", "SHA3_224", EVP_sha3_224, 28, 144},
    {"sha3_256", "SHA3_256", EVP_sha3_256, 32, 136},
    {"sha3_384", "SHA3_384", EVP_sha3_384, 48, 104},
    {"sha3_512", "SHA3_512", EVP_sha3_512, 64, 72},
    {"blake2s", "BLAKE2S", EVP_blake2s256, 32, 64},
    {"blake2b", "BLAKE2B", EVP_blake2b512, 64, 128},
    {"blake2s_32", "BLAKE2S_32", EVP_blake2s256, 32, 64},
    {"blake2b_32", "BLAKE2B_32", EVP_blake2b512, 64, 128},
};

struct State {
    Object* unknown_hash;
};
using Mod = Borrowed<Module>;

Result<const Algorithm*> find(Thread& t, Mod module, Object* name) {
    if (is<Str>(name))
        for (const Algorithm& algorithm : algorithms)
            if (str_equals_ascii(static_cast<Str*>(name), algorithm.name) || str_equals_ascii(static_cast<Str*>(name), algorithm.upper))
                return &algorithm;
    return raise(t, *static_cast<Type*>(module->state_as<State>().unknown_hash), "unsupported hash type: %R", name);
}
Result<void> acquire_input(Thread& t, BufferView& view, Object* data) {
    if (is<Str>(data)) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(t, exc::TypeError, "object supporting the buffer API required");
    TRY(view.acquire(t, data));
    if (view.buffer().ndim > 1) return raise(t, exc::BufferError, "Buffer must be single dimension");
    return {};
}
template <class F> auto run_detached(Thread& t, size_t size, F work) {
    if (size < DetachSize) return work();
    Detached detached(t);
    return work();
}
Result<void> feed(Thread& t, Borrowed<Hmac> self, Object* message) {
    BufferView view;
    TRY(acquire_input(t, view, message));
    MutexLocker locker(self->lock);
    if (!run_detached(t, view.size(), [&] { return HMAC_Update(self->context, view.data(), view.size()); }))
        return openssl::raise_queued(t, exc::ValueError);
    return {};
}
Result<Ref<Hmac>> allocate_hmac(Thread& t, const Algorithm* algorithm) {
    Ref<Hmac> self = TRY(allocate<Hmac>(t));
    self->algorithm = algorithm;
    self->context = HMAC_CTX_new();
    if (!self->context) return raise_memory_error(t);
    return self;
}
Result<Ref<Object>> new_hmac(Thread& t, Mod module, Borrowed<Object> key, NoneOr<Object> message, MaybeBorrowed<Object> digestmod) {
    if (!digestmod) return raise(t, exc::TypeError, "new() missing 1 required argument 'digestmod'");
    const Algorithm* algorithm = TRY(find(t, module, digestmod.get()));
    BufferView view;
    TRY(acquire_input(t, view, key.get()));
    if (view.size() > INT_MAX) return raise(t, exc::OverflowError, "key length exceeds UINT32_MAX");
    Ref<Hmac> self = TRY(allocate_hmac(t, algorithm));
    if (!HMAC_Init_ex(self->context, view.data() ? static_cast<const void*>(view.data()) : "", static_cast<int>(view.size()),
                      algorithm->digest(), nullptr))
        return openssl::raise_queued(t, exc::ValueError);
    if (message) TRY(feed(t, self, message.get()));
    return self;
}
Result<Ref<Object>> copy(Thread& t, Borrowed<Hmac> self) {
    Ref<Hmac> other = TRY(allocate_hmac(t, self->algorithm));
    MutexLocker locker(self->lock);
    if (!HMAC_CTX_copy(other->context, self->context)) return openssl::raise_queued(t, exc::ValueError);
    return other;
}
Result<void> update(Thread& t, Borrowed<Hmac> self, Borrowed<Object> message) { return feed(t, self, message.get()); }
Result<Ref<Bytes>> digest(Thread& t, Borrowed<Hmac> self) {
    HMAC_CTX* copy = HMAC_CTX_new();
    if (!copy) return raise_memory_error(t);
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool ok;
    {
        MutexLocker locker(self->lock);
        ok = HMAC_CTX_copy(copy, self->context);
    }
    ok = ok && HMAC_Final(copy, out, &size);
    HMAC_CTX_free(copy);
    if (!ok) return openssl::raise_queued(t, exc::ValueError);
    return bytes_from(t, {reinterpret_cast<char*>(out), size});
}
Result<Ref<Object>> hexdigest(Thread& t, Borrowed<Hmac> self) {
    Ref<Bytes> bytes = TRY(digest(t, self));
    char text[2 * EVP_MAX_MD_SIZE];
    size_t n = 0;
    for (unsigned char byte : bytes->view()) {
        text[n++] = "0123456789abcdef"[byte >> 4];
        text[n++] = "0123456789abcdef"[byte & 15];
    }
    return TRY(str_from_utf8(t, {text, n}));
}
Result<Ref<Str>> get_name(Thread& t, Borrowed<Hmac> self) { return str_format(t, "hmac-%s", self->algorithm->name); }
int64_t get_digest_size(Thread&, Borrowed<Hmac> self) { return self->algorithm->digest_size; }
int64_t get_block_size(Thread&, Borrowed<Hmac> self) { return self->algorithm->block_size; }
Result<Ref<Str>> hmac_repr(Thread& t, Borrowed<Hmac> self) {
    return str_format(t, "<%s HMAC object @ %p>", self->algorithm->name, static_cast<const void*>(self.get()));
}
void hmac_dealloc(Object* o) {
    HMAC_CTX_free(static_cast<Hmac*>(o)->context);
    o->type->free(o);
}

Result<Ref<Bytes>> in_one_step(Thread& t, const Algorithm& algorithm, Borrowed<Object> key, Borrowed<Object> message) {
    BufferView secret, text;
    TRY(acquire_input(t, secret, key.get()));
    TRY(acquire_input(t, text, message.get()));
    if (secret.size() > INT_MAX) return raise(t, exc::OverflowError, "key length exceeds UINT32_MAX");
    if (text.size() > UINT32_MAX) return raise(t, exc::OverflowError, "message length exceeds UINT32_MAX");
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool ok = run_detached(t, text.size(), [&] {
        return HMAC(algorithm.digest(), secret.data() ? static_cast<const void*>(secret.data()) : "", static_cast<int>(secret.size()),
                    text.data(), text.size(), out, &size) != nullptr;
    });
    if (!ok) return openssl::raise_queued(t, exc::ValueError);
    return bytes_from(t, {reinterpret_cast<char*>(out), size});
}
Result<Ref<Bytes>> compute_digest(Thread& t, Mod module, Borrowed<Object> key, Borrowed<Object> message, Borrowed<Object> name) {
    return in_one_step(t, *TRY(find(t, module, name.get())), key, message);
}
template <Id id> Result<Ref<Bytes>> compute(Thread& t, Borrowed<Object> key, Borrowed<Object> message) {
    return in_one_step(t, algorithms[id], key, message);
}

#define COMPUTE(id, name) fn<compute<id>>("compute_" name, "($module, key, msg, /)")
const NativeDef functions[] = {
    module_fn<new_hmac>("new", "($module, /, key, msg=None, digestmod=None)", "A new HMAC object."),
    module_fn<compute_digest>("compute_digest", "($module, /, key, msg, digest)"),
    COMPUTE(MD5, "md5"),
    COMPUTE(SHA1, "sha1"),
    COMPUTE(SHA224, "sha224"),
    COMPUTE(SHA256, "sha256"),
    COMPUTE(SHA384, "sha384"),
    COMPUTE(SHA512, "sha512"),
    COMPUTE(SHA3_224, "sha3_224"),
    COMPUTE(SHA3_256, "sha3_256"),
    COMPUTE(SHA3_384, "sha3_384"),
    COMPUTE(SHA3_512, "sha3_512"),
    COMPUTE(BLAKE2S, "blake2s_32"),
    COMPUTE(BLAKE2B, "blake2b_32"),
};
#undef COMPUTE
const NativeDef methods[] = {
    method<copy>("copy", "($self, /)", "A copy of the HMAC object."),
    method<update>("update", "($self, /, msg)", "Add a part of the message."),
    method<digest>("digest", "($self, /)", "The digest so far as bytes."),
    method<hexdigest>("hexdigest", "($self, /)", "The digest so far as hexadecimal digits."),
};
const GetSetDef getset[] = {getter<get_name>("name"), getter<get_block_size>("block_size"), getter<get_digest_size>("digest_size")};
const SlotDef slots[] = {raw_slot(SlotId::tp_dealloc, &hmac_dealloc), unary_slot<SlotId::tp_repr, hmac_repr>()};
const TypeSpec spec = {.type = &Hmac::s_type,
                       .name = "_hmac.HMAC",
                       .basicsize = sizeof(Hmac),
                       .flags = type_flag::DisallowInstantiation,
                       .slots = slots,
                       .methods = methods,
                       .getset = getset};
const TypeSpec* const types[] = {&spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    State& state = module->state_as<State>();
    state.unknown_hash = TRY(new_exception_type(t, "_hmac.UnknownHashError", exc::ValueError, nullptr)).release();
    TRY(module_add(t, module, "UnknownHashError", state.unknown_hash));
    return module_add_int(t, module, "_GIL_MINSIZE", DetachSize);
}

} // namespace
} // namespace hmac

extern const ModuleSpec hmac_module;
const ModuleSpec hmac_module = {.name = "_hmac",
                                .functions = hmac::functions,
                                .exec = hmac::exec,
                                .types = hmac::types,
                                .state = state_spec<hmac::State, &hmac::State::unknown_hash>};

} // namespace taipan
