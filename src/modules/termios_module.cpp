// The termios module: terminal attributes.
#include "modules/posix/posix.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

#include <climits>
#include <cstring>
#include <sys/ioctl.h>
#include <termios.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

/// termios.error(number, text).
Error raise_termios(Thread& t, int error) {
    Ref<Object> type = TRY(import_attribute(t, "termios", "error"));
    Ref<Int> number = TRY(int_from(t, error));
    Ref<Str> text = TRY(str_from_utf8(t, strerror(error)));
    Ref<Object> made = TRY(call(t, type, number, text));
    return raise_instance(t, std::move(made));
}
/// Runs `call` detached, again after signals; -1 raises termios.error.
template <class F> Result<void> terminal_call(Thread& t, F call) {
    int error = 0;
    if (TRY(blocking_call(t, &error, call)) == -1) return raise_termios(t, error);
    return {};
}

Result<Ref<Object>> tcgetattr_(Thread& t, Arg fd_) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    termios mode;
    TRY(terminal_call(t, [&] { return tcgetattr(fd, &mode); }));
    Ref<List> characters = TRY(list_new(t, NCCS));
    bool raw = !(mode.c_lflag & ICANON); // then two of the characters are numbers
    for (int i = 0; i < NCCS; ++i) {
        if (raw && (i == VMIN || i == VTIME)) TRY(list_append(t, characters, TRY(int_from(t, mode.c_cc[i]))));
        else TRY(list_append(t, characters, TRY(bytes_from(t, {reinterpret_cast<const char*>(&mode.c_cc[i]), 1}))));
    }
    Ref<List> result = TRY(list_new(t, 7));
    for (unsigned flags : {mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag}) TRY(list_append(t, result, TRY(int_from(t, flags))));
    TRY(list_append(t, result, TRY(int_from(t, cfgetispeed(&mode)))));
    TRY(list_append(t, result, TRY(int_from(t, cfgetospeed(&mode)))));
    TRY(list_append(t, result, characters.share()));
    return result;
}
/// A flag word or speed: any integer that fits unsigned long, signed ones included.
Result<unsigned> word(Thread& t, Borrowed<List> list, intptr_t i) {
    MaybeRef<Object> item = list_get(t, list, i);
    if (!item) return raise(t, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    int64_t value;
    Ref<Int> number = TRY(to_index(t, Borrowed<Object>(item.get())));
    if (int_fits_int64(number.get(), &value)) return static_cast<unsigned>(value);
    return static_cast<unsigned>(TRY(to_uint64(t, number)));
}
Result<void> tcsetattr_(Thread& t, Arg fd_, int when, Arg attributes) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    auto* list = try_as<List>(attributes.get());
    if (!list || list_size(list) != 7) return raise(t, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
    // What the list does not tell stays as it is.
    termios mode;
    TRY(terminal_call(t, [&] { return tcgetattr(fd, &mode); }));
    mode.c_iflag = TRY(word(t, list, 0));
    mode.c_oflag = TRY(word(t, list, 1));
    mode.c_cflag = TRY(word(t, list, 2));
    mode.c_lflag = TRY(word(t, list, 3));
    unsigned in_speed = TRY(word(t, list, 4)), out_speed = TRY(word(t, list, 5));
    MaybeRef<Object> last = list_get(t, list, 6);
    auto* characters = last ? try_as<List>(last.get()) : nullptr;
    if (!characters || list_size(characters) != NCCS)
        return raise(t, exc::TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
    for (int i = 0; i < NCCS; ++i) {
        MaybeRef<Object> item = list_get(t, characters, i);
        if (item && is<Bytes>(item.get()) && static_cast<Bytes*>(item.get())->size == 1)
            mode.c_cc[i] = static_cast<cc_t>(static_cast<Bytes*>(item.get())->data[0]);
        else if (item && is<Int>(item.get())) mode.c_cc[i] = static_cast<cc_t>(TRY(to_int64(t, Borrowed<Object>(item.get()))));
        else return raise(t, exc::TypeError, "tcsetattr: elements of attributes must be characters or integers");
    }
    if (cfsetispeed(&mode, in_speed) < 0 || cfsetospeed(&mode, out_speed) < 0) return raise_termios(t, errno);
    return terminal_call(t, [&] { return tcsetattr(fd, when, &mode); });
}
Result<void> tcsendbreak_(Thread& t, Arg fd_, int duration) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    return terminal_call(t, [&] { return tcsendbreak(fd, duration); });
}
Result<void> tcdrain_(Thread& t, Arg fd_) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    return terminal_call(t, [&] { return tcdrain(fd); });
}
Result<void> tcflush_(Thread& t, Arg fd_, int queue) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    return terminal_call(t, [&] { return tcflush(fd, queue); });
}
Result<void> tcflow_(Thread& t, Arg fd_, int action) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    return terminal_call(t, [&] { return tcflow(fd, action); });
}
Result<Ref<Object>> tcgetwinsize_(Thread& t, Arg fd_) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    winsize size;
    TRY(terminal_call(t, [&] { return ioctl(fd, TIOCGWINSZ, &size); }));
    Ref<Int> rows = TRY(int_from(t, size.ws_row)), columns = TRY(int_from(t, size.ws_col));
    return tuple_pack(t, rows, columns);
}
Result<void> tcsetwinsize_(Thread& t, Arg fd_, Arg wanted) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    bool sequence = is<List>(wanted.get()) || is<Tuple>(wanted.get()) ||
                    (!is<Dict>(wanted.get()) && wanted->type->as_sequence && wanted->type->as_sequence->item);
    if (!sequence || TRY(length(t, wanted)) != 2) return raise(t, exc::TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    int64_t values[2];
    for (intptr_t i = 0; i < 2; ++i) values[i] = TRY(to_int64(t, TRY(sequence_get(t, wanted, i))));
    winsize size;
    TRY(terminal_call(t, [&] { return ioctl(fd, TIOCGWINSZ, &size); }));
    for (int64_t value : values)
        if (value < 0 || value > USHRT_MAX) return raise(t, exc::OverflowError, "winsize value(s) out of range.");
    size.ws_row = static_cast<unsigned short>(values[0]);
    size.ws_col = static_cast<unsigned short>(values[1]);
    return terminal_call(t, [&] { return ioctl(fd, TIOCSWINSZ, &size); });
}

const NativeDef functions[] = {
    fn<tcgetattr_>("tcgetattr", "($module, fd, /)", "Get the tty attributes for file descriptor fd."),
    fn<tcsetattr_>("tcsetattr", "($module, fd, when, attributes, /)", "Set the tty attributes for file descriptor fd."),
    fn<tcsendbreak_>("tcsendbreak", "($module, fd, duration, /)", "Send a break on file descriptor fd."),
    fn<tcdrain_>("tcdrain", "($module, fd, /)", "Block until the terminal fd has sent all output that waits in it."),
    fn<tcflush_>("tcflush", "($module, fd, queue, /)", "Discard queued data on file descriptor fd."),
    fn<tcflow_>("tcflow", "($module, fd, action, /)", "Suspend or resume input or output on file descriptor fd."),
    fn<tcgetwinsize_>("tcgetwinsize", "($module, fd, /)", "The size of the terminal window of fd, as (rows, columns)."),
    fn<tcsetwinsize_>("tcsetwinsize", "($module, fd, winsize, /)", "Set the tty winsize for file descriptor fd."),
};
struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
#include "modules/termios_constants.inc"
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "error", TRY(new_exception_type(t, "termios.error", exc::Exception, nullptr))));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec termios_module;
const ModuleSpec termios_module = {.name = "termios",
                                   .doc = "POSIX terminal attributes and control, for file descriptors that are terminals.",
                                   .functions = functions,
                                   .exec = exec};

} // namespace taipan
