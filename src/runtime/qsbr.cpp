#include "runtime/qsbr.h"

#include "base/futex.h"
#include "runtime/heap_trace.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace taipan {
namespace {

constexpr uint64_t Offline = 0, First = 1, Step = 2; // sequences are odd, so never Offline
// What a thread queues before it looks whether some can go.
constexpr uint32_t ProcessEvery = 32;
constexpr size_t ProcessBytes = 1 << 20;

struct Registry {
    base::RawMutex lock; // guards `first` and `orphans`
    QsbrThread* first = nullptr;
    DelayedFree* orphans = nullptr; // queues of ended threads
    size_t orphan_count = 0, orphan_capacity = 0;
    std::atomic<bool> has_orphans{false}; // a hint, read without the lock
    alignas(64) std::atomic<uint64_t> write_sequence{First};
    alignas(64) std::atomic<uint64_t> read_sequence{First}; // all threads have seen at least this
};
constinit Registry g_qsbr;

uint64_t scan() {
    // Pairs with the fence in qsbr_online: either we see a thread that comes online, or it sees what we unlinked.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    base::RawLocker lock(g_qsbr.lock);
    uint64_t lowest = g_qsbr.write_sequence.load(std::memory_order_acquire);
    for (QsbrThread* q = g_qsbr.first; q; q = q->next) {
        uint64_t seen = q->seen.load(std::memory_order_acquire);
        if (seen != Offline && seen < lowest) lowest = seen;
    }
    if (g_qsbr.read_sequence.load(std::memory_order_relaxed) < lowest) g_qsbr.read_sequence.store(lowest, std::memory_order_release);
    return lowest;
}

bool grow(DelayedFree*& items, size_t needed, size_t capacity_now, size_t& capacity) {
    if (needed <= capacity_now) return true;
    size_t wanted = capacity_now ? capacity_now * 2 : 64;
    while (wanted < needed) wanted *= 2;
    auto* grown = static_cast<DelayedFree*>(realloc(items, wanted * sizeof(DelayedFree)));
    if (!grown) return false;
    items = grown;
    capacity = wanted;
    return true;
}

void process_orphans() {
    // Items are moved out under the lock and freed outside of it.
    for (;;) {
        DelayedFree ready[32];
        size_t count = 0;
        {
            base::RawLocker lock(g_qsbr.lock);
            uint64_t reached = g_qsbr.read_sequence.load(std::memory_order_acquire);
            for (size_t i = 0; i < g_qsbr.orphan_count && count < 32;) {
                if (g_qsbr.orphans[i].goal > reached) {
                    i++;
                    continue;
                }
                ready[count++] = g_qsbr.orphans[i];
                g_qsbr.orphans[i] = g_qsbr.orphans[--g_qsbr.orphan_count];
            }
            g_qsbr.has_orphans.store(g_qsbr.orphan_count != 0, std::memory_order_relaxed);
        }
        for (size_t i = 0; i < count; i++) raw_free(ready[i].memory);
        if (count < 32) return;
    }
}

} // namespace

void qsbr_register(Thread& t) {
    auto* q = new (std::align_val_t{64}, std::nothrow) QsbrThread;
    VERIFY(q);
    q->thread = &t;
    t.qsbr = q;
    base::RawLocker lock(g_qsbr.lock);
    q->next = g_qsbr.first;
    g_qsbr.first = q;
}

void qsbr_unregister(Thread& t) {
    QsbrThread* q = t.qsbr;
    t.qsbr = nullptr;
    {
        base::RawLocker lock(g_qsbr.lock);
        QsbrThread** link = &g_qsbr.first;
        while (*link != q) link = &(*link)->next;
        *link = q->next;
        size_t total = g_qsbr.orphan_count + q->queue_count;
        if (q->queue_count && grow(g_qsbr.orphans, total, g_qsbr.orphan_capacity, g_qsbr.orphan_capacity)) {
            // Without memory for the list the blocks leak, which is all that can be done.
            memcpy(g_qsbr.orphans + g_qsbr.orphan_count, q->queue + q->queue_first, q->queue_count * sizeof(DelayedFree));
            g_qsbr.orphan_count = total;
            g_qsbr.has_orphans.store(true, std::memory_order_relaxed);
        }
    }
    free(q->queue);
    q->~QsbrThread();
    operator delete(q, std::align_val_t{64});
}

void qsbr_online(Thread& t) {
    t.qsbr->seen.store(g_qsbr.write_sequence.load(std::memory_order_relaxed), std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

void qsbr_offline(Thread& t) { t.qsbr->seen.store(Offline, std::memory_order_release); }

void qsbr_quiescent(Thread& t) { t.qsbr->seen.store(g_qsbr.write_sequence.load(std::memory_order_acquire), std::memory_order_release); }

uint64_t qsbr_advance() { return g_qsbr.write_sequence.fetch_add(Step, std::memory_order_acq_rel) + Step; }

bool qsbr_reached(uint64_t goal) {
    if (g_qsbr.read_sequence.load(std::memory_order_acquire) >= goal) return true;
    return scan() >= goal;
}

void qsbr_hurry(uint64_t goal) {
    base::RawLocker lock(g_qsbr.lock);
    for (QsbrThread* q = g_qsbr.first; q; q = q->next) {
        uint64_t seen = q->seen.load(std::memory_order_acquire);
        if (seen != Offline && seen < goal) request_poll(*q->thread, poll_bit::Quiesce);
    }
}

void qsbr_process(Thread& t) {
    QsbrThread* q = t.qsbr;
    q->queued_bytes = 0;
    while (q->queue_count && qsbr_reached(q->queue[q->queue_first].goal)) {
        void* memory = q->queue[q->queue_first].memory;
        q->queue_count--;
        q->queue_first = q->queue_count ? q->queue_first + 1 : 0;
        raw_free(memory);
    }
    if (q->queue_count) qsbr_hurry(q->queue[q->queue_first].goal);
    if (g_qsbr.has_orphans.load(std::memory_order_relaxed)) {
        scan();
        process_orphans();
    }
}

void raw_free_delayed(Thread& t, void* memory) {
    if (!memory) return;
    QsbrThread* q = t.qsbr;
    if (!is_multi_threaded() && q->queue_count == 0) {
        raw_free(memory);
        return;
    }
    if (q->queue_first + q->queue_count == q->queue_capacity) {
        if (q->queue_first >= q->queue_capacity / 2 && q->queue_first) {
            memmove(q->queue, q->queue + q->queue_first, q->queue_count * sizeof(DelayedFree));
            q->queue_first = 0;
        } else {
            size_t capacity = q->queue_capacity;
            if (!grow(q->queue, q->queue_first + q->queue_count + 1, capacity, capacity)) {
                // No memory for the queue: wait for all readers instead.
                stop_world(t);
                start_world(t);
                raw_free(memory);
                return;
            }
            q->queue_capacity = static_cast<uint32_t>(capacity);
        }
    }
    if (UNLIKELY(heap_is_traced())) heap_trace_freed(memory); // to the program it is free now
    q->queue[q->queue_first + q->queue_count++] = {memory, qsbr_advance()};
    // The thread itself must pass a quiescent point too, so processing waits for its poll.
    q->queued_bytes += raw_size(memory);
    if (q->queue_count % ProcessEvery == 0 || q->queued_bytes > ProcessBytes) request_poll(t, poll_bit::Quiesce);
}

void qsbr_process_all_stopped() {
    base::RawLocker lock(g_qsbr.lock);
    for (QsbrThread* q = g_qsbr.first; q; q = q->next) {
        for (uint32_t i = 0; i < q->queue_count; i++) raw_free(q->queue[q->queue_first + i].memory);
        q->queue_first = q->queue_count = 0;
    }
    for (size_t i = 0; i < g_qsbr.orphan_count; i++) raw_free(g_qsbr.orphans[i].memory);
    g_qsbr.orphan_count = 0;
}

void qsbr_after_fork(Thread& t) {
    g_qsbr.lock.reset();
    // No reader is left, so what the lost threads had queued can go.
    for (QsbrThread* q = g_qsbr.first; q;) {
        QsbrThread* next = q->next;
        if (q != t.qsbr) {
            for (uint32_t i = 0; i < q->queue_count; i++) raw_free(q->queue[q->queue_first + i].memory);
            free(q->queue);
            operator delete(q, std::align_val_t{64});
        }
        q = next;
    }
    g_qsbr.first = t.qsbr;
    t.qsbr->next = nullptr;
}

} // namespace taipan
