// Type objects, with the layout of CPython's PyTypeObject (the free-threaded headers show it): the slots that extension
// modules fill in are the slots that the engine calls. Slot functions follow CPython's calling convention (raw pointers,
// null or -1 with an exception set); natives declare them as typed functions, see runtime/native.h.
#pragma once

#include "runtime/ref.h"

#include <cstddef>

namespace taipan {

struct Buffer; // runtime/buffer.h
struct Dict;
struct Str;
struct Tuple;
struct DictKeys;
struct TypeSpec;

using UnaryFunc = Object* (*)(Object*);
using BinaryFunc = Object* (*)(Object*, Object*);
using TernaryFunc = Object* (*)(Object*, Object*, Object*);
using InquiryFunc = int (*)(Object*);
using LenFunc = intptr_t (*)(Object*);
using IndexFunc = Object* (*)(Object*, intptr_t);
using IndexSetFunc = int (*)(Object*, intptr_t, Object*);
using ContainsFunc = int (*)(Object*, Object*);
using SetItemFunc = int (*)(Object*, Object*, Object*);
using HashFunc = intptr_t (*)(Object*);
using CompareFunc = Object* (*)(Object*, Object*, int op);
using InitFunc = int (*)(Object*, Object* args, Object* kwargs);
using NewFunc = Object* (*)(Type*, Object* args, Object* kwargs);
using AllocFunc = Object* (*)(Type*, intptr_t);
using DestructorFunc = void (*)(Object*);
using FreeFunc = void (*)(void*);
using VisitFunc = int (*)(Object*, void*);
using TraverseFunc = int (*)(Object*, VisitFunc, void*);
/// PEP 590: `nargsf` carries VectorcallOffset in its top bit; `kwnames` is null or a tuple of names, whose values follow
/// the positional arguments.
using VectorcallFunc = Object* (*)(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
using SendFunc = int (*)(Object*, Object*, Object**);
using GetBufferFunc = int (*)(Object*, Buffer*, int);
using ReleaseBufferFunc = void (*)(Object*, Buffer*);
using CharGetAttr = Object* (*)(Object*, char*);
using CharSetAttr = int (*)(Object*, char*, Object*);

constexpr size_t VectorcallOffset = size_t{1} << 63;
ALWAYS_INLINE size_t vectorcall_nargs(size_t nargsf) { return nargsf & ~VectorcallOffset; }

enum class Comparison : int { Lt, Le, Eq, Ne, Gt, Ge };

struct AsyncMethods {
    UnaryFunc await, aiter, anext;
    SendFunc send;
};

struct NumberMethods {
    BinaryFunc add, subtract, multiply, remainder, divmod;
    TernaryFunc power;
    UnaryFunc negative, positive, absolute;
    InquiryFunc truth;
    UnaryFunc invert;
    BinaryFunc lshift, rshift, and_, xor_, or_;
    UnaryFunc int_;
    void* reserved;
    UnaryFunc float_;
    BinaryFunc inplace_add, inplace_subtract, inplace_multiply, inplace_remainder;
    TernaryFunc inplace_power;
    BinaryFunc inplace_lshift, inplace_rshift, inplace_and, inplace_xor, inplace_or;
    BinaryFunc floor_divide, true_divide, inplace_floor_divide, inplace_true_divide;
    UnaryFunc index;
    BinaryFunc matrix_multiply, inplace_matrix_multiply;
};

struct SequenceMethods {
    LenFunc length;
    BinaryFunc concat;
    IndexFunc repeat;
    IndexFunc item;
    void* was_slice;
    IndexSetFunc set_item;
    void* was_set_slice;
    ContainsFunc contains;
    BinaryFunc inplace_concat;
    IndexFunc inplace_repeat;
};

struct MappingMethods {
    LenFunc length;
    BinaryFunc subscript;
    SetItemFunc set_subscript;
};

struct BufferProcs {
    GetBufferFunc get;
    ReleaseBufferFunc release;
};

/// Bits of Type::flags (the numbers are CPython's).
namespace type_flag {
constexpr unsigned long StaticBuiltin = 1ul << 1;
constexpr unsigned long InlineValues = 1ul << 2;
constexpr unsigned long ManagedWeakref = 1ul << 3;
constexpr unsigned long ManagedDict = 1ul << 4;
constexpr unsigned long Preheader = ManagedWeakref | ManagedDict;
constexpr unsigned long Sequence = 1ul << 5;
constexpr unsigned long Mapping = 1ul << 6;
constexpr unsigned long DisallowInstantiation = 1ul << 7;
constexpr unsigned long Immutable = 1ul << 8;
constexpr unsigned long HeapType = 1ul << 9;
constexpr unsigned long BaseType = 1ul << 10;
constexpr unsigned long Vectorcall = 1ul << 11;
constexpr unsigned long Ready = 1ul << 12;
constexpr unsigned long Readying = 1ul << 13;
constexpr unsigned long Gc = 1ul << 14;
constexpr unsigned long MethodDescriptor = 1ul << 17;
constexpr unsigned long ValidVersionTag = 1ul << 19;
constexpr unsigned long Abstract = 1ul << 20;
constexpr unsigned long MatchSelf = 1ul << 22;
constexpr unsigned long ItemsAtEnd = 1ul << 23;
constexpr unsigned long IntSubclass = 1ul << 24;
constexpr unsigned long ListSubclass = 1ul << 25;
constexpr unsigned long TupleSubclass = 1ul << 26;
constexpr unsigned long BytesSubclass = 1ul << 27;
constexpr unsigned long StrSubclass = 1ul << 28;
constexpr unsigned long DictSubclass = 1ul << 29;
constexpr unsigned long BaseExceptionSubclass = 1ul << 30;
constexpr unsigned long TypeSubclass = 1ul << 31;
constexpr unsigned long Default = 0;
} // namespace type_flag

struct Type : VarObject {
    const char* name; // for a static type "module.name", for a heap type its __name__
    intptr_t basicsize, itemsize;
    DestructorFunc dealloc;
    intptr_t vectorcall_offset;
    CharGetAttr getattr_char;
    CharSetAttr setattr_char;
    AsyncMethods* as_async;
    UnaryFunc repr;
    NumberMethods* as_number;
    SequenceMethods* as_sequence;
    MappingMethods* as_mapping;
    HashFunc hash;
    TernaryFunc call;
    UnaryFunc str;
    BinaryFunc getattr;
    SetItemFunc setattr;
    BufferProcs* as_buffer;
    unsigned long flags; // type_flag; relaxed atomic access once published
    const char* doc;
    TraverseFunc traverse;
    InquiryFunc clear;
    CompareFunc compare;
    intptr_t weaklist_offset;
    UnaryFunc iter;
    UnaryFunc next;
    void* methods; // CPython's PyMethodDef[], for extension types
    void* members;
    void* getset;
    Type* base;
    Object* dict; // a Dict
    TernaryFunc descr_get;
    SetItemFunc descr_set;
    intptr_t dict_offset;
    InitFunc init;
    AllocFunc alloc;
    NewFunc construct; // tp_new
    FreeFunc free;
    InquiryFunc is_gc;
    Object* bases; // Tuple
    Object* mro;   // Tuple
    Object* cache;
    void* subclasses; // Dict of weak references, or null
    Object* weaklist;
    DestructorFunc del;
    uint32_t version_tag; // 0: attributes are not cached; see objects/type_lookup.h
    DestructorFunc finalize;
    VectorcallFunc vectorcall;
    uint8_t watched;
    uint16_t versions_used;

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::TypeSubclass;

    bool has(unsigned long flag) const { return __atomic_load_n(&flags, __ATOMIC_RELAXED) & flag; }
    bool is_heap_type() const { return has(type_flag::HeapType); }
};
static_assert(sizeof(Type) == 432);

/// A type made at run time: PyHeapTypeObject.
struct HeapType : Type {
    AsyncMethods async_methods;
    NumberMethods number_methods;
    MappingMethods mapping_methods;
    SequenceMethods sequence_methods;
    BufferProcs buffer_procs;
    Object *ht_name, *ht_slots, *ht_qualname;
    DictKeys* cached_keys; // shared keys of the instances' inline values
    Object* ht_module;
    char* ht_tp_name;
    void* ht_token;
    Object* spec_getitem;
    uint32_t spec_getitem_version;
    uint8_t inline_capacity; // values that the next instance has room for behind itself (this and the next two: padding in CPython)
    uint8_t least_capacity;  // … at least
    bool has_instances;      // or had some; guarded by the lock of the shared keys
    Object* spec_init;
    intptr_t unique_id;
};

/// Whether `type` is `base` or derives from it, by the MRO.
bool is_subtype(const Type* type, const Type* base);

template <class T> ALWAYS_INLINE bool is_exact(const Object* o) { return o->type == &T::s_type; }
/// isinstance for builtin types, without __instancecheck__.
template <class T> ALWAYS_INLINE bool is(const Object* o) {
    if constexpr (T::s_subclass_flag != 0) return o->type->has(T::s_subclass_flag);
    else return o->type == &T::s_type || is_subtype(o->type, &T::s_type);
}
template <class T> ALWAYS_INLINE T* as(Object* o) {
    ASSERT(is<T>(o));
    return static_cast<T*>(o);
}
template <class T> ALWAYS_INLINE Borrowed<T> as(Borrowed<Object> o) { return as<T>(o.get()); }
/// The object as a T, or null if it is not one.
template <class T> ALWAYS_INLINE T* try_as(Object* o) { return is<T>(o) ? static_cast<T*>(o) : nullptr; }
template <class T> ALWAYS_INLINE Ref<T> as(Ref<Object>&& o) { return Ref<T>::steal(as<T>(o.release())); }

} // namespace taipan
