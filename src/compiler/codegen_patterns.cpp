// match: every pattern tests the value on top of the stack and consumes it; values to capture pile up below what is
// still to be tested and are stored once the whole pattern matched. A failure jumps to code that pops as many values as
// are there.
#include "compiler/codegen.h"

#include <algorithm>

namespace taipan::compiler {

using namespace syntax;

static bool is_wildcard(const PatternNode* p) { return p->kind == PatternKind::MatchAs && !static_cast<const MatchAs*>(p)->name; }
static bool is_wildcard_star(const PatternNode* p) { return p->kind == PatternKind::MatchStar && !static_cast<const MatchStar*>(p)->name; }

bool CodeGenerator::visit_match(const Match* s) {
    if (!visit(s->subject)) return false;
    Label end = new_label();
    uint32_t cases = s->cases.size;
    // A trailing `case _` needs no copy of the subject.
    bool has_default = is_wildcard(s->cases[cases - 1]->pattern) && cases > 1;
    uint32_t tested = cases - has_default;
    for (uint32_t i = 0; i < tested; i++) {
        const MatchCase* c = s->cases[i];
        Location at = location_of(*c->pattern);
        bool last = i + 1 == tested;
        if (!last) op(at, Opcode::COPY, 1);
        PatternContext pc;
        pc.allow_irrefutable = c->guard || i + 1 == cases;
        if (!pattern(c->pattern, pc)) return false;
        for (Identifier name : pc.stores)
            if (!name_op(at, name, ExprContext::Store)) return false;
        if (c->guard) {
            ensure_fail_pop(pc, 0);
            if (!jump_if(at, c->guard, pc.fail_pop[0], false)) return false;
        }
        if (!last) op(NEXT_LOCATION, Opcode::POP_TOP);
        if (!visit_body(c->body)) return false;
        jump(NO_LOCATION, Opcode::JUMP, end);
        // The cleanup belongs to the pattern that failed, not to the last line of the body before it.
        emit_fail_pop(at, pc);
    }
    if (has_default) {
        const MatchCase* c = s->cases[cases - 1];
        Location at = location_of(*c->pattern);
        op(at, Opcode::NOP);
        if (c->guard && !jump_if(at, c->guard, end, false)) return false;
        if (!visit_body(c->body)) return false;
    }
    use(end);
    return true;
}

void CodeGenerator::ensure_fail_pop(PatternContext& pc, int count) {
    while ((int)pc.fail_pop.size() <= count) pc.fail_pop.push_back(new_label());
}

void CodeGenerator::jump_to_fail_pop(Loc at, PatternContext& pc, Opcode opcode) {
    int pops = pc.on_top + (int)pc.stores.size();
    ensure_fail_pop(pc, pops);
    jump(at, opcode, pc.fail_pop[(size_t)pops]);
}

void CodeGenerator::emit_fail_pop(Loc at, PatternContext& pc) {
    if (pc.fail_pop.empty()) return;
    for (size_t i = pc.fail_pop.size() - 1; i > 0; i--) {
        use(pc.fail_pop[i]);
        op(at, Opcode::POP_TOP);
    }
    use(pc.fail_pop[0]);
    pc.fail_pop.clear();
}

// Moves the top value below `count - 1` others.
void CodeGenerator::rotate(Loc at, int count) {
    for (; count > 1; count--) op(at, Opcode::SWAP, count);
}

bool CodeGenerator::duplicate_capture(Loc at, Identifier name) {
    return m_context.error(at, "multiple assignments to name '%s' in pattern", name->data);
}

bool CodeGenerator::store_capture(Loc at, Identifier name, PatternContext& pc) {
    if (!name) {
        op(at, Opcode::POP_TOP);
        return true;
    }
    if (std::find(pc.stores.begin(), pc.stores.end(), name) != pc.stores.end()) return duplicate_capture(at, name);
    rotate(at, pc.on_top + (int)pc.stores.size() + 1);
    pc.stores.push_back(name);
    return true;
}

bool CodeGenerator::subpattern(const PatternNode* p, PatternContext& pc) {
    bool outer = pc.allow_irrefutable;
    pc.allow_irrefutable = true;
    if (!pattern(p, pc)) return false;
    pc.allow_irrefutable = outer;
    return true;
}

bool CodeGenerator::pattern(const PatternNode* p, PatternContext& pc) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return pattern_inner(p, pc);
}

bool CodeGenerator::pattern_inner(const PatternNode* node, PatternContext& pc) {
    Location at = location_of(*node);
    switch (node->kind) {
    case PatternKind::MatchValue: {
        auto* p = static_cast<const MatchValue*>(node);
        // Folding has made literals of the signed and complex ones.
        if (p->value->kind != ExprKind::Constant && p->value->kind != ExprKind::Attribute)
            return m_context.error(at, "patterns may only match literals and attribute lookups");
        if (!visit(p->value)) return false;
        compare(at, CompareOperator::Eq);
        op(at, Opcode::TO_BOOL);
        jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
        return true;
    }
    case PatternKind::MatchSingleton:
        load_const(at, static_cast<const MatchSingleton*>(node)->value);
        compare(at, CompareOperator::Is);
        jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
        return true;
    case PatternKind::MatchSequence: return pattern_sequence(static_cast<const MatchSequence*>(node), pc);
    case PatternKind::MatchMapping: return pattern_mapping(static_cast<const MatchMapping*>(node), pc);
    case PatternKind::MatchClass: return pattern_class(static_cast<const MatchClass*>(node), pc);
    case PatternKind::MatchStar: return store_capture(at, static_cast<const MatchStar*>(node)->name, pc);
    case PatternKind::MatchAs: return pattern_as(static_cast<const MatchAs*>(node), pc);
    case PatternKind::MatchOr: return pattern_or(static_cast<const MatchOr*>(node), pc);
    }
    return true;
}

bool CodeGenerator::pattern_as(const MatchAs* p, PatternContext& pc) {
    Location at = location_of(*p);
    if (!p->pattern) {
        if (!pc.allow_irrefutable) {
            if (p->name) return m_context.error(at, "name capture '%s' makes remaining patterns unreachable", p->name->data);
            return m_context.error(at, "wildcard makes remaining patterns unreachable");
        }
        return store_capture(at, p->name, pc);
    }
    pc.on_top++;
    op(at, Opcode::COPY, 1);
    if (!pattern(p->pattern, pc)) return false;
    pc.on_top--;
    return store_capture(at, p->name, pc);
}

bool CodeGenerator::pattern_sequence(const MatchSequence* p, PatternContext& pc) {
    Location at = location_of(*p);
    int star = -1;
    bool only_wildcards = true, star_is_wildcard = false;
    for (uint32_t i = 0; i < p->patterns.size; i++) {
        const PatternNode* sub = p->patterns[i];
        if (sub->kind == PatternKind::MatchStar) {
            if (star >= 0) return m_context.error(at, "multiple starred names in sequence pattern");
            star_is_wildcard = is_wildcard_star(sub);
            only_wildcards &= star_is_wildcard;
            star = (int)i;
            continue;
        }
        only_wildcards &= is_wildcard(sub);
    }
    pc.on_top++;
    op(at, Opcode::MATCH_SEQUENCE);
    jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    if (star < 0 || p->patterns.size > 1) {
        op(at, Opcode::GET_LEN);
        load_int(at, (int64_t)p->patterns.size - (star < 0 ? 0 : 1));
        compare(at, star < 0 ? CompareOperator::Eq : CompareOperator::GtE);
        jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    }
    pc.on_top--;
    if (only_wildcards) {
        op(at, Opcode::POP_TOP);
        return true;
    }
    return star_is_wildcard ? sequence_subscript(at, p->patterns, star, pc) : sequence_unpack(at, p->patterns, pc);
}

bool CodeGenerator::sequence_unpack(Loc at, const Seq<PatternNode*>& patterns, PatternContext& pc) {
    uint32_t count = patterns.size;
    bool seen_star = false;
    for (uint32_t i = 0; i < count; i++) {
        if (patterns[i]->kind != PatternKind::MatchStar) continue;
        if (seen_star) return m_context.error(at, "multiple starred expressions in sequence pattern");
        uint32_t after = count - i - 1;
        if (i >= 1 << 8 || after >= (uint32_t)INT32_MAX >> 8)
            return m_context.error(at, "too many expressions in star-unpacking sequence pattern");
        op(at, Opcode::UNPACK_EX, (int)(i + (after << 8)));
        seen_star = true;
    }
    if (!seen_star) op(at, Opcode::UNPACK_SEQUENCE, (int)count);
    pc.on_top += (int)count;
    for (PatternNode* sub : patterns) {
        pc.on_top--;
        if (!subpattern(sub, pc)) return false;
    }
    return true;
}

// With `*_` only the elements that matter are fetched.
bool CodeGenerator::sequence_subscript(Loc at, const Seq<PatternNode*>& patterns, int star, PatternContext& pc) {
    pc.on_top++;
    int count = (int)patterns.size;
    for (int i = 0; i < count; i++) {
        const PatternNode* sub = patterns[(uint32_t)i];
        if (is_wildcard(sub) || i == star) continue;
        op(at, Opcode::COPY, 1);
        if (i < star) {
            load_int(at, i);
        } else {
            // The subject need not support negative indices.
            op(at, Opcode::GET_LEN);
            load_int(at, count - i);
            op(at, Opcode::BINARY_OP, (int)BinaryOperation::Subtract);
        }
        op(at, Opcode::BINARY_OP, (int)BinaryOperation::Subscript);
        if (!subpattern(sub, pc)) return false;
    }
    pc.on_top--;
    op(at, Opcode::POP_TOP);
    return true;
}

bool CodeGenerator::pattern_class(const MatchClass* p, PatternContext& pc) {
    Location at = location_of(*p);
    uint32_t positional = p->patterns.size, named = p->kwd_attrs.size;
    if (named != p->kwd_patterns.size)
        return m_context.error(at, "kwd_attrs (%d) / kwd_patterns (%d) length mismatch in class pattern", (int)named,
                               (int)p->kwd_patterns.size);
    for (uint32_t i = 0; i < named; i++)
        for (uint32_t j = i + 1; j < named; j++)
            if (p->kwd_attrs[i] == p->kwd_attrs[j])
                return m_context.error(location_of(*p->kwd_patterns[j]), "attribute name repeated in class pattern: %s",
                                       p->kwd_attrs[i]->data);
    if (!visit(p->cls)) return false;
    base::Vector<Identifier> names(p->kwd_attrs.begin(), p->kwd_attrs.end());
    load_const(at, text_tuple(names));
    op(at, Opcode::MATCH_CLASS, (int)positional);
    op(at, Opcode::COPY, 1);
    load_none(at);
    op(at, Opcode::IS_OP, 1);
    // On top: a tuple of the attributes, or None.
    pc.on_top++;
    jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    op(at, Opcode::UNPACK_SEQUENCE, (int)(positional + named));
    pc.on_top += (int)(positional + named) - 1;
    for (uint32_t i = 0; i < positional + named; i++) {
        pc.on_top--;
        const PatternNode* sub = i < positional ? p->patterns[i] : p->kwd_patterns[i - positional];
        if (is_wildcard(sub)) {
            op(at, Opcode::POP_TOP);
            continue;
        }
        if (!subpattern(sub, pc)) return false;
    }
    return true;
}

static base::String constant_repr_of(const ExprNode* e) { return unparse(e); }

bool CodeGenerator::pattern_mapping(const MatchMapping* p, PatternContext& pc) {
    Location at = location_of(*p);
    uint32_t size = p->keys.size;
    if (size != p->patterns.size)
        return m_context.error(at, "keys (%d) / patterns (%d) length mismatch in mapping pattern", (int)size, (int)p->patterns.size);
    pc.on_top++;
    op(at, Opcode::MATCH_MAPPING);
    jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    if (!size && !p->rest) {
        pc.on_top--;
        op(at, Opcode::POP_TOP);
        return true;
    }
    if (size) {
        op(at, Opcode::GET_LEN);
        load_int(at, size);
        compare(at, CompareOperator::GtE);
        jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    }
    base::Vector<const ConstantValue*> seen;
    for (ExprNode* key : p->keys) {
        if (auto* constant = as_if<Constant>(key)) {
            for (const ConstantValue* other : seen)
                if (constants_equal(*other, constant->value))
                    return m_context.error(at, "mapping pattern checks duplicate key (%s)", constant_repr_of(key).c_str());
            seen.push_back(&constant->value);
        } else if (key->kind != ExprKind::Attribute) {
            return m_context.error(at, "mapping pattern keys may only match literals and attribute lookups");
        }
        if (!visit(key)) return false;
    }
    op(at, Opcode::BUILD_TUPLE, (int)size);
    op(at, Opcode::MATCH_KEYS);
    // On top: the keys and the values found for them, or None.
    pc.on_top += 2;
    op(at, Opcode::COPY, 1);
    load_none(at);
    op(at, Opcode::IS_OP, 1);
    jump_to_fail_pop(at, pc, Opcode::POP_JUMP_IF_FALSE);
    op(at, Opcode::UNPACK_SEQUENCE, (int)size);
    pc.on_top += (int)size - 1;
    for (PatternNode* sub : p->patterns) {
        pc.on_top--;
        if (!subpattern(sub, pc)) return false;
    }
    pc.on_top -= 2;
    if (p->rest) {
        // A copy of the subject without the keys.
        op(at, Opcode::BUILD_MAP, 0);
        op(at, Opcode::SWAP, 3);
        op(at, Opcode::DICT_UPDATE, 2);
        op(at, Opcode::UNPACK_SEQUENCE, (int)size);
        for (uint32_t left = size; left; left--) {
            op(at, Opcode::COPY, 1 + (int)left);
            op(at, Opcode::SWAP, 2);
            op(at, Opcode::DELETE_SUBSCR);
        }
        return store_capture(at, p->rest, pc);
    }
    op(at, Opcode::POP_TOP);
    op(at, Opcode::POP_TOP);
    return true;
}

bool CodeGenerator::pattern_or(const MatchOr* p, PatternContext& pc) {
    Location at = location_of(*p);
    Label end = new_label();
    // The first alternative decides which names there are and in which order their values lie.
    base::Vector<Identifier> control;
    for (uint32_t i = 0; i < p->patterns.size; i++) {
        const PatternNode* alternative = p->patterns[i];
        Location where = location_of(*alternative);
        PatternContext inner;
        inner.allow_irrefutable = i + 1 == p->patterns.size && pc.allow_irrefutable;
        op(where, Opcode::COPY, 1);
        if (!pattern(alternative, inner)) return false;
        if (i == 0) {
            control = inner.stores;
        } else {
            if (inner.stores.size() != control.size()) return m_context.error(at, "alternative patterns bind different names");
            for (size_t wanted = control.size(); wanted-- > 0;) {
                auto found = std::find(inner.stores.begin(), inner.stores.end(), control[wanted]);
                if (found == inner.stores.end()) return m_context.error(at, "alternative patterns bind different names");
                size_t actual = (size_t)(found - inner.stores.begin());
                if (actual == wanted) continue;
                // Rotate the names up to this one to the other end of the first `wanted + 1`.
                size_t rotations = actual + 1;
                base::Vector<Identifier> moved(inner.stores.begin(), inner.stores.begin() + (ptrdiff_t)rotations);
                inner.stores.erase(inner.stores.begin(), inner.stores.begin() + (ptrdiff_t)rotations);
                inner.stores.insert(inner.stores.begin() + (ptrdiff_t)(wanted - actual), moved.begin(), moved.end());
                while (rotations--) rotate(where, (int)wanted + 1);
            }
        }
        jump(where, Opcode::JUMP, end);
        emit_fail_pop(where, inner);
    }
    // None matched: drop the copy of the subject.
    op(at, Opcode::POP_TOP);
    jump_to_fail_pop(at, pc, Opcode::JUMP);
    use(end);
    // Between the values just captured and their place lie the subject and what was on the stack before.
    int rotations = (int)control.size() + 1 + pc.on_top + (int)pc.stores.size();
    for (Identifier name : control) {
        rotate(at, rotations);
        if (std::find(pc.stores.begin(), pc.stores.end(), name) != pc.stores.end()) return duplicate_capture(at, name);
        pc.stores.push_back(name);
    }
    op(at, Opcode::POP_TOP);
    return true;
}

} // namespace taipan::compiler
