// _SimpleCData (c_int, c_char_p, py_object …) and its metatype.
#include "modules/ctypes/ctypes.h"
#include "objects/bytes.h"
#include "objects/descriptor.h"

#include <cstring>

namespace taipan::ctypes {

Type SimpleData::s_type = {{{TAIPAN_STATIC_HEAD(&simple_meta)}}};
Type simple_meta;

namespace {

using Self = Borrowed<SimpleData>;

Result<void> fill_argument(Thread&, Data* self, Argument* argument) {
    TypeInfo* info = info_of(self->type);
    argument->ffi = info->format->ffi;
    argument->tag = info->format->code;
    memcpy(&argument->value, self->memory, static_cast<size_t>(info->size));
    argument->keep = acquire(static_cast<Object*>(self)).release();
    return {};
}

/// The struct module's code of a C type with its byte order.
void buffer_format(char code, bool big_endian, char out[3]) {
    out[0] = big_endian ? '>' : '<';
    switch (code) {
    case 'l': out[1] = 'q'; break;
    case 'L': out[1] = 'Q'; break;
    case 'v': out[1] = 'h'; break;
    default: out[1] = code;
    }
    out[2] = 0;
}

Result<Ref<Argument>> make_argument(Thread& t, const SimpleFormat& format, Any value, intptr_t size) {
    Ref<Argument> argument = TRY(argument_new(t));
    argument->ffi = format.ffi;
    argument->tag = format.code;
    argument->keep = TRY(format.set(t, &argument->value, value, size)).release();
    return argument;
}

/// The end of all from_params: through `_as_parameter_`, or a TypeError.
Out through_parameter(Thread& t, Borrowed<Type> type, Any value, Out (*again)(Thread&, Borrowed<Type>, Any), const char* name) {
    if (MaybeRef<Object> given = TRY(as_parameter(t, value))) {
        TRY(check_recursion(t, " while processing _as_parameter_"));
        return again(t, type, given.get());
    }
    return raise(t, exc::TypeError, "'%.200s' object cannot be interpreted as ctypes.%s", type_name(value.get()), name);
}

/// Arrays of and pointers to items of this code.
bool points_to(Object* value, char code) {
    if (!is<ArrayData>(value) && !is<PointerData>(value)) return false;
    TypeInfo* info = info_of(value->type);
    return info && info->item && simple_code(info->item) == code;
}

Out text_from_param(Thread& t, Borrowed<Type> type, Any value, char code, Out (*again)(Thread&, Borrowed<Type>, Any), const char* name) {
    if (is_none(value.get())) return none_ref();
    bool is_text = code == 'z' ? is<Bytes>(value.get()) : is<Str>(value.get());
    if (is_text) return Out(TRY(make_argument(t, *simple_format(code), value, 0)));
    if (TRY(is_instance(t, value, type))) return value.share();
    char item = code == 'z' ? 'c' : 'u';
    if (points_to(value.get(), item)) return value.share();
    if (is<Argument>(value.get())) {
        Object* inner = static_cast<Argument*>(value.get())->keep;
        if (inner && is<Data>(inner) && simple_code(inner->type) == item) return value.share();
    }
    return through_parameter(t, type, value, again, name);
}
Out char_p_from_param(Thread& t, Borrowed<Type> type, Any value) {
    return text_from_param(t, type, value, 'z', char_p_from_param, "c_char_p");
}
Out wchar_p_from_param(Thread& t, Borrowed<Type> type, Any value) {
    return text_from_param(t, type, value, 'Z', wchar_p_from_param, "c_wchar_p");
}
Out void_p_from_param(Thread& t, Borrowed<Type> type, Any value) {
    if (is_none(value.get())) return none_ref();
    if (is<Int>(value.get())) return Out(TRY(make_argument(t, *simple_format('P'), value, 0)));
    if (is<Bytes>(value.get())) return Out(TRY(make_argument(t, *simple_format('z'), value, 0)));
    if (is<Str>(value.get())) return Out(TRY(make_argument(t, *simple_format('Z'), value, 0)));
    if (TRY(is_instance(t, value, type))) return value.share();
    if (is<ArrayData>(value.get()) || is<PointerData>(value.get())) return value.share();
    if (is<Argument>(value.get()) && static_cast<Argument*>(value.get())->tag == 'P') return value.share();
    bool is_function = is<FunctionData>(value.get());
    char code = is<Data>(value.get()) ? simple_code(value->type) : 0;
    if (is_function || code == 'z' || code == 'Z') {
        Ref<Argument> argument = TRY(argument_new(t));
        void* pointer;
        memcpy(&pointer, static_cast<Data*>(value.get())->memory, sizeof pointer);
        argument_set_pointer(argument.get(), is_function ? 'P' : 'Z', pointer, value.get());
        return Out(std::move(argument));
    }
    return through_parameter(t, type, value, void_p_from_param, "c_void_p");
}
constexpr NativeDef char_p_method = class_method<char_p_from_param>("from_param", "($type, value, /)");
constexpr NativeDef wchar_p_method = class_method<wchar_p_from_param>("from_param", "($type, value, /)");
constexpr NativeDef void_p_method = class_method<void_p_from_param>("from_param", "($type, value, /)");

Out from_param(Thread& t, Borrowed<Type> type, Any value) {
    if (TRY(is_instance(t, value, type))) return value.share();
    TypeInfo* info = info_of(type.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    auto made = make_argument(t, *info->format, value, info->size);
    if (!made.is_error()) return Out(made.take());
    MaybeRef<Object> error = t.take_exception();
    if (MaybeRef<Object> given = TRY(as_parameter(t, value))) {
        TRY(check_recursion(t, " while processing _as_parameter_"));
        return from_param(t, type, given.get());
    }
    return t.set_exception(error.take());
}

Result<void> set_attribute_named(Thread& t, Borrowed<Type> type, const char* name, Any value) {
    Ref<Str> interned = TRY(str_interned(t, name));
    return type_set_attribute(t, type, interned, value.get());
}

Result<void> fill(Thread& t, TypeInfo* info, const SimpleFormat& format, Any code, bool swapped) {
    info->format = &format;
    info->ffi = *format.ffi;
    info->align = format.ffi->alignment;
    info->length = 0;
    info->size = static_cast<intptr_t>(format.ffi->size);
    info->set = swapped ? format.set_swapped : format.set;
    info->get = swapped ? format.get_swapped : format.get;
    info->swapped = swapped;
    info->item = acquire(code.get()).release();
    info->fill_argument = fill_argument;
    char text[3];
    buffer_format(format.code, swapped, text);
    return info_set_format(t, info, text);
}

/// The type with the other byte order, as attributes of both.
Result<void> make_swapped(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Any code, const SimpleFormat& format) {
    Ref<Str> name = TRY(str_format(t, "%s_be", args->items[0]));
    Ref<Tuple> bases = TRY(to_tuple(t, args->items[1]));
    Ref<Dict> contents = TRY(dict_copy(t, as<Dict>(Any(args->items[2]))));
    Ref<Object> made = TRY(type_new(t, self->type, name, bases, contents, nullptr));
    Borrowed<Type> swapped = static_cast<Type*>(made.get());
    TypeInfo* info = TRY(info_begin(t, swapped));
    TRY(fill(t, info, format, code, true));
    info->ready.store(true, std::memory_order_release);
    for (Borrowed<Type> type : {self, swapped}) {
        TRY(set_attribute_named(t, type, "__ctype_be__", swapped));
        TRY(set_attribute_named(t, type, "__ctype_le__", self));
    }
    return {};
}

Result<void> meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (Type::s_type.init(self.get(), args.get(), kwargs) < 0) return Error{};
    MaybeRef<Object> code = TRY(attribute_optional(t, self, "_type_"));
    if (!code) return raise(t, exc::AttributeError, "class must define a '_type_' attribute");
    if (!is<Str>(code.get())) return raise(t, exc::TypeError, "class must define a '_type_' string attribute");
    auto* text = static_cast<Str*>(code.get());
    if (text->length != 1) return raise(t, exc::ValueError, "class must define a '_type_' attribute which must be a string of length 1");
    const SimpleFormat* format = nullptr;
    if (text->at(0) && text->at(0) < 128 && strchr(simple_codes, static_cast<int>(text->at(0))))
        format = simple_format(static_cast<char>(text->at(0)));
    if (!format)
        return raise(
            t, exc::AttributeError,
            "class must define a '_type_' attribute which must be\na single character string containing one of the\nsupported types: '%s'.",
            simple_codes);
    TypeInfo* info = TRY(info_begin(t, self));
    TRY(fill(t, info, *format, code.get(), false));
    if (self->base == &SimpleData::s_type) {
        const NativeDef* from = nullptr;
        switch (format->code) {
        case 'z': from = &char_p_method; break;
        case 'Z': from = &wchar_p_method; break;
        case 'P': from = &void_p_method; break;
        case 'O': info->flags |= info_flag::IsPointer; break;
        default: break;
        }
        if (from) {
            info->flags |= info_flag::IsPointer;
            Ref<Object> descriptor = TRY(method_descriptor_new(t, *self, *from));
            TRY(set_attribute_named(t, self, "from_param", descriptor));
        }
    } else if (TypeInfo* base = info_of(self->base)) {
        info->flags |= base->flags & info_flag::IsPointer;
    }
    info->ready.store(true, std::memory_order_release);
    if (self->type == &simple_meta && format->set_swapped && format->ffi->size > 1) TRY(make_swapped(t, self, args, code.get(), *format));
    else if (self->type == &simple_meta && format->code == '?')
        for (const char* name : {"__ctype_be__", "__ctype_le__"}) TRY(set_attribute_named(t, self, name, self));
    return {};
}

constexpr NativeDef meta_methods[] = {
    method<from_param>("from_param", "($self, value, /)", "Convert a Python object into a function call parameter."),
};
const SlotDef meta_slots[] = {init_slot<SlotId::tp_init, meta_init>()};

// Instances

TypeInfo* value_info(Data* self) { return info_of(self->type); }

Out get_value(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return value_info(self.get())->get(t, self->memory, self->size);
}
Result<void> set_value(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "can't delete attribute");
    TypeInfo* info = value_info(self.get());
    Ref<Object> keep = TRY(({
        CriticalSection section(t, self.get());
        info->set(t, self->memory, value, info->size);
    }));
    return keep_reference(t, self, 0, std::move(keep));
}
Result<void> simple_init(Thread& t, Self self, Borrowed<Tuple> args, Dict*) {
    if (args->size > 1) return raise(t, exc::TypeError, "__init__ expected at most 1 argument, got %d", args->size);
    return args->size ? set_value(t, self, args->items[0]) : Result<void>();
}
Result<bool> simple_truth(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    for (intptr_t i = 0; i < self->size; ++i)
        if (self->memory[i]) return true;
    return false;
}
Result<Ref<Str>> simple_repr(Thread& t, Self self) {
    if (self->type->base != &SimpleData::s_type)
        return str_format(t, "<%s object at %p>", type_name(self.get()), static_cast<const void*>(self.get()));
    Ref<Object> value = TRY(get_value(t, self));
    return str_format(t, "%s(%R)", type_name(self.get()), value);
}
Out from_outparam(Thread& t, Self self) {
    if (is_simple_instance(self->type)) return acquire(static_cast<Object*>(self.get()));
    return get_value(t, self);
}

constexpr NativeDef methods[] = {method<from_outparam>("__ctypes_from_outparam__", "($self, /)")};
const GetSetDef attributes[] = {getter_setter<get_value, set_value>("value")};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, data_construct>(),
    init_slot<SlotId::tp_init, simple_init>(),
    inquiry_slot<SlotId::nb_bool, simple_truth>(),
    unary_slot<SlotId::tp_repr, simple_repr>(),
    get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

} // namespace

const TypeSpec simple_meta_spec = {.type = &simple_meta,
                                   .name = "_ctypes.PyCSimpleType",
                                   .base = &CType::s_type,
                                   .flags = type_flag::BaseType,
                                   .doc = "metatype for the PyCSimpleType Objects",
                                   .slots = meta_slots,
                                   .methods = meta_methods};
const TypeSpec simple_spec = {.type = &SimpleData::s_type,
                              .name = "_ctypes._SimpleCData",
                              .base = &Data::s_type,
                              .flags = type_flag::BaseType,
                              .doc = "XXX to be provided",
                              .slots = slots,
                              .methods = methods,
                              .getset = attributes};

} // namespace taipan::ctypes
