// Locks. `Mutex` is one byte and parks waiting threads in the parking lot; `CriticalSection` holds the lock bit of one
// or two objects for a scope, is released while its thread blocks or detaches, and does nothing while the process has
// one thread. `Event` is a one-shot signal.
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

/// True if nobody else can reach the object: the process has one thread, or its only reference is one that the caller holds
/// itself, in a word of its frame or a Ref. (What is borrowed from a field or a global may have one reference, too, and be
/// in many hands.) Others come to it only with the world stopped, as gc.get_objects() does.
ALWAYS_INLINE bool is_unshared(const Object* o) { return !is_multi_threaded() || is_uniquely_owned(o); }

/// An entry in a thread's stack of critical sections, as the C API's PyCriticalSection has it: callers keep 16 bytes
/// for a section of one lock, 24 for one of two. A pointer to an entry carries the bits below.
struct CriticalEntry {
    static constexpr uintptr_t Inactive = 1, Two = 2, Tags = 3;
    uintptr_t previous = 0;
    std::atomic<uint8_t>* first = nullptr; // null: the section is not entered, or the one around it protects the object
};
struct CriticalEntry2 : CriticalEntry {
    std::atomic<uint8_t>* second = nullptr;
};
static_assert(sizeof(CriticalEntry) == 16 && sizeof(CriticalEntry2) == 24);

/// While the process has one thread a section only enters itself into the thread's stack, as one that is suspended: if
/// code that it calls makes the second thread, it is resumed like any section whose thread has blocked.
class CriticalSection {
public:
    CriticalSection(Thread& t, Object* object);
    /// For an object that the caller holds a reference to itself: no lock if it is_unshared. Others can come to it only
    /// while this thread is stopped, and then the section is resumed with the lock.
    struct Held {};
    CriticalSection(Thread& t, Object* object, Held);
    /// Both objects' locks, in address order; the same object twice is allowed.
    CriticalSection(Thread& t, Object* a, Object* b);
    ~CriticalSection();
    CriticalSection(const CriticalSection&) = delete;

    // The same in parts, for the C API: `end` only if `first` is not null.
    NOINLINE static void begin(Thread& t, CriticalEntry& entry, std::atomic<uint8_t>* mutex);
    NOINLINE static void end(Thread& t, CriticalEntry& entry);
    /// Leaves `second` null, and an entry that `end` takes, if the locks are the same.
    NOINLINE static void begin2(Thread& t, CriticalEntry2& entry, std::atomic<uint8_t>* a, std::atomic<uint8_t>* b);
    NOINLINE static void end2(Thread& t, CriticalEntry2& entry);

    // Used by thread state changes: release all sections of a thread that blocks; take the innermost again.
    static void suspend_all(Thread& t);
    static void resume(Thread& t);

private:
    CriticalSection(Thread& t, Object* object, bool locks);

    Thread* m_thread;
    CriticalEntry2 m_entry;
};

/// A section that calls nothing that could run Python, block or make a thread: while the process has one thread it is
/// free. For the few hottest stores.
class LeafSection {
public:
    ALWAYS_INLINE LeafSection(Thread& t, Object* object) : LeafSection(t, object, is_multi_threaded()) {}
    ALWAYS_INLINE ~LeafSection() {
        if (UNLIKELY(m_entry.first != nullptr)) CriticalSection::end(*m_thread, m_entry);
    }
    LeafSection(const LeafSection&) = delete;

protected:
    ALWAYS_INLINE LeafSection(Thread& t, Object* object, bool locks) : m_thread(&t) {
        if (UNLIKELY(locks)) CriticalSection::begin(t, m_entry, &object->mutex);
    }

private:
    Thread* m_thread;
    CriticalEntry m_entry;
};

} // namespace taipan
