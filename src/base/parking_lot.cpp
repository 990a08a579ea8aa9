#include "base/parking_lot.h"

namespace taipan::base {
namespace {

struct Waiter {
    const void* address;
    void* token;
    Waiter* next;
    bool queued;
    std::atomic<uint32_t> signalled{0};
};

struct alignas(64) Bucket {
    RawMutex lock;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
};

constexpr size_t BucketCount = 251; // prime: neighbouring objects spread
constinit Bucket g_buckets[BucketCount];

Bucket& bucket_of(const void* address) { return g_buckets[(reinterpret_cast<uintptr_t>(address) >> 2) % BucketCount]; }

void remove(Bucket& bucket, Waiter* previous, Waiter* waiter) {
    (previous ? previous->next : bucket.first) = waiter->next;
    if (bucket.last == waiter) bucket.last = previous;
    waiter->queued = false;
}

void signal(Waiter* waiter) {
    // The waiter may return, and its stack frame be reused, as soon as the store is seen: waking a stale address is
    // harmless, it can only cause a spurious wake-up, which every futex wait tolerates.
    std::atomic<uint32_t>& word = waiter->signalled;
    word.store(1, std::memory_order_release);
    futex_wake(word, 1);
}

} // namespace

ParkResult park(const void* address, bool (*still_valid)(const void*, void*), void* context, int64_t deadline_ns, bool interruptible,
                void* token, const ParkHooks* hooks) {
    Bucket& bucket = bucket_of(address);
    Waiter waiter{address, token, nullptr, true};
    bucket.lock.lock();
    if (!still_valid(address, context)) {
        bucket.lock.unlock();
        return ParkResult::ValueChanged;
    }
    (bucket.last ? bucket.last->next : bucket.first) = &waiter;
    bucket.last = &waiter;
    bucket.lock.unlock();

    if (hooks) hooks->before_sleep(hooks->context);
    ParkResult result = ParkResult::Woken;
    while (waiter.signalled.load(std::memory_order_acquire) == 0) {
        FutexResult wait = futex_wait(waiter.signalled, 0, deadline_ns);
        if (wait == FutexResult::Woken || (wait == FutexResult::Interrupted && !interruptible)) continue;
        // Leave the queue, unless a waker has taken us out of it already: then its signal is on the way.
        bucket.lock.lock();
        if (waiter.queued) {
            Waiter* previous = nullptr;
            for (Waiter* w = bucket.first; w != &waiter; w = w->next) previous = w;
            remove(bucket, previous, &waiter);
            bucket.lock.unlock();
            result = wait == FutexResult::TimedOut ? ParkResult::TimedOut : ParkResult::Interrupted;
            break;
        }
        bucket.lock.unlock();
        while (waiter.signalled.load(std::memory_order_acquire) == 0) futex_wait(waiter.signalled, 0);
    }
    if (hooks) hooks->after_sleep(hooks->context);
    return result;
}

void unpark_one(const void* address, void (*callback)(void*, bool, void*), void* context) {
    Bucket& bucket = bucket_of(address);
    bucket.lock.lock();
    Waiter* previous = nullptr;
    Waiter* waiter = bucket.first;
    while (waiter && waiter->address != address) {
        previous = waiter;
        waiter = waiter->next;
    }
    bool has_more = false;
    if (waiter) {
        remove(bucket, previous, waiter);
        for (Waiter* w = waiter->next; w && !has_more; w = w->next) has_more = w->address == address;
    }
    callback(waiter ? waiter->token : nullptr, has_more, context);
    bucket.lock.unlock();
    if (waiter) signal(waiter);
}

void unpark_all(const void* address) {
    Bucket& bucket = bucket_of(address);
    Waiter* woken = nullptr;
    bucket.lock.lock();
    Waiter* previous = nullptr;
    for (Waiter* waiter = bucket.first; waiter;) {
        Waiter* next = waiter->next;
        if (waiter->address == address) {
            remove(bucket, previous, waiter);
            waiter->next = woken;
            woken = waiter;
        } else {
            previous = waiter;
        }
        waiter = next;
    }
    bucket.lock.unlock();
    while (woken) {
        Waiter* next = woken->next; // read first: the waiter is gone once signalled
        signal(woken);
        woken = next;
    }
}

void parking_lot_after_fork() {
    for (Bucket& bucket : g_buckets) {
        bucket.lock.reset();
        bucket.first = bucket.last = nullptr;
    }
}

} // namespace taipan::base
