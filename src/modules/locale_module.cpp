// _locale: the C library's locale.
#include "base/small_buffer.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/native.h"
#include "objects/str_internal.h"

#include <cerrno>
#include <climits>
#include <clocale>
#include <cstring>
#include <cwchar>
#include <langinfo.h>
#include <libintl.h>

namespace taipan {

namespace {

/// Text in the locale's encoding.
Result<Ref<Str>> decode_locale(Thread& t, const char* text) {
    if (!text) text = "";
    size_t size = strlen(text);
    base::SmallBuffer<uint32_t, 64> out;
    mbstate_t state{};
    while (size > 0) {
        wchar_t c;
        size_t n = mbrtowc(&c, text, size, &state);
        if (n == 0 || n > size) {
            auto byte = static_cast<uint8_t>(*text);
            out.push(byte < 128 ? byte : 0xdc00u + byte); // surrogateescape
            n = 1;
            state = {};
        } else {
            out.push(static_cast<uint32_t>(c));
        }
        text += n;
        size -= n;
    }
    if (out.failed()) return raise_memory_error(t);
    return str_from_ucs4(t, out.data(), static_cast<intptr_t>(out.size()));
}

Error locale_error(Thread& t, const char* message) {
    Ref<Object> type = TRY(import_attribute(t, "_locale", "Error"));
    return raise(t, *static_cast<Type*>(type.get()), "%s", message);
}

Result<Ref<Object>> setlocale_(Thread& t, int category, NoneOr<Str> locale) {
    if (category < LC_CTYPE || category > LC_ALL) return locale_error(t, "invalid locale category");
    const char* name = locale ? TRY(str_utf8(t, locale.value())).data() : nullptr;
    const char* result = setlocale(category, name);
    if (!result) return locale_error(t, name ? "unsupported locale setting" : "locale query failed");
    return decode_locale(t, result);
}

Result<Ref<Object>> grouping_list(Thread& t, const char* grouping) {
    Ref<List> list = TRY(list_new(t));
    const char* p = grouping;
    for (; *p && *p != CHAR_MAX; ++p) {
        Ref<Object> value = TRY(int_from(t, *p));
        TRY(list_append(t, list, std::move(value)));
    }
    if (p != grouping || *p == CHAR_MAX) {
        Ref<Object> value = TRY(int_from(t, *p));
        TRY(list_append(t, list, std::move(value)));
    }
    return list;
}
Result<Ref<Object>> localeconv_(Thread& t) {
    const lconv* l = localeconv();
    Ref<Dict> result = TRY(dict_new(t));
    struct {
        const char* name;
        const char* text;
    } const texts[] = {{"decimal_point", l->decimal_point},         {"thousands_sep", l->thousands_sep},
                       {"int_curr_symbol", l->int_curr_symbol},     {"currency_symbol", l->currency_symbol},
                       {"mon_decimal_point", l->mon_decimal_point}, {"mon_thousands_sep", l->mon_thousands_sep},
                       {"positive_sign", l->positive_sign},         {"negative_sign", l->negative_sign}};
    for (auto& [name, text] : texts) TRY(dict_set_ascii(t, result, name, TRY(decode_locale(t, text))));
    TRY(dict_set_ascii(t, result, "grouping", TRY(grouping_list(t, l->grouping))));
    TRY(dict_set_ascii(t, result, "mon_grouping", TRY(grouping_list(t, l->mon_grouping))));
    struct {
        const char* name;
        int value;
    } const numbers[] = {{"int_frac_digits", l->int_frac_digits}, {"frac_digits", l->frac_digits},
                         {"p_cs_precedes", l->p_cs_precedes},     {"p_sep_by_space", l->p_sep_by_space},
                         {"n_cs_precedes", l->n_cs_precedes},     {"n_sep_by_space", l->n_sep_by_space},
                         {"p_sign_posn", l->p_sign_posn},         {"n_sign_posn", l->n_sign_posn}};
    for (auto& [name, value] : numbers) TRY(dict_set_ascii(t, result, name, TRY(int_from(t, value))));
    return result;
}

/// Code points as wchar_t, null-terminated.
Result<void> to_wide(Thread& t, Borrowed<Str> text, base::SmallBuffer<wchar_t, 128>& out) {
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c == 0) return raise(t, exc::ValueError, "embedded null character");
        out.push(static_cast<wchar_t>(c));
    }
    out.push(0);
    if (out.failed()) return raise_memory_error(t);
    return {};
}
Result<int> strcoll_(Thread& t, Borrowed<Str> a, Borrowed<Str> b) {
    base::SmallBuffer<wchar_t, 128> x, y;
    TRY(to_wide(t, a, x));
    TRY(to_wide(t, b, y));
    return wcscoll(x.data(), y.data());
}
Result<Ref<Object>> strxfrm_(Thread& t, Borrowed<Str> text) {
    base::SmallBuffer<wchar_t, 128> in, out;
    TRY(to_wide(t, text, in));
    size_t need = wcsxfrm(nullptr, in.data(), 0);
    if (need == static_cast<size_t>(-1) || !out.resize(need + 1)) return raise_memory_error(t);
    wcsxfrm(out.data(), in.data(), need + 1);
    // Some keys hold values that are no code points: they are kept comparable.
    base::SmallBuffer<uint32_t, 128> chars;
    for (size_t i = 0; i < need; ++i) chars.push(static_cast<uint32_t>(out[i]) > 0x10ffff ? 0x10ffff : static_cast<uint32_t>(out[i]));
    if (chars.failed()) return raise_memory_error(t);
    return str_from_ucs4(t, chars.data(), static_cast<intptr_t>(chars.size()));
}

struct LangInfo {
    const char* name;
    int value;
};
#define ITEM(name) {#name, name}
constexpr LangInfo lang_info[] = {
    ITEM(DAY_1),     ITEM(DAY_2),       ITEM(DAY_3),     ITEM(DAY_4),      ITEM(DAY_5),   ITEM(DAY_6),      ITEM(DAY_7),
    ITEM(ABDAY_1),   ITEM(ABDAY_2),     ITEM(ABDAY_3),   ITEM(ABDAY_4),    ITEM(ABDAY_5), ITEM(ABDAY_6),    ITEM(ABDAY_7),
    ITEM(MON_1),     ITEM(MON_2),       ITEM(MON_3),     ITEM(MON_4),      ITEM(MON_5),   ITEM(MON_6),      ITEM(MON_7),
    ITEM(MON_8),     ITEM(MON_9),       ITEM(MON_10),    ITEM(MON_11),     ITEM(MON_12),  ITEM(ABMON_1),    ITEM(ABMON_2),
    ITEM(ABMON_3),   ITEM(ABMON_4),     ITEM(ABMON_5),   ITEM(ABMON_6),    ITEM(ABMON_7), ITEM(ABMON_8),    ITEM(ABMON_9),
    ITEM(ABMON_10),  ITEM(ABMON_11),    ITEM(ABMON_12),  ITEM(RADIXCHAR),  ITEM(THOUSEP), ITEM(CRNCYSTR),   ITEM(D_FMT),
    ITEM(D_T_FMT),   ITEM(T_FMT),       ITEM(AM_STR),    ITEM(PM_STR),     ITEM(CODESET), ITEM(T_FMT_AMPM), ITEM(ERA),
    ITEM(ERA_D_FMT), ITEM(ERA_D_T_FMT), ITEM(ERA_T_FMT), ITEM(ALT_DIGITS), ITEM(YESEXPR), ITEM(NOEXPR),     ITEM(_DATE_FMT)};
#undef ITEM

Result<Ref<Object>> nl_langinfo_(Thread& t, int key) {
    for (auto& [name, value] : lang_info) {
        if (value != key) continue;
        const char* text = nl_langinfo(key);
        if (key == ERA && text && *text) { // several entries, one after another
            base::SmallBuffer<char, 128> all;
            for (const char* p = text; *p; p += strlen(p) + 1) {
                if (!all.empty()) all.push(';');
                all.append(p, strlen(p));
            }
            all.push(0);
            return decode_locale(t, all.data());
        }
        if (key == ALT_DIGITS && text && *text) {
            base::SmallBuffer<char, 256> all;
            const char* p = text;
            for (int i = 0; i < 100 && *p; ++i, p += strlen(p) + 1) {
                if (!all.empty()) all.push(';');
                all.append(p, strlen(p));
            }
            all.push(0);
            return decode_locale(t, all.data());
        }
        return decode_locale(t, text);
    }
    return raise(t, exc::ValueError, "unsupported langinfo constant");
}

Result<const char*> c_text(Thread& t, const NoneOr<Str>& text) {
    if (!text) return static_cast<const char*>(nullptr);
    return TRY(str_utf8(t, text.value())).data();
}
Result<Ref<Object>> gettext_(Thread& t, Borrowed<Str> message) { return decode_locale(t, gettext(TRY(str_utf8(t, message)).data())); }
Result<Ref<Object>> dgettext_(Thread& t, NoneOr<Str> domain, Borrowed<Str> message) {
    const char* name = TRY(c_text(t, domain));
    return decode_locale(t, dgettext(name, TRY(str_utf8(t, message)).data()));
}
Result<Ref<Object>> dcgettext_(Thread& t, NoneOr<Str> domain, Borrowed<Str> message, int category) {
    const char* name = TRY(c_text(t, domain));
    return decode_locale(t, dcgettext(name, TRY(str_utf8(t, message)).data(), category));
}
Result<Ref<Object>> textdomain_(Thread& t, NoneOr<Str> domain) {
    const char* result = textdomain(TRY(c_text(t, domain)));
    if (!result) return raise_errno(t, errno);
    return decode_locale(t, result);
}
Result<Ref<Object>> bindtextdomain_(Thread& t, Borrowed<Str> domain, NoneOr<Object> directory) {
    std::string_view name = TRY(str_utf8(t, domain));
    if (name.empty()) return locale_error(t, "domain must be a non-empty string");
    MaybeRef<Object> path;
    const char* text = nullptr;
    if (directory) {
        Ref<Object> shown = TRY(to_str(t, directory.value()));
        text = TRY(str_utf8(t, static_cast<Str*>(shown.get()))).data();
        path = std::move(shown);
    }
    const char* result = bindtextdomain(name.data(), text);
    if (!result) return raise_errno(t, errno);
    return decode_locale(t, result);
}
Result<Ref<Object>> bind_textdomain_codeset_(Thread& t, Borrowed<Str> domain, NoneOr<Str> codeset) {
    const char* text = TRY(c_text(t, codeset));
    const char* result = bind_textdomain_codeset(TRY(str_utf8(t, domain)).data(), text);
    if (!result) return none_ref();
    return decode_locale(t, result);
}
Result<Ref<Object>> getencoding(Thread& t) {
    const char* name = nl_langinfo(CODESET);
    return decode_locale(t, name && *name ? name : "utf-8");
}

const NativeDef functions[] = {
    fn<setlocale_>("setlocale", "($module, category, locale=None, /)", "Set or ask the locale of a category."),
    fn<localeconv_>("localeconv", "($module, /)", "The conventions of the locale, as a dict."),
    fn<strcoll_>("strcoll", "($module, os1, os2, /)", "Compare two strings by the locale."),
    fn<strxfrm_>("strxfrm", "($module, string, /)", "A key for comparing by the locale."),
    fn<nl_langinfo_>("nl_langinfo", "($module, key, /)", "Information about the locale."),
    fn<gettext_>("gettext", "($module, msg, /)", "gettext(msg) -> string\nThe translation of the message."),
    fn<dgettext_>("dgettext", "($module, domain, msg, /)", "dgettext(domain, msg) -> string\nThe translation of the message in a domain."),
    fn<dcgettext_>("dcgettext", "($module, domain, msg, category, /)", "The translation of the message in a domain and category."),
    fn<textdomain_>("textdomain", "($module, domain, /)", "Set the C library's textdomain, or ask for it."),
    fn<bindtextdomain_>("bindtextdomain", "($module, domain, dir, /)", "Bind the C library's domain to a directory."),
    fn<bind_textdomain_codeset_>("bind_textdomain_codeset", "($module, domain, codeset, /)", "Bind the C library's domain to an encoding."),
    fn<getencoding>("getencoding", "($module, /)", "The locale's encoding."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    constexpr LangInfo categories[] = {{"LC_CTYPE", LC_CTYPE},       {"LC_TIME", LC_TIME},         {"LC_COLLATE", LC_COLLATE},
                                       {"LC_MONETARY", LC_MONETARY}, {"LC_MESSAGES", LC_MESSAGES}, {"LC_NUMERIC", LC_NUMERIC},
                                       {"LC_ALL", LC_ALL},           {"CHAR_MAX", CHAR_MAX}};
    for (auto& [name, value] : categories) TRY(module_add_int(t, module, name, value));
    for (auto& [name, value] : lang_info) TRY(module_add_int(t, module, name, value));
    Ref<Type> error = TRY(new_exception_type(t, "locale.Error", exc::Exception, nullptr));
    return module_add(t, module, "Error", error);
}

} // namespace

extern const ModuleSpec locale_module;
const ModuleSpec locale_module = {.name = "_locale", .doc = "The C library's locale functions.", .functions = functions, .exec = exec};

} // namespace taipan
