// Structure and Union, their metatypes, and what the calling convention must know of aggregates.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"

#include <cstring>

namespace taipan::ctypes {

Type StructureData::s_type = {{{TAIPAN_STATIC_HEAD(&structure_meta)}}}, UnionData::s_type = {{{TAIPAN_STATIC_HEAD(&union_meta)}}};
Type structure_meta, union_meta;

namespace {

enum class Kind { Structure, Union };

Result<void> fill_argument(Thread& t, Data* self, Argument* argument) {
    TypeInfo* info = info_of(self->type);
    argument->tag = 'V';
    argument->ffi = &info->ffi;
    argument->size = self->size;
    argument->keep = acquire(static_cast<Object*>(self)).release();
    auto size = static_cast<size_t>(info->size);
    argument->copy = raw_alloc(size ? size : 1);
    if (!argument->copy) return raise_memory_error(t);
    CriticalSection section(t, self);
    memcpy(argument->copy, self->memory, size);
    return {};
}

/// What an eightbyte of an aggregate is passed in (System V ABI, 3.2.3).
enum Class : uint8_t { None_, Sse, Integer, Memory };

void merge(uint8_t& into, Class found) {
    if (found > into) into = found;
}

/// The integers and floats of an item, at their places.
bool classify(const TypeInfo* info, Object* type, intptr_t offset, uint8_t classes[2]) {
    if (offset < 0 || info->size > 16 - offset) return false;
    if (has_meta(type, array_meta)) {
        TypeInfo* item = info_of(info->item);
        for (intptr_t i = 0; item && i < info->length; ++i)
            if (!classify(item, info->item, offset + i * item->size, classes)) return false;
        return true;
    }
    if (has_meta(type, structure_meta) || has_meta(type, union_meta)) {
        for (Object* base : *static_cast<Tuple*>(static_cast<Type*>(type)->mro)) {
            if (!is<Type>(base) || !static_cast<Type*>(base)->dict || !info_of(base)) continue;
            intptr_t position = 0;
            MaybeRef<Object> key, value;
            while (dict_next(Thread::current(), static_cast<Dict*>(static_cast<Type*>(base)->dict), &position, &key, &value)) {
                if (value->type != &Field::s_type) continue;
                auto* field = static_cast<Field*>(value.get());
                TypeInfo* inner = info_of(field->field_type);
                if (inner && !classify(inner, field->field_type, offset + field->byte_offset, classes)) return false;
            }
        }
        return true;
    }
    if (!info->size || offset % info->align) return false;
    char code = simple_code(type);
    if (code == 'g' || code == 'G') return false;
    bool real = code == 'f' || code == 'd' || code == 'F' || code == 'D';
    for (intptr_t at = offset; at < offset + info->size; at += 4) merge(classes[at / 8], real ? Sse : Integer);
    return true;
}

Result<void> meta_init_kind(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs, Kind) {
    if (Type::s_type.init(self.get(), args.get(), kwargs) < 0) return Error{};
    Borrowed<Dict> contents = static_cast<Dict*>(self->dict);
    if (TRY(dict_get_ascii(t, contents, "_abstract_"))) return {};
    TypeInfo* info = TRY(info_begin(t, self));
    TRY(info_set_format(t, info, "B"));
    info->fill_argument = fill_argument;
    info->align = 1;
    TRY(info_make_aggregate(t, info, nullptr, 0));
    MaybeRef<Object> fields = TRY(dict_get_ascii(t, contents, "_fields_"));
    if (fields) {
        info->ready.store(true, std::memory_order_release);
        Ref<Str> name = TRY(str_interned(t, "_fields_"));
        return set_attribute(t, self, name, fields.get());
    }
    if (TypeInfo* base = info_of(self->base)) {
        raw_free(std::exchange(info->elements, nullptr));
        TRY(info_copy(t, info, base));
        base->final.store(true, std::memory_order_relaxed);
    }
    info->ready.store(true, std::memory_order_release);
    return {};
}
Result<void> structure_meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    return meta_init_kind(t, self, args, kwargs, Kind::Structure);
}
Result<void> union_meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    return meta_init_kind(t, self, args, kwargs, Kind::Union);
}

Result<intptr_t> layout_number(Thread& t, Any layout, const char* attribute, const char* message) {
    Ref<Str> name = TRY(str_interned(t, attribute));
    Ref<Object> value = TRY(get_attribute(t, layout, name));
    intptr_t number = TRY(to_index_size(t, value, exc::OverflowError));
    if (number < 0) return raise(t, exc::ValueError, "%s", message);
    return number;
}

Result<void> set_fields(Thread& t, Borrowed<Type> self, Any given, Kind kind) {
    if (is_none(given.get())) return {};
    TypeInfo* info = info_of(self.get());
    if (!info) return raise(t, exc::TypeError, "ctypes state is not initialized");
    if (info->final.load(std::memory_order_relaxed)) return raise(t, exc::AttributeError, "_fields_ is final");
    TypeInfo* base = info_of(self->base);
    // 1. The layout is computed in Python.
    Ref<Object> function = TRY(import_attribute(t, "ctypes._layout", "get_layout"));
    Ref<Tuple> names = TRY(tuple_pack(t, TRY(str_interned(t, "is_struct")), TRY(str_interned(t, "base"))));
    Object* args[] = {nullptr, self.get(), given.get(), bool_object(kind == Kind::Structure),
                      base ? static_cast<Object*>(self->base) : None()};
    Ref<Object> layout = TRY(vectorcall(t, function, args + 1, 2 | VectorcallOffset, names.get()));
    intptr_t align = TRY(layout_number(t, layout, "align", "align must be a non-negative integer"));
    intptr_t size = TRY(layout_number(t, layout, "size", "size must be a non-negative integer"));
    Ref<Object> format = TRY(get_attribute(t, layout, TRY(str_interned(t, "format_spec"))));
    if (!is<Str>(format.get())) return raise(t, exc::TypeError, "format_spec must be str, not %T", format);
    Ref<Tuple> fields = TRY(to_tuple(t, TRY(get_attribute(t, layout, TRY(str_interned(t, "fields"))))));
    TRY(info_set_format(t, info, TRY(str_utf8(t, as<Str>(format.borrow())))));
    // 2. The fields become attributes.
    intptr_t first = base ? base->length : 0;
    int flags = base ? base->flags & (info_flag::HasUnion | info_flag::HasBitField | info_flag::HasPointer) : 0;
    if (kind == Kind::Union) flags |= info_flag::HasUnion;
    if (base) base->final.store(true, std::memory_order_relaxed);
    for (intptr_t i = 0; i < fields->size; ++i) {
        if (fields->items[i]->type != &Field::s_type)
            return raise(t, exc::TypeError, "fields must be of type CField, got %T", fields->items[i]);
        auto* field = static_cast<Field*>(fields->items[i]);
        if (field->index != i)
            return raise(t, exc::ValueError, "field %R index mismatch (expected %d, got %d)", field->name, i, field->index);
        TypeInfo* item = info_of(field->field_type);
        if (!item) return raise(t, exc::TypeError, "second item in _fields_ tuple (index %d) must be a C type", i);
        if (field->bit_size) flags |= info_flag::HasBitField;
        if (item->flags & (info_flag::IsPointer | info_flag::HasPointer)) flags |= info_flag::HasPointer;
        flags |= item->flags & (info_flag::HasUnion | info_flag::HasBitField);
        item->final.store(true, std::memory_order_relaxed);
        TRY(set_attribute(t, self, static_cast<Str*>(field->name), static_cast<Object*>(field)));
    }
    if (info->final.load(std::memory_order_relaxed)) return raise(t, exc::AttributeError, "Structure or union cannot contain itself");
    // 3. How it is passed by value.
    info->size = size;
    info->align = align;
    info->length = first + fields->size;
    info->flags |= flags;
    info->final.store(true, std::memory_order_relaxed);
    uint8_t classes[2] = {None_, None_};
    bool in_registers = size > 0 && size <= 16;
    if (in_registers && base) in_registers = classify(base, self->base, 0, classes);
    for (intptr_t i = 0; in_registers && i < fields->size; ++i) {
        auto* field = static_cast<Field*>(fields->items[i]);
        in_registers = classify(info_of(field->field_type), field->field_type, field->byte_offset, classes);
    }
    ffi_type* elements[16];
    size_t count = 0;
    if (in_registers) {
        // Stand-ins of the same classes and size: members may overlap or share a word, which libffi knows nothing of.
        for (intptr_t at = 0; at < size;) {
            intptr_t left = size - at < 8 - at % 8 ? size - at : 8 - at % 8;
            bool real = classes[at / 8] == Sse;
            intptr_t step = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
            if (real && step < 4) real = false;
            elements[count++] = step == 8   ? (real ? &ffi_type_double : &ffi_type_uint64)
                                : step == 4 ? (real ? &ffi_type_float : &ffi_type_uint32)
                                : step == 2 ? &ffi_type_uint16
                                            : &ffi_type_uint8;
            at += step;
        }
    } else if (size == 16 && info->length == 1 && fields->size == 1 &&
               simple_code(static_cast<Field*>(fields->items[0])->field_type) == 'g') {
        elements[count++] = &ffi_type_longdouble;
    }
    TRY(info_make_aggregate(t, info, elements, count));
    return make_anonymous_fields(t, self);
}

Result<void> set_meta_attribute(Thread& t, Borrowed<Type> self, Any name, Object* value, Kind kind) {
    if (value && is<Str>(name.get()) && str_equals_ascii(static_cast<Str*>(name.get()), "_fields_")) TRY(set_fields(t, self, value, kind));
    if (Type::s_type.setattr(self.get(), name.get(), value) < 0) return Error{};
    return {};
}
Result<void> structure_meta_setattr(Thread& t, Borrowed<Type> self, Any name, Object* value) {
    return set_meta_attribute(t, self, name, value, Kind::Structure);
}
Result<void> union_meta_setattr(Thread& t, Borrowed<Type> self, Any name, Object* value) {
    return set_meta_attribute(t, self, name, value, Kind::Union);
}

const SlotDef structure_meta_slots[] = {
    init_slot<SlotId::tp_init, structure_meta_init>(),
    set_item_slot<SlotId::tp_setattro, structure_meta_setattr>(),
};
const SlotDef union_meta_slots[] = {
    init_slot<SlotId::tp_init, union_meta_init>(),
    set_item_slot<SlotId::tp_setattro, union_meta_setattr>(),
};

// Instances

/// Sets fields by position, those of the bases first; gives the number of fields seen.
Result<intptr_t> init_positions(Thread& t, Borrowed<Data> self, Type* type, Borrowed<Tuple> args, Dict* kwargs) {
    intptr_t index = 0;
    if (info_of(type->base)) index = TRY(init_positions(t, self, type->base, args, kwargs));
    if (!info_of(type)) return index;
    MaybeRef<Object> fields = TRY(dict_get_ascii(t, static_cast<Dict*>(type->dict), "_fields_"));
    if (!fields) return index;
    intptr_t count = TRY(length(t, fields.get()));
    for (intptr_t i = 0; i < count && i + index < args->size; ++i) {
        Ref<Object> pair = TRY(sequence_get(t, fields.get(), i));
        Ref<Object> name = TRY(sequence_get(t, pair, 0));
        if (!is<Str>(name.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
        if (kwargs && TRY(dict_contains(t, kwargs, name))) return raise(t, exc::TypeError, "duplicate values for field %R", name);
        TRY(set_attribute(t, self, as<Str>(name.borrow()), args->items[i + index]));
    }
    return index + count;
}

Result<void> init(Thread& t, Borrowed<Data> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size) {
        intptr_t known = TRY(init_positions(t, self, self->type, args, kwargs));
        if (known < args->size) return raise(t, exc::TypeError, "too many initializers");
    }
    if (!kwargs) return {};
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, kwargs, &position, &key, &value)) TRY(set_attribute(t, self, static_cast<Str*>(key.get()), value.get()));
    return {};
}

const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, data_construct>(),
    init_slot<SlotId::tp_init, init>(),
    get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

} // namespace

Result<void> info_make_aggregate(Thread& t, TypeInfo* info, ffi_type* const* elements, size_t count) {
    size_t room = count ? count : 1;
    auto** list = static_cast<ffi_type**>(raw_alloc(sizeof(ffi_type*) * (room + 1)));
    if (!list) return raise_memory_error(t);
    // Without elements: by its size it goes in memory (more than 32 bytes for libffi, which looks at smaller ones itself).
    list[0] = &ffi_type_longdouble;
    for (size_t i = 0; i < count; ++i) list[i] = elements[i];
    if (!count && info->size <= 8) list[0] = &ffi_type_uint8;
    list[room] = nullptr;
    ffi_type** old = std::exchange(info->elements, list);
    info->ffi = {};
    info->ffi.type = FFI_TYPE_STRUCT;
    info->ffi.size = static_cast<size_t>(info->size);
    info->ffi.alignment = static_cast<unsigned short>(info->align);
    info->ffi.elements = list;
    if (old) raw_free_delayed(t, old);
    return {};
}

const TypeSpec structure_meta_spec = {.type = &structure_meta,
                                      .name = "_ctypes.PyCStructType",
                                      .base = &CType::s_type,
                                      .flags = type_flag::BaseType,
                                      .doc = "metatype for the CData Objects",
                                      .slots = structure_meta_slots};
const TypeSpec union_meta_spec = {.type = &union_meta,
                                  .name = "_ctypes.UnionType",
                                  .base = &CType::s_type,
                                  .flags = type_flag::BaseType,
                                  .doc = "metatype for the Union Objects",
                                  .slots = union_meta_slots};
const TypeSpec structure_spec = {.type = &StructureData::s_type,
                                 .name = "_ctypes.Structure",
                                 .base = &Data::s_type,
                                 .flags = type_flag::BaseType,
                                 .doc = "Structure base class",
                                 .slots = slots};
const TypeSpec union_spec = {.type = &UnionData::s_type,
                             .name = "_ctypes.Union",
                             .base = &Data::s_type,
                             .flags = type_flag::BaseType,
                             .doc = "Union base class",
                             .slots = slots};

} // namespace taipan::ctypes
