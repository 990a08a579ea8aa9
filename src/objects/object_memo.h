// What serialisers have written already: objects and their numbers.
#pragma once

#include "runtime/object.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace taipan {

/// An open-addressed map from objects, by identity, to numbers that are not negative. Keeps the objects alive; zeroed memory is
/// an empty map. Not thread-safe; whoever has one calls clear() in the end.
class ObjectMemo {
public:
    struct Entry {
        Object* key;
        intptr_t index;
    };
    /// -1: not there.
    ALWAYS_INLINE intptr_t find(const Object* key) const {
        if (!m_table) return -1;
        for (size_t i = hash(key) & m_mask;; i = (i + 1) & m_mask) {
            if (m_table[i].key == key) return m_table[i].index;
            if (!m_table[i].key) return -1;
        }
    }
    /// False: out of memory.
    [[nodiscard]] bool set(Object* key, intptr_t index);
    /// Empties it; the references are dropped after.
    void clear();
    /// The number of the next object.
    size_t size() const { return m_used + m_anonymous; }
    /// Uses up a number for something that no one can refer to.
    void skip_number() { ++m_anonymous; }
    size_t memory() const { return m_table ? (m_mask + 1) * sizeof(Entry) : 0; }
    template <class F> void for_each(F&& f) const {
        for (size_t i = 0; m_table && i <= m_mask; ++i)
            if (m_table[i].key) f(m_table[i]);
    }
    void swap(ObjectMemo& other) {
        std::swap(m_table, other.m_table);
        std::swap(m_mask, other.m_mask);
        std::swap(m_used, other.m_used);
        std::swap(m_anonymous, other.m_anonymous);
    }

private:
    static ALWAYS_INLINE size_t hash(const Object* key) {
        auto bits = reinterpret_cast<uintptr_t>(key);
        return static_cast<size_t>((bits >> 4) * 0x9E3779B97F4A7C15u >> 20);
    }
    bool grow();
    Entry* m_table;
    size_t m_mask, m_used, m_anonymous;
};

} // namespace taipan
