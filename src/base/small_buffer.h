// A growable array of plain values that starts in place and goes to malloc when it outgrows that.
//
// Running out of memory makes pushes no-ops and sets `failed`, which is asked once at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace taipan::base {

template <typename T, size_t InPlace> class SmallBuffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    SmallBuffer() = default;
    SmallBuffer(const SmallBuffer&) = delete;
    SmallBuffer& operator=(const SmallBuffer&) = delete;
    ~SmallBuffer() {
        if (m_data != m_in_place) free(m_data);
    }

    T* data() { return m_data; }
    const T* data() const { return m_data; }
    T* begin() { return m_data; }
    T* end() { return m_data + m_size; }
    T& operator[](size_t i) { return m_data[i]; }
    const T& operator[](size_t i) const { return m_data[i]; }
    T& back() { return m_data[m_size - 1]; }
    size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    bool failed() const { return m_failed; }
    void clear() { m_size = 0; }
    void pop() { m_size--; }

    /// Room for `n` more values.
    [[nodiscard]] bool reserve(size_t n) { return m_capacity - m_size >= n || grow(n); }
    /// The first `size` values stay; new ones are indeterminate. Null when out of memory.
    T* resize(size_t size) {
        if (size > m_size && !reserve(size - m_size)) return nullptr;
        m_size = size;
        return m_data;
    }
    void push(T value) {
        if (m_size == m_capacity && !grow(1)) return;
        m_data[m_size++] = value;
    }
    void append(const T* values, size_t n) {
        if (!reserve(n)) return;
        if (n) memcpy(m_data + m_size, values, n * sizeof(T));
        m_size += n;
    }
    void append(size_t n, T value) {
        if (!reserve(n)) return;
        for (size_t i = 0; i < n; i++) m_data[m_size + i] = value;
        m_size += n;
    }

private:
    bool grow(size_t n) {
        size_t capacity;
        if (m_failed || __builtin_add_overflow(m_size, n, &capacity) || capacity > SIZE_MAX / 4 / sizeof(T)) {
            m_failed = true;
            return false;
        }
        if (capacity < m_capacity * 2) capacity = m_capacity * 2;
        bool in_place = m_data == m_in_place;
        void* data = realloc(in_place ? nullptr : m_data, capacity * sizeof(T));
        if (!data) {
            m_failed = true;
            return false;
        }
        if (in_place) memcpy(data, m_in_place, m_size * sizeof(T));
        m_data = static_cast<T*>(data);
        m_capacity = capacity;
        return true;
    }

    T m_in_place[InPlace];
    T* m_data = m_in_place;
    size_t m_size = 0, m_capacity = InPlace;
    bool m_failed = false;
};

using TextBuffer = SmallBuffer<char, 128>;

} // namespace taipan::base
