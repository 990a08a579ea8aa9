// unicode_escape and raw_unicode_escape: text with the escapes of Python's literals.
#include "base/small_buffer.h"
#include "base/unicode_names.h"
#include "objects/abstract.h"
#include "objects/codec_errors.h"
#include "objects/exceptions.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"

#include <cstdio>

namespace taipan {

using ByteBuffer = base::SmallBuffer<char, 256>;

static Result<Ref<Bytes>> to_bytes_object(Thread& t, const ByteBuffer& out) {
    if (out.failed()) return raise_memory_error(t);
    return bytes_from(t, {out.data(), out.size()});
}
static void put_hex(ByteBuffer& out, const char* format, uint32_t c) {
    char text[16];
    out.append(text, static_cast<size_t>(snprintf(text, sizeof text, format, c)));
}

Result<Ref<Bytes>> encode_unicode_escape(Thread& t, Borrowed<Str> text) {
    ByteBuffer out;
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c == '\\') out.append("\\\\", 2);
        else if (c == '\t') out.append("\\t", 2);
        else if (c == '\n') out.append("\\n", 2);
        else if (c == '\r') out.append("\\r", 2);
        else if (c >= ' ' && c < 0x7f) out.push(static_cast<char>(c));
        else put_hex(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
    return to_bytes_object(t, out);
}
Result<Ref<Bytes>> encode_raw_unicode_escape(Thread& t, Borrowed<Str> text) {
    ByteBuffer out;
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c < 0x100) out.push(static_cast<char>(c));
        else put_hex(out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
    return to_bytes_object(t, out);
}

static int hex_value(uint8_t c) {
    if (c - '0' < 10u) return c - '0';
    c |= 32;
    return c - 'a' < 6u ? c - 'a' + 10 : -1;
}

/// "\N{name}": the character, or 0xffffffff if the name is unknown.
static uint32_t character_named(std::string_view name) {
    uint32_t out[base::unicode::max_sequence];
    size_t n = base::unicode::lookup_name(name.data(), name.size(), base::unicode::Sequences::Exclude, out);
    return n == 1 ? out[0] : UINT32_MAX;
}

Result<void> warn_invalid_escape(Thread& t, int invalid, const char* prefix) {
    if (invalid < 0) return {};
    if (invalid < 256)
        return warn(t, exc::DeprecationWarning, 1, "%s\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. ",
                    prefix, static_cast<uint32_t>(invalid));
    char octal[8];
    snprintf(octal, sizeof octal, "%o", static_cast<unsigned>(invalid));
    return warn(t, exc::DeprecationWarning, 1,
                "%s\"\\%s\" is an invalid octal escape sequence. Such sequences will not work in the future. ", prefix, octal);
}

Result<Ref<Str>> decode_unicode_escape(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed) {
    StrBuilder out(t);
    DecodeErrors handler(t, "unicodeescape", bytes, errors, out);
    size_t i = 0;
    bool partial = consumed != nullptr;
    int invalid = -1; // the first escape that means nothing: a character, or an octal value above 0377
    while (i < handler.input.size()) {
        std::string_view in = handler.input;
        auto at = [&](size_t k) { return static_cast<uint8_t>(in[k]); };
        size_t run = in.find('\\', i);
        if (run == std::string_view::npos) run = in.size();
        for (; i < run; ++i) TRY(out.append_char(at(i)));
        if (i == in.size()) break;
        size_t start = i++;
        if (i == in.size()) {
            if (partial) {
                i = start;
                break;
            }
            i = TRY(handler.handle(start, in.size(), "\\ at end of string"));
            continue;
        }
        uint8_t c = at(i++);
        int digits = 0;
        const char* message = nullptr;
        switch (c) {
        case '\n': continue;
        case '\\':
        case '\'':
        case '"': TRY(out.append_char(c)); continue;
        case 'b': TRY(out.append_char('\b')); continue;
        case 'f': TRY(out.append_char('\f')); continue;
        case 't': TRY(out.append_char('\t')); continue;
        case 'n': TRY(out.append_char('\n')); continue;
        case 'r': TRY(out.append_char('\r')); continue;
        case 'v': TRY(out.append_char('\v')); continue;
        case 'a': TRY(out.append_char('\a')); continue;
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7': {
            uint32_t value = c - '0';
            for (int k = 0; k < 2 && i < in.size() && at(i) >= '0' && at(i) <= '7'; ++k) value = value * 8 + (at(i++) - '0');
            if (value > 0377 && invalid < 0) invalid = static_cast<int>(value);
            TRY(out.append_char(value));
            continue;
        }
        case 'x': digits = 2, message = "truncated \\xXX escape"; break;
        case 'u': digits = 4, message = "truncated \\uXXXX escape"; break;
        case 'U': digits = 8, message = "truncated \\UXXXXXXXX escape"; break;
        case 'N': {
            message = "malformed \\N character escape";
            if (i < in.size() && at(i) == '{') {
                size_t close = in.find('}', i);
                if (close == std::string_view::npos && partial) {
                    i = start;
                    goto finished;
                }
                if (close != std::string_view::npos && close > i + 1) {
                    uint32_t found = character_named(in.substr(i + 1, close - i - 1));
                    if (found != UINT32_MAX) {
                        TRY(out.append_char(found));
                        i = close + 1;
                        continue;
                    }
                    i = TRY(handler.handle(start, close + 1, "unknown Unicode character name"));
                    continue;
                }
                size_t end = close == std::string_view::npos ? in.size() : close + 1;
                i = TRY(handler.handle(start, end, message));
                continue;
            }
            if (partial && i == in.size()) {
                i = start;
                goto finished;
            }
            i = TRY(handler.handle(start, i, message));
            continue;
        }
        default:
            if (invalid < 0) invalid = c;
            TRY(out.append_char('\\'));
            TRY(out.append_char(c));
            continue;
        }
        uint32_t value = 0;
        int k = 0;
        for (; k < digits && i < in.size() && hex_value(at(i)) >= 0; ++k) value = value * 16 + static_cast<uint32_t>(hex_value(at(i++)));
        if (k < digits) {
            if (partial && i == in.size()) {
                i = start;
                break;
            }
            i = TRY(handler.handle(start, i, message));
            continue;
        }
        if (value > 0x10ffff) {
            i = TRY(handler.handle(start, i, "illegal Unicode character"));
            continue;
        }
        TRY(out.append_char(value));
    }
finished:
    TRY(warn_invalid_escape(t, invalid, ""));
    if (consumed) *consumed = static_cast<intptr_t>(i);
    return out.finish();
}

Result<Ref<Str>> decode_raw_unicode_escape(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed) {
    StrBuilder out(t);
    DecodeErrors handler(t, "rawunicodeescape", bytes, errors, out);
    size_t i = 0;
    while (i < handler.input.size()) {
        std::string_view in = handler.input;
        auto at = [&](size_t k) { return static_cast<uint8_t>(in[k]); };
        if (at(i) != '\\') {
            TRY(out.append_char(at(i++)));
            continue;
        }
        if (i + 1 >= in.size()) {
            if (consumed) break;
            TRY(out.append_char('\\'));
            ++i;
            continue;
        }
        size_t start = i;
        uint8_t c = at(i + 1);
        if (c != 'u' && c != 'U') {
            TRY(out.append_char('\\'));
            TRY(out.append_char(c));
            i += 2;
            continue;
        }
        i += 2;
        int digits = c == 'u' ? 4 : 8, k = 0;
        uint32_t value = 0;
        for (; k < digits && i < in.size() && hex_value(at(i)) >= 0; ++k) value = value * 16 + static_cast<uint32_t>(hex_value(at(i++)));
        if (k < digits) {
            if (consumed && i == in.size()) {
                i = start;
                break;
            }
            i = TRY(handler.handle(start, i, c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape"));
            continue;
        }
        if (value > 0x10ffff) {
            i = TRY(handler.handle(start, i, "\\Uxxxxxxxx out of range"));
            continue;
        }
        TRY(out.append_char(value));
    }
    if (consumed) *consumed = static_cast<intptr_t>(i);
    return out.finish();
}

} // namespace taipan
