// Tokens of Python 3.14. Kinds up to COUNT_PUBLIC have CPython's numbers; keywords follow, for the parser's switches.
#pragma once

#include <cstdint>
#include <string_view>

namespace taipan::syntax {

enum class Tok : uint8_t {
    ENDMARKER,
    NAME,
    NUMBER,
    STRING,
    NEWLINE,
    INDENT,
    DEDENT,
    LPAR,
    RPAR,
    LSQB,
    RSQB,
    COLON,
    COMMA,
    SEMI,
    PLUS,
    MINUS,
    STAR,
    SLASH,
    VBAR,
    AMPER,
    LESS,
    GREATER,
    EQUAL,
    DOT,
    PERCENT,
    LBRACE,
    RBRACE,
    EQEQUAL,
    NOTEQUAL,
    LESSEQUAL,
    GREATEREQUAL,
    TILDE,
    CIRCUMFLEX,
    LEFTSHIFT,
    RIGHTSHIFT,
    DOUBLESTAR,
    PLUSEQUAL,
    MINEQUAL,
    STAREQUAL,
    SLASHEQUAL,
    PERCENTEQUAL,
    AMPEREQUAL,
    VBAREQUAL,
    CIRCUMFLEXEQUAL,
    LEFTSHIFTEQUAL,
    RIGHTSHIFTEQUAL,
    DOUBLESTAREQUAL,
    DOUBLESLASH,
    DOUBLESLASHEQUAL,
    AT,
    ATEQUAL,
    RARROW,
    ELLIPSIS,
    COLONEQUAL,
    EXCLAMATION,
    OP,
    TYPE_IGNORE,
    TYPE_COMMENT,
    SOFT_KEYWORD,
    FSTRING_START,
    FSTRING_MIDDLE,
    FSTRING_END,
    TSTRING_START,
    TSTRING_MIDDLE,
    TSTRING_END,
    COMMENT,
    NL,
    ERRORTOKEN,
    COUNT_PUBLIC,

    FIRST_KEYWORD = 80,
    KW_False = FIRST_KEYWORD,
    KW_None,
    KW_True,
    KW_and,
    KW_as,
    KW_assert,
    KW_async,
    KW_await,
    KW_break,
    KW_class,
    KW_continue,
    KW_def,
    KW_del,
    KW_elif,
    KW_else,
    KW_except,
    KW_finally,
    KW_for,
    KW_from,
    KW_global,
    KW_if,
    KW_import,
    KW_in,
    KW_is,
    KW_lambda,
    KW_nonlocal,
    KW_not,
    KW_or,
    KW_pass,
    KW_raise,
    KW_return,
    KW_try,
    KW_while,
    KW_with,
    KW_yield,
    END_KEYWORDS,
};

// Names that are keywords only in some places.
enum class SoftKeyword : uint8_t { None, Underscore, Case, Match, Type };

struct Token {
    Tok kind = Tok::ENDMARKER;
    SoftKeyword soft = SoftKeyword::None;
    uint16_t level = 0; // open brackets after this token
    int32_t lineno = 0; // from 1
    int32_t col = -1;   // UTF-8 bytes from 0; -1 for tokens without text (ENDMARKER, DEDENT …)
    int32_t end_lineno = 0;
    int32_t end_col = -1;
    uint32_t start = 0; // offsets into the lexer's buffer; equal when the token has no text
    uint32_t end = 0;

    bool has_text() const { return col >= 0; }
};

inline bool is_keyword(Tok kind) { return kind >= Tok::FIRST_KEYWORD; }

// "if", "+=", "NAME": what the grammar calls a token.
std::string_view token_spelling(Tok kind);
// NAME unless `text` is a keyword.
Tok keyword_kind(std::string_view text);
SoftKeyword soft_keyword(std::string_view text);

} // namespace taipan::syntax
