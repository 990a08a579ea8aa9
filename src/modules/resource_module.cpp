// The resource module: limits and usage.
#include "modules/posix/posix.h"
#include "objects/module.h"
#include "objects/tuple.h"

#include <sys/resource.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;
struct ResourceState {
    Type* rusage; // immortal
};

Result<rlim_t> limit_value(Thread& t, Borrowed<Object> value) {
    Ref<Int> number = TRY(to_index(t, value));
    int64_t narrow;
    if (int_fits_int64(number.get(), &narrow) && narrow == -1) return rlim_t{RLIM_INFINITY};
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t result;
    if (!int_fits_uint64(number.get(), &result)) return raise(t, exc::OverflowError, "Python int too large to convert to C rlim_t");
    return rlim_t{result};
}
Result<Ref<Object>> limits(Thread& t, const rlimit& l) {
    auto limit = [&](rlim_t value) { return value == RLIM_INFINITY ? int_from(t, -1) : int_from_uint64(t, value); };
    Ref<Int> soft = TRY(limit(l.rlim_cur)), hard = TRY(limit(l.rlim_max));
    return tuple_pack(t, soft, hard);
}
Result<rlimit> parse_limits(Thread& t, Arg object) {
    Ref<Tuple> pair = TRY(to_tuple(t, object));
    if (pair->size != 2) return raise(t, exc::ValueError, "expected a tuple of 2 integers");
    rlimit l;
    l.rlim_cur = TRY(limit_value(t, pair->items[0]));
    l.rlim_max = TRY(limit_value(t, pair->items[1]));
    return l;
}
Result<void> check_resource(Thread& t, int resource) {
    if (resource < 0 || resource >= RLIM_NLIMITS) return raise(t, exc::ValueError, "invalid resource specified");
    return {};
}
Error limit_error(Thread& t, int error) {
    if (error == EINVAL) return raise(t, exc::ValueError, "current limit exceeds maximum limit");
    if (error == EPERM) return raise(t, exc::ValueError, "not allowed to raise maximum limit");
    return raise_errno(t, error);
}
Result<Ref<Object>> getrlimit_(Thread& t, int resource) {
    TRY(check_resource(t, resource));
    rlimit l;
    if (getrlimit(static_cast<__rlimit_resource>(resource), &l) < 0) return raise_errno(t, errno);
    return limits(t, l);
}
Result<void> setrlimit_(Thread& t, int resource, Arg object) {
    TRY(check_resource(t, resource));
    rlimit l = TRY(parse_limits(t, object));
    if (setrlimit(static_cast<__rlimit_resource>(resource), &l) < 0) return limit_error(t, errno);
    return {};
}
Result<Ref<Object>> prlimit_(Thread& t, int pid, int resource, NoneOr<Object> object) {
    TRY(check_resource(t, resource));
    rlimit old, fresh;
    if (object) fresh = TRY(parse_limits(t, object.value()));
    if (prlimit(pid, static_cast<__rlimit_resource>(resource), object ? &fresh : nullptr, &old) < 0) {
        if (errno == EINVAL) return limit_error(t, errno);
        return raise_errno(t, errno);
    }
    return limits(t, old);
}
Result<Ref<Object>> getrusage_(Thread& t, Borrowed<Module> module, int who) {
    rusage usage;
    if (getrusage(static_cast<__rusage_who>(who), &usage) < 0) {
        if (errno == EINVAL) return raise(t, exc::ValueError, "invalid who parameter");
        return raise_errno(t, errno);
    }
    StructBuilder b(t, *module->state_as<ResourceState>().rusage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
        b.add(float_from(t, static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6));
    for (long value :
         {usage.ru_maxrss, usage.ru_ixrss, usage.ru_idrss, usage.ru_isrss, usage.ru_minflt, usage.ru_majflt, usage.ru_nswap,
          usage.ru_inblock, usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw, usage.ru_nivcsw})
        b.add_int(value);
    return b.finish();
}
int64_t getpagesize_() { return getpagesize(); }
const NativeDef functions[] = {
    fn<getrlimit_>("getrlimit", "($module, resource, /)"),
    fn<setrlimit_>("setrlimit", "($module, resource, limits, /)"),
    fn<prlimit_>("prlimit", "($module, pid, resource, limits=None, /)"),
    module_fn<getrusage_>("getrusage", "($module, who, /)"),
    fn<getpagesize_>("getpagesize", "($module, /)"),
};
const StructField fields[] = {
    {"ru_utime", "user time used"},
    {"ru_stime", "system time used"},
    {"ru_maxrss", "max. resident set size"},
    {"ru_ixrss", "shared memory size"},
    {"ru_idrss", "unshared data size"},
    {"ru_isrss", "unshared stack size"},
    {"ru_minflt", "page faults not requiring I/O"},
    {"ru_majflt", "page faults requiring I/O"},
    {"ru_nswap", "number of swap outs"},
    {"ru_inblock", "block input operations"},
    {"ru_oublock", "block output operations"},
    {"ru_msgsnd", "IPC messages sent"},
    {"ru_msgrcv", "IPC messages received"},
    {"ru_nsignals", "signals received"},
    {"ru_nvcsw", "voluntary context switches"},
    {"ru_nivcsw", "involuntary context switches"},
};
struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
    {"RLIMIT_AS", 9},      {"RLIMIT_CORE", 4},      {"RLIMIT_CPU", 0},       {"RLIMIT_DATA", 2},    {"RLIMIT_FSIZE", 1},
    {"RLIMIT_MEMLOCK", 8}, {"RLIMIT_MSGQUEUE", 12}, {"RLIMIT_NICE", 13},     {"RLIMIT_NOFILE", 7},  {"RLIMIT_NPROC", 6},
    {"RLIMIT_OFILE", 7},   {"RLIMIT_RSS", 5},       {"RLIMIT_RTPRIO", 14},   {"RLIMIT_RTTIME", 15}, {"RLIMIT_SIGPENDING", 11},
    {"RLIMIT_STACK", 3},   {"RLIM_INFINITY", -1},   {"RUSAGE_CHILDREN", -1}, {"RUSAGE_SELF", 0},    {"RUSAGE_THREAD", 1},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    Type*& type = module->state_as<ResourceState>().rusage;
    static std::atomic<Type*> s_type;
    type = TRY(shared_struct_sequence_type(t, s_type, "resource.struct_rusage", "struct_rusage: Result from getrusage.", fields, 16))
               .release();
    TRY(module_add(t, module, "struct_rusage", type));
    TRY(module_add(t, module, "error", &exc::OSError));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec resource_module;
const ModuleSpec resource_module = {.name = "resource", .functions = functions, .exec = exec, .state = state_spec<ResourceState>};

} // namespace taipan
