// Source files are bytes: their encoding is declared by a BOM or by a comment in the first two lines (PEP 263).
#pragma once

#include "base/arena.h"
#include "syntax/diagnostics.h"

#include <cstdint>
#include <string_view>

namespace taipan::syntax {

enum class DeclaredEncoding : uint8_t {
    Honour, // bytes: what a BOM or cookie says
    Ignore, // str was given: UTF-8 whatever it says (PyCF_IGNORE_COOKIE)
};

enum class DecodeStatus : uint8_t {
    Ok,
    NeedsCodec, // `encoding` is not one that is decoded here; decode `body` with it and parse the result. If that
                // raises, it is a SyntaxError with the exception's text (or "unknown encoding: X"), lineno 0 and offset
                // -1
    Failed,     // see `failure`
};

struct DecodedSource {
    DecodeStatus status = DecodeStatus::Ok;
    std::string_view text;     // UTF-8
    std::string_view encoding; // normalised name ("utf-8", "iso-8859-1", …); "utf-8" when none is declared
    std::string_view body;     // the bytes without a BOM
    SyntaxFailure failure;
};

// UTF-8, Latin-1 and ASCII are decoded here. The result may point into `bytes`.
DecodedSource decode_source(base::Arena& arena, std::string_view bytes, DeclaredEncoding declared);

// '\n' as the only line end, one at the end of the text if asked for, and a zero behind it.
std::string_view normalize_newlines(base::Arena& arena, std::string_view source, bool end_with_newline);

} // namespace taipan::syntax
