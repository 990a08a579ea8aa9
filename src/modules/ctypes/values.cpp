// Reading and writing of the simple C types, by type code, in the machine's byte order and the other one.
#include "modules/ctypes/ctypes.h"
#include "objects/bytes.h"
#include "objects/capsule.h"

#include <cfloat>
#include <cstring>
#include <cwchar>

namespace taipan::ctypes {

Result<uint64_t> to_masked(Thread& t, Any value) {
    Ref<Int> number = TRY(to_index(t, value));
    int64_t plain;
    if (int_fits_int64(number.get(), &plain)) return static_cast<uint64_t>(plain);
    uint64_t low = 0;
    for (intptr_t i = 0; i < number->digit_count() && i * Int::DigitBits < 64; ++i)
        low |= static_cast<uint64_t>(number->digits[i]) << (i * Int::DigitBits);
    return number->is_negative() ? 0 - low : low;
}

Result<void*> to_pointer(Thread& t, Borrowed<Int> value) { return reinterpret_cast<void*>(TRY(to_masked(t, value))); }

Out wide_string(Thread& t, const wchar_t* text, intptr_t length) {
    static_assert(sizeof(wchar_t) == 4);
    for (intptr_t i = 0; i < length; ++i)
        if (static_cast<uint32_t>(text[i]) > 0x10ffff)
            return raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", static_cast<uint32_t>(text[i]));
    return Out(TRY(str_from_ucs4(t, reinterpret_cast<const uint32_t*>(text), length)));
}

void wide_copy(wchar_t* to, const Str* text) {
    for (intptr_t i = 0; i < text->length; ++i) to[i] = static_cast<wchar_t>(text->at(i));
}

namespace {

template <class T> T load(const void* memory) {
    T value;
    memcpy(&value, memory, sizeof value);
    return value;
}
template <class T> void store(void* memory, T value) { memcpy(memory, &value, sizeof value); }
template <class T> T reversed(T value) {
    auto* bytes = reinterpret_cast<unsigned char*>(&value);
    for (size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    return value;
}

template <class T, bool Swap> Out get_integer(Thread& t, const void* memory, intptr_t) {
    T value = load<T>(memory);
    if constexpr (Swap) value = reversed(value);
    if constexpr (std::is_signed_v<T>) return Out(TRY(int_from(t, value)));
    else return Out(TRY(int_from_uint64(t, value)));
}
template <class T, bool Swap> Out set_integer(Thread& t, void* memory, Any value, intptr_t) {
    T number = static_cast<T>(TRY(to_masked(t, value)));
    store(memory, Swap ? reversed(number) : number);
    return none_ref();
}
template <class T, bool Swap> Out get_real(Thread& t, const void* memory, intptr_t) {
    T value = load<T>(memory);
    if constexpr (Swap) value = reversed(value);
    return Out(TRY(float_from(t, static_cast<double>(value))));
}
template <class T, bool Swap> Out set_real(Thread& t, void* memory, Any value, intptr_t) {
    T number = static_cast<T>(TRY(to_double(t, value)));
    if constexpr (sizeof(T) == 16) memset(memory, 0, 16);
    store(memory, Swap ? reversed(number) : number);
    return none_ref();
}
Result<Ref<Complex>> to_complex(Thread& t, Any value) {
    if (is<Complex>(value.get())) return acquire(static_cast<Complex*>(value.get()));
    Ref<Str> name = TRY(str_interned(t, "__complex__"));
    if (LoadedMethod method = TRY(load_special_method(t, value, name))) {
        Ref<Object> result = TRY(call(t, method, value));
        if (!is<Complex>(result.get())) return raise(t, exc::TypeError, "%T.__complex__() must return a complex, not %T", value, result);
        return as<Complex>(std::move(result));
    }
    return complex_from(t, TRY(to_double(t, value)), 0);
}
template <class T, bool Swap> Out get_complex(Thread& t, const void* memory, intptr_t) {
    T real = load<T>(memory), imaginary = load<T>(static_cast<const T*>(memory) + 1);
    if constexpr (Swap) real = reversed(real), imaginary = reversed(imaginary);
    return Out(TRY(complex_from(t, static_cast<double>(real), static_cast<double>(imaginary))));
}
template <class T, bool Swap> Out set_complex(Thread& t, void* memory, Any value, intptr_t) {
    Ref<Complex> number = TRY(to_complex(t, value));
    T parts[2] = {static_cast<T>(number->real), static_cast<T>(number->imag)};
    if constexpr (Swap) parts[0] = reversed(parts[0]), parts[1] = reversed(parts[1]);
    memcpy(memory, parts, sizeof parts);
    return none_ref();
}

Out get_bool(Thread&, const void* memory, intptr_t) { return bool_ref(load<uint8_t>(memory) != 0); }
Out set_bool(Thread& t, void* memory, Any value, intptr_t) {
    store<uint8_t>(memory, TRY(is_true(t, value)));
    return none_ref();
}

Out get_char(Thread& t, const void* memory, intptr_t) { return Out(TRY(bytes_from(t, {static_cast<const char*>(memory), 1}))); }
Out set_char(Thread& t, void* memory, Any value, intptr_t) {
    constexpr const char* expected = "one character bytes, bytearray, or an integer in range(256) expected, not %s";
    if (is<Bytes>(value.get())) {
        auto* bytes = static_cast<Bytes*>(value.get());
        if (bytes->size != 1)
            return raise(t, exc::TypeError, "one character bytes, bytearray, or an integer in range(256) expected, not bytes of length %d",
                         bytes->size);
        *static_cast<char*>(memory) = bytes->data[0];
        return none_ref();
    }
    if (is<ByteArray>(value.get())) {
        CriticalSection section(t, value.get());
        auto* bytes = static_cast<ByteArray*>(value.get());
        if (bytes->size != 1)
            return raise(t, exc::TypeError,
                         "one character bytes, bytearray, or an integer in range(256) expected, not bytearray of length %d", bytes->size);
        *static_cast<char*>(memory) = bytes->start[0];
        return none_ref();
    }
    if (is<Int>(value.get())) {
        int64_t number;
        if (!int_fits_int64(static_cast<Int*>(value.get()), &number) || number < 0 || number > 255)
            return raise(t, exc::TypeError, "integer not in range(256)");
        *static_cast<char*>(memory) = static_cast<char>(number);
        return none_ref();
    }
    return raise(t, exc::TypeError, expected, type_name(value.get()));
}

Out get_wide_char(Thread& t, const void* memory, intptr_t) {
    wchar_t character = load<wchar_t>(memory);
    return wide_string(t, &character, 1);
}
Out set_wide_char(Thread& t, void* memory, Any value, intptr_t) {
    if (!is<Str>(value.get())) return raise(t, exc::TypeError, "a unicode character expected, not instance of %T", value);
    auto* text = static_cast<Str*>(value.get());
    if (text->length != 1) return raise(t, exc::TypeError, "a unicode character expected, not a string of length %d", text->length);
    store(memory, static_cast<wchar_t>(text->at(0)));
    return none_ref();
}

// Character arrays as fields
Out get_char_array(Thread& t, const void* memory, intptr_t size) {
    auto* text = static_cast<const char*>(memory);
    return Out(TRY(bytes_from(t, {text, strnlen(text, static_cast<size_t>(size))})));
}
Out set_char_array(Thread& t, void* memory, Any value, intptr_t length) {
    if (!is<Bytes>(value.get())) return raise(t, exc::TypeError, "expected bytes, %s found", type_name(value.get()));
    auto* bytes = static_cast<Bytes*>(value.get());
    auto size = static_cast<intptr_t>(strlen(bytes->data));
    if (size < length) ++size; // the final null too
    else if (size > length) return raise(t, exc::ValueError, "bytes too long (%d, maximum length %d)", size, length);
    memcpy(memory, bytes->data, static_cast<size_t>(size));
    return none_ref();
}
Out get_wide_array(Thread& t, const void* memory, intptr_t size) {
    auto* text = static_cast<const wchar_t*>(memory);
    return wide_string(t, text, static_cast<intptr_t>(wcsnlen(text, static_cast<size_t>(size) / sizeof(wchar_t))));
}
Out set_wide_array(Thread& t, void* memory, Any value, intptr_t length) {
    length /= static_cast<intptr_t>(sizeof(wchar_t));
    if (!is<Str>(value.get())) return raise(t, exc::TypeError, "unicode string expected instead of %s instance", type_name(value.get()));
    auto* text = static_cast<Str*>(value.get());
    if (text->length > length) return raise(t, exc::ValueError, "string too long (%d, maximum length %d)", text->length, length);
    wide_copy(static_cast<wchar_t*>(memory), text);
    if (text->length < length) static_cast<wchar_t*>(memory)[text->length] = 0;
    return none_ref();
}

// Pointers
Out get_char_pointer(Thread& t, const void* memory, intptr_t) {
    auto* text = load<const char*>(memory);
    if (!text) return none_ref();
    return Out(TRY(bytes_from(t, text)));
}
Out set_char_pointer(Thread& t, void* memory, Any value, intptr_t) {
    if (is_none(value.get())) {
        store<void*>(memory, nullptr);
        return none_ref();
    }
    if (is<Bytes>(value.get())) {
        store<const void*>(memory, static_cast<Bytes*>(value.get())->data);
        return value.share();
    }
    if (is<Int>(value.get())) {
        store(memory, TRY(to_masked(t, value)));
        return none_ref();
    }
    return raise(t, exc::TypeError, "bytes or integer address expected instead of %s instance", type_name(value.get()));
}
Out get_wide_pointer(Thread& t, const void* memory, intptr_t) {
    auto* text = load<const wchar_t*>(memory);
    if (!text) return none_ref();
    return wide_string(t, text, static_cast<intptr_t>(wcslen(text)));
}
Out set_wide_pointer(Thread& t, void* memory, Any value, intptr_t) {
    if (is_none(value.get())) {
        store<void*>(memory, nullptr);
        return none_ref();
    }
    if (is<Int>(value.get())) {
        store(memory, TRY(to_masked(t, value)));
        return none_ref();
    }
    if (!is<Str>(value.get()))
        return raise(t, exc::TypeError, "unicode string or integer address expected instead of %s instance", type_name(value.get()));
    auto* text = static_cast<Str*>(value.get());
    auto* copy = static_cast<wchar_t*>(raw_alloc((static_cast<size_t>(text->length) + 1) * sizeof(wchar_t)));
    if (!copy) return raise_memory_error(t);
    wide_copy(copy, text);
    copy[text->length] = 0;
    auto keep = capsule_new(t, copy, "_ctypes pymem", [](Object* capsule) { raw_free(static_cast<Capsule*>(capsule)->pointer); });
    if (keep.is_error()) {
        raw_free(copy);
        return Error{};
    }
    store(memory, copy);
    return keep.take();
}
Out get_pointer(Thread& t, const void* memory, intptr_t) {
    auto* pointer = load<void*>(memory);
    if (!pointer) return none_ref();
    return Out(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(pointer))));
}
Out set_pointer(Thread& t, void* memory, Any value, intptr_t) {
    if (is_none(value.get())) {
        store<void*>(memory, nullptr);
        return none_ref();
    }
    if (!is<Int>(value.get())) return raise(t, exc::TypeError, "cannot be converted to pointer");
    store(memory, TRY(to_masked(t, value)));
    return none_ref();
}
Out get_object(Thread& t, const void* memory, intptr_t) {
    auto* object = load<Object*>(memory);
    if (!object) return raise(t, exc::ValueError, "PyObject is NULL");
    return acquire(object);
}
Out set_object(Thread&, void* memory, Any value, intptr_t) {
    store(memory, value.get());
    return value.share();
}
// VARIANT_BOOL
Out get_variant_bool(Thread&, const void* memory, intptr_t) { return bool_ref(load<int16_t>(memory) != 0); }
Out set_variant_bool(Thread& t, void* memory, Any value, intptr_t) {
    store<int16_t>(memory, TRY(is_true(t, value)) ? -1 : 0);
    return none_ref();
}

#define INTEGER(code, type, ffi)                                                                                                           \
    {code, &ffi, set_integer<type, false>, get_integer<type, false>, set_integer<type, true>, get_integer<type, true>}
#define REAL(code, type, ffi) {code, &ffi, set_real<type, false>, get_real<type, false>, set_real<type, true>, get_real<type, true>}
#define COMPLEX(code, type, ffi)                                                                                                           \
    {code, &ffi, set_complex<type, false>, get_complex<type, false>, set_complex<type, true>, get_complex<type, true>}
const SimpleFormat formats[] = {
    {'s', &ffi_type_pointer, set_char_array, get_char_array, nullptr, nullptr},
    {'c', &ffi_type_schar, set_char, get_char, nullptr, nullptr},
    INTEGER('b', int8_t, ffi_type_schar),
    INTEGER('B', uint8_t, ffi_type_uchar),
    INTEGER('h', int16_t, ffi_type_sshort),
    INTEGER('H', uint16_t, ffi_type_ushort),
    INTEGER('i', int32_t, ffi_type_sint),
    INTEGER('I', uint32_t, ffi_type_uint),
    INTEGER('l', int64_t, ffi_type_slong),
    INTEGER('L', uint64_t, ffi_type_ulong),
    INTEGER('q', int64_t, ffi_type_sint64),
    INTEGER('Q', uint64_t, ffi_type_uint64),
    REAL('f', float, ffi_type_float),
    REAL('d', double, ffi_type_double),
    {'g', &ffi_type_longdouble, set_real<long double, false>, get_real<long double, false>, nullptr, nullptr},
    COMPLEX('F', float, ffi_type_complex_float),
    COMPLEX('D', double, ffi_type_complex_double),
    {'G', &ffi_type_complex_longdouble, set_complex<long double, false>, get_complex<long double, false>, nullptr, nullptr},
    {'?', &ffi_type_uchar, set_bool, get_bool, set_bool, get_bool},
    {'u', &ffi_type_sint, set_wide_char, get_wide_char, nullptr, nullptr},
    {'U', &ffi_type_pointer, set_wide_array, get_wide_array, nullptr, nullptr},
    {'z', &ffi_type_pointer, set_char_pointer, get_char_pointer, nullptr, nullptr},
    {'Z', &ffi_type_pointer, set_wide_pointer, get_wide_pointer, nullptr, nullptr},
    {'P', &ffi_type_pointer, set_pointer, get_pointer, nullptr, nullptr},
    {'O', &ffi_type_pointer, set_object, get_object, nullptr, nullptr},
    {'v', &ffi_type_sshort, set_variant_bool, get_variant_bool, nullptr, nullptr},
};
#undef INTEGER
#undef REAL
#undef COMPLEX

} // namespace

const char simple_codes[] = "cbBhHiIlLdDFGfuzZqQPOv?g";

const SimpleFormat* simple_format(char code) {
    for (const SimpleFormat& format : formats)
        if (format.code == code) return &format;
    return nullptr;
}

} // namespace taipan::ctypes
