// Finding, counting and replacing. Single characters are found by memchr; longer needles by their first character with the
// rest compared; when that misses a few times, by their first and last, sixteen places at once; when that misses too often,
// the C library's memmem (two-way, linear) takes over.
#include "base/small_buffer.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"

#include <cstring>
#include <emmintrin.h>

namespace taipan {

namespace {

template <class Char> intptr_t find_one(const Char* text, intptr_t n, Char c) {
    if constexpr (sizeof(Char) == 1) {
        auto* found = static_cast<const Char*>(n > 0 ? memchr(text, c, static_cast<size_t>(n)) : nullptr);
        return found ? found - text : -1;
    } else if constexpr (sizeof(Char) == 4) {
        static_assert(sizeof(wchar_t) == 4);
        auto* found = reinterpret_cast<const Char*>(
            n > 0 ? wmemchr(reinterpret_cast<const wchar_t*>(text), static_cast<wchar_t>(c), static_cast<size_t>(n)) : nullptr);
        return found ? found - text : -1;
    } else {
        for (intptr_t i = 0; i < n; ++i)
            if (text[i] == c) return i;
        return -1;
    }
}

template <class Char> intptr_t find_long(const Char* text, intptr_t n, const Char* needle, intptr_t m) {
    intptr_t from = 0;
    while (true) {
        auto* start = reinterpret_cast<const char*>(text + from);
        auto* found = static_cast<const char*>(
            memmem(start, static_cast<size_t>(n - from) * sizeof(Char), needle, static_cast<size_t>(m) * sizeof(Char)));
        if (!found) return -1;
        auto offset = static_cast<size_t>(found - reinterpret_cast<const char*>(text));
        if (sizeof(Char) == 1 || offset % sizeof(Char) == 0) return static_cast<intptr_t>(offset / sizeof(Char));
        from = static_cast<intptr_t>(offset / sizeof(Char)) + 1; // a match across character borders is none
        if (n - from < m) return -1;
    }
}

/// From `*at` on; false: undecided, no match before the new `*at`. `m` is at least 2.
bool find_by_ends(const uint8_t* text, intptr_t n, const uint8_t* needle, intptr_t m, intptr_t* at) {
    using Places = uint8_t __attribute__((vector_size(16)));
    constexpr intptr_t Lane = sizeof(Places);
    Places first = Places{} + needle[0], last = Places{} + needle[m - 1];
    intptr_t misses = 0, i = *at;
    for (; i + Lane - 1 <= n - m; i += Lane) {
        Places heads, tails;
        memcpy(&heads, text + i, Lane);
        memcpy(&tails, text + i + m - 1, Lane);
        auto both = (Places)(heads == first) & (Places)(tails == last);
        for (unsigned found = _mm_movemask_epi8((__m128i)both); found; found &= found - 1) {
            intptr_t place = i + __builtin_ctz(found);
            if (memcmp(text + place, needle, static_cast<size_t>(m)) == 0) return *at = place, true;
            ++misses;
        }
        if (misses > 8 + (i - *at) / 16) {
            i += Lane;
            break;
        }
    }
    *at = i;
    return false;
}

template <class Char> intptr_t find_in(const Char* text, intptr_t n, const Char* needle, intptr_t m) {
    if (m > n) return -1;
    if (m == 0) return 0;
    if (m == 1) return find_one(text, n, needle[0]);
    intptr_t last = n - m, misses = 0;
    for (intptr_t i = 0; i <= last;) {
        if constexpr (sizeof(Char) == 1)
            if (misses == 3 && find_by_ends(text, n, needle, m, &i)) return i;
        intptr_t at = find_one(text + i, last + 1 - i, needle[0]);
        if (at < 0) return -1;
        i += at;
        if (text[i + m - 1] == needle[m - 1] && memcmp(text + i, needle, static_cast<size_t>(m) * sizeof(Char)) == 0) return i;
        ++i;
        if (++misses > 8 + i / 16) {
            intptr_t found = find_long(text + i, n - i, needle, m);
            return found < 0 ? -1 : found + i;
        }
    }
    return -1;
}

/// From the end: Horspool's shifts, kept in a 64-entry table by the characters' low bits.
template <class Char> intptr_t rfind_in(const Char* text, intptr_t n, const Char* needle, intptr_t m) {
    if (m > n) return -1;
    if (m == 0) return n;
    if constexpr (sizeof(Char) == 1) {
        if (m == 1) {
            auto* found = static_cast<const Char*>(memrchr(text, needle[0], static_cast<size_t>(n)));
            return found ? found - text : -1;
        }
    }
    intptr_t shifts[64];
    for (auto& shift : shifts) shift = m;
    for (intptr_t i = m; --i > 0;) shifts[needle[i] & 63] = i;
    for (intptr_t i = n - m; i >= 0;) {
        if (text[i] == needle[0] && memcmp(text + i, needle, static_cast<size_t>(m) * sizeof(Char)) == 0) return i;
        if (i == 0) return -1;
        i -= shifts[text[i] & 63];
    }
    return -1;
}

template <class Char> intptr_t count_one(const Char* text, intptr_t n, Char c) {
    intptr_t count = 0, i = 0;
    if constexpr (sizeof(Char) == 1) { // counters of one byte, which one instruction adds to 16 or 32 of
        constexpr intptr_t Lane = 32;
        while (n - i >= Lane) {
            uint8_t counters[Lane] = {};
            intptr_t rounds = (n - i) / Lane < 255 ? (n - i) / Lane : 255;
            for (intptr_t round = 0; round < rounds; ++round, i += Lane)
                for (intptr_t k = 0; k < Lane; ++k) counters[k] = static_cast<uint8_t>(counters[k] + (text[i + k] == c));
            for (uint8_t counter : counters) count += counter;
        }
    }
    for (; i < n; ++i) count += text[i] == c;
    return count;
}

/// A needle at the width of the text it is looked for in; `possible` is false when it holds wider characters.
class Needle {
public:
    Needle(const Str* text, const Str* needle) : m_length(needle->length) {
        int kind = text->kind(), own = needle->kind();
        if (own > kind) {
            m_possible = false;
        } else if (own == kind) {
            m_data = needle->data();
        } else {
            uint32_t* copy = m_copy.resize(static_cast<size_t>(m_length));
            if (!copy) {
                m_possible = false;
                return;
            }
            copy_from(copy, kind, 0, needle, 0, m_length);
            m_data = copy;
        }
    }
    bool possible() const { return m_possible; }
    const void* data() const { return m_data; }
    intptr_t length() const { return m_length; }

private:
    base::SmallBuffer<uint32_t, 64> m_copy;
    const void* m_data = nullptr;
    intptr_t m_length;
    bool m_possible = true;
};

} // namespace

intptr_t find_char(const Str* text, uint32_t c, intptr_t start, intptr_t end) {
    if (kind_for(c) > text->kind() || end <= start) return -1;
    return with_chars(text, [&](auto* data) {
        using Char = std::remove_cvref_t<decltype(*data)>;
        intptr_t at = find_one(data + start, end - start, static_cast<Char>(c));
        return at < 0 ? -1 : at + start;
    });
}
intptr_t rfind_char(const Str* text, uint32_t c, intptr_t start, intptr_t end) {
    if (kind_for(c) > text->kind() || end <= start) return -1;
    return with_chars(text, [&](auto* data) {
        for (intptr_t i = end; --i >= start;)
            if (data[i] == c) return i;
        return intptr_t{-1};
    });
}

intptr_t str_find(const Str* text, const Str* needle, intptr_t start, intptr_t end) {
    adjust_range(start, end, text->length);
    if (end - start < needle->length) return -1;
    Needle n(text, needle);
    if (!n.possible()) return -1;
    return with_chars(text, [&](auto* data) {
        intptr_t at = find_in(data + start, end - start, static_cast<decltype(data)>(n.data()), n.length());
        return at < 0 ? -1 : at + start;
    });
}

intptr_t str_rfind(const Str* text, const Str* needle, intptr_t start, intptr_t end) {
    adjust_range(start, end, text->length);
    if (end - start < needle->length) return -1;
    Needle n(text, needle);
    if (!n.possible()) return -1;
    return with_chars(text, [&](auto* data) {
        intptr_t at = rfind_in(data + start, end - start, static_cast<decltype(data)>(n.data()), n.length());
        return at < 0 ? -1 : at + start;
    });
}

intptr_t str_count(const Str* text, const Str* needle, intptr_t start, intptr_t end, intptr_t limit) {
    adjust_range(start, end, text->length);
    if (end - start < needle->length) return 0;
    if (needle->length == 0) return limit >= 0 && limit < end - start + 1 ? limit : end - start + 1;
    Needle n(text, needle);
    if (!n.possible()) return 0;
    return with_chars(text, [&](auto* data) {
        auto* part = static_cast<decltype(data)>(n.data());
        if (n.length() == 1 && limit < 0) return count_one(data + start, end - start, *part);
        intptr_t count = 0;
        for (intptr_t i = start; limit < 0 || count < limit; ++count) {
            intptr_t at = find_in(data + i, end - i, part, n.length());
            if (at < 0) break;
            i += at + n.length();
        }
        return count;
    });
}

bool str_tail_match(const Str* text, const Str* part, intptr_t start, intptr_t end, bool at_end) {
    adjust_range(start, end, text->length);
    if (end - start < part->length) return false;
    if (part->length == 0) return true;
    intptr_t at = at_end ? end - part->length : start;
    if (text->kind() == part->kind())
        return memcmp(static_cast<const char*>(text->data()) + at * text->kind(), part->data(),
                      static_cast<size_t>(part->length) * static_cast<size_t>(part->kind())) == 0;
    if (part->kind() > text->kind()) return false;
    for (intptr_t i = 0; i < part->length; ++i)
        if (text->at(at + i) != part->at(i)) return false;
    return true;
}

Result<Ref<Str>> str_replace(Thread& t, Borrowed<Str> text, Borrowed<Str> old_text, Borrowed<Str> new_text, intptr_t limit) {
    intptr_t n = text->length, m = old_text->length, k = new_text->length;
    if (limit == 0 || n < m || str_equal(old_text.get(), new_text.get())) return str_unchanged(t, text);
    if (limit < 0) limit = INTPTR_MAX;
    uint32_t ma = str_max_char(text.get()), mb = str_max_char(new_text.get());
    uint32_t max_char = ma > mb ? ma : mb;

    if (m == 0) { // the new text before, between and after the characters
        intptr_t count = n + 1 < limit ? n + 1 : limit;
        if (count == 0) return str_unchanged(t, text);
        if (k > 0 && count > (INTPTR_MAX - n) / k) return raise(t, exc::OverflowError, "replace string is too long");
        Ref<Str> result = TRY(str_alloc(t, n + count * k, max_char));
        void* out = str_mutable_data(result.get());
        int kind = result->kind();
        intptr_t at = 0;
        for (intptr_t i = 0; i < count; ++i) {
            copy_from(out, kind, at, new_text.get(), 0, k);
            at += k;
            if (i < n) copy_from(out, kind, at++, text.get(), i, 1);
        }
        if (count <= n) copy_from(out, kind, at, text.get(), count, n - count);
        return result;
    }

    Needle needle(text.get(), old_text.get());
    if (!needle.possible()) return str_unchanged(t, text);
    // Where the matches are; most texts have few.
    base::SmallBuffer<intptr_t, 128> matches;
    with_chars(text.get(), [&](auto* data) {
        using Char = std::remove_cvref_t<decltype(*data)>;
        auto* part = static_cast<const Char*>(needle.data());
        for (intptr_t i = 0; static_cast<intptr_t>(matches.size()) < limit;) {
            intptr_t at = find_in(data + i, n - i, part, m);
            if (at < 0) break;
            matches.push(i + at);
            i += at + m;
            if (matches.failed()) break;
        }
    });
    if (matches.failed()) return raise_memory_error(t);
    auto count = static_cast<intptr_t>(matches.size());
    if (count == 0) return str_unchanged(t, text);
    if (k > m && count > (INTPTR_MAX - n) / (k - m)) return raise(t, exc::OverflowError, "replace string is too long");
    intptr_t length = n + count * (k - m);
    if (length == 0) return str_empty();
    // Replacing may take away the characters that made the text wide: then the result is narrowed.
    bool narrows = str_max_char(old_text.get()) > mb && max_char >= 128;
    if (narrows || length == 1) {
        StrBuilder builder(t);
        TRY(builder.reserve(length, max_char));
        intptr_t from = 0;
        for (intptr_t match : matches) {
            TRY(builder.append(text.get(), from, match));
            TRY(builder.append(new_text.get()));
            from = match + m;
        }
        TRY(builder.append(text.get(), from, n));
        return builder.finish();
    }
    Ref<Str> result = TRY(str_alloc(t, length, max_char));
    void* out = str_mutable_data(result.get());
    int kind = result->kind();
    intptr_t at = 0, from = 0;
    for (intptr_t match : matches) {
        copy_from(out, kind, at, text.get(), from, match - from);
        at += match - from;
        if (k == 1) put_char(out, kind, at, new_text->at(0));
        else copy_from(out, kind, at, new_text.get(), 0, k);
        at += k;
        from = match + m;
    }
    copy_from(out, kind, at, text.get(), from, n - from);
    return result;
}

} // namespace taipan
