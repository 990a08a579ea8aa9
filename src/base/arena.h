// A bump allocator: objects with trivial destructors that live and die together.
// Memory is 16-byte aligned at most, never moves, and is released when the arena is destroyed or reset.
// Out of memory ends the process: callers bound what they put here by the size of their input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace taipan::base {

class Arena {
public:
    Arena() = default;
    ~Arena() { reset(); }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    Arena(Arena&& other) noexcept { swap(other); }
    Arena& operator=(Arena&& other) noexcept {
        swap(other);
        return *this;
    }

    void* allocate(size_t size, size_t alignment = 8) {
        uintptr_t start = (m_next + alignment - 1) & ~(uintptr_t)(alignment - 1);
        if (size <= m_end && start <= m_end - size) [[likely]] {
            m_next = start + size;
            return (void*)start;
        }
        return allocate_slow(size, alignment);
    }

    template <class T, class... Args> T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
    }

    // Uninitialised storage for `count` elements.
    template <class T> T* make_array(size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        return (T*)allocate(count * sizeof(T), alignof(T));
    }

    char* copy(const void* data, size_t size) {
        char* to = (char*)allocate(size, 1);
        if (size) memcpy(to, data, size);
        return to;
    }

    void reset() {
        while (m_blocks) {
            Block* previous = m_blocks->previous;
            free(m_blocks);
            m_blocks = previous;
        }
        m_next = m_end = 0;
        m_used = 0;
    }

    // Bytes taken from the system.
    size_t footprint() const { return m_used; }

private:
    struct alignas(16) Block {
        Block* previous;
        size_t size;
    };

    static constexpr size_t FIRST_BLOCK = 16 * 1024;
    static constexpr size_t LARGEST_BLOCK = 1024 * 1024;

    [[gnu::noinline]] void* allocate_slow(size_t size, size_t alignment) {
        size_t block_size = m_blocks ? m_blocks->size * 2 : FIRST_BLOCK;
        if (block_size > LARGEST_BLOCK) block_size = LARGEST_BLOCK;
        size_t needed = size + alignment + sizeof(Block);
        bool oversized = needed > block_size / 4 && m_blocks;
        if (needed > block_size || oversized) {
            // A large request gets a block of its own, below the current one, so that what is left there stays usable.
            if (needed < size) abort();
            auto* block = (Block*)malloc(needed);
            if (!block) abort();
            block->size = needed < LARGEST_BLOCK ? needed : LARGEST_BLOCK;
            m_used += needed;
            if (m_blocks) {
                block->previous = m_blocks->previous;
                m_blocks->previous = block;
            } else {
                block->previous = nullptr;
                m_blocks = block;
            }
            uintptr_t start = (uintptr_t)(block + 1);
            return (void*)((start + alignment - 1) & ~(uintptr_t)(alignment - 1));
        }
        auto* block = (Block*)malloc(block_size);
        if (!block) abort();
        block->previous = m_blocks;
        block->size = block_size;
        m_blocks = block;
        m_used += block_size;
        m_next = (uintptr_t)(block + 1);
        m_end = (uintptr_t)block + block_size;
        return allocate(size, alignment);
    }

    void swap(Arena& other) {
        std::swap(m_next, other.m_next);
        std::swap(m_end, other.m_end);
        std::swap(m_blocks, other.m_blocks);
        std::swap(m_used, other.m_used);
    }

    uintptr_t m_next = 0;
    uintptr_t m_end = 0;
    Block* m_blocks = nullptr;
    size_t m_used = 0;
};

} // namespace taipan::base
