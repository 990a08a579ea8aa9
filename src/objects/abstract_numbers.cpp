// Binary and unary operators: the data model's rules for reflected operands.
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/float.h"
#include "objects/function.h"
#include "objects/generic_alias.h"
#include "objects/int.h"
#include "objects/names.h"
#include "objects/native.h"
#include "objects/type_object.h"

#include <cstring>

namespace taipan {

Result<Ref<Int>> int_from_str(Thread& t, Borrowed<Str> text, int base); // int_text.cpp
Result<Ref<Int>> int_from_bytes_text(Thread& t, std::string_view text, int base);

namespace {

using NumberSlot = BinaryFunc NumberMethods::*;
struct OperatorRow {
    NumberSlot slot, inplace; // plain operators: `inplace` is null
    const char* symbol;
};

// In the order of BinaryOp. Power has slots of another shape and is handled apart.
constexpr OperatorRow operators[] = {
    {&NumberMethods::add, nullptr, "+"},
    {&NumberMethods::and_, nullptr, "&"},
    {&NumberMethods::floor_divide, nullptr, "//"},
    {&NumberMethods::lshift, nullptr, "<<"},
    {&NumberMethods::matrix_multiply, nullptr, "@"},
    {&NumberMethods::multiply, nullptr, "*"},
    {&NumberMethods::remainder, nullptr, "%"},
    {&NumberMethods::or_, nullptr, "|"},
    {nullptr, nullptr, "** or pow()"},
    {&NumberMethods::rshift, nullptr, ">>"},
    {&NumberMethods::subtract, nullptr, "-"},
    {&NumberMethods::true_divide, nullptr, "/"},
    {&NumberMethods::xor_, nullptr, "^"},
    {&NumberMethods::add, &NumberMethods::inplace_add, "+="},
    {&NumberMethods::and_, &NumberMethods::inplace_and, "&="},
    {&NumberMethods::floor_divide, &NumberMethods::inplace_floor_divide, "//="},
    {&NumberMethods::lshift, &NumberMethods::inplace_lshift, "<<="},
    {&NumberMethods::matrix_multiply, &NumberMethods::inplace_matrix_multiply, "@="},
    {&NumberMethods::multiply, &NumberMethods::inplace_multiply, "*="},
    {&NumberMethods::remainder, &NumberMethods::inplace_remainder, "%="},
    {&NumberMethods::or_, &NumberMethods::inplace_or, "|="},
    {nullptr, nullptr, "**="},
    {&NumberMethods::rshift, &NumberMethods::inplace_rshift, ">>="},
    {&NumberMethods::subtract, &NumberMethods::inplace_subtract, "-="},
    {&NumberMethods::true_divide, &NumberMethods::inplace_true_divide, "/="},
    {&NumberMethods::xor_, &NumberMethods::inplace_xor, "^="},
};

BinaryFunc number_slot(const Object* o, NumberSlot slot) { return o->type->as_number ? o->type->as_number->*slot : nullptr; }

/// Runs `a op b`: the right operand first if its type is a proper subtype with a slot of its own. The result may be
/// NotImplemented (borrowed immortal).
Object* run_binary(Object* a, Object* b, NumberSlot slot) {
    BinaryFunc left = number_slot(a, slot);
    BinaryFunc right = a->type != b->type ? number_slot(b, slot) : nullptr;
    if (right == left) right = nullptr;
    if (left) {
        if (right && is_subtype(b->type, a->type)) {
            Object* result = right(a, b);
            if (result != NotImplemented()) return result;
            right = nullptr;
        }
        Object* result = left(a, b);
        if (result != NotImplemented()) return result;
    }
    if (right) return right(a, b);
    return NotImplemented();
}

COLD Error raise_operands(Thread& t, Object* a, Object* b, const char* symbol) {
    if (symbol[0] == '>' && symbol[1] == '>' && !symbol[2] && is_exact<BuiltinFunction>(a) &&
        !strcmp(static_cast<BuiltinFunction*>(a)->def->name, "print"))
        return raise(t, exc::TypeError,
                     "unsupported operand type(s) for %s: '%T' and '%T'. Did you mean \"print(<message>, file=<output_stream>)\"?", symbol,
                     a, b);
    return raise(t, exc::TypeError, "unsupported operand type(s) for %s: '%T' and '%T'", symbol, a, b);
}

/// sequence * count; `sequence` has the slot.
Result<Ref<Object>> repeat(Thread& t, IndexFunc function, Object* sequence, Object* count) {
    if (!count->type->as_number || !count->type->as_number->index)
        return raise(t, exc::TypeError, "can't multiply sequence by non-int of type '%T'", count);
    intptr_t n = TRY(to_index_size(t, count, exc::OverflowError));
    return Result<Ref<Object>>::from_nullable(function(sequence, n));
}

Result<Ref<Object>> ternary(Thread& t, Object* a, Object* b, Object* c, const char* symbol) {
    auto slot_of = [](Object* o) { return o->type->as_number ? o->type->as_number->power : nullptr; };
    TernaryFunc first = slot_of(a);
    TernaryFunc second = a->type != b->type ? slot_of(b) : nullptr;
    if (second == first) second = nullptr;
    if (first) {
        if (second && is_subtype(b->type, a->type)) {
            Object* result = second(a, b, c);
            if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
            second = nullptr;
        }
        Object* result = first(a, b, c);
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    if (second) {
        Object* result = second(a, b, c);
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    TernaryFunc third = slot_of(c);
    if (third && third != first && third != second) {
        Object* result = third(a, b, c);
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    if (is_none(c)) return raise_operands(t, a, b, symbol);
    return raise(t, exc::TypeError, "unsupported operand type(s) for %s: '%T', '%T', '%T'", symbol, a, b, c);
}

/// base ** exponent, if all fits a machine word.
bool small_power(const Int* x, const Int* y, int64_t* result) {
    if (!x->is_compact() || !y->is_compact() || y->is_negative()) return false;
    int64_t power = 1, base = x->compact_value();
    for (intptr_t n = y->compact_value(); n > 0; n >>= 1) {
        if (n & 1 && __builtin_mul_overflow(power, base, &power)) return false;
        if (n > 1 && __builtin_mul_overflow(base, base, &base)) return false;
    }
    *result = power;
    return true;
}

} // namespace

Result<Ref<Object>> binary_op(Thread& t, BinaryOp op, Borrowed<Object> left, Borrowed<Object> right) {
    Object *a = left.get(), *b = right.get();
    // Ints and floats of the commonest operators need no slots.
    if (a->type == b->type) {
        if (a->type == &Int::s_type) {
            auto *x = static_cast<Int*>(a), *y = static_cast<Int*>(b);
            switch (op) {
            case BinaryOp::Add:
            case BinaryOp::InplaceAdd: return Ref<Object>(TRY(int_add(t, x, y)));
            case BinaryOp::Subtract:
            case BinaryOp::InplaceSubtract: return Ref<Object>(TRY(int_subtract(t, x, y)));
            case BinaryOp::Multiply:
            case BinaryOp::InplaceMultiply: return Ref<Object>(TRY(int_multiply(t, x, y)));
            case BinaryOp::Power:
            case BinaryOp::InplacePower: {
                if (int64_t result; small_power(x, y, &result)) return Ref<Object>(TRY(int_from(t, result)));
                break;
            }
            default: break;
            }
        } else if (a->type == &Float::s_type) {
            double x = static_cast<Float*>(a)->value, y = static_cast<Float*>(b)->value;
            switch (op) {
            case BinaryOp::Add:
            case BinaryOp::InplaceAdd: return Ref<Object>(TRY(float_from(t, x + y)));
            case BinaryOp::Subtract:
            case BinaryOp::InplaceSubtract: return Ref<Object>(TRY(float_from(t, x - y)));
            case BinaryOp::Multiply:
            case BinaryOp::InplaceMultiply: return Ref<Object>(TRY(float_from(t, x * y)));
            default: break;
            }
        }
    }
    if (op == BinaryOp::Subscript) return get_item(t, a, b);
    if (op == BinaryOp::Power) return ternary(t, a, b, None(), "** or pow()");
    if (op == BinaryOp::InplacePower) {
        TernaryFunc inplace = a->type->as_number ? a->type->as_number->inplace_power : nullptr;
        if (inplace) {
            Object* result = inplace(a, b, None());
            if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
        }
        return ternary(t, a, b, None(), "**=");
    }
    const OperatorRow& row = operators[static_cast<int>(op)];
    if (row.inplace) {
        if (BinaryFunc inplace = number_slot(a, row.inplace)) {
            Object* result = inplace(a, b);
            if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
        }
    }
    Object* result = run_binary(a, b, row.slot);
    if (LIKELY(result != NotImplemented())) return Result<Ref<Object>>::from_nullable(result);

    // Sequences concatenate and repeat.
    SequenceMethods *sa = a->type->as_sequence, *sb = b->type->as_sequence;
    if (row.slot == &NumberMethods::add && sa) {
        BinaryFunc concat = row.inplace && sa->inplace_concat ? sa->inplace_concat : sa->concat;
        if (concat) {
            result = concat(a, b);
            if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
        }
    } else if (row.slot == &NumberMethods::multiply) {
        if (sa) {
            IndexFunc function = row.inplace && sa->inplace_repeat ? sa->inplace_repeat : sa->repeat;
            if (function) return repeat(t, function, a, b);
        }
        if (sb && sb->repeat) return repeat(t, sb->repeat, b, a);
    }
    return raise_operands(t, a, b, row.symbol);
}

Result<Ref<Object>> divmod(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Object* result = run_binary(a.get(), b.get(), &NumberMethods::divmod);
    if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    return raise_operands(t, a.get(), b.get(), "divmod()");
}

Result<Ref<Object>> power(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Borrowed<Object> modulo) {
    if (int64_t result; is_exact<Int>(a.get()) && is_exact<Int>(b.get()) && is_none(modulo.get()) &&
                        small_power(static_cast<Int*>(a.get()), static_cast<Int*>(b.get()), &result))
        return Ref<Object>(TRY(int_from(t, result)));
    return ternary(t, a.get(), b.get(), modulo.get(), "** or pow()");
}

static Result<Ref<Object>> unary(Thread& t, Borrowed<Object> a, UnaryFunc NumberMethods::* slot, const char* symbol) {
    NumberMethods* number = a->type->as_number;
    if (number && number->*slot) return Result<Ref<Object>>::from_nullable((number->*slot)(a.get()));
    return raise(t, exc::TypeError, "bad operand type for %s: '%T'", symbol, a);
}

Result<Ref<Object>> negative(Thread& t, Borrowed<Object> a) { return unary(t, a, &NumberMethods::negative, "unary -"); }
Result<Ref<Object>> positive(Thread& t, Borrowed<Object> a) { return unary(t, a, &NumberMethods::positive, "unary +"); }
Result<Ref<Object>> invert(Thread& t, Borrowed<Object> a) { return unary(t, a, &NumberMethods::invert, "unary ~"); }
Result<Ref<Object>> absolute(Thread& t, Borrowed<Object> a) { return unary(t, a, &NumberMethods::absolute, "abs()"); }

/// int() always gives an exact int.
static Result<Ref<Object>> exact_int(Thread& t, Ref<Object> value) {
    if (is_exact<Int>(value.get())) return value;
    auto* number = static_cast<Int*>(value.get());
    return Ref<Object>(TRY(int_from_digits(t, number->is_negative(), number->digits, number->digit_count())));
}

Result<Ref<Object>> to_int(Thread& t, Borrowed<Object> object) {
    if (is_exact<Int>(object.get())) return object.share();
    NumberMethods* number = object->type->as_number;
    if (number && number->int_) {
        Ref<Object> result = TRY(Result<Ref<Object>>::from_nullable(number->int_(object.get())));
        if (is_exact<Int>(result.get())) return result;
        if (!is<Int>(result.get())) return raise(t, exc::TypeError, "__int__ returned non-int (type %T)", result);
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "__int__ returned non-int (type %T).  The ability to return an instance of a strict subclass of int is "
                 "deprecated, and may be removed in a future version of Python.",
                 result));
        return exact_int(t, std::move(result));
    }
    if (number && number->index) {
        Ref<Int> result = TRY(to_index(t, object));
        return exact_int(t, std::move(result));
    }
    if (is<Str>(object.get())) return Ref<Object>(TRY(int_from_str(t, static_cast<Str*>(object.get()), 10)));
    if (object->type->as_buffer && object->type->as_buffer->get) {
        BufferView view;
        TRY(view.acquire(t, object.get()));
        return Ref<Object>(TRY(int_from_bytes_text(t, view.view(), 10)));
    }
    return raise(t, exc::TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%T'", object);
}

Result<Ref<Object>> to_float(Thread& t, Borrowed<Object> object) {
    if (is_exact<Float>(object.get())) return object.share();
    NumberMethods* number = object->type->as_number;
    if (number && number->float_) {
        Ref<Object> result = TRY(Result<Ref<Object>>::from_nullable(number->float_(object.get())));
        if (is_exact<Float>(result.get())) return result;
        if (!is<Float>(result.get())) return raise(t, exc::TypeError, "%T.__float__ returned non-float (type %T)", object, result);
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "%T.__float__ returned non-float (type %T).  The ability to return an instance of a strict subclass of "
                 "float is deprecated, and may be removed in a future version of Python.",
                 object, result));
        return Ref<Object>(TRY(float_from(t, static_cast<Float*>(result.get())->value)));
    }
    if (number && number->index) {
        Ref<Int> value = TRY(to_index(t, object));
        return Ref<Object>(TRY(float_from(t, TRY(int_to_double(t, value)))));
    }
    if (is<Float>(object.get())) return Ref<Object>(TRY(float_from(t, static_cast<Float*>(object.get())->value)));
    return Ref<Object>(TRY(float_from(t, TRY(float_parse(t, object)))));
}

} // namespace taipan
