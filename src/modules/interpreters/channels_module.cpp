// _interpchannels: queues of parcels with ends. An interpreter is associated with an end by using it, and may release it;
// a channel without open ends is closed.
#include "modules/interpreters/crossing.h"

#include "modules/system_calls.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/memoryview.h"
#include "objects/struct_sequence.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/builtin_support.h"

#include <algorithm>
#include <ctime>
#include <deque>
#include <new>
#include <vector>

namespace taipan {

namespace crossing {

/// A sender that waits until its item is received.
struct ChannelWaiter {
    Event done;
    std::atomic<bool> received{false};
    void finish(bool was_received) {
        received.store(was_received);
        done.set();
    }
};
struct ChannelItem {
    ParcelRef parcel; // null once its interpreter has gone
    int64_t interpreter;
    int unbound;
    std::shared_ptr<ChannelWaiter> waiter; // or null
};
struct ChannelEnd {
    int64_t interpreter;
    bool open;
};
struct Channel {
    int64_t id;
    int unbound, fallback;
    int64_t references = 0; // ChannelID objects
    bool open = true, closing = false;
    bool listed = true;              // not by close(); released channels stay
    std::vector<ChannelEnd> ends[2]; // send, recv
    std::deque<ChannelItem> items;
    Channel* next = nullptr;

    /// Never used, or open at some end.
    bool has_open_end() const {
        if (ends[0].empty() && ends[1].empty()) return true;
        for (auto& list : ends)
            for (const ChannelEnd& end : list)
                if (end.open) return true;
        return false;
    }
    ChannelEnd* find_end(int side, int64_t interpreter) {
        for (ChannelEnd& end : ends[side])
            if (end.interpreter == interpreter) return &end;
        return nullptr;
    }
    /// Everything goes; the items are handed out to be destroyed without the lock.
    void close(std::deque<ChannelItem>* dropped) {
        open = closing = listed = false;
        for (ChannelItem& item : items) {
            if (item.waiter) item.waiter->finish(false);
            dropped->push_back(std::move(item));
        }
        items.clear();
        for (auto& list : ends) list.clear();
    }
};

} // namespace crossing

/// The process's channels (Runtime::channels).
struct ChannelRegistry : crossing::Registry<crossing::Channel> {};

namespace crossing {

struct ChannelID : Object {
    int64_t id;
    int end; // Both, Send, Recv
    static Type s_type;
};
Type ChannelID::s_type;

namespace {

using Arg = Borrowed<Object>;
using Item = ChannelItem;
using Waiter = ChannelWaiter;

constexpr int Both = 0, Send = 1, Recv = 2;
constexpr int SendSide = 0, RecvSide = 1;
constexpr int Remove = 1, Replace = 3;

struct ModuleState {
    Type *error, *not_found, *closed, *empty, *not_empty, *info;
};
enum class Problem { None, NotFound, Closed, Empty, NotEmpty };

ChannelRegistry& registry() { return *g_runtime.channels; }

Error raise_problem(Thread& t, Borrowed<Module> module, Problem problem, int64_t id) {
    auto& state = module->state_as<ModuleState>();
    switch (problem) {
    case Problem::NotFound: return raise(t, *state.not_found, "channel %d not found", id);
    case Problem::Closed: return raise(t, *state.closed, "channel %d is closed", id);
    case Problem::Empty: return raise(t, *state.empty, "channel %d is empty", id);
    default: return raise(t, *state.not_empty, "channel %d may not be closed if not empty (try force=True)", id);
    }
}
Result<int64_t> channel_number(Thread& t, Arg id) {
    if (id->type == &ChannelID::s_type) return static_cast<ChannelID*>(id.get())->id;
    return id_argument(t, id, "channel ID");
}
/// With the lock held: the channel, open; or the problem.
Channel* find_open(int64_t id, Problem* problem) {
    Channel* channel = registry().find(id);
    if (!channel) *problem = Problem::NotFound;
    else if (!channel->open) *problem = Problem::Closed;
    else return channel;
    return nullptr;
}
/// With the lock held: the interpreter uses the end from now on. False: it has released it.
bool associate(Channel& channel, int side, int64_t interpreter) {
    if (auto* end = channel.find_end(side, interpreter)) return end->open;
    channel.ends[side].push_back({interpreter, true});
    return true;
}

// --- ChannelID

void add_reference(int64_t id) {
    MutexLocker locker(registry().lock);
    if (Channel* channel = registry().find(id)) channel->references++;
}
void drop_reference(int64_t id) {
    Channel* gone = nullptr;
    {
        MutexLocker locker(registry().lock);
        Channel* channel = registry().find(id);
        if (!channel || --channel->references != 0) return;
        registry().unlink(gone = channel);
        for (Item& item : gone->items)
            if (item.waiter) item.waiter->finish(false);
    }
    delete gone;
}
Result<Ref<Object>> id_new(Thread& t, int64_t id, int end) {
    Ref<ChannelID> made = TRY(allocate<ChannelID>(t));
    made->id = id;
    made->end = end;
    add_reference(id);
    return made;
}
void id_dealloc(Object* o) {
    drop_reference(static_cast<ChannelID*>(o)->id);
    o->type->free(o);
}
Result<Ref<Object>> id_repr(Thread& t, Borrowed<ChannelID> self) {
    const char* end = self->end == Send ? ", send=True" : self->end == Recv ? ", recv=True" : "";
    return TRY(str_format(t, "%s(%d%s)", short_type_name(*self->type), self->id, end));
}
Result<Ref<Object>> id_str(Thread& t, Borrowed<ChannelID> self) { return TRY(str_format(t, "%d", self->id)); }
Result<Ref<Object>> id_int(Thread& t, Borrowed<ChannelID> self) { return TRY(int_from(t, self->id)); }
Result<intptr_t> id_hash(Thread& t, Borrowed<ChannelID> self) { return hash(t, TRY(int_from(t, self->id))); }
Result<Ref<Object>> id_compare(Thread& t, Borrowed<ChannelID> self, Arg other, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return not_implemented_ref();
    bool equal = false;
    if (other->type == &ChannelID::s_type) {
        auto* that = static_cast<ChannelID*>(other.get());
        equal = that->id == self->id && that->end == self->end;
    } else if (is<Int>(other.get())) {
        int64_t value;
        equal = int_fits_int64(static_cast<Int*>(other.get()), &value) && value == self->id;
    } else if (other->type->as_number && (other->type->as_number->index || other->type->as_number->float_)) {
        equal = TRY(equals(t, TRY(int_from(t, self->id)), other));
    } else {
        return not_implemented_ref();
    }
    return acquire(static_cast<Object*>(bool_object(equal == (op == Comparison::Eq))));
}
Result<Ref<Object>> id_end(Thread& t, Borrowed<ChannelID> self) {
    return TRY(str_interned(t, self->end == Send ? "send" : self->end == Recv ? "recv" : "both"));
}
Result<Ref<Object>> id_send(Thread& t, Borrowed<ChannelID> self) { return id_new(t, self->id, Send); }
Result<Ref<Object>> id_recv(Thread& t, Borrowed<ChannelID> self) { return id_new(t, self->id, Recv); }
const GetSetDef id_getset[] = {getter<id_end>("end", "'send', 'recv', or 'both'"), getter<id_send>("send", "the 'send' end of the channel"),
                               getter<id_recv>("recv", "the 'recv' end of the channel")};
const SlotDef id_slots[] = {
    raw_slot(SlotId::tp_dealloc, &id_dealloc),
    unary_slot<SlotId::tp_repr, id_repr>(),
    unary_slot<SlotId::tp_str, id_str>(),
    unary_slot<SlotId::nb_int, id_int>(),
    unary_slot<SlotId::nb_index, id_int>(),
    size_slot<SlotId::tp_hash, id_hash>(),
    compare_slot<SlotId::tp_richcompare, id_compare>(),
};
const TypeSpec id_spec = {.type = &ChannelID::s_type,
                          .name = "_interpchannels.ChannelID",
                          .basicsize = sizeof(ChannelID),
                          .flags = type_flag::BaseType | type_flag::DisallowInstantiation,
                          .doc = "A channel ID identifies a channel and may be used as an int.",
                          .slots = id_slots,
                          .getset = id_getset};

/// A ChannelID, or one of the classes in test.support.channels, on its way.
struct ChannelParcel final : Parcel {
    int64_t id;
    int end;
    bool high_level;
    ChannelParcel(int64_t channel, int which, bool is_end) : id(channel), end(which), high_level(is_end) { add_reference(id); }
    ~ChannelParcel() override { drop_reference(id); }
    Result<Ref<Object>> unpack(Thread& t) override {
        Ref<Object> made = TRY(id_new(t, id, end));
        if (!high_level) return made;
        State* state = TRY(state_of(t));
        if (!state->send_end) TRY(import_module(t, "test.support.channels"));
        Type* type = end == Send ? state->send_end : state->recv_end;
        if (!type) return raise(t, exc::RuntimeError, "the channel end types are not registered");
        return call(t, type, made);
    }
};

// --- functions

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

Result<Ref<Object>> create(Thread& t, int64_t unbound, int64_t fallback) {
    int op = TRY(unbound_argument(t, unbound, Replace));
    int mode = TRY(fallback_argument(t, fallback, static_cast<int>(Fallback::Full)));
    auto* channel = new (std::nothrow) Channel{0, op, mode};
    if (!channel) return raise_memory_error(t);
    int64_t id;
    {
        MutexLocker locker(registry().lock);
        registry().add(channel);
        id = channel->id;
    }
    return id_new(t, id, Both);
}
Result<void> destroy(Thread& t, Borrowed<Module> module, Arg cid) {
    int64_t id = TRY(channel_number(t, cid));
    Channel* channel;
    {
        MutexLocker locker(registry().lock);
        if ((channel = registry().find(id))) {
            registry().unlink(channel);
            for (Item& item : channel->items)
                if (item.waiter) item.waiter->finish(false);
        }
    }
    if (!channel) return raise_problem(t, module, Problem::NotFound, id);
    delete channel;
    return {};
}
Result<Ref<Object>> list_all(Thread& t) {
    struct Row {
        int64_t id;
        int unbound, fallback;
    };
    std::vector<Row> rows;
    {
        MutexLocker locker(registry().lock);
        for (Channel* channel = registry().first; channel; channel = channel->next)
            if (channel->listed) rows.push_back({channel->id, channel->unbound, channel->fallback});
    }
    Ref<List> list = TRY(list_new(t));
    for (const Row& row : rows) {
        Ref<Object> id = TRY(id_new(t, row.id, Both));
        Ref<Int> unbound = TRY(int_from(t, row.unbound)), fallback = TRY(int_from(t, row.fallback));
        TRY(list_append(t, list, TRY(tuple_pack(t, id, unbound, fallback))));
    }
    return list;
}
Result<Ref<Object>> list_interpreters(Thread& t, Borrowed<Module> module, Arg cid, bool send) {
    int64_t id = TRY(channel_number(t, cid));
    std::vector<int64_t> ids;
    Problem problem = Problem::None;
    {
        MutexLocker locker(registry().lock);
        Channel* channel = find_open(id, &problem);
        if (channel && send && channel->closing) problem = Problem::Closed;
        else if (channel)
            for (auto& end : channel->ends[send ? SendSide : RecvSide])
                if (end.open) ids.insert(ids.begin(), end.interpreter);
    }
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    Ref<List> list = TRY(list_new(t));
    for (int64_t interpreter : ids) TRY(list_append(t, list, TRY(int_from(t, interpreter))));
    return list;
}

/// -1: no limit.
Result<int64_t> timeout_argument(Thread& t, bool blocking, NoneOr<Object> timeout) {
    if (!timeout) return int64_t{blocking ? -1 : 0};
    int64_t ns = TRY(to_nanoseconds(t, timeout.value()));
    if (!blocking) return raise(t, exc::ValueError, "can't specify a timeout for a non-blocking call");
    if (ns < 0) return raise(t, exc::ValueError, "timeout value must be a non-negative number");
    return ns;
}

Result<void> send_parcel(Thread& t, Borrowed<Module> module, int64_t id, Arg object, bool as_buffer, int64_t unbound, int64_t fallback,
                         bool blocking, NoneOr<Object> timeout) {
    int64_t limit = TRY(timeout_argument(t, blocking, timeout));
    Problem problem = Problem::None;
    int default_unbound = Replace, default_fallback = 1;
    {
        MutexLocker locker(registry().lock);
        if (Channel* channel = registry().find(id)) default_unbound = channel->unbound, default_fallback = channel->fallback;
    }
    int op = TRY(unbound_argument(t, unbound, default_unbound));
    int mode = TRY(fallback_argument(t, fallback, default_fallback));
    auto check_and = [&](auto&& use) {
        MutexLocker locker(registry().lock);
        Channel* channel = find_open(id, &problem);
        if (channel && (channel->closing || !associate(*channel, SendSide, t.interpreter->id))) problem = Problem::Closed;
        if (channel && problem == Problem::None) use(*channel);
    };
    check_and([](Channel&) {});
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    ParcelRef parcel = as_buffer ? pack_buffer(t, object) : pack(t, object, static_cast<Fallback>(mode));
    if (!parcel) return Error{};
    std::shared_ptr<Waiter> waiter = blocking ? std::make_shared<Waiter>() : nullptr;
    check_and([&](Channel& channel) { channel.items.push_back({std::move(parcel), t.interpreter->id, op, waiter}); });
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    if (!blocking) return {};
    // It waits in short steps, between which signals are served.
    int64_t deadline = limit < 0 ? -1 : deadline_after(limit);
    bool expired = false;
    Result<void> interrupted{};
    for (;;) {
        int64_t step = 20'000'000;
        if (deadline >= 0) step = std::min(step, std::max<int64_t>(deadline - base::monotonic_ns(), 0));
        if (waiter->done.wait(step)) break;
        if ((interrupted = poll(t)).is_error()) break;
        if ((expired = deadline >= 0 && base::monotonic_ns() >= deadline)) break;
    }
    if (waiter->done.is_set()) {
        if (interrupted.is_error()) return Error{};
        return waiter->received.load() ? Result<void>() : Result<void>(raise_problem(t, module, Problem::Closed, id));
    }
    // Nobody has taken it: it leaves the queue.
    std::deque<Item> dropped;
    {
        MutexLocker locker(registry().lock);
        if (Channel* channel = registry().find(id)) {
            for (auto item = channel->items.begin(); item != channel->items.end(); ++item) {
                if (item->waiter != waiter) continue;
                dropped.push_back(std::move(*item));
                channel->items.erase(item);
                if (channel->closing && channel->items.empty()) channel->close(&dropped);
                break;
            }
        }
    }
    if (interrupted.is_error()) return Error{};
    if (waiter->done.is_set() && waiter->received.load()) return {};
    return raise(t, exc::TimeoutError, "timed out");
}
Result<void> send(Thread& t, Borrowed<Module> module, Arg cid, Arg object, int64_t unbound, int64_t fallback, bool blocking,
                  NoneOr<Object> timeout) {
    return send_parcel(t, module, TRY(channel_number(t, cid)), object, false, unbound, fallback, blocking, timeout);
}
Result<void> send_buffer(Thread& t, Borrowed<Module> module, Arg cid, Arg object, int64_t unbound, int64_t fallback, bool blocking,
                         NoneOr<Object> timeout) {
    int64_t id = TRY(channel_number(t, cid));
    Ref<MemoryView> view = TRY(memoryview_new(t, object));
    return send_parcel(t, module, id, view, true, unbound, fallback, blocking, timeout);
}
Result<Ref<Object>> recv(Thread& t, Borrowed<Module> module, Arg cid, MaybeBorrowed<Object> fallback) {
    int64_t id = TRY(channel_number(t, cid));
    Problem problem = Problem::None;
    Item item{nullptr, 0, 0, nullptr};
    std::deque<Item> dropped;
    {
        MutexLocker locker(registry().lock);
        Channel* channel = find_open(id, &problem);
        if (channel && !associate(*channel, RecvSide, t.interpreter->id)) problem = Problem::Closed;
        else if (channel && channel->items.empty()) problem = Problem::Empty;
        else if (channel) {
            item = std::move(channel->items.front());
            channel->items.pop_front();
        }
        if (channel && channel->closing && channel->items.empty()) {
            channel->close(&dropped);
            if (problem == Problem::Empty) problem = Problem::Closed;
        }
    }
    if (problem == Problem::Empty && fallback) return TRY(tuple_pack(t, fallback.value(), Borrowed<Object>(None())));
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    if (!item.parcel) return TRY(tuple_pack(t, Borrowed<Object>(None()), TRY(int_from(t, item.unbound))));
    auto object = item.parcel->unpack(t);
    if (item.waiter) item.waiter->finish(!object.is_error());
    Ref<Object> value = TRY(std::move(object));
    return TRY(tuple_pack(t, value, Borrowed<Object>(None())));
}

/// -1 a false keyword, 1 a true one; both ends if they agree.
int which_end(bool send, bool recv) { return send == recv ? Both : send ? Send : Recv; }

Result<void> close(Thread& t, Borrowed<Module> module, Arg cid, bool send, bool recv, bool force) {
    int64_t id = TRY(channel_number(t, cid));
    int end = which_end(send, recv);
    Problem problem = Problem::None;
    std::deque<Item> dropped;
    {
        MutexLocker locker(registry().lock);
        Channel* channel = find_open(id, &problem);
        if (channel && !force && end == Send && channel->closing) problem = Problem::Closed;
        else if (channel && !force && !channel->items.empty()) {
            // The send end closes now, the rest when the last item has been received.
            if (end == Send) channel->closing = true;
            else problem = Problem::NotEmpty;
        } else if (channel) {
            channel->close(&dropped);
        }
    }
    return problem == Problem::None ? Result<void>() : Result<void>(raise_problem(t, module, problem, id));
}
Result<void> release(Thread& t, Borrowed<Module> module, Arg cid, bool send, bool recv, bool) {
    int64_t id = TRY(channel_number(t, cid));
    int end = which_end(send, recv);
    Problem problem = Problem::None;
    std::deque<Item> dropped;
    {
        MutexLocker locker(registry().lock);
        if (Channel* channel = find_open(id, &problem)) {
            for (int side : {SendSide, RecvSide}) {
                if (end == (side == SendSide ? Recv : Send)) continue;
                auto* found = channel->find_end(side, t.interpreter->id);
                if (found) found->open = false;
                else channel->ends[side].push_back({t.interpreter->id, false});
            }
            if (!channel->has_open_end()) {
                channel->close(&dropped);
                channel->listed = true;
            }
        }
    }
    return problem == Problem::None ? Result<void>() : Result<void>(raise_problem(t, module, problem, id));
}
Result<int64_t> get_count(Thread& t, Borrowed<Module> module, Arg cid) {
    int64_t id = TRY(channel_number(t, cid)), count = 0;
    Problem problem = Problem::None;
    {
        MutexLocker locker(registry().lock);
        if (Channel* channel = find_open(id, &problem)) count = static_cast<int64_t>(channel->items.size());
    }
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    return count;
}
Result<Ref<Object>> get_channel_defaults(Thread& t, Borrowed<Module> module, Arg cid) {
    int64_t id = TRY(channel_number(t, cid));
    Problem problem = Problem::None;
    int unbound = 0, fallback = 0;
    {
        MutexLocker locker(registry().lock);
        if (Channel* channel = find_open(id, &problem)) unbound = channel->unbound, fallback = channel->fallback;
    }
    if (problem != Problem::None) return raise_problem(t, module, problem, id);
    Ref<Int> first = TRY(int_from(t, unbound)), second = TRY(int_from(t, fallback));
    return TRY(tuple_pack(t, first, second));
}

const StructField info_fields[] = {
    {"open", "both ends are open"},
    {"closing", "send is closed, recv is non-empty"},
    {"closed", "both ends are closed"},
    {"count", "queued objects"},
    {"num_interp_send", "interpreters bound to the send end"},
    {"num_interp_send_released", "interpreters bound to the send end and released"},
    {"num_interp_recv", "interpreters bound to the send end"},
    {"num_interp_recv_released", "interpreters bound to the send end and released"},
    {"num_interp_both", "interpreters bound to both ends"},
    {"num_interp_both_recv_released", "interpreters bound to both ends and released_from_the recv end"},
    {"num_interp_both_send_released", "interpreters bound to both ends and released_from_the send end"},
    {"num_interp_both_released", "interpreters bound to both ends and released_from_both"},
    {"send_associated", "current interpreter is bound to the send end"},
    {"send_released", "current interpreter *was* bound to the send end"},
    {"recv_associated", "current interpreter is bound to the recv end"},
    {"recv_released", "current interpreter *was* bound to the recv end"},
};
Result<Ref<Object>> get_info(Thread& t, Borrowed<Module> module, Arg cid) {
    int64_t id = TRY(channel_number(t, cid));
    int64_t numbers[16] = {};
    {
        MutexLocker locker(registry().lock);
        Channel* channel = registry().find(id);
        if (!channel) return raise_problem(t, module, Problem::NotFound, id);
        numbers[0] = channel->open && !channel->closing;
        numbers[1] = channel->open && channel->closing;
        numbers[2] = !channel->open;
        numbers[3] = static_cast<int64_t>(channel->items.size());
        for (auto& send : channel->ends[SendSide]) {
            auto* recv = channel->find_end(RecvSide, send.interpreter);
            if (!recv) numbers[send.open ? 4 : 5]++;
            else numbers[send.open && recv->open ? 8 : send.open ? 9 : recv->open ? 10 : 11]++;
        }
        for (auto& recv : channel->ends[RecvSide])
            if (!channel->find_end(SendSide, recv.interpreter)) numbers[recv.open ? 6 : 7]++;
        for (int side : {SendSide, RecvSide})
            if (auto* own = channel->find_end(side, t.interpreter->id)) numbers[12 + 2 * side + (own->open ? 0 : 1)] = 1;
    }
    StructBuilder builder(t, *module->state_as<ModuleState>().info);
    for (int i = 0; i < 16; ++i) {
        if (i < 3 || i >= 12) builder.add(Result<Ref<Object>>(acquire(static_cast<Object*>(bool_object(numbers[i] != 0)))));
        else builder.add_int(numbers[i]);
    }
    return TRY(builder.finish());
}
Result<Ref<Object>> channel_id(Thread& t, Borrowed<Module> module, Arg cid, NoneOr<Object> send, NoneOr<Object> recv, bool force, bool) {
    int64_t id = TRY(channel_number(t, cid));
    int own = cid->type == &ChannelID::s_type ? static_cast<ChannelID*>(cid.get())->end : Both;
    int wants_send = send ? TRY(is_true(t, send.value())) : -1, wants_recv = recv ? TRY(is_true(t, recv.value())) : -1;
    if (wants_send == 0 && wants_recv == 0) return raise(t, exc::ValueError, "'send' and 'recv' cannot both be False");
    int end = own;
    if (wants_send == 1) end = wants_recv == 1 ? Both : Send;
    else if (wants_recv == 1) end = Recv;
    if (!force) {
        MutexLocker locker(registry().lock);
        if (!registry().find(id)) return raise_problem(t, module, Problem::NotFound, id);
    }
    return id_new(t, id, end);
}
Result<void> register_end_types(Thread& t, Arg send_type, Arg recv_type) {
    State* state = TRY(state_of(t));
    if (!is<Type>(send_type.get())) return raise(t, exc::TypeError, "expected a type for 'send'");
    if (!is<Type>(recv_type.get())) return raise(t, exc::TypeError, "expected a type for 'recv'");
    assign_field(state->send_end, acquire(static_cast<Type*>(send_type.get())).release());
    assign_field(state->recv_end, acquire(static_cast<Type*>(recv_type.get())).release());
    return {};
}

const NativeDef functions[] = {
    fn<create>("create", "(unboundop=-1, fallback=-1)",
               "channel_create(unboundop) -> cid\n\n"
               "Open a channel and return its ID, which no other channel has."),
    module_fn<destroy>("destroy", "(cid)", "channel_destroy(cid)\n\nRemove the channel and what it holds; its ID is unknown from then on."),
    fn<list_all>("list_all", "($module, /)", "channel_list_all() -> [cid]\n\nThe ID of each open channel."),
    module_fn<list_interpreters>("list_interpreters", "(cid, *, send)",
                                 "channel_list_interpreters(cid, *, send) -> [id]\n\n"
                                 "The interpreters that use the channel's sending end, or with send=False its receiving end."),
    module_fn<send>("send", "(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
                    "channel_send(cid, obj, *, blocking=True, timeout=None)\n\n"
                    "Put what obj says into the channel and, unless blocking is false, wait until it is received."),
    module_fn<send_buffer>("send_buffer", "(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
                           "channel_send_buffer(cid, obj, *, blocking=True, timeout=None)\n\n"
                           "Put the memory of obj into the channel, shared rather than copied, and\n"
                           "unless blocking is false, wait until it is received."),
    module_fn<recv>("recv", "(cid, default=<unrepresentable>)",
                    "channel_recv(cid, [default]) -> (obj, unboundop)\n\n"
                    "Take the oldest item from the channel. An empty channel gives default, or\n"
                    "raises ChannelEmptyError when there is none."),
    module_fn<close>("close", "(cid, *, send=False, recv=False, force=False)",
                     "channel_close(cid, *, send=None, recv=None, force=False)\n\n"
                     "Shut a channel's ends to every interpreter.\n\n"
                     "An empty channel closes at both ends, and so does any with force=True, which\n"
                     "drops what it holds. Otherwise a channel that holds items raises\n"
                     "ChannelNotEmptyError, unless only send is true: then nothing more can be\n"
                     "sent, interpreters already receiving may take the rest, and the channel\n"
                     "closes when that is gone. ChannelClosedError if it was closed before."),
    module_fn<release>("release", "(cid, *, send=False, recv=False, force=False)",
                       "channel_release(cid, *, send=None, recv=None, force=True)\n\n"
                       "Give up this interpreter's ends of the channel: those that send and recv\n"
                       "choose, or both when neither is given. An end given up before is no error."),
    module_fn<get_count>("get_count", "(cid)", "get_count(cid)\n\nReturn the number of items in the channel."),
    module_fn<get_info>("get_info", "(cid)", "get_info(cid)\n\nReturn details about the channel."),
    module_fn<get_channel_defaults>("get_channel_defaults", "(cid)",
                                    "get_channel_defaults(cid)\n\nThe unbound op that channel_create() was given."),
    module_fn<channel_id>("_channel_id", "(id, send=None, recv=None, force=False, _resolve=False)"),
    fn<register_end_types>("_register_end_types", "(send, recv)"),
};

Result<void> exec_module(Thread& t, Borrowed<Module> module) {
    if (!__atomic_load_n(&g_runtime.channels, __ATOMIC_ACQUIRE)) {
        auto* made = new (std::nothrow) ChannelRegistry;
        if (!made) return raise_memory_error(t);
        ChannelRegistry* expected = nullptr;
        if (!__atomic_compare_exchange_n(&g_runtime.channels, &expected, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) delete made;
    }
    auto& state = module->state_as<ModuleState>();
    state.error = TRY(new_exception_type(t, "_interpchannels.ChannelError", exc::RuntimeError, nullptr)).release();
    struct {
        Type** place;
        const char* name;
    } errors[] = {{&state.not_found, "_interpchannels.ChannelNotFoundError"},
                  {&state.closed, "_interpchannels.ChannelClosedError"},
                  {&state.empty, "_interpchannels.ChannelEmptyError"},
                  {&state.not_empty, "_interpchannels.ChannelNotEmptyError"}};
    TRY(module_add(t, module, "ChannelError", state.error));
    for (auto& row : errors) {
        *row.place = TRY(new_exception_type(t, row.name, *state.error, nullptr)).release();
        TRY(module_add(t, module, row.name + sizeof "_interpchannels", *row.place));
    }
    static std::atomic<Type*> s_info;
    state.info = TRY(shared_struct_sequence_type(t, s_info, "_interpchannels.ChannelInfo",
                                                 "ChannelInfo\n\nA named tuple of a channel's state.", info_fields, 8))
                     .release();
    TRY(module_add(t, module, "ChannelInfo", state.info));
    return module_add_type(t, module, id_spec);
}

} // namespace

ParcelRef pack_channel(Thread& t, Borrowed<Object> object, bool* is_channel) {
    *is_channel = true;
    if (g_runtime.channels) {
        if (object->type == &ChannelID::s_type) {
            auto* id = static_cast<ChannelID*>(object.get());
            return std::make_unique<ChannelParcel>(id->id, id->end, false);
        }
        auto known = state_of(t);
        if (known.is_error()) return nullptr;
        State* state = known.take();
        if (object->type == state->send_end || object->type == state->recv_end) {
            auto id = [&]() -> Result<int64_t> { return channel_number(t, TRY(get_attribute(t, object, TRY(str_interned(t, "_id"))))); }();
            if (id.is_error()) return nullptr;
            return std::make_unique<ChannelParcel>(id.take(), object->type == state->send_end ? Send : Recv, true);
        }
    }
    *is_channel = false;
    return nullptr;
}

void channels_interpreter_ends(int64_t interpreter) {
    if (!g_runtime.channels) return;
    std::deque<Item> dropped; // destroyed without the lock
    MutexLocker locker(registry().lock);
    for (Channel* channel = registry().first; channel; channel = channel->next) {
        if (!channel->open) continue;
        std::deque<Item> kept;
        for (Item& item : channel->items) {
            if (item.interpreter == interpreter) {
                if (item.waiter) item.waiter->finish(false);
                dropped.push_back({std::move(item.parcel), 0, 0, std::move(item.waiter)});
                if (item.unbound == Remove) continue;
                item.interpreter = -1;
            }
            kept.push_back(std::move(item));
        }
        channel->items = std::move(kept);
        for (auto& list : channel->ends)
            for (auto& end : list)
                if (end.interpreter == interpreter) end.open = false;
        if (!channel->has_open_end()) channel->close(&dropped);
    }
}
void channels_after_fork() {
    if (g_runtime.channels) new (&g_runtime.channels->lock) Mutex;
}

} // namespace crossing

extern const ModuleSpec interpreter_channels_module;
const ModuleSpec interpreter_channels_module = {
    .name = "_interpchannels",
    .doc = "Channels that pass data between interpreters; what concurrent.interpreters stands on.",
    .functions = crossing::functions,
    .exec = crossing::exec_module,
    .state = state_spec<crossing::ModuleState, &crossing::ModuleState::error, &crossing::ModuleState::not_found,
                        &crossing::ModuleState::closed, &crossing::ModuleState::empty, &crossing::ModuleState::not_empty>};

} // namespace taipan
