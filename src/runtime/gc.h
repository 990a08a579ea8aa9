// The cycle collector. It stops the world, finds the collected objects that only each other refer to, and lets them
// die: weak references and their callbacks first, then finalizers (PEP 442), then `clear`. Collections start at a
// safepoint after so many new objects; the young threshold grows with the heap, as in CPython's free-threaded build,
// where every collection looks at all objects.
#pragma once

#include "runtime/heap_inline.h"

namespace taipan {

/// A thread adds its new objects to the shared count after so many (CPython's number).
constexpr intptr_t GcBudget = 512;

/// gc.DEBUG_*.
namespace gc_debug {
constexpr int Stats = 1, Collectable = 2, Uncollectable = 4, SaveAll = 32;
constexpr int Leak = Collectable | Uncollectable | SaveAll;
} // namespace gc_debug

struct GcStatistics {
    std::atomic<intptr_t> collections{0}, collected{0}, uncollectable{0};
};

struct GcState {
    std::atomic<bool> enabled{true};
    std::atomic<bool> collecting{false};
    std::atomic<intptr_t> young_count{0}; // new objects less freed ones since the last collection
    int threshold[3] = {2000, 10, 10};
    int old_count[2] = {0, 0}; // collections of the generation below
    intptr_t long_lived_total = 0;
    intptr_t freeze_count = 0;
    int debug = 0;
    GcStatistics statistics[3];
    /// Not 0: a collection at the first safepoint after so many new objects, whatever the thresholds say (testing; set
    /// from TAIPAN_GC_STRESS at start).
    intptr_t stress = 0;
    /// Whose objects the stopped world's visitor looks at; null: there is one interpreter, all are its.
    Interpreter* only = nullptr;

    /// Address space for the list of a collection's garbage, untouched as long as there is other memory: without it there would
    /// be no way back from memory that has run out.
    Object** spare = nullptr;
    size_t spare_capacity = 0;

    intptr_t budget() const { return stress ? stress - 1 : GcBudget; }
};

/// Counts what a thread has allocated and asks for a collection if one is due; heap slow path.
COLD void gc_count_allocations(Thread& t);
/// Adds what the thread has counted for itself to the shared count (thread end).
void gc_flush_thread(Thread& t);
/// Runs a collection if one is still due; called by polls.
void gc_collect_if_due(Thread& t);

/// During a collection: the object was found unreachable (for RuntimeHooks::clear_weakrefs).
ALWAYS_INLINE bool gc_is_unreachable(const Object* o) { return o->gc_bits & gc_bit::Unreachable; }
ALWAYS_INLINE bool gc_is_finalized(const Object* o) { return o->gc_bits & gc_bit::Finalized; }
ALWAYS_INLINE void gc_set_finalized(Object* o) { o->gc_bits |= gc_bit::Finalized; }

/// For traverse slots: visits a reference that the holder does not count (a deferred or borrowed one in a suspended
/// frame). The collector must not subtract it.
ALWAYS_INLINE int gc_visit_uncounted(Object* o, int (*visit)(Object*, void*), void* context) {
    extern int gc_visit_subtract(Object*, void*);
    return visit == gc_visit_subtract ? 0 : visit(o, context);
}

/// Whether the thread's interpreter has made the object; true while there is one interpreter, and for what no heap holds.
bool gc_is_own(const Thread& t, const Object* object);
/// gc.get_count: new objects now, and the counts of collections.
void gc_get_count(Thread& t, intptr_t counts[3]);
/// gc.freeze, gc.unfreeze, gc.get_freeze_count.
void gc_freeze(Thread& t);
void gc_unfreeze(Thread& t);
/// Calls `found(object, context)` for each tracked object (gc.get_objects). The references are counted before the world
/// starts again; `found` takes them over. False: out of memory.
bool gc_for_each_object(Thread& t, void (*found)(Ref<Object> object, void* context), void* context);
/// The same for those that refer to one of `targets` (gc.get_referrers).
bool gc_for_each_referrer(Thread& t, Object* const* targets, size_t count, void (*found)(Ref<Object> object, void* context), void* context);

} // namespace taipan
