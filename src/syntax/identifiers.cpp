#include "syntax/identifiers.h"

namespace taipan::syntax {

bool is_identifier_start(uint32_t c) {
    if (c < 128) return char_is((int)c, CHAR_NAME_START);
    return c != 0xa0 && c != 0x20ac && !(c >= 0x2000 && c < 0x2070);
}

bool is_identifier_continue(uint32_t c) { return c < 128 ? char_is((int)c, CHAR_NAME) : is_identifier_start(c); }

bool is_printable(uint32_t c) { return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c <= 0xa0) && c != 0xad; }

std::string_view normalize_identifier(base::Arena&, std::string_view text) { return text; }

} // namespace taipan::syntax
