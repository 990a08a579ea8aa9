#include "vm/remote_script.h"

#include "objects/module.h"
#include "runtime/remote_control.h"
#include "vm/builtin_support.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace taipan {

namespace {

/// In the target: compiles and runs what the path names, in a namespace of its own.
Result<void> run_script(Thread& t) {
    if (!g_remote_control.pending.exchange(0, std::memory_order_acq_rel) || !g_remote_control.enabled) return {};
    char path[RemotePathSize];
    memcpy(path, g_remote_control.path, sizeof path);
    path[sizeof path - 1] = 0;
    auto run = [&]() -> Result<void> {
        Ref<Object> name = Ref<Object>(TRY(str_decode_fs(t, path)));
        TRY(audit(t, "cpython.remote_debugger_script", name));
        Ref<Object> file = TRY(call(t, TRY(import_attribute(t, "io", "open_code")), name));
        auto source = call_method(t, file, TRY(str_interned(t, "read")));
        {
            MaybeRef<Object> error = t.take_exception();
            (void)TRY(call_method(t, file, TRY(str_interned(t, "close"))));
            if (error) return t.set_exception(error.take());
        }
        Ref<Object> text = TRY(std::move(source));
        Ref<Object> code = TRY(call(t, TRY(import_attribute(t, "builtins", "compile")), text, name, TRY(str_interned(t, "exec"))));
        Ref<Dict> globals = TRY(dict_new(t));
        TRY(dict_set_ascii(t, globals, "__builtins__", TRY(import_module(t, "builtins"))));
        (void)TRY(call(t, TRY(import_attribute(t, "builtins", "exec")), code, globals));
        return {};
    };
    // Whatever the script raises is no concern of the code that it interrupts.
    if (run().is_error()) write_unraisable(t, nullptr, None());
    return {};
}

struct File {
    int fd;
    ~File() {
        if (fd >= 0) ::close(fd);
    }
    bool read_at(void* out, size_t size, uint64_t offset) const {
        return pread(fd, out, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
    }
};

/// The address of the block in the process, or 0 if its program has none; -1 with errno set if it cannot be read.
intptr_t find_block(int pid) {
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/exe", pid);
    File file{open(name, O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) return -1;
    Elf64_Ehdr header;
    if (!file.read_at(&header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_shentsize != sizeof(Elf64_Shdr))
        return 0;
    Elf64_Shdr names;
    if (!file.read_at(&names, sizeof names, header.e_shoff + header.e_shstrndx * sizeof names)) return 0;
    for (int i = 0; i < header.e_shnum; ++i) {
        Elf64_Shdr section;
        char text[sizeof RemoteSection];
        if (!file.read_at(&section, sizeof section, header.e_shoff + static_cast<uint64_t>(i) * sizeof section)) return 0;
        if (!file.read_at(text, sizeof text, names.sh_offset + section.sh_name) || memcmp(text, RemoteSection, sizeof text) != 0) continue;
        if (header.e_type != ET_DYN) return static_cast<intptr_t>(section.sh_addr);
        // Position independent: the mapping of the program's beginning tells where it is.
        struct stat program;
        if (fstat(file.fd, &program) != 0) return -1;
        snprintf(name, sizeof name, "/proc/%d/maps", pid);
        FILE* maps = fopen(name, "re");
        if (!maps) return -1;
        intptr_t found = 0;
        char line[512];
        while (!found && fgets(line, sizeof line, maps)) {
            unsigned long base, offset, inode;
            if (sscanf(line, "%lx-%*x %*s %lx %*s %lu", &base, &offset, &inode) == 3 && offset == 0 && inode == program.st_ino)
                found = static_cast<intptr_t>(base + section.sh_addr);
        }
        fclose(maps);
        return found;
    }
    return 0;
}

bool transfer(ssize_t (*copy)(pid_t, const iovec*, unsigned long, const iovec*, unsigned long, unsigned long), int pid, void* local,
              uintptr_t remote, size_t size) {
    iovec here{local, size}, there{reinterpret_cast<void*>(remote), size};
    ssize_t count = copy(pid, &here, 1, &there, 1, 0);
    if (count >= 0 && count != static_cast<ssize_t>(size)) errno = EFAULT;
    return count == static_cast<ssize_t>(size);
}

} // namespace

void remote_script_install(Thread& t, bool enabled) {
    g_remote_control.enabled = enabled;
    g_remote_control.run = run_script;
    g_remote_control.poll_bits.store(&t.poll_bits, std::memory_order_release);
}

Result<void> remote_script_send(Thread& t, int pid, std::string_view path) {
    if (path.size() >= RemotePathSize) return raise(t, exc::ValueError, "Script path is too long");
    char text[RemotePathSize] = {};
    memcpy(text, path.data(), path.size());
    auto disabled = [&] { return raise(t, exc::RuntimeError, "Remote debugging is not enabled in the remote process"); };
    if (pid == getpid()) {
        if (!g_remote_control.enabled) return disabled();
        memcpy(g_remote_control.path, text, sizeof text);
        g_remote_control.pending.store(1, std::memory_order_release);
        g_remote_control.poll_bits.load(std::memory_order_acquire)->fetch_or(RemotePollBit, std::memory_order_release);
        return {};
    }
    struct Head { // the part of RemoteControl before `run`
        char cookie[16];
        uint32_t enabled, pending;
        uintptr_t poll_bits;
    } head;
    static_assert(offsetof(RemoteControl, poll_bits) == offsetof(Head, poll_bits) &&
                  offsetof(RemoteControl, pending) == offsetof(Head, pending));
    enum class Failure { None, Errno, NotPython, Disabled } failure = Failure::None;
    int error = 0;
    {
        Detached detached(t);
        intptr_t block = find_block(pid);
        uint32_t pending = 1;
        uint8_t byte = 1;
        if (block == 0) {
            failure = Failure::NotPython;
        } else if (block < 0 || !transfer(process_vm_readv, pid, &head, static_cast<uintptr_t>(block), sizeof head)) {
            failure = Failure::Errno;
        } else if (memcmp(head.cookie, RemoteCookie, sizeof head.cookie) != 0 || !head.poll_bits) {
            failure = Failure::NotPython;
        } else if (!head.enabled) {
            failure = Failure::Disabled;
        } else if (!transfer(process_vm_writev, pid, text, static_cast<uintptr_t>(block) + offsetof(RemoteControl, path),
                             path.size() + 1) ||
                   !transfer(process_vm_writev, pid, &pending, static_cast<uintptr_t>(block) + offsetof(RemoteControl, pending),
                             sizeof pending) ||
                   !transfer(process_vm_writev, pid, &byte, head.poll_bits + 3, 1)) {
            failure = Failure::Errno;
        }
        error = errno;
    }
    switch (failure) {
    case Failure::None: return {};
    case Failure::Errno: return raise_errno(t, error);
    case Failure::Disabled: return disabled();
    case Failure::NotPython: break;
    }
    return raise(t, exc::RuntimeError, "Failed to find the PyRuntime section in process %d on Linux platform", pid);
}

} // namespace taipan
