// try, except, except*, finally and with. The shape of the code around handlers is part of the bytecode's contract with
// debuggers: every handler starts with PUSH_EXC_INFO and is itself covered by a cleanup handler.
#include "compiler/codegen.h"

namespace taipan::compiler {

using namespace syntax;

bool CodeGenerator::visit_try(const TryParts& s) {
    if (!s.finalbody.empty()) return try_finally(s);
    return s.star ? try_star_except(s) : try_except(s);
}

// finally is compiled twice: for the ways that go on normally (and once for each jump out, see unwind_block) and for
// exceptions.
bool CodeGenerator::try_finally(const TryParts& s) {
    Label body = new_label(), end = new_label(), exit = new_label(), cleanup = new_label();
    jump(s.location, Opcode::SETUP_FINALLY, end);
    use(body);
    if (!push_block(s.location, BlockKind::FinallyTry, body, end)) return false;
    m_unit->blocks.back().finalbody = &s.finalbody;
    if (s.handlers.empty()) {
        if (!visit_body(s.body)) return false;
    } else if (!(s.star ? try_star_except(s) : try_except(s))) {
        return false;
    }
    op(NO_LOCATION, Opcode::POP_BLOCK);
    pop_block();
    if (!visit_body(s.finalbody)) return false;
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, exit);

    use(end);
    if (!push_block(NO_LOCATION, BlockKind::FinallyEnd, end)) return false;
    jump(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
    op(NO_LOCATION, Opcode::PUSH_EXC_INFO);
    m_context.silenced++;
    bool ok = visit_body(s.finalbody);
    m_context.silenced--;
    if (!ok) return false;
    op(NO_LOCATION, Opcode::RERAISE, 0);
    pop_block();
    use(cleanup);
    pop_except_and_reraise(NO_LOCATION);
    use(exit);
    return true;
}

// `name = None; del name`: the exception's name does not outlive its handler.
bool CodeGenerator::forget_name(Identifier name) {
    load_none(NO_LOCATION);
    return name_op(NO_LOCATION, name, ExprContext::Store) && name_op(NO_LOCATION, name, ExprContext::Del);
}

bool CodeGenerator::try_except(const TryParts& s) {
    Label body = new_label(), except = new_label(), end = new_label(), cleanup = new_label();
    jump(s.location, Opcode::SETUP_FINALLY, except);
    use(body);
    if (!push_block(s.location, BlockKind::TryExcept, body) || !visit_body(s.body)) return false;
    pop_block();
    op(NO_LOCATION, Opcode::POP_BLOCK);
    if (!visit_body(s.orelse)) return false;
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);

    use(except);
    jump(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
    op(NO_LOCATION, Opcode::PUSH_EXC_INFO);
    if (!push_block(s.location, BlockKind::ExceptionHandler, NO_LABEL)) return false;
    for (uint32_t i = 0; i < s.handlers.size; i++) {
        auto* handler = as<ExceptHandler>(s.handlers[i]);
        Location at = location_of(*handler);
        if (!handler->type && i + 1 < s.handlers.size) return m_context.error(at, "default 'except:' must be last");
        except = new_label();
        if (handler->type) {
            if (!visit(handler->type)) return false;
            op(at, Opcode::CHECK_EXC_MATCH);
            jump(at, Opcode::POP_JUMP_IF_FALSE, except);
        }
        if (handler->name) {
            Label cleanup_end = new_label(), cleanup_body = new_label();
            if (!name_op(at, handler->name, ExprContext::Store)) return false;
            jump(at, Opcode::SETUP_CLEANUP, cleanup_end);
            use(cleanup_body);
            if (!push_block(at, BlockKind::HandlerCleanup, cleanup_body)) return false;
            m_unit->blocks.back().name = handler->name;
            if (!visit_body(handler->body)) return false;
            pop_block();
            op(NO_LOCATION, Opcode::POP_BLOCK);
            op(NO_LOCATION, Opcode::POP_BLOCK);
            op(NO_LOCATION, Opcode::POP_EXCEPT);
            if (!forget_name(handler->name)) return false;
            jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
            use(cleanup_end);
            if (!forget_name(handler->name)) return false;
            op(NO_LOCATION, Opcode::RERAISE, 1);
        } else {
            Label cleanup_body = new_label();
            op(at, Opcode::POP_TOP);
            use(cleanup_body);
            if (!push_block(at, BlockKind::HandlerCleanup, cleanup_body) || !visit_body(handler->body)) return false;
            pop_block();
            op(NO_LOCATION, Opcode::POP_BLOCK);
            op(NO_LOCATION, Opcode::POP_EXCEPT);
            jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        }
        use(except);
    }
    op(NO_LOCATION, Opcode::RERAISE, 0);
    pop_block();
    use(cleanup);
    pop_except_and_reraise(NO_LOCATION);
    use(end);
    return true;
}

// except*: below the part of the group that is still unhandled lies a list of what the handlers raised, below that the
// original group. At the end an intrinsic makes of the list what is to be raised again, or None.
bool CodeGenerator::try_star_except(const TryParts& s) {
    Label body = new_label(), except = new_label(), orelse = new_label(), end = new_label(), cleanup = new_label(),
          reraise_star = new_label();
    jump(s.location, Opcode::SETUP_FINALLY, except);
    use(body);
    if (!push_block(s.location, BlockKind::TryExcept, body) || !visit_body(s.body)) return false;
    pop_block();
    op(NO_LOCATION, Opcode::POP_BLOCK);
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, orelse);

    use(except);
    jump(NO_LOCATION, Opcode::SETUP_CLEANUP, cleanup);
    op(NO_LOCATION, Opcode::PUSH_EXC_INFO);
    if (!push_block(s.location, BlockKind::ExceptionGroupHandler, NO_LABEL)) return false;
    for (uint32_t i = 0; i < s.handlers.size; i++) {
        auto* handler = as<ExceptHandler>(s.handlers[i]);
        Location at = location_of(*handler);
        Label next_except = new_label(), except_with_error = new_label(), no_match = new_label();
        except = next_except;
        if (i == 0) {
            op(at, Opcode::BUILD_LIST, 0);
            op(at, Opcode::COPY, 2);
        }
        if (handler->type) {
            if (!visit(handler->type)) return false;
            op(at, Opcode::CHECK_EG_MATCH);
            op(at, Opcode::COPY, 1);
            jump(at, Opcode::POP_JUMP_IF_NONE, no_match);
        }
        Label cleanup_end = new_label(), cleanup_body = new_label();
        if (handler->name) {
            if (!name_op(at, handler->name, ExprContext::Store)) return false;
        } else {
            op(at, Opcode::POP_TOP);
        }
        jump(at, Opcode::SETUP_CLEANUP, cleanup_end);
        use(cleanup_body);
        if (!push_block(at, BlockKind::HandlerCleanup, cleanup_body)) return false;
        m_unit->blocks.back().name = handler->name;
        if (!visit_body(handler->body)) return false;
        pop_block();
        op(NO_LOCATION, Opcode::POP_BLOCK);
        if (handler->name && !forget_name(handler->name)) return false;
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except);
        use(cleanup_end);
        if (handler->name && !forget_name(handler->name)) return false;
        op(NO_LOCATION, Opcode::LIST_APPEND, 3); // the exception the handler raised
        op(NO_LOCATION, Opcode::POP_TOP);        // where it was raised
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except_with_error);
        use(except);
        op(NO_LOCATION, Opcode::NOP); // holds the line that reaches it
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, except_with_error);
        use(no_match);
        op(at, Opcode::POP_TOP);
        use(except_with_error);
        if (i + 1 == s.handlers.size) {
            op(NO_LOCATION, Opcode::LIST_APPEND, 1);
            jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, reraise_star);
        }
    }
    pop_block();
    Label reraise = new_label();
    use(reraise_star);
    op(NO_LOCATION, Opcode::CALL_INTRINSIC_2, (int)Intrinsic2::PrepareReraiseStar);
    op(NO_LOCATION, Opcode::COPY, 1);
    jump(NO_LOCATION, Opcode::POP_JUMP_IF_NOT_NONE, reraise);
    op(NO_LOCATION, Opcode::POP_TOP);
    op(NO_LOCATION, Opcode::POP_BLOCK);
    op(NO_LOCATION, Opcode::POP_EXCEPT);
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
    use(reraise);
    op(NO_LOCATION, Opcode::POP_BLOCK);
    op(NO_LOCATION, Opcode::SWAP, 2);
    op(NO_LOCATION, Opcode::POP_EXCEPT);
    op(NO_LOCATION, Opcode::RERAISE, 0);
    use(cleanup);
    pop_except_and_reraise(NO_LOCATION);
    use(orelse);
    if (!visit_body(s.orelse)) return false;
    use(end);
    return true;
}

void CodeGenerator::with_except_finish(Label cleanup) {
    Label suppress = new_label(), exit = new_label();
    op(NO_LOCATION, Opcode::TO_BOOL);
    jump(NO_LOCATION, Opcode::POP_JUMP_IF_TRUE, suppress);
    op(NO_LOCATION, Opcode::RERAISE, 2);
    use(suppress);
    op(NO_LOCATION, Opcode::POP_TOP); // the exception
    op(NO_LOCATION, Opcode::POP_BLOCK);
    op(NO_LOCATION, Opcode::POP_EXCEPT);
    op(NO_LOCATION, Opcode::POP_TOP);
    op(NO_LOCATION, Opcode::POP_TOP);
    op(NO_LOCATION, Opcode::POP_TOP);
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, exit);
    use(cleanup);
    pop_except_and_reraise(NO_LOCATION);
    use(exit);
}

bool CodeGenerator::visit_with(const With* s, uint32_t position) {
    const WithItem* item = s->items[position];
    Label block = new_label(), final = new_label(), exit = new_label(), cleanup = new_label();
    if (!visit(item->context_expr)) return false;
    Location at = location_of(*item->context_expr);
    op(at, Opcode::COPY, 1);
    op(at, Opcode::LOAD_SPECIAL, (int)SpecialMethod::Exit);
    op(at, Opcode::SWAP, 2);
    op(at, Opcode::SWAP, 3);
    op(at, Opcode::LOAD_SPECIAL, (int)SpecialMethod::Enter);
    op(at, Opcode::CALL, 0);
    jump(at, Opcode::SETUP_WITH, final);
    use(block);
    if (!push_block(at, BlockKind::With, block, final)) return false;
    if (item->optional_vars) {
        if (!visit(item->optional_vars)) return false;
    } else {
        op(at, Opcode::POP_TOP);
    }
    if (position + 1 == s->items.size) {
        if (!visit_body(s->body)) return false;
    } else if (!visit_with(s, position + 1)) {
        return false;
    }
    op(NO_LOCATION, Opcode::POP_BLOCK);
    pop_block();
    call_exit_with_nones(at);
    op(at, Opcode::POP_TOP);
    jump(at, Opcode::JUMP, exit);

    use(final);
    jump(at, Opcode::SETUP_CLEANUP, cleanup);
    op(at, Opcode::PUSH_EXC_INFO);
    op(at, Opcode::WITH_EXCEPT_START);
    with_except_finish(cleanup);
    use(exit);
    return true;
}

bool CodeGenerator::visit_async_with(const AsyncWith* s, uint32_t position) {
    const WithItem* item = s->items[position];
    Label block = new_label(), final = new_label(), exit = new_label(), cleanup = new_label();
    if (!visit(item->context_expr)) return false;
    Location at = location_of(*item->context_expr);
    auto await = [&](int where) {
        op(at, Opcode::GET_AWAITABLE, where);
        load_none(at);
        yield_from(at, true);
    };
    op(at, Opcode::COPY, 1);
    op(at, Opcode::LOAD_SPECIAL, (int)SpecialMethod::AsyncExit);
    op(at, Opcode::SWAP, 2);
    op(at, Opcode::SWAP, 3);
    op(at, Opcode::LOAD_SPECIAL, (int)SpecialMethod::AsyncEnter);
    op(at, Opcode::CALL, 0);
    await(1);
    jump(at, Opcode::SETUP_WITH, final);
    use(block);
    if (!push_block(at, BlockKind::AsyncWith, block, final)) return false;
    if (item->optional_vars) {
        if (!visit(item->optional_vars)) return false;
    } else {
        op(at, Opcode::POP_TOP);
    }
    if (position + 1 == s->items.size) {
        if (!visit_body(s->body)) return false;
    } else if (!visit_async_with(s, position + 1)) {
        return false;
    }
    pop_block();
    op(at, Opcode::POP_BLOCK);
    call_exit_with_nones(at);
    await(2);
    op(at, Opcode::POP_TOP);
    jump(at, Opcode::JUMP, exit);

    use(final);
    jump(at, Opcode::SETUP_CLEANUP, cleanup);
    op(at, Opcode::PUSH_EXC_INFO);
    op(at, Opcode::WITH_EXCEPT_START);
    await(2);
    with_except_finish(cleanup);
    use(exit);
    return true;
}

} // namespace taipan::compiler
