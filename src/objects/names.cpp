#include "objects/names.h"

namespace taipan::names {

#define NAME(identifier) Str* identifier;
#define NAME_AS(identifier, text) Str* identifier;
#include "objects/names.def"
#undef NAME
#undef NAME_AS

void create(Thread& t) {
    auto intern = [&](const char* text) {
        auto result = str_interned(t, text);
        VERIFY(!result.is_error());
        return result.take().release();
    };
#define NAME(identifier) identifier = intern(#identifier);
#define NAME_AS(identifier, text) identifier = intern(text);
#include "objects/names.def"
#undef NAME
#undef NAME_AS
}

} // namespace taipan::names
