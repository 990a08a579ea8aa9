#include "base/cjk.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace taipan::base::cjk {

namespace {

struct TableText {
    const char *name, *two, *three;
};
// The two-byte codes; then those of three bytes that begin with 8F.
#define CJK_TABLE(name, two, three) {#name, two, three},
constexpr TableText texts[] = {
#include "base/cjk_tables.inc"
};
#undef CJK_TABLE

struct Exception {
    enum Type : uint8_t { Begin, Single, Pair, Unencodable, Encode, End } type;
    uint32_t a, b, c;
    const char* name;
};
#define CJK_BEGIN(name) {Exception::Begin, 0, 0, 0, #name},
#define CJK_SINGLE(byte, character) {Exception::Single, byte, character, 0, nullptr},
#define CJK_PAIR(code, first, second) {Exception::Pair, code, first, second, nullptr},
#define CJK_UNENCODABLE(first, last) {Exception::Unencodable, first, last, 0, nullptr},
#define CJK_ENCODE(character, code) {Exception::Encode, character, code, 0, nullptr},
#define CJK_END {Exception::End, 0, 0, 0, nullptr},
constexpr Exception exceptions[] = {
#include "base/cjk_exceptions.inc"
};

struct LinearRange {
    uint16_t first, last, linear;
};
constexpr LinearRange gb18030_ranges[] = {
#include "base/gb18030_ranges.inc"
};

constexpr Encoding encodings[] = {
    {"gb2312", "cn", Kind::Table, 0},
    {"gbk", "cn", Kind::Table, 0},
    {"gb18030", "cn", Kind::Gb18030, 0},
    {"hz", "cn", Kind::Hz, 0},
    {"big5hkscs", "hk", Kind::Table, 0},
    {"shift_jis", "jp", Kind::Table, 0},
    {"cp932", "jp", Kind::Table, 0},
    {"euc_jp", "jp", Kind::Table, 0},
    {"shift_jis_2004", "jp", Kind::Table, 0},
    {"euc_jis_2004", "jp", Kind::Table, 0},
    {"euc_jisx0213", "jp", Kind::Table, 0},
    {"shift_jisx0213", "jp", Kind::Table, 0},
    {"euc_kr", "kr", Kind::EucKr, 0},
    {"cp949", "kr", Kind::Table, 0},
    {"johab", "kr", Kind::Table, 0},
    {"big5", "tw", Kind::Table, 0},
    {"cp950", "tw", Kind::Table, 0},
    {"iso2022_kr", "iso2022", Kind::Iso2022, set::Ksx1001G1},
    {"iso2022_jp", "iso2022", Kind::Iso2022, set::Jisx0208 | set::Jisx0201Roman | set::Jisx0208Old},
    {"iso2022_jp_1", "iso2022", Kind::Iso2022, set::Jisx0208 | set::Jisx0212 | set::Jisx0201Roman | set::Jisx0208Old},
    {"iso2022_jp_2", "iso2022", Kind::Iso2022,
     set::Jisx0208 | set::Jisx0212 | set::Ksx1001 | set::Gb2312 | set::Jisx0201Roman | set::Jisx0208Old | set::Latin1 | set::Greek},
    {"iso2022_jp_2004", "iso2022", Kind::Iso2022, set::Jisx0208 | set::Jisx0213Plane1 | set::Jisx0213Plane2},
    {"iso2022_jp_3", "iso2022", Kind::Iso2022, set::Jisx0208 | set::Jisx0213Plane1 | set::Jisx0213Plane2 | set::Jisx0213Old},
    {"iso2022_jp_ext", "iso2022", Kind::Iso2022, set::Jisx0208 | set::Jisx0212 | set::Jisx0201Roman | set::Jisx0201Kana | set::Jisx0208Old},
};

uint32_t next_character(const char*& p) {
    auto byte = [](char c) { return static_cast<unsigned char>(c); };
    unsigned char c = byte(*p++);
    if (c < 0x80) return c;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    uint32_t value = c & (0x3f >> more);
    while (more--) value = value << 6 | (byte(*p++) & 0x3f);
    return value;
}

} // namespace

/// Both directions of one table.
struct Tables {
    uint32_t single[256];   // a character plus one; 0: not a code
    uint32_t* two;          // by code: a character, 0: none
    uint32_t* three;        // the same behind 8F, or null
    uint32_t* pages[0x300]; // codes by character
    struct {
        uint32_t code, first, second;
    } pairs[32];
    int pair_count;
    uint8_t last_lead; // of the Shift JIS family; 0: any byte that is no single one may begin a code

    uint32_t code_of(uint32_t character) const {
        const uint32_t* page = character < 0x30000 ? pages[character >> 8] : nullptr;
        return page ? page[character & 0xff] : 0;
    }
    bool set_code(uint32_t character, uint32_t code, bool replace) {
        if (character >= 0x30000) return true;
        uint32_t*& page = pages[character >> 8];
        if (!page) page = static_cast<uint32_t*>(std::calloc(256, sizeof(uint32_t)));
        if (!page) return false;
        if (replace || !page[character & 0xff]) page[character & 0xff] = code;
        return true;
    }
    bool read(const char* text, uint32_t*& table, uint32_t prefix) {
        if (!*text) return true;
        table = static_cast<uint32_t*>(std::calloc(65536, sizeof(uint32_t)));
        if (!table) return false;
        uint32_t code = 0;
        while (*text) {
            uint32_t character = next_character(text);
            if (character == '@') {
                code += next_character(text) - 0x100;
                continue;
            }
            table[code] = character;
            if (!set_code(character, prefix | code, false)) return false;
            ++code;
        }
        return true;
    }
    bool build(const char* name) {
        for (const TableText& text : texts)
            if (!std::strcmp(text.name, name) && (!read(text.two, two, 0) || !read(text.three, three, 0x8f0000))) return false;
        for (uint32_t c = 0; c < 128; ++c) single[c] = c + 1;
        const bool shift_jis = !std::strncmp(name, "shift_jis", 9) || !std::strcmp(name, "cp932");
        if (shift_jis) last_lead = !std::strcmp(name, "shift_jis") ? 0xea : 0xfc;
        for (uint32_t c = 0xa1; shift_jis && c <= 0xdf; ++c) single[c] = c - 0xa1 + 0xff61 + 1;
        bool ours = false;
        for (const Exception& e : exceptions) {
            if (e.type == Exception::Begin) ours = !std::strcmp(e.name, name);
            if (ours && e.type == Exception::Single) single[e.a] = e.b + 1;
        }
        for (uint32_t c = 0; c < 256; ++c)
            if (single[c] && !set_code(single[c] - 1, c, true)) return false;
        for (const Exception& e : exceptions) {
            if (e.type == Exception::Begin) ours = !std::strcmp(e.name, name);
            if (!ours) continue;
            if (e.type == Exception::Pair) pairs[pair_count++] = {e.a, e.b, e.c};
            if (e.type == Exception::Encode && !set_code(e.a, e.b, true)) return false;
            if (e.type == Exception::Unencodable)
                for (uint32_t c = e.a; c <= e.b; ++c)
                    if (!set_code(c, 0, true)) return false;
        }
        return true;
    }
    void release() {
        std::free(two);
        std::free(three);
        for (uint32_t* page : pages) std::free(page);
        std::free(this);
    }
    static Tables* create(const char* name) {
        auto* tables = static_cast<Tables*>(std::calloc(1, sizeof(Tables)));
        if (tables && !tables->build(name)) {
            tables->release();
            return nullptr;
        }
        return tables;
    }
    /// A two-byte code's character or characters; 0: none.
    int find(uint32_t code, uint32_t out[2]) const {
        uint32_t character = code >= 0x8f0000 ? (three ? three[code & 0xffff] : 0) : two[code];
        if (character) return out[0] = character, 1;
        for (int i = 0; i < pair_count; ++i)
            if (pairs[i].code == code) return out[0] = pairs[i].first, out[1] = pairs[i].second, 2;
        return 0;
    }
    /// Whether a code begins with this character and goes on with another.
    bool starts_pair(uint32_t character) const {
        for (int i = 0; i < pair_count; ++i)
            if (pairs[i].first == character) return true;
        return false;
    }
    uint32_t pair_code(uint32_t first, uint32_t second) const {
        for (int i = 0; i < pair_count; ++i)
            if (pairs[i].first == first && pairs[i].second == second) return pairs[i].code;
        return 0;
    }
};

namespace {

int put(uint32_t code, uint8_t* out) {
    int n = 0;
    if (code > 0xffff) out[n++] = static_cast<uint8_t>(code >> 16);
    if (code > 0xff) out[n++] = static_cast<uint8_t>(code >> 8);
    out[n++] = static_cast<uint8_t>(code);
    return n;
}
/// Codes that JIS X 0213:2004 added: the encodings of the 2000 edition take them as two wrong bytes.
bool added_in_2004(uint32_t code) {
    return code == 0xaea1 || code == 0xaffe || code == 0xcfd4 || code == 0xcffe || code == 0xf4a7 || (code >= 0xfefa && code <= 0xfefe);
}
/// The same in Shift JIS.
bool added_in_2004_shifted(uint32_t code) {
    return code == 0x879f || code == 0x889e || code == 0x9873 || code == 0x989e || code == 0xeaa5 || (code >= 0xeff8 && code <= 0xeffc);
}
int table_decode(const Tables& tables, const uint8_t* in, size_t size, uint32_t out[2], int* count) {
    if (tables.single[in[0]]) {
        out[0] = tables.single[in[0]] - 1;
        *count = 1;
        return 1;
    }
    if (in[0] == 0x8f && tables.three) {
        if (size < 3) return Incomplete;
        *count = tables.find(0x8f0000u | static_cast<uint32_t>(in[1]) << 8 | in[2], out);
        return *count ? 3 : Illegal;
    }
    if (tables.last_lead && !((in[0] >= 0x81 && in[0] <= 0x9f) || (in[0] >= 0xe0 && in[0] <= tables.last_lead))) return Illegal;
    if (size < 2) return Incomplete;
    *count = tables.find(static_cast<uint32_t>(in[0]) << 8 | in[1], out);
    return *count ? 2 : Illegal;
}
int table_encode(const Tables& tables, uint32_t character, uint32_t next, bool has_next, bool final, uint8_t* out, int* count) {
    if (character == 0) return *count = put(0, out), 1;
    if (tables.pair_count && tables.starts_pair(character)) {
        if (!has_next && !final) return Incomplete;
        if (uint32_t code = has_next ? tables.pair_code(character, next) : 0) return *count = put(code, out), 2;
    }
    uint32_t code = tables.code_of(character);
    if (!code) return Illegal;
    *count = put(code, out);
    return 1;
}

// Hangul syllables that KS X 1001 has no code for are made up of jamo (annex 3): a filler and three of them.
constexpr uint8_t initials[] = {0xa1, 0xa2, 0xa4, 0xa7, 0xa8, 0xa9, 0xb1, 0xb2, 0xb3, 0xb5,
                                0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};
constexpr uint8_t finals[] = {0xd4, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae,
                              0xaf, 0xb0, 0xb1, 0xb2, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};
template <size_t N> int index_of(const uint8_t (&list)[N], uint8_t byte) {
    for (size_t i = 0; i < N; ++i)
        if (list[i] == byte) return static_cast<int>(i);
    return -1;
}
int jamo_decode(const uint8_t* in, size_t size, uint32_t out[2], int* count) {
    if (size < 8) return Incomplete;
    if (in[2] != 0xa4 || in[4] != 0xa4 || in[6] != 0xa4) return Illegal;
    int initial = index_of(initials, in[3]), vowel = in[5] - 0xbf, last = index_of(finals, in[7]);
    if (initial < 0 || vowel < 0 || vowel > 20 || last < 0) return Illegal;
    out[0] = static_cast<uint32_t>(0xac00 + initial * 588 + vowel * 28 + last);
    *count = 1;
    return 8;
}
int jamo_encode(uint32_t character, uint8_t* out, int* count) {
    uint32_t n = character - 0xac00;
    const uint8_t bytes[] = {0xa4, 0xd4, 0xa4, initials[n / 588], 0xa4, static_cast<uint8_t>(0xbf + n / 28 % 21), 0xa4, finals[n % 28]};
    std::memcpy(out, bytes, 8);
    *count = 8;
    return 1;
}

int gb18030_decode(const uint8_t* in, size_t size, uint32_t out[2], int* count) {
    if (size < 4) return Incomplete;
    if (in[0] < 0x81 || in[2] < 0x81 || in[2] > 0xfe || in[3] < 0x30 || in[3] > 0x39 || in[0] > 0xfe) return Illegal;
    uint32_t linear = ((in[0] - 0x81u) * 10 + (in[1] - 0x30u)) * 1260 + (in[2] - 0x81u) * 10 + (in[3] - 0x30u);
    *count = 1;
    if (in[0] >= 0x90) {
        uint32_t beyond = linear - 189000;
        if (beyond > 0xfffff) return Illegal;
        out[0] = 0x10000 + beyond;
        return 4;
    }
    for (const LinearRange& range : gb18030_ranges)
        if (linear >= range.linear && linear - range.linear <= static_cast<uint32_t>(range.last - range.first))
            return out[0] = range.first + (linear - range.linear), 4;
    return Illegal;
}
int gb18030_encode(uint32_t character, uint8_t* out, int* count) {
    uint32_t linear = UINT32_MAX;
    if (character >= 0x10000) linear = character - 0x10000 + 189000;
    else
        for (const LinearRange& range : gb18030_ranges)
            if (character >= range.first && character <= range.last) linear = range.linear + (character - range.first);
    if (linear == UINT32_MAX) return Illegal;
    out[3] = static_cast<uint8_t>(0x30 + linear % 10);
    out[2] = static_cast<uint8_t>(0x81 + linear / 10 % 126);
    out[1] = static_cast<uint8_t>(0x30 + linear / 1260 % 10);
    out[0] = static_cast<uint8_t>(0x81 + linear / 12600);
    *count = 4;
    return 1;
}

// ISO-2022: the designations, in the order in which encoding tries them.
struct Designation {
    uint16_t set;
    const char* escape;
    uint8_t mark; // the set's name in State
    uint8_t width;
};
/// A set's name is the last byte of its escape sequence, with the high bit for sets of two bytes a character.
enum Mark : uint8_t {
    Ascii = 'B',
    Jis0208 = 'B' | 0x80,
    Jis0208Old = '@' | 0x80,
    Roman = 'J',
    Kana = 'I',
    Jis0212 = 'D' | 0x80,
    Korean = 'C' | 0x80,
    Chinese = 'A' | 0x80,
    Latin1Mark = 'A',
    GreekMark = 'F',
    Plane1 = 'Q' | 0x80,
    Plane2 = 'P' | 0x80,
    Plane1Old = 'O' | 0x80,
};
constexpr Designation designations[] = {
    {set::Jisx0208, "$B", Jis0208, 2},       {set::Jisx0213Plane1, "$(Q", Plane1, 2}, {set::Jisx0213Old, "$(O", Plane1Old, 2},
    {set::Jisx0213Plane2, "$(P", Plane2, 2}, {set::Jisx0212, "$(D", Jis0212, 2},      {set::Ksx1001, "$(C", Korean, 2},
    {set::Gb2312, "$A", Chinese, 2},         {set::Jisx0201Roman, "(J", Roman, 1},    {set::Jisx0201Kana, "(I", Kana, 1},
    {set::Jisx0208Old, "$@", Jis0208Old, 2}, {set::Latin1, ".A", Latin1Mark, 1},      {set::Greek, ".F", GreekMark, 1},
    {set::Ksx1001G1, "$)C", Korean, 2},
};
// ISO 8859-7 from A0 on; 0: not a code.
constexpr uint16_t greek[96] = {
    0x00a0, 0x2018, 0x2019, 0x00a3, 0x20ac, 0x20af, 0x00a6, 0x00a7, 0x00a8, 0x00a9, 0x037a, 0x00ab, 0x00ac, 0x00ad, 0,      0x2015,
    0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x0384, 0x0385, 0x0386, 0x00b7, 0x0388, 0x0389, 0x038a, 0x00bb, 0x038c, 0x00bd, 0x038e, 0x038f,
    0x0390, 0x0391, 0x0392, 0x0393, 0x0394, 0x0395, 0x0396, 0x0397, 0x0398, 0x0399, 0x039a, 0x039b, 0x039c, 0x039d, 0x039e, 0x039f,
    0x03a0, 0x03a1, 0,      0x03a3, 0x03a4, 0x03a5, 0x03a6, 0x03a7, 0x03a8, 0x03a9, 0x03aa, 0x03ab, 0x03ac, 0x03ad, 0x03ae, 0x03af,
    0x03b0, 0x03b1, 0x03b2, 0x03b3, 0x03b4, 0x03b5, 0x03b6, 0x03b7, 0x03b8, 0x03b9, 0x03ba, 0x03bb, 0x03bc, 0x03bd, 0x03be, 0x03bf,
    0x03c0, 0x03c1, 0x03c2, 0x03c3, 0x03c4, 0x03c5, 0x03c6, 0x03c7, 0x03c8, 0x03c9, 0x03ca, 0x03cb, 0x03cc, 0x03cd, 0x03ce, 0,
};

} // namespace

const Encoding* find(std::string_view name) {
    for (const Encoding& encoding : encodings)
        if (name == encoding.name) return &encoding;
    return nullptr;
}

Codec* Codec::create(const Encoding& encoding) {
    auto* codec = new Codec(encoding);
    bool ok = true;
    auto load = [&](Tables*& place, const char* name) { ok = ok && (place = Tables::create(name)); };
    if (encoding.kind == Kind::Hz) {
        load(codec->m_chinese, "gb2312");
    } else if (encoding.kind != Kind::Iso2022) {
        load(codec->m_main, encoding.name);
    } else {
        if (encoding.sets & (set::Jisx0208 | set::Jisx0212)) load(codec->m_main, "euc_jp");
        if (encoding.sets & (set::Ksx1001 | set::Ksx1001G1)) load(codec->m_korean, "euc_kr");
        if (encoding.sets & set::Gb2312) load(codec->m_chinese, "gb2312");
        if (encoding.sets & set::Jisx0213Plane1)
            load(codec->m_jisx0213, encoding.sets & set::Jisx0213Old ? "euc_jisx0213" : "euc_jis_2004");
    }
    if (ok) return codec;
    delete codec;
    return nullptr;
}
Codec::~Codec() {
    for (Tables* tables : {m_main, m_korean, m_chinese, m_jisx0213})
        if (tables) tables->release();
}

int Codec::decode(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const {
    switch (m_encoding->kind) {
    case Kind::Hz: return decode_hz(state, in, size, out, count);
    case Kind::Iso2022: return decode_iso2022(state, in, size, out, count);
    case Kind::Gb18030:
        if (size >= 2 && in[0] >= 0x80 && in[1] >= 0x30 && in[1] <= 0x39) return gb18030_decode(in, size, out, count);
        break;
    case Kind::EucKr:
        if (size >= 2 && in[0] == 0xa4 && in[1] == 0xd4) return jamo_decode(in, size, out, count);
        break;
    case Kind::Table: break;
    }
    int used = table_decode(*m_main, in, size, out, count);
    if (used == Illegal && size >= 2) {
        uint32_t code = static_cast<uint32_t>(in[0]) << 8 | in[1];
        if (!std::strcmp(m_encoding->name, "euc_jisx0213") && added_in_2004(code)) *count = 2;
        if (!std::strcmp(m_encoding->name, "shift_jisx0213") && added_in_2004_shifted(code)) *count = 2;
    }
    return used;
}
int Codec::encode(State& state, uint32_t character, uint32_t next, bool has_next, bool final, uint8_t out[16], int* count) const {
    switch (m_encoding->kind) {
    case Kind::Hz: return encode_hz(state, character, out, count);
    case Kind::Iso2022: return encode_iso2022(state, character, next, has_next, final, out, count);
    default: break;
    }
    int used = table_encode(*m_main, character, next, has_next, final, out, count);
    if (used != Illegal) return used;
    if (m_encoding->kind == Kind::Gb18030) return gb18030_encode(character, out, count);
    if (m_encoding->kind == Kind::EucKr && character >= 0xac00 && character <= 0xd7a3) return jamo_encode(character, out, count);
    return Illegal;
}
int Codec::reset(State& state, uint8_t out[8]) const {
    int n = 0;
    if (m_encoding->kind == Kind::Hz) {
        if (state.g0) out[n++] = '~', out[n++] = '}';
    } else if (m_encoding->kind == Kind::Iso2022) {
        if (state.shifted) out[n++] = 0x0f;
        if (state.g0 != Ascii) out[n++] = 0x1b, out[n++] = '(', out[n++] = 'B';
        state.shifted = 0;
    }
    state.g0 = initial().g0;
    return n;
}

int Codec::decode_hz(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const {
    *count = 0;
    if (in[0] == '~') {
        if (size < 2) return Incomplete;
        if (in[1] == '~' && !state.g0) return out[0] = '~', *count = 1, 2;
        if (in[1] == '{' && !state.g0) return state.g0 = 1, 2;
        if (in[1] == '\n' && !state.g0) return 2;
        if (in[1] == '}' && state.g0) return state.g0 = 0, 2;
        return Illegal;
    }
    if (in[0] & 0x80) return Illegal;
    if (!state.g0) return out[0] = in[0], *count = 1, 1;
    if (size < 2) return Incomplete;
    if (in[1] & 0x80) return Illegal;
    *count = m_chinese->find(static_cast<uint32_t>(in[0] | 0x80) << 8 | in[1] | 0x80, out);
    return *count ? 2 : Illegal;
}
int Codec::encode_hz(State& state, uint32_t character, uint8_t out[16], int* count) const {
    int n = 0;
    if (character < 0x80) {
        if (state.g0) out[n++] = '~', out[n++] = '}';
        state.g0 = 0;
        out[n++] = static_cast<uint8_t>(character);
        if (character == '~') out[n++] = '~';
        return *count = n, 1;
    }
    uint32_t code = m_chinese->code_of(character);
    if (code <= 0xff) return Illegal;
    if (!state.g0) out[n++] = '~', out[n++] = '{';
    state.g0 = 1;
    out[n++] = static_cast<uint8_t>(code >> 8 & 0x7f);
    out[n++] = static_cast<uint8_t>(code & 0x7f);
    return *count = n, 1;
}

/// An escape sequence: ends with a letter or @.
int Codec::designate(State& state, const uint8_t* in, size_t size, int* count) const {
    const bool has_revision = m_encoding->sets & set::Jisx0208; // ESC & @ before ESC $ B
    size_t length = 0;
    for (size_t i = 1; i < 16; ++i) {
        if (i >= size) return Incomplete;
        if ((in[i] >= 'A' && in[i] <= 'Z') || in[i] == '@') {
            length = i + 1;
            break;
        }
        if (has_revision && i + 1 < size && in[i] == '&' && in[i + 1] == '@') i += 2;
    }
    auto illegal = [&](size_t bytes) { return *count = static_cast<int>(bytes), Illegal; };
    uint8_t mark, *place = nullptr;
    auto designator = [&](uint8_t c) { return c == '(' ? &state.g0 : c == ')' ? &state.g1 : c == '.' ? &state.g2 : nullptr; };
    if (length == 3) {
        mark = in[1] == '$' ? in[2] | 0x80 : in[2];
        place = in[1] == '$' ? &state.g0 : designator(in[1]);
    } else if (length == 4 && in[1] == '$' && in[2] != '.') {
        mark = in[3] | 0x80;
        place = designator(in[2]);
    } else if (length == 6 && has_revision && !std::memcmp(in + 1, "&@\x1b$B", 5)) {
        mark = Jis0208;
        place = &state.g0;
    }
    if (!place) return illegal(length ? length : 1);
    bool known = mark == Ascii;
    for (const Designation& d : designations) known = known || ((m_encoding->sets & d.set) && d.mark == mark);
    if (!known) return illegal(length);
    *place = mark;
    return static_cast<int>(length);
}
int Codec::decode_iso2022(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const {
    *count = 0;
    const bool has_g2 = m_encoding->sets & (set::Latin1 | set::Greek), has_shift = m_encoding->sets & set::Ksx1001G1;
    uint8_t c = in[0];
    if (c == 0x1b) {
        if (size < 2) return Incomplete;
        // ESC N: one character of G2.
        if (in[1] == 'N' && has_g2) {
            if (size < 3) return Incomplete;
            *count = 1;
            if (in[2] & 0x80 || in[2] < 0x20) return Illegal;
            if (state.g2 == 0 || state.g2 == Ascii) return out[0] = in[2], 3;
            if (state.g2 == Latin1Mark) return out[0] = in[2] | 0x80u, 3;
            if (state.g2 == GreekMark && greek[in[2] - 0x20]) return out[0] = greek[in[2] - 0x20], 3;
            return Illegal;
        }
        if (in[1] != '(' && in[1] != '$' && in[1] != '.' && in[1] != ')' && in[1] != '&')
            return out[0] = 0x1b, out[1] = in[1], *count = 2, 2;
        return designate(state, in, size, count);
    }
    if (c == 0x0f && has_shift) return state.shifted = 0, 1;
    if (c == 0x0e && has_shift) return state.shifted = 1, 1;
    if (c == '\n') {
        state.shifted = 0;
        return out[0] = '\n', *count = 1, 1;
    }
    if (c < 0x20) return out[0] = c, *count = 1, 1;
    if (c >= 0x80) return Illegal;
    uint8_t mark = state.shifted ? state.g1 : state.g0;
    if (mark == Ascii) return out[0] = c, *count = 1, 1;
    if (mark == Roman) {
        out[0] = c == 0x5c ? 0xa5 : c == 0x7e ? 0x203e : c;
        return *count = 1, 1;
    }
    if (mark == Kana) {
        if (c < 0x21 || c > 0x5f) return Illegal;
        return out[0] = c + 0xff40u, *count = 1, 1;
    }
    bool known = false;
    for (const Designation& d : designations) known = known || ((m_encoding->sets & d.set) && d.mark == mark);
    if (!known) return Illegal;
    if (size < 2) return Incomplete;
    uint32_t code = static_cast<uint32_t>(c | 0x80) << 8 | in[1] | 0x80;
    if (in[1] & 0x80) return Illegal;
    switch (mark) {
    case Jis0208:
    case Jis0208Old:
        // With JIS X 0213 around, the codes of JIS X 0208 are read by its table.
        *count = m_main->find(code, out);
        break;
    case Jis0212: *count = m_main->find(0x8f0000 | code, out); break;
    case Korean: *count = m_korean->find(code, out); break;
    case Chinese: *count = m_chinese->find(code, out); break;
    case Plane1:
    case Plane1Old:
        *count = m_jisx0213->find(code, out);
        if (!*count && added_in_2004(code)) return *count = 2, Illegal;
        break;
    case Plane2: *count = m_jisx0213->find(0x8f0000 | code, out); break;
    default: return Illegal;
    }
    return *count ? 2 : Illegal;
}
int Codec::encode_iso2022(State& state, uint32_t character, uint32_t next, bool has_next, bool final, uint8_t out[16], int* count) const {
    int n = 0;
    auto leave_shift = [&] {
        if (state.shifted) out[n++] = 0x0f;
        state.shifted = 0;
    };
    if (character < 0x80) {
        if (state.g0 != Ascii) {
            out[n++] = 0x1b, out[n++] = '(', out[n++] = 'B';
            state.g0 = Ascii;
        }
        leave_shift();
        out[n++] = static_cast<uint8_t>(character);
        return *count = n, 1;
    }
    for (const Designation& d : designations) {
        if (!(m_encoding->sets & d.set)) continue;
        uint32_t code = 0; // without the high bits that EUC sets
        int used = 1;
        switch (d.mark) {
        case Jis0208:
        case Jis0208Old:
            code = m_main->code_of(character);
            if (code <= 0xff || code > 0xffff || code >> 8 == 0x8e) code = 0;
            // Where JIS X 0213 knows a pair that begins with it, plane 1 goes first.
            if (code && m_jisx0213 && m_jisx0213->starts_pair(character)) {
                if (!has_next && !final) return Incomplete;
                if (has_next && m_jisx0213->pair_code(character, next)) code = 0;
            }
            break;
        case Jis0212:
            code = m_main->code_of(character);
            code = code > 0xffff ? code & 0xffff : 0;
            break;
        case Korean:
            code = m_korean->code_of(character);
            if (code <= 0xff) code = 0;
            break;
        case Chinese:
            code = m_chinese->code_of(character);
            if (code <= 0xff) code = 0;
            break;
        case Plane1:
        case Plane1Old:
            if (d.mark == Plane1 && m_encoding->sets & set::Jisx0213Old) continue;
            if (m_jisx0213->starts_pair(character)) {
                if (!has_next && !final) return Incomplete;
                if (uint32_t pair = has_next ? m_jisx0213->pair_code(character, next) : 0) {
                    code = pair;
                    used = 2;
                    break;
                }
            }
            code = m_jisx0213->code_of(character);
            if (code <= 0xff || code > 0xffff || code >> 8 == 0x8e) code = 0;
            break;
        case Plane2:
            code = m_jisx0213->code_of(character);
            code = code > 0xffff ? code & 0xffff : 0;
            break;
        case Roman: code = character == 0xa5 ? 0x5c : character == 0x203e ? 0x7e : 0; break;
        case Kana: code = character >= 0xff61 && character <= 0xff9f ? character - 0xff40 : 0; break;
        default: continue; // G2 is only read
        }
        if (!code) continue;
        if (d.set == set::Ksx1001G1) {
            if (state.g1 != d.mark) {
                out[n++] = 0x1b;
                for (const char* p = d.escape; *p; ++p) out[n++] = static_cast<uint8_t>(*p);
                state.g1 = d.mark;
            }
            if (!state.shifted) out[n++] = 0x0e;
            state.shifted = 1;
        } else {
            leave_shift();
            if (state.g0 != d.mark) {
                out[n++] = 0x1b;
                for (const char* p = d.escape; *p; ++p) out[n++] = static_cast<uint8_t>(*p);
                state.g0 = d.mark;
            }
        }
        if (d.width == 2) out[n++] = static_cast<uint8_t>(code >> 8 & 0x7f);
        out[n++] = static_cast<uint8_t>(code & 0x7f);
        return *count = n, used;
    }
    return Illegal;
}

} // namespace taipan::base::cjk
