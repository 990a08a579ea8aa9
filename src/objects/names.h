// The interned names of names.def: `names::__init__`. Made once at start, immortal.
#pragma once

#include "objects/str.h"

namespace taipan::names {

#define NAME(identifier) extern Str* identifier;
#define NAME_AS(identifier, text) extern Str* identifier;
#include "objects/names.def"
#undef NAME
#undef NAME_AS

/// Makes the names; called once by the runtime's start, after the str type is usable.
void create(Thread& t);

} // namespace taipan::names
