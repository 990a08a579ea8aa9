// The functions of math that are not one call of the C library.
#pragma once

#include "objects/native.h"

namespace taipan {

// Integers (math_integers.cpp)
Result<Ref<Object>> math_comb(Thread& t, Borrowed<Object> n, Borrowed<Object> k);
Result<Ref<Object>> math_perm(Thread& t, Borrowed<Object> n, NoneOr<Object> k);
Result<Ref<Object>> math_factorial(Thread& t, Borrowed<Object> n);
Result<Ref<Object>> math_gcd(Thread& t, Args args);
Result<Ref<Object>> math_lcm(Thread& t, Args args);
Result<Ref<Object>> math_isqrt(Thread& t, Borrowed<Object> n);

// math_gamma.cpp; not for the poles
double gamma_of(double x);
double log_gamma_of(double x);

// Sums and norms (math_sums.cpp)
Result<double> math_fsum(Thread& t, Borrowed<Object> iterable);
Result<Ref<Object>> math_prod(Thread& t, Borrowed<Object> iterable, MaybeBorrowed<Object> start);
Result<Ref<Object>> math_sumprod(Thread& t, Borrowed<Object> p, Borrowed<Object> q);
Result<double> math_hypot(Thread& t, Args args);
Result<double> math_dist(Thread& t, Borrowed<Object> p, Borrowed<Object> q);

} // namespace taipan
