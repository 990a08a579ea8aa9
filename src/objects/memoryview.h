// memoryview (CPython's layout up to `view`: the C API's macros read it) and the ManagedBuffer that its views share.
#pragma once

#include "objects/racy.h"
#include "runtime/buffer.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

/// One buffer got from an exporter, released when the last view of it is.
struct ManagedBuffer : Object {
    Racy<bool> released;
    intptr_t exports; // views
    Buffer master;
    static Type s_type;
};
struct MemoryView : VarObject {
    ManagedBuffer* managed;
    intptr_t hash;
    Racy<int> flags; // view_flag
    intptr_t exports;
    Buffer view;
    Object* weaklist;
    intptr_t arrays[1]; // shape, strides, suboffsets

    static Type s_type;
};
static_assert(offsetof(MemoryView, view) == 72);
namespace view_flag {
constexpr int Released = 1, C = 2, Fortran = 4, Scalar = 8, Pil = 16, Restricted = 32;
}

/// memoryview(object).
Result<Ref<MemoryView>> memoryview_new(Thread& t, Borrowed<Object> object, int flags = buffer_flag::FullReadOnly);
/// memoryview(object) by a getter of the caller's choice, such as a base class's.
Result<Ref<MemoryView>> memoryview_from_getter(Thread& t, Borrowed<Object> object, GetBufferFunc get, int flags);
/// Over memory that the caller keeps alive.
Result<Ref<MemoryView>> memoryview_from_memory(Thread& t, void* memory, intptr_t size, bool readonly);
/// A view of a described buffer; takes over nothing (view.obj is ignored).
Result<Ref<MemoryView>> memoryview_from_buffer(Thread& t, const Buffer& buffer);
/// memoryview.release().
Result<void> memoryview_release(Thread& t, Borrowed<MemoryView> view);

} // namespace taipan
