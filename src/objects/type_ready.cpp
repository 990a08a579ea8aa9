// From a TypeSpec to a working type: slots, descriptors, dict, MRO, inheritance.
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

#include <cstring>

namespace taipan {

intptr_t hash_not_implemented(Object* object);
bool is_shown_as_heap(const Type& type);
Object* object_new_slot(Type* type, Object* args, Object* kwargs);
Object* tp_new_wrapper(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames);

namespace {

const NativeDef new_wrapper_def = {"__new__",
                                   tp_new_wrapper,
                                   method_flag::FastCall | method_flag::Keywords,
                                   "Create and return a new object.  See help(type) for accurate signature.",
                                   "($type, *args, **kwargs)",
                                   parse_signature("($type, *args, **kwargs)"),
                                   nullptr,
                                   nullptr};

/// What a type takes from its base before slots: flags, sizes, the collector's functions.
void inherit_special(Type& type, Type& base) {
    unsigned long flags = type.flags;
    if ((base.flags & type_flag::Gc) && !type.traverse && !type.clear) {
        flags |= type_flag::Gc;
        type.traverse = base.traverse;
        type.clear = base.clear;
    }
    flags |= base.flags & type_flag::Preheader;
    if (type.basicsize == 0) type.basicsize = base.basicsize;
    if (type.itemsize == 0) type.itemsize = base.itemsize;
    if (type.weaklist_offset == 0) type.weaklist_offset = base.weaklist_offset;
    if (type.dict_offset == 0) type.dict_offset = base.dict_offset;
    constexpr unsigned long kinds = type_flag::IntSubclass | type_flag::ListSubclass | type_flag::TupleSubclass | type_flag::BytesSubclass |
                                    type_flag::StrSubclass | type_flag::DictSubclass | type_flag::BaseExceptionSubclass |
                                    type_flag::TypeSubclass | type_flag::MatchSelf | type_flag::ItemsAtEnd;
    flags |= base.flags & kinds;
    if (!(flags & (type_flag::Sequence | type_flag::Mapping))) flags |= base.flags & (type_flag::Sequence | type_flag::Mapping);
    __atomic_store_n(&type.flags, flags, __ATOMIC_RELAXED);
}

bool dict_has(Thread& t, const Type& type, Str* name) {
    auto found = dict_get_str(t, static_cast<Dict*>(type.dict), name);
    if (found.is_error()) return t.clear_exception(), false;
    return static_cast<bool>(found.take());
}

template <class G> void inherit_group(G* mine, const G* base, const G* base_base) {
    // A slot that the base itself inherited is copied from where it was defined, further up the MRO.
    if (!mine || !base || mine == base) return;
    auto** to = reinterpret_cast<void**>(mine);
    auto* const* from = reinterpret_cast<void* const*>(base);
    auto* const* above = reinterpret_cast<void* const*>(base_base);
    for (size_t i = 0; i < sizeof(G) / sizeof(void*); ++i)
        if (!to[i] && from[i] && (!above || from[i] != above[i])) to[i] = from[i];
}

void inherit_slots(Thread& t, Type& type, Type& base) {
    Type* above = base.base;
    inherit_group(type.as_number, base.as_number, above ? above->as_number : nullptr);
    inherit_group(type.as_async, base.as_async, above ? above->as_async : nullptr);
    inherit_group(type.as_sequence, base.as_sequence, above ? above->as_sequence : nullptr);
    inherit_group(type.as_mapping, base.as_mapping, above ? above->as_mapping : nullptr);
    inherit_group(type.as_buffer, base.as_buffer, above ? above->as_buffer : nullptr);

    auto copy = [&](auto field) {
        if (!(type.*field) && base.*field && (!above || base.*field != above->*field)) type.*field = base.*field;
    };
    copy(&Type::dealloc);
    if (!type.getattr && !type.getattr_char) {
        type.getattr = base.getattr;
        type.getattr_char = base.getattr_char;
    }
    if (!type.setattr && !type.setattr_char) {
        type.setattr = base.setattr;
        type.setattr_char = base.setattr_char;
    }
    copy(&Type::repr);
    copy(&Type::call);
    copy(&Type::str);
    // Vectorcall goes with tp_call: an overridden __call__ of a mutable type must be seen.
    if (type.vectorcall_offset == 0) type.vectorcall_offset = base.vectorcall_offset;
    if (!type.has(type_flag::Vectorcall) && base.has(type_flag::Vectorcall) && type.call == base.call &&
        !dict_has(t, type, names::__call__))
        type.flags |= type_flag::Vectorcall;
    if (!type.compare && !type.hash && !dict_has(t, type, names::__eq__) && !dict_has(t, type, names::__hash__)) {
        type.compare = base.compare;
        type.hash = base.hash;
    }
    copy(&Type::iter);
    copy(&Type::next);
    copy(&Type::descr_get);
    if (type.descr_get && type.descr_get == base.descr_get && type.has(type_flag::Immutable) && base.has(type_flag::MethodDescriptor))
        type.flags |= type_flag::MethodDescriptor;
    copy(&Type::descr_set);
    copy(&Type::init);
    copy(&Type::alloc);
    copy(&Type::del);
    copy(&Type::finalize);
    if (type.has(type_flag::Gc) == base.has(type_flag::Gc)) copy(&Type::free);
    else if (!type.free) type.free = free_object;
    copy(&Type::is_gc);
}

void apply_slots(const TypeSpec& spec) {
    Type& type = *spec.type;
    type.name = spec.name;
    if (spec.basicsize) type.basicsize = spec.basicsize;
    type.itemsize = spec.itemsize;
    type.flags = spec.flags | type_flag::Immutable | type_flag::StaticBuiltin;
    if (!type.base) type.base = spec.base;
    if (!type.base && &type != &Object::s_type) type.base = &Object::s_type;
    type.weaklist_offset = spec.weaklist_offset;
    type.dict_offset = spec.dict_offset;
    type.vectorcall_offset = spec.vectorcall_offset;
    if (spec.vectorcall_offset) type.flags |= type_flag::Vectorcall;
    for (const SlotDef& slot : spec.slots) {
        void** place = slot_pointer_ensure(type, slot.id);
        VERIFY(place);
        *place = slot.function;
    }
    if (type.base) { // what is asked about instances before the type is ready
        constexpr unsigned long kinds = 0xfful << 24;
        type.flags |= type.base->flags & kinds;
        if (!type.basicsize) type.basicsize = type.base->basicsize;
    }
}

/// tp_doc as extension modules know it: the signature in front.
const char* make_doc(const TypeSpec& spec) {
    if (!spec.signature) return spec.doc;
    const char* name = strrchr(spec.name, '.');
    name = name ? name + 1 : spec.name;
    const char* doc = spec.doc ? spec.doc : "";
    size_t size = strlen(name) + strlen(spec.signature) + strlen(doc) + 8;
    auto* text = static_cast<char*>(raw_alloc(size));
    VERIFY(text);
    char* p = text;
    auto append = [&](const char* s) {
        size_t n = strlen(s);
        memcpy(p, s, n);
        p += n;
    };
    append(name);
    append(spec.signature);
    append("\n--\n\n");
    append(doc);
    *p = 0;
    return text;
}

} // namespace

Result<void> type_finish(Thread& t, Type& type) {
    if (type.base) inherit_special(type, *type.base);
    auto* mro = static_cast<Tuple*>(type.mro);
    for (intptr_t i = 1; i < mro->size; ++i)
        if (is<Type>(mro->items[i])) inherit_slots(t, type, *static_cast<Type*>(mro->items[i]));
    if (Type* base = type.base) { // groups that the type does not have itself are shared with the base
        if (!type.as_async) type.as_async = base->as_async;
        if (!type.as_number) type.as_number = base->as_number;
        if (!type.as_sequence) type.as_sequence = base->as_sequence;
        if (!type.as_mapping) type.as_mapping = base->as_mapping;
        if (!type.as_buffer) type.as_buffer = base->as_buffer;
    }
    if (!type.hash && !dict_has(t, type, names::__hash__)) {
        TRY(dict_set(t, static_cast<Dict*>(type.dict), names::__hash__, None()));
        type.hash = hash_not_implemented;
    }
    return {};
}

Result<Ref<Object>> type_new_wrapper_function(Thread& t, Type& type) { return builtin_function_new(t, new_wrapper_def, &type, nullptr); }

Result<void> type_ready(Thread& t, const TypeSpec& spec) {
    Type& type = *spec.type;
    auto ready = [&] { return __atomic_load_n(&type.flags, __ATOMIC_ACQUIRE) & type_flag::Ready; }; // set when all is done
    if (ready()) return {};
    TypeLock lock(t);
    if (ready()) return {};
    make_immortal(&type); // static, whatever its initialiser says
    if (!type.name) apply_slots(spec);
    if (!type.type) type.type = &Type::s_type;
    type.doc = make_doc(spec);
    // 1. Bases and dict.
    VERIFY(!type.base || type.base->has(type_flag::Ready));
    if (!type.bases) type.bases = (type.base ? TRY(tuple_pack(t, Borrowed<Object>(type.base))) : tuple_empty()).release();
    type.dict = TRY(dict_new(t)).release();
    Borrowed<Dict> dict = static_cast<Dict*>(type.dict);
    // 2. Construction: what the type does not define it inherits, unless it hangs directly below object.
    bool own_new = type.construct != nullptr;
    if (!own_new) {
        if (type.base == &Object::s_type && !type.has(type_flag::BaseType)) type.flags |= type_flag::DisallowInstantiation;
        else if (type.base) {
            type.construct = type.base->construct;
            if (type.base->has(type_flag::DisallowInstantiation)) type.flags |= type_flag::DisallowInstantiation;
        }
    }
    if (type.has(type_flag::DisallowInstantiation)) type.construct = nullptr, own_new = false;
    if (own_new && (type.construct != object_new_slot || &type == &Object::s_type)) {
        Ref<Object> function = TRY(type_new_wrapper_function(t, type));
        TRY(dict_set(t, dict, names::__new__, function));
    }
    // 3. Descriptors.
    TRY(add_slot_wrappers(t, type));
    for (const NativeDef& def : spec.methods) {
        Ref<Str> name = TRY(str_interned(t, def.name));
        Ref<Object> descriptor = TRY(method_descriptor_new(t, type, def));
        TRY(dict_set(t, dict, name, descriptor));
    }
    for (const MemberDef& member : spec.members) {
        Ref<Str> name = TRY(str_interned(t, member.name));
        Ref<Object> descriptor = TRY(member_descriptor_new(t, type, member));
        TRY(dict_set(t, dict, name, descriptor));
    }
    for (const GetSetDef& getset : spec.getset) {
        Ref<Str> name = TRY(str_interned(t, getset.name));
        Ref<Object> descriptor = TRY(getset_descriptor_new(t, type, getset));
        TRY(dict_set(t, dict, name, descriptor));
    }
    if (!TRY(dict_contains(t, dict, names::__doc__))) {
        if (spec.doc) TRY(dict_set(t, dict, names::__doc__, TRY(str_from_utf8(t, spec.doc))));
        else TRY(dict_set(t, dict, names::__doc__, None()));
    }
    if (is_shown_as_heap(type)) // so that instances show it too
        TRY(dict_set(t, dict, names::__module__, TRY(str_interned(t, std::string_view(spec.name, strrchr(spec.name, '.') - spec.name)))));
    // 4. MRO and inheritance.
    set_mro(type, TRY(compute_mro(t, &type)));
    TRY(type_finish(t, type));
    if (type.has(type_flag::Gc) && !type.traverse) type.traverse = [](Object*, VisitFunc, void*) { return 0; };
    if (type.has(type_flag::Gc)) gc_track(type.dict);
    if (type.base) TRY(add_subclass(t, *type.base, type));
    __atomic_fetch_or(&type.flags, type_flag::Ready, __ATOMIC_RELEASE);
    if (spec.ready) return spec.ready(t, type);
    return {};
}

#define BUILTIN_TYPE(spec) extern const TypeSpec spec;
#include "objects/builtin_types.def"
#undef BUILTIN_TYPE

static const TypeSpec* const s_builtin_type_specs[] = {
#define BUILTIN_TYPE(spec) &spec,
#include "objects/builtin_types.def"
#undef BUILTIN_TYPE
};

std::span<const TypeSpec* const> builtin_type_specs() { return s_builtin_type_specs; }

Result<void> builtin_types_ready(Thread& t) {
    // Objects of many types are made while the first types get ready, so sizes, flags and slots come first.
    for (const TypeSpec* spec : s_builtin_type_specs) apply_slots(*spec);
    for (const TypeSpec* spec : s_builtin_type_specs) {
        Type& type = *spec->type;
        if (!type.alloc) type.alloc = generic_alloc;
        if (!type.free) type.free = free_object;
    }
    weakrefs_install_hooks();
    names::create(t);
    for (const TypeSpec* spec : s_builtin_type_specs) TRY(type_ready(t, *spec));
    return {};
}

} // namespace taipan
