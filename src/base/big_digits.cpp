#include "base/big_digits.h"

#include "base/memory_scope.h"
#include "base/small_buffer.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace taipan::base {

namespace {

using Limbs = SmallBuffer<mp_limb_t, 64>;

size_t normalised(const mp_limb_t* limbs, size_t count) {
    while (count && limbs[count - 1] == 0) count--;
    return count;
}

/// Bases 2, 4, 8, 16, 32 need no arithmetic.
size_t power_of_two_text(const uint32_t* digits, size_t count, unsigned bits, char* out) {
    size_t total = (digits_bit_length(digits, count) + bits - 1) / bits;
    uint64_t pool = 0;
    unsigned held = 0;
    size_t next = 0;
    for (size_t i = total; i-- > 0;) {
        if (held < bits && next < count) {
            pool |= uint64_t(digits[next++]) << held;
            held += digit_bits;
        }
        out[i] = "0123456789abcdefghijklmnopqrstuv"[pool & ((1u << bits) - 1)];
        pool >>= bits;
        held -= held < bits ? held : bits;
    }
    return total;
}

/// 64 bits of each base's logarithm, as bits per character in 1/1024ths, rounded up and down.
unsigned log2_up(unsigned base) { return unsigned(std::ceil(std::log2(double(base)) * 1024)); }
unsigned log2_down(unsigned base) { return unsigned(std::log2(double(base)) * 1024); }

} // namespace

void let_gmp_run_out() {
    mp_set_memory_functions(
        scoped_allocate, [](void* memory, size_t, size_t size) { return scoped_reallocate(memory, size); },
        [](void* memory, size_t) { scoped_free(memory); });
}

size_t digits_to_limbs(const uint32_t* digits, size_t count, mp_limb_t* limbs) {
    size_t out = 0;
    mp_limb_t pool = 0;
    unsigned held = 0;
    for (size_t i = 0; i < count; i++) {
        mp_limb_t digit = digits[i];
        pool |= digit << held;
        held += digit_bits;
        if (held >= 64) {
            limbs[out++] = pool;
            held -= 64;
            pool = digit >> (digit_bits - held);
        }
    }
    if (held) limbs[out++] = pool;
    return normalised(limbs, out);
}

size_t limbs_to_digits(const mp_limb_t* limbs, size_t count, uint32_t* digits) {
    size_t out = 0;
    unsigned __int128 pool = 0;
    unsigned held = 0;
    for (size_t i = 0; i < count; i++) {
        pool |= (unsigned __int128)limbs[i] << held;
        held += 64;
        while (held >= digit_bits) {
            digits[out++] = uint32_t(pool) & digit_mask;
            pool >>= digit_bits;
            held -= digit_bits;
        }
    }
    if (held) digits[out++] = uint32_t(pool);
    while (out && digits[out - 1] == 0) out--;
    return out;
}

size_t digits_bit_length(const uint32_t* digits, size_t count) {
    while (count && digits[count - 1] == 0) count--;
    if (!count) return 0;
    return (count - 1) * digit_bits + size_t(std::bit_width(digits[count - 1]));
}

size_t text_bound(size_t digit_count, unsigned base) { return digit_count * digit_bits * 1024 / log2_down(base) + 2; }

size_t digits_to_text(const uint32_t* digits, size_t count, unsigned base, char* out) {
    while (count && digits[count - 1] == 0) count--;
    if (count <= 2) {
        uint64_t value = 0;
        for (size_t i = count; i-- > 0;) value = value << digit_bits | digits[i];
        return size_t(std::to_chars(out, out + 64, value, int(base)).ptr - out);
    }
    if (std::has_single_bit(base)) return power_of_two_text(digits, count, unsigned(std::countr_zero(base)), out);
    Limbs limbs;
    if (!limbs.resize(limbs_for_digits(count) + 1)) return text_failed;
    size_t n = digits_to_limbs(digits, count, limbs.data());
    size_t length = 0;
    if (!attempt([&] { length = mpn_get_str(reinterpret_cast<unsigned char*>(out), int(base), limbs.data(), mp_size_t(n)); }))
        return text_failed;
    size_t zeros = 0;
    while (zeros + 1 < length && out[zeros] == 0) zeros++;
    for (size_t i = zeros; i < length; i++) out[i - zeros] = "0123456789abcdefghijklmnopqrstuvwxyz"[uint8_t(out[i])];
    return length - zeros;
}

size_t digits_bound(size_t length, unsigned base) {
    unsigned __int128 bits = (unsigned __int128)length * log2_up(base) / 1024 + 1;
    return digits_for_limbs(size_t(bits / 64) + 2);
}

size_t text_to_digits(uint8_t* values, size_t length, unsigned base, uint32_t* digits) {
    while (length && *values == 0) values++, length--;
    if (length <= 12) { // 36**12 < 2**63
        uint64_t value = 0;
        for (size_t i = 0; i < length; i++) value = value * base + values[i];
        size_t n = 0;
        for (; value; value >>= digit_bits) digits[n++] = uint32_t(value) & digit_mask;
        return n;
    }
    size_t bits_bound = size_t((unsigned __int128)length * log2_up(base) / 1024) + 1;
    Limbs limbs;
    if (!limbs.resize(bits_bound / 64 + 2)) return text_failed;
    size_t n = 0;
    if (!attempt([&] { n = size_t(mpn_set_str(limbs.data(), values, length, int(base))); })) return text_failed;
    return limbs_to_digits(limbs.data(), normalised(limbs.data(), n), digits);
}

size_t bytes_to_digits(const uint8_t* bytes, size_t size, uint32_t* digits) {
    size_t out = 0;
    uint64_t pool = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size; i++) {
        pool |= uint64_t(bytes[i]) << held;
        held += 8;
        if (held >= digit_bits) {
            digits[out++] = uint32_t(pool) & digit_mask;
            pool >>= digit_bits;
            held -= digit_bits;
        }
    }
    if (held) digits[out++] = uint32_t(pool);
    while (out && digits[out - 1] == 0) out--;
    return out;
}

void digits_to_bytes(const uint32_t* digits, size_t count, uint8_t* bytes, size_t size) {
    uint64_t pool = 0;
    unsigned held = 0;
    size_t next = 0;
    for (size_t i = 0; i < size; i++) {
        if (held < 8 && next < count) {
            pool |= uint64_t(digits[next++]) << held;
            held += digit_bits;
        }
        bytes[i] = uint8_t(pool);
        pool >>= 8;
        held -= held < 8 ? held : 8;
    }
}

double digits_to_double(const uint32_t* digits, size_t count) {
    size_t bits = digits_bit_length(digits, count);
    if (bits == 0) return 0;
    if (bits > 1024) return HUGE_VAL;
    // The top 64 bits, with a sticky last bit, round once when converted.
    size_t drop = bits > 64 ? bits - 64 : 0, low = drop / digit_bits;
    uint64_t top = 0;
    bool sticky = false;
    for (size_t i = 0; i < low; i++) sticky |= digits[i] != 0;
    for (size_t i = low; i * digit_bits < bits; i++) {
        uint64_t digit = digits[i];
        if (i * digit_bits < drop) {
            unsigned cut = unsigned(drop - i * digit_bits);
            sticky |= (digit & ((uint64_t(1) << cut) - 1)) != 0;
            top |= digit >> cut;
        } else {
            top |= digit << (i * digit_bits - drop);
        }
    }
    return std::ldexp(double(top | sticky), int(drop));
}

uint64_t hash_digits(const uint32_t* digits, size_t count) {
    constexpr uint64_t modulus = (uint64_t(1) << 61) - 1;
    uint64_t x = 0;
    for (size_t i = count; i-- > 0;) {
        // Multiplying by 2**30 modulo 2**61 - 1 rotates by 30.
        x = ((x << 30) & modulus) | (x >> 31);
        x += digits[i];
        if (x >= modulus) x -= modulus;
    }
    return x;
}

} // namespace taipan::base
