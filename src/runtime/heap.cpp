#include "base/memory_scope.h"
#include "runtime/gc.h"
#include "runtime/heap_page.h"
#include "runtime/heap_trace.h"
#include "runtime/qsbr.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

#ifdef TAIPAN_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace taipan {

constinit HeapGlobal g_heap;
constinit uint8_t g_segment_map[(size_t{1} << (47 - HeapSegmentShift)) / 8];

namespace {

constexpr size_t PoolKeep = 1024; // free pages that stay resident until the next full collection: 64 MiB

HeapSegment* segment_create() {
    void* raw = mmap(nullptr, 2 * HeapSegmentSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) {
        // An address-space limit may allow one segment but not two: perhaps it comes aligned.
        raw = mmap(nullptr, HeapSegmentSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (raw == MAP_FAILED) return nullptr;
        if (reinterpret_cast<uintptr_t>(raw) & (HeapSegmentSize - 1)) {
            munmap(raw, HeapSegmentSize);
            return nullptr;
        }
    } else {
        uintptr_t begin = reinterpret_cast<uintptr_t>(raw);
        uintptr_t aligned = (begin + HeapSegmentSize - 1) & ~(HeapSegmentSize - 1);
        if (aligned > begin) munmap(raw, aligned - begin);
        uintptr_t end = begin + 2 * HeapSegmentSize, aligned_end = aligned + HeapSegmentSize;
        if (end > aligned_end) munmap(reinterpret_cast<void*>(aligned_end), end - aligned_end);
        raw = reinterpret_cast<void*>(aligned);
    }
    auto* segment = new (raw) HeapSegment;
#ifdef TAIPAN_ASAN
    __lsan_register_root_region(raw, HeapSegmentSize);
#endif
    uintptr_t index = reinterpret_cast<uintptr_t>(raw) >> HeapSegmentShift;
    __atomic_fetch_or(&g_segment_map[index >> 3], static_cast<uint8_t>(1 << (index & 7)), __ATOMIC_RELEASE);
    for (unsigned i = 0; i < HeapPagesPerSegment; i++) segment->pages[i].start = static_cast<char*>(raw) + size_t{i} * HeapPageSize;
    segment->pages[0].start += (sizeof(HeapSegment) + 63) & ~size_t{63};
    return segment;
}

void reclaim_retired() {
    while (HeapPage* page = g_heap.retired_first) {
        if (is_multi_threaded() && !qsbr_reached(page->reuse_after)) break;
        g_heap.retired_first = page->next;
        if (!page->next) g_heap.retired_last = nullptr;
        page->next = g_heap.pool;
        g_heap.pool = page;
        g_heap.pool_size++;
    }
}

} // namespace

HeapPage* page_acquire(ThreadHeap* heap, unsigned bin) {
    HeapPage* page;
    {
        base::RawLocker lock(g_heap.lock);
        if (!g_heap.pool && g_heap.retired_first) {
            reclaim_retired();
            if (!g_heap.pool) qsbr_hurry(g_heap.retired_last->reuse_after); // this thread may be the one that lags behind
        }
        if (g_heap.pool) {
            page = g_heap.pool;
            g_heap.pool = page->next;
            g_heap.pool_size--;
        } else {
            if (g_heap.newest_used == HeapPagesPerSegment) {
                HeapSegment* segment = segment_create();
                if (!segment) return nullptr;
                segment->next = g_heap.segments;
                g_heap.segments = segment;
                g_heap.newest = segment;
                g_heap.newest_used = 0;
            }
            page = &g_heap.newest->pages[g_heap.newest_used++];
        }
        // Set up under the lock: heap_walk and statistics read these fields.
        page->bin = static_cast<uint8_t>(bin);
        page->kind = static_cast<HeapKind>(bin / HeapClassCount);
        page->preheader = static_cast<uint8_t>(heap_preheader_size(page->kind));
        page->block_size = static_cast<uint32_t>(heap_class_size(bin % HeapClassCount));
        auto* page_end = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(page->start) & ~(HeapPageSize - 1)) + HeapPageSize);
        page->capacity = static_cast<uint32_t>(static_cast<size_t>(page_end - page->start) / page->block_size);
#ifdef TAIPAN_ASAN
        __asan_unpoison_memory_region(page->start, static_cast<size_t>(page_end - page->start));
#endif
        page->carved = 0;
        page->freed = 0;
        page->free = nullptr;
        page->next = page->previous = nullptr;
        page->owner.store(heap, std::memory_order_relaxed);
    }
    return page;
}

void page_release(HeapPage* page) {
    bool was_object = page->kind != HeapKind::Raw;
    base::RawLocker lock(g_heap.lock);
    page->state = PageState::Unused;
    page->carved = 0;
    page->owner.store(nullptr, std::memory_order_relaxed);
    if (was_object && is_multi_threaded()) {
        page->reuse_after = qsbr_advance();
        page->next = nullptr;
        (g_heap.retired_last ? g_heap.retired_last->next : g_heap.retired_first) = page;
        g_heap.retired_last = page;
        return;
    }
    if (g_heap.pool_size >= PoolKeep) madvise(page->start, page->capacity * page->block_size, MADV_DONTNEED);
    page->next = g_heap.pool;
    g_heap.pool = page;
    g_heap.pool_size++;
}

namespace {

void unlink(ThreadHeap::Bin& bin, HeapPage* page) {
    (page->previous ? page->previous->next : bin.available) = page->next;
    if (page->next) page->next->previous = page->previous;
    page->next = page->previous = nullptr;
}

void make_available(ThreadHeap::Bin& bin, HeapPage* page) {
    page->state = PageState::Available;
    page->notify = page->capacity;
    page->previous = nullptr;
    page->next = bin.available;
    if (page->next) page->next->previous = page;
    bin.available = page;
}

} // namespace

void heap_page_event(ThreadHeap* heap, HeapPage* page) {
    ThreadHeap::Bin& bin = heap->bins[page->bin];
    if (page->state == PageState::Full) make_available(bin, page);
    if (page->freed < page->capacity) return;
    // Empty. The last available page stays, lest a bin that breathes keeps going through the lock.
    if (page->state != PageState::Available || (bin.available == page && page->next == nullptr)) return;
    unlink(bin, page);
    page_release(page);
}

namespace {

void make_current(ThreadHeap* heap, unsigned bin, HeapPage* page) {
    page->state = PageState::Current;
    page->notify = UINT32_MAX;
    page->freed = 0;
    heap->free[bin] = page->free;
    page->free = nullptr;
    page->push_to = &heap->free[bin];
    heap->bins[bin].page = page;
}

void make_full(HeapPage* page) {
    page->state = PageState::Full;
    page->freed = 0;
    page->free = nullptr;
    page->push_to = &page->free;
    // Enough must come back to make the page worth another round.
    page->notify = page->capacity >= 32 ? page->capacity / 16 : 1;
}

/// Adds the next few blocks of a page, whose free list is empty, to it.
void carve(ThreadHeap* heap, HeapPage* page) {
    uint32_t count = static_cast<uint32_t>(4096 / page->block_size);
    if (count < 4) count = 4;
    if (count > page->capacity - page->carved) count = page->capacity - page->carved;
    uint32_t first = page->carved;
    FreeBlock* list = nullptr;
    for (uint32_t i = first + count; i-- > first;) {
        Object* block = page->object_at(i);
        if (page->kind != HeapKind::Raw) {
            // The memory may have been something else: a walk must find no type, and a racy reader no count to take.
            *reinterpret_cast<uint64_t*>(&block->flags) = 0;
            heap_reset_header(block);
        }
        auto* free_block = reinterpret_cast<FreeBlock*>(block);
        free_block->set_next(list);
        list = free_block;
    }
    heap->free[page->bin] = list;
    // Walks run with the world stopped, so they see both or neither.
    page->carved = first + count;
}

ALWAYS_INLINE void push_block(ThreadHeap* heap, HeapPage* page, FreeBlock* block) {
    block->set_next(*page->push_to);
    *page->push_to = block;
    if (UNLIKELY(++page->freed == page->notify)) heap_page_event(heap, page);
}

/// Takes in the blocks that other threads have freed.
void drain_remote(ThreadHeap* heap) {
    HeapPage* page = heap->remote_pages.exchange(nullptr, std::memory_order_acquire);
    while (page) {
        // Read the link before the blocks are taken: from then on another thread may push the page again.
        HeapPage* next = page->remote_next;
        bool collected = heap_is_collected(page->kind);
        FreeBlock* block = page->remote.exchange(nullptr, std::memory_order_acq_rel);
        while (block) {
            FreeBlock* rest = block->next();
            heap->gc_budget += collected;
            push_block(heap, page, block);
            block = rest;
        }
        page = next;
    }
}

void free_remote(HeapPage* page, FreeBlock* block) {
    FreeBlock* head = page->remote.load(std::memory_order_relaxed);
    do {
        block->set_next(head);
    } while (!page->remote.compare_exchange_weak(head, block, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (head) return;
    // The first block since the owner last looked: tell it. The owner cannot change, the page is not empty.
    ThreadHeap* owner = page->owner.load(std::memory_order_relaxed);
    HeapPage* first = owner->remote_pages.load(std::memory_order_relaxed);
    do {
        page->remote_next = first;
    } while (!owner->remote_pages.compare_exchange_weak(first, page, std::memory_order_release, std::memory_order_relaxed));
}

/// Lets the empty pages of an ended thread's heap be used by everybody.
void service_abandoned() {
    ThreadHeap* heap;
    {
        base::RawLocker lock(g_heap.lock);
        heap = g_heap.abandoned;
        if (!heap) return;
        g_heap.abandoned = heap->next_abandoned;
    }
    drain_remote(heap);
    base::RawLocker lock(g_heap.lock);
    // To the end of the list, so that all get their turn.
    ThreadHeap** link = &g_heap.abandoned;
    while (*link) link = &(*link)->next_abandoned;
    heap->next_abandoned = nullptr;
    *link = heap;
}

/// Makes the bin's free list not empty.
bool refill(ThreadHeap* heap, unsigned bin_index) {
    if (heap->remote_pages.load(std::memory_order_relaxed)) {
        drain_remote(heap);
        if (heap->free[bin_index]) return true;
    }
    ThreadHeap::Bin& bin = heap->bins[bin_index];
    if (bin.page) {
        if (bin.page->carved < bin.page->capacity) {
            carve(heap, bin.page);
            return true;
        }
        make_full(bin.page);
        bin.page = nullptr;
    }
    if (HeapPage* page = bin.available) {
        unlink(bin, page);
        make_current(heap, bin_index, page);
        return true;
    }
    if (g_heap.has_abandoned.load(std::memory_order_relaxed)) service_abandoned();
    HeapPage* page = page_acquire(heap, bin_index);
    if (!page) return false;
    make_current(heap, bin_index, page);
    carve(heap, page);
    return true;
}

/// A block of another thread's, or the thread is traced.
NOINLINE void return_block_elsewhere(ThreadHeap* heap, HeapPage* page, FreeBlock* block) {
    if (heap_is_traced()) heap_trace_freed(block);
    heap = real_heap(heap);
    if (page->owner.load(std::memory_order_relaxed) != heap) return free_remote(page, block);
    heap->gc_budget += heap_is_collected(page->kind);
    push_block(heap, page, block);
}

/// The last step of freeing a small block.
ALWAYS_INLINE void return_block(ThreadHeap* heap, HeapPage* page, FreeBlock* block) {
    if (LIKELY(page->owner.load(std::memory_order_relaxed) == heap)) {
        heap->gc_budget += heap_is_collected(page->kind);
        push_block(heap, page, block);
    } else {
        return_block_elsewhere(heap, page, block);
    }
}

} // namespace

#ifdef TAIPAN_ASAN
// Under ASan, freed objects are poisoned behind the header (which racy readers and walks may look at) and wait before
// they are used again; so is the space between an object's end and its block's. Raw memory comes from ASan's own
// malloc.
struct Quarantine {
    static constexpr uint32_t Size = 4096;
    Object* blocks[Size];
    uint32_t next = 0;
};

static void quarantine_block(ThreadHeap* heap, HeapPage* page, Object* object) {
    char* start = reinterpret_cast<char*>(object) - page->preheader;
    __asan_poison_memory_region(start, page->preheader);
    if (page->block_size > page->preheader + sizeof(Object))
        __asan_poison_memory_region(object + 1, page->block_size - page->preheader - sizeof(Object));
    if (!heap->quarantine) heap->quarantine = new (std::nothrow) Quarantine{};
    if (heap->quarantine) {
        uint32_t slot = heap->quarantine->next++ % Quarantine::Size;
        object = std::exchange(heap->quarantine->blocks[slot], object);
    }
    if (object) return_block(heap, heap_page_of(object), reinterpret_cast<FreeBlock*>(object));
}

static void quarantine_flush(ThreadHeap* heap) {
    if (!heap->quarantine) return;
    for (Object*& slot : heap->quarantine->blocks) {
        if (Object* object = std::exchange(slot, nullptr)) return_block(heap, heap_page_of(object), reinterpret_cast<FreeBlock*>(object));
    }
}

static void unpoison_block(void* object, HeapKind kind, unsigned size_class, size_t size) {
    char* start = static_cast<char*>(object) - heap_preheader_size(kind);
    size_t used = heap_preheader_size(kind) + (size < sizeof(Object) ? sizeof(Object) : size);
    __asan_unpoison_memory_region(start, used);
    if (heap_class_size(size_class) > used) __asan_poison_memory_region(start + used, heap_class_size(size_class) - used);
}
#endif

#ifdef TAIPAN_DEBUG
constinit std::atomic<int64_t> g_heap_fail_after{0};
static constinit std::atomic<bool> g_heap_fail_persistently{false};

void heap_inject_failure(int64_t after, bool persistent) {
    g_heap_fail_persistently.store(persistent, std::memory_order_relaxed);
    g_heap_fail_after.store(after, std::memory_order_relaxed);
    base::refuse_allocations(heap_fails_now);
}

bool heap_fails_now() {
    // Counts down to 1, where it fails, and stays there or ends.
    int64_t left = g_heap_fail_after.load(std::memory_order_relaxed);
    while (left > 1 && !g_heap_fail_after.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {
    }
    if (left != 1) return false;
    if (!g_heap_fail_persistently.load(std::memory_order_relaxed)) g_heap_fail_after.store(0, std::memory_order_relaxed);
    return true;
}
#else
void heap_inject_failure(int64_t, bool) {}
#endif

void* heap_alloc_slow(Thread& t, unsigned bin, size_t size) {
    ThreadHeap* heap = t.heap;
    HeapKind kind = static_cast<HeapKind>(bin / HeapClassCount);
    if (heap_is_collected(kind) && --heap->gc_budget < 0) gc_count_allocations(t);
    heap = real_heap(heap);
    if (!heap->free[bin] && !refill(heap, bin)) return nullptr;
    FreeBlock* block = heap->free[bin];
    heap->free[bin] = block->next();
#ifdef TAIPAN_ASAN
    unpoison_block(block, kind, bin % HeapClassCount, size);
#endif
    char* start = reinterpret_cast<char*>(block) - heap_preheader_size(kind);
    if (kind == HeapKind::GcPreheader) memset(start, 0, PreheaderSize);
#ifdef TAIPAN_DEBUG
    // Fresh memory must not look cleared.
    size_t header = kind == HeapKind::Raw ? 0 : sizeof(Object);
    if (size > header) memset(reinterpret_cast<char*>(block) + header, 0xCB, size - header);
#endif
    if (UNLIKELY(heap != t.heap)) heap_trace_allocated(&t, block, size + heap_preheader_size(kind));
    return block;
}

void* heap_alloc(Thread& t, HeapKind kind, size_t size) {
    void* memory;
    auto large = [&] {
        void* block = large_alloc(t, kind, size);
        if (UNLIKELY(heap_is_traced()) && block) heap_trace_allocated(&t, block, size + heap_preheader_size(kind));
        return block;
    };
#ifdef TAIPAN_ASAN
    if (kind == HeapKind::Raw) return large();
#endif
    if (LIKELY(size + heap_preheader_size(kind) <= MaxSmallSize)) {
        memory = heap_alloc_small(t, kind, size);
    } else {
        memory = large();
    }
    if (memory && kind != HeapKind::Raw) {
        // Not by memset: a racy reader may still look at the header of the object that was here.
        auto* object = static_cast<Object*>(memory);
        __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
        __atomic_store_n(reinterpret_cast<uint64_t*>(&object->flags), 0, __ATOMIC_RELAXED);
        object->ref_shared.store(0, std::memory_order_relaxed);
        object->type = nullptr;
    }
    return memory;
}

void heap_free(Thread& t, Object* object) {
    if (UNLIKELY(!in_heap_segment(object))) {
        if (UNLIKELY(heap_is_traced())) heap_trace_freed(object);
        return large_free(object);
    }
    HeapPage* page = heap_page_of(object);
#ifdef TAIPAN_DEBUG
    VERIFY(page->owner.load(std::memory_order_relaxed) != nullptr);
    VERIFY((reinterpret_cast<uintptr_t>(object) - reinterpret_cast<uintptr_t>(page->start) - page->preheader) % page->block_size == 0);
    size_t header = page->kind == HeapKind::Raw ? 0 : sizeof(Object);
    // A block that is free already has no type and the merged state.
    if (header) VERIFY(object->type || object->ref_shared.load(std::memory_order_relaxed) != ref_state::Merged);
#ifdef TAIPAN_ASAN
    unpoison_block(object, page->kind, page->bin % HeapClassCount, page->block_size - page->preheader);
#endif
    memset(reinterpret_cast<char*>(object) + header, 0xDB, page->block_size - page->preheader - header);
#endif
    if (page->kind != HeapKind::Raw) heap_reset_header(object);
#ifdef TAIPAN_ASAN
    if (heap_is_traced()) heap_trace_freed(object);
    quarantine_block(real_heap(t.heap), page, object);
#else
    return_block(t.heap, page, reinterpret_cast<FreeBlock*>(object));
#endif
}

// --- raw memory ---------------------------------------------------------------------------------------------------

/// A block from the system's allocator.
static ALWAYS_INLINE void* traced_raw(void* memory, size_t size) {
    if (UNLIKELY(heap_is_traced()) && memory) heap_trace_allocated(Thread::current_or_null(), memory, size);
    return memory;
}

void* raw_alloc(size_t size) {
    if (heap_should_fail()) return nullptr;
#ifndef TAIPAN_ASAN
    Thread* t;
    if (LIKELY(size <= MaxSmallSize && (t = Thread::current_or_null()) != nullptr)) {
        unsigned bin = heap_bin(HeapKind::Raw, size);
        FreeBlock* block = t->heap->free[bin];
        if (UNLIKELY(block == nullptr)) return heap_alloc_slow(*t, bin, size);
        t->heap->free[bin] = block->next();
        return block;
    }
#endif
    return traced_raw(malloc(size ? size : 1), size);
}

void* raw_calloc(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return nullptr;
    if (total > MaxSmallSize) return heap_should_fail() ? nullptr : traced_raw(calloc(count, size), total);
    void* memory = raw_alloc(total);
    if (memory) memset(memory, 0, total);
    return memory;
}

void raw_free(void* memory) {
    if (!in_heap_segment(memory)) {
        if (UNLIKELY(heap_is_traced())) heap_trace_freed(memory);
        free(memory);
        return;
    }
    HeapPage* page = heap_page_of(memory);
    ASSERT(page->kind == HeapKind::Raw && page->owner.load(std::memory_order_relaxed) != nullptr);
#ifdef TAIPAN_DEBUG
    memset(memory, 0xDB, page->block_size);
#endif
    auto* block = static_cast<FreeBlock*>(memory);
    Thread* t = Thread::current_or_null();
    if (LIKELY(t && page->owner.load(std::memory_order_relaxed) == t->heap)) {
        push_block(t->heap, page, block);
    } else if (t) {
        return_block_elsewhere(t->heap, page, block);
    } else {
        if (heap_is_traced()) heap_trace_freed(memory);
        free_remote(page, block);
    }
}

/// Moves or keeps a block as raw_realloc does, with its trace. Nobody else may get the old block while it has one.
static NOINLINE void* realloc_traced(void* memory, size_t size) {
    Thread* t = Thread::current_or_null();
    bool small = in_heap_segment(memory);
    size_t old = small ? heap_page_of(memory)->block_size : 0;
    if (small && !(size <= old && size >= old / 2)) {
        void* moved = raw_alloc(size);
        if (!moved) return nullptr;
        memcpy(moved, memory, old < size ? old : size);
        raw_free(memory);
        return moved;
    }
    size_t traced_size = heap_trace_take(memory, SIZE_MAX);
    void* moved = small ? memory : realloc(memory, size ? size : 1);
    if (moved) heap_trace_allocated(t, moved, size);
    else if (traced_size != SIZE_MAX) heap_trace_allocated(t, memory, traced_size);
    return moved;
}

void* raw_realloc(void* memory, size_t size) {
    if (!memory) return raw_alloc(size);
    if (!in_heap_segment(memory)) {
        if (heap_should_fail()) return nullptr;
        if (UNLIKELY(heap_is_traced())) return realloc_traced(memory, size);
        // Blocks that shrink into the small range stay where they are: moving would gain little.
        return realloc(memory, size ? size : 1);
    }
    if (UNLIKELY(heap_is_traced())) return realloc_traced(memory, size);
    size_t old = heap_page_of(memory)->block_size;
    if (size <= old && size >= old / 2) return memory;
    void* moved = raw_alloc(size);
    if (!moved) return nullptr;
    memcpy(moved, memory, old < size ? old : size);
    raw_free(memory);
    return moved;
}

// --- threads ------------------------------------------------------------------------------------------------------

ThreadHeap* thread_heap_create(Thread& t) {
    OwnedHeap* heap = nullptr;
    {
        base::RawLocker lock(g_heap.lock);
        for (ThreadHeap** link = &g_heap.abandoned; *link; link = &(*link)->next_abandoned) {
            auto* found = static_cast<OwnedHeap*>(*link);
            if (found->interpreter && found->interpreter != t.interpreter) continue;
            heap = found;
            heap->interpreter = t.interpreter;
            *link = found->next_abandoned;
            if (!g_heap.abandoned) g_heap.has_abandoned.store(false, std::memory_order_relaxed);
            break;
        }
    }
    if (!heap) {
        heap = new (std::align_val_t{64}, std::nothrow) OwnedHeap;
        if (!heap) return nullptr;
        heap->interpreter = t.interpreter;
    }
    heap->next_abandoned = nullptr;
    heap->thread = &t;
    heap->gc_budget = g_runtime.gc->budget();
    return heap;
}

ThreadHeap* traced_heap_end(ThreadHeap* heap) {
    auto* traced = static_cast<TracedHeap*>(heap);
    ThreadHeap* real = traced->real;
    real->gc_budget += traced->gc_budget;
    free(traced->lines);
    traced->~TracedHeap();
    ::operator delete(traced, std::align_val_t{64});
    return real;
}

void thread_heap_destroy(ThreadHeap* heap) {
    if (is_traced_heap(heap)) heap = traced_heap_end(heap);
#ifdef TAIPAN_ASAN
    quarantine_flush(heap);
#endif
    drain_remote(heap);
    // Empty pages go back; the others wait, together with the heap (so that a page's owner never changes), for a new
    // thread to adopt them.
    for (unsigned i = 0; i < HeapBinCount; i++) {
        ThreadHeap::Bin& bin = heap->bins[i];
        for (HeapPage* page = bin.available; page;) {
            HeapPage* next = page->next;
            if (page->freed == page->capacity) {
                unlink(bin, page);
                page_release(page);
            }
            page = next;
        }
        HeapPage* page = bin.page;
        if (!page) continue;
        uint32_t count = 0;
        for (FreeBlock* block = heap->free[i]; block; block = block->next()) count++;
        if (count == page->carved) {
            heap->free[i] = nullptr;
            bin.page = nullptr;
            page_release(page);
        }
    }
    heap->thread = nullptr;
    base::RawLocker lock(g_heap.lock);
    heap->next_abandoned = g_heap.abandoned;
    g_heap.abandoned = heap;
    g_heap.has_abandoned.store(true, std::memory_order_relaxed);
}

void heap_interpreter_ended(const Interpreter& interpreter) {
    base::RawLocker lock(g_heap.lock);
    for (ThreadHeap* heap = g_heap.abandoned; heap; heap = heap->next_abandoned) {
        auto* owned = static_cast<OwnedHeap*>(heap);
        if (owned->interpreter == &interpreter) owned->interpreter = nullptr;
    }
}

void heap_before_fork() {
    g_heap.lock.lock();
    g_heap.large_lock.lock();
    heap_trace_before_fork();
}

void heap_after_fork() {
    heap_trace_after_fork();
    g_heap.large_lock.unlock();
    g_heap.lock.unlock();
}

} // namespace taipan
