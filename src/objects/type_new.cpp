// Making classes: type(name, bases, namespace).
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/str_builder.h"
#include "objects/super.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <cstring>

namespace taipan {

__attribute__((weak)) MaybeRef<Object> caller_module_name(Thread&) { return {}; }

Type* solid_base(Type* type) {
    Type* base = type->base ? solid_base(type->base) : &Object::s_type;
    return type->basicsize != base->basicsize || type->itemsize != base->itemsize ? type : base;
}

Result<Borrowed<Type>> best_base(Thread& t, Borrowed<Tuple> bases) {
    Type *winner = nullptr, *best = nullptr;
    for (Object* item : *bases) {
        if (!is<Type>(item)) return raise(t, exc::TypeError, "bases must be types");
        auto* base = static_cast<Type*>(item);
        if (!base->has(type_flag::BaseType)) return raise(t, exc::TypeError, "type '%N' is not an acceptable base type", item);
        Type* candidate = solid_base(base);
        if (!winner || (!is_subtype(winner, candidate) && is_subtype(candidate, winner))) {
            winner = candidate;
            best = base;
        } else if (!is_subtype(winner, candidate)) {
            return raise(t, exc::TypeError, "multiple bases have instance lay-out conflict");
        }
    }
    return Borrowed<Type>(best);
}

Result<Borrowed<Type>> calculate_metaclass(Thread& t, Borrowed<Type> metatype, Borrowed<Tuple> bases) {
    Type* winner = metatype.get();
    for (Object* base : *bases) {
        Type* candidate = base->type;
        if (is_subtype(winner, candidate)) continue;
        if (is_subtype(candidate, winner)) {
            winner = candidate;
            continue;
        }
        return raise(
            t, exc::TypeError,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases");
    }
    return Borrowed<Type>(winner);
}

namespace {

/// `__name` inside class Class is `_Class__name`.
Result<Ref<Str>> mangle(Thread& t, Borrowed<Str> class_name, Borrowed<Str> name) {
    intptr_t n = name->length;
    bool private_name = n > 2 && name->at(0) == '_' && name->at(1) == '_' && !(name->at(n - 1) == '_' && name->at(n - 2) == '_');
    intptr_t skip = 0;
    while (skip < class_name->length && class_name->at(skip) == '_') ++skip;
    if (!private_name || skip == class_name->length) return name.share();
    Ref<Str> stripped = TRY(str_substring(t, class_name, skip, class_name->length));
    return str_format(t, "_%s%s", stripped, name);
}

struct ClassBuild {
    Thread& t;
    Borrowed<Type> metatype;
    Borrowed<Str> name;
    Borrowed<Tuple> bases;
    Borrowed<Type> base;
    Borrowed<Dict> dict; // the copy that becomes __dict__
    bool add_dict = false, add_weak = false;
    MaybeRef<Object> slots; // Tuple of mangled names
};

Result<void> read_slots(ClassBuild& b) {
    Thread& t = b.t;
    bool may_add_dict = b.base->dict_offset == 0;
    bool may_add_weak = b.base->weaklist_offset == 0 && b.base->itemsize == 0;
    MaybeRef<Object> declared = TRY(dict_get_str(t, b.dict, names::__slots__));
    if (!declared) {
        b.add_dict = may_add_dict;
        b.add_weak = may_add_weak;
        return {};
    }
    Ref<Tuple> listed = is<Str>(declared.get()) ? TRY(tuple_pack(t, declared)) : TRY(to_tuple(t, declared.get()));
    if (listed->size && b.base->itemsize) return raise(t, exc::TypeError, "nonempty __slots__ not supported for subtype of '%N'", b.base);
    Ref<List> kept = TRY(list_new(t, listed->size));
    for (Object* item : *listed) {
        if (!is<Str>(item)) return raise(t, exc::TypeError, "__slots__ items must be strings, not '%T'", item);
        auto* slot = static_cast<Str*>(item);
        if (!str_is_identifier(slot)) return raise(t, exc::TypeError, "__slots__ must be identifiers");
        if (str_equals_ascii(slot, "__dict__")) {
            if (!may_add_dict || b.add_dict) return raise(t, exc::TypeError, "__dict__ slot disallowed: we already got one");
            b.add_dict = true;
            continue;
        }
        if (str_equals_ascii(slot, "__weakref__")) {
            if (!may_add_weak || b.add_weak) return raise(t, exc::TypeError, "__weakref__ slot disallowed: we already got one");
            b.add_weak = true;
            continue;
        }
        Ref<Str> mangled = TRY(mangle(t, b.name, slot));
        bool special = str_equals_ascii(slot, "__qualname__") || str_equals_ascii(slot, "__classcell__") ||
                       str_equals_ascii(slot, "__classdictcell__");
        if (!special && TRY(dict_contains(t, b.dict, mangled)))
            return raise(t, exc::ValueError, "%R in __slots__ conflicts with class variable", item);
        TRY(list_append(t, kept, Ref<Object>(std::move(mangled))));
    }
    TRY(list_sort(t, kept, nullptr, false));
    // Another base may bring a dict or weak references along.
    for (Object* item : *b.bases) {
        auto* other = static_cast<Type*>(item);
        if (other == b.base.get() || !is<Type>(item)) continue;
        if (may_add_dict && !b.add_dict && other->dict_offset) b.add_dict = true;
        if (may_add_weak && !b.add_weak && other->weaklist_offset) b.add_weak = true;
    }
    b.slots = Ref<Object>(TRY(list_to_tuple(t, kept)));
    return {};
}

// __dict__ and __weakref__ of instances

/// The `__dict__` of the builtin type, if there is one among the bases, that gave the instances their dict: a class's, a
/// module's and an exception's dict follow its rules, whatever class in Python they also derive from.
MaybeRef<Object> builtin_dict_descriptor(Thread& t, Object* self) {
    for (Type* type = self->type; type; type = type->base) {
        if (type->is_heap_type() || (type->dict_offset == 0 && type != &Type::s_type)) continue;
        return type_lookup(t, *type, names::__dict__);
    }
    return nullptr;
}

Result<Ref<Object>> get_dict(Thread& t, Borrowed<Object> self) {
    if (MaybeRef<Object> descriptor = builtin_dict_descriptor(t, self.get()); descriptor && descriptor->type->descr_get) {
        Object* found = descriptor->type->descr_get(descriptor.get(), self.get(), self->type);
        return Result<Ref<Object>>::from_nullable(found);
    }
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    if (!dict) return raise(t, exc::AttributeError, "This object has no __dict__");
    return Ref<Object>(dict.take());
}
Result<void> set_dict(Thread& t, Borrowed<Object> self, Object* value) {
    if (MaybeRef<Object> descriptor = builtin_dict_descriptor(t, self.get()); descriptor && descriptor->type->descr_set)
        return descriptor->type->descr_set(descriptor.get(), self.get(), value) < 0 ? Result<void>(Error{}) : Result<void>();
    return instance_dict_set(t, self, value);
}
Result<Ref<Object>> get_weakref(Thread& t, Borrowed<Object> self) {
    Weakref** list = weakref_list(self.get());
    if (!list || !*list) return none_ref();
    return acquire(static_cast<Object*>(*list));
}
const GetSetDef dict_getset = getter_setter<get_dict, set_dict>("__dict__", "dictionary for instance variables");
const GetSetDef weakref_getset = getter<get_weakref>("__weakref__", "list of weak references to the object");

Result<void> wrap_function(ClassBuild& b, Borrowed<Str> name, Result<Ref<Object>> (*wrap)(Thread&, Borrowed<Object>)) {
    MaybeRef<Object> value = TRY(dict_get_str(b.t, b.dict, name));
    if (!value || !is<Function>(value.get())) return {};
    Ref<Object> wrapped = TRY(wrap(b.t, value.get()));
    return dict_set(b.t, b.dict, name, wrapped);
}

/// Copies a str's UTF-8 text; it lives as long as the type.
Result<char*> copy_text(Thread& t, std::string_view text) {
    auto* copy = static_cast<char*>(raw_alloc(text.size() + 1));
    if (!copy) return raise_memory_error(t);
    memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
    return copy;
}

Result<void> set_names_in_type(ClassBuild& b, HeapType* type) {
    Thread& t = b.t;
    type->ht_name = b.name.share().release();
    std::string_view text = TRY(str_utf8(t, b.name));
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "type name must not contain null characters");
    type->ht_tp_name = TRY(copy_text(t, text));
    type->name = type->ht_tp_name;
    MaybeRef<Object> qualname = TRY(dict_get_str(t, b.dict, names::__qualname__));
    if (qualname) {
        if (!is<Str>(qualname.get())) return raise(t, exc::TypeError, "type __qualname__ must be a str, not %T", qualname);
        TRY(dict_delete(t, b.dict, names::__qualname__));
        type->ht_qualname = qualname.release();
    } else {
        type->ht_qualname = b.name.share().release();
    }
    if (!TRY(dict_contains(t, b.dict, names::__module__)))
        if (MaybeRef<Object> module = caller_module_name(t)) TRY(dict_set(t, b.dict, names::__module__, module.get()));
    MaybeRef<Object> doc = TRY(dict_get_str(t, b.dict, names::__doc__));
    if (doc && is<Str>(doc.get())) {
        type->doc = TRY(copy_text(t, TRY(str_utf8(t, static_cast<Str*>(doc.get())))));
    }
    return {};
}

Result<void> set_cells(ClassBuild& b, HeapType* type) {
    Thread& t = b.t;
    MaybeRef<Object> cell = TRY(dict_get_str(t, b.dict, names::__classcell__));
    if (cell) {
        if (!is<Cell>(cell.get()))
            return raise(t, exc::TypeError, "__classcell__ must be a nonlocal cell, not %R", static_cast<Object*>(cell->type));
        cell_set(t, static_cast<Cell*>(cell.get()), MaybeRef<Object>::acquire(type));
        TRY(dict_delete(t, b.dict, names::__classcell__));
    }
    cell = TRY(dict_get_str(t, b.dict, names::__classdictcell__));
    if (cell) {
        if (!is<Cell>(cell.get()))
            return raise(t, exc::TypeError, "__classdictcell__ must be a nonlocal cell, not %R", static_cast<Object*>(cell->type));
        cell_set(t, static_cast<Cell*>(cell.get()), MaybeRef<Object>::acquire(static_cast<Object*>(b.dict.get())));
        TRY(dict_delete(t, b.dict, names::__classdictcell__));
    }
    return {};
}

Result<void> lay_out(ClassBuild& b, HeapType* type) {
    Thread& t = b.t;
    intptr_t offset = b.base->basicsize;
    if (b.slots) {
        auto* slots = static_cast<Tuple*>(b.slots.get());
        auto* members = reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + b.metatype->basicsize);
        for (intptr_t i = 0; i < slots->size; ++i) {
            Ref<Str> interned = str_intern(t, Ref<Str>::acquire(static_cast<Str*>(slots->items[i])));
            std::string_view text = TRY(str_utf8(t, interned));
            members[i] = {text.data(), member_type::ObjectEx, offset, 0, nullptr};
            offset += sizeof(Object*);
            Ref<Object> descriptor = TRY(member_descriptor_new(t, *type, members[i]));
            TRY(dict_set(t, b.dict, interned, descriptor));
        }
        type->members = members;
        type->ht_slots = b.slots.share().release();
    }
    type->basicsize = offset;
    type->itemsize = b.base->itemsize;
    unsigned long flags = type->flags;
    if (b.add_weak) {
        flags |= type_flag::ManagedWeakref;
        type->weaklist_offset = -16;
    }
    if (b.add_dict) {
        flags |= type_flag::ManagedDict;
        type->dict_offset = -1;
    }
    type->flags = flags | type_flag::Gc; // an instance refers at least to its class
    auto add_getset = [&](const GetSetDef& def, Str* name) -> Result<void> {
        if (TRY(dict_contains(t, b.dict, name))) return {};
        Ref<Object> descriptor = TRY(getset_descriptor_new(t, *type, def));
        return dict_set(t, b.dict, name, descriptor);
    };
    if (b.add_dict) TRY(add_getset(dict_getset, names::__dict__));
    if (b.add_weak) TRY(add_getset(weakref_getset, names::__weakref__));
    return {};
}

/// How many attributes methods of the class and its bases assign through `self`, as the compiler found them.
Result<int> known_attributes(Thread& t, HeapType& type) {
    Object* known[MaxSharedKeys];
    int count = 0;
    for (Object* base : *static_cast<Tuple*>(type.mro)) {
        auto* dict = is<Type>(base) ? static_cast<Dict*>(static_cast<Type*>(base)->dict) : nullptr;
        if (!dict) continue;
        MaybeRef<Object> names = TRY(dict_get_str(t, dict, names::__static_attributes__));
        if (!names || !is_exact<Tuple>(names.get())) continue;
        for (Object* name : *static_cast<Tuple*>(names.get()))
            if (count < MaxSharedKeys && std::find(known, known + count, name) == known + count) known[count++] = name;
    }
    return count;
}
/// Decides the room for attributes behind instances, and makes their shared keys.
Result<void> add_inline_values(Thread& t, HeapType& type) {
    int known = TRY(known_attributes(t, type));
    Type* native = type.base;
    while (native->is_heap_type() && native->base) native = native->base;
    int room = 0;
    // Subclasses of list, dict, exceptions … mostly have no attributes: an instance that gets some makes a dict for them.
    if (known > 0 || native->basicsize <= static_cast<intptr_t>(sizeof(Object))) {
        constexpr int SpareIfKnown = 8, RoomIfUnknown = 20;
        type.least_capacity = static_cast<uint8_t>(instance_room(known));
        room = known ? std::min(instance_room(known) + SpareIfKnown, MaxSharedKeys) : RoomIfUnknown;
    }
    type.cached_keys = shared_keys_new(t, room);
    if (!type.cached_keys) return {};
    type.inline_capacity = static_cast<uint8_t>(room ? room | CapacitySettling : 0);
    type.flags |= type_flag::InlineValues;
    return {};
}

/// From here on the type is complete but for hooks written in Python.
Result<void> make_ready(ClassBuild& b, HeapType* type) {
    Thread& t = b.t;
    (void)TRY(renew_mro(t, type));
    TypeLock lock(t);
    // The inherited __new__ first: fixup needs to know it.
    type->construct = b.base->construct;
    TRY(type_finish(t, *type));
    for (Object* base : *static_cast<Tuple*>(type->bases))
        TRY(add_subclass(t, *static_cast<Type*>(base), *type)); // a mro() method can assign __bases__
    fixup_slots(t, *type);
    __atomic_fetch_or(&type->flags, type_flag::Ready, __ATOMIC_RELEASE);
    // Abstract Collection patterns: a class is a Sequence or Mapping for `match` if a base is.
    constexpr unsigned long kinds = type_flag::Sequence | type_flag::Mapping;
    auto* order = static_cast<Tuple*>(type->mro);
    for (intptr_t i = 1; i < order->size; ++i) {
        unsigned long kind = static_cast<Type*>(order->items[i])->flags & kinds;
        if (!kind) continue;
        type->flags = (type->flags & ~kinds) | kind; // the first one in the MRO, not that of the base with the layout
        break;
    }
    if (type->has(type_flag::ManagedDict) && type->itemsize == 0) TRY(add_inline_values(t, *type));
    return {};
}

/// Tells in a note which __set_name__ failed.
void note_set_name(Thread& t, Object* value, Object* name, Type* type) {
    MaybeRef<Object> error = t.take_exception();
    auto add = [&]() -> Result<void> {
        Ref<Str> note =
            TRY(str_format(t, "Error calling __set_name__ on '%T' instance %R in '%N'", value, name, static_cast<Object*>(type)));
        Ref<Str> method = TRY(str_interned(t, "add_note"));
        (void)TRY(call_method(t, error.get(), method, note));
        return {};
    };
    if (add().is_error()) t.clear_exception();
    (void)t.set_exception(error.take());
}

Result<void> call_set_names(Thread& t, HeapType* type) {
    Ref<Dict> snapshot = TRY(dict_copy(t, static_cast<Dict*>(type->dict)));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, snapshot, &position, &key, &value)) {
        LoadedMethod method = TRY(load_special_method(t, value.get(), names::__set_name__));
        if (!method) continue;
        auto result = call(t, method, value.get(), Borrowed<Object>(type), Borrowed<Object>(key.get()));
        if (result.is_error()) {
            note_set_name(t, value.get(), key.get(), type);
            return Error{};
        }
    }
    return {};
}

Result<void> call_init_subclass(Thread& t, HeapType* type, Dict* kwargs) {
    // super(type, type).__init_subclass__: an mro() of its own may have left the class out.
    bool listed = false;
    for (Object* entry : *static_cast<Tuple*>(type->mro)) listed |= entry == type;
    if (!listed)
        return raise(t, exc::TypeError, "super(type, obj): obj (type %N) is not an instance or subtype of type (%N).",
                     static_cast<Object*>(type), static_cast<Object*>(type));
    MaybeRef<Object> method = TRY(super_lookup(t, type, type, type, names::__init_subclass__));
    if (!method) return {};
    Ref<Tuple> none = tuple_empty();
    (void)TRY(call_tuple(t, method.get(), none, kwargs));
    return {};
}

} // namespace

Result<Ref<Object>> type_new(Thread& t, Borrowed<Type> requested, Borrowed<Str> name, Borrowed<Tuple> given_bases,
                             Borrowed<Dict> name_space, Dict* kwargs) {
    Ref<Tuple> bases = given_bases.share();
    // 1. Metaclass and best base.
    if (bases->size == 0) {
        bases = TRY(tuple_pack(t, Borrowed<Object>(&Object::s_type)));
    } else {
        for (Object* base : *bases) {
            if (is<Type>(base)) continue;
            if (TRY(get_attribute_optional(t, base, names::__mro_entries__)))
                return raise(t, exc::TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
        }
    }
    Borrowed<Type> metatype = given_bases->size ? TRY(calculate_metaclass(t, requested, bases)) : requested;
    if (metatype.get() != requested.get() && metatype->construct != requested->construct && metatype->construct) {
        Ref<Tuple> args = TRY(tuple_pack(t, name, given_bases, name_space));
        return Result<Ref<Object>>::from_nullable(metatype->construct(metatype.get(), args.get(), kwargs));
    }
    Borrowed<Type> base = TRY(best_base(t, bases));
    // 2. Namespace and slots.
    Ref<Dict> dict = TRY(dict_copy(t, name_space));
    ClassBuild b{t, metatype, name, bases, base, dict, false, false, {}};
    TRY(read_slots(b));
    // 3. The type object.
    Object* memory = metatype->alloc(metatype.get(), b.slots ? static_cast<Tuple*>(b.slots.get())->size : 0);
    if (!memory) return Error{};
    Ref<Object> result = Ref<Object>::steal(memory);
    auto* type = static_cast<HeapType*>(memory);
    type->flags = type_flag::HeapType | type_flag::BaseType;
    type->as_async = &type->async_methods;
    type->as_number = &type->number_methods;
    type->as_sequence = &type->sequence_methods;
    type->as_mapping = &type->mapping_methods;
    type->as_buffer = &type->buffer_procs;
    type->bases = acquire(static_cast<Object*>(bases.get())).release();
    type->base = acquire(base.get()).release();
    type->dict = acquire(static_cast<Object*>(dict.get())).release();
    type->unique_id = -1;
    TRY(set_names_in_type(b, type));
    TRY(wrap_function(b, names::__new__, static_method_new));
    TRY(wrap_function(b, names::__init_subclass__, class_method_new));
    TRY(wrap_function(b, names::__class_getitem__, class_method_new));
    TRY(set_cells(b, type)); // before a slot of that name
    TRY(lay_out(b, type));
    if (!TRY(dict_contains(t, dict, names::__doc__))) TRY(dict_set(t, dict, names::__doc__, None()));
    type->dealloc = instance_dealloc;
    type->alloc = generic_alloc;
    type->free = free_object;
    if (type->has(type_flag::Gc)) {
        type->traverse = instance_traverse;
        type->clear = instance_clear;
    }
    type->vectorcall = class_vectorcall;
    type_counts_assign(type);
    // 4. MRO, slots, hooks.
    TRY(make_ready(b, type));
    if (UNLIKELY(dict->keys->is_general())) {
        bool odd = false;
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (!odd && dict_next(t, dict, &position, &key, &value)) odd = !is<Str>(key.get());
        if (odd)
            TRY(warn(t, exc::RuntimeWarning, 1, "non-string key in the __dict__ of class %N",
                     Borrowed<Object>(static_cast<Object*>(type))));
    }
    TRY(call_set_names(t, type));
    TRY(call_init_subclass(t, type, kwargs));
    return result;
}

} // namespace taipan
