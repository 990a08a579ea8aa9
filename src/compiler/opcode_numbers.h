// The instruction set of Python 3.14 as constants and tables, all generated from opcodes.def.
// Numbers of 256 and above are pseudo instructions: they exist only between code generation and the assembler.
#pragma once

#include <cstdint>
#include <string_view>

namespace taipan::compiler {

enum OpcodeFlags : uint16_t {
    HAS_ARG = 1 << 0,
    HAS_CONST = 1 << 1,
    HAS_NAME = 1 << 2,
    HAS_JUMP = 1 << 3,
    HAS_FREE = 1 << 4,
    HAS_LOCAL = 1 << 5,
    HAS_EXC = 1 << 6, // pseudo instructions that open a block with a handler
    HAS_EVAL_BREAK = 1 << 7,
};

enum class Opcode : uint16_t {
#define OP(name, number, caches, flags, pop, push) name = number,
#include "compiler/opcodes.def"
};

constexpr int FIRST_INSTRUMENTED_OPCODE = 234;
constexpr int FIRST_PSEUDO_OPCODE = 256;
constexpr int OPCODE_TABLE_SIZE = 267;
// Numbers below this one ignore their operand.
constexpr int FIRST_OPCODE_WITH_ARGUMENT = 44;

struct OpcodeInfo {
    const char* name = nullptr; // null: no such instruction (a specialised form, or a gap)
    uint16_t flags = 0;
    uint8_t cache_units = 0;
};

struct OpcodeTable {
    OpcodeInfo rows[OPCODE_TABLE_SIZE];
};

constexpr OpcodeTable make_opcode_table() {
    OpcodeTable table;
#define OP(name, number, caches, flags, pop, push) table.rows[number] = {#name, flags, caches};
#include "compiler/opcodes.def"
    return table;
}

inline constexpr OpcodeTable OPCODES = make_opcode_table();

constexpr const OpcodeInfo& opcode_info(Opcode op) { return OPCODES.rows[static_cast<int>(op)]; }
constexpr bool opcode_has(Opcode op, uint16_t flags) { return (opcode_info(op).flags & flags) != 0; }

constexpr int stack_pops(Opcode op, int oparg) {
    switch (op) {
#define OP(name, number, caches, flags, pop, push)                                                                                         \
    case Opcode::name: return pop;
#include "compiler/opcodes.def"
    }
    return 0;
}

constexpr int stack_pushes(Opcode op, int oparg) {
    switch (op) {
#define OP(name, number, caches, flags, pop, push)                                                                                         \
    case Opcode::name: return push;
#include "compiler/opcodes.def"
    }
    return 0;
}

// The operand of BINARY_OP.
enum class BinaryOperation : uint8_t {
    Add,
    And,
    FloorDivide,
    LeftShift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    RightShift,
    Subtract,
    TrueDivide,
    Xor,
    InplaceAdd,
    InplaceAnd,
    InplaceFloorDivide,
    InplaceLeftShift,
    InplaceMatrixMultiply,
    InplaceMultiply,
    InplaceRemainder,
    InplaceOr,
    InplacePower,
    InplaceRightShift,
    InplaceSubtract,
    InplaceTrueDivide,
    InplaceXor,
    Subscript,
};

// The operands of CALL_INTRINSIC_1 and CALL_INTRINSIC_2.
enum class Intrinsic1 : uint8_t {
    Invalid,
    Print,
    ImportStar,
    StopIterationError,
    AsyncGenWrap,
    UnaryPositive,
    ListToTuple,
    TypeVar,
    ParamSpec,
    TypeVarTuple,
    SubscriptGeneric,
    TypeAlias,
};
enum class Intrinsic2 : uint8_t {
    Invalid,
    PrepareReraiseStar,
    TypeVarWithBound,
    TypeVarWithConstraints,
    SetFunctionTypeParams,
    SetTypeParamDefault,
};

// The operand of LOAD_SPECIAL and of LOAD_COMMON_CONSTANT.
enum class SpecialMethod : uint8_t { Enter, Exit, AsyncEnter, AsyncExit };
enum class CommonConstant : uint8_t { AssertionError, NotImplementedError, Tuple, All, Any };

// The low bits of RESUME's operand say where it stands; 4 marks that the code below is at depth one of exception
// blocks.
constexpr int RESUME_AT_FUNCTION_START = 0;
constexpr int RESUME_AFTER_YIELD = 1;
constexpr int RESUME_AFTER_YIELD_FROM = 2;
constexpr int RESUME_AFTER_AWAIT = 3;
constexpr int RESUME_DEPTH_ONE = 4;

// The operand of SET_FUNCTION_ATTRIBUTE.
constexpr int FUNCTION_DEFAULTS = 0x01;
constexpr int FUNCTION_KEYWORD_DEFAULTS = 0x02;
constexpr int FUNCTION_ANNOTATIONS = 0x04;
constexpr int FUNCTION_CLOSURE = 0x08;
constexpr int FUNCTION_ANNOTATE = 0x10;

} // namespace taipan::compiler
