// The _multiprocessing module: named semaphores, which the locks of multiprocessing are made of.
#include "modules/posix/posix.h"
#include "objects/dict.h"
#include "objects/type_object.h"
#include "runtime/lock.h"

#include <climits>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <semaphore.h>

namespace taipan {

struct SemLock : Object {
    sem_t* handle;   // null: none
    uintptr_t owner; // the thread that acquired last
    int count, maxvalue, kind;
    char* name; // null once unlinked
    static Type s_type;
    bool is_mine() const { return count > 0 && owner == Thread::current().id; }
};
Type SemLock::s_type;

namespace {

using Self = Borrowed<SemLock>;
constexpr int Recursive = 0;

Result<Ref<Object>> semlock_object(Thread& t, Type* type, sem_t* handle, int kind, int maxvalue, const char* name) {
    auto made = Result<Ref<Object>>::from_nullable(type->alloc(type, 0));
    if (made.is_error()) {
        sem_close(handle);
        return Error{};
    }
    Ref<Object> object = made.take();
    auto* self = static_cast<SemLock*>(object.get());
    self->handle = handle;
    self->kind = kind;
    self->maxvalue = maxvalue;
    if (name) {
        size_t size = strlen(name) + 1;
        self->name = static_cast<char*>(raw_alloc(size));
        if (!self->name) return raise_memory_error(t);
        memcpy(self->name, name, size);
    }
    return object;
}
Result<Ref<Object>> semlock_new(Thread& t, Borrowed<Type> type, int kind, int value, int maxvalue, Borrowed<Str> name, bool unlink) {
    if (kind != 0 && kind != 1) return raise(t, exc::ValueError, "unrecognized kind");
    Ref<Bytes> path = TRY(os_fsencode(t, name));
    sem_t* handle = sem_open(path->data, O_CREAT | O_EXCL, 0600, static_cast<unsigned>(value));
    if (handle == SEM_FAILED) return raise_errno(t, errno);
    if (unlink && sem_unlink(path->data) < 0) {
        int error = errno;
        sem_close(handle);
        return raise_errno(t, error);
    }
    return semlock_object(t, type.get(), handle, kind, maxvalue, unlink ? nullptr : path->data);
}
Result<Ref<Object>> semlock_rebuild(Thread& t, Borrowed<Type> type, uint64_t handle, int kind, int maxvalue, NoneOr<Str> name) {
    if (!name) return semlock_object(t, type.get(), reinterpret_cast<sem_t*>(handle), kind, maxvalue, nullptr);
    Ref<Bytes> path = TRY(os_fsencode(t, name.value()));
    sem_t* opened = sem_open(path->data, 0);
    if (opened == SEM_FAILED) return raise_errno(t, errno);
    return semlock_object(t, type.get(), opened, kind, maxvalue, path->data);
}

Result<bool> acquire_(Thread& t, SemLock* self, bool block, Object* timeout) {
    CriticalSection section(t, self);
    if (self->kind == Recursive && self->is_mine()) {
        ++self->count;
        return true;
    }
    bool limited = timeout && !is_none(timeout);
    timespec deadline{};
    if (limited) {
        double seconds = TRY(to_double(t, timeout));
        if (!(seconds > 0)) seconds = 0;
        clock_gettime(CLOCK_REALTIME, &deadline);
        if (seconds > 1e9) seconds = 1e9; // three decades: for ever
        double whole = std::floor(seconds);
        deadline.tv_sec += static_cast<time_t>(whole);
        deadline.tv_nsec += static_cast<long>((seconds - whole) * 1e9 + 0.5);
        if (deadline.tv_nsec >= 1000000000) {
            ++deadline.tv_sec;
            deadline.tv_nsec -= 1000000000;
        }
    }
    int result, error;
    do {
        result = sem_trywait(self->handle);
        error = errno;
        if (result < 0 && error == EINTR) TRY(poll(t));
    } while (result < 0 && error == EINTR);
    if (result < 0 && error == EAGAIN && block) {
        result = TRY(blocking_call(t, &error, [&] { return limited ? sem_timedwait(self->handle, &deadline) : sem_wait(self->handle); }));
    }
    if (result < 0) {
        if (error == EAGAIN || error == ETIMEDOUT) return false;
        return raise_errno(t, error);
    }
    ++self->count;
    self->owner = t.id;
    return true;
}
Result<bool> semlock_acquire(Thread& t, Self self, bool block, NoneOr<Object> timeout) {
    return acquire_(t, self.get(), block, timeout.get());
}
Result<void> semlock_release(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->kind == Recursive) {
        if (!self->is_mine()) return raise(t, exc::AssertionError, "attempt to release recursive lock not owned by thread");
        if (self->count > 1) {
            --self->count;
            return {};
        }
    } else {
        int value;
        if (sem_getvalue(self->handle, &value) < 0) return raise_errno(t, errno);
        if (value >= self->maxvalue) return raise(t, exc::ValueError, "semaphore or lock released too many times");
    }
    if (sem_post(self->handle) < 0) return raise_errno(t, errno);
    --self->count;
    return {};
}
Result<bool> semlock_enter(Thread& t, Self self) { return acquire_(t, self.get(), true, nullptr); }
Result<void> semlock_exit(Thread& t, Self self, Borrowed<Object>, Borrowed<Object>, Borrowed<Object>) { return semlock_release(t, self); }
int semlock_count(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return self->count;
}
bool semlock_is_mine(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return self->is_mine();
}
Result<int> semlock_get_value(Thread& t, Self self) {
    int value;
    if (sem_getvalue(self->handle, &value) < 0) return raise_errno(t, errno);
    return value < 0 ? 0 : value;
}
Result<bool> semlock_is_zero(Thread& t, Self self) { return TRY(semlock_get_value(t, self)) == 0; }
void semlock_after_fork(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    self->count = 0;
}
void semlock_dealloc(Object* o) {
    auto* self = static_cast<SemLock*>(o);
    if (self->handle) sem_close(self->handle);
    raw_free(self->name);
    o->type->free(o);
}

const NativeDef semlock_methods[] = {
    method<semlock_acquire>("acquire", "($self, /, block=True, timeout=None)", "Acquire the semaphore/lock."),
    method<semlock_release>("release", "($self, /)", "Release the semaphore/lock."),
    method<semlock_enter>("__enter__", "($self, /)", "Enter the semaphore/lock."),
    method<semlock_exit>("__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Exit the semaphore/lock."),
    method<semlock_count>("_count", "($self, /)", "Num of `acquire()`s minus num of `release()`s for this process."),
    method<semlock_is_mine>("_is_mine", "($self, /)", "Whether the lock is owned by this thread."),
    method<semlock_get_value>("_get_value", "($self, /)", "Get the value of the semaphore."),
    method<semlock_is_zero>("_is_zero", "($self, /)", "Return whether semaphore has value zero."),
    class_method<semlock_rebuild>("_rebuild", "($type, handle, kind, maxvalue, name, /)"),
    method<semlock_after_fork>("_after_fork", "($self, /)", "Rezero the net acquisition count after fork()."),
};
const MemberDef semlock_members[] = {
    {"handle", member_type::ULong, offsetof(SemLock, handle), member_flag::ReadOnly, ""},
    {"kind", member_type::Int, offsetof(SemLock, kind), member_flag::ReadOnly, ""},
    {"maxvalue", member_type::Int, offsetof(SemLock, maxvalue), member_flag::ReadOnly, ""},
    {"name", member_type::String, offsetof(SemLock, name), member_flag::ReadOnly, ""},
};
Result<void> semlock_ready(Thread& t, Type& type) {
    Ref<Int> limit = TRY(int_from(t, SEM_VALUE_MAX));
    return dict_set_ascii(t, Borrowed<Dict>(static_cast<Dict*>(type.dict)), "SEM_VALUE_MAX", limit);
}
const SlotDef semlock_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    raw_slot(SlotId::tp_dealloc, &semlock_dealloc),
    typed_new<semlock_new, "SemLock", "(kind, value, maxvalue, name, unlink)">(),
};
const TypeSpec semlock_spec = {.type = &SemLock::s_type,
                               .name = "_multiprocessing.SemLock",
                               .basicsize = sizeof(SemLock),
                               .flags = type_flag::BaseType,
                               .doc = "Semaphore/Mutex type",
                               .slots = semlock_slots,
                               .methods = semlock_methods,
                               .members = semlock_members,
                               .ready = semlock_ready};

Result<void> sem_unlink_(Thread& t, Borrowed<Str> name) {
    Ref<Bytes> path = TRY(os_fsencode(t, name));
    if (sem_unlink(path->data) < 0) return raise_errno(t, errno);
    return {};
}
const NativeDef functions[] = {fn<sem_unlink_>("sem_unlink", "($module, name, /)")};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_type(t, module, semlock_spec));
    Ref<Dict> flags = TRY(dict_new(t));
    Ref<Int> one = TRY(int_from(t, 1));
    TRY(dict_set_ascii(t, flags, "HAVE_SEM_OPEN", one));
    TRY(dict_set_ascii(t, flags, "HAVE_SEM_TIMEDWAIT", one));
    return module_add(t, module, "flags", flags);
}

} // namespace

extern const ModuleSpec multiprocessing_module;
const ModuleSpec multiprocessing_module = {.name = "_multiprocessing", .functions = functions, .exec = exec};

} // namespace taipan
