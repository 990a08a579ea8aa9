// Typed message formatting: what raise() and str_format() do.
#include "base/utf8.h"
#include "objects/abstract.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"
#include "objects/type_names.h"

#include <cstdio>
#include <cstdlib>

namespace taipan {

static Result<void> append_limited(StrBuilder& builder, const Str* text, intptr_t limit) {
    return builder.append(text, 0, limit >= 0 && limit < text->length ? limit : text->length);
}

/// The bytes may be cut by a limit inside of a sequence, or come from a type's name that is not valid UTF-8.
static Result<void> append_text(StrBuilder& builder, std::string_view text, intptr_t limit) {
    if (limit >= 0 && static_cast<size_t>(limit) < text.size()) {
        auto n = static_cast<size_t>(limit);
        while (n > 0 && (static_cast<uint8_t>(text[n]) & 0xc0) == 0x80) --n;
        text = text.substr(0, n);
    }
    // U+FFFD for what is not valid, like every C string in CPython's messages.
    for (;;) {
        auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
        base::DecodeScan scan = base::scan_utf8(bytes, text.size(), base::Surrogates::Pass);
        TRY(builder.append_utf8(text.substr(0, scan.consumed)));
        if (!scan.reason) return {};
        TRY(builder.append_char(0xfffd));
        text.remove_prefix(scan.error_end);
    }
}

Result<Ref<Str>> str_format_args(Thread& t, const char* format, const FormatArg* args, size_t count) {
    StrBuilder builder(t);
    size_t next = 0;
    for (const char* p = format; *p;) {
        const char* start = p;
        while (*p && *p != '%') ++p;
        if (p != start) TRY(builder.append_utf8({start, static_cast<size_t>(p - start)}));
        if (!*p) break;
        ++p;
        if (*p == '%') {
            TRY(builder.append_char('%'));
            ++p;
            continue;
        }
        bool zero = false, left = false;
        for (;; ++p) {
            if (*p == '0') zero = true;
            else if (*p == '-') left = true;
            else break;
        }
        intptr_t width = 0, precision = -1;
        while (*p >= '0' && *p <= '9') width = width * 10 + (*p++ - '0');
        if (*p == '.') {
            precision = 0;
            for (++p; *p >= '0' && *p <= '9'; ++p) precision = precision * 10 + (*p - '0');
        }
        while (*p == 'l' || *p == 'z' || *p == 'j' || *p == 'h') ++p;
        char directive = *p ? *p++ : 's';
        VERIFY(next < count);
        const FormatArg& arg = args[next++];

        switch (directive) {
        case 'T':
        case 'N': {
            VERIFY(arg.kind == FormatArg::Obj);
            auto* type = directive == 'T' ? arg.object->type : static_cast<Type*>(arg.object);
            TRY(append_text(builder, type->name, precision));
            break;
        }
        case 'M': {
            VERIFY(arg.kind == FormatArg::Obj);
            Ref<Str> name = TRY(type_full_name(t, arg.object->type));
            TRY(append_limited(builder, name.get(), precision));
            break;
        }
        case 'R':
        case 'A': {
            VERIFY(arg.kind == FormatArg::Obj);
            Ref<Str> text = directive == 'R' ? TRY(repr(t, arg.object)) : TRY(to_ascii(t, arg.object));
            TRY(append_limited(builder, text.get(), precision));
            break;
        }
        case 'c': TRY(builder.append_char(static_cast<uint32_t>(arg.unsigned_value))); break;
        case 's':
            if (arg.kind == FormatArg::Text) {
                TRY(append_text(builder, arg.text, precision));
                break;
            }
            if (arg.kind == FormatArg::Obj) {
                if (is<Str>(arg.object)) {
                    TRY(append_limited(builder, static_cast<Str*>(arg.object), precision));
                } else {
                    Ref<Str> text = TRY(to_str(t, arg.object));
                    TRY(append_limited(builder, text.get(), precision));
                }
                break;
            }
            [[fallthrough]];
        default: {
            char buffer[400];
            int length = 0;
            switch (arg.kind) {
            case FormatArg::Signed:
                length = snprintf(buffer, sizeof buffer,
                                  directive == 'x'   ? "%llx"
                                  : directive == 'X' ? "%llX"
                                                     : "%lld",
                                  static_cast<long long>(arg.signed_value));
                break;
            case FormatArg::Unsigned:
                length = snprintf(buffer, sizeof buffer,
                                  directive == 'x'   ? "%llx"
                                  : directive == 'X' ? "%llX"
                                                     : "%llu",
                                  static_cast<unsigned long long>(arg.unsigned_value));
                break;
            case FormatArg::Real:
                length = snprintf(buffer, sizeof buffer, "%.*g", precision < 0 ? 6 : static_cast<int>(precision), arg.real);
                break;
            case FormatArg::Pointer: length = snprintf(buffer, sizeof buffer, "%p", arg.pointer); break;
            case FormatArg::Obj:
                length = directive == 'p' ? snprintf(buffer, sizeof buffer, "%p", static_cast<const void*>(arg.object)) : 0;
                break;
            case FormatArg::Text:
                length = directive == 'p' ? snprintf(buffer, sizeof buffer, "%p", static_cast<const void*>(arg.text.data())) : 0;
                break;
            }
            std::string_view text(buffer, static_cast<size_t>(length));
            if (arg.kind <= FormatArg::Unsigned && precision > static_cast<intptr_t>(text.size())) {
                bool negative = text[0] == '-';
                if (negative) {
                    TRY(builder.append_char('-'));
                    text.remove_prefix(1);
                }
                TRY(builder.append_repeated('0', precision - static_cast<intptr_t>(text.size())));
            }
            auto fill = width - static_cast<intptr_t>(text.size());
            if (fill > 0 && zero && !left && text[0] == '-') {
                TRY(builder.append_char('-'));
                text.remove_prefix(1);
            }
            if (!left) TRY(builder.append_repeated(zero ? '0' : ' ', fill));
            TRY(builder.append_ascii(text));
            if (left) TRY(builder.append_repeated(' ', fill));
        }
        }
    }
    return builder.finish();
}

} // namespace taipan
