// The bool type: two immortal ints.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/int_internal.h"
#include "objects/type_spec.h"

namespace taipan {

Type Bool::s_type;

namespace {

Result<Ref<Object>> bool_new(Thread& t, Type*, Object* object) {
    if (!object) return bool_ref(false);
    bool value = TRY(is_true(t, object));
    return bool_ref(value);
}
Object* bool_construct(Type* type, Object* args, Object* kwargs) {
    auto* tuple = static_cast<Tuple*>(args);
    if (kwargs && dict_size(reinterpret_cast<Dict*>(kwargs)) > 0)
        return (void)raise(Thread::current(), exc::TypeError, "bool() takes no keyword arguments"), nullptr;
    if (tuple->size > 1)
        return (void)raise(Thread::current(), exc::TypeError, "bool expected at most 1 argument, got %d", tuple->size), nullptr;
    return bool_new(Thread::current(), type, tuple->size ? tuple->items[0] : nullptr).release_or_null();
}
Object* bool_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    size_t nargs = vectorcall_nargs(nargsf);
    Thread& t = Thread::current();
    if (kwnames && static_cast<Tuple*>(kwnames)->size > 0)
        return (void)raise(t, exc::TypeError, "bool() takes no keyword arguments"), nullptr;
    if (nargs > 1) return (void)raise(t, exc::TypeError, "bool expected at most 1 argument, got %d", nargs), nullptr;
    return bool_new(t, static_cast<Type*>(type), nargs ? args[0] : nullptr).release_or_null();
}

Ref<Str> bool_repr(Thread&, Borrowed<Int> self) { return acquire(self->is_zero() ? names::false_text : names::true_text); }

template <BitOp Op> Result<Ref<Object>> bit_operation(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Int>(a.get()) || !is<Int>(b.get())) return not_implemented_ref();
    auto *x = static_cast<Int*>(a.get()), *y = static_cast<Int*>(b.get());
    if (!is_exact<Bool>(x) || !is_exact<Bool>(y)) return int_bitwise(t, x, y, Op);
    bool p = x == &g_true, q = y == &g_true;
    return bool_ref(Op == BitOp::And ? p && q : Op == BitOp::Or ? p || q : p != q);
}
Result<Ref<Object>> bool_invert(Thread& t, Borrowed<Int> self) {
    TRY(warn(t, exc::DeprecationWarning, 1,
             "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of "
             "the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean "
             "negation or ~int(x) if you really want the bitwise inversion of the underlying int."));
    return int_invert(t, self.get());
}
void bool_dealloc(Object* o) { make_immortal(o); } // only a counting error of an extension gets here

const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, bool_repr>(),
    raw_slot(SlotId::tp_dealloc, bool_dealloc),
    raw_slot(SlotId::tp_new, bool_construct),
    raw_slot(SlotId::tp_vectorcall, bool_vectorcall),
    unary_slot<SlotId::nb_invert, bool_invert>(),
    binary_slot<SlotId::nb_and, bit_operation<BitOp::And>>(),
    binary_slot<SlotId::nb_or, bit_operation<BitOp::Or>>(),
    binary_slot<SlotId::nb_xor, bit_operation<BitOp::Xor>>(),
};

} // namespace

extern const TypeSpec bool_spec;
const TypeSpec bool_spec = {
    .type = &Bool::s_type,
    .name = "bool",
    .base = &Int::s_type,
    .basicsize = offsetof(Int, digits),
    .itemsize = sizeof(uint32_t),
    .doc = "True or False: the truth of the argument. A subclass of int, which cannot be subclassed.",
    .signature = "(object=False, /)",
    .slots = slots,
};

} // namespace taipan
