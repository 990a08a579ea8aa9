// Filling dicts with a known number of items.
#pragma once

#include "objects/dict.h"

namespace taipan {

/// Room for `count` items in a dict that never had any (others stay as they are); `str_keys`: most keys are strs.
Result<void> dict_reserve(Thread& t, Borrowed<Dict> dict, intptr_t count, bool str_keys);
/// Lays the table out anew with empty entries before the first item, as many as there are items. The dict's lock is held.
Result<void> dict_make_front_room(Thread& t, Dict* dict);

} // namespace taipan
