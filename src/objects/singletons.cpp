#include "objects/singletons.h"

#include "objects/dict.h"
#include "objects/type_spec.h"

namespace taipan {

constinit NoneType g_none = {TAIPAN_STATIC_HEAD(&NoneType::s_type)};
constinit NotImplementedType g_not_implemented = {TAIPAN_STATIC_HEAD(&NotImplementedType::s_type)};
constinit EllipsisType g_ellipsis = {TAIPAN_STATIC_HEAD(&EllipsisType::s_type)};

constinit Type NoneType::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type NotImplementedType::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};
constinit Type EllipsisType::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

Error no_arguments(Thread& t, const char* name, Borrowed<Tuple> args, Dict* kwargs) {
    return raise(t, exc::TypeError, "%s takes no arguments", name);
}
bool has_arguments(Borrowed<Tuple> args, Dict* kwargs) { return args->size || (kwargs && dict_size(kwargs)); }

Result<Ref<Object>> none_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (has_arguments(args, kwargs)) return no_arguments(t, "NoneType", args, kwargs);
    return none_ref();
}
Result<Ref<Object>> none_repr(Thread& t, Borrowed<Object>) { return Ref<Object>(TRY(str_interned(t, "None"))); }
Result<bool> none_bool(Thread&, Borrowed<Object>) { return false; }
/// A constant, the same in every process.
intptr_t none_hash(Thread&, Borrowed<Object>) { return 0xfca86420; }
Result<Ref<Object>> none_compare(Thread&, Borrowed<Object> self, Borrowed<Object> other, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return not_implemented_ref();
    if (self.get() != other.get()) return not_implemented_ref();
    return bool_ref(op == Comparison::Eq);
}

Result<Ref<Object>> not_implemented_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (has_arguments(args, kwargs)) return no_arguments(t, "NotImplementedType", args, kwargs);
    return not_implemented_ref();
}
Result<Ref<Object>> not_implemented_repr(Thread& t, Borrowed<Object>) { return Ref<Object>(TRY(str_interned(t, "NotImplemented"))); }
Result<bool> not_implemented_bool(Thread& t, Borrowed<Object>) {
    return raise(t, exc::TypeError, "NotImplemented should not be used in a boolean context");
}

Result<Ref<Object>> ellipsis_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (has_arguments(args, kwargs)) return no_arguments(t, "EllipsisType", args, kwargs);
    return Ref<Object>::steal(Ellipsis());
}
Result<Ref<Object>> ellipsis_repr(Thread& t, Borrowed<Object>) { return Ref<Object>(TRY(str_interned(t, "Ellipsis"))); }

constexpr NativeDef not_implemented_methods[] = {
    method<not_implemented_repr>("__reduce__", "($self, /)"),
};
constexpr NativeDef ellipsis_methods[] = {
    method<ellipsis_repr>("__reduce__", "($self, /)"),
};

} // namespace

static const SlotDef none_slots[] = {
    unary_slot<SlotId::tp_repr, none_repr>(),   inquiry_slot<SlotId::nb_bool, none_bool>(),
    size_slot<SlotId::tp_hash, none_hash>(),    compare_slot<SlotId::tp_richcompare, none_compare>(),
    construct_slot<SlotId::tp_new, none_new>(),
};
extern const TypeSpec none_spec = {.type = &NoneType::s_type,
                                   .name = "NoneType",
                                   .basicsize = sizeof(NoneType),
                                   .doc = "The type of the None singleton.",
                                   .signature = "()",
                                   .slots = none_slots};

static const SlotDef not_implemented_slots[] = {
    unary_slot<SlotId::tp_repr, not_implemented_repr>(),
    inquiry_slot<SlotId::nb_bool, not_implemented_bool>(),
    construct_slot<SlotId::tp_new, not_implemented_new>(),
};
extern const TypeSpec not_implemented_spec = {.type = &NotImplementedType::s_type,
                                              .name = "NotImplementedType",
                                              .basicsize = sizeof(NotImplementedType),
                                              .doc = "The type of the NotImplemented singleton.",
                                              .signature = "()",
                                              .slots = not_implemented_slots,
                                              .methods = not_implemented_methods};

static const SlotDef ellipsis_slots[] = {
    unary_slot<SlotId::tp_repr, ellipsis_repr>(),
    construct_slot<SlotId::tp_new, ellipsis_new>(),
};
extern const TypeSpec ellipsis_spec = {.type = &EllipsisType::s_type,
                                       .name = "ellipsis",
                                       .basicsize = sizeof(EllipsisType),
                                       .doc = "The type of the Ellipsis singleton.",
                                       .signature = "()",
                                       .slots = ellipsis_slots,
                                       .methods = ellipsis_methods};

} // namespace taipan
