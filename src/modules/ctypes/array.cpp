// Array and its metatype; what makes arrays of characters strings.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/slice.h"

#include <cstring>
#include <cwchar>

namespace taipan::ctypes {

Type ArrayData::s_type = {{{TAIPAN_STATIC_HEAD(&array_meta)}}};
Type array_meta;

namespace {

using Self = Borrowed<ArrayData>;

Result<void> fill_argument(Thread&, Data* self, Argument* argument) {
    argument_set_pointer(argument, 'P', self->memory, self);
    return {};
}

Result<void> meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (Type::s_type.init(self.get(), args.get(), kwargs) < 0) return Error{};
    MaybeRef<Object> length_object = TRY(attribute_optional(t, self, "_length_"));
    if (!length_object || is_none(length_object.get())) return raise(t, exc::AttributeError, "class must define a '_length_' attribute");
    if (!is<Int>(length_object.get())) return raise(t, exc::TypeError, "The '_length_' attribute must be an integer");
    auto* number = static_cast<Int*>(length_object.get());
    if (number->is_negative()) return raise(t, exc::ValueError, "The '_length_' attribute must not be negative");
    int64_t length;
    if (!int_fits_int64(number, &length)) return raise(t, exc::OverflowError, "The '_length_' attribute is too large");
    MaybeRef<Object> item = TRY(attribute_optional(t, self, "_type_"));
    if (!item) return raise(t, exc::AttributeError, "class must define a '_type_' attribute");
    TypeInfo* item_info = info_of(item.get());
    if (!item_info) return raise(t, exc::TypeError, "_type_ must have storage info");
    TypeInfo* info = TRY(info_begin(t, self));
    if (__builtin_mul_overflow(item_info->size, length, &info->size)) return raise(t, exc::OverflowError, "array too large");
    TRY(info_set_format(t, info, item_info->buffer_format ? item_info->buffer_format : "B"));
    info->ndim = item_info->ndim + 1;
    info->shape = static_cast<intptr_t*>(raw_alloc(sizeof(intptr_t) * static_cast<size_t>(info->ndim)));
    if (!info->shape) return raise_memory_error(t);
    info->shape[0] = length;
    for (int i = 1; i < info->ndim; ++i) info->shape[i] = item_info->shape[i - 1];
    info->align = item_info->align;
    info->length = length;
    info->item = acquire(item.get()).release();
    if (item_info->flags & (info_flag::IsPointer | info_flag::HasPointer)) info->flags |= info_flag::HasPointer;
    info->fill_argument = fill_argument;
    // As a member of an aggregate; arrays themselves are passed as pointers.
    if (info->size <= 32 && length <= 32) {
        ffi_type* elements[33];
        for (int64_t i = 0; i < length; ++i) elements[i] = &item_info->ffi;
        TRY(info_make_aggregate(t, info, elements, static_cast<size_t>(length)));
    } else {
        TRY(info_make_aggregate(t, info, nullptr, 0));
    }
    info->ready.store(true, std::memory_order_release);
    char code = character_code(item_info);
    if (code == 'c') return add_attributes(t, self, char_array_attributes);
    if (code == 'u') return add_attributes(t, self, wchar_array_attributes);
    return {};
}

const SlotDef meta_slots[] = {init_slot<SlotId::tp_init, meta_init>()};

// Items

struct Items {
    Type* type;
    TypeInfo* info;
};
Result<Items> items_of(Thread& t, Data* self) {
    TypeInfo* info = info_of(self->type);
    TypeInfo* item = info && info->item ? info_of(info->item) : nullptr;
    if (!item) return raise(t, exc::TypeError, "abstract class");
    return Items{static_cast<Type*>(info->item), item};
}

Out array_item(Thread& t, Self self, intptr_t index) {
    if (index < 0 || index >= self->length) return raise(t, exc::IndexError, "invalid index");
    Items items = TRY(items_of(t, self.get()));
    return data_get(t, items.type, nullptr, self, index, items.info->size, self->memory + index * items.info->size);
}
Result<void> array_set_item(Thread& t, Self self, intptr_t index, Object* value) {
    if (!value) return raise(t, exc::TypeError, "Array does not support item deletion");
    if (index < 0 || index >= self->length) return raise(t, exc::IndexError, "invalid index");
    Items items = TRY(items_of(t, self.get()));
    return data_set(t, self, items.type, nullptr, value, index, items.info->size, self->memory + index * items.info->size);
}
bool is_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }

Out array_subscript(Thread& t, Self self, Any key) {
    if (is_index(key.get())) {
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        return array_item(t, self, index < 0 ? index + self->length : index);
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "indices must be integers");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    intptr_t count = slice_adjust(self->length, &bounds);
    Items items = TRY(items_of(t, self.get()));
    char code = character_code(items.info);
    if (code == 'c') {
        Ref<Bytes> bytes = TRY(bytes_alloc(t, count));
        CriticalSection section(t, self.get());
        for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) bytes->data[i] = self->memory[at];
        return Out(std::move(bytes));
    }
    if (code == 'u') {
        if (count <= 0) return Out(str_empty());
        auto* text = static_cast<wchar_t*>(raw_alloc(static_cast<size_t>(count) * sizeof(wchar_t)));
        if (!text) return raise_memory_error(t);
        {
            CriticalSection section(t, self.get());
            for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step)
                memcpy(&text[i], self->memory + at * static_cast<intptr_t>(sizeof(wchar_t)), sizeof(wchar_t));
        }
        Out result = wide_string(t, text, count);
        raw_free(text);
        return result;
    }
    Ref<List> list = TRY(list_new(t, count));
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) TRY(list_append(t, list, TRY(array_item(t, self, at))));
    return Out(std::move(list));
}
Result<void> array_set_subscript(Thread& t, Self self, Any key, Object* value) {
    if (!value) return raise(t, exc::TypeError, "Array does not support item deletion");
    if (is_index(key.get())) {
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        return array_set_item(t, self, index < 0 ? index + self->length : index, value);
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "indices must be integer");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    intptr_t count = slice_adjust(self->length, &bounds);
    if (TRY(length(t, value)) != count) return raise(t, exc::ValueError, "Can only assign sequence of same size");
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) {
        Ref<Object> item = TRY(sequence_get(t, value, i));
        TRY(array_set_item(t, self, at, item.get()));
    }
    return {};
}
intptr_t array_length(Thread&, Self self) { return self->length; }
Result<void> array_init(Thread& t, Self self, Borrowed<Tuple> args, Dict*) {
    for (intptr_t i = 0; i < args->size; ++i) TRY(array_set_item(t, self, i, args->items[i]));
    return {};
}

constexpr NativeDef methods[] = {
    class_method<generic_class_getitem>("__class_getitem__", "($type, object, /)", "Arrays are generic over the type of their elements"),
};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, data_construct>(),
    init_slot<SlotId::tp_init, array_init>(),
    size_slot<SlotId::sq_length, array_length>(),
    index_slot<SlotId::sq_item, array_item>(),
    set_index_slot<SlotId::sq_ass_item, array_set_item>(),
    size_slot<SlotId::mp_length, array_length>(),
    binary_slot<SlotId::mp_subscript, array_subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, array_set_subscript>(),
    get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

// Attributes of character arrays

Out get_raw(Thread& t, Borrowed<Data> self) {
    CriticalSection section(t, self.get());
    return Out(TRY(bytes_from(t, {self->memory, static_cast<size_t>(self->size)})));
}
Result<void> set_raw(Thread& t, Borrowed<Data> self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "attribute 'raw' of '%.100s' objects cannot be deleted", type_name(self.get()));
    BufferView bytes;
    TRY(bytes.acquire(t, value));
    CriticalSection section(t, self.get());
    if (static_cast<intptr_t>(bytes.size()) > self->size) return raise(t, exc::ValueError, "byte string too long");
    memmove(self->memory, bytes.data(), bytes.size());
    return {};
}
Out get_char_value(Thread& t, Borrowed<Data> self) {
    CriticalSection section(t, self.get());
    return Out(TRY(bytes_from(t, {self->memory, strnlen(self->memory, static_cast<size_t>(self->size))})));
}
Result<void> set_char_value(Thread& t, Borrowed<Data> self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "can't delete attribute");
    if (!is<Bytes>(value)) return raise(t, exc::TypeError, "bytes expected instead of %s instance", type_name(value));
    auto* bytes = static_cast<Bytes*>(value);
    CriticalSection section(t, self.get());
    if (bytes->size > self->size) return raise(t, exc::ValueError, "byte string too long");
    memcpy(self->memory, bytes->data, static_cast<size_t>(bytes->size));
    if (bytes->size < self->size) self->memory[bytes->size] = 0;
    return {};
}
Out get_wide_value(Thread& t, Borrowed<Data> self) {
    CriticalSection section(t, self.get());
    auto* text = reinterpret_cast<const wchar_t*>(self->memory);
    return wide_string(t, text, static_cast<intptr_t>(wcsnlen(text, static_cast<size_t>(self->size) / sizeof(wchar_t))));
}
Result<void> set_wide_value(Thread& t, Borrowed<Data> self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "can't delete attribute");
    if (!is<Str>(value)) return raise(t, exc::TypeError, "unicode string expected instead of %s instance", type_name(value));
    auto* text = static_cast<Str*>(value);
    CriticalSection section(t, self.get());
    intptr_t room = self->size / static_cast<intptr_t>(sizeof(wchar_t));
    if (text->length > room) return raise(t, exc::ValueError, "string too long");
    auto* memory = reinterpret_cast<wchar_t*>(self->memory);
    wide_copy(memory, text);
    if (text->length < room) memory[text->length] = 0;
    return {};
}

const GetSetDef char_attributes[] = {
    getter_setter<get_raw, set_raw>("raw", "value"),
    getter_setter<get_char_value, set_char_value>("value", "string value"),
};
const GetSetDef wide_attributes[] = {getter_setter<get_wide_value, set_wide_value>("value", "string value")};

} // namespace

const std::span<const GetSetDef> char_array_attributes = char_attributes, wchar_array_attributes = wide_attributes;

const TypeSpec array_meta_spec = {.type = &array_meta,
                                  .name = "_ctypes.PyCArrayType",
                                  .base = &CType::s_type,
                                  .flags = type_flag::BaseType,
                                  .doc = "metatype for the Array Objects",
                                  .slots = meta_slots};
const TypeSpec array_spec = {.type = &ArrayData::s_type,
                             .name = "_ctypes.Array",
                             .base = &Data::s_type,
                             .flags = type_flag::BaseType,
                             .doc = "Base of all C array types.\n\n"
                                    "Multiply a ctypes type by a length to make one, or subclass Array with\n"
                                    "_length_ and _type_. Items are read and written by index and slice; a slice\n"
                                    "that is read becomes a list, or bytes or str for character types.",
                             .slots = slots,
                             .methods = methods};

} // namespace taipan::ctypes
