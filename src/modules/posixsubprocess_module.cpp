// _posixsubprocess: fork and exec with everything prepared beforehand, so that the child runs async-signal-safe code only
// (but for preexec_fn).
#include "base/small_buffer.h"
#include "modules/import_lock.h"
#include "modules/io/io.h"
#include "modules/posix/posix.h"
#include "objects/audit.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

extern char** environ;

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

class StringArray {
public:
    StringArray() = default;
    StringArray(const StringArray&) = delete;
    ~StringArray() {
        for (Object* o : m_owners) decref(o);
    }
    Result<void> fill(Thread& t, Arg sequence) {
        Ref<Tuple> items = TRY(to_tuple(t, sequence));
        for (Object* item : *items) {
            Ref<Bytes> text = TRY(os_fsencode(t, item));
            m_strings.push(text->data);
            m_owners.push(text.release());
        }
        m_strings.push(nullptr);
        if (m_strings.failed() || m_owners.failed()) return raise_memory_error(t);
        return {};
    }
    char** data() { return m_strings.data(); }

private:
    base::SmallBuffer<char*, 32> m_strings;
    base::SmallBuffer<Object*, 32> m_owners;
};

struct Child {
    char** argv;
    char** executables;
    char** env;
    const char* cwd;
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    bool close_fds, restore_signals, new_session;
    int group_to_set;
    const int* keep;
    size_t keep_count;
    bool set_groups, set_gid, set_uid;
    gid_t gid;
    uid_t uid;
    const gid_t* groups;
    size_t group_count;
    int umask_to_set;
    Object* preexec;
};

bool make_inheritable(const int* fds, size_t count, int except) {
    for (size_t i = 0; i < count; ++i) {
        if (fds[i] == except) continue;
        int flags = fcntl(fds[i], F_GETFD);
        if (flags < 0) continue; // not open: nothing to inherit
        if (fcntl(fds[i], F_SETFD, flags & ~FD_CLOEXEC) < 0) return false;
    }
    return true;
}
void close_others(const int* keep, size_t count) {
    unsigned start = 3;
    for (size_t i = 0; i <= count; ++i) {
        unsigned end = i < count ? static_cast<unsigned>(keep[i]) : UINT_MAX;
        if (i < count && end < start) continue;
        unsigned last = i < count ? end - 1 : UINT_MAX;
        if (start <= last && close_range(start, last, 0) != 0) {
            long limit = sysconf(_SC_OPEN_MAX);
            for (unsigned fd = start; fd <= last && fd < static_cast<unsigned>(limit); ++fd) close(static_cast<int>(fd));
        }
        if (i < count) start = end + 1;
    }
}
/// Does not return if all goes well. On failure writes "Type:errno:message" into the error pipe.
[[noreturn]] void run_child(Thread& t, Child& c) {
    const char* where = "";
    bool preexec_failed = false;
    auto attempt = [&]() -> bool {
        if (!make_inheritable(c.keep, c.keep_count, c.errpipe_write)) return false;
        if (c.p2cwrite >= 0 && close(c.p2cwrite) < 0) return false;
        if (c.c2pread >= 0 && close(c.c2pread) < 0) return false;
        if (c.errread >= 0 && close(c.errread) < 0) return false;
        if (close(c.errpipe_read) < 0) return false;
        // Descriptors 0 to 2 may be in each other's way.
        if (c.c2pwrite == 0 && (c.c2pwrite = dup(c.c2pwrite)) < 0) return false;
        while (c.errwrite == 0 || c.errwrite == 1)
            if ((c.errwrite = dup(c.errwrite)) < 0) return false;
        auto place = [](int from, int to) {
            if (from == to) {
                int flags = fcntl(from, F_GETFD);
                return flags >= 0 && fcntl(from, F_SETFD, flags & ~FD_CLOEXEC) >= 0;
            }
            return from < 0 || dup2(from, to) >= 0;
        };
        if (!place(c.p2cread, 0) || !place(c.c2pwrite, 1) || !place(c.errwrite, 2)) return false;
        if (c.cwd && chdir(c.cwd) < 0) {
            where = "noexec:chdir";
            return false;
        }
        if (c.umask_to_set >= 0) umask(static_cast<mode_t>(c.umask_to_set));
        if (c.restore_signals) {
            signal(SIGPIPE, SIG_DFL);
            signal(SIGXFSZ, SIG_DFL);
        }
        if (c.new_session && setsid() < 0) return false;
        if (c.group_to_set >= 0 && setpgid(0, c.group_to_set) < 0) return false;
        if (c.set_groups && setgroups(c.group_count, c.groups) < 0) {
            where = "noexec";
            return false;
        }
        if (c.set_gid && setregid(c.gid, c.gid) < 0) {
            where = "noexec";
            return false;
        }
        if (c.set_uid && setreuid(c.uid, c.uid) < 0) {
            where = "noexec";
            return false;
        }
        if (c.preexec) {
            auto result = call(t, Borrowed<Object>(c.preexec));
            if (result.is_error()) {
                t.clear_exception();
                preexec_failed = true;
                errno = 0;
                return false;
            }
        }
        if (c.close_fds) close_others(c.keep, c.keep_count);
        int saved = 0;
        for (char** path = c.executables; *path; ++path) {
            if (c.env) execve(*path, c.argv, c.env);
            else execv(*path, c.argv);
            if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
        }
        if (saved) errno = saved;
        return false;
    };
    attempt();
    char message[128];
    int n = preexec_failed
                ? snprintf(message, sizeof message, "SubprocessError:0:Exception occurred in preexec_fn.")
                : snprintf(message, sizeof message, errno ? "OSError:%X:%s" : "SubprocessError:%X:%s", static_cast<unsigned>(errno), where);
    ssize_t written = write(c.errpipe_write, message, static_cast<size_t>(n));
    (void)written;
    _exit(255);
}

Result<void> run_hooks(Thread& t, Object* hooks, bool reverse) {
    if (!hooks) return {};
    Ref<Tuple> list = TRY(to_tuple(t, Borrowed<Object>(hooks)));
    for (intptr_t i = 0; i < list->size; ++i) {
        Object* hook = list->items[reverse ? list->size - 1 - i : i];
        if (call(t, Borrowed<Object>(hook)).is_error()) write_unraisable(t, "Exception ignored in atfork callback", hook);
    }
    return {};
}

Result<int> fork_exec(Thread& t, Arg args, Arg executables, bool close_fds, Borrowed<Tuple> pass_fds, Arg cwd, Arg env, int p2cread,
                      int p2cwrite, int c2pread, int c2pwrite, int errread, int errwrite, int errpipe_read, int errpipe_write,
                      bool restore_signals, bool new_session, int group, Arg gid, Arg extra_groups, Arg uid, int umask_to_set,
                      Arg preexec) {
    if (!is_none(preexec.get()) && is_finalizing(t))
        return raise(t, exc::PythonFinalizationError, "preexec_fn not supported at interpreter shutdown");
    if (!is_none(preexec.get()) && t.interpreter != g_runtime.main_interpreter)
        return raise(t, exc::RuntimeError, "preexec_fn not supported within subinterpreters");
    if (close_fds && errpipe_write < 3) return raise(t, exc::ValueError, "errpipe_write must be >= 3");
    base::SmallBuffer<int, 16> keep;
    for (Object* item : *pass_fds.get()) {
        if (!is<Int>(item)) return raise(t, exc::ValueError, "bad value(s) in fds_to_keep");
        int64_t fd;
        if (!int_fits_int64(static_cast<Int*>(item), &fd) || fd < 0 || fd > INT_MAX || (!keep.empty() && fd <= keep.back()))
            return raise(t, exc::ValueError, "bad value(s) in fds_to_keep");
        keep.push(static_cast<int>(fd));
    }
    TRY(audit_args(t, "_posixsubprocess.fork_exec", {executables.get(), args.get(), env.get()}));
    StringArray argv, paths, environment;
    TRY(argv.fill(t, args));
    TRY(paths.fill(t, executables));
    if (!is_none(env.get())) TRY(environment.fill(t, env));
    MaybeRef<Bytes> directory;
    if (!is_none(cwd.get())) directory = TRY(os_fsencode(t, cwd));
    Child child{argv.data(),
                paths.data(),
                is_none(env.get()) ? nullptr : environment.data(),
                directory ? directory->data : nullptr,
                p2cread,
                p2cwrite,
                c2pread,
                c2pwrite,
                errread,
                errwrite,
                errpipe_read,
                errpipe_write,
                close_fds,
                restore_signals,
                new_session,
                group,
                keep.data(),
                keep.size(),
                false,
                false,
                false,
                0,
                0,
                nullptr,
                0,
                umask_to_set,
                is_none(preexec.get()) ? nullptr : preexec.get()};
    base::SmallBuffer<gid_t, 32> groups;
    if (!is_none(extra_groups.get())) {
        if (!is<List>(extra_groups.get())) return raise(t, exc::TypeError, "setgroups argument must be a sequence");
        Ref<Tuple> items = TRY(to_tuple(t, extra_groups));
        if (items->size > 65536) return raise(t, exc::ValueError, "too many extra_groups");
        for (Object* item : *items) {
            if (!is<Int>(item)) return raise(t, exc::TypeError, "extra_groups must be integers");
            auto id = posix::id_argument(t, item, "gid");
            if (id.is_error()) {
                t.clear_exception();
                return raise(t, exc::ValueError, "invalid group id");
            }
            groups.push(id.take());
        }
        child.set_groups = true;
        child.groups = groups.data();
        child.group_count = groups.size();
    }
    if (!is_none(gid.get())) child.set_gid = true, child.gid = TRY(posix::id_argument(t, gid, "gid"));
    if (!is_none(uid.get())) child.set_uid = true, child.uid = TRY(posix::id_argument(t, uid, "uid"));
    bool hooks = child.preexec != nullptr;
    if (hooks) TRY(run_hooks(t, t.interpreter->before_forkers, true));
    if (hooks) import_lock_acquire(t);
    runtime_before_fork(t);
    // No handler may run in the child before exec puts the defaults back.
    sigset_t all, old;
    sigfillset(&all);
    if (!hooks) pthread_sigmask(SIG_BLOCK, &all, &old);
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        if (!hooks) {
            for (int number = 1; number < NSIG; ++number) {
                struct sigaction action;
                if (sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL)
                    signal(number, SIG_DFL);
            }
            pthread_sigmask(SIG_SETMASK, &old, nullptr);
        } else {
            runtime_after_fork_child(t);
            io::StreamLock::after_fork();
            import_lock_release(t);
            if (run_hooks(t, t.interpreter->after_forkers_child, false).is_error()) t.clear_exception();
        }
        run_child(t, child);
    }
    if (!hooks) pthread_sigmask(SIG_SETMASK, &old, nullptr);
    runtime_after_fork_parent(t);
    if (hooks) import_lock_release(t);
    if (hooks) TRY(run_hooks(t, t.interpreter->after_forkers_parent, false));
    if (pid < 0) return raise_errno(t, error);
    return pid;
}

const NativeDef functions[] = {
    fn<fork_exec>(
        "fork_exec",
        "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, "
        "errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
        "Spawn a fresh new child process."),
};

} // namespace

extern const ModuleSpec posixsubprocess_module;
const ModuleSpec posixsubprocess_module = {
    .name = "_posixsubprocess", .doc = "A POSIX helper for the subprocess module.", .functions = functions};

} // namespace taipan
