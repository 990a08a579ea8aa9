#include "vm/async_generator.h"

#include "runtime/refcount.h"
#include "vm/frame_object.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan {

namespace {

enum class AwaitState : uint8_t { Init, Iterating, Closed };

/// __anext__ and asend().
struct AsyncGeneratorASend : Object {
    Generator* generator;
    Object* value; // null: None
    AwaitState state;
    static Type s_type;
};
/// athrow() and aclose() (without exception type).
struct AsyncGeneratorAThrow : Object {
    Generator* generator;
    Object *thrown_type, *value, *traceback; // thrown_type null: aclose()
    AwaitState state;
    static Type s_type;
};

/// First use of an async generator: tells the event loop's hooks (sys.set_asyncgen_hooks).
Result<void> init_hooks(Thread& t, Generator* g) {
    if (g->hooks_inited) return {};
    g->hooks_inited = 1;
    if (t.async_gen_finalizer && !g->origin_or_finalizer) {
        incref(t.async_gen_finalizer);
        g->origin_or_finalizer = t.async_gen_finalizer;
    }
    if (t.async_gen_firstiter) {
        Ref<Object> hook = acquire(t.async_gen_firstiter);
        TRY(call(t, hook, Borrowed<Object>(g)));
    }
    return {};
}

/// What a step of the generator means to the awaiter: a wrapped value ends the await, anything else is awaited.
Result<Ref<Object>> unwrap(Thread& t, Generator* g, Ref<Object> result) {
    if (result->type == &AsyncGeneratorWrappedValue::s_type) {
        g->running_async = 0;
        return raise_object(t, exc::StopIteration, static_cast<AsyncGeneratorWrappedValue*>(result.get())->value);
    }
    return result;
}
Error step_failed(Thread& t, Generator* g) {
    g->running_async = 0;
    if (exception_matches(t, exc::StopAsyncIteration) || exception_matches(t, exc::GeneratorExit)) g->closed = 1;
    return Error{};
}
Result<Ref<Object>> after_step(Thread& t, Generator* g, ResumeOutcome outcome, Object* result) {
    switch (outcome) {
    case ResumeOutcome::Yielded: return unwrap(t, g, steal(result));
    case ResumeOutcome::Returned:
        decref(result);
        g->running_async = 0;
        g->closed = 1;
        return raise_bare(t, exc::StopAsyncIteration);
    case ResumeOutcome::Raised: break;
    }
    if (!t.has_exception()) (void)raise_bare(t, exc::StopAsyncIteration);
    return step_failed(t, g);
}

Result<Ref<Object>> asend_send(Thread& t, Borrowed<AsyncGeneratorASend> self, Borrowed<Object> value) {
    if (self->state == AwaitState::Closed) return raise(t, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    Generator* g = self->generator;
    Borrowed<Object> sent = value;
    if (self->state == AwaitState::Init) {
        if (g->running_async) {
            self->state = AwaitState::Closed;
            return raise(t, exc::RuntimeError, "anext(): asynchronous generator is already running");
        }
        if (is_none(value.get()) && self->value) sent = self->value;
        self->state = AwaitState::Iterating;
    }
    g->running_async = 1;
    Object* result;
    ResumeOutcome outcome = generator_resume(t, g, sent.get(), &result);
    auto delivered = after_step(t, g, outcome, result);
    if (delivered.is_error()) self->state = AwaitState::Closed;
    return delivered;
}
/// am_send: `async for` and `await` take a value without a StopIteration around it.
int asend_am_send(Object* object, Object* value, Object** out) {
    Thread& t = Thread::current();
    auto* self = static_cast<AsyncGeneratorASend*>(object);
    Generator* g = self->generator;
    *out = nullptr;
    if (self->state != AwaitState::Closed && !t.tracing && (self->state == AwaitState::Iterating || !g->running_async)) {
        Object* sent = self->state == AwaitState::Init && is_none(value) && self->value ? self->value : value;
        self->state = AwaitState::Iterating;
        g->running_async = 1;
        Object* result;
        ResumeOutcome outcome = generator_resume(t, g, sent, &result);
        if (LIKELY(outcome == ResumeOutcome::Yielded && result->type == &AsyncGeneratorWrappedValue::s_type)) {
            g->running_async = 0;
            self->state = AwaitState::Closed;
            Object* given = static_cast<AsyncGeneratorWrappedValue*>(result)->value;
            incref(given);
            decref(result);
            *out = given;
            return 0;
        }
        auto delivered = after_step(t, g, outcome, result);
        if (delivered.is_error()) {
            self->state = AwaitState::Closed;
            return -1;
        }
        *out = delivered.take().release();
        return 1;
    }
    auto delivered = asend_send(t, self, value);
    if (!delivered.is_error()) {
        *out = delivered.take().release();
        return 1;
    }
    if (!exception_matches(t, exc::StopIteration)) return -1;
    if (t.tracing && !vm::trace_stop(t, t.frame)) return -1;
    Ref<Object> stop = t.take_exception().take();
    Object* given = static_cast<StopIterationObject*>(stop.get())->value;
    *out = acquire(given ? given : None()).release();
    return 0;
}
Result<Ref<Object>> throw_into(Thread& t, Generator* g, Borrowed<Object> type, Object* value, Object* traceback, bool close_on_exit) {
    auto thrown = generator_throw_method(t, g, type, value, traceback, close_on_exit);
    if (thrown.is_error()) return step_failed(t, g);
    return unwrap(t, g, thrown.take());
}
Result<Ref<Object>> asend_throw(Thread& t, Borrowed<AsyncGeneratorASend> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                MaybeBorrowed<Object> traceback) {
    if (self->state == AwaitState::Closed) return raise(t, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (self->state == AwaitState::Init) {
        if (self->generator->running_async) {
            self->state = AwaitState::Closed;
            return raise(t, exc::RuntimeError, "anext(): asynchronous generator is already running");
        }
        self->state = AwaitState::Iterating;
        self->generator->running_async = 1;
    }
    auto result = throw_into(t, self->generator, type, value.get(), traceback.get(), true);
    if (result.is_error()) self->state = AwaitState::Closed;
    return result;
}
Result<Ref<Object>> asend_close(Thread& t, Borrowed<AsyncGeneratorASend> self) {
    if (self->state == AwaitState::Closed) return none_ref();
    auto result = asend_throw(t, self, &exc::GeneratorExit, nullptr, nullptr);
    if (result.is_error()) {
        if (clear_if(t, exc::StopIteration) || clear_if(t, exc::StopAsyncIteration) || clear_if(t, exc::GeneratorExit)) return none_ref();
        return Error{};
    }
    return raise(t, exc::RuntimeError, "coroutine ignored GeneratorExit");
}
ResultMaybe<Object> asend_next(Thread& t, Borrowed<AsyncGeneratorASend> self) { return MaybeRef<Object>(TRY(asend_send(t, self, None()))); }

Result<Ref<Object>> athrow_send(Thread& t, Borrowed<AsyncGeneratorAThrow> self, Borrowed<Object> value) {
    Generator* g = self->generator;
    bool closing = !self->thrown_type;
    if (self->state == AwaitState::Closed) return raise(t, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (g->state.load(std::memory_order_relaxed) > 0) { // finished: nothing to be thrown into
        self->state = AwaitState::Closed;
        return raise_bare(t, exc::StopIteration);
    }
    if (self->state == AwaitState::Init) {
        if (g->running_async) {
            self->state = AwaitState::Closed;
            return raise(t, exc::RuntimeError,
                         closing ? "aclose(): asynchronous generator is already running"
                                 : "athrow(): asynchronous generator is already running");
        }
        if (g->closed) {
            self->state = AwaitState::Closed;
            return raise_bare(t, exc::StopAsyncIteration);
        }
        if (!is_none(value.get())) return raise(t, exc::RuntimeError, "can't send non-None value to a just-started coroutine");
        self->state = AwaitState::Iterating;
        g->running_async = 1;
        if (closing) {
            g->closed = 1;
            auto thrown = generator_throw_method(t, g, &exc::GeneratorExit, nullptr, nullptr, false);
            if (!thrown.is_error()) {
                Ref<Object> result = thrown.take();
                if (result->type == &AsyncGeneratorWrappedValue::s_type) {
                    g->running_async = 0;
                    self->state = AwaitState::Closed;
                    return raise(t, exc::RuntimeError, "async generator ignored GeneratorExit");
                }
                return result;
            }
        } else {
            auto thrown = throw_into(t, g, self->thrown_type, self->value, self->traceback, false);
            if (!thrown.is_error()) return thrown;
        }
    } else {
        Object* raw;
        ResumeOutcome outcome = generator_resume(t, g, value.get(), &raw);
        if (!closing) {
            auto delivered = after_step(t, g, outcome, raw);
            if (delivered.is_error()) self->state = AwaitState::Closed;
            return delivered;
        }
        if (outcome == ResumeOutcome::Yielded) {
            Ref<Object> result = steal(raw);
            if (result->type == &AsyncGeneratorWrappedValue::s_type) {
                g->running_async = 0;
                self->state = AwaitState::Closed;
                return raise(t, exc::RuntimeError, "async generator ignored GeneratorExit");
            }
            return result;
        }
        if (outcome == ResumeOutcome::Returned) {
            decref(raw);
            (void)raise_bare(t, exc::StopAsyncIteration);
        }
    }
    g->running_async = 0;
    self->state = AwaitState::Closed;
    if (closing && (exception_matches(t, exc::StopAsyncIteration) || exception_matches(t, exc::GeneratorExit))) {
        t.clear_exception();
        return raise_bare(t, exc::StopIteration);
    }
    return Error{};
}
Result<Ref<Object>> athrow_throw(Thread& t, Borrowed<AsyncGeneratorAThrow> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                 MaybeBorrowed<Object> traceback) {
    if (self->state == AwaitState::Closed) return raise(t, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (self->state == AwaitState::Init) {
        if (self->generator->running_async) {
            self->state = AwaitState::Closed;
            return raise(t, exc::RuntimeError,
                         self->thrown_type ? "athrow(): asynchronous generator is already running"
                                           : "aclose(): asynchronous generator is already running");
        }
        self->state = AwaitState::Iterating;
        self->generator->running_async = 1;
    }
    auto thrown = generator_throw_method(t, self->generator, type, value.get(), traceback.get(), true);
    if (self->thrown_type) {
        if (thrown.is_error()) {
            self->state = AwaitState::Closed;
            return step_failed(t, self->generator);
        }
        return unwrap(t, self->generator, thrown.take());
    }
    if (!thrown.is_error()) {
        Ref<Object> result = thrown.take();
        if (result->type == &AsyncGeneratorWrappedValue::s_type) {
            self->generator->running_async = 0;
            self->state = AwaitState::Closed;
            return raise(t, exc::RuntimeError, "async generator ignored GeneratorExit");
        }
        return result;
    }
    self->generator->running_async = 0;
    self->state = AwaitState::Closed;
    if (clear_if(t, exc::StopAsyncIteration) || clear_if(t, exc::GeneratorExit)) return raise_bare(t, exc::StopIteration);
    return Error{};
}
Result<Ref<Object>> athrow_close(Thread& t, Borrowed<AsyncGeneratorAThrow> self) {
    if (self->state == AwaitState::Closed) return none_ref();
    auto result = athrow_throw(t, self, &exc::GeneratorExit, nullptr, nullptr);
    if (result.is_error()) {
        if (clear_if(t, exc::StopIteration) || clear_if(t, exc::StopAsyncIteration) || clear_if(t, exc::GeneratorExit)) return none_ref();
        return Error{};
    }
    return raise(t, exc::RuntimeError, "coroutine ignored GeneratorExit");
}
ResultMaybe<Object> athrow_next(Thread& t, Borrowed<AsyncGeneratorAThrow> self) {
    return MaybeRef<Object>(TRY(athrow_send(t, self, None())));
}
template <class T> Ref<Object> self_iter(Thread&, Borrowed<T> self) { return self.share(); }

Result<Ref<Object>> asend_new(Thread& t, Borrowed<Generator> g, Object* value) {
    TRY(init_hooks(t, g.get()));
    Ref<AsyncGeneratorASend> made = TRY(allocate<AsyncGeneratorASend>(t));
    made->generator = g.share().release();
    xincref(value);
    made->value = value;
    gc_track(made.get());
    return made;
}
Result<Ref<Object>> athrow_new(Thread& t, Borrowed<Generator> g, Object* type, Object* value, Object* traceback) {
    TRY(init_hooks(t, g.get()));
    Ref<AsyncGeneratorAThrow> made = TRY(allocate<AsyncGeneratorAThrow>(t));
    made->generator = g.share().release();
    xincref(type);
    xincref(value);
    xincref(traceback);
    made->thrown_type = type;
    made->value = value;
    made->traceback = traceback;
    gc_track(made.get());
    return made;
}

} // namespace

Ref<Object> async_generator_aiter(Thread&, Borrowed<Generator> self) { return self.share(); }
Result<Ref<Object>> async_generator_anext(Thread& t, Borrowed<Generator> self) { return asend_new(t, self, nullptr); }
Result<Ref<Object>> async_generator_asend(Thread& t, Borrowed<Generator> self, Borrowed<Object> value) {
    return asend_new(t, self, value.get());
}
Result<Ref<Object>> async_generator_athrow(Thread& t, Borrowed<Generator> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                           MaybeBorrowed<Object> traceback) {
    if (value)
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead."));
    return athrow_new(t, self, type.get(), value.get(), traceback.get());
}
Result<Ref<Object>> async_generator_aclose(Thread& t, Borrowed<Generator> self) { return athrow_new(t, self, nullptr, nullptr, nullptr); }

Result<Ref<Object>> async_generator_wrap(Thread& t, Borrowed<Object> value) {
    Ref<AsyncGeneratorWrappedValue> made = TRY(allocate<AsyncGeneratorWrappedValue>(t));
    made->value = value.share().release();
    gc_track(made.get());
    return made;
}

void coroutine_set_origin(Thread& t, Generator* coroutine) {
    // A tuple of (filename, line, function) of the callers, innermost first.
    Object* entries[64];
    size_t count = 0;
    Frame* f = t.frame ? t.frame->previous : nullptr;
    for (int depth = t.coroutine_origin_depth; f && depth > 0 && count < 64; f = f->previous, --depth) {
        if (frame_is_incomplete(f)) continue;
        auto line = int_from(t, frame_line(f));
        if (line.is_error()) break;
        Ref<Int> number = line.take();
        auto entry = tuple_pack(t, Borrowed<Object>(f->code()->filename), number, Borrowed<Object>(f->code()->name));
        if (entry.is_error()) break;
        entries[count++] = entry.take().release();
    }
    auto origin = tuple_from_array_steal(t, entries, count);
    if (origin.is_error()) t.clear_exception();
    else assign_field(coroutine->origin_or_finalizer, static_cast<Object*>(origin.take().release()));
}

void warn_unawaited_coroutine(Thread& t, Generator* coroutine) {
    // While the interpreter takes the modules apart, what `warnings` imports to tell the origin is gone.
    MaybeRef<Object> function;
    if (!g_runtime.finalizing.load(std::memory_order_acquire)) {
        auto import = import_attribute(t, "warnings", "_warn_unawaited_coroutine");
        if (import.is_error()) t.clear_exception();
        else function = import.take();
    }
    if (!function) {
        if (warn(t, exc::RuntimeWarning, 1, "coroutine '%s' was never awaited", generator_qualname(coroutine)).is_error())
            write_unraisable(t, "Exception ignored while finalizing coroutine", coroutine);
        return;
    }
    if (call(t, function.get(), Borrowed<Object>(coroutine)).is_error()) {
        // The filters may have made an error of the warning: then it has been told. Else the function is broken.
        bool told = exception_matches(t, exc::Warning);
        write_unraisable(t, "Exception ignored while finalizing coroutine", coroutine);
        if (!told && warn(t, exc::RuntimeWarning, 1, "coroutine '%s' was never awaited", generator_qualname(coroutine)).is_error())
            t.clear_exception();
    }
}

namespace {
using ASendFields = Fields<AsyncGeneratorASend, &AsyncGeneratorASend::generator, &AsyncGeneratorASend::value>;
using WrappedFields = Fields<AsyncGeneratorWrappedValue, &AsyncGeneratorWrappedValue::value>;
int athrow_traverse(Object* o, VisitFunc visit, void* context) {
    AsyncGeneratorAThrow* self = static_cast<AsyncGeneratorAThrow*>(o);
    for (Object* field : {static_cast<Object*>(self->generator), self->thrown_type, self->value, self->traceback})
        if (field)
            if (int r = visit(field, context)) return r;
    return 0;
}
void athrow_dealloc(Object* o) {
    AsyncGeneratorAThrow* self = static_cast<AsyncGeneratorAThrow*>(o);
    if (!call_finalizer_from_dealloc(o)) return;
    gc_untrack(self);
    decref(self->generator);
    xdecref(self->thrown_type);
    xdecref(self->value);
    xdecref(self->traceback);
    o->type->free(o);
}
void warn_unawaited_method(Object* o, AwaitState state, const char* name, Generator* g) {
    if (state != AwaitState::Init) return;
    Thread& t = Thread::current();
    MaybeRef<Object> pending = t.take_exception();
    if (warn(t, exc::RuntimeWarning, 1, "coroutine method '%s' of '%s' was never awaited", name, generator_qualname(g)).is_error())
        write_unraisable(t, "Exception ignored while finalizing async generator", g);
    t.exception = pending.release();
}
void asend_finalize(Object* o) {
    auto* self = static_cast<AsyncGeneratorASend*>(o);
    warn_unawaited_method(o, self->state, "asend", self->generator);
}
void athrow_finalize(Object* o) {
    auto* self = static_cast<AsyncGeneratorAThrow*>(o);
    warn_unawaited_method(o, self->state, self->thrown_type ? "athrow" : "aclose", self->generator);
}
void asend_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    gc_untrack(o);
    ASendFields::release(static_cast<AsyncGeneratorASend*>(o));
    o->type->free(o);
}
const SlotDef asend_slots[] = {
    raw_slot(SlotId::tp_dealloc, asend_dealloc),
    raw_slot(SlotId::tp_finalize, asend_finalize),
    ASendFields::traverse_slot(),
    unary_slot<SlotId::am_await, self_iter<AsyncGeneratorASend>>(),
    unary_slot<SlotId::tp_iter, self_iter<AsyncGeneratorASend>>(),
    unary_slot<SlotId::tp_iternext, asend_next>(),
    raw_slot(SlotId::am_send, asend_am_send),
};
const NativeDef asend_methods[] = {
    method<asend_send>("send", "($self, object, /)", "send(value) -> what the generator awaits next; StopIteration carries what it yields"),
    method<asend_throw>("throw", "($self, type, value=<hidden>, traceback=<hidden>, /)",
                        "throw(value)\nthrow(type[,value[,tb]])\n\nRaise an exception where the generator waits."),
    method<asend_close>("close", "($self, /)", "close() -> raise GeneratorExit where the generator waits"),
};
const SlotDef athrow_slots[] = {
    raw_slot(SlotId::tp_dealloc, athrow_dealloc),
    raw_slot(SlotId::tp_finalize, athrow_finalize),
    raw_slot(SlotId::tp_traverse, athrow_traverse),
    unary_slot<SlotId::am_await, self_iter<AsyncGeneratorAThrow>>(),
    unary_slot<SlotId::tp_iter, self_iter<AsyncGeneratorAThrow>>(),
    unary_slot<SlotId::tp_iternext, athrow_next>(),
};
const NativeDef athrow_methods[] = {
    method<athrow_send>("send", "($self, object, /)",
                        "send(value) -> what the generator awaits next; StopIteration carries what it yields"),
    method<athrow_throw>("throw", "($self, type, value=<hidden>, traceback=<hidden>, /)",
                         "throw(value)\nthrow(type[,value[,tb]])\n\nRaise an exception where the generator waits."),
    method<athrow_close>("close", "($self, /)", "close() -> raise GeneratorExit where the generator waits"),
};
const SlotDef wrapped_slots[] = {WrappedFields::dealloc_slot(), WrappedFields::traverse_slot()};
} // namespace

constinit Type AsyncGeneratorASend::s_type{};
constinit Type AsyncGeneratorAThrow::s_type{};
constinit Type AsyncGeneratorWrappedValue::s_type{};

extern const TypeSpec async_generator_asend_spec, async_generator_athrow_spec, async_generator_wrapped_spec;
const TypeSpec async_generator_asend_spec = {.type = &AsyncGeneratorASend::s_type,
                                             .name = "async_generator_asend",
                                             .basicsize = sizeof(AsyncGeneratorASend),
                                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                             .slots = asend_slots,
                                             .methods = asend_methods};
const TypeSpec async_generator_athrow_spec = {.type = &AsyncGeneratorAThrow::s_type,
                                              .name = "async_generator_athrow",
                                              .basicsize = sizeof(AsyncGeneratorAThrow),
                                              .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                              .slots = athrow_slots,
                                              .methods = athrow_methods};
const TypeSpec async_generator_wrapped_spec = {.type = &AsyncGeneratorWrappedValue::s_type,
                                               .name = "async_generator_wrapped_value",
                                               .basicsize = sizeof(AsyncGeneratorWrappedValue),
                                               .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                               .slots = wrapped_slots};

} // namespace taipan
