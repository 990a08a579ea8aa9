// The int type: constructor, slots, methods.
#include "base/big_digits.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/format_number.h"
#include "objects/int_internal.h"
#include "objects/type_spec.h"
#include "runtime/heap_page.h"

namespace taipan {

Type Int::s_type;

namespace {

/// Both operands as ints, or "not implemented".
#define INT_OPERANDS()                                                                                                                     \
    if (UNLIKELY(!is<Int>(a.get()) || !is<Int>(b.get()))) return not_implemented_ref();                                                    \
    auto* x = static_cast<Int*>(a.get());                                                                                                  \
    auto* y = static_cast<Int*>(b.get())

using Operand = Borrowed<Object>;
Result<Ref<Object>> add_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_add(t, x, y);
}
Result<Ref<Object>> subtract_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_subtract(t, x, y);
}
Result<Ref<Object>> multiply_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_multiply(t, x, y);
}
Result<Ref<Object>> remainder_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_modulo(t, x, y);
}
Result<Ref<Object>> floor_divide_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_floor_divide(t, x, y);
}
Result<Ref<Object>> divmod_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    MaybeRef<Int> q, r;
    TRY(int_divmod(t, x, y, &q, &r));
    Object* pair[] = {q.release(), r.release()};
    return tuple_from_array_steal(t, pair, 2);
}
Result<Ref<Object>> true_divide_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    double value = TRY(int_true_divide(t, x, y));
    return float_from(t, value);
}
Result<Ref<Object>> and_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_bitwise(t, x, y, BitOp::And);
}
Result<Ref<Object>> or_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_bitwise(t, x, y, BitOp::Or);
}
Result<Ref<Object>> xor_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    return int_bitwise(t, x, y, BitOp::Xor);
}

Result<Ref<Object>> lshift_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    if (y->is_negative()) return raise(t, exc::ValueError, "negative shift count");
    if (x->is_zero()) return int_from(t, 0);
    int64_t count;
    if (!int_fits_int64(y, &count)) return raise(t, exc::OverflowError, "too many digits in integer");
    return int_lshift(t, x, count);
}
Result<Ref<Object>> rshift_(Thread& t, Operand a, Operand b) {
    INT_OPERANDS();
    if (y->is_negative()) return raise(t, exc::ValueError, "negative shift count");
    int64_t count;
    if (!int_fits_int64(y, &count)) return int_from(t, x->is_negative() ? -1 : 0);
    return int_rshift(t, x, count);
}
Result<Ref<Object>> power_(Thread& t, Operand a, Operand b, Operand c) {
    INT_OPERANDS();
    if (is_none(c.get())) return int_power(t, x, y, nullptr);
    if (!is<Int>(c.get())) return not_implemented_ref();
    return int_power(t, x, y, static_cast<Int*>(c.get()));
}
Result<Ref<Object>> negative_(Thread& t, Borrowed<Int> a) { return int_negate(t, a); }
Result<Ref<Object>> same_(Thread& t, Borrowed<Int> a) { return int_exact(t, a); }
Result<Ref<Object>> absolute_(Thread& t, Borrowed<Int> a) { return a->is_negative() ? int_negate(t, a) : int_exact(t, a); }
Result<Ref<Object>> invert_(Thread& t, Borrowed<Int> a) { return int_invert(t, a.get()); }
Result<bool> truth_(Thread&, Borrowed<Int> a) { return !a->is_zero(); }
Result<Ref<Object>> float_(Thread& t, Borrowed<Int> a) {
    double value = TRY(int_to_double(t, a));
    return float_from(t, value);
}
void int_dealloc(Object* o) {
    // The number of digits does not tell the block's size: results are made with room for more.
    if (UNLIKELY(!is_exact<Int>(o))) o->type->free(o);
    else if (LIKELY(in_heap_segment(o))) heap_free_small(Thread::current(), o, HeapKind::Object);
    else heap_free(Thread::current(), o);
}

intptr_t hash_(Thread&, Borrowed<Int> a) { return int_hash(a.get()); }

Result<Ref<Object>> compare_(Thread&, Borrowed<Int> a, Operand b, Comparison op) {
    if (!is<Int>(b.get())) return not_implemented_ref();
    int order = a.get() == b.get() ? 0 : int_compare(a.get(), static_cast<Int*>(b.get()));
    switch (op) {
    case Comparison::Lt: return bool_ref(order < 0);
    case Comparison::Le: return bool_ref(order <= 0);
    case Comparison::Eq: return bool_ref(order == 0);
    case Comparison::Ne: return bool_ref(order != 0);
    case Comparison::Gt: return bool_ref(order > 0);
    default: return bool_ref(order >= 0);
    }
}

Result<Ref<Object>> make(Thread& t, Object* x, Object* base_object) {
    if (!x) {
        if (base_object) return raise(t, exc::TypeError, "int() missing string argument");
        return int_from(t, 0);
    }
    if (!base_object) return to_int(t, x);
    intptr_t base = TRY(to_index_clipped(t, base_object));
    if ((base != 0 && base < 2) || base > 36) return raise(t, exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (is<Str>(x)) return int_from_str(t, static_cast<Str*>(x), static_cast<int>(base));
    std::string_view bytes;
    if (is<Bytes>(x)) bytes = static_cast<Bytes*>(x)->view();
    else if (is<ByteArray>(x)) bytes = static_cast<ByteArray*>(x)->view();
    else return raise(t, exc::TypeError, "int() can't convert non-string with explicit base");
    return int_from_bytes_text(t, bytes, static_cast<int>(base));
}

Result<Ref<Object>> int_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> x, MaybeBorrowed<Object> base) {
    Ref<Object> made = TRY(make(t, x.get(), base.get()));
    if (LIKELY(type.get() == &Int::s_type)) return made;
    // A subclass instance is a copy with the subclass's layout.
    auto* value = static_cast<Int*>(made.get());
    intptr_t count = value->digit_count();
    Object* copy = type->alloc(type.get(), count ? count : 1);
    if (!copy) return Error{};
    auto* result = static_cast<Int*>(copy);
    result->tag = value->tag;
    memcpy(result->digits, value->digits, static_cast<size_t>(count ? count : 1) * sizeof(uint32_t));
    return Ref<Object>::steal(result);
}
using IntNew = TypedNew<int_new, "int", "($type, x=0, /, base=10)">;

Object* int_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    if (LIKELY(!kwnames && type == &Int::s_type && vectorcall_nargs(nargsf) == 1)) {
        Object* x = args[0];
        if (is_exact<Int>(x)) return incref(x), x;
        if (is_exact<Str>(x)) return int_from_str(t, static_cast<Str*>(x), 10).release_or_null();
        if (is_exact<Float>(x)) return int_from_double(t, static_cast<Float*>(x)->value).release_or_null();
        return to_int(t, x).release_or_null();
    }
    size_t nargs = vectorcall_nargs(nargsf);
    if (nargs > 2) return (void)raise(t, exc::TypeError, "int expected at most 2 arguments, got %d", nargs), nullptr;
    return IntNew::vectorcall(type, args, nargsf, kwnames);
}

Result<Ref<Object>> as_integer_ratio(Thread& t, Borrowed<Int> self) {
    Ref<Int> numerator = TRY(int_exact(t, self));
    Object* pair[] = {numerator.release(), &g_small_ints[1 - Int::SmallMin]};
    return tuple_from_array_steal(t, pair, 2);
}
uint64_t bit_length(Borrowed<Int> self) { return int_bit_length(self.get()); }
int64_t bit_count(Borrowed<Int> self) {
    int64_t count = 0;
    for (intptr_t i = 0; i < self->digit_count(); ++i) count += __builtin_popcount(self->digits[i]);
    return count;
}
bool is_integer(Borrowed<Int>) { return true; }

Result<bool> little_endian(Thread& t, Object* order, const char* function) {
    if (!order) return false;
    if (!is<Str>(order)) return raise(t, exc::TypeError, "%s() argument 'byteorder' must be str, not %T", function, order);
    if (str_equals_ascii(static_cast<Str*>(order), "little")) return true;
    if (str_equals_ascii(static_cast<Str*>(order), "big")) return false;
    return raise(t, exc::ValueError, "byteorder must be either 'little' or 'big'");
}
Result<Ref<Object>> to_bytes_(Thread& t, Borrowed<Int> self, Size length, MaybeBorrowed<Object> order, bool is_signed) {
    bool little = TRY(little_endian(t, order.get(), "to_bytes"));
    if (length < 0) return raise(t, exc::ValueError, "length argument must be non-negative");
    Ref<Bytes> result = TRY(bytes_alloc(t, length));
    TRY(int_to_bytes(t, self, reinterpret_cast<uint8_t*>(result->data), static_cast<size_t>(length.value), little, is_signed));
    return result;
}
Result<Ref<Object>> from_bytes(Thread& t, Borrowed<Type> type, Borrowed<Object> source, MaybeBorrowed<Object> order, bool is_signed) {
    bool little = TRY(little_endian(t, order.get(), "from_bytes"));
    Ref<Bytes> bytes = is_exact<Bytes>(source.get()) ? as<Bytes>(source).share() : TRY(to_bytes(t, source));
    Ref<Int> value =
        TRY(int_from_bytes(t, reinterpret_cast<const uint8_t*>(bytes->data), static_cast<size_t>(bytes->size), little, is_signed));
    if (type.get() == &Int::s_type) return value;
    return call(t, Borrowed<Object>(type.get()), value);
}
Result<Ref<Object>> round_(Thread& t, Borrowed<Int> self, NoneOr<Object> digits) {
    if (!digits) return int_exact(t, self);
    Ref<Int> n = TRY(to_index(t, digits.value()));
    return int_round(t, self, n.borrow());
}
Result<Ref<Object>> format_(Thread& t, Borrowed<Int> self, Borrowed<Str> spec) {
    if (spec->length == 0) {
        if (is_exact<Int>(self.get())) return int_repr(t, self);
        return to_str(t, self);
    }
    return format_int_value(t, self, self, spec.get());
}
Result<Ref<Object>> getnewargs(Thread& t, Borrowed<Int> self) {
    Ref<Int> value = TRY(int_exact(t, self));
    return tuple_pack(t, value);
}
int64_t sizeof_(Borrowed<Int> self) {
    intptr_t count = self->digit_count() ? self->digit_count() : 1;
    return self->type->basicsize + count * self->type->itemsize;
}
Result<Ref<Object>> zero_(Thread& t, Borrowed<Int>) { return int_from(t, 0); }
Result<Ref<Object>> one_(Thread& t, Borrowed<Int>) { return int_from(t, 1); }

const NativeDef methods[] = {
    method<same_>("conjugate", "($self, /)", "The number itself: an int is its own complex conjugate."),
    method<bit_length>(
        "bit_length", "($self, /)",
        "How many bits the magnitude needs in binary; 0 for 0.\n\n   >>> bin(37)\n   '0b100101'\n   >>> (37).bit_length()\n   6"),
    method<bit_count>("bit_count", "($self, /)",
                      "How many bits of the magnitude are one.\n\n   >>> bin(21)\n   '0b10101'\n   >>> (21).bit_count()\n   3"),
    method<to_bytes_>("to_bytes", "($self, /, length=1, byteorder='big', *, signed=False)",
                      "The number as an array of bytes.\n\nOverflowError is raised if `length` bytes cannot hold it."),
    class_method<from_bytes>("from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)",
                             "The number that an array of bytes stands for."),
    method<as_integer_ratio>("as_integer_ratio", "($self, /)",
                             "The pair (self, 1).\n\n   >>> (12).as_integer_ratio()\n   (12, 1)\n   >>> (-3).as_integer_ratio()\n   (-3, "
                             "1)\n   >>> (0).as_integer_ratio()\n   (0, 1)"),
    method<is_integer>("is_integer", "($self, /)", "True: for code that takes ints where floats may come."),
    method<same_>("__trunc__", "($self, /)", "The number itself."),
    method<same_>("__floor__", "($self, /)", "The number itself."),
    method<same_>("__ceil__", "($self, /)", "The number itself."),
    method<round_>("__round__", "($self, ndigits=None, /)", "Round to a multiple of 10**-ndigits, half to even."),
    method<getnewargs>("__getnewargs__", "($self, /)"),
    method<format_>("__format__", "($self, format_spec, /)", "The number as text by a format specification."),
    method<sizeof_>("__sizeof__", "($self, /)", "Size in memory, in bytes."),
};
const GetSetDef getset[] = {
    getter<same_>("real", "the real part of a complex number"),
    getter<zero_>("imag", "the imaginary part of a complex number"),
    getter<same_>("numerator", "the numerator of a rational number in lowest terms"),
    getter<one_>("denominator", "the denominator of a rational number in lowest terms"),
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, int_repr>(),
    size_slot<SlotId::tp_hash, hash_>(),
    compare_slot<SlotId::tp_richcompare, compare_>(),
    raw_slot(SlotId::tp_dealloc, int_dealloc),
    raw_slot(SlotId::tp_new, &IntNew::construct),
    raw_slot(SlotId::tp_vectorcall, int_vectorcall),
    binary_slot<SlotId::nb_add, add_>(),
    binary_slot<SlotId::nb_subtract, subtract_>(),
    binary_slot<SlotId::nb_multiply, multiply_>(),
    binary_slot<SlotId::nb_remainder, remainder_>(),
    binary_slot<SlotId::nb_divmod, divmod_>(),
    ternary_slot<SlotId::nb_power, power_>(),
    unary_slot<SlotId::nb_negative, negative_>(),
    unary_slot<SlotId::nb_positive, same_>(),
    unary_slot<SlotId::nb_absolute, absolute_>(),
    inquiry_slot<SlotId::nb_bool, truth_>(),
    unary_slot<SlotId::nb_invert, invert_>(),
    binary_slot<SlotId::nb_lshift, lshift_>(),
    binary_slot<SlotId::nb_rshift, rshift_>(),
    binary_slot<SlotId::nb_and, and_>(),
    binary_slot<SlotId::nb_or, or_>(),
    binary_slot<SlotId::nb_xor, xor_>(),
    unary_slot<SlotId::nb_int, same_>(),
    unary_slot<SlotId::nb_float, float_>(),
    binary_slot<SlotId::nb_floor_divide, floor_divide_>(),
    binary_slot<SlotId::nb_true_divide, true_divide_>(),
    unary_slot<SlotId::nb_index, same_>(),
};

} // namespace

extern const TypeSpec int_spec;
const TypeSpec int_spec = {
    .type = &Int::s_type,
    .name = "int",
    .basicsize = offsetof(Int, digits),
    .itemsize = sizeof(uint32_t),
    .flags = type_flag::BaseType | type_flag::IntSubclass | type_flag::MatchSelf,
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\nAn integer of any size, from a number (truncated towards zero) or from its "
           "text in\n"
           "a base of 2 to 36; base 0 reads the prefixes of literals: 0b, 0o, 0x.\n\n   >>> int('0x1f', base=0)\n   31",
    .slots = slots,
    .methods = methods,
    .getset = getset,
};

} // namespace taipan
