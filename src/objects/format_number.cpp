#include "objects/format_number.h"

#include "base/big_digits.h"
#include "base/format_spec.h"
#include "base/int_text.h"
#include "objects/exceptions.h"
#include "objects/int_internal.h"
#include "objects/str_builder.h"

#include <clocale>

namespace taipan {

using base::FormatError;
using base::FormatSpec;
using base::WideBuffer;

static Error raise_format(Thread& t, const FormatError& error, const Str* spec, const Object* self) {
    if (error.no_memory) return raise_memory_error(t);
    if (error.invalid_specifier)
        return raise(t, exc::ValueError, "Invalid format specifier '%s' for object of type '%.200s'", const_cast<Str*>(spec),
                     self->type->name);
    return raise(t, exc::ValueError, "%s", error.text);
}

static bool parse(const Str* spec, char type, char align, FormatSpec& out, FormatError& error) {
    auto length = static_cast<size_t>(spec->length);
    switch (spec->kind()) {
    case 1: return base::parse_format_spec(spec->data8(), length, type, align, out, error);
    case 2: return base::parse_format_spec(spec->data16(), length, type, align, out, error);
    default: return base::parse_format_spec(spec->data32(), length, type, align, out, error);
    }
}

static Result<Ref<Str>> to_str_object(Thread& t, const WideBuffer& out) {
    return str_from_ucs4(t, out.data(), static_cast<intptr_t>(out.size()));
}

/// The locale's separators as code points, for type 'n'.
struct LocaleData {
    WideBuffer point, separator;
    base::NumberLocale locale;

    const base::NumberLocale* load() {
        const lconv* conventions = localeconv();
        decode(conventions->decimal_point, point);
        decode(conventions->thousands_sep, separator);
        locale = {point.data(), point.size(), separator.data(), separator.size(), conventions->grouping};
        return &locale;
    }

private:
    static void decode(const char* text, WideBuffer& out) {
        mbstate_t state{};
        size_t rest = strlen(text);
        while (rest > 0) {
            wchar_t c;
            size_t n = mbrtowc(&c, text, rest, &state);
            if (n == 0 || n > rest) { // not decodable in this locale: bytes as they are
                out.push(static_cast<uint8_t>(*text++));
                --rest;
                continue;
            }
            out.push(static_cast<uint32_t>(c));
            text += n;
            rest -= n;
        }
    }
};

Result<Ref<Str>> format_float_value(Thread& t, double value, Borrowed<Object> self, const Str* text) {
    FormatSpec spec;
    FormatError error;
    WideBuffer out;
    LocaleData locale;
    if (!parse(text, 0, '>', spec, error) ||
        !base::format_float(spec, value, self->type->name, spec.type == 'n' ? locale.load() : nullptr, out, error))
        return raise_format(t, error, text, self.get());
    return to_str_object(t, out);
}

Result<Ref<Str>> format_complex_value(Thread& t, double real, double imaginary, Borrowed<Object> self, const Str* text) {
    FormatSpec spec;
    FormatError error;
    WideBuffer out;
    LocaleData locale;
    if (!parse(text, 0, '>', spec, error) ||
        !base::format_complex(spec, real, imaginary, self->type->name, spec.type == 'n' ? locale.load() : nullptr, out, error))
        return raise_format(t, error, text, self.get());
    return to_str_object(t, out);
}

Result<Ref<Str>> format_int_value(Thread& t, Borrowed<Int> value, Borrowed<Object> self, const Str* text) {
    FormatSpec spec;
    FormatError error;
    if (!parse(text, 'd', '>', spec, error)) return raise_format(t, error, text, self.get());
    WideBuffer out;
    LocaleData locale;
    if (spec.is_float_type()) {
        double real = TRY(int_to_double(t, value));
        if (!base::format_float(spec, real, self->type->name, nullptr, out, error)) return raise_format(t, error, text, self.get());
        return to_str_object(t, out);
    }
    if (!base::check_int_spec(spec, self->type->name, error)) return raise_format(t, error, text, self.get());
    if (spec.type == 'c') {
        int64_t character;
        if (!int_fits_int64(value.get(), &character)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
        if (character < 0 || character > 0x10ffff) return raise(t, exc::OverflowError, "%%c arg not in range(0x110000)");
        if (!base::format_int_character(spec, static_cast<uint32_t>(character), out, error))
            return raise_format(t, error, text, self.get());
        return to_str_object(t, out);
    }
    char small[base::max_u64_text];
    const char* digits = small;
    size_t length;
    MaybeRef<Str> owner;
    if (int_is_small(value.get())) {
        int64_t number = int_small_value(value.get());
        length = base::format_u64(static_cast<uint64_t>(number < 0 ? -number : number), spec.base(), small);
    } else {
        Ref<Str> all = TRY(int_to_str(t, value, static_cast<int>(spec.base())));
        std::string_view view = all->ascii_view();
        if (value->is_negative()) view.remove_prefix(1);
        digits = view.data();
        length = view.size();
        owner = std::move(all);
    }
    if (!base::format_int(spec, value->is_negative(), digits, length, spec.type == 'n' ? locale.load() : nullptr, out, error))
        return raise_format(t, error, text, self.get());
    return to_str_object(t, out);
}

Result<Ref<Str>> format_str_value(Thread& t, Borrowed<Str> value, const Str* text) {
    FormatSpec spec;
    FormatError error;
    base::StringLayout layout;
    if (!parse(text, 's', '<', spec, error) ||
        !base::layout_string(spec, static_cast<size_t>(value->length), value->type->name, layout, error))
        return raise_format(t, error, text, value.get());
    if (layout.left == 0 && layout.right == 0) return str_substring(t, value, 0, static_cast<intptr_t>(layout.taken));
    StrBuilder builder(t);
    TRY(builder.reserve(static_cast<intptr_t>(layout.left + layout.taken + layout.right), value->is_ascii() ? 127 : 255));
    TRY(builder.append_repeated(spec.fill, static_cast<intptr_t>(layout.left)));
    TRY(builder.append(value.get(), 0, static_cast<intptr_t>(layout.taken)));
    TRY(builder.append_repeated(spec.fill, static_cast<intptr_t>(layout.right)));
    return builder.finish();
}

} // namespace taipan
