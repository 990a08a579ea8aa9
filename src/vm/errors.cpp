// Showing errors that nobody catches, warnings from natives, auditing.
#include "modules/sys_module.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generator.h"
#include "objects/list.h"
#include "objects/struct_sequence.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"
#include "vm/monitoring.h"
#include "vm/source.h"

#include "python_version.h"

#include <unistd.h>

namespace taipan {

namespace {

void write_stderr_raw(std::string_view text) {
    while (!text.empty()) {
        ssize_t n = ::write(2, text.data(), text.size());
        if (n <= 0) return;
        text.remove_prefix(static_cast<size_t>(n));
    }
}
/// sys.stderr.write(text), or straight to the descriptor.
void write_stderr(Thread& t, Borrowed<Str> text) {
    auto through_sys = [&]() -> Result<bool> {
        if (!t.interpreter->sys_dict) return false;
        MaybeRef<Object> file = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stderr));
        if (!file || is_none(file.get())) return false;
        TRY(call_method(t, file.get(), names::write, text));
        return true;
    };
    auto done = through_sys();
    if (!done.is_error() && done.take()) return;
    t.clear_exception();
    auto utf8 = str_utf8(t, text);
    if (utf8.is_error()) t.clear_exception();
    else write_stderr_raw(utf8.take());
}

/// "Type: message" and the frames, without the traceback module: no carets.
class PlainReport {
public:
    explicit PlainReport(Thread& t) : t(t) {}

    void frames(Traceback* first) {
        int64_t limit = 1000, depth = 0;
        if (auto wish = setting(); wish.is_error()) t.clear_exception();
        else if (MaybeRef<Object> value = wish.take();
                 value && is<Int>(value.get()) && !int_fits_int64(static_cast<Int*>(value.get()), &limit))
            limit = INT64_MAX;
        if (!first || limit <= 0) return;
        write("Traceback (most recent call last):\n");
        for (Traceback* tb = first; tb; tb = tb->next) ++depth;
        const Code* last_code = nullptr;
        int last_line = -1;
        int64_t repeated = 0;
        auto tell_repeated = [&] {
            if (repeated > MaxRepeated)
                line(str_format(t, "  [Previous line repeated %d more time%s]\n", repeated - MaxRepeated,
                                repeated - MaxRepeated > 1 ? "s" : ""));
        };
        for (Traceback* tb = first; tb; tb = tb->next) {
            if (depth-- > limit) continue;
            const Code* code = static_cast<FrameObject*>(tb->frame)->frame->code();
            int number = code_line(code, tb->lasti);
            if (code != last_code || number != last_line) {
                tell_repeated();
                last_code = code, last_line = number, repeated = 0;
            }
            if (++repeated > MaxRepeated) continue;
            line(str_format(t, "  File \"%s\", line %d, in %s\n", code->filename, number, code->name));
            source(code->filename, number);
        }
        tell_repeated();
    }

    void summary(Borrowed<Object> type, Borrowed<Object> value) {
        line(type_text(type));
        if (is_none(value.get())) return write("\n");
        auto message = to_str(t, value);
        if (message.is_error()) {
            t.clear_exception();
            return write(": <exception str() failed>\n");
        }
        Ref<Str> text = message.take();
        line(text->length ? str_format(t, ": %s\n", text) : str_format(t, "\n"));
    }

    void line(Result<Ref<Str>> text) {
        if (text.is_error()) return t.clear_exception();
        write_stderr(t, text.take());
    }

private:
    static constexpr int64_t MaxRepeated = 3;
    Thread& t;

    void write(const char* text) { line(str_from_utf8(t, text)); }
    Result<MaybeRef<Object>> setting() {
        if (!t.interpreter->sys_dict) return MaybeRef<Object>();
        return dict_get_ascii(t, t.interpreter->sys_dict, "tracebacklimit");
    }
    void source(Borrowed<Str> filename, int number) {
        if (!t.interpreter->importlib || (filename->length && filename->at(0) == '<')) return;
        auto show = [&]() -> Result<void> {
            TRY(import_attribute(t, "io", "open")); // a program may have taken it away
            Ref<Object> text = TRY(source_line(t, filename, number));
            if (!is<Str>(text.get())) return {};
            Ref<Object> stripped = TRY(call_method(t, text, TRY(str_interned(t, "strip"))));
            if (length(t, stripped).take() > 0) line(str_format(t, "    %s\n", stripped));
            return {};
        };
        if (show().is_error()) t.clear_exception();
    }
    Result<Ref<Str>> type_text(Borrowed<Object> type) {
        if (!is<Type>(type.get())) return str_format(t, "<unknown>");
        Ref<Object> module = TRY(get_attribute(t, type, names::__module__)), name = TRY(get_attribute(t, type, names::__qualname__));
        if (is<Str>(module.get()) && (str_equals_ascii(static_cast<Str*>(module.get()), "builtins") ||
                                      str_equals_ascii(static_cast<Str*>(module.get()), "__main__")))
            return str_format(t, "%s", name);
        return str_format(t, "%s.%s", module, name);
    }
};

void print_plain(Thread& t, Borrowed<Object> exception) {
    // The causes first, each once; a longer chain is cut off.
    constexpr int MaxChain = 64;
    MaybeRef<Object> chain[MaxChain]; // printing runs Python, which may unlink them
    bool is_cause[MaxChain];
    int count = 0;
    for (auto* e = static_cast<BaseException*>(exception.get()); e && count < MaxChain;) {
        bool seen = false;
        for (int i = 0; i < count && !seen; ++i) seen = chain[i].get() == e;
        if (seen) break;
        chain[count] = MaybeRef<Object>::acquire(e);
        is_cause[count++] = e->cause != nullptr;
        e = static_cast<BaseException*>(e->cause ? e->cause : e->suppress_context ? nullptr : e->context);
    }
    PlainReport report(t);
    for (int i = count; i-- > 0;) {
        report.frames(static_cast<Traceback*>(static_cast<BaseException*>(chain[i].get())->traceback));
        report.summary(chain[i]->type, chain[i].get());
        if (i > 0)
            report.line(str_format(t, is_cause[i - 1] ? "\nThe above exception was the direct cause of the following exception:\n\n"
                                                      : "\nDuring handling of the above exception, another exception occurred:\n\n"));
    }
}

} // namespace

void print_exception(Thread& t, Borrowed<Object> exception) {
    if (!is<BaseException>(exception.get())) {
        auto text = str_format(t, "TypeError: print_exception(): Exception expected for value, %T found\n", exception);
        if (text.is_error()) return t.clear_exception();
        return write_stderr(t, text.take());
    }
    MaybeRef<Object> pending = t.take_exception();
    auto through_traceback = [&]() -> Result<void> {
        MaybeRef<Object> file = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stderr));
        if (file && is_none(file.get())) return {};
        Ref<Object> print = TRY(import_attribute(t, "traceback", "_print_exception_bltin"));
        TRY(call(t, print, exception));
        if (file && call_method(t, file.get(), names::flush).is_error()) t.clear_exception();
        return {};
    };
    if (!t.interpreter->importlib || through_traceback().is_error()) {
        t.clear_exception();
        print_plain(t, exception);
    }
    t.clear_exception();
    t.exception = pending.release();
}

Result<Ref<Object>> default_unraisable_hook(Thread& t, Borrowed<Object> arguments) {
    if (arguments->type != t.runtime->unraisable_args_type.load(std::memory_order_relaxed))
        return raise(t, exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    auto field = [&](const char* name) -> Result<Ref<Object>> { return get_attribute(t, arguments, TRY(str_interned(t, name))); };
    Ref<Object> type = TRY(field("exc_type")), value = TRY(field("exc_value")), traceback = TRY(field("exc_traceback"));
    Ref<Object> message = TRY(field("err_msg")), object = TRY(field("object"));
    MaybeRef<Object> file;
    if (t.interpreter->sys_dict) file = TRY(dict_get_str(t, t.interpreter->sys_dict, names::stderr)); // else the interpreter is at its end
    if (!file || is_none(file.get())) return none_ref();
    if (!is_none(object.get())) {
        auto shown = repr(t, object);
        if (shown.is_error()) t.clear_exception();
        Ref<Str> text = shown.is_error() ? TRY(str_from_utf8(t, "<object repr() failed>")) : shown.take();
        Ref<Str> line =
            is_none(message.get()) ? TRY(str_format(t, "Exception ignored in: %s\n", text)) : TRY(str_format(t, "%s: %s\n", message, text));
        write_stderr(t, line);
    } else if (!is_none(message.get())) {
        write_stderr(t, TRY(str_format(t, "%s:\n", message)));
    }
    PlainReport report(t);
    if (is<Traceback>(traceback.get())) report.frames(static_cast<Traceback*>(traceback.get()));
    if (!is_none(type.get())) report.summary(type, value);
    if (call_method(t, file.get(), names::flush).is_error()) t.clear_exception();
    return none_ref();
}

void write_unraisable(Thread& t, const char* message, Object* where) {
    MaybeRef<Object> error = t.take_exception();
    if (!error) return;
    auto report = [&]() -> Result<void> {
        BaseException* e = static_cast<BaseException*>(error.get());
        // An error of a native without a frame of its own is shown where the code that runs is.
        if (!e->traceback) {
            if (Frame* frame = current_frame(t)) {
                t.exception = error.share().release();
                add_traceback(t, frame);
                error = t.take_exception();
                e = static_cast<BaseException*>(error.get());
            }
        }
        static constexpr StructField fields[] = {{"exc_type", "Exception type"},
                                                 {"exc_value", "Exception value"},
                                                 {"exc_traceback", "Exception traceback"},
                                                 {"err_msg", "Error message"},
                                                 {"object", "Object causing the exception"}};
        std::atomic<Type*>& shared = t.runtime->unraisable_args_type; // the first who needs it makes it
        Type* type = shared.load(std::memory_order_acquire);
        if (!type) {
            Ref<Type> made = TRY(struct_sequence_type(
                t, "UnraisableHookArgs", "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.", fields, 5));
            if (shared.compare_exchange_strong(type, made.get())) type = made.release();
        }
        Ref<Object> text = none_ref();
        if (message) {
            auto full = where ? str_format(t, "%s %R", message, Borrowed<Object>(where)) : str_format(t, "%s", message);
            if (full.is_error()) t.clear_exception();
            else text = full.take();
            where = nullptr;
        }
        Object* items[] = {Ref<Object>::acquire(e->type).release(), error.share().release(),
                           acquire(e->traceback ? e->traceback : None()).release(), text.release(),
                           acquire(where ? where : None()).release()};
        Ref<Tuple> arguments = TRY(struct_sequence_new(t, *type, items, 5));
        Ref<Str> name = TRY(str_interned(t, "unraisablehook"));
        MaybeRef<Object> hook = t.interpreter->sys_dict ? TRY(dict_get_str(t, t.interpreter->sys_dict, name)) : MaybeRef<Object>();
        if (hook && !is_none(hook.get())) TRY(call(t, hook.take(), arguments));
        else TRY(default_unraisable_hook(t, arguments));
        return {};
    };
    if (report().is_error()) {
        t.clear_exception();
        print_plain(t, error.get());
    }
}

Result<void> warn_args(Thread& t, Type& category, int stack_level, const char* format, const FormatArg* args, size_t count) {
    Ref<Str> message = TRY(str_format_args(t, format, args, count));
    if (!t.interpreter->importlib) return {};
    Ref<Object> function = TRY(import_attribute(t, "_warnings", "warn"));
    Ref<Int> level = TRY(int_from(t, stack_level));
    TRY(call(t, function, message, Borrowed<Object>(&category), level));
    return {};
}

Result<void> warn_explicit(Thread& t, Type& category, Borrowed<Str> message, Borrowed<Str> filename, int line) {
    if (!t.interpreter->importlib) return {};
    Ref<Object> function = TRY(import_attribute(t, "_warnings", "warn_explicit"));
    Ref<Int> number = TRY(int_from(t, line));
    TRY(call(t, function, message, Borrowed<Object>(&category), filename, number));
    return {};
}

Result<void> audit_tuple(Thread& t, Borrowed<Str> event, Borrowed<Tuple> args) {
    Object* hooks = t.interpreter->audit_hooks;
    if (!hooks) return {};
    for (intptr_t i = 0; i < list_size(static_cast<List*>(hooks)); ++i) {
        MaybeRef<Object> hook = list_get(t, static_cast<List*>(hooks), i);
        if (!hook) break;
        // Hooks are not traced unless they say so.
        Tracing* tracing = t.tracing;
        bool quiet = false;
        if (UNLIKELY(tracing != nullptr)) {
            MaybeRef<Object> traced = TRY(get_attribute_optional(t, hook.get(), TRY(str_interned(t, "__cantrace__"))));
            quiet = !traced || !TRY(is_true(t, traced.get()));
        }
        if (quiet) ++tracing->depth;
        auto result = call(t, hook.take(), event, args);
        if (quiet) --tracing->depth;
        TRY(std::move(result));
    }
    return {};
}
Result<void> audit(Thread& t, const char* event, Borrowed<Object> argument) {
    if (LIKELY(!t.interpreter->audit_hooks)) return {};
    Ref<Str> name = TRY(str_from_utf8(t, event));
    Ref<Tuple> args = TRY(tuple_pack(t, argument));
    return audit_tuple(t, name, args);
}

Result<void> audit_args(Thread& t, const char* event, std::initializer_list<Object*> args) {
    if (LIKELY(!t.interpreter->audit_hooks)) return {};
    Ref<Str> name = TRY(str_from_utf8(t, event));
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args.begin(), args.size()));
    return audit_tuple(t, name, tuple);
}

Result<Ref<Object>> asyncgen_hooks(Thread& t, Object* firstiter, Object* finalizer) {
    static constexpr StructField fields[] = {{"firstiter", nullptr}, {"finalizer", nullptr}};
    Type* type = t.runtime->asyncgen_hooks_type;
    if (!type) {
        type = TRY(struct_sequence_type(t, "asyncgen_hooks", "An asyncgen hooks structure", fields, 2)).release();
        t.runtime->asyncgen_hooks_type = type;
    }
    Object* items[] = {acquire(firstiter ? firstiter : None()).release(), acquire(finalizer ? finalizer : None()).release()};
    return TRY(struct_sequence_new(t, *type, items, 2));
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define CLANG_VERSION TEXT(__clang_major__) "." TEXT(__clang_minor__) "." TEXT(__clang_patchlevel__)
std::string_view version_text_view() {
    static constexpr char text[] = TAIPAN_PYTHON_VERSION " free-threading build (taipan 0.1) [Clang " CLANG_VERSION "]";
    return text;
}

} // namespace taipan
