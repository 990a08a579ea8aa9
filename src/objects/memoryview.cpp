// memoryview: making, releasing, exporting; slicing and items are in memoryview_items.cpp.
#include "objects/memoryview.h"

#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/bytes_methods.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/memoryview_items.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "objects/weakref.h"

#include <cstring>

namespace taipan {

Type MemoryView::s_type;
Type ManagedBuffer::s_type;
Type MemoryIterator::s_type;

static void managed_release(ManagedBuffer* managed) {
    if (managed->released) return;
    managed->released = true;
    gc_untrack(managed);
    buffer_release(&managed->master);
}

static Result<Ref<ManagedBuffer>> managed_new(Thread& t) {
    Ref<ManagedBuffer> managed = TRY(allocate<ManagedBuffer>(t));
    managed->released = false;
    managed->exports = 0;
    managed->master.obj = nullptr;
    return managed;
}

void init_flags(MemoryView* self) {
    Buffer& view = self->view;
    int flags = 0;
    switch (view.ndim) {
    case 0: flags = view_flag::Scalar | view_flag::C | view_flag::Fortran; break;
    case 1:
        if (view.shape[0] == 1 || view.strides[0] == view.itemsize) flags = view_flag::C | view_flag::Fortran;
        break;
    default:
        if (buffer_is_contiguous(&view, 'C')) flags |= view_flag::C;
        if (buffer_is_contiguous(&view, 'F')) flags |= view_flag::Fortran;
    }
    if (view.suboffsets) {
        flags |= view_flag::Pil;
        flags &= ~(view_flag::C | view_flag::Fortran);
    }
    self->flags = flags;
}

/// A view of `source`'s memory on behalf of `managed`.
Result<Ref<MemoryView>> view_over(Thread& t, ManagedBuffer* managed, const Buffer& source, int ndim) {
    Ref<MemoryView> self = TRY(allocate<MemoryView>(t, MemoryView::s_type, 3 * ndim));
    self->hash = -1;
    self->exports = 0;
    self->flags = 0;
    Buffer& view = self->view;
    view = source;
    view.obj = managed->master.obj; // borrowed from the managed buffer
    view.ndim = ndim;
    view.shape = self->arrays;
    view.strides = self->arrays + ndim;
    view.suboffsets = nullptr;
    view.internal = nullptr;
    view.format = source.format ? source.format : const_cast<char*>("B");
    self->managed = acquire(managed).release();
    __atomic_add_fetch(&managed->exports, 1, __ATOMIC_RELAXED);
    if (source.ndim != ndim) return self; // the caller fills in the dimensions
    if (ndim == 1) {
        view.shape[0] = source.shape ? source.shape[0] : source.len / source.itemsize;
        view.strides[0] = source.strides ? source.strides[0] : source.itemsize;
    } else {
        for (int i = 0; i < ndim; ++i) view.shape[i] = source.shape[i];
        if (source.strides) {
            for (int i = 0; i < ndim; ++i) view.strides[i] = source.strides[i];
        } else if (ndim) {
            view.strides[ndim - 1] = view.itemsize;
            for (int i = ndim - 2; i >= 0; --i) view.strides[i] = view.strides[i + 1] * view.shape[i + 1];
        }
    }
    if (source.suboffsets && ndim) {
        view.suboffsets = self->arrays + 2 * ndim;
        for (int i = 0; i < ndim; ++i) view.suboffsets[i] = source.suboffsets[i];
    }
    init_flags(self.get());
    gc_track(self.get());
    return self;
}

static COLD Error released_error(Thread& t) { return raise(t, exc::ValueError, "operation forbidden on released memoryview object"); }
Result<void> check_released(Thread& t, const MemoryView* self) {
    if ((self->flags & view_flag::Released) || self->managed->released) return released_error(t);
    return {};
}

Result<Ref<MemoryView>> memoryview_new(Thread& t, Borrowed<Object> object, int flags) {
    if (is<MemoryView>(object.get())) {
        auto* other = static_cast<MemoryView*>(object.get());
        TRY(check_released(t, other));
        if (other->flags & view_flag::Restricted) return raise(t, exc::ValueError, "cannot create new view on restricted memoryview");
        return view_over(t, other->managed, other->view, other->view.ndim);
    }
    if (!has_buffer(object.get())) return raise(t, exc::TypeError, "memoryview: a bytes-like object is required, not '%T'", object);
    return memoryview_from_getter(t, object, object->type->as_buffer->get, flags);
}

Result<Ref<MemoryView>> memoryview_from_getter(Thread& t, Borrowed<Object> object, GetBufferFunc get, int flags) {
    Ref<ManagedBuffer> managed = TRY(managed_new(t));
    managed->master.obj = nullptr;
    if (get(object.get(), &managed->master, flags) != 0) {
        managed->master.obj = nullptr;
        return Error{};
    }
    if (managed->master.ndim > buffer_flag::MaxDimensions) {
        managed_release(managed.get());
        return raise(t, exc::ValueError, "memoryview: number of dimensions must not exceed 64");
    }
    gc_track(managed.get());
    auto made = view_over(t, managed.get(), managed->master, managed->master.ndim);
    if (made.is_error()) managed_release(managed.get());
    return made;
}

Result<Ref<MemoryView>> memoryview_from_buffer(Thread& t, const Buffer& buffer) {
    Ref<ManagedBuffer> managed = TRY(managed_new(t));
    managed->master = buffer;
    managed->master.obj = nullptr;
    return view_over(t, managed.get(), managed->master, buffer.ndim);
}
Result<Ref<MemoryView>> memoryview_from_memory(Thread& t, void* memory, intptr_t size, bool readonly) {
    Ref<ManagedBuffer> managed = TRY(managed_new(t));
    TRY(buffer_fill(t, &managed->master, nullptr, memory, size, readonly, buffer_flag::FullReadOnly));
    return view_over(t, managed.get(), managed->master, 1);
}

/// Gives the view's share back; further use is an error.
static void let_go(MemoryView* self) {
    if (self->flags & view_flag::Released) return;
    self->flags = self->flags | view_flag::Released;
    if (__atomic_sub_fetch(&self->managed->exports, 1, __ATOMIC_ACQ_REL) == 0) managed_release(self->managed);
}
Result<void> memoryview_release(Thread& t, Borrowed<MemoryView> self) {
    CriticalSection section(t, self.get());
    if (self->flags & view_flag::Released) return {};
    if (intptr_t exports = __atomic_load_n(&self->exports, __ATOMIC_ACQUIRE); exports > 0)
        return raise(t, exc::BufferError, "memoryview has %d exported buffer%s", exports, exports == 1 ? "" : "s");
    let_go(self.get());
    return {};
}

namespace {

using Self = Borrowed<MemoryView>;

void managed_dealloc(Object* o) {
    gc_untrack(o);
    managed_release(static_cast<ManagedBuffer*>(o));
    o->type->free(o);
}
int managed_traverse(Object* o, VisitFunc visit, void* context) {
    auto* managed = static_cast<ManagedBuffer*>(o);
    return managed->master.obj && !managed->released ? visit(managed->master.obj, context) : 0;
}
int managed_clear(Object* o) {
    managed_release(static_cast<ManagedBuffer*>(o));
    return 0;
}
const SlotDef managed_slots[] = {raw_slot(SlotId::tp_dealloc, &managed_dealloc), raw_slot(SlotId::tp_traverse, &managed_traverse),
                                 raw_slot(SlotId::tp_clear, &managed_clear)};

void view_dealloc(Object* o) {
    auto* self = static_cast<MemoryView*>(o);
    gc_untrack(o);
    if (self->managed) let_go(self);
    if (self->weaklist) clear_weakrefs(o);
    clear_field(self->managed);
    o->type->free(o);
}
int view_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<MemoryView*>(o);
    return self->managed ? visit(self->managed, context) : 0;
}
int view_clear(Object* o) {
    auto* self = static_cast<MemoryView*>(o);
    if (self->exports == 0 && self->managed) let_go(self);
    return 0;
}

Result<void> view_get_buffer(Thread& t, Self self, Buffer* view, int flags) {
    namespace f = buffer_flag;
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->flags & view_flag::Restricted) return raise(t, exc::ValueError, "cannot create new view on restricted memoryview");
    const Buffer& base = self->view;
    Buffer made = base;
    made.obj = nullptr;
    auto fail = [&](const char* text) { return raise(t, exc::BufferError, text); };
    if ((flags & f::Writable) && base.readonly) return fail("memoryview: underlying buffer is not writable");
    bool c = self->flags & view_flag::C, fortran = self->flags & view_flag::Fortran;
    auto wants = [&](int bits) { return (flags & bits) == bits; };
    if (!(flags & f::Format)) made.format = nullptr;
    if (wants(f::CContiguous) && !c) return fail("memoryview: underlying buffer is not C-contiguous");
    if (wants(f::FContiguous) && !fortran) return fail("memoryview: underlying buffer is not Fortran contiguous");
    if (wants(f::AnyContiguous) && !c && !fortran) return fail("memoryview: underlying buffer is not contiguous");
    if (!wants(f::Indirect) && (self->flags & view_flag::Pil)) return fail("memoryview: underlying buffer requires suboffsets");
    if (!wants(f::Strides)) {
        if (!c) return fail("memoryview: underlying buffer is not C-contiguous");
        made.strides = nullptr;
    }
    if (!wants(f::Nd)) {
        // A flat block of bytes.
        if (made.format) return fail("memoryview: cannot cast to unsigned bytes if the format flag is present");
        made.ndim = 1;
        made.shape = nullptr;
    }
    *view = made;
    view->obj = acquire<Object>(self.get()).release();
    __atomic_add_fetch(&self->exports, 1, __ATOMIC_RELAXED);
    return {};
}
void view_release_buffer(Object* o, Buffer*) { __atomic_sub_fetch(&static_cast<MemoryView*>(o)->exports, 1, __ATOMIC_RELEASE); }

Result<Ref<Object>> view_new(Thread& t, Borrowed<Type>, Borrowed<Object> object) { return memoryview_new(t, object); }
Result<Ref<Object>> from_flags(Thread& t, Borrowed<Type>, Borrowed<Object> object, int flags) { return memoryview_new(t, object, flags); }

FormatArg pointer_arg(const void* pointer) {
    FormatArg arg(uint64_t{0});
    arg.kind = FormatArg::Pointer;
    arg.pointer = pointer;
    return arg;
}
Result<Ref<Str>> view_repr(Thread& t, Self self) {
    bool released = self->flags & view_flag::Released;
    return str_format(t, released ? "<released memory at %p>" : "<memory at %p>", pointer_arg(self.get()));
}

/// While it lives the view cannot be released.
struct HoldExports {
    MemoryView* view;
    explicit HoldExports(MemoryView* v) : view(v) { __atomic_add_fetch(&view->exports, 1, __ATOMIC_RELAXED); }
    ~HoldExports() { __atomic_sub_fetch(&view->exports, 1, __ATOMIC_RELEASE); }
};

Result<intptr_t> view_hash(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (self->hash != -1) return self->hash;
    TRY(check_released(t, self.get()));
    Buffer& view = self->view;
    if (!view.readonly) return raise(t, exc::ValueError, "cannot hash writable memoryview object");
    char format = single_format(view.format);
    if (format != 'B' && format != 'b' && format != 'c')
        return raise(t, exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    // Hashing the exporter may run code, which must not release the view.
    HoldExports hold(self.get());
    if (view.obj) (void)TRY(hash(t, view.obj));
    Ref<Bytes> bytes = TRY(bytes_alloc(t, view.len));
    TRY(buffer_to_contiguous(t, bytes->data, &view, 'C'));
    self->hash = TRY(hash(t, bytes));
    return self->hash;
}

Result<intptr_t> view_length(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->view.ndim == 0) return raise(t, exc::TypeError, "0-dim memory has no length");
    return self->view.shape[0];
}

// --- methods --------------------------------------------------------------------------------------------------------

Result<Ref<Object>> to_bytes_method(Thread& t, Self self, NoneOr<Str> order_text) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    char order = 'C';
    if (order_text) {
        auto text = TRY(str_utf8(t, order_text.value()));
        if (text != "C" && text != "F" && text != "A") return raise(t, exc::ValueError, "order must be 'C', 'F' or 'A'");
        order = text[0];
    }
    Ref<Bytes> bytes = TRY(bytes_alloc(t, self->view.len));
    if (self->view.len) TRY(buffer_to_contiguous(t, bytes->data, &self->view, order));
    return bytes;
}
Result<Ref<Object>> hex_method(Thread& t, Self self, MaybeBorrowed<Object> separator, int per_separator) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    HoldExports hold(self.get());
    Ref<Object> bytes = TRY(to_bytes_method(t, self, nullptr));
    return bytes_hex(t, static_cast<Bytes*>(bytes.get())->view(), separator.get(), per_separator);
}
Result<Ref<Object>> to_readonly(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->flags & view_flag::Restricted) return raise(t, exc::ValueError, "cannot create new view on restricted memoryview");
    Ref<MemoryView> copy = TRY(view_over(t, self->managed, self->view, self->view.ndim));
    copy->view.readonly = 1;
    return copy;
}
Result<Ref<Object>> enter(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return acquire<Object>(self.get());
}
Result<void> exit(Thread& t, Self self, Args) { return memoryview_release(t, self); }
Result<void> release(Thread& t, Self self) { return memoryview_release(t, self); }

Result<Ref<Object>> cast(Thread& t, Self self, Borrowed<Str> format_text, MaybeBorrowed<Object> shape_object) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->flags & view_flag::Restricted) return raise(t, exc::ValueError, "cannot create new view on restricted memoryview");
    if (!(self->flags & view_flag::C)) return raise(t, exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
    const Buffer& base = self->view;
    intptr_t shape[buffer_flag::MaxDimensions];
    int ndim = 1;
    MaybeRef<Object> sequence;
    if (shape_object) {
        if (!is<List>(shape_object.get()) && !is<Tuple>(shape_object.get()))
            return raise(t, exc::TypeError, "shape must be a list or a tuple");
        intptr_t n = TRY(length(t, shape_object.value()));
        if (n > buffer_flag::MaxDimensions) return raise(t, exc::ValueError, "memoryview: number of dimensions must not exceed 64");
        if (base.ndim != 1 && n != 1) return raise(t, exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
        ndim = static_cast<int>(n);
    }
    auto text = TRY(str_utf8(t, format_text));
    char format = single_format(text.data());
    intptr_t itemsize = format ? format_size(format) : 0;
    if (!itemsize)
        return raise(t, exc::ValueError,
                     "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    char source_format = single_format(base.format);
    auto is_byte = [](char c) { return c == 'b' || c == 'B' || c == 'c'; };
    if (!is_byte(format) && !is_byte(source_format))
        return raise(t, exc::TypeError, "memoryview: cannot cast between two non-byte formats");
    if (base.len % itemsize) return raise(t, exc::TypeError, "memoryview: length is not a multiple of itemsize");
    if (shape_object) {
        __int128 product = itemsize;
        for (int i = 0; i < ndim; ++i) {
            Ref<Object> extent = TRY(sequence_get(t, shape_object.value(), i));
            if (!is<Int>(extent.get())) return raise(t, exc::TypeError, "memoryview.cast(): elements of shape must be integers");
            int64_t value;
            if (!int_fits_int64(static_cast<Int*>(extent.get()), &value) || value <= 0)
                return raise(t, exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0");
            shape[i] = value;
            product *= value;
            if (product > INTPTR_MAX) return raise(t, exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        }
        if (product != base.len) return raise(t, exc::TypeError, "memoryview: product(shape) * itemsize != buffer size");
    }
    Buffer source = base;
    source.ndim = -1;
    source.format = const_cast<char*>(format_name(format, text[0] == '@'));
    source.itemsize = itemsize;
    Ref<MemoryView> made = TRY(view_over(t, self->managed, source, ndim));
    Buffer& view = made->view;
    if (!shape_object) shape[0] = base.len / itemsize;
    intptr_t step = itemsize;
    for (int i = ndim - 1; i >= 0; --i) {
        view.shape[i] = shape[i];
        view.strides[i] = step;
        step *= shape[i];
    }
    init_flags(made.get());
    gc_track(made.get());
    return made;
}

Result<int64_t> count(Thread& t, Self self, Borrowed<Object> value) {
    Ref<Object> iterator = TRY(get_iterator(t, self));
    int64_t n = 0;
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return n;
        n += TRY(equals(t, item.get(), value));
    }
}
Result<int64_t> index(Thread& t, Self self, Borrowed<Object> value, MaybeBorrowed<Object> start_object, MaybeBorrowed<Object> stop_object) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->view.ndim == 0) return raise(t, exc::TypeError, "invalid lookup on 0-dim memory");
    if (self->view.ndim != 1) return raise(t, exc::NotImplementedError, "multi-dimensional lookup is not implemented");
    intptr_t n = self->view.shape[0];
    intptr_t start = start_object ? TRY(to_index_clipped(t, start_object.value())) : 0;
    intptr_t stop = stop_object ? TRY(to_index_clipped(t, stop_object.value())) : INTPTR_MAX;
    if (start < 0 && (start += n) < 0) start = 0;
    if (stop < 0 && (stop += n) < 0) stop = 0;
    if (stop > n) stop = n;
    for (intptr_t i = start; i < stop; ++i) {
        Ref<Object> item = TRY(view_item(t, self, i));
        if (TRY(equals(t, item, value))) return i;
    }
    return raise(t, exc::ValueError, "memoryview.index(x): x not found");
}

// --- attributes -----------------------------------------------------------------------------------------------------

Result<Ref<Object>> int_tuple(Thread& t, const intptr_t* values, int n) {
    if (!values) return tuple_empty();
    Ref<Tuple> tuple = TRY(tuple_alloc(t, n));
    for (int i = 0; i < n; ++i) tuple->items[i] = TRY(int_from(t, values[i])).release();
    return tuple;
}
Result<Ref<Object>> get_obj(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return self->view.obj ? acquire(self->view.obj) : none_ref();
}
Result<int64_t> get_nbytes(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return self->view.len;
}
Result<Ref<Object>> get_format(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return str_from_utf8(t, self->view.format);
}
Result<int64_t> get_itemsize(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return self->view.itemsize;
}
Result<Ref<Object>> get_shape(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return int_tuple(t, self->view.shape, self->view.ndim);
}
Result<Ref<Object>> get_strides(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return int_tuple(t, self->view.strides, self->view.ndim);
}
Result<Ref<Object>> get_suboffsets(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return int_tuple(t, self->view.suboffsets, self->view.ndim);
}
Result<bool> get_readonly(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return self->view.readonly != 0;
}
Result<int64_t> get_ndim(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return self->view.ndim;
}
Result<bool> get_c(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return (self->flags & view_flag::C) != 0;
}
Result<bool> get_f(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return (self->flags & view_flag::Fortran) != 0;
}
Result<bool> get_any(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    return (self->flags & (view_flag::C | view_flag::Fortran)) != 0;
}

// --- iteration ------------------------------------------------------------------------------------------------------

Result<Ref<Object>> view_iter(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_released(t, self.get()));
    if (self->view.ndim == 0) return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
    if (self->view.ndim != 1) return raise(t, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    Ref<MemoryIterator> it = TRY(allocate<MemoryIterator>(t));
    it->sequence = acquire<Object>(self.get()).release();
    it->length = self->view.shape[0];
    gc_track(it.get());
    return it;
}
ResultMaybe<Object> iterator_next(Thread& t, Borrowed<MemoryIterator> self) {
    if (!self->sequence) return MaybeRef<Object>();
    auto* view = static_cast<MemoryView*>(self->sequence);
    intptr_t i;
    {
        LeafSection section(t, self.get());
        i = self->index;
        if (i < self->length) self->index = i + 1;
    }
    if (i < self->length) {
        TRY(check_released(t, view));
        return MaybeRef<Object>::steal(TRY(view_item(t, view, i)).release());
    }
    if (!is_multi_threaded()) clear_field(self->sequence);
    return MaybeRef<Object>();
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
using IteratorFields = Fields<MemoryIterator, &MemoryIterator::sequence>;
const SlotDef iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

const NativeDef view_methods[] = {
    method<release>("release", "($self, /)", "Give the memory back to its owner; using the view then raises ValueError."),
    method<to_bytes_method>("tobytes", "($self, /, order='C')",
                            "Copy the elements to a bytes object.\n\n"
                            "order 'C', like None, lets the last index run fastest and 'F' the first; 'A'\n"
                            "keeps the order of the memory if that is contiguous either way, else means 'C'."),
    method<hex_method>(
        "hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        "The bytes in hexadecimal: two digits each, with sep between every bytes_per_sep of them.\n\nGroups are counted from the right, "
        "with a negative number from the left.\n\n   >>> value = memoryview(b'\\xf0\\x0d\\xca\\xfe')\n   >>> value.hex()\n   'f00dcafe'\n  "
        " >>> value.hex(':')\n   'f0:0d:ca:fe'\n   >>> value.hex('-', 2)\n   'f00d-cafe'\n   >>> value.hex('-', -3)\n   'f00dca-fe'"),
    method<view_to_list>("tolist", "($self, /)", "Return the data in the buffer as a list of elements."),
    method<cast>("cast", "($self, /, format, shape=<unrepresentable>)", "Cast a memoryview to a new format or shape."),
    method<to_readonly>("toreadonly", "($self, /)", "Return a readonly version of the memoryview."),
    class_method<from_flags>("_from_flags", "($type, /, object, flags)",
                             "A view of the memory of an object with the buffer interface, without a copy."),
    method<count>("count", "($self, value, /)", "Count the number of occurrences of a value."),
    method<index>("index", "($self, value, start=0, stop=sys.maxsize, /)",
                  "The first position, from start up to stop, of an element equal to value; ValueError if there is none."),
    method<enter>("__enter__", "($self, /)"),
    method<exit>("__exit__", "($self, /, *exc_info)", "Release the buffer that the view exposes."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const GetSetDef view_getset[] = {
    getter<get_obj>("obj", "The underlying object of the memoryview."),
    getter<get_nbytes>("nbytes", "The length that tobytes() would have: the number of elements times itemsize."),
    getter<get_readonly>("readonly", "A bool indicating whether the memory is read only."),
    getter<get_itemsize>("itemsize", "The size in bytes of each element of the memoryview."),
    getter<get_format>("format", "What one element is, as a struct format."),
    getter<get_ndim>("ndim", "How many dimensions the view has; 0 for a single element."),
    getter<get_shape>("shape", "The length of each dimension, as a tuple."),
    getter<get_strides>("strides", "For each dimension the distance in bytes between neighbouring elements, as a tuple."),
    getter<get_suboffsets>("suboffsets", "A tuple of integers used internally for PIL-style arrays."),
    getter<get_c>("c_contiguous", "A bool indicating whether the memory is C contiguous."),
    getter<get_f>("f_contiguous", "A bool indicating whether the memory is Fortran contiguous."),
    getter<get_any>("contiguous", "A bool indicating whether the memory is contiguous."),
};
const SlotDef view_slots[] = {
    unary_slot<SlotId::tp_repr, view_repr>(),
    size_slot<SlotId::tp_hash, view_hash>(),
    compare_slot<SlotId::tp_richcompare, view_compare>(),
    size_slot<SlotId::sq_length, view_length>(),
    index_slot<SlotId::sq_item, view_item>(),
    size_slot<SlotId::mp_length, view_length>(),
    binary_slot<SlotId::mp_subscript, view_subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, view_set_subscript>(),
    unary_slot<SlotId::tp_iter, view_iter>(),
    get_buffer_slot<SlotId::bf_getbuffer, view_get_buffer>(),
    raw_slot(SlotId::bf_releasebuffer, &view_release_buffer),
    typed_new<view_new, "memoryview", "(object)">(),
    raw_slot(SlotId::tp_dealloc, &view_dealloc),
    raw_slot(SlotId::tp_traverse, &view_traverse),
    raw_slot(SlotId::tp_clear, &view_clear),
};

} // namespace

extern const TypeSpec memoryview_spec, managed_buffer_spec, memory_iterator_spec;
const TypeSpec memoryview_spec = {
    .type = &MemoryView::s_type,
    .name = "memoryview",
    .basicsize = offsetof(MemoryView, arrays),
    .itemsize = sizeof(intptr_t),
    .flags = type_flag::Gc | type_flag::Sequence,
    .doc = "A view of the memory of an object with the buffer interface, without a copy.",
    .signature = "(object)",
    .slots = view_slots,
    .methods = view_methods,
    .getset = view_getset,
    .weaklist_offset = offsetof(MemoryView, weaklist),
};
const TypeSpec managed_buffer_spec = {.type = &ManagedBuffer::s_type,
                                      .name = "managedbuffer",
                                      .basicsize = sizeof(ManagedBuffer),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = managed_slots};
const TypeSpec memory_iterator_spec = {.type = &MemoryIterator::s_type,
                                       .name = "memory_iterator",
                                       .basicsize = sizeof(MemoryIterator),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = iterator_slots};

} // namespace taipan
