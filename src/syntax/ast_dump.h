// The text of `ast.dump(tree, include_attributes=...)`.
#pragma once

#include "base/scoped_containers.h"
#include "syntax/ast.h"

namespace taipan::syntax {

void dump_tree(const ModNode* tree, bool include_attributes, base::String& out);
// repr() of a constant.
void dump_constant(const ConstantValue& value, base::String& out);

} // namespace taipan::syntax
