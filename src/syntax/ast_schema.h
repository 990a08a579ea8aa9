// The shape of the syntax tree as data, generated from ast.def: for what treats all nodes alike (dump, the `_ast`
// module).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace taipan::syntax {

enum class Quantity : uint8_t { ONE, OPTIONAL, SEQUENCE, SEQUENCE_OF_OPTIONAL };

struct FieldInfo {
    const char* name;
    const char* type_name; // as ASDL says it: "expr", "identifier"
    Quantity quantity;
    uint16_t offset; // in the node's struct
    uint16_t type;   // index into schema_types(), or a TYPE_ constant
};

// Values of FieldInfo::type that are no index.
constexpr uint16_t TYPE_IDENTIFIER = 0xfff0;
constexpr uint16_t TYPE_STRING = 0xfff1;
constexpr uint16_t TYPE_INT = 0xfff2;
constexpr uint16_t TYPE_CONSTANT = 0xfff3;

struct NodeInfo {
    const char* name; // "BinOp"; a product's own name: "arguments"
    std::span<const FieldInfo> fields;
    uint16_t struct_size;
};

enum class TypeForm : uint8_t { Sum, Product, Enum };

struct TypeInfo {
    const char* name; // "expr"
    TypeForm form;
    bool has_position;
    uint16_t kind_offset;            // of a sum's `kind`
    uint16_t position_offset;        // of the Position, if it has one
    std::span<const NodeInfo> nodes; // by kind; a product has one; an enum's have no fields
};

std::span<const TypeInfo> schema_types();
/// Whether `end_lineno` and `end_col_offset` of the type's nodes may be left out; Python.asdl has them optional but here.
inline bool end_position_is_optional(std::string_view type) { return type != "pattern" && type != "type_param"; }

} // namespace taipan::syntax
