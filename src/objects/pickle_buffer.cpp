#include "objects/pickle_buffer.h"

#include "objects/buffers.h"
#include "objects/dict.h"
#include "objects/memoryview.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"

namespace taipan {

Type PickleBuffer::s_type;

Result<Ref<PickleBuffer>> pickle_buffer_new(Thread& t, Borrowed<Object> object) {
    Ref<PickleBuffer> self = TRY(allocate<PickleBuffer>(t));
    TRY(buffer_get(t, object, &self->view, buffer_flag::FullReadOnly));
    gc_track(self.get());
    return self;
}
Result<Buffer*> pickle_buffer_view(Thread& t, Borrowed<PickleBuffer> buffer) {
    if (!buffer->view.obj) return raise(t, exc::ValueError, "operation forbidden on released PickleBuffer object");
    return &buffer->view;
}
void pickle_buffer_release(Thread& t, Borrowed<PickleBuffer> buffer) {
    Buffer view;
    {
        CriticalSection section(t, buffer.get());
        view = buffer->view;
        buffer->view.obj = nullptr;
    }
    buffer_release(&view);
}

namespace {

using Self = Borrowed<PickleBuffer>;

Result<Ref<Object>> construct(Thread& t, Borrowed<Type>, Args args, Kwargs kwargs) {
    if (kwargs && dict_size(kwargs.dict)) return raise(t, exc::TypeError, "PickleBuffer() takes no keyword arguments");
    if (args.size() != 1)
        return raise(t, exc::TypeError, "PickleBuffer() takes exactly 1 positional argument (%d given)", static_cast<int64_t>(args.size()));
    return TRY(pickle_buffer_new(t, args[0]));
}
Result<Ref<Object>> raw(Thread& t, Self self) {
    Buffer* view = TRY(pickle_buffer_view(t, self));
    if (view->suboffsets || !buffer_is_contiguous(view, 'A'))
        return raise(t, exc::BufferError, "cannot extract raw buffer from non-contiguous buffer");
    Ref<MemoryView> bytes = TRY(memoryview_new(t, self));
    // One dimension of bytes over the same memory.
    Buffer& flat = bytes->view;
    flat.format = const_cast<char*>("B");
    flat.ndim = 1;
    flat.itemsize = 1;
    flat.shape = &flat.len;
    flat.strides = &flat.itemsize;
    flat.suboffsets = nullptr;
    bytes->flags = (bytes->flags & ~(view_flag::Scalar | view_flag::Pil)) | view_flag::C | view_flag::Fortran;
    return bytes;
}
void release(Thread& t, Self self) { pickle_buffer_release(t, self); }

Result<void> get_buffer(Thread& t, Self self, Buffer* view, int flags) {
    Buffer* mine = TRY(pickle_buffer_view(t, self));
    return buffer_get(t, mine->obj, view, flags);
}
int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<PickleBuffer*>(o);
    return self->view.obj ? visit(self->view.obj, context) : 0;
}
int clear(Object* o) {
    pickle_buffer_release(Thread::current(), static_cast<PickleBuffer*>(o));
    return 0;
}
void dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<PickleBuffer*>(o);
    clear_weakrefs(o);
    pickle_buffer_release(Thread::current(), self);
    o->type->free(o);
}

const NativeDef methods[] = {
    method<raw>("raw", "($self, /)", "The buffer's memory as a memoryview of plain bytes; BufferError if it is not contiguous."),
    method<release>("release", "($self, /)", "Let go of the wrapped buffer; the PickleBuffer is of no use afterwards."),
};
const SlotDef slots[] = {
    typed_new<construct, "PickleBuffer", "($type, *args, **kwargs)">(),
    get_buffer_slot<SlotId::bf_getbuffer, get_buffer>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

extern const TypeSpec pickle_buffer_spec;
const TypeSpec pickle_buffer_spec = {
    .type = &PickleBuffer::s_type,
    .name = "pickle.PickleBuffer",
    .basicsize = sizeof(PickleBuffer),
    .flags = type_flag::Gc,
    .doc = "Wrapper for potentially out-of-band buffers",
    .slots = slots,
    .methods = methods,
    .weaklist_offset = offsetof(PickleBuffer, weaklist),
};

} // namespace taipan
