// Turns source into tokens, one at a time, keeping CPython's line-by-line reading: error positions depend on it.
// The buffer must be zero-terminated UTF-8, with '\n' line ends ('\r\n' too for extra_tokens), and outlive the lexer.
// The first error is final.
#pragma once

#include "base/arena.h"
#include "syntax/diagnostics.h"
#include "syntax/token.h"

#include <cstdint>
#include <string_view>

namespace taipan::syntax {

struct LexerOptions {
    bool type_comments = false;
    // For the `_tokenize` module: COMMENT and NL tokens, and no complaints about brackets or numbers.
    bool extra_tokens = false;
    bool report_warnings = true;
    bool old_inequality = false; // `<>` is a token, see barry_as_FLUFL
};

// How the last token ended; what an ERRORTOKEN means.
enum class LexState : uint8_t { Ok, EndOfFile, Error, BadDedent, TooDeep, TabError, BadContinuation, Raised };

class Lexer {
public:
    static constexpr int MAX_INDENT = 100;
    static constexpr int MAX_LEVEL = 200;
    static constexpr int MAX_STRING_LEVEL = 150;

    // `buffer` ends with a zero at buffer.data()[buffer.size()].
    Lexer(base::Arena& arena, std::string_view buffer, LexerOptions options, Diagnostics& diagnostics);

    // ERRORTOKEN after an error; ENDMARKER again and again after the end.
    Token next();

    LexState state() const { return m_state; }
    // Set with LexState::Error or Raised.
    const SyntaxFailure& failure() const { return m_failure; }
    // The failure is a warning that a filter turned into an error.
    bool warning_failed() const { return m_warning_failed; }

    std::string_view text(const Token& token) const { return {m_begin + token.start, token.end - token.start}; }
    const char* begin() const { return m_begin; }

    // Where the lexer is: what CPython consults when it reports an error.
    int lineno() const { return m_lineno; }
    const char* line_start() const { return m_line_start; }
    const char* cursor() const { return m_cur; }
    // First byte kept of the line being read (earlier lines too while a token spans them), and the end of that line.
    const char* line_buffer() const { return m_buf; }
    const char* line_end() const { return m_inp; }
    // Where the last token began; its line's start and number if it is a string.
    const char* token_start() const { return m_start; }
    const char* multi_line_start() const { return m_multi_line_start; }
    int first_lineno() const { return m_first_lineno; }
    const char* end() const { return m_end; }
    int level() const { return m_level; }
    int bracket_lineno() const { return m_brackets[m_level - 1].lineno; }
    int bracket_col() const { return m_brackets[m_level - 1].col; }
    char bracket() const { return m_brackets[m_level - 1].open; }
    // The input ended, within a string perhaps: more of it might make it right.
    bool at_end_of_source() const { return m_state == LexState::EndOfFile || m_cut_string; }
    // Within an f-string or t-string, its expressions included.
    bool in_string() const { return m_string_count > 0; }
    int indent() const { return m_indent; }
    // A single-mode parser closes all blocks at the end of its input.
    void close_blocks() {
        m_pending = -m_indent;
        m_indent = 0;
    }
    void set_old_inequality() { m_options.old_inequality = true; }

private:
    struct Bracket {
        char open;
        int32_t lineno;
        int32_t col;
    };
    struct StringMode {
        bool in_string; // reading literal text, not an expression
        char prefix;    // 'f' or 't'
        char quote;
        uint8_t quote_size;
        bool raw;
        bool in_format_spec;
        bool in_debug;
        int16_t depth;            // brackets open inside this string's expressions
        int16_t expression_depth; // -1 outside of replacement fields
        int32_t first_line;
        const char* start;
        const char* line_start;
    };

    int next_char() {
        if (m_cur != m_inp) [[likely]]
            return (unsigned char)*m_cur++;
        return next_char_of_new_line();
    }
    int next_char_of_new_line();
    void back_up(int c) {
        if (c != END) m_cur--;
    }
    static constexpr int END = -1;

    Token normal_token();
    Token string_text_token();
    Token string_literal(int quote);
    Token format_string_start(int quote);
    Token number(int c);
    Token fraction(int c);
    Token name();
    bool read_indentation(bool& blank_line);
    int decimal_tail();
    bool verify_end_of_number(int c, const char* kind);
    bool look_ahead(const char* rest);
    bool verify_identifier();
    bool continuation_line();
    Token type_comment_or_comment(bool blank_line, int c, bool& found);

    Token make(Tok kind, const char* start, const char* end);
    Token make_string(Tok kind, const char* start, const char* end);
    Token doubled_brace(Tok kind);
    Token error_token();
    [[gnu::format(printf, 2, 3)]] Token syntax_error(const char* format, ...);
    Token syntax_error_at(std::string_view message, int offset, int end_offset);
    Token finish(LexState state) {
        m_state = state;
        return error_token();
    }
    bool warn(const char* category_text, WarningCategory category);
    bool warn_invalid_escape(int c);
    StringMode& string_mode() { return m_strings[m_string_count - 1]; }

    base::Arena& m_arena;
    Diagnostics& m_diagnostics;
    LexerOptions m_options;
    const char* m_begin;
    const char* m_end;
    const char* m_cur;
    const char* m_inp;   // end of what has been read: the current line's end
    const char* m_buf;   // start of what is kept
    const char* m_start; // of the token being read, or null between tokens
    const char* m_line_start;
    const char* m_multi_line_start = nullptr;
    int m_lineno = 0;
    int m_first_lineno = 0;
    int m_level = 0;
    int m_indent = 0;
    int m_pending = 0; // indents (positive) or dedents (negative) still to be delivered
    bool m_at_line_start = true;
    bool m_comment_newline = false;
    LexState m_state = LexState::Ok;
    bool m_warning_failed = false;
    bool m_cut_string = false;
    int m_string_count = 0;
    SyntaxFailure m_failure;
    int m_indents[MAX_INDENT] = {};
    int m_alternative_indents[MAX_INDENT] = {};
    Bracket m_brackets[MAX_LEVEL];
    StringMode m_strings[MAX_STRING_LEVEL];
};

} // namespace taipan::syntax
