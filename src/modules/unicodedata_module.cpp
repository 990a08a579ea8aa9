// unicodedata: the Unicode database, current and (for IDNA) of version 3.2.0.
#include "base/normalize.h"
#include "base/unicode_data.h"
#include "base/unicode_names.h"
#include "objects/abstract.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"

#include <cstdio>
#include <strings.h>

namespace taipan {

namespace {

using namespace base::unicode;
using base::unicode::Version;

struct Database : Object {
    static Type s_type;
};
Type Database::s_type;

// Every function exists twice: of the module, and of the old database as a method.

/// A character argument.
Result<uint32_t> character(Thread& t, const char* name, bool only, Object* object) {
    if (!is<Str>(object))
        return raise(t, exc::TypeError,
                     only ? "%s() argument must be a unicode character, not %T" : "%s() argument 1 must be a unicode character, not %T",
                     name, object);
    auto* text = static_cast<Str*>(object);
    if (text->length != 1)
        return raise(t, exc::TypeError,
                     only ? "%s(): argument must be a unicode character, not a string of length %d"
                          : "%s(): argument 1 must be a unicode character, not a string of length %d",
                     name, text->length);
    return text->at(0);
}
using Any = Borrowed<Object>;
using Default = MaybeBorrowed<Object>;

template <Version V> Result<Ref<Object>> decimal_(Thread& t, Any chr, Default fallback) {
    uint32_t c = TRY(character(t, "decimal", false, chr.get()));
    int value = decimal(c, V);
    if (value >= 0) return int_from(t, value);
    if (!fallback) return raise(t, exc::ValueError, "not a decimal");
    return fallback.value().share();
}
template <Version V> Result<Ref<Object>> digit_(Thread& t, Any chr, Default fallback) {
    uint32_t c = TRY(character(t, "digit", false, chr.get()));
    int value = digit(c, V);
    if (value >= 0) return int_from(t, value);
    if (!fallback) return raise(t, exc::ValueError, "not a digit");
    return fallback.value().share();
}
template <Version V> Result<Ref<Object>> numeric_(Thread& t, Any chr, Default fallback) {
    uint32_t c = TRY(character(t, "numeric", false, chr.get()));
    double value = numeric(c, V);
    if (value != -1.0) return float_from(t, value);
    if (!fallback) return raise(t, exc::ValueError, "not a numeric character");
    return fallback.value().share();
}
template <Version V> Result<Ref<Object>> category_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "category", true, chr.get()));
    return str_interned(t, category(c, V));
}
template <Version V> Result<Ref<Object>> bidirectional_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "bidirectional", true, chr.get()));
    return str_interned(t, bidirectional(c, V));
}
template <Version V> Result<int> combining_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "combining", true, chr.get()));
    return int{combining(c, V)};
}
template <Version V> Result<int> mirrored_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "mirrored", true, chr.get()));
    return int{mirrored(c, V)};
}
template <Version V> Result<Ref<Object>> east_asian_width_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "east_asian_width", true, chr.get()));
    return str_interned(t, east_asian_width(c, V));
}
template <Version V> Result<Ref<Object>> decomposition_(Thread& t, Any chr) {
    uint32_t c = TRY(character(t, "decomposition", true, chr.get()));
    Decomposition d = decomposition(c, V);
    StrBuilder out(t);
    TRY(out.append_ascii(d.tag));
    for (unsigned i = 0; i < d.length; ++i) {
        char text[16];
        int n = snprintf(text, sizeof text, out.length() ? " %04X" : "%04X", d.values[i]);
        TRY(out.append_ascii({text, static_cast<size_t>(n)}));
    }
    return out.finish();
}
template <Version V> Result<Ref<Object>> name_(Thread& t, Any chr, Default fallback) {
    uint32_t c = TRY(character(t, "name", false, chr.get()));
    char text[max_name];
    size_t n = character_name(c, text, V);
    if (n) return str_from_utf8(t, {text, n});
    if (!fallback) return raise(t, exc::ValueError, "no such name");
    return fallback.value().share();
}
template <Version V> Result<Ref<Object>> lookup_(Thread& t, Any name) {
    std::string_view text;
    BufferView view;
    if (is<Str>(name.get())) {
        text = TRY(str_utf8(t, static_cast<Str*>(name.get())));
    } else {
        TRY(view.acquire(t, name.get()));
        text = view.view();
    }
    if (text.size() > 256) return raise(t, exc::KeyError, "name too long");
    uint32_t out[max_sequence];
    size_t n = lookup_name(text.data(), text.size(), V == Version::Current ? Sequences::Include : Sequences::Exclude, out);
    if (n && V != Version::Current) { // only the names of that time, no aliases
        char name_then[max_name];
        size_t length = character_name(out[0], name_then, V);
        if (length != text.size() || strncasecmp(name_then, text.data(), length) != 0) n = 0;
    }
    if (n == 0) return raise(t, exc::KeyError, "undefined character name '%s'", text.substr(0, text.find(char(0))));
    return str_from_ucs4(t, out, static_cast<intptr_t>(n));
}

bool parse_form(const Str* form, NormalForm* out) {
    if (str_equals_ascii(form, "NFC")) return *out = NormalForm::NFC, true;
    if (str_equals_ascii(form, "NFD")) return *out = NormalForm::NFD, true;
    if (str_equals_ascii(form, "NFKC")) return *out = NormalForm::NFKC, true;
    if (str_equals_ascii(form, "NFKD")) return *out = NormalForm::NFKD, true;
    return false;
}
QuickCheck check(NormalForm form, const Str* text, Version version) {
    auto n = static_cast<size_t>(text->length);
    return with_chars(text, [&](auto* data) { return quick_check(form, data, n, version); });
}
Result<Ref<Str>> normal_form(Thread& t, NormalForm form, const Str* text, Version version) {
    CodePoints out;
    auto n = static_cast<size_t>(text->length);
    bool ok = with_chars(text, [&](auto* data) { return base::unicode::normalize(form, data, n, out, version); });
    if (!ok) return raise_memory_error(t);
    return str_from_ucs4(t, out.data(), static_cast<intptr_t>(out.size()));
}
template <Version V> Result<Ref<Object>> normalize_(Thread& t, Borrowed<Str> form_name, Borrowed<Str> text) {
    NormalForm form;
    if (!parse_form(form_name.get(), &form)) return raise(t, exc::ValueError, "invalid normalization form");
    if (text->is_ascii() || check(form, text.get(), V) == QuickCheck::Yes) return str_unchanged(t, text);
    return normal_form(t, form, text.get(), V);
}
template <Version V> Result<bool> is_normalized_(Thread& t, Borrowed<Str> form_name, Borrowed<Str> text) {
    NormalForm form;
    if (!parse_form(form_name.get(), &form)) return raise(t, exc::ValueError, "invalid normalization form");
    if (text->is_ascii()) return true;
    QuickCheck quick = check(form, text.get(), V);
    if (quick != QuickCheck::Maybe) return quick == QuickCheck::Yes;
    Ref<Str> normal = TRY(normal_form(t, form, text.get(), V));
    return str_equal(normal.get(), text.get());
}

/// The same function with a receiver that it does not look at.
template <auto F> struct OfOldDatabase;
template <class R, class... P, R (*F)(Thread&, P...)> struct OfOldDatabase<F> {
    static R call(Thread& t, Borrowed<Object>, P... p) { return F(t, p...); }
};

#define BOTH(ROW)                                                                                                                          \
    ROW(decimal_, "decimal", "($self, chr, default=<unrepresentable>, /)", "The value of a decimal digit, or the default.")                \
    ROW(digit_, "digit", "($self, chr, default=<unrepresentable>, /)", "The value of a digit, or the default.")                            \
    ROW(numeric_, "numeric", "($self, chr, default=<unrepresentable>, /)", "The numeric value as a float, or the default.")                \
    ROW(category_, "category", "($self, chr, /)", "The general category.")                                                                 \
    ROW(bidirectional_, "bidirectional", "($self, chr, /)", "The bidirectional class; empty if there is none.")                            \
    ROW(combining_, "combining", "($self, chr, /)", "The canonical combining class; 0 if there is none.")                                  \
    ROW(mirrored_, "mirrored", "($self, chr, /)", "1 if the character is mirrored in bidirectional text, else 0.")                         \
    ROW(east_asian_width_, "east_asian_width", "($self, chr, /)", "The East Asian width.")                                                 \
    ROW(decomposition_, "decomposition", "($self, chr, /)", "The decomposition mapping as text; empty if there is none.")                  \
    ROW(name_, "name", "($self, chr, default=<unrepresentable>, /)", "The name of the character, or the default.")                         \
    ROW(lookup_, "lookup", "($self, name, /)", "The character of a name; KeyError if there is none.")                                      \
    ROW(is_normalized_, "is_normalized", "($self, form, unistr, /)", "Whether the text is in a normal form: NFC, NFKC, NFD or NFKD.")      \
    ROW(normalize_, "normalize", "($self, form, unistr, /)", "The text in a normal form: NFC, NFKC, NFD or NFKD.")

#define FUNCTION_ROW(function, name, signature, doc) fn<function<Version::Current>>(name, signature, doc),
#define METHOD_ROW(function, name, signature, doc) method<OfOldDatabase<function<Version::V3_2_0>>::call>(name, signature, doc),
const NativeDef functions[] = {BOTH(FUNCTION_ROW)};
const NativeDef methods[] = {BOTH(METHOD_ROW)};
#undef BOTH
#undef FUNCTION_ROW
#undef METHOD_ROW

Result<Ref<Str>> version_of(Thread& t, Borrowed<Object>) { return str_interned(t, "3.2.0"); }
const GetSetDef getset[] = {getter<version_of>("unidata_version")};
const SlotDef database_slots[] = {raw_slot(SlotId::tp_getattro, generic_getattr_slot)};
const TypeSpec database_spec = {
    .type = &Database::s_type,
    .name = "unicodedata.UCD",
    .basicsize = sizeof(Database),
    .flags = type_flag::DisallowInstantiation,
    .slots = database_slots,
    .methods = methods,
    .getset = getset,
};
const TypeSpec* const types[] = {&database_spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_string(t, module, "unidata_version", "16.0.0"));
    Ref<Database> old = TRY(allocate<Database>(t));
    return module_add(t, module, "ucd_3_2_0", old);
}

} // namespace

extern const ModuleSpec unicodedata_module;
const ModuleSpec unicodedata_module = {
    .name = "unicodedata", .doc = "The Unicode character database, version 16.0.", .functions = functions, .exec = exec, .types = types};

} // namespace taipan
