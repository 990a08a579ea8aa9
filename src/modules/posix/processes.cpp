// Processes: making them, waiting for them, their identity and limits.
#include "base/small_buffer.h"
#include "modules/import_lock.h"
#include "modules/interpreters/crossing.h"
#include "modules/io/io.h"
#include "modules/posix/posix.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <climits>
#include <cstring>
#include <grp.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace taipan::posix {
namespace {

using Arg = Borrowed<Object>;

// fork

Result<void> run_hooks(Thread& t, Object* hooks, bool reverse) {
    if (!hooks) return {};
    Ref<Tuple> list = TRY(to_tuple(t, Borrowed<Object>(hooks)));
    for (intptr_t i = 0; i < list->size; ++i) {
        Object* hook = list->items[reverse ? list->size - 1 - i : i];
        if (call(t, Borrowed<Object>(hook)).is_error()) write_unraisable(t, "Exception ignored in atfork callback", hook);
    }
    return {};
}
void in_child(Thread& t) {
    runtime_after_fork_child(t);
    crossing::after_fork();
    io::StreamLock::after_fork();
    import_lock_release(t);
    if (run_hooks(t, t.interpreter->after_forkers_child, false).is_error()) t.clear_exception();
}
Result<void> warn_threads(Thread& t, const char* name) {
    if (g_runtime.thread_count.load(std::memory_order_relaxed) <= 1) return {};
    return warn(t, exc::DeprecationWarning, 1, "This process (pid=%d) is multi-threaded, use of %s() may lead to deadlocks in the child.",
                static_cast<int>(getpid()), name);
}
template <class F> Result<pid_t> do_fork(Thread& t, const char* name, F fork_call) {
    if (g_runtime.finalizing.load()) return raise(t, exc::PythonFinalizationError, "can't fork at interpreter shutdown");
    // The child goes on with one thread state of the main interpreter, so a legacy one cannot fork either.
    if (!t.interpreter->config.allow_fork) return raise(t, exc::RuntimeError, "fork not supported for isolated subinterpreters");
    if (t.interpreter != g_runtime.main_interpreter || t.outer)
        return raise(t, exc::RuntimeError, "fork not supported for subinterpreters");
    TRY(run_hooks(t, t.interpreter->before_forkers, true));
    import_lock_acquire(t);
    runtime_before_fork(t);
    pid_t pid = fork_call();
    int error = errno;
    if (pid == 0) {
        in_child(t);
        return pid;
    }
    runtime_after_fork_parent(t);
    import_lock_release(t);
    TRY(run_hooks(t, t.interpreter->after_forkers_parent, false));
    if (pid < 0) return raise_errno(t, error);
    TRY(warn_threads(t, name));
    return pid;
}
Result<int> fork_(Thread& t) {
    return TRY(do_fork(t, "fork", [] { return fork(); }));
}
Result<Ref<Object>> forkpty_(Thread& t) {
    int controller = -1;
    pid_t pid = TRY(do_fork(t, "forkpty", [&] { return forkpty(&controller, nullptr, nullptr, nullptr); }));
    Ref<Int> first = TRY(int_from(t, pid)), second = TRY(int_from(t, controller));
    return tuple_pack(t, first, second);
}
Result<void> register_hook(Thread& t, Object*& list, Object* hook) {
    if (!hook) return {};
    if (!list) list = TRY(list_new(t)).release();
    return list_append(t, Borrowed<List>(static_cast<List*>(list)), acquire(hook));
}
Result<void> register_at_fork(Thread& t, MaybeBorrowed<Object> before, MaybeBorrowed<Object> after_child,
                              MaybeBorrowed<Object> after_parent) {
    if (!before && !after_child && !after_parent) return raise(t, exc::TypeError, "At least one argument is required.");
    struct {
        Object* hook;
        const char* name;
    } checks[] = {{before.get(), "before"}, {after_child.get(), "after_in_child"}, {after_parent.get(), "after_in_parent"}};
    for (auto& check : checks)
        if (check.hook && !is_callable(check.hook))
            return raise(t, exc::TypeError, "'%s' must be callable, not %.200T", check.name, check.hook);
    TRY(register_hook(t, t.interpreter->before_forkers, before.get()));
    TRY(register_hook(t, t.interpreter->after_forkers_child, after_child.get()));
    return register_hook(t, t.interpreter->after_forkers_parent, after_parent.get());
}

// exec and spawn

/// A null-terminated array of C strings and the objects that own them.
class StringArray {
public:
    StringArray() = default;
    StringArray(const StringArray&) = delete;
    ~StringArray() {
        for (Object* o : m_owners) decref(o);
    }
    Result<void> add(Thread& t, Ref<Bytes> text) {
        if (text->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null byte");
        m_strings.push(text->data);
        m_owners.push(text.release());
        if (m_strings.failed() || m_owners.failed()) return raise_memory_error(t);
        return {};
    }
    char* const* data() {
        m_strings.push(nullptr);
        return m_strings.data();
    }

private:
    base::SmallBuffer<char*, 32> m_strings;
    base::SmallBuffer<Object*, 32> m_owners;
};
Result<void> fill_arguments(Thread& t, const char* function, Borrowed<Object> argv, StringArray& out) {
    if (!is<List>(argv.get()) && !is<Tuple>(argv.get())) return raise(t, exc::TypeError, "%s: argv must be a tuple or list", function);
    Ref<Tuple> items = TRY(to_tuple(t, argv));
    if (items->size < 1) return raise(t, exc::ValueError, "%s: argv must not be empty", function);
    for (Object* item : *items) TRY(out.add(t, TRY(os_fsencode(t, item))));
    if (static_cast<Bytes*>(TRY(os_fsencode(t, items->items[0])).get())->size == 0)
        return raise(t, exc::ValueError, "%s: argv first element cannot be empty", function);
    return {};
}
Result<void> fill_environment(Thread& t, Borrowed<Object> mapping, StringArray& out) {
    // Copies, as the conversion of one may change the lists.
    auto view = [&](Borrowed<Str> method) -> Result<Ref<Tuple>> {
        Ref<Object> made = TRY(call_method(t, mapping, method));
        if (!made->type->iter && !(made->type->as_sequence && made->type->as_sequence->item))
            return raise(t, exc::TypeError, "%T.%s() returned a non-iterable (type %T)", mapping, method, made);
        return to_tuple(t, made);
    };
    Ref<Tuple> items = TRY(view(names::keys)), values = TRY(view(names::values));
    for (intptr_t i = 0; i < items->size; ++i) {
        if (i >= values->size) return raise(t, exc::RuntimeError, "environment changed size during iteration");
        Object *key = items->items[i], *value = values->items[i];
        Ref<Bytes> name = TRY(os_fsencode(t, key)), text = TRY(os_fsencode(t, value));
        if (name->view().find('=') != std::string_view::npos) return raise(t, exc::ValueError, "illegal environment variable name");
        Ref<Bytes> start = TRY(bytes_concat(t, name->view(), "="));
        TRY(out.add(t, TRY(bytes_concat(t, start->view(), text->view()))));
    }
    return {};
}
Result<void> check_exec(Thread& t) {
    if (t.interpreter->config.allow_exec) return {};
    return raise(t, exc::RuntimeError, "exec not supported for isolated subinterpreters");
}
Result<void> execv_(Thread& t, Arg path_, Arg argv) {
    TRY(check_exec(t));
    Path path = TRY(path_argument(t, "execv", "path", path_));
    if (!is<List>(argv.get()) && !is<Tuple>(argv.get())) return raise(t, exc::TypeError, "execv() arg 2 must be a tuple or list");
    if (TRY(length(t, argv)) < 1) return raise(t, exc::ValueError, "execv() arg 2 must not be empty");
    StringArray arguments;
    Ref<Tuple> items = TRY(to_tuple(t, argv));
    for (Object* item : *items) TRY(arguments.add(t, TRY(os_fsencode(t, item))));
    char* const* list = arguments.data();
    if (!*list[0]) return raise(t, exc::ValueError, "execv() arg 2 first element cannot be empty");
    execv(path.c_str(), list);
    return raise_errno(t, errno);
}
Result<void> execve_(Thread& t, Arg path_, Arg argv, Arg env) {
    TRY(check_exec(t));
    Path path = TRY(path_argument(t, "execve", "path", path_, path_allow::Fd));
    StringArray arguments, environment;
    if (!is<Dict>(env.get()) && !(env->type->as_mapping && env->type->as_mapping->subscript))
        return raise(t, exc::TypeError, "execve: environment must be a mapping object");
    TRY(fill_arguments(t, "execve", argv, arguments));
    TRY(fill_environment(t, env, environment));
    if (path.is_fd()) fexecve(path.fd, arguments.data(), environment.data());
    else execve(path.c_str(), arguments.data(), environment.data());
    return path_error(t, errno, path);
}

struct SpawnState {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    bool has_actions = false, has_attributes = false;
    ~SpawnState() {
        if (has_actions) posix_spawn_file_actions_destroy(&actions);
        if (has_attributes) posix_spawnattr_destroy(&attributes);
    }
};
Result<void> fill_signals(Thread& t, Borrowed<Object> iterable, sigset_t* set) {
    sigemptyset(set);
    Ref<Tuple> items = TRY(to_tuple(t, iterable));
    for (Object* item : *items) {
        int64_t number = TRY(to_int64(t, item));
        if (number <= 0 || number >= NSIG) return raise(t, exc::ValueError, "signal number %d out of range [1; %i]", number, NSIG - 1);
        sigaddset(set, static_cast<int>(number));
    }
    return {};
}
Result<void> fill_actions(Thread& t, Borrowed<Object> file_actions, posix_spawn_file_actions_t* actions) {
    Ref<Object> sequence = TRY(to_fast_sequence(t, file_actions, "file_actions must be a sequence or None"));
    Ref<Tuple> items = TRY(to_tuple(t, sequence));
    for (Object* item : *items) {
        auto* action = try_as<Tuple>(item);
        if (!action || action->size == 0) return raise(t, exc::TypeError, "Each file_actions element must be a non-empty tuple");
        int tag = TRY(to_int32(t, action->items[0])), error = 0;
        switch (tag) {
        case 0: { // POSIX_SPAWN_OPEN
            if (action->size != 5) return raise(t, exc::TypeError, "A open file_action tuple must have 5 elements");
            int fd = TRY(to_int32(t, action->items[1]));
            Ref<Bytes> path = TRY(os_fsencode(t, action->items[2]));
            int flags = TRY(to_int32(t, action->items[3]));
            error =
                posix_spawn_file_actions_addopen(actions, fd, path->data, flags, static_cast<mode_t>(TRY(to_int64(t, action->items[4]))));
            break;
        }
        case 1: // POSIX_SPAWN_CLOSE
            if (action->size != 2) return raise(t, exc::TypeError, "A close file_action tuple must have 2 elements");
            error = posix_spawn_file_actions_addclose(actions, TRY(to_int32(t, action->items[1])));
            break;
        case 2: { // POSIX_SPAWN_DUP2
            if (action->size != 3) return raise(t, exc::TypeError, "A dup2 file_action tuple must have 3 elements");
            int from = TRY(to_int32(t, action->items[1]));
            error = posix_spawn_file_actions_adddup2(actions, from, TRY(to_int32(t, action->items[2])));
            break;
        }
        case 3: // POSIX_SPAWN_CLOSEFROM
            if (action->size != 2) return raise(t, exc::TypeError, "A closefrom file_action tuple must have 2 elements");
            error = posix_spawn_file_actions_addclosefrom_np(actions, TRY(to_int32(t, action->items[1])));
            break;
        default: return raise(t, exc::TypeError, "Unknown file_actions identifier");
        }
        if (error) return raise_errno(t, error);
    }
    return {};
}
Result<int> do_spawn(Thread& t, const char* function, bool search, Arg path_, Arg argv, Arg env, Arg file_actions,
                     MaybeBorrowed<Object> set_group, bool reset_ids, bool set_session, MaybeBorrowed<Object> mask,
                     MaybeBorrowed<Object> defaults, MaybeBorrowed<Object> scheduler) {
    Path path = TRY(path_argument(t, function, "path", path_));
    StringArray arguments, environment;
    TRY(fill_arguments(t, function, argv, arguments));
    char* const* environment_list = environ;
    if (!is_none(env.get())) {
        if (!is<Dict>(env.get()) && !(env->type->as_mapping && env->type->as_mapping->subscript))
            return raise(t, exc::TypeError, "%s: environment must be a mapping object or None", function);
        TRY(fill_environment(t, env, environment));
        environment_list = environment.data();
    }
    SpawnState state;
    if (!is_none(file_actions.get())) {
        if (int error = posix_spawn_file_actions_init(&state.actions)) return raise_errno(t, error);
        state.has_actions = true;
        TRY(fill_actions(t, file_actions, &state.actions));
    }
    if (int error = posix_spawnattr_init(&state.attributes)) return raise_errno(t, error);
    state.has_attributes = true;
    int flags = 0;
    if (set_group && !is_none(set_group.get())) {
        posix_spawnattr_setpgroup(&state.attributes, TRY(to_int32(t, set_group.value())));
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (reset_ids) flags |= POSIX_SPAWN_RESETIDS;
    if (set_session) flags |= POSIX_SPAWN_SETSID;
    sigset_t set;
    if (mask) {
        TRY(fill_signals(t, mask.value(), &set));
        posix_spawnattr_setsigmask(&state.attributes, &set);
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (defaults) {
        TRY(fill_signals(t, defaults.value(), &set));
        posix_spawnattr_setsigdefault(&state.attributes, &set);
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (scheduler) {
        auto* pair = try_as<Tuple>(scheduler.get());
        if (!pair) return raise(t, exc::TypeError, "%s: scheduler must be a tuple or None", function);
        if (pair->size != 2) return raise(t, exc::TypeError, "A scheduler tuple must have two elements");
        if (!is_none(pair->items[0])) {
            posix_spawnattr_setschedpolicy(&state.attributes, TRY(to_int32(t, pair->items[0])));
            flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        auto* parameter = try_as<Tuple>(pair->items[1]);
        if (!parameter || pair->items[1]->type != g_types.sched_param) return raise(t, exc::TypeError, "must have a sched_param object");
        sched_param value{.sched_priority = TRY(to_int32(t, parameter->items[0]))};
        posix_spawnattr_setschedparam(&state.attributes, &value);
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
    }
    posix_spawnattr_setflags(&state.attributes, static_cast<short>(flags));
    pid_t pid;
    int error = (search ? posix_spawnp : posix_spawn)(&pid, path.c_str(), state.has_actions ? &state.actions : nullptr, &state.attributes,
                                                      arguments.data(), environment_list);
    if (error) return path_error(t, error, path);
    return pid;
}
Result<int> posix_spawn_(Thread& t, Arg path, Arg argv, Arg env, Arg actions, MaybeBorrowed<Object> group, bool reset, bool session,
                         MaybeBorrowed<Object> mask, MaybeBorrowed<Object> defaults, NoneOr<Object> scheduler) {
    return do_spawn(t, "posix_spawn", false, path, argv, env, actions, group, reset, session, mask, defaults, scheduler.get());
}
Result<int> posix_spawnp_(Thread& t, Arg path, Arg argv, Arg env, Arg actions, MaybeBorrowed<Object> group, bool reset, bool session,
                          MaybeBorrowed<Object> mask, MaybeBorrowed<Object> defaults, NoneOr<Object> scheduler) {
    return do_spawn(t, "posix_spawnp", true, path, argv, env, actions, group, reset, session, mask, defaults, scheduler.get());
}
Result<int> system_(Thread& t, Arg command) {
    Ref<Bytes> text = TRY(os_fsencode(t, command));
    Detached detached(t);
    return system(text->data);
}

// Waiting

Result<Ref<Object>> pid_status(Thread& t, pid_t pid, int status) {
    Ref<Int> first = TRY(int_from(t, pid)), second = TRY(int_from(t, status));
    return tuple_pack(t, first, second);
}
Result<Ref<Object>> waitpid_(Thread& t, int pid, int options) {
    int status = 0;
    pid_t found = 0;
    TRY(checked(t, [&] { return found = waitpid(pid, &status, options); }));
    return pid_status(t, found, status);
}
Result<Ref<Object>> wait_(Thread& t) {
    int status = 0;
    pid_t found = 0;
    TRY(checked(t, [&] { return found = wait(&status); }));
    return pid_status(t, found, status);
}
Result<Ref<Object>> wait_usage(Thread& t, int pid, int options) {
    int status = 0;
    pid_t found = 0;
    rusage usage{};
    TRY(checked(t, [&] { return found = wait4(pid, &status, options, &usage); }));
    Ref<Object> type = TRY(import_attribute(t, "resource", "struct_rusage"));
    StructBuilder b(t, *static_cast<Type*>(type.get()));
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
        b.add(float_from(t, static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6));
    for (long value :
         {usage.ru_maxrss, usage.ru_ixrss, usage.ru_idrss, usage.ru_isrss, usage.ru_minflt, usage.ru_majflt, usage.ru_nswap,
          usage.ru_inblock, usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw, usage.ru_nivcsw})
        b.add_int(value);
    Ref<Object> resources = TRY(b.finish());
    Ref<Int> first = TRY(int_from(t, found)), second = TRY(int_from(t, status));
    return tuple_pack(t, first, second, resources);
}
Result<Ref<Object>> wait3_(Thread& t, int options) { return wait_usage(t, -1, options); }
Result<Ref<Object>> wait4_(Thread& t, int pid, int options) { return wait_usage(t, pid, options); }
Result<Ref<Object>> waitid_(Thread& t, int kind, int id, int options) {
    siginfo_t info{};
    TRY(checked(t, [&] { return waitid(static_cast<idtype_t>(kind), static_cast<id_t>(id), &info, options); }));
    if (info.si_pid == 0) return none_ref();
    StructBuilder b(t, *g_types.waitid_result);
    b.add_int(info.si_pid);
    b.add(id_object(t, info.si_uid));
    b.add_int(info.si_signo);
    b.add_int(info.si_status);
    b.add_int(info.si_code);
    return b.finish();
}
Result<int> waitstatus_to_exitcode(Thread& t, Arg status_) {
    int status = TRY(to_int32(t, status_));
    if (WIFEXITED(status)) {
        int code = WEXITSTATUS(status);
        if (code < 0) return raise(t, exc::ValueError, "invalid WEXITSTATUS: %i", code);
        return code;
    }
    if (WIFSIGNALED(status)) return -WTERMSIG(status);
    if (WIFSTOPPED(status)) return raise(t, exc::ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
    return raise(t, exc::ValueError, "invalid wait status: %i", status);
}
int wtermsig_(int status) { return WTERMSIG(status); }
int wexitstatus_(int status) { return WEXITSTATUS(status); }
int wstopsig_(int status) { return WSTOPSIG(status); }
bool wifexited_(int status) { return WIFEXITED(status); }
bool wifsignaled_(int status) { return WIFSIGNALED(status); }
bool wifstopped_(int status) { return WIFSTOPPED(status); }
bool wifcontinued_(int status) { return WIFCONTINUED(status); }
bool wcoredump_(int status) { return WCOREDUMP(status); }

[[noreturn]] void exit_now(int status) { _exit(status); }
Result<void> exit_(Thread& t, int status) {
    exit_now(status);
    return {};
}
Result<void> abort_(Thread&) {
    abort();
    return {};
}

// Identity

int getpid_() { return getpid(); }
int getppid_() { return getppid(); }
Result<Ref<Object>> getuid_(Thread& t) { return id_object(t, getuid()); }
Result<Ref<Object>> geteuid_(Thread& t) { return id_object(t, geteuid()); }
Result<Ref<Object>> getgid_(Thread& t) { return id_object(t, getgid()); }
Result<Ref<Object>> getegid_(Thread& t) { return id_object(t, getegid()); }
#define ID_SETTER(name, kind)                                                                                                              \
    Result<void> name##_(Thread& t, Arg id_) {                                                                                             \
        auto id = TRY(id_argument(t, id_, kind));                                                                                          \
        return checked(t, [&] { return name(id); });                                                                                       \
    }
ID_SETTER(setuid, "uid")
ID_SETTER(seteuid, "uid")
ID_SETTER(setgid, "gid")
ID_SETTER(setegid, "gid")
#define ID_PAIR_SETTER(name, kind)                                                                                                         \
    Result<void> name##_(Thread& t, Arg a_, Arg b_) {                                                                                      \
        auto a = TRY(id_argument(t, a_, kind)), b = TRY(id_argument(t, b_, kind));                                                         \
        return checked(t, [&] { return name(a, b); });                                                                                     \
    }
ID_PAIR_SETTER(setreuid, "uid")
ID_PAIR_SETTER(setregid, "gid")
#define ID_TRIPLE(set, get, kind)                                                                                                          \
    Result<void> set##_(Thread& t, Arg a_, Arg b_, Arg c_) {                                                                               \
        auto a = TRY(id_argument(t, a_, kind)), b = TRY(id_argument(t, b_, kind)), c = TRY(id_argument(t, c_, kind));                      \
        return checked(t, [&] { return set(a, b, c); });                                                                                   \
    }                                                                                                                                      \
    Result<Ref<Object>> get##_(Thread& t) {                                                                                                \
        unsigned a, b, c;                                                                                                                  \
        TRY(checked(t, [&] { return get(&a, &b, &c); }));                                                                                  \
        Ref<Object> x = TRY(id_object(t, a)), y = TRY(id_object(t, b)), z = TRY(id_object(t, c));                                          \
        return tuple_pack(t, x, y, z);                                                                                                     \
    }
ID_TRIPLE(setresuid, getresuid, "uid")
ID_TRIPLE(setresgid, getresgid, "gid")
Result<Ref<Object>> group_list(Thread& t, const gid_t* groups, int count) {
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < count; ++i) TRY(list_append(t, list, TRY(id_object(t, groups[i]))));
    return list;
}
Result<Ref<Object>> getgroups_(Thread& t) {
    gid_t groups[NGROUPS_MAX];
    int n = 0;
    TRY(checked(t, [&] { return n = getgroups(NGROUPS_MAX, groups); }));
    return group_list(t, groups, n);
}
Result<Ref<Object>> getgrouplist_(Thread& t, Borrowed<Str> user_, Arg group_) {
    Ref<Bytes> user = TRY(os_fsencode(t, user_));
    gid_t group = TRY(id_argument(t, group_, "gid"));
    gid_t groups[NGROUPS_MAX];
    int n = NGROUPS_MAX;
    if (getgrouplist(user->data, group, groups, &n) < 0) return raise_errno(t, errno);
    return group_list(t, groups, n);
}
Result<void> setgroups_(Thread& t, Arg groups_) {
    Ref<Object> fast = TRY(to_fast_sequence(t, groups_, "setgroups argument must be a sequence"));
    Ref<Tuple> items = TRY(to_tuple(t, fast));
    if (items->size > NGROUPS_MAX) return raise(t, exc::ValueError, "too many groups");
    gid_t groups[NGROUPS_MAX];
    for (intptr_t i = 0; i < items->size; ++i) {
        if (!is<Int>(items->items[i])) return raise(t, exc::TypeError, "groups must be integers");
        groups[i] = TRY(id_argument(t, items->items[i], "gid"));
    }
    size_t count = static_cast<size_t>(items->size);
    return checked(t, [&] { return setgroups(count, groups); });
}
Result<void> initgroups_(Thread& t, Arg user_, Arg group_) {
    Ref<Bytes> user = TRY(os_fsencode(t, user_));
    gid_t group = TRY(id_argument(t, group_, "gid"));
    return checked(t, [&] { return initgroups(user->data, group); });
}
Result<int> getpgid_(Thread& t, int pid) {
    int group = 0;
    TRY(checked(t, [&] { return group = getpgid(pid); }));
    return group;
}
int getpgrp_() { return getpgrp(); }
Result<void> setpgid_(Thread& t, int pid, int group) {
    return checked(t, [&] { return setpgid(pid, group); });
}
Result<void> setpgrp_(Thread& t) {
    return checked(t, [&] { return setpgrp(); });
}
Result<int> getsid_(Thread& t, int pid) {
    int session = 0;
    TRY(checked(t, [&] { return session = getsid(pid); }));
    return session;
}
Result<void> setsid_(Thread& t) {
    return checked(t, [&] { return setsid(); });
}
Result<void> kill_(Thread& t, int pid, int signal) {
    TRY(checked(t, [&] { return kill(pid, signal); }));
    return poll(t); // a signal to ourselves is handled at once
}
Result<void> killpg_(Thread& t, int group, int signal) {
    TRY(checked(t, [&] { return killpg(group, signal); }));
    return poll(t);
}
Result<int> nice_(Thread& t, int increment) {
    errno = 0;
    int value = nice(increment);
    if (value == -1 && errno) return raise_errno(t, errno);
    return value;
}
Result<int> getpriority_(Thread& t, int which, int who) {
    errno = 0;
    int value = getpriority(static_cast<__priority_which>(which), static_cast<id_t>(who));
    if (errno) return raise_errno(t, errno);
    return value;
}
Result<void> setpriority_(Thread& t, int which, int who, int priority) {
    return checked(t, [&] { return setpriority(static_cast<__priority_which>(which), static_cast<id_t>(who), priority); });
}
Result<int> umask_(Thread& t, int mask) { return static_cast<int>(umask(static_cast<mode_t>(mask))); }
Result<Ref<Object>> getlogin_(Thread& t) {
    char name[256];
    if (int error = getlogin_r(name, sizeof name)) return raise_errno(t, error);
    return str_decode_fs(t, name);
}
Result<int> pidfd_open_(Thread& t, int pid, uint64_t flags) {
    int fd = -1;
    TRY(checked(t, [&] { return fd = static_cast<int>(syscall(SYS_pidfd_open, pid, static_cast<unsigned>(flags))); }));
    return fd;
}
Result<void> setns_(Thread& t, Arg fd_, int kind) {
    int fd = TRY(descriptor_argument(t, fd_));
    return checked(t, [&] { return setns(fd, kind); });
}
Result<void> unshare_(Thread& t, int flags) {
    return checked(t, [&] { return unshare(flags); });
}

// Scheduling

Result<int> sched_param_of(Thread& t, Arg parameter) {
    if (parameter->type != g_types.sched_param) return raise(t, exc::TypeError, "must have a sched_param object");
    return to_int32(t, static_cast<Tuple*>(parameter.get())->items[0]);
}
Result<void> sched_yield_(Thread& t) {
    int result, error;
    {
        Detached detached(t);
        result = sched_yield();
        error = errno;
    }
    if (result < 0) return raise_errno(t, error);
    return {};
}
Result<int> sched_get_priority_max_(Thread& t, int policy) {
    int value = 0;
    TRY(checked(t, [&] { return value = sched_get_priority_max(policy); }));
    return value;
}
Result<int> sched_get_priority_min_(Thread& t, int policy) {
    int value = 0;
    TRY(checked(t, [&] { return value = sched_get_priority_min(policy); }));
    return value;
}
Result<int> sched_getscheduler_(Thread& t, int pid) {
    int value = 0;
    TRY(checked(t, [&] { return value = sched_getscheduler(pid); }));
    return value;
}
Result<void> sched_setscheduler_(Thread& t, int pid, int policy, Arg parameter) {
    sched_param value{.sched_priority = TRY(sched_param_of(t, parameter))};
    return checked(t, [&] { return sched_setscheduler(pid, policy, &value); });
}
Result<Ref<Object>> sched_getparam_(Thread& t, int pid) {
    sched_param value;
    TRY(checked(t, [&] { return sched_getparam(pid, &value); }));
    StructBuilder b(t, *g_types.sched_param);
    b.add_int(value.sched_priority);
    return b.finish();
}
Result<void> sched_setparam_(Thread& t, int pid, Arg parameter) {
    sched_param value{.sched_priority = TRY(sched_param_of(t, parameter))};
    return checked(t, [&] { return sched_setparam(pid, &value); });
}
Result<double> sched_rr_get_interval_(Thread& t, int pid) {
    timespec value;
    TRY(checked(t, [&] { return sched_rr_get_interval(pid, &value); }));
    return static_cast<double>(value.tv_sec) + 1e-9 * static_cast<double>(value.tv_nsec);
}
constexpr int MaxCpus = 8192;
Result<Ref<Object>> sched_getaffinity_(Thread& t, int pid) {
    alignas(8) unsigned char mask[MaxCpus / 8] = {};
    TRY(checked(t, [&] { return sched_getaffinity(pid, sizeof mask, reinterpret_cast<cpu_set_t*>(mask)); }));
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < MaxCpus; ++i)
        if (mask[i / 8] >> (i % 8) & 1) TRY(list_append(t, list, TRY(int_from(t, i))));
    Ref<Object> set = TRY(import_attribute(t, "builtins", "set"));
    return call(t, set, list);
}
Result<void> sched_setaffinity_(Thread& t, int pid, Arg cpus) {
    alignas(8) unsigned char mask[MaxCpus / 8] = {};
    Ref<Object> iterator = TRY(get_iterator(t, cpus));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) break;
        if (!is<Int>(item.get()))
            return raise(t, exc::TypeError, "expected an iterator of ints, but iterator yielded %R", Borrowed<Object>(item->type));
        int64_t cpu = TRY(to_int64(t, item.take()));
        if (cpu < 0) return raise(t, exc::ValueError, "negative CPU number");
        if (cpu > INT_MAX - 1) return raise(t, exc::OverflowError, "CPU number too large");
        if (cpu >= MaxCpus) return raise_errno(t, EINVAL);
        mask[cpu / 8] |= static_cast<unsigned char>(1 << (cpu % 8));
    }
    return checked(t, [&] { return sched_setaffinity(pid, sizeof mask, reinterpret_cast<cpu_set_t*>(mask)); });
}

const NativeDef functions[] = {
    fn<fork_>("fork", "($module, /)", "Fork a child process."),
    fn<forkpty_>("forkpty", "($module, /)", "Fork a new process with a new pseudo-terminal as controlling tty."),
    fn<register_at_fork>("register_at_fork",
                         "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)",
                         "Register callables to be called when forking a new process."),
    fn<execv_>("execv", "($module, path, argv, /)", "Execute an executable path with arguments, replacing current process."),
    fn<execve_>("execve", "($module, /, path, argv, env)", "Execute an executable path with arguments, replacing current process."),
    fn<posix_spawn_>("posix_spawn",
                     "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), "
                     "setsigdef=(), scheduler=None)",
                     "Execute the program specified by path in a new process."),
    fn<posix_spawnp_>("posix_spawnp",
                      "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), "
                      "setsigdef=(), scheduler=None)",
                      "Execute the program specified by path in a new process."),
    fn<system_>("system", "($module, /, command)", "Execute the command in a subshell."),
    fn<waitpid_>("waitpid", "($module, pid, options, /)", "Wait for completion of a given child process."),
    fn<wait_>("wait", "($module, /)", "Wait for completion of a child process."),
    fn<wait3_>("wait3", "($module, /, options)", "Wait for completion of a child process."),
    fn<wait4_>("wait4", "($module, /, pid, options)", "Wait for completion of a specific child process."),
    fn<waitid_>("waitid", "($module, idtype, id, options, /)", "Returns the result of waiting for a process or processes."),
    fn<waitstatus_to_exitcode>("waitstatus_to_exitcode", "($module, /, status)", "Convert a wait status to an exit code."),
    fn<wtermsig_>("WTERMSIG", "($module, /, status)", "The signal that ended a process, from its status."),
    fn<wexitstatus_>("WEXITSTATUS", "($module, /, status)", "The exit code of a process, from its status."),
    fn<wstopsig_>("WSTOPSIG", "($module, /, status)", "The signal that stopped a process, from its status."),
    fn<wifexited_>("WIFEXITED", "($module, /, status)", "Whether a process ended by itself, from its status."),
    fn<wifsignaled_>("WIFSIGNALED", "($module, /, status)", "Whether a signal ended a process, from its status."),
    fn<wifstopped_>("WIFSTOPPED", "($module, /, status)", "Whether a process is stopped, from its status."),
    fn<wifcontinued_>("WIFCONTINUED", "($module, /, status)", "Whether a process was continued after a stop, from its status."),
    fn<wcoredump_>("WCOREDUMP", "($module, status, /)", "Whether a process left a core dump, from its status."),
    fn<exit_>("_exit", "($module, /, status)",
              "End the process with this status at once, without cleanup, atexit functions or flushing of files."),
    fn<abort_>("abort", "($module, /)", "Abort the interpreter immediately."),
    fn<getpid_>("getpid", "($module, /)", "Return the current process id."),
    fn<getppid_>("getppid", "($module, /)", "Return the parent's process id."),
    fn<getuid_>("getuid", "($module, /)", "The real user id of this process."),
    fn<geteuid_>("geteuid", "($module, /)", "The effective user id of this process."),
    fn<getgid_>("getgid", "($module, /)", "The real group id of this process."),
    fn<getegid_>("getegid", "($module, /)", "The effective group id of this process."),
    fn<setuid_>("setuid", "($module, uid, /)", "Set the user id of this process."),
    fn<seteuid_>("seteuid", "($module, euid, /)", "Set the effective user id of this process."),
    fn<setgid_>("setgid", "($module, gid, /)", "Set the group id of this process."),
    fn<setegid_>("setegid", "($module, egid, /)", "Set the effective group id of this process."),
    fn<setreuid_>("setreuid", "($module, ruid, euid, /)", "Set the real and the effective user id of this process."),
    fn<setregid_>("setregid", "($module, rgid, egid, /)", "Set the real and the effective group id of this process."),
    fn<setresuid_>("setresuid", "($module, ruid, euid, suid, /)", "Set the real, the effective and the saved user id of this process."),
    fn<setresgid_>("setresgid", "($module, rgid, egid, sgid, /)", "Set the real, the effective and the saved group id of this process."),
    fn<getresuid_>("getresuid", "($module, /)", "The real, the effective and the saved user id of this process."),
    fn<getresgid_>("getresgid", "($module, /)", "The real, the effective and the saved group id of this process."),
    fn<getgroups_>("getgroups", "($module, /)", "A list of the supplementary groups of this process."),
    fn<getgrouplist_>("getgrouplist", "($module, user, group, /)", "A list of the groups that a user belongs to, the given one included."),
    fn<setgroups_>("setgroups", "($module, groups, /)", "Set the supplementary groups of this process."),
    fn<initgroups_>("initgroups", "($module, username, gid, /)",
                    "Set the supplementary groups of this process to those that a user belongs to, and one more."),
    fn<getpgid_>("getpgid", "($module, /, pid)", "The process group of a process."),
    fn<getpgrp_>("getpgrp", "($module, /)", "The process group of this process."),
    fn<setpgid_>("setpgid", "($module, pid, pgrp, /)", "Put a process into a process group."),
    fn<setpgrp_>("setpgrp", "($module, /)", "Make this process the leader of its own process group."),
    fn<getsid_>("getsid", "($module, pid, /)", "The session of a process."),
    fn<setsid_>("setsid", "($module, /)", "Make this process the leader of a session of its own."),
    fn<kill_>("kill", "($module, pid, signal, /)", "Kill a process with a signal."),
    fn<killpg_>("killpg", "($module, pgid, signal, /)", "Kill a process group with a signal."),
    fn<nice_>("nice", "($module, increment, /)", "Add to the niceness of this process, and return what it is then."),
    fn<getpriority_>("getpriority", "($module, /, which, who)", "The niceness of a process, a process group or a user."),
    fn<setpriority_>("setpriority", "($module, /, which, who, priority)", "Set the niceness of a process, a process group or a user."),
    fn<umask_>("umask", "($module, mask, /)", "Set the current numeric umask and return the previous umask."),
    fn<getlogin_>("getlogin", "($module, /)", "Return the actual login name."),
    fn<pidfd_open_>("pidfd_open", "($module, /, pid, flags=0)", "A descriptor that refers to a process."),
    fn<setns_>("setns", "($module, /, fd, nstype=0)",
               "Move this thread into a namespace, given by a descriptor.\n\nnstype says what kind of namespace the descriptor must refer "
               "to; 0 allows any."),
    fn<unshare_>("unshare", "($module, /, flags)", "Give this process parts of its execution context, as namespaces, of its own."),
    fn<sched_yield_>("sched_yield", "($module, /)", "Let other processes run."),
    fn<sched_get_priority_max_>("sched_get_priority_max", "($module, /, policy)", "The highest priority of a scheduling policy."),
    fn<sched_get_priority_min_>("sched_get_priority_min", "($module, /, policy)", "The lowest priority of a scheduling policy."),
    fn<sched_getscheduler_>("sched_getscheduler", "($module, pid, /)", "The scheduling policy of a process; 0 stands for this one."),
    fn<sched_setscheduler_>("sched_setscheduler", "($module, pid, policy, param, /)",
                            "Set the scheduling policy of a process; 0 stands for this one."),
    fn<sched_getparam_>("sched_getparam", "($module, pid, /)", "The scheduling parameters of a process; 0 stands for this one."),
    fn<sched_setparam_>("sched_setparam", "($module, pid, param, /)", "Set the scheduling parameters of a process; 0 stands for this one."),
    fn<sched_rr_get_interval_>("sched_rr_get_interval", "($module, pid, /)",
                               "The time slice of a process under round-robin scheduling, in seconds."),
    fn<sched_getaffinity_>("sched_getaffinity", "($module, pid, /)",
                           "The set of processors that a process may run on; 0 stands for this one."),
    fn<sched_setaffinity_>("sched_setaffinity", "($module, pid, mask, /)",
                           "Set the processors that a process may run on; 0 stands for this one."),
};

} // namespace

std::span<const NativeDef> process_functions() { return functions; }

} // namespace taipan::posix
