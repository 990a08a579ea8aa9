// The value of a literal (or of a folded expression), free of runtime objects; it owns nothing: all memory is the
// arena's.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace taipan::syntax {

struct ConstantValue {
    enum class Kind : uint8_t {
        None,
        False,
        True,
        Ellipsis,
        Int,       // integer
        BigInt,    // limbs, size, negative: outside int64_t
        Float,     // real
        Complex,   // real, imaginary
        Str,       // text, size: UTF-8, in which a lone surrogate is its three-byte form (WTF-8)
        Bytes,     // text, size
        Tuple,     // items, size
        FrozenSet, // items, size
        Slice,     // items: start, stop, step (the compiler's, never the parser's)
        Code,      // object: a compiler::CodeUnit
        Object,    // object: a value of a hand-made tree that has no neutral form (the runtime's, never the parser's)
    };

    Kind kind = Kind::None;
    bool negative = false;
    uint32_t size = 0;
    union {
        int64_t integer = 0;
        double real;
        const uint64_t* limbs; // least significant first, the last one not zero (mpz_roinit_n reads them in place)
        const char* text;
        const ConstantValue* items;
        void* object;
    };
    double imaginary = 0;

    std::string_view view() const { return {text, size}; }

    static ConstantValue none() { return {}; }
    static ConstantValue of_bool(bool value) { return of_kind(value ? Kind::True : Kind::False); }
    static ConstantValue ellipsis() { return of_kind(Kind::Ellipsis); }
    static ConstantValue of_int(int64_t value) {
        ConstantValue c = of_kind(Kind::Int);
        c.integer = value;
        return c;
    }
    static ConstantValue of_limbs(const uint64_t* limbs, uint32_t size, bool negative) {
        ConstantValue c = of_kind(Kind::BigInt);
        c.limbs = limbs;
        c.size = size;
        c.negative = negative;
        return c;
    }
    static ConstantValue of_float(double value) {
        ConstantValue c = of_kind(Kind::Float);
        c.real = value;
        return c;
    }
    static ConstantValue of_complex(double real, double imaginary) {
        ConstantValue c = of_kind(Kind::Complex);
        c.real = real;
        c.imaginary = imaginary;
        return c;
    }
    static ConstantValue of_str(std::string_view text) { return of_text(Kind::Str, text); }
    static ConstantValue of_bytes(std::string_view text) { return of_text(Kind::Bytes, text); }
    static ConstantValue of_tuple(const ConstantValue* items, uint32_t size) {
        ConstantValue c = of_kind(Kind::Tuple);
        c.items = items;
        c.size = size;
        return c;
    }

private:
    static ConstantValue of_kind(Kind kind) {
        ConstantValue c;
        c.kind = kind;
        return c;
    }
    static ConstantValue of_text(Kind kind, std::string_view text) {
        ConstantValue c = of_kind(kind);
        c.text = text.data();
        c.size = (uint32_t)text.size();
        return c;
    }
};

} // namespace taipan::syntax
