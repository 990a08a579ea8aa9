// Locks. `Mutex` is one byte and parks waiting threads in the parking lot; `CriticalSection` holds the lock bit of one or
// two objects for a scope, is released while its thread blocks or detaches, and does nothing while the process has one
// thread. `Event` is a one-shot signal.
#pragma once

#include "runtime/object.h"

namespace taipan {

class Mutex {
public:
    void lock() {
        uint8_t expected = 0;
        if (LIKELY(m_bits.compare_exchange_strong(expected, Locked, std::memory_order_acquire))) return;
        lock_slow(m_bits);
    }
    bool try_lock() {
        uint8_t expected = 0;
        return m_bits.compare_exchange_strong(expected, Locked, std::memory_order_acquire);
    }
    void unlock() {
        uint8_t expected = Locked;
        if (LIKELY(m_bits.compare_exchange_strong(expected, 0, std::memory_order_release))) return;
        unlock_slow(m_bits);
    }
    bool is_locked() const { return m_bits.load(std::memory_order_relaxed) & Locked; }

    static constexpr uint8_t Locked = 1;
    static constexpr uint8_t Parked = 2;
    /// Waits detached if a thread state is attached. The byte form serves Object::mutex too (same encoding as PyMutex).
    NOINLINE static void lock_slow(std::atomic<uint8_t>& bits);
    NOINLINE static void unlock_slow(std::atomic<uint8_t>& bits);
    /// Waits at most `timeout_ns` (negative: for ever; detached). True: acquired. Used by _thread.lock.
    static bool lock_timed(std::atomic<uint8_t>& bits, int64_t timeout_ns, bool interruptible, bool* interrupted);

private:
    std::atomic<uint8_t> m_bits{0};
};

class MutexLocker {
public:
    explicit MutexLocker(Mutex& mutex) : m_mutex(mutex) { mutex.lock(); }
    ~MutexLocker() { m_mutex.unlock(); }
    MutexLocker(const MutexLocker&) = delete;

private:
    Mutex& m_mutex;
};

class Event {
public:
    bool is_set() const { return m_state.load(std::memory_order_acquire) == Set; }
    void set();
    /// Detaches while it waits; false on time-out (nanoseconds, negative: for ever).
    bool wait(int64_t timeout_ns = -1);

private:
    static constexpr uint8_t Set = 1, Waiting = 2;
    std::atomic<uint8_t> m_state{0};
};

/// True once a second thread has been attached and until all but one are gone.
extern bool g_multi_threaded;
ALWAYS_INLINE bool is_multi_threaded() { return __atomic_load_n(&g_multi_threaded, __ATOMIC_RELAXED); }

class CriticalSection {
public:
    ALWAYS_INLINE CriticalSection(Thread& t, Object* object) : m_thread(&t) {
        if (LIKELY(!is_multi_threaded())) return;
        begin(&object->mutex, nullptr);
    }
    /// Both objects' locks, in address order; the same object twice is allowed.
    ALWAYS_INLINE CriticalSection(Thread& t, Object* a, Object* b) : m_thread(&t) {
        if (LIKELY(!is_multi_threaded())) return;
        begin(&a->mutex, &b->mutex);
    }
    ALWAYS_INLINE ~CriticalSection() {
        if (UNLIKELY(m_first != nullptr)) end();
    }
    CriticalSection(const CriticalSection&) = delete;

    // Used by thread state changes: release all sections of a thread that blocks; take the innermost again.
    static void suspend_all(Thread& t);
    static void resume(Thread& t);

private:
    NOINLINE void begin(std::atomic<uint8_t>* first, std::atomic<uint8_t>* second);
    NOINLINE void end();

    Thread* m_thread;
    std::atomic<uint8_t>* m_first = nullptr;
    std::atomic<uint8_t>* m_second = nullptr;
    CriticalSection* m_previous = nullptr;
    bool m_active = false;
};

} // namespace taipan
