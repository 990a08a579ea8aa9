// Generators and coroutines: resuming from natives, throw and close, the types and their attributes.
#include "vm/generators.h"

#include "objects/descriptor.h"
#include "objects/generator.h"
#include "objects/list.h"
#include "objects/weakref.h"

#include "compiler/opcode_numbers.h"
#include "runtime/gc.h"
#include "runtime/refcount.h"
#include "vm/async_generator.h"
#include "vm/frame_object.h"
#include "vm/helpers.h"

namespace taipan {

namespace {

const char* kind_name(const Generator* g) {
    if (g->type == &Coroutine::s_type) return "coroutine";
    if (g->type == &AsyncGenerator::s_type) return "async generator";
    return "generator";
}
MaybeRef<Tuple> names_of(Generator* g) {
    CriticalSection section(Thread::current(), g);
    return g->names ? MaybeRef<Tuple>::acquire(g->names) : MaybeRef<Tuple>();
}
Ref<Str> name_of(Generator* g) {
    MaybeRef<Tuple> names = names_of(g);
    return Ref<Str>::acquire(names ? static_cast<Str*>(names->items[0]) : g->frame.code()->name);
}
/// A null leaves that one as it is.
Result<void> set_names(Thread& t, Generator* g, Object* name, Object* qualname) {
    Tuple* old;
    {
        CriticalSection section(t, g); // two threads that set one each lose neither
        if (!name) name = g->names ? g->names->items[0] : g->frame.code()->name;
        if (!qualname) qualname = g->names ? g->names->items[1] : g->frame.code()->qualname;
        Tuple* names = TRY(tuple_pack(t, Borrowed<Object>(name), Borrowed<Object>(qualname))).release();
        old = std::exchange(g->names, names);
    }
    xdecref(old);
    return {};
}
int8_t state_of(const Generator* g) { return g->state.load(std::memory_order_relaxed); }

/// Runs the claimed generator's frame as an entry from a native.
ResumeOutcome run(Thread& t, Generator* g, Word value, bool throwing, Object** result) {
    Frame* frame = vm::generator_enter(t, g, value);
    Object* raw;
    if (throwing) {
        // What the generator is handling becomes the context of what is thrown into it.
        if (g->handled.exception) (void)raise_instance(t, t.take_exception().take());
        // The None that was sent stays: handlers of a `yield from` expect its place to be filled.
        if (frame->pc > frame->insns + frame->code()->first_traceable) --frame->pc; // the yield is where it is raised
        raw = interpret_throw(t, frame);
    } else {
        raw = interpret(t, frame);
    }
    bool yielded = std::exchange(t.entry_yielded, false);
    if (!raw) return ResumeOutcome::Raised;
    *result = raw;
    // The generator's state says nothing any more: another thread may have resumed it.
    return yielded ? ResumeOutcome::Yielded : ResumeOutcome::Returned;
}

/// Errors for a generator that cannot be resumed now. True: raised.
bool refuse(Thread& t, Generator* g, bool sending, ResumeOutcome* outcome, Object** result) {
    int8_t state = state_of(g);
    if (state == 0) {
        (void)raise(t, exc::ValueError, "%s already executing", kind_name(g));
        *outcome = ResumeOutcome::Raised;
        return true;
    }
    if (state > 0) {
        if (g->type == &Coroutine::s_type) {
            (void)raise(t, exc::RuntimeError, "cannot reuse already awaited coroutine");
            *outcome = ResumeOutcome::Raised;
        } else if (sending) {
            *result = None();
            *outcome = ResumeOutcome::Returned;
        } else {
            *outcome = ResumeOutcome::Raised;
        }
        return true;
    }
    return false;
}

} // namespace

Ref<Str> generator_qualname(Generator* g) {
    MaybeRef<Tuple> names = names_of(g);
    return Ref<Str>::acquire(names ? static_cast<Str*>(names->items[1]) : g->frame.code()->qualname);
}

ResumeOutcome generator_resume(Thread& t, Generator* g, Object* value, Object** result) {
    *result = nullptr;
    if (state_of(g) == static_cast<int8_t>(GeneratorState::Created) && value && !is_none(value)) {
        const char* text = g->type == &Coroutine::s_type        ? "can't send non-None value to a just-started coroutine"
                           : g->type == &AsyncGenerator::s_type ? "can't send non-None value to a just-started async generator"
                                                                : "can't send non-None value to a just-started generator";
        (void)raise(t, exc::TypeError, text);
        return ResumeOutcome::Raised;
    }
    while (!vm::generator_claim(g)) {
        ResumeOutcome outcome;
        if (refuse(t, g, true, &outcome, result)) return outcome;
    }
    if (t.recursion_depth >= t.recursion_limit) {
        vm::generator_unclaim(g);
        (void)raise_recursion_error(t, "");
        return ResumeOutcome::Raised;
    }
    return run(t, g, value && !is_none(value) ? Word::from(value) : Word::none(), false, result);
}

ResumeOutcome generator_resume_word(Thread& t, Generator* g, Word* result) {
    *result = Word::null();
    Object* raw = nullptr;
    if (t.recursion_depth >= t.recursion_limit || !vm::generator_claim(g)) {
        ResumeOutcome outcome = generator_resume(t, g, nullptr, &raw);
        if (outcome == ResumeOutcome::Yielded) *result = Word::owned(raw);
        else if (raw) decref(raw);
        return outcome;
    }
    raw = interpret_to_word(t, vm::generator_enter(t, g, Word::none()));
    bool yielded = std::exchange(t.entry_yielded, false);
    if (!raw) return ResumeOutcome::Raised;
    if (!yielded) {
        decref(raw);
        return ResumeOutcome::Returned;
    }
    *result = Word{reinterpret_cast<uintptr_t>(raw)};
    return ResumeOutcome::Yielded;
}

ResumeOutcome generator_throw(Thread& t, Generator* g, Object** result) {
    *result = nullptr;
    while (!vm::generator_claim(g)) {
        int8_t state = state_of(g);
        if (state == 0) {
            t.clear_exception();
            (void)raise(t, exc::ValueError, "%s already executing", kind_name(g));
            return ResumeOutcome::Raised;
        }
        if (state > 0) {
            if (g->type == &Coroutine::s_type) {
                t.clear_exception();
                (void)raise(t, exc::RuntimeError, "cannot reuse already awaited coroutine");
            }
            return ResumeOutcome::Raised;
        }
    }
    return run(t, g, Word::none(), true, result);
}

/// What a suspended generator delegates to (`yield from`, `await`), or nothing.
MaybeRef<Object> generator_delegate(Generator* g) {
    constexpr auto Delegating = static_cast<int8_t>(GeneratorState::SuspendedYieldFrom);
    auto on_stack = [&]() -> MaybeRef<Object> {
        Word w = g->frame.sp[-1];
        return w.is_null() || w.is_int() ? MaybeRef<Object>() : MaybeRef<Object>::acquire(w.object());
    };
    if (state_of(g) != Delegating) return nullptr;
    if (!is_multi_threaded()) return on_stack();
    // The stack may only be looked at while no other thread can resume it.
    if (!vm::generator_claim(g)) return nullptr;
    MaybeRef<Object> delegate;
    if (static_cast<int8_t>(g->frame.trace_opcodes) == Delegating) delegate = on_stack();
    vm::generator_unclaim(g);
    return delegate;
}

namespace {

Result<void> close_delegate(Thread& t, Borrowed<Object> delegate) {
    if (delegate->type == &Generator::s_type || delegate->type == &Coroutine::s_type) {
        TRY(generator_close(t, static_cast<Generator*>(delegate.get())));
        return {};
    }
    auto found = get_attribute_optional(t, delegate, names::close);
    if (found.is_error()) {
        write_unraisable(t, "Exception ignored while closing generator", delegate.get());
        return {};
    }
    MaybeRef<Object> close = found.take();
    if (close) TRY(call(t, close.take()));
    return {};
}

Error raise_stop_iteration(Thread& t, Ref<Object> value) {
    if (is_none(value.get())) return raise_bare(t, exc::StopIteration);
    // The value is the only argument even if it is a tuple.
    return raise_object(t, exc::StopIteration, value);
}

/// A generator's result for callers in Python: yields are returned, a return becomes StopIteration.
Result<Ref<Object>> deliver(Thread& t, Generator* g, ResumeOutcome outcome, Object* result) {
    switch (outcome) {
    case ResumeOutcome::Yielded: return steal(result);
    case ResumeOutcome::Returned: {
        Ref<Object> value = steal(result);
        if (g->type == &AsyncGenerator::s_type) return raise_bare(t, exc::StopAsyncIteration);
        return raise_stop_iteration(t, std::move(value));
    }
    case ResumeOutcome::Raised: break;
    }
    return Error{};
}

} // namespace

/// Closing it runs none of its code and is seen by nobody: it has not started, or stands at a yield outside of any `try`. `state`
/// is what it was when it was claimed: nobody else may be able to resume it.
static bool closes_silently(Thread& t, const Generator* g, int8_t state) {
    if (state == static_cast<int8_t>(GeneratorState::Created)) return true;
    if (state != static_cast<int8_t>(GeneratorState::Suspended) || t.tracing) return false;
    const Frame* frame = &g->frame;
    if (vm::quickened_of(frame)->owner.load(std::memory_order_relaxed) != &t) return false; // another's copy, or events to look at
    return frame->pc->op == static_cast<uint16_t>(compiler::Opcode::RESUME) && (frame->pc->arg & compiler::RESUME_DEPTH_ONE);
}

Result<Ref<Object>> generator_close(Thread& t, Generator* g) {
    if (vm::generator_claim(g)) {
        if (closes_silently(t, g, static_cast<int8_t>(g->frame.trace_opcodes))) {
            vm::generator_enter(t, g, Word::none());
            g->closed = 1;
            vm::finish_generator(t, &g->frame);
            return none_ref();
        }
        vm::generator_unclaim(g);
    } else if (state_of(g) > 0) {
        return none_ref();
    }
    bool failed = false;
    if (MaybeRef<Object> delegate = generator_delegate(g)) {
        // While the delegate is being closed, this generator counts as executing.
        bool claimed = vm::generator_claim(g);
        failed = close_delegate(t, delegate.take()).is_error();
        if (claimed) vm::generator_unclaim(g);
    }
    if (!failed) (void)raise_bare(t, exc::GeneratorExit);
    Object* result;
    ResumeOutcome outcome = generator_throw(t, g, &result);
    g->closed = 1;
    if (outcome == ResumeOutcome::Yielded) {
        decref(result);
        return raise(t, exc::RuntimeError,
                     g->type == &Coroutine::s_type        ? "coroutine ignored GeneratorExit"
                     : g->type == &AsyncGenerator::s_type ? "async generator ignored GeneratorExit"
                                                          : "generator ignored GeneratorExit");
    }
    if (outcome == ResumeOutcome::Returned) return steal(result);
    if (clear_if(t, exc::GeneratorExit) || clear_if(t, exc::StopIteration)) return none_ref();
    return Error{};
}

Object* generator_from_frame(Thread& t, Frame* f) {
    Function* function = f->func();
    Code* code = f->code();
    Type* type = code->flags & code_flag::Coroutine        ? &Coroutine::s_type
                 : code->flags & code_flag::AsyncGenerator ? &AsyncGenerator::s_type
                                                           : &Generator::s_type;
    Tuple* names = nullptr;
    if (UNLIKELY(function->name != code->name || function->qualname != code->qualname)) {
        names = tuple_pack(t, Borrowed<Object>(function->name), Borrowed<Object>(function->qualname)).release_or_null();
        if (!names) return nullptr;
    }
    size_t words = static_cast<size_t>(code->nlocalsplus) + static_cast<size_t>(code->stacksize);
    auto made = allocate_object(t, *type, static_cast<intptr_t>(words));
    if (made.is_error()) {
        xdecref(names);
        return nullptr;
    }
    Generator* g = static_cast<Generator*>(made.take().release());
    g->weaklist = nullptr; // where variable-sized objects have their size
    g->names = names;
    g->state.store(static_cast<int8_t>(GeneratorState::Created), std::memory_order_relaxed);
    Frame* own = &g->frame;
    frame_copy_header(own, f);
    own->previous = nullptr;
    own->owner = static_cast<uint8_t>(FrameOwner::Generator);
    own->is_entry = 0;
    own->slow = 0;
    own->function = Word::from(function);
    own->code_word = Word::from(code);
    own->frame_object = nullptr;
    own->f_locals = nullptr;
    for (int i = 0; i < code->nlocalsplus; ++i) {
        Word w = f->locals[i];
        own->locals[i] = w.is_null() ? w : w.to_owned(); // borrowed words must not outlive the call
        f->locals[i] = Word::null();
    }
    own->sp = own->locals + code->nlocalsplus;
    own->pc = f->pc + 1;
    if (type == &Coroutine::s_type && t.coroutine_origin_depth > 0) coroutine_set_origin(t, g);
    gc_track(g);
    return g;
}

void vm::finish_generator(Thread& t, Frame* frame) {
    Generator* g = frame->generator();
    t.handled = g->handled.previous;
    g->handled.previous = nullptr;
    clear_field(g->handled.exception);
    {
        CriticalSection section(t, g); // from here on nobody asks for its frame (generator_frame_object)
        g->state.store(static_cast<int8_t>(GeneratorState::Completed), std::memory_order_release);
    }
    (void)frame->code_word.dup(); // gi_code stays
    frame_pop(t, frame);
    frame->function = Word::null();
    frame->previous = nullptr;
    frame->sp = frame->locals;
    decref(g);
}

// --- methods ----------------------------------------------------------------------------------------------------------

namespace {

Result<Ref<Object>> generator_send_method(Thread& t, Borrowed<Generator> self, Borrowed<Object> value) {
    Object* result;
    ResumeOutcome outcome = generator_resume(t, self.get(), value.get(), &result);
    return deliver(t, self.get(), outcome, result);
}

Result<void> set_thrown(Thread& t, Borrowed<Object> type, Object* value, Object* traceback) {
    if (traceback && is_none(traceback)) traceback = nullptr;
    if (traceback && !is<Traceback>(traceback)) return raise(t, exc::TypeError, "throw() third argument must be a traceback object");
    if (is<Type>(type.get()) && is_subtype(static_cast<Type*>(type.get()), &BaseException::s_type)) {
        auto make = [&]() -> Result<Ref<Object>> {
            if (value && is<BaseException>(value) && is_subtype(value->type, static_cast<Type*>(type.get()))) return acquire(value);
            Ref<Object> made = !value || is_none(value) ? TRY(call(t, type))
                               : is<Tuple>(value)       ? TRY(call_tuple(t, type, static_cast<Tuple*>(value), nullptr))
                                                        : TRY(call(t, type, Borrowed<Object>(value)));
            if (!is<BaseException>(made.get()))
                return raise(t, exc::TypeError, "calling %R should have returned an instance of BaseException, not %T", type, made);
            return made;
        };
        auto instance = make();
        if (!instance.is_error()) (void)t.set_exception(instance.take()); // else that error is what is thrown
    } else if (is<BaseException>(type.get())) {
        if (value && !is_none(value)) return raise(t, exc::TypeError, "instance exception may not have a separate value");
        (void)t.set_exception(type.share());
    } else {
        return raise(t, exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not %T", type);
    }
    if (traceback && t.exception) {
        incref(traceback);
        assign_field(static_cast<BaseException*>(t.exception)->traceback, traceback);
    }
    return {};
}

} // namespace

Result<Ref<Object>> generator_throw_method(Thread& t, Borrowed<Generator> self, Borrowed<Object> type, Object* value, Object* traceback,
                                           bool close_on_exit) {
    // 1. A delegate gets the exception first.
    if (MaybeRef<Object> delegate = generator_delegate(self.get())) {
        bool is_exit = given_exception_matches(type.get(), &exc::GeneratorExit);
        bool failed = false;
        if (is_exit && close_on_exit) {
            failed = close_delegate(t, delegate.get()).is_error();
            if (failed) {
                Object* result;
                ResumeOutcome outcome = generator_throw(t, self.get(), &result);
                return deliver(t, self.get(), outcome, result);
            }
        } else {
            MaybeRef<Object> result;
            bool has_throw = true;
            if (vm::generator_claim(self.get())) {
                // While the delegate runs, this generator counts as executing, and its frame is linked for tracebacks.
                Frame* frame = &self->frame;
                frame->previous = t.frame;
                t.frame = frame;
                if (delegate->type == &Generator::s_type || delegate->type == &Coroutine::s_type) {
                    result = MaybeRef<Object>::steal(
                        generator_throw_method(t, static_cast<Generator*>(delegate.get()), type, value, traceback, close_on_exit)
                            .release_or_null());
                } else {
                    auto found = get_attribute_optional(t, delegate.get(), names::throw_);
                    if (!found.is_error()) {
                        MaybeRef<Object> method = found.take();
                        if (!method) has_throw = false;
                        else if (traceback)
                            result = MaybeRef<Object>::steal(
                                call(t, method.get(), type, Borrowed<Object>(value ? value : None()), Borrowed<Object>(traceback))
                                    .release_or_null());
                        else if (value)
                            result = MaybeRef<Object>::steal(call(t, method.get(), type, Borrowed<Object>(value)).release_or_null());
                        else result = MaybeRef<Object>::steal(call(t, method.get(), type).release_or_null());
                    }
                }
                t.frame = frame->previous;
                frame->previous = nullptr;
                vm::generator_unclaim(self.get());
            } else {
                return raise(t, exc::ValueError, "%s already executing", kind_name(self.get()));
            }
            if (has_throw) {
                if (result) return result.take();
                // The delegate ended: its StopIteration value is sent on, other exceptions are raised here.
                Object* raw;
                ResumeOutcome outcome = generator_throw(t, self.get(), &raw);
                return deliver(t, self.get(), outcome, raw);
            }
        }
    }
    // 2. Raise it at the yield.
    TRY(set_thrown(t, type, value, traceback));
    Object* result;
    ResumeOutcome outcome = generator_throw(t, self.get(), &result);
    return deliver(t, self.get(), outcome, result);
}

namespace {

Result<Ref<Object>> generator_throw_python(Thread& t, Borrowed<Generator> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                           MaybeBorrowed<Object> traceback) {
    if (value)
        TRY(warn(t, exc::DeprecationWarning, 1,
                 self->type == &Coroutine::s_type
                     ? "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."
                     : "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."));
    return generator_throw_method(t, self, type, value.get(), traceback.get(), true);
}
Result<Ref<Object>> generator_close_method(Thread& t, Borrowed<Generator> self) { return generator_close(t, self.get()); }

ResultMaybe<Object> generator_next(Thread& t, Borrowed<Generator> self) {
    Object* result;
    switch (generator_resume(t, self.get(), None(), &result)) {
    case ResumeOutcome::Yielded: return MaybeRef<Object>::steal(result);
    case ResumeOutcome::Returned: {
        Ref<Object> value = steal(result);
        if (!is_none(value.get())) return raise_stop_iteration(t, std::move(value));
        return MaybeRef<Object>();
    }
    case ResumeOutcome::Raised: break;
    }
    return Error{};
}
Ref<Object> generator_iter(Thread&, Borrowed<Generator> self) { return self.share(); }

int generator_am_send(Object* self, Object* value, Object** out) {
    switch (generator_resume(Thread::current(), static_cast<Generator*>(self), value, out)) {
    case ResumeOutcome::Yielded: return 1;
    case ResumeOutcome::Returned: return 0;
    case ResumeOutcome::Raised: break;
    }
    return -1;
}

Result<Ref<Str>> generator_repr(Thread& t, Borrowed<Generator> self) {
    const char* kind = self->type == &AsyncGenerator::s_type ? "async_generator" : kind_name(self.get());
    return str_format(t, "<%s object %s at %p>", kind, generator_qualname(self.get()), static_cast<const void*>(self.get()));
}

int generator_traverse(Object* o, VisitFunc visit, void* context) {
    Generator* g = static_cast<Generator*>(o);
    if (int r = g->names ? visit(g->names, context) : 0) return r;
    if (g->handled.exception)
        if (int r = visit(g->handled.exception, context)) return r;
    if (g->origin_or_finalizer)
        if (int r = visit(g->origin_or_finalizer, context)) return r;
    Frame* f = &g->frame;
    auto visit_word = [&](Word w) { return w.is_counted() ? visit(w.object(), context) : gc_visit_uncounted(w.object(), visit, context); };
    if (!f->code_word.is_null())
        if (int r = visit_word(f->code_word)) return r;
    if (f->function.is_null()) return 0;
    if (int r = f->function.is_counted() ? visit(f->function.object(), context) : gc_visit_uncounted(f->function.object(), visit, context))
        return r;
    if (f->frame_object)
        if (int r = visit(reinterpret_cast<Object*>(f->frame_object), context)) return r;
    for (Word* w = f->locals; w < f->sp; ++w)
        if (!w->is_null() && !w->is_int())
            if (int r = w->is_counted() ? visit(w->object(), context) : gc_visit_uncounted(w->object(), visit, context)) return r;
    return 0;
}

/// PEP 442: an unfinished generator is closed; a coroutine that was never awaited warns.
void generator_finalize(Object* o) {
    Thread& t = Thread::current();
    Generator* g = static_cast<Generator*>(o);
    if (state_of(g) > 0) return;
    MaybeRef<Object> pending = t.take_exception();
    if (g->type == &AsyncGenerator::s_type && g->origin_or_finalizer && !g->closed) {
        Ref<Object> finalizer = acquire(g->origin_or_finalizer);
        if (call(t, finalizer, Borrowed<Object>(g)).is_error()) write_unraisable(t, "Exception ignored while finalizing generator", g);
        t.exception = pending.release();
        return;
    }
    if (g->type == &Coroutine::s_type && state_of(g) == static_cast<int8_t>(GeneratorState::Created)) {
        warn_unawaited_coroutine(t, g);
    }
    auto closed = generator_close(t, g);
    if (closed.is_error()) write_unraisable(t, "Exception ignored while closing generator", g);
    t.exception = pending.release();
}

void generator_dealloc(Object* o) {
    Generator* g = static_cast<Generator*>(o);
    if (g->weaklist) { // told before it is closed
        gc_untrack(g);
        clear_weakrefs(g);
        gc_track(g);
    }
    bool silent = g->type == &Generator::s_type && closes_silently(Thread::current(), g, state_of(g));
    if (state_of(g) <= 0 && !silent && !(g->gc_bits & gc_bit::Finalized)) {
        if (!call_finalizer_from_dealloc(g)) return; // resurrected
        if (g->weaklist) clear_weakrefs(g);
    }
    gc_untrack(g);
    if (!g->frame.function.is_null()) {
        // Never finished: drop what the frame holds.
        Frame* f = &g->frame;
        if (f->frame_object) {
            f->sp = f->sp < f->stack_base() ? f->stack_base() : f->sp;
            while (f->sp > f->stack_base()) (--f->sp)->xclose();
            frame_object_take_over(Thread::current(), f);
        }
        while (f->sp > f->locals) (--f->sp)->xclose();
        f->function.close();
        f->function = Word::null();
    }
    std::exchange(g->frame.code_word, Word::null()).xclose();
    xdecref(g->handled.exception);
    xdecref(g->names);
    xdecref(g->origin_or_finalizer);
    g->type->free(g);
}

Object* get_running(Thread&, Borrowed<Generator> g) { return bool_object(state_of(g.get()) == 0); }
Object* get_suspended(Thread&, Borrowed<Generator> g) {
    int8_t state = state_of(g.get());
    return bool_object(state == static_cast<int8_t>(GeneratorState::Suspended) ||
                       state == static_cast<int8_t>(GeneratorState::SuspendedYieldFrom));
}
Result<Ref<Object>> get_frame(Thread& t, Borrowed<Generator> g) {
    MaybeRef<FrameObject> frame = TRY(generator_frame_object(t, g.get()));
    return frame ? Ref<Object>(frame.take()) : none_ref();
}
Ref<Object> get_code(Thread&, Borrowed<Generator> g) {
    return g->frame.code_word.is_null() ? none_ref() : Ref<Object>::acquire(g->frame.code());
}
Ref<Object> get_delegate(Thread&, Borrowed<Generator> g) {
    MaybeRef<Object> delegate = generator_delegate(g.get());
    return delegate ? delegate.take() : none_ref();
}
Ref<Object> get_name(Thread&, Borrowed<Generator> g) { return name_of(g.get()); }
Ref<Object> get_qualname(Thread&, Borrowed<Generator> g) { return generator_qualname(g.get()); }
Result<void> set_name(Thread& t, Borrowed<Generator> g, Object* value) {
    if (!value || !is<Str>(value)) return raise(t, exc::TypeError, "__name__ must be set to a string object");
    return set_names(t, g.get(), value, nullptr);
}
Result<void> set_qualname(Thread& t, Borrowed<Generator> g, Object* value) {
    if (!value || !is<Str>(value)) return raise(t, exc::TypeError, "__qualname__ must be set to a string object");
    return set_names(t, g.get(), nullptr, value);
}
Ref<Object> get_origin(Thread&, Borrowed<Generator> g) {
    return g->origin_or_finalizer ? Ref<Object>::acquire(g->origin_or_finalizer) : none_ref();
}
Object* get_async_running(Thread&, Borrowed<Generator> g) { return bool_object(g->running_async); }
Result<Ref<Object>> class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item) { return generic_alias_new(t, type, item); }
Result<intptr_t> generator_sizeof(Thread&, Borrowed<Generator> g) {
    Code* code = g->frame.code_word.is_null() ? nullptr : g->frame.code();
    return g->type->basicsize + (code ? (code->nlocalsplus + code->stacksize) * 8 : 0);
}

// The awaitable that `coroutine.__await__` returns.
struct CoroutineWrapper : Object {
    Generator* coroutine;
    static Type s_type;
};
Ref<Object> wrapper_iter(Thread&, Borrowed<CoroutineWrapper> self) { return self.share(); }
ResultMaybe<Object> wrapper_next(Thread& t, Borrowed<CoroutineWrapper> self) { return generator_next(t, self->coroutine); }
Result<Ref<Object>> wrapper_send(Thread& t, Borrowed<CoroutineWrapper> self, Borrowed<Object> value) {
    return generator_send_method(t, self->coroutine, value);
}
Result<Ref<Object>> wrapper_throw(Thread& t, Borrowed<CoroutineWrapper> self, Borrowed<Object> type, MaybeBorrowed<Object> value,
                                  MaybeBorrowed<Object> traceback) {
    return generator_throw_python(t, self->coroutine, type, value, traceback);
}
Result<Ref<Object>> wrapper_close(Thread& t, Borrowed<CoroutineWrapper> self) { return generator_close(t, self->coroutine); }
Result<Ref<Object>> coroutine_await(Thread& t, Borrowed<Generator> self) {
    Ref<CoroutineWrapper> wrapper = TRY(allocate<CoroutineWrapper>(t));
    wrapper->coroutine = self.share().release();
    gc_track(wrapper.get());
    return wrapper;
}
using WrapperFields = Fields<CoroutineWrapper, &CoroutineWrapper::coroutine>;

constexpr const char* SendDoc =
    "send(value) -> what is yielded next\n\nPuts 'value' into generator code as the result of the yield it waits at.";
constexpr const char* CoroutineThrowDoc =
    "throw(value)\nthrow(type[,value[,traceback]])\n\nRaises the exception in coroutine code, where it waits.";
constexpr const char* CoroutineSendDoc =
    "send(value) -> what is yielded next\n\nPuts 'value' into coroutine code as the result of what it waits at.";
constexpr const char* ThrowDoc = "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception at the point of suspension.";
constexpr const char* CloseDoc = "close() -> raise GeneratorExit inside generator.";
constexpr const char* CoroutineCloseDoc = "close() -> raise GeneratorExit inside coroutine.";

const NativeDef generator_methods[] = {
    method<generator_send_method>("send", "($self, object, /)", SendDoc),
    method<generator_throw_python>("throw", "($self, type, value=<hidden>, traceback=<hidden>, /)", ThrowDoc),
    method<generator_close_method>("close", "($self, /)", CloseDoc),
    method<generator_sizeof>("__sizeof__", "($self, /)", "gen.__sizeof__() -> size of gen in memory, in bytes"),
    class_method<class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const GetSetDef generator_getset[] = {
    getter_setter<get_name, set_name>("__name__", "name of the generator"),
    getter_setter<get_qualname, set_qualname>("__qualname__", "qualified name of the generator"),
    getter<get_delegate>("gi_yieldfrom", "object being iterated by yield from, or None"),
    getter<get_running>("gi_running"),
    getter<get_frame>("gi_frame"),
    getter<get_suspended>("gi_suspended"),
    getter<get_code>("gi_code"),
};
const GetSetDef coroutine_getset[] = {
    getter_setter<get_name, set_name>("__name__", "name of the coroutine"),
    getter_setter<get_qualname, set_qualname>("__qualname__", "qualified name of the coroutine"),
    getter<get_delegate>("cr_await", "object being awaited on, or None"),
    getter<get_running>("cr_running"),
    getter<get_frame>("cr_frame"),
    getter<get_suspended>("cr_suspended"),
    getter<get_code>("cr_code"),
    getter<get_origin>("cr_origin"),
};
const GetSetDef async_generator_getset[] = {
    getter_setter<get_name, set_name>("__name__", "name of the async generator"),
    getter_setter<get_qualname, set_qualname>("__qualname__", "qualified name of the async generator"),
    getter<get_delegate>("ag_await", "object being awaited on, or None"),
    getter<get_async_running>("ag_running"),
    getter<get_frame>("ag_frame"),
    getter<get_suspended>("ag_suspended"),
    getter<get_code>("ag_code"),
};
const SlotDef generator_slots[] = {
    raw_slot(SlotId::tp_dealloc, generator_dealloc),   raw_slot(SlotId::tp_traverse, generator_traverse),
    raw_slot(SlotId::tp_finalize, generator_finalize), unary_slot<SlotId::tp_repr, generator_repr>(),
    unary_slot<SlotId::tp_iter, generator_iter>(),     unary_slot<SlotId::tp_iternext, generator_next>(),
    raw_slot(SlotId::am_send, generator_am_send),
};
const SlotDef coroutine_slots[] = {
    raw_slot(SlotId::tp_dealloc, generator_dealloc),   raw_slot(SlotId::tp_traverse, generator_traverse),
    raw_slot(SlotId::tp_finalize, generator_finalize), unary_slot<SlotId::tp_repr, generator_repr>(),
    unary_slot<SlotId::am_await, coroutine_await>(),   raw_slot(SlotId::am_send, generator_am_send),
};
const NativeDef coroutine_methods[] = {
    method<generator_send_method>("send", "($self, object, /)", CoroutineSendDoc),
    method<generator_throw_python>("throw", "($self, type, value=<hidden>, traceback=<hidden>, /)", CoroutineThrowDoc),
    method<generator_close_method>("close", "($self, /)", CoroutineCloseDoc),
    method<generator_sizeof>("__sizeof__", "($self, /)", "gen.__sizeof__() -> size of gen in memory, in bytes"),
    class_method<class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef async_generator_slots[] = {
    raw_slot(SlotId::tp_dealloc, generator_dealloc),       raw_slot(SlotId::tp_traverse, generator_traverse),
    raw_slot(SlotId::tp_finalize, generator_finalize),     unary_slot<SlotId::tp_repr, generator_repr>(),
    unary_slot<SlotId::am_aiter, async_generator_aiter>(), unary_slot<SlotId::am_anext, async_generator_anext>(),
};
const NativeDef async_generator_methods[] = {
    method<async_generator_asend>("asend", "($self, object, /)", "asend(v) -> send 'v' in generator."),
    method<async_generator_athrow>("athrow", "($self, type, value=<hidden>, traceback=<hidden>, /)",
                                   "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator."),
    method<async_generator_aclose>("aclose", "($self, /)", "aclose() -> raise GeneratorExit inside generator."),
    method<generator_sizeof>("__sizeof__", "($self, /)", "gen.__sizeof__() -> size of gen in memory, in bytes"),
    class_method<class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef wrapper_slots[] = {
    WrapperFields::dealloc_slot(),
    WrapperFields::traverse_slot(),
    unary_slot<SlotId::tp_iter, wrapper_iter>(),
    unary_slot<SlotId::tp_iternext, wrapper_next>(),
};
const NativeDef wrapper_methods[] = {
    method<wrapper_send>("send", "($self, object, /)", CoroutineSendDoc),
    method<wrapper_throw>("throw", "($self, type, value=<hidden>, traceback=<hidden>, /)", CoroutineThrowDoc),
    method<wrapper_close>("close", "($self, /)", CoroutineCloseDoc),
};

} // namespace

constinit Type Generator::s_type{};
constinit Type Coroutine::s_type{};
constinit Type AsyncGenerator::s_type{};
constinit Type CoroutineWrapper::s_type{};

extern const TypeSpec generator_spec, coroutine_spec, async_generator_spec, coroutine_wrapper_spec;
const TypeSpec generator_spec = {.type = &Generator::s_type,
                                 .name = "generator",
                                 .basicsize = offsetof(Generator, frame) + offsetof(Frame, locals),
                                 .itemsize = 8,
                                 .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                 .slots = generator_slots,
                                 .methods = generator_methods,
                                 .getset = generator_getset,
                                 .weaklist_offset = offsetof(Generator, weaklist)};
const TypeSpec coroutine_spec = {.type = &Coroutine::s_type,
                                 .name = "coroutine",
                                 .basicsize = offsetof(Generator, frame) + offsetof(Frame, locals),
                                 .itemsize = 8,
                                 .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                 .slots = coroutine_slots,
                                 .methods = coroutine_methods,
                                 .getset = coroutine_getset,
                                 .weaklist_offset = offsetof(Generator, weaklist)};
const TypeSpec async_generator_spec = {.type = &AsyncGenerator::s_type,
                                       .name = "async_generator",
                                       .basicsize = offsetof(Generator, frame) + offsetof(Frame, locals),
                                       .itemsize = 8,
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = async_generator_slots,
                                       .methods = async_generator_methods,
                                       .getset = async_generator_getset,
                                       .weaklist_offset = offsetof(Generator, weaklist)};
const TypeSpec coroutine_wrapper_spec = {.type = &CoroutineWrapper::s_type,
                                         .name = "coroutine_wrapper",
                                         .basicsize = sizeof(CoroutineWrapper),
                                         .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                         .doc = "A wrapper object implementing __await__ for coroutines.",
                                         .slots = wrapper_slots,
                                         .methods = wrapper_methods};

} // namespace taipan
