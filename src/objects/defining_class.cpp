#include "objects/defining_class.h"

#include <string_view>

namespace taipan {
namespace {

struct Row {
    std::string_view type, methods;
};
constexpr Row rows[] = {
    {"_asyncio.Future", "exception set_result set_exception add_done_callback remove_done_callback cancel get_loop"},
    {"_asyncio.Task", "exception add_done_callback remove_done_callback get_stack print_stack"},
    {"_ctypes.PyCArrayType", "from_param from_address from_buffer from_buffer_copy in_dll"},
    {"_ctypes._SimpleCData", "__ctypes_from_outparam__"},
    {"_io.BufferedRandom", "truncate"},
    {"_io.BufferedReader", "truncate"},
    {"_io.BufferedWriter", "truncate"},
    {"_io.BytesIO", "getbuffer"},
    {"_io.FileIO", "read readinto write truncate close"},
    {"_io._BufferedIOBase", "detach read read1 write"},
    {"_io._IOBase", "seek truncate fileno"},
    {"_io._TextIOBase", "detach read readline write"},
    {"_lsprof.Profiler", "getstats"},
    {"_multibytecodec.MultibyteStreamWriter", "write writelines reset"},
    {"_pickle.Pickler", "dump"},
    {"_pickle.Unpickler", "persistent_load load find_class"},
    {"_queue.SimpleQueue", "get get_nowait"},
    {"array.array", "extend fromfile __reduce_ex__ tofile"},
    {"posix.DirEntry", "is_dir is_file is_symlink stat"},
    {"pyexpat.xmlparser", "Parse ParseFile ExternalEntityParserCreate UseForeignDTD SetBillionLaughsAttackProtectionActivationThreshold "
                          "SetBillionLaughsAttackProtectionMaximumAmplification SetAllocTrackerActivationThreshold "
                          "SetAllocTrackerMaximumAmplification"},
    {"re.Pattern", "match fullmatch search sub subn finditer scanner"},
    {"sqlite3.Connection", "create_aggregate create_collation create_function set_authorizer set_progress_handler set_trace_callback "
                           "create_window_function"},
    {"xml.etree.ElementTree.Element", "find findtext findall append extend iter itertext iterfind makeelement __copy__ __setstate__"},
    {"zoneinfo.ZoneInfo", "utcoffset dst tzname"},
};

} // namespace

bool method_wants_class(const Type& owner, const Str& name) {
    if (!owner.name || !name.is_ascii()) return false;
    for (const Row& row : rows) {
        if (row.type != owner.name) continue;
        for (std::string_view left = row.methods; !left.empty();) {
            size_t end = left.find(' ');
            if (left.substr(0, end) == name.ascii_view()) return true;
            if (end == std::string_view::npos) break;
            left.remove_prefix(end + 1);
        }
    }
    return false;
}

} // namespace taipan
