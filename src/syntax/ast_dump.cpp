#include "syntax/ast_dump.h"

#include "syntax/ast_schema.h"
#include "syntax/identifiers.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <gmp.h>

namespace taipan::syntax {

namespace {

void dump_float(double value, base::String& out) {
    if (std::isinf(value)) {
        out += value < 0 ? "-inf" : "inf";
        return;
    }
    char text[64];
    double magnitude = std::fabs(value);
    bool exponent = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
    auto end = std::to_chars(text, text + sizeof text, value, exponent ? std::chars_format::scientific : std::chars_format::fixed).ptr;
    std::string_view digits{text, (size_t)(end - text)};
    out += digits;
    if (!exponent && digits.find('.') == std::string_view::npos) out += ".0";
}

void dump_complex(double real, double imaginary, base::String& out) {
    auto part = [&out](double value) {
        base::String text;
        dump_float(value, text);
        if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
        out += text;
    };
    if (real == 0 && !std::signbit(real)) {
        part(imaginary);
        out += 'j';
        return;
    }
    out += '(';
    part(real);
    if (!std::signbit(imaginary)) out += '+';
    part(imaginary);
    out += "j)";
}

void dump_text(std::string_view text, bool bytes, base::String& out) {
    bool has_single = text.find('\'') != std::string_view::npos;
    char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
    if (bytes) out += 'b';
    out += quote;
    char buffer[16];
    for (const char* p = text.data(); p < text.data() + text.size();) {
        const char* start = p;
        uint32_t c = bytes ? (uint32_t)(unsigned char)*p++ : decode_one(p);
        if (c == (uint32_t)quote || c == '\\') {
            out += '\\';
            out += (char)c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c < 0x20 || c == 0x7f || (bytes && c >= 0x80)) {
            snprintf(buffer, sizeof buffer, "\\x%02x", c);
            out += buffer;
        } else if (c < 0x80 || (is_printable(c) && !(c >= 0xd800 && c < 0xe000))) {
            out.append(start, (size_t)(p - start));
        } else {
            snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
            out += buffer;
        }
    }
    out += quote;
}

class Dumper {
public:
    Dumper(bool attributes, base::String& out) : m_attributes(attributes), m_out(out) {}

    void node(const TypeInfo& type, const void* data) {
        uint8_t kind = type.form == TypeForm::Sum ? *((const uint8_t*)data + type.kind_offset) : 0;
        const NodeInfo& info = type.nodes[kind];
        m_out += info.name;
        m_out += '(';
        bool first = true;
        auto name = [&](const char* text) {
            if (!first) m_out += ", ";
            first = false;
            m_out += text;
            m_out += '=';
        };
        for (const FieldInfo& field : info.fields) {
            const char* at = (const char*)data + field.offset;
            if (field.quantity == Quantity::SEQUENCE || field.quantity == Quantity::SEQUENCE_OF_OPTIONAL) {
                auto& seq = *(const Seq<const void*>*)at;
                if (seq.empty()) continue;
                name(field.name);
                m_out += '[';
                for (uint32_t i = 0; i < seq.size; i++) {
                    if (i) m_out += ", ";
                    // Enums are the only items that are not pointers.
                    if (field.type < 0xff00 && schema_types()[field.type].form == TypeForm::Enum)
                        enumerator(field.type, ((const uint8_t*)seq.data)[i]);
                    else item(field.type, &seq.data[i]);
                }
                m_out += ']';
                continue;
            }
            if (field.quantity == Quantity::OPTIONAL && field.type != TYPE_INT && !*(const void* const*)at) continue;
            name(field.name);
            item(field.type, at);
        }
        if (m_attributes && type.has_position) {
            auto& position = *(const Position*)((const char*)data + type.position_offset);
            name("lineno");
            number(position.lineno);
            name("col_offset");
            number(position.col_offset);
            name("end_lineno");
            number(position.end_lineno);
            name("end_col_offset");
            number(position.end_col_offset);
        }
        m_out += ')';
    }

private:
    void number(int value) {
        char text[16];
        auto end = std::to_chars(text, text + sizeof text, value).ptr;
        m_out.append(text, (size_t)(end - text));
    }
    void enumerator(uint16_t type, uint8_t value) {
        m_out += schema_types()[type].nodes[value].name;
        m_out += "()";
    }
    void item(uint16_t type, const void* at) {
        switch (type) {
        case TYPE_INT: number(*(const int32_t*)at); return;
        case TYPE_IDENTIFIER:
        case TYPE_STRING: dump_text((*(const Text* const*)at)->view(), false, m_out); return;
        case TYPE_CONSTANT: dump_constant(*(const ConstantValue*)at, m_out); return;
        }
        const TypeInfo& info = schema_types()[type];
        if (info.form == TypeForm::Enum) {
            enumerator(type, *(const uint8_t*)at);
            return;
        }
        const void* pointee = *(const void* const*)at;
        if (!pointee) {
            m_out += "None";
        } else if (m_depth >= MAX_DEPTH) {
            m_out += "...";
        } else {
            m_depth++;
            node(info, pointee);
            m_depth--;
        }
    }

    // Deeper trees are cut off: the parser makes chains of any length without recursion.
    static constexpr int MAX_DEPTH = 10000;

    bool m_attributes;
    int m_depth = 0;
    base::String& m_out;
};

} // namespace

void dump_constant(const ConstantValue& value, base::String& out) {
    using Kind = ConstantValue::Kind;
    switch (value.kind) {
    case Kind::None: out += "None"; return;
    case Kind::False: out += "False"; return;
    case Kind::True: out += "True"; return;
    case Kind::Ellipsis: out += "Ellipsis"; return;
    case Kind::Int: {
        char text[32];
        out.append(text, (size_t)(std::to_chars(text, text + sizeof text, value.integer).ptr - text));
        return;
    }
    case Kind::BigInt: {
        mpz_t big;
        mpz_roinit_n(big, (const mp_limb_t*)value.limbs, value.negative ? -(mp_size_t)value.size : value.size);
        base::String text(mpz_sizeinbase(big, 10) + 2, '\0'); // a sign and the end
        mpz_get_str(text.data(), 10, big);
        out += text.c_str();
        return;
    }
    case Kind::Float: dump_float(value.real, out); return;
    case Kind::Complex: dump_complex(value.real, value.imaginary, out); return;
    case Kind::Str: dump_text(value.view(), false, out); return;
    case Kind::Bytes: dump_text(value.view(), true, out); return;
    case Kind::Tuple:
    case Kind::FrozenSet:
        out += value.kind == Kind::Tuple ? "(" : "frozenset({";
        for (uint32_t i = 0; i < value.size; i++) {
            if (i) out += ", ";
            dump_constant(value.items[i], out);
        }
        if (value.kind == Kind::Tuple && value.size == 1) out += ',';
        out += value.kind == Kind::Tuple ? ")" : "})";
        return;
    case Kind::Slice:
    case Kind::Code:
    case Kind::Object: out += "<object>"; return;
    }
}

void dump_tree(const ModNode* tree, bool include_attributes, base::String& out) {
    Dumper(include_attributes, out).node(schema_types()[0], tree);
}

} // namespace taipan::syntax
