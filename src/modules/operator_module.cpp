// _operator: the operators as functions, and itemgetter, attrgetter, methodcaller.
#include "base/small_buffer.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan {
namespace {

using Any = Borrowed<Object>;
using Out = Result<Ref<Object>>;

template <BinaryOp Op> Out binary(Thread& t, Any a, Any b) { return binary_op(t, Op, a, b); }
template <Comparison Op> Out comparison(Thread& t, Any a, Any b) { return compare(t, a, b, Op); }
Result<bool> truth(Thread& t, Any a) { return is_true(t, a); }
Result<bool> not_(Thread& t, Any a) { return !TRY(is_true(t, a)); }
bool is_(Thread&, Any a, Any b) { return is_identical(a.get(), b.get()); }
bool is_not(Thread&, Any a, Any b) { return !is_identical(a.get(), b.get()); }
bool is_none_(Thread&, Any a) { return is_none(a.get()); }
bool is_not_none(Thread&, Any a) { return !is_none(a.get()); }
Out index(Thread& t, Any a) { return to_index(t, a); }
Out getitem(Thread& t, Any a, Any b) { return get_item(t, a, b); }
Result<void> setitem(Thread& t, Any a, Any b, Any c) { return set_item(t, a, b, c); }
Result<void> delitem(Thread& t, Any a, Any b) { return delete_item(t, a, b); }
Result<bool> contains_(Thread& t, Any a, Any b) { return contains(t, a, b); }
Out pow_(Thread& t, Any a, Any b) { return power(t, a, b, None()); }
Out neg(Thread& t, Any a) { return negative(t, a); }
Out pos(Thread& t, Any a) { return positive(t, a); }
Out inv(Thread& t, Any a) { return invert(t, a); }
Out abs_(Thread& t, Any a) { return absolute(t, a); }
bool is_sequence(const Object* o) { return !is<Dict>(o) && o->type->as_sequence && o->type->as_sequence->item; }
Out concat(Thread& t, Any a, Any b) {
    if (!is_sequence(a.get()) || !is_sequence(b.get()))
        return raise(t, exc::TypeError, "'%T' object can't be concatenated", is_sequence(a.get()) ? b : a);
    return binary_op(t, BinaryOp::Add, a, b);
}
Out iconcat(Thread& t, Any a, Any b) {
    if (!is_sequence(a.get()) || !is_sequence(b.get()))
        return raise(t, exc::TypeError, "'%T' object can't be concatenated", is_sequence(a.get()) ? b : a);
    return binary_op(t, BinaryOp::InplaceAdd, a, b);
}
Out walk(Thread& t, Any a) {
    auto made = get_iterator(t, a);
    if (made.is_error() && clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "argument of type '%T' is not iterable", a);
    return made;
}
Result<int64_t> count_of(Thread& t, Any a, Any b) {
    Ref<Object> iterator = TRY(walk(t, a));
    int64_t n = 0;
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return n;
        n += TRY(equals(t, item.get(), b));
    }
}
Result<int64_t> index_of(Thread& t, Any a, Any b) {
    Ref<Object> iterator = TRY(walk(t, a));
    for (int64_t i = 0;; ++i) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return raise(t, exc::ValueError, "sequence.index(x): x not in sequence");
        if (TRY(equals(t, item.get(), b))) return i;
    }
}
Result<int64_t> length_hint_(Thread& t, Any a, Any fallback) {
    if (!is<Int>(fallback.get())) return raise(t, exc::TypeError, "'%T' object cannot be interpreted as an integer", fallback);
    return TRY(length_hint(t, a, TRY(to_index_size(t, fallback, exc::OverflowError))));
}
Out call_(Thread& t, Any function, Args args, Kwargs kwargs) {
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args.data, args.count));
    return call_tuple(t, function, tuple, kwargs.dict);
}
Result<bool> compare_digest(Thread& t, Any a, Any b) {
    BufferView x_buffer, y_buffer;
    std::string_view x, y;
    if (is<Str>(a.get()) && is<Str>(b.get())) {
        auto *m = static_cast<Str*>(a.get()), *n = static_cast<Str*>(b.get());
        if (!m->is_ascii() || !n->is_ascii())
            return raise(t, exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        x = m->ascii_view();
        y = n->ascii_view();
    } else {
        if (!has_buffer(a.get()) && !has_buffer(b.get()))
            return raise(t, exc::TypeError, "unsupported operand types(s) or combination of types: '%T' and '%T'", a, b);
        TRY(x_buffer.acquire(t, a.get()));
        TRY(y_buffer.acquire(t, b.get()));
        x = x_buffer.view();
        y = y_buffer.view();
    }
    // The time depends on the length of `b` only.
    volatile unsigned char difference = x.size() != y.size();
    const char* other = x.size() == y.size() ? x.data() : y.data();
    for (size_t i = 0; i < y.size(); ++i) difference = difference | static_cast<unsigned char>(other[i] ^ y[i]);
    return difference == 0;
}

// --- itemgetter, attrgetter, methodcaller ---------------------------------------------------------------------------

struct ItemGetter : Object {
    Tuple* items;
    intptr_t fast_index; // a single small int: for tuples; -1 otherwise
    VectorcallFunc vectorcall;
    static Type s_type;
};
struct AttrGetter : Object {
    Tuple* names; // of strs, or of tuples of strs for dotted names
    VectorcallFunc vectorcall;
    static Type s_type;
};
struct MethodCaller : Object {
    Str* name;
    Tuple* values;   // of the positional arguments, then of the keywords
    Tuple* keywords; // their names, or null
    VectorcallFunc vectorcall;
    static Type s_type;

    intptr_t positional() const { return values->size - (keywords ? keywords->size : 0); }
};

/// The vectorcall of all three: `Get` is for the one object that they take.
template <class T, Out (*Get)(Thread&, T*, Object*)>
Object* call_with_one(Object* self, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    size_t n = vectorcall_nargs(nargsf);
    if (LIKELY(n == 1 && (!kwnames || static_cast<Tuple*>(kwnames)->size == 0)))
        return Get(t, static_cast<T*>(self), args[0]).release_or_null();
    const char* name = short_type_name(T::s_type);
    if (kwnames && static_cast<Tuple*>(kwnames)->size) (void)raise(t, exc::TypeError, "%s() takes no keyword arguments", name);
    else (void)raise(t, exc::TypeError, "%s expected 1 argument, got %d", name, static_cast<intptr_t>(n));
    return nullptr;
}

Out item_get(Thread& t, ItemGetter* self, Object* from) {
    if (self->items->size == 1) {
        if (self->fast_index >= 0 && is_exact<Tuple>(from) && self->fast_index < static_cast<Tuple*>(from)->size)
            return acquire(static_cast<Tuple*>(from)->items[self->fast_index]);
        return get_item(t, from, self->items->items[0]);
    }
    Ref<Tuple> result = TRY(tuple_alloc(t, self->items->size));
    for (intptr_t i = 0; i < self->items->size; ++i) result->items[i] = TRY(get_item(t, from, self->items->items[i])).release();
    tuple_finish(result.get());
    return result;
}
Out item_new(Thread& t, Borrowed<Type> type, Args items) {
    if (items.size() < 1) return raise(t, exc::TypeError, "itemgetter expected 1 argument, got 0");
    Ref<ItemGetter> self = TRY(allocate<ItemGetter>(t));
    self->items = TRY(tuple_from_array(t, items.data, items.count)).release();
    self->fast_index = -1;
    int64_t i;
    if (items.size() == 1 && is_exact<Int>(items[0]) && int_fits_int64(static_cast<Int*>(items[0]), &i) && i >= 0) self->fast_index = i;
    self->vectorcall = call_with_one<ItemGetter, item_get>;
    gc_track(self.get());
    return self;
}
Result<Ref<Str>> item_repr(Thread& t, Borrowed<ItemGetter> self) {
    if (TRY(repr_enter(t, self))) return str_format(t, "%s(...)", self->type->name);
    auto text = self->items->size == 1 ? str_format(t, "%s(%R)", self->type->name, self->items->items[0])
                                       : str_format(t, "%s%R", self->type->name, self->items);
    repr_leave(t, self);
    return text;
}
Out item_reduce(Thread& t, Borrowed<ItemGetter> self) { return tuple_pack(t, acquire<Object>(self->type), acquire(self->items)); }

Out attr_get_one(Thread& t, Object* from, Object* name) {
    if (!is<Tuple>(name)) return get_attribute(t, from, static_cast<Str*>(name));
    Ref<Object> at = acquire(from);
    for (Object* part : static_cast<Tuple*>(name)->span()) at = TRY(get_attribute(t, at, static_cast<Str*>(part)));
    return at;
}
Out attr_get(Thread& t, AttrGetter* self, Object* from) {
    if (self->names->size == 1) return attr_get_one(t, from, self->names->items[0]);
    Ref<Tuple> result = TRY(tuple_alloc(t, self->names->size));
    for (intptr_t i = 0; i < self->names->size; ++i) result->items[i] = TRY(attr_get_one(t, from, self->names->items[i])).release();
    tuple_finish(result.get());
    return result;
}
Result<Ref<Str>> intern_exact(Thread& t, Ref<Str> text) {
    if (!is_exact<Str>(text.get())) return text;
    return str_intern(t, std::move(text));
}
Out attr_new(Thread& t, Borrowed<Type>, Args names) {
    if (names.size() < 1) return raise(t, exc::TypeError, "attrgetter expected 1 argument, got 0");
    Ref<Tuple> parsed = TRY(tuple_alloc(t, static_cast<intptr_t>(names.size())));
    for (size_t k = 0; k < names.size(); ++k) {
        if (!is<Str>(names[k])) return raise(t, exc::TypeError, "attribute name must be a string");
        auto* name = static_cast<Str*>(names[k]);
        Ref<List> parts = TRY(list_new(t));
        intptr_t start = 0;
        for (intptr_t i = 0; i <= name->length; ++i) {
            if (i < name->length && name->at(i) != '.') continue;
            if (start == 0 && i == name->length) break; // no dot
            Ref<Str> part = TRY(str_substring(t, name, start, i));
            TRY(list_append(t, parts, TRY(intern_exact(t, std::move(part)))));
            start = i + 1;
        }
        parsed->items[k] = list_size(parts.get()) ? static_cast<Object*>(TRY(list_to_tuple(t, parts)).release())
                                                  : static_cast<Object*>(TRY(intern_exact(t, acquire(name))).release());
    }
    tuple_finish(parsed.get());
    Ref<AttrGetter> self = TRY(allocate<AttrGetter>(t));
    self->names = parsed.release();
    self->vectorcall = call_with_one<AttrGetter, attr_get>;
    gc_track(self.get());
    return self;
}
/// The names as they were given.
Result<Ref<Tuple>> attr_names(Thread& t, AttrGetter* self) {
    Ref<Tuple> names = TRY(tuple_alloc(t, self->names->size));
    for (intptr_t i = 0; i < names->size; ++i) {
        Object* name = self->names->items[i];
        names->items[i] = is<Tuple>(name) ? TRY(str_join(t, names::dot, name)).release() : acquire(name).release();
    }
    return names;
}
Result<Ref<Str>> attr_repr(Thread& t, Borrowed<AttrGetter> self) {
    if (TRY(repr_enter(t, self))) return str_format(t, "%s(...)", self->type->name);
    auto run = [&]() -> Result<Ref<Str>> {
        Ref<Tuple> names = TRY(attr_names(t, self.get()));
        if (names->size == 1) return str_format(t, "%s(%R)", self->type->name, names->items[0]);
        return str_format(t, "%s%R", self->type->name, names);
    };
    auto text = run();
    repr_leave(t, self);
    return text;
}
Out attr_reduce(Thread& t, Borrowed<AttrGetter> self) {
    Ref<Tuple> names = TRY(attr_names(t, self.get()));
    return tuple_pack(t, acquire<Object>(self->type), names);
}

Out method_get(Thread& t, MethodCaller* self, Object* from) {
    // A place before the object that is the callee's, the object, what goes with it.
    base::SmallBuffer<Object*, 8> args;
    args.push(nullptr);
    args.push(from);
    for (Object* value : self->values->span()) args.push(value);
    if (args.failed()) return raise_memory_error(t);
    return vectorcall_method(t, self->name, args.data() + 1, static_cast<size_t>(self->positional() + 1) | VectorcallOffset,
                             self->keywords);
}
Out method_new_(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size < 1) return raise(t, exc::TypeError, "methodcaller needs at least one argument, the method name");
    if (!is<Str>(args->items[0])) return raise(t, exc::TypeError, "method name must be a string");
    Ref<Str> name = TRY(intern_exact(t, acquire(static_cast<Str*>(args->items[0]))));
    intptr_t positional = args->size - 1, n = kwargs ? dict_size(kwargs) : 0;
    Ref<Tuple> values = TRY(tuple_alloc(t, positional + n));
    for (intptr_t i = 0; i < positional; ++i) values->items[i] = acquire(args->items[i + 1]).release();
    MaybeRef<Tuple> keywords;
    if (n) {
        Ref<Tuple> names = TRY(tuple_alloc(t, n));
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        for (intptr_t i = 0; i < n && dict_next(t, kwargs, &position, &key, &value); ++i) {
            names->items[i] = key.release();
            values->items[positional + i] = value.release();
        }
        tuple_finish(names.get());
        keywords = std::move(names);
    }
    tuple_finish(values.get());
    Ref<MethodCaller> self = TRY(allocate<MethodCaller>(t));
    self->name = name.release();
    self->values = values.release();
    self->keywords = keywords.release();
    self->vectorcall = call_with_one<MethodCaller, method_get>;
    gc_track(self.get());
    return self;
}
Result<Ref<Str>> method_repr(Thread& t, Borrowed<MethodCaller> self) {
    if (TRY(repr_enter(t, self))) return str_format(t, "%s(...)", self->type->name);
    auto run = [&]() -> Result<Ref<Str>> {
        StrBuilder out(t);
        Ref<Str> head = TRY(str_format(t, "%s(%R", self->type->name, self->name));
        TRY(out.append(head.get()));
        for (intptr_t i = 0, positional = self->positional(); i < self->values->size; ++i) {
            Object* value = self->values->items[i];
            Ref<Str> text =
                TRY(i < positional ? str_format(t, ", %R", value) : str_format(t, ", %s=%R", self->keywords->items[i - positional], value));
            TRY(out.append(text.get()));
        }
        TRY(out.append_char(')'));
        return out.finish();
    };
    auto text = run();
    repr_leave(t, self);
    return text;
}
Out method_reduce(Thread& t, Borrowed<MethodCaller> self) {
    Ref<Tuple> args = TRY(tuple_slice(t, self->values, 0, self->positional()));
    Ref<Tuple> name = TRY(tuple_pack(t, acquire(self->name)));
    if (!self->keywords) return tuple_pack(t, acquire<Object>(self->type), TRY(add(t, name, args)));
    Ref<Object> partial = TRY(import_attribute(t, "functools", "partial"));
    Ref<Tuple> head = TRY(tuple_pack(t, acquire<Object>(self->type), acquire(self->name)));
    Ref<Dict> kwargs = TRY(keyword_dict(t, self->values->items + self->positional(), self->keywords));
    Ref<Object> constructor = TRY(call_tuple(t, partial, head, kwargs.get()));
    return tuple_pack(t, constructor, args);
}

#define OPERATOR_TYPE(Struct, variable, text, FieldList, doc_text, ...)                                                                    \
    Type Struct::s_type;                                                                                                                   \
    const SlotDef variable##_slots[] = {__VA_ARGS__, raw_slot(SlotId::tp_getattro, generic_getattr_slot), FieldList::traverse_slot(),      \
                                        FieldList::clear_slot(), FieldList::dealloc_slot()};
using ItemFields = Fields<ItemGetter, &ItemGetter::items>;
using AttrFields = Fields<AttrGetter, &AttrGetter::names>;
using MethodFields = Fields<MethodCaller, &MethodCaller::name, &MethodCaller::values, &MethodCaller::keywords>;
OPERATOR_TYPE(ItemGetter, item, "itemgetter", ItemFields, "", unary_slot<SlotId::tp_repr, item_repr>(),
              raw_slot(SlotId::tp_call, vectorcall_as_call), typed_new<item_new, "itemgetter", "(*items)">())
OPERATOR_TYPE(AttrGetter, attr, "attrgetter", AttrFields, "", unary_slot<SlotId::tp_repr, attr_repr>(),
              raw_slot(SlotId::tp_call, vectorcall_as_call), typed_new<attr_new, "attrgetter", "(*attrs)">())
OPERATOR_TYPE(MethodCaller, caller, "methodcaller", MethodFields, "", unary_slot<SlotId::tp_repr, method_repr>(),
              raw_slot(SlotId::tp_call, vectorcall_as_call), construct_slot<SlotId::tp_new, method_new_>())
/// The signature of the call, where inspect looks for it.
Out call_signature(Thread& t, Borrowed<Object>) { return Ref<Object>(TRY(str_interned(t, "(obj, /)"))); }
const GetSetDef signature_getset[] = {getter<call_signature>("__text_signature__")};
const NativeDef item_methods[] = {method<item_reduce>("__reduce__", "($self, /)", "Return state information for pickling")};
const NativeDef attr_methods[] = {method<attr_reduce>("__reduce__", "($self, /)", "Return state information for pickling")};
const NativeDef caller_methods[] = {method<method_reduce>("__reduce__", "($self, /)", "Return state information for pickling")};
const TypeSpec item_spec = {
    .type = &ItemGetter::s_type,
    .name = "operator.itemgetter",
    .basicsize = sizeof(ItemGetter),
    .flags = type_flag::Gc | type_flag::Vectorcall,
    .doc = "A callable that subscripts what it is called with.\n\nitemgetter(k)(x) is x[k]; several keys give a tuple of values.",
    .signature = "(item, /, *items)",
    .slots = item_slots,
    .methods = item_methods,
    .getset = signature_getset,
    .vectorcall_offset = offsetof(ItemGetter, vectorcall)};
const TypeSpec attr_spec = {.type = &AttrGetter::s_type,
                            .name = "operator.attrgetter",
                            .basicsize = sizeof(AttrGetter),
                            .flags = type_flag::Gc | type_flag::Vectorcall,
                            .doc = "A callable that reads attributes of what it is called with.\n\n"
                                   "attrgetter('a')(x) is x.a; a dotted name follows the attributes one by one,\n"
                                   "and several names give a tuple of values.",
                            .signature = "(attr, /, *attrs)",
                            .slots = attr_slots,
                            .methods = attr_methods,
                            .getset = signature_getset,
                            .vectorcall_offset = offsetof(AttrGetter, vectorcall)};
const TypeSpec caller_spec = {
    .type = &MethodCaller::s_type,
    .name = "operator.methodcaller",
    .basicsize = sizeof(MethodCaller),
    .flags = type_flag::Gc | type_flag::Vectorcall,
    .doc = "A callable that calls a method of what it is called with.\n\nmethodcaller('m', *args, **kwargs)(x) is x.m(*args, **kwargs).",
    .signature = "(name, /, *args, **kwargs)",
    .slots = caller_slots,
    .methods = caller_methods,
    .getset = signature_getset,
    .vectorcall_offset = offsetof(MethodCaller, vectorcall)};

const NativeDef operator_functions[] = {
    fn<truth>("truth", "($module, a, /)", "Return True if a is true, False otherwise."),
    fn<contains_>("contains", "($module, a, b, /)", "Same as b in a (note reversed operands)."),
    fn<index_of>("indexOf", "($module, a, b, /)", "Return the first index of b in a."),
    fn<count_of>("countOf", "($module, a, b, /)", "How many items of a are b or equal to it."),
    fn<is_>("is_", "($module, a, b, /)", "Same as a is b."),
    fn<is_not>("is_not", "($module, a, b, /)", "Same as a is not b."),
    fn<is_none_>("is_none", "($module, a, /)", "Same as a is None."),
    fn<is_not_none>("is_not_none", "($module, a, /)", "Same as a is not None."),
    fn<binary<BinaryOp::Add>>("add", "($module, a, b, /)", "Same as a + b."),
    fn<binary<BinaryOp::Subtract>>("sub", "($module, a, b, /)", "Same as a - b."),
    fn<binary<BinaryOp::Multiply>>("mul", "($module, a, b, /)", "Same as a * b."),
    fn<binary<BinaryOp::MatrixMultiply>>("matmul", "($module, a, b, /)", "Same as a @ b."),
    fn<binary<BinaryOp::FloorDivide>>("floordiv", "($module, a, b, /)", "Same as a // b."),
    fn<binary<BinaryOp::TrueDivide>>("truediv", "($module, a, b, /)", "Same as a / b."),
    fn<binary<BinaryOp::Remainder>>("mod", "($module, a, b, /)", "Same as a % b."),
    fn<neg>("neg", "($module, a, /)", "Same as -a."),
    fn<pos>("pos", "($module, a, /)", "Same as +a."),
    fn<abs_>("abs", "($module, a, /)", "Same as abs(a)."),
    fn<inv>("inv", "($module, a, /)", "Same as ~a."),
    fn<inv>("invert", "($module, a, /)", "Same as ~a."),
    fn<binary<BinaryOp::Lshift>>("lshift", "($module, a, b, /)", "Same as a << b."),
    fn<binary<BinaryOp::Rshift>>("rshift", "($module, a, b, /)", "Same as a >> b."),
    fn<not_>("not_", "($module, a, /)", "Same as not a."),
    fn<binary<BinaryOp::And>>("and_", "($module, a, b, /)", "Same as a & b."),
    fn<binary<BinaryOp::Xor>>("xor", "($module, a, b, /)", "Same as a ^ b."),
    fn<binary<BinaryOp::Or>>("or_", "($module, a, b, /)", "Same as a | b."),
    fn<binary<BinaryOp::InplaceAdd>>("iadd", "($module, a, b, /)", "Same as a += b."),
    fn<binary<BinaryOp::InplaceSubtract>>("isub", "($module, a, b, /)", "Same as a -= b."),
    fn<binary<BinaryOp::InplaceMultiply>>("imul", "($module, a, b, /)", "Same as a *= b."),
    fn<binary<BinaryOp::InplaceMatrixMultiply>>("imatmul", "($module, a, b, /)", "Same as a @= b."),
    fn<binary<BinaryOp::InplaceFloorDivide>>("ifloordiv", "($module, a, b, /)", "Same as a //= b."),
    fn<binary<BinaryOp::InplaceTrueDivide>>("itruediv", "($module, a, b, /)", "Same as a /= b."),
    fn<binary<BinaryOp::InplaceRemainder>>("imod", "($module, a, b, /)", "Same as a %= b."),
    fn<binary<BinaryOp::InplaceLshift>>("ilshift", "($module, a, b, /)", "Same as a <<= b."),
    fn<binary<BinaryOp::InplaceRshift>>("irshift", "($module, a, b, /)", "Same as a >>= b."),
    fn<binary<BinaryOp::InplaceAnd>>("iand", "($module, a, b, /)", "Same as a &= b."),
    fn<binary<BinaryOp::InplaceXor>>("ixor", "($module, a, b, /)", "Same as a ^= b."),
    fn<binary<BinaryOp::InplaceOr>>("ior", "($module, a, b, /)", "Same as a |= b."),
    fn<binary<BinaryOp::InplacePower>>("ipow", "($module, a, b, /)", "Same as a **= b."),
    fn<concat>("concat", "($module, a, b, /)", "Same as a + b, for a and b sequences."),
    fn<iconcat>("iconcat", "($module, a, b, /)", "Same as a += b, for a and b sequences."),
    fn<getitem>("getitem", "($module, a, b, /)", "Same as a[b]."),
    fn<setitem>("setitem", "($module, a, b, c, /)", "Same as a[b] = c."),
    fn<delitem>("delitem", "($module, a, b, /)", "Same as del a[b]."),
    fn<pow_>("pow", "($module, a, b, /)", "Same as a ** b."),
    fn<comparison<Comparison::Eq>>("eq", "($module, a, b, /)", "Same as a == b."),
    fn<comparison<Comparison::Ne>>("ne", "($module, a, b, /)", "Same as a != b."),
    fn<comparison<Comparison::Lt>>("lt", "($module, a, b, /)", "Same as a < b."),
    fn<comparison<Comparison::Le>>("le", "($module, a, b, /)", "Same as a <= b."),
    fn<comparison<Comparison::Gt>>("gt", "($module, a, b, /)", "Same as a > b."),
    fn<comparison<Comparison::Ge>>("ge", "($module, a, b, /)", "Same as a >= b."),
    fn<index>("index", "($module, a, /)", "Same as a.__index__()"),
    fn<length_hint_>("length_hint", "($module, obj, default=0, /)",
                     "How many items obj will probably yield, to reserve space by.\n\n"
                     "It is exact when obj has a length, else what __length_hint__() estimates, else default."),
    fn<call_>("call", "($module, obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs)."),
    fn<compare_digest>("_compare_digest", "($module, a, b, /)",
                       "Whether a equals b, in a time that does not depend on where they differ.\n\n"
                       "Both are ASCII-only str, or both bytes-like; others raise TypeError. The\n"
                       "length of the inputs can still be guessed from the time."),
};
const TypeSpec* const operator_types[] = {&item_spec, &attr_spec, &caller_spec};

} // namespace

extern const ModuleSpec operator_module;
const ModuleSpec operator_module = {
    .name = "_operator",
    .doc = "Operator interface.\n\n"
           "This module exports a set of functions implemented in C corresponding\n"
           "to the intrinsic operators of Python.  For example, operator.add(x, y)\n"
           "is equivalent to the expression x+y.",
    .functions = operator_functions,
    .types = operator_types,
};
} // namespace taipan
