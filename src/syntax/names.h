// Interns a tree's identifiers: one Text per spelling, so that the compiler compares names by pointer.
#pragma once

#include "base/arena.h"
#include "syntax/ast.h"

namespace taipan::syntax {

class NameTable {
public:
    explicit NameTable(base::Arena& arena) : m_arena(arena) {}
    ~NameTable() { free(m_slots); }
    NameTable(const NameTable&) = delete;
    NameTable& operator=(const NameTable&) = delete;

    // The caller normalises; `text` is copied on first sight. Out of memory as an arena is (base/memory_scope.h).
    Identifier intern(std::string_view text) {
        uint32_t hash = hash_of(text);
        if (m_count * 2 >= m_capacity) grow();
        uint32_t index = hash & (m_capacity - 1);
        while (Text* found = m_slots[index]) {
            if (found->hash == hash && found->size == text.size() && memcmp(found->data, text.data(), text.size()) == 0) return found;
            index = (index + 1) & (m_capacity - 1);
        }
        m_slots[index] = make_text(m_arena, text, hash);
        m_count++;
        return m_slots[index];
    }

    // Text that need not be unique (type comments, tags).
    static Text* make_text(base::Arena& arena, std::string_view text, uint32_t hash = 0) {
        auto* made = (Text*)arena.allocate(offsetof(Text, data) + text.size() + 1, alignof(Text));
        made->size = (uint32_t)text.size();
        made->hash = hash;
        if (!text.empty()) memcpy(made->data, text.data(), text.size());
        made->data[text.size()] = 0;
        return made;
    }

private:
    static uint32_t hash_of(std::string_view text) {
        uint32_t hash = 2166136261u;
        for (unsigned char c : text) hash = (hash ^ c) * 16777619u;
        return hash ^ (hash >> 15);
    }

    void grow() {
        uint32_t capacity = m_capacity ? m_capacity * 2 : 256;
        auto** slots = (Text**)base::must_allocate_zeroed(capacity, sizeof(Text*));
        for (uint32_t i = 0; i < m_capacity; i++) {
            Text* text = m_slots[i];
            if (!text) continue;
            uint32_t index = text->hash & (capacity - 1);
            while (slots[index]) index = (index + 1) & (capacity - 1);
            slots[index] = text;
        }
        free(m_slots);
        m_slots = slots;
        m_capacity = capacity;
    }

    base::Arena& m_arena;
    Text** m_slots = nullptr;
    uint32_t m_capacity = 0;
    uint32_t m_count = 0;
};

} // namespace taipan::syntax
