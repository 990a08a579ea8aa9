// The _ctypes module: its functions, and the helpers that the ctypes package calls by address.
#include "modules/ctypes/ctypes.h"
#include "objects/bytes.h"
#include "objects/list.h"
#include "objects/memoryview.h"
#include "vm/builtin_support.h"

#include <cstring>
#include <cwchar>
#include <dlfcn.h>
#include <link.h>

namespace taipan {

extern const ModuleSpec ctypes_module;

namespace ctypes {

Result<Ref<Module>> this_module(Thread& t) {
    Ref<Object> module = TRY(import_module(t, "_ctypes"));
    if (!is<Module>(module.get()) || static_cast<Module*>(module.get())->spec != &ctypes_module)
        return raise(t, exc::ImportError, "_ctypes is not the native module");
    return Ref<Module>::steal(static_cast<Module*>(module.release()));
}
Result<Ref<Type>> argument_error(Thread& t) {
    Ref<Module> module = TRY(this_module(t));
    return acquire(static_cast<Type*>(module->state_as<ModuleState>().argument_error));
}

namespace {

Result<intptr_t> size_of(Thread& t, Any object) {
    if (TypeInfo* info = info_of(object.get())) return info->size;
    if (is<Data>(object.get())) {
        CriticalSection section(t, object.get());
        return static_cast<Data*>(object.get())->size;
    }
    return raise(t, exc::TypeError, "this type has no size");
}
Result<intptr_t> alignment(Thread& t, Any object) {
    TypeInfo* info = info_of(object.get());
    if (!info && is<Data>(object.get())) info = info_of(object->type);
    if (!info) return raise(t, exc::TypeError, "no alignment info");
    return info->align;
}
Out module_byref(Thread& t, Borrowed<Data> object, Size offset) { return byref(t, object, offset); }
Out address_of(Thread& t, Borrowed<Data> object) {
    TRY(audit(t, "ctypes.addressof", object));
    CriticalSection section(t, object.get());
    return Out(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(object->memory))));
}
Result<void> resize(Thread& t, Borrowed<Data> object, Size size) { return data_resize(t, object, size); }

Result<int> get_errno(Thread& t) {
    TRY(audit_args(t, "ctypes.get_errno", {}));
    return saved_errno();
}
Result<int> set_errno(Thread& t, Any value) {
    int number = TRY(to_int32(t, value));
    TRY(audit(t, "ctypes.set_errno", value));
    return std::exchange(saved_errno(), number);
}

Out open_library(Thread& t, Any name, int mode) {
    mode |= RTLD_NOW;
    Ref<Object> bytes = none_ref();
    if (!is_none(name.get())) {
        Ref<Object> encode = TRY(import_attribute(t, "os", "fsencode"));
        bytes = TRY(call(t, encode, name));
        if (!is<Bytes>(bytes.get())) return raise(t, exc::TypeError, "expected bytes, %T found", bytes);
        auto* text = static_cast<Bytes*>(bytes.get());
        if (strlen(text->data) != static_cast<size_t>(text->size)) return raise(t, exc::ValueError, "embedded null byte");
    }
    TRY(audit(t, "ctypes.dlopen", name));
    void* handle;
    const char* error = nullptr;
    {
        Detached detached(t);
        handle = dlopen(is<Bytes>(bytes.get()) ? static_cast<Bytes*>(bytes.get())->data : nullptr, mode);
        if (!handle) error = dlerror(); // the message is the thread's
    }
    if (!handle) {
        Ref<Str> message = TRY(str_decode_fs(t, error ? error : "dlopen() error"));
        return raise(t, exc::OSError, "%s", message);
    }
    return Out(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(handle))));
}
Result<void*> pointer_argument(Thread& t, Any value) {
    if (!is<Int>(value.get())) return raise(t, exc::TypeError, "an integer is required");
    return to_pointer(t, static_cast<Int*>(value.get()));
}
Result<void> close_library(Thread& t, Any handle) {
    void* library = TRY(pointer_argument(t, handle));
    const char* error = nullptr;
    int result;
    {
        Detached detached(t);
        result = dlclose(library);
        if (result) error = dlerror();
    }
    if (result) {
        Ref<Str> message = TRY(str_decode_fs(t, error ? error : "dlclose() error"));
        return raise(t, exc::OSError, "%s", message);
    }
    return {};
}
Out find_symbol(Thread& t, Any handle, Borrowed<Str> name) {
    void* library = TRY(pointer_argument(t, handle));
    std::string_view text = TRY(str_utf8(t, name));
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
    TRY(audit_args(t, "ctypes.dlsym/handle", {handle.get(), name.get()}));
    (void)dlerror();
    void* address;
    {
        Detached detached(t);
        address = dlsym(library, text.data());
    }
    if (!address) {
        if (const char* error = dlerror()) {
            Ref<Str> message = TRY(str_decode_fs(t, error));
            return raise(t, exc::OSError, "%s", message);
        }
        return raise(t, exc::OSError, "symbol '%s' not found", name);
    }
    return Out(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(address))));
}
Out list_libraries(Thread& t) {
    struct Found {
        Thread& t;
        List* names;
        bool failed;
    };
    Ref<List> names = TRY(list_new(t));
    Found found{t, names.get(), false};
    dl_iterate_phdr(
        [](dl_phdr_info* info, size_t, void* data) {
            auto* found = static_cast<Found*>(data);
            auto add = [&]() -> Result<void> {
                Ref<Object> name = Ref<Object>(TRY(str_decode_fs(found->t, info->dlpi_name ? info->dlpi_name : "")));
                return list_append(found->t, found->names, std::move(name));
            };
            found->failed = add().is_error();
            return static_cast<int>(found->failed);
        },
        &found);
    if (found.failed) return Error{};
    return Out(std::move(names));
}

Out call_address(Thread& t, Any address, Borrowed<Tuple> args, int flags) {
    void* function = TRY(pointer_argument(t, address));
    return call_foreign(t, {function, flags, nullptr, nullptr, nullptr}, args->span());
}
Out call_function(Thread& t, Any address, Borrowed<Tuple> args) { return call_address(t, address, args, 0); }
Out call_cdecl_function(Thread& t, Any address, Borrowed<Tuple> args) { return call_address(t, address, args, info_flag::Cdecl); }

Out object_from_pointer(Thread& t, Any address) {
    void* pointer = TRY(pointer_argument(t, address));
    TRY(audit(t, "ctypes.PyObj_FromPtr", address));
    if (!pointer) return raise(t, exc::ValueError, "PyObject is NULL");
    return acquire(static_cast<Object*>(pointer));
}
Out increment(Thread&, Any object) {
    incref(object.get());
    return object.share();
}
Out decrement(Thread&, Any object) {
    decref(object.get());
    return object.share();
}
Out unpickle(Thread& t, Any type, Borrowed<Tuple> state) {
    Ref<Object> made = TRY(call_method(t, type, names::__new__, type));
    Ref<Str> name = TRY(str_interned(t, "__setstate__"));
    Ref<Object> method = TRY(get_attribute(t, made, name));
    (void)TRY(call_tuple(t, method, state, nullptr));
    return made;
}
Out buffer_info(Thread& t, Any object) {
    TypeInfo* info = info_of(object.get());
    if (!info && is<Data>(object.get())) info = info_of(object->type);
    if (!info) return raise(t, exc::TypeError, "not a ctypes type or object");
    Ref<Tuple> shape = TRY(tuple_alloc(t, info->ndim));
    for (int i = 0; i < info->ndim; ++i) shape->items[i] = TRY(int_from(t, info->shape[i])).release();
    tuple_finish(shape.get());
    Ref<Object> format = info->buffer_format ? Ref<Object>(TRY(str_from_utf8(t, info->buffer_format))) : none_ref();
    return Out(TRY(tuple_pack(t, format, TRY(int_from(t, info->ndim)), shape)));
}

// Called through function pointers, as PYFUNCTYPE prototypes: attached, and with a new reference or an exception as result.

Object* string_at(const char* text, int size) {
    Thread& t = Thread::current();
    auto run = [&]() -> Out {
        Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(text)))),
                    length = Ref<Object>(TRY(int_from(t, size)));
        TRY(audit_args(t, "ctypes.string_at", {address.get(), length.get()}));
        if (size < -1) return raise(t, exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize");
        return Out(TRY(bytes_from(t, {text, size < 0 ? strlen(text) : static_cast<size_t>(size)})));
    };
    return run().release_or_null();
}
Object* wstring_at(const wchar_t* text, int size) {
    Thread& t = Thread::current();
    auto run = [&]() -> Out {
        Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(text)))),
                    length = Ref<Object>(TRY(int_from(t, size)));
        TRY(audit_args(t, "ctypes.wstring_at", {address.get(), length.get()}));
        if (size < -1) return raise(t, exc::SystemError, "bad argument to internal function");
        return wide_string(t, text, size < 0 ? static_cast<intptr_t>(wcslen(text)) : size);
    };
    return run().release_or_null();
}
Object* memoryview_at(void* memory, intptr_t size, int readonly) {
    Thread& t = Thread::current();
    auto run = [&]() -> Out {
        Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(memory)))),
                    length = Ref<Object>(TRY(int_from(t, size)));
        TRY(audit_args(t, "ctypes.memoryview_at", {address.get(), length.get(), bool_object(readonly != 0)}));
        if (size < 0) return raise(t, exc::ValueError, "memoryview_at: size is negative (or overflowed): %d", size);
        return Out(TRY(memoryview_from_memory(t, memory, size, readonly != 0)));
    };
    return run().release_or_null();
}

Result<void> check_cast_type(Thread& t, Any type) {
    if (has_meta(type.get(), pointer_meta) || has_meta(type.get(), function_meta)) return {};
    char code = simple_code(type.get());
    if (code && strchr("sPzUZXO", code)) return {};
    if (is<Type>(type.get()))
        return raise(t, exc::TypeError, "cast() argument 2 must be a pointer type, not %s", static_cast<Type*>(type.get())->name);
    return raise(t, exc::TypeError, "cast() argument 2 must be a pointer type");
}
Object* cast(void* pointer, Object* source, Object* type) {
    Thread& t = Thread::current();
    auto run = [&]() -> Out {
        TRY(check_cast_type(t, type));
        Ref<Object> made = TRY(call(t, Any(type)));
        if (!is<Data>(made.get())) return raise(t, exc::TypeError, "expected CData instance");
        Borrowed<Data> result = static_cast<Data*>(made.get());
        // The result shares the source's references, and keeps the source itself.
        if (is<Data>(source)) {
            Borrowed<Data> from = static_cast<Data*>(source);
            Ref<Object> kept = kept_objects(t, from);
            bool is_dict = is<Dict>(kept.get());
            if (is_none(kept.get())) {
                CriticalSection section(t, source);
                Data* holder = from.get();
                while (holder->base) holder = holder->base;
                kept = Ref<Object>(TRY(dict_new(t)));
                if (!holder->objects || is_none(holder->objects)) holder->objects = kept.share().release();
                else kept = acquire(holder->objects);
                is_dict = is<Dict>(kept.get());
            }
            MaybeRef<Object> old;
            {
                CriticalSection section(t, result.get());
                old = MaybeRef<Object>::steal(std::exchange(result->objects, kept.share().release()));
            }
            if (is_dict) {
                Ref<Object> key = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(source))));
                TRY(dict_set(t, static_cast<Dict*>(kept.get()), key, Any(source)));
            }
        }
        memcpy(result->memory, &pointer, sizeof pointer);
        return made;
    };
    return run().release_or_null();
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const TypeSpec* spec : {&ctype_spec, &structure_meta_spec, &union_meta_spec, &pointer_meta_spec, &array_meta_spec,
                                 &simple_meta_spec, &function_meta_spec, &data_spec, &argument_spec, &thunk_spec})
        TRY(type_ready(t, *spec));
    for (const TypeSpec* spec : {&structure_spec, &union_spec, &array_spec, &pointer_spec, &simple_spec, &function_spec, &field_spec})
        TRY(module_add_type(t, module, *spec));
    auto& state = module->state_as<ModuleState>();
    Ref<Type> error = TRY(new_exception_type(t, "ctypes.ArgumentError", exc::Exception, nullptr));
    TRY(module_add(t, module, "ArgumentError", error));
    state.argument_error = error.release();
    Ref<Str> name = TRY(str_interned(t, "_unpickle"));
    state.unpickle = TRY(get_attribute(t, module, name)).release();
    TRY(module_add_string(t, module, "__version__", "1.1.0"));
    constexpr struct {
        const char* name;
        int64_t value;
    } numbers[] = {{"FUNCFLAG_CDECL", info_flag::Cdecl},
                   {"FUNCFLAG_USE_ERRNO", info_flag::UseErrno},
                   {"FUNCFLAG_USE_LASTERROR", info_flag::UseLastError},
                   {"FUNCFLAG_PYTHONAPI", info_flag::PythonApi},
                   {"RTLD_LOCAL", RTLD_LOCAL},
                   {"RTLD_GLOBAL", RTLD_GLOBAL},
                   {"CTYPES_MAX_ARGCOUNT", 1024},
                   {"SIZEOF_TIME_T", sizeof(time_t)}};
    for (const auto& number : numbers) TRY(module_add_int(t, module, number.name, number.value));
    const struct {
        const char* name;
        void* function;
    } addresses[] = {
        {"_memmove_addr", reinterpret_cast<void*>(&memmove)},       {"_memset_addr", reinterpret_cast<void*>(&memset)},
        {"_string_at_addr", reinterpret_cast<void*>(&string_at)},   {"_cast_addr", reinterpret_cast<void*>(&cast)},
        {"_wstring_at_addr", reinterpret_cast<void*>(&wstring_at)}, {"_memoryview_at_addr", reinterpret_cast<void*>(&memoryview_at)}};
    for (const auto& address : addresses)
        TRY(module_add(t, module, address.name, TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(address.function)))));
    return {};
}

constexpr NativeDef functions[] = {
    fn<get_errno>("get_errno", "($module, /)"),
    fn<set_errno>("set_errno", "(value, /)"),
    fn<unpickle>("_unpickle", "(type, state, /)"),
    fn<buffer_info>("buffer_info", "($module, object, /)", "Return buffer interface information"),
    fn<resize>("resize", "($module, obj, size, /)"),
    fn<open_library>("dlopen", "(name, flag=0, /)",
                     "dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL})\n\n"
                     "Load the shared library called name and return its handle as an int; OSError if the "
                     "loader refuses."),
    fn<close_library>("dlclose", "(handle, /)", "dlclose a library"),
    fn<find_symbol>("dlsym", "(handle, name, /)", "find symbol in shared library"),
    fn<list_libraries>("dllist", "($module, /)", "dllist() return a list of loaded shared libraries"),
    fn<alignment>("alignment", "($module, object, /)",
                  "alignment(C type) -> integer\n"
                  "alignment(C instance) -> integer\n\n"
                  "How many bytes the address of such a C object must be a multiple of."),
    fn<size_of>("sizeof", "($module, obj, /)", "Return the size in bytes of a C instance."),
    fn<module_byref>("byref", "($module, obj, offset=0, /)",
                     "Pass the address of a C instance, plus offset bytes, to a foreign function.\n\n"
                     "It is cheaper than pointer(), and good for nothing but an argument."),
    fn<address_of>("addressof", "($module, obj, /)", "Return the address of the C instance internal buffer"),
    fn<call_function>("call_function", "(address, arguments, /)"),
    fn<call_cdecl_function>("call_cdeclfunction", "(address, arguments, /)"),
    fn<object_from_pointer>("PyObj_FromPtr", "(address, /)"),
    fn<increment>("Py_INCREF", "($module, object, /)"),
    fn<decrement>("Py_DECREF", "($module, object, /)"),
};

} // namespace
} // namespace ctypes

const ModuleSpec ctypes_module = {
    .name = "_ctypes",
    .doc = "Create and manipulate C compatible data types in Python.",
    .functions = ctypes::functions,
    .exec = ctypes::exec,
    .state = state_spec<ctypes::ModuleState, &ctypes::ModuleState::argument_error, &ctypes::ModuleState::unpickle>};

} // namespace taipan
