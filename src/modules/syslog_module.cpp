// The syslog module. The C library keeps the pointer of the name given to openlog, so the name lives as long as the log is
// open; one lock guards both, as the log belongs to the process.
#include "modules/posix/posix.h"
#include "objects/audit.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "runtime/lock.h"

#include <syslog.h>

namespace taipan {
namespace {

struct SyslogState {
    Mutex lock;
    bool open = false;
    Object* identity = nullptr; // Bytes
};
constinit SyslogState g_syslog;

/// The program's name: the last part of sys.argv[0]; nothing if there is none.
ResultMaybe<Bytes> default_identity(Thread& t) {
    MaybeRef<Object> argv = TRY(dict_get_ascii(t, Borrowed<Dict>(t.interpreter->sys_dict), "argv"));
    auto* list = argv ? try_as<List>(argv.get()) : nullptr;
    MaybeRef<Object> first = list ? list_get(t, Borrowed<List>(list), 0) : MaybeRef<Object>();
    if (!first || !is<Str>(first.get())) return MaybeRef<Bytes>();
    Ref<Bytes> text = TRY(encode_utf8(t, static_cast<Str*>(first.get()), "surrogateescape"));
    std::string_view name = text->view();
    if (size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    if (name.empty()) return MaybeRef<Bytes>();
    return MaybeRef<Bytes>(TRY(bytes_from(t, name)));
}
Result<void> open_log(Thread& t, MaybeRef<Bytes> identity, int options, int facility) {
    if (!identity) identity = TRY(default_identity(t));
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Object> name = identity ? Ref<Object>(TRY(str_decode_fs(t, identity.get()->view()))) : none_ref();
        Ref<Int> shown[] = {TRY(int_from(t, options)), TRY(int_from(t, facility))};
        TRY(audit_args(t, "syslog.openlog", {name.get(), shown[0].get(), shown[1].get()}));
    }
    g_syslog.lock.lock();
    Object* old = std::exchange(g_syslog.identity, identity ? identity.take().release() : nullptr);
    openlog(g_syslog.identity ? static_cast<Bytes*>(g_syslog.identity)->data : nullptr, options, facility);
    g_syslog.open = true;
    g_syslog.lock.unlock();
    if (old) decref(old);
    return {};
}
Result<void> openlog_(Thread& t, MaybeBorrowed<Str> identity, int options, int facility) {
    MaybeRef<Bytes> name;
    if (identity) name = TRY(encode_utf8(t, identity.value(), "strict"));
    return open_log(t, std::move(name), options, facility);
}
Result<void> syslog_(Thread& t, Args args) {
    int priority = LOG_INFO;
    if (args.size() != 1 && args.size() != 2) return raise(t, exc::TypeError, "syslog.syslog requires 1 to 2 arguments");
    if (args.size() == 2) priority = TRY(to_int32(t, args[0]));
    Object* message = args[args.size() - 1];
    if (!is<Str>(message))
        return raise(t, exc::TypeError, "syslog() argument %d must be str, not %T", static_cast<int>(args.size()), message);
    Ref<Bytes> text = TRY(encode_utf8(t, static_cast<Str*>(message), "strict"));
    if (text->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Int> shown = TRY(int_from(t, priority));
        TRY(audit_args(t, "syslog.syslog", {shown.get(), message}));
    }
    if (!g_syslog.open) TRY(open_log(t, MaybeRef<Bytes>(), 0, LOG_USER));
    Detached detached(t);
    MutexLocker locker(g_syslog.lock);
    syslog(priority, "%s", text->data);
    return {};
}
Result<void> closelog_(Thread& t) {
    TRY(audit_args(t, "syslog.closelog", {}));
    Object* old = nullptr;
    g_syslog.lock.lock();
    if (g_syslog.open) {
        closelog();
        g_syslog.open = false;
        old = std::exchange(g_syslog.identity, nullptr);
    }
    g_syslog.lock.unlock();
    if (old) decref(old);
    return {};
}
Result<int> setlogmask_(Thread& t, int mask) {
    if (UNLIKELY(t.interpreter->audit_hooks)) TRY(audit(t, "syslog.setlogmask", TRY(int_from(t, mask))));
    return setlogmask(mask);
}
int64_t log_mask(Thread&, int64_t priority) { return LOG_MASK(priority & 31); }
int64_t log_upto(Thread&, int64_t priority) { return static_cast<int32_t>((2u << (priority & 31)) - 1); }

const NativeDef functions[] = {
    fn<openlog_>("openlog", "($module, /, ident=<unrepresentable>, logoption=0, facility=8)",
                 "Set logging options of subsequent syslog() calls."),
    fn<closelog_>("closelog", "($module, /)", "Close the connection to the system logger and forget what openlog() set."),
    fn<syslog_>("syslog", "(*args)",
                "syslog([priority=LOG_INFO,] message)\n\nLog a message, calling openlog() first if that has not been done."),
    fn<setlogmask_>("setlogmask", "($module, maskpri, /)",
                    "Let only the priorities in maskpri through from now on; returns the former mask."),
    fn<log_mask>("LOG_MASK", "($module, pri, /)", "Calculates the mask for the individual priority pri."),
    fn<log_upto>("LOG_UPTO", "($module, pri, /)", "A mask for setlogmask() with the priority pri and all that are more urgent."),
};
struct Row {
    const char* name;
    int value;
};
#define ROW(name) {#name, name}
const Row rows[] = {
    ROW(LOG_EMERG),  ROW(LOG_ALERT),  ROW(LOG_CRIT),   ROW(LOG_ERR),      ROW(LOG_WARNING), ROW(LOG_NOTICE), ROW(LOG_INFO),
    ROW(LOG_DEBUG),  ROW(LOG_PID),    ROW(LOG_CONS),   ROW(LOG_NDELAY),   ROW(LOG_ODELAY),  ROW(LOG_NOWAIT), ROW(LOG_PERROR),
    ROW(LOG_KERN),   ROW(LOG_USER),   ROW(LOG_MAIL),   ROW(LOG_DAEMON),   ROW(LOG_AUTH),    ROW(LOG_SYSLOG), ROW(LOG_LPR),
    ROW(LOG_NEWS),   ROW(LOG_UUCP),   ROW(LOG_CRON),   ROW(LOG_AUTHPRIV), ROW(LOG_FTP),     ROW(LOG_LOCAL0), ROW(LOG_LOCAL1),
    ROW(LOG_LOCAL2), ROW(LOG_LOCAL3), ROW(LOG_LOCAL4), ROW(LOG_LOCAL5),   ROW(LOG_LOCAL6),  ROW(LOG_LOCAL7),
};
#undef ROW
Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec syslog_module;
const ModuleSpec syslog_module = {.name = "syslog", .functions = functions, .exec = exec};

} // namespace taipan
