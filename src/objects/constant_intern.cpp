#include "objects/constant_intern.h"
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/set.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "runtime/lock.h"
#include "runtime/thread.h"

#include <cstring>
#include <span>

namespace taipan {
namespace {

constexpr size_t MaxConstants = 1 << 16;
constexpr intptr_t MaxBytes = 64, MaxItems = 64, MaxDigits = 8;

struct ConstantTable {
    Mutex lock; // guards the rest
    Object** slots;
    size_t mask, used;
};
/// Of the process, as the table of strings.
constinit ConstantTable g_constants{};

struct Content {
    const void* data;
    size_t size;
    uint64_t more = 0; // an int's sign
};

/// The bytes by which an object of a kind that may be shared is told from others of its type. False: it may not.
bool content_of(Object* o, Content* out) {
    auto shared = [](std::span<Object* const> items) {
        for (Object* item : items)
            if (!is_immortal(item)) return false;
        return true;
    };
    if (is_exact<Float>(o)) {
        *out = {&static_cast<Float*>(o)->value, sizeof(double)}; // by its bits: zeros have signs
    } else if (is_exact<Complex>(o)) {
        *out = {static_cast<const Object*>(o) + 1, sizeof(Complex) - sizeof(Object)};
    } else if (is_exact<Int>(o)) {
        auto* value = static_cast<Int*>(o);
        if (value->digit_count() > MaxDigits) return false;
        *out = {value->digits, static_cast<size_t>(value->digit_count()) * sizeof(uint32_t), static_cast<uint64_t>(value->tag)};
    } else if (is_exact<Bytes>(o)) {
        auto* bytes = static_cast<Bytes*>(o);
        if (bytes->size > MaxBytes) return false;
        *out = {bytes->data, static_cast<size_t>(bytes->size)};
    } else if (is_exact<Tuple>(o)) {
        auto* tuple = static_cast<Tuple*>(o);
        if (tuple->size > MaxItems || !shared({tuple->items, static_cast<size_t>(tuple->size)})) return false;
        *out = {tuple->items, static_cast<size_t>(tuple->size) * sizeof(Object*)};
    } else if (is_exact<Slice>(o)) {
        auto* slice = static_cast<Slice*>(o);
        if (!shared({&slice->start, 3})) return false;
        *out = {&slice->start, 3 * sizeof(Object*)};
    } else {
        return false;
    }
    return true;
}
size_t hash_of(const Type* type, const Content& content) {
    uint64_t hash = reinterpret_cast<uintptr_t>(type) ^ content.more * 0x9e3779b97f4a7c15;
    auto mix = [&](uint64_t word) {
        hash = (hash ^ word) * 0xbf58476d1ce4e5b9;
        hash ^= hash >> 29;
    };
    auto* at = static_cast<const char*>(content.data);
    size_t left = content.size;
    mix(left);
    for (uint64_t word; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        mix(word);
    }
    if (uint64_t word = 0; left) {
        memcpy(&word, at, left);
        mix(word);
    }
    return static_cast<size_t>(hash);
}
void insert(Object** slots, size_t mask, Object* o) {
    Content content;
    VERIFY(content_of(o, &content));
    size_t i = hash_of(o->type, content) & mask;
    while (slots[i]) i = (i + 1) & mask;
    slots[i] = o;
}
bool grow() {
    ConstantTable& table = g_constants;
    size_t size = table.slots ? (table.mask + 1) * 2 : 1024;
    auto** slots = static_cast<Object**>(raw_calloc(size, sizeof(Object*)));
    if (!slots) return false;
    for (size_t i = 0; table.slots && i <= table.mask; ++i)
        if (table.slots[i]) insert(slots, size - 1, table.slots[i]);
    raw_free(table.slots);
    table.slots = slots;
    table.mask = size - 1;
    return true;
}
/// The known object with that content, else the new one, which is known then if it can be shared.
Object* shared_constant(Object* o, const Content& content) {
    size_t hash = hash_of(o->type, content);
    ConstantTable& table = g_constants;
    MutexLocker locker(table.lock);
    for (size_t i = hash & table.mask; table.slots && table.slots[i]; i = (i + 1) & table.mask) {
        Object* known = table.slots[i];
        Content other;
        if (known->type != o->type || !content_of(known, &other) || other.size != content.size || other.more != content.more) continue;
        if (memcmp(other.data, content.data, content.size) == 0) return known;
    }
    // What other threads may be counting cannot be made immortal.
    if (load_tid(o) != thread_pointer() || o->ref_shared.load(std::memory_order_relaxed) != 0) return o;
    if (table.used >= MaxConstants || ((!table.slots || (table.used + 1) * 2 > table.mask) && !grow())) return o;
    if (o->type->has(type_flag::Gc)) gc_untrack(o); // it holds nothing that could die
    make_immortal(o);
    insert(table.slots, table.mask, o);
    ++table.used;
    return o;
}
/// A tuple of the shared objects that equal the items; null: there are none, or no memory.
MaybeRef<Tuple> of_shared_items(Thread& t, Tuple* tuple) {
    Object* items[MaxItems];
    bool all = tuple->size <= MaxItems;
    for (intptr_t i = 0; i < tuple->size; ++i) {
        Object* item = code_shareable_constant(t, tuple->items[i]);
        all = all && is_immortal(item);
        if (all) items[i] = item;
    }
    if (!all) return nullptr;
    auto made = tuple_from_array(t, items, static_cast<size_t>(tuple->size));
    if (made.is_error()) return t.clear_exception(), nullptr;
    return MaybeRef<Tuple>(made.take());
}

} // namespace

Object* intern_constant(Thread& t, Object* constant) {
    if (is_immortal(constant)) return constant;
    Content content;
    if (content_of(constant, &content)) return shared_constant(constant, content);
    if (!is_exact<Tuple>(constant)) return constant;
    MaybeRef<Tuple> tuple = of_shared_items(t, static_cast<Tuple*>(constant));
    if (!tuple || !content_of(tuple.get(), &content)) return constant;
    Object* shared = shared_constant(tuple.get(), content);
    return is_immortal(shared) ? shared : constant;
}

Tuple* intern_trivial_constants(Tuple* constants) {
    if (constants->size != 1 || is_immortal(constants)) return constants;
    Object* item = constants->items[0];
    if (!is_none(item) && !(is_exact<Int>(item) && is_immortal(item))) return constants;
    Content content;
    return content_of(constants, &content) ? static_cast<Tuple*>(shared_constant(constants, content)) : constants;
}

} // namespace taipan
