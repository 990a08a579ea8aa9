// Reads a program that does not parse again, slowly, to say what is wrong with it as CPython does.
#pragma once

#include "base/arena.h"
#include "syntax/diagnostics.h"
#include "syntax/parser.h"

namespace taipan::syntax {

// `buffer` is what the lexer wants; statements before `first_token` are known to be fine. The result is always a
// failure, or
// out of memory: then the answer is false.
[[nodiscard]] bool explain_failure(base::Arena& arena, std::string_view buffer, const ParseOptions& options, Diagnostics& diagnostics,
                                   uint32_t first_token, SyntaxFailure& failure);

} // namespace taipan::syntax
