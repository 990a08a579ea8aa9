// _asyncio: the module's functions and its state.
#include "modules/asyncio/asyncio.h"
#include "objects/set.h"
#include "runtime/refcount.h"
#include "vm/interpreter_states.h"

#include <new>
#include <unistd.h>

namespace taipan::asyncio {

AsyncioState& state_of(Thread& t) { return *static_cast<AsyncioState*>(interpreter_states(t)->asyncio); }

namespace {

Result<Ref<Object>> running_loop(Thread& t) {
    if (UNLIKELY(!t.running_loop)) return raise(t, exc::RuntimeError, "no running event loop");
    return acquire(t.running_loop);
}
Ref<Object> running_loop_or_none(Thread& t) { return t.running_loop ? acquire(t.running_loop) : none_ref(); }
void set_running_loop(Thread& t, Borrowed<Object> loop) {
    if (!is_none(loop.get())) return assign_field(t.running_loop, acquire(loop).release());
    clear_field(t.running_loop);
    AsyncioState& state = state_of(t);
    if (int id = getpid(); id != state.process_id) { // events.py calls this in a forked child
        state.process_id = id;
        clear_field(t.running_task);
    }
}

Result<void> enter(Thread& t, Borrowed<Object> loop, Borrowed<Object> task) { return enter_task(t, loop, task); }
Result<void> leave(Thread& t, Borrowed<Object> loop, Borrowed<Object> task) { return leave_task(t, loop, task); }
Result<Ref<Object>> swap(Thread& t, Borrowed<Object> loop, Borrowed<Object> task) {
    MaybeRef<Object> previous;
    TRY(swap_current_task(t, loop, task.get(), &previous));
    return previous ? previous.take() : none_ref();
}

Result<Ref<Object>> foreign_tasks(Thread& t) {
    AsyncioState& state = state_of(t);
    if (Object* found = __atomic_load_n(&state.foreign_tasks, __ATOMIC_ACQUIRE)) return acquire(found);
    Ref<Object> type = TRY(import_attribute(t, "weakref", "WeakSet"));
    Ref<Object> made = TRY(call(t, type));
    MutexLocker locker(state.lock);
    if (!state.foreign_tasks) __atomic_store_n(&state.foreign_tasks, made.release(), __ATOMIC_RELEASE);
    return acquire(state.foreign_tasks);
}
Result<Ref<Set>> eager_tasks(Thread& t) {
    AsyncioState& state = state_of(t);
    if (Object* found = __atomic_load_n(&state.eager_tasks, __ATOMIC_ACQUIRE)) return acquire(static_cast<Set*>(found));
    Ref<Set> made = TRY(set_new(t));
    MutexLocker locker(state.lock);
    if (!state.eager_tasks) __atomic_store_n(&state.eager_tasks, static_cast<Object*>(made.release()), __ATOMIC_RELEASE);
    return acquire(static_cast<Set*>(state.eager_tasks));
}
Result<void> register_any(Thread& t, Borrowed<Object> task) {
    if (is<Task>(task.get())) return register_task(t, static_cast<Task*>(task.get())), Result<void>();
    TRY(call_method(t, TRY(foreign_tasks(t)), state_of(t).add, task));
    return {};
}
Result<void> unregister_any(Thread& t, Borrowed<Object> task) {
    if (is<Task>(task.get())) return unregister_task(t, static_cast<Task*>(task.get())), Result<void>();
    TRY(call_method(t, TRY(foreign_tasks(t)), state_of(t).discard, task));
    return {};
}
Result<void> register_eager(Thread& t, Borrowed<Object> task) {
    TRY(set_add(t, TRY(eager_tasks(t)), task));
    return {};
}
Result<void> unregister_eager(Thread& t, Borrowed<Object> task) {
    TRY(set_discard(t, TRY(eager_tasks(t)), task));
    return {};
}

Result<Ref<Object>> current_task(Thread& t, Borrowed<Object> loop) {
    if (is_none(loop.get()) && !t.running_loop) return raise(t, exc::RuntimeError, "no running event loop");
    if (is_none(loop.get()) || loop.get() == t.running_loop) return t.running_task ? acquire(t.running_task) : none_ref();
    // The loop of another thread, perhaps: its task is read while all others stand still.
    MaybeRef<Object> task;
    stop_world(t);
    for (Thread* other = t.interpreter->threads; other; other = other->next) {
        if (other == &t || other->running_loop != loop.get()) continue;
        task = MaybeRef<Object>::acquire(other->running_task);
        break;
    }
    start_world(t);
    return task ? task.take() : none_ref();
}

/// Counted references, gathered while no Python may run.
struct Gathered {
    Object** items = nullptr;
    size_t count = 0, capacity = 0;
    ~Gathered() {
        for (size_t i = 0; i < count; ++i) decref(items[i]);
        __builtin_free(items);
    }
    bool add(Object* owned) {
        if (count == capacity) {
            size_t wanted = capacity ? capacity * 2 : 64;
            void* grown = __builtin_realloc(items, wanted * sizeof(Object*));
            if (!grown) return decref(owned), false;
            items = static_cast<Object**>(grown);
            capacity = wanted;
        }
        items[count++] = owned;
        return true;
    }
};
Result<void> add_if_pending(Thread& t, Borrowed<Set> tasks, Borrowed<Object> task, Borrowed<Object> loop) {
    if (is<Task>(task.get())) {
        auto* own = static_cast<Task*>(task.get());
        if (own->state == FutureState::Pending && own->loop == loop.get()) TRY(set_add(t, tasks, task));
        return {};
    }
    Ref<Object> done = TRY(call_method(t, task, state_of(t).done));
    if (TRY(is_true(t, done))) return {};
    Ref<Object> task_loop = TRY(loop_of(t, task));
    if (task_loop.get() == loop.get()) TRY(set_add(t, tasks, task));
    return {};
}
Result<Ref<Object>> all_tasks(Thread& t, Borrowed<Object> given) {
    AsyncioState& state = state_of(t);
    Ref<Object> loop = is_none(given.get()) ? TRY(running_loop(t)) : acquire(given);
    Ref<Set> tasks = TRY(set_new(t));
    // Eager tasks first: one that stops being eager meanwhile is registered before it is taken out of their set.
    if (Object* eager = __atomic_load_n(&state.eager_tasks, __ATOMIC_ACQUIRE)) {
        Ref<List> list = TRY(to_list(t, eager));
        for (intptr_t i = 0; MaybeRef<Object> task = list_get(t, list, i); ++i) TRY(add_if_pending(t, tasks, task.get(), loop));
    }
    Gathered found;
    bool complete = true;
    for (TaskShard& shard : state.shards) {
        MutexLocker locker(shard.lock);
        for (Task* task = shard.first; task && complete; task = task->next)
            if (task->loop == loop.get() && try_incref(task)) complete = found.add(task);
    }
    if (!complete) return raise_memory_error(t);
    for (size_t i = 0; i < found.count; ++i) TRY(add_if_pending(t, tasks, found.items[i], loop));
    if (Object* foreign = __atomic_load_n(&state.foreign_tasks, __ATOMIC_ACQUIRE)) {
        Ref<List> list = TRY(to_list(t, foreign));
        for (intptr_t i = 0; MaybeRef<Object> task = list_get(t, list, i); ++i) TRY(add_if_pending(t, tasks, task.get(), loop));
    }
    return tasks;
}

Result<void> add_to_awaited_by(Thread& t, Borrowed<Object> future, Borrowed<Object> waiter) {
    return awaited_by_add(t, future.get(), waiter.get());
}
Result<void> discard_from_awaited_by(Thread& t, Borrowed<Object> future, Borrowed<Object> waiter) {
    return awaited_by_discard(t, future.get(), waiter.get());
}

const NativeDef functions[] = {
    fn<running_loop>("get_running_loop", "($module, /)", "The event loop that runs in the calling thread; RuntimeError when none does."),
    fn<running_loop_or_none>("_get_running_loop", "($module, /)",
                             "The event loop that runs in the calling thread, or None.\n\n"
                             "Meant for loop implementations; get_running_loop() raises instead of returning None."),
    fn<set_running_loop>("_set_running_loop", "($module, loop, /)",
                         "Make loop (or None) the event loop that runs in the calling thread.\n\n"
                         "Meant for loop implementations, which call it when they start and stop."),
    fn<current_loop>("get_event_loop", "($module, /)",
                     "The event loop running in this thread; without one, the loop that the event loop policy provides.\n\n"
                     "The policy raises RuntimeError when the thread has been given no loop."),
    fn<enter>("_enter_task", "($module, /, loop, task)",
              "Make task the one that loop is running now.\n\nRaises RuntimeError if the loop is running another task already."),
    fn<leave>("_leave_task", "($module, /, loop, task)",
              "Note that loop no longer runs task, because it has suspended or ended.\n\n"
              "Raises RuntimeError if task is not the one that loop is running."),
    fn<swap>("_swap_current_task", "($module, /, loop, task)",
             "Make task the current one of loop and return the one it displaces, or None.\n\n"
             "An eagerly started task runs its first step between two such calls."),
    fn<register_any>("_register_task", "($module, /, task)", "Add task to those that all_tasks() reports."),
    fn<unregister_any>("_unregister_task", "($module, /, task)", "Unregister a task.\n\nReturns None."),
    fn<register_eager>("_register_eager_task", "($module, /, task)", "Add task to those that all_tasks() reports."),
    fn<unregister_eager>("_unregister_eager_task", "($module, /, task)", "Unregister a task.\n\nReturns None."),
    fn<current_task>("current_task", "($module, /, loop=None)", "Return a currently executed task."),
    fn<all_tasks>("all_tasks", "($module, /, loop=None)", "Return a set of all tasks for the loop."),
    fn<add_to_awaited_by>("future_add_to_awaited_by", "($module, fut, waiter, /)", "Record that `fut` is awaited on by `waiter`."),
    fn<discard_from_awaited_by>("future_discard_from_awaited_by", "($module, fut, waiter, /)"),
};
const TypeSpec* const types[] = {&future_spec, &task_spec};

Result<Tuple*> name_tuple(Thread& t, Str* name) {
    Ref<Tuple> tuple = TRY(tuple_pack(t, Borrowed<Str>(name)));
    return tuple.release();
}
void drop_state(InterpreterStates& states) {
    auto* state = static_cast<AsyncioState*>(std::exchange(states.asyncio, nullptr));
    for (Type** type : {&state->cancelled_error, &state->invalid_state_error}) clear_field(*type);
    for (Tuple** names : {&state->context_names, &state->msg_names}) clear_field(*names);
    for (Object** set : {&state->foreign_tasks, &state->eager_tasks}) clear_field(*set);
    delete state;
}
Result<void> exec(Thread& t, Borrowed<Module>) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (states->asyncio) return {}; // imported again
    for (const TypeSpec* spec : {&future_iterator_spec, &task_step_spec}) TRY(type_ready(t, *spec));
    auto* state = new (std::nothrow) AsyncioState{};
    if (!state) return raise_memory_error(t);
    const struct {
        Str** place;
        const char* text;
    } wanted[] = {
        {&state->call_soon, "call_soon"},
        {&state->call_exception_handler, "call_exception_handler"},
        {&state->context, "context"},
        {&state->cancel, "cancel"},
        {&state->result, "result"},
        {&state->get_loop, "get_loop"},
        {&state->_loop, "_loop"},
        {&state->blocking, "_asyncio_future_blocking"},
        {&state->get_debug, "get_debug"},
        {&state->is_running, "is_running"},
        {&state->add_done_callback, "add_done_callback"},
        {&state->done, "done"},
        {&state->msg, "msg"},
        {&state->add, "add"},
        {&state->discard, "discard"},
    };
    for (const auto& name : wanted) *name.place = TRY(str_interned(t, name.text)).release(); // interned names live for ever
    state->context_names = TRY(name_tuple(t, state->context));
    state->msg_names = TRY(name_tuple(t, state->msg));
    state->next_task_number = 1;
    state->process_id = getpid();
    Ref<Object> cancelled = TRY(import_attribute(t, "asyncio.exceptions", "CancelledError"));
    Ref<Object> invalid = TRY(import_attribute(t, "asyncio.exceptions", "InvalidStateError"));
    state->cancelled_error = static_cast<Type*>(cancelled.release());
    state->invalid_state_error = static_cast<Type*>(invalid.release());
    void* nothing = nullptr;
    if (!__atomic_compare_exchange_n(&states->asyncio, &nothing, static_cast<void*>(state), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        delete state;
    else if (!interpreter_drops(states, drop_state)) return raise_memory_error(t);
    return {};
}

} // namespace
} // namespace taipan::asyncio

namespace taipan {
extern const ModuleSpec asyncio_module;
const ModuleSpec asyncio_module = {.name = "_asyncio",
                                   .doc = "Accelerator module for asyncio",
                                   .functions = asyncio::functions,
                                   .exec = asyncio::exec,
                                   .types = asyncio::types};
} // namespace taipan
