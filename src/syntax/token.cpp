#include "syntax/token.h"

#include <cstring>

namespace taipan::syntax {

namespace {
constexpr std::string_view spellings[] = {
    "ENDMARKER",
    "NAME",
    "NUMBER",
    "STRING",
    "NEWLINE",
    "INDENT",
    "DEDENT",
    "(",
    ")",
    "[",
    "]",
    ":",
    ",",
    ";",
    "+",
    "-",
    "*",
    "/",
    "|",
    "&",
    "<",
    ">",
    "=",
    ".",
    "%",
    "{",
    "}",
    "==",
    "!=",
    "<=",
    ">=",
    "~",
    "^",
    "<<",
    ">>",
    "**",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "|=",
    "^=",
    "<<=",
    ">>=",
    "**=",
    "//",
    "//=",
    "@",
    "@=",
    "->",
    "...",
    ":=",
    "!",
    "OP",
    "TYPE_IGNORE",
    "TYPE_COMMENT",
    "SOFT_KEYWORD",
    "FSTRING_START",
    "FSTRING_MIDDLE",
    "FSTRING_END",
    "TSTRING_START",
    "TSTRING_MIDDLE",
    "TSTRING_END",
    "COMMENT",
    "NL",
    "ERRORTOKEN",
};
static_assert(sizeof(spellings) / sizeof(spellings[0]) == (size_t)Tok::COUNT_PUBLIC);

constexpr std::string_view keywords[] = {
    "False",  "None",     "True", "and",    "as",      "assert", "async",  "await",  "break", "class",  "continue", "def",
    "del",    "elif",     "else", "except", "finally", "for",    "from",   "global", "if",    "import", "in",       "is",
    "lambda", "nonlocal", "not",  "or",     "pass",    "raise",  "return", "try",    "while", "with",   "yield",
};
static_assert(sizeof(keywords) / sizeof(keywords[0]) == (size_t)Tok::END_KEYWORDS - (size_t)Tok::FIRST_KEYWORD);

constexpr int MAX_KEYWORD = 8;

// Keywords hashed by length and first two letters; a bucket holds an index plus one.
constexpr uint32_t bucket_of(const char* text, size_t size) {
    return ((unsigned char)text[0] * 3 + (unsigned char)text[1] * 11 + (uint32_t)size * 29) & 255;
}
struct KeywordTable {
    uint8_t rows[256] = {};
    uint8_t next[64] = {};
    constexpr KeywordTable() {
        for (uint8_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
            uint32_t bucket = bucket_of(keywords[i].data(), keywords[i].size());
            next[i] = rows[bucket];
            rows[bucket] = (uint8_t)(i + 1);
        }
    }
};
constexpr KeywordTable keyword_table;
} // namespace

std::string_view token_spelling(Tok kind) {
    if (is_keyword(kind)) return keywords[(int)kind - (int)Tok::FIRST_KEYWORD];
    return spellings[(int)kind];
}

Tok keyword_kind(std::string_view text) {
    if (text.size() < 2 || text.size() > MAX_KEYWORD) return Tok::NAME;
    for (uint8_t i = keyword_table.rows[bucket_of(text.data(), text.size())]; i; i = keyword_table.next[i - 1])
        if (keywords[i - 1] == text) return (Tok)((int)Tok::FIRST_KEYWORD + i - 1);
    return Tok::NAME;
}

SoftKeyword soft_keyword(std::string_view text) {
    switch (text.size()) {
    case 1: return text[0] == '_' ? SoftKeyword::Underscore : SoftKeyword::None;
    case 4:
        if (text == "type") return SoftKeyword::Type;
        return text == "case" ? SoftKeyword::Case : SoftKeyword::None;
    case 5: return text == "match" ? SoftKeyword::Match : SoftKeyword::None;
    }
    return SoftKeyword::None;
}

} // namespace taipan::syntax
