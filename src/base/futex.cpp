#include "base/futex.h"

#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace taipan::base {

int64_t monotonic_ns() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

FutexResult futex_wait(std::atomic<uint32_t>& word, uint32_t expected, int64_t deadline_ns) {
    timespec deadline;
    if (deadline_ns >= 0) deadline = {deadline_ns / 1'000'000'000, deadline_ns % 1'000'000'000};
    // WAIT_BITSET takes an absolute time, so an interrupted wait can simply be repeated.
    long result = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline_ns >= 0 ? &deadline : nullptr, nullptr,
                          FUTEX_BITSET_MATCH_ANY);
    if (result == 0 || errno == EAGAIN) return FutexResult::Woken;
    return errno == ETIMEDOUT ? FutexResult::TimedOut : FutexResult::Interrupted;
}

void futex_wake(std::atomic<uint32_t>& word, int count) { syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0); }

void RawMutex::lock_slow() {
    for (int i = 0; i < 64; i++) {
        uint32_t expected = 0;
        if (m_word.load(std::memory_order_relaxed) == 0 && m_word.compare_exchange_strong(expected, 1, std::memory_order_acquire)) return;
        cpu_relax();
    }
    while (m_word.exchange(2, std::memory_order_acquire) != 0) futex_wait(m_word, 2);
}

} // namespace taipan::base
