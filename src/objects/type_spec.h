// How a builtin type is declared: one TypeSpec with its slots, methods, attributes and members, listed in
// builtin_types.def. Slot functions are typed (Result, Borrowed); `slot<…>` makes the C-convention thunk.
//
//     static Result<Ref<Str>> list_repr(Thread& t, Borrowed<List> self);
//     const TypeSpec list_spec = {
//         .type = &List::s_type, .name = "list", .basicsize = sizeof(List),
//         .flags = type_flag::BaseType | type_flag::Gc | type_flag::ListSubclass | type_flag::Sequence,
//         .doc = "…", .signature = "(iterable=(), /)",
//         .slots = list_slots, .methods = list_methods, …};
#pragma once

#include "objects/native.h"
#include "objects/tuple.h"

namespace taipan {

/// CPython's slot numbers (typeslots.h).
enum class SlotId : uint16_t {
    bf_getbuffer = 1,
    bf_releasebuffer,
    mp_ass_subscript,
    mp_length,
    mp_subscript,
    nb_absolute,
    nb_add,
    nb_and,
    nb_bool,
    nb_divmod,
    nb_float,
    nb_floor_divide,
    nb_index,
    nb_inplace_add,
    nb_inplace_and,
    nb_inplace_floor_divide,
    nb_inplace_lshift,
    nb_inplace_multiply,
    nb_inplace_or,
    nb_inplace_power,
    nb_inplace_remainder,
    nb_inplace_rshift,
    nb_inplace_subtract,
    nb_inplace_true_divide,
    nb_inplace_xor,
    nb_int,
    nb_invert,
    nb_lshift,
    nb_multiply,
    nb_negative,
    nb_or,
    nb_positive,
    nb_power,
    nb_remainder,
    nb_rshift,
    nb_subtract,
    nb_true_divide,
    nb_xor,
    sq_ass_item,
    sq_concat,
    sq_contains,
    sq_inplace_concat,
    sq_inplace_repeat,
    sq_item,
    sq_length,
    sq_repeat,
    tp_alloc,
    tp_base,
    tp_bases,
    tp_call,
    tp_clear,
    tp_dealloc,
    tp_del,
    tp_descr_get,
    tp_descr_set,
    tp_doc,
    tp_getattr,
    tp_getattro,
    tp_hash,
    tp_init,
    tp_is_gc,
    tp_iter,
    tp_iternext,
    tp_methods,
    tp_new,
    tp_repr,
    tp_richcompare,
    tp_setattr,
    tp_setattro,
    tp_str,
    tp_traverse,
    tp_members,
    tp_getset,
    tp_free,
    nb_matrix_multiply,
    nb_inplace_matrix_multiply,
    am_await,
    am_aiter,
    am_anext,
    tp_finalize,
    am_send,
    tp_vectorcall,
    tp_token,
};

struct SlotDef {
    SlotId id;
    void* function;
};

/// PyGetSetDef.
struct GetSetDef {
    const char* name;
    Object* (*get)(Object*, void*);
    int (*set)(Object*, Object*, void*);
    const char* doc;
    void* closure;
};
/// PyMemberDef.
struct MemberDef {
    const char* name;
    int type; // member_type
    intptr_t offset;
    int flags; // member_flag
    const char* doc;
};
namespace member_type {
constexpr int Short = 0, Int = 1, Long = 2, Float = 3, Double = 4, String = 5, ObjectOrNone = 6, Char = 7, Byte = 8, UByte = 9, UShort = 10,
              UInt = 11, ULong = 12, StringInplace = 13, Bool = 14, ObjectEx = 16, LongLong = 17, ULongLong = 18, Size = 19, None = 20;
} // namespace member_type
namespace member_flag {
constexpr int ReadOnly = 1, AuditRead = 2, RelativeOffset = 8;
} // namespace member_flag

struct TypeSpec {
    Type* type;
    const char* name;     // "module.name"; builtins without a module
    Type* base = nullptr; // null: object
    intptr_t basicsize = 0, itemsize = 0;
    unsigned long flags = 0;
    const char* doc = nullptr;
    const char* signature = nullptr; // "(iterable=(), /)": __text_signature__ of the type
    std::span<const SlotDef> slots = {};
    std::span<const NativeDef> methods = {};
    std::span<const GetSetDef> getset = {};
    std::span<const MemberDef> members = {};
    intptr_t weaklist_offset = 0, dict_offset = 0, vectorcall_offset = 0;
    /// Called once the type is ready: adds constants to its dict.
    Result<void> (*ready)(Thread& t, Type& type) = nullptr;
};

/// Fills and readies a static type from its declaration: inherits slots, makes descriptors, the MRO and the dict.
Result<void> type_ready(Thread& t, const TypeSpec& spec);
/// The declarations of builtin_types.def, in their order.
std::span<const TypeSpec* const> builtin_type_specs();
/// Readies every type of builtin_types.def, in its order. Called once at start.
Result<void> builtin_types_ready(Thread& t);

namespace slot_detail {

template <class P> ALWAYS_INLINE P pass(Object* o) {
    if constexpr (std::is_pointer_v<P>) return static_cast<P>(o);
    else return P(static_cast<std::remove_reference_t<decltype(*std::declval<P>())>*>(o));
}
template <class T> ALWAYS_INLINE Object* give(Ref<T>&& r) { return r.release(); }
template <class T> ALWAYS_INLINE Object* give(Result<Ref<T>>&& r) { return r.release_or_null(); }
template <class T> ALWAYS_INLINE Object* give(ResultMaybe<T>&& r) {
    if (r.is_error()) return nullptr;
    return r.take().release();
}
ALWAYS_INLINE Object* give(Object* immortal) { return immortal; }
ALWAYS_INLINE int give_int(Result<void>&& r) { return r.as_int(); }
ALWAYS_INLINE int give_int(Result<bool>&& r) { return r.as_int(); }
ALWAYS_INLINE int give_int(bool r) { return r; }
template <std::integral I> ALWAYS_INLINE intptr_t give_size(Result<I>&& r) { return r.is_error() ? -1 : r.take(); }
ALWAYS_INLINE intptr_t give_size(intptr_t r) { return r; }

// One template a calling convention: C arguments in, typed function in the middle, C result out. Slots are where natives
// recurse through user data, so all that can raise watch the C stack; calls and the interpreter do it themselves.
inline bool out_of_stack(Thread& t) {
    if (LIKELY(!c_stack_low(t))) return false;
    (void)raise_recursion_error(t, "");
    return true;
}
#define TAIPAN_SLOT_GUARD(failure)                                                                                                         \
    Thread& t = Thread::current();                                                                                                         \
    if (UNLIKELY(out_of_stack(t))) return failure
template <auto F> struct Thunk;
template <class R, class A, R (*F)(Thread&, A)> struct Thunk<F> {
    static Object* unary(Object* a) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(a)));
    }
    static int inquiry(Object* a) {
        if constexpr (std::is_same_v<R, Result<bool>>) {
            TAIPAN_SLOT_GUARD(-1);
            return give_int(F(t, pass<A>(a)));
        } else {
            return give_int(F(Thread::current(), pass<A>(a)));
        }
    }
    static intptr_t size(Object* a) {
        if constexpr (std::is_integral_v<R>) {
            return give_size(F(Thread::current(), pass<A>(a)));
        } else {
            TAIPAN_SLOT_GUARD(-1);
            return give_size(F(t, pass<A>(a)));
        }
    }
    static void destructor(Object* a) { F(Thread::current(), pass<A>(a)); }
};
template <class R, class A, class B, R (*F)(Thread&, A, B)> struct Thunk<F> {
    static Object* binary(Object* a, Object* b) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(a), pass<B>(b)));
    }
    static Object* index(Object* a, intptr_t i) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(a), i));
    }
    static int contains(Object* a, Object* b) {
        TAIPAN_SLOT_GUARD(-1);
        return give_int(F(t, pass<A>(a), pass<B>(b)));
    }
};
template <class R, class A, class B, class C, R (*F)(Thread&, A, B, C)> struct Thunk<F> {
    static Object* ternary(Object* a, Object* b, Object* c) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(a), pass<B>(b), pass<C>(c)));
    }
    static int set_item(Object* a, Object* b, Object* c) {
        TAIPAN_SLOT_GUARD(-1);
        return give_int(F(t, pass<A>(a), pass<B>(b), pass<C>(c)));
    }
    static int set_index(Object* a, intptr_t i, Object* c) {
        TAIPAN_SLOT_GUARD(-1);
        return give_int(F(t, pass<A>(a), i, pass<C>(c)));
    }
    static Object* compare(Object* a, Object* b, int op) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(a), pass<B>(b), static_cast<Comparison>(op)));
    }
    static Object* construct(Type* type, Object* args, Object* kwargs) {
        TAIPAN_SLOT_GUARD(nullptr);
        return give(F(t, pass<A>(type), pass<B>(args), reinterpret_cast<C>(kwargs)));
    }
    static int init(Object* a, Object* args, Object* kwargs) {
        TAIPAN_SLOT_GUARD(-1);
        return give_int(F(t, pass<A>(a), pass<B>(args), reinterpret_cast<C>(kwargs)));
    }
    static int get_buffer(Object* a, Buffer* view, int flags) { return give_int(F(Thread::current(), pass<A>(a), view, flags)); }
    static int send(Object* a, Object* b, Object** out) { return static_cast<int>(F(Thread::current(), pass<A>(a), pass<B>(b), out)); }
};

} // namespace slot_detail

// One maker a family of slots (`self` may be Borrowed<T>; operators that also run reflected take Borrowed<Object>).
#define TAIPAN_SLOT_MAKER(maker, member)                                                                                                   \
    template <SlotId Id, auto F> SlotDef maker() { return {Id, reinterpret_cast<void*>(&slot_detail::Thunk<F>::member)}; }
/// tp_repr, tp_str, tp_iter, tp_iternext (returns ResultMaybe), nb_negative, nb_int, nb_index, am_await …
TAIPAN_SLOT_MAKER(unary_slot, unary)
/// nb_add …, mp_subscript, sq_concat, tp_getattro
TAIPAN_SLOT_MAKER(binary_slot, binary)
/// nb_power, tp_call (Borrowed<Tuple> args, Dict* kwargs), tp_descr_get (Object* instance, Object* owner: may be null)
TAIPAN_SLOT_MAKER(ternary_slot, ternary)
/// nb_bool (Result<bool>), tp_clear
TAIPAN_SLOT_MAKER(inquiry_slot, inquiry)
/// sq_length, mp_length, tp_hash: Result<intptr_t> or intptr_t
TAIPAN_SLOT_MAKER(size_slot, size)
/// sq_item, sq_repeat: (T self, intptr_t)
TAIPAN_SLOT_MAKER(index_slot, index)
/// sq_ass_item: (self, intptr_t, Object* value; null deletes)
TAIPAN_SLOT_MAKER(set_index_slot, set_index)
/// mp_ass_subscript, tp_setattro, tp_descr_set: (self, key, Object* value; null deletes)
TAIPAN_SLOT_MAKER(set_item_slot, set_item)
/// sq_contains: Result<bool>
TAIPAN_SLOT_MAKER(contains_slot, contains)
/// tp_richcompare: (self, other, Comparison)
TAIPAN_SLOT_MAKER(compare_slot, compare)
/// tp_new: (Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs)
TAIPAN_SLOT_MAKER(construct_slot, construct)
/// tp_init: (self, Borrowed<Tuple> args, Dict* kwargs) -> Result<void>
TAIPAN_SLOT_MAKER(init_slot, init)
/// tp_dealloc, tp_finalize: void (self)
TAIPAN_SLOT_MAKER(destructor_slot, destructor)
/// bf_getbuffer: (self, Buffer*, int flags) -> Result<void>
TAIPAN_SLOT_MAKER(get_buffer_slot, get_buffer)
/// am_send: (self, value, Object** out) -> SendResult
TAIPAN_SLOT_MAKER(send_slot, send)
#undef TAIPAN_SLOT_MAKER
#undef TAIPAN_SLOT_GUARD
/// A function that already has the C convention (or null: slot explicitly absent, tp_hash: not hashable).
inline SlotDef raw_slot(SlotId id, auto function) { return {id, reinterpret_cast<void*>(function)}; }

/// A constructor with typed parameters: `typed_new<int_new, "int", "(x=<unrepresentable>, /, base=…)">()` gives tp_new and
/// tp_vectorcall. F is Result<Ref<…>>(Thread&, Borrowed<Type> type, params…).
template <size_t N> struct FixedString {
    char text[N];
    constexpr FixedString(const char (&s)[N]) {
        for (size_t i = 0; i < N; ++i) text[i] = s[i];
    }
};
/// Calls a native with an argument tuple and an optional dict.
Object* call_native_tuple(Thread& t, const NativeDef& def, Object* receiver, Object* args, Object* kwargs);

/// tp_new's call of a constructor. Keywords that a constructor without any cannot take are ignored when a subclass has an
/// __init__ of its own, which may be whom they are for.
Object* construct_native_tuple(Thread& t, const NativeDef& def, Type* type, Object* args, Object* kwargs);
/// tp_init's call: the same, when a subclass has a __new__ of its own.
int init_native_tuple(Thread& t, const NativeDef& def, Object* self, Object* args, Object* kwargs);

template <auto F, FixedString Name, FixedString Sig> struct TypedNew {
    static constexpr NativeDef def = native_detail::define<F, true, 0>(Name.text, Sig.text, nullptr);
    static Object* construct(Type* type, Object* args, Object* kwargs) {
        return construct_native_tuple(Thread::current(), def, type, args, kwargs);
    }
    static Object* vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
        return def.entry(Thread::current(), def, type, args, vectorcall_nargs(nargsf), kwnames);
    }
};
template <auto F, FixedString Name, FixedString Sig> SlotDef typed_new() {
    return raw_slot(SlotId::tp_new, &TypedNew<F, Name, Sig>::construct);
}
/// Only for types whose __init__ does nothing: instances come from one call without argument tuple.
template <auto F, FixedString Name, FixedString Sig> SlotDef typed_vectorcall() {
    return raw_slot(SlotId::tp_vectorcall, &TypedNew<F, Name, Sig>::vectorcall);
}
/// tp_init with typed parameters; F is Result<void>(Thread&, Borrowed<T> self, params…).
template <auto F, FixedString Name, FixedString Sig> struct TypedInit {
    static constexpr NativeDef def = native_detail::define<F, true, 0>(Name.text, Sig.text, nullptr);
    static int init(Object* self, Object* args, Object* kwargs) { return init_native_tuple(Thread::current(), def, self, args, kwargs); }
};
template <auto F, FixedString Name, FixedString Sig> SlotDef typed_init() {
    return raw_slot(SlotId::tp_init, &TypedInit<F, Name, Sig>::init);
}

/// The counted fields of a type, listed once: traverse, clear and dealloc follow.
///     using RangeFields = Fields<Range, &Range::start, &Range::stop>;
template <class T, auto... Members> struct Fields {
    static int traverse(Object* o, VisitFunc visit, void* context) {
        T* self = static_cast<T*>(o);
        int result = 0; // the type of an instance of a heap type is visited by that type's own traverse
        (void)((self->*Members && (result = visit(reinterpret_cast<Object*>(self->*Members), context)) != 0) || ...);
        return result;
    }
    static int clear(Object* o) {
        release(static_cast<T*>(o));
        return 0;
    }
    /// Drops the fields; for dealloc functions that have more to do.
    static void release(T* self) { (void)std::initializer_list<int>{(drop(self->*Members), 0)...}; }
    static void dealloc(Object* o) {
        gc_untrack(o);
        release(static_cast<T*>(o));
        o->type->free(o);
    }
    /// The slots to spread into the type's list.
    static SlotDef traverse_slot() { return raw_slot(SlotId::tp_traverse, &traverse); }
    static SlotDef clear_slot() { return raw_slot(SlotId::tp_clear, &clear); }
    static SlotDef dealloc_slot() { return raw_slot(SlotId::tp_dealloc, &dealloc); }

private:
    template <class M> static void drop(M*& field) {
        M* old = std::exchange(field, nullptr);
        if (old) decref(reinterpret_cast<Object*>(old));
    }
};

// Attributes computed by typed functions.
namespace slot_detail {
template <auto F> struct Getter;
template <class R, class A, R (*F)(Thread&, A)> struct Getter<F> {
    static Object* get(Object* self, void*) { return native_detail::to_object(Thread::current(), F(Thread::current(), pass<A>(self))); }
};
template <auto F> struct Setter;
template <class A, Result<void> (*F)(Thread&, A, Object*)> struct Setter<F> {
    static int set(Object* self, Object* value, void*) { return F(Thread::current(), pass<A>(self), value).as_int(); }
};
} // namespace slot_detail
/// `get`: R(Thread&, Borrowed<T>).
template <auto Get> GetSetDef getter(const char* name, const char* doc = nullptr) {
    return {name, slot_detail::Getter<Get>::get, nullptr, doc, nullptr};
}
/// `set`: Result<void>(Thread&, Borrowed<T>, Object* value; null deletes).
template <auto Get, auto Set> GetSetDef getter_setter(const char* name, const char* doc = nullptr) {
    return {name, slot_detail::Getter<Get>::get, slot_detail::Setter<Set>::set, doc, nullptr};
}

} // namespace taipan
