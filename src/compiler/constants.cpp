#include "compiler/constants.h"

#include <cmath>

namespace taipan::compiler {

using Kind = ConstantValue::Kind;

static size_t mix(size_t hash, size_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15u + (hash >> 29); }

static size_t hash_bytes(size_t hash, const void* data, size_t size) {
    return mix(hash, std::hash<std::string_view>()({(const char*)data, size}));
}

// Every NaN is an object of its own.
static bool same_float(double a, double b) { return a == a && memcmp(&a, &b, sizeof a) == 0; }

static size_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

template <class T> static bool same_items(std::span<const T> a, std::span<const T> b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); i++)
        if (!(a[i] == b[i])) return false;
    return true;
}

// A `finally` is compiled more than once: its functions must come out as one constant.
static bool same_code(const CodeUnit& a, const CodeUnit& b) {
    if (&a == &b) return true;
    if (a.name != b.name || a.argcount != b.argcount || a.posonlyargcount != b.posonlyargcount || a.kwonlyargcount != b.kwonlyargcount ||
        a.flags != b.flags || a.firstlineno != b.firstlineno || !same_items(a.bytecode, b.bytecode) || !same_items(a.names, b.names) ||
        !same_items(a.localsplusnames, b.localsplusnames) || !same_items(a.linetable, b.linetable) ||
        !same_items(a.exceptiontable, b.exceptiontable) || a.consts.size() != b.consts.size())
        return false;
    for (size_t i = 0; i < a.consts.size(); i++)
        if (!constants_identical(a.consts[i], b.consts[i])) return false;
    return true;
}

size_t constant_hash(const ConstantValue& value) {
    size_t hash = (size_t)value.kind + 1;
    switch (value.kind) {
    case Kind::None:
    case Kind::False:
    case Kind::True:
    case Kind::Ellipsis: return hash;
    case Kind::Int: return mix(hash, (size_t)value.integer);
    case Kind::BigInt: return hash_bytes(hash + value.negative, value.limbs, value.size * 8);
    case Kind::Float: return mix(hash, bits_of(value.real));
    case Kind::Complex: return mix(mix(hash, bits_of(value.real)), bits_of(value.imaginary));
    case Kind::Str:
    case Kind::Bytes: return hash_bytes(hash, value.text, value.size);
    case Kind::Tuple:
    case Kind::Slice:
        for (uint32_t i = 0; i < value.size; i++) hash = mix(hash, constant_hash(value.items[i]));
        return hash;
    case Kind::FrozenSet: {
        size_t sum = 0;
        for (uint32_t i = 0; i < value.size; i++) sum += constant_hash(value.items[i]);
        return mix(hash, sum);
    }
    case Kind::Object: return mix(hash, (size_t)value.object);
    case Kind::Code: {
        const CodeUnit* code = code_of(value);
        // Lambdas on one line differ in their columns only.
        hash = hash_bytes(hash, code->linetable.data(), code->linetable.size());
        return mix(hash_bytes(hash, code->bytecode.data(), code->bytecode.size()), (size_t)code->firstlineno);
    }
    }
    return hash;
}

bool constants_identical(const ConstantValue& a, const ConstantValue& b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
    case Kind::None:
    case Kind::False:
    case Kind::True:
    case Kind::Ellipsis: return true;
    case Kind::Int: return a.integer == b.integer;
    case Kind::BigInt: return a.negative == b.negative && a.size == b.size && memcmp(a.limbs, b.limbs, a.size * 8) == 0;
    case Kind::Float: return same_float(a.real, b.real);
    case Kind::Complex: return same_float(a.real, b.real) && same_float(a.imaginary, b.imaginary);
    case Kind::Str:
    case Kind::Bytes: return a.view() == b.view();
    case Kind::Tuple:
    case Kind::Slice:
        if (a.size != b.size) return false;
        for (uint32_t i = 0; i < a.size; i++)
            if (!constants_identical(a.items[i], b.items[i])) return false;
        return true;
    case Kind::FrozenSet:
        if (a.size != b.size) return false;
        for (uint32_t i = 0; i < a.size; i++) {
            bool found = false;
            for (uint32_t j = 0; j < b.size && !found; j++) found = constants_identical(a.items[i], b.items[j]);
            if (!found) return false;
        }
        return true;
    case Kind::Object: return a.object == b.object;
    case Kind::Code: return same_code(*code_of(a), *code_of(b));
    }
    return false;
}

const char* constant_type_name(const ConstantValue& value) {
    switch (value.kind) {
    case Kind::None: return "NoneType";
    case Kind::False:
    case Kind::True: return "bool";
    case Kind::Ellipsis: return "ellipsis";
    case Kind::Int:
    case Kind::BigInt: return "int";
    case Kind::Float: return "float";
    case Kind::Complex: return "complex";
    case Kind::Str: return "str";
    case Kind::Bytes: return "bytes";
    case Kind::Tuple: return "tuple";
    case Kind::FrozenSet: return "frozenset";
    case Kind::Slice: return "slice";
    case Kind::Code: return "code";
    case Kind::Object: return "object";
    }
    return "object";
}

bool constant_truth(const ConstantValue& value) {
    switch (value.kind) {
    case Kind::None:
    case Kind::False: return false;
    case Kind::True:
    case Kind::Ellipsis:
    case Kind::BigInt:
    case Kind::Slice:
    case Kind::Code:
    case Kind::Object: return true;
    case Kind::Int: return value.integer != 0;
    case Kind::Float: return value.real != 0;
    case Kind::Complex: return value.real != 0 || value.imaginary != 0;
    case Kind::Str:
    case Kind::Bytes:
    case Kind::Tuple:
    case Kind::FrozenSet: return value.size != 0;
    }
    return true;
}

static bool is_number(const ConstantValue& v, double& real, double& imaginary, bool& exact) {
    imaginary = 0;
    exact = true;
    switch (v.kind) {
    case Kind::False: real = 0; return true;
    case Kind::True: real = 1; return true;
    case Kind::Int:
        real = (double)v.integer;
        exact = v.integer >= -(1LL << 53) && v.integer <= 1LL << 53;
        return true;
    case Kind::Float: real = v.real; return true;
    case Kind::Complex:
        real = v.real;
        imaginary = v.imaginary;
        return true;
    default: return false;
    }
}

bool constants_equal(const ConstantValue& a, const ConstantValue& b) {
    if (a.kind == Kind::Float && b.kind == Kind::Float) return a.real == b.real;
    if (constants_identical(a, b)) return true;
    double ar, ai, br, bi;
    bool a_exact, b_exact;
    if (is_number(a, ar, ai, a_exact) && is_number(b, br, bi, b_exact)) return ar == br && ai == bi && a_exact && b_exact;
    if (a.kind == b.kind && a.kind == Kind::Tuple) {
        if (a.size != b.size) return false;
        for (uint32_t i = 0; i < a.size; i++)
            if (!constants_equal(a.items[i], b.items[i])) return false;
        return true;
    }
    return false;
}

ConstantValue tuple_constant(base::Arena& arena, const base::Vector<ConstantValue>& items) {
    auto* copy = arena.make_array<ConstantValue>(items.size());
    for (size_t i = 0; i < items.size(); i++) new (&copy[i]) ConstantValue(items[i]);
    return ConstantValue::of_tuple(copy, (uint32_t)items.size());
}

ConstantValue frozenset_constant(base::Arena& arena, const base::Vector<ConstantValue>& items) {
    base::Vector<ConstantValue> distinct;
    for (const ConstantValue& item : items) {
        bool known = false;
        for (const ConstantValue& other : distinct) known |= constants_equal(item, other);
        if (!known) distinct.push_back(item);
    }
    ConstantValue value = tuple_constant(arena, distinct);
    value.kind = Kind::FrozenSet;
    return value;
}

int ConstantPool::add(const ConstantValue& value) {
    size_t hash = constant_hash(value);
    auto [from, to] = m_index.equal_range(hash);
    int best = -1;
    for (; from != to; ++from)
        if (constants_identical(m_values[(size_t)from->second], value)) best = from->second;
    if (best >= 0) return best;
    m_values.push_back(value);
    m_index.emplace(hash, (int)m_values.size() - 1);
    return (int)m_values.size() - 1;
}

void ConstantPool::compact(const base::Vector<bool>& kept) {
    base::Vector<ConstantValue> values;
    for (size_t i = 0; i < m_values.size(); i++)
        if (kept[i]) values.push_back(m_values[i]);
    m_values = std::move(values);
    m_index.clear();
    for (size_t i = 0; i < m_values.size(); i++) m_index.emplace(constant_hash(m_values[i]), (int)i);
}

} // namespace taipan::compiler
