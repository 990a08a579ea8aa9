// float. Instances come from a free list of the thread; results of arithmetic are made by `float_from`.
#include "objects/float.h"

#include "base/float_text.h"
#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/format_number.h"
#include "objects/int_internal.h"
#include "objects/type_spec.h"
#include "runtime/heap_inline.h"

#include <cfloat>
#include <cmath>
#include <cstring>

namespace taipan {

Type Float::s_type;

Result<Ref<Float>> float_from(Thread& t, double value) {
    void* memory = heap_alloc_small(t, HeapKind::Object, sizeof(Float));
    if (UNLIKELY(!memory)) return raise_memory_error(t);
    auto* result = static_cast<Float*>(memory);
    object_init(result, &Float::s_type);
    result->value = value;
    return Ref<Float>::steal(result);
}

intptr_t double_hash(const Object* self, double value) {
    if (UNLIKELY(std::isnan(value))) return base::hash_pointer(self);
    return base::hash_double(value);
}

/// By __float__ and __index__, for all but exact floats.
static Result<double> convert_by_slots(Thread& t, Object* o) {
    NumberMethods* number = o->type->as_number;
    if (number && number->float_) {
        Object* made = number->float_(o);
        if (!made) return Error{};
        Ref<Object> owned = Ref<Object>::steal(made);
        if (!is_exact<Float>(made)) {
            if (!is<Float>(made)) return raise(t, exc::TypeError, "%.50T.__float__ returned non-float (type %.50T)", o, made);
            TRY(warn(t, exc::DeprecationWarning, 1,
                     "%.50T.__float__ returned non-float (type %.50T).  The ability to return an instance of a strict subclass of "
                     "float is deprecated, and may not be supported in a future version of Python.",
                     o, made));
        }
        return static_cast<Float*>(made)->value;
    }
    if (number && number->index) {
        Ref<Int> index = TRY(to_index(t, o));
        return int_to_double(t, index.borrow());
    }
    return raise(t, exc::TypeError, "must be real number, not %.50T", o);
}
Result<double> to_double(Thread& t, Borrowed<Object> object) {
    Object* o = object.get();
    if (LIKELY(is<Float>(o))) return static_cast<Float*>(o)->value;
    if (is_exact<Int>(o)) return int_to_double(t, static_cast<Int*>(o));
    return convert_by_slots(t, o);
}

Result<Ref<Str>> float_repr(Thread& t, double value) {
    char buffer[base::max_double_repr];
    size_t length = base::repr_double(value, buffer);
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(length), 127));
    memcpy(const_cast<void*>(text->data()), buffer, length);
    return text;
}

static Result<double> parsed(Thread& t, base::NumberParse outcome, double value, Object* shown) {
    if (LIKELY(outcome == base::NumberParse::Ok)) return value;
    if (outcome == base::NumberParse::NoMemory) return raise_memory_error(t);
    return raise(t, exc::ValueError, "could not convert string to float: %R", shown);
}

Result<double> float_parse(Thread& t, Borrowed<Object> object) {
    double value = 0;
    Object* o = object.get();
    if (is<Str>(o)) {
        auto* text = static_cast<Str*>(o);
        auto n = static_cast<size_t>(text->length);
        switch (text->kind()) {
        case 1: return parsed(t, base::parse_double(text->data8(), n, value), value, o);
        case 2: return parsed(t, base::parse_double(text->data16(), n, value), value, o);
        default: return parsed(t, base::parse_double(text->data32(), n, value), value, o);
        }
    }
    std::string_view bytes;
    BufferView view;
    if (is<Bytes>(o)) {
        bytes = static_cast<Bytes*>(o)->view();
    } else if (o->type->as_buffer && o->type->as_buffer->get) {
        TRY(view.acquire(t, o));
        bytes = view.view();
    } else {
        return raise(t, exc::TypeError, "float() argument must be a string or a real number, not '%.200T'", o);
    }
    for (char c : bytes)
        if (static_cast<uint8_t>(c) >= 0x80) return parsed(t, base::NumberParse::Invalid, 0, o);
    return parsed(t, base::parse_double(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), value), value, o);
}

namespace {

void float_dealloc(Object* o) {
    if (LIKELY(is_exact<Float>(o))) heap_free_small(Thread::current(), o, HeapKind::Object);
    else o->type->free(o);
}

/// An operand as a double; NotImplemented for what is neither float nor int.
enum class Operand { Ok, NotANumber, Failed };
Operand convert(Thread& t, Object* o, double* out) {
    if (LIKELY(is<Float>(o))) return *out = static_cast<Float*>(o)->value, Operand::Ok;
    if (!is<Int>(o)) return Operand::NotANumber;
    auto value = int_to_double(t, static_cast<Int*>(o));
    if (value.is_error()) return Operand::Failed;
    *out = value.take();
    return Operand::Ok;
}
#define FLOAT_OPERANDS()                                                                                                                   \
    double x, y;                                                                                                                           \
    for (auto [object, value] : {std::pair{a.get(), &x}, std::pair{b.get(), &y}}) {                                                        \
        Operand outcome = convert(t, object, value);                                                                                       \
        if (UNLIKELY(outcome != Operand::Ok)) {                                                                                            \
            if (outcome == Operand::Failed) return Error{};                                                                                \
            return not_implemented_ref();                                                                                                  \
        }                                                                                                                                  \
    }
using Any = Borrowed<Object>;

Result<Ref<Object>> add_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    return float_from(t, x + y);
}
Result<Ref<Object>> subtract_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    return float_from(t, x - y);
}
Result<Ref<Object>> multiply_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    return float_from(t, x * y);
}
Result<Ref<Object>> true_divide_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    if (UNLIKELY(y == 0.0)) return raise(t, exc::ZeroDivisionError, "division by zero");
    return float_from(t, x / y);
}

/// Python's modulo: the sign of the divisor; zero results carry it too.
double modulo(double x, double y) {
    double r = fmod(x, y);
    if (r != 0.0) return (y < 0) != (r < 0) ? r + y : r;
    return copysign(0.0, y);
}
double floor_quotient(double x, double y, double* remainder) {
    double r = fmod(x, y), q = (x - r) / y;
    if (r != 0.0) {
        if ((y < 0) != (r < 0)) r += y, q -= 1.0;
    } else {
        r = copysign(0.0, y);
    }
    *remainder = r;
    if (q == 0.0) return copysign(0.0, x / y);
    double whole = floor(q);
    return q - whole > 0.5 ? whole + 1.0 : whole;
}
Result<Ref<Object>> remainder_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    if (UNLIKELY(y == 0.0)) return raise(t, exc::ZeroDivisionError, "division by zero");
    return float_from(t, modulo(x, y));
}
Result<Ref<Object>> floor_divide_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    if (UNLIKELY(y == 0.0)) return raise(t, exc::ZeroDivisionError, "division by zero");
    double r;
    return float_from(t, floor_quotient(x, y, &r));
}
Result<Ref<Object>> divmod_(Thread& t, Any a, Any b) {
    FLOAT_OPERANDS();
    if (UNLIKELY(y == 0.0)) return raise(t, exc::ZeroDivisionError, "division by zero");
    double r, q = floor_quotient(x, y, &r);
    Ref<Float> quotient = TRY(float_from(t, q));
    Ref<Float> remainder = TRY(float_from(t, r));
    return tuple_pack(t, quotient, remainder);
}

// C's pow has IEEE 754's special cases; Python raises for 0 ** negative and for overflow, and leaves a negative base with
// a fractional exponent to complex.
Result<Ref<Object>> power_(Thread& t, Any a, Any b, Any c) {
    if (!is_none(c.get())) return raise(t, exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    FLOAT_OPERANDS();
    if (y == 0) return float_from(t, 1.0);
    if (std::isnan(x)) return float_from(t, x);
    if (std::isnan(y)) return float_from(t, x == 1.0 ? 1.0 : y);
    if (std::isinf(x) || std::isinf(y)) return float_from(t, pow(x, y));
    if (x == 0.0 && y < 0.0) return raise(t, exc::ZeroDivisionError, "zero to a negative power");
    if (x < 0.0 && y != floor(y)) {
        Ref<Complex> base = TRY(complex_from(t, x, 0.0));
        return power(t, base, b, None());
    }
    double result = pow(x, y);
    if (UNLIKELY(std::isinf(result))) {
        Ref<Int> number = TRY(int_from(t, 34));
        Ref<Str> text = TRY(str_from_utf8(t, "Numerical result out of range"));
        Ref<Tuple> args = TRY(tuple_pack(t, number, text));
        Ref<Object> exception = TRY(call_tuple(t, &exc::OverflowError, args, nullptr));
        return raise_instance(t, std::move(exception));
    }
    return float_from(t, result);
}

Result<Ref<Object>> negative_(Thread& t, Borrowed<Float> a) { return float_from(t, -a->value); }
Result<Ref<Object>> same_(Thread& t, Borrowed<Float> a) {
    if (is_exact<Float>(a.get())) return a.share();
    return float_from(t, a->value);
}
Result<Ref<Object>> absolute_(Thread& t, Borrowed<Float> a) { return float_from(t, fabs(a->value)); }
Result<bool> truth_(Thread&, Borrowed<Float> a) { return a->value != 0.0; }
Result<Ref<Object>> to_int_(Thread& t, Borrowed<Float> a) { return int_from_double(t, a->value); }
intptr_t hash_(Thread&, Borrowed<Float> a) { return double_hash(a.get(), a->value); }
Result<Ref<Str>> repr_(Thread& t, Borrowed<Float> a) { return float_repr(t, a->value); }

/// Exact comparison of a double with an int of any size.
int compare_with_int(double x, const Int* n) {
    if (int_is_small(n) || n->digit_count() <= 1) {
        double y = static_cast<double>(int_small_value(n)); // at most 60 bits: may round
        if (LIKELY(n->is_compact())) return (x > y) - (x < y);
    }
    int sign = n->sign(), x_sign = x == 0 ? 0 : x < 0 ? -1 : 1;
    if (x_sign != sign) return x_sign < sign ? -1 : 1;
    size_t bits = int_bit_length(n);
    int exponent;
    frexp(fabs(x), &exponent);
    if (exponent < 0 || static_cast<size_t>(exponent) != bits) return (exponent < static_cast<int64_t>(bits)) == (sign > 0) ? -1 : 1;
    // The same number of bits: compare the integer part digit by digit, then the fraction.
    double whole;
    double fraction = modf(fabs(x), &whole);
    int order = 0;
    for (intptr_t i = n->digit_count(); --i >= 0 && order == 0;) {
        double scale = ldexp(1.0, static_cast<int>(30 * i));
        double digit = floor(whole / scale);
        whole -= digit * scale;
        order = (digit > n->digits[i]) - (digit < n->digits[i]);
    }
    if (order == 0) order = fraction > 0;
    return sign > 0 ? order : -order;
}

Result<Ref<Object>> compare_(Thread&, Borrowed<Float> a, Any b, Comparison op) {
    double x = a->value;
    int order;
    if (LIKELY(is<Float>(b.get()))) {
        double y = static_cast<Float*>(b.get())->value;
        switch (op) {
        case Comparison::Lt: return bool_ref(x < y);
        case Comparison::Le: return bool_ref(x <= y);
        case Comparison::Eq: return bool_ref(x == y);
        case Comparison::Ne: return bool_ref(x != y);
        case Comparison::Gt: return bool_ref(x > y);
        default: return bool_ref(x >= y);
        }
    }
    if (!is<Int>(b.get())) return not_implemented_ref();
    auto* n = static_cast<Int*>(b.get());
    if (std::isnan(x)) return bool_ref(op == Comparison::Ne);
    if (std::isinf(x)) order = x > 0 ? 1 : -1;
    else order = compare_with_int(x, n);
    switch (op) {
    case Comparison::Lt: return bool_ref(order < 0);
    case Comparison::Le: return bool_ref(order <= 0);
    case Comparison::Eq: return bool_ref(order == 0);
    case Comparison::Ne: return bool_ref(order != 0);
    case Comparison::Gt: return bool_ref(order > 0);
    default: return bool_ref(order >= 0);
    }
}

Result<Ref<Object>> make(Thread& t, Object* x) {
    if (!x) return float_from(t, 0.0);
    if (is_exact<Float>(x)) return acquire(x);
    if (is_exact<Str>(x)) {
        double value = TRY(float_parse(t, x));
        return float_from(t, value);
    }
    NumberMethods* number = x->type->as_number;
    if (is<Float>(x) || (number && (number->float_ || number->index))) {
        double value = TRY(convert_by_slots(t, x));
        return float_from(t, value);
    }
    double value = TRY(float_parse(t, x));
    return float_from(t, value);
}

Result<Ref<Object>> as_type(Thread& t, Type* type, Ref<Object> made) {
    if (LIKELY(type == &Float::s_type)) return made;
    Object* copy = type->alloc(type, 0);
    if (!copy) return Error{};
    static_cast<Float*>(copy)->value = static_cast<Float*>(made.get())->value;
    return Ref<Object>::steal(copy);
}
Object* float_construct(Type* type, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    auto* tuple = static_cast<Tuple*>(args);
    // A subclass may take keywords in its __init__.
    if ((type == &Float::s_type || type->init == Float::s_type.init) && kwargs && dict_size(static_cast<Dict*>(kwargs)) > 0)
        return (void)raise(t, exc::TypeError, "float() takes no keyword arguments"), nullptr;
    if (tuple->size > 1) return (void)raise(t, exc::TypeError, "float expected at most 1 argument, got %d", tuple->size), nullptr;
    auto made = make(t, tuple->size ? tuple->items[0] : nullptr);
    if (made.is_error()) return nullptr;
    return as_type(t, type, made.take()).release_or_null();
}
Object* float_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    size_t nargs = vectorcall_nargs(nargsf);
    if (kwnames && static_cast<Tuple*>(kwnames)->size > 0)
        return (void)raise(t, exc::TypeError, "float() takes no keyword arguments"), nullptr;
    if (nargs > 1) return (void)raise(t, exc::TypeError, "float expected at most 1 argument, got %d", nargs), nullptr;
    auto made = make(t, nargs ? args[0] : nullptr);
    if (made.is_error()) return nullptr;
    return as_type(t, static_cast<Type*>(type), made.take()).release_or_null();
}

Result<Ref<Object>> from_number(Thread& t, Borrowed<Type> type, Borrowed<Object> number) {
    if (is_exact<Float>(number.get()) && type.get() == &Float::s_type) return number.share();
    double value = TRY(to_double(t, number));
    Ref<Object> result = TRY(float_from(t, value));
    if (type.get() == &Float::s_type) return result;
    return call(t, Borrowed<Object>(type.get()), result);
}

Result<Ref<Object>> as_integer_ratio(Thread& t, Borrowed<Float> self) {
    double x = self->value;
    if (std::isinf(x)) return raise(t, exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (std::isnan(x)) return raise(t, exc::ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double fraction = frexp(x, &exponent);
    for (int i = 0; i < 300 && fraction != floor(fraction); ++i) fraction *= 2.0, --exponent;
    Ref<Int> numerator = TRY(int_from_double(t, fraction));
    Ref<Int> denominator = TRY(int_from(t, 1));
    if (exponent > 0) numerator = TRY(int_lshift(t, numerator, exponent));
    else denominator = TRY(int_lshift(t, denominator, -exponent));
    return tuple_pack(t, numerator, denominator);
}

Result<Ref<Object>> round_(Thread& t, Borrowed<Float> self, NoneOr<Object> digits) {
    double x = self->value;
    if (!digits) {
        double rounded = nearbyint(x); // half to even is the default rounding mode
        return int_from_double(t, rounded);
    }
    intptr_t n = TRY(to_index_clipped(t, digits.value()));
    if (!std::isfinite(x)) return float_from(t, x);
    double rounded = base::round_double(x, n);
    if (std::isinf(rounded)) return raise(t, exc::OverflowError, "rounded value too large to represent");
    return float_from(t, rounded);
}
Result<Ref<Object>> floor_(Thread& t, Borrowed<Float> self) { return int_from_double(t, floor(self->value)); }
Result<Ref<Object>> ceil_(Thread& t, Borrowed<Float> self) { return int_from_double(t, ceil(self->value)); }
bool is_integer(Borrowed<Float> self) { return std::isfinite(self->value) && floor(self->value) == self->value; }

Result<Ref<Str>> hex(Thread& t, Borrowed<Float> self) {
    char buffer[base::max_double_repr];
    size_t length = base::hex_double(self->value, buffer);
    return str_from_utf8(t, {buffer, length});
}
Result<Ref<Object>> fromhex(Thread& t, Borrowed<Type> type, Borrowed<Object> text) {
    if (!is<Str>(text.get())) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    std::string_view view = TRY(str_utf8(t, static_cast<Str*>(text.get())));
    double value = 0;
    switch (base::parse_hex_double(view.data(), view.size(), value)) {
    case base::HexParse::Ok: break;
    case base::HexParse::Invalid: return raise(t, exc::ValueError, "invalid hexadecimal floating-point string");
    case base::HexParse::TooLarge: return raise(t, exc::OverflowError, "hexadecimal value too large to represent as a float");
    case base::HexParse::TooLong: return raise(t, exc::ValueError, "hexadecimal string too long to convert");
    }
    Ref<Object> result = TRY(float_from(t, value));
    if (type.get() == &Float::s_type) return result;
    return call(t, Borrowed<Object>(type.get()), result);
}
Result<Ref<Str>> getformat(Thread& t, Borrowed<Type>, Borrowed<Str> kind) {
    if (!str_equals_ascii(kind.get(), "double") && !str_equals_ascii(kind.get(), "float"))
        return raise(t, exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    return str_interned(t, "IEEE, little-endian");
}
Result<Ref<Object>> format_(Thread& t, Borrowed<Float> self, Borrowed<Str> spec) {
    if (spec->length == 0) {
        if (is_exact<Float>(self.get())) return float_repr(t, self->value);
        return to_str(t, self);
    }
    return format_float_value(t, self->value, self, spec.get());
}
Result<Ref<Object>> getnewargs(Thread& t, Borrowed<Float> self) {
    Ref<Float> value = TRY(float_from(t, self->value));
    return tuple_pack(t, value);
}
Result<Ref<Object>> imag(Thread& t, Borrowed<Float>) { return float_from(t, 0.0); }

const NativeDef methods[] = {
    class_method<from_number>("from_number", "($type, number, /)", "A float from a real number; strings are refused."),
    method<same_>("conjugate", "($self, /)", "The number itself: a real number is its own complex conjugate."),
    method<to_int_>("__trunc__", "($self, /)", "The integer part, as an int."),
    method<floor_>("__floor__", "($self, /)", "The largest int that is not above the number."),
    method<ceil_>("__ceil__", "($self, /)", "The smallest int that is not below the number."),
    method<round_>("__round__", "($self, ndigits=None, /)", "Rounded to `ndigits` decimals, half to even; an int if that is None."),
    method<as_integer_ratio>("as_integer_ratio", "($self, /)",
                             "The pair of ints in lowest terms whose quotient is the number exactly.\n\n   >>> (0.75).as_integer_ratio()\n "
                             "  (3, 4)\n   >>> (0.0).as_integer_ratio()\n   (0, 1)\n   >>> (-2.5).as_integer_ratio()\n   (-5, 2)"),
    class_method<fromhex>("fromhex", "($type, string, /)",
                          "The number that a hexadecimal text stands for.\n\n   >>> float.fromhex('0x1.8p+1')\n   3.0\n   >>> "
                          "float.fromhex('-0x.1')\n   -0.0625"),
    method<hex>("hex", "($self, /)",
                "The number in hexadecimal, exactly.\n\n   >>> (3.0).hex()\n   '0x1.8000000000000p+1'\n   >>> (-0.1).hex()\n   "
                "'-0x1.999999999999ap-4'"),
    method<is_integer>("is_integer", "($self, /)", "Whether the number has no fraction."),
    method<getnewargs>("__getnewargs__", "($self, /)"),
    class_method<getformat>("__getformat__", "($type, typestr, /)", "How C represents floating-point numbers; for the tests."),
    method<format_>("__format__", "($self, format_spec, /)", "The number as text by a format specification."),
};
const GetSetDef getset[] = {
    getter<same_>("real", "the real part of a complex number"),
    getter<imag>("imag", "the imaginary part of a complex number"),
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, repr_>(),
    size_slot<SlotId::tp_hash, hash_>(),
    compare_slot<SlotId::tp_richcompare, compare_>(),
    raw_slot(SlotId::tp_dealloc, float_dealloc),
    raw_slot(SlotId::tp_new, float_construct),
    raw_slot(SlotId::tp_vectorcall, float_vectorcall),
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
    unary_slot<SlotId::nb_int, to_int_>(),
    unary_slot<SlotId::nb_float, same_>(),
    binary_slot<SlotId::nb_floor_divide, floor_divide_>(),
    binary_slot<SlotId::nb_true_divide, true_divide_>(),
};

} // namespace

extern const TypeSpec float_spec;
const TypeSpec float_spec = {
    .type = &Float::s_type,
    .name = "float",
    .basicsize = sizeof(Float),
    .flags = type_flag::BaseType | type_flag::MatchSelf,
    .doc = "A floating-point number, from a real number or from its text.",
    .signature = "(x=0, /)",
    .slots = slots,
    .methods = methods,
    .getset = getset,
};

} // namespace taipan
