#include "objects/native.h"

#include "base/edit_distance.h"
#include "objects/any_keywords.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

#include <cstdlib>

namespace taipan {

namespace {

struct ParameterText {
    std::string_view name, default_text;
};

/// Walks the signature like parse_signature does; the parameter that takes entry `position` of the bound array.
ParameterText find_parameter(const NativeDef& def, int position) {
    const char* s = def.signature;
    while (*s && *s != '(') ++s;
    if (!*s) return {};
    ++s;
    int depth = 0, index = 0;
    while (*s && *s != ')') {
        while (*s == ' ' || *s == ',' || *s == '\n') ++s;
        if (*s == ')' || !*s) break;
        const char* start = s;
        const char* equals = nullptr;
        while (*s && (depth > 0 || (*s != ',' && *s != ')'))) {
            if (*s == '(' || *s == '[' || *s == '{') ++depth;
            if (*s == ')' || *s == ']' || *s == '}') --depth;
            if (*s == '=' && !equals) equals = s;
            if (*s == '\'' || *s == '"') {
                char quote = *s++;
                while (*s && *s != quote) s += (*s == '\\' && s[1]) ? 2 : 1;
            }
            if (*s) ++s;
        }
        if (*start == '$' || *start == '/' || *start == '*') continue;
        if (index++ == position) {
            const char* name_end = equals ? equals : s;
            return {std::string_view(start, name_end - start), equals ? std::string_view(equals + 1, s - equals - 1) : std::string_view()};
        }
    }
    return {};
}

/// The type in whose dict a descriptor of `def` is found, or null: then `def` is a constructor or an initialiser.
Type* owner_of(Thread& t, Type* type, const NativeDef& def) {
    if (!type->mro) return nullptr;
    for (Object* base : *static_cast<Tuple*>(type->mro)) {
        auto* dict = static_cast<Dict*>(static_cast<Type*>(base)->dict);
        if (!dict) continue;
        auto found = dict_get_ascii(t, dict, def.name);
        if (found.is_error()) {
            t.clear_exception();
            continue;
        }
        MaybeRef<Object> value = found.take();
        if (value && (is<MethodDescriptor>(value.get()) || is<ClassMethodDescriptor>(value.get())) &&
            static_cast<MethodDescriptor*>(value.get())->def == &def)
            return static_cast<Type*>(base);
    }
    return nullptr;
}

enum class Family { Constructor, Function };

/// What messages call the function: "list.append", "math.sqrt", "len".
struct FunctionName {
    Family family = Family::Function;
    std::string_view owner; // empty: none
    Ref<Str> keep = str_empty();
};

FunctionName name_of(Thread& t, const NativeDef& def, Object* receiver) {
    FunctionName result;
    if (!receiver) return result;
    if (is<Module>(receiver)) {
        Object* name = static_cast<Module*>(receiver)->name;
        if (name && is<Str>(name) && !str_equals_ascii(static_cast<Str*>(name), "builtins")) {
            auto text = str_utf8(t, static_cast<Str*>(name));
            if (text.is_error()) t.clear_exception();
            else result.owner = text.take();
        }
        if (!owner_of(t, receiver->type, def)) return result;
        result.owner = {};
    }
    Type* owner = nullptr;
    if (is<Type>(receiver) && owner_of(t, static_cast<Type*>(receiver), def)) owner = static_cast<Type*>(receiver);
    if (!owner) owner = owner_of(t, receiver->type, def);
    if (owner == &Type::s_type && is<Type>(receiver)) owner = static_cast<Type*>(receiver);
    if (owner) result.owner = short_type_name(*owner);
    else result.family = Family::Constructor;
    return result;
}

const char* dot(const FunctionName& n) { return n.owner.empty() ? "" : "."; }
const char* plural(intptr_t n) { return n == 1 ? "" : "s"; }

COLD Error raise_positional_count(Thread& t, const NativeDef& def, Object* receiver, intptr_t given) {
    const ParamSpec& p = def.params;
    FunctionName name = name_of(t, def, receiver);
    if (p.positional == 0 && !p.var_args)
        return raise(t, exc::TypeError,
                     name.family == Family::Constructor ? "%s%s%s() takes no arguments" : "%s%s%s() takes no arguments (%d given)",
                     name.owner, dot(name), def.name, given);
    if (p.positional == 1 && p.required == 1 && !p.var_args && name.family == Family::Function)
        return raise(t, exc::TypeError, "%s%s%s() takes exactly one argument (%d given)", name.owner, dot(name), def.name, given);
    bool exact = p.required == p.positional && !p.var_args;
    intptr_t limit = given < p.required ? p.required : p.positional;
    return raise(t, exc::TypeError, "%s expected %s%d argument%s, got %d", def.name,
                 exact                ? ""
                 : given < p.required ? "at least "
                                      : "at most ",
                 limit, plural(limit), given);
}

COLD Error raise_no_keywords(Thread& t, const NativeDef& def, Object* receiver) {
    FunctionName name = name_of(t, def, receiver);
    return raise(t, exc::TypeError, "%s%s%s() takes no keyword arguments", name.owner, dot(name), def.name);
}

int find_name(const NativeParameter* parameters, int from, int count, Object* key) {
    for (int i = from; i < count; ++i)
        if (parameters[i].name == key) return i;
    for (int i = from; i < count; ++i)
        if (str_equal(parameters[i].name, static_cast<Str*>(key))) return i;
    return -1;
}

} // namespace

Result<void> bind_arguments(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames,
                            Object** out) {
    const ParamSpec& p = def.params;
    intptr_t given = static_cast<intptr_t>(nargs);
    intptr_t keywords = kwnames ? static_cast<Tuple*>(kwnames)->size : 0;
    int count = p.count();

    // Functions without keyword parameters.
    if (p.positional_only == p.positional && !p.keyword_only && !p.var_kwargs) {
        if (keywords) return raise_no_keywords(t, def, receiver);
        if (given < p.required || (given > p.positional && !p.var_args)) return raise_positional_count(t, def, receiver, given);
        for (int i = 0; i < p.positional; ++i) out[i] = i < given ? args[i] : nullptr;
        return {};
    }

    if (!keywords && p.var_args && given >= p.required && !p.required_keyword_only) {
        for (int i = 0; i < count; ++i) out[i] = i < given && i < p.positional ? args[i] : nullptr;
        return {};
    }

    if (def.method_flags & method_flag::CountsKeywords && keywords > p.keyword_only)
        return raise(t, exc::TypeError, "%s() takes at most %d keyword argument%s (%d given)", def.name, static_cast<int>(p.keyword_only),
                     plural(p.keyword_only), keywords);
    // Functions with keyword parameters: the order of the checks decides which error is reported.
    if (!p.var_args && !p.var_kwargs && given + keywords > count)
        return raise(t, exc::TypeError, "%s() takes at most %d %sargument%s (%d given)", def.name, count, given == 0 ? "keyword " : "",
                     plural(count), given + keywords);
    if (given > p.positional && !p.var_args) {
        if (p.positional == 0) return raise(t, exc::TypeError, "%s() takes no positional arguments", def.name);
        return raise(t, exc::TypeError, "%s() takes %s %d positional argument%s (%d given)", def.name,
                     p.required < p.positional ? "at most" : "exactly", p.positional, plural(p.positional), given);
    }
    int min_positional_only = p.positional_only < p.required ? p.positional_only : p.required;
    if (given < min_positional_only)
        return raise(t, exc::TypeError, "%s() takes %s %d positional argument%s (%d given)", def.name,
                     min_positional_only < p.positional || p.var_args ? "at least" : "exactly", min_positional_only,
                     plural(min_positional_only), given);

    int filled = static_cast<int>(given < p.positional ? given : p.positional);
    for (int i = 0; i < count; ++i) out[i] = i < filled ? args[i] : nullptr;
    const NativeParameter* parameters = nullptr;
    intptr_t unknown = -1; // first keyword that names no parameter
    int duplicate = -1;
    if (keywords) {
        parameters = native_parameters(t, def);
        if (!parameters) return Error{};
        auto* key_tuple = static_cast<Tuple*>(kwnames);
        for (intptr_t k = 0; k < keywords; ++k) {
            Object* key = key_tuple->items[k];
            bool is_name = is<Str>(key);
            if (!is_name && !(def.method_flags & method_flag::AnyKeywords)) return raise(t, exc::TypeError, "keywords must be strings");
            int i = is_name ? find_name(parameters, p.positional_only, count, key) : -1;
            if (i < 0) {
                if (unknown < 0) unknown = k;
            } else if (i < filled) {
                if (duplicate < 0) duplicate = i;
            } else {
                out[i] = args[given + k];
            }
        }
    }
    for (int i = filled; i < count; ++i) {
        if (out[i]) continue;
        bool required = i < p.required;
        if (i >= p.positional && !required && p.required_keyword_only) {
            if (!parameters && !(parameters = native_parameters(t, def))) return Error{};
            required = parameters[i].default_text.empty();
        }
        if (required)
            return raise(t, exc::TypeError, "%s() missing required argument '%s' (pos %d)", def.name, find_parameter(def, i).name, i + 1);
    }
    if (duplicate >= 0)
        return raise(t, exc::TypeError, "argument for %s() given by name ('%s') and position (%d)", def.name, parameters[duplicate].name,
                     duplicate + 1);
    if (unknown >= 0 && !p.var_kwargs) {
        auto* name = static_cast<Str*>(static_cast<Tuple*>(kwnames)->items[unknown]);
        if (!is_exact<Str>(static_cast<Object*>(name)))
            for (int i = p.positional_only; i < count; ++i) // an __eq__ of its own may claim that it is a parameter's name
                if (TRY(equals(t, static_cast<Object*>(name), static_cast<Object*>(parameters[i].name))))
                    return raise(t, exc::TypeError, "invalid keyword argument for %s()", def.name);
        if (def.method_flags & method_flag::UnnamedKeyword)
            return raise(t, exc::TypeError, "%s() got an unexpected keyword argument", def.name);
        base::NearestName nearest(TRY(str_utf8(t, name)));
        Str* suggestion = nullptr;
        for (int i = p.positional_only; i < count; ++i)
            if (nearest.offer(TRY(str_utf8(t, parameters[i].name)))) suggestion = parameters[i].name;
        if (suggestion)
            return raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'. Did you mean '%s'?", def.name, name, suggestion);
        return raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'", def.name, name);
    }
    return {};
}

Result<MaybeRef<Object>> bind_extra_keywords(Thread& t, const NativeDef& def, Object* const* args, size_t nargs, Object* kwnames) {
    auto* key_tuple = static_cast<Tuple*>(kwnames);
    const NativeParameter* parameters = native_parameters(t, def);
    if (!parameters) return Error{};
    MaybeRef<Dict> extra;
    for (intptr_t k = 0; k < key_tuple->size; ++k) {
        Object* key = key_tuple->items[k];
        if (is<Str>(key) && find_name(parameters, def.params.positional_only, def.params.count(), key) >= 0) continue;
        if (!extra) extra = TRY(dict_new(t));
        TRY(dict_set(t, extra.get(), key, args[nargs + k]));
    }
    return MaybeRef<Object>::steal(extra.release());
}

Error raise_bad_argument(Thread& t, const NativeDef& def, int position, const char* expected, Object* got) {
    const char* got_name = is_none(got) ? "None" : type_name(got);
    const ParamSpec& p = def.params;
    if (position >= p.positional_only)
        return raise(t, exc::TypeError, "%s() argument '%s' must be %s, not %s", def.name, find_parameter(def, position).name, expected,
                     got_name);
    if (p.count() == 1 && p.required == 1 && !p.var_args)
        return raise(t, exc::TypeError, "%s() argument must be %s, not %s", def.name, expected, got_name);
    return raise(t, exc::TypeError, "%s() argument %d must be %s, not %s", def.name, position + 1, expected, got_name);
}

// Defaults, from the text of the signature.

std::string_view default_text(Thread& t, const NativeDef& def, int position) {
    const NativeParameter* parameters = native_parameters(t, def);
    if (LIKELY(parameters != nullptr)) return parameters[position].default_text;
    t.clear_exception(); // no memory for the table
    return find_parameter(def, position).default_text;
}

static bool is_quoted(std::string_view text) { return text.size() >= 2 && (text[0] == '\'' || text[0] == '"') && text.back() == text[0]; }

static int64_t integer_of(std::string_view text) {
    if (text == "True" || text == "(os.name != 'nt')") return 1;
    if (text == "sys.maxsize" || text == "maxsize") return INTPTR_MAX;
    return text.empty() ? 0 : static_cast<int64_t>(strtoll(text.data(), nullptr, 0));
}
static bool is_number(std::string_view text) {
    return !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9') || text == "sys.maxsize");
}
static Result<Ref<Object>> string_of(Thread& t, std::string_view quoted) {
    char buffer[64];
    size_t n = 0;
    std::string_view body = quoted.substr(1, quoted.size() - 2);
    for (size_t i = 0; i < body.size() && n < sizeof buffer; ++i) {
        char c = body[i];
        if (c == '\\' && i + 1 < body.size()) {
            c = body[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
        buffer[n++] = c;
    }
    return Ref<Object>(TRY(str_interned(t, std::string_view(buffer, n))));
}

const NativeParameter* native_parameters_slow(Thread& t, const NativeDef& def) {
    int count = def.params.count();
    auto* made = static_cast<NativeParameter*>(raw_calloc(count ? count : 1, sizeof(NativeParameter)));
    if (!made) return (void)raise_memory_error(t), nullptr;
    auto fill = [&](NativeParameter& parameter, ParameterText text) -> Result<void> {
        parameter.name = TRY(str_interned(t, text.name)).release();
        std::string_view value = parameter.default_text = text.default_text;
        parameter.integer = integer_of(value);
        parameter.real = value.empty() ? 0 : strtod(value.data(), nullptr);
        Ref<Object> object = none_ref();
        if (value == "True" || value == "False") object = bool_ref(value == "True");
        else if (value == "()") object = tuple_empty();
        else if (value == "...") object = Ref<Object>::steal(Ellipsis());
        else if (is_quoted(value)) object = TRY(string_of(t, value));
        else if (is_number(value) && value.find_first_of(".e") == std::string_view::npos) object = TRY(int_from(t, parameter.integer));
        else if (value != "None") return {};
        if (is_immortal(object.get())) parameter.object = object.get();
        return {};
    };
    for (int i = 0; i < count; ++i)
        if (fill(made[i], find_parameter(def, i)).is_error()) {
            raw_free(made);
            return nullptr;
        }
    const NativeParameter* expected = nullptr;
    if (def.parameters->compare_exchange_strong(expected, made, std::memory_order_acq_rel)) return made;
    raw_free(made);
    return expected;
}

Result<Ref<Object>> default_argument(Thread& t, const NativeDef& def, int position) {
    const NativeParameter* parameters = native_parameters(t, def);
    if (!parameters) return Error{};
    const NativeParameter& parameter = parameters[position];
    if (parameter.object) return Ref<Object>::steal(parameter.object);
    std::string_view text = parameter.default_text;
    if (is_quoted(text)) return string_of(t, text);
    if (is_number(text)) {
        if (text.find_first_of(".e") != std::string_view::npos && text != "sys.maxsize")
            return Ref<Object>(TRY(float_from(t, parameter.real)));
        return Ref<Object>(TRY(int_from(t, parameter.integer)));
    }
    return raise(t, exc::SystemError, "%s() has no default for argument %d", def.name, position + 1);
}

int64_t default_integer(Thread& t, const NativeDef& def, int position) {
    const NativeParameter* parameters = native_parameters(t, def);
    if (LIKELY(parameters != nullptr)) return parameters[position].integer;
    t.clear_exception();
    return integer_of(find_parameter(def, position).default_text);
}

double default_double(Thread& t, const NativeDef& def, int position) {
    const NativeParameter* parameters = native_parameters(t, def);
    if (LIKELY(parameters != nullptr)) return parameters[position].real;
    t.clear_exception();
    std::string_view text = find_parameter(def, position).default_text;
    return text.empty() ? 0 : strtod(text.data(), nullptr);
}

static Type* builtin_base(Type* type) {
    while (type->is_heap_type()) type = type->base;
    return type;
}
static bool takes_no_keywords(const NativeDef& def, const Type* type) {
    const ParamSpec& p = def.params;
    return type->is_heap_type() && p.positional == p.positional_only && !p.keyword_only && !p.var_kwargs;
}
Object* construct_native_tuple(Thread& t, const NativeDef& def, Type* type, Object* args, Object* kwargs) {
    if (kwargs && takes_no_keywords(def, type) && type->init != builtin_base(type)->init) kwargs = nullptr;
    return call_native_tuple(t, def, type, args, kwargs);
}
int init_native_tuple(Thread& t, const NativeDef& def, Object* self, Object* args, Object* kwargs) {
    if (kwargs && takes_no_keywords(def, self->type) && self->type->construct != builtin_base(self->type)->construct) kwargs = nullptr;
    return call_native_tuple(t, def, self, args, kwargs) ? 0 : -1;
}

Object* call_native_tuple(Thread& t, const NativeDef& def, Object* receiver, Object* args, Object* kwargs) {
    auto* tuple = static_cast<Tuple*>(args);
    if (!kwargs || dict_size(static_cast<Dict*>(kwargs)) == 0) return def.entry(t, def, receiver, tuple->items, tuple->size, nullptr);
    auto flat = [&]() -> Result<Ref<Object>> {
        auto* dict = static_cast<Dict*>(kwargs);
        Ref<Tuple> all = TRY(tuple_alloc(t, tuple->size + dict_size(dict)));
        Ref<Tuple> keys = TRY(tuple_alloc(t, dict_size(dict)));
        for (intptr_t i = 0; i < tuple->size; ++i) all->items[i] = acquire(tuple->items[i]).release();
        intptr_t position = 0, n = 0;
        MaybeRef<Object> key, value;
        while (n < keys->size && dict_next(t, dict, &position, &key, &value)) {
            if (!is<Str>(key.get()) && !(def.method_flags & method_flag::AnyKeywords))
                return raise(t, exc::TypeError, "keywords must be strings");
            keys->items[n] = key.release();
            all->items[tuple->size + n++] = value.release();
        }
        for (; n < keys->size; ++n) { // the dict shrank meanwhile
            return raise(t, exc::RuntimeError, "dictionary changed size during call");
        }
        return Result<Ref<Object>>::from_nullable(def.entry(t, def, receiver, all->items, tuple->size, keys.get()));
    };
    return flat().release_or_null();
}

} // namespace taipan
