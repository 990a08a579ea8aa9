// Bytes as text: hexadecimal, base64, uuencode, quoted-printable, and the CRC of BinHex. The cores of `binascii`.
//
// Functions write to memory the caller provides and return the end of what they wrote; each says how much room it
// needs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base {

/// Size of `hex_encode`'s output. `group`: bytes between separators, counted from the right if positive, from the left
/// if negative; 0 for none.
size_t hex_size(size_t size, int64_t group);
uint8_t* hex_encode(const uint8_t* data, size_t size, uint8_t separator, int64_t group, uint8_t* out);
/// -1 when it is no hexadecimal digit.
int hex_digit_value(uint32_t c);
/// Decodes pairs of digits; `size` must be even. Null when something else is found ("Non-hexadecimal digit found").
uint8_t* hex_decode(const uint8_t* text, size_t size, uint8_t* out);

/// Room for base64, with a newline.
constexpr size_t base64_bound(size_t size) { return (size + 2) / 3 * 4 + 1; }
uint8_t* base64_encode(const uint8_t* data, size_t size, bool newline, uint8_t* out);

enum class Base64Mode : uint8_t { Lenient, Strict };
struct Base64Result {
    uint8_t* end = nullptr;
    const char* error = nullptr; ///< CPython's text, or null
    size_t characters = 0;       ///< to be filled into an error that has a "%zd"
};
/// `out` needs (size + 3) / 4 * 3 bytes.
Base64Result base64_decode(const uint8_t* text, size_t size, Base64Mode mode, uint8_t* out);

/// One line of at most 45 bytes; `out` needs 64 bytes and more. With `backtick`, zeros are '`'.
uint8_t* uu_encode(const uint8_t* data, size_t size, bool backtick, uint8_t* out);
/// One line; `out` needs 63 bytes. On failure returns null and sets CPython's error text. `size` must not be 0
/// ("Missing length byte").
uint8_t* uu_decode(const uint8_t* text, size_t size, uint8_t* out, const char*& error);

struct QuotedPrintable {
    bool quote_tabs = false;
    bool text = true;
    bool header = false;
};
/// With `out` null only counts. Returns the size.
size_t quoted_printable_encode(const uint8_t* data, size_t size, QuotedPrintable options, uint8_t* out);
/// `out` needs `size` bytes.
uint8_t* quoted_printable_decode(const uint8_t* text, size_t size, bool header, uint8_t* out);

/// CRC-CCITT with polynomial 0x1021, as binascii.crc_hqx.
uint16_t crc_hqx(const uint8_t* data, size_t size, uint16_t crc);

} // namespace taipan::base
