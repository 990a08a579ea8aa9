#include "app/startup.h"

#include <cstdlib>
#include <limits.h>
#include <unistd.h>

namespace taipan {

std::string stdlib_directory() {
    // TAIPAN_STDLIB, then what the build was made with, then a python3.14 of the machine.
    const char* environment = getenv("TAIPAN_STDLIB");
    for (const char* candidate : {environment, TAIPAN_STDLIB_PATH, "/usr/lib/python3.14", "/usr/local/lib/python3.14"}) {
        if (!candidate || !*candidate) continue;
        if (access((std::string(candidate) + "/os.py").c_str(), R_OK) == 0) return candidate;
    }
    return TAIPAN_STDLIB_PATH;
}

std::string executable_path(const char*) {
    char buffer[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", buffer, sizeof buffer - 1);
    return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string();
}

} // namespace taipan
