#include "modules/system_calls.h"

#include "objects/names.h"
#include "objects/str_codecs.h"

#include <cstring>

namespace taipan {

Result<Ref<Object>> os_fspath(Thread& t, Borrowed<Object> path) {
    if (is<Str>(path.get()) || is<Bytes>(path.get())) return path.share();
    MaybeRef<Object> convert = TRY(lookup_special(t, path, names::__fspath__));
    if (!convert || is_none(convert.get()))
        return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %.200T", path);
    Ref<Object> result = TRY(call(t, convert.take()));
    if (!is<Str>(result.get()) && !is<Bytes>(result.get()))
        return raise(t, exc::TypeError, "expected %.200T.__fspath__() to return str or bytes, not %.200T", path, result);
    return result;
}

Result<Ref<Bytes>> os_fsencode(Thread& t, Borrowed<Object> path) {
    Ref<Object> plain = TRY(os_fspath(t, path));
    if (is<Str>(plain.get())) {
        Ref<Bytes> encoded = TRY(encode_utf8(t, as<Str>(plain.borrow()), "surrogateescape"));
        if (encoded->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null byte");
        return encoded;
    }
    auto* bytes = static_cast<Bytes*>(plain.get());
    if (bytes->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null byte");
    return Ref<Bytes>::acquire(bytes);
}

} // namespace taipan
