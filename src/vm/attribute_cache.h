// The inline caches of name and attribute instructions. A cache holds versions and pointers that are valid while the
// versions match; it owns nothing. With several threads running, a pointer read under a matching version is counted with
// try_incref and the version looked at again: the owner may have been changed in between (docs/caches.md).
#pragma once

#include "objects/descriptor.h"
#include "objects/dict_keys.h"
#include "objects/module.h"
#include "objects/type_object.h"
#include "vm/frame.h"

namespace taipan::vm {

struct GlobalCache {
    uint32_t version;         // of the table that has the name
    uint32_t place;           // of its value in the table
    uint32_t globals_version; // LOAD_GLOBAL_BUILTIN: the globals lack the name while they have this version
};

struct AttributeCache {
    uint32_t type_version;
    uint32_t index; // byte offset of the slot, or where the instance's value is (ValuePlace)
    Object* descriptor;
    uint32_t function_version, metatype_version;
    uint32_t keys_version; // of the shared keys that lack the name
    GlobalCache global;
};
static_assert(sizeof(AttributeCache) <= 9 * 8 && sizeof(GlobalCache) <= 4 * 8);

/// Where an instance has a value: the offset of its inline values above eight bits of index, so that nothing need be read
/// from the type once its version is known.
namespace value_place {
constexpr int IndexBits = 8;
inline uint32_t of(const Type* type, intptr_t index) {
    return static_cast<uint32_t>(type->basicsize) << IndexBits | static_cast<uint32_t>(index);
}
inline bool fits(const Type* type) { return type->basicsize < (intptr_t{1} << (32 - IndexBits)); }
ALWAYS_INLINE DictValues* values(Object* owner, uint32_t place) {
    return reinterpret_cast<DictValues*>(reinterpret_cast<char*>(owner) + (place >> IndexBits));
}
ALWAYS_INLINE uint32_t index(uint32_t place) { return place & ((1u << IndexBits) - 1); }
} // namespace value_place
static_assert(MaxSharedKeys < 1 << value_place::IndexBits);

/// The cells of a site that has seen several types: what serves the first four of them, as in AttributeCache.
struct PolymorphicCache {
    static constexpr int Size = 4;
    uint32_t version[Size]; // 0: free
    uint32_t number[Size];  // index as in AttributeCache, or keys_version
    Object* descriptor[Size];
    uint16_t op[Size];
};
static_assert(sizeof(PolymorphicCache) <= 9 * 8);
/// The cells of STORE_ATTR_INSTANCE_VALUE: places for up to four types; of STORE_ATTR_SLOT: the offset for one.
struct StoreCache {
    static constexpr int Size = 4;
    struct {
        uint32_t version, index;
    } of[Size];
};
static_assert(sizeof(StoreCache) <= 4 * 8);

/// What a thread found for attributes of types, for sites that see several: each entry is what an inline cache would hold,
/// under the type's version, the name and the way of access. Nothing is owned: a version is never used twice.
struct AttributeEntry {
    uint32_t version; // of the type; 0: empty
    uint16_t op;      // the specialised instruction that serves it
    Str* name;
    const void* access; // what else tells accesses apart: AttributeAccess, or the class that super() starts after
    AttributeCache cache;
};
struct AttributeTable {
    static constexpr size_t Size = 256;
    AttributeEntry entries[Size];

    ALWAYS_INLINE AttributeEntry& at(uint32_t version, const Str* name, const void* access) {
        return entries[(version * 0x9E3779B1u ^ reinterpret_cast<uintptr_t>(name) >> 4 ^ reinterpret_cast<uintptr_t>(access) >> 3) &
                       (Size - 1)];
    }
};
enum class AttributeAccess : uintptr_t { Value, Method, Special };
/// The entry of the thread's table, made on first use; null: there is none, or no memory for the table.
ALWAYS_INLINE AttributeEntry* find_attribute_entry(Thread& t, uint32_t version, const Str* name, const void* access) {
    AttributeTable* table = static_cast<AttributeTable*>(t.attribute_table);
    if (UNLIKELY(!table)) return nullptr;
    AttributeEntry& entry = table->at(version, name, access);
    return LIKELY(entry.version == version && entry.name == name && entry.access == access) ? &entry : nullptr;
}
inline const void* attribute_access(AttributeAccess access) { return reinterpret_cast<const void*>(static_cast<uintptr_t>(access) << 3); }
/// An entry to be filled in (its version last).
AttributeEntry* claim_attribute_entry(Thread& t, uint32_t version, const Str* name, const void* access);

ALWAYS_INLINE Word cached_global(Thread& t, Dict* dict, GlobalCache* c) {
    Object* value = dict_peek_cached(dict, c->version, c->place);
    if (UNLIKELY(!value)) return Word::null();
    if (LIKELY(is_immortal(value) || is_deferred(value))) return Word::uncounted(value);
    if (LIKELY(!is_multi_threaded())) {
        incref(value);
        return Word::owned(value);
    }
    return Word::owned(dict_load_cached(dict, c->version, c->place));
}
ALWAYS_INLINE bool globals_unchanged(Dict* globals, GlobalCache* c) {
    return load_relaxed(load_acquire(globals->keys)->version) == c->globals_version;
}
ALWAYS_INLINE Word cached_builtin(Thread& t, Dict* builtins, GlobalCache* c) { return cached_global(t, builtins, c); }

ALWAYS_INLINE Word counted_under_version(Thread& t, Object* value, Type* type, uint32_t version) {
    if (is_immortal(value) || is_deferred(value)) return Word::uncounted(value);
    if (LIKELY(!is_multi_threaded())) {
        incref(value);
        return Word::owned(value);
    }
    if (!try_incref(value)) return Word::null();
    if (__atomic_load_n(&type->version_tag, __ATOMIC_ACQUIRE) != version) {
        decref(value);
        return Word::null();
    }
    return Word::owned(value);
}
ALWAYS_INLINE Word cached_descriptor(Thread& t, AttributeCache* c, Type* type) {
    return counted_under_version(t, c->descriptor, type, c->type_version);
}
ALWAYS_INLINE Word cached_function(Thread& t, Function* function, Type* type, uint32_t version) {
    return counted_under_version(t, function, type, version);
}
ALWAYS_INLINE Word cached_instance_value(Thread& t, Object* owner, uint32_t place) {
    if (LIKELY(!is_multi_threaded())) {
        DictValues* values = value_place::values(owner, place);
        if (UNLIKELY(!values->valid)) return Word::null();
        Object* value = values->items[value_place::index(place)];
        return LIKELY(value != nullptr) ? Word::from(value) : Word::null();
    }
    return Word::owned(instance_load(owner, value_place::index(place)));
}
/// `instance_store` at a known place.
ALWAYS_INLINE bool store_instance_value(Thread& t, Object* owner, uint32_t place, Object* value) {
    if (UNLIKELY(!is_unshared(owner))) return instance_store(t, owner, value_place::index(place), value);
    DictValues* values = value_place::values(owner, place);
    uint32_t index = value_place::index(place);
    if (UNLIKELY(!values->valid || managed_dict(owner))) return false;
    Object* old = values->items[index];
    if (!old) values->order()[values->size++] = static_cast<uint8_t>(index);
    values->items[index] = value;
    if (old) decref(old);
    return true;
}
ALWAYS_INLINE Word cached_instance_value(Thread& t, Object* owner, AttributeCache* c) { return cached_instance_value(t, owner, c->index); }
/// True if the instance cannot have the attribute itself (the shared keys lack the name, or it has no dict yet).
ALWAYS_INLINE bool instance_has_no(Object* owner, uint32_t keys_version) {
    Type* type = owner->type;
    if (!type->has(type_flag::InlineValues)) {
        if (type->has(type_flag::ManagedDict)) return load_acquire(managed_dict(owner)) == nullptr;
        return load_acquire(*reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + type->dict_offset)) == nullptr;
    }
    return load_acquire(inline_values(owner)->valid) && load_relaxed(shared_keys_of(type)->version) == keys_version;
}
ALWAYS_INLINE bool instance_has_no(Object* owner, AttributeCache* c) { return instance_has_no(owner, c->keys_version); }
/// A __slots__ field.
ALWAYS_INLINE Word load_field(Thread& t, Object** field) {
    if (LIKELY(!is_multi_threaded())) {
        Object* value = *field;
        return value ? Word::from(value) : Word::null();
    }
    Object* value;
    if (racy_read(*field, &value) != RacyRead::Ok) return Word::null();
    return Word::owned(value);
}
ALWAYS_INLINE void store_field(Thread& t, Object* owner, Object** field, Object* value) {
    if (LIKELY(is_unshared(owner))) return xdecref(std::exchange(*field, value));
    Object* old;
    {
        LeafSection section(t, owner);
        old = *field;
        __atomic_store_n(field, value, __ATOMIC_RELEASE);
    }
    xdecref(old);
}

} // namespace taipan::vm
