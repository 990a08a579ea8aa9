#include "syntax/error_parser.h"
#include "syntax/parser_core.h"

#include <cstring>

namespace taipan::syntax {

namespace {

// '\n' line ends, a newline at the end of a module, and a terminating zero.
std::string_view normalize_source(base::Arena& arena, std::string_view source, ParseMode mode) {
    char* buffer = (char*)arena.allocate(source.size() + 2, 1);
    size_t size = source.size();
    if (size == 0 || !memchr(source.data(), '\r', size)) {
        if (size) memcpy(buffer, source.data(), size);
    } else {
        char* out = buffer;
        for (size_t i = 0; i < size; i++) {
            char c = source[i];
            if (c == '\r') {
                c = '\n';
                if (i + 1 < size && source[i + 1] == '\n') i++;
            }
            *out++ = c;
        }
        size = (size_t)(out - buffer);
    }
    if (mode == ParseMode::Exec && size && buffer[size - 1] != '\n') buffer[size++] = '\n';
    buffer[size] = 0;
    return {buffer, size};
}

// Only blank lines and comments may follow an interactive statement.
bool has_more_statements(const Lexer& lexer) {
    for (const char* p = lexer.cursor(); *p; p++) {
        if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f') continue;
        if (*p != '#') return true;
        while (p[1] && p[1] != '\n') p++;
    }
    return false;
}

} // namespace

ParseResult parse(base::Arena& arena, NameTable& names, std::string_view source, const ParseOptions& options,
                  Diagnostics& diagnostics) {
    ParseResult result;
    // Positions are 32 bits wide.
    if (source.size() >= INT32_MAX - 16) {
        result.failure.kind = FailureKind::OverflowError;
        result.failure.message = "Parser column offset overflow - source line is too big";
        return result;
    }
    uint32_t explanation_start;
    std::string_view buffer = normalize_source(arena, source, options.mode);
    LexerOptions lexer_options;
    lexer_options.type_comments = options.type_comments;
    lexer_options.old_inequality = options.barry_as_bdfl;
    {
        Lexer lexer(arena, buffer, lexer_options, diagnostics);
        TokenBuffer tokens(lexer, options);
        Parser parser(arena, names, tokens, options, diagnostics);
        result.tree = parser.parse_module();
        if (result.tree) {
            if (options.mode == ParseMode::Single && has_more_statements(lexer)) {
                result.tree = nullptr;
                result.failure =
                    parser.failure_at_last_token("multiple statements found while compiling a single statement");
            }
            return result;
        }
        explanation_start = parser.explanation_start();
        if (parser.raised() || lexer.state() == LexState::Raised) {
            result.failure.kind = FailureKind::Raised;
            return result;
        }
        if (parser.overflowed()) {
            result.failure.kind = FailureKind::MemoryError;
            result.failure.message = "Parser stack overflowed - Python source too complex to parse";
            return result;
        }
        if (parser.failure()) {
            result.failure = parser.failure();
            return result;
        }
        // A warning that became an error is known here only: the second reading is silent.
        if (lexer.warning_failed()) {
            result.failure = lexer.failure();
            return result;
        }
    }
    result.failure = explain_failure(arena, buffer, options, diagnostics, explanation_start);
    return result;
}

} // namespace taipan::syntax
