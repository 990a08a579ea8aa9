// The _io module: open() and its kin, and the list of classes.
#include "modules/io/io.h"
#include "objects/dict.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "vm/options.h"

#include <algorithm>
#include <cstring>

namespace taipan::io {
namespace {

Result<Ref<Object>> open(Thread& t, Borrowed<Object> file, Borrowed<Str> mode_, int buffering, Borrowed<Object> encoding,
                         Borrowed<Object> errors, Borrowed<Object> newline, bool close_fd, Borrowed<Object> opener) {
    Ref<Object> path = file.share();
    if (!is<Int>(file.get()) && !(file->type->as_number && file->type->as_number->index)) path = TRY(os_fspath(t, file));
    std::string_view mode = TRY(str_utf8(t, mode_));
    bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
    auto invalid = [&] { return raise(t, exc::ValueError, "invalid mode: '%s'", mode_); };
    for (size_t i = 0; i < mode.size(); ++i) {
        char c = mode[i];
        switch (c) {
        case 'x': creating = true; break;
        case 'r': reading = true; break;
        case 'w': writing = true; break;
        case 'a': appending = true; break;
        case '+': updating = true; break;
        case 't': text = true; break;
        case 'b': binary = true; break;
        default: return invalid();
        }
        if (mode.find(c, i + 1) != std::string_view::npos) return invalid();
    }
    if (text && binary) return raise(t, exc::ValueError, "can't have text and binary mode at once");
    if (creating + reading + writing + appending > 1)
        return raise(t, exc::ValueError, "must have exactly one of create/read/write/append mode");
    if (binary && !is_none(encoding.get())) return raise(t, exc::ValueError, "binary mode doesn't take an encoding argument");
    if (binary && !is_none(errors.get())) return raise(t, exc::ValueError, "binary mode doesn't take an errors argument");
    if (binary && !is_none(newline.get())) return raise(t, exc::ValueError, "binary mode doesn't take a newline argument");
    for (auto [value, name] : {std::pair{encoding.get(), "encoding"}, {errors.get(), "errors"}, {newline.get(), "newline"}})
        if (!is_none(value) && !is<Str>(value))
            return raise(t, exc::TypeError, "open() argument '%s' must be str or None, not %T", name, value);
    if (binary && buffering == 1)
        TRY(warn(t, exc::RuntimeWarning, 1,
                 "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
    char raw_mode[8];
    size_t n = 0;
    if (creating) raw_mode[n++] = 'x';
    if (reading) raw_mode[n++] = 'r';
    if (writing) raw_mode[n++] = 'w';
    if (appending) raw_mode[n++] = 'a';
    if (updating) raw_mode[n++] = '+';
    Ref<Object> result = TRY(fileio_new(t, path, {raw_mode, n}, close_fd, opener.get()));
    auto* raw = static_cast<FileIO*>(result.get());
    auto run = [&]() -> Result<Ref<Object>> {
        bool line_buffering = false, terminal = false;
        if (buffering < 0 || buffering == 1)
            terminal = buffering < 0 && TRY(is_true(t, TRY(call_method(t, result, names::_isatty_open_only))));
        if (buffering == 1 || terminal) {
            buffering = -1;
            line_buffering = true;
        }
        intptr_t size = buffering;
        if (buffering < 0) size = std::max<intptr_t>(std::min<intptr_t>(raw->block_size, 8192 * 1024), DefaultBufferSize);
        if (size < 0) return raise(t, exc::ValueError, "invalid buffering size");
        if (size == 0) {
            if (!binary) return raise(t, exc::ValueError, "can't have unbuffered text I/O");
            return result.share();
        }
        Type* type = updating                           ? &BufferedRandom::s_type
                     : creating || writing || appending ? &BufferedWriter::s_type
                                                        : &BufferedReader::s_type;
        if (!updating && !creating && !writing && !appending && !reading) return raise(t, exc::ValueError, "unknown mode: '%s'", mode_);
        result = TRY(buffered_new(t, *type, result, size));
        if (binary) return result.share();
        result = TRY(text_wrapper_new(t, result, encoding, errors, newline, line_buffering));
        TRY(set_attribute(t, result, names::mode, mode_));
        return result.share();
    };
    auto made = run();
    if (made.is_error()) {
        MaybeRef<Object> first = t.take_exception();
        if (call_method(t, result, names::close).is_error()) return chain_exceptions(t, std::move(first));
        return t.set_exception(first.take());
    }
    return made;
}

Result<Ref<Object>> open_code(Thread& t, Borrowed<Object> path) {
    if (!is<Str>(path.get())) return raise(t, exc::TypeError, "open_code() argument 'path' must be str, not %T", path);
    Ref<Str> mode = TRY(str_interned(t, "rb"));
    return open(t, path, mode, -1, None(), None(), None(), true, None());
}
Result<Ref<Object>> text_encoding(Thread& t, Borrowed<Object> encoding, int stack_level) {
    if (!is_none(encoding.get())) return encoding.share();
    if (g_options.warn_default_encoding) TRY(warn(t, exc::EncodingWarning, stack_level, "'encoding' argument not specified"));
    return str_interned(t, g_options.utf8_mode ? "utf-8" : "locale");
}

const NativeDef functions[] = {
    fn<open>("open", "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
             "Open file and return a stream.  Raise OSError upon failure."),
    fn<open_code>("open_code", "($module, /, path)", "Opens the provided file with the intent to import the contents."),
    fn<text_encoding>("text_encoding", "($module, encoding, stacklevel=2, /)", "A helper function to choose the text encoding."),
};

const TypeSpec* const types[] = {
    &iobase_spec,          &raw_iobase_spec,      &buffered_iobase_spec, &text_iobase_spec,     &fileio_spec,
    &bytesio_spec,         &bytesio_buffer_spec,  &buffered_reader_spec, &buffered_writer_spec, &buffered_random_spec,
    &buffered_rwpair_spec, &newline_decoder_spec, &stringio_spec,        &text_wrapper_spec,
};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "DEFAULT_BUFFER_SIZE", DefaultBufferSize));
    Ref<Tuple> bases = TRY(tuple_pack(t, Borrowed<Object>(&exc::OSError), Borrowed<Object>(&exc::ValueError)));
    Ref<Dict> name_space = TRY(dict_new(t));
    Ref<Str> io = TRY(str_interned(t, "io"));
    TRY(dict_set_ascii(t, name_space, "__module__", io));
    Ref<Str> name = TRY(str_interned(t, "UnsupportedOperation"));
    Ref<Object> unsupported = TRY(type_new(t, &Type::s_type, name, bases, name_space, nullptr));
    TRY(module_add(t, module, "UnsupportedOperation", unsupported));
    return module_add(t, module, "BlockingIOError", &exc::BlockingIOError);
}

} // namespace
} // namespace taipan::io

namespace taipan {
extern const ModuleSpec io_module;
const ModuleSpec io_module = {.name = "_io",
                              .doc = "The io module provides the Python interfaces to stream handling.",
                              .functions = io::functions,
                              .exec = io::exec,
                              .types = io::types};
} // namespace taipan
