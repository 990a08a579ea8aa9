// The text of `ast.dump(tree, include_attributes=...)`.
#pragma once

#include "syntax/ast.h"

#include <string>

namespace taipan::syntax {

void dump_tree(const ModNode* tree, bool include_attributes, std::string& out);
// repr() of a constant.
void dump_constant(const ConstantValue& value, std::string& out);

} // namespace taipan::syntax
