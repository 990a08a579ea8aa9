// A native with **kwargs may take keywords that are not strings, as functions do in CPython that look at the dict themselves.
#pragma once

#include "objects/native.h"

namespace taipan {
namespace method_flag {
constexpr int AnyKeywords = 1 << 16; // not CPython's; never shown to extensions
}

/// The same native, called with whatever keys the caller's dict has.
consteval NativeDef any_keywords(NativeDef def) {
    def.method_flags |= method_flag::AnyKeywords;
    return def;
}

} // namespace taipan
