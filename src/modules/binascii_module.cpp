// binascii: bytes as text and back.
#include "base/binary_text.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/int_internal.h"
#include "objects/module.h"
#include "objects/native.h"
#include "objects/type_spec.h"

#include <cstring>
#include <zlib.h>

namespace taipan {

namespace {

Type binascii_error, binascii_incomplete;
const TypeSpec error_spec = {.type = &binascii_error,
                             .name = "binascii.Error",
                             .base = &exc::ValueError,
                             .basicsize = sizeof(BaseException),
                             .flags = type_flag::BaseType};
const TypeSpec incomplete_spec = {.type = &binascii_incomplete,
                                  .name = "binascii.Incomplete",
                                  .base = &exc::Exception,
                                  .basicsize = sizeof(BaseException),
                                  .flags = type_flag::BaseType};

/// Bytes-like objects, and strs of ASCII.
class AsciiInput {
public:
    Result<void> acquire(Thread& t, Borrowed<Object> object) {
        if (is<Str>(object.get())) {
            auto* text = static_cast<Str*>(object.get());
            if (!text->is_ascii()) return raise(t, exc::ValueError, "string argument should contain only ASCII characters");
            m_text = text->ascii_view();
            return {};
        }
        if (m_view.acquire(t, object.get()).is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
            return raise(t, exc::TypeError, "argument should be bytes, buffer or ASCII string, not '%.100T'", object);
        }
        m_text = m_view.view();
        return {};
    }
    const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(m_text.data()); }
    size_t size() const { return m_text.size(); }

private:
    BufferView m_view;
    std::string_view m_text;
};

/// A bytes object of what `write(buffer)` wrote; it returns the end, or null after raising.
template <class Write> Result<Ref<Object>> written(Thread& t, size_t room, Write write) {
    auto* buffer = static_cast<uint8_t*>(raw_alloc(room ? room : 1));
    if (!buffer) return raise_memory_error(t);
    uint8_t* end = write(buffer);
    if (!end) {
        raw_free(buffer);
        return Error{};
    }
    auto result = bytes_from(t, {reinterpret_cast<char*>(buffer), static_cast<size_t>(end - buffer)});
    raw_free(buffer);
    return result;
}

Result<Ref<Object>> hexlify(Thread& t, const BufferView& data, MaybeBorrowed<Object> separator, int group) {
    uint8_t mark = 0;
    if (separator) {
        intptr_t n = TRY(length(t, separator.value()));
        if (n != 1) return raise(t, exc::ValueError, "sep must be length 1.");
        if (is<Str>(separator.get())) {
            auto* text = static_cast<Str*>(separator.get());
            if (text->kind() != 1) return raise(t, exc::ValueError, "sep must be ASCII.");
            mark = text->data8()[0];
        } else if (is<Bytes>(separator.get())) {
            mark = static_cast<uint8_t>(static_cast<Bytes*>(separator.get())->data[0]);
        } else {
            return raise(t, exc::TypeError, "sep must be str or bytes.");
        }
    } else {
        group = 0;
    }
    Ref<Bytes> result = TRY(bytes_alloc(t, static_cast<intptr_t>(base::hex_size(data.size(), group))));
    base::hex_encode(data.data(), data.size(), mark, group, reinterpret_cast<uint8_t*>(result->data));
    return result;
}
Result<Ref<Object>> unhexlify(Thread& t, Borrowed<Object> text) {
    AsciiInput input;
    TRY(input.acquire(t, text));
    if (input.size() % 2) return raise(t, binascii_error, "Odd-length string");
    Ref<Bytes> result = TRY(bytes_alloc(t, static_cast<intptr_t>(input.size() / 2)));
    if (!base::hex_decode(input.data(), input.size(), reinterpret_cast<uint8_t*>(result->data)))
        return raise(t, binascii_error, "Non-hexadecimal digit found");
    return result;
}
Result<Ref<Object>> b2a_base64(Thread& t, const BufferView& data, bool newline) {
    if (data.size() > SIZE_MAX / 8) return raise(t, binascii_error, "Too much data for base64 line");
    return written(t, base::base64_bound(data.size()),
                   [&](uint8_t* out) { return base::base64_encode(data.data(), data.size(), newline, out); });
}
Result<Ref<Object>> a2b_base64(Thread& t, Borrowed<Object> text, bool strict_mode) {
    AsciiInput input;
    TRY(input.acquire(t, text));
    return written(t, (input.size() + 3) / 4 * 3, [&](uint8_t* out) -> uint8_t* {
        base::Base64Result r =
            base::base64_decode(input.data(), input.size(), strict_mode ? base::Base64Mode::Strict : base::Base64Mode::Lenient, out);
        if (!r.error) return r.end;
        if (strchr(r.error, '%')) (void)raise(t, binascii_error, r.error, static_cast<uint64_t>(r.characters));
        else (void)raise(t, binascii_error, "%s", r.error);
        return nullptr;
    });
}
Result<Ref<Object>> b2a_uu(Thread& t, const BufferView& data, bool backtick) {
    if (data.size() > 45) return raise(t, binascii_error, "At most 45 bytes at once");
    return written(t, 80, [&](uint8_t* out) { return base::uu_encode(data.data(), data.size(), backtick, out); });
}
Result<Ref<Object>> a2b_uu(Thread& t, Borrowed<Object> text) {
    AsciiInput input;
    TRY(input.acquire(t, text));
    if (input.size() == 0) return raise(t, binascii_error, "Missing length byte");
    return written(t, 80, [&](uint8_t* out) -> uint8_t* {
        const char* error = nullptr;
        uint8_t* end = base::uu_decode(input.data(), input.size(), out, error);
        if (!end) (void)raise(t, binascii_error, "%s", error);
        return end;
    });
}
Result<Ref<Object>> a2b_qp(Thread& t, Borrowed<Object> data, bool header) {
    AsciiInput input;
    TRY(input.acquire(t, data));
    return written(t, input.size(), [&](uint8_t* out) { return base::quoted_printable_decode(input.data(), input.size(), header, out); });
}
Result<Ref<Object>> b2a_qp(Thread& t, const BufferView& data, bool quotetabs, bool istext, bool header) {
    base::QuotedPrintable options{quotetabs, istext, header};
    size_t size = base::quoted_printable_encode(data.data(), data.size(), options, nullptr);
    Ref<Bytes> result = TRY(bytes_alloc(t, static_cast<intptr_t>(size)));
    base::quoted_printable_encode(data.data(), data.size(), options, reinterpret_cast<uint8_t*>(result->data));
    return result;
}
/// An int modulo 2**32, as a C unsigned int takes it.
Result<uint32_t> mask32(Thread& t, Borrowed<Object> object) {
    Ref<Int> n = TRY(to_index(t, object));
    Ref<Int> mask = TRY(int_from(t, 0xffffffff));
    Ref<Int> low = TRY(int_bitwise(t, n.get(), mask.get(), BitOp::And));
    return static_cast<uint32_t>(int_small_value(low.get()));
}
Result<uint64_t> crc32_(Thread& t, const BufferView& data, MaybeBorrowed<Object> start) {
    uLong crc = start ? TRY(mask32(t, start.value())) : 0;
    return static_cast<uint64_t>(crc32_z(crc, data.data(), data.size())) & 0xffffffff;
}
Result<int64_t> crc_hqx_(Thread& t, const BufferView& data, Borrowed<Object> start) {
    uint32_t crc = TRY(mask32(t, start));
    return base::crc_hqx(data.data(), data.size(), static_cast<uint16_t>(crc));
}

const NativeDef functions[] = {
    fn<a2b_uu>("a2b_uu", "($module, data, /)", "Decode a line of uuencoded data."),
    fn<b2a_uu>("b2a_uu", "($module, data, /, *, backtick=False)", "Uuencode a line of data."),
    fn<a2b_base64>("a2b_base64", "($module, data, /, *, strict_mode=False)",
                   "Decode base64 data; in strict mode, only what conforms to RFC 3548."),
    fn<b2a_base64>("b2a_base64", "($module, data, /, *, newline=True)", "The data in base64."),
    fn<unhexlify>("a2b_hex", "($module, hexstr, /)", "The bytes that hexadecimal digits stand for."),
    fn<hexlify>("b2a_hex", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
                "The data in hexadecimal, with a separator between groups of bytes."),
    fn<hexlify>("hexlify", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
                "The data in hexadecimal, with a separator between groups of bytes."),
    fn<unhexlify>("unhexlify", "($module, hexstr, /)", "The bytes that hexadecimal digits stand for."),
    fn<crc_hqx_>("crc_hqx", "($module, data, crc, /)", "The CRC-CCITT of the data, going on from `crc`."),
    fn<crc32_>("crc32", "($module, data, crc=0, /)", "The CRC-32 of the data, going on from `crc`."),
    fn<a2b_qp>("a2b_qp", "($module, /, data, header=False)", "Decode quoted-printable data."),
    fn<b2a_qp>("b2a_qp", "($module, /, data, quotetabs=False, istext=True, header=False)", "The data in quoted-printable."),
};
const TypeSpec* const types[] = {&error_spec, &incomplete_spec};

} // namespace

extern const ModuleSpec binascii_module;
const ModuleSpec binascii_module = {
    .name = "binascii", .doc = "Conversion between binary data and ASCII", .functions = functions, .types = types};

} // namespace taipan
