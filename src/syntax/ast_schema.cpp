#include "syntax/ast_schema.h"

#include "syntax/ast.h"

#include <cstddef>

namespace taipan::syntax {

namespace {

enum TypeIndex : uint16_t {
#define AST_SUM_BEGIN(Cpp, python, position) index_##python,
#define AST_PRODUCT_BEGIN(Cpp, python, position) index_##python,
#define AST_ENUM_BEGIN(Cpp, python) index_##python,
#include "syntax/ast.def"
    index_identifier = TYPE_IDENTIFIER,
    index_string = TYPE_STRING,
    index_int = TYPE_INT,
    index_constant = TYPE_CONSTANT,
};

// One holder a node: its fields, then a sentinel because a node may have none.
#define AST_NODE_BEGIN(Cpp, Made)                                                                                                          \
    struct Made##Fields {                                                                                                                  \
        using Struct = Made;                                                                                                               \
        static constexpr FieldInfo rows[] = {
#define AST_NODE_END(Cpp, Node)                                                                                                            \
    {                                                                                                                                      \
    }                                                                                                                                      \
    }                                                                                                                                      \
    ;                                                                                                                                      \
    }                                                                                                                                      \
    ;
#define AST_PRODUCT_BEGIN(Cpp, python, position)                                                                                           \
    struct Cpp##Fields {                                                                                                                   \
        using Struct = Cpp;                                                                                                                \
        static constexpr FieldInfo rows[] = {
#define AST_PRODUCT_END(Cpp, python, position)                                                                                             \
    {                                                                                                                                      \
    }                                                                                                                                      \
    }                                                                                                                                      \
    ;                                                                                                                                      \
    }                                                                                                                                      \
    ;
#define AST_FIELD(quantity, type, name) {#name, #type, Quantity::quantity, (uint16_t)offsetof(Struct, name), index_##type},
#include "syntax/ast.def"

template <class Fields> constexpr NodeInfo node_info(const char* name) {
    constexpr size_t count = sizeof(Fields::rows) / sizeof(FieldInfo) - 1;
    return {name, {Fields::rows, count}, (uint16_t)sizeof(typename Fields::Struct)};
}

#define AST_SUM_BEGIN(Cpp, python, position) constexpr NodeInfo python##_nodes[] = {
#define AST_NODE_BEGIN(Cpp, Made) node_info<Made##Fields>(#Made),
#define AST_SUM_END(Cpp, python, position)                                                                                                 \
    }                                                                                                                                      \
    ;
#define AST_PRODUCT_BEGIN(Cpp, python, position) constexpr NodeInfo python##_nodes[] = {node_info<Cpp##Fields>(#python)};
#define AST_ENUM_BEGIN(Cpp, python) constexpr NodeInfo python##_nodes[] = {
#define AST_ENUM_VALUE(Cpp, value) {#value, {}, 0},
#define AST_ENUM_END(Cpp, python)                                                                                                          \
    }                                                                                                                                      \
    ;
#include "syntax/ast.def"

template <class Node> constexpr uint16_t position_offset() {
    if constexpr (requires(Node n) {
                      n.lineno;
                      n.end_lineno;
                  })
        return (uint16_t)offsetof(Node, lineno);
    return 0;
}

constexpr bool is_POSITION = true;
constexpr bool is_NO_POSITION = false;
constexpr TypeInfo types[] = {
#define AST_SUM_BEGIN(Cpp, python, position)                                                                                               \
    {#python, TypeForm::Sum, is_##position, (uint16_t)offsetof(Cpp##Node, kind), position_offset<Cpp##Node>(), python##_nodes},
#define AST_PRODUCT_BEGIN(Cpp, python, position) {#python, TypeForm::Product, is_##position, 0, position_offset<Cpp>(), python##_nodes},
#define AST_ENUM_BEGIN(Cpp, python) {#python, TypeForm::Enum, false, 0, 0, python##_nodes},
#include "syntax/ast.def"
};

} // namespace

std::span<const TypeInfo> schema_types() { return types; }

} // namespace taipan::syntax
