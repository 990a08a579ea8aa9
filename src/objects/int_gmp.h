// ints as GMP numbers.
#pragma once

#include "base/big_digits.h"
#include "base/memory_scope.h"
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

/// Whether GMP's functions on so many limbs in all may allocate: below, their scratch space is on the stack.
inline bool may_allocate(size_t limbs) { return limbs > 256; }

/// Does `work`, which calls GMP's functions of limbs on arrays made before.
template <class F> [[nodiscard]] bool on_limbs(size_t limbs, F&& work) {
    if (may_allocate(limbs)) return base::attempt(work);
    work();
    return true;
}

/// An mpz that is cleared at the end of its scope. One that is changed in an attempt is made in it; what is to stay is
/// moved out by take() as the last step.
struct Mpz {
    mpz_t value;
    Mpz() { mpz_init(value); }
    ~Mpz() { mpz_clear(value); }
    Mpz(const Mpz&) = delete;
    /// Copies the value (with its sign).
    void load(const Int* a) {
        auto digits = static_cast<size_t>(a->digit_count());
        mp_limb_t* limbs = mpz_limbs_write(value, static_cast<mp_size_t>(base::limbs_for_digits(digits) + 1));
        auto size = static_cast<mp_size_t>(base::digits_to_limbs(a->digits, digits, limbs));
        mpz_limbs_finish(value, a->is_negative() ? -size : size);
    }
    void take(Mpz& other) { mpz_swap(value, other.value); }
    Result<Ref<Int>> to_int(Thread& t) const { return from_limbs(t, mpz_sgn(value) < 0, mpz_limbs_read(value), mpz_size(value)); }
};

} // namespace taipan::gmp
