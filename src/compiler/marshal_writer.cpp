#include "compiler/marshal_writer.h"

#include <unordered_map>
#include <vector>

namespace taipan::compiler {

using syntax::ConstantValue;
using Kind = ConstantValue::Kind;

namespace {

constexpr uint8_t FLAG_REF = 0x80;

class Writer {
public:
    std::string out;

    void code(const CodeUnit& c) {
        byte('c');
        int32((int32_t)c.argcount);
        int32((int32_t)c.posonlyargcount);
        int32((int32_t)c.kwonlyargcount);
        int32((int32_t)c.stacksize);
        int32((int32_t)c.flags);
        bytes(view(c.bytecode));
        tuple_head(c.consts.size());
        for (const ConstantValue& value : c.consts) constant(value);
        names(c.names);
        names(c.localsplusnames);
        bytes(view(c.localspluskinds));
        text(c.filename, false);
        text(c.name, true);
        text(c.qualname, true);
        int32(c.firstlineno);
        bytes(view(c.linetable));
        bytes(view(c.exceptiontable));
    }

    void constant(const ConstantValue& v) {
        switch (v.kind) {
        case Kind::None:
        case Kind::Object: return byte('N');
        case Kind::False: return byte('F');
        case Kind::True: return byte('T');
        case Kind::Ellipsis: return byte('.');
        case Kind::Int: return integer(v);
        case Kind::BigInt: return digits(v.limbs, v.size, v.negative);
        case Kind::Float: byte('g'); return real(v.real);
        case Kind::Complex:
            byte('y');
            real(v.real);
            return real(v.imaginary);
        case Kind::Str: return text(v.view(), is_name_like(v.view()));
        case Kind::Bytes: return bytes(v.view());
        case Kind::Tuple: tuple_head(v.size); break;
        case Kind::FrozenSet:
            byte('>');
            int32((int32_t)v.size);
            break;
        case Kind::Slice: byte(':'); break;
        case Kind::Code: return code(*code_of(v));
        }
        for (uint32_t i = 0; i < v.size; i++) constant(v.items[i]);
    }

private:
    void byte(uint8_t value) { out += (char)value; }
    void int32(int32_t value) { out.append((const char*)&value, 4); }
    void real(double value) { out.append((const char*)&value, 8); }
    static std::string_view view(std::span<const uint8_t> data) { return {(const char*)data.data(), data.size()}; }

    void integer(const ConstantValue& v) {
        if (v.integer >= INT32_MIN && v.integer <= INT32_MAX) {
            byte('i');
            return int32((int32_t)v.integer);
        }
        uint64_t magnitude = v.integer < 0 ? 0 - (uint64_t)v.integer : (uint64_t)v.integer;
        digits(&magnitude, 1, v.integer < 0);
    }

    // Fifteen bits a digit, least significant first.
    void digits(const uint64_t* limbs, size_t size, bool negative) {
        std::vector<uint16_t> result;
        unsigned __int128 pending = 0;
        int bits = 0;
        for (size_t i = 0; i < size; i++) {
            pending |= (unsigned __int128)limbs[i] << bits;
            for (bits += 64; bits >= 15; bits -= 15) {
                result.push_back((uint16_t)(pending & 0x7FFF));
                pending >>= 15;
            }
        }
        if (pending) result.push_back((uint16_t)pending);
        while (!result.empty() && !result.back()) result.pop_back();
        byte('l');
        int32(negative ? -(int32_t)result.size() : (int32_t)result.size());
        for (uint16_t digit : result) out.append((const char*)&digit, 2);
    }

    void bytes(std::string_view data) {
        byte('s');
        int32((int32_t)data.size());
        out += data;
    }

    void tuple_head(size_t size) {
        if (size < 256) {
            byte(')');
            byte((uint8_t)size);
        } else {
            byte('(');
            int32((int32_t)size);
        }
    }

    void names(std::span<const std::string_view> list) {
        tuple_head(list.size());
        for (std::string_view name : list) text(name, true);
    }

    static bool is_name_like(std::string_view text) {
        for (char c : text)
            if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
        return true;
    }

    void text(std::string_view value, bool interned) {
        std::string key(1, interned ? 'i' : 'p');
        key += value;
        auto [known, fresh] = m_texts.try_emplace(std::move(key), (int32_t)m_texts.size());
        if (!fresh) {
            byte('r');
            return int32(known->second);
        }
        bool ascii = true;
        for (char c : value) ascii &= !((unsigned char)c & 0x80);
        if (ascii && value.size() < 256) {
            byte((uint8_t)((interned ? 'Z' : 'z') | FLAG_REF));
            byte((uint8_t)value.size());
        } else {
            byte((uint8_t)((ascii ? interned ? 'A' : 'a' : interned ? 't' : 'u') | FLAG_REF));
            int32((int32_t)value.size());
        }
        out += value;
    }

    std::unordered_map<std::string, int32_t> m_texts;
};

} // namespace

std::string marshal_code(const CodeUnit& code) {
    Writer writer;
    writer.code(code);
    return std::move(writer.out);
}

std::string marshal_constant(const ConstantValue& value) {
    Writer writer;
    writer.constant(value);
    return std::move(writer.out);
}

std::string pyc_header(uint32_t source_mtime, uint32_t source_size) {
    uint32_t words[4] = {PYC_MAGIC, 0, source_mtime, source_size};
    return std::string((const char*)words, sizeof words);
}

} // namespace taipan::compiler
