// The allocation fast path, for places that make objects all the time (float, tuple, list, int, frames): about ten
// instructions when kind and size are constants. Everybody else calls heap_alloc.
//
// A thread has one list of free blocks for each bin (a kind and a size class); `heap_alloc_small` pops it. The block is
// not cleared: `object_init` writes every header field, the caller everything behind it. Between the two calls nothing
// may reach a safepoint.
#pragma once

#include "runtime/thread.h"

#include <bit>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAIPAN_ASAN 1
#endif
#endif

namespace taipan {

/// Size classes: steps of 16 to 640, of 32 to 1024.
constexpr unsigned HeapClassCount = 52;
constexpr unsigned HeapBinCount = 4 * HeapClassCount;
static_assert(HeapBinCount <= 256, "HeapPage::bin is a byte");
constexpr size_t PreheaderSize = 16;

constexpr unsigned heap_size_class(size_t size) {
    if (size <= 640) return size == 0 ? 0 : static_cast<unsigned>((size - 1) / 16);
    return 40 + static_cast<unsigned>((size - 641) / 32);
}
constexpr size_t heap_class_size(unsigned size_class) {
    if (size_class < 40) return (size_class + 1) * 16;
    return 640 + (size_class - 39) * 32;
}
constexpr size_t heap_preheader_size(HeapKind kind) { return kind == HeapKind::GcPreheader ? PreheaderSize : 0; }
constexpr bool heap_is_collected(HeapKind kind) { return kind >= HeapKind::GcObject; }
constexpr unsigned heap_bin(HeapKind kind, size_t size) {
    return static_cast<unsigned>(kind) * HeapClassCount + heap_size_class(size + heap_preheader_size(kind));
}

/// A free block: the link lies where an object has its `tid`. Racy readers may look at that word, so access is atomic.
struct FreeBlock {
    FreeBlock* next_word;
    ALWAYS_INLINE FreeBlock* next() const { return __atomic_load_n(&next_word, __ATOMIC_RELAXED); }
    ALWAYS_INLINE void set_next(FreeBlock* block) { __atomic_store_n(&next_word, block, __ATOMIC_RELAXED); }
};

struct HeapPage;

struct ThreadHeap {
    FreeBlock* free[HeapBinCount] = {}; // points at the object, behind a preheader
    intptr_t gc_budget = 0;             // new collected objects until the collector counts them; frees give back
    struct Bin {
        HeapPage* page = nullptr;      // whose blocks are in `free`
        HeapPage* available = nullptr; // other pages with enough free blocks
    } bins[HeapBinCount];
    Thread* thread = nullptr; // null while abandoned
    ThreadHeap* next_abandoned = nullptr;
    struct Quarantine* quarantine = nullptr;                  // ASan builds: freed blocks wait here
    alignas(64) std::atomic<HeapPage*> remote_pages{nullptr}; // pages in which other threads freed blocks
};

constexpr unsigned HeapPageShift = 16, HeapSegmentShift = 22;
constexpr size_t HeapPageSize = size_t{1} << HeapPageShift, HeapSegmentSize = size_t{1} << HeapSegmentShift;
constexpr unsigned HeapPagesPerSegment = HeapSegmentSize / HeapPageSize;

enum class PageState : uint8_t { Unused, Current, Full, Available };

struct alignas(128) HeapPage {
    FreeBlock** push_to = nullptr; // where the owner puts freed blocks: the bin's list or `free`
    FreeBlock* free = nullptr;
    uint32_t freed = 0;  // blocks in `free`; means nothing while current
    uint32_t notify = 0; // value of `freed` at which the state changes
    std::atomic<ThreadHeap*> owner{nullptr};
    uint8_t bin = 0;
    HeapKind kind = HeapKind::Raw;
    PageState state = PageState::Unused;
    uint8_t preheader = 0;
    uint32_t block_size = 0;
    uint32_t capacity = 0;
    uint32_t carved = 0; // blocks handed out at least once since the page got its bin; what a walk looks at
    char* start = nullptr;
    // What other threads write, on a cache line of its own.
    alignas(64) std::atomic<FreeBlock*> remote{nullptr};
    HeapPage* remote_next = nullptr;
    HeapPage *next = nullptr, *previous = nullptr; // in the bin's or the pool's list
    uint64_t reuse_after = 0;                      // QSBR goal

    size_t block_count() const { return carved; }
    Object* object_at(uint32_t index) const { return reinterpret_cast<Object*>(start + size_t{index} * block_size + preheader); }
};
static_assert(sizeof(HeapPage) == 128);

ALWAYS_INLINE HeapPage* heap_page_of(const void* memory) {
    uintptr_t address = reinterpret_cast<uintptr_t>(memory);
    auto* pages = reinterpret_cast<HeapPage*>(address & ~(HeapSegmentSize - 1)); // a segment starts with them
    return &pages[(address >> HeapPageShift) & (HeapPagesPerSegment - 1)];
}

/// The slow path: refills the bin. Null when memory is exhausted.
NOINLINE void* heap_alloc_slow(Thread& t, unsigned bin, size_t size);

#ifdef TAIPAN_DEBUG
extern std::atomic<int64_t> g_heap_fail_after; // see heap_inject_failure; 0: off
NOINLINE bool heap_fails_now();
ALWAYS_INLINE bool heap_should_fail() { return UNLIKELY(g_heap_fail_after.load(std::memory_order_relaxed) != 0) && heap_fails_now(); }
#else
ALWAYS_INLINE bool heap_should_fail() { return false; }
#endif

ALWAYS_INLINE void* heap_alloc_small(Thread& t, HeapKind kind, size_t size) {
    unsigned bin = heap_bin(kind, size);
    if (heap_should_fail()) return nullptr;
#ifdef TAIPAN_ASAN
    return heap_alloc_slow(t, bin, size);
#else
    ThreadHeap* heap = t.heap;
    FreeBlock* block = heap->free[bin];
    if (UNLIKELY(block == nullptr)) return heap_alloc_slow(t, bin, size);
    if (heap_is_collected(kind) && UNLIKELY(--heap->gc_budget < 0)) return heap_alloc_slow(t, bin, size);
    heap->free[bin] = block->next();
    if (kind == HeapKind::GcPreheader) __builtin_memset(reinterpret_cast<char*>(block) - PreheaderSize, 0, PreheaderSize);
    return block;
#endif
}

/// The state of a page changes: enough of its blocks, or all, have come back.
NOINLINE void heap_page_event(ThreadHeap* heap, HeapPage* page);

/// What a free object's header says: nobody owns it (`tid` becomes the link), and its count cannot be taken by a racy
/// reader that still has the pointer.
ALWAYS_INLINE void heap_reset_header(Object* object) {
    object->ref_shared.store(ref_state::Merged, std::memory_order_relaxed);
    object->type = nullptr;
}

/// heap_free for objects of a known kind that are always small (float, int of a digit, short tuples).
ALWAYS_INLINE void heap_free_small(Thread& t, Object* object, HeapKind kind) {
#if defined(TAIPAN_ASAN) || defined(TAIPAN_DEBUG)
    heap_free(t, object);
#else
    HeapPage* page = heap_page_of(object);
    ThreadHeap* heap = t.heap;
    if (UNLIKELY(page->owner.load(std::memory_order_relaxed) != heap)) return heap_free(t, object);
    heap_reset_header(object);
    if (heap_is_collected(kind)) heap->gc_budget++;
    auto* block = reinterpret_cast<FreeBlock*>(object);
    block->set_next(*page->push_to);
    *page->push_to = block;
    if (UNLIKELY(++page->freed == page->notify)) heap_page_event(heap, page);
#endif
}

/// Writes the header of a new object of an immortal (static) type, owned by the calling thread, with one reference.
ALWAYS_INLINE void object_init(Object* o, Type* type) {
    __atomic_store_n(&o->tid, thread_pointer(), __ATOMIC_RELAXED);
    // flags, mutex and gc_bits are zero, ref_local is one: one store.
    __atomic_store_n(reinterpret_cast<uint64_t*>(&o->flags), uint64_t{1} << 32, __ATOMIC_RELAXED);
    o->ref_shared.store(0, std::memory_order_relaxed);
    o->type = type;
}
static_assert(offsetof(Object, flags) == 8 && offsetof(Object, ref_local) == 12 && std::endian::native == std::endian::little);

/// Clears the words of a new object without a call, as they are few mostly.
ALWAYS_INLINE void clear_words(void* start, size_t count) {
    if (UNLIKELY(count > 16)) {
        __builtin_memset(start, 0, count * sizeof(uint64_t));
        return;
    }
    auto* word = static_cast<uint64_t*>(start);
    for (auto* end = word + count; word != end; ++word) {
        *word = 0;
        asm("" : "+r"(word)); // or it becomes a call of memset
    }
}

} // namespace taipan
