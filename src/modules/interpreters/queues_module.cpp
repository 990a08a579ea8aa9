// _interpqueues: queues of parcels that every interpreter of the process can reach by number.
#include "modules/interpreters/crossing.h"

#include "objects/int.h"
#include "objects/list.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"

#include <deque>
#include <new>

namespace taipan {

namespace crossing {

struct QueueItem {
    ParcelRef parcel;    // null once its interpreter has gone
    int64_t interpreter; // -1: gone
    int unbound;         // what becomes of it then
};
struct Queue {
    int64_t id, maxsize;
    int unbound, fallback; // defaults for put
    int64_t references = 0;
    std::deque<QueueItem> items;
    Queue* next = nullptr;
};

} // namespace crossing

/// The process's queues (Runtime::queues).
struct QueueRegistry : crossing::Registry<crossing::Queue> {
    QueueRegistry() { next_id = 1; }
};

namespace crossing {

namespace {

using Arg = Borrowed<Object>;
using Item = QueueItem;

/// Unbound items: dropped, an error for who gets them, or replaced by UNBOUND. -1 stands for the queue's default.
constexpr int Remove = 1, Replace = 3;

QueueRegistry& registry() { return *g_runtime.queues; }

/// A queue on its way holds a reference.
struct QueueParcel final : Parcel {
    int64_t id;
    explicit QueueParcel(int64_t queue) : id(queue) {}
    ~QueueParcel() override {
        Queue* gone = nullptr;
        {
            MutexLocker locker(registry().lock);
            Queue* queue = registry().find(id);
            if (queue && --queue->references == 0) registry().unlink(gone = queue);
        }
        delete gone;
    }
    Result<Ref<Object>> unpack(Thread& t) override {
        Ref<Object> type = TRY(import_attribute(t, "concurrent.interpreters._queues", "Queue"));
        return call(t, type, TRY(int_from(t, id)));
    }
};

Error raise_not_found(Thread& t, int64_t id) {
    State* state = TRY(state_of(t));
    return raise(t, *state->queue_not_found, "queue %d not found", id);
}
/// QueueEmpty and QueueFull are classes of concurrent.interpreters._queues, which registers them.
Error raise_registered(Thread& t, Type* State::* type, int64_t id, const char* what) {
    State* state = TRY(state_of(t));
    if (!(state->*type)) TRY(import_module(t, "concurrent.interpreters._queues"));
    Type* found = state->*type ? state->*type : state->queue_error;
    return raise(t, *found, "queue %d is %s", id, what);
}
Result<int64_t> queue_id(Thread& t, Arg id) { return id_argument(t, id, "queue ID"); }

Result<int> unbound_argument(Thread& t, int64_t value, int fallback) {
    if (value < 0) return fallback;
    if (value < Remove || value > Replace) return raise(t, exc::ValueError, "unsupported unboundop %d", value);
    return static_cast<int>(value);
}
Result<int> fallback_argument(Thread& t, int64_t value, int fallback) {
    if (value < 0) return fallback;
    if (value > 1) return raise(t, exc::ValueError, "unsupported fallback %d", value);
    return static_cast<int>(value);
}

Result<Ref<Object>> create(Thread& t, int64_t maxsize, int64_t unbound, int64_t fallback) {
    int op = TRY(unbound_argument(t, unbound, Replace));
    int mode = TRY(fallback_argument(t, fallback, static_cast<int>(Fallback::Full)));
    auto* queue = new (std::nothrow) Queue{0, maxsize, op, mode};
    if (!queue) return raise_memory_error(t);
    {
        MutexLocker locker(registry().lock);
        registry().add(queue);
    }
    return int_from(t, queue->id);
}
Result<void> destroy(Thread& t, Arg id_) {
    int64_t id = TRY(queue_id(t, id_));
    Queue* queue;
    {
        MutexLocker locker(registry().lock);
        if ((queue = registry().find(id))) registry().unlink(queue);
    }
    if (!queue) return raise_not_found(t, id);
    delete queue;
    return {};
}
Result<Ref<Object>> list_all(Thread& t) {
    std::deque<Queue> all; // without items
    {
        MutexLocker locker(registry().lock);
        for (Queue* queue = registry().first; queue; queue = queue->next)
            all.push_back({queue->id, queue->maxsize, queue->unbound, queue->fallback});
    }
    Ref<List> list = TRY(list_new(t));
    for (const Queue& queue : all) {
        Ref<Int> id = TRY(int_from(t, queue.id)), unbound = TRY(int_from(t, queue.unbound)), fallback = TRY(int_from(t, queue.fallback));
        TRY(list_append(t, list, TRY(tuple_pack(t, id, unbound, fallback))));
    }
    return list;
}
Result<void> put(Thread& t, Arg id_, Arg object, int64_t unbound, int64_t fallback) {
    int64_t id = TRY(queue_id(t, id_));
    int default_unbound = 0, default_fallback = 0;
    bool found;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        if ((found = queue)) default_unbound = queue->unbound, default_fallback = queue->fallback;
    }
    int op = TRY(unbound_argument(t, unbound, default_unbound));
    int mode = TRY(fallback_argument(t, fallback, default_fallback));
    if (!found) return raise_not_found(t, id);
    ParcelRef parcel = pack(t, object, static_cast<Fallback>(mode));
    if (!parcel) return Error{};
    bool full = false;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        found = queue;
        full = queue && queue->maxsize > 0 && static_cast<int64_t>(queue->items.size()) >= queue->maxsize;
        if (queue && !full) queue->items.push_back({std::move(parcel), t.interpreter->id, op});
    }
    if (!found) return raise_not_found(t, id);
    if (full) return raise_registered(t, &State::queue_full, id, "full");
    return {};
}
Result<Ref<Object>> get(Thread& t, Arg id_) {
    int64_t id = TRY(queue_id(t, id_));
    Item item{nullptr, 0, 0};
    bool found, empty = false;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        found = queue;
        empty = queue && queue->items.empty();
        if (queue && !empty) {
            item = std::move(queue->items.front());
            queue->items.pop_front();
        }
    }
    if (!found) return raise_not_found(t, id);
    if (empty) return raise_registered(t, &State::queue_empty, id, "empty");
    if (!item.parcel) return TRY(tuple_pack(t, Borrowed<Object>(None()), TRY(int_from(t, item.unbound))));
    Ref<Object> object = TRY(item.parcel->unpack(t));
    return TRY(tuple_pack(t, object, Borrowed<Object>(None())));
}
Result<void> bind_number(Thread& t, int64_t id) {
    bool found;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        if ((found = queue)) queue->references++;
    }
    return found ? Result<void>() : raise_not_found(t, id);
}
Result<void> bind(Thread& t, Arg id) { return bind_number(t, TRY(queue_id(t, id))); }
Result<void> release(Thread& t, Arg id_) {
    int64_t id = TRY(queue_id(t, id_));
    bool found, bound = true;
    Queue* gone = nullptr;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        found = queue;
        if (queue && queue->references == 0) bound = false;
        else if (queue && --queue->references == 0) registry().unlink(gone = queue);
    }
    delete gone;
    if (!found) return raise_not_found(t, id);
    State* state = TRY(state_of(t));
    if (!bound) return raise(t, *state->queue_error, "queue %d never bound", id);
    return {};
}
template <class F> auto ask(Thread& t, Arg id_, F&& answer) -> Result<decltype(answer(*static_cast<Queue*>(nullptr)))> {
    int64_t id = TRY(queue_id(t, id_));
    decltype(answer(*static_cast<Queue*>(nullptr))) value{};
    bool found;
    {
        MutexLocker locker(registry().lock);
        Queue* queue = registry().find(id);
        if ((found = queue)) value = answer(*queue);
    }
    if (!found) return raise_not_found(t, id);
    return value;
}
Result<int64_t> get_maxsize(Thread& t, Arg id) {
    return ask(t, id, [](Queue& q) { return q.maxsize; });
}
Result<int64_t> get_count(Thread& t, Arg id) {
    return ask(t, id, [](Queue& q) { return static_cast<int64_t>(q.items.size()); });
}
Result<bool> is_full(Thread& t, Arg id) {
    return ask(t, id, [](Queue& q) { return q.maxsize > 0 && static_cast<int64_t>(q.items.size()) >= q.maxsize; });
}
Result<Ref<Object>> get_queue_defaults(Thread& t, Arg id) {
    int64_t both = TRY(ask(t, id, [](Queue& q) { return int64_t{q.unbound} * 16 + q.fallback; }));
    Ref<Int> unbound = TRY(int_from(t, both / 16)), fallback = TRY(int_from(t, both % 16));
    return TRY(tuple_pack(t, unbound, fallback));
}
Result<void> register_heap_types(Thread& t, Arg queue, Arg empty, Arg full) {
    State* state = TRY(state_of(t));
    const char* expected[] = {"a type for 'queuetype'", "a type for 'emptyerror'", "a type for 'fullerror'"};
    Type** places[] = {&state->queue, &state->queue_empty, &state->queue_full};
    Object* types[] = {queue.get(), empty.get(), full.get()};
    for (int i = 0; i < 3; ++i)
        if (!is<Type>(types[i])) return raise(t, exc::TypeError, "expected %s", expected[i]);
    for (int i = 0; i < 3; ++i) assign_field(*places[i], acquire(static_cast<Type*>(types[i])).release());
    return {};
}

const NativeDef functions[] = {
    fn<create>("create", "(maxsize, unboundop=-1, fallback=-1)",
               "create(maxsize, unboundop, fallback) -> qid\n\n"
               "Make a queue with one user, the caller, and return its ID. A maxsize of 0 or\n"
               "less sets no bound. Whoever creates it must destroy() or release() it."),
    fn<destroy>("destroy", "(qid)", "destroy(qid)\n\nRemove the queue and what it holds; its ID is unknown from then on."),
    fn<list_all>("list_all", "($module, /)",
                 "list_all() -> [(qid, unboundop, fallback)]\n\nEach queue's ID, with the defaults it was created with."),
    fn<put>("put", "(qid, obj, unboundop=-1, fallback=-1)", "put(qid, obj)\n\nAdd the object's data to the queue."),
    fn<get>("get", "(qid)",
            "get(qid) -> (obj, unboundop)\n\n"
            "Take the oldest item from the queue, with None, or the item's unbound op if\n"
            "its interpreter is gone. QueueEmpty if there is no item."),
    fn<bind>("bind", "(qid)", "bind(qid)\n\nCount one more user of the queue, which lives until each has called release()."),
    fn<release>("release", "(qid)", "release(qid)\n\nCount one user of the queue less; the last one to leave removes it."),
    fn<get_maxsize>("get_maxsize", "(qid)", "get_maxsize(qid)\n\nHow many items the queue can hold."),
    fn<get_queue_defaults>("get_queue_defaults", "(qid)",
                           "get_queue_defaults(qid)\n\nThe unbound op and fallback that create() was given."),
    fn<is_full>("is_full", "(qid)", "is_full(qid)\n\nWhether the queue holds as many items as its maxsize allows."),
    fn<get_count>("get_count", "(qid)", "get_count(qid)\n\nReturn the number of items in the queue."),
    fn<register_heap_types>("_register_heap_types", "(queuetype, emptyerror, fullerror)"),
};

Result<void> exec_module(Thread& t, Borrowed<Module> module) {
    if (!__atomic_load_n(&g_runtime.queues, __ATOMIC_ACQUIRE)) {
        auto* made = new (std::nothrow) QueueRegistry;
        if (!made) return raise_memory_error(t);
        QueueRegistry* expected = nullptr;
        if (!__atomic_compare_exchange_n(&g_runtime.queues, &expected, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) delete made;
    }
    State* state = TRY(state_of(t));
    TRY(module_add(t, module, "QueueError", state->queue_error));
    return module_add(t, module, "QueueNotFoundError", state->queue_not_found);
}

} // namespace

ParcelRef pack_queue(Thread& t, Borrowed<Object> queue) {
    auto number = [&]() -> Result<int64_t> { return queue_id(t, TRY(get_attribute(t, queue, TRY(str_interned(t, "_id"))))); };
    auto found = number();
    if (found.is_error()) return nullptr;
    int64_t id = found.take();
    if (bind_number(t, id).is_error()) return nullptr;
    return std::make_unique<QueueParcel>(id);
}

void queues_interpreter_ends(int64_t interpreter) {
    if (!g_runtime.queues) return;
    std::deque<ParcelRef> dropped; // destroyed without the lock
    MutexLocker locker(registry().lock);
    for (Queue* queue = registry().first; queue; queue = queue->next) {
        std::deque<Item> kept;
        for (Item& item : queue->items) {
            bool gone = item.interpreter == interpreter;
            if (gone) {
                dropped.push_back(std::move(item.parcel));
                item.interpreter = -1;
            }
            if (!gone || item.unbound != Remove) kept.push_back(std::move(item));
        }
        queue->items = std::move(kept);
    }
}
void queues_after_fork() {
    if (g_runtime.queues) new (&g_runtime.queues->lock) Mutex;
}

} // namespace crossing

extern const ModuleSpec interpreter_queues_module;
const ModuleSpec interpreter_queues_module = {.name = "_interpqueues",
                                              .doc =
                                                  "Channels that pass data between interpreters; what concurrent.interpreters stands on.",
                                              .functions = crossing::functions,
                                              .exec = crossing::exec_module};

} // namespace taipan
