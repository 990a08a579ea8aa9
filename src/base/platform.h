// Compiler attributes and assertions used everywhere; no other code. Assertions are active in debug builds only.
#pragma once

#include <cstddef>
#include <cstdint>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define COLD __attribute__((noinline, cold))
#define UNREACHABLE() __builtin_unreachable()

namespace taipan::base {
/// Prints the failed condition and aborts the process.
[[noreturn]] COLD void assertion_failed(const char* condition, const char* file, int line);
} // namespace taipan::base

#ifdef TAIPAN_DEBUG
#define ASSERT(condition) ((condition) ? (void)0 : ::taipan::base::assertion_failed(#condition, __FILE__, __LINE__))
#else
#define ASSERT(condition) ((void)0)
#endif
/// Checked in every build: for states that would corrupt memory.
#define VERIFY(condition) (LIKELY(condition) ? (void)0 : ::taipan::base::assertion_failed(#condition, __FILE__, __LINE__))
