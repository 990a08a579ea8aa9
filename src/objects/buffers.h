// Getting and describing buffers (PEP 3118, PEP 688).
#pragma once

#include "runtime/buffer.h"
#include "runtime/result.h"

namespace taipan {

/// Asks the object for its memory; TypeError "a bytes-like object is required, not 'T'".
Result<void> buffer_get(Thread& t, Borrowed<Object> object, Buffer* view, int flags);
/// Gives a view back; `view->obj` may be null.
void buffer_release(Buffer* view);
/// What an exporter with one block of bytes answers. `object` may be null.
Result<void> buffer_fill(Thread& t, Buffer* view, Object* object, void* memory, intptr_t size, bool readonly, int flags);
bool has_buffer(const Object* object);
/// order: 'C', 'F' or 'A' (either).
bool buffer_is_contiguous(const Buffer* view, char order);
/// Copies the items, in C (or Fortran) order, into `out` of view->len bytes.
Result<void> buffer_to_contiguous(Thread& t, void* out, const Buffer* view, char order);

} // namespace taipan
