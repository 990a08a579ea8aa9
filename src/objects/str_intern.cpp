// The table of interned strings. Interned strings are immortal, so entries are never removed: look-ups take no lock, an
// insertion holds its shard's lock, and a grown table replaces the old one, which readers may still be walking (it is
// handed to QSBR).
#include "base/hash.h"
#include "base/utf8.h"
#include "objects/racy.h"
#include "objects/str_internal.h"
#include "runtime/heap.h"
#include "runtime/thread.h"

namespace taipan {

namespace {

struct InternSlots {
    size_t mask;
    std::atomic<Str*> slots[1];
};
struct alignas(64) InternShard {
    Mutex lock;
    std::atomic<InternSlots*> table{nullptr};
    size_t used = 0;
};
constexpr size_t ShardCount = 16;
constinit InternShard g_shards[ShardCount];

InternSlots* make_slots(size_t capacity) {
    auto* slots = static_cast<InternSlots*>(raw_calloc(1, sizeof(InternSlots) + capacity * sizeof(void*)));
    if (slots) slots->mask = capacity - 1;
    return slots;
}

InternShard& shard_of(intptr_t hash) { return g_shards[static_cast<size_t>(hash) & (ShardCount - 1)]; }
size_t first_slot(intptr_t hash, size_t mask) { return (static_cast<size_t>(hash) >> 4) & mask; }

template <class Same> Str* look_up(InternSlots* table, intptr_t hash, const Same& same) {
    if (!table) return nullptr;
    for (size_t i = first_slot(hash, table->mask);; i = (i + 1) & table->mask) {
        Str* entry = table->slots[i].load(std::memory_order_acquire);
        if (!entry) return nullptr;
        if (load_relaxed(entry->cached_hash) == hash && same(entry)) return entry; // others may be noting the same hash
    }
}

void insert_slot(InternSlots* table, Str* text) {
    size_t i = first_slot(load_relaxed(text->cached_hash), table->mask);
    while (table->slots[i].load(std::memory_order_relaxed)) i = (i + 1) & table->mask;
    table->slots[i].store(text, std::memory_order_release);
}

Str* singleton(const Str* text) {
    if (text->length == 0) return str_empty().get();
    if (text->length == 1 && text->kind() == 1) return str_latin1_char(text->data8()[0]).get();
    return nullptr;
}

} // namespace

/// Without memory the string stays as it is: equal ones are found by their value too.
Ref<Str> str_intern(Thread& t, Ref<Str> text) {
    if (text->is_interned() || !is_exact<Str>(text.get())) return text;
    if (Str* known = singleton(text.get())) return Ref<Str>::steal(known);
    intptr_t hash = str_hash(text.get());
    InternShard& shard = shard_of(hash);
    auto same = [&](Str* entry) { return str_equal(entry, text.get()); };
    if (Str* known = look_up(shard.table.load(std::memory_order_acquire), hash, same)) return Ref<Str>::steal(known);

    // A string that other threads may be counting cannot be made immortal: a copy can.
    if (load_tid(text.get()) != thread_pointer() && !is_immortal(text.get())) {
        MaybeRef<Object> pending = t.take_exception();
        auto copy = str_alloc(t, text->length, str_max_char(text.get()));
        if (copy.is_error()) t.clear_exception();
        if (pending) (void)t.set_exception(pending.take());
        if (copy.is_error()) return text;
        Ref<Str> fresh = copy.take();
        copy_from(str_mutable_data(fresh.get()), fresh->kind(), 0, text.get(), 0, text->length);
        fresh->cached_hash = hash;
        text = std::move(fresh);
    }
    MutexLocker locker(shard.lock);
    InternSlots* table = shard.table.load(std::memory_order_relaxed);
    if (Str* known = look_up(table, hash, same)) return Ref<Str>::steal(known);
    if (!table || (shard.used + 1) * 3 > (table->mask + 1) * 2) {
        InternSlots* larger = make_slots(table ? (table->mask + 1) * 2 : 256);
        if (!larger && (!table || shard.used >= table->mask)) return text; // one slot stays free
        if (larger && table) {
            for (size_t i = 0; i <= table->mask; ++i)
                if (Str* entry = table->slots[i].load(std::memory_order_relaxed)) insert_slot(larger, entry);
        }
        if (larger) {
            shard.table.store(larger, std::memory_order_release);
            if (table) raw_free_delayed(t, table);
            table = larger;
        }
    }
    make_immortal(text.get());
    __atomic_store_n(&text->state.interned, uint8_t{2}, __ATOMIC_RELAXED);
    ++shard.used;
    insert_slot(table, text.get());
    return text;
}

Result<Ref<Str>> str_interned(Thread& t, std::string_view utf8) {
    auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
    if (utf8.size() > 1 && base::is_ascii(bytes, utf8.size())) { // most are there already: look before making a str
        int64_t hash = base::avoid_minus_one(base::siphash13({g_runtime.hash_key0, g_runtime.hash_key1}, bytes, utf8.size()));
        InternSlots* table = shard_of(hash).table.load(std::memory_order_acquire);
        if (Str* known = look_up(table, hash, [&](Str* entry) { return str_equals_ascii(entry, utf8); })) return Ref<Str>::steal(known);
    }
    Ref<Str> text = str_intern(t, TRY(str_from_utf8(t, utf8)));
    if (!text->is_interned()) return raise_memory_error(t); // callers keep it for good
    return text;
}

} // namespace taipan
