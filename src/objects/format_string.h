// Parsing of format strings, shared by str.format and the _string module.
#pragma once

#include "objects/str.h"

namespace taipan {

class StrBuilder;

/// A stretch of literal text and the replacement field behind it; all numbers are positions in the string.
struct FormatPiece {
    intptr_t literal_start = 0, literal_end = 0;
    bool has_field = false, spec_has_fields = false;
    intptr_t name_start = 0, name_end = 0, spec_start = 0, spec_end = 0;
    uint32_t conversion = 0;
};
/// The next piece from `*position` on, which is advanced; call while it is below `end`.
Result<FormatPiece> format_next(Thread& t, const Str* text, intptr_t* position, intptr_t end);

struct AutoNumber {
    enum State : uint8_t { Undecided, Automatic, Manual } state = Undecided;
    intptr_t next = 0;
};
/// The first part of a field name ends at `first_end`; `index` is its number or -1 when it is a key.
struct FieldName {
    intptr_t first_end = 0, index = -1;
};
Result<FieldName> field_first(Thread& t, const Str* text, intptr_t start, intptr_t end, AutoNumber* numbering);

/// ".name" or "[key]" of a field name; `index` is the key's number or -1.
struct FieldPart {
    bool is_attribute = false;
    intptr_t start = 0, end = 0, index = -1;
};
/// False at the end of the name.
Result<bool> field_rest(Thread& t, const Str* text, intptr_t* position, intptr_t end, FieldPart* part);

/// Appends format(value, spec); a null spec means the empty one.
Result<void> append_formatted(Thread& t, StrBuilder& out, Borrowed<Object> value, Str* spec);

} // namespace taipan
