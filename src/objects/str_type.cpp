// The str type: constructor, slots, the small methods, its iterators.
#include "base/unicode.h"
#include "objects/abstract.h"
#include "objects/builtin_lookup.h"
#include "objects/dict.h"
#include "objects/format_number.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/racy.h"
#include "objects/slice.h"
#include "objects/str_codecs.h"
#include "objects/str_internal.h"
#include "objects/str_methods.h"
#include "objects/type_spec.h"
#include "runtime/heap_inline.h"

#include <cstring>

namespace taipan {

namespace unicode = base::unicode;

Type Str::s_type;

namespace {

struct StrIterator : Object {
    intptr_t index; // -1: exhausted
    Str* text;
    static Type s_type;       // str_iterator
    static Type s_ascii_type; // str_ascii_iterator
};
Type StrIterator::s_type;
Type StrIterator::s_ascii_type;

// Slots

Result<Ref<Str>> str_(Thread& t, Borrowed<Str> self) { return str_unchanged(t, self); }
intptr_t hash_(Thread&, Borrowed<Str> self) { return str_hash(self.get()); }

Result<Ref<Object>> compare_(Thread&, Borrowed<Str> a, Borrowed<Object> b, Comparison op) {
    if (!is<Str>(b.get())) return not_implemented_ref();
    auto* other = static_cast<Str*>(b.get());
    switch (op) {
    case Comparison::Eq: return bool_ref(str_equal(a.get(), other));
    case Comparison::Ne: return bool_ref(!str_equal(a.get(), other));
    default: break;
    }
    int order = str_compare(a.get(), other);
    switch (op) {
    case Comparison::Lt: return bool_ref(order < 0);
    case Comparison::Le: return bool_ref(order <= 0);
    case Comparison::Gt: return bool_ref(order > 0);
    default: return bool_ref(order >= 0);
    }
}

intptr_t length_(Thread&, Borrowed<Str> self) { return self->length; }

Result<Ref<Object>> concat_(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (UNLIKELY(!is<Str>(b.get()))) return raise(t, exc::TypeError, "can only concatenate str (not \"%.200T\") to str", b);
    return str_concat(t, static_cast<Str*>(a.get()), static_cast<Str*>(b.get()));
}

Result<Ref<Object>> repeat_(Thread& t, Borrowed<Str> self, intptr_t count) {
    intptr_t n = self->length;
    if (count <= 0 || n == 0) return str_empty();
    if (count == 1) return str_unchanged(t, self);
    intptr_t length;
    if (__builtin_mul_overflow(n, count, &length)) return raise(t, exc::OverflowError, "repeated string is too long");
    Ref<Str> result = TRY(str_alloc(t, length, str_max_char(self.get())));
    void* out = str_mutable_data(result.get());
    int kind = result->kind();
    if (n == 1) {
        fill_chars(out, kind, 0, count, self->at(0));
        return result;
    }
    copy_from(out, kind, 0, self.get(), 0, n);
    for (intptr_t done = n; done < length;) { // doubling
        intptr_t step = done < length - done ? done : length - done;
        copy_chars(out, kind, done, out, kind, 0, step);
        done += step;
    }
    return result;
}

Result<Ref<Object>> item_(Thread& t, Borrowed<Str> self, intptr_t index) {
    if (UNLIKELY(index < 0 || index >= self->length)) return raise(t, exc::IndexError, "string index out of range");
    return str_from_char(t, self->at(index));
}

Result<Ref<Object>> subscript_(Thread& t, Borrowed<Str> self, Borrowed<Object> key) {
    NumberMethods* number = key->type->as_number;
    if (LIKELY(is<Int>(key.get())) || (number && number->index)) {
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        return item_(t, self, index < 0 ? index + self->length : index);
    }
    if (!is_exact<Slice>(key.get())) return raise(t, exc::TypeError, "string indices must be integers, not '%.200T'", key);
    SliceBounds bounds = TRY(slice_unpack(t, static_cast<Slice*>(key.get())));
    intptr_t count = slice_adjust(self->length, &bounds);
    if (count <= 0) return str_empty();
    if (bounds.step == 1) return str_substring(t, self, bounds.start, bounds.start + count);
    if (count == 1) return str_from_char(t, self->at(bounds.start));
    if (self->is_ascii()) {
        Ref<Str> result = TRY(str_alloc(t, count, 127));
        auto* out = static_cast<uint8_t*>(str_mutable_data(result.get()));
        const uint8_t* in = self->data8();
        for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) out[i] = in[at];
        return result;
    }
    return with_chars(self.get(), [&](auto* data) -> Result<Ref<Object>> {
        using Char = std::remove_cvref_t<decltype(*data)>;
        auto* copy = static_cast<Char*>(raw_alloc(static_cast<size_t>(count) * sizeof(Char)));
        if (!copy) return raise_memory_error(t);
        for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) copy[i] = data[at];
        auto result = str_from_kind(t, sizeof(Char), copy, count);
        raw_free(copy);
        return result;
    });
}

Result<bool> contains_(Thread& t, Borrowed<Str> self, Borrowed<Object> part) {
    if (UNLIKELY(!is<Str>(part.get()))) return raise(t, exc::TypeError, "'in <string>' requires string as left operand, not %.100T", part);
    auto* needle = static_cast<Str*>(part.get());
    if (needle->length == 1) return find_char(self.get(), needle->at(0), 0, self->length) >= 0;
    return str_find(self.get(), needle, 0, self->length) >= 0;
}

Result<Ref<Object>> remainder_(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Str>(a.get())) return not_implemented_ref();
    return str_percent_format(t, static_cast<Str*>(a.get()), b);
}

Result<Ref<Object>> iter_(Thread& t, Borrowed<Str> self) {
    Ref<StrIterator> iterator = TRY(allocate<StrIterator>(t, self->is_ascii() ? StrIterator::s_ascii_type : StrIterator::s_type));
    iterator->index = 0;
    iterator->text = self.share().release();
    gc_track(iterator.get());
    return iterator;
}

void str_dealloc(Object* o) {
    auto* self = static_cast<Str*>(o);
    if (LIKELY(is_exact<Str>(o))) {
        if (!self->is_ascii() && self->state.compact) raw_free(static_cast<CompactStr*>(self)->utf8);
        heap_free(Thread::current(), o);
        return;
    }
    auto* legacy = static_cast<LegacyStr*>(self);
    if (!self->state.compact) {
        if (legacy->utf8 != legacy->any) raw_free(legacy->utf8);
        raw_free(legacy->any);
    }
    o->type->free(o);
}

Result<Ref<Object>> make(Thread& t, Object* object, Object* encoding, Object* errors) {
    if (!object) return str_empty();
    if (!encoding && !errors) {
        if (is_exact<Str>(object)) return acquire(object);
        return to_str(t, object);
    }
    const char *encoding_text = nullptr, *errors_text = nullptr;
    if (encoding) encoding_text = TRY(str_utf8(t, static_cast<Str*>(encoding))).data();
    if (errors) errors_text = TRY(str_utf8(t, static_cast<Str*>(errors))).data();
    return str_decode(t, object, encoding_text, errors_text);
}

Result<Ref<Object>> str_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> object, MaybeBorrowed<Str> encoding,
                            MaybeBorrowed<Str> errors) {
    Ref<Object> made = TRY(make(t, object.get(), encoding.get(), errors.get()));
    if (LIKELY(type.get() == &Str::s_type)) return made;
    // A subclass instance: the characters in a block of their own.
    if (!is<Str>(made.get())) return raise(t, exc::TypeError, "__str__ returned non-string (type %T)", made);
    auto* text = static_cast<Str*>(made.get());
    Object* copy = type->alloc(type.get(), 0);
    if (!copy) return Error{};
    auto* result = static_cast<LegacyStr*>(copy);
    Ref<Object> owner = Ref<Object>::steal(copy);
    int kind = text->kind();
    auto size = static_cast<size_t>(text->length + 1) * static_cast<size_t>(kind);
    result->state = StrState{};
    result->state.kind = static_cast<unsigned>(kind) & 7;
    result->state.ascii = text->is_ascii();
    result->cached_hash = -1;
    result->any = raw_alloc(size);
    if (!result->any) return raise_memory_error(t);
    memcpy(result->any, text->data(), size);
    result->length = text->length;
    result->cached_hash = text->cached_hash;
    if (text->is_ascii()) {
        result->utf8 = static_cast<char*>(result->any);
        result->utf8_length = text->length;
    }
    return owner;
}
using StrNew = TypedNew<str_new, "str", "($type, object='', encoding='utf-8', errors='strict')">;

Object* str_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (LIKELY(!kwnames && type == &Str::s_type && vectorcall_nargs(nargsf) == 1)) {
        Object* object = args[0];
        if (is_exact<Str>(object)) return incref(object), object;
        return to_str(Thread::current(), object).release_or_null();
    }
    size_t nargs = vectorcall_nargs(nargsf);
    if (UNLIKELY(nargs > 3))
        return (void)raise(Thread::current(), exc::TypeError, "str expected at most 3 arguments, got %d", nargs), nullptr;
    return StrNew::vectorcall(type, args, nargsf, kwnames);
}

// Methods

Result<intptr_t> bound(Thread& t, Object* object, intptr_t fallback) {
    if (!object || is_none(object)) return fallback;
    if (LIKELY(is<Int>(object))) return to_index_clipped(t, object);
    if (!object->type->as_number || !object->type->as_number->index)
        return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    return to_index_clipped(t, object);
}
#define BOUNDS()                                                                                                                           \
    intptr_t start = TRY(bound(t, start_object.get(), 0));                                                                                 \
    intptr_t end = TRY(bound(t, end_object.get(), INTPTR_MAX))
using Bound = MaybeBorrowed<Object>;

Result<int64_t> find(Thread& t, Borrowed<Str> self, Borrowed<Str> sub, Bound start_object, Bound end_object) {
    BOUNDS();
    return str_find(self.get(), sub.get(), start, end);
}
Result<int64_t> rfind(Thread& t, Borrowed<Str> self, Borrowed<Str> sub, Bound start_object, Bound end_object) {
    BOUNDS();
    return str_rfind(self.get(), sub.get(), start, end);
}
Result<int64_t> index(Thread& t, Borrowed<Str> self, Borrowed<Str> sub, Bound start_object, Bound end_object) {
    BOUNDS();
    intptr_t at = str_find(self.get(), sub.get(), start, end);
    if (at < 0) return raise(t, exc::ValueError, "substring not found");
    return at;
}
Result<int64_t> rindex(Thread& t, Borrowed<Str> self, Borrowed<Str> sub, Bound start_object, Bound end_object) {
    BOUNDS();
    intptr_t at = str_rfind(self.get(), sub.get(), start, end);
    if (at < 0) return raise(t, exc::ValueError, "substring not found");
    return at;
}
Result<int64_t> count(Thread& t, Borrowed<Str> self, Borrowed<Str> sub, Bound start_object, Bound end_object) {
    BOUNDS();
    return str_count(self.get(), sub.get(), start, end, -1);
}

template <bool AtEnd> Result<bool> matches(Thread& t, Borrowed<Str> self, Borrowed<Object> part, Bound start_object, Bound end_object) {
    BOUNDS();
    const char* name = AtEnd ? "endswith" : "startswith";
    if (LIKELY(is<Str>(part.get()))) return str_tail_match(self.get(), static_cast<Str*>(part.get()), start, end, AtEnd);
    if (!is<Tuple>(part.get())) return raise(t, exc::TypeError, "%s first arg must be str or a tuple of str, not %.100T", name, part);
    for (Object* item : static_cast<Tuple*>(part.get())->span()) {
        if (!is<Str>(item)) return raise(t, exc::TypeError, "tuple for %s must only contain str, not %.100T", name, item);
        if (str_tail_match(self.get(), static_cast<Str*>(item), start, end, AtEnd)) return true;
    }
    return false;
}

Result<Ref<Str>> replace(Thread& t, Borrowed<Str> self, Borrowed<Str> old_text, Borrowed<Str> new_text, Size limit) {
    return str_replace(t, self, old_text, new_text, limit);
}
Result<Ref<Str>> join(Thread& t, Borrowed<Str> self, Borrowed<Object> iterable) { return str_join(t, self, iterable); }

template <auto Test> bool all(Borrowed<Str> self) {
    intptr_t n = self->length;
    return n > 0 && with_chars(self.get(), [&](auto* data) {
               for (intptr_t i = 0; i < n; ++i)
                   if (!Test(data[i])) return false;
               return true;
           });
}
bool isascii(Borrowed<Str> self) { return self->is_ascii(); }
bool isidentifier(Borrowed<Str> self) { return str_is_identifier(self.get()); }
bool isprintable(Borrowed<Str> self) { return self->length == 0 || all<unicode::is_printable>(self); }
template <auto Wanted, auto Other> bool cased(Borrowed<Str> self) {
    bool found = false;
    for (intptr_t i = 0; i < self->length; ++i) {
        uint32_t c = self->at(i);
        if (Other(c) || unicode::is_title(c)) return false;
        found = found || Wanted(c);
    }
    return found;
}
bool istitle(Borrowed<Str> self) {
    bool found = false, inside = false;
    for (intptr_t i = 0; i < self->length; ++i) {
        uint32_t c = self->at(i);
        if (unicode::is_upper(c) || unicode::is_title(c)) {
            if (inside) return false;
            inside = found = true;
        } else if (unicode::is_lower(c)) {
            if (!inside) return false;
            found = true;
        } else {
            inside = false;
        }
    }
    return found;
}

Result<Ref<Object>> encode(Thread& t, Borrowed<Str> self, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    const char *encoding_text = nullptr, *errors_text = nullptr;
    if (encoding) encoding_text = TRY(str_utf8(t, encoding.value())).data();
    if (errors) errors_text = TRY(str_utf8(t, errors.value())).data();
    return str_encode(t, self, encoding_text, errors_text);
}

Result<Ref<Object>> translate(Thread& t, Borrowed<Str> self, Borrowed<Object> table) { return str_translate(t, self, table); }

Result<Ref<Object>> maketrans(Thread& t, Borrowed<Object> x, MaybeBorrowed<Str> y, MaybeBorrowed<Str> z) {
    Ref<Dict> table = TRY(dict_new(t));
    if (y) {
        if (!is<Str>(x.get())) return raise(t, exc::TypeError, "first maketrans argument must be a string if there is a second argument");
        auto* from = static_cast<Str*>(x.get());
        if (from->length != y->length) return raise(t, exc::ValueError, "the first two maketrans arguments must have equal length");
        for (intptr_t i = 0; i < from->length; ++i) {
            Ref<Int> key = TRY(int_from(t, from->at(i)));
            Ref<Int> value = TRY(int_from(t, y->at(i)));
            TRY(dict_set(t, table, key, value));
        }
        if (z)
            for (intptr_t i = 0; i < z->length; ++i) {
                Ref<Int> key = TRY(int_from(t, z->at(i)));
                TRY(dict_set(t, table, key, None()));
            }
        return table;
    }
    if (!is_exact<Dict>(x.get())) return raise(t, exc::TypeError, "if you give only one argument to maketrans it must be a dict");
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, static_cast<Dict*>(x.get()), &position, &key, &value)) {
        if (is<Str>(key.get())) {
            auto* text = static_cast<Str*>(key.get());
            if (text->length != 1)
                return raise(t, exc::ValueError, /* COMPAT: so spelt */ "string keys in translatetable must be of length 1");
            Ref<Int> number = TRY(int_from(t, text->at(0)));
            TRY(dict_set(t, table, number, value.get()));
        } else if (is<Int>(key.get())) {
            TRY(dict_set(t, table, key.get(), value.get()));
        } else {
            return raise(t, exc::TypeError, "keys in translate table mustbe strings or integers");
        }
    }
    return table;
}

Result<Ref<Object>> format_spec(Thread& t, Borrowed<Str> self, Borrowed<Str> spec) {
    if (spec->length == 0) {
        if (is_exact<Str>(self.get())) return self.share();
        return to_str(t, self);
    }
    return format_str_value(t, self, spec.get());
}
Result<Ref<Object>> getnewargs(Thread& t, Borrowed<Str> self) {
    intptr_t n = self->length;
    if (n <= 1) return tuple_pack(t, TRY(str_exact(t, self)));
    Ref<Str> copy = TRY(str_alloc(t, n, str_max_char(self.get()))); // COMPAT: never the object itself
    copy_from(str_mutable_data(copy.get()), copy->kind(), 0, self.get(), 0, n);
    return tuple_pack(t, copy);
}
int64_t sizeof_(Borrowed<Str> self) {
    int64_t size = (self->length + 1) * self->kind();
    if (!self->state.compact) size += static_cast<int64_t>(sizeof(LegacyStr));
    else size += static_cast<int64_t>(self->is_ascii() ? sizeof(Str) : sizeof(CompactStr));
    if (!self->is_ascii()) {
        auto* compact = static_cast<CompactStr*>(self.get());
        if (compact->utf8) size += compact->utf8_length + 1;
    }
    return size;
}

// Iterators

ResultMaybe<Object> iterator_next(Thread& t, Borrowed<StrIterator> self) {
    StepSection section(t, self.get());
    intptr_t index = __atomic_load_n(&self->index, __ATOMIC_RELAXED);
    if (UNLIKELY(index < 0)) return MaybeRef<Object>();
    Str* text = self->text;
    if (UNLIKELY(index >= text->length)) {
        __atomic_store_n(&self->index, intptr_t{-1}, __ATOMIC_RELAXED);
        return MaybeRef<Object>();
    }
    __atomic_store_n(&self->index, index + 1, __ATOMIC_RELAXED);
    return MaybeRef<Object>(TRY(str_from_char(t, text->at(index))));
}
ResultMaybe<Object> ascii_next(Thread& t, Borrowed<StrIterator> self) {
    StepSection section(t, self.get());
    intptr_t index = __atomic_load_n(&self->index, __ATOMIC_RELAXED);
    if (UNLIKELY(index < 0)) return MaybeRef<Object>();
    Str* text = self->text;
    if (UNLIKELY(index >= text->length)) {
        __atomic_store_n(&self->index, intptr_t{-1}, __ATOMIC_RELAXED);
        return MaybeRef<Object>();
    }
    __atomic_store_n(&self->index, index + 1, __ATOMIC_RELAXED);
    return MaybeRef<Object>(str_latin1_char(text->data8()[index]));
}
int64_t iterator_hint(Borrowed<StrIterator> self) {
    intptr_t index = load_relaxed(self->index);
    return index < 0 ? 0 : self->text->length - index;
}
Result<Ref<Object>> iterator_reduce(Thread& t, Borrowed<StrIterator> self) {
    Ref<Object> function = TRY(builtin_object(t, "iter"));
    bool exhausted = self->index < 0;
    Ref<Str> text = exhausted ? str_empty() : acquire(self->text);
    Ref<Tuple> args = TRY(tuple_pack(t, text));
    if (exhausted) return tuple_pack(t, function, args);
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, function, args, index);
}
Result<void> iterator_setstate(Thread& t, Borrowed<StrIterator> self, Borrowed<Object> state) {
    int64_t index = TRY(to_int64(t, state));
    if (self->index < 0) return {};
    if (index < 0) index = 0;
    self->index = index > self->text->length ? self->text->length : index;
    return {};
}
Object* iterator_self(Object* self) { return incref(self), self; }
using IteratorFields = Fields<StrIterator, &StrIterator::text>;

const NativeDef iterator_methods[] = {
    method<iterator_hint>("__length_hint__", "($self, /)", "How many characters are left."),
    method<iterator_reduce>("__reduce__", "($self, /)", "State for pickling."),
    method<iterator_setstate>("__setstate__", "($self, object, /)", "Restore state when unpickling."),
};
const SlotDef iterator_slots[] = {
    raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};
const SlotDef ascii_iterator_slots[] = {
    raw_slot(SlotId::tp_iter, iterator_self),
    unary_slot<SlotId::tp_iternext, ascii_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

constexpr char sub_signature[] = "($self, sub, start=None, end=None, /)";
const NativeDef methods[] = {
    method<encode>("encode", "($self, /, encoding='utf-8', errors='strict')",
                   "The text as bytes in an encoding; `errors` names the handler of what it cannot express."),
    method<replace>("replace", "($self, old, new, /, count=-1)",
                    "A copy with occurrences of `old` replaced by `new`, at most `count` of them."),
    method<str_methods::split>("split", "($self, /, sep=None, maxsplit=-1)",
                               "The pieces between separators, as a list.\n\n  sep\n    None: runs of whitespace separate, empty pieces "
                               "are left out.\n  maxsplit\n    At most so many splits, from the left; -1: no limit."),
    method<str_methods::rsplit>("rsplit", "($self, /, sep=None, maxsplit=-1)",
                                "The pieces between separators, as a list; `maxsplit` counts from the right."),
    method<join>("join", "($self, iterable, /)", "The strings of the iterable with this one between them."),
    method<str_capitalize>("capitalize", "($self, /)", "A copy with the first character in title case and the rest in lower case."),
    method<str_casefold>("casefold", "($self, /)", "A copy for caseless comparison."),
    method<str_title>("title", "($self, /)", "A copy with every word in title case."),
    method<str_methods::center>("center", "($self, width, fillchar=' ', /)", "The text centred in `width` characters."),
    method<count>("count", sub_signature, "How often `sub` occurs in self[start:end] without overlap."),
    method<str_methods::expandtabs>("expandtabs", "($self, /, tabsize=8)",
                                    "A copy with tabs as spaces up to the next column that is a multiple of `tabsize`."),
    method<find>("find", sub_signature, "The lowest index of `sub` in self[start:end], or -1."),
    method<str_methods::partition>("partition", "($self, sep, /)",
                                   "(before, sep, after) at the first occurrence of `sep`; (self, '', '') if there is none."),
    method<index>("index", sub_signature, "The lowest index of `sub` in self[start:end]; ValueError if there is none."),
    method<str_methods::ljust>("ljust", "($self, width, fillchar=' ', /)", "The text at the left of `width` characters."),
    method<str_lower>("lower", "($self, /)", "A copy in lower case."),
    method<str_methods::lstrip>("lstrip", "($self, chars=None, /)",
                                "A copy without leading whitespace, or without leading characters in `chars`."),
    method<rfind>("rfind", sub_signature, "The highest index of `sub` in self[start:end], or -1."),
    method<rindex>("rindex", sub_signature, "The highest index of `sub` in self[start:end]; ValueError if there is none."),
    method<str_methods::rjust>("rjust", "($self, width, fillchar=' ', /)", "The text at the right of `width` characters."),
    method<str_methods::rstrip>("rstrip", "($self, chars=None, /)",
                                "A copy without trailing whitespace, or without trailing characters in `chars`."),
    method<str_methods::rpartition>("rpartition", "($self, sep, /)",
                                    "(before, sep, after) at the last occurrence of `sep`; ('', '', self) if there is none."),
    method<str_methods::splitlines>("splitlines", "($self, /, keepends=False)", "The lines, as a list, with their ends if `keepends`."),
    method<str_methods::strip>("strip", "($self, chars=None, /)",
                               "A copy without whitespace at both ends, or without characters in `chars` there."),
    method<str_swapcase>("swapcase", "($self, /)", "A copy with upper case made lower and lower made upper."),
    method<translate>(
        "translate", "($self, table, /)",
        "A copy with each character replaced by what the table gives for its number: a number, a string, or None to leave it out."),
    method<str_upper>("upper", "($self, /)", "A copy in upper case."),
    method<matches<false>>("startswith", "($self, prefix, start=None, end=None, /)",
                           "Whether self[start:end] starts with the prefix, or one of a tuple of them."),
    method<matches<true>>("endswith", "($self, suffix, start=None, end=None, /)",
                          "Whether self[start:end] ends with the suffix, or one of a tuple of them."),
    method<str_methods::removeprefix>("removeprefix", "($self, prefix, /)", "A copy without the prefix, if it is there."),
    method<str_methods::removesuffix>("removesuffix", "($self, suffix, /)", "A copy without the suffix, if it is there."),
    method<isascii>("isascii", "($self, /)", "Whether all characters are ASCII; true for the empty string."),
    method<cased<unicode::is_lower, unicode::is_upper>>("islower", "($self, /)",
                                                        "Whether there are cased characters and all of them are lower case."),
    method<cased<unicode::is_upper, unicode::is_lower>>("isupper", "($self, /)",
                                                        "Whether there are cased characters and all of them are upper case."),
    method<istitle>("istitle", "($self, /)", "Whether the words are in title case."),
    method<all<unicode::is_space>>("isspace", "($self, /)", "Whether there are characters and all are whitespace."),
    method<all<unicode::is_decimal>>("isdecimal", "($self, /)", "Whether there are characters and all are decimal digits."),
    method<all<unicode::is_digit>>("isdigit", "($self, /)", "Whether there are characters and all are digits."),
    method<all<unicode::is_numeric>>("isnumeric", "($self, /)", "Whether there are characters and all are numeric."),
    method<all<unicode::is_alpha>>("isalpha", "($self, /)", "Whether there are characters and all are letters."),
    method<all<unicode::is_alnum>>("isalnum", "($self, /)", "Whether there are characters and all are letters or numeric."),
    method<isidentifier>("isidentifier", "($self, /)", "Whether the text is a valid identifier; keyword.iskeyword tells reserved words."),
    method<isprintable>("isprintable", "($self, /)", "Whether repr() would print all characters as they are."),
    method<str_methods::zfill>("zfill", "($self, width, /)", "The text filled with zeros on the left, behind a sign."),
    method<str_methods::format>("format", "($self, /, *args, **kwargs)",
                                "The text with its replacement fields in braces filled in from the arguments."),
    method<str_methods::format_map>("format_map", "($self, mapping, /)",
                                    "The text with its replacement fields in braces filled in from the mapping."),
    method<format_spec>("__format__", "($self, format_spec, /)", "The text by a format specification."),
    static_method<maketrans>(
        "maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
        "A table for translate(): from a dict, or from two strings of equal length and a third of characters to leave out."),
    method<sizeof_>("__sizeof__", "($self, /)", "Size in memory, in bytes."),
    method<getnewargs>("__getnewargs__", "($self, /)"),
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, str_repr>(),
    unary_slot<SlotId::tp_str, str_>(),
    size_slot<SlotId::tp_hash, hash_>(),
    compare_slot<SlotId::tp_richcompare, compare_>(),
    unary_slot<SlotId::tp_iter, iter_>(),
    raw_slot(SlotId::tp_dealloc, str_dealloc),
    raw_slot(SlotId::tp_new, &StrNew::construct),
    raw_slot(SlotId::tp_vectorcall, str_vectorcall),
    size_slot<SlotId::sq_length, length_>(),
    binary_slot<SlotId::sq_concat, concat_>(),
    index_slot<SlotId::sq_repeat, repeat_>(),
    index_slot<SlotId::sq_item, item_>(),
    contains_slot<SlotId::sq_contains, contains_>(),
    size_slot<SlotId::mp_length, length_>(),
    binary_slot<SlotId::mp_subscript, subscript_>(),
    binary_slot<SlotId::nb_remainder, remainder_>(),
};

} // namespace

extern const TypeSpec str_spec, str_iterator_spec, str_ascii_iterator_spec;
const TypeSpec str_spec = {
    .type = &Str::s_type,
    .name = "str",
    .basicsize = sizeof(LegacyStr),
    .flags = type_flag::BaseType | type_flag::StrSubclass | type_flag::MatchSelf,
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nText. With one argument what its __str__ gives; "
           "with an encoding or an error\n"
           "handler, the decoded bytes (utf-8 and 'strict' by default).",
    .slots = slots,
    .methods = methods,
};
const TypeSpec str_iterator_spec = {
    .type = &StrIterator::s_type,
    .name = "str_iterator",
    .basicsize = sizeof(StrIterator),
    .flags = type_flag::Gc | type_flag::DisallowInstantiation,
    .slots = iterator_slots,
    .methods = iterator_methods,
};
const TypeSpec str_ascii_iterator_spec = {
    .type = &StrIterator::s_ascii_type,
    .name = "str_ascii_iterator",
    .basicsize = sizeof(StrIterator),
    .flags = type_flag::Gc | type_flag::DisallowInstantiation,
    .slots = ascii_iterator_slots,
    .methods = iterator_methods,
};

} // namespace taipan
