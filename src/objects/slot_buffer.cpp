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

Result<void> call_release(Thread& t, Object* object, Object* view) {
    LoadedMethod method = TRY(load_special_method(t, object, names::__release_buffer__));
    if (method) (void)TRY(call(t, method, object, view));
    return {};
}

void report_release(Thread& t, Object* object) {
    char message[160];
    snprintf(message, sizeof message, "Exception ignored in __release_buffer__ of %.100s", object->type->name);
    write_unraisable(t, message, nullptr);
}

/// Calls the Python class's __release_buffer__: with the memoryview that its __buffer__ returned, or with one that cannot
/// be viewed again, as the memory goes away afterwards.
void call_python_release(Thread& t, Object* self, Buffer* buffer) {
    MaybeRef<Object> saved = t.take_exception();
    MaybeRef<MemoryView> made;
    Object* view = nullptr;
    if (buffer->obj && buffer->obj->type == &BufferWrapper::s_type) {
        view = static_cast<BufferWrapper*>(buffer->obj)->view;
    } else {
        auto fresh = memoryview_from_buffer(t, *buffer);
        if (fresh.is_error()) {
            report_release(t, self);
        } else {
            made = fresh.take();
            made->flags = made->flags | view_flag::Restricted;
            view = made.get();
        }
    }
    if (view) {
        Ref<Object> held = acquire(view);
        if (call_release(t, self, view).is_error()) report_release(t, self);
    }
    if (made && memoryview_release(t, Borrowed<MemoryView>(made.get())).is_error()) report_release(t, self);
    if (saved) (void)t.set_exception(saved.take());
}

void wrapper_release(Object* self, Buffer* buffer) {
    auto* wrapper = static_cast<BufferWrapper*>(self);
    Object* view = wrapper->view;
    Object* object = wrapper->object;
    if (!view || !object) return;
    if (BufferProcs* procs = view->type->as_buffer; procs && procs->release) procs->release(view, buffer);
    // What a native slot has to release it releases when the memoryview goes.
    BufferProcs* procs = object->type->as_buffer;
    if (static_cast<MemoryView*>(view)->view.obj != object && procs && procs->release == slot_bf_releasebuffer)
        call_python_release(Thread::current(), object, buffer);
    clear_field(wrapper->view);
    clear_field(wrapper->object);
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

void slot_bf_releasebuffer(Object* self, Buffer* buffer) {
    call_python_release(Thread::current(), self, buffer);
    // The native exporter below has its own to release.
    auto* mro = static_cast<Tuple*>(self->type->mro);
    for (intptr_t i = 1; mro && i < mro->size; ++i) {
        if (!is<Type>(mro->items[i])) continue;
        BufferProcs* procs = static_cast<Type*>(mro->items[i])->as_buffer;
        if (!procs || !procs->release || procs->release == slot_bf_releasebuffer) continue;
        procs->release(self, buffer);
        return;
    }
}

Result<Ref<Object>> memoryview_from_slot(Thread& t, Borrowed<Object> object, void* getter, int flags) {
    return Ref<Object>(TRY(memoryview_from_getter(t, object, reinterpret_cast<GetBufferFunc>(getter), flags)));
}

Result<Ref<Object>> memoryview_release(Thread& t, Borrowed<Object> view, Borrowed<Object> object) {
    if (!is<MemoryView>(view.get())) return raise(t, exc::TypeError, "expected a memoryview object");
    auto* memory = static_cast<MemoryView*>(view.get());
    if (!memory->view.obj) return none_ref(); // released, or the one handed to __release_buffer__
    if (memory->view.obj != object.get()) return raise(t, exc::ValueError, "memoryview's buffer is not this object");
    if (memory->flags & view_flag::Released) return raise(t, exc::ValueError, "memoryview's buffer has already been released");
    TRY(memoryview_release(t, memory));
    return none_ref();
}

static const SlotDef buffer_wrapper_slots[] = {
    raw_slot(SlotId::bf_releasebuffer, wrapper_release),
    WrapperFields::traverse_slot(),
    WrapperFields::dealloc_slot(),
};
extern const TypeSpec buffer_wrapper_spec = {.type = &BufferWrapper::s_type,
                                             .name = "_buffer_wrapper",
                                             .basicsize = sizeof(BufferWrapper),
                                             .flags = type_flag::Gc,
                                             .slots = buffer_wrapper_slots};

} // namespace taipan
