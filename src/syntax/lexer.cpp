#include "syntax/lexer.h"

#include "syntax/identifiers.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace taipan::syntax {

namespace {

constexpr int TAB_SIZE = 8;
// Tabs are also measured as one column: indentation whose order depends on the tab size is an error.
constexpr int ALTERNATIVE_TAB_SIZE = 1;
constexpr int MAX_EXPRESSION_NESTING = 3; // replacement fields within format specifiers

bool is_digit(int c) { return char_is(c, CHAR_DIGIT); }

Tok one_char_kind(int c) {
    switch (c) {
    case '!': return Tok::EXCLAMATION;
    case '%': return Tok::PERCENT;
    case '&': return Tok::AMPER;
    case '(': return Tok::LPAR;
    case ')': return Tok::RPAR;
    case '*': return Tok::STAR;
    case '+': return Tok::PLUS;
    case ',': return Tok::COMMA;
    case '-': return Tok::MINUS;
    case '.': return Tok::DOT;
    case '/': return Tok::SLASH;
    case ':': return Tok::COLON;
    case ';': return Tok::SEMI;
    case '<': return Tok::LESS;
    case '=': return Tok::EQUAL;
    case '>': return Tok::GREATER;
    case '@': return Tok::AT;
    case '[': return Tok::LSQB;
    case ']': return Tok::RSQB;
    case '^': return Tok::CIRCUMFLEX;
    case '{': return Tok::LBRACE;
    case '|': return Tok::VBAR;
    case '}': return Tok::RBRACE;
    case '~': return Tok::TILDE;
    }
    return Tok::OP;
}

Tok two_char_kind(int c1, int c2) {
    if (c2 == '=') {
        switch (c1) {
        case '!': return Tok::NOTEQUAL;
        case '%': return Tok::PERCENTEQUAL;
        case '&': return Tok::AMPEREQUAL;
        case '*': return Tok::STAREQUAL;
        case '+': return Tok::PLUSEQUAL;
        case '-': return Tok::MINEQUAL;
        case '/': return Tok::SLASHEQUAL;
        case ':': return Tok::COLONEQUAL;
        case '<': return Tok::LESSEQUAL;
        case '=': return Tok::EQEQUAL;
        case '>': return Tok::GREATEREQUAL;
        case '@': return Tok::ATEQUAL;
        case '^': return Tok::CIRCUMFLEXEQUAL;
        case '|': return Tok::VBAREQUAL;
        }
        return Tok::OP;
    }
    if (c1 == '*' && c2 == '*') return Tok::DOUBLESTAR;
    if (c1 == '-' && c2 == '>') return Tok::RARROW;
    if (c1 == '/' && c2 == '/') return Tok::DOUBLESLASH;
    if (c1 == '<' && c2 == '<') return Tok::LEFTSHIFT;
    if (c1 == '>' && c2 == '>') return Tok::RIGHTSHIFT;
    return Tok::OP;
}

Tok three_char_kind(Tok two, int c3) {
    if (c3 != '=') return Tok::OP;
    switch (two) {
    case Tok::DOUBLESTAR: return Tok::DOUBLESTAREQUAL;
    case Tok::DOUBLESLASH: return Tok::DOUBLESLASHEQUAL;
    case Tok::LEFTSHIFT: return Tok::LEFTSHIFTEQUAL;
    case Tok::RIGHTSHIFT: return Tok::RIGHTSHIFTEQUAL;
    default: return Tok::OP;
    }
}

bool begins_line(const char* at, const char* line_start) { return at != nullptr && at >= line_start; }

} // namespace

Lexer::Lexer(base::Arena& arena, std::string_view buffer, LexerOptions options, Diagnostics& diagnostics)
    : m_arena(arena), m_diagnostics(diagnostics), m_options(options), m_begin(buffer.data()), m_end(buffer.data() + buffer.size()),
      m_cur(m_begin), m_inp(m_begin), m_buf(m_begin), m_start(nullptr), m_line_start(m_begin) {}

// Lines are taken in one at a time, because the line number and the line's start change when its first character is
// wanted, not when the previous newline is.
int Lexer::next_char_of_new_line() {
    if (m_state != LexState::Ok) return END;
    if (m_inp == m_end) {
        m_state = LexState::EndOfFile;
        return END;
    }
    if (m_start == nullptr) m_buf = m_cur;
    m_line_start = m_cur;
    m_lineno++;
    auto* newline = (const char*)memchr(m_inp, '\n', (size_t)(m_end - m_inp));
    m_inp = newline ? newline + 1 : m_end;
    return (unsigned char)*m_cur++;
}

Token Lexer::make(Tok kind, const char* start, const char* end) {
    Token token;
    token.kind = kind;
    token.level = (uint16_t)m_level;
    token.lineno = m_lineno;
    token.end_lineno = m_lineno;
    if (start) {
        token.col = begins_line(start, m_line_start) ? (int32_t)(start - m_line_start) : -1;
        token.end_col = (int32_t)(end - m_line_start);
        token.start = (uint32_t)(start - m_begin);
        token.end = (uint32_t)(end - m_begin);
    } else {
        token.start = token.end = (uint32_t)(m_cur - m_begin);
    }
    return token;
}

// String tokens may span lines: they begin on the line that was current then.
Token Lexer::make_string(Tok kind, const char* start, const char* end) {
    Token token;
    token.kind = kind;
    token.level = (uint16_t)m_level;
    token.lineno = m_first_lineno;
    token.end_lineno = m_lineno;
    token.col = begins_line(start, m_multi_line_start) ? (int32_t)(start - m_multi_line_start) : -1;
    token.end_col = begins_line(end, m_line_start) ? (int32_t)(end - m_line_start) : -1;
    token.start = (uint32_t)(start - m_begin);
    token.end = (uint32_t)(end - m_begin);
    return token;
}

// The text ends with the first of two braces, the token's place with the second.
Token Lexer::doubled_brace(Tok kind) {
    Token token = make_string(kind, m_start, m_cur - 1);
    token.end_col++;
    return token;
}

Token Lexer::error_token() {
    Token token = make(Tok::ERRORTOKEN, nullptr, nullptr);
    return token;
}

Token Lexer::syntax_error(const char* format, ...) {
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return syntax_error_at({m_arena.copy(text, (size_t)size), (size_t)size}, -1, -1);
}

Token Lexer::syntax_error_at(std::string_view message, int offset, int end_offset) {
    if (m_state == LexState::Error || m_state == LexState::Raised) return error_token();
    m_state = LexState::Error;
    m_failure.kind = FailureKind::SyntaxError;
    m_failure.message = message;
    m_failure.lineno = m_failure.end_lineno = m_lineno;
    m_failure.byte_offset = offset == -1 ? (int32_t)(m_cur - m_line_start) : offset;
    // Given columns are bytes from 1.
    m_failure.offset = count_characters(m_line_start, offset == -1 ? m_cur : m_line_start + offset);
    m_failure.end_byte_offset = end_offset == -1 ? m_failure.byte_offset : end_offset;
    m_failure.end_offset = end_offset == -1 ? m_failure.offset : count_characters(m_line_start, m_line_start + end_offset);
    const char* end = m_line_start;
    while (end < m_end && *end != '\n') end++;
    m_failure.line = {m_line_start, (size_t)(end - m_line_start)};
    m_failure.has_line = true;
    return error_token();
}

bool Lexer::warn(const char* message, WarningCategory category) {
    if (!m_options.report_warnings) return true;
    SyntaxWarningReport report;
    report.category = category;
    report.message = {m_arena.copy(message, strlen(message)), strlen(message)};
    report.lineno = report.end_lineno = m_lineno;
    report.col_offset = report.end_col_offset = (int32_t)(m_cur - m_line_start);
    switch (m_diagnostics.warn(report)) {
    case WarningAnswer::Continue: return true;
    case WarningAnswer::BecomeSyntaxError:
        m_warning_failed = true;
        syntax_error_at(report.message, -1, -1);
        return false;
    case WarningAnswer::Raised:
        m_state = LexState::Raised;
        m_failure.kind = FailureKind::Raised;
        return false;
    }
    return true;
}

bool Lexer::warn_invalid_escape(int c) {
    if (!m_options.report_warnings) return true;
    char text[160];
    SyntaxWarningReport report;
    int size = snprintf(text, sizeof text,
                        "\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. Did you "
                        "mean \"\\\\%c\"? A raw string is also an option.",
                        c, c);
    report.message = {m_arena.copy(text, (size_t)size), (size_t)size};
    report.lineno = report.end_lineno = m_lineno;
    report.col_offset = report.end_col_offset = (int32_t)(m_cur - m_line_start);
    switch (m_diagnostics.warn(report)) {
    case WarningAnswer::Continue: return true;
    case WarningAnswer::BecomeSyntaxError:
        m_warning_failed = true;
        syntax_error("\"\\%c\" is an invalid escape sequence. Did you mean \"\\\\%c\"? A raw string is also an option.", c, c);
        return false;
    case WarningAnswer::Raised:
        m_state = LexState::Raised;
        m_failure.kind = FailureKind::Raised;
        return false;
    }
    return true;
}

Token Lexer::next() {
    if (m_state != LexState::Ok && m_state != LexState::EndOfFile) return error_token();
    if (in_string() && string_mode().in_string) return string_text_token();
    return normal_token();
}

// Measures the line's leading white space and queues INDENT or DEDENT tokens. False on error.
bool Lexer::read_indentation(bool& blank_line) {
    int column = 0, alternative = 0, continued_column = 0;
    m_at_line_start = false;
    int c;
    for (;;) {
        c = next_char();
        if (c == ' ') {
            column++, alternative++;
        } else if (c == '\t') {
            column = (column / TAB_SIZE + 1) * TAB_SIZE;
            alternative = (alternative / ALTERNATIVE_TAB_SIZE + 1) * ALTERNATIVE_TAB_SIZE;
        } else if (c == '\f') {
            column = alternative = 0;
        } else if (c == '\\') {
            // The first of several lines joined by backslashes decides the indentation.
            if (!continued_column) continued_column = column;
            if (!continuation_line()) return false;
        } else {
            break;
        }
    }
    back_up(c);
    if (c == '#' || c == '\n' || c == '\r') {
        blank_line = true;
        return true;
    }
    if (m_level > 0) return true;
    if (continued_column) column = alternative = continued_column;
    if (column == m_indents[m_indent]) {
        if (alternative != m_alternative_indents[m_indent]) goto tab_error;
    } else if (column > m_indents[m_indent]) {
        if (m_indent + 1 >= MAX_INDENT) {
            m_cur = m_inp;
            m_state = LexState::TooDeep;
            return false;
        }
        if (alternative <= m_alternative_indents[m_indent]) goto tab_error;
        m_pending++;
        m_indent++;
        m_indents[m_indent] = column;
        m_alternative_indents[m_indent] = alternative;
    } else {
        while (m_indent > 0 && column < m_indents[m_indent]) {
            m_pending--;
            m_indent--;
        }
        if (column != m_indents[m_indent]) {
            m_cur = m_inp;
            m_state = LexState::BadDedent;
            return false;
        }
        if (alternative != m_alternative_indents[m_indent]) goto tab_error;
    }
    return true;
tab_error:
    m_cur = m_inp;
    m_state = LexState::TabError;
    return false;
}

bool Lexer::continuation_line() {
    int c = next_char();
    if (c == '\r') c = next_char();
    if (c != '\n') {
        m_state = LexState::BadContinuation;
        return false;
    }
    c = next_char();
    if (c == END) {
        m_state = LexState::EndOfFile;
        m_cur = m_inp;
        return false;
    }
    back_up(c);
    return true;
}

Token Lexer::type_comment_or_comment(bool blank_line, int c, bool& found) {
    found = true;
    if (m_options.type_comments) {
        const char* p = m_start;
        const char* prefix = "# type: ";
        while (*prefix && p < m_cur) {
            if (*prefix == ' ') {
                while (*p == ' ' || *p == '\t') p++;
            } else if (*prefix == *p) {
                p++;
            } else {
                break;
            }
            prefix++;
        }
        if (!*prefix) {
            back_up(c);
            const char* ignore_end = p + 6;
            // "ignore" followed by the end or by anything that is ASCII and not alphanumeric.
            bool is_ignore = m_cur >= ignore_end && memcmp(p, "ignore", 6) == 0 &&
                             !(m_cur > ignore_end && (*ignore_end == '_' ? false : char_is((unsigned char)*ignore_end, CHAR_NAME)));
            if (!is_ignore) return make(Tok::TYPE_COMMENT, p, m_cur);
            Token token = make(Tok::TYPE_IGNORE, ignore_end, m_cur);
            if (blank_line) {
                // Alone on its line: the newline goes with it.
                next_char();
                m_at_line_start = true;
            }
            return token;
        }
    }
    if (m_options.extra_tokens) {
        back_up(c);
        m_comment_newline = blank_line;
        return make(Tok::COMMENT, m_start, m_cur);
    }
    found = false;
    return {};
}

Token Lexer::normal_token() {
    bool blank_line;
    int c;
next_line:
    blank_line = false;
    m_start = nullptr;
    if (m_at_line_start && !read_indentation(blank_line)) return error_token();

    m_start = m_cur;
    if (m_pending < 0) {
        m_pending++;
        return m_options.extra_tokens ? make(Tok::DEDENT, m_cur, m_cur) : make(Tok::DEDENT, nullptr, nullptr);
    }
    if (m_pending > 0) {
        m_pending--;
        return m_options.extra_tokens ? make(Tok::INDENT, m_line_start, m_cur) : make(Tok::INDENT, nullptr, nullptr);
    }
    // Looking at the next character takes in its line.
    c = next_char();
    back_up(c);
again:
    m_start = nullptr;
    do c = next_char();
    while (c == ' ' || c == '\t' || c == '\f');
    m_start = c == END ? m_cur : m_cur - 1;

    if (c == '#') {
        while (c != END && c != '\n' && c != '\r') {
            if (m_cur < m_inp) {
                auto* newline = (const char*)memchr(m_cur, '\n', (size_t)(m_inp - m_cur));
                if (newline && newline > m_cur && newline[-1] == '\r') newline--;
                m_cur = newline ? newline : m_inp;
            }
            c = next_char();
        }
        bool found;
        Token token = type_comment_or_comment(blank_line, c, found);
        if (found) return token;
    }
    if (c == END) {
        if (m_level) return error_token();
        return make(Tok::ENDMARKER, nullptr, nullptr);
    }
    if (char_is(c, CHAR_NAME_START)) {
        m_cur--;
        return name();
    }
    if (c == '\r') c = next_char();
    if (c == '\n') {
        m_at_line_start = true;
        if (blank_line || m_level > 0) {
            m_comment_newline = false;
            if (m_options.extra_tokens) return make(Tok::NL, m_start, m_cur);
            goto next_line;
        }
        if (m_comment_newline && m_options.extra_tokens) {
            m_comment_newline = false;
            return make(Tok::NL, m_start, m_cur);
        }
        // Its text leaves out the line's end, its place does not.
        Token newline = make(Tok::NEWLINE, m_start, m_cur - 1);
        newline.end_col++;
        return newline;
    }
    if (c == '.') {
        c = next_char();
        if (is_digit(c)) return fraction(c);
        if (c == '.') {
            c = next_char();
            if (c == '.') return make(Tok::ELLIPSIS, m_start, m_cur);
            back_up(c);
            back_up('.');
        } else {
            back_up(c);
        }
        return make(Tok::DOT, m_start, m_cur);
    }
    if (is_digit(c)) return number(c);
    if (c == '\'' || c == '"') return string_literal(c);
    if (c == '\\') {
        if (!continuation_line()) return error_token();
        goto again;
    }

    if (in_string() && string_mode().expression_depth >= 0 && c == ':') {
        StringMode& mode = string_mode();
        if (mode.depth - 1 == mode.expression_depth) {
            mode.in_string = true;
            mode.in_format_spec = true;
            return make(Tok::COLON, m_start, m_cur);
        }
    }
    {
        int c2 = next_char();
        Tok kind = c2 == END ? Tok::OP : two_char_kind(c, c2);
        if (c == '<' && c2 == '>' && m_options.old_inequality) kind = Tok::NOTEQUAL;
        if (kind != Tok::OP) {
            int c3 = next_char();
            Tok longer = c3 == END ? Tok::OP : three_char_kind(kind, c3);
            if (longer != Tok::OP) kind = longer;
            else back_up(c3);
            return make(kind, m_start, m_cur);
        }
        back_up(c2);
    }
    switch (c) {
    case '(':
    case '[':
    case '{':
        if (m_level >= MAX_LEVEL) return syntax_error("too many nested parentheses");
        m_brackets[m_level++] = {(char)c, m_lineno, (int32_t)(m_start - m_line_start)};
        if (in_string()) string_mode().depth++;
        break;
    case ')':
    case ']':
    case '}':
        if (in_string() && !string_mode().depth && c == '}')
            return syntax_error("%c-string: single '}' is not allowed", string_mode().prefix);
        if (!m_options.extra_tokens && !m_level) return syntax_error("unmatched '%c'", c);
        if (m_level > 0) {
            Bracket& opening = m_brackets[--m_level];
            bool matches = (opening.open == '(' && c == ')') || (opening.open == '[' && c == ']') || (opening.open == '{' && c == '}');
            if (!m_options.extra_tokens && !matches) {
                if (in_string() && opening.open == '{' && string_mode().depth - 1 == string_mode().expression_depth)
                    return syntax_error("%c-string: unmatched '%c'", string_mode().prefix, c);
                if (opening.lineno != m_lineno)
                    return syntax_error("closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c, opening.open,
                                        opening.lineno);
                return syntax_error("closing parenthesis '%c' does not match opening parenthesis '%c'", c, opening.open);
            }
        }
        if (in_string()) {
            StringMode& mode = string_mode();
            mode.depth--;
            if (mode.depth < 0) return syntax_error("%c-string: unmatched '%c'", mode.prefix, c);
            if (c == '}' && mode.depth == mode.expression_depth) {
                mode.expression_depth--;
                mode.in_string = true;
                mode.in_format_spec = false;
                mode.in_debug = false;
            }
        }
        break;
    case '=':
        if (in_string() && string_mode().depth == string_mode().expression_depth + 1) string_mode().in_debug = true;
        break;
    default:
        if (c < 0x20 || c == 0x7f) {
            if (c == 0) return syntax_error("source code cannot contain null bytes");
            return syntax_error("invalid non-printable character U+%04X", (unsigned)c);
        }
    }
    return make(one_char_kind(c), m_start, m_cur);
}

Token Lexer::name() {
    int c = (unsigned char)*m_cur;
    // A string prefix: up to three letters of "bBuUrRfFtT", then a quote.
    bool saw_b = false, saw_u = false, saw_r = false, saw_f = false, saw_t = false;
    for (const char* p = m_cur;; p++) {
        c = (unsigned char)*p;
        int lower = c | 0x20;
        if (!saw_b && lower == 'b') saw_b = true;
        else if (!saw_u && lower == 'u') saw_u = true;
        else if (!saw_r && lower == 'r') saw_r = true;
        else if (!saw_f && lower == 'f') saw_f = true;
        else if (!saw_t && lower == 't') saw_t = true;
        else break;
        c = (unsigned char)p[1];
        if (c == '\'' || c == '"') {
            m_cur = p + 2;
            auto incompatible = [&](char a, char b) {
                char text[64];
                int size = snprintf(text, sizeof text, "'%c' and '%c' prefixes are incompatible", a, b);
                return syntax_error_at({m_arena.copy(text, (size_t)size), (size_t)size}, (int)(m_start + 1 - m_line_start),
                                       (int)(m_cur - m_line_start));
            };
            if (saw_u && saw_b) return incompatible('u', 'b');
            if (saw_u && saw_r) return incompatible('u', 'r');
            if (saw_u && saw_f) return incompatible('u', 'f');
            if (saw_u && saw_t) return incompatible('u', 't');
            if (saw_b && saw_f) return incompatible('b', 'f');
            if (saw_b && saw_t) return incompatible('b', 't');
            if (saw_f && saw_t) return incompatible('f', 't');
            if (saw_f || saw_t) return format_string_start(c);
            return string_literal(c);
        }
    }
    const char* p = m_cur;
    unsigned char all = 0;
    while (CHAR_TABLE.rows[(unsigned char)*p] & CHAR_NAME) all |= (unsigned char)*p++;
    m_cur = p;
    // Whether the name goes on was asked, and the answer was the end.
    if (p == m_end) m_state = LexState::EndOfFile;
    if (all >= 128 && !m_options.extra_tokens && !verify_identifier()) return error_token();
    Token token = make(Tok::NAME, m_start, m_cur);
    std::string_view spelling{m_start, (size_t)(m_cur - m_start)};
    token.kind = keyword_kind(spelling);
    if (token.kind == Tok::NAME) token.soft = soft_keyword(spelling);
    return token;
}

bool Lexer::verify_identifier() {
    const char* p = m_start;
    while (p < m_cur) {
        const char* before = p;
        uint32_t c = decode_one(p);
        if (before == m_start ? is_identifier_start(c) : is_identifier_continue(c)) continue;
        if (p < m_cur) m_cur = p;
        if (is_printable(c)) syntax_error("invalid character '%.*s' (U+%04X)", (int)(p - before), before, c);
        else syntax_error("invalid non-printable character U+%04X", c);
        return false;
    }
    return true;
}

// Digits and single underscores after a first digit; the character after them, or 0 after an error.
int Lexer::decimal_tail() {
    for (;;) {
        int c;
        do c = next_char();
        while (is_digit(c));
        if (c != '_') return c;
        c = next_char();
        if (!is_digit(c)) {
            back_up(c);
            syntax_error("invalid decimal literal");
            return 0;
        }
    }
}

bool Lexer::look_ahead(const char* rest) {
    // The line ends with a newline or the zero, neither of which matches.
    size_t size = strlen(rest);
    return strncmp(m_cur, rest, size) == 0 && !char_is((unsigned char)m_cur[size], CHAR_NAME);
}

// A number may run into a keyword (`1if x`), with a warning, but not into a name.
bool Lexer::verify_end_of_number(int c, const char* kind) {
    if (m_options.extra_tokens) return true;
    bool keyword = false;
    switch (c) {
    case 'a': keyword = look_ahead("nd"); break;
    case 'e': keyword = look_ahead("lse"); break;
    case 'f': keyword = look_ahead("or"); break;
    case 'i': keyword = *m_cur == 'f' || *m_cur == 'n' || *m_cur == 's'; break;
    case 'o': keyword = look_ahead("r"); break;
    case 'n': keyword = look_ahead("ot"); break;
    }
    char text[48];
    if (keyword) {
        back_up(c);
        snprintf(text, sizeof text, "invalid %s literal", kind);
        if (!warn(text, WarningCategory::SyntaxWarning)) return false;
        next_char();
        return true;
    }
    if (c < 128 && char_is(c, CHAR_NAME)) {
        back_up(c);
        syntax_error("invalid %s literal", kind);
        return false;
    }
    return true;
}

Token Lexer::number(int c) {
    auto radix = [&](auto is_valid, const char* kind, bool digits_are_wrong) -> Token {
        int d = next_char();
        do {
            if (d == '_') d = next_char();
            if (!is_valid(d)) {
                if (digits_are_wrong && is_digit(d)) return syntax_error("invalid digit '%c' in %s literal", d, kind);
                back_up(d);
                return syntax_error("invalid %s literal", kind);
            }
            do d = next_char();
            while (is_valid(d));
        } while (d == '_');
        if (digits_are_wrong && is_digit(d)) return syntax_error("invalid digit '%c' in %s literal", d, kind);
        if (!verify_end_of_number(d, kind)) return error_token();
        back_up(d);
        return make(Tok::NUMBER, m_start, m_cur);
    };

    if (c == '0') {
        c = next_char();
        if (c == 'x' || c == 'X') return radix([](int d) { return char_is(d, CHAR_HEX); }, "hexadecimal", false);
        if (c == 'o' || c == 'O') return radix([](int d) { return d >= '0' && d < '8'; }, "octal", true);
        if (c == 'b' || c == 'B') return radix([](int d) { return d == '0' || d == '1'; }, "binary", true);
        bool nonzero = false;
        for (;;) {
            if (c == '_') {
                c = next_char();
                if (!is_digit(c)) {
                    back_up(c);
                    return syntax_error("invalid decimal literal");
                }
            }
            if (c != '0') break;
            c = next_char();
        }
        const char* zeros_end = m_cur;
        if (is_digit(c)) {
            nonzero = true;
            c = decimal_tail();
            if (c == 0) return error_token();
        }
        if (c == '.' || c == 'e' || c == 'E' || c == 'j' || c == 'J') {
            back_up(c);
            return fraction(next_char());
        }
        if (nonzero && !m_options.extra_tokens) {
            back_up(c);
            return syntax_error_at("leading zeros in decimal integer literals are not permitted; use an 0o prefix for "
                                   "octal integers",
                                   (int)(m_start + 1 - m_line_start), (int)(zeros_end - m_line_start));
        }
        if (!verify_end_of_number(c, "decimal")) return error_token();
        back_up(c);
        return make(Tok::NUMBER, m_start, m_cur);
    }
    c = decimal_tail();
    if (c == 0) return error_token();
    return fraction(c);
}

// What may follow an integer part: '.', exponent, 'j'. After a leading '.', `c` is the first digit.
Token Lexer::fraction(int c) {
    if (c == '.') c = next_char();
    if (is_digit(c)) {
        c = decimal_tail();
        if (c == 0) return error_token();
    }
    if (c == 'e' || c == 'E') {
        int e = c;
        c = next_char();
        if (c == '+' || c == '-') {
            c = next_char();
            if (!is_digit(c)) {
                back_up(c);
                return syntax_error("invalid decimal literal");
            }
        } else if (!is_digit(c)) {
            back_up(c);
            if (!verify_end_of_number(e, "decimal")) return error_token();
            back_up(e);
            return make(Tok::NUMBER, m_start, m_cur);
        }
        c = decimal_tail();
        if (c == 0) return error_token();
    }
    if (c == 'j' || c == 'J') {
        c = next_char();
        if (!verify_end_of_number(c, "imaginary")) return error_token();
    } else if (!verify_end_of_number(c, "decimal")) {
        return error_token();
    }
    back_up(c);
    return make(Tok::NUMBER, m_start, m_cur);
}

Token Lexer::string_literal(int quote) {
    int quote_size = 1, end_quote_size = 0;
    bool has_escaped_quote = false;
    m_first_lineno = m_lineno;
    m_multi_line_start = m_line_start;
    int c = next_char();
    if (c == quote) {
        c = next_char();
        if (c == quote) quote_size = 3;
        else end_quote_size = 1;
    }
    if (c != quote) back_up(c);
    while (end_quote_size != quote_size) {
        c = next_char();
        if (c == END || (quote_size == 1 && c == '\n')) {
            // Reported at the opening quote.
            m_cur = m_start + 1;
            m_line_start = m_multi_line_start;
            int detected = m_lineno;
            m_lineno = m_first_lineno;
            m_state = LexState::Ok;
            if (in_string() && string_mode().quote == quote && string_mode().quote_size == quote_size)
                return syntax_error("%c-string: expecting '}'", string_mode().prefix);
            m_cut_string = c == END;
            if (quote_size == 3) return syntax_error("unterminated triple-quoted string literal (detected at line %d)", detected);
            if (has_escaped_quote)
                return syntax_error("unterminated string literal (detected at line %d); perhaps you escaped the end quote?", detected);
            return syntax_error("unterminated string literal (detected at line %d)", detected);
        }
        if (c == quote) {
            end_quote_size++;
        } else {
            end_quote_size = 0;
            if (c == '\\') {
                c = next_char();
                if (c == quote) has_escaped_quote = true;
                if (c == '\r') c = next_char();
            }
        }
    }
    return make_string(Tok::STRING, m_start, m_cur);
}

Token Lexer::format_string_start(int quote) {
    int quote_size = 1;
    m_first_lineno = m_lineno;
    m_multi_line_start = m_line_start;
    if (*m_cur == quote && m_cur[1] == quote) {
        quote_size = 3;
        m_cur += 2;
    }
    if (m_string_count + 1 >= MAX_STRING_LEVEL) return syntax_error("too many nested f-strings or t-strings");
    StringMode& mode = m_strings[m_string_count++];
    mode = {};
    mode.in_string = true;
    mode.quote = (char)quote;
    mode.quote_size = (uint8_t)quote_size;
    mode.start = m_start;
    mode.line_start = m_line_start;
    mode.first_line = m_lineno;
    mode.expression_depth = -1;
    int first = *m_start | 0x20, second = m_start[1] | 0x20;
    mode.raw = first == 'r' || second == 'r';
    mode.prefix = (char)(first == 'r' ? second : first);
    return make_string(mode.prefix == 't' ? Tok::TSTRING_START : Tok::FSTRING_START, m_start, m_cur);
}

// Inside an f-string or t-string, outside of its expressions: literal text up to the next brace or the end.
Token Lexer::string_text_token() {
    StringMode& mode = string_mode();
    int end_quote_size = 0;
    bool named_escape = false;
    m_start = m_cur;
    m_first_lineno = m_lineno;

    int first = next_char();
    if (first == '{') {
        int second = next_char();
        back_up(second);
        back_up(first);
        if (second != '{') {
            mode.expression_depth++;
            if (mode.expression_depth >= MAX_EXPRESSION_NESTING)
                return syntax_error("%c-string: expressions nested too deeply", mode.prefix);
            mode.in_string = false;
            return normal_token();
        }
    } else {
        back_up(first);
    }

    bool at_end = true;
    for (int i = 0; i < mode.quote_size; i++) {
        int quote = next_char();
        if (quote != mode.quote) {
            back_up(quote);
            at_end = false;
            break;
        }
    }
    bool is_template = mode.prefix == 't';
    if (at_end) {
        m_multi_line_start = m_line_start;
        m_string_count--;
        return make_string(is_template ? Tok::TSTRING_END : Tok::FSTRING_END, m_start, m_cur);
    }

    Tok middle = is_template ? Tok::TSTRING_MIDDLE : Tok::FSTRING_MIDDLE;
    m_multi_line_start = m_line_start;
    while (end_quote_size != mode.quote_size) {
        int c = next_char();
        bool in_format_spec = mode.in_format_spec && mode.expression_depth >= 0;
        if (c == END || (mode.quote_size == 1 && c == '\n')) {
            if (in_format_spec && c == '\n')
                return syntax_error("%c-string: newlines are not allowed in format specifiers for single quoted "
                                    "%c-strings",
                                    mode.prefix, mode.prefix);
            m_cur = mode.start + 1;
            m_line_start = mode.line_start;
            int detected = m_lineno;
            m_lineno = mode.first_line;
            m_state = LexState::Ok;
            m_cut_string = c == END && mode.quote_size == 3;
            if (mode.quote_size == 3)
                return syntax_error("unterminated triple-quoted %c-string literal (detected at line %d)", mode.prefix, detected);
            return syntax_error("unterminated %c-string literal (detected at line %d)", mode.prefix, detected);
        }
        if (c == mode.quote) {
            end_quote_size++;
            continue;
        }
        end_quote_size = 0;
        if (c == '{') {
            int second = next_char();
            if (second != '{' || in_format_spec) {
                back_up(second);
                back_up(c);
                mode.expression_depth++;
                if (mode.expression_depth >= MAX_EXPRESSION_NESTING)
                    return syntax_error("%c-string: expressions nested too deeply", mode.prefix);
                mode.in_string = false;
                return make_string(middle, m_start, m_cur);
            }
            return doubled_brace(middle);
        }
        if (c == '}') {
            if (named_escape) return make_string(middle, m_start, m_cur);
            int second = next_char();
            // Doubled braces mean a brace only at the top level: a format specifier cannot use them.
            if (second == '}' && !in_format_spec && mode.depth == 0) return doubled_brace(middle);
            back_up(second);
            back_up(c);
            mode.in_string = false;
            return make_string(middle, m_start, m_cur);
        }
        if (c == '\\') {
            int escaped = next_char();
            if (escaped == '\r') escaped = next_char();
            if (escaped == '{' || escaped == '}') {
                // The brace still counts.
                if (!mode.raw && !warn_invalid_escape(escaped)) return error_token();
                back_up(escaped);
                continue;
            }
            if (!mode.raw && escaped == 'N') {
                escaped = next_char();
                if (escaped == '{') named_escape = true;
                else back_up(escaped);
            }
        }
    }
    // The quotes become a token of their own.
    m_cur -= mode.quote_size;
    return make_string(middle, m_start, m_cur);
}

} // namespace taipan::syntax
