#include "objects/template.h"

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "objects/type_spec.h"

namespace taipan {

Result<Ref<Object>> generic_class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item); // generic_alias.cpp

Type Template::s_type;
Type Interpolation::s_type;
Type TemplateIter::s_type;

Result<Ref<Object>> template_new(Thread& t, Borrowed<Tuple> strings, Borrowed<Tuple> interpolations) {
    Ref<Template> self = TRY(allocate<Template>(t));
    self->strings = strings.share().release();
    self->interpolations = interpolations.share().release();
    gc_track(self.get());
    return self;
}

static Result<Ref<Object>> make_interpolation(Thread& t, Borrowed<Object> value, Borrowed<Object> expression, Borrowed<Object> conversion,
                                              Borrowed<Object> format_spec) {
    Ref<Interpolation> self = TRY(allocate<Interpolation>(t));
    self->value = value.share().release();
    self->expression = expression.share().release();
    self->conversion = conversion.share().release();
    self->format_spec = format_spec.share().release();
    gc_track(self.get());
    return self;
}

Result<Ref<Object>> interpolation_new(Thread& t, Borrowed<Object> value, Borrowed<Object> expression, int conversion,
                                      Borrowed<Object> format_spec) {
    Object* letter = conversion == 0 ? None() : str_latin1_char(conversion == 1 ? 's' : conversion == 2 ? 'r' : 'a').get();
    return make_interpolation(t, value, expression, letter, format_spec);
}

namespace {

/// Neighbouring strings are joined; between interpolations there is always one, empty if need be.
Result<Ref<Object>> template_from_parts(Thread& t, Object* const* parts, intptr_t count) {
    intptr_t interpolation_count = 0;
    for (intptr_t i = 0; i < count; ++i) {
        if (is_exact<Interpolation>(parts[i])) ++interpolation_count;
        else if (!is<Str>(parts[i]))
            return raise(t, exc::TypeError, "Template.__new__ *args need to be of type 'str' or 'Interpolation', got %T", parts[i]);
    }
    Ref<Tuple> strings = TRY(tuple_alloc(t, interpolation_count + 1));
    Ref<Tuple> interpolations = TRY(tuple_alloc(t, interpolation_count));
    intptr_t at = 0;
    MaybeRef<Str> pending;
    auto flush = [&] { strings->items[at] = pending ? pending.take().release() : str_empty().release(); };
    for (intptr_t i = 0; i < count; ++i) {
        if (is<Str>(parts[i])) {
            auto* text = static_cast<Str*>(parts[i]);
            if (pending) pending = TRY(str_concat(t, pending.get(), text));
            else pending = acquire(text);
            continue;
        }
        flush();
        interpolations->items[at++] = acquire(parts[i]).release();
    }
    flush();
    tuple_finish(strings.get());
    tuple_finish(interpolations.get());
    return template_new(t, strings, interpolations);
}

Object* template_construct(Type*, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    if (kwargs) return (void)raise(t, exc::TypeError, "Template.__new__ only accepts *args arguments"), nullptr;
    auto* tuple = static_cast<Tuple*>(args);
    return template_from_parts(t, tuple->items, tuple->size).release_or_null();
}

Result<Ref<Str>> template_repr(Thread& t, Borrowed<Template> self) {
    return str_format(t, "%s(strings=%R, interpolations=%R)", "Template", self->strings, self->interpolations);
}

Result<Ref<Object>> template_iter(Thread& t, Borrowed<Template> self) {
    Ref<Object> strings = TRY(get_iterator(t, self->strings));
    Ref<Object> interpolations = TRY(get_iterator(t, self->interpolations));
    Ref<TemplateIter> iterator = TRY(allocate<TemplateIter>(t));
    iterator->strings = strings.release();
    iterator->interpolations = interpolations.release();
    iterator->from_strings = true;
    gc_track(iterator.get());
    return iterator;
}

ResultMaybe<Object> iterator_next(Thread& t, Borrowed<TemplateIter> self) {
    CriticalSection section(t, self.get());
    if (self->from_strings) { // empty strings are left out
        self->from_strings = false;
        MaybeRef<Object> text = TRY(next_item(t, self->strings));
        if (!text || static_cast<Str*>(text.get())->length > 0) return text;
    }
    self->from_strings = true;
    return next_item(t, self->interpolations);
}

Result<Ref<Object>> template_concat(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_exact<Template>(a.get()) || !is_exact<Template>(b.get()))
        return raise(t, exc::TypeError, "can only concatenate string.templatelib.Template (not \"%T\") to string.templatelib.Template", b);
    auto *x = static_cast<Template*>(a.get()), *y = static_cast<Template*>(b.get());
    intptr_t n = x->strings->size, m = y->strings->size;
    Ref<Str> joint = TRY(str_concat(t, static_cast<Str*>(x->strings->items[n - 1]), static_cast<Str*>(y->strings->items[0])));
    Ref<Tuple> strings = TRY(tuple_alloc(t, n + m - 1));
    intptr_t at = 0;
    for (intptr_t i = 0; i < n - 1; ++i) strings->items[at++] = acquire(x->strings->items[i]).release();
    strings->items[at++] = joint.release();
    for (intptr_t i = 1; i < m; ++i) strings->items[at++] = acquire(y->strings->items[i]).release();
    tuple_finish(strings.get());
    Ref<Tuple> interpolations = TRY(tuple_alloc(t, n + m - 2));
    at = 0;
    for (Object* item : x->interpolations->span()) interpolations->items[at++] = acquire(item).release();
    for (Object* item : y->interpolations->span()) interpolations->items[at++] = acquire(item).release();
    tuple_finish(interpolations.get());
    return template_new(t, strings, interpolations);
}

Result<Ref<Object>> template_values(Thread& t, Borrowed<Template> self) {
    intptr_t n = self->interpolations->size;
    Ref<Tuple> values = TRY(tuple_alloc(t, n));
    for (intptr_t i = 0; i < n; ++i)
        values->items[i] = acquire(static_cast<Interpolation*>(self->interpolations->items[i])->value).release();
    tuple_finish(values.get());
    return values;
}
Result<Ref<Object>> template_reduce(Thread& t, Borrowed<Template> self) {
    Ref<Object> function = TRY(import_attribute(t, "string.templatelib", "_template_unpickle"));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Tuple>(self->strings), Borrowed<Tuple>(self->interpolations)));
    return tuple_pack(t, function, args);
}

Result<Ref<Object>> interpolation_construct(Thread& t, Borrowed<Type>, Borrowed<Object> value, Borrowed<Str> expression,
                                            MaybeBorrowed<Object> conversion, Borrowed<Str> format_spec) {
    Object* letter = conversion ? conversion.get() : None();
    if (!is_none(letter)) {
        if (!is<Str>(letter)) return raise(t, exc::TypeError, "Interpolation() argument 'conversion' must be str, not %T", letter);
        auto* text = static_cast<Str*>(letter);
        if (!str_equals_ascii(text, "s") && !str_equals_ascii(text, "a") && !str_equals_ascii(text, "r"))
            return raise(t, exc::ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'");
    }
    return make_interpolation(t, value, expression, letter, format_spec);
}
using InterpolationNew =
    TypedNew<interpolation_construct, "Interpolation", "($type, value, expression='', conversion=None, format_spec='')">;

Result<Ref<Str>> interpolation_repr(Thread& t, Borrowed<Interpolation> self) {
    return str_format(t, "%s(%R, %R, %R, %R)", "Interpolation", self->value, self->expression, self->conversion, self->format_spec);
}
Result<Ref<Object>> interpolation_reduce(Thread& t, Borrowed<Interpolation> self) {
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(self->value), Borrowed<Object>(self->expression),
                                     Borrowed<Object>(self->conversion), Borrowed<Object>(self->format_spec)));
    return tuple_pack(t, Borrowed<Object>(self->type), args);
}
Result<void> interpolation_ready(Thread& t, Type& type) {
    Ref<Tuple> names = TRY(tuple_alloc(t, 4));
    const char* const texts[] = {"value", "expression", "conversion", "format_spec"};
    for (int i = 0; i < 4; ++i) names->items[i] = TRY(str_interned(t, texts[i])).release();
    return dict_set(t, static_cast<Dict*>(type.dict), names::__match_args__, names);
}

Object* iterator_self(Object* self) { return incref(self), self; }

using TemplateFields = Fields<Template, &Template::strings, &Template::interpolations>;
using InterpolationFields =
    Fields<Interpolation, &Interpolation::value, &Interpolation::expression, &Interpolation::conversion, &Interpolation::format_spec>;
using IterFields = Fields<TemplateIter, &TemplateIter::strings, &TemplateIter::interpolations>;

const NativeDef template_methods[] = {
    method<template_reduce>("__reduce__", "($self, /)"),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "Templates are generic over the type of their values."),
};
const MemberDef template_members[] = {
    {"strings", member_type::ObjectOrNone, offsetof(Template, strings), member_flag::ReadOnly, "Strings"},
    {"interpolations", member_type::ObjectOrNone, offsetof(Template, interpolations), member_flag::ReadOnly, "Interpolations"},
};
const GetSetDef template_getset[] = {getter<template_values>("values", "Values of interpolations")};
const SlotDef template_slots[] = {
    raw_slot(SlotId::tp_new, template_construct),
    unary_slot<SlotId::tp_repr, template_repr>(),
    unary_slot<SlotId::tp_iter, template_iter>(),
    binary_slot<SlotId::sq_concat, template_concat>(),
    TemplateFields::traverse_slot(),
    TemplateFields::dealloc_slot(),
};

const NativeDef interpolation_methods[] = {
    method<interpolation_reduce>("__reduce__", "($self, /)", "A function of string.templatelib and its arguments, for pickling."),
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)",
                                        "Interpolations are generic over the type of their value."),
};
const MemberDef interpolation_members[] = {
    {"value", member_type::ObjectOrNone, offsetof(Interpolation, value), member_flag::ReadOnly, "Value"},
    {"expression", member_type::ObjectOrNone, offsetof(Interpolation, expression), member_flag::ReadOnly, "Expression"},
    {"conversion", member_type::ObjectOrNone, offsetof(Interpolation, conversion), member_flag::ReadOnly, "Conversion"},
    {"format_spec", member_type::ObjectOrNone, offsetof(Interpolation, format_spec), member_flag::ReadOnly, "Format specifier"},
};
const SlotDef interpolation_slots[] = {
    raw_slot(SlotId::tp_new, &InterpolationNew::construct),
    unary_slot<SlotId::tp_repr, interpolation_repr>(),
    InterpolationFields::traverse_slot(),
    InterpolationFields::dealloc_slot(),
};
const SlotDef iterator_slots[] = {
    raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IterFields::traverse_slot(),
    IterFields::clear_slot(),
    IterFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec template_spec, interpolation_spec, template_iter_spec;
const TypeSpec template_spec = {
    .type = &Template::s_type,
    .name = "string.templatelib.Template",
    .basicsize = sizeof(Template),
    .flags = type_flag::Gc,
    .doc = "Template object",
    .slots = template_slots,
    .methods = template_methods,
    .getset = template_getset,
    .members = template_members,
};
const TypeSpec interpolation_spec = {
    .type = &Interpolation::s_type,
    .name = "string.templatelib.Interpolation",
    .basicsize = sizeof(Interpolation),
    .flags = type_flag::Gc,
    .doc = "Interpolation object",
    .slots = interpolation_slots,
    .methods = interpolation_methods,
    .members = interpolation_members,
    .ready = interpolation_ready,
};
const TypeSpec template_iter_spec = {
    .type = &TemplateIter::s_type,
    .name = "string.templatelib.TemplateIter",
    .basicsize = sizeof(TemplateIter),
    .flags = type_flag::Gc | type_flag::DisallowInstantiation,
    .doc = "Template iterator object",
    .slots = iterator_slots,
};

} // namespace taipan
