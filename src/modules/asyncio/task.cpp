// _asyncio.Task: runs a coroutine step by step. A step sends into the coroutine; what it yields is a future to wait for (its
// callback is `task_wakeup`), or None to go on in the loop's next turn. The callables handed to the loop are
// TaskStepMethWrapper (a step, perhaps raising an exception) and the builtin method task_wakeup.
#include "modules/asyncio/asyncio.h"
#include "modules/contextvars.h"
#include "objects/function.h"
#include "objects/generator.h"
#include "objects/generic_alias.h"
#include "objects/str_builder.h"
#include "runtime/refcount.h"
#include "vm/async_generator.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::asyncio {

Type Task::s_type;

using Self = Borrowed<Task>;

// Which task runs

static Result<void> check_running_loop(Thread& t, Borrowed<Object> loop) {
    if (UNLIKELY(t.running_loop != loop.get())) return raise(t, exc::RuntimeError, "loop %R is not the running loop", loop);
    return {};
}
Result<void> enter_task(Thread& t, Borrowed<Object> loop, Borrowed<Object> task) {
    TRY(check_running_loop(t, loop));
    if (UNLIKELY(t.running_task != nullptr))
        return raise(t, exc::RuntimeError, "Cannot enter into task %R while another task %R is being executed.", task, t.running_task);
    t.running_task = acquire(task).release();
    return {};
}
Result<void> leave_task(Thread& t, Borrowed<Object> loop, Borrowed<Object> task) {
    TRY(check_running_loop(t, loop));
    if (UNLIKELY(t.running_task != task.get()))
        return raise(t, exc::RuntimeError, "Invalid attempt to leave task %R while task %R is entered.", task,
                     t.running_task ? t.running_task : None());
    clear_field(t.running_task);
    return {};
}
Result<void> swap_current_task(Thread& t, Borrowed<Object> loop, Object* task, MaybeRef<Object>* previous) {
    TRY(check_running_loop(t, loop));
    *previous = MaybeRef<Object>::steal(std::exchange(t.running_task, task && !is_none(task) ? acquire(task).release() : nullptr));
    return {};
}

void register_task(Thread& t, Task* task) {
    AsyncioState& state = state_of(t);
    auto shard = static_cast<uint32_t>(t.unique_id % AsyncioState::ShardCount);
    if (task->registered) return;
    enable_try_incref(task); // all_tasks() of another thread may want it
    MutexLocker locker(state.shards[shard].lock);
    if (task->registered) return;
    Task*& first = state.shards[shard].first;
    task->previous = nullptr;
    task->next = first;
    if (first) first->previous = task;
    first = task;
    task->shard = shard;
    __atomic_store_n(&task->registered, true, __ATOMIC_RELEASE);
}
void unregister_task(Thread& t, Task* task) {
    if (!__atomic_load_n(&task->registered, __ATOMIC_ACQUIRE)) return;
    AsyncioState& state = state_of(t);
    MutexLocker locker(state.shards[task->shard].lock);
    if (!task->registered) return;
    (task->previous ? task->previous->next : state.shards[task->shard].first) = task->next;
    if (task->next) task->next->previous = task->previous;
    task->next = task->previous = nullptr;
    task->registered = false;
}

namespace {

struct TaskStep : Object {
    Task* task;
    Object* exception; // or null
    VectorcallFunc vectorcall;
    static Type s_type;
};
Type TaskStep::s_type;

Result<Ref<Object>> wakeup(Thread& t, Self task, Borrowed<Object> future);
constexpr NativeDef wakeup_def = method<wakeup>("task_wakeup", "($self, future, /)");

Object* step_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);

Result<void> step_soon(Thread& t, Task* task, Object* exception) {
    Ref<TaskStep> step = TRY(allocate<TaskStep>(t));
    step->task = acquire(task).release();
    step->exception = MaybeRef<Object>::acquire(exception).release();
    step->vectorcall = step_vectorcall;
    gc_track(step.get());
    MaybeRef<Object> context = field_value(t, task, task->context);
    MaybeRef<Object> loop = field_value(t, static_cast<Object*>(task), task->loop);
    if (!loop) return check_initialised(t, task);
    return call_soon(t, loop.get(), step, nullptr, context.get());
}
template <class... A> Result<void> error_soon(Thread& t, Task* task, const char* format, const A&... args) {
    Ref<Str> text = TRY(str_format(t, format, args...));
    Ref<Object> error = TRY(make_exception(t, exc::RuntimeError, text));
    return step_soon(t, task, error.get());
}
Result<bool> cancel_with_message(Thread& t, Borrowed<Object> future, Object* message) {
    AsyncioState& state = state_of(t);
    Object* args[] = {nullptr, future.get(), message ? message : None()};
    Ref<Object> answer = TRY(vectorcall_method(t, state.cancel, args + 1, 1 | VectorcallOffset, state.msg_names));
    return is_true(t, answer);
}
Error chain_exceptions(Thread& t, MaybeRef<Object> first) {
    if (!first) return Error{};
    if (!t.has_exception()) return t.set_exception(first.take());
    auto* later = static_cast<BaseException*>(t.exception);
    if (later != first.get()) assign_field(later->context, first.release());
    return Error{};
}

/// The task waits for the future from now on; a cancellation that is due is passed on.
Result<void> wait_for(Thread& t, Task* task, Borrowed<Object> future) {
    bool must_cancel;
    MaybeRef<Object> message;
    {
        CriticalSection section(t, task);
        assign_field(task->waiter, acquire(future).release());
        must_cancel = task->must_cancel;
        if (UNLIKELY(must_cancel)) message = MaybeRef<Object>::acquire(task->cancel_message);
    }
    if (UNLIKELY(must_cancel) && TRY(cancel_with_message(t, future, message.get()))) task->must_cancel = false;
    return {};
}

/// What the coroutine yielded.
Result<void> handle_yield(Thread& t, Task* task, Ref<Object> result) {
    AsyncioState& state = state_of(t);
    if (UNLIKELY(result.get() == task)) return error_soon(t, task, "Task cannot await on itself: %R", task);
    if (LIKELY(is_exact_future(result.get()))) {
        auto* future = static_cast<Future*>(result.get());
        if (UNLIKELY(future->loop != task->loop))
            return error_soon(t, task, "Task %R got Future %R attached to a different loop", task, result);
        if (UNLIKELY(!future->blocking))
            return error_soon(t, task, "yield was used instead of yield from in task %R with %R", task, result);
        TRY(awaited_by_add(t, future, task));
        future->blocking = false;
        Ref<Object> callback = TRY(builtin_function_new(t, wakeup_def, task, nullptr));
        Ref<Object> context = field_value(t, task, task->context).take();
        TRY(future_add_callback(t, future, callback, context));
        return wait_for(t, task, result);
    }
    if (is_none(result.get())) return step_soon(t, task, nullptr);
    if (MaybeRef<Object> blocking = TRY(get_attribute_optional(t, result, state.blocking)); blocking && !is_none(blocking.get())) {
        bool is_blocking = TRY(is_true(t, blocking.get()));
        Ref<Object> loop = TRY(loop_of(t, result));
        if (loop.get() != task->loop) return error_soon(t, task, "Task %R got Future %R attached to a different loop", task, result);
        if (!is_blocking) return error_soon(t, task, "yield was used instead of yield from in task %R with %R", task, result);
        TRY(awaited_by_add(t, result.get(), task));
        TRY(set_attribute(t, result, state.blocking, False()));
        Ref<Object> callback = TRY(builtin_function_new(t, wakeup_def, task, nullptr));
        Ref<Object> context = field_value(t, task, task->context).take();
        Object* args[] = {nullptr, result.get(), callback.get(), context.get()};
        TRY(vectorcall_method(t, state.add_done_callback, args + 1, 2 | VectorcallOffset, state.context_names));
        return wait_for(t, task, result);
    }
    if (TRY(is_instance(t, result, &Generator::s_type)))
        return error_soon(t, task, "yield was used instead of yield from for generator in task %R with %R", task, result);
    return error_soon(t, task, "Task got bad yield: %R", result);
}

/// Raises the exception in the coroutine.
vm::SendOutcome throw_into(Thread& t, Object* coroutine, Borrowed<Object> exception, Object** result) {
    auto outcome = coroutine->type == &Coroutine::s_type
                       ? generator_throw_method(t, static_cast<Generator*>(coroutine), exception, nullptr, nullptr, true)
                       : call_method(t, Borrowed<Object>(coroutine), names::throw_, exception);
    *result = outcome.release_or_null();
    if (*result) return vm::SendOutcome::Next;
    if (!exception_matches(t, exc::StopIteration)) return vm::SendOutcome::Error;
    Ref<Object> stop = t.take_exception().take();
    Object* value = static_cast<StopIterationObject*>(stop.get())->value;
    *result = acquire(value ? value : None()).release();
    return vm::SendOutcome::Return;
}

/// One step of an entered task.
Result<void> run_step(Thread& t, Task* task, Object* given) {
    AsyncioState& state = state_of(t);
    if (UNLIKELY(task->state != FutureState::Pending))
        return raise(t, *state.invalid_state_error, "__step(): already done: %R %R", task, given ? given : None());
    // 1. A cancellation that is due is what is raised.
    MaybeRef<Object> exception = MaybeRef<Object>::acquire(given);
    if (UNLIKELY(task->must_cancel)) {
        if (!exception || !TRY(is_instance(t, exception.get(), state.cancelled_error))) exception = TRY(make_cancelled_error(t, task));
        task->must_cancel = false;
    }
    MaybeRef<Object> coroutine, waiter;
    {
        CriticalSection section(t, task);
        waiter = MaybeRef<Object>::steal(std::exchange(task->waiter, nullptr));
        coroutine = MaybeRef<Object>::acquire(task->coroutine);
    }
    waiter = nullptr;
    if (UNLIKELY(!coroutine)) return raise(t, exc::RuntimeError, "uninitialized Task object");
    // 2. Run it to its next await.
    Object* raw = nullptr;
    vm::SendOutcome outcome =
        LIKELY(!exception) ? vm::send_value(t, coroutine.get(), None(), &raw) : throw_into(t, coroutine.get(), exception.get(), &raw);
    exception = nullptr;
    if (outcome == vm::SendOutcome::Next) return handle_yield(t, task, steal(raw));
    // 3. It has ended.
    if (outcome == vm::SendOutcome::Return) {
        Ref<Object> value = steal(raw);
        if (UNLIKELY(task->must_cancel)) { // cancelled right before it returned
            task->must_cancel = false;
            MaybeRef<Object> message = field_value(t, static_cast<Object*>(task), task->cancel_message);
            TRY(future_cancel(t, task, message.get()));
            return {};
        }
        return future_set_result(t, task, value);
    }
    Ref<Object> error = t.take_exception().take();
    if (given_exception_matches(error.get(), state.cancelled_error)) {
        {
            CriticalSection section(t, task);
            assign_field(task->cancelled_error, error.release());
        }
        TRY(future_cancel(t, task, nullptr));
        return {};
    }
    TRY(future_set_exception(t, task, error));
    if (is_subtype(error->type, &exc::KeyboardInterrupt) || is_subtype(error->type, &exc::SystemExit))
        return t.set_exception(std::move(error));
    return {};
}

Result<void> step(Thread& t, Task* task, Object* exception) {
    MaybeRef<Object> loop = field_value(t, static_cast<Object*>(task), task->loop);
    if (!loop) return check_initialised(t, task);
    TRY(enter_task(t, loop.get(), task));
    Result<void> result = run_step(t, task, exception);
    if (LIKELY(!result.is_error())) return leave_task(t, loop.get(), task);
    MaybeRef<Object> raised = t.take_exception();
    (void)leave_task(t, loop.get(), task).is_error();
    if (t.has_exception()) {
        // The later one is the context's end, as everywhere in `finally`.
        return chain_exceptions(t, std::move(raised));
    }
    return t.set_exception(raised.take());
}

/// Called by the loop when the future that the task waits for is done.
Result<Ref<Object>> wakeup(Thread& t, Self task, Borrowed<Object> future) {
    TRY(awaited_by_discard(t, future.get(), task.get()));
    auto outcome =
        is_exact_future(future.get()) ? future_result(t, static_cast<Future*>(future.get())) : call_method(t, future, state_of(t).result);
    if (LIKELY(!outcome.is_error())) {
        TRY(step(t, task.get(), nullptr));
        return none_ref();
    }
    Ref<Object> error = t.take_exception().take();
    TRY(step(t, task.get(), error.get()));
    return none_ref();
}

Object* step_vectorcall(Object* callable, Object* const*, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<TaskStep*>(callable);
    if (UNLIKELY(kwnames && static_cast<Tuple*>(kwnames)->size))
        return (void)raise(t, exc::TypeError, "function takes no keyword arguments"), nullptr;
    if (UNLIKELY(vectorcall_nargs(nargsf) != 0)) return (void)raise(t, exc::TypeError, "function takes no positional arguments"), nullptr;
    Ref<Object> alive = acquire(callable);
    if (!self->task) return None();
    return step(t, self->task, self->exception).is_error() ? nullptr : None();
}
Ref<Object> step_self(Thread&, Borrowed<TaskStep> self) { return self->task ? acquire<Object>(self->task) : none_ref(); }
using StepFields = Fields<TaskStep, &TaskStep::task, &TaskStep::exception>;
const GetSetDef step_getset[] = {getter<step_self>("__self__")};
const SlotDef step_slots[] = {
    raw_slot(SlotId::tp_call, &vectorcall_as_call),
    StepFields::traverse_slot(),
    StepFields::clear_slot(),
    StepFields::dealloc_slot(),
};

// The type

int task_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Task*>(o);
    for (Object* field : {self->waiter, self->coroutine, self->context, self->name})
        if (field)
            if (int result = visit(field, context)) return result;
    return future_traverse(o, visit, context);
}
int task_clear(Object* o) {
    auto* self = static_cast<Task*>(o);
    for (Object** field : {&self->waiter, &self->coroutine, &self->context, &self->name})
        if (*field) clear_field(*field);
    return future_clear(o);
}
void task_finalize(Object* o) {
    auto* self = static_cast<Task*>(o);
    if (UNLIKELY(self->state == FutureState::Pending && self->log_destroy_pending && self->loop)) {
        Thread& t = Thread::current();
        MaybeRef<Object> saved = t.take_exception();
        auto text = str_from_utf8(t, "Task was destroyed but it is pending!");
        if (text.is_error()) write_unraisable(t, nullptr, o);
        else report(t, self, "task", text.take(), nullptr);
        if (saved) (void)t.set_exception(saved.take());
    }
    future_finalize(o);
}
void task_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    // After the finalizer, so that a task that it brought back stays registered.
    unregister_task(Thread::current(), static_cast<Task*>(o));
    gc_untrack(o);
    task_clear(o);
    future_free(o);
}

Result<bool> is_coroutine(Thread& t, Borrowed<Object> object) {
    if (LIKELY(object->type == &Coroutine::s_type)) return true;
    Ref<Object> function = TRY(import_attribute(t, "asyncio.coroutines", "iscoroutine"));
    Ref<Object> answer = TRY(call(t, function, object));
    return is_true(t, answer);
}

/// Runs the first step at once, in the task's context.
Result<void> eager_start(Thread& t, Task* task) {
    Ref<Object> loop = acquire(task->loop);
    MaybeRef<Object> previous, current;
    TRY(swap_current_task(t, loop, task, &previous));
    register_task(t, task);
    auto run = [&]() -> Result<void> {
        Ref<Object> context = acquire(task->context);
        if (!is<Context>(context.get())) return raise(t, exc::TypeError, "an instance of Context was expected");
        TRY(context_enter(t, static_cast<Context*>(context.get())));
        Result<void> stepped = run_step(t, task, nullptr);
        MaybeRef<Object> raised = t.take_exception();
        if (context_exit(t, static_cast<Context*>(context.get())).is_error()) return chain_exceptions(t, std::move(raised));
        if (stepped.is_error()) return t.set_exception(raised.take());
        return {};
    };
    Result<void> result = run();
    MaybeRef<Object> raised = t.take_exception();
    if (swap_current_task(t, loop, previous.get(), &current).is_error()) return chain_exceptions(t, std::move(raised));
    if (task->state != FutureState::Pending) {
        unregister_task(t, task);
        CriticalSection section(t, task);
        clear_field(task->coroutine);
    }
    if (result.is_error()) return t.set_exception(raised.take());
    return {};
}

Result<void> init(Thread& t, Self self, Borrowed<Object> coroutine, Borrowed<Object> loop, Borrowed<Object> name, Borrowed<Object> context,
                  bool start_eagerly) {
    TRY(future_init(t, self.get(), loop.get()));
    if (!TRY(is_coroutine(t, coroutine))) {
        self->log_destroy_pending = false;
        return raise(t, exc::TypeError, "a coroutine was expected, got %R", coroutine);
    }
    AsyncioState& state = state_of(t);
    Ref<Object> own_context = is_none(context.get()) ? Ref<Object>(TRY(context_copy_current(t))) : acquire(context);
    Ref<Object> own_name = is_none(name.get())
                               ? Ref<Object>(TRY(int_from(t, state.next_task_number.fetch_add(1, std::memory_order_relaxed))))
                           : is_exact<Str>(name.get()) ? acquire(name)
                                                       : Ref<Object>(TRY(to_str(t, name)));
    {
        CriticalSection section(t, self.get());
        assign_field(self->context, own_context.release());
        clear_field(self->waiter);
        self->must_cancel = false;
        self->log_destroy_pending = true;
        self->cancels_requested = 0;
        assign_field(self->coroutine, acquire(coroutine).release());
        assign_field(self->name, own_name.release());
    }
    if (start_eagerly) {
        Ref<Object> running = TRY(call_method(t, Borrowed<Object>(self->loop), state.is_running));
        if (TRY(is_true(t, running))) return eager_start(t, self.get());
    }
    TRY(step_soon(t, self.get(), nullptr));
    register_task(t, self.get());
    return {};
}
using Init = TypedInit<init, "Task", "(coro, *, loop=None, name=None, context=None, eager_start=False)">;

Result<Ref<Object>> task_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    if (type->is_heap_type()) return Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0));
    Ref<Task> self = TRY(allocate<Task>(t, *type.get()));
    gc_track(self.get());
    return self;
}
Object* task_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto made = allocate<Task>(t, *static_cast<Type*>(type));
    if (made.is_error()) return nullptr;
    Ref<Task> self = made.take();
    gc_track(self.get());
    if (!Init::def.entry(t, Init::def, self.get(), args, vectorcall_nargs(nargsf), kwnames)) return nullptr;
    return self.release();
}

Result<void> set_result(Thread& t, Self, Borrowed<Object>) {
    return raise(t, exc::RuntimeError, "Task does not support set_result operation");
}
Result<void> set_exception(Thread& t, Self, Borrowed<Object>) {
    return raise(t, exc::RuntimeError, "Task does not support set_exception operation");
}
Result<bool> cancel(Thread& t, Self self, Borrowed<Object> message) {
    MaybeRef<Object> waiter;
    {
        CriticalSection section(t, self.get());
        self->log_traceback = false;
        if (self->state != FutureState::Pending) return false;
        ++self->cancels_requested;
        waiter = MaybeRef<Object>::acquire(self->waiter);
    }
    if (waiter && TRY(cancel_with_message(t, waiter.get(), message.get()))) return true;
    CriticalSection section(t, self.get());
    self->must_cancel = true;
    assign_field(self->cancel_message, acquire(message).release());
    return true;
}
int64_t cancelling(Thread&, Self self) { return __atomic_load_n(&self->cancels_requested, __ATOMIC_RELAXED); }
int64_t uncancel(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->cancels_requested > 0 && --self->cancels_requested == 0) self->must_cancel = false;
    return self->cancels_requested;
}
Result<Ref<Object>> get_stack(Thread& t, Self self, Borrowed<Object> limit) {
    Ref<Object> function = TRY(import_attribute(t, "asyncio.base_tasks", "_task_get_stack"));
    return call(t, function, self, limit);
}
Result<Ref<Object>> print_stack(Thread& t, Self self, Borrowed<Object> limit, Borrowed<Object> file) {
    Ref<Object> function = TRY(import_attribute(t, "asyncio.base_tasks", "_task_print_stack"));
    return call(t, function, self, limit, file);
}
Result<Ref<Object>> get_name(Thread& t, Self self) {
    MaybeRef<Object> name = field_value(t, static_cast<Object*>(self.get()), self->name);
    if (!name || !is_exact<Int>(name.get())) return name ? name.take() : none_ref();
    Ref<Str> text = TRY(str_format(t, "Task-%s", name));
    CriticalSection section(t, self.get());
    if (self->name == name.get()) assign_field<Object>(self->name, text.share().release());
    return text;
}
Result<void> set_name(Thread& t, Self self, Borrowed<Object> value) {
    Ref<Object> name = is_exact<Str>(value.get()) ? acquire(value) : Ref<Object>(TRY(to_str(t, value)));
    CriticalSection section(t, self.get());
    assign_field(self->name, name.release());
    return {};
}
template <Object* Task::* Field> Ref<Object> get_plain(Thread& t, Self self) {
    MaybeRef<Object> value = field_value(t, static_cast<Object*>(self.get()), self.get()->*Field);
    return value ? value.take() : none_ref();
}
bool get_log_destroy(Thread&, Self self) { return self->log_destroy_pending; }
Result<void> set_log_destroy(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "cannot delete attribute");
    self->log_destroy_pending = TRY(is_true(t, value));
    return {};
}
bool get_must_cancel(Thread&, Self self) { return self->must_cancel; }
Result<Ref<Object>> task_repr(Thread& t, Self self) {
    Ref<Object> function = TRY(import_attribute(t, "asyncio.base_tasks", "_task_repr"));
    return call(t, function, self);
}
Result<Ref<Object>> cancelled_error_method(Thread& t, Self self) { return make_cancelled_error(t, self.get()); }

const NativeDef methods[] = {
    method<set_result>("set_result", "($self, result, /)"),
    method<set_exception>("set_exception", "($self, exception, /)"),
    method<cancel>("cancel", "($self, /, msg=None)",
                   "Request that this task cancel itself.\n\n"
                   "This arranges for a CancelledError to be thrown into the\n"
                   "wrapped coroutine on the next cycle through the event loop.\n"
                   "The coroutine then has a chance to clean up or even deny\n"
                   "the request using try/except/finally.\n\n"
                   "Unlike Future.cancel, this does not guarantee that the\n"
                   "task will be cancelled: the exception might be caught and\n"
                   "acted upon, delaying cancellation of the task or preventing\n"
                   "cancellation completely.  The task may also return a value or\n"
                   "raise a different exception.\n\n"
                   "Immediately after this method is called, Task.cancelled() will\n"
                   "not return True (unless the task was already cancelled).  A\n"
                   "task will be marked as cancelled when the wrapped coroutine\n"
                   "terminates with a CancelledError exception (even if cancel()\n"
                   "was not called).\n\n"
                   "This also increases the task's count of cancellation requests."),
    method<cancelling>("cancelling", "($self, /)",
                       "Return the count of the task's cancellation requests.\n\n"
                       "This count is incremented when .cancel() is called\nand may be decremented using .uncancel()."),
    method<uncancel>("uncancel", "($self, /)",
                     "Decrement the task's count of cancellation requests.\n\n"
                     "This should be used by tasks that catch CancelledError\n"
                     "and wish to continue indefinitely until they are cancelled again.\n\n"
                     "Returns the remaining number of cancellation requests."),
    method<get_stack>("get_stack", "($self, /, *, limit=None)",
                      "Return the list of stack frames for this task's coroutine.\n\n"
                      "If the coroutine is not done, this returns the stack where it is\n"
                      "suspended.  If the coroutine has completed successfully or was\n"
                      "cancelled, this returns an empty list.  If the coroutine was\n"
                      "terminated by an exception, this returns the list of traceback\nframes.\n\n"
                      "The frames are always ordered from oldest to newest.\n\n"
                      "The optional limit gives the maximum number of frames to\n"
                      "return; by default all available frames are returned.  Its\n"
                      "meaning differs depending on whether a stack or a traceback is\n"
                      "returned: the newest frames of a stack are returned, but the\n"
                      "oldest frames of a traceback are returned.  (This matches the\n"
                      "behavior of the traceback module.)\n\n"
                      "For reasons beyond our control, only one stack frame is\nreturned for a suspended coroutine."),
    method<print_stack>("print_stack", "($self, /, *, limit=None, file=None)",
                        "Print the stack or traceback for this task's coroutine.\n\n"
                        "This produces output similar to that of the traceback module,\n"
                        "for the frames retrieved by get_stack().  The limit argument\n"
                        "is passed to get_stack().  The file argument is an I/O stream\n"
                        "to which the output is written; by default output is written\nto sys.stderr."),
    method<cancelled_error_method>(
        "_make_cancelled_error", "($self, /)",
        "Create the CancelledError to raise if the Task is cancelled.\n\nThis should only be called once when handling a "
        "cancellation since\nit erases the context exception value."),
    method<get_name>("get_name", "($self, /)"),
    method<set_name>("set_name", "($self, value, /)"),
    method<get_plain<&Task::coroutine>>("get_coro", "($self, /)"),
    method<get_plain<&Task::context>>("get_context", "($self, /)"),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)",
                                        "Tasks are generic over the return type of their wrapped coroutines"),
};
const GetSetDef getset[] = {
    getter_setter<get_log_destroy, set_log_destroy>("_log_destroy_pending"),
    getter<get_must_cancel>("_must_cancel"),
    getter<get_plain<&Task::coroutine>>("_coro"),
    getter<get_plain<&Task::waiter>>("_fut_waiter"),
};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, task_new>(),        raw_slot(SlotId::tp_init, &Init::init),
    raw_slot(SlotId::tp_vectorcall, &task_vectorcall), unary_slot<SlotId::tp_repr, task_repr>(),
    raw_slot(SlotId::tp_finalize, &task_finalize),     raw_slot(SlotId::tp_traverse, &task_traverse),
    raw_slot(SlotId::tp_clear, &task_clear),           raw_slot(SlotId::tp_dealloc, &task_dealloc),
};

} // namespace

const TypeSpec task_step_spec = {.type = &TaskStep::s_type,
                                 .name = "_asyncio.TaskStepMethWrapper",
                                 .basicsize = sizeof(TaskStep),
                                 .flags = type_flag::Gc | type_flag::DisallowInstantiation | type_flag::Vectorcall,
                                 .slots = step_slots,
                                 .getset = step_getset,
                                 .vectorcall_offset = offsetof(TaskStep, vectorcall)};
const TypeSpec task_spec = {
    .type = &Task::s_type,
    .name = "_asyncio.Task",
    .base = &Future::s_type,
    .basicsize = sizeof(Task),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "A coroutine wrapped in a Future.",
    .signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .weaklist_offset = offsetof(Future, weaklist),
    .dict_offset = offsetof(Future, dict),
};

} // namespace taipan::asyncio
