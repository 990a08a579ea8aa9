// References as types. Ref<T> owns one count and is never null (but after a move); Borrowed<T> is non-null and owns
// nothing: whoever lends it keeps the object alive; MaybeRef<T> is an owning reference or nothing. A raw pointer becomes
// an owner only through `steal` (takes over a count) or `acquire` (adds one).
#pragma once

#include "runtime/object.h"

#include <concepts>
#include <type_traits>

namespace taipan {

template <class T> class Ref;
template <class T> class MaybeRef;

template <class T> class Borrowed {
public:
    ALWAYS_INLINE Borrowed(T* pointer) : m_pointer(pointer) { ASSERT(pointer); }
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE Borrowed(Borrowed<U> other) : m_pointer(other.get()) {}
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE Borrowed(const Ref<U>& ref) : m_pointer(ref.get()) {}
    ALWAYS_INLINE T* get() const { return m_pointer; }
    ALWAYS_INLINE T* operator->() const { return m_pointer; }
    ALWAYS_INLINE T& operator*() const { return *m_pointer; }
    template <class U>
        requires std::derived_from<T, U>
    ALWAYS_INLINE operator U*() const {
        return m_pointer;
    }
    /// A new owning reference to the same object.
    ALWAYS_INLINE Ref<T> share() const { return Ref<T>::acquire(m_pointer); }

private:
    T* m_pointer;
};

template <class T> class [[clang::trivial_abi]] Ref {
public:
    ALWAYS_INLINE static Ref steal(T* pointer) { return Ref(pointer); }
    ALWAYS_INLINE static Ref acquire(T* pointer) {
        incref(pointer);
        return Ref(pointer);
    }
    ALWAYS_INLINE Ref(Ref&& other) noexcept : m_pointer(other.release()) {}
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE Ref(Ref<U>&& other) : m_pointer(other.release()) {}
    ALWAYS_INLINE Ref& operator=(Ref&& other) noexcept {
        T* old = m_pointer;
        m_pointer = other.release();
        if (old) decref(old);
        return *this;
    }
    ALWAYS_INLINE ~Ref() {
        if (m_pointer) decref(m_pointer);
    }
    ALWAYS_INLINE T* get() const { return m_pointer; }
    ALWAYS_INLINE T* operator->() const { return m_pointer; }
    ALWAYS_INLINE T& operator*() const { return *m_pointer; }
    /// Gives the count away to the caller.
    ALWAYS_INLINE T* release() { return std::exchange(m_pointer, nullptr); }
    ALWAYS_INLINE Ref share() const { return acquire(m_pointer); }
    ALWAYS_INLINE Borrowed<T> borrow() const { return Borrowed<T>(m_pointer); }

private:
    ALWAYS_INLINE explicit Ref(T* pointer) : m_pointer(pointer) { ASSERT(pointer); }
    T* m_pointer;
};

template <class T> class [[clang::trivial_abi]] MaybeRef {
public:
    ALWAYS_INLINE MaybeRef() : m_pointer(nullptr) {}
    ALWAYS_INLINE MaybeRef(std::nullptr_t) : m_pointer(nullptr) {}
    ALWAYS_INLINE static MaybeRef steal(T* pointer) { return MaybeRef(pointer); }
    ALWAYS_INLINE static MaybeRef acquire(T* pointer) {
        if (pointer) incref(pointer);
        return MaybeRef(pointer);
    }
    ALWAYS_INLINE MaybeRef(MaybeRef&& other) noexcept : m_pointer(other.release()) {}
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE MaybeRef(MaybeRef<U>&& other) : m_pointer(other.release()) {}
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE MaybeRef(Ref<U>&& other) : m_pointer(other.release()) {}
    ALWAYS_INLINE MaybeRef& operator=(MaybeRef&& other) noexcept {
        T* old = m_pointer;
        m_pointer = other.release();
        if (old) decref(old);
        return *this;
    }
    ALWAYS_INLINE ~MaybeRef() {
        if (m_pointer) decref(m_pointer);
    }
    ALWAYS_INLINE explicit operator bool() const { return m_pointer != nullptr; }
    ALWAYS_INLINE T* get() const { return m_pointer; }
    ALWAYS_INLINE T* operator->() const { return m_pointer; }
    ALWAYS_INLINE T& operator*() const { return *m_pointer; }
    ALWAYS_INLINE T* release() { return std::exchange(m_pointer, nullptr); }
    /// The reference, which must be there.
    ALWAYS_INLINE Ref<T> take() { return Ref<T>::steal(release()); }
    ALWAYS_INLINE MaybeRef share() const { return acquire(m_pointer); }

private:
    ALWAYS_INLINE explicit MaybeRef(T* pointer) : m_pointer(pointer) {}
    T* m_pointer;
};

/// A borrowed reference or nothing: optional parameters of natives.
template <class T> class MaybeBorrowed {
public:
    ALWAYS_INLINE MaybeBorrowed(T* pointer = nullptr) : m_pointer(pointer) {}
    ALWAYS_INLINE explicit operator bool() const { return m_pointer != nullptr; }
    ALWAYS_INLINE T* get() const { return m_pointer; }
    ALWAYS_INLINE T* operator->() const { return m_pointer; }
    ALWAYS_INLINE T& operator*() const { return *m_pointer; }
    /// The reference, which must be there.
    ALWAYS_INLINE Borrowed<T> value() const { return Borrowed<T>(m_pointer); }

private:
    T* m_pointer;
};

/// A new owning reference.
template <class T> ALWAYS_INLINE Ref<T> acquire(T* pointer) { return Ref<T>::acquire(pointer); }
template <class T> ALWAYS_INLINE Ref<T> acquire(Borrowed<T> borrowed) { return Ref<T>::acquire(borrowed.get()); }
template <class T> ALWAYS_INLINE Ref<T> steal(T* pointer) { return Ref<T>::steal(pointer); }

/// Replaces the counted pointer in a field and drops what was there, in this order (dropping may run Python).
template <class T> ALWAYS_INLINE void assign_field(T*& field, T* owned) {
    T* old = std::exchange(field, owned);
    if (old) decref(old);
}
template <class T> ALWAYS_INLINE void clear_field(T*& field) { assign_field(field, static_cast<T*>(nullptr)); }

} // namespace taipan
