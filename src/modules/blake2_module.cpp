// _blake2: hash objects with BLAKE2's parameters, which OpenSSL's digests do not take.
#include "base/blake2.h"
#include "modules/buffer_argument.h"
#include "modules/hash_object.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/int.h"
#include "objects/module.h"

#include <cstring>

namespace taipan {

namespace blake2 {

template <class Word> struct HashObject : Object {
    base::Blake2<Word> hash;
    Mutex lock;
    static Type s_type;
};
template <> Type HashObject<uint64_t>::s_type;
template <> Type HashObject<uint32_t>::s_type;
template <> Type HashObject<uint64_t>::s_type{};
template <> Type HashObject<uint32_t>::s_type{};

namespace {

template <class Word> constexpr bool is_b = sizeof(Word) == 8;
constexpr size_t DetachSize = 2048;

template <class Word> Result<void> feed(Thread& t, Borrowed<HashObject<Word>> self, Object* data) {
    if (is<Str>(data)) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(t, exc::TypeError, "object supporting the buffer API required");
    BufferView view;
    TRY(view.acquire(t, data));
    if (view.buffer().ndim > 1) return raise(t, exc::BufferError, "Buffer must be single dimension");
    MutexLocker locker(self->lock);
    if (view.size() >= DetachSize) {
        Detached detached(t);
        self->hash.update(view.data(), view.size());
    } else {
        self->hash.update(view.data(), view.size());
    }
    return {};
}
Result<uint64_t> unsigned_value(Thread& t, MaybeBorrowed<Object> object, uint64_t fallback) {
    if (!object) return fallback;
    Ref<Int> number = TRY(to_index(t, object.value()));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t value;
    if (!int_fits_uint64(number.get(), &value)) return raise(t, exc::OverflowError, "Python int too large for C unsigned long long");
    return value;
}
Result<void> copy_parameter(Thread& t, const char* name, const BufferView& view, uint8_t* to, size_t limit) {
    std::string_view from = bytes_given(view);
    if (from.size() > limit) return raise(t, exc::ValueError, "maximum %s length is %d bytes", name, limit);
    if (from.size()) std::memcpy(to, from.data(), from.size());
    return {};
}

template <class Word>
Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> data, int digest_size, const BufferView& key,
                              const BufferView& salt, const BufferView& person, int fanout, int depth, MaybeBorrowed<Object> leaf_size,
                              MaybeBorrowed<Object> node_offset, int node_depth, int inner_size, bool last_node, bool,
                              NoneOr<Object> string) {
    constexpr const char* letter = is_b<Word> ? "b" : "s";
    constexpr int limit = base::Blake2<Word>::MaxDigestSize;
    if (data && string)
        return raise(t, exc::TypeError,
                     "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for "
                     "removal in a future version.");
    Object* input = data ? data.get() : string.get();
    if (digest_size <= 0 || digest_size > limit)
        return raise(t, exc::ValueError, "digest_size for Blake2%s must be between 1 and %d bytes, here it is %d", letter, limit,
                     digest_size);
    base::Blake2Parameters p{.digest_size = static_cast<uint8_t>(digest_size)};
    TRY(copy_parameter(t, "salt", salt, p.salt, base::Blake2<Word>::SaltSize));
    TRY(copy_parameter(t, "person", person, p.person, base::Blake2<Word>::SaltSize));
    if (fanout < 0 || fanout > 255) return raise(t, exc::ValueError, "fanout must be between 0 and 255");
    if (depth <= 0 || depth > 255) return raise(t, exc::ValueError, "depth must be between 1 and 255");
    uint64_t leaf = TRY(unsigned_value(t, leaf_size, 0));
    if (leaf > UINT32_MAX) return raise(t, exc::OverflowError, "leaf_size is too large");
    p.node_offset = TRY(unsigned_value(t, node_offset, 0));
    if (!is_b<Word> && p.node_offset > 0xFFFFFFFFFFFF) return raise(t, exc::OverflowError, "node_offset is too large");
    if (node_depth < 0 || node_depth > 255) return raise(t, exc::ValueError, "node_depth must be between 0 and 255");
    if (inner_size < 0 || inner_size > limit) return raise(t, exc::ValueError, "inner_size must be between 0 and is %d", limit);
    uint8_t key_block[limit];
    TRY(copy_parameter(t, "key", key, key_block, limit));
    p.key_size = static_cast<uint8_t>(bytes_given(key).size());
    p.fanout = static_cast<uint8_t>(fanout);
    p.depth = static_cast<uint8_t>(depth);
    p.leaf_size = static_cast<uint32_t>(leaf);
    p.node_depth = static_cast<uint8_t>(node_depth);
    p.inner_size = static_cast<uint8_t>(inner_size);
    p.last_node = last_node;
    Ref<HashObject<Word>> self = TRY(allocate<HashObject<Word>>(t, *type.get()));
    self->hash.start(p, key_block);
    if (input) TRY(feed<Word>(t, self, input));
    return self;
}
template <class Word> using Self = Borrowed<HashObject<Word>>;

template <class Word> Result<Ref<Object>> copy(Thread& t, Self<Word> self) {
    Ref<HashObject<Word>> other = TRY(allocate<HashObject<Word>>(t, *self->type));
    MutexLocker locker(self->lock);
    other->hash = self->hash;
    return other;
}
template <class Word> Result<void> update(Thread& t, Self<Word> self, Borrowed<Object> data) { return feed<Word>(t, self, data.get()); }
template <class Word> size_t finish(Self<Word> self, uint8_t* out) {
    MutexLocker locker(self->lock);
    base::Blake2<Word> hash = self->hash;
    hash.finish(out);
    return hash.digest_size();
}
template <class Word> Result<Ref<Bytes>> digest(Thread& t, Self<Word> self) {
    uint8_t out[64];
    size_t size = finish<Word>(self, out);
    return bytes_from(t, {reinterpret_cast<char*>(out), size});
}
template <class Word> Result<Ref<Str>> hexdigest(Thread& t, Self<Word> self) {
    uint8_t out[64];
    char text[128];
    size_t size = finish<Word>(self, out);
    for (size_t i = 0; i < size; ++i) {
        text[2 * i] = "0123456789abcdef"[out[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[out[i] & 15];
    }
    return str_from_utf8(t, {text, 2 * size});
}
template <class Word> Result<Ref<Str>> get_name(Thread& t, Self<Word>) { return str_from_utf8(t, is_b<Word> ? "blake2b" : "blake2s"); }
template <class Word> int64_t get_digest_size(Thread&, Self<Word> self) { return self->hash.digest_size(); }
template <class Word> int64_t get_block_size(Thread&, Self<Word>) { return base::Blake2<Word>::BlockSize; }

template <class Word>
const NativeDef methods[] = {
    method<copy<Word>>("copy", "($self, /)", "Return a copy of the hash object."),
    method<digest<Word>>("digest", "($self, /)", "Return the digest value as a bytes object."),
    method<hexdigest<Word>>("hexdigest", "($self, /)", "Return the digest value as a string of hexadecimal digits."),
    method<update<Word>>("update", "($self, data, /)", "Update this hash object's state with the provided bytes-like object."),
};
template <class Word>
const GetSetDef getset[] = {getter<get_name<Word>>("name"), getter<get_block_size<Word>>("block_size"),
                            getter<get_digest_size<Word>>("digest_size")};
template <class Word> Result<void> add_constants(Thread& t, Type& type) {
    auto add = [&](const char* name, int64_t value) -> Result<void> {
        return dict_set_ascii(t, static_cast<Dict*>(type.dict), name, TRY(int_from(t, value)));
    };
    TRY(add("SALT_SIZE", base::Blake2<Word>::SaltSize));
    TRY(add("PERSON_SIZE", base::Blake2<Word>::SaltSize));
    TRY(add("MAX_KEY_SIZE", base::Blake2<Word>::MaxDigestSize));
    return add("MAX_DIGEST_SIZE", base::Blake2<Word>::MaxDigestSize);
}
#define SIGNATURE(size)                                                                                                                    \
    "(data=b'', *, digest_size=" size ", key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, "                   \
    "node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"
const SlotDef b_slots[] = {typed_new<construct<uint64_t>, "blake2b", SIGNATURE("64")>()};
const SlotDef s_slots[] = {typed_new<construct<uint32_t>, "blake2s", SIGNATURE("32")>()};
const TypeSpec b_spec = {.type = &HashObject<uint64_t>::s_type,
                         .name = "_blake2.blake2b",
                         .basicsize = sizeof(HashObject<uint64_t>),
                         .doc = "Return a new BLAKE2b hash object.",
                         .signature = SIGNATURE("64"),
                         .slots = b_slots,
                         .methods = methods<uint64_t>,
                         .getset = getset<uint64_t>,
                         .ready = add_constants<uint64_t>};
const TypeSpec s_spec = {.type = &HashObject<uint32_t>::s_type,
                         .name = "_blake2.blake2s",
                         .basicsize = sizeof(HashObject<uint32_t>),
                         .doc = "Return a new BLAKE2s hash object.",
                         .signature = SIGNATURE("32"),
                         .slots = s_slots,
                         .methods = methods<uint32_t>,
                         .getset = getset<uint32_t>,
                         .ready = add_constants<uint32_t>};
#undef SIGNATURE
const TypeSpec* const types[] = {&b_spec, &s_spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "BLAKE2B_SALT_SIZE", 16));
    TRY(module_add_int(t, module, "BLAKE2B_PERSON_SIZE", 16));
    TRY(module_add_int(t, module, "BLAKE2B_MAX_KEY_SIZE", 64));
    TRY(module_add_int(t, module, "BLAKE2B_MAX_DIGEST_SIZE", 64));
    TRY(module_add_int(t, module, "BLAKE2S_SALT_SIZE", 8));
    TRY(module_add_int(t, module, "BLAKE2S_PERSON_SIZE", 8));
    TRY(module_add_int(t, module, "BLAKE2S_MAX_KEY_SIZE", 32));
    TRY(module_add_int(t, module, "BLAKE2S_MAX_DIGEST_SIZE", 32));
    return module_add_int(t, module, "_GIL_MINSIZE", DetachSize);
}

} // namespace
} // namespace blake2

extern const ModuleSpec blake2_module;
const ModuleSpec blake2_module = {
    .name = "_blake2", .doc = "BLAKE2b and BLAKE2s hash objects for hashlib.", .exec = blake2::exec, .types = blake2::types};

} // namespace taipan
