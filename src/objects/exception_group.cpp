#include "objects/exception_group.h"

#include "objects/dict.h"
#include "objects/list.h"
#include "objects/type_object.h"

namespace taipan {

namespace {

using Group = Borrowed<ExceptionGroupObject>;
bool is_group(Object* o) { return is_subtype(o->type, &exc::BaseExceptionGroup); }

Result<Ref<Object>> group_new(Thread& t, Borrowed<Type> type_arg, Borrowed<Tuple> args, Dict*) {
    Type* type = type_arg.get();
    if (args->size != 2) return raise(t, exc::TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%d given)", args->size);
    Object *message = args->items[0], *sequence = args->items[1];
    if (!is<Str>(message)) return raise(t, exc::TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %T", message);
    if (!(sequence->type->as_sequence && sequence->type->as_sequence->item) || is<Dict>(sequence))
        return raise(t, exc::TypeError, "second argument (exceptions) must be a sequence");
    Ref<Tuple> exceptions = TRY(to_tuple(t, sequence));
    // Other sequences may change or be used up: how they look is kept for repr().
    MaybeRef<Object> text;
    if (!is<List>(sequence) && !is<Tuple>(sequence)) text = TRY(repr(t, sequence));
    if (exceptions->size == 0) return raise(t, exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
    bool nested_base = false;
    for (intptr_t i = 0; i < exceptions->size; ++i) {
        Object* item = exceptions->items[i];
        if (!is<BaseException>(item)) return raise(t, exc::ValueError, "Item %d of second argument (exceptions) is not an exception", i);
        if (!is_subtype(item->type, &exc::Exception)) nested_base = true;
    }
    if (type == &exc::BaseExceptionGroup) {
        if (!nested_base) type = &exc::ExceptionGroup;
    } else if (nested_base && is_subtype(type, &exc::Exception)) {
        if (type == &exc::ExceptionGroup) return raise(t, exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
        return raise(t, exc::TypeError, "Cannot nest BaseExceptions in '%N'", type);
    }
    Ref<Object> made = TRY(allocate_object(t, *type));
    ExceptionGroupObject* self = static_cast<ExceptionGroupObject*>(made.get());
    self->args = args.share().release();
    incref(message);
    self->message = message;
    self->exceptions = exceptions.release();
    self->exceptions_text = text.release();
    gc_track(self);
    return made;
}
Result<void> group_init(Thread& t, Group self, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs)) return raise(t, exc::TypeError, "%s() takes no keyword arguments", short_type_name(*self->type));
    assign_field(self->args, static_cast<Object*>(args.share().release()));
    return {};
}
Result<Ref<Str>> group_str(Thread& t, Group self) {
    intptr_t count = static_cast<Tuple*>(self->exceptions)->size;
    return str_format(t, "%s (%d sub-exception%s)", self->message, count, count > 1 ? "s" : "");
}
Result<Ref<Str>> group_repr(Thread& t, Group self) {
    if (self->exceptions_text) return str_format(t, "%s(%R, %s)", short_type_name(*self->type), self->message, self->exceptions_text);
    Ref<Object> shown = acquire(self->exceptions);
    Tuple* args = static_cast<Tuple*>(self->args);
    if (args && args->size >= 2 && is<List>(args->items[1])) shown = TRY(list_from_iterable(t, self->exceptions));
    return str_format(t, "%s(%R, %R)", short_type_name(*self->type), self->message, shown);
}

/// A group of the same kind with other exceptions, carrying over traceback, context, cause and notes.
Result<Ref<Object>> subset(Thread& t, Group self, Borrowed<Object> exceptions) {
    Ref<Str> derive = TRY(str_interned(t, "derive"));
    Ref<Object> made = TRY(call_method(t, self, derive, exceptions));
    if (!is_group(made.get())) return raise(t, exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    BaseException* copy = static_cast<BaseException*>(made.get());
    auto carry = [](Object*& to, Object* from) {
        xincref(from);
        assign_field(to, from);
    };
    carry(copy->traceback, self->traceback);
    carry(copy->context, self->context);
    carry(copy->cause, self->cause);
    copy->suppress_context = self->suppress_context;
    MaybeRef<Object> notes = TRY(get_attribute_optional(t, self, names::__notes__));
    if (notes && is<List>(notes.get())) {
        Ref<List> copied = TRY(list_from_iterable(t, notes.get()));
        TRY(set_attribute(t, made, names::__notes__, copied));
    }
    return made;
}

Result<bool> matches(Thread& t, Borrowed<Object> error, Borrowed<Object> condition) {
    if (is<Tuple>(condition.get()) || is<Type>(condition.get())) return given_exception_matches(error.get(), condition.get());
    Ref<Object> answer = TRY(call(t, condition, error));
    return is_true(t, answer);
}
Result<void> check_condition(Thread& t, Borrowed<Object> condition) {
    auto is_exception_type = [](Object* o) { return is<Type>(o) && is_subtype(static_cast<Type*>(o), &BaseException::s_type); };
    Object* c = condition.get();
    if (is_exception_type(c) || (is_callable(c) && !is<Type>(c))) return {};
    if (is<Tuple>(c)) {
        bool all = true;
        for (Object* item : *static_cast<Tuple*>(c)) all = all && is_exception_type(item);
        if (all) return {};
    }
    return raise(t, exc::TypeError, "expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

} // namespace

Result<void> exception_group_split(Thread& t, Borrowed<Object> error, Borrowed<Object> condition, bool keep_rest, MaybeRef<Object>* match,
                                   MaybeRef<Object>* rest) {
    TRY(check_recursion(t, " in exceptiongroup_split_recursive"));
    *match = nullptr;
    *rest = nullptr;
    if (TRY(matches(t, error, condition))) {
        *match = error.share();
        return {};
    }
    if (!is_group(error.get())) {
        if (keep_rest) *rest = error.share();
        return {};
    }
    Group group = static_cast<ExceptionGroupObject*>(error.get());
    Ref<List> matched = TRY(list_new(t));
    Ref<List> others = TRY(list_new(t));
    for (Object* item : *static_cast<Tuple*>(group->exceptions)) {
        MaybeRef<Object> item_match, item_rest;
        TRY(exception_group_split(t, item, condition, keep_rest, &item_match, &item_rest));
        if (item_match) TRY(list_append(t, matched, item_match.take()));
        if (item_rest) TRY(list_append(t, others, item_rest.take()));
    }
    if (list_size(matched.get())) *match = TRY(subset(t, group, matched));
    if (keep_rest && list_size(others.get())) *rest = TRY(subset(t, group, others));
    return {};
}

namespace {

Result<Ref<Object>> group_derive(Thread& t, Group self, Borrowed<Object> exceptions) {
    return call(t, Borrowed<Object>(&exc::BaseExceptionGroup), Borrowed<Object>(self->message), exceptions);
}
Result<Ref<Object>> group_split(Thread& t, Group self, Borrowed<Object> condition) {
    TRY(check_condition(t, condition));
    MaybeRef<Object> match, rest;
    TRY(exception_group_split(t, self, condition, true, &match, &rest));
    Ref<Object> first = match ? match.take() : none_ref(), second = rest ? rest.take() : none_ref();
    return TRY(tuple_pack(t, first, second));
}
Result<Ref<Object>> group_subgroup(Thread& t, Group self, Borrowed<Object> condition) {
    TRY(check_condition(t, condition));
    MaybeRef<Object> match, rest;
    TRY(exception_group_split(t, self, condition, false, &match, &rest));
    return match ? match.take() : none_ref();
}
Result<Ref<Object>> group_class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item);

/// The leaves of a group by identity.
Result<void> collect_leaves(Thread& t, Object* error, List* leaves) {
    if (!is_group(error)) return list_append(t, leaves, acquire(error));
    TRY(check_recursion(t, " in collect_exception_group_leaf_ids"));
    for (Object* item : *static_cast<Tuple*>(static_cast<ExceptionGroupObject*>(error)->exceptions)) TRY(collect_leaves(t, item, leaves));
    return {};
}
bool contains_identity(List* list, Object* item) {
    for (intptr_t i = 0; i < list->size; ++i)
        if (list->items[i] == item) return true;
    return false;
}
/// The part of `original` whose leaves are among `kept`.
Result<MaybeRef<Object>> project(Thread& t, Object* original, List* kept) {
    if (!is_group(original)) {
        if (contains_identity(kept, original)) return MaybeRef<Object>::acquire(original);
        return MaybeRef<Object>();
    }
    TRY(check_recursion(t, " in exceptiongroup_split_recursive"));
    Group group = static_cast<ExceptionGroupObject*>(original);
    Ref<List> parts = TRY(list_new(t));
    for (Object* item : *static_cast<Tuple*>(group->exceptions)) {
        MaybeRef<Object> part = TRY(project(t, item, kept));
        if (part) TRY(list_append(t, parts, part.take()));
    }
    if (!list_size(parts.get())) return MaybeRef<Object>();
    return MaybeRef<Object>(TRY(subset(t, group, parts)));
}
/// Raised in place of (part of) the original without change: same traceback, context, cause and notes.
bool same_metadata(Object* a, Object* b) {
    BaseException *x = static_cast<BaseException*>(a), *y = static_cast<BaseException*>(b);
    return x->traceback == y->traceback && x->context == y->context && x->cause == y->cause;
}

} // namespace

Result<Ref<Object>> exception_group_reraise_star(Thread& t, Borrowed<Object> original, Borrowed<Object> raised_object) {
    List* raised = static_cast<List*>(raised_object.get());
    if (list_size(raised) == 0) return none_ref();
    if (!is_group(original.get())) {
        // A naked exception was caught; what the handler raised goes on as it is.
        for (intptr_t i = 0; i < raised->size; ++i)
            if (!is_none(raised->items[i])) return acquire(raised->items[i]);
        return none_ref();
    }
    Ref<List> fresh = TRY(list_new(t));
    Ref<List> kept = TRY(list_new(t));
    for (intptr_t i = 0; i < raised->size; ++i) {
        Object* item = raised->items[i];
        if (is_none(item)) continue;
        if (is_group(item) && same_metadata(item, original.get())) TRY(collect_leaves(t, item, kept.get()));
        else TRY(list_append(t, fresh, acquire(item)));
    }
    MaybeRef<Object> reraised = TRY(project(t, original.get(), kept.get()));
    if (list_size(fresh.get()) == 0) return reraised ? reraised.take() : none_ref();
    if (reraised) TRY(list_append(t, fresh, reraised.take()));
    if (list_size(fresh.get()) == 1) return acquire(fresh->items[0]);
    Ref<Str> empty = str_empty();
    return call(t, Borrowed<Object>(&exc::BaseExceptionGroup), empty, fresh);
}

namespace {
int group_traverse(Object* o, VisitFunc visit, void* context) {
    if (int r = BaseException::s_type.traverse(o, visit, context)) return r;
    ExceptionGroupObject* self = static_cast<ExceptionGroupObject*>(o);
    if (self->message)
        if (int r = visit(self->message, context)) return r;
    return self->exceptions ? visit(self->exceptions, context) : 0;
}
int group_clear(Object* o) {
    BaseException::s_type.clear(o);
    ExceptionGroupObject* self = static_cast<ExceptionGroupObject*>(o);
    clear_field(self->message);
    clear_field(self->exceptions);
    clear_field(self->exceptions_text);
    return 0;
}
void group_dealloc(Object* o) {
    gc_untrack(o);
    group_clear(o);
    o->type->free(o);
}
const SlotDef group_slots[] = {
    raw_slot(SlotId::tp_dealloc, group_dealloc), raw_slot(SlotId::tp_traverse, group_traverse), raw_slot(SlotId::tp_clear, group_clear),
    construct_slot<SlotId::tp_new, group_new>(), init_slot<SlotId::tp_init, group_init>(),      unary_slot<SlotId::tp_str, group_str>(),
    unary_slot<SlotId::tp_repr, group_repr>(),
};
const NativeDef group_methods[] = {
    method<group_derive>("derive", "($self, excs, /)"),
    method<group_split>("split", "($self, matcher_value, /)"),
    method<group_subgroup>("subgroup", "($self, matcher_value, /)"),
    class_method<group_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const MemberDef group_members[] = {
    {"message", member_type::ObjectOrNone, offsetof(ExceptionGroupObject, message), member_flag::ReadOnly, "exception message"},
    {"exceptions", member_type::ObjectOrNone, offsetof(ExceptionGroupObject, exceptions), member_flag::ReadOnly, "nested exceptions"},
};
} // namespace

Result<Ref<Object>> generic_alias_new(Thread& t, Borrowed<Object> origin, Borrowed<Object> args);
namespace {
Result<Ref<Object>> group_class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item) { return generic_alias_new(t, type, item); }
} // namespace

void exception_group_slots(TypeSpec* spec) {
    spec->slots = group_slots;
    spec->methods = group_methods;
    spec->members = group_members;
}

namespace exc {
constinit Type ExceptionGroup{};
}

Result<void> exception_group_ready(Thread& t) {
    TypeSpec spec = {.type = &exc::ExceptionGroup,
                     .name = "ExceptionGroup",
                     .base = &exc::BaseExceptionGroup,
                     .basicsize = sizeof(ExceptionGroupObject),
                     .flags = type_flag::BaseType | type_flag::Gc | type_flag::BaseExceptionSubclass};
    Ref<Tuple> bases = TRY(tuple_pack(t, Borrowed<Object>(&exc::BaseExceptionGroup), Borrowed<Object>(&exc::Exception)));
    make_immortal(bases.get());
    exc::ExceptionGroup.traverse = exc::BaseExceptionGroup.traverse;
    exc::ExceptionGroup.clear = exc::BaseExceptionGroup.clear;
    exc::ExceptionGroup.dealloc = exc::BaseExceptionGroup.dealloc;
    exc::ExceptionGroup.bases = bases.release(); // kept by type_ready when already there
    return type_ready(t, spec);
}

} // namespace taipan
