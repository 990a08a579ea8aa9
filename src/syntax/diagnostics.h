// How the front half reports: one failure a parse, and any number of warnings through the caller's sink.
// All text is arena memory or static. Nothing here raises: the caller turns a failure into an exception.
#pragma once

#include <cstdint>
#include <string_view>

namespace taipan::syntax {

enum class FailureKind : uint8_t {
    None,
    SyntaxError,
    IndentationError,
    TabError,
    IncompleteInput, // _IncompleteInputError, only when ParseOptions::allow_incomplete_input
    MemoryError,     // nested too deeply for the parser
    RecursionError,
    UnicodeError, // the source is not valid UTF-8; reported by CPython as a SyntaxError with `message`
    OverflowError,
    ValueError,
    Raised, // the sink raised: the exception is already set by the caller's own means
};

// A line or an offset that is None in the exception.
constexpr int32_t NO_POSITION = INT32_MIN;

struct SyntaxFailure {
    FailureKind kind = FailureKind::None;
    std::string_view message;
    // As SyntaxError's attributes: lines and offsets from 1, offsets in characters; -1 is what CPython reports as -1.
    int32_t lineno = 0;
    int32_t offset = 0;
    int32_t end_lineno = 0;
    int32_t end_offset = 0;
    // The same columns in UTF-8 bytes from 0.
    int32_t byte_offset = 0;
    int32_t end_byte_offset = 0;
    std::string_view line;      // the source line, with its newline
    bool has_line = false;      // false: SyntaxError.text is what the caller reads from the file, or None
    bool after_parsing = false; // the text is right, there is only too much of it
    bool has_file = true;       // false: SyntaxError.filename is None

    explicit operator bool() const { return kind != FailureKind::None; }
};

enum class WarningCategory : uint8_t { SyntaxWarning, DeprecationWarning };

struct SyntaxWarningReport {
    WarningCategory category = WarningCategory::SyntaxWarning;
    std::string_view message;
    int32_t lineno = 0;
    int32_t col_offset = 0; // UTF-8 bytes from 0
    int32_t end_lineno = 0;
    int32_t end_col_offset = 0;
};

// What the sink wants after a warning.
enum class WarningAnswer : uint8_t {
    Continue,
    BecomeSyntaxError, // a filter made it an error: report the same message as a SyntaxError here
    Raised,            // the sink raised something else: stop, FailureKind::Raised
};

class Diagnostics {
public:
    virtual WarningAnswer warn(const SyntaxWarningReport& report) { return WarningAnswer::Continue; }

protected:
    ~Diagnostics() = default;
};

} // namespace taipan::syntax
