#include "base/blake2.h"

#include <bit>
#include <cstring>

namespace taipan::base {

namespace {

constexpr uint64_t initial_b[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                   0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
// The message schedule; BLAKE2b's rounds 11 and 12 are the first two again.
constexpr uint8_t schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

template <class Word> constexpr bool is_b = sizeof(Word) == 8;
/// The initial values of BLAKE2s are those of SHA-256: the upper halves of SHA-512's.
template <class Word> Word initial(int i) { return is_b<Word> ? static_cast<Word>(initial_b[i]) : static_cast<Word>(initial_b[i] >> 32); }

template <class Word> inline void mix(Word* v, int a, int b, int c, int d, Word x, Word y) {
    constexpr int r1 = is_b<Word> ? 32 : 16, r2 = is_b<Word> ? 24 : 12, r3 = is_b<Word> ? 16 : 8, r4 = is_b<Word> ? 63 : 7;
    v[a] += v[b] + x;
    v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), r1);
    v[c] += v[d];
    v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), r2);
    v[a] += v[b] + y;
    v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), r3);
    v[c] += v[d];
    v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), r4);
}

} // namespace

template <class Word> void Blake2<Word>::start(const Blake2Parameters& p, const uint8_t* key) {
    uint8_t block[sizeof(Word) * 8] = {p.digest_size, p.key_size, p.fanout, p.depth};
    std::memcpy(block + 4, &p.leaf_size, 4);
    // BLAKE2b: an 8-byte offset, depth and inner size at 16; BLAKE2s: a 6-byte offset, these at 14.
    std::memcpy(block + 8, &p.node_offset, is_b<Word> ? 8 : 6);
    constexpr int node = is_b<Word> ? 16 : 14;
    block[node] = p.node_depth;
    block[node + 1] = p.inner_size;
    std::memcpy(block + sizeof(block) - 2 * SaltSize, p.salt, SaltSize);
    std::memcpy(block + sizeof(block) - SaltSize, p.person, SaltSize);
    for (int i = 0; i < 8; ++i) {
        Word word;
        std::memcpy(&word, block + i * sizeof(Word), sizeof(Word));
        m_state[i] = initial<Word>(i) ^ word;
    }
    m_counter[0] = m_counter[1] = 0;
    m_filled = 0;
    m_digest_size = p.digest_size;
    m_last_node = p.last_node;
    if (p.key_size) {
        std::memset(m_buffer, 0, BlockSize);
        std::memcpy(m_buffer, key, p.key_size);
        m_filled = BlockSize;
    }
}
template <class Word> void Blake2<Word>::count(size_t bytes) {
    m_counter[0] += static_cast<Word>(bytes);
    if (m_counter[0] < bytes) ++m_counter[1];
}
template <class Word> void Blake2<Word>::compress(const uint8_t* block, bool last) {
    Word v[16], m[16];
    std::memcpy(m, block, BlockSize);
    for (int i = 0; i < 8; ++i) {
        v[i] = m_state[i];
        v[i + 8] = initial<Word>(i);
    }
    v[12] ^= m_counter[0];
    v[13] ^= m_counter[1];
    if (last) {
        v[14] = ~v[14];
        if (m_last_node) v[15] = ~v[15];
    }
    for (int round = 0; round < (is_b<Word> ? 12 : 10); ++round) {
        const uint8_t* s = schedule[round % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; ++i) m_state[i] ^= v[i] ^ v[i + 8];
}
/// The last block waits in the buffer, because it is compressed differently.
template <class Word> void Blake2<Word>::update(const uint8_t* data, size_t size) {
    if (size == 0) return;
    size_t room = BlockSize - m_filled;
    if (size > room) {
        std::memcpy(m_buffer + m_filled, data, room);
        count(BlockSize);
        compress(m_buffer, false);
        data += room;
        size -= room;
        m_filled = 0;
        for (; size > BlockSize; data += BlockSize, size -= BlockSize) {
            count(BlockSize);
            compress(data, false);
        }
    }
    std::memcpy(m_buffer + m_filled, data, size);
    m_filled += size;
}
template <class Word> void Blake2<Word>::finish(uint8_t* digest) {
    count(m_filled);
    std::memset(m_buffer + m_filled, 0, BlockSize - m_filled);
    compress(m_buffer, true);
    std::memcpy(digest, m_state, m_digest_size);
}

template class Blake2<uint64_t>;
template class Blake2<uint32_t>;

} // namespace taipan::base
