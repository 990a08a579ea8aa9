// Builds a str piece by piece; widens its buffer as larger characters come. Owned by one thread.
#pragma once

#include "objects/str.h"

namespace taipan {

class StrBuilder {
public:
    explicit StrBuilder(Thread& t) : m_thread(t) {}
    ~StrBuilder();
    StrBuilder(const StrBuilder&) = delete;

    Result<void> append_char(uint32_t code_point);
    Result<void> append_ascii(std::string_view text);
    Result<void> append_utf8(std::string_view text);
    Result<void> append(const Str* text);
    Result<void> append(const Str* text, intptr_t start, intptr_t end);
    Result<void> append_repeated(uint32_t code_point, intptr_t count);
    /// Room for `extra` more characters up to `max_char`.
    Result<void> reserve(intptr_t extra, uint32_t max_char = 127);
    intptr_t length() const { return m_length; }
    /// The string; the builder is empty afterwards.
    Result<Ref<Str>> finish();

private:
    Thread& m_thread;
    void* m_data = nullptr;
    intptr_t m_length = 0, m_capacity = 0;
    int m_kind = 1;
    uint32_t m_max_char = 0;
};

} // namespace taipan
