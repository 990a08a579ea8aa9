// faulthandler: shows where the Python code is when the process gets a fatal signal. What it prints comes from memory that
// may be damaged, without allocation.
#include "modules/posix/posix.h"
#include "modules/system_calls.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/module.h"
#include "objects/set.h"
#include "vm/frame.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

struct Fatal {
    int signal;
    const char* text;
};
constexpr Fatal fatal_signals[] = {{SIGBUS, "Bus error"},
                                   {SIGILL, "Illegal instruction"},
                                   {SIGFPE, "Floating-point exception"},
                                   {SIGABRT, "Aborted"},
                                   {SIGSEGV, "Segmentation fault"}};
/// A signal that `register` took.
struct UserSignal {
    std::atomic<bool> enabled;
    std::atomic<Object*> file;
    int fd;
    bool all_threads, chain;
    struct sigaction previous;
};
/// The watchdog of dump_traceback_later: a thread that waits for the time-out or to be cancelled.
struct Watchdog {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // guards the rest
    pthread_cond_t changed;
    bool started = false, cancelled = false, condition_ready = false;
    pthread_t thread;
    pid_t process = 0; // where it was started: a forked child has no such thread
    std::atomic<Object*> file{nullptr};
    int fd = 2;
    int64_t timeout_ns = 0;
    bool repeat = false, exit = false;
    Interpreter* interpreter = nullptr;
    char header[64];
};
/// Belongs to the process, as its signal handlers do.
struct FaultState {
    std::atomic<int> fd{2};
    std::atomic<bool> enabled{false}, all_threads{true}, c_stack{true};
    std::atomic<Object*> file{nullptr};
    struct sigaction previous[NSIG];
    UserSignal user[NSIG];
    void* stack = nullptr; // of the signal handlers
    Watchdog watchdog;
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
    char buffer[512];
    size_t used = 0;
    intptr_t length = text->length < 500 ? text->length : 500;
    for (intptr_t i = 0; i < length; ++i) {
        uint32_t c = text->at(i);
        if (used > sizeof buffer - 16) put(fd, buffer, std::exchange(used, 0));
        const char* format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
        if (c >= 0x20 && c < 0x7f) buffer[used++] = static_cast<char>(c);
        else used += static_cast<size_t>(snprintf(buffer + used, 12, format, c));
    }
    put(fd, buffer, used);
    if (length < text->length) put(fd, "...");
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
void put_thread(int fd, Thread& t, bool current, pid_t process) {
    char head[120], path[64], name[32] = "";
    // The name of a thread of `process`, which a forked copy of it looks at.
    snprintf(path, sizeof path, "/proc/%d/task/%lu/comm", process, t.native_id ? t.native_id : static_cast<unsigned long>(process));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t size = read(file, name, sizeof name - 1);
        close(file);
        if (size > 0 && name[size - 1] == '\n') --size;
        name[size > 0 ? size : 0] = 0;
    }
    int n = snprintf(head, sizeof head, "%s 0x%016lx%s%s%s (most recent call first):\n", current ? "Current thread" : "Thread",
                     static_cast<unsigned long>(t.id), *name ? " [" : "", name, *name ? "]" : "");
    put(fd, head, static_cast<size_t>(n));
    if (t.gc_running) put(fd, "  Garbage-collecting\n");
    put_frames(fd, t);
}
void put_all(int fd, Interpreter* interpreter, Thread* current, pid_t process) {
    bool first = true;
    int count = 0;
    for (Thread* t = interpreter->threads; t; t = t->next) {
        if (!first) put(fd, "\n");
        first = false;
        if (++count > 100) return put(fd, "...\n");
        put_thread(fd, *t, t == current, process);
    }
}
/// All threads while they go on running: a copy of the process, which nothing changes and whose crash hurts nobody, prints
/// them. Safe in a signal handler.
void put_all_from_copy(int fd, Interpreter* interpreter, Thread* current) {
    pid_t process = getpid();
    // Without SIGCHLD, so that the program's own wait() does not see it.
    long child = syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) {
        for (const Fatal& row : fatal_signals) signal(row.signal, SIG_DFL);
        struct rlimit none{0, 0};
        setrlimit(RLIMIT_CORE, &none);
        put_all(fd, interpreter, current, process);
        _exit(0);
    }
    if (child < 0) {
        if (current) put_thread(fd, *current, true, process);
        return;
    }
    int status;
    while (waitpid(static_cast<pid_t>(child), &status, __WALL) < 0 && errno == EINTR) {
    }
}
void put_c_stack(int fd) {
    put(fd, "Current thread's C stack trace (most recent call first):\n");
    void* calls[32];
    int count = backtrace(calls, 32);
    for (int i = 0; i < count; ++i) {
        char line[512];
        Dl_info info;
        auto address = reinterpret_cast<uintptr_t>(calls[i]);
        int n;
        if (!dladdr(calls[i], &info) || !info.dli_fname || !*info.dli_fname) {
            n = snprintf(line, sizeof line, "  <unknown binary> [0x%lx]\n", address);
        } else {
            auto base = reinterpret_cast<uintptr_t>(info.dli_sname ? info.dli_saddr : info.dli_fbase);
            n = snprintf(line, sizeof line, "  Binary file \"%s\", at %s%c0x%lx [0x%lx]\n", info.dli_fname,
                         info.dli_sname ? info.dli_sname : "", address >= base ? '+' : '-',
                         address >= base ? address - base : base - address, address);
        }
        put(fd, line, n < static_cast<int>(sizeof line) ? static_cast<size_t>(n) : sizeof line - 1);
    }
    if (count == 32) put(fd, "  <truncated rest of calls>\n");
}

/// Modules that are no Python code and not of the standard library: those which may have damaged memory. A module that is
/// built in has a spec, one from a shared library a definition, which its state pointer tells.
void put_extension_modules(int fd, Interpreter* interpreter) {
    Dict* modules = interpreter ? interpreter->modules : nullptr;
    if (!modules || !interpreter->sys_dict) return;
    auto entry = [](Dict* dict, intptr_t i) -> std::pair<Object*, Object*> {
        DictKeys* keys = dict->keys;
        return i < keys->count ? std::pair{keys->key_at(i), keys->value_at(i)} : std::pair<Object*, Object*>{};
    };
    // sys.stdlib_module_names may have been replaced, by nothing in particular.
    FrozenSet* known = nullptr;
    for (intptr_t i = 0; i < interpreter->sys_dict->keys->count && !known; ++i) {
        auto [key, value] = entry(interpreter->sys_dict, i);
        if (key && value && is_exact<Str>(key) && str_equals_ascii(static_cast<Str*>(key), "stdlib_module_names") &&
            is_exact<FrozenSet>(value))
            known = static_cast<FrozenSet*>(value);
    }
    auto is_known = [&](Str* name) {
        // A submodule belongs to what its package belongs to.
        for (intptr_t i = 0; known && i <= known->mask; ++i) {
            Object* one = known->table[i].key;
            if (!one || !is_exact<Str>(one)) continue;
            auto* listed = static_cast<Str*>(one);
            bool same = listed->length <= name->length && (listed->length == name->length || name->at(listed->length) == '.');
            for (intptr_t k = 0; same && k < listed->length; ++k) same = listed->at(k) == name->at(k);
            if (same) return true;
        }
        return false;
    };
    int count = 0;
    for (intptr_t i = 0; i < modules->keys->count; ++i) {
        auto [key, value] = entry(modules, i);
        if (!key || !value || !is_exact<Str>(key) || !is<Module>(value)) continue;
        auto* module = static_cast<Module*>(value);
        if ((!module->spec && !module->state) || is_known(static_cast<Str*>(key))) continue;
        put(fd, count++ ? ", " : "\nExtension modules: ");
        put_str(fd, key);
    }
    char line[32];
    if (count) put(fd, line, static_cast<size_t>(snprintf(line, sizeof line, " (total: %d)\n", count)));
}
/// The state of the thread that runs this, also while it is detached; null: none.
Thread* own_thread() {
    if (Thread* t = Thread::current_or_null()) return t;
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        for (Thread* t = interpreter->threads; t; t = t->next)
            if (t->id == thread_pointer()) return t;
    return nullptr;
}
void on_fatal(int signal) {
    int saved = errno, fd = g_fault.fd.load();
    for (const Fatal& row : fatal_signals) {
        if (row.signal != signal) continue;
        sigaction(signal, &g_fault.previous[signal], nullptr);
        put(fd, "Fatal Python error: ");
        put(fd, row.text);
        put(fd, "\n\n");
    }
    Thread* t = own_thread();
    if (g_fault.all_threads.load()) put(fd, "<Cannot show all threads while the GIL is disabled>\n");
    put(fd, "Stack (most recent call first):\n");
    if (t) {
        if (t->gc_running) put(fd, "  Garbage-collecting\n");
        put_frames(fd, *t);
    } else {
        put(fd, "  <tstate is freed>\n");
    }
    if (g_fault.c_stack.load()) {
        put(fd, "\n");
        put_c_stack(fd);
    }
    put_extension_modules(fd, t ? t->interpreter : g_runtime.main_interpreter);
    errno = saved;
    ::raise(signal);
}
void on_user(int signal) {
    UserSignal& user = g_fault.user[signal];
    if (!user.enabled.load()) return;
    int saved = errno;
    Thread* t = own_thread();
    Interpreter* interpreter = t ? t->interpreter : g_runtime.main_interpreter;
    if (user.all_threads) {
        put_all_from_copy(user.fd, interpreter, t);
    } else {
        put(user.fd, "Stack (most recent call first):\n");
        if (t) put_frames(user.fd, *t);
    }
    if (user.chain) {
        // The handler that was there before runs as if the signal had just come.
        struct sigaction own;
        sigaction(signal, &user.previous, &own);
        errno = saved;
        ::raise(signal);
        saved = errno;
        sigaction(signal, &own, nullptr);
    }
    errno = saved;
}
/// The signal handlers' own stack, so that they can tell of a full one.
void ensure_signal_stack() {
    if (g_fault.stack) return;
    stack_t now;
    if (sigaltstack(nullptr, &now) == 0 && !(now.ss_flags & SS_DISABLE)) return;
    stack_t stack{};
    stack.ss_size = 64 * 1024 + static_cast<size_t>(SIGSTKSZ);
    stack.ss_sp = g_fault.stack = malloc(stack.ss_size);
    if (stack.ss_sp) sigaltstack(&stack, nullptr);
}

/// The descriptor of a `file` argument; missing: sys.stderr. `*keep` keeps the file open.
Result<int> file_argument(Thread& t, MaybeBorrowed<Object> file, std::atomic<Object*>* keep = nullptr) {
    MaybeRef<Object> stream = file && !is_none(file.get()) ? MaybeRef<Object>(file.value().share()) : MaybeRef<Object>();
    if (!stream) {
        if (t.interpreter->sys_dict) stream = TRY(dict_get_ascii(t, Borrowed<Dict>(t.interpreter->sys_dict), "stderr"));
        if (!stream) return raise(t, exc::RuntimeError, "unable to get sys.stderr");
        if (is_none(stream.get())) return raise(t, exc::RuntimeError, "sys.stderr is None");
    }
    if (is<Int>(stream.get())) {
        int fd = TRY(to_int32(t, stream.take()));
        if (fd < 0) return raise(t, exc::ValueError, "file is not a valid file descripter");
        if (keep)
            if (Object* old = keep->exchange(nullptr)) decref(old);
        return fd;
    }
    Ref<Object> number = TRY(call_method(t, Borrowed<Object>(stream.get()), names::fileno));
    int fd = TRY(to_int32(t, number));
    if (fd < 0) return raise(t, exc::RuntimeError, "file.fileno() is not a valid file descriptor");
    if (call_method(t, Borrowed<Object>(stream.get()), names::flush).is_error()) t.clear_exception();
    if (keep)
        if (Object* old = keep->exchange(stream.take().release())) decref(old);
    return fd;
}
/// The stack walker is loaded when it is first used, which a signal handler must not do.
void prepare_c_stack() {
    void* call;
    backtrace(&call, 1);
}
Result<void> enable(Thread& t, MaybeBorrowed<Object> file, bool all_threads, bool c_stack) {
    g_fault.fd.store(TRY(file_argument(t, file, &g_fault.file)));
    g_fault.all_threads.store(all_threads);
    g_fault.c_stack.store(c_stack);
    if (c_stack) prepare_c_stack();
    if (g_fault.enabled.exchange(true)) return {};
    ensure_signal_stack();
    for (const Fatal& row : fatal_signals) {
        struct sigaction action{};
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
    put_all(fd, t.interpreter, &t, getpid());
    start_world(t);
    return {};
}

Result<void> dump_c_stack(Thread& t, MaybeBorrowed<Object> file) {
    int fd = TRY(file_argument(t, file));
    put_c_stack(fd);
    return {};
}

// Signals of the user's choice
Result<void> check_signal(Thread& t, int number) {
    for (const Fatal& row : fatal_signals)
        if (row.signal == number) return raise(t, exc::RuntimeError, "signal %i cannot be registered, use enable() instead", number);
    if (number < 1 || number >= NSIG) return raise(t, exc::ValueError, "signal number out of range");
    return {};
}
Result<void> register_(Thread& t, int number, MaybeBorrowed<Object> file, bool all_threads, bool chain) {
    TRY(check_signal(t, number));
    UserSignal& user = g_fault.user[number];
    int fd = TRY(file_argument(t, file, &user.file));
    user.fd = fd;
    user.all_threads = all_threads;
    bool was_chained = std::exchange(user.chain, chain);
    if (user.enabled.load() && was_chained == chain) return {};
    struct sigaction action{}, previous;
    action.sa_handler = on_user;
    sigemptyset(&action.sa_mask);
    action.sa_flags = (chain ? SA_NODEFER : 0) | SA_RESTART | SA_ONSTACK;
    ensure_signal_stack();
    if (sigaction(number, &action, &previous) < 0) return raise_errno(t, errno);
    if (!user.enabled.load()) user.previous = previous;
    user.enabled.store(true);
    return {};
}
Result<bool> unregister(Thread& t, int number) {
    TRY(check_signal(t, number));
    UserSignal& user = g_fault.user[number];
    if (!user.enabled.exchange(false)) return false;
    sigaction(number, &user.previous, nullptr);
    return true;
}

// The watchdog
void* watchdog_main(void*) {
    Watchdog& dog = g_fault.watchdog;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    pthread_mutex_lock(&dog.lock);
    timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    do {
        int64_t ns = deadline.tv_nsec + dog.timeout_ns % 1000000000;
        deadline.tv_sec += dog.timeout_ns / 1000000000 + ns / 1000000000;
        deadline.tv_nsec = ns % 1000000000;
        int waited = 0;
        while (!dog.cancelled && waited != ETIMEDOUT) waited = pthread_cond_timedwait(&dog.changed, &dog.lock, &deadline);
        if (dog.cancelled) break;
        put(dog.fd, dog.header);
        put_all_from_copy(dog.fd, dog.interpreter, nullptr);
        if (dog.exit) _exit(1);
    } while (dog.repeat);
    pthread_mutex_unlock(&dog.lock);
    return nullptr;
}
void stop_watchdog(Thread& t) {
    Watchdog& dog = g_fault.watchdog;
    if (!dog.started) return;
    dog.started = false;
    if (dog.process != getpid()) { // the thread did not come along; nor did who may have held the lock
        pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
        dog.lock = fresh;
        dog.condition_ready = false;
        return;
    }
    pthread_mutex_lock(&dog.lock);
    dog.cancelled = true;
    pthread_cond_signal(&dog.changed);
    pthread_mutex_unlock(&dog.lock);
    Detached detached(t);
    pthread_join(dog.thread, nullptr);
}
Result<void> dump_traceback_later(Thread& t, Arg timeout, bool repeat, MaybeBorrowed<Object> file, bool exit) {
    int64_t timeout_ns = TRY(to_nanoseconds(t, timeout));
    if (timeout_ns <= 0) return raise(t, exc::ValueError, "timeout must be greater than 0");
    stop_watchdog(t);
    Watchdog& dog = g_fault.watchdog;
    int fd = TRY(file_argument(t, file, &dog.file));
    dog.fd = fd;
    dog.timeout_ns = timeout_ns;
    dog.repeat = repeat;
    dog.exit = exit;
    dog.cancelled = false;
    dog.interpreter = t.interpreter;
    dog.process = getpid();
    int64_t micros = timeout_ns / 1000, secs = micros / 1000000;
    int n = snprintf(dog.header, sizeof dog.header, "Timeout (%ld:%02ld:%02ld", secs / 3600, secs / 60 % 60, secs % 60);
    if (micros % 1000000) n += snprintf(dog.header + n, sizeof dog.header - static_cast<size_t>(n), ".%06ld", micros % 1000000);
    snprintf(dog.header + n, sizeof dog.header - static_cast<size_t>(n), ")!\n");
    if (!dog.condition_ready) {
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&dog.changed, &attributes);
        pthread_condattr_destroy(&attributes);
        dog.condition_ready = true;
    }
    if (pthread_create(&dog.thread, nullptr, watchdog_main, nullptr) != 0)
        return raise(t, exc::RuntimeError, "unable to start watchdog thread");
    dog.started = true;
    return {};
}
void cancel_dump_traceback_later(Thread& t) { stop_watchdog(t); }

// For tests: ways to die.
void no_core_dump() {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
    }
}
__attribute__((no_sanitize("undefined", "address"))) void read_null(Thread&) {
    no_core_dump();
    int* volatile nothing = nullptr;
    volatile int value = *nothing;
    (void)value;
}
void sigsegv(Thread& t, bool release) {
    no_core_dump();
    if (!release) {
        ::raise(SIGSEGV);
        return;
    }
    Detached detached(t);
    ::raise(SIGSEGV);
}
void sigabrt(Thread&) {
    no_core_dump();
    ::abort();
}
void sigfpe(Thread&) {
    no_core_dump();
    ::raise(SIGFPE);
}
NOINLINE __attribute__((no_sanitize("address"))) uintptr_t overflow(uintptr_t low, uintptr_t high, int* depth) {
    volatile unsigned char buffer[4096];
    auto here = reinterpret_cast<uintptr_t>(&buffer[0]);
    ++*depth;
    buffer[0] = 1;
    buffer[4095] = 0;
    if (here < low || here > high) return here;
    return overflow(low, high, depth) + buffer[0] - 1;
}
// A sanitizer would keep the locals elsewhere than on the stack.
__attribute__((no_sanitize("address"))) Result<void> stack_overflow(Thread& t) {
    no_core_dump();
    int depth = 0;
    uintptr_t size = 100 * 1024 * 1024, here = reinterpret_cast<uintptr_t>(&depth);
    uintptr_t low = here > size ? here - size : 0;
    uintptr_t stop = overflow(low, here + size, &depth);
    return raise(t, exc::RuntimeError, "unable to raise a stack overflow (allocated %zu bytes on the stack, %d recursive calls)",
                 static_cast<int64_t>(here > stop ? here - stop : stop - here), depth);
}
void* fatal_thread(void*) {
    int fd = 2;
    put(fd, "Fatal Python error: faulthandler_fatal_error_thread: in new thread\nPython runtime state: initialized\n\n");
    put_all_from_copy(fd, g_runtime.main_interpreter, nullptr);
    ::abort();
}
Result<void> fatal_error_c_thread(Thread& t) {
    no_core_dump();
    pthread_t thread;
    if (pthread_create(&thread, nullptr, fatal_thread, nullptr) != 0) return raise(t, exc::RuntimeError, "unable to start the thread");
    Detached detached(t);
    pthread_join(thread, nullptr);
    return {};
}

const NativeDef functions[] = {
    fn<enable>("enable", "($module, /, file=sys.stderr, all_threads=True, c_stack=True)", "Enable the fault handler."),
    fn<disable>("disable", "($module, /)", "Disable the fault handler."),
    fn<is_enabled>("is_enabled", "($module, /)", "Check if the handler is enabled."),
    fn<dump_traceback>("dump_traceback", "($module, /, file=sys.stderr, all_threads=True)",
                       "Write where this thread is, or with all_threads every thread, to file, by default sys.stderr."),
    fn<dump_c_stack>("dump_c_stack", "($module, /, file=sys.stderr)", "Dump the C stack of the current thread."),
    fn<dump_traceback_later>("dump_traceback_later", "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
                             "Dump the traceback of all threads in timeout seconds.\n\nIf repeat is true, the tracebacks of all threads "
                             "are dumped every timeout\n"
                             "seconds. If exit is true, call _exit(1) which is not safe."),
    fn<cancel_dump_traceback_later>("cancel_dump_traceback_later", "($module, /)", "Cancel the previous call to dump_traceback_later()."),
    fn<register_>(
        "register", "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
        "Write a traceback to file whenever the signal signum arrives.\n\n"
        "It shows all threads or, if all_threads is false, the current one. With chain the handler that was there before is called too."),
    fn<unregister>("unregister", "($module, signum, /)", "Undo register() for signum; returns whether there was anything to undo."),
    fn<read_null>("_read_null", "($module, /)", "Crash: read through a null pointer, for which the system sends SIGSEGV or SIGBUS."),
    fn<sigsegv>("_sigsegv", "($module, release_gil=False, /)", "Raise a SIGSEGV signal."),
    fn<fatal_error_c_thread>("_fatal_error_c_thread", "($module, /)", "Call Py_FatalError() in a new C thread."),
    fn<sigabrt>("_sigabrt", "($module, /)", "Raise a SIGABRT signal."),
    fn<sigfpe>("_sigfpe", "($module, /)", "Raise a SIGFPE signal."),
    fn<stack_overflow>("_stack_overflow", "($module, /)", "Recursive call to raise a stack overflow."),
};

} // namespace

extern const ModuleSpec faulthandler_module;
const ModuleSpec faulthandler_module = {.name = "faulthandler", .doc = "faulthandler module.", .functions = functions};

} // namespace taipan
