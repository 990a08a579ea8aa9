// Text forms, truth, hash and comparison of any object.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"

namespace taipan {

Result<Ref<Str>> repr(Thread& t, Borrowed<Object> object) {
    if (!object->type->repr) return str_format(t, "<%T object at %p>", object, static_cast<const void*>(object.get()));
    TRY(check_recursion(t, " while getting the repr of an object"));
    Ref<Object> result = TRY(Result<Ref<Object>>::from_nullable(object->type->repr(object.get())));
    if (!is<Str>(result.get())) return raise(t, exc::TypeError, "__repr__ returned non-string (type %T)", result);
    return as<Str>(std::move(result));
}

Result<Ref<Str>> to_str(Thread& t, Borrowed<Object> object) {
    if (is_exact<Str>(object.get())) return Ref<Str>::acquire(static_cast<Str*>(object.get()));
    if (!object->type->str) return repr(t, object);
    TRY(check_recursion(t, " while getting the str of an object"));
    Ref<Object> result = TRY(Result<Ref<Object>>::from_nullable(object->type->str(object.get())));
    if (!is<Str>(result.get())) return raise(t, exc::TypeError, "__str__ returned non-string (type %T)", result);
    return as<Str>(std::move(result));
}

Result<Ref<Str>> to_ascii(Thread& t, Borrowed<Object> object) {
    Ref<Str> text = TRY(repr(t, object));
    if (text->is_ascii()) return text;
    StrBuilder builder(t);
    static const char digits[] = "0123456789abcdef";
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c < 128) {
            TRY(builder.append_char(c));
            continue;
        }
        int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
        TRY(builder.append_char('\\'));
        TRY(builder.append_char(width == 2 ? 'x' : width == 4 ? 'u' : 'U'));
        for (int shift = (width - 1) * 4; shift >= 0; shift -= 4) TRY(builder.append_char(digits[(c >> shift) & 15]));
    }
    return builder.finish();
}

Result<Ref<Object>> format(Thread& t, Borrowed<Object> object, Object* spec) {
    if (spec && !is<Str>(spec)) return raise(t, exc::SystemError, "Format specifier must be a string, not %T", spec);
    if (!spec || static_cast<Str*>(spec)->length == 0) {
        if (is_exact<Str>(object.get())) return object.share();
        if (is_exact<Int>(object.get())) return Ref<Object>(TRY(to_str(t, object)));
    }
    Ref<Object> text = spec ? acquire(spec) : Ref<Object>(str_empty());
    LoadedMethod method = TRY(load_special_method(t, object, names::__format__));
    if (!method) return raise(t, exc::TypeError, "Type %T doesn't define __format__", object);
    Ref<Object> result = TRY(call(t, method, object, text));
    if (!is<Str>(result.get())) return raise(t, exc::TypeError, "__format__ must return a str, not %T", result);
    return result;
}

Result<bool> is_true(Thread& t, Borrowed<Object> object) {
    Object* o = object.get();
    if (o == True()) return true;
    if (o == False() || is_none(o)) return false;
    Type* type = o->type;
    if (type == &Int::s_type) return !static_cast<Int*>(o)->is_zero();
    intptr_t result;
    if (type->as_number && type->as_number->truth) result = type->as_number->truth(o);
    else if (type->as_mapping && type->as_mapping->length) result = type->as_mapping->length(o);
    else if (type->as_sequence && type->as_sequence->length) result = type->as_sequence->length(o);
    else return true;
    if (result < 0) return Error{};
    return result > 0;
}

intptr_t hash_not_implemented(Object* object) {
    (void)raise(Thread::current(), exc::TypeError, "unhashable type: '%T'", object);
    return -1;
}

Result<intptr_t> hash(Thread& t, Borrowed<Object> object) {
    if (!object->type->hash) return raise(t, exc::TypeError, "unhashable type: '%T'", object);
    intptr_t value = object->type->hash(object.get());
    if (value == -1 && t.has_exception()) return Error{};
    return value;
}

static constexpr Comparison swapped(Comparison op) {
    constexpr Comparison table[] = {Comparison::Gt, Comparison::Ge, Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le};
    return table[static_cast<int>(op)];
}

Result<Ref<Object>> compare(Thread& t, Borrowed<Object> left, Borrowed<Object> right, Comparison op) {
    Object *a = left.get(), *b = right.get();
    TRY(check_recursion(t, " in comparison"));
    // 1. The right operand first if its type is a proper subtype.
    bool reflected_done = false;
    if (a->type != b->type && b->type->compare && is_subtype(b->type, a->type)) {
        reflected_done = true;
        Object* result = b->type->compare(b, a, static_cast<int>(swapped(op)));
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    // 2. The left operand, 3. the right one.
    if (a->type->compare) {
        Object* result = a->type->compare(a, b, static_cast<int>(op));
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    if (!reflected_done && b->type->compare) {
        Object* result = b->type->compare(b, a, static_cast<int>(swapped(op)));
        if (result != NotImplemented()) return Result<Ref<Object>>::from_nullable(result);
    }
    // 4. Identity.
    if (op == Comparison::Eq) return bool_ref(a == b);
    if (op == Comparison::Ne) return bool_ref(a != b);
    static const char* const symbols[] = {"<", "<=", "==", "!=", ">", ">="};
    return raise(t, exc::TypeError, "'%s' not supported between instances of '%T' and '%T'", symbols[static_cast<int>(op)], a, b);
}

Result<bool> compare_bool(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (a.get() == b.get()) {
        if (op == Comparison::Eq) return true;
        if (op == Comparison::Ne) return false;
    }
    return compare_truth(t, a, b, op);
}

Result<bool> compare_truth(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    // Ints and strings, which most comparisons are about, need no result object.
    if (a->type == b->type) {
        if (a->type == &Int::s_type) {
            int order = int_compare(static_cast<const Int*>(a.get()), static_cast<const Int*>(b.get()));
            switch (op) {
            case Comparison::Lt: return order < 0;
            case Comparison::Le: return order <= 0;
            case Comparison::Eq: return order == 0;
            case Comparison::Ne: return order != 0;
            case Comparison::Gt: return order > 0;
            case Comparison::Ge: return order >= 0;
            }
        }
        if (a->type == &Float::s_type) {
            double x = static_cast<const Float*>(a.get())->value, y = static_cast<const Float*>(b.get())->value;
            switch (op) {
            case Comparison::Lt: return x < y;
            case Comparison::Le: return x <= y;
            case Comparison::Eq: return x == y;
            case Comparison::Ne: return x != y;
            case Comparison::Gt: return x > y;
            case Comparison::Ge: return x >= y;
            }
        }
        if (a->type == &Str::s_type && (op == Comparison::Eq || op == Comparison::Ne))
            return str_equal(static_cast<Str*>(a.get()), static_cast<Str*>(b.get())) == (op == Comparison::Eq);
    }
    Ref<Object> result = TRY(compare(t, a, b, op));
    if (result.get() == True()) return true;
    if (result.get() == False()) return false;
    return is_true(t, result);
}

bool is_identical(const Object* a, const Object* b) {
    if (a == b) return true;
    return is_exact<Int>(a) && is_exact<Int>(b) && int_compare(static_cast<const Int*>(a), static_cast<const Int*>(b)) == 0;
}

// The objects that a thread is printing are kept in a list in its dict, as PyErr's C API expects.

static Result<Ref<List>> repr_list(Thread& t) {
    if (!t.dict) t.dict = TRY(dict_new(t)).release();
    auto* dict = static_cast<Dict*>(t.dict);
    MaybeRef<Object> list = TRY(dict_get_ascii(t, dict, "Py_Repr"));
    if (list) return as<List>(list.take());
    Ref<List> made = TRY(list_new(t));
    TRY(dict_set_ascii(t, dict, "Py_Repr", made));
    return made;
}

Result<bool> repr_enter(Thread& t, Borrowed<Object> object) {
    Ref<List> list = TRY(repr_list(t));
    for (intptr_t i = list->size - 1; i >= 0; --i)
        if (list->items[i] == object.get()) return true;
    TRY(list_append(t, list, object.share()));
    return false;
}

void repr_leave(Thread& t, Borrowed<Object> object) {
    MaybeRef<Object> saved = t.take_exception();
    auto found = repr_list(t);
    if (!found.is_error()) {
        Ref<List> list = found.take();
        for (intptr_t i = list->size - 1; i >= 0; --i) {
            if (list->items[i] != object.get()) continue;
            if (list_set_slice(t, list, i, i + 1, nullptr).is_error()) t.clear_exception();
            break;
        }
    }
    t.clear_exception();
    if (saved) (void)t.set_exception(saved.take());
}

} // namespace taipan
