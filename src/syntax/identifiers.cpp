#include "syntax/identifiers.h"

#include "base/arena.h"
#include "base/normalize.h"
#include "base/unicode.h"

namespace taipan::syntax {

bool is_identifier_start(uint32_t c) { return c == '_' || base::unicode::is_xid_start(c); }

bool is_identifier_continue(uint32_t c) { return base::unicode::is_xid_continue(c); }

bool is_printable(uint32_t c) { return base::unicode::is_printable(c); }

std::string_view normalize_identifier(base::Arena& arena, std::string_view text) {
    auto* points = arena.make_array<uint32_t>(text.size());
    size_t count = 0;
    for (const char* p = text.data(); p < text.data() + text.size();) points[count++] = decode_one(p);
    using namespace base::unicode;
    if (quick_check(NormalForm::NFKC, points, count) == QuickCheck::Yes) return text;
    char *buffer = nullptr, *out = nullptr;
    {
        // Memory of its own, which must not be jumped over.
        CodePoints normal;
        if (nfkc(points, count, normal) && base::attempt([&] { buffer = (char*)arena.allocate(normal.size() * 4, 1); })) {
            out = buffer;
            for (size_t i = 0; i < normal.size(); i++) out = encode_one(out, normal.data()[i]);
        }
    }
    if (!buffer) base::memory_exhausted();
    return {buffer, (size_t)(out - buffer)};
}

} // namespace taipan::syntax
