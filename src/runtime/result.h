// Result<T>: a value, or "this thread has an exception set". One word for references; always checked.
#pragma once

#include "runtime/ref.h"

#include <cstdint>

namespace taipan {

/// What `raise` returns: converts to any Result in its error state.
struct [[nodiscard]] Error {};

template <class T> class [[nodiscard]] Result {
public:
    ALWAYS_INLINE Result(T value) : m_value(std::move(value)), m_ok(true) {}
    ALWAYS_INLINE Result(Error) : m_value(), m_ok(false) {}
    ALWAYS_INLINE bool is_error() const { return !m_ok; }
    ALWAYS_INLINE T take() { return std::move(m_value); }

private:
    T m_value;
    bool m_ok;
};

template <> class [[nodiscard]] Result<void> {
public:
    ALWAYS_INLINE Result() : m_ok(true) {}
    ALWAYS_INLINE Result(Error) : m_ok(false) {}
    ALWAYS_INLINE bool is_error() const { return !m_ok; }
    ALWAYS_INLINE void take() {}
    /// CPython's convention for `int` functions: 0 or -1.
    ALWAYS_INLINE int as_int() const { return m_ok ? 0 : -1; }

private:
    bool m_ok;
};

template <> class [[nodiscard]] Result<bool> {
public:
    template <std::same_as<bool> B> ALWAYS_INLINE Result(B value) : m_value(value) {}
    ALWAYS_INLINE Result(Error) : m_value(-1) {}
    ALWAYS_INLINE bool is_error() const { return m_value < 0; }
    ALWAYS_INLINE bool take() const { return m_value > 0; }
    /// 1, 0 or -1.
    ALWAYS_INLINE int as_int() const { return m_value; }

private:
    int m_value;
};

template <class T> class [[clang::trivial_abi]] [[nodiscard]] Result<Ref<T>> {
public:
    template <class U>
        requires std::derived_from<U, T>
    ALWAYS_INLINE Result(Ref<U> value) : m_pointer(value.release()) {}
    template <class U>
        requires(std::derived_from<U, T> && !std::same_as<U, T>)
    ALWAYS_INLINE Result(Result<Ref<U>>&& other) : m_pointer(other.release_or_null()) {}
    ALWAYS_INLINE Result(Error) : m_pointer(nullptr) {}
    ALWAYS_INLINE Result(Result&& other) noexcept : m_pointer(other.release_or_null()) {}
    Result& operator=(Result&&) = delete;
    ALWAYS_INLINE ~Result() {
        if (m_pointer) decref(m_pointer);
    }
    /// From a slot's return value: null means that an exception is set.
    ALWAYS_INLINE static Result from_nullable(T* owned) {
        Result result{Error{}};
        result.m_pointer = owned;
        return result;
    }
    ALWAYS_INLINE bool is_error() const { return m_pointer == nullptr; }
    ALWAYS_INLINE Ref<T> take() { return Ref<T>::steal(std::exchange(m_pointer, nullptr)); }
    /// For slots: the owned pointer, or null with the exception set.
    ALWAYS_INLINE T* release_or_null() { return std::exchange(m_pointer, nullptr); }

private:
    T* m_pointer;
};

template <class T> class [[nodiscard]] Result<Borrowed<T>> {
public:
    ALWAYS_INLINE Result(Borrowed<T> value) : m_pointer(value.get()) {}
    ALWAYS_INLINE Result(Error) : m_pointer(nullptr) {}
    ALWAYS_INLINE bool is_error() const { return m_pointer == nullptr; }
    ALWAYS_INLINE Borrowed<T> take() const { return m_pointer; }

private:
    T* m_pointer;
};

/// A value, nothing, or an error: iteration (nothing = exhausted) and optional look-ups (nothing = not found).
template <class T> using ResultMaybe = Result<MaybeRef<T>>;

/// Hands an error on to the caller, else yields the value.
#define TRY(expression)                                                                                                                    \
    ({                                                                                                                                     \
        auto try_result = (expression);                                                                                                    \
        if (UNLIKELY(try_result.is_error())) return ::taipan::Error{};                                                                     \
        try_result.take();                                                                                                                 \
    })

} // namespace taipan
