// C functions made of callables: libffi closures that attach the calling thread and convert arguments and result.
#include "modules/ctypes/ctypes.h"

#include <cerrno>
#include <cstring>

namespace taipan::ctypes {

namespace {

struct Thunk : Object {
    ffi_closure* closure;
    void* code;
    ffi_cif cif;
    ffi_type** argument_ffi; // owned
    Object *callable, *argument_types, *result_type;
    SetValue set;
    intptr_t result_size;
    int flags;
    static Type s_type;
};

void call_python(Thread& t, Thunk* self, void* result, void** args) {
    auto* types = static_cast<Tuple*>(self->argument_types);
    Ref<Object> keep_self = acquire(static_cast<Object*>(self));
    if (self->set) memset(result, 0, static_cast<size_t>(self->result_size < 8 ? 8 : self->result_size));
    auto arguments = [&]() -> Result<Ref<Tuple>> {
        Ref<Tuple> tuple = TRY(tuple_alloc(t, types->size));
        for (intptr_t i = 0; i < types->size; ++i) {
            Object* type = types->items[i];
            TypeInfo* info = info_of(type);
            auto convert = [&]() -> Out {
                if (!info) return raise(t, exc::TypeError, "cannot build parameter of type %R", type);
                if (info->get && !is_simple_instance(type)) return info->get(t, args[i], info->size);
                Ref<Object> made = TRY(call(t, Any(type)));
                if (!is<Data>(made.get())) return raise(t, exc::TypeError, "%R returned unexpected result of type %T", type, made);
                memcpy(static_cast<Data*>(made.get())->memory, args[i], static_cast<size_t>(info->size));
                return made;
            };
            auto value = convert();
            if (value.is_error()) {
                auto text = [&]() -> Result<void> {
                    MaybeRef<Object> error = t.take_exception();
                    Ref<Str> message = TRY(str_format(t, "Exception ignored while creating argument %d for ctypes callback function", i));
                    (void)t.set_exception(error.take());
                    write_unraisable(t, TRY(str_utf8(t, message)).data(), self->callable);
                    return {};
                };
                if (text().is_error()) t.clear_exception();
                return Error{};
            }
            tuple->items[i] = value.take().release();
        }
        tuple_finish(tuple.get());
        return tuple;
    }();
    if (arguments.is_error()) return;
    Ref<Tuple> tuple = arguments.take();
    if (self->flags & info_flag::UseErrno) std::swap(saved_errno(), errno);
    auto outcome = call_tuple(t, Any(self->callable), tuple, nullptr);
    if (self->flags & info_flag::UseErrno) std::swap(saved_errno(), errno);
    if (outcome.is_error()) {
        write_unraisable(t, "Exception ignored while calling ctypes callback function", self->callable);
        return;
    }
    Ref<Object> value = outcome.take();
    if (!self->set) return;
    auto stored = self->set(t, result, value, 0);
    if (stored.is_error()) {
        write_unraisable(t, "Exception ignored while converting result of ctypes callback function", self->callable);
        return;
    }
    Ref<Object> keep = stored.take();
    // Results narrower than a register are read as one by the caller: sign or zero extended.
    switch (self->cif.rtype->type) {
    case FFI_TYPE_SINT8: *static_cast<ffi_sarg*>(result) = *static_cast<int8_t*>(result); break;
    case FFI_TYPE_SINT16: *static_cast<ffi_sarg*>(result) = *static_cast<int16_t*>(result); break;
    case FFI_TYPE_SINT32: *static_cast<ffi_sarg*>(result) = *static_cast<int32_t*>(result); break;
    default: break;
    }
    if (is_none(keep.get())) return;
    if (self->set == simple_format('O')->set) {
        (void)keep.release(); // the caller gets a reference
    } else if (warn(t, exc::RuntimeWarning, 1, "memory leak in callback function.").is_error()) {
        write_unraisable(t, "Exception ignored while converting result of ctypes callback function", self->callable);
        (void)keep.release();
    } else {
        (void)keep.release(); // the pointer that C got stays valid
    }
}

/// Threads that Python knows nothing of get a state for the time of the call.
void closure_entry(ffi_cif*, void* result, void** args, void* data) {
    auto* thunk = static_cast<Thunk*>(data);
    Thread* known = Thread::current_or_null();
    if (known && known->state.load(std::memory_order_relaxed) == ThreadState::Attached) {
        call_python(*known, thunk, result, args);
        return;
    }
    int error = errno;
    Thread* detached = calling_thread();
    Thread* t = detached ? detached : thread_create(*g_runtime.main_interpreter);
    thread_attach(*t);
    errno = error;
    call_python(*t, thunk, result, args);
    error = errno;
    if (detached) thread_detach(*t);
    else thread_destroy(*t);
    errno = error;
}

void thunk_dealloc(Object* o) {
    auto* self = static_cast<Thunk*>(o);
    gc_untrack(o);
    clear_field(self->callable);
    clear_field(self->argument_types);
    clear_field(self->result_type);
    if (self->closure) ffi_closure_free(self->closure);
    raw_free(self->argument_ffi);
    o->type->free(o);
}
int thunk_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Thunk*>(o);
    int result;
    for (Object* field : {self->callable, self->argument_types, self->result_type})
        if (field && (result = visit(field, context))) return result;
    return 0;
}
int thunk_clear(Object*) { return 0; } // the owner drops it; C may still call until then

const SlotDef thunk_slots[] = {
    raw_slot(SlotId::tp_dealloc, thunk_dealloc),
    raw_slot(SlotId::tp_traverse, thunk_traverse),
    raw_slot(SlotId::tp_clear, thunk_clear),
};

} // namespace

Type Thunk::s_type;

void* thunk_address(Object* thunk) { return static_cast<Thunk*>(thunk)->code; }

Out thunk_new(Thread& t, Any callable, Borrowed<Tuple> argument_types, Any result_type, int flags) {
    Ref<Thunk> self = TRY(allocate<Thunk>(t));
    self->callable = acquire(callable.get()).release();
    self->argument_types = acquire(static_cast<Object*>(argument_types.get())).release();
    self->result_type = acquire(result_type.get()).release();
    self->flags = flags;
    self->argument_ffi = static_cast<ffi_type**>(raw_alloc(sizeof(ffi_type*) * static_cast<size_t>(argument_types->size + 1)));
    if (!self->argument_ffi) return raise_memory_error(t);
    for (intptr_t i = 0; i < argument_types->size; ++i) {
        TypeInfo* info = info_of(argument_types->items[i]);
        self->argument_ffi[i] = info ? &info->ffi : &ffi_type_sint;
        if (info && has_meta(argument_types->items[i], array_meta)) self->argument_ffi[i] = &ffi_type_pointer;
    }
    ffi_type* result_ffi = &ffi_type_void;
    if (!is_none(result_type.get())) {
        TypeInfo* info = info_of(result_type.get());
        if (!info || !info->set) return raise(t, exc::TypeError, "invalid result type for callback function");
        self->set = info->set;
        self->result_size = info->size;
        result_ffi = &info->ffi;
    }
    self->closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &self->code));
    if (!self->closure) return raise_memory_error(t);
    if (ffi_prep_cif(&self->cif, FFI_DEFAULT_ABI, static_cast<unsigned>(argument_types->size), result_ffi, self->argument_ffi) != FFI_OK)
        return raise(t, exc::RuntimeError, "ffi_prep_cif failed");
    if (ffi_prep_closure_loc(self->closure, &self->cif, closure_entry, self.get(), self->code) != FFI_OK)
        return raise(t, exc::RuntimeError, "ffi_prep_closure failed");
    gc_track(self.get());
    return Out(std::move(self));
}

const TypeSpec thunk_spec = {.type = &Thunk::s_type,
                             .name = "_ctypes.CThunkObject",
                             .basicsize = sizeof(Thunk),
                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                             .slots = thunk_slots};

} // namespace taipan::ctypes
