// What `anext(iterator, default)` returns: awaits the iterator's next item, and gives the default when it is exhausted.
#include "objects/abstract.h"
#include "objects/type_spec.h"
#include "vm/builtin_support.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan {

namespace {

struct AnextAwaitable : Object {
    Object *awaitable, *fallback;
    static Type s_type;
};
using Self = Borrowed<AnextAwaitable>;

/// The iterator behind the wrapped awaitable.
Result<Ref<Object>> inner(Thread& t, Self self) {
    Object* iterator = vm::get_awaitable(t, self->awaitable, 0);
    if (!iterator) return Error{};
    if (iterator->type == &Coroutine::s_type) {
        Ref<Object> coroutine = steal(iterator);
        UnaryFunc await = coroutine->type->as_async->await;
        return Result<Ref<Object>>::from_nullable(await(coroutine.get()));
    }
    return steal(iterator);
}
/// StopAsyncIteration ends the await with the default.
Result<Ref<Object>> finish(Thread& t, Self self, Result<Ref<Object>> result) {
    if (!result.is_error() || !exception_matches(t, exc::StopAsyncIteration)) return result;
    t.clear_exception();
    return raise_object(t, exc::StopIteration, self->fallback);
}
ResultMaybe<Object> next(Thread& t, Self self) {
    Ref<Object> iterator = TRY(inner(t, self));
    Object* item = iterator->type->next ? iterator->type->next(iterator.get()) : nullptr;
    if (!item && !t.has_exception()) return MaybeRef<Object>();
    return MaybeRef<Object>(TRY(finish(t, self, Result<Ref<Object>>::from_nullable(item))));
}
Result<Ref<Object>> send(Thread& t, Self self, Borrowed<Object> value) {
    Ref<Object> iterator = TRY(inner(t, self));
    return finish(t, self, call_method(t, iterator, names::send, value));
}
Result<Ref<Object>> throw_method(Thread& t, Self self, Args args) {
    Ref<Object> iterator = TRY(inner(t, self));
    Ref<Object> method = TRY(get_attribute(t, iterator, names::throw_));
    return finish(t, self, vectorcall(t, method, args.data, args.count, nullptr));
}
Result<Ref<Object>> close(Thread& t, Self self) {
    Ref<Object> iterator = TRY(inner(t, self));
    return call_method(t, iterator, names::close);
}
Ref<Object> iter(Thread&, Self self) { return self.share(); }

using AnextFields = Fields<AnextAwaitable, &AnextAwaitable::awaitable, &AnextAwaitable::fallback>;
const SlotDef slots[] = {AnextFields::dealloc_slot(),
                         AnextFields::traverse_slot(),
                         AnextFields::clear_slot(),
                         unary_slot<SlotId::tp_iter, iter>(),
                         unary_slot<SlotId::tp_iternext, next>(),
                         unary_slot<SlotId::am_await, iter>()};
const NativeDef methods[] = {
    method<send>("send", "($self, value, /)",
                 "send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or raise StopIteration."),
    method<throw_method>("throw", "($self, /, *args)",
                         "throw(value)\nthrow(typ[,val[,tb]])\n\nraise exception in the wrapped iterator, return next yielded value\nor "
                         "raise StopIteration."),
    method<close>("close", "($self, /)", "close() -> raise GeneratorExit inside generator."),
};

} // namespace

constinit Type AnextAwaitable::s_type{};
extern const TypeSpec anext_awaitable_spec;
const TypeSpec anext_awaitable_spec = {.type = &AnextAwaitable::s_type,
                                       .name = "anext_awaitable",
                                       .basicsize = sizeof(AnextAwaitable),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = slots,
                                       .methods = methods};

Result<Ref<Object>> anext_awaitable_new(Thread& t, Borrowed<Object> awaitable, Borrowed<Object> fallback) {
    Ref<AnextAwaitable> made = TRY(allocate<AnextAwaitable>(t));
    made->awaitable = awaitable.share().release();
    made->fallback = fallback.share().release();
    gc_track(made.get());
    return made;
}

} // namespace taipan
