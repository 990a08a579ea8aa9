// UTF-7 (RFC 2152): ASCII with stretches of base 64 between '+' and '-'.
#include "base/small_buffer.h"
#include "base/utf8.h"
#include "objects/codec_errors.h"
#include "objects/exceptions.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"

namespace taipan {

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_base64(uint32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}
static uint32_t from_base64(uint32_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : 63;
}
/// Set D, set O and white space are written as they are; '+', '\\' and '~' never, nor is NUL.
static bool encodes_directly(uint32_t c) {
    if (c >= 128) return false;
    if (c == '+' || c == '\\' || c == '~') return false;
    return c >= ' ' ? c != 0x7f : c == '\t' || c == '\n' || c == '\r';
}
static bool decodes_directly(uint32_t c) { return c <= 127 && c != '+'; }

Result<Ref<Bytes>> encode_utf7(Thread& t, Borrowed<Str> text, const char*) {
    base::SmallBuffer<char, 256> out;
    bool shifted = false;
    uint64_t buffer = 0;
    unsigned bits = 0;
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (shifted && encodes_directly(c)) {
            if (bits) out.push(alphabet[(buffer << (6 - bits)) & 0x3f]);
            buffer = bits = 0;
            shifted = false;
            if (is_base64(c) || c == '-') out.push('-');
            out.push(static_cast<char>(c));
            continue;
        }
        if (!shifted) {
            if (c == '+') {
                out.append("+-", 2);
                continue;
            }
            if (encodes_directly(c)) {
                out.push(static_cast<char>(c));
                continue;
            }
            out.push('+');
            shifted = true;
        }
        if (c >= 0x10000) {
            buffer = (buffer << 16) | (0xd800 + ((c - 0x10000) >> 10));
            for (bits += 16; bits >= 6; bits -= 6) out.push(alphabet[(buffer >> (bits - 6)) & 0x3f]);
            buffer &= 0x3f;
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        buffer = (buffer << 16) | c;
        for (bits += 16; bits >= 6; bits -= 6) out.push(alphabet[(buffer >> (bits - 6)) & 0x3f]);
        buffer &= 0x3f;
    }
    if (bits) out.push(alphabet[(buffer << (6 - bits)) & 0x3f]);
    if (shifted) out.push('-');
    if (out.failed()) return raise_memory_error(t);
    return bytes_from(t, {out.data(), out.size()});
}

Result<Ref<Str>> decode_utf7(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed) {
    StrBuilder out(t);
    DecodeErrors handler(t, "utf7", bytes, errors, out);
    size_t i = 0, shift_start = 0;
    intptr_t shift_length = 0; // of the output when the stretch began
    bool shifted = false;
    uint64_t buffer = 0;
    unsigned bits = 0;
    uint32_t surrogate = 0;
    while (true) {
        while (i < handler.input.size()) {
            auto c = static_cast<uint8_t>(handler.input[i]);
            if (shifted) {
                if (is_base64(c)) {
                    buffer = (buffer << 6) | from_base64(c);
                    bits += 6;
                    ++i;
                    if (bits < 16) continue;
                    auto unit = static_cast<uint32_t>(buffer >> (bits - 16)) & 0xffff;
                    bits -= 16;
                    buffer &= (uint64_t{1} << bits) - 1;
                    if (surrogate) {
                        if (base::is_low_surrogate(unit)) {
                            TRY(out.append_char(base::join_surrogates(surrogate, unit)));
                            surrogate = 0;
                            continue;
                        }
                        TRY(out.append_char(surrogate));
                        surrogate = 0;
                    }
                    if (base::is_high_surrogate(unit)) surrogate = unit;
                    else TRY(out.append_char(unit));
                    continue;
                }
                shifted = false; // the end of the stretch
                const char* reason = nullptr;
                if (bits > 0) {
                    if (bits >= 6) reason = "partial character in shift sequence";
                    else if (buffer != 0) reason = "non-zero padding bits in base64 sequence";
                }
                if (reason) {
                    surrogate = 0;
                    size_t end = i + 1;
                    bits = 0;
                    buffer = 0;
                    i = TRY(handler.handle(shift_start, end, reason));
                    continue;
                }
                if (surrogate && decodes_directly(c)) TRY(out.append_char(surrogate));
                surrogate = 0;
                if (c == '-') ++i;
                bits = 0;
                buffer = 0;
                continue;
            }
            if (c == '+') {
                shift_start = i++;
                if (i < handler.input.size() && handler.input[i] == '-') {
                    ++i;
                    TRY(out.append_char('+'));
                } else if (i < handler.input.size() && !is_base64(static_cast<uint8_t>(handler.input[i]))) {
                    ++i;
                    i = TRY(handler.handle(shift_start, i, "ill-formed sequence"));
                } else {
                    shifted = true;
                    surrogate = 0;
                    shift_length = out.length();
                    bits = 0;
                    buffer = 0;
                }
                continue;
            }
            if (decodes_directly(c)) {
                ++i;
                TRY(out.append_char(c));
                continue;
            }
            i = TRY(handler.handle(i, i + 1, "unexpected special character"));
        }
        if (!shifted || consumed) break;
        // The input ends inside of a stretch.
        shifted = false;
        if (!surrogate && bits < 6 && !(bits > 0 && buffer != 0)) break;
        surrogate = 0;
        i = TRY(handler.handle(shift_start, handler.input.size(), "unterminated shift sequence"));
    }
    if (consumed) {
        if (shifted) {
            *consumed = static_cast<intptr_t>(shift_start);
            if (out.length() > shift_length) TRY(out.truncate(shift_length));
        } else {
            *consumed = static_cast<intptr_t>(i);
        }
    }
    return out.finish();
}

} // namespace taipan
