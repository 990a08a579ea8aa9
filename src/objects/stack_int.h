// Looking up unboxed ints: an int of up to 62 bits that lives on the stack, for functions that compare it and never keep it.
#pragma once

#include "objects/dict.h"
#include "objects/int.h"
#include "objects/set.h"

namespace taipan {

class StackInt {
public:
    explicit StackInt(int64_t value) : m_object{{TAIPAN_STATIC_HEAD(&Int::s_type)}, 0, {0}} {
        uint64_t rest = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
        uintptr_t count = 0;
        uint32_t* digits = m_object.digits;
        do {
            digits[count++] = static_cast<uint32_t>(rest) & Int::DigitMask;
            rest >>= Int::DigitBits;
        } while (rest);
        m_object.tag = value == 0 ? 1 : count << 3 | (value < 0 ? 2 : 0);
    }
    Int* get() { return &m_object; }

private:
    Int m_object;
    uint32_t m_more_digits[2] = {0, 0};
};

/// Whether an int is in the set, if that takes no __eq__.
enum class Known { No, Yes, Unknown };
Known set_contains_int(Set* set, int64_t value);
/// What the dict has under an int, in a process of one thread and if it takes no __eq__. False: not known.
bool dict_get_int(Dict* dict, int64_t key, MaybeRef<Object>* value);

} // namespace taipan
