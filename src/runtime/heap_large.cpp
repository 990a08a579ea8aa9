// Objects too large for pages, and what looks over the whole heap: walks, sizes, statistics.
#include "runtime/gc.h"
#include "runtime/heap_page.h"
#include "runtime/qsbr.h"

#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <sys/mman.h>
#ifdef TAIPAN_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace taipan {

constexpr size_t AddressSpace = size_t{1} << 47; // of a process on x86-64

Object* large_alloc(Thread& t, HeapKind kind, size_t size) {
    if (size > AddressSpace - LargeOffset || heap_should_fail()) return nullptr;
    auto* block = static_cast<LargeBlock*>(malloc(LargeOffset + size));
    if (!block) return nullptr;
    block->size = size;
    block->kind = kind;
    block->owner = real_heap(t.heap);
    Object* object = large_object(block);
    memset(block + 1, 0, PreheaderSize);
    if (kind != HeapKind::Raw) memset(static_cast<void*>(object), 0, sizeof(Object));
    if (heap_is_collected(kind) && --t.heap->gc_budget < 0) gc_count_allocations(t);
    base::RawLocker lock(g_heap.large_lock);
    block->previous = nullptr;
    block->next = g_heap.large;
    if (block->next) block->next->previous = block;
    g_heap.large = block;
    return object;
}

void large_free(Object* object) {
    LargeBlock* block = large_block_of(object);
    {
        base::RawLocker lock(g_heap.large_lock);
        (block->previous ? block->previous->next : g_heap.large) = block->next;
        if (block->next) block->next->previous = block->previous;
    }
    Thread* t = Thread::current_or_null();
    if (block->kind != HeapKind::Raw) {
        __atomic_store_n(&object->tid, 0, __ATOMIC_RELAXED);
        heap_reset_header(object);
        if (t && heap_is_collected(block->kind)) t->heap->gc_budget++;
        if (t && is_multi_threaded()) {
            raw_free_delayed(*t, block);
            return;
        }
    }
    free(block);
}

bool heap_is_object(const void* memory) {
    if (in_heap_segment(memory)) return heap_page_of(memory)->kind != HeapKind::Raw;
    return large_block_of(memory)->kind != HeapKind::Raw;
}

size_t heap_block_size(const Object* object) {
    if (!in_heap_segment(object)) return large_block_of(object)->size;
    HeapPage* page = heap_page_of(object);
    return page->block_size - page->preheader;
}

bool heap_grow_in_place(Object* object, size_t size) {
    if (size > heap_block_size(object)) return false;
#ifdef TAIPAN_ASAN
    __asan_unpoison_memory_region(object, size);
#endif
    return true;
}

size_t raw_size(const void* memory) {
    if (!memory) return 0;
    if (in_heap_segment(memory)) return heap_page_of(memory)->block_size;
    return malloc_usable_size(const_cast<void*>(memory));
}

void heap_walk(void (*visit)(Object*, void*), void* context) {
    for_each_object(HeapKind::GcObject, [&](Object* object) { visit(object, context); });
}
void heap_walk_all(void (*visit)(Object*, void*), void* context) {
    for_each_object(HeapKind::Object, [&](Object* object) { visit(object, context); });
}

ThreadHeap* heap_owner(const Object* object) {
    if (in_heap_segment(object)) return heap_page_of(object)->owner.load(std::memory_order_relaxed);
    return large_block_of(object)->owner;
}

HeapStatistics heap_statistics() {
    HeapStatistics result{};
    base::RawLocker lock(g_heap.lock);
    for (HeapSegment* segment = g_heap.segments; segment; segment = segment->next) result.mapped_bytes += HeapSegmentSize;
    for_each_page([&](HeapPage& page) {
        if (page.kind == HeapKind::Raw) {
            result.raw_bytes += size_t{page.carved} * page.block_size;
            return;
        }
        for (uint32_t i = 0; i < page.carved; i++) {
            if (!__atomic_load_n(&page.object_at(i)->type, __ATOMIC_RELAXED)) continue;
            result.object_blocks++;
            result.object_bytes += page.block_size;
        }
    });
    base::RawLocker large_lock(g_heap.large_lock);
    for (LargeBlock* block = g_heap.large; block; block = block->next) {
        result.object_blocks++;
        result.object_bytes += block->size;
    }
    return result;
}

void heap_trim() {
    base::RawLocker lock(g_heap.lock);
    while (HeapPage* page = g_heap.retired_first) { // the world is stopped: no reader is left
        g_heap.retired_first = page->next;
        page->next = g_heap.pool;
        g_heap.pool = page;
        g_heap.pool_size++;
    }
    g_heap.retired_last = nullptr;
    size_t kept = 0;
    for (HeapPage* page = g_heap.pool; page; page = page->next) {
        if (++kept > 128) madvise(page->start, size_t{page->capacity} * page->block_size, MADV_DONTNEED);
    }
}

} // namespace taipan
