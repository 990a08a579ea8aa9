// Foreign calls: Python arguments to C values, the call, the result.
#include "modules/ctypes/ctypes.h"
#include "objects/audit.h"
#include "objects/bytes.h"
#include "objects/capsule.h"

#include <alloca.h>
#include <cerrno>
#include <cstring>

namespace taipan::ctypes {

int& saved_errno() {
    static thread_local int number = 0;
    return number;
}

Thread*& calling_thread() {
    static thread_local Thread* thread = nullptr;
    return thread;
}

void extend_error_args(Thread& t, Type& type, const char* format, FormatArg argument) {
    MaybeRef<Object> error = t.take_exception();
    if (!error) return;
    auto text = [&]() -> Result<void> {
        Ref<Str> prefix = TRY(str_format_args(t, format, &argument, 1));
        Ref<Str> message = TRY(to_str(t, error.get()));
        Ref<Object> name = TRY(type_qualname(t, error->type));
        return raise(t, type, "%s%s: %s", prefix, name, message);
    };
    (void)text().is_error();
}

namespace {

constexpr intptr_t MaxArguments = 1024;

/// Converts an argument that has gone through its from_param, if there was one.
Result<void> convert(Thread& t, Any given, intptr_t position, Argument* out) {
    Object* o = given.get();
    if (is<Data>(o)) {
        TypeInfo* info = info_of(o->type);
        if (!info || !info->fill_argument) return raise(t, exc::TypeError, "abstract class");
        return info->fill_argument(t, static_cast<Data*>(o), out);
    }
    if (is<Argument>(o)) {
        auto* from = static_cast<Argument*>(o);
        out->ffi = from->ffi;
        out->tag = from->tag;
        out->value = from->value;
        out->size = from->size;
        out->keep = acquire(o).release();
        if (from->copy) {
            out->copy = raw_alloc(static_cast<size_t>(from->size) + 1);
            if (!out->copy) return raise_memory_error(t);
            memcpy(out->copy, from->copy, static_cast<size_t>(from->size));
        }
        return {};
    }
    if (is_none(o)) {
        argument_set_pointer(out, 'P', nullptr, o);
        return {};
    }
    if (is<Int>(o)) {
        auto* number = static_cast<Int*>(o);
        int64_t value;
        uint64_t unsigned_value;
        if (int_fits_int64(number, &value)) out->value.i = static_cast<int>(value);
        else if (int_fits_uint64(number, &unsigned_value)) out->value.i = static_cast<int>(unsigned_value);
        else return raise(t, exc::OverflowError, "int too long to convert");
        out->ffi = &ffi_type_sint;
        return {};
    }
    if (is<Bytes>(o)) {
        argument_set_pointer(out, 'z', static_cast<Bytes*>(o)->data, o);
        return {};
    }
    if (is<Str>(o)) {
        out->ffi = &ffi_type_pointer;
        Ref<Object> keep = TRY(simple_format('Z')->set(t, &out->value, given, 0));
        out->keep = keep.release();
        return {};
    }
    if (MaybeRef<Object> parameter = TRY(as_parameter(t, given))) {
        TRY(check_recursion(t, " while processing _as_parameter_"));
        return convert(t, parameter.get(), position, out);
    }
    return raise(t, exc::TypeError, "Don't know how to convert parameter %d", position);
}

Out read_result(Thread& t, const CallRequest& request, char* memory) {
    Object* type = request.result_type;
    if (!type) return Out(TRY(int_from(t, *reinterpret_cast<int*>(memory))));
    if (is_none(type)) return none_ref();
    TypeInfo* info = info_of(type);
    if (!info) {
        Ref<Object> number = Ref<Object>(TRY(int_from(t, *reinterpret_cast<int*>(memory))));
        return call(t, Any(type), number);
    }
    return info->get(t, memory, info->size);
}

} // namespace

Out call_foreign(Thread& t, const CallRequest& request, std::span<Object* const> args) {
    auto count = static_cast<intptr_t>(args.size());
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Object> address = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(request.function)));
        Ref<Tuple> given = TRY(tuple_from_array(t, args.data(), args.size()));
        TRY(audit_args(t, "ctypes.call_function", {address.get(), given.get()}));
    }
    if (count > MaxArguments) {
        Ref<Type> error = TRY(argument_error(t));
        return raise(t, *error, "too many arguments (%d), maximum is %d", count, MaxArguments);
    }
    // 1. The arguments; what they refer to lives until the call is over.
    struct Cleaner {
        Argument* items;
        intptr_t count = 0;
        ~Cleaner() {
            for (intptr_t i = 0; i < count; ++i) {
                clear_field(items[i].keep);
                raw_free(items[i].copy);
            }
        }
    };
    auto* items = static_cast<Argument*>(alloca(sizeof(Argument) * static_cast<size_t>(count + 1)));
    memset(static_cast<void*>(items), 0, sizeof(Argument) * static_cast<size_t>(count + 1));
    auto** types = static_cast<ffi_type**>(alloca(sizeof(ffi_type*) * static_cast<size_t>(count + 1)));
    auto** places = static_cast<void**>(alloca(sizeof(void*) * static_cast<size_t>(count + 1)));
    Cleaner cleaner{items};
    auto* converters = static_cast<Tuple*>(request.converters);
    for (intptr_t i = 0; i < count; ++i) {
        cleaner.count = i + 1;
        auto convert_one = [&]() -> Result<void> {
            if (!converters || i >= converters->size) return convert(t, args[static_cast<size_t>(i)], i + 1, &items[i]);
            Ref<Object> converted = TRY(call(t, Any(converters->items[i]), Any(args[static_cast<size_t>(i)])));
            TRY(convert(t, converted, i + 1, &items[i]));
            // What from_param made may be all that keeps the value alive.
            if (items[i].keep != converted.get()) {
                MaybeRef<Object> inner = MaybeRef<Object>::steal(std::exchange(items[i].keep, nullptr));
                if (inner) {
                    items[i].keep = TRY(tuple_pack(t, converted, inner)).release();
                } else {
                    items[i].keep = converted.release();
                }
            }
            return {};
        };
        if (convert_one().is_error()) {
            MaybeRef<Object> raised = t.take_exception();
            Ref<Type> error = TRY(argument_error(t));
            (void)t.set_exception(raised.take());
            extend_error(t, *error, "argument %d: ", i + 1);
            return Error{};
        }
        types[i] = items[i].ffi;
        places[i] = items[i].copy ? items[i].copy : static_cast<void*>(&items[i].value);
    }
    // 2. The result.
    ffi_type* result_ffi = &ffi_type_sint;
    size_t room = sizeof(ffi_arg);
    if (request.result_type) {
        if (is_none(request.result_type)) {
            result_ffi = &ffi_type_void;
        } else if (TypeInfo* info = info_of(request.result_type)) {
            result_ffi = &info->ffi;
            if (static_cast<size_t>(info->size) > room) room = static_cast<size_t>(info->size);
        }
    }
    auto* result = static_cast<char*>(alloca(room + 16));
    result += (16 - reinterpret_cast<uintptr_t>(result) % 16) % 16;
    memset(result, 0, room);
    // 3. The call.
    ffi_cif cif;
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, static_cast<unsigned>(count), result_ffi, types) != FFI_OK)
        return raise(t, exc::RuntimeError, "ffi_prep_cif failed");
    auto invoke = [&] {
        if (request.flags & info_flag::UseErrno) std::swap(saved_errno(), errno);
        ffi_call(&cif, reinterpret_cast<void (*)()>(request.function), result, places);
        if (request.flags & info_flag::UseErrno) std::swap(saved_errno(), errno);
    };
    if (request.flags & info_flag::PythonApi) {
        invoke();
        if (t.has_exception()) return Error{};
    } else {
        Thread* outer = std::exchange(calling_thread(), &t);
        {
            Detached detached(t);
            invoke();
        }
        calling_thread() = outer;
    }
    // 4. Back to Python.
    TypeInfo* info = request.result_type ? info_of(request.result_type) : nullptr;
    MaybeRef<Object> value;
    if (info && !(info->get && !is_simple_instance(request.result_type))) {
        value = TRY(data_from_base(t, static_cast<Type*>(request.result_type), nullptr, 0, result));
    } else {
        value = TRY(read_result(t, request, result));
        if (info && info->format && info->format->code == 'O') decref(value.get()); // the function gave a reference of its own
    }
    if (info && request.result_checker) return call(t, Any(request.result_checker), Any(value.get()));
    return value.take();
}

} // namespace taipan::ctypes
