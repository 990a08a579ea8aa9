#include "base/hash.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace taipan::base {

namespace {

uint64_t load_little(const uint8_t* p) {
    uint64_t v;
    memcpy(&v, p, 8);
    if constexpr (std::endian::native == std::endian::big) v = std::byteswap(v);
    return v;
}

} // namespace

SipKey sip_key_from_seed(uint32_t seed) {
    if (seed == 0) return {0, 0};
    uint8_t bytes[16];
    uint32_t x = seed;
    for (uint8_t& b : bytes) {
        x = x * 214013 + 2531011;
        b = uint8_t(x >> 16);
    }
    return {load_little(bytes), load_little(bytes + 8)};
}

uint64_t siphash13(SipKey key, const void* bytes, size_t size) {
    const uint8_t* p = static_cast<const uint8_t*>(bytes);
    uint64_t v0 = key.k0 ^ 0x736f6d6570736575u, v1 = key.k1 ^ 0x646f72616e646f6du;
    uint64_t v2 = key.k0 ^ 0x6c7967656e657261u, v3 = key.k1 ^ 0x7465646279746573u;
    auto round = [&] {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    };
    size_t left = size;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word = load_little(p);
        v3 ^= word;
        round();
        v0 ^= word;
    }
    uint64_t last = uint64_t(size) << 56;
    for (size_t i = 0; i < left; i++) last |= uint64_t(p[i]) << (8 * i);
    v3 ^= last;
    round();
    v0 ^= last;
    v2 ^= 0xff;
    round();
    round();
    round();
    return (v0 ^ v1) ^ (v2 ^ v3);
}

int64_t hash_double(double value) {
    if (!std::isfinite(value)) return std::isinf(value) ? (value > 0 ? hash_infinity : -hash_infinity) : 0;
    int exponent;
    double m = std::frexp(std::fabs(value), &exponent);
    // Take the mantissa 28 bits at a time; multiplying by powers of two modulo 2**61 - 1 rotates.
    uint64_t x = 0;
    while (m != 0) {
        x = ((x << 28) & hash_modulus) | (x >> (hash_bits - 28));
        m *= 268435456.0;
        exponent -= 28;
        uint64_t y = uint64_t(m);
        m -= double(y);
        x += y;
        if (x >= hash_modulus) x -= hash_modulus;
    }
    int bits = int(hash_bits);
    int turn = exponent >= 0 ? exponent % bits : bits - 1 - ((-1 - exponent) % bits);
    x = ((x << turn) & hash_modulus) | (x >> (bits - turn));
    int64_t hash = std::signbit(value) ? -int64_t(x) : int64_t(x);
    return hash == -1 ? -2 : hash;
}

} // namespace taipan::base
