// What the command line and the environment decided (PyConfig's role); written once before the first code runs.
#pragma once

namespace taipan {

struct Options {
    int optimize = 0, verbose = 0, quiet = 0, debug = 0, bytes_warning = 0;
    bool interactive = false, inspect = false, dont_write_bytecode = false, ignore_environment = false, isolated = false, no_site = false,
         no_user_site = false, safe_path = false, unbuffered = false, utf8_mode = false, dev_mode = false, warn_default_encoding = false,
         skip_first_line = false, no_debug_ranges = false;
    bool hash_randomization = true;
    long hash_seed = -1; // -1: random
    int int_max_str_digits = -1;
    int tracemalloc = 0;
    int import_time = 0; // 1: tell how long imports take; 2: of cached modules too
    int gil = -1;        // PYTHON_GIL, -X gil: -1 not given
    int cpu_count = -1;  // -1: what the system says
    bool frozen_modules = true;
    bool remote_debug = true;
    bool faulthandler = false;
};
extern Options g_options;

} // namespace taipan
