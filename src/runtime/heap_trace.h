// Tracing of memory allocations, for _tracemalloc: which blocks are allocated now, how large they were asked to be, and
// the Python frames that were running then. While off it costs the allocator nothing: a traced thread gets a heap whose
// free lists are empty, so that every allocation and every free takes the slow path, and those look.
//
// Blocks are known by their address (an object's is the object's, behind its preheader). All functions may be called
// with other threads running.
#pragma once

#include "runtime/thread.h"

namespace taipan {

struct HeapTraceFrame {
    Object* filename; // a Str; null: unknown
    int line;
};

/// Equal tracebacks are one object; counted, and kept until the traces are cleared.
struct HeapTraceback {
    HeapTraceback* next;
    std::atomic<uint32_t> refs;
    uint32_t hash;
    int count, total;         // frames kept, frames there were
    HeapTraceFrame frames[1]; // the innermost first
};

struct HeapTrace {
    size_t size;
    HeapTraceback* traceback;
};

/// The lines of instructions that a thread was at before; what is kept here is up to whoever captures frames.
struct HeapTraceLines {
    struct Row {
        const void* code;
        int offset, line;
    };
    static constexpr unsigned Count = 256;
    uint64_t epoch;
    Row rows[Count];
};
/// Writes the innermost `limit` frames of the thread, gives their number, and that of all in `total`. It may not allocate
/// from the heap, and the names are borrowed. `lines` is the thread's own.
using HeapTraceCapture = int (*)(Thread& t, HeapTraceFrame* frames, int limit, int* total, HeapTraceLines& lines);

extern std::atomic<bool> g_heap_traced;
ALWAYS_INLINE bool heap_is_traced() { return g_heap_traced.load(std::memory_order_relaxed); }

/// Starts tracing, `limit` frames for each block; does nothing while it is on. False: no memory.
bool heap_trace_start(Thread& t, int limit, HeapTraceCapture capture);
/// Stops it and forgets the traces.
void heap_trace_stop(Thread& t);
void heap_trace_clear(Thread& t);

/// What the calling thread allocates leaves no trace until it is resumed; frees still do.
void heap_trace_pause(Thread& t, bool paused);

int heap_trace_limit();
size_t heap_trace_current();
size_t heap_trace_peak();
void heap_trace_reset_peak();
/// What the tables take.
size_t heap_trace_overhead();
/// The traceback of a live block, owned; null: none.
HeapTraceback* heap_trace_find(const void* block);
/// A copy of all traces, with owned tracebacks, sorted by them; freed with `free`. False: no memory.
bool heap_trace_copy(HeapTrace** traces, size_t* count);
void heap_traceback_release(HeapTraceback* traceback);

/// What the heap calls while tracing is on; `t` may be null.
void heap_trace_allocated(Thread* t, const void* block, size_t size);
void heap_trace_freed(const void* block);
/// Like heap_trace_freed, and gives the size that was asked for; `none` if there is no trace.
size_t heap_trace_take(const void* block, size_t none);
/// A thread state was linked: it is traced if the others are. Under Runtime::threads_lock.
void heap_trace_thread_created(Thread& t);
void heap_trace_before_fork();
void heap_trace_after_fork();
void heap_trace_after_fork_child(); // besides

} // namespace taipan
