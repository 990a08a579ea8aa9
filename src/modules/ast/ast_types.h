// The node classes of the `ast` module: made from the schema once per interpreter, shared by the `_ast` module and the
// conversions between trees and objects.
#pragma once

#include "objects/module.h"
#include "syntax/ast.h"
#include "syntax/ast_schema.h"

namespace taipan::base {
class Arena;
}
namespace taipan::syntax {
class NameTable;
}

namespace taipan::ast {

struct NodeClass {
    Type* type = nullptr;
    Object* singleton = nullptr; // of an operator or context
    Str** fields = nullptr;      // interned names
};
struct TypeClasses {
    Type* type = nullptr; // the sum ("expr"), or the product itself
    NodeClass* nodes = nullptr;
};
/// Everything here is owned by the interpreter and lives as long as it.
struct Classes {
    Type* base = nullptr;         // ast.AST
    TypeClasses* types = nullptr; // as schema_types()
    Str* position[4] = {};        // lineno, col_offset, end_lineno, end_col_offset
    Str *fields_name = nullptr, *attributes_name = nullptr, *field_types_name = nullptr, *dict_name = nullptr;
};
Result<Classes*> classes(Thread& t);

/// AST's own methods, added to the base class.
std::span<const NativeDef> node_methods();
/// Slots of AST itself; Python sees them as slot wrappers.
std::span<const SlotDef> node_slots();

/// Objects to a tree in the arena; TypeError and ValueError as CPython reports malformed nodes.
Result<syntax::ModNode*> tree_from_object(Thread& t, Classes& classes, base::Arena& arena, syntax::NameTable& names,
                                          Borrowed<Object> object);
Result<syntax::ConstantValue> constant_from_object(Thread& t, Classes& classes, base::Arena& arena, syntax::NameTable& names,
                                                   Borrowed<Object> object);
Result<Ref<Object>> object_from_tree(Thread& t, Classes& classes, const syntax::ModNode* tree, Borrowed<Str> filename);
/// What the parser guarantees and a tree made by hand may break: contexts, empty bodies, positions.
Result<void> validate_tree(Thread& t, const syntax::ModNode* tree);

} // namespace taipan::ast
