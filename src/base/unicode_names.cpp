#include "base/unicode_names.h"

#include "base/unicode_data.h"

#include <charconv>
#include <cstring>

// Names are stored as codes of tokens (tools/make_unicode_tables.py tells how). A name is decoded by walking from the
// nearest sample; it is looked up by encoding it and searching all names for the codes, which takes microseconds and
// needs no index.

namespace taipan::base::unicode {

namespace {

/// Characters whose names are a prefix and their number.
struct NameRange {
    uint32_t first, last;
    const char* prefix;
    bool named; ///< false: found by name only
};

/// Consecutive characters with names of their own; `index` counts names.
struct NameRun {
    uint32_t first, count, index;
};

#include "base/unicode_names.inc"

constexpr char phrases[] =
#include "base/unicode_phrases_1.inc"
#include "base/unicode_phrases_2.inc"
    ;

constexpr uint32_t code_count = sizeof(code_characters) - 1;

struct DigitTable {
    uint8_t values[128];
};
consteval DigitTable make_digits() {
    DigitTable table{};
    for (uint32_t i = 0; i < code_count; i++) table.values[uint8_t(code_characters[i])] = uint8_t(i);
    return table;
}
constexpr DigitTable digits = make_digits();

constexpr uint32_t hangul_first = 0xac00, hangul_last = 0xd7a3;
constexpr const char* hangul_l[] = {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"};
constexpr const char* hangul_v[] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                    "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
constexpr const char* hangul_t[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
                                    "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
constexpr char hangul_prefix[] = "HANGUL SYLLABLE ";

/// The token's text in `words`, ended by a space.
const char* token_text(uint32_t token) {
    const char* p = words + word_samples[token / name_sample];
    for (uint32_t skip = token % name_sample; skip; p++) skip -= *p == ' ';
    return p;
}

/// Reads one code and returns its token.
uint32_t read_code(const char*& p) {
    uint32_t a = digits.values[uint8_t(*p++)];
    if (a < short_codes) return a;
    uint32_t b = digits.values[uint8_t(*p++)];
    a -= short_codes;
    if (a < middle_codes) return short_codes + a * code_count + b;
    uint32_t c = digits.values[uint8_t(*p++)];
    a -= middle_codes;
    return short_codes + middle_codes * code_count + (a * code_count + b) * code_count + c;
}

char* write_code(uint32_t token, char* out) {
    if (token < short_codes) {
        *out++ = code_characters[token];
        return out;
    }
    token -= short_codes;
    if (token < middle_codes * code_count) {
        *out++ = code_characters[short_codes + token / code_count];
    } else {
        token -= middle_codes * code_count;
        *out++ = code_characters[short_codes + middle_codes + token / (code_count * code_count)];
        *out++ = code_characters[token / code_count % code_count];
    }
    *out++ = code_characters[token % code_count];
    return out;
}

size_t decode_name(uint32_t index, char* out) {
    const char* p = phrases + phrase_samples[index / name_sample];
    for (uint32_t skip = index % name_sample; skip; p++) skip -= *p == ' ';
    char* begin = out;
    while (*p != ' ') {
        const char* text = token_text(read_code(p));
        if (*text == '_') {
            text++;
            *out++ = ' ';
        } else if (*text != '-' && out != begin) {
            *out++ = ' ';
        }
        while (*text != ' ') *out++ = *text++;
    }
    return size_t(out - begin);
}

/// Compares a token of `length` characters with one in `words`. A space of its own is stored as an underscore.
int compare_token(const char* token, size_t length, const char* text) {
    for (size_t i = 0;; i++) {
        char b = text[i];
        if (b == ' ') return i < length ? 1 : 0;
        if (i == length) return -1;
        if (b == '_') b = ' ';
        if (token[i] != b) return token[i] < b ? -1 : 1;
    }
}

constexpr uint32_t no_token = UINT32_MAX;

uint32_t find_token(const char* token, size_t length) {
    const uint32_t bounds[] = {0, short_codes, short_codes + middle_codes * code_count, token_count};
    for (int k = 0; k < 3; k++) {
        uint32_t low = bounds[k], high = bounds[k + 1];
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            int order = compare_token(token, length, token_text(middle));
            if (order == 0) return middle;
            if (order > 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
    }
    return no_token;
}

/// Finds the name among all and returns its index, or `no_token`. `name` is preceded by a space.
uint32_t find_name(const char* name, size_t length) {
    char code[3 * max_name + 4];
    char* out = code;
    *out++ = ' ';
    const char *p = name - 1, *end = name + length;
    auto plain = [](char c) { return c != ' ' && c != '-'; };
    while (p < end) {
        // A token is a word with the hyphen before it, and the space before that; or a lone hyphen.
        const char* start = p;
        if (*p == ' ') p++;
        if (p < end && *p == '-') p++;
        const char* word = p;
        while (p < end && plain(*p)) p++;
        if (p == word) {
            if (*start == ' ' || word != start + 1) return no_token;
        } else if (*start == ' ' && start[1] != '-') {
            start++;
        }
        uint32_t token = find_token(start, size_t(p - start));
        if (token == no_token) return no_token;
        out = write_code(token, out);
    }
    *out++ = ' ';
    const void* found = memmem(phrases, sizeof phrases - 1, code, size_t(out - code));
    if (!found) return no_token;
    uint32_t offset = uint32_t(static_cast<const char*>(found) - phrases) + 1;
    constexpr uint32_t samples = sizeof phrase_samples / sizeof phrase_samples[0];
    uint32_t low = 0, high = samples;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (phrase_samples[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    uint32_t index = low * name_sample;
    for (const char* q = phrases + phrase_samples[low]; q < phrases + offset; q++) index += *q == ' ';
    return index;
}

template <size_t N> int longest_jamo(const char* const (&names)[N], const char*& p, const char* end) {
    int best = -1;
    size_t best_length = 0;
    for (size_t i = 0; i < N; i++) {
        size_t length = strlen(names[i]);
        if (size_t(end - p) >= length && memcmp(p, names[i], length) == 0 && (best < 0 || length > best_length)) {
            best = int(i);
            best_length = length;
        }
    }
    p += best_length;
    return best;
}

} // namespace

size_t character_name(uint32_t c, char* out, Version version) {
    if (version == Version::V3_2_0 && strcmp(category(c, version), "Cn") == 0) return 0;
    if (c >= hangul_first && c <= hangul_last) {
        uint32_t s = c - hangul_first;
        char* p = out;
        auto add = [&](const char* text) {
            size_t n = strlen(text);
            memcpy(p, text, n);
            p += n;
        };
        add(hangul_prefix);
        add(hangul_l[s / (21 * 28)]);
        add(hangul_v[s / 28 % 21]);
        add(hangul_t[s % 28]);
        return size_t(p - out);
    }
    for (const NameRange& range : name_ranges) {
        if (c < range.first || c > range.last || !range.named) continue;
        size_t n = strlen(range.prefix);
        memcpy(out, range.prefix, n);
        char* end = std::to_chars(out + n, out + max_name, c, 16).ptr;
        for (char* p = out + n; p < end; p++) {
            if (*p >= 'a') *p = char(*p - 32);
        }
        return size_t(end - out);
    }
    size_t low = 0, high = sizeof name_runs / sizeof name_runs[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (name_runs[middle].first + name_runs[middle].count <= c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == sizeof name_runs / sizeof name_runs[0] || c < name_runs[low].first) return 0;
    return decode_name(name_runs[low].index + (c - name_runs[low].first), out);
}

size_t lookup_name(const char* name, size_t length, Sequences sequences, uint32_t* out) {
    if (length == 0 || length >= max_name) return 0;
    char upper[max_name + 1];
    upper[0] = ' ';
    for (size_t i = 0; i < length; i++) upper[i + 1] = name[i] >= 'a' && name[i] <= 'z' ? char(name[i] - 32) : name[i];
    const char *p = upper + 1, *end = p + length;

    constexpr size_t hangul_length = sizeof hangul_prefix - 1;
    if (length > hangul_length && memcmp(p, hangul_prefix, hangul_length) == 0) {
        const char* q = p + hangul_length;
        int l = longest_jamo(hangul_l, q, end), v = longest_jamo(hangul_v, q, end), t = longest_jamo(hangul_t, q, end);
        if (l >= 0 && v >= 0 && t >= 0 && q == end) {
            out[0] = hangul_first + uint32_t((l * 21 + v) * 28 + t);
            return 1;
        }
    }
    for (const NameRange& range : name_ranges) {
        size_t n = strlen(range.prefix);
        if (length < n + 4 || length > n + 5 || memcmp(p, range.prefix, n) != 0 || p[n] == '0') continue;
        uint32_t c = 0;
        auto result = std::from_chars(p + n, end, c, 16);
        if (result.ptr == end && c >= range.first && c <= range.last) {
            out[0] = c;
            return 1;
        }
    }
    uint32_t index = find_name(p, length);
    if (index == no_token) return 0;
    if (index < name_count) {
        size_t low = 0, high = sizeof name_runs / sizeof name_runs[0];
        while (high - low > 1) {
            size_t middle = (low + high) / 2;
            if (name_runs[middle].index <= index) {
                low = middle;
            } else {
                high = middle;
            }
        }
        out[0] = name_runs[low].first + (index - name_runs[low].index);
        return 1;
    }
    index -= name_count;
    if (index < alias_count) {
        out[0] = alias_values[index];
        return 1;
    }
    if (sequences == Sequences::Exclude) return 0;
    const uint32_t* row = sequence_values;
    for (index -= alias_count; index; index--) row += *row + 1;
    memcpy(out, row + 1, *row * sizeof(uint32_t));
    return *row;
}

} // namespace taipan::base::unicode
