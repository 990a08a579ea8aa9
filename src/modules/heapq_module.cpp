// _heapq: binary heaps in lists, least first or (…_max) greatest first.
#include "objects/abstract.h"
#include "objects/float.h"
#include "objects/int_internal.h"
#include "objects/list.h"
#include "objects/list_internal.h"
#include "objects/module.h"

namespace taipan {
namespace {

/// Whether `a` belongs above `b`.
template <bool Max> ALWAYS_INLINE Result<bool> above(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (a->type == b->type) { // small ints and floats compare without a call
        if (a->type == &Int::s_type) {
            auto *x = static_cast<Int*>(a.get()), *y = static_cast<Int*>(b.get());
            if (int_is_small(x) && int_is_small(y))
                return Max ? int_small_value(y) < int_small_value(x) : int_small_value(x) < int_small_value(y);
        } else if (a->type == &Float::s_type) {
            double x = static_cast<Float*>(a.get())->value, y = static_cast<Float*>(b.get())->value;
            return Max ? y < x : x < y;
        }
    }
    // As in the Python version, only __lt__ is asked.
    return Max ? compare_bool(t, b, a, Comparison::Lt) : compare_bool(t, a, b, Comparison::Lt);
}
COLD Error changed(Thread& t) { return raise(t, exc::RuntimeError, "list changed size during iteration"); }

/// Moves the item at `at` up to its place below `start`. The list's lock is held; comparisons may release it.
template <bool Max> Result<void> sift_up_from(Thread& t, List* heap, intptr_t start, intptr_t at) {
    intptr_t size = heap->size;
    if (at >= size) return raise(t, exc::IndexError, "index out of range");
    while (at > start) {
        intptr_t parent = (at - 1) >> 1;
        Ref<Object> item = acquire(heap->items[at]), above_it = acquire(heap->items[parent]);
        bool rise = TRY(above<Max>(t, item, above_it));
        if (heap->size != size) return changed(t);
        if (!rise) break;
        Object *x = heap->items[at], *y = heap->items[parent];
        store_release(heap->items[at], y);
        store_release(heap->items[parent], x);
        at = parent;
    }
    return {};
}
/// Moves the item at `at` down to a leaf, along the better children, and up from there.
template <bool Max> Result<void> sift_down_from(Thread& t, List* heap, intptr_t at) {
    intptr_t size = heap->size, start = at, limit = size >> 1;
    if (at >= size) return raise(t, exc::IndexError, "index out of range");
    while (at < limit) {
        intptr_t child = 2 * at + 1;
        if (child + 1 < size) {
            Ref<Object> left = acquire(heap->items[child]), right = acquire(heap->items[child + 1]);
            bool first = TRY(above<Max>(t, left, right));
            if (heap->size != size) return changed(t);
            if (!first) ++child;
        }
        Object *x = heap->items[at], *y = heap->items[child];
        store_release(heap->items[at], y);
        store_release(heap->items[child], x);
        at = child;
    }
    return sift_up_from<Max>(t, heap, start, at);
}

template <bool Max> Result<void> push(Thread& t, Borrowed<List> heap, Borrowed<Object> item) {
    CriticalSection section(t, heap.get());
    TRY(list_append_locked(t, heap.get(), acquire(item).release()));
    return sift_up_from<Max>(t, heap.get(), 0, heap->size - 1);
}
template <bool Max> Result<Ref<Object>> pop(Thread& t, Borrowed<List> heap) {
    CriticalSection section(t, heap.get());
    intptr_t size = heap->size;
    if (size == 0) return raise(t, exc::IndexError, "index out of range");
    Ref<Object> last = steal(heap->items[size - 1]);
    list_shrink(t, heap.get(), size - 1);
    if (size == 1) return last;
    Ref<Object> top = steal(heap->items[0]);
    store_release(heap->items[0], last.release());
    TRY(sift_down_from<Max>(t, heap.get(), 0));
    return top;
}
template <bool Max> Result<Ref<Object>> replace(Thread& t, Borrowed<List> heap, Borrowed<Object> item) {
    CriticalSection section(t, heap.get());
    if (heap->size == 0) return raise(t, exc::IndexError, "index out of range");
    Ref<Object> top = steal(heap->items[0]);
    store_release(heap->items[0], acquire(item).release());
    TRY(sift_down_from<Max>(t, heap.get(), 0));
    return top;
}
template <bool Max> Result<Ref<Object>> push_pop(Thread& t, Borrowed<List> heap, Borrowed<Object> item) {
    CriticalSection section(t, heap.get());
    if (heap->size == 0) return acquire(item);
    {
        Ref<Object> top = acquire(heap->items[0]);
        if (!TRY(above<Max>(t, top, item))) return acquire(item);
    }
    if (heap->size == 0) return raise(t, exc::IndexError, "index out of range");
    Ref<Object> top = steal(heap->items[0]);
    store_release(heap->items[0], acquire(item).release());
    TRY(sift_down_from<Max>(t, heap.get(), 0));
    return top;
}
template <bool Max> Result<void> heapify(Thread& t, Borrowed<List> heap) {
    CriticalSection section(t, heap.get());
    for (intptr_t i = (heap->size >> 1) - 1; i >= 0; --i) TRY(sift_down_from<Max>(t, heap.get(), i));
    return {};
}

const NativeDef functions[] = {
    fn<push<false>>("heappush", "($module, heap, item, /)", "Push item onto heap, maintaining the heap invariant."),
    fn<push_pop<false>>(
        "heappushpop", "($module, heap, item, /)",
        "Add item to the heap, then take out and return the smallest.\n\nFaster than heappush() and heappop() one after the other."),
    fn<pop<false>>("heappop", "($module, heap, /)", "Take the smallest item out of the heap and return it; IndexError if there is none."),
    fn<replace<false>>("heapreplace", "($module, heap, item, /)",
                       "Take out and return the smallest item, with item put in its place; IndexError if the heap is empty.\n\n"
                       "The size stays the same. As item comes in after the smallest has left, what\n"
                       "is returned may be the larger of the two; heappushpop() never does that."),
    fn<heapify<false>>("heapify", "($module, heap, /)", "Transform list into a heap, in-place, in O(len(heap)) time."),
    fn<push<true>>("heappush_max", "($module, heap, item, /)", "Push item onto max heap, maintaining the heap invariant."),
    fn<push_pop<true>>("heappushpop_max", "($module, heap, item, /)",
                       "Add item to a heap that has its largest item first, then take out and return the largest."),
    fn<pop<true>>("heappop_max", "($module, heap, /)", "Maxheap variant of heappop."),
    fn<replace<true>>("heapreplace_max", "($module, heap, item, /)", "Maxheap variant of heapreplace."),
    fn<heapify<true>>("heapify_max", "($module, heap, /)", "Maxheap variant of heapify."),
};

} // namespace

extern const ModuleSpec heapq_module;
const ModuleSpec heapq_module = {
    .name = "_heapq",
    .doc = "Heap queue algorithm (a.k.a. priority queue).\n\n"
           "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for\n"
           "all k, counting elements from 0.  For the sake of comparison,\n"
           "non-existing elements are considered to be infinite.  The interesting\n"
           "property of a heap is that a[0] is always its smallest element.",
    .functions = functions,
};
} // namespace taipan
