// _string: the pieces of format strings, for string.Formatter.
#include "objects/abstract.h"
#include "objects/format_string.h"
#include "objects/iterators.h"
#include "objects/module.h"
#include "objects/native.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"

namespace taipan {

namespace {

struct FormatterIterator : Object {
    Str* text;
    intptr_t position;
    static Type s_type;
};
Type FormatterIterator::s_type;

/// (literal, field name, spec, conversion); the last three are None without a field.
ResultMaybe<Object> formatter_next(Thread& t, Borrowed<FormatterIterator> self) {
    StepSection section(t, self.get());
    Str* text = self->text;
    if (self->position >= text->length) return MaybeRef<Object>();
    FormatPiece piece = TRY(format_next(t, text, &self->position, text->length));
    Ref<Str> literal = TRY(str_substring(t, text, piece.literal_start, piece.literal_end));
    if (!piece.has_field) {
        Object* items[] = {literal.release(), None(), None(), None()};
        return MaybeRef<Object>(TRY(tuple_from_array_steal(t, items, 4)));
    }
    Ref<Str> name = TRY(str_substring(t, text, piece.name_start, piece.name_end));
    Ref<Str> spec = TRY(str_substring(t, text, piece.spec_start, piece.spec_end));
    Ref<Object> conversion = none_ref();
    if (piece.conversion) conversion = TRY(str_from_char(t, piece.conversion));
    return MaybeRef<Object>(TRY(tuple_pack(t, literal, name, spec, conversion)));
}

struct FieldIterator : Object {
    Str* text;
    intptr_t position;
    static Type s_type;
};
Type FieldIterator::s_type;

/// (is attribute, name or index)
ResultMaybe<Object> field_next(Thread& t, Borrowed<FieldIterator> self) {
    StepSection section(t, self.get());
    FieldPart part;
    bool more = TRY(field_rest(t, self->text, &self->position, self->text->length, &part));
    if (!more) return MaybeRef<Object>();
    MaybeRef<Object> key;
    if (!part.is_attribute && part.index >= 0) key = TRY(int_from(t, part.index));
    else key = TRY(str_substring(t, self->text, part.start, part.end));
    Object* items[] = {bool_object(part.is_attribute), key.release()};
    return MaybeRef<Object>(TRY(tuple_from_array_steal(t, items, 2)));
}

Object* iterator_self(Object* self) { return incref(self), self; }
template <class T> void iterator_dealloc(Object* o) {
    decref(static_cast<T*>(o)->text);
    o->type->free(o);
}
const SlotDef formatter_slots[] = {
    raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, formatter_next>(),
    raw_slot(SlotId::tp_dealloc, iterator_dealloc<FormatterIterator>),
};
const SlotDef field_slots[] = {
    raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, field_next>(),
    raw_slot(SlotId::tp_dealloc, iterator_dealloc<FieldIterator>),
};
const TypeSpec formatter_spec = {.type = &FormatterIterator::s_type,
                                 .name = "formatteriterator",
                                 .basicsize = sizeof(FormatterIterator),
                                 .flags = type_flag::DisallowInstantiation,
                                 .slots = formatter_slots};
const TypeSpec field_spec = {.type = &FieldIterator::s_type,
                             .name = "fieldnameiterator",
                             .basicsize = sizeof(FieldIterator),
                             .flags = type_flag::DisallowInstantiation,
                             .slots = field_slots};

Result<Ref<Object>> formatter_parser(Thread& t, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "expected str, got %T", object);
    Ref<FormatterIterator> iterator = TRY(allocate<FormatterIterator>(t));
    iterator->text = static_cast<Str*>(object.share().release());
    return iterator;
}
Result<Ref<Object>> formatter_field_name_split(Thread& t, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "expected str, got %T", object);
    auto* text = static_cast<Str*>(object.get());
    FieldName name = TRY(field_first(t, text, 0, text->length, nullptr));
    Ref<FieldIterator> rest = TRY(allocate<FieldIterator>(t));
    rest->text = static_cast<Str*>(object.share().release());
    rest->position = name.first_end;
    MaybeRef<Object> first;
    if (name.index >= 0) first = TRY(int_from(t, name.index));
    else first = TRY(str_substring(t, text, 0, name.first_end));
    Object* items[] = {first.release(), rest.release()};
    return tuple_from_array_steal(t, items, 2);
}

const NativeDef functions[] = {
    fn<formatter_parser>("formatter_parser", "($module, object, /)", "The pieces of a format string."),
    fn<formatter_field_name_split>("formatter_field_name_split", "($module, object, /)",
                                   "The first part of a field name and an iterator over the rest."),
};
Result<void> exec(Thread& t, Borrowed<Module>) {
    TRY(type_ready(t, formatter_spec));
    return type_ready(t, field_spec);
}

} // namespace

extern const ModuleSpec string_module;
const ModuleSpec string_module = {.name = "_string", .doc = "Helpers of the string module.", .functions = functions, .exec = exec};

} // namespace taipan
