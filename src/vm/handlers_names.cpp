// Names, globals, attributes, imports.
#include "objects/descriptor.h"
#include "objects/list.h"
#include "objects/super.h"
#include "objects/type_object.h"
#include "vm/attribute_cache.h"
#include "vm/helpers.h"

namespace taipan::vm {

constexpr uint16_t OpLoadGlobal = 92, OpLoadAttr = 80, OpStoreAttr = 110;

ALWAYS_INLINE Str* name_at(Frame* f, uint32_t index) { return static_cast<Str*>(f->code()->names->items[index]); }

HANDLER(LOAD_NAME) {
    SAVE();
    Object* value = load_name(*t, f, name_at(f, pc->arg));
    if (UNLIKELY(!value)) UNWIND();
    *sp++ = Word::owned(value);
    NEXT(0);
}
HANDLER(STORE_NAME) {
    SAVE();
    Object* value = word_object(*t, sp - 1);
    if (UNLIKELY(!value || !store_name(*t, f, name_at(f, pc->arg), value))) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(DELETE_NAME) {
    SAVE();
    if (!delete_name(*t, f, name_at(f, pc->arg))) UNWIND();
    NEXT(0);
}
HANDLER(LOAD_GLOBAL) {
    SAVE();
    Str* name = name_at(f, pc->arg >> 1);
    if (UNLIKELY(pc->counter == 0)) specialize_load_global(*t, f, pc, name);
    else --pc->counter;
    if (pc->op != OpLoadGlobal) DISPATCH();
    Object* value = load_global(*t, f, name);
    if (UNLIKELY(!value)) UNWIND();
    *sp++ = Word::owned(value);
    if (pc->arg & 1) *sp++ = Word::null();
    NEXT(4);
}
HANDLER(LOAD_GLOBAL_MODULE) {
    Word value = cached_global(*t, f->globals, reinterpret_cast<GlobalCache*>(cache(pc)));
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadGlobal);
    *sp++ = value;
    if (pc->arg & 1) *sp++ = Word::null();
    NEXT(4);
}
HANDLER(LOAD_GLOBAL_BUILTIN) {
    GlobalCache* c = reinterpret_cast<GlobalCache*>(cache(pc));
    if (UNLIKELY(!globals_unchanged(f->globals, c) || f->builtins()->type != &Dict::s_type)) DEOPT(OpLoadGlobal);
    Word value = cached_builtin(*t, static_cast<Dict*>(f->builtins()), c);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadGlobal);
    *sp++ = value;
    if (pc->arg & 1) *sp++ = Word::null();
    NEXT(4);
}
HANDLER(STORE_GLOBAL) {
    SAVE();
    Object* value = word_object(*t, sp - 1);
    if (UNLIKELY(!value || dict_set(*t, f->globals, name_at(f, pc->arg), value).is_error())) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(DELETE_GLOBAL) {
    SAVE();
    if (!delete_global(*t, f, name_at(f, pc->arg))) UNWIND();
    NEXT(0);
}
HANDLER(LOAD_LOCALS) {
    if (UNLIKELY(!ensure_namespace(f))) {
        SAVE();
        (void)raise(*t, exc::SystemError, "no locals");
        UNWIND();
    }
    incref(f->f_locals);
    *sp++ = Word::owned(f->f_locals);
    NEXT(0);
}
HANDLER(LOAD_FROM_DICT_OR_GLOBALS) {
    SAVE();
    Object* value = load_from_dict_or_global(*t, f, sp[-1].object(), name_at(f, pc->arg));
    if (UNLIKELY(!value)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(value);
    NEXT(0);
}
HANDLER(LOAD_FROM_DICT_OR_DEREF) {
    SAVE();
    Object* value = load_from_dict_or_deref(*t, f, sp[-1].object(), pc->arg);
    if (UNLIKELY(!value)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(value);
    NEXT(0);
}

HANDLER(LOAD_ATTR) {
    SAVE();
    Str* name = name_at(f, pc->arg >> 1);
    if (LIKELY(pc->op == OpLoadAttr)) {
        if (UNLIKELY(pc->counter == 0)) specialize_load_attr(*t, sp[-1], pc, name);
        else --pc->counter;
    }
    if (pc->op != OpLoadAttr && pc->op != LOAD_ATTR_POLYMORPHIC) DISPATCH();
    Object* owner = word_object(*t, sp - 1);
    if (UNLIKELY(!owner)) UNWIND();
    if (pc->arg & 1) {
        bool self = false;
        Object* method = load_method(*t, owner, name, &self);
        if (UNLIKELY(!method)) UNWIND();
        if (self) {
            sp[0] = sp[-1];
            sp[-1] = Word::owned(method);
            ++sp;
        } else {
            sp[-1].close();
            sp[-1] = Word::owned(method);
            *sp++ = Word::null();
        }
        NEXT(9);
    }
    Object* value = get_attribute(*t, owner, name).release_or_null();
    if (UNLIKELY(!value)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(value);
    old.close();
    NEXT(9);
}
/// Replaces the owner on the stack by the attribute; pushes the "no self" null for method loads.
#define ATTRIBUTE_RESULT(word)                                                                                                             \
    do {                                                                                                                                   \
        Word attribute_value = (word);                                                                                                     \
        Word attribute_owner = sp[-1];                                                                                                     \
        sp[-1] = attribute_value;                                                                                                          \
        if (pc->arg & 1) *sp++ = Word::null();                                                                                             \
        if (attribute_owner.is_counted()) {                                                                                                \
            SAVE();                                                                                                                        \
            decref(attribute_owner.object());                                                                                              \
        }                                                                                                                                  \
        NEXT(9);                                                                                                                           \
    } while (0)
#define ATTRIBUTE_CACHE() AttributeCache* c = reinterpret_cast<AttributeCache*>(cache(pc))
#define CHECK_OWNER_TYPE(general)                                                                                                          \
    Word owner_word = sp[-1];                                                                                                              \
    if (UNLIKELY(owner_word.is_int())) DEOPT(general);                                                                                     \
    Object* owner = owner_word.object();                                                                                                   \
    if (UNLIKELY(__atomic_load_n(&owner->type->version_tag, __ATOMIC_RELAXED) != c->type_version)) DEOPT(general)
/// The same at sites that may become polymorphic.
#define CHECK_ATTRIBUTE_OWNER()                                                                                                            \
    Word owner_word = sp[-1];                                                                                                              \
    if (UNLIKELY(owner_word.is_int())) DEOPT(OpLoadAttr);                                                                                  \
    Object* owner = owner_word.object();                                                                                                   \
    if (UNLIKELY(__atomic_load_n(&owner->type->version_tag, __ATOMIC_RELAXED) != c->type_version)) {                                       \
        pc->op = LOAD_ATTR_POLYMORPHIC;                                                                                                    \
        pc->counter = 0;                                                                                                                   \
        for (uint32_t& version : reinterpret_cast<PolymorphicCache*>(c)->version) version = 0;                                             \
        BECOME(LOAD_ATTR_POLYMORPHIC);                                                                                                     \
    }

HANDLER(LOAD_ATTR_INSTANCE_VALUE) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    Word value = cached_instance_value(*t, owner, c);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}
HANDLER(LOAD_ATTR_SLOT) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    Word value = load_field(*t, reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + c->index));
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}
static Object* call_getter(Object* descriptor, Object* owner) {
    const GetSetDef* getset = static_cast<GetSetDescriptor*>(descriptor)->getset;
    return getset->get(owner, getset->closure);
}
HANDLER(LOAD_ATTR_GETSET) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    SAVE();
    Object* value = call_getter(c->descriptor, owner);
    if (UNLIKELY(!value)) UNWIND();
    ATTRIBUTE_RESULT(Word::owned(value));
}
HANDLER(LOAD_ATTR_MODULE) {
    ATTRIBUTE_CACHE();
    Word owner_word = sp[-1];
    if (UNLIKELY(owner_word.is_int() || owner_word.object()->type != &Module::s_type)) DEOPT(OpLoadAttr);
    Word value = cached_global(*t, static_cast<Module*>(owner_word.object())->dict, &c->global);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}
HANDLER(LOAD_ATTR_CLASS) {
    ATTRIBUTE_CACHE();
    Word owner_word = sp[-1];
    if (UNLIKELY(owner_word.is_int() || !is<Type>(owner_word.object()))) DEOPT(OpLoadAttr);
    if (UNLIKELY(__atomic_load_n(&static_cast<Type*>(owner_word.object())->version_tag, __ATOMIC_RELAXED) != c->type_version ||
                 owner_word.object()->type->version_tag != c->metatype_version))
        DEOPT(OpLoadAttr);
    Word value = cached_descriptor(*t, c, static_cast<Type*>(owner_word.object()));
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}
// A class method: the function and the class as its first argument.
#define CLASS_METHOD_RESULT(class_object, function_word)                                                                                   \
    do {                                                                                                                                   \
        Word attribute_owner = sp[-1];                                                                                                     \
        sp[-1] = (function_word);                                                                                                          \
        *sp++ = Word::from(class_object);                                                                                                  \
        if (attribute_owner.is_counted()) {                                                                                                \
            SAVE();                                                                                                                        \
            decref(attribute_owner.object());                                                                                              \
        }                                                                                                                                  \
        NEXT(9);                                                                                                                           \
    } while (0)
HANDLER(LOAD_ATTR_METHOD_OF_CLASS) {
    ATTRIBUTE_CACHE();
    Word owner_word = sp[-1];
    if (UNLIKELY(owner_word.is_int() || !is<Type>(owner_word.object()))) DEOPT(OpLoadAttr);
    Type* type = static_cast<Type*>(owner_word.object());
    if (UNLIKELY(__atomic_load_n(&type->version_tag, __ATOMIC_RELAXED) != c->type_version ||
                 type->type->version_tag != c->metatype_version))
        DEOPT(OpLoadAttr);
    Word value = cached_descriptor(*t, c, type);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    CLASS_METHOD_RESULT(type, value);
}
HANDLER(LOAD_ATTR_CLASS_METHOD) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    Word value = cached_descriptor(*t, c, owner->type);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    CLASS_METHOD_RESULT(owner->type, value);
}
HANDLER(LOAD_ATTR_CLASS_METHOD_VALUES) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    if (UNLIKELY(!instance_has_no(owner, c))) DEOPT(OpLoadAttr);
    Word value = cached_descriptor(*t, c, owner->type);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    CLASS_METHOD_RESULT(owner->type, value);
}
// What the cached function gives for the owner and, of two arguments, the attribute's name: its frame is pushed without a C call.
template <uint32_t Count> static HANDLER(load_attr_by_function) {
    ATTRIBUTE_CACHE();
    CHECK_OWNER_TYPE(OpLoadAttr);
    Word getter = cached_descriptor(*t, c, owner->type);
    if (UNLIKELY(getter.is_null())) DEOPT(OpLoadAttr);
    Function* function = static_cast<Function*>(getter.object());
    if (UNLIKELY(function->version != c->function_version)) {
        getter.close();
        DEOPT(OpLoadAttr);
    }
    SAVE();
    Word args[] = {sp[-1], Count > 1 ? Word::from(name_at(f, pc->arg >> 1)) : Word::null()};
    Frame* frame = enter_simple(*t, f, getter, function->code, args, Count, sp - 1);
    if (UNLIKELY(!frame)) {
        args[1].xclose();
        getter.close();
        if (t->has_exception()) UNWIND();
        DEOPT(OpLoadAttr);
    }
    f->return_pc = pc + 10;
    f = frame;
    sp = frame->sp;
    pc = frame->insns;
    DISPATCH();
}
HANDLER(LOAD_ATTR_PROPERTY) { BECOME(load_attr_by_function<1>); }
// The class has a __getattribute__ in Python, and no __getattr__.
HANDLER(LOAD_ATTR_GETATTRIBUTE) { BECOME(load_attr_by_function<2>); }
#define LOAD_METHOD_RESULT()                                                                                                               \
    do {                                                                                                                                   \
        Word method_word = cached_descriptor(*t, c, owner->type);                                                                          \
        if (UNLIKELY(method_word.is_null())) DEOPT(OpLoadAttr);                                                                            \
        sp[0] = sp[-1];                                                                                                                    \
        sp[-1] = method_word;                                                                                                              \
        ++sp;                                                                                                                              \
        NEXT(9);                                                                                                                           \
    } while (0)
HANDLER(LOAD_ATTR_METHOD) {
    ATTRIBUTE_CACHE();
    if (sp[-1].is_int()) {
        if (UNLIKELY(Int::s_type.version_tag != c->type_version)) DEOPT(OpLoadAttr);
        Word method_word = cached_descriptor(*t, c, &Int::s_type);
        if (UNLIKELY(method_word.is_null())) DEOPT(OpLoadAttr);
        sp[0] = sp[-1];
        sp[-1] = method_word;
        ++sp;
        NEXT(9);
    }
    CHECK_ATTRIBUTE_OWNER();
    LOAD_METHOD_RESULT();
}
HANDLER(LOAD_ATTR_METHOD_VALUES) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    if (UNLIKELY(!instance_has_no(owner, c))) DEOPT(OpLoadAttr);
    LOAD_METHOD_RESULT();
}
HANDLER(LOAD_ATTR_NONDESCRIPTOR) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    Word value = cached_descriptor(*t, c, owner->type);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}
HANDLER(LOAD_ATTR_NONDESCRIPTOR_VALUES) {
    ATTRIBUTE_CACHE();
    CHECK_ATTRIBUTE_OWNER();
    if (UNLIKELY(!instance_has_no(owner, c))) DEOPT(OpLoadAttr);
    Word value = cached_descriptor(*t, c, owner->type);
    if (UNLIKELY(value.is_null())) DEOPT(OpLoadAttr);
    ATTRIBUTE_RESULT(value);
}

// Owners of several types come by: the site remembers what serves four of them, the thread's table has the others.
HANDLER(LOAD_ATTR_POLYMORPHIC) {
    Word owner_word = sp[-1];
    Type* type = word_type(owner_word);
    uint32_t version = __atomic_load_n(&type->version_tag, __ATOMIC_RELAXED);
    auto* p = reinterpret_cast<PolymorphicCache*>(cache(pc));
    int way = 0;
    while (way < PolymorphicCache::Size && p->version[way] != version) ++way;
    uint16_t op;
    uint32_t number;
    Object* descriptor;
    if (LIKELY(way < PolymorphicCache::Size && version != 0)) {
        op = p->op[way];
        number = p->number[way];
        descriptor = p->descriptor[way];
    } else {
        bool method_load = pc->arg & 1;
        Str* name = name_at(f, pc->arg >> 1);
        const void* access = attribute_access(method_load ? AttributeAccess::Method : AttributeAccess::Value);
        AttributeEntry* entry = find_attribute_entry(*t, version, name, access);
        if (UNLIKELY(!entry || !version)) {
            // Filling in costs as much as specialising does, and is as rare.
            if (pc->counter > 0) {
                --pc->counter;
                BECOME(LOAD_ATTR);
            }
            pc->counter = 8;
            SAVE();
            entry = add_attribute_entry(*t, owner_word, name, method_load);
            if (!entry) {
                pc->counter = DeoptBackoff;
                BECOME(LOAD_ATTR);
            }
        }
        op = entry->op;
        descriptor = entry->cache.descriptor;
        number = op == LOAD_ATTR_INSTANCE_VALUE || op == LOAD_ATTR_SLOT ? entry->cache.index : entry->cache.keys_version;
        version = entry->version;
        way = 0;
        while (way < PolymorphicCache::Size && p->version[way] != 0) ++way;
        if (way < PolymorphicCache::Size) {
            p->version[way] = version;
            p->number[way] = number;
            p->descriptor[way] = descriptor;
            p->op[way] = op;
        }
    }
    Object* owner = owner_word.is_int() ? nullptr : owner_word.object();
    Word value = Word::null();
    switch (op) {
    case LOAD_ATTR_INSTANCE_VALUE: value = cached_instance_value(*t, owner, number); break;
    case LOAD_ATTR_SLOT: value = load_field(*t, reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + number)); break;
    case LOAD_ATTR_GETSET:
        SAVE();
        value = Word::owned(call_getter(descriptor, owner));
        if (UNLIKELY(value.is_null())) UNWIND();
        break;
    case LOAD_ATTR_METHOD_VALUES:
        if (UNLIKELY(!instance_has_no(owner, number))) BECOME(LOAD_ATTR);
        [[fallthrough]];
    case LOAD_ATTR_METHOD: {
        Word method_word = counted_under_version(*t, descriptor, type, version);
        if (UNLIKELY(method_word.is_null())) BECOME(LOAD_ATTR);
        sp[0] = sp[-1];
        sp[-1] = method_word;
        ++sp;
        NEXT(9);
    }
    case LOAD_ATTR_CLASS_METHOD_VALUES:
        if (UNLIKELY(!instance_has_no(owner, number))) BECOME(LOAD_ATTR);
        [[fallthrough]];
    case LOAD_ATTR_CLASS_METHOD: {
        Word function_word = counted_under_version(*t, descriptor, type, version);
        if (UNLIKELY(function_word.is_null())) BECOME(LOAD_ATTR);
        CLASS_METHOD_RESULT(type, function_word);
    }
    case LOAD_ATTR_NONDESCRIPTOR_VALUES:
        if (UNLIKELY(!instance_has_no(owner, number))) BECOME(LOAD_ATTR);
        [[fallthrough]];
    case LOAD_ATTR_NONDESCRIPTOR: value = counted_under_version(*t, descriptor, type, version); break;
    default: break;
    }
    if (UNLIKELY(value.is_null())) BECOME(LOAD_ATTR);
    ATTRIBUTE_RESULT(value);
}

HANDLER(STORE_ATTR) {
    SAVE();
    Str* name = name_at(f, pc->arg);
    if (UNLIKELY(pc->counter == 0)) specialize_store_attr(*t, sp[-1], pc, name);
    else --pc->counter;
    if (pc->op != OpStoreAttr) DISPATCH();
    Object* owner = word_object(*t, sp - 1);
    Object* value = owner ? word_object(*t, sp - 2) : nullptr;
    if (UNLIKELY(!value || set_attribute(*t, owner, name, value).is_error())) UNWIND();
    Word owner_word = sp[-1], value_word = sp[-2];
    sp -= 2;
    f->sp = sp;
    value_word.close();
    owner_word.close();
    NEXT(4);
}
HANDLER(STORE_ATTR_INSTANCE_VALUE) {
    auto* c = reinterpret_cast<StoreCache*>(cache(pc));
    Word owner_word = sp[-1];
    if (UNLIKELY(owner_word.is_int())) DEOPT(OpStoreAttr);
    Object* owner = owner_word.object();
    uint32_t version = __atomic_load_n(&owner->type->version_tag, __ATOMIC_RELAXED);
    int way = 0;
    while (way < StoreCache::Size && c->of[way].version != version) ++way;
    SAVE();
    if (UNLIKELY(way == StoreCache::Size || version == 0)) {
        way = version ? add_store_way(*t, owner, pc, name_at(f, pc->arg)) : -1;
        if (way < 0) DEOPT(OpStoreAttr);
    }
    Object* value = word_take(*t, sp[-2]);
    sp[-2] = Word::null();
    if (UNLIKELY(!value)) UNWIND();
    if (UNLIKELY(!store_instance_value(*t, owner, c->of[way].index, value))) {
        sp[-2] = Word::owned(value);
        DEOPT(OpStoreAttr);
    }
    sp -= 2;
    f->sp = sp;
    owner_word.close();
    NEXT(4);
}
HANDLER(STORE_ATTR_SLOT) {
    AttributeCache* c = reinterpret_cast<AttributeCache*>(cache(pc));
    CHECK_OWNER_TYPE(OpStoreAttr);
    SAVE();
    Object* value = word_take(*t, sp[-2]);
    sp[-2] = Word::null();
    if (UNLIKELY(!value)) UNWIND();
    store_field(*t, owner, reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + c->index), value);
    sp -= 2;
    f->sp = sp;
    owner_word.close();
    NEXT(4);
}
HANDLER(DELETE_ATTR) {
    SAVE();
    Object* owner = word_object(*t, sp - 1);
    if (UNLIKELY(!owner || delete_attribute(*t, owner, name_at(f, pc->arg)).is_error())) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(LOAD_SUPER_ATTR_SLOW) {
    SAVE();
    bool self = false;
    Object* value = load_super_attribute(*t, sp, name_at(f, pc->arg >> 2), pc->arg, &self);
    if (UNLIKELY(!value)) UNWIND();
    Word object = sp[-1], type = sp[-2], super = sp[-3];
    sp[-3] = Word::owned(value);
    if (pc->arg & 1) {
        sp[-2] = self ? object : Word::null();
        sp -= 1;
    } else {
        sp -= 2;
    }
    f->sp = sp;
    if (!self) object.close();
    type.close();
    super.close();
    NEXT(1);
}
HANDLER(LOAD_SUPER_ATTR) {
    if (pc->counter > 0) --pc->counter;
    else pc->op = pc->arg & 1 ? LOAD_SUPER_ATTR_METHOD : LOAD_SUPER_ATTR_SLOW;
    BECOME(LOAD_SUPER_ATTR_SLOW);
}
// super().method of a plain instance, with the builtin super.
HANDLER(LOAD_SUPER_ATTR_METHOD) {
    Word object = sp[-1], start = sp[-2];
    if (UNLIKELY(!(pc->arg & 1) || !sp[-3].is_object(&Super::s_type) || object.is_int() || start.is_int() || !is<Type>(start.object())))
        BECOME(LOAD_SUPER_ATTR_SLOW);
    Type* type = object.object()->type;
    Str* name = name_at(f, pc->arg >> 2);
    uint32_t version = __atomic_load_n(&type->version_tag, __ATOMIC_RELAXED);
    AttributeEntry* entry = find_attribute_entry(*t, version, name, start.object());
    if (UNLIKELY(!entry || !version)) {
        SAVE();
        if (pc->counter > 0) --pc->counter;
        else if (!(entry = add_super_entry(*t, object.object(), static_cast<Type*>(start.object()), name))) pc->counter = DeoptBackoff;
        if (!entry) BECOME(LOAD_SUPER_ATTR_SLOW);
    }
    Word method = cached_descriptor(*t, &entry->cache, type);
    if (UNLIKELY(method.is_null())) BECOME(LOAD_SUPER_ATTR_SLOW);
    Word super = sp[-3];
    sp[-3] = method;
    sp[-2] = object;
    sp -= 1;
    if (UNLIKELY(start.is_counted() || super.is_counted())) {
        SAVE();
        start.close();
        super.close();
    }
    NEXT(1);
}
HANDLER(LOAD_SPECIAL) {
    SAVE();
    Object* owner = word_object(*t, sp - 1);
    if (UNLIKELY(!owner)) UNWIND();
    {
        Str* name = special_name(pc->arg);
        uint32_t version = __atomic_load_n(&owner->type->version_tag, __ATOMIC_RELAXED);
        AttributeEntry* entry = find_attribute_entry(*t, version, name, attribute_access(AttributeAccess::Special));
        if (UNLIKELY(!entry || !version)) {
            if (pc->counter > 0) --pc->counter;
            else if (!(entry = add_special_entry(*t, owner, name))) pc->counter = DeoptBackoff;
        }
        Word method = entry ? cached_descriptor(*t, &entry->cache, owner->type) : Word::null();
        if (LIKELY(!method.is_null())) {
            sp[0] = sp[-1];
            sp[-1] = method;
            ++sp;
            NEXT(0);
        }
    }
    bool self = false;
    Object* method = load_special(*t, owner, pc->arg, &self);
    if (UNLIKELY(!method)) {
        if (!t->has_exception()) raise_missing_special(*t, owner, pc->arg);
        UNWIND();
    }
    if (self) {
        sp[0] = sp[-1];
        sp[-1] = Word::owned(method);
    } else {
        sp[-1].close();
        sp[-1] = Word::owned(method);
        sp[0] = Word::null();
    }
    ++sp;
    NEXT(0);
}

HANDLER(IMPORT_NAME) {
    SAVE();
    Object* level = word_object(*t, sp - 2);
    if (UNLIKELY(!level)) UNWIND();
    Object* module = import_name(*t, f, name_at(f, pc->arg), sp[-1].object(), level);
    if (UNLIKELY(!module)) UNWIND();
    sp[-1].close();
    sp[-2].close();
    sp[-2] = Word::owned(module);
    --sp;
    NEXT(0);
}
HANDLER(IMPORT_FROM) {
    SAVE();
    Object* value = import_from(*t, sp[-1].object(), name_at(f, pc->arg));
    if (UNLIKELY(!value)) UNWIND();
    *sp++ = Word::owned(value);
    NEXT(0);
}
HANDLER(SETUP_ANNOTATIONS) {
    SAVE();
    if (!setup_annotations(*t, f)) UNWIND();
    NEXT(0);
}
HANDLER(LOAD_BUILD_CLASS) {
    SAVE();
    Object* value = load_build_class(*t, f);
    if (UNLIKELY(!value)) UNWIND();
    *sp++ = Word::owned(value);
    NEXT(0);
}

} // namespace taipan::vm
