#include "objects/buffers.h"

#include "objects/abstract.h"

#include <cstring>

namespace taipan {

bool has_buffer(const Object* object) { return object->type->as_buffer && object->type->as_buffer->get; }

Result<void> buffer_get(Thread& t, Borrowed<Object> object, Buffer* view, int flags) {
    view->obj = nullptr;
    if (!has_buffer(object.get())) return raise(t, exc::TypeError, "a bytes-like object is required, not '%T'", object);
    if (object->type->as_buffer->get(object.get(), view, flags) != 0) {
        view->obj = nullptr;
        return Error{};
    }
    return {};
}

Result<void> buffer_fill(Thread& t, Buffer* view, Object* object, void* memory, intptr_t size, bool readonly, int flags) {
    if ((flags & buffer_flag::Writable) && readonly) return raise(t, exc::BufferError, "Object is not writable.");
    view->obj = object;
    xincref(object);
    view->buf = memory;
    view->len = size;
    view->readonly = readonly;
    view->itemsize = 1;
    view->format = (flags & buffer_flag::Format) ? const_cast<char*>("B") : nullptr;
    view->ndim = 1;
    view->shape = (flags & buffer_flag::Nd) ? &view->len : nullptr;
    view->strides = (flags & buffer_flag::Strides) == buffer_flag::Strides ? &view->itemsize : nullptr;
    view->suboffsets = nullptr;
    view->internal = nullptr;
    return {};
}

bool buffer_is_contiguous(const Buffer* view, char order) {
    if (view->suboffsets) return false;
    auto check = [&](bool fortran) {
        if (view->len == 0 || !view->strides) {
            if (view->strides || !fortran) return true;
            // Without strides the items are in C order.
            int wide = 0;
            if (view->shape)
                for (int i = 0; i < view->ndim; ++i) wide += view->shape[i] > 1;
            return view->ndim <= 1 || wide <= 1;
        }
        intptr_t expected = view->itemsize;
        for (int k = 0; k < view->ndim; ++k) {
            int i = fortran ? k : view->ndim - 1 - k;
            intptr_t extent = view->shape[i];
            if (extent > 1 && view->strides[i] != expected) return false;
            expected *= extent;
        }
        return true;
    };
    if (order == 'C') return check(false);
    if (order == 'F') return check(true);
    return check(false) || check(true);
}

static void copy_items(char* out, const Buffer* view, const intptr_t* out_strides, const char* from, int dimension) {
    if (dimension == view->ndim) {
        memcpy(out, from, static_cast<size_t>(view->itemsize));
        return;
    }
    for (intptr_t i = 0; i < view->shape[dimension]; ++i) {
        const char* item = from + view->strides[dimension] * i;
        if (view->suboffsets && view->suboffsets[dimension] >= 0)
            item = *reinterpret_cast<char* const*>(item) + view->suboffsets[dimension];
        copy_items(out + out_strides[dimension] * i, view, out_strides, item, dimension + 1);
    }
}

Result<void> buffer_to_contiguous(Thread& t, void* out, const Buffer* view, char order) {
    if (view->ndim > buffer_flag::MaxDimensions) return raise(t, exc::ValueError, "too many dimensions");
    if (buffer_is_contiguous(view, order == 'F' ? 'F' : 'C') || (order == 'A' && buffer_is_contiguous(view, 'A')) || !view->strides ||
        !view->shape) {
        if (view->len) memcpy(out, view->buf, static_cast<size_t>(view->len));
        return {};
    }
    intptr_t strides[buffer_flag::MaxDimensions];
    intptr_t step = view->itemsize;
    for (int k = 0; k < view->ndim; ++k) {
        int i = order == 'F' ? k : view->ndim - 1 - k;
        strides[i] = step;
        step *= view->shape[i];
    }
    if (view->len) copy_items(static_cast<char*>(out), view, strides, static_cast<const char*>(view->buf), 0);
    return {};
}

} // namespace taipan
