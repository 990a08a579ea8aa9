// The symbol table: for every block, which names it binds and uses and where each name lives.
// The numbers of SymbolFlags, SymbolScope and BlockType are those the `_symtable` module shows.
#pragma once

#include "base/scoped_containers.h"
#include "compiler/location.h"
#include "syntax/ast.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace taipan::compiler {

class Context;
using syntax::Identifier;

enum SymbolFlags : uint32_t {
    DEF_GLOBAL = 1,
    DEF_LOCAL = 2,
    DEF_PARAM = 4,
    DEF_NONLOCAL = 8,
    SYMBOL_USE = 16,
    DEF_FREE_CLASS = 64,
    DEF_IMPORT = 128,
    DEF_ANNOT = 256,
    DEF_COMP_ITER = 512,
    DEF_TYPE_PARAM = 1024,
    DEF_COMP_CELL = 2048,
    DEF_BOUND = DEF_LOCAL | DEF_PARAM | DEF_IMPORT | DEF_TYPE_PARAM,
};
constexpr int SYMBOL_SCOPE_OFFSET = 12;
constexpr uint32_t SYMBOL_FLAGS_MASK = (1u << SYMBOL_SCOPE_OFFSET) - 1;

enum class SymbolScope : uint8_t { None, Local, GlobalExplicit, GlobalImplicit, Free, Cell };

enum class BlockType : uint8_t { Function, Class, Module, Annotation, TypeAlias, TypeParameters, TypeVariable };

enum class ComprehensionKind : uint8_t { None, List, Dict, Set, Generator };

// Names to flags in the order of first mention.
class SymbolMap {
public:
    using Entry = std::pair<Identifier, uint32_t>;

    uint32_t* find(Identifier name) {
        if (m_entries.size() <= LINEAR) {
            for (Entry& entry : m_entries)
                if (entry.first == name) return &entry.second;
            return nullptr;
        }
        auto found = m_index.find(name);
        return found == m_index.end() ? nullptr : &m_entries[found->second].second;
    }
    const uint32_t* find(Identifier name) const { return const_cast<SymbolMap*>(this)->find(name); }
    void set(Identifier name, uint32_t flags) {
        if (uint32_t* found = find(name)) {
            *found = flags;
            return;
        }
        m_entries.push_back({name, flags});
        if (m_entries.size() == LINEAR + 1) {
            for (uint32_t i = 0; i < m_entries.size(); i++) m_index[m_entries[i].first] = i;
        } else if (m_entries.size() > LINEAR) {
            m_index[name] = (uint32_t)m_entries.size() - 1;
        }
    }
    void remove(Identifier name) {
        for (size_t i = 0; i < m_entries.size(); i++) {
            if (m_entries[i].first != name) continue;
            base::Vector<Entry> rest = std::move(m_entries);
            rest.erase(rest.begin() + (ptrdiff_t)i);
            m_entries.clear();
            m_index.clear();
            for (Entry& entry : rest) set(entry.first, entry.second);
            return;
        }
    }
    auto begin() { return m_entries.begin(); }
    auto end() { return m_entries.end(); }
    auto begin() const { return m_entries.begin(); }
    auto end() const { return m_entries.end(); }
    size_t size() const { return m_entries.size(); }

private:
    static constexpr size_t LINEAR = 12;
    base::Vector<Entry> m_entries;
    base::HashMap<Identifier, uint32_t> m_index; // only past LINEAR entries
};

struct Directive {
    Identifier name;
    Location location;
};

struct SymtableEntry : base::ScopedObject {
    Identifier name = nullptr;
    BlockType type = BlockType::Module;
    ComprehensionKind comprehension = ComprehensionKind::None;
    Location location;
    SymbolMap symbols;                 // flags | scope << SYMBOL_SCOPE_OFFSET once analysed
    base::Vector<Identifier> varnames; // parameters
    base::Vector<SymtableEntry*> children;
    base::Vector<Directive> directives;        // global and nonlocal statements
    base::Vector<Identifier> mangled_names;    // when restricts_mangling: the only names that are mangled here
    SymtableEntry* annotation_block = nullptr; // of a module's, class's or function's variables
    std::string_view scope_info;               // of a TypeVariable block: "a TypeVar bound", for messages

    bool restricts_mangling = false;
    bool nested = false;
    bool generator = false;
    bool coroutine = false;
    bool varargs = false;
    bool varkeywords = false;
    bool method = false;
    bool has_docstring = false;
    bool annotations_used = false;
    bool needs_class_closure = false;
    bool needs_classdict = false;
    bool has_conditional_annotations = false;
    bool in_conditional_block = false;
    bool in_unevaluated_annotation = false;
    bool can_see_class_scope = false;
    bool comp_inlined = false;
    bool comp_iter_target = false;
    int comp_iter_expr = 0;

    bool is_function_like() const { return type != BlockType::Class && type != BlockType::Module; }
    uint32_t flags_of(Identifier symbol) const {
        const uint32_t* found = symbols.find(symbol);
        return found ? *found : 0;
    }
    SymbolScope scope_of(Identifier symbol) const { return (SymbolScope)(flags_of(symbol) >> SYMBOL_SCOPE_OFFSET); }
};

// Blocks are found by the node that opens them; a node that opens several tells them apart by `which`.
class Symtable : public base::ScopedObject {
public:
    SymtableEntry* top = nullptr;

    SymtableEntry* find(const void* node, int which = 0) const {
        auto found = m_blocks.find((uintptr_t)node + (uintptr_t)which);
        return found == m_blocks.end() ? nullptr : found->second;
    }
    SymtableEntry* create(const void* node, int which) {
        m_entries.push_back(std::make_unique<SymtableEntry>());
        m_blocks[(uintptr_t)node + (uintptr_t)which] = m_entries.back().get();
        return m_entries.back().get();
    }

private:
    base::Vector<std::unique_ptr<SymtableEntry>> m_entries;
    base::HashMap<uintptr_t, SymtableEntry*> m_blocks;
};

// `which` of blocks that share a node.
constexpr int BLOCK_OF_NODE = 0;        // a type variable's bound, among others
constexpr int BLOCK_OF_DEFAULT = 1;     // a type parameter's default
constexpr int BLOCK_OF_ANNOTATIONS = 2; // of the variables of the SymtableEntry used as node

// Fills the table from a tree. False when the tree is in error.
bool build_symtable(Context& context, const syntax::ModNode* tree, Symtable& table);

// Second half of building: decides every name's scope.
bool analyze_symtable(Context& context, SymtableEntry* top);

// `name` as it is looked up in `entry`, inside class `class_name` (null outside classes).
Identifier mangle_in(Context& context, Identifier class_name, const SymtableEntry* entry, Identifier name);

} // namespace taipan::compiler
