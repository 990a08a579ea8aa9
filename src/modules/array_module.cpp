// array: sequences of machine numbers and characters. All access to the memory holds the array's lock; exported buffers
// forbid changes of the size.
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/builtin_lookup.h"
#include "objects/bytes.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/list_internal.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

#include <cstring>

namespace taipan {
namespace array_detail {

/// A kind of item. The letter decides; `compare_as_integer` says that items order as their numbers.
struct ItemKind {
    char code;
    uint8_t size;
    bool integer, is_signed;
    const char* format; // of exported buffers
};
constexpr ItemKind kinds[] = {
    {'b', 1, true, true, "b"},  {'B', 1, true, false, "B"}, {'u', 4, false, false, "w"}, {'w', 4, false, false, "w"},
    {'h', 2, true, true, "h"},  {'H', 2, true, false, "H"}, {'i', 4, true, true, "i"},   {'I', 4, true, false, "I"},
    {'l', 8, true, true, "l"},  {'L', 8, true, false, "L"}, {'q', 8, true, true, "q"},   {'Q', 8, true, false, "Q"},
    {'f', 4, false, true, "f"}, {'d', 8, false, true, "d"},
};
const ItemKind* find_kind(uint32_t code) {
    for (const ItemKind& kind : kinds)
        if (static_cast<uint32_t>(kind.code) == code) return &kind;
    return nullptr;
}

struct Array : VarObject {
    char* items;
    intptr_t capacity;
    const ItemKind* kind;
    Object* weaklist;
    intptr_t exports;
    static Type s_type;
    char* at(intptr_t i) { return items + i * kind->size; }
    bool is_text() const { return kind->code == 'u' || kind->code == 'w'; }
};
struct ArrayIterator : Object {
    intptr_t index;
    Object* array;
    static Type s_type;
};

namespace {

using Self = Borrowed<Array>;
using Any = Borrowed<Object>;
using Out = Result<Ref<Object>>;

template <class T> T load(const char* p) {
    T value;
    memcpy(&value, p, sizeof value);
    return value;
}

Out unpack(Thread& t, const ItemKind* kind, const char* p) {
    switch (kind->code) {
    case 'b': return int_from(t, load<int8_t>(p));
    case 'B': return int_from(t, load<uint8_t>(p));
    case 'h': return int_from(t, load<int16_t>(p));
    case 'H': return int_from(t, load<uint16_t>(p));
    case 'i': return int_from(t, load<int32_t>(p));
    case 'I': return int_from(t, load<uint32_t>(p));
    case 'l':
    case 'q': return int_from(t, load<int64_t>(p));
    case 'L':
    case 'Q': return int_from_uint64(t, load<uint64_t>(p));
    case 'f': return float_from(t, static_cast<double>(load<float>(p)));
    case 'd': return float_from(t, load<double>(p));
    default: {
        uint32_t c = load<uint32_t>(p);
        if (c > 0x10ffff) return raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
        return str_from_char(t, c);
    }
    }
}

/// An item's bytes for a value; no lock is needed.
Result<void> pack(Thread& t, const ItemKind* kind, Any value, char* out) {
    if (kind->integer) {
        Ref<Int> number = TRY(to_index(t, value));
        Int* n = number.get();
        auto overflow = [&](const char* text) { return raise(t, exc::OverflowError, text); };
        int64_t s = 0;
        uint64_t u = 0;
        switch (kind->code) {
        case 'b':
        case 'B':
        case 'h':
        case 'H':
        case 'i': {
            struct Limits {
                int64_t low, high;
                const char* name;
            };
            Limits limits = kind->code == 'b'   ? Limits{-128, 127, "signed char"}
                            : kind->code == 'B' ? Limits{0, 255, "unsigned byte integer"}
                            : kind->code == 'h' ? Limits{-32768, 32767, "signed short integer"}
                            : kind->code == 'H' ? Limits{0, 65535, "unsigned short"}
                                                : Limits{INT32_MIN, INT32_MAX, "signed integer"};
            if (!int_fits_int64(n, &s)) return overflow("Python int too large to convert to C long");
            if (s < limits.low) return raise(t, exc::OverflowError, "%s is less than minimum", limits.name);
            if (s > limits.high) return raise(t, exc::OverflowError, "%s is greater than maximum", limits.name);
            u = static_cast<uint64_t>(s);
            break;
        }
        case 'l':
            if (!int_fits_int64(n, &s)) return overflow("Python int too large to convert to C long");
            u = static_cast<uint64_t>(s);
            break;
        case 'q':
            if (!int_fits_int64(n, &s)) return overflow("int too big to convert");
            u = static_cast<uint64_t>(s);
            break;
        case 'I':
            if (n->is_negative()) return overflow("can't convert negative value to unsigned int");
            if (!int_fits_uint64(n, &u)) return overflow("Python int too large to convert to C unsigned long");
            if (u > UINT32_MAX) return overflow("unsigned int is greater than maximum");
            break;
        case 'L':
            if (n->is_negative()) return overflow("can't convert negative value to unsigned int");
            if (!int_fits_uint64(n, &u)) return overflow("Python int too large to convert to C unsigned long");
            break;
        case 'Q':
            if (n->is_negative()) return overflow("can't convert negative int to unsigned");
            if (!int_fits_uint64(n, &u)) return overflow("int too big to convert");
            break;
        }
        memcpy(out, &u, kind->size);
        return {};
    }
    if (kind->code == 'f') {
        auto f = static_cast<float>(TRY(to_double(t, value)));
        memcpy(out, &f, 4);
        return {};
    }
    if (kind->code == 'd') {
        double d = TRY(to_double(t, value));
        memcpy(out, &d, 8);
        return {};
    }
    if (!is<Str>(value.get())) return raise(t, exc::TypeError, "array item must be a unicode character, not %T", value);
    auto* text = static_cast<Str*>(value.get());
    if (text->length != 1)
        return raise(t, exc::TypeError, "array item must be a unicode character, not a string of length %d", text->length);
    uint32_t c = text->at(0);
    memcpy(out, &c, 4);
    return {};
}

Result<void> check_exports(Thread& t, Array* self) {
    if (__atomic_load_n(&self->exports, __ATOMIC_ACQUIRE) > 0) // what readers of a view have read lies before its release
        return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
    return {};
}
/// The lock is held.
Result<void> set_size(Thread& t, Array* self, intptr_t size) {
    if (size != self->size) TRY(check_exports(t, self));
    if (size <= self->capacity && self->size < size + 16 && self->items) {
        store_relaxed(self->size, size);
        return {};
    }
    if (size == 0) {
        raw_free(self->items);
        self->items = nullptr;
        store_relaxed(self->size, 0);
        self->capacity = 0;
        return {};
    }
    intptr_t capacity = (size >> 4) + (self->size < 8 ? 3 : 7) + size;
    if (size > (INTPTR_MAX >> 5)) return raise_memory_error(t);
    auto* items = static_cast<char*>(raw_realloc(self->items, static_cast<size_t>(capacity * self->kind->size)));
    if (!items) return raise_memory_error(t);
    self->items = items;
    self->capacity = capacity;
    store_relaxed(self->size, size);
    return {};
}

Result<Ref<Array>> make(Thread& t, Type& type, const ItemKind* kind, intptr_t size) {
    Ref<Array> self = TRY([&]() -> Result<Ref<Array>> {
        if (!type.is_heap_type()) return allocate<Array>(t, type);
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
        return steal(static_cast<Array*>(made.release()));
    }());
    self->kind = kind;
    if (size) {
        if (size > (INTPTR_MAX >> 5)) return raise_memory_error(t);
        self->items = static_cast<char*>(raw_alloc(static_cast<size_t>(size * kind->size)));
        if (!self->items) return raise_memory_error(t);
        self->size = self->capacity = size;
    }
    return self;
}
void dealloc(Object* o) {
    auto* self = static_cast<Array*>(o);
    if (self->weaklist) clear_weakrefs(o);
    raw_free(self->items);
    o->type->free(o);
}

Result<void> append_value(Thread& t, Array* self, Any value) {
    char item[8];
    TRY(pack(t, self->kind, value, item));
    CriticalSection section(t, self);
    TRY(set_size(t, self, self->size + 1));
    memcpy(self->at(self->size - 1), item, self->kind->size);
    return {};
}
/// Whole items from bytes, at the end.
Result<void> append_bytes(Thread& t, Array* self, std::string_view data) {
    if (data.size() % self->kind->size) return raise(t, exc::ValueError, "bytes length not a multiple of item size");
    CriticalSection section(t, self);
    intptr_t old = self->size, more = static_cast<intptr_t>(data.size()) / self->kind->size;
    if (more == 0) return {};
    TRY(set_size(t, self, old + more));
    memcpy(self->at(old), data.data(), data.size());
    return {};
}
Result<void> append_text(Thread& t, Array* self, Str* text) {
    CriticalSection section(t, self);
    intptr_t old = self->size;
    if (text->length == 0) return {};
    TRY(set_size(t, self, old + text->length));
    for (intptr_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        memcpy(self->at(old + i), &c, 4);
    }
    return {};
}
Result<void> append_array(Thread& t, Array* self, Array* other) {
    CriticalSection section(t, self, other);
    if (self->kind->code != other->kind->code) return raise(t, exc::TypeError, "can only extend with array of same kind");
    intptr_t old = self->size, more = other->size;
    if (more == 0) return {};
    TRY(set_size(t, self, old + more));
    memcpy(self->at(old), other->items, static_cast<size_t>(more * self->kind->size));
    return {};
}
Result<void> append_iterable(Thread& t, Array* self, Any iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return {};
        TRY(append_value(t, self, item.get()));
    }
}

Out array_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && dict_size(kwargs) && (type.get() == &Array::s_type || type->init == Array::s_type.init))
        return raise(t, exc::TypeError, "array.array() takes no keyword arguments");
    if (args->size < 1) return raise(t, exc::TypeError, "array() takes at least 1 argument (0 given)");
    if (args->size > 2) return raise(t, exc::TypeError, "array() takes at most 2 arguments (%d given)", args->size);
    Object* code_object = args->items[0];
    if (!is<Str>(code_object)) return raise(t, exc::TypeError, "array() argument 1 must be a unicode character, not %T", code_object);
    auto* code_text = static_cast<Str*>(code_object);
    if (code_text->length != 1)
        return raise(t, exc::TypeError, "array() argument 1 must be a unicode character, not a string of length %d", code_text->length);
    uint32_t code = code_text->at(0);
    Object* initial = args->size > 1 ? args->items[1] : nullptr;
    if (code == 'u') TRY(warn(t, exc::DeprecationWarning, 1, "The 'u' type code is deprecated and will be removed in Python 3.16"));
    bool text_code = code == 'u' || code == 'w';
    if (initial && !text_code) {
        if (is<Str>(initial)) return raise(t, exc::TypeError, "cannot use a str to initialize an array with typecode '%c'", code);
        if (is<Array>(initial) && static_cast<Array*>(initial)->is_text())
            return raise(t, exc::TypeError, "cannot use a unicode array to initialize an array with typecode '%c'", code);
    }
    const ItemKind* kind = find_kind(code);
    if (!kind) return raise(t, exc::ValueError, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    Ref<Array> self = TRY(make(t, *type.get(), kind, 0));
    if (!initial) return self;
    if (is<Bytes>(initial)) TRY(append_bytes(t, self.get(), static_cast<Bytes*>(initial)->view()));
    else if (is<ByteArray>(initial)) {
        BufferView buffer;
        TRY(buffer.acquire(t, initial));
        TRY(append_bytes(t, self.get(), buffer.view()));
    } else if (is<Str>(initial)) TRY(append_text(t, self.get(), static_cast<Str*>(initial)));
    else if (is<Array>(initial) && static_cast<Array*>(initial)->kind->code == kind->code)
        TRY(append_array(t, self.get(), static_cast<Array*>(initial)));
    else TRY(append_iterable(t, self.get(), initial));
    return self;
}

// --- sequence -------------------------------------------------------------------------------------------------------

intptr_t length_slot(Thread&, Self self) { return __atomic_load_n(&self->size, __ATOMIC_RELAXED); }
ResultMaybe<Object> item_at(Thread& t, Array* self, intptr_t i) {
    LeafSection section(t, self);
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return MaybeRef<Object>();
    return MaybeRef<Object>::steal(TRY(unpack(t, self->kind, self->at(i))).release());
}
Out item_slot(Thread& t, Self self, intptr_t i) {
    MaybeRef<Object> item = TRY(item_at(t, self.get(), i));
    if (!item) return raise(t, exc::IndexError, "array index out of range");
    return item.take();
}
bool is_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }
Out subscript(Thread& t, Self self, Any key) {
    if (is_index(key.get())) {
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return item_slot(t, self, i);
        CriticalSection section(t, self.get());
        return item_slot(t, self, i + self->size);
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "array indices must be integers");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    CriticalSection section(t, self.get());
    intptr_t count = slice_adjust(self->size, &bounds);
    Ref<Array> part = TRY(make(t, Array::s_type, self->kind, count));
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) memcpy(part->at(i), self->at(at), self->kind->size);
    return part;
}

Result<void> replace_range(Thread& t, Array* self, intptr_t start, intptr_t end, const char* items, intptr_t count) {
    intptr_t change = count - (end - start), size = self->size, width = self->kind->size;
    if (change) TRY(check_exports(t, self));
    if (change > 0) TRY(set_size(t, self, size + change));
    if (change) memmove(self->at(start + count), self->at(end), static_cast<size_t>((size - end) * width));
    if (change < 0) TRY(set_size(t, self, size + change));
    if (count) memcpy(self->at(start), items, static_cast<size_t>(count * width));
    return {};
}
Result<void> set_index(Thread& t, Self self, intptr_t i, Object* value) {
    char item[8];
    if (value) TRY(pack(t, self->kind, value, item));
    CriticalSection section(t, self.get());
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "array assignment index out of range");
    if (!value) return replace_range(t, self.get(), i, i + 1, nullptr, 0);
    memcpy(self->at(i), item, self->kind->size);
    return {};
}
Result<void> set_subscript(Thread& t, Self self, Any key, Object* value) {
    if (is_index(key.get())) {
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return set_index(t, self, i, value);
        CriticalSection section(t, self.get());
        return set_index(t, self, i + self->size, value);
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "array indices must be integers");
    if (value && !is<Array>(value)) return raise(t, exc::TypeError, "can only assign array (not \"%T\") to array slice", value);
    auto* other = static_cast<Array*>(value);
    if (other && other->kind->code != self->kind->code) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    // A private copy, as the array may be assigned to its own slice.
    struct Copy {
        char* data = nullptr;
        ~Copy() { raw_free(data); }
    } copy;
    intptr_t given = 0, width = self->kind->size;
    if (other) {
        CriticalSection section(t, other);
        given = other->size;
        if (given) {
            copy.data = static_cast<char*>(raw_alloc(static_cast<size_t>(given * width)));
            if (!copy.data) return raise_memory_error(t);
            memcpy(copy.data, other->items, static_cast<size_t>(given * width));
        }
    }
    CriticalSection section(t, self.get());
    intptr_t count = slice_adjust(self->size, &bounds);
    if (bounds.step == 1) {
        intptr_t stop = bounds.stop < bounds.start ? bounds.start : bounds.stop;
        return replace_range(t, self.get(), bounds.start, stop, copy.data, given);
    }
    if (given == 0) {
        if (count == 0) return {};
        if (other && count)
            return raise(t, exc::ValueError, "attempt to assign array of size %d to extended slice of size %d", given, count);
        TRY(check_exports(t, self.get()));
        if (bounds.step < 0) {
            bounds.start += (count - 1) * bounds.step;
            bounds.step = -bounds.step;
        }
        intptr_t out = bounds.start, k = 0, size = self->size;
        for (intptr_t i = bounds.start; i < size; ++i) {
            if (k < count && i == bounds.start + k * bounds.step) ++k;
            else memmove(self->at(out++), self->at(i), static_cast<size_t>(width));
        }
        return set_size(t, self.get(), size - count);
    }
    if (given != count) return raise(t, exc::ValueError, "attempt to assign array of size %d to extended slice of size %d", given, count);
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step)
        memcpy(self->at(at), copy.data + i * width, static_cast<size_t>(width));
    return {};
}

Out concat(Thread& t, Self self, Any other_object) {
    if (!is<Array>(other_object.get())) return raise(t, exc::TypeError, "can only append array (not \"%T\") to array", other_object);
    auto* other = static_cast<Array*>(other_object.get());
    if (other->kind->code != self->kind->code) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    CriticalSection section(t, self.get(), other);
    Ref<Array> made = TRY(make(t, Array::s_type, self->kind, self->size + other->size));
    if (self->size) memcpy(made->items, self->items, static_cast<size_t>(self->size * self->kind->size));
    if (other->size) memcpy(made->at(self->size), other->items, static_cast<size_t>(other->size * self->kind->size));
    return made;
}
void fill_repeats(char* items, size_t unit, size_t total) {
    for (size_t done = unit; done < total;) {
        size_t n = done < total - done ? done : total - done;
        memcpy(items + done, items, n);
        done += n;
    }
}
Out repeat(Thread& t, Self self, intptr_t times) {
    if (times < 0) times = 0;
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    if (size && times > (INTPTR_MAX >> 5) / size) return raise_memory_error(t);
    Ref<Array> made = TRY(make(t, Array::s_type, self->kind, size * times));
    auto unit = static_cast<size_t>(size * self->kind->size);
    if (unit && times) {
        memcpy(made->items, self->items, unit);
        fill_repeats(made->items, unit, unit * static_cast<size_t>(times));
    }
    return made;
}
Out inplace_concat(Thread& t, Self self, Any other) {
    if (!is<Array>(other.get())) return raise(t, exc::TypeError, "can only extend array with array (not \"%T\")", other);
    TRY(append_array(t, self.get(), static_cast<Array*>(other.get())));
    return acquire<Object>(self.get());
}
Out inplace_repeat(Thread& t, Self self, intptr_t times) {
    if (times < 0) times = 0;
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    if (size && times > (INTPTR_MAX >> 5) / size) return raise_memory_error(t);
    if (size && times != 1) {
        TRY(set_size(t, self.get(), size * times));
        auto unit = static_cast<size_t>(size * self->kind->size);
        if (times) fill_repeats(self->items, unit, unit * static_cast<size_t>(times));
    }
    return acquire<Object>(self.get());
}

Result<intptr_t> find(Thread& t, Self self, Any value, intptr_t start, intptr_t stop) {
    CriticalSection section(t, self.get());
    for (intptr_t i = start; i < stop; ++i) {
        MaybeRef<Object> item = TRY(item_at(t, self.get(), i));
        if (!item) break;
        if (TRY(equals(t, item.get(), value))) return i;
    }
    return intptr_t{-1};
}
Result<bool> contains_slot_function(Thread& t, Self self, Any value) { return TRY(find(t, self, value, 0, INTPTR_MAX)) >= 0; }

Out compare_function(Thread& t, Any a, Any b, Comparison op) {
    if (!is<Array>(a.get()) || !is<Array>(b.get())) return not_implemented_ref();
    auto *x = static_cast<Array*>(a.get()), *y = static_cast<Array*>(b.get());
    CriticalSection section(t, x, y);
    if (x->size != y->size && (op == Comparison::Eq || op == Comparison::Ne)) return bool_ref(op == Comparison::Ne);
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> m = TRY(item_at(t, x, i));
        MaybeRef<Object> n = TRY(item_at(t, y, i));
        if (!m || !n) {
            int order = m ? 1 : n ? -1 : 0;
            switch (op) {
            case Comparison::Lt: return bool_ref(order < 0);
            case Comparison::Le: return bool_ref(order <= 0);
            case Comparison::Eq: return bool_ref(order == 0);
            case Comparison::Ne: return bool_ref(order != 0);
            case Comparison::Gt: return bool_ref(order > 0);
            case Comparison::Ge: return bool_ref(order >= 0);
            }
        }
        if (TRY(equals(t, m.get(), n.get()))) continue;
        if (op == Comparison::Eq) return bool_ref(false);
        if (op == Comparison::Ne) return bool_ref(true);
        return compare(t, m.get(), n.get(), op);
    }
}

Result<Ref<List>> to_list_method(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    Ref<List> list = TRY(list_new(t, self->size));
    for (intptr_t i = 0; i < self->size; ++i) {
        store_release(list->items[i], TRY(unpack(t, self->kind, self->at(i))).release());
        store_release(list->size, i + 1);
    }
    return list;
}
Out to_unicode(Thread& t, Self self) {
    if (!self->is_text()) return raise(t, exc::ValueError, "tounicode() may only be called on unicode type arrays ('u' or 'w')");
    CriticalSection section(t, self.get());
    for (intptr_t i = 0; i < self->size; ++i)
        if (uint32_t c = load<uint32_t>(self->at(i)); c > 0x10ffff)
            return raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    return str_from_ucs4(t, reinterpret_cast<const uint32_t*>(self->items), self->size);
}
Result<Ref<Str>> repr_slot(Thread& t, Self self) {
    const char* name = short_type_name(*self->type);
    auto code = static_cast<uint32_t>(self->kind->code);
    CriticalSection section(t, self.get());
    if (self->size == 0) return str_format(t, "%s('%c')", name, code);
    Ref<Object> value = self->is_text() ? TRY(to_unicode(t, self)) : TRY(Result<Ref<Object>>(to_list_method(t, self)));
    return str_format(t, "%s('%c', %R)", name, code, value);
}

Result<void> get_buffer(Thread& t, Self self, Buffer* view, int flags) {
    CriticalSection section(t, self.get());
    static char empty[1];
    view->obj = acquire<Object>(self.get()).release();
    view->buf = self->items ? self->items : empty;
    view->itemsize = self->kind->size;
    view->len = self->size * self->kind->size;
    view->readonly = 0;
    view->ndim = 1;
    view->format = (flags & buffer_flag::Format) ? const_cast<char*>(self->kind->format) : nullptr;
    view->shape = (flags & buffer_flag::Nd) ? &self->size : nullptr;
    view->strides = (flags & buffer_flag::Strides) == buffer_flag::Strides ? &view->itemsize : nullptr;
    view->suboffsets = nullptr;
    view->internal = nullptr;
    __atomic_add_fetch(&self->exports, 1, __ATOMIC_RELAXED);
    return {};
}
void release_buffer(Object* self, Buffer*) { __atomic_sub_fetch(&static_cast<Array*>(self)->exports, 1, __ATOMIC_RELEASE); }

// --- methods --------------------------------------------------------------------------------------------------------

Result<void> append(Thread& t, Self self, Any value) { return append_value(t, self.get(), value); }
Out buffer_info(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    Ref<Int> address = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(self->items)));
    Ref<Int> size = TRY(int_from(t, self->size));
    return tuple_pack(t, address, size);
}
void byteswap(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    for (intptr_t i = 0; i < self->size; ++i) {
        char* p = self->at(i);
        for (int a = 0, b = self->kind->size - 1; a < b; ++a, --b) std::swap(p[a], p[b]);
    }
}
Result<void> clear(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return set_size(t, self.get(), 0);
}
Out copy(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    Ref<Array> made = TRY(make(t, Array::s_type, self->kind, self->size));
    if (self->size) memcpy(made->items, self->items, static_cast<size_t>(self->size * self->kind->size));
    return made;
}
Out deepcopy(Thread& t, Self self, Any) { return copy(t, self); }
Result<int64_t> count(Thread& t, Self self, Any value) {
    CriticalSection section(t, self.get());
    int64_t n = 0;
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = TRY(item_at(t, self.get(), i));
        if (!item) return n;
        n += TRY(equals(t, item.get(), value));
    }
}
Result<void> extend(Thread& t, Self self, Any iterable) {
    if (is<Array>(iterable.get())) return append_array(t, self.get(), static_cast<Array*>(iterable.get()));
    return append_iterable(t, self.get(), iterable);
}
Result<void> from_bytes(Thread& t, Self self, Any source) {
    BufferView buffer;
    TRY(buffer.acquire(t, source.get()));
    if (buffer.buffer().itemsize != 1) return raise(t, exc::TypeError, "a bytes-like object is required");
    return append_bytes(t, self.get(), buffer.view());
}
Result<void> from_file(Thread& t, Self self, Any file, Size n) {
    if (n < 0) return raise(t, exc::ValueError, "negative count");
    if (n > (INTPTR_MAX >> 1) / self->kind->size) return raise_memory_error(t);
    Ref<Int> size = TRY(int_from(t, n * self->kind->size));
    Ref<Object> data = TRY(call_method(t, file, names::read, size));
    if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "read() didn't return bytes");
    auto view = static_cast<Bytes*>(data.get())->view();
    bool short_read = static_cast<intptr_t>(view.size()) != n * self->kind->size;
    TRY(append_bytes(t, self.get(), view));
    if (short_read) return raise(t, exc::EOFError, "read() didn't return enough bytes");
    return {};
}
Result<void> to_file(Thread& t, Self self, Any file) {
    constexpr intptr_t Block = 64 * 1024;
    for (intptr_t at = 0;; at += Block) {
        Ref<Bytes> data = bytes_empty();
        {
            CriticalSection section(t, self.get());
            intptr_t total = self->size * self->kind->size;
            if (at >= total) return {};
            data = TRY(bytes_from(t, {self->items + at, static_cast<size_t>(total - at < Block ? total - at : Block)}));
        }
        (void)TRY(call_method(t, file, names::write, data));
    }
}
Result<void> from_list(Thread& t, Self self, Any list_object) {
    if (!is<List>(list_object.get())) return raise(t, exc::TypeError, "arg must be list");
    auto* list = static_cast<List*>(list_object.get());
    intptr_t old = self->size, n = list_size(list);
    for (intptr_t i = 0; i < n; ++i) {
        MaybeRef<Object> item = list_get(t, list, i);
        Result<void> added = !item ? Result<void>(raise(t, exc::RuntimeError, "list changed size during iteration"))
                                   : append_value(t, self.get(), item.get());
        if (!added.is_error() && list_size(list) != n) added = raise(t, exc::RuntimeError, "list changed size during iteration");
        if (added.is_error()) {
            // Nothing of the list stays.
            MaybeRef<Object> error = t.take_exception();
            CriticalSection section(t, self.get());
            if (self->size > old && set_size(t, self.get(), old).is_error()) t.clear_exception();
            return t.set_exception(error.take());
        }
    }
    return {};
}
Result<void> from_unicode(Thread& t, Self self, Borrowed<Str> text) {
    if (!self->is_text()) return raise(t, exc::ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    return append_text(t, self.get(), text.get());
}
Result<int64_t> index(Thread& t, Self self, Any value, MaybeBorrowed<Object> start_object, MaybeBorrowed<Object> stop_object) {
    intptr_t start = start_object ? TRY(to_index_clipped(t, start_object.value())) : 0;
    intptr_t stop = stop_object ? TRY(to_index_clipped(t, stop_object.value())) : INTPTR_MAX;
    CriticalSection section(t, self.get());
    if (start < 0 && (start += self->size) < 0) start = 0;
    if (stop < 0) stop += self->size;
    intptr_t found = TRY(find(t, self, value, start, stop));
    if (found < 0) return raise(t, exc::ValueError, "array.index(x): x not in array");
    return found;
}
Result<void> insert(Thread& t, Self self, Size index_given, Any value) {
    char item[8];
    TRY(pack(t, self->kind, value, item));
    CriticalSection section(t, self.get());
    intptr_t i = index_given, n = self->size;
    if (i < 0 && (i += n) < 0) i = 0;
    if (i > n) i = n;
    return replace_range(t, self.get(), i, i, item, 1);
}
Out pop(Thread& t, Self self, Size index_given) {
    char item[8];
    {
        CriticalSection section(t, self.get());
        intptr_t i = index_given, n = self->size;
        if (n == 0) return raise(t, exc::IndexError, "pop from empty array");
        if (i < 0) i += n;
        if (i < 0 || i >= n) return raise(t, exc::IndexError, "pop index out of range");
        memcpy(item, self->at(i), self->kind->size);
        TRY(replace_range(t, self.get(), i, i + 1, nullptr, 0));
    }
    return unpack(t, self->kind, item);
}
Result<void> remove(Thread& t, Self self, Any value) {
    CriticalSection section(t, self.get());
    intptr_t i = TRY(find(t, self, value, 0, INTPTR_MAX));
    if (i < 0) return raise(t, exc::ValueError, "array.remove(x): x not in array");
    if (i >= self->size) return {};
    return replace_range(t, self.get(), i, i + 1, nullptr, 0);
}
void reverse(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    char item[8];
    for (intptr_t i = 0, j = self->size - 1; i < j; ++i, --j) {
        memcpy(item, self->at(i), self->kind->size);
        memcpy(self->at(i), self->at(j), self->kind->size);
        memcpy(self->at(j), item, self->kind->size);
    }
}
Out to_bytes_method(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return bytes_from(t, {self->items, static_cast<size_t>(self->size * self->kind->size)});
}
int64_t size_of(Thread&, Self self) { return self->type->basicsize + self->capacity * self->kind->size; }

// Machine formats of pickles: the numbers are part of the pickle format.
int machine_format(const ItemKind* kind) {
    switch (kind->code) {
    case 'b': return 1;
    case 'B': return 0;
    case 'h': return 4;
    case 'H': return 2;
    case 'i': return 8;
    case 'I': return 6;
    case 'l':
    case 'q': return 12;
    case 'L':
    case 'Q': return 10;
    case 'f': return 14;
    case 'd': return 16;
    default: return 20; // UTF-32, little endian
    }
}
Out reduce_ex(Thread& t, Self self, Any protocol_object) {
    if (!is<Int>(protocol_object.get())) return raise(t, exc::TypeError, "__reduce_ex__ argument should be an integer");
    int64_t protocol = TRY(to_int64(t, protocol_object));
    MaybeRef<Object> dict = TRY(get_attribute_optional(t, self, names::__dict__));
    if (!dict) dict = MaybeRef<Object>::acquire(None());
    Ref<Str> code = str_latin1_char(static_cast<uint8_t>(self->kind->code));
    Ref<Object> state = dict.take();
    if (protocol < 3) {
        Ref<List> list = TRY(to_list_method(t, self));
        Ref<Tuple> args = TRY(tuple_pack(t, code, list));
        return tuple_pack(t, acquire<Object>(self->type), args, state);
    }
    Ref<Object> rebuild = TRY(import_attribute(t, "array", "_array_reconstructor"));
    Ref<Int> format = TRY(int_from(t, machine_format(self->kind)));
    Ref<Object> data = TRY(to_bytes_method(t, self));
    Ref<Tuple> args = TRY(tuple_pack(t, acquire<Object>(self->type), code, format, data));
    return tuple_pack(t, rebuild, args, state);
}

Out reconstruct(Thread& t, Any type_object, Any code_object, int format, Any data_object) {
    if (!is<Type>(type_object.get())) return raise(t, exc::TypeError, "first argument must be a type object, not %T", type_object);
    auto* type = static_cast<Type*>(type_object.get());
    if (!is_subtype(type, &Array::s_type)) return raise(t, exc::TypeError, "%N is not a subtype of array.array", type);
    if (!is<Str>(code_object.get()) || static_cast<Str*>(code_object.get())->length != 1)
        return raise(t, exc::TypeError, "_array_reconstructor() argument 2 must be a unicode character, not %T", code_object);
    const ItemKind* kind = find_kind(static_cast<Str*>(code_object.get())->at(0));
    if (!kind) return raise(t, exc::ValueError, "second argument must be a valid type code");
    if (format < 0 || format > 21) return raise(t, exc::ValueError, "third argument must be a valid machine format code.");
    if (!is<Bytes>(data_object.get())) return raise(t, exc::TypeError, "fourth argument should be bytes, not %T", data_object);
    auto data = static_cast<Bytes*>(data_object.get())->view();
    Ref<Array> made = TRY(make(t, *type, kind, 0));
    if (format == machine_format(kind)) {
        TRY(append_bytes(t, made.get(), data));
        return made;
    }
    // Another machine's layout: item by item, into the code that has its size.
    static constexpr uint8_t sizes[] = {1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8};
    bool is_signed = format == 1 || (format >= 4 && (format & 3) <= 1);
    if (format < 14 && !(kind->integer && kind->size == sizes[format] && kind->is_signed == is_signed)) {
        for (const ItemKind& other : kinds)
            if (other.integer && other.size == sizes[format] && other.is_signed == is_signed) {
                made->kind = &other;
                break;
            }
    }
    if (format >= 18) {
        const char* encodings[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
        Ref<Object> text = TRY(str_decode(t, data_object, encodings[format - 18], nullptr));
        TRY(extend(t, made, text));
        return made;
    }
    size_t size = sizes[format];
    if (data.size() % size) return raise(t, exc::ValueError, "string length not a multiple of item size");
    bool big = format & 1 && format > 1;
    for (size_t at = 0; at < data.size(); at += size) {
        uint8_t bytes[8];
        for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(data[big ? at + size - 1 - i : at + i]);
        if (format >= 14) {
            double d =
                size == 4 ? static_cast<double>(load<float>(reinterpret_cast<char*>(bytes))) : load<double>(reinterpret_cast<char*>(bytes));
            Ref<Float> number = TRY(float_from(t, d));
            TRY(append_value(t, made.get(), number));
        } else {
            Ref<Int> number = TRY(int_from_bytes(t, bytes, size, true, is_signed));
            TRY(append_value(t, made.get(), number));
        }
    }
    return made;
}

Out get_typecode(Thread&, Self self) { return str_latin1_char(static_cast<uint8_t>(self->kind->code)); }
int64_t get_itemsize(Thread&, Self self) { return self->kind->size; }

// --- the iterator ---------------------------------------------------------------------------------------------------

Out array_iter(Thread& t, Self self) {
    Ref<ArrayIterator> it = TRY(allocate<ArrayIterator>(t));
    it->array = acquire<Object>(self.get()).release();
    gc_track(it.get());
    return it;
}
ResultMaybe<Object> iterator_next(Thread& t, Borrowed<ArrayIterator> self) {
    StepSection section(t, self.get());
    if (!self->array) return MaybeRef<Object>();
    intptr_t i = self->index;
    MaybeRef<Object> item = TRY(item_at(t, static_cast<Array*>(self->array), i));
    if (item) self->index = i + 1;
    else if (!is_multi_threaded()) clear_field(self->array);
    else self->index = INTPTR_MAX;
    return item;
}
Ref<Object> self_iterator(Thread&, Any self) { return acquire(self); }
Out iterator_reduce(Thread& t, Borrowed<ArrayIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    if (!self->array) {
        Ref<Tuple> args = TRY(tuple_pack(t, tuple_empty()));
        return tuple_pack(t, iter, args);
    }
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->array)));
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, iter, args, index);
}
Result<void> iterator_setstate(Thread& t, Borrowed<ArrayIterator> self, Any state) {
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (!self->array) return {};
    intptr_t size = static_cast<Array*>(self->array)->size;
    self->index = index < 0 ? 0 : index > size ? size : index;
    return {};
}
using IteratorFields = Fields<ArrayIterator, &ArrayIterator::array>;
const NativeDef iterator_methods[] = {
    method<iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<iterator_setstate>("__setstate__", "($self, state, /)", "Set state information for unpickling."),
};
const SlotDef iterator_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

const NativeDef methods[] = {
    method<append>("append", "($self, v, /)", "Append new value v to the end of the array."),
    method<buffer_info>("buffer_info", "($self, /)",
                        "Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to "
                        "hold array's contents.\n\n"
                        "The length should be multiplied by the itemsize attribute to calculate\nthe buffer length in bytes."),
    method<byteswap>("byteswap", "($self, /)",
                     "Byteswap all items of the array.\n\n"
                     "If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is\nraised."),
    method<clear>("clear", "($self, /)", "Remove all items from the array."),
    method<copy>("__copy__", "($self, /)", "Return a copy of the array."),
    method<count>("count", "($self, v, /)", "Return number of occurrences of v in the array."),
    method<deepcopy>("__deepcopy__", "($self, unused, /)", "Return a copy of the array."),
    method<extend>("extend", "($self, bb, /)", "Append items to the end of the array."),
    method<from_file>("fromfile", "($self, f, n, /)", "Read n objects from the file object f and append them to the end of the array."),
    method<from_list>("fromlist", "($self, list, /)", "Append items to array from list."),
    method<from_bytes>("frombytes", "($self, buffer, /)",
                       "Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file "
                       "using the fromfile() method."),
    method<from_unicode>("fromunicode", "($self, ustr, /)",
                         "Extends this array with data from the unicode string ustr.\n\n"
                         "The array must be a unicode type array; otherwise a ValueError is raised.\n"
                         "Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of\nsome other type."),
    method<index>("index", "($self, v, start=0, stop=sys.maxsize, /)",
                  "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present."),
    method<insert>("insert", "($self, i, v, /)", "Insert a new item v into the array before position i."),
    method<pop>("pop", "($self, i=-1, /)", "Return the i-th element and delete it from the array.\n\ni defaults to -1."),
    method<reduce_ex>("__reduce_ex__", "($self, value, /)", "Return state information for pickling."),
    method<remove>("remove", "($self, v, /)", "Remove the first occurrence of v in the array."),
    method<reverse>("reverse", "($self, /)", "Reverse the order of the items in the array."),
    method<to_file>("tofile", "($self, f, /)", "Write all items (as machine values) to the file object f."),
    method<to_list_method>("tolist", "($self, /)", "Convert array to an ordinary list with the same items."),
    method<to_bytes_method>("tobytes", "($self, /)",
                            "Convert the array to an array of machine values and return the bytes representation."),
    method<to_unicode>("tounicode", "($self, /)",
                       "Extends this array with data from the unicode string ustr.\n\n"
                       "Convert the array to a unicode string.  The array must be a unicode type array;\n"
                       "otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a\n"
                       "unicode string from an array of some other type."),
    method<size_of>("__sizeof__", "($self, /)", "Size of the array in memory, in bytes."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const GetSetDef getset[] = {
    getter<get_typecode>("typecode", "the typecode character used to create the array"),
    getter<get_itemsize>("itemsize", "the size, in bytes, of one array item"),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_repr, repr_slot>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, compare_function>(),
    size_slot<SlotId::sq_length, length_slot>(),
    binary_slot<SlotId::sq_concat, concat>(),
    index_slot<SlotId::sq_repeat, repeat>(),
    index_slot<SlotId::sq_item, item_slot>(),
    set_index_slot<SlotId::sq_ass_item, set_index>(),
    contains_slot<SlotId::sq_contains, contains_slot_function>(),
    binary_slot<SlotId::sq_inplace_concat, inplace_concat>(),
    index_slot<SlotId::sq_inplace_repeat, inplace_repeat>(),
    size_slot<SlotId::mp_length, length_slot>(),
    binary_slot<SlotId::mp_subscript, subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, set_subscript>(),
    unary_slot<SlotId::tp_iter, array_iter>(),
    get_buffer_slot<SlotId::bf_getbuffer, get_buffer>(),
    raw_slot(SlotId::bf_releasebuffer, &release_buffer),
    construct_slot<SlotId::tp_new, array_new>(),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};
const TypeSpec array_spec = {
    .type = &Array::s_type,
    .name = "array.array",
    .basicsize = sizeof(Array),
    .flags = type_flag::BaseType | type_flag::Sequence,
    .doc = "array(typecode [, initializer]) -> array\n\n"
           "Return a new array whose items are restricted by typecode, and\n"
           "initialized from the optional initializer value, which must be a list,\n"
           "string or iterable over elements of the appropriate type.\n\n"
           "Arrays represent basic values and behave very much like lists, except\n"
           "the type of objects stored in them is constrained. The type is specified\n"
           "at object creation time by using a type code, which is a single character.",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .weaklist_offset = offsetof(Array, weaklist),
};
const TypeSpec array_iterator_spec = {.type = &ArrayIterator::s_type,
                                      .name = "array.arrayiterator",
                                      .basicsize = sizeof(ArrayIterator),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = iterator_slots,
                                      .methods = iterator_methods};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_type(t, module, array_spec));
    TRY(type_ready(t, array_iterator_spec));
    TRY(module_add(t, module, "ArrayType", &Array::s_type));
    Ref<Object> sequence = TRY(import_attribute(t, "collections.abc", "MutableSequence"));
    (void)TRY(call_method(t, sequence, TRY(str_interned(t, "register")), Borrowed<Object>(&Array::s_type)));
    return module_add_string(t, module, "typecodes", "bBuwhHiIlLqQfd");
}
const NativeDef functions[] = {
    fn<reconstruct>("_array_reconstructor", "($module, arraytype, typecode, mformat_code, items, /)",
                    "Internal. Used for pickling support."),
};

} // namespace
Type Array::s_type;
Type ArrayIterator::s_type;
} // namespace array_detail

extern const ModuleSpec array_module;
const ModuleSpec array_module = {
    .name = "array",
    .doc = "Compact arrays of C numbers or characters.\n\nAn array behaves like a list, but all its items are of the one type its type "
           "code names.",
    .functions = array_detail::functions,
    .exec = array_detail::exec,
};
} // namespace taipan
