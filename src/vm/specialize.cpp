// Choosing the specialised form of an instruction from the operands seen. The copy of the code is the thread's own, so
// rewriting it needs no synchronisation.
#include "objects/descriptor.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/slice.h"
#include "objects/slot_names.h"
#include "vm/attribute_cache.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

namespace {
bool is_float_like(Word w) { return w.is_int() || w.object()->type == &Float::s_type; }
bool is_small_int(Word w) {
    int64_t value;
    return word_int64(w, &value);
}
bool is_str(Word w) { return !w.is_int() && w.object()->type == &Str::s_type; }
constexpr uint16_t OpLoadAttr = 80, OpStoreAttr = 110;
constexpr uint16_t OpUnpackSequence = 119;
constexpr uint16_t PopJumpIfFalse = 100, PopJumpIfTrue = 103, StoreFast = 112;
} // namespace

void specialize_binary_op(Thread& t, Frame* f, Word* sp, Insn* pc) {
    Word left = sp[-2], right = sp[-1];
    pc->counter = FailedBackoff;
    BinaryOp op = static_cast<BinaryOp>(pc->arg);
    bool inplace = op >= BinaryOp::InplaceAdd && op <= BinaryOp::InplaceXor;
    BinaryOp base = inplace ? static_cast<BinaryOp>(static_cast<int>(op) - static_cast<int>(BinaryOp::InplaceAdd)) : op;
    if (is_small_int(left) && is_small_int(right)) {
        switch (base) {
        case BinaryOp::Add: pc->op = BINARY_OP_ADD_INT; return;
        case BinaryOp::Subtract: pc->op = BINARY_OP_SUBTRACT_INT; return;
        case BinaryOp::Multiply: pc->op = BINARY_OP_MULTIPLY_INT; return;
        case BinaryOp::FloorDivide: pc->op = BINARY_OP_FLOOR_DIVIDE_INT; return;
        case BinaryOp::Remainder: pc->op = BINARY_OP_REMAINDER_INT; return;
        case BinaryOp::And: pc->op = BINARY_OP_AND_INT; return;
        case BinaryOp::Or: pc->op = BINARY_OP_OR_INT; return;
        case BinaryOp::Xor: pc->op = BINARY_OP_XOR_INT; return;
        case BinaryOp::Lshift: pc->op = BINARY_OP_LSHIFT_INT; return;
        case BinaryOp::Rshift: pc->op = BINARY_OP_RSHIFT_INT; return;
        case BinaryOp::TrueDivide: pc->op = BINARY_OP_TRUE_DIVIDE_FLOAT; return;
        default: return;
        }
    }
    if (is_float_like(left) && is_float_like(right)) {
        switch (base) {
        case BinaryOp::Add: pc->op = BINARY_OP_ADD_FLOAT; return;
        case BinaryOp::Subtract: pc->op = BINARY_OP_SUBTRACT_FLOAT; return;
        case BinaryOp::Multiply: pc->op = BINARY_OP_MULTIPLY_FLOAT; return;
        case BinaryOp::TrueDivide: pc->op = BINARY_OP_TRUE_DIVIDE_FLOAT; return;
        default: return;
        }
    }
    if (base == BinaryOp::Add && is_str(left) && is_str(right)) {
        Insn* next = pc + 6;
        bool grows = next->op == StoreFast && f->locals[next->arg].is_counted() &&
                     (f->locals[next->arg].bits & ~Word::TagMask) == (left.bits & ~Word::TagMask);
        pc->op = grows ? BINARY_OP_INPLACE_ADD_STR : BINARY_OP_ADD_STR;
        return;
    }
    if (op == BinaryOp::Subscript && !left.is_int()) {
        Type* type = left.object()->type;
        if (type == &List::s_type && is_small_int(right)) pc->op = BINARY_OP_SUBSCR_LIST_INT;
        else if (type == &Tuple::s_type && is_small_int(right)) pc->op = BINARY_OP_SUBSCR_TUPLE_INT;
        else if (type == &Str::s_type && is_small_int(right)) pc->op = BINARY_OP_SUBSCR_STR_INT;
        else if (type == &Dict::s_type) pc->op = BINARY_OP_SUBSCR_DICT;
        else if (type->is_heap_type()) {
            AttributeEntry* entry = add_special_entry(t, left.object(), names::__getitem__);
            if (entry && entry->cache.descriptor->type == &Function::s_type &&
                takes_exactly(static_cast<Function*>(entry->cache.descriptor), 2))
                pc->op = BINARY_OP_SUBSCR_GETITEM;
        }
    }
}

void specialize_compare_op(Thread&, Word* sp, Insn* pc) {
    Word left = sp[-2], right = sp[-1];
    pc->counter = FailedBackoff;
    if (is_small_int(left) && is_small_int(right)) {
        uint16_t next = pc[2].op;
        pc->op = next == PopJumpIfFalse || next == PopJumpIfTrue ? COMPARE_OP_INT_JUMP : COMPARE_OP_INT;
    } else if (is_float_like(left) && is_float_like(right)) {
        pc->op = COMPARE_OP_FLOAT;
    } else if (is_str(left) && is_str(right)) {
        Comparison op = static_cast<Comparison>(pc->arg >> 5);
        if (op == Comparison::Eq || op == Comparison::Ne) pc->op = COMPARE_OP_STR;
    }
}

void specialize_load_global(Thread& t, Frame* f, Insn* pc, Str* name) {
    pc->counter = FailedBackoff;
    if (!is_exact<Dict>(f->globals) || !is_exact<Dict>(f->builtins())) return;
    GlobalCache* c = reinterpret_cast<GlobalCache*>(cache(pc));
    uint32_t version = dict_keys_version(t, f->globals);
    if (!version) return;
    if (uint32_t place = dict_value_place(t, f->globals, name)) {
        *c = {version, place, 0};
        pc->op = LOAD_GLOBAL_MODULE;
        return;
    }
    Dict* builtins = static_cast<Dict*>(f->builtins());
    uint32_t builtins_version = dict_keys_version(t, builtins);
    uint32_t place = dict_value_place(t, builtins, name);
    if (!place || !builtins_version) return;
    *c = {builtins_version, place, version};
    pc->op = LOAD_GLOBAL_BUILTIN;
}

namespace {
/// How an attribute of instances of `type` may be shadowed: not at all, or by a dict whose absence of the name is cached.
enum class Shadow { None, Values, Unknown };
Shadow shadowing(Thread& t, Object* owner, Str* name, AttributeCache* c) {
    Type* type = owner->type;
    if (type->dict_offset == 0 && !type->has(type_flag::ManagedDict)) return Shadow::None;
    if (!type->has(type_flag::ManagedDict)) {
        // A dict of its own, at a place in the object, that is made when it is needed.
        if (type->dict_offset < 0) return Shadow::Unknown;
        return load_acquire(*reinterpret_cast<Object**>(reinterpret_cast<char*>(owner) + type->dict_offset)) ? Shadow::Unknown
                                                                                                             : Shadow::Values;
    }
    if (!type->has(type_flag::InlineValues)) return managed_dict(owner) ? Shadow::Unknown : Shadow::Values;
    if (!load_acquire(inline_values(owner)->valid) || instance_index(owner, name) >= 0) return Shadow::Unknown;
    c->keys_version = keys_version(t, shared_keys_of(type));
    return c->keys_version ? Shadow::Values : Shadow::Unknown;
}
Object* wrapped_function(Object* method) {
    return method->type == &ClassMethod::s_type ? static_cast<ClassMethod*>(method)->callable
                                                : static_cast<StaticMethod*>(method)->callable;
}
uint16_t choose_class_attribute(Thread& t, Type* type, bool method_load, Str* name, AttributeCache* c) {
    if (type->type->getattr != Type::s_type.getattr) return OpLoadAttr;
    uint32_t meta_version;
    MaybeRef<Object> meta = type_lookup_version(t, *type->type, name, &meta_version);
    if (!meta_version) return OpLoadAttr;
    if (meta && meta->type->descr_set) return OpLoadAttr;
    MaybeRef<Object> attribute = type_lookup_version(t, *type, name, &c->type_version);
    if (!attribute || !c->type_version) return OpLoadAttr;
    Type* kind = attribute->type;
    // Plain values, and functions, which are returned as they are; class and static methods give what they wrap.
    c->metatype_version = meta_version;
    c->descriptor = attribute.get();
    bool is_class_method = kind == &ClassMethod::s_type;
    if (is_class_method || kind == &StaticMethod::s_type) {
        c->descriptor = wrapped_function(attribute.get());
        if (!c->descriptor || (is_class_method && (!method_load || c->descriptor->type != &Function::s_type))) return OpLoadAttr;
    } else if (kind->descr_get && kind != &Function::s_type) {
        return OpLoadAttr;
    }
    enable_try_incref(c->descriptor);
    return is_class_method ? LOAD_ATTR_METHOD_OF_CLASS : LOAD_ATTR_CLASS;
}
} // namespace

AttributeEntry* claim_attribute_entry(Thread& t, uint32_t version, const Str* name, const void* access) {
    if (!t.attribute_table && !(t.attribute_table = raw_calloc(1, sizeof(AttributeTable)))) return nullptr;
    AttributeEntry& entry = static_cast<AttributeTable*>(t.attribute_table)->at(version, name, access);
    entry = {};
    return &entry;
}

/// The instruction that serves this access, with its cache filled in; LOAD_ATTR if there is none.
static uint16_t choose_load_attr(Thread& t, Word owner_word, bool method_load, Str* name, AttributeCache* c);

void specialize_load_attr(Thread& t, Word owner, Insn* pc, Str* name) {
    pc->counter = FailedBackoff;
    pc->op = choose_load_attr(t, owner, pc->arg & 1, name, reinterpret_cast<AttributeCache*>(cache(pc)));
}

AttributeEntry* add_attribute_entry(Thread& t, Word owner, Str* name, bool method_load) {
    AttributeCache found;
    uint16_t op = choose_load_attr(t, owner, method_load, name, &found);
    switch (op) {
    case LOAD_ATTR_INSTANCE_VALUE:
    case LOAD_ATTR_SLOT:
    case LOAD_ATTR_GETSET:
    case LOAD_ATTR_METHOD:
    case LOAD_ATTR_METHOD_VALUES:
    case LOAD_ATTR_CLASS_METHOD:
    case LOAD_ATTR_CLASS_METHOD_VALUES:
    case LOAD_ATTR_NONDESCRIPTOR:
    case LOAD_ATTR_NONDESCRIPTOR_VALUES: break;
    default: return nullptr;
    }
    const void* access = attribute_access(method_load ? AttributeAccess::Method : AttributeAccess::Value);
    AttributeEntry* entry = claim_attribute_entry(t, found.type_version, name, access);
    if (entry) *entry = {found.type_version, op, name, access, found};
    return entry;
}

/// The attribute is what a call of the function with `count` arguments gives, in a frame of its own. False: not so simple.
static bool note_accessor(Object* callable, uint32_t count, AttributeCache* c) {
    if (!callable || callable->type != &Function::s_type) return false;
    Function* function = static_cast<Function*>(callable);
    if (!takes_exactly(function, count) || function->code->is_generator_like()) return false;
    c->function_version = function_version(function);
    if (!c->function_version) return false;
    c->descriptor = function;
    enable_try_incref(function);
    return true;
}
static uint16_t choose_getattribute(Thread& t, Type* type, AttributeCache* c) {
    MaybeRef<Object> found = type_lookup_version(t, *type, names::__getattribute__, &c->type_version);
    if (!c->type_version || type_lookup(t, *type, names::__getattr__)) return OpLoadAttr;
    return note_accessor(found.get(), 2, c) ? LOAD_ATTR_GETATTRIBUTE : OpLoadAttr;
}

uint16_t choose_load_attr(Thread& t, Word owner_word, bool method_load, Str* name, AttributeCache* c) {
    Type* type = word_type(owner_word);
    Object* owner = owner_word.is_int() ? nullptr : owner_word.object();
    if (owner && type == &Module::s_type) {
        Dict* dict = static_cast<Module*>(owner)->dict;
        if (!is_exact<Dict>(dict)) return OpLoadAttr;
        uint32_t version = dict_keys_version(t, dict);
        uint32_t place = version ? dict_value_place(t, dict, name) : 0;
        if (!place) return OpLoadAttr;
        c->global = {version, place, 0};
        return LOAD_ATTR_MODULE;
    }
    if (owner && is<Type>(owner)) return choose_class_attribute(t, static_cast<Type*>(owner), method_load, name, c);
    if (owner && !method_load && type->getattr == slot_tp_getattr_hook) return choose_getattribute(t, type, c);
    if (type->getattr != generic_getattr_slot) return OpLoadAttr;
    MaybeRef<Object> descriptor = type_lookup_version(t, *type, name, &c->type_version);
    if (!c->type_version) return OpLoadAttr;
    bool inline_here = owner && type->has(type_flag::InlineValues) && load_acquire(inline_values(owner)->valid);
    if (!descriptor) {
        intptr_t index = inline_here ? instance_index(owner, name) : -1;
        if (index < 0 || !value_place::fits(type)) return OpLoadAttr;
        c->index = value_place::of(type, index);
        return LOAD_ATTR_INSTANCE_VALUE;
    }
    Type* kind = descriptor->type;
    c->descriptor = descriptor.get();
    if (kind == &MemberDescriptor::s_type) {
        const MemberDef* member = static_cast<MemberDescriptor*>(descriptor.get())->member;
        // A descriptor of another class that was put here: raises when it is used.
        if (!is_subtype(type, static_cast<MemberDescriptor*>(descriptor.get())->owner)) return OpLoadAttr;
        if (!owner || member->type != member_type::ObjectEx || member->flags & member_flag::AuditRead) return OpLoadAttr;
        c->index = static_cast<uint32_t>(member->offset);
        return LOAD_ATTR_SLOT;
    }
    if (kind == &GetSetDescriptor::s_type) {
        auto* getset = static_cast<GetSetDescriptor*>(descriptor.get());
        // Classes written in native code stay as they are, and so their descriptors live.
        if (!owner || !getset->getset->get || getset->owner->is_heap_type() || !is_subtype(type, getset->owner)) return OpLoadAttr;
        return LOAD_ATTR_GETSET;
    }
    if (kind == &Property::s_type && !method_load && owner)
        return note_accessor(static_cast<Property*>(descriptor.get())->getter, 1, c) ? LOAD_ATTR_PROPERTY : OpLoadAttr;
    if (kind->descr_set) return OpLoadAttr;
    bool is_method = kind->has(type_flag::MethodDescriptor), is_class_method = false;
    if (kind == &StaticMethod::s_type || kind == &ClassMethod::s_type) {
        // What they wrap is on the stack at once.
        is_class_method = kind == &ClassMethod::s_type;
        Object* wrapped = wrapped_function(descriptor.get());
        if (!wrapped || (is_class_method && (!method_load || wrapped->type != &Function::s_type))) return OpLoadAttr;
        c->descriptor = wrapped;
        enable_try_incref(wrapped);
    } else if (!is_method && kind->descr_get) {
        return OpLoadAttr;
    }
    if (is_method && !method_load) return OpLoadAttr;
    Shadow shadow = owner ? shadowing(t, owner, name, c) : Shadow::None;
    if (shadow == Shadow::Unknown) {
        intptr_t index = inline_here ? instance_index(owner, name) : -1;
        if (index < 0 || !inline_values(owner)->items[index] || !value_place::fits(type)) return OpLoadAttr;
        c->index = value_place::of(type, index);
        return LOAD_ATTR_INSTANCE_VALUE;
    }
    if (is_method) enable_try_incref(descriptor.get());
    else if (!kind->descr_get) enable_try_incref(descriptor.get());
    if (is_method) return shadow == Shadow::None ? LOAD_ATTR_METHOD : LOAD_ATTR_METHOD_VALUES;
    if (!owner) return OpLoadAttr;
    if (is_class_method) return shadow == Shadow::None ? LOAD_ATTR_CLASS_METHOD : LOAD_ATTR_CLASS_METHOD_VALUES;
    return shadow == Shadow::None ? LOAD_ATTR_NONDESCRIPTOR : LOAD_ATTR_NONDESCRIPTOR_VALUES;
}

/// A method found past a class in the MRO of plain instances: the owner's version covers the whole MRO. Null: not to be cached.
AttributeEntry* add_super_entry(Thread& t, Object* owner, Type* start, Str* name) {
    Type* type = owner->type;
    if (is<Type>(owner) || !is_subtype(type, start)) return nullptr;
    uint32_t version = type_version(t, *type);
    if (!version) return nullptr;
    auto* mro = static_cast<Tuple*>(load_acquire(type->mro));
    if (!mro) return nullptr;
    intptr_t i = 0;
    while (i < mro->size && mro->items[i] != start) ++i;
    for (++i; i < mro->size; ++i) {
        if (!is<Type>(mro->items[i])) return nullptr;
        Object* dict = static_cast<Type*>(mro->items[i])->dict;
        auto found = dict_get_str(t, static_cast<Dict*>(dict), name);
        if (found.is_error()) return t.clear_exception(), nullptr;
        MaybeRef<Object> value = found.take();
        if (!value) continue;
        if (!value->type->has(type_flag::MethodDescriptor)) return nullptr;
        enable_try_incref(value.get());
        AttributeEntry* entry = claim_attribute_entry(t, version, name, start);
        if (entry) {
            *entry = {version, LOAD_SUPER_ATTR_METHOD, name, start, {}};
            entry->cache.type_version = version;
            entry->cache.descriptor = value.get();
        }
        return entry;
    }
    return nullptr;
}

AttributeEntry* add_special_entry(Thread& t, Object* owner, Str* name) {
    uint32_t version;
    MaybeRef<Object> value = type_lookup_version(t, *owner->type, name, &version);
    if (!version || !value || !value->type->has(type_flag::MethodDescriptor)) return nullptr;
    enable_try_incref(value.get());
    const void* access = attribute_access(AttributeAccess::Special);
    AttributeEntry* entry = claim_attribute_entry(t, version, name, access);
    if (entry) {
        *entry = {version, LOAD_ATTR_METHOD, name, access, {}};
        entry->cache.type_version = version;
        entry->cache.descriptor = value.get();
    }
    return entry;
}

/// The instruction that serves this store with its version and index; STORE_ATTR if there is none.
static uint16_t choose_store_attr(Thread& t, Object* owner, Str* name, uint32_t* version, uint32_t* index_out) {
    Type* type = owner->type;
    if (type->setattr != generic_setattr_slot) return OpStoreAttr;
    MaybeRef<Object> descriptor = type_lookup_version(t, *type, name, version);
    if (!*version) return OpStoreAttr;
    if (descriptor && descriptor->type == &MemberDescriptor::s_type) {
        const MemberDef* member = static_cast<MemberDescriptor*>(descriptor.get())->member;
        if (member->type != member_type::ObjectEx || member->flags & member_flag::ReadOnly ||
            !is_subtype(type, static_cast<MemberDescriptor*>(descriptor.get())->owner))
            return OpStoreAttr;
        *index_out = static_cast<uint32_t>(member->offset);
        return STORE_ATTR_SLOT;
    }
    if (descriptor && descriptor->type->descr_set) return OpStoreAttr;
    if (!type->has(type_flag::InlineValues) || !load_acquire(inline_values(owner)->valid) || managed_dict(owner)) return OpStoreAttr;
    intptr_t index = instance_index(owner, name);
    if (index < 0 || !value_place::fits(type)) return OpStoreAttr;
    *index_out = value_place::of(type, index);
    return STORE_ATTR_INSTANCE_VALUE;
}

void specialize_store_attr(Thread& t, Word owner_word, Insn* pc, Str* name) {
    pc->counter = FailedBackoff;
    if (owner_word.is_int()) return;
    auto* c = reinterpret_cast<StoreCache*>(cache(pc));
    uint32_t version = 0, index = 0;
    uint16_t op = choose_store_attr(t, owner_word.object(), name, &version, &index);
    if (op == OpStoreAttr) return;
    for (auto& way : c->of) way = {0, 0};
    c->of[0] = {version, index};
    pc->op = op;
}

int add_store_way(Thread& t, Object* owner, Insn* pc, Str* name) {
    auto* c = reinterpret_cast<StoreCache*>(cache(pc));
    int way = 1;
    while (way < StoreCache::Size && c->of[way].version) ++way;
    uint32_t version = 0, index = 0;
    if (way == StoreCache::Size || choose_store_attr(t, owner, name, &version, &index) != STORE_ATTR_INSTANCE_VALUE) return -1;
    c->of[way] = {version, index};
    return way;
}

/// Only positional parameters, and defaults for those that `count` arguments leave out.
static bool takes_defaults(const Function* function, uint32_t count) {
    const Code* code = function->code;
    if (!function->defaults || code->kwonlyargcount || code->flags & (code_flag::VarArgs | code_flag::VarKeywords)) return false;
    uint32_t parameters = static_cast<uint32_t>(code->argcount), defaults = static_cast<uint32_t>(function->defaults->size);
    return count < parameters && defaults <= parameters && count >= parameters - defaults;
}

void specialize_call_kw(Thread& t, Word* callable, Insn* pc, size_t nargs, Tuple* names) {
    pc->counter = FailedBackoff;
    if (callable[0].is_int()) return;
    Object* target = callable[0].object();
    if (target->type != &Function::s_type) return;
    Function* function = static_cast<Function*>(target);
    const Code* code = function->code;
    if (function->vectorcall != function_vectorcall || code->flags & (code_flag::VarArgs | code_flag::VarKeywords)) return;
    KeywordCallCache* c = reinterpret_cast<KeywordCallCache*>(cache(pc));
    size_t keywords = static_cast<size_t>(names->size), parameters = static_cast<size_t>(code->argcount + code->kwonlyargcount);
    bool has_self = !callable[1].is_null();
    size_t positional = nargs - keywords + has_self, argcount = static_cast<size_t>(code->argcount);
    if (keywords > KeywordCallCache::MaxKeywords || parameters > 64 || positional > argcount) return;
    uint64_t given = (uint64_t{1} << positional) - 1;
    for (size_t k = 0; k < keywords; ++k) {
        size_t index = static_cast<size_t>(code->posonlyargcount);
        while (index < parameters && code->localsplusnames->items[index] != names->items[k]) ++index;
        if (index == parameters || given >> index & 1) return; // the general form knows what to say
        given |= uint64_t{1} << index;
        c->parameter[k] = static_cast<uint8_t>(index);
    }
    c->defaults = c->keyword_defaults = 0;
    size_t defaults = function->defaults ? static_cast<size_t>(function->defaults->size) : 0;
    for (size_t i = positional; i < parameters; ++i) {
        if (given >> i & 1) continue;
        if (i >= argcount) c->keyword_defaults = 1;
        else if (defaults <= argcount && i >= argcount - defaults) c->defaults = 1;
        else return;
    }
    c->version = function_version(function);
    c->keywords = static_cast<uint8_t>(keywords);
    c->has_self = has_self;
    if (c->version) pc->op = CALL_KW_PY;
}

/// Whether the class has a better way to be called than its vectorcall.
static bool specialize_class_call(Thread& t, Type* type, Insn* pc, size_t nargs) {
    if (type == &Type::s_type && nargs == 1) {
        pc->op = CALL_TYPE_1;
        return true;
    }
    bool ordinary = type->vectorcall == class_vectorcall || !type->vectorcall;
    if (!ordinary || !type->is_heap_type() || type->type != &Type::s_type || type->construct != Object::s_type.construct ||
        type->has(type_flag::Abstract))
        return false;
    CallCache* c = reinterpret_cast<CallCache*>(cache(pc));
    MaybeRef<Object> init = type_lookup_version(t, *type, names::__init__, &c->version);
    if (!c->version) return false;
    if (nargs == 0 && type->init == Object::s_type.init) {
        pc->op = CALL_CLASS_BARE;
        return true;
    }
    if (!init || init->type != &Function::s_type) return false;
    Function* function = static_cast<Function*>(init.get());
    if (function->vectorcall != function_vectorcall) return false;
    c->target = function;
    enable_try_incref(function);
    pc->op = CALL_CLASS_INIT;
    return true;
}

void specialize_call(Thread& t, Word* callable, Insn* pc, size_t nargs) {
    pc->counter = FailedBackoff;
    if (callable[0].is_int()) return;
    CallCache* c = reinterpret_cast<CallCache*>(cache(pc));
    Object* target = callable[0].object();
    bool has_self = !callable[1].is_null();
    if (target->type == &Method::s_type && !has_self) {
        if (static_cast<Method*>(target)->function->type == &Function::s_type) pc->op = CALL_BOUND_METHOD;
        return;
    }
    if (target->type == &Function::s_type) {
        Function* function = static_cast<Function*>(target);
        if (function->vectorcall != function_vectorcall) return;
        uint32_t count = static_cast<uint32_t>(nargs + has_self);
        c->version = function_version(function);
        c->extra = has_self;
        if (c->version && takes_exactly(function, count)) pc->op = CALL_PY_EXACT_ARGS;
        else if (c->version && takes_defaults(function, count)) pc->op = CALL_PY_DEFAULTS;
        else pc->op = CALL_PY_GENERAL;
        return;
    }
    if (target->type == &BuiltinFunction::s_type && !has_self) {
        BuiltinFunction* function = static_cast<BuiltinFunction*>(target);
        if (!function->def->entry) return;
        c->data = function->def;
        std::string_view name = function->def->name;
        bool builtin =
            function->module && is_exact<Str>(function->module) && str_equals_ascii(static_cast<Str*>(function->module), "builtins");
        if (builtin && name == "len" && nargs == 1) pc->op = CALL_LEN;
        else if (builtin && name == "isinstance" && nargs == 2) pc->op = CALL_ISINSTANCE;
        else if (nargs == 1 && function->self && is_exact<List>(function->self) && name == "append") pc->op = CALL_BOUND_APPEND;
        else pc->op = nargs == 1 ? CALL_NATIVE_ONE : CALL_NATIVE;
        return;
    }
    if (target->type == &MethodDescriptor::s_type && has_self) {
        MethodDescriptor* descriptor = static_cast<MethodDescriptor*>(target);
        if (!descriptor->def->entry || !is_subtype(word_type(callable[1]), descriptor->owner)) return;
        c->data = descriptor->def;
        bool append = descriptor->owner == &List::s_type && nargs == 1 && std::string_view(descriptor->def->name) == "append";
        pc->op = append ? CALL_LIST_APPEND : CALL_METHOD_NATIVE;
        return;
    }
    if (target->type == &MethodDescriptor::s_type && nargs > 0) { // dict.copy(d)
        MethodDescriptor* descriptor = static_cast<MethodDescriptor*>(target);
        if (!descriptor->def->entry || !is_subtype(word_type(callable[2]), descriptor->owner)) return;
        c->data = descriptor->def;
        pc->op = CALL_METHOD_UNBOUND;
        return;
    }
    if (target->type == &WrapperDescriptor::s_type && nargs + has_self > 0) { // object.__setattr__(o, n, v), super().__init__()
        WrapperDescriptor* descriptor = static_cast<WrapperDescriptor*>(target);
        if (is_subtype(word_type(callable[has_self ? 1 : 2]), descriptor->owner)) pc->op = CALL_SLOT_WRAPPER;
        return;
    }
    if (has_self) return;
    if (is<Type>(target) && specialize_class_call(t, static_cast<Type*>(target), pc, nargs)) return;
    if (vectorcall_function(target)) {
        c->target = target->type;
        pc->op = CALL_VECTORCALL;
    }
}

void specialize_for_iter(Thread&, Word iterator, Insn* pc) {
    pc->counter = FailedBackoff;
    Type* type = iterator.object()->type;
    uint16_t next = pc[2].op;
    bool unpacks = pc[2].arg == 2 && (next == OpUnpackSequence || next == UNPACK_SEQUENCE_TWO_TUPLE);
    if (unpacks && (type == &Zip::s_type || type == &Enumerate::s_type || type == &DictItemIterator::s_type)) pc->op = FOR_ITER_PAIR;
    else if (type == &RangeIterator::s_type) pc->op = FOR_ITER_RANGE;
    else if (type == &ListIterator::s_type) pc->op = FOR_ITER_LIST;
    else if (type == &TupleIterator::s_type) pc->op = FOR_ITER_TUPLE;
    else if (type == &Generator::s_type) pc->op = FOR_ITER_GENERATOR;
    else if (type == &DictKeyIterator::s_type || type == &DictValueIterator::s_type) pc->op = FOR_ITER_DICT;
    else {
        *cache(pc) = reinterpret_cast<uintptr_t>(type);
        pc->op = FOR_ITER_TYPE;
    }
}

} // namespace taipan::vm
