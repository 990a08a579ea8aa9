// _Pointer and its metatype.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/list.h"
#include "objects/slice.h"
#include "objects/str_builder.h"

#include <cstdio>
#include <cstring>

namespace taipan::ctypes {

Type PointerData::s_type = {{{TAIPAN_STATIC_HEAD(&pointer_meta)}}};
Type pointer_meta;

namespace {

using Self = Borrowed<PointerData>;

Result<void> fill_argument(Thread& t, Data* self, Argument* argument) {
    void* pointer;
    {
        CriticalSection section(t, self);
        memcpy(&pointer, self->memory, sizeof pointer);
    }
    argument_set_pointer(argument, 'P', pointer, self);
    return {};
}

Result<TypeInfo*> pointed_info(Thread& t, Any item) {
    if (!is<Type>(item.get())) return raise(t, exc::TypeError, "_type_ must be a type");
    TypeInfo* info = info_of(item.get());
    if (!info) return raise(t, exc::TypeError, "%R must have storage info", item);
    return info;
}

/// The class is POINTER(item) from now on, if there was none.
void offer_pointer_type(Thread& t, Any item, Borrowed<Type> self) {
    TypeInfo* info = info_of(item.get());
    CriticalSection section(t, item.get());
    if (!info->pointer_type) info->pointer_type = acquire(static_cast<Object*>(self.get())).release();
}

Result<void> set_pointed(Thread& t, TypeInfo* info, Any item) {
    TypeInfo* item_info = TRY(pointed_info(t, item));
    (void)item_info;
    MaybeRef<Object> old = MaybeRef<Object>::steal(std::exchange(info->item, acquire(item.get()).release()));
    return {};
}

Result<void> meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (Type::s_type.init(self.get(), args.get(), kwargs) < 0) return Error{};
    TypeInfo* info = TRY(info_begin(t, self));
    info->size = sizeof(void*);
    info->align = alignof(void*);
    info->length = 1;
    info->ffi = ffi_type_pointer;
    info->fill_argument = fill_argument;
    info->flags |= info_flag::IsPointer;
    MaybeRef<Object> item = TRY(dict_get_ascii(t, static_cast<Dict*>(self->dict), "_type_")); // not that of a base
    if (item && !is_none(item.get())) {
        TRY(set_pointed(t, info, item.get()));
        TypeInfo* item_info = info_of(item.get());
        StrBuilder text(t);
        const char* format = item_info->buffer_format ? item_info->buffer_format : "B";
        TRY(text.append_ascii("&"));
        if (item_info->shape) {
            for (int i = 0; i < item_info->ndim; ++i) {
                char number[32];
                snprintf(number, sizeof number, "%s%ld%s", i ? "," : "(", static_cast<long>(item_info->shape[i]),
                         i + 1 == item_info->ndim ? ")" : "");
                TRY(text.append_ascii(number));
            }
        }
        TRY(text.append_utf8(format));
        Ref<Str> made = TRY(text.finish());
        TRY(info_set_format(t, info, TRY(str_utf8(t, made))));
        info->ready.store(true, std::memory_order_release);
        offer_pointer_type(t, item.get(), self);
        return {};
    }
    info->ready.store(true, std::memory_order_release);
    return {};
}

Result<void> set_type(Thread& t, Borrowed<Type> self, Any item) {
    TypeInfo* info = info_of(self.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    TRY(set_pointed(t, info, item));
    Ref<Str> name = TRY(str_interned(t, "_type_"));
    TRY(type_set_attribute(t, self, name, item.get()));
    offer_pointer_type(t, item, self);
    return {};
}

Out from_param(Thread& t, Borrowed<Type> self, Any value) {
    if (is_none(value.get())) return none_ref();
    TypeInfo* info = info_of(self.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    if (!info->item) return raise(t, exc::TypeError, "cannot convert argument: POINTER _type_ type is not set");
    if (TRY(is_instance(t, value, info->item)) && is<Data>(value.get())) return byref(t, static_cast<Data*>(value.get()), 0);
    if (is<PointerData>(value.get()) || is<ArrayData>(value.get())) {
        TypeInfo* given = info_of(value->type);
        if (given && given->item && TRY(is_subclass(t, given->item, info->item))) return value.share();
    }
    return data_from_param(t, self, value);
}

constexpr NativeDef meta_methods[] = {
    method<from_param>("from_param", "($self, value, /)", "Convert a Python object into a function call parameter."),
    method<set_type>("set_type", "($self, type, /)"),
};
const SlotDef meta_slots[] = {init_slot<SlotId::tp_init, meta_init>()};

// Instances

struct Target {
    Type* type;
    TypeInfo* info;
    char* memory;
};
/// What the pointer points to; ValueError for NULL.
Result<Target> target_of(Thread& t, Data* self) {
    char* memory;
    {
        CriticalSection section(t, self);
        memcpy(&memory, self->memory, sizeof memory);
    }
    if (!memory) return raise(t, exc::ValueError, "NULL pointer access");
    TypeInfo* info = info_of(self->type);
    TypeInfo* item = info && info->item ? info_of(info->item) : nullptr;
    if (!item) return raise(t, exc::TypeError, "Cannot create instance: has no _type_");
    return Target{static_cast<Type*>(info->item), item, memory};
}

Out get_contents(Thread& t, Self self) {
    Target target = TRY(target_of(t, self.get()));
    return Out(TRY(data_from_base(t, target.type, self.get(), 0, target.memory)));
}
Result<void> set_contents(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "Pointer does not support item deletion");
    TypeInfo* info = info_of(self->type);
    if (!info || !info->item) return raise(t, exc::TypeError, "Cannot create instance: has no _type_");
    if (!is<Data>(value) || !TRY(is_instance(t, value, info->item)))
        return raise(t, exc::TypeError, "expected %s instead of %s", static_cast<Type*>(info->item)->name, type_name(value));
    Borrowed<Data> target = static_cast<Data*>(value);
    {
        CriticalSection section(t, self.get(), value);
        memcpy(self->memory, &target->memory, sizeof(void*));
    }
    TRY(keep_reference(t, self, 1, acquire(value)));
    return keep_reference(t, self, 0, kept_objects(t, target));
}

Out pointer_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    TypeInfo* info = info_of(type.get());
    if (!info || !info->item) return raise(t, exc::TypeError, "Cannot create instance: has no _type_");
    return Out(TRY(data_new(t, type)));
}
Result<void> pointer_init(Thread& t, Self self, Borrowed<Tuple> args, Dict*) {
    if (args->size > 1) return raise(t, exc::TypeError, "POINTER expected at most 1 argument, got %d", args->size);
    return args->size ? set_contents(t, self, args->items[0]) : Result<void>();
}
Result<bool> pointer_truth(Thread& t, Self self) {
    void* memory;
    CriticalSection section(t, self.get());
    memcpy(&memory, self->memory, sizeof memory);
    return memory != nullptr;
}

Out pointer_item(Thread& t, Self self, intptr_t index) {
    Target target = TRY(target_of(t, self.get()));
    return data_get(t, target.type, nullptr, self, index, target.info->size, target.memory + index * target.info->size);
}
Result<void> pointer_set_item(Thread& t, Self self, intptr_t index, Object* value) {
    if (!value) return raise(t, exc::TypeError, "Pointer does not support item deletion");
    Target target = TRY(target_of(t, self.get()));
    return data_set(t, self, target.type, nullptr, value, index, target.info->size, target.memory + index * target.info->size);
}

Out pointer_subscript(Thread& t, Self self, Any key) {
    if (is<Int>(key.get()) || (key->type->as_number && key->type->as_number->index))
        return pointer_item(t, self, TRY(to_index_size(t, key, exc::IndexError)));
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "Pointer indices must be integer");
    auto* slice = static_cast<Slice*>(key.get());
    intptr_t start = 0, stop, step = 1;
    if (!is_none(slice->step)) {
        step = TRY(to_index_size(t, slice->step, exc::ValueError));
        if (step == 0) return raise(t, exc::ValueError, "slice step cannot be zero");
    }
    if (is_none(slice->start)) {
        if (step < 0) return raise(t, exc::ValueError, "slice start is required for step < 0");
    } else {
        start = TRY(to_index_size(t, slice->start, exc::ValueError));
    }
    if (is_none(slice->stop)) return raise(t, exc::ValueError, "slice stop is required");
    stop = TRY(to_index_size(t, slice->stop, exc::ValueError));
    intptr_t count = 0;
    if (step > 0 && start < stop) count = (stop - start - 1) / step + 1;
    else if (step < 0 && start > stop) count = (stop - start + 1) / step + 1;
    Target target = TRY(target_of(t, self.get()));
    switch (character_code(target.info)) {
    case 'c': {
        Ref<Bytes> bytes = TRY(bytes_alloc(t, count));
        for (intptr_t i = 0, at = start; i < count; ++i, at += step) bytes->data[i] = target.memory[at];
        return Out(std::move(bytes));
    }
    case 'u': {
        if (!count) return Out(str_empty());
        auto* text = static_cast<wchar_t*>(raw_alloc(static_cast<size_t>(count) * sizeof(wchar_t)));
        if (!text) return raise_memory_error(t);
        for (intptr_t i = 0, at = start; i < count; ++i, at += step)
            memcpy(&text[i], target.memory + at * static_cast<intptr_t>(sizeof(wchar_t)), sizeof(wchar_t));
        Out result = wide_string(t, text, count);
        raw_free(text);
        return result;
    }
    default: break;
    }
    Ref<List> list = TRY(list_new(t, count));
    for (intptr_t i = 0, at = start; i < count; ++i, at += step) TRY(list_append(t, list, TRY(pointer_item(t, self, at))));
    return Out(std::move(list));
}

const GetSetDef attributes[] = {getter_setter<get_contents, set_contents>("contents", "the object this pointer points to (read-write)")};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, pointer_new>(),
    init_slot<SlotId::tp_init, pointer_init>(),
    inquiry_slot<SlotId::nb_bool, pointer_truth>(),
    index_slot<SlotId::sq_item, pointer_item>(),
    set_index_slot<SlotId::sq_ass_item, pointer_set_item>(),
    binary_slot<SlotId::mp_subscript, pointer_subscript>(),
    get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

} // namespace

const TypeSpec pointer_meta_spec = {.type = &pointer_meta,
                                    .name = "_ctypes.PyCPointerType",
                                    .base = &CType::s_type,
                                    .flags = type_flag::BaseType,
                                    .doc = "metatype for the Pointer Objects",
                                    .slots = meta_slots,
                                    .methods = meta_methods};
const TypeSpec pointer_spec = {.type = &PointerData::s_type,
                               .name = "_ctypes._Pointer",
                               .base = &Data::s_type,
                               .flags = type_flag::BaseType,
                               .doc = "XXX to be provided",
                               .slots = slots,
                               .getset = attributes};

} // namespace taipan::ctypes
