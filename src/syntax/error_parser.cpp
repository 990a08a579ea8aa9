#include "syntax/error_parser.h"

namespace taipan::syntax {

SyntaxFailure explain_failure(base::Arena& arena, std::string_view buffer, const ParseOptions& options,
                              Diagnostics& diagnostics) {
    SyntaxFailure failure;
    failure.kind = FailureKind::SyntaxError;
    failure.message = "invalid syntax";
    return failure;
}

} // namespace taipan::syntax
