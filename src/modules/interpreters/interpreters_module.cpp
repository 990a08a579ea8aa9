// _interpreters: making, running and ending interpreters.
#include "modules/interpreters/crossing.h"

#include "modules/marshal_module.h"
#include "objects/bytes.h"
#include "objects/code.h"
#include "objects/function.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"
#include "vm/frame.h"

#include <string>
#include <vector>

namespace taipan::crossing {

namespace {

using Arg = Borrowed<Object>;
using MaybeArg = MaybeBorrowed<Object>;

// --- looking up

class Pinned {
public:
    explicit Pinned(Interpreter* interpreter) : m_interpreter(interpreter) {}
    Pinned(Pinned&& other) : m_interpreter(std::exchange(other.m_interpreter, nullptr)) {}
    ~Pinned() {
        if (m_interpreter) interpreter_unpin(*m_interpreter);
    }
    Interpreter* operator->() const { return m_interpreter; }
    Interpreter& operator*() const { return *m_interpreter; }

private:
    Interpreter* m_interpreter;
};

/// Null: an exception has been raised. `verb`: what a `restrict`ed call refuses for interpreters of others.
Interpreter* find(Thread& t, Arg id, bool restrict, const char* verb) {
    auto number = id_argument(t, id, "interpreter ID");
    if (number.is_error()) return nullptr;
    int64_t n = number.take();
    Interpreter* found = interpreter_pin(n);
    auto state = state_of(t);
    if (state.is_error()) {
        if (found) interpreter_unpin(*found);
        return nullptr;
    }
    if (!found) {
        (void)raise(t, *state.take()->not_found, "unrecognized interpreter ID %d", n);
        return nullptr;
    }
    bool ready = found->ready.load(std::memory_order_acquire);
    if ((restrict && found->whence != whence::Stdlib) || (!ready && verb)) {
        interpreter_unpin(*found);
        if (!ready) (void)raise(t, *state.take()->error, "cannot %s not-ready interpreter %d", verb, n);
        else (void)raise(t, *state.take()->error, "cannot %s unrecognized interpreter %d", verb, n);
        return nullptr;
    }
    return found;
}

/// A stretch in which the thread runs an interpreter's __main__. Other threads may not do so meanwhile.
class Session {
public:
    explicit Session(Thread& t) : m_outer(&t), m_inner(&t) {}
    ~Session() { leave(); }
    Result<void> enter(Interpreter& interpreter) {
        Thread* idle = nullptr;
        State* state = TRY(state_of(*m_outer));
        if (!interpreter.running_main.compare_exchange_strong(idle, m_outer))
            return raise(*m_outer, *state->error, "interpreter already running");
        m_running = &interpreter;
        if (m_outer->interpreter != &interpreter) {
            Thread* inner = interpreter_enter(*m_outer, interpreter);
            if (!inner) {
                leave();
                return raise_memory_error(*m_outer);
            }
            m_inner = inner;
        }
        return {};
    }
    void leave() {
        if (m_inner != m_outer) {
            interpreter_leave(*m_inner);
            m_inner = m_outer;
        }
        if (m_running) std::exchange(m_running, nullptr)->running_main.store(nullptr);
    }
    Thread& inner() { return *m_inner; }

private:
    Thread *m_outer, *m_inner;
    Interpreter* m_running = nullptr;
};

Result<Ref<Object>> main_namespace(Thread& t) {
    MaybeRef<Object> main = TRY(dict_get(t, t.interpreter->modules, names::__main__));
    if (!main || !is<Module>(main.get())) return raise(t, exc::RuntimeError, "interpreter's __main__ module missing");
    return acquire(static_cast<Object*>(static_cast<Module*>(main.get())->dict));
}

/// The exception raised in the inner thread, as text that may leave it.
Snapshot take_snapshot(Thread& inner) {
    Ref<Object> error = inner.take_exception().take();
    return Snapshot::of(inner, error);
}

// --- names for __main__

struct Names {
    struct Row {
        Ref<Object> name;
        ParcelRef value;
    };
    std::vector<Row> rows;
    Result<void> pack_all(Thread& t, Borrowed<Dict> dict) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, dict, &position, &key, &value)) {
            if (!is<Str>(key.get())) return raise(t, exc::TypeError, "bad argument type for built-in operation");
            std::string_view text = TRY(str_utf8(t, as<Str>(key.get())));
            if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "found embedded NULL character");
            ParcelRef parcel = pack(t, value.get(), Fallback::None);
            if (!parcel) return Error{};
            rows.push_back({TRY(str_from_utf8(t, text)), std::move(parcel)});
        }
        return {};
    }
    Result<void> bind(Thread& t, Borrowed<Dict> dict) {
        for (Row& row : rows) TRY(dict_set(t, dict, row.name, TRY(row.value->unpack(t))));
        return {};
    }
};

Result<Borrowed<Dict>> dict_argument(Thread& t, Arg value, const char* function, int position) {
    if (!is<Dict>(value.get()))
        return raise(t, exc::TypeError, "_interpreters.%s() argument %d must be dict, not %s", function, position,
                     is_none(value.get()) ? "None" : type_name(value.get()));
    return Borrowed<Dict>(static_cast<Dict*>(value.get()));
}

/// What is raised in this interpreter when preparing the other one has failed there.
Error raise_from_snapshot(Thread& t, Type& type, const char* message, const Snapshot& shot) {
    auto run = [&]() -> Result<void> {
        MaybeRef<Object> cause;
        const MaybeRef<Object>& shown = shot.display ? shot.display : shot.formatted;
        if (shown) cause = TRY(make_exception(t, exc::Exception, Borrowed<Object>(shown.get())));
        Ref<Object> text = TRY(str_from_utf8(t, message));
        return raise_with_cause(t, type, text, std::move(cause));
    };
    (void)run();
    return Error{};
}

// --- configurations

constexpr const char* GilNames[] = {"default", "shared", "own"};
struct Flag {
    const char* name;
    bool InterpreterConfig::* field;
};
constexpr Flag flags[] = {
    {"use_main_obmalloc", &InterpreterConfig::use_main_obmalloc},
    {"allow_fork", &InterpreterConfig::allow_fork},
    {"allow_exec", &InterpreterConfig::allow_exec},
    {"allow_threads", &InterpreterConfig::allow_threads},
    {"allow_daemon_threads", &InterpreterConfig::allow_daemon_threads},
    {"check_multi_interp_extensions", &InterpreterConfig::check_multi_interp_extensions},
};

bool named_config(std::string_view name, InterpreterConfig* config) {
    using Gil = InterpreterConfig::Gil;
    if (name.empty() || name == "default" || name == "isolated") *config = {false, false, false, true, false, true, Gil::Own};
    else if (name == "legacy") *config = {true, true, true, true, true, false, Gil::Shared};
    else if (name == "empty") *config = {false, false, false, false, false, false, Gil::Default};
    else return false;
    return true;
}
Result<Ref<Dict>> config_dict(Thread& t, const InterpreterConfig& config) {
    Ref<Dict> dict = TRY(dict_new(t));
    for (const Flag& flag : flags) TRY(dict_set_ascii(t, dict, flag.name, bool_object(config.*flag.field)));
    TRY(dict_set_ascii(t, dict, "gil", TRY(str_interned(t, GilNames[static_cast<int>(config.gil)]))));
    return dict;
}
/// Takes what the dict says; `all`: nothing may be missing.
enum class Keys { All, Some };
Result<void> config_update(Thread& t, InterpreterConfig* config, Borrowed<Dict> given, Keys keys) {
    Ref<Dict> rest = TRY(dict_copy(t, given));
    auto take = [&](const char* name) -> ResultMaybe<Object> {
        MaybeRef<Object> value = TRY(dict_pop(t, rest, TRY(str_interned(t, name))));
        if (!value && keys == Keys::All) return raise(t, exc::ValueError, "missing config key: %s", name);
        return value;
    };
    for (const Flag& flag : flags) {
        MaybeRef<Object> value = TRY(take(flag.name));
        if (!value) continue;
        if (value->type != &Bool::s_type) return raise(t, exc::TypeError, "invalid config type: %s", flag.name);
        config->*flag.field = value.get() == True();
    }
    if (MaybeRef<Object> value = TRY(take("gil"))) {
        if (!is<Str>(value.get())) return raise(t, exc::TypeError, "invalid config type: gil");
        int found = -1;
        for (int i = 0; i < 3; ++i)
            if (str_equals_ascii(static_cast<Str*>(value.get()), GilNames[i])) found = i;
        if (found < 0) return raise(t, exc::ValueError, "unsupported interpreter config .gil value '%s'", value.get());
        config->gil = static_cast<InterpreterConfig::Gil>(found);
    }
    intptr_t unused = dict_size(rest.get());
    if (unused == 1) return raise(t, exc::ValueError, "config dict has 1 extra item (%R)", rest);
    if (unused > 0) return raise(t, exc::ValueError, "config dict has %d extra items (%R)", static_cast<int64_t>(unused), rest);
    return {};
}
Result<InterpreterConfig*> config_from(Thread& t, MaybeArg value, InterpreterConfig* config) {
    if (!value || is_none(value.get())) {
        named_config("isolated", config);
    } else if (is<Str>(value.get())) {
        std::string_view name = TRY(str_utf8(t, as<Str>(value.get())));
        if (!named_config(name, config)) return raise(t, exc::ValueError, "unsupported config name '%s'", value.get());
    } else {
        MaybeRef<Object> dict = TRY(get_attribute_optional(t, value.get(), names::__dict__));
        if (!dict || !is<Dict>(dict.get())) return raise(t, exc::TypeError, "bad config %R", value.get());
        TRY(config_update(t, config, static_cast<Dict*>(dict.get()), Keys::All));
    }
    return config;
}
Result<Ref<Object>> new_config(Thread& t, Args args, Kwargs overrides) {
    if (args.size() > 1)
        return raise(t, exc::TypeError, "new_config() takes at most 1 positional argument (%d given)", static_cast<int64_t>(args.size()));
    std::string_view name = "isolated";
    if (args.size() && !is<Str>(args[0]))
        return raise(t, exc::TypeError, "new_config() argument 1 must be str, not %s", is_none(args[0]) ? "None" : type_name(args[0]));
    if (args.size()) name = TRY(str_utf8(t, as<Str>(args[0])));
    InterpreterConfig config;
    if (!named_config(name, &config)) return raise(t, exc::ValueError, "unsupported config name '%s'", args[0]);
    if (overrides) TRY(config_update(t, &config, overrides.dict, Keys::Some));
    Ref<Dict> dict = TRY(config_dict(t, config));
    return simple_namespace_new(t, dict.get());
}

// --- life

/// Ends an interpreter that the thread has made its own by `running_main`, and unlists it.
void end_interpreter(Thread& t, Interpreter& interpreter) {
    interpreter.ready.store(false, std::memory_order_release);
    if (Thread* inner = interpreter_enter(t, interpreter)) {
        g_runtime.hooks.interpreter_finish(*inner);
        interpreter_leave(*inner);
    }
    interpreter_unlist(interpreter);
}

Result<Ref<Object>> create(Thread& t, Args args, Kwargs keywords) {
    if (args.size() > 1)
        return raise(t, exc::TypeError, "create() takes at most 1 positional argument (%d given)", static_cast<int64_t>(args.size()));
    MaybeBorrowed<Object> given;
    if (args.size()) given = args[0];
    bool needs_references = false;
    MaybeRef<Object> named;
    if (keywords) {
        Ref<Dict> rest = TRY(dict_copy(t, keywords.dict));
        named = TRY(dict_pop(t, rest, TRY(str_interned(t, "config"))));
        if (named && given) return raise(t, exc::TypeError, "argument for create() given by name ('config') and position (1)");
        if (named) given = named.get();
        if (MaybeRef<Object> flag = TRY(dict_pop(t, rest, TRY(str_interned(t, "reqrefs"))))) needs_references = TRY(is_true(t, flag.get()));
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        if (dict_next(t, rest, &position, &key, &value))
            return raise(t, exc::TypeError, "create() got an unexpected keyword argument '%s'", key.get());
    }
    InterpreterConfig config;
    TRY(config_from(t, given, &config));
    State* state = TRY(state_of(t));
    auto fail = [&](MaybeRef<Object> context) -> Error {
        Ref<Str> text = TRY(str_from_utf8(t, "interpreter creation failed"));
        auto made = make_exception(t, *state->error, text);
        if (made.is_error()) return Error{};
        Ref<Object> error = made.take();
        if (context) assign_field(static_cast<BaseException*>(error.get())->context, context.take().release());
        return t.set_exception(std::move(error));
    };
    if (!config.use_main_obmalloc && !config.check_multi_interp_extensions) {
        Ref<Str> text = TRY(str_from_utf8(t, "sub-interpreter creation failed"));
        return fail(TRY(make_exception(t, *state->error, text)));
    }
    Interpreter* made = interpreter_create(config, whence::Stdlib);
    if (!made) return raise_memory_error(t);
    Pinned interpreter(made);
    made->running_main.store(&t);
    made->needs_references = needs_references;
    Thread* inner = interpreter_enter(t, *made);
    if (!inner) {
        interpreter_unlist(*made);
        return raise_memory_error(t);
    }
    bool started = !g_runtime.hooks.interpreter_start(*inner).is_error();
    Snapshot shot;
    if (!started) {
        shot = take_snapshot(*inner);
        g_runtime.hooks.interpreter_finish(*inner);
    }
    interpreter_leave(*inner);
    if (!started) {
        interpreter_unlist(*made);
        MaybeRef<Object> context;
        if (shot.formatted) context = TRY(make_exception(t, *state->error, Borrowed<Object>(shot.formatted.get())));
        return fail(std::move(context));
    }
    made->running_main.store(nullptr);
    return int_from(t, made->id);
}

Result<void> destroy(Thread& t, Arg id, bool restrict) {
    Interpreter* found = find(t, id, restrict, "destroy");
    if (!found) return Error{};
    Pinned interpreter(found);
    State* state = TRY(state_of(t));
    if (found == t.interpreter) return raise(t, *state->error, "cannot destroy the current interpreter");
    Thread* idle = nullptr;
    if (found == g_runtime.main_interpreter || !found->running_main.compare_exchange_strong(idle, &t))
        return raise(t, *state->error, "interpreter running");
    end_interpreter(t, *found);
    return {};
}

Result<Ref<Object>> id_and_whence(Thread& t, Interpreter& interpreter) {
    Ref<Int> id = TRY(int_from(t, interpreter.id)), whence = TRY(int_from(t, interpreter.whence));
    return TRY(tuple_pack(t, id, whence));
}
Result<Ref<Object>> list_all(Thread& t, bool require_ready) {
    std::vector<Interpreter*> all;
    {
        MutexLocker lock(g_runtime.threads_lock);
        for (Interpreter* i = g_runtime.interpreters; i; i = i->next) {
            if (require_ready && !i->ready.load(std::memory_order_acquire)) continue;
            i->pins.fetch_add(1, std::memory_order_relaxed);
            all.push_back(i);
        }
    }
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<List> list = TRY(list_new(t));
        for (Interpreter* i : all) TRY(list_append(t, list, TRY(id_and_whence(t, *i))));
        return list;
    };
    auto list = run();
    for (Interpreter* i : all) interpreter_unpin(*i);
    return list;
}
Result<Ref<Object>> get_current(Thread& t) { return id_and_whence(t, *t.interpreter); }
Result<Ref<Object>> get_main(Thread& t) { return id_and_whence(t, *g_runtime.main_interpreter); }

Result<bool> is_running(Thread& t, Arg id, bool restrict) {
    Interpreter* found = find(t, id, restrict, "check if running for");
    if (!found) return Error{};
    Pinned interpreter(found);
    return found->running_main.load() != nullptr;
}
Result<Ref<Object>> get_config(Thread& t, Arg id, bool restrict) {
    Interpreter* found = find(t, id, restrict, "get the config of");
    if (!found) return Error{};
    Pinned interpreter(found);
    Ref<Dict> dict = TRY(config_dict(t, found->config));
    return simple_namespace_new(t, dict.get());
}
Result<int> get_whence(Thread& t, Arg id) {
    Interpreter* found = find(t, id, false, nullptr);
    if (!found) return Error{};
    Pinned interpreter(found);
    return found->whence;
}
Result<void> add_reference(Thread& t, Arg id, bool implied, bool restrict) {
    Interpreter* found = find(t, id, restrict, "incref");
    if (!found) return Error{};
    Pinned interpreter(found);
    if (implied) found->needs_references = true;
    found->references.fetch_add(1);
    return {};
}
Result<void> drop_reference(Thread& t, Arg id, bool restrict) {
    Interpreter* found = find(t, id, false, nullptr);
    if (!found) return Error{};
    Pinned interpreter(found);
    if (found->references.fetch_sub(1) != 1 || !found->needs_references) return {};
    Thread* idle = nullptr;
    if (found == t.interpreter || found == g_runtime.main_interpreter || !found->running_main.compare_exchange_strong(idle, &t)) return {};
    end_interpreter(t, *found);
    return {};
}

// --- running

Result<void> set_main_attributes(Thread& t, Arg id, Arg updates, bool restrict) {
    Interpreter* found = find(t, id, restrict, "update __main__ for");
    if (!found) return Error{};
    Pinned interpreter(found);
    Borrowed<Dict> dict = TRY(dict_argument(t, updates, "set___main___attrs", 2));
    if (dict_size(dict.get()) == 0) return raise(t, exc::ValueError, "arg 2 must be a non-empty dict");
    Names names_to_bind;
    TRY(names_to_bind.pack_all(t, dict));
    Session session(t);
    TRY(session.enter(*found));
    Thread& inner = session.inner();
    auto bind = [&]() -> Result<void> {
        Ref<Object> main = TRY(main_namespace(inner));
        return names_to_bind.bind(inner, as<Dict>(main.get()));
    };
    if (!bind().is_error()) return {};
    Snapshot shot = take_snapshot(inner);
    session.leave();
    State* state = TRY(state_of(t));
    return raise_from_snapshot(t, *state->not_shareable, "ns not shareable", shot);
}

Result<Ref<Object>> run_script(Thread& t, Interpreter& interpreter, Borrowed<Object> code, Dict* shared) {
    Names names_to_bind;
    if (shared) TRY(names_to_bind.pack_all(t, shared));
    Session session(t);
    TRY(session.enter(interpreter));
    Thread& inner = session.inner();
    bool bound = false;
    auto run = [&]() -> Result<void> {
        Ref<Object> main = TRY(main_namespace(inner));
        Borrowed<Dict> dict = as<Dict>(main.get());
        TRY(names_to_bind.bind(inner, dict));
        bound = true;
        if (!TRY(dict_contains(inner, dict, names::__builtins__)))
            TRY(dict_set(inner, dict, names::__builtins__, inner.interpreter->builtins));
        Ref<Object> loaded = TRY(marshal_loads(inner, as<Bytes>(code.get())->view()));
        TRY(eval_code(inner, as<Code>(loaded.get()), dict, nullptr));
        return {};
    };
    if (!run().is_error()) return none_ref();
    Snapshot shot = take_snapshot(inner);
    session.leave();
    if (bound) return shot.to_namespace(t);
    State* state = TRY(state_of(t));
    return raise_from_snapshot(t, *state->not_shareable, "ns not shareable", shot);
}

Result<Dict*> shared_argument(Thread& t, MaybeArg shared, const char* function) {
    if (!shared) return static_cast<Dict*>(nullptr);
    return TRY(dict_argument(t, shared.value(), function, 3)).get();
}
Result<Ref<Object>> exec(Thread& t, Arg id, Arg code, MaybeArg shared, bool restrict) {
    Dict* names_to_bind = TRY(shared_argument(t, shared, "exec"));
    Interpreter* found = find(t, id, restrict, "exec code for");
    if (!found) return Error{};
    Pinned interpreter(found);
    Ref<Object> script = TRY(script_code(t, code));
    return run_script(t, *found, script, names_to_bind);
}
Result<Ref<Object>> run_string(Thread& t, Arg id, Arg script, MaybeArg shared, bool restrict) {
    Dict* names_to_bind = TRY(shared_argument(t, shared, "run_string"));
    Interpreter* found = find(t, id, restrict, "run a string for");
    if (!found) return Error{};
    Pinned interpreter(found);
    if (!is<Str>(script.get())) return raise(t, exc::TypeError, "_interpreters.run_string() argument 2 must be str, not %T", script);
    Ref<Object> code = TRY(script_code(t, script));
    return run_script(t, *found, code, names_to_bind);
}
Result<Ref<Object>> run_func(Thread& t, Arg id, Arg function, MaybeArg shared, bool restrict) {
    Dict* names_to_bind = TRY(shared_argument(t, shared, "run_func"));
    Interpreter* found = find(t, id, restrict, "run a function for");
    if (!found) return Error{};
    Pinned interpreter(found);
    if (!is<Function>(function.get()) && !is_exact<Code>(function.get()))
        return raise(t, exc::TypeError, "_interpreters.run_func() argument 2 must be a function, not %T", function);
    Ref<Object> code = TRY(script_code(t, function));
    return run_script(t, *found, code, names_to_bind);
}

Result<Ref<Object>> call_in(Thread& t, Arg id, Arg callable, MaybeArg args_, MaybeArg kwargs_, bool restrict) {
    if (args_ && !is<Tuple>(args_.get()))
        return raise(t, exc::TypeError, "_interpreters.call() argument 3 must be tuple, not %s",
                     is_none(args_.get()) ? "None" : type_name(args_.get()));
    if (kwargs_ && !is<Dict>(kwargs_.get()))
        return raise(t, exc::TypeError, "_interpreters.call() argument 4 must be dict, not %s",
                     is_none(kwargs_.get()) ? "None" : type_name(kwargs_.get()));
    Interpreter* found = find(t, id, restrict, "make a call in");
    if (!found) return Error{};
    Pinned interpreter(found);
    State* state = TRY(state_of(t));
    // 1. What goes there.
    ParcelRef function = pack_callable(t, callable), args, kwargs;
    if (!function) return Error{};
    if (args_ && static_cast<Tuple*>(args_.get())->size > 0 && !(args = pack(t, args_.value(), Fallback::Full))) return Error{};
    if (kwargs_ && dict_size(static_cast<Dict*>(kwargs_.get())) > 0 && !(kwargs = pack(t, kwargs_.value(), Fallback::Full))) return Error{};
    // 2. The call.
    Session session(t);
    TRY(session.enter(*found));
    Thread& inner = session.inner();
    const char* failed = nullptr; // what could not cross
    ParcelRef result;
    {
        auto run = [&]() -> Result<void> {
            auto arrive = [&](ParcelRef& parcel, const char* message) -> ResultMaybe<Object> {
                if (!parcel) return MaybeRef<Object>();
                auto object = parcel->unpack(inner);
                if (object.is_error()) failed = message;
                return MaybeRef<Object>(TRY(std::move(object)));
            };
            MaybeRef<Object> f = TRY(arrive(function, "func not shareable"));
            MaybeRef<Object> positional = TRY(arrive(args, "args not shareable"));
            MaybeRef<Object> keyword = TRY(arrive(kwargs, "kwargs not shareable"));
            Ref<Tuple> none = tuple_empty();
            Borrowed<Tuple> list = positional ? Borrowed<Tuple>(static_cast<Tuple*>(positional.get())) : Borrowed<Tuple>(none);
            Ref<Object> value = TRY(call_tuple(inner, f.get(), list, static_cast<Dict*>(keyword.get())));
            // A result that is not None comes back the same way.
            if (is_none(value.get())) return {};
            result = pack(inner, value, Fallback::Full);
            if (result) return {};
            failed = "object does not support cross-interpreter data";
            return Error{};
        };
        if (run().is_error()) {
            Snapshot shot = take_snapshot(inner);
            session.leave();
            if (failed) return raise_from_snapshot(t, *state->not_shareable, failed, shot);
            return TRY(tuple_pack(t, Borrowed<Object>(None()), TRY(shot.to_namespace(t))));
        }
    }
    session.leave();
    // 3. What comes back.
    Ref<Object> value = result ? TRY(result->unpack(t)) : none_ref();
    return TRY(tuple_pack(t, value, Borrowed<Object>(None())));
}

bool is_shareable_(Thread& t, Arg object) { return is_shareable(t, object); }
Result<Ref<Object>> capture_exception(Thread& t, NoneOr<Object> given) {
    MaybeBorrowed<Object> exception = given.get();
    if (!given) {
        for (HandledException* handled = t.handled; handled; handled = handled->previous) {
            if (!handled->exception || is_none(handled->exception)) continue;
            exception = handled->exception;
            break;
        }
        if (!exception) return none_ref();
    }
    if (!is<BaseException>(exception.get())) return raise(t, exc::TypeError, "expected exception, got %R", exception.get());
    return Snapshot::of(t, exception.value()).to_namespace(t);
}

const NativeDef functions[] = {
    fn<new_config>("new_config", "(*args, **kwargs)",
                   "new_config(name='isolated', /, **overrides) -> type.SimpleNamespace\n\n"
                   "The settings for a new interpreter: those of the named set (default,\n"
                   "isolated, legacy or empty), with the fields given as keywords replaced."),
    fn<create>("create", "(*args, **kwargs)",
               "create([config], *, reqrefs=False) -> ID\n\n"
               "Start an interpreter and return its ID.\n\n"
               "config is a configuration, or the name of one: \"isolated\" (the default) or\n"
               "\"legacy\". With reqrefs the interpreter ends when _decref() has undone each\n"
               "_incref(); without, the caller has to destroy() it."),
    fn<destroy>("destroy", "(id, *, restrict=False)",
                "destroy(id, *, restrict=False)\n\n"
                "End an interpreter. InterpreterError if it is the current one, still runs, or does not "
                "exist."),
    fn<list_all>("list_all", "(*, require_ready=False)",
                 "list_all() -> [(ID, whence)]\n\n"
                 "All interpreters of the process, each with where it came from."),
    fn<get_current>("get_current", "($module, /)", "get_current() -> (ID, whence)\n\nThe interpreter this call runs in."),
    fn<get_main>("get_main", "($module, /)", "get_main() -> (ID, whence)\n\nThe interpreter the process started with."),
    fn<is_running>("is_running", "(id, *, restrict=False)",
                   "is_running(id, *, restrict=False) -> bool\n\n"
                   "Whether a thread is executing the interpreter's __main__."),
    fn<get_config>("get_config", "(id, *, restrict=False)",
                   "get_config(id, *, restrict=False) -> types.SimpleNamespace\n\n"
                   "The settings the interpreter was started with."),
    fn<get_whence>("whence", "(id)",
                   "whence(id) -> int\n\nA code for what made the interpreter: the runtime, the C interface or this module."),
    fn<exec>("exec", "(id, code, shared=<unrepresentable>, *, restrict=False)",
             "exec(id, code, shared=None, *, restrict=False)\n\n"
             "Run code in the interpreter's __main__ module, after binding the names in shared there.\n\n"
             "code is source text, a code object, or a function without parameters and\n"
             "free variables, of which only the code counts: its globals are __main__'s.\n"
             "Returns None, or a description of the exception that ended it."),
    fn<call_in>("call", "(id, callable, args=<unrepresentable>, kwargs=<unrepresentable>, *, restrict=False)",
                "call(id, callable, args=None, kwargs=None, *, restrict=False)\n\n"
                "Have the interpreter call callable(*args, **kwargs), all of which must be able to cross over."),
    fn<run_string>("run_string", "(id, script, shared=<unrepresentable>, *, restrict=False)",
                   "run_string(id, script, shared=None, *, restrict=False)\n\n"
                   "Like exec(), for source text only."),
    fn<run_func>("run_func", "(id, func, shared=<unrepresentable>, *, restrict=False)",
                 "run_func(id, func, shared=None, *, restrict=False)\n\n"
                 "Like exec(), for a function or code object only; it can take no arguments and have no free variables."),
    fn<set_main_attributes>("set___main___attrs", "(id, updates, *, restrict=False)",
                            "set___main___attrs(id, ns, *, restrict=False)\n\n"
                            "Assign each name in the mapping ns in the interpreter's __main__."),
    fn<add_reference>("incref", "(id, *, implieslink=False, restrict=False)"),
    fn<drop_reference>("decref", "(id, *, restrict=False)"),
    fn<is_shareable_>("is_shareable", "(obj)",
                      "is_shareable(obj) -> bool\n\nWhether obj can be handed to another interpreter without pickling it."),
    fn<capture_exception>("capture_exception", "(exc=None)",
                          "capture_exception(exc=None) -> types.SimpleNamespace\n\n"
                          "Describe exc, or else the exception being handled, by plain values that\n"
                          "outlive it: its type, message and formatted traceback, as exec() returns them."),
};

Result<void> exec_module(Thread& t, Borrowed<Module> module) {
    constexpr struct {
        const char* name;
        int value;
    } whences[] = {{"WHENCE_UNKNOWN", whence::Unknown}, {"WHENCE_RUNTIME", whence::Runtime},     {"WHENCE_LEGACY_CAPI", whence::LegacyCapi},
                   {"WHENCE_CAPI", whence::Capi},       {"WHENCE_XI", whence::CrossInterpreter}, {"WHENCE_STDLIB", whence::Stdlib}};
    for (auto& row : whences) TRY(module_add_int(t, module, row.name, row.value));
    State* state = TRY(state_of(t));
    TRY(module_add(t, module, "InterpreterError", state->error));
    TRY(module_add(t, module, "InterpreterNotFoundError", state->not_found));
    TRY(module_add(t, module, "NotShareableError", state->not_shareable));
    return module_add_type(t, module, buffer_view_spec);
}

} // namespace

} // namespace taipan::crossing

namespace taipan {

extern const ModuleSpec interpreters_module;
const ModuleSpec interpreters_module = {.name = "_interpreters",
                                        .doc = "Channels that pass data between interpreters; what concurrent.interpreters stands on.",
                                        .functions = crossing::functions,
                                        .exec = crossing::exec_module};

} // namespace taipan
