// Typed natives. A builtin function, method or type is a C++ function with typed parameters and one row of a table:
//
//     static Result<double> hypot(Thread& t, double x, double y);
//     … fn<hypot>("hypot", "($module, x, y, /)", "…")
//
// From the row follow, at compile time: conversion of the arguments, arity and keyword errors with CPython's texts,
// defaults, `__text_signature__`, and a vectorcall entry. The JIT may call `typed` on unboxed values.
//
// Parameters of the C++ function, in this order: `Thread& t` (may be left out); the receiver (`method`: the object,
// `module_fn`: the module, `class_method`/constructors: the type); then one for each name in the signature:
//   Borrowed<Object>      anything; a default is taken from the text: None, True, False, an int or a 'string'
//   Borrowed<T>           an instance of T, else TypeError "f() argument 1 must be T, not X"
//   MaybeBorrowed<T>      null when not given (any default in the text is only shown); Borrowed checks when given
//   NoneOr<T>             like MaybeBorrowed, None too gives null
//   double, bool, int, int64_t, uint64_t, Index (intptr_t, clipped), Size (intptr_t, OverflowError), CodePoint (a one-
//                         character str), std::string_view (a str as UTF-8), Callable checks nothing
//   BufferView            a bytes-like object, released at the end of the call
//   Args                  *args, a span of borrowed pointers;  Kwargs  **kwargs as a Dict or null
// Returns: Ref<T>, Result<Ref<T>>, Object* (immortal), void, bool, double, int, int64_t, uint64_t, or Result of those.
#pragma once

#include "objects/abstract.h"
#include "objects/float.h"
#include "objects/int.h"
#include "objects/names.h"
#include "objects/str.h"
#include "runtime/buffer.h"

#include <span>
#include <tuple>

namespace taipan {

struct Module;
struct NativeDef;

using NativeEntry = Object* (*)(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames);

/// How many parameters of each sort a signature has; computed from its text.
struct ParamSpec {
    uint8_t positional_only = 0, positional = 0 /* including positional_only */, keyword_only = 0;
    uint8_t required = 0; // leading positional parameters without default
    uint8_t required_keyword_only = 0;
    bool var_args = false, var_kwargs = false;
    constexpr int count() const { return positional + keyword_only; }
};

struct NativeParameter;

/// Begins with CPython's PyMethodDef, so that builtin function objects have CPython's layout.
struct NativeDef {
    const char* name;
    NativeEntry entry;
    int method_flags; // METH_FASTCALL|METH_KEYWORDS, METH_CLASS, METH_STATIC
    const char* doc;
    const char* signature; // "($self, x, /, y=None)"
    ParamSpec params;
    const void* (*typed)();                          // gives the C++ function, for the JIT
    std::atomic<const NativeParameter*>* parameters; // see native_parameters
};

/// One parameter as the signature's text shows it.
struct NativeParameter {
    Str* name;                     // interned
    std::string_view default_text; // empty: required
    int64_t integer;               // the default as a number
    double real;
    Object* object; // the default as an immortal object; null if it is none
};
/// The parameters that take entries of the bound array, read from the signature at first use and kept; null: MemoryError is set.
const NativeParameter* native_parameters_slow(Thread& t, const NativeDef& def);
ALWAYS_INLINE const NativeParameter* native_parameters(Thread& t, const NativeDef& def) {
    const NativeParameter* known = def.parameters->load(std::memory_order_acquire);
    return LIKELY(known != nullptr) ? known : native_parameters_slow(t, def);
}
namespace method_flag {
constexpr int VarArgs = 1, Keywords = 2, NoArgs = 4, O = 8, Class = 16, Static = 32, Coexist = 64, FastCall = 128, Method = 512;
} // namespace method_flag

/// Reads "($self, a, b=1, /, c, *args, d=None, **kw)".
constexpr ParamSpec parse_signature(const char* s) {
    ParamSpec spec;
    bool after_star = false, default_seen = false;
    int depth = 0;
    while (*s && *s != '(') ++s;
    if (!*s) return spec;
    ++s;
    while (*s && *s != ')') {
        while (*s == ' ' || *s == ',' || *s == '\n') ++s;
        if (*s == ')' || !*s) break;
        const char* start = s;
        bool has_default = false;
        while (*s && (depth > 0 || (*s != ',' && *s != ')'))) {
            if (*s == '(' || *s == '[' || *s == '{') ++depth;
            if (*s == ')' || *s == ']' || *s == '}') --depth;
            if (*s == '=') has_default = true;
            if (*s == '\'' || *s == '"') {
                char quote = *s++;
                while (*s && *s != quote) s += (*s == '\\' && s[1]) ? 2 : 1;
            }
            if (*s) ++s;
        }
        if (*start == '$') continue;
        if (*start == '/') {
            spec.positional_only = spec.positional;
        } else if (start[0] == '*' && start[1] == '*') {
            spec.var_kwargs = true;
        } else if (*start == '*') {
            after_star = true;
            if (start + 1 != s) spec.var_args = true;
        } else if (after_star) {
            ++spec.keyword_only;
            if (!has_default) ++spec.required_keyword_only;
        } else {
            ++spec.positional;
            if (has_default) default_seen = true;
            if (!default_seen) spec.required = spec.positional;
        }
    }
    return spec;
}

/// Sorts positional and keyword arguments into `out` (one entry a parameter, null where not given) and reports arity and
/// keyword errors with CPython's texts. *args and **kwargs are left to the caller. Not templated.
Result<void> bind_arguments(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames,
                            Object** out);
/// The **kwargs dict: keywords that name no parameter; null when there are none.
Result<MaybeRef<Object>> bind_extra_keywords(Thread& t, const NativeDef& def, Object* const* args, size_t nargs, Object* kwnames);
/// "name() argument 2 must be int, not str" (position from 0).
COLD Error raise_bad_argument(Thread& t, const NativeDef& def, int position, const char* expected, Object* got);
/// The default of a parameter as an object (None, True, False, int, float, string), from the signature's text.
Result<Ref<Object>> default_argument(Thread& t, const NativeDef& def, int position);
int64_t default_integer(Thread& t, const NativeDef& def, int position);
double default_double(Thread& t, const NativeDef& def, int position);

struct Args {
    Object* const* data;
    size_t count;
    size_t size() const { return count; }
    Object* const* begin() const { return data; }
    Object* const* end() const { return data + count; }
    Object* operator[](size_t i) const { return data[i]; }
};
struct Kwargs {
    Dict* dict; // null: none given
    explicit operator bool() const { return dict != nullptr; }
};
struct Index {
    intptr_t value;
    operator intptr_t() const { return value; }
};
struct Size {
    intptr_t value;
    operator intptr_t() const { return value; }
};
struct CodePoint {
    uint32_t value;
    operator uint32_t() const { return value; }
};
template <class T> class NoneOr : public MaybeBorrowed<T> {
public:
    using MaybeBorrowed<T>::MaybeBorrowed;
};
/// A bytes-like argument's memory (PyBUF_SIMPLE).
class BufferView {
public:
    BufferView() { m_buffer.obj = nullptr; }
    BufferView(BufferView&& other) : m_buffer(other.m_buffer) { other.m_buffer.obj = nullptr; }
    ~BufferView();
    /// TypeError "a bytes-like object is required, not 'T'".
    Result<void> acquire(Thread& t, Object* object, bool writable = false);
    std::string_view view() const { return {static_cast<const char*>(m_buffer.buf), static_cast<size_t>(m_buffer.len)}; }
    const uint8_t* data() const { return static_cast<const uint8_t*>(m_buffer.buf); }
    size_t size() const { return static_cast<size_t>(m_buffer.len); }
    Buffer& buffer() { return m_buffer; }

private:
    Buffer m_buffer;
};
class WritableBufferView : public BufferView {};

namespace native_detail {

struct Context {
    Thread& t;
    const NativeDef& def;
};

/// Convert<P>::from fills `out`; false with an exception set.
template <class P> struct Convert;

Result<bool> convert_bool(const Context& c, Object* o, int position);
Result<int64_t> convert_int64(const Context& c, Object* o, int position);
Result<uint64_t> convert_uint64(const Context& c, Object* o, int position);
Result<int> convert_int(const Context& c, Object* o, int position);
Result<double> convert_double(const Context& c, Object* o, int position);
Result<intptr_t> convert_index(const Context& c, Object* o, int position);
Result<intptr_t> convert_size(const Context& c, Object* o, int position);
Result<uint32_t> convert_code_point(const Context& c, Object* o, int position);
Result<std::string_view> convert_utf8(const Context& c, Object* o, int position);
COLD Error wrong_type(const Context& c, int position, Type& expected, Object* got);
/// "must be str or None, not int".
COLD Error wrong_type_or_none(const Context& c, int position, Type& expected, Object* got);

template <class T> struct Slot { // storage for a converted argument
    T value{};
    T get() { return std::move(value); }
};

/// The value of an exact int of one digit, or of the default, without a call. False: the conversion is asked.
ALWAYS_INLINE bool quick_integer(const Context& c, const Object* o, int position, int64_t* value) {
    if (LIKELY(o != nullptr)) {
        if (UNLIKELY(o->type != &Int::s_type || !static_cast<const Int*>(o)->is_compact())) return false;
        *value = static_cast<const Int*>(o)->compact_value();
        return true;
    }
    const NativeParameter* known = c.def.parameters->load(std::memory_order_acquire);
    if (UNLIKELY(!known)) return false;
    *value = known[position].integer;
    return true;
}
#define TAIPAN_SCALAR(TYPE, FUNCTION)                                                                                                      \
    template <> struct Convert<TYPE> {                                                                                                     \
        TYPE value{};                                                                                                                      \
        bool from(const Context& c, Object* o, int position) {                                                                             \
            auto r = FUNCTION(c, o, position);                                                                                             \
            if (r.is_error()) return false;                                                                                                \
            value = TYPE{r.take()};                                                                                                        \
            return true;                                                                                                                   \
        }                                                                                                                                  \
        TYPE get() { return value; }                                                                                                       \
    };
#define TAIPAN_INTEGER(TYPE, FUNCTION)                                                                                                     \
    template <> struct Convert<TYPE> {                                                                                                     \
        TYPE value{};                                                                                                                      \
        bool from(const Context& c, Object* o, int position) {                                                                             \
            if (int64_t quick; quick_integer(c, o, position, &quick)) {                                                                    \
                value = TYPE{static_cast<decltype(FUNCTION(c, o, position).take())>(quick)};                                               \
                return true;                                                                                                               \
            }                                                                                                                              \
            auto r = FUNCTION(c, o, position);                                                                                             \
            if (r.is_error()) return false;                                                                                                \
            value = TYPE{r.take()};                                                                                                        \
            return true;                                                                                                                   \
        }                                                                                                                                  \
        TYPE get() { return value; }                                                                                                       \
    };
TAIPAN_SCALAR(bool, convert_bool)
TAIPAN_INTEGER(int, convert_int)
TAIPAN_INTEGER(int64_t, convert_int64)
TAIPAN_SCALAR(uint64_t, convert_uint64)
TAIPAN_SCALAR(double, convert_double)
TAIPAN_INTEGER(Index, convert_index)
TAIPAN_INTEGER(Size, convert_size)
TAIPAN_SCALAR(CodePoint, convert_code_point)
TAIPAN_SCALAR(std::string_view, convert_utf8)
#undef TAIPAN_INTEGER
#undef TAIPAN_SCALAR

/// The default of a parameter, as far as one object serves all calls; null: it is to be made.
ALWAYS_INLINE Object* immortal_default(const Context& c, int position) {
    const NativeParameter* known = c.def.parameters->load(std::memory_order_acquire);
    return LIKELY(known != nullptr) ? known[position].object : nullptr;
}
template <> struct Convert<Borrowed<Object>> {
    Object* value = nullptr;
    MaybeRef<Object> owned; // a default made for this call
    bool from(const Context& c, Object* o, int position) {
        if (!o) o = immortal_default(c, position);
        if (UNLIKELY(!o)) {
            auto made = default_argument(c.t, c.def, position);
            if (made.is_error()) return false;
            owned = made.take();
            o = owned.get();
        }
        value = o;
        return true;
    }
    Borrowed<Object> get() { return value; }
};
template <class T> struct Convert<Borrowed<T>> {
    T* value = nullptr;
    MaybeRef<Object> owned;
    bool from(const Context& c, Object* o, int position) {
        if (UNLIKELY(!o)) {
            auto made = default_argument(c.t, c.def, position);
            if (made.is_error()) return false;
            owned = made.take();
            o = owned.get();
        }
        if (UNLIKELY(!is<T>(o))) return (void)wrong_type(c, position, T::s_type, o), false;
        value = static_cast<T*>(o);
        return true;
    }
    Borrowed<T> get() { return value; }
};
template <class T> struct Convert<MaybeBorrowed<T>> {
    T* value = nullptr;
    bool from(const Context& c, Object* o, int position) {
        if constexpr (!std::same_as<T, Object>)
            if (o && UNLIKELY(!is<T>(o))) return (void)wrong_type(c, position, T::s_type, o), false;
        value = static_cast<T*>(o);
        return true;
    }
    MaybeBorrowed<T> get() { return value; }
};
template <class T> struct Convert<NoneOr<T>> {
    T* value = nullptr;
    bool from(const Context& c, Object* o, int position) {
        if (!o || is_none(o)) return true;
        if constexpr (!std::same_as<T, Object>)
            if (UNLIKELY(!is<T>(o))) return (void)wrong_type_or_none(c, position, T::s_type, o), false;
        value = static_cast<T*>(o);
        return true;
    }
    NoneOr<T> get() { return value; }
};
template <> struct Convert<BufferView> {
    BufferView value;
    bool from(const Context& c, Object* o, int) { return !o || !value.acquire(c.t, o).is_error(); }
    BufferView& get() { return value; }
};
template <> struct Convert<WritableBufferView> {
    WritableBufferView value;
    bool from(const Context& c, Object* o, int) { return !o || !value.acquire(c.t, o, true).is_error(); }
    WritableBufferView& get() { return value; }
};
template <class T> struct Convert<const T&> : Convert<T> {};
template <class T> struct Convert<T&> : Convert<T> {};
template <class T> struct Convert<T&&> : Convert<T> {};

// What a typed function's result becomes: an owned pointer, or null with an exception set.
template <class T> ALWAYS_INLINE Object* to_object(Thread&, Ref<T>&& r) { return r.release(); }
template <class T> ALWAYS_INLINE Object* to_object(Thread&, Result<Ref<T>>&& r) { return r.release_or_null(); }
ALWAYS_INLINE Object* to_object(Thread&, Object* immortal) { return immortal; }
ALWAYS_INLINE Object* to_object(Thread&, bool value) { return bool_object(value); }
ALWAYS_INLINE Object* to_object(Thread& t, double value) { return float_from(t, value).release_or_null(); }
template <std::signed_integral I> ALWAYS_INLINE Object* to_object(Thread& t, I value) { return int_from(t, value).release_or_null(); }
template <std::unsigned_integral I>
    requires(!std::same_as<I, bool>)
ALWAYS_INLINE Object* to_object(Thread& t, I value) {
    return int_from_uint64(t, value).release_or_null();
}
ALWAYS_INLINE Object* to_object(Thread&, Result<void>&& r) { return r.is_error() ? nullptr : None(); }
ALWAYS_INLINE Object* to_object(Thread&, Error) { return nullptr; }
template <class T> ALWAYS_INLINE Object* to_object(Thread& t, Result<T>&& r) {
    if (r.is_error()) return nullptr;
    return to_object(t, r.take());
}

enum class Receiver { None, Object, Module, Type };

template <class P> constexpr bool is_special = std::same_as<P, Args> || std::same_as<P, Kwargs>;

template <class... P> struct List {
    static constexpr size_t size = sizeof...(P);
};

template <class F> struct Signature;
template <class R, class... P> struct Signature<R (*)(Thread&, P...)> {
    using Return = R;
    using Params = List<P...>;
    static constexpr bool takes_thread = true;
};
template <class R, class... P> struct Signature<R (*)(P...)> {
    using Return = R;
    using Params = List<P...>;
    static constexpr bool takes_thread = false;
};

template <class P> constexpr bool takes_args = false;
template <class... P> constexpr bool takes_args<List<P...>> = (std::same_as<P, Args> || ...);
template <class P> constexpr bool takes_kwargs = false;
template <class... P> constexpr bool takes_kwargs<List<P...>> = (std::same_as<P, Kwargs> || ...);

template <class P> struct Tail;
template <class H, class... P> struct Tail<List<H, P...>> {
    using Head = H;
    using Rest = List<P...>;
};

template <class T> ALWAYS_INLINE T receiver_as(Object* o) {
    if constexpr (std::is_pointer_v<T>) return static_cast<T>(o);
    else return T(static_cast<std::remove_reference_t<decltype(*std::declval<T>())>*>(o));
}

/// The number of a parameter among those that take an entry of the bound array.
template <class... P> constexpr int bound_index(size_t i) {
    constexpr bool special[] = {is_special<P>..., false};
    int n = 0;
    for (size_t k = 0; k < i; ++k) n += !special[k];
    return n;
}

template <class P> struct Argument : Convert<P> {
    bool load(const Context& c, Object* const* bound, int index, const Args&, Dict*) { return this->from(c, bound[index], index); }
};
template <> struct Argument<Args> {
    Args value;
    bool load(const Context&, Object* const*, int, const Args& rest, Dict*) { return value = rest, true; }
    Args get() { return value; }
};
template <> struct Argument<Kwargs> {
    Kwargs value;
    bool load(const Context&, Object* const*, int, const Args&, Dict* extra) { return value = Kwargs{extra}, true; }
    Kwargs get() { return value; }
};

template <auto F, bool WithReceiver, class R, class... P, size_t... I>
ALWAYS_INLINE Object* invoke(Thread& t, const NativeDef& def, Object* receiver, Object* const* bound, const Args& rest, Dict* extra,
                             List<P...>, std::index_sequence<I...>) {
    using S = Signature<decltype(F)>;
    Context c{t, def};
    std::tuple<Argument<P>...> arguments;
    if (!(std::get<I>(arguments).load(c, bound, bound_index<P...>(I), rest, extra) && ...)) return nullptr;
    auto run = [&]() -> R {
        if constexpr (WithReceiver) {
            using Head = typename Tail<typename S::Params>::Head;
            if constexpr (S::takes_thread) return F(t, receiver_as<Head>(receiver), std::get<I>(arguments).get()...);
            else return F(receiver_as<Head>(receiver), std::get<I>(arguments).get()...);
        } else {
            if constexpr (S::takes_thread) return F(t, std::get<I>(arguments).get()...);
            else return F(std::get<I>(arguments).get()...);
        }
    };
    if constexpr (std::is_void_v<R>) {
        run();
        return None();
    } else {
        return to_object(t, run());
    }
}

template <auto F, bool WithReceiver> struct ParamsOf {
    using All = typename Signature<decltype(F)>::Params;
    using Type = All;
};
template <auto F> struct ParamsOf<F, true> {
    using Type = typename Tail<typename Signature<decltype(F)>::Params>::Rest;
};

template <auto F, bool WithReceiver>
Object* entry(Thread& t, const NativeDef& def, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    using S = Signature<decltype(F)>;
    using Params = typename ParamsOf<F, WithReceiver>::Type;
    constexpr size_t slots = Params::size - takes_args<Params> - takes_kwargs<Params>;
    Object* bound[slots ? slots : 1];
    Args rest{args, 0};
    MaybeRef<Object> extra;
    if (LIKELY(!kwnames && nargs == slots && !takes_args<Params> && !def.params.keyword_only)) {
        return invoke<F, WithReceiver, typename S::Return>(t, def, receiver, args, rest, nullptr, Params{},
                                                           std::make_index_sequence<Params::size>{});
    }
    const ParamSpec& p = def.params;
    if (LIKELY(!kwnames && nargs >= p.required && nargs <= p.positional && !p.required_keyword_only)) {
        // Only positional arguments, not all of them.
        for (size_t i = 0; i < slots; ++i) bound[i] = i < nargs ? args[i] : nullptr;
    } else if (bind_arguments(t, def, receiver, args, nargs, kwnames, bound).is_error()) {
        return nullptr;
    }
    if constexpr (takes_args<Params>) {
        size_t positional = def.params.positional;
        if (nargs > positional) rest = Args{args + positional, nargs - positional};
    }
    if constexpr (takes_kwargs<Params>) {
        if (kwnames) {
            auto made = bind_extra_keywords(t, def, args, nargs, kwnames);
            if (made.is_error()) return nullptr;
            extra = made.take();
        }
    }
    return invoke<F, WithReceiver, typename S::Return>(t, def, receiver, bound, rest, reinterpret_cast<Dict*>(extra.get()), Params{},
                                                       std::make_index_sequence<Params::size>{});
}

template <auto F, int Kind> std::atomic<const NativeParameter*> parameters{nullptr};
template <auto F> const void* typed_function() { return reinterpret_cast<const void*>(F); }

void signature_and_parameters_differ(); // declared only: a compile-time error where it is called

/// What the signature says, checked against the function's parameters. One that takes nothing but Args (and Kwargs)
/// sorts its arguments itself: the names are for display.
template <auto F, bool WithReceiver> consteval ParamSpec parameters_of(const char* signature) {
    using Params = typename ParamsOf<F, WithReceiver>::Type;
    constexpr size_t slots = Params::size - takes_args<Params> - takes_kwargs<Params>;
    ParamSpec spec = parse_signature(signature);
    if (slots == 0 && takes_args<Params>) spec = ParamSpec{.var_args = true, .var_kwargs = spec.var_kwargs};
    if (static_cast<size_t>(spec.count()) != slots) signature_and_parameters_differ();
    return spec;
}

template <auto F, bool WithReceiver, int Flags> consteval NativeDef define(const char* name, const char* signature, const char* doc) {
    return NativeDef{name,
                     entry<F, WithReceiver>,
                     method_flag::FastCall | method_flag::Keywords | Flags,
                     doc,
                     signature,
                     parameters_of<F, WithReceiver>(signature),
                     typed_function<F>,
                     &parameters<F, Flags>};
}

} // namespace native_detail

/// A module-level function that does not look at its module.
template <auto F> consteval NativeDef fn(const char* name, const char* signature, const char* doc = nullptr) {
    return native_detail::define<F, false, 0>(name, signature, doc);
}
/// A module-level function whose first parameter is Borrowed<Module>.
template <auto F> consteval NativeDef module_fn(const char* name, const char* signature, const char* doc = nullptr) {
    return native_detail::define<F, true, 0>(name, signature, doc);
}
/// A method; the first parameter is the object, Borrowed<T>.
template <auto F> consteval NativeDef method(const char* name, const char* signature, const char* doc = nullptr) {
    return native_detail::define<F, true, 0>(name, signature, doc);
}
template <auto F> consteval NativeDef class_method(const char* name, const char* signature, const char* doc = nullptr) {
    return native_detail::define<F, true, method_flag::Class>(name, signature, doc);
}
template <auto F> consteval NativeDef static_method(const char* name, const char* signature, const char* doc = nullptr) {
    return native_detail::define<F, false, method_flag::Static>(name, signature, doc);
}

} // namespace taipan
