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
    return static_cast<const std::atomic<uint8_t>*>(address)->load(std::memory_order_relaxed) == *static_cast<uint8_t*>(expected);
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
    if (!(value & Locked) && bits.compare_exchange_strong(value, value | Locked, std::memory_order_acquire)) return true;
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
        base::ParkResult result = base::park(&bits, still_equals, &wanted, deadline, interruptible, &waiter, t ? &hooks : nullptr);
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
        if (base::park(&m_state, still_equals, &expected, deadline, false, nullptr, t ? &hooks : nullptr) == base::ParkResult::TimedOut)
            return is_set();
    }
}

// --- critical sections --------------------------------------------------------------------------------------------
//
// A thread's sections form a stack. When the thread blocks or is stopped, all their locks are released; when it runs
// again, only the innermost is taken at once, an outer one when it becomes innermost. So sections cannot deadlock, and
// code inside one must expect that anything that may block lets others in.

namespace {

CriticalEntry* entry_of(uintptr_t tagged) { return reinterpret_cast<CriticalEntry*>(tagged & ~CriticalEntry::Tags); }
std::atomic<uint8_t>* second_of(uintptr_t tagged) {
    return tagged & CriticalEntry::Two ? static_cast<CriticalEntry2*>(entry_of(tagged))->second : nullptr;
}
bool is_active(uintptr_t tagged) { return tagged && !(tagged & CriticalEntry::Inactive); }

ALWAYS_INLINE bool try_take(std::atomic<uint8_t>* bits) {
    uint8_t expected = 0;
    return bits->compare_exchange_strong(expected, Mutex::Locked, std::memory_order_acquire);
}
ALWAYS_INLINE void take(std::atomic<uint8_t>* bits) {
    if (!try_take(bits)) Mutex::lock_slow(*bits);
}
ALWAYS_INLINE void release(std::atomic<uint8_t>* bits) {
    uint8_t expected = Mutex::Locked;
    if (!bits->compare_exchange_strong(expected, 0, std::memory_order_release)) Mutex::unlock_slow(*bits);
}

ALWAYS_INLINE void leave(Thread& t, CriticalEntry& entry) {
    uintptr_t outer = t.critical_sections = entry.previous;
    if (UNLIKELY(outer & CriticalEntry::Inactive)) CriticalSection::resume(t);
}

} // namespace

void CriticalSection::begin(Thread& t, CriticalEntry& entry, std::atomic<uint8_t>* mutex) {
    uintptr_t outer = t.critical_sections;
    uintptr_t tagged = reinterpret_cast<uintptr_t>(&entry);
    if (LIKELY(try_take(mutex))) {
        entry.previous = outer;
        entry.first = mutex;
        t.critical_sections = tagged;
        return;
    }
    entry.first = nullptr;
    // The section around us may protect the same object; it cannot end before us. (It may be suspended and resumed
    // meanwhile, as ours would be.)
    if (is_active(outer) && (entry_of(outer)->first == mutex || second_of(outer) == mutex)) return;
    // While we wait for the lock the entry is on the stack without it: there is nothing of ours to release.
    entry.previous = outer;
    t.critical_sections = tagged;
    Mutex::lock_slow(*mutex);
    entry.first = mutex;
    t.critical_sections = tagged; // active, whatever the wait has done
}

void CriticalSection::begin2(Thread& t, CriticalEntry2& entry, std::atomic<uint8_t>* a, std::atomic<uint8_t>* b) {
    entry.second = nullptr;
    if (a == b) return begin(t, entry, a);
    if (b < a) std::swap(a, b);
    entry.first = nullptr;
    uintptr_t outer = t.critical_sections;
    if (is_active(outer) && entry_of(outer)->first == a && second_of(outer) == b) return;
    uintptr_t tagged = reinterpret_cast<uintptr_t>(&entry) | CriticalEntry::Two;
    entry.previous = outer;
    t.critical_sections = tagged;
    take(a);
    take(b);
    entry.first = a;
    entry.second = b;
    t.critical_sections = tagged;
}

void CriticalSection::end(Thread& t, CriticalEntry& entry) {
    ASSERT(t.critical_sections == reinterpret_cast<uintptr_t>(&entry));
    release(entry.first);
    leave(t, entry);
}

void CriticalSection::end2(Thread& t, CriticalEntry2& entry) {
    ASSERT(t.critical_sections == (reinterpret_cast<uintptr_t>(&entry) | CriticalEntry::Two));
    release(entry.second);
    release(entry.first);
    leave(t, entry);
}

void CriticalSection::suspend_all(Thread& t) {
    for (uintptr_t* tagged = &t.critical_sections; is_active(*tagged); tagged = &entry_of(*tagged)->previous) {
        if (auto* second = second_of(*tagged)) release(second);
        if (auto* first = entry_of(*tagged)->first) release(first);
        *tagged |= CriticalEntry::Inactive;
    }
}

void CriticalSection::resume(Thread& t) {
    uintptr_t tagged = t.critical_sections;
    if (!(tagged & CriticalEntry::Inactive)) return;
    CriticalEntry* entry = entry_of(tagged);
    auto *first = entry->first, *second = second_of(tagged);
    // Waiting for the locks may detach again: then there is nothing to release, and the attach that follows must find
    // nothing to take.
    entry->first = nullptr;
    if (second) static_cast<CriticalEntry2*>(entry)->second = nullptr;
    if (first) take(first);
    if (second) take(second);
    entry->first = first;
    if (second) static_cast<CriticalEntry2*>(entry)->second = second;
    t.critical_sections = tagged & ~CriticalEntry::Inactive;
}

} // namespace taipan
