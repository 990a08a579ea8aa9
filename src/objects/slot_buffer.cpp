// The buffer protocol between Python classes (__buffer__, PEP 688) and the slots.
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/descriptor.h"
#include "objects/memoryview.h"
#include "objects/slot_functions.h"
#include "runtime/buffer.h"

namespace taipan {

// What a view of a Python exporter holds: the memoryview that __buffer__ returned, and the exporter, whose
// __release_buffer__ gets the memoryview back.

constinit Type BufferWrapper::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using WrapperFields = Fields<BufferWrapper, &BufferWrapper::view, &BufferWrapper::object>;

/// The __release_buffer__ that a Python class defines, not the slot's own wrapper.
Result<void> call_release(Thread& t, Object* object, Object* view) {
    LoadedMethod method = TRY(load_special_method(t, object, names::__release_buffer__));
    if (!method.callable || is<WrapperDescriptor>(method.callable.get()) || is<MethodWrapper>(method.callable.get())) return {};
    Object* args[] = {nullptr, object, view};
    if (method.takes_self) (void)TRY(vectorcall(t, method.callable.get(), args + 1, 2 | VectorcallOffset, nullptr));
    else (void)TRY(vectorcall(t, method.callable.get(), args + 2, 1 | VectorcallOffset, nullptr));
    return {};
}

void report_release(Thread& t, Object* object) {
    char message[160];
    snprintf(message, sizeof message, "Exception ignored in __release_buffer__ of %.100s", object->type->name);
    write_unraisable(t, message, nullptr);
}

void wrapper_release(Object* self, Buffer* view) {
    Thread& t = Thread::current();
    auto* wrapper = static_cast<BufferWrapper*>(self);
    MaybeRef<Object> saved = t.take_exception();
    if (call_release(t, wrapper->object, wrapper->view).is_error()) report_release(t, wrapper->object);
    // The memoryview's own view ends here.
    BufferProcs* procs = wrapper->view->type->as_buffer;
    if (procs && procs->release) procs->release(wrapper->view, view);
    if (saved) (void)t.set_exception(saved.take());
}

} // namespace

int slot_bf_getbuffer(Object* self, Buffer* view, int flags) {
    Thread& t = Thread::current();
    auto run = [&]() -> Result<void> {
        Ref<Int> number = TRY(int_from(t, flags));
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(
            slot_function::call_special(t, self, names::__buffer__, static_cast<Object*>(number.get()))));
        if (!is<MemoryView>(made.get())) return raise(t, exc::TypeError, "__buffer__ returned non-memoryview object");
        TRY(buffer_get(t, made, view, flags));
        Ref<BufferWrapper> wrapper = TRY(allocate<BufferWrapper>(t));
        wrapper->view = made.release();
        wrapper->object = acquire(self).release();
        gc_track(wrapper.get());
        if (view->obj) decref(view->obj); // the memoryview's count is the wrapper's now
        view->obj = wrapper.release();
        return {};
    };
    return run().as_int();
}

void slot_bf_releasebuffer(Object* self, Buffer* view) {
    Thread& t = Thread::current();
    // A C-level exporter with a Python __release_buffer__ on top.
    MaybeRef<Object> saved = t.take_exception();
    auto run = [&]() -> Result<void> {
        LoadedMethod method = TRY(load_special_method(t, self, names::__release_buffer__));
        if (!method.callable || is<WrapperDescriptor>(method.callable.get())) return {};
        Ref<Object> memory = TRY(memoryview_from_buffer(t, *view));
        return call_release(t, self, memory.get());
    };
    if (run().is_error()) report_release(t, self);
    if (saved) (void)t.set_exception(saved.take());
}

Result<Ref<Object>> memoryview_from_object(Thread& t, Borrowed<Object> object, int flags) { return Ref<Object>(TRY(memoryview_new(t, object, flags))); }

Result<Ref<Object>> memoryview_release(Thread& t, Borrowed<Object> view, Borrowed<Object> object) {
    if (!is<MemoryView>(view.get())) return raise(t, exc::TypeError, "expected a memoryview object");
    TRY(memoryview_release(t, static_cast<MemoryView*>(view.get())));
    return none_ref();
}

static const SlotDef buffer_wrapper_slots[] = {
    raw_slot(SlotId::bf_releasebuffer, wrapper_release),
    WrapperFields::traverse_slot(), WrapperFields::dealloc_slot(),
};
extern const TypeSpec buffer_wrapper_spec = {
    .type = &BufferWrapper::s_type, .name = "_buffer_wrapper", .basicsize = sizeof(BufferWrapper), .flags = type_flag::Gc, .slots = buffer_wrapper_slots};

} // namespace taipan
