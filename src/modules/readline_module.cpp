// The readline module over libedit, and the line editor of input() at a terminal. The library's state belongs to the
// process: one lock guards it, the module's own, which is given up while a call-back runs Python.
#include "modules/posix/posix.h"
#include "objects/audit.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "runtime/lock.h"
#include "vm/builtin_support.h"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <editline/readline.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;
using Self = Borrowed<Module>;

struct EditorState {
    Module* module = nullptr; // immortal; its lock guards the rest
    Object *completer = nullptr, *startup_hook = nullptr, *pre_input_hook = nullptr, *display_hook = nullptr;
    int begin = 0, end = 0, history_limit = -1;
    bool auto_history = true;
    char* delimiters = nullptr;
    char* line = nullptr; // what the call-back of the library got
    bool line_ready = false;
};
constinit EditorState g_editor;

Result<Ref<Bytes>> text_bytes(Thread& t, Arg text) {
    if (!is<Str>(text.get())) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    return encode_utf8(t, as<Str>(text), "surrogateescape");
}
/// None and nothing give no file; the library then takes its own.
Result<MaybeRef<Bytes>> file_argument(Thread& t, NoneOr<Object> filename) {
    MaybeRef<Bytes> path;
    if (filename) path = TRY(os_fsencode(t, filename.value()));
    return path;
}

// Call-backs: the library calls them while a thread of ours reads a line, attached.
int call_hook(Object* hook) {
    if (!hook) return 0;
    Thread& t = Thread::current();
    auto run = [&]() -> Result<int> {
        Ref<Object> held = acquire(hook), result = TRY(call(t, held));
        return is_none(result.get()) ? 0 : TRY(to_int32(t, result));
    };
    auto result = run();
    if (!result.is_error()) return result.take();
    t.clear_exception();
    return 0;
}
int on_startup() { return call_hook(g_editor.startup_hook); }
int on_pre_input() { return call_hook(g_editor.pre_input_hook); }
char* on_completion(const char* text, int state) {
    if (!g_editor.completer) return nullptr;
    Thread& t = Thread::current();
    rl_attempted_completion_over = 1;
    auto run = [&]() -> Result<char*> {
        Ref<Object> held = acquire(g_editor.completer);
        Ref<Str> word = TRY(str_decode_fs(t, text));
        Ref<Int> number = TRY(int_from(t, state));
        Ref<Object> result = TRY(call(t, held, word, number));
        if (is_none(result.get())) return static_cast<char*>(nullptr);
        return strdup(TRY(text_bytes(t, result))->data);
    };
    auto result = run();
    if (!result.is_error()) return result.take();
    t.clear_exception();
    return nullptr;
}
char** complete_word(const char* text, int start, int end) {
    rl_completion_append_character = '\0';
    rl_completion_suppress_append = 0;
    g_editor.begin = start;
    g_editor.end = end;
    return rl_completion_matches(text, on_completion);
}
void display_matches(char** matches, int count, int longest) {
    Thread& t = Thread::current();
    auto run = [&]() -> Result<void> {
        if (!g_editor.display_hook) return {};
        Ref<Object> held = acquire(g_editor.display_hook);
        Ref<List> list = TRY(list_new(t));
        for (int i = 0; i < count; ++i) TRY(list_append(t, list, TRY(str_decode_fs(t, matches[i + 1]))));
        Ref<Str> substitution = TRY(str_decode_fs(t, matches[0]));
        Ref<Int> width = TRY(int_from(t, longest));
        (void)TRY(call(t, held, substitution, list, width));
        return {};
    };
    if (run().is_error()) t.clear_exception();
}

// Functions
Result<void> parse_and_bind(Thread& t, Self self, Arg text) {
    Ref<Bytes> line = TRY(text_bytes(t, text));
    Ref<Bytes> copy = TRY(bytes_from(t, line->view())); // the library changes it
    CriticalSection section(t, self.get());
    rl_parse_and_bind(copy->data);
    return {};
}
Result<void> audit_open(Thread& t, NoneOr<Object> filename, const char* unnamed, const char* mode) {
    if (LIKELY(!t.interpreter->audit_hooks)) return {};
    Ref<Object> name = filename ? filename.value().share() : Ref<Object>(TRY(str_from_utf8(t, unnamed)));
    Ref<Str> shown = TRY(str_from_utf8(t, mode));
    Ref<Int> flags = TRY(int_from(t, 0));
    return audit_args(t, "open", {name.get(), shown.get(), flags.get()});
}
Result<void> read_init_file(Thread& t, Self self, NoneOr<Object> filename) {
    TRY(audit_open(t, filename, "<readline_init_file>", "r"));
    MaybeRef<Bytes> path = TRY(file_argument(t, filename));
    CriticalSection section(t, self.get());
    errno = 0;
    if (rl_read_init_file(path ? path->data : nullptr) != 0) return raise_errno(t, errno ? errno : ENOENT);
    return {};
}
int current_length() {
    HISTORY_STATE* state = history_get_history_state();
    int length = state ? state->length : 0;
    free(state);
    return length;
}
// History files are plain text, a line an entry, as GNU readline's; libedit's own, which begin with a mark and escape
// white space, are read too.
constexpr std::string_view LibeditMark = "_HiStOrY_V2_";

/// The user's history file when none is named.
Result<Ref<Bytes>> history_file(Thread& t, NoneOr<Object> filename) {
    if (filename) return os_fsencode(t, filename.value());
    const char* home = getenv("HOME");
    std::string_view directory = home ? home : ".";
    Ref<Bytes> start = TRY(bytes_concat(t, directory, "/"));
    return bytes_concat(t, start->view(), ".history");
}
/// The lines of a stream, without their ends.
template <class F> void each_line(FILE* file, F visit) {
    char* line = nullptr;
    size_t capacity = 0;
    for (ssize_t size; (size = getline(&line, &capacity, file)) >= 0;) {
        if (size && line[size - 1] == '\n') line[--size] = 0;
        visit(line, static_cast<size_t>(size));
    }
    free(line);
}
/// Replaces \ooo by its character.
void unescape(char* text) {
    auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    char* out = text;
    while (*text) {
        if (*text == '\\' && is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3])) {
            *out++ = static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 4;
        } else {
            *out++ = *text++;
        }
    }
    *out = 0;
}
Result<void> read_history_file(Thread& t, Self self, NoneOr<Object> filename) {
    TRY(audit_open(t, filename, "~/.history", "r"));
    Ref<Bytes> path = TRY(history_file(t, filename));
    CriticalSection section(t, self.get());
    FILE* file = fopen(path->data, "re");
    if (!file) return raise_errno(t, errno);
    bool first = true, marked = false;
    each_line(file, [&](char* line, size_t size) {
        if (std::exchange(first, false) && std::string_view(line, size) == LibeditMark) {
            marked = true;
            return;
        }
        if (marked) unescape(line);
        add_history(line);
    });
    fclose(file);
    return {};
}
/// Leaves the last lines of a file.
Result<void> truncate_file(Thread& t, const char* path, int limit) {
    FILE* file = fopen(path, "r+e");
    if (!file) return raise_errno(t, errno);
    int count = 0;
    each_line(file, [&](char*, size_t) { ++count; });
    long start = 0;
    rewind(file);
    for (int skip = count - limit, c; skip > 0 && (c = getc(file)) != EOF;)
        if (c == '\n') --skip;
    start = ftell(file);
    long out = 0;
    char buffer[4096];
    for (;;) {
        fseek(file, start, SEEK_SET);
        size_t n = fread(buffer, 1, sizeof buffer, file);
        if (n == 0) break;
        start += static_cast<long>(n);
        fseek(file, out, SEEK_SET);
        fwrite(buffer, 1, n, file);
        out += static_cast<long>(n);
    }
    fflush(file);
    bool failed = count > limit && ftruncate(fileno(file), out) < 0;
    int error = errno;
    fclose(file);
    if (failed) return raise_errno(t, error);
    return {};
}
/// Writes the last `count` entries.
Result<void> save_history(Thread& t, const char* path, const char* mode, int count) {
    FILE* file = fopen(path, mode);
    if (!file) return raise_errno(t, errno);
    if (mode[0] == 'w') fchmod(fileno(file), 0600);
    int length = current_length();
    for (int i = std::max(length - count, 0) + 1; i <= length; ++i)
        if (HIST_ENTRY* entry = history_get(i)) fprintf(file, "%s\n", entry->line);
    bool failed = ferror(file);
    if (fclose(file) != 0 || failed) return raise_errno(t, errno);
    if (g_editor.history_limit >= 0) TRY(truncate_file(t, path, g_editor.history_limit));
    return {};
}
Result<void> write_history_file(Thread& t, Self self, NoneOr<Object> filename) {
    TRY(audit_open(t, filename, "~/.history", "w"));
    Ref<Bytes> path = TRY(history_file(t, filename));
    CriticalSection section(t, self.get());
    return save_history(t, path->data, "we", INT_MAX);
}
Result<void> append_history_file(Thread& t, Self self, int count, NoneOr<Object> filename) {
    if (count < 0) return raise(t, exc::ValueError, "nelements must be non-negative");
    TRY(audit_open(t, filename, "~/.history", "a"));
    Ref<Bytes> path = TRY(history_file(t, filename));
    CriticalSection section(t, self.get());
    if (access(path->data, W_OK) < 0) return raise_errno(t, errno);
    return save_history(t, path->data, "ae", count);
}
void set_history_length(Thread& t, Self self, int length) {
    CriticalSection section(t, self.get());
    g_editor.history_limit = length;
}
int get_history_length(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return g_editor.history_limit;
}
int get_current_history_length(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return current_length();
}
Result<Ref<Object>> get_history_item(Thread& t, Self self, int index) {
    CriticalSection section(t, self.get());
    if (index < 1 || index > current_length()) return none_ref();
    HIST_ENTRY* entry = history_get(index);
    if (!entry) return none_ref();
    return str_decode_fs(t, entry->line);
}
void free_entry(HIST_ENTRY* entry) {
    free(const_cast<char*>(entry->line));
    free(entry);
}
Result<void> remove_history_item(Thread& t, Self self, int position) {
    if (position < 0) return raise(t, exc::ValueError, "History index cannot be negative");
    CriticalSection section(t, self.get());
    HIST_ENTRY* entry = position < current_length() ? remove_history(position) : nullptr;
    if (!entry) return raise(t, exc::ValueError, "No history item at position %i", position);
    free_entry(entry);
    return {};
}
Result<void> replace_history_item(Thread& t, Self self, int position, Arg line) {
    Ref<Bytes> text = TRY(text_bytes(t, line));
    if (position < 0) return raise(t, exc::ValueError, "History index cannot be negative");
    CriticalSection section(t, self.get());
    // The library counts from one here.
    HIST_ENTRY* entry = position < current_length() ? replace_history_entry(position + 1, text->data, nullptr) : nullptr;
    if (!entry) return raise(t, exc::ValueError, "No history item at position %i", position);
    free_entry(entry);
    return {};
}
Result<void> add_history_(Thread& t, Self self, Arg line) {
    Ref<Bytes> text = TRY(text_bytes(t, line));
    CriticalSection section(t, self.get());
    add_history(text->data);
    return {};
}
void set_auto_history(Thread& t, Self self, bool on) {
    CriticalSection section(t, self.get());
    g_editor.auto_history = on;
}
void clear_history_(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    clear_history();
}
/// Sets one of the hooks; None and nothing take it away.
Result<void> set_hook(Thread& t, Self self, const char* function, Object*& hook, Object* value) {
    if (value && is_none(value)) value = nullptr;
    if (value && !is_callable(value)) return raise(t, exc::TypeError, "%s(func): argument not callable", function);
    Object* old;
    {
        CriticalSection section(t, self.get());
        xincref(value);
        old = std::exchange(hook, value);
    }
    xdecref(old);
    return {};
}
Result<void> set_startup_hook(Thread& t, Self self, NoneOr<Object> f) {
    return set_hook(t, self, "set_startup_hook", g_editor.startup_hook, f.get());
}
Result<void> set_pre_input_hook(Thread& t, Self self, NoneOr<Object> f) {
    return set_hook(t, self, "set_pre_input_hook", g_editor.pre_input_hook, f.get());
}
Result<void> set_completer(Thread& t, Self self, NoneOr<Object> f) {
    return set_hook(t, self, "set_completer", g_editor.completer, f.get());
}
Result<void> set_display_hook(Thread& t, Self self, NoneOr<Object> f) {
    TRY(set_hook(t, self, "set_completion_display_matches_hook", g_editor.display_hook, f.get()));
    CriticalSection section(t, self.get());
    rl_completion_display_matches_hook = g_editor.display_hook ? reinterpret_cast<VFunction*>(&display_matches) : nullptr;
    return {};
}
Result<Ref<Object>> get_completer(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!g_editor.completer) return none_ref();
    return acquire(g_editor.completer);
}
int get_completion_type(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return rl_completion_type;
}
int get_begidx(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return g_editor.begin;
}
int get_endidx(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return g_editor.end;
}
Result<void> set_completer_delims(Thread& t, Self self, Arg text) {
    Ref<Bytes> bytes = TRY(text_bytes(t, text));
    char* copy = strdup(bytes->data);
    if (!copy) return raise_memory_error(t);
    CriticalSection section(t, self.get());
    rl_completer_word_break_characters = copy;
    rl_basic_word_break_characters = copy; // what libedit looks at
    free(std::exchange(g_editor.delimiters, copy));
    return {};
}
Result<Ref<Object>> get_completer_delims(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return str_decode_fs(t, rl_completer_word_break_characters ? rl_completer_word_break_characters : "");
}
Result<Ref<Object>> get_line_buffer(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return str_decode_fs(t, rl_line_buffer ? rl_line_buffer : "");
}
Result<void> insert_text(Thread& t, Self self, Arg text) {
    Ref<Bytes> bytes = TRY(text_bytes(t, text));
    CriticalSection section(t, self.get());
    rl_insert_text(bytes->data);
    return {};
}
void redisplay(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    rl_redisplay();
}

// Reading a line
void on_line(char* line) {
    g_editor.line = line;
    g_editor.line_ready = true;
    rl_callback_handler_remove();
}
/// input() at a terminal: the line without its end; nothing at the end of the file.
ResultMaybe<Object> read_line(Thread& t, const char* prompt) {
    CriticalSection section(t, g_editor.module);
    rl_instream = stdin;
    rl_outstream = stdout;
    g_editor.line_ready = false;
    rl_callback_handler_install(prompt, on_line);
    while (!g_editor.line_ready) {
        pollfd row{0, POLLIN, 0};
        int n, error;
        {
            Detached detached(t);
            n = ::poll(&row, 1, -1);
            error = errno;
        }
        if (n > 0) {
            rl_callback_read_char();
        } else if (error == EINTR) {
            auto handled = poll(t);
            if (!handled.is_error()) continue;
            rl_callback_handler_remove();
            fputc('\n', stdout);
            fflush(stdout);
            return Error{};
        } else {
            rl_callback_handler_remove();
            return raise_errno(t, error);
        }
    }
    char* line = std::exchange(g_editor.line, nullptr);
    if (!line) return MaybeRef<Object>();
    struct Free {
        char* line;
        ~Free() { free(line); }
    } freed{line};
    if (*line && g_editor.auto_history) {
        int length = current_length();
        HIST_ENTRY* last = length ? history_get(length) : nullptr;
        if (!last || strcmp(last->line, line) != 0) add_history(line);
    }
    return MaybeRef<Object>(TRY(str_decode_fs(t, line)));
}

const NativeDef functions[] = {
    module_fn<parse_and_bind>("parse_and_bind", "($module, string, /)", "Execute the init line provided in the string argument."),
    module_fn<read_init_file>("read_init_file", "($module, filename=None, /)", "Execute a readline initialization file."),
    module_fn<read_history_file>("read_history_file", "($module, filename=None, /)", "Load a readline history file."),
    module_fn<write_history_file>("write_history_file", "($module, filename=None, /)", "Save a readline history file."),
    module_fn<append_history_file>("append_history_file", "($module, nelements, filename=None, /)",
                                   "Append the last nelements items of the history list to file."),
    module_fn<set_history_length>("set_history_length", "($module, length, /)",
                                  "Set the maximal number of lines which will be written to the history file."),
    module_fn<get_history_length>("get_history_length", "($module, /)",
                                  "How many lines write_history_file() keeps; negative for no limit."),
    module_fn<get_current_history_length>("get_current_history_length", "($module, /)",
                                          "Return the current (not the maximum) length of history."),
    module_fn<get_history_item>("get_history_item", "($module, index, /)",
                                "The line at this place in the history, counted from 1; None if there is none."),
    module_fn<remove_history_item>("remove_history_item", "($module, pos, /)", "Remove history item given by its zero-based position."),
    module_fn<replace_history_item>("replace_history_item", "($module, pos, line, /)",
                                    "Replaces history item given by its position with contents of line."),
    module_fn<add_history_>("add_history", "($module, string, /)", "Add an item to the history buffer."),
    module_fn<set_auto_history>("set_auto_history", "($module, enabled, /)", "Enables or disables automatic history."),
    module_fn<clear_history_>("clear_history", "($module, /)", "Clear the current readline history."),
    module_fn<set_startup_hook>("set_startup_hook", "($module, function=None, /)",
                                "Set or remove the function invoked by the rl_startup_hook callback."),
    module_fn<set_pre_input_hook>("set_pre_input_hook", "($module, function=None, /)",
                                  "Set or remove the function invoked by the rl_pre_input_hook callback."),
    module_fn<set_completer>("set_completer", "($module, function=None, /)", "Set or remove the completer function."),
    module_fn<get_completer>("get_completer", "($module, /)", "Get the current completer function."),
    module_fn<set_display_hook>("set_completion_display_matches_hook", "($module, function=None, /)",
                                "Set or remove the completion display function."),
    module_fn<get_completion_type>("get_completion_type", "($module, /)", "Get the type of completion being attempted."),
    module_fn<get_begidx>("get_begidx", "($module, /)", "Get the beginning index of the completion scope."),
    module_fn<get_endidx>("get_endidx", "($module, /)", "Get the ending index of the completion scope."),
    module_fn<set_completer_delims>("set_completer_delims", "($module, string, /)", "Set the word delimiters for completion."),
    module_fn<get_completer_delims>("get_completer_delims", "($module, /)", "Get the word delimiters for completion."),
    module_fn<get_line_buffer>("get_line_buffer", "($module, /)", "Return the current contents of the line buffer."),
    module_fn<insert_text>("insert_text", "($module, string, /)", "Insert text into the line buffer at the cursor position."),
    module_fn<redisplay>("redisplay", "($module, /)", "Draw the line being edited again, as it is now."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "_READLINE_VERSION", RL_READLINE_VERSION));
    TRY(module_add_int(t, module, "_READLINE_RUNTIME_VERSION", rl_readline_version));
    TRY(module_add_string(t, module, "_READLINE_LIBRARY_VERSION", rl_library_version));
    TRY(module_add_string(t, module, "backend", "editline"));
    if (g_editor.module) return {};
    incref(module.get());
    g_editor.module = module.get();
    CriticalSection section(t, module.get());
    rl_readline_name = "python";
    rl_initialize();
    using_history();
    rl_startup_hook = on_startup;
    rl_pre_input_hook = on_pre_input;
    rl_attempted_completion_function = complete_word;
    g_editor.delimiters = strdup(" \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?");
    rl_completer_word_break_characters = g_editor.delimiters;
    rl_basic_word_break_characters = g_editor.delimiters;
    set_line_reader(&read_line);
    return {};
}

} // namespace

extern const ModuleSpec readline_module;
const ModuleSpec readline_module = {
    .name = "readline", .doc = "Line editing and history for input(), by way of libedit.", .functions = functions, .exec = exec};

} // namespace taipan
