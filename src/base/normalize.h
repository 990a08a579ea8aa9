// Unicode normal forms NFC, NFD, NFKC, NFKD (Unicode 16.0, or 3.2.0 for IDNA as `unicodedata.ucd_3_2_0`).
//
// Text comes as code points, so a str of any width can be read through `Text`. Ask `quick_check` first: most text is
// normalised already and needs no copy. `Yes` is certain; `Maybe` means that only normalising tells.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base::unicode {

enum class NormalForm : uint8_t { NFC, NFD, NFKC, NFKD };
enum class Version : uint8_t { Current, V3_2_0 };
enum class QuickCheck : uint8_t { Yes, Maybe, No };

/// Growable output, malloc'ed; `failed` says that memory ran out.
class CodePoints {
public:
    CodePoints() = default;
    CodePoints(const CodePoints&) = delete;
    CodePoints& operator=(const CodePoints&) = delete;
    ~CodePoints();

    uint32_t* data() { return m_data; }
    const uint32_t* data() const { return m_data; }
    size_t size() const { return m_size; }
    bool failed() const { return m_failed; }
    void resize(size_t size) { m_size = size; }
    void push(uint32_t c) {
        if (m_size == m_capacity && !grow()) return;
        m_data[m_size++] = c;
    }

private:
    bool grow();
    uint32_t* m_data = nullptr;
    size_t m_size = 0, m_capacity = 0;
    bool m_failed = false;
};

template <typename Char> QuickCheck quick_check(NormalForm form, const Char* text, size_t length, Version version = Version::Current);

/// Appends the normal form of the text to `out` (which must be empty). False when memory runs out.
template <typename Char>
[[nodiscard]] bool normalize(NormalForm form, const Char* text, size_t length, CodePoints& out, Version version = Version::Current);

/// The lexer's: identifiers compare by NFKC. False when memory runs out.
template <typename Char> [[nodiscard]] bool nfkc(const Char* text, size_t length, CodePoints& out) {
    return normalize(NormalForm::NFKC, text, length, out);
}

} // namespace taipan::base::unicode
