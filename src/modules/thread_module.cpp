// The _thread module: threads, locks and thread-local objects.
#include "modules/thread_module.h"

#include "base/futex.h"
#include "modules/signal_module.h"
#include "modules/system_calls.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/str_codecs.h"
#include "objects/struct_sequence.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"
#include "vm/builtin_support.h"

#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

namespace taipan {

struct ThreadLock : Object {
    Object* weaklist;
    std::atomic<uint8_t> bits;
    static Type s_type;
};
struct ThreadRLock : Object {
    Object* weaklist;
    std::atomic<uint8_t> bits;
    std::atomic<uintptr_t> owner;
    uint64_t count;
    static Type s_type;
};
/// What a thread and its handles share. No object: the thread uses it when it has no thread state any more.
struct ThreadProgress {
    enum State : int { NotStarted, Starting, Running, Done };
    std::atomic<int> references{1};
    std::atomic<int> state{NotStarted};
    std::atomic<uint8_t> running{0}; // a lock that is held until the thread has ended
    std::atomic<uintptr_t> ident{0};
    ThreadProgress *next = nullptr, *previous = nullptr; // all that there are, for fork

    ThreadProgress();
    ~ThreadProgress();
    ThreadProgress* share() {
        references.fetch_add(1, std::memory_order_relaxed);
        return this;
    }
    void drop() {
        if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }
    void finish() {
        int old = state.exchange(Done);
        if (old == Starting || old == Running) Mutex::unlock_slow(running);
    }
};
static base::RawMutex s_progress_lock;
static ThreadProgress* s_progress; // guarded by the lock

ThreadProgress::ThreadProgress() {
    base::RawLocker locker(s_progress_lock);
    next = s_progress;
    if (next) next->previous = this;
    s_progress = this;
}
ThreadProgress::~ThreadProgress() {
    base::RawLocker locker(s_progress_lock);
    (previous ? previous->next : s_progress) = next;
    if (next) next->previous = previous;
}
void thread_handles_after_fork(Thread& t) {
    s_progress_lock.reset();
    for (ThreadProgress* progress = s_progress; progress; progress = progress->next)
        if (progress->ident.load() != t.id) progress->finish();
}

struct ThreadHandle : Object {
    Object* weaklist;
    ThreadProgress* progress;
    static Type s_type;
};
struct ThreadLocal : Object {
    Object *weaklist, *args, *kwargs;
    Dict* by_thread; // thread number -> dict
    static Type s_type;
};
/// In the thread's dict: takes the thread's dicts out of the locals that it used when the thread ends.
struct LocalsOfThread : Object {
    Dict* references; // address of a ThreadLocal -> weak reference to it; those of dead ones go when there are many
    uint64_t thread;
    intptr_t clean_at;
    static Type s_type;
};
Type ThreadLock::s_type, ThreadRLock::s_type, ThreadHandle::s_type, ThreadLocal::s_type, LocalsOfThread::s_type;

namespace {

using Arg = Borrowed<Object>;
constexpr double TimeoutMax = 9223372036.0;

struct ThreadModuleState {
    List* shutdown_handles;
    Type* excepthook_args; // immortal
    std::atomic<int64_t> count;
    size_t stack_size;
};

/// Acquires; signals are handled while it waits. False: timed out.
Result<bool> acquire_bits(Thread& t, std::atomic<uint8_t>& bits, int64_t timeout_ns) {
    if (bits.load(std::memory_order_relaxed) & Mutex::Locked && timeout_ns != 0) TRY(poll(t)); // as time.sleep does
    int64_t deadline = timeout_ns > 0 ? deadline_after(timeout_ns) : 0;
    if (deadline < 0) timeout_ns = -1;
    for (;;) {
        bool interrupted = false;
        if (Mutex::lock_timed(bits, timeout_ns, true, &interrupted)) return true;
        if (!interrupted) return false;
        TRY(poll(t));
        if (timeout_ns > 0) {
            timeout_ns = deadline - base::monotonic_ns();
            if (timeout_ns < 0) timeout_ns = 0;
        }
    }
}
Result<int64_t> timeout_argument(Thread& t, bool blocking, Borrowed<Object> timeout) {
    int64_t ns = TRY(to_nanoseconds(t, timeout));
    constexpr int64_t Unlimited = -1'000'000'000; // -1 second
    if (!blocking && ns != Unlimited) return raise(t, exc::ValueError, "can't specify a timeout for a non-blocking call");
    if (ns < 0 && ns != Unlimited) return raise(t, exc::ValueError, "timeout value must be a non-negative number");
    if (!blocking) return int64_t{0};
    return ns == Unlimited ? -1 : ns;
}

// lock

Result<Ref<Object>> lock_new(Thread& t, Borrowed<Type> type) { return allocate_object(t, *type); }
Result<bool> lock_acquire(Thread& t, Borrowed<ThreadLock> self, bool blocking, Arg timeout) {
    return acquire_bits(t, self->bits, TRY(timeout_argument(t, blocking, timeout)));
}
Result<void> lock_release(Thread& t, Borrowed<ThreadLock> self) {
    if (!(self->bits.load(std::memory_order_relaxed) & Mutex::Locked)) return raise(t, exc::RuntimeError, "release unlocked lock");
    Mutex::unlock_slow(self->bits);
    return {};
}
Result<bool> lock_enter(Thread& t, Borrowed<ThreadLock> self) { return acquire_bits(t, self->bits, -1); }
Result<void> lock_exit(Thread& t, Borrowed<ThreadLock> self, Args) { return lock_release(t, self); }
bool lock_locked(Thread&, Borrowed<ThreadLock> self) { return self->bits.load(std::memory_order_relaxed) & Mutex::Locked; }
void lock_reinit(Thread&, Borrowed<ThreadLock> self) { self->bits.store(0); }
Result<Ref<Object>> lock_repr(Thread& t, Borrowed<ThreadLock> self) {
    char address[32];
    snprintf(address, sizeof address, "%p", static_cast<void*>(self.get()));
    return str_format(t, "<%s %s object at %s>", lock_locked(t, self) ? "locked" : "unlocked", type_name(self.get()), address);
}
template <class T> void simple_dealloc(Object* o) {
    auto* self = static_cast<T*>(o);
    if (self->weaklist) clear_weakrefs(o);
    o->type->free(o);
}

// RLock

// (threading.RLock warns of arguments; subclasses may have an __init__ that takes some.)
Result<Ref<Object>> rlock_new(Thread& t, Borrowed<Type> type, Args, Kwargs) { return allocate_object(t, *type); }
Result<bool> rlock_acquire_ns(Thread& t, ThreadRLock* self, int64_t timeout) {
    if (self->owner.load(std::memory_order_relaxed) == thread_pointer()) {
        self->count++;
        return true;
    }
    if (!TRY(acquire_bits(t, self->bits, timeout))) return false;
    self->owner.store(thread_pointer(), std::memory_order_relaxed);
    self->count = 1;
    return true;
}
Result<bool> rlock_acquire(Thread& t, Borrowed<ThreadRLock> self, bool blocking, Arg timeout) {
    return rlock_acquire_ns(t, self.get(), TRY(timeout_argument(t, blocking, timeout)));
}
Result<void> rlock_release(Thread& t, Borrowed<ThreadRLock> self) {
    if (self->owner.load(std::memory_order_relaxed) != thread_pointer())
        return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
    if (--self->count == 0) {
        self->owner.store(0, std::memory_order_relaxed);
        Mutex::unlock_slow(self->bits);
    }
    return {};
}
Result<bool> rlock_enter(Thread& t, Borrowed<ThreadRLock> self) { return rlock_acquire_ns(t, self.get(), -1); }
Result<void> rlock_exit(Thread& t, Borrowed<ThreadRLock> self, Args) { return rlock_release(t, self); }
bool rlock_locked(Thread&, Borrowed<ThreadRLock> self) { return self->bits.load(std::memory_order_relaxed) & Mutex::Locked; }
bool rlock_is_owned(Thread&, Borrowed<ThreadRLock> self) { return self->owner.load(std::memory_order_relaxed) == thread_pointer(); }
int64_t rlock_recursion_count(Thread& t, Borrowed<ThreadRLock> self) {
    return rlock_is_owned(t, self) ? static_cast<int64_t>(self->count) : 0;
}
Result<Ref<Object>> rlock_release_save(Thread& t, Borrowed<ThreadRLock> self) {
    if (!rlock_is_owned(t, self)) return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
    Ref<Int> count = TRY(int_from_uint64(t, self->count)), owner = TRY(int_from_uint64(t, self->owner.load()));
    Ref<Object> state = TRY(tuple_pack(t, count, owner));
    self->count = 0;
    self->owner.store(0, std::memory_order_relaxed);
    Mutex::unlock_slow(self->bits);
    return state;
}
Result<void> rlock_acquire_restore(Thread& t, Borrowed<ThreadRLock> self, Borrowed<Tuple> state) {
    if (state->size != 2) return raise(t, exc::TypeError, "_acquire_restore() argument 1 must be tuple of length 2, not %d", state->size);
    uint64_t count = TRY(to_uint64(t, state->items[0])), owner = TRY(to_uint64(t, state->items[1]));
    Mutex::lock_timed(self->bits, -1, false, nullptr);
    self->owner.store(owner, std::memory_order_relaxed);
    self->count = count;
    return {};
}
void rlock_reinit(Thread&, Borrowed<ThreadRLock> self) {
    self->bits.store(0);
    self->owner.store(0);
    self->count = 0;
}
Result<Ref<Object>> rlock_repr(Thread& t, Borrowed<ThreadRLock> self) {
    char address[32];
    snprintf(address, sizeof address, "%p", static_cast<void*>(self.get()));
    return str_format(t, "<%s %s object owner=%u count=%u at %s>", rlock_locked(t, self) ? "locked" : "unlocked", type_name(self.get()),
                      static_cast<uint64_t>(self->owner.load()), self->count, address);
}

#define LOCK_METHODS(prefix)                                                                                                               \
    method<prefix##_acquire>("acquire", "($self, /, blocking=True, timeout=-1)", "Lock the lock."),                                        \
        method<prefix##_release>("release", "($self, /)", "Release the lock."),                                                            \
        method<prefix##_locked>("locked", "($self, /)", "Return whether the lock is in the locked state."),                                \
        method<prefix##_enter>("__enter__", "($self, /)", "Lock the lock."),                                                               \
        method<prefix##_exit>("__exit__", "($self, /, *exc_info)", "Release the lock."),                                                   \
        method<prefix##_reinit>("_at_fork_reinit", "($self, /)")
const NativeDef lock_methods[] = {
    LOCK_METHODS(lock),
    method<lock_acquire>("acquire_lock", "($self, /, blocking=True, timeout=-1)", "An obsolete synonym of acquire()."),
    method<lock_release>("release_lock", "($self, /)", "An obsolete synonym of release()."),
    method<lock_locked>("locked_lock", "($self, /)", "An obsolete synonym of locked()."),
};
const NativeDef rlock_methods[] = {
    LOCK_METHODS(rlock),
    method<rlock_is_owned>("_is_owned", "($self, /)", "For internal use by `threading.Condition`."),
    method<rlock_recursion_count>("_recursion_count", "($self, /)", "For internal use by reentrancy checks."),
    method<rlock_release_save>("_release_save", "($self, /)", "For internal use by `threading.Condition`."),
    method<rlock_acquire_restore>("_acquire_restore", "($self, state, /)", "For internal use by `threading.Condition`."),
};
const SlotDef lock_slots[] = {raw_slot(SlotId::tp_dealloc, &simple_dealloc<ThreadLock>), unary_slot<SlotId::tp_repr, lock_repr>(),
                              typed_new<lock_new, "lock", "()">()};
const SlotDef rlock_slots[] = {raw_slot(SlotId::tp_dealloc, &simple_dealloc<ThreadRLock>), unary_slot<SlotId::tp_repr, rlock_repr>(),
                               typed_new<rlock_new, "RLock", "(*args, **kwargs)">()};
const TypeSpec lock_spec = {.type = &ThreadLock::s_type,
                            .name = "_thread.lock",
                            .basicsize = sizeof(ThreadLock),
                            .doc = "A lock object is a synchronization primitive.",
                            .signature = "()",
                            .slots = lock_slots,
                            .methods = lock_methods,
                            .weaklist_offset = offsetof(ThreadLock, weaklist)};
const TypeSpec rlock_spec = {.type = &ThreadRLock::s_type,
                             .name = "_thread.RLock",
                             .basicsize = sizeof(ThreadRLock),
                             .flags = type_flag::BaseType,
                             .slots = rlock_slots,
                             .methods = rlock_methods,
                             .weaklist_offset = offsetof(ThreadRLock, weaklist)};

// Thread-local objects

Result<void> note_in(Thread& t, Borrowed<Dict> references, Borrowed<ThreadLocal> local) {
    Ref<Int> address = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(local.get())));
    return dict_set(t, references, address, TRY(weakref_new(t, local, nullptr)));
}
constexpr const char* LocalsKey = "_thread.locals"; // in the thread's dict

/// Calls `each(ThreadLocal*)` for the living.
template <class F> void for_each_local(Thread& t, LocalsOfThread* locals, const F& each) {
    intptr_t position = 0;
    MaybeRef<Object> key, reference;
    while (dict_next(t, Borrowed<Dict>(locals->references), &position, &key, &reference)) {
        MaybeRef<Object> local = weakref_get(static_cast<Weakref*>(reference.get()));
        if (local) each(static_cast<ThreadLocal*>(local.get()));
    }
}
Result<void> note_local(Thread& t, LocalsOfThread* locals, Borrowed<ThreadLocal> local) {
    if (dict_size(locals->references) >= locals->clean_at) {
        Ref<Dict> living = TRY(dict_new(t));
        Result<void> kept;
        for_each_local(t, locals, [&](ThreadLocal* each) {
            if (!kept.is_error()) kept = note_in(t, living, each);
        });
        TRY(std::move(kept));
        locals->clean_at = std::max<intptr_t>(16, 2 * dict_size(living.get()));
        assign_field(locals->references, living.release());
    }
    return note_in(t, Borrowed<Dict>(locals->references), local);
}
void locals_dealloc(Object* o) {
    auto* self = static_cast<LocalsOfThread*>(o);
    Thread& t = Thread::current();
    gc_untrack(o);
    if (self->references) {
        auto key = int_from_uint64(t, self->thread);
        if (key.is_error()) {
            t.clear_exception();
        } else {
            Ref<Int> number = key.take();
            for_each_local(t, self, [&](ThreadLocal* local) {
                if (local->by_thread && dict_pop(t, Borrowed<Dict>(local->by_thread), number).is_error()) t.clear_exception();
            });
        }
        clear_field(self->references);
    }
    o->type->free(o);
}
using LocalsFields = Fields<LocalsOfThread, &LocalsOfThread::references>;
const SlotDef locals_slots[] = {LocalsFields::traverse_slot(), raw_slot(SlotId::tp_dealloc, &locals_dealloc)};
const TypeSpec locals_spec = {.type = &LocalsOfThread::s_type,
                              .name = "_thread._localdummy",
                              .basicsize = sizeof(LocalsOfThread),
                              .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                              .slots = locals_slots};

Result<Ref<Dict>> make_local_dict(Thread& t, Borrowed<ThreadLocal> self, Borrowed<Int> key) {
    // 1. Note in the thread that it uses this object.
    if (!t.dict) t.dict = TRY(dict_new(t)).release();
    Borrowed<Dict> thread_dict(static_cast<Dict*>(t.dict));
    MaybeRef<Object> noted = TRY(dict_get_ascii(t, thread_dict, LocalsKey));
    if (!noted) {
        Ref<LocalsOfThread> fresh = TRY(allocate<LocalsOfThread>(t));
        fresh->references = TRY(dict_new(t)).release();
        fresh->thread = t.unique_id;
        fresh->clean_at = 16;
        gc_track(fresh.get());
        TRY(dict_set_ascii(t, thread_dict, LocalsKey, fresh));
        noted = std::move(fresh);
    }
    TRY(note_local(t, static_cast<LocalsOfThread*>(noted.get()), self));
    // 2. The dict.
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(dict_set(t, Borrowed<Dict>(self->by_thread), key, dict));
    return dict;
}
Result<Ref<Dict>> local_dict(Thread& t, Borrowed<ThreadLocal> self) {
    Ref<Int> key = TRY(int_from_uint64(t, t.unique_id));
    MaybeRef<Object> found = TRY(dict_get(t, Borrowed<Dict>(self->by_thread), key));
    if (found) return as<Dict>(found.take());
    Ref<Dict> dict = TRY(make_local_dict(t, self, key));
    if (self->type->init != Object::s_type.init) {
        Ref<Tuple> args = acquire(static_cast<Tuple*>(self->args));
        if (self->type->init(self.get(), args.get(), self->kwargs) < 0) {
            MaybeRef<Object> error = t.take_exception();
            if (dict_pop(t, Borrowed<Dict>(self->by_thread), key).is_error()) t.clear_exception();
            return t.set_exception(error.take());
        }
    }
    return dict;
}
Result<Ref<Object>> local_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    if (type->init == Object::s_type.init && (args->size > 0 || (kwargs && dict_size(kwargs) > 0)))
        return raise(t, exc::TypeError, "Initialization arguments are not supported");
    Ref<Object> object = TRY(allocate_object(t, *type));
    auto* self = static_cast<ThreadLocal*>(object.get());
    self->args = args.share().release();
    if (kwargs) self->kwargs = acquire(static_cast<Object*>(kwargs)).release();
    self->by_thread = TRY(dict_new(t)).release();
    gc_track(self);
    Ref<Int> key = TRY(int_from_uint64(t, t.unique_id));
    (void)TRY(make_local_dict(t, Borrowed<ThreadLocal>(self), key)); // type() runs __init__ for this thread
    return object;
}
Result<Ref<Object>> local_getattr(Thread& t, Borrowed<ThreadLocal> self, Borrowed<Object> name_) {
    if (!is<Str>(name_.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%.200T'", name_);
    Borrowed<Str> name = as<Str>(name_);
    Ref<Dict> dict = TRY(local_dict(t, self));
    if (str_equals_ascii(name.get(), "__dict__")) return dict;
    MaybeRef<Object> found = type_lookup(t, *self->type, name);
    TernaryFunc get = found ? found->type->descr_get : nullptr;
    if (get && found->type->descr_set) return Result<Ref<Object>>::from_nullable(get(found.get(), self.get(), self->type));
    MaybeRef<Object> value = TRY(dict_get(t, dict, name));
    if (value) return value.take();
    if (get) return Result<Ref<Object>>::from_nullable(get(found.get(), self.get(), self->type));
    if (found) return found.take();
    return raise_attribute_error(t, self, name);
}
Result<void> local_setattr(Thread& t, Borrowed<ThreadLocal> self, Borrowed<Object> name_, Object* value) {
    if (!is<Str>(name_.get()) && TRY(equals(t, name_, names::__dict__))) // what claims to be that name is treated as such
        return raise(t, exc::AttributeError, "'%.100T' object attribute %R is read-only", self, name_);
    if (!is<Str>(name_.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%.200T'", name_);
    Borrowed<Str> name = as<Str>(name_);
    Ref<Dict> dict = TRY(local_dict(t, self));
    if (str_equals_ascii(name.get(), "__dict__"))
        return raise(t, exc::AttributeError, "'%.100T' object attribute '%s' is read-only", self, name);
    MaybeRef<Object> found = type_lookup(t, *self->type, name);
    if (found && found->type->descr_set) {
        if (found->type->descr_set(found.get(), self.get(), value) < 0) return Error{};
        return {};
    }
    if (value) return dict_set(t, dict, name, value);
    if (!TRY(dict_delete(t, dict, name))) return raise_attribute_error(t, self, name);
    return {};
}
/// The note about it goes at once in the thread that it dies in, mostly the only one that used it.
void forget_local(Thread& t, ThreadLocal* self) {
    if (!t.dict) return;
    MaybeRef<Object> saved = t.take_exception();
    auto forget = [&]() -> Result<void> {
        MaybeRef<Object> noted = TRY(dict_get_ascii(t, Borrowed<Dict>(static_cast<Dict*>(t.dict)), LocalsKey));
        if (!noted) return {};
        Ref<Int> address = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(self)));
        (void)TRY(dict_pop(t, Borrowed<Dict>(static_cast<LocalsOfThread*>(noted.get())->references), address));
        return {};
    };
    if (forget().is_error()) t.clear_exception();
    if (saved) (void)t.set_exception(saved.take());
}
void local_dealloc(Object* o) {
    auto* self = static_cast<ThreadLocal*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    forget_local(Thread::current(), self);
    clear_field(self->args);
    clear_field(self->kwargs);
    clear_field(self->by_thread);
    o->type->free(o);
}
using LocalFields = Fields<ThreadLocal, &ThreadLocal::args, &ThreadLocal::kwargs, &ThreadLocal::by_thread>;
const SlotDef local_slots[] = {
    LocalFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, &local_dealloc),
    binary_slot<SlotId::tp_getattro, local_getattr>(),
    set_item_slot<SlotId::tp_setattro, local_setattr>(),
    construct_slot<SlotId::tp_new, local_new>(),
};
const TypeSpec local_spec = {.type = &ThreadLocal::s_type,
                             .name = "_thread._local",
                             .basicsize = sizeof(ThreadLocal),
                             .flags = type_flag::BaseType | type_flag::Gc,
                             .doc = "Thread-local data",
                             .signature = "()",
                             .slots = local_slots,
                             .weaklist_offset = offsetof(ThreadLocal, weaklist)};

// Threads

struct Boot {
    Thread* state;
    Module* module;
    Object *function, *args, *kwargs; // owned
    ThreadHandle* handle;             // owned, or null
};

void forget_handle(Thread& t, Module* module, ThreadHandle* handle) {
    List* list = module->state_as<ThreadModuleState>().shutdown_handles;
    if (!list) return; // the module has been taken apart
    CriticalSection section(t, list);
    for (intptr_t i = 0; i < list_size(list); ++i) {
        MaybeRef<Object> item = list_get(t, Borrowed<List>(list), i);
        if (item.get() != handle) continue;
        if (list_set_slice(t, Borrowed<List>(list), i, i + 1, nullptr).is_error()) t.clear_exception();
        return;
    }
}
/// threading.Thread.start waits for the new thread to say that it runs. One that had no memory to begin with would leave its
/// starter waiting for ever: here it is woken, by steps that allocate nothing.
void release_starter(Thread& t, Object* function) {
    if (!is_exact<Method>(function)) return;
    Borrowed<Object> thread(static_cast<Method*>(function)->self);
    auto get = [&](Borrowed<Object> object, const char* name) -> Result<Ref<Object>> {
        return get_attribute(t, object, TRY(str_interned(t, name)));
    };
    auto call_it = [&](Borrowed<Object> object, const char* name) -> Result<Ref<Object>> {
        return call_method(t, object, TRY(str_interned(t, name)));
    };
    auto release = [&]() -> Result<void> {
        Ref<Object> started = TRY(get(thread, "_started")), condition = TRY(get(started, "_cond")),
                    waiters = TRY(get(condition, "_waiters"));
        // Others hold the lock for moments only; this thread may have failed to give it back.
        Ref<Str> acquire_name = TRY(str_interned(t, "acquire"));
        for (int i = 0; i < 200; ++i) {
            Ref<Object> held = TRY(call_method(t, condition, acquire_name, Borrowed<Object>(False())));
            if (held.get() == True()) break;
            Detached detached(t);
            usleep(1000);
        }
        auto wake = [&]() -> Result<void> {
            TRY(set_attribute(t, started, TRY(str_interned(t, "_flag")), True()));
            for (intptr_t n = TRY(length(t, waiters)); n > 0; --n) {
                Ref<Int> first = TRY(int_from(t, 0));
                Ref<Object> waiter = TRY(get_item(t, waiters, first));
                if (call_it(waiter, "release").is_error()) t.clear_exception();
                (void)TRY(call_it(waiters, "popleft"));
            }
            return {};
        };
        if (wake().is_error()) t.clear_exception();
        (void)TRY(call_it(condition, "release"));
        Object* code = static_cast<Method*>(function)->function;
        if (!is_exact<Function>(code)) return {};
        // The thread is in no list of living ones any more.
        MaybeRef<Object> limbo =
            TRY(dict_get_ascii(t, Borrowed<Dict>(static_cast<Dict*>(static_cast<Function*>(code)->globals)), "_limbo"));
        if (limbo && is_exact<Dict>(limbo.get())) (void)TRY(dict_delete(t, Borrowed<Dict>(static_cast<Dict*>(limbo.get())), thread));
        return {};
    };
    if (release().is_error()) t.clear_exception();
}
void* thread_main(void* argument) {
    Boot boot = *static_cast<Boot*>(argument);
    free(argument);
    thread_attach(*boot.state);
    Thread& t = *boot.state;
    ThreadModuleState& state = boot.module->state_as<ThreadModuleState>();
    ThreadProgress* progress = boot.handle ? boot.handle->progress->share() : nullptr;
    if (progress) {
        progress->ident.store(t.id);
        int expected = ThreadProgress::Starting;
        progress->state.compare_exchange_strong(expected, ThreadProgress::Running);
    }
    state.count.fetch_add(1);
    auto result =
        call_tuple(t, Borrowed<Object>(boot.function), Borrowed<Tuple>(static_cast<Tuple*>(boot.args)), static_cast<Dict*>(boot.kwargs));
    if (result.is_error()) {
        if (!clear_if(t, exc::SystemExit)) {
            write_unraisable(t, "Exception ignored in thread started by", boot.function);
            release_starter(t, boot.function);
        }
    } else {
        (void)result.take();
    }
    decref(boot.function);
    decref(boot.args);
    xdecref(boot.kwargs);
    state.count.fetch_sub(1);
    if (boot.handle) {
        forget_handle(t, boot.module, boot.handle);
        decref(boot.handle);
    }
    decref(boot.module);
    // The state goes before the handle says so: whoever has joined the thread relies on it that its thread-local objects,
    // and objects of others that waited for it to merge their counts, are gone.
    thread_destroy(t);
    if (progress) {
        progress->finish();
        progress->drop();
    }
    return nullptr;
}
Result<void> start(Thread& t, Borrowed<Module> module, Borrowed<Object> function, Borrowed<Tuple> args, Object* kwargs,
                   ThreadHandle* handle, uintptr_t* ident) {
    if (!t.interpreter->config.allow_threads) return raise(t, exc::RuntimeError, "thread is not supported for isolated subinterpreters");
    if (is_finalizing(t)) return raise(t, exc::PythonFinalizationError, "can't create new thread at interpreter shutdown");
    auto* boot = static_cast<Boot*>(malloc(sizeof(Boot)));
    Thread* state = boot ? thread_create(*t.interpreter) : nullptr;
    if (!state) {
        free(boot);
        return raise_memory_error(t);
    }
    *boot = {state,
             acquire(module.get()).release(),
             function.share().release(),
             args.share().release(),
             kwargs ? acquire(kwargs).release() : nullptr,
             handle ? acquire(handle).release() : nullptr};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    size_t stack_size = module->state_as<ThreadModuleState>().stack_size;
    if (stack_size) pthread_attr_setstacksize(&attributes, stack_size);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, thread_main, boot);
    pthread_attr_destroy(&attributes);
    if (error) {
        decref(boot->function);
        decref(boot->args);
        xdecref(boot->kwargs);
        xdecref(boot->handle);
        decref(boot->module);
        free(boot);
        Thread* self = &t;
        thread_detach(t);
        thread_attach(*state);
        thread_destroy(*state);
        thread_attach(*self);
        return raise(t, exc::RuntimeError, "can't start new thread");
    }
    *ident = static_cast<uintptr_t>(thread);
    return {};
}
Result<Ref<Object>> start_new_thread(Thread& t, Borrowed<Module> module, Arg function, Arg args, MaybeBorrowed<Object> kwargs) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "first arg must be callable");
    if (!is<Tuple>(args.get())) return raise(t, exc::TypeError, "2nd arg must be a tuple");
    if (kwargs && !is<Dict>(kwargs.get())) return raise(t, exc::TypeError, "optional 3rd arg must be a dictionary");
    TRY(audit_args(t, "_thread.start_new_thread", {function.get(), args.get(), kwargs ? kwargs.get() : None()}));
    uintptr_t ident;
    TRY(start(t, module, function, as<Tuple>(args), kwargs.get(), nullptr, &ident));
    return int_from_uint64(t, ident);
}

Result<void> handle_init(Thread& t, ThreadHandle* handle) {
    handle->progress = new (std::nothrow) ThreadProgress;
    return handle->progress ? Result<void>() : raise_memory_error(t);
}
Result<Ref<ThreadHandle>> handle_make(Thread& t) {
    Ref<ThreadHandle> handle = TRY(allocate<ThreadHandle>(t));
    TRY(handle_init(t, handle.get()));
    return handle;
}
Result<Ref<Object>> handle_new(Thread& t, Borrowed<Type> type) {
    Ref<Object> handle = TRY(allocate_object(t, *type));
    TRY(handle_init(t, static_cast<ThreadHandle*>(handle.get())));
    return handle;
}
void handle_dealloc(Object* o) {
    auto* self = static_cast<ThreadHandle*>(o);
    if (self->weaklist) clear_weakrefs(o);
    if (self->progress) self->progress->drop();
    o->type->free(o);
}
Result<Ref<Object>> start_joinable_thread(Thread& t, Borrowed<Module> module, Arg function, NoneOr<Object> handle_, bool daemon) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "thread function must be callable");
    if (handle_ && handle_->type != &ThreadHandle::s_type) return raise(t, exc::TypeError, "'handle' must be a _ThreadHandle");
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Int> number = TRY(int_from(t, daemon));
        TRY(audit_args(t, "_thread.start_joinable_thread", {function.get(), number.get(), handle_ ? handle_.get() : None()}));
    }
    Ref<ThreadHandle> handle = handle_ ? acquire(static_cast<ThreadHandle*>(handle_.get())) : TRY(handle_make(t));
    ThreadProgress* progress = handle->progress;
    int expected = ThreadProgress::NotStarted;
    if (!progress->state.compare_exchange_strong(expected, ThreadProgress::Starting))
        return raise(t, exc::RuntimeError, "thread already started");
    progress->running.store(Mutex::Locked);
    Result<void> noted;
    if (!daemon && module->state_as<ThreadModuleState>().shutdown_handles)
        noted = list_append(t, Borrowed<List>(module->state_as<ThreadModuleState>().shutdown_handles), handle.share());
    Ref<Tuple> empty = tuple_empty();
    uintptr_t ident;
    if (noted.is_error() || start(t, module, function, empty, nullptr, handle.get(), &ident).is_error()) {
        MaybeRef<Object> error = t.take_exception();
        if (!daemon) forget_handle(t, module.get(), handle.get());
        progress->state.store(ThreadProgress::NotStarted);
        Mutex::unlock_slow(progress->running);
        return t.set_exception(error.take());
    }
    progress->ident.store(ident);
    expected = ThreadProgress::Starting;
    progress->state.compare_exchange_strong(expected, ThreadProgress::Running);
    return handle;
}
Result<bool> handle_join_ns(Thread& t, ThreadHandle* self, int64_t timeout) {
    ThreadProgress* progress = self->progress;
    int state = progress->state.load();
    if (state == ThreadProgress::NotStarted) return raise(t, exc::RuntimeError, "thread not started");
    if (state == ThreadProgress::Done) return true;
    if (progress->ident.load() == thread_pointer()) return raise(t, exc::RuntimeError, "Cannot join current thread");
    if (is_finalizing(t)) return raise(t, exc::PythonFinalizationError, "cannot join thread at interpreter shutdown");
    Ref<ThreadHandle> held = acquire(self);
    if (!TRY(acquire_bits(t, progress->running, timeout))) return false;
    Mutex::unlock_slow(progress->running);
    return true;
}
Result<void> handle_join(Thread& t, Borrowed<ThreadHandle> self, NoneOr<Object> timeout) {
    int64_t ns = -1;
    if (timeout) ns = std::max<int64_t>(TRY(to_nanoseconds(t, timeout.value())), -1);
    (void)TRY(handle_join_ns(t, self.get(), ns));
    return {};
}
bool handle_is_done(Thread&, Borrowed<ThreadHandle> self) { return self->progress->state.load() == ThreadProgress::Done; }
Result<void> handle_set_done(Thread& t, Borrowed<ThreadHandle> self) {
    if (self->progress->state.load() == ThreadProgress::NotStarted) return raise(t, exc::RuntimeError, "thread not started");
    self->progress->finish();
    return {};
}
Result<Ref<Object>> handle_ident(Thread& t, Borrowed<ThreadHandle> self) { return int_from_uint64(t, self->progress->ident.load()); }
Result<Ref<Object>> handle_repr(Thread& t, Borrowed<ThreadHandle> self) {
    return str_format(t, "<%s object: ident=%u>", type_name(self.get()), static_cast<uint64_t>(self->progress->ident.load()));
}
const NativeDef handle_methods[] = {
    method<handle_join>("join", "(timeout=None, /)"),
    method<handle_set_done>("_set_done", "($self, /)"),
    method<handle_is_done>("is_done", "($self, /)"),
};
const GetSetDef handle_getset[] = {getter<handle_ident>("ident")};
const SlotDef handle_slots[] = {raw_slot(SlotId::tp_dealloc, &handle_dealloc), unary_slot<SlotId::tp_repr, handle_repr>(),
                                typed_new<handle_new, "_ThreadHandle", "()">()};
const TypeSpec handle_spec = {.type = &ThreadHandle::s_type,
                              .name = "_thread._ThreadHandle",
                              .basicsize = sizeof(ThreadHandle),
                              .slots = handle_slots,
                              .methods = handle_methods,
                              .getset = handle_getset,
                              .weaklist_offset = offsetof(ThreadHandle, weaklist)};

Result<void> shutdown(Thread& t, Borrowed<Module> module) {
    List* list = module->state_as<ThreadModuleState>().shutdown_handles;
    if (!list) return {};
    uintptr_t self = thread_pointer();
    for (;;) {
        MaybeRef<Object> next;
        for (intptr_t i = 0; i < list_size(list) && !next; ++i) {
            MaybeRef<Object> item = list_get(t, Borrowed<List>(list), i);
            if (item && static_cast<ThreadHandle*>(item.get())->progress->ident.load() != self) next = std::move(item);
        }
        if (!next) return {};
        auto* handle = static_cast<ThreadHandle*>(next.get());
        if (handle_join_ns(t, handle, -1).is_error()) {
            write_unraisable(t, "Exception ignored while joining a thread in _thread._shutdown()", nullptr);
            return {};
        }
        forget_handle(t, module.get(), handle);
    }
}
Result<Ref<Object>> make_thread_handle(Thread& t, Arg ident) {
    if (!is<Int>(ident.get())) return raise(t, exc::TypeError, "ident must be an integer");
    Ref<ThreadHandle> handle = TRY(handle_make(t));
    handle->progress->ident.store(TRY(to_uint64(t, ident)));
    handle->progress->running.store(Mutex::Locked);
    handle->progress->state.store(ThreadProgress::Running);
    return handle;
}
Result<Ref<Object>> get_ident(Thread& t) { return int_from_uint64(t, t.id); }
Result<Ref<Object>> get_main_ident(Thread& t) { return int_from_uint64(t, g_runtime.main_thread->id); }
int64_t get_native_id() { return gettid(); }
bool is_main_interpreter(Thread& t) { return t.interpreter == g_runtime.main_interpreter; }
bool daemon_threads_allowed(Thread& t) { return t.interpreter->config.allow_daemon_threads; }
int64_t count(Thread&, Borrowed<Module> module) { return module->state_as<ThreadModuleState>().count.load(); }
Result<Ref<Object>> exit_thread(Thread& t) { return raise_bare(t, exc::SystemExit); }
Result<Ref<Object>> allocate_lock(Thread& t) { return allocate<ThreadLock>(t); }
Result<int64_t> stack_size(Thread& t, Borrowed<Module> module, Size size) {
    auto& state = module->state_as<ThreadModuleState>();
    int64_t old = static_cast<int64_t>(state.stack_size);
    if (size < 0) return raise(t, exc::ValueError, "size must be 0 or a positive value");
    if (size != 0 && size < 32768) return raise(t, exc::ValueError, "size not valid: %d bytes", size.value);
    state.stack_size = static_cast<size_t>(size.value);
    return old;
}
Result<void> interrupt_main(Thread& t, MaybeBorrowed<Object> number) {
    int64_t signal = number ? TRY(to_int64(t, number.value())) : SIGINT;
    if (signal < 1 || signal >= NSIG) return raise(t, exc::ValueError, "signal number out of range");
    simulate_signal(static_cast<int>(signal));
    return {};
}
Result<void> set_name(Thread& t, Borrowed<Str> name_) {
    Ref<Bytes> name = TRY(encode_utf8(t, name_, "replace"));
    char text[16];
    size_t n = std::min<size_t>(static_cast<size_t>(name->size), 15); // the system takes it up to the first null
    memcpy(text, name->data, n);
    text[n] = 0;
    if (int error = pthread_setname_np(pthread_self(), text)) return raise_errno(t, error);
    return {};
}
Result<Ref<Object>> get_name(Thread& t) {
    char text[32];
    if (int error = pthread_getname_np(pthread_self(), text, sizeof text)) return raise_errno(t, error);
    return str_decode_fs(t, text);
}
/// threading.excepthook: reports an exception that ended a thread.
Result<void> excepthook(Thread& t, Borrowed<Module> module, Arg args_) {
    if (args_->type != module->state_as<ThreadModuleState>().excepthook_args)
        return raise(t, exc::TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    auto* args = static_cast<Tuple*>(args_.get());
    if (args->items[0] == &exc::SystemExit) return {};
    Object* thread = args->items[3];
    MaybeRef<Object> file;
    if (t.interpreter->sys_dict) file = TRY(dict_get_ascii(t, Borrowed<Dict>(t.interpreter->sys_dict), "stderr"));
    if (!file || is_none(file.get())) {
        if (is_none(thread)) return {};
        Ref<Str> name = TRY(str_interned(t, "_stderr"));
        file = TRY(get_attribute_optional(t, Borrowed<Object>(thread), name));
        if (!file || is_none(file.get())) return {};
    }
    Ref<Object> name = none_ref();
    if (!is_none(thread)) {
        MaybeRef<Object> found = TRY(get_attribute_optional(t, Borrowed<Object>(thread), names::name));
        if (found) name = found.take();
    }
    Ref<Object> label = is_none(name.get()) ? Ref<Object>(TRY(int_from_uint64(t, t.id))) : std::move(name);
    Ref<Str> head = TRY(str_format(t, "Exception in thread %s:\n", label));
    (void)TRY(call_method(t, Borrowed<Object>(file.get()), names::write, head));
    Ref<Object> print = TRY(import_attribute(t, "traceback", "print_exception"));
    Object* array[] = {nullptr, args->items[0], args->items[1], args->items[2], None(), file.get()};
    (void)TRY(vectorcall(t, print, array + 1, 5 | VectorcallOffset, nullptr));
    (void)TRY(call_method(t, Borrowed<Object>(file.get()), names::flush));
    return {};
}

const NativeDef functions[] = {
    module_fn<start_new_thread>("start_new_thread", "($module, function, args, kwargs={}, /)",
                                "Start a new thread and return its identifier."),
    module_fn<start_new_thread>("start_new", "($module, function, args, kwargs={}, /)", "An obsolete synonym of start_new_thread()."),
    module_fn<start_joinable_thread>("start_joinable_thread", "($module, function, handle=None, daemon=True)",
                                     "*For internal use only*: start a new thread."),
    fn<daemon_threads_allowed>("daemon_threads_allowed", "($module, /)", "Whether this interpreter may have daemon threads."),
    fn<allocate_lock>("allocate_lock", "($module, /)", "A new lock, not held by anyone; the same as calling LockType."),
    fn<allocate_lock>("allocate", "($module, /)", "An obsolete synonym of allocate_lock()."),
    fn<exit_thread>("exit", "($module, /)", "End this thread, by raising SystemExit."),
    fn<exit_thread>("exit_thread", "($module, /)", "An obsolete synonym of exit()."),
    fn<interrupt_main>("interrupt_main", "($module, signum=signal.SIGINT, /)",
                       "Have the main thread act as if the signal had arrived.\n\nThe signal is SIGINT if none is given. Nothing happens "
                       "when Python does not handle it."),
    fn<get_ident>("get_ident", "($module, /)",
                  "A number that tells this thread from the others; it may be used again after the thread has ended."),
    fn<get_native_id>("get_native_id", "($module, /)", "The number that the system has for this thread."),
    module_fn<count>("_count", "($module, /)", "The number of threads that run Python, the main thread not counted."),
    module_fn<stack_size>("stack_size", "($module, size=0, /)",
                          "The stack size of new threads before the call; a size that is given is used from now on.\n\nZero stands for the "
                          "system's own choice."),
    module_fn<excepthook>("_excepthook", "($module, args, /)", "Write about an exception that no one caught in a thread."),
    fn<is_main_interpreter>("_is_main_interpreter", "($module, /)", "Whether this is the first interpreter of the process."),
    module_fn<shutdown>("_shutdown", "($module, /)", "Wait for all threads that are not daemons."),
    fn<make_thread_handle>("_make_thread_handle", "($module, ident, /)", "Internal only. A handle for the thread with an ident."),
    fn<get_main_ident>("_get_main_thread_ident", "($module, /)", "Internal only. The ident of the main thread."),
    fn<set_name>("set_name", "($module, /, name)", "Set the name that the system shows for this thread."),
    fn<get_name>("_get_name", "($module, /)", "The name that the system shows for this thread."),
};
const StructField excepthook_fields[] = {
    {"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"}, {"thread", "Thread"}};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    auto& state = module->state_as<ThreadModuleState>();
    state.shutdown_handles = TRY(list_new(t)).release();
    static std::atomic<Type*> s_excepthook_args;
    state.excepthook_args =
        TRY(shared_struct_sequence_type(t, s_excepthook_args, "_thread._ExceptHookArgs",
                                        "ExceptHookArgs\n\n"
                                        "What threading.excepthook is called with: exc_type, exc_value, exc_traceback and thread.",
                                        excepthook_fields, 4))
            .release();
    TRY(module_add(t, module, "_ExceptHookArgs", state.excepthook_args));
    TRY(type_ready(t, locals_spec));
    for (const TypeSpec* spec : {&lock_spec, &rlock_spec, &handle_spec, &local_spec}) TRY(module_add_type(t, module, *spec));
    TRY(module_add(t, module, "LockType", &ThreadLock::s_type));
    TRY(module_add(t, module, "error", &exc::RuntimeError));
    TRY(module_add_double(t, module, "TIMEOUT_MAX", TimeoutMax));
    return module_add_int(t, module, "_NAME_MAXLEN", 15);
}

} // namespace

extern const ModuleSpec thread_module;
const ModuleSpec thread_module = {.name = "_thread",
                                  .doc = "Threads and locks; threading builds on it.",
                                  .functions = functions,
                                  .exec = exec,
                                  .state = state_spec<ThreadModuleState, &ThreadModuleState::shutdown_handles>};

} // namespace taipan
