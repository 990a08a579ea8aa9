#include "runtime/lock.h"

#include "base/parking_lot.h"
#include "runtime/thread.h"

#include <sched.h>

namespace taipan {

constinit bool g_multi_threaded = false;

namespace {

constexpr int SpinCount = 40;
constexpr int64_t FairAfterNs = 1'000'000; // a waiter gets the lock handed over once it has waited so long

struct LockWaiter {
    int64_t fair_at;
    bool handed_off = false;
};

bool still_equals(const void* address, void* expected) {
    return static_cast<const std::atomic<uint8_t>*>(address)->load(std::memory_order_relaxed) ==
           *static_cast<uint8_t*>(expected);
}

void detach_hook(void* thread) { thread_detach(*static_cast<Thread*>(thread)); }
void attach_hook(void* thread) { thread_attach(*static_cast<Thread*>(thread)); }

int64_t deadline_from(int64_t timeout_ns) {
    if (timeout_ns < 0) return -1;
    int64_t deadline;
    if (__builtin_add_overflow(base::monotonic_ns(), timeout_ns, &deadline)) return -1;
    return deadline;
}

} // namespace

void Mutex::lock_slow(std::atomic<uint8_t>& bits) { lock_timed(bits, -1, false, nullptr); }

bool Mutex::lock_timed(std::atomic<uint8_t>& bits, int64_t timeout_ns, bool interruptible, bool* interrupted) {
    if (interrupted) *interrupted = false;
    uint8_t value = bits.load(std::memory_order_relaxed);
    if (!(value & Locked) && bits.compare_exchange_strong(value, value | Locked, std::memory_order_acquire))
        return true;
    if (timeout_ns == 0) return false;
    int64_t deadline = deadline_from(timeout_ns);
    LockWaiter waiter{0};
    int spins = 0;
    for (;;) {
        if (!(value & Locked)) {
            if (bits.compare_exchange_weak(value, value | Locked, std::memory_order_acquire)) return true;
            continue;
        }
        // Sections are short: yield a few times before going to sleep, unless others sleep already.
        if (!(value & Parked) && spins < SpinCount) {
            sched_yield();
            spins++;
            value = bits.load(std::memory_order_relaxed);
            continue;
        }
        uint8_t wanted = value | Parked;
        if (wanted != value && !bits.compare_exchange_weak(value, wanted, std::memory_order_relaxed)) continue;
        if (waiter.fair_at == 0) waiter.fair_at = base::monotonic_ns() + FairAfterNs;
        Thread* t = Thread::current_or_null();
        base::ParkHooks hooks{detach_hook, attach_hook, t};
        base::ParkResult result =
            base::park(&bits, still_equals, &wanted, deadline, interruptible, &waiter, t ? &hooks : nullptr);
        if (result == base::ParkResult::Woken && waiter.handed_off) return true;
        if (result == base::ParkResult::TimedOut) return false;
        if (result == base::ParkResult::Interrupted) {
            if (interrupted) *interrupted = true;
            return false;
        }
        value = bits.load(std::memory_order_relaxed);
    }
}

void Mutex::unlock_slow(std::atomic<uint8_t>& bits) {
    VERIFY(bits.load(std::memory_order_relaxed) & Locked);
    base::unpark_one(
        &bits,
        [](void* token, bool has_more, void* context) {
            uint8_t value = 0;
            if (auto* waiter = static_cast<LockWaiter*>(token)) {
                waiter->handed_off = base::monotonic_ns() > waiter->fair_at;
                if (waiter->handed_off) value |= Locked;
                if (has_more) value |= Parked;
            }
            static_cast<std::atomic<uint8_t>*>(context)->store(value, std::memory_order_release);
        },
        &bits);
}

void Event::set() {
    if (m_state.exchange(Set, std::memory_order_acq_rel) == Waiting) base::unpark_all(&m_state);
}

bool Event::wait(int64_t timeout_ns) {
    int64_t deadline = deadline_from(timeout_ns);
    for (;;) {
        uint8_t value = m_state.load(std::memory_order_acquire);
        if (value == Set) return true;
        if (value == 0 && !m_state.compare_exchange_weak(value, Waiting, std::memory_order_relaxed)) continue;
        uint8_t expected = Waiting;
        Thread* t = Thread::current_or_null();
        base::ParkHooks hooks{detach_hook, attach_hook, t};
        if (base::park(&m_state, still_equals, &expected, deadline, false, nullptr, t ? &hooks : nullptr) ==
            base::ParkResult::TimedOut)
            return is_set();
    }
}

// --- critical sections --------------------------------------------------------------------------------------------
//
// A thread's sections form a stack. When the thread blocks or is stopped, all their locks are released; when it runs
// again, only the innermost is taken at once, an outer one when it becomes innermost. So sections cannot deadlock, and
// code inside one must expect that anything that may block lets others in.

void CriticalSection::begin(std::atomic<uint8_t>* first, std::atomic<uint8_t>* second) {
    Thread& t = *m_thread;
    if (second) {
        if (first == second) {
            second = nullptr;
        } else if (second < first) {
            std::swap(first, second);
        }
    }
    CriticalSection* outer = t.critical_sections;
    if (outer && outer->m_active && outer->m_first == first && (!second || outer->m_second == second)) {
        // The section around us protects the same objects and cannot end before us. It may be suspended and resumed
        // meanwhile, as ours would be.
        return;
    }
    m_previous = outer;
    t.critical_sections = this;
    // While we wait for a lock the fields are still null: there is nothing of ours to release. Active it must be, so
    // that a suspension goes on to the sections around us.
    m_active = true;
    uint8_t expected = 0;
    if (!first->compare_exchange_strong(expected, Mutex::Locked, std::memory_order_acquire)) Mutex::lock_slow(*first);
    if (second) {
        expected = 0;
        if (!second->compare_exchange_strong(expected, Mutex::Locked, std::memory_order_acquire))
            Mutex::lock_slow(*second);
    }
    m_first = first;
    m_second = second;
    m_active = true;
}

static void release(std::atomic<uint8_t>* bits) {
    uint8_t expected = Mutex::Locked;
    if (!bits->compare_exchange_strong(expected, 0, std::memory_order_release)) Mutex::unlock_slow(*bits);
}

void CriticalSection::end() {
    Thread& t = *m_thread;
    ASSERT(t.critical_sections == this && m_active);
    if (m_second) release(m_second);
    release(m_first);
    t.critical_sections = m_previous;
    if (m_previous && !m_previous->m_active) resume(t);
}

void CriticalSection::suspend_all(Thread& t) {
    for (CriticalSection* section = t.critical_sections; section && section->m_active; section = section->m_previous) {
        section->m_active = false;
        if (section->m_second) release(section->m_second);
        if (section->m_first) release(section->m_first);
    }
}

void CriticalSection::resume(Thread& t) {
    CriticalSection* section = t.critical_sections;
    if (!section || section->m_active || !section->m_first) return;
    std::atomic<uint8_t>*first = section->m_first, *second = section->m_second;
    // Waiting for the lock may detach again, and the attach that follows must not come back here.
    section->m_first = section->m_second = nullptr;
    uint8_t expected = 0;
    if (!first->compare_exchange_strong(expected, Mutex::Locked, std::memory_order_acquire)) Mutex::lock_slow(*first);
    if (second) {
        expected = 0;
        if (!second->compare_exchange_strong(expected, Mutex::Locked, std::memory_order_acquire))
            Mutex::lock_slow(*second);
    }
    section->m_first = first;
    section->m_second = second;
    section->m_active = true;
}

} // namespace taipan
