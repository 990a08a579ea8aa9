#include "modules/reentry.h"

namespace taipan {

constinit thread_local Thread* Released::s_inside = nullptr;

} // namespace taipan
