// Reference counting beyond incref and decref: resurrection and finalizers, merging, per-thread counts of heap types.
#pragma once

#include "runtime/heap_inline.h"
#include "runtime/type.h"

namespace taipan {

/// Merges the owner's and the others' counts, adding `extra`, so that no thread owns the object any more. For the
/// owner, or with the world stopped, or when the owner has ended. Returns the new count; at zero the caller
/// deallocates.
intptr_t merge_refcount(Object* object, intptr_t extra);

/// `try_incref` with its frequent cases inline: immortal objects and objects of this thread. Lock-free readers use it.
ALWAYS_INLINE bool try_incref_fast(Object* o) {
    uint32_t local = load_local(o) + 1;
    if (local == 0) return true;
    if (LIKELY(load_tid(o) == thread_pointer()) && LIKELY(local != 1)) {
        store_local(o, local);
        return true;
    }
    return try_incref(o);
}

/// Gives an object whose count is zero one reference while its finalizer runs; `resurrect_end` takes it away again.
/// True: it is still dead. False: the finalizer made a new reference.
void resurrect_start(Object* object);
bool resurrect_end(Object* object);
/// PEP 442: calls the type's finalizer, at most once for a collected object. `call_finalizer_from_dealloc` is for
/// dealloc slots: false means that the object was resurrected and must not be destroyed.
void call_finalizer(Object* object);
bool call_finalizer_from_dealloc(Object* object);

/// Asks the thread that owns the object to merge its counts at its next poll; takes over one reference.
void queue_for_merge(Object* object);
/// Merges what other threads have queued for this one.
void merge_queued(Thread& t);
/// The thread can be found as an owner from now on / no more. Objects queued last are merged by unregister.
void merge_queue_register(Thread& t);
void merge_queue_unregister(Thread& t);
void merge_queue_after_fork(Thread& t);
/// With the world stopped: merges what is queued for any thread, and hands it over with the queue's reference.
void merge_take_all_stopped(void (*take)(Object*, void*), void* context);

// Instances of a heap type hold a reference to it, which many threads would count in the same place. So each thread
// counts for itself, in a table indexed by the type's `unique_id`; only the collector, which adds the counts up, frees
// such types.

/// Gives the type an index and defers its count; call when it is made. Without memory it is counted as usual.
void type_counts_assign(HeapType* type);
/// Takes the index away, with the world stopped and all threads' counts flushed: from then on it is counted as usual.
void type_counts_release(HeapType* type);
NOINLINE void type_incref_slow(Thread& t, HeapType* type);
ALWAYS_INLINE void type_incref(Thread& t, Type* type) {
    if (!type->is_heap_type()) return;
    auto* heap_type = static_cast<HeapType*>(type);
    if (LIKELY(static_cast<size_t>(heap_type->unique_id) < t.type_count_size)) t.type_counts[heap_type->unique_id]++;
    else type_incref_slow(t, heap_type);
}
ALWAYS_INLINE void type_decref(Thread& t, Type* type) {
    if (!type->is_heap_type()) return;
    auto* heap_type = static_cast<HeapType*>(type);
    if (LIKELY(static_cast<size_t>(heap_type->unique_id) < t.type_count_size)) t.type_counts[heap_type->unique_id]--;
    else decref(type);
}
/// Moves the thread's counts into the types (thread end; for all threads with the world stopped, before a collection).
void type_counts_flush(Thread& t);
void type_counts_flush_all_stopped();
void type_counts_after_fork();

/// Writes the header of a new object of any type, with one reference and a reference to a heap type.
ALWAYS_INLINE void object_init_typed(Thread& t, Object* o, Type* type) {
    object_init(o, type);
    type_incref(t, type);
}

/// Which kind of heap block instances of the type need.
ALWAYS_INLINE HeapKind heap_kind_of(const Type* type) {
    if (!type->has(type_flag::Gc)) return HeapKind::Object;
    return type->has(type_flag::Preheader) ? HeapKind::GcPreheader : HeapKind::GcObject;
}

} // namespace taipan
