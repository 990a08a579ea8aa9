// The select module: select, poll and epoll.
#include "base/small_buffer.h"
#include "modules/posix/posix.h"
#include "modules/system_calls.h"
#include "objects/dict.h"
#include "objects/float.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

#include <climits>
#include <cstring>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

namespace taipan {

struct PollObject : Object {
    Dict* registered; // fd -> events
    bool polling;
    static Type s_type;
};
struct EpollObject : Object {
    int fd;
    static Type s_type;
};
Type PollObject::s_type, EpollObject::s_type;

namespace {

using Arg = Borrowed<Object>;
constexpr int64_t Billion = 1000000000;

/// A time-out in units of `unit` nanoseconds; None: -1.
Result<int64_t> timeout_ns(Thread& t, Object* timeout, int64_t unit, const char* message) {
    if (!timeout || is_none(timeout)) return int64_t{-1};
    return to_nanoseconds(t, timeout, TimeRounding::AwayFromZero, unit, message);
}
int milliseconds(int64_t ns) { return ns < 0 ? -1 : static_cast<int>((ns + 999999) / 1000000); }
/// The same of a time-out that is waited for in milliseconds.
Result<int64_t> poll_timeout(Thread& t, Object* timeout, int64_t unit) {
    int64_t ns = TRY(timeout_ns(t, timeout, unit, "timeout must be an integer or None"));
    if (ns / 1000000 >= INT_MAX) return raise(t, exc::OverflowError, "timeout is too large");
    return ns;
}

struct FdSet {
    base::SmallBuffer<int, 64> fds;
    MaybeRef<Tuple> objects;
    fd_set bits;
};
Result<void> fill_set(Thread& t, Arg sequence, FdSet& set, int* max) {
    FD_ZERO(&set.bits);
    Ref<Object> fast = TRY(to_fast_sequence(t, sequence, "arguments 1-3 must be sequences"));
    Ref<List> objects = TRY(list_new(t));
    // A fileno method may change the list.
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item;
        if (auto* list = try_as<List>(fast.get())) item = list_get(t, Borrowed<List>(list), i);
        else if (i < static_cast<Tuple*>(fast.get())->size) item = acquire(static_cast<Tuple*>(fast.get())->items[i]);
        if (!item) break;
        int fd = TRY(posix::descriptor_argument(t, Borrowed<Object>(item.get())));
        TRY(list_append(t, objects, item.take()));
        if (fd >= FD_SETSIZE) return raise(t, exc::ValueError, "filedescriptor out of range in select()");
        set.fds.push(fd);
        FD_SET(fd, &set.bits);
        if (fd > *max) *max = fd;
    }
    set.objects = TRY(to_tuple(t, objects));
    return {};
}
Result<Ref<Object>> ready_objects(Thread& t, FdSet& set, const fd_set& ready) {
    Ref<List> list = TRY(list_new(t));
    for (size_t i = 0; i < set.fds.size(); ++i)
        if (FD_ISSET(set.fds[i], &ready)) TRY(list_append(t, list, acquire(set.objects->items[i])));
    return list;
}
Result<Ref<Object>> select_(Thread& t, Arg rlist, Arg wlist, Arg xlist, MaybeBorrowed<Object> timeout) {
    int64_t ns = TRY(timeout_ns(t, timeout.get(), Billion, "timeout must be a float or None"));
    if (ns < 0 && timeout && !is_none(timeout.get())) return raise(t, exc::ValueError, "timeout must be non-negative");
    FdSet sets[3];
    int max = -1;
    TRY(fill_set(t, rlist, sets[0], &max));
    TRY(fill_set(t, wlist, sets[1], &max));
    TRY(fill_set(t, xlist, sets[2], &max));
    int64_t deadline = ns >= 0 ? deadline_after(ns) : 0;
    fd_set ready[3];
    for (;;) {
        for (int i = 0; i < 3; ++i) ready[i] = sets[i].bits;
        timeval limit{ns / Billion, (ns % Billion + 999) / 1000};
        int n, error;
        {
            Detached detached(t);
            n = select(max + 1, &ready[0], &ready[1], &ready[2], ns >= 0 ? &limit : nullptr);
            error = errno;
        }
        if (n >= 0) {
            if (n == 0)
                for (fd_set& set : ready) FD_ZERO(&set);
            break;
        }
        if (error != EINTR) return raise_errno(t, error);
        TRY(poll(t));
        if (ns >= 0 && (ns = deadline - base::monotonic_ns()) < 0) ns = 0;
    }
    Ref<Object> a = TRY(ready_objects(t, sets[0], ready[0])), b = TRY(ready_objects(t, sets[1], ready[1])),
                c = TRY(ready_objects(t, sets[2], ready[2]));
    return tuple_pack(t, a, b, c);
}

// poll
Result<Ref<Object>> poll_new(Thread& t) {
    Ref<PollObject> object = TRY(allocate<PollObject>(t));
    object->registered = TRY(dict_new(t)).release();
    return object;
}
Result<unsigned> event_mask(Thread& t, Object* mask, unsigned fallback) {
    if (!mask) return fallback;
    Ref<Int> number = TRY(to_index(t, mask));
    uint64_t value;
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    if (!int_fits_uint64(number.get(), &value) || value > USHRT_MAX)
        return raise(t, exc::OverflowError, "Python int too large for C unsigned short");
    return static_cast<unsigned>(value);
}
Result<void> poll_register(Thread& t, Borrowed<PollObject> self, Arg fd_, MaybeBorrowed<Object> mask) {
    Ref<Int> fd = TRY(int_from(t, TRY(posix::descriptor_argument(t, fd_))));
    Ref<Int> events = TRY(int_from(t, TRY(event_mask(t, mask.get(), POLLIN | POLLPRI | POLLOUT))));
    return dict_set(t, Borrowed<Dict>(self->registered), fd, events);
}
Result<void> poll_modify(Thread& t, Borrowed<PollObject> self, Arg fd_, Arg mask) {
    Ref<Int> fd = TRY(int_from(t, TRY(posix::descriptor_argument(t, fd_))));
    Ref<Int> events = TRY(int_from(t, TRY(event_mask(t, mask.get(), 0))));
    if (!TRY(dict_contains(t, Borrowed<Dict>(self->registered), fd))) return raise_errno(t, ENOENT);
    return dict_set(t, Borrowed<Dict>(self->registered), fd, events);
}
Result<void> poll_unregister(Thread& t, Borrowed<PollObject> self, Arg fd_) {
    Ref<Int> fd = TRY(int_from(t, TRY(posix::descriptor_argument(t, fd_))));
    if (!TRY(dict_delete(t, Borrowed<Dict>(self->registered), fd))) return raise_key_error(t, fd);
    return {};
}
Result<Ref<Object>> poll_poll(Thread& t, Borrowed<PollObject> self, MaybeBorrowed<Object> timeout) {
    int64_t ns = TRY(poll_timeout(t, timeout.get(), 1000000));
    if (self->polling) return raise(t, exc::RuntimeError, "concurrent poll() invocation");
    base::SmallBuffer<pollfd, 32> fds;
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, Borrowed<Dict>(self->registered), &position, &key, &value))
        fds.push({static_cast<int>(TRY(to_int64(t, Borrowed<Object>(key.get())))),
                  static_cast<short>(TRY(to_int64(t, Borrowed<Object>(value.get())))), 0});
    if (fds.failed()) return raise_memory_error(t);
    int64_t deadline = ns >= 0 ? deadline_after(ns) : 0;
    struct Flag {
        bool& flag;
        ~Flag() { flag = false; }
    } flag{self->polling};
    self->polling = true;
    for (;;) {
        int n, error;
        {
            Detached detached(t);
            n = ::poll(fds.data(), fds.size(), milliseconds(ns));
            error = errno;
        }
        if (n >= 0) break;
        if (error != EINTR) return raise_errno(t, error);
        TRY(poll(t));
        if (ns >= 0 && (ns = deadline - base::monotonic_ns()) < 0) ns = 0;
    }
    Ref<List> list = TRY(list_new(t));
    for (const pollfd& row : fds) {
        if (!row.revents) continue;
        Ref<Int> fd = TRY(int_from(t, row.fd)), events = TRY(int_from(t, static_cast<unsigned short>(row.revents)));
        TRY(list_append(t, list, TRY(tuple_pack(t, fd, events))));
    }
    return list;
}
void poll_dealloc(Object* o) {
    clear_field(static_cast<PollObject*>(o)->registered);
    o->type->free(o);
}
const NativeDef poll_methods[] = {
    method<poll_register>("register", "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
                          "Watch a descriptor for events."),
    method<poll_modify>("modify", "($self, fd, eventmask, /)", "Change the events that a registered descriptor is watched for."),
    method<poll_unregister>("unregister", "($self, fd, /)", "Watch a descriptor no longer."),
    method<poll_poll>("poll", "($self, timeout=None, /)",
                      "Wait for events: a list of pairs of descriptor and events.\n\nNot longer than timeout milliseconds; for ever if it "
                      "is None or negative."),
};
const SlotDef poll_slots[] = {raw_slot(SlotId::tp_dealloc, &poll_dealloc)};
const TypeSpec poll_spec = {.type = &PollObject::s_type,
                            .name = "select.poll",
                            .basicsize = sizeof(PollObject),
                            .flags = type_flag::DisallowInstantiation,
                            .slots = poll_slots,
                            .methods = poll_methods};

// epoll
Result<void> epoll_check(Thread& t, EpollObject* self) {
    if (self->fd < 0) return raise(t, exc::ValueError, "I/O operation on closed epoll object");
    return {};
}
Result<Ref<Object>> epoll_new(Thread& t, Borrowed<Type> type, int sizehint, int flags) {
    if (sizehint == -1) sizehint = FD_SETSIZE - 1;
    else if (sizehint <= 0) return raise(t, exc::ValueError, "sizehint must be positive or -1");
    if (flags && flags != EPOLL_CLOEXEC) return raise(t, exc::OSError, "invalid flags");
    Ref<Object> object = TRY(allocate_object(t, *type));
    auto* self = static_cast<EpollObject*>(object.get());
    self->fd = epoll_create1(EPOLL_CLOEXEC);
    if (self->fd < 0) return raise_errno(t, errno);
    return object;
}
Result<Ref<Object>> epoll_fromfd(Thread& t, Borrowed<Type> type, int fd) {
    Ref<Object> object = TRY(allocate_object(t, *type));
    static_cast<EpollObject*>(object.get())->fd = fd;
    return object;
}
Result<void> epoll_close(Thread& t, Borrowed<EpollObject> self) {
    int fd = std::exchange(self->fd, -1);
    if (fd >= 0 && ::close(fd) < 0) return raise_errno(t, errno);
    return {};
}
bool epoll_closed(Thread&, Borrowed<EpollObject> self) { return self->fd < 0; }
Result<int> epoll_fileno(Thread& t, Borrowed<EpollObject> self) {
    TRY(epoll_check(t, self.get()));
    return self->fd;
}
Result<void> epoll_control(Thread& t, EpollObject* self, int operation, Arg fd_, uint32_t events) {
    TRY(epoll_check(t, self));
    int fd = TRY(posix::descriptor_argument(t, fd_));
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return posix::checked(t, [&] { return epoll_ctl(self->fd, operation, fd, &event); });
}
/// The lower bits of any integer.
Result<uint32_t> event_bits(Thread& t, Arg mask) {
    Ref<Int> number = TRY(to_index(t, mask));
    int64_t value;
    if (int_fits_int64(number.get(), &value)) return static_cast<uint32_t>(value);
    return static_cast<uint32_t>(TRY(to_uint64(t, number)));
}
Result<void> epoll_register(Thread& t, Borrowed<EpollObject> self, Arg fd, MaybeBorrowed<Object> mask) {
    uint32_t events = mask ? TRY(event_bits(t, mask.value())) : uint32_t{EPOLLIN | EPOLLPRI | EPOLLOUT};
    return epoll_control(t, self.get(), EPOLL_CTL_ADD, fd, events);
}
Result<void> epoll_modify(Thread& t, Borrowed<EpollObject> self, Arg fd, Arg mask) {
    return epoll_control(t, self.get(), EPOLL_CTL_MOD, fd, TRY(event_bits(t, mask)));
}
Result<void> epoll_unregister(Thread& t, Borrowed<EpollObject> self, Arg fd) { return epoll_control(t, self.get(), EPOLL_CTL_DEL, fd, 0); }
Result<Ref<Object>> epoll_poll(Thread& t, Borrowed<EpollObject> self, NoneOr<Object> timeout, int max_events) {
    TRY(epoll_check(t, self.get()));
    int64_t ns = TRY(poll_timeout(t, timeout.get(), Billion));
    if (max_events == -1) max_events = FD_SETSIZE - 1;
    else if (max_events < 1) return raise(t, exc::ValueError, "maxevents must be greater than 0, got %d", max_events);
    base::SmallBuffer<epoll_event, 64> events;
    if (!events.resize(static_cast<size_t>(max_events))) return raise_memory_error(t);
    int64_t deadline = ns >= 0 ? deadline_after(ns) : 0;
    int n;
    for (;;) {
        int error;
        {
            Detached detached(t);
            n = epoll_wait(self->fd, events.data(), max_events, milliseconds(ns));
            error = errno;
        }
        if (n >= 0) break;
        if (error != EINTR) return raise_errno(t, error);
        TRY(poll(t));
        if (ns >= 0 && (ns = deadline - base::monotonic_ns()) < 0) ns = 0;
    }
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < n; ++i) {
        Ref<Int> fd = TRY(int_from(t, events[static_cast<size_t>(i)].data.fd)),
                 mask = TRY(int_from(t, events[static_cast<size_t>(i)].events));
        TRY(list_append(t, list, TRY(tuple_pack(t, fd, mask))));
    }
    return list;
}
Result<Ref<Object>> epoll_enter(Thread& t, Borrowed<EpollObject> self) {
    TRY(epoll_check(t, self.get()));
    return acquire(static_cast<Object*>(self.get()));
}
Result<void> epoll_exit(Thread& t, Borrowed<EpollObject> self, Args) { return epoll_close(t, self); }
void epoll_dealloc(Object* o) {
    int fd = static_cast<EpollObject*>(o)->fd;
    if (fd >= 0) ::close(fd);
    o->type->free(o);
}
const NativeDef epoll_methods[] = {
    class_method<epoll_fromfd>("fromfd", "($type, fd, /)", "An epoll object of a descriptor that refers to one."),
    method<epoll_close>("close", "($self, /)", "Close the descriptor; other operations raise ValueError afterwards."),
    method<epoll_fileno>("fileno", "($self, /)", "The descriptor."),
    method<epoll_modify>("modify", "($self, /, fd, eventmask)", "Change the events that a registered descriptor is watched for."),
    method<epoll_register>("register", "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
                           "Watch a descriptor for events."),
    method<epoll_unregister>("unregister", "($self, /, fd)", "Watch a descriptor no longer."),
    method<epoll_poll>("poll", "($self, /, timeout=None, maxevents=-1)",
                       "Wait for events: a list of pairs of descriptor and events.\n\nNot longer than timeout seconds; for ever if it is "
                       "None or negative."),
    method<epoll_enter>("__enter__", "($self, /)"),
    method<epoll_exit>("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)"),
};
const GetSetDef epoll_getset[] = {getter<epoll_closed>("closed", "True if the epoll handler is closed")};
const SlotDef epoll_slots[] = {raw_slot(SlotId::tp_getattro, generic_getattr_slot), raw_slot(SlotId::tp_dealloc, &epoll_dealloc),
                               typed_new<epoll_new, "epoll", "(sizehint=-1, flags=0)">()};
const TypeSpec epoll_spec = {.type = &EpollObject::s_type,
                             .name = "select.epoll",
                             .basicsize = sizeof(EpollObject),
                             .doc = "Returns an epolling object.",
                             .slots = epoll_slots,
                             .methods = epoll_methods,
                             .getset = epoll_getset};

const NativeDef functions[] = {
    fn<select_>("select", "($module, rlist, wlist, xlist, timeout=None, /)",
                "Wait until one or more file descriptors are ready for some kind of I/O."),
    fn<poll_new>("poll", "($module, /)", "Returns a polling object."),
};
struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
    {"EPOLLERR", 8},
    {"EPOLLET", 2147483648},
    {"EPOLLEXCLUSIVE", 268435456},
    {"EPOLLHUP", 16},
    {"EPOLLIN", 1},
    {"EPOLLMSG", 1024},
    {"EPOLLONESHOT", 1073741824},
    {"EPOLLOUT", 4},
    {"EPOLLPRI", 2},
    {"EPOLLRDBAND", 128},
    {"EPOLLRDHUP", 8192},
    {"EPOLLRDNORM", 64},
    {"EPOLLWAKEUP", 536870912},
    {"EPOLLWRBAND", 512},
    {"EPOLLWRNORM", 256},
    {"EPOLL_CLOEXEC", 524288},
    {"PIPE_BUF", 4096},
    {"POLLERR", 8},
    {"POLLHUP", 16},
    {"POLLIN", 1},
    {"POLLMSG", 1024},
    {"POLLNVAL", 32},
    {"POLLOUT", 4},
    {"POLLPRI", 2},
    {"POLLRDBAND", 128},
    {"POLLRDHUP", 8192},
    {"POLLRDNORM", 64},
    {"POLLWRBAND", 512},
    {"POLLWRNORM", 256},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(type_ready(t, poll_spec));
    TRY(module_add_type(t, module, epoll_spec));
    TRY(module_add(t, module, "error", &exc::OSError));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec select_module;
const ModuleSpec select_module = {
    .name = "select", .doc = "This module supports asynchronous I/O on multiple file descriptors.", .functions = functions, .exec = exec};

} // namespace taipan
