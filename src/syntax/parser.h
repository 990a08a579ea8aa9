// Source text to syntax tree. The tree and all text in the result live in the caller's arena.
// The parser never raises, never runs Python and never overflows the C stack: too deep nesting is a failure.
#pragma once

#include "syntax/ast.h"
#include "syntax/diagnostics.h"

#include <cstdint>
#include <string_view>

namespace taipan::base {
class Arena;
}

namespace taipan::syntax {

class NameTable; // names.h

enum class ParseMode : uint8_t { Exec, Eval, Single, FunctionType };

struct ParseOptions {
    ParseMode mode = ParseMode::Exec;
    int feature_version = 14; // minor version of Python 3 whose syntax to accept
    bool type_comments = false;
    bool allow_incomplete_input = false; // PyCF_ALLOW_INCOMPLETE_INPUT
    bool dont_imply_dedent = false;      // PyCF_DONT_IMPLY_DEDENT
    bool barry_as_bdfl = false;          // `<>` instead of `!=`
    int int_max_str_digits = 4300;       // sys.get_int_max_str_digits(), 0 for no limit
};

struct ParseResult {
    ModNode* tree = nullptr; // null on failure
    SyntaxFailure failure;
};

// `source` is UTF-8 without NUL (the caller checks; see source.h for bytes from files). Identifiers are interned in
// `names`, which the compiler goes on using; it must share the arena.
ParseResult parse(base::Arena& arena, NameTable& names, std::string_view source, const ParseOptions& options, Diagnostics& diagnostics);

} // namespace taipan::syntax
