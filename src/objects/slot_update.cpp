// Where slots lie in a type, and keeping them in step with the dunder attributes.
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/set.h"
#include "objects/slot_names.h"
#include "objects/type_object.h"

namespace taipan {

intptr_t hash_not_implemented(Object* object);
Object* tp_new_wrapper(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames);

namespace {

enum class Group : uint8_t { None, Type, Async, Number, Sequence, Mapping, Buffer };
struct Location {
    Group group = Group::None;
    uint16_t offset = 0;
};

constexpr int SlotCount = static_cast<int>(SlotId::tp_token) + 1;

struct Locations {
    Location at[SlotCount];
};

constexpr Locations make_locations() {
    Locations l;
    auto put = [&](SlotId id, Group group, size_t offset) { l.at[static_cast<int>(id)] = {group, static_cast<uint16_t>(offset)}; };
#define T(id, field) put(SlotId::id, Group::Type, offsetof(Type, field));
#define N(id, field) put(SlotId::id, Group::Number, offsetof(NumberMethods, field));
#define S(id, field) put(SlotId::id, Group::Sequence, offsetof(SequenceMethods, field));
#define M(id, field) put(SlotId::id, Group::Mapping, offsetof(MappingMethods, field));
#define A(id, field) put(SlotId::id, Group::Async, offsetof(AsyncMethods, field));
#define B(id, field) put(SlotId::id, Group::Buffer, offsetof(BufferProcs, field));
    // clang-format off
    B(bf_getbuffer, get) B(bf_releasebuffer, release)
    M(mp_ass_subscript, set_subscript) M(mp_length, length) M(mp_subscript, subscript)
    N(nb_absolute, absolute) N(nb_add, add) N(nb_and, and_) N(nb_bool, truth) N(nb_divmod, divmod) N(nb_float, float_)
    N(nb_floor_divide, floor_divide) N(nb_index, index) N(nb_inplace_add, inplace_add) N(nb_inplace_and, inplace_and)
    N(nb_inplace_floor_divide, inplace_floor_divide) N(nb_inplace_lshift, inplace_lshift)
    N(nb_inplace_multiply, inplace_multiply) N(nb_inplace_or, inplace_or) N(nb_inplace_power, inplace_power)
    N(nb_inplace_remainder, inplace_remainder) N(nb_inplace_rshift, inplace_rshift)
    N(nb_inplace_subtract, inplace_subtract) N(nb_inplace_true_divide, inplace_true_divide) N(nb_inplace_xor, inplace_xor)
    N(nb_int, int_) N(nb_invert, invert) N(nb_lshift, lshift) N(nb_multiply, multiply) N(nb_negative, negative)
    N(nb_or, or_) N(nb_positive, positive) N(nb_power, power) N(nb_remainder, remainder) N(nb_rshift, rshift)
    N(nb_subtract, subtract) N(nb_true_divide, true_divide) N(nb_xor, xor_) N(nb_matrix_multiply, matrix_multiply)
    N(nb_inplace_matrix_multiply, inplace_matrix_multiply)
    S(sq_ass_item, set_item) S(sq_concat, concat) S(sq_contains, contains) S(sq_inplace_concat, inplace_concat)
    S(sq_inplace_repeat, inplace_repeat) S(sq_item, item) S(sq_length, length) S(sq_repeat, repeat)
    T(tp_alloc, alloc) T(tp_call, call) T(tp_clear, clear) T(tp_dealloc, dealloc) T(tp_del, del)
    T(tp_descr_get, descr_get) T(tp_descr_set, descr_set) T(tp_getattr, getattr_char) T(tp_getattro, getattr) T(tp_hash, hash)
    T(tp_init, init) T(tp_is_gc, is_gc) T(tp_iter, iter) T(tp_iternext, next) T(tp_new, construct) T(tp_repr, repr)
    T(tp_richcompare, compare) T(tp_setattr, setattr_char) T(tp_setattro, setattr) T(tp_str, str) T(tp_traverse, traverse)
    T(tp_free, free) T(tp_finalize, finalize) T(tp_vectorcall, vectorcall) T(tp_methods, methods) T(tp_members, members)
    T(tp_getset, getset) T(tp_doc, doc)
    A(am_await, await) A(am_aiter, aiter) A(am_anext, anext) A(am_send, send)
    // clang-format on
#undef T
#undef N
#undef S
#undef M
#undef A
#undef B
                                                                                                return l;
}
constexpr Locations locations = make_locations();

void* group_base(Type& type, Group group) {
    switch (group) {
    case Group::Type: return &type;
    case Group::Async: return type.as_async;
    case Group::Number: return type.as_number;
    case Group::Sequence: return type.as_sequence;
    case Group::Mapping: return type.as_mapping;
    case Group::Buffer: return type.as_buffer;
    case Group::None: break;
    }
    return nullptr;
}

} // namespace

void** slot_pointer(Type& type, SlotId slot) {
    Location location = locations.at[static_cast<int>(slot)];
    void* base = group_base(type, location.group);
    return base ? reinterpret_cast<void**>(static_cast<char*>(base) + location.offset) : nullptr;
}

template <class G> static void ensure_group(G*& group) {
    if (!group) group = static_cast<G*>(raw_calloc(1, sizeof(G)));
    VERIFY(group);
}

void** slot_pointer_ensure(Type& type, SlotId slot) {
    switch (locations.at[static_cast<int>(slot)].group) {
    case Group::Async: ensure_group(type.as_async); break;
    case Group::Number: ensure_group(type.as_number); break;
    case Group::Sequence: ensure_group(type.as_sequence); break;
    case Group::Mapping: ensure_group(type.as_mapping); break;
    case Group::Buffer: ensure_group(type.as_buffer); break;
    default: break;
    }
    return slot_pointer(type, slot);
}

Result<void> add_slot_wrappers(Thread& t, Type& type) {
    Borrowed<Dict> dict = static_cast<Dict*>(type.dict);
    for (const SlotWrapperBase& row : slot_names()) {
        if (!row.wrapper) continue;
        void** slot = slot_pointer(type, row.slot);
        if (!slot || !*slot) continue;
        Borrowed<Str> name = *row.interned;
        if (TRY(dict_contains(t, dict, name))) continue;
        if (*slot == reinterpret_cast<void*>(hash_not_implemented)) {
            TRY(dict_set(t, dict, name, None()));
            continue;
        }
        Ref<Object> descriptor = TRY(wrapper_descriptor_new(t, type, row, *slot));
        TRY(dict_set(t, dict, name, descriptor));
    }
    return {};
}

/// Of all slots that `name` can fill: the one that the type has filled, or null if there are none or several.
static void** only_slot_named(Type& type, Str* name) {
    void** found = nullptr;
    for (const SlotWrapperBase& row : slot_names()) {
        if (*row.interned != name) continue;
        void** slot = slot_pointer(type, row.slot);
        if (!slot || !*slot || slot == found) continue;
        if (found) return nullptr;
        found = slot;
    }
    return found;
}

/// tuple's __add__ is sq_concat: it must not become nb_add of a subclass, which would be asked with the operands reversed.
static bool mixes_number_and_sequence(SlotId a, SlotId b) {
    auto number = [](SlotId id) {
        return (id >= SlotId::nb_absolute && id <= SlotId::nb_xor) || id == SlotId::nb_matrix_multiply ||
               id == SlotId::nb_inplace_matrix_multiply;
    };
    auto sequence = [](SlotId id) { return id >= SlotId::sq_ass_item && id <= SlotId::sq_repeat; };
    return (number(a) && sequence(b)) || (number(b) && sequence(a));
}

/// The containers' __getitem__ and __contains__ are methods, as in CPython, but do what the slot of their type does: a subclass
/// that does not override them has the slot. Null: something else.
static void* slot_of_method(Object* descriptor, const SlotWrapperBase& row) {
    if (!is_exact<MethodDescriptor>(descriptor) || (*row.interned != names::__getitem__ && *row.interned != names::__contains__))
        return nullptr;
    Type* owner = static_cast<MethodDescriptor*>(descriptor)->owner;
    if (owner != &Dict::s_type && owner != &List::s_type && owner != &Set::s_type && owner != &FrozenSet::s_type) return nullptr;
    if (static_cast<MethodDescriptor*>(descriptor)->name != *row.interned) return nullptr;
    void** slot = slot_pointer(*owner, row.slot);
    return slot ? *slot : nullptr;
}

/// Sets one slot of a heap type from the attributes that the rows [first, last) name.
/// A slot and what it is to hold.
struct SlotChange {
    void** slot;
    void* function;
};
static SlotChange slot_change(Thread& t, Type& type, const SlotWrapperBase* first, const SlotWrapperBase* last) {
    void** slot = slot_pointer(type, first->slot);
    if (!slot) return {};
    void *specific = nullptr, *generic = nullptr;
    bool use_generic = false;
    for (const SlotWrapperBase* row = first; row != last; ++row) {
        MaybeRef<Object> found = type_lookup(t, type, *row->interned);
        if (!found) {
            if (row->slot == SlotId::tp_iternext) specific = reinterpret_cast<void*>(next_not_implemented);
            continue;
        }
        Object* descriptor = found.get();
        if (is_exact<WrapperDescriptor>(descriptor) && static_cast<WrapperDescriptor*>(descriptor)->base->interned == row->interned) {
            // A slot wrapper of a builtin base: use its slot directly if nothing speaks against it.
            auto* wrapper = static_cast<WrapperDescriptor*>(descriptor);
            void** only = only_slot_named(type, *row->interned);
            if (!only || only == slot) generic = row->function;
            if ((!specific || specific == wrapper->wrapped) && wrapper->base->wrapper == row->wrapper &&
                !mixes_number_and_sequence(wrapper->base->slot, row->slot) && is_subtype(&type, wrapper->owner)) {
                specific = wrapper->wrapped;
            } else {
                use_generic = true;
            }
        } else if (row->slot == SlotId::tp_new && is_exact<BuiltinFunction>(descriptor) &&
                   static_cast<BuiltinFunction*>(descriptor)->def->entry == tp_new_wrapper) {
            // The __new__ of a builtin type: what the type has inherited calls the same.
            specific = reinterpret_cast<void*>(type.construct);
            if (auto* owner = static_cast<BuiltinFunction*>(descriptor)->self;
                owner && is<Type>(owner) && is_subtype(&type, static_cast<Type*>(owner)))
                specific = reinterpret_cast<void*>(static_cast<Type*>(owner)->construct);
        } else if (void* own = slot_of_method(descriptor, *row); own && is_subtype(&type, static_cast<Descriptor*>(descriptor)->owner)) {
            specific = own;
        } else if (is_none(descriptor) && row->slot == SlotId::tp_hash) {
            specific = reinterpret_cast<void*>(hash_not_implemented);
        } else {
            use_generic = true;
            generic = row->function;
        }
    }
    return {slot, specific && !use_generic ? specific : generic};
}

template <class Visit> static void for_each_slot(Visit visit) {
    auto rows = slot_names();
    for (size_t i = 0; i < rows.size();) {
        size_t end = i + 1;
        while (end < rows.size() && rows[end].slot == rows[i].slot) ++end;
        visit(&rows[i], rows.data() + end);
        i = end;
    }
}

void fixup_slots(Thread& t, Type& type) {
    SlotChange changes[128];
    size_t count = 0;
    for_each_slot([&](const SlotWrapperBase* first, const SlotWrapperBase* last) {
        SlotChange change = slot_change(t, type, first, last);
        if (!change.slot || *change.slot == change.function) return;
        ASSERT(count < std::size(changes));
        changes[count++] = change;
    });
    // Others read the slots of a type that is in use without a lock.
    bool in_use = type.has(type_flag::Ready);
    if (in_use) stop_world(t);
    for (size_t i = 0; i < count; ++i) *changes[i].slot = changes[i].function;
    if (in_use) start_world(t);
}

static void update_subclasses(Thread& t, Type& type, Borrowed<Str> name) {
    for_each_slot([&](const SlotWrapperBase* first, const SlotWrapperBase* last) {
        for (const SlotWrapperBase* row = first; row != last; ++row) {
            if (*row->interned != name.get()) continue;
            SlotChange change = slot_change(t, type, first, last);
            if (change.slot && *change.slot != change.function) {
                // Others read slots without a lock.
                stop_world(t);
                *change.slot = change.function;
                start_world(t);
            }
            return;
        }
    });
    auto listed = type_subclasses(t, type);
    if (listed.is_error()) return t.clear_exception();
    Ref<List> subclasses = listed.take();
    for (intptr_t i = 0; i < subclasses->size; ++i) {
        auto* subclass = static_cast<Type*>(subclasses->items[i]);
        // A subclass with an attribute of its own is not concerned.
        auto own = dict_get_str(t, static_cast<Dict*>(subclass->dict), name);
        if (own.is_error()) t.clear_exception();
        else if (own.take()) continue;
        update_subclasses(t, *subclass, name);
    }
}

void update_slots(Thread& t, Type& type, Borrowed<Str> name) {
    if (name->length < 4 || name->at(0) != '_' || name->at(1) != '_') return;
    update_subclasses(t, type, name);
}

} // namespace taipan
