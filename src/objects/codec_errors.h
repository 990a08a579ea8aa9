// Error handlers of codecs: what to put in place of input that cannot be decoded or text that cannot be encoded.
#pragma once

#include "objects/bytes.h"
#include "objects/str.h"
#include "objects/str_builder.h"

namespace taipan {

struct NativeDef;
struct Tuple;
struct UnicodeErrorObject;

enum class ErrorHandler : uint8_t {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
    Other,
};
ErrorHandler error_handler_kind(const char* errors);
/// What the builtin handler gives for an exception: (replacement, position).
Result<Ref<Tuple>> run_error_handler(Thread& t, ErrorHandler kind, Borrowed<Object> error);
/// The function object of a builtin handler, for lookup_error.
const NativeDef& error_handler_function(ErrorHandler kind);

/// The warning about the first escape that means nothing: its character, or an octal value above 0377; -1: there was none.
Result<void> warn_invalid_escape(Thread& t, int invalid, const char* prefix);

/// The decoder's side. `input` may be replaced by a handler, so decoders read it anew after each call.
class DecodeErrors {
public:
    DecodeErrors(Thread& t, const char* encoding, std::string_view input, const char* errors, StrBuilder& out)
        : input(input), m_thread(t), m_encoding(encoding), m_errors(errors), m_kind(error_handler_kind(errors)), m_out(out) {}
    /// Treats input[start:end]; returns where decoding goes on.
    Result<size_t> handle(size_t start, size_t end, const char* reason);
    std::string_view input;

private:
    Thread& m_thread;
    const char* m_encoding;
    const char* m_errors;
    ErrorHandler m_kind;
    StrBuilder& m_out;
    MaybeRef<Object> m_callback, m_owner;
};

/// The encoder's side.
class EncodeErrors {
public:
    EncodeErrors(Thread& t, const char* encoding, Borrowed<Str> text, const char* errors)
        : m_thread(t), m_encoding(encoding), m_text(text), m_errors(errors), m_kind(error_handler_kind(errors)) {}
    struct Fix {
        MaybeRef<Object> replacement; // a str, to be encoded, or bytes, to be copied; null: nothing
        intptr_t resume;
    };
    Result<Fix> handle(intptr_t start, intptr_t end, const char* reason);
    /// UnicodeEncodeError for the range.
    Error raise(intptr_t start, intptr_t end, const char* reason);

private:
    Thread& m_thread;
    const char* m_encoding;
    Borrowed<Str> m_text;
    const char* m_errors;
    ErrorHandler m_kind;
    MaybeRef<Object> m_callback;
};

} // namespace taipan
