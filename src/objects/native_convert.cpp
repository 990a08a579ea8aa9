// Conversions of single arguments of typed natives, and the view of a buffer argument.
#include "objects/native.h"
#include "objects/type_object.h"

#include <cstdio>

namespace taipan {

std::string_view default_text(Thread& t, const NativeDef& def, int position); // native.cpp

BufferView::~BufferView() {
    if (m_buffer.obj) buffer_release(&m_buffer);
}

Result<void> BufferView::acquire(Thread& t, Object* object, bool writable) {
    BufferProcs* procs = object->type->as_buffer;
    if (!procs || !procs->get) {
        if (writable) return raise(t, exc::TypeError, "a read-write bytes-like object is required, not '%T'", object);
        return raise(t, exc::TypeError, "a bytes-like object is required, not '%T'", object);
    }
    m_buffer.obj = nullptr;
    if (procs->get(object, &m_buffer, writable ? buffer_flag::Writable : buffer_flag::Simple) != 0) {
        m_buffer.obj = nullptr;
        if (writable && exception_matches(t, exc::BufferError)) {
            t.clear_exception();
            return raise(t, exc::TypeError, "read-write bytes-like object expected");
        }
        return Error{};
    }
    return {};
}

void buffer_release(Buffer* view) {
    Object* object = view->obj;
    if (!object) return;
    BufferProcs* procs = object->type->as_buffer;
    if (procs && procs->release) procs->release(object, view);
    view->obj = nullptr;
    decref(object);
}

namespace native_detail {

Result<bool> convert_bool(const Context& c, Object* o, int position) {
    if (!o) return default_integer(c.t, c.def, position) != 0;
    if (o == True()) return true;
    if (o == False()) return false;
    return is_true(c.t, o);
}

Result<int64_t> convert_int64(const Context& c, Object* o, int position) {
    if (!o) return default_integer(c.t, c.def, position);
    return to_int64(c.t, o);
}

Result<uint64_t> convert_uint64(const Context& c, Object* o, int position) {
    if (!o) return static_cast<uint64_t>(default_integer(c.t, c.def, position));
    return to_uint64(c.t, o);
}

Result<int> convert_int(const Context& c, Object* o, int position) {
    if (!o) return static_cast<int>(default_integer(c.t, c.def, position));
    return to_int32(c.t, o);
}

Result<double> convert_double(const Context& c, Object* o, int position) {
    if (!o) return default_double(c.t, c.def, position);
    if (is_exact<Float>(o)) return static_cast<Float*>(o)->value;
    return to_double(c.t, o);
}

Result<intptr_t> convert_index(const Context& c, Object* o, int position) {
    if (!o) return static_cast<intptr_t>(default_integer(c.t, c.def, position));
    if (is_none(o) || !o->type->as_number || !o->type->as_number->index) {
        if (is_none(o) && default_text(c.t, c.def, position) == "None") return intptr_t{0};
        return raise(c.t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    }
    return to_index_clipped(c.t, o);
}

Result<intptr_t> convert_size(const Context& c, Object* o, int position) {
    if (!o) return static_cast<intptr_t>(default_integer(c.t, c.def, position));
    auto value = to_index_size(c.t, o, exc::OverflowError);
    if (UNLIKELY(value.is_error()) && is<Int>(o) && clear_if(c.t, exc::OverflowError))
        return raise(c.t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    return value;
}

Result<uint32_t> convert_code_point(const Context& c, Object* o, int position) {
    if (!o) {
        std::string_view text = default_text(c.t, c.def, position);
        return static_cast<uint32_t>(text.size() >= 3 ? text[1] : ' ');
    }
    if (!is<Str>(o)) return raise_bad_argument(c.t, c.def, position, "a unicode character", o);
    auto* text = static_cast<Str*>(o);
    if (text->length != 1) {
        if (position >= c.def.params.positional_only)
            return raise(c.t, exc::TypeError, "%s(): argument %d must be a unicode character, not a string of length %d", c.def.name,
                         position + 1, text->length);
        return raise(c.t, exc::TypeError, "%s(): argument must be a unicode character, not a string of length %d", c.def.name,
                     text->length);
    }
    return text->at(0);
}

Result<std::string_view> convert_utf8(const Context& c, Object* o, int position) {
    if (!o) {
        std::string_view text = default_text(c.t, c.def, position);
        if (text.size() >= 2 && (text[0] == '\'' || text[0] == '"')) return text.substr(1, text.size() - 2);
        return std::string_view();
    }
    if (!is<Str>(o)) return raise_bad_argument(c.t, c.def, position, "str", o);
    std::string_view text = TRY(str_utf8(c.t, static_cast<Str*>(o)));
    if (text.find('\0') != std::string_view::npos) return raise(c.t, exc::ValueError, "embedded null character");
    return text;
}

Error wrong_type(const Context& c, int position, Type& expected, Object* got) {
    return raise_bad_argument(c.t, c.def, position, expected.name, got);
}

Error wrong_type_or_none(const Context& c, int position, Type& expected, Object* got) {
    char text[128];
    snprintf(text, sizeof text, "%s or None", expected.name);
    return raise_bad_argument(c.t, c.def, position, text, got);
}

} // namespace native_detail
} // namespace taipan
