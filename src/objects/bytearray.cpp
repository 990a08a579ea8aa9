// The bytearray type. Everything that looks at its memory holds its lock; exported buffers forbid changes of its size.
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes_methods.h"
#include "objects/iterators.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/slice.h"
#include "objects/str_codecs.h"
#include "objects/type_object.h"

#include <cstring>

namespace taipan {

Type ByteArray::s_type;
Result<Ref<Bytes>> bytes_from_object(Thread& t, Borrowed<Object> object, const char* kind);
/// The bytes of a list or tuple of plain numbers from 0 to 255; null for all others, whose items are to be asked one by one.
ResultMaybe<Bytes> bytes_of_plain_items(Thread& t, Object* object);
Result<Ref<Object>> bytearray_iterator(Thread& t, Borrowed<Object> self);

namespace {
char g_no_bytes[1] = {0}; // what empty arrays point at; never written
}

/// Sets the size, keeping the contents; the lock is held.
static Result<void> set_size(Thread& t, ByteArray* self, intptr_t size) {
    if (size == self->size) return {};
    if (load_acquire(self->exports) > 0) // acquire: what was read through a buffer was read before
        return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
    if (size > INTPTR_MAX - 16) return raise_memory_error(t);
    intptr_t offset = self->memory ? self->start - self->memory : 0;
    intptr_t wanted = size + 1; // with a null byte at the end
    if (wanted + offset <= self->capacity && wanted >= self->capacity / 2) {
        store_relaxed(self->size, size);
        self->start[size] = 0;
        return {};
    }
    intptr_t capacity;
    if (size < self->capacity / 2) capacity = wanted;
    else if (size <= static_cast<intptr_t>(static_cast<double>(self->capacity) * 1.125)) capacity = size + (size >> 3) + (size < 9 ? 3 : 6);
    else capacity = wanted;
    if (offset) {
        auto* memory = static_cast<char*>(raw_alloc(static_cast<size_t>(capacity)));
        if (!memory) return raise_memory_error(t);
        memcpy(memory, self->start, static_cast<size_t>(size < self->size ? size : self->size));
        raw_free(self->memory);
        self->memory = memory;
    } else {
        auto* memory = static_cast<char*>(raw_realloc(self->memory, static_cast<size_t>(capacity)));
        if (!memory) return raise_memory_error(t);
        self->memory = memory;
    }
    self->start = self->memory;
    self->capacity = capacity;
    store_relaxed(self->size, size);
    self->start[size] = 0;
    return {};
}

/// Replaces [start, end) by `data`, which lies outside; the lock is held.
static Result<void> splice(Thread& t, ByteArray* self, intptr_t start, intptr_t end, std::string_view data) {
    auto count = static_cast<intptr_t>(data.size());
    intptr_t change = count - (end - start), size = self->size;
    if (change < 0) {
        if (load_acquire(self->exports) > 0) return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
        if (start == 0) {
            // Deleting at the front moves the start.
            self->start -= change;
            self->size += change;
            if (self->size < self->capacity / 2) {
                intptr_t now = self->size;
                memmove(self->memory, self->start, static_cast<size_t>(now));
                self->start = self->memory;
                self->size = now + 1; // forces the reallocation
                TRY(set_size(t, self, now));
            }
        } else {
            memmove(self->start + start + count, self->start + end, static_cast<size_t>(size - end));
            TRY(set_size(t, self, size + change));
        }
    } else if (change > 0) {
        TRY(set_size(t, self, size + change));
        memmove(self->start + start + count, self->start + end, static_cast<size_t>(size - end));
    }
    if (count) memcpy(self->start + start, data.data(), data.size());
    return {};
}

static Result<Ref<ByteArray>> make(Thread& t, Type& type) {
    Ref<ByteArray> made = TRY([&]() -> Result<Ref<ByteArray>> {
        if (!type.is_heap_type()) return allocate<ByteArray>(t, type);
        Ref<Object> object = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
        return steal(static_cast<ByteArray*>(object.release()));
    }());
    made->start = g_no_bytes;
    return made;
}

Result<Ref<ByteArray>> bytearray_from(Thread& t, std::string_view data) {
    Ref<ByteArray> made = TRY(make(t, ByteArray::s_type));
    TRY(set_size(t, made.get(), static_cast<intptr_t>(data.size())));
    if (data.data() && !data.empty()) memcpy(made->start, data.data(), data.size());
    return made;
}

namespace {

using M = BytesMethods<ByteArray>;
using Self = Borrowed<ByteArray>;

void dealloc(Object* o) {
    auto* self = static_cast<ByteArray*>(o);
    if (self->exports > 0) {
        Thread& t = Thread::current();
        MaybeRef<Object> pending = t.take_exception();
        (void)raise(t, exc::SystemError, "deallocated bytearray object has exported buffers");
        write_unraisable(t, nullptr, nullptr);
        if (pending) (void)t.set_exception(pending.take());
    }
    raw_free(self->memory);
    o->type->free(o);
}

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return make(t, *type.get()); }

Result<void> extend_with(Thread& t, Self self, Borrowed<Object> iterable) {
    if (has_buffer(iterable.get())) {
        if (iterable.get() == self.get()) {
            CriticalSection section(t, self.get());
            Ref<Bytes> copy = TRY(bytes_from(t, self->view()));
            return splice(t, self.get(), self->size, self->size, copy->view());
        }
        CriticalSection section(t, self.get(), iterable.get());
        intptr_t end = self->size;
        BufferView buffer;
        TRY(buffer.acquire(t, iterable.get()));
        if (end > self->size) end = self->size; // the exporter has changed us meanwhile
        return splice(t, self.get(), end, end, buffer.view());
    }
    if (MaybeRef<Bytes> plain = TRY(bytes_of_plain_items(t, iterable.get()))) {
        CriticalSection section(t, self.get());
        return splice(t, self.get(), self->size, self->size, plain->view());
    }
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    UnaryFunc next = iterator->type->next;
    for (;;) {
        auto item = MaybeRef<Object>::steal(next(iterator.get()));
        if (UNLIKELY(!item)) {
            if (t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
            return {};
        }
        char byte = static_cast<char>(TRY(byte_ops::to_byte(t, item.get(), "byte must be in range(0, 256)")));
        CriticalSection section(t, self.get());
        TRY(set_size(t, self.get(), self->size + 1));
        self->start[self->size - 1] = byte;
    }
}

Result<void> init(Thread& t, Self self, MaybeBorrowed<Object> source, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    if (self->size != 0) {
        CriticalSection section(t, self.get());
        TRY(set_size(t, self.get(), 0));
    }
    if (!source) {
        if (encoding || errors)
            return raise(t, exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
        return {};
    }
    Object* from = source.get();
    if (is<Str>(from)) {
        if (!encoding) return raise(t, exc::TypeError, "string argument without an encoding");
        auto encoding_text = TRY(str_utf8(t, encoding.value()));
        std::string_view errors_text;
        if (errors) errors_text = TRY(str_utf8(t, errors.value()));
        Ref<Object> encoded = TRY(str_encode(t, static_cast<Str*>(from), encoding_text.data(), errors ? errors_text.data() : nullptr));
        return extend_with(t, self, encoded);
    }
    if (encoding || errors)
        return raise(t, exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
    if (is<Int>(from) || (from->type->as_number && from->type->as_number->index)) {
        auto count = to_index_size(t, from, exc::OverflowError);
        if (count.is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
        } else {
            intptr_t n = count.take();
            if (n < 0) return raise(t, exc::ValueError, "negative count");
            CriticalSection section(t, self.get());
            TRY(set_size(t, self.get(), n));
            memset(self->start, 0, static_cast<size_t>(n));
            return {};
        }
    }
    if (has_buffer(from)) {
        Ref<Bytes> copy = TRY(bytes_from_object(t, from, "bytearray"));
        CriticalSection section(t, self.get());
        return splice(t, self.get(), self->size, self->size, copy->view());
    }
    if (!from->type->iter && !(from->type->as_sequence && from->type->as_sequence->item))
        return raise(t, exc::TypeError, "cannot convert '%T' object to bytearray", from);
    return extend_with(t, self, from);
}

Result<Ref<Object>> make_from(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> source, MaybeBorrowed<Str> encoding,
                              MaybeBorrowed<Str> errors) {
    Ref<ByteArray> self = TRY(make(t, *type.get()));
    TRY(init(t, self, source, encoding, errors));
    return self;
}

Result<Ref<Str>> repr_slot(Thread& t, Self self) {
    HeldBytes<ByteArray> held(t, self);
    Ref<Str> name = TRY(str_format(t, "%s", short_type_name(*self->type))); // of any characters
    return str_concat(t, name, TRY(byte_ops::repr_text(t, held.view(), "(", ")")));
}

Result<Ref<Str>> str_slot(Thread& t, Self self) {
    if (UNLIKELY(g_warn_of_bytes)) TRY(warn(t, exc::BytesWarning, 1, "str() on a bytearray instance"));
    return repr_slot(t, self);
}

Result<Ref<Object>> compare_slot_function(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!has_buffer(a.get()) || !has_buffer(b.get())) {
        if (UNLIKELY(g_warn_of_bytes) && (op == Comparison::Eq || op == Comparison::Ne) && (is<Str>(a.get()) || is<Str>(b.get())))
            TRY(warn(t, exc::BytesWarning, 1, "Comparison between bytearray and string"));
        return not_implemented_ref();
    }
    CriticalSection section(t, a.get(), b.get()); // so that nobody else meets the exports of a moment
    BufferView m, n;
    if (m.acquire(t, a.get()).is_error() || n.acquire(t, b.get()).is_error()) {
        t.clear_exception();
        return not_implemented_ref();
    }
    auto x = m.view(), y = n.view();
    switch (op) {
    case Comparison::Eq: return bool_ref(x == y);
    case Comparison::Ne: return bool_ref(x != y);
    case Comparison::Lt: return bool_ref(x < y);
    case Comparison::Le: return bool_ref(x <= y);
    case Comparison::Gt: return bool_ref(x > y);
    case Comparison::Ge: return bool_ref(x >= y);
    }
    UNREACHABLE();
}

intptr_t length_slot(Thread&, Self self) { return load_relaxed(self->size); }

Result<Ref<Object>> concat(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!has_buffer(a.get()) || !has_buffer(b.get())) return raise(t, exc::TypeError, "can't concat %T to %T", b, a);
    CriticalSection section(t, a.get(), b.get());
    BufferView x, y;
    TRY(x.acquire(t, a.get()));
    TRY(y.acquire(t, b.get()));
    if (x.size() > static_cast<size_t>(INTPTR_MAX) - y.size()) return raise_memory_error(t);
    Ref<ByteArray> made = TRY(bytearray_from(t, {nullptr, x.size() + y.size()}));
    if (x.size()) memcpy(made->start, x.data(), x.size());
    if (y.size()) memcpy(made->start + x.size(), y.data(), y.size());
    return made;
}
Result<Ref<Object>> inplace_concat(Thread& t, Self self, Borrowed<Object> other) {
    if (!has_buffer(other.get())) return raise(t, exc::TypeError, "can't concat %T to %T", other, self);
    if (other.get() == self.get()) {
        TRY(extend_with(t, self, other));
        return acquire<Object>(self.get());
    }
    CriticalSection section(t, self.get(), other.get());
    BufferView buffer;
    TRY(buffer.acquire(t, other.get()));
    TRY(splice(t, self.get(), self->size, self->size, buffer.view()));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> inplace_repeat(Thread& t, Self self, intptr_t times) {
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    if (times < 0) times = 0;
    if (size && times > INTPTR_MAX / size) return raise_memory_error(t);
    TRY(set_size(t, self.get(), size * times));
    for (intptr_t i = 1; i < times; ++i) memcpy(self->start + i * size, self->start, static_cast<size_t>(size));
    return acquire<Object>(self.get());
}

Result<Ref<Object>> item(Thread& t, Self self, intptr_t i) {
    LeafSection section(t, self.get());
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "bytearray index out of range");
    return int_from(t, static_cast<uint8_t>(self->start[i]));
}
bool is_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }

Result<Ref<Object>> subscript(Thread& t, Self self, Borrowed<Object> key) {
    if (!is<Slice>(key.get())) {
        if (!is_index(key.get())) return raise(t, exc::TypeError, "bytearray indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return item(t, self, i);
        LeafSection section(t, self.get());
        return item(t, self, i + self->size);
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    CriticalSection section(t, self.get());
    intptr_t count = slice_adjust(self->size, &bounds);
    if (count <= 0) return bytearray_from(t, {});
    Ref<ByteArray> made = TRY(bytearray_from(t, {nullptr, static_cast<size_t>(count)}));
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) made->start[i] = self->start[at];
    return made;
}

Result<void> set_item_slot_function(Thread& t, Self self, intptr_t i, Object* value) {
    int byte = -1;
    if (value) byte = TRY(byte_ops::to_byte(t, value, "byte must be in range(0, 256)"));
    LeafSection section(t, self.get());
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "bytearray index out of range");
    if (!value) return splice(t, self.get(), i, i + 1, {});
    self->start[i] = static_cast<char>(byte);
    return {};
}

Result<void> set_subscript(Thread& t, Self self, Borrowed<Object> key, Object* value) {
    if (!is<Slice>(key.get())) {
        if (!is_index(key.get())) return raise(t, exc::TypeError, "bytearray indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return set_item_slot_function(t, self, i, value);
        LeafSection section(t, self.get());
        return set_item_slot_function(t, self, i + self->size, value);
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    // A private copy of the new bytes.
    Ref<Bytes> data = bytes_empty();
    if (value) {
        if (is_index(value) || is<Str>(value) || (!has_buffer(value) && !value->type->iter))
            return raise(t, exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        data = TRY(bytes_from_object(t, value, "bytearray"));
    }
    CriticalSection section(t, self.get());
    intptr_t count = slice_adjust(self->size, &bounds);
    intptr_t given = data->size;
    if (bounds.step == 1) {
        intptr_t stop = bounds.stop < bounds.start ? bounds.start : bounds.stop;
        return splice(t, self.get(), bounds.start, stop, data->view());
    }
    if (given == 0) {
        // Deletes.
        if (count == 0) return {};
        if (load_acquire(self->exports) > 0) return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
        if (bounds.step < 0) {
            bounds.start += (count - 1) * bounds.step;
            bounds.step = -bounds.step;
        }
        intptr_t out = bounds.start, k = 0, size = self->size;
        for (intptr_t i = bounds.start; i < size; ++i) {
            if (k < count && i == bounds.start + k * bounds.step) ++k;
            else self->start[out++] = self->start[i];
        }
        return set_size(t, self.get(), size - count);
    }
    if (given != count) return raise(t, exc::ValueError, "attempt to assign bytes of size %d to extended slice of size %d", given, count);
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) self->start[at] = data->data[i];
    return {};
}

Result<void> get_buffer(Thread& t, Self self, Buffer* view, int flags) {
    CriticalSection section(t, self.get());
    TRY(buffer_fill(t, view, self.get(), self->start, self->size, false, flags));
    __atomic_add_fetch(&self->exports, 1, __ATOMIC_RELAXED);
    return {};
}
void release_buffer(Object* self, Buffer*) { __atomic_sub_fetch(&static_cast<ByteArray*>(self)->exports, 1, __ATOMIC_RELEASE); }

// --- methods --------------------------------------------------------------------------------------------------------

Result<void> append(Thread& t, Self self, Borrowed<Object> value) {
    char byte = static_cast<char>(TRY(byte_ops::to_byte(t, value, "byte must be in range(0, 256)")));
    LeafSection section(t, self.get());
    intptr_t size = self->size;
    if (LIKELY(self->start + size + 1 < self->memory + self->capacity) && load_acquire(self->exports) == 0) {
        self->start[size] = byte;
        self->start[size + 1] = 0;
        store_relaxed(self->size, size + 1);
        return {};
    }
    TRY(set_size(t, self.get(), size + 1));
    self->start[size] = byte;
    return {};
}
Result<void> insert(Thread& t, Self self, Size index_given, Borrowed<Object> value) {
    char byte = static_cast<char>(TRY(byte_ops::to_byte(t, value, "byte must be in range(0, 256)")));
    CriticalSection section(t, self.get());
    intptr_t index = index_given, size = self->size;
    if (index < 0 && (index += size) < 0) index = 0;
    if (index > size) index = size;
    return splice(t, self.get(), index, index, {&byte, 1});
}
Result<void> extend(Thread& t, Self self, Borrowed<Object> iterable) {
    if (is<Str>(iterable.get())) return raise(t, exc::TypeError, "expected iterable of integers; got: 'str'");
    if (has_buffer(iterable.get())) return extend_with(t, self, iterable);
    if (!iterable->type->iter && !(iterable->type->as_sequence && iterable->type->as_sequence->item))
        return raise(t, exc::TypeError, "can't extend bytearray with %T", iterable);
    (void)TRY(length_hint(t, iterable, 32)); // COMPAT: its errors show
    // All or nothing, as a bad item leaves the array as it was.
    Ref<Bytes> data = TRY(bytes_from_object(t, iterable, "bytearray"));
    CriticalSection section(t, self.get());
    return splice(t, self.get(), self->size, self->size, data->view());
}
Result<Ref<Object>> pop(Thread& t, Self self, Size index_given) {
    LeafSection section(t, self.get());
    intptr_t index = index_given, size = self->size;
    if (size == 0) return raise(t, exc::IndexError, "pop from empty bytearray");
    if (index < 0) index += size;
    if (static_cast<size_t>(index) >= static_cast<size_t>(size)) return raise(t, exc::IndexError, "pop index out of range");
    auto byte = static_cast<uint8_t>(self->start[index]);
    TRY(splice(t, self.get(), index, index + 1, {}));
    return int_from(t, byte);
}
Result<void> remove(Thread& t, Self self, Borrowed<Object> value) {
    auto byte = TRY(byte_ops::to_byte(t, value, "byte must be in range(0, 256)"));
    CriticalSection section(t, self.get());
    const void* found = self->size ? memchr(self->start, byte, static_cast<size_t>(self->size)) : nullptr;
    if (!found) return raise(t, exc::ValueError, "value not found in bytearray");
    intptr_t i = static_cast<const char*>(found) - self->start;
    return splice(t, self.get(), i, i + 1, {});
}
void reverse(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    for (intptr_t i = 0, j = self->size - 1; i < j; ++i, --j) std::swap(self->start[i], self->start[j]);
}
Result<void> clear(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return set_size(t, self.get(), 0);
}
Result<Ref<Object>> copy(Thread& t, Self self) {
    HeldBytes<ByteArray> held(t, self);
    return bytearray_from(t, held.view());
}
Result<void> resize(Thread& t, Self self, Size size_given) {
    intptr_t size = size_given;
    if (size < 0) return raise(t, exc::ValueError, "Can only resize to positive sizes, got %d", size);
    CriticalSection section(t, self.get());
    intptr_t old = self->size;
    TRY(set_size(t, self.get(), size));
    if (size > old) memset(self->start + old, 0, static_cast<size_t>(size - old));
    return {};
}
int64_t alloc_size(Thread&, Self self) { return self->capacity; }
int64_t size_of(Thread&, Self self) { return self->type->basicsize + self->capacity; }
Result<Ref<Object>> reduce_with(Thread& t, Self self, int protocol) {
    Ref<Str> name = TRY(str_interned(t, "__getstate__"));
    Ref<Object> state = TRY(call_method(t, self, name));
    HeldBytes<ByteArray> held(t, self);
    if (protocol < 3) {
        if (held.view().empty()) {
            Ref<Tuple> args = tuple_empty();
            return tuple_pack(t, acquire<Object>(self->type), args, state);
        }
        auto view = held.view();
        Ref<Str> text = TRY(str_from_latin1(t, reinterpret_cast<const uint8_t*>(view.data()), static_cast<intptr_t>(view.size())));
        Ref<Str> encoding = TRY(str_interned(t, "latin-1"));
        Ref<Tuple> args = TRY(tuple_pack(t, text, encoding));
        return tuple_pack(t, acquire<Object>(self->type), args, state);
    }
    if (held.view().empty()) {
        Ref<Tuple> args = tuple_empty();
        return tuple_pack(t, acquire<Object>(self->type), args, state);
    }
    Ref<Bytes> data = TRY(bytes_from(t, held.view()));
    Ref<Tuple> args = TRY(tuple_pack(t, data));
    return tuple_pack(t, acquire<Object>(self->type), args, state);
}
Result<Ref<Object>> reduce(Thread& t, Self self) { return reduce_with(t, self, 2); }
Result<Ref<Object>> reduce_ex(Thread& t, Self self, int protocol) { return reduce_with(t, self, protocol); }

const NativeDef methods[] = {
    method<alloc_size>("__alloc__", "($self, /)", "B.__alloc__() -> int\n\nHow many bytes B has reserved, used or not."),
    method<reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<reduce_ex>("__reduce_ex__", "($self, proto=0, /)", "Return state information for pickling."),
    method<size_of>("__sizeof__", "($self, /)", "The memory this bytearray takes, its reserve included, in bytes."),
    method<append>("append", "($self, item, /)", "Put one more byte at the end.\n\n  item\n    Its value, an integer from 0 to 255."),
    method<clear>("clear", "($self, /)", "Remove all items from the bytearray."),
    method<copy>("copy", "($self, /)", "Return a copy of B."),
    method<extend>("extend", "($self, iterable_of_ints, /)",
                   "Put several bytes at the end.\n\n  iterable_of_ints\n    Their values, or any object with the buffer interface."),
    method<insert>("insert", "($self, index, item, /)", "Insert a single item into the bytearray before the given index."),
    method<pop>(
        "pop", "($self, index=-1, /)",
        "Take one byte out and return it; IndexError if there is no such byte.\n\n  index\n    Where it is; the last one by default."),
    method<remove>("remove", "($self, value, /)",
                   "Delete the first byte of that value; ValueError if there is none.\n\n"
                   "  value\n"
                   "    The byte, an integer from 0 to 255."),
    method<resize>("resize", "($self, size, /)", "Cut the bytearray short, or lengthen it by zero bytes.\n\n  size\n    The new length."),
    method<reverse>("reverse", "($self, /)", "Reverse the order of the values in B in place."),
    TAIPAN_BYTES_METHODS(M),
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, repr_slot>(),
    unary_slot<SlotId::tp_str, str_slot>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, compare_slot_function>(),
    size_slot<SlotId::sq_length, length_slot>(),
    binary_slot<SlotId::sq_concat, concat>(),
    index_slot<SlotId::sq_repeat, M::repeat>(),
    index_slot<SlotId::sq_item, item>(),
    set_index_slot<SlotId::sq_ass_item, set_item_slot_function>(),
    contains_slot<SlotId::sq_contains, M::contains>(),
    binary_slot<SlotId::sq_inplace_concat, inplace_concat>(),
    index_slot<SlotId::sq_inplace_repeat, inplace_repeat>(),
    size_slot<SlotId::mp_length, length_slot>(),
    binary_slot<SlotId::mp_subscript, subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, set_subscript>(),
    binary_slot<SlotId::nb_remainder, M::percent>(),
    unary_slot<SlotId::tp_iter, bytearray_iterator>(),
    get_buffer_slot<SlotId::bf_getbuffer, get_buffer>(),
    raw_slot(SlotId::bf_releasebuffer, &release_buffer),
    construct_slot<SlotId::tp_new, construct>(),
    typed_init<init, "bytearray", "(source=b'', encoding='utf-8', errors='strict')">(),
    typed_vectorcall<make_from, "bytearray", "(source=b'', encoding='utf-8', errors='strict')">(),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

extern const TypeSpec bytearray_spec;
const TypeSpec bytearray_spec = {
    .type = &ByteArray::s_type,
    .name = "bytearray",
    .basicsize = sizeof(ByteArray),
    .flags = type_flag::BaseType | type_flag::MatchSelf,
    .doc = "bytearray(iterable_of_ints) -> bytearray\n"
           "bytearray(string, encoding[, errors]) -> bytearray\n"
           "bytearray(bytes_or_buffer) -> bytearray\n"
           "bytearray(int) -> bytearray\n"
           "bytearray() -> bytearray\n\n"
           "A sequence of integers from 0 to 255 that can be changed in place.\n\n"
           "It starts out as the given integers, as the string in that encoding, as a\n"
           "copy of what an object with the buffer interface exposes, as that many zero\n"
           "bytes, or empty.",
    .slots = slots,
    .methods = methods,
};

} // namespace taipan
