// BLAKE2b and BLAKE2s (RFC 7693) with the parameter block of the BLAKE2 specification: key, salt, personalisation and the
// fields of tree hashing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base {

struct Blake2Parameters {
    uint8_t digest_size, key_size = 0, fanout = 1, depth = 1;
    uint32_t leaf_size = 0;
    uint64_t node_offset = 0; // BLAKE2s: 48 bits
    uint8_t node_depth = 0, inner_size = 0;
    uint8_t salt[16] = {}, person[16] = {}; // BLAKE2s: 8 bytes each
    bool last_node = false;
};

/// Word: uint64_t for BLAKE2b, uint32_t for BLAKE2s. Plain data: a copy goes on independently.
template <class Word> class Blake2 {
public:
    static constexpr size_t BlockSize = sizeof(Word) * 16, MaxDigestSize = sizeof(Word) * 8, SaltSize = sizeof(Word) * 2;

    /// `key` has parameters.key_size bytes.
    void start(const Blake2Parameters& parameters, const uint8_t* key);
    void update(const uint8_t* data, size_t size);
    /// Writes the digest; the state is used up.
    void finish(uint8_t* digest);
    uint8_t digest_size() const { return m_digest_size; }

private:
    void compress(const uint8_t* block, bool last);
    void count(size_t bytes);

    Word m_state[8], m_counter[2];
    uint8_t m_buffer[BlockSize];
    size_t m_filled;
    uint8_t m_digest_size;
    bool m_last_node;
};

extern template class Blake2<uint64_t>;
extern template class Blake2<uint32_t>;

} // namespace taipan::base
