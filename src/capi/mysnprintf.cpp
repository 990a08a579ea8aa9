// PyOS_snprintf: the C library's, with the end of the text always marked.
#include "capi/capi.h"

#include <climits>
#include <cstdarg>
#include <cstdio>

namespace taipan::capi {

/// The length the whole text has, or a negative number; the buffer holds what fits, ended by a null byte.
TAIPAN_API int PyOS_vsnprintf(char* text, size_t size, const char* format, va_list arguments) {
    if (size > INT_MAX - 512) {
        text[0] = '\0';
        return -666; // COMPAT: what CPython has for "larger than anybody means"
    }
    int length = vsnprintf(text, size, format, arguments);
    if (size > 0) text[size - 1] = '\0';
    return length;
}
TAIPAN_API int PyOS_snprintf(char* text, size_t size, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = PyOS_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

} // namespace taipan::capi
