// Bridges between CPython's int layout (little-endian arrays of 30-bit digits) and GMP's limbs, and text of big ints.
//
// All lengths are in elements. Arrays are magnitudes, least significant first, and results are normalised: no zero at
// the top, length 0 for zero. Nothing here allocates unless it says so; sizes come from the *_for_* functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <gmp.h>

namespace taipan::base {

inline constexpr unsigned digit_bits = 30;
inline constexpr uint32_t digit_mask = (uint32_t(1) << digit_bits) - 1;

static_assert(GMP_NUMB_BITS == 64);

constexpr size_t limbs_for_digits(size_t digits) { return (digits * digit_bits + 63) / 64; }
constexpr size_t digits_for_limbs(size_t limbs) { return (limbs * 64 + digit_bits - 1) / digit_bits; }

/// `limbs` needs `limbs_for_digits(count)` elements (all are written). Returns the normalised length.
size_t digits_to_limbs(const uint32_t* digits, size_t count, mp_limb_t* limbs);
/// `digits` needs `digits_for_limbs(count)` elements (all are written). Returns the normalised length.
size_t limbs_to_digits(const mp_limb_t* limbs, size_t count, uint32_t* digits);

/// Bits in the magnitude, 0 for zero.
size_t digits_bit_length(const uint32_t* digits, size_t count);

/// A bound on the characters that `digits_to_text` writes.
size_t text_bound(size_t digit_count, unsigned base);
inline constexpr size_t text_failed = SIZE_MAX;
/// Writes the magnitude in base 2 to 36, lower case, without sign or prefix; "0" for zero. Returns the length, or
/// `text_failed` when out of memory (it allocates scratch space for long numbers).
size_t digits_to_text(const uint32_t* digits, size_t count, unsigned base, char* out);

/// A bound on the digits that `length` characters of base `base` need.
size_t digits_bound(size_t length, unsigned base);
/// `values` holds digit values (not characters), most significant first, and may be clobbered. Returns the normalised
/// length or `text_failed` when out of memory.
size_t text_to_digits(uint8_t* values, size_t length, unsigned base, uint32_t* digits);

/// int.to_bytes/from_bytes on magnitudes, little-endian. `bytes_to_digits` needs (size * 8 + 29) / 30 digits.
size_t bytes_to_digits(const uint8_t* bytes, size_t size, uint32_t* digits);
/// Writes the low `size` bytes of the magnitude, zero-filled.
void digits_to_bytes(const uint32_t* digits, size_t count, uint8_t* bytes, size_t size);

/// The magnitude as a double, rounded to even; infinite when it is too large.
double digits_to_double(const uint32_t* digits, size_t count);
/// CPython's numeric hash of the magnitude, modulo 2**61 - 1.
uint64_t hash_digits(const uint32_t* digits, size_t count);

/// GMP cannot be told that memory ran out: an operation on large numbers is an attempt (memory_scope.h), with the numbers that it
/// changes made inside of it. This comes before any other use of GMP.
void let_gmp_run_out();

} // namespace taipan::base
