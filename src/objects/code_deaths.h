// How many code objects have died, for caches that know code by its address: they are void when the number has changed.
#pragma once

#include <atomic>
#include <cstdint>

namespace taipan {

extern std::atomic<uint64_t> g_code_deaths;

} // namespace taipan
