// Codec search functions and error handlers, per interpreter (PEP 100).
#include "objects/abstract.h"
#include "objects/codec_errors.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

#include <cstring>

namespace taipan {

namespace {

/// Makes the tables; the first user also imports `encodings`, which registers the standard search function.
Result<void> ensure_registry(Thread& t, bool import_encodings) {
    Interpreter& interpreter = *t.interpreter;
    if (!interpreter.codec_search_path) {
        Ref<List> path = TRY(list_new(t));
        Ref<Dict> cache = TRY(dict_new(t));
        interpreter.codec_search_cache = cache.release();
        interpreter.codec_search_path = path.release();
    }
    if (import_encodings && list_size(static_cast<List*>(interpreter.codec_search_path)) == 0) {
        Ref<Object> module = TRY(import_module(t, "encodings"));
        (void)module;
    }
    return {};
}
Result<Dict*> error_registry(Thread& t) {
    Interpreter& interpreter = *t.interpreter;
    if (!interpreter.codec_error_registry) {
        Ref<Dict> registry = TRY(dict_new(t));
        static constexpr const char* names[] = {"strict",      "ignore",          "replace",      "backslashreplace", "xmlcharrefreplace",
                                                "namereplace", "surrogateescape", "surrogatepass"};
        for (size_t i = 0; i < std::size(names); ++i) {
            Ref<Object> function = TRY(builtin_function_new(t, error_handler_function(static_cast<ErrorHandler>(i)), nullptr, nullptr));
            TRY(dict_set_ascii(t, registry, names[i], function));
        }
        interpreter.codec_error_registry = registry.release();
    }
    return static_cast<Dict*>(interpreter.codec_error_registry);
}

/// Lower case; runs of anything but letters, digits and points become one underscore.
Result<Ref<Str>> normalize(Thread& t, std::string_view encoding) {
    StrBuilder out(t);
    bool gap = false;
    for (char c : encoding) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '.') {
            gap = true;
            continue;
        }
        if (gap && out.length()) TRY(out.append_char('_'));
        gap = false;
        TRY(out.append_char(static_cast<uint32_t>(c >= 'A' && c <= 'Z' ? c + 32 : c)));
    }
    Ref<Str> name = TRY(out.finish());
    return str_intern(t, std::move(name));
}

} // namespace

Result<void> codec_register(Thread& t, Borrowed<Object> search) {
    if (!is_callable(search.get())) return raise(t, exc::TypeError, "argument must be callable");
    TRY(ensure_registry(t, false));
    return list_append(t, static_cast<List*>(t.interpreter->codec_search_path), search.share());
}

Result<void> codec_unregister(Thread& t, Borrowed<Object> search) {
    TRY(ensure_registry(t, false));
    auto* path = static_cast<List*>(t.interpreter->codec_search_path);
    for (intptr_t i = 0; i < list_size(path); ++i) {
        MaybeRef<Object> item = list_get(t, path, i);
        if (item.get() != search.get()) continue;
        dict_clear(t, t.interpreter->codec_search_cache);
        return list_set_slice(t, path, i, i + 1, nullptr);
    }
    return {};
}

Result<Ref<Object>> codec_lookup(Thread& t, std::string_view encoding) {
    TRY(ensure_registry(t, true));
    Ref<Str> name = TRY(normalize(t, encoding));
    MaybeRef<Object> cached = TRY(dict_get_str(t, t.interpreter->codec_search_cache, name));
    if (cached) return cached.take();
    auto* path = static_cast<List*>(t.interpreter->codec_search_path);
    if (list_size(path) == 0) return raise(t, exc::LookupError, "no codec search functions registered: can't find encoding");
    for (intptr_t i = 0; i < list_size(path); ++i) {
        MaybeRef<Object> search = list_get(t, path, i);
        if (!search) break;
        Ref<Object> result = TRY(call(t, search.take(), name));
        if (is_none(result.get())) continue;
        if (!is<Tuple>(result.get()) || static_cast<Tuple*>(result.get())->size != 4)
            return raise(t, exc::TypeError, "codec search functions must return 4-tuples");
        TRY(dict_set(t, t.interpreter->codec_search_cache, name, result));
        return result;
    }
    return raise(t, exc::LookupError, "unknown encoding: %s", encoding);
}

Result<void> codec_register_error(Thread& t, std::string_view name, Borrowed<Object> handler) {
    if (!is_callable(handler.get())) return raise(t, exc::TypeError, "handler must be callable");
    Dict* registry = TRY(error_registry(t));
    Ref<Str> key = TRY(str_from_utf8(t, name));
    return dict_set(t, registry, key, handler);
}
Result<Ref<Object>> codec_lookup_error(Thread& t, const char* name) {
    Dict* registry = TRY(error_registry(t));
    Ref<Str> key = TRY(str_from_utf8(t, name ? name : "strict"));
    MaybeRef<Object> handler = TRY(dict_get_str(t, registry, key));
    if (!handler) return raise(t, exc::LookupError, "unknown error handler name '%.400s'", key);
    return handler.take();
}
Result<bool> codec_unregister_error(Thread& t, std::string_view name) {
    Ref<Str> key = TRY(str_from_utf8(t, name));
    Ref<Str> terminated = key.share();
    std::string_view view = TRY(str_utf8(t, terminated));
    if (error_handler_kind(view.data()) != ErrorHandler::Other)
        return raise(t, exc::ValueError, "cannot un-register built-in error handler '%s'", key);
    Dict* registry = TRY(error_registry(t));
    return dict_delete(t, registry, key);
}

} // namespace taipan
