// Raising and matching.
#include "objects/exception_group.h"
#include "objects/list.h"
#include "vm/helpers.h"

namespace taipan::vm {

namespace {
bool is_exception_class(Object* o) { return is<Type>(o) && is_subtype(static_cast<Type*>(o), &BaseException::s_type); }
bool check_catchable(Thread& t, Object* match) {
    if (is<Tuple>(match)) {
        for (Object* item : *static_cast<Tuple*>(match))
            if (!is_exception_class(item))
                return (void)raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed"), false;
        return true;
    }
    if (is_exception_class(match)) return true;
    return (void)raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed"), false;
}
} // namespace

int check_exception_match(Thread& t, Object* exception, Object* match) {
    if (!check_catchable(t, match)) return -1;
    return given_exception_matches(exception, match);
}

bool check_exception_group_match(Thread& t, Object* exception, Object* match, Object** rest, Object** matched) {
    if (!check_catchable(t, match)) return false;
    auto is_group_class = [](Object* o) { return is<Type>(o) && is_subtype(static_cast<Type*>(o), &exc::BaseExceptionGroup); };
    bool bad = is_group_class(match);
    if (is<Tuple>(match))
        for (Object* item : *static_cast<Tuple*>(match)) bad = bad || is_group_class(item);
    if (bad) return (void)raise(t, exc::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead."), false;
    if (is_none(exception)) {
        *rest = None();
        *matched = None();
        return true;
    }
    if (given_exception_matches(exception, match)) {
        if (is_subtype(exception->type, &exc::BaseExceptionGroup)) {
            incref(exception);
            *matched = exception;
        } else { // a naked exception is wrapped
            auto wrap = [&]() -> Result<Ref<Object>> {
                Ref<Tuple> items = TRY(tuple_pack(t, Borrowed<Object>(exception)));
                Ref<Str> empty = str_empty();
                return call(t, Borrowed<Object>(&exc::BaseExceptionGroup), empty, items);
            };
            auto made = wrap();
            if (made.is_error()) return false;
            Ref<Object> group = made.take();
            if (Frame* f = t.frame) { // the group has a traceback from here, as if raised here
                Ref<Object> keep = group.share();
                MaybeRef<Object> pending = t.take_exception();
                (void)t.set_exception(std::move(keep));
                add_traceback(t, f);
                t.clear_exception();
                t.exception = pending.release();
            }
            *matched = group.release();
        }
        *rest = None();
        return true;
    }
    if (is_subtype(exception->type, &exc::BaseExceptionGroup)) {
        auto split = [&]() -> Result<void> {
            Ref<Str> name = TRY(str_interned(t, "split"));
            Ref<Object> pair = TRY(call_method(t, Borrowed<Object>(exception), name, Borrowed<Object>(match)));
            if (!is<Tuple>(pair.get())) return raise(t, exc::TypeError, "%T.split must return a tuple, not %T", exception, pair);
            Tuple* tuple = static_cast<Tuple*>(pair.get());
            if (tuple->size < 2)
                return raise(t, exc::TypeError, "%T.split must return a 2-tuple, got tuple of size %d", exception, tuple->size);
            incref(tuple->items[0]);
            incref(tuple->items[1]);
            *matched = tuple->items[0];
            *rest = tuple->items[1];
            return {};
        };
        return !split().is_error();
    }
    incref(exception);
    *rest = exception;
    *matched = None();
    return true;
}

namespace {
Result<void> raise_checked(Thread& t, Ref<Object> exception, MaybeRef<Object> cause) {
    MaybeRef<Object> instance;
    if (is_exception_class(exception.get())) {
        instance = TRY(call(t, exception));
        if (!is<BaseException>(instance.get()))
            return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", exception,
                         Borrowed<Object>(instance->type));
    } else if (is<BaseException>(exception.get())) {
        instance = std::move(exception);
    } else {
        return raise(t, exc::TypeError, "exceptions must derive from BaseException");
    }
    if (cause) {
        MaybeRef<Object> fixed;
        if (is_exception_class(cause.get())) {
            fixed = TRY(call(t, cause.get()));
            if (!is<BaseException>(fixed.get()))
                return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %R", cause,
                             Borrowed<Object>(fixed->type));
        } else if (is<BaseException>(cause.get())) {
            fixed = std::move(cause);
        } else if (!is_none(cause.get())) {
            return raise(t, exc::TypeError, "exception causes must derive from BaseException");
        }
        BaseException* error = static_cast<BaseException*>(instance.get());
        assign_field(error->cause, fixed.release());
        error->suppress_context = 1;
    }
    return raise_instance(t, instance.take());
}
} // namespace

bool do_raise(Thread& t, Object* exception, Object* cause) {
    if (!exception) { // re-raise what is being handled
        for (HandledException* h = t.handled; h; h = h->previous)
            if (h->exception) {
                (void)t.set_exception(acquire(h->exception));
                return true;
            }
        (void)raise(t, exc::RuntimeError, "No active exception to reraise");
        return false;
    }
    (void)raise_checked(t, steal(exception), MaybeRef<Object>::steal(cause)).is_error();
    return false;
}

} // namespace taipan::vm
