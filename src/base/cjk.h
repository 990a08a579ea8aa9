// The East Asian multi-byte encodings: stateless ones by tables, GB 18030, HZ and ISO-2022 on top of them. No Python here:
// the codec steps through one character at a time and says what is wrong; who calls treats errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace taipan::base::cjk {

enum class Kind : uint8_t { Table, Gb18030, EucKr, Hz, Iso2022 };
/// Character sets that ISO-2022 designates, as bits.
namespace set {
constexpr uint16_t Jisx0201Roman = 1, Jisx0201Kana = 2, Jisx0208 = 4, Jisx0208Old = 8, Jisx0212 = 16, Ksx1001 = 32, Ksx1001G1 = 64,
                   Gb2312 = 128, Latin1 = 256, Greek = 512, Jisx0213Plane1 = 1024, Jisx0213Plane2 = 2048, Jisx0213Old = 4096;
} // namespace set
struct Encoding {
    const char *name, *group; // group: of which _codecs module
    Kind kind;
    uint16_t sets; // ISO-2022
};
/// The encodings; `find` gives null for an unknown name.
const Encoding* find(std::string_view name);

/// What a stateful codec remembers between characters.
struct State {
    uint8_t g0 = 0, g1 = 0, g2 = 0, shifted = 0;
};
struct Tables;

constexpr int Illegal = -1, Incomplete = -2;

class Codec {
public:
    /// Null: out of memory. Builds the tables of the encoding.
    static Codec* create(const Encoding& encoding);
    ~Codec();
    Codec(const Codec&) = delete;

    /// The state that a text begins in.
    State initial() const { return m_encoding->kind == Kind::Iso2022 ? State{'B', 'B', 0, 0} : State{}; }
    /// Decodes what `in` begins with: the bytes used, Illegal or Incomplete; `count` of the characters in `out`, at most two;
    /// what is illegal has `count` bytes (0 stands for 1).
    int decode(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const;
    /// Encodes the character (and the next one, where a code stands for both): the characters used, Illegal, or Incomplete
    /// when the next one must be known and there is none yet. At most 12 bytes; `next` is 0 at the end of the text.
    int encode(State& state, uint32_t character, uint32_t next, bool has_next, bool final, uint8_t out[16], int* count) const;
    /// The bytes that bring the state back to the initial one.
    int reset(State& state, uint8_t out[8]) const;
    const Encoding& encoding() const { return *m_encoding; }

private:
    explicit Codec(const Encoding& encoding) : m_encoding(&encoding) {}
    int designate(State& state, const uint8_t* in, size_t size, int* count) const;
    int decode_iso2022(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const;
    int encode_iso2022(State& state, uint32_t character, uint32_t next, bool has_next, bool final, uint8_t out[16], int* count) const;
    int decode_hz(State& state, const uint8_t* in, size_t size, uint32_t out[2], int* count) const;
    int encode_hz(State& state, uint32_t character, uint8_t out[16], int* count) const;

    const Encoding* m_encoding;
    Tables *m_main = nullptr, *m_korean = nullptr, *m_chinese = nullptr, *m_jisx0213 = nullptr;
};

} // namespace taipan::base::cjk
