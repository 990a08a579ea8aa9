// The small-object heap. Each thread allocates from pages of its own; a page holds blocks of one size class and one kind,
// and pages of object kinds can be walked by the collector: a block is a live object when its `type` word is not null
// (free and fresh blocks have it null). Freed object memory is reused for objects of the same kind at once, but for
// anything else only after a QSBR grace period, so that racy readers may look at the header of a freed object.
//
// Kinds: raw memory; objects without references (no collection); collected objects; collected objects with a 16-byte
// preheader before the object {weak reference list, managed dict}.
#pragma once

#include "runtime/object.h"

namespace taipan {

enum class HeapKind : uint8_t { Raw, Object, GcObject, GcPreheader };

struct ThreadHeap; // the pages of one thread; see heap_inline.h

/// Largest block that comes from size-class pages; larger ones are mapped or taken from the system.
constexpr size_t MaxSmallSize = 1024;

/// Memory for an object of `size` bytes (without the preheader), header zeroed, `type` null; preheader zeroed. Null when
/// memory is exhausted (the caller raises MemoryError). For GC kinds this may schedule a collection at the next safepoint.
void* heap_alloc(Thread& t, HeapKind kind, size_t size);
/// Returns an object's memory. Any thread may call it for any object.
void heap_free(Thread& t, Object* object);
/// Whether `memory` is a block of an object kind, for C API functions that free either (false: raw, or not ours).
bool heap_is_object(const void* memory);
/// Size of the block that holds the object, without its preheader.
size_t heap_block_size(const Object* object);
/// Whether the object can have `size` bytes where it is; if so they are its own from now on. For its only owner.
bool heap_grow_in_place(Object* object, size_t size);
/// Raw memory (malloc semantics: 16-byte aligned, any thread frees). Null when exhausted. `raw_free(nullptr)` is allowed.
void* raw_alloc(size_t size);
void* raw_calloc(size_t count, size_t size);
void* raw_realloc(void* memory, size_t size);
void raw_free(void* memory);
/// Usable size of a raw block.
size_t raw_size(const void* memory);
/// Frees raw memory when no reader that is looking at it now can still do so (QSBR). At once while single-threaded.
void raw_free_delayed(Thread& t, void* memory);

/// Calls `visit(object, context)` for every live object of the collected kinds in all threads' heaps and abandoned pages.
/// The world must be stopped.
void heap_walk(void (*visit)(Object*, void*), void* context);
/// The same for objects of all kinds (leak hunting, counts of uncollected objects).
void heap_walk_all(void (*visit)(Object*, void*), void* context);
/// Gives unused memory back to the system; called by the collector with the world stopped.
void heap_trim();
/// Around fork: the lock is held over it, so that the child finds the page lists whole.
void heap_before_fork();
void heap_after_fork();

struct HeapStatistics {
    size_t object_blocks, object_bytes, raw_bytes, mapped_bytes; // raw_bytes: small blocks only
};
HeapStatistics heap_statistics();

/// Debug builds: makes the `after`-th allocation from now fail (1: the next one), and with `persistent` all that follow;
/// 0 ends it. For testing that exhausted memory raises MemoryError everywhere.
void heap_inject_failure(int64_t after, bool persistent);

/// Called when a thread state is made and before it is destroyed; the pages it leaves behind are adopted by others.
ThreadHeap* thread_heap_create(Thread& t);
void thread_heap_destroy(ThreadHeap*);

} // namespace taipan
