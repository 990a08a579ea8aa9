#include "runtime/gc.h"

namespace taipan {

static bool is_due(const GcState& gc) {
    intptr_t count = gc.young_count.load(std::memory_order_relaxed);
    if (gc.threshold[0] == 0 || count <= gc.threshold[0] || !gc.enabled.load(std::memory_order_relaxed)) return false;
    if (gc.threshold[1] == 0) return true; // programs ask for prompt collections in this way
    return count >= gc.long_lived_total / 4;
}

void gc_flush_thread(Thread& t) {
    g_runtime.gc->young_count.fetch_add(GcBudget - t.heap->gc_budget, std::memory_order_relaxed);
    t.heap->gc_budget = GcBudget;
}

void gc_count_allocations(Thread& t) {
    gc_flush_thread(t);
    if (is_due(*g_runtime.gc) && !g_runtime.gc->collecting.load(std::memory_order_relaxed))
        request_poll(t, poll_bit::Collect);
}

void gc_collect_if_due(Thread& t) {
    if (is_due(*g_runtime.gc)) gc_collect(t, 0);
}

intptr_t gc_collect(Thread&, int) { return 0; }

} // namespace taipan
