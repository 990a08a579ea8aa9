// Prepared statements and their parameters.
#include "modules/sqlite/sqlite.h"
#include "objects/float.h"

#include <climits>
#include <strings.h>

namespace taipan::sqlite {

Type Statement::s_type;

namespace {

/// Skips blanks and comments; null if nothing else follows.
const char* skip_comments(const char* sql) {
    for (const char* p = sql; *p; ++p) {
        switch (*p) {
        case ' ':
        case '\t':
        case '\f':
        case '\n':
        case '\r': break;
        case '-':
            if (p[1] != '-') return p;
            for (p += 2; *p && *p != '\n'; ++p) {
            }
            if (!*p) return nullptr;
            break;
        case '/':
            if (p[1] != '*') return p;
            for (p += 2; *p && !(p[0] == '*' && p[1] == '/'); ++p) {
            }
            if (!*p) return nullptr;
            ++p;
            break;
        default: return p;
        }
    }
    return nullptr;
}

/// Types that SQLite takes as they are: no adapter is asked unless one was registered for such a type.
bool needs_adapting(State& state, Object* value) {
    if (state.base_type_adapted) return true;
    return !(is_exact<Int>(value) || is_exact<Float>(value) || is_exact<Str>(value) || is_exact<ByteArray>(value));
}
/// SQLite's code, or an error with an exception; NotSupported for a type that cannot be bound.
constexpr int NotSupported = -1;
Result<int> bind_value(Thread& t, sqlite3_stmt* handle, int position, Object* value) {
    if (is_none(value)) return sqlite3_bind_null(handle, position);
    if (is<Int>(value)) {
        int64_t number;
        if (!int_fits_int64(static_cast<Int*>(value), &number))
            return raise(t, exc::OverflowError, "Python int too large to convert to SQLite INTEGER");
        return sqlite3_bind_int64(handle, position, number);
    }
    if (is<Float>(value)) return sqlite3_bind_double(handle, position, static_cast<Float*>(value)->value);
    if (is<Str>(value)) {
        std::string_view text = TRY(str_utf8(t, static_cast<Str*>(value)));
        if (text.size() > INT_MAX) return raise(t, exc::OverflowError, "string longer than INT_MAX bytes");
        return sqlite3_bind_text(handle, position, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }
    if (has_buffer(value)) {
        BufferView view;
        TRY(view.acquire(t, value));
        if (view.size() > INT_MAX) return raise(t, exc::OverflowError, "BLOB longer than INT_MAX bytes");
        return sqlite3_bind_blob(handle, position, view.data() ? static_cast<const void*>(view.data()) : "", static_cast<int>(view.size()),
                                 SQLITE_TRANSIENT);
    }
    return NotSupported;
}
Result<void> bind_one(Thread& t, Connection* connection, sqlite3_stmt* handle, int position, Borrowed<Object> value, const char* name) {
    Ref<Object> adapted = acquire(value);
    if (needs_adapting(state_of(connection->module), value.get()))
        adapted = TRY(adapt(t, connection->module, value, &PrepareProtocol::s_type, value.get()));
    int code = TRY(bind_value(t, handle, position, adapted.get()));
    if (code == SQLITE_OK) return {};
    if (code != NotSupported) return check_database(t, connection->module, sqlite3_db_handle(handle));
    if (name) return fail(t, connection, ProgrammingError, "Error binding parameter ':%s': type '%T' is not supported", name, adapted);
    return fail(t, connection, ProgrammingError, "Error binding parameter %d: type '%T' is not supported", position, adapted);
}
void statement_dealloc(Object* o) {
    auto* self = static_cast<Statement*>(o);
    if (self->handle) {
        Released released(Thread::current());
        sqlite3_finalize(self->handle);
    }
    o->type->free(o);
}
const SlotDef statement_slots[] = {raw_slot(SlotId::tp_dealloc, &statement_dealloc)};

} // namespace

const TypeSpec statement_spec = {.type = &Statement::s_type,
                                 .name = "sqlite3.Statement",
                                 .basicsize = sizeof(Statement),
                                 .flags = type_flag::DisallowInstantiation,
                                 .slots = statement_slots};

Result<Ref<Statement>> statement_new(Thread& t, Connection* connection, Borrowed<Str> sql) {
    std::string_view text = TRY(str_utf8(t, sql));
    sqlite3* db = connection->db;
    if (text.size() > static_cast<size_t>(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1)))
        return fail(t, connection, DataError, "query string is too large");
    if (text.find('\0') != text.npos) return fail(t, connection, ProgrammingError, "the query contains a null character");
    sqlite3_stmt* handle = nullptr;
    const char* tail = nullptr;
    int code;
    {
        Released released(t);
        code = sqlite3_prepare_v2(db, text.data(), static_cast<int>(text.size()) + 1, &handle, &tail);
    }
    if (code != SQLITE_OK) {
        TRY(check_database(t, connection));
        return fail(t, connection, DatabaseError, "unknown error");
    }
    if (skip_comments(tail)) {
        sqlite3_finalize(handle);
        return fail(t, connection, ProgrammingError, "You can only execute one statement at a time.");
    }
    const char* start = skip_comments(text.data());
    bool is_dml = start && (!strncasecmp(start, "insert", 6) || !strncasecmp(start, "update", 6) || !strncasecmp(start, "delete", 6) ||
                            !strncasecmp(start, "replace", 7));
    auto made = allocate<Statement>(t);
    if (made.is_error()) {
        sqlite3_finalize(handle);
        return Error{};
    }
    Ref<Statement> self = made.take();
    self->handle = handle;
    self->is_dml = is_dml;
    return self;
}

Result<void> bind_parameters(Thread& t, Connection* connection, Statement* statement, Borrowed<Object> parameters) {
    sqlite3_stmt* handle = statement->handle;
    int needed = sqlite3_bind_parameter_count(handle);
    Object* p = parameters.get();
    if (is_exact<Tuple>(p) || is_exact<List>(p) || (!is<Dict>(p) && p->type->as_sequence && p->type->as_sequence->item)) {
        intptr_t given = TRY(length(t, parameters));
        if (given != needed)
            return fail(t, connection, ProgrammingError,
                        "Incorrect number of bindings supplied. The current statement uses %d, and there are %d supplied.", needed, given);
        for (int i = 0; i < needed; ++i) {
            const char* name = sqlite3_bind_parameter_name(handle, i + 1);
            if (name && name[0] != '?')
                return fail(
                    t, connection, ProgrammingError,
                    "Binding %d ('%s') is a named parameter, but you supplied a sequence which requires nameless (qmark) placeholders.",
                    i + 1, name);
            Ref<Object> value = is_exact<Tuple>(p) ? acquire(static_cast<Tuple*>(p)->items[i]) : TRY(sequence_get(t, parameters, i));
            TRY(bind_one(t, connection, handle, i + 1, value, nullptr));
        }
        return {};
    }
    if (!p->type->as_mapping || !p->type->as_mapping->subscript)
        return fail(t, connection, ProgrammingError, "parameters are of unsupported type");
    for (int i = 0; i < needed; ++i) {
        const char* name = sqlite3_bind_parameter_name(handle, i + 1);
        if (!name)
            return fail(t, connection, ProgrammingError, "Binding %d has no name, but you supplied a dictionary (which has only names).",
                        i + 1);
        ++name; // the first character is : @ or $
        auto found = get_item(t, parameters, TRY(str_decode_utf8(t, name)));
        if (found.is_error()) {
            if (!exception_matches(t, exc::LookupError)) return Error{};
            return fail(t, connection, ProgrammingError, "You did not supply a value for binding parameter :%s.", name);
        }
        TRY(bind_one(t, connection, handle, i + 1, found.take(), name));
    }
    return {};
}

} // namespace taipan::sqlite
