// _md5, _sha1, _sha2 and _sha3. Each type is a template over its row of the table of algorithms.
#include "modules/hash_object.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/module.h"

namespace taipan {

namespace hashes {

namespace {

enum Id { MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHA3_224, SHA3_256, SHA3_384, SHA3_512, SHAKE_128, SHAKE_256 };
constexpr Algorithm algorithms[] = {
    {"md5", "MD5", 16, 64},
    {"sha1", "SHA1", 20, 64},
    {"sha224", "SHA224", 28, 64},
    {"sha256", "SHA256", 32, 64},
    {"sha384", "SHA384", 48, 128},
    {"sha512", "SHA512", 64, 128},
    {"sha3_224", "SHA3-224", 28, 144},
    {"sha3_256", "SHA3-256", 32, 136},
    {"sha3_384", "SHA3-384", 48, 104},
    {"sha3_512", "SHA3-512", 64, 72},
    {"shake_128", "SHAKE128", 0, 168},
    {"shake_256", "SHAKE256", 0, 136},
};

using Self = Borrowed<HashObject>;

Result<Ref<Object>> copy(Thread& t, Self self) { return hash_copy(t, self); }
Result<void> update(Thread& t, Self self, Borrowed<Object> data) { return hash_update(t, self, data); }
Result<Ref<Object>> digest(Thread& t, Self self) { return hash_digest(t, self, -1, false); }
Result<Ref<Object>> hexdigest(Thread& t, Self self) { return hash_digest(t, self, -1, true); }
Result<Ref<Object>> shake_length(Thread& t, Self self, Borrowed<Object> length, bool hex) {
    int64_t value = TRY(to_int64(t, length));
    if (value < 0) return raise(t, exc::ValueError, "value must be positive");
    return hash_digest(t, self, value, hex);
}
Result<Ref<Object>> shake_digest(Thread& t, Self self, Borrowed<Object> length) { return shake_length(t, self, length, false); }
Result<Ref<Object>> shake_hexdigest(Thread& t, Self self, Borrowed<Object> length) { return shake_length(t, self, length, true); }
Result<Ref<Str>> get_name(Thread& t, Self self) { return str_from_utf8(t, self->algorithm->name); }
int64_t get_digest_size(Thread&, Self self) { return self->algorithm->digest_size; }
int64_t get_block_size(Thread&, Self self) { return self->algorithm->block_size; }
// Keccak: 1600 bits of state, of which the rate is the block.
int64_t get_rate(Thread&, Self self) { return self->algorithm->block_size * 8; }
int64_t get_capacity(Thread&, Self self) { return 1600 - self->algorithm->block_size * 8; }
Result<Ref<Object>> get_suffix(Thread& t, Self self) {
    return TRY(bytes_from(t, self->algorithm->digest_size ? std::string_view("\x06", 1) : std::string_view("\x1f", 1)));
}

const NativeDef methods[] = {
    method<copy>("copy", "($self, /)", "Return a copy of the hash object."),
    method<digest>("digest", "($self, /)", "Return the digest value as a bytes object."),
    method<hexdigest>("hexdigest", "($self, /)", "Return the digest value as a string of hexadecimal digits."),
    method<update>("update", "($self, obj, /)", "Update this hash object's state with the provided string."),
};
const NativeDef keccak_methods[] = {
    method<copy>("copy", "($self, /)", "Return a copy of the hash object."),
    method<digest>("digest", "($self, /)", "Return the digest value as a bytes object."),
    method<hexdigest>("hexdigest", "($self, /)", "Return the digest value as a string of hexadecimal digits."),
    method<update>("update", "($self, data, /)", "Update this hash object's state with the provided bytes-like object."),
};
const NativeDef shake_methods[] = {
    method<copy>("copy", "($self, /)", "Return a copy of the hash object."),
    method<shake_digest>("digest", "($self, /, length)", "Return the digest value as a bytes object."),
    method<shake_hexdigest>("hexdigest", "($self, /, length)", "Return the digest value as a string of hexadecimal digits."),
    method<update>("update", "($self, data, /)", "Update this hash object's state with the provided bytes-like object."),
};
const GetSetDef getset[] = {
    getter<get_block_size>("block_size"),   getter<get_name>("name"),       getter<get_digest_size>("digest_size"),
    getter<get_capacity>("_capacity_bits"), getter<get_rate>("_rate_bits"), getter<get_suffix>("_suffix"),
};
const std::span<const GetSetDef> plain_getset(getset, 3);

template <Id id> struct HashType : HashObject {
    static Type s_type;
};
template <Id id> Type HashType<id>::s_type;

/// The module function: sha256(data=b'', *, usedforsecurity=True, string=None).
template <Id id> Result<Ref<Object>> construct(Thread& t, MaybeBorrowed<Object> data, bool, NoneOr<Object> string) {
    return hash_new(t, HashType<id>::s_type, algorithms[id], data.get(), string.get());
}
/// The same as a type's __new__.
template <Id id> Result<Ref<Object>> construct_type(Thread& t, Borrowed<Type>, MaybeBorrowed<Object> data, bool, NoneOr<Object> string) {
    return hash_new(t, HashType<id>::s_type, algorithms[id], data.get(), string.get());
}
const SlotDef plain_slots[] = {raw_slot(SlotId::tp_dealloc, &hash_dealloc)};

#define SIGNATURE "($module, /, data=b'', *, usedforsecurity=True, string=None)"
#define PLAIN(id, qualified)                                                                                                               \
    const TypeSpec id##_spec = {.type = &HashType<id>::s_type,                                                                             \
                                .name = qualified,                                                                                         \
                                .basicsize = sizeof(HashObject),                                                                           \
                                .flags = type_flag::DisallowInstantiation,                                                                 \
                                .slots = plain_slots,                                                                                      \
                                .methods = methods,                                                                                        \
                                .getset = plain_getset};
PLAIN(MD5, "_md5.md5")
PLAIN(SHA1, "_sha1.sha1")
PLAIN(SHA224, "_sha2.SHA224Type")
PLAIN(SHA256, "_sha2.SHA256Type")
PLAIN(SHA384, "_sha2.SHA384Type")
PLAIN(SHA512, "_sha2.SHA512Type")
#undef PLAIN
const char* const keccak_doc = "A hash object: data goes in through update(), digest() and hexdigest() tell the hash of all of it.";
#define KECCAK(id, short_name, method_list)                                                                                                \
    const SlotDef id##_slots[] = {raw_slot(SlotId::tp_dealloc, &hash_dealloc),                                                             \
                                  typed_new<construct_type<id>, short_name, "(data=b'', *, usedforsecurity=True, string=None)">()};        \
    const TypeSpec id##_spec = {.type = &HashType<id>::s_type,                                                                             \
                                .name = "_sha3." short_name,                                                                               \
                                .basicsize = sizeof(HashObject),                                                                           \
                                .doc = keccak_doc,                                                                                         \
                                .slots = id##_slots,                                                                                       \
                                .methods = method_list,                                                                                    \
                                .getset = getset};
KECCAK(SHA3_224, "sha3_224", keccak_methods)
KECCAK(SHA3_256, "sha3_256", keccak_methods)
KECCAK(SHA3_384, "sha3_384", keccak_methods)
KECCAK(SHA3_512, "sha3_512", keccak_methods)
KECCAK(SHAKE_128, "shake_128", shake_methods)
KECCAK(SHAKE_256, "shake_256", shake_methods)
#undef KECCAK

const NativeDef md5_functions[] = {fn<construct<MD5>>("md5", SIGNATURE, "A new MD5 hash object, fed with data if there is any.")};
const NativeDef sha1_functions[] = {fn<construct<SHA1>>("sha1", SIGNATURE, "A new SHA-1 hash object, fed with data if there is any.")};
const NativeDef sha2_functions[] = {
    fn<construct<SHA224>>("sha224", SIGNATURE, "A new SHA-224 hash object, fed with data if there is any."),
    fn<construct<SHA256>>("sha256", SIGNATURE, "A new SHA-256 hash object, fed with data if there is any."),
    fn<construct<SHA384>>("sha384", SIGNATURE, "A new SHA-384 hash object, fed with data if there is any."),
    fn<construct<SHA512>>("sha512", SIGNATURE, "A new SHA-512 hash object, fed with data if there is any."),
};
#undef SIGNATURE

Result<void> add_types(Thread& t, Borrowed<Module> module, std::span<const TypeSpec* const> specs, const char* const* names) {
    for (size_t i = 0; i < specs.size(); ++i) {
        TRY(type_ready(t, *specs[i]));
        TRY(module_add(t, module, names[i], specs[i]->type));
    }
    return module_add_int(t, module, "_GIL_MINSIZE", 2048);
}
Result<void> md5_exec(Thread& t, Borrowed<Module> module) {
    const TypeSpec* const specs[] = {&MD5_spec};
    const char* const names[] = {"MD5Type"};
    return add_types(t, module, specs, names);
}
Result<void> sha1_exec(Thread& t, Borrowed<Module> module) {
    const TypeSpec* const specs[] = {&SHA1_spec};
    const char* const names[] = {"SHA1Type"};
    return add_types(t, module, specs, names);
}
Result<void> sha2_exec(Thread& t, Borrowed<Module> module) {
    const TypeSpec* const specs[] = {&SHA224_spec, &SHA256_spec, &SHA384_spec, &SHA512_spec};
    const char* const names[] = {"SHA224Type", "SHA256Type", "SHA384Type", "SHA512Type"};
    return add_types(t, module, specs, names);
}
Result<void> sha3_exec(Thread& t, Borrowed<Module> module) {
    const TypeSpec* const specs[] = {&SHA3_224_spec, &SHA3_256_spec, &SHA3_384_spec, &SHA3_512_spec, &SHAKE_128_spec, &SHAKE_256_spec};
    const char* const names[] = {"sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256"};
    TRY(module_add_string(t, module, "implementation", "OpenSSL"));
    return add_types(t, module, specs, names);
}

} // namespace
} // namespace hashes

extern const ModuleSpec md5_module, sha1_module, sha2_module, sha3_module;
const ModuleSpec md5_module = {.name = "_md5", .functions = hashes::md5_functions, .exec = hashes::md5_exec};
const ModuleSpec sha1_module = {.name = "_sha1", .functions = hashes::sha1_functions, .exec = hashes::sha1_exec};
const ModuleSpec sha2_module = {.name = "_sha2", .functions = hashes::sha2_functions, .exec = hashes::sha2_exec};
const ModuleSpec sha3_module = {.name = "_sha3", .exec = hashes::sha3_exec};

} // namespace taipan
