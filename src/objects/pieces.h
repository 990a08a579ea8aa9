// What splitting a text gives: pieces are collected on the stack, and become a list when their number is known.
#pragma once

#include "base/small_buffer.h"
#include "objects/exceptions.h"
#include "objects/list.h"

namespace taipan {

class Pieces {
public:
    explicit Pieces(Thread& t) : m_thread(t) {}
    ~Pieces() {
        for (Object* piece : m_items) decref(piece);
    }
    Pieces(const Pieces&) = delete;
    template <class T> ALWAYS_INLINE Result<void> push(Result<Ref<T>> piece) {
        Ref<T> text = TRY(std::move(piece));
        if (UNLIKELY(!m_items.reserve(1))) return raise_memory_error(m_thread);
        m_items.push(text.release());
        return {};
    }
    void reverse() {
        for (size_t i = 0, j = m_items.size(); i + 1 < j; ++i) std::swap(m_items[i], m_items[--j]);
    }
    /// Gives the pieces to a list.
    Result<Ref<List>> finish() {
        auto list = list_from_array_steal(m_thread, m_items.data(), m_items.size());
        m_items.clear();
        return list;
    }
    intptr_t size() const { return static_cast<intptr_t>(m_items.size()); }

private:
    Thread& m_thread;
    base::SmallBuffer<Object*, 64> m_items;
};

} // namespace taipan
