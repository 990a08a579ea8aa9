// pickle.PickleBuffer (PEP 574): a wrapper around an object's buffer that pickles may leave out of the stream.
#pragma once

#include "runtime/buffer.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct PickleBuffer : Object {
    Buffer view; // as the object's exporter filled it; view.obj is null once released
    Object* weaklist;
    static Type s_type;
};

Result<Ref<PickleBuffer>> pickle_buffer_new(Thread& t, Borrowed<Object> object);
/// The view inside; ValueError once it is released.
Result<Buffer*> pickle_buffer_view(Thread& t, Borrowed<PickleBuffer> buffer);
void pickle_buffer_release(Thread& t, Borrowed<PickleBuffer> buffer);

} // namespace taipan
