// FNV-1a over 32-bit values, as the *_expected.py scripts beside the tests compute it under CPython.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

struct Checksum {
    uint64_t value = 0xcbf29ce484222325;
    void add(uint32_t v) { value = (value ^ v) * 0x100000001b3; }
    void text(const uint32_t* chars, size_t n) {
        add(uint32_t(n));
        for (size_t i = 0; i < n; i++) add(chars[i]);
    }
    void text(std::string_view s) {
        add(uint32_t(s.size()));
        for (char c : s) add(uint8_t(c));
    }
    void number(double d) {
        uint64_t bits;
        memcpy(&bits, &d, 8);
        add(uint32_t(bits));
        add(uint32_t(bits >> 32));
    }
};
