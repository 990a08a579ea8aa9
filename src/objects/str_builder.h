// Builds a str piece by piece; widens its buffer as larger characters come. Used by one thread at a time.
#pragma once

#include "objects/str.h"

namespace taipan {

class StrBuilder {
public:
    explicit StrBuilder(Thread& t) : m_thread(&t) {}
    /// Whoever keeps a builder hands it to the thread that uses it next: the one before may have ended.
    void use_in(Thread& t) { m_thread = &t; }
    ~StrBuilder();
    StrBuilder(const StrBuilder&) = delete;

    Result<void> append_char(uint32_t code_point) {
        if (LIKELY(m_length < m_capacity && m_kind == 1 && code_point < 256)) {
            if (code_point > m_max_char) m_max_char = code_point;
            static_cast<uint8_t*>(m_data)[m_length++] = static_cast<uint8_t>(code_point);
            return {};
        }
        return append_char_slow(code_point);
    }
    Result<void> append_ascii(std::string_view text);
    Result<void> append_utf8(std::string_view text);
    Result<void> append(const Str* text);
    Result<void> append(const Str* text, intptr_t start, intptr_t end);
    Result<void> append_repeated(uint32_t code_point, intptr_t count);
    /// Room for `extra` more characters up to `max_char`.
    Result<void> reserve(intptr_t extra, uint32_t max_char = 127);
    intptr_t length() const { return m_length; }
    /// The character at `i`, written before.
    uint32_t at(intptr_t i) const;
    /// Drops what was written behind `length`.
    Result<void> truncate(intptr_t length);
    /// The string; the builder is empty afterwards.
    Result<Ref<Str>> finish();

private:
    Result<void> append_char_slow(uint32_t code_point);
    NOINLINE Result<void> spill();
    static constexpr intptr_t InPlace = 256;

    Thread* m_thread;
    void* m_data = m_in_place;
    intptr_t m_length = 0, m_capacity = InPlace; // in characters
    int m_kind = 1;
    uint32_t m_max_char = 0; // a bound on what was written
    // A whole string that was appended first is kept as it is until more comes: if nothing does, it is the result. The
    // capacity is zero meanwhile, so that every write comes through `reserve`.
    Str* m_single = nullptr;
    intptr_t m_spare_capacity = 0;
    alignas(4) uint8_t m_in_place[InPlace];
};

} // namespace taipan
