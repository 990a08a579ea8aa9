// Writes code as `marshal` (version 5) does, loadable by CPython 3.14 and Taipan alike. Equal texts are written once
// and referred to; names and name-like constants are marked for interning.
#pragma once

#include "compiler/code_unit.h"

#include <cstdint>
#include <string>

namespace taipan::compiler {

// The first four bytes of a 3.14 .pyc.
constexpr uint32_t PYC_MAGIC = 3627 | (uint32_t)'\r' << 16 | (uint32_t)'\n' << 24;

std::string marshal_code(const CodeUnit& code);
std::string marshal_constant(const syntax::ConstantValue& value);

// The 16-byte header of a .pyc that is checked against its source's time and size.
std::string pyc_header(uint32_t source_mtime, uint32_t source_size);

} // namespace taipan::compiler
