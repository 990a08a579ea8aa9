#include "objects/memoryview_items.h"

#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/tuple.h"

#include <cstring>

namespace taipan {

char single_format(const char* format) {
    if (!format) return 'B';
    if (*format == '@') ++format;
    return format[0] && !format[1] ? format[0] : 0;
}
intptr_t format_size(char format) {
    switch (format) {
    case 'c':
    case 'b':
    case 'B':
    case '?': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L':
    case 'q':
    case 'Q':
    case 'n':
    case 'N':
    case 'd':
    case 'P': return 8;
    default: return 0;
    }
}
const char* format_name(char format, bool with_at) {
    static constexpr char names[] = "@c\0@b\0@B\0@?\0@h\0@H\0@e\0@i\0@I\0@f\0@l\0@L\0@q\0@Q\0@n\0@N\0@d\0@P";
    for (const char* p = names; p < names + sizeof(names) - 1; p += 3)
        if (p[1] == format) return with_at ? p : p + 1;
    return nullptr;
}

namespace {

using Self = Borrowed<MemoryView>;

double half_to_double(uint16_t bits) {
    _Float16 half;
    memcpy(&half, &bits, 2);
    return static_cast<double>(half);
}

template <class T> T load(const char* p) {
    T value;
    memcpy(&value, p, sizeof value);
    return value;
}

COLD Error unsupported(Thread& t, const char* format) {
    const char* code = *format == '@' ? format + 1 : format;
    if (strlen(code) != 1) return raise(t, exc::NotImplementedError, "memoryview: unsupported format %s", format);
    return raise(t, exc::NotImplementedError, "memoryview: format %s not supported", code);
}

Result<Ref<Object>> unpack(Thread& t, const char* p, const char* format_text) {
    char format = single_format(format_text);
    switch (format) {
    case 'B': return int_from(t, load<uint8_t>(p));
    case 'b': return int_from(t, load<int8_t>(p));
    case 'h': return int_from(t, load<int16_t>(p));
    case 'H': return int_from(t, load<uint16_t>(p));
    case 'i': return int_from(t, load<int32_t>(p));
    case 'I': return int_from(t, load<uint32_t>(p));
    case 'l':
    case 'q':
    case 'n': return int_from(t, load<int64_t>(p));
    case 'L':
    case 'Q':
    case 'N':
    case 'P': return int_from_uint64(t, load<uint64_t>(p));
    case 'f': return float_from(t, static_cast<double>(load<float>(p)));
    case 'd': return float_from(t, load<double>(p));
    case 'e': return float_from(t, half_to_double(load<uint16_t>(p)));
    case '?': return bool_ref(load<uint8_t>(p) != 0);
    case 'c': return bytes_from(t, {p, 1});
    default: return unsupported(t, format_text);
    }
}

Result<void> pack(Thread& t, char* p, Borrowed<Object> value, const char* format_text) {
    char format = single_format(format_text);
    intptr_t size = format_size(format);
    if (!size) return unsupported(t, format_text);
    auto invalid_type = [&] { return raise(t, exc::TypeError, "memoryview: invalid type for format '%s'", format_text); };
    auto invalid_value = [&] { return raise(t, exc::ValueError, "memoryview: invalid value for format '%s'", format_text); };
    switch (format) {
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
    case 'P': {
        if (!is<Int>(value.get()) && !(value->type->as_number && value->type->as_number->index)) return invalid_type();
        auto converted = to_index(t, value);
        if (converted.is_error()) {
            if (clear_if(t, exc::TypeError)) return invalid_type();
            return Error{};
        }
        Ref<Int> number = converted.take();
        bool is_signed = format >= 'a';
        int64_t s = 0;
        uint64_t u = 0;
        if (is_signed) {
            int64_t limit = size == 8 ? INT64_MAX : (int64_t{1} << (8 * size - 1)) - 1;
            if (!int_fits_int64(number.get(), &s) || s > limit || s < -limit - 1) return invalid_value();
            u = static_cast<uint64_t>(s);
        } else {
            if (!int_fits_uint64(number.get(), &u) || (size < 8 && u >> (8 * size))) return invalid_value();
        }
        memcpy(p, &u, static_cast<size_t>(size));
        return {};
    }
    case 'f':
    case 'd':
    case 'e': {
        auto converted = to_double(t, value);
        if (converted.is_error()) {
            if (clear_if(t, exc::TypeError)) return invalid_type();
            return Error{};
        }
        double d = converted.take();
        if (format == 'd') memcpy(p, &d, 8);
        else if (format == 'f') {
            auto f = static_cast<float>(d);
            memcpy(p, &f, 4);
        } else {
            auto h = static_cast<_Float16>(d);
            if (__builtin_isinf(static_cast<double>(h)) && !__builtin_isinf(d))
                return raise(t, exc::OverflowError, "float too large to pack with e format");
            memcpy(p, &h, 2);
        }
        return {};
    }
    case '?': {
        *p = TRY(is_true(t, value)) ? 1 : 0;
        return {};
    }
    case 'c':
        if (!is<Bytes>(value.get())) return invalid_type();
        if (static_cast<Bytes*>(value.get())->size != 1) return invalid_value();
        *p = static_cast<Bytes*>(value.get())->data[0];
        return {};
    }
    UNREACHABLE();
}

char* follow(const Buffer& view, char* p, int dimension) {
    if (view.suboffsets && view.suboffsets[dimension] >= 0) return *reinterpret_cast<char**>(p) + view.suboffsets[dimension];
    return p;
}
Result<char*> step_into(Thread& t, const Buffer& view, char* p, int dimension, intptr_t index) {
    intptr_t extent = view.shape[dimension];
    if (index < 0) index += extent;
    if (index < 0 || index >= extent) return raise(t, exc::IndexError, "index out of bounds on dimension %d", dimension + 1);
    return follow(view, p + view.strides[dimension] * index, dimension);
}
bool is_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }

Result<char*> pointer_at(Thread& t, Self self, Tuple* key) {
    const Buffer& view = self->view;
    if (key->size > view.ndim)
        return raise(t, exc::TypeError, "cannot index %d-dimension view with %d-element tuple", view.ndim, key->size);
    auto* p = static_cast<char*>(view.buf);
    for (intptr_t i = 0; i < key->size; ++i) {
        intptr_t index = TRY(to_index_size(t, key->items[i], exc::IndexError));
        p = TRY(step_into(t, view, p, static_cast<int>(i), index));
    }
    return p;
}

enum class KeyKind { Index, Slice, Indices, Slices, Other };
KeyKind kind_of(Object* key) {
    if (is<Slice>(key)) return KeyKind::Slice;
    if (is_index(key)) return KeyKind::Index;
    if (is<Tuple>(key)) {
        auto* tuple = static_cast<Tuple*>(key);
        bool indices = true, slices = tuple->size > 0;
        for (Object* o : tuple->span()) {
            indices = indices && is_index(o);
            slices = slices && is<Slice>(o);
        }
        if (indices) return KeyKind::Indices;
        if (slices) return KeyKind::Slices;
    }
    return KeyKind::Other;
}

Result<void> apply_slice(Thread& t, Buffer* view, Borrowed<Slice> slice) {
    SliceBounds bounds = TRY(slice_unpack(t, slice));
    intptr_t count = slice_adjust(view->shape[0], &bounds);
    // An indirect first dimension moves its suboffset instead of the pointer.
    if (view->suboffsets && view->suboffsets[0] >= 0) view->buf = static_cast<char*>(view->buf) + view->strides[0] * bounds.start;
    else view->buf = static_cast<char*>(view->buf) + view->strides[0] * bounds.start;
    view->shape[0] = count;
    view->strides[0] *= bounds.step;
    intptr_t length = view->itemsize;
    for (int i = 0; i < view->ndim; ++i) length *= view->shape[i];
    view->len = length;
    return {};
}

Result<Ref<Object>> list_at(Thread& t, const Buffer& view, char* p, int dimension) {
    if (dimension == view.ndim) return unpack(t, p, view.format);
    Ref<List> list = TRY(list_new(t, view.shape[dimension]));
    for (intptr_t i = 0; i < view.shape[dimension]; ++i) {
        char* item = follow(view, p + view.strides[dimension] * i, dimension);
        TRY(list_append(t, list, TRY(list_at(t, view, item, dimension + 1))));
    }
    return list;
}

/// One item by any format: native ones here, others through struct.
struct Unpacker {
    const char* format;
    MaybeRef<Object> unpack_from; // struct.Struct(format).unpack_from
    intptr_t itemsize;
    /// False: the format is not a valid one.
    Result<bool> prepare(Thread& t, const Buffer& view) {
        format = view.format ? view.format : "B";
        itemsize = view.itemsize;
        char single = single_format(format);
        if (single && format_size(single)) return true;
        Ref<Object> type = TRY(import_attribute(t, "struct", "Struct"));
        Ref<Str> text = TRY(str_from_utf8(t, format));
        auto made = call(t, type, text);
        if (made.is_error()) {
            Ref<Object> error = TRY(import_attribute(t, "struct", "error"));
            if (t.has_exception() && exception_matches(t, *static_cast<Type*>(error.get()))) {
                t.clear_exception();
                return false;
            }
            return Error{};
        }
        Ref<Object> instance = made.take();
        Ref<Str> name = TRY(str_interned(t, "unpack_from"));
        unpack_from = MaybeRef<Object>::steal(TRY(get_attribute(t, instance, name)).release());
        return true;
    }
    Result<Ref<Object>> item(Thread& t, const char* p) {
        if (!unpack_from) return unpack(t, p, format);
        Ref<Bytes> bytes = TRY(bytes_from(t, {p, static_cast<size_t>(itemsize)}));
        Ref<Object> tuple = TRY(call(t, unpack_from.get(), bytes));
        if (static_cast<Tuple*>(tuple.get())->size == 1) return acquire(static_cast<Tuple*>(tuple.get())->items[0]);
        return tuple;
    }
};

Result<bool> equal_at(Thread& t, const Buffer& a, char* p, Unpacker& ua, const Buffer& b, char* q, Unpacker& ub, int dimension) {
    if (dimension == a.ndim) {
        Ref<Object> x = TRY(ua.item(t, p));
        Ref<Object> y = TRY(ub.item(t, q));
        return is_true(t, TRY(compare(t, x, y, Comparison::Eq)));
    }
    auto stride = [&](const Buffer& v) {
        if (v.strides) return v.strides[dimension];
        intptr_t step = v.itemsize;
        for (int i = v.ndim - 1; i > dimension; --i) step *= v.shape[i];
        return step;
    };
    for (intptr_t i = 0; i < a.shape[dimension]; ++i) {
        char* x = follow(a, p + stride(a) * i, dimension);
        char* y = follow(b, q + stride(b) * i, dimension);
        if (!TRY(equal_at(t, a, x, ua, b, y, ub, dimension + 1))) return false;
    }
    return true;
}

Result<bool> buffers_equal(Thread& t, const Buffer& a, const Buffer& b) {
    if (a.ndim != b.ndim) return false;
    auto extent = [](const Buffer& v, int i) { return v.shape ? v.shape[i] : v.len / v.itemsize; };
    for (int i = 0; i < a.ndim; ++i) {
        if (extent(a, i) != extent(b, i)) return false;
        if (extent(a, i) == 0) break;
    }
    char x = single_format(a.format), y = single_format(b.format);
    if (x == y && x && format_size(x) && x != 'f' && x != 'd' && x != 'e' && x != '?' && buffer_is_contiguous(&a, 'C') &&
        buffer_is_contiguous(&b, 'C'))
        return a.len == 0 || memcmp(a.buf, b.buf, static_cast<size_t>(a.len)) == 0;
    Unpacker ua, ub;
    if (!TRY(ua.prepare(t, a)) || !TRY(ub.prepare(t, b))) return false;
    Buffer m = a, n = b;
    intptr_t shape_a = extent(a, 0 < a.ndim ? 0 : 0), shape_b = shape_a;
    if (a.ndim == 1 && !m.shape) m.shape = &shape_a;
    if (b.ndim == 1 && !n.shape) n.shape = &shape_b;
    return equal_at(t, m, static_cast<char*>(m.buf), ua, n, static_cast<char*>(n.buf), ub, 0);
}

} // namespace

Result<Ref<Object>> view_item(Thread& t, Self self, intptr_t index) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->view.ndim == 0) return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
    if (self->view.ndim > 1) return raise(t, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    char* p = TRY(step_into(t, self->view, static_cast<char*>(self->view.buf), 0, index));
    return unpack(t, p, self->view.format);
}

Result<Ref<Object>> view_subscript(Thread& t, Self self, Borrowed<Object> key) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    const Buffer& view = self->view;
    KeyKind kind = kind_of(key.get());
    if (view.ndim == 0) {
        if (is<Tuple>(key.get()) && static_cast<Tuple*>(key.get())->size == 0) return unpack(t, static_cast<char*>(view.buf), view.format);
        if (key.get() == Ellipsis()) return acquire<Object>(self.get());
        return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
    }
    switch (kind) {
    case KeyKind::Index: return view_item(t, self, TRY(to_index_size(t, key, exc::IndexError)));
    case KeyKind::Slice: {
        // The new view shares the buffer before __index__ can release this one.
        if (self->flags & view_flag::Restricted) return raise(t, exc::ValueError, "cannot create new view on restricted memoryview");
        Ref<MemoryView> part = TRY(view_over(t, self->managed, view, view.ndim));
        part->view.readonly = view.readonly;
        TRY(apply_slice(t, &part->view, as<Slice>(key)));
        init_flags(part.get());
        return part;
    }
    case KeyKind::Indices: {
        auto* tuple = static_cast<Tuple*>(key.get());
        if (tuple->size < view.ndim) return raise(t, exc::NotImplementedError, "sub-views are not implemented");
        char* p = TRY(pointer_at(t, self, tuple));
        TRY(check_released(t, self.get())); // __index__ may have released it
        return unpack(t, p, view.format);
    }
    case KeyKind::Slices: return raise(t, exc::NotImplementedError, "multi-dimensional slicing is not implemented");
    case KeyKind::Other: break;
    }
    return raise(t, exc::TypeError, "memoryview: invalid slice key");
}

Result<void> view_set_subscript(Thread& t, Self self, Borrowed<Object> key, Object* value) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    const Buffer& view = self->view;
    if (view.readonly) return raise(t, exc::TypeError, "cannot modify read-only memory");
    if (!value) return raise(t, exc::TypeError, "cannot delete memory");
    // The value is packed aside first: converting it may run code that releases the view.
    auto store = [&](char* p) -> Result<void> {
        char item[16];
        TRY(pack(t, item, value, view.format));
        TRY(check_released(t, self.get()));
        memcpy(p, item, static_cast<size_t>(view.itemsize));
        return {};
    };
    KeyKind kind = kind_of(key.get());
    if (view.ndim == 0) {
        if (key.get() == Ellipsis() || (is<Tuple>(key.get()) && static_cast<Tuple*>(key.get())->size == 0))
            return store(static_cast<char*>(view.buf));
        return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
    }
    switch (kind) {
    case KeyKind::Index: {
        if (view.ndim > 1) return raise(t, exc::NotImplementedError, "sub-views are not implemented");
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        TRY(check_released(t, self.get()));
        return store(TRY(step_into(t, view, static_cast<char*>(view.buf), 0, index)));
    }
    case KeyKind::Slice: {
        if (view.ndim != 1) break;
        // The bounds first: they may be objects whose __index__ releases the view.
        (void)TRY(slice_unpack(t, as<Slice>(key)));
        TRY(check_released(t, self.get()));
        Buffer source;
        TRY(buffer_get(t, value, &source, buffer_flag::FullReadOnly));
        auto copy = [&]() -> Result<void> {
            intptr_t shape = view.shape[0], stride = view.strides[0], suboffset = view.suboffsets ? view.suboffsets[0] : -1;
            Buffer part = view;
            part.shape = &shape;
            part.strides = &stride;
            part.suboffsets = view.suboffsets ? &suboffset : nullptr;
            TRY(apply_slice(t, &part, as<Slice>(key)));
            auto bare = [](const char* f) { return !f ? "B" : *f == '@' ? f + 1 : f; };
            if (source.ndim != 1 || strcmp(bare(source.format), bare(part.format)) != 0 || source.itemsize != part.itemsize ||
                (source.shape ? source.shape[0] : source.len / source.itemsize) != shape)
                return raise(t, exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
            if (source.len == 0) return {};
            // The two may overlap.
            auto* bytes = static_cast<char*>(raw_alloc(static_cast<size_t>(source.len)));
            if (!bytes) return raise_memory_error(t);
            auto gathered = buffer_to_contiguous(t, bytes, &source, 'C');
            if (!gathered.is_error())
                for (intptr_t i = 0; i < shape; ++i)
                    memcpy(follow(part, static_cast<char*>(part.buf) + stride * i, 0), bytes + i * part.itemsize,
                           static_cast<size_t>(part.itemsize));
            raw_free(bytes);
            return gathered;
        };
        auto done = copy();
        buffer_release(&source);
        return done;
    }
    case KeyKind::Indices: {
        auto* tuple = static_cast<Tuple*>(key.get());
        if (tuple->size < view.ndim) return raise(t, exc::NotImplementedError, "sub-views are not implemented");
        char* p = TRY(pointer_at(t, self, tuple));
        TRY(check_released(t, self.get()));
        return store(p);
    }
    case KeyKind::Slices: break;
    case KeyKind::Other: return raise(t, exc::TypeError, "memoryview: invalid slice key");
    }
    return raise(t, exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
}

Result<Ref<Object>> view_to_list(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return list_at(t, self->view, static_cast<char*>(self->view.buf), 0);
}

Result<Ref<Object>> view_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return not_implemented_ref();
    auto* self = static_cast<MemoryView*>(a.get());
    CriticalSection section(t, a.get(), b.get());
    bool same;
    auto released = [](Object* o) {
        auto* view = static_cast<MemoryView*>(o);
        return (view->flags & view_flag::Released) || view->managed->released;
    };
    if (released(self) || (is<MemoryView>(b.get()) && released(b.get()))) {
        same = a.get() == b.get();
    } else if (is<MemoryView>(b.get())) {
        same = TRY(buffers_equal(t, self->view, static_cast<MemoryView*>(b.get())->view));
    } else {
        if (!has_buffer(b.get())) return not_implemented_ref();
        Buffer other;
        if (buffer_get(t, b, &other, buffer_flag::FullReadOnly).is_error()) {
            t.clear_exception();
            return not_implemented_ref();
        }
        auto result = buffers_equal(t, self->view, other);
        buffer_release(&other);
        same = TRY(std::move(result));
    }
    return bool_ref(same == (op == Comparison::Eq));
}

} // namespace taipan
