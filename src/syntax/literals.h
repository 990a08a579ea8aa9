// Values of number and string tokens.
#pragma once

#include "base/arena.h"
#include "syntax/constant.h"
#include "syntax/diagnostics.h"

#include <cstdint>
#include <string_view>

namespace taipan::syntax {

enum class LiteralError : uint8_t { None, TooManyDigits, Message };

struct NumberResult {
    ConstantValue value;
    LiteralError error = LiteralError::None;
    uint32_t digits = 0; // with TooManyDigits
};

// A NUMBER token's text, underscores and all. `max_digits` is sys.get_int_max_str_digits(), 0 for no limit.
NumberResult parse_number(base::Arena& arena, std::string_view text, int max_digits);

// An escape that means nothing, or an octal one beyond \377.
struct BadEscape {
    const char* at = nullptr; // the backslash, in the source
    int size = 0;             // 2, or 4 for an octal escape; 0: none
};

struct DecodeResult {
    std::string_view text;
    std::string_view error; // "(unicode error) …"; empty: fine
    BadEscape first_bad_escape;
};

// The inside of a str literal: (W)UTF-8 source with escapes to WTF-8.
DecodeResult decode_str_escapes(base::Arena& arena, std::string_view body);
// The inside of a bytes literal, ASCII with escapes.
DecodeResult decode_bytes_escapes(base::Arena& arena, std::string_view body);

// What a STRING token's prefix says.
struct StringPrefix {
    bool bytes = false;
    bool raw = false;
    bool unicode = false; // u''
    std::string_view body;
};
StringPrefix split_string(std::string_view token);

} // namespace taipan::syntax
