#include "base/normalize.h"

#include "base/unicode_data.h"

#include <cstdlib>
#include <cstring>

namespace taipan::base::unicode {

using namespace detail;

uint32_t old_normalization(uint32_t c);

namespace {

// Hangul syllables are composed by arithmetic (Unicode standard, 3.12).
constexpr uint32_t s_base = 0xac00, l_base = 0x1100, v_base = 0x1161, t_base = 0x11a7;
constexpr uint32_t l_count = 19, v_count = 21, t_count = 28, s_count = l_count * v_count * t_count;

constexpr bool is_compatibility(NormalForm form) { return form == NormalForm::NFKC || form == NormalForm::NFKD; }
constexpr bool is_composed(NormalForm form) { return form == NormalForm::NFC || form == NormalForm::NFKC; }

/// Pushes the full decomposition of `c`. Mappings nest only a few deep, so recursion is bounded.
void decompose(uint32_t c, bool compatibility, Version version, CodePoints& out) {
    if (c < 0xa0) {
        out.push(c);
        return;
    }
    if (c - s_base < s_count) {
        uint32_t s = c - s_base, t = s % t_count;
        out.push(l_base + s / (v_count * t_count));
        out.push(v_base + s % (v_count * t_count) / t_count);
        if (t) out.push(t_base + t);
        return;
    }
    if (version == Version::V3_2_0) {
        if (uint32_t old = old_normalization(c)) {
            decompose(old, compatibility, version, out);
            return;
        }
    }
    Decomposition step = decomposition(c, version);
    if (step.length == 0 || (*step.tag && !compatibility)) {
        out.push(c);
        return;
    }
    for (unsigned i = 0; i < step.length; i++) decompose(step.values[i], compatibility, version, out);
}

/// Canonical ordering: a stable sort of each run of combining characters by class. Runs are short, but hostile ones are
/// not, so long runs are merge-sorted by counting over the 255 classes.
bool reorder(CodePoints& text) {
    uint32_t* chars = text.data();
    size_t size = text.size(), i = 0;
    while (i < size) {
        if (chars[i] < 0x300 || combining(chars[i]) == 0) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < size && combining(chars[i]) != 0) i++;
        size_t n = i - start;
        uint32_t* run = chars + start;
        if (n <= 32) {
            for (size_t k = 1; k < n; k++) {
                uint32_t c = run[k];
                uint8_t order = combining(c);
                size_t at = k;
                for (; at > 0 && combining(run[at - 1]) > order; at--) run[at] = run[at - 1];
                run[at] = c;
            }
            continue;
        }
        size_t starts[257] = {};
        for (size_t k = 0; k < n; k++) starts[combining(run[k]) + 1]++;
        for (size_t k = 1; k < 257; k++) starts[k] += starts[k - 1];
        uint32_t* sorted = static_cast<uint32_t*>(malloc(n * sizeof(uint32_t)));
        if (!sorted) return false;
        for (size_t k = 0; k < n; k++) sorted[starts[combining(run[k])]++] = run[k];
        memcpy(run, sorted, n * sizeof(uint32_t));
        free(sorted);
    }
    return true;
}

uint32_t compose(uint32_t first, uint32_t second) {
    if (first - l_base < l_count && second - v_base < v_count) return s_base + ((first - l_base) * v_count + (second - v_base)) * t_count;
    if (first - s_base < s_count && (first - s_base) % t_count == 0 && second - t_base - 1 < t_count - 1) return first + (second - t_base);
    return compose_pair(first, second);
}

/// In place: each character joins the last starter unless something of its class or higher stands between.
void compose_all(CodePoints& text) {
    uint32_t* chars = text.data();
    size_t size = text.size(), out = 0;
    size_t starter = SIZE_MAX;
    uint8_t last_class = 0;
    for (size_t i = 0; i < size; i++) {
        uint32_t c = chars[i];
        uint8_t order = c < 0x300 ? 0 : combining(c);
        bool adjacent = starter != SIZE_MAX && out == starter + 1;
        if (starter != SIZE_MAX && (adjacent || (last_class < order)) && (record_of(c).quick & composes_maybe)) {
            if (uint32_t joined = compose(chars[starter], c)) {
                chars[starter] = joined;
                continue;
            }
        }
        chars[out] = c;
        if (order == 0) starter = out;
        last_class = order;
        out++;
    }
    text.resize(out);
}

} // namespace

CodePoints::~CodePoints() { free(m_data); }

bool CodePoints::grow() {
    if (m_failed) return false;
    size_t capacity = m_capacity ? m_capacity * 2 : 64;
    void* data = realloc(m_data, capacity * sizeof(uint32_t));
    if (!data) {
        m_failed = true;
        return false;
    }
    m_data = static_cast<uint32_t*>(data);
    m_capacity = capacity;
    return true;
}

template <typename Char> QuickCheck quick_check(NormalForm form, const Char* text, size_t length, Version version) {
    // Nothing below these changes: NFKC and the decompositions touch Latin-1, NFC does not.
    const uint32_t safe = form == NormalForm::NFC ? 0x300 : form == NormalForm::NFD ? 0xc0 : 0xa0;
    const uint8_t no = form == NormalForm::NFC ? nfc_no : form == NormalForm::NFD ? nfd_no : form == NormalForm::NFKC ? nfkc_no : nfkd_no;
    QuickCheck result = QuickCheck::Yes;
    uint8_t last_class = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = text[i];
        if (c < safe) {
            last_class = 0;
            continue;
        }
        const UnicodeRecord& record = record_of(c);
        uint8_t order = version == Version::Current ? record.combining : combining(c, version);
        if (order && last_class > order) return QuickCheck::No;
        last_class = order;
        if (record.quick & no) return version == Version::Current ? QuickCheck::No : QuickCheck::Maybe;
        if ((record.quick & composes_maybe) && is_composed(form)) result = QuickCheck::Maybe;
    }
    return result;
}

template <typename Char> bool normalize(NormalForm form, const Char* text, size_t length, CodePoints& out, Version version) {
    for (size_t i = 0; i < length; i++) decompose(text[i], is_compatibility(form), version, out);
    if (out.failed() || !reorder(out)) return false;
    if (is_composed(form)) compose_all(out);
    return true;
}

#define FOR_WIDTH(Char)                                                                                                                    \
    template QuickCheck quick_check(NormalForm, const Char*, size_t, Version);                                                             \
    template bool normalize(NormalForm, const Char*, size_t, CodePoints&, Version);
FOR_WIDTH(uint8_t)
FOR_WIDTH(uint16_t)
FOR_WIDTH(uint32_t)
#undef FOR_WIDTH

} // namespace taipan::base::unicode
