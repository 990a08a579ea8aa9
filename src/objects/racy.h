// Reading references that other threads may replace at any time: load, take a count if the object still lives, and look
// again. What was read is valid because freed objects keep a readable header for a grace period. While the process has
// one thread all of this is a plain load.
#pragma once

#include "runtime/lock.h"
#include "runtime/ref.h"

namespace taipan {

template <class T> ALWAYS_INLINE T load_relaxed(const T& field) { return __atomic_load_n(&field, __ATOMIC_RELAXED); }
template <class T> ALWAYS_INLINE T load_acquire(const T& field) { return __atomic_load_n(&field, __ATOMIC_ACQUIRE); }
template <class T> ALWAYS_INLINE void store_relaxed(T& field, std::type_identity_t<T> value) {
    __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}
template <class T> ALWAYS_INLINE void store_release(T& field, std::type_identity_t<T> value) {
    __atomic_store_n(&field, value, __ATOMIC_RELEASE);
}

/// A number that changes under its object's lock, and that others look at without it.
template <class T> class Racy {
public:
    Racy() = default;
    Racy(T value) : m_value(value) {}
    Racy(const Racy& other) : m_value(other) {}
    ALWAYS_INLINE operator T() const { return load_relaxed(m_value); }
    ALWAYS_INLINE Racy& operator=(T value) { return store_relaxed(m_value, value), *this; }
    ALWAYS_INLINE Racy& operator=(const Racy& other) { return *this = static_cast<T>(other); }
    ALWAYS_INLINE T operator++() { return *this += 1; }
    ALWAYS_INLINE T operator--() { return *this += static_cast<T>(-1); }
    ALWAYS_INLINE T operator++(int) { return (*this += 1) - 1; }
    ALWAYS_INLINE T operator--(int) { return (*this += static_cast<T>(-1)) + 1; }
    ALWAYS_INLINE T operator+=(T change) {
        T value = load_relaxed(m_value) + change;
        store_relaxed(m_value, value);
        return value;
    }

private:
    T m_value;
};

/// `try_incref` with the two common cases in line.
ALWAYS_INLINE bool try_incref_inline(Object* o) {
    uint32_t local = load_local(o);
    if (local == ImmortalLocal) return true;
    if (load_tid(o) == thread_pointer()) {
        if (UNLIKELY(local == 0)) return false;
        store_local(o, local + 1);
        return true;
    }
    return try_incref(o);
}

/// Takes a reference that is known to be alive (the slot's lock is held), so that later racy readers succeed too.
ALWAYS_INLINE void incref_locked(Object* o) {
    if (UNLIKELY(is_multi_threaded()) && load_tid(o) != thread_pointer()) enable_try_incref(o);
    incref(o);
}

enum class RacyRead { Ok, Empty, Retry };
/// Reads a slot without a lock; Ok gives an owned reference in `out`.
template <class T> ALWAYS_INLINE RacyRead racy_read(T* const& slot, T** out) {
    T* candidate = load_acquire(slot);
    if (!candidate) return RacyRead::Empty;
    if (LIKELY(!is_multi_threaded())) {
        incref(candidate);
        *out = candidate;
        return RacyRead::Ok;
    }
    if (UNLIKELY(!try_incref_inline(candidate))) return RacyRead::Retry;
    if (UNLIKELY(load_acquire(slot) != candidate)) {
        decref(candidate);
        return RacyRead::Retry;
    }
    *out = candidate;
    return RacyRead::Ok;
}

} // namespace taipan
