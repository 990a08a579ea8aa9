// The _sqlite3 module: constants, exceptions, adapters and connect().
#include "modules/sqlite/sqlite.h"
#include "objects/float.h"

namespace taipan {

namespace sqlite {

namespace {

struct NamedValue {
    const char* name;
    int value;
};
#define NAMED(name) {#name, name},
constexpr NamedValue error_codes[] = {
#include "modules/sqlite/error_codes.inc"
};
constexpr NamedValue constants[] = {
#include "modules/sqlite/constants.inc"
    {"PARSE_DECLTYPES", DeclaredTypes},
    {"PARSE_COLNAMES", ColumnNames},
    {"LEGACY_TRANSACTION_CONTROL", Legacy},
    {"threadsafety", 3},
};
#undef NAMED
constexpr struct {
    const char* name;
    int base; // an ErrorClass, or -1: Exception
} error_classes[] = {
    {"Warning", -1},
    {"Error", -1},
    {"InterfaceError", Error_},
    {"DatabaseError", Error_},
    {"DataError", DatabaseError},
    {"OperationalError", DatabaseError},
    {"IntegrityError", DatabaseError},
    {"InternalError", DatabaseError},
    {"ProgrammingError", DatabaseError},
    {"NotSupportedError", DatabaseError},
};

Result<ErrorClass> class_of(int code) {
    switch (code & 0xff) {
    case SQLITE_INTERNAL:
    case SQLITE_NOTFOUND: return InternalError;
    case SQLITE_ERROR:
    case SQLITE_PERM:
    case SQLITE_ABORT:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_EMPTY:
    case SQLITE_SCHEMA: return OperationalError;
    case SQLITE_TOOBIG: return DataError;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: return IntegrityError;
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return InterfaceError;
    default: return DatabaseError;
    }
}

using Mod = Borrowed<Module>;

Result<Ref<Object>> connect(Thread& t, Args args, Kwargs kwargs) {
    if (args.size() > 1)
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "Passing more than 1 positional argument to sqlite3.connect() is deprecated. Parameters 'timeout', 'detect_types', "
                 "'isolation_level', "
                 "'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters in Python 3.15."));
    Ref<Object> factory = acquire<Object>(&Connection::s_type);
    if (args.size() > 5) {
        factory = acquire(args[5]);
    } else if (kwargs) {
        MaybeRef<Object> given = TRY(dict_get_ascii(t, kwargs.dict, "factory"));
        if (given) factory = given.take();
    }
    return call_tuple(t, factory, TRY(tuple_from_array(t, args.data, args.size())), kwargs.dict);
}
Result<bool> complete_statement(std::string_view statement) { return static_cast<bool>(sqlite3_complete(statement.data())); }
Result<void> register_adapter(Thread& t, Mod module, Borrowed<Object> type, Borrowed<Object> adapter) {
    State& state = state_of(module.get());
    for (Type* base : {&Int::s_type, &Str::s_type, &ByteArray::s_type})
        if (type.get() == base) state.base_type_adapted = true;
    if (type.get() == static_cast<Object*>(&Float::s_type)) state.base_type_adapted = true;
    Ref<Tuple> key = TRY(tuple_pack(t, type, Borrowed<Object>(&PrepareProtocol::s_type)));
    return dict_set(t, static_cast<Dict*>(state.adapters), key, adapter);
}
Result<void> register_converter(Thread& t, Mod module, Borrowed<Object> name, Borrowed<Object> converter) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "register_converter() argument 1 must be str, not %T", name);
    Ref<Object> upper = TRY(call_method(t, name, TRY(str_interned(t, "upper"))));
    return dict_set(t, static_cast<Dict*>(state_of(module.get()).converters), upper, converter);
}
Result<void> enable_callback_tracebacks(Thread&, Mod module, bool enable) {
    state_of(module.get()).callback_tracebacks = enable;
    return {};
}
Result<Ref<Object>> adapt_function(Thread& t, Mod module, Borrowed<Object> object, MaybeBorrowed<Object> protocol,
                                   MaybeBorrowed<Object> fallback) {
    return adapt(t, module.get(), object, protocol ? protocol.value() : Borrowed<Object>(&PrepareProtocol::s_type), fallback.get());
}
const NativeDef functions[] = {
    fn<connect>("connect", "(*args, **kwargs)", "Open a connection to a database file."),
    fn<complete_statement>("complete_statement", "($module, /, statement)", "Whether the text ends with a complete statement."),
    module_fn<register_adapter>("register_adapter", "($module, type, adapter, /)",
                                "Register a function that turns objects of a type into what SQLite takes."),
    module_fn<register_converter>("register_converter", "($module, typename, converter, /)",
                                  "Register a function that turns values of a declared type into objects."),
    module_fn<enable_callback_tracebacks>("enable_callback_tracebacks", "($module, enable, /)", "Whether errors in callbacks are shown."),
    module_fn<adapt_function>("adapt", "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)",
                              "The object as SQLite can take it."),
};
const TypeSpec* const types[] = {&connection_spec, &cursor_spec, &row_spec, &blob_spec, &prepare_protocol_spec};

Result<void> exec(Thread& t, Mod module) {
    TRY(type_ready(t, statement_spec));
    State& state = state_of(module.get());
    for (int i = 0; i < ErrorCount; ++i) {
        char name[48];
        snprintf(name, sizeof name, "sqlite3.%s", error_classes[i].name);
        Type& base = error_classes[i].base < 0 ? exc::Exception : *static_cast<Type*>(state.errors[error_classes[i].base]);
        state.errors[i] = TRY(new_exception_type(t, name, base, nullptr)).release();
        TRY(module_add(t, module, error_classes[i].name, state.errors[i]));
    }
    state.adapters = TRY(dict_new(t)).release();
    state.converters = TRY(dict_new(t)).release();
    TRY(module_add(t, module, "adapters", state.adapters));
    TRY(module_add(t, module, "converters", state.converters));
    for (auto& row : error_codes) TRY(module_add_int(t, module, row.name, row.value));
    for (auto& row : constants) TRY(module_add_int(t, module, row.name, row.value));
    return module_add_string(t, module, "sqlite_version", sqlite3_libversion());
}

} // namespace

Result<void> check_database(Thread& t, Object* module, sqlite3* db) {
    int code = sqlite3_errcode(db);
    if (code == SQLITE_OK) return {};
    if ((code & 0xff) == SQLITE_NOMEM) return raise_memory_error(t);
    int extended = sqlite3_extended_errcode(db);
    Object* type = state_of(module).errors[TRY(class_of(code))];
    const char* name = "unknown";
    for (auto& row : error_codes)
        if (row.value == extended) {
            name = row.name;
            break;
        }
    const char* message = sqlite3_errmsg(db);
    Ref<Object> instance = TRY(call(t, Borrowed<Object>(type), TRY(str_decode_utf8(t, message, "replace"))));
    TRY(set_attribute(t, instance, TRY(str_interned(t, "sqlite_errorcode")), TRY(int_from(t, extended))));
    TRY(set_attribute(t, instance, TRY(str_interned(t, "sqlite_errorname")), TRY(str_interned(t, name))));
    return raise_instance(t, std::move(instance));
}

} // namespace sqlite

extern const ModuleSpec sqlite_module;
const ModuleSpec sqlite_module = {
    .name = "_sqlite3",
    .functions = sqlite::functions,
    .exec = sqlite::exec,
    .types = sqlite::types,
    .state = state_spec<sqlite::State, &sqlite::State::errors, &sqlite::State::adapters, &sqlite::State::converters>};

} // namespace taipan
