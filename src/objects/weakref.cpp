// Weak references. The references to an object form a list, headed in the object; a lock of a small table, chosen by the
// object's address, guards it. The list begins with the plain reference without callback (it is shared), then the plain
// proxy, then the others.
#include "objects/weakref.h"

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "runtime/gc.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type Weakref::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type ProxyType::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type CallableProxyType::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

constexpr size_t LockCount = 127;
constinit Mutex s_locks[LockCount]; // the process's

Mutex& lock_for(const Object* object) { return s_locks[(reinterpret_cast<uintptr_t>(object) >> 4) % LockCount]; }

bool is_plain(const Weakref* r, const Type& type) { return r->type == &type && !r->callback; }

void unlink(Weakref* r, Weakref** head) {
    if (*head == r) *head = r->next;
    if (r->previous) r->previous->next = r->next;
    if (r->next) r->next->previous = r->previous;
    r->previous = r->next = nullptr;
}

/// Takes the reference off its list; it refers to nothing from then on.
void detach(Weakref* r) {
    Object* object = __atomic_load_n(&r->object, __ATOMIC_ACQUIRE);
    if (!object || is_none(object)) return;
    MutexLocker locker(lock_for(object));
    if (is_none(r->object)) return;
    unlink(r, weakref_list(r->object));
    __atomic_store_n(&r->object, None(), __ATOMIC_RELEASE);
}

void insert(Weakref* r, Weakref** head) {
    // Behind the shared ones, unless it is one.
    Weakref* after = nullptr;
    if (!is_plain(r, Weakref::s_type)) {
        Weakref* first = *head;
        if (first && is_plain(first, Weakref::s_type)) after = first;
        bool is_proxy = r->type != &Weakref::s_type && !r->callback && !is_subtype(r->type, &Weakref::s_type);
        Weakref* second = after ? after->next : first;
        if (!is_proxy && second && !second->callback && !is_subtype(second->type, &Weakref::s_type)) after = second;
    }
    r->previous = after;
    if (after) {
        r->next = after->next;
        after->next = r;
    } else {
        r->next = *head;
        *head = r;
    }
    if (r->next) r->next->previous = r;
}

Object* weakref_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);

/// A reference of `type` to the object; the shared one if there is one.
Result<Ref<Object>> make(Thread& t, Type& type, Borrowed<Object> object, Object* callback) {
    Weakref** head = weakref_list(object.get());
    if (!head) return raise(t, exc::TypeError, "cannot create weak reference to '%T' object", object);
    if (callback && is_none(callback)) callback = nullptr;
    Mutex& lock = lock_for(object.get());
    bool shareable = !callback && (&type == &Weakref::s_type || &type == &ProxyType::s_type || &type == &CallableProxyType::s_type);
    auto find_shared = [&]() -> Object* {
        int looked = 0;
        for (Weakref* r = *head; r && looked < 2; r = r->next, ++looked)
            if (is_plain(r, type) && try_incref(r)) return r;
        return nullptr;
    };
    if (shareable) {
        MutexLocker locker(lock);
        if (Object* shared = find_shared()) return Ref<Object>::steal(shared);
    }
    Object* made = type.is_heap_type() ? type.alloc(&type, 0) : TRY(allocate_object(t, type)).release();
    if (!made) return Error{};
    auto* r = static_cast<Weakref*>(made);
    r->cached_hash = -1;
    r->vectorcall = weakref_vectorcall;
    r->callback = callback ? acquire(callback).release() : nullptr;
    r->object = None();
    if (!gc_is_tracked(r)) gc_track(r);
    enable_try_incref(object.get());
    enable_try_incref(r); // others may find it in the list
    MutexLocker locker(lock);
    if (shareable) {
        if (Object* shared = find_shared()) { // somebody was faster
            Ref<Object> drop = steal(made);
            return Ref<Object>::steal(shared);
        }
    }
    __atomic_store_n(&r->object, object.get(), __ATOMIC_RELEASE);
    insert(r, head);
    return Ref<Object>::steal(made);
}

int weakref_traverse(Object* o, VisitFunc visit, void* context) {
    auto* r = static_cast<Weakref*>(o);
    return r->callback ? visit(r->callback, context) : 0;
}
int weakref_clear(Object* o) {
    auto* r = static_cast<Weakref*>(o);
    detach(r);
    clear_field(r->callback);
    return 0;
}
void weakref_dealloc(Object* o) {
    gc_untrack(o);
    weakref_clear(o);
    o->type->free(o);
}

void run_callback(Thread& t, Object* reference, Object* callback) {
    auto result = call(t, callback, Borrowed<Object>(reference));
    if (result.is_error()) write_unraisable(t, "Exception ignored while calling weakref callback", callback);
}

Result<Ref<Object>> weakref_tp_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs) && type.get() == &Weakref::s_type) return raise(t, exc::TypeError, "ref() takes no keyword arguments");
    if (args->size < 1) return raise(t, exc::TypeError, "__new__ expected at least 1 argument, got %d", args->size);
    if (args->size > 2) return raise(t, exc::TypeError, "__new__ expected at most 2 arguments, got %d", args->size);
    return make(t, *type, args->items[0], args->size == 2 ? args->items[1] : nullptr);
}
Result<void> weakref_init(Thread& t, Borrowed<Object>, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "ref() takes no keyword arguments");
    if (args->size < 1 || args->size > 2)
        return raise(t, exc::TypeError,
                     args->size < 1 ? "__init__ expected at least 1 argument, got %d" : "__init__ expected at most 2 arguments, got %d",
                     args->size);
    return {};
}

Object* weakref_vectorcall(Object* callable, Object* const*, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    if (vectorcall_nargs(nargsf))
        return (void)raise(t, exc::TypeError, "__call__() takes 0 positional arguments but %d were given", vectorcall_nargs(nargsf)),
               nullptr;
    if (kwnames && static_cast<Tuple*>(kwnames)->size) return (void)raise(t, exc::TypeError, "ref() takes no keyword arguments"), nullptr;
    MaybeRef<Object> object = weakref_get(static_cast<Weakref*>(callable));
    return object ? object.release() : None();
}

Result<intptr_t> weakref_hash(Thread& t, Borrowed<Weakref> self) {
    intptr_t known = __atomic_load_n(&self->cached_hash, __ATOMIC_RELAXED);
    if (known != -1) return known;
    MaybeRef<Object> object = weakref_get(self.get());
    if (!object) return raise(t, exc::TypeError, "weak object has gone away");
    intptr_t value = TRY(hash(t, object.get()));
    __atomic_store_n(&self.get()->cached_hash, value, __ATOMIC_RELAXED);
    return value;
}

Result<Ref<Object>> weakref_repr(Thread& t, Borrowed<Weakref> self) {
    MaybeRef<Object> object = weakref_get(self.get());
    const void* address = self.get();
    if (!object) return Ref<Object>(TRY(str_format(t, "<weakref at %p; dead>", address)));
    MaybeRef<Object> name = TRY(lookup_special(t, object.get(), names::__name__));
    if (name && is<Str>(name.get()))
        return Ref<Object>(
            TRY(str_format(t, "<weakref at %p; to '%M' at %p (%s)>", address, object, static_cast<const void*>(object.get()), name)));
    return Ref<Object>(TRY(str_format(t, "<weakref at %p; to '%M' at %p>", address, object, static_cast<const void*>(object.get()))));
}

Result<Ref<Object>> weakref_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<Weakref>(a.get()) || !is<Weakref>(b.get())) return not_implemented_ref();
    MaybeRef<Object> x = weakref_get(static_cast<Weakref*>(a.get())), y = weakref_get(static_cast<Weakref*>(b.get()));
    if (!x || !y) return bool_ref((a.get() == b.get()) == (op == Comparison::Eq));
    return compare(t, x.get(), y.get(), op);
}

Result<Ref<Object>> weakref_callback(Thread&, Borrowed<Weakref> self) {
    Object* callback = self->callback;
    if (!callback || is_none(self->object)) return none_ref();
    return acquire(callback);
}

constexpr NativeDef weakref_methods[] = {class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585")};

} // namespace

Weakref** weakref_list(Object* object) {
    Type* type = object->type;
    if (type->has(type_flag::ManagedWeakref)) return reinterpret_cast<Weakref**>(object) - 2;
    if (type->weaklist_offset <= 0) return nullptr;
    return reinterpret_cast<Weakref**>(reinterpret_cast<char*>(object) + type->weaklist_offset);
}

bool supports_weakrefs(const Type& type) { return type.weaklist_offset != 0; }

Result<Ref<Object>> weakref_new(Thread& t, Borrowed<Object> object, Object* callback) { return make(t, Weakref::s_type, object, callback); }

Result<Ref<Object>> weakref_proxy_new(Thread& t, Borrowed<Object> object, Object* callback) {
    return make(t, is_callable(object.get()) ? CallableProxyType::s_type : ProxyType::s_type, object, callback);
}

MaybeRef<Object> weakref_get(Weakref* r) {
    Object* object = __atomic_load_n(&r->object, __ATOMIC_ACQUIRE);
    if (!object || is_none(object)) return {};
    if (LIKELY(!is_multi_threaded())) return try_incref(object) ? MaybeRef<Object>::steal(object) : MaybeRef<Object>();
    MutexLocker locker(lock_for(object));
    if (is_none(r->object) || !try_incref(object)) return {};
    return MaybeRef<Object>::steal(object);
}

void clear_weakrefs_no_callbacks(Object* object) {
    Weakref** head = weakref_list(object);
    if (!head || !*head) return;
    MutexLocker locker(lock_for(object));
    while (Weakref* r = *head) {
        unlink(r, head);
        __atomic_store_n(&r->object, None(), __ATOMIC_RELEASE);
    }
}

void clear_weakrefs(Object* object) {
    Weakref** head = weakref_list(object);
    if (!head || !__atomic_load_n(head, __ATOMIC_ACQUIRE)) return;
    Thread& t = Thread::current();
    // References with callbacks are kept alive until these have run; the list is linked through `next`.
    Weakref* due = nullptr;
    {
        MutexLocker locker(lock_for(object));
        Weakref** tail = &due;
        while (Weakref* r = *head) {
            unlink(r, head);
            __atomic_store_n(&r->object, None(), __ATOMIC_RELEASE);
            if (r->callback && try_incref(r)) {
                *tail = r;
                tail = &r->next;
            }
        }
    }
    if (!due) return;
    MaybeRef<Object> saved = t.take_exception();
    while (due) {
        Ref<Weakref> r = Ref<Weakref>::steal(due);
        due = std::exchange(r->next, nullptr);
        MaybeRef<Object> callback = MaybeRef<Object>::steal(std::exchange(r->callback, nullptr));
        if (callback) run_callback(t, r.get(), callback.get());
    }
    if (saved) (void)t.set_exception(saved.take());
}

// The collector's hooks; the world is stopped while they clear.

void weakrefs_install_hooks() {
    g_runtime.hooks.weakref_callbacks_due = [](Object* object, void (*due)(Object*, void*), void* context) {
        Weakref** head = weakref_list(object);
        if (!head) return;
        for (Weakref *r = *head, *next; r; r = next) {
            next = r->next;
            // All are cleared, so that finalizers cannot bring an object back by one.
            unlink(r, head);
            r->object = None();
            if (r->callback && !gc_is_unreachable(r)) due(r, context);
        }
    };
    g_runtime.hooks.clear_weakrefs = [](Object* object) {
        Weakref** head = weakref_list(object);
        if (!head) return;
        while (Weakref* r = *head) {
            unlink(r, head);
            r->object = None();
        }
    };
    g_runtime.hooks.call_weakref_callback = [](Thread& t, Object* reference) {
        auto* r = static_cast<Weakref*>(reference);
        MaybeRef<Object> callback = MaybeRef<Object>::steal(std::exchange(r->callback, nullptr));
        if (callback) run_callback(t, r, callback.get());
    };
}

/// weakref.getweakrefcount and getweakrefs.
intptr_t weakref_count(Object* object) {
    Weakref** head = weakref_list(object);
    if (!head) return 0;
    MutexLocker locker(lock_for(object));
    intptr_t count = 0;
    for (Weakref* r = *head; r; r = r->next) count += refcount(r) > 0;
    return count;
}
Result<Ref<List>> weakrefs_of(Thread& t, Object* object) {
    Ref<List> list = TRY(list_new(t));
    Weakref** head = weakref_list(object);
    if (!head) return list;
    for (intptr_t i = 0;; ++i) { // the list must not be extended under the lock
        MaybeRef<Object> found;
        {
            MutexLocker locker(lock_for(object));
            intptr_t n = 0;
            for (Weakref* r = *head; r; r = r->next)
                if (n++ == i) {
                    if (try_incref(r)) found = MaybeRef<Object>::steal(r);
                    break;
                }
            if (n <= i) return list;
        }
        if (found) TRY(list_append(t, list, found.take()));
    }
}

static const SlotDef weakref_slots[] = {
    construct_slot<SlotId::tp_new, weakref_tp_new>(),
    init_slot<SlotId::tp_init, weakref_init>(),
    unary_slot<SlotId::tp_repr, weakref_repr>(),
    size_slot<SlotId::tp_hash, weakref_hash>(),
    compare_slot<SlotId::tp_richcompare, weakref_compare>(),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    raw_slot(SlotId::tp_traverse, weakref_traverse),
    raw_slot(SlotId::tp_clear, weakref_clear),
    raw_slot(SlotId::tp_dealloc, weakref_dealloc),
};
static const GetSetDef weakref_getset[] = {getter<weakref_callback>("__callback__")};
extern const TypeSpec weakref_spec = {.type = &Weakref::s_type,
                                      .name = "weakref.ReferenceType",
                                      .basicsize = sizeof(Weakref),
                                      .flags = type_flag::Gc | type_flag::BaseType,
                                      .slots = weakref_slots,
                                      .methods = weakref_methods,
                                      .getset = weakref_getset,
                                      .vectorcall_offset = offsetof(Weakref, vectorcall)};

// --- proxies -----------------------------------------------------------------------------------------------------------------

namespace {

bool is_proxy(const Object* o) { return o->type == &ProxyType::s_type || o->type == &CallableProxyType::s_type; }

/// The object itself, or what a proxy stands for; ReferenceError if that is gone.
Result<Ref<Object>> unwrap(Thread& t, Object* o) {
    if (!is_proxy(o)) return acquire(o);
    MaybeRef<Object> object = weakref_get(static_cast<Weakref*>(o));
    if (!object) return raise(t, exc::ReferenceError, "weakly-referenced object no longer exists");
    return object.take();
}

using O = Borrowed<Object>;

template <Result<Ref<Object>> (*F)(Thread&, O)> Result<Ref<Object>> proxy_unary(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return F(t, object);
}
template <BinaryOp Op> Result<Ref<Object>> proxy_binary(Thread& t, O a, O b) {
    Ref<Object> x = TRY(unwrap(t, a.get())), y = TRY(unwrap(t, b.get()));
    return binary_op(t, Op, x, y);
}
Result<Ref<Object>> proxy_divmod(Thread& t, O a, O b) {
    Ref<Object> x = TRY(unwrap(t, a.get())), y = TRY(unwrap(t, b.get()));
    return divmod(t, x, y);
}
Result<Ref<Object>> proxy_power(Thread& t, O a, O b, O c) {
    Ref<Object> x = TRY(unwrap(t, a.get())), y = TRY(unwrap(t, b.get())), z = TRY(unwrap(t, c.get()));
    return power(t, x, y, z);
}
template <BinaryOp Op> Result<Ref<Object>> proxy_inplace_power(Thread& t, O a, O b, O) { return proxy_binary<Op>(t, a, b); }
Result<Ref<Object>> proxy_str(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return Ref<Object>(TRY(to_str(t, object)));
}
Result<Ref<Object>> proxy_repr(Thread& t, O self) {
    MaybeRef<Object> object = weakref_get(static_cast<Weakref*>(self.get()));
    if (!object) return Ref<Object>(TRY(str_format(t, "<weakproxy at %p; dead>", static_cast<const void*>(self.get()))));
    return Ref<Object>(TRY(str_format(t, "<weakproxy at %p; to '%M' at %p>", static_cast<const void*>(self.get()), object,
                                      static_cast<const void*>(object.get()))));
}
Result<Ref<Object>> proxy_getattr(Thread& t, O self, O name) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return get_attribute(t, object, static_cast<Str*>(name.get()));
}
Result<void> proxy_setattr(Thread& t, O self, O name, Object* value) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    if (value) return set_attribute(t, object, static_cast<Str*>(name.get()), value);
    return delete_attribute(t, object, static_cast<Str*>(name.get()));
}
Result<Ref<Object>> proxy_compare(Thread& t, O a, O b, Comparison op) {
    Ref<Object> x = TRY(unwrap(t, a.get())), y = TRY(unwrap(t, b.get()));
    return compare(t, x, y, op);
}
Result<bool> proxy_bool(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return is_true(t, object);
}
Result<intptr_t> proxy_length(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return length(t, object);
}
Result<bool> proxy_contains(Thread& t, O self, O item) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return contains(t, object, item);
}
Result<Ref<Object>> proxy_get_item(Thread& t, O self, O key) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return get_item(t, object, key);
}
Result<void> proxy_set_item(Thread& t, O self, O key, Object* value) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    if (value) return set_item(t, object, key, value);
    return delete_item(t, object, key);
}
Result<Ref<Object>> proxy_iter(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return get_iterator(t, object);
}
ResultMaybe<Object> proxy_next(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    if (!is_iterator(object.get())) return raise(t, exc::TypeError, "Weakref proxy referenced a non-iterator '%T' object", object);
    return next_item(t, object);
}
Result<Ref<Object>> proxy_call(Thread& t, O self, Borrowed<Tuple> args, Dict* kwargs) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return call_tuple(t, object, args, kwargs);
}
Result<Ref<Object>> proxy_bytes(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return call_method(t, object, names::__bytes__);
}
Result<Ref<Object>> proxy_reversed(Thread& t, O self) {
    Ref<Object> object = TRY(unwrap(t, self.get()));
    return call_method(t, object, names::__reversed__);
}
Result<Ref<Object>> proxy_index(Thread& t, O self) { return Ref<Object>(TRY(to_index(t, TRY(unwrap(t, self.get()))))); }

constexpr NativeDef proxy_methods[] = {
    method<proxy_bytes>("__bytes__", "($self, /)"),
    method<proxy_reversed>("__reversed__", "($self, /)"),
};

#define PROXY_BINARY(id, op) binary_slot<SlotId::id, proxy_binary<BinaryOp::op>>()
#define PROXY_SLOTS                                                                                                                        \
    raw_slot(SlotId::tp_traverse, weakref_traverse), raw_slot(SlotId::tp_clear, weakref_clear),                                            \
        raw_slot(SlotId::tp_dealloc, weakref_dealloc), unary_slot<SlotId::tp_repr, proxy_repr>(), unary_slot<SlotId::tp_str, proxy_str>(), \
        binary_slot<SlotId::tp_getattro, proxy_getattr>(), set_item_slot<SlotId::tp_setattro, proxy_setattr>(),                            \
        compare_slot<SlotId::tp_richcompare, proxy_compare>(), unary_slot<SlotId::tp_iter, proxy_iter>(),                                  \
        unary_slot<SlotId::tp_iternext, proxy_next>(), inquiry_slot<SlotId::nb_bool, proxy_bool>(),                                        \
        size_slot<SlotId::mp_length, proxy_length>(), size_slot<SlotId::sq_length, proxy_length>(),                                        \
        contains_slot<SlotId::sq_contains, proxy_contains>(), binary_slot<SlotId::mp_subscript, proxy_get_item>(),                         \
        set_item_slot<SlotId::mp_ass_subscript, proxy_set_item>(), unary_slot<SlotId::nb_negative, proxy_unary<negative>>(),               \
        unary_slot<SlotId::nb_positive, proxy_unary<positive>>(), unary_slot<SlotId::nb_absolute, proxy_unary<absolute>>(),                \
        unary_slot<SlotId::nb_invert, proxy_unary<invert>>(), unary_slot<SlotId::nb_int, proxy_unary<to_int>>(),                           \
        unary_slot<SlotId::nb_float, proxy_unary<to_float>>(), unary_slot<SlotId::nb_index, proxy_index>(), PROXY_BINARY(nb_add, Add),     \
        PROXY_BINARY(nb_subtract, Subtract), PROXY_BINARY(nb_multiply, Multiply), PROXY_BINARY(nb_remainder, Remainder),                   \
        PROXY_BINARY(nb_lshift, Lshift), PROXY_BINARY(nb_rshift, Rshift), PROXY_BINARY(nb_and, And), PROXY_BINARY(nb_xor, Xor),            \
        PROXY_BINARY(nb_or, Or), PROXY_BINARY(nb_floor_divide, FloorDivide), PROXY_BINARY(nb_true_divide, TrueDivide),                     \
        PROXY_BINARY(nb_matrix_multiply, MatrixMultiply), PROXY_BINARY(nb_inplace_add, InplaceAdd),                                        \
        PROXY_BINARY(nb_inplace_subtract, InplaceSubtract), PROXY_BINARY(nb_inplace_multiply, InplaceMultiply),                            \
        PROXY_BINARY(nb_inplace_remainder, InplaceRemainder), PROXY_BINARY(nb_inplace_lshift, InplaceLshift),                              \
        PROXY_BINARY(nb_inplace_rshift, InplaceRshift), PROXY_BINARY(nb_inplace_and, InplaceAnd),                                          \
        PROXY_BINARY(nb_inplace_xor, InplaceXor), PROXY_BINARY(nb_inplace_or, InplaceOr),                                                  \
        PROXY_BINARY(nb_inplace_floor_divide, InplaceFloorDivide), PROXY_BINARY(nb_inplace_true_divide, InplaceTrueDivide),                \
        PROXY_BINARY(nb_inplace_matrix_multiply, InplaceMatrixMultiply), binary_slot<SlotId::nb_divmod, proxy_divmod>(),                   \
        ternary_slot<SlotId::nb_power, proxy_power>(),                                                                                     \
        ternary_slot<SlotId::nb_inplace_power, proxy_inplace_power<BinaryOp::InplacePower>>(),                                             \
        raw_slot(SlotId::tp_hash, hash_not_implemented)

} // namespace

static const SlotDef proxy_slots[] = {PROXY_SLOTS};
extern const TypeSpec proxy_spec = {.type = &ProxyType::s_type,
                                    .name = "weakref.ProxyType",
                                    .basicsize = sizeof(Weakref),
                                    .flags = type_flag::Gc,
                                    .slots = proxy_slots,
                                    .methods = proxy_methods};
static const SlotDef callable_proxy_slots[] = {PROXY_SLOTS, ternary_slot<SlotId::tp_call, proxy_call>()};
extern const TypeSpec callable_proxy_spec = {.type = &CallableProxyType::s_type,
                                             .name = "weakref.CallableProxyType",
                                             .basicsize = sizeof(Weakref),
                                             .flags = type_flag::Gc,
                                             .slots = callable_proxy_slots};

} // namespace taipan
