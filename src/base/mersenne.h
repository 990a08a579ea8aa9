// MT19937 as Python's `random` uses it: the same streams from the same seeds. Not thread-safe; the owner locks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base {

class MersenneTwister {
public:
    static constexpr int state_size = 624;

    void seed(uint32_t value);
    /// `random.seed(int)`: the key is the magnitude in 32-bit words, least significant first, at least one word.
    void seed(const uint32_t* key, size_t length);

    uint32_t next32() {
        if (index >= state_size) refill();
        uint32_t y = state[index++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }
    /// random.random(): 53 random bits in [0, 1).
    double next_double() {
        uint32_t a = next32() >> 5, b = next32() >> 6;
        return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
    }
    /// random.getrandbits(bits) for 1 to 64 bits.
    uint64_t next_bits(unsigned bits) {
        if (bits <= 32) return next32() >> (32 - bits);
        uint64_t low = next32();
        return low | uint64_t(next32() >> (64 - bits)) << 32;
    }

    /// What getstate and setstate show.
    int index = state_size + 1;
    uint32_t state[state_size] = {};

private:
    void refill();
};

} // namespace taipan::base
