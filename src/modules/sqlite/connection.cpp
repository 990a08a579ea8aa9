// Connections.
#include "modules/resource_warning.h"
#include "modules/sqlite/sqlite.h"
#include "modules/sys_module.h"
#include "modules/system_calls.h"
#include "objects/float.h"
#include "runtime/refcount.h"

#include <climits>
#include <pthread.h>
#include <string>
#include <strings.h>

namespace taipan::sqlite {

Type Connection::s_type;

namespace {

using Self = Borrowed<Connection>;
constexpr const char* levels[] = {"", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"};

Result<void> audit_event(Thread& t, const char* event, Borrowed<Object> argument) {
    return audit_tuple(t, TRY(str_interned(t, event)), TRY(tuple_pack(t, argument)));
}
/// Closes the database and drops the callbacks.
void close_database(Thread& t, Connection* self) {
    while (Blob* blob = self->blobs) blob_close(t, blob);
    if (sqlite3* db = std::exchange(self->db, nullptr)) {
        drop_callback(self->trace);
        drop_callback(self->progress);
        drop_callback(self->authorizer);
        sqlite3_set_authorizer(db, nullptr, nullptr);
        sqlite3_progress_handler(db, 0, nullptr, nullptr);
        sqlite3_trace_v2(db, 0, nullptr, nullptr);
        Released released(t);
        sqlite3_close_v2(db);
    }
}
Result<void> roll_back_if_needed(Thread& t, Connection* self) {
    if (self->autocommit == Disabled && self->db && !sqlite3_get_autocommit(self->db)) return connection_exec(t, self, "ROLLBACK");
    return {};
}

Result<const char*> isolation_level(Thread& t, Object* value) {
    if (is_none(value)) return static_cast<const char*>(nullptr);
    if (!is<Str>(value)) return raise(t, exc::TypeError, "isolation_level must be str or None");
    std::string_view text = TRY(str_utf8(t, static_cast<Str*>(value)));
    if (text.find('\0') != text.npos) return raise(t, exc::ValueError, "embedded null character");
    for (const char* level : levels)
        if (strcasecmp(level, text.data()) == 0) return level;
    return raise(t, exc::ValueError, "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'");
}
Result<int> autocommit_mode(Thread& t, Object* value) {
    if (value == True()) return static_cast<int>(Enabled);
    if (value == False()) return static_cast<int>(Disabled);
    int64_t number;
    if (is<Int>(value) && int_fits_int64(static_cast<Int*>(value), &number) && number == Legacy) return static_cast<int>(Legacy);
    return raise(t, exc::ValueError, "autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL");
}

Result<void> init(Thread& t, Self self, Borrowed<Object> database, double timeout, int detect_types, MaybeBorrowed<Object> isolation,
                  bool check_same_thread, MaybeBorrowed<Object>, int cached_statements, bool uri, MaybeBorrowed<Object> autocommit) {
    TRY(audit_event(t, "sqlite3.connect", database));
    Ref<Bytes> path = TRY(os_fsencode(t, database));
    const char* level = isolation ? TRY(isolation_level(t, isolation.get())) : levels[0];
    int mode = autocommit ? TRY(autocommit_mode(t, autocommit.get())) : static_cast<int>(Legacy);
    if (self->initialised) {
        self->initialised = false;
        clear_field(self->statement_cache);
        TRY(roll_back_if_needed(t, self.get()));
        close_database(t, self.get());
    }
    Ref<Object> module = TRY(import_module(t, "_sqlite3"));
    assign_field(self->module, module.release());
    State& state = state_of(self->module);
    for (int i = 0; i < ErrorCount; ++i) assign_field(self->errors[i], acquire(state.errors[i]).release());
    sqlite3* db = nullptr;
    int code;
    {
        Released released(t);
        code = sqlite3_open_v2(path->data, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (uri ? SQLITE_OPEN_URI : 0), nullptr);
        // Not a number, or none that fits: as short or as long as can be.
        double ms = timeout > 0 ? (timeout < INT_MAX / 1000 ? timeout * 1000 : INT_MAX) : 0;
        if (code == SQLITE_OK) sqlite3_busy_timeout(db, static_cast<int>(ms));
    }
    if (!db) return raise_memory_error(t);
    if (code != SQLITE_OK) {
        auto checked = check_database(t, self->module, db);
        sqlite3_close_v2(db);
        TRY(std::move(checked));
        return fail(t, self.get(), OperationalError, "unable to open database file");
    }
    self->db = db;
    // The cache calls the connection to prepare a statement.
    Ref<Object> lru_cache = TRY(import_attribute(t, "functools", "lru_cache"));
    Ref<Object> decorator = TRY(call(t, lru_cache, TRY(int_from(t, cached_statements))));
    assign_field(self->statement_cache, TRY(call(t, decorator, self)).release());
    self->detect_types = detect_types;
    self->isolation_level = level;
    self->autocommit = mode;
    self->check_same_thread = check_same_thread;
    self->thread_ident = pthread_self();
    assign_field(self->row_factory, acquire(None()).release());
    assign_field(self->text_factory, acquire<Object>(&Str::s_type).release());
    self->initialised = true;
    TRY(audit_event(t, "sqlite3.connect/handle", self));
    if (mode == Disabled) TRY(connection_exec(t, self.get(), "BEGIN"));
    return {};
}

Result<Ref<Object>> cursor(Thread& t, Self self, MaybeBorrowed<Object> factory) { return make_cursor(t, self, factory.get()); }
Result<void> close(Thread& t, Self self) {
    TRY(check_thread(t, self.get()));
    CriticalSection section(t, self.get());
    if (!self->initialised) {
        Ref<Object> type = TRY(import_attribute(t, "_sqlite3", "ProgrammingError"));
        return raise(t, *static_cast<Type*>(type.get()), "Base Connection.__init__ not called.");
    }
    clear_field(self->statement_cache);
    auto rolled_back = roll_back_if_needed(t, self.get());
    MaybeRef<Object> error = t.take_exception();
    close_database(t, self.get());
    if (error) return t.set_exception(error.take());
    return {};
}
Result<void> end_transaction(Thread& t, Connection* self, const char* sql) {
    TRY(check_thread_and_connection(t, self));
    if (self->autocommit == Legacy) {
        if (!sqlite3_get_autocommit(self->db)) return connection_exec(t, self, sql);
    } else if (self->autocommit == Disabled) {
        TRY(connection_exec(t, self, sql));
        return connection_exec(t, self, "BEGIN");
    }
    return {};
}
Result<void> commit(Thread& t, Self self) { return end_transaction(t, self.get(), "COMMIT"); }
Result<void> rollback(Thread& t, Self self) { return end_transaction(t, self.get(), "ROLLBACK"); }
Result<Ref<Object>> enter(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> exit(Thread& t, Self self, Borrowed<Object> type, Borrowed<Object> value, Borrowed<Object> traceback) {
    bool committing = is_none(type.get()) && is_none(value.get()) && is_none(traceback.get());
    auto ended = end_transaction(t, self.get(), committing ? "COMMIT" : "ROLLBACK");
    if (ended.is_error()) {
        if (!committing) return Error{};
        // The commit failed, perhaps because others hold locks: undo.
        MaybeRef<Object> error = t.take_exception();
        if (end_transaction(t, self.get(), "ROLLBACK").is_error()) {
            MaybeRef<Object> second = t.take_exception();
            auto* instance = static_cast<BaseException*>(second.get());
            assign_field(instance->context, error.release());
            return t.set_exception(second.take());
        }
        return t.set_exception(error.take());
    }
    return bool_ref(false);
}

Result<Ref<Object>> with_cursor(Thread& t, Self self, Result<Ref<Object>> (*run)(Thread&, Borrowed<Cursor>, Object* const*),
                                Object* const* args) {
    Ref<Object> made = TRY(make_cursor(t, self, nullptr));
    if (is<Cursor>(made.get())) return run(t, as<Cursor>(made.borrow()), args);
    return raise(t, exc::TypeError, "not a cursor");
}
Result<Ref<Object>> execute(Thread& t, Self self, Borrowed<Object> sql, MaybeBorrowed<Object> parameters) {
    Ref<Object> made = TRY(make_cursor(t, self, nullptr));
    if (parameters) return call_method(t, made, TRY(str_interned(t, "execute")), sql, parameters.value());
    return call_method(t, made, TRY(str_interned(t, "execute")), sql);
}
Result<Ref<Object>> executemany(Thread& t, Self self, Borrowed<Object> sql, Borrowed<Object> parameters) {
    return call_method(t, TRY(make_cursor(t, self, nullptr)), TRY(str_interned(t, "executemany")), sql, parameters);
}
Result<Ref<Object>> executescript(Thread& t, Self self, Borrowed<Object> script) {
    return call_method(t, TRY(make_cursor(t, self, nullptr)), TRY(str_interned(t, "executescript")), script);
}
Result<Ref<Object>> prepare(Thread& t, Self self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(check_thread_and_connection(t, self.get()));
    if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "Connection() takes no keyword arguments");
    if (args->size != 1) return raise(t, exc::TypeError, "function takes exactly 1 argument (%d given)", args->size);
    if (!is<Str>(args->items[0])) return raise(t, exc::TypeError, "argument 1 must be str, not %T", args->items[0]);
    return statement_new(t, self.get(), static_cast<Str*>(args->items[0]));
}

/// Parameters that will become positional-only: a warning if they come by keyword.
Result<void> warn_keywords(Thread& t, size_t nargs, size_t positional, Object* kwnames, const char* function, const char* parameters) {
    if (!kwnames || nargs >= positional || nargs + static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) < positional) return {};
    return warn(t, exc::DeprecationWarning, 1,
                "Passing keyword argument%s %s to _sqlite3.Connection.%s() is deprecated. Parameter%s %s will become positional-only in "
                "Python 3.15.",
                positional > 1 && std::strchr(parameters, ' ') ? "s" : "", parameters, function, std::strchr(parameters, ' ') ? "s" : "",
                parameters);
}
struct Text {
    char text[40];
    constexpr Text(const char* from) : text{} {
        for (int i = 0; from[i]; ++i) text[i] = from[i];
    }
};
template <auto F, size_t Positional, Text Parameters>
Object* warning_entry(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    if (warn_keywords(t, nargs, Positional, kwnames, def.name, Parameters.text).is_error()) return nullptr;
    return native_detail::entry<F, true>(t, def, receiver, args, nargs, kwnames);
}
template <auto F, size_t Positional, Text Parameters>
consteval NativeDef keyword_method(const char* name, const char* signature, const char* doc) {
    NativeDef def = method<F>(name, signature, doc);
    def.entry = warning_entry<F, Positional, Parameters>;
    return def;
}

Result<void> interrupt(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    sqlite3_interrupt(self->db);
    return {};
}
Result<Ref<Object>> iterdump(Thread& t, Self self, Borrowed<Object> filter) {
    TRY(check_connection(t, self.get()));
    Ref<Object> function = TRY(import_attribute(t, "sqlite3.dump", "_iterdump"));
    Ref<Dict> kwargs = TRY(dict_new(t));
    TRY(dict_set_ascii(t, kwargs, "filter", filter));
    return call_tuple(t, function, TRY(tuple_pack(t, self)), kwargs.get());
}
Result<void> enable_load_extension(Thread& t, Self self, bool enable) {
    TRY(audit_tuple(t, TRY(str_interned(t, "sqlite3.enable_load_extension")), TRY(tuple_pack(t, self, bool_ref(enable)))));
    TRY(check_thread_and_connection(t, self.get()));
    if (sqlite3_enable_load_extension(self->db, enable) != SQLITE_OK)
        return fail(t, self.get(), OperationalError, "Error enabling load extension");
    return {};
}
Result<void> load_extension(Thread& t, Self self, std::string_view name, NoneOr<Str> entrypoint) {
    TRY(audit_tuple(t, TRY(str_interned(t, "sqlite3.load_extension")), TRY(tuple_pack(t, self, TRY(str_from_utf8(t, name))))));
    TRY(check_thread_and_connection(t, self.get()));
    const char* entry = entrypoint ? TRY(str_utf8(t, entrypoint.value())).data() : nullptr;
    char* message = nullptr;
    int code;
    {
        Released released(t);
        code = sqlite3_load_extension(self->db, name.data(), entry, &message);
    }
    if (code == SQLITE_OK) return {};
    if (!message) {
        TRY(check_database(t, self.get()));
        return fail(t, self.get(), OperationalError, "unknown error");
    }
    Error error = fail(t, self.get(), OperationalError, "%s", message);
    sqlite3_free(message);
    return error;
}
Result<int64_t> setlimit(Thread& t, Self self, int category, int limit) {
    TRY(check_thread_and_connection(t, self.get()));
    int old = sqlite3_limit(self->db, category, limit);
    if (old < 0) return fail(t, self.get(), ProgrammingError, "'category' is out of bounds");
    return static_cast<int64_t>(old);
}
Result<int64_t> getlimit(Thread& t, Self self, int category) { return setlimit(t, self, category, -1); }

bool is_option(int op) {
    switch (op) {
    case SQLITE_DBCONFIG_ENABLE_FKEY:
    case SQLITE_DBCONFIG_ENABLE_TRIGGER:
    case SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER:
    case SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION:
    case SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE:
    case SQLITE_DBCONFIG_ENABLE_QPSG:
    case SQLITE_DBCONFIG_TRIGGER_EQP:
    case SQLITE_DBCONFIG_RESET_DATABASE:
    case SQLITE_DBCONFIG_DEFENSIVE:
    case SQLITE_DBCONFIG_WRITABLE_SCHEMA:
    case SQLITE_DBCONFIG_LEGACY_ALTER_TABLE:
    case SQLITE_DBCONFIG_DQS_DML:
    case SQLITE_DBCONFIG_DQS_DDL:
    case SQLITE_DBCONFIG_ENABLE_VIEW:
    case SQLITE_DBCONFIG_LEGACY_FILE_FORMAT:
    case SQLITE_DBCONFIG_TRUSTED_SCHEMA: return true;
    default: return false;
    }
}
Result<void> setconfig(Thread& t, Self self, int op, bool enable) {
    TRY(check_thread_and_connection(t, self.get()));
    if (!is_option(op)) return raise(t, exc::ValueError, "unknown config 'op': %d", op);
    int actual;
    if (sqlite3_db_config(self->db, op, static_cast<int>(enable), &actual) != SQLITE_OK) return check_database(t, self.get());
    if (enable != static_cast<bool>(actual)) return fail(t, self.get(), OperationalError, "Unable to set config");
    return {};
}
Result<bool> getconfig(Thread& t, Self self, int op) {
    TRY(check_thread_and_connection(t, self.get()));
    if (!is_option(op)) return raise(t, exc::ValueError, "unknown config 'op': %d", op);
    int current;
    if (sqlite3_db_config(self->db, op, -1, &current) != SQLITE_OK) {
        TRY(check_database(t, self.get()));
        return fail(t, self.get(), OperationalError, "unknown error");
    }
    return static_cast<bool>(current);
}
Result<Ref<Bytes>> serialize(Thread& t, Self self, std::string_view given) {
    std::string name(given);
    TRY(check_thread_and_connection(t, self.get()));
    sqlite3_int64 size = 0;
    auto* data = reinterpret_cast<char*>(sqlite3_serialize(self->db, name.data(), &size, SQLITE_SERIALIZE_NOCOPY));
    bool copied = !data;
    if (copied) {
        Released released(t);
        data = reinterpret_cast<char*>(sqlite3_serialize(self->db, name.data(), &size, 0));
    }
    if (!data) return fail(t, self.get(), OperationalError, "unable to serialize '%s'", given);
    auto bytes = bytes_from(t, {data, static_cast<size_t>(size)});
    if (copied) sqlite3_free(data);
    return bytes;
}
Result<void> deserialize(Thread& t, Self self, Borrowed<Object> source, std::string_view given) {
    std::string name(given);
    TRY(check_thread_and_connection(t, self.get()));
    BufferView view;
    std::string_view data;
    if (is<Str>(source.get())) {
        data = TRY(str_utf8(t, as<Str>(source.get())));
    } else {
        TRY(view.acquire(t, source.get()));
        data = view.view();
    }
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(data.size()));
    if (!copy) return raise_memory_error(t);
    std::memcpy(copy, data.data(), data.size());
    int code;
    {
        Released released(t);
        auto size = static_cast<sqlite3_int64>(data.size());
        code = sqlite3_deserialize(self->db, name.data(), copy, size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    }
    if (code != SQLITE_OK) return check_database(t, self.get());
    return {};
}
Result<void> backup(Thread& t, Self self, Borrowed<Object> to, int pages, NoneOr<Object> progress, std::string_view given, double sleep) {
    std::string name(given);
    if (!is<Connection>(to.get())) return raise(t, exc::TypeError, "backup() argument 'target' must be sqlite3.Connection, not %T", to);
    auto target = as<Connection>(to);
    TRY(check_thread_and_connection(t, self.get()));
    TRY(check_thread_and_connection(t, target.get()));
    if (target.get() == self.get()) return raise(t, exc::ValueError, "target cannot be the same connection instance");
    if (progress && !is_callable(progress.get())) return raise(t, exc::TypeError, "progress argument must be a callable");
    if (sleep < 0) return raise(t, exc::ValueError, "sleep must be greater-than or equal to zero");
    if (pages == 0) pages = -1;
    sqlite3_backup* running;
    {
        Released released(t);
        running = sqlite3_backup_init(target->db, "main", self->db, name.data());
    }
    if (!running) {
        TRY(check_database(t, self->module, target->db));
        return fail(t, self.get(), OperationalError, "unknown error");
    }
    int code;
    do {
        {
            Released released(t);
            code = sqlite3_backup_step(running, pages);
        }
        if (progress) {
            auto told = [&]() -> Result<void> {
                TRY(call(t, progress.value(), TRY(int_from(t, code)), TRY(int_from(t, sqlite3_backup_remaining(running))),
                         TRY(int_from(t, sqlite3_backup_pagecount(running)))));
                return {};
            }();
            if (told.is_error()) {
                MaybeRef<Object> error = t.take_exception();
                {
                    Released released(t);
                    sqlite3_backup_finish(running);
                }
                return t.set_exception(error.take());
            }
        }
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            Released released(t);
            sqlite3_sleep(static_cast<int>(sleep * 1000));
        }
    } while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
    {
        Released released(t);
        code = sqlite3_backup_finish(running);
    }
    if (code != SQLITE_OK) return check_database(t, self->module, target->db);
    return {};
}

// Attributes

Result<Ref<Object>> get_isolation_level(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    if (!self->isolation_level) return none_ref();
    return TRY(str_from_utf8(t, self->isolation_level));
}
Result<void> set_isolation_level(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "cannot delete attribute");
    if (is_none(value)) {
        self->isolation_level = nullptr;
        // Without transactions of our own, what is pending is committed.
        TRY(check_thread_and_connection(t, self.get()));
        if (!sqlite3_get_autocommit(self->db)) return connection_exec(t, self.get(), "COMMIT");
        return {};
    }
    self->isolation_level = TRY(isolation_level(t, value));
    return {};
}
Result<int64_t> get_total_changes(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    return sqlite3_total_changes(self->db);
}
Result<bool> get_in_transaction(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    return !sqlite3_get_autocommit(self->db);
}
Result<Ref<Object>> get_autocommit(Thread& t, Self self) {
    TRY(check_thread_and_connection(t, self.get()));
    if (self->autocommit == Legacy) return TRY(int_from(t, Legacy));
    return bool_ref(self->autocommit == Enabled);
}
Result<void> set_autocommit(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "cannot delete autocommit attribute");
    TRY(check_thread_and_connection(t, self.get()));
    int mode = TRY(autocommit_mode(t, value));
    if (mode == Enabled) {
        if (!sqlite3_get_autocommit(self->db)) TRY(connection_exec(t, self.get(), "COMMIT"));
    } else if (mode == Disabled) {
        if (sqlite3_get_autocommit(self->db)) TRY(connection_exec(t, self.get(), "BEGIN"));
    }
    self->autocommit = mode;
    return {};
}
template <Object* Connection::* Field> Result<Ref<Object>> get_factory(Thread& t, Self self) {
    TRY(check_connection(t, self.get()));
    CriticalSection section(t, self.get());
    return acquire(self.get()->*Field);
}
template <Object* Connection::* Field> Result<void> set_factory(Thread& t, Self self, Object* value) {
    if (!value)
        return raise(t, exc::AttributeError, "cannot delete %s attribute",
                     Field == &Connection::row_factory ? "row_factory" : "text_factory");
    CriticalSection section(t, self.get());
    assign_field(self.get()->*Field, acquire(value).release());
    return {};
}

Result<Ref<Str>> get_signature(Thread& t, Self) { return str_from_utf8(t, "(sql, /)"); }

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Connection*>(o);
    for (Object* field : {self->module, self->statement_cache, self->row_factory, self->text_factory})
        if (field)
            if (int result = visit(field, context)) return result;
    for (Object* error : self->errors)
        if (error)
            if (int result = visit(error, context)) return result;
    for (Callback* callback : {self->trace, self->progress, self->authorizer})
        if (callback)
            if (int result = visit(callback->callable, context)) return result;
    return 0;
}
int clear(Object* o) {
    auto* self = static_cast<Connection*>(o);
    clear_field(self->statement_cache);
    clear_field(self->row_factory);
    clear_field(self->text_factory);
    return 0;
}
void finalize(Object* o) {
    auto* self = static_cast<Connection*>(o);
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    if (self->db) {
        auto warned = [&]() -> Result<void> { return warn_unclosed(t, o, TRY(str_format(t, "unclosed database in %R", o))); }();
        if (warned.is_error()) write_unraisable(t, nullptr, o);
        if (roll_back_if_needed(t, self).is_error()) write_unraisable(t, nullptr, o);
    }
    if (saved) (void)t.set_exception(saved.take());
}
void connection_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    auto* self = static_cast<Connection*>(o);
    Thread& t = Thread::current();
    gc_untrack(o);
    MaybeRef<Object> saved = t.take_exception();
    clear(o);
    close_database(t, self);
    if (saved) (void)t.set_exception(saved.take());
    clear_field(self->module);
    for (Object*& error : self->errors) clear_field(error);
    o->type->free(o);
}
const NativeDef methods[] = {
    keyword_method<backup, 1, "">("backup", "($self, /, target, *, pages=-1, progress=None, name='main', sleep=0.25)",
                                  "Copy the database to another connection's."),
    method<close>("close", "($self, /)", "Close the database; what is pending is not committed."),
    method<commit>("commit", "($self, /)", "Commit the transaction that is open, if any."),
    keyword_method<create_aggregate, 3, "'name', 'n_arg' and 'aggregate_class'">(
        "create_aggregate", "($self, /, name, n_arg, aggregate_class)", "Define an aggregate."),
    method<create_collation>("create_collation", "($self, name, callback, /)", "Define a collation."),
    keyword_method<create_function, 3, "'name', 'narg' and 'func'">(
        "create_function", "($self, /, name, narg, func, *, deterministic=False)", "Define a function."),
    method<cursor>("cursor", "($self, /, factory=<unrepresentable>)", "A cursor of the connection."),
    method<enable_load_extension>("enable_load_extension", "($self, enable, /)", "Allow or forbid the loading of extensions."),
    method<enter>("__enter__", "($self, /)", "The connection itself."),
    method<executemany>("executemany", "($self, sql, parameters, /)", "Run a statement for each set of parameters."),
    method<executescript>("executescript", "($self, sql_script, /)", "Run several statements."),
    method<execute>("execute", "($self, sql, parameters=(), /)", "Run a statement."),
    method<exit>("__exit__", "($self, type, value, traceback, /)", "Commit, or roll back after an exception."),
    method<interrupt>("interrupt", "($self, /)", "Abort the statements that run."),
    method<iterdump>("iterdump", "($self, /, *, filter=None)", "An iterator over the SQL statements that make the database."),
    method<load_extension>("load_extension", "($self, name, /, *, entrypoint=None)", "Load an extension of SQLite."),
    method<rollback>("rollback", "($self, /)", "Undo the transaction that is open, if any."),
    keyword_method<set_authorizer, 1, "'authorizer_callback'">("set_authorizer", "($self, /, authorizer_callback)", "Set the authorizer."),
    keyword_method<set_progress_handler, 1, "'progress_handler'">("set_progress_handler", "($self, /, progress_handler, n)",
                                                                  "Set the progress handler."),
    keyword_method<set_trace_callback, 1, "'trace_callback'">("set_trace_callback", "($self, /, trace_callback)",
                                                              "Set what is told of each statement."),
    method<setlimit>("setlimit", "($self, category, limit, /)", "Set a run-time limit; the old one is returned."),
    method<getlimit>("getlimit", "($self, category, /)", "A run-time limit."),
    method<serialize>("serialize", "($self, /, *, name='main')", "The database as bytes."),
    method<deserialize>("deserialize", "($self, data, /, *, name='main')", "Replace the database by a serialized one."),
    method<create_window_function>("create_window_function", "($self, name, num_params, aggregate_class, /)",
                                   "Define an aggregate that can be used as a window function."),
    method<blob_open>("blobopen", "($self, table, column, rowid, /, *, readonly=False, name='main')",
                      "Open a blob for reading and writing."),
    method<setconfig>("setconfig", "($self, op, enable=True, /)", "Set a boolean configuration option."),
    method<getconfig>("getconfig", "($self, op, /)", "A boolean configuration option."),
};
#define ERROR_MEMBER(name, index)                                                                                                          \
    {name, member_type::ObjectOrNone, static_cast<intptr_t>(offsetof(Connection, errors) + (index) * sizeof(Object*)),                     \
     member_flag::ReadOnly, nullptr}
const MemberDef members[] = {
    ERROR_MEMBER("Warning", Warning_),
    ERROR_MEMBER("Error", Error_),
    ERROR_MEMBER("InterfaceError", InterfaceError),
    ERROR_MEMBER("DatabaseError", DatabaseError),
    ERROR_MEMBER("DataError", DataError),
    ERROR_MEMBER("OperationalError", OperationalError),
    ERROR_MEMBER("IntegrityError", IntegrityError),
    ERROR_MEMBER("InternalError", InternalError),
    ERROR_MEMBER("ProgrammingError", ProgrammingError),
    ERROR_MEMBER("NotSupportedError", NotSupportedError),
};
#undef ERROR_MEMBER
const GetSetDef getset[] = {
    getter_setter<get_isolation_level, set_isolation_level>("isolation_level"),
    getter<get_total_changes>("total_changes"),
    getter<get_in_transaction>("in_transaction"),
    getter_setter<get_autocommit, set_autocommit>("autocommit"),
    getter<get_signature>("__text_signature__"),
    getter_setter<get_factory<&Connection::row_factory>, set_factory<&Connection::row_factory>>("row_factory"),
    getter_setter<get_factory<&Connection::text_factory>, set_factory<&Connection::text_factory>>("text_factory"),
};

template <auto F, FixedString Name, FixedString Sig> int init_with_warning(Object* self, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    if (static_cast<Tuple*>(args)->size > 1 &&
        warn(t, exc::DeprecationWarning, 1,
             "Passing more than 1 positional argument to _sqlite3.Connection() is deprecated. Parameters 'timeout', 'detect_types', "
             "'isolation_level', "
             "'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters in Python 3.15.")
            .is_error())
        return -1;
    return TypedInit<F, Name, Sig>::init(self, args, kwargs);
}
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &clear),
    raw_slot(SlotId::tp_dealloc, &connection_dealloc),
    raw_slot(SlotId::tp_finalize, &finalize),
    ternary_slot<SlotId::tp_call, prepare>(),
    raw_slot(
        SlotId::tp_init,
        &init_with_warning<
            init, "Connection",
            "(database, timeout=5.0, detect_types=0, isolation_level=<unrepresentable>, check_same_thread=True, factory=<unrepresentable>, "
            "cached_statements=128, uri=False, *, autocommit=<unrepresentable>)">)};

} // namespace

const TypeSpec connection_spec = {.type = &Connection::s_type,
                                  .name = "sqlite3.Connection",
                                  .basicsize = sizeof(Connection),
                                  .flags = type_flag::Gc | type_flag::BaseType,
                                  .doc = "SQLite database connection object.",
                                  .slots = slots,
                                  .methods = methods,
                                  .getset = getset,
                                  .members = members};

Result<void> check_connection(Thread& t, Connection* self) {
    if (!self->initialised) {
        Ref<Object> type = TRY(import_attribute(t, "_sqlite3", "ProgrammingError"));
        return raise(t, *static_cast<Type*>(type.get()), "Base Connection.__init__ not called.");
    }
    if (!self->db) return fail(t, self, ProgrammingError, "Cannot operate on a closed database.");
    return {};
}
Result<void> check_thread(Thread& t, Connection* self) {
    if (self->initialised && self->check_same_thread && pthread_self() != self->thread_ident)
        return fail(t, self, ProgrammingError,
                    "SQLite objects created in a thread can only be used in that same thread. The object was created in thread id %d and "
                    "this is thread id %d.",
                    self->thread_ident, static_cast<unsigned long>(pthread_self()));
    return {};
}
Result<void> check_thread_and_connection(Thread& t, Connection* self) {
    TRY(check_thread(t, self));
    return check_connection(t, self);
}
Result<void> connection_exec(Thread& t, Connection* self, const char* sql) {
    int code;
    {
        Released released(t);
        sqlite3_stmt* handle = nullptr;
        code = sqlite3_prepare_v2(self->db, sql, -1, &handle, nullptr);
        if (code == SQLITE_OK) {
            sqlite3_step(handle);
            code = sqlite3_finalize(handle);
        }
    }
    if (t.has_exception()) return Error{};
    if (code != SQLITE_OK) return check_database(t, self);
    return {};
}
Result<Ref<Object>> make_cursor(Thread& t, Borrowed<Connection> self, Object* factory) {
    TRY(check_thread_and_connection(t, self.get()));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(factory ? factory : static_cast<Object*>(&Cursor::s_type)), self));
    if (!is<Cursor>(made.get())) return raise(t, exc::TypeError, "factory must return a cursor, not %T", made);
    if (self->row_factory && !is_none(self->row_factory))
        assign_field(static_cast<Cursor*>(made.get())->row_factory, acquire(self->row_factory).release());
    return made;
}

} // namespace taipan::sqlite
