// A bump allocator: objects with trivial destructors that live and die together.
// Memory is 16-byte aligned at most, never moves, and is released when the arena is destroyed or reset. Large blocks come from
// the system and go back to it: what one large input needed does not stay with the process in pieces.
// Out of memory leaves the attempt that is going on (memory_scope.h); the arena stays as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <type_traits>
#include <utility>

#include "base/memory_scope.h"

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
        if (count > SIZE_MAX / 2 / sizeof(T)) memory_exhausted();
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
            give_back(m_blocks);
            m_blocks = previous;
        }
        m_next = m_end = 0;
        m_used = 0;
        m_block_size = FIRST_BLOCK;
    }

    // Bytes taken from the system.
    size_t footprint() const { return m_used; }

private:
    struct alignas(16) Block {
        Block* previous;
        size_t size; // in all
    };

    static constexpr size_t FIRST_BLOCK = 16 * 1024;
    static constexpr size_t LARGEST_BLOCK = 256 * 1024;
    static constexpr size_t SMALLEST_MAPPED = 64 * 1024;

    static Block* take(size_t size) {
        if (allocation_refused()) memory_exhausted();
        void* memory =
            size < SMALLEST_MAPPED ? malloc(size) : mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (!memory || memory == MAP_FAILED) memory_exhausted();
        auto* block = (Block*)memory;
        block->size = size;
        return block;
    }
    static void give_back(Block* block) {
        if (block->size < SMALLEST_MAPPED) free(block);
        else munmap(block, block->size);
    }

    [[gnu::noinline]] void* allocate_slow(size_t size, size_t alignment) {
        size_t block_size = m_block_size;
        size_t needed = size + alignment + sizeof(Block);
        if (needed > block_size / 4 && (needed > block_size || m_blocks)) {
            // A large request gets a block of its own, below the current one, so that what is left there stays usable.
            if (needed < size) memory_exhausted();
            Block* block = take(needed);
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
        Block* block = take(block_size);
        block->previous = m_blocks;
        m_blocks = block;
        m_used += block_size;
        if (m_block_size < LARGEST_BLOCK) m_block_size *= 2;
        m_next = (uintptr_t)(block + 1);
        m_end = (uintptr_t)block + block_size;
        return allocate(size, alignment);
    }

    void swap(Arena& other) {
        std::swap(m_next, other.m_next);
        std::swap(m_end, other.m_end);
        std::swap(m_blocks, other.m_blocks);
        std::swap(m_used, other.m_used);
        std::swap(m_block_size, other.m_block_size);
    }

    uintptr_t m_next = 0;
    uintptr_t m_end = 0;
    Block* m_blocks = nullptr;
    size_t m_used = 0;
    size_t m_block_size = FIRST_BLOCK; // of the next block
};

} // namespace taipan::base
