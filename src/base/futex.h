// The lowest lock: four bytes on a futex, for short sections that never block, never run Python and never detach the
// thread state (heap, parking lot, registries). Anything that may wait long uses runtime/lock.h instead.
#pragma once

#include "base/platform.h"

#include <atomic>

namespace taipan::base {

enum class FutexResult : uint8_t { Woken, TimedOut, Interrupted };

/// Nanoseconds of the monotonic clock.
int64_t monotonic_ns();
/// Sleeps while `*word == expected`, at most until `deadline_ns` (monotonic; negative: for ever). May wake spuriously.
FutexResult futex_wait(std::atomic<uint32_t>& word, uint32_t expected, int64_t deadline_ns = -1);
void futex_wake(std::atomic<uint32_t>& word, int count);

class RawMutex {
public:
    ALWAYS_INLINE void lock() {
        uint32_t expected = 0;
        if (LIKELY(m_word.compare_exchange_strong(expected, 1, std::memory_order_acquire))) return;
        lock_slow();
    }
    ALWAYS_INLINE void unlock() {
        if (UNLIKELY(m_word.exchange(0, std::memory_order_release) == 2)) futex_wake(m_word, 1);
    }
    /// Only after fork, in the child.
    void reset() { m_word.store(0, std::memory_order_relaxed); }

private:
    NOINLINE void lock_slow();
    std::atomic<uint32_t> m_word{0}; // 0 free, 1 held, 2 held and somebody sleeps
};

class RawLocker {
public:
    ALWAYS_INLINE explicit RawLocker(RawMutex& mutex) : m_mutex(mutex) { mutex.lock(); }
    ALWAYS_INLINE ~RawLocker() { m_mutex.unlock(); }
    RawLocker(const RawLocker&) = delete;

private:
    RawMutex& m_mutex;
};

/// Tells the processor that this is a spin loop.
ALWAYS_INLINE void cpu_relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb");
#endif
}

} // namespace taipan::base
