// _tracemalloc: what runtime/heap_trace.h knows, as Python objects.
#include "modules/tracemalloc.h"

#include "objects/code.h"
#include "objects/code_deaths.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "runtime/heap_trace.h"
#include "vm/frame.h"

#include <cstdlib>

namespace taipan {

namespace {

constexpr int MaxFrames = 65535;

int line_of(const Frame* frame, HeapTraceLines& lines) {
    const Code* code = frame->code();
    int offset = frame->lasti();
    auto hash = static_cast<uint32_t>((reinterpret_cast<uintptr_t>(code) >> 4) * 31 + static_cast<uint32_t>(offset) / 2);
    HeapTraceLines::Row& row = lines.rows[hash % HeapTraceLines::Count];
    if (row.code == code && row.offset == offset) return row.line;
    int line = code_line(code, offset);
    row = {code, offset, line < 0 ? 0 : line};
    return row.line;
}
int capture(Thread& t, HeapTraceFrame* frames, int limit, int* total, HeapTraceLines& lines) {
    uint64_t epoch = g_code_deaths.load(std::memory_order_acquire);
    if (lines.epoch != epoch) {
        for (auto& row : lines.rows) row.code = nullptr;
        lines.epoch = epoch;
    }
    int kept = 0, count = 0;
    for (Frame* frame = t.frame; frame; frame = frame->previous) {
        if (frame_is_incomplete(frame)) continue;
        if (count < MaxFrames) ++count;
        if (kept == limit) continue;
        frames[kept++] = {frame->code()->filename, line_of(frame, lines)};
    }
    *total = count;
    return kept;
}

Result<Ref<Tuple>> traceback_tuple(Thread& t, const HeapTraceback& traceback) {
    Ref<Tuple> result = TRY(tuple_alloc(t, traceback.count));
    for (int i = 0; i < traceback.count; ++i) {
        Object* name = traceback.frames[i].filename;
        Ref<Object> filename = name ? acquire(name) : Ref<Object>(TRY(str_interned(t, "<unknown>")));
        Ref<Int> line = TRY(int_from(t, traceback.frames[i].line));
        result->items[i] = TRY(tuple_pack(t, filename, line)).release();
    }
    return result;
}

/// A copy of the traces that gives them back.
struct Traces {
    HeapTrace* items = nullptr;
    size_t count = 0;
    Traces() = default;
    Traces(const Traces&) = delete;
    ~Traces() {
        for (size_t i = 0; i < count; ++i) heap_traceback_release(items[i].traceback);
        free(items);
    }
};

Result<Ref<List>> traces_list(Thread& t) {
    Ref<List> list = TRY(list_new(t));
    Traces traces;
    if (!heap_trace_copy(&traces.items, &traces.count)) return raise_memory_error(t);
    Ref<Object> domain = TRY(int_from(t, 0));
    HeapTraceback* last = nullptr;
    MaybeRef<Object> frames, total; // of `last`
    for (size_t i = 0; i < traces.count; ++i) {
        const HeapTrace& trace = traces.items[i];
        if (trace.traceback != last) {
            last = trace.traceback;
            frames = TRY(traceback_tuple(t, *last));
            total = TRY(int_from(t, last->total));
        }
        Ref<Object> size = TRY(int_from_uint64(t, trace.size));
        TRY(list_append(t, list, TRY(tuple_pack(t, domain, size, Borrowed<Object>(frames.get()), Borrowed<Object>(total.get())))));
    }
    return list;
}
/// The list of traces is no part of itself, and of no later one.
Result<Ref<List>> get_traces(Thread& t) {
    if (!heap_is_traced()) return list_new(t);
    heap_trace_pause(t, true);
    Result<Ref<List>> list = traces_list(t);
    heap_trace_pause(t, false);
    return list;
}

Result<Ref<Object>> get_object_traceback(Thread& t, Borrowed<Object> object) {
    HeapTraceback* traceback = heap_is_traced() ? heap_trace_find(object.get()) : nullptr;
    if (!traceback) return none_ref();
    Result<Ref<Tuple>> result = traceback_tuple(t, *traceback);
    heap_traceback_release(traceback);
    return Ref<Object>(TRY(std::move(result)));
}

bool is_tracing() { return heap_is_traced(); }
void clear_traces(Thread& t) { heap_trace_clear(t); }
Result<void> start(Thread& t, int frames) {
    if (frames < 1 || frames > MaxFrames) return raise(t, exc::ValueError, "the number of frames must be in range [1; %d]", MaxFrames);
    return tracemalloc_start(t, frames);
}
void stop(Thread& t) { heap_trace_stop(t); }
int64_t get_traceback_limit() { return heap_trace_limit(); }
uint64_t get_tracemalloc_memory() { return heap_trace_overhead(); }
Result<Ref<Object>> get_traced_memory(Thread& t) {
    size_t current = 0, peak = 0;
    if (heap_is_traced()) {
        peak = heap_trace_peak();
        current = heap_trace_current();
        if (peak < current) peak = current; // another thread was quicker
    }
    Ref<Object> first = TRY(int_from_uint64(t, current)), second = TRY(int_from_uint64(t, peak));
    return tuple_pack(t, first, second);
}
void reset_peak() {
    if (heap_is_traced()) heap_trace_reset_peak();
}

const NativeDef functions[] = {
    fn<is_tracing>("is_tracing", "($module, /)", "Whether allocations are being traced; start() and stop() switch it."),
    fn<clear_traces>("clear_traces", "($module, /)", "Clear traces of memory blocks allocated by Python."),
    fn<get_traces>("_get_traces", "($module, /)",
                   "A list with (size in bytes, frames) of each block traced; empty when tracing is off.\n\n"
                   "Frames are tuples of (filename, lineno) pairs."),
    fn<get_object_traceback>("_get_object_traceback", "($module, obj, /)",
                             "Where the memory of obj was allocated, as a tuple of (filename, lineno) frames; None if that is not known."),
    fn<start>("start", "($module, nframe=1, /)", "Trace allocations from now on, keeping up to nframe frames of each."),
    fn<stop>("stop", "($module, /)", "Trace no more allocations and drop the traces there are."),
    fn<get_traceback_limit>("get_traceback_limit", "($module, /)",
                            "How many frames are kept for each traced block; 1 unless start() was told otherwise."),
    fn<get_tracemalloc_memory>("get_tracemalloc_memory", "($module, /)", "The bytes that the records of the tracing itself take up."),
    fn<get_traced_memory>("get_traced_memory", "($module, /)", "The bytes in traced blocks, as a pair: now, and at the highest."),
    fn<reset_peak>("reset_peak", "($module, /)",
                   "Begin a new search for the peak, from what is traced now; no effect when tracing is off."),
};

} // namespace

Result<void> tracemalloc_start(Thread& t, int frames) {
    if (!heap_trace_start(t, frames, capture)) return raise_memory_error(t);
    return {};
}

extern const ModuleSpec tracemalloc_module;
const ModuleSpec tracemalloc_module = {
    .name = "_tracemalloc", .doc = "Debug module to trace memory blocks allocated by Python.", .functions = functions};

} // namespace taipan
