// Choosing the specialised form of an instruction from the operands seen. The copy of the code is the thread's own, so
// rewriting it needs no synchronisation.
#include "objects/function.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/slice.h"
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
        if (type == &List::s_type && right.is_int()) pc->op = BINARY_OP_SUBSCR_LIST_INT;
        else if (type == &Tuple::s_type && right.is_int()) pc->op = BINARY_OP_SUBSCR_TUPLE_INT;
        else if (type == &Str::s_type && right.is_int()) pc->op = BINARY_OP_SUBSCR_STR_INT;
        else if (type == &Dict::s_type) pc->op = BINARY_OP_SUBSCR_DICT;
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
    if (!is_exact<Dict>(f->globals) || !is_exact<Dict>(f->builtins)) return;
    GlobalCache* c = reinterpret_cast<GlobalCache*>(cache(pc));
    uint32_t version = dict_keys_version(t, f->globals);
    if (!version) return;
    intptr_t index = dict_lookup_index_str(t, f->globals, name);
    if (index >= 0) {
        *c = {version, static_cast<uint32_t>(index), 0};
        pc->op = LOAD_GLOBAL_MODULE;
        return;
    }
    Dict* builtins = static_cast<Dict*>(f->builtins);
    uint32_t builtins_version = dict_keys_version(t, builtins);
    index = dict_lookup_index_str(t, builtins, name);
    if (index < 0 || !builtins_version) return;
    *c = {builtins_version, static_cast<uint32_t>(index), version};
    pc->op = LOAD_GLOBAL_BUILTIN;
}

namespace {
/// How an attribute of instances of `type` may be shadowed: not at all, or by a dict whose absence of the name is cached.
enum class Shadow { None, Values, Unknown };
Shadow shadowing(Thread& t, Object* owner, Str* name, AttributeCache* c) {
    Type* type = owner->type;
    if (type->dict_offset == 0 && !type->has(type_flag::ManagedDict)) return Shadow::None;
    if (!type->has(type_flag::ManagedDict)) return Shadow::Unknown;
    if (!type->has(type_flag::InlineValues)) return managed_dict(owner) ? Shadow::Unknown : Shadow::Values;
    if (!inline_values(owner)->valid || instance_index(owner, name) >= 0) return Shadow::Unknown;
    c->keys_version = keys_version(t, shared_keys_of(type));
    return c->keys_version ? Shadow::Values : Shadow::Unknown;
}
void specialize_class_attribute(Thread& t, Type* type, Insn* pc, Str* name, AttributeCache* c) {
    if (type->type->getattr != Type::s_type.getattr) return;
    uint32_t meta_version;
    MaybeRef<Object> meta = type_lookup_version(t, *type->type, name, &meta_version);
    if (!meta_version) return;
    if (meta && meta->type->descr_set) return;
    MaybeRef<Object> attribute = type_lookup_version(t, *type, name, &c->type_version);
    if (!attribute || !c->type_version) return;
    Type* kind = attribute->type;
    // Plain values, and functions, which are returned as they are.
    if (kind->descr_get && kind != &Function::s_type) return;
    c->metatype_version = meta_version;
    c->descriptor = attribute.get();
    enable_try_incref(attribute.get());
    pc->op = LOAD_ATTR_CLASS;
}
} // namespace

void specialize_load_attr(Thread& t, Word owner_word, Insn* pc, Str* name) {
    pc->counter = FailedBackoff;
    AttributeCache* c = reinterpret_cast<AttributeCache*>(cache(pc));
    bool method_load = pc->arg & 1;
    Type* type = word_type(owner_word);
    Object* owner = owner_word.is_int() ? nullptr : owner_word.object();
    if (owner && type == &Module::s_type) {
        Dict* dict = static_cast<Module*>(owner)->dict;
        if (!is_exact<Dict>(dict)) return;
        uint32_t version = dict_keys_version(t, dict);
        intptr_t index = version ? dict_lookup_index_str(t, dict, name) : -1;
        if (index < 0) return;
        c->global = {version, static_cast<uint32_t>(index), 0};
        pc->op = LOAD_ATTR_MODULE;
        return;
    }
    if (owner && is<Type>(owner)) return specialize_class_attribute(t, static_cast<Type*>(owner), pc, name, c);
    if (type->getattr != generic_getattr_slot) return;
    MaybeRef<Object> descriptor = type_lookup_version(t, *type, name, &c->type_version);
    if (!c->type_version) return;
    if (!descriptor) {
        if (!owner || !type->has(type_flag::InlineValues) || !inline_values(owner)->valid) return;
        intptr_t index = instance_index(owner, name);
        if (index < 0) return;
        c->index = static_cast<uint32_t>(index);
        pc->op = LOAD_ATTR_INSTANCE_VALUE;
        return;
    }
    Type* kind = descriptor->type;
    c->descriptor = descriptor.get();
    if (kind == &MemberDescriptor::s_type) {
        const MemberDef* member = static_cast<MemberDescriptor*>(descriptor.get())->member;
        if (owner && member->type == member_type::ObjectEx && !(member->flags & member_flag::AuditRead)) {
            c->index = static_cast<uint32_t>(member->offset);
            pc->op = LOAD_ATTR_SLOT;
        }
        return;
    }
    if (kind == &Property::s_type && !method_load && owner) {
        Object* getter = static_cast<Property*>(descriptor.get())->getter;
        if (!getter || getter->type != &Function::s_type) return;
        Function* function = static_cast<Function*>(getter);
        if (function->vectorcall != function_vectorcall || function->code->argcount != 1 || function->code->is_generator_like() ||
            function->code->total_args() != 1)
            return;
        c->function_version = function_version(function);
        if (!c->function_version) return;
        c->descriptor = getter;
        enable_try_incref(getter);
        pc->op = LOAD_ATTR_PROPERTY;
        return;
    }
    if (kind->descr_set) return;
    bool is_method = kind->has(type_flag::MethodDescriptor);
    if (!is_method && kind->descr_get) return;
    if (is_method && !method_load) return;
    Shadow shadow = owner ? shadowing(t, owner, name, c) : Shadow::None;
    if (shadow == Shadow::Unknown) {
        if (owner && type->has(type_flag::InlineValues) && inline_values(owner)->valid) {
            intptr_t index = instance_index(owner, name);
            if (index >= 0 && inline_values(owner)->items[index]) {
                c->index = static_cast<uint32_t>(index);
                pc->op = LOAD_ATTR_INSTANCE_VALUE;
            }
        }
        return;
    }
    enable_try_incref(descriptor.get());
    if (is_method) pc->op = shadow == Shadow::None ? LOAD_ATTR_METHOD : LOAD_ATTR_METHOD_VALUES;
    else if (owner) pc->op = shadow == Shadow::None ? LOAD_ATTR_NONDESCRIPTOR : LOAD_ATTR_NONDESCRIPTOR_VALUES;
}

void specialize_store_attr(Thread& t, Word owner_word, Insn* pc, Str* name) {
    pc->counter = FailedBackoff;
    if (owner_word.is_int()) return;
    Object* owner = owner_word.object();
    Type* type = owner->type;
    if (type->setattr != generic_setattr_slot) return;
    AttributeCache* c = reinterpret_cast<AttributeCache*>(cache(pc));
    MaybeRef<Object> descriptor = type_lookup_version(t, *type, name, &c->type_version);
    if (!c->type_version) return;
    if (descriptor && descriptor->type == &MemberDescriptor::s_type) {
        const MemberDef* member = static_cast<MemberDescriptor*>(descriptor.get())->member;
        if (member->type == member_type::ObjectEx && !(member->flags & member_flag::ReadOnly)) {
            c->index = static_cast<uint32_t>(member->offset);
            pc->op = STORE_ATTR_SLOT;
        }
        return;
    }
    if (descriptor && descriptor->type->descr_set) return;
    if (!type->has(type_flag::InlineValues) || !inline_values(owner)->valid || managed_dict(owner)) return;
    intptr_t index = instance_index(owner, name);
    if (index < 0) return;
    c->index = static_cast<uint32_t>(index);
    pc->op = STORE_ATTR_INSTANCE_VALUE;
}

struct CallCacheFields {
    uint32_t version, extra;
    Object* target;
    void* data;
};

void specialize_call(Thread& t, Word* callable, Insn* pc, size_t nargs) {
    pc->counter = FailedBackoff;
    if (callable[0].is_int()) return;
    CallCacheFields* c = reinterpret_cast<CallCacheFields*>(cache(pc));
    Object* target = callable[0].object();
    bool has_self = !callable[1].is_null();
    if (target->type == &Method::s_type && !has_self) {
        if (static_cast<Method*>(target)->function->type == &Function::s_type) pc->op = CALL_BOUND_METHOD;
        return;
    }
    if (target->type == &Function::s_type) {
        Function* function = static_cast<Function*>(target);
        if (function->vectorcall != function_vectorcall) return;
        Code* code = function->code;
        bool simple = !(code->flags & (code_flag::VarArgs | code_flag::VarKeywords)) && code->kwonlyargcount == 0 &&
                      static_cast<size_t>(code->argcount) == nargs + has_self;
        c->version = function_version(function);
        pc->op = simple && c->version ? CALL_PY_EXACT_ARGS : CALL_PY_GENERAL;
        return;
    }
    c->target = target;
    if (target->type == &BuiltinFunction::s_type && !has_self && is_immortal(target)) {
        BuiltinFunction* function = static_cast<BuiltinFunction*>(target);
        if (!function->def->entry) return;
        std::string_view name = function->def->name;
        bool builtin = function->module && is_exact<Str>(function->module) &&
                       str_equals_ascii(static_cast<Str*>(function->module), "builtins");
        if (builtin && name == "len" && nargs == 1) pc->op = CALL_LEN;
        else if (builtin && name == "isinstance" && nargs == 2) pc->op = CALL_ISINSTANCE;
        else pc->op = CALL_NATIVE;
        return;
    }
    if (target->type == &MethodDescriptor::s_type && has_self && is_immortal(target)) {
        MethodDescriptor* descriptor = static_cast<MethodDescriptor*>(target);
        if (!descriptor->def->entry || word_type(callable[1]) != descriptor->owner) return;
        bool append = descriptor->owner == &List::s_type && nargs == 1 && std::string_view(descriptor->def->name) == "append";
        pc->op = append ? CALL_LIST_APPEND : CALL_METHOD_NATIVE;
        return;
    }
    if (is<Type>(target) && !has_self) {
        Type* type = static_cast<Type*>(target);
        if (type == &Type::s_type) {
            if (nargs == 1) pc->op = CALL_TYPE_1;
            return;
        }
        if (type->vectorcall && !type->is_heap_type()) {
            pc->op = CALL_CLASS_VECTORCALL;
            return;
        }
        if (!type->is_heap_type() || type->type != &Type::s_type || type->construct != Object::s_type.construct ||
            type->has(type_flag::Abstract) || type->vectorcall)
            return;
        uint32_t version;
        MaybeRef<Object> init = type_lookup_version(t, *type, names::__init__, &version);
        if (!init || !version || init->type != &Function::s_type) return;
        Function* function = static_cast<Function*>(init.get());
        if (function->vectorcall != function_vectorcall) return;
        c->target = function;
        c->version = version;
        enable_try_incref(function);
        pc->op = CALL_CLASS_INIT;
    }
}

void specialize_for_iter(Thread&, Word iterator, Insn* pc) {
    pc->counter = FailedBackoff;
    Type* type = iterator.object()->type;
    if (type == &RangeIterator::s_type) pc->op = FOR_ITER_RANGE;
    else if (type == &ListIterator::s_type) pc->op = FOR_ITER_LIST;
    else if (type == &TupleIterator::s_type) pc->op = FOR_ITER_TUPLE;
    else if (type == &Generator::s_type) pc->op = FOR_ITER_GENERATOR;
}

} // namespace taipan::vm
