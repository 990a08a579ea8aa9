// Hash algorithms whose values Python shows: siphash13 of str and bytes, the numeric hash, the tuple hash.
//
// Results are as CPython's, except where -1 must be avoided: callers map -1 to -2 (`avoid_minus_one`).
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base {

struct SipKey {
    uint64_t k0, k1;
};

/// The key for PYTHONHASHSEED: 0 gives the zero key, another number the generator CPython uses.
SipKey sip_key_from_seed(uint32_t seed);

/// siphash-1-3. Python hashes the empty string to 0 without asking.
uint64_t siphash13(SipKey key, const void* bytes, size_t size);

inline int64_t avoid_minus_one(uint64_t hash) { return int64_t(hash) == -1 ? -2 : int64_t(hash); }

inline constexpr unsigned hash_bits = 61;
inline constexpr uint64_t hash_modulus = (uint64_t(1) << hash_bits) - 1;
inline constexpr int64_t hash_infinity = 314159;
inline constexpr int64_t hash_imaginary = 1000003;

/// hash(float), -1 already avoided. A NaN hashes by the identity of its object: ask before.
int64_t hash_double(double value);

/// hash(int) for values of one machine word, -1 already avoided.
inline int64_t hash_int64(int64_t value) {
    uint64_t magnitude = value < 0 ? 0 - uint64_t(value) : uint64_t(value);
    int64_t hash = int64_t(magnitude < hash_modulus ? magnitude : magnitude % hash_modulus);
    if (value < 0) hash = -hash;
    return hash == -1 ? -2 : hash;
}

/// The tuple hash (xxHash's constants): `add` every element's hash, then `finish`.
class TupleHash {
public:
    void add(int64_t hash) {
        m_value += uint64_t(hash) * prime2;
        m_value = (m_value << 31) | (m_value >> 33);
        m_value *= prime1;
        m_length++;
    }
    int64_t finish() const {
        uint64_t value = m_value + (m_length ^ (prime5 ^ 3527539u));
        return value == UINT64_MAX ? 1546275796 : int64_t(value);
    }

private:
    static constexpr uint64_t prime1 = 11400714785074694791u, prime2 = 14029467366897019727u, prime5 = 2870177450012600261u;
    uint64_t m_value = prime5, m_length = 0;
};

/// hash(frozenset): `add` every element's hash in any order, then `finish`.
class SetHash {
public:
    void add(int64_t hash) {
        uint64_t h = uint64_t(hash);
        m_value ^= ((h ^ 89869747u) ^ (h << 16)) * 3644798167u;
        m_length++;
    }
    int64_t finish() const {
        uint64_t value = m_value ^ (m_length + 1) * 1927868237u;
        value ^= (value >> 11) ^ (value >> 25);
        value = value * 69069u + 907133923u;
        return value == UINT64_MAX ? 590923713 : int64_t(value);
    }

private:
    uint64_t m_value = 0, m_length = 0;
};

/// hash of an address, as id-based hashes have it.
inline int64_t hash_pointer(const void* pointer) {
    uint64_t address = reinterpret_cast<uintptr_t>(pointer);
    return avoid_minus_one((address >> 4) | (address << 60));
}

} // namespace taipan::base
