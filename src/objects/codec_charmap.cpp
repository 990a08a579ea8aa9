// Character maps: str.translate and the charmap codec, which the 8-bit encodings are written with.
#include "base/small_buffer.h"
#include "objects/abstract.h"
#include "objects/codec_errors.h"
#include "objects/dict.h"
#include "objects/exceptions.h"
#include "objects/int.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

namespace taipan {

/// mapping[number]; nothing when it has no such key (LookupError).
static ResultMaybe<Object> look_up(Thread& t, Borrowed<Object> mapping, uint32_t number) {
    Ref<Int> key = TRY(int_from(t, number));
    if (is_exact<Dict>(mapping.get())) return dict_get(t, static_cast<Dict*>(mapping.get()), key);
    auto found = get_item(t, mapping, key);
    if (found.is_error()) {
        if (!clear_if(t, exc::LookupError)) return Error{};
        return MaybeRef<Object>();
    }
    return MaybeRef<Object>(found.take());
}

Result<Ref<Object>> str_translate(Thread& t, Borrowed<Str> text, Borrowed<Object> table) {
    StrBuilder out(t);
    TRY(out.reserve(text->length));
    intptr_t n = text->length;
    // ASCII characters are asked for once; 0xfe: not known yet, 0xff: needs the table, 0x80: left out.
    uint8_t known[128];
    __builtin_memset(known, 0xfe, sizeof known);
    const uint8_t* ascii = text->is_ascii() ? static_cast<const uint8_t*>(text->data()) : nullptr;
    for (intptr_t i = 0; i < n; ++i) {
        if (ascii) { // a run of known ones at a time
            uint8_t run[256];
            size_t length = 0;
            while (i < n && length < sizeof run && known[ascii[i]] <= 0x80) {
                uint8_t replacement = known[ascii[i++]];
                run[length] = replacement;
                length += replacement < 0x80;
            }
            if (length) TRY(out.append_ascii({reinterpret_cast<char*>(run), length}));
            if (i == n) break;
        }
        uint32_t c = text->at(i);
        if (c < 128 && known[c] <= 0x80) {
            if (known[c] < 128) TRY(out.append_char(known[c]));
            continue;
        }
        MaybeRef<Object> found = TRY(look_up(t, table, c));
        auto remember = [&](uint32_t result) {
            if (c < 128) known[c] = result < 128 ? static_cast<uint8_t>(result) : 0xff;
        };
        if (!found) {
            remember(c);
            TRY(out.append_char(c));
            continue;
        }
        if (is_none(found.get())) {
            if (c < 128) known[c] = 0x80;
            continue;
        }
        if (is<Int>(found.get())) {
            int64_t number;
            if (!int_fits_int64(static_cast<Int*>(found.get()), &number) || number < 0 || number > 0x10ffff)
                return raise(t, exc::ValueError, "character mapping must be in range(0x110000)");
            remember(static_cast<uint32_t>(number));
            TRY(out.append_char(static_cast<uint32_t>(number)));
            continue;
        }
        if (!is<Str>(found.get())) return raise(t, exc::TypeError, "character mapping must return integer, None or str");
        auto* replacement = static_cast<Str*>(found.get());
        if (replacement->length == 1) remember(replacement->at(0));
        TRY(out.append(replacement));
    }
    return out.finish();
}

Result<Ref<Str>> decode_charmap(Thread& t, std::string_view bytes, Object* mapping, const char* errors) {
    if (!mapping || is_none(mapping)) return decode_latin1(t, bytes);
    StrBuilder out(t);
    DecodeErrors handler(t, "charmap", bytes, errors, out);
    const char* reason = "character maps to <undefined>";
    for (size_t i = 0; i < handler.input.size();) {
        auto byte = static_cast<uint8_t>(handler.input[i]);
        if (is_exact<Str>(mapping)) {
            auto* table = static_cast<Str*>(mapping);
            uint32_t c = byte < table->length ? table->at(byte) : 0xfffe;
            if (c == 0xfffe) {
                i = TRY(handler.handle(i, i + 1, reason));
                continue;
            }
            TRY(out.append_char(c));
            ++i;
            continue;
        }
        MaybeRef<Object> found = TRY(look_up(t, mapping, byte));
        bool undefined = !found || is_none(found.get());
        if (!undefined && is<Int>(found.get())) {
            int64_t number;
            if (!int_fits_int64(static_cast<Int*>(found.get()), &number) || number < 0 || number > 0x10ffff)
                return raise(t, exc::TypeError, "character mapping must be in range(0x%x)", 0x110000);
            if (number == 0xfffe) undefined = true;
            else TRY(out.append_char(static_cast<uint32_t>(number)));
        } else if (!undefined && is<Str>(found.get())) {
            auto* text = static_cast<Str*>(found.get());
            if (text->length == 1 && text->at(0) == 0xfffe) undefined = true;
            else TRY(out.append(text));
        } else if (!undefined) {
            return raise(t, exc::TypeError, "character mapping must return integer, None or str");
        }
        if (undefined) i = TRY(handler.handle(i, i + 1, reason));
        else ++i;
    }
    return out.finish();
}

namespace {

using ByteBuffer = base::SmallBuffer<uint8_t, 256>;

/// Appends what the mapping gives for a character; false: undefined.
Result<bool> encode_one(Thread& t, Borrowed<Object> mapping, uint32_t c, ByteBuffer& out) {
    MaybeRef<Object> found = TRY(look_up(t, mapping, c));
    if (!found || is_none(found.get())) return false;
    if (is<Int>(found.get())) {
        int64_t number;
        if (!int_fits_int64(static_cast<Int*>(found.get()), &number) || number < 0 || number > 255)
            return raise(t, exc::TypeError, "character mapping must be in range(256)");
        out.push(static_cast<uint8_t>(number));
        return true;
    }
    if (!is<Bytes>(found.get()))
        return raise(t, exc::TypeError, "character mapping must return integer, bytes or None, not %.400T", found.get());
    std::string_view view = static_cast<Bytes*>(found.get())->view();
    out.append(reinterpret_cast<const uint8_t*>(view.data()), view.size());
    return true;
}

} // namespace

Result<Ref<Bytes>> encode_charmap(Thread& t, Borrowed<Str> text, Borrowed<Object> mapping, const char* errors) {
    if (is_none(mapping.get())) return encode_latin1(t, text, errors);
    ByteBuffer out, probe;
    EncodeErrors handler(t, "charmap", text, errors);
    const char* reason = "character maps to <undefined>";
    for (intptr_t i = 0; i < text->length;) {
        bool defined = TRY(encode_one(t, mapping, text->at(i), out));
        if (defined) {
            ++i;
            continue;
        }
        intptr_t end = i + 1;
        for (; end < text->length; ++end) {
            bool more = TRY(encode_one(t, mapping, text->at(end), probe));
            if (more) break;
        }
        EncodeErrors::Fix fix = TRY(handler.handle(i, end, reason));
        if (fix.replacement && is<Bytes>(fix.replacement.get())) {
            std::string_view view = static_cast<Bytes*>(fix.replacement.get())->view();
            out.append(reinterpret_cast<const uint8_t*>(view.data()), view.size());
        } else if (fix.replacement) {
            auto* replacement = static_cast<Str*>(fix.replacement.get());
            for (intptr_t k = 0; k < replacement->length; ++k) {
                bool ok = TRY(encode_one(t, mapping, replacement->at(k), out));
                if (!ok) return handler.raise(i, end, reason);
            }
        }
        i = fix.resume;
    }
    if (out.failed()) return raise_memory_error(t);
    return bytes_from(t, {reinterpret_cast<const char*>(out.data()), out.size()});
}

Result<Ref<Object>> charmap_build(Thread& t, Borrowed<Str> table) {
    Ref<Dict> map = TRY(dict_new(t, table->length));
    for (intptr_t i = 0; i < table->length && i < 256; ++i) {
        uint32_t c = table->at(i);
        if (c == 0xfffe) continue;
        Ref<Int> key = TRY(int_from(t, c));
        Ref<Int> value = TRY(int_from(t, i));
        TRY(dict_set(t, map, key, value));
    }
    return map;
}

} // namespace taipan
