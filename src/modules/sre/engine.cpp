#include "modules/sre/engine.h"

#include "base/unicode.h"

#include <cctype>
#include <wchar.h>

// The machine runs nodes forward; where two ways are open it pushes the second and goes the first. A failure pops: undo
// entries put back marks and loop counts, a choice resumes. Lookaround and atomic groups push a barrier; when their
// inside succeeds, the choices above the barrier are dropped but the undo entries of marks stay, as marks set inside
// must be put back when something outside fails later.

namespace taipan::modules::sre {

namespace unicode = base::unicode;

namespace {

enum Kind : uint32_t {
    choice_entry,  ///< a: node, b: position
    mark_entry,    ///< a: mark, b: its value, c: last index
    loop_entry,    ///< a: loop, b: count, c: last
    greedy_entry,  ///< a: node, b: least position, c: position
    lazy_entry,    ///< a: node, b: greatest position, c: position
    turn_entry,    ///< a: until node of a lazy loop, b: position
    barrier_entry, ///< a: node, b: position, c: outer barrier
};

constexpr size_t no_barrier = SIZE_MAX;
constexpr uint32_t poll_interval = 20000;

template <typename Char> const Char* find_char(const Char* p, const Char* end, uint32_t c) {
    if constexpr (sizeof(Char) == 1) {
        if (c > 255) return end;
        const void* found = p == end ? nullptr : memchr(p, int(c), size_t(end - p));
        return found ? static_cast<const Char*>(found) : end;
    } else if constexpr (sizeof(Char) == 4) {
        const wchar_t* found = p == end ? nullptr : wmemchr(reinterpret_cast<const wchar_t*>(p), wchar_t(c), size_t(end - p));
        return found ? reinterpret_cast<const Char*>(found) : end;
    } else {
        if (c > 0xffff) return end;
        while (p < end && *p != Char(c)) p++;
        return p;
    }
}

} // namespace

/// One use of a matcher on text of one width.
template <typename Char> class Run {
public:
    explicit Run(Matcher& matcher)
        : m(matcher), m_program(matcher.m_program), m_nodes(m_program.nodes.data()), m_text(static_cast<const Char*>(matcher.m_text)),
          m_end(m_text + matcher.end), m_polls(poll_interval) {}

    Status at(const Char* start);
    Status search();

private:
    using Entry = Matcher::Entry;

    bool poll() {
        if (--m_polls != 0) [[likely]]
            return true;
        m_polls = poll_interval;
        return !m.poll || m.poll(m.poll_context);
    }

    bool in_set(const CharacterSet& set, uint32_t c) const {
        if (sizeof(Char) == 1 || c < 256) return set.table[c & 255];
        switch (set.wide) {
        case Wide::None: return false;
        case Wide::All: return true;
        case Wide::Flags: return ((unicode::flags(c) & set.flags) != 0) != set.negated;
        case Wide::Code: break;
        }
        return in_set_slow(m_program, set, c);
    }

    bool passes_table(Filter filter, uint32_t c) const {
        if (filter & filter_character) return c == (filter & ~filter_character);
        const FilterTable& table = m_program.filters[filter - 1];
        return sizeof(Char) == 1 || c < 256 ? table.table[c & 255] : table.wide;
    }
    bool passes(Filter filter, const Char* p) const {
        if (filter == 0) return true;
        return p < m_end && passes_table(filter, *p);
    }

    /// Steps over as many items as match, not beyond `limit`.
    const Char* take_items(const Node& item, const Char* p, const Char* limit) const {
        switch (item.op) {
        case Op::Any: return find_char(p, limit, '\n');
        case Op::AnyAll: return limit;
        case Op::Char:
            while (p < limit && *p == item.a) p++;
            return p;
        case Op::NotChar: return find_char(p, limit, item.a);
        case Op::Set: {
            const CharacterSet& set = m_program.sets[item.a];
            if (item.mode) {
                while (p < limit && in_set_slow(m_program, set, *p)) p++;
                return p;
            }
            if constexpr (sizeof(Char) == 1) {
                const uint8_t* table = set.table;
                while (limit - p >= 4) {
                    if (!table[p[0]]) return p;
                    if (!table[p[1]]) return p + 1;
                    if (!table[p[2]]) return p + 2;
                    if (!table[p[3]]) return p + 3;
                    p += 4;
                }
                while (p < limit && table[*p]) p++;
            } else {
                while (p < limit && in_set(set, *p)) p++;
            }
            return p;
        }
        default: return p; // Fail
        }
    }

    /// Where a lazy item may stop next after `p`: steps over at least one item, to where the filter passes; or null.
    const Char* next_lazy(const Node* node, const Char* p, const Char* limit) const {
        const Node& item = node[1];
        if (p >= limit) return nullptr;
        if (!node->c) return take_items(item, p, p + 1) > p ? p + 1 : nullptr;
        // Within a stretch of items, look for the character that can follow.
        if (node->c & filter_character) {
            uint32_t c = node->c & ~filter_character;
            const Char* stop = limit < m_end ? limit + 1 : m_end;
            // In growing stretches, lest a far character be looked for again and again.
            for (size_t stretch = 64;; stretch *= 2) {
                const Char* until = size_t(stop - p) > stretch ? p + stretch : stop;
                const Char* q = p + 1 < until ? find_char(p + 1, until, c) : until;
                if (q < until) return take_items(item, p, q) == q ? q : nullptr;
                if (until == stop || take_items(item, p, until - 1) != until - 1) return nullptr;
                p = until - 1;
            }
        }
        while (p < limit && take_items(item, p, p + 1) > p) {
            p++;
            if (passes(node->c, p)) return p;
        }
        return nullptr;
    }

    bool at_position(At where, const Char* p) const;
    bool is_word(At where, const Char* p) const;
    void drop_choices();
    const Char* prefix_from(const Char* p, const Char* last) const;

    Matcher& m;
    const Program& m_program;
    const Node* m_nodes;
    const Char* m_text;
    const Char* m_end;
    uint32_t m_polls;
    size_t m_barrier = no_barrier;
};

template <typename Char> bool Run<Char>::is_word(At where, const Char* p) const {
    uint32_t c = *p;
    switch (where) {
    case At::Boundary:
    case At::NonBoundary: return in_category(Category::Word, c);
    case At::LocaleBoundary:
    case At::LocaleNonBoundary: return in_category(Category::LocaleWord, c);
    default: return c == '_' || (unicode::flags(c) & unicode::alnum_flags);
    }
}

template <typename Char> bool Run<Char>::at_position(At where, const Char* p) const {
    switch (where) {
    case At::Beginning:
    case At::BeginningString: return p == m_text;
    case At::BeginningLine: return p == m_text || p[-1] == '\n';
    case At::End: return p == m_end || (m_end - p == 1 && *p == '\n');
    case At::EndLine: return p == m_end || *p == '\n';
    case At::EndString: return p == m_end;
    default: break;
    }
    bool before = p > m_text && is_word(where, p - 1);
    bool after = p < m_end && is_word(where, p);
    bool boundary = where == At::Boundary || where == At::LocaleBoundary || where == At::UnicodeBoundary;
    return (before != after) == boundary;
}

/// Closes the innermost barrier: keeps the undo entries of marks above it and drops everything else.
template <typename Char> void Run<Char>::drop_choices() {
    Entry* entries = m.m_stack.data();
    size_t from = m_barrier, size = m.m_stack.size(), out = from;
    m_barrier = entries[from].c;
    for (size_t i = from + 1; i < size; i++) {
        if (entries[i].kind == mark_entry) entries[out++] = entries[i];
    }
    (void)m.m_stack.resize(out);
}

template <typename Char> Status Run<Char>::at(const Char* start) {
    auto& stack = m.m_stack;
    stack.clear();
    m_barrier = no_barrier;
    if (m.m_marks_used) {
        for (const void*& mark : m.m_marks) mark = nullptr;
        m.last_index = 0;
        m.m_marks_used = false;
    }
    const Char* p = start;
    const Char* const end = m_end;
    const Node* node = m_nodes;
    const void** marks = m.m_marks.data();
    Matcher::LoopState* loops = m.m_loops.data();

#define PUSH(kind, a, b, c)                                                                                                                \
    do {                                                                                                                                   \
        stack.push({kind, uint32_t(a), uintptr_t(b), uintptr_t(c)});                                                                       \
        if (stack.failed()) [[unlikely]]                                                                                                   \
            return Status::NoMemory;                                                                                                       \
    } while (0)

next:
    switch (node->op) {
    case Op::Char:
        if (p == end || *p != node->a) goto fail;
        p++;
        node++;
        goto next;
    case Op::NotChar:
        if (p == end || *p == node->a) goto fail;
        p++;
        node++;
        goto next;
    case Op::Any:
        if (p == end || *p == '\n') goto fail;
        p++;
        node++;
        goto next;
    case Op::AnyAll:
        if (p == end) goto fail;
        p++;
        node++;
        goto next;
    case Op::Set:
        if (p == end) goto fail;
        if (node->mode ? !in_set_slow(m_program, m_program.sets[node->a], *p) : !in_set(m_program.sets[node->a], *p)) goto fail;
        p++;
        node++;
        goto next;
    case Op::String: {
        size_t length = node->b;
        if (size_t(end - p) < length) goto fail;
        const uint32_t* literal = m_program.literals.data() + node->a;
        for (size_t i = 0; i < length; i++) {
            if (p[i] != literal[i]) goto fail;
        }
        p += length;
        node++;
        goto next;
    }
    case Op::At:
        if (!at_position(At(node->mode), p)) goto fail;
        node++;
        goto next;
    case Op::Mark: {
        uint32_t mark = node->a;
        if (!stack.empty()) PUSH(mark_entry, mark, marks[mark], m.last_index);
        m.m_marks_used = true;
        marks[mark] = p;
        if (mark & 1) m.last_index = mark / 2 + 1;
        node++;
        goto next;
    }
    case Op::Jump: node = m_nodes + node->a; goto next;
    case Op::Alternative: {
        while (!passes(node->b, p)) {
            if (node->a == 0) goto fail;
            node = m_nodes + node->a;
        }
        uint32_t other = node->a;
        while (other && !passes(m_nodes[other].b, p)) other = m_nodes[other].a;
        if (other) PUSH(choice_entry, other, p, 0);
        node++;
        goto next;
    }
    case Op::GreedyOne: {
        size_t left = size_t(end - p);
        if (node->a > left) goto fail;
        const Char* limit = node->b < left ? p + node->b : end;
        const Char* least = p + node->a;
        const Char* q = take_items(node[1], p, limit);
        if (q < least) goto fail;
        p = q;
        if (node->c) {
            while (!passes(node->c, p)) {
                if (p == least) goto fail;
                p--;
            }
        }
        if (p > least) PUSH(greedy_entry, node - m_nodes, least, p);
        node += 2;
        goto next;
    }
    case Op::PossessiveOne: {
        size_t left = size_t(end - p);
        if (node->a > left) goto fail;
        const Char* limit = node->b < left ? p + node->b : end;
        const Char* q = take_items(node[1], p, limit);
        if (q < p + node->a) goto fail;
        p = q;
        node += 2;
        goto next;
    }
    case Op::LazyOne: {
        size_t left = size_t(end - p);
        if (node->a > left) goto fail;
        const Char* limit = node->b < left ? p + node->b : end;
        if (node->a) {
            const Char* least = p + node->a;
            if (take_items(node[1], p, least) < least) goto fail;
            p = least;
        }
        if (!passes(node->c, p)) {
            // As popping the entry would do, without pushing it.
            const Char* q = next_lazy(node, p, limit);
            if (!q) goto fail;
            p = q;
        }
        if (p < limit) PUSH(lazy_entry, node - m_nodes, limit, p);
        node += 2;
        goto next;
    }
    case Op::Repeat: {
        Matcher::LoopState& loop = loops[node->a];
        if (!stack.empty()) PUSH(loop_entry, node->a, loop.count, loop.last);
        loop.count = 0;
        loop.last = nullptr;
        node = m_nodes + node->b;
        if (node->op == Op::MaxUntil) goto greedy_turn;
        goto lazy_turn;
    }
    case Op::MaxUntil: {
        Matcher::LoopState& loop = loops[node->a];
        // What a previous turn saved serves this one too, if nothing could resume in between.
        if (!stack.empty() && !(stack.back().kind == loop_entry && stack.back().a == node->a))
            PUSH(loop_entry, node->a, loop.count, loop.last);
        loop.count++;
        goto greedy_turn;
    }
    case Op::MinUntil: {
        Matcher::LoopState& loop = loops[node->a];
        if (!stack.empty() && !(stack.back().kind == loop_entry && stack.back().a == node->a))
            PUSH(loop_entry, node->a, loop.count, loop.last);
        loop.count++;
        goto lazy_turn;
    }
    case Op::Assert:
    case Op::AssertNot: {
        size_t back = node->b;
        if (size_t(p - m_text) < back) {
            if (node->op == Op::Assert) goto fail;
            node = m_nodes + node->a;
            goto next;
        }
        PUSH(barrier_entry, node - m_nodes, p, m_barrier);
        m_barrier = stack.size() - 1;
        p -= back;
        node++;
        goto next;
    }
    case Op::AssertEnd:
        p = reinterpret_cast<const Char*>(stack[m_barrier].b);
        drop_choices();
        node++;
        goto next;
    case Op::Atomic:
        PUSH(barrier_entry, node - m_nodes, p, m_barrier);
        m_barrier = stack.size() - 1;
        node++;
        goto next;
    case Op::AtomicEnd:
        drop_choices();
        node++;
        goto next;
    case Op::AssertNotEnd: {
        // It matched, so the assertion fails: undo everything inside.
        while (stack.size() - 1 > m_barrier) {
            const Entry& entry = stack.back();
            if (entry.kind == mark_entry) {
                marks[entry.a] = reinterpret_cast<const void*>(entry.b);
                m.last_index = uint32_t(entry.c);
            } else if (entry.kind == loop_entry) {
                loops[entry.a] = {entry.b, reinterpret_cast<const void*>(entry.c)};
            }
            stack.pop();
        }
        m_barrier = stack.back().c;
        stack.pop();
        goto fail;
    }
    case Op::GroupRef: {
        const Char* from = static_cast<const Char*>(marks[2 * node->a]);
        const Char* to = static_cast<const Char*>(marks[2 * node->a + 1]);
        if (!from || !to || to < from || end - p < to - from) goto fail;
        Fold mode = Fold(node->mode);
        if (mode == Fold::None) {
            if (memcmp(p, from, size_t(to - from) * sizeof(Char)) != 0) goto fail;
            p += to - from;
        } else {
            for (; from < to; from++, p++) {
                if (fold(mode, *p) != fold(mode, *from)) goto fail;
            }
        }
        node++;
        goto next;
    }
    case Op::GroupExists: {
        const void *from = marks[2 * node->a], *to = marks[2 * node->a + 1];
        node = from && to && to >= from ? node + 1 : m_nodes + node->b;
        goto next;
    }
    case Op::Success:
        if ((m.full && p != end) || (m.must_advance && p == start)) goto fail;
        m.match_start = size_t(start - m_text);
        m.match_end = size_t(p - m_text);
        return Status::Matched;
    case Op::Fail: goto fail;
    }

greedy_turn: {
    Matcher::LoopState& loop = loops[node->a];
    const Loop& bounds = m_program.loops[node->a];
    if (!poll()) return Status::Interrupted;
    if (loop.count < bounds.min) {
        node = m_nodes + node->b;
        goto next;
    }
    if ((loop.count < bounds.max || bounds.max == max_repeat) && p != loop.last && passes(bounds.body, p)) {
        if (passes(bounds.tail, p)) PUSH(choice_entry, node + 1 - m_nodes, p, 0);
        loop.last = p;
        node = m_nodes + node->b;
        goto next;
    }
    node++;
    goto next;
}

lazy_turn: {
    Matcher::LoopState& loop = loops[node->a];
    const Loop& bounds = m_program.loops[node->a];
    if (!poll()) return Status::Interrupted;
    if (loop.count < bounds.min) {
        node = m_nodes + node->b;
        goto next;
    }
    bool more = (loop.count < bounds.max || bounds.max == max_repeat) && p != loop.last && passes(bounds.body, p);
    if (passes(bounds.tail, p)) {
        if (more) PUSH(turn_entry, node - m_nodes, p, 0);
        node++;
        goto next;
    }
    if (!more) goto fail;
    loop.last = p;
    node = m_nodes + node->b;
    goto next;
}

fail:
    if (stack.empty()) return Status::NotMatched;
    if (!poll()) return Status::Interrupted;
    {
        Entry& entry = stack.back();
        switch (entry.kind) {
        case choice_entry:
            node = m_nodes + entry.a;
            p = reinterpret_cast<const Char*>(entry.b);
            stack.pop();
            goto next;
        case mark_entry:
            marks[entry.a] = reinterpret_cast<const void*>(entry.b);
            m.last_index = uint32_t(entry.c);
            stack.pop();
            goto fail;
        case loop_entry:
            loops[entry.a] = {entry.b, reinterpret_cast<const void*>(entry.c)};
            stack.pop();
            goto fail;
        case greedy_entry: {
            node = m_nodes + entry.a;
            const Char* least = reinterpret_cast<const Char*>(entry.b);
            p = reinterpret_cast<const Char*>(entry.c) - 1;
            if (node->c) {
                while (!passes(node->c, p)) {
                    if (p == least) {
                        stack.pop();
                        goto fail;
                    }
                    p--;
                }
            }
            if (p == least) {
                stack.pop();
            } else {
                entry.c = uintptr_t(p);
            }
            node += 2;
            goto next;
        }
        case lazy_entry: {
            node = m_nodes + entry.a;
            const Char* limit = reinterpret_cast<const Char*>(entry.b);
            p = next_lazy(node, reinterpret_cast<const Char*>(entry.c), limit);
            if (!p) {
                stack.pop();
                goto fail;
            }
            if (p == limit) {
                stack.pop();
            } else {
                entry.c = uintptr_t(p);
            }
            node += 2;
            goto next;
        }
        case turn_entry:
            node = m_nodes + entry.a;
            p = reinterpret_cast<const Char*>(entry.b);
            stack.pop();
            loops[node->a].last = p;
            node = m_nodes + node->b;
            goto next;
        case barrier_entry:
            node = m_nodes + entry.a;
            p = reinterpret_cast<const Char*>(entry.b);
            m_barrier = entry.c;
            stack.pop();
            if (node->op != Op::AssertNot) goto fail;
            node = m_nodes + node->a;
            goto next;
        }
    }
    goto fail;

#undef PUSH
}

/// The next literal prefix that begins in [p, last], or null.
template <typename Char> const Char* Run<Char>::prefix_from(const Char* p, const Char* last) const {
    size_t length = m_program.prefix.size();
    if constexpr (sizeof(Char) == 1) {
        if (!m_program.has_prefix_bytes) return nullptr;
        const uint8_t* literal = m_program.prefix_bytes.data();
        size_t size = size_t(last - p) + length;
        const void* found = length == 1 ? memchr(p, literal[0], size) : memmem(p, size, literal, length);
        return static_cast<const Char*>(found);
    } else {
        const uint32_t* literal = m_program.prefix.data();
        const Char* stop = last + 1;
        while ((p = find_char(p, stop, literal[0])) < stop) {
            size_t i = 1;
            while (i < length && p[i] == literal[i]) i++;
            if (i == length) return p;
            p++;
        }
        return nullptr;
    }
}

template <typename Char> Status Run<Char>::search() {
    const Char* p = m_text + m.start;
    size_t width = m_program.min_width > m_program.prefix.size() ? m_program.min_width : m_program.prefix.size();
    if (m.start > m.end || size_t(m_end - p) < width) return Status::NotMatched;
    const Char* last = m_end - width;
    auto attempt = [&](const Char* q) {
        if (!poll()) return Status::Interrupted;
        Status status = at(q);
        m.must_advance = false;
        return status;
    };
    if (m_program.only_at_beginning) return p == m_text ? attempt(p) : Status::NotMatched;
    if (m_program.starts_line) {
        for (;;) {
            if (p == m_text || p[-1] == '\n') {
                Status status = attempt(p);
                if (status != Status::NotMatched) return status;
                if (p == last) return Status::NotMatched;
                p++;
            }
            m.must_advance = false;
            if (p > last) return Status::NotMatched;
            // The next newline that a start can follow.
            const Char* newline = find_char(p > m_text && p[-1] == '\n' ? p - 1 : p, last, '\n');
            if (newline == last) return Status::NotMatched;
            p = newline + 1;
        }
    }
    if (!m_program.prefix.empty()) {
        m.must_advance = false; // what begins with a literal is not empty
        while ((p = prefix_from(p, last))) {
            if (m_program.is_literal && !m.full) {
                m.match_start = size_t(p - m_text);
                m.match_end = m.match_start + m_program.prefix.size();
                return Status::Matched;
            }
            Status status = attempt(p);
            if (status != Status::NotMatched) return status;
            if (p == last) return status;
            p++;
        }
        return Status::NotMatched;
    }
    if (m_program.first) {
        // What is known to begin with a character cannot be empty.
        m.must_advance = false;
        if (last == m_end) last--;
        if (m_end == m_text + m.start) return Status::NotMatched;
        const Filter first = m_program.first;
        const FilterTable* table = first & filter_character ? nullptr : &m_program.filters[first - 1];
        for (; p <= last; p++) {
            if (!table) {
                p = find_char(p, last + 1, first & ~filter_character);
            } else if constexpr (sizeof(Char) == 1) {
                while (p <= last && !table->table[*p]) p++;
            } else {
                while (p <= last && !(*p < 256 ? table->table[*p & 255] : table->wide)) p++;
            }
            if (p > last) break;
            Status status = attempt(p);
            if (status != Status::NotMatched) return status;
        }
        return Status::NotMatched;
    }
    for (;; p++) {
        Status status = attempt(p);
        if (status != Status::NotMatched || p == last) return status;
    }
}

bool Matcher::set_text(const void* text, size_t length, unsigned kind) {
    m_text = text ? text : ""; // marks tell a position from none by not being null
    m_length = length;
    m_kind = kind;
    start = 0;
    end = length;
    last_index = 0;
    m_marks_used = false;
    if (!m_marks.resize(2 * m_program.groups) || !m_loops.resize(m_program.loops.size())) return false;
    for (const void*& mark : m_marks) mark = nullptr;
    for (LoopState& loop : m_loops) loop = {0, nullptr};
    return true;
}

Status Matcher::match() {
    if (start > end) return Status::NotMatched;
    switch (m_kind) {
    case 1: return Run<uint8_t>(*this).at(static_cast<const uint8_t*>(m_text) + start);
    case 2: return Run<uint16_t>(*this).at(static_cast<const uint16_t*>(m_text) + start);
    default: return Run<uint32_t>(*this).at(static_cast<const uint32_t*>(m_text) + start);
    }
}

Status Matcher::search() {
    switch (m_kind) {
    case 1: return Run<uint8_t>(*this).search();
    case 2: return Run<uint16_t>(*this).search();
    default: return Run<uint32_t>(*this).search();
    }
}

bool Matcher::group(size_t index, size_t& group_start, size_t& group_end) const {
    if (index == 0 || index > m_program.groups) return false;
    const char *from = static_cast<const char*>(m_marks[2 * index - 2]), *to = static_cast<const char*>(m_marks[2 * index - 1]);
    if (!from || !to || to < from) return false;
    group_start = size_t(from - static_cast<const char*>(m_text)) / m_kind;
    group_end = size_t(to - static_cast<const char*>(m_text)) / m_kind;
    return true;
}

} // namespace taipan::modules::sre
