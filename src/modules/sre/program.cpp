#include "modules/sre/program.h"

#include "base/unicode.h"

#include <cctype>
#include <new>

namespace taipan::modules::sre {

namespace unicode = base::unicode;

uint32_t lower_ascii(uint32_t c) { return c - 'A' < 26u ? c + 32 : c; }
uint32_t lower_locale(uint32_t c) { return c < 256 ? uint32_t(tolower(int(c))) : c; }
uint32_t upper_locale(uint32_t c) { return c < 256 ? uint32_t(toupper(int(c))) : c; }

uint32_t fold(Fold mode, uint32_t c) {
    switch (mode) {
    case Fold::None: return c;
    case Fold::Ascii: return lower_ascii(c);
    case Fold::Locale: return lower_locale(c);
    case Fold::Unicode: return unicode::to_lower(c);
    }
    return c;
}

bool in_category(Category category, uint32_t c) {
    auto ascii_word = [](uint32_t c) { return c - '0' < 10u || (c | 32) - 'a' < 26u || c == '_'; };
    auto ascii_space = [](uint32_t c) { return c == ' ' || c - '\t' < 5u; };
    switch (category) {
    case Category::Digit: return c - '0' < 10u;
    case Category::NotDigit: return c - '0' >= 10u;
    case Category::Space: return ascii_space(c);
    case Category::NotSpace: return !ascii_space(c);
    case Category::Word: return c < 128 && ascii_word(c);
    case Category::NotWord: return !(c < 128 && ascii_word(c));
    case Category::Linebreak: return c == '\n';
    case Category::NotLinebreak: return c != '\n';
    case Category::LocaleWord: return c == '_' || (c < 256 && isalnum(int(c)));
    case Category::LocaleNotWord: return !(c == '_' || (c < 256 && isalnum(int(c))));
    case Category::UnicodeDigit: return unicode::is_decimal(c);
    case Category::UnicodeNotDigit: return !unicode::is_decimal(c);
    case Category::UnicodeSpace: return unicode::is_space(c);
    case Category::UnicodeNotSpace: return !unicode::is_space(c);
    case Category::UnicodeWord: return c == '_' || unicode::is_alnum(c);
    case Category::UnicodeNotWord: return !(c == '_' || unicode::is_alnum(c));
    case Category::UnicodeLinebreak: return unicode::is_linebreak(c);
    case Category::UnicodeNotLinebreak: return !unicode::is_linebreak(c);
    }
    return false;
}

bool in_set_code(const uint32_t* set, uint32_t c) {
    bool found = true;
    for (;;) {
        switch (*set++) {
        case OP_FAILURE: return !found;
        case OP_LITERAL:
            if (c == *set++) return found;
            break;
        case OP_CATEGORY:
            if (in_category(Category(*set++), c)) return found;
            break;
        case OP_CHARSET:
            if (c < 256 && (set[c >> 5] >> (c & 31) & 1)) return found;
            set += 8;
            break;
        case OP_RANGE:
            if (set[0] <= c && c <= set[1]) return found;
            set += 2;
            break;
        case OP_RANGE_UNI_IGNORE: {
            uint32_t upper = unicode::to_upper(c);
            if ((set[0] <= c && c <= set[1]) || (set[0] <= upper && upper <= set[1])) return found;
            set += 2;
            break;
        }
        case OP_NEGATE: found = !found; break;
        case OP_BIGCHARSET: {
            uint32_t count = *set++;
            if (c < 0x10000) {
                uint32_t block = set[c >> 10] >> (8 * (c >> 8 & 3)) & 0xff; // bytes, packed little-endian
                uint32_t bit = block * 256 + (c & 255);
                if (set[64 + (bit >> 5)] >> (bit & 31) & 1) return found;
            }
            set += 64 + count * 8;
            break;
        }
        default: return false; // checked when the program was made
        }
    }
}

bool in_set_slow(const Program& program, const CharacterSet& set, uint32_t c) {
    const uint32_t* code = program.code.data() + set.code;
    if (set.fold != Fold::Locale) return in_set_code(code, fold(set.fold, c));
    // Either case may be in the set; a negated set must hold neither.
    bool negated = *code == OP_NEGATE;
    code += negated;
    uint32_t lower = lower_locale(c), upper = upper_locale(c);
    bool found = in_set_code(code, lower) || (upper != lower && in_set_code(code, upper)) || (set.is_literal && in_set_code(code, c));
    return found != negated;
}

namespace {

/// Deeper nesting than this is no code that the compiler made: Python's own recursion limit stops it long before.
constexpr int max_depth = 2000;
constexpr uint32_t nowhere = 0; ///< no node leads to the first one

/// Translates the code. Sequences are decoded front to back; nested code by recursion, bounded by `max_depth`.
class Decoder {
public:
    Decoder(Program& program, const uint32_t* code, size_t size) : m_program(program), m_begin(code), m_size(size) {}

    bool decode();

private:
    bool invalid() { return false; }
    uint32_t here() const { return uint32_t(m_program.nodes.size()); }
    Node& node(uint32_t at) { return m_program.nodes[at]; }
    void emit(Op op, uint32_t a = 0, uint32_t b = 0, uint32_t c = 0, uint8_t mode = 0) { m_program.nodes.push({op, mode, a, b, c}); }

    bool sequence(size_t at, size_t end, int depth);
    bool operation(size_t& at, size_t end, int depth);
    bool branch(size_t& at, size_t end, int depth);
    bool repeat_one(Op op, size_t& at, size_t end, int depth);
    bool repeat(size_t& at, size_t end, int depth);
    bool possessive_repeat(size_t& at, size_t end, int depth);
    bool assertion(bool negative, size_t& at, size_t end, int depth);
    bool conditional(size_t& at, size_t end, int depth);
    bool info(size_t& at, size_t end);

    bool skip_at(size_t slot, size_t end, size_t& target) {
        if (slot >= end) return false;
        uint32_t skip = m_begin[slot];
        if (skip > end - slot) return false;
        target = slot + skip;
        return true;
    }

    void literal(uint32_t c);
    bool check_set(size_t at, size_t end);
    void add_set(uint32_t code, Fold fold, bool is_literal);
    void single_set(Fold fold, bool negated, uint32_t op, uint32_t argument);

    Program& m_program;
    const uint32_t* m_begin;
    size_t m_size;
    uint32_t m_fusible = UINT32_MAX; ///< node that the next literal may join
};

void Decoder::literal(uint32_t c) {
    uint32_t at = here();
    if (at && m_fusible == at - 1 && !m_program.literals.failed()) {
        Node& last = node(at - 1);
        if (last.op == Op::Char) {
            last.b = 1;
            uint32_t first = last.a;
            last.op = Op::String;
            last.a = uint32_t(m_program.literals.size());
            m_program.literals.push(first);
        }
        m_program.literals.push(c);
        last.b++;
        return;
    }
    emit(Op::Char, c);
    m_fusible = at;
}

/// A set's code must end in FAILURE exactly at `end`.
bool Decoder::check_set(size_t at, size_t end) {
    while (at < end) {
        size_t left = end - at - 1;
        switch (m_begin[at++]) {
        case OP_FAILURE: return at == end;
        case OP_NEGATE: break;
        case OP_LITERAL:
            if (left < 1) return false;
            at += 1;
            break;
        case OP_RANGE:
        case OP_RANGE_UNI_IGNORE:
            if (left < 2) return false;
            at += 2;
            break;
        case OP_CHARSET:
            if (left < 8) return false;
            at += 8;
            break;
        case OP_CATEGORY:
            if (left < 1 || m_begin[at] >= category_count) return false;
            at += 1;
            break;
        case OP_BIGCHARSET: {
            if (left < 65 || m_begin[at] > 256 || left - 65 < m_begin[at] * 8) return false;
            uint32_t count = m_begin[at++];
            for (size_t i = 0; i < 256; i++) {
                if ((m_begin[at + i / 4] >> (8 * (i & 3)) & 0xff) >= count) return false;
            }
            at += 64 + count * 8;
            break;
        }
        default: return false;
        }
    }
    return false;
}

/// Whether a checked set names characters from 256 on, apart from its categories.
bool contains_wide(const uint32_t* p) {
    for (;;) {
        switch (*p++) {
        case OP_FAILURE: return false;
        case OP_LITERAL:
            if (*p++ >= 256) return true;
            break;
        case OP_RANGE:
        case OP_RANGE_UNI_IGNORE:
            if (p[1] >= 256) return true;
            p += 2;
            break;
        case OP_CHARSET: p += 8; break;
        case OP_BIGCHARSET: return true;
        case OP_CATEGORY: p++; break;
        }
    }
}

void Decoder::add_set(uint32_t code, Fold fold_mode, bool is_literal) {
    CharacterSet set{};
    set.fold = fold_mode;
    set.code = code;
    set.is_literal = is_literal;
    set.uses_locale = fold_mode == Fold::Locale;
    // Look whether characters from 256 on can differ from each other.
    const uint32_t* start = m_program.code.data() + code;
    const uint32_t* p = start;
    bool varies = fold_mode == Fold::Unicode, inverted = false;
    unsigned categories = 0;
    uint32_t category = 0;
    for (bool more = true; more;) {
        switch (*p++) {
        case OP_FAILURE: more = false; break;
        case OP_NEGATE:
            inverted = !inverted;
            varies |= p - 1 != start; // the compiler writes it first
            break;
        case OP_LITERAL: varies |= *p++ >= 256; break;
        case OP_RANGE:
        case OP_RANGE_UNI_IGNORE:
            varies |= p[1] >= 256;
            p += 2;
            break;
        case OP_CHARSET: p += 8; break;
        case OP_BIGCHARSET:
            varies = true;
            p += 65 + *p * 8;
            break;
        case OP_CATEGORY:
            if (Category(*p) >= Category::UnicodeDigit) {
                categories++;
                category = *p;
            } else if (*p & 1) {
                varies = true; // rare beside a Unicode category; alone it is settled below
            }
            set.uses_locale |= Category(*p) == Category::LocaleWord || Category(*p) == Category::LocaleNotWord;
            p++;
            break;
        }
    }
    if (categories == 0 && fold_mode != Fold::Unicode && !contains_wide(start)) {
        set.wide = in_set_slow(m_program, set, 256) ? Wide::All : Wide::None;
    } else if (categories == 1 && !varies) {
        // One Unicode category, with Latin-1 beside it: a look at the flags decides.
        set.wide = Wide::Flags;
        Category kind = Category(category & ~1u);
        set.flags = kind == Category::UnicodeDigit   ? uint16_t(unicode::decimal_flag)
                    : kind == Category::UnicodeSpace ? uint16_t(unicode::space_flag)
                    : kind == Category::UnicodeWord  ? uint16_t(unicode::alnum_flags)
                                                     : uint16_t(unicode::linebreak_flag);
        set.negated = inverted != bool(category & 1);
    } else {
        set.wide = Wide::Code;
    }
    if (!set.uses_locale) {
        for (uint32_t c = 0; c < 256; c++) set.table[c] = in_set_slow(m_program, set, c);
    } else {
        set.wide = Wide::Code;
    }
    emit(Op::Set, uint32_t(m_program.sets.size()), 0, 0, set.uses_locale);
    m_program.sets.push(set);
}

/// A set of one literal or category, for what CPython has opcodes of their own.
void Decoder::single_set(Fold fold_mode, bool negated, uint32_t op, uint32_t argument) {
    uint32_t at = uint32_t(m_program.code.size());
    if (negated) m_program.code.push(OP_NEGATE);
    m_program.code.push(op);
    m_program.code.push(argument);
    m_program.code.push(OP_FAILURE);
    if (m_program.code.failed()) return;
    add_set(at, fold_mode, op == OP_LITERAL);
}

bool Decoder::sequence(size_t at, size_t end, int depth) {
    if (depth > max_depth) return false;
    m_fusible = UINT32_MAX;
    while (at < end) {
        if (!operation(at, end, depth)) return false;
    }
    m_fusible = UINT32_MAX;
    return at == end;
}

bool Decoder::operation(size_t& at, size_t end, int depth) {
    uint32_t op = m_begin[at++];
    size_t left = end - at;
    auto argument = [&] { return m_begin[at++]; };
    switch (op) {
    case OP_FAILURE: emit(Op::Fail); return true;
    case OP_ANY: emit(Op::Any); return true;
    case OP_ANY_ALL: emit(Op::AnyAll); return true;
    case OP_LITERAL:
        if (left < 1) return false;
        literal(argument());
        return true;
    case OP_NOT_LITERAL:
        if (left < 1) return false;
        emit(Op::NotChar, argument());
        return true;
    case OP_LITERAL_IGNORE:
    case OP_NOT_LITERAL_IGNORE:
    case OP_LITERAL_LOC_IGNORE:
    case OP_NOT_LITERAL_LOC_IGNORE:
    case OP_LITERAL_UNI_IGNORE:
    case OP_NOT_LITERAL_UNI_IGNORE: {
        if (left < 1) return false;
        bool negated = op == OP_NOT_LITERAL_IGNORE || op == OP_NOT_LITERAL_LOC_IGNORE || op == OP_NOT_LITERAL_UNI_IGNORE;
        Fold mode = op <= OP_NOT_LITERAL_IGNORE ? Fold::Ascii : op <= OP_NOT_LITERAL_LOC_IGNORE ? Fold::Locale : Fold::Unicode;
        single_set(mode, negated, OP_LITERAL, argument());
        return true;
    }
    case OP_CATEGORY:
        if (left < 1 || m_begin[at] >= category_count) return false;
        single_set(Fold::None, false, OP_CATEGORY, argument());
        return true;
    case OP_IN:
    case OP_IN_IGNORE:
    case OP_IN_LOC_IGNORE:
    case OP_IN_UNI_IGNORE: {
        size_t target;
        if (!skip_at(at, end, target) || target < at + 2 || !check_set(at + 1, target)) return false;
        Fold mode = op == OP_IN ? Fold::None : op == OP_IN_IGNORE ? Fold::Ascii : op == OP_IN_LOC_IGNORE ? Fold::Locale : Fold::Unicode;
        add_set(uint32_t(at + 1), mode, false);
        at = target;
        return true;
    }
    case OP_AT:
        if (left < 1 || m_begin[at] >= at_count) return false;
        emit(Op::At, 0, 0, 0, uint8_t(argument()));
        return true;
    case OP_MARK:
        if (left < 1 || m_begin[at] >= m_program.groups * 2) return false;
        emit(Op::Mark, argument());
        return true;
    case OP_GROUPREF:
    case OP_GROUPREF_IGNORE:
    case OP_GROUPREF_LOC_IGNORE:
    case OP_GROUPREF_UNI_IGNORE: {
        if (left < 1 || m_begin[at] >= m_program.groups) return false;
        Fold mode = op == OP_GROUPREF              ? Fold::None
                    : op == OP_GROUPREF_IGNORE     ? Fold::Ascii
                    : op == OP_GROUPREF_LOC_IGNORE ? Fold::Locale
                                                   : Fold::Unicode;
        emit(Op::GroupRef, argument(), 0, 0, uint8_t(mode));
        return true;
    }
    case OP_BRANCH: return branch(at, end, depth);
    case OP_REPEAT_ONE: return repeat_one(Op::GreedyOne, at, end, depth);
    case OP_MIN_REPEAT_ONE: return repeat_one(Op::LazyOne, at, end, depth);
    case OP_POSSESSIVE_REPEAT_ONE: return repeat_one(Op::PossessiveOne, at, end, depth);
    case OP_REPEAT: return repeat(at, end, depth);
    case OP_POSSESSIVE_REPEAT: return possessive_repeat(at, end, depth);
    case OP_ATOMIC_GROUP: {
        size_t target;
        if (!skip_at(at, end, target) || target < at + 2 || m_begin[target - 1] != OP_SUCCESS) return false;
        emit(Op::Atomic);
        if (!sequence(at + 1, target - 1, depth + 1)) return false;
        emit(Op::AtomicEnd);
        at = target;
        return true;
    }
    case OP_ASSERT: return assertion(false, at, end, depth);
    case OP_ASSERT_NOT: return assertion(true, at, end, depth);
    case OP_GROUPREF_EXISTS: return conditional(at, end, depth);
    default: return false;
    }
}

bool Decoder::branch(size_t& at, size_t end, int depth) {
    constexpr uint32_t none = UINT32_MAX;
    uint32_t previous = none;
    base::SmallBuffer<uint32_t, 16> jumps;
    size_t common_end = 0;
    for (;;) {
        if (at >= end) return false;
        if (m_begin[at] == 0) { // no further alternative
            at++;
            break;
        }
        size_t next;
        if (!skip_at(at, end, next) || next < at + 3 || m_begin[next - 2] != OP_JUMP) return false;
        size_t target;
        if (!skip_at(next - 1, end, target)) return false;
        if (common_end && common_end != target) return false;
        common_end = target;
        if (previous != none) node(previous).a = here();
        previous = here();
        emit(Op::Alternative);
        if (m_program.nodes.failed()) return false;
        if (!sequence(at + 1, next - 2, depth + 1)) return false;
        jumps.push(here());
        emit(Op::Jump);
        at = next;
    }
    if (m_program.nodes.failed() || jumps.failed()) return true; // reported at the end
    if (previous == none) {
        emit(Op::Fail);
        return true;
    }
    if (common_end != at) return false;
    for (uint32_t jump : jumps) node(jump).a = here();
    return true;
}

bool Decoder::repeat_one(Op op, size_t& at, size_t end, int depth) {
    size_t target;
    if (!skip_at(at, end, target) || target < at + 5 || m_begin[target - 1] != OP_SUCCESS) return false;
    uint32_t min = m_begin[at + 1], max = m_begin[at + 2];
    if (min > max) return false;
    emit(op, min, max);
    uint32_t item = here();
    if (!sequence(at + 3, target - 1, depth + 1)) return false;
    if (m_program.nodes.failed()) return true;
    if (here() != item + 1) return false;
    switch (node(item).op) {
    case Op::Char:
    case Op::NotChar:
    case Op::Any:
    case Op::AnyAll:
    case Op::Set:
    case Op::Fail: break;
    default: return false;
    }
    at = target;
    return true;
}

bool Decoder::repeat(size_t& at, size_t end, int depth) {
    size_t target;
    if (!skip_at(at, end, target) || target < at + 3 || target >= end) return false;
    uint32_t min = m_begin[at + 1], max = m_begin[at + 2], until = m_begin[target];
    if (min > max || (until != OP_MAX_UNTIL && until != OP_MIN_UNTIL)) return false;
    uint32_t loop = uint32_t(m_program.loops.size()), start = here();
    m_program.loops.push({min, max, 0, 0, 0});
    emit(Op::Repeat, loop);
    if (!sequence(at + 3, target, depth + 1)) return false;
    if (m_program.nodes.failed() || m_program.loops.failed()) return true;
    node(start).b = here();
    m_program.loops[loop].until = here();
    emit(until == OP_MAX_UNTIL ? Op::MaxUntil : Op::MinUntil, loop, start + 1);
    at = target + 1;
    return true;
}

bool Decoder::possessive_repeat(size_t& at, size_t end, int depth) {
    // Every turn is atomic by itself, and so is the loop.
    size_t target;
    if (!skip_at(at, end, target) || target < at + 3 || target >= end || m_begin[target] != OP_SUCCESS) return false;
    uint32_t min = m_begin[at + 1], max = m_begin[at + 2];
    if (min > max) return false;
    uint32_t loop = uint32_t(m_program.loops.size());
    m_program.loops.push({min, max, 0, 0, 0});
    emit(Op::Atomic);
    uint32_t start = here();
    emit(Op::Repeat, loop);
    emit(Op::Atomic);
    if (!sequence(at + 3, target, depth + 1)) return false;
    emit(Op::AtomicEnd);
    if (m_program.nodes.failed() || m_program.loops.failed()) return true;
    node(start).b = here();
    m_program.loops[loop].until = here();
    emit(Op::MaxUntil, loop, start + 1);
    emit(Op::AtomicEnd);
    at = target + 1;
    return true;
}

bool Decoder::assertion(bool negative, size_t& at, size_t end, int depth) {
    size_t target;
    if (!skip_at(at, end, target) || target < at + 3 || m_begin[target - 1] != OP_SUCCESS) return false;
    uint32_t back = m_begin[at + 1];
    if (back & 0x80000000) return false;
    uint32_t start = here();
    emit(negative ? Op::AssertNot : Op::Assert, 0, back);
    if (!sequence(at + 2, target - 1, depth + 1)) return false;
    emit(negative ? Op::AssertNotEnd : Op::AssertEnd);
    if (!m_program.nodes.failed()) node(start).a = here();
    at = target;
    return true;
}

bool Decoder::conditional(size_t& at, size_t end, int depth) {
    // group skip yes… [JUMP skip no…]; the skip counts from the group.
    if (depth > max_depth) return false;
    if (end - at < 2 || m_begin[at] >= m_program.groups) return false;
    uint32_t group = m_begin[at];
    size_t target;
    if (m_begin[at + 1] > end - at || m_begin[at + 1] < 2) return false;
    target = at + m_begin[at + 1];
    uint32_t start = here();
    emit(Op::GroupExists, group);
    // Only decoding tells whether the words before the target are a jump or belong to an operation.
    size_t p = at + 2;
    bool has_no = false;
    m_fusible = UINT32_MAX;
    while (p < target) {
        if (m_begin[p] == OP_JUMP && p + 2 == target) {
            has_no = true;
            break;
        }
        if (!operation(p, target, depth + 1)) return false;
    }
    m_fusible = UINT32_MAX;
    if (!has_no) {
        if (p != target) return false;
        if (!m_program.nodes.failed()) node(start).b = here();
        at = target;
        return true;
    }
    size_t no_end;
    if (!skip_at(target - 1, end, no_end) || no_end < target) return false;
    uint32_t jump = here();
    emit(Op::Jump);
    if (!m_program.nodes.failed()) node(start).b = here();
    if (!sequence(target, no_end, depth + 1)) return false;
    if (!m_program.nodes.failed()) node(jump).a = here();
    at = no_end;
    return true;
}

bool Decoder::info(size_t& at, size_t end) {
    // skip flags min max [prefix-length prefix-skip prefix… overlap…] [set]
    size_t target;
    if (!skip_at(at, end, target) || target < at + 4) return false;
    uint32_t flags = m_begin[at + 1], min = m_begin[at + 2];
    size_t p = at + 4;
    if (flags & ~uint32_t(INFO_PREFIX | INFO_LITERAL | INFO_CHARSET)) return false;
    if ((flags & INFO_PREFIX) && (flags & INFO_CHARSET)) return false;
    if ((flags & INFO_LITERAL) && !(flags & INFO_PREFIX)) return false;
    if (flags & INFO_PREFIX) {
        if (target - p < 2) return false;
        uint32_t length = m_begin[p];
        p += 2;
        if ((target - p) / 2 < length) return false;
        for (uint32_t i = 0; i < length; i++) {
            if (m_begin[p + length + i] >= length) return false; // the overlap table, which we do not use
        }
        p += 2 * size_t(length);
    }
    if (flags & INFO_CHARSET) {
        if (!check_set(p, target)) return false;
        p = target;
    }
    if (p != target) return false;
    m_program.min_width = min;
    at = target;
    return true;
}

bool Decoder::decode() {
    if (m_size == 0 || m_begin[m_size - 1] != OP_SUCCESS) return false;
    size_t at = 0;
    if (m_begin[0] == OP_INFO) {
        at = 1;
        if (!info(at, m_size)) return false;
    }
    if (!sequence(at, m_size - 1, 0)) return false;
    emit(Op::Success);
    return true;
}

/// Finds what may come first from a node on.
class Analyser {
public:
    explicit Analyser(Program& program) : m_program(program) {}

    void run();

private:
    struct First {
        uint8_t table[256];
        bool wide, unknown;
    };
    /// Adds to `out`; the budget bounds the work.
    void collect(uint32_t at, First& out, int& budget, int depth);
    void collect_item(const Node& node, First& out);
    Filter filter_from(uint32_t at);

    Program& m_program;
    base::SmallBuffer<uint32_t, 16> m_open_loops;
    uint32_t m_own_loop = UINT32_MAX; ///< the loop whose body is looked at by itself
};

void Analyser::collect_item(const Node& node, First& out) {
    switch (node.op) {
    case Op::Char:
        if (node.a < 256) {
            out.table[node.a] = 1;
        } else {
            out.wide = true;
        }
        break;
    case Op::NotChar:
        for (uint32_t c = 0; c < 256; c++) out.table[c] |= c != node.a;
        out.wide = true;
        break;
    case Op::Any:
        for (uint32_t c = 0; c < 256; c++) out.table[c] |= c != '\n';
        out.wide = true;
        break;
    case Op::AnyAll:
        memset(out.table, 1, 256);
        out.wide = true;
        break;
    case Op::Set: {
        const CharacterSet& set = m_program.sets[node.a];
        if (set.uses_locale) {
            out.unknown = true;
            break;
        }
        for (uint32_t c = 0; c < 256; c++) out.table[c] |= set.table[c];
        out.wide |= set.wide != Wide::None;
        break;
    }
    default: break; // Fail adds nothing
    }
}

void Analyser::collect(uint32_t at, First& out, int& budget, int depth) {
    for (; !out.unknown;) {
        if (--budget < 0 || depth > 64) {
            out.unknown = true;
            return;
        }
        const Node& node = m_program.nodes[at];
        switch (node.op) {
        case Op::Fail: return;
        case Op::Char:
        case Op::NotChar:
        case Op::Any:
        case Op::AnyAll:
        case Op::Set: collect_item(node, out); return;
        case Op::String: {
            Node first{Op::Char, 0, m_program.literals[node.a], 0, 0};
            collect_item(first, out);
            return;
        }
        case Op::At:
        case Op::Mark:
        case Op::Atomic: at++; break;
        case Op::Assert:
        case Op::AssertNot:
        case Op::Jump: at = node.a; break;
        case Op::Alternative:
            collect(at + 1, out, budget, depth + 1);
            if (node.a == nowhere) return;
            at = node.a;
            break;
        case Op::GreedyOne:
        case Op::LazyOne:
        case Op::PossessiveOne:
            collect_item(m_program.nodes[at + 1], out);
            if (node.a > 0) return;
            at += 2;
            break;
        case Op::Repeat:
            if (m_program.loops[node.a].min == 0) collect(node.b + 1, out, budget, depth + 1);
            if (m_program.loops[node.a].max == 0) return;
            at++;
            break;
        case Op::MaxUntil:
        case Op::MinUntil:
            if (node.a == m_own_loop) {
                out.unknown = true;
                return;
            }
            // The body may have matched nothing: then another turn or the tail comes. An open loop's are collected.
            for (uint32_t loop : m_open_loops) {
                if (loop == node.a) return;
            }
            m_open_loops.push(node.a);
            collect(node.b, out, budget, depth + 1);
            m_open_loops.pop();
            at++;
            break;
        case Op::GroupExists:
            collect(node.b, out, budget, depth + 1);
            at++;
            break;
        case Op::Success:
        case Op::AtomicEnd: // what follows must not steer the choices inside
        case Op::AssertEnd:
        case Op::AssertNotEnd:
        case Op::GroupRef: out.unknown = true; return;
        }
    }
}

/// The filter of what begins at `at`.
Filter Analyser::filter_from(uint32_t at) {
    First first{};
    int budget = 48;
    m_open_loops.clear();
    collect(at, first, budget, 0);
    if (first.unknown || m_open_loops.failed()) return 0;
    unsigned count = 0;
    uint32_t only = 0;
    for (uint32_t c = 0; c < 256; c++) {
        if (first.table[c]) {
            count++;
            only = c;
        }
    }
    if (count == 256 && first.wide) return 0;
    if (count == 1 && !first.wide) return filter_character | only;
    FilterTable table;
    memcpy(table.table, first.table, 256);
    table.wide = first.wide;
    m_program.filters.push(table);
    return m_program.filters.failed() ? 0 : Filter(m_program.filters.size());
}

void Analyser::run() {
    Program& p = m_program;
    for (uint32_t i = 0; i < p.nodes.size(); i++) {
        Node& node = p.nodes[i];
        switch (node.op) {
        case Op::Alternative: node.b = filter_from(i + 1); break;
        case Op::GreedyOne:
        case Op::LazyOne: node.c = filter_from(i + 2); break;
        case Op::MaxUntil:
        case Op::MinUntil: {
            Loop& loop = p.loops[node.a];
            loop.tail = filter_from(i + 1);
            // A body that may match nothing cannot be skipped: an empty turn sets its groups.
            m_own_loop = node.a;
            loop.body = filter_from(node.b);
            m_own_loop = UINT32_MAX;
            break;
        }
        default: break;
        }
    }
    p.first = filter_from(0);

    uint32_t at = 0;
    while (p.nodes[at].op == Op::Mark) at++;
    const Node& start = p.nodes[at];
    if (start.op == Op::At) {
        p.only_at_beginning = At(start.mode) == At::Beginning || At(start.mode) == At::BeginningString;
        p.starts_line = At(start.mode) == At::BeginningLine;
    }
    // The prefix: literals at the start, through marks.
    bool pure = true;
    for (at = 0;; at++) {
        const Node& node = p.nodes[at];
        if (node.op == Op::Mark) {
            pure = false;
        } else if (node.op == Op::Char) {
            p.prefix.push(node.a);
        } else if (node.op == Op::String) {
            p.prefix.append(p.literals.data() + node.a, node.b);
        } else {
            p.is_literal = pure && node.op == Op::Success && !p.prefix.empty();
            break;
        }
    }
    p.has_prefix_bytes = !p.prefix.empty();
    for (uint32_t c : p.prefix) {
        p.has_prefix_bytes &= c < 256;
        p.prefix_bytes.push(uint8_t(c));
    }
}

} // namespace

Program* Program::create(const uint32_t* code, size_t size, size_t groups, CreateResult& result) {
    result = CreateResult::NoMemory;
    void* memory = malloc(sizeof(Program));
    if (!memory) return nullptr;
    Program* program = new (memory) Program;
    program->groups = groups;
    program->code.append(code, size);
    if (!program->code.failed()) {
        Decoder decoder(*program, code, size);
        bool good = size < UINT32_MAX / 2 && decoder.decode();
        bool failed = program->code.failed() || program->nodes.failed() || program->literals.failed() || program->sets.failed() ||
                      program->loops.failed();
        if (!good && !failed) result = CreateResult::Invalid;
        if (good && !failed) {
            Analyser(*program).run();
            if (!program->prefix.failed() && !program->prefix_bytes.failed()) {
                result = CreateResult::Ok;
                return program;
            }
        }
    }
    program->destroy();
    return nullptr;
}

void Program::destroy() {
    this->~Program();
    free(this);
}

} // namespace taipan::modules::sre
