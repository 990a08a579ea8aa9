// The parking lot: threads sleep "at" an address until another thread wakes them there. The state that decides whether
// to sleep lives in the word at that address, so a lock needs a byte and nothing else (WebKit's design).
#pragma once

#include "base/futex.h"

namespace taipan::base {

enum class ParkResult : uint8_t { Woken, ValueChanged, TimedOut, Interrupted };

/// What the parking thread does around the sleep, after it is queued and without the lot's lock (detach a thread
/// state).
struct ParkHooks {
    void (*before_sleep)(void* context);
    void (*after_sleep)(void* context);
    void* context;
};

/// Queues the calling thread at `address` if `still_valid(address, context)` holds, tested under the lot's lock, and
/// sleeps until woken or until `deadline_ns` (monotonic clock; negative: for ever). `token` is shown to `unpark_one`'s
/// callback. With `interruptible`, a signal ends the sleep.
ParkResult park(const void* address, bool (*still_valid)(const void* address, void* context), void* context, int64_t deadline_ns = -1,
                bool interruptible = false, void* token = nullptr, const ParkHooks* hooks = nullptr);
/// Wakes the longest waiting thread. `callback(token, has_more, context)` runs under the lot's lock, also when there is
/// nobody (token null): the place to change the word.
void unpark_one(const void* address, void (*callback)(void* token, bool has_more, void* context), void* context);
void unpark_all(const void* address);
/// In the child after fork: nobody else waits any more.
void parking_lot_after_fork();

} // namespace taipan::base
