// Interprets error_grammar.cpp over the tokens, as CPython's generated parser runs: once without the rules for mistakes
// (so that the furthest token read is known and the lexer's errors come first), then with them. The first error stops.
#include "syntax/error_parser.h"

#include "base/scoped_containers.h"
#include "syntax/error_grammar.h"
#include "syntax/identifiers.h"
#include "syntax/literals.h"
#include "syntax/parser_core.h"

#include <atomic>
#include <bitset>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace taipan::syntax {

namespace {

// What a node stands for, as far as messages tell: the last ones are expressions by the names of ast.
#define EXPRESSION_KINDS(X)                                                                                                                \
    X(Other, "")                                                                                                                           \
    X(Token, "")                                                                                                                           \
    X(Seq, "")                                                                                                                             \
    X(Keyword, "")                                                                                                                         \
    X(KeywordUnpacking, "")                                                                                                                \
    X(Attribute, "attribute")                                                                                                              \
    X(Subscript, "subscript")                                                                                                              \
    X(Starred, "starred")                                                                                                                  \
    X(Name, "name")                                                                                                                        \
    X(List, "list")                                                                                                                        \
    X(Tuple, "tuple")                                                                                                                      \
    X(Lambda, "lambda")                                                                                                                    \
    X(Call, "function call")                                                                                                               \
    X(BoolOp, "expression")                                                                                                                \
    X(BinOp, "expression")                                                                                                                 \
    X(UnaryOp, "expression")                                                                                                               \
    X(GeneratorExp, "generator expression")                                                                                                \
    X(Yield, "yield expression")                                                                                                           \
    X(Await, "await expression")                                                                                                           \
    X(ListComp, "list comprehension")                                                                                                      \
    X(SetComp, "set comprehension")                                                                                                        \
    X(DictComp, "dict comprehension")                                                                                                      \
    X(Dict, "dict literal")                                                                                                                \
    X(Set, "set display")                                                                                                                  \
    X(JoinedStr, "f-string expression")                                                                                                    \
    X(TemplateStr, "t-string expression")                                                                                                  \
    X(Literal, "literal")                                                                                                                  \
    X(True, "True")                                                                                                                        \
    X(False, "False")                                                                                                                      \
    X(None, "None")                                                                                                                        \
    X(Ellipsis, "ellipsis")                                                                                                                \
    X(Compare, "comparison")                                                                                                               \
    X(IfExp, "conditional expression")                                                                                                     \
    X(NamedExpr, "named expression")

enum class Kind : uint8_t {
#define X(name, text) name,
    EXPRESSION_KINDS(X)
#undef X
};
struct KindRow {
    std::string_view name, description;
};
constexpr KindRow kind_rows[] = {
#define X(name, text) {#name, text},
    EXPRESSION_KINDS(X)
#undef X
};

#define CHECKS(X)                                                                                                                          \
    X(future_import)                                                                                                                       \
    X(except_types)                                                                                                                        \
    X(real)                                                                                                                                \
    X(imaginary)                                                                                                                           \
    X(old_inequality)                                                                                                                      \
    X(barry)                                                                                                                               \
    X(number)                                                                                                                              \
    X(conversion)                                                                                                                          \
    X(spec_text)                                                                                                                           \
    X(text_parts)                                                                                                                          \
    X(string)                                                                                                                              \
    X(concatenate)                                                                                                                         \
    X(generator_argument)                                                                                                                  \
    X(nonparen_genexp_in_call)                                                                                                             \
    X(positional_after_keyword)                                                                                                            \
    X(legacy_statement)                                                                                                                    \
    X(bound_of_tuple)                                                                                                                      \
    X(bound_of_spec)                                                                                                                       \
    X(forgot_comma)                                                                                                                        \
    X(assign_target)                                                                                                                       \
    X(del_target)                                                                                                                          \
    X(for_target)                                                                                                                          \
    X(kvpair_colon)
enum class Check : uint8_t {
#define X(name) name,
    CHECKS(X)
#undef X
};
constexpr std::string_view check_names[] = {
#define X(name) #name,
    CHECKS(X)
#undef X
};

// --- The grammar in memory.

enum class Op : uint8_t { Token, Soft, SoftAny, Rule, Group, Optional, Star, Plus, Gather, Ahead, NotAhead, Cut, Forced };
enum class ActionKind : uint8_t { None, Label, Build, At, Span, From, Here, Next, Indent, Call };

struct Element {
    Op op;
    int8_t label = -1; // 0 for a, 1 for b …
    Tok token = Tok::ENDMARKER;
    SoftKeyword soft = SoftKeyword::None;
    uint16_t target = 0;    // a rule, or a list of alternatives
    uint16_t separator = 0; // Gather: a list of alternatives
};

struct Action {
    ActionKind kind = ActionKind::None;
    int8_t a = -1, b = -1;
    Kind node = Kind::Other;
    Check check = Check::real;
    uint8_t version = 0;
    std::string_view text;    // a message
    std::string_view feature; // of `version`
};

using TokenSet = std::bitset<128>;

struct Alternative {
    base::Vector<Element> elements;
    Action action;
    bool is_invalid = false; // tried in the second pass only
    TokenSet first;
    bool any_first = false; // the first token does not decide
};

struct Alternatives {
    base::Vector<Alternative> list;
};

struct Rule {
    std::string_view name;
    uint16_t alternatives = 0;
    bool remembers = false;
    bool left_recursive = false;
    bool without_invalid = false;
    bool nullable = false;
    TokenSet first;
    bool any_first = false;
};

class Grammar : public base::ScopedObject {
public:
    explicit Grammar(const char* text) : m_at(text) {
        parse();
        compute_first_sets();
    }
    base::Vector<Rule> rules;
    base::Vector<Alternatives> groups;

    uint16_t rule_named(std::string_view name) const {
        for (size_t i = 0; i < rules.size(); i++)
            if (rules[i].name == name) return (uint16_t)i;
        fprintf(stderr, "error grammar: no rule %.*s\n", (int)name.size(), name.data());
        abort();
    }

private:
    const char* m_at;
    struct Reference {
        uint16_t group;
        uint16_t alternative;
        uint16_t element;
        std::string_view name;
    };
    base::Vector<Reference> m_references;

    void skip_blanks() {
        while (*m_at == ' ') m_at++;
    }
    std::string_view word() {
        const char* start = m_at;
        while (char_is((unsigned char)*m_at, CHAR_NAME)) m_at++;
        return {start, (size_t)(m_at - start)};
    }

    void parse() {
        while (*m_at) {
            if (*m_at == '\n') {
                m_at++;
                continue;
            }
            Rule rule;
            rule.name = word();
            if (*m_at == '!') rule.remembers = true, m_at++;
            if (*m_at == '^') rule.remembers = rule.left_recursive = true, m_at++;
            if (*m_at == '-') rule.without_invalid = true, m_at++;
            m_at += 2; // ":\n"
            uint16_t group = new_group();
            rule.alternatives = group;
            rules.push_back(rule);
            while (strncmp(m_at, "  | ", 4) == 0) {
                m_at += 4;
                parse_alternative(group, '\n');
                m_at++;
            }
        }
        for (Reference& reference : m_references) {
            uint16_t index = rule_named(reference.name);
            Alternative& alternative = groups[reference.group].list[reference.alternative];
            alternative.elements[reference.element].target = index;
            if (reference.name.starts_with("invalid_") && alternative.elements.size() == 1) alternative.is_invalid = true;
        }
    }

    uint16_t new_group() {
        groups.emplace_back();
        return (uint16_t)(groups.size() - 1);
    }

    // Up to `end`, '|' or ')'.
    void parse_alternative(uint16_t group, char end) {
        uint16_t index = (uint16_t)groups[group].list.size();
        groups[group].list.emplace_back();
        for (;;) {
            skip_blanks();
            if (*m_at == end || *m_at == '|' || *m_at == ')') break;
            if (*m_at == '{') {
                Action action = parse_action();
                groups[group].list[index].action = action;
                continue;
            }
            parse_element(group, index);
        }
    }

    // A bare item (a token, a rule or a group) as a group of its own, for what takes lists.
    uint16_t wrap(Element element, std::string_view reference) {
        if (element.op == Op::Group) return element.target;
        uint16_t group = new_group();
        groups[group].list.emplace_back();
        groups[group].list[0].elements.push_back(element);
        if (element.op == Op::Rule) m_references.push_back({group, 0, 0, reference});
        return group;
    }

    Element parse_item(std::string_view& reference) {
        Element element{Op::Token};
        if (*m_at == '\'') {
            const char* start = ++m_at;
            while (*m_at != '\'') m_at++;
            element.token = token_named({start, (size_t)(m_at - start)});
            m_at++;
        } else if (*m_at == '"') {
            const char* start = ++m_at;
            while (*m_at != '"') m_at++;
            element.op = Op::Soft;
            element.soft = soft_keyword({start, (size_t)(m_at - start)});
            m_at++;
        } else if (*m_at == '(') {
            m_at++;
            element.op = Op::Group;
            element.target = new_group();
            for (;;) {
                parse_alternative(element.target, ')');
                if (*m_at++ == ')') break;
            }
        } else {
            std::string_view name = word();
            if (name.empty()) {
                fprintf(stderr, "error grammar: unexpected '%.20s'\n", m_at);
                abort();
            }
            if (name == "SOFT_KEYWORD") {
                element.op = Op::SoftAny;
            } else if (name[0] >= 'A' && name[0] <= 'Z') {
                element.token = token_named(name);
            } else {
                element.op = Op::Rule;
                reference = name;
            }
        }
        return element;
    }

    void parse_element(uint16_t group, uint16_t index) {
        int8_t label = -1;
        if (m_at[0] >= 'a' && m_at[0] <= 'd' && m_at[1] == '=') {
            label = (int8_t)(m_at[0] - 'a');
            m_at += 2;
        }
        Element element{Op::Token};
        std::string_view reference;
        if (*m_at == '~') {
            m_at++;
            element.op = Op::Cut;
        } else if (m_at[0] == '&' && m_at[1] == '&') {
            m_at += 2;
            element = parse_item(reference);
            element.op = Op::Forced;
        } else if (*m_at == '&' || *m_at == '!') {
            Op op = *m_at++ == '&' ? Op::Ahead : Op::NotAhead;
            Element item = parse_item(reference);
            element.target = wrap(item, reference);
            element.op = op;
            reference = {};
        } else {
            Element item = parse_item(reference);
            switch (*m_at) {
            case '?':
            case '*':
            case '+':
                element.op = *m_at == '?' ? Op::Optional : *m_at == '*' ? Op::Star : Op::Plus;
                m_at++;
                element.target = wrap(item, reference);
                reference = {};
                break;
            case '.': {
                m_at++;
                std::string_view repeated_reference;
                Element repeated = parse_item(repeated_reference);
                m_at++; // '+'
                element.op = Op::Gather;
                element.separator = wrap(item, reference);
                element.target = wrap(repeated, repeated_reference);
                reference = {};
                break;
            }
            default: element = item;
            }
        }
        element.label = label;
        Alternative& alternative = groups[group].list[index];
        alternative.elements.push_back(element);
        if (element.op == Op::Rule) m_references.push_back({group, index, (uint16_t)(alternative.elements.size() - 1), reference});
    }

    std::string_view quoted() {
        skip_blanks();
        const char* start = ++m_at;
        while (*m_at != '"' || m_at[-1] == '\\') m_at++;
        return {start, (size_t)(m_at++ - start)};
    }

    Action parse_action() {
        Action action;
        m_at++;
        while (skip_blanks(), *m_at != '}') {
            if (*m_at == '=') {
                action.kind = ActionKind::Label;
                action.a = (int8_t)(m_at[1] - 'a');
                m_at += 2;
                continue;
            }
            if (*m_at == '"') {
                action.text = quoted();
                continue;
            }
            std::string_view name = word();
            if (name.size() == 1) {
                (action.a < 0 ? action.a : action.b) = (int8_t)(name[0] - 'a');
            } else if (name[0] == 'v' && name[1] >= '0' && name[1] <= '9') {
                action.version = (uint8_t)atoi(name.data() + 1);
                action.feature = quoted();
            } else if (name[0] >= 'A' && name[0] <= 'Z') {
                action.kind = ActionKind::Build;
                for (size_t i = 0; i < sizeof kind_rows / sizeof *kind_rows; i++)
                    if (kind_rows[i].name == name) action.node = (Kind)i;
            } else if (name == "call") {
                action.kind = ActionKind::Call;
                skip_blanks();
                std::string_view check = word();
                for (size_t i = 0; i < sizeof check_names / sizeof *check_names; i++)
                    if (check_names[i] == check) action.check = (Check)i;
            } else {
                action.kind = name == "at"     ? ActionKind::At
                              : name == "span" ? ActionKind::Span
                              : name == "from" ? ActionKind::From
                              : name == "here" ? ActionKind::Here
                              : name == "next" ? ActionKind::Next
                                               : ActionKind::Indent;
            }
        }
        m_at++;
        return action;
    }

    static Tok token_named(std::string_view spelling) {
        for (int i = 0; i < (int)Tok::END_KEYWORDS; i++) {
            if (i >= (int)Tok::COUNT_PUBLIC && i < (int)Tok::FIRST_KEYWORD) continue;
            if (token_spelling((Tok)i) == spelling) return (Tok)i;
        }
        fprintf(stderr, "error grammar: no token %.*s\n", (int)spelling.size(), spelling.data());
        abort();
    }

    // --- which tokens can begin what

    struct First {
        TokenSet set;
        bool any = false;
        bool nullable = false;
    };

    First first_of(const Alternatives& group) {
        First result;
        for (const Alternative& alternative : group.list) {
            First one = first_of(alternative);
            result.set |= one.set;
            result.any |= one.any;
            result.nullable |= one.nullable;
        }
        return result;
    }

    First first_of(const Alternative& alternative) {
        First result;
        for (const Element& element : alternative.elements) {
            First one;
            switch (element.op) {
            case Op::Token: one.set.set((size_t)element.token); break;
            case Op::Soft:
            case Op::SoftAny: one.set.set((size_t)Tok::NAME); break;
            case Op::Rule: {
                const Rule& rule = rules[element.target];
                one.set = rule.first;
                one.any = rule.any_first;
                one.nullable = rule.nullable;
                break;
            }
            case Op::Group:
            case Op::Plus:
            case Op::Gather:
            case Op::Ahead: one = first_of(groups[element.target]); break;
            case Op::Optional:
            case Op::Star:
                one = first_of(groups[element.target]);
                one.nullable = true;
                break;
            case Op::NotAhead:
            case Op::Cut: one.nullable = true; break;
            case Op::Forced: one.any = true; break;
            }
            result.set |= one.set;
            result.any |= one.any;
            if (!one.nullable) return result;
        }
        result.nullable = true;
        return result;
    }

    void compute_first_sets() {
        for (bool changed = true; changed;) {
            changed = false;
            for (Rule& rule : rules) {
                First first = first_of(groups[rule.alternatives]);
                if (first.set != rule.first || first.any != rule.any_first || first.nullable != rule.nullable) {
                    rule.first = first.set;
                    rule.any_first = first.any;
                    rule.nullable = first.nullable;
                    changed = true;
                }
            }
        }
        for (Alternatives& group : groups)
            for (Alternative& alternative : group.list) {
                First first = first_of(alternative);
                alternative.first = first.set;
                alternative.any_first = first.any || first.nullable;
            }
    }
};

// Made at the first error and never changed; null when there is no memory for it.
const Grammar* grammar() {
    static constinit std::atomic<const Grammar*> instance{nullptr};
    const Grammar* made = instance.load(std::memory_order_acquire);
    base::OutsideAttempt outside; // it stays whatever becomes of the error
    if (made || !base::attempt([&] { made = new Grammar(ERROR_GRAMMAR); })) return made;
    const Grammar* other = nullptr;
    if (instance.compare_exchange_strong(other, made, std::memory_order_acq_rel)) return made;
    delete made;
    return other;
}

// --- The interpreter.

struct Node {
    Kind kind = Kind::Other;
    uint32_t first = 0, last = 0; // tokens
    uint32_t count = 0;
    Node** items = nullptr;
};

enum Target : uint8_t { STAR_TARGETS, DEL_TARGETS, FOR_TARGETS };

class ErrorParser {
public:
    ErrorParser(base::Arena& arena, Lexer& lexer, TokenBuffer& tokens, const ParseOptions& options, const Grammar& grammar)
        : m_arena(arena), m_lexer(lexer), m_tokens(tokens), m_options(options), m_grammar(grammar) {
        m_barry = options.barry_as_bdfl;
    }
    ~ErrorParser() { free(m_memo); }

    SyntaxFailure explain(uint32_t start) {
        static constexpr std::string_view entries[] = {"file", "eval", "interactive", "func_type"};
        uint16_t entry = m_grammar.rule_named(entries[(int)m_options.mode]);
        m_stack_base = (uintptr_t)__builtin_frame_address(0);
        if (start) m_tokens[start - 1];
        run(entry, start);
        if (m_options.allow_incomplete_input && m_lexer.at_end_of_source()) {
            m_stopped = false;
            m_failure = {};
            raise_here(FailureKind::IncompleteInput, "incomplete input");
            return m_failure;
        }
        if (m_stopped) {
            check_rest_of_source();
            return m_failure;
        }
        uint32_t last = m_tokens.count() - 1;
        forget();
        m_invalid_rules = true;
        run(entry, start);
        if (m_stopped) {
            check_rest_of_source();
            return m_failure;
        }
        const Token& token = m_tokens[last];
        if (token.kind == Tok::INDENT) {
            raise_here(FailureKind::IndentationError, "unexpected indent");
        } else if (token.kind == Tok::DEDENT) {
            raise_here(FailureKind::IndentationError, "unexpected unindent");
        } else {
            raise(FailureKind::SyntaxError, token.lineno, token.col + 1, token.end_lineno, token.end_col + 1, "invalid syntax");
            check_rest_of_source(true);
        }
        return m_failure;
    }

private:
    // --- tokens

    // The kind at the current place; stops everything on the lexer's errors.
    Tok kind() {
        if (m_pos >= m_tokens.count()) {
            Tok kind = m_tokens[m_pos].kind;
            if (kind == Tok::ERRORTOKEN) lexer_error();
        }
        return m_tokens[m_pos].kind;
    }
    std::string_view text(const Node* node) { return m_lexer.text(m_tokens[node->first]); }

    Node* make(Kind kind, uint32_t first) {
        auto* node = m_arena.make<Node>();
        node->kind = kind;
        node->first = first;
        uint32_t last = m_pos ? m_pos - 1 : 0;
        while (last > first &&
               (m_tokens[last].kind == Tok::ENDMARKER || (m_tokens[last].kind >= Tok::NEWLINE && m_tokens[last].kind <= Tok::DEDENT)))
            last--;
        node->last = last;
        return node;
    }

    // --- memory of what was tried: an open hash table of (rule, place)

    struct MemoEntry {
        uint64_t key; // 0: free
        Node* node;
        uint32_t end;
        bool ok;
    };
    MemoEntry* memo(uint16_t rule, uint32_t pos) {
        if (m_memo_count * 2 >= m_memo_capacity) grow_memo();
        uint64_t key = ((uint64_t)pos << 16 | rule) + 1;
        uint32_t index = (uint32_t)((key * 0x9e3779b97f4a7c15ull) >> 32) & (m_memo_capacity - 1);
        while (m_memo[index].key && m_memo[index].key != key) index = (index + 1) & (m_memo_capacity - 1);
        return &m_memo[index];
    }
    void remember(uint16_t rule, uint32_t pos, bool ok, Node* node, uint32_t end) {
        MemoEntry* entry = memo(rule, pos);
        if (!entry->key) m_memo_count++;
        *entry = {((uint64_t)pos << 16 | rule) + 1, node, end, ok};
    }
    void grow_memo() {
        uint32_t capacity = m_memo_capacity ? m_memo_capacity * 2 : 4096;
        auto* table = (MemoEntry*)base::must_allocate_zeroed(capacity, sizeof(MemoEntry));
        for (uint32_t i = 0; i < m_memo_capacity; i++) {
            if (!m_memo[i].key) continue;
            uint32_t index = (uint32_t)((m_memo[i].key * 0x9e3779b97f4a7c15ull) >> 32) & (capacity - 1);
            while (table[index].key) index = (index + 1) & (capacity - 1);
            table[index] = m_memo[i];
        }
        free(m_memo);
        m_memo = table;
        m_memo_capacity = capacity;
    }
    void forget() {
        if (m_memo) memset((void*)m_memo, 0, m_memo_capacity * sizeof(MemoEntry));
        m_memo_count = 0;
    }

    // --- matching

    void run(uint16_t entry, uint32_t start) {
        m_pos = start;
        Node* node;
        parse_rule(entry, node);
    }

    bool too_deep() {
        uintptr_t here = (uintptr_t)__builtin_frame_address(0);
        uintptr_t used = m_stack_base > here ? m_stack_base - here : here - m_stack_base;
        if (m_depth <= MAX_PARSER_DEPTH && used < STACK_BUDGET) return false;
        m_failure.kind = FailureKind::MemoryError;
        m_failure.message = "Parser stack overflowed - Python source too complex to parse";
        m_stopped = true;
        return true;
    }

    bool parse_rule(uint16_t index, Node*& out) {
        const Rule& rule = m_grammar.rules[index];
        Tok here = kind();
        if (m_stopped) return false;
        if (!rule.any_first && !rule.nullable && !rule.first[(size_t)here]) return false;
        if (rule.remembers) {
            MemoEntry* entry = memo(index, m_pos);
            if (entry->key) {
                if (entry->ok) m_pos = entry->end;
                out = entry->node;
                return entry->ok;
            }
        }
        m_depth++;
        bool ok = !too_deep();
        uint32_t start = m_pos;
        if (!ok) {
        } else if (rule.left_recursive) {
            // Grow a seed: each round may use what the one before found.
            bool found = false;
            Node* best = nullptr;
            uint32_t end = start;
            for (;;) {
                remember(index, start, found, best, end);
                m_pos = start;
                Node* node = nullptr;
                if (!parse_alternatives(rule.alternatives, node) || m_pos <= end || m_stopped) break;
                found = true;
                best = node;
                end = m_pos;
            }
            ok = found && !m_stopped;
            out = best;
            m_pos = ok ? end : start;
        } else if (rule.without_invalid) {
            bool saved = m_invalid_rules;
            m_invalid_rules = false;
            ok = parse_alternatives(rule.alternatives, out);
            m_invalid_rules = saved;
        } else {
            ok = parse_alternatives(rule.alternatives, out);
        }
        m_depth--;
        if (m_stopped) return false;
        if (rule.remembers && !rule.left_recursive) remember(index, start, ok, ok ? out : nullptr, m_pos);
        return ok;
    }

    bool parse_alternatives(uint16_t group, Node*& out) {
        uint32_t start = m_pos;
        Tok here = kind();
        if (m_stopped) return false;
        for (const Alternative& alternative : m_grammar.groups[group].list) {
            if (alternative.is_invalid && !m_invalid_rules) continue;
            if (!alternative.any_first && !alternative.first[(size_t)here]) continue;
            Node* labels[4] = {};
            Node* only = nullptr;
            bool cut = false, ok = true;
            for (const Element& element : alternative.elements) {
                if (element.op == Op::Cut) {
                    cut = true;
                    continue;
                }
                Node* node = nullptr;
                if (!match(element, node)) {
                    ok = false;
                    break;
                }
                if (element.op == Op::Ahead || element.op == Op::NotAhead) continue;
                if (element.label >= 0) labels[element.label] = node;
                only = node;
            }
            if (m_stopped) return false;
            if (ok) {
                // An action that declines ends the rule: later alternatives are not tried.
                if (act(alternative, start, labels, only, out)) return true;
                if (!m_stopped) m_pos = start;
                return false;
            }
            m_pos = start;
            if (cut) return false;
        }
        return false;
    }

    bool match(const Element& element, Node*& out) {
        switch (element.op) {
        case Op::Token: {
            Tok here = kind();
            if (m_stopped || here != element.token) return false;
            m_pos++;
            out = make(Kind::Token, m_pos - 1);
            out->last = m_pos - 1;
            return true;
        }
        case Op::Soft:
        case Op::SoftAny: {
            Tok here = kind();
            if (m_stopped || here != Tok::NAME) return false;
            SoftKeyword soft = m_tokens[m_pos].soft;
            if (element.op == Op::Soft ? soft != element.soft : soft == SoftKeyword::None) return false;
            m_pos++;
            out = make(Kind::Token, m_pos - 1);
            return true;
        }
        case Op::Forced: {
            Tok here = kind();
            if (m_stopped) return false;
            if (here == element.token) {
                m_pos++;
                out = make(Kind::Token, m_pos - 1);
                return true;
            }
            if (!m_invalid_rules) return false;
            const Token& token = m_tokens[m_pos];
            std::string_view wanted = token_spelling(element.token);
            raise(FailureKind::SyntaxError, token.lineno, token.col + 1, token.end_lineno, token.end_col + 1, "expected '%.*s'",
                  (int)wanted.size(), wanted.data());
            return false;
        }
        case Op::Rule: return parse_rule(element.target, out);
        case Op::Group: return parse_group(element.target, out);
        case Op::Optional: {
            parse_group(element.target, out);
            return !m_stopped;
        }
        case Op::Ahead:
        case Op::NotAhead: {
            uint32_t start = m_pos;
            Node* ignored = nullptr;
            bool ok = parse_group(element.target, ignored);
            m_pos = start;
            return !m_stopped && ok == (element.op == Op::Ahead);
        }
        case Op::Star:
        case Op::Plus: {
            base::Vector<Node*> found;
            uint32_t start = m_pos;
            for (;;) {
                Node* node = nullptr;
                uint32_t before = m_pos;
                if (!parse_group(element.target, node)) break;
                found.push_back(node);
                if (m_pos == before) break;
            }
            if (m_stopped || (element.op == Op::Plus && found.empty())) return false;
            out = sequence(start, found);
            return true;
        }
        case Op::Gather: {
            base::Vector<Node*> found;
            uint32_t start = m_pos;
            Node* node = nullptr;
            if (!parse_group(element.target, node)) return false;
            found.push_back(node);
            for (;;) {
                uint32_t before = m_pos;
                Node* separator = nullptr;
                if (parse_group(element.separator, separator) && parse_group(element.target, node)) {
                    found.push_back(node);
                    continue;
                }
                m_pos = before;
                break;
            }
            if (m_stopped) return false;
            out = sequence(start, found);
            return true;
        }
        case Op::Cut: return true;
        }
        return false;
    }

    bool parse_group(uint16_t group, Node*& out) {
        m_depth++;
        bool ok = !too_deep() && parse_alternatives(group, out);
        m_depth--;
        return ok;
    }

    Node* sequence(uint32_t start, const base::Vector<Node*>& found) {
        Node* node = make(Kind::Seq, start);
        node->items = m_arena.make_array<Node*>(found.size());
        for (Node* one : found)
            if (one) node->items[node->count++] = one;
        return node;
    }

    bool act(const Alternative& alternative, uint32_t start, Node** labels, Node* only, Node*& out) {
        const Action& action = alternative.action;
        if (action.version && m_options.feature_version < action.version) {
            raise_here(FailureKind::SyntaxError, "%.*s only supported in Python 3.%d and greater", (int)action.feature.size(),
                       action.feature.data(), action.version);
            return false;
        }
        Node* a = action.a >= 0 ? labels[action.a] : nullptr;
        Node* b = action.b >= 0 ? labels[action.b] : nullptr;
        switch (action.kind) {
        case ActionKind::None: {
            uint32_t consumed = 0;
            for (const Element& element : alternative.elements)
                consumed += element.op != Op::Ahead && element.op != Op::NotAhead && element.op != Op::Cut;
            out = consumed == 1 ? only : make(Kind::Other, start);
            return true;
        }
        case ActionKind::Label: out = a; return true;
        case ActionKind::Build: {
            out = make(action.node, start);
            base::Vector<Node*> items;
            for (Node* node : {a, b}) {
                if (!node) continue;
                if (action.node == Kind::Seq || node->kind != Kind::Seq || action.node == Kind::Compare) {
                    items.push_back(node);
                } else {
                    for (uint32_t i = 0; i < node->count; i++) items.push_back(node->items[i]);
                }
            }
            out->items = m_arena.make_array<Node*>(items.size());
            for (Node* node : items) out->items[out->count++] = node;
            return true;
        }
        case ActionKind::At: raise_span(a, a, format(action.text, a)); return false;
        case ActionKind::Span: raise_span(a, b, format(action.text, a)); return false;
        case ActionKind::From: raise_from(a, format(action.text, a)); return false;
        case ActionKind::Here: raise_here(FailureKind::SyntaxError, "%s", terminated(action.text)); return false;
        case ActionKind::Indent: raise_here(FailureKind::IndentationError, "%s", terminated(format(action.text, a))); return false;
        case ActionKind::Next:
            kind();
            if (m_stopped) return false;
            raise_token(FailureKind::SyntaxError, m_tokens[m_pos], action.text);
            return false;
        case ActionKind::Call: out = check(action.check, start, a, b); return out != nullptr;
        }
        return false;
    }

    // --- messages

    const char* terminated(std::string_view text) {
        char* copy = (char*)m_arena.allocate(text.size() + 1, 1);
        memcpy(copy, text.data(), text.size());
        copy[text.size()] = 0;
        return copy;
    }

    std::string_view format(std::string_view pattern, const Node* a) {
        base::Vector<char> out;
        auto append = [&out](std::string_view text) { out.insert(out.end(), text.begin(), text.end()); };
        for (size_t i = 0; i < pattern.size(); i++) {
            char c = pattern[i];
            if (c == '\\') {
                out.push_back(pattern[++i]);
            } else if (c == '%') {
                c = pattern[++i];
                if (c == 'n') append(describe(a));
                else if (c == 's') append(text(a));
                else if (c == 'd') {
                    char number[16];
                    append({number, (size_t)snprintf(number, sizeof number, "%d", m_tokens[a->first].lineno)});
                }
            } else {
                out.push_back(c);
            }
        }
        return {m_arena.copy(out.data(), out.size()), out.size()};
    }

    std::string_view describe(const Node* node) {
        if (node->kind == Kind::Token && m_tokens[node->first].kind == Tok::NAME) return "name";
        return kind_rows[(int)node->kind].description;
    }

    void raise_span(const Node* a, const Node* b, std::string_view message) {
        const Token& first = m_tokens[a->first];
        const Token& last = m_tokens[b->last];
        raise(FailureKind::SyntaxError, first.lineno, first.col + 1, last.end_lineno, last.end_col + 1, "%s", terminated(message));
    }
    void raise_from(const Node* a, std::string_view message) {
        const Token& first = m_tokens[a->first];
        raise(FailureKind::SyntaxError, first.lineno, first.col + 1, m_lexer.lineno(), (int)(m_lexer.cursor() - m_lexer.line_start()), "%s",
              terminated(message));
    }
    [[gnu::format(printf, 3, 4)]] void raise_here(FailureKind kind, const char* pattern, ...) {
        char buffer[400];
        va_list arguments;
        va_start(arguments, pattern);
        int size = vsnprintf(buffer, sizeof buffer, pattern, arguments);
        va_end(arguments);
        raise_token(kind, m_tokens[m_tokens.count() - 1], {buffer, (size_t)size});
    }
    void raise_token(FailureKind kind, const Token& token, std::string_view message) {
        int col, end_col = -1;
        if (token.col == -1) col = m_lexer.cursor() == m_lexer.line_buffer() ? 0 : (int)(m_lexer.cursor() - m_lexer.line_start());
        else col = token.col + 1;
        if (token.end_col != -1) end_col = token.end_col + 1;
        raise(kind, token.lineno, col, token.end_lineno, end_col, "%s", terminated(message));
    }

    // Columns are bytes from 1; an end of 0 or less is passed on as it is.
    [[gnu::format(printf, 7, 8)]] void raise(FailureKind kind, int lineno, int col, int end_lineno, int end_col, const char* pattern, ...) {
        if (m_stopped) return;
        m_stopped = true;
        char local[512];
        va_list arguments;
        va_start(arguments, pattern);
        int size = vsnprintf(local, sizeof local, pattern, arguments);
        va_end(arguments);
        if ((size_t)size >= sizeof local) size = sizeof local - 1;
        m_failure.kind = kind;
        m_failure.message = {m_arena.copy(local, (size_t)size), (size_t)size};
        m_failure.lineno = lineno;
        m_failure.end_lineno = end_lineno;
        std::string_view line = error_line(lineno);
        m_failure.line = line;
        m_failure.has_line = true;
        m_failure.byte_offset = col - 1;
        m_failure.end_byte_offset = end_col - 1;
        m_failure.offset = characters(line, col);
        m_failure.end_offset = end_col > 0 ? characters(line, end_col) : end_col;
    }

    static int characters(std::string_view line, int bytes) {
        if (bytes < 0) return 0;
        if ((size_t)bytes > line.size() + 1) bytes = (int)line.size() + 1;
        bool past_end = (size_t)bytes > line.size();
        if (past_end) bytes--;
        return count_characters(line.data(), line.data() + bytes) + past_end;
    }

    std::string_view error_line(int lineno) {
        // COMPAT: only the line that the lexer is on shows its newline.
        if (m_lexer.lineno() <= lineno && m_lexer.line_end() > m_lexer.line_start())
            return {m_lexer.line_start(), (size_t)(m_lexer.line_end() - m_lexer.line_start())};
        const char* p = m_lexer.begin();
        const char* end = m_lexer.end();
        for (int i = 1; i < lineno; i++) {
            auto* newline = (const char*)memchr(p, '\n', (size_t)(end - p));
            if (!newline) break;
            p = newline + 1;
        }
        auto* newline = (const char*)memchr(p, '\n', (size_t)(end - p));
        return {p, (size_t)((newline ? newline : end) - p)};
    }

    void unclosed_bracket() {
        raise(FailureKind::SyntaxError, m_lexer.bracket_lineno(), m_lexer.bracket_col() + 1, m_lexer.bracket_lineno(), 0,
              "'%c' was never closed", m_lexer.bracket());
    }

    void lexer_error() {
        int lineno = m_lexer.lineno();
        switch (m_lexer.state()) {
        case LexState::Ok: break;
        case LexState::Error:
        case LexState::Raised:
            m_failure = m_lexer.failure();
            m_stopped = true;
            return;
        case LexState::EndOfFile:
            if (m_lexer.level()) unclosed_bracket();
            else raise_here(FailureKind::SyntaxError, "unexpected EOF while parsing");
            return;
        case LexState::BadDedent: raise_here(FailureKind::IndentationError, "unindent does not match any outer indentation level"); return;
        case LexState::TabError:
            raise(FailureKind::TabError, lineno, 1, lineno, 0, "inconsistent use of tabs and spaces in indentation");
            return;
        case LexState::TooDeep: raise(FailureKind::IndentationError, lineno, 1, lineno, 0, "too many levels of indentation"); return;
        case LexState::BadContinuation:
            raise(FailureKind::SyntaxError, lineno, (int)(m_lexer.cursor() - m_lexer.line_buffer()), lineno, 0,
                  "unexpected character after line continuation character");
            return;
        }
        raise(FailureKind::SyntaxError, lineno, 1, lineno, 0, "unknown parsing error");
    }

    // The lexer's errors further on count for more than what the parser found.
    void check_rest_of_source(bool always = false) {
        if (m_failure.kind == FailureKind::MemoryError) return;
        if (!always && m_lexer.state() != LexState::Ok) return;
        int error_line = m_tokens[m_tokens.count() - 1].lineno;
        for (;;) {
            Token token = m_lexer.next();
            if (token.kind == Tok::ENDMARKER) return;
            if (token.kind != Tok::ERRORTOKEN) continue;
            // COMPAT: what goes wrong within an f-string is not told here.
            if (m_lexer.in_string()) return;
            if (m_lexer.state() == LexState::Error || m_lexer.state() == LexState::Raised) {
                m_failure = m_lexer.failure();
            } else if (m_lexer.level() && error_line > m_lexer.bracket_lineno()) {
                m_stopped = false;
                m_failure = {};
                unclosed_bracket();
            }
            return;
        }
    }

    // --- checks

    Node* invalid_target(Node* node, Target target) {
        switch (node->kind) {
        case Kind::List:
        case Kind::Tuple:
            for (uint32_t i = 0; i < node->count; i++)
                if (Node* found = invalid_target(node->items[i], target)) return found;
            return nullptr;
        case Kind::Starred: return target == DEL_TARGETS ? node : invalid_target(node->items[0], target);
        case Kind::Compare:
            if (target != FOR_TARGETS) return node;
            if (node->items[1]->items[0]->kind == Kind::Token) return invalid_target(node->items[0], target);
            return nullptr;
        case Kind::Seq:
            for (uint32_t i = 0; i < node->count; i++)
                if (Node* found = invalid_target(node->items[i], target)) return found;
            return nullptr;
        case Kind::Name:
        case Kind::Subscript:
        case Kind::Attribute: return nullptr;
        default: return node;
        }
    }
    Node* refuse_target(Node* node, Target target) {
        Node* bad = invalid_target(node, target);
        if (!bad) return nullptr;
        raise_span(bad, bad, format(target == DEL_TARGETS ? "cannot delete %n" : "cannot assign to %n", bad));
        return nullptr;
    }

    static void flatten(Node* node, base::Vector<Node*>& out) {
        if (!node) return;
        if (node->kind != Kind::Seq) {
            out.push_back(node);
            return;
        }
        for (uint32_t i = 0; i < node->count; i++) flatten(node->items[i], out);
    }

    bool is_legacy_name(const Node* node) {
        if (node->kind != Kind::Name && node->kind != Kind::Token) return false;
        if (m_tokens[node->first].kind != Tok::NAME) return false;
        return text(node) == "print" || text(node) == "exec";
    }

    // The last condition of the last clause, or what it iterates over.
    Node* last_comprehension_item(Node* clauses) {
        base::Vector<Node*> items;
        flatten(clauses, items);
        return items.back();
    }

    Node* decode(const Token& token, std::string_view body, bool raw, bool bytes, bool at_token) {
        DecodeResult result;
        if (!raw) {
            result = bytes ? decode_bytes_escapes(m_arena, body) : decode_str_escapes(m_arena, body);
        }
        if (result.error.empty()) return make(Kind::Literal, m_pos - 1);
        if (at_token) {
            raise(FailureKind::SyntaxError, token.lineno, token.col + 1, token.end_lineno, token.end_col + 1, "%s",
                  terminated(result.error));
        } else {
            raise_here(FailureKind::SyntaxError, "%s", terminated(result.error));
        }
        return nullptr;
    }

    bool is_bytes(const Node* node) {
        const Token& token = m_tokens[node->first];
        return token.kind == Tok::STRING && split_string(m_lexer.text(token)).bytes;
    }

    Node* check(Check which, uint32_t start, Node* a, Node* b) {
        switch (which) {
        case Check::future_import: {
            if (text(a) == "__future__" && m_tokens[a->first].kind == Tok::NAME && m_tokens[a->first - 1].kind == Tok::KW_from)
                for (uint32_t i = b->first; i <= b->last; i++)
                    if (m_lexer.text(m_tokens[i]) == "barry_as_FLUFL") {
                        m_barry = true;
                        m_lexer.set_old_inequality();
                    }
            return make(Kind::Other, start);
        }
        case Check::except_types:
            if (a->kind == Kind::Tuple && m_options.feature_version < 14 &&
                (m_tokens[a->first].kind != Tok::LPAR || m_tokens[a->last].kind != Tok::RPAR)) {
                raise_here(FailureKind::SyntaxError,
                           "except expressions without parentheses are only supported in Python 3.14 and greater");
                return nullptr;
            }
            return make(Kind::Other, start);
        case Check::real:
        case Check::imaginary: {
            bool is_imaginary = (text(a).back() | 0x20) == 'j' && !(text(a).size() > 1 && (text(a)[1] | 0x20) == 'x');
            if (is_imaginary == (which == Check::imaginary)) return a;
            raise_span(a, a,
                       which == Check::real ? "real number required in complex literal" : "imaginary number required in complex literal");
            return nullptr;
        }
        case Check::barry:
            if (m_barry) {
                if (text(a) == "<>") return a;
                raise_here(FailureKind::SyntaxError, "with Barry as BDFL, use '<>' instead of '!='");
                return nullptr;
            }
            return text(a) == "!=" ? a : nullptr;
        case Check::old_inequality:
            if (m_invalid_rules && m_tokens[a->first].end == m_tokens[b->first].start)
                raise_span(a, b, "invalid syntax.  Maybe you meant '!=' instead of '<>'?");
            return nullptr;
        case Check::number: {
            const Token& token = m_tokens[a->first];
            if (m_options.feature_version < 6 && text(a).find('_') != std::string_view::npos) {
                raise_here(FailureKind::SyntaxError, "Underscores in numeric literals are only supported in Python 3.6 and greater");
                return nullptr;
            }
            NumberResult number = parse_number(m_arena, text(a), m_options.int_max_str_digits);
            if (number.error == LiteralError::TooManyDigits) {
                raise(FailureKind::SyntaxError, token.lineno, 0, token.end_lineno, 0,
                      "Exceeds the limit (%d digits) for integer string conversion: value has %u digits; use "
                      "sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer "
                      "literals to avoid decimal conversion limits.",
                      m_options.int_max_str_digits, number.digits);
                return nullptr;
            }
            a->kind = Kind::Literal;
            return a;
        }
        case Check::conversion: {
            const Token& mark = m_tokens[a->first];
            const Token& name = m_tokens[b->first];
            // The innermost string still open says which kind this is.
            char prefix = 'f';
            int open = 0;
            for (uint32_t i = a->first; i-- > 0;) {
                Tok kind = m_tokens[i].kind;
                if (kind == Tok::FSTRING_END || kind == Tok::TSTRING_END) open++;
                if (kind != Tok::FSTRING_START && kind != Tok::TSTRING_START) continue;
                if (open--) continue;
                prefix = kind == Tok::TSTRING_START ? 't' : 'f';
                break;
            }
            if (mark.end != name.start) {
                char message[80];
                snprintf(message, sizeof message, "%c-string: conversion type must come right after the exclamation mark", prefix);
                raise_span(a, b, message);
                return nullptr;
            }
            std::string_view spelling = text(b);
            if (spelling == "r" || spelling == "s" || spelling == "a") return b;
            raise(FailureKind::SyntaxError, name.lineno, name.col + 1, name.end_lineno, name.end_col + 1,
                  "%c-string: invalid conversion character '%.*s': expected 's', 'r', or 'a'", prefix, (int)spelling.size(),
                  spelling.data());
            return nullptr;
        }
        case Check::spec_text: return a;
        case Check::text_parts: {
            const Token& opening = m_tokens[a->first];
            bool raw = false;
            for (char c : m_lexer.text(opening).substr(0, 2)) raw |= (c | 0x20) == 'r';
            int nested = 0;
            for (uint32_t i = a->first + 1; i < m_pos; i++) {
                const Token& token = m_tokens[i];
                if (token.kind == Tok::FSTRING_START || token.kind == Tok::TSTRING_START) nested++;
                else if (token.kind == Tok::FSTRING_END || token.kind == Tok::TSTRING_END) nested--;
                else if ((token.kind == Tok::FSTRING_MIDDLE || token.kind == Tok::TSTRING_MIDDLE) && !nested &&
                         !decode(token, m_lexer.text(token), raw, false, false))
                    return nullptr;
            }
            return make(opening.kind == Tok::TSTRING_START ? Kind::TemplateStr : Kind::JoinedStr, start);
        }
        case Check::string: {
            const Token& token = m_tokens[a->first];
            StringPrefix prefix = split_string(m_lexer.text(token));
            if (prefix.bytes)
                for (char c : prefix.body)
                    if ((unsigned char)c >= 0x80) {
                        raise_span(a, a, "bytes can only contain ASCII literal characters");
                        return nullptr;
                    }
            return decode(token, prefix.body, prefix.raw, prefix.bytes, true);
        }
        case Check::concatenate: {
            bool has_bytes = false, has_text = false, is_format = false;
            for (uint32_t i = 0; i < a->count; i++) {
                (is_bytes(a->items[i]) ? has_bytes : has_text) = true;
                is_format |= a->items[i]->kind == Kind::JoinedStr;
            }
            if (has_bytes && has_text) {
                raise_here(FailureKind::SyntaxError, "cannot mix bytes and nonbytes literals");
                return nullptr;
            }
            return make(is_format ? Kind::JoinedStr : Kind::Literal, start);
        }
        case Check::generator_argument:
            raise_span(a, last_comprehension_item(b), "Generator expression must be parenthesized");
            return nullptr;
        case Check::nonparen_genexp_in_call: {
            base::Vector<Node*> arguments;
            flatten(a, arguments);
            Node* last = nullptr;
            size_t positional = 0;
            for (Node* node : arguments) {
                if (node->kind == Kind::Keyword || node->kind == Kind::KeywordUnpacking) continue;
                positional++;
                last = node;
            }
            if (positional <= 1) return nullptr;
            raise_span(last, last_comprehension_item(b), "Generator expression must be parenthesized");
            return nullptr;
        }
        case Check::positional_after_keyword: {
            base::Vector<Node*> arguments;
            flatten(a, arguments);
            bool unpacking = false;
            for (Node* node : arguments) unpacking |= node->kind == Kind::KeywordUnpacking;
            raise_here(FailureKind::SyntaxError, "%s",
                       unpacking ? "positional argument follows keyword argument unpacking"
                                 : "positional argument follows keyword argument");
            return nullptr;
        }
        case Check::legacy_statement: {
            if (!is_legacy_name(a)) return nullptr;
            std::string_view name = text(a);
            char message[100];
            snprintf(message, sizeof message, "Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?", (int)name.size(),
                     name.data(), (int)name.size(), name.data());
            raise_span(a, b, message);
            return nullptr;
        }
        case Check::bound_of_tuple:
        case Check::bound_of_spec: {
            char message[64];
            snprintf(message, sizeof message, "cannot use %s with %s", b->kind == Kind::Tuple ? "constraints" : "bound",
                     which == Check::bound_of_tuple ? "TypeVarTuple" : "ParamSpec");
            raise_from(a, message);
            return nullptr;
        }
        case Check::forgot_comma:
            if (is_legacy_name(a) || m_tokens[m_pos - 1].level == 0) return nullptr;
            raise_span(a, b, "invalid syntax. Perhaps you forgot a comma?");
            return nullptr;
        case Check::assign_target: return refuse_target(a, STAR_TARGETS);
        case Check::del_target: return refuse_target(a, DEL_TARGETS);
        case Check::for_target: return refuse_target(a, FOR_TARGETS);
        case Check::kvpair_colon: {
            const Token& last = m_tokens[a->last];
            raise(FailureKind::SyntaxError, m_tokens[a->first].lineno, last.end_col, last.end_lineno, 0,
                  "':' expected after dictionary key");
            return nullptr;
        }
        }
        return nullptr;
    }

    static constexpr uintptr_t STACK_BUDGET = 5 << 20;

    base::Arena& m_arena;
    Lexer& m_lexer;
    TokenBuffer& m_tokens;
    const ParseOptions& m_options;
    const Grammar& m_grammar;
    uint32_t m_pos = 0;
    uint32_t m_depth = 0;
    uintptr_t m_stack_base = 0;
    bool m_invalid_rules = false;
    bool m_stopped = false;
    bool m_barry = false;
    SyntaxFailure m_failure;
    MemoEntry* m_memo = nullptr;
    uint32_t m_memo_count = 0;
    uint32_t m_memo_capacity = 0;
};

} // namespace

bool explain_failure(base::Arena& arena, std::string_view buffer, const ParseOptions& options, Diagnostics& diagnostics,
                     uint32_t first_token, SyntaxFailure& failure) {
    LexerOptions lexer_options;
    lexer_options.type_comments = options.type_comments;
    lexer_options.report_warnings = false;
    lexer_options.old_inequality = options.barry_as_bdfl;
    Lexer lexer(arena, buffer, lexer_options, diagnostics);
    TokenBuffer tokens(lexer, options);
    const Grammar* rules = grammar();
    if (!rules) return false;
    ErrorParser parser(arena, lexer, tokens, options, *rules);
    return base::attempt([&] { failure = parser.explain(first_token); });
}

} // namespace taipan::syntax
