// What C code reads of the configuration.
#pragma once

namespace taipan::capi {

/// Fills the API's global variables from `g_options`; once, before the first code runs.
void publish_configuration();

} // namespace taipan::capi
