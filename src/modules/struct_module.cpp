// _struct: C structures as bytes.
#include "base/struct_format.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/int_internal.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"

#include <cmath>
#include <cstring>
#include <new>

namespace taipan {

namespace {

Type struct_error;
const TypeSpec struct_error_spec = {.type = &struct_error,
                                    .name = "struct.error",
                                    .base = &exc::Exception,
                                    .basicsize = sizeof(BaseException),
                                    .flags = type_flag::BaseType};

/// A format; one that __init__ replaced stays until the end, as a call may still be using it.
struct KeptLayout : base::StructLayout {
    KeptLayout* older = nullptr;
};

struct Struct : Object {
    KeptLayout* layout; // null until initialised
    Object* format;     // a Str
    Object* weaklist;
    static Type s_type;
};
Type Struct::s_type;

struct UnpackIterator : Object {
    Struct* structure;
    BufferView* view;
    intptr_t index;
    static Type s_type;
};
Type UnpackIterator::s_type;

struct ModuleState {
    Dict* cache; // format -> Struct
};
constexpr intptr_t CacheLimit = 100;

// Packing one value.

Result<Ref<Int>> integer_of(Thread& t, Object* value) {
    if (LIKELY(is<Int>(value))) return acquire(static_cast<Int*>(value));
    if (!value->type->as_number || !value->type->as_number->index) return raise(t, struct_error, "required argument is not an integer");
    return to_index(t, value);
}

Result<void> pack_integer(Thread& t, const base::StructField& field, bool little, Object* value, uint8_t* out) {
    Ref<Int> number = TRY(integer_of(t, value));
    bool is_unsigned = field.code < 'a', negative = number->is_negative();
    int64_t low = 0;
    uint64_t bits = 0;
    auto size = static_cast<unsigned>(field.size);
    if (field.code == 'P') {
        if (int_fits_int64(number.get(), &low)) bits = static_cast<uint64_t>(low);
        else if (!int_fits_uint64(number.get(), &bits)) return raise(t, struct_error, "int too large to convert");
        base::pack_int(bits, size, little, out);
        return {};
    }
    unsigned width = 8 * size;
    bool fits;
    if (is_unsigned) {
        fits = !negative && int_fits_uint64(number.get(), &bits) && (width == 64 || bits >> width == 0);
    } else {
        fits = int_fits_int64(number.get(), &low) && (width == 64 || (low >> (width - 1)) == (low < 0 ? -1 : 0));
        bits = static_cast<uint64_t>(low);
    }
    if (LIKELY(fits)) {
        base::pack_int(bits, size, little, out);
        return {};
    }
    if (is_unsigned)
        return raise(t, struct_error, "'%c' format requires 0 <= number <= %u", static_cast<uint32_t>(field.code),
                     width == 64 ? UINT64_MAX : (uint64_t{1} << width) - 1);
    int64_t maximum = width == 64 ? INT64_MAX : (int64_t{1} << (width - 1)) - 1;
    return raise(t, struct_error, "'%c' format requires %d <= number <= %d", static_cast<uint32_t>(field.code), -maximum - 1, maximum);
}

Result<void> pack_real(Thread& t, char code, unsigned size, bool little, double value, uint8_t* out) {
    if (base::pack_float(value, size, little, out) == base::FloatPack::Ok) return {};
    return raise(t, exc::OverflowError, "float too large to pack with %c format",
                 static_cast<uint32_t>(code == 'F'   ? 'f'
                                       : code == 'D' ? 'd'
                                                     : code));
}

Result<void> pack_item(Thread& t, const base::StructField& field, bool little, Object* value, uint8_t* out) {
    switch (field.code) {
    case 'c':
        if (!is<Bytes>(value) || static_cast<Bytes*>(value)->size != 1)
            return raise(t, struct_error, "char format requires a bytes object of length 1");
        *out = static_cast<uint8_t>(static_cast<Bytes*>(value)->data[0]);
        return {};
    case 's':
    case 'p': {
        std::string_view text;
        if (is<Bytes>(value)) text = static_cast<Bytes*>(value)->view();
        else if (is<ByteArray>(value)) text = static_cast<ByteArray*>(value)->view();
        else return raise(t, struct_error, "argument for '%c' must be a bytes object", static_cast<uint32_t>(field.code));
        size_t room = field.size;
        if (field.code == 'p') {
            if (room == 0) return {};
            --room;
            size_t n = text.size() < room ? text.size() : room;
            *out++ = static_cast<uint8_t>(n > 255 ? 255 : n);
        }
        size_t n = text.size() < room ? text.size() : room;
        if (n) memcpy(out, text.data(), n);
        return {};
    }
    case '?': {
        bool truth = TRY(is_true(t, value));
        memset(out, 0, field.size);
        out[0] = truth;
        return {};
    }
    case 'e':
    case 'f':
    case 'd': {
        auto number = to_double(t, value);
        if (number.is_error()) {
            t.clear_exception(); // COMPAT: whatever it was
            return raise(t, struct_error, "required argument is not a float");
        }
        return pack_real(t, field.code, static_cast<unsigned>(field.size), little, number.take(), out);
    }
    case 'F':
    case 'D': {
        double real = 0, imag = 0;
        if (is<Complex>(value)) {
            real = static_cast<Complex*>(value)->real;
            imag = static_cast<Complex*>(value)->imag;
        } else {
            auto made = call(t, Borrowed<Object>(&Complex::s_type), Borrowed<Object>(value));
            bool usable = !is<Str>(value) && !made.is_error();
            if (!usable) {
                t.clear_exception();
                return raise(t, struct_error, "required argument is not a complex");
            }
            Ref<Object> object = made.take();
            real = static_cast<Complex*>(object.get())->real;
            imag = static_cast<Complex*>(object.get())->imag;
        }
        auto half = static_cast<unsigned>(field.size / 2);
        TRY(pack_real(t, field.code, half, little, real, out));
        return pack_real(t, field.code, half, little, imag, out + half);
    }
    default: return pack_integer(t, field, little, value, out);
    }
}

/// An int of 1, 2, 4 or 8 bytes.
ALWAYS_INLINE void store_int(uint64_t bits, size_t size, bool little, uint8_t* out) {
    if (!little) bits = __builtin_bswap64(bits) >> (64 - 8 * size);
    switch (size) {
    case 1: *out = static_cast<uint8_t>(bits); break;
    case 2: memcpy(out, &bits, 2); break;
    case 4: memcpy(out, &bits, 4); break;
    default: memcpy(out, &bits, 8);
    }
}
ALWAYS_INLINE uint64_t load_uint(const uint8_t* in, size_t size, bool little) {
    uint64_t bits = 0;
    switch (size) {
    case 1: return *in;
    case 2: memcpy(&bits, in, 2); break;
    case 4: memcpy(&bits, in, 4); break;
    default: memcpy(&bits, in, 8);
    }
    return little ? bits : __builtin_bswap64(bits) >> (64 - 8 * size);
}
/// Packs small ints that fit, and doubles; false: nothing was done.
ALWAYS_INLINE bool pack_quick(const base::StructField& field, bool little, const Object* value, uint8_t* out) {
    switch (field.code) {
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
    case 'N': {
        if (!is_exact<Int>(value) || !int_is_small(static_cast<const Int*>(value))) return false;
        int64_t number = int_small_value(static_cast<const Int*>(value));
        size_t width = 8 * field.size;
        if (field.code < 'a') {
            if (number < 0 || (width < 64 && number >> width != 0)) return false;
        } else if (width < 64 && number >> (width - 1) != (number < 0 ? -1 : 0)) {
            return false;
        }
        store_int(static_cast<uint64_t>(number), field.size, little, out);
        return true;
    }
    case 'd': {
        if (!is_exact<Float>(value)) return false;
        uint64_t bits;
        memcpy(&bits, &static_cast<const Float*>(value)->value, 8);
        store_int(bits, 8, little, out);
        return true;
    }
    case 'f': {
        if (!is_exact<Float>(value)) return false;
        auto narrow = static_cast<float>(static_cast<const Float*>(value)->value);
        if (!std::isfinite(narrow)) return false; // too large, or to be looked at closely
        uint32_t bits;
        memcpy(&bits, &narrow, 4);
        store_int(bits, 4, little, out);
        return true;
    }
    case 's': {
        if (!is_exact<Bytes>(value)) return false;
        auto* bytes = static_cast<const Bytes*>(value);
        size_t n = static_cast<size_t>(bytes->size) < field.size ? static_cast<size_t>(bytes->size) : field.size;
        memcpy(out, bytes->data, n);
        return true;
    }
    default: return false;
    }
}

Result<void> pack_all(Thread& t, const base::StructLayout& layout, Object* const* values, uint8_t* out) {
    memset(out, 0, layout.size);
    for (size_t f = 0; f < layout.fields.size(); ++f) {
        const base::StructField& field = layout.fields[f];
        uint8_t* at = out + field.offset;
        for (size_t i = 0; i < field.repeat; ++i, at += field.size, ++values)
            if (!pack_quick(field, layout.little_endian, *values, at)) TRY(pack_item(t, field, layout.little_endian, *values, at));
    }
    return {};
}

Result<Ref<Object>> unpack_item(Thread& t, const base::StructField& field, bool little, const uint8_t* in) {
    auto size = static_cast<unsigned>(field.size);
    switch (field.code) {
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N': {
        uint64_t bits = load_uint(in, size, little);
        return LIKELY(bits <= INT64_MAX) ? int_from(t, static_cast<int64_t>(bits)) : int_from_uint64(t, bits);
    }
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n': {
        unsigned unused = 64 - 8 * size;
        return int_from(t, static_cast<int64_t>(load_uint(in, size, little) << unused) >> unused);
    }
    case 'd': {
        uint64_t bits = load_uint(in, 8, little);
        double value;
        memcpy(&value, &bits, 8);
        return float_from(t, value);
    }
    case 'f': {
        auto bits = static_cast<uint32_t>(load_uint(in, 4, little));
        if ((bits >> 23 & 255) == 255) return float_from(t, base::unpack_float(in, size, little));
        float value;
        memcpy(&value, &bits, 4);
        return float_from(t, value);
    }
    case 'c': return bytes_from(t, {reinterpret_cast<const char*>(in), 1});
    case 's': return bytes_from(t, {reinterpret_cast<const char*>(in), field.size});
    case 'p': {
        size_t n = field.size ? in[0] : 0;
        if (field.size && n >= field.size) n = field.size - 1;
        return bytes_from(t, {reinterpret_cast<const char*>(in) + 1, n});
    }
    case '?': return bool_ref(base::unpack_uint(in, size, little) != 0);
    case 'e': return float_from(t, base::unpack_float(in, size, little));
    case 'F':
    case 'D': return complex_from(t, base::unpack_float(in, size / 2, little), base::unpack_float(in + size / 2, size / 2, little));
    default:
        if (field.code < 'a') return int_from_uint64(t, base::unpack_uint(in, size, little));
        return int_from(t, base::unpack_int(in, size, little));
    }
}
Result<Ref<Object>> unpack_all(Thread& t, const base::StructLayout& layout, const uint8_t* in) {
    Ref<Tuple> result = TRY(tuple_alloc(t, static_cast<intptr_t>(layout.items)));
    intptr_t n = 0;
    for (size_t f = 0; f < layout.fields.size(); ++f) {
        const base::StructField& field = layout.fields[f];
        const uint8_t* at = in + field.offset;
        for (size_t i = 0; i < field.repeat; ++i, at += field.size)
            result->items[n++] = TRY(unpack_item(t, field, layout.little_endian, at)).release();
    }
    tuple_finish(result.get());
    return result;
}

// The Struct type.

Result<void> initialise(Thread& t, Struct* self, Borrowed<Object> format) {
    MaybeRef<Str> text;
    if (is<Str>(format.get())) {
        Ref<Bytes> ascii = TRY(encode_ascii(t, static_cast<Str*>(format.get()), nullptr)); // UnicodeEncodeError
        text = TRY(str_from_latin1(t, reinterpret_cast<const uint8_t*>(ascii->data), ascii->size));
    } else if (is<Bytes>(format.get())) {
        auto* bytes = static_cast<Bytes*>(format.get());
        text = TRY(str_from_latin1(t, reinterpret_cast<const uint8_t*>(bytes->data), bytes->size));
    } else {
        return raise(t, exc::TypeError, "Struct() argument 1 must be a str or bytes object, not %.200T", format);
    }
    if (find_char(text.get(), 0, 0, text->length) >= 0) return raise(t, struct_error, "embedded null character");
    Ref<Bytes> bytes = TRY(encode_latin1(t, text.get(), nullptr));
    void* memory = raw_alloc(sizeof(KeptLayout));
    if (!memory) return raise_memory_error(t);
    auto* layout = new (memory) KeptLayout();
    bool no_memory = false;
    const char* error = base::parse_struct_format(bytes->data, static_cast<size_t>(bytes->size), *layout, no_memory);
    if (error || no_memory) {
        layout->~KeptLayout();
        raw_free(layout);
        if (no_memory) return raise_memory_error(t);
        return raise(t, struct_error, "%s", error);
    }
    CriticalSection section(t, self);
    layout->older = self->layout;
    __atomic_store_n(&self->layout, layout, __ATOMIC_RELEASE);
    assign_field(self->format, static_cast<Object*>(text.release()));
    return {};
}
Result<void> struct_init(Thread& t, Borrowed<Struct> self, Borrowed<Object> format) { return initialise(t, self.get(), format); }
Object* struct_construct(Type* type, Object*, Object*) { return type->alloc(type, 0); }

Result<Ref<Struct>> struct_new(Thread& t, Borrowed<Object> format) {
    Ref<Struct> self = TRY(allocate<Struct>(t));
    TRY(initialise(t, self.get(), format));
    return self;
}
void struct_dealloc(Object* o) {
    auto* self = static_cast<Struct*>(o);
    if (self->weaklist) clear_weakrefs(o);
    while (KeptLayout* layout = self->layout) {
        self->layout = layout->older;
        layout->~KeptLayout();
        raw_free(layout);
    }
    if (self->format) decref(self->format);
    o->type->free(o);
}
Result<base::StructLayout*> layout_of(Thread& t, Struct* self) {
    if (LIKELY(self->layout != nullptr)) return self->layout;
    return raise(t, exc::RuntimeError, "Struct object is not initialized");
}

Result<Ref<Object>> pack_with(Thread& t, Struct* self, Object* const* values, size_t count) {
    base::StructLayout* layout = TRY(layout_of(t, self));
    if (count != layout->items)
        return raise(t, struct_error, "pack expected %u items for packing (got %u)", static_cast<uint64_t>(layout->items),
                     static_cast<uint64_t>(count));
    Ref<Bytes> result = TRY(bytes_alloc(t, static_cast<intptr_t>(layout->size)));
    TRY(pack_all(t, *layout, values, reinterpret_cast<uint8_t*>(result->data)));
    return result;
}
Result<void> pack_into_with(Thread& t, Struct* self, Object* const* args, size_t count) {
    base::StructLayout* layout = TRY(layout_of(t, self));
    if (count == 0) return raise(t, struct_error, "pack_into expected buffer argument");
    if (count == 1) return raise(t, struct_error, "pack_into expected offset argument");
    if (count != layout->items + 2)
        return raise(t, struct_error, "pack_into expected %u items for packing (got %u)", static_cast<uint64_t>(layout->items),
                     static_cast<uint64_t>(count - 2));
    BufferView view;
    if (view.acquire(t, args[0], true).is_error()) {
        if (!clear_if(t, exc::TypeError) && !clear_if(t, exc::BufferError)) return Error{};
        return raise(t, exc::TypeError, "argument must be read-write bytes-like object, not %.200T", args[0]);
    }
    intptr_t offset = TRY(to_index_size(t, args[1], exc::IndexError));
    auto size = static_cast<intptr_t>(layout->size), length = static_cast<intptr_t>(view.size());
    if (offset < 0) {
        if (offset + size > 0) return raise(t, struct_error, "no space to pack %d bytes at offset %d", size, offset);
        if (offset + length < 0) return raise(t, struct_error, "offset %d out of range for %d-byte buffer", offset, length);
        offset += length;
    }
    if (length - offset < size)
        return raise(t, struct_error,
                     "pack_into requires a buffer of at least %u bytes for packing %d bytes at offset %d (actual buffer size is %d)",
                     static_cast<uint64_t>(size) + static_cast<uint64_t>(offset), size, offset, length);
    return pack_all(t, *layout, args + 2, static_cast<uint8_t*>(view.buffer().buf) + offset);
}
Result<Ref<Object>> unpack_with(Thread& t, Struct* self, Object* source) {
    base::StructLayout* layout = TRY(layout_of(t, self));
    if (is_exact<Bytes>(source) && static_cast<size_t>(static_cast<Bytes*>(source)->size) == layout->size)
        return unpack_all(t, *layout, reinterpret_cast<const uint8_t*>(static_cast<Bytes*>(source)->data));
    BufferView view;
    TRY(view.acquire(t, source));
    if (view.size() != layout->size)
        return raise(t, struct_error, "unpack requires a buffer of %u bytes", static_cast<uint64_t>(layout->size));
    return unpack_all(t, *layout, view.data());
}
Result<Ref<Object>> unpack_from_with(Thread& t, Struct* self, Object* source, intptr_t offset) {
    base::StructLayout* layout = TRY(layout_of(t, self));
    BufferView view;
    TRY(view.acquire(t, source));
    auto size = static_cast<intptr_t>(layout->size), length = static_cast<intptr_t>(view.size());
    if (offset < 0) {
        if (offset + size > 0) return raise(t, struct_error, "not enough data to unpack %d bytes at offset %d", size, offset);
        if (offset + length < 0) return raise(t, struct_error, "offset %d out of range for %d-byte buffer", offset, length);
        offset += length;
    }
    if (length - offset < size)
        return raise(t, struct_error,
                     "unpack_from requires a buffer of at least %u bytes for unpacking %d bytes at offset %d (actual buffer size is %d)",
                     static_cast<uint64_t>(size) + static_cast<uint64_t>(offset), size, offset, length);
    return unpack_all(t, *layout, view.data() + offset);
}
Result<Ref<Object>> iter_unpack_with(Thread& t, Struct* self, Object* source) {
    base::StructLayout* layout = TRY(layout_of(t, self));
    if (layout->size == 0) return raise(t, struct_error, "cannot iteratively unpack with a struct of length 0");
    BufferView view;
    TRY(view.acquire(t, source));
    if (view.size() % layout->size != 0)
        return raise(t, struct_error, "iterative unpacking requires a buffer of a multiple of %u bytes",
                     static_cast<uint64_t>(layout->size));
    Ref<UnpackIterator> iterator = TRY(allocate<UnpackIterator>(t));
    void* memory = raw_alloc(sizeof(BufferView));
    if (!memory) return raise_memory_error(t);
    iterator->view = new (memory) BufferView(std::move(view));
    iterator->structure = acquire(self).release();
    gc_track(iterator.get());
    return iterator;
}

Result<Ref<Object>> method_pack(Thread& t, Borrowed<Struct> self, Args args) { return pack_with(t, self.get(), args.data, args.size()); }
Result<void> method_pack_into(Thread& t, Borrowed<Struct> self, Args args) { return pack_into_with(t, self.get(), args.data, args.size()); }
Result<Ref<Object>> method_unpack(Thread& t, Borrowed<Struct> self, Borrowed<Object> buffer) {
    return unpack_with(t, self.get(), buffer.get());
}
Result<Ref<Object>> method_unpack_from(Thread& t, Borrowed<Struct> self, Borrowed<Object> buffer, Size offset) {
    return unpack_from_with(t, self.get(), buffer.get(), offset);
}
Result<Ref<Object>> method_iter_unpack(Thread& t, Borrowed<Struct> self, Borrowed<Object> buffer) {
    return iter_unpack_with(t, self.get(), buffer.get());
}
Result<Ref<Object>> get_format(Thread& t, Borrowed<Struct> self) {
    TRY(layout_of(t, self.get()));
    return acquire(self->format);
}
int64_t get_size(Thread&, Borrowed<Struct> self) { return self->layout ? static_cast<int64_t>(self->layout->size) : -1; }
Result<Ref<Str>> struct_repr(Thread& t, Borrowed<Struct> self) {
    TRY(layout_of(t, self.get()));
    return str_format(t, "%s(%R)", short_type_name(*self->type), self->format);
}
Result<int64_t> struct_sizeof(Thread& t, Borrowed<Struct> self) {
    TRY(layout_of(t, self.get()));
    return self->type->basicsize + static_cast<int64_t>(sizeof(base::StructLayout));
}

const NativeDef struct_methods[] = {
    method<method_iter_unpack>("iter_unpack", "($self, buffer, /)",
                               "An iterator over tuples unpacked from the buffer, one structure after another."),
    method<method_pack>("pack", "(*args)", "S.pack(v1, v2, ...) -> bytes\n\nThe values packed by the format."),
    method<method_pack_into>("pack_into", "(*args)",
                             "S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values into a writable buffer from the offset on."),
    method<method_unpack>("unpack", "($self, buffer, /)", "The tuple of values in the buffer, which has the structure's size."),
    method<method_unpack_from>("unpack_from", "($self, /, buffer, offset=0)", "The tuple of values in the buffer from the offset on."),
    method<struct_sizeof>("__sizeof__", "($self, /)", "Size in memory, in bytes."),
};
const GetSetDef struct_getset[] = {
    getter<get_format>("format", "struct format string"),
    getter<get_size>("size", "struct size in bytes"),
};
const SlotDef struct_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot), raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    raw_slot(SlotId::tp_new, struct_construct),          typed_init<struct_init, "Struct", "($self, format)">(),
    raw_slot(SlotId::tp_dealloc, struct_dealloc),        unary_slot<SlotId::tp_repr, struct_repr>(),
};
const TypeSpec struct_spec = {
    .type = &Struct::s_type,
    .name = "_struct.Struct",
    .basicsize = sizeof(Struct),
    .flags = type_flag::BaseType,
    .doc = "Struct(fmt) --> compiled struct object",
    .slots = struct_slots,
    .methods = struct_methods,
    .getset = struct_getset,
    .weaklist_offset = offsetof(Struct, weaklist),
};

ResultMaybe<Object> iterator_next(Thread& t, Borrowed<UnpackIterator> self) {
    CriticalSection section(t, self.get());
    if (!self->structure) return MaybeRef<Object>();
    base::StructLayout& layout = *self->structure->layout;
    if (self->index >= static_cast<intptr_t>(self->view->size())) {
        clear_field(self->structure);
        self->view->~BufferView();
        raw_free(std::exchange(self->view, nullptr));
        return MaybeRef<Object>();
    }
    Ref<Object> values = TRY(unpack_all(t, layout, self->view->data() + self->index));
    self->index += static_cast<intptr_t>(layout.size);
    return MaybeRef<Object>(std::move(values));
}
int64_t iterator_hint(Borrowed<UnpackIterator> self) {
    if (!self->structure) return 0;
    return (static_cast<int64_t>(self->view->size()) - self->index) / static_cast<int64_t>(self->structure->layout->size);
}
Object* iterator_self(Object* o) { return incref(o), o; }
int iterator_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<UnpackIterator*>(o);
    if (self->structure)
        if (int result = visit(self->structure, context)) return result;
    if (self->view && self->view->buffer().obj) return visit(self->view->buffer().obj, context);
    return 0;
}
void iterator_dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<UnpackIterator*>(o);
    if (self->view) {
        self->view->~BufferView();
        raw_free(self->view);
    }
    if (self->structure) decref(self->structure);
    o->type->free(o);
}
const NativeDef iterator_methods[] = {method<iterator_hint>("__length_hint__", "($self, /)")};
const SlotDef iterator_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot), raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, iterator_next>(),    raw_slot(SlotId::tp_traverse, iterator_traverse),
    raw_slot(SlotId::tp_dealloc, iterator_dealloc),
};
const TypeSpec iterator_spec = {.type = &UnpackIterator::s_type,
                                .name = "_struct.unpack_iterator",
                                .basicsize = sizeof(UnpackIterator),
                                .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                .slots = iterator_slots,
                                .methods = iterator_methods};

// Module functions, with a cache of compiled formats.

Result<Ref<Struct>> cached(Thread& t, Borrowed<Module> module, Borrowed<Object> format) {
    auto& state = module->state_as<ModuleState>();
    bool cacheable = is_exact<Str>(format.get()) || is_exact<Bytes>(format.get());
    Ref<Object> key = acquire(format);
    if (cacheable) {
        // Bytes are looked up as the text they are: as keys they would be compared with texts (-b warns of that).
        if (is_exact<Bytes>(format.get())) {
            auto* bytes = static_cast<Bytes*>(format.get());
            key = TRY(str_from_latin1(t, reinterpret_cast<const uint8_t*>(bytes->data), bytes->size));
        }
        MaybeRef<Object> found = TRY(dict_get(t, state.cache, key));
        if (found) return as<Struct>(found.take());
    }
    Ref<Struct> made = TRY(struct_new(t, format));
    if (cacheable) {
        if (dict_size(state.cache) >= CacheLimit) dict_clear(t, state.cache);
        TRY(dict_set(t, state.cache, key, made));
    }
    return made;
}
void clearcache(Thread& t, Borrowed<Module> module) { dict_clear(t, module->state_as<ModuleState>().cache); }
Result<int64_t> calcsize(Thread& t, Borrowed<Module> module, Borrowed<Object> format) {
    Ref<Struct> structure = TRY(cached(t, module, format));
    return static_cast<int64_t>(structure->layout->size);
}
Result<Ref<Object>> pack(Thread& t, Borrowed<Module> module, Args args) {
    if (args.size() == 0) return raise(t, exc::TypeError, "missing format argument");
    Ref<Struct> structure = TRY(cached(t, module, args[0]));
    return pack_with(t, structure.get(), args.data + 1, args.size() - 1);
}
Result<void> pack_into(Thread& t, Borrowed<Module> module, Args args) {
    if (args.size() == 0) return raise(t, exc::TypeError, "missing format argument");
    Ref<Struct> structure = TRY(cached(t, module, args[0]));
    return pack_into_with(t, structure.get(), args.data + 1, args.size() - 1);
}
Result<Ref<Object>> unpack(Thread& t, Borrowed<Module> module, Borrowed<Object> format, Borrowed<Object> buffer) {
    Ref<Struct> structure = TRY(cached(t, module, format));
    return unpack_with(t, structure.get(), buffer.get());
}
Result<Ref<Object>> unpack_from(Thread& t, Borrowed<Module> module, Borrowed<Object> format, Borrowed<Object> buffer, Size offset) {
    Ref<Struct> structure = TRY(cached(t, module, format));
    return unpack_from_with(t, structure.get(), buffer.get(), offset);
}
Result<Ref<Object>> iter_unpack(Thread& t, Borrowed<Module> module, Borrowed<Object> format, Borrowed<Object> buffer) {
    Ref<Struct> structure = TRY(cached(t, module, format));
    return iter_unpack_with(t, structure.get(), buffer.get());
}

const NativeDef functions[] = {
    module_fn<clearcache>("_clearcache", "($module, /)", "Forget compiled formats."),
    module_fn<calcsize>("calcsize", "($module, format, /)", "The size in bytes of the structure that the format describes."),
    module_fn<iter_unpack>("iter_unpack", "($module, format, buffer, /)", "An iterator over tuples unpacked from the buffer."),
    module_fn<pack>("pack", "(*args)", "pack(format, v1, v2, ...) -> bytes\n\nThe values packed by the format."),
    module_fn<pack_into>("pack_into", "(*args)",
                         "pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values into a writable buffer from the offset on."),
    module_fn<unpack>("unpack", "($module, format, buffer, /)", "The tuple of values in the buffer."),
    module_fn<unpack_from>("unpack_from", "($module, format, /, buffer, offset=0)",
                           "The tuple of values in the buffer from the offset on."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    module->state_as<ModuleState>().cache = TRY(dict_new(t)).release();
    return type_ready(t, iterator_spec);
}
const TypeSpec* const types[] = {&struct_spec, &struct_error_spec};

} // namespace

extern const ModuleSpec struct_module;
const ModuleSpec struct_module = {
    .name = "_struct",
    .doc = "C structures as bytes objects: format strings say how values are laid out.",
    .functions = functions,
    .exec = exec,
    .types = types,
    .state = state_spec<ModuleState, &ModuleState::cache>,
};

} // namespace taipan
