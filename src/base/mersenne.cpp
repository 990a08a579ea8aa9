#include "base/mersenne.h"

namespace taipan::base {

void MersenneTwister::seed(uint32_t value) {
    state[0] = value;
    for (int i = 1; i < state_size; i++) state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + uint32_t(i);
    index = state_size;
}

void MersenneTwister::seed(const uint32_t* key, size_t length) {
    seed(19650218u);
    int i = 1;
    size_t j = 0;
    auto wrap = [&] {
        if (++i >= state_size) {
            state[0] = state[state_size - 1];
            i = 1;
        }
    };
    for (size_t k = length > size_t(state_size) ? length : size_t(state_size); k; k--) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[j] + uint32_t(j);
        wrap();
        if (++j >= length) j = 0;
    }
    for (int k = state_size - 1; k; k--) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - uint32_t(i);
        wrap();
    }
    state[0] = 0x80000000u;
}

void MersenneTwister::refill() {
    constexpr int middle = 397;
    auto twist = [](uint32_t upper, uint32_t lower) {
        uint32_t y = (upper & 0x80000000u) | (lower & 0x7fffffffu);
        return (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0u);
    };
    int k = 0;
    for (; k < state_size - middle; k++) state[k] = state[k + middle] ^ twist(state[k], state[k + 1]);
    for (; k < state_size - 1; k++) state[k] = state[k + middle - state_size] ^ twist(state[k], state[k + 1]);
    state[k] = state[middle - 1] ^ twist(state[k], state[0]);
    index = 0;
}

} // namespace taipan::base
