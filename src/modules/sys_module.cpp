// sys: functions and the attributes that do not depend on the command line (those come at start, app/startup.cpp).
#include "modules/sys_module.h"
#include "base/hash.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/generator.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/struct_sequence.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"
#include "vm/options.h"
#include "vm/remote_script.h"
#include "vm/tracing.h"

#include "python_version.h"

#include <cfloat>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <string>
#include <unistd.h>

namespace taipan {

std::string_view taipan_version() { return "0.1"; }

namespace {

using Any = Borrowed<Object>;

Result<Ref<Object>> sys_getrefcount(Thread& t, Any o) {
    intptr_t count = is_immortal(o.get()) ? intptr_t{3} << 30 : refcount(o.get());
    return TRY(int_from(t, count));
}
Result<Ref<Object>> sys_intern(Thread& t, Any text) {
    if (!is<Str>(text.get())) return raise(t, exc::TypeError, "intern() argument must be str, not %T", text);
    if (!is_exact<Str>(text.get())) return raise(t, exc::TypeError, "can't intern %T", text);
    return str_intern(t, Ref<Str>::acquire(static_cast<Str*>(text.get())));
}
bool sys_is_interned(Thread&, Borrowed<Str> text) { return text->is_interned(); }
Result<void> sys_setrecursionlimit(Thread& t, int limit) {
    if (limit < 1) return raise(t, exc::ValueError, "recursion limit must be greater or equal than 1");
    if (static_cast<uint32_t>(limit) <= t.recursion_depth)
        return raise(t, exc::RecursionError, "cannot set the recursion limit to %d at the recursion depth %u: the limit is too low", limit,
                     t.recursion_depth);
    t.interpreter->recursion_limit = limit;
    MutexLocker lock(g_runtime.threads_lock);
    for (Thread* other = t.interpreter->threads; other; other = other->next) other->recursion_limit = static_cast<uint32_t>(limit);
    return {};
}
int sys_getrecursionlimit(Thread& t) { return t.interpreter->recursion_limit; }
Result<Ref<Object>> sys_getframe(Thread& t, int depth) {
    Frame* f = current_frame(t);
    while (f && depth-- > 0) {
        f = f->previous;
        while (f && frame_is_incomplete(f)) f = f->previous;
    }
    if (!f) return raise(t, exc::ValueError, "call stack is not deep enough");
    FrameObject* object = frame_object(t, f);
    if (!object) return Error{};
    Ref<Object> frame = Ref<Object>::acquire(object);
    TRY(audit(t, "sys._getframe", frame));
    return frame;
}
Result<Ref<Object>> sys_getframemodulename(Thread& t, int depth) {
    if (UNLIKELY(t.interpreter->audit_hooks)) TRY(audit(t, "sys._getframemodulename", TRY(int_from(t, depth))));
    Frame* f = current_frame(t);
    while (f && depth-- > 0) {
        f = f->previous;
        while (f && frame_is_incomplete(f)) f = f->previous;
    }
    if (!f || !f->func() || !f->func()->module) return none_ref();
    return acquire(f->func()->module);
}
Result<Ref<Object>> sys_current_frames(Thread& t) {
    Ref<Dict> result = TRY(dict_new(t));
    stop_world(t);
    struct Entry {
        uint64_t id;
        Frame* frame;
    } entries[256];
    int count = 0;
    for (Thread* other = t.interpreter->threads; other && count < 256; other = other->next) {
        Frame* f = current_frame(*other);
        if (f) entries[count++] = {other->id, f};
    }
    for (int i = 0; i < count; ++i) {
        FrameObject* object = frame_object(t, entries[i].frame);
        if (!object) break;
        auto key = int_from_uint64(t, entries[i].id);
        if (key.is_error()) break;
        Ref<Int> id = key.take();
        if (dict_set(t, result, id, object).is_error()) break;
    }
    start_world(t);
    if (t.has_exception()) return Error{};
    return result;
}
Object* handled_exception(Thread& t) {
    for (HandledException* h = t.handled; h; h = h->previous)
        if (h->exception) return h->exception;
    return nullptr;
}
Ref<Object> sys_exception(Thread& t) {
    Object* e = handled_exception(t);
    return e ? acquire(e) : none_ref();
}
Result<Ref<Object>> sys_exc_info(Thread& t) {
    Object* e = handled_exception(t);
    if (!e) return TRY(tuple_pack(t, Any(None()), Any(None()), Any(None())));
    Object* traceback = static_cast<BaseException*>(e)->traceback;
    return TRY(tuple_pack(t, Any(e->type), Any(e), Any(traceback ? traceback : None())));
}
Result<Ref<Object>> sys_exit(Thread& t, Any status) {
    if (is_none(status.get())) return raise_bare(t, exc::SystemExit);
    if (!is<Tuple>(status.get())) return raise_object(t, exc::SystemExit, status);
    Ref<Object> error = TRY(call_tuple(t, Borrowed<Object>(&exc::SystemExit), static_cast<Tuple*>(status.get()), nullptr)); // COMPAT
    return raise_instance(t, std::move(error));
}
Result<Ref<Object>> sys_getsizeof(Thread& t, Any o, MaybeBorrowed<Object> fallback) {
    Ref<Str> name = Ref<Str>::acquire(names::__sizeof__);
    LoadedMethod method = TRY(load_special_method(t, o, name));
    if (!method) {
        if (fallback) return fallback.value().share();
        return raise(t, exc::TypeError, "Type %T doesn't define __sizeof__", o);
    }
    auto called = call(t, method, o);
    if (called.is_error()) {
        if (fallback && clear_if(t, exc::TypeError)) return fallback.value().share();
        return Error{};
    }
    Ref<Object> size = called.take();
    intptr_t bytes = TRY(to_index_size(t, size, exc::OverflowError));
    if (bytes < 0) return raise(t, exc::ValueError, "__sizeof__() should return >= 0");
    if (o->type->has(type_flag::Preheader)) bytes += 16;
    return TRY(int_from(t, bytes));
}
Result<Ref<Object>> sys_displayhook(Thread& t, Any value) {
    Ref<Str> underscore = TRY(str_interned(t, "_"));
    if (is_none(value.get())) return none_ref();
    TRY(dict_set(t, t.interpreter->builtins, underscore, None()));
    MaybeRef<Object> out = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stdout));
    if (!out || is_none(out.get())) return raise(t, exc::RuntimeError, "lost sys.stdout");
    Ref<Str> text = TRY(repr(t, value));
    auto written = call_method(t, out.get(), names::write, text);
    if (written.is_error()) {
        if (!exception_matches(t, exc::UnicodeEncodeError)) return Error{};
        t.clear_exception();
        Ref<Object> encoding = TRY(get_attribute(t, out.get(), names::encoding));
        Ref<Str> handler = TRY(str_interned(t, "backslashreplace"));
        Ref<Object> encoded = TRY(call_method(t, text, names::encode, encoding, handler));
        MaybeRef<Object> buffer = TRY(get_attribute_optional(t, out.get(), TRY(str_interned(t, "buffer"))));
        if (buffer) TRY(call_method(t, buffer.get(), names::write, encoded));
        else
            TRY(call_method(t, out.get(), names::write,
                            TRY(call_method(t, encoded, names::decode, encoding, Ref<Str>::acquire(names::strict)))));
    }
    Ref<Str> newline = str_latin1_char('\n');
    TRY(call_method(t, out.get(), names::write, newline));
    TRY(dict_set(t, t.interpreter->builtins, underscore, value));
    return none_ref();
}
Result<Ref<Object>> sys_excepthook(Thread& t, Any, Any value, Any traceback) {
    if (is<BaseException>(value.get()) && is<Traceback>(traceback.get()) && !static_cast<BaseException*>(value.get())->traceback)
        static_cast<BaseException*>(value.get())->traceback = traceback.share().release();
    print_exception(t, value);
    return none_ref();
}
Result<Ref<Object>> sys_breakpointhook(Thread& t, Args args, Kwargs kwargs) {
    const char* name = g_options.ignore_environment ? nullptr : getenv("PYTHONBREAKPOINT");
    if (!name || !*name) name = "pdb.set_trace";
    if (name[0] == '0' && !name[1]) return none_ref();
    std::string_view full = name;
    size_t dot = full.rfind('.');
    std::string_view module = dot == std::string_view::npos ? "builtins" : full.substr(0, dot);
    std::string_view attribute = dot == std::string_view::npos ? full : full.substr(dot + 1);
    char buffer[512];
    snprintf(buffer, sizeof buffer, "%.*s", static_cast<int>(module.size()), module.data());
    char attribute_buffer[256];
    snprintf(attribute_buffer, sizeof attribute_buffer, "%.*s", static_cast<int>(attribute.size()), attribute.data());
    auto found = dot == 0 ? Result<Ref<Object>>(raise(t, exc::ImportError, "no module")) : import_attribute(t, buffer, attribute_buffer);
    if (found.is_error()) {
        if (!exception_matches(t, exc::ImportError) && !exception_matches(t, exc::AttributeError)) return Error{};
        t.clear_exception();
        TRY(warn(t, exc::RuntimeWarning, 1, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name));
        return none_ref();
    }
    Ref<Object> hook = found.take();
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args.data, args.count));
    return call_tuple(t, hook, tuple, kwargs.dict);
}
Result<Ref<Object>> sys_audit(Thread& t, Any event, Args args) {
    if (!is<Str>(event.get())) return raise(t, exc::TypeError, "expected str for argument 'event', not %T", event);
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args.data, args.count));
    TRY(audit_tuple(t, static_cast<Str*>(event.get()), tuple));
    return none_ref();
}
Result<void> sys_addaudithook(Thread& t, Any hook) {
    if (audit(t, "sys.addaudithook", none_ref()).is_error()) {
        if (!exception_matches(t, exc::RuntimeError)) return Error{};
        t.clear_exception();
        return {};
    }
    if (!t.interpreter->audit_hooks) t.interpreter->audit_hooks = TRY(list_new(t)).release();
    return list_append(t, static_cast<List*>(t.interpreter->audit_hooks), hook.share());
}
Ref<Object> sys_getdefaultencoding(Thread& t) { return str_interned(t, "utf-8").take(); }
Ref<Object> sys_getfilesystemencoding(Thread& t) {
    bool ascii = !g_options.utf8_mode && !strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968");
    return str_interned(t, ascii ? "ascii" : "utf-8").take();
}
Ref<Object> sys_getfilesystemencodeerrors(Thread& t) { return str_interned(t, "surrogateescape").take(); }
int sys_get_int_max_str_digits(Thread& t) { return t.interpreter->int_max_str_digits; }
Result<void> sys_set_int_max_str_digits(Thread& t, int maxdigits) {
    if (maxdigits != 0 && maxdigits < 640) return raise(t, exc::ValueError, "maxdigits must be >= 640 or 0 for unlimited");
    t.interpreter->int_max_str_digits = maxdigits;
    return {};
}
std::atomic<int> g_dlopen_flags{2};
std::atomic<double> g_switch_interval{0.005};
double sys_getswitchinterval(Thread&) { return g_switch_interval.load(std::memory_order_relaxed); }
Result<void> sys_setswitchinterval(Thread& t, double interval) {
    if (!(interval > 0)) return raise(t, exc::ValueError, "switch interval must be strictly positive");
    g_switch_interval.store(interval, std::memory_order_relaxed);
    return {};
}
bool sys_is_finalizing(Thread& t) { return is_finalizing(t); }
bool sys_is_gil_enabled(Thread&) { return false; }
intptr_t sys_getallocatedblocks(Thread&) { return static_cast<intptr_t>(heap_statistics().object_blocks); }
intptr_t sys_getunicodeinternedsize(Thread&, bool) { return 0; }
Result<Ref<Object>> sys_getasyncgenhooks(Thread& t) { return asyncgen_hooks(t, t.async_gen_firstiter, t.async_gen_finalizer); }
Result<void> sys_setasyncgenhooks(Thread& t, MaybeBorrowed<Object> firstiter, MaybeBorrowed<Object> finalizer) {
    auto put = [&](Object*& field, MaybeBorrowed<Object> value, const char* what) -> Result<void> {
        if (!value) return {};
        if (is_none(value.get())) return clear_field(field), Result<void>();
        if (!is_callable(value.get())) return raise(t, exc::TypeError, "callable %s expected, got %T", what, value.value());
        incref(value.get());
        assign_field(field, value.get());
        return {};
    };
    TRY(put(t.async_gen_finalizer, finalizer, "finalizer"));
    return put(t.async_gen_firstiter, firstiter, "firstiter");
}
int sys_get_origin_depth(Thread& t) { return t.coroutine_origin_depth; }
Result<void> sys_set_origin_depth(Thread& t, int depth) {
    if (depth < 0) return raise(t, exc::ValueError, "depth must be >= 0");
    t.coroutine_origin_depth = depth;
    return {};
}
Result<Ref<Object>> sys_call_tracing(Thread& t, Any function, Borrowed<Tuple> args) { return tracing_call(t, function, args); }
Result<void> sys_activate_stack_trampoline(Thread& t, Borrowed<Str> backend) {
    if (str_equals_ascii(backend.get(), "perf") || str_equals_ascii(backend.get(), "perf_jit"))
        return raise(t, exc::ValueError, "perf trampoline not available");
    return raise(t, exc::ValueError, "invalid backend: %s", backend);
}
Result<Ref<Object>> sys_settrace(Thread& t, Any function) {
    TRY(tracing_set_trace(t, is_none(function.get()) ? nullptr : function.get()));
    return none_ref();
}
Ref<Object> sys_gettrace(Thread& t) { return tracing_get_trace(t); }
Result<Ref<Object>> sys_setprofile(Thread& t, Any function) {
    TRY(tracing_set_profile(t, is_none(function.get()) ? nullptr : function.get()));
    return none_ref();
}
Ref<Object> sys_getprofile(Thread& t) { return tracing_get_profile(t); }
Result<void> sys_settraceall(Thread& t, Any function) {
    return tracing_set_trace_all(t, is_none(function.get()) ? nullptr : function.get());
}
Result<void> sys_setprofileall(Thread& t, Any function) {
    return tracing_set_profile_all(t, is_none(function.get()) ? nullptr : function.get());
}
Object* sys_clear_caches(Thread&) { return None(); }
Result<void> sys_clear_type_cache(Thread& t) {
    return warn(t, exc::DeprecationWarning, 1,
                "sys._clear_type_cache() is deprecated and may be removed in a future version of Python. Use sys._clear_internal_caches() "
                "instead.");
}
/// dataclasses(slots=True): the replaced class gives up its __dict__ and __weakref__ descriptors.
Result<void> sys_clear_type_descriptors(Thread& t, Borrowed<Type> type) {
    if (type->has(type_flag::Immutable)) return raise(t, exc::TypeError, "argument is immutable");
    TypeLock lock(t);
    for (Str* name : {names::__dict__, names::__weakref__}) TRY(dict_delete(t, static_cast<Dict*>(type->dict), name));
    type_modified(t, *type);
    return {};
}
bool jit_no(Thread&) { return false; }
int sys_cpu_count_config(Thread&) { return g_options.cpu_count; }
void sys_debugmallocstats(Thread&) { print_heap_statistics(); }
Result<void> sys_dump_tracelets(Thread& t, Any) { return raise(t, exc::NotImplementedError, "No tracelets to dump: there is no JIT"); }
bool sys_is_remote_debug_enabled(Thread&) { return g_options.remote_debug; }
Result<void> sys_remote_exec(Thread& t, int pid, Any script) {
    Ref<Str> path = TRY(file_system_name(t, script));
    Ref<Object> number = Ref<Object>(TRY(int_from(t, pid)));
    TRY(audit_args(t, "sys.remote_exec", {number.get(), script.get()}));
    Ref<Object> encoded = TRY(call(t, TRY(import_attribute(t, "os", "fsencode")), path));
    auto* bytes = static_cast<Bytes*>(encoded.get());
    if (strlen(bytes->data) != static_cast<size_t>(bytes->size)) return raise(t, exc::ValueError, "embedded null byte");
    if (access(bytes->data, F_OK) != 0) return raise(t, exc::FileNotFoundError, "Script file does not exist");
    if (access(bytes->data, R_OK) != 0) return raise(t, exc::PermissionError, "Script file cannot be read");
    return remote_script_send(t, pid, bytes->view());
}
Object* sys_deactivate_stack_trampoline(Thread&) { return None(); }
bool sys_is_stack_trampoline_active(Thread&) { return false; }
bool sys_is_immortal(Thread&, Any o) { return is_immortal(o.get()); }
Result<Ref<Object>> sys_current_exceptions(Thread& t) {
    Ref<Dict> result = TRY(dict_new(t));
    stop_world(t);
    for (Thread* other = t.interpreter->threads; other; other = other->next) {
        Object* exception = nullptr;
        for (HandledException* handled = other->handled; handled && !exception; handled = handled->previous) exception = handled->exception;
        auto key = int_from_uint64(t, other->id);
        if (key.is_error()) break;
        Ref<Int> id = key.take();
        if (dict_set(t, result, id, Any(exception ? exception : None())).is_error()) break;
    }
    start_world(t);
    if (t.has_exception()) return Error{};
    return result;
}
Result<void> sys_setdlopenflags(Thread&, int flags) {
    g_dlopen_flags.store(flags, std::memory_order_relaxed);
    return {};
}
int sys_getdlopenflags(Thread&) { return g_dlopen_flags.load(std::memory_order_relaxed); }

const NativeDef functions[] = {
    fn<sys_addaudithook>("addaudithook", "($module, /, hook)", "Adds a new audit hook callback."),
    fn<sys_audit>("audit", "($module, event, /, *args)", "Passes the event to any hooks that are attached."),
    fn<sys_is_remote_debug_enabled>("is_remote_debug_enabled", "($module, /)", "Whether other processes may run code in this one."),
    fn<sys_remote_exec>("remote_exec", "($module, /, pid, script)", "Asks another process to run a script."),
    fn<sys_deactivate_stack_trampoline>("deactivate_stack_trampoline", "($module, /)", "Without effect: there are no trampolines."),
    fn<sys_debugmallocstats>("_debugmallocstats", "($module, /)", "Without effect."),
    fn<sys_dump_tracelets>("_dump_tracelets", "($module, /, outpath)", "For a tracing JIT; there is none."),
    fn<sys_breakpointhook>("breakpointhook", "($module, /, *args, **kwargs)", "This hook function is called by built-in breakpoint()."),
    fn<sys_call_tracing>("call_tracing", "($module, func, args, /)", "Call func(*args), while tracing is enabled."),
    fn<sys_clear_type_cache>("_clear_type_cache", "($module, /)", "Clear the internal type lookup cache."),
    fn<sys_clear_caches>("_clear_internal_caches", "($module, /)", "Clear all internal performance-related caches."),
    fn<sys_clear_type_descriptors>("_clear_type_descriptors", "($module, type, /)",
                                   "Private function for clearing certain descriptors from a type's dictionary"),
    fn<sys_cpu_count_config>("_get_cpu_count_config", "($module, /)", "Private function for getting PyConfig.cpu_count"),
    fn<sys_current_exceptions>("_current_exceptions", "($module, /)",
                               "Return a dict mapping each thread's identifier to its current raised exception."),
    fn<sys_is_immortal>("_is_immortal", "($module, op, /)", "Return True if the given object is \"immortal\" per PEP 683."),
    fn<sys_is_stack_trampoline_active>("is_stack_trampoline_active", "($module, /)",
                                       "Return *True* if a stack profiler trampoline is active."),
    fn<sys_getdlopenflags>("getdlopenflags", "($module, /)", "Return the current value of the flags that are used for dlopen calls."),
    fn<sys_setdlopenflags>("setdlopenflags", "($module, flags, /)", "Set the flags used by the interpreter for dlopen calls."),
    fn<sys_current_frames>("_current_frames", "($module, /)", "Return a dict mapping each thread's thread id to its current stack frame."),
    fn<sys_displayhook>("displayhook", "($module, object, /)", "Print an object to sys.stdout and also save it in builtins._"),
    fn<sys_exception>("exception", "($module, /)", "Return the current exception."),
    fn<sys_exc_info>("exc_info", "($module, /)", "Return current exception information: (type, value, traceback)."),
    fn<sys_excepthook>("excepthook", "($module, exctype, value, traceback, /)",
                       "Report an exception nobody caught: print its traceback to sys.stderr."),
    fn<sys_exit>("exit", "($module, status=None, /)", "Exit the interpreter by raising SystemExit(status)."),
    fn<sys_get_origin_depth>("get_coroutine_origin_tracking_depth", "($module, /)",
                             "How many frames of where it was created each coroutine records in this thread; 0 for none."),
    fn<sys_set_origin_depth>("set_coroutine_origin_tracking_depth", "($module, /, depth)",
                             "Enable or disable origin tracking for coroutine objects in this thread."),
    fn<sys_get_int_max_str_digits>(
        "get_int_max_str_digits", "($module, /)",
        "How many digits an int may have in conversions from and to str; 0 for no limit. Bases 2, 4, 8, 16 and 32 are exempt."),
    fn<sys_set_int_max_str_digits>(
        "set_int_max_str_digits", "($module, /, maxdigits)",
        "Set how many digits an int may have in conversions from and to str: 0 for no limit, else at least 640."),
    fn<sys_getallocatedblocks>("getallocatedblocks", "($module, /)", "Return the number of memory blocks currently allocated."),
    fn<sys_getunicodeinternedsize>("getunicodeinternedsize", "($module, /, *, _only_immortal=False)", "How many strings are interned."),
    fn<sys_getasyncgenhooks>("get_asyncgen_hooks", "($module, /)", "Return the installed asynchronous generators hooks."),
    fn<sys_setasyncgenhooks>("set_asyncgen_hooks", "($module, /, firstiter=<hidden>, finalizer=<hidden>)",
                             "Set a finalizer for async generators objects."),
    fn<sys_getdefaultencoding>("getdefaultencoding", "($module, /)", "The encoding that str.encode() and bytes.decode() assume: 'utf-8'."),
    fn<sys_getfilesystemencoding>("getfilesystemencoding", "($module, /)", "The encoding for converting file names between str and bytes."),
    fn<sys_getfilesystemencodeerrors>("getfilesystemencodeerrors", "($module, /)",
                                      "The error handler for converting file names between str and bytes."),
    fn<sys_getframe>("_getframe", "($module, depth=0, /)", "Return a frame object from the call stack."),
    fn<sys_getframemodulename>("_getframemodulename", "($module, /, depth=0)", "Return the name of the module for a calling frame."),
    fn<sys_getprofile>("getprofile", "($module, /)", "Return the profiling function set with sys.setprofile."),
    fn<sys_setprofile>("setprofile", "($module, function, /)", "Set the profiling function."),
    fn<sys_setprofileall>("_setprofileallthreads", "($module, function, /)",
                          "Set the profiling function in all running threads belonging to the current interpreter."),
    fn<sys_gettrace>("gettrace", "($module, /)", "Return the global debug tracing function set with sys.settrace."),
    fn<sys_settrace>("settrace", "($module, function, /)", "Set the global debug tracing function."),
    fn<sys_settraceall>("_settraceallthreads", "($module, function, /)",
                        "Set the global debug tracing function in all running threads belonging to the current interpreter."),
    fn<sys_getrecursionlimit>("getrecursionlimit", "($module, /)", "Return the current value of the recursion limit."),
    fn<sys_setrecursionlimit>("setrecursionlimit", "($module, limit, /)", "Set the maximum depth of the Python interpreter stack to n."),
    fn<sys_getrefcount>("getrefcount", "($module, object, /)", "Return the reference count of object."),
    fn<sys_getsizeof>("getsizeof", "($module, /, object, default=<hidden>)",
                      "getsizeof(object [, default]) -> int\n\n"
                      "The memory that object itself takes, in bytes, as its __sizeof__() says;\n"
                      "default is for objects that cannot say."),
    fn<sys_getswitchinterval>("getswitchinterval", "($module, /)", "The interval in seconds that setswitchinterval() has set."),
    fn<sys_setswitchinterval>("setswitchinterval", "($module, interval, /)",
                              "Set the ideal thread switching delay inside the Python interpreter."),
    fn<sys_intern>("intern", "($module, string, /)", "``Intern'' the given string."),
    fn<sys_is_interned>("_is_interned", "($module, string, /)", "Return True if the given string is \"interned\"."),
    fn<sys_is_finalizing>("is_finalizing", "($module, /)", "Return True if Python is exiting."),
    fn<sys_is_gil_enabled>("_is_gil_enabled", "($module, /)", "Return True if the GIL is currently enabled."),
    fn<default_unraisable_hook>("unraisablehook", "($module, unraisable, /)", "Handle an unraisable exception."),
    fn<sys_activate_stack_trampoline>("activate_stack_trampoline", "($module, backend, /)",
                                      "Activate stack profiler trampoline *backend*."),
};

const NativeDef jit_functions[] = {
    fn<jit_no>("is_available", "($module, /)",
               "Return True if the current Python executable supports JIT compilation, and False otherwise."),
    fn<jit_no>("is_enabled", "($module, /)",
               "Return True if JIT compilation is enabled for the current Python process, and False otherwise."),
    fn<jit_no>("is_active", "($module, /)",
               "Return True if the topmost Python frame is currently executing JIT code, and False otherwise."),
};
const ModuleSpec jit_spec = {.name = "sys._jit", .functions = jit_functions};

std::atomic<Type*> g_version_info, g_float_info, g_int_info, g_hash_info, g_thread_info;

Result<void> add_struct(Thread& t, Borrowed<Module> module, std::atomic<Type*>& known, const char* attribute, const char* type_name,
                        const char* doc, std::initializer_list<StructField> fields, std::initializer_list<Object*> values,
                        Instantiation instantiation = Instantiation::Allowed) {
    Ref<Type> type = TRY(shared_struct_sequence_type(t, known, type_name, doc, {fields.begin(), fields.size()},
                                                     static_cast<int>(fields.size()), instantiation));
    Object* items[16];
    size_t count = 0;
    for (Object* item : values) items[count++] = item;
    Ref<Tuple> value = TRY(struct_sequence_new(t, *type, items, count));
    return module_add(t, module, attribute, value);
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    auto number = [&](int64_t v) { return int_from(t, v).release_or_null(); };
    auto real = [&](double v) -> Object* { return float_from(t, v).release_or_null(); };
    auto text = [&](const char* s) -> Object* { return str_interned(t, s).release_or_null(); };
    TRY(module_add_int(t, module, "maxsize", INTPTR_MAX));
    TRY(module_add_int(t, module, "maxunicode", 0x10ffff));
    TRY(module_add(t, module, "monitoring", TRY(monitoring_create(t))));
    TRY(module_add_int(t, module, "api_version", 1013));
    TRY(module_add_int(t, module, "hexversion", 0x030E00F0 | TAIPAN_PYTHON_MICRO << 8));
    TRY(module_add_string(t, module, "byteorder", "little"));
    TRY(module_add_string(t, module, "platform", "linux"));
    TRY(module_add_string(t, module, "platlibdir", "lib"));
    TRY(module_add_string(t, module, "abiflags", "t"));
    TRY(module_add_string(t, module, "float_repr_style", "short"));
    TRY(module_add_string(
        t, module, "copyright",
        "Copyright (c) 2026 The Taipan authors.\nAll Rights Reserved.\n\nPython is a trademark of the Python Software Foundation."));
    TRY(module_add_string(t, module, "_base_executable", ""));
    TRY(module_add_string(t, module, "_framework", ""));
    Ref<Str> version = TRY(str_from_utf8(t, version_text_view()));
    TRY(module_add(t, module, "version", version));
    Ref<Str> git = TRY(str_from_utf8(t, "Taipan"));
    Ref<Str> empty = str_empty();
    TRY(module_add(t, module, "_git", TRY(tuple_pack(t, git, empty, empty))));
    TRY(add_struct(t, module, g_version_info, "version_info", "sys.version_info",
                   "sys.version_info\n\nVersion information as a named tuple.",
                   {{"major", "Major release number"},
                    {"minor", "Minor release number"},
                    {"micro", "Patch release number"},
                    {"releaselevel", "'alpha', 'beta', 'candidate', or 'final'"},
                    {"serial", "Serial release number"}},
                   {number(3), number(14), number(TAIPAN_PYTHON_MICRO), text("final"), number(0)}, Instantiation::Disallowed));
    TRY(add_struct(t, module, g_float_info, "float_info", "sys.float_info",
                   "sys.float_info\n\nA named tuple holding information about the float type.",
                   {{"max", "DBL_MAX -- maximum representable finite float"},
                    {"max_exp", "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable"},
                    {"max_10_exp", "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable"},
                    {"min", "DBL_MIN -- Minimum positive normalized float"},
                    {"min_exp", "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float"},
                    {"min_10_exp", "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float"},
                    {"dig", "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float"},
                    {"mant_dig", "DBL_MANT_DIG -- mantissa digits"},
                    {"epsilon", "DBL_EPSILON -- Difference between 1 and the next representable float"},
                    {"radix", "FLT_RADIX -- radix of exponent"},
                    {"rounds", "FLT_ROUNDS -- rounding mode used for arithmetic operations"}},
                   {real(DBL_MAX), number(DBL_MAX_EXP), number(DBL_MAX_10_EXP), real(DBL_MIN), number(DBL_MIN_EXP), number(DBL_MIN_10_EXP),
                    number(DBL_DIG), number(DBL_MANT_DIG), real(DBL_EPSILON), number(2), number(1)}));
    TRY(add_struct(t, module, g_int_info, "int_info", "sys.int_info",
                   "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The "
                   "attributes are read only.",
                   {{"bits_per_digit", "size of a digit in bits"},
                    {"sizeof_digit", "size in bytes of the C type used to represent a digit"},
                    {"default_max_str_digits", "maximum string conversion digits limitation"},
                    {"str_digits_check_threshold", "minimum positive value for int_max_str_digits"}},
                   {number(30), number(4), number(4300), number(640)}));
    TRY(add_struct(t, module, g_hash_info, "hash_info", "sys.hash_info",
                   "hash_info\n\nA named tuple providing parameters used for computing hashes. The attributes are read only.",
                   {{"width", "width of the type used for hashing, in bits"},
                    {"modulus", "prime number giving the modulus on which the hash function is based"},
                    {"inf", "value to be used for hash of a positive infinity"},
                    {"nan", "value to be used for hash of a nan"},
                    {"imag", "multiplier used for the imaginary part of a complex number"},
                    {"algorithm", "name of the algorithm for hashing of str, bytes and memoryviews"},
                    {"hash_bits", "internal output size of hash algorithm"},
                    {"seed_bits", "seed size of hash algorithm"},
                    {"cutoff", "small string optimization cutoff"}},
                   {number(64), number((int64_t{1} << 61) - 1), number(314159), number(0), number(1000003), text("siphash13"), number(64),
                    number(128), number(0)}));
    TRY(add_struct(t, module, g_thread_info, "thread_info", "sys.thread_info",
                   "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
                   {{"name", "name of the thread implementation"},
                    {"lock", "name of the lock implementation"},
                    {"version", "name and version of the thread library"}},
                   {text("pthread"), text("semaphore"), text("NPTL 2.36")}));
    Ref<List> names_list = TRY(list_new(t));
    for (const ModuleSpec* native : native_modules()) TRY(list_append(t, names_list, TRY(str_interned(t, native->name))));
    TRY(list_sort(t, names_list, nullptr, false));
    TRY(module_add(t, module, "builtin_module_names", TRY(list_to_tuple(t, names_list))));
    for (const char* kept : {"displayhook", "excepthook", "breakpointhook", "unraisablehook"}) {
        MaybeRef<Object> hook = TRY(dict_get_ascii(t, module->dict, kept));
        char name[32];
        snprintf(name, sizeof name, "__%s__", kept);
        TRY(module_add(t, module, name, hook.get()));
    }
    TRY(module_add(t, module, "_jit", TRY(module_create(t, jit_spec))));
    Ref<Object> names_table = TRY(stdlib_module_names(t));
    TRY(module_add(t, module, "stdlib_module_names", names_table));
    return {};
}

} // namespace

extern const ModuleSpec sys_module;
const ModuleSpec sys_module = {.name = "sys",
                               .doc = "This module provides access to some objects used or maintained by the\ninterpreter and to functions "
                                      "that interact strongly with the interpreter.",
                               .functions = functions,
                               .exec = exec};

void print_heap_statistics() {
    fprintf(
        stderr,
        "Small block threshold = 512, in 32 size classes.\n0 free PyDictObjects\n\n"); // of our heap (docs/heap.md), in pymalloc's words
}

} // namespace taipan
