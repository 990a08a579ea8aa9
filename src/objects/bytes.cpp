// The bytes type.
#include "objects/bytes.h"
#include "objects/builtin_lookup.h"

#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes_methods.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/slice.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"
#include "runtime/heap_inline.h"

#include <cstring>

namespace taipan {

Type Bytes::s_type;
Type BytesIterator::s_type;
bool g_warn_of_bytes = false;

namespace {
constinit Bytes g_empty_bytes = {{{TAIPAN_STATIC_HEAD(&Bytes::s_type)}, 0}, -1, {0}};
// There is one object for each single byte, as for the Latin characters of str.
struct OneByte {
    Bytes header; // the zero behind the byte is in its padding
};
static_assert(offsetof(Bytes, data) + 2 <= sizeof(Bytes));
constexpr OneByte one_byte(int c) { return {{{{TAIPAN_STATIC_HEAD(&Bytes::s_type)}, 1}, -1, {static_cast<char>(c)}}}; }
#define FOUR(n) one_byte(n), one_byte((n) + 1), one_byte((n) + 2), one_byte((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
#define SIXTY_FOUR(n) SIXTEEN(n), SIXTEEN((n) + 16), SIXTEEN((n) + 32), SIXTEEN((n) + 48)
constinit OneByte g_bytes[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192)};
#undef FOUR
#undef SIXTEEN
#undef SIXTY_FOUR
} // namespace

Ref<Bytes> bytes_empty() { return Ref<Bytes>::steal(&g_empty_bytes); }

Result<Ref<Bytes>> bytes_alloc(Thread& t, intptr_t size) {
    if (size == 0) return bytes_empty();
    if (UNLIKELY(size > INTPTR_MAX - 64)) return raise(t, exc::OverflowError, "byte string is too large");
    size_t bytes = offsetof(Bytes, data) + static_cast<size_t>(size) + 1;
    auto* made =
        static_cast<Bytes*>(bytes <= MaxSmallSize ? heap_alloc_small(t, HeapKind::Object, bytes) : heap_alloc(t, HeapKind::Object, bytes));
    if (UNLIKELY(!made)) return raise_memory_error(t);
    object_init(made, &Bytes::s_type);
    made->size = size;
    made->cached_hash = -1;
    made->data[size] = 0;
    return Ref<Bytes>::steal(made);
}

Result<Ref<Bytes>> bytes_from(Thread& t, std::string_view data) {
    if (data.size() == 1) return Ref<Bytes>::steal(&g_bytes[static_cast<uint8_t>(data[0])].header);
    Ref<Bytes> made = TRY(bytes_alloc(t, static_cast<intptr_t>(data.size())));
    if (!data.empty()) memcpy(made->data, data.data(), data.size());
    return made;
}

Result<Ref<Bytes>> bytes_concat(Thread& t, std::string_view a, std::string_view b) {
    if (a.size() > static_cast<size_t>(INTPTR_MAX) - b.size()) return raise_memory_error(t);
    Ref<Bytes> made = TRY(bytes_alloc(t, static_cast<intptr_t>(a.size() + b.size())));
    if (!a.empty()) memcpy(made->data, a.data(), a.size());
    if (!b.empty()) memcpy(made->data + a.size(), b.data(), b.size());
    return made;
}

/// Null if an item is no plain number from 0 to 255.
static ResultMaybe<Bytes> bytes_of_plain_numbers(Thread& t, Object* const* items, intptr_t size) {
    Ref<Bytes> made = TRY(bytes_alloc(t, size));
    for (intptr_t i = 0; i < size; ++i) {
        Object* item = items[i];
        if (UNLIKELY(!item || !is_exact<Int>(item) || !static_cast<Int*>(item)->is_compact())) return MaybeRef<Bytes>();
        intptr_t number = static_cast<Int*>(item)->compact_value();
        if (UNLIKELY(static_cast<size_t>(number) > 255)) return MaybeRef<Bytes>();
        made->data[i] = static_cast<char>(number);
    }
    return MaybeRef<Bytes>(size == 1 ? TRY(bytes_from(t, made->view())) : std::move(made));
}

ResultMaybe<Bytes> bytes_of_plain_items(Thread& t, Object* object) {
    if (is_exact<List>(object)) {
        CriticalSection section(t, object);
        return bytes_of_plain_numbers(t, static_cast<List*>(object)->items, static_cast<List*>(object)->size);
    }
    if (is_exact<Tuple>(object)) return bytes_of_plain_numbers(t, static_cast<Tuple*>(object)->items, static_cast<Tuple*>(object)->size);
    return MaybeRef<Bytes>();
}

/// Bytes from a buffer or an iterable of numbers.
Result<Ref<Bytes>> bytes_from_object(Thread& t, Borrowed<Object> object, const char* kind) {
    if (is_exact<ByteArray>(object.get())) {
        CriticalSection section(t, object.get());
        auto* array = static_cast<ByteArray*>(object.get());
        return bytes_from(t, {array->start, static_cast<size_t>(array->size)});
    }
    if (MaybeRef<Bytes> plain = TRY(bytes_of_plain_items(t, object.get()))) return plain.take();
    if (has_buffer(object.get())) {
        CriticalSection section(t, object.get()); // so that nobody else meets the export of a moment
        Buffer view;
        TRY(buffer_get(t, object, &view, buffer_flag::FullReadOnly));
        auto made = bytes_alloc(t, view.len);
        bool ok = !made.is_error();
        Ref<Bytes> result = ok ? made.take() : bytes_empty();
        if (ok && view.len) ok = !buffer_to_contiguous(t, result->data, &view, 'C').is_error();
        buffer_release(&view);
        if (!ok) return Error{};
        return result;
    }
    if (is<Str>(object.get())) return raise(t, exc::TypeError, "cannot convert '%T' object to %s", object, kind);
    auto iterating = get_iterator(t, object);
    if (iterating.is_error()) {
        if (exception_matches(t, exc::TypeError)) {
            t.clear_exception();
            return raise(t, exc::TypeError, "cannot convert '%T' object to %s", object, kind);
        }
        return Error{};
    }
    Ref<Object> iterator = iterating.take();
    struct Growing {
        char local[256];
        char* data = local;
        size_t size = 0, capacity = sizeof local;
        ~Growing() {
            if (data != local) raw_free(data);
        }
    } out;
    const char* message = kind[4] == 's' && !kind[5] ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)";
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, iterator.get()));
        if (!item) break;
        uint8_t byte = TRY(byte_ops::to_byte(t, item.get(), message));
        if (out.size == out.capacity) {
            size_t capacity = out.capacity * 2;
            bool first = out.data == out.local;
            auto* data = static_cast<char*>(raw_realloc(first ? nullptr : out.data, capacity));
            if (!data) return raise_memory_error(t);
            if (first) memcpy(data, out.local, out.size);
            out.data = data;
            out.capacity = capacity;
        }
        out.data[out.size++] = static_cast<char>(byte);
    }
    return bytes_from(t, {out.data, out.size});
}

Result<Ref<Bytes>> to_bytes(Thread& t, Borrowed<Object> object) {
    if (is_exact<Bytes>(object.get())) return acquire(static_cast<Bytes*>(object.get()));
    LoadedMethod special = TRY(load_special_method(t, object, names::__bytes__));
    if (special) {
        Ref<Object> made = TRY(call(t, special, object));
        if (!is<Bytes>(made.get())) return raise(t, exc::TypeError, "__bytes__ returned non-bytes (type %T)", made);
        return as<Bytes>(std::move(made));
    }
    return bytes_from_object(t, object, "bytes");
}

namespace {

using M = BytesMethods<Bytes>;

Result<Ref<Object>> bytes_plain(Thread& t, Object* source, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    if (!source) {
        if (encoding || errors)
            return raise(t, exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
        return bytes_empty();
    }
    if (encoding || errors) {
        if (!is<Str>(source))
            return raise(t, exc::TypeError, encoding ? "encoding without a string argument" : "errors without a string argument");
        if (!encoding) return raise(t, exc::TypeError, "string argument without an encoding");
        auto encoding_text = TRY(str_utf8(t, encoding.value()));
        std::string_view errors_text;
        if (errors) errors_text = TRY(str_utf8(t, errors.value()));
        return str_encode(t, static_cast<Str*>(source), encoding_text.data(), errors ? errors_text.data() : nullptr);
    }
    if (is_exact<Bytes>(source)) return acquire(source);
    LoadedMethod special = TRY(load_special_method(t, source, names::__bytes__));
    if (special) {
        Ref<Object> made = TRY(call(t, special, source));
        if (!is<Bytes>(made.get())) return raise(t, exc::TypeError, "__bytes__ returned non-bytes (type %T)", made);
        return made;
    }
    if (is<Str>(source)) return raise(t, exc::TypeError, "string argument without an encoding");
    if (is<Int>(source) || (source->type->as_number && source->type->as_number->index)) {
        auto count = to_index_size(t, source, exc::OverflowError);
        if (count.is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
        } else {
            intptr_t n = count.take();
            if (n < 0) return raise(t, exc::ValueError, "negative count");
            Ref<Bytes> made = TRY(bytes_alloc(t, n));
            if (n) memset(made->data, 0, static_cast<size_t>(n));
            return made;
        }
    }
    return bytes_from_object(t, source, "bytes");
}

Result<Ref<Object>> bytes_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> source, MaybeBorrowed<Str> encoding,
                              MaybeBorrowed<Str> errors) {
    Ref<Object> plain = TRY(bytes_plain(t, source.get(), encoding, errors));
    if (type.get() == &Bytes::s_type) return plain;
    auto view = static_cast<Bytes*>(plain.get())->view();
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), static_cast<intptr_t>(view.size()))));
    auto* bytes = static_cast<Bytes*>(made.get());
    bytes->cached_hash = -1;
    memcpy(bytes->data, view.data(), view.size());
    bytes->data[view.size()] = 0;
    return made;
}

intptr_t bytes_hash(Thread& t, Borrowed<Bytes> self) {
    intptr_t cached = load_relaxed(self->cached_hash);
    if (cached != -1) return cached;
    intptr_t result = self->size == 0 ? 0
                                      : base::avoid_minus_one(base::siphash13({g_runtime.hash_key0, g_runtime.hash_key1}, self->data,
                                                                              static_cast<size_t>(self->size)));
    store_relaxed(self->cached_hash, result);
    return result;
}

Result<Ref<Object>> bytes_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<Bytes>(a.get()) || !is<Bytes>(b.get())) {
        if (UNLIKELY(g_warn_of_bytes) && (op == Comparison::Eq || op == Comparison::Ne)) {
            if (is<Str>(a.get()) || is<Str>(b.get())) TRY(warn(t, exc::BytesWarning, 1, "Comparison between bytes and string"));
            else if (is<Int>(a.get()) || is<Int>(b.get())) TRY(warn(t, exc::BytesWarning, 1, "Comparison between bytes and int"));
        }
        return not_implemented_ref();
    }
    auto x = static_cast<Bytes*>(a.get())->view(), y = static_cast<Bytes*>(b.get())->view();
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

Result<Ref<Str>> bytes_repr(Thread& t, Borrowed<Bytes> self) { return byte_ops::repr_text(t, self->view(), "", ""); }
Result<Ref<Str>> bytes_str(Thread& t, Borrowed<Bytes> self) {
    if (UNLIKELY(g_warn_of_bytes)) TRY(warn(t, exc::BytesWarning, 1, "str() on a bytes instance"));
    return bytes_repr(t, self);
}
intptr_t bytes_length(Thread&, Borrowed<Bytes> self) { return self->size; }

Result<Ref<Object>> bytes_concat_slot(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (is<Bytes>(a.get()) && is<Bytes>(b.get())) {
        auto *x = static_cast<Bytes*>(a.get()), *y = static_cast<Bytes*>(b.get());
        if (x->size == 0 && is_exact<Bytes>(y)) return acquire(b);
        if (y->size == 0 && is_exact<Bytes>(x)) return acquire(a);
        return bytes_concat(t, x->view(), y->view());
    }
    if (!has_buffer(a.get()) || !has_buffer(b.get())) return raise(t, exc::TypeError, "can't concat %T to %T", b, a);
    CriticalSection section(t, a.get(), b.get());
    BufferView x, y;
    TRY(x.acquire(t, a.get()));
    TRY(y.acquire(t, b.get()));
    return bytes_concat(t, x.view(), y.view());
}

Result<Ref<Object>> bytes_item(Thread& t, Borrowed<Bytes> self, intptr_t i) {
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "index out of range");
    return int_from(t, static_cast<uint8_t>(self->data[i]));
}
Result<Ref<Object>> bytes_subscript(Thread& t, Borrowed<Bytes> self, Borrowed<Object> key) {
    if (!is<Slice>(key.get())) {
        if (!is<Int>(key.get()) && !(key->type->as_number && key->type->as_number->index))
            return raise(t, exc::TypeError, "byte indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i < 0) i += self->size;
        return bytes_item(t, self, i);
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    intptr_t count = slice_adjust(self->size, &bounds);
    if (count <= 0) return bytes_empty();
    if (bounds.step == 1) {
        if (count == self->size && is_exact<Bytes>(self.get())) return acquire<Object>(self.get());
        return bytes_from(t, self->view().substr(static_cast<size_t>(bounds.start), static_cast<size_t>(count)));
    }
    Ref<Bytes> made = TRY(bytes_alloc(t, count));
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) made->data[i] = self->data[at];
    return made;
}

Result<void> bytes_get_buffer(Thread& t, Borrowed<Bytes> self, Buffer* view, int flags) {
    return buffer_fill(t, view, self.get(), self->data, self->size, true, flags);
}

Result<Ref<Object>> bytes_getnewargs(Thread& t, Borrowed<Bytes> self) {
    Ref<Bytes> plain = TRY(bytes_from(t, self->view()));
    return tuple_pack(t, plain);
}
Result<Ref<Object>> bytes_bytes(Thread& t, Borrowed<Bytes> self) {
    if (is_exact<Bytes>(self.get())) return acquire<Object>(self.get());
    return bytes_from(t, self->view());
}

Result<Ref<Object>> bytes_iter(Thread& t, Borrowed<Object> self) {
    Ref<BytesIterator> it = TRY(allocate<BytesIterator>(t));
    it->sequence = acquire(self).release();
    gc_track(it.get());
    return it;
}

const NativeDef bytes_methods[] = {
    method<bytes_getnewargs>("__getnewargs__", "($self, /)"),
    method<bytes_bytes>("__bytes__", "($self, /)", "Convert this value to exact type bytes."),
    TAIPAN_BYTES_METHODS(M),
};
const SlotDef bytes_slots[] = {
    unary_slot<SlotId::tp_repr, bytes_repr>(),
    unary_slot<SlotId::tp_str, bytes_str>(),
    size_slot<SlotId::tp_hash, bytes_hash>(),
    compare_slot<SlotId::tp_richcompare, bytes_compare>(),
    size_slot<SlotId::sq_length, bytes_length>(),
    binary_slot<SlotId::sq_concat, bytes_concat_slot>(),
    index_slot<SlotId::sq_repeat, M::repeat>(),
    index_slot<SlotId::sq_item, bytes_item>(),
    contains_slot<SlotId::sq_contains, M::contains>(),
    size_slot<SlotId::mp_length, bytes_length>(),
    binary_slot<SlotId::mp_subscript, bytes_subscript>(),
    binary_slot<SlotId::nb_remainder, M::percent>(),
    unary_slot<SlotId::tp_iter, bytes_iter>(),
    get_buffer_slot<SlotId::bf_getbuffer, bytes_get_buffer>(),
    typed_new<bytes_new, "bytes", "(source=b'', encoding='utf-8', errors='strict')">(),
    typed_vectorcall<bytes_new, "bytes", "(source=b'', encoding='utf-8', errors='strict')">(),
};

// --- the iterator of bytes and bytearray ----------------------------------------------------------------------------

ResultMaybe<Object> iterator_next(Thread& t, Borrowed<BytesIterator> self) {
    if (LIKELY(!is_multi_threaded() && self->sequence && is_exact<Bytes>(self->sequence))) {
        auto* bytes = static_cast<Bytes*>(self->sequence);
        if (LIKELY(static_cast<size_t>(self->index) < static_cast<size_t>(bytes->size)))
            return MaybeRef<Object>::steal(&g_small_ints[static_cast<uint8_t>(bytes->data[self->index++]) - Int::SmallMin]); // immortal
    }
    StepSection step(t, self.get());
    Object* sequence = self->sequence;
    if (!sequence) return MaybeRef<Object>();
    intptr_t i = load_relaxed(self->index);
    int byte = -1;
    if (is<Bytes>(sequence)) {
        auto* bytes = static_cast<Bytes*>(sequence);
        if (i >= 0 && i < bytes->size) byte = static_cast<uint8_t>(bytes->data[i]);
    } else {
        CriticalSection section(t, sequence);
        auto* bytes = static_cast<ByteArray*>(sequence);
        if (i >= 0 && i < bytes->size) byte = static_cast<uint8_t>(bytes->start[i]);
    }
    if (byte >= 0) {
        store_relaxed(self->index, i + 1);
        return MaybeRef<Object>::steal(TRY(int_from(t, byte)).release());
    }
    if (!is_multi_threaded()) clear_field(self->sequence);
    else store_relaxed(self->index, INTPTR_MAX);
    return MaybeRef<Object>();
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
Result<int64_t> iterator_hint(Thread& t, Borrowed<BytesIterator> self) {
    if (!self->sequence) return 0;
    intptr_t left = load_relaxed(static_cast<VarObject*>(self->sequence)->size) - load_relaxed(self->index);
    return left > 0 ? left : 0;
}
Result<Ref<Object>> iterator_reduce(Thread& t, Borrowed<BytesIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    if (!self->sequence || self->index == INTPTR_MAX) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> args = TRY(tuple_pack(t, empty));
        return tuple_pack(t, iter, args);
    }
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->sequence)));
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, iter, args, index);
}
Result<void> iterator_setstate(Thread& t, Borrowed<BytesIterator> self, Borrowed<Object> state) {
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (!self->sequence) return {};
    intptr_t size = static_cast<VarObject*>(self->sequence)->size;
    self->index = index < 0 ? 0 : index > size ? size : index;
    return {};
}
using IteratorFields = Fields<BytesIterator, &BytesIterator::sequence>;
const NativeDef iterator_methods[] = {
    method<iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<iterator_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

} // namespace

Result<Ref<Object>> bytearray_iterator(Thread& t, Borrowed<Object> self) {
    Ref<BytesIterator> it = TRY(allocate<BytesIterator>(t, ByteArrayIterator::s_type));
    it->sequence = acquire(self).release();
    gc_track(it.get());
    return it;
}
Type ByteArrayIterator::s_type;

extern const TypeSpec bytes_spec, bytes_iterator_spec, bytearray_iterator_spec;
const TypeSpec bytes_spec = {
    .type = &Bytes::s_type,
    .name = "bytes",
    .basicsize = offsetof(Bytes, data) + 1,
    .itemsize = 1,
    .flags = type_flag::BaseType | type_flag::BytesSubclass | type_flag::MatchSelf,
    .doc = "bytes(iterable_of_ints) -> bytes\n"
           "bytes(string, encoding[, errors]) -> bytes\n"
           "bytes(bytes_or_buffer) -> bytes\n"
           "bytes(int) -> bytes\n"
           "bytes() -> bytes\n\n"
           "A sequence of integers from 0 to 255 that never changes.\n\n"
           "It holds the given integers, the string in that encoding, a copy of what an\n"
           "object with the buffer interface exposes, that many zero bytes, or nothing.",
    .slots = bytes_slots,
    .methods = bytes_methods,
};
const TypeSpec bytes_iterator_spec = {.type = &BytesIterator::s_type,
                                      .name = "bytes_iterator",
                                      .basicsize = sizeof(BytesIterator),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = iterator_slots,
                                      .methods = iterator_methods};
const TypeSpec bytearray_iterator_spec = {.type = &ByteArrayIterator::s_type,
                                          .name = "bytearray_iterator",
                                          .basicsize = sizeof(BytesIterator),
                                          .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                          .slots = iterator_slots,
                                          .methods = iterator_methods};

} // namespace taipan
