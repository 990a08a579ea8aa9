// _codecs: the registry and the native codecs as functions (text, errors) -> (result, length consumed).
#include "base/small_buffer.h"
#include "objects/abstract.h"
#include "objects/codec_errors.h"
#include "objects/module.h"
#include "objects/native.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

#include <cstdio>

namespace taipan {

namespace {

/// An errors argument: None and nothing mean strict. The text lives as long as the str.
Result<const char*> errors_of(Thread& t, const NoneOr<Str>& errors) {
    if (!errors) return static_cast<const char*>(nullptr);
    return TRY(str_utf8(t, errors.value())).data();
}

Result<Ref<Object>> pair(Thread& t, Ref<Object> result, intptr_t consumed) {
    Ref<Int> length = TRY(int_from(t, consumed));
    Object* items[] = {result.release(), length.release()};
    return tuple_from_array_steal(t, items, 2);
}
template <class T> Result<Ref<Object>> encoded(Thread& t, Result<Ref<T>> result, Borrowed<Str> text) {
    Ref<Object> bytes = TRY(std::move(result));
    return pair(t, std::move(bytes), text->length);
}

Result<void> register_(Thread& t, Borrowed<Object> search) { return codec_register(t, search); }
Result<void> unregister(Thread& t, Borrowed<Object> search) { return codec_unregister(t, search); }
Result<Ref<Object>> lookup(Thread& t, std::string_view encoding) { return codec_lookup(t, encoding); }
Result<void> register_error(Thread& t, std::string_view name, Borrowed<Object> handler) { return codec_register_error(t, name, handler); }
Result<Ref<Object>> lookup_error(Thread& t, Borrowed<Str> name) { return codec_lookup_error(t, TRY(str_utf8(t, name)).data()); }
Result<bool> unregister_error(Thread& t, std::string_view name) { return codec_unregister_error(t, name); }

Result<Ref<Object>> encode(Thread& t, Borrowed<Object> object, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    const char* name = encoding ? TRY(str_utf8(t, encoding.value())).data() : "utf-8";
    return codec_encode(t, object, name, TRY(errors_of(t, NoneOr<Str>(errors.get()))));
}
Result<Ref<Object>> decode(Thread& t, Borrowed<Object> object, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    const char* name = encoding ? TRY(str_utf8(t, encoding.value())).data() : "utf-8";
    return codec_decode(t, object, name, TRY(errors_of(t, NoneOr<Str>(errors.get()))));
}

// Encoders

#define SIMPLE_ENCODER(name, call)                                                                                                         \
    Result<Ref<Object>> name(Thread& t, Borrowed<Str> text, NoneOr<Str> errors_text) {                                                     \
        const char* errors = TRY(errors_of(t, errors_text));                                                                               \
        (void)errors;                                                                                                                      \
        return encoded(t, call, text);                                                                                                     \
    }
SIMPLE_ENCODER(utf_8_encode, encode_utf8(t, text, errors))
SIMPLE_ENCODER(utf_7_encode, encode_utf7(t, text, errors))
SIMPLE_ENCODER(utf_16_le_encode, encode_utf16(t, text, errors, -1))
SIMPLE_ENCODER(utf_16_be_encode, encode_utf16(t, text, errors, 1))
SIMPLE_ENCODER(utf_32_le_encode, encode_utf32(t, text, errors, -1))
SIMPLE_ENCODER(utf_32_be_encode, encode_utf32(t, text, errors, 1))
SIMPLE_ENCODER(unicode_escape_encode, encode_unicode_escape(t, text))
SIMPLE_ENCODER(raw_unicode_escape_encode, encode_raw_unicode_escape(t, text))
SIMPLE_ENCODER(latin_1_encode, encode_latin1(t, text, errors))
SIMPLE_ENCODER(ascii_encode, encode_ascii(t, text, errors))
#undef SIMPLE_ENCODER
Result<Ref<Object>> utf_16_encode(Thread& t, Borrowed<Str> text, NoneOr<Str> errors, int order) {
    return encoded(t, encode_utf16(t, text, TRY(errors_of(t, errors)), order), text);
}
Result<Ref<Object>> utf_32_encode(Thread& t, Borrowed<Str> text, NoneOr<Str> errors, int order) {
    return encoded(t, encode_utf32(t, text, TRY(errors_of(t, errors)), order), text);
}
Result<Ref<Object>> charmap_encode(Thread& t, Borrowed<Str> text, NoneOr<Str> errors, NoneOr<Object> mapping) {
    return encoded(t, encode_charmap(t, text, mapping ? mapping.get() : None(), TRY(errors_of(t, errors))), text);
}
Result<Ref<Object>> readbuffer_encode(Thread& t, Borrowed<Object> data, NoneOr<Str> errors) {
    if (is<Str>(data.get())) {
        std::string_view view = TRY(str_utf8(t, static_cast<Str*>(data.get())));
        Ref<Object> bytes = TRY(bytes_from(t, view));
        return pair(t, std::move(bytes), static_cast<intptr_t>(view.size()));
    }
    BufferView view;
    TRY(view.acquire(t, data.get()));
    Ref<Object> bytes = TRY(bytes_from(t, view.view()));
    return pair(t, std::move(bytes), static_cast<intptr_t>(view.size()));
}

// Decoders

#define PARTIAL_DECODER(name, function)                                                                                                    \
    Result<Ref<Object>> name(Thread& t, const BufferView& data, NoneOr<Str> errors, bool final) {                                          \
        intptr_t consumed = static_cast<intptr_t>(data.size());                                                                            \
        Ref<Object> text = TRY(function(t, data.view(), TRY(errors_of(t, errors)), final ? nullptr : &consumed));                          \
        return pair(t, std::move(text), consumed);                                                                                         \
    }
PARTIAL_DECODER(utf_8_decode, decode_utf8)
PARTIAL_DECODER(utf_7_decode, decode_utf7)
#undef PARTIAL_DECODER
template <auto Function, int Order> Result<Ref<Object>> wide_decode(Thread& t, const BufferView& data, NoneOr<Str> errors, bool final) {
    intptr_t consumed = static_cast<intptr_t>(data.size());
    int order = Order;
    Ref<Object> text = TRY(Function(t, data.view(), TRY(errors_of(t, errors)), &order, final ? nullptr : &consumed));
    return pair(t, std::move(text), consumed);
}
template <auto Function>
Result<Ref<Object>> wide_decode_ex(Thread& t, const BufferView& data, NoneOr<Str> errors, int byteorder, bool final) {
    intptr_t consumed = static_cast<intptr_t>(data.size());
    int order = byteorder;
    Ref<Object> text = TRY(Function(t, data.view(), TRY(errors_of(t, errors)), &order, final ? nullptr : &consumed));
    Ref<Int> length = TRY(int_from(t, consumed));
    Ref<Int> found = TRY(int_from(t, order));
    return tuple_pack(t, text, length, found);
}
template <auto Function> Result<Ref<Object>> escape_text_decode(Thread& t, Borrowed<Object> data, NoneOr<Str> errors, bool final) {
    std::string_view input;
    BufferView view;
    if (is<Str>(data.get())) {
        input = TRY(str_utf8(t, static_cast<Str*>(data.get())));
    } else {
        TRY(view.acquire(t, data.get()));
        input = view.view();
    }
    intptr_t consumed = static_cast<intptr_t>(input.size());
    Ref<Object> text = TRY(Function(t, input, TRY(errors_of(t, errors)), final ? nullptr : &consumed));
    return pair(t, std::move(text), consumed);
}
Result<Ref<Object>> latin_1_decode(Thread& t, const BufferView& data, NoneOr<Str>) {
    Ref<Object> text = TRY(decode_latin1(t, data.view()));
    return pair(t, std::move(text), static_cast<intptr_t>(data.size()));
}
Result<Ref<Object>> ascii_decode(Thread& t, const BufferView& data, NoneOr<Str> errors) {
    Ref<Object> text = TRY(decode_ascii(t, data.view(), TRY(errors_of(t, errors))));
    return pair(t, std::move(text), static_cast<intptr_t>(data.size()));
}
Result<Ref<Object>> charmap_decode(Thread& t, const BufferView& data, NoneOr<Str> errors, NoneOr<Object> mapping) {
    Ref<Object> text = TRY(decode_charmap(t, data.view(), mapping.get(), TRY(errors_of(t, errors))));
    return pair(t, std::move(text), static_cast<intptr_t>(data.size()));
}
Result<Ref<Object>> charmap_build_(Thread& t, Borrowed<Str> map) { return charmap_build(t, map); }

// Escapes of bytes literals

Result<Ref<Object>> escape_encode(Thread& t, Borrowed<Bytes> data, NoneOr<Str>) {
    base::SmallBuffer<char, 256> out;
    for (char c : data->view()) {
        switch (c) {
        case '\\':
        case '\'': out.push('\\'), out.push(c); continue;
        case '\t': out.append("\\t", 2); continue;
        case '\n': out.append("\\n", 2); continue;
        case '\r': out.append("\\r", 2); continue;
        default: break;
        }
        if (c >= ' ' && c < 0x7f) {
            out.push(c);
            continue;
        }
        char text[8];
        out.append(text, static_cast<size_t>(snprintf(text, sizeof text, "\\x%02x", static_cast<uint8_t>(c))));
    }
    if (out.failed()) return raise_memory_error(t);
    Ref<Object> bytes = TRY(bytes_from(t, {out.data(), out.size()}));
    return pair(t, std::move(bytes), data->size);
}

Result<Ref<Object>> escape_decode(Thread& t, Borrowed<Object> data, NoneOr<Str> errors_text) {
    std::string_view in;
    BufferView view;
    if (is<Str>(data.get())) {
        in = TRY(str_utf8(t, static_cast<Str*>(data.get())));
    } else {
        TRY(view.acquire(t, data.get()));
        in = view.view();
    }
    const char* errors = TRY(errors_of(t, errors_text));
    ErrorHandler kind = error_handler_kind(errors);
    int invalid = -1;
    base::SmallBuffer<char, 256> out;
    auto hex = [](char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; };
    for (size_t i = 0; i < in.size();) {
        char c = in[i++];
        if (c != '\\') {
            out.push(c);
            continue;
        }
        if (i == in.size()) return raise(t, exc::ValueError, "Trailing \\ in string");
        size_t start = i - 1;
        switch (c = in[i++]) {
        case '\n': break;
        case '\\':
        case '\'':
        case '"': out.push(c); break;
        case 'b': out.push('\b'); break;
        case 'f': out.push('\f'); break;
        case 't': out.push('\t'); break;
        case 'n': out.push('\n'); break;
        case 'r': out.push('\r'); break;
        case 'v': out.push('\v'); break;
        case 'a': out.push('\a'); break;
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7': {
            int value = c - '0';
            for (int k = 0; k < 2 && i < in.size() && in[i] >= '0' && in[i] <= '7'; ++k) value = value * 8 + (in[i++] - '0');
            if (value > 0377 && invalid < 0) invalid = value;
            out.push(static_cast<char>(value));
            break;
        }
        case 'x':
            if (i + 1 < in.size() && hex(in[i]) >= 0 && hex(in[i + 1]) >= 0) {
                out.push(static_cast<char>(hex(in[i]) * 16 + hex(in[i + 1])));
                i += 2;
                break;
            }
            if (i < in.size() && hex(in[i]) >= 0) ++i;
            if (kind == ErrorHandler::Strict)
                return raise(t, exc::ValueError, "invalid \\x escape at position %d", static_cast<int64_t>(start));
            if (kind == ErrorHandler::Replace) out.push('?');
            else if (kind != ErrorHandler::Ignore)
                return raise(t, exc::ValueError, "decoding error; unknown error handling code: %.400s", errors);
            break;
        default:
            if (invalid < 0) invalid = static_cast<uint8_t>(c);
            out.push('\\');
            out.push(c);
        }
    }
    TRY(warn_invalid_escape(t, invalid, "b"));
    if (out.failed()) return raise_memory_error(t);
    Ref<Object> bytes = TRY(bytes_from(t, {out.data(), out.size()}));
    return pair(t, std::move(bytes), static_cast<intptr_t>(in.size()));
}

#define CODEC(name)                                                                                                                        \
    fn<name##_encode>(#name "_encode", "($module, str, errors=None, /)"),                                                                  \
        fn<name##_decode>(#name "_decode", "($module, data, errors=None, /)")
const NativeDef functions[] = {
    fn<register_>("register", "($module, search_function, /)",
                  "Register a codec search function: it takes a lower-case name and returns a CodecInfo or None."),
    fn<unregister>("unregister", "($module, search_function, /)", "Take back a search function and forget what it found."),
    fn<lookup>("lookup", "($module, encoding, /)", "The CodecInfo of an encoding."),
    fn<encode>("encode", "($module, obj, encoding='utf-8', errors='strict')", "The object encoded by a codec."),
    fn<decode>("decode", "($module, obj, encoding='utf-8', errors='strict')", "The object decoded by a codec."),
    fn<register_error>("register_error", "($module, errors, handler, /)",
                       "Register an error handler: it takes an exception and returns (replacement, position)."),
    fn<unregister_error>("_unregister_error", "($module, errors, /)", "Take back an error handler; whether there was one."),
    fn<lookup_error>("lookup_error", "($module, name, /)", "The error handler of a name."),
    fn<escape_encode>("escape_encode", "($module, data, errors=None, /)"),
    fn<escape_decode>("escape_decode", "($module, data, errors=None, /)"),
    fn<readbuffer_encode>("readbuffer_encode", "($module, data, errors=None, /)"),
    fn<utf_8_encode>("utf_8_encode", "($module, str, errors=None, /)"),
    fn<utf_8_decode>("utf_8_decode", "($module, data, errors=None, final=False, /)"),
    fn<utf_7_encode>("utf_7_encode", "($module, str, errors=None, /)"),
    fn<utf_7_decode>("utf_7_decode", "($module, data, errors=None, final=False, /)"),
    fn<utf_16_encode>("utf_16_encode", "($module, str, errors=None, byteorder=0, /)"),
    fn<utf_16_le_encode>("utf_16_le_encode", "($module, str, errors=None, /)"),
    fn<utf_16_be_encode>("utf_16_be_encode", "($module, str, errors=None, /)"),
    fn<wide_decode<decode_utf16, 0>>("utf_16_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode<decode_utf16, -1>>("utf_16_le_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode<decode_utf16, 1>>("utf_16_be_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode_ex<decode_utf16>>("utf_16_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)"),
    fn<utf_32_encode>("utf_32_encode", "($module, str, errors=None, byteorder=0, /)"),
    fn<utf_32_le_encode>("utf_32_le_encode", "($module, str, errors=None, /)"),
    fn<utf_32_be_encode>("utf_32_be_encode", "($module, str, errors=None, /)"),
    fn<wide_decode<decode_utf32, 0>>("utf_32_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode<decode_utf32, -1>>("utf_32_le_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode<decode_utf32, 1>>("utf_32_be_decode", "($module, data, errors=None, final=False, /)"),
    fn<wide_decode_ex<decode_utf32>>("utf_32_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)"),
    fn<unicode_escape_encode>("unicode_escape_encode", "($module, str, errors=None, /)"),
    fn<escape_text_decode<decode_unicode_escape>>("unicode_escape_decode", "($module, data, errors=None, final=True, /)"),
    fn<raw_unicode_escape_encode>("raw_unicode_escape_encode", "($module, str, errors=None, /)"),
    fn<escape_text_decode<decode_raw_unicode_escape>>("raw_unicode_escape_decode", "($module, data, errors=None, final=True, /)"),
    CODEC(latin_1),
    CODEC(ascii),
    fn<charmap_encode>("charmap_encode", "($module, str, errors=None, mapping=None, /)"),
    fn<charmap_decode>("charmap_decode", "($module, data, errors=None, mapping=None, /)"),
    fn<charmap_build_>("charmap_build", "($module, map, /)"),
};

} // namespace

extern const ModuleSpec codecs_module;
const ModuleSpec codecs_module = {.name = "_codecs", .functions = functions};

} // namespace taipan
