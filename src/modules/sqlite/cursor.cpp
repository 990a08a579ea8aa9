// Cursors: running statements and fetching rows.
#include "modules/sqlite/sqlite.h"
#include "objects/float.h"

namespace taipan::sqlite {

Type Cursor::s_type;

namespace {

using Self = Borrowed<Cursor>;

Result<void> check_cursor(Thread& t, Cursor* self) {
    if (!self->initialised) {
        Ref<Object> type = TRY(import_attribute(t, "_sqlite3", "ProgrammingError"));
        return raise(t, *static_cast<Type*>(type.get()), "Base Cursor.__init__ not called.");
    }
    if (self->closed) return fail(t, self->connection, ProgrammingError, "Cannot operate on a closed cursor.");
    if (self->locked) return fail(t, self->connection, ProgrammingError, "Recursive use of cursors not allowed.");
    return check_thread_and_connection(t, self->connection);
}
void reset_statement(Thread& t, Cursor* self) {
    if (!self->statement) return;
    if (self->statement->handle) {
        Released released(t);
        sqlite3_reset(self->statement->handle);
    }
    clear_field(self->statement);
}
int step(Thread& t, sqlite3_stmt* handle) {
    if (!handle) return SQLITE_DONE; // nothing but comments
    Released released(t);
    return sqlite3_step(handle);
}

Result<void> cursor_init(Thread& t, Self self, Borrowed<Object> given) {
    if (!is<Connection>(given.get())) return raise(t, exc::TypeError, "Cursor() argument 1 must be sqlite3.Connection, not %T", given);
    auto connection = as<Connection>(given);
    if (self->locked) return fail(t, connection.get(), ProgrammingError, "Recursive use of cursors not allowed.");
    CriticalSection section(t, self.get());
    assign_field(self->connection, acquire(connection).release());
    clear_field(self->statement);
    clear_field(self->row_cast_map);
    assign_field(self->description, None());
    assign_field(self->last_row_id, None());
    assign_field(self->row_factory, None());
    self->array_size = 1;
    self->row_count = -1;
    self->closed = false;
    TRY(check_thread(t, connection.get()));
    self->initialised = true;
    return {};
}

// Columns

/// The name without a converter's "[type]" behind it, if those are looked at.
Result<Ref<Object>> column_name(Thread& t, Connection* connection, const char* name) {
    if (!name) return none_ref();
    std::string_view text(name);
    if (connection->detect_types & ColumnNames) {
        size_t bracket = text.find('[');
        if (bracket != text.npos) {
            if (bracket > 0 && text[bracket - 1] == ' ') --bracket;
            text = text.substr(0, bracket);
        }
    }
    return TRY(str_decode_utf8(t, text));
}
Result<MaybeRef<Object>> find_converter(Thread& t, Connection* connection, std::string_view name) {
    Ref<Str> key = TRY(str_decode_utf8(t, name));
    Ref<Object> upper = TRY(call_method(t, key, TRY(str_interned(t, "upper"))));
    return dict_get(t, static_cast<Dict*>(state_of(connection->module).converters), upper);
}
/// One converter, or None, a column.
Result<void> build_cast_map(Thread& t, Cursor* self) {
    Connection* connection = self->connection;
    if (!connection->detect_types) return {};
    sqlite3_stmt* handle = self->statement->handle;
    int count = sqlite3_column_count(handle);
    Ref<Tuple> map = TRY(tuple_alloc(t, count));
    for (int i = 0; i < count; ++i) {
        MaybeRef<Object> converter;
        if (connection->detect_types & ColumnNames) {
            if (const char* name = sqlite3_column_name(handle, i)) {
                std::string_view text(name);
                size_t open = text.find('['), close = open == text.npos ? text.npos : text.find(']', open);
                if (close != text.npos) converter = TRY(find_converter(t, connection, text.substr(open + 1, close - open - 1)));
            }
        }
        if (!converter && connection->detect_types & DeclaredTypes) {
            if (const char* declared = sqlite3_column_decltype(handle, i)) {
                std::string_view text(declared);
                converter = TRY(find_converter(t, connection, text.substr(0, text.find_first_of(" ("))));
            }
        }
        map->items[i] = converter ? converter.release() : acquire(None()).release();
    }
    tuple_finish(map.get());
    assign_field(self->row_cast_map, static_cast<Object*>(map.release()));
    return {};
}
Result<void> build_description(Thread& t, Cursor* self, int count) {
    sqlite3_stmt* handle = self->statement->handle;
    Ref<Tuple> description = TRY(tuple_alloc(t, count));
    for (int i = 0; i < count; ++i) {
        const char* name = sqlite3_column_name(handle, i);
        if (!name) return raise_memory_error(t);
        Ref<Object> text = TRY(column_name(t, self->connection, name));
        Object* items[] = {text.get(), None(), None(), None(), None(), None(), None()};
        description->items[i] = TRY(tuple_from_array(t, items, 7)).release();
    }
    tuple_finish(description.get());
    assign_field(self->description, static_cast<Object*>(description.release()));
    return {};
}
Result<Ref<Object>> column_text(Thread& t, Cursor* self, int column, std::string_view text) {
    Object* factory = self->connection->text_factory;
    if (factory == &Str::s_type) {
        auto decoded = str_decode_utf8(t, text);
        if (!decoded.is_error() || !exception_matches(t, exc::UnicodeDecodeError)) return decoded;
        t.clear_exception();
        const char* name = sqlite3_column_name(self->statement->handle, column);
        Ref<Bytes> bytes = TRY(bytes_from(t, text));
        Ref<Object> shown =
            TRY(call_method(t, bytes, TRY(str_interned(t, "decode")), TRY(str_interned(t, "ascii")), TRY(str_interned(t, "replace"))));
        return fail(t, self->connection, OperationalError, "Could not decode to UTF-8 column '%s' with text '%s'", name ? name : "", shown);
    }
    if (factory == &Bytes::s_type) return TRY(bytes_from(t, text));
    if (factory == &ByteArray::s_type) return TRY(bytearray_from(t, text));
    return call(t, Borrowed<Object>(factory), TRY(bytes_from(t, text)));
}
Result<Ref<Object>> column_value(Thread& t, Cursor* self, int i) {
    sqlite3_stmt* handle = self->statement->handle;
    auto* map = static_cast<Tuple*>(self->row_cast_map);
    Object* converter = map && i < map->size ? map->items[i] : None();
    auto blob = [&]() -> std::string_view {
        auto* data = static_cast<const char*>(sqlite3_column_blob(handle, i));
        return {data ? data : "", static_cast<size_t>(sqlite3_column_bytes(handle, i))};
    };
    if (!is_none(converter)) {
        if (!sqlite3_column_blob(handle, i)) return none_ref(); // NULL, and empty
        Ref<Object> kept = acquire(converter);
        return call(t, kept, TRY(bytes_from(t, blob())));
    }
    switch (sqlite3_column_type(handle, i)) {
    case SQLITE_NULL: return none_ref();
    case SQLITE_INTEGER: return TRY(int_from(t, sqlite3_column_int64(handle, i)));
    case SQLITE_FLOAT: return TRY(float_from(t, sqlite3_column_double(handle, i)));
    case SQLITE_TEXT: {
        auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle, i));
        if (!text) return raise_memory_error(t);
        return column_text(t, self, i, {text, static_cast<size_t>(sqlite3_column_bytes(handle, i))});
    }
    default: return TRY(bytes_from(t, blob()));
    }
}
Result<Ref<Tuple>> fetch_row(Thread& t, Cursor* self) {
    int count = sqlite3_data_count(self->statement->handle);
    Ref<Tuple> row = TRY(tuple_alloc(t, count));
    self->locked = true; // converters and text factories may run anything
    for (int i = 0; i < count; ++i) {
        auto value = column_value(t, self, i);
        if (value.is_error()) {
            self->locked = false;
            return Error{};
        }
        row->items[i] = value.take().release();
    }
    self->locked = false;
    tuple_finish(row.get());
    return row;
}

/// Runs a statement once for each set of parameters; the cursor is locked.
Result<void> run(Thread& t, Cursor* self, Borrowed<Str> sql, bool multiple, Borrowed<Object> iterator) {
    Connection* connection = self->connection;
    assign_field(self->description, None());
    reset_statement(t, self);
    Ref<Object> found = TRY(call(t, Borrowed<Object>(connection->statement_cache), sql));
    if (!is_exact<Statement>(found.get())) return raise(t, exc::TypeError, "not a statement");
    auto* cached = static_cast<Statement*>(found.get());
    if (cached->handle && sqlite3_stmt_busy(cached->handle))
        assign_field(self->statement, TRY(statement_new(t, connection, sql)).release());
    else assign_field(self->statement, static_cast<Statement*>(found.release()));
    sqlite3_stmt* handle = self->statement->handle;
    if (handle) sqlite3_reset(handle);
    bool is_dml = self->statement->is_dml;
    if (multiple && !is_dml) return fail(t, connection, ProgrammingError, "executemany() can only execute DML statements.");
    self->row_count = is_dml ? 0 : -1;
    if (connection->autocommit == Legacy && connection->isolation_level && is_dml && sqlite3_get_autocommit(connection->db)) {
        char begin[32];
        snprintf(begin, sizeof begin, "BEGIN %s", connection->isolation_level);
        TRY(connection_exec(t, connection, begin));
    }
    for (;;) {
        MaybeRef<Object> parameters = TRY(next_item(t, iterator));
        if (!parameters) break;
        if (handle) {
            TRY(bind_parameters(t, connection, self->statement, parameters.get()));
        }
        int code = step(t, handle);
        if (t.has_exception()) return Error{};
        if (code != SQLITE_DONE && code != SQLITE_ROW) {
            TRY(check_database(t, connection));
            return fail(t, connection, DatabaseError, "unknown error");
        }
        if (handle) {
            TRY(build_cast_map(t, self));
            int columns = sqlite3_column_count(handle);
            if (is_none(self->description) && columns > 0) TRY(build_description(t, self, columns));
        }
        if (code == SQLITE_DONE) {
            if (is_dml) self->row_count += sqlite3_changes(connection->db);
            if (handle) sqlite3_reset(handle);
        } else if (multiple) {
            sqlite3_reset(handle); // rows of RETURNING are not for executemany
        }
    }
    if (!multiple) {
        assign_field(self->last_row_id, static_cast<Object*>(TRY(int_from(t, sqlite3_last_insert_rowid(connection->db))).release()));
    }
    if (!handle || !sqlite3_stmt_busy(handle)) clear_field(self->statement);
    return {};
}
Result<Ref<Object>> execute(Thread& t, Self self, Borrowed<Object> sql, bool multiple, Object* parameters, const char* function) {
    if (!is<Str>(sql.get())) return raise(t, exc::TypeError, "%s() argument 1 must be str, not %T", function, sql);
    CriticalSection section(t, self.get());
    TRY(check_cursor(t, self.get()));
    MaybeRef<Object> iterator;
    if (multiple) {
        iterator = is_iterator(parameters) ? MaybeRef<Object>::acquire(parameters) : MaybeRef<Object>(TRY(get_iterator(t, parameters)));
    } else {
        Object* items[] = {parameters ? parameters : static_cast<Object*>(tuple_empty().get())};
        Ref<Tuple> once = TRY(tuple_from_array(t, items, 1));
        iterator = TRY(get_iterator(t, once));
    }
    self->locked = true;
    auto result = run(t, self.get(), as<Str>(sql.get()), multiple, iterator.get());
    self->locked = false;
    if (result.is_error()) {
        MaybeRef<Object> error = t.take_exception();
        reset_statement(t, self.get());
        self->row_count = -1;
        return t.set_exception(error.take());
    }
    return acquire<Object>(self.get());
}
ResultMaybe<Object> next_row(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_cursor(t, self.get()));
    if (!self->statement) return MaybeRef<Object>();
    sqlite3_stmt* handle = self->statement->handle;
    if (sqlite3_data_count(handle) == 0) {
        reset_statement(t, self.get());
        return MaybeRef<Object>();
    }
    Ref<Statement> kept = acquire(self->statement);
    Ref<Object> row = TRY(fetch_row(t, self.get()));
    self->locked = true;
    int code = step(t, handle);
    self->locked = false;
    if (t.has_exception()) {
        reset_statement(t, self.get());
        return Error{};
    }
    if (code == SQLITE_DONE) {
        if (self->statement && self->statement->is_dml) self->row_count = sqlite3_changes(self->connection->db);
        reset_statement(t, self.get());
    } else if (code != SQLITE_ROW) {
        auto checked = check_database(t, self->connection);
        MaybeRef<Object> error = t.take_exception();
        reset_statement(t, self.get());
        if (error) return t.set_exception(error.take());
    }
    if (!is_none(self->row_factory)) {
        Ref<Object> factory = acquire(self->row_factory);
        return MaybeRef<Object>(TRY(call(t, factory, self, row)));
    }
    return MaybeRef<Object>(std::move(row));
}

Result<Ref<Object>> fetchone(Thread& t, Self self) {
    MaybeRef<Object> row = TRY(next_row(t, self));
    if (!row) return none_ref();
    return row.take();
}
Result<Ref<List>> fetch_rows(Thread& t, Self self, uint32_t limit) {
    Ref<List> rows = TRY(list_new(t));
    while (limit--) {
        MaybeRef<Object> row = TRY(next_row(t, self));
        if (!row) break;
        TRY(list_append(t, rows, row.take()));
    }
    return rows;
}
Result<Ref<List>> fetchall(Thread& t, Self self) { return fetch_rows(t, self, UINT32_MAX); }
Result<uint32_t> unsigned_int(Thread& t, Borrowed<Object> object) {
    Ref<Int> number = TRY(to_index(t, object));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t value;
    if (!int_fits_uint64(number.get(), &value) || value > UINT32_MAX)
        return raise(t, exc::OverflowError, "Python int too large for C uint32_t");
    return static_cast<uint32_t>(value);
}
Result<Ref<List>> fetchmany(Thread& t, Self self, MaybeBorrowed<Object> size) {
    uint32_t limit = size ? TRY(unsigned_int(t, size.value())) : self->array_size;
    return fetch_rows(t, self, limit);
}
Result<void> close(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!self->connection || !self->initialised) {
        Ref<Object> type = TRY(import_attribute(t, "_sqlite3", "ProgrammingError"));
        return raise(t, *static_cast<Type*>(type.get()), "Base Cursor.__init__ not called.");
    }
    if (self->locked) return fail(t, self->connection, ProgrammingError, "Recursive use of cursors not allowed.");
    TRY(check_thread_and_connection(t, self->connection));
    reset_statement(t, self.get());
    self->closed = true;
    return {};
}
Result<void> setinputsizes(Thread&, Self, Borrowed<Object>) { return {}; }
Result<void> setoutputsize(Thread&, Self, Borrowed<Object>, MaybeBorrowed<Object>) { return {}; }
Result<Ref<Object>> execute_method(Thread& t, Self self, Borrowed<Object> sql, MaybeBorrowed<Object> parameters) {
    return cursor_execute(t, self, sql, parameters);
}

int64_t get_array_size(Thread&, Self self) { return self->array_size; }
Result<void> set_array_size(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted");
    self->array_size = TRY(unsigned_int(t, value));
    return {};
}
Result<Ref<Object>> get_row_factory(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return acquire(self->row_factory ? self->row_factory : None());
}
Result<void> set_row_factory(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "cannot delete row_factory attribute");
    CriticalSection section(t, self.get());
    assign_field(self->row_factory, acquire(value).release());
    return {};
}

using CursorFields = Fields<Cursor, &Cursor::connection, &Cursor::description, &Cursor::row_factory, &Cursor::row_cast_map,
                            &Cursor::last_row_id, &Cursor::statement>;
void cursor_dealloc(Object* o) {
    auto* self = static_cast<Cursor*>(o);
    gc_untrack(o);
    clear_weakrefs(o);
    reset_statement(Thread::current(), self);
    CursorFields::release(self);
    o->type->free(o);
}
int cursor_clear(Object* o) {
    reset_statement(Thread::current(), static_cast<Cursor*>(o));
    return CursorFields::clear(o);
}
Result<Ref<Object>> cursor_iter(Thread&, Self self) { return acquire<Object>(self.get()); }

const NativeDef methods[] = {
    method<execute_method>("execute", "($self, sql, parameters=(), /)", "Run a statement."),
    method<cursor_executemany>("executemany", "($self, sql, seq_of_parameters, /)", "Run a statement for each set of parameters."),
    method<cursor_executescript>("executescript", "($self, sql_script, /)", "Run several statements."),
    method<fetchone>("fetchone", "($self, /)", "The next row, or None."),
    method<fetchmany>("fetchmany", "($self, /, size=1)", "At most so many of the next rows, in a list."),
    method<fetchall>("fetchall", "($self, /)", "All rows that are left, in a list."),
    method<close>("close", "($self, /)", "Close the cursor."),
    method<setinputsizes>("setinputsizes", "($self, sizes, /)", "Required by DB-API; does nothing."),
    method<setoutputsize>("setoutputsize", "($self, size, column=None, /)", "Required by DB-API; does nothing."),
};
const MemberDef members[] = {
    {"connection", member_type::ObjectOrNone, offsetof(Cursor, connection), member_flag::ReadOnly, nullptr},
    {"description", member_type::ObjectOrNone, offsetof(Cursor, description), member_flag::ReadOnly, nullptr},
    {"lastrowid", member_type::ObjectOrNone, offsetof(Cursor, last_row_id), member_flag::ReadOnly, nullptr},
    {"rowcount", member_type::Long, offsetof(Cursor, row_count), member_flag::ReadOnly, nullptr},
};
const GetSetDef getset[] = {getter_setter<get_array_size, set_array_size>("arraysize"),
                            getter_setter<get_row_factory, set_row_factory>("row_factory")};
const SlotDef slots[] = {CursorFields::traverse_slot(),
                         raw_slot(SlotId::tp_clear, &cursor_clear),
                         raw_slot(SlotId::tp_dealloc, &cursor_dealloc),
                         unary_slot<SlotId::tp_iter, cursor_iter>(),
                         unary_slot<SlotId::tp_iternext, next_row>(),
                         typed_init<cursor_init, "Cursor", "(connection, /)">()};

} // namespace

const TypeSpec cursor_spec = {.type = &Cursor::s_type,
                              .name = "sqlite3.Cursor",
                              .basicsize = sizeof(Cursor),
                              .flags = type_flag::Gc | type_flag::BaseType,
                              .doc = "SQLite database cursor class.",
                              .slots = slots,
                              .methods = methods,
                              .getset = getset,
                              .members = members,
                              .weaklist_offset = offsetof(Cursor, weaklist)};

Result<Ref<Object>> cursor_execute(Thread& t, Borrowed<Cursor> self, Borrowed<Object> sql, MaybeBorrowed<Object> parameters) {
    return execute(t, self, sql, false, parameters.get(), "execute");
}
Result<Ref<Object>> cursor_executemany(Thread& t, Borrowed<Cursor> self, Borrowed<Object> sql, Borrowed<Object> parameters) {
    return execute(t, self, sql, true, parameters.get(), "executemany");
}
Result<Ref<Object>> cursor_executescript(Thread& t, Borrowed<Cursor> self, Borrowed<Object> script) {
    if (!is<Str>(script.get())) return raise(t, exc::TypeError, "executescript() argument must be str, not %T", script);
    std::string_view text = TRY(str_utf8(t, as<Str>(script.get())));
    if (text.find('\0') != text.npos) return raise(t, exc::ValueError, "embedded null character");
    CriticalSection section(t, self.get());
    TRY(check_cursor(t, self.get()));
    Connection* connection = self->connection;
    sqlite3* db = connection->db;
    if (text.size() > static_cast<size_t>(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1)))
        return fail(t, connection, DataError, "query string is too large");
    if (connection->autocommit == Legacy && !sqlite3_get_autocommit(db)) TRY(connection_exec(t, connection, "COMMIT"));
    const char* rest = text.data();
    while (*rest) {
        int code;
        {
            Released released(t);
            sqlite3_stmt* handle = nullptr;
            code = sqlite3_prepare_v2(db, rest, -1, &handle, &rest);
            if (code == SQLITE_OK) {
                do code = handle ? sqlite3_step(handle) : SQLITE_DONE;
                while (code == SQLITE_ROW);
                code = sqlite3_finalize(handle);
            }
        }
        if (t.has_exception()) return Error{};
        if (code != SQLITE_OK) {
            TRY(check_database(t, connection));
            return fail(t, connection, DatabaseError, "unknown error");
        }
    }
    return acquire<Object>(self.get());
}

} // namespace taipan::sqlite
