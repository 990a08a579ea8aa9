// Segments and pages of the heap; for heap*.cpp only.
//
// A segment is 4 MiB of aligned address space: 64 pages of 64 KiB, whose headers lie together at its start (so that the
// headers do not fight for the same cache sets). A page belongs to one thread's heap. One page per bin is "current":
// its free blocks are the bin's list, frees go there at once (last in, first out, hot in the cache), nothing is
// counted. When that list runs dry the page becomes "full"; its blocks are then collected in its own list, and when
// enough are back it is "available" to become current again, or, when all are back, it returns to the pool of all
// threads.
#pragma once

#include "base/futex.h"
#include "runtime/heap_inline.h"

namespace taipan {

struct HeapSegment {
    HeapPage pages[HeapPagesPerSegment];
    HeapSegment* next;
};

/// One bit for each possible segment of the 47-bit address space: 4 MiB of zero pages, of which a few are ever touched.
extern uint8_t g_segment_map[(size_t{1} << (47 - HeapSegmentShift)) / 8];

ALWAYS_INLINE bool in_heap_segment(const void* memory) {
    uintptr_t index = reinterpret_cast<uintptr_t>(memory) >> HeapSegmentShift;
    return __atomic_load_n(&g_segment_map[index >> 3], __ATOMIC_RELAXED) >> (index & 7) & 1;
}
/// Header of an object that is too large for a page. Room for a preheader follows, then the object.
struct alignas(16) LargeBlock {
    LargeBlock *next, *previous;
    size_t size; // of the object, without preheader
    HeapKind kind;
    ThreadHeap* owner; // for the collector, which keeps its counts in the object's `tid`
    void* unused;
};
static_assert(sizeof(LargeBlock) == 48);

struct HeapGlobal {
    base::RawMutex lock; // guards all below
    HeapSegment* segments = nullptr;
    HeapSegment* newest = nullptr;
    unsigned newest_used = HeapPagesPerSegment;
    HeapPage* pool = nullptr; // free pages, any use
    size_t pool_size = 0;
    HeapPage *retired_first = nullptr, *retired_last = nullptr; // free, but readers may still look at them
    ThreadHeap* abandoned = nullptr;
    std::atomic<bool> has_abandoned{false}; // a hint, read without the lock
    base::RawMutex large_lock;              // guards `large`
    LargeBlock* large = nullptr;
};
extern HeapGlobal g_heap;

/// A heap that owns pages belongs to an interpreter, and with it what is in them: its collections look at nothing else. It
/// is adopted by threads of that interpreter only, and when that has ended by those of any; until then what is left in it
/// counts as the main interpreter's.
struct OwnedHeap : ThreadHeap {
    Interpreter* interpreter = nullptr; // null: has ended. Changes for heaps without thread only, under `HeapGlobal::lock`
};
inline bool heap_belongs_to(const ThreadHeap* heap, const Interpreter* interpreter) {
    const Interpreter* owner = static_cast<const OwnedHeap*>(heap)->interpreter;
    return (owner ? owner : g_runtime.main_interpreter) == interpreter;
}

/// The heap of a thread whose allocations are traced (heap_trace.h): no free block in any list, and the owner of no page. It
/// keeps the collector's budget; everything else is done with the real one.
struct TracedHeap : ThreadHeap {
    ThreadHeap* real = nullptr;
    bool paused = false; // allocations leave no trace
    struct HeapTraceLines* lines = nullptr;
};
ALWAYS_INLINE bool is_traced_heap(const ThreadHeap* heap) { return heap->thread == nullptr; } // that of a thread
/// The heap with the thread's pages. Frees have counted for its budget.
ALWAYS_INLINE ThreadHeap* real_heap(ThreadHeap* heap) {
    if (!is_traced_heap(heap)) return heap;
    ThreadHeap* real = static_cast<TracedHeap*>(heap)->real;
    heap->gc_budget += std::exchange(real->gc_budget, 0);
    return real;
}
/// Destroys a traced heap; gives the real one.
ThreadHeap* traced_heap_end(ThreadHeap* heap);

/// The interpreter's heaps are for everybody.
void heap_interpreter_ended(const Interpreter& interpreter);
/// A page for `bin`, empty and uncarved; null when memory is exhausted.
HeapPage* page_acquire(ThreadHeap* heap, unsigned bin);
/// Gives an empty page back to the pool.
void page_release(HeapPage* page);

Object* large_alloc(Thread& t, HeapKind kind, size_t size);
void large_free(Object* object);
// A large block always has room for a preheader, so that its header is found from the object alone.
constexpr size_t LargeOffset = sizeof(LargeBlock) + PreheaderSize;
ALWAYS_INLINE Object* large_object(LargeBlock* block) { return reinterpret_cast<Object*>(reinterpret_cast<char*>(block) + LargeOffset); }
ALWAYS_INLINE LargeBlock* large_block_of(const void* object) {
    return reinterpret_cast<LargeBlock*>(reinterpret_cast<uintptr_t>(object) - LargeOffset);
}

template <class F> void for_each_page(F&& each) {
    for (HeapSegment* segment = g_heap.segments; segment; segment = segment->next) {
        unsigned used = segment == g_heap.newest ? g_heap.newest_used : HeapPagesPerSegment;
        for (unsigned i = 0; i < used; i++) each(segment->pages[i]);
    }
}
/// Calls `each(object)` for every live object of `first_kind` and the kinds after it that an interpreter's threads have
/// made (null: anybody's). The world is stopped.
template <class F> void for_each_object_of(const Interpreter* interpreter, HeapKind first_kind, F&& each) {
    auto belongs = [&](ThreadHeap* owner) { return !interpreter || heap_belongs_to(owner, interpreter); };
    for_each_page([&](HeapPage& page) __attribute__((always_inline)) {
        if (page.kind < first_kind || !page.carved || !belongs(page.owner.load(std::memory_order_relaxed))) return;
        char* block = page.start + page.preheader;
        for (uint32_t i = 0; i < page.carved; i++, block += page.block_size) {
            auto* object = reinterpret_cast<Object*>(block);
            if (object->type) each(object);
        }
    });
    for (LargeBlock* block = g_heap.large; block;) {
        LargeBlock* next = block->next;
        Object* object = large_object(block);
        if (block->kind >= first_kind && object->type && belongs(block->owner)) each(object);
        block = next;
    }
}
template <class F> void for_each_object(HeapKind first_kind, F&& each) { for_each_object_of(nullptr, first_kind, each); }

/// The heap that the object's block came from.
ThreadHeap* heap_owner(const Object* object);

} // namespace taipan
