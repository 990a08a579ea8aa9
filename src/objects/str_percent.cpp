// printf-style formatting: text % values.
#include "objects/str_percent.h"
#include "base/float_text.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/float.h"
#include "objects/int_internal.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan {

PercentArguments::PercentArguments(Object* values) : m_values(values), m_count(-1), m_index(-2) {
    if (is<Tuple>(values)) m_count = static_cast<Tuple*>(values)->size, m_index = 0;
}

Result<Ref<Object>> PercentArguments::next(Thread& t) {
    if (m_index < m_count) {
        intptr_t i = m_index++;
        return acquire(m_count < 0 ? m_values : static_cast<Tuple*>(m_values)->items[i]);
    }
    return raise(t, exc::TypeError, "not enough arguments for format string");
}

Result<Ref<Str>> percent_int(Thread& t, Borrowed<Object> value, const PercentSpec& spec) {
    bool decimal = spec.code == 'd' || spec.code == 'i' || spec.code == 'u';
    MaybeRef<Int> number;
    if (is<Int>(value.get())) {
        number = acquire(static_cast<Int*>(value.get()));
    } else {
        NumberMethods* methods = value->type->as_number;
        bool numeric = is<Complex>(value.get()) || (methods && (methods->int_ || methods->index || methods->float_));
        if (numeric) {
            auto made = decimal ? to_int(t, value) : [&]() -> Result<Ref<Object>> { return to_index(t, value); }();
            if (!made.is_error()) {
                Ref<Object> object = made.take();
                number = as<Int>(std::move(object));
            } else if (!exception_matches(t, exc::TypeError)) {
                return Error{};
            } else {
                t.clear_exception();
            }
        }
        if (!number)
            return raise(t, exc::TypeError,
                         decimal ? "%%%c format: a real number is required, not %.200T" : "%%%c format: an integer is required, not %.200T",
                         spec.code, value);
    }
    int base = spec.code == 'x' || spec.code == 'X' ? 16 : spec.code == 'o' ? 8 : 10;
    Ref<Str> digits = TRY(int_to_str(t, number.get(), base));
    if (spec.precision <= 1 && !spec.alternate && spec.code != 'X') return digits;
    std::string_view text = digits->ascii_view();
    base::TextBuffer out;
    bool negative = text[0] == '-';
    if (negative) text.remove_prefix(1), out.push('-');
    if (spec.alternate && base != 10) out.push('0'), out.push(spec.code);
    if (spec.precision > static_cast<intptr_t>(text.size())) out.append(static_cast<size_t>(spec.precision) - text.size(), '0');
    for (char c : text) out.push(spec.code == 'X' && c >= 'a' ? static_cast<char>(c - 32) : c);
    if (out.failed()) return raise_memory_error(t);
    return str_from_utf8(t, {out.data(), out.size()});
}

Result<Ref<Str>> percent_float(Thread& t, Borrowed<Object> value, const PercentSpec& spec) {
    double x = TRY(to_double(t, value));
    base::TextBuffer out;
    base::format_double(x, spec.code, spec.precision < 0 ? 6 : static_cast<int>(spec.precision), spec.alternate ? base::float_alternate : 0,
                        out);
    if (out.failed()) return raise_memory_error(t);
    return str_from_utf8(t, {out.data(), out.size()});
}

Result<Ref<Str>> full_type_name(Thread& t, Type* type) {
    Ref<Object> module = TRY(type_module_name(t, type));
    Ref<Object> name = TRY(type_qualname(t, type));
    if (is<Str>(module.get()) && !str_equals_ascii(static_cast<Str*>(module.get()), "builtins") &&
        !str_equals_ascii(static_cast<Str*>(module.get()), "__main__"))
        return str_format(t, "%s.%s", module, name);
    return as<Str>(std::move(name));
}

namespace {

/// Reads digits at `i`; `message` when they exceed `limit`.
Result<intptr_t> read_number(Thread& t, const Str* format, intptr_t* i, intptr_t limit, const char* message) {
    intptr_t value = 0;
    while (*i < format->length) {
        uint32_t c = format->at(*i);
        if (c < '0' || c > '9') break;
        if (value > (limit - static_cast<intptr_t>(c - '0')) / 10) return raise(t, exc::ValueError, "%s", message);
        value = value * 10 + static_cast<intptr_t>(c - '0');
        ++*i;
    }
    return value;
}

Result<void> pad_text(StrBuilder& out, const Str* text, intptr_t start, intptr_t end, const PercentSpec& spec) {
    intptr_t fill = spec.width - (end - start);
    if (fill > 0 && !spec.left) TRY(out.append_repeated(' ', fill));
    TRY(out.append(text, start, end));
    if (fill > 0 && spec.left) TRY(out.append_repeated(' ', fill));
    return {};
}

/// A number: its sign and base prefix come before zeros that fill the width.
Result<void> pad_number(StrBuilder& out, Ref<Str> number, const PercentSpec& spec) {
    std::string_view text = number->ascii_view();
    char sign = 0;
    if (text[0] == '-') sign = '-', text.remove_prefix(1);
    else if (spec.plus) sign = '+';
    else if (spec.blank) sign = ' ';
    std::string_view prefix;
    if (spec.alternate && (spec.code == 'x' || spec.code == 'X' || spec.code == 'o')) prefix = text.substr(0, 2), text.remove_prefix(2);
    intptr_t fill = spec.width - static_cast<intptr_t>(text.size() + prefix.size() + (sign != 0));
    if (fill > 0 && !spec.left && !spec.zero) TRY(out.append_repeated(' ', fill));
    if (sign) TRY(out.append_char(static_cast<uint32_t>(sign)));
    TRY(out.append_ascii(prefix));
    if (fill > 0 && !spec.left && spec.zero) TRY(out.append_repeated('0', fill));
    TRY(out.append_ascii(text));
    if (fill > 0 && spec.left) TRY(out.append_repeated(' ', fill));
    return {};
}

} // namespace

Result<Ref<Object>> str_percent_format(Thread& t, Borrowed<Str> format, Borrowed<Object> values) {
    StrBuilder out(t);
    intptr_t n = format->length;
    PercentArguments args(values.get());
    Object* mapping = nullptr;
    MappingMethods* methods = values->type->as_mapping;
    if (methods && methods->subscript && !is<Tuple>(values.get()) && !is<Str>(values.get())) mapping = values.get();
    MaybeRef<Object> keyed;

    for (intptr_t i = 0; i < n;) {
        intptr_t percent = find_char(format.get(), '%', i, n);
        if (percent < 0) percent = n;
        TRY(out.append(format.get(), i, percent));
        if (percent == n) break;
        i = percent + 1;
        if (i < n && format->at(i) == '%') {
            TRY(out.append_char('%'));
            ++i;
            continue;
        }
        PercentSpec spec;
        // 1. The mapping key.
        if (i < n && format->at(i) == '(') {
            if (!mapping) return raise(t, exc::TypeError, "format requires a mapping");
            intptr_t start = ++i;
            int depth = 1;
            for (; i < n && depth > 0; ++i) {
                uint32_t c = format->at(i);
                if (c == ')') --depth;
                else if (c == '(') ++depth;
            }
            if (depth > 0) return raise(t, exc::ValueError, "incomplete format key");
            Ref<Str> key = TRY(str_substring(t, format, start, i - 1));
            keyed = TRY(get_item(t, mapping, key));
            args.set_single(keyed.get());
        }
        // 2. Flags.
        for (; i < n; ++i) {
            uint32_t c = format->at(i);
            if (c == '-') spec.left = true;
            else if (c == '+') spec.plus = true;
            else if (c == ' ') spec.blank = true;
            else if (c == '#') spec.alternate = true;
            else if (c == '0') spec.zero = true;
            else break;
        }
        // 3. Width and precision.
        if (i < n && format->at(i) == '*') {
            Ref<Object> value = TRY(args.next(t));
            if (!is<Int>(value.get())) return raise(t, exc::TypeError, "* wants int");
            int64_t width;
            if (!int_fits_int64(static_cast<Int*>(value.get()), &width))
                return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
            if (width < 0) spec.left = true, width = -width;
            spec.width = width;
            ++i;
        } else {
            spec.width = TRY(read_number(t, format.get(), &i, INTPTR_MAX, "width too big"));
        }
        if (i < n && format->at(i) == '.') {
            ++i;
            if (i < n && format->at(i) == '*') {
                Ref<Object> value = TRY(args.next(t));
                if (!is<Int>(value.get())) return raise(t, exc::TypeError, "* wants int");
                int64_t precision;
                if (!int_fits_int64(static_cast<Int*>(value.get()), &precision) || precision > INT32_MAX || precision < INT32_MIN)
                    return raise(t, exc::OverflowError, "Python int too large to convert to C int");
                spec.precision = precision < 0 ? 0 : precision;
                ++i;
            } else {
                spec.precision = TRY(read_number(t, format.get(), &i, INT32_MAX, "precision too big"));
            }
        }
        // 4. A length modifier, which means nothing.
        if (i < n && (format->at(i) == 'h' || format->at(i) == 'l' || format->at(i) == 'L')) ++i;
        if (i >= n) return raise(t, exc::ValueError, "incomplete format");
        uint32_t code = format->at(i++);
        Ref<Object> value = TRY(args.next(t));
        spec.code = static_cast<char>(code);
        switch (code) {
        case 's':
        case 'r':
        case 'a': {
            Ref<Str> text = code == 's'
                                ? (is<Str>(value.get()) && is_exact<Str>(value.get()) ? as<Str>(std::move(value)) : TRY(to_str(t, value)))
                            : code == 'r' ? TRY(repr(t, value))
                                          : TRY(to_ascii(t, value));
            intptr_t length = text->length;
            if (spec.precision >= 0 && spec.precision < length) length = spec.precision;
            TRY(pad_text(out, text.get(), 0, length, spec));
            break;
        }
        case 'd':
        case 'i':
        case 'u':
        case 'o':
        case 'x':
        case 'X': {
            if (spec.precision > INT32_MAX - 3) return raise(t, exc::OverflowError, "precision too large");
            Ref<Str> number = TRY(percent_int(t, value, spec));
            TRY(pad_number(out, std::move(number), spec));
            break;
        }
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G': {
            if (spec.precision >= INT32_MAX - 1023) return raise(t, exc::ValueError, "precision too big");
            Ref<Str> number = TRY(percent_float(t, value, spec));
            spec.alternate = false;
            TRY(pad_number(out, std::move(number), spec));
            break;
        }
        case 'c': {
            if (is<Str>(value.get())) {
                auto* text = static_cast<Str*>(value.get());
                if (text->length != 1)
                    return raise(t, exc::TypeError, "%%c requires an int or a unicode character, not a string of length %d", text->length);
                TRY(pad_text(out, text, 0, 1, spec));
                break;
            }
            NumberMethods* number = value->type->as_number;
            if (!is<Int>(value.get()) && !(number && number->index))
                return raise(t, exc::TypeError, "%%c requires an int or a unicode character, not %s", TRY(full_type_name(t, value->type)));
            Ref<Int> index = TRY(to_index(t, value));
            int64_t character;
            if (!int_fits_int64(index.get(), &character) || character < 0 || character > 0x10ffff)
                return raise(t, exc::OverflowError, "%%c arg not in range(0x110000)");
            Ref<Str> text = TRY(str_from_char(t, static_cast<uint32_t>(character)));
            TRY(pad_text(out, text.get(), 0, 1, spec));
            break;
        }
        default:
            return raise(t, exc::ValueError, "unsupported format character '%c' (0x%x) at index %d",
                         code > 31 && code < 128 ? code : uint32_t{'?'}, code, i - 1);
        }
    }
    if (!mapping && args.left_over()) return raise(t, exc::TypeError, "not all arguments converted during string formatting");
    return out.finish();
}

} // namespace taipan
