// The buffer protocol's view (Py_buffer's layout) and its request flags.
#pragma once

#include "runtime/object.h"

namespace taipan {

struct Buffer {
    void* buf;
    Object* obj; // owned reference
    intptr_t len, itemsize;
    int readonly, ndim;
    char* format;
    intptr_t *shape, *strides, *suboffsets;
    void* internal;
};
static_assert(sizeof(Buffer) == 80);
/// Calls the exporter's release function and drops the reference; nothing if the view holds none.
void buffer_release(Buffer* view);

namespace buffer_flag {
constexpr int Simple = 0, Writable = 1, Format = 4, Nd = 8, Strides = 0x10 | Nd, CContiguous = 0x20 | Strides, FContiguous = 0x40 | Strides,
              AnyContiguous = 0x80 | Strides, Indirect = 0x100 | Strides, Full = Indirect | Writable | Format,
              FullReadOnly = Indirect | Format, Contig = Nd | Writable, ContigReadOnly = Nd, Strided = Strides | Writable,
              StridedReadOnly = Strides, Records = Strides | Writable | Format, RecordsReadOnly = Strides | Format;
constexpr int Read = 0x100, Write = 0x200; // PyBUF_READ, PyBUF_WRITE: for memoryview creation
constexpr int MaxDimensions = 64;
} // namespace buffer_flag

} // namespace taipan
