// The gamma function by Lanczos' approximation (N = 13, g = 6.0246800407767296; coefficients published with Boost.Math),
// which gives factorials exactly where the C library's is off by a bit.
#include "modules/math_functions.h"

#include <cmath>

namespace taipan {

namespace {

constexpr double Pi = 3.141592653589793238462643383279502884, LogPi = 1.144729885849400174143427351353058711647;
constexpr int N = 13;
constexpr double G = 6.024680040776729583740234375, GMinusHalf = 5.524680040776729583740234375;
constexpr double numerators[N] = {23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
                                  35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
                                  6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
                                  248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
                                  2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
                                  8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
                                  2.5066282746310002701649081771338373386264310793408};
constexpr double denominators[N] = {0.0,       39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                    2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};

double lanczos_sum(double x) {
    double num = 0.0, den = 0.0;
    if (x < 5.0) {
        for (int i = N; --i >= 0;) num = num * x + numerators[i], den = den * x + denominators[i];
    } else { // in powers of 1/x, which cannot overflow
        for (int i = 0; i < N; ++i) num = num / x + numerators[i], den = den / x + denominators[i];
    }
    return num / den;
}

/// sin(pi * x), exact in the reduction.
double sin_pi(double x) {
    double y = fmod(fabs(x), 2.0), r;
    switch (static_cast<int>(round(2.0 * y))) {
    case 0: r = sin(Pi * y); break;
    case 1: r = cos(Pi * (y - 0.5)); break;
    case 2: r = sin(Pi * (1.0 - y)); break; // minus zero must not appear
    case 3: r = -cos(Pi * (y - 1.5)); break;
    default: r = sin(Pi * (y - 2.0));
    }
    return copysign(1.0, x) * r;
}

} // namespace

double gamma_of(double x) {
    if (x == floor(x) && x > 0 && x <= 23.0) {
        double factorial = 1.0; // exact up to 22!
        for (double i = 2.0; i < x; ++i) factorial *= i;
        return factorial;
    }
    double ax = fabs(x);
    if (ax < 1e-20) return 1.0 / x;
    if (ax > 200.0) return x < 0.0 ? 0.0 / sin_pi(x) : INFINITY;
    double y = ax + GMinusHalf, z;
    // The rounding error of y, for a correction at the end.
    if (ax > GMinusHalf) z = (y - ax) - GMinusHalf;
    else z = (y - GMinusHalf) - ax;
    z = z * G / y;
    double r, power = ax < 140.0 ? pow(y, ax - 0.5) : pow(y, ax / 2.0 - 0.25);
    if (x < 0.0) {
        r = -Pi / sin_pi(ax) / ax * exp(y) / lanczos_sum(ax);
        r -= z * r;
        r /= power;
        if (ax >= 140.0) r /= power;
    } else {
        r = lanczos_sum(ax) / exp(y);
        r += z * r;
        r *= power;
        if (ax >= 140.0) r *= power;
    }
    return r;
}

double log_gamma_of(double x) {
    if (x == floor(x) && x > 0 && x <= 2.0) return 0.0;
    double ax = fabs(x);
    if (ax < 1e-20) return -log(ax);
    double r = log(lanczos_sum(ax)) - G;
    r += (ax - 0.5) * (log(ax + GMinusHalf) - 1);
    if (x < 0.0) r = LogPi - log(fabs(sin_pi(ax))) - log(ax) - r;
    return r;
}

} // namespace taipan
