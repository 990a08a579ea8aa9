#include "app/startup.h"
#include "app/interactive.h"
#include "app/paths.h"

#include "base/hash.h"
#include "compiler/marshal_writer.h"
#include "modules/marshal_module.h"
#include "modules/sys_module.h"
#include "modules/thread_module.h"
#include "modules/tracemalloc.h"
#include "objects/builtin_lookup.h"
#include "objects/bytes_methods.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module_shadowing.h"
#include "objects/names.h"
#include "objects/simple_namespace.h"
#include "objects/str_codecs.h"
#include "objects/struct_sequence.h"
#include "runtime/heap_inline.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"
#include "vm/frozen.h"
#include "vm/generators.h"
#include "vm/interpreter_states.h"
#include "vm/monitoring.h"
#include "vm/options.h"
#include "vm/pending_calls.h"
#include "vm/remote_script.h"
#include "vm/tracing.h"

#include "python_version.h"

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <langinfo.h>
#include <sys/random.h>
#include <unistd.h>

namespace taipan {

std::string version_text() { return std::string(version_text_view()); }
Result<void> exception_types_ready(Thread& t);

namespace {

void choose_hash_key() {
    if (g_options.hash_seed >= 0) {
        base::SipKey key = base::sip_key_from_seed(static_cast<uint32_t>(g_options.hash_seed));
        g_runtime.hash_key0 = key.k0;
        g_runtime.hash_key1 = key.k1;
        return;
    }
    uint64_t key[2];
    if (getrandom(key, sizeof key, GRND_NONBLOCK) != sizeof key) {
        key[0] = 0x9e3779b97f4a7c15ull ^ static_cast<uint64_t>(getpid());
        key[1] = reinterpret_cast<uintptr_t>(&key);
    }
    g_runtime.hash_key0 = key[0];
    g_runtime.hash_key1 = key[1];
}

int visit_thread_roots(Thread& t, int (*visit)(Object*, void*), void* context) {
    for (Frame* f = t.frame; f; f = f->previous) visit_frame_words(f, visit, context);
    for (HandledException* h = t.handled; h; h = h->previous)
        if (h->exception) visit(h->exception, context);
    for (Object* o :
         {t.exception, t.context, t.async_gen_firstiter, t.async_gen_finalizer, t.dict, t.async_exception, t.running_loop, t.running_task})
        if (o) visit(o, context);
    return 0;
}
void visit_thread_hook(Thread& t, int (*visit)(Object*, void*), void* context) { visit_thread_roots(t, visit, context); }
void clear_thread_hook(Thread& t) {
    tracing_thread_ended(t);
    clear_field(t.exception);
    clear_field(t.context);
    clear_field(t.async_gen_firstiter);
    clear_field(t.async_gen_finalizer);
    clear_field(t.dict);
    clear_field(t.async_exception);
    clear_field(t.running_loop);
    clear_field(t.running_task);
    clear_field(t.base_handled.exception);
    clear_field(t.spare_int);
    data_stack_destroy(t);
    quicken_thread_ended(t);
    raw_free(std::exchange(t.attribute_table, nullptr));
}

/// After fork: the objects that a lost thread's frames and state refer to stay, as running their finalizers here could wait
/// for locks that the thread held.
void thread_lost_hook(Thread& t) {
    thread_handles_after_fork(Thread::current());
    data_stack_destroy(t);
    quicken_thread_ended(t);
    raw_free(std::exchange(t.attribute_table, nullptr));
}
void visit_interpreter_hook(Interpreter& interpreter, int (*visit)(Object*, void*), void* context) {
    for (Object* o : std::initializer_list<Object*>{
             interpreter.modules, interpreter.builtins, interpreter.sys_dict, interpreter.import_func, interpreter.importlib,
             interpreter.codec_search_cache, interpreter.codec_search_path, interpreter.codec_error_registry, interpreter.at_exit,
             interpreter.before_forkers, interpreter.after_forkers_child, interpreter.after_forkers_parent, interpreter.audit_hooks})
        if (o) visit(o, context);
}

Result<Ref<Module>> start_native_module(Thread& t, const char* name) {
    const ModuleSpec* spec = find_native_module(name);
    VERIFY(spec);
    Ref<Module> module = TRY(module_create(t, *spec));
    module->executed = true;
    if (spec->exec) TRY(spec->exec(t, module));
    TRY(dict_set_ascii(t, t.interpreter->modules, name, module));
    return module;
}

/// A word of the command line, as the locale encodes it.
Result<Ref<Str>> decode_command(Thread& t, const std::string& text) {
    const char* locale = setlocale(LC_CTYPE, nullptr);
    bool ascii = !g_options.utf8_mode && (!locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"));
    return ascii ? decode_ascii(t, text, "surrogateescape") : str_decode_fs(t, text);
}
Result<Ref<List>> string_list(Thread& t, const std::vector<std::string>& items) {
    Ref<List> list = TRY(list_new(t));
    for (const std::string& item : items) TRY(list_append(t, list, TRY(decode_command(t, item))));
    return list;
}
Result<void> set_sys(Thread& t, const char* name, Borrowed<Object> value) {
    return dict_set_ascii(t, t.interpreter->sys_dict, name, value);
}
Result<void> set_sys_string(Thread& t, const char* name, const std::string& value) {
    return set_sys(t, name, TRY(str_decode_fs(t, value)));
}

Result<void> sys_flags(Thread& t) {
    static constexpr StructField fields[] = {{"debug", "-d"},
                                             {"inspect", "-i"},
                                             {"interactive", "-i"},
                                             {"optimize", "-O or -OO"},
                                             {"dont_write_bytecode", "-B"},
                                             {"no_user_site", "-s"},
                                             {"no_site", "-S"},
                                             {"ignore_environment", "-E"},
                                             {"verbose", "-v"},
                                             {"bytes_warning", "-b"},
                                             {"quiet", "-q"},
                                             {"hash_randomization", "-R"},
                                             {"isolated", "-I"},
                                             {"dev_mode", "-X dev"},
                                             {"utf8_mode", "-X utf8"},
                                             {"warn_default_encoding", "-X warn_default_encoding"},
                                             {"safe_path", "-P"},
                                             {"int_max_str_digits", "-X int_max_str_digits"},
                                             {"gil", "-X gil"},
                                             {"thread_inherit_context", "-X thread_inherit_context"},
                                             {"context_aware_warnings", "-X context_aware_warnings"}};
    static std::atomic<Type*> s_type;
    Ref<Type> type = TRY(shared_struct_sequence_type(t, s_type, "sys.flags",
                                                     "sys.flags\n\nFlags provided through command line arguments or environment vars.",
                                                     fields, 18, Instantiation::Disallowed));
    const Options& o = g_options;
    auto n = [&](int v) -> Object* { return int_from(t, v).release_or_null(); };
    auto b = [&](bool v) -> Object* { return bool_object(v); };
    Object* items[] = {n(o.debug),
                       n(o.inspect),
                       n(o.interactive),
                       n(o.optimize),
                       n(o.dont_write_bytecode),
                       n(o.no_user_site),
                       n(o.no_site),
                       n(o.ignore_environment),
                       n(o.verbose),
                       n(o.bytes_warning),
                       n(o.quiet),
                       n(o.hash_seed != 0),
                       n(o.isolated),
                       b(o.dev_mode),
                       n(o.utf8_mode ? 1 : 0),
                       n(o.warn_default_encoding),
                       b(o.safe_path),
                       n(t.interpreter->int_max_str_digits),
                       o.gil < 0 ? None() : n(o.gil),
                       n(1),
                       n(1)};
    Ref<Tuple> flags = TRY(struct_sequence_new(t, *type, items, 21));
    return set_sys(t, "flags", flags);
}

Result<void> sys_configuration(Thread& t, const Invocation& invocation) {
    Layout layout = find_layout(invocation.original.empty() ? nullptr : invocation.original[0].c_str(), !g_options.ignore_environment);
    if (layout.from_path_file) {
        g_options.isolated = g_options.ignore_environment = g_options.no_user_site = g_options.safe_path = true;
        g_options.no_site = !layout.import_site;
    }
    if (layout.wrong_home) {
        fprintf(stderr,
                "Python path configuration:\n  PYTHONHOME = '%s'\n  stdlib dir = '%s'\n  sys.executable = '%s'\n  sys.prefix = '%s'\n  "
                "sys.path = [\n",
                getenv("PYTHONHOME"), layout.stdlib.c_str(), layout.executable.c_str(), layout.prefix.c_str());
        for (const std::string& entry : layout.search_path) fprintf(stderr, "    '%s',\n", entry.c_str());
        fputs("  ]\nFatal Python error: Failed to import encodings module\nPython runtime state: core initialized\n", stderr);
        return raise(t, exc::ModuleNotFoundError, "No module named 'encodings'");
    }
    if (g_options.int_max_str_digits >= 0) t.interpreter->int_max_str_digits = g_options.int_max_str_digits;
    TRY(set_sys_string(t, "executable", layout.executable));
    TRY(set_sys_string(t, "_base_executable", layout.base_executable));
    for (const char* name : {"prefix", "exec_prefix"}) TRY(set_sys_string(t, name, layout.prefix));
    for (const char* name : {"base_prefix", "base_exec_prefix"}) TRY(set_sys_string(t, name, layout.base_prefix));
    TRY(set_sys_string(t, "_stdlib_dir", layout.stdlib));
    TRY(set_sys_string(t, "platlibdir", "lib"));
    TRY(set_sys(t, "_home", None()));
    if (!layout.home.empty()) TRY(set_sys_string(t, "_home", layout.home));
    TRY(set_sys(t, "pycache_prefix", None()));
    if (const char* cache = g_options.ignore_environment ? nullptr : getenv("PYTHONPYCACHEPREFIX"); cache && *cache)
        TRY(set_sys_string(t, "pycache_prefix", cache));
    for (const std::string& option : invocation.x_options) {
        if (option == "pycache_prefix" || option == "pycache_prefix=") TRY(set_sys(t, "pycache_prefix", None()));
        else if (option.rfind("pycache_prefix=", 0) == 0) TRY(set_sys_string(t, "pycache_prefix", option.substr(15)));
    }
    TRY(set_sys(t, "orig_argv", TRY(string_list(t, invocation.original))));
    std::vector<std::string> path;
    if (const char* extra = g_options.ignore_environment ? nullptr : getenv("PYTHONPATH"); extra && *extra) {
        std::string current;
        for (const char* p = extra;; ++p) {
            if (*p == ':' || !*p) {
                path.push_back(current);
                current.clear();
                if (!*p) break;
            } else {
                current += *p;
            }
        }
    }
    path.insert(path.end(), layout.search_path.begin(), layout.search_path.end());
    TRY(set_sys(t, "path", TRY(string_list(t, path))));
    TRY(set_sys(t, "warnoptions", TRY(string_list(t, [&] {
                    std::vector<std::string> all = invocation.warn_options;
                    if (g_options.dev_mode) all.insert(all.begin(), "default");
                    if (g_options.bytes_warning == 1) all.push_back("default::BytesWarning");
                    if (g_options.bytes_warning > 1) all.push_back("error::BytesWarning");
                    return all;
                }()))));
    Ref<Dict> x_options = TRY(dict_new(t));
    for (const std::string& option : invocation.x_options) {
        size_t equals = option.find('=');
        Ref<Str> key = TRY(str_decode_fs(t, option.substr(0, equals)));
        if (equals == std::string::npos) TRY(dict_set(t, x_options, key, True()));
        else TRY(dict_set(t, x_options, key, TRY(str_decode_fs(t, option.substr(equals + 1)))));
    }
    TRY(set_sys(t, "_xoptions", x_options));
    for (const char* name : {"meta_path", "path_hooks"}) TRY(set_sys(t, name, TRY(list_new(t))));
    TRY(set_sys(t, "path_importer_cache", TRY(dict_new(t))));
    TRY(set_sys(t, "dont_write_bytecode", bool_object(g_options.dont_write_bytecode)));
    // sys.argv
    std::vector<std::string> argv;
    switch (invocation.kind) {
    case Invocation::Kind::Command: argv.push_back("-c"); break;
    case Invocation::Kind::Module: argv.push_back("-m"); break;
    case Invocation::Kind::File: argv.push_back(invocation.text); break;
    case Invocation::Kind::Stdin: argv.push_back(invocation.original.size() > 1 && invocation.text.empty() ? "-" : ""); break;
    case Invocation::Kind::Interactive: argv.push_back(""); break;
    }
    argv.insert(argv.end(), invocation.args.begin(), invocation.args.end());
    TRY(set_sys(t, "argv", TRY(string_list(t, argv))));
    TRY(sys_flags(t));
    return {};
}

/// For tests: whether the attributes are in the object itself, its class knowing their names.
bool values_are_inline(Thread&, Borrowed<Object> object) {
    return object->type->has(type_flag::InlineValues) && inline_values(object.get())->valid;
}
const NativeDef inline_values_def =
    fn<values_are_inline>("has_inline_values", "($module, object, /)", "Whether the object holds its attributes itself.");

#ifdef TAIPAN_DEBUG
/// For tests: the `after`-th allocation from now fails (0: none); see heap_inject_failure. Tells how far off the last one was.
int64_t fail_allocation(Thread&, int64_t after, bool persistent) {
    int64_t left = g_heap_fail_after.load(std::memory_order_relaxed);
    heap_inject_failure(after, persistent);
    return left;
}
const NativeDef fail_allocation_def =
    fn<fail_allocation>("fail_allocation", "($module, after, persistent=False, /)",
                        "Make the after-th allocation from now fail, and all that follow if persistent; 0 ends it. Debug builds only.");
#endif

Result<void> sys_implementation(Thread& t) {
    Ref<Object> made = TRY(simple_namespace_new(t, nullptr));
    auto put = [&](const char* name, Borrowed<Object> value) -> Result<void> {
        return set_attribute(t, made, TRY(str_interned(t, name)), value);
    };
    TRY(put("name", TRY(str_interned(t, "cpython"))));
    TRY(put("cache_tag", TRY(str_interned(t, "cpython-314"))));
    MaybeRef<Object> version = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "version_info"));
    TRY(put("version", version.get()));
    TRY(put("hexversion", TRY(int_from(t, 0x030E00F0 | TAIPAN_PYTHON_MICRO << 8))));
    TRY(put("_multiarch", TRY(str_interned(t, "x86_64-linux-gnu"))));
    TRY(put("supports_isolated_interpreters", True()));
    TRY(set_sys(t, "implementation", made));
    Ref<Object> own = TRY(simple_namespace_new(t, nullptr));
    TRY(set_attribute(t, own, TRY(str_interned(t, "version")), TRY(str_interned(t, "0.1"))));
    Ref<Object> shared = TRY(builtin_function_new(t, inline_values_def, nullptr, nullptr));
    TRY(set_attribute(t, own, TRY(str_interned(t, inline_values_def.name)), shared));
#ifdef TAIPAN_DEBUG
    Ref<Object> fail = TRY(builtin_function_new(t, fail_allocation_def, nullptr, nullptr));
    TRY(set_attribute(t, own, TRY(str_interned(t, fail_allocation_def.name)), fail));
#endif
    return set_sys(t, "_taipan", own);
}

// What verbose imports write to before the streams exist.
Result<void> early_write(Thread& t, Borrowed<Str> text) {
    std::string_view bytes = TRY(str_utf8(t, text));
    fwrite(bytes.data(), 1, bytes.size(), stderr);
    return {};
}
void early_flush(Thread&) { fflush(stderr); }
const NativeDef early_defs[] = {fn<early_write>("write", "(text, /)"), fn<early_flush>("flush", "()")};
Result<void> start_early_stderr(Thread& t) {
    Ref<Object> stream = TRY(simple_namespace_new(t, nullptr));
    for (const NativeDef& def : early_defs)
        TRY(set_attribute(t, stream, TRY(str_interned(t, def.name)), TRY(builtin_function_new(t, def, nullptr, nullptr))));
    return set_sys(t, "stderr", stream);
}

Result<void> start_import(Thread& t) {
    // importlib._bootstrap runs first as _frozen_importlib, with sys and _imp put in by _install.
    auto run_frozen = [&](const char* name) -> Result<Ref<Object>> {
        const FrozenModule* frozen = find_frozen_module(name);
        if (!frozen) return raise(t, exc::ImportError, "%s is not frozen into this program", name);
        Ref<Object> code = TRY(marshal_loads(t, {reinterpret_cast<const char*>(frozen->data), frozen->size}));
        Ref<Module> module = TRY(module_new(t, TRY(str_interned(t, name))));
        TRY(dict_set(t, module->dict, names::__builtins__, t.interpreter->builtins));
        TRY(dict_set_ascii(t, module->dict, "__origname__", TRY(str_from_utf8(t, frozen->original_name))));
        TRY(dict_set_ascii(t, t.interpreter->modules, name, module));
        TRY(eval_code(t, as<Code>(code.get()), module->dict, nullptr));
        return module;
    };
    Ref<Object> bootstrap = TRY(run_frozen("_frozen_importlib"));
    t.interpreter->importlib = bootstrap.share().release();
    Ref<Module> imp = TRY(start_native_module(t, "_imp"));
    MaybeRef<Object> sys = TRY(dict_get_ascii(t, t.interpreter->modules, "sys"));
    TRY(call_method(t, bootstrap, TRY(str_interned(t, "_install")), sys.take(), imp));
    TRY(call_method(t, bootstrap, TRY(str_interned(t, "_install_external_importers"))));
    // Zip files on sys.path come before directories.
    Ref<Object> importer = TRY(import_attribute(t, "zipimport", "zipimporter"));
    MaybeRef<Object> hooks = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "path_hooks"));
    if (hooks && is<List>(hooks.get())) TRY(list_insert(t, static_cast<List*>(hooks.get()), 0, importer));
    return {};
}

/// The locale's encoding under Python's name.
std::string locale_encoding() {
    std::string_view name = nl_langinfo(CODESET);
    if (name == "ANSI_X3.4-1968" || name == "US-ASCII" || name == "646") return "ascii";
    if (name.empty() || name == "UTF-8" || name == "utf8") return "utf-8";
    return std::string(name);
}

Result<void> start_streams(Thread& t) {
    Ref<Object> io = TRY(import_module(t, "_io"));
    TRY(import_module(t, "encodings"));
    Ref<Object> open = TRY(get_attribute(t, io, TRY(str_interned(t, "open"))));
    TRY(dict_set_ascii(t, t.interpreter->builtins, "open", open));
    const char* configured = g_options.ignore_environment ? nullptr : getenv("PYTHONIOENCODING");
    std::string encoding = g_options.utf8_mode ? "utf-8" : locale_encoding(), errors;
    const std::string usual = encoding;
    if (configured && *configured) {
        encoding = configured;
        size_t colon = encoding.find(':');
        if (colon != std::string::npos) {
            errors = encoding.substr(colon + 1);
            encoding.resize(colon);
        }
        if (encoding.empty()) encoding = usual;
        else if (errors.empty()) errors = "strict";
        // The name that the codec has.
        auto known = [&]() -> Result<std::string> {
            Ref<Object> lookup = TRY(import_attribute(t, "codecs", "lookup"));
            Ref<Object> codec = TRY(call(t, lookup, TRY(str_from_utf8(t, encoding))));
            Ref<Object> name = TRY(get_attribute(t, codec, names::name));
            return std::string(TRY(str_utf8(t, static_cast<Str*>(name.get()))));
        };
        auto name = known();
        if (name.is_error()) t.clear_exception();
        else encoding = name.take();
    }
    // The C locales, and what they are coerced to (PEP 538), pass on bytes that they cannot decode.
    std::string_view locale = setlocale(LC_CTYPE, nullptr);
    bool c_locale =
        locale == "C" || locale == "POSIX" || locale == "C.UTF-8" || locale == "C.utf8" || locale == "UTF-8" || g_options.utf8_mode;
    auto stream = [&](int fd, const char* name, const char* mode, const char* dunder) -> Result<void> {
        if (fcntl(fd, F_GETFD) < 0) {
            TRY(set_sys(t, name, None()));
            return set_sys(t, dunder, None());
        }
        std::string policy = errors.empty() ? (fd == 2                           ? "backslashreplace"
                                               : c_locale || g_options.utf8_mode ? "surrogateescape"
                                                                                 : "strict")
                             : fd == 2      ? "backslashreplace"
                                            : errors;
        bool raw_out = g_options.unbuffered && fd != 0;
        Ref<Dict> kwargs = TRY(dict_new(t));
        Ref<Tuple> args = TRY(tuple_pack(t, TRY(int_from(t, fd)), TRY(str_interned(t, mode))));
        TRY(dict_set_ascii(t, kwargs, "buffering", TRY(int_from(t, raw_out ? 0 : -1))));
        TRY(dict_set_ascii(t, kwargs, "closefd", False()));
        Ref<Object> buffer = TRY(call_tuple(t, open, args, kwargs.get()));
        Ref<Object> raw = raw_out ? buffer.share() : TRY(get_attribute(t, buffer, TRY(str_interned(t, "raw"))));
        std::string shown = std::string("<") + name + ">";
        TRY(set_attribute(t, raw, names::name, TRY(str_interned(t, shown))));
        Ref<Object> wrapper = TRY(get_attribute(t, io, TRY(str_interned(t, "TextIOWrapper"))));
        bool terminal = TRY(is_true(t, TRY(call_method(t, raw, names::isatty))));
        Ref<Dict> options = TRY(dict_new(t));
        TRY(dict_set_ascii(t, options, "encoding", TRY(str_from_utf8(t, encoding))));
        TRY(dict_set_ascii(t, options, "errors", TRY(str_from_utf8(t, policy))));
        TRY(dict_set_ascii(t, options, "newline", TRY(str_from_utf8(t, "\n"))));
        if (fd == 0) TRY(dict_set_ascii(t, options, "newline", None()));
        TRY(dict_set_ascii(t, options, "line_buffering", bool_object(terminal || fd == 2 || (g_options.unbuffered && fd != 0))));
        TRY(dict_set_ascii(t, options, "write_through", bool_object(raw_out)));
        Ref<Tuple> positional = TRY(tuple_pack(t, buffer));
        Ref<Object> text = TRY(call_tuple(t, wrapper, positional, options.get()));
        TRY(set_attribute(t, text, TRY(str_interned(t, "mode")), TRY(str_interned(t, fd == 0 ? "r" : "w"))));
        TRY(set_sys(t, name, text));
        return set_sys(t, dunder, text);
    };
    TRY(stream(0, "stdin", "rb", "__stdin__"));
    TRY(stream(1, "stdout", "wb", "__stdout__"));
    return stream(2, "stderr", "wb", "__stderr__");
}

/// What the program's start has put before the other entries of sys.path.
Result<void> put_script_path(Thread& t) {
    const char* folder = script_folder();
    MaybeRef<Object> path = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "path"));
    if (!folder || !path || !is<List>(path.get())) return {};
    return list_insert(t, static_cast<List*>(path.get()), 0, TRY(str_decode_fs(t, folder)));
}

Result<void> start_everything(Thread& t, const Invocation& invocation) {
    const bool first = t.interpreter == g_runtime.main_interpreter;
    if (first) {
        TRY(builtin_types_ready(t));
        TRY(exception_types_ready(t));
        if (g_options.tracemalloc) TRY(tracemalloc_start(t, g_options.tracemalloc));
        remote_script_install(t, g_options.remote_debug);
    }
    Interpreter& interpreter = *t.interpreter;
    interpreter.modules = TRY(dict_new(t)).release();
    interpreter.sys_dict = nullptr;
    Ref<Module> builtins = TRY(start_native_module(t, "builtins"));
    incref(builtins->dict);
    interpreter.builtins = builtins->dict;
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    states->all_function = TRY(builtin_object(t, "all")).release();
    states->any_function = TRY(builtin_object(t, "any")).release();
    const ModuleSpec* sys_spec = find_native_module("sys");
    Ref<Module> sys = TRY(module_create(t, *sys_spec));
    incref(sys->dict);
    interpreter.sys_dict = sys->dict;
    sys->executed = true;
    TRY(sys_spec->exec(t, sys));
    TRY(dict_set_ascii(t, interpreter.modules, "sys", sys));
    TRY(set_sys(t, "modules", interpreter.modules));
    TRY(set_sys(t, "_baserepl", TRY(plain_prompt_function(t, sys))));
    TRY(sys_implementation(t));
    TRY(sys_configuration(t, invocation));
    TRY(start_early_stderr(t));
    TRY(start_import(t));
    if (first) TRY(import_module(t, "_signal")); // SIGINT raises KeyboardInterrupt, SIGPIPE is ignored
    TRY(start_streams(t));
    if (first) {
        g_check_codec_names = g_options.dev_mode;
        g_warn_of_bytes = g_options.bytes_warning > 0;
    }
    if (first && (g_options.faulthandler || g_options.dev_mode)) {
        Ref<Object> faulthandler = TRY(import_module(t, "faulthandler"));
        if (call_method(t, faulthandler, TRY(str_interned(t, "enable"))).is_error()) t.clear_exception(); // without sys.stderr
    }
    Ref<Module> main = TRY(module_new(t, names::__main__));
    TRY(dict_set(t, main->dict, names::__builtins__, builtins));
    TRY(dict_set(t, interpreter.modules, names::__main__, main));
    TRY(dict_set_ascii(t, main->dict, "__loader__", TRY(import_attribute(t, "_frozen_importlib", "BuiltinImporter"))));
    if (list_size(static_cast<List*>(TRY(dict_get_ascii(t, interpreter.sys_dict, "warnoptions")).get()))) TRY(import_module(t, "warnings"));
    if (!g_options.no_site) {
        Ref<Object> site = TRY(import_module(t, "site"));
        TRY(call_method(t, site, TRY(str_interned(t, "main"))));
    }
    return first ? Result<void>() : put_script_path(t);
}

Module* main_module(Thread& t) {
    auto found = dict_get(t, t.interpreter->modules, names::__main__);
    return found.is_error() ? nullptr : static_cast<Module*>(found.take().get());
}
Result<void> insert_first_path(Thread& t, const std::string& entry) {
    MaybeRef<Object> path = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "path"));
    if (!path || !is<List>(path.get())) return {};
    return list_insert(t, static_cast<List*>(path.get()), 0, TRY(str_decode_fs(t, entry)));
}
Result<void> put_first_path(Thread& t, const std::string& entry) {
    if (g_options.safe_path) return {};
    set_script_folder(strdup(entry.c_str()));
    return insert_first_path(t, entry);
}
Result<Ref<Object>> run_text(Thread& t, std::string_view text, const char* filename, CompileRequest::Mode mode, bool bytes) {
    CompileRequest request;
    request.from_file = bytes;
    Ref<Str> name = TRY(str_decode_fs(t, filename));
    request.filename = name.get();
    request.mode = mode;
    if (size_t null = text.find('\0'); null != std::string_view::npos) {
        size_t start = text.rfind('\n', null);
        start = start == std::string_view::npos ? 0 : start + 1;
        syntax::SyntaxFailure failure;
        failure.kind = syntax::FailureKind::SyntaxError;
        failure.message = "source code cannot contain null bytes";
        failure.lineno = failure.end_lineno =
            1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(null), '\n'));
        failure.line = text.substr(start, null - start);
        failure.has_line = true;
        return raise_syntax_failure(t, failure, name);
    }
    if (!bytes) request.flags = compile_flag::SourceIsUtf8 | compile_flag::IgnoreCookie;
    Ref<Object> code = TRY(compile_source(t, text, request));
    if (!bytes) { // a command: tracebacks show its lines
        auto remember = [&]() -> Result<void> {
            Ref<Object> function = TRY(import_attribute(t, "linecache", "_register_code"));
            TRY(call(t, function, code, TRY(str_decode_utf8(t, text, "replace")), name));
            return {};
        };
        if (remember().is_error()) t.clear_exception();
    }
    return eval_code(t, as<Code>(code.get()), main_module(t)->dict, nullptr);
}
Result<void> run_module(Thread& t, const char* name, bool set_argv0) {
    Ref<Object> run = TRY(import_attribute(t, "runpy", "_run_module_as_main"));
    Ref<Str> text = TRY(str_decode_fs(t, name));
    TRY(call(t, run, text, Borrowed<Object>(bool_object(set_argv0))));
    return {};
}
bool read_all(int fd, std::string* out) {
    char buffer[65536];
    ssize_t n;
    while ((n = ::read(fd, buffer, sizeof buffer)) > 0) out->append(buffer, static_cast<size_t>(n));
    return n == 0;
}

/// Whether sys.path_hooks know what to do with it: a directory, a zip file, a folder in a zip file.
Result<bool> has_importer(Thread& t, Borrowed<Str> file) {
    MaybeRef<Object> hooks = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "path_hooks"));
    if (!hooks || !is<List>(hooks.get())) return false;
    for (intptr_t i = 0; i < list_size(static_cast<List*>(hooks.get())); ++i) {
        MaybeRef<Object> hook = list_get(t, static_cast<List*>(hooks.get()), i);
        if (!hook) break;
        if (!call(t, hook.take(), file).is_error()) return true;
        if (!clear_if(t, exc::ImportError)) return Error{};
    }
    return false;
}

/// The magic number, flags and date of a .pyc before its code.
Result<Ref<Object>> code_of_pyc(Thread& t, std::string_view bytes) {
    uint32_t magic = 0;
    if (bytes.size() >= 16) memcpy(&magic, bytes.data(), sizeof magic);
    if (magic != compiler::PYC_MAGIC) return raise(t, exc::RuntimeError, "Bad magic number in .pyc file");
    Ref<Object> code = TRY(marshal_loads(t, bytes.substr(16)));
    if (!is<Code>(code.get())) return raise(t, exc::RuntimeError, "Bad code object in .pyc file");
    return code;
}

Result<void> run_file(Thread& t, const Invocation& invocation) {
    const std::string& given = invocation.text;
    std::string file = given; // absolute, but otherwise as it was written
    if (file[0] != '/') {
        if (char* here = getcwd(nullptr, 0)) {
            file = std::string(here) + "/" + given;
            free(here);
        }
    }
    FILE* stream = fopen(file.c_str(), "rb");
    int reason = errno;
    std::string source;
    bool readable = stream && read_all(fileno(stream), &source);
    if (stream) fclose(stream);
    // A plain script is not shown to the import system, which would look for a zip archive's directory at its end.
    if (!readable || source.find("PK\x05\x06") != std::string::npos) {
        Ref<Str> entry = TRY(str_decode_fs(t, given));
        if (TRY(has_importer(t, entry))) {
            set_script_folder(strdup(given.c_str()));
            TRY(insert_first_path(t, given)); // also with -I: it is what is to run
            return run_module(t, "__main__", false);
        }
    }
    if (!stream) {
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", invocation.original[0].c_str(), file.c_str(), reason,
                strerror(reason));
        return raise_object(t, exc::SystemExit, TRY(int_from(t, 2)));
    }
    char resolved[4096];
    std::string directory = realpath(file.c_str(), resolved) ? resolved : file;
    size_t slash = directory.rfind('/');
    TRY(put_first_path(t, slash == std::string::npos ? "" : directory.substr(0, slash ? slash : 1)));
    Module* main = main_module(t);
    Ref<Str> shown = TRY(str_decode_fs(t, file));
    TRY(dict_set(t, main->dict, names::__file__, shown));
    TRY(dict_set(t, main->dict, names::__cached__, None()));
    bool compiled = file.size() > 4 && file.compare(file.size() - 4, 4, ".pyc") == 0;
    Ref<Object> loader_type =
        TRY(import_attribute(t, "_frozen_importlib_external", compiled ? "SourcelessFileLoader" : "SourceFileLoader"));
    TRY(dict_set_ascii(t, main->dict, "__loader__", TRY(call(t, loader_type, TRY(str_interned(t, "__main__")), shown))));
    if (compiled) {
        Ref<Object> code = TRY(code_of_pyc(t, source));
        TRY(eval_code(t, as<Code>(code.get()), main->dict, nullptr));
        return {};
    }
    std::string_view text = source;
    if (g_options.skip_first_line) {
        size_t newline = text.find('\n');
        text = newline == std::string_view::npos ? std::string_view() : text.substr(newline);
    }
    TRY(run_text(t, text, file.c_str(), CompileRequest::Mode::Exec, true));
    return {};
}

/// The prompt after a program, or (`first`) instead of one. SystemExit ends the process even with -i.
Result<void> run_interactive(Thread& t, bool first) {
    g_options.inspect = false;
    if (first && !g_options.quiet) {
        fprintf(stderr, "Python %s on linux\n", version_text().c_str());
        if (!g_options.no_site) fprintf(stderr, "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    if (first) TRY(put_first_path(t, ""));
    return run_prompt(t, first);
}

/// The text of -c without the white space that all its lines begin with, as textwrap.dedent does it.
std::string dedent(std::string_view text) {
    auto each_line = [&](auto visit) {
        for (size_t start = 0; start < text.size();) {
            size_t end = text.find('\n', start);
            end = end == std::string_view::npos ? text.size() : end + 1;
            std::string_view line = text.substr(start, end - start);
            visit(line, line.find_first_not_of(" \t\n") == std::string_view::npos);
            start = end;
        }
    };
    std::string_view margin;
    bool first = true;
    each_line([&](std::string_view line, bool blank) {
        if (blank) return;
        std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
        if (std::exchange(first, false)) margin = indent;
        size_t common = 0;
        while (common < margin.size() && common < indent.size() && margin[common] == indent[common]) ++common;
        margin = margin.substr(0, common);
    });
    if (margin.empty()) return std::string(text);
    std::string result;
    each_line([&](std::string_view line, bool blank) {
        if (!blank) result += line.substr(margin.size());
        else if (line.back() == '\n') result += '\n';
    });
    return result;
}

Result<void> run(Thread& t, const Invocation& invocation) {
    switch (invocation.kind) {
    case Invocation::Kind::Command: {
        TRY(put_first_path(t, ""));
        if (auto text = decode_command(t, invocation.text); text.is_error() || str_utf8(t, text.take()).is_error()) {
            fputs("Unable to decode the command from the command line:\n", stderr);
            return Error{};
        }
        TRY(run_text(t, dedent(invocation.text), "<string>", CompileRequest::Mode::Exec, false));
        return {};
    }
    case Invocation::Kind::Module: {
        char* directory = getcwd(nullptr, 0);
        TRY(put_first_path(t, directory ? directory : ""));
        free(directory);
        return run_module(t, invocation.text.c_str(), true);
    }
    case Invocation::Kind::File: return run_file(t, invocation);
    case Invocation::Kind::Stdin: {
        TRY(put_first_path(t, ""));
        std::string source;
        read_all(0, &source);
        Module* main = main_module(t);
        TRY(dict_set(t, main->dict, names::__file__, TRY(str_interned(t, "<stdin>"))));
        TRY(dict_set(t, main->dict, names::__cached__, None()));
        TRY(run_text(t, source, "<stdin>", CompileRequest::Mode::Exec, true));
        return {};
    }
    case Invocation::Kind::Interactive: return run_interactive(t, true);
    }
    return {};
}

} // namespace

int handle_top_level_exception(Thread& t) {
    if (exception_matches(t, exc::SystemExit)) {
        Ref<Object> error = t.take_exception().take();
        Object* code = static_cast<SystemExitObject*>(error.get())->code;
        if (!code || is_none(code)) return 0;
        if (is<Int>(code)) {
            int64_t value;
            return int_fits_int64(static_cast<Int*>(code), &value) ? static_cast<int>(value) & 0xff : -1 & 0xff;
        }
        auto text = to_str(t, code);
        if (text.is_error()) {
            t.clear_exception();
            return 1;
        }
        auto show = [&]() -> Result<void> {
            Ref<Str> message = text.take();
            MaybeRef<Object> file = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stderr));
            if (!file || is_none(file.get())) return {};
            TRY(call_method(t, file.get(), names::write, message));
            TRY(call_method(t, file.get(), names::write, str_latin1_char('\n')));
            return {};
        };
        if (show().is_error()) t.clear_exception();
        return 1;
    }
    bool interrupted = exception_matches(t, exc::KeyboardInterrupt);
    Ref<Object> error = t.take_exception().take();
    auto hook = [&]() -> Result<bool> {
        if (!t.interpreter->sys_dict) return false;
        TRY(dict_set_ascii(t, t.interpreter->sys_dict, "last_exc", error));
        TRY(dict_set_ascii(t, t.interpreter->sys_dict, "last_type", Borrowed<Object>(error->type)));
        TRY(dict_set_ascii(t, t.interpreter->sys_dict, "last_value", error));
        Object* traceback = static_cast<BaseException*>(error.get())->traceback;
        TRY(dict_set_ascii(t, t.interpreter->sys_dict, "last_traceback", Borrowed<Object>(traceback ? traceback : None())));
        MaybeRef<Object> function = TRY(dict_get_str(t, t.interpreter->sys_dict, names::excepthook));
        if (!function) {
            fputs("sys.excepthook is missing\n", stderr);
            return false;
        }
        TRY(audit_args(t, "sys.excepthook", {function.get(), error->type, error.get(), traceback ? traceback : None()}));
        TRY(call(t, function.take(), Borrowed<Object>(error->type), error, Borrowed<Object>(traceback ? traceback : None())));
        return true;
    };
    auto shown = hook();
    if (shown.is_error() && exception_matches(t, exc::SystemExit)) return handle_top_level_exception(t);
    if (shown.is_error() || !shown.take()) {
        if (t.has_exception()) {
            Ref<Object> second = t.take_exception().take();
            fprintf(stderr, "Error in sys.excepthook:\n");
            print_exception(t, second);
            fprintf(stderr, "\nOriginal exception was:\n");
        }
        print_exception(t, error);
    }
    return interrupted ? InterruptedStatus : 1;
}

bool interpreter_start(Thread& t, const Invocation& invocation) {
    choose_hash_key();
    g_runtime.hooks.visit_thread = visit_thread_hook;
    g_runtime.hooks.thread_clear = clear_thread_hook;
    g_runtime.hooks.visit_interpreter = visit_interpreter_hook;
    g_runtime.hooks.thread_lost = thread_lost_hook;
    g_runtime.hooks.tracing_changed = monitoring_refresh;
    g_runtime.hooks.write_unraisable = write_unraisable;
    g_runtime.hooks.interpreter_start = subinterpreter_start;
    g_runtime.hooks.interpreter_finish = subinterpreter_finish;
    g_runtime.invocation = &invocation;
    pending_calls_install();
    if (start_everything(t, invocation).is_error()) {
        handle_top_level_exception(t);
        return false;
    }
    t.interpreter->ready.store(true);
    return true;
}

Result<void> subinterpreter_start(Thread& t) {
    TRY(start_everything(t, *static_cast<const Invocation*>(g_runtime.invocation)));
    t.interpreter->ready.store(true, std::memory_order_release);
    return {};
}

int run_invocation(Thread& t, const Invocation& invocation) {
    int status = 0;
    t.interpreter->running_main.store(&t);
    if (run(t, invocation).is_error()) status = handle_top_level_exception(t);
    const char* inspect = g_options.ignore_environment ? nullptr : getenv("PYTHONINSPECT"); // the program may have set it
    if (invocation.kind != Invocation::Kind::Interactive && (g_options.inspect || (inspect && *inspect)) &&
        (isatty(0) || g_options.interactive)) {
        status = 0;
        if (run_interactive(t, false).is_error()) status = handle_top_level_exception(t);
    }
    t.interpreter->running_main.store(nullptr);
    return status;
}

} // namespace taipan
