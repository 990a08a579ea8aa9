// pwd and grp: the databases of users and groups.
#include "modules/posix/posix.h"
#include "objects/list.h"
#include "objects/module.h"

#include <cstring>
#include <grp.h>
#include <pwd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;
struct AccountState {
    Type* type; // immortal
};

Result<Ref<Object>> user_object(Thread& t, Module* module, const passwd& p) {
    StructBuilder b(t, *module->state_as<AccountState>().type);
    b.add_string(p.pw_name);
    b.add_string(p.pw_passwd ? p.pw_passwd : "");
    b.add(posix::id_object(t, p.pw_uid));
    b.add(posix::id_object(t, p.pw_gid));
    for (const char* text : {p.pw_gecos, p.pw_dir, p.pw_shell}) b.add_string(text ? text : "");
    return b.finish();
}
Result<Ref<Object>> group_object(Thread& t, Module* module, const group& g) {
    Ref<List> members = TRY(list_new(t));
    for (char** name = g.gr_mem; name && *name; ++name) TRY(list_append(t, members, TRY(str_decode_fs(t, *name))));
    StructBuilder b(t, *module->state_as<AccountState>().type);
    b.add_string(g.gr_name);
    if (g.gr_passwd) b.add_string(g.gr_passwd);
    else b.add_none();
    b.add(posix::id_object(t, g.gr_gid));
    b.add(Result<Ref<List>>(std::move(members)));
    return b.finish();
}
/// Calls a *_r function with a buffer that grows until it fits. Null: no such entry.
template <class Entry, class F> Result<Entry*> look_up(Thread& t, Entry* entry, char*& buffer, F call) {
    for (size_t size = 1024;; size *= 2) {
        auto* moved = static_cast<char*>(realloc(buffer, size));
        if (!moved) return raise_memory_error(t);
        buffer = moved;
        Entry* found = nullptr;
        int error;
        {
            Detached detached(t);
            error = call(entry, buffer, size, &found);
        }
        if (error == ERANGE && size < 1 << 24) continue;
        return found;
    }
}
struct Memory {
    char* data = nullptr;
    ~Memory() { free(data); }
};
Result<Ref<Object>> getpwuid_(Thread& t, Borrowed<Module> module, Arg id) {
    auto converted = posix::id_argument(t, id, "uid");
    if (converted.is_error()) {
        if (clear_if(t, exc::OverflowError)) return raise(t, exc::KeyError, "getpwuid(): uid not found");
        return Error{};
    }
    uid_t uid = converted.take();
    passwd entry;
    Memory memory;
    passwd* found =
        TRY(look_up(t, &entry, memory.data, [&](passwd* e, char* b, size_t n, passwd** r) { return getpwuid_r(uid, e, b, n, r); }));
    if (!found) return raise(t, exc::KeyError, "getpwuid(): uid not found: %d", static_cast<int64_t>(uid));
    return user_object(t, module.get(), *found);
}
Result<Ref<Object>> getpwnam_(Thread& t, Borrowed<Module> module, Borrowed<Str> name) {
    Ref<Bytes> text = TRY(os_fsencode(t, name));
    passwd entry;
    Memory memory;
    passwd* found =
        TRY(look_up(t, &entry, memory.data, [&](passwd* e, char* b, size_t n, passwd** r) { return getpwnam_r(text->data, e, b, n, r); }));
    if (!found) return raise(t, exc::KeyError, "getpwnam(): name not found: %R", name);
    return user_object(t, module.get(), *found);
}
Result<Ref<Object>> getpwall_(Thread& t, Borrowed<Module> module) {
    Ref<List> list = TRY(list_new(t));
    CriticalSection section(t, module.get());
    setpwent();
    auto run = [&]() -> Result<void> {
        while (passwd* entry = getpwent()) TRY(list_append(t, list, TRY(user_object(t, module.get(), *entry))));
        return {};
    };
    bool failed = run().is_error();
    endpwent();
    if (failed) return Error{};
    return list;
}
Result<Ref<Object>> getgrgid_(Thread& t, Borrowed<Module> module, Arg id) {
    gid_t gid = TRY(posix::id_argument(t, id, "gid"));
    group entry;
    Memory memory;
    group* found =
        TRY(look_up(t, &entry, memory.data, [&](group* e, char* b, size_t n, group** r) { return getgrgid_r(gid, e, b, n, r); }));
    if (!found) return raise(t, exc::KeyError, "getgrgid(): gid not found: %d", static_cast<int64_t>(gid));
    return group_object(t, module.get(), *found);
}
Result<Ref<Object>> getgrnam_(Thread& t, Borrowed<Module> module, Borrowed<Str> name) {
    Ref<Bytes> text = TRY(os_fsencode(t, name));
    group entry;
    Memory memory;
    group* found =
        TRY(look_up(t, &entry, memory.data, [&](group* e, char* b, size_t n, group** r) { return getgrnam_r(text->data, e, b, n, r); }));
    if (!found) return raise(t, exc::KeyError, "getgrnam(): name not found: %R", name);
    return group_object(t, module.get(), *found);
}
Result<Ref<Object>> getgrall_(Thread& t, Borrowed<Module> module) {
    Ref<List> list = TRY(list_new(t));
    CriticalSection section(t, module.get());
    setgrent();
    auto run = [&]() -> Result<void> {
        while (group* entry = getgrent()) TRY(list_append(t, list, TRY(group_object(t, module.get(), *entry))));
        return {};
    };
    bool failed = run().is_error();
    endgrent();
    if (failed) return Error{};
    return list;
}

const NativeDef pwd_functions[] = {
    module_fn<getpwuid_>("getpwuid", "($module, uidobj, /)", "Return the password database entry for the given numeric user ID."),
    module_fn<getpwnam_>("getpwnam", "($module, name, /)", "Return the password database entry for the given user name."),
    module_fn<getpwall_>("getpwall", "($module, /)", "Return a list of all available password database entries, in arbitrary order."),
};
const NativeDef grp_functions[] = {
    module_fn<getgrgid_>("getgrgid", "($module, /, id)", "Return the group database entry for the given numeric group ID."),
    module_fn<getgrnam_>("getgrnam", "($module, /, name)", "Return the group database entry for the given group name."),
    module_fn<getgrall_>("getgrall", "($module, /)", "Return a list of all available group entries, in arbitrary order."),
};
const StructField pwd_fields[] = {{"pw_name", "user name"},     {"pw_passwd", "password"}, {"pw_uid", "user id"},
                                  {"pw_gid", "group id"},       {"pw_gecos", "real name"}, {"pw_dir", "home directory"},
                                  {"pw_shell", "shell program"}};
const StructField grp_fields[] = {
    {"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"}, {"gr_mem", "group members"}};
Result<void> pwd_exec(Thread& t, Borrowed<Module> module) {
    Type*& type = module->state_as<AccountState>().type;
    static std::atomic<Type*> s_type;
    type = TRY(shared_struct_sequence_type(t, s_type, "pwd.struct_passwd", "pwd.struct_passwd: Results from getpw*() routines.", pwd_fields,
                                           7))
               .release();
    return module_add(t, module, "struct_passwd", type);
}
Result<void> grp_exec(Thread& t, Borrowed<Module> module) {
    Type*& type = module->state_as<AccountState>().type;
    static std::atomic<Type*> s_type;
    type =
        TRY(shared_struct_sequence_type(t, s_type, "grp.struct_group", "grp.struct_group: Results from getgr*() routines.", grp_fields, 4))
            .release();
    return module_add(t, module, "struct_group", type);
}

} // namespace

extern const ModuleSpec pwd_module, grp_module;
const ModuleSpec pwd_module = {.name = "pwd",
                               .doc = "This module provides access to the Unix password database.",
                               .functions = pwd_functions,
                               .exec = pwd_exec,
                               .state = state_spec<AccountState>};
const ModuleSpec grp_module = {.name = "grp",
                               .doc = "Access to the Unix group database.",
                               .functions = grp_functions,
                               .exec = grp_exec,
                               .state = state_spec<AccountState>};

} // namespace taipan
