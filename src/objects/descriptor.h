// Descriptors of builtin types (CPython's layouts), property, classmethod, staticmethod, super, mappingproxy.
#pragma once

#include "objects/type_spec.h"

namespace taipan {

struct Descriptor : Object {
    Type* owner;
    Str* name;
    Object* qualname;
};
struct MethodDescriptor : Descriptor { // method_descriptor, classmethod_descriptor
    const NativeDef* def;
    VectorcallFunc vectorcall;
    static Type s_type;
};
struct ClassMethodDescriptor : MethodDescriptor {
    static Type s_type;
};
struct MemberDescriptor : Descriptor {
    const MemberDef* member;
    static Type s_type;
};
struct GetSetDescriptor : Descriptor {
    const GetSetDef* getset;
    static Type s_type;
};
struct SlotWrapperBase;                 // objects/slot_names.h: one row per dunder name and slot
struct WrapperDescriptor : Descriptor { // "slot wrapper"
    const SlotWrapperBase* base;
    void* wrapped;
    VectorcallFunc vectorcall;
    static Type s_type;
};
/// The slot function for Python; the caller has checked that `object` is one of its class's, and that the C stack is not used up.
Object* call_slot_wrapper(Thread& t, const WrapperDescriptor* self, Object* object, std::span<Object* const> args, Dict* kwargs);
struct MethodWrapper : Object { // a slot wrapper bound to an object
    WrapperDescriptor* descriptor;
    Object* self;
    VectorcallFunc vectorcall;
    static Type s_type;
};
struct Property : Object {
    Object *getter, *setter, *deleter, *doc, *name;
    int getter_doc;
    static Type s_type;
};
struct ClassMethod : Object {
    Object *callable, *dict;
    static Type s_type;
};
struct StaticMethod : Object {
    Object *callable, *dict;
    static Type s_type;
};
struct MappingProxy : Object {
    Object* mapping;
    static Type s_type;
};
struct Super : Object {
    Type* this_class;
    Object* object;
    Type* object_type;
    static Type s_type;
};

Result<Ref<Object>> method_descriptor_new(Thread& t, Type& owner, const NativeDef& def);
Result<Ref<Object>> getset_descriptor_new(Thread& t, Type& owner, const GetSetDef& def);
Result<Ref<Object>> member_descriptor_new(Thread& t, Type& owner, const MemberDef& def);
Result<Ref<Object>> wrapper_descriptor_new(Thread& t, Type& owner, const SlotWrapperBase& base, void* function);
Result<Ref<Object>> static_method_new(Thread& t, Borrowed<Object> callable);
Result<Ref<Object>> class_method_new(Thread& t, Borrowed<Object> callable);
/// The builtin function getattr, for __reduce__ of what is found by it.
Result<Ref<Object>> builtin_getattr(Thread& t);
Result<Ref<Object>> mapping_proxy_new(Thread& t, Borrowed<Object> mapping);
/// Reads or writes a C member of an object (slots of heap types too).
Result<Ref<Object>> member_get(Thread& t, Object* object, const MemberDef& member);
Result<void> member_set(Thread& t, Object* object, const MemberDef& member, Object* value);

/// What __text_signature__ shows of a native's declared signature. A parameter with the default <hidden> stands for
/// signatures that cannot be shown.
Result<Ref<Object>> shown_signature(Thread& t, const char* signature);

} // namespace taipan
