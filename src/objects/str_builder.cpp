#include "objects/str_builder.h"

#include "base/utf8.h"
#include "objects/str_internal.h"

namespace taipan {

StrBuilder::~StrBuilder() {
    if (m_data != m_in_place) raw_free(m_data);
    if (m_single) decref(m_single);
}

Result<void> StrBuilder::spill() {
    Ref<Str> text = Ref<Str>::steal(std::exchange(m_single, nullptr));
    m_length = 0;
    m_capacity = m_spare_capacity;
    uint32_t max_char = str_max_char(text.get());
    TRY(reserve(text->length, max_char));
    copy_from(m_data, m_kind, 0, text.get(), 0, text->length);
    m_length = text->length;
    if (max_char > m_max_char) m_max_char = max_char;
    return {};
}

Result<void> StrBuilder::truncate(intptr_t length) {
    if (m_single) TRY(spill());
    m_length = length;
    return {};
}

Result<void> StrBuilder::reserve(intptr_t extra, uint32_t max_char) {
    if (UNLIKELY(m_single != nullptr)) TRY(spill());
    int kind = kind_for(max_char);
    if (kind < m_kind) kind = m_kind;
    if (LIKELY(kind == m_kind && extra <= m_capacity - m_length)) return {};
    if (UNLIKELY(extra > INTPTR_MAX / 16 - m_length)) return raise_memory_error(*m_thread);
    intptr_t capacity = m_length + extra;
    if (m_length > 0 && extra > m_capacity - m_length && capacity < m_capacity * 2) capacity = m_capacity * 2;
    if (capacity < m_capacity) capacity = m_capacity;
    auto size = static_cast<size_t>(capacity) * static_cast<size_t>(kind);
    void* data;
    if (kind == m_kind && m_data != m_in_place) {
        data = raw_realloc(m_data, size);
        if (!data) return raise_memory_error(*m_thread);
    } else {
        data = raw_alloc(size);
        if (!data) return raise_memory_error(*m_thread);
        copy_chars(data, kind, 0, m_data, m_kind, 0, m_length);
        if (m_data != m_in_place) raw_free(m_data);
    }
    m_data = data;
    m_capacity = capacity;
    m_kind = kind;
    return {};
}

Result<void> StrBuilder::append_char_slow(uint32_t c) {
    TRY(reserve(1, c));
    if (c > m_max_char) m_max_char = c;
    put_char(m_data, m_kind, m_length++, c);
    return {};
}

uint32_t StrBuilder::at(intptr_t i) const { return m_single ? m_single->at(i) : get_char(m_data, m_kind, i); }

Result<void> StrBuilder::append_ascii(std::string_view text) {
    auto n = static_cast<intptr_t>(text.size());
    TRY(reserve(n));
    copy_chars(m_data, m_kind, m_length, text.data(), 1, 0, n);
    m_length += n;
    return {};
}

Result<void> StrBuilder::append_utf8(std::string_view text) {
    auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    if (base::is_ascii(bytes, text.size())) return append_ascii(text);
    const uint8_t* end = bytes + text.size();
    while (bytes < end) TRY(append_char(base::next_utf8(bytes)));
    return {};
}

Result<void> StrBuilder::append(const Str* text, intptr_t start, intptr_t end) {
    if (start >= end) return {};
    if (m_length == 0 && start == 0 && end == text->length && is_exact<Str>(text) && !m_single) {
        m_single = const_cast<Str*>(text);
        incref(m_single);
        m_length = end;
        m_spare_capacity = std::exchange(m_capacity, 0);
        return {};
    }
    uint32_t max_char = str_max_char(text);
    TRY(reserve(end - start, max_char));
    copy_from(m_data, m_kind, m_length, text, start, end - start);
    m_length += end - start;
    if (max_char > m_max_char) m_max_char = max_char;
    return {};
}
Result<void> StrBuilder::append(const Str* text) { return append(text, 0, text->length); }

Result<void> StrBuilder::append_repeated(uint32_t c, intptr_t count) {
    if (count <= 0) return {};
    TRY(reserve(count, c));
    fill_chars(m_data, m_kind, m_length, count, c);
    m_length += count;
    if (c > m_max_char) m_max_char = c;
    return {};
}

Result<Ref<Str>> StrBuilder::finish() {
    if (m_single) {
        m_length = 0;
        m_capacity = m_spare_capacity;
        return Ref<Str>::steal(std::exchange(m_single, nullptr));
    }
    intptr_t length = std::exchange(m_length, 0);
    // The bound may be loose (a slice of a wide string): look at the characters then.
    if (m_max_char >= 128 || length <= 1) return str_from_kind(*m_thread, m_kind, m_data, length);
    Ref<Str> text = TRY(str_alloc(*m_thread, length, 127));
    copy_chars(str_mutable_data(text.get()), 1, 0, m_data, m_kind, 0, length);
    return text;
}

} // namespace taipan
