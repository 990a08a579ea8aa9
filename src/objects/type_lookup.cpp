// Attribute look-up in types: version tags and the method cache.
//
// A version tag names a state of a type's attributes as seen through its MRO; it is never used twice. Whoever changes a
// type first takes the tag away from it and all its subclasses (`type_modified`, type lock held), then changes the dict.
// So while a type has its tag, what was found under it is still in the dict, hence alive. A tag is given only to types
// whose bases have one, so that a change finds all types that depend on it through the lists of subclasses.
//
// The cache is one table for the process. Entries are guarded by a sequence number (odd: being written); a reader takes
// its reference and then makes sure that neither the entry nor the type's tag has changed.
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/racy.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan {

constinit TypeRuntime g_types;

TypeLock::TypeLock(Thread&) {
    uintptr_t self = thread_pointer();
    m_nested = g_types.lock_owner.load(std::memory_order_relaxed) == self;
    if (m_nested) return;
    g_types.lock.lock();
    g_types.lock_owner.store(self, std::memory_order_relaxed);
}

TypeLock::~TypeLock() {
    if (m_nested) return;
    g_types.lock_owner.store(0, std::memory_order_relaxed);
    g_types.lock.unlock();
}

namespace {

struct CacheEntry {
    std::atomic<uint32_t> sequence{0};
    std::atomic<uint32_t> version{0};
    std::atomic<Str*> name{nullptr};
    std::atomic<Object*> value{nullptr}; // null: the type has no such attribute
};
constexpr size_t CacheSize = 4096;
constexpr uint16_t MaxVersionsPerType = 1000;
constinit CacheEntry s_cache[CacheSize]; // the process's, see above

ALWAYS_INLINE CacheEntry& cache_entry(uint32_t version, Str* name) {
    return s_cache[(version * 0x9E3779B1u ^ (reinterpret_cast<uintptr_t>(name) >> 4)) & (CacheSize - 1)];
}

void cache_store(uint32_t version, Str* name, Object* value) {
    CacheEntry& entry = cache_entry(version, name);
    uint32_t sequence = entry.sequence.load(std::memory_order_relaxed);
    if (sequence & 1) return; // somebody else writes it
    if (!entry.sequence.compare_exchange_strong(sequence, sequence + 1, std::memory_order_acquire)) return;
    entry.version.store(version, std::memory_order_relaxed);
    entry.name.store(name, std::memory_order_relaxed);
    entry.value.store(value, std::memory_order_relaxed);
    entry.sequence.store(sequence + 2, std::memory_order_release);
}

enum class CacheResult { Hit, Miss };

CacheResult cache_load(Type& type, uint32_t version, Str* name, MaybeRef<Object>* out) {
    CacheEntry& entry = cache_entry(version, name);
    uint32_t sequence = entry.sequence.load(std::memory_order_acquire);
    if (entry.version.load(std::memory_order_relaxed) != version || entry.name.load(std::memory_order_relaxed) != name)
        return CacheResult::Miss;
    Object* value = entry.value.load(std::memory_order_relaxed);
    if (LIKELY(!is_multi_threaded())) {
        *out = MaybeRef<Object>::acquire(value);
        return CacheResult::Hit;
    }
    if (sequence & 1) return CacheResult::Miss;
    if (value && !try_incref_inline(value)) return CacheResult::Miss;
    std::atomic_thread_fence(std::memory_order_acquire);
    if (entry.sequence.load(std::memory_order_relaxed) != sequence || load_relaxed(type.version_tag) != version) {
        if (value) decref(value);
        return CacheResult::Miss;
    }
    *out = MaybeRef<Object>::steal(value);
    return CacheResult::Hit;
}

MaybeRef<Object> find_in_mro(Thread& t, Type& type, Borrowed<Str> name) {
    auto* mro = static_cast<Tuple*>(load_acquire(type.mro));
    if (UNLIKELY(!mro)) return {};
    for (Object* base : *mro) {
        if (!is<Type>(base)) continue;
        auto* dict = static_cast<Dict*>(static_cast<Type*>(base)->dict);
        if (UNLIKELY(!dict)) continue;
        auto found = dict_get_str(t, dict, name);
        if (UNLIKELY(found.is_error())) {
            t.clear_exception(); // a key that is no str failed to compare
            continue;
        }
        if (MaybeRef<Object> value = found.take()) return value;
    }
    return {};
}

/// With the type lock held.
uint32_t assign_version(Type& type) {
    if (type.version_tag) return type.version_tag;
    if (!type.has(type_flag::Ready) || load_relaxed(type.versions_used) >= MaxVersionsPerType) return 0;
    if (type.bases)
        for (Object* base : *static_cast<Tuple*>(type.bases))
            if (!assign_version(*static_cast<Type*>(base))) return 0;
    uint32_t version = g_types.next_version.load(std::memory_order_relaxed);
    if (version == UINT32_MAX) return 0;
    g_types.next_version.store(version + 1, std::memory_order_relaxed);
    if (type.is_heap_type()) store_relaxed(type.versions_used, static_cast<uint16_t>(type.versions_used + 1));
    store_release(type.version_tag, version);
    return version;
}

} // namespace

uint32_t type_version(Thread& t, Type& type) {
    uint32_t version = load_acquire(type.version_tag);
    if (LIKELY(version != 0)) return version;
    if (load_relaxed(type.versions_used) >= MaxVersionsPerType) return 0;
    TypeLock lock(t);
    return assign_version(type);
}

MaybeRef<Object> type_lookup_version(Thread& t, Type& type, Borrowed<Str> name, uint32_t* version_out) {
    uint32_t version = load_acquire(type.version_tag);
    bool cacheable = name->is_interned();
    if (LIKELY(version != 0 && cacheable)) {
        MaybeRef<Object> value;
        if (LIKELY(cache_load(type, version, name.get(), &value) == CacheResult::Hit)) {
            *version_out = version;
            return value;
        }
    }
    if (!version) version = type_version(t, type);
    MaybeRef<Object> value = find_in_mro(t, type, name);
    if (version && cacheable) {
        // Readers on other threads will want to take references of their own.
        if (value && is_multi_threaded()) enable_try_incref(value.get());
        if (load_acquire(type.version_tag) == version) cache_store(version, name.get(), value.get());
        else version = 0;
    }
    *version_out = version;
    return value;
}

MaybeRef<Object> type_lookup(Thread& t, Type& type, Borrowed<Str> name) {
    uint32_t version;
    return type_lookup_version(t, type, name, &version);
}

/// Visits the living direct subclasses. The callback must not change the list.
static void for_each_subclass(Thread& t, Type& type, auto&& visit) {
    auto* dict = static_cast<Dict*>(static_cast<Object*>(type.subclasses));
    if (!dict) return;
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, dict, &position, &key, &value)) {
        MaybeRef<Object> subclass = weakref_get(static_cast<Weakref*>(value.get()));
        if (subclass && is<Type>(subclass.get())) visit(*static_cast<Type*>(subclass.get()));
    }
}

void type_modified(Thread& t, Type& type) {
    if (type.version_tag == 0) return; // then no subclass has one
    store_release(type.version_tag, 0u);
    if (type.is_heap_type()) {
        auto& heap_type = static_cast<HeapType&>(type);
        heap_type.spec_getitem_version = 0;
        heap_type.spec_getitem = nullptr;
        heap_type.spec_init = nullptr;
    }
    for_each_subclass(t, type, [&](Type& subclass) { type_modified(t, subclass); });
}

void type_not_cacheable(Thread& t, Type& type) {
    type_modified(t, type);
    store_relaxed(type.versions_used, MaxVersionsPerType);
}

Result<void> add_subclass(Thread& t, Type& base, Type& type) {
    Ref<Object> reference = TRY(weakref_new(t, &type, nullptr));
    if (!base.subclasses) base.subclasses = static_cast<Object*>(TRY(dict_new(t)).release());
    Ref<Int> key = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(&type)));
    return dict_set(t, static_cast<Dict*>(static_cast<Object*>(base.subclasses)), key, reference);
}

void remove_subclass(Thread& t, Type& base, Type& type) {
    if (!base.subclasses) return;
    auto key = int_from_uint64(t, reinterpret_cast<uintptr_t>(&type));
    if (key.is_error()) return t.clear_exception();
    Ref<Int> number = key.take();
    if (dict_pop(t, static_cast<Dict*>(static_cast<Object*>(base.subclasses)), number).is_error()) t.clear_exception();
}

Result<Ref<List>> type_subclasses(Thread& t, Type& type) {
    Ref<List> list = TRY(list_new(t));
    auto* dict = static_cast<Dict*>(static_cast<Object*>(type.subclasses));
    if (!dict) return list;
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, dict, &position, &key, &value)) {
        MaybeRef<Object> subclass = weakref_get(static_cast<Weakref*>(value.get()));
        if (subclass) TRY(list_append(t, list, subclass.take()));
    }
    return list;
}

bool is_subtype(const Type* type, const Type* base) {
    if (type == base) return true;
    const auto* mro = static_cast<const Tuple*>(load_acquire(type->mro));
    if (mro) {
        for (Object* entry : *mro)
            if (entry == base) return true;
        return false;
    }
    // Not ready yet.
    for (const Type* b = type->base; b; b = b->base)
        if (b == base) return true;
    return base == &Object::s_type;
}

} // namespace taipan
