// _sqlite3: the objects of the module and what its files share. Every use of SQLite that may take long or call back runs
// in a `Released` scope; callbacks enter Python again through `Entered`. A cursor or connection is guarded by its critical
// section, and by `locked` while a statement runs.
#pragma once

#include "modules/buffer_argument.h"
#include "modules/reentry.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/weakref.h"

#include <sqlite3.h>

namespace taipan::sqlite {

enum ErrorClass {
    Warning_,
    Error_,
    InterfaceError,
    DatabaseError,
    DataError,
    OperationalError,
    IntegrityError,
    InternalError,
    ProgrammingError,
    NotSupportedError,
    ErrorCount
};

struct State {
    Object* errors[ErrorCount];
    Object *adapters, *converters;
    std::atomic<bool> callback_tracebacks, base_type_adapted;
};
inline State& state_of(Object* module) { return static_cast<Module*>(module)->state_as<State>(); }

enum Autocommit { Legacy = -1, Disabled = 0, Enabled = 1 };
enum Detect { DeclaredTypes = 1, ColumnNames = 2 };

struct Blob;
struct Connection : Object {
    sqlite3* db;
    Object* module;
    int detect_types;
    const char* isolation_level; // null: none; else one of the static names
    int autocommit;
    bool initialised, check_same_thread;
    unsigned long thread_ident;
    Object *statement_cache, *row_factory, *text_factory;
    Blob* blobs; // those that are open; guarded by blobs_lock
    Mutex blobs_lock;
    struct Callback *trace, *progress, *authorizer;
    Object* errors[ErrorCount];
    static Type s_type;
};
struct Statement : Object {
    sqlite3_stmt* handle;
    bool is_dml;
    static Type s_type;
};
struct Cursor : Object {
    Connection* connection;
    Object *description, *row_factory, *row_cast_map, *last_row_id;
    Statement* statement;
    Object* weaklist;
    int64_t row_count;
    uint32_t array_size;
    bool initialised, closed, locked;
    static Type s_type;
};
struct Row : Object {
    Object *data, *description; // tuples
    static Type s_type;
};
struct Blob : Object {
    Connection* connection;
    sqlite3_blob* handle;
    int offset;
    Object* weaklist;
    Blob *previous, *next;
    static Type s_type;
};
struct PrepareProtocol : Object {
    static Type s_type;
};

/// A callable that SQLite calls back.
struct Callback {
    Object *callable, *module;
};

template <class... A> COLD Error fail(Thread& t, Connection* connection, ErrorClass which, const char* format, const A&... args) {
    return raise(t, *static_cast<Type*>(connection->errors[which]), format, args...);
}
/// Raises what SQLite's last error on `db` stands for; nothing if there is none.
Result<void> check_database(Thread& t, Object* module, sqlite3* db);
inline COLD Result<void> check_database(Thread& t, Connection* connection) { return check_database(t, connection->module, connection->db); }

// Connections (connection.cpp)
Result<void> check_connection(Thread& t, Connection* self);
/// Initialised, open and in its thread.
Result<void> check_thread_and_connection(Thread& t, Connection* self);
Result<void> check_thread(Thread& t, Connection* self);
Result<void> connection_exec(Thread& t, Connection* self, const char* sql);
Result<Ref<Object>> make_cursor(Thread& t, Borrowed<Connection> self, Object* factory);
/// An exported blob's end; called under no lock.
void blob_unlink(Blob* blob);
void blob_close(Thread& t, Blob* blob);
Result<Ref<Object>> blob_open(Thread& t, Borrowed<Connection> self, std::string_view table, std::string_view column, Borrowed<Object> row,
                              bool readonly, std::string_view name);
/// A length limit's check and no null byte; the text as a C string, valid as long as `sql`.
Result<const char*> script_text(Thread& t, Borrowed<Str> sql, Connection* connection, bool* too_long);

// Statements and cursors (statement.cpp, cursor.cpp)
Result<Ref<Statement>> statement_new(Thread& t, Connection* connection, Borrowed<Str> sql);
Result<void> bind_parameters(Thread& t, Connection* connection, Statement* statement, Borrowed<Object> parameters);
Result<Ref<Object>> cursor_execute(Thread& t, Borrowed<Cursor> self, Borrowed<Object> sql, MaybeBorrowed<Object> parameters);
Result<Ref<Object>> cursor_executemany(Thread& t, Borrowed<Cursor> self, Borrowed<Object> sql, Borrowed<Object> parameters);
Result<Ref<Object>> cursor_executescript(Thread& t, Borrowed<Cursor> self, Borrowed<Object> script);

// Adapters (objects.cpp)
Result<Ref<Object>> adapt(Thread& t, Object* module, Borrowed<Object> object, Borrowed<Object> protocol, Object* fallback);

// Callbacks (callbacks.cpp)
void drop_callback(Callback*& callback);
Result<void> create_function(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> function,
                             bool deterministic);
Result<void> create_aggregate(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> cls);
Result<void> create_window_function(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> cls);
Result<void> create_collation(Thread& t, Borrowed<Connection> self, std::string_view name, Borrowed<Object> callable);
Result<void> set_authorizer(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable);
Result<void> set_progress_handler(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable, int n);
Result<void> set_trace_callback(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable);

extern const TypeSpec connection_spec, cursor_spec, row_spec, blob_spec, prepare_protocol_spec, statement_spec;

} // namespace taipan::sqlite
