// Cycle collection with the world stopped; the phases are those of CPython's collector for free threading.
//
// A collection is one interpreter's: it looks at the objects that the interpreter's threads have made, while all threads are
// stopped. References from elsewhere are references from outside.
//
//  1. Mark what the interpreter and frames refer to, and all that is reachable from there, as alive: it need not be
//     looked at again.
//  2. For every other tracked object, compute the references that come from outside of this set: its count less the
//     references that the set's traverse slots find.
//  3. Objects with such references, and all they reach, are reachable. The rest is garbage.
//  4. Let the world go on for weak reference callbacks and finalizers; stop it again, and repeat 2 and 3 for the
//  garbage
//     alone to find what has been resurrected.
//  5. Clear weak references, and outside of the stop break the cycles with the clear slots.
//
// Marks are bits of the header. The computed references lie in `tid`, which the collector can restore: an object that
// has not been merged belongs to the thread whose heap its page belongs to. (If that thread's predecessor owned it,
// ownership goes over.) The stack of objects to traverse is linked through `tid` too, so marking takes no memory.
#include "runtime/gc.h"

#include "runtime/heap_page.h"
#include "runtime/qsbr.h"
#include "runtime/refcount.h"

#include <cstdlib>
#include <sys/mman.h>

namespace taipan {

namespace {

/// A growing array in system memory, which is not part of the heap that is being walked.
struct ObjectVector {
    Object** items = nullptr;
    size_t count = 0, capacity = 0;
    bool is_spare = false;

    ~ObjectVector() {
        if (!is_spare) free(items);
    }
    bool reserve(size_t wanted) {
        if (wanted <= capacity) return true;
        auto* grown = static_cast<Object**>(realloc(items, wanted * sizeof(Object*)));
        if (!grown) return false;
        items = grown;
        capacity = wanted;
        return true;
    }
    bool push(Object* object) {
        if (count == capacity && !reserve(capacity ? capacity * 2 : 64)) return false;
        items[count++] = object;
        return true;
    }
};

struct WeakrefCallbacks {
    ObjectVector weakrefs; // owned
    bool out_of_memory = false;
};

ALWAYS_INLINE bool has(const Object* o, uint8_t bits) { return o->gc_bits & bits; }
ALWAYS_INLINE intptr_t& outside_refs(Object* o) { return reinterpret_cast<intptr_t&>(o->tid); }

/// What another interpreter has made is none of this collection's business. The reference to it counts as one from outside.
NOINLINE bool is_foreign(const Object* o, const Interpreter* own) { return is_immortal(o) || !heap_belongs_to(heap_owner(o), own); }
/// Whether the collection may look at the object at all.
ALWAYS_INLINE bool is_candidate(const Object* o) {
    if ((o->gc_bits & (gc_bit::Tracked | gc_bit::Frozen | gc_bit::Alive)) != gc_bit::Tracked) return false;
    const Interpreter* only = g_runtime.gc->only;
    return LIKELY(!only) || !is_foreign(o, only);
}
/// For the length of a stop of the world: visits see the objects of the thread's interpreter only.
class OwnObjects {
public:
    explicit OwnObjects(Thread& t) { g_runtime.gc->only = g_runtime.interpreters->next ? t.interpreter : nullptr; }
    ~OwnObjects() { g_runtime.gc->only = nullptr; }
    OwnObjects(const OwnObjects&) = delete;
};
template <class F> ALWAYS_INLINE void for_each_own_object(F&& each) { for_each_object_of(g_runtime.gc->only, HeapKind::GcObject, each); }

/// Puts the owner back into the header.
void restore_owner(Object* o) {
    if (is_immortal(o) || (o->ref_shared.load(std::memory_order_relaxed) & ref_state::Mask) == ref_state::Merged) {
        o->tid = 0;
        return;
    }
    Thread* owner = heap_owner(o)->thread;
    if (owner) o->tid = owner->id;
    else merge_refcount(o, 0);
}

/// First touch of a candidate in a pass: outside references count up from zero.
ALWAYS_INLINE void begin_counting(Object* o) {
    if (has(o, gc_bit::Unreachable)) return;
    o->gc_bits |= gc_bit::Unreachable;
    outside_refs(o) = 0;
}

/// The objects that are marked but not yet traversed, linked through `tid`. What a traversal finds waits in a short
/// queue while the processor fetches its header: most of the time of a collection is cache misses.
struct MarkStack {
    static constexpr uint32_t QueueSize = 32, QueueDelay = 16;

    Object* top = nullptr;
    size_t marked = 0;
    uint32_t first = 0, last = 0;
    Object* queue[QueueSize];

    ALWAYS_INLINE void push(Object* o) {
        o->tid = reinterpret_cast<uintptr_t>(top);
        top = o;
        marked++;
    }
    ALWAYS_INLINE Object* pop() {
        Object* o = top;
        top = reinterpret_cast<Object*>(o->tid);
        restore_owner(o);
        return o;
    }
};

// How an object is marked in the two passes.
struct MarkAlive {
    static ALWAYS_INLINE bool mark(Object* o) {
        if (!is_candidate(o)) return false;
        o->gc_bits |= gc_bit::Alive;
        return true;
    }
};
struct MarkReachable {
    static ALWAYS_INLINE bool mark(Object* o) {
        if (!has(o, gc_bit::Unreachable)) return false;
        o->gc_bits &= ~gc_bit::Unreachable;
        return true;
    }
};

/// Visit function of a marking pass.
template <class Pass> int visit_mark(Object* o, void* context) {
    if (!o) return 0;
    auto& stack = *static_cast<MarkStack*>(context);
    __builtin_prefetch(o, 1);
    stack.queue[stack.last++ % MarkStack::QueueSize] = o;
    if (stack.last - stack.first < MarkStack::QueueDelay) return 0;
    Object* oldest = stack.queue[stack.first++ % MarkStack::QueueSize];
    if (Pass::mark(oldest)) stack.push(oldest);
    return 0;
}

/// Marks all that is reachable from what has been visited or pushed.
template <class Pass> void drain(MarkStack& stack) {
    for (;;) {
        while (stack.top) {
            Object* o = stack.pop();
            o->type->traverse(o, visit_mark<Pass>, &stack);
        }
        if (stack.first == stack.last) return;
        Object* oldest = stack.queue[stack.first++ % MarkStack::QueueSize];
        if (Pass::mark(oldest)) stack.push(oldest);
    }
}

/// Visit function: what a frame holds counts as a reference from outside (phase 2). Counted references are then counted
/// twice, which does no harm.
int visit_add(Object* o, void*) {
    if (!o || !is_candidate(o)) return 0;
    begin_counting(o);
    outside_refs(o)++;
    return 0;
}
/// The same when only what is marked already takes part.
int visit_add_marked(Object* o, void*) {
    if (o && has(o, gc_bit::Unreachable)) outside_refs(o)++;
    return 0;
}

} // namespace

/// Visit function: a reference from inside (phase 2). `context` is not null when only what is marked takes part.
int gc_visit_subtract(Object* o, void* only_marked) {
    if (!o) return 0;
    if (only_marked) {
        if (has(o, gc_bit::Unreachable)) outside_refs(o)--;
        return 0;
    }
    if (!is_candidate(o)) return 0;
    begin_counting(o);
    outside_refs(o)--;
    return 0;
}

namespace {

template <class F> void for_each_thread(F&& each) {
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        for (Thread* t = interpreter->threads; t; t = t->next) each(*t);
}

class Collection {
public:
    Collection(Thread& t, int generation) : m_thread(t), m_gc(*g_runtime.gc), m_generation(generation) {}

    intptr_t run();
    intptr_t uncollectable() const { return m_uncollectable; }
    bool used_spare() const { return m_garbage.is_spare; }

private:
    void prepare();
    void mark_alive();
    bool find_garbage();
    void set_legacy_finalizers_aside();
    void find_due_callbacks();
    void call_callbacks();
    void finalize();
    void drop_resurrected();
    void destroy();

    Thread& m_thread;
    GcState& m_gc;
    int m_generation;
    ObjectVector m_garbage;      // owned references from find_garbage on
    ObjectVector m_uncollected;  // reachable only from legacy finalizers; owned
    ObjectVector m_decref_later; // owned
    WeakrefCallbacks m_callbacks;
    intptr_t m_uncollectable = 0;
};

/// With the world stopped: adds up all counts that are kept aside, and resets the counters of new objects.
void Collection::prepare() {
    // The queue's references become ours; without memory for the list they leak, which keeps everything valid.
    merge_take_all_stopped([](Object* o, void* list) { static_cast<ObjectVector*>(list)->push(o); }, &m_decref_later);
    type_counts_flush_all_stopped();
    qsbr_process_all_stopped();
    for_each_thread([&](Thread& t) { t.heap->gc_budget = m_gc.budget(); });
    m_gc.young_count.store(0, std::memory_order_relaxed);
    if (m_generation < 2) m_gc.old_count[m_generation]++;
    for (int i = 0; i < m_generation && i < 2; i++) m_gc.old_count[i] = 0;
}

void Collection::mark_alive() {
    const RuntimeHooks& hooks = g_runtime.hooks;
    MarkStack stack;
    if (hooks.visit_interpreter) hooks.visit_interpreter(*m_thread.interpreter, visit_mark<MarkAlive>, &stack);
    if (hooks.visit_thread) for_each_thread([&](Thread& t) { hooks.visit_thread(t, visit_mark<MarkAlive>, &stack); });
    drain<MarkAlive>(stack);
}

/// Phases 1 to 3. False: out of memory; nothing has changed.
bool Collection::find_garbage() {
    OwnObjects own(m_thread);
    mark_alive();
    // Untracked objects (tuples of numbers …) count among the new ones when they are made, so they count here, too.
    intptr_t alive = 0, untracked = 0, candidates = 0;
    for_each_own_object([&](Object* o) __attribute__((always_inline)) {
        if (!is_candidate(o)) {
            alive += has(o, gc_bit::Alive);
            untracked += !has(o, gc_bit::Tracked);
            return;
        }
        candidates++;
        begin_counting(o);
        outside_refs(o) += refcount(o);
        o->type->traverse(o, gc_visit_subtract, nullptr);
    });
    if (g_runtime.hooks.visit_thread) for_each_thread([&](Thread& t) { g_runtime.hooks.visit_thread(t, visit_add, nullptr); });

    MarkStack stack;
    for_each_own_object([&](Object* o) __attribute__((always_inline)) {
        if (has(o, gc_bit::Alive)) {
            o->gc_bits &= ~gc_bit::Alive;
        } else if (has(o, gc_bit::Unreachable) && outside_refs(o) > 0) {
            o->gc_bits &= ~gc_bit::Unreachable;
            stack.push(o);
            drain<MarkReachable>(stack);
        }
    });
    intptr_t reachable = alive + static_cast<intptr_t>(stack.marked);
    m_gc.long_lived_total = reachable + untracked;
    size_t garbage = static_cast<size_t>(candidates) - stack.marked;
    if (garbage == 0) return true;

    bool have_memory = m_garbage.reserve(garbage);
    if (!have_memory && garbage <= m_gc.spare_capacity) {
        m_garbage.items = m_gc.spare;
        m_garbage.capacity = m_gc.spare_capacity;
        m_garbage.is_spare = have_memory = true;
    }
    for_each_own_object([&](Object* o) __attribute__((always_inline)) {
        if (!has(o, gc_bit::Unreachable)) return;
        restore_owner(o);
        if (!have_memory) {
            o->gc_bits &= ~gc_bit::Unreachable;
            return;
        }
        // This thread destroys them, so counts are merged; the reference keeps each until it is cleared.
        if (!is_multi_threaded() && o->tid == m_thread.id) store_local(o, load_local(o) + 1);
        else merge_refcount(o, 1);
        m_garbage.items[m_garbage.count++] = o;
    });
    return have_memory;
}

/// Objects with a legacy finalizer (tp_del), and what they reach, cannot be destroyed safely.
void Collection::set_legacy_finalizers_aside() {
    bool any = false;
    for (size_t i = 0; i < m_garbage.count; i++) any |= m_garbage.items[i]->type->del != nullptr;
    if (!any) return;
    MarkStack stack;
    for (size_t i = 0; i < m_garbage.count; i++)
        if (m_garbage.items[i]->type->del) visit_mark<MarkReachable>(m_garbage.items[i], &stack);
    drain<MarkReachable>(stack);
    size_t kept = 0;
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if (has(o, gc_bit::Unreachable)) m_garbage.items[kept++] = o;
        else if (!m_uncollected.push(o)) m_decref_later.push(o);
    }
    m_garbage.count = kept;
}

void Collection::find_due_callbacks() {
    if (!g_runtime.hooks.weakref_callbacks_due) return;
    for (size_t i = 0; i < m_garbage.count; i++) {
        g_runtime.hooks.weakref_callbacks_due(
            m_garbage.items[i],
            [](Object* weakref, void* list) {
                // One that its own thread is deallocating has no callback any more; without memory for the list it is
                // lost.
                if (refcount(weakref) > 0 && static_cast<ObjectVector*>(list)->push(weakref)) incref(weakref);
            },
            &m_callbacks.weakrefs);
        // Finalizers see no weak reference to their object any more. Those to classes stay until then: the list of
        // subclasses, by which caches are invalidated, is made of them.
        Object* o = m_garbage.items[i];
        if (g_runtime.hooks.clear_weakrefs && !o->type->has(type_flag::TypeSubclass)) g_runtime.hooks.clear_weakrefs(o);
    }
}

void Collection::call_callbacks() {
    for (size_t i = 0; i < m_callbacks.weakrefs.count; i++) {
        Object* weakref = m_callbacks.weakrefs.items[i];
        if (g_runtime.hooks.call_weakref_callback) g_runtime.hooks.call_weakref_callback(m_thread, weakref);
        decref(weakref);
    }
    m_callbacks.weakrefs.count = 0;
}

void Collection::finalize() {
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if (!gc_is_finalized(o) && o->type->finalize) {
            gc_set_finalized(o); // first, so that it runs once even if it drops references to itself
            o->type->finalize(o);
        }
    }
}

/// With the world stopped again: what the finalizers have made reachable leaves the garbage.
void Collection::drop_resurrected() {
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        // An object that was untracked meanwhile takes no part, and neither does what only it refers to.
        intptr_t count = refcount(o) - 1;
        o->gc_bits |= gc_bit::Unreachable;
        outside_refs(o) = count;
    }
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if (gc_is_tracked(o)) o->type->traverse(o, gc_visit_subtract, &m_thread);
    }
    if (g_runtime.hooks.visit_thread) for_each_thread([&](Thread& t) { g_runtime.hooks.visit_thread(t, visit_add_marked, nullptr); });
    MarkStack stack;
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if (has(o, gc_bit::Unreachable) && outside_refs(o) > 0) {
            visit_mark<MarkReachable>(o, &stack);
            drain<MarkReachable>(stack);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if (!has(o, gc_bit::Unreachable)) {
            m_decref_later.push(o);
            continue;
        }
        m_garbage.items[kept++] = o;
        restore_owner(o);
        o->gc_bits &= ~gc_bit::Unreachable;
    }
    m_garbage.count = kept;
    bool save = m_gc.debug & gc_debug::SaveAll;
    for (size_t i = 0; i < kept; i++) {
        Object* o = m_garbage.items[i];
        if (g_runtime.hooks.clear_weakrefs) g_runtime.hooks.clear_weakrefs(o);
        if (save) continue;
        // From here on ordinary counting destroys it.
        if (is_deferred(o)) {
            o->gc_bits &= ~gc_bit::Deferred;
            o->ref_shared.fetch_sub(DeferredBias, std::memory_order_relaxed);
        }
        if (o->type->has(type_flag::TypeSubclass) && static_cast<Type*>(o)->is_heap_type()) type_counts_release(static_cast<HeapType*>(o));
    }
}

void Collection::destroy() {
    const RuntimeHooks& hooks = g_runtime.hooks;
    for (size_t i = 0; i < m_garbage.count; i++) {
        Object* o = m_garbage.items[i];
        if ((m_gc.debug & gc_debug::Collectable) && hooks.gc_debug_object) hooks.gc_debug_object(m_thread, o, false);
        if (m_gc.debug & gc_debug::SaveAll) {
            if (hooks.gc_keep_garbage) hooks.gc_keep_garbage(m_thread, o);
        } else if (o->type->clear && gc_is_tracked(o)) {
            (void)o->type->clear(o);
            if (m_thread.has_exception()) {
                if (hooks.write_unraisable) hooks.write_unraisable(m_thread, "Exception ignored in tp_clear of", o->type);
                else m_thread.clear_exception();
            }
        }
        decref(o);
    }
    for (size_t i = 0; i < m_uncollected.count; i++) {
        Object* o = m_uncollected.items[i];
        if ((m_gc.debug & gc_debug::Uncollectable) && hooks.gc_debug_object) hooks.gc_debug_object(m_thread, o, true);
        if (((m_gc.debug & gc_debug::SaveAll) || o->type->del) && hooks.gc_keep_garbage) hooks.gc_keep_garbage(m_thread, o);
        decref(o);
    }
    for (size_t i = 0; i < m_decref_later.count; i++) decref(m_decref_later.items[i]);
}

intptr_t Collection::run() {
    stop_world(m_thread);
    prepare();
    bool found = find_garbage();
    if (!found || m_garbage.count == 0) {
        if (m_generation == 2) heap_trim();
        start_world(m_thread);
        destroy();
        return 0;
    }
    set_legacy_finalizers_aside();
    find_due_callbacks();
    for (size_t i = 0; i < m_garbage.count; i++) m_garbage.items[i]->gc_bits &= ~gc_bit::Unreachable;
    start_world(m_thread);

    call_callbacks();
    finalize();

    stop_world(m_thread);
    // Instances made or dropped meanwhile count for their types.
    type_counts_flush_all_stopped();
    drop_resurrected();
    start_world(m_thread);

    intptr_t collected = static_cast<intptr_t>(m_garbage.count);
    m_uncollectable = static_cast<intptr_t>(m_uncollected.count);
    destroy();
    if (m_generation == 2) {
        stop_world(m_thread);
        heap_trim();
        start_world(m_thread);
    }
    return collected;
}

bool is_due(const GcState& gc) {
    if (gc.stress) return gc.enabled.load(std::memory_order_relaxed);
    intptr_t count = gc.young_count.load(std::memory_order_relaxed);
    if (gc.threshold[0] == 0 || count <= gc.threshold[0] || !gc.enabled.load(std::memory_order_relaxed)) return false;
    if (gc.threshold[1] == 0) return true; // programs ask for prompt collections in this way
    // A collection looks at the whole heap: let it grow by three quarters, so that the cost for each new object stays
    // constant.
    return count >= gc.long_lived_total - gc.long_lived_total / 4;
}

} // namespace

void gc_flush_thread(Thread& t) {
    std::atomic<intptr_t>& young = g_runtime.gc->young_count;
    intptr_t change = g_runtime.gc->budget() - t.heap->gc_budget;
    // Frees of older objects may bring it below zero: they are no credit for new ones.
    if (young.fetch_add(change, std::memory_order_relaxed) + change < 0) young.store(0, std::memory_order_relaxed);
    t.heap->gc_budget = g_runtime.gc->budget();
}

void gc_count_allocations(Thread& t) {
    gc_flush_thread(t);
    if (is_due(*g_runtime.gc) && !g_runtime.gc->collecting.load(std::memory_order_relaxed)) request_poll(t, poll_bit::Collect);
}

void gc_collect_if_due(Thread& t) {
    if (is_due(*g_runtime.gc)) gc_collect(t, 0);
}

/// The next collection may come when there are three quarters more objects; all of them may be garbage.
static void enlarge_spare(GcState& gc) {
    size_t wanted = static_cast<size_t>(gc.long_lived_total > 0 ? gc.long_lived_total : 0) * 2 + 64 * 1024;
    if (wanted <= gc.spare_capacity) return;
    wanted += wanted / 2;
    void* space = mmap(nullptr, wanted * sizeof(Object*), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) return;
    if (gc.spare) munmap(gc.spare, gc.spare_capacity * sizeof(Object*));
    gc.spare = static_cast<Object**>(space);
    gc.spare_capacity = wanted;
}

intptr_t gc_collect(Thread& t, int generation) {
    GcState& gc = *g_runtime.gc;
    if (gc.collecting.exchange(true, std::memory_order_acquire)) return 0;
    // Callbacks and finalizers run in the middle of whatever the thread was doing.
    Object* exception = std::exchange(t.exception, nullptr);
    const RuntimeHooks& hooks = g_runtime.hooks;
    // The MemoryError of last resort keeps the frames that it was raised in, until nobody looks at it any more.
    if (Object* reserve = g_runtime.memory_error_reserve; reserve && !is_multi_threaded() && refcount(reserve) == 1)
        (void)reserve->type->clear(reserve);
    if (hooks.gc_callbacks) hooks.gc_callbacks(t, true, generation, 0, 0);
    intptr_t collected, uncollectable;
    {
        Collection collection(t, generation);
        collected = collection.run();
        uncollectable = collection.uncollectable();
        if (collection.used_spare()) madvise(gc.spare, gc.spare_capacity * sizeof(Object*), MADV_DONTNEED);
    }
    enlarge_spare(gc);
    // The garbage that was freed was not new any more.
    if (t.heap->gc_budget > gc.budget()) t.heap->gc_budget = gc.budget();
    GcStatistics& statistics = gc.statistics[generation];
    statistics.collections.fetch_add(1, std::memory_order_relaxed);
    statistics.collected.fetch_add(collected, std::memory_order_relaxed);
    statistics.uncollectable.fetch_add(uncollectable, std::memory_order_relaxed);
    if (hooks.gc_callbacks) hooks.gc_callbacks(t, false, generation, collected, uncollectable);
    ASSERT(t.exception == nullptr);
    t.exception = exception;
    gc.collecting.store(false, std::memory_order_release);
    return collected + uncollectable;
}

bool gc_is_own(const Thread& t, const Object* object) {
    return !g_runtime.interpreters->next || is_immortal(object) || heap_belongs_to(heap_owner(object), t.interpreter);
}

void gc_get_count(Thread& t, intptr_t counts[3]) {
    GcState& gc = *g_runtime.gc;
    intptr_t young = gc.young_count.load(std::memory_order_relaxed) + gc.budget() - t.heap->gc_budget;
    counts[0] = young > 0 ? young : 0;
    counts[1] = gc.old_count[0];
    counts[2] = gc.old_count[1];
}

void gc_freeze(Thread& t) {
    stop_world(t);
    intptr_t count = 0;
    for_each_object(HeapKind::GcObject, [&](Object* o) {
        if (!gc_is_tracked(o)) return;
        o->gc_bits |= gc_bit::Frozen;
        count++;
    });
    g_runtime.gc->freeze_count = count;
    g_runtime.gc->young_count.store(0, std::memory_order_relaxed);
    start_world(t);
}

void gc_unfreeze(Thread& t) {
    stop_world(t);
    for_each_object(HeapKind::GcObject, [](Object* o) { o->gc_bits &= ~gc_bit::Frozen; });
    g_runtime.gc->freeze_count = 0;
    start_world(t);
}

/// Takes counted references to the objects that `accept`, with the world stopped, and hands them out afterwards.
template <class F> static bool hand_out(Thread& t, void (*found)(Ref<Object>, void*), void* context, F&& accept) {
    ObjectVector objects;
    bool have_memory = true;
    stop_world(t);
    {
        OwnObjects own(t);
        for_each_own_object([&](Object* o) {
            if (!have_memory || !gc_is_tracked(o) || !accept(o)) return;
            // A count of zero: another thread was stopped while it deallocates the object.
            if (refcount(o) == 0 && !is_deferred(o)) return;
            have_memory = objects.push(o);
            if (have_memory) incref(o);
        });
    }
    start_world(t);
    for (size_t i = 0; i < objects.count; i++) {
        if (have_memory) found(steal(objects.items[i]), context);
        else decref(objects.items[i]);
    }
    return have_memory;
}

bool gc_for_each_object(Thread& t, void (*found)(Ref<Object>, void*), void* context) {
    return hand_out(t, found, context, [](Object* o) { return !has(o, gc_bit::Frozen); });
}

bool gc_for_each_referrer(Thread& t, Object* const* targets, size_t count, void (*found)(Ref<Object>, void*), void* context) {
    struct Targets {
        Object* const* items;
        size_t count;
    } list{targets, count};
    return hand_out(t, found, context, [&](Object* o) {
        return o->type->traverse(
                   o,
                   [](Object* referent, void* argument) -> int {
                       auto* wanted = static_cast<Targets*>(argument);
                       for (size_t i = 0; i < wanted->count; i++)
                           if (wanted->items[i] == referent) return 1;
                       return 0;
                   },
                   &list) != 0;
    });
}

} // namespace taipan
