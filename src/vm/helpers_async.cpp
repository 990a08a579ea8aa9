// Awaiting and delegating (PEP 380, 492, 525).
#include "objects/list.h"
#include "vm/async_generator.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

namespace {
bool is_awaitable_generator(Object* o) {
    return o->type == &Generator::s_type && (static_cast<Generator*>(o)->frame.code()->flags & code_flag::IterableCoroutine);
}
Result<Ref<Object>> awaitable_iterator(Thread& t, Borrowed<Object> object) {
    if (object->type == &Coroutine::s_type || is_awaitable_generator(object.get())) return object.share();
    UnaryFunc await = object->type->as_async ? object->type->as_async->await : nullptr;
    if (!await) return raise(t, exc::TypeError, "'%T' object can't be awaited", object);
    Ref<Object> iterator = TRY(Result<Ref<Object>>::from_nullable(await(object.get())));
    if (iterator->type == &Coroutine::s_type || is_awaitable_generator(iterator.get()))
        return raise(t, exc::TypeError, "__await__() returned a coroutine");
    if (!is_iterator(iterator.get())) return raise(t, exc::TypeError, "__await__() returned non-iterator of type '%T'", iterator);
    return iterator;
}
} // namespace

Object* get_awaitable(Thread& t, Object* object, uint32_t kind) {
    auto made = awaitable_iterator(t, object);
    if (made.is_error()) {
        if (kind && exception_matches(t, exc::TypeError) && !(object->type->as_async && object->type->as_async->await)) {
            t.clear_exception();
            (void)raise(t, exc::TypeError, "'async with' received an object from __%s__ that does not implement __await__: %T",
                        kind == 1 ? "aenter" : "aexit", object);
        }
        return nullptr;
    }
    Ref<Object> iterator = made.take();
    if (iterator->type == &Coroutine::s_type && generator_delegate(static_cast<Generator*>(iterator.get()))) {
        (void)raise(t, exc::RuntimeError, "coroutine is being awaited already");
        return nullptr;
    }
    return iterator.release();
}
Object* get_async_iterator(Thread& t, Object* object) {
    UnaryFunc aiter = object->type->as_async ? object->type->as_async->aiter : nullptr;
    if (!aiter) {
        (void)raise(t, exc::TypeError, "'async for' requires an object with __aiter__ method, got %T", object);
        return nullptr;
    }
    Object* iterator = aiter(object);
    if (iterator && !(iterator->type->as_async && iterator->type->as_async->anext)) {
        (void)raise(t, exc::TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %T", iterator);
        decref(iterator);
        return nullptr;
    }
    return iterator;
}
Object* get_async_next(Thread& t, Object* iterator) {
    UnaryFunc anext = iterator->type->as_async ? iterator->type->as_async->anext : nullptr;
    if (!anext) {
        (void)raise(t, exc::TypeError, "'async for' requires an iterator with __anext__ method, got %T", iterator);
        return nullptr;
    }
    Object* next = anext(iterator);
    if (!next || iterator->type == &AsyncGenerator::s_type) return next;
    auto awaitable = awaitable_iterator(t, next);
    if (awaitable.is_error()) {
        Ref<Object> cause = t.take_exception().take();
        (void)raise(t, exc::TypeError, "'async for' received an invalid object from __anext__: %T", next);
        if (t.exception) assign_field(static_cast<BaseException*>(t.exception)->cause, cause.release());
    }
    decref(next);
    return awaitable.release_or_null();
}
Object* get_yield_from_iterator(Thread& t, Frame* f, Object* object) {
    if (object->type == &Coroutine::s_type) {
        if (!(f->code()->flags & (code_flag::Coroutine | code_flag::IterableCoroutine))) {
            (void)raise(t, exc::TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
            return nullptr;
        }
        incref(object);
        return object;
    }
    if (object->type == &Generator::s_type) {
        incref(object);
        return object;
    }
    return get_iterator(t, object).release_or_null();
}

SendOutcome send_value(Thread& t, Object* receiver, Object* value, Object** result) {
    *result = nullptr;
    if (receiver->type == &Generator::s_type || receiver->type == &Coroutine::s_type) {
        switch (generator_resume(t, static_cast<Generator*>(receiver), value, result)) {
        case ResumeOutcome::Yielded: return SendOutcome::Next;
        case ResumeOutcome::Returned: return SendOutcome::Return;
        case ResumeOutcome::Raised: return SendOutcome::Error;
        }
    }
    if (receiver->type->as_async && receiver->type->as_async->send) {
        int outcome = receiver->type->as_async->send(receiver, value, result);
        return outcome < 0 ? SendOutcome::Error : outcome ? SendOutcome::Next : SendOutcome::Return;
    }
    if (is_none(value) && is_iterator(receiver)) {
        *result = receiver->type->next(receiver);
    } else {
        *result = call_method(t, Borrowed<Object>(receiver), names::send, Borrowed<Object>(value)).release_or_null();
    }
    if (*result) return SendOutcome::Next;
    if (!t.has_exception()) {
        *result = None();
        return SendOutcome::Return;
    }
    if (!exception_matches(t, exc::StopIteration)) return SendOutcome::Error;
    if (t.tracing && !trace_stop(t, t.frame)) return SendOutcome::Error;
    Ref<Object> stop = t.take_exception().take();
    Object* returned = static_cast<StopIterationObject*>(stop.get())->value;
    if (!returned) returned = None();
    incref(returned);
    *result = returned;
    return SendOutcome::Return;
}

} // namespace taipan::vm
