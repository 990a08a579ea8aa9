// Filling dicts with a known number of items.
#pragma once

#include "objects/dict.h"

namespace taipan {

/// Room for `count` items in a dict that never had any (others stay as they are); `str_keys`: most keys are strs.
Result<void> dict_reserve(Thread& t, Borrowed<Dict> dict, intptr_t count, bool str_keys);

} // namespace taipan
