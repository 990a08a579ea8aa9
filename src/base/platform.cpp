#include "base/platform.h"

#include <cstdio>
#include <cstdlib>

namespace taipan::base {

void assertion_failed(const char* condition, const char* file, int line) {
    fprintf(stderr, "Fatal Python error: internal assertion failed: %s (%s:%d)\n", condition, file, line);
    abort();
}

} // namespace taipan::base
