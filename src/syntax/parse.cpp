#include "base/memory_scope.h"
#include "syntax/error_parser.h"
#include "syntax/parser_core.h"
#include "syntax/source.h"

#include <cstring>

namespace taipan::syntax {

namespace {

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

ParseResult parse(base::Arena& arena, NameTable& names, std::string_view source, const ParseOptions& options, Diagnostics& diagnostics) {
    ParseResult result;
    // Positions are 32 bits wide.
    if (source.size() >= INT32_MAX - 16) {
        result.failure.kind = FailureKind::OverflowError;
        result.failure.message = "Parser column offset overflow - source line is too big";
        return result;
    }
    auto out_of_memory = [] {
        ParseResult result;
        result.failure.kind = FailureKind::MemoryError;
        return result;
    };
    uint32_t explanation_start;
    std::string_view buffer;
    if (!base::attempt([&] { buffer = normalize_newlines(arena, source, options.mode == ParseMode::Exec); })) return out_of_memory();
    LexerOptions lexer_options;
    lexer_options.type_comments = options.type_comments;
    lexer_options.old_inequality = options.barry_as_bdfl;
    {
        Lexer lexer(arena, buffer, lexer_options, diagnostics);
        TokenBuffer tokens(lexer, options);
        Parser parser(arena, names, tokens, options, diagnostics);
        // What the three own outlives the attempt.
        if (!base::attempt([&] { result.tree = parser.parse_module(); })) return out_of_memory();
        if (parser.failure()) result.tree = nullptr;
        if (result.tree) {
            if (options.mode == ParseMode::Single && has_more_statements(lexer)) {
                result.tree = nullptr;
                result.failure = parser.failure_at_last_token("multiple statements found while compiling a single statement");
                result.failure.after_parsing = true;
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
    if (!explain_failure(arena, buffer, options, diagnostics, explanation_start, result.failure)) return out_of_memory();
    return result;
}

} // namespace taipan::syntax
