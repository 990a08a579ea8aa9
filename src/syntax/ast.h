// The abstract syntax tree: plain structs generated from ast.def, allocated in an arena, owning nothing.
// A sum `expr` is the base `ExprNode` (its `kind` tells which struct it is, `as<Name>(e)` casts), its constructors have
// their Python names. Lines count from 1, columns are UTF-8 bytes from 0. Optional fields may be null, as may elements
// of Dict.keys and arguments.kw_defaults. (Constant's own field `kind` hides the base's: ask the ExprNode.) Identifiers
// are NFKC-normalised and interned per tree: equal means same pointer.
#pragma once

#include "syntax/constant.h"

#include <cassert>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace taipan::syntax {

// Immutable text in the arena, zero-terminated.
struct Text {
    uint32_t size;
    uint32_t hash;
    char data[1];

    std::string_view view() const { return {data, size}; }
};
using Identifier = const Text*;

template <class T> struct Seq {
    T* data = nullptr;
    uint32_t size = 0;

    T* begin() const { return data; }
    T* end() const { return data + size; }
    bool empty() const { return size == 0; }
    T& operator[](uint32_t index) const {
        assert(index < size);
        return data[index];
    }
    T& front() const { return (*this)[0]; }
    T& back() const { return (*this)[size - 1]; }
};

struct Position {
    int32_t lineno = 0;
    int32_t col_offset = 0;
    int32_t end_lineno = 0;
    int32_t end_col_offset = 0;
};
struct NoPosition {};

#define AST_ENUM_BEGIN(Cpp, python) enum class Cpp : uint8_t {
#define AST_ENUM_VALUE(Cpp, value) value,
#define AST_ENUM_END(Cpp, python)                                                                                                          \
    }                                                                                                                                      \
    ;
#include "syntax/ast.def"

#define AST_SUM_BEGIN(Cpp, python, position) enum class Cpp##Kind : uint8_t {
#define AST_NODE_BEGIN(Cpp, Made) Made,
#define AST_SUM_END(Cpp, python, position)                                                                                                 \
    }                                                                                                                                      \
    ;
#include "syntax/ast.def"

#define AST_BASE_POSITION Position
#define AST_BASE_NO_POSITION NoPosition
#define AST_SUM_BEGIN(Cpp, python, position)                                                                                               \
    struct Cpp##Node : AST_BASE_##position {                                                                                               \
        Cpp##Kind kind;                                                                                                                    \
    };
#define AST_PRODUCT_BEGIN(Cpp, python, position) struct Cpp;
#include "syntax/ast.def"

// How an ASDL type is held in a field.
using type_identifier = Identifier;
using type_string = const Text*;
using type_constant = ConstantValue;
using type_int = int32_t;
#define AST_SUM_BEGIN(Cpp, python, position) using type_##python = Cpp##Node*;
#define AST_PRODUCT_BEGIN(Cpp, python, position) using type_##python = Cpp*;
#define AST_ENUM_BEGIN(Cpp, python) using type_##python = Cpp;
#include "syntax/ast.def"

#define AST_HOLD_ONE(type) type
#define AST_HOLD_OPTIONAL(type) type
#define AST_HOLD_SEQUENCE(type) Seq<type>
#define AST_HOLD_SEQUENCE_OF_OPTIONAL(type) Seq<type>
#define AST_NODE_BEGIN(Cpp, Made)                                                                                                          \
    struct Made : Cpp##Node {                                                                                                              \
        using Base = Cpp##Node;                                                                                                            \
        static constexpr Cpp##Kind KIND = Cpp##Kind::Made;
#define AST_NODE_END(Cpp, Node)                                                                                                            \
    }                                                                                                                                      \
    ;
#define AST_PRODUCT_BEGIN(Cpp, python, position) struct Cpp : AST_BASE_##position {
#define AST_PRODUCT_END(Cpp, python, position)                                                                                             \
    }                                                                                                                                      \
    ;
#define AST_FIELD(quantity, type, name) AST_HOLD_##quantity(type_##type) name{};
#include "syntax/ast.def"
#undef AST_HOLD_ONE
#undef AST_HOLD_OPTIONAL
#undef AST_HOLD_SEQUENCE
#undef AST_HOLD_SEQUENCE_OF_OPTIONAL
#undef AST_BASE_POSITION
#undef AST_BASE_NO_POSITION

// The constructor struct behind a sum, which the caller knows from `kind`.
template <class Node, class Base> auto as(Base* base) {
    using Result = std::conditional_t<std::is_const_v<Base>, const Node, Node>;
    assert(base->kind == Node::KIND);
    return static_cast<Result*>(base);
}
template <class Node, class Base> auto as_if(Base* base) {
    using Result = std::conditional_t<std::is_const_v<Base>, const Node, Node>;
    return base && base->kind == Node::KIND ? static_cast<Result*>(base) : (Result*)nullptr;
}

} // namespace taipan::syntax
