// Quiescent-state based reclamation. Readers of lock-free structures announce nothing; they only promise to pass a
// quiescent point (a poll or a detach) now and then. What a writer unlinks may be freed once every attached thread has
// passed one since.
#pragma once

#include "runtime/thread.h"

namespace taipan {

struct DelayedFree {
    void* memory;
    uint64_t goal;
};

/// The per-thread part, on a cache line of its own because other threads read `seen`.
struct alignas(64) QsbrThread {
    std::atomic<uint64_t> seen{0}; // the write sequence at the last quiescent point; 0: detached
    Thread* thread = nullptr;
    QsbrThread* next = nullptr; // in the registry, guarded by its lock
    DelayedFree* queue = nullptr;
    uint32_t queue_first = 0, queue_count = 0, queue_capacity = 0;
    size_t queued_bytes = 0; // since the queue was last looked at
};

void qsbr_register(Thread& t);
/// Hands what is still queued to the process and forgets the thread.
void qsbr_unregister(Thread& t);
void qsbr_online(Thread& t);
void qsbr_offline(Thread& t);
/// The thread holds no pointer that it read without a lock or a count; called at polls.
void qsbr_quiescent(Thread& t);
/// The goal that all threads must reach before what was unlinked until now may be freed.
uint64_t qsbr_advance();
bool qsbr_reached(uint64_t goal);
/// Asks threads that lag behind `goal` to pass a quiescent point at their next poll.
void qsbr_hurry(uint64_t goal);
/// Frees what has become free in the thread's own queue, and in those that ended threads left.
void qsbr_process(Thread& t);
/// With the world stopped, nobody reads: frees everything that is queued anywhere.
void qsbr_process_all_stopped();
void qsbr_after_fork(Thread& t);

} // namespace taipan
