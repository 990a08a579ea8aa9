// Memory of instances of classes: allocation, the collector's view, deallocation with finalizers.
#include "objects/abstract.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/slot_names.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/heap_inline.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

Result<Ref<Object>> allocate_object(Thread& t, Type& type, intptr_t items) {
    if (type.itemsize && items > (INTPTR_MAX - type.basicsize) / type.itemsize) return raise_memory_error(t);
    size_t size = static_cast<size_t>(type.basicsize) + static_cast<size_t>(type.itemsize) * static_cast<size_t>(items);
    size = (size + 7) & ~size_t{7};
    size_t values = 0;
    uint8_t capacity = 0;
    if (type.has(type_flag::InlineValues)) {
        capacity = instance_capacity(&type);
        values = dict_values_size(capacity);
    }
    size_t whole = size + values;
    HeapKind kind = heap_kind_of(&type);
    void* memory =
        LIKELY(whole + heap_preheader_size(kind) <= MaxSmallSize) ? heap_alloc_small(t, kind, whole) : heap_alloc(t, kind, whole);
    if (UNLIKELY(!memory)) {
        // The way out of raise_memory_error(): nothing is left for the exception itself.
        if (auto* reserve = static_cast<BaseException*>(t.runtime->memory_error_reserve); reserve && &type == &exc::MemoryError) {
            if (!reserve->args) reserve->args = tuple_empty().release();
            return t.set_exception(Ref<Object>::acquire(reserve));
        }
        return raise_memory_error(t);
    }
    clear_words(static_cast<char*>(memory) + sizeof(Object), (size - sizeof(Object)) / sizeof(uint64_t));
    auto* object = static_cast<Object*>(memory);
    if (values) inline_values_init(reinterpret_cast<DictValues*>(static_cast<char*>(memory) + type.basicsize), capacity);
    if (type.itemsize) static_cast<VarObject*>(object)->size = items;
    object_init_typed(t, object, &type);
    return Ref<Object>::steal(object);
}

void free_object(void* memory) { heap_free(Thread::current(), static_cast<Object*>(memory)); }

Object* generic_alloc(Type* type, intptr_t items) {
    Thread& t = Thread::current();
    // One item more than asked for, as extension types expect (a terminator).
    auto made = allocate_object(t, *type, type->itemsize ? items + 1 : 0);
    if (made.is_error()) return nullptr;
    Object* object = made.take().release();
    if (type->itemsize && type->basicsize >= static_cast<intptr_t>(sizeof(VarObject))) static_cast<VarObject*>(object)->size = items;
    if (type->has(type_flag::Gc)) gc_track(object);
    return object;
}

namespace {

/// The members that __slots__ added to this very type.
std::span<const MemberDef> slots_of(Type* type) {
    intptr_t count = static_cast<HeapType*>(type)->size;
    auto* first = reinterpret_cast<const MemberDef*>(reinterpret_cast<char*>(type) + type->type->basicsize);
    return {first, static_cast<size_t>(count)};
}

/// The nearest base that is not one of our classes.
Type* native_base(Type* type) {
    Type* base = type;
    while (base->dealloc == instance_dealloc) base = base->base;
    return base;
}

Object*& slot_at(Object* self, const MemberDef& member) {
    return *reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + member.offset);
}

bool is_counted_slot(const MemberDef& member) { return member.type == member_type::ObjectEx && !(member.flags & member_flag::ReadOnly); }

} // namespace

int instance_traverse(Object* self, VisitFunc visit, void* context) {
    Type* type = self->type;
    Type* base = type;
    int result = 0;
    while (base->traverse == instance_traverse) {
        if (base->is_heap_type())
            for (const MemberDef& member : slots_of(base))
                if (is_counted_slot(member) && slot_at(self, member) && (result = visit(slot_at(self, member), context))) return result;
        base = base->base;
    }
    if (type->has(type_flag::ManagedDict)) {
        if ((result = instance_values_traverse(self, visit, context))) return result;
    } else if (type->dict_offset != base->dict_offset) {
        if (Object** dict = instance_dict_pointer(self); dict && *dict && (result = visit(*dict, context))) return result;
    }
    // The base visits the type itself only if it is made at run time, too.
    if (!(base->traverse && base->is_heap_type()) && (result = visit(type, context))) return result;
    return base->traverse ? base->traverse(self, visit, context) : 0;
}

int instance_clear(Object* self) {
    Thread& t = Thread::current();
    Type* type = self->type;
    Type* base = type;
    while (base->clear == instance_clear) {
        if (base->is_heap_type())
            for (const MemberDef& member : slots_of(base))
                if (is_counted_slot(member)) clear_field(slot_at(self, member));
        base = base->base;
    }
    if (type->has(type_flag::ManagedDict)) instance_values_clear(t, self);
    else if (type->dict_offset != base->dict_offset)
        if (Object** dict = instance_dict_pointer(self)) clear_field(*dict);
    return base->clear ? base->clear(self) : 0;
}

void instance_dealloc(Object* self) {
    Thread& t = Thread::current();
    Type* type = self->type;
    Type* base = native_base(type);
    // 1. The finalizer, which may bring the object back.
    if (type->finalize && !call_finalizer_from_dealloc(self)) return;
    if (type->del) {
        type->del(self);
        if (refcount(self) > 0) return;
    }
    if (type->has(type_flag::Gc)) gc_untrack(self);
    // 2. Weak references, unless the base knows of them.
    if (type->weaklist_offset && !base->weaklist_offset) clear_weakrefs(self);
    // 3. Slots and dict.
    for (Type* cls = type; cls != base; cls = cls->base)
        for (const MemberDef& member : slots_of(cls))
            if (is_counted_slot(member)) clear_field(slot_at(self, member));
    if (type->has(type_flag::ManagedDict)) instance_values_clear(t, self);
    else if (type->dict_offset && !base->dict_offset)
        if (Object** dict = instance_dict_pointer(self)) clear_field(*dict);
    // 4. What the base has, and the memory. The type must outlive that.
    type = self->type; // a finalizer may have assigned __class__
    bool base_drops_type = base->is_heap_type();
    if (base->has(type_flag::Gc) && type->has(type_flag::Gc)) gc_track(self);
    base->dealloc(self);
    if (!base_drops_type) type_decref(t, type);
}

} // namespace taipan
