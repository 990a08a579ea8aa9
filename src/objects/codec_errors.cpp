#include "objects/codec_errors.h"

#include "base/small_buffer.h"
#include "base/unicode_names.h"
#include "base/utf8.h"
#include "objects/abstract.h"
#include "objects/exceptions.h"
#include "objects/int.h"
#include "objects/native.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

#include <cstdio>
#include <cstring>

namespace taipan {

static const char* const handler_names[] = {"strict",      "ignore",          "replace",      "backslashreplace", "xmlcharrefreplace",
                                            "namereplace", "surrogateescape", "surrogatepass"};

ErrorHandler error_handler_kind(const char* errors) {
    if (!errors) return ErrorHandler::Strict;
    for (size_t i = 0; i < std::size(handler_names); ++i)
        if (strcmp(errors, handler_names[i]) == 0) return static_cast<ErrorHandler>(i);
    return ErrorHandler::Other;
}

namespace {

/// The encodings that surrogatepass knows.
enum class Standard { Unknown, Utf8, Utf16Le, Utf16Be, Utf32Le, Utf32Be };
Standard standard_encoding(const char* name, int* width) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
    if (lower(name[0]) == 'u' && lower(name[1]) == 't' && lower(name[2]) == 'f') {
        name += 3;
        if (*name == '-' || *name == '_') ++name;
        bool is16 = strncmp(name, "16", 2) == 0, is32 = strncmp(name, "32", 2) == 0;
        if (is16 || is32) {
            name += 2;
            *width = is16 ? 2 : 4;
            if (*name == 0) return is16 ? Standard::Utf16Le : Standard::Utf32Le; // native order
            if (*name == '-' || *name == '_') ++name;
            if (lower(name[1]) == 'e' && name[2] == 0) {
                if (lower(name[0]) == 'b') return is16 ? Standard::Utf16Be : Standard::Utf32Be;
                if (lower(name[0]) == 'l') return is16 ? Standard::Utf16Le : Standard::Utf32Le;
            }
        } else if (name[0] == '8' && name[1] == 0) {
            *width = 3;
            return Standard::Utf8;
        }
    }
    return Standard::Unknown;
}

void put_unit(char* out, uint32_t c, Standard encoding) {
    auto byte = [](uint32_t v) { return static_cast<char>(v); };
    switch (encoding) {
    case Standard::Utf8: out[0] = byte(0xe0 | (c >> 12)), out[1] = byte(0x80 | ((c >> 6) & 0x3f)), out[2] = byte(0x80 | (c & 0x3f)); break;
    case Standard::Utf16Le: out[0] = byte(c), out[1] = byte(c >> 8); break;
    case Standard::Utf16Be: out[0] = byte(c >> 8), out[1] = byte(c); break;
    case Standard::Utf32Le: out[0] = byte(c), out[1] = byte(c >> 8), out[2] = byte(c >> 16), out[3] = byte(c >> 24); break;
    case Standard::Utf32Be: out[3] = byte(c), out[2] = byte(c >> 8), out[1] = byte(c >> 16), out[0] = byte(c >> 24); break;
    case Standard::Unknown: break;
    }
}
uint32_t get_unit(const uint8_t* in, Standard encoding) {
    switch (encoding) {
    case Standard::Utf8:
        if ((in[0] & 0xf0) != 0xe0 || (in[1] & 0xc0) != 0x80 || (in[2] & 0xc0) != 0x80) return 0;
        return (in[0] & 15u) << 12 | (in[1] & 0x3fu) << 6 | (in[2] & 0x3fu);
    case Standard::Utf16Le: return in[0] | in[1] << 8;
    case Standard::Utf16Be: return in[1] | in[0] << 8;
    case Standard::Utf32Le: return in[0] | in[1] << 8 | in[2] << 16 | static_cast<uint32_t>(in[3]) << 24;
    case Standard::Utf32Be: return in[3] | in[2] << 8 | in[1] << 16 | static_cast<uint32_t>(in[0]) << 24;
    case Standard::Unknown: break;
    }
    return 0;
}

Result<void> append_escape(StrBuilder& out, uint32_t c) {
    char text[16];
    int n = snprintf(text, sizeof text, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    return out.append_ascii({text, static_cast<size_t>(n)});
}

/// The replacement of text[start:end] by a builtin handler of the encoding side; nothing: it gives up.
ResultMaybe<Object> encode_replacement(Thread& t, ErrorHandler kind, const Str* text, intptr_t start, intptr_t* end_pointer,
                                       const char* encoding) {
    intptr_t& end = *end_pointer;
    StrBuilder out(t);
    switch (kind) {
    case ErrorHandler::Ignore: return MaybeRef<Object>(str_empty());
    case ErrorHandler::Replace: TRY(out.append_repeated('?', end - start)); break;
    case ErrorHandler::BackslashReplace:
        for (intptr_t i = start; i < end; ++i) TRY(append_escape(out, text->at(i)));
        break;
    case ErrorHandler::XmlCharRefReplace:
        for (intptr_t i = start; i < end; ++i) {
            char buffer[16];
            int n = snprintf(buffer, sizeof buffer, "&#%u;", text->at(i));
            TRY(out.append_ascii({buffer, static_cast<size_t>(n)}));
        }
        break;
    case ErrorHandler::NameReplace: {
        for (intptr_t i = start; i < end; ++i) {
            char name[base::unicode::max_name];
            size_t n = base::unicode::character_name(text->at(i), name);
            if (!n) {
                TRY(append_escape(out, text->at(i)));
                continue;
            }
            TRY(out.append_ascii("\\N{"));
            TRY(out.append_ascii({name, n}));
            TRY(out.append_char('}'));
        }
        break;
    }
    case ErrorHandler::SurrogateEscape: {
        base::SmallBuffer<char, 64> bytes;
        for (intptr_t i = start; i < end; ++i) {
            uint32_t c = text->at(i);
            if (c < 0xdc80 || c > 0xdcff) {
                if (i == start) return MaybeRef<Object>();
                end = i;
                break;
            }
            bytes.push(static_cast<char>(c - 0xdc00));
        }
        if (bytes.failed()) return raise_memory_error(t);
        return MaybeRef<Object>(TRY(bytes_from(t, {bytes.data(), bytes.size()})));
    }
    case ErrorHandler::SurrogatePass: {
        int width = 0;
        Standard standard = standard_encoding(encoding, &width);
        if (standard == Standard::Unknown) return MaybeRef<Object>();
        base::SmallBuffer<char, 64> bytes;
        for (intptr_t i = start; i < end; ++i) {
            uint32_t c = text->at(i);
            if (!base::is_surrogate(c)) return MaybeRef<Object>();
            char unit[4];
            put_unit(unit, c, standard);
            bytes.append(unit, static_cast<size_t>(width));
        }
        if (bytes.failed()) return raise_memory_error(t);
        return MaybeRef<Object>(TRY(bytes_from(t, {bytes.data(), bytes.size()})));
    }
    case ErrorHandler::Strict:
    case ErrorHandler::Other: return MaybeRef<Object>();
    }
    return MaybeRef<Object>(TRY(out.finish()));
}

/// The decoding side: writes what stands for input[start:end] and returns where to go on; `start` itself: it gives up.
Result<size_t> decode_replacement(Thread& t, ErrorHandler kind, std::string_view input, size_t start, size_t end, const char* encoding,
                                  StrBuilder& out) {
    auto* bytes = reinterpret_cast<const uint8_t*>(input.data());
    switch (kind) {
    case ErrorHandler::Ignore: return end;
    case ErrorHandler::Replace: TRY(out.append_char(0xfffd)); return end;
    case ErrorHandler::BackslashReplace:
        for (size_t i = start; i < end; ++i) {
            char text[8];
            snprintf(text, sizeof text, "\\x%02x", bytes[i]);
            TRY(out.append_ascii(text));
        }
        return end;
    case ErrorHandler::SurrogateEscape: {
        size_t i = start;
        for (; i < end && i < start + 4 && bytes[i] >= 0x80; ++i) TRY(out.append_char(0xdc00u + bytes[i]));
        return i;
    }
    case ErrorHandler::SurrogatePass: {
        int width = 0;
        Standard standard = standard_encoding(encoding, &width);
        if (standard == Standard::Unknown || input.size() - start < static_cast<size_t>(width)) return start;
        uint32_t c = get_unit(bytes + start, standard);
        if (!base::is_surrogate(c)) return start;
        TRY(out.append_char(c));
        return start + static_cast<size_t>(width);
    }
    default: return start;
    }
}

/// Checks a handler's (replacement, position) and puts the position into [0, size].
Result<intptr_t> unpack_result(Thread& t, Borrowed<Object> result, intptr_t size, bool bytes_allowed, Object** replacement) {
    const char* message =
        bytes_allowed ? "encoding error handler must return (str/bytes, int) tuple" : "decoding error handler must return (str, int) tuple";
    auto* tuple = try_as<Tuple>(result.get());
    if (!tuple || tuple->size != 2 || !is<Int>(tuple->items[1]) ||
        !(is<Str>(tuple->items[0]) || (bytes_allowed && is<Bytes>(tuple->items[0]))))
        return raise(t, exc::TypeError, "%s", message);
    int64_t position;
    if (!int_fits_int64(static_cast<Int*>(tuple->items[1]), &position))
        return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    int64_t shown = position;
    if (position < 0) position += size;
    if (position < 0 || position > size) return raise(t, exc::IndexError, "position %d from error handler out of bounds", shown);
    *replacement = tuple->items[0];
    return position;
}

} // namespace

Result<size_t> DecodeErrors::handle(size_t start, size_t end, const char* reason) {
    if (m_kind != ErrorHandler::Other) {
        size_t resume = TRY(decode_replacement(m_thread, m_kind, input, start, end, m_encoding, m_out));
        if (resume != start) return resume;
        (void)raise_unicode_decode_error(m_thread, m_encoding, input, static_cast<intptr_t>(start), static_cast<intptr_t>(end), reason);
        if (m_kind == ErrorHandler::XmlCharRefReplace || m_kind == ErrorHandler::NameReplace) {
            MaybeRef<Object> error = m_thread.take_exception();
            return taipan::raise(m_thread, exc::TypeError, "don't know how to handle %.200T in error callback", error);
        }
        return Error{};
    }
    if (!m_callback) m_callback = TRY(codec_lookup_error(m_thread, m_errors));
    (void)raise_unicode_decode_error(m_thread, m_encoding, input, static_cast<intptr_t>(start), static_cast<intptr_t>(end), reason);
    MaybeRef<Object> raised = m_thread.take_exception();
    Ref<Object> error = raised.take();
    Ref<Object> result = TRY(call(m_thread, m_callback.share().take(), error));
    // The handler may have put other input into the exception.
    Object* object = static_cast<UnicodeErrorObject*>(error.get())->object;
    if (!object || !is<Bytes>(object)) return taipan::raise(m_thread, exc::TypeError, "UnicodeError 'object' attribute must be a bytes");
    auto* bytes = static_cast<Bytes*>(object);
    Object* replacement = nullptr;
    intptr_t position = TRY(unpack_result(m_thread, result, bytes->size, false, &replacement));
    TRY(m_out.append(static_cast<Str*>(replacement)));
    m_owner = acquire(object);
    input = bytes->view();
    return static_cast<size_t>(position);
}

Error EncodeErrors::raise(intptr_t start, intptr_t end, const char* reason) {
    return raise_unicode_encode_error(m_thread, m_encoding, m_text, start, end, reason);
}

Result<EncodeErrors::Fix> EncodeErrors::handle(intptr_t start, intptr_t end, const char* reason) {
    if (m_kind != ErrorHandler::Other) {
        intptr_t resume = end;
        MaybeRef<Object> replacement = TRY(encode_replacement(m_thread, m_kind, m_text.get(), start, &resume, m_encoding));
        if (!replacement) return raise(start, end, reason);
        return Fix{std::move(replacement), resume};
    }
    if (!m_callback) m_callback = TRY(codec_lookup_error(m_thread, m_errors));
    (void)raise(start, end, reason);
    MaybeRef<Object> raised = m_thread.take_exception();
    Ref<Object> error = raised.take();
    Ref<Object> result = TRY(call(m_thread, m_callback.share().take(), error));
    Object* replacement = nullptr;
    intptr_t position = TRY(unpack_result(m_thread, result, m_text->length, true, &replacement));
    return Fix{acquire(replacement), position};
}

// The handlers as functions of an exception.

Result<Ref<Tuple>> run_error_handler(Thread& t, ErrorHandler kind, Borrowed<Object> object) {
    bool encoding = is<BaseException>(object.get()) && is_subtype(object->type, &exc::UnicodeEncodeError);
    bool decoding = is<BaseException>(object.get()) && is_subtype(object->type, &exc::UnicodeDecodeError);
    bool translating = is<BaseException>(object.get()) && is_subtype(object->type, &exc::UnicodeTranslateError);
    if (kind == ErrorHandler::Strict) {
        if (!is<BaseException>(object.get())) return raise(t, exc::TypeError, "codec must pass exception instance");
        return raise_instance(t, object.share());
    }
    bool supported = encoding || (decoding && kind != ErrorHandler::XmlCharRefReplace && kind != ErrorHandler::NameReplace) ||
                     (translating && kind != ErrorHandler::XmlCharRefReplace && kind != ErrorHandler::NameReplace &&
                      kind != ErrorHandler::SurrogateEscape && kind != ErrorHandler::SurrogatePass);
    if (!supported) return raise(t, exc::TypeError, "don't know how to handle %.200T in error callback", object);
    auto* error = static_cast<UnicodeErrorObject*>(static_cast<BaseException*>(object.get()));
    if (!error->object) return raise(t, exc::TypeError, "UnicodeError 'object' attribute is not set");
    if (!error->encoding && !translating) return raise(t, exc::TypeError, "UnicodeError 'encoding' attribute is not set");
    intptr_t size = 0;
    if (decoding) {
        if (!is<Bytes>(error->object)) return raise(t, exc::TypeError, "UnicodeError 'object' attribute must be a bytes");
        size = static_cast<Bytes*>(error->object)->size;
    } else {
        if (!is<Str>(error->object)) return raise(t, exc::TypeError, "UnicodeError 'object' attribute must be a string");
        size = static_cast<Str*>(error->object)->length;
    }
    // The range, put into the object's bounds as the exception's attributes show it.
    intptr_t start = error->start < 0 ? 0 : error->start >= size ? (size ? size - 1 : 0) : error->start;
    intptr_t end = error->end < 1 ? 1 : error->end;
    if (end > size) end = size;
    if (end < start) end = start;
    std::string_view name = translating ? std::string_view() : TRY(str_utf8(t, static_cast<Str*>(error->encoding)));
    MaybeRef<Object> replacement;
    intptr_t resume = end;
    if (decoding) {
        StrBuilder out(t);
        std::string_view input = static_cast<Bytes*>(error->object)->view();
        size_t next = TRY(decode_replacement(t, kind, input, static_cast<size_t>(start), static_cast<size_t>(end), name.data(), out));
        if (kind == ErrorHandler::SurrogateEscape || kind == ErrorHandler::SurrogatePass) {
            if (next == static_cast<size_t>(start)) return raise_instance(t, object.share());
            resume = static_cast<intptr_t>(next);
        }
        replacement = TRY(out.finish());
    } else if (translating && kind == ErrorHandler::Replace) {
        StrBuilder out(t);
        TRY(out.append_repeated(0xfffd, end - start));
        replacement = TRY(out.finish());
    } else {
        intptr_t original = resume;
        replacement = TRY(encode_replacement(t, kind, static_cast<Str*>(error->object), start, &resume, name.data()));
        // The whole range or nothing, when asked as a function.
        if (!replacement || resume != original) return raise_instance(t, object.share());
    }
    Ref<Int> position = TRY(int_from(t, resume));
    Object* items[] = {replacement.release(), position.release()};
    return tuple_from_array_steal(t, items, 2);
}

template <ErrorHandler Kind> static Result<Ref<Tuple>> handler(Thread& t, Borrowed<Object> error) {
    return run_error_handler(t, Kind, error);
}

const NativeDef& error_handler_function(ErrorHandler kind) {
    static constinit const NativeDef functions[] = {
        fn<handler<ErrorHandler::Strict>>("strict_errors", "($module, exc, /)", "The 'strict' error handler: raises the exception."),
        fn<handler<ErrorHandler::Ignore>>("ignore_errors", "($module, exc, /)",
                                          "The 'ignore' error handler: leaves out what is malformed."),
        fn<handler<ErrorHandler::Replace>>("replace_errors", "($module, exc, /)", "The 'replace' error handler: puts a replacement mark."),
        fn<handler<ErrorHandler::BackslashReplace>>("backslashreplace_errors", "($module, exc, /)",
                                                    "The 'backslashreplace' error handler: puts a backslash escape."),
        fn<handler<ErrorHandler::XmlCharRefReplace>>("xmlcharrefreplace_errors", "($module, exc, /)",
                                                     "The 'xmlcharrefreplace' error handler: puts an XML character reference."),
        fn<handler<ErrorHandler::NameReplace>>("namereplace_errors", "($module, exc, /)",
                                               "The 'namereplace' error handler: puts an escape \\N{...}."),
        fn<handler<ErrorHandler::SurrogateEscape>>("surrogateescape", "(exc, /)", "The 'surrogateescape' error handler."),
        fn<handler<ErrorHandler::SurrogatePass>>("surrogatepass", "(exc, /)", "The 'surrogatepass' error handler."),
    };
    return functions[static_cast<size_t>(kind)];
}

} // namespace taipan
