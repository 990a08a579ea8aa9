// A code unit under construction: one scope's names, constants, blocks and instructions.
#pragma once

#include "compiler/constants.h"
#include "compiler/instruction_sequence.h"
#include "compiler/symtable.h"

#include <string_view>

namespace taipan::compiler {

enum class ScopeType : uint8_t { Module, Class, Function, AsyncFunction, Lambda, Comprehension, Annotations };

// Names to indices, in order of first use.
class NameIndex {
public:
    int add(Identifier name) {
        auto [at, fresh] = m_index.try_emplace(name, (int)names.size());
        if (fresh) names.push_back(name);
        return at->second;
    }
    int find(Identifier name) const {
        auto found = m_index.find(name);
        return found == m_index.end() ? -1 : found->second;
    }
    int size() const { return (int)names.size(); }

    base::Vector<Identifier> names;

private:
    base::HashMap<Identifier, int> m_index;
};

enum class BlockKind : uint8_t {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
};

// A construct that leaving jumps must undo.
struct FrameBlock {
    BlockKind kind;
    Label block;
    Label exit;
    Location location;
    const syntax::Seq<syntax::StmtNode*>* finalbody = nullptr; // FinallyTry
    Identifier name = nullptr;                                 // HandlerCleanup: the exception's name
};

struct DeferredAnnotation {
    const syntax::AnnAssign* statement;
    int conditional_index; // -1: unconditional
};

struct Unit : base::ScopedObject {
    SymtableEntry* entry = nullptr;
    ScopeType type = ScopeType::Module;
    Identifier class_name = nullptr; // for mangling
    base::String name;
    base::String qualname;
    int argcount = 0;
    int posonlyargcount = 0;
    int kwonlyargcount = 0;
    int firstlineno = 1;
    bool first_argument_is_format = false;

    ConstantPool consts;
    NameIndex names;
    NameIndex varnames;
    NameIndex cellvars;                                    // indices from 0
    NameIndex freevars;                                    // indices from cellvars.size()
    base::Vector<std::pair<Identifier, bool>> fast_hidden; // locals of inlined comprehensions; true while inside one

    InstructionSequence code;
    InstructionSequence* current = nullptr; // `code`, or the annotations' own sequence
    InstructionSequence annotations;

    base::Vector<FrameBlock> blocks;
    base::Vector<Identifier> static_attributes;
    base::Vector<DeferredAnnotation> deferred_annotations;
    int next_conditional_index = 0;
    int in_inlined_comprehension = 0;
    size_t inlined_blocks = 0; // of comprehensions around this place, which count as nested blocks
    bool in_conditional_block = false;

    bool* hidden(Identifier wanted) {
        for (auto& [key, value] : fast_hidden)
            if (key == wanted) return &value;
        return nullptr;
    }
};

// Optimises and assembles a unit. `flags` are its co_flags. False on failure.
class Context;
bool assemble_unit(Context& context, Unit& unit, uint32_t flags, CodeUnit& out);

} // namespace taipan::compiler
