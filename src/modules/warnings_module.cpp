// _warnings: filtering and showing of warnings. Filters come from the context variable first (context-aware warnings of
// Python 3.14), then from warnings.filters.
#include "modules/warnings_module.h"
#include "modules/contextvars.h"
#include "modules/resource_warning.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_methods.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/frame.h"
#include "vm/source.h"

#include <new>

namespace taipan {

/// The interpreter's: copies of the module (tests make some) share the filters' version and the lock. Nobody frees it.
struct WarningsState {
    Mutex mutex;
    std::atomic<Thread*> owner;
    int depth;
    std::atomic<int64_t> filters_version;
    Object *filters, *once_registry, *default_action;
    ContextVar* context;
};

namespace warnings {

using State = WarningsState;
State& state_of(Thread& t) { return *t.interpreter->warnings; }
using Mod = Borrowed<Module>;

namespace {

// The lock is recursive: showing a warning runs Python, which may warn.
void lock(Thread& t, State& state) {
    if (state.owner.load(std::memory_order_relaxed) == &t) {
        ++state.depth;
        return;
    }
    state.mutex.lock();
    state.owner.store(&t, std::memory_order_relaxed);
    state.depth = 1;
}
bool unlock(Thread& t, State& state) {
    if (state.owner.load(std::memory_order_relaxed) != &t) return false;
    if (--state.depth > 0) return true;
    state.owner.store(nullptr, std::memory_order_relaxed);
    state.mutex.unlock();
    return true;
}
class Locked {
public:
    Locked(Thread& t, State& state) : m_thread(t), m_state(state) { lock(t, state); }
    ~Locked() { unlock(m_thread, m_state); }
    Locked(const Locked&) = delete;

private:
    Thread& m_thread;
    State& m_state;
};

/// An attribute of the warnings module if that has been imported (or `import` asks for it). Nothing is
/// imported any more at the end, when the modules are taken apart.
ResultMaybe<Object> warnings_attribute(Thread& t, const char* name, bool import) {
    MaybeRef<Object> module;
    if (import && !g_runtime.finalizing.load(std::memory_order_acquire)) {
        auto made = import_module(t, "warnings");
        if (made.is_error()) {
            if (clear_if(t, exc::ImportError)) return MaybeRef<Object>();
            return Error{};
        }
        module = made.take();
    } else {
        module = TRY(dict_get_str(t, t.interpreter->modules, names::warnings));
    }
    if (!module) return MaybeRef<Object>();
    Ref<Str> text = TRY(str_interned(t, name));
    return get_attribute_optional(t, module.take(), text);
}

Result<bool> matches(Thread& t, Object* pattern, Borrowed<Object> text) {
    if (is_none(pattern)) return true;
    if (is_exact<Str>(pattern)) return equals(t, pattern, text); // an internal plain text filter must match exactly
    Ref<Str> name = TRY(str_interned(t, "match"));
    Ref<Object> result = TRY(call_method(t, Borrowed<Object>(pattern), name, text));
    return is_true(t, result);
}

/// Looks for the first filter that matches.
ResultMaybe<Object> search_filters(Thread& t, const char* what, Object* list, Borrowed<Object> category, Borrowed<Object> text,
                                   intptr_t line, Borrowed<Object> module, MaybeRef<Object>* item_out) {
    if (!is<List>(list)) return raise(t, exc::ValueError, "%s must be a list", what);
    auto* filters = static_cast<List*>(list);
    for (intptr_t i = 0; i < list_size(filters); ++i) {
        MaybeRef<Object> item = list_get(t, filters, i);
        if (!item) break;
        if (!is<Tuple>(item.get()) || static_cast<Tuple*>(item.get())->size != 5)
            return raise(t, exc::ValueError, "%s item %d isn't a 5-tuple", what, i);
        auto* parts = static_cast<Tuple*>(item.get());
        Object *action = parts->items[0], *message = parts->items[1], *filter_category = parts->items[2], *filter_module = parts->items[3];
        if (!is<Str>(action)) return raise(t, exc::TypeError, "action must be a string, not '%T'", action);
        if (!TRY(matches(t, message, text))) continue;
        if (!TRY(matches(t, filter_module, module))) continue;
        if (!TRY(is_subclass(t, category, filter_category))) continue;
        intptr_t filter_line = TRY(to_index_size(t, parts->items[4], exc::OverflowError));
        if (filter_line != 0 && filter_line != line) continue;
        Ref<Object> result = acquire(action);
        *item_out = std::move(item);
        return MaybeRef<Object>(std::move(result));
    }
    return MaybeRef<Object>();
}

Result<Ref<Object>> find_action(Thread& t, State& state, Borrowed<Object> category, Borrowed<Object> text, intptr_t line,
                                Borrowed<Object> module, MaybeRef<Object>* item) {
    MaybeRef<Object> context = TRY(context_var_get(t, state.context));
    if (context && !is_none(context.get())) {
        Ref<Str> name = TRY(str_interned(t, "_filters"));
        Ref<Object> filters = TRY(get_attribute(t, context.take(), name));
        if (!is<List>(filters.get())) return raise(t, exc::ValueError, "warnings._get_context()._filters must be a list");
        MaybeRef<Object> action = TRY(search_filters(t, "context _filters", filters.get(), category, text, line, module, item));
        if (action) return action.take();
    }
    MaybeRef<Object> filters = TRY(warnings_attribute(t, "filters", false));
    if (filters) {
        Locked locked(t, state);
        if (filters.get() != state.filters) assign_field(state.filters, filters.share().release());
    } else {
        filters = MaybeRef<Object>::acquire(state.filters);
    }
    MaybeRef<Object> action = TRY(search_filters(t, "warnings.filters", filters.get(), category, text, line, module, item));
    if (action) return action.take();
    action = TRY(warnings_attribute(t, "defaultaction", false));
    if (!action) action = MaybeRef<Object>::acquire(state.default_action);
    if (!is<Str>(action.get())) return raise(t, exc::TypeError, "warnings.defaultaction must be a string, not '%T'", action.get());
    *item = none_ref();
    return action.take();
}

/// Has the key been seen in the registry since the filters changed? Marks it if asked to.
Result<bool> already_warned(Thread& t, State& state, Borrowed<Dict> registry, Borrowed<Object> key, bool mark) {
    Ref<Str> name = TRY(str_interned(t, "version"));
    MaybeRef<Object> version = TRY(dict_get_str(t, registry, name));
    int64_t current = state.filters_version.load(), seen = 0;
    if (!version || !is<Int>(version.get()) || !int_fits_int64(static_cast<Int*>(version.get()), &seen) || seen != current) {
        dict_clear(t, registry);
        Ref<Int> number = TRY(int_from(t, current));
        TRY(dict_set(t, registry, name, number));
    } else {
        MaybeRef<Object> found = TRY(dict_get(t, registry, key));
        if (found && TRY(is_true(t, found.get()))) return true;
    }
    if (mark) TRY(dict_set(t, registry, key, True()));
    return false;
}
Result<bool> update_registry(Thread& t, State& state, Borrowed<Dict> registry, Borrowed<Object> text, Borrowed<Object> category,
                             bool add_zero) {
    Ref<Object> zero = TRY(int_from(t, 0));
    Ref<Tuple> key = add_zero ? TRY(tuple_pack(t, text, category, zero)) : TRY(tuple_pack(t, text, category));
    return already_warned(t, state, registry, key, true);
}

/// The last resort while warnings.py is not there.
Result<void> show_plainly(Thread& t, Borrowed<Object> filename, intptr_t line, Borrowed<Object> text, Borrowed<Object> category,
                          Object* source_line) {
    MaybeRef<Object> out = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stderr));
    if (!out || is_none(out.get())) return {};
    Ref<Object> name = TRY(get_attribute(t, category, names::__name__));
    Ref<Str> message = TRY(str_format(t, "%s:%d: %s: %s\n", filename, line, name, text));
    MaybeRef<Object> read;
    if (!source_line && is<Str>(filename.get())) {
        auto found = taipan::source_line(t, static_cast<Str*>(filename.get()), static_cast<int>(line));
        if (found.is_error()) t.clear_exception();
        else source_line = (read = found.take()).get();
    }
    if (source_line && is<Str>(source_line) && static_cast<Str*>(source_line)->length) {
        Ref<Str> strip = TRY(str_interned(t, "strip"));
        Ref<Object> stripped = TRY(call_method(t, Borrowed<Object>(source_line), strip));
        message = TRY(str_format(t, "%s  %s\n", message, stripped));
    }
    if (call_method(t, out.take(), names::write, message).is_error()) t.clear_exception();
    return {};
}
Result<void> show(Thread& t, Borrowed<Object> category, Borrowed<Object> text, Borrowed<Object> message, Borrowed<Object> filename,
                  intptr_t line, Borrowed<Object> line_object, Object* source, Object* source_line) {
    MaybeRef<Object> function = TRY(warnings_attribute(t, "_showwarnmsg", source && !is_none(source)));
    if (!function) return show_plainly(t, filename, line, text, category, source_line);
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
    MaybeRef<Object> cls = TRY(warnings_attribute(t, "WarningMessage", false));
    if (!cls) return raise(t, exc::RuntimeError, "unable to get warnings.WarningMessage");
    Borrowed<Object> none = None(), origin = source ? source : None(), shown_line = source_line ? source_line : None();
    Ref<Object> record = TRY(call(t, cls.take(), message, category, filename, line_object, none, shown_line, origin));
    TRY(call(t, function.take(), record));
    return {};
}

Result<Ref<Str>> module_from_filename(Thread& t, Borrowed<Object> filename) {
    if (!is<Str>(filename.get())) return str_from_utf8(t, "<unknown>");
    auto* text = static_cast<Str*>(filename.get());
    if (text->length == 0) return str_from_utf8(t, "<unknown>");
    intptr_t n = text->length;
    if (n >= 3 && text->at(n - 3) == '.' && text->at(n - 2) == 'p' && text->at(n - 1) == 'y') return str_substring(t, text, 0, n - 3);
    return acquire(text);
}

Result<void> explicit_warning(Thread& t, State& state, Borrowed<Object> category_in, Borrowed<Object> message_in, Borrowed<Object> filename,
                              intptr_t line, Object* module_in, Object* registry_in, Object* source, Object* source_line = nullptr) {
    if (module_in && is_none(module_in)) return {};
    if (registry_in && is_none(registry_in)) registry_in = nullptr;
    if (registry_in && !is<Dict>(registry_in)) return raise(t, exc::TypeError, "'registry' must be a dict or None, not '%T'", registry_in);
    Ref<Object> module = module_in ? acquire(module_in) : Ref<Object>(TRY(module_from_filename(t, filename)));
    auto* registry = static_cast<Dict*>(registry_in);
    Ref<Object> text = acquire(message_in), message = acquire(message_in), category = acquire(category_in);
    if (TRY(is_instance(t, message_in, &exc::Warning))) {
        text = TRY(to_str(t, message_in));
        category = acquire<Object>(message_in->type);
    } else {
        message = TRY(call(t, category_in, message_in));
    }
    Ref<Object> line_object = TRY(int_from(t, line));
    Ref<Tuple> key = TRY(tuple_pack(t, text, category, line_object));
    if (registry && TRY(already_warned(t, state, registry, key, false))) return {};
    MaybeRef<Object> item;
    Ref<Object> action_object = TRY(find_action(t, state, category, text, line, module, &item));
    auto* action = static_cast<Str*>(action_object.get());
    auto is_action = [&](std::string_view name) { return str_equals_ascii(action, name); };
    if (is_action("error")) return raise_instance(t, std::move(message));
    if (is_action("ignore")) return {};
    // The registry remembers it, unless the warning is always shown.
    if (!is_action("always") && !is_action("all")) {
        if (registry) TRY(dict_set(t, registry, key, True()));
        bool already = false;
        if (is_action("once")) {
            MaybeRef<Object> once = MaybeRef<Object>::acquire(registry);
            if (!once) {
                once = TRY(warnings_attribute(t, "onceregistry", false));
                if (!once) once = MaybeRef<Object>::acquire(state.once_registry);
                if (!is<Dict>(once.get())) return raise(t, exc::TypeError, "_warnings.onceregistry must be a dict, not '%T'", once.get());
            }
            already = TRY(update_registry(t, state, static_cast<Dict*>(once.get()), text, category, false));
        } else if (is_action("module")) {
            if (registry) already = TRY(update_registry(t, state, registry, text, category, false));
        } else if (!is_action("default")) {
            return raise(t, exc::RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action, item);
        }
        if (already) return {};
    }
    return show(t, category, text, message, filename, line, line_object, source, source_line);
}

// Finding the caller

bool contains_ascii(const Str* text, std::string_view part) {
    auto n = static_cast<intptr_t>(part.size());
    for (intptr_t i = 0; i + n <= text->length; ++i) {
        intptr_t k = 0;
        while (k < n && text->at(i + k) == static_cast<uint8_t>(part[static_cast<size_t>(k)])) ++k;
        if (k == n) return true;
    }
    return false;
}
bool is_import_frame(const Frame* frame) {
    const Str* name = frame->code()->filename;
    return contains_ascii(name, "importlib") && contains_ascii(name, "_bootstrap");
}
bool has_prefix(const Str* name, Tuple* prefixes) {
    if (!prefixes) return false;
    for (Object* o : prefixes->span()) {
        auto* prefix = static_cast<Str*>(o);
        if (prefix->length > name->length) continue;
        intptr_t i = 0;
        while (i < prefix->length && prefix->at(i) == name->at(i)) ++i;
        if (i == prefix->length) return true;
    }
    return false;
}
Frame* complete(Frame* frame) {
    while (frame && frame_is_incomplete(frame)) frame = frame->previous;
    return frame;
}
Frame* next_external(Frame* frame, Tuple* prefixes) {
    do frame = complete(frame->previous);
    while (frame && (is_import_frame(frame) || has_prefix(frame->code()->filename, prefixes)));
    return frame;
}

Result<void> do_warn(Thread& t, State& state, Borrowed<Object> message, Borrowed<Object> category, intptr_t level, Object* source,
                     Tuple* prefixes) {
    Frame* frame = current_frame(t);
    if (level <= 0 || (frame && is_import_frame(frame))) {
        while (--level > 0 && frame) frame = complete(frame->previous);
    } else {
        while (--level > 0 && frame) frame = next_external(frame, prefixes);
    }
    Dict* globals = frame ? frame->globals : t.interpreter->sys_dict;
    Ref<Dict> held = acquire(globals);
    Ref<Object> filename = frame ? acquire<Object>(frame->code()->filename) : Ref<Object>(TRY(str_from_utf8(t, "<sys>")));
    intptr_t line = frame ? code_line(frame->code(), frame->lasti()) : 0;
    Ref<Str> registry_name = TRY(str_interned(t, "__warningregistry__"));
    MaybeRef<Object> registry = TRY(dict_get_str(t, globals, registry_name));
    if (!registry) {
        Ref<Dict> fresh = TRY(dict_new(t));
        registry = TRY(dict_set_default(t, globals, registry_name, fresh));
    }
    MaybeRef<Object> module = TRY(dict_get_str(t, globals, names::__name__));
    if (!module || !(is_none(module.get()) || is<Str>(module.get()))) module = TRY(str_from_utf8(t, "<string>"));
    return explicit_warning(t, state, category, message, filename, line, module.get(), registry.get(), source);
}

Result<void> warn_python(Thread& t, Mod self, Borrowed<Object> message, Borrowed<Object> category_in, Size stacklevel,
                         Borrowed<Object> source, MaybeBorrowed<Tuple> prefixes) {
    intptr_t level = stacklevel;
    Tuple* skip = prefixes.get();
    if (skip) {
        for (Object* o : skip->span())
            if (!is<Str>(o)) return raise(t, exc::TypeError, "Found non-str '%T' in skip_file_prefixes.", o);
        if (skip->size == 0) skip = nullptr;
        else if (level < 2) level = 2;
    }
    Borrowed<Object> category = category_in;
    if (TRY(is_instance(t, message, &exc::Warning))) category = message->type;
    else if (is_none(category.get())) category = &exc::UserWarning;
    if (!is<Type>(category.get()) || !TRY(is_subclass(t, category, &exc::Warning)))
        return raise(t, exc::TypeError, "category must be a Warning subclass, not '%T'", category);
    return do_warn(t, state_of(t), message, category, level, source.get(), skip);
}
/// The line of the module's source as its loader tells it, for files that cannot be read.
ResultMaybe<Object> source_line_of(Thread& t, Borrowed<Dict> globals, int line) {
    Ref<Object> bless = TRY(import_attribute(t, "importlib._bootstrap_external", "_bless_my_loader"));
    Ref<Object> loader = TRY(call(t, bless, globals));
    // A module run with -m is __main__, but its loader knows it by the name in the spec.
    MaybeRef<Object> name, spec = TRY(dict_get_str(t, globals, names::__spec__));
    Ref<Str> name_name = TRY(str_interned(t, "name"));
    if (spec) name = TRY(get_attribute_optional(t, spec.take(), name_name));
    if (!name || is_none(name.get())) name = TRY(dict_get_str(t, globals, names::__name__));
    if (!name) return MaybeRef<Object>();
    Ref<Str> get_source_name = TRY(str_interned(t, "get_source"));
    MaybeRef<Object> get_source = TRY(get_attribute_optional(t, loader, get_source_name));
    if (!get_source) return MaybeRef<Object>();
    auto found = call(t, get_source.take(), name.take());
    if (found.is_error()) { // __main__ of a command has the loader of builtin modules
        if (!clear_if(t, exc::ImportError)) return Error{};
        return MaybeRef<Object>();
    }
    Ref<Object> source = found.take();
    if (!is<Str>(source.get())) return MaybeRef<Object>();
    Ref<List> lines = TRY(str_methods::splitlines(t, static_cast<Str*>(source.get()), false));
    if (line < 1 || line > lines->size) return MaybeRef<Object>();
    return MaybeRef<Object>::acquire(lines->items[line - 1]);
}

Result<void> warn_explicit_python(Thread& t, Mod self, Borrowed<Object> message, Borrowed<Object> category, Borrowed<Str> filename,
                                  int line, MaybeBorrowed<Object> module, Borrowed<Object> registry, Borrowed<Object> module_globals,
                                  Borrowed<Object> source) {
    if (!is_none(module_globals.get()) && !is<Dict>(module_globals.get()))
        return raise(t, exc::TypeError, "module_globals must be a dict, not '%T'", module_globals);
    MaybeRef<Object> source_line;
    if (!is_none(module_globals.get())) source_line = TRY(source_line_of(t, static_cast<Dict*>(module_globals.get()), line));
    return explicit_warning(t, state_of(t), category, message, filename, line, module.get(), registry.get(), source.get(),
                            source_line.get());
}
Result<void> filters_mutated(Thread& t, Mod) {
    State& state = state_of(t);
    if (state.owner.load(std::memory_order_relaxed) != &t) return raise(t, exc::RuntimeError, "warnings lock is not held");
    state.filters_version.fetch_add(1);
    return {};
}
void acquire_lock(Thread& t, Mod) { lock(t, state_of(t)); }
Result<void> release_lock(Thread& t, Mod) {
    if (!unlock(t, state_of(t))) return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
    return {};
}

const NativeDef functions[] = {
    module_fn<warn_python>("warn", "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
                           "Issue a warning, which the filters may drop or turn into an exception.\n\n"
                           "  message\n"
                           "    What to say: a text, or a Warning instance, which brings its own category.\n"
                           "  category\n"
                           "    A subclass of Warning; UserWarning if left out.\n"
                           "  stacklevel\n"
                           "    Which frame to blame: 1 is the one that calls warn(), 2 its caller, and so on.\n"
                           "  source\n"
                           "    The object that a ResourceWarning is about, if there is one.\n"
                           "  skip_file_prefixes\n"
                           "    File name beginnings, in a tuple; frames of such files are not counted and\n"
                           "    not blamed."),
    module_fn<warn_explicit_python>("warn_explicit",
                                    "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, "
                                    "module_globals=None, source=None)",
                                    "Issue a warning, or maybe ignore it or raise an exception."),
    module_fn<filters_mutated>("_filters_mutated_lock_held", "($module, /)"),
    module_fn<acquire_lock>("_acquire_lock", "($module, /)"),
    module_fn<release_lock>("_release_lock", "($module, /)"),
};

Result<void> add_filter(Thread& t, Borrowed<List> filters, const char* action, Type& category, const char* module) {
    Ref<Object> verb = TRY(str_interned(t, action)), none = none_ref(), line = TRY(int_from(t, 0));
    Ref<Object> name = module ? Ref<Object>(TRY(str_interned(t, module))) : none_ref();
    Ref<Tuple> filter = TRY(tuple_pack(t, verb, none, Borrowed<Object>(&category), name, line));
    return list_append(t, filters, std::move(filter));
}

Result<void> make_state(Thread& t) {
    Ref<List> filters = TRY(list_new(t));
    TRY(add_filter(t, filters, "default", exc::DeprecationWarning, "__main__"));
    for (Type* type : {&exc::DeprecationWarning, &exc::PendingDeprecationWarning, &exc::ImportWarning, &exc::ResourceWarning})
        TRY(add_filter(t, filters, "ignore", *type, nullptr));
    Ref<Str> name = TRY(str_from_utf8(t, "_warnings_context")), action = TRY(str_interned(t, "default"));
    Ref<Dict> registry = TRY(dict_new(t));
    Ref<ContextVar> context = TRY(context_var_new(t, name, nullptr));
    auto* state = new (std::nothrow) State{};
    if (!state) return raise_memory_error(t);
    state->filters = filters.release();
    state->once_registry = registry.release();
    state->default_action = action.release();
    state->context = context.release();
    t.interpreter->warnings = state;
    return {};
}
Result<void> exec(Thread& t, Mod module) {
    if (!t.interpreter->warnings) TRY(make_state(t));
    State& state = state_of(t);
    TRY(module_add(t, module, "filters", state.filters));
    TRY(module_add(t, module, "_onceregistry", state.once_registry));
    TRY(module_add(t, module, "_defaultaction", state.default_action));
    return module_add(t, module, "_warnings_context", state.context);
}

} // namespace
} // namespace warnings

Result<void> warn_unclosed(Thread& t, Borrowed<Object> source, Borrowed<Str> message) {
    if (!t.interpreter->warnings) return {};
    return warnings::do_warn(t, warnings::state_of(t), message, &exc::ResourceWarning, 1, source.get(), nullptr);
}

void warnings_clear(Thread& t) {
    if (!t.interpreter->warnings) return;
    auto& state = *t.interpreter->warnings;
    if (is<List>(state.filters) &&
        list_set_slice(t, Borrowed<List>(static_cast<List*>(state.filters)), 0, list_size(static_cast<List*>(state.filters)), nullptr)
            .is_error())
        t.clear_exception();
    if (is<Dict>(state.once_registry)) dict_clear(t, static_cast<Dict*>(state.once_registry));
}
void warnings_drop(Thread& t) {
    WarningsState* state = std::exchange(t.interpreter->warnings, nullptr);
    if (!state) return;
    for (Object** field : {&state->filters, &state->once_registry, &state->default_action}) clear_field(*field);
    clear_field(state->context);
    delete state;
}

extern const ModuleSpec warnings_module;
const ModuleSpec warnings_module = {.name = "_warnings",
                                    .doc = "The native part of warnings: the filters, and how they are applied.",
                                    .functions = warnings::functions,
                                    .exec = warnings::exec};

} // namespace taipan
