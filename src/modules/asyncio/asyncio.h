// _asyncio: futures, tasks, and which task runs in which loop. A future's fields change under its critical section;
// callbacks, coroutines and anything else written in Python run outside it. A task is in the list of its shard from its
// registration to its end, uncounted; the shard's lock guards the links.
#pragma once

#include "objects/abstract.h"
#include "objects/exceptions.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/tuple.h"
#include "runtime/lock.h"

namespace taipan::asyncio {

enum class FutureState : uint8_t { Pending, Cancelled, Finished };

struct Future : Object {
    Object* loop;                 // null: not initialised
    Object *callback0, *context0; // the first callback; most futures have one
    List* callbacks;              // the others: tuples (callback, context)
    Object* result;               // once finished: the result, or the exception if `failed`
    Object* exception_traceback;
    Object* source_traceback;
    Object* cancel_message;
    Object* cancelled_error; // raised by the coroutine when it was cancelled; given out once
    Object* awaited_by;      // a future, or a set of them
    Object *dict, *weaklist;
    std::atomic<FutureState> state;
    bool failed, log_traceback, blocking, awaited_by_set;
    // Of tasks, here to fill the word:
    bool must_cancel, log_destroy_pending, registered;
    static Type s_type;
};

struct Task : Future {
    Object *waiter, *coroutine, *context;
    Object* name; // a str, or an int still to become "Task-n"
    int64_t cancels_requested;
    Task *next, *previous; // registered tasks of the shard
    uint32_t shard;
    static Type s_type;
};

struct TaskShard {
    Mutex lock;
    Task* first = nullptr;
};

/// What the module keeps for an interpreter.
struct AsyncioState {
    static constexpr uint32_t ShardCount = 16;
    Type *cancelled_error, *invalid_state_error;
    Str *call_soon, *call_exception_handler, *context, *cancel, *result, *get_loop, *_loop, *blocking, *get_debug, *is_running,
        *add_done_callback, *done, *msg, *add, *discard;
    Tuple *context_names, *msg_names; // keyword names
    Object* foreign_tasks;            // a WeakSet of registered tasks that are not ours, or null
    Object* eager_tasks;              // a set of those being started eagerly, or null
    Mutex lock;                       // guards the making of the two
    std::atomic<int64_t> next_task_number;
    int process_id; // a forked child has no running task
    TaskShard shards[ShardCount];
};
AsyncioState& state_of(Thread& t);

inline bool is_exact_future(const Object* o) { return o->type == &Future::s_type || o->type == &Task::s_type; }

// Futures (future.cpp). All but `future_init` want an initialised one.
Result<void> future_init(Thread& t, Future* self, Object* loop);
Result<void> check_initialised(Thread& t, const Future* self);
Result<Ref<Object>> future_cancel(Thread& t, Future* self, Object* message);
Result<void> future_set_result(Thread& t, Future* self, Borrowed<Object> result);
Result<void> future_set_exception(Thread& t, Future* self, Borrowed<Object> exception);
/// The result, or the exception raised.
Result<Ref<Object>> future_result(Thread& t, Future* self);
Result<void> future_add_callback(Thread& t, Future* self, Borrowed<Object> callback, Borrowed<Object> context);
/// A CancelledError with the message, or the one that was kept.
Result<Ref<Object>> make_cancelled_error(Thread& t, Future* self);
void future_finalize(Object* o);
int future_traverse(Object* o, VisitFunc visit, void* context);
int future_clear(Object* o);
/// The last part of dealloc: drops the fields and frees the memory.
void future_free(Object* o);
/// loop.call_soon(callback[, argument][, context=context])
Result<void> call_soon(Thread& t, Borrowed<Object> loop, Borrowed<Object> callback, Object* argument, Object* context);
/// loop.call_exception_handler({…}) for an object that is going away; errors are unraisable.
void report(Thread& t, Future* self, const char* subject, Ref<Str> message, Object* exception);
/// fut.get_loop(), else fut._loop.
Result<Ref<Object>> loop_of(Thread& t, Borrowed<Object> future);
Result<void> awaited_by_add(Thread& t, Object* future, Object* waiter);
Result<void> awaited_by_discard(Thread& t, Object* future, Object* waiter);
Result<Ref<Object>> current_loop(Thread& t);
/// What the field holds now, while others may replace it.
template <class T> MaybeRef<T> field_value(Thread& t, Object* owner, T* const& field) {
    CriticalSection section(t, owner);
    return MaybeRef<T>::acquire(field);
}

// Tasks (task.cpp).
Result<void> swap_current_task(Thread& t, Borrowed<Object> loop, Object* task, MaybeRef<Object>* previous);
Result<void> enter_task(Thread& t, Borrowed<Object> loop, Borrowed<Object> task);
Result<void> leave_task(Thread& t, Borrowed<Object> loop, Borrowed<Object> task);
void register_task(Thread& t, Task* task);
void unregister_task(Thread& t, Task* task);

extern const TypeSpec future_spec, future_iterator_spec, task_spec, task_step_spec;

} // namespace taipan::asyncio
