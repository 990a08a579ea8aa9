// C-side wrappers: how Python calls the slots of builtin types ("slot wrapper"), and the table of all of them.
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/slot_functions.h"

namespace taipan {

// slot_buffer.cpp
Result<Ref<Object>> memoryview_from_slot(Thread& t, Borrowed<Object> object, void* getter, int flags);
Result<Ref<Object>> memoryview_release(Thread& t, Borrowed<Object> view, Borrowed<Object> object);

namespace {

using Arguments = std::span<Object* const>;

template <class F> F as_function(void* wrapped) { return reinterpret_cast<F>(wrapped); }

COLD Error raise_count(Thread& t, Arguments args, const char* expected) {
    return raise(t, exc::TypeError, "expected %s, got %d", expected, static_cast<intptr_t>(args.size()));
}
bool two(Thread& t, Arguments args, const char* name) {
    if (LIKELY(args.size() == 2)) return true;
    (void)raise(t, exc::TypeError, "%s expected 2 arguments, got %d", name, static_cast<intptr_t>(args.size()));
    return false;
}
bool count_is(Thread& t, Arguments args, size_t count) {
    if (LIKELY(args.size() == count)) return true;
    (void)raise_count(t, args, count == 0 ? "0 arguments" : "1 argument");
    return false;
}
Object* none_or_null(int result) { return result < 0 ? nullptr : None(); }

Object* wrap_unary(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    return count_is(t, args, 0) ? as_function<UnaryFunc>(wrapped)(self) : nullptr;
}
Object* wrap_binary(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    return count_is(t, args, 1) ? as_function<BinaryFunc>(wrapped)(self, args[0]) : nullptr;
}
Object* wrap_binary_reflected(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    return count_is(t, args, 1) ? as_function<BinaryFunc>(wrapped)(args[0], self) : nullptr;
}
Object* wrap_ternary(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (args.size() != 1 && args.size() != 2) return (void)raise_count(t, args, "1 or 2 arguments"), nullptr;
    return as_function<TernaryFunc>(wrapped)(self, args[0], args.size() == 2 ? args[1] : None());
}
Object* wrap_ternary_reflected(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (args.size() != 1 && args.size() != 2) return (void)raise_count(t, args, "1 or 2 arguments"), nullptr;
    return as_function<TernaryFunc>(wrapped)(args[0], self, args.size() == 2 ? args[1] : None());
}
Object* wrap_inquiry(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 0)) return nullptr;
    int result = as_function<InquiryFunc>(wrapped)(self);
    if (result < 0 && t.has_exception()) return nullptr;
    return bool_object(result != 0);
}
Object* wrap_length(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 0)) return nullptr;
    intptr_t size = as_function<LenFunc>(wrapped)(self);
    if (size < 0) return nullptr;
    return int_from(t, size).release_or_null();
}
Object* wrap_index_arg(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    auto index = to_index_size(t, args[0], exc::OverflowError);
    return index.is_error() ? nullptr : as_function<IndexFunc>(wrapped)(self, index.take());
}
/// Under the object's lock: an index from the end and the item are of the same moment.
Result<intptr_t> item_index(Thread& t, Object* self, Object* argument) {
    intptr_t index = TRY(to_index_size(t, argument, exc::OverflowError));
    if (index < 0 && self->type->as_sequence && self->type->as_sequence->length) {
        intptr_t size = self->type->as_sequence->length(self);
        if (size < 0) return Error{};
        index += size;
    }
    return index;
}
Object* wrap_item(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    CriticalSection section(t, self);
    auto index = item_index(t, self, args[0]);
    return index.is_error() ? nullptr : as_function<IndexFunc>(wrapped)(self, index.take());
}
Object* wrap_set_item(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!two(t, args, "__setitem__")) return nullptr;
    CriticalSection section(t, self);
    auto index = item_index(t, self, args[0]);
    return index.is_error() ? nullptr : none_or_null(as_function<IndexSetFunc>(wrapped)(self, index.take(), args[1]));
}
Object* wrap_delete_item(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    CriticalSection section(t, self);
    auto index = item_index(t, self, args[0]);
    return index.is_error() ? nullptr : none_or_null(as_function<IndexSetFunc>(wrapped)(self, index.take(), nullptr));
}
Object* wrap_contains(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    int result = as_function<ContainsFunc>(wrapped)(self, args[0]);
    return result < 0 ? nullptr : bool_object(result);
}
Object* wrap_set_subscript(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!two(t, args, "__setitem__")) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], args[1]));
}
Object* wrap_delete_subscript(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], nullptr));
}

/// object.__setattr__ must not get round the __setattr__ of a builtin type in between (the "Carlo Verre hack").
bool setattr_allowed(Thread& t, Object* self, void* wrapped, const char* what) {
    Type* type = self->type;
    auto is_python = [](Type* cls) { return cls->setattr == slot_function::tp_setattro; };
    // 1. The type that defined the slot function in use.
    Type* defining = type;
    if (auto* mro = static_cast<Tuple*>(type->mro)) {
        for (intptr_t i = mro->size - 1; i >= 0; --i) {
            auto* base = static_cast<Type*>(mro->items[i]);
            if (is_python(base) || base->setattr != type->setattr) continue;
            defining = base;
            break;
        }
    }
    // 2. From there to `wrapped` no builtin override may be skipped.
    for (Type* base = defining; base; base = base->base) {
        if (reinterpret_cast<void*>(base->setattr) == wrapped) break;
        if (is_python(base)) continue;
        (void)raise(t, exc::TypeError, "can't apply this %s to %N object", what, static_cast<Object*>(type));
        return false;
    }
    return true;
}
Object* wrap_setattr(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!two(t, args, "__setattr__")) return nullptr;
    if (!setattr_allowed(t, self, wrapped, "__setattr__")) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], args[1]));
}
Object* wrap_delattr(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    if (!setattr_allowed(t, self, wrapped, "__delattr__")) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], nullptr));
}
Object* wrap_hash(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 0)) return nullptr;
    intptr_t value = as_function<HashFunc>(wrapped)(self);
    if (value == -1 && t.has_exception()) return nullptr;
    return int_from(t, value).release_or_null();
}
Object* wrap_call(Thread& t, Object* self, Arguments args, void* wrapped, Dict* kwargs) {
    auto tuple = tuple_from_array(t, args.data(), args.size());
    return tuple.is_error() ? nullptr : as_function<TernaryFunc>(wrapped)(self, tuple.take().get(), kwargs);
}
Object* wrap_init(Thread& t, Object* self, Arguments args, void* wrapped, Dict* kwargs) {
    auto tuple = tuple_from_array(t, args.data(), args.size());
    return tuple.is_error() ? nullptr : none_or_null(as_function<InitFunc>(wrapped)(self, tuple.take().get(), kwargs));
}
Object* wrap_finalize(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 0)) return nullptr;
    as_function<DestructorFunc>(wrapped)(self);
    return None();
}
template <Comparison Op> Object* wrap_compare(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    return count_is(t, args, 1) ? as_function<CompareFunc>(wrapped)(self, args[0], static_cast<int>(Op)) : nullptr;
}
Object* wrap_next(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 0)) return nullptr;
    Ref<Object> held = acquire(self); // a bound `__next__`, which threads may share, may have the only other reference
    Object* result = as_function<UnaryFunc>(wrapped)(self);
    if (!result && !t.has_exception()) (void)raise_bare(t, exc::StopIteration);
    return result;
}
Object* wrap_descr_get(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (args.size() < 1 || args.size() > 2)
        return (void)raise(t, exc::TypeError,
                           args.size() < 1 ? "__get__ expected at least 1 argument, got %d"
                                           : "__get__ expected at most 2 arguments, got %d",
                           static_cast<intptr_t>(args.size())),
               nullptr;
    Object* instance = is_none(args[0]) ? nullptr : args[0];
    Object* owner = args.size() == 2 && !is_none(args[1]) ? args[1] : nullptr;
    if (!instance && !owner) return (void)raise(t, exc::TypeError, "__get__(None, None) is invalid"), nullptr;
    return as_function<TernaryFunc>(wrapped)(self, instance, owner);
}
Object* wrap_descr_set(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!two(t, args, "__set__")) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], args[1]));
}
Object* wrap_descr_delete(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    return none_or_null(as_function<SetItemFunc>(wrapped)(self, args[0], nullptr));
}
Object* wrap_buffer(Thread& t, Object* self, Arguments args, void* wrapped, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    auto flags = to_int32(t, args[0]);
    if (flags.is_error()) return nullptr;
    return memoryview_from_slot(t, self, wrapped, flags.take()).release_or_null();
}
Object* wrap_release_buffer(Thread& t, Object* self, Arguments args, void*, Dict*) {
    if (!count_is(t, args, 1)) return nullptr;
    return memoryview_release(t, args[0], self).release_or_null();
}

template <class F> void* pointer(F* function) { return reinterpret_cast<void*>(function); }

#define NUMBER(slot_member, name, reflected) pointer(slot_function::number<&NumberMethods::slot_member, names::name, names::reflected>)
#define BINARY_ROWS(id, slot_member, name, reflected, text)                                                                                \
    {                                                                                                                                      \
        #name,       SlotId::id, NUMBER(slot_member, name, reflected), wrap_binary, "($self, value, /)", "Return self" text "value.",      \
        &names::name},                                                                                                                     \
    {                                                                                                                                      \
        #reflected, SlotId::id, NUMBER(slot_member, name, reflected), wrap_binary_reflected, "($self, value, /)",                          \
            "Return value" text "self.", &names::reflected                                                                                 \
    }
#define INPLACE_ROW(id, name, text)                                                                                                        \
    {#name,       SlotId::id, pointer(slot_function::binary<names::name>), wrap_binary, "($self, value, /)", "Return self" text "value.",  \
     &names::name}
#define UNARY_ROW(id, name, text)                                                                                                          \
    {#name, SlotId::id, pointer(slot_function::unary<names::name>), wrap_unary, "($self, /)", text, &names::name}
#define COMPARE_ROW(name, op, text)                                                                                                        \
    {#name,                                                                                                                                \
     SlotId::tp_richcompare,                                                                                                               \
     pointer(slot_function::tp_richcompare),                                                                                               \
     wrap_compare<Comparison::op>,                                                                                                         \
     "($self, value, /)",                                                                                                                  \
     "Return self" text "value.",                                                                                                          \
     &names::name}

// Rows of one slot are neighbours.
const SlotWrapperBase table[] = {
    {"__buffer__", SlotId::bf_getbuffer, pointer(slot_bf_getbuffer), wrap_buffer, "($self, flags, /)",
     "Return a buffer object that exposes the underlying memory of the object.", &names::__buffer__},
    {"__release_buffer__", SlotId::bf_releasebuffer, pointer(slot_bf_releasebuffer), wrap_release_buffer, "($self, buffer, /)",
     "Release the buffer object that exposes the underlying memory of the object.", &names::__release_buffer__},
    {"__repr__", SlotId::tp_repr, pointer(slot_function::tp_repr), wrap_unary, "($self, /)", "Return repr(self).", &names::__repr__},
    {"__hash__", SlotId::tp_hash, pointer(slot_function::tp_hash), wrap_hash, "($self, /)", "Return hash(self).", &names::__hash__},
    {"__call__", SlotId::tp_call, pointer(slot_tp_call), wrap_call, "($self, /, *args, **kwargs)", "Call self as a function.",
     &names::__call__, true},
    {"__str__", SlotId::tp_str, pointer(slot_function::tp_str), wrap_unary, "($self, /)", "Return str(self).", &names::__str__},
    {"__getattribute__", SlotId::tp_getattro, pointer(slot_tp_getattr_hook), wrap_binary, "($self, name, /)", "Return getattr(self, name).",
     &names::__getattribute__},
    {"__getattr__", SlotId::tp_getattro, pointer(slot_tp_getattr_hook), nullptr, nullptr, "", &names::__getattr__},
    {"__setattr__", SlotId::tp_setattro, pointer(slot_function::tp_setattro), wrap_setattr, "($self, name, value, /)",
     "Implement setattr(self, name, value).", &names::__setattr__},
    {"__delattr__", SlotId::tp_setattro, pointer(slot_function::tp_setattro), wrap_delattr, "($self, name, /)",
     "Implement delattr(self, name).", &names::__delattr__},
    COMPARE_ROW(__lt__, Lt, "<"),
    COMPARE_ROW(__le__, Le, "<="),
    COMPARE_ROW(__eq__, Eq, "=="),
    COMPARE_ROW(__ne__, Ne, "!="),
    COMPARE_ROW(__gt__, Gt, ">"),
    COMPARE_ROW(__ge__, Ge, ">="),
    {"__iter__", SlotId::tp_iter, pointer(slot_function::tp_iter), wrap_unary, "($self, /)", "Implement iter(self).", &names::__iter__},
    {"__next__", SlotId::tp_iternext, pointer(slot_function::tp_iternext), wrap_next, "($self, /)", "Implement next(self).",
     &names::__next__},
    {"__get__", SlotId::tp_descr_get, pointer(slot_tp_descr_get), wrap_descr_get, "($self, instance, owner=None, /)",
     "Return an attribute of instance, which is of type owner.", &names::__get__},
    {"__set__", SlotId::tp_descr_set, pointer(slot_function::tp_descr_set), wrap_descr_set, "($self, instance, value, /)",
     "Set an attribute of instance to value.", &names::__set__},
    {"__delete__", SlotId::tp_descr_set, pointer(slot_function::tp_descr_set), wrap_descr_delete, "($self, instance, /)",
     "Delete an attribute of instance.", &names::__delete__},
    {"__init__", SlotId::tp_init, pointer(slot_tp_init), wrap_init, "($self, /, *args, **kwargs)",
     "Initialize self.  See help(type(self)) for accurate signature.", &names::__init__, true},
    {"__new__", SlotId::tp_new, pointer(slot_tp_new), nullptr, "(type, /, *args, **kwargs)", "Create and return new object.",
     &names::__new__},
    {"__del__", SlotId::tp_finalize, pointer(slot_tp_finalize), wrap_finalize, "($self, /)",
     "Called when the instance is about to be destroyed.", &names::__del__},
    UNARY_ROW(am_await, __await__, "Return an iterator to be used in await expression."),
    UNARY_ROW(am_aiter, __aiter__, "Return an awaitable, that resolves in asynchronous iterator."),
    UNARY_ROW(am_anext, __anext__, "Return a value or raise StopAsyncIteration."),
    BINARY_ROWS(nb_add, add, __add__, __radd__, "+"),
    BINARY_ROWS(nb_subtract, subtract, __sub__, __rsub__, "-"),
    BINARY_ROWS(nb_multiply, multiply, __mul__, __rmul__, "*"),
    BINARY_ROWS(nb_remainder, remainder, __mod__, __rmod__, "%"),
    {"__divmod__", SlotId::nb_divmod, NUMBER(divmod, __divmod__, __rdivmod__), wrap_binary, "($self, value, /)",
     "Return divmod(self, value).", &names::__divmod__},
    {"__rdivmod__", SlotId::nb_divmod, NUMBER(divmod, __divmod__, __rdivmod__), wrap_binary_reflected, "($self, value, /)",
     "Return divmod(value, self).", &names::__rdivmod__},
    {"__pow__", SlotId::nb_power, pointer(slot_function::nb_power), wrap_ternary, "($self, value, mod=None, /)",
     "Return pow(self, value, mod).", &names::__pow__},
    {"__rpow__", SlotId::nb_power, pointer(slot_function::nb_power), wrap_ternary_reflected, "($self, value, mod=None, /)",
     "Return pow(value, self, mod).", &names::__rpow__},
    UNARY_ROW(nb_negative, __neg__, "-self"),
    UNARY_ROW(nb_positive, __pos__, "+self"),
    UNARY_ROW(nb_absolute, __abs__, "abs(self)"),
    {"__bool__", SlotId::nb_bool, pointer(slot_function::nb_bool), wrap_inquiry, "($self, /)", "True if self else False", &names::__bool__},
    UNARY_ROW(nb_invert, __invert__, "~self"),
    BINARY_ROWS(nb_lshift, lshift, __lshift__, __rlshift__, "<<"),
    BINARY_ROWS(nb_rshift, rshift, __rshift__, __rrshift__, ">>"),
    BINARY_ROWS(nb_and, and_, __and__, __rand__, "&"),
    BINARY_ROWS(nb_xor, xor_, __xor__, __rxor__, "^"),
    BINARY_ROWS(nb_or, or_, __or__, __ror__, "|"),
    UNARY_ROW(nb_int, __int__, "int(self)"),
    UNARY_ROW(nb_float, __float__, "float(self)"),
    INPLACE_ROW(nb_inplace_add, __iadd__, "+="),
    INPLACE_ROW(nb_inplace_subtract, __isub__, "-="),
    INPLACE_ROW(nb_inplace_multiply, __imul__, "*="),
    INPLACE_ROW(nb_inplace_remainder, __imod__, "%="),
    {"__ipow__", SlotId::nb_inplace_power, pointer(slot_function::nb_inplace_power), wrap_ternary, "($self, value, /)",
     "Return self**=value.", &names::__ipow__},
    INPLACE_ROW(nb_inplace_lshift, __ilshift__, "<<="),
    INPLACE_ROW(nb_inplace_rshift, __irshift__, ">>="),
    INPLACE_ROW(nb_inplace_and, __iand__, "&="),
    INPLACE_ROW(nb_inplace_xor, __ixor__, "^="),
    INPLACE_ROW(nb_inplace_or, __ior__, "|="),
    BINARY_ROWS(nb_floor_divide, floor_divide, __floordiv__, __rfloordiv__, "//"),
    BINARY_ROWS(nb_true_divide, true_divide, __truediv__, __rtruediv__, "/"),
    INPLACE_ROW(nb_inplace_floor_divide, __ifloordiv__, "//="),
    INPLACE_ROW(nb_inplace_true_divide, __itruediv__, "/="),
    UNARY_ROW(nb_index, __index__, "Return self converted to an integer, if self is suitable for use as an index into a list."),
    BINARY_ROWS(nb_matrix_multiply, matrix_multiply, __matmul__, __rmatmul__, "@"),
    INPLACE_ROW(nb_inplace_matrix_multiply, __imatmul__, "@="),
    {"__len__", SlotId::mp_length, pointer(slot_function::sq_length), wrap_length, "($self, /)", "Return len(self).", &names::__len__},
    {"__getitem__", SlotId::mp_subscript, pointer(slot_function::binary<names::__getitem__>), wrap_binary, "($self, key, /)",
     "Return self[key].", &names::__getitem__},
    {"__setitem__", SlotId::mp_ass_subscript, pointer(slot_function::mp_set_subscript), wrap_set_subscript, "($self, key, value, /)",
     "Set self[key] to value.", &names::__setitem__},
    {"__delitem__", SlotId::mp_ass_subscript, pointer(slot_function::mp_set_subscript), wrap_delete_subscript, "($self, key, /)",
     "Delete self[key].", &names::__delitem__},
    {"__len__", SlotId::sq_length, pointer(slot_function::sq_length), wrap_length, "($self, /)", "Return len(self).", &names::__len__},
    {"__add__", SlotId::sq_concat, nullptr, wrap_binary, "($self, value, /)", "Return self+value.", &names::__add__},
    {"__mul__", SlotId::sq_repeat, nullptr, wrap_index_arg, "($self, value, /)", "Return self*value.", &names::__mul__},
    {"__rmul__", SlotId::sq_repeat, nullptr, wrap_index_arg, "($self, value, /)", "Return value*self.", &names::__rmul__},
    {"__getitem__", SlotId::sq_item, pointer(slot_function::sq_item), wrap_item, "($self, key, /)", "Return self[key].",
     &names::__getitem__},
    {"__setitem__", SlotId::sq_ass_item, pointer(slot_function::sq_set_item), wrap_set_item, "($self, key, value, /)",
     "Set self[key] to value.", &names::__setitem__},
    {"__delitem__", SlotId::sq_ass_item, pointer(slot_function::sq_set_item), wrap_delete_item, "($self, key, /)", "Delete self[key].",
     &names::__delitem__},
    {"__contains__", SlotId::sq_contains, pointer(slot_function::sq_contains), wrap_contains, "($self, key, /)",
     "Return bool(key in self).", &names::__contains__},
    {"__iadd__", SlotId::sq_inplace_concat, nullptr, wrap_binary, "($self, value, /)", "Implement self+=value.", &names::__iadd__},
    {"__imul__", SlotId::sq_inplace_repeat, nullptr, wrap_index_arg, "($self, value, /)", "Implement self*=value.", &names::__imul__},
};

} // namespace

std::span<const SlotWrapperBase> slot_names() { return table; }

} // namespace taipan
