// The tables are split into shards with a lock each, so that threads that allocate rarely meet. A lock is held for a
// look-up only: never over an allocation from the heap, a safepoint or Python code.
#include "runtime/heap_trace.h"

#include "runtime/heap_page.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace taipan {

constinit std::atomic<bool> g_heap_traced{false};

namespace {

constexpr unsigned ShardCount = 64;

struct Entry {
    uintptr_t block; // 0: empty
    HeapTrace trace;
};

uint32_t hash_address(uintptr_t address) { return static_cast<uint32_t>((address >> 4) * 0x9E3779B97F4A7C15ull >> 32); }

/// Open addressing with linear probing; a removal closes the gap.
struct TraceTable {
    base::RawMutex lock;
    Entry* entries = nullptr;
    size_t capacity = 0, used = 0; // capacity: a power of two, or 0

    size_t home(uintptr_t block) const { return (hash_address(block) / ShardCount) & (capacity - 1); }
    Entry* find(uintptr_t block) const {
        if (!capacity || !block) return nullptr; // null would match an empty entry
        for (size_t i = home(block);; i = (i + 1) & (capacity - 1)) {
            if (entries[i].block == block) return &entries[i];
            if (!entries[i].block) return nullptr;
        }
    }
    void place(const Entry& entry) {
        size_t i = home(entry.block);
        while (entries[i].block) i = (i + 1) & (capacity - 1);
        entries[i] = entry;
    }
    bool reserve() {
        if (used + 1 <= capacity / 4 * 3) return true;
        size_t old_capacity = capacity, wanted = capacity ? capacity * 2 : 256;
        auto* fresh = static_cast<Entry*>(calloc(wanted, sizeof(Entry)));
        if (!fresh) return false;
        Entry* old = std::exchange(entries, fresh);
        capacity = wanted;
        for (size_t i = 0; i < old_capacity; i++)
            if (old[i].block) place(old[i]);
        free(old);
        return true;
    }
    void remove(Entry* entry) {
        size_t gap = static_cast<size_t>(entry - entries);
        for (size_t i = (gap + 1) & (capacity - 1); entries[i].block; i = (i + 1) & (capacity - 1)) {
            size_t distance = (i - home(entries[i].block)) & (capacity - 1);
            if (distance < ((i - gap) & (capacity - 1))) continue; // its home lies behind the gap
            entries[gap] = entries[i];
            gap = i;
        }
        entries[gap].block = 0;
        used--;
    }
};

struct TracebackTable {
    base::RawMutex lock;
    HeapTraceback** buckets = nullptr;
    size_t capacity = 0, used = 0, bytes = 0;

    bool reserve() {
        if (used < capacity) return true;
        size_t wanted = capacity ? capacity * 2 : 64;
        auto** fresh = static_cast<HeapTraceback**>(calloc(wanted, sizeof(HeapTraceback*)));
        if (!fresh) return capacity != 0;
        for (size_t i = 0; i < capacity; i++) {
            for (HeapTraceback* traceback = buckets[i]; traceback;) {
                HeapTraceback* next = traceback->next;
                HeapTraceback*& head = fresh[traceback->hash / ShardCount & (wanted - 1)];
                traceback->next = std::exchange(head, traceback);
                traceback = next;
            }
        }
        free(std::exchange(buckets, fresh));
        capacity = wanted;
        return true;
    }
};

struct Tracer {
    TraceTable traces[ShardCount];
    TracebackTable tracebacks[ShardCount];
    std::atomic<size_t> current{0}, peak{0};
    std::atomic<int> limit{1};
    HeapTraceCapture capture = nullptr; // written with the world stopped
    Mutex switching;                    // starts, stops and clears, one after the other
};
constinit Tracer g_tracer;

TraceTable& traces_of(uintptr_t block) { return g_tracer.traces[hash_address(block) % ShardCount]; }

size_t traceback_bytes(int count) {
    return sizeof(HeapTraceback) + sizeof(HeapTraceFrame) * static_cast<size_t>(count > 1 ? count - 1 : 0);
}

/// The one traceback with these frames, owned; null: no memory.
HeapTraceback* intern(const HeapTraceFrame* frames, int count, int total) {
    uint64_t mixed = static_cast<uint64_t>(total);
    for (int i = 0; i < count; i++) {
        mixed = (mixed ^ reinterpret_cast<uintptr_t>(frames[i].filename) >> 4) * 0x9E3779B97F4A7C15ull;
        mixed = (mixed ^ mixed >> 29 ^ static_cast<uint32_t>(frames[i].line)) * 0xBF58476D1CE4E5B9ull;
    }
    auto hash = static_cast<uint32_t>(mixed >> 32);
    TracebackTable& table = g_tracer.tracebacks[hash % ShardCount];
    base::RawLocker lock(table.lock);
    if (table.capacity) {
        for (HeapTraceback* known = table.buckets[hash / ShardCount & (table.capacity - 1)]; known; known = known->next) {
            if (known->hash != hash || known->count != count || known->total != total) continue;
            bool same = true;
            for (int i = 0; i < count && same; i++)
                same = known->frames[i].filename == frames[i].filename && known->frames[i].line == frames[i].line;
            if (same) return known;
        }
    }
    if (!table.reserve()) return nullptr;
    auto* fresh = static_cast<HeapTraceback*>(malloc(traceback_bytes(count)));
    if (!fresh) return nullptr;
    new (&fresh->refs) std::atomic<uint32_t>(1);
    fresh->hash = hash;
    fresh->count = count;
    fresh->total = total;
    for (int i = 0; i < count; i++) {
        fresh->frames[i] = frames[i];
        if (frames[i].filename) incref(frames[i].filename);
    }
    HeapTraceback*& head = table.buckets[hash / ShardCount & (table.capacity - 1)];
    fresh->next = std::exchange(head, fresh);
    table.used++;
    table.bytes += traceback_bytes(count);
    return fresh;
}

/// Where the thread is now. The result lives until the tables are cleared, which a running thread holds up.
HeapTraceback* traceback_now(Thread* t) {
    constexpr int Few = 32;
    HeapTraceFrame few[Few];
    if (!t) {
        few[0] = {nullptr, 0};
        return intern(few, 1, 1);
    }
    int limit = heap_trace_limit(), total = 0;
    HeapTraceFrame* frames = few;
    if (limit > Few && !(frames = static_cast<HeapTraceFrame*>(malloc(sizeof(HeapTraceFrame) * static_cast<size_t>(limit)))))
        return nullptr;
    int count = g_tracer.capture(*t, frames, limit, &total, *static_cast<TracedHeap*>(t->heap)->lines);
    if (count == 0) {
        frames[0] = {nullptr, 0};
        count = total = 1;
    }
    HeapTraceback* result = intern(frames, count, total);
    if (frames != few) free(frames);
    return result;
}

template <class F> void for_each_thread(F&& each) {
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        for (Thread* t = interpreter->threads; t; t = t->next) each(*t);
}

bool give_traced_heap(Thread& t) {
    auto* traced = new (std::align_val_t{64}, std::nothrow) TracedHeap;
    if (!traced) return false;
    traced->lines = static_cast<HeapTraceLines*>(calloc(1, sizeof(HeapTraceLines)));
    if (!traced->lines) {
        ::operator delete(traced, std::align_val_t{64});
        return false;
    }
    traced->real = t.heap;
    traced->gc_budget = std::exchange(t.heap->gc_budget, 0);
    t.heap = traced;
    return true;
}
void take_traced_heap(Thread& t) {
    if (is_traced_heap(t.heap)) t.heap = traced_heap_end(t.heap);
}

/// Forgets all traces; the tracebacks are handed on, as dropping the names they hold frees memory. The world is stopped, but
/// detached threads may still use raw memory.
HeapTraceback* forget_all() {
    HeapTraceback* all = nullptr;
    for (TraceTable& table : g_tracer.traces) {
        base::RawLocker lock(table.lock);
        size_t bytes = 0;
        for (size_t i = 0; i < table.capacity; i++)
            if (table.entries[i].block) bytes += table.entries[i].trace.size;
        free(std::exchange(table.entries, nullptr));
        table.capacity = table.used = 0;
        g_tracer.current.fetch_sub(bytes, std::memory_order_relaxed);
    }
    for (TracebackTable& table : g_tracer.tracebacks) {
        base::RawLocker lock(table.lock);
        HeapTraceback* kept = nullptr;
        for (size_t i = 0; i < table.capacity; i++) {
            while (HeapTraceback* traceback = table.buckets[i]) {
                table.buckets[i] = traceback->next;
                // One that a detached thread is about to use has no names: those stay.
                HeapTraceback*& list = traceback->frames[0].filename ? all : kept;
                traceback->next = std::exchange(list, traceback);
            }
        }
        table.used = 0;
        while (kept) {
            HeapTraceback* next = kept->next;
            HeapTraceback*& head = table.buckets[kept->hash / ShardCount & (table.capacity - 1)];
            kept->next = std::exchange(head, kept);
            table.used++;
            kept = next;
        }
        if (table.used == 0) {
            free(std::exchange(table.buckets, nullptr));
            table.capacity = table.bytes = 0;
        }
    }
    g_tracer.peak.store(g_tracer.current.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return all;
}
void release_all(HeapTraceback* list) {
    while (list) {
        HeapTraceback* next = list->next;
        heap_traceback_release(list);
        list = next;
    }
}

} // namespace

bool heap_trace_start(Thread& t, int limit, HeapTraceCapture capture) {
    MutexLocker one(g_tracer.switching);
    if (heap_is_traced()) return true;
    stop_world(t);
    HeapTraceback* old = forget_all(); // what threads on their way out have left
    bool enough = true;
    {
        MutexLocker lock(g_runtime.threads_lock);
        for_each_thread([&](Thread& each) { enough = enough && give_traced_heap(each); });
        if (enough) {
            g_tracer.limit.store(limit, std::memory_order_relaxed);
            g_tracer.capture = capture;
            g_heap_traced.store(true, std::memory_order_seq_cst);
        } else {
            for_each_thread(take_traced_heap);
        }
    }
    start_world(t);
    release_all(old);
    return enough;
}

void heap_trace_stop(Thread& t) {
    MutexLocker one(g_tracer.switching);
    if (!heap_is_traced()) return;
    stop_world(t);
    {
        MutexLocker lock(g_runtime.threads_lock);
        g_heap_traced.store(false, std::memory_order_seq_cst);
        for_each_thread(take_traced_heap);
    }
    HeapTraceback* old = forget_all();
    start_world(t);
    release_all(old);
}

void heap_trace_clear(Thread& t) {
    MutexLocker one(g_tracer.switching);
    if (!heap_is_traced()) return;
    stop_world(t);
    HeapTraceback* old = forget_all();
    start_world(t);
    release_all(old);
}

void heap_trace_pause(Thread& t, bool paused) {
    if (is_traced_heap(t.heap)) static_cast<TracedHeap*>(t.heap)->paused = paused;
}

int heap_trace_limit() { return g_tracer.limit.load(std::memory_order_relaxed); }
size_t heap_trace_current() { return g_tracer.current.load(std::memory_order_relaxed); }
size_t heap_trace_peak() { return g_tracer.peak.load(std::memory_order_relaxed); }
void heap_trace_reset_peak() { g_tracer.peak.store(heap_trace_current(), std::memory_order_relaxed); }

size_t heap_trace_overhead() {
    size_t bytes = sizeof g_tracer;
    for (TraceTable& table : g_tracer.traces) {
        base::RawLocker lock(table.lock);
        bytes += table.capacity * sizeof(Entry);
    }
    for (TracebackTable& table : g_tracer.tracebacks) {
        base::RawLocker lock(table.lock);
        bytes += table.capacity * sizeof(HeapTraceback*) + table.bytes;
    }
    return bytes;
}

void heap_trace_allocated(Thread* t, const void* block, size_t size) {
    if (t && (!is_traced_heap(t->heap) || static_cast<TracedHeap*>(t->heap)->paused)) return;
    HeapTraceback* traceback = traceback_now(t);
    if (!traceback) return; // no memory for the trace: the program goes on without
    auto address = reinterpret_cast<uintptr_t>(block);
    TraceTable& table = traces_of(address);
    {
        base::RawLocker lock(table.lock);
        if (Entry* stale = table.find(address)) { // its end was missed, while tracing began
            g_tracer.current.fetch_sub(stale->trace.size, std::memory_order_relaxed);
            stale->trace = {size, traceback};
        } else {
            if (!table.reserve()) return;
            table.place({address, {size, traceback}});
            table.used++;
        }
    }
    size_t now = g_tracer.current.fetch_add(size, std::memory_order_relaxed) + size;
    size_t peak = g_tracer.peak.load(std::memory_order_relaxed);
    while (now > peak && !g_tracer.peak.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
}

size_t heap_trace_take(const void* block, size_t none) {
    auto address = reinterpret_cast<uintptr_t>(block);
    TraceTable& table = traces_of(address);
    base::RawLocker lock(table.lock);
    Entry* entry = table.find(address);
    if (!entry) return none;
    size_t size = entry->trace.size;
    table.remove(entry);
    g_tracer.current.fetch_sub(size, std::memory_order_relaxed);
    return size;
}
void heap_trace_freed(const void* block) { heap_trace_take(block, 0); }

HeapTraceback* heap_trace_find(const void* block) {
    auto address = reinterpret_cast<uintptr_t>(block);
    TraceTable& table = traces_of(address);
    base::RawLocker lock(table.lock);
    Entry* entry = table.find(address);
    if (!entry) return nullptr;
    entry->trace.traceback->refs.fetch_add(1, std::memory_order_relaxed);
    return entry->trace.traceback;
}

bool heap_trace_copy(HeapTrace** traces, size_t* count) {
    size_t capacity = 0, n = 0;
    HeapTrace* copy = nullptr;
    for (TraceTable& table : g_tracer.traces) {
        base::RawLocker lock(table.lock);
        if (n + table.used > capacity || !copy) {
            capacity = (n + table.used + 16) * 5 / 4;
            if (&table == g_tracer.traces) capacity *= ShardCount;
            auto* grown = static_cast<HeapTrace*>(realloc(copy, capacity * sizeof(HeapTrace)));
            if (!grown) {
                // What was counted stays counted until the process ends: there is no memory to do better.
                free(copy);
                return false;
            }
            copy = grown;
        }
        for (size_t i = 0; i < table.capacity; i++) {
            if (!table.entries[i].block) continue;
            table.entries[i].trace.traceback->refs.fetch_add(1, std::memory_order_relaxed);
            copy[n++] = table.entries[i].trace;
        }
    }
    std::sort(copy, copy + n, [](const HeapTrace& a, const HeapTrace& b) { return a.traceback < b.traceback; });
    *traces = copy;
    *count = n;
    return true;
}

void heap_traceback_release(HeapTraceback* traceback) {
    if (traceback->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    for (int i = 0; i < traceback->count; i++)
        if (Object* name = traceback->frames[i].filename) decref(name);
    free(traceback);
}

void heap_trace_thread_created(Thread& t) {
    // Without memory for it, the thread goes untraced.
    if (heap_is_traced()) give_traced_heap(t);
}

void heap_trace_before_fork() {
    for (TraceTable& table : g_tracer.traces) table.lock.lock();
    for (TracebackTable& table : g_tracer.tracebacks) table.lock.lock();
}
void heap_trace_after_fork() {
    for (TracebackTable& table : g_tracer.tracebacks) table.lock.unlock();
    for (TraceTable& table : g_tracer.traces) table.lock.unlock();
}
void heap_trace_after_fork_child() { new (&g_tracer.switching) Mutex; }

} // namespace taipan
