// repr(str), and str.isidentifier and friends that look at every character.
#include "base/unicode.h"
#include "objects/str_internal.h"

namespace taipan {

namespace unicode = base::unicode;

static constexpr char hex[] = "0123456789abcdef";

Result<Ref<Str>> str_repr(Thread& t, Borrowed<Str> text) {
    intptr_t n = text->length, size = 0, quotes = 0, double_quotes = 0;
    uint32_t max_char = 127;
    bool plain = true;
    with_chars(text.get(), [&](auto* data) {
        for (intptr_t i = 0; i < n; ++i) {
            uint32_t c = data[i];
            intptr_t cost = 1;
            if (c == '\'') ++quotes;
            else if (c == '"') ++double_quotes;
            else if (c == '\\' || c == '\n' || c == '\r' || c == '\t') cost = 2;
            else if (c < ' ' || c == 0x7f) cost = 4;
            else if (c >= 0x7f) {
                if (unicode::is_printable(c)) max_char = c > max_char ? c : max_char;
                else cost = c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
            }
            if (cost != 1) plain = false;
            if (__builtin_add_overflow(size, cost, &size)) size = -1, i = n - 1;
        }
    });
    if (size < 0) return raise(t, exc::OverflowError, "string is too long to generate repr");
    char quote = '\'';
    if (quotes) {
        if (double_quotes == 0) quote = '"';
        else size += quotes, plain = false;
    }
    Ref<Str> result = TRY(str_alloc(t, size + 2, max_char));
    void* out = str_mutable_data(result.get());
    int kind = result->kind();
    put_char(out, kind, 0, static_cast<uint32_t>(quote));
    put_char(out, kind, size + 1, static_cast<uint32_t>(quote));
    if (LIKELY(plain)) {
        copy_from(out, kind, 1, text.get(), 0, n);
        return result;
    }
    intptr_t at = 1;
    auto put = [&](uint32_t c) { put_char(out, kind, at++, c); };
    with_chars(text.get(), [&](auto* data) {
        for (intptr_t i = 0; i < n; ++i) {
            uint32_t c = data[i];
            if (c == static_cast<uint32_t>(quote) || c == '\\') put('\\'), put(c);
            else if (c == '\n') put('\\'), put('n');
            else if (c == '\r') put('\\'), put('r');
            else if (c == '\t') put('\\'), put('t');
            else if ((c >= ' ' && c < 0x7f) || (c > 0x7f && unicode::is_printable(c))) put(c);
            else {
                int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
                put('\\');
                put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
                while (--digits >= 0) put(static_cast<uint32_t>(hex[(c >> (4 * digits)) & 15]));
            }
        }
    });
    return result;
}

bool str_is_identifier(const Str* text) {
    if (text->length == 0) return false;
    uint32_t first = text->at(0);
    if (!unicode::is_xid_start(first) && first != '_') return false;
    for (intptr_t i = 1; i < text->length; ++i)
        if (!unicode::is_xid_continue(text->at(i))) return false;
    return true;
}

} // namespace taipan
