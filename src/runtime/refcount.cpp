// Biased reference counting, PEP 703. An object starts owned by its thread, with state Init. When the owner's count
// falls to zero the state becomes Merged and only the shared count remains. When another thread's count would make the
// shared count negative while the owner still counts, the object is queued for the owner to merge, so that it does not
// live until the owner happens to look.
#include "runtime/refcount.h"

#include "base/futex.h"
#include "base/parking_lot.h"
#include "runtime/gc.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace taipan {

namespace {
constexpr intptr_t SharedOne = intptr_t{1} << ref_state::Shift;
constexpr int DeallocDepthLimit = 50;
} // namespace

void merge_zero_local(Object* object) {
    intptr_t shared = object->ref_shared.load(std::memory_order_acquire);
    if (LIKELY(shared == 0)) {
        Type* type = object->type;
        if (type->has(type_flag::Gc)) return dealloc(object);
        return type->dealloc(object);
    }
    // The owner must be gone before others can see the merged state: the last of them may free the object.
    __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
    intptr_t merged;
    do {
        merged = (shared & ~ref_state::Mask) | ref_state::Merged;
    } while (!object->ref_shared.compare_exchange_weak(shared, merged, std::memory_order_acq_rel, std::memory_order_acquire));
    if (merged == ref_state::Merged) dealloc(object);
}

/// Takes one reference away. True: the caller must queue the object, and its reference goes to the queue.
static bool drop_shared(Object* object, intptr_t& result) {
    intptr_t shared = object->ref_shared.load(std::memory_order_relaxed);
    bool queue;
    do {
        queue = shared == ref_state::Init || shared == ref_state::MaybeWeakref;
        result = queue ? ref_state::Queued : shared - SharedOne;
        // Below zero once merged: one reference too many was dropped, or the object is free already.
        ASSERT(result >= 0 || (shared & ref_state::Mask) != ref_state::Merged);
    } while (!object->ref_shared.compare_exchange_weak(shared, result, std::memory_order_acq_rel, std::memory_order_relaxed));
    return queue;
}

void decref_shared(Object* object) {
    intptr_t result;
    if (drop_shared(object, result)) queue_for_merge(object);
    else if (result == ref_state::Merged) dealloc(object);
}

intptr_t merge_refcount(Object* object, intptr_t extra) {
    intptr_t local = load_local(object);
    if (static_cast<uint32_t>(local) == ImmortalLocal) return INTPTR_MAX;
    store_local(object, 0);
    __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
    intptr_t shared = object->ref_shared.load(std::memory_order_relaxed);
    intptr_t count;
    do {
        count = (shared >> ref_state::Shift) + local + extra;
    } while (!object->ref_shared.compare_exchange_weak(shared, (count << ref_state::Shift) | ref_state::Merged, std::memory_order_acq_rel,
                                                       std::memory_order_relaxed));
    return count;
}

bool try_incref(Object* object) {
    uint32_t local = load_local(object);
    if (local == ImmortalLocal) return true;
    if (load_tid(object) == thread_pointer()) {
        if (local == 0) return false; // this thread is deallocating it
        store_local(object, local + 1);
        return true;
    }
    intptr_t shared = object->ref_shared.load(std::memory_order_relaxed);
    do {
        // Nobody else has been allowed to see it, or it is dead.
        if (shared == ref_state::Init || shared == ref_state::Merged) return false;
    } while (!object->ref_shared.compare_exchange_weak(shared, shared + SharedOne, std::memory_order_acq_rel, std::memory_order_relaxed));
    return true;
}

void enable_try_incref(Object* object) {
    intptr_t shared = object->ref_shared.load(std::memory_order_relaxed);
    do {
        if ((shared & ref_state::Mask) != ref_state::Init) return;
    } while (!object->ref_shared.compare_exchange_weak(shared, shared | ref_state::MaybeWeakref, std::memory_order_relaxed));
}

void make_immortal(Object* object) {
    store_local(object, ImmortalLocal);
    __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
    object->ref_shared.store(0, std::memory_order_relaxed);
}

void defer_refcount(Object* object) {
    if (is_immortal(object) || is_deferred(object)) return;
    ASSERT(object->type->has(type_flag::Gc));
    if (__atomic_fetch_or(&object->gc_bits, gc_bit::Deferred, __ATOMIC_RELAXED) & gc_bit::Deferred) return; // another thread
    object->ref_shared.fetch_add(DeferredBias, std::memory_order_relaxed);
}

intptr_t refcount(const Object* object) {
    uint32_t local = load_local(object);
    if (local == ImmortalLocal) return ImmortalLocal;
    intptr_t shared = object->ref_shared.load(std::memory_order_relaxed) & ~ref_state::Mask;
    if (is_deferred(object)) shared -= DeferredBias;
    return static_cast<intptr_t>(local) + (shared >> ref_state::Shift);
}

// --- deallocation ---------------------------------------------------------------------------------------------------
//
// The dealloc slot of a container drops its items, whose dealloc slots drop theirs. Beyond a depth, collected objects
// are put on the thread's list instead, linked through `tid`, and the outermost call works the list off.

static void dealloc_later(Thread& t, Object* object) {
    // The collector must not look at it: its `tid` is not its own.
    uintptr_t tracked = gc_is_tracked(object);
    gc_untrack(object);
    __atomic_store_n(&object->tid, reinterpret_cast<uintptr_t>(t.dealloc_later) | tracked, __ATOMIC_RELAXED);
    t.dealloc_later = object;
}

static NOINLINE void dealloc_chain(Thread& t) {
    while (Object* object = t.dealloc_later) {
        uintptr_t link = load_tid(object);
        t.dealloc_later = reinterpret_cast<Object*>(link & ~uintptr_t{1});
        // Whoever deallocates acts as the owner, so that resurrection works as usual.
        __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
        object->ref_shared.store(ref_state::Merged, std::memory_order_relaxed);
        if (link & 1) gc_track(object);
        t.dealloc_depth++;
        object->type->dealloc(object);
        t.dealloc_depth--;
    }
}

void dealloc(Object* object) {
    Type* type = object->type;
    if (!type->has(type_flag::Gc)) {
        type->dealloc(object);
        return;
    }
    Thread& t = Thread::current();
    if (UNLIKELY(t.dealloc_depth >= DeallocDepthLimit || c_stack_low(t))) {
        dealloc_later(t, object);
        return;
    }
    t.dealloc_depth++;
    type->dealloc(object);
    // Only a shallow call works the list off, else each of its steps would nest again.
    if (--t.dealloc_depth == 0 && UNLIKELY(t.dealloc_later != nullptr)) dealloc_chain(t);
}

void resurrect_start(Object* object) {
    if (load_tid(object) == thread_pointer()) {
        store_local(object, 1);
    } else {
        __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
        object->ref_shared.store(SharedOne | ref_state::Merged, std::memory_order_relaxed);
    }
}

bool resurrect_end(Object* object) {
    uint32_t local = load_local(object);
    if (local == ImmortalLocal) return false;
    if (load_tid(object) == thread_pointer()) {
        if (local == 1 && object->ref_shared.load(std::memory_order_acquire) == 0) {
            store_local(object, 0);
            return true;
        }
        return merge_refcount(object, -1) == 0;
    }
    intptr_t result;
    if (drop_shared(object, result)) {
        // Cannot be: an object that this thread does not own has been merged.
        queue_for_merge(object);
        return false;
    }
    return result == ref_state::Merged;
}

void call_finalizer(Object* object) {
    Type* type = object->type;
    if (!type->finalize) return;
    bool collected = type->has(type_flag::Gc);
    if (collected && gc_is_finalized(object)) return;
    type->finalize(object);
    if (collected) gc_set_finalized(object);
}

bool call_finalizer_from_dealloc(Object* object) {
    resurrect_start(object);
    call_finalizer(object);
    return resurrect_end(object);
}

// --- the merge queue ------------------------------------------------------------------------------------------------

struct MergeQueue {
    Thread* thread = nullptr;
    uintptr_t id = 0;
    MergeQueue* next = nullptr; // in the bucket
    Object** items = nullptr;
    size_t count = 0, capacity = 0;
};

namespace {

struct alignas(64) OwnerBucket {
    base::RawMutex lock;
    MergeQueue* first = nullptr;
};
constexpr size_t OwnerBucketCount = 61;
constinit OwnerBucket g_owners[OwnerBucketCount]; // threads by the id that objects carry

OwnerBucket& owner_bucket(uintptr_t id) { return g_owners[(id >> 6) % OwnerBucketCount]; }

} // namespace

/// The owner is detached: it is kept so while the object, and what was queued before, is merged on its behalf, which frees
/// what nobody holds at once and not when the owner wakes up. The bucket is locked; objects that are to be destroyed
/// then are left in `queue->items`, to be taken out. False: the owner runs, or the world is being stopped.
static bool merge_for_detached(MergeQueue* queue, Object* object, bool* dead) {
    std::atomic<ThreadState>& state = queue->thread->state;
    if (state.load(std::memory_order_relaxed) != ThreadState::Detached || !g_runtime.threads_lock.try_lock()) return false;
    ThreadState detached = ThreadState::Detached;
    bool held = !g_runtime.stop_requester.load(std::memory_order_relaxed) &&
                state.compare_exchange_strong(detached, ThreadState::Suspended, std::memory_order_acq_rel);
    if (held) {
        size_t kept = 0;
        for (size_t i = 0; i < queue->count; i++)
            if (merge_refcount(queue->items[i], -1) == 0) queue->items[kept++] = queue->items[i];
        queue->count = kept;
        *dead = merge_refcount(object, -1) == 0;
        state.store(ThreadState::Detached, std::memory_order_release);
        base::unpark_all(&state);
    }
    g_runtime.threads_lock.unlock();
    return held;
}

void queue_for_merge(Object* object) {
    uintptr_t id = load_tid(object);
    if (id == 0) { // the owner has merged it meanwhile
        decref(object);
        return;
    }
    OwnerBucket& bucket = owner_bucket(id);
    bucket.lock.lock();
    MergeQueue* queue = bucket.first;
    while (queue && queue->id != id) queue = queue->next;
    bool dead = false;
    if (queue && merge_for_detached(queue, object, &dead)) {
        Object** items = std::exchange(queue->items, nullptr);
        size_t count = std::exchange(queue->count, 0);
        queue->capacity = 0;
        bucket.lock.unlock();
        for (size_t i = 0; i < count; i++) dealloc(items[i]);
        free(items);
        if (dead) dealloc(object);
        return;
    }
    if (queue && queue->count == queue->capacity) {
        size_t capacity = queue->capacity ? queue->capacity * 2 : 32;
        if (auto* grown = static_cast<Object**>(realloc(queue->items, capacity * sizeof(Object*)))) {
            queue->items = grown;
            queue->capacity = capacity;
        } else {
            // No memory to remember it by: stop the owner and merge for it.
            bucket.lock.unlock();
            Thread& t = Thread::current();
            stop_world(t);
            intptr_t count = merge_refcount(object, -1);
            start_world(t);
            if (count == 0) dealloc(object);
            return;
        }
    }
    if (queue) {
        queue->items[queue->count++] = object;
        // Under the lock, so that the thread state still exists.
        request_poll(*queue->thread, poll_bit::MergeRefs);
        bucket.lock.unlock();
        return;
    }
    // The owner has ended; under the lock nobody can become it again.
    intptr_t count = merge_refcount(object, -1);
    bucket.lock.unlock();
    if (count == 0) dealloc(object);
}

static void merge_items(MergeQueue* queue, OwnerBucket& bucket) {
    for (;;) {
        bucket.lock.lock();
        Object** items = queue->items;
        size_t count = queue->count;
        queue->items = nullptr;
        queue->count = queue->capacity = 0;
        bucket.lock.unlock();
        if (count == 0) {
            free(items);
            return;
        }
        for (size_t i = 0; i < count; i++) {
            // The queue's reference is dropped in merging.
            if (merge_refcount(items[i], -1) == 0) dealloc(items[i]);
        }
        free(items);
    }
}

void merge_queued(Thread& t) {
    if (t.merge_queue) merge_items(t.merge_queue, owner_bucket(t.merge_queue->id));
}

void merge_queue_register(Thread& t) {
    auto* queue = new (std::nothrow) MergeQueue;
    VERIFY(queue);
    queue->thread = &t;
    queue->id = t.id;
    t.merge_queue = queue;
    OwnerBucket& bucket = owner_bucket(t.id);
    base::RawLocker lock(bucket.lock);
    queue->next = bucket.first;
    bucket.first = queue;
}

void merge_queue_unregister(Thread& t) {
    MergeQueue* queue = t.merge_queue;
    if (!queue) return;
    OwnerBucket& bucket = owner_bucket(queue->id);
    merge_items(queue, bucket);
    {
        base::RawLocker lock(bucket.lock);
        MergeQueue** link = &bucket.first;
        while (*link != queue) link = &(*link)->next;
        *link = queue->next;
    }
    // What came between the two steps.
    merge_items(queue, bucket);
    t.merge_queue = nullptr;
    delete queue;
}

void merge_take_all_stopped(void (*take)(Object*, void*), void* context) {
    for (OwnerBucket& bucket : g_owners) {
        base::RawLocker lock(bucket.lock); // a detached thread may register the queue of its state in another interpreter
        for (MergeQueue* queue = bucket.first; queue; queue = queue->next) {
            for (size_t i = 0; i < queue->count; i++) {
                merge_refcount(queue->items[i], 0);
                take(queue->items[i], context);
            }
            queue->count = 0;
        }
    }
}

void merge_queue_after_fork(Thread& t) {
    for (OwnerBucket& bucket : g_owners) {
        bucket.lock.reset();
        MergeQueue* queue = bucket.first;
        bucket.first = nullptr;
        while (queue) {
            MergeQueue* next = queue->next;
            if (queue == t.merge_queue) {
                queue->next = nullptr;
                bucket.first = queue;
            } else {
                // The owner is gone: its queue is worked off here and now.
                for (size_t i = 0; i < queue->count; i++) {
                    if (merge_refcount(queue->items[i], -1) == 0) dealloc(queue->items[i]);
                }
                free(queue->items);
                delete queue;
            }
            queue = next;
        }
    }
}

// --- counts of heap types -------------------------------------------------------------------------------------------

namespace {

struct TypeIndex {
    base::RawMutex lock; // guards all fields
    HeapType** types = nullptr;
    size_t size = 0, capacity = 0;
    size_t* free_ids = nullptr;
    size_t free_count = 0;
};
constinit TypeIndex g_types;

} // namespace

void type_counts_assign(HeapType* type) {
    type->unique_id = -1;
    base::RawLocker lock(g_types.lock);
    size_t id;
    if (g_types.free_count) {
        id = g_types.free_ids[--g_types.free_count];
    } else {
        if (g_types.size == g_types.capacity) {
            size_t capacity = g_types.capacity ? g_types.capacity * 2 : 256;
            auto** types = static_cast<HeapType**>(realloc(g_types.types, capacity * sizeof(HeapType*)));
            if (!types) return;
            g_types.types = types;
            auto* ids = static_cast<size_t*>(realloc(g_types.free_ids, capacity * sizeof(size_t)));
            if (!ids) return;
            g_types.free_ids = ids;
            g_types.capacity = capacity;
        }
        id = g_types.size++;
    }
    g_types.types[id] = type;
    defer_refcount(type); // its count, less what the threads count, means nothing
    type->unique_id = static_cast<intptr_t>(id);
}

void type_counts_release(HeapType* type) {
    if (type->unique_id < 0) return;
    base::RawLocker lock(g_types.lock);
    g_types.types[type->unique_id] = nullptr;
    g_types.free_ids[g_types.free_count++] = static_cast<size_t>(type->unique_id);
    type->unique_id = -1;
}

void type_incref_slow(Thread& t, HeapType* type) {
    intptr_t id = type->unique_id;
    if (id >= 0) {
        size_t size = t.type_count_size ? t.type_count_size : 256;
        while (size <= static_cast<size_t>(id)) size *= 2;
        if (auto* counts = static_cast<intptr_t*>(realloc(t.type_counts, size * sizeof(intptr_t)))) {
            memset(counts + t.type_count_size, 0, (size - t.type_count_size) * sizeof(intptr_t));
            t.type_counts = counts;
            t.type_count_size = size;
            counts[id]++;
            return;
        }
    }
    incref(type);
}

void type_counts_flush(Thread& t) {
    base::RawLocker lock(g_types.lock);
    for (size_t i = 0; i < t.type_count_size && i < g_types.size; i++) {
        if (t.type_counts[i] == 0) continue;
        ASSERT(g_types.types[i]);
        g_types.types[i]->ref_shared.fetch_add(t.type_counts[i] * SharedOne, std::memory_order_relaxed);
        t.type_counts[i] = 0;
    }
}

void type_counts_flush_all_stopped() {
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        for (Thread* t = interpreter->threads; t; t = t->next) type_counts_flush(*t);
}

void type_counts_after_fork() { g_types.lock.reset(); }

} // namespace taipan
