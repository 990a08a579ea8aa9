// ints as GMP numbers.
#pragma once

#include "base/big_digits.h"
#include "base/small_buffer.h"
#include "objects/int.h"

#include <gmp.h>

namespace taipan::gmp {

using LimbBuffer = base::SmallBuffer<mp_limb_t, 64>;

Result<Ref<Int>> from_limbs(Thread& t, bool negative, const mp_limb_t* limbs, size_t size);

/// A number's magnitude as limbs.
struct Limbs {
    LimbBuffer buffer;
    size_t size = 0;
    bool load(const Int* a) {
        size_t n = static_cast<size_t>(a->digit_count());
        mp_limb_t* limbs = buffer.resize(base::limbs_for_digits(n) + 1);
        if (!limbs) return false;
        size = base::digits_to_limbs(a->digits, n, limbs);
        return true;
    }
    mp_limb_t* data() { return buffer.data(); }
};

/// An mpz that is cleared at the end of its scope.
struct Mpz {
    mpz_t value;
    Mpz() { mpz_init(value); }
    ~Mpz() { mpz_clear(value); }
    Mpz(const Mpz&) = delete;
    /// Copies the value (with its sign).
    bool load(const Int* a) {
        Limbs limbs;
        if (!limbs.load(a)) return false;
        mpz_t view;
        mpz_roinit_n(view, limbs.data(), a->is_negative() ? -static_cast<mp_size_t>(limbs.size) : static_cast<mp_size_t>(limbs.size));
        mpz_set(value, view);
        return true;
    }
    Result<Ref<Int>> to_int(Thread& t) const { return from_limbs(t, mpz_sgn(value) < 0, mpz_limbs_read(value), mpz_size(value)); }
};

} // namespace taipan::gmp
