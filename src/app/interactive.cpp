#include "app/interactive.h"

#include "app/startup.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"
#include "vm/builtin_support.h"
#include "vm/frame.h"
#include "vm/options.h"
#include "vm/source.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

namespace taipan {

namespace {

/// Shows the raised exception; false: it ends the program, and is still raised.
bool show_exception(Thread& t) {
    if (exception_matches(t, exc::SystemExit)) return false;
    (void)handle_top_level_exception(t);
    return !t.has_exception();
}
void flush_streams(Thread& t) {
    for (Str* name : {names::stderr, names::stdout}) {
        auto found = dict_get_str(t, t.interpreter->sys_dict, name);
        if (found.is_error()) {
            t.clear_exception();
            continue;
        }
        MaybeRef<Object> file = found.take();
        if (!file || is_none(file.get())) continue;
        if (call_method(t, file.take(), names::flush).is_error()) t.clear_exception();
    }
}

/// A prompt's text, as sys.ps1 and sys.ps2 give it.
std::string prompt_text(Thread& t, const char* name) {
    auto read = [&]() -> Result<std::string> {
        MaybeRef<Object> value = TRY(dict_get_ascii(t, t.interpreter->sys_dict, name));
        if (!value) return std::string();
        Ref<Str> text = TRY(to_str(t, value.take()));
        return std::string(TRY(str_utf8(t, text.get())));
    };
    auto text = read();
    if (text.is_error()) return t.clear_exception(), std::string();
    return text.take();
}

enum class Line { Read, End, Interrupted };
Line read_line(Thread& t, const std::string& prompt, std::string* line) {
    fflush(stdout);
    line->clear();
    if (LineReader reader = line_reader(); reader && isatty(0) && isatty(1)) { // readline is imported
        auto edited = [&]() -> Result<bool> {
            MaybeRef<Object> text = TRY(reader(t, prompt.c_str()));
            if (!text) return false;
            Ref<Object> bytes = TRY(str_encode(t, as<Str>(text.get()), "utf-8", "surrogateescape"));
            *line = std::string(as<Bytes>(bytes.get())->view()) + '\n';
            return true;
        };
        auto done = edited();
        if (done.is_error()) return Line::Interrupted;
        return done.take() ? Line::Read : Line::End;
    }
    fputs(prompt.c_str(), stderr);
    fflush(stderr);
    for (;;) {
        int c, error;
        {
            Detached detached(t);
            errno = 0;
            c = fgetc(stdin);
            error = errno;
        }
        if (c == EOF) {
            clearerr(stdin);
            if (error == EINTR) {
                if (poll(t).is_error()) return Line::Interrupted;
                continue;
            }
            return line->empty() ? Line::End : Line::Read;
        }
        line->push_back(static_cast<char>(c));
        if (c == '\n') return Line::Read;
    }
}

Module* main_module(Thread& t) {
    auto found = dict_get(t, t.interpreter->modules, names::__main__);
    return found.is_error() ? nullptr : static_cast<Module*>(found.take().get());
}

/// Compiles what has been typed so far: code, nothing while it is incomplete, or an error.
ResultMaybe<Object> compile_typed(Thread& t, const std::string& text, uint32_t future_flags, bool complete) {
    CompileRequest request;
    Ref<Str> name = TRY(str_interned(t, "<stdin>"));
    request.filename = name.get();
    request.mode = CompileRequest::Mode::Single;
    request.flags = future_flags | compile_flag::SourceIsUtf8 | compile_flag::IgnoreCookie;
    std::string_view shown = text;
    if (!complete) {
        // Without the newline of the last line a block stays open; an empty line ends it.
        request.flags |= compile_flag::AllowIncompleteInput | compile_flag::DontImplyDedent;
        if (shown.ends_with('\n')) shown.remove_suffix(1);
    }
    auto code = compile_source(t, shown, request);
    if (!code.is_error()) return MaybeRef<Object>(code.take());
    if (complete || !exception_matches(t, exc::_IncompleteInputError)) {
        // The line that is wrong can be found nowhere but here.
        auto* error = static_cast<SyntaxErrorObject*>(t.exception);
        int64_t number = 0;
        if (exception_matches(t, exc::SyntaxError) && (!error->text || is_none(error->text)) && error->lineno && is<Int>(error->lineno) &&
            int_fits_int64(static_cast<Int*>(error->lineno), &number)) {
            size_t at = 0;
            for (int64_t i = 1; i < number && at != std::string::npos; ++i) {
                at = text.find('\n', at);
                if (at != std::string::npos) ++at;
            }
            if (at != std::string::npos) {
                MaybeRef<Object> raised = t.take_exception();
                auto line = str_decode_utf8(t, std::string_view(text).substr(at, text.find('\n', at) - at), "replace");
                if (line.is_error()) t.clear_exception();
                else assign_field(error->text, static_cast<Object*>(line.take().release()));
                t.exception = raised.release();
            }
        }
        return Error{};
    }
    t.clear_exception();
    return MaybeRef<Object>();
}
bool is_blank(const std::string& text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '#') {
            while (i < text.size() && text[i] != '\n') ++i;
            continue;
        }
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r' && text[i] != '\f') return false;
    }
    return true;
}

Result<void> run_typed(Thread& t, Borrowed<Object> code, const std::string& text) {
    // Tracebacks show the lines as they were typed.
    auto remember = [&]() -> Result<void> {
        Ref<Object> function = TRY(import_attribute(t, "linecache", "_register_code"));
        Ref<Str> source = TRY(str_decode_utf8(t, text, "replace")), name = TRY(str_interned(t, "<stdin>"));
        TRY(call(t, function, code, source, name));
        return {};
    };
    if (remember().is_error()) t.clear_exception();
    TRY(eval_code(t, as<Code>(code.get()), main_module(t)->dict, nullptr));
    return {};
}

Result<void> run_startup_file(Thread& t) {
    const char* file = g_options.ignore_environment ? nullptr : getenv("PYTHONSTARTUP");
    if (!file || !*file) return {};
    auto run = [&]() -> Result<void> {
        Ref<Str> name = TRY(str_decode_fs(t, file));
        TRY(audit(t, "cpython.run_startup", name));
        FILE* stream = fopen(file, "rb");
        if (!stream) {
            int error = errno;
            fprintf(stderr, "Could not open PYTHONSTARTUP\n");
            return raise_errno(t, error, name.get());
        }
        std::string text;
        char buffer[4096];
        for (size_t n; (n = fread(buffer, 1, sizeof buffer, stream)) > 0;) text.append(buffer, n);
        fclose(stream);
        CompileRequest request;
        request.filename = name.get();
        Ref<Object> code = TRY(compile_source(t, text, request));
        Module* main = main_module(t);
        TRY(dict_set(t, main->dict, names::__file__, name));
        auto result = eval_code(t, as<Code>(code.get()), main->dict, nullptr);
        MaybeRef<Object> raised = t.take_exception();
        if (dict_delete(t, main->dict, names::__file__).is_error()) t.clear_exception();
        if (raised) t.exception = raised.release();
        if (result.is_error()) return Error{};
        return {};
    };
    if (run().is_error() && !show_exception(t)) return Error{};
    return {};
}
Result<void> run_hook(Thread& t) {
    MaybeRef<Object> hook = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "__interactivehook__"));
    if (!hook) return {};
    auto run = [&]() -> Result<void> {
        TRY(audit(t, "cpython.run_interactivehook", Borrowed<Object>(hook.get())));
        TRY(call(t, Borrowed<Object>(hook.get())));
        return {};
    };
    if (run().is_error()) {
        fprintf(stderr, "Failed calling sys.__interactivehook__\n");
        if (!show_exception(t)) return Error{};
    }
    return {};
}

} // namespace

Result<void> run_plain_prompt(Thread& t) {
    Ref<Str> first = TRY(str_interned(t, ">>> ")), second = TRY(str_interned(t, "... "));
    if (!TRY(dict_get_ascii(t, t.interpreter->sys_dict, "ps1"))) TRY(dict_set_ascii(t, t.interpreter->sys_dict, "ps1", first));
    if (!TRY(dict_get_ascii(t, t.interpreter->sys_dict, "ps2"))) TRY(dict_set_ascii(t, t.interpreter->sys_dict, "ps2", second));
    std::string text, line;
    uint32_t future_flags = 0;
    for (;;) {
        Line read = read_line(t, prompt_text(t, text.empty() ? "ps1" : "ps2"), &line);
        if (read == Line::Interrupted) {
            text.clear();
            fputc('\n', stderr);
            if (!show_exception(t)) return Error{};
            continue;
        }
        bool at_end = read == Line::End;
        if (at_end) {
            fputc('\n', stderr);
            if (text.empty()) return {};
        } else {
            text += line;
            if (is_blank(text)) text.clear();
            if (text.empty() || line.back() != '\n') continue;
        }
        auto run = [&]() -> Result<bool> {
            MaybeRef<Object> code = TRY(compile_typed(t, text, future_flags, at_end));
            if (!code) return false;
            future_flags |= static_cast<uint32_t>(static_cast<Code*>(code.get())->flags) & compile_flag::FutureMask;
            TRY(run_typed(t, code.take(), text));
            return true;
        };
        auto done = run();
        if (done.is_error()) {
            if (!show_exception(t)) return Error{};
        } else if (!done.take()) {
            continue;
        }
        flush_streams(t);
        text.clear();
    }
}

namespace {
const NativeDef baserepl_def = fn<run_plain_prompt>("_baserepl", "($module, /)", "Private function for getting the base REPL");
}
Result<Ref<Object>> plain_prompt_function(Thread& t, Borrowed<Object> sys) {
    return builtin_function_new(t, baserepl_def, sys.get(), nullptr);
}

Result<void> run_prompt(Thread& t, bool startup) {
    const char* basic = g_options.ignore_environment ? nullptr : getenv("PYTHON_BASIC_REPL");
    bool terminal = isatty(0) && !(basic && *basic);
    if (startup && !terminal) TRY(run_startup_file(t));
    TRY(run_hook(t));
    if (terminal) {
        Ref<Object> console = TRY(import_attribute(t, "_pyrepl.main", "interactive_console"));
        Ref<Dict> kwargs = TRY(dict_new(t));
        if (Module* main = main_module(t)) TRY(dict_set_ascii(t, kwargs, "mainmodule", Borrowed<Object>(main)));
        TRY(dict_set_ascii(t, kwargs, "pythonstartup", bool_object(!g_options.ignore_environment)));
        Ref<Tuple> none = TRY(tuple_from_array(t, nullptr, 0));
        TRY(call_tuple(t, console, none, kwargs.get()));
        return {};
    }
    return run_plain_prompt(t);
}

} // namespace taipan
