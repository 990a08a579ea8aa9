// What SQLite calls back: functions, aggregates, collations, authorizers, progress handlers and traces.
#include "modules/sqlite/sqlite.h"
#include "objects/float.h"
#include "objects/str.h"

#include <climits>

namespace taipan::sqlite {

namespace {

/// Reports the error of a callback as unraisable if that was asked for; else forgets it.
void report(Thread& t, Callback* callback) {
    if (!state_of(callback->module).callback_tracebacks) return t.clear_exception();
    MaybeRef<Object> error = t.take_exception();
    auto text = str_format(t, "on sqlite3 callback %R", callback->callable);
    if (text.is_error()) {
        t.clear_exception();
        return;
    }
    Ref<Str> message = text.take();
    auto utf8 = str_utf8(t, message);
    (void)t.set_exception(error.take());
    if (utf8.is_error()) return t.clear_exception();
    write_unraisable(t, std::string_view(utf8.take()).data(), nullptr);
}
void set_error(Thread& t, sqlite3_context* context, const char* message, Callback* callback) {
    if (exception_matches(t, exc::MemoryError)) sqlite3_result_error_nomem(context);
    else if (exception_matches(t, exc::OverflowError)) sqlite3_result_error_toobig(context);
    else sqlite3_result_error(context, message, -1);
    report(t, callback);
}
/// A handler may be replaced while it runs: what it runs with is held.
class Held {
public:
    explicit Held(void* data)
        : m_callback{acquire(static_cast<Callback*>(data)->callable).release(), acquire(static_cast<Callback*>(data)->module).release()} {}
    ~Held() {
        decref(m_callback.callable);
        decref(m_callback.module);
    }
    Held(const Held&) = delete;
    Callback* get() { return &m_callback; }

private:
    Callback m_callback;
};
Callback* new_callback(Connection* self, Object* callable) {
    auto* callback = new Callback{acquire(callable).release(), acquire(self->module).release()};
    return callback;
}
void destroy_callback(void* data) {
    Entered entered;
    auto* callback = static_cast<Callback*>(data);
    drop_callback(callback);
}

Result<Ref<Object>> value_object(Thread& t, sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return TRY(int_from(t, sqlite3_value_int64(value)));
    case SQLITE_FLOAT: return TRY(float_from(t, sqlite3_value_double(value)));
    case SQLITE_TEXT: {
        auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        return TRY(str_decode_utf8(t, {text, static_cast<size_t>(sqlite3_value_bytes(value))}));
    }
    case SQLITE_BLOB: {
        auto* data = static_cast<const char*>(sqlite3_value_blob(value));
        return TRY(bytes_from(t, {data, static_cast<size_t>(sqlite3_value_bytes(value))}));
    }
    default: return none_ref();
    }
}
/// The arguments behind an optional first one.
Result<Ref<Tuple>> arguments(Thread& t, int count, sqlite3_value** values) {
    Ref<Tuple> args = TRY(tuple_alloc(t, count));
    for (int i = 0; i < count; ++i) args->items[i] = TRY(value_object(t, values[i])).release();
    tuple_finish(args.get());
    return args;
}
Result<void> set_result(Thread& t, sqlite3_context* context, Object* value, Callback* callback) {
    if (is_none(value)) {
        sqlite3_result_null(context);
    } else if (is<Int>(value)) {
        int64_t number;
        if (!int_fits_int64(static_cast<Int*>(value), &number))
            return raise(t, exc::OverflowError, "Python int too large to convert to SQLite INTEGER");
        sqlite3_result_int64(context, number);
    } else if (is<Float>(value)) {
        sqlite3_result_double(context, static_cast<Float*>(value)->value);
    } else if (is<Str>(value)) {
        std::string_view text = TRY(str_utf8(t, static_cast<Str*>(value)));
        if (text.size() > INT_MAX) return raise(t, exc::OverflowError, "string is longer than INT_MAX bytes");
        sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } else if (has_buffer(value)) {
        BufferView view;
        TRY(view.acquire(t, value));
        if (view.size() > INT_MAX) return raise(t, exc::OverflowError, "BLOB longer than INT_MAX bytes");
        sqlite3_result_blob(context, view.data(), static_cast<int>(view.size()), SQLITE_TRANSIENT);
    } else {
        return raise(t, *static_cast<Type*>(state_of(callback->module).errors[ProgrammingError]),
                     "User-defined functions cannot return '%T' values to SQLite", value);
    }
    return {};
}
Callback* callback_of(sqlite3_context* context) { return static_cast<Callback*>(sqlite3_user_data(context)); }

void function_called(sqlite3_context* context, int count, sqlite3_value** values) {
    Entered entered;
    Thread& t = entered.thread();
    Callback* callback = callback_of(context);
    auto run = [&]() -> Result<void> {
        Ref<Tuple> args = TRY(arguments(t, count, values));
        Ref<Object> value = TRY(call_tuple(t, callback->callable, args, nullptr));
        return set_result(t, context, value.get(), callback);
    };
    if (run().is_error()) set_error(t, context, "user-defined function raised exception", callback);
}

// Aggregates: the instance lives in SQLite's aggregate context.

Object** instance_of(sqlite3_context* context) { return static_cast<Object**>(sqlite3_aggregate_context(context, sizeof(Object*))); }
/// "user-defined aggregate's 'step' method not defined" or "… raised error".
void set_method_error(Thread& t, sqlite3_context* context, const char* method, bool found, Callback* callback) {
    char text[96];
    snprintf(text, sizeof text, "user-defined aggregate's '%s' method %s", method, found ? "raised error" : "not defined");
    set_error(t, context, text, callback);
}
void call_with_arguments(Thread& t, sqlite3_context* context, Object* instance, const char* name, int count, sqlite3_value** values) {
    Callback* callback = callback_of(context);
    bool found = false;
    auto run = [&]() -> Result<void> {
        Ref<Object> method = TRY(get_attribute(t, instance, TRY(str_interned(t, name))));
        found = true;
        TRY(call_tuple(t, method, TRY(arguments(t, count, values)), nullptr));
        return {};
    };
    if (run().is_error()) set_method_error(t, context, name, found || !exception_matches(t, exc::AttributeError), callback);
}
void step_called(sqlite3_context* context, int count, sqlite3_value** values) {
    Entered entered;
    Thread& t = entered.thread();
    Callback* callback = callback_of(context);
    Object** instance = instance_of(context);
    if (!instance) return sqlite3_result_error_nomem(context);
    if (!*instance) {
        auto made = call(t, Borrowed<Object>(callback->callable));
        if (made.is_error()) return set_error(t, context, "user-defined aggregate's '__init__' method raised error", callback);
        *instance = made.take().release();
    }
    call_with_arguments(t, context, *instance, "step", count, values);
}
void inverse_called(sqlite3_context* context, int count, sqlite3_value** values) {
    Entered entered;
    Object** instance = instance_of(context);
    if (instance && *instance) call_with_arguments(entered.thread(), context, *instance, "inverse", count, values);
}
void give_value(Thread& t, sqlite3_context* context, Object* instance, const char* name) {
    Callback* callback = callback_of(context);
    bool found = false;
    auto run = [&]() -> Result<void> {
        Ref<Object> method = TRY(get_attribute(t, instance, TRY(str_interned(t, name))));
        found = true;
        Ref<Object> value = TRY(call(t, method));
        return set_result(t, context, value.get(), callback);
    };
    if (run().is_error()) set_method_error(t, context, name, found || !exception_matches(t, exc::AttributeError), callback);
}
void value_called(sqlite3_context* context) {
    Entered entered;
    Object** instance = instance_of(context);
    if (instance && *instance) give_value(entered.thread(), context, *instance, "value");
}
void finalize_called(sqlite3_context* context) {
    Entered entered;
    auto** instance = static_cast<Object**>(sqlite3_aggregate_context(context, 0));
    if (!instance || !*instance) return; // step was never called, or failed to make the instance
    give_value(entered.thread(), context, *instance, "finalize");
    decref(std::exchange(*instance, nullptr));
}

int collation_called(void* data, int first_size, const void* first, int second_size, const void* second) {
    Entered entered;
    Thread& t = entered.thread();
    Held held(data);
    Callback* callback = held.get();
    if (t.has_exception()) return 0;
    auto run = [&]() -> Result<int> {
        Ref<Str> a = TRY(str_decode_utf8(t, {static_cast<const char*>(first), static_cast<size_t>(first_size)}));
        Ref<Str> b = TRY(str_decode_utf8(t, {static_cast<const char*>(second), static_cast<size_t>(second_size)}));
        Ref<Object> order = TRY(call(t, Borrowed<Object>(callback->callable), a, b));
        if (!is<Int>(order.get())) return raise(t, exc::TypeError, "an integer is required");
        return static_cast<Int*>(order.get())->sign();
    };
    auto order = run();
    if (!order.is_error()) return order.take();
    report(t, callback);
    return 0;
}
Result<Ref<Object>> text_or_none(Thread& t, const char* text) {
    if (!text) return none_ref();
    return TRY(str_decode_utf8(t, text));
}
int authorizer_called(void* data, int action, const char* first, const char* second, const char* database, const char* source) {
    Entered entered;
    Thread& t = entered.thread();
    Held held(data);
    Callback* callback = held.get();
    auto run = [&]() -> Result<int> {
        Ref<Object> value = TRY(call(t, Borrowed<Object>(callback->callable), TRY(int_from(t, action)), TRY(text_or_none(t, first)),
                                     TRY(text_or_none(t, second)), TRY(text_or_none(t, database)), TRY(text_or_none(t, source))));
        if (!is<Int>(value.get())) return SQLITE_DENY;
        return TRY(to_int32(t, value));
    };
    auto answer = run();
    if (!answer.is_error()) return answer.take();
    report(t, callback);
    return SQLITE_DENY;
}
int progress_called(void* data) {
    Entered entered;
    Thread& t = entered.thread();
    Held held(data);
    Callback* callback = held.get();
    auto run = [&]() -> Result<bool> { return is_true(t, TRY(call(t, Borrowed<Object>(callback->callable)))); };
    auto stop = run();
    if (!stop.is_error()) return stop.take();
    report(t, callback);
    return 1;
}
int trace_called(unsigned type, void* data, void* prepared, void* sql) {
    if (type != SQLITE_TRACE_STMT) return 0;
    Entered entered;
    Thread& t = entered.thread();
    Held held(data);
    Callback* callback = held.get();
    auto* statement = static_cast<sqlite3_stmt*>(prepared);
    auto run = [&]() -> Result<void> {
        char* expanded = sqlite3_expanded_sql(statement);
        MaybeRef<Str> text;
        if (!expanded) {
            (void)raise(t, *static_cast<Type*>(state_of(callback->module).errors[DataError]),
                        "Expanded SQL string exceeds the maximum string length");
            report(t, callback);
            text = TRY(str_decode_utf8(t, sqlite3_sql(statement)));
        } else {
            auto decoded = str_decode_utf8(t, expanded);
            sqlite3_free(expanded);
            text = TRY(std::move(decoded));
        }
        TRY(call(t, Borrowed<Object>(callback->callable), Borrowed<Object>(text.get())));
        return {};
    };
    if (run().is_error()) report(t, callback);
    return 0;
}
Result<void> check_count(Thread& t, Connection* self, int count, const char* name) {
    int limit = sqlite3_limit(self->db, SQLITE_LIMIT_FUNCTION_ARG, -1);
    if (count < -1 || count > limit) return fail(t, self, ProgrammingError, "'%s' must be between -1 and %d, not %d", name, limit, count);
    return {};
}
/// Replaces a handler's callback.
void keep(Callback*& place, Callback* callback) {
    Callback* old = std::exchange(place, callback);
    if (old) drop_callback(old);
}

} // namespace

void drop_callback(Callback*& callback) {
    Callback* old = std::exchange(callback, nullptr);
    if (!old) return;
    decref(old->callable);
    decref(old->module);
    delete old;
}
Result<void> create_function(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> function,
                             bool deterministic) {
    TRY(check_thread_and_connection(t, self.get()));
    TRY(check_count(t, self.get(), count, "narg"));
    int flags = SQLITE_UTF8 | (deterministic ? SQLITE_DETERMINISTIC : 0);
    int code = is_none(function.get())
                   ? sqlite3_create_function_v2(self->db, name.data(), count, flags, nullptr, nullptr, nullptr, nullptr, nullptr)
                   : sqlite3_create_function_v2(self->db, name.data(), count, flags, new_callback(self.get(), function.get()),
                                                function_called, nullptr, nullptr, destroy_callback);
    if (code != SQLITE_OK) return fail(t, self.get(), OperationalError, "Error creating function");
    return {};
}
Result<void> create_aggregate(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> cls) {
    TRY(check_thread_and_connection(t, self.get()));
    TRY(check_count(t, self.get(), count, "n_arg"));
    int code = is_none(cls.get())
                   ? sqlite3_create_function_v2(self->db, name.data(), count, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr)
                   : sqlite3_create_function_v2(self->db, name.data(), count, SQLITE_UTF8, new_callback(self.get(), cls.get()), nullptr,
                                                step_called, finalize_called, destroy_callback);
    if (code != SQLITE_OK) return fail(t, self.get(), OperationalError, "Error creating aggregate");
    return {};
}
Result<void> create_window_function(Thread& t, Borrowed<Connection> self, std::string_view name, int count, Borrowed<Object> cls) {
    TRY(check_thread_and_connection(t, self.get()));
    TRY(check_count(t, self.get(), count, "num_params"));
    int code = is_none(cls.get())
                   ? sqlite3_create_window_function(self->db, name.data(), count, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr,
                                                    nullptr)
                   : sqlite3_create_window_function(self->db, name.data(), count, SQLITE_UTF8, new_callback(self.get(), cls.get()),
                                                    step_called, finalize_called, value_called, inverse_called, destroy_callback);
    if (code != SQLITE_OK) return check_database(t, self.get());
    return {};
}
Result<void> create_collation(Thread& t, Borrowed<Connection> self, std::string_view name, Borrowed<Object> callable) {
    TRY(check_thread_and_connection(t, self.get()));
    int code;
    if (is_none(callable.get())) {
        code = sqlite3_create_collation_v2(self->db, name.data(), SQLITE_UTF8, nullptr, nullptr, nullptr);
    } else {
        if (!is_callable(callable.get())) return raise(t, exc::TypeError, "parameter must be callable");
        Callback* callback = new_callback(self.get(), callable.get());
        code = sqlite3_create_collation_v2(self->db, name.data(), SQLITE_UTF8, callback, collation_called, destroy_callback);
        if (code != SQLITE_OK) drop_callback(callback); // unlike others, this one is not destroyed on failure
    }
    if (code != SQLITE_OK) return check_database(t, self.get());
    return {};
}
Result<void> set_authorizer(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable) {
    TRY(check_thread_and_connection(t, self.get()));
    Callback* callback = is_none(callable.get()) ? nullptr : new_callback(self.get(), callable.get());
    int code = sqlite3_set_authorizer(self->db, callback ? authorizer_called : nullptr, callback);
    if (code != SQLITE_OK) {
        drop_callback(callback);
        return fail(t, self.get(), OperationalError, "Error setting authorizer callback");
    }
    keep(self->authorizer, callback);
    return {};
}
Result<void> set_progress_handler(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable, int n) {
    TRY(check_thread_and_connection(t, self.get()));
    Callback* callback = is_none(callable.get()) ? nullptr : new_callback(self.get(), callable.get());
    sqlite3_progress_handler(self->db, callback ? n : 0, callback ? progress_called : nullptr, callback);
    keep(self->progress, callback);
    return {};
}
Result<void> set_trace_callback(Thread& t, Borrowed<Connection> self, Borrowed<Object> callable) {
    TRY(check_thread_and_connection(t, self.get()));
    Callback* callback = is_none(callable.get()) ? nullptr : new_callback(self.get(), callable.get());
    sqlite3_trace_v2(self->db, SQLITE_TRACE_STMT, callback ? trace_called : nullptr, callback);
    keep(self->trace, callback);
    return {};
}

} // namespace taipan::sqlite
