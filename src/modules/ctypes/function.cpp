// CFuncPtr and its metatype: foreign functions, their prototypes and parameter flags.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "vm/builtin_support.h"

#include <cstring>
#include <dlfcn.h>

namespace taipan::ctypes {

Type FunctionData::s_type = {{{TAIPAN_STATIC_HEAD(&function_meta)}}};
Type function_meta;

namespace {

using Self = Borrowed<FunctionData>;

namespace param_flag {
constexpr unsigned In = 1, Out = 2, Lcid = 4;
}

Result<void> fill_argument(Thread&, Data* self, Argument* argument) {
    void* pointer;
    memcpy(&pointer, self->memory, sizeof pointer);
    argument_set_pointer(argument, 'P', pointer, self);
    return {};
}

/// The from_param methods of the types.
Result<Ref<Tuple>> converters_of(Thread& t, Borrowed<Tuple> types) {
    constexpr intptr_t limit = 1024;
    if (types->size > limit) {
        Ref<Type> error = TRY(argument_error(t));
        return raise(t, *error, "_argtypes_ has too many arguments (%d), maximum is %d", types->size, limit);
    }
    Ref<Tuple> converters = TRY(tuple_alloc(t, types->size));
    for (intptr_t i = 0; i < types->size; ++i) {
        MaybeRef<Object> found = TRY(attribute_optional(t, types->items[i], "from_param"));
        if (!found) return raise(t, exc::TypeError, "item %d in _argtypes_ has no from_param method", i + 1);
        converters->items[i] = found.release();
    }
    tuple_finish(converters.get());
    return converters;
}

Result<void> meta_init(Thread& t, Borrowed<Type> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (Type::s_type.init(self.get(), args.get(), kwargs) < 0) return Error{};
    TypeInfo* info = TRY(info_begin(t, self));
    info->size = sizeof(void*);
    info->align = alignof(void*);
    info->length = 1;
    info->ffi = ffi_type_pointer;
    info->fill_argument = fill_argument;
    TRY(info_set_format(t, info, "X{}"));
    MaybeRef<Object> flags = TRY(attribute_optional(t, self, "_flags_"));
    if (!flags || !is<Int>(flags.get())) return raise(t, exc::TypeError, "class must define _flags_ which must be an integer");
    info->flags = static_cast<int>(TRY(to_masked(t, flags.get()))) | info_flag::IsPointer;
    if (MaybeRef<Object> types = TRY(attribute_optional(t, self, "_argtypes_"))) {
        if (!is<Tuple>(types.get())) return raise(t, exc::TypeError, "_argtypes_ must be a sequence of types");
        Ref<Tuple> converters = TRY(converters_of(t, static_cast<Tuple*>(types.get())));
        info->argument_types = types.release();
        info->converters = converters.release();
    }
    if (MaybeRef<Object> result = TRY(attribute_optional(t, self, "_restype_"))) {
        if (!is_none(result.get()) && !info_of(result.get()) && !is_callable(result.get()))
            return raise(t, exc::TypeError, "_restype_ must be a type, a callable, or None");
        info->result_checker = TRY(attribute_optional(t, result.get(), "_check_retval_")).release();
        info->result_type = result.release();
    }
    info->ready.store(true, std::memory_order_release);
    return {};
}
const SlotDef meta_slots[] = {init_slot<SlotId::tp_init, meta_init>()};

// Construction

Result<void> check_out_argument(Thread& t, Any type, intptr_t position) {
    if (has_meta(type.get(), pointer_meta) || has_meta(type.get(), array_meta)) return {};
    char code = simple_code(type.get());
    if (code && strchr("PzZ", code)) return {};
    return raise(t, exc::TypeError, "'out' parameter %d must be a pointer type, not %s", position,
                 is<Type>(type.get()) ? static_cast<Type*>(type.get())->name : type_name(type.get()));
}

struct ParameterFlag {
    unsigned flags;
    Object *name, *fallback; // borrowed from the tuple; null: not given
};
Result<ParameterFlag> read_flag(Thread& t, Any item) {
    auto wrong = [&] { return raise(t, exc::TypeError, "paramflags must be a sequence of (int [,string [,value]]) tuples"); };
    if (!is<Tuple>(item.get())) return wrong();
    auto* tuple = static_cast<Tuple*>(item.get());
    if (tuple->size < 1 || tuple->size > 3 || !is<Int>(tuple->items[0])) return wrong();
    ParameterFlag flag{static_cast<unsigned>(TRY(to_masked(t, tuple->items[0]))), nullptr, nullptr};
    if (tuple->size > 1 && !is_none(tuple->items[1])) {
        if (!is<Str>(tuple->items[1])) return wrong();
        flag.name = tuple->items[1];
    }
    if (tuple->size > 2) flag.fallback = tuple->items[2];
    return flag;
}

Result<void> check_flags(Thread& t, Object* argument_types, Object* flags) {
    if (!flags || is_none(flags) || !argument_types) return {};
    if (!is<Tuple>(flags)) return raise(t, exc::TypeError, "paramflags must be a tuple or None");
    auto *list = static_cast<Tuple*>(flags), *types = static_cast<Tuple*>(argument_types);
    if (list->size != types->size) return raise(t, exc::ValueError, "paramflags must have the same length as argtypes");
    for (intptr_t i = 0; i < list->size; ++i) {
        ParameterFlag flag = TRY(read_flag(t, list->items[i]));
        switch (flag.flags & (param_flag::In | param_flag::Out | param_flag::Lcid)) {
        case 0:
        case param_flag::In:
        case param_flag::In | param_flag::Lcid:
        case param_flag::In | param_flag::Out: break;
        case param_flag::Out: TRY(check_out_argument(t, types->items[i], i + 1)); break;
        default: return raise(t, exc::TypeError, "paramflag value %d not supported", static_cast<int>(flag.flags));
        }
    }
    return {};
}

Result<Ref<FunctionData>> function_at(Thread& t, Borrowed<Type> type, void* address) {
    Ref<Data> made = TRY(data_new(t, type));
    memcpy(made->memory, &address, sizeof address);
    return Ref<FunctionData>::steal(static_cast<FunctionData*>(made.release()));
}

/// prototype((name, dll)[, paramflags])
Out from_dll(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args) {
    auto* pair = static_cast<Tuple*>(args->items[0]);
    if (pair->size != 2) return raise(t, exc::TypeError, "illegal func_spec argument");
    Object *name = pair->items[0], *dll = pair->items[1];
    const char* text = nullptr;
    int64_t ordinal = 0;
    if (is<Str>(name)) text = TRY(str_utf8(t, static_cast<Str*>(name))).data();
    else if (is<Bytes>(name)) text = static_cast<Bytes*>(name)->data;
    else if (is<Int>(name)) ordinal = static_cast<int64_t>(TRY(to_masked(t, name)));
    else return raise(t, exc::TypeError, "function name must be string, bytes object or integer");
    (void)ordinal;
    TRY(audit_args(t, "ctypes.dlsym", {dll, name}));
    void* handle = TRY(dll_handle(t, dll));
    TypeInfo* info = info_of(type.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    Object* flags = args->size > 1 ? args->items[1] : nullptr;
    TRY(check_flags(t, info->argument_types, flags));
    void* address = nullptr;
    if (text) {
        (void)dlerror();
        {
            Detached detached(t);
            address = dlsym(handle, text);
        }
        if (!address) {
            if (const char* error = dlerror()) {
                Ref<Str> message = TRY(str_decode_fs(t, error));
                return raise(t, exc::AttributeError, "%s", message);
            }
            return raise(t, exc::AttributeError, "function '%s' not found", text);
        }
    }
    if (!address) return raise(t, exc::AttributeError, "function '%s' not found", name);
    Ref<FunctionData> self = TRY(function_at(t, type, address));
    if (flags && !is_none(flags)) self->param_flags = acquire(flags).release();
    TRY(keep_reference(t, Borrowed<Data>(self.get()), 0, acquire(dll)));
    return Out(std::move(self));
}

Out function_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict*) {
    if (args->size == 0) return Out(TRY(data_new(t, type)));
    if (args->size <= 2 && is<Tuple>(args->items[0])) return from_dll(t, type, args);
    Object* first = args->items[0];
    if (args->size == 1 && is<Int>(first)) {
        void* address = TRY(to_pointer(t, static_cast<Int*>(first)));
        return Out(TRY(function_at(t, type, address)));
    }
    if (args->size != 1) return raise(t, exc::TypeError, "function takes exactly 1 argument (%d given)", args->size);
    if (!is_callable(first)) return raise(t, exc::TypeError, "argument must be callable or integer function address");
    TypeInfo* info = info_of(type.get());
    if (!info || !info->argument_types) return raise(t, exc::TypeError, "cannot construct instance of this class: no argtypes");
    Ref<Object> result_type = acquire(info->result_type ? info->result_type : None());
    Ref<Object> thunk = TRY(thunk_new(t, first, static_cast<Tuple*>(info->argument_types), result_type, info->flags));
    Ref<FunctionData> self = TRY(function_at(t, type, thunk_address(thunk.get())));
    self->callable = acquire(first).release();
    self->thunk = thunk.share().release();
    TRY(keep_reference(t, Borrowed<Data>(self.get()), 0, std::move(thunk)));
    return Out(std::move(self));
}

// Calls

struct Prototype {
    MaybeRef<Object> argument_types, converters, result_type, result_checker, error_check, param_flags;
    int flags;
    void* address;
};
Prototype prototype_of(Thread& t, FunctionData* self) {
    TypeInfo* info = info_of(self->type);
    Prototype p;
    CriticalSection section(t, self);
    auto pick = [](Object* own, Object* shared) { return MaybeRef<Object>::acquire(own ? own : shared); };
    p.argument_types = pick(self->argument_types, info->argument_types);
    p.converters = pick(self->converters, info->converters);
    p.result_type = pick(self->result_type, info->result_type);
    // A result type of its own brings its own check.
    p.result_checker = MaybeRef<Object>::acquire(self->result_type ? self->result_checker : info->result_checker);
    p.error_check = MaybeRef<Object>::acquire(self->error_check);
    p.param_flags = MaybeRef<Object>::acquire(self->param_flags);
    p.flags = info->flags;
    memcpy(&p.address, self->memory, sizeof p.address);
    return p;
}

struct BuiltArguments {
    Ref<Tuple> args;
    uint64_t out = 0, in_out = 0;
    int results = 0;
};

Out next_argument(Thread& t, intptr_t* index, const ParameterFlag& flag, Borrowed<Tuple> given, Dict* kwargs) {
    if (*index < given->size) return acquire(given->items[(*index)++]);
    if (kwargs && flag.name) {
        if (MaybeRef<Object> value = TRY(dict_get(t, kwargs, flag.name))) {
            ++*index;
            return value.take();
        }
    }
    if (flag.fallback) return acquire(flag.fallback);
    if (flag.name) return raise(t, exc::TypeError, "required argument '%s' missing", flag.name);
    return raise(t, exc::TypeError, "not enough arguments");
}

Result<void> build_arguments(Thread& t, const Prototype& p, Borrowed<Tuple> given, Dict* kwargs, BuiltArguments* built) {
    if (!p.argument_types || !p.param_flags) return {};
    Ref<Tuple> types = TRY(to_tuple(t, p.argument_types.get()));
    if (!types->size) return {};
    intptr_t count = types->size, index = 0;
    auto* flags = static_cast<Tuple*>(p.param_flags.get());
    if (flags->size != count) return raise(t, exc::ValueError, "paramflags must have the same length as argtypes");
    Ref<Tuple> args = TRY(tuple_alloc(t, count));
    for (intptr_t i = 0; i < count; ++i) {
        ParameterFlag flag = TRY(read_flag(t, flags->items[i]));
        uint64_t bit = i < 64 ? uint64_t{1} << i : 0;
        switch (flag.flags & (param_flag::In | param_flag::Out | param_flag::Lcid)) {
        case param_flag::In | param_flag::Lcid: {
            args->items[i] = flag.fallback ? acquire(flag.fallback).release() : Ref<Object>(TRY(int_from(t, 0))).release();
            break;
        }
        case param_flag::In | param_flag::Out:
            built->in_out |= bit;
            ++built->results;
            [[fallthrough]];
        case 0:
        case param_flag::In: args->items[i] = TRY(next_argument(t, &index, flag, given, kwargs)).release(); break;
        case param_flag::Out: {
            built->out |= bit;
            ++built->results;
            if (flag.fallback) {
                args->items[i] = acquire(flag.fallback).release();
                break;
            }
            Object* type = types->items[i];
            TypeInfo* info = info_of(type);
            if (!info) return raise(t, exc::RuntimeError, "NULL stginfo unexpected");
            if (info->item && is<Str>(info->item))
                return raise(t, exc::TypeError, "%s 'out' parameter must be passed as default value", static_cast<Type*>(type)->name);
            if (has_meta(type, array_meta)) {
                args->items[i] = TRY(call(t, Any(type))).release();
            } else {
                if (!info->item) return raise(t, exc::TypeError, "Cannot create instance: has no _type_");
                args->items[i] = TRY(call(t, Any(info->item))).release(); // POINTER's from_param refers to it
            }
            break;
        }
        default: return raise(t, exc::ValueError, "paramflag %u not yet implemented", flag.flags);
        }
    }
    intptr_t actual = given->size + (kwargs ? dict_size(kwargs) : 0);
    if (actual != index) return raise(t, exc::TypeError, "call takes exactly %d arguments (%d given)", index, actual);
    tuple_finish(args.get());
    built->args = std::move(args);
    return {};
}

/// The out parameters, once the function has filled them.
Out build_result(Thread& t, Ref<Object> result, const BuiltArguments& built) {
    if (!built.results) return result;
    Ref<Tuple> all = TRY(tuple_alloc(t, built.results));
    intptr_t next = 0;
    for (intptr_t i = 0; i < built.args->size && i < 64; ++i) {
        uint64_t bit = uint64_t{1} << i;
        Object* argument = built.args->items[i];
        if (built.in_out & bit) {
            all->items[next++] = acquire(argument).release();
        } else if (built.out & bit) {
            Ref<Str> name = TRY(str_interned(t, "__ctypes_from_outparam__"));
            all->items[next++] = TRY(call_method(t, Any(argument), name)).release();
        }
    }
    if (built.results == 1) return acquire(all->items[0]);
    tuple_finish(all.get());
    return Out(std::move(all));
}

Out function_call(Thread& t, Self self, Borrowed<Tuple> given, Dict* kwargs) {
    if (!info_of(self->type)) return raise(t, exc::TypeError, "abstract class");
    Prototype p = prototype_of(t, self.get());
    BuiltArguments built{given.share()};
    TRY(build_arguments(t, p, given, kwargs, &built));
    if (p.converters) {
        intptr_t required = static_cast<Tuple*>(p.converters.get())->size, actual = built.args->size;
        bool variadic = p.flags & info_flag::Cdecl;
        if (variadic ? required > actual : required != actual)
            return raise(t, exc::TypeError,
                         variadic ? "this function takes at least %d argument%s (%d given)"
                                  : "this function takes %d argument%s (%d given)",
                         required, required == 1 ? "" : "s", actual);
    }
    if (!p.address) return raise(t, exc::ValueError, "NULL function pointer");
    CallRequest request{p.address, p.flags, p.converters.get(), p.result_type.get(), p.result_checker.get()};
    Ref<Object> keep = acquire(static_cast<Object*>(self.get())); // its thunk
    Ref<Object> result = TRY(call_foreign(t, request, built.args->span()));
    if (p.error_check) {
        Ref<Object> checked = TRY(call(t, p.error_check.get(), result, self, built.args));
        // The arguments themselves mean: go on as usual.
        if (checked.get() != built.args.get()) return checked;
    }
    return build_result(t, std::move(result), built);
}

// Attributes

void put(Thread& t, FunctionData* self, Object*& field, MaybeRef<Object> value) {
    MaybeRef<Object> old;
    CriticalSection section(t, self);
    old = MaybeRef<Object>::steal(std::exchange(field, value.release()));
}
Out get_error_check(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return acquire(self->error_check ? self->error_check : None());
}
Result<void> set_error_check(Thread& t, Self self, Object* value) {
    if (value && !is_callable(value)) return raise(t, exc::TypeError, "the errcheck attribute must be callable");
    put(t, self.get(), self->error_check, MaybeRef<Object>::acquire(value));
    return {};
}
Out get_result_type(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->result_type) return acquire(self->result_type);
    TypeInfo* info = info_of(self->type);
    return acquire(info && info->result_type ? info->result_type : None());
}
Result<void> set_result_type(Thread& t, Self self, Object* value) {
    MaybeRef<Object> checker;
    if (value) {
        if (!is_none(value) && !info_of(value) && !is_callable(value))
            return raise(t, exc::TypeError, "restype must be a type, a callable, or None");
        checker = TRY(attribute_optional(t, value, "_check_retval_"));
    }
    put(t, self.get(), self->result_checker, std::move(checker));
    put(t, self.get(), self->result_type, MaybeRef<Object>::acquire(value));
    return {};
}
Out get_argument_types(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->argument_types) return acquire(self->argument_types);
    TypeInfo* info = info_of(self->type);
    return acquire(info && info->argument_types ? info->argument_types : None());
}
Result<void> set_argument_types(Thread& t, Self self, Object* value) {
    MaybeRef<Object> types, converters;
    if (value && !is_none(value)) {
        if (!is<Tuple>(value) && !(value->type->as_sequence && value->type->as_sequence->item)) {
            return raise(t, exc::TypeError, "_argtypes_ must be a sequence of types");
        }
        Ref<Tuple> tuple = TRY(to_tuple(t, value));
        converters = TRY(converters_of(t, tuple));
        MaybeRef<Object> flags;
        {
            CriticalSection section(t, self.get());
            flags = MaybeRef<Object>::acquire(self->param_flags);
        }
        TRY(check_flags(t, tuple.get(), flags.get()));
        types = acquire(value); // shown as it was given
    }
    put(t, self.get(), self->converters, std::move(converters));
    put(t, self.get(), self->argument_types, std::move(types));
    return {};
}

Result<Ref<Str>> function_repr(Thread& t, Self self) {
    return str_format(t, "<%s object at %p>", type_name(self.get()), static_cast<const void*>(self.get()));
}
bool function_truth(Thread& t, Self self) {
    void* address;
    CriticalSection section(t, self.get());
    memcpy(&address, self->memory, sizeof address);
    return address != nullptr;
}

using Fields =
    taipan::Fields<FunctionData, &FunctionData::callable, &FunctionData::thunk, &FunctionData::argument_types, &FunctionData::converters,
                   &FunctionData::result_type, &FunctionData::result_checker, &FunctionData::error_check, &FunctionData::param_flags>;
int function_traverse(Object* o, VisitFunc visit, void* context) {
    int result = data_traverse(o, visit, context);
    return result ? result : Fields::traverse(o, visit, context);
}
int function_clear(Object* o) {
    data_clear(o);
    return Fields::clear(o);
}
void function_dealloc(Object* o) {
    gc_untrack(o);
    Fields::release(static_cast<FunctionData*>(o));
    data_release(static_cast<Data*>(o));
    o->type->free(o);
}

const GetSetDef attributes[] = {
    getter_setter<get_error_check, set_error_check>("errcheck", "a function to check for errors"),
    getter_setter<get_result_type, set_result_type>("restype", "specify the result type"),
    getter_setter<get_argument_types, set_argument_types>("argtypes", "specify the argument types"),
};
const SlotDef slots[] = {
    construct_slot<SlotId::tp_new, function_new>(),   ternary_slot<SlotId::tp_call, function_call>(),
    unary_slot<SlotId::tp_repr, function_repr>(),     inquiry_slot<SlotId::nb_bool, function_truth>(),
    raw_slot(SlotId::tp_traverse, function_traverse), raw_slot(SlotId::tp_clear, function_clear),
    raw_slot(SlotId::tp_dealloc, function_dealloc),   get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

} // namespace

const TypeSpec function_meta_spec = {.type = &function_meta,
                                     .name = "_ctypes.PyCFuncPtrType",
                                     .base = &CType::s_type,
                                     .flags = type_flag::BaseType,
                                     .doc = "metatype for C function pointers",
                                     .slots = meta_slots};
const TypeSpec function_spec = {.type = &FunctionData::s_type,
                                .name = "_ctypes.CFuncPtr",
                                .base = &Data::s_type,
                                .basicsize = sizeof(FunctionData),
                                .flags = type_flag::BaseType | type_flag::Gc,
                                .doc = "Function Pointer",
                                .slots = slots,
                                .getset = attributes};

} // namespace taipan::ctypes
