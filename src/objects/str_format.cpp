// str.format: replacement fields "{name!conversion:spec}" (the format string syntax of the library reference).
#include "base/unicode.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/float.h"
#include "objects/format_number.h"
#include "objects/format_string.h"
#include "objects/int_internal.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"
#include "objects/str_methods.h"
#include "objects/tuple.h"

namespace taipan {

Result<FormatPiece> format_next(Thread& t, const Str* text, intptr_t* position, intptr_t end) {
    FormatPiece piece;
    intptr_t i = *position;
    piece.literal_start = i;
    uint32_t c = 0;
    bool markup = false;
    while (i < end) {
        c = text->at(i++);
        if (c == '{' || c == '}') {
            markup = true;
            break;
        }
    }
    bool at_end = i >= end;
    piece.literal_end = i;
    if (c == '}' && markup && (at_end || text->at(i) != '}')) return raise(t, exc::ValueError, "Single '}' encountered in format string");
    if (at_end && c == '{' && markup) return raise(t, exc::ValueError, "Single '{' encountered in format string");
    if (markup && !at_end) {
        if (text->at(i) == c) { // an escaped brace
            ++i;
            markup = false;
        } else {
            --piece.literal_end;
        }
    }
    *position = i;
    if (!markup) return piece;

    piece.has_field = true;
    piece.name_start = i;
    c = 0;
    bool done = false;
    while (i < end && !done) {
        switch (c = text->at(i++)) {
        case '{': return raise(t, exc::ValueError, "unexpected '{' in field name");
        case '[':
            while (i < end && text->at(i) != ']') ++i;
            continue;
        case '}':
        case ':':
        case '!': done = true; break;
        default: continue;
        }
    }
    piece.name_end = done ? i - 1 : i;
    if (!done || (c != '!' && c != ':')) {
        if (!done || c != '}') return raise(t, exc::ValueError, "expected '}' before end of string");
        *position = i;
        return piece;
    }
    if (c == '!') {
        if (i >= end) return raise(t, exc::ValueError, "end of string while looking for conversion specifier");
        piece.conversion = text->at(i++);
        if (i < end) {
            c = text->at(i++);
            if (c == '}') {
                *position = i;
                return piece;
            }
            if (c != ':') return raise(t, exc::ValueError, "expected ':' after conversion specifier");
        }
    }
    piece.spec_start = i;
    for (int depth = 1; i < end;) {
        c = text->at(i++);
        if (c == '{') {
            piece.spec_has_fields = true;
            ++depth;
        } else if (c == '}' && --depth == 0) {
            piece.spec_end = i - 1;
            *position = i;
            return piece;
        }
    }
    return raise(t, exc::ValueError, "unmatched '{' in format spec");
}

/// The number that text[start:end] is; -1 if it is none.
static Result<intptr_t> field_number(Thread& t, const Str* text, intptr_t start, intptr_t end) {
    if (start >= end) return intptr_t{-1};
    intptr_t value = 0;
    for (intptr_t i = start; i < end; ++i) {
        int digit = base::unicode::decimal_value(text->at(i));
        if (digit < 0) return intptr_t{-1};
        if (value > (INTPTR_MAX - digit) / 10) return raise(t, exc::ValueError, "Too many decimal digits in format string");
        value = value * 10 + digit;
    }
    return value;
}

Result<FieldName> field_first(Thread& t, const Str* text, intptr_t start, intptr_t end, AutoNumber* numbering) {
    FieldName name;
    intptr_t i = start;
    while (i < end && text->at(i) != '.' && text->at(i) != '[') ++i;
    name.first_end = i;
    name.index = TRY(field_number(t, text, start, i));
    bool automatic = i == start;
    if (numbering && (automatic || name.index >= 0)) {
        auto wanted = automatic ? AutoNumber::Automatic : AutoNumber::Manual;
        if (numbering->state == AutoNumber::Undecided) numbering->state = wanted;
        if (numbering->state != wanted)
            return raise(t, exc::ValueError,
                         automatic ? "cannot switch from manual field specification to automatic field numbering"
                                   : "cannot switch from automatic field numbering to manual field specification");
        if (automatic) name.index = numbering->next++;
    }
    return name;
}

Result<bool> field_rest(Thread& t, const Str* text, intptr_t* position, intptr_t end, FieldPart* part) {
    intptr_t i = *position;
    if (i >= end) return false;
    uint32_t c = text->at(i++);
    part->start = i;
    part->index = -1;
    if (c == '.') {
        part->is_attribute = true;
        while (i < end && text->at(i) != '.' && text->at(i) != '[') ++i;
        part->end = i;
    } else if (c == '[') {
        part->is_attribute = false;
        while (i < end && text->at(i) != ']') ++i;
        if (i >= end) return raise(t, exc::ValueError, "Missing ']' in format string");
        part->end = i++;
        part->index = TRY(field_number(t, text, part->start, part->end));
    } else {
        return raise(t, exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (part->start == part->end) return raise(t, exc::ValueError, "Empty attribute in format string");
    *position = i;
    return true;
}

namespace {

struct Template {
    Thread& t;
    Object* const* args;
    size_t nargs;
    Object* mapping; // keyword arguments or format_map's; null: none
    bool positional;
    AutoNumber numbering;

    Result<Ref<Object>> field(const Str* text, intptr_t start, intptr_t end) {
        FieldName name = TRY(field_first(t, text, start, end, &numbering));
        MaybeRef<Object> object;
        if (name.index >= 0) {
            if (!positional) return raise(t, exc::ValueError, "Format string contains positional fields");
            if (static_cast<size_t>(name.index) >= nargs)
                return raise(t, exc::IndexError, "Replacement index %d out of range for positional args tuple", name.index);
            object = acquire(args[name.index]);
        } else {
            Ref<Str> key = TRY(str_substring(t, const_cast<Str*>(text), start, name.first_end));
            if (!mapping) return raise_key_error(t, key);
            if (is_exact<Dict>(mapping)) {
                object = TRY(dict_get(t, static_cast<Dict*>(mapping), key));
                if (!object) return raise_key_error(t, key);
            } else {
                object = TRY(get_item(t, mapping, key));
            }
        }
        Ref<Object> value = object.take();
        FieldPart part;
        intptr_t position = name.first_end;
        while (TRY(field_rest(t, text, &position, end, &part))) {
            Ref<Str> key = TRY(str_substring(t, const_cast<Str*>(text), part.start, part.end));
            if (part.is_attribute) {
                value = TRY(get_attribute(t, value, key));
            } else if (part.index >= 0) {
                Ref<Int> index = TRY(int_from(t, part.index));
                value = TRY(get_item(t, value, index));
            } else {
                value = TRY(get_item(t, value, key));
            }
        }
        return value;
    }

    Result<void> write(StrBuilder& out, const Str* text, intptr_t start, intptr_t end, int depth) {
        if (depth < 0) return raise(t, exc::ValueError, "Max string recursion exceeded");
        for (intptr_t position = start; position < end;) {
            FormatPiece piece = TRY(format_next(t, text, &position, end));
            TRY(out.append(text, piece.literal_start, piece.literal_end));
            if (!piece.has_field) continue;
            Ref<Object> value = TRY(field(text, piece.name_start, piece.name_end));
            if (piece.conversion) {
                switch (piece.conversion) {
                case 'r': value = TRY(repr(t, value)); break;
                case 's': value = TRY(to_str(t, value)); break;
                case 'a': value = TRY(to_ascii(t, value)); break;
                default:
                    if (piece.conversion > 32 && piece.conversion < 127)
                        return raise(t, exc::ValueError, "Unknown conversion specifier %c", piece.conversion);
                    return raise(t, exc::ValueError, "Unknown conversion specifier \\x%x", piece.conversion);
                }
            }
            if (piece.spec_start >= piece.spec_end) {
                TRY(append_formatted(t, out, value, nullptr));
                continue;
            }
            if (!piece.spec_has_fields) {
                Ref<Str> spec = TRY(str_substring(t, const_cast<Str*>(text), piece.spec_start, piece.spec_end));
                TRY(append_formatted(t, out, value, spec.get()));
                continue;
            }
            StrBuilder expanded(t);
            TRY(write(expanded, text, piece.spec_start, piece.spec_end, depth - 1));
            Ref<Str> spec = TRY(expanded.finish());
            TRY(append_formatted(t, out, value, spec.get()));
        }
        return {};
    }
};

} // namespace

Result<void> append_formatted(Thread& t, StrBuilder& out, Borrowed<Object> value, Str* spec) {
    Object* o = value.get();
    if (!spec || spec->length == 0) {
        if (is_exact<Str>(o)) return out.append(static_cast<Str*>(o));
        if (is_exact<Int>(o)) {
            Ref<Str> text = TRY(int_repr(t, static_cast<Int*>(o)));
            return out.append(text.get());
        }
    } else {
        MaybeRef<Str> text;
        if (is_exact<Str>(o)) text = TRY(format_str_value(t, static_cast<Str*>(o), spec));
        else if (is_exact<Int>(o)) text = TRY(format_int_value(t, static_cast<Int*>(o), value, spec));
        else if (is_exact<Float>(o)) text = TRY(format_float_value(t, static_cast<Float*>(o)->value, value, spec));
        if (text) return out.append(text.get());
    }
    Ref<Object> text = TRY(format(t, value, spec));
    return out.append(static_cast<Str*>(text.get()));
}

namespace str_methods {

Result<Ref<Object>> format(Thread& t, Borrowed<Str> self, Args args, Kwargs kwargs) {
    StrBuilder out(t);
    Template filler{t, args.data, args.size(), kwargs.dict, true, {}};
    TRY(filler.write(out, self.get(), 0, self->length, 1));
    return out.finish();
}

Result<Ref<Object>> format_map(Thread& t, Borrowed<Str> self, Borrowed<Object> mapping) {
    StrBuilder out(t);
    Template filler{t, nullptr, 0, mapping.get(), false, {}};
    TRY(filler.write(out, self.get(), 0, self->length, 1));
    return out.finish();
}

} // namespace str_methods

} // namespace taipan
