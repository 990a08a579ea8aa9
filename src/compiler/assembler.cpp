// The last step: unit to code object. Jump distances and EXTENDED_ARGs to a fixed point, inline caches, the exception
// table (varints of six bits, the first of an entry marked) and the location table (PEP 626 and 657).
#include "compiler/flow_graph.h"

namespace taipan::compiler {

namespace {

// END_ASYNC_FOR names the SEND of its loop but its operand leads to the END_SEND behind it.
constexpr int SEND_TO_END_SEND = 5;

int instruction_size(const Instruction& i) {
    int size = 1 + opcode_info(i.opcode).cache_units;
    if (i.oparg > 0xFF) size++;
    if (i.oparg > 0xFFFF) size++;
    if (i.oparg > 0xFFFFFF) size++;
    return size;
}

class Assembler {
public:
    explicit Assembler(base::Vector<Instruction>& code) : m_code(code) {}

    void run(int firstlineno) {
        choose_jumps();
        resolve_offsets();
        emit_bytecode();
        emit_locations(firstlineno);
        emit_exceptions();
    }

    base::Vector<uint8_t> bytecode, locations, exceptions;

private:
    void choose_jumps() {
        for (size_t at = 0; at < m_code.size(); at++) {
            Instruction& i = m_code[at];
            bool forward = i.oparg > (int)at;
            if (i.opcode == Opcode::JUMP) {
                i.opcode = forward ? Opcode::JUMP_FORWARD : Opcode::JUMP_BACKWARD;
            } else if (i.opcode == Opcode::JUMP_NO_INTERRUPT) {
                i.opcode = forward ? Opcode::JUMP_FORWARD : Opcode::JUMP_BACKWARD_NO_INTERRUPT;
            }
            if (opcode_has(i.opcode, HAS_JUMP)) {
                // COMPAT: the first guess of a distance is the target's index; a guess too large may come true.
                m_targets.push_back(i.oparg);
            } else {
                m_targets.push_back(-1);
            }
        }
    }

    void resolve_offsets() {
        m_offsets.resize(m_code.size() + 1);
        bool again = true;
        while (again) {
            again = false;
            int total = 0;
            for (size_t at = 0; at < m_code.size(); at++) {
                m_offsets[at] = total;
                total += instruction_size(m_code[at]);
            }
            m_offsets[m_code.size()] = total;
            for (size_t at = 0; at < m_code.size(); at++) {
                if (m_targets[at] < 0) continue;
                Instruction& i = m_code[at];
                int size = instruction_size(i);
                int after = m_offsets[at] + size, target = m_offsets[(size_t)m_targets[at]];
                if (i.opcode == Opcode::END_ASYNC_FOR) i.oparg = after - target - SEND_TO_END_SEND;
                else i.oparg = target < after ? after - target : target - after;
                again |= instruction_size(i) != size;
            }
        }
    }

    void emit_bytecode() {
        for (const Instruction& i : m_code) {
            for (int shift = 24; shift; shift -= 8) {
                if (i.oparg >> shift == 0) continue;
                bytecode.push_back((uint8_t)Opcode::EXTENDED_ARG);
                bytecode.push_back((uint8_t)(i.oparg >> shift));
            }
            bytecode.push_back((uint8_t)i.opcode);
            bytecode.push_back((uint8_t)i.oparg);
            bytecode.insert(bytecode.end(), 2 * (size_t)opcode_info(i.opcode).cache_units, 0);
        }
    }

    void emit_locations(int firstlineno) {
        for (size_t at = m_code.size(); at-- > 0;) {
            Instruction& i = m_code[at];
            if (i.location.lineno != NEXT_LOCATION.lineno) continue;
            bool ends = opcode_has(i.opcode, HAS_JUMP) || i.opcode == Opcode::RETURN_VALUE || i.opcode == Opcode::RAISE_VARARGS ||
                        i.opcode == Opcode::RERAISE;
            i.location = ends || at + 1 == m_code.size() ? NO_LOCATION : m_code[at + 1].location;
        }
        m_line = firstlineno;
        Location current = NO_LOCATION;
        int size = 0;
        for (const Instruction& i : m_code) {
            if (i.location != current) {
                emit_location(current, size);
                current = i.location;
                size = 0;
            }
            size += instruction_size(i);
        }
        emit_location(current, size);
    }

    void emit_location(const Location& at, int size) {
        for (; size > 8; size -= 8) emit_location_entry(at, 8);
        if (size) emit_location_entry(at, size);
    }

    void location_head(int code, int size) { locations.push_back((uint8_t)(0x80 | code << 3 | (size - 1))); }
    void location_varint(unsigned value) {
        for (; value >= 64; value >>= 6) locations.push_back((uint8_t)(0x40 | (value & 0x3F)));
        locations.push_back((uint8_t)value);
    }
    void location_signed(int value) { location_varint(value < 0 ? ((0u - (unsigned)value) << 1) | 1 : (unsigned)value << 1); }

    void emit_location_entry(const Location& at, int size) {
        constexpr int ONE_LINE = 10, NO_COLUMNS = 13, LONG = 14, NONE = 15;
        if (at.lineno == NO_LOCATION.lineno) return location_head(NONE, size);
        int delta = at.lineno - m_line, column = at.col_offset, end_column = at.end_col_offset;
        if (column < 0 || end_column < 0) {
            if (at.end_lineno == at.lineno || at.end_lineno < 0) {
                location_head(NO_COLUMNS, size);
                location_signed(delta);
                m_line = at.lineno;
                return;
            }
        } else if (at.end_lineno == at.lineno) {
            if (delta == 0 && column < 80 && end_column - column < 16 && end_column >= column) {
                location_head(column >> 3, size);
                locations.push_back((uint8_t)((column & 7) << 4 | (end_column - column)));
                return;
            }
            if (delta >= 0 && delta < 3 && column < 128 && end_column < 128) {
                location_head(ONE_LINE + delta, size);
                locations.push_back((uint8_t)column);
                locations.push_back((uint8_t)end_column);
                m_line = at.lineno;
                return;
            }
        }
        location_head(LONG, size);
        location_signed(delta);
        location_varint((unsigned)(at.end_lineno - at.lineno));
        location_varint((unsigned)(column + 1));
        location_varint((unsigned)(end_column + 1));
        m_line = at.lineno;
    }

    void exception_item(int value, int first_mark) {
        int shift = value >= 1 << 24 ? 24 : value >= 1 << 18 ? 18 : value >= 1 << 12 ? 12 : value >= 1 << 6 ? 6 : 0;
        for (; shift; shift -= 6) {
            exceptions.push_back((uint8_t)(((value >> shift) & 0x3F) | 0x40 | first_mark));
            first_mark = 0;
        }
        exceptions.push_back((uint8_t)((value & 0x3F) | first_mark));
    }

    void emit_exception_entry(int start, int end, const Instruction& covered) {
        int depth = covered.handler_depth - 1 - (covered.handler_preserves_lasti ? 1 : 0);
        exception_item(start, 0x80);
        exception_item(end - start, 0);
        exception_item(m_offsets[(size_t)covered.handler], 0);
        exception_item(depth << 1 | (covered.handler_preserves_lasti ? 1 : 0), 0);
    }

    void emit_exceptions() {
        const Instruction* covered = nullptr;
        int start = 0;
        for (size_t at = 0; at < m_code.size(); at++) {
            const Instruction& i = m_code[at];
            if (i.handler == (covered ? covered->handler : -1)) continue;
            if (covered) emit_exception_entry(start, m_offsets[at], *covered);
            start = m_offsets[at];
            covered = i.handler >= 0 ? &i : nullptr;
        }
        if (covered) emit_exception_entry(start, m_offsets[m_code.size()], *covered);
    }

    base::Vector<Instruction>& m_code;
    base::Vector<int> m_targets, m_offsets;
    int m_line = 0;
};

template <class T> std::span<const T> keep(Context& context, const base::Vector<T>& values) {
    auto* copy = context.arena.make_array<T>(values.size());
    for (size_t i = 0; i < values.size(); i++) new (&copy[i]) T(values[i]);
    return {copy, values.size()};
}

void describe_locals(Context& context, const Unit& unit, uint32_t flags, int count, CodeUnit& out) {
    base::Vector<std::string_view> names;
    base::Vector<uint8_t> kinds;
    int positional_only = unit.posonlyargcount, positional = unit.argcount, named = positional + unit.kwonlyargcount;
    int varargs = (flags & CO_VARARGS) ? named : -1;
    int varkeywords = (flags & CO_VARKEYWORDS) ? named + (varargs >= 0) : -1;
    auto hidden = [&](Identifier name) {
        for (auto& [key, value] : unit.fast_hidden)
            if (key == name) return (int)LOCAL_HIDDEN;
        return 0;
    };
    for (int i = 0; i < unit.varnames.size(); i++) {
        Identifier name = unit.varnames.names[(size_t)i];
        int kind = LOCAL_LOCAL | hidden(name);
        if (i < positional_only) kind |= LOCAL_ARG_POS;
        else if (i < positional) kind |= LOCAL_ARG_POS | LOCAL_ARG_KW;
        else if (i < named) kind |= LOCAL_ARG_KW;
        else if (i == varargs) kind |= LOCAL_ARG_POS | LOCAL_ARG_VAR;
        else if (i == varkeywords) kind |= LOCAL_ARG_KW | LOCAL_ARG_VAR;
        if (unit.cellvars.find(name) >= 0) kind |= LOCAL_CELL;
        std::string_view text = name->view();
        names.push_back(i == 0 && unit.first_argument_is_format ? std::string_view("format") : text);
        kinds.push_back((uint8_t)kind);
    }
    for (Identifier name : unit.cellvars.names) {
        if (unit.varnames.find(name) >= 0) continue;
        names.push_back(name->view());
        kinds.push_back((uint8_t)(LOCAL_CELL | hidden(name)));
    }
    for (Identifier name : unit.freevars.names) {
        names.push_back(name->view());
        kinds.push_back((uint8_t)(LOCAL_FREE | hidden(name)));
    }
    out.localsplusnames = keep(context, names);
    out.localspluskinds = keep(context, kinds);
}

} // namespace

bool assemble_unit(Context& context, Unit& unit, uint32_t flags, CodeUnit& out) {
    FlowGraph graph(context, unit, flags);
    InstructionSequence linear;
    if (context.options.observer) context.options.observer->generated(unit, out);
    if (!graph.build(unit.code)) return false;
    graph.optimize();
    if (!graph.finish()) return context.fail(syntax::FailureKind::ValueError, "the code generator left an unbalanced stack");
    graph.emit(linear);
    Assembler assembler(linear.instructions);
    assembler.run(unit.firstlineno);

    out.argcount = (uint32_t)unit.argcount;
    out.posonlyargcount = (uint32_t)unit.posonlyargcount;
    out.kwonlyargcount = (uint32_t)unit.kwonlyargcount;
    out.stacksize = (uint32_t)std::max(graph.stack_size, 1);
    out.flags = flags;
    out.firstlineno = unit.firstlineno;
    out.bytecode = keep(context, assembler.bytecode);
    out.linetable = keep(context, assembler.locations);
    out.exceptiontable = keep(context, assembler.exceptions);
    base::Vector<ConstantValue> consts;
    for (size_t i = 0; i < unit.consts.size(); i++) consts.push_back(unit.consts[i]);
    out.consts = keep(context, consts);
    base::Vector<std::string_view> names;
    for (Identifier name : unit.names.names) names.push_back(name->view());
    out.names = keep(context, names);
    describe_locals(context, unit, flags, graph.locals_count, out);
    out.filename = context.options.filename;
    out.name = context.keep(unit.name);
    out.qualname = context.keep(unit.qualname);
    return true;
}

} // namespace taipan::compiler
