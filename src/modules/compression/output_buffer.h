// Memory that a compression library writes to, up to an optional limit. Plain memory: it grows while the thread is
// detached, and becomes a bytes object at the end.
#pragma once

#include "objects/bytes.h"
#include "objects/exceptions.h"

#include <cstdlib>
#include <cstring>

namespace taipan::compression {

class OutputBuffer {
public:
    static constexpr size_t FirstBlock = 32 * 1024, LargestStep = size_t{256} << 20;

    /// `limit` < 0: none.
    explicit OutputBuffer(intptr_t limit = -1, size_t first = FirstBlock)
        : m_limit(limit < 0 ? SIZE_MAX : static_cast<size_t>(limit)), m_first(first) {}
    ~OutputBuffer() { std::free(m_data); }
    OutputBuffer(const OutputBuffer&) = delete;

    /// Makes sure that there is room, if the limit allows it. False: out of memory.
    bool grow() {
        if (m_size < m_capacity || m_size >= m_limit) return true;
        size_t step = m_capacity == 0 ? m_first : m_capacity < LargestStep ? m_capacity : LargestStep;
        size_t capacity = m_capacity + step;
        if (capacity > m_limit) capacity = m_limit;
        void* data = std::realloc(m_data, capacity);
        if (!data) return false;
        m_data = static_cast<uint8_t*>(data);
        m_capacity = capacity;
        return true;
    }
    bool is_full() const { return m_size >= m_limit; }
    uint8_t* end() const { return m_data + m_size; }
    size_t room() const { return m_capacity - m_size; }
    size_t size() const { return m_size; }
    void advance(size_t count) { m_size += count; }
    Result<Ref<Bytes>> finish(Thread& t) const { return bytes_from(t, {reinterpret_cast<const char*>(m_data), m_size}); }

private:
    uint8_t* m_data = nullptr;
    size_t m_size = 0, m_capacity = 0, m_limit, m_first;
};

/// The input that a decompressor with a `max_length` could not use yet: it goes before what the next call brings.
struct PendingInput {
    uint8_t* data;
    size_t start, size, capacity; // what is pending: data[start:start + size]

    /// `input` joined to what is pending; false: out of memory.
    bool join(std::string_view& input) {
        if (size == 0) return true;
        if (start + size + input.size() > capacity) {
            if (start) std::memmove(data, data + start, size);
            start = 0;
            if (size + input.size() > capacity) {
                void* larger = std::realloc(data, size + input.size());
                if (!larger) return false;
                data = static_cast<uint8_t*>(larger);
                capacity = size + input.size();
            }
        }
        if (!input.empty()) std::memcpy(data + start + size, input.data(), input.size());
        size += input.size();
        input = {reinterpret_cast<char*>(data + start), size};
        return true;
    }
    /// Keeps the rest of an input (which may be the joined one). False: out of memory.
    bool keep(std::string_view rest) {
        auto* from = reinterpret_cast<const uint8_t*>(rest.data());
        if (size && from >= data && from <= data + capacity) {
            start = static_cast<size_t>(from - data);
            size = rest.size();
            return true;
        }
        start = 0;
        size = rest.size();
        if (size > capacity) {
            void* larger = std::realloc(data, size);
            if (!larger) return size = 0, false;
            data = static_cast<uint8_t*>(larger);
            capacity = size;
        }
        if (size) std::memcpy(data, from, size);
        return true;
    }
    void drop() { size = start = 0; }
    void release() { std::free(data); }
};

} // namespace taipan::compression
