#include "app/paths.h"

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace taipan {
namespace {

constexpr const char* LibraryFolder = "/lib/python3.14t";
constexpr const char* LibraryZip = "/lib/python314t.zip";

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }
std::string parent(const std::string& path) {
    size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash ? slash : 1);
}
std::string absolute(const std::string& path) {
    if (path.empty() || path[0] == '/') return path;
    char* here = getcwd(nullptr, 0);
    std::string result = std::string(here ? here : "") + "/" + (path.starts_with("./") ? path.substr(2) : path);
    free(here);
    return result;
}
std::string resolved(const std::string& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) ? buffer : path;
}
const char* variable(const char* name, bool use_environment) {
    const char* value = use_environment ? getenv(name) : nullptr;
    return value && *value ? value : nullptr;
}

/// A name without a slash was found by the shell on PATH.
std::string find_executable(const std::string& argv0) {
    if (argv0.find('/') != std::string::npos) return absolute(argv0);
    if (const char* path = getenv("PATH"); path && !argv0.empty()) {
        for (const char* start = path;;) {
            const char* end = start;
            while (*end && *end != ':') ++end;
            std::string candidate = std::string(start, end) + "/" + argv0;
            if (end > start && access(candidate.c_str(), X_OK) == 0) return absolute(candidate);
            if (!*end) break;
            start = end + 1;
        }
    }
    char buffer[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", buffer, sizeof buffer);
    return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string();
}

/// The value of `home` in a pyvenv.cfg, empty if there is none.
std::string home_of_environment(const std::string& file) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        size_t equals = line.find('=');
        if (equals == std::string::npos) continue;
        auto trimmed = [](std::string text) {
            while (!text.empty() && isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
            size_t first = 0;
            while (first < text.size() && isspace(static_cast<unsigned char>(text[first]))) ++first;
            return text.substr(first);
        };
        std::string key = trimmed(line.substr(0, equals));
        for (char& c : key) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
        if (key == "home") return trimmed(line.substr(equals + 1));
    }
    return {};
}

/// A `._pth` file beside the program is all of sys.path, and cuts the program off from the environment and from site.
bool read_path_file(const std::string& file, const std::string& directory, Layout* out) {
    std::ifstream stream(file);
    if (!stream) return false;
    out->search_path.clear();
    for (std::string line; std::getline(stream, line);) {
        line.resize(std::min(line.find('#'), line.size()));
        while (!line.empty() && isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
        if (line.empty()) continue;
        if (line == "import site") out->import_site = true;
        else if (!line.starts_with("import "))
            out->search_path.push_back(std::filesystem::path(line[0] == '/' ? line : directory + "/" + line).lexically_normal().string());
        else fprintf(stderr, "unsupported 'import' line in %s\n", file.c_str());
        if (std::string& last = out->search_path.empty() ? line : out->search_path.back(); last.size() > 1 && last.back() == '/')
            last.pop_back();
    }
    out->from_path_file = true;
    return true;
}

std::string search_upwards(std::string directory) {
    while (!directory.empty()) {
        if (exists((directory == "/" ? "" : directory) + LibraryFolder + "/os.py")) return directory;
        if (directory == "/") break;
        directory = parent(directory);
    }
    return {};
}

} // namespace

Layout find_layout(const char* argv0, bool use_environment) {
    Layout out;
    out.executable = find_executable(argv0 ? argv0 : "");
    out.base_executable = out.executable;
    std::string directory = parent(out.executable), environment;
    for (const std::string& candidate : {directory, parent(directory)}) {
        if (candidate.empty() || !exists(candidate + "/pyvenv.cfg")) continue;
        out.home = home_of_environment(candidate + "/pyvenv.cfg");
        environment = candidate;
        break;
    }
    if (!out.home.empty()) {
        out.base_executable = out.home + out.executable.substr(directory.size());
        if (!exists(out.base_executable))
            for (const char* name : {"/taipan", "/python3.14t", "/python3.14", "/python3", "/python"})
                if (exists(out.home + name)) {
                    out.base_executable = out.home + name;
                    break;
                }
        if (!exists(out.base_executable)) out.base_executable = resolved(out.executable);
    }
    if (const char* home = variable("PYTHONHOME", use_environment)) {
        out.base_prefix = std::string(home).substr(0, std::string(home).find(':'));
    } else {
        if (!out.home.empty()) out.base_prefix = search_upwards(out.home);
        if (out.base_prefix.empty()) out.base_prefix = search_upwards(parent(resolved(out.executable)));
        if (out.base_prefix.empty()) out.base_prefix = search_upwards(parent(find_executable("")));
    }
    std::string own;
    if (!out.base_prefix.empty()) own = (out.base_prefix == "/" ? "" : out.base_prefix) + LibraryFolder;
    out.stdlib = own;
    out.wrong_home = variable("PYTHONHOME", use_environment) && !variable("TAIPAN_STDLIB", use_environment) && !exists(own + "/os.py") &&
                     !exists(out.base_prefix + "/lib/python3.14/os.py");
    if (const char* chosen = variable("TAIPAN_STDLIB", use_environment)) out.stdlib = chosen;
    if (!exists(out.stdlib + "/os.py"))
        for (const char* candidate : {TAIPAN_STDLIB_PATH, "/usr/lib/python3.14", "/usr/local/lib/python3.14"})
            if (exists(std::string(candidate) + "/os.py")) {
                out.stdlib = candidate;
                break;
            }
    if (out.base_prefix.empty()) out.base_prefix = parent(directory);
    out.prefix = environment.empty() || out.home.empty() ? out.base_prefix : environment;
    out.search_path.push_back((out.base_prefix == "/" ? "" : out.base_prefix) + LibraryZip);
    out.search_path.push_back(out.stdlib);
    if (!own.empty() && own != out.stdlib) out.search_path.push_back(own);
    out.search_path.push_back((own.empty() ? out.stdlib : own) + "/lib-dynload");
    if (read_path_file(out.executable + "._pth", directory, &out)) out.prefix = out.base_prefix = directory;
    return out;
}

} // namespace taipan
