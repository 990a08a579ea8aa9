// Tokens as the `_tokenize` module gives them: columns in characters, comments and blank lines included if asked for.
// Operators are told by their own kinds; with extra tokens all are OP, as `tokenize` wants.
#pragma once

#include "base/arena.h"
#include "syntax/diagnostics.h"
#include "syntax/lexer.h"

#include <string_view>

namespace taipan::syntax {

struct TokenRecord {
    Tok kind = Tok::ENDMARKER; // never a keyword: those are NAMEs
    std::string_view text;
    int lineno = 0, col = 0; // col in characters from 0, -1 for none
    int end_lineno = 0, end_col = 0;
    std::string_view line; // the physical line, or all lines of a string
};

class Tokenizer {
public:
    // `source` is all of the program, its line ends as they are; it is copied.
    Tokenizer(base::Arena& arena, std::string_view source, bool extra_tokens, Diagnostics& diagnostics);

    // False after ENDMARKER was given, and on errors: then failure() is set.
    bool next(TokenRecord& out);
    const SyntaxFailure& failure() const { return m_failure; }

private:
    std::string_view prepare(base::Arena& arena, std::string_view source);

    bool m_extra_tokens;
    bool m_implicit_newline = false; // the last line's was added here
    bool m_done = false;
    int m_last_lineno = 0;
    SyntaxFailure m_failure;
    std::string_view m_buffer;
    Lexer m_lexer;
};

} // namespace taipan::syntax
