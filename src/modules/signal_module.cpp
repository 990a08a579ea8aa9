// The _signal module.
#include "modules/signal_module.h"

#include "modules/system_calls.h"
#include "objects/module.h"
#include "objects/set.h"
#include "objects/struct_sequence.h"
#include "objects/tuple.h"
#include "vm/frame.h"

#include <climits>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

/// Belongs to the process, as signal handlers do; Python may change it in the main thread only.
struct SignalState {
    std::atomic<Object*> handlers[NSIG]; // owned; null: not set by Python
    std::atomic<bool> arrived[NSIG];
    std::atomic<int> wakeup_fd{-1};
    std::atomic<bool> warn_on_full{true};
    Object *default_handler, *ignore_handler, *interrupt_handler; // ints 0 and 1, default_int_handler
    bool started;
};
constinit SignalState g_signals{};

void note_signal(int signal) {
    g_signals.arrived[signal].store(true);
    if (Thread* main = g_runtime.main_thread) request_poll(*main, poll_bit::Signals);
    int fd = g_signals.wakeup_fd.load();
    if (fd >= 0) {
        unsigned char byte = static_cast<unsigned char>(signal);
        ssize_t n = ::write(fd, &byte, 1);
        (void)n;
    }
}
void on_signal(int signal) {
    int saved = errno;
    note_signal(signal);
    errno = saved;
}

Result<Ref<Object>> default_int_handler(Thread& t, Arg, Arg) { return raise_bare(t, exc::KeyboardInterrupt); }

/// Runs the handlers of what has arrived.
Result<void> run_handlers(Thread& t) {
    if (&t != g_runtime.main_thread) return {};
    for (int signal = 1; signal < NSIG; ++signal) {
        if (!g_signals.arrived[signal].exchange(false)) continue;
        Object* handler = g_signals.handlers[signal].load();
        if (!handler || is_none(handler) || handler == g_signals.default_handler || handler == g_signals.ignore_handler) {
            (void)raise(t, exc::OSError, "Signal %i ignored due to race condition", signal);
            write_unraisable(t, nullptr, None());
            continue;
        }
        auto run = [&]() -> Result<void> {
            Ref<Object> held = acquire(handler);
            Ref<Int> number = TRY(int_from(t, signal));
            Ref<Object> frame = none_ref();
            if (Frame* current = current_frame(t))
                if (FrameObject* object = frame_object(t, current)) frame = acquire(static_cast<Object*>(object));
            (void)TRY(call(t, held, number, frame));
            return {};
        };
        if (run().is_error()) {
            // The others stay noted, for the next poll.
            for (int rest = signal + 1; rest < NSIG; ++rest)
                if (g_signals.arrived[rest].load()) request_poll(t, poll_bit::Signals);
            return Error{};
        }
    }
    return {};
}

Result<void> check_number(Thread& t, int64_t signal) {
    if (signal < 1 || signal >= NSIG) return raise(t, exc::ValueError, "signal number out of range");
    return {};
}
Result<void> check_main(Thread& t, const char* message) {
    if (&t != g_runtime.main_thread || t.interpreter != g_runtime.main_interpreter) return raise(t, exc::ValueError, "%s", message);
    return {};
}
bool install(int signal, void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK;
    return sigaction(signal, &action, nullptr) == 0;
}
Result<bool> same_number(Thread& t, Arg handler, int number) {
    int64_t value;
    if (!is<Int>(handler.get())) return false;
    (void)t;
    return int_fits_int64(static_cast<Int*>(handler.get()), &value) && value == number;
}
Result<Ref<Object>> signal_(Thread& t, int signal, Arg handler) {
    TRY(check_main(t, "signal only works in main thread of the main interpreter"));
    TRY(check_number(t, signal));
    void (*action)(int) = on_signal;
    Ref<Object> stored = handler.share();
    if (TRY(same_number(t, handler, 1))) {
        action = SIG_IGN;
        stored = acquire(g_signals.ignore_handler);
    } else if (TRY(same_number(t, handler, 0))) {
        action = SIG_DFL;
        stored = acquire(g_signals.default_handler);
    } else if (!is_callable(handler.get())) {
        return raise(t, exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    TRY(poll(t));
    if (!install(signal, action)) return raise_errno(t, errno);
    Object* old = g_signals.handlers[signal].exchange(stored.release());
    if (!old) return none_ref();
    return Ref<Object>::steal(old);
}
Result<Ref<Object>> getsignal_(Thread& t, int signal) {
    TRY(check_number(t, signal));
    Object* handler = g_signals.handlers[signal].load();
    if (!handler) return none_ref();
    return acquire(handler);
}
int64_t alarm_(int seconds) { return alarm(static_cast<unsigned>(seconds)); }
Result<void> pause_(Thread& t) {
    {
        Detached detached(t);
        pause();
    }
    return poll(t);
}
Result<void> raise_signal(Thread& t, int signal) {
    int result, error;
    {
        Detached detached(t);
        result = ::raise(signal);
        error = errno;
    }
    if (result) return raise_errno(t, error);
    // With the signal handled in this thread, its Python handler runs before the call returns.
    return poll(t);
}
Result<Ref<Object>> strsignal_(Thread& t, int signal) {
    TRY(check_number(t, signal));
    errno = 0;
    const char* text = strsignal(signal);
    if (!text || strstr(text, "Unknown signal")) return none_ref();
    return str_decode_fs(t, text);
}
Result<void> siginterrupt_(Thread& t, int signal, bool flag) {
    TRY(check_number(t, signal));
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) < 0) return raise_errno(t, errno);
    if (flag) action.sa_flags &= ~SA_RESTART;
    else action.sa_flags |= SA_RESTART;
    if (sigaction(signal, &action, nullptr) < 0) return raise_errno(t, errno);
    return {};
}
Result<int> set_wakeup_fd(Thread& t, int fd, bool warn_on_full_buffer) {
    TRY(check_main(t, "set_wakeup_fd only works in main thread of the main interpreter"));
    if (fd != -1) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0) return raise_errno(t, errno);
        if (!(flags & O_NONBLOCK)) return raise(t, exc::ValueError, "the fd %i must be in non-blocking mode", fd);
    }
    g_signals.warn_on_full.store(warn_on_full_buffer);
    return g_signals.wakeup_fd.exchange(fd);
}

// Timers
struct SignalModule {
    Type* siginfo; // immortal
    Object* timer_error;
};
timeval timeval_of(double seconds) {
    double whole = std::floor(seconds);
    return {static_cast<time_t>(whole), static_cast<suseconds_t>((seconds - whole) * 1e6 + 0.9999)};
}
Result<Ref<Object>> timer_pair(Thread& t, const itimerval& timer) {
    auto seconds = [](const timeval& v) { return static_cast<double>(v.tv_sec) + static_cast<double>(v.tv_usec) * 1e-6; };
    Ref<Object> value = TRY(float_from(t, seconds(timer.it_value))), interval = TRY(float_from(t, seconds(timer.it_interval)));
    return tuple_pack(t, value, interval);
}
Error timer_error(Thread& t, Module* module) {
    int error = errno;
    Ref<Int> number = TRY(int_from(t, error));
    Ref<Str> text = TRY(str_from_utf8(t, strerror(error)));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(module->state_as<SignalModule>().timer_error), number, text));
    return raise_instance(t, std::move(made));
}
Result<Ref<Object>> setitimer_(Thread& t, Borrowed<Module> module, int which, double seconds, double interval) {
    itimerval fresh{timeval_of(interval), timeval_of(seconds)}, old;
    if (setitimer(static_cast<__itimer_which>(which), &fresh, &old) != 0) return timer_error(t, module.get());
    return timer_pair(t, old);
}
Result<Ref<Object>> getitimer_(Thread& t, Borrowed<Module> module, int which) {
    itimerval timer;
    if (getitimer(static_cast<__itimer_which>(which), &timer) != 0) return timer_error(t, module.get());
    return timer_pair(t, timer);
}

// Sets of signals
Result<sigset_t> to_set(Thread& t, Arg iterable) {
    sigset_t set;
    sigemptyset(&set);
    Ref<Tuple> items = TRY(to_tuple(t, iterable));
    for (Object* item : *items) {
        Ref<Int> given = TRY(to_index(t, item));
        int64_t number;
        if (!int_fits_int64(given.get(), &number)) number = -1;
        if (number < 1 || number >= NSIG) return raise(t, exc::ValueError, "signal number %d out of range [1; %i]", number, NSIG - 1);
        sigaddset(&set, static_cast<int>(number)); // fails for those that the C library keeps to itself
    }
    return set;
}
Result<Ref<Object>> from_set(Thread& t, const sigset_t& set) {
    Ref<Object> type = TRY(import_attribute(t, "builtins", "set"));
    Ref<Object> result = TRY(call(t, type));
    Ref<Str> add = TRY(str_interned(t, "add"));
    for (int signal = 1; signal < NSIG; ++signal) {
        if (sigismember(&set, signal) != 1) continue;
        Ref<Int> number = TRY(int_from(t, signal));
        (void)TRY(call_method(t, result, add, number));
    }
    return result;
}
Result<Ref<Object>> valid_signals(Thread& t) {
    sigset_t set;
    sigfillset(&set);
    return from_set(t, set);
}
Result<Ref<Object>> sigpending_(Thread& t) {
    sigset_t set;
    if (sigpending(&set)) return raise_errno(t, errno);
    return from_set(t, set);
}
Result<Ref<Object>> pthread_sigmask_(Thread& t, int how, Arg mask) {
    sigset_t set = TRY(to_set(t, mask)), old;
    if (int error = pthread_sigmask(how, &set, &old)) return raise_errno(t, error);
    TRY(poll(t)); // what was let through is handled now
    return from_set(t, old);
}
Result<void> pthread_kill_(Thread& t, uint64_t thread, int signal) {
    if (int error = pthread_kill(static_cast<pthread_t>(thread), signal)) return raise_errno(t, error);
    return poll(t);
}
Result<int> sigwait_(Thread& t, Arg signals) {
    sigset_t set = TRY(to_set(t, signals));
    int signal = 0, error;
    do {
        Detached detached(t);
        error = sigwait(&set, &signal);
    } while (error == EINTR);
    if (error) return raise_errno(t, error);
    return signal;
}
Result<Ref<Object>> siginfo_object(Thread& t, Module* module, const siginfo_t& info) {
    StructBuilder b(t, *module->state_as<SignalModule>().siginfo);
    for (int64_t value : {int64_t{info.si_signo}, int64_t{info.si_code}, int64_t{info.si_errno}, int64_t{info.si_pid}, int64_t{info.si_uid},
                          int64_t{info.si_status}, int64_t{info.si_band}})
        b.add_int(value);
    return b.finish();
}
Result<Ref<Object>> sigwaitinfo_(Thread& t, Borrowed<Module> module, Arg signals) {
    sigset_t set = TRY(to_set(t, signals));
    siginfo_t info{};
    int error = 0;
    if (TRY(blocking_call(t, &error, [&] { return sigwaitinfo(&set, &info); })) == -1) return raise_errno(t, error);
    return siginfo_object(t, module.get(), info);
}
Result<Ref<Object>> sigtimedwait_(Thread& t, Borrowed<Module> module, Arg signals, Arg timeout) {
    int64_t left = TRY(to_nanoseconds(t, timeout, TimeRounding::Up));
    if (left < 0) return raise(t, exc::ValueError, "timeout must be non-negative");
    sigset_t set = TRY(to_set(t, signals));
    int64_t deadline = deadline_after(left);
    for (;;) {
        timespec limit{left / 1'000'000'000, left % 1'000'000'000};
        siginfo_t info{};
        int result, error;
        {
            Detached detached(t);
            result = sigtimedwait(&set, &info, &limit);
            error = errno;
        }
        if (result != -1) return siginfo_object(t, module.get(), info);
        if (error == EAGAIN) return none_ref();
        if (error != EINTR) return raise_errno(t, error);
        TRY(poll(t));
        left = deadline - base::monotonic_ns();
        if (left < 0) return none_ref();
    }
}
Result<void> pidfd_send_signal_(Thread& t, int fd, int signal, Arg info, int flags) {
    if (!is_none(info.get())) return raise(t, exc::TypeError, "siginfo must be None");
    if (syscall(SYS_pidfd_send_signal, fd, signal, nullptr, flags) < 0) return raise_errno(t, errno);
    return {};
}

const NativeDef functions[] = {
    fn<default_int_handler>("default_int_handler", "($module, signalnum, frame, /)", "The default handler for SIGINT installed by Python."),
    fn<signal_>("signal", "($module, signalnum, handler, /)", "Set the action for the given signal."),
    fn<getsignal_>("getsignal", "($module, signalnum, /)", "Return the current action for the given signal."),
    fn<alarm_>("alarm", "($module, seconds, /)",
               "Have SIGALRM sent to the process in that many seconds; returns what was left of an earlier "
               "alarm.\n\n"
               "0 calls an alarm off."),
    fn<pause_>("pause", "($module, /)", "Wait until a signal arrives."),
    fn<raise_signal>("raise_signal", "($module, signalnum, /)", "Send a signal to the executing process."),
    fn<strsignal_>("strsignal", "($module, signalnum, /)", "The description of a signal, or None if there is none."),
    fn<siginterrupt_>("siginterrupt", "($module, signalnum, flag, /)",
                      "Whether a signal ends system calls: if flag is true they fail with InterruptedError, else they are begun again."),
    fn<set_wakeup_fd>("set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)",
                      "Have the number of every signal written as a byte to a descriptor, to wake up select() and poll().\n\nReturns the "
                      "descriptor that was set before, -1 if none was; -1 takes it away. The descriptor must not block."),
    module_fn<setitimer_>("setitimer", "($module, which, seconds, interval=0.0, /)",
                          "Have a timer run out after that many seconds and then every interval, or stop it with zero.\n\nReturns what "
                          "getitimer() would have told before."),
    module_fn<getitimer_>("getitimer", "($module, which, /)", "What is left of a timer, and its interval."),
    fn<valid_signals>("valid_signals", "($module, /)", "The set of the signals that the platform has."),
    fn<sigpending_>("sigpending", "($module, /)", "The set of the signals that wait to be delivered to this thread, being blocked."),
    fn<pthread_sigmask_>("pthread_sigmask", "($module, how, mask, /)",
                         "Change which signals this thread blocks, and return the set it blocked before."),
    fn<pthread_kill_>("pthread_kill", "($module, thread_id, signalnum, /)", "Send a signal to a thread of this process."),
    fn<sigwait_>("sigwait", "($module, sigset, /)", "Wait until one of the signals is pending, and take it: returns its number."),
    module_fn<sigwaitinfo_>("sigwaitinfo", "($module, sigset, /)",
                            "Wait until one of the signals is pending, and take it: returns what is known about it."),
    module_fn<sigtimedwait_>("sigtimedwait", "($module, sigset, timeout, /)", "Like sigwaitinfo(), but no longer than so many seconds."),
    fn<pidfd_send_signal_>("pidfd_send_signal", "($module, pidfd, signalnum, siginfo=None, flags=0, /)",
                           "Send a signal to the process that a descriptor refers to."),
};
const StructField siginfo_fields[] = {{"si_signo", "signal number"},
                                      {"si_code", "signal code"},
                                      {"si_errno", "errno associated with this signal"},
                                      {"si_pid", "sending process ID"},
                                      {"si_uid", "real user ID of sending process"},
                                      {"si_status", "exit value or signal"},
                                      {"si_band", "band event for SIGPOLL"}};
struct Row {
    const char* name;
    int value;
};
#define SIGNAL(name) {#name, name}
const Row rows[] = {
    SIGNAL(SIGABRT),    SIGNAL(SIGALRM),   SIGNAL(SIGBUS),      SIGNAL(SIGCHLD),     {"SIGCLD", SIGCHLD}, SIGNAL(SIGCONT),
    SIGNAL(SIGFPE),     SIGNAL(SIGHUP),    SIGNAL(SIGILL),      SIGNAL(SIGINT),      SIGNAL(SIGIO),       {"SIGIOT", SIGABRT},
    SIGNAL(SIGKILL),    SIGNAL(SIGPIPE),   SIGNAL(SIGPOLL),     SIGNAL(SIGPROF),     SIGNAL(SIGPWR),      SIGNAL(SIGQUIT),
    SIGNAL(SIGSEGV),    SIGNAL(SIGSTKFLT), SIGNAL(SIGSTOP),     SIGNAL(SIGSYS),      SIGNAL(SIGTERM),     SIGNAL(SIGTRAP),
    SIGNAL(SIGTSTP),    SIGNAL(SIGTTIN),   SIGNAL(SIGTTOU),     SIGNAL(SIGURG),      SIGNAL(SIGUSR1),     SIGNAL(SIGUSR2),
    SIGNAL(SIGVTALRM),  SIGNAL(SIGWINCH),  SIGNAL(SIGXCPU),     SIGNAL(SIGXFSZ),     {"NSIG", NSIG},      {"SIG_DFL", 0},
    {"SIG_IGN", 1},     SIGNAL(SIG_BLOCK), SIGNAL(SIG_UNBLOCK), SIGNAL(SIG_SETMASK), {"ITIMER_REAL", 0},  {"ITIMER_VIRTUAL", 1},
    {"ITIMER_PROF", 2},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(signals_start(t));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    TRY(module_add_int(t, module, "SIGRTMIN", SIGRTMIN));
    TRY(module_add_int(t, module, "SIGRTMAX", SIGRTMAX));
    auto& state = module->state_as<SignalModule>();
    static std::atomic<Type*> s_siginfo;
    state.siginfo = TRY(shared_struct_sequence_type(t, s_siginfo, "signal.struct_siginfo",
                                                    "struct_siginfo: Result from sigwaitinfo or sigtimedwait.", siginfo_fields, 7))
                        .release();
    TRY(module_add(t, module, "struct_siginfo", state.siginfo));
    Ref<Type> error = TRY(new_exception_type(t, "signal.ItimerError", exc::OSError, nullptr));
    state.timer_error = acquire(static_cast<Object*>(error.get())).release();
    TRY(module_add(t, module, "ItimerError", error));
    // The handler in force for SIGINT is this module's function.
    Ref<Str> name = TRY(str_interned(t, "default_int_handler"));
    MaybeRef<Object> handler = TRY(dict_get_str(t, Borrowed<Dict>(module->dict), name));
    if (handler && g_signals.interrupt_handler == nullptr) {
        g_signals.interrupt_handler = acquire(handler.get()).release();
        struct sigaction action;
        if (sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_DFL && install(SIGINT, on_signal))
            xdecref(g_signals.handlers[SIGINT].exchange(handler.release()));
    }
    return {};
}

} // namespace

void simulate_signal(int signal) {
    Object* handler = g_signals.handlers[signal].load();
    if (handler && (handler == g_signals.default_handler || handler == g_signals.ignore_handler)) return;
    note_signal(signal);
}

Result<void> signals_start(Thread& t) {
    if (g_signals.started) return {};
    g_signals.started = true;
    g_signals.default_handler = TRY(int_from(t, 0)).release();
    g_signals.ignore_handler = TRY(int_from(t, 1)).release();
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction action;
        Object* handler = None();
        if (sigaction(signal, nullptr, &action) == 0)
            handler = action.sa_handler == SIG_DFL   ? g_signals.default_handler
                      : action.sa_handler == SIG_IGN ? g_signals.ignore_handler
                                                     : None();
        g_signals.handlers[signal].store(handler);
    }
    g_runtime.hooks.handle_signals = run_handlers;
    return {};
}
void signals_stop(Thread&) {
    for (int signal = 1; signal < NSIG; ++signal) {
        Object* handler = g_signals.handlers[signal].exchange(nullptr);
        if (handler && handler != None() && handler != g_signals.default_handler && handler != g_signals.ignore_handler) {
            ::signal(signal, SIG_DFL);
            decref(handler);
        }
    }
}

extern const ModuleSpec signal_module;
const ModuleSpec signal_module = {.name = "_signal",
                                  .doc = "This module provides mechanisms to use signal handlers in Python.",
                                  .functions = functions,
                                  .exec = exec,
                                  .state = state_spec<SignalModule, &SignalModule::timer_error>};

} // namespace taipan
