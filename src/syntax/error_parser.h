// Reads a program that does not parse again, slowly, to say what is wrong with it as CPython does.
#pragma once

#include "base/arena.h"
#include "syntax/diagnostics.h"
#include "syntax/parser.h"

namespace taipan::syntax {

// `buffer` is what the lexer wants; the result is always a failure.
SyntaxFailure explain_failure(base::Arena& arena, std::string_view buffer, const ParseOptions& options,
                              Diagnostics& diagnostics);

} // namespace taipan::syntax
