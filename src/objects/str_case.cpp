// Case mappings: full Unicode mappings (one character may become three), the final sigma rule, ASCII in one pass.
#include "base/unicode.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"

#include <cstring>

namespace taipan {

namespace unicode = base::unicode;

namespace {

uint8_t ascii_lower(uint8_t c) { return c - 'A' < 26u ? c + 32 : c; }
uint8_t ascii_upper(uint8_t c) { return c - 'a' < 26u ? c - 32 : c; }
/// The 26 letters from `first` on change their case, in sixteen characters at once.
void change_case(uint8_t* out, const uint8_t* in, intptr_t n, uint8_t first) {
    using Characters = uint8_t __attribute__((vector_size(16)));
    intptr_t i = 0;
    for (; i + 16 <= n; i += 16) {
        Characters c;
        memcpy(&c, in + i, 16);
        c ^= reinterpret_cast<Characters>(c - first < 26) & 32;
        memcpy(out + i, &c, 16);
    }
    for (; i < n; ++i) out[i] = static_cast<uint8_t>(in[i] ^ ((static_cast<uint8_t>(in[i] - first) < 26) << 5));
}

template <class F> Result<Ref<Str>> map_ascii(Thread& t, Borrowed<Str> text, F f) {
    intptr_t n = text->length;
    if (n == 0) return str_empty();
    if (n == 1) return str_latin1_char(f(text->data8()[0], intptr_t{0}));
    Ref<Str> result = TRY(str_alloc(t, n, 127));
    auto* out = static_cast<uint8_t*>(str_mutable_data(result.get()));
    const uint8_t* in = text->data8();
    for (intptr_t i = 0; i < n; ++i) out[i] = f(in[i], i);
    return result;
}

Result<Ref<Str>> with_case(Thread& t, Borrowed<Str> text, uint8_t first) {
    intptr_t n = text->length;
    if (n < 2) return map_ascii(t, text, [&](uint8_t c, intptr_t) { return first == 'A' ? ascii_lower(c) : ascii_upper(c); });
    Ref<Str> result = TRY(str_alloc(t, n, 127));
    change_case(static_cast<uint8_t*>(str_mutable_data(result.get())), text->data8(), n, first);
    return result;
}

/// Greek sigma is ς at the end of a word: a cased letter before it, none after it, ignorable ones skipped (Unicode 3.13).
bool is_final_sigma(const Str* text, intptr_t i) {
    intptr_t j = i - 1;
    while (j >= 0 && unicode::is_case_ignorable(text->at(j))) --j;
    if (j < 0 || !unicode::is_cased(text->at(j))) return false;
    j = i + 1;
    while (j < text->length && unicode::is_case_ignorable(text->at(j))) ++j;
    return j == text->length || !unicode::is_cased(text->at(j));
}
unsigned lower_at(const Str* text, intptr_t i, uint32_t c, uint32_t* out) {
    if (c == 0x3a3) return out[0] = is_final_sigma(text, i) ? 0x3c2 : 0x3c3, 1;
    return unicode::to_lower_full(c, out);
}

template <class F> Result<Ref<Str>> map_full(Thread& t, Borrowed<Str> text, F f) {
    StrBuilder builder(t);
    TRY(builder.reserve(text->length, str_max_char(text.get())));
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t out[unicode::max_mapping];
        unsigned count = f(i, text->at(i), out);
        for (unsigned k = 0; k < count; ++k) TRY(builder.append_char(out[k]));
    }
    return builder.finish();
}

} // namespace

Result<Ref<Str>> str_lower(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) return with_case(t, text, 'A');
    return map_full(t, text, [&](intptr_t i, uint32_t c, uint32_t* out) { return lower_at(text.get(), i, c, out); });
}
Result<Ref<Str>> str_upper(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) return with_case(t, text, 'a');
    return map_full(t, text, [](intptr_t, uint32_t c, uint32_t* out) { return unicode::to_upper_full(c, out); });
}
Result<Ref<Str>> str_casefold(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) return with_case(t, text, 'A');
    return map_full(t, text, [](intptr_t, uint32_t c, uint32_t* out) { return unicode::to_folded_full(c, out); });
}
Result<Ref<Str>> str_title(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) {
        bool inside = false;
        return map_ascii(t, text, [&](uint8_t c, intptr_t) {
            uint8_t mapped = inside ? ascii_lower(c) : ascii_upper(c);
            inside = (c | 32) - 'a' < 26u;
            return mapped;
        });
    }
    bool inside = false;
    return map_full(t, text, [&](intptr_t i, uint32_t c, uint32_t* out) {
        unsigned count = inside ? lower_at(text.get(), i, c, out) : unicode::to_title_full(c, out);
        inside = unicode::is_cased(c);
        return count;
    });
}
Result<Ref<Str>> str_swapcase(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii()))
        return map_ascii(t, text, [](uint8_t c, intptr_t) { return static_cast<uint8_t>((c | 32) - 'a' < 26u ? c ^ 32 : c); });
    return map_full(t, text, [&](intptr_t i, uint32_t c, uint32_t* out) {
        if (unicode::is_upper(c)) return lower_at(text.get(), i, c, out);
        if (unicode::is_lower(c)) return unicode::to_upper_full(c, out);
        return out[0] = c, 1u;
    });
}
Result<Ref<Str>> str_capitalize(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) return map_ascii(t, text, [](uint8_t c, intptr_t i) { return i == 0 ? ascii_upper(c) : ascii_lower(c); });
    return map_full(t, text, [&](intptr_t i, uint32_t c, uint32_t* out) {
        return i == 0 ? unicode::to_title_full(c, out) : lower_at(text.get(), i, c, out);
    });
}

} // namespace taipan
