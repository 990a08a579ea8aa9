#include "modules/system_calls.h"

#include "objects/float.h"
#include "objects/int.h"
#include "objects/names.h"
#include "objects/str_codecs.h"

#include <cmath>
#include <cstring>

namespace taipan {

Result<int64_t> to_nanoseconds(Thread& t, Borrowed<Object> time, TimeRounding rounding, int64_t unit, const char* type_error) {
    auto out_of_range = [&] { return raise(t, exc::OverflowError, "timestamp out of range for C PyTime_t"); };
    if (is<Float>(time.get())) {
        double ns = static_cast<Float*>(time.get())->value;
        if (std::isnan(ns)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
        ns *= static_cast<double>(unit);
        ns = ns < 0 && rounding == TimeRounding::AwayFromZero ? std::floor(ns) : std::ceil(ns);
        if (ns >= 0x1p63 || ns < -0x1p63) return out_of_range();
        return static_cast<int64_t>(ns);
    }
    if (!is<Int>(time.get()) && !(time->type->as_number && time->type->as_number->index)) {
        if (type_error) return raise(t, exc::TypeError, "%s", type_error);
        return raise(t, exc::TypeError, "'%T' object cannot be interpreted as an integer or float", time);
    }
    Ref<Int> whole = TRY(to_index(t, time));
    int64_t units, ns;
    if (!int_fits_int64(whole.get(), &units) || __builtin_mul_overflow(units, unit, &ns)) return out_of_range();
    return ns;
}

Result<Ref<Object>> os_fspath(Thread& t, Borrowed<Object> path) {
    if (is<Str>(path.get()) || is<Bytes>(path.get())) return path.share();
    LoadedMethod convert = TRY(load_special_method(t, path, names::__fspath__));
    if (!convert || convert.is_none()) return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %.200T", path);
    Ref<Object> result = TRY(call(t, convert, path));
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
