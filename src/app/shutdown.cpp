// The end of the interpreter, in CPython's order: what runs at exit runs while everything still works, then the other
// threads are stopped for good, and then the modules are taken apart so that finalizers of what they hold run.
#include "app/startup.h"

#include "modules/atexit.h"
#include "modules/interpreters/crossing.h"
#include "modules/signal_module.h"
#include "modules/sys_module.h"
#include "modules/warnings_module.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"
#include "vm/builtin_support.h"
#include "vm/interpreter_states.h"
#include "vm/options.h"
#include "vm/pending_calls.h"

#include <cstdlib>

namespace taipan {

namespace {

/// Calls a function of a module if the program has imported it. Errors are reported.
void call_if_loaded(Thread& t, const char* module, const char* function, const char* message) {
    auto run = [&]() -> Result<void> {
        MaybeRef<Object> loaded = TRY(dict_get_ascii(t, t.interpreter->modules, module));
        if (!loaded || is_none(loaded.get())) return {};
        TRY(call_method(t, loaded.get(), TRY(str_interned(t, function))));
        return {};
    };
    if (run().is_error()) write_unraisable(t, message, nullptr);
}

Result<void> flush(Thread& t, Borrowed<Object> stream) {
    MaybeRef<Object> closed = TRY(get_attribute_optional(t, stream, names::closed));
    if (closed && TRY(is_true(t, closed.get()))) return {};
    TRY(call_method(t, stream, names::flush));
    return {};
}
MaybeRef<Object> standard_stream(Thread& t, Str* name) {
    auto found = dict_get_str(t, t.interpreter->sys_dict, name);
    if (found.is_error()) return t.clear_exception(), MaybeRef<Object>();
    MaybeRef<Object> stream = found.take();
    return stream && !is_none(stream.get()) ? std::move(stream) : MaybeRef<Object>();
}
/// False: what was written may be lost.
bool flush_standard_streams(Thread& t) {
    bool flushed = true;
    if (MaybeRef<Object> stream = standard_stream(t, names::stdout); stream && flush(t, stream.get()).is_error()) {
        write_unraisable(t, "Exception ignored while flushing sys.stdout", nullptr);
        flushed = false;
    }
    if (MaybeRef<Object> stream = standard_stream(t, names::stderr); stream && flush(t, stream.get()).is_error()) {
        t.clear_exception();
        flushed = false;
    }
    return flushed;
}

/// From here on no other thread attaches again: daemon threads that run are stopped at their next safepoint and sleep for
/// ever, blocked ones when they wake up.
void stop_other_threads(Thread& t) {
    stop_world(t);
    g_runtime.finalizing_thread = &t;
    g_runtime.finalizing.store(true, std::memory_order_release);
    start_world(t);
}

// --- modules ----------------------------------------------------------------------------------------------------------

void set_none(Thread& t, Borrowed<Dict> dict, const char* name) {
    auto run = [&]() -> Result<void> {
        MaybeRef<Object> there = TRY(dict_get_ascii(t, dict, name));
        return there ? dict_set_ascii(t, dict, name, None()) : Result<void>{};
    };
    if (run().is_error()) t.clear_exception();
}

/// Sets the names to None, first those that begin with one underscore: code that runs meanwhile finds a name rather with
/// the value None than not at all.
void clear_module_dict(Thread& t, Dict* dict) {
    for (int round = 0; round < 2; ++round) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, dict, &position, &key, &value)) {
            if (is_none(value.get()) || !is<Str>(key.get())) continue;
            auto text = str_utf8(t, as<Str>(key.get()));
            if (text.is_error()) {
                t.clear_exception();
                continue;
            }
            std::string_view name = text.take();
            bool hidden = !name.empty() && name[0] == '_' && !(name.size() > 1 && name[1] == '_');
            if (round == 0 ? !hidden : name == "__builtins__") continue;
            if (dict_set(t, dict, key.get(), None()).is_error()) t.clear_exception();
        }
    }
}

void finalize_modules(Thread& t) {
    Interpreter& interpreter = *t.interpreter;
    Borrowed<Dict> sys = interpreter.sys_dict;
    // 1. What keeps the program's objects alive by accident; the standard streams are the original ones again.
    set_none(t, interpreter.builtins, "_");
    for (const char* name : {"path", "argv", "ps1", "ps2", "last_exc", "last_type", "last_value", "last_traceback", "path_hooks",
                             "path_importer_cache", "meta_path"})
        set_none(t, sys, name);
    for (const char* name : {"stdin", "stdout", "stderr"}) {
        auto restore = [&]() -> Result<void> {
            std::string original = std::string("__") + name + "__";
            MaybeRef<Object> stream = TRY(dict_get_ascii(t, sys, original));
            return dict_set_ascii(t, sys, name, stream ? Borrowed<Object>(stream.get()) : Borrowed<Object>(None()));
        };
        if (restore().is_error()) t.clear_exception();
    }
    // 2. sys.modules forgets the modules; those written in Python die now unless something else holds them. Natives stay:
    // their functions, which others may still hold, use their state.
    auto modules_list = list_new(t), native_list = list_new(t);
    if (modules_list.is_error() || native_list.is_error()) return t.clear_exception();
    Ref<List> weak_modules = modules_list.take(), natives = native_list.take();
    MaybeRef<Object> warnings;
    if (auto found = dict_get_ascii(t, interpreter.modules, "_warnings"); found.is_error()) t.clear_exception();
    else warnings = found.take();
    {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, interpreter.modules, &position, &key, &value)) {
            auto forget = [&]() -> Result<void> {
                Object* module = value.get();
                if (is<Module>(module)) {
                    if (static_cast<Module*>(module)->spec) TRY(list_append(t, natives, acquire(module)));
                    else TRY(list_append(t, weak_modules, TRY(weakref_new(t, module, nullptr))));
                }
                value = MaybeRef<Object>();
                return dict_set(t, interpreter.modules, key.get(), None());
            };
            if (forget().is_error()) write_unraisable(t, "Exception ignored while removing modules", nullptr);
        }
    }
    // All but _warnings: what finalizers warn of is told to the end.
    dict_clear(t, interpreter.modules);
    if (warnings && dict_set_ascii(t, interpreter.modules, "_warnings", warnings.get()).is_error()) t.clear_exception();
    gc_collect(t, 2);
    // 3. Those that are left lose their contents, the latest first.
    for (intptr_t i = list_size(weak_modules.get()); --i >= 0;) {
        MaybeRef<Object> reference = list_get(t, weak_modules, i);
        MaybeRef<Object> module = weakref_get(static_cast<Weakref*>(reference.get()));
        if (module && static_cast<Module*>(module.get())->dict) clear_module_dict(t, static_cast<Module*>(module.get())->dict);
    }
    for (intptr_t i = list_size(natives.get()); --i >= 0;) {
        MaybeRef<Object> module = list_get(t, natives, i);
        if (module.get() == warnings.get()) continue;
        Dict* dict = static_cast<Module*>(module.get())->dict;
        if (dict && dict != interpreter.sys_dict && dict != interpreter.builtins) clear_module_dict(t, dict);
    }
    // 4. sys and builtins last.
    clear_module_dict(t, interpreter.sys_dict);
    clear_module_dict(t, interpreter.builtins);
    // The module objects themselves stay to the end of the process.
    if (&interpreter == g_runtime.main_interpreter) (void)natives.release();
}

/// The modules and what the thread keeps: context variables, thread-local objects. Finalizers may print until the very end;
/// the streams' names in sys are gone by then. False: a stream could not be flushed.
bool take_apart(Thread& t) {
    bool flushed = true;
    MaybeRef<Object> out = standard_stream(t, names::stdout), error = standard_stream(t, names::stderr);
    gc_collect(t, 2);
    finalize_modules(t);
    clear_field(t.context);
    clear_field(t.dict);
    clear_field(t.interpreter->at_exit);
    gc_collect(t, 2);
    for (MaybeRef<Object>* stream : {&out, &error}) {
        if (!*stream) continue;
        if (flush(t, stream->get()).is_error()) {
            t.clear_exception();
            flushed = false;
        }
        if (t.interpreter == g_runtime.main_interpreter) (void)stream->release(); // to the end of the process
    }
    return flushed;
}

/// Interpreters that the program has left behind end before this one does.
void finish_subinterpreters(Thread& t) {
    bool warned = false;
    for (;;) {
        Interpreter* found = nullptr;
        {
            MutexLocker lock(g_runtime.threads_lock);
            for (Interpreter* other = g_runtime.interpreters; other && !found; other = other->next) {
                Thread* idle = nullptr;
                if (other == t.interpreter || !other->running_main.compare_exchange_strong(idle, &t)) continue;
                found = other;
                found->pins.fetch_add(1, std::memory_order_relaxed);
            }
        }
        if (!found) return;
        if (!std::exchange(warned, true) &&
            warn(t, exc::RuntimeWarning, 0, "remaining subinterpreters; close them with Interpreter.close()").is_error())
            write_unraisable(t, "Exception ignored on subinterpreters' end", nullptr);
        if (Thread* inner = interpreter_enter(t, *found)) {
            subinterpreter_finish(*inner);
            interpreter_leave(*inner);
            interpreter_unlist(*found);
        }
        interpreter_unpin(*found);
    }
}

} // namespace

int interpreter_finish(Thread& t, int status) {
    Interpreter& interpreter = *t.interpreter;
    if (!interpreter.modules || !interpreter.sys_dict || !interpreter.builtins) return status; // the start has failed
    call_if_loaded(t, "threading", "_shutdown", "Exception ignored on threading shutdown");
    pending_calls_finish(t);
    at_exit_run(t);
    finish_subinterpreters(t);
    stop_other_threads(t);
    auto failed = [&] {
        if (status != InterruptedStatus) status = 120;
    };
    if (!flush_standard_streams(t)) failed();
    signals_stop(t);
    if (!take_apart(t)) failed();
    if (const char* wish = g_options.ignore_environment ? nullptr : getenv("PYTHONMALLOCSTATS"); wish && *wish) print_heap_statistics();
    return status;
}

void subinterpreter_finish(Thread& t) {
    Interpreter& interpreter = *t.interpreter;
    if (interpreter.modules && interpreter.sys_dict && interpreter.builtins) {
        call_if_loaded(t, "threading", "_shutdown", "Exception ignored on threading shutdown");
        at_exit_run(t);
    }
    crossing::interpreter_ends(t);
    // Its daemon threads are stopped for good.
    stop_world(t);
    interpreter.finalizing_thread.store(&t, std::memory_order_release);
    start_world(t);
    if (interpreter.modules && interpreter.sys_dict && interpreter.builtins) {
        flush_standard_streams(t);
        take_apart(t);
    }
    warnings_clear(t);
    for (Object** field :
         {&interpreter.import_func, &interpreter.importlib, &interpreter.codec_search_path, &interpreter.codec_error_registry,
          &interpreter.before_forkers, &interpreter.after_forkers_child, &interpreter.after_forkers_parent, &interpreter.audit_hooks})
        clear_field(*field);
    if (InterpreterStates* states = interpreter_states(t)) {
        clear_field(states->all_function);
        clear_field(states->any_function);
    }
    for (Dict** field : {&interpreter.codec_search_cache, &interpreter.modules, &interpreter.sys_dict, &interpreter.builtins})
        clear_field(*field);
    gc_collect(t, 2);
    if (InterpreterStates* states = interpreter_states(t)) {
        while (StateDrop* entry = states->drops) {
            states->drops = entry->next;
            entry->drop(*states);
            free(entry);
        }
        clear_field(states->queue_empty);
        gc_collect(t, 2);
    }
    warnings_drop(t);
    t.clear_exception();
}

} // namespace taipan
