#include "syntax/tokenize.h"

#include "syntax/identifiers.h"

#include <cstring>

namespace taipan::syntax {

namespace {
bool is_string_literal(Tok kind) { return kind == Tok::STRING || (kind >= Tok::FSTRING_START && kind <= Tok::TSTRING_END); }
} // namespace

Tokenizer::Tokenizer(base::Arena& arena, std::string_view source, bool extra_tokens, Diagnostics& diagnostics)
    : m_extra_tokens(extra_tokens), m_buffer(prepare(arena, source)),
      m_lexer(arena, m_buffer, LexerOptions{.extra_tokens = extra_tokens}, diagnostics) {}

std::string_view Tokenizer::prepare(base::Arena& arena, std::string_view source) {
    char* buffer = (char*)arena.allocate(source.size() + 2, 1);
    size_t size = source.size();
    if (size) memcpy(buffer, source.data(), size);
    if (size && buffer[size - 1] != '\n') {
        buffer[size++] = '\n';
        m_implicit_newline = true;
    }
    buffer[size] = 0;
    return {buffer, size};
}

bool Tokenizer::next(TokenRecord& out) {
    if (m_done) return false;
    Token token = m_lexer.next();
    if (token.kind == Tok::ERRORTOKEN) {
        m_done = true;
        m_failure.lineno = m_lexer.lineno();
        m_failure.end_lineno = m_failure.end_offset = NO_POSITION;
        // COMPAT: the column is that of the line's end.
        std::string_view line{m_lexer.line_buffer(), (size_t)(m_lexer.line_end() - m_lexer.line_buffer())};
        auto fail = [&](FailureKind kind, std::string_view message) {
            m_failure.kind = kind;
            m_failure.message = message;
            m_failure.offset = count_characters(line.data(), line.data() + line.size());
            if (line.ends_with('\n')) line.remove_suffix(1);
            m_failure.line = line;
            m_failure.has_line = true;
        };
        switch (m_lexer.state()) {
        case LexState::Error:
        case LexState::Raised: m_failure = m_lexer.failure(); break;
        case LexState::EndOfFile:
            fail(FailureKind::SyntaxError, "unexpected EOF in multi-line statement");
            // No place at all.
            m_failure.has_line = false;
            m_failure.lineno = m_failure.offset = m_failure.end_lineno = m_failure.end_offset = 0;
            break;
        case LexState::BadDedent: fail(FailureKind::IndentationError, "unindent does not match any outer indentation level"); break;
        case LexState::TabError: fail(FailureKind::TabError, "inconsistent use of tabs and spaces in indentation"); break;
        case LexState::TooDeep: fail(FailureKind::IndentationError, "too many levels of indentation"); break;
        case LexState::BadContinuation: fail(FailureKind::SyntaxError, "unexpected character after line continuation character"); break;
        case LexState::Ok: fail(FailureKind::SyntaxError, "unknown tokenization error"); break;
        }
        return false;
    }

    Tok kind = is_keyword(token.kind) ? Tok::NAME : token.kind;
    bool is_string = is_string_literal(kind);
    bool trailing = kind == Tok::ENDMARKER || (kind == Tok::DEDENT && m_lexer.state() == LexState::EndOfFile);
    const char* line_start = is_string ? m_lexer.multi_line_start() : m_lexer.line_start();
    // The newline that was added belongs to the last line only.
    bool implicit_newline = m_implicit_newline && m_lexer.line_end() == m_buffer.data() + m_buffer.size();

    out.kind = kind;
    out.text = m_lexer.text(token);
    out.lineno = token.lineno;
    out.end_lineno = token.end_lineno;
    out.line = {};
    if (!(m_extra_tokens && trailing)) {
        size_t size = (size_t)(m_lexer.line_end() - line_start);
        if (size >= 1 && implicit_newline) size--;
        out.line = {line_start, size};
        // At the end only a line that had tokens is still known.
        if (trailing && token.end_lineno != m_last_lineno) out.line = {};
        m_last_lineno = trailing ? m_last_lineno : token.end_lineno;
    }
    const char* start = m_buffer.data() + token.start;
    out.col = token.col < 0 ? -1 : count_characters(line_start, start);
    if (token.end_col < 0) out.end_col = -1;
    else out.end_col = count_characters(m_lexer.line_start(), m_buffer.data() + token.end);
    if (m_extra_tokens) {
        if (trailing) {
            out.lineno = out.end_lineno = out.lineno + 1;
            out.col = out.end_col = 0;
        }
        if (kind > Tok::DEDENT && kind < Tok::OP) {
            out.kind = Tok::OP;
        } else if (kind == Tok::NEWLINE) {
            out.text = implicit_newline ? "" : *start == '\r' ? "\r\n" : "\n";
            out.end_col++;
        } else if (kind == Tok::NL && implicit_newline) {
            out.text = "";
        }
    }
    if (kind == Tok::ENDMARKER) m_done = true;
    return true;
}

} // namespace taipan::syntax
