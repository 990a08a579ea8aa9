// What a compilation produces: a code object as plain data, free of runtime objects. Constants are neutral; nested code
// is a constant of kind Code whose `object` is a CodeUnit. Everything lives in the arena that compile() was given.
#pragma once

#include "compiler/code_flags.h"
#include "syntax/ast.h"
#include "syntax/constant.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace taipan::compiler {

// The kind of a fast local, as in co_localspluskinds.
enum LocalKind : uint8_t {
    LOCAL_ARG_POS = 0x02,
    LOCAL_ARG_KW = 0x04,
    LOCAL_ARG_VAR = 0x08,
    LOCAL_HIDDEN = 0x10,
    LOCAL_LOCAL = 0x20,
    LOCAL_CELL = 0x40,
    LOCAL_FREE = 0x80,
};

struct CodeUnit {
    uint32_t argcount = 0;
    uint32_t posonlyargcount = 0;
    uint32_t kwonlyargcount = 0;
    uint32_t stacksize = 0;
    uint32_t flags = 0;
    int32_t firstlineno = 0;
    std::span<const uint8_t> bytecode; // two bytes a unit, caches included
    std::span<const syntax::ConstantValue> consts;
    std::span<const std::string_view> names;
    std::span<const std::string_view> localsplusnames;
    std::span<const uint8_t> localspluskinds;
    std::string_view filename;
    std::string_view name;
    std::string_view qualname;
    std::span<const uint8_t> linetable;
    std::span<const uint8_t> exceptiontable;
};

inline const CodeUnit* code_of(const syntax::ConstantValue& value) { return (const CodeUnit*)value.object; }

} // namespace taipan::compiler
