// _taipan_compiler: the compiler's steps one by one, for tests. Instructions are tuples (opcode, operand, line, end line,
// column, end column), a jump's operand being the index of its target.
#include "base/arena.h"
#include "compiler/compiler.h"
#include "compiler/flow_graph.h"
#include "modules/ast/ast_types.h"
#include "objects/list.h"
#include "objects/module.h"
#include "syntax/names.h"
#include "vm/builtin_support.h"
#include "vm/source.h"

#include <cstdio>
#include <span>
#include <unordered_map>
#include <vector>

namespace taipan {
namespace {

using compiler::Instruction;
using compiler::Opcode;

bool has_target(Opcode op) { return compiler::opcode_has(op, compiler::HAS_JUMP) || compiler::opcode_has(op, compiler::HAS_EXC); }

Result<Ref<Object>> instruction_list(Thread& t, std::span<const Instruction> instructions) {
    Ref<List> list = TRY(list_new(t));
    for (const Instruction& i : instructions) {
        const int numbers[] = {static_cast<int>(i.opcode), i.oparg, i.location.lineno, i.location.end_lineno, i.location.col_offset,
                               i.location.end_col_offset};
        Ref<Tuple> tuple = TRY(tuple_alloc(t, 6));
        for (int k = 0; k < 6; ++k) tuple->items[k] = None();
        for (int k = 0; k < 6; ++k) tuple->items[k] = TRY(int_from(t, numbers[k])).release();
        tuple_finish(tuple.get());
        TRY(list_append(t, list, std::move(tuple)));
    }
    return list;
}

/// The list as a sequence in which every instruction has a label of its index.
Result<void> read_instructions(Thread& t, Borrowed<List> list, intptr_t const_count, int locals, compiler::InstructionSequence& out) {
    Ref<Tuple> items = TRY(list_to_tuple(t, list));
    for (intptr_t i = 0; i < items->size; ++i) (void)out.new_label();
    for (intptr_t i = 0; i < items->size; ++i) {
        Ref<Tuple> fields = TRY(to_tuple(t, items->items[i]));
        if (fields->size != 6) return raise(t, exc::ValueError, "an instruction has 6 fields");
        int numbers[6];
        for (int k = 0; k < 6; ++k) numbers[k] = TRY(to_int32(t, fields->items[k]));
        if (numbers[0] < 0 || numbers[0] > 266 || !compiler::OPCODES.rows[numbers[0]].name)
            return raise(t, exc::ValueError, "invalid opcode %d", numbers[0]);
        auto op = static_cast<Opcode>(numbers[0]);
        int operand = numbers[1];
        bool valid = operand >= 0 && operand < (1 << 28);
        if (has_target(op)) valid = valid && operand < items->size;
        else if (compiler::opcode_has(op, compiler::HAS_CONST)) valid = valid && operand < const_count;
        else if (compiler::opcode_has(op, compiler::HAS_LOCAL))
            valid = valid && (op == Opcode::LOAD_CLOSURE || (operand & 15) < locals + 16);
        if (!valid)
            return raise(t, exc::ValueError, "%s operand %d of instruction %d is out of range", compiler::opcode_info(op).name, operand, i);
        out.use_label(compiler::Label{static_cast<int>(i)});
        out.add(op, operand, {numbers[2], numbers[3], numbers[4], numbers[5]});
    }
    return {};
}

Result<Ref<Object>> optimize_cfg(Thread& t, Borrowed<List> instructions, Borrowed<List> consts, int locals) {
    if (locals < 0 || locals > 10000) return raise(t, exc::ValueError, "too many locals");
    base::Arena arena;
    syntax::NameTable names(arena);
    compiler::CompileOptions options;
    Ref<Str> filename = TRY(str_interned(t, "<test>"));
    WarningSink sink(t, filename.get());
    compiler::Context context(arena, names, options, sink);
    compiler::Unit unit;
    ast::Classes* classes = TRY(ast::classes(t));
    Ref<Tuple> values = TRY(list_to_tuple(t, consts));
    for (intptr_t i = 0; i < values->size; ++i)
        unit.consts.append(TRY(ast::constant_from_object(t, *classes, arena, names, values->items[i])));
    for (int i = 0; i < locals; ++i) {
        char name[24];
        int size = snprintf(name, sizeof name, "local%d", i);
        TRY(within_memory(t, [&] { (void)unit.varnames.add(names.intern({name, static_cast<size_t>(size)})); }));
    }
    TRY(read_instructions(t, instructions, values->size, locals, unit.code));
    compiler::FlowGraph graph(context, unit, 0);
    if (!graph.build(unit.code)) return raise(t, exc::ValueError, "no flow graph");
    graph.optimize();
    if (!graph.borrow()) return raise(t, exc::ValueError, "the stack is not balanced");
    compiler::InstructionSequence out;
    graph.emit(out);
    Ref<List> kept = TRY(list_new(t));
    for (size_t i = 0; i < unit.consts.size(); ++i) TRY(list_append(t, kept, TRY(constant_object(t, unit.consts[i], filename))));
    TRY(list_set_slice(t, consts, 0, list_size(consts.get()), kept.get()));
    return instruction_list(t, out.instructions);
}

/// Every unit's instructions before the flow graph sees them.
struct Recorder final : compiler::UnitObserver {
    struct Record {
        std::vector<Instruction> instructions;
        std::vector<const compiler::CodeUnit*> nested;
    };
    std::unordered_map<const compiler::CodeUnit*, Record> records;
    const compiler::CodeUnit* last = nullptr;
    std::vector<syntax::ConstantValue> consts; // of the last

    void generated(const compiler::Unit& unit, const compiler::CodeUnit& code) override {
        compiler::InstructionSequence copy = unit.code;
        copy.apply_labels();
        Record& record = records[&code];
        record.instructions.assign(copy.instructions.begin(), copy.instructions.end());
        last = &code;
        consts.clear();
        for (size_t i = 0; i < unit.consts.size(); ++i) {
            consts.push_back(unit.consts[i]);
            if (unit.consts[i].kind == syntax::ConstantValue::Kind::Code) record.nested.push_back(compiler::code_of(unit.consts[i]));
        }
    }
};

Result<Ref<Object>> recorded(Thread& t, Recorder& recorder, const compiler::CodeUnit* code) {
    TRY(check_recursion(t, " in a test of the compiler"));
    const Recorder::Record& record = recorder.records[code];
    Ref<List> nested = TRY(list_new(t));
    for (const compiler::CodeUnit* inner : record.nested) TRY(list_append(t, nested, TRY(recorded(t, recorder, inner))));
    return TRY(tuple_pack(t, TRY(instruction_list(t, record.instructions)), nested));
}

/// (instructions, [nested, …]), and the constants.
Result<Ref<Object>> codegen(Thread& t, Borrowed<Object> tree, Borrowed<Str> filename, int optimize) {
    base::Arena arena;
    syntax::NameTable names(arena);
    ast::Classes* classes = TRY(ast::classes(t));
    syntax::ModNode* mod = TRY(ast::tree_from_object(t, *classes, arena, names, tree));
    if (!mod) return raise(t, exc::TypeError, "expected a tree");
    TRY(ast::validate_tree(t, mod));
    Recorder recorder;
    compiler::CompileOptions options;
    options.filename = TRY(str_utf8_lossy(t, arena, filename.get()));
    options.optimize = optimize;
    options.stack_limit = t.c_stack_limit;
    options.observer = &recorder;
    WarningSink sink(t, filename.get());
    compiler::CompileResult result = compiler::compile(arena, names, mod, options, sink);
    if (!result.code) return raise_syntax_failure(t, result.failure, filename);
    Ref<List> consts = TRY(list_new(t));
    for (const syntax::ConstantValue& value : recorder.consts) TRY(list_append(t, consts, TRY(constant_object(t, value, filename))));
    return TRY(tuple_pack(t, TRY(recorded(t, recorder, recorder.last)), consts));
}

const NativeDef functions[] = {
    fn<optimize_cfg>("optimize_cfg", "($module, instructions, consts, nlocals, /)",
                     "The instructions as the flow graph leaves them; changes the constants."),
    fn<codegen>("codegen", "($module, tree, filename, optimize, /)", "((instructions, nested), constants) before optimisation."),
};

} // namespace

extern const ModuleSpec compiler_steps_module;
const ModuleSpec compiler_steps_module = {.name = "_taipan_compiler", .functions = functions};

} // namespace taipan
