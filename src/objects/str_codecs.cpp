// The codecs that need no tables: utf-8, latin-1, ascii, utf-16, utf-32, and str.encode and bytes.decode on top of them.
#include "objects/str_codecs.h"

#include "base/small_buffer.h"
#include "base/utf8.h"
#include "objects/abstract.h"
#include "objects/codec_errors.h"
#include "objects/native.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

#include <cstring>
#include <optional>

namespace taipan {

namespace {

using ByteBuffer = base::SmallBuffer<uint8_t, 256>;

Result<Ref<Bytes>> to_bytes_object(Thread& t, const ByteBuffer& out) {
    if (out.failed()) return raise_memory_error(t);
    return bytes_from(t, {reinterpret_cast<const char*>(out.data()), out.size()});
}

// Decoding: scan and decode stretches, treat errors between them.

template <class Scan, class Decode>
Result<Ref<Str>> decode_with(Thread& t, const char* encoding, std::string_view bytes, const char* errors, intptr_t* consumed, size_t start,
                             Scan scan, Decode decode) {
    StrBuilder out(t);
    DecodeErrors handler(t, encoding, bytes, errors, out);
    size_t at = start;
    while (at < handler.input.size()) {
        auto* data = reinterpret_cast<const uint8_t*>(handler.input.data()) + at;
        base::DecodeScan found = scan(data, handler.input.size() - at);
        if (found.consumed) {
            Ref<Str> piece = TRY(decode(data, found));
            if (at == start && out.length() == 0 && found.consumed == handler.input.size() - start) {
                if (consumed) *consumed = static_cast<intptr_t>(handler.input.size());
                return piece;
            }
            TRY(out.append(piece.get()));
            at += found.consumed;
        }
        if (!found.reason) break; // the end, or what is incomplete there
        at = TRY(handler.handle(at, at + (found.error_end - found.consumed), found.reason));
    }
    if (consumed) *consumed = static_cast<intptr_t>(at);
    return out.finish();
}

/// A str of the scanned prefix, written by `write(data pointer of the right width)`.
template <class Write> Result<Ref<Str>> write_scanned(Thread& t, const base::DecodeScan& scan, Write write) {
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(scan.length), scan.max_char));
    void* data = str_mutable_data(text.get());
    if (scan.length) switch (text->kind()) {
        case 1: write(static_cast<uint8_t*>(data)); break;
        case 2: write(static_cast<uint16_t*>(data)); break;
        default: write(static_cast<uint32_t*>(data));
        }
    if (scan.length == 1 && text->at(0) < 256) return str_from_char(t, text->at(0));
    return text;
}

// Encoding: errors are rare, so a first pass tries the whole text.

template <class Put>
Result<void> put_replacement(Thread& t, EncodeErrors& handler, const EncodeErrors::Fix& fix, ByteBuffer& out, intptr_t start, intptr_t end,
                             const char* reason, size_t unit, Put put) {
    if (!fix.replacement) return {};
    if (is<Bytes>(fix.replacement.get())) {
        std::string_view view = static_cast<Bytes*>(fix.replacement.get())->view();
        if (view.size() % unit) return handler.raise(start, end, reason);
        out.append(reinterpret_cast<const uint8_t*>(view.data()), view.size());
        return {};
    }
    auto* text = static_cast<Str*>(fix.replacement.get());
    for (intptr_t i = 0; i < text->length; ++i)
        if (!put(text->at(i))) return handler.raise(start, end, reason);
    return {};
}

/// One byte a character, up to `limit`.
Result<Ref<Bytes>> encode_narrow(Thread& t, Borrowed<Str> text, const char* errors, uint32_t limit, const char* encoding,
                                 const char* reason) {
    ByteBuffer out;
    EncodeErrors handler(t, encoding, text, errors);
    intptr_t n = text->length;
    auto put = [&](uint32_t c) {
        if (c >= limit) return false;
        out.push(static_cast<uint8_t>(c));
        return true;
    };
    for (intptr_t i = 0; i < n;) {
        uint32_t c = text->at(i);
        if (c < limit) {
            out.push(static_cast<uint8_t>(c));
            ++i;
            continue;
        }
        intptr_t end = i + 1;
        while (end < n && text->at(end) >= limit) ++end;
        EncodeErrors::Fix fix = TRY(handler.handle(i, end, reason));
        TRY(put_replacement(t, handler, fix, out, i, end, reason, 1, put));
        i = fix.resume;
    }
    return to_bytes_object(t, out);
}

/// utf-8, utf-16 and utf-32: all but lone surrogates can be encoded.
template <class Put>
Result<void> encode_wide(Thread& t, Borrowed<Str> text, const char* errors, const char* encoding, ByteBuffer& out, size_t unit,
                         Put put_char) {
    EncodeErrors handler(t, encoding, text, errors);
    intptr_t n = text->length;
    const char* reason = "surrogates not allowed";
    auto put = [&](uint32_t c) {
        if (c >= 0x80) return false; // replacements are ASCII
        put_char(c);
        return true;
    };
    for (intptr_t i = 0; i < n;) {
        uint32_t c = text->at(i);
        if (!base::is_surrogate(c)) {
            put_char(c);
            ++i;
            continue;
        }
        intptr_t end = i + 1; // utf-8 treats a run at once, the others one by one
        while (unit == 1 && end < n && base::is_surrogate(text->at(end))) ++end;
        EncodeErrors::Fix fix = TRY(handler.handle(i, end, reason));
        TRY(put_replacement(t, handler, fix, out, i, end, reason, unit, put));
        i = fix.resume;
    }
    return {};
}

} // namespace

Result<Ref<Bytes>> encode_utf8(Thread& t, Borrowed<Str> text, const char* errors) {
    if (LIKELY(text->is_ascii())) return bytes_from(t, text->ascii_view());
    auto n = static_cast<size_t>(text->length);
    base::EncodeScan scan = with_chars(text.get(), [&](auto* data) { return base::utf8_size(data, n); });
    if (LIKELY(scan.position == n)) {
        Ref<Bytes> result = TRY(bytes_alloc(t, static_cast<intptr_t>(scan.size)));
        with_chars(text.get(), [&](auto* data) { base::encode_utf8(data, n, reinterpret_cast<uint8_t*>(result->data)); });
        return result;
    }
    ByteBuffer out;
    TRY(encode_wide(t, text, errors, "utf-8", out, 1, [&](uint32_t c) {
        uint8_t units[4];
        out.append(units, static_cast<size_t>(base::put_utf8(units, c) - units));
    }));
    return to_bytes_object(t, out);
}

Result<Ref<Bytes>> encode_latin1(Thread& t, Borrowed<Str> text, const char* errors) {
    if (LIKELY(text->kind() == 1)) return bytes_from(t, {reinterpret_cast<const char*>(text->data8()), static_cast<size_t>(text->length)});
    return encode_narrow(t, text, errors, 256, "latin-1", "ordinal not in range(256)");
}
Result<Ref<Bytes>> encode_ascii(Thread& t, Borrowed<Str> text, const char* errors) {
    if (LIKELY(text->is_ascii())) return bytes_from(t, text->ascii_view());
    return encode_narrow(t, text, errors, 128, "ascii", "ordinal not in range(128)");
}

Result<Ref<Bytes>> encode_utf16(Thread& t, Borrowed<Str> text, const char* errors, int order) {
    const char* encoding = order < 0 ? "utf-16-le" : order > 0 ? "utf-16-be" : "utf-16";
    bool big = order > 0;
    ByteBuffer out;
    auto unit = [&](uint32_t u) {
        out.push(static_cast<uint8_t>(big ? u >> 8 : u));
        out.push(static_cast<uint8_t>(big ? u : u >> 8));
    };
    if (order == 0) unit(0xfeff);
    TRY(encode_wide(t, text, errors, encoding, out, 2, [&](uint32_t c) {
        if (c < 0x10000) return unit(c);
        unit(0xd800 + ((c - 0x10000) >> 10));
        unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    }));
    return to_bytes_object(t, out);
}
Result<Ref<Bytes>> encode_utf32(Thread& t, Borrowed<Str> text, const char* errors, int order) {
    const char* encoding = order < 0 ? "utf-32-le" : order > 0 ? "utf-32-be" : "utf-32";
    ByteBuffer out;
    auto unit = [&](uint32_t c) {
        for (int i = 0; i < 4; ++i) out.push(static_cast<uint8_t>(c >> (order > 0 ? 24 - 8 * i : 8 * i)));
    };
    if (order == 0) unit(0xfeff);
    TRY(encode_wide(t, text, errors, encoding, out, 4, unit));
    return to_bytes_object(t, out);
}

Result<Ref<Str>> decode_utf8(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (LIKELY(base::is_ascii(data, bytes.size()))) {
        if (consumed) *consumed = static_cast<intptr_t>(bytes.size());
        return str_from_utf8(t, bytes);
    }
    return decode_with(
        t, "utf-8", bytes, errors, consumed, 0,
        [&](const uint8_t* p, size_t n) {
            base::DecodeScan scan = base::scan_utf8(p, n, base::Surrogates::Reject, consumed ? base::Input::Partial : base::Input::Final);
            // The beginning of a surrogate at the end waits for the rest, which "surrogatepass" takes as a whole.
            const uint8_t* rest = p + scan.consumed;
            if (consumed && scan.reason && n - scan.consumed == 2 && rest[0] == 0xed && rest[1] >= 0xa0 && rest[1] <= 0xbf)
                scan.reason = nullptr;
            return scan;
        },
        [&](const uint8_t* p, const base::DecodeScan& scan) {
            return write_scanned(t, scan, [&](auto* out) { base::decode_utf8(p, scan.consumed, out); });
        });
}
Result<Ref<Str>> decode_latin1(Thread& t, std::string_view bytes) {
    return str_from_latin1(t, reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<intptr_t>(bytes.size()));
}
Result<Ref<Str>> decode_ascii(Thread& t, std::string_view bytes, const char* errors) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (LIKELY(base::is_ascii(data, bytes.size()))) return str_from_utf8(t, bytes);
    StrBuilder out(t);
    DecodeErrors handler(t, "ascii", bytes, errors, out);
    for (size_t i = 0; i < handler.input.size();) {
        auto* p = reinterpret_cast<const uint8_t*>(handler.input.data());
        size_t n = base::ascii_prefix(p + i, handler.input.size() - i);
        TRY(out.append_ascii(handler.input.substr(i, n)));
        i += n;
        if (i < handler.input.size()) i = TRY(handler.handle(i, i + 1, "ordinal not in range(128)"));
    }
    return out.finish();
}

Result<Ref<Str>> decode_utf16(Thread& t, std::string_view bytes, const char* errors, int* order, intptr_t* consumed) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    int found = order ? *order : 0;
    size_t start = 0;
    if (found == 0 && bytes.size() >= 2) {
        if (data[0] == 0xff && data[1] == 0xfe) found = -1, start = 2;
        else if (data[0] == 0xfe && data[1] == 0xff) found = 1, start = 2;
    }
    if (order) *order = found;
    const char* encoding = found > 0 ? "utf-16-be" : "utf-16-le";
    auto byte_order = found > 0 ? base::ByteOrder::Big : base::ByteOrder::Little;
    if (start == bytes.size() && consumed) *consumed = static_cast<intptr_t>(start);
    return decode_with(
        t, encoding, bytes, errors, consumed, start,
        [&](const uint8_t* p, size_t n) {
            return base::scan_utf16(p, n, byte_order, consumed ? base::Input::Partial : base::Input::Final);
        },
        [&](const uint8_t* p, const base::DecodeScan& scan) {
            return write_scanned(t, scan, [&](auto* out) { base::decode_utf16(p, scan.consumed, byte_order, out); });
        });
}
Result<Ref<Str>> decode_utf32(Thread& t, std::string_view bytes, const char* errors, int* order, intptr_t* consumed) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    int found = order ? *order : 0;
    size_t start = 0;
    if (found == 0 && bytes.size() >= 4) {
        if (memcmp(data, "\xff\xfe\0\0", 4) == 0) found = -1, start = 4;
        else if (memcmp(data, "\0\0\xfe\xff", 4) == 0) found = 1, start = 4;
    }
    if (order) *order = found;
    const char* encoding = found > 0 ? "utf-32-be" : "utf-32-le";
    auto byte_order = found > 0 ? base::ByteOrder::Big : base::ByteOrder::Little;
    return decode_with(
        t, encoding, bytes, errors, consumed, start,
        [&](const uint8_t* p, size_t n) {
            return base::scan_utf32(p, n, byte_order, consumed ? base::Input::Partial : base::Input::Final);
        },
        [&](const uint8_t* p, const base::DecodeScan& scan) {
            return write_scanned(t, scan, [&](auto* out) { base::decode_utf32(p, scan.consumed, byte_order, out); });
        });
}

Result<Ref<Str>> str_decode_utf8(Thread& t, std::string_view bytes, const char* errors) { return decode_utf8(t, bytes, errors, nullptr); }
Result<Ref<Str>> str_decode_fs(Thread& t, std::string_view bytes) { return decode_utf8(t, bytes, "surrogateescape", nullptr); }

namespace {

enum class Known { None, Utf8, Utf16, Utf32, Latin1, Ascii };
Known known_encoding(const char* name) {
    if (!name) return Known::Utf8;
    char lower[12];
    size_t n = 0;
    for (; name[n]; ++n) {
        if (n + 1 >= sizeof lower) return Known::None;
        char c = name[n];
        lower[n] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' || c == ' ' ? '_' : c;
    }
    std::string_view text(lower, n);
    if (text.starts_with("utf")) {
        text.remove_prefix(3);
        if (text.starts_with("_")) text.remove_prefix(1);
        return text == "8" ? Known::Utf8 : text == "16" ? Known::Utf16 : text == "32" ? Known::Utf32 : Known::None;
    }
    if (text == "ascii" || text == "us_ascii") return Known::Ascii;
    if (text == "latin1" || text == "latin_1" || text == "iso_8859_1" || text == "iso8859_1") return Known::Latin1;
    return Known::None;
}

/// The codec, which must be a text encoding.
Result<Ref<Object>> text_codec(Thread& t, const char* encoding, const char* alternative) {
    Ref<Object> codec = TRY(codec_lookup(t, encoding));
    if (!is_exact<Tuple>(codec.get())) {
        MaybeRef<Object> flag = TRY(get_attribute_optional(t, codec, names::_is_text_encoding));
        if (flag) {
            bool is_text = TRY(is_true(t, flag.get()));
            if (!is_text)
                return raise(t, exc::LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding,
                             alternative);
        }
    }
    return codec;
}
Result<Ref<Object>> run_codec(Thread& t, Borrowed<Object> codec, int which, Borrowed<Object> object, const char* encoding,
                              const char* errors) {
    auto* functions = static_cast<Tuple*>(codec.get());
    Ref<Object> function = acquire(functions->items[which]);
    Ref<Str> handler = TRY(str_from_utf8(t, errors ? errors : "strict"));
    auto outcome = errors ? call(t, function, object, handler) : call(t, function, object);
    if (outcome.is_error()) {
        // A note says which codec failed, as the traceback may not show it.
        MaybeRef<Object> raised = t.take_exception();
        if (raised) {
            Ref<Object> error = raised.take();
            if (is<BaseException>(error.get())) {
                auto note = str_format(t, "%s with '%s' codec failed", which == 0 ? "encoding" : "decoding", encoding);
                if (!note.is_error()) {
                    auto added = call_method(t, error, names::add_note, note.take());
                    if (added.is_error()) t.clear_exception();
                }
            }
            (void)t.set_exception(std::move(error));
        }
        return Error{};
    }
    Ref<Object> result = outcome.take();
    auto* pair = try_as<Tuple>(result.get());
    if (!pair || pair->size != 2)
        return raise(t, exc::TypeError,
                     which == 0 ? "encoder must return a tuple (object, integer)" : "decoder must return a tuple (object,integer)");
    return acquire(pair->items[0]);
}

} // namespace

Result<Ref<Object>> codec_encode(Thread& t, Borrowed<Object> object, const char* encoding, const char* errors) {
    Ref<Object> codec = TRY(codec_lookup(t, encoding));
    return run_codec(t, codec, 0, object, encoding, errors);
}
Result<Ref<Object>> codec_decode(Thread& t, Borrowed<Object> object, const char* encoding, const char* errors) {
    Ref<Object> codec = TRY(codec_lookup(t, encoding));
    return run_codec(t, codec, 1, object, encoding, errors);
}

bool g_check_codec_names = false;

namespace {
/// In the development mode names are looked up even where they would not be needed.
COLD Result<void> check_codec_names(Thread& t, const char* encoding, const char* errors) {
    if (encoding && known_encoding(encoding) == Known::None) (void)TRY(codec_lookup(t, encoding));
    if (errors && strcmp(errors, "strict")) (void)TRY(codec_lookup_error(t, errors));
    return {};
}
} // namespace

Result<Ref<Object>> str_encode(Thread& t, Borrowed<Str> text, const char* encoding, const char* errors) {
    if (UNLIKELY(g_check_codec_names)) TRY(check_codec_names(t, encoding, errors));
    switch (known_encoding(encoding)) {
    case Known::Utf8: return encode_utf8(t, text, errors);
    case Known::Utf16: return encode_utf16(t, text, errors, 0);
    case Known::Utf32: return encode_utf32(t, text, errors, 0);
    case Known::Latin1: return encode_latin1(t, text, errors);
    case Known::Ascii: return encode_ascii(t, text, errors);
    case Known::None: break;
    }
    Ref<Object> codec = TRY(text_codec(t, encoding, "codecs.encode()"));
    Ref<Object> result = TRY(run_codec(t, codec, 0, text, encoding, errors));
    if (is<Bytes>(result.get())) return result;
    if (is<ByteArray>(result.get())) {
        TRY(warn(t, exc::RuntimeWarning, 1,
                 "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types", encoding));
        return bytes_from(t, static_cast<ByteArray*>(result.get())->view());
    }
    return raise(t, exc::TypeError,
                 "'%.400s' encoder returned '%.400T' instead of 'bytes'; use codecs.encode() to encode to arbitrary types", encoding,
                 result);
}

Result<Ref<Object>> str_decode(Thread& t, Borrowed<Object> source, const char* encoding, const char* errors) {
    if (UNLIKELY(g_check_codec_names)) TRY(check_codec_names(t, encoding, errors));
    std::string_view bytes;
    std::optional<CriticalSection> section; // so that nobody else meets the export of a moment
    BufferView view;
    if (LIKELY(is<Bytes>(source.get()))) {
        bytes = static_cast<Bytes*>(source.get())->view();
    } else {
        if (is<Str>(source.get())) return raise(t, exc::TypeError, "decoding str is not supported");
        if (!source->type->as_buffer || !source->type->as_buffer->get)
            return raise(t, exc::TypeError, "decoding to str: need a bytes-like object, %.80T found", source);
        section.emplace(t, source.get());
        TRY(view.acquire(t, source.get()));
        bytes = view.view();
    }
    switch (known_encoding(encoding)) {
    case Known::Utf8: return decode_utf8(t, bytes, errors, nullptr);
    case Known::Utf16: return decode_utf16(t, bytes, errors, nullptr, nullptr);
    case Known::Utf32: return decode_utf32(t, bytes, errors, nullptr, nullptr);
    case Known::Latin1: return decode_latin1(t, bytes);
    case Known::Ascii: return decode_ascii(t, bytes, errors);
    case Known::None: break;
    }
    Ref<Object> codec = TRY(text_codec(t, encoding, "codecs.decode()"));
    MaybeRef<Object> object;
    if (is<Bytes>(source.get())) object = source.share();
    else object = TRY(bytes_from(t, bytes));
    Ref<Object> result = TRY(run_codec(t, codec, 1, object.get(), encoding, errors));
    if (is<Str>(result.get())) return result;
    return raise(t, exc::TypeError, "'%.400s' decoder returned '%.400T' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                 encoding, result);
}

} // namespace taipan
