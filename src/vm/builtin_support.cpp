#include "vm/builtin_support.h"

#include "objects/bytes.h"
#include "objects/function.h"
#include "objects/generator.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/str_codecs.h"
#include "objects/type_object.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/interpreter_states.h"
#include "vm/options.h"

#include <atomic>
#include <ctime>
#include <string>
#include <unistd.h>

namespace taipan {

Options g_options;

namespace {

/// Replaces bases that are no classes by what their __mro_entries__ says (PEP 560). The same tuple if there are none.
Result<Ref<Tuple>> resolve_bases(Thread& t, Borrowed<Tuple> bases) {
    MaybeRef<Object> changed;
    for (intptr_t i = 0; i < bases->size; ++i) {
        Object* base = bases->items[i];
        MaybeRef<Object> method;
        if (!is<Type>(base)) method = TRY(get_attribute_optional(t, base, names::__mro_entries__));
        if (!method) {
            if (changed) TRY(list_append(t, static_cast<List*>(changed.get()), acquire(base)));
            continue;
        }
        if (!changed) changed = TRY(list_from_array(t, bases->items, static_cast<size_t>(i)));
        Ref<Object> entries = TRY(call(t, method.take(), bases));
        if (!is<Tuple>(entries.get())) return raise(t, exc::TypeError, "__mro_entries__ must return a tuple");
        TRY(list_extend(t, static_cast<List*>(changed.get()), entries));
    }
    if (!changed) return bases.share();
    return list_to_tuple(t, static_cast<List*>(changed.get()));
}

} // namespace

// Language reference, "Metaclasses": resolve bases, choose the metaclass, prepare the namespace, run the body, make the class.
Result<Ref<Object>> py_build_class(Thread& t, Borrowed<Object> function_object, Borrowed<Object> name, Args base_args,
                                   MaybeBorrowed<Object> metaclass, Kwargs keywords) {
    if (!is_exact<Function>(function_object.get())) return raise(t, exc::TypeError, "__build_class__: func must be a function");
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "__build_class__: name is not a string");
    Ref<Tuple> original = TRY(tuple_from_array(t, base_args.data, base_args.count));
    Ref<Tuple> bases = TRY(resolve_bases(t, original));
    MaybeRef<Object> meta;
    bool is_class = true;
    if (metaclass) {
        meta = MaybeRef<Object>(metaclass.value().share());
        is_class = is<Type>(meta.get());
    } else if (bases->size == 0) {
        meta = MaybeRef<Object>::acquire(&Type::s_type);
    } else {
        meta = MaybeRef<Object>::acquire(bases->items[0]->type);
    }
    if (is_class) {
        Borrowed<Type> winner = TRY(calculate_metaclass(t, static_cast<Type*>(meta.get()), bases));
        meta = MaybeRef<Object>(Ref<Object>(winner.share()));
    }
    MaybeRef<Object> name_space;
    MaybeRef<Object> prepare = TRY(get_attribute_optional(t, meta.get(), names::__prepare__));
    if (!prepare) {
        name_space = TRY(dict_new(t));
    } else {
        Ref<Tuple> args = TRY(tuple_pack(t, name, bases));
        name_space = TRY(call_tuple(t, prepare.take(), args, keywords.dict));
    }
    if (!name_space->type->as_mapping || !name_space->type->as_mapping->subscript) {
        if (!is_class) return raise(t, exc::TypeError, "<metaclass>.__prepare__() must return a mapping, not %T", name_space);
        return raise(t, exc::TypeError, "%N.__prepare__() must return a mapping, not %T", meta, name_space);
    }
    Ref<Object> cell = TRY(eval_function_in(t, static_cast<Function*>(function_object.get()), name_space.get()));
    if (bases.get() != original.get()) TRY(set_item(t, name_space.get(), names::__orig_bases__, original));
    Ref<Tuple> args = TRY(tuple_pack(t, name, bases, name_space));
    Ref<Object> made = TRY(call_tuple(t, meta.get(), args, keywords.dict));
    if (is<Type>(made.get()) && is_exact<Cell>(cell.get())) {
        MaybeRef<Object> stored = cell_get(t, static_cast<Cell*>(cell.get()));
        if (!stored)
            return raise(t, exc::RuntimeError, "__class__ not set defining %R as %R. Was __classcell__ propagated to type.__new__?", name,
                         made);
        if (stored.get() != made.get()) return raise(t, exc::TypeError, "__class__ set to %R defining %R as %R", stored, name, made);
    }
    return made;
}

Object* current_builtins(Thread& t) {
    Frame* frame = current_frame(t);
    return frame ? frame->builtins() : static_cast<Object*>(t.interpreter->builtins);
}
Result<Ref<Object>> builtin_object(Thread& t, const char* name) {
    Ref<Str> key = TRY(str_interned(t, name));
    Object* builtins = current_builtins(t);
    if (is_exact<Dict>(builtins)) {
        if (MaybeRef<Object> found = TRY(dict_get_str(t, static_cast<Dict*>(builtins), key.get()))) return found.take();
    } else {
        auto found = get_item(t, builtins, key);
        if (!found.is_error() || !clear_if(t, exc::KeyError)) return found;
    }
    return raise_object(t, exc::AttributeError, key.get());
}
Object* current_globals(Thread& t) {
    if (Frame* f = current_frame(t)) return f->globals;
    if (!t.interpreter->running_main.load(std::memory_order_relaxed) || !t.interpreter->modules) return nullptr;
    auto main = dict_get(t, t.interpreter->modules, names::__main__);
    if (main.is_error()) return t.clear_exception(), nullptr;
    MaybeRef<Object> module = main.take();
    return module && is<Module>(module.get()) ? static_cast<Module*>(module.get())->dict : nullptr;
}

Result<Ref<Object>> current_locals(Thread& t) {
    Frame* f = current_frame(t);
    if (f) return frame_locals_snapshot(t, f);
    if (Object* globals = current_globals(t)) return acquire(globals);
    return raise(t, exc::SystemError, "frame does not exist");
}

Result<Ref<Object>> object_id(Thread& t, Borrowed<Object> object) {
    // Ints have the identity of their value, as unboxed ones have no address; odd numbers never collide with addresses.
    if (is_exact<Int>(object.get())) {
        Int* value = static_cast<Int*>(object.get());
        int64_t v;
        if (int_fits_int64(value, &v) && v >= Int::SmallMin && v <= Int::SmallMax)
            return TRY(int_from(t, reinterpret_cast<intptr_t>(&g_small_ints[v - Int::SmallMin])));
        if (int_fits_int64(value, &v) && v > -(int64_t{1} << 60) && v < (int64_t{1} << 60)) {
            uint64_t zigzag = v < 0 ? (static_cast<uint64_t>(-v) << 1 | 1) : static_cast<uint64_t>(v) << 1;
            return TRY(int_from_uint64(t, zigzag << 1 | 1));
        }
    }
    return TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(object.get())));
}

Result<Ref<Str>> file_system_name(Thread& t, Borrowed<Object> path) {
    Ref<Object> value = path.share();
    if (!is<Str>(path.get()) && !is<Bytes>(path.get())) {
        LoadedMethod method = TRY(load_special_method(t, path, names::__fspath__));
        if (!method) return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %T", path);
        value = TRY(call(t, method, path));
    }
    if (is<Str>(value.get())) return Ref<Str>::steal(static_cast<Str*>(value.release()));
    if (is<Bytes>(value.get())) return str_decode_fs(t, static_cast<Bytes*>(value.get())->view());
    return raise(t, exc::TypeError, "expected %T.__fspath__() to return str or bytes, not %T", path, value);
}

Result<Ref<Object>> compile_text_object(Thread& t, Borrowed<Object> source, const CompileRequest& given, const char* function,
                                        const char* what, bool strip_leading) {
    CompileRequest request = given;
    BufferView view;
    std::string_view text;
    if (is<Str>(source.get())) {
        text = TRY(str_utf8(t, as<Str>(source)));
        request.flags |= compile_flag::SourceIsUtf8 | compile_flag::IgnoreCookie;
    } else if (source->type->as_buffer && source->type->as_buffer->get) {
        TRY(view.acquire(t, source.get()));
        text = view.view();
    } else {
        return raise(t, exc::TypeError, "%s() arg 1 must be a %s object", function, what);
    }
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::SyntaxError, "source code string cannot contain null bytes");
    if (strip_leading)
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Bytes> shown = TRY(bytes_from(t, text));
        TRY(audit_args(t, "compile", {shown.get(), request.filename}));
    }
    return compile_source(t, text, request);
}

static constinit std::atomic<LineReader> g_line_reader{nullptr};
void set_line_reader(LineReader reader) { g_line_reader.store(reader); }
LineReader line_reader() { return g_line_reader.load(); }

/// True if the stream is the process's descriptor `fd`, and that a terminal.
static bool is_terminal(Thread& t, Borrowed<Object> stream, int fd) {
    auto run = [&]() -> Result<bool> {
        Ref<Object> number = TRY(call_method(t, stream, names::fileno));
        return TRY(to_int64(t, number)) == fd && ::isatty(fd);
    };
    auto result = run();
    if (!result.is_error()) return result.take();
    t.clear_exception();
    return false;
}

Result<Ref<Object>> py_input(Thread& t, Borrowed<Object> prompt) {
    auto stream = [&](Str* name, const char* lost) -> Result<Ref<Object>> {
        MaybeRef<Object> found = TRY(dict_get_str(t, t.interpreter->sys_dict, name));
        if (!found || is_none(found.get())) return raise(t, exc::RuntimeError, "lost sys.%s", lost);
        return found.take();
    };
    Ref<Object> in = TRY(stream(names::stdin, "stdin")), out = TRY(stream(names::stdout, "stdout")),
                error = TRY(stream(names::stderr, "stderr"));
    TRY(audit(t, "builtins.input", prompt));
    if (call_method(t, error, names::flush).is_error()) t.clear_exception();
    Ref<Str> text = TRY(to_str(t, prompt));
    if (LineReader reader = g_line_reader.load(); reader && is_terminal(t, in, 0) && is_terminal(t, out, 1)) {
        if (call_method(t, out, names::flush).is_error()) t.clear_exception();
        Ref<Bytes> shown = TRY(encode_utf8(t, text, "surrogateescape"));
        if (shown->view().find('\0') != std::string_view::npos)
            return raise(t, exc::ValueError, "input: prompt string cannot contain null characters");
        MaybeRef<Object> line = TRY(reader(t, shown->data));
        if (!line) return raise_bare(t, exc::EOFError);
        TRY(audit(t, "builtins.input/result", Borrowed<Object>(line.get())));
        return line.take();
    }
    if (text->length) TRY(call_method(t, out, names::write, text));
    if (call_method(t, out, names::flush).is_error()) t.clear_exception();
    Ref<Object> line = TRY(call_method(t, in, names::readline));
    if (!is<Str>(line.get())) return raise(t, exc::TypeError, "object.readline() returned non-string");
    Str* s = static_cast<Str*>(line.get());
    if (s->length == 0) return raise(t, exc::EOFError, "EOF when reading a line");
    if (s->at(s->length - 1) == '\n') return TRY(str_substring(t, s, 0, s->length - 1));
    TRY(audit(t, "builtins.input/result", line));
    return line;
}

/// -X importtime: tells how long an import took, and how much of that was its own.
class ImportTimer {
public:
    ImportTimer(Thread& t, Borrowed<Str> name) : m_thread(t) {
        if (LIKELY(!g_options.import_time)) return;
        m_states = interpreter_states(t);
        if (!m_states) return;
        m_name = MaybeRef<Str>::acquire(name.get());
        m_outer = std::exchange(m_states->import_accumulated, 0);
        ++m_states->import_depth;
        m_start = now();
    }
    ~ImportTimer() {
        if (LIKELY(!m_states)) return;
        int64_t total = now() - m_start;
        --m_states->import_depth;
        MaybeRef<Object> raised = m_thread.take_exception();
        header(m_states);
        fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", static_cast<long>(total - m_states->import_accumulated),
                static_cast<long>(total), m_states->import_depth * 2, "", shown(m_thread, m_name.get()).c_str());
        if (raised) m_thread.exception = raised.release();
        m_states->import_accumulated = m_outer + total;
    }
    ImportTimer(const ImportTimer&) = delete;
    static void tell_cached(Thread& t, Borrowed<Str> name) {
        InterpreterStates* states = interpreter_states(t);
        if (!states) return;
        header(states);
        fprintf(stderr, "import time: cached    | cached     | %*s%s\n", states->import_depth * 2, "", shown(t, name.get()).c_str());
    }

private:
    static int64_t now() {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return int64_t{time.tv_sec} * 1000000 + time.tv_nsec / 1000;
    }
    static void header(InterpreterStates* states) {
        if (!std::exchange(states->import_header, true)) fputs("import time: self [us] | cumulative | imported package\n", stderr);
    }
    static std::string shown(Thread& t, Str* name) {
        auto bytes = str_encode(t, name, "utf-8", "backslashreplace");
        if (bytes.is_error()) return t.clear_exception(), std::string("?");
        Ref<Object> text = bytes.take();
        return std::string(static_cast<Bytes*>(text.get())->view());
    }
    Thread& m_thread;
    InterpreterStates* m_states = nullptr;
    MaybeRef<Str> m_name;
    int64_t m_outer = 0, m_start = 0;
};

/// Takes the import system's own frames out of the traceback: all of them from an ImportError, else those around the
/// module's code (which _call_with_frames_removed runs).
static void remove_import_frames(Thread& t) {
    if (g_options.verbose || !t.exception || !is<BaseException>(t.exception)) return;
    auto* error = static_cast<BaseException*>(t.exception);
    bool always = is_subtype(error->type, &exc::ImportError);
    auto in_import_system = [](const Code* code) {
        return str_equals_ascii(code->filename, "<frozen importlib._bootstrap>") ||
               str_equals_ascii(code->filename, "<frozen importlib._bootstrap_external>");
    };
    Traceback* outer = nullptr; // the last entry before the run of import frames; null: the exception itself
    Traceback* previous = nullptr;
    auto link = [&](Traceback* entry, Traceback* next) {
        xincref(next);
        if (entry) assign_field(entry->next, next);
        else assign_field(error->traceback, static_cast<Object*>(next));
    };
    bool inside = false;
    Ref<Object> keep = error->traceback ? acquire(error->traceback) : none_ref();
    for (auto* tb = static_cast<Traceback*>(error->traceback); tb;) {
        MaybeRef<Object> held = MaybeRef<Object>::acquire(tb);
        Traceback* next = tb->next;
        const Code* code = static_cast<FrameObject*>(tb->frame)->frame->code();
        bool now_inside = in_import_system(code);
        if (now_inside && !inside) outer = previous;
        inside = now_inside;
        if (inside && (always || str_equals_ascii(code->name, "_call_with_frames_removed"))) {
            link(outer, next);
            previous = outer;
        } else {
            previous = tb;
        }
        tb = next;
    }
}

/// Another thread may still be importing a module that is in sys.modules already. True: it was, and may have failed or put
/// another module there.
static Result<bool> wait_for_import(Thread& t, Borrowed<Object> module, Borrowed<Str> name) {
    MaybeRef<Object> spec = TRY(get_attribute_optional(t, module, names::__spec__));
    if (!spec || is_none(spec.get())) return false;
    MaybeRef<Object> initializing = TRY(get_attribute_optional(t, spec.get(), names::_initializing));
    if (!initializing || !TRY(is_true(t, initializing.get()))) return false;
    Ref<Str> unlock = TRY(str_interned(t, "_lock_unlock_module"));
    TRY(call_method(t, Borrowed<Object>(t.interpreter->importlib), unlock, name));
    return true;
}

static Result<Ref<Object>> import_by_name_inner(Thread& t, Borrowed<Object> name, Object* globals, Object* locals,
                                                Borrowed<Object> from_list, int level) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "module name must be a string");
    if (level < 0) return raise(t, exc::ValueError, "level must be >= 0");
    Ref<Str> absolute = as<Str>(name.share());
    Object* bootstrap = t.interpreter->importlib;
    if (UNLIKELY(!t.interpreter->modules)) return raise(t, exc::RuntimeError, "unable to get sys.modules");
    if (level > 0 && bootstrap) {
        if (!globals) return raise(t, exc::KeyError, "'__name__' not in globals");
        Ref<Str> calc = TRY(str_interned(t, "_calc___package__"));
        Ref<Object> package = TRY(call_method(t, Borrowed<Object>(bootstrap), calc, Borrowed<Object>(globals)));
        if (!is<Str>(package.get())) return raise(t, exc::TypeError, "package must be a string");
        if (static_cast<Str*>(package.get())->length == 0)
            return raise(t, exc::ImportError, "attempted relative import with no known parent package");
        Ref<Str> resolve = TRY(str_interned(t, "_resolve_name"));
        Ref<Int> depth = TRY(int_from(t, level));
        Ref<Object> resolved = TRY(call_method(t, Borrowed<Object>(bootstrap), resolve, name, package, depth));
        absolute = as<Str>(std::move(resolved));
    } else if (absolute->length == 0) {
        return raise(t, exc::ValueError, "Empty module name");
    }
    MaybeRef<Object> module = TRY(dict_get(t, t.interpreter->modules, absolute));
    if (module && !is_none(module.get())) {
        if (UNLIKELY(g_options.import_time == 2)) ImportTimer::tell_cached(t, absolute);
        if (TRY(wait_for_import(t, module.get(), absolute))) module = TRY(dict_get(t, t.interpreter->modules, absolute));
    }
    if (!module || is_none(module.get())) {
        // Of an interpreter whose start has failed.
        if (UNLIKELY(!bootstrap)) return raise(t, exc::ImportError, "the import system is not there yet: %R", absolute);
        Ref<Object> import = TRY(get_attribute(t, Borrowed<Object>(bootstrap), names::_find_and_load));
        MaybeRef<Object> function = TRY(dict_get_str(t, t.interpreter->builtins, names::__import__));
        ImportTimer timer(t, absolute);
        module = TRY(call(t, import, absolute, function ? Borrowed<Object>(function.get()) : Borrowed<Object>(None())));
    }
    bool has_from = !is_none(from_list.get()) && TRY(is_true(t, from_list));
    if (!has_from) {
        Str* given = static_cast<Str*>(name.get());
        intptr_t dot = -1;
        for (intptr_t i = 0; i < given->length && dot < 0; ++i)
            if (given->at(i) == '.') dot = i;
        if (level != 0 && given->length == 0) return module.take();
        if (dot < 0) return module.take();
        if (level == 0) {
            Ref<Str> front = TRY(str_substring(t, given, 0, dot));
            return import_by_name(t, front, nullptr, nullptr, None(), 0);
        }
        intptr_t cut = given->length - dot;
        Ref<Str> front = TRY(str_substring(t, absolute, 0, absolute->length - cut));
        MaybeRef<Object> found = TRY(dict_get(t, t.interpreter->modules, front));
        if (!found) return raise(t, exc::KeyError, "%R not in sys.modules as expected", front);
        return found.take();
    }
    MaybeRef<Object> path = TRY(get_attribute_optional(t, module.get(), names::__path__));
    if (!path) return module.take();
    Ref<Object> handle = TRY(get_attribute(t, Borrowed<Object>(bootstrap), names::_handle_fromlist));
    MaybeRef<Object> function = TRY(dict_get_str(t, t.interpreter->builtins, names::__import__));
    return call(t, handle, Borrowed<Object>(module.get()), from_list,
                function ? Borrowed<Object>(function.get()) : Borrowed<Object>(None()));
}

Result<Ref<Object>> import_by_name(Thread& t, Borrowed<Object> name, Object* globals, Object* locals, Borrowed<Object> from_list,
                                   int level) {
    auto module = import_by_name_inner(t, name, globals, locals, from_list, level);
    if (module.is_error()) remove_import_frames(t);
    return module;
}

Result<Ref<Object>> import_module(Thread& t, const char* name) {
    Ref<Str> text = TRY(str_interned(t, name));
    if (UNLIKELY(!t.interpreter->modules)) return raise(t, exc::RuntimeError, "unable to get sys.modules");
    MaybeRef<Object> found = TRY(dict_get(t, t.interpreter->modules, text));
    if (found && !is_none(found.get())) {
        if (t.interpreter->importlib) (void)TRY(wait_for_import(t, found.get(), text));
        return found.take();
    }
    Ref<Object> top = TRY(import_by_name(t, text, nullptr, nullptr, None(), 0));
    found = TRY(dict_get(t, t.interpreter->modules, text));
    return found ? found.take() : std::move(top);
}
Result<Ref<Object>> import_attribute(Thread& t, const char* module, const char* attribute) {
    Ref<Object> loaded = TRY(import_module(t, module));
    Ref<Str> name = TRY(str_interned(t, attribute));
    return get_attribute(t, loaded, name);
}

Type* find_builtin_type(std::string_view name) {
    // The static types are found by the names of their declarations.
    for (const TypeSpec* spec : builtin_type_specs())
        if (name == spec->name) return spec->type;
    if (name == "object") return &Object::s_type;
    if (name == "type") return &Type::s_type;
    return nullptr;
}

} // namespace taipan
