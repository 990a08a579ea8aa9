// The methods that bytes and bytearray share. The algorithms work on views and are compiled once (bytes_methods.cpp); the
// templates at the end bind them to one of the two types. A bytearray is locked, and cannot be resized, during a call.
#pragma once

#include "objects/bytes.h"
#include "objects/list.h"
#include "objects/type_spec.h"
#include "runtime/lock.h"

namespace taipan {

/// Makes a result of the receiver's kind.
enum class BytesKind { Bytes, ByteArray };
Result<Ref<Object>> bytes_make(Thread& t, BytesKind kind, std::string_view data);

/// -b: comparisons of bytes with text, and str() of bytes, warn. Written once before the first code runs.
extern bool g_warn_of_bytes;

namespace byte_ops {

using View = std::string_view;
struct Range {
    intptr_t start, end;
};
/// start and end arguments of find() and its like, clipped to the length.
Result<Range> range_of(Thread& t, Object* start, Object* end, size_t length);
/// A bytes-like object or a byte's number, as find() takes it.
class Needle {
public:
    Result<void> acquire(Thread& t, Object* object);
    View view() const { return m_view; }

private:
    BufferView m_buffer;
    char m_byte = 0;
    View m_view;
};

intptr_t find(View text, View needle, intptr_t start, intptr_t end);
intptr_t rfind(View text, View needle, intptr_t start, intptr_t end);
intptr_t count(View text, View needle, intptr_t limit);

Result<Ref<Object>> replace(Thread& t, BytesKind kind, View text, View from, View to, intptr_t limit);
Result<Ref<Object>> split(Thread& t, BytesKind kind, View text, Object* separator, intptr_t limit, bool from_right);
Result<Ref<Object>> splitlines(Thread& t, BytesKind kind, View text, bool keep_ends);
Result<Ref<Object>> join(Thread& t, BytesKind kind, View separator, Borrowed<Object> iterable);
Result<Ref<Object>> translate(Thread& t, BytesKind kind, View text, Object* table, Object* remove);
Result<Ref<Object>> expandtabs(Thread& t, BytesKind kind, View text, intptr_t tab_size);
Result<Ref<Object>> repeat(Thread& t, BytesKind kind, View text, intptr_t times);
Result<Ref<Object>> from_hex(Thread& t, BytesKind kind, Borrowed<Object> text);
Result<Ref<Object>> zfill(Thread& t, BytesKind kind, View text, intptr_t width);
enum class Align { Left, Right, Center };
Result<Ref<Object>> justify(Thread& t, BytesKind kind, View text, intptr_t width, char fill, Align align);
enum class Case { Lower, Upper, Swap, Title, Capital };
Result<Ref<Object>> change_case(Thread& t, BytesKind kind, View text, Case how);
enum class Class { Alpha, Alnum, Ascii, Digit, Lower, Space, Title, Upper };
bool is_class(View text, Class what);
/// What is left of `text` without bytes of `chars` at its ends (null: white space).
Result<View> strip(Thread& t, View text, Object* chars, bool left, bool right);
/// startswith, endswith.
Result<bool> affix(Thread& t, View text, Borrowed<Object> affix, Object* start, Object* end, bool at_end);
/// b'...'; quotes as repr chooses them.
Result<Ref<Str>> repr_text(Thread& t, View text, const char* prefix, const char* suffix);
Result<Ref<Object>> percent(Thread& t, BytesKind kind, View format, Borrowed<Object> args);
Result<Ref<Object>> maketrans(Thread& t, BufferView& from, BufferView& to);
/// A byte's number; "byte must be in range(0, 256)".
Result<uint8_t> to_byte(Thread& t, Borrowed<Object> value, const char* message);

} // namespace byte_ops

/// data.hex(sep, bytes_per_sep).
Result<Ref<Str>> bytes_hex(Thread& t, std::string_view data, Object* separator, int per_separator);

/// The receiver's bytes, for the time of a call.
template <class T> class HeldBytes;
template <> class HeldBytes<Bytes> {
public:
    HeldBytes(Thread&, Borrowed<Bytes> o) : m_object(o) {}
    std::string_view view() const { return m_object->view(); }
    static constexpr BytesKind kind = BytesKind::Bytes;

private:
    Borrowed<Bytes> m_object;
};
template <> class HeldBytes<ByteArray> {
public:
    HeldBytes(Thread& t, Borrowed<ByteArray> o) : m_section(t, o.get()), m_object(o) {
        __atomic_add_fetch(&o->exports, 1, __ATOMIC_RELAXED);
    }
    ~HeldBytes() { __atomic_sub_fetch(&m_object->exports, 1, __ATOMIC_RELAXED); }
    std::string_view view() const { return m_object->view(); }
    static constexpr BytesKind kind = BytesKind::ByteArray;

private:
    CriticalSection m_section;
    Borrowed<ByteArray> m_object;
};

template <class T> struct BytesMethods {
    using Self = Borrowed<T>;
    using Held = HeldBytes<T>;
    using Any = Borrowed<Object>;
    using Maybe = MaybeBorrowed<Object>;
    using Out = Result<Ref<Object>>;
    static constexpr BytesKind kind = Held::kind;

    /// The object itself where nothing changed, if its type allows that.
    static Out give(Thread& t, Self self, const Held& held, std::string_view result) {
        if constexpr (kind == BytesKind::Bytes)
            if (result.size() == held.view().size() && is_exact<Bytes>(self.get())) return taipan::acquire<Object>(self.get());
        return bytes_make(t, kind, result);
    }

    template <bool Right> static Result<intptr_t> locate(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        Held held(t, self); // first: asking for the needle may run code
        byte_ops::Needle needle;
        TRY(needle.acquire(t, sub.get()));
        auto range = TRY(byte_ops::range_of(t, start.get(), end.get(), held.view().size()));
        return Right ? byte_ops::rfind(held.view(), needle.view(), range.start, range.end)
                     : byte_ops::find(held.view(), needle.view(), range.start, range.end);
    }
    static Result<int64_t> find(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        return TRY(locate<false>(t, self, sub, start, end));
    }
    static Result<int64_t> rfind(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        return TRY(locate<true>(t, self, sub, start, end));
    }
    static Result<int64_t> index(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        intptr_t i = TRY(locate<false>(t, self, sub, start, end));
        if (i < 0) return raise(t, exc::ValueError, "subsection not found");
        return i;
    }
    static Result<int64_t> rindex(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        intptr_t i = TRY(locate<true>(t, self, sub, start, end));
        if (i < 0) return raise(t, exc::ValueError, "subsection not found");
        return i;
    }
    static Result<int64_t> count(Thread& t, Self self, Any sub, Maybe start, Maybe end) {
        Held held(t, self); // first: asking for the needle may run code
        byte_ops::Needle needle;
        TRY(needle.acquire(t, sub.get()));
        auto range = TRY(byte_ops::range_of(t, start.get(), end.get(), held.view().size()));
        if (range.end < range.start) return int64_t{0};
        auto part = held.view().substr(static_cast<size_t>(range.start), static_cast<size_t>(range.end - range.start));
        return byte_ops::count(part, needle.view(), INTPTR_MAX);
    }
    static Result<bool> contains(Thread& t, Self self, Any sub) {
        if (is<Str>(sub.get())) return raise(t, exc::TypeError, "a bytes-like object is required, not '%T'", sub);
        Held held(t, self); // first: asking for the needle may run code
        byte_ops::Needle needle;
        TRY(needle.acquire(t, sub.get()));
        return byte_ops::find(held.view(), needle.view(), 0, static_cast<intptr_t>(held.view().size())) >= 0;
    }
    static Result<bool> startswith(Thread& t, Self self, Any prefix, Maybe start, Maybe end) {
        Held held(t, self);
        return byte_ops::affix(t, held.view(), prefix, start.get(), end.get(), false);
    }
    static Result<bool> endswith(Thread& t, Self self, Any suffix, Maybe start, Maybe end) {
        Held held(t, self);
        return byte_ops::affix(t, held.view(), suffix, start.get(), end.get(), true);
    }
    static Out replace(Thread& t, Self self, BufferView& from, BufferView& to, Size limit) {
        Held held(t, self);
        if constexpr (kind == BytesKind::Bytes)
            if (is_exact<Bytes>(self.get()) && (limit == 0 || byte_ops::count(held.view(), from.view(), 1) == 0))
                return taipan::acquire<Object>(self.get());
        return byte_ops::replace(t, kind, held.view(), from.view(), to.view(), limit < 0 ? INTPTR_MAX : limit.value);
    }
    static Out split(Thread& t, Self self, Maybe separator, Size limit) {
        Held held(t, self);
        return byte_ops::split(t, kind, held.view(), separator.get(), limit < 0 ? INTPTR_MAX : limit.value, false);
    }
    static Out rsplit(Thread& t, Self self, Maybe separator, Size limit) {
        Held held(t, self);
        return byte_ops::split(t, kind, held.view(), separator.get(), limit < 0 ? INTPTR_MAX : limit.value, true);
    }
    static Out splitlines(Thread& t, Self self, bool keep_ends) {
        Held held(t, self);
        return byte_ops::splitlines(t, kind, held.view(), keep_ends);
    }
    template <bool Right> static Out part(Thread& t, Self self, BufferView& separator) {
        auto sep = separator.view();
        if (sep.empty()) return raise(t, exc::ValueError, "empty separator");
        Held held(t, self);
        auto text = held.view();
        intptr_t i = Right ? byte_ops::rfind(text, sep, 0, static_cast<intptr_t>(text.size()))
                           : byte_ops::find(text, sep, 0, static_cast<intptr_t>(text.size()));
        std::string_view before = text, middle, after;
        if (i < 0 && Right) std::swap(before, after);
        if (i >= 0) {
            before = text.substr(0, static_cast<size_t>(i));
            middle = sep;
            after = text.substr(static_cast<size_t>(i) + sep.size());
        }
        Ref<Object> a = TRY(give(t, self, held, before));
        Ref<Object> b = TRY(bytes_make(t, kind, middle));
        Ref<Object> c = TRY(give(t, self, held, after));
        return tuple_pack(t, a, b, c);
    }
    static Out join(Thread& t, Self self, Any iterable) {
        Held held(t, self);
        return byte_ops::join(t, kind, held.view(), iterable);
    }
    template <bool Left, bool Right> static Out strip(Thread& t, Self self, Maybe chars) {
        Held held(t, self);
        return give(t, self, held,
                    TRY(byte_ops::strip(t, held.view(), chars && !is_none(chars.get()) ? chars.get() : nullptr, Left, Right)));
    }
    static Out removeprefix(Thread& t, Self self, BufferView& prefix) {
        Held held(t, self);
        auto text = held.view();
        if (!prefix.view().empty() && text.starts_with(prefix.view())) text.remove_prefix(prefix.size());
        return give(t, self, held, text);
    }
    static Out removesuffix(Thread& t, Self self, BufferView& suffix) {
        Held held(t, self);
        auto text = held.view();
        if (!suffix.view().empty() && text.ends_with(suffix.view())) text.remove_suffix(suffix.size());
        return give(t, self, held, text);
    }
    template <byte_ops::Case How> static Out change_case(Thread& t, Self self) {
        Held held(t, self);
        return byte_ops::change_case(t, kind, held.view(), How);
    }
    template <byte_ops::Class What> static bool is_class(Thread& t, Self self) {
        Held held(t, self);
        return byte_ops::is_class(held.view(), What);
    }
    template <byte_ops::Align How> static Out justify(Thread& t, Self self, Size width, Maybe fill) {
        static constexpr const char* names[] = {"ljust", "rjust", "center"};
        char byte = ' ';
        if (fill) {
            std::string_view view;
            if (is<Bytes>(fill.get())) view = static_cast<Bytes*>(fill.get())->view();
            else if (is<ByteArray>(fill.get())) view = static_cast<ByteArray*>(fill.get())->view();
            else
                return raise(t, exc::TypeError, "%s() argument 2 must be a byte string of length 1, not %T", names[static_cast<int>(How)],
                             fill.get());
            if (view.size() != 1)
                return raise(t, exc::TypeError, "%s(): argument 2 must be a byte string of length 1, not a %T object of length %d",
                             names[static_cast<int>(How)], fill.get(), static_cast<intptr_t>(view.size()));
            byte = view[0];
        }
        Held held(t, self);
        return byte_ops::justify(t, kind, held.view(), width, byte, How);
    }
    static Out zfill(Thread& t, Self self, Size width) {
        Held held(t, self);
        return byte_ops::zfill(t, kind, held.view(), width);
    }
    static Out expandtabs(Thread& t, Self self, int tab_size) {
        Held held(t, self);
        return byte_ops::expandtabs(t, kind, held.view(), tab_size);
    }
    static Out translate(Thread& t, Self self, Any table, Maybe remove) {
        Held held(t, self);
        return byte_ops::translate(t, kind, held.view(), table.get(), remove.get());
    }
    static Result<Ref<Str>> hex(Thread& t, Self self, Maybe separator, int per_separator) {
        Held held(t, self);
        return bytes_hex(t, held.view(), separator.get(), per_separator);
    }
    static Out fromhex(Thread& t, Borrowed<Type> type, Any text) {
        Ref<Object> made = TRY(byte_ops::from_hex(t, kind, text));
        if (type.get() == &T::s_type) return made;
        return call(t, type, made);
    }
    static Out maketrans(Thread& t, BufferView& from, BufferView& to) { return byte_ops::maketrans(t, from, to); }
    static Out decode(Thread& t, Self self, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors);
    static Out percent(Thread& t, Any self, Any args) {
        if (!is<T>(self.get())) return not_implemented_ref();
        Held held(t, static_cast<T*>(self.get()));
        return byte_ops::percent(t, kind, held.view(), args);
    }
    static Out repeat(Thread& t, Self self, intptr_t times) {
        Held held(t, self);
        if constexpr (kind == BytesKind::Bytes)
            if (times == 1 && is_exact<Bytes>(self.get())) return taipan::acquire<Object>(self.get());
        return byte_ops::repeat(t, kind, held.view(), times);
    }
    static Result<Ref<Object>> getitem(Thread& t, Self self, Any key);
};

Result<Ref<Object>> bytes_decode(Thread& t, Borrowed<Object> source, Str* encoding, Str* errors);
template <class T>
Result<Ref<Object>> BytesMethods<T>::decode(Thread& t, Self self, MaybeBorrowed<Str> encoding, MaybeBorrowed<Str> errors) {
    return bytes_decode(t, self, encoding.get(), errors.get());
}

/// The rows both method tables have; M is BytesMethods<T>.
#define TAIPAN_BYTES_METHODS(M)                                                                                                            \
    method<M::change_case<byte_ops::Case::Capital>>(                                                                                       \
        "capitalize", "($self, /)",                                                                                                        \
        "B.capitalize() -> copy of B\n\nThe first byte is made an ASCII capital, all others ASCII small letters."),                        \
        method<M::justify<byte_ops::Align::Center>>(                                                                                       \
            "center", "($self, width, fillchar=b' ', /)",                                                                                  \
            "A copy with fillchar added on both sides, as evenly as possible, until it is width bytes long."),                             \
        method<M::count>("count", "($self, sub, start=None, end=None, /)",                                                                 \
                         "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end]."),                   \
        method<M::decode>("decode", "($self, /, encoding='utf-8', errors='strict')",                                                       \
                          "Decode the bytes using the codec registered for encoding."),                                                    \
        method<M::endswith>("endswith", "($self, suffix, start=None, end=None, /)",                                                        \
                            "Return True if the bytes ends with the specified suffix, False otherwise."),                                  \
        method<M::expandtabs>("expandtabs", "($self, /, tabsize=8)",                                                                       \
                              "A copy in which spaces fill each tab up to the next column that is a multiple of tabsize."),                \
        method<M::find>(                                                                                                                   \
            "find", "($self, sub, start=None, end=None, /)",                                                                               \
            "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end]."),            \
        class_method<M::fromhex>(                                                                                                          \
            "fromhex", "($type, string, /)",                                                                                               \
            "Create a bytes object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted."),                    \
        method<M::hex>("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",                                                        \
                       "The bytes in hexadecimal: two digits each, with sep between every bytes_per_sep of them.\n\nGroups are counted "   \
                       "from the right, with a negative number from the left.\n\n   >>> value = b'\\xf0\\x0d\\xca\\xfe'\n   >>> "          \
                       "value.hex()\n   'f00dcafe'\n   >>> value.hex(':')\n   'f0:0d:ca:fe'\n   >>> value.hex('-', 2)\n   'f00d-cafe'\n  " \
                       " >>> value.hex('-', -3)\n   'f00dca-fe'"),                                                                         \
        method<M::index>(                                                                                                                  \
            "index", "($self, sub, start=None, end=None, /)",                                                                              \
            "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end]."),            \
        method<M::is_class<byte_ops::Class::Alnum>>(                                                                                       \
            "isalnum", "($self, /)", "B.isalnum() -> bool\n\nWhether B consists of ASCII letters and digits, one or more."),               \
        method<M::is_class<byte_ops::Class::Alpha>>("isalpha", "($self, /)",                                                               \
                                                    "B.isalpha() -> bool\n\nWhether B consists of ASCII letters, one or more."),           \
        method<M::is_class<byte_ops::Class::Ascii>>("isascii", "($self, /)",                                                               \
                                                    "B.isascii() -> bool\n\nWhether no byte of B is above 0x7f."),                         \
        method<M::is_class<byte_ops::Class::Digit>>("isdigit", "($self, /)",                                                               \
                                                    "B.isdigit() -> bool\n\nWhether B consists of ASCII digits, one or more."),            \
        method<M::is_class<byte_ops::Class::Lower>>("islower", "($self, /)",                                                               \
                                                    "B.islower() -> bool\n\nWhether B has ASCII letters and they all are small ones."),    \
        method<M::is_class<byte_ops::Class::Space>>("isspace", "($self, /)",                                                               \
                                                    "B.isspace() -> bool\n\nWhether B consists of ASCII whitespace, one byte or more."),   \
        method<M::is_class<byte_ops::Class::Title>>(                                                                                       \
            "istitle", "($self, /)",                                                                                                       \
            "B.istitle() -> bool\n\nWhether B has ASCII letters and of those in a row always the first, and only\nthat, is a capital."),   \
        method<M::is_class<byte_ops::Class::Upper>>("isupper", "($self, /)",                                                               \
                                                    "B.isupper() -> bool\n\nWhether B has ASCII letters and they all are capitals."),      \
        method<M::join>("join", "($self, iterable_of_bytes, /)",                                                                           \
                        "The bytes-like objects of an iterable in a row, with this one between each two of them."),                        \
        method<M::justify<byte_ops::Align::Left>>("ljust", "($self, width, fillchar=b' ', /)",                                             \
                                                  "A copy with fillchar added at the end until it is width bytes long."),                  \
        method<M::change_case<byte_ops::Case::Lower>>("lower", "($self, /)",                                                               \
                                                      "B.lower() -> copy of B\n\nASCII capitals become small letters."),                   \
        method<M::strip<true, false>>(                                                                                                     \
            "lstrip", "($self, bytes=None, /)",                                                                                            \
            "A copy without the bytes at its start that occur in the argument, or are ASCII whitespace if there is none."),                \
        static_method<M::maketrans>("maketrans", "(frm, to, /)",                                                                           \
                                    "Return a translation table usable for the bytes or bytearray translate method."),                     \
        method<M::part<false>>("partition", "($self, sep, /)", "Partition the bytes into three parts using the given separator."),         \
        method<M::removeprefix>("removeprefix", "($self, prefix, /)",                                                                      \
                                "Return a bytes object with the given prefix string removed if present."),                                 \
        method<M::removesuffix>("removesuffix", "($self, suffix, /)",                                                                      \
                                "Return a bytes object with the given suffix string removed if present."),                                 \
        method<M::replace>("replace", "($self, old, new, count=-1, /)",                                                                    \
                           "Return a copy with all occurrences of substring old replaced by new."),                                        \
        method<M::rfind>(                                                                                                                  \
            "rfind", "($self, sub, start=None, end=None, /)",                                                                              \
            "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end]."),           \
        method<M::rindex>(                                                                                                                 \
            "rindex", "($self, sub, start=None, end=None, /)",                                                                             \
            "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end]."),           \
        method<M::justify<byte_ops::Align::Right>>("rjust", "($self, width, fillchar=b' ', /)",                                            \
                                                   "A copy with fillchar added at the start until it is width bytes long."),               \
        method<M::part<true>>("rpartition", "($self, sep, /)", "Partition the bytes into three parts using the given separator."),         \
        method<M::rsplit>("rsplit", "($self, /, sep=None, maxsplit=-1)",                                                                   \
                          "Return a list of the sections in the bytes, using sep as the delimiter."),                                      \
        method<M::strip<false, true>>(                                                                                                     \
            "rstrip", "($self, bytes=None, /)",                                                                                            \
            "A copy without the bytes at its end that occur in the argument, or are ASCII whitespace if there is none."),                  \
        method<M::split>("split", "($self, /, sep=None, maxsplit=-1)",                                                                     \
                         "Return a list of the sections in the bytes, using sep as the delimiter."),                                       \
        method<M::splitlines>("splitlines", "($self, /, keepends=False)",                                                                  \
                              "Split at each \\n, \\r and \\r\\n; the parts keep these only if keepends is true."),                        \
        method<M::startswith>("startswith", "($self, prefix, start=None, end=None, /)",                                                    \
                              "Return True if the bytes starts with the specified prefix, False otherwise."),                              \
        method<M::strip<true, true>>(                                                                                                      \
            "strip", "($self, bytes=None, /)",                                                                                             \
            "A copy without the bytes at either end that occur in the argument, or are ASCII whitespace if there is none."),               \
        method<M::change_case<byte_ops::Case::Swap>>(                                                                                      \
            "swapcase", "($self, /)", "B.swapcase() -> copy of B\n\nASCII capitals become small letters, and small letters capitals."),    \
        method<M::change_case<byte_ops::Case::Title>>(                                                                                     \
            "title", "($self, /)", "B.title() -> copy of B\n\nOf ASCII letters in a row the first becomes a capital, the others small."),  \
        method<M::translate>("translate", "($self, table, /, delete=b'')",                                                                 \
                             "Return a copy with each character mapped by the given translation table."),                                  \
        method<M::change_case<byte_ops::Case::Upper>>("upper", "($self, /)",                                                               \
                                                      "B.upper() -> copy of B\n\nASCII small letters become capitals."),                   \
        method<M::zfill>("zfill", "($self, width, /)",                                                                                     \
                         "A copy with zeros added at the start, but after a sign, until it is width bytes long.")

} // namespace taipan
