// _queue.SimpleQueue: an unbounded first-in-first-out queue whose `put` can be called anywhere, destructors included.
#include "modules/system_calls.h"
#include "objects/abstract.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/module.h"
#include "objects/weakref.h"
#include "runtime/lock.h"
#include "vm/interpreter_states.h"

#include <ctime>

namespace taipan {
namespace queue_detail {

/// A waiting `get`, on the waiter's own stack.
struct Waiter {
    Event event;
    Waiter* next = nullptr;
    Object* item = nullptr; // handed over by `put` (owned)
};
struct SimpleQueue : Object {
    Object** items; // ring
    intptr_t head, size, mask;
    Waiter *first_waiter, *last_waiter;
    Object* empty; // _queue.Empty
    Object* weaklist;
    static Type s_type;
};

namespace {

using Self = Borrowed<SimpleQueue>;

Result<Ref<Object>> queue_new(Thread& t, Borrowed<Type> type) {
    Ref<SimpleQueue> self = TRY([&]() -> Result<Ref<SimpleQueue>> {
        if (!type->is_heap_type()) return allocate<SimpleQueue>(t, *type.get());
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
        return steal(static_cast<SimpleQueue*>(made.release()));
    }());
    self->mask = -1;
    self->empty = acquire(interpreter_states(t)->queue_empty).release();
    gc_track(self.get());
    return self;
}
void queue_dealloc(Object* o) {
    auto* self = static_cast<SimpleQueue*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    for (intptr_t i = 0; i < self->size; ++i) decref(self->items[(self->head + i) & self->mask]);
    raw_free(self->items);
    clear_field(self->empty);
    o->type->free(o);
}
int queue_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<SimpleQueue*>(o);
    for (intptr_t i = 0; i < self->size; ++i)
        if (int result = visit(self->items[(self->head + i) & self->mask], context)) return result;
    return self->empty ? visit(self->empty, context) : 0;
}
int queue_clear(Object* o) {
    auto* self = static_cast<SimpleQueue*>(o);
    while (self->size > 0) {
        Object* item = self->items[self->head];
        self->head = (self->head + 1) & self->mask;
        --self->size;
        decref(item);
    }
    clear_field(self->empty);
    return 0;
}

Result<void> put_item(Thread& t, SimpleQueue* self, Borrowed<Object> item) {
    CriticalSection section(t, self);
    if (Waiter* waiter = self->first_waiter) {
        self->first_waiter = waiter->next;
        if (!waiter->next) self->last_waiter = nullptr;
        waiter->item = acquire(item).release();
        waiter->event.set();
        return {};
    }
    if (self->size > self->mask) {
        intptr_t capacity = self->mask + 1, wanted = capacity ? capacity * 2 : 8;
        auto** items = static_cast<Object**>(raw_alloc(static_cast<size_t>(wanted) * sizeof(Object*)));
        if (!items) return raise_memory_error(t);
        for (intptr_t i = 0; i < self->size; ++i) items[i] = self->items[(self->head + i) & self->mask];
        raw_free(self->items);
        self->items = items;
        self->head = 0;
        self->mask = wanted - 1;
    }
    self->items[(self->head + self->size++) & self->mask] = acquire(item).release();
    return {};
}
Result<void> put(Thread& t, Self self, Borrowed<Object> item, Borrowed<Object>, Borrowed<Object>) { return put_item(t, self.get(), item); }
Result<void> put_nowait(Thread& t, Self self, Borrowed<Object> item) { return put_item(t, self.get(), item); }

void forget_waiter(SimpleQueue* self, Waiter* waiter) {
    Waiter* previous = nullptr;
    for (Waiter* w = self->first_waiter; w; previous = w, w = w->next) {
        if (w != waiter) continue;
        (previous ? previous->next : self->first_waiter) = w->next;
        if (self->last_waiter == w) self->last_waiter = previous;
        return;
    }
}

Result<Ref<Object>> get_item_within(Thread& t, SimpleQueue* self, bool block, int64_t timeout_ns) {
    Waiter waiter;
    {
        CriticalSection section(t, self);
        if (self->size > 0) {
            Object* item = self->items[self->head];
            self->head = (self->head + 1) & self->mask;
            --self->size;
            return steal(item);
        }
        if (!block) return raise_bare(t, *static_cast<Type*>(self->empty));
        (self->last_waiter ? self->last_waiter->next : self->first_waiter) = &waiter;
        self->last_waiter = &waiter;
    }
    // Waits in short pieces, so that signals are handled.
    int64_t deadline = timeout_ns < 0 ? 0 : deadline_after(timeout_ns);
    Result<void> polled;
    for (;;) {
        int64_t piece = 50000000;
        if (timeout_ns >= 0) {
            int64_t left = deadline - base::monotonic_ns();
            if (left <= 0) break;
            if (left < piece) piece = left;
        }
        if (waiter.event.wait(piece)) break;
        polled = poll(t);
        if (polled.is_error()) break;
    }
    CriticalSection section(t, self);
    if (waiter.item) {
        if (polled.is_error()) {
            // Interrupted just as the item came: it goes back to the front.
            Ref<Object> item = steal(waiter.item);
            if (self->mask >= 0 && self->size <= self->mask) {
                self->head = (self->head - 1) & self->mask;
                self->items[self->head] = item.release();
                ++self->size;
            } else {
                MaybeRef<Object> error = t.take_exception();
                (void)put_item(t, self, item).is_error();
                return t.set_exception(error.take());
            }
            return Error{};
        }
        return steal(waiter.item);
    }
    forget_waiter(self, &waiter);
    if (polled.is_error()) return Error{};
    return raise_bare(t, *static_cast<Type*>(self->empty));
}
Result<Ref<Object>> get(Thread& t, Self self, bool block, Borrowed<Object> timeout) {
    int64_t timeout_ns = -1;
    if (block && !is_none(timeout.get())) {
        timeout_ns = TRY(to_nanoseconds(t, timeout, TimeRounding::Up));
        if (timeout_ns < 0) return raise(t, exc::ValueError, "'timeout' must be a non-negative number");
    }
    return get_item_within(t, self.get(), block, timeout_ns);
}
Result<Ref<Object>> get_nowait(Thread& t, Self self) { return get_item_within(t, self.get(), false, 0); }
bool empty(Thread&, Self self) { return __atomic_load_n(&self->size, __ATOMIC_RELAXED) == 0; }
int64_t qsize(Thread&, Self self) { return __atomic_load_n(&self->size, __ATOMIC_RELAXED); }

const NativeDef methods[] = {
    method<empty>("empty", "($self, /)", "Return True if the queue is empty, False otherwise (not reliable!)."),
    method<get>("get", "($self, /, block=True, timeout=None)",
                "Remove and return an item from the queue.\n\n"
                "If optional args 'block' is true and 'timeout' is None (the default),\n"
                "block if necessary until an item is available. If 'timeout' is\n"
                "a non-negative number, it blocks at most 'timeout' seconds and raises\n"
                "the Empty exception if no item was available within that time.\n"
                "Otherwise ('block' is false), return an item if one is immediately\n"
                "available, else raise the Empty exception ('timeout' is ignored\nin that case)."),
    method<get_nowait>("get_nowait", "($self, /)",
                       "Remove and return an item from the queue without blocking.\n\n"
                       "Only get an item if one is immediately available. Otherwise\nraise the Empty exception."),
    method<put>("put", "($self, /, item, block=True, timeout=None)",
                "Put the item on the queue.\n\n"
                "The optional 'block' and 'timeout' arguments are ignored, as this method\n"
                "never blocks.  They are provided for compatibility with the Queue class."),
    method<put_nowait>("put_nowait", "($self, /, item)",
                       "Put an item into the queue without blocking.\n\n"
                       "This is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class."),
    method<qsize>("qsize", "($self, /)", "Return the approximate size of the queue (not reliable!)."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef slots[] = {
    typed_new<queue_new, "SimpleQueue", "()">(),
    raw_slot(SlotId::tp_traverse, &queue_traverse),
    raw_slot(SlotId::tp_clear, &queue_clear),
    raw_slot(SlotId::tp_dealloc, &queue_dealloc),
};
const TypeSpec queue_spec = {
    .type = &SimpleQueue::s_type,
    .name = "_queue.SimpleQueue",
    .basicsize = sizeof(SimpleQueue),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "Simple, unbounded, reentrant FIFO queue.",
    .signature = "()",
    .slots = slots,
    .methods = methods,
    .weaklist_offset = offsetof(SimpleQueue, weaklist),
};
const TypeSpec* const types[] = {&queue_spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (!states->queue_empty) { // a module imported afresh shares it, as it shares the type
        Ref<Type> type = TRY(new_exception_type(t, "_queue.Empty", exc::Exception, "Exception raised by Queue.get(block=0)/get_nowait()."));
        states->queue_empty = type.release();
    }
    return module_add(t, module, "Empty", states->queue_empty);
}

} // namespace
Type SimpleQueue::s_type;
} // namespace queue_detail

extern const ModuleSpec queue_module;
const ModuleSpec queue_module = {
    .name = "_queue",
    .doc = "The native part of queue: SimpleQueue and the exception Empty.",
    .exec = queue_detail::exec,
    .types = queue_detail::types,
};
} // namespace taipan
