#include "objects/struct_sequence.h"

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {
namespace {

struct StructSequenceType : Type {
    int field_count, visible, unnamed;
    const StructField* fields;
    TypeSpec* spec;
};

StructSequenceType* sequence_type(const Object* self) { return static_cast<StructSequenceType*>(self->type); }

int sequence_traverse(Object* self, VisitFunc visit, void* context) {
    auto* tuple = static_cast<Tuple*>(self);
    for (int i = 0; i < sequence_type(self)->field_count; ++i)
        if (tuple->items[i])
            if (int result = visit(tuple->items[i], context)) return result;
    return 0;
}
void sequence_dealloc(Object* self) {
    gc_untrack(self);
    auto* tuple = static_cast<Tuple*>(self);
    for (int i = 0; i < sequence_type(self)->field_count; ++i) xdecref(tuple->items[i]);
    self->type->free(self);
}

Result<Ref<Tuple>> make(Thread& t, StructSequenceType* type) {
    Ref<Object> made = TRY(allocate_object(t, *type, type->field_count));
    auto* tuple = static_cast<Tuple*>(made.release());
    tuple->size = type->visible;
    tuple->cached_hash = -1;
    return Ref<Tuple>::steal(tuple);
}

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type_, Borrowed<Tuple> args, Dict* kwargs) {
    auto* type = static_cast<StructSequenceType*>(type_.get());
    const char* short_name = strrchr(type->name, '.') ? strrchr(type->name, '.') + 1 : type->name;
    MaybeRef<Object> sequence, extra;
    if (args->size > 2) return raise(t, exc::TypeError, "%s() takes at most 2 arguments (%d given)", short_name, args->size);
    if (args->size > 0) sequence = acquire(args->items[0]);
    if (args->size > 1) extra = acquire(args->items[1]);
    if (kwargs) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, kwargs, &position, &key, &value)) {
            auto* name = static_cast<Str*>(key.get());
            if (!sequence && str_equals_ascii(name, "sequence")) sequence = value.share();
            else if (!extra && str_equals_ascii(name, "dict")) extra = value.share();
            else return raise(t, exc::TypeError, "%s() got an unexpected keyword argument '%s'", short_name, name);
        }
    }
    if (!sequence) return raise(t, exc::TypeError, "%s() missing required argument 'sequence' (pos 1)", short_name);
    Ref<Object> fast = TRY(to_fast_sequence(t, sequence.take(), "constructor requires a sequence"));
    Ref<Tuple> values = TRY(to_tuple(t, fast));
    Dict* dict = nullptr;
    if (extra) {
        dict = try_as<Dict>(extra.get());
        if (!dict) return raise(t, exc::TypeError, "%.500s() takes a dict as second arg, if any", type->name);
    }
    intptr_t given = values->size, low = type->visible, high = type->field_count;
    if (low != high) {
        if (given < low)
            return raise(t, exc::TypeError, "%.500s() takes an at least %d-sequence (%d-sequence given)", type->name, low, given);
        if (given > high)
            return raise(t, exc::TypeError, "%.500s() takes an at most %d-sequence (%d-sequence given)", type->name, high, given);
    } else if (given != low) {
        return raise(t, exc::TypeError, "%.500s() takes a %d-sequence (%d-sequence given)", type->name, low, given);
    }
    Ref<Tuple> result = TRY(make(t, type));
    for (intptr_t i = 0; i < given; ++i) {
        incref(values->items[i]);
        result->items[i] = values->items[i];
    }
    intptr_t found = 0;
    for (intptr_t i = given; i < high; ++i) {
        MaybeRef<Object> value;
        if (dict && type->fields[i].name) value = TRY(dict_get_ascii(t, dict, type->fields[i].name));
        if (value) ++found;
        result->items[i] = value ? value.release() : None();
    }
    if (dict && dict_size(dict) > found) return raise(t, exc::TypeError, "%.500s() got duplicate or unexpected field name(s)", type->name);
    gc_track(result.get());
    return result;
}

Result<Ref<Str>> repr_(Thread& t, Borrowed<Tuple> self) {
    StructSequenceType* type = sequence_type(self.get());
    StrBuilder out(t);
    TRY(out.append_utf8(type->name));
    TRY(out.append_char('('));
    for (int i = 0, shown = 0; i < type->visible; ++i) {
        if (!type->fields[i].name) continue;
        if (shown++) TRY(out.append_ascii(", "));
        TRY(out.append_ascii(type->fields[i].name));
        TRY(out.append_char('='));
        Ref<Str> text = TRY(repr(t, self->items[i]));
        TRY(out.append(text.get()));
    }
    TRY(out.append_char(')'));
    return out.finish();
}

Result<Ref<Object>> reduce(Thread& t, Borrowed<Tuple> self) {
    StructSequenceType* type = sequence_type(self.get());
    Ref<Tuple> visible = TRY(tuple_from_array(t, self->items, static_cast<size_t>(type->visible)));
    Ref<Dict> hidden = TRY(dict_new(t));
    for (int i = type->visible; i < type->field_count; ++i)
        if (type->fields[i].name) TRY(dict_set_ascii(t, hidden, type->fields[i].name, self->items[i]));
    Ref<Tuple> state = TRY(tuple_pack(t, visible, hidden));
    return tuple_pack(t, Borrowed<Object>(type), state);
}

Result<Ref<Object>> replace(Thread& t, Borrowed<Tuple> self, Kwargs changes) {
    StructSequenceType* type = sequence_type(self.get());
    if (type->unnamed)
        return raise(t, exc::TypeError, "__replace__() is not supported for %.500s because it has unnamed field(s)", type->name);
    Ref<Tuple> result = TRY(make(t, type));
    Ref<Dict> left = changes ? TRY(dict_copy(t, changes.dict)) : TRY(dict_new(t));
    for (int i = 0; i < type->field_count; ++i) {
        Ref<Str> name = TRY(str_interned(t, type->fields[i].name));
        MaybeRef<Object> value = TRY(dict_pop(t, left, name));
        if (!value) value = acquire(self->items[i]);
        result->items[i] = value.release();
    }
    if (dict_size(left.get()) > 0) {
        Ref<Object> names = TRY(to_list(t, left));
        return raise(t, exc::TypeError, "Got unexpected field name(s): %R", names);
    }
    gc_track(result.get());
    return result;
}

const NativeDef methods[] = {
    method<reduce>("__reduce__", "($self, /)"),
    method<replace>("__replace__", "($self, /, **changes)", "Return a copy of the structure with new values for the specified fields."),
};

Result<void> ready(Thread& t, Type& type_) {
    auto* type = static_cast<StructSequenceType*>(&type_);
    auto* dict = static_cast<Dict*>(type->dict);
    auto add_number = [&](const char* name, int value) -> Result<void> {
        Ref<Int> number = TRY(int_from(t, value));
        return dict_set_ascii(t, dict, name, number);
    };
    TRY(add_number("n_sequence_fields", type->visible));
    TRY(add_number("n_fields", type->field_count));
    TRY(add_number("n_unnamed_fields", type->unnamed));
    Ref<List> names = TRY(list_new(t));
    for (int i = 0; i < type->visible; ++i)
        if (type->fields[i].name) {
            Ref<Str> name = TRY(str_interned(t, type->fields[i].name));
            TRY(list_append(t, names, std::move(name)));
        }
    Ref<Tuple> match = TRY(list_to_tuple(t, names));
    return dict_set_ascii(t, dict, "__match_args__", match);
}

} // namespace

Result<Ref<Type>> struct_sequence_type(Thread& t, const char* name, const char* doc, std::span<const StructField> fields, int visible,
                                       Instantiation instantiation) {
    size_t count = fields.size();
    struct Parts {
        StructSequenceType type;
        TypeSpec spec;
        SlotDef slots[5];
    };
    void* memory = raw_calloc(1, sizeof(Parts) + count * (sizeof(MemberDef) + sizeof(StructField)));
    if (!memory) return raise_memory_error(t);
    auto* parts = static_cast<Parts*>(memory);
    auto* members = reinterpret_cast<MemberDef*>(parts + 1);
    auto* own_fields = reinterpret_cast<StructField*>(members + count);
    parts->type.ref_local = ImmortalLocal;
    parts->type.Object::type = &Type::s_type;
    parts->type.field_count = static_cast<int>(count);
    parts->type.visible = visible;
    parts->type.fields = own_fields;
    size_t member_count = 0;
    for (size_t i = 0; i < count; ++i) {
        own_fields[i] = fields[i];
        if (!fields[i].name) {
            parts->type.unnamed++;
            continue;
        }
        members[member_count++] = {fields[i].name, member_type::ObjectOrNone,
                                   static_cast<intptr_t>(offsetof(Tuple, items) + i * sizeof(Object*)), member_flag::ReadOnly,
                                   fields[i].doc};
    }
    bool allowed = instantiation == Instantiation::Allowed;
    size_t slot_count = 0;
    parts->slots[slot_count++] = raw_slot(SlotId::tp_traverse, &sequence_traverse);
    parts->slots[slot_count++] = raw_slot(SlotId::tp_dealloc, &sequence_dealloc);
    parts->slots[slot_count++] = unary_slot<SlotId::tp_repr, repr_>();
    if (allowed) parts->slots[slot_count++] = construct_slot<SlotId::tp_new, construct>();
    parts->spec = TypeSpec{.type = &parts->type,
                           .name = name,
                           .base = &Tuple::s_type,
                           .basicsize = offsetof(Tuple, items),
                           .itemsize = sizeof(Object*),
                           .flags = type_flag::Gc | type_flag::TupleSubclass | (allowed ? 0 : type_flag::DisallowInstantiation),
                           .doc = doc,
                           .slots = {parts->slots, slot_count},
                           .methods = methods,
                           .members = {members, member_count},
                           .ready = ready};
    parts->type.spec = &parts->spec;
    TRY(type_ready(t, parts->spec));
    // COMPAT: those of modules can be given attributes, those of sys cannot.
    if (strncmp(parts->spec.name, "sys.", 4)) parts->type.flags &= ~type_flag::Immutable;
    return Ref<Type>::steal(&parts->type);
}

Result<Ref<Type>> shared_struct_sequence_type(Thread& t, std::atomic<Type*>& known, const char* name, const char* doc,
                                              std::span<const StructField> fields, int visible, Instantiation instantiation) {
    if (Type* type = known.load(std::memory_order_acquire)) return acquire(type);
    TypeLock lock(t); // others wait until it is ready
    if (Type* type = known.load(std::memory_order_acquire)) return acquire(type);
    Ref<Type> made = TRY(struct_sequence_type(t, name, doc, fields, visible, instantiation));
    known.store(made.get(), std::memory_order_release);
    return made;
}

int struct_sequence_field_count(const Type& type) { return static_cast<const StructSequenceType&>(type).field_count; }

Result<Ref<Tuple>> struct_sequence_new(Thread& t, Type& type_, Object** items, size_t count) {
    auto* type = static_cast<StructSequenceType*>(&type_);
    auto made = make(t, type);
    if (made.is_error()) {
        for (size_t i = 0; i < count; ++i) xdecref(items[i]);
        return Error{};
    }
    Ref<Tuple> result = made.take();
    for (size_t i = 0; i < static_cast<size_t>(type->field_count); ++i) result->items[i] = i < count && items[i] ? items[i] : None();
    gc_track(result.get());
    return result;
}

StructBuilder::~StructBuilder() {
    for (size_t i = 0; i < m_count; ++i) xdecref(m_items[i]);
}
void StructBuilder::add(Result<Ref<Object>> value) {
    if (value.is_error()) m_failed = true;
    m_items[m_count++] = value.release_or_null();
}
void StructBuilder::add_int(int64_t value) { add(int_from(m_thread, value)); }
void StructBuilder::add_string(std::string_view value) { add(str_decode_fs(m_thread, value)); }
Result<Ref<Tuple>> StructBuilder::finish() {
    if (m_failed) return Error{};
    return struct_sequence_new(m_thread, m_type, m_items, std::exchange(m_count, 0));
}

} // namespace taipan
