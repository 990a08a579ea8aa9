// The bytes of an optional buffer argument: empty when it was not given.
#pragma once

#include "objects/native.h"

namespace taipan {

inline std::string_view bytes_given(const BufferView& view) {
    return const_cast<BufferView&>(view).buffer().obj ? view.view() : std::string_view{};
}

} // namespace taipan
