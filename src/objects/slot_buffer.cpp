// The buffer protocol between Python classes (__buffer__, PEP 688) and the slots.
#include "objects/slot_functions.h"
#include "runtime/buffer.h"

namespace taipan {

// The memoryview type gives these; until it does, the protocol in Python is not there.
__attribute__((weak)) Result<Ref<Object>> memoryview_from_object(Thread& t, Borrowed<Object>, int) {
    return raise(t, exc::NotImplementedError, "__buffer__ needs memoryview");
}
__attribute__((weak)) Result<Ref<Object>> memoryview_release(Thread& t, Borrowed<Object>, Borrowed<Object>) {
    return raise(t, exc::NotImplementedError, "__release_buffer__ needs memoryview");
}

int slot_bf_getbuffer(Object* self, Buffer* view, int flags) {
    Thread& t = Thread::current();
    auto run = [&]() -> Result<void> {
        Ref<Int> number = TRY(int_from(t, flags));
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(slot_function::call_special(t, self, names::__buffer__, static_cast<Object*>(number.get()))));
        BufferProcs* procs = made->type->as_buffer;
        if (!procs || !procs->get) return raise(t, exc::TypeError, "__buffer__ returned non-memoryview object");
        // The view belongs to the memoryview that __buffer__ gave.
        if (procs->get(made.get(), view, flags) != 0) return Error{};
        return {};
    };
    return run().as_int();
}

void slot_bf_releasebuffer(Object*, Buffer*) {}

} // namespace taipan
