// _asyncio.Future and the iterator that awaits it.
#include "modules/asyncio/asyncio.h"
#include "modules/contextvars.h"
#include "objects/generator.h"
#include "objects/generic_alias.h"
#include "objects/set.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

namespace taipan::asyncio {

Type Future::s_type;

using Self = Borrowed<Future>;

Result<void> check_initialised(Thread& t, const Future* self) {
    if (UNLIKELY(!self->loop)) return raise(t, exc::RuntimeError, "Future object is not initialized.");
    return {};
}
static Error raise_invalid_state(Thread& t, const char* text) { return raise(t, *state_of(t).invalid_state_error, "%s", text); }

Result<void> call_soon(Thread& t, Borrowed<Object> loop, Borrowed<Object> callback, Object* argument, Object* context) {
    AsyncioState& state = state_of(t);
    Object* args[5] = {nullptr, loop.get(), callback.get()};
    size_t count = 2;
    if (argument) args[++count] = argument;
    if (context) args[count + 1] = context;
    TRY(vectorcall_method(t, state.call_soon, args + 1, count | VectorcallOffset, context ? state.context_names : nullptr));
    return {};
}

Result<Ref<Object>> current_loop(Thread& t) {
    if (t.running_loop) return acquire(t.running_loop);
    Ref<Object> get_policy = TRY(import_attribute(t, "asyncio.events", "_get_event_loop_policy"));
    Ref<Object> policy = TRY(call(t, get_policy));
    Ref<Str> name = TRY(str_interned(t, "get_event_loop"));
    return call_method(t, policy, name);
}

Result<void> future_init(Thread& t, Future* self, Object* loop) {
    AsyncioState& state = state_of(t);
    if (UNLIKELY(self->loop != nullptr)) { // __init__ again
        CriticalSection section(t, self);
        for (Object** field : {&self->loop, &self->callback0, &self->context0, &self->result, &self->exception_traceback,
                               &self->source_traceback, &self->cancel_message, &self->cancelled_error, &self->awaited_by})
            clear_field(*field);
        clear_field(self->callbacks);
    }
    self->state = FutureState::Pending;
    self->failed = self->log_traceback = self->blocking = self->awaited_by_set = false;
    Ref<Object> own_loop = loop && !is_none(loop) ? acquire(loop) : TRY(current_loop(t));
    assign_field(self->loop, own_loop.share().release());
    Ref<Object> debug = TRY(call_method(t, own_loop, state.get_debug));
    if (debug.get() == False()) return {};
    if (TRY(is_true(t, debug)) && !is_finalizing(t)) {
        Ref<Object> extract = TRY(import_attribute(t, "traceback", "extract_stack"));
        Ref<Object> stack = TRY(call(t, extract));
        CriticalSection section(t, self);
        assign_field(self->source_traceback, stack.release());
    }
    return {};
}

/// Hands the callbacks, taken out of the future first, to the loop.
static Result<void> schedule_callbacks(Thread& t, Future* self) {
    MaybeRef<Object> callback, context, loop;
    MaybeRef<List> others;
    {
        CriticalSection section(t, self);
        callback = MaybeRef<Object>::steal(std::exchange(self->callback0, nullptr));
        context = MaybeRef<Object>::steal(std::exchange(self->context0, nullptr));
        others = MaybeRef<List>::steal(std::exchange(self->callbacks, nullptr));
        if (callback || others) loop = MaybeRef<Object>::acquire(self->loop);
    }
    if (callback) TRY(call_soon(t, loop.get(), callback.get(), self, context.get()));
    if (LIKELY(!others)) return {};
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = list_get(t, others.get(), i);
        if (!item) return {};
        auto* pair = static_cast<Tuple*>(item.get());
        TRY(call_soon(t, loop.get(), pair->items[0], self, pair->items[1]));
    }
}

/// Leaves the pending state; `value` is what `result` becomes.
static bool finish(Thread& t, Future* self, FutureState state, Object* value, bool failed) {
    CriticalSection section(t, self);
    if (self->state != FutureState::Pending) return false;
    if (value) assign_field(self->result, acquire(value).release());
    self->failed = failed;
    self->state.store(state, std::memory_order_release);
    return true;
}

Result<Ref<Object>> future_cancel(Thread& t, Future* self, Object* message) {
    {
        CriticalSection section(t, self);
        self->log_traceback = false;
        if (self->state != FutureState::Pending) return bool_ref(false);
        assign_field(self->cancel_message, MaybeRef<Object>::acquire(message).release());
        self->state.store(FutureState::Cancelled, std::memory_order_release);
    }
    TRY(schedule_callbacks(t, self));
    return bool_ref(true);
}
Result<void> future_set_result(Thread& t, Future* self, Borrowed<Object> result) {
    if (!finish(t, self, FutureState::Finished, result.get(), false)) return raise_invalid_state(t, "invalid state");
    return schedule_callbacks(t, self);
}
Result<void> future_set_exception(Thread& t, Future* self, Borrowed<Object> given) {
    if (self->state != FutureState::Pending) return raise_invalid_state(t, "invalid state");
    Ref<Object> exception = acquire(given);
    if (is<Type>(given.get()) && is_subtype(static_cast<Type*>(given.get()), &BaseException::s_type)) exception = TRY(call(t, given));
    if (!is<BaseException>(exception.get())) return raise(t, exc::TypeError, "invalid exception object");
    if (is_subtype(exception->type, &exc::StopIteration)) {
        Ref<Str> text = TRY(str_from_utf8(t, "StopIteration interacts badly with generators and cannot be raised into a Future"));
        Ref<Object> made = TRY(make_exception(t, exc::RuntimeError, text));
        auto* error = static_cast<BaseException*>(made.get());
        assign_field(error->cause, exception.share().release());
        error->suppress_context = true;
        assign_field(error->context, exception.release());
        exception = std::move(made);
    }
    MaybeRef<Object> traceback = MaybeRef<Object>::acquire(static_cast<BaseException*>(exception.get())->traceback);
    if (!finish(t, self, FutureState::Finished, exception.get(), true)) return raise_invalid_state(t, "invalid state");
    {
        CriticalSection section(t, self);
        assign_field(self->exception_traceback, traceback.release());
    }
    TRY(schedule_callbacks(t, self));
    self->log_traceback = true;
    return {};
}

Result<Ref<Object>> make_cancelled_error(Thread& t, Future* self) {
    MaybeRef<Object> message;
    {
        CriticalSection section(t, self);
        if (self->cancelled_error) return steal(std::exchange(self->cancelled_error, nullptr));
        message = MaybeRef<Object>::acquire(self->cancel_message);
    }
    Borrowed<Object> type = state_of(t).cancelled_error;
    if (!message || is_none(message.get())) return call(t, type);
    return call(t, type, message.take());
}
static Error raise_cancelled(Thread& t, Future* self) {
    Ref<Object> error = TRY(make_cancelled_error(t, self));
    if (!is<BaseException>(error.get())) return raise(t, exc::TypeError, "exceptions must derive from BaseException");
    return raise_instance(t, std::move(error));
}

Result<Ref<Object>> future_result(Thread& t, Future* self) {
    FutureState state = self->state.load(std::memory_order_acquire);
    if (state == FutureState::Cancelled) return raise_cancelled(t, self);
    if (state == FutureState::Pending) return raise_invalid_state(t, "Result is not set.");
    MaybeRef<Object> value, traceback;
    {
        CriticalSection section(t, self);
        self->log_traceback = false;
        value = MaybeRef<Object>::acquire(self->result);
        if (LIKELY(!self->failed)) return value ? value.take() : none_ref();
        traceback = MaybeRef<Object>::steal(std::exchange(self->exception_traceback, nullptr));
    }
    CriticalSection section(t, value.get());
    assign_field(static_cast<BaseException*>(value.get())->traceback, traceback.release());
    return raise_instance(t, value.take());
}

Result<void> future_add_callback(Thread& t, Future* self, Borrowed<Object> callback, Borrowed<Object> context) {
    {
        CriticalSection section(t, self);
        if (self->state == FutureState::Pending) {
            if (LIKELY(!self->callback0 && !self->callbacks)) {
                self->callback0 = acquire(callback).release();
                self->context0 = acquire(context).release();
                return {};
            }
            Ref<Tuple> pair = TRY(tuple_pack(t, callback, context));
            if (!self->callbacks) self->callbacks = TRY(list_new(t)).release();
            return list_append(t, self->callbacks, std::move(pair));
        }
    }
    Ref<Object> loop = field_value(t, self, self->loop).take();
    return call_soon(t, loop, callback, self, context.get());
}

Result<Ref<Object>> loop_of(Thread& t, Borrowed<Object> future) {
    if (is_exact_future(future.get())) {
        auto* self = static_cast<Future*>(future.get());
        TRY(check_initialised(t, self));
        return field_value(t, self, self->loop).take();
    }
    AsyncioState& state = state_of(t);
    if (MaybeRef<Object> get = TRY(get_attribute_optional(t, future, state.get_loop))) return call(t, get.take());
    return get_attribute(t, future, state._loop);
}

Result<void> awaited_by_add(Thread& t, Object* object, Object* waiter) {
    Future* self = try_as<Future>(object);
    if (!self || !is<Future>(waiter)) return {};
    CriticalSection section(t, self);
    if (LIKELY(!self->awaited_by)) {
        self->awaited_by = acquire(waiter).release();
        self->awaited_by_set = false;
        return {};
    }
    if (!self->awaited_by_set) {
        if (self->awaited_by == waiter) return {};
        Ref<Set> set = TRY(set_new(t));
        TRY(set_add(t, set, self->awaited_by));
        assign_field<Object>(self->awaited_by, set.release());
        self->awaited_by_set = true;
    }
    TRY(set_add(t, static_cast<Set*>(self->awaited_by), waiter));
    return {};
}
Result<void> awaited_by_discard(Thread& t, Object* object, Object* waiter) {
    Future* self = try_as<Future>(object);
    if (!self || !self->awaited_by) return {};
    MaybeRef<Object> dropped;
    CriticalSection section(t, self);
    if (self->awaited_by == waiter) dropped = MaybeRef<Object>::steal(std::exchange(self->awaited_by, nullptr));
    else if (self->awaited_by && self->awaited_by_set) TRY(set_discard(t, static_cast<Set*>(self->awaited_by), waiter));
    return {};
}

void report(Thread& t, Future* self, const char* subject, Ref<Str> message, Object* exception) {
    AsyncioState& state = state_of(t);
    auto run = [&]() -> Result<void> {
        Ref<Dict> context = TRY(dict_new(t));
        TRY(dict_set_ascii(t, context, "message", message));
        if (exception) TRY(dict_set_ascii(t, context, "exception", exception));
        TRY(dict_set_ascii(t, context, subject, self));
        if (self->source_traceback) TRY(dict_set_ascii(t, context, "source_traceback", self->source_traceback));
        if (self->loop) TRY(call_method(t, Borrowed<Object>(self->loop), state.call_exception_handler, context));
        return {};
    };
    if (run().is_error()) write_unraisable(t, nullptr, self);
}
void future_finalize(Object* o) {
    auto* self = static_cast<Future*>(o);
    if (LIKELY(!self->log_traceback)) return;
    Thread& t = Thread::current();
    self->log_traceback = false;
    MaybeRef<Object> saved = t.take_exception();
    MaybeRef<Object> name = MaybeRef<Object>::steal(get_attribute(t, Borrowed<Object>(o->type), names::__name__).release_or_null());
    MaybeRef<Str> text =
        name ? MaybeRef<Str>::steal(str_format(t, "%s exception was never retrieved", name).release_or_null()) : MaybeRef<Str>();
    if (text) report(t, self, "future", text.take(), self->result);
    else write_unraisable(t, nullptr, self);
    if (saved) (void)t.set_exception(saved.take());
}

int future_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Future*>(o);
    for (Object* field :
         {self->loop, self->callback0, self->context0, static_cast<Object*>(self->callbacks), self->result, self->exception_traceback,
          self->source_traceback, self->cancel_message, self->cancelled_error, self->awaited_by, self->dict})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
int future_clear(Object* o) {
    auto* self = static_cast<Future*>(o);
    for (Object** field : {&self->loop, &self->callback0, &self->context0, &self->result, &self->exception_traceback,
                           &self->source_traceback, &self->cancel_message, &self->cancelled_error, &self->awaited_by, &self->dict})
        if (*field) clear_field(*field);
    clear_field(self->callbacks);
    return 0;
}
void future_free(Object* o) {
    auto* self = static_cast<Future*>(o);
    if (self->weaklist) clear_weakrefs(o);
    future_clear(o);
    o->type->free(o);
}

namespace {

void future_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    gc_untrack(o);
    future_free(o);
}

Result<Ref<Object>> future_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    if (type->is_heap_type()) return Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0));
    Ref<Future> self = TRY(allocate<Future>(t, *type.get()));
    gc_track(self.get());
    return self;
}
Result<void> init_method(Thread& t, Self self, Borrowed<Object> loop) { return future_init(t, self.get(), loop.get()); }

using Init = TypedInit<init_method, "Future", "(*, loop=None)">;
Object* future_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto made = allocate<Future>(t, *static_cast<Type*>(type));
    if (made.is_error()) return nullptr;
    Ref<Future> self = made.take();
    gc_track(self.get());
    if (!Init::def.entry(t, Init::def, self.get(), args, vectorcall_nargs(nargsf), kwnames)) return nullptr;
    return self.release();
}

Result<Ref<Object>> result_method(Thread& t, Self self) {
    if (!self->loop) return raise_invalid_state(t, "Future object is not initialized.");
    return future_result(t, self.get());
}
Result<Ref<Object>> exception_method(Thread& t, Self self) {
    if (!self->loop) return raise_invalid_state(t, "Future object is not initialized.");
    FutureState state = self->state.load(std::memory_order_acquire);
    if (state == FutureState::Cancelled) return raise_cancelled(t, self.get());
    if (state != FutureState::Finished) return raise_invalid_state(t, "Exception is not set.");
    CriticalSection section(t, self.get());
    if (!self->failed || !self->result) return none_ref();
    self->log_traceback = false;
    return acquire(self->result);
}
Result<void> set_result_method(Thread& t, Self self, Borrowed<Object> result) {
    TRY(check_initialised(t, self.get()));
    return future_set_result(t, self.get(), result);
}
Result<void> set_exception_method(Thread& t, Self self, Borrowed<Object> exception) {
    TRY(check_initialised(t, self.get()));
    return future_set_exception(t, self.get(), exception);
}
Result<void> add_done_callback(Thread& t, Self self, Borrowed<Object> fn, MaybeBorrowed<Object> context) {
    if (!self->loop) return raise(t, exc::RuntimeError, "uninitialized Future object");
    if (context) return future_add_callback(t, self.get(), fn, context.value());
    Ref<Context> current = TRY(context_copy_current(t));
    return future_add_callback(t, self.get(), fn, current);
}
/// Comparing may run Python that changes the callbacks, so each is held while it is compared.
Result<int64_t> remove_done_callback(Thread& t, Self self, Borrowed<Object> fn) {
    TRY(check_initialised(t, self.get()));
    int64_t removed = 0;
    if (MaybeRef<Object> first = field_value(t, self.get(), self->callback0)) {
        if (TRY(equals(t, first.get(), fn))) {
            CriticalSection section(t, self.get());
            clear_field(self->callback0);
            clear_field(self->context0);
            ++removed;
        }
    }
    MaybeRef<List> list = field_value(t, self.get(), self->callbacks);
    if (!list) return removed;
    Ref<List> kept = TRY(list_new(t));
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = list_get(t, list.get(), i);
        if (!item) break;
        if (TRY(equals(t, static_cast<Tuple*>(item.get())->items[0], fn))) ++removed;
        else TRY(list_append(t, kept, item.take()));
    }
    CriticalSection section(t, self.get());
    if (self->callbacks != list.get()) return removed;
    if (list_size(kept.get()) == 0) clear_field(self->callbacks);
    else assign_field(self->callbacks, kept.release());
    return removed;
}
Result<Ref<Object>> cancel(Thread& t, Self self, Borrowed<Object> message) {
    TRY(check_initialised(t, self.get()));
    return future_cancel(t, self.get(), message.get());
}
bool cancelled(Thread&, Self self) { return self->loop && self->state.load(std::memory_order_acquire) == FutureState::Cancelled; }
bool done(Thread&, Self self) { return self->loop && self->state.load(std::memory_order_acquire) != FutureState::Pending; }
Result<Ref<Object>> get_loop(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    return field_value(t, self.get(), self->loop).take();
}
Result<Ref<Object>> make_cancelled_error_method(Thread& t, Self self) { return make_cancelled_error(t, self.get()); }

// Attributes

Error cannot_delete(Thread& t) { return raise(t, exc::AttributeError, "cannot delete attribute"); }
bool get_blocking(Thread&, Self self) { return self->loop && self->blocking; }
Result<void> set_blocking(Thread& t, Self self, Object* value) {
    TRY(check_initialised(t, self.get()));
    if (!value) return cannot_delete(t);
    self->blocking = TRY(is_true(t, value));
    return {};
}
Result<bool> get_log_traceback(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    return bool{self->log_traceback};
}
Result<void> set_log_traceback(Thread& t, Self self, Object* value) {
    if (!value) return cannot_delete(t);
    if (TRY(is_true(t, value))) return raise(t, exc::ValueError, "_log_traceback can only be set to False");
    self->log_traceback = false;
    return {};
}
template <Object* Future::* Field> Ref<Object> get_plain(Thread& t, Self self) {
    MaybeRef<Object> value = field_value(t, self.get(), self.get()->*Field);
    return value ? value.take() : none_ref();
}
Result<Ref<Object>> get_callbacks(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    MaybeRef<Object> callback, context;
    MaybeRef<List> others;
    {
        CriticalSection section(t, self.get());
        callback = MaybeRef<Object>::acquire(self->callback0);
        context = MaybeRef<Object>::acquire(self->context0);
        others = MaybeRef<List>::acquire(self->callbacks);
    }
    if (!callback && !others) return none_ref();
    Ref<List> list = TRY(list_new(t));
    if (callback) {
        Ref<Tuple> pair = TRY(tuple_pack(t, callback, context));
        TRY(list_append(t, list, std::move(pair)));
    }
    if (others) TRY(list_extend(t, list, others.get()));
    return list;
}
template <bool Failed> Result<Ref<Object>> get_outcome(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    CriticalSection section(t, self.get());
    return self->result && self->failed == Failed ? acquire(self->result) : none_ref();
}
Result<void> set_cancel_message(Thread& t, Self self, Object* value) {
    if (!value) return cannot_delete(t);
    CriticalSection section(t, self.get());
    assign_field(self->cancel_message, acquire(value).release());
    return {};
}
Result<Ref<Str>> get_state(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    FutureState state = self->state.load(std::memory_order_acquire);
    return str_interned(t, state == FutureState::Pending ? "PENDING" : state == FutureState::Cancelled ? "CANCELLED" : "FINISHED");
}
Result<Ref<Object>> get_awaited_by(Thread& t, Self self) {
    MaybeRef<Object> waiter;
    bool is_set;
    {
        CriticalSection section(t, self.get());
        waiter = MaybeRef<Object>::acquire(self->awaited_by);
        is_set = self->awaited_by_set;
    }
    if (!waiter) return none_ref();
    if (is_set) return TRY(frozenset_from_iterable(t, waiter.get()));
    Ref<Tuple> one = TRY(tuple_pack(t, waiter));
    return TRY(frozenset_from_iterable(t, one));
}
Result<Ref<Object>> future_repr(Thread& t, Self self) {
    Ref<Object> function = TRY(import_attribute(t, "asyncio.base_futures", "_future_repr"));
    return call(t, function, self);
}

// The iterator: yields the future once, so that the task waits for it, and ends with its result.

struct FutureIterator : Object {
    Future* future; // null: ended
    static Type s_type;
};
} // namespace

namespace {
using Iterator = Borrowed<FutureIterator>;

Result<Ref<Object>> future_await(Thread& t, Self self) {
    TRY(check_initialised(t, self.get()));
    Ref<FutureIterator> iterator = TRY(allocate<FutureIterator>(t));
    iterator->future = acquire(self).release();
    gc_track(iterator.get());
    return iterator;
}
/// 1: yielded, 0: returned, -1: raised; as am_send.
int iterator_send(Thread& t, FutureIterator* self, Object** out) {
    *out = nullptr;
    MaybeRef<Future> future = field_value(t, self, self->future);
    if (!future) return -1;
    if (future->state.load(std::memory_order_acquire) == FutureState::Pending) {
        if (!future->blocking) {
            future->blocking = true;
            *out = future.release();
            return 1;
        }
        (void)raise(t, exc::RuntimeError, "await wasn't used with future");
        return -1;
    }
    {
        CriticalSection section(t, self);
        clear_field(self->future);
    }
    *out = future_result(t, future.get()).release_or_null();
    return *out ? 0 : -1;
}
int send_slot_function(Object* self, Object*, Object** out) {
    return iterator_send(Thread::current(), static_cast<FutureIterator*>(self), out);
}
Error raise_stop(Thread& t, Ref<Object> value) {
    if (is_none(value.get())) return raise_bare(t, exc::StopIteration);
    return raise_object(t, exc::StopIteration, value);
}
ResultMaybe<Object> iterator_next(Thread& t, Iterator self) {
    Object* out;
    int outcome = iterator_send(t, self.get(), &out);
    if (outcome > 0) return MaybeRef<Object>::steal(out);
    if (outcome < 0) {
        if (t.has_exception()) return Error{};
        return MaybeRef<Object>();
    }
    if (is_none(out)) return MaybeRef<Object>();
    return raise_stop(t, steal(out));
}
Result<Ref<Object>> iterator_send_method(Thread& t, Iterator self, Borrowed<Object>) {
    Object* out;
    int outcome = iterator_send(t, self.get(), &out);
    if (outcome > 0) return steal(out);
    if (outcome == 0) return raise_stop(t, steal(out));
    if (t.has_exception()) return Error{};
    return raise_bare(t, exc::StopIteration);
}
void iterator_close(Thread& t, Iterator self) {
    CriticalSection section(t, self.get());
    clear_field(self->future);
}
Result<Ref<Object>> iterator_throw(Thread& t, Iterator self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                   MaybeBorrowed<Object> traceback) {
    if (value)
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."));
    Object* tb = traceback && !is_none(traceback.get()) ? traceback.get() : nullptr;
    if (tb && !is<Traceback>(tb)) return raise(t, exc::TypeError, "throw() third argument must be a traceback");
    bool has_value = value && !is_none(value.get());
    MaybeRef<Object> exception;
    if (is<Type>(type.get()) && is_subtype(static_cast<Type*>(type.get()), &BaseException::s_type)) {
        if (!has_value) exception = TRY(call(t, type));
        else if (is<BaseException>(value.get()) && is_subtype(value->type, static_cast<Type*>(type.get())))
            exception = MaybeRef<Object>::acquire(value.get());
        else if (is<Tuple>(value.get())) exception = TRY(call_tuple(t, type, as<Tuple>(value.value()), nullptr));
        else exception = TRY(call(t, type, value.value()));
        if (!is<BaseException>(exception.get()))
            return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %T", type, exception);
    } else if (is<BaseException>(type.get())) {
        if (value) return raise(t, exc::TypeError, "instance exception may not have a separate value");
        exception = MaybeRef<Object>::acquire(type.get());
    } else {
        return raise(t, exc::TypeError, "exceptions must be classes deriving BaseException or instances of such a class");
    }
    iterator_close(t, self);
    if (tb) assign_field(static_cast<BaseException*>(exception.get())->traceback, acquire(tb).release());
    return t.set_exception(exception.take());
}

using IteratorFields = Fields<FutureIterator, &FutureIterator::future>;
const NativeDef iterator_methods[] = {
    method<iterator_send_method>("send", "($self, value, /)"),
    method<iterator_throw>("throw", "($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)"),
    method<iterator_close>("close", "($self, /)"),
};
Result<Ref<Object>> iterator_iter(Thread&, Iterator self) { return acquire<Object>(self.get()); }
const SlotDef iterator_slots[] = {
    unary_slot<SlotId::tp_iter, iterator_iter>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    raw_slot(SlotId::am_send, &send_slot_function),
    IteratorFields::traverse_slot(),
    IteratorFields::clear_slot(),
    IteratorFields::dealloc_slot(),
};

const NativeDef future_methods[] = {
    method<result_method>(
        "result", "($self, /)",
        "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\n"
        "future's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, "
        "this exception is\nraised."),
    method<exception_method>(
        "exception", "($self, /)",
        "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned "
        "only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done "
        "yet, raises\nInvalidStateError."),
    method<set_result_method>(
        "set_result", "($self, result, /)",
        "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\n"
        "InvalidStateError."),
    method<set_exception_method>("set_exception", "($self, exception, /)",
                                 "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, "
                                 "raises\nInvalidStateError."),
    method<add_done_callback>(
        "add_done_callback", "($self, fn, /, *, context=<unrepresentable>)",
        "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the "
        "future object.\nIf the future is already done when this is called, the callback is\nscheduled with call_soon."),
    method<remove_done_callback>(
        "remove_done_callback", "($self, fn, /)",
        "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed."),
    method<cancel>(
        "cancel", "($self, /, msg=None)",
        "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.\nOtherwise, change "
        "the future's state to cancelled, schedule the\ncallbacks and return True."),
    method<cancelled>("cancelled", "($self, /)", "Return True if the future was cancelled."),
    method<done>("done", "($self, /)",
                 "Return True if the future is done.\n\nDone means either that a result / exception are available, or that\nthe future was "
                 "cancelled."),
    method<get_loop>("get_loop", "($self, /)", "Return the event loop the Future is bound to."),
    method<make_cancelled_error_method>(
        "_make_cancelled_error", "($self, /)",
        "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when "
        "handling a cancellation since\nit erases the context exception value."),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "Futures are generic over the type of their results"),
};
const GetSetDef future_getset[] = {
    getter<get_state>("_state"),
    getter_setter<get_blocking, set_blocking>("_asyncio_future_blocking"),
    getter<get_plain<&Future::loop>>("_loop"),
    getter<get_callbacks>("_callbacks"),
    getter<get_outcome<false>>("_result"),
    getter<get_outcome<true>>("_exception"),
    getter_setter<get_log_traceback, set_log_traceback>("_log_traceback"),
    getter<get_plain<&Future::source_traceback>>("_source_traceback"),
    getter_setter<get_plain<&Future::cancel_message>, set_cancel_message>("_cancel_message"),
    getter<get_awaited_by>("_asyncio_awaited_by"),
};
const SlotDef future_slots[] = {
    construct_slot<SlotId::tp_new, future_new>(),        raw_slot(SlotId::tp_init, &Init::init),
    raw_slot(SlotId::tp_vectorcall, &future_vectorcall), unary_slot<SlotId::tp_repr, future_repr>(),
    unary_slot<SlotId::tp_iter, future_await>(),         unary_slot<SlotId::am_await, future_await>(),
    raw_slot(SlotId::tp_finalize, &future_finalize),     raw_slot(SlotId::tp_traverse, &future_traverse),
    raw_slot(SlotId::tp_clear, &future_clear),           raw_slot(SlotId::tp_dealloc, &future_dealloc),
};
Type FutureIterator::s_type;

} // namespace

const TypeSpec future_iterator_spec = {.type = &FutureIterator::s_type,
                                       .name = "_asyncio.FutureIter",
                                       .basicsize = sizeof(FutureIterator),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = iterator_slots,
                                       .methods = iterator_methods};
const TypeSpec future_spec = {
    .type = &Future::s_type,
    .name = "_asyncio.Future",
    .basicsize = sizeof(Future),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "A result that an event loop's callback or task will provide later.\n\n"
           "It resembles concurrent.futures.Future, but belongs to one loop and is not\n"
           "thread-safe: result() and exception() never wait (they raise\n"
           "InvalidStateError while there is no outcome), callbacks run through the\n"
           "loop's call_soon(), and await suspends a coroutine until the outcome is set.",
    .signature = "(*, loop=None)",
    .slots = future_slots,
    .methods = future_methods,
    .getset = future_getset,
    .weaklist_offset = offsetof(Future, weaklist),
    .dict_offset = offsetof(Future, dict),
};

} // namespace taipan::asyncio
