// Where this Python lives: its executable, prefixes and module search path (what CPython's getpath computes).
#pragma once

#include <string>
#include <vector>

namespace taipan {

/// The installation a start found. Directories carry no trailing slash; an empty string stands for "unknown".
struct Layout {
    std::string executable;               // sys.executable: as called, absolute, links not followed
    std::string base_executable;          // the one a virtual environment was made from
    std::string prefix;                   // of the virtual environment, if in one
    std::string base_prefix;              // holds lib/python3.14t
    std::string stdlib;                   // directory of os.py
    std::string home;                     // the home key of pyvenv.cfg
    std::vector<std::string> search_path; // sys.path without PYTHONPATH and the program's own directory
    bool from_path_file = false;          // search_path is a `._pth` file's: isolated, and without site unless it says so
    bool import_site = false;
    bool wrong_home = false; // PYTHONHOME has no standard library
};

/// Finds the layout for a program called as `argv0`. Order of the standard library: TAIPAN_STDLIB, PYTHONHOME, the
/// lib/python3.14t above the executable (or above the home of a pyvenv.cfg next to it, PEP 405), then the one this
/// program was built with. `use_environment` false ignores the variables (-E, -I).
Layout find_layout(const char* argv0, bool use_environment);

} // namespace taipan
