// The header that every Python object starts with, and its reference count (PEP 703: biased counting).
//
// The layout is that of CPython 3.14's free-threaded build, because extension modules inline it: the owner thread counts
// in `ref_local` without atomics, all others in `ref_shared`, whose low two bits are a state. `ref_local == UINT32_MAX`
// marks an immortal object. Objects with the Deferred bit carry a large bias in `ref_shared`; the interpreter's stack
// holds them uncounted, and only the collector frees them.
#pragma once

#include "base/platform.h"

#include <atomic>
#include <utility>

namespace taipan {

struct Type;
struct Thread;

/// The value of the thread pointer register: what identifies the owner of an object (the C API inlines the same read).
ALWAYS_INLINE uintptr_t thread_pointer() {
#if defined(__x86_64__)
    uintptr_t value;
    asm("movq %%fs:0, %0" : "=r"(value));
    return value;
#else
    return reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
#endif
}

/// Bits of Object::gc_bits.
namespace gc_bit {
constexpr uint8_t Tracked = 1 << 0;   // the collector may look at it
constexpr uint8_t Finalized = 1 << 1; // __del__ has been called (PEP 442)
constexpr uint8_t Unreachable = 1 << 2;
constexpr uint8_t Frozen = 1 << 3; // gc.freeze()
constexpr uint8_t Shared = 1 << 4; // its memory is freed only after a QSBR grace period
constexpr uint8_t Alive = 1 << 5;
constexpr uint8_t Deferred = 1 << 6;
} // namespace gc_bit

/// States of Object::ref_shared, in its low two bits.
namespace ref_state {
constexpr intptr_t Init = 0;
constexpr intptr_t MaybeWeakref = 1; // others may hold it through a weak or racy reference
constexpr intptr_t Queued = 2;       // waits for its owner to merge the counts
constexpr intptr_t Merged = 3;       // ref_local is no longer used
constexpr intptr_t Mask = 3;
constexpr int Shift = 2;
} // namespace ref_state

constexpr uint32_t ImmortalLocal = UINT32_MAX;
/// What deferred counting adds to the shared count (already shifted).
constexpr intptr_t DeferredBias = (INTPTR_MAX >> 4) & ~ref_state::Mask;

struct Object {
    uintptr_t tid;
    uint16_t flags;
    std::atomic<uint8_t> mutex;
    uint8_t gc_bits;
    uint32_t ref_local;
    std::atomic<intptr_t> ref_shared;
    Type* type;

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = 0;
};
static_assert(sizeof(Object) == 32);

struct VarObject : Object {
    intptr_t size;
};
static_assert(sizeof(VarObject) == 40);

/// Initialisers of a statically allocated immortal object of type `t` (designated, first in the list).
#define TAIPAN_STATIC_HEAD(t) 0, 0, {}, 0, ::taipan::ImmortalLocal, {}, (t)

// Slow paths (refcount.cpp). `dealloc` calls the type's dealloc slot, bounding C stack use in long chains.
NOINLINE void decref_shared(Object* object);
NOINLINE void merge_zero_local(Object* object);
NOINLINE void dealloc(Object* object);
/// Makes the object immortal; call while no other thread can see it.
void make_immortal(Object* object);
/// Switches the object to deferred counting (types, modules, module-level functions, code).
void defer_refcount(Object* object);
/// Tries to take a reference to an object that others may be freeing. False: it is dying, or cannot be counted from this
/// thread without its owner's help; look again under the lock.
bool try_incref(Object* object);
/// Sets the MaybeWeakref state so that `try_incref` from any thread can succeed.
void enable_try_incref(Object* object);
/// The total count, for sys.getrefcount and the collector.
intptr_t refcount(const Object* object);

ALWAYS_INLINE uint32_t load_local(const Object* o) { return __atomic_load_n(&o->ref_local, __ATOMIC_RELAXED); }
ALWAYS_INLINE void store_local(Object* o, uint32_t value) { __atomic_store_n(&o->ref_local, value, __ATOMIC_RELAXED); }
ALWAYS_INLINE uintptr_t load_tid(const Object* o) { return __atomic_load_n(&o->tid, __ATOMIC_RELAXED); }

ALWAYS_INLINE bool is_immortal(const Object* o) { return load_local(o) == ImmortalLocal; }
ALWAYS_INLINE bool is_deferred(const Object* o) { return __atomic_load_n(&o->gc_bits, __ATOMIC_RELAXED) & gc_bit::Deferred; }

ALWAYS_INLINE void incref(Object* o) {
    uint32_t local = load_local(o) + 1;
    if (local == 0) return;
    if (LIKELY(load_tid(o) == thread_pointer())) store_local(o, local);
    else o->ref_shared.fetch_add(intptr_t{1} << ref_state::Shift, std::memory_order_relaxed);
}

ALWAYS_INLINE void decref(Object* o) {
    uint32_t local = load_local(o);
    if (local == ImmortalLocal) return;
    if (LIKELY(load_tid(o) == thread_pointer())) {
        store_local(o, --local);
        if (local == 0) merge_zero_local(o);
    } else {
        decref_shared(o);
    }
}

/// Copies `count` references, every `step`th of an array, each counted once more. No Python code runs.
ALWAYS_INLINE void copy_references(Object** to, Object* const* from, intptr_t count, intptr_t step = 1) {
    uintptr_t self = thread_pointer();
    for (intptr_t i = 0; i < count; ++i, from += step) {
        Object* o = *from;
        if (uint32_t local = load_local(o) + 1; local != 0) {
            if (LIKELY(load_tid(o) == self)) store_local(o, local);
            else o->ref_shared.fetch_add(intptr_t{1} << ref_state::Shift, std::memory_order_relaxed);
        }
        __atomic_store_n(&to[i], o, __ATOMIC_RELEASE);
    }
}

ALWAYS_INLINE void xincref(Object* o) {
    if (o) incref(o);
}
ALWAYS_INLINE void xdecref(Object* o) {
    if (o) decref(o);
}

/// True if the current thread holds the only reference (so it may be changed in place).
ALWAYS_INLINE bool is_uniquely_owned(const Object* o) {
    return load_local(o) == 1 && load_tid(o) == thread_pointer() && o->ref_shared.load(std::memory_order_relaxed) == 0;
}

} // namespace taipan
