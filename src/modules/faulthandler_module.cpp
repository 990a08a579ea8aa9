// faulthandler: shows where the Python code is when the process gets a fatal signal. What it prints comes from memory that
// may be damaged, without allocation.
#include "modules/posix/posix.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "vm/frame.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

struct Fatal {
    int signal;
    const char* text;
};
constexpr Fatal fatal_signals[] = {{SIGBUS, "Bus error"}, {SIGILL, "Illegal instruction"}, {SIGFPE, "Floating-point exception"},
                                   {SIGABRT, "Aborted"}, {SIGSEGV, "Segmentation fault"}};
/// Belongs to the process, as its signal handlers do.
struct FaultState {
    std::atomic<int> fd{2};
    std::atomic<bool> enabled{false}, all_threads{true};
    struct sigaction previous[NSIG];
};
constinit FaultState g_fault{};

void put(int fd, const char* text, size_t size) {
    ssize_t n = write(fd, text, size);
    (void)n;
}
void put(int fd, const char* text) { put(fd, text, strlen(text)); }
void put_str(int fd, const Object* object) {
    if (!object || !object->type || !object->type->has(type_flag::StrSubclass)) return put(fd, "???");
    auto* text = static_cast<const Str*>(object);
    for (intptr_t i = 0; i < text->length && i < 500; ++i) {
        uint32_t c = text->at(i);
        char buffer[16];
        int n = c >= 0x20 && c < 0x7f ? snprintf(buffer, sizeof buffer, "%c", static_cast<char>(c)) : snprintf(buffer, sizeof buffer, c < 256 ? "\\x%02x" : "\\u%04x", c);
        put(fd, buffer, static_cast<size_t>(n));
    }
}
void put_frames(int fd, Thread& t) {
    int depth = 0;
    for (Frame* frame = current_frame(t); frame; frame = frame->previous) {
        if (frame_is_incomplete(frame)) continue;
        if (++depth > 100) return put(fd, "  ...\n");
        Code* code = frame->code();
        put(fd, "  File \"");
        put_str(fd, code->filename);
        char line[48];
        int n = snprintf(line, sizeof line, "\", line %d in ", code_line(code, frame->lasti()));
        put(fd, line, static_cast<size_t>(n));
        put_str(fd, code->name);
        put(fd, "\n");
    }
    if (depth == 0) put(fd, "  <no Python frame>\n");
}
void put_thread(int fd, Thread& t, bool current) {
    char head[80];
    int n = snprintf(head, sizeof head, "%s 0x%016lx (most recent call first):\n", current ? "Current thread" : "Thread", static_cast<unsigned long>(t.id));
    put(fd, head, static_cast<size_t>(n));
    put_frames(fd, t);
}
void put_all(int fd, Thread* current) {
    if (!current) return;
    bool first = true;
    for (Thread* t = current->interpreter->threads; t; t = t->next) {
        if (!first) put(fd, "\n");
        first = false;
        put_thread(fd, *t, t == current);
    }
}

void on_fatal(int signal) {
    int fd = g_fault.fd.load();
    for (const Fatal& row : fatal_signals) {
        if (row.signal != signal) continue;
        sigaction(signal, &g_fault.previous[signal], nullptr);
        put(fd, "Fatal Python error: ");
        put(fd, row.text);
        put(fd, "\n\n");
    }
    Thread* t = Thread::current_or_null();
    if (g_fault.all_threads.load()) put_all(fd, t);
    else if (t) put_thread(fd, *t, true);
    ::raise(signal);
}

/// The descriptor of a `file` argument; missing: sys.stderr.
Result<int> file_argument(Thread& t, MaybeBorrowed<Object> file) {
    MaybeRef<Object> stream = file && !is_none(file.get()) ? MaybeRef<Object>(file.value().share()) : MaybeRef<Object>();
    if (!stream) {
        if (t.interpreter->sys_dict) stream = TRY(dict_get_ascii(t, Borrowed<Dict>(t.interpreter->sys_dict), "stderr"));
        if (!stream) return raise(t, exc::RuntimeError, "unable to get sys.stderr");
        if (is_none(stream.get())) return raise(t, exc::RuntimeError, "sys.stderr is None");
    }
    if (is<Int>(stream.get())) {
        int fd = TRY(to_int32(t, stream.take()));
        if (fd < 0) return raise(t, exc::ValueError, "file is not a valid file descripter");
        return fd;
    }
    Ref<Object> number = TRY(call_method(t, Borrowed<Object>(stream.get()), names::fileno));
    int fd = TRY(to_int32(t, number));
    if (fd < 0) return raise(t, exc::RuntimeError, "file.fileno() is not a valid file descriptor");
    if (call_method(t, Borrowed<Object>(stream.get()), names::flush).is_error()) t.clear_exception();
    return fd;
}
Result<void> enable(Thread& t, MaybeBorrowed<Object> file, bool all_threads, bool) {
    g_fault.fd.store(TRY(file_argument(t, file)));
    g_fault.all_threads.store(all_threads);
    if (g_fault.enabled.exchange(true)) return {};
    for (const Fatal& row : fatal_signals) {
        struct sigaction action {};
        action.sa_handler = on_fatal;
        sigemptyset(&action.sa_mask);
        action.sa_flags = SA_NODEFER | SA_ONSTACK;
        if (sigaction(row.signal, &action, &g_fault.previous[row.signal]) < 0) return raise_errno(t, errno);
    }
    return {};
}
bool disable(Thread&) {
    if (!g_fault.enabled.exchange(false)) return false;
    for (const Fatal& row : fatal_signals) sigaction(row.signal, &g_fault.previous[row.signal], nullptr);
    return true;
}
bool is_enabled(Thread&) { return g_fault.enabled.load(); }
Result<void> dump_traceback(Thread& t, MaybeBorrowed<Object> file, bool all_threads) {
    int fd = TRY(file_argument(t, file));
    if (!all_threads) {
        put(fd, "Stack (most recent call first):\n");
        put_frames(fd, t);
        return {};
    }
    stop_world(t);
    put_all(fd, &t);
    start_world(t);
    return {};
}

const NativeDef functions[] = {
    fn<enable>("enable", "(file=sys.stderr, all_threads=True, c_stack=True)", "Enable the fault handler."),
    fn<disable>("disable", "()", "Disable the fault handler."),
    fn<is_enabled>("is_enabled", "()", "Check if the handler is enabled."),
    fn<dump_traceback>("dump_traceback", "(file=sys.stderr, all_threads=True)", "Dump the traceback of the current thread, or of all threads if all_threads is True, into file."),
};

} // namespace

extern const ModuleSpec faulthandler_module;
const ModuleSpec faulthandler_module = {.name = "faulthandler", .doc = "faulthandler module.", .functions = functions};

} // namespace taipan
